"""A real server and a real Chromium for the visitors of these tests."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from benchmarks.serving import LOCAL, Server
from tests.visitor import PATIENCE, Visitor
from tests.watched import watching

ROOT = Path(__file__).resolve().parent.parent.parent

expect.set_options(timeout=PATIENCE)

SAVES_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
"""A browser that was asked to save data: nothing is drawn ahead, at a moment that a test cannot know."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # one server, which computes every page once, and one Chromium, whose tabs know Streamlit's programs; what
            # takes minutes by itself may go to the other worker
            group = "fits" if item.path.stem == "test_fits" else "browser"
            item.add_marker(pytest.mark.xdist_group(group))


# ---- servers ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where the server notes whom it calls."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="session")
def server(chromium: str, calls: Path) -> Iterator[str]:
    with Server(ROOT, calls / "log.txt", environment=watching(calls)) as running:
        yield running.address


@pytest.fixture
def serve(chromium: str, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """``serve(folder)``: a fresh server of the test's own."""
    with ExitStack() as running:

        def start(folder: Path, *options: str) -> str:
            return running.enter_context(Server(folder, tmp_path / "server.txt", options=(*LOCAL, *options))).address

        yield start


# ---- visitors --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browser profiles by their settings; the pages in one share nothing but the cache of Streamlit's own files.

    ahead: whether the next question is drawn while this one is shown.
    """
    known: dict[str, BrowserContext] = {}

    def profile(ahead: bool = False, **how: Any) -> BrowserContext:
        key = repr((ahead, sorted(how.items())))
        if key not in known:
            known[key] = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "ko-KR", **how})
            known[key].set_default_timeout(PATIENCE)
            if not ahead:
                known[key].add_init_script(SAVES_DATA)
        return known[key]

    yield profile
    for context in known.values():
        context.close()


@pytest.fixture(scope="session")
def seats() -> dict[BrowserContext, list[Page]]:
    """Tabs that nobody looks at. One that was used before knows Streamlit's programs and shows a page much sooner."""
    return defaultdict(list)


@pytest.fixture
def visitor(
    windows: Callable[..., BrowserContext], server: str, seats: dict[BrowserContext, list[Page]]
) -> Iterator[Callable[..., Visitor]]:
    """``visitor()``: someone new, in a session of their own; ``base`` is another server, the rest is Playwright's."""
    here: list[Visitor] = []

    def arrive(base: str = server, **how: Any) -> Visitor:
        context = windows(**how)
        page = seats[context].pop() if seats[context] else context.new_page()
        here.append(Visitor(context, page, base))
        here[-1].listen()
        return here[-1]

    yield arrive
    for one in here:
        one.leave()
        seats[one.context].append(one.page)
    # whatever a test has opened: dialogs, handouts, links for a class
    assert [url for one in here for url in one.elsewhere] == [], "another host was asked"
