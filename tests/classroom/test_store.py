"""Rooms, in a process or shared by several: who may do what, how long they last, how many there are, many threads.

What is about a clock or about memory is of a process alone; test_redis_store.py has the rest.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from classroom import rooms, store
from classroom.rooms import ActError, VoteError
from classroom.store import MemoryStore, RoomsFullError, Store
from tests.classroom.ballots import choice, number, phone, race, says


class Clock:
    """Seconds that grow when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def opened(rooms_of: Store) -> tuple[str, str]:
    """A room in which a question is open."""
    code, secret = rooms_of.open()
    rooms_of.put(code, secret, choice())
    rooms_of.act(code, secret, "open")
    return code, secret


class Bell:
    """Counts how often it is rung."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def test_codes_and_secrets(any_store: Store) -> None:
    made = [any_store.open() for _ in range(100)]
    assert len({code for code, _ in made}) == len({secret for _, secret in made}) == 100
    assert all(len(code) == 4 and set(code) <= set(rooms.LETTERS) for code, _ in made)
    assert all(len(secret) == 32 and int(secret, 16) >= 0 for _, secret in made)
    # nothing that is read as another letter, and no vowel
    assert not set(rooms.LETTERS) & set("01OILAEU") and len(set(rooms.LETTERS)) == len(rooms.LETTERS)


def test_a_code_is_known_however_it_is_typed(any_store: Store) -> None:
    code, secret = opened(any_store)
    assert any_store.public(f" {code.lower()} ")["code"] == code
    any_store.vote(code.lower(), phone(1), says(choice()))
    any_store.close(code.lower(), secret)
    assert any_store.room(code) is None


def test_the_secret_is_kept_as_its_digest_alone() -> None:
    memory = MemoryStore()
    code, secret = memory.open()
    assert secret not in repr(memory._entries) and store.digest(secret) in repr(memory._entries)
    assert memory.holds(code, secret) and memory.holds(code.lower(), secret)
    assert not memory.holds("ZZZZ", secret)


@pytest.mark.parametrize("wrong", ["", "x", "0" * 32, "\ud800", "ä" * 32, None, 5], ids=str)
def test_without_the_secret_nothing_is_done_and_nothing_said(any_store: Store, wrong: str) -> None:
    code, _ = opened(any_store)
    before = any_store.room(code)
    calls = (
        lambda: any_store.put(code, wrong, number()),
        lambda: any_store.act(code, wrong, "close"),
        lambda: any_store.close(code, wrong),
        lambda: any_store.teacher(code, wrong),
        lambda: any_store.table(code, wrong, "ko"),
        lambda: any_store.tell(code, wrong, "who_wins", {}),
    )
    for call in calls:
        with pytest.raises(PermissionError):
            call()
    assert not any_store.holds(code, wrong) and any_store.room(code) == before


def test_two_teachers_have_two_rooms(any_store: Store) -> None:
    (one, first), (two, second) = opened(any_store), opened(any_store)
    with pytest.raises(PermissionError):
        any_store.act(two, first, "close")
    any_store.act(one, first, "close")
    any_store.vote(two, phone(1), says(choice()))
    assert (any_store.counts(one)["phase"], any_store.counts(two)["phase"]) == ("closed", "open")
    assert (any_store.counts(one)["voted"], any_store.counts(two)["voted"]) == (0, 1)
    # two devices with the same secret: the second press of the same button changes nothing
    with pytest.raises(ActError, match="phase"):
        any_store.act(one, first, "close")
    any_store.close(one, first)
    assert any_store.holds(two, second)


def test_an_unknown_room_is_unknown_to_every_method(any_store: Store) -> None:
    _, secret = any_store.open()
    calls = (
        lambda: any_store.put("ZZZZ", secret, choice()),
        lambda: any_store.act("ZZZZ", secret, "open"),
        lambda: any_store.vote("ZZZZ", phone(1), says(choice())),
        lambda: any_store.explain("ZZZZ", phone(1), "who_wins"),
        lambda: any_store.meet("ZZZZ", [phone(1)]),
        lambda: any_store.close("ZZZZ", secret),
        lambda: any_store.public("ZZZZ"),
        lambda: any_store.counts("ZZZZ"),
        lambda: any_store.mine("ZZZZ", phone(1)),
        lambda: any_store.teacher("ZZZZ", secret),
        lambda: any_store.table("ZZZZ", secret, "en"),
        lambda: any_store.tell("ZZZZ", secret, "who_wins", {}),
        lambda: any_store.listen("ZZZZ", lambda: None),
    )
    for call in calls:
        with pytest.raises(LookupError):
            call()
    assert any_store.room("ZZZZ") is None and any_store.room("") is None


def test_a_room_is_gone_three_hours_after_the_last_act() -> None:
    clock = Clock()
    memory = MemoryStore(clock)
    code, _ = opened(memory)
    bell = Bell()
    memory.listen(code, bell)
    clock.now += rooms.LIFETIME - 1
    memory.vote(code, phone(1), says(choice()))
    clock.now += rooms.LIFETIME - 1
    # a phone that lies there and looks does not keep it
    memory.meet(code, [phone(1)])
    assert memory.public(code)["voted"] == 1
    clock.now += 1
    with pytest.raises(LookupError):
        memory.public(code)
    rung = bell.count
    memory.sweep()
    assert bell.count == rung + 1 and not memory._entries and memory._votes == 0


def test_who_was_seen_is_here_for_a_while() -> None:
    clock = Clock()
    memory = MemoryStore(clock)
    code, _ = memory.open()
    memory.meet(code, [phone(1), phone(2), "no id", phone(1)])
    version = memory.counts(code)["version"]
    assert memory.counts(code)["here"] == 2
    clock.now += rooms.HERE_FOR - 1
    memory.meet(code, [phone(1)])
    assert memory.counts(code) | {} == memory.counts(code) and memory.counts(code)["version"] == version
    clock.now += 2
    assert memory.counts(code)["here"] == 1 and memory.counts(code)["version"] > version
    clock.now += rooms.HERE_FOR
    assert memory.counts(code)["here"] == 0
    memory.meet(code, (phone(k) for k in range(rooms.MOST_IDS + 50)))
    assert memory.counts(code)["here"] == rooms.MOST_IDS


def test_every_change_is_a_new_version_and_rings_once() -> None:
    memory = MemoryStore()
    code, secret = memory.open()
    bell = Bell()
    stop = memory.listen(code, bell)
    versions = [memory.counts(code)["version"]]
    changes = (
        lambda: memory.put(code, secret, choice()),
        lambda: memory.act(code, secret, "open"),
        lambda: memory.meet(code, [phone(1)]),
        lambda: memory.vote(code, phone(1), says(choice())),
        lambda: memory.explain(code, phone(1), "who_wins"),
        lambda: memory.act(code, secret, "next"),
        lambda: memory.tell(code, secret, "who_wins", {"#1": {"en": "x"}}),
    )
    for k, change in enumerate(changes):
        change()
        versions.append(memory.counts(code)["version"])
        assert bell.count == k + 1 and versions[-1] > versions[-2]
    # what changes nothing does not ring
    memory.put(code, secret, choice())
    memory.meet(code, [phone(1)])
    for refused in (lambda: memory.act(code, secret, "open"), lambda: memory.vote(code, phone(1), {})):
        with pytest.raises((ActError, VoteError)):
            refused()
    assert (bell.count, memory.counts(code)["version"]) == (len(changes), versions[-1])
    stop()
    stop()
    memory.close(code, secret)
    assert bell.count == len(changes)


def test_a_bell_may_ask_the_store_again() -> None:
    """The lock is not held while a bell is rung."""
    memory = MemoryStore()
    code, secret = memory.open()
    heard: list[int] = []
    memory.listen(code, lambda: heard.append(memory.counts(code)["version"]))
    done = threading.Thread(target=lambda: memory.put(code, secret, choice()), daemon=True)
    done.start()
    done.join(30)
    assert not done.is_alive() and len(heard) == 1


def test_rooms_are_limited_and_one_that_nobody_uses_makes_place() -> None:
    clock = Clock()
    memory = MemoryStore(clock)
    unused, _ = memory.open()
    clock.now += 1
    used = [opened(memory)[0] for _ in range(rooms.MOST_ROOMS - 1)]
    for code in used:
        memory.vote(code, phone(1), says(choice()))
    with pytest.raises(RoomsFullError):
        memory.open()
    clock.now += store.UNUSED
    memory.open()
    assert memory.room(unused) is None
    with pytest.raises(RoomsFullError):
        memory.open()
    clock.now += rooms.LIFETIME
    memory.open()
    assert len(memory._entries) == 1


def test_votes_are_limited_in_all_rooms_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_VOTES", 3)
    memory = MemoryStore()
    (one, secret), (two, _) = opened(memory), opened(memory)
    for k in range(2):
        memory.vote(one, phone(k), says(choice()))
    memory.vote(two, phone(0), says(choice()))
    with pytest.raises(VoteError, match="full"):
        memory.vote(two, phone(1), says(choice()))
    # whoever has voted may think again, and what is wrong is called so
    memory.vote(two, phone(0), says(choice(), 0))
    with pytest.raises(VoteError, match="out_of_range"):
        memory.vote(two, phone(1), says(choice(), 9))
    memory.close(one, secret)
    memory.vote(two, phone(1), says(choice()))


def test_a_full_room_refuses_the_next_one(any_store: Store) -> None:
    code, _ = opened(any_store)
    for k in range(rooms.MOST_IDS):
        any_store.vote(code, phone(k), says(choice(), k % 3))
    with pytest.raises(VoteError, match="full"):
        any_store.vote(code, phone(rooms.MOST_IDS), says(choice()))
    with pytest.raises(VoteError, match="full"):
        any_store.explain(code, phone(rooms.MOST_IDS), "who_wins")
    any_store.vote(code, phone(3), says(choice(), 2))
    any_store.explain(code, phone(3), "who_wins")
    assert any_store.counts(code)["voted"] == rooms.MOST_IDS


def test_a_room_s_size_is_known_whatever_happens_to_it() -> None:
    memory = MemoryStore()
    code, secret = memory.open()
    for k in range(rooms.MOST_QUESTIONS + 5):
        memory.put(code, secret, choice(f"q{k}"))
        memory.act(code, secret, "open")
        for id in range(3):
            memory.vote(code, phone(id), says(choice(f"q{k}"), id))
            memory.vote(code, phone(id), says(choice(f"q{k}"), id))
    found = memory.room(code)
    assert found and memory._votes == sum(map(len, found.votes.values())) == 3 * (rooms.MOST_QUESTIONS + 1)
    memory.close(code, secret)
    assert memory._votes == 0


def test_many_threads_lose_no_vote(any_store: Store) -> None:
    code, secret = opened(any_store)

    def votes(k: int) -> None:
        for chosen in (0, 1, k % 3):
            any_store.vote(code, phone(k), says(choice(), chosen))
            any_store.meet(code, [phone(k)])
            json.dumps([any_store.public(code), any_store.teacher(code, secret), any_store.mine(code, phone(k))])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(votes, range(300)))
    found = any_store.teacher(code, secret)
    assert (found["voted"], found["here"], found["results"]["rounds"]["1"]["counts"]) == (300, 300, [100, 100, 100])


def test_a_projector_that_reloads_goes_on(any_store: Store) -> None:
    code, secret = opened(any_store)
    any_store.vote(code, phone(1), says(choice()))
    # what its browser has kept opens the same room again, and the page puts its question once more
    assert any_store.holds(code, secret)
    any_store.put(code, secret, choice())
    assert (any_store.public(code)["phase"], any_store.public(code)["voted"]) == ("open", 1)


def test_rooms_are_available_where_a_server_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not store.available()
    monkeypatch.setattr(store, "_server_runs", False)
    store.set_available(True)
    assert store.available()
    store.set_available(False)
    assert not store.available() and store.store() is store.store()


def test_a_snapshot_of_a_race_is_the_caller_s_own(any_store: Store) -> None:
    code, secret = any_store.open()
    any_store.put(code, secret, race())
    any_store.act(code, secret, "open")
    before = any_store.room(code)
    any_store.vote(code, phone(1), {"question": "race", "round": 1, "numbers": {"rate": 1, "momentum": 0}})
    after = any_store.room(code)
    assert (
        before
        and after
        and (rooms.entries(before), rooms.entries(after))
        == (
            [],
            [("#1", {"rate": 1.0, "momentum": 0.0})],
        )
    )
