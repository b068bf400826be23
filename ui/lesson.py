"""A lesson: one page for one visitor, in one language; and ``begin``, with which every page begins."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import streamlit as st

from ui.beat import Beat
from ui.controls import page_state
from ui.controls.kinds import Switch
from ui.page import accessibility, class_link, navigation, presenter, takehome
from ui.page.language import speak
from ui.quiz import misconceptions
from ui.text import term_links, texts
from ui.visit import PROSE_WIDTH, Visit

# a file of ours: Streamlit fetches a named icon from another host
ICON = Path(__file__).parent / "icon.svg"

MOST_NOTES = 6
"""How many remarks on an address are written out; the others are counted."""

READ_NEXT = "read_next"
"""The section of references at a page's foot."""

R = TypeVar("R")


class Lesson(Visit):
    """What a page works with: its visit, and its beats."""

    def beat(self, function: Callable[[Beat], None]) -> None:
        """Run a function as a beat of the lesson: its prose, then itself, redrawn alone when its controls move."""
        if self.shows(function.__name__):
            st.fragment(lambda: self._draw(function))()

    def part(self, function: Callable[[Beat], R]) -> R:
        """The same for a beat on which others depend: the whole page is redrawn when its controls move.

        What the function returns stands under its name from then on.
        """
        if self.shows(function.__name__):
            return self._draw(function)
        with presenter.off_stage(function.__name__) as place:
            found = self._draw(function)
        place.empty()
        return found

    def _draw(self, function: Callable[[Beat], R]) -> R:
        self.words = texts.words()
        with st.container(key=f"beat-{function.__name__}"):
            self.prose(function.__name__)
            beat = Beat(self, function.__name__)
            found = function(beat)
            if beat.answered:
                self._correct(beat.name)
            beat.draw_goals()
            if not self.stand:
                takehome.noted(beat, beat.pictures)
        page_state.write(self.state, self.language)
        return found

    def _correct(self, beat: str) -> None:
        """What notes often get wrong about a beat, if its prose says so."""
        names = misconceptions.of_beat(beat, {name: None for parts in self.sections.values() for name in parts})
        if names:
            found = [misconceptions.read(self.section(name)[0]) for name in names]
            misconceptions.draw(self.page.name, beat, found, self.state, self.word)

    def end(self) -> None:
        """The foot of the page: what the address asked in vain, and where to go on."""
        if not self.stand:
            # of the beats that are not shown, the address still says what they are to be
            page_state.drop_unread(self.state)
        if notes := self.state.notes:
            lines = [f"- {self._noted(note)}" for note in notes[:MOST_NOTES]]
            if len(notes) > MOST_NOTES:
                lines.append(f"- {self.word('address_more', count=len(notes) - MOST_NOTES)}")
            self._notes.warning("\n".join(lines))
        if not self.stand:
            if READ_NEXT in self.sections[self.language]:
                st.divider()
                # names and titles: no terms to be explained
                st.markdown(self.section(READ_NEXT)[0], width=PROSE_WIDTH)
            if self.page.number:
                takehome.section(self.page.name, self.title, self.language, self.word)
            navigation.next_page(self.page, self.language, self.word)
        page_state.write(self.state, self.language)
        if self.linking:
            # now that all controls are known
            class_link.dialog(self.state, self.word, self.language, presenter.beats_of(self.page.script), self.heading)

    def _noted(self, note: page_state.Note) -> str:
        facts = {name: page_state.shortened(part) for name, part in vars(note).items() if name != "word"}
        return self.word(note.word, **facts)

    def _open(self) -> None:
        takehome.unseen()
        accessibility.mend()
        self._notes = st.container()
        if self.stand:
            presenter.bar(self.stand, self.title, self.state, self.word)
        else:
            st.title(self.title, anchor=False)


def begin(script: str) -> Lesson:
    """Open the page of a script (its ``__file__``): language, menu, address, title."""
    page = navigation.page_of(Path(script))
    state = page_state.adopt(page.name)
    language = speak(state)
    page_state.take_away(state)
    lesson = Lesson(page, language, state)
    st.set_page_config(page_title=lesson.title, page_icon=str(ICON), layout="wide")
    with st.sidebar:
        navigation.draw(page, language, lesson.word, state)
        if page.number:
            term_links.style()
            why = lesson.word("predict_help")
            lesson.predicting = lesson.controls.switch("predict", Switch(True), "predict_first", help=why)
            navigation.reset(page, lesson.word, state)
            presenter.button(page, lesson.word, state)
            lesson.linking = st.button(lesson.word("link_title"), key=f"{page.name}-link", icon=":material/qr_code_2:")
        # a constant of ours, never a visitor's text
        st.html(f"<script>document.documentElement.lang = '{language}'</script>", unsafe_allow_javascript=True)
    lesson._open()
    return lesson
