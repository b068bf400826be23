"""Ahead: the next question is drawn while the reader is busy with this one, unseen, so that it is there at once.

Its place is beside the question that is shown (``Lesson._slot``), out of sight and out of reach of keyboard and screen
reader. A small component in that place waits until the page has rested for a while, and says so once. Going on shows
what stands there (see stage.js) before the server has heard of it. Who asks their browser to save data is spared it.
"""

from collections.abc import Callable
from pathlib import Path

from streamlit.components.v2 import component

_waiting = component(
    "lesson_ahead",
    html="<span hidden></span>",
    css=":host { display: none }",
    js=(Path(__file__).parent / "ahead.js").read_text(encoding="utf-8"),
)


def wait(beat: str, on_rest: Callable[[], None]) -> None:
    """Call ``on_rest`` once there is time to draw a question that is not shown."""
    _waiting(key=f"ahead-{beat}", on_rest_change=on_rest)
