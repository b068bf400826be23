"""Rooms that several processes or machines share, in Valkey or Redis: ``ROOMS=redis://host:6379/0``.

What a room is, and what may happen in it, is decided by ``rooms`` as everywhere. Here stands how it is kept: the
question, its phase and its round are one text, the head of a room, and whatever is written names the head for which it
was decided. A script, which nothing interrupts, compares it, so that a vote never counts after the room has closed;
where the head is another one by now, it is decided anew. Everything goes by itself, three hours after the last vote or
act. Bells are published, and every process hears them.
"""

import hashlib
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as AwayError
from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError, TimeoutError
from redis.retry import Retry

from classroom import rooms
from classroom.questions import Ballot, Words
from classroom.rooms import Filing, Room, Vote
from classroom.store import (
    UNUSED,
    Ring,
    RoomsFullError,
    StoreAwayError,
    digest,
    is_secret,
    new_code,
    new_secret,
    read_code,
)

PREFIX = "classroom:1:"
"""Of all keys; the number changes with what is kept under them."""
ALL, BELLS = f"{PREFIX}rooms", f"{PREFIX}bells"
PATIENCE = 1.0
"""Seconds for which an answer is waited for."""
AWAY = 0.5
"""Seconds for which a store that was away is not asked again: nobody waits for it twice."""
HEARING = 0.5
"""Seconds after which whoever hears the bells looks whether it is to end."""

_log = logging.getLogger(__name__)

# Of a room: a hash with its secret, head, version and counts; beside it its questions, who has said anything, until
# when who counts as being here, everybody's tag, how often lines were told, and its parts: the keys of the votes, of
# those who ask for an explanation, and of lines.
_COMMON = """
local room, all, bells, code = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local lifetime = tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local questions, ids, seen, parts = room .. ':questions', room .. ':ids', room .. ':seen', room .. ':parts'
local tags, tells = room .. ':tags', room .. ':tells'

local function whole(key)
    local keys = redis.call('SMEMBERS', key .. ':parts')
    for _, name in ipairs({'', ':questions', ':ids', ':seen', ':parts', ':tags', ':tells'}) do
        keys[#keys + 1] = key .. name
    end
    return keys
end
local function changed()
    for _, key in ipairs(whole(room)) do redis.call('PEXPIRE', key, lifetime) end
    redis.call('ZADD', all, now + lifetime, code)
    redis.call('HINCRBY', room, 'version', 1)
    redis.call('PUBLISH', bells, code)
end
local function note(id, until_when, most)
    if redis.call('ZSCORE', seen, id) or redis.call('ZCARD', seen) < most then
        redis.call('ZADD', seen, until_when, id)
    end
end
local function tag(id, most)
    local number = redis.call('HGET', tags, id)
    if number then return number end
    number = redis.call('HLEN', tags) + 1
    if number > most then return false end
    redis.call('HSET', tags, id, number)
    return number
end
local function count()
    redis.call('ZREMRANGEBYSCORE', seen, '-inf', now)
    local here = redis.call('ZCARD', seen)
    if here == tonumber(redis.call('HGET', room, 'here')) then return false end
    redis.call('HSET', room, 'here', here)
    redis.call('HINCRBY', room, 'version', 1)
    return true
end
"""

_OPEN = """
local secret, head, most, unused = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
redis.call('ZREMRANGEBYSCORE', all, '-inf', now)
if redis.call('EXISTS', room) == 1 then return 'taken' end
if redis.call('ZCARD', all) >= most then
    -- the one that was left alone for longest, nobody is in and nobody has voted in makes place
    for _, old in ipairs(redis.call('ZRANGEBYSCORE', all, '-inf', now + lifetime - unused)) do
        local key = string.sub(room, 1, -1 - #code) .. old
        if redis.call('EXISTS', key .. ':ids') == 0 and redis.call('ZCOUNT', key .. ':seen', now, '+inf') == 0 then
            redis.call('DEL', unpack(whole(key)))
            redis.call('ZREM', all, old)
            redis.call('PUBLISH', bells, old)
            break
        end
    end
    if redis.call('ZCARD', all) >= most then return 'full' end
end
redis.call('HSET', room, 'secret', secret, 'head', head, 'version', 0, 'here', 0, 'voted', 0, 'exercise', '')
changed()
return 'done'
"""

