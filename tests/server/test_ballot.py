"""The documents for phones and for the remote: small, in both languages, and running no script but their own."""

import base64
import hashlib
import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.routing import Route

from classroom import rooms
from server.room import ballot
from server.room.ballot.short import short_script, short_style
from server.room.routes import routes
from tests.awaited import awaited
from tests.test_texts import ONE_TERM
from tests.ui.test_particles import BOTH_AT_ONCE, OPEN
from ui.text.particles import PARTICLE
from ui.text.texts import LANGUAGES, PLACEHOLDER

DOCUMENTS = {"ballot": ballot.document, "remote": ballot.remote}
SHELVES: dict[str, dict[str, dict[str, str]]] = tomllib.loads((ballot.HERE / "words.toml").read_text(encoding="utf-8"))
FROM_THE_ROOM = {
    "ballot": {*rooms.PHASES},
    "remote": {f"phase_{phase}" for phase in rooms.PHASES}
    | {f"do_{action}" for action in rooms.ACTIONS}
    | {f"hint_{hint}" for hint in ("explain", "discuss", "go_on")},
}
"""Words whose names a page makes of what the server says."""

every_document = pytest.mark.parametrize("page", DOCUMENTS)


def text_of(page: str) -> str:
    return DOCUMENTS[page]().decode()


def within(page: str, tag: str) -> str:
    """What stands in the only element of that name."""
    (found,) = re.findall(f"<{tag}>(.*?)</{tag}>", text_of(page), re.DOTALL)
    return found


# ---- documents -------------------------------------------------------------------------------------------------------


def test_the_ballot_is_small() -> None:
    assert len(ballot.document()) <= ballot.MOST_BYTES == 20_000


@every_document
def test_a_document_needs_no_other_file_and_no_other_host(page: str) -> None:
    text = text_of(page)
    outside = re.sub("<(script|style)>.*?</\\1>", "", text, flags=re.DOTALL)
    assert "{{policy}}" not in text and "{{style}}" not in text and "{{script}}" not in text
    assert not re.findall(r"https?:|url\(|@import|\bsrc=|//\w", text)
    assert re.findall(r"\bhref=\S+", outside) == ['href="data:,">']


@every_document
def test_the_policy_is_the_hash_of_what_stands_there_and_lets_nothing_else_run(page: str) -> None:
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="([^"]+)"', text_of(page))
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for rule, tag in {"script-src": "script", "style-src": "style"}.items():
        digest = base64.b64encode(hashlib.sha256(within(page, tag).encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert (rules["default-src"], rules["connect-src"], rules["base-uri"]) == ("'none'", "'self'", "'none'")
    # such a policy would forbid them, and the page would only look as if it worked
    outside = re.sub("<(script|style)>.*?</\\1>", "", text_of(page), flags=re.DOTALL)
    assert not re.findall(r"\bon\w+=|\bstyle=|javascript:", outside)


def test_a_document_that_a_browser_has_is_not_sent_again() -> None:
    answering: dict[str, Any] = {each.path: each.endpoint for each in routes() if isinstance(each, Route)}
    documents = {"/room": ballot.document, "/room/{code}": ballot.document, "/room/{code}/remote": ballot.remote}
    for path, document in documents.items():

        def asked(headers: list[tuple[bytes, bytes]], path: str = path) -> Any:
            return awaited(answering[path](Request({"type": "http", "headers": headers})))

        first = asked([])
        assert (first.status_code, first.body) == (200, document())
        again = asked([(b"if-none-match", first.headers["etag"].encode())])
        assert (again.status_code, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert asked([(b"if-none-match", b'"another"')]).status_code == 200


# ---- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [f"{shelf}.{key}" for shelf, words in SHELVES.items() for key in words])
def test_a_word_is_in_both_languages_with_the_same_values(name: str) -> None:
    shelf, key = name.split(".")
    word = SHELVES[shelf][key]
    assert list(word) == list(LANGUAGES) == list(ballot.LANGUAGES)
    assert all(text and text == text.strip() for text in word.values()) and word["ko"] != word["en"]
    assert len({tuple(sorted(PLACEHOLDER.findall(text))) for text in word.values()}) == 1
    # the page fills them in as they are, and knows no particles
    assert not any(form for text in word.values() for _, form in PLACEHOLDER.findall(text))
    assert not PARTICLE.search(word["ko"]) and not OPEN.search(word["ko"]) and not BOTH_AT_ONCE.search(word["ko"])
    assert not [other for other in ONE_TERM if other in word["ko"]]


@every_document
def test_a_page_has_the_words_that_it_says_and_no_others(page: str) -> None:
    known = ballot.words(page)
    assert not set(SHELVES["both"]) & set(SHELVES[page])
    names = {"ballot": ("numbers", "ballot"), "remote": ("remote",)}[page]
    script = "".join((ballot.HERE / f"{name}.js").read_text(encoding="utf-8") for name in (*names, "connection"))
    literals = set(re.findall(r'"(\w+)"', script))
    assert set(re.findall(r'say\("(\w+)"', script)) <= set(known)
    assert FROM_THE_ROOM[page] <= set(known) and set(known) <= literals | FROM_THE_ROOM[page]


# ---- colours ---------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    long = colour if len(colour) == 7 else "#" + "".join(letter * 2 for letter in colour[1:])
    parts = [int(long[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_texts_and_edges_can_be_seen_in_both_themes() -> None:
    style = (ballot.HERE / "style.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--(\w+): (#\w+)", part)) for part in style.split("@media", 1))
    assert set(light) == set(dark)
    for colours in (light, dark):
        for behind in ("back", "raised"):
            for text in ("text", "soft", "main", "good", "bad"):
                assert contrast(colours[text], colours[behind]) >= 4.5, (text, behind)
            assert contrast(colours["line"], colours[behind]) >= 3
        assert contrast(colours["on"], colours["main"]) >= 4.5


# ---- what is left out ------------------------------------------------------------------------------------------------

SCRIPT = """
// a remark: const left = 1
/** another one
 * of two lines */
const greeting = "a word, as it  is // greeting"
const LONG_NAME = ["x", "y"]

function doubled(number, other = 2) {
  const { inner, kept } = LONG_NAME
  if (inner > 1 && number)
    return `${number} times: ${doubled(number)} number`
  return { inner, number: other, more: [...LONG_NAME, kept] }
}
document.title = object.doubled + greeting
"""


def test_a_script_is_shortened_by_what_only_its_writers_need() -> None:
    assert short_script(SCRIPT) == (
        'const $b="a word, as it  is // greeting"\n'
        'const $a=["x","y"]\n'
        "function $e($c,$d=2){const{inner,kept}=$a\n"
        "if(inner>1&&$c)\n"
        "return `${$c} times: ${$e($c)} number`\n"
        "return{inner,number:$d,more:[...$a,kept]}}\n"
        "document.title=object.doubled+$b"
    )


@given(st.lists(st.sampled_from(["a", "  ", "//", "`", '"', "{", "\\\\"]), max_size=8).map("".join))
def test_a_text_stays_as_it_is(text: str) -> None:
    written = '"' + text.replace('"', "'") + '"'
    assert short_script(f"say( {written} )") == f"say({written})"


def test_a_style_keeps_the_blanks_that_mean_something() -> None:
    style = "/* why */\n* { margin: 0; }\nheader :last-child > b, a:hover {\n  color: var(--a);\n}\n"
    assert short_style(style) == "*{margin:0}header :last-child>b,a:hover{color:var(--a)}"
