"""Controls: Streamlit's widgets, bound to the page's state and so to its address, labelled in the reader's language.

Every control has a short key (its name in the address), a kind (what is valid) and a word (its label).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dlcore.family import Family, Setting
from ui.controls import page_state
from ui.controls.kinds import Choice, Kind, Number, Several, Switch, Text
from ui.controls.page_state import PageState
from ui.number_format import plain

Say = Callable[..., str]

REMEMBERED = 8
"""Of how many widgets that a control had one after the other it is remembered what they showed."""


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
            stops = kind.stops(page_state.value(self._state, key, kind))
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
        return self._draw(st.segmented_control, key, kind, word, limits, begins=_default, **how)

    def menu(self, key: str, kind: Choice, word: str, **how: Any) -> str:
        """One of many, in a list; ``named`` gives an option's name, if it is not a word of the glossary."""
        named = how.pop("named", self._say)
        limits = {"options": kind.options, "format_func": named}
        begins = {"begins": lambda now: {"index": kind.options.index(now)}}
        return self._draw(st.selectbox, key, kind, word, limits, **begins, **how)

    def several(self, key: str, kind: Several, word: str, **how: Any) -> tuple[str, ...]:
        """Any of a few; ``named`` gives an option's name, if it is not a word of the glossary."""
        named = how.pop("named", self._say)
        limits = {"options": kind.options, "selection_mode": "multi", "wrap": True, "format_func": named}
        return tuple(self._draw(st.pills, key, kind, word, limits, convert=list, begins=_default, **how))

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
        return page_state.value(self._state, key, kind)

    def wait(self, *keys: str) -> None:
        """Keep the place in the address of controls that cannot be drawn before something else is there."""
        page_state.wait(self._state, *keys)

    def fingerprint(self) -> dict[str, Any]:
        """What the controls drawn so far say: the fingerprint of an experiment."""
        return dict(self.drawn)

    def set(self, new: Mapping[str, Any], clears: tuple[str, ...] = ()) -> None:
        """Set controls by key, for use in callbacks; ``clears`` return to their defaults."""
        locked = self._state.locked
        for key in clears:
            if key not in locked:
                self._state.kept.pop(key, None)
                self._state.asked.pop(key, None)
        # each is settled when it is drawn: its range may depend on another one that is set here
        self._state.kept.update({key: value for key, value in new.items() if key not in locked})
        self._state.touched = True

    def _draw(
        self,
        draw: Callable[..., Any],
        key: str,
        kind: Kind,
        word: str,
        limits: dict[str, Any],
        clears: tuple[str, ...] = (),
        convert: Callable[[Any], Any] = lambda value: value,
        begins: Callable[[Any], dict[str, Any]] = lambda now: {"value": now},
        letter: str = "",
        **how: Any,
    ) -> Any:
        now = self.drawn[key] = page_state.value(self._state, key, kind)
        self._state.offered[key] = (self.name, word, letter)
        # a browser forgets a widget that is taken away, and would show its first option when it comes back
        if key in self._state.hidden or not self.on_stage:
            return now
        widget = self._widget(key, convert(now))
        args = (self._state, widget, max(self._state.shown[key]), key, kind, clears)
        disabled = key in self._state.locked
        label = self._say(word, letter=letter)
        self.told[key] = label, _as_seen(now, how.get("format_func", limits.get("format_func", str)))
        # as what the widget begins with, and not through the session: that is told a browser once, in an answer that a
        # quick reader's next act may replace
        how |= begins(convert(now))
        draw(label, key=widget, on_change=_changed, args=args, disabled=disabled, **limits, **how)
        return now

    def _widget(self, key: str, now: Any) -> str:
        """The name of the widget that shows a control's value ``now``.

        Where the script wants another value than the reader's browser shows, that is another widget: an old value that
        the browser sends before it has heard of the new one then comes from a widget that is no more.
        """
        name = f"{self._page}.{key}"
        shown = self._state.shown.setdefault(key, {})
        number = max(shown, default=0)
        if shown and not _alike(st.session_state.get(_numbered(name, number)), now):
            number += 1
        shown[number] = now
        if len(shown) > REMEMBERED:
            del shown[min(shown)]
        return _numbered(name, number)


def _default(now: Any) -> dict[str, Any]:
    return {"default": now}


def _alike(one: Any, other: Any) -> bool:
    """Whether two values of a widget look the same; pills are said in the order in which they were pressed."""
    return sorted(one) == sorted(other) if isinstance(one, list) and isinstance(other, list) else one == other


def _numbered(name: str, number: int) -> str:
    return f"{name}--{number}" if number else name


def _as_seen(value: Any, named: Callable[[Any], str]) -> str:
    """A control's value as the reader sees it."""
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, int | float):
        return plain(float(value))
    return (", ".join(map(named, value)) if isinstance(value, tuple) else named(value)) or "–"


def _changed(state: PageState, widget: str, number: int, key: str, kind: Kind, clears: tuple[str, ...]) -> None:
    state.touched = True
    new, shown = st.session_state[widget], state.shown[key]
    # With every change a browser sends all that it shows: until it has heard of a new widget, also the old one as it
    # was. That is not the reader's wish; another value of the old one is: they have moved it meanwhile.
    if number < max(shown) and _alike(new, shown.get(number, new)):
        return
    page_state.keep(state, key, kind, new)
    for other in clears:
        state.kept.pop(other, None)
