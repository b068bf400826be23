"""One reader in a real Chromium, behind nginx: under its headers, from its cache, and when a process dies."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Response

from tests.browser.conftest import Visitor
from tests.deploy.conftest import Front

pytestmark = pytest.mark.browser

LESSON = "/gradient_descent?lang=en&predict=0"
FORBIDDEN = """
  window.forbidden = []
  document.addEventListener("securitypolicyviolation", event => forbidden.push(
    `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))
"""
CONNECTED = """() => document.querySelector('[data-testid="stApp"]')?.dataset.testConnectionState === "CONNECTED" """


@pytest.fixture
def newcomer(browser: Browser, front: Front) -> Iterator[Callable[[], Visitor]]:
    """``newcomer()``: someone whose browser has never been here."""
    contexts = []

    def arrive() -> Visitor:
        contexts.append(context := browser.new_context(viewport={"width": 1280, "height": 900}, locale="ko-KR"))
        context.set_default_timeout(20_000)
        context.add_init_script(FORBIDDEN)
        one = Visitor(context, context.new_page(), front.address)
        one.listen()
        return one

    yield arrive
    for context in contexts:
        context.close()


def seat(one: Visitor) -> str:
    return next(cookie.get("value", "") for cookie in one.context.cookies() if cookie.get("name") == "seat")


def test_a_lesson_works_under_the_headers_and_comes_from_nginx(newcomer: Callable[[], Visitor], front: Front) -> None:
    for visit in ("first", "second"):
        one, programs = newcomer(), list[Response]()

        def heard(answer: Response, programs: list[Response] = programs) -> None:
            if "/static/" in answer.url:
                programs.append(answer)

        one.page.on("response", heard)
        one.go(LESSON)
        one.button("one_weight", "back").click()
        one.until_step("one_weight", "t === last - 1")
        assert one.page.evaluate("forbidden") == []
        assert one.complaints == [] and one.elsewhere == []
        assert len(programs) > 20
        if visit == "second":
            assert {answer.header_value("x-cache-status") for answer in programs} == {"HIT"}
            for answer in programs:
                if ".js" in answer.url and answer.header_value("content-encoding") != "gzip":
                    assert int(answer.header_value("content-length") or 0) < 1000, "too little to pack"


def test_when_the_process_dies_the_page_comes_back_by_itself(newcomer: Callable[[], Visitor], front: Front) -> None:
    one = newcomer().go(LESSON)
    for stop in ("0.12", "0.15"):
        one.press("lr", "ArrowRight")
        one.until_address(lr=stop)
    said, address = one.said(), one.page.url
    assert one.complaints == []

    connections: list[str] = []
    one.page.on("websocket", lambda socket: connections.append(socket.url))
    process = front.serving(seat(one))
    process.process.kill()
    with one.page.expect_websocket():
        pass
    one.until(CONNECTED)
    one.ready()
    one.until_slid("lr", "0.15")
    assert one.page.url == address
    assert one.said() == said
    one.press("lr", "ArrowRight")
    one.until_address(lr="0.2")
    assert len(connections) == 1, "at the first attempt"
    assert one.page.evaluate("forbidden") == []
    assert [told for told in one.complaints if "WebSocket onclose: code=1006" not in told] == []
