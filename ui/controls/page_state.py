"""State is the address: what a reader has set on a page stands in its query string, under short, stable keys.

Within a session the values live here; the address follows them. When the address changes by itself (a link, a
bookmark, the browser's Back), it wins, and what it says is brought to the nearest valid value, with a note.
Only values that differ from the lesson's defaults are kept, so a reset is an empty address.
"""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from ui.controls.kinds import Kind, Names

LANGUAGE_KEY = "lang"
LOCK_KEY, HIDE_KEY = "lock", "hide"
"""Under which a teacher's link names the controls that cannot be moved, and those that cannot be seen."""

TAKEN_AWAY_WHOLE = ("presets",)
"""What a teacher's link may hide besides controls."""

_SHOWN = 40


@dataclass(frozen=True)
class Note:
    """Something in the address that could not be taken as it stood; ``key`` and ``text`` are a visitor's words."""

    word: str
    key: str
    text: str = ""
    taken: str = ""


@dataclass
class PageState:
    """What one visitor has set on one page.

    kept: by key, what differs from the default. asked: what the address said, not yet read by a control. written: the
    query string as last seen or written. guesses: the visitor's predictions, by beat. last_good: what was shown before
    something unreadable was typed, by key. shown: by key, what the widgets showed that it had one after the other, by
    their numbers. waiting: keys whose controls are not drawn now, but may be later in the visit. locked, hidden: keys
    of controls that a teacher's link has taken away. link: what that link said, to which the page returns when it is
    reset. answers: by beat and question, whether each guess was right, in their order; a reset does not undo them.
    offered: by key, the beat, the word and the letter of every control. reached: by the words of the goals that were
    reached, the beat; a reset does not undo that either.
    """

    kept: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    written: dict[str, list[str]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)
    guesses: dict[str, Any] = field(default_factory=dict)
    last_good: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, dict[int, Any]] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    locked: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    link: dict[str, str] = field(default_factory=dict)
    answers: dict[tuple[str, str], list[bool]] = field(default_factory=dict)
    reached: dict[str, str] = field(default_factory=dict)
    offered: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    touched: bool = False


def state_of(page: str) -> PageState:
    """This visitor's state of a page; an untouched one at the first visit."""
    return st.session_state.setdefault("pages", {}).setdefault(page, PageState())


def adopt(page: str) -> PageState:
    """The page's state at the beginning of a full run, after the address was given its say."""
    state = state_of(page)
    now = {key: st.query_params.get_all(key) for key in st.query_params}
    arrived = st.session_state.get("page") != page
    st.session_state["page"] = page
    says_something = any(key != LANGUAGE_KEY for key in now)
    if not state.touched and (says_something if arrived else now != state.written):
        _take(state, now)
    state.written = now
    state.touched = False
    return state


def _take(state: PageState, now: dict[str, list[str]]) -> None:
    state.kept.clear()
    state.notes.clear()
    state.guesses.clear()
    state.asked = {key: texts[-1] for key, texts in now.items() if key != LANGUAGE_KEY}
    state.link = dict(state.asked) if {LOCK_KEY, HIDE_KEY} & set(now) else {}
    state.notes += [Note("address_repeated", key, texts[-1]) for key, texts in now.items() if len(texts) > 1]


def value(state: PageState, key: str, kind: Kind) -> Any:
    """The value of a control: what the address asks for, else what was set before, else the default.

    Raises TypeError where a key has a kind already, and it is another one: a value of one would be read as the other's.
    """
    if type(state.kinds.setdefault(key, kind)).__name__ != type(kind).__name__:
        raise TypeError(f"{key!r} is a {type(state.kinds[key]).__name__} and cannot be a {type(kind).__name__}")
    state.kinds[key] = kind
    state.waiting.discard(key)
    if key in state.asked:
        text = state.asked.pop(key)
        taken, valid = kind.read(text)
        keep(state, key, kind, taken)
        if not valid:
            state.notes.append(Note("address_corrected", key, text, kind.write(taken)))
    now = kind.nearest(state.kept.get(key, kind.default))
    # settled here and not when it was set, because range and default may depend on another control
    if now == kind.default:
        state.kept.pop(key, None)
    elif key in state.kept:
        state.kept[key] = now
    return now


def wait(state: PageState, *keys: str) -> None:
    """Keep what the address or the reader says of controls that cannot be drawn yet: nobody knows what is valid."""
    state.waiting |= set(keys)


def take_away(state: PageState) -> None:
    """Lock and hide what the address says."""
    state.locked = frozenset(value(state, LOCK_KEY, Names()))
    state.hidden = frozenset(value(state, HIDE_KEY, Names()))


def reset(state: PageState) -> None:
    """Return everything to the lesson's defaults, or to what a teacher's link says."""
    state.kept.clear()
    state.notes.clear()
    state.guesses.clear()
    state.asked = dict(state.link)
    state.touched = True


def keep(state: PageState, key: str, kind: Kind, new: Any) -> None:
    """Set a value; an emptied control returns to its default."""
    if new is None:
        state.kept.pop(key, None)
    else:
        state.kept[key] = kind.nearest(new)


def drop_unread(state: PageState) -> None:
    """Drop what the address asked for and no control of the page knows, with a note each."""
    unread = [key for key in state.asked if key not in state.waiting]
    state.notes = [note for note in state.notes if note.key not in unread]
    state.notes += [Note("address_unknown", key) for key in unread]
    for key in unread:
        del state.asked[key]
    known = {*state.offered, *TAKEN_AWAY_WHOLE, *state.waiting}
    unknown = [key for key in sorted(state.locked | state.hidden) if key not in known]
    state.notes = [note for note in state.notes if note.word != "link_unknown"]
    state.notes += [Note("link_unknown", key) for key in unknown]


def write(state: PageState, language: str) -> None:
    """Bring the address up to date, if it is not."""
    target = {LANGUAGE_KEY: [language]}
    for key, one in state.kept.items():
        # a control that is not drawn now may keep its default until it is drawn again
        if key in state.kinds and one != state.kinds[key].default:
            target[key] = [state.kinds[key].write(one)]
    # a control that this run has not drawn yet keeps what the address asks of it
    target |= {key: [text] for key, text in state.asked.items()}
    if target != state.written:
        st.query_params.from_dict(target)
        state.written = target
    state.touched = False


def shortened(text: str) -> str:
    """A visitor's words for showing inside a code span: short, on one line, and without what would end the span."""
    line = " ".join(text.replace("`", "'").split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"
