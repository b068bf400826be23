"""One reader in a real Chromium, behind nginx: under its headers, from its cache, and when a process dies."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Response

from benchmarks.serving import free_port
from tests.browser.test_pages import address_of, query_of
from tests.conftest import LANGUAGES, lessons, others
from tests.deploy.conftest import Front, until
from tests.visitor import PATIENCE, Visitor

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
        context.set_default_timeout(PATIENCE)
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


# ---- every page under the headers ------------------------------------------------------------------------------------


SOME = [*others(), "pages/7_training.py"]
"""Between them these have what pages are made of: charts, players, tables to edit, files to bring."""


@pytest.mark.parametrize(
    "scripts", [SOME, pytest.param([*others(), *lessons()], marks=pytest.mark.thorough)], ids=["some", "all"]
)
def test_every_page_runs_under_the_headers_and_asks_nobody_else(
    scripts: list[str], newcomer: Callable[[], Visitor]
) -> None:
    """One visitor through the pages: nothing that is forbidden is tried, and nobody else is asked."""
    one = newcomer()
    for script in scripts:
        # the other language than in tests/browser/test_pages.py
        one.go(f"{address_of(script)}?{query_of(script, LANGUAGES[1 - sum(map(ord, script)) % 2])}")
        assert one.page.evaluate("forbidden") == [], script
    assert one.complaints == [] and one.elsewhere == []


OPENED = """async () => {
  const video = document.createElement("video")
  video.src = URL.createObjectURL(new Blob([new Uint8Array(8)], {type: "video/webm"}))
  await new Promise(done => { video.onerror = done })
}"""


def test_dialogs_and_downloads_run_under_the_headers(newcomer: Callable[[], Visitor]) -> None:
    """What a page loads only when asked to: the QR code of a class's link, presenting, a recorded screen, a handout."""
    one = newcomer().go(f"{LESSON}&present=1")
    assert one.page.evaluate("forbidden") == []
    one.go(LESSON)
    one.page.locator(".st-key-gradient_descent-link button").click()
    one.page.locator('[role="dialog"] img').wait_for()
    one.page.evaluate(OPENED)
    assert one.page.evaluate("forbidden") == []
    assert one.complaints == [] and one.elsewhere == []


# ---- in a frame ------------------------------------------------------------------------------------------------------

FRAME = """address => new Promise(done => {
  const frame = document.createElement("iframe")
  frame.width = 1000, frame.height = 700, frame.src = address
  frame.onload = done
  document.body.append(frame)
})"""


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """``course()``: the origin of a course site, an empty page."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<!doctype html><title>A course</title>")
    running: list[subprocess.Popen[bytes]] = []

    def start() -> str:
        port = free_port()
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
        quiet = subprocess.DEVNULL
        running.append(subprocess.Popen(command, cwd=tmp_path / "site", stdout=quiet, stderr=quiet))
        until(lambda: reachable(port), "the course site answers")
        return f"http://127.0.0.1:{port}"

    yield start
    for one in running:
        one.terminate()
        one.wait(10)


def reachable(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_course_site_that_was_named_shows_the_app_in_a_frame_and_no_other_site_does(
    browser: Browser, framed: Callable[[str], str], course: Callable[[], str]
) -> None:
    named, other = course(), course()
    app = framed(named)
    for origin, welcome in ((named, True), (other, False)):
        context = browser.new_context()
        context.set_default_timeout(PATIENCE)
        try:
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.goto(origin)
            page.evaluate(FRAME, f"{app}{LESSON}&embed=true")
            refused = [text for text in said if "frame-ancestors" in text]
            assert bool(refused) is not welcome, said
            if welcome:
                page.frame_locator("iframe").locator('[data-testid="stVegaLiteChart"] svg').first.wait_for()
            else:
                assert page.frames[1].url.startswith("chrome-error:")
        finally:
            context.close()