_WRITE_HEAD = """
local secret, head, after, votes, exercise = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
if redis.call('HGET', room, 'secret') ~= secret then return 'gone' end
if redis.call('HGET', room, 'head') ~= head then return 'changed' end
if ARGV[8] ~= '' then redis.call('HSET', questions, ARGV[8], ARGV[9]) end
for k = 10, #ARGV do
    redis.call('DEL', ARGV[k])
    redis.call('SREM', parts, ARGV[k])
end
redis.call('HSET', room, 'head', after, 'voted', redis.call('HLEN', votes), 'exercise', exercise)
changed()
return 'done'
"""

_SAY = """
local head, part, id, vote, until_when, most = ARGV[3], ARGV[4], ARGV[5], ARGV[6], now + ARGV[7], tonumber(ARGV[8])
local there = redis.call('HGET', room, 'head')
if not there then return {'gone', ''} end
if there ~= head then return {'changed', there} end
if redis.call('SISMEMBER', ids, id) == 0 and redis.call('SCARD', ids) >= most then return {'full', ''} end
redis.call('SADD', ids, id)
redis.call('SADD', parts, part)
tag(id, math.huge)
if vote == '' then
    redis.call('SADD', part, id)
else
    redis.call('HSET', part, id, vote)
    redis.call('HSET', room, 'voted', redis.call('HLEN', part))
end
note(id, until_when, most)
changed()
return {'done', ''}
"""

_TELL = """
local secret, exercise, lines = ARGV[3], ARGV[4], ARGV[5]
if redis.call('HGET', room, 'secret') ~= secret then return 'gone' end
redis.call('DEL', lines)
for k = 6, #ARGV, 2 do redis.call('HSET', lines, ARGV[k], ARGV[k + 1]) end
redis.call('SADD', parts, lines)
redis.call('HINCRBY', tells, exercise, 1)
changed()
return 'done'
"""

_TAG = """
if redis.call('EXISTS', room) == 0 then return false end
local number = tag(ARGV[3], tonumber(ARGV[4]))
redis.call('PEXPIRE', tags, math.max(redis.call('PTTL', tags), redis.call('PTTL', room)))
return number
"""

_SEEN = """
if redis.call('EXISTS', room) == 0 then return 'gone' end
for k = 5, #ARGV do note(ARGV[k], now + ARGV[3], tonumber(ARGV[4])) end
redis.call('PEXPIRE', seen, lifetime)
if count() then redis.call('PUBLISH', bells, code) end
return 'done'
"""

_COUNT = """
if redis.call('EXISTS', room) == 0 then return false end
count()
local told = redis.call('HMGET', room, 'head', 'version', 'here', 'voted', 'exercise')
told[5] = redis.call('HGET', tells, told[5]) or 0
return told
"""

_CLOSE = """
if redis.call('HGET', room, 'secret') ~= ARGV[3] then return 'gone' end
redis.call('DEL', unpack(whole(room)))
redis.call('ZREM', all, code)
redis.call('PUBLISH', bells, code)
return 'done'
"""


_SCRIPTS = {
    **{"open": _OPEN, "write": _WRITE_HEAD, "say": _SAY, "tell": _TELL, "tag": _TAG},
    **{"seen": _SEEN, "count": _COUNT, "close": _CLOSE},
}
_NEED_MEMORY = ("open", "say")
"""Refused where there is no memory left; what a teacher does, and who looks, is not."""


@dataclass(frozen=True)
class _Counts:
    """A room's head and numbers at one moment."""

    head: str
    version: int
    here: int
    voted: int
    tells: int


