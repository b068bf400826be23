"""Presenter mode: one beat at a time, large, without the frame, moved by button, keyboard or a presenter's clicker.

It is a matter of the address alone (``?present=1&beat=two_weights``), so everything that is set stays when it begins
and when it ends, and a link opens it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from ui.controls import page_state
from ui.controls.kinds import Switch
from ui.controls.page_state import PageState
from ui.controls.widgets import Say, widget_key
from ui.page import class_link, room, stage
from ui.page.navigation import Page
from ui.page.stage import BACK, ON, PRESENT_KEY, Stage

_HERE = Path(__file__).parent


def button(page: Page, say: Say, state: PageState) -> None:
    """The button with which presenter mode begins."""
    st.button(
        say("present"),
        on_click=_present,
        args=(state, True),
        key=widget_key(page.name, "", "present"),
        icon=":material/slideshow:",
    )


def _present(state: PageState, on: bool) -> None:
    page_state.set_value(state, PRESENT_KEY, Switch(False), on)
    state.ahead_of_address = True


TALLER = 1.6
"""How much taller pictures are that have a height of their own: those below the player."""

_TYPE = (
    "fontSize",
    "labelFontSize",
    "titleFontSize",
    "labelLimit",
    "minExtent",
    "maxExtent",
    "labelPadding",
    "dx",
    "dy",
)
_LINE = 1 / 1100
LARGER = {**dict.fromkeys(_TYPE, 1 / 820), **dict.fromkeys(("strokeWidth", "symbolStrokeWidth"), _LINE)}
"""How much larger what is measured in pixels is drawn, per pixel of the screen's width: type 2.34 times on 1920."""

WIDTH = {"name": "screen", "value": 0, "bind": {"input": "number"}}
"""How wide the window is since it was last resized, which stage.js enters: a picture asks for its size only once."""

_WIDTH = "(screen || windowSize()[0])"

_ROOM = "containerSize()[0]"
"""The width of a picture in its own expressions."""

_TITLED = {"labelFontSize": 12, "titleFontSize": 13}
READABLE = {
    "axis": _TITLED | {"labelLimit": 100},
    "legend": _TITLED | {"labelLimit": 160, "symbolSize": 100},
}
"""What Streamlit draws in these sizes if a picture says nothing else, and where it cuts off what is written."""


def larger(spec: Any) -> Any:
    """A picture's specification with all sizes that are numbers of pixels larger, as much as the screen is wide."""
    config = spec.get("config", {})
    readable = {part: sizes | config.get(part, {}) for part, sizes in READABLE.items()}
    return _larger(spec | {"config": config | readable, "params": [*spec.get("params", ()), WIDTH]})


def _larger(part: Any) -> Any:
    if isinstance(part, dict):
        own: dict[str, Callable[[Any], Any]] = {"strokeDash": _dashes, "columns": _columns}
        return {key: own[key](one) if key in own else _times(key, _larger(one)) for key, one in part.items()}
    return [_larger(one) for one in part] if isinstance(part, list) else part


def _dashes(part: Any) -> Any:
    """Dashes grow with their lines, or nobody could tell them from a line without; wherever they are written."""
    if isinstance(part, dict):
        # a channel, with the dashes of its scale, or a condition: what else is in it is no dash
        return {
            key: _dashes(one) if isinstance(one, list) or key == "scale" else _larger(one) for key, one in part.items()
        }
    if not isinstance(part, list):
        return part
    if part and all(isinstance(one, int | float) for one in part):
        grown = f"max(1, {_WIDTH} * {_LINE})"
        return {"expr": f"[{', '.join(f'{one} * {grown}' for one in part)}]"}
    return [_dashes(one) for one in part]


def _columns(part: Any) -> Any:
    """Larger names have less room beside each other."""
    if not isinstance(part, dict):
        return part
    return {"expr": part["expr"].replace(_ROOM, f"{_ROOM} / max(1, {_WIDTH} / 1000)")}


def _times(key: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value:
        return value
    if key == "height":
        return value * TALLER
    if key in ("size", "symbolSize"):
        # an area
        return {"expr": f"{value} * max(1, pow({_WIDTH} / 1100, 2))"}
    return {"expr": f"{value} * max(1, {_WIDTH} * {LARGER[key]})"} if key in LARGER else value


def bar(now: Stage, page: Page, language: str, state: PageState, say: Say) -> None:
    """The presenter's bar at the foot of the screen, the large type, and above the question the strip of a room."""
    room.strip(language, say)
    with st.container(key="presenter-bar", horizontal=True, vertical_alignment="center", gap="small"):
        # a constant of ours, never a visitor's text
        st.html(_HERE / "presenter.css")
        stage.step(now, state, BACK, page, language, say("present_back"), say)
        stage.step(now, state, ON, page, language, say("present_on"), say)
        st.title(page.title(language), anchor=False, width="content")
        st.markdown(f"{now.place + 1} / {len(now.beats)}", width="content")
        class_link.corner(now, state, language, say)
        room.bar_button(language, say)
        if st.context.theme.type == "dark":
            st.link_button(say("present_light"), _light(), icon=":material/light_mode:")
        leave = {"on_click": _present, "args": (state, False), "icon": ":material/close:"}
        st.button(say("present_leave"), key="presenter-leave", **leave)


def _light() -> str:
    """The same address with Streamlit's light theme: a theme is chosen when a page is loaded, and by nothing else."""
    query = [(key, one) for key in st.query_params for one in st.query_params.get_all(key)]
    query += [("embed", "true"), ("embed_options", "light_theme")]
    return f"{class_link.own_address()}?{urlencode(query)}"
