"""The menu: the topics that have a script, in the order of their numbers, then the other pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ui.controls import page_state
from ui.controls.page_state import PageState
from ui.controls.widgets import Say, widget_key
from ui.page import language as languages
from ui.text import texts

START = texts.ROOT / "streamlit_app.py"
NOWHERE = "no_such_page"
"""The page for addresses that lead nowhere, to which no link leads."""


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
    """The pages of the menu that are no topics of the course, without the start page."""
    return [page_of(path) for path in sorted(texts.PAGES.glob("[a-z]*.py")) if path.stem != NOWHERE]


def draw(language: str, say: Say, beneath: Callable[[Page], None]) -> None:
    """The language switch and the links to all pages, each in the reader's language; ``beneath`` draws what follows."""
    languages.switch(say("language"))
    page_link(Page(START, "start", 0), language)
    for page in (*topics(), *others()):
        page_link(page, language)
        beneath(page)


def page_link(page: Page, language: str, label: str = "", **query: str) -> None:
    """A link to a page that keeps the language; ``query``: what else its address says."""
    number = f"{page.number}. " if page.number else ""
    st.page_link(page.script, label=label or f"{number}{page.title(language)}", query_params={"lang": language} | query)


def page_after(here: Page) -> Page | None:
    """The next topic; None after the last, and after a page that is no topic."""
    later = [page for page in topics() if page.number > here.number]
    return later[0] if here.number and later else None


def page_before(here: Page) -> Page | None:
    """The topic before; None before the first, and for a page that is no topic."""
    earlier = [page for page in topics() if page.number < here.number]
    return earlier[-1] if here.number and earlier else None


def next_page(here: Page, language: str, say: Say) -> None:
    """Where to go on after this page, if there is a next one."""
    if later := page_after(here):
        st.divider()
        page_link(later, language, say("next_topic", title=later.title(language)))


def reset(page: Page, say: Say, state: PageState) -> None:
    """A button that returns every control of the page to the lesson's defaults, and one sentence on sharing."""
    st.button(
        say("reset"),
        on_click=page_state.reset,
        args=(state,),
        key=widget_key(page.name, "", "reset"),
        icon=":material/restart_alt:",
    )
    st.caption(say("share_hint"))
