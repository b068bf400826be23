"""Controls: Streamlit's widgets, bound to the page's state and so to its address, labelled in the reader's language.

Every control has a short key (its name in the address), a kind (what is valid) and a word (its label).
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dlcore.family import Family, Setting
from ui import address
from ui.address import PageState
from ui.kinds import Choice, Kind, Number, Several, Switch, Text
from ui.numbers import plain

Say = Callable[..., str]

ECHO = 10.0
"""For how many seconds an old value may at most come back from a browser after the script has assigned another."""


class Controls:
    """The controls of one page for one visitor; ``say`` gives the words of the reader's language.

    name: of the beat that they belong to, "" for those of the whole page. on_stage: whether they are drawn at all;
    off stage they say what they are set to.
    """

    def __init__(self, page: str, state: PageState, say: Say, name: str = "", on_stage: bool = True) -> None:
        self._page, self._state, self._say, self.name, self.on_stage = page, state, say, name, on_stage
        self.drawn: dict[str, Any] = {}
        self.told: dict[str, tuple[str, str]] = {}
        """By key, the label of every control that is shown, and its value as the reader sees it."""

    def slider(self, key: str, kind: Number, word: str, **how: Any) -> float:
        """A number by slider; a logarithmic one steps through round numbers."""
        if kind.log:
            stops = kind.stops(address.value(self._state, key, kind))
            draw, limits = st.select_slider, {"options": stops, "format_func": plain}
        else:
            number = int if kind.whole else float
            step = 1 if kind.whole else 0.01
            draw, limits = st.slider, {"min_value": number(kind.low), "max_value": number(kind.high), "step": step}
        return self._draw(draw, key, kind, word, limits, **how)

    def box(self, key: str, kind: Number, word: str, **how: Any) -> float:
        """A number to be typed."""
        if kind.whole:
            limits: dict[str, Any] = {"min_value": int(kind.low), "max_value": int(kind.high), "step": 1}
        else:
            step = 10.0 ** math.floor(math.log10((kind.high - kind.low) / 50))
            limits = {"min_value": kind.low, "max_value": kind.high, "step": step, "format": "%.6g"}
        return self._draw(st.number_input, key, kind, word, limits, **how)

    def choice(self, key: str, kind: Choice, word: str, **how: Any) -> str:
        """One of a few, all of them in sight."""
        limits = {"options": kind.options, "required": True, "format_func": self._say, "wrap": True}
        return self._draw(st.segmented_control, key, kind, word, limits, **how)

    def menu(self, key: str, kind: Choice, word: str, **how: Any) -> str:
        """One of many, in a list; ``named`` gives an option's name, if it is not a word of the glossary."""
        named = how.pop("named", self._say)
        return self._draw(st.selectbox, key, kind, word, {"options": kind.options, "format_func": named}, **how)

    def several(self, key: str, kind: Several, word: str, **how: Any) -> tuple[str, ...]:
        """Any of a few; ``named`` gives an option's name, if it is not a word of the glossary."""
        named = how.pop("named", self._say)
        limits = {"options": kind.options, "selection_mode": "multi", "wrap": True, "format_func": named}
        return tuple(self._draw(st.pills, key, kind, word, limits, convert=list, **how))

    def switch(self, key: str, kind: Switch, word: str, **how: Any) -> bool:
        """On or off."""
        return self._draw(st.toggle, key, kind, word, {}, **how)

    def text(self, key: str, kind: Text, word: str, **how: Any) -> str:
        """A line to be typed."""
        return self._draw(st.text_input, key, kind, word, {"max_chars": kind.most}, **how)

    def settings(
        self, member: type[Family], suffix: str = "", drawn: bool = True, only: Sequence[str] | None = None
    ) -> Any:
        """A member of a family with controls for the settings that it declares, under their names and a suffix.

        Settings that are not ``drawn`` keep their values. ``only``: those that may be set at all, if not every one.
        """
        chosen = {}
        for name, declared in member.settings().items():
            if only is not None and name not in only:
                continue
            kind, draw = self._fitting(declared)
            chosen[name] = (draw if drawn else self.remembered)(name + suffix, kind, name)
        return member(**chosen)

    def _fitting(self, declared: Setting) -> tuple[Kind, Callable[..., Any]]:
        """The kind of a declared setting, and the control that draws it."""
        if isinstance(declared.default, bool):
            return Switch(declared.default), self.switch
        if declared.choices:
            return Choice(declared.default, declared.choices), self.choice
        whole = isinstance(declared.default, int)
        kind = Number(declared.default, declared.low or 0, declared.high or 1, declared.log, whole)
        return kind, self.box if kind.high > 10_000 else self.slider

    def remembered(self, key: str, kind: Kind, _word: str = "") -> Any:
        """The value of a control that is not drawn now, but keeps its place in the address."""
        return address.value(self._state, key, kind)

    def fingerprint(self) -> dict[str, Any]:
        """What the controls drawn so far say: the fingerprint of an experiment."""
        return dict(self.drawn)

    def set(self, new: Mapping[str, Any], clears: tuple[str, ...] = ()) -> None:
        """Set controls by key, for use in callbacks; ``clears`` return to their defaults."""
        locked = self._state.locked
        for key in clears:
            if key not in locked:
                self._state.kept.pop(key, None)
        # each is settled when it is drawn: its range may depend on another one that is set here
        self._state.kept.update({key: value for key, value in new.items() if key not in locked})
        self._state.touched = True
        self._state.came = self._state.came or set()

    def _draw(
        self,
        draw: Callable[..., Any],
        key: str,
        kind: Kind,
        word: str,
        limits: dict[str, Any],
        clears: tuple[str, ...] = (),
        convert: Callable[[Any], Any] = lambda value: value,
        letter: str = "",
        **how: Any,
    ) -> Any:
        now = self.drawn[key] = address.value(self._state, key, kind)
        self._state.offered[key] = (self.name, word, letter)
        # a browser forgets a widget that is taken away, and would show its first option when it comes back
        if key in self._state.hidden or not self.on_stage:
            return now
        widget = f"{self._page}.{key}"
        _forget_what_was_heard(self._state)
        before = st.session_state.get(widget)
        # assigned only when it differs: an assignment travels to the browser and would fight a slider being dragged
        if before != convert(now):
            st.session_state[widget] = convert(now)
            self._state.assigned[widget] = (before, time.monotonic())
        args = (self._state, widget, key, kind, clears)
        disabled = key in self._state.locked
        label = self._say(word, letter=letter)
        self.told[key] = label, _as_seen(now, how.get("format_func", limits.get("format_func", str)))
        draw(label, key=widget, on_change=_changed, args=args, disabled=disabled, **limits, **how)
        return now


def _forget_what_was_heard(state: PageState) -> None:
    """A browser sends all that it shows: of what did not come back with an old value, it has heard."""
    if state.came is not None:
        state.assigned = {widget: was for widget, was in state.assigned.items() if widget in state.came}
        state.came = None


def _as_seen(value: Any, named: Callable[[Any], str]) -> str:
    """A control's value as the reader sees it."""
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, int | float):
        return plain(float(value))
    return (", ".join(map(named, value)) if isinstance(value, tuple) else named(value)) or "–"


def _changed(state: PageState, widget: str, key: str, kind: Kind, clears: tuple[str, ...]) -> None:
    state.touched = True
    state.came = {*(state.came or ()), widget}
    new = st.session_state[widget]
    before, when = state.assigned.get(widget, (None, -math.inf))
    # With every change a browser sends all that it shows: until it has heard of what the script assigned, also what
    # stood there before. That is not the reader's wish.
    if new == before and time.monotonic() - when < ECHO:
        return
    # a third value is the reader's own: after it also the old one is, should they move the control back
    state.assigned.pop(widget, None)
    address.keep(state, key, kind, new)
    for other in clears:
        state.kept.pop(other, None)
