"""The menu: the topics that have a script, in the order of their numbers, then the other pages."""

import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ui.controls import page_state
from ui.controls.page_state import PageState
from ui.controls.widgets import Say
from ui.page import language as languages
from ui.text import texts

START = texts.ROOT / "streamlit_app.py"


@dataclass(frozen=True)
class Page:
    """One page: its script, its name in addresses and files, and its place in the course (0: it is no topic)."""

    script: Path
    name: str
    number: int

    def text(self, language: str) -> Path:
        """The file with the page's prose in a language."""
        stem = self.script.stem if self.number else self.name
        return texts.PAGES / f"{stem}.{language}.md"

    def title(self, language: str) -> str:
        """The title in a language, else in the other one."""
        titles = {each: texts.prose(self.text(each)).get("title") for each in texts.LANGUAGES}
        return texts.in_language({k: v for k, v in titles.items() if v}, language, f"the title of {self.name}")[0]


def page_of(script: Path) -> Page:
    """The page of a script: ``pages/1_gradient_descent.py`` is "gradient_descent", number 1; "glossary" has none."""
    numbered = re.fullmatch(r"(\d+)_(\w+)", script.stem)
    if numbered:
        return Page(script, numbered[2], int(numbered[1]))
    return Page(script, "start" if script.stem == START.stem else script.stem, 0)


def topics() -> list[Page]:
    """The topics that have a script, in the order of the course."""
    return sorted((page_of(path) for path in texts.PAGES.glob("[0-9]*_*.py")), key=lambda page: page.number)


def others() -> list[Page]:
    """The pages that are no topics of the course, without the start page."""
    return [page_of(path) for path in sorted(texts.PAGES.glob("[a-z]*.py"))]


def draw(here: Page, language: str, say: Say, state: PageState) -> None:
    """The language switch and the links to all pages, each in the reader's language."""
    languages.switch(say("language"))
    link(Page(START, "start", 0), language)
    for page in (*topics(), *others()):
        link(page, language)


def link(page: Page, language: str, label: str = "") -> None:
    """A link to a page that keeps the language."""
    number = f"{page.number}. " if page.number else ""
    st.page_link(page.script, label=label or f"{number}{page.title(language)}", query_params={"lang": language})


def next_page(here: Page, language: str, say: Say) -> None:
    """Where to go on after this page, if there is a next one."""
    later = [page for page in topics() if page.number > here.number]
    if here.number and later:
        st.divider()
        link(later[0], language, say("next_topic", title=later[0].title(language)))


def reset(page: Page, say: Say, state: PageState) -> None:
    """A button that returns every control of the page to the lesson's defaults, and one sentence on sharing."""
    st.button(
        say("reset"), on_click=page_state.reset, args=(state,), key=f"{page.name}-reset", icon=":material/restart_alt:"
    )
    st.caption(say("share_hint"))


def cards(language: str, say: Say) -> None:
    """The topics in order: each with its picture, its sentence and its link."""
    for page in topics():
        with st.container(border=True):
            picture, words = st.columns([1, 2.4], gap="medium", vertical_alignment="center")
            drawing = page.script.with_suffix(".svg")
            if drawing.exists():
                # the sentence beside it says the same
                picture.image(str(drawing), width="stretch", alt="")
            with words:
                st.header(f"{page.number}. {page.title(language)}", anchor=False)
                st.markdown(texts.prose(page.text(language)).get("in_a_sentence", ""))
                link(page, language, say("open_topic"))
