"""The rooms of this process, and what may be asked of any store of rooms.

A store is asked from the threads of pages and from the server's event loop: every method comes back at once, and what
it returns is the caller's own.
"""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from classroom import rooms
from classroom.questions import Ballot, Words
from classroom.rooms import Room

Ring = Callable[[], None]
"""Called after a change, from whichever thread made it; it must not wait."""


class RoomsFullError(Exception):
    """No more rooms can be opened now."""


class StoreAwayError(Exception):
    """The store cannot be reached now; it may come back."""


class Store(Protocol):
    """Rooms by code. An unknown or ended room raises LookupError, a wrong secret PermissionError, and a store that is
    elsewhere and cannot be reached StoreAwayError.

    blocking: whether its methods wait for a network, so that an event loop calls them in a thread.
    """

    blocking: bool

    def open(self) -> tuple[str, str]:
        """A new room: its code and the teacher's secret; RoomsFullError."""
        ...

    def room(self, code: str) -> Room | None:
        """A copy of a room as it is now, None if there is none."""
        ...

    def holds(self, code: str, secret: str) -> bool:
        """Whether there is such a room and this is its secret: a projector that reloads asks."""
        ...

    def put(self, code: str, secret: str, ballot: Ballot) -> None:
        """Put a question to a room; the one that stands there already changes nothing."""
        ...

    def act(self, code: str, secret: str, action: object) -> None:
        """Do what the teacher wishes; rooms.ActError if it does not fit."""
        ...

    def vote(self, code: str, id: object, body: Mapping[str, Any]) -> None:
        """Take a vote; rooms.VoteError if it does not count."""
        ...

    def explain(self, code: str, id: object, question: object) -> None:
        """Note that somebody asks to have the question explained again; rooms.VoteError."""
        ...

    def meet(self, code: str, ids: Iterable[str]) -> None:
        """Note that these are here now; ids that are none, or too many, are left out."""
        ...

    def tell(self, code: str, secret: str, exercise: str, lines: Mapping[str, Words]) -> None:
        """rooms.tell: a short line for each of some phones, by their tags; ValueError if it is none."""
        ...

    def close(self, code: str, secret: str) -> None:
        """End a room; nothing of it remains."""
        ...

    def public(self, code: str) -> dict[str, Any]:
        """rooms.public of a room."""
        ...

    def counts(self, code: str) -> dict[str, Any]:
        """rooms.counts of a room."""
        ...

    def mine(self, code: str, id: str) -> dict[str, Any]:
        """rooms.mine of a room."""
        ...

    def teacher(self, code: str, secret: str) -> dict[str, Any]:
        """rooms.teacher of a room."""
        ...

    def table(self, code: str, secret: str, language: str) -> str:
        """rooms.table of a room."""
        ...

    def listen(self, code: str, ring: Ring) -> Callable[[], None]:
        """Have ``ring`` called after every change of a room, its end too; what it returns stops that."""
        ...

    def sweep(self) -> None:
        """Forget the rooms whose time is over."""
        ...


def read_code(text: str) -> str:
    """A room's code as it is kept, however it was typed."""
    return text.strip().upper()


def new_code() -> str:
    return "".join(secrets.choice(rooms.LETTERS) for _ in range(rooms.CODE_LENGTH))


def new_secret() -> str:
    return secrets.token_hex(16)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def is_secret(kept_digest: str, secret: object) -> bool:
    return isinstance(secret, str) and hmac.compare_digest(kept_digest, digest(secret))


@dataclass
class _Entry:
    """A room, and what is known of it besides. seen: by id, until when it counts as being here."""

    room: Room
    secret: str
    until: float
    version: int = 1
    here: int = 0
    seen: dict[str, float] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    rings: list[Ring] = field(default_factory=list)


