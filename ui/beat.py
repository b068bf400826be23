"""A beat: one question of a lesson, with what a reader needs to answer it by doing."""

import inspect
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
import streamlit as st

from ui import arrow, challenges, click, player, predict, present, scripts
from ui.cache import personal, shared
from ui.controls import Controls

if TYPE_CHECKING:
    from ui.lesson import Lesson


BROUGHT = "own_table"
"""Under which a session keeps a table that its reader has brought."""


SILENT = {"aria": False, "mark": {"aria": False}}
"""Else a screen reader reads out every single point of a picture, in English. Its name and its sentence tell it."""


def _pattern(draw: Callable[..., Any], look: Mapping[str, Any], ranges: tuple[str, ...]) -> str:
    # Altair takes far longer than a rerun may; so each look is built once for all ranges of its axes, and what the
    # tests check against the schema is not checked again
    spec = draw(**look, **{name: (_end(name, 0), _end(name, 1)) for name in ranges}).to_dict(validate=False)
    return json.dumps(spec | {"config": spec.get("config", {}) | SILENT})


_shared_pattern, _own_pattern = shared(max_entries=512)(_pattern), personal(max_entries=64)(_pattern)


def _end(name: str, k: int) -> str:
    """What stands in a pattern for one end of a range; no name of a reader's column has such a letter."""
    return f"\x00{name}.{k}"


def spec_of(draw: Callable[..., Any], look: Mapping[str, Any]) -> dict[str, Any]:
    """The chart ``draw(**look)`` as Vega-Lite, without data."""
    ranges = {name: part for name, part in look.items() if name.endswith("_domain") and part}
    # the names of a reader's own columns stand in the titles and the key of a picture
    patterns = _own_pattern if BROUGHT in st.session_state else _shared_pattern
    pattern = patterns(draw, {name: part for name, part in look.items() if name not in ranges}, tuple(ranges))
    for name, ends in ranges.items():
        for k, end in enumerate(ends):
            pattern = pattern.replace(json.dumps(_end(name, k)), json.dumps(float(end)))
    return json.loads(pattern)


class Drawable(Protocol):
    """What ``charts`` hands over: ``draw(**look)`` is the chart, ``data`` fills the data sets that it names."""

    @property
    def draw(self) -> Callable[..., Any]: ...
    @property
    def look(self) -> Mapping[str, Any]: ...
    @property
    def data(self) -> Mapping[str, Mapping[str, np.ndarray]]: ...


