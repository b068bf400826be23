"""Write what Korean can write in two ways in the one that this project has chosen: python tools/spellings.py

Looks through pages/*.ko.md, the Korean of pages/words.toml and the words of the ballot, but for code, formulas and the
settings of notes. The names and explanations of terms are left alone: the glossary has to know the other spellings,
too. The rules are the lines of spellings.toml.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ui.text import texts  # noqa: E402

RULES: list[tuple[str, str]] = [
    (wrong, right) for wrong, right in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["rules"]
]
"""What is not written, as a regular expression, and what is written instead; in this order."""

WORDS = (texts.PAGES / "words.toml", ROOT / "server" / "room" / "ballot" / "words.toml")

_FIXED = re.compile(r"(`[^`\n]*`|\$\$?[^$]+\$\$?|^set: .*$|\{\{[^}]*\}\})", re.MULTILINE)
_KOREAN = re.compile(r'(\bko = ")([^"]*)(")')
_TERM = re.compile(r"^\[(?:term\.\w+|symbol)\]$")


def running(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a text, and whether each is running text; the others are code, formulas, settings and values."""
    for place, part in enumerate(_FIXED.split(text)):
        if part:
            yield part, place % 2 == 0


def correct(text: str) -> str:
    """A text as the rules write it."""
    parts = []
    for part, free in running(text):
        if free:
            for wrong, right in RULES:
                part = re.sub(wrong, right, part)
        parts.append(part)
    return "".join(parts)


def everywhere() -> dict[str, str]:
    """Every Korean text that the rules are for, by its file or its word."""
    found = {path.name: path.read_text(encoding="utf-8") for path in texts.PAGES.glob("*.ko.md")}
    ballot = tomllib.loads(WORDS[1].read_text(encoding="utf-8"))
    found |= {f"{shelf}.{key}": text["ko"] for shelf, words in ballot.items() for key, text in words.items()}
    return found | {key: text["ko"] for key, text in texts.words().items()}


def words_written(source: str) -> str:
    """The source of words.toml with its Korean words as the rules write them."""
    lines, term = [], False
    for line in source.splitlines(keepends=True):
        if line.startswith("["):
            term = bool(_TERM.match(line.strip()))
        lines.append(line if term else _KOREAN.sub(lambda found: found[1] + correct(found[2]) + found[3], line))
    return "".join(lines)


def main() -> None:
    for path in [*sorted(texts.PAGES.glob("*.ko.md")), *WORDS]:
        before = path.read_text(encoding="utf-8")
        after = words_written(before) if path.suffix == ".toml" else correct(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