class RedisStore:
    """The rooms at an address; a Store. Without the package redis it cannot be imported."""

    blocking = True

    def __init__(self, address: str) -> None:
        # a connection that the other side has closed meanwhile is noticed when it is used, and opened anew
        once = Retry(NoBackoff(), 1)
        self._redis = Redis.from_url(
            address,
            decode_responses=True,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            health_check_interval=15,
            retry=once,
        )
        heads = {name: "#!lua" if name in _NEED_MEMORY else "#!lua flags=allow-oom" for name in _SCRIPTS}
        self._scripts = {
            name: self._redis.register_script(heads[name] + _COMMON + text) for name, text in _SCRIPTS.items()
        }
        self._away_until = float("-inf")
        self._lock = threading.Lock()
        self._rings: dict[str, list[Ring]] = {}
        self._disconnected = threading.Event()
        self._hearer: threading.Thread | None = None

    def disconnect(self) -> None:
        """Leave the rooms to the other processes."""
        self._disconnected.set()
        if self._hearer is not None:
            self._hearer.join()
        self._redis.close()

    # ---- the teacher's -----------------------------------------------------------------------------------------------

    def open(self) -> tuple[str, str]:
        secret, head = new_secret(), _head_of(Room(""))
        with self._reaching():
            while True:
                code = new_code()
                try:
                    how = self._run("open", code, digest(secret), head, rooms.MOST_ROOMS, round(UNUSED * 1000))
                except OutOfMemoryError:
                    how = "full"
                if how == "full":
                    raise RoomsFullError
                if how == "done":
                    return code, secret

    def holds(self, code: str, secret: str) -> bool:
        try:
            self._check_secret(code, secret)
        except (LookupError, PermissionError):
            return False
        return True

    def put(self, code: str, secret: str, ballot: Ballot) -> None:
        self._change(code, secret, lambda room: rooms.put(room, ballot), ballot)

    def act(self, code: str, secret: str, action: object) -> None:
        def act(room: Room) -> bool:
            rooms.act(room, action)
            return True

        self._change(code, secret, act)

    def tell(self, code: str, secret: str, exercise: str, lines: Mapping[str, Words]) -> None:
        self._check_secret(code, secret)
        with self._reaching():
            room = self._room_at(code, self._count(code).head)
            room.tags = self._numbers(f"{_key(code)}:tags")
            rooms.tell(room, exercise, lines)
            if exercise in room.tells:
                told = [part for tag, words in room.lines[exercise].items() for part in (tag, json.dumps(words))]
                self._run("tell", code, digest(secret), exercise, _lines_key(code, exercise), *told)

    def close(self, code: str, secret: str) -> None:
        self._check_secret(code, secret)
        with self._reaching():
            self._run("close", code, digest(secret))

    def teacher(self, code: str, secret: str) -> dict[str, Any]:
        self._check_secret(code, secret)
        with self._reaching():
            at = self._count(code)
            return rooms.teacher(self._load(code, at), at.here, at.version)

    def table(self, code: str, secret: str, language: str) -> str:
        self._check_secret(code, secret)
        with self._reaching():
            return rooms.table(self._load(code, self._count(code)), language)

    # ---- everybody's -------------------------------------------------------------------------------------------------

    def vote(self, code: str, id: object, body: Mapping[str, Any]) -> None:
        if not rooms.is_id(id):
            self._count_of(code)
            raise rooms.VoteError("unreadable")

        def vote(room: Room) -> tuple[str, str]:
            read = rooms.read_vote(room, body)
            return _votes_key(code, room.exercise, room.round), json.dumps(read.plain(), ensure_ascii=False)

        self._say(code, str(id), vote)

    def explain(self, code: str, id: object, question: object) -> None:
        if not rooms.is_id(id):
            self._count_of(code)
            raise rooms.VoteError("unreadable")

        def explain(room: Room) -> tuple[str, str]:
            rooms.explain(room, str(id), question)
            return _explain_key(code, room.exercise), ""

        self._say(code, str(id), explain)

    def meet(self, code: str, ids: Iterable[str]) -> None:
        known = [id for id in ids if rooms.is_id(id)]
        with self._reaching():
            # so many as one script can be handed at once
            for first in range(0, max(1, len(known)), 1000):
                here = known[first : first + 1000]
                if self._run("seen", code, round(rooms.HERE_FOR * 1000), rooms.MOST_IDS, *here) == "gone":
                    raise LookupError("no such room")

    def room(self, code: str) -> Room | None:
        try:
            with self._reaching():
                return self._load(code, self._count(code))
        except LookupError:
            return None

    def public(self, code: str) -> dict[str, Any]:
        with self._reaching():
            at = self._count(code)
            room = self._now(code, at)
            if room.phase == "revealed":
                self._load_votes(room, [room.exercise])
            return rooms.public(room, at.here, at.version, at.voted)

    def counts(self, code: str) -> dict[str, Any]:
        at = self._count_of(code)
        with self._reaching():
            return rooms.counts(self._now(code, at), at.here, at.version, at.voted)

    def mine(self, code: str, id: str) -> dict[str, Any]:
        with self._reaching():
            room = self._room_at(code, self._count(code).head)
            number = self._run("tag", code, id, rooms.MOST_TAGS)
            with self._redis.pipeline(transaction=False) as asked:
                for key in _votes_keys(code, room.exercise):
                    asked.hget(key, id)
                asked.sismember(_explain_key(code, room.exercise), id)
                asked.hget(_lines_key(code, room.exercise), f"#{number}")
                *votes, explains, line = asked.execute()
        # that many look on already, and nobody else gets one
        room.tags = {id: int(number)} if number else {str(k): k for k in range(rooms.MOST_TAGS)}
        for number_of_round, text in zip(rooms.ROUNDS, votes, strict=True):
            if text is not None:
                room.votes[room.exercise, number_of_round] = {id: _read_vote(text)}
        if explains:
            room.explain[room.exercise] = {id}
        if line is not None:
            room.lines[room.exercise] = {f"#{number}": json.loads(line)}
        return rooms.mine(room, id)

    def listen(self, code: str, ring: Ring) -> Callable[[], None]:
        code = read_code(code)
        self._count_of(code)
        with self._lock:
            self._rings.setdefault(code, []).append(ring)
            if self._hearer is None or not self._hearer.is_alive():
                self._hearer = threading.Thread(target=self._hear, name="bells of rooms", daemon=True)
                self._hearer.start()

        def stop() -> None:
            with self._lock:
                left = [each for each in self._rings.pop(code, []) if each is not ring]
                if left:
                    self._rings[code] = left

        return stop

    def sweep(self) -> None:
        """Rooms go by themselves; who listens to one that has gone is told."""
        with self._lock:
            codes = list(self._rings)
        with self._reaching(), self._redis.pipeline(transaction=False) as asked:
            for code in codes:
                asked.exists(_key(code))
            gone = [code for code, there in zip(codes, asked.execute(), strict=True) if not there]
        self._ring(gone)

    # ---- bells -------------------------------------------------------------------------------------------------------

    def _hear(self) -> None:
        """Ring for what other processes and this one have published, for ever: rooms come and go."""
        while not self._disconnected.is_set():
            try:
                self._hear_once()
            except (RedisError, OSError):
                # it is away; what is missed meanwhile is rung for when it is back
                self._disconnected.wait(AWAY)

    def _hear_once(self) -> None:
        with self._redis.pubsub() as bells:
            bells.subscribe(BELLS)
            while not self._disconnected.is_set():
                message = bells.get_message(timeout=HEARING)
                if message and message["type"] == "subscribe":
                    self._ring(list(self._rings))
                elif message:
                    self._ring([message["data"]])

    def _ring(self, codes: Iterable[str]) -> None:
        with self._lock:
            rings = [ring for code in codes for ring in self._rings.get(code, ())]
        for ring in rings:
            ring()

    # ---- what is kept ------------------------------------------------------------------------------------------------

    @contextmanager
    def _reaching(self) -> Any:
        """Whatever is asked in it is answered, or the store is away."""
        if time.monotonic() < self._away_until:
            raise StoreAwayError
        try:
            yield
        except (AwayError, TimeoutError, ReadOnlyError) as error:
            if self._away_until == float("-inf"):
                _log.warning("The rooms cannot be reached: %s", error)
            self._away_until = time.monotonic() + AWAY
            raise StoreAwayError from error
        else:
            self._away_until = float("-inf")

    def _run(self, name: str, code: str, *args: str | int) -> Any:
        lifetime = round(rooms.LIFETIME * 1000)
        return self._scripts[name](keys=[_key(code), ALL, BELLS], args=[read_code(code), lifetime, *args])

    def _count(self, code: str) -> _Counts:
        told = self._run("count", code)
        if not told:
            raise LookupError("no such room")
        head, *numbers = told
        return _Counts(head, *map(int, numbers))

    def _count_of(self, code: str) -> _Counts:
        with self._reaching():
            return self._count(code)

    def _check_secret(self, code: str, secret: str) -> None:
        with self._reaching():
            kept = self._redis.hget(_key(code), "secret")
        if not isinstance(kept, str):
            raise LookupError("no such room")
        if not is_secret(kept, secret):
            raise PermissionError("not the secret of this room")

    def _change(self, code: str, secret: str, change: Callable[[Room], bool], ballot: Ballot | None = None) -> None:
        """Have the head of a room changed; ``change`` is called again where it has become another one meanwhile."""
        self._check_secret(code, secret)
        text = ballot.to_json() if ballot else ""
        stamp = _stamp(text) if ballot else ""
        with self._reaching():
            while True:
                head = self._count(code).head
                room = self._room_at(code, head)
                before = _exercises(room)
                if self._redis.exists(_explain_key(code, room.exercise)):
                    room.explain[room.exercise] = {"somebody"}
                if not change(room):
                    return
                old = [key for name in before - _exercises(room) for key in _keys_of(code, name)]
                votes = _votes_key(code, room.exercise, room.round)
                told = (digest(secret), head, _head_of(room), votes, room.exercise, stamp, text)
                how = self._run("write", code, *told, *old)
                if how == "gone":
                    raise LookupError("no such room")
                if how == "done":
                    return

    def _say(self, code: str, id: str, decide: Callable[[Room], tuple[str, str]]) -> None:
        """Keep what ``decide`` says of the room as it is: under which key, and of a vote its text."""
        with self._reaching():
            head = self._count(code).head
            while True:
                part, vote = decide(self._room_at(code, head))
                try:
                    here_for = round(rooms.HERE_FOR * 1000)
                    how, head = self._run("say", code, head, part, id, vote, here_for, rooms.MOST_IDS)
                except OutOfMemoryError:
                    raise rooms.VoteError("full") from None
                if how == "full":
                    raise rooms.VoteError("full")
                if how == "gone":
                    raise LookupError("no such room")
                if how == "done":
                    return

    def _room_at(self, code: str, head: str) -> Room:
        """A room as its head says it, without its votes."""
        told = json.loads(head)
        stamps = [each["stamp"] for each in (*told["history"], told) if each["stamp"]]
        ballots = self._ballots(code, stamps)
        history = [Filing(ballots[each["stamp"]], each["phase"], each["round"]) for each in told["history"]]
        ballot = ballots[told["stamp"]] if told["stamp"] else None
        return Room(read_code(code), ballot, told["phase"], told["round"], told["next"], history)

    def _now(self, code: str, at: _Counts) -> Room:
        """The same, and how often lines were told of its question."""
        room = self._room_at(code, at.head)
        if at.tells:
            room.tells[room.exercise] = at.tells
        return room

    def _numbers(self, key: str) -> dict[str, int]:
        told: Any = self._redis.hgetall(key)
        return {name: int(number) for name, number in told.items()}

    def _ballots(self, code: str, stamps: list[str]) -> dict[str, Ballot]:
        """Questions by their stamps; one that was read before is not asked for again."""
        # looked at once: another thread may be making place
        found = {stamp: ballot for stamp in stamps if (ballot := _BALLOTS.get(stamp))}
        unknown = [stamp for stamp in stamps if stamp not in found]
        if unknown:
            for stamp, text in zip(unknown, self._redis.hmget(f"{_key(code)}:questions", unknown), strict=True):  # type: ignore[arg-type]
                if text is None:
                    raise LookupError("no such room")
                found[stamp] = _BALLOTS[stamp] = Ballot.from_json(text)
        for stamp in list(_BALLOTS)[: max(0, len(_BALLOTS) - MOST_BALLOTS)]:
            _BALLOTS.pop(stamp, None)
        return found

    def _load(self, code: str, at: _Counts) -> Room:
        """A room with all that was said in it."""
        room = self._now(code, at)
        self._load_votes(room, sorted(_exercises(room)))
        return room

    def _load_votes(self, room: Room, exercises: list[str]) -> None:
        with self._redis.pipeline(transaction=False) as asked:
            for name in exercises:
                for key in _votes_keys(room.code, name):
                    asked.hgetall(key)
                asked.smembers(_explain_key(room.code, name))
                asked.hgetall(_lines_key(room.code, name))
            answers = iter(asked.execute())
        # after the votes: whoever has voted has a tag
        room.tags = self._numbers(f"{_key(room.code)}:tags")
        room.tells = self._numbers(f"{_key(room.code)}:tells")
        for name in exercises:
            for number in rooms.ROUNDS:
                if votes := {id: _read_vote(text) for id, text in next(answers).items()}:
                    room.votes[name, number] = votes
            if ids := next(answers):
                room.explain[name] = set(ids)
            if lines := {tag: json.loads(text) for tag, text in next(answers).items()}:
                room.lines[name] = lines


