"""What a room needs beside the server: that pages know of it, that rooms whose time is over are forgotten, and that the
event streams end when the server is to end, which would wait for them for ever.
"""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from types import FrameType

from starlette.types import ASGIApp

from classroom import store
from server.room import events
from server.room.asking import ask

ADDRESS = "ROOMS"
"""In the environment, where the rooms of several processes are, redis://host:6379/0; without it each has its own."""
EVERY = 60.0
"""Seconds between two sweeps."""

_log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_: ASGIApp) -> AsyncIterator[None]:
    """What runs beside the server, from its start to its end."""
    if address := os.environ.get(ADDRESS):
        store.set_store(_elsewhere(address))
    store.set_available(True)
    events.begin()
    task = asyncio.create_task(_sweep())
    try:
        with _hearing_signals(asyncio.get_running_loop()):
            yield
    finally:
        store.set_available(False)
        events.end()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _elsewhere(address: str) -> store.Store:
    """The rooms at an address; RuntimeError with what is to be done where that cannot be."""
    try:
        from classroom.redis_store import RedisStore
    except ImportError as error:
        raise RuntimeError(f"{ADDRESS} is set: pip install -r deploy/requirements.txt ({error})") from error
    try:
        return RedisStore(address)
    except ValueError as error:
        raise RuntimeError(f"{ADDRESS} has to be an address like redis://host:6379/0: {error}") from error


@contextmanager
def _hearing_signals(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Have the streams end at the signals that end the server, which hears them as before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def hear(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(events.end)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    # where the server is no process of its own but a thread, signals are not its business
    with suppress(ValueError):
        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is hear:
                signal.signal(number, handler)


async def _sweep() -> None:
    while True:
        await asyncio.sleep(EVERY)
        try:
            await ask(store.store().sweep)
        except store.StoreAwayError:
            # it may be there at the next sweep
            _log.warning("Rooms whose time is over could not be forgotten: the store is away")
