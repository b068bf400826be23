"""The app as a folder of files, built once, handed out by Python's own file server, with every other host blocked."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage

from benchmarks.chromium import FLAGS
from benchmarks.serving import FileHost
from tests.static.wheels import Unreachable, gathered
from tests.visitor import PATIENCE, Visitor

ROOT = Path(__file__).resolve().parent.parent.parent
BLOCKED = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
"""For Chromium there is no other host than this machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and "built" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            # one worker builds the site
            item.add_marker(pytest.mark.xdist_group("static"))


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip("the site without a server is built with node and npm: apt-get install npm")
    try:
        return gathered(tmp_path_factory.mktemp("wheels"))
    except Unreachable as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def built(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, built by the documented command."""
    folder = tmp_path_factory.mktemp("site") / "lessons"
    command = [sys.executable, "deploy/static/build.py", str(folder), "--wheels", str(wheels)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def site(built: Path) -> Iterator[str]:
    """Its address; it does not stand at the root of its host, as it will not on many."""
    with FileHost(built.parent) as host:
        yield f"{host.address}/{built.name}"


@pytest.fixture(scope="session")
def alone(browser: Browser, chromium: str) -> Iterator[Callable[..., BrowserContext]]:
    """Browser profiles for which no other host exists."""
    cut_off = browser.browser_type.launch(executable_path=chromium, args=[*FLAGS, BLOCKED])

    def profile(**how: Any) -> BrowserContext:
        context = cut_off.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "ko-KR", **how})
        context.set_default_timeout(PATIENCE)
        return context

    yield profile
    cut_off.close()


class Student(Visitor):
    """A visitor of the site without a server."""

    def _said(self, message: ConsoleMessage) -> None:
        # this Streamlit draws a chart before its data are in it, which Vega remarks
        if message.text.startswith(("WARN Infinite extent", "WARN Log scale domain includes zero")):
            return
        super()._said(message)

    def python(self, code: str) -> Any:
        """What the last line of a program is worth to the Python in this page; text or a number."""
        return self.worker.evaluate("code => lessons.run(code)", code)

    @property
    def worker(self) -> Any:
        (worker,) = (each for each in self.page.workers if each.url.startswith("blob:"))
        return worker


@pytest.fixture
def student(alone: Callable[..., BrowserContext], site: str) -> Iterator[Callable[..., Student]]:
    """``student()``: someone new, with an empty browser; no test ends well in which another host was asked."""
    here: list[Student] = []

    def arrive(base: str = site, **how: Any) -> Student:
        context = alone(**how)
        one = Student(context, context.new_page(), base)
        one.listen()
        here.append(one)
        return one

    yield arrive
    elsewhere = [url for one in here for url in one.elsewhere]
    for one in here:
        one.context.close()
    assert elsewhere == [], "another host was asked"
