"""The room that this session has opened: what the projector puts to it, and when."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from classroom import store
from classroom.questions import Ballot
from classroom.rooms import CODE_LENGTH, LETTERS, ActError, Room

ROOM, TROUBLE, CLOSED = "room", "room_trouble", "room_closed"
"""Where a session has its room, the word for why it has none, and the code of the one that it has closed."""

GONE, FULL, AWAY = "room_gone", "room_full", "room_away"
"""Words for why there is no room: it has ended, no more can be opened, or whoever keeps them cannot be reached."""

_CODE, _SECRET = re.compile(f"[{LETTERS}]{{{CODE_LENGTH}}}"), re.compile(r"[0-9a-f]{32}")

TO_REVEAL = {"lobby": ("open", "close", "reveal"), "open": ("close", "reveal")}
"""By phase, what has to be done until a question is revealed; elsewhere that is one act."""


@dataclass
class Projector:
    """A room that this session may steer.

    looked_at: the question and whether it still waited for a guess, when it was last decided what the room is to have
    of it. wanted: whether the teacher has asked for the question that is shown.
    """

    code: str
    secret: str
    looked_at: tuple[str, bool] = ("", False)
    wanted: bool = False


def of_session() -> Projector | None:
    """The room of this session, if it has one."""
    return st.session_state.get(ROOM)


def open_room() -> None:
    """Open a room for this session."""
    try:
        _take(*store.store().open())
    except store.RoomsFullError:
        lose(FULL)
    except store.StoreAwayError:
        lose(AWAY)


def take_up(said: Any) -> None:
    """Go on with the room that this session's browser has kept; what it says may have been written by anybody."""
    said = said if isinstance(said, Mapping) else {}
    code, secret = said.get("code"), said.get("secret")
    if of_session() is not None:
        # it has been taken up already, or another one was opened meanwhile
        return
    if not (isinstance(code, str) and _CODE.fullmatch(code) and isinstance(secret, str) and _SECRET.fullmatch(secret)):
        return
    try:
        if store.store().holds(code, secret):
            _take(code, secret)
        else:
            lose(GONE)
    except store.StoreAwayError:
        lose(AWAY)


def _take(code: str, secret: str) -> None:
    st.session_state[ROOM] = Projector(code, secret)
    st.session_state.pop(TROUBLE, None)


def lose(word: str) -> None:
    """There is no room any more, or could be none."""
    st.session_state.pop(ROOM, None)
    st.session_state[TROUBLE] = word


def dismiss() -> None:
    """What was wrong has been read."""
    st.session_state.pop(TROUBLE, None)


def close() -> None:
    """End the room of this session; nothing of it remains."""
    projector = st.session_state.pop(ROOM, None)
    if projector is None:
        return
    st.session_state[CLOSED] = projector.code
    try:
        store.store().close(projector.code, projector.secret)
    except (LookupError, PermissionError):
        # it had ended by itself
        return
    except store.StoreAwayError:
        st.session_state[TROUBLE] = AWAY


def follow(projector: Projector, exercise: str, asks: bool, ballot: Callable[[], Ballot]) -> None:
    """Give the room what it is to have of the question on the page; nothing is done while that stays the same.

    asks: whether the question waits for a guess; if not, its answer stands there. ballot: makes the question.
    """
    if projector.looked_at == (exercise, asks) and not projector.wanted:
        return
    try:
        room = _room(projector)
        if projector.wanted or may_change(room, exercise, asks):
            store.store().put(projector.code, projector.secret, ballot())
            room = _room(projector)
        if room.exercise == exercise and not asks:
            _reveal(projector, room.phase)
    except (LookupError, PermissionError):
        lose(GONE)
        return
    except store.StoreAwayError:
        # the next run tries again
        return
    projector.looked_at, projector.wanted = (exercise, asks), False


def _room(projector: Projector) -> Room:
    room = store.store().room(projector.code)
    if room is None:
        raise LookupError(projector.code)
    return room


def may_change(room: Room, exercise: str, asks: bool) -> bool:
    """Whether a room gets the question on the page without being told to: while nobody's vote waits for its reveal.

    A question whose answer stands there is none for a class, unless the class has had it before.
    """
    at_rest = room.ballot is None or room.phase in ("lobby", "revealed")
    known = any(filing.ballot.exercise == exercise for filing in room.history)
    return at_rest and room.exercise != exercise and (asks or known)


def _reveal(projector: Projector, phase: str) -> None:
    """Say the truth to the phones, since it stands on the screen."""
    if phase == "revealed":
        return
    try:
        for action in TO_REVEAL.get(phase, ("reveal",)):
            store.store().act(projector.code, projector.secret, action)
    except ActError:
        # the remote was quicker, and it has revealed
        return
