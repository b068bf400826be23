"""Texts: the prose of a page in named sections, and the glossary of words; both are read anew when a file is saved.

A page's prose is Markdown beside its script, one file a language. The H1 is the page's title; a line
``<!-- name -->`` begins the section of that name; ``{{name}}`` or ``{{name:.3g}}`` stands for a value of the page.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "pages"
LANGUAGES = {"ko": "한국어", "en": "English"}

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


def words() -> dict[str, dict[str, str]]:
    """Every word of the glossary: its texts by language."""
    path = PAGES / "words.toml"
    return _words(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _words(path: Path, _saved: int) -> dict[str, dict[str, str]]:
    shelves = tomllib.loads(path.read_text(encoding="utf-8"))
    return {key: text for shelf in shelves.values() for key, text in shelf.items()}


def in_language(texts: Mapping[str, str], language: str, what: str) -> tuple[str, bool]:
    """The text in ``language``, else in the other one, and whether it is the language asked for.

    Raises MissingText, which names ``what``, if there is none at all.
    """
    if language in texts:
        return texts[language], True
    for other in texts.values():
        return other, False
    raise MissingText(what)
