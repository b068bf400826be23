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
from ui.controls.page_state import Label, PageState
from ui.number_format import plain

Say = Callable[..., str]

MOST_WIDGETS = 8
"""For how many of the widgets that a control had one after the other their values are kept."""

LARGEST_ON_A_SLIDER = 10_000
"""A setting that may be larger than this is typed."""


def kind_of(declared: Setting) -> Number | Choice | Switch:
    """The kind of control that a declared setting of a family needs."""
    if isinstance(declared.default, bool):
        return Switch(declared.default)
    if declared.choices:
        return Choice(declared.default, declared.choices)
    whole = isinstance(declared.default, int)
    return Number(declared.default, declared.low or 0, declared.high or 1, declared.log, whole)


def widget_key(page: str, beat: str, word: str) -> str:
    """The key of a widget that is no control with a place in the address; ``beat`` is "" for one of the whole page."""
    return "-".join(part for part in (page, beat, word) if part)


class Controls:
    """The controls of one page for one visitor; ``say`` gives the words of the reader's language.

    name: of the beat that they belong to, "" for those of the whole page. on_stage: whether they are drawn at all;
    off stage they say what they are set to.
    """

    def __init__(self, page: str, state: PageState, say: Say, name: str = "", on_stage: bool = True) -> None:
        self._page, self._state, self._say, self.name, self.on_stage = page, state, say, name, on_stage
        self.readouts: dict[str, tuple[str, str]] = {}
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

    def choice(
        self, key: str, kind: Choice, word: str, option_label: Callable[[str], str] | None = None, **how: Any
    ) -> str:
        """One of a few, all of them in sight; ``option_label`` labels an option that is no word of words.toml."""
        label = option_label or self._say
        limits = {"options": kind.options, "required": True, "format_func": label, "wrap": True}
        return self._draw(st.segmented_control, key, kind, word, limits, initial=_default, **how)

    def menu(
        self, key: str, kind: Choice, word: str, option_label: Callable[[str], str] | None = None, **how: Any
    ) -> str:
        """One of many, in a list; ``option_label`` labels an option that is no word of words.toml."""
        limits = {"options": kind.options, "format_func": option_label or self._say}

        def initial(now: str) -> dict[str, Any]:
            return {"index": kind.options.index(now)}

        return self._draw(st.selectbox, key, kind, word, limits, initial=initial, **how)

    def several(
        self, key: str, kind: Several, word: str, option_label: Callable[[str], str] | None = None, **how: Any
    ) -> tuple[str, ...]:
        """Any of a few; ``option_label`` labels an option that is no word of words.toml."""
        limits = {
            "options": kind.options,
            "selection_mode": "multi",
            "wrap": True,
            "format_func": option_label or self._say,
        }
        return tuple(self._draw(st.pills, key, kind, word, limits, convert=list, initial=_default, **how))

    def switch(self, key: str, kind: Switch, word: str, **how: Any) -> bool:
        """On or off."""
        return self._draw(st.toggle, key, kind, word, {}, **how)

    def text(self, key: str, kind: Text, word: str, **how: Any) -> str:
        """A line to be typed."""
        return self._draw(st.text_input, key, kind, word, {"max_chars": kind.most}, **how)

    def settings(
        self, member: type[Family], suffix: str = "", visible: bool = True, only: Sequence[str] | None = None
    ) -> Any:
        """A member of a family with controls for the settings that it declares, under their names and a suffix.

        Settings that are not ``visible`` keep their values. ``only``: those that may be set at all, if not every one.
        """
        chosen = {}
        for name, declared in member.settings().items():
            if only is not None and name not in only:
                continue
            kind = kind_of(declared)
            draw: Callable[..., Any] = self.control_of(kind)
            if isinstance(kind, Number) and kind.high > LARGEST_ON_A_SLIDER:
                draw = self.box
            chosen[name] = (draw if visible else self.value_of)(name + suffix, kind, name)
        return member(**chosen)

    def control_of(self, kind: Number | Choice | Switch) -> Callable[..., Any]:
        """The method that draws a control of this kind."""
        if isinstance(kind, Number):
            return self.slider
        return self.switch if isinstance(kind, Switch) else self.choice

    def value_of(self, key: str, kind: Kind, _word: str = "") -> Any:
        """The value of a control that is not drawn; it keeps its place in the address."""
        return page_state.value(self._state, key, kind)

    def defer(self, *keys: str) -> None:
        """Keep the place in the address of controls that cannot be drawn before something else is there."""
        page_state.defer(self._state, *keys)

    def set(self, new: Mapping[str, Any], clears: tuple[str, ...] = ()) -> None:
        """Set controls by key, for use in callbacks; ``clears`` return to their defaults."""
        locked = self._state.locked
        for key in clears:
            if key not in locked:
                self._state.settings.pop(key, None)
                self._state.unread_texts.pop(key, None)
        # each is settled when it is drawn: its range may depend on another one that is set here
        self._state.settings.update({key: value for key, value in new.items() if key not in locked})
        self._state.ahead_of_address = True

    def _draw(
        self,
        draw: Callable[..., Any],
        key: str,
        kind: Kind,
        word: str,
        limits: dict[str, Any],
        clears: tuple[str, ...] = (),
        convert: Callable[[Any], Any] = lambda value: value,
        initial: Callable[[Any], dict[str, Any]] = lambda now: {"value": now},
        letter: str = "",
        **how: Any,
    ) -> Any:
        now = page_state.value(self._state, key, kind)
        self._state.labels[key] = Label(self.name, word, letter)
        # a browser forgets a widget that is taken away, and would show its first option when it comes back
        if key in self._state.hidden or not self.on_stage:
            return now
        shown = self._state.widget_values.setdefault(key, {})
        widget = widget_showing(f"{self._page}.{key}", convert(now), shown)
        args = (self._state, widget, max(shown), key, kind, clears)
        disabled = key in self._state.locked
        label = self._say(word, letter=letter)
        self.readouts[key] = label, _as_seen(now, how.get("format_func", limits.get("format_func", str)))
        # as what the widget begins with, and not through the session: that is told a browser once, in an answer that a
        # quick reader's next act may replace
        how |= initial(convert(now))
        draw(label, key=widget, on_change=_on_change, args=args, disabled=disabled, **limits, **how)
        return now

    def key(self, word: str) -> str:
        """The key of a widget of this beat that is no control with a place in the address."""
        return widget_key(self._page, self.name, word)


