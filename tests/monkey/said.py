"""Numbers in sentences and tables: whether all are finite, or said not to be, in the reader's words."""

import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

NO_NUMBER = re.compile(
    # what Python, NumPy and JavaScript write for what is none, and a placeholder that nobody has filled
    # ("undefined" and "None" are words, too: there only in the place of a value)
    r"(?<![\w.])[-−+]?(?:nan|NaN|inf|Infinity|infinity|NaT)(?![\w])"
    r"|(?:^(?=\w+$)|(?<=[=:(] ))(?:None|undefined)(?!\w)|\{\{\w"
)
NOT_FINITE = re.compile(r"∞|(?<=[\s=≈→<>(±·×])[-−+]?\?(?=[\s,.;:)%]|$)")
"""What ``ui.number_format.readable`` writes for the infinite, and for a NaN: a question mark instead of a number."""

ASIDE = re.compile(r"`[^`]*`|\$\$.*?\$\$|\$[^$\n]*\$|[−-]∞\s*…(?:\s*∞)?|…\s*∞", re.DOTALL)
"""No numbers of the page's: what a reader has typed and is quoted, formulas, and ranges that have no end."""
WORDS = {
    "ko": ("발산", "유한한 수가 아", "무한대", "한계 없음", "사라졌"),
    "en": ("diverge", "no finite", "infinite", "without limit", "lost"),
}
"""Words of pages/words.toml with which a page says that a number is not finite."""

SAID = {language: re.compile("|".join(words), re.IGNORECASE) for language, words in WORDS.items()}


def faults(texts: Iterable[str], language: str, around: str) -> list[str]:
    """What is wrong with the numbers in some texts; ``around``: all that is said in the same place of the page."""
    wrong = []
    for text in texts:
        own = ASIDE.sub("", text)
        if found := NO_NUMBER.search(own):
            wrong.append(f"{found[0]!r} in {text!r}")
        elif (found := NOT_FINITE.search(own)) and not SAID[language].search(around):
            wrong.append(f"{found[0]!r} without a word in {text!r}")
    return wrong


def table_faults(name: str, table: pd.DataFrame, language: str, around: str) -> list[str]:
    """The columns of a table that have infinite numbers of which nothing is said; an empty cell is empty."""
    wrong = []
    for place, column in enumerate(table.columns):
        values = table.iloc[:, place]
        infinite = pd.api.types.is_float_dtype(values) and np.isinf(values.to_numpy()).any()
        if infinite and not SAID[language].search(around):
            wrong.append(f"infinite without a word in the column {column!r} of {name}")
    return wrong


def strict(text: str) -> Any:
    """What a browser reads in a text of JSON; ValueError for the NaN and Infinity that Python would write."""
    return json.loads(text, parse_constant=_refused)


def _refused(name: str) -> Any:
    raise ValueError(f"{name} in what is sent to the browser")
