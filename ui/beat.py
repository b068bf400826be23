"""A beat: one question of a lesson, with what a reader needs to answer it by doing."""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from textwrap import dedent
from typing import Any

import pandas as pd
import streamlit as st

from ui import script_export
from ui.controls import click
from ui.controls.widgets import Controls
from ui.page import presenter
from ui.pictures import arrow_tables, player
from ui.pictures.chart_specs import Drawable, spec_of
from ui.quiz import prediction
from ui.quiz.goals import Goal
from ui.quiz.goals import draw as draw_goals
from ui.visit import Visit


class Beat(Controls):
    """The controls, pictures, tables and questions of one beat; its key is part of every name in the browser."""

    def __init__(self, lesson: Visit, name: str) -> None:
        super().__init__(lesson.page.name, lesson.state, lesson.word, name, on_stage=lesson.shows(name))
        self.lesson, self.word = lesson, lesson.word
        self._container = f"beat-{name}"
        self.pictures: list[tuple[str, str]] = []
        """Alternative text and name of every picture drawn so far."""
        self.experiment = script_export.Run(lesson.heading(name))
        self.panel, self.stage = st.columns([1, 2.6], gap="medium")
        self.answered = True
        """Whether the run may be shown, as far as has been asked yet."""
        self._goals: list[Goal] = []

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
        prediction.ask_again(self._state, self.name)

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
        asked = prediction.Question(page, self.name, question, tuple(choices), truths, because, self.fingerprint())
        self.answered = prediction.ask(self._state, asked, self.word, collecting=self.lesson.stand is not None)
        return self.answered

    def goals(self, *goals: Goal) -> None:
        """What can be reached in this beat by setting its controls; it stands at the beat's end."""
        self._goals += goals

    def draw_goals(self) -> None:
        """The beat's goals, if it has any."""
        if self._goals:
            how = {"answered": self.answered, "collecting": self.lesson.stand is not None}
            draw_goals(self._state, self.lesson.page.name, self.name, self._goals, self.word, **how)

    # ---- see -------------------------------------------------------------------------------------------------------

    def picture(self, picture: "Drawable", summary: str) -> None:
        """A picture of ``charts``, and the same in a sentence beneath it."""
        spec = spec_of(picture.draw, picture.look)
        if self.lesson.stand:
            spec = presenter.larger(spec)
        spec["datasets"] = {name: arrow_tables.table(columns) for name, columns in picture.data.items()}
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
        fresh = prediction.just_answered(self._state, self.name)
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

    def ran(self, function: Any, /, *args: Any, **kwargs: Any) -> script_export.Name:
        """Note that a call made this beat's numbers: ``source`` offers it as a program (see ``scripts``)."""
        return self.experiment.ran(function, *args, **kwargs)

    def made(self, name: str, function: Any, /, *args: Any, **kwargs: Any) -> script_export.Name:
        """The same for a call whose result, by that name, is only there for later ones."""
        return self.experiment.made(name, function, *args, **kwargs)

    def _script(self) -> None:
        """What ran, as a program and as a notebook; or why it cannot be written down."""
        if not self.experiment:
            return
        try:
            files = {"py": self.experiment.program(), "ipynb": self.experiment.notebook()}
        except script_export.Unwritable as why:
            st.caption(self.word("script_unwritable", why=str(why)))
            return
        st.caption(self.word("script_said"))
        with st.container(horizontal=True, gap="xsmall"):
            for kind, text in files.items():
                name = f"{self._page}_{self.name}.{kind}"
                key, icon = f"{self._page}-{self.name}-{kind}", ":material/download:"
                mime = {"py": "text/x-python", "ipynb": "application/json"}[kind]
                st.download_button(name, text, file_name=name, mime=mime, key=key, on_click="ignore", icon=icon)
