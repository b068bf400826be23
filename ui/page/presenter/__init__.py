"""Presenter mode: one beat at a time, large, without the frame, moved by button, keyboard or a presenter's clicker.

It is a matter of the address alone (``?present=1&beat=two_weights``), so everything that is set stays when it begins
and when it ends, and a link opens it.
"""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st
from streamlit.components.v2 import component

from ui.controls import page_state
from ui.controls.kinds import Choice, Switch
from ui.controls.page_state import PageState
from ui.controls.widgets import Say
from ui.page.navigation import Page

_HERE = Path(__file__).parent
_keys = component(
    "lesson_clicker",
    html="<span hidden></span>",
    css=":host { display: none }",
    js=(_HERE / "clicker.js").read_text(encoding="utf-8"),
)
PRESENT_KEY, BEAT_KEY = "present", "beat"
MARKS = {"lesson.beat", "lesson.part"}
"""What stands above the function of a question."""

BACK, ON = "presenter-back", "presenter-on"
"""Keys of the two buttons that the clicker presses."""


@dataclass(frozen=True)
class Stand:
    """Where a presentation of a page is: the beat that is shown, of all its ``beats``."""

    beats: tuple[str, ...]
    beat: str

    @property
    def number(self) -> int:
        return self.beats.index(self.beat) + 1


def beats_of(script: Path) -> tuple[str, ...]:
    """The names of a page's beats in their order, told from its script before that has run."""
    return _beats(script, script.stat().st_mtime_ns) if script.exists() else ()


@lru_cache(maxsize=32)
def _beats(script: Path, _saved: int) -> tuple[str, ...]:
    functions = [one for one in ast.parse(script.read_text(encoding="utf-8")).body if isinstance(one, ast.FunctionDef)]
    return tuple(one.name for one in functions if MARKS & {ast.unparse(mark) for mark in one.decorator_list})


def stand(page: Page, state: PageState) -> Stand | None:
    """Where the presentation is that the address asks for; None if it asks for none, or the page has no beats."""
    beats = beats_of(page.script) if page.number else ()
    if not beats:
        return None
    presenting = page_state.value(state, PRESENT_KEY, Switch(False))
    beat = page_state.value(state, BEAT_KEY, Choice(beats[0], beats))
    return Stand(beats, beat) if presenting else None


def button(page: Page, say: Say, state: PageState) -> None:
    """The button with which presenter mode begins."""
    st.button(
        say("present"), on_click=_present, args=(state, True), key=f"{page.name}-present", icon=":material/slideshow:"
    )


def _present(state: PageState, on: bool) -> None:
    page_state.keep(state, PRESENT_KEY, Switch(False), on)
    state.touched = True


def _show(state: PageState, beats: tuple[str, ...], beat: str) -> None:
    page_state.keep(state, BEAT_KEY, Choice(beats[0], beats), beat)
    state.touched = True


LARGER = 1.4
"""How much larger the pictures are drawn."""

_SIZES = ("height", "fontSize", "labelFontSize", "titleFontSize", "strokeWidth", "labelLimit", "minExtent", "maxExtent")


def larger(spec: Any) -> Any:
    """A picture's specification with all sizes that are numbers of pixels made larger; its width is the screen's."""
    if isinstance(spec, dict):
        return {key: _times(key, larger(part)) for key, part in spec.items()}
    return [larger(part) for part in spec] if isinstance(spec, list) else spec


def _times(key: str, value: Any) -> Any:
    return value * LARGER if key in _SIZES and isinstance(value, int | float) else value


@contextmanager
def off_stage(beat: str) -> Iterator[Any]:
    """A place for a beat that has to run and is not shown, to be emptied afterwards."""
    with st.container(key=f"off-stage-{beat}"):
        place = st.empty()
    with place.container():
        yield place


def bar(now: Stand, title: str, state: PageState, say: Say) -> None:
    """The presenter's bar at the foot of the screen, and the large type."""
    k, beats = now.number, now.beats
    with st.container(key="presenter-bar", horizontal=True, vertical_alignment="center", gap="small"):
        # a constant of ours, never a visitor's text
        st.html(_HERE / "presenter.css")
        _keys(key="clicker", data={"back": BACK, "on": ON})
        moves = ((BACK, "present_back", k - 2, "arrow_back"), (ON, "present_on", k, "arrow_forward"))
        for key, word, place, icon in moves:
            there = 0 <= place < len(beats)
            st.button(
                say(word),
                key=key,
                icon=f":material/{icon}:",
                disabled=not there,
                on_click=_show,
                args=(state, beats, beats[place] if there else now.beat),
            )
        st.title(title, anchor=False, width="content")
        st.markdown(f"{k} / {len(beats)}", width="content")
        if st.context.theme.type == "dark":
            st.link_button(say("present_light"), _light(), icon=":material/light_mode:")
        leave = {"on_click": _present, "args": (state, False), "icon": ":material/close:"}
        st.button(say("present_leave"), key="presenter-leave", **leave)


def _light() -> str:
    """The same address with Streamlit's light theme: a theme is chosen when a page is loaded, and by nothing else."""
    parts = urlsplit(st.context.url or "")
    query = [(key, one) for key in st.query_params for one in st.query_params.get_all(key)]
    query += [("embed", "true"), ("embed_options", "light_theme")]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
