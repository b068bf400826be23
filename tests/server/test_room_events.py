"""The event streams of a room: how many messages, to whom, what they say, and when they end; without a network."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.types import Message

from classroom import store
from classroom.store import MemoryStore, StoreAwayError
from server.room import events
from tests.classroom.ballots import choice, number, phone, says


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryStore]:
    """A store of its own for every test, and streams that may begin."""
    own = MemoryStore()
    monkeypatch.setattr(store, "_STORE", own)
    events.begin()
    yield own
    assert events._channels == {}
    events.begin()


class Browser:
    """One that listens. pieces: what it was sent; it goes away when told to."""

    def __init__(self, code: str, id: str = "") -> None:
        self.pieces: list[bytes] = []
        self.status = 0
        self.gone = asyncio.Event()
        self.slow: asyncio.Event | None = None
        self.task = asyncio.create_task(events.stream(code, id, self._receive, self._send))

    async def _receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self.slow is not None:
            await self.slow.wait()
        self.status = message.get("status", self.status)
        self.pieces.append(message.get("body", b""))

    @property
    def told(self) -> list[Any]:
        return [json.loads(piece[6:]) for piece in self.pieces if piece.startswith(b"data: ")]

    async def leave(self) -> None:
        self.gone.set()
        await self.task


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.005)


async def nobody_listens() -> None:
    await until(lambda: not events._channels)


def opened(memory: MemoryStore) -> tuple[str, str]:
    code, secret = memory.open()
    memory.put(code, secret, choice())
    memory.act(code, secret, "open")
    return code, secret


async def test_votes_from_other_threads_are_few_messages_and_the_same_ones_for_all(memory: MemoryStore) -> None:
    code, _ = opened(memory)
    class_ = [Browser(code), *(Browser(code, phone(k)) for k in range(20))]
    await until(lambda: all(each.told for each in class_))
    start = time.monotonic()
    voting = [
        threading.Thread(target=lambda k=k: [memory.vote(code, phone(n), says(choice())) for n in range(k, 400, 4)])
        for k in range(4)
    ]
    for thread in voting:
        thread.start()
    await until(lambda: all(each.told[-1]["voted"] == 400 for each in class_))
    passed = time.monotonic() - start
    for thread in voting:
        thread.join()
    for each in class_:
        shortest = events.SHORTEST if each is class_[0] else events.PHONES
        assert len(each.told) <= 3 + passed / shortest
        # the question itself came once
        assert ["ballot" in told for told in each.told] == [True] + [False] * (len(each.told) - 1)
    # made once: it is the same piece of memory for everybody
    assert len({id(each.pieces[-1]) for each in class_}) == 1
    for each in class_:
        await each.leave()
    await nobody_listens()


async def test_who_comes_while_votes_come_in_is_told_everything_at_first(memory: MemoryStore) -> None:
    code, secret = opened(memory)
    early = Browser(code)
    await until(lambda: early.told)
    for k in range(3):
        memory.vote(code, phone(k), says(choice()))
    await until(lambda: early.told[-1]["voted"] == 3)
    late = Browser(code, phone(9))
    await until(lambda: late.told)
    first = late.told[0]
    assert (first["voted"], first["ballot"]["exercise"]) == (3, "who_wins")
    assert first.keys() >= early.told[-1].keys()
    memory.act(code, secret, "close")
    memory.act(code, secret, "reveal")
    await until(lambda: late.told[-1]["phase"] == early.told[-1]["phase"] == "revealed")
    assert late.told[-1] == early.told[-1] and late.told[-1]["truths"] == [1]
    memory.put(code, secret, number())
    await until(lambda: late.told[-1]["question"] == "how_many")
    assert "zebra" not in json.dumps(late.told[-1])
    for each in (early, late):
        await each.leave()
    await nobody_listens()


async def test_who_comes_back_after_a_change_is_not_told_what_was_before(memory: MemoryStore) -> None:
    """The last one has just gone, and what it was told was still there for the next one."""
    code, secret = opened(memory)
    memory.act(code, secret, "close")
    memory.act(code, secret, "reveal")
    one = Browser(code)
    await until(lambda: one.told)
    await one.leave()
    memory.put(code, secret, number())
    two = Browser(code, phone(2))
    await until(lambda: two.told)
    assert two.told[0]["question"] == "how_many" and "zebra" not in json.dumps(two.told)
    await two.leave()
    await nobody_listens()


async def test_a_listener_counts_as_being_here_and_a_slow_one_holds_nobody_up(
    memory: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PRESENCE", 0.2)
    code, _ = opened(memory)
    slow, quick = Browser(code, phone(1)), Browser(code, phone(2))
    slow.slow = asyncio.Event()
    await until(lambda: quick.told and quick.told[-1]["here"] == 2)
    for k in range(5):
        memory.vote(code, phone(k), says(choice()))
        await until(lambda: quick.told[-1]["voted"] == k + 1)  # noqa: B023  waited for at once
    assert slow.told == []
    slow.slow.set()
    # it hears of the last state, not of every one between
    await until(lambda: slow.told and slow.told[-1]["voted"] == 5)
    assert len(slow.told) <= 3 < len(quick.told)
    for each in (slow, quick):
        await each.leave()
    await nobody_listens()


async def test_silence_is_broken_by_a_comment(memory: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PRESENCE", 0.1)
    monkeypatch.setattr(events, "SILENCE", 0.3)
    code, _ = opened(memory)
    one = Browser(code)
    await until(lambda: one.pieces.count(events.COMMENT) >= 2)
    assert len(one.told) == 1
    await one.leave()
    await nobody_listens()


async def test_a_room_that_ends_ends_its_streams(memory: MemoryStore) -> None:
    code, secret = opened(memory)
    one, two = Browser(code), Browser(code, phone(2))
    await until(lambda: one.told and two.told)
    memory.close(code, secret)
    await asyncio.gather(one.task, two.task)
    assert one.told[-1] == two.told[-1] == events.GONE
    # and so does one that comes too late
    late = Browser(code)
    await late.task
    assert late.told == [events.GONE]
    await nobody_listens()


async def test_a_store_that_is_away_is_waited_for(memory: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "AWAY", 0.01)
    code, _ = opened(memory)
    one = Browser(code)
    await until(lambda: one.told)
    asked: list[str] = []

    def away(code: str) -> dict[str, Any]:
        asked.append(code)
        raise StoreAwayError

    with monkeypatch.context() as broken:
        broken.setattr(memory, "counts", away)
        memory.vote(code, phone(1), says(choice()))
        await until(lambda: len(asked) > 2)
    await until(lambda: one.told[-1]["voted"] == 1)
    await one.leave()
    await nobody_listens()


async def test_streams_end_with_the_server_and_none_begins(memory: MemoryStore) -> None:
    code, _ = opened(memory)
    one, two = Browser(code), Browser(code)
    await until(lambda: one.told and two.told)
    events.end()
    await asyncio.gather(one.task, two.task)
    assert not events.has_place(code)
    events.begin()
    assert events.has_place(code)
    await nobody_listens()


async def test_a_room_has_so_many_listeners(memory: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_LISTENERS", 2)
    code, other = opened(memory)[0], opened(memory)[0]
    one = Browser(code)
    await until(lambda: one.told)
    assert events.has_place(code)
    two = Browser(code)
    await until(lambda: two.told)
    assert not events.has_place(code) and events.has_place(other)
    await two.leave()
    assert events.has_place(code)
    await one.leave()
    await nobody_listens()


async def test_a_browser_that_goes_away_at_once_leaves_nothing_behind(memory: MemoryStore) -> None:
    code, _ = opened(memory)
    for k in range(50):
        one = Browser(code, phone(k))
        if k % 2:
            await asyncio.sleep(0)
        await one.leave()
    await nobody_listens()
    entry = memory._entries[code]
    assert entry.rings == []
