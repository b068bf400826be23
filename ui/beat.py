"""A beat: one question of a lesson, with what a reader needs to answer it by doing."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from textwrap import dedent
from typing import Any

import pandas as pd
import streamlit as st

from ui import script_export
from ui.controls import click
from ui.controls.widgets import Controls, Say
from ui.page import presenter, room
from ui.page.room import races
from ui.page.room.ballots import ballot_of
from ui.page.stage import REVEAL
from ui.page.takehome.programs import Program, draw_files
from ui.pictures import arrow_tables, player
from ui.pictures.chart_specs import Drawable, spec_of, used_columns
from ui.question import Question
from ui.quiz import prediction
from ui.quiz.goals import Goal
from ui.quiz.goals import draw as draw_goals
from ui.text.equations import with_approximations
from ui.text.texts import LANGUAGES
from ui.visit import Visit


class Beat(Controls):
    """The controls, pictures, tables and questions of one beat; its key is part of every name in the browser."""

    def __init__(self, lesson: Visit, name: str) -> None:
        super().__init__(lesson.page.name, lesson.state, lesson.word, name, on_stage=lesson.draws(name))
        self.lesson, self.word = lesson, lesson.word
        self._container = f"beat-{name}"
        self.pictures: list[tuple[str, str]] = []
        """Alternative text and name of every picture drawn so far."""
        self._summaries = 0
        """How many sentences about pictures stand here so far."""
        self.program: Callable[[script_export.Experiment], None] | None = None
        """Writes the calls that made this beat's numbers down, when a reader asks for them."""
        self.loop: Callable[[], str] | None = None
        """Writes the same in a few lines of NumPy alone; "" if it cannot be as short."""
        self.fits_screen = lesson.stage is not None and not lesson.stage.whole
        """Whether the question has a screen of its own, whose height its pictures share."""
        with st.container(key=f"screen-{name}" if self.fits_screen else None, gap="xsmall"):
            self.heading = st.container()
            self.panel, stage = st.columns([1, 2.6], gap="medium")
        with stage:
            self.question_place = st.container(key=f"asked-{name}")
            """Where the question stands, and in its place the verdict."""
            with st.container(key=f"see-{name}", gap="xsmall"):
                self._pictures = st.container(key=f"pictures-{name}", gap="xsmall")
                self._player = st.container(key=f"play-{name}")
            below = st.container(key=f"below-{name}") if not self.fits_screen else None
        self.below: Any = below or st.container(key=f"below-{name}")
        """Where stands what is not needed at first sight."""
        self._fills_screen = True
        """Whether a picture belongs beside the question; those after the player stand below."""
        self.answered = True
        """Whether the run may be shown, as far as has been asked yet."""
        self._reason = ""
        """Why the truth is the truth, as the verdict says it."""
        self._goals: list[Goal] = []
        self._race: races.Race | None = None
        """What a class is asked for in place of a choice, if a room is open."""
        self._presets: list[tuple[Any, Sequence[str], dict[str, Mapping[str, Any]]]] = []

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
        """The popover for controls that are one click away."""
        return st.popover(self.word("more"), icon=":material/tune:", width="stretch")

    # ---- choose ----------------------------------------------------------------------------------------------------

    def presets(self, owns: Sequence[str], **presets: Mapping[str, Any]) -> None:
        """Ready-made settings, by word, which stand here.

        Each names what differs from the defaults. Choosing one returns the rest of the controls ``owns`` to their
        defaults and asks for a new prediction. They are drawn by ``draw_presets``, once all controls are read: the one
        that the settings are has a tick.
        """
        if "presets" not in self._state.hidden:
            self._presets.append((st.container(), owns, presets))

    def draw_presets(self) -> None:
        """Draw the presets in their places."""
        for place, owns, presets in self._presets:
            # what the address says of a control that is not drawn now is no preset either
            unread = {key: text for key, text in self._state.unread_texts.items() if key in owns}
            mine = {key: setting for key, setting in self._state.settings.items() if key in owns} | unread
            with place:
                st.caption(self.word("presets"))
                with st.container(horizontal=True, gap="xsmall"):
                    for name, preset in presets.items():
                        self._preset(name, preset, owns, is_set=dict(preset) == mine)
        self._presets = []

    def _preset(self, name: str, preset: Mapping[str, Any], owns: Sequence[str], is_set: bool) -> None:
        # a button, not pills: pills that the script sets are set back by a browser that has not heard of it yet
        st.button(
            self.word(name),
            key=f"{self._page}.{self.name}-preset-{name}",
            icon=":material/check:" if is_set else None,
            on_click=self._preset_chosen,
            args=(preset, owns),
        )

    def _preset_chosen(self, preset: Mapping[str, Any], owns: Sequence[str]) -> None:
        self.set(preset, clears=tuple(owns))
        prediction.ask_again(self._state, self.name)

    # ---- predict ---------------------------------------------------------------------------------------------------

    def ask(self, question: Question | None, setup: Any, because: Callable[[Say], str]) -> None:
        """Ask for a prediction about a setup; ``answered`` says from then on whether the run may be shown.

        because: makes the sentence that says why, in the words that it is given. Without a question there is nothing to
        wait for.
        """
        if question is None or not self.lesson.predicting:
            if self.lesson.presenting:
                why = self.word("room_no_question" if self.lesson.predicting else "room_at_once")
                room.no_question(self._page, self.name, why, self._state)
            return
        identity = self._race.identity if self._race else repr(setup)
        exercise = prediction.Exercise(self.lesson.page.name, self.name, question, identity)

        def reason() -> str:
            self._reason = because(self.word)
            return self._reason

        with self.question_place:
            reveals = REVEAL if self.lesson.presenting else ""
            self.answered = prediction.ask(self._state, exercise, reason, self.word, reveals)
        if self.lesson.presenting:
            name: str = exercise.name
            for_room: Callable[[], Any] = partial(ballot_of, self.lesson, exercise, because)
            if self._race:
                name, for_room = self._race.exercise, partial(races.ballot_of, self.lesson, self._race)
            room.follow(self._page, self.name, name, not self.answered, self._state, for_room)
            prediction.collect(exercise, self.word, self.answered)
        else:
            prediction.code_line(self._state, exercise, self.word)

    def class_entries(self, course: Any, numbers: tuple[races.Number, ...], asked: str) -> list[races.Numbers] | None:
        """What the phones of a room have entered, by the tag of each, once it may be shown; None without a room.

        The room is then asked for these numbers in place of a choice, in the word ``asked``. course: what they are
        tried on, which tells the experiment from others, whoever takes part.
        """
        if not self.lesson.presenting or not self.lesson.predicting or room.projector.of_session() is None:
            return None
        self._race = races.Race(self._page, self.name, repr(course), asked, numbers)
        return races.entries(self._race, self._state.guesses.get(self.name))

    def tell_class(self, entries: Sequence[races.Numbers], line: Callable[[str, Say], str]) -> None:
        """Tell the phone of each entry what became of it, in a ``line`` for its tag and in the words of a language."""
        says = {language: partial(self.lesson.word_in, language) for language in LANGUAGES}
        races.tell(lambda: {tag: {each: line(tag, say) for each, say in says.items()} for tag, _ in entries}, entries)

    def report(self, text: str) -> None:
        """What became of the runs, in figures, unless the verdict says it; a list of them unfolds."""
        if text.strip() == self._reason.strip():
            return
        with self.expander("in_figures") if "\n" in text.strip() else nullcontext():
            st.markdown(text)

    def expander(self, word: str) -> Any:
        """A place below that opens under a word: what is long there, and not needed at first sight.

        On the page of all, which is read through and printed, all is open, and the word stands above.
        """
        if self.fits_screen:
            return st.expander(self.word(word), icon=":material/notes:")
        place = st.container()
        place.markdown(f"**{self.word(word)}**")
        return place

    def goals(self, *goals: Goal) -> None:
        """What can be reached in this beat by setting its controls; it stands at the beat's end."""
        self._goals += goals

    def draw_goals(self) -> None:
        """The beat's goals, if it has any."""
        if self._goals:
            how = {"answered": self.answered, "collecting": self.lesson.presenting}
            draw_goals(self._state, self.lesson.page.name, self.name, self._goals, self.word, **how)

    # ---- see -------------------------------------------------------------------------------------------------------

    def picture(self, picture: "Drawable", summary: str) -> None:
        """A picture of ``charts``, and below, where it is in nobody's way, the same in a sentence."""
        with self._row(1)[0]:
            self._picture(picture)
        self._captions((summary,))

    @property
    def picture_place(self) -> Any:
        """The place of the question's pictures, for one that is not drawn by Altair."""
        return self._pictures

    def _row(self, count: int, first: float = 1) -> list[Any]:
        """Places for pictures side by side: beside the question, or below it; ``first``: see ``side_by_side``."""
        with self._pictures if self._fills_screen else nullcontext():
            return st.columns([first, *[1.0] * (count - 1)]) if count > 1 else [st.container()]

    def _captions(self, summaries: Sequence[str]) -> None:
        """The sentences of pictures that stand side by side; below, or each picture would be so much lower."""
        for column, summary in zip(st.columns(len(summaries)), summaries, strict=True):
            self._summaries += 1
            # the first sentence of a question describes its first picture, and so on, to a screen reader
            with column, st.container(key=f"said-{self.name}-{self._summaries}"):
                st.caption(summary)

    def _picture(self, picture: "Drawable") -> None:
        name = f"draw_{picture.name}"
        self.pictures.append((self.word(name), name.removeprefix("draw_")))
        self._chart(st, picture, f"{self._page}-{self.name}-{name}")

    def _chart(self, place: Any, picture: "Drawable", key: str | None) -> None:
        """The picture as Streamlit's chart; without a key it may be drawn again and again in one run."""
        spec = spec_of(picture.draw, picture.look)
        if self.lesson.presenting:
            spec = presenter.larger(spec)
        used = used_columns(spec, picture.data)
        spec["datasets"] = {name: arrow_tables.table(columns) for name, columns in used.items()}
        # a name that stays the same: Streamlit builds a chart anew when its name changes, so the numbers stand below it
        height = "stretch" if self.fits_screen and self._fills_screen else "content"
        place.vega_lite_chart(spec, key=key, alt=self.word(f"draw_{picture.name}"), width="stretch", height=height)

    @contextmanager
    def growing(self) -> Iterator[Callable[["Drawable"], None]]:
        """A function that draws a picture in the place of its last one, beside the question; empty when all is done."""
        with self._pictures:
            place = st.empty()
        yield lambda picture: self._chart(place, picture, None)
        place.empty()

    def side_by_side(self, *pictures: "tuple[Drawable, str]", clickable: bool = False, first: float = 1) -> None:
        """Pictures in columns, and beneath them their sentences.

        clickable: the clicks on the first one count. first: how wide the first one is, as a multiple of each other one.
        """
        if clickable and len(pictures) == 1:
            # no column around its place: a screen's height is shared by what lies directly in the row
            with self._pictures if self._fills_screen else nullcontext(), self._clickable():
                self._picture(pictures[0][0])
        else:
            for k, (column, (picture, _)) in enumerate(zip(self._row(len(pictures), first), pictures, strict=True)):
                with column, self._clickable() if clickable and k == 0 else nullcontext():
                    self._picture(picture)
        self._captions([summary for _, summary in pictures])

    def clicks(
        self, extent: Sequence[tuple[float, float]], keys: Sequence[str], hint: str = "click_hint", equal: bool = False
    ) -> None:
        """Let a click on the beat's clickable picture set the controls ``keys``; draws the word ``hint``.

        equal: the picture has equal scales, and shows more than the extent along one axis.
        """
        click.listen(f"{self._container}-place", extent, keys, self.word(hint), self.set, equal)

    def reserve(self) -> None:
        """Keep a place here for what a later question of the page adds (see ``reserved_place``)."""
        if self.on_stage:
            self.lesson.places[self.name] = st.container()

    def reserved_place(self, question: str) -> Any:
        """The place that an earlier question has reserved; None unless both are shown."""
        return self.lesson.places.get(question) if self.lesson.shows(self.name) else None

    def _clickable(self):
        """A container for the picture whose clicks count."""
        return st.container(key=f"{self._container}-place")

    def player(
        self,
        lines: Sequence[str],
        opens_at: int | None = None,
        counts: str = "step_shown",
        each: float = 1,
        numbers: Sequence[str] = (),
        checked: bool = False,
        waits: bool = False,
    ) -> None:
        """The bar that plays every chart of this beat; ``lines[k]`` is step k written out with its numbers.

        An equation of a line whose shown numbers do not give the result that is shown gets a ≈ (see ``worked``), unless
        whoever wrote the lines has ``checked`` them all.
        opens_at: the step that is shown at first, if what is played has no end at which it all comes out; such a player
        waits for the reader, as does one that ``waits``. counts: the word for what it counts, if those are not steps.
        each: how much of that a step of the bar is. numbers: what is shown of each step, such as z, if not its count.
        """
        fresh = prediction.just_answered(self._state, self.name)
        last = len(lines) - 1
        opens_at = last if opens_at is None else opens_at
        # a run of no step has no bar, and needs no room for one
        with self._player if last else self.below:
            plays = fresh and opens_at == last and not waits
            lines = lines if checked else [with_approximations(line) for line in lines]
            # in a hall the line is wanted for the pictures
            how = {"each": each, "numbers": numbers, "invites": not self.lesson.presenting}
            player.bar(self._container, last, lines, self.word, plays, opens_at, counts, **how)
        self._fills_screen = False

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
        st.latex(latex if len(latex) < 70 else r"\begin{gathered}" + r" \\[10pt] ".join(parts) + r"\end{gathered}")

    def source(self, formulas: Sequence[str], *ran: Any) -> None:
        """The formulas and the source of what just ran, one click away."""
        with st.expander(
            self.word("as_source"), on_change="rerun", key=f"{self._page}-{self.name}-source", icon=":material/code:"
        ) as opened:
            if opened.open:
                for formula in formulas:
                    self.formula(formula)
                self._loop()
                self._script()
                for each in ran:
                    st.code(dedent(inspect.getsource(each)), language="python", wrap_lines=True)

    def experiment(self) -> script_export.Experiment:
        """The calls that make this beat's numbers; none if it computes nothing."""
        experiment = script_export.Experiment(self.lesson.heading(self.name))
        if self.program is not None:
            self.program(experiment)
        return experiment

    def _loop(self) -> None:
        """What ran, in a few lines of NumPy to be copied."""
        if self.loop is not None and (text := self.loop()):
            st.caption(self.word("loop_said"))
            st.code(text, language="python", wrap_lines=True)

    def _script(self) -> None:
        """What ran, as files to take home; or why it cannot be written down."""
        experiment = self.experiment()
        if not experiment:
            return
        stem, needs = f"{self._page}_{self.name}", self.word("home_program")
        try:
            program = Program(stem, experiment.program(needs), f"# {experiment.title}", experiment.cells())
        except script_export.Unwritable as why:
            st.caption(self.word("script_unwritable", why=str(why)))
            return
        st.caption(self.word("script_said"))
        draw_files(program, self.word, f"{self._page}-{self.name}")
