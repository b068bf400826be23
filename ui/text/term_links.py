"""Terms in the prose: the first of each in a section is a link to the glossary that shows its sentence.

Links and not something cleverer: Streamlit's Markdown knows no other text that explains itself, a link is reached by
keyboard, and it opens in a window of its own, so a reader loses nothing.
"""

import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from ui.controls.page_state import LANGUAGE_KEY
from ui.text import texts
from ui.text.texts import Term

STYLE = Path(__file__).parent / "term_links.css"
"""How the links look: they are there for whoever looks for them."""

GLOSSARY, FIND_KEY = "glossary", "q"
"""The glossary's name in addresses, and the key of its search."""

MOST = 4
"""How many terms of a section are links: more of them, and the text is no longer read but looked at."""

_UNTOUCHED = r"""
      (?m:^\s*\#+\ .*$)                     # headings
    | (?s:```.*?```) | `[^`\n]*`            # code
    | (?s:\$\$.*?\$\$) | \$[^$\n]*\$        # formulas
    | !?\[[^\]\n]*\]\([^)\n]*\)             # links and pictures
    | <[^>\n]*> | https?://\S+              # addresses, and what looks like HTML
    | \*\*.+?\*\* | \*[^*\n]+\* | \\.       # emphasis: a link at its end would keep it from ending before a letter
"""


def with_links(text: str, language: str) -> str:
    """A section of the prose with its terms as links; all else is as it was."""
    return _with_links(text, language, texts.edition())


@lru_cache(maxsize=1024)
def _with_links(text: str, language: str, edition: tuple[Path, int]) -> str:
    found = _pattern(language, edition)
    if not found:
        return text
    pattern, named = found
    seen: set[str] = set()

    def link(match: re.Match[str]) -> str:
        term = named.get((match["noun"] or match["strong"] or "").casefold())
        if term is None or term.key in seen or len(seen) == MOST:
            return match[0]
        seen.add(term.key)
        # the address is relative: the app may be served below a path of its own
        where = urlencode({LANGUAGE_KEY: language, FIND_KEY: term.name[language]})
        return f'[{match[0]}]({GLOSSARY}?{where} "{term.means[language]}")'

    return pattern.sub(link, text)


@lru_cache(maxsize=8)
def _pattern(language: str, _edition: tuple[Path, int]) -> tuple[re.Pattern[str], dict[str, Term]] | None:
    """What finds terms and what they must not be found in; and the term of every spelling."""
    linked = [term for term in texts.terms().values() if term.linked]
    named = {spelling.casefold(): term for term in linked for spelling in term.spellings(language)}
    if not named:
        return None
    # the longest first, or a learning rate schedule would be a learning rate
    nouns = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    ends = "|".join(map(re.escape, texts.words()["term_endings"][language].split()))
    # Korean endings follow the noun without a space and are not part of it; an English plural is
    within, after = ("", rf"(?=(?:{ends}){{0,3}}(?![\w-]))") if language == "ko" else (f"(?:{ends})?", r"(?![\w-])")
    strong = rf"\*\*(?P<strong>{nouns}){within}\*\*"
    pattern = rf"{strong}|{_UNTOUCHED}|(?<![\w-])(?P<noun>{nouns}){within}{after}"
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE), named