class MemoryStore:
    """The rooms of one process, in its memory. clock: seconds that only grow."""

    blocking = False

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._votes = 0

    # ---- the teacher's -----------------------------------------------------------------------------------------------

    def open(self) -> tuple[str, str]:
        self.sweep()
        secret = new_secret()
        with self._lock:
            if len(self._entries) >= rooms.MOST_ROOMS:
                self._forget_an_unused_one()
            code = next(code for code in iter(new_code, "") if code not in self._entries)
            self._entries[code] = _Entry(Room(code), digest(secret), self._clock() + rooms.LIFETIME)
        return code, secret

    def _forget_an_unused_one(self) -> None:
        """Make place for a room: the one that was left alone for longest, nobody is in and nobody has voted in."""
        now = self._clock()
        unused = [code for code, entry in self._entries.items() if not entry.ids and not _here(entry, now)]
        left = [code for code in unused if self._entries[code].until < now + rooms.LIFETIME - UNUSED]
        if not left:
            raise RoomsFullError
        del self._entries[min(left, key=lambda code: self._entries[code].until)]

    def holds(self, code: str, secret: str) -> bool:
        with self._lock:
            entry = self._alive(code)
            return entry is not None and is_secret(entry.secret, secret)

    def put(self, code: str, secret: str, ballot: Ballot) -> None:
        with self._lock:
            entry = self._own(code, secret)
            before = _size(entry.room)
            if not rooms.put(entry.room, ballot):
                return
            self._votes += _size(entry.room) - before
            ring = self._change(entry)
        ring()

    def act(self, code: str, secret: str, action: object) -> None:
        with self._lock:
            entry = self._own(code, secret)
            rooms.act(entry.room, action)
            ring = self._change(entry)
        ring()

    def tell(self, code: str, secret: str, exercise: str, lines: Mapping[str, Words]) -> None:
        with self._lock:
            entry = self._own(code, secret)
            rooms.tell(entry.room, exercise, lines)
            ring = self._change(entry)
        ring()

    def close(self, code: str, secret: str) -> None:
        with self._lock:
            entry = self._own(code, secret)
            ring = self._forget(code, entry)
        ring()

    def teacher(self, code: str, secret: str) -> dict[str, Any]:
        with self._lock:
            entry = self._own(code, secret)
            return rooms.teacher(entry.room, self._count(entry), entry.version)

    def table(self, code: str, secret: str, language: str) -> str:
        with self._lock:
            room = self._own(code, secret).room.snapshot()
        return rooms.table(room, language)

    # ---- everybody's -------------------------------------------------------------------------------------------------

    def vote(self, code: str, id: object, body: Mapping[str, Any]) -> None:
        with self._lock:
            entry = self._find(code)
            if not rooms.is_id(id):
                raise rooms.VoteError("unreadable")
            before = len(entry.room.of_round(entry.room.round))
            if self._votes >= rooms.MOST_VOTES and id not in entry.room.of_round(entry.room.round):
                rooms.read_vote(entry.room, body)
                raise rooms.VoteError("full")
            rooms.vote(entry.room, str(id), body, ids=len(entry.ids) - (id in entry.ids))
            self._votes += len(entry.room.of_round(entry.room.round)) - before
            self._note(entry, str(id))
            ring = self._change(entry)
        ring()

    def explain(self, code: str, id: object, question: object) -> None:
        with self._lock:
            entry = self._find(code)
            if not rooms.is_id(id):
                raise rooms.VoteError("unreadable")
            rooms.explain(entry.room, str(id), question, ids=len(entry.ids) - (id in entry.ids))
            self._note(entry, str(id))
            ring = self._change(entry)
        ring()

    def meet(self, code: str, ids: Iterable[str]) -> None:
        with self._lock:
            entry = self._find(code)
            until = self._clock() + rooms.HERE_FOR
            for id in ids:
                if rooms.is_id(id) and (id in entry.seen or len(entry.seen) < rooms.MOST_IDS):
                    entry.seen[id] = until
            before = entry.version
            self._count(entry)
            ring = self._rings(entry) if entry.version != before else _silence
        ring()

    def room(self, code: str) -> Room | None:
        with self._lock:
            entry = self._alive(code)
            return entry and entry.room.snapshot()

    def public(self, code: str) -> dict[str, Any]:
        with self._lock:
            entry = self._find(code)
            return rooms.public(entry.room, self._count(entry), entry.version)

    def counts(self, code: str) -> dict[str, Any]:
        with self._lock:
            entry = self._find(code)
            return rooms.counts(entry.room, self._count(entry), entry.version)

    def mine(self, code: str, id: str) -> dict[str, Any]:
        with self._lock:
            return rooms.mine(self._find(code).room, id)

    def listen(self, code: str, ring: Ring) -> Callable[[], None]:
        with self._lock:
            entry = self._find(code)
            entry.rings.append(ring)

        def stop() -> None:
            with self._lock:
                if ring in entry.rings:
                    entry.rings.remove(ring)

        return stop

    def sweep(self) -> None:
        with self._lock:
            now = self._clock()
            over = [(code, entry) for code, entry in self._entries.items() if entry.until <= now]
            rings = [self._forget(code, entry) for code, entry in over]
        for ring in rings:
            ring()

    # ---- with the lock held ------------------------------------------------------------------------------------------

    def _alive(self, code: str) -> _Entry | None:
        entry = self._entries.get(read_code(code))
        return entry if entry and entry.until > self._clock() else None

    def _find(self, code: str) -> _Entry:
        entry = self._alive(code)
        if entry is None:
            raise LookupError("no such room")
        return entry

    def _own(self, code: str, secret: str) -> _Entry:
        entry = self._find(code)
        if not is_secret(entry.secret, secret):
            raise PermissionError("not the secret of this room")
        return entry

    def _note(self, entry: _Entry, id: str) -> None:
        """Somebody has said something, and is here."""
        entry.ids.add(id)
        if id in entry.seen or len(entry.seen) < rooms.MOST_IDS:
            entry.seen[id] = self._clock() + rooms.HERE_FOR

    def _count(self, entry: _Entry) -> int:
        """How many are here; a new number is a new version."""
        here = _here(entry, self._clock())
        if here != entry.here:
            entry.here = here
            entry.version += 1
        return here

    def _change(self, entry: _Entry) -> Ring:
        """What is to be called without the lock."""
        entry.until = self._clock() + rooms.LIFETIME
        entry.version += 1
        return self._rings(entry)

    def _forget(self, code: str, entry: _Entry) -> Ring:
        self._votes -= _size(entry.room)
        del self._entries[read_code(code)]
        return self._rings(entry)

    @staticmethod
    def _rings(entry: _Entry) -> Ring:
        rings = tuple(entry.rings)

        def ring() -> None:
            for each in rings:
                each()

        return ring


UNUSED = 600.0
"""Seconds after which a room that nobody came to may make place for another one."""


def _silence() -> None:
    """Nothing has changed."""


def _here(entry: _Entry, now: float) -> int:
    """How many are here; who has not been seen for long is forgotten."""
    for id in [id for id, until in entry.seen.items() if until <= now]:
        del entry.seen[id]
    return len(entry.seen)


def _size(room: Room) -> int:
    return sum(map(len, room.votes.values()))


_STORE: Store = MemoryStore()
_server_runs = False


def store() -> Store:
    """The rooms that this process knows."""
    return _STORE


def set_store(other: Store) -> None:
    """Said by the server when it starts, if the rooms are not this process's own."""
    global _STORE
    _STORE = other


def available() -> bool:
    """Whether phones can reach the rooms: not where the app is a plain script, or runs in a browser."""
    return _server_runs


def set_available(runs: bool) -> None:
    """Said by the server when it starts and when it ends."""
    global _server_runs
    _server_runs = runs
