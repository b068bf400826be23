"""One request to an app without a server around it, and what it answered."""

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.asked import Answer
from tests.awaited import awaited


def header_list(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.replace("_", "-").lower().encode(), text.encode()) for name, text in headers.items()]


def asked_of(
    app: ASGIApp,
    path: str = "/",
    method: str = "GET",
    parts: Sequence[bytes] = (b"",),
    client: str = "192.0.2.7",
    **headers: str,
) -> Answer:
    """parts: the body as it arrives; client: the address that it comes from."""
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "query_string": b"", "root_path": ""}
    scope |= {"client": (client, 1234), "headers": header_list({"host": "lessons.example", **headers})}
    coming = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    coming[-1]["more_body"] = False
    sent: list[Any] = []

    async def receive() -> Any:
        if coming:
            return coming.pop(0)
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    async def answer() -> None:
        await app(scope, receive, send)

    awaited(answer())
    assert [message["type"] for message in sent].count("http.response.start") == 1
    told: dict[str, str] = {}
    for name, text in sent[0]["headers"]:
        told[name.decode()] = "\n".join(filter(None, (told.get(name.decode()), text.decode())))
    return Answer(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent))


async def tells_what_it_heard(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers with the body that it was sent."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(body)(scope, receive, send)
