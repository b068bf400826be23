"""The documents that phones and the teacher's second device get: each is one file, the same for everybody.

A document is put together from what lies here: its HTML, the style, the scripts and its words in both languages. Its
policy lets it run these scripts and no others, and speak to its own server alone.
"""

import base64
import hashlib
import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from server.room.ballot.short import short_script, short_style

HERE = Path(__file__).parent
LANGUAGES = ("ko", "en")
MOST_BYTES = 20_000
"""How large the ballot may be: a class of 300 opens it at once, over one hall's network."""


@cache
def document() -> bytes:
    """The ballot, for the page on which a code is typed, too."""
    return _document("ballot", ("style.css",), ("connection.js", "numbers.js", "ballot.js"))


@cache
def remote() -> bytes:
    """The remote; what makes it one is the secret in the address of whoever opens it."""
    return _document("remote", ("style.css", "remote.css"), ("connection.js", "numbers.js", "remote.js"))


def etag(body: bytes) -> str:
    """The name of a version of a document, as it stands in the header."""
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def words(page: str) -> dict[str, dict[str, str]]:
    """What a page says, by language: the words of its own shelf and those of both pages."""
    shelves: dict[str, Any] = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
    return {**shelves["both"], **shelves[page]}


def _document(page: str, styles: tuple[str, ...], scripts: tuple[str, ...]) -> bytes:
    in_languages = {key: [text[language] for language in LANGUAGES] for key, text in words(page).items()}
    # in a script the end of the script is found wherever it stands, even in a text
    said = json.dumps(in_languages, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    style = short_style("\n".join(map(_read, styles)))
    said = re.sub(r'"(\w+)":', r"\1:", said)
    script = f"const WORDS={said}\n{short_script(chr(10).join(map(_read, scripts)))}"
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    html = "\n".join(line.strip() for line in _read(f"{page}.html").splitlines())
    for name, text in {"policy": policy, "style": style, "script": script}.items():
        html = html.replace(f"{{{{{name}}}}}", text)
    return html.encode()


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
