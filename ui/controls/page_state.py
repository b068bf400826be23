"""The state of a page is its address: what a reader has set stands in the query string, under short, stable keys.

Within a session the values live here; the address follows them. When the address changes by itself (a link, a
bookmark, the browser's Back), it wins, and what it says is brought to the nearest valid value, with a note.
Only values that differ from the lesson's defaults are kept, so a reset is an empty address.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import streamlit as st

from ui.controls.kinds import Kind, Names

LANGUAGE_KEY = "lang"
PLACE_KEYS = ("present", "beat", "all")
"""Where on the page the reader is; a reset leaves it."""

LOCK_KEY, HIDE_KEY = "lock", "hide"
"""The keys under which a class link names the controls that cannot be moved, and those that cannot be seen."""

HIDEABLE_PARTS = ("presets",)
"""What a class link may hide besides controls."""

MOST_CHARACTERS = 40
"""How many characters of a visitor's words are repeated to them."""


@dataclass(frozen=True)
class Note:
    """Something in the address that could not be used as it stood; ``key`` and ``text`` are a visitor's words.

    word: the sentence, of words.toml. taken: what is used instead. All but the word fill the sentence's placeholders.
    """

    word: str
    key: str
    text: str = ""
    taken: str = ""


class Label(NamedTuple):
    """The beat that a control belongs to ("" for the whole page), and the word and the letter that label it."""

    beat: str
    word: str
    letter: str = ""


@dataclass
class PageState:
    """What one visitor has set on one page.

    settings: by key, what each control is set to, where that is not its default.
    unread_texts: by key, what the address says and no control has read yet.
    address: the query string as it was last seen or written, by key.
    notes: what is to be said about the address.
    kinds: by key, the kind of every control.
    labels: by key, the beat, the word and the letter of every control.
    widget_values: by key and number, what each of a control's widgets showed, one widget after the other.
    deferred_keys: keys of controls that cannot be drawn now, but perhaps later in the visit.
    last_good: by key, what was in use before something unreadable was typed.
    locked, hidden: keys of the controls that a class link takes away.
    class_link_query: what the class link says, by key; a reset returns to it.
    guesses: the visitor's predictions, by beat.
    answers: by beat and question, whether each guess was right, in their order; a reset leaves them.
    goals_reached: by the word of each goal that was reached, its beat; a reset leaves them.
    remembered_guesses: by beat, the choice and the digest of its setup that the visitor's browser has kept of a guess.
    earlier_guesses: by beat, the prediction made before another address was taken over; it counts if its setup is back.
    kept_numbers: by beat, numbers that a question wants kept as long as the visitor's browser remembers them.
    opened_at: the question at which an address that names none has opened, "" if that is not known.
    drawn_beats: the questions that were drawn on the page of all since it was opened.
    drawn_ahead: the question that was drawn unseen since the page was drawn last, "" if none was.
    ahead_of_address: whether something was set here since the address was last written.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    unread_texts: dict[str, str] = field(default_factory=dict)
    address: dict[str, list[str]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    widget_values: dict[str, dict[int, Any]] = field(default_factory=dict)
    deferred_keys: set[str] = field(default_factory=set)
    last_good: dict[str, Any] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    class_link_query: dict[str, str] = field(default_factory=dict)
    guesses: dict[str, Any] = field(default_factory=dict)
    answers: dict[tuple[str, str], list[bool]] = field(default_factory=dict)
    goals_reached: dict[str, str] = field(default_factory=dict)
    remembered_guesses: dict[str, tuple[str, str]] = field(default_factory=dict)
    earlier_guesses: dict[str, Any] = field(default_factory=dict)
    kept_numbers: dict[str, dict[str, float]] = field(default_factory=dict)
    opened_at: str = ""
    drawn_beats: set[str] = field(default_factory=set)
    drawn_ahead: str = ""
    ahead_of_address: bool = False


def state_of(page: str) -> PageState:
    """This visitor's state of a page; a new one at the first visit."""
    return st.session_state.setdefault("pages", {}).setdefault(page, PageState())


def read_address(page: str) -> PageState:
    """The page's state at the beginning of a full run; an address that changed by itself has replaced what was set."""
    state = state_of(page)
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    arrived = st.session_state.get("page") != page
    st.session_state["page"] = page
    if arrived:
        state.drawn_beats.clear()
    sets_something = any(key != LANGUAGE_KEY for key in query)
    if not state.ahead_of_address and (sets_something if arrived else query != state.address):
        _replace_by_address(state, query)
    state.address = query
    state.ahead_of_address = False
    return state


