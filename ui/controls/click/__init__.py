"""A click on a picture: where it was, in the picture's own coordinates.

A small component listens to the charts in a container and tells the server the place of a click in the plot. The
controls that it sets can be typed into as well, since a click is out of reach of a keyboard.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

_listener = component(
    "lesson_click",
    html='<span class="hint"></span>\n<!-- the listener is the script -->',
    css=":host { display: block }\n.hint { font-family: var(--st-font); font-size: 0.875rem; opacity: 0.85; }",
    js=(Path(__file__).parent / "click.js").read_text(encoding="utf-8"),
)


def listen(
    container: str,
    extent: Sequence[tuple[float, float]],
    keys: Sequence[str],
    hint: str,
    set_values: Callable[[Mapping[str, Any]], None],
    equal: bool = False,
) -> None:
    """Set the controls ``keys`` (one or two) to the place of every click in the container with key ``container``.

    extent: what the plot shows, (lowest, highest) along x and, if there is one, y. equal: one unit is as long across as
    up, so that it shows more than that along the axis that has room.
    """
    key = f"click-{container}"

    def on_click() -> None:
        shares = st.session_state[key].place
        if isinstance(shares, list) and len(shares) == 2:
            places = zip(keys, extent, shares, strict=False)
            set_values({name: _place(low, high, float(share)) for name, (low, high), share in places})

    lengths = [high - low for low, high in extent] if equal else None
    data = {"container": container, "hint": hint, "lengths": lengths}
    _listener(key=key, data=data, on_place_change=on_click)


def _place(low: float, high: float, share: float) -> float:
    """The place at a share of the way from low to high, rounded to a thousandth of the way: a pixel is coarser."""
    share = min(max(share, 0.0), 1.0)
    return float(f"{low + round(share, 3) * (high - low):.4g}")
