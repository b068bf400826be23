"""Take home: the pictures of a page as files, and the page itself as a handout, made in the browser from what is drawn.

What a reader takes home is what stands on the page at that moment, the step of every player included, and what waits
behind an unanswered question stays there. The server is asked for nothing but the code that makes it, once a reader
opens the box: it is a third of all that a page would bring of ours. Besides, it lists beneath every beat, hidden, what
its controls say (the rarer ones are not on the page until they are asked for) and what its pictures are called.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from ui.controls.widgets import Controls, Say

_HERE = Path(__file__).parent
STYLE = _HERE / "lists.css"
"""Hides the lists beneath the beats."""

_script = "\n".join((_HERE / part).read_text(encoding="utf-8") for part in ("pictures.js", "handout.js", "takehome.js"))
_section = component(
    "lesson_takehome",
    html=(_HERE / "takehome.html").read_text(encoding="utf-8"),
    css=(_HERE / "takehome.css").read_text(encoding="utf-8"),
    js=_script,
)

_WORDS = (
    *("take_home_said", "take_pictures", "take_no_pictures", "take_handout", "take_print"),
    *("take_settings", "take_address", "take_made", "take_run"),
    *("take_failed", "take_blocked", "take_done", "take_drawing"),
)


def list_contents(beat: Controls, pictures: Sequence[tuple[str, str]]) -> None:
    """List, hidden, what a beat's controls are set to and its pictures, each (alternative text, name)."""
    settings = "".join(f"<dt>{escape(label)}</dt><dd>{escape(said)}</dd>" for label, said in beat.readouts.values())
    names = "".join(f'<li data-name="{escape(name)}">{escape(alt)}</li>' for alt, name in pictures)
    with st.container(key=f"taken-{beat.name}"):
        st.html(f"<dl>{settings}</dl><ul>{names}</ul>")


@st.fragment
def section(page: str, title: str, language: str, say: Say) -> None:
    """The section at the foot of a page; its code comes when a reader opens it."""
    icon = ":material/download:"
    with st.expander(say("take_home"), on_change="rerun", key=f"takehome-{page}", icon=icon) as opened:
        if opened.open:
            _draw(page, title, language, say)


def _draw(page: str, title: str, language: str, say: Say) -> None:
    words: dict[str, Any] = {word: say(word) for word in _WORDS}
    # how many rows of a table are shown is known to the browser alone
    words["take_rows"] = say("take_rows", n="%n", all="%all")
    _section(key=f"files-{page}", data={"page": page, "title": title, "language": language, "words": words})
