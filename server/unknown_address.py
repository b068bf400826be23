"""An address that leads nowhere is answered with our own page, in the reader's language.

Streamlit answers every address with the same document, which finds out in the browser that there is no such page, and
says so in English. Here whoever would get that document for nothing is sent on to the page that says it, before it.
"""

import re
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGES = Path(__file__).resolve().parent.parent / "pages"
PAGE, ASKED_KEY, LANGUAGE_KEY = "no_such_page", "asked", "lang"

NO_PAGES = ("_stcore/", "component/", "media/", "static/")
"""Where Streamlit has its own: what is missing there is no page that anybody looks for."""
ROOM = "room"
"""Where the rooms are, which say themselves what there is not (``server/room``)."""

MOST_CHARACTERS = 200
"""How much of an address is handed on."""


def addresses() -> set[str]:
    """The addresses of all pages, as Streamlit makes them of their files' names; that of the start page is empty."""
    return {"", *(re.sub(r"^\d+_", "", path.stem) for path in PAGES.glob("*.py"))}


class UnknownAddress:
    """The app, but for documents that no page belongs to."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = asked_page(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else ""
        if asked.startswith((*NO_PAGES, f"{ROOM}/")) or asked in {*addresses(), ROOM}:
            await self.app(scope, receive, send)
            return
        sent_on = False

        async def answer(message: Message) -> None:
            nonlocal sent_on
            if message["type"] == "http.response.start" and is_document(message):
                sent_on = True
                where = location(asked, scope["query_string"].decode("latin-1"))
                headers = [(b"location", where.encode("ascii")), (b"cache-control", b"no-store")]
                await send({"type": "http.response.start", "status": 302, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
            elif not sent_on:
                await send(message)

        await self.app(scope, receive, answer)


def asked_page(scope: Scope) -> str:
    """The address without the folder that the app is served in, and without the slashes around it."""
    path = scope["path"].removeprefix(scope.get("root_path", "")).strip("/")
    folder = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return path.removeprefix(folder).strip("/") if path == folder or path.startswith(f"{folder}/") else path


def location(asked: str, query: str) -> str:
    """Where to go instead, relative to what was asked for: a proxy may serve the app in a folder unknown here."""
    asked_for = dict(parse_qsl(query))
    kept = {LANGUAGE_KEY: asked_for[LANGUAGE_KEY]} if LANGUAGE_KEY in asked_for else {}
    climb = "../" * asked.count("/")
    return f"{climb or './'}{quote(PAGE)}?{urlencode({ASKED_KEY: asked[:MOST_CHARACTERS], **kept})}"


def is_document(message: Message) -> bool:
    """Whether an answer is the document with which Streamlit begins every page."""
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return message["status"] == 200 and kind.startswith("text/html")
