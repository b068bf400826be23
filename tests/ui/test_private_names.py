"""Names of Streamlit's front end that are nobody's promise, and on which our scripts and styles rely nevertheless."""

import re
from functools import cache
from pathlib import Path

import pytest
import streamlit

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = Path(streamlit.__file__).parent / "static"

TEST_ID = re.compile(r'data-testid=\\?["\']?(\w+)')
PIECE = re.compile(r"\bst[A-Z]\w+")
"""A test id that a script compares without a selector, such as a key of ``PIECES`` in handout.js."""

CLASSES = ("stMarkdownEllipsis", "vega-bindings", "vega-embed", "katex-display", "katex-html")
"""Classes of Streamlit and of what it carries that have no test id."""


@cache
def front_end() -> set[str]:
    """All words of the scripts and styles of the installed front end."""
    files = [path for path in sorted(BUNDLE.rglob("*")) if path.suffix in (".js", ".css")]
    return {word for path in files for word in re.findall(r"[\w-]+", path.read_text(encoding="utf-8"))}


def private_names(path: Path) -> set[str]:
    """The test ids that a file names, and the classes."""
    text = path.read_text(encoding="utf-8")
    names = {*TEST_ID.findall(text), *PIECE.findall(text)}
    return names | {name for name in CLASSES if name in text}


FILES = {path: names for path in sorted((ROOT / "ui").rglob("*.[jc]s*")) if (names := private_names(path))}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_front_end_has_every_private_name(path: Path) -> None:
    """An upgrade of Streamlit that renames one turns this red at once, and not only what a browser test looks at."""
    assert FILES[path] - front_end() == set()


def test_a_name_that_there_is_not_is_missed() -> None:
    assert {"stVegaLiteChart", "stVegaLiteChartOfOld"} - front_end() == {"stVegaLiteChartOfOld"}
    found = {path.name for path in FILES}
    assert found >= {"accessibility.js", "accessibility.css", "handout.js", "presenter.css", "player.js", "click.js"}
