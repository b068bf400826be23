"""The document of a lesson names the scripts that lessons need, so that a browser fetches them with the first ones.

Streamlit's document names only what every app needs. The code of charts, formulas and controls is asked for when an
element of that kind has arrived and is to be drawn, and while it is fetched and compiled nothing of it is seen.

To be added to, the document is asked for plain and whole, whatever the browser takes and has; it is compressed here.
"""

import re
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

_IMPORTED = re.compile(r"""(?:from|import)\s?["'`]\./([\w.-]+\.js)["'`]""")
_END = b"</head>"
_OF_THE_BROWSER = (b"accept-encoding", b"if-none-match", b"if-modified-since")
"""What a browser says of how, and whether, it wants the document."""


@cache
def lesson_addresses() -> frozenset[str]:
    """The addresses of the topics, as Streamlit makes them of their files' names."""
    return frozenset(path.stem.partition("_")[2] for path in PAGES.glob("[0-9]*_*.py"))


def scripts(folder: Path) -> list[str]:
    """The files of a folder that the KINDS need, each after those that need it; kinds that it has not are left out."""
    found: dict[str, None] = {}
    waiting = [path.name for kind in KINDS for path in sorted(folder.glob(f"{kind}.*.js"))]
    while waiting:
        name = waiting.pop(0)
        if name not in found and (folder / name).exists():
            found[name] = None
            waiting += _IMPORTED.findall((folder / name).read_text(encoding="utf-8"))
    return list(found)


@cache
def _links() -> dict[str, bytes]:
    """By the address of a script, the line that names it."""
    names = scripts(Path(file_util.get_static_dir()) / "static" / "js")
    return {
        f"./static/js/{name}": f'<link rel="modulepreload" crossorigin href="./static/js/{name}">\n'.encode()
        for name in names
    }


def with_links(document: bytes) -> bytes:
    """A document that names the scripts, but for those that it names already."""
    links = b"".join(link for address, link in _links().items() if f'"{address}"'.encode() not in document)
    return document.replace(_END, links + _END, 1)


class EarlyScripts:
    """The app, whose lessons' documents name what they need."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.documents = GZipMiddleware(self._with_scripts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lesson = scope["type"] == "http" and scope["method"] == "GET" and asked_page(scope) in lesson_addresses()
        await (self.documents if lesson else self.app)(scope, receive, send)

    async def _with_scripts(self, scope: Scope, receive: Receive, send: Send) -> None:
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
                    whole = with_links(document)
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