def widget_showing(name: str, now: Any, shown: dict[int, Any]) -> str:
    """The key of the widget of a control ``name`` that shows the value ``now``; ``shown`` is brought up to date.

    Where the script wants another value than the reader's browser shows, that is another widget: an old value that the
    browser sends before it has heard of the new one then comes from a widget that is no more. shown: by number, the
    values of the widgets that the control had one after the other.
    """
    number = max(shown, default=0)
    if shown and not _alike(st.session_state.get(_widget_name(name, number)), now):
        number += 1
    shown[number] = now
    if len(shown) > MOST_WIDGETS:
        del shown[min(shown)]
    return _widget_name(name, number)


def came_late(new: Any, number: int, shown: Mapping[int, Any]) -> bool:
    """Whether what a widget of this number sends is no wish of the reader's.

    With every change a browser sends all that it shows: until it has heard of a new widget, also the old one as it was.
    Another value of the old one is a wish: the reader has moved it meanwhile.
    """
    return number < max(shown) and _alike(new, shown.get(number, new))


def _default(now: Any) -> dict[str, Any]:
    return {"default": now}


def _alike(one: Any, other: Any) -> bool:
    """Whether two values of a widget look the same; pills are said in the order in which they were pressed."""
    return sorted(one) == sorted(other) if isinstance(one, list) and isinstance(other, list) else one == other


def _widget_name(name: str, number: int) -> str:
    return f"{name}--{number}" if number else name


def _as_seen(value: Any, label_of: Callable[[Any], str]) -> str:
    """A control's value as the reader sees it."""
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, int | float):
        return plain(float(value))
    return (", ".join(map(label_of, value)) if isinstance(value, tuple) else label_of(value)) or "–"


def _on_change(state: PageState, widget: str, number: int, key: str, kind: Kind, clears: tuple[str, ...]) -> None:
    state.ahead_of_address = True
    new = st.session_state[widget]
    if came_late(new, number, state.widget_values[key]):
        return
    page_state.set_value(state, key, kind, new)
    for other in clears:
        state.settings.pop(other, None)
