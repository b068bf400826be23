"""A lesson: one page for one visitor, in one language; and ``begin``, with which every page begins."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from ui.beat import Beat
from ui.controls import page_state
from ui.controls.kinds import Switch
from ui.controls.widgets import Controls
from ui.page import accessibility, class_link, navigation, presenter, takehome
from ui.page.language import speak
from ui.quiz import misconceptions
from ui.text import term_links, texts

# a file of ours: Streamlit fetches a named icon from another host
ICON = Path(__file__).parent / "icon.svg"

MOST_NOTES = 6
"""How many remarks on an address are written out; the others are counted."""

READ_NEXT = "read_next"
"""The section of references at a page's foot."""

R = TypeVar("R")

PROSE_WIDTH = 820
"""The widest a line of prose may be, in pixels: about 80 characters."""


class Lesson:
    """What a page works with: its words and prose in the reader's language, its controls, its beats."""

    def __init__(self, page: navigation.Page, language: str, state: page_state.PageState) -> None:
        self.page, self.language, self.state = page, language, state
        self.words = texts.words()
        self.controls = Controls(page.name, state, self.word)
        self.predicting = True
        self.stand = presenter.stand(page, state)
        self.linking = False
        self.places: dict[str, Any] = {}
        """Containers of beats into which later ones write, by name."""
        self._sections = {each: texts.prose(page.text(each)) for each in texts.LANGUAGES}

    def word(self, key: str, /, **values: Any) -> str:
        """A word of the glossary in the reader's language, its placeholders filled."""
        word, _ = texts.in_language(self.words.get(key, {}), self.language, f"the word {key!r} in pages/words.toml")
        return texts.fill(word, values)

    def section(self, name: str, /, **values: Any) -> tuple[str, bool]:
        """A section of the page's prose, and whether it exists in the reader's language."""
        here = {each: parts[name] for each, parts in self._sections.items() if name in parts}
        text, own = texts.in_language(here, self.language, f"the section {name!r} of {self.page.name}")
        return texts.fill(text, values), own

    def prose(self, name: str, /, **values: Any) -> None:
        """Write a section; in the other language, with a note, if it is missing in the reader's."""
        text, own = self.section(name, **values)
        if not own:
            st.caption(self.word("not_translated"))
        elif self.page.number:
            text = term_links.marked(text, self.language)
        st.markdown(text, width="stretch" if self.stand else PROSE_WIDTH)

    @property
    def title(self) -> str:
        return self.section("title")[0]

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

    def shows(self, name: str) -> bool:
        """Whether a beat is on the page: all are, unless one is presented."""
        return self.stand is None or name == self.stand.beat

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
        names = misconceptions.of_beat(beat, {name: None for parts in self._sections.values() for name in parts})
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
            if READ_NEXT in self._sections[self.language]:
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

    def heading(self, beat: str) -> str:
        """The first heading of a beat's prose."""
        return re.sub(r"^#+ ", "", self.section(beat)[0].split("\n", 1)[0])

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
