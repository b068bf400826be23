"""An address that leads nowhere is answered with our own page, and every other one as before."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from server import unknown_address
from server.unknown_address import UnknownAddress
from tests.asked import ask
from tests.awaited import awaited
from tests.server.visits import Server
from ui.page import navigation, no_such_page

Answer = tuple[int, dict[str, str], bytes]
DOCUMENT = "<!DOCTYPE html>the same for every page"


def answered(path: str, query: str = "", method: str = "GET", app: Callable[[], Response] | None = None) -> Answer:
    """What a browser gets from an app that answers everything with ``app``'s answer, a document if not said."""
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": []}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    awaited(UnknownAddress((app or (lambda: HTMLResponse(DOCUMENT)))())(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    assert [message["type"] for message in sent].count("http.response.start") == 1
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("path", ["/nosuchpage", "/a/b/c", "/gradient_descent.html", "/1_gradient_descent", "/없는_쪽"])
def test_an_address_that_leads_nowhere_leads_to_our_page(path: str) -> None:
    status, headers, body = answered(path, "lang=en&lr=0.1")
    assert status == 302 and body == b""
    # wherever a proxy serves the app
    there = urlsplit(urljoin(f"https://example.org/folder{path}", headers["location"]))
    assert there.path == f"/folder/{navigation.NOWHERE}"
    assert parse_qs(there.query) == {no_such_page.ASKED_KEY: [path.strip("/")], "lang": ["en"]}


@pytest.mark.parametrize("path", ["/", *(f"/{page.name}" for page in (*navigation.topics(), *navigation.others()))])
def test_a_page_that_there_is_is_answered_as_before(path: str) -> None:
    assert answered(path)[::2] == (200, DOCUMENT.encode())
    assert answered(path, method="HEAD")[0] == 200


@pytest.mark.parametrize(
    "app",
    [
        lambda: PlainTextResponse("ok"),
        lambda: Response(b"\x00", media_type="font/woff2"),
        lambda: HTMLResponse("gone", status_code=404),
        lambda: HTMLResponse("", status_code=301, headers={"location": "/x"}),
    ],
)
def test_what_is_no_document_passes(app: Callable[[], Response]) -> None:
    plain = app()
    assert answered("/static/js/x", app=app)[::2] == (plain.status_code, plain.body)
    assert answered("/nosuchpage", method="POST")[0] == 200
    # a room says itself what there is not, and what only begins like one is no room
    assert answered("/room")[0] == answered("/room/KD4F")[0] == answered("/room/KD4F/state")[0] == 200
    assert answered("/rooms")[0] == answered("/neuron/room")[0] == 302
    # a program of Streamlit's that is missing is not a page, whatever it is answered with
    assert answered("/static/js/x")[0] == answered("/_stcore/x")[0] == 200


def test_an_app_that_is_served_in_a_folder_knows_its_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unknown_address.st, "get_option", {"server.baseUrlPath": "/course/deep/"}.get)
    for path in ("/course/deep", "/course/deep/neuron"):
        assert answered(path)[0] == 200, path
    status, headers, _ = answered("/course/deep/nosuchpage")
    there = urlsplit(urljoin("https://example.org/course/deep/nosuchpage", headers["location"]))
    assert (status, there.path) == (302, f"/course/deep/{navigation.NOWHERE}")


def test_an_address_of_a_hundred_thousand_characters_is_not_handed_on_whole() -> None:
    _, headers, _ = answered("/" + "x" * 100_000)
    assert len(headers["location"]) < 400


def test_both_sides_call_the_page_the_same() -> None:
    assert unknown_address.PAGE == navigation.NOWHERE
    assert unknown_address.ASKED_KEY == no_such_page.ASKED_KEY
    assert unknown_address.MOST_CHARACTERS <= no_such_page.ASKED.most
    assert unknown_address.addresses() == {
        "",
        navigation.NOWHERE,
        *(page.name for page in (*navigation.topics(), *navigation.others())),
    }


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("gradient-descent", "gradient_descent"),
        ("Gradient_Descent.html", "gradient_descent"),
        ("ko/optimizer", "optimizers"),
        ("glosary", "glossary"),
        ("nosuchpage", None),
        ("", None),
        ("/" * 200, None),
    ],
)
def test_the_page_that_was_meant(asked: str, meant: str | None) -> None:
    found = no_such_page.likely(asked)
    assert (found and found.name) == meant


def test_the_server_sends_on_what_leads_nowhere(server: Server) -> None:
    assert ask(server.port, "/nosuchpage?lang=en").status == 302
    for path in ("/", "/neuron", "/favicon.png", "/_stcore/health", "/no_such_page"):
        assert ask(server.port, path).status == 200, path
    assert ask(server.port, "/neuron/_stcore/health").status == 404
    assert json.loads(ask(server.port, "/_stcore/host-config").body)
