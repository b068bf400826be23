"""Server-sent events: everybody in a room hears of every change, the projector at most ten times a second.

A room with listeners in this process has one task, which waits for the store's bell, makes one message and wakes the
listeners. While votes come in a message has numbers alone; the question itself goes with it where a listener has not
had it yet, or its phase has changed.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Send

from classroom import rooms, store
from server.room.asking import ask

SHORTEST = 0.1
"""Seconds between two messages to the projector, which has no id."""
PHONES = 0.5
"""Seconds between two messages to a phone while only numbers change."""
TOLD_A_SECOND = 1500
"""So many messages leave in a second: a large room hears a little less often."""
SILENCE = 15.0
"""Seconds after which a listener is sent a comment, so that nothing on the way takes the connection for dead."""
PRESENCE = 10.0
"""Seconds after which the store is told once more who is here, and asked who has gone."""
AWAY = 1.0
"""Seconds between two questions to a store that is away."""
MOST_LISTENERS = rooms.MOST_IDS + 100

GONE = {"error": "unknown"}
COMMENT = b":\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class ListenersFullError(Exception):
    """No more can listen to this room; they may ask for its state instead."""


@dataclass(frozen=True)
class News:
    """What a room is told at once; scene: what a listener has to have had the whole of, to understand the numbers."""

    scene: tuple[Any, ...]
    whole: bytes
    numbers: bytes
    last: bool = False


@dataclass(eq=False)
class Listener:
    """One connection. news: the last that there is for it; scene: of what it was sent the whole last; heard: when it
    was sent anything."""

    id: str = ""
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    news: News | None = None
    scene: tuple[Any, ...] = ()
    heard: float = 0.0
    ends: bool = False

    async def stream(self, send: Send) -> None:
        """Send what there is, until the room is gone; a comment where there is nothing new."""
        sent: News | None = None
        while True:
            await self.wake.wait()
            self.wake.clear()
            news = self.news
            if news is None or news is sent:
                content = COMMENT
            else:
                content = news.numbers if news.scene == self.scene else news.whole
                sent, self.scene = news, news.scene
            last = self.ends or (news is not None and news.last)
            await send({"type": "http.response.body", "body": content, "more_body": not last})
            self.heard = time.monotonic()
            if last:
                return


class Channel:
    """The listeners of one room in this process."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.listeners: set[Listener] = set()
        self.news: News | None = None
        self.task: asyncio.Task[None] | None = None
        self._rest = b""
        self._phones_told = float("-inf")
        self._phones_due: float | None = None
        self._loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        self._rung = False

    def ring(self) -> None:
        """Something has changed; called from any thread."""
        if not self._rung:
            self._rung = True
            self._loop.call_soon_threadsafe(self._bell.set)

    async def run(self) -> None:
        """Tell the listeners what is new, until nobody listens or the room is gone."""
        stop: Callable[[], None] | None = None
        present = float("-inf")
        try:
            while self.listeners:
                try:
                    if stop is None:
                        stop = await ask(store.store().listen, self.code, self.ring)
                    if time.monotonic() - present >= PRESENCE:
                        present = time.monotonic()
                        await ask(store.store().meet, self.code, [each.id for each in self.listeners if each.id])
                    await self._tell()
                    self._keep_alive()
                except LookupError:
                    gone = _event(_json(GONE))
                    self._give(News(("gone",), gone, gone, last=True))
                    return
                except store.StoreAwayError:
                    # it may come back, and then everybody hears what has happened meanwhile
                    self._keep_alive()
                    await asyncio.sleep(AWAY)
                    continue
                await asyncio.sleep(max(SHORTEST, sum(not each.id for each in self.listeners) / TOLD_A_SECOND))
                await self._until_rung()
        finally:
            # from here on whoever comes has another channel, and nobody waits for this one
            if _channels.get(self.code) is self:
                del _channels[self.code]
            if stop is not None:
                stop()
            self.end()

    async def _until_rung(self) -> None:
        wait = PRESENCE / 2 if self._phones_due is None else max(0.0, self._phones_due - time.monotonic())
        with suppress(TimeoutError):
            async with asyncio.timeout(min(wait, PRESENCE / 2)):
                await self._bell.wait()

    async def _tell(self) -> None:
        # what changes from here on rings again
        self._bell.clear()
        self._rung = False
        counts = await ask(store.store().counts, self.code)
        if self.news is None or _scene(counts) != self.news.scene:
            public = await ask(store.store().public, self.code)
            counts = {name: public[name] for name in counts}
            self._rest = _json({name: value for name, value in public.items() if name not in counts})
        numbers = _json(counts)
        news = News(_scene(counts), _event(numbers[:-1] + b"," + self._rest[1:]), _event(numbers))
        same = self.news is not None and (news.scene, news.numbers) == (self.news.scene, self.news.numbers)
        self._give(self.news if same and self.news is not None else news)

    def _give(self, news: News) -> None:
        """Wake those who have not had this: a phone that has had anything waits its turn while only numbers change."""
        now = time.monotonic()
        due = self.news is None or news.scene != self.news.scene or now >= self._phones_told + self._pause()
        self.news = news
        self._phones_due = None if due else self._phones_told + self._pause()
        told = False
        for each in self.listeners:
            if each.news is not news and (due or not each.id or each.news is None):
                each.news = news
                each.wake.set()
                told = told or bool(each.id)
        if told:
            self._phones_told = now

    def _pause(self) -> float:
        """Seconds between two messages to a phone."""
        return max(PHONES, len(self.listeners) / TOLD_A_SECOND)

    def end(self) -> None:
        """End all connections, whatever there may be to say."""
        for each in self.listeners:
            each.ends = True
            each.wake.set()

    def _keep_alive(self) -> None:
        now = time.monotonic()
        for each in self.listeners:
            if now - each.heard > SILENCE - PRESENCE / 2:
                each.wake.set()


