"""Nearby: a question on the page of all is drawn when it comes near the screen.

Until then its prose stands there, which can be read and searched, and beneath it a place about as high as what is to
come. A small component in that place watches the screen and says once that the question is near.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

_HERE = Path(__file__).parent
_place = component(
    "lesson_nearby",
    html=(_HERE / "nearby.html").read_text(encoding="utf-8"),
    css=(_HERE / "nearby.css").read_text(encoding="utf-8"),
    js=(_HERE / "nearby.js").read_text(encoding="utf-8"),
)


def hold_place(beat: str, waits: str, on_near: Callable[[], None]) -> None:
    """Hold the place of a question that is not drawn yet; ``on_near`` is called once it comes near the screen.

    waits: what stands there meanwhile.
    """
    with st.container(key=f"nearby-{beat}"):
        _place(key=f"nearby-place-{beat}", data={"waits": waits}, on_near_change=on_near)
