"""A visit: one page for one visitor, in one language, with its words, its prose and its controls."""

import re
from functools import partial
from typing import Any

import streamlit as st

from ui.controls import page_state
from ui.controls.widgets import Controls
from ui.page import navigation
from ui.page.stage import stage_of
from ui.text import term_links, texts

PROSE_WIDTH = 820
"""The widest a line of prose may be, in pixels: about 80 characters."""


class Visit:
    """What a question works with: words and prose in the reader's language, and what is set on the page."""

    def __init__(self, page: navigation.Page, language: str, state: page_state.PageState) -> None:
        self.page, self.language, self.state = page, language, state
        self.words = texts.words()
        self.controls = Controls(page.name, state, self.word)
        self.predicting = True
        self.stage = stage_of(page, state)
        self.linking = False
        self.places: dict[str, Any] = {}
        """Containers that questions have reserved for later ones, by the name of the question."""
        self.sections = {each: texts.prose(page.text(each)) for each in texts.LANGUAGES}

    def word(self, key: str, /, **values: Any) -> str:
        """A word of the glossary in the reader's language, its placeholders filled."""
        return self.word_in(self.language, key, **values)

    def word_in(self, language: str, key: str, /, **values: Any) -> str:
        """The same in one of the languages: a class may read another one on its phones."""
        word, _ = texts.in_language(self.words.get(key, {}), language, f"the word {key!r} in pages/words.toml")
        return texts.fill(word, values)

    def section(self, name: str, /, **values: Any) -> tuple[str, bool]:
        """A section of the page's prose, and whether it exists in the reader's language."""
        return self.section_in(self.language, name, **values)

    def section_in(self, language: str, name: str, /, **values: Any) -> tuple[str, bool]:
        """The same in one of the languages."""
        here = {each: parts[name] for each, parts in self.sections.items() if name in parts}
        text, own = texts.in_language(here, language, f"the section {name!r} of {self.page.name}")
        return texts.fill(text, values), own

    def prose(self, name: str, /, **values: Any) -> None:
        """Write a section; in the other language, with a note, if it is missing in the reader's."""
        text, own = self.section(name, **values)
        if not own:
            st.caption(self.word("not_translated"))
        elif self.page.number:
            text = term_links.with_links(text, self.language)
        st.markdown(text, width="stretch" if self.presenting else PROSE_WIDTH)

    def opening(self, name: str) -> None:
        """The section with which a question begins: its heading and two lines; the rest is one click away."""
        text, own = self.section(name)
        heading, lead, rest = texts.parts_of(text, self.language)
        if not own:
            st.caption(self.word("not_translated"))
        linked = partial(term_links.with_links, language=self.language) if own else str
        with st.container(key=f"opening-{name}", gap=None):
            st.markdown(heading)
            with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
                st.markdown(linked(lead), width="stretch" if self.presenting else PROSE_WIDTH)
                if rest:
                    with st.popover(self.word("read_on"), type="tertiary", key=f"rest-{name}"):
                        st.markdown(linked(rest))

    @property
    def title(self) -> str:
        return self.section("title")[0]

    def shows(self, name: str) -> bool:
        """Whether a beat is shown, and does not wait."""
        return self.stage is None or (self.stage.shows(name) and not self.waits(name))

    def draws(self, name: str) -> bool:
        """Whether a beat is drawn: it is shown, or was drawn ahead, unseen."""
        return self.shows(name) or name == self.state.drawn_ahead

    def waits(self, name: str) -> bool:
        """Whether a beat is shown by its prose alone, until it comes near the screen."""
        return self.stage is not None and not self.stage.at_once and name not in self.state.drawn_beats

    @property
    def presenting(self) -> bool:
        """Whether the page is shown large and without its frame."""
        return self.stage is not None and self.stage.presenting

    def heading(self, beat: str) -> str:
        """The first heading of a beat's prose."""
        return self.heading_in(self.language, beat)

    def heading_in(self, language: str, beat: str) -> str:
        """The same in one of the languages."""
        return re.sub(r"^#+ ", "", self.section_in(language, beat)[0].split("\n", 1)[0])
