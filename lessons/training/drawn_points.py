"""Points drawn by the reader: a class and a click for each; the text that holds them stands in the address."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from lessons.shared import typed_numbers
from lessons.shared.typed_numbers import Unreadable
from ui.beat import Beat
from ui.controls import click
from ui.controls.kinds import Choice, Text

MOST_POINTS = 80
EXTENT = ((-1.5, 1.5), (-1.5, 1.5))
CLASSES = ("class_0", "class_1", "class_2")

_RING = np.linspace(0, 2 * np.pi, 37)[:36]
DEFAULT = "; ".join(
    [f"{0.4 * np.cos(t):.2f}, {0.4 * np.sin(t):.2f}, 1" for t in _RING[::2]]
    + [f"{1.1 * np.cos(t):.2f}, {1.1 * np.sin(t):.2f}, 0" for t in _RING]
)
"""To begin with: a ring of class 0 around one of class 1, with enough points for the lesson's training to learn it."""

POINTS = Text(DEFAULT, 25 * MOST_POINTS)
"""As long as a point may be: -0.000123, -0.000123, 2; has 25 letters with the space that follows."""

KEYS = ("pc", "pts")
"""The keys of the controls: the class of the next click, and the points."""

Rows = tuple[tuple[float, ...], ...]


def choose(beat: Beat) -> Rows:
    """The points that a reader has drawn, each an x, a y and a class, with the controls that draw them."""
    acts = beat.choice("pc", Choice(CLASSES[0], CLASSES), "next_click_is")
    text = beat.text("pts", POINTS, "drawn_text", help=beat.word("drawn_help"))
    rows = typed_numbers.last_good(beat, "pts", text, read, DEFAULT)
    with st.container(horizontal=True, gap="xsmall"):
        for word, fewer in {"undo": rows[:-1], "clear_all": ()}.items():
            # an address holds no empty text: the last point that is there stays a text
            new = {"pts": rows_as_text(fewer) if fewer else ";"}
            st.button(beat.word(word), key=f"training.data-{word}", on_click=beat.set, args=(new,), disabled=not rows)
    st.caption(beat.word("points_drawn", count=len(rows), most=MOST_POINTS))
    _listen(beat, rows, CLASSES.index(acts))
    return rows


def _listen(beat: Beat, rows: Rows, label: int) -> None:
    def on_click(place: Mapping[str, Any]) -> None:
        add(beat, "pts", rows, (place["x"], place["y"], float(label)))

    click.listen(f"beat-{beat.name}-place", EXTENT, ("x", "y"), beat.word("click_draws"), on_click)


def add(beat: Beat, key: str, rows: Rows, point: tuple[float, ...]) -> None:
    """Set the points to those that there are and one more; where there is no room for it, say so."""
    if len(rows) < MOST_POINTS:
        beat.set({key: rows_as_text((*rows, point))})
    else:
        st.toast(beat.word("points_full", most=MOST_POINTS))


def read(text: str) -> Rows:
    """The points in ``x, y, class; x, y, class``; Unreadable says what is wrong. No point at all is fine."""
    if not text.strip(" ,;"):
        return ()
    rows = tuple(typed_numbers.rows(text, width=3, most=MOST_POINTS))
    for k, (x, y, label) in enumerate(rows, start=1):
        if label not in (0, 1, 2):
            raise Unreadable("entry_no_such_class", row=k, found=f"{label:g}", last=2)
        for value, (low, high) in zip((x, y), EXTENT, strict=True):
            if not low <= value <= high:
                raise Unreadable("entry_off_the_map", row=k, found=f"{value:g}", low=f"{low:g}", high=f"{high:g}")
    return rows


def rows_as_text(rows: Rows) -> str:
    """The text of points."""
    return "; ".join(f"{x:.3g}, {y:.3g}, {label:.0f}" for x, y, label in rows)


def arrays(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, shape (points, 2), and classes that count from 0 without a gap."""
    table = np.array(rows, dtype=float).reshape(-1, 3)
    return table[:, :2], np.unique(table[:, 2], return_inverse=True)[1].astype(np.int64)
