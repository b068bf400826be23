"""Texts: the prose of a page in named sections, the words, and the terms; all are read anew when a file is saved.

A page's prose is Markdown beside its script, one file a language. The H1 is the page's title; a line
``<!-- name -->`` begins the section of that name; ``{{name}}`` or ``{{name:.3g}}`` stands for a value of the page,
and two Korean particles in braces behind it for the one that its last sound asks for (``particles``).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ui.number_format import percent
from ui.text import particles

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "pages"
LANGUAGES = {"ko": "한국어", "en": "English"}
TERMS, SYMBOLS = "term", "symbol"
"""The shelves of words.toml that hold terms, each a table of its own, and symbols, each a line; neither are words."""

PLACEHOLDER = re.compile(r"\{\{(\w+)(?::([^{}]*))?\}\}")
_TO_FILL = re.compile(f"{PLACEHOLDER.pattern}|{particles.PARTICLE.pattern}")
_SECTION = re.compile(r"^<!-- (\w+) -->$", re.MULTILINE)


class MissingText(KeyError):
    """Neither language has the section or word that a page asks for."""


_PERCENT = re.compile(r"\.(\d+)%")


def fill(text: str, values: Mapping[str, Any]) -> str:
    """``text`` with values for its placeholders and particles that fit; raises KeyError for a missing value.

    A value is never filled again, whatever a reader has typed into it. A share, ``{{share:.0%}}``, has as many more
    decimals as it needs not to be said to be nothing or all (see ``number_format.percent``).
    """
    filled, end = "", 0
    for found in _TO_FILL.finditer(text):
        filled, end = filled + text[end : found.start()], found.end()
        name, form, *particle = found.groups()
        filled += _formatted_value(values[name], form or "") if name else particles.particle_after(filled, *particle)
    return filled + text[end:]


def _formatted_value(value: Any, form: str) -> str:
    """A value in a form; a number that is below 0 has a minus and no hyphen."""
    if share := _PERCENT.fullmatch(form):
        return percent(float(value), int(share[1]))
    text = format(value, form)
    return text.replace("-", "−") if form and isinstance(value, int | float) else text


def prose(path: Path) -> dict[str, str]:
    """The sections of one text by name, with the H1 as "title"; empty if there is no such file."""
    return _prose(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=128)
def _prose(path: Path, _saved: int) -> dict[str, str]:
    before, *parts = _SECTION.split(path.read_text(encoding="utf-8"))
    title = re.search(r"^# (.+)$", before, re.MULTILINE)
    sections = {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}
    return ({"title": title[1].strip()} if title else {}) | sections


MOST_BESIDE_QUESTION = {"ko": 95, "en": 190}
"""By language, how many characters of a question's prose stand beside it: two lines on a laptop and on a projector."""

_SENTENCE_END = re.compile(r"""(?<=[.?!])["”')]?\s+""")
_MARKUP = re.compile(r"[*`$]|\\\w+|[{}]")


def parts_of(section: str, language: str) -> tuple[str, str, str]:
    """The heading of a question's prose, its first sentences, as many as two lines hold, and the rest ("" if none)."""
    heading, _, body = section.partition("\n")
    body = body.strip()
    ends = [found.end() for found in _SENTENCE_END.finditer(body) if _is_closed(body[: found.end()])] + [len(body)]
    fitting = [end for end in ends if len(_MARKUP.sub("", body[:end])) <= MOST_BESIDE_QUESTION[language]]
    end = max(fitting, default=ends[0])
    return heading, body[:end].rstrip(), body[end:]


def _is_closed(text: str) -> bool:
    """Whether no bracket, formula, code or emphasis is open at the end of a text."""
    pairs = text.count("(") == text.count(")")
    return pairs and not any(text.count(mark) % 2 for mark in ("$", "`", "**"))


@dataclass(frozen=True)
class Term:
    """A term of the field: by language, its name, a sentence that explains it, its other names, and further forms.

    page: the name of the topic that uses it. forms: plurals, short forms and other spellings by which it is found, too.
    linked: whether the prose links to it; what stands in every second sentence is in the glossary alone.
    """

    key: str
    page: str
    name: Mapping[str, str]
    means: Mapping[str, str]
    also: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, tuple[str, ...]]
    linked: bool

    def spellings(self, language: str) -> tuple[str, ...]:
        """Everything by which a text of a language may call it, its name first."""
        return (self.name[language], *self.also[language], *self.forms[language])


@dataclass(frozen=True)
class Symbol:
    """A letter of the formulas and what it stands for; a letter that stands for two things is two symbols.

    read, means: by language, how it is read ("" if as every letter is) and what it stands for. pages: the names of the
    topics that use it so.
    """

    key: str
    sign: str
    read: Mapping[str, str]
    means: Mapping[str, str]
    pages: tuple[str, ...]


def words() -> dict[str, dict[str, str]]:
    """Every word of the glossary: its texts by language."""
    return _words(*edition())


def terms() -> dict[str, Term]:
    """Every term of the glossary by its key, in the order of the file."""
    return _terms(*edition())


def symbols() -> dict[str, Symbol]:
    """Every symbol of the formulas by its key, in the order of the file."""
    return _symbols(*edition())


def edition() -> tuple[Path, int]:
    """The file with words and terms, and when it was saved: what is made of them is good for as long as this."""
    path = PAGES / "words.toml"
    return path, path.stat().st_mtime_ns


@lru_cache(maxsize=4)
def _shelves(path: Path, _saved: int) -> dict[str, dict[str, Any]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def _words(path: Path, saved: int) -> dict[str, dict[str, str]]:
    shelves = _shelves(path, saved)
    return {key: text for name, shelf in shelves.items() if name not in (TERMS, SYMBOLS) for key, text in shelf.items()}


@lru_cache(maxsize=4)
def _terms(path: Path, saved: int) -> dict[str, Term]:
    return {key: _term(key, told) for key, told in _shelves(path, saved).get(TERMS, {}).items()}


def _term(key: str, told: Mapping[str, Any]) -> Term:
    name, means = ({each: told[each + end] for each in LANGUAGES} for end in ("", "_means"))
    also, forms = ({each: tuple(told.get(each + end, ())) for each in LANGUAGES} for end in ("_also", "_forms"))
    return Term(key, told["page"], name, means, also, forms, told.get("linked", True))


@lru_cache(maxsize=4)
def _symbols(path: Path, saved: int) -> dict[str, Symbol]:
    return {key: _symbol(key, told) for key, told in _shelves(path, saved).get(SYMBOLS, {}).items()}


def _symbol(key: str, told: Mapping[str, Any]) -> Symbol:
    read = {each: told.get(f"{each}_read", "") for each in LANGUAGES}
    return Symbol(key, told["sign"], read, {each: told[each] for each in LANGUAGES}, tuple(told["pages"]))


def in_language(texts: Mapping[str, str], language: str, what: str) -> tuple[str, bool]:
    """The text in ``language``, else in the other one, and whether it is the language asked for.

    Raises MissingText, which names ``what``, if there is none at all.
    """
    if language in texts:
        return texts[language], True
    for other in texts.values():
        return other, False
    raise MissingText(what)