_CODE = re.compile(f"[{rooms.LETTERS}]{{{rooms.CODE_LENGTH}}}")
MOST_BALLOTS = 500
_BALLOTS: dict[str, Ballot] = {}
"""Questions that this process has read, by their stamps."""


@lru_cache(10_000)
def _read_vote(text: str) -> Vote:
    return Vote(**json.loads(text))


def _stamp(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _head_of(room: Room) -> str:
    """All of a room but its votes, as a text that is the same for the same."""

    def entry(ballot: Ballot | None, phase: str, number: int) -> dict[str, Any]:
        return {"stamp": _stamp(ballot.to_json()) if ballot else "", "phase": phase, "round": number}

    history = [entry(each.ballot, each.phase, each.round) for each in room.history]
    return json.dumps(entry(room.ballot, room.phase, room.round) | {"next": room.next, "history": history})


def _exercises(room: Room) -> set[str]:
    return {each.ballot.exercise for each in room.history} | ({room.exercise} if room.ballot else set())


def _key(code: str) -> str:
    """The key of a room; LookupError for what can be none."""
    if not _CODE.fullmatch(read_code(code)):
        raise LookupError("no such room")
    return f"{PREFIX}{read_code(code)}"


def _votes_key(code: str, exercise: str, number: int) -> str:
    return f"{_key(code)}:votes:{number}:{exercise}"


def _votes_keys(code: str, exercise: str) -> list[str]:
    return [_votes_key(code, exercise, number) for number in rooms.ROUNDS]


def _explain_key(code: str, exercise: str) -> str:
    return f"{_key(code)}:explain:{exercise}"


def _lines_key(code: str, exercise: str) -> str:
    return f"{_key(code)}:lines:{exercise}"


def _keys_of(code: str, exercise: str) -> list[str]:
    return [*_votes_keys(code, exercise), _explain_key(code, exercise), _lines_key(code, exercise)]
