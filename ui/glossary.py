"""The glossary: every term in both languages with its sentence and its topic, in the reader's order; the symbols."""

import unicodedata
from collections.abc import Callable, Sequence
from itertools import groupby

import streamlit as st

from ui.controls.kinds import Text
from ui.controls.page_state import excerpt
from ui.page import navigation
from ui.text import texts
from ui.text.term_links import FIND_KEY
from ui.text.texts import LANGUAGES, Symbol, Term
from ui.visit import Visit

ANY = Text("", 60)
"""What a reader looks for."""

WIDTH = 480
"""How wide the search is, in pixels."""

WORST = 9
"""The rank of what does not fit at all."""


def search_key(text: str) -> str:
    """A text as it is compared: without capitals, spaces and hyphens, about which writers differ."""
    kept = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in kept if not letter.isspace() and letter not in "-‐‑–")


def initial(name: str) -> str:
    """Under which letter a name stands: its first consonant in Hangul, else its first letter."""
    first = unicodedata.normalize("NFD", name)[0].upper()
    # a syllable's first consonant and the same consonant as a letter are two characters
    told = unicodedata.name(first, "")
    return unicodedata.lookup(told.replace("CHOSEONG", "LETTER")) if "CHOSEONG" in told else first


def alphabetical(terms: Sequence[Term], language: str) -> list[Term]:
    """Terms as a dictionary of a language has them; in Korean those that are written in Latin letters come last."""

    def place(term: Term) -> tuple[bool, str]:
        name = search_key(term.name[language])
        return language == "ko" and name[0].isascii(), name

    return sorted(terms, key=place)


def first_consonants(text: str) -> str:
    """The first consonant of every Hangul syllable; other letters as they are."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in search_key(text))


def _are_consonants(wanted: str) -> bool:
    return bool(wanted) and all("CHOSEONG" in unicodedata.name(letter, "") for letter in wanted)


def search(typed: str, language: str) -> list[Term]:
    """The terms that fit what was typed, the best first.

    Best is what is so called; then come names that begin with it, that hold it, or that stand in it ("what is a
    loss?"), and what is explained with it. Consonants alone fit names whose syllables begin with them.
    """
    every, wanted = alphabetical(list(texts.terms().values()), language), search_key(typed)
    # a single Latin letter stands in nearly every name and sentence
    telling = len(wanted) > 1 or not wanted.isascii()

    def begins(term: Term) -> int:
        # the name by which the term stands in its place goes before its other names
        begun = [first_consonants(name).startswith(wanted) for name in term.spellings("ko")]
        return next((min(place, 1) for place, fits in enumerate(begun) if fits), WORST)

    def rank(term: Term) -> int:
        names = [search_key(name) for each in LANGUAGES for name in term.spellings(each)]
        fits = (
            wanted in names,
            any(name.startswith(wanted) for name in names),
            telling and any(wanted in name for name in names),
            any(len(name) > 1 and name in wanted for name in names),
            telling and any(wanted in search_key(term.means[each]) for each in LANGUAGES),
        )
        return fits.index(True) if any(fits) else WORST

    ranked: Callable[[Term], int] = begins if _are_consonants(wanted) else rank
    return sorted((term for term in every if ranked(term) < WORST), key=ranked) if wanted else every


def search_symbols(typed: str) -> list[Symbol]:
    """The symbols that fit what was typed: so written or read, or standing for it; all of them if nothing was."""
    every, wanted = list(texts.symbols().values()), search_key(typed)
    if not wanted:
        return every
    called = [s for s in every if wanted in {search_key(name) for name in (s.sign, *s.read.values())}]
    # a single letter stands in nearly every sentence
    held = [s for s in every if len(wanted) > 1 and any(wanted in search_key(means) for means in s.means.values())]
    return called or held


def draw(lesson: Visit) -> None:
    """The search, and below it the symbols and the terms that fit."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        hint = lesson.word("find_term_hint")
        typed = lesson.controls.text(
            FIND_KEY, ANY, "find_term", placeholder=hint, icon=":material/search:", width=WIDTH
        )
        if search_key(typed):
            everything = {"on_click": lesson.controls.set, "args": ({}, (FIND_KEY,))}
            st.button(lesson.word("terms_all"), key="glossary-all", icon=":material/close:", **everything)
    terms, symbols = search(typed, lesson.language), search_symbols(typed)
    if symbols:
        with st.expander(lesson.word("symbols_counted", count=len(symbols)), expanded=bool(search_key(typed))):
            st.markdown(_symbol_table(symbols, lesson))
    if not terms and symbols:
        return
    if not terms:
        st.info(lesson.word("terms_none", typed=excerpt(typed)), icon=":material/search_off:")
    st.caption(lesson.word("terms_counted", count=len(terms)))
    pages = {page.name: page for page in navigation.topics()}
    if search_key(typed):
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
                navigation.page_link(page, language, f":material/arrow_forward: {page.number}. {page.title(language)}")


def _symbol_table(symbols: Sequence[Symbol], lesson: Visit) -> str:
    """A Markdown table: each symbol, how it is read, what it stands for, and in which topics."""
    numbers = {page.name: page.number for page in navigation.topics()}
    heads = [lesson.word(key) for key in ("symbol_column", "read_column", "means_column", "topic_column")]
    rows = [heads, ["---"] * len(heads)]
    for symbol in symbols:
        topics = ", ".join(str(number) for number in sorted(numbers[name] for name in symbol.pages))
        rows.append([f"**{symbol.sign}**", symbol.read[lesson.language], symbol.means[lesson.language], topics])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _other_names(term: Term, language: str) -> list[str]:
    """What else it is called: its name in the other language, and its other names in this one, each once."""
    names = [term.name[each] for each in LANGUAGES if each != language]
    names += term.also[language]
    return [name for name in dict.fromkeys(names) if name != term.name[language]]