def _replace_by_address(state: PageState, query: dict[str, list[str]]) -> None:
    state.settings.clear()
    state.notes.clear()
    state.earlier_guesses |= state.guesses
    state.guesses.clear()
    state.opened_at = ""
    state.unread_texts = {key: texts[-1] for key, texts in query.items() if key != LANGUAGE_KEY}
    state.class_link_query = dict(state.unread_texts) if {LOCK_KEY, HIDE_KEY} & set(query) else {}
    state.notes += [Note("address_repeated", key, texts[-1]) for key, texts in query.items() if len(texts) > 1]


def value(state: PageState, key: str, kind: Kind) -> Any:
    """The value of a control: what the address asks for, else what was set before, else the default.

    Raises TypeError where the key already has a kind, and it is another one: a value of one kind would be read as the
    other's.
    """
    # by name, because a module that was loaded again while the app ran has classes of its own
    if type(state.kinds.setdefault(key, kind)).__name__ != type(kind).__name__:
        raise TypeError(f"{key!r} is a {type(state.kinds[key]).__name__} and cannot be a {type(kind).__name__}")
    state.kinds[key] = kind
    state.deferred_keys.discard(key)
    if key in state.unread_texts:
        text = state.unread_texts.pop(key)
        nearest, valid = kind.read(text)
        set_value(state, key, kind, nearest)
        if not valid:
            state.notes.append(Note("address_corrected", key, text, kind.write(nearest)))
    now = kind.nearest(state.settings.get(key, kind.default))
    # settled here and not when it was set, because range and default may depend on another control
    if now == kind.default:
        state.settings.pop(key, None)
    elif key in state.settings:
        state.settings[key] = now
    return now


def place(state: PageState) -> dict[str, Any]:
    """Where on the page the reader is, by key, as far as it is not where a page opens."""
    return {key: state.settings[key] for key in PLACE_KEYS if key in state.settings}


def defer(state: PageState, *keys: str) -> None:
    """Keep what the address or the reader says of controls that cannot be drawn yet: nobody knows what is valid."""
    state.deferred_keys |= set(keys)


def lock_and_hide(state: PageState) -> None:
    """Take away the controls that the address locks and hides."""
    state.locked = frozenset(value(state, LOCK_KEY, Names()))
    state.hidden = frozenset(value(state, HIDE_KEY, Names()))


def reset(state: PageState) -> None:
    """Return every control to the lesson's default, or to what the class link says."""
    state.settings = {key: now for key, now in state.settings.items() if key in PLACE_KEYS}
    state.notes.clear()
    for guesses in (state.guesses, state.remembered_guesses, state.earlier_guesses):
        guesses.clear()
    state.unread_texts = {key: text for key, text in state.class_link_query.items() if key not in PLACE_KEYS}
    state.ahead_of_address = True


def set_value(state: PageState, key: str, kind: Kind, new: Any) -> None:
    """Set a value; an emptied control returns to its default."""
    if new is None:
        state.settings.pop(key, None)
    else:
        state.settings[key] = kind.nearest(new)


def drop_unknown(state: PageState) -> None:
    """Drop what the address asks for and no control of the page knows, with a note for each."""
    nobodys = [key for key in state.unread_texts if key not in state.deferred_keys]
    state.notes = [note for note in state.notes if note.key not in nobodys]
    state.notes += [Note("address_unknown", key) for key in nobodys]
    for key in nobodys:
        del state.unread_texts[key]
    # what is read without being drawn has a kind and no label
    known = {*state.labels, *state.kinds, *HIDEABLE_PARTS, *state.deferred_keys}
    unknown = [key for key in sorted(state.locked | state.hidden) if key not in known]
    state.notes = [note for note in state.notes if note.word != "link_unknown"]
    state.notes += [Note("link_unknown", key) for key in unknown]


def write_address(state: PageState, language: str) -> None:
    """Bring the address up to date, if it is not."""
    query = {LANGUAGE_KEY: [language]}
    for key, now in state.settings.items():
        # a control that is not drawn now may keep its default until it is drawn again
        if key in state.kinds and now != state.kinds[key].default:
            query[key] = [state.kinds[key].write(now)]
    # a control that this run has not drawn yet keeps what the address asks of it
    query |= {key: [text] for key, text in state.unread_texts.items()}
    if query != state.address:
        st.query_params.from_dict(query)
        state.address = query
    state.ahead_of_address = False


def excerpt(text: str) -> str:
    """A visitor's words for showing inside a code span: short, on one line, and without what would end the span."""
    line = " ".join(text.replace("`", "'").split())
    return line if len(line) <= MOST_CHARACTERS else line[:MOST_CHARACTERS] + "…"
