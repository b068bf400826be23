"""Typed numbers: the same numbers as a line of text and as a table, and what is wrong with those that cannot be read.

    rows("1, 2; 3, 4")                  [(1.0, 2.0), (3.0, 4.0)]
    as_text([[1, 2], [3, 4]])           "1, 2; 3, 4"

What cannot be read raises Unreadable, with the word that says why.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from zlib import crc32

import pandas as pd
import streamlit as st

from ui.beat import Beat
from ui.controls.page_state import excerpt

MOST_ROWS = 24
"""How many rows can be typed, unless a question says otherwise."""

Row = tuple[float, ...]
V = TypeVar("V")


class Unreadable(ValueError):
    """Something typed that cannot be used; ``word``, of words.toml, says what is wrong, ``facts`` what and where."""

    def __init__(self, word: str, **facts: Any) -> None:
        super().__init__(word)
        self.word, self.facts = word, facts


def rows(text: str, width: int | None = None, most: int = MOST_ROWS) -> list[Row]:
    """The numbers of every row of a text.

    width: how many each row has to have; None for as many as the first. Raises Unreadable if one has another number of
    them, if something is no number, if there are more than ``most`` rows, or none.
    """
    if not text.strip(" ,;"):
        raise Unreadable("entry_empty")
    table = [tuple(_number(part, k) for part in line.split(",")) for k, line in enumerate(_lines(text), start=1)]
    wanted = len(table[0]) if width is None else width
    for k, row in enumerate(table, start=1):
        if len(row) != wanted:
            raise Unreadable("entry_width", row=k, count=len(row), wanted=wanted)
    if len(table) > most:
        raise Unreadable("entry_long", count=len(table), most=most)
    return table


def column(text: str) -> list[float]:
    """The numbers of ``1, 2, 3``; raises Unreadable as ``rows`` does."""
    return [row[0] for row in rows(";".join(text.split(",")), width=1)]


def _lines(text: str) -> list[str]:
    return text.strip().removesuffix(";").split(";")


def _number(text: str, row: int) -> float:
    text = text.strip().replace("−", "-")
    if not text:
        raise Unreadable("entry_gap", row=row)
    try:
        value = float(text)
    except ValueError:
        raise Unreadable("entry_text", row=row, found=excerpt(text)) from None
    if not math.isfinite(value) or abs(value) > 1e9:
        raise Unreadable("entry_not_finite", row=row, found=excerpt(text))
    return value


def cells(text: str, width: int, most: int = MOST_ROWS) -> list[list[float | None]]:
    """The cells of a table of ``width`` columns that shows a text as far as it can: None for what is no number.

    most: how many rows it has at most.
    """
    if not text.strip(" ,;"):
        return []
    table: list[list[float | None]] = []
    for line in _lines(text)[:most]:
        parts = [_number_or_none(part) for part in line.split(",")][:width]
        table.append(parts + [None] * (width - len(parts)))
    return table


def _number_or_none(text: str) -> float | None:
    try:
        value = float(text.strip().replace("−", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def as_text(table: Sequence[Sequence[Any]]) -> str:
    """The rows of a table as a line of text; an empty cell leaves its place empty."""
    return "; ".join(", ".join(_cell(cell) for cell in row) for row in table)


def _cell(value: Any) -> str:
    return "" if value is None or pd.isna(value) else f"{float(value):.6g}"


def editor(beat: Beat, name: str, frame: pd.DataFrame, write: Callable[[pd.DataFrame], dict[str, str]]) -> None:
    """Draw a table whose cells can be edited, and whose rows can be added and deleted.

    name: the word for the table, and the name of its file. write: the settings, by control, that the edited table
    makes. The text of these controls stays the one truth: another text is another table.
    """
    # a table that kept its name would apply its changes once more to what they have already changed
    key = f"{beat.name}-{name}-{crc32(frame.to_csv().encode())}"
    st.data_editor(
        frame,
        num_rows="dynamic",
        hide_index=True,
        key=key,
        height="content" if len(frame) < 7 else 280,
        alt=beat.word(name),
        on_change=_on_edit,
        args=(beat, key, frame, write),
    )
    st.download_button(
        beat.word("as_csv"),
        frame.to_csv(index=False),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"{beat.name}-{name}-csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _on_edit(beat: Beat, key: str, frame: pd.DataFrame, write: Callable[[pd.DataFrame], dict[str, str]]) -> None:
    beat.set(write(with_edits(frame, st.session_state[key])))


def with_edits(frame: pd.DataFrame, edits: Any) -> pd.DataFrame:
    """The table after the edits that Streamlit's editor reports: cells edited, rows deleted, rows added.

    A row that was added counts once it is full; until then it stays in the browser alone.
    """
    table = [dict(row) for row in frame.to_dict("records")]
    for row, cells_of in edits["edited_rows"].items():
        table[int(row)] |= cells_of
    deleted = set(edits["deleted_rows"])
    remaining = [row for k, row in enumerate(table) if k not in deleted]
    added = [{name: row.get(name) for name in frame.columns} for row in edits["added_rows"]]
    full = [row for row in added if all(value is not None for value in row.values())]
    return pd.DataFrame(remaining + full, columns=frame.columns)


def last_good(beat: Beat, key: str, text: str, read: Callable[[str], V], default: str) -> V:
    """What ``read`` makes of a text, or, with a message, of the last text that it could read.

    key: under which the session keeps that text. default: is read if there is none.
    """
    good = beat.lesson.state.last_good
    try:
        value = read(text)
    except Unreadable as error:
        st.error(f"{beat.word(error.word, **error.facts)} {beat.word('entry_kept')}")
        try:
            return read(good.get(key, default))
        except Unreadable:
            # another control has changed what is readable since
            return read(default)
    good[key] = text
    return value
