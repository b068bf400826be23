"""The glossary: every term in both languages with its sentence and the topic that uses it, in the reader's order."""

import unicodedata
from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from ui.controls.kinds import Text
from ui.controls.page_state import shortened
from ui.page import navigation
from ui.text import texts
from ui.text.term_links import FIND_KEY
from ui.text.texts import LANGUAGES, Term
from ui.visit import Visit

ANY = Text("", 60)
"""What a reader looks for."""

WIDTH = 480
"""How wide the search is, in pixels."""


def plain(text: str) -> str:
    """A text as it is compared: without capitals, spaces and hyphens, about which writers differ."""
    kept = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in kept if not letter.isspace() and letter not in "-‐‑–")


def initial(name: str) -> str:
    """Under which letter a name stands: its first consonant in Hangul, else its first letter."""
    first = unicodedata.normalize("NFD", name)[0].upper()
    # a syllable's first consonant and the same consonant as a letter are two characters
    told = unicodedata.name(first, "")
    return unicodedata.lookup(told.replace("CHOSEONG", "LETTER")) if "CHOSEONG" in told else first


def in_order(terms: Sequence[Term], language: str) -> list[Term]:
    """Terms as a dictionary of a language has them; in Korean those that are written in Latin letters come last."""

    def place(term: Term) -> tuple[bool, str]:
        name = plain(term.name[language])
        return language == "ko" and name[0].isascii(), name

    return sorted(terms, key=place)


def found(typed: str, language: str) -> list[Term]:
    """The terms that fit what was typed: so called, then called something with it, then explained with it."""
    every, wanted = in_order(list(texts.terms().values()), language), plain(typed)

    def rank(term: Term) -> int:
        names = [plain(name) for each in LANGUAGES for name in term.spellings(each)]
        if wanted in names:
            return 0
        if any(wanted in name for name in names):
            return 1
        return 2 if any(wanted in plain(term.means[each]) for each in LANGUAGES) else 3

    return sorted((term for term in every if rank(term) < 3), key=rank) if wanted else every


def draw(lesson: Visit) -> None:
    """The search, and below it the terms that fit."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        hint = lesson.word("find_term_hint")
        typed = lesson.controls.text(
            FIND_KEY, ANY, "find_term", placeholder=hint, icon=":material/search:", width=WIDTH
        )
        if plain(typed):
            everything = {"on_click": lesson.controls.set, "args": ({}, (FIND_KEY,))}
            st.button(lesson.word("terms_all"), key="glossary-all", icon=":material/close:", **everything)
    terms = found(typed, lesson.language)
    if not terms:
        st.info(lesson.word("terms_none", typed=shortened(typed)), icon=":material/search_off:")
    st.caption(lesson.word("terms_counted", count=len(terms)))
    pages = {page.name: page for page in navigation.topics()}
    if plain(typed):
        # the one that fits best comes first, so these are in no alphabet's order
        _entries(terms, pages, lesson.language)
        return
    for letter, group in groupby(terms, key=lambda term: initial(term.name[lesson.language])):
        st.header(letter, anchor=False)
        _entries(list(group), pages, lesson.language)


def _entries(terms: Sequence[Term], pages: dict[str, navigation.Page], language: str) -> None:
    for term in terms:
        with st.container(key=f"term-{term.key}"):
            name, means, where = st.columns([1.1, 2, 1.2], gap="medium")
            others = " · ".join(_other_names(term, language))
            name.markdown(f"**{term.name[language]}**" + (f"  \n:small[{others}]" if others else ""))
            means.markdown(term.means[language])
            page = pages[term.page]
            with where:
                navigation.link(page, language, f":material/arrow_forward: {page.number}. {page.title(language)}")


def _other_names(term: Term, language: str) -> list[str]:
    """What else it is called: its name in the other language, and abbreviations, each once."""
    names = [term.name[each] for each in LANGUAGES if each != language]
    names += [name for name in term.also[language] if name.isupper()]
    return [name for name in dict.fromkeys(names) if name != term.name[language]]
