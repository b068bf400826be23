"""The document of a lesson asks for the scripts that lessons need as soon as Streamlit's own have begun.

Streamlit's document names only what every app needs. The code of charts, formulas and controls is asked for when an
element of that kind has arrived and is to be drawn, and while it is fetched and compiled nothing of it is seen. Asked
for a moment after the start it is fetched and compiled while the browser waits for the server; asked for with the first
scripts (``modulepreload``) it would keep these waiting.

To be added to, the document is asked for plain and whole, whatever the browser takes and has; it is compressed here.
"""

import json
from functools import cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from server.unknown_address import PAGES, asked_page, is_document

KINDS = (
    *("ArrowVegaLiteChart", "BidiComponent", "Html", "PageLink", "rehype-katex"),
    *("Button", "ButtonGroup", "Checkbox", "Slider", "Selectbox"),
)
"""What stands on most questions, by the names of Streamlit's files without the digest behind them."""

_END = b"</head>"
_OF_THE_BROWSER = (b"accept-encoding", b"if-none-match", b"if-modified-since")
"""What a browser says of how, and whether, it wants the document."""


@cache
def lesson_addresses() -> frozenset[str]:
    """The addresses of the topics, as Streamlit makes them of their files' names."""
    return frozenset(path.stem.partition("_")[2] for path in PAGES.glob("[0-9]*_*.py"))


def scripts(folder: Path) -> list[str]:
    """The files of a folder that hold the KINDS; kinds that it has not are left out."""
    return [path.name for kind in KINDS for path in sorted(folder.glob(f"{kind}.*.js"))]


@cache
def _script() -> bytes:
    names = scripts(Path(file_util.get_static_dir()) / "static" / "js")
    addresses = json.dumps([f"./static/js/{name}" for name in names])
    # one that does not come is asked for again by the element that needs it
    ask = f"for (const address of {addresses}) import(address).catch(() => {{}})"
    return f'<script type="module">setTimeout(() => {{ {ask} }})</script>\n'.encode()


def with_script(document: bytes) -> bytes:
    """A document that asks for the scripts."""
    return document.replace(_END, _script() + _END, 1)


class EarlyScripts:
    """The app, whose lessons' documents ask for what they need."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.documents = GZipMiddleware(self._with_script)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lesson = scope["type"] == "http" and scope["method"] == "GET" and asked_page(scope) in lesson_addresses()
        await (self.documents if lesson else self.app)(scope, receive, send)

    async def _with_script(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: Message | None = None
        document = b""

        async def answer(message: Message) -> None:
            nonlocal held, document
            if message["type"] == "http.response.start" and is_document(message) and not _is_encoded(message):
                held = message
            elif held is None or message["type"] != "http.response.body":
                await send(message)
            else:
                document += message.get("body", b"")
                if not message.get("more_body", False):
                    whole = with_script(document)
                    headers = MutableHeaders(raw=held["headers"])
                    headers["content-length"] = str(len(whole))
                    # they are those of the document as it was
                    for name in ("etag", "last-modified"):
                        del headers[name]
                    await send(held)
                    await send({"type": "http.response.body", "body": whole})

        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in _OF_THE_BROWSER]
        # of a file that the server would send by itself nothing could be changed
        extensions = {
            name: how for name, how in scope.get("extensions", {}).items() if name != "http.response.pathsend"
        }
        await self.app({**scope, "headers": headers, "extensions": extensions}, receive, answer)


def _is_encoded(message: Message) -> bool:
    return "content-encoding" in MutableHeaders(raw=message["headers"])