_channels: dict[str, Channel] = {}
_ends = False


def begin() -> None:
    """Streams may begin."""
    global _ends
    _ends = False


def end() -> None:
    """End all streams, and let none begin: browsers will ask whoever serves next."""
    global _ends
    _ends = True
    for channel in _channels.values():
        channel.end()


def has_place(code: str) -> bool:
    """Whether one more may listen to a room."""
    return not _ends and (code not in _channels or len(_channels[code].listeners) < MOST_LISTENERS)


def join(code: str, id: str = "") -> tuple[Channel, Listener]:
    """Somebody who listens to a room from now on."""
    channel = _channels.get(code)
    if channel is None or channel.task is None or channel.task.done():
        channel = _channels[code] = Channel(code)
    listener = Listener(id, heard=time.monotonic())
    channel.listeners.add(listener)
    if channel.task is None:
        channel.task = asyncio.create_task(channel.run())
    # what was told last may be old by now
    channel.ring()
    return channel, listener


def leave(channel: Channel, listener: Listener) -> None:
    """Nobody is told any more over that connection."""
    channel.listeners.discard(listener)
    if not channel.listeners:
        # its task need not wait for the next bell to end
        channel.ring()


async def stream(code: str, id: str, receive: Receive, send: Send) -> None:
    """Answer a connection with the events of a room, until it ends or the room does."""
    channel, listener = join(code, id)
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        # not all at once, when a server has been away
        first = f"retry: {1000 + secrets.randbelow(3000)}\n\n".encode()
        await send({"type": "http.response.body", "body": first, "more_body": True})
        speaks = asyncio.create_task(listener.stream(send))
        leaves = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({speaks, leaves}, return_when="FIRST_COMPLETED")
        finally:
            for task in (speaks, leaves):
                task.cancel()
            await asyncio.gather(speaks, leaves, return_exceptions=True)
    finally:
        leave(channel, listener)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _scene(counts: Mapping[str, Any]) -> tuple[Any, ...]:
    return counts["question"], counts["phase"], counts["round"]


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _event(content: bytes) -> bytes:
    return b"data: " + content + b"\n\n"
