"""Rooms that processes share in a real Redis: what one does another one sees, Redis away and back, how they end."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from classroom import redis_store, rooms, store
from classroom.redis_store import RedisStore
from classroom.rooms import ActError, VoteError
from classroom.store import MemoryStore, RoomsFullError, Store, StoreAwayError
from tests.classroom.ballots import choice, number, phone, race, says
from tests.redis_server import RedisServer

PATIENCE = 60.0
"""For how many seconds a bell is waited for, on a busy machine."""

Stores = Callable[[], RedisStore]


class Bell:
    """Counts how often it is rung, by whichever thread."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1

    def until_rung(self, after: int) -> None:
        until(lambda: self.count > after)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def opened(rooms_of: Store) -> tuple[str, str]:
    """A room in which a question is open."""
    code, secret = rooms_of.open()
    rooms_of.put(code, secret, choice())
    rooms_of.act(code, secret, "open")
    return code, secret


# ---- the same as in one process --------------------------------------------------------------------------------------


def test_a_whole_lesson_is_told_as_by_one_process_s_memory(
    redis_stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each act at another process; every answer is what the memory of one process says, but for the version."""
    monkeypatch.setattr("classroom.store.new_code", lambda: "KD4F")
    monkeypatch.setattr("classroom.redis_store.new_code", lambda: "KD4F")
    processes, memory = [redis_stores() for _ in range(3)], MemoryStore()
    (code, first), (_, second) = processes[0].open(), memory.open()
    turns = 0

    def said(room: Store, secret: str) -> list[object]:
        told = [room.public(code), room.counts(code), room.teacher(code, secret)]
        for one in told:
            assert one.pop("version") > 0
        kept = room.room(code)
        assert kept
        return [told, room.mine(code, phone(1)), room.mine(code, phone(77)), room.table(code, secret, "ko"), kept]

    def do(change: Callable[[Store, str], object]) -> None:
        nonlocal turns
        turns += 1
        refusals = []
        for one, secret in ((processes[turns % 3], first), (memory, second)):
            try:
                change(one, secret)
                refusals.append("")
            except (VoteError, ActError) as error:
                refusals.append(f"{type(error).__name__} {error.code}")
        assert refusals[0] == refusals[1]
        assert said(processes[(turns + 1) % 3], first) == said(memory, second)

    race_says = {"question": "race", "round": 1, "numbers": {"rate": 1, "momentum": 0.5}}
    for ballot in (choice(), number(), race(), choice()):
        do(lambda one, secret, ballot=ballot: one.put(code, secret, ballot))
        for act in ("close", "open", "nonsense", "close", "discuss", "again", "close", "reveal", "next", "reveal"):
            do(lambda one, secret, act=act: one.act(code, secret, act))
            for k in range(3):
                for round in (1, 2):
                    do(lambda one, _, k=k, round=round: one.vote(code, phone(k), says(choice(), k, round, sure=k < 1)))
            how_many = {"question": "how_many", "round": 1, "numbers": {"rate": 0.12}}
            do(lambda one, _, vote=how_many: one.vote(code, phone(3), vote))
            do(lambda one, _: one.vote(code, phone(4), race_says))
            do(lambda one, _, ballot=ballot: one.explain(code, phone(5), ballot.exercise))
        for body in ({}, {"question": 5}, says(choice(), 99), says(choice(), True)):
            do(lambda one, _, body=body: one.vote(code, phone(1), body))
        do(lambda one, _: one.vote(code, "short", says(choice())))
        do(lambda one, secret, ballot=ballot: one.tell(code, secret, ballot.exercise, {"#1": {"en": "1st"}, "#99": {}}))
        do(lambda one, secret: one.tell(code, secret, "never_put", {"#1": {"en": "1st"}}))
    assert turns > 300


def test_a_question_that_makes_place_takes_its_votes_along(
    redis_stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "MOST_QUESTIONS", 3)
    shared = redis_stores()
    code, secret = shared.open()
    for k in range(6):
        shared.put(code, secret, choice(f"q{k}"))
        shared.act(code, secret, "open")
        shared.vote(code, phone(k), says(choice(f"q{k}")))
    found = shared.room(code)
    assert found and sorted(found.votes) == [(f"q{k}", 1) for k in (2, 3, 4, 5)]
    keys = shared._redis.keys("*:votes:*")
    assert len(keys) == 4, "the others are nowhere"  # type: ignore[arg-type]


# ---- several processes -----------------------------------------------------------------------------------------------


def test_a_vote_never_counts_after_the_room_has_closed(redis_stores: Stores) -> None:
    """Many phones at two processes while a third one closes: what was accepted is there, and nothing else."""
    one, two, teacher = redis_stores(), redis_stores(), redis_stores()
    for _ in range(5):
        code, secret = opened(teacher)
        accepted: list[int] = []
        begun = threading.Barrier(9)

        def votes(
            first: int, code: str = code, accepted: list[int] = accepted, begun: threading.Barrier = begun
        ) -> None:
            begun.wait()
            for k in range(first, 400, 8):
                try:
                    (one if k % 2 else two).vote(code, phone(k), says(choice(), k % 3))
                except VoteError as error:
                    assert error.code == "closed"
                    return
                accepted.append(k)

        with ThreadPoolExecutor(8) as pool:
            running = [pool.submit(votes, first) for first in range(8)]
            begun.wait()
            until(lambda accepted=accepted: len(accepted) >= 20)
            teacher.act(code, secret, "close")
            # nothing is taken any more from the moment in which that was done
            closed = teacher.counts(code)["voted"]
            for each in running:
                each.result()
        found = one.room(code)
        assert found and found.of_round(1).keys() == {phone(k) for k in accepted}
        assert closed == len(accepted)


def test_two_teachers_buttons_at_once_do_one_thing(redis_stores: Stores) -> None:
    devices = [redis_stores() for _ in range(4)]
    code, secret = opened(devices[0])

    def close(device: RedisStore) -> str:
        try:
            device.act(code, secret, "close")
        except ActError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(close, devices)) == ["done", "phase", "phase", "phase"]


def test_every_process_hears_of_every_change(redis_stores: Stores) -> None:
    one, other = redis_stores(), redis_stores()
    code, secret = one.open()
    elsewhere, bells = one.open()[0], (Bell(), Bell(), Bell())
    stops = [one.listen(code, bells[0]), other.listen(code.lower(), bells[1]), other.listen(elsewhere, bells[2])]
    for bell in bells[:2]:
        # it begins with one, for what may have happened before
        bell.until_rung(0)
    changes = (
        lambda: one.put(code, secret, choice()),
        lambda: other.act(code, secret, "open"),
        lambda: other.meet(code, [phone(1)]),
        lambda: one.vote(code, phone(1), says(choice())),
        lambda: other.explain(code, phone(1), "who_wins"),
        lambda: one.tell(code, secret, "who_wins", {"#1": {"en": "x"}}),
        lambda: other.close(code, secret),
    )
    for change in changes:
        before = [bell.count for bell in bells]
        change()
        for bell, count in zip(bells[:2], before, strict=False):
            bell.until_rung(count)
    assert bells[2].count <= 1, "another room's"
    for stop in stops:
        stop()
        stop()


def test_whoever_is_told_nothing_new_is_not_rung_for(redis_stores: Stores) -> None:
    shared = redis_stores()
    code, secret = opened(shared)
    shared.meet(code, [phone(1)])
    version = shared.counts(code)["version"]
    shared.put(code, secret, choice())
    shared.meet(code, [phone(1), "no id"])
    for refused in (lambda: shared.act(code, secret, "open"), lambda: shared.vote(code, phone(1), {})):
        with pytest.raises((ActError, VoteError)):
            refused()
    assert shared.counts(code)["version"] == version


# ---- what goes -------------------------------------------------------------------------------------------------------


@pytest.fixture
def short_lives(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(rooms, "LIFETIME", 1.5)
    return 1.5


def test_a_room_goes_by_itself_with_all_that_was_said(redis_stores: Stores, short_lives: float) -> None:
    shared, other = redis_stores(), redis_stores()
    code, secret = opened(shared)
    shared.vote(code, phone(1), says(choice()))
    shared.explain(code, phone(1), "who_wins")
    shared.meet(code, [phone(1)])
    shared.mine(code, phone(2))
    shared.tell(code, secret, "who_wins", {"#1": {"en": "x"}})
    bell = Bell()
    stop = other.listen(code, bell)
    bell.until_rung(0)
    assert len(shared._redis.keys("*")) >= 8  # type: ignore[arg-type]
    # looking keeps nothing alive
    until(lambda: shared.room(code) is None)
    with pytest.raises(LookupError):
        shared.counts(code)
    rung = bell.count
    other.sweep()
    assert bell.count == rung + 1
    stop()
    until(lambda: set(shared._redis.keys("*")) <= {redis_store.ALL})  # type: ignore[arg-type]


def test_every_key_goes_whatever_happens(redis_stores: Stores) -> None:
    shared = redis_stores()
    code, secret = opened(shared)
    shared.mine(code, phone(9))
    shared.vote(code, phone(1), says(choice()))
    shared.explain(code, phone(1), "who_wins")
    shared.meet(code, [phone(2)])
    shared.tell(code, secret, "who_wins", {"#1": {"en": "x"}})
    keys: list[str] = shared._redis.keys(f"{redis_store.PREFIX}{code}*")  # type: ignore[assignment]
    left = {key: shared._redis.pttl(key) / 1000 for key in keys}  # type: ignore[operator]
    assert len(left) == 10 and all(0 < seconds <= rooms.LIFETIME for seconds in left.values()), left
    assert all("zebra" not in key and secret not in key for key in left)
    assert shared._redis.hget(f"{redis_store.PREFIX}{code}", "secret") == store.digest(secret), "the digest alone"
    shared.close(code, secret)
    assert shared._redis.keys("*") == []


def test_who_was_seen_is_here_for_a_while_at_any_process(redis_stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "HERE_FOR", 1.0)
    one, other = redis_stores(), redis_stores()
    code, _ = one.open()
    one.meet(code, [phone(1), phone(2), "no id"])
    other.meet(code, (phone(k) for k in range(rooms.MOST_IDS + 50)))
    assert one.counts(code)["here"] == rooms.MOST_IDS
    version = other.counts(code)["version"]
    until(lambda: other.counts(code)["here"] == 0)
    assert other.counts(code)["version"] > version


def test_rooms_are_limited_and_one_that_nobody_uses_makes_place(
    redis_stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "MOST_ROOMS", 4)
    monkeypatch.setattr(redis_store, "UNUSED", 0.5)
    shared = redis_stores()
    unused, _ = shared.open()
    for _ in range(2):
        shared.vote(opened(shared)[0], phone(1), says(choice()))
    looked_at, _ = shared.open()
    shared.meet(looked_at, [phone(1)])
    with pytest.raises(RoomsFullError):
        shared.open()
    time.sleep(0.6)
    shared.open()
    assert shared.room(unused) is None and shared.room(looked_at) is not None
    with pytest.raises(RoomsFullError):
        shared.open()


# ---- Redis away and back ---------------------------------------------------------------------------------------------


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """One that a test may stop; it keeps what it had, as whoever runs it may have told it to."""
    server = RedisServer(tmp_path, ("--appendonly", "yes", "--appendfsync", "always"))
    server.start()
    yield server
    server.end()


def test_redis_goes_and_comes_back_and_the_room_lives(own_redis: RedisServer) -> None:
    shared = RedisStore(own_redis.address)
    code, secret = opened(shared)
    shared.vote(code, phone(1), says(choice()))
    bell = Bell()
    stop = shared.listen(code, bell)
    bell.until_rung(0)
    own_redis.end()
    calls = (
        lambda: shared.vote(code, phone(2), says(choice())),
        lambda: shared.act(code, secret, "close"),
        lambda: shared.counts(code),
        lambda: shared.holds(code, secret),
        lambda: shared.room(code),
        lambda: shared.meet(code, [phone(1)]),
        lambda: shared.sweep(),
        shared.open,
    )
    for call in calls:
        with pytest.raises(StoreAwayError):
            call()
    rung = bell.count
    own_redis.start()
    bell.until_rung(rung)

    def counts() -> bool:
        try:
            shared.vote(code, phone(2), says(choice()))
        except StoreAwayError:
            return False
        return True

    until(counts)
    assert shared.counts(code)["voted"] == 2
    shared.act(code, secret, "close")
    rung = bell.count
    shared.act(code, secret, "reveal")
    bell.until_rung(rung)
    stop()
    shared.disconnect()


def test_a_redis_that_says_nothing_is_waited_for_once(own_redis: RedisServer) -> None:
    """Threads that all wait for it would be missing elsewhere."""
    shared = RedisStore(own_redis.address)
    code, _ = opened(shared)
    own_redis.send(signal.SIGSTOP)
    with pytest.raises(StoreAwayError):
        shared.counts(code)
    begun = time.monotonic()
    for _ in range(200):
        with pytest.raises(StoreAwayError):
            shared.counts(code)
        if time.monotonic() - begun > redis_store.AWAY / 2:
            break
    else:
        assert time.monotonic() - begun < redis_store.AWAY
    own_redis.send(signal.SIGCONT)
    time.sleep(redis_store.AWAY)
    assert shared.counts(code)["phase"] == "open"
    shared.disconnect()


def test_a_redis_without_room_refuses_votes_with_a_word(own_redis: RedisServer) -> None:
    shared = RedisStore(own_redis.address)
    code, secret = opened(shared)
    with own_redis.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        with pytest.raises(VoteError, match="full"):
            shared.vote(code, phone(1), says(choice()))
        with pytest.raises(RoomsFullError):
            shared.open()
        # the teacher goes on
        assert shared.counts(code)["voted"] == 0
        shared.act(code, secret, "close")
        client.config_set("maxmemory", "0")
    shared.act(code, secret, "again")
    shared.vote(code, phone(1), says(choice(), round=2))
    shared.disconnect()


class LeftMeanwhile(dict[str, object]):
    """Questions that seem to be there, and are gone when they are taken: another thread has made place."""

    def __contains__(self, stamp: object) -> bool:
        return True


def test_a_question_that_makes_place_while_it_is_read_is_read_again(
    redis_stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = redis_stores()
    code, _ = opened(one)
    monkeypatch.setattr(redis_store, "_BALLOTS", LeftMeanwhile())
    assert one.public(code)["ballot"]


@pytest.mark.parametrize("code", ["", "ZZZZ", "KD4F:ids", "x" * 70_000, "KD4F\n", "É", "\ud800"])
def test_a_code_that_is_none_is_unknown(redis_stores: Stores, code: str) -> None:
    shared = redis_stores()
    with pytest.raises(LookupError):
        shared.counts(code)
    assert shared.room(code) is None and not shared.holds(code, "x")
