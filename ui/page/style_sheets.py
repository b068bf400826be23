"""Style sheets of ours, put on a page as one: for every element with a style the browser styles the whole page anew."""

import re
from functools import lru_cache
from pathlib import Path

import streamlit as st


def draw(*sheets: Path) -> None:
    """Put style sheets on the page, in this order, to be called once on it; a style takes no place there."""
    # files of ours, never a visitor's text
    st.html(_join(sheets))


_NOT_SENT = re.compile(r"/\*.*?\*/|(?<=\n)\s+", re.DOTALL)
"""Comments and indents: a third of what every visitor would be sent."""


@lru_cache(maxsize=8)
def _join(sheets: tuple[Path, ...]) -> str:
    """The sheets in one element, without what is for those who read the files."""
    return "<style>" + _NOT_SENT.sub("", "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)) + "</style>"