class Beat(Controls):
    """The controls, pictures, tables and questions of one beat; its key is part of every name in the browser."""

    def __init__(self, lesson: "Lesson", name: str) -> None:
        super().__init__(lesson.page.name, lesson.state, lesson.word, name, on_stage=lesson.shows(name))
        self.lesson, self.word = lesson, lesson.word
        self._container = f"beat-{name}"
        self.pictures: list[tuple[str, str]] = []
        """Alternative text and name of every picture drawn so far."""
        self.experiment = scripts.Run(lesson.heading(name))
        self.panel, self.stage = st.columns([1, 2.6], gap="medium")
        self.answered = True
        """Whether the run may be shown, as far as has been asked yet."""
        self._goals: list[challenges.Goal] = []

    # ---- words -----------------------------------------------------------------------------------------------------

    def words(self, **keys: str) -> dict[str, str]:
        """Several words at once, by the name under which a chart wants them."""
        return {name: self.word(key) for name, key in keys.items()}

    def prose(self, name: str, /, **values: Any) -> None:
        """A section of the page's prose."""
        self.lesson.prose(name, **values)

    def member(self, name: str) -> str:
        """What a member of a family is called: its word, or its name if the glossary has none."""
        return self.word(name) if name in self.lesson.words else name.replace("_", " ")

    def more(self):
        """What is one click away."""
        return st.popover(self.word("more"), icon=":material/tune:", width="stretch")

    # ---- choose ----------------------------------------------------------------------------------------------------

    def presets(self, owns: Sequence[str], **presets: Mapping[str, Any]) -> None:
        """Ready-made settings, by word, to be called after the controls that they set.

        Each names what differs from the defaults. Choosing one returns the rest of the controls ``owns`` to their
        defaults and asks for a new prediction.
        """
        if "presets" in self._state.hidden:
            return
        mine = {key: kept for key, kept in self._state.kept.items() if key in owns}
        st.caption(self.word("presets"))
        with st.container(horizontal=True, gap="xsmall"):
            for name, preset in presets.items():
                # buttons, not pills: pills that the script sets are set back by a browser that has not heard of it yet
                st.button(
                    self.word(name),
                    key=f"{self._page}.{self.name}-preset-{name}",
                    icon=":material/check:" if dict(preset) == mine else None,
                    on_click=self._preset_chosen,
                    args=(preset, owns),
                )

    def _preset_chosen(self, preset: Mapping[str, Any], owns: Sequence[str]) -> None:
        self.set(preset, clears=tuple(owns))
        predict.ask_again(self._state, self.name)

    # ---- predict ---------------------------------------------------------------------------------------------------

    def predicted(self, question: str, choices: Sequence[str], truth: str | Collection[str], because: str) -> bool:
        """Ask for a prediction; True once the run may be shown.

        question, choices: words. truth: the choice that is right, or all that are where several tie. because: a
        sentence that says why. Raises ValueError if no choice is right: nobody could answer such a question.
        """
        if not self.lesson.predicting:
            return True
        right = {truth} if isinstance(truth, str) else set(truth)
        if not right or not right <= set(choices):
            raise ValueError(f"{sorted(right)} is to be right, of the choices {list(choices)}")
        truths = tuple(each for each in choices if each in right)
        page = self.lesson.page.name
        asked = predict.Question(page, self.name, question, tuple(choices), truths, because, self.fingerprint())
        self.answered = predict.ask(self._state, asked, self.word, collecting=self.lesson.stand is not None)
        return self.answered

    def goals(self, *goals: challenges.Goal) -> None:
        """What can be reached in this beat by setting its controls; it stands at the beat's end."""
        self._goals += goals

    def draw_goals(self) -> None:
        """The beat's goals, if it has any."""
        if self._goals:
            how = {"answered": self.answered, "collecting": self.lesson.stand is not None}
            challenges.draw(self._state, self.lesson.page.name, self.name, self._goals, self.word, **how)

    # ---- see -------------------------------------------------------------------------------------------------------

    def picture(self, picture: "Drawable", summary: str) -> None:
        """A picture of ``charts``, and the same in a sentence beneath it."""
        spec = spec_of(picture.draw, picture.look)
        if self.lesson.stand:
            spec = present.larger(spec)
        spec["datasets"] = {name: arrow.table(columns) for name, columns in picture.data.items()}
        name = picture.draw.__name__.strip("_")
        self.pictures.append((self.word(name), name.removeprefix("draw_")))
        # a name that stays the same: Streamlit builds a chart anew when its name changes, so the numbers stand below it
        st.vega_lite_chart(spec, key=f"{self._page}-{self.name}-{name}", alt=self.word(name), width="stretch")
        st.caption(summary)

    def side_by_side(self, *pictures: "tuple[Drawable, str]", clickable: bool = False) -> None:
        """Pictures with their sentences in columns; ``clickable``: the clicks on the first one count."""
        for k, (column, (picture, summary)) in enumerate(zip(st.columns(len(pictures)), pictures, strict=True)):
            with column, self.clickable() if clickable and k == 0 else nullcontext():
                self.picture(picture, summary)

    def clicks(self, extent: Sequence[tuple[float, float]], keys: Sequence[str], hint: str = "click_hint") -> None:
        """Let a click on the beat's ``clickable`` picture set the controls ``keys``; draws the word ``hint``."""
        click.listen(f"{self._container}-place", extent, keys, self.word(hint), self.set)

    def clickable(self):
        """A container for the picture whose clicks count; use with ``with``."""
        return st.container(key=f"{self._container}-place")

    def player(self, lines: Sequence[str], opens_at: int | None = None) -> None:
        """The bar that plays every chart of this beat; ``lines[k]`` is step k written out with its numbers.

        opens_at: the step that is shown at first, if what is played has no end at which it all comes out; such a player
        waits for the reader.
        """
        fresh = predict.just_answered(self._state, self.name)
        last = len(lines) - 1
        opens_at = last if opens_at is None else opens_at
        player.bar(self._container, last, lines, self.word, fresh and opens_at == last, opens_at)

    # ---- check by hand, source -------------------------------------------------------------------------------------

    def numbers(self, tables: Mapping[str, Callable[[], pd.DataFrame]]) -> None:
        """Tables by word, each to read and as CSV; nothing is made or sent before the reader opens them."""
        with st.expander(
            self.word("as_table"), on_change="rerun", key=f"{self._page}-{self.name}-tables", icon=":material/table:"
        ) as opened:
            if opened.open:
                for word, make in tables.items():
                    self._table(word, make())

    def _table(self, word: str, table: pd.DataFrame) -> None:
        st.markdown(f"**{self.word(word)}**")
        st.dataframe(table, hide_index=True, height=280, alt=self.word(word))
        st.download_button(
            self.word("as_csv"),
            table.to_csv(index=False),
            file_name=f"{self._page}-{self.name}-{word}.csv",
            mime="text/csv",
            key=f"{self._page}-{self.name}-{word}-csv",
            on_click="ignore",
            icon=":material/download:",
        )

    def formula(self, latex: str) -> None:
        """A formula; a long one with a line for each of its parts, or a phone would cut it off."""
        parts = latex.split(r", \quad ")
        st.latex(latex if len(latex) < 70 else r"\begin{gathered}" + r" \\[4pt] ".join(parts) + r"\end{gathered}")

    def source(self, formulas: Sequence[str], *ran: Any) -> None:
        """The formulas and the source of what just ran, one click away."""
        with st.expander(
            self.word("as_source"), on_change="rerun", key=f"{self._page}-{self.name}-source", icon=":material/code:"
        ) as opened:
            if opened.open:
                for formula in formulas:
                    self.formula(formula)
                self._script()
                for each in ran:
                    st.code(dedent(inspect.getsource(each)), language="python", wrap_lines=True)

    def ran(self, function: Any, /, *args: Any, **kwargs: Any) -> scripts.Name:
        """Note that a call made this beat's numbers: ``source`` offers it as a program (see ``scripts``)."""
        return self.experiment.ran(function, *args, **kwargs)

    def made(self, name: str, function: Any, /, *args: Any, **kwargs: Any) -> scripts.Name:
        """The same for a call whose result, by that name, is only there for later ones."""
        return self.experiment.made(name, function, *args, **kwargs)

    def _script(self) -> None:
        """What ran, as a program and as a notebook; or why it cannot be written down."""
        if not self.experiment:
            return
        try:
            files = {"py": self.experiment.program(), "ipynb": self.experiment.notebook()}
        except scripts.Unwritable as why:
            st.caption(self.word("script_unwritable", why=str(why)))
            return
        st.caption(self.word("script_said"))
        with st.container(horizontal=True, gap="xsmall"):
            for kind, text in files.items():
                name = f"{self._page}_{self.name}.{kind}"
                key, icon = f"{self._page}-{self.name}-{kind}", ":material/download:"
                mime = {"py": "text/x-python", "ipynb": "application/json"}[kind]
                st.download_button(name, text, file_name=name, mime=mime, key=key, on_click="ignore", icon=icon)
