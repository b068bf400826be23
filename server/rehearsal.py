"""The rehearsal: when the server starts, every question is shown once to nobody, in the background.

What a page needs at its defaults (modules, measurements, looks of charts) is then in the caches that all visitors
share, and the first visitor of a page waits no longer than the second. It is a visit like any other, in a session of
its own that ends with it, over a websocket that leads from the app to itself and never leaves the process; so it fills
exactly the caches that a visitor fills, and can put nothing into them that a visitor could not.

While anybody else is being answered it waits. ``REHEARSAL=0`` in the environment leaves it out.
"""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import zip_longest
from typing import Self

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

SWITCH = "REHEARSAL"
QUIET = 0.5
"""For how many seconds nobody has to have asked or been told anything, before the next question is rehearsed."""
PATIENCE = 120.0
"""For how many seconds a question may take."""

_log = logging.getLogger(__name__)
_OURS = "lessons.rehearsal"
"""Where in the scope of a connection stands that it is the rehearsal's own."""


class RehearsalError(Exception):
    """A question could not be shown; ``str`` says which, and why."""


class Attention:
    """The app, and when it last had to do with anybody."""

    last = float("-inf")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or _OURS in scope:
            await self.app(scope, receive, send)
            return

        async def receive_and_note() -> Message:
            message = await receive()
            Attention.last = time.monotonic()
            return message

        async def note_and_send(message: Message) -> None:
            Attention.last = time.monotonic()
            await send(message)

        await self.app(scope, receive_and_note, note_and_send)


@asynccontextmanager
async def lifespan(app: ASGIApp) -> AsyncIterator[None]:
    """What runs beside the server, from its start to its end."""
    if os.environ.get(SWITCH) == "0":
        yield
        return
    task = asyncio.create_task(_rehearse(app))
    task.add_done_callback(_log_failure)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _rehearse(app: ASGIApp) -> None:
    # loading the app takes a second or two, in which visitors are to be heard
    visits = await asyncio.to_thread(lambda: list(_visits()))
    async with _Connection(app) as nobody:
        for page, query in visits:
            await _nobody_else()
            await nobody.open(page, query)


def _log_failure(task: asyncio.Task[None]) -> None:
    """Every page works without its rehearsal, only its first visitor waits longer; but it must not go unseen."""
    if not task.cancelled() and (why := task.exception()):
        _log.error("The rehearsal of the pages ended early", exc_info=why)


def _visits() -> Iterator[tuple[str, str]]:
    """Every question of every topic, as an address: before its guess and after, in every language."""
    from ui.page.navigation import others, topics
    from ui.page.stage import beats_of
    from ui.text.texts import LANGUAGES

    yield "", f"lang={next(iter(LANGUAGES))}"
    # what comes first on a page is asked for first
    rows = zip_longest(*([(page.name, beat) for beat in beats_of(page.script)] for page in topics()))
    places = [place for row in rows for place in row if place]
    for language in LANGUAGES:
        for page, beat in places:
            yield page, f"lang={language}&beat={beat}"
            yield page, f"lang={language}&beat={beat}&predict=0"
        for other in others():
            yield other.name, f"lang={language}"


async def _nobody_else() -> None:
    while (quiet := time.monotonic() - Attention.last) < QUIET:
        await asyncio.sleep(QUIET - quiet)


class _Connection:
    """A websocket from the app to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._asked: asyncio.Queue[Message] = asyncio.Queue()
        self._answers: asyncio.Queue[bytes] = asyncio.Queue()
        self._task: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        base = str(st.get_option("server.baseUrlPath") or "").strip("/")
        path = "/".join(["", *filter(None, [base]), "_stcore/stream"])
        known: list[str] = st.get_option("server.allowedHosts") or ["localhost"]
        headers = [(b"host", known[0].replace("*", "rehearsal").encode())]
        scope = {"type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "ws", "path": path}
        scope |= {"raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers, _OURS: True}
        scope |= {"client": None, "server": None, "subprotocols": [], "state": {}, "extensions": {}}
        await self._asked.put({"type": "websocket.connect"})
        self._task = asyncio.ensure_future(self._app(scope, self._asked.get, self._answer))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._asked.put({"type": "websocket.disconnect", "code": 1000})
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _answer(self, message: Message) -> None:
        if message["type"] == "websocket.close":
            raise RehearsalError("the app has closed the connection")
        if message["type"] == "websocket.send":
            await self._answers.put(message["bytes"])

    async def open(self, page: str, query: str) -> None:
        """Have a page drawn; whatever goes wrong with it is in the log, by Streamlit, as with any visitor."""
        asked = BackMsg(rerun_script=ClientState(query_string=query, page_name=page))
        await self._asked.put({"type": "websocket.receive", "bytes": asked.SerializeToString()})
        try:
            async with asyncio.timeout(PATIENCE):
                await self._until_drawn()
        except TimeoutError:
            raise RehearsalError(f"{page}?{query} was not drawn within {PATIENCE:.0f} s") from None

    async def _until_drawn(self) -> None:
        while True:
            answer = asyncio.create_task(self._answers.get())
            done, _ = await asyncio.wait({answer, *filter(None, [self._task])}, return_when="FIRST_COMPLETED")
            if answer not in done:
                answer.cancel()
                raise RehearsalError("the connection has ended") from (self._task and self._task.exception())
            message = ForwardMsg.FromString(answer.result())
            if message.WhichOneof("type") == "script_finished" and message.script_finished in _ENDS:
                return


_ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
