"""A visit: one page for one visitor, in one language, with its words, its prose and its controls."""

import re
from typing import Any

import streamlit as st

from ui.controls import page_state
from ui.controls.widgets import Controls
from ui.page import navigation, presenter
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
        self.stand = presenter.stand(page, state)
        self.linking = False
        self.places: dict[str, Any] = {}
        """Containers of beats into which later ones write, by name."""
        self.sections = {each: texts.prose(page.text(each)) for each in texts.LANGUAGES}

    def word(self, key: str, /, **values: Any) -> str:
        """A word of the glossary in the reader's language, its placeholders filled."""
        word, _ = texts.in_language(self.words.get(key, {}), self.language, f"the word {key!r} in pages/words.toml")
        return texts.fill(word, values)

    def section(self, name: str, /, **values: Any) -> tuple[str, bool]:
        """A section of the page's prose, and whether it exists in the reader's language."""
        here = {each: parts[name] for each, parts in self.sections.items() if name in parts}
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

    def shows(self, name: str) -> bool:
        """Whether a beat is on the page: all are, unless one is presented."""
        return self.stand is None or name == self.stand.beat

    def heading(self, beat: str) -> str:
        """The first heading of a beat's prose."""
        return re.sub(r"^#+ ", "", self.section(beat)[0].split("\n", 1)[0])
