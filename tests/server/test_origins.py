"""Under which names and from which pages the app may be asked, and what of it is for its own machine alone."""

import pytest
from starlette.responses import PlainTextResponse

from server import origins
from server.origins import OwnPages, is_from_this_machine, is_own_name, is_own_page
from tests.asked import ask, shake_hands
from tests.awaited import awaited
from tests.server.asgi import asked_of, header_list
from tests.server.visits import Server

OWN = "lessons.example"
DEFAULTS = {"server.enableCORS": True, "browser.serverAddress": "localhost"}


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Streamlit's options, as a test sets them."""
    known: dict[str, object] = dict(DEFAULTS)
    monkeypatch.setattr(origins.st, "get_option", known.get)
    return known


def conversation(origin: str | None, host: str = OWN) -> tuple[str | int, ...]:
    """What comes of a page's asking for one: the close code, or "heard" and the origins that the app is told."""
    came: list[str | int] = []

    async def app(scope, receive, send) -> None:
        came.extend(["heard", *(value.decode() for name, value in scope["headers"] if name == b"origin")])

    async def send(message) -> None:
        came.append(message["code"])

    headers = header_list({"host": host, **({"origin": origin} if origin else {})})
    awaited(OwnPages(app)({"type": "websocket", "path": "/_stcore/stream", "headers": headers}, None, send))  # type: ignore[arg-type]
    return tuple(came)


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("https://lessons.example", OWN, True),
        ("http://lessons.example:8501", f"{OWN}:8501", True),
        ("http://192.0.2.7:8501", "192.0.2.7:8501", True),
        ("http://[::1]:8501", "[::1]:8501", True),
        ("https://elsewhere.example", OWN, False),
        ("https://lessons.example.elsewhere.example", OWN, False),
        ("https://lessons.example", f"{OWN}:8501", False),
        # a proxy on this machine that says its own name for it
        ("http://localhost:8080", "127.0.0.1:8501", True),
        # another program on a visitor's own machine
        ("http://127.0.0.1:8080", OWN, False),
        ("http://localhost", OWN, False),
        # frames without an origin, files
        ("null", OWN, False),
        ("", OWN, False),
        ("https://[", OWN, False),
        ("https://", "", False),
    ],
)
def test_whose_page_it_is(options: dict[str, object], origin: str, host: str, own: bool) -> None:
    assert is_own_page(origin, host) is own


def test_a_conversation_is_for_own_pages_and_for_programs(options: dict[str, object]) -> None:
    assert conversation(f"https://{OWN}") == ("heard", f"https://{OWN}")
    assert conversation(None) == ("heard",)
    assert conversation("https://elsewhere.example") == (1008,)


def test_a_site_that_is_listed_is_heard_and_streamlit_has_nothing_to_look_up(options: dict[str, object]) -> None:
    options["server.corsAllowedOrigins"] = ["https://portal.example"]
    assert conversation("https://portal.example") == ("heard",)
    assert conversation("https://elsewhere.example") == (1008,)
    options["server.enableCORS"] = False
    assert conversation("https://elsewhere.example") == ("heard",)


def test_the_address_that_was_set_is_its_own(options: dict[str, object]) -> None:
    options["browser.serverAddress"] = "lessons.example.org"
    assert is_own_page("https://lessons.example.org", "10.0.0.3:8501")
    assert not is_own_page("https://elsewhere.example", "10.0.0.3:8501")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_another_sites_page_changes_nothing_here(options: dict[str, object], method: str) -> None:
    app = OwnPages(PlainTextResponse("done"))
    assert asked_of(app, "/room/KD4F/vote", method, origin="https://elsewhere.example").status == 403
    assert asked_of(app, "/room/KD4F/vote", method, origin="null").status == 403
    assert asked_of(app, "/room/KD4F/vote", method, origin=f"https://{OWN}").status == 200
    assert asked_of(app, "/room/KD4F/vote", method).status == 200, "a program"
    assert asked_of(app, "/room/KD4F", origin="https://elsewhere.example").status == 200, "looking is free"


def test_where_names_are_set_it_goes_by_no_other(options: dict[str, object]) -> None:
    app = OwnPages(PlainTextResponse("done"))
    assert asked_of(app, host="elsewhere.example").status == 200, "nobody has said its name"
    options["server.allowedHosts"] = [OWN, "*.lessons.example.org"]
    for host in (
        OWN,
        f"{OWN}:8501",
        OWN.upper(),
        f"{OWN}.",
        "a.lessons.example.org",
        "localhost:8501",
        "192.0.2.7",
        "[::1]:1",
    ):
        assert asked_of(app, host=host).status == 200, host
    for host in (
        "elsewhere.example",
        f"x{OWN}",
        f"{OWN}.elsewhere.example",
        "lessons.example.org",
        "127.0.0.1.example",
        "",
        "a:b",
        "[",
    ):
        assert asked_of(app, host=host).status == 421, host
        assert conversation(f"https://{host}", host) == (1008,)
    options["server.allowedHosts"] = ["*"]
    assert is_own_name("elsewhere.example")


def test_what_streamlit_tells_of_itself_is_for_its_own_machine(options: dict[str, object]) -> None:
    app = OwnPages(PlainTextResponse("done"))
    for path in ("metrics", "agent/openapi.json", "script-health-check"):
        assert asked_of(app, f"/_stcore/{path}").status == 404, path
        assert asked_of(app, f"/_stcore/{path}", client="127.0.0.1").status == 200
        # a proxy on this machine asks for somebody else
        assert asked_of(app, f"/_stcore/{path}", client="127.0.0.1", x_forwarded_for="127.0.0.1").status == 404
    for path in ("/_stcore/health", "/_stcore/host-config", "/metrics"):
        assert asked_of(app, path).status == 200, path
    options["server.baseUrlPath"] = "course"
    assert asked_of(app, "/course/_stcore/metrics").status == 404
    for nobody in (None, ("testclient", 1), ("", 1)):
        assert not is_from_this_machine({"client": nobody, "headers": []})


def test_the_server_refuses_another_sites_page(server: Server) -> None:
    here = f"127.0.0.1:{server.port}"
    assert shake_hands(server.port, here, f"http://{here}") == 101
    assert shake_hands(server.port, here, "https://elsewhere.example") == 403
    assert ask(server.port, "/", "POST", Origin="https://elsewhere.example").status == 403
    assert ask(server.port, "/_stcore/metrics").status == 200
    assert ask(server.port, "/_stcore/metrics", X_Forwarded_For="192.0.2.7").status == 404
