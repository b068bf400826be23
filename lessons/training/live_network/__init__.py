"""The live network: a component that plays a network in training, and the feed that brings it frames.

Two components, because whatever one of them is told, Streamlit sends its whole script along: the large one is told only
when a control moves, the small one brings the frames.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

_HERE = Path(__file__).parent
_SCRIPTS = ("frames.js", "pictures.js", "live_network.js")


def _read(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_stage = component(
    "lesson_live_network", html=_read("live_network.html"), css=_read("live_network.css"), js=_read(*_SCRIPTS)
)
_feed = component("lesson_live_feed", html="<span hidden></span>\n<!-- the feed is the script -->", js=_read("feed.js"))


def stage(key: str, data: Mapping[str, Any], on_set: Callable[[Mapping[str, Any]], None]) -> None:
    """Draw the network, its border, its losses and the player.

    data: what is drawn besides the frames. on_set: what the reader has chosen here, by name.
    """

    def hear() -> None:
        wish = st.session_state[key].set
        if isinstance(wish, dict):
            on_set(wish)

    _stage(key=key, data=dict(data), height="stretch", on_set_change=hear)


def feed(key: str, header: Mapping[str, Any], frames: bytes, on_ask: Callable[[Mapping[str, Any]], None]) -> None:
    """Bring frames; ``on_ask`` hears which are wanted next, and what is to be done to the network before.

    frames: as ``dlcore.experiments.live_frames.pack`` makes them.
    """

    def hear() -> None:
        wish = st.session_state[key].ask
        if isinstance(wish, dict):
            on_ask(wish)

    head = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    _feed(key=key, data=len(head).to_bytes(4, "little") + head + frames, on_ask_change=hear)
