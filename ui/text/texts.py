"""Texts: the prose of a page in named sections, the words, and the terms; all are read anew when a file is saved.

A page's prose is Markdown beside its script, one file a language. The H1 is the page's title; a line
``<!-- name -->`` begins the section of that name; ``{{name}}`` or ``{{name:.3g}}`` stands for a value of the page.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "pages"
LANGUAGES = {"ko": "한국어", "en": "English"}
TERMS = "term"
"""The shelf of words.toml that holds terms, each a table of its own, and no words."""

PLACEHOLDER = re.compile(r"\{\{(\w+)(?::([^{}]*))?\}\}")
_SECTION = re.compile(r"^<!-- (\w+) -->$", re.MULTILINE)


class MissingText(KeyError):
    """Neither language has the section or word that a page asks for."""


def fill(text: str, values: Mapping[str, Any]) -> str:
    """``text`` with its placeholders replaced by values; raises KeyError for a placeholder without one."""
    return PLACEHOLDER.sub(lambda found: format(values[found[1]], found[2] or ""), text)


def prose(path: Path) -> dict[str, str]:
    """The sections of one text by name, with the H1 as "title"; empty if there is no such file."""
    return _prose(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=128)
def _prose(path: Path, _saved: int) -> dict[str, str]:
    before, *parts = _SECTION.split(path.read_text(encoding="utf-8"))
    title = re.search(r"^# (.+)$", before, re.MULTILINE)
    sections = {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}
    return ({"title": title[1].strip()} if title else {}) | sections


@dataclass(frozen=True)
class Term:
    """A term of the field: by language, its name, a sentence that explains it, and other spellings in the prose.

    page: the name of the topic that uses it.
    """

    key: str
    page: str
    name: Mapping[str, str]
    means: Mapping[str, str]
    also: Mapping[str, tuple[str, ...]]

    def spellings(self, language: str) -> tuple[str, ...]:
        """Everything by which a text of a language may call it, its name first."""
        return (self.name[language], *self.also[language])


def words() -> dict[str, dict[str, str]]:
    """Every word of the glossary: its texts by language."""
    return _words(*edition())


def terms() -> dict[str, Term]:
    """Every term of the glossary by its key, in the order of the file."""
    return _terms(*edition())


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
    return {key: text for name, shelf in shelves.items() if name != TERMS for key, text in shelf.items()}


@lru_cache(maxsize=4)
def _terms(path: Path, saved: int) -> dict[str, Term]:
    return {key: _term(key, told) for key, told in _shelves(path, saved).get(TERMS, {}).items()}


def _term(key: str, told: Mapping[str, Any]) -> Term:
    name, means = ({each: told[each + end] for each in LANGUAGES} for end in ("", "_means"))
    return Term(key, told["page"], name, means, {each: tuple(told.get(f"{each}_also", ())) for each in LANGUAGES})


def in_language(texts: Mapping[str, str], language: str, what: str) -> tuple[str, bool]:
    """The text in ``language``, else in the other one, and whether it is the language asked for.

    Raises MissingText, which names ``what``, if there is none at all.
    """
    if language in texts:
        return texts[language], True
    for other in texts.values():
        return other, False
    raise MissingText(what)
