"""How much and how often visitors may send.

A whole class comes from behind one address, so nobody is told from another by it alone: what counts is who sends (the
id that a phone made up, the secret of a teacher), and then all who send to one room from one address. Both have so much
in hand that a class which votes at once is served at once; whoever goes on faster than people do is asked to wait.
"""

import asyncio
import json
import math
import time
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.unknown_address import asked_page

UPLOADS, ROOMS = "_stcore/upload_file/", "room/"
MOST_BYTES, MOST_BYTES_TO_A_ROOM = 64_000, 8_000
"""How large a body may be that is no file; Streamlit watches over files itself."""
MOST_UNREAD, PATIENCE = 8_000_000, 5.0
"""How much of a body that says to be too large is let go by unread, and for how many seconds: a sender that sends all
before it listens would not hear the answer."""
BY_ONE, BY_ONE_A_SECOND = 20, 2.0
"""How many posts anybody may send to a room at once, and how many more for each second."""
TO_A_ROOM, TO_A_ROOM_A_SECOND = 2_000, 300.0
"""How many come from one address to one room."""
MOST_SENDERS = 20_000
"""How many senders are remembered; whoever is forgotten may begin anew."""
MOST_CHARACTERS = 64
"""How much is remembered of what a sender calls itself or a room."""
MOST_STREAMS = 4_000
"""How many phones may be listening to one process; the others ask again and again."""


class Allowances:
    """How much everybody may still do: so much at once, and so much more for each second since."""

    def __init__(self, at_once: float, a_second: float, most: int = MOST_SENDERS) -> None:
        self.at_once, self.a_second, self.most = at_once, a_second, most
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        """By who it is, how much was left when."""

    def __len__(self) -> int:
        return len(self._left)

    def seconds_until_allowed(self, who: Hashable, now: float) -> float:
        """0.0, and it has been done; or how long to wait, and nothing has."""
        left, then = self._left.pop(who, (self.at_once, now))
        left = min(self.at_once, left + max(0.0, now - then) * self.a_second)
        allowed = left >= 1.0
        self._left[who] = (left - allowed, now)
        if len(self._left) > self.most:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1.0 - left) / self.a_second


class BodyLimit:
    """The app, without bodies that nothing here asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = asked_page(scope) if scope["type"] == "http" else UPLOADS
        if asked.startswith(UPLOADS):
            await self.app(scope, receive, send)
            return
        most = MOST_BYTES_TO_A_ROOM if asked.startswith(ROOMS) else MOST_BYTES
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            await _let_go_by(receive)
            await _answer(413, "too_large")(scope, receive, send)
            return
        heard = 0

        async def hear() -> Message:
            nonlocal heard
            message = await receive()
            heard += len(message.get("body", b""))
            if heard > most:
                # it did not say how long it would be
                raise _TooLargeError
            return message

        try:
            await self.app(scope, hear, send)
        except _TooLargeError:
            await _answer(413, "too_large")(scope, receive, send)


class _TooLargeError(Exception):
    """A body is larger than it may be. Nothing is answered before a body has been read."""


async def _let_go_by(receive: Receive) -> None:
    seen = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while seen < MOST_UNREAD:
                message = await receive()
                seen += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return


class RoomLimits:
    """The app, whose rooms for a class take no more than a class sends."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.senders = Allowances(BY_ONE, BY_ONE_A_SECOND)
        self.rooms = Allowances(TO_A_ROOM, TO_A_ROOM_A_SECOND)
        self.streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = asked_page(scope) if scope["type"] == "http" else ""
        if not asked.startswith(ROOMS):
            await self.app(scope, receive, send)
        elif scope["method"] == "POST":
            await self._post(asked, scope, receive, send)
        elif asked.endswith("/events"):
            await self._listen(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _post(self, asked: str, scope: Scope, receive: Receive, send: Send) -> None:
        body, goes_on = b"", True
        while goes_on:
            message = await receive()
            if message["type"] != "http.request":
                return
            body, goes_on = body + message.get("body", b""), message.get("more_body", False)
        if wait := self.wait(asked, scope, body):
            await _answer(429, "too_often", wait)(scope, receive, send)
            return
        parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def read_again() -> Message:
            return parts.pop() if parts else await receive()

        await self.app(scope, read_again, send)

    def wait(self, asked: str, scope: Scope, body: bytes) -> float:
        """How many seconds a post has to wait."""
        now, room = time.monotonic(), asked.removeprefix(ROOMS).partition("/")[0].upper()[:MOST_CHARACTERS]
        address = (scope.get("client") or ("",))[0]
        secret = Headers(scope=scope).get("authorization", "")
        who = (secret or _id_in(body))[:MOST_CHARACTERS] or address
        return self.senders.seconds_until_allowed((room, who), now) or self.rooms.seconds_until_allowed(
            # the class cannot use up what its teacher needs
            (room, address, bool(secret)),
            now,
        )

    async def _listen(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.streams >= MOST_STREAMS:
            await _answer(503, "full", 30)(scope, receive, send)
            return
        self.streams += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.streams -= 1


def _id_in(body: bytes) -> str:
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    who = told.get("id") if isinstance(told, dict) else None
    return who if isinstance(who, str) else ""


def _answer(status: int, word: str, wait: float = 0.0) -> Response:
    headers = {"Cache-Control": "no-store", **({"Retry-After": str(math.ceil(wait))} if wait else {})}
    return JSONResponse({"error": word}, status, headers)
