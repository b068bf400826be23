"""A lesson: one page for one visitor, in one language; and ``begin``, with which every page begins."""

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from ui.beat import Beat
from ui.controls import page_state
from ui.controls.kinds import Switch
from ui.page import (
    accessibility,
    ahead,
    class_link,
    memory,
    navigation,
    nearby,
    presenter,
    stage,
    style_sheets,
    takehome,
)
from ui.page.language import reader_language
from ui.question import Part, QuestionModule, name_of
from ui.quiz import misconceptions, prediction
from ui.text import term_links, texts
from ui.visit import PROSE_WIDTH, Visit

# a file of ours: Streamlit fetches a named icon from another host
ICON = Path(__file__).parent / "icon.svg"

MOST_NOTES = 6
"""How many remarks on an address are written out; the others are counted."""

READ_NEXT = "read_next"
"""The section of references at a page's foot."""

NOBODY_ASKS = Part(None, None, False)
"""What a question hands on that comes after the one that is shown."""


class Lesson(Visit):
    """What a page works with: its visit, and the questions that it puts."""

    _menu: Any
    """Where the questions stand beneath the page's name in the menu."""
    _asked: Set[str] = frozenset()
    """The keys of controls that the address sets and nobody had read when the page began."""
    _looking = False
    """Whether also the questions that are not shown read what the address says of their controls."""

    def question(self, module: QuestionModule, *parts: Part) -> None:
        """Put a question: its prose, its controls, its pictures; it is redrawn alone when its controls move.

        parts: what earlier ones have handed on when the whole page was drawn last.
        """
        name = name_of(module)
        if self._looking and not self.shows(name):
            with self._off_stage():
                self._choose(module, Beat(self, name), *parts)
            self._open_here(name)
        with self._slot(name):
            if self.shows(name) or self.waits(name) or self._comes_ahead(module, *parts):
                place = page_state.place(self.state)
                st.fragment(lambda: self._put_here(place, module, *parts))()

    def part(self, module: QuestionModule, *parts: Part) -> Part:
        """Put a question on which others build: the whole page is redrawn when its controls move.

        parts: what earlier ones have handed on; its controls may depend on them. What is chosen and measured here is
        handed on in turn, also where the question itself is not shown.
        """
        name = name_of(module)
        with self._slot(name):
            if self.shows(name):
                return self._put(module, *parts)
            if self.waits(name):
                self._hold_place(name)
        if self._is_passed(name):
            return NOBODY_ASKS
        with self._off_stage():
            part = self._work_out(module, *parts)
        self._open_here(name)
        return part

    def _slot(self, name: str) -> Any:
        """The place of a question, the same whichever is shown: what was drawn ahead in it need not be drawn again."""
        return st.container(key=f"slot-{name}") if self.stage else nullcontext()

    def _comes_ahead(self, module: QuestionModule, *parts: Part) -> bool:
        """Whether a question may be drawn before it is shown: it is the next one, redrawn alone, and trains nothing."""
        is_next = self.stage is not None and self.stage.follows(name_of(module))
        return is_next and NOBODY_ASKS not in parts and not hasattr(module, "TRAINS") and not hasattr(module, "run")

    def _put_here(self, place: Mapping[str, Any], module: QuestionModule, *parts: Part) -> None:
        """Put a question as long as the reader is where they were when the page was drawn."""
        if page_state.place(self.state) != place:
            # of two quick clicks the second one leads on, and only this question was asked to be drawn again
            st.rerun()
        self._put_when_near(module, *parts)

    def _put_when_near(self, module: QuestionModule, *parts: Part) -> None:
        """Put a question, or its prose alone while it is far from the screen; the next one when there is time."""
        name = name_of(module)
        if self.waits(name):
            self._hold_place(name)
        elif not self.draws(name):
            ahead.wait(name, lambda: setattr(self.state, "drawn_ahead", name))
        elif NOBODY_ASKS in parts:
            # it has come near since the page was drawn, and asks now for what it builds on
            st.rerun()
        else:
            self._put(module, *parts)

    def _hold_place(self, name: str) -> None:
        with st.container(key=f"beat-{name}"):
            self.prose(name)
            nearby.hold_place(name, self.word("nearby_waits"), lambda: self.state.drawn_beats.add(name))

    @contextmanager
    def _off_stage(self) -> Iterator[None]:
        """Where a question is worked out that is not shown; nothing of it stays."""
        with self._wings.container():
            yield
        self._wings.empty()

    def _work_out(self, module: Any, *parts: Part) -> Part:
        """What a question that is not shown hands on."""
        beat = Beat(self, name_of(module))
        setup = self._choose(module, beat, *parts)
        result = self._result_of(module, beat, setup)
        asked = module.question(setup, result)
        if asked is not None:
            prediction.recall(self.state, beat.name, asked, repr(setup))
        waits = asked is not None and beat.name not in self.state.guesses
        return Part(setup, result, not (waits and self.predicting))

    def _choose(self, module: Any, beat: Beat, *parts: Part) -> Any:
        """What a question that is not shown is set to; how its pictures are looked at waits in the address."""
        beat.defer(*getattr(module, "LOOKS", ()))
        return module.choose(beat, *parts)

    def _result_of(self, module: Any, beat: Beat, setup: Any) -> Any:
        if hasattr(module, "run"):
            return module.run(beat, setup)
        with st.spinner(self.word("training_now")) if hasattr(module, "TRAINS") else nullcontext():
            return module.measure(setup)

    def _is_passed(self, name: str) -> bool:
        """Whether nobody asks any more what a question would hand on: no later one is drawn."""
        if self.stage is None or not self.stage.beat or self._looking:
            return False
        return not any(map(self.shows, self.stage.beats[self.stage.beats.index(name) :]))

    def _open_here(self, name: str) -> None:
        """Open the page here if the address names no question, and this is the first whose controls it sets."""
        is_open = self.state.opened_at or not self._is_undecided
        if not is_open and any(self._belongs(key, name) for key in self._asked):
            self.state.opened_at = name

    def _belongs(self, key: str, name: str) -> bool:
        """Whether a control is one of this question's."""
        return key in self.state.labels and self.state.labels[key].beat == name

    @property
    def _is_undecided(self) -> bool:
        """Whether the questions are only looked into, to find the first whose controls the address sets."""
        return self.stage is not None and not self.stage.beat

    def _put(self, module: Any, *parts: Part) -> Part:
        self.words, name = texts.words(), name_of(module)
        with st.container(key=f"beat-{name}"):
            beat = Beat(self, name)
            with beat.heading:
                self.opening(name) if beat.fits_screen else self.prose(name)
            with beat.panel:
                setup = module.choose(beat, *parts)
                beat.draw_presets()
            with beat.question_place:
                result = self._result_of(module, beat, setup)
            with beat.below:
                beat.ask(module.question(setup, result), setup, lambda say: module.explain(setup, result, say))
                if hasattr(module, "goals"):
                    beat.goals(*module.goals(setup, result))
                module.draw(beat, setup, result)
                if hasattr(module, "program"):
                    beat.program = partial(module.program, setup)
                if hasattr(module, "loop"):
                    beat.loop = partial(module.loop, setup)
                if hasattr(module, "details"):
                    module.details(beat, setup, result)
                if beat.answered:
                    self._correct(name)
                beat.draw_goals()
                if not self.presenting:
                    takehome.list_contents(beat, beat.pictures)
                memory.save(self.state, self.page.name, name)
        page_state.write_address(self.state, self.language)
        return Part(setup, result, beat.answered)

    def _correct(self, beat: str) -> None:
        """What notes often get wrong about a beat, if its prose says so."""
        names = misconceptions.of_beat(beat, {name: None for parts in self.sections.values() for name in parts})
        if names:
            found = [misconceptions.parse(self.section(name)[0]) for name in names]
            whole = self.stage is None or self.stage.whole
            misconceptions.draw(self.page.name, beat, found, self.state, self.word, at_once=whole)

    def end(self) -> None:
        """The foot of the page: what the address asked in vain, and where to go on."""
        if self._looking or self.stage is None or all(map(self.shows, self.stage.beats)):
            # of questions that are neither shown nor looked into, the address still says what they are to be
            page_state.drop_unknown(self.state)
        if self.stage and self._is_undecided:
            found = self.state.opened_at
            if found and not any(self._belongs(key, found) for key in self.state.settings):
                # what led there was not possible, and the address does not say it any more
                stage.show(self.state, self.stage.beats, found)
            # if what the address sets belongs to no question, the first one
            self.state.opened_at = found or self.stage.beats[0]
            page_state.write_address(self.state, self.language)
            st.rerun()
        if notes := self.state.notes:
            lines = [f"- {self._note_text(note)}" for note in notes[:MOST_NOTES]]
            if len(notes) > MOST_NOTES:
                lines.append(f"- {self.word('address_more', count=len(notes) - MOST_NOTES)}")
            self._notes.warning("\n".join(lines))
        if not self.presenting:
            self._draw_foot()
        page_state.write_address(self.state, self.language)
        if self.linking:
            # now that all controls are known
            beats = self.stage.beats if self.stage else ()
            here = self.stage.beat if self.stage else ""
            class_link.dialog(self.state, self.word, self.language, beats, here, self.heading)

    def _draw_foot(self) -> None:
        one, last = self.stage and not self.stage.whole, True
        if self.stage and one:
            stage.steps(self.stage, self.state, self.page, self.language, self.heading, self.word)
            last = self.stage.place == len(self.stage.beats) - 1
        if last and READ_NEXT in self.sections[self.language]:
            heading, _, references = self.section(READ_NEXT)[0].partition("\n")
            with st.expander(heading.lstrip("# "), icon=":material/menu_book:"):
                # names and titles: no terms to be explained
                st.markdown(references.strip(), width=PROSE_WIDTH)
        if self.page.number:
            takehome.section(self.page.name, self.title, self.language, self.word)
        if not one:
            navigation.next_page(self.page, self.language, self.word)

    def _note_text(self, note: page_state.Note) -> str:
        facts = {name: page_state.excerpt(part) for name, part in vars(note).items() if name != "word"}
        return self.word(note.word, **facts)

    def _open(self) -> None:
        of_lessons = (term_links.STYLE,) if self.page.number else ()
        style_sheets.draw(*of_lessons, takehome.STYLE, accessibility.STYLE, *((stage.STYLE,) if self.stage else ()))
        accessibility.mend()
        memory.listen()
        if self.stage and self.presenting and not self._is_undecided:
            presenter.bar(self.stage, self.page, self.language, self.state, self.word)
        elif not self.stage:
            st.title(self.title, anchor=False)
        self._draw_moves()
        self._notes = st.container(key="notes")
        with st.container(key="off-stage"):
            self._wings = st.empty()

    def _draw_moves(self) -> None:
        """The ways to the other questions, if it is known which one is shown."""
        if self.stage is None or self._is_undecided:
            return
        stage.listen(self.stage, clicker=self.presenting)
        if not self.presenting:
            stage.row(self.stage, self.state, self.title, self.heading, self.word)
        with self._menu:
            stage.menu(self.stage, self.state, self.heading)

    def _draw_sidebar(self) -> None:
        def beneath(page: navigation.Page) -> None:
            if page == self.page:
                self._menu = st.container()

        navigation.draw(self.language, self.word, beneath)
        if self.page.number:
            why = self.word("predict_help")
            self.predicting = self.controls.switch("predict", Switch(True), "predict_first", help=why)
            navigation.reset(self.page, self.word, self.state)
            presenter.button(self.page, self.word, self.state)
            self.linking = st.button(self.word("link_title"), key=f"{self.page.name}-link", icon=":material/qr_code_2:")
            memory.forget_button(self.page.name, self.word)
        self._asked = stage.asked_controls(self.state)
        # a link for a class names the controls of all questions
        self._looking = bool(self._asked) or self.linking


def begin(script: str) -> Lesson:
    """Open the page of a script (its ``__file__``): language, menu, address, title."""
    page = navigation.page_of(Path(script))
    state = page_state.read_address(page.name)
    language = reader_language(state)
    page_state.lock_and_hide(state)
    lesson = Lesson(page, language, state)
    st.set_page_config(page_title=lesson.title, page_icon=str(ICON), layout="wide")
    with st.sidebar:
        lesson._draw_sidebar()
        # a constant of ours, never a visitor's text
        st.html(f"<script>document.documentElement.lang = '{language}'</script>", unsafe_allow_javascript=True)
    lesson._open()
    return lesson
