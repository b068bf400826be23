"""The document of a lesson asks for the scripts that lessons need; every other answer is as the app gave it."""

import asyncio
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp
from streamlit import file_util

from server.early_scripts import KINDS, EarlyScripts, scripts
from tests.awaited import awaited
from tests.server.visits import ROOT, Server

STATIC = Path(file_util.get_static_dir())
DOCUMENT = (STATIC / "index.html").read_text(encoding="utf-8")


def answered(
    path: str,
    method: str = "GET",
    app: Callable[[], ASGIApp] = lambda: FileResponse(STATIC / "index.html"),
    **asked: str,
):
    """Status, headers and body that a browser gets from an app that answers everything with ``app``'s answer."""
    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in asked.items()]
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        # nothing more comes: whoever waits here waits for the visitor to go away
        await asyncio.Event().wait()

    awaited(EarlyScripts(app())(scope | {"extensions": {"http.response.pathsend": {}}}, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    # a server that can send a file by itself is told which
    parts = (Path(one["path"]).read_bytes() if "path" in one else one.get("body", b"") for one in sent)
    return sent[0]["status"], headers, b"".join(parts)


def test_a_lesson_asks_for_each_script_that_it_needs_once_and_after_the_first_ones() -> None:
    status, headers, body = answered("/gradient_descent")
    text = body.decode()
    assert status == 200 and int(headers["content-length"]) == len(body)
    [script] = re.findall(r'<script type="module">set.*?</script>\n', text)
    named = re.findall(r'"\./(static/js/[^"]+\.js)"', script)
    assert len(named) == len(set(named)) == len(KINDS)
    assert all((STATIC / name).exists() for name in named)
    # modules run in the order in which they stand
    assert text.rindex('src="./static/js/') < text.index(script) < text.index("</head>")
    assert text.replace(script, "") == DOCUMENT


def test_a_browser_that_takes_compressed_documents_gets_the_same_document_compressed() -> None:
    whole = answered("/gradient_descent")[2]

    def compressing() -> ASGIApp:
        return GZipMiddleware(FileResponse(STATIC / "index.html"))

    status, headers, body = answered("/gradient_descent", app=compressing, accept_encoding="gzip, deflate, br, zstd")
    assert status == 200 and headers["content-encoding"] == "gzip"
    assert int(headers["content-length"]) == len(body) < len(whole) / 2
    assert gzip.decompress(body) == whole


def test_what_a_browser_has_of_the_document_without_them_does_not_count() -> None:
    etag = FileResponse(STATIC / "index.html", stat_result=(STATIC / "index.html").stat()).headers["etag"]
    status, headers, body = answered("/gradient_descent", if_none_match=etag)
    assert status == 200 and body == answered("/gradient_descent")[2]
    assert not {"etag", "last-modified"} & set(headers)


def test_the_app_itself_asks_a_browser_to_fetch_them(tmp_path: Path) -> None:
    with Server(ROOT, tmp_path / "log.txt") as server:
        request = Request(f"{server.address}/neuron?lang=ko", headers={"Accept-Encoding": "gzip"})
        with urlopen(request, timeout=60) as answer:
            document = gzip.decompress(answer.read()).decode()
    assert all(f"/{kind}." in document for kind in KINDS)


def test_this_streamlit_has_a_script_of_every_kind() -> None:
    assert [name.partition(".")[0] for name in scripts(STATIC / "static" / "js")] == list(KINDS)


def test_kinds_that_another_streamlit_has_not_are_left_out(tmp_path: Path) -> None:
    for name in ("Slider.a.js", "Other.b.js", "SliderLabel.c.js"):
        (tmp_path / name).touch()
    assert scripts(tmp_path) == ["Slider.a.js"]
    assert scripts(tmp_path / "nowhere") == []


@pytest.mark.parametrize("path", ["/", "/glossary", "/nosuchpage", "/static/js/x.js"])
def test_pages_without_questions_are_answered_as_before(path: str) -> None:
    assert answered(path)[2].decode() == DOCUMENT


@pytest.mark.parametrize(
    "app",
    [
        lambda: PlainTextResponse("ok"),
        lambda: HTMLResponse("</head>", status_code=404),
        lambda: HTMLResponse(b"packed</head>", headers={"content-encoding": "gzip"}),
        lambda: Response(status_code=304),
    ],
)
def test_what_is_no_document_passes(app: Callable[[], Response]) -> None:
    plain = app()
    assert answered("/gradient_descent", app=app)[::2] == (plain.status_code, plain.body)
    assert answered("/gradient_descent", method="HEAD")[0] == 200
