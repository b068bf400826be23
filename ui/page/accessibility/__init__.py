"""Accessibility: what Streamlit leaves to a screen reader or a keyboard undone, mended for the whole page.

A chart has a name; the sentence beneath it becomes its description. A formula or a program that is wider than its place
can be scrolled by pointer; it becomes reachable by keyboard. Colours of programs that are too pale become readable.
"""

from pathlib import Path

from streamlit.components.v2 import component

_HERE = Path(__file__).parent
STYLE = _HERE / "accessibility.css"
_mends = component(
    "lesson_reached",
    html="<span hidden></span>",
    css=":host { display: none }",
    js=(_HERE / "accessibility.js").read_text(encoding="utf-8"),
)


def mend() -> None:
    """Mend the page, to be called once on it; takes no place."""
    _mends(key="reached-mends")
