"""What is said to whoever opens an address that leads nowhere; ``server/`` sends them here."""

import difflib

import streamlit as st

from ui.controls import page_state
from ui.controls.kinds import Text
from ui.page import navigation
from ui.page.navigation import Page
from ui.visit import Visit

ASKED_KEY = "asked"
ASKED = Text("", 200)
"""The address that leads nowhere."""


def draw(visit: Visit) -> None:
    """What was asked for, and the page that may have been meant."""
    asked = page_state.value(visit.state, ASKED_KEY, ASKED)
    if not asked:
        visit.prose("nothing_asked")
        return
    visit.prose("asked", asked=page_state.excerpt(asked))
    if meant := likely(asked):
        with st.container(horizontal=True, key="meant"):
            navigation.page_link(meant, visit.language, visit.word("meant", title=meant.title(visit.language)))


def likely(asked: str) -> Page | None:
    """The page whose address is nearly the one that was asked for."""
    pages = {page.name: page for page in (*navigation.topics(), *navigation.others())}
    last = asked.lower().rstrip("/").rpartition("/")[2].rpartition(".html")
    found = difflib.get_close_matches((last[0] or last[2]).replace("-", "_"), pages, n=1, cutoff=0.6)
    return pages[found[0]] if found else None
