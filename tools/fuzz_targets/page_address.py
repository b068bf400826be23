"""Fuzz target: what an address asks of a page."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tools.fuzz_targets.target import as_text
from ui.controls import page_state
from ui.controls.kinds import Choice, Kind, Names, Number, Several, Switch, Text
from ui.controls.page_state import Label, PageState
from ui.page import class_link

KINDS: dict[str, Kind] = {
    "lr": Number(0.1, 0.001, 3, log=True),
    "n": Number(40, 1, 300, whole=True),
    "w": Number(-4.0, -16, 16),
    "f": Choice("bowl", ("bowl", "saddle", "own_formula")),
    "x": Several(("sgd", "adam"), ("sgd", "adam", "rmsprop")),
    "scaled": Switch(True),
    "f_text": Text("x**2"),
    "tags": Names(),
}
LABELS = dict.fromkeys(KINDS, Label("beat", "word"))


def check_address(data: bytes) -> None:
    """Whatever a query says, the values are valid, and what the app writes of them is taken without a complaint.

    The first line is an address that a teacher types, the rest a query.
    """
    typed, _, query = as_text(data).partition("\n")
    now: dict[str, list[str]] = {}
    for key, one in parse_qsl(query, keep_blank_values=True):
        now.setdefault(key, []).append(one)
    state = _state_after(now)
    for key, kind in KINDS.items():
        one = state.settings.get(key, kind.default)
        assert kind.nearest(one) == one, (key, one)
        _is_valid(kind, one)
    own = {key: one for key, one in state.settings.items() if key not in (page_state.LOCK_KEY, page_state.HIDE_KEY)}
    assert own.keys() <= KINDS.keys()
    assert not state.unread_texts
    for note in state.notes:
        for words in vars(note).values():
            _is_harmless(page_state.excerpt(words))
    _is_harmless(page_state.excerpt(typed))
    handed = class_link.ClassLink("ko", tuple(sorted(state.locked)), tuple(sorted(state.hidden))).query(state)
    try:
        whole = class_link.address(typed, handed)
    except ValueError:
        whole = class_link.address("http://localhost/", handed)
    assert parse_qsl(urlsplit(whole).query, keep_blank_values=True) == list(handed.items())
    again = _state_after({key: [one] for key, one in handed.items()})
    assert {key: again.settings[key] for key in own} == own
    assert {note.word for note in again.notes} <= {"link_unknown"}
    assert (again.locked, again.hidden) == (state.locked, state.hidden)


def _state_after(now: dict[str, list[str]]) -> PageState:
    """The state of a page to which somebody comes with a query."""
    state = PageState(labels=dict(LABELS))
    page_state._replace_by_address(state, now)
    for key, kind in KINDS.items():
        page_state.value(state, key, kind)
    page_state.lock_and_hide(state)
    page_state.drop_unknown(state)
    return state


def _is_valid(kind: Kind, value: Any) -> None:
    match kind:
        case Number():
            assert kind.low <= value <= kind.high
            assert isinstance(value, int) or not kind.whole
        case Choice():
            assert value in kind.options
        case Several():
            assert set(value) <= set(kind.options)
            assert len(set(value)) == len(value)
        case Switch():
            assert isinstance(value, bool)
        case Text():
            assert 0 < len(value) <= kind.most
        case Names():
            assert all(re.fullmatch("[a-z0-9_]+", name) for name in value)
            assert len(value) <= kind.most


def _is_harmless(shown: str) -> None:
    """Nothing in a code span that ends it, or that makes a second line."""
    assert "`" not in shown
    assert len(shown) <= 41
    assert len(shown.splitlines()) <= 1


ADDRESSES = (
    "http://127.0.0.1:8501/learning_rate?lang=ko\nlr=0.5&n=10&w=-3.5&f=saddle&x=adam,rmsprop&scaled=0&f_text=x%2By&tags=a,b_1",
    "https://example.org/\nlr=99&lr=5&foo=%3Cscript%3E&w=&n=abc&f=__import__&lock=lr,w,zzz&hide=presets,n&lang=en",
    "http://[::1]:1/\nlr=nan&n=inf&w=1e400&x=sgd,sgd&scaled=true&f_text=%60%5D(x)&tags=A,%00,-",
    "http://[\nlr=0x1&n=1_0&w=%D9%A3&%60k%0a=%E2%80%A8",
    "\n",
)


def address_worst() -> dict[str, bytes]:
    found = {
        "10,000 keys": "\n" + "&".join(f"p{k}=1" for k in range(10_000)),
        "one key 10,000 times": "\n" + "&lr=1" * 10_000,
    }
    found |= {
        "long digits": "\nlr=" + "9" * 1_000_000,
        "long names": "\nlock=" + ",".join(f"a{k}" for k in range(100_000)),
    }
    found |= {
        "long text": "http://x/" + "`" * 1_000_000 + "\nf_text=" + "%60" * 300_000,
        "spaces": " " * 1_000_000 + "\n",
    }
    return {name: text.encode() for name, text in found.items()}
