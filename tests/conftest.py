"""Which pages there are, and which Chromium.

A test that asks for ``script`` runs for every lesson found, for ``any_script`` also for the start page and the pages
that are no lesson, and one that asks for ``language`` runs in each. With ``@pytest.mark.on_pages(1, 5)`` it runs for
those lessons alone, and one marked ``thorough`` not at all, unless pytest is called with ``--thorough``.

A test of a file in AGAIN that fails is run once more, and is named at the end: what it met the first time is a race, of
the test or of the app, to be found and mended.

``pytest -m quick`` tells within two minutes whether a change broke something: all files in QUICK, and besides what is
marked ``quick`` where it stands: every page opened and asked, every picture against the schema.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from benchmarks.chromium import FLAGS, found_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# how long an example takes says more about what else the machine does than about the code
settings.register_profile("every time", deadline=None, max_examples=60)
settings.register_profile("thorough", deadline=None, max_examples=300)

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ko", "en")
QUICK = re.compile(
    r"tests/(test_(architecture|names|texts|nothing_is_executed)"
    r"|dlcore/test_(gradient_check|golden|losses|activations|layers|optimizers|models|metrics|schedules|surfaces)"
    r"|dlcore/experiments/test_training_config"
    r"|classroom/test_(questions|rooms|store)"
    r"|charts/test_axes|lessons/test_protocol|ui/test_(cache|result_codes|kinds|page_state|texts))\.py"
)
"""The rules, the core of the numbers, and what every page uses: none of it opens one."""
AGAIN = re.compile(r"tests/(browser|deploy|server|static)/.*")
"""A browser or several processes, which take turns as the rest of the machine lets them."""


def lessons() -> list[str]:
    """The scripts of the topics, as AppTest wants them."""
    return sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("[0-9]*.py"))


def others() -> list[str]:
    """The scripts that are no topics."""
    return ["streamlit_app.py", *sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("[a-z]*.py"))]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="every sweep on every page, and the slow browser tests")
    parser.addoption("--monkey-seed", type=int, default=20, help="what the monkey does is drawn from it (tests/monkey)")
    parser.addoption("--monkey-acts", type=int, help="how many acts the monkey does on every page")
    parser.addoption("--monkey-again", help="acts that the monkey does instead, as a failed test has printed them")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("thorough" if config.getoption("--thorough") else "every time")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "any_script" in metafunc.fixturenames:
        metafunc.parametrize("any_script", [*others(), *lessons()])
    if "script" in metafunc.fixturenames:
        thorough = metafunc.config.getoption("--thorough")
        chosen = None if thorough else metafunc.definition.get_closest_marker("on_pages")
        scripts = [path for path in lessons() if not chosen or int(re.findall(r"\d+", path)[0]) in chosen.args]
        metafunc.parametrize("script", scripts)
    chosen = metafunc.definition.iter_markers("parametrize")
    if "language" in metafunc.fixturenames and not any("language" in mark.args[0] for mark in chosen):
        metafunc.parametrize("language", LANGUAGES)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if QUICK.fullmatch(item.path.relative_to(ROOT).as_posix()):
            item.add_marker(pytest.mark.quick)
        if AGAIN.fullmatch(item.path.relative_to(ROOT).as_posix()):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if not config.getoption("--thorough"):
        left_out = [item for item in items if item.get_closest_marker("thorough")]
        items[:] = [item for item in items if item not in left_out]
        if left_out:
            # or a file whose tests are all of that kind would be said to have none
            config.hook.pytest_deselected(items=left_out)
    # what one page computes is remembered by the process that has computed it: its tests stay together, those of a file
    # that is about one page, its SCRIPT, too
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}  # type: ignore[attr-defined]
        script = parameters.get("script") or getattr(getattr(item, "module", None), "SCRIPT", None)
        if script and "opened" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(script))


# ---- Chromium --------------------------------------------------------------------------------------------------------

NO_BROWSER = "browser tests need Chromium: apt-get install chromium, or python -m playwright install chromium"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, or fails where CI says that there has to be one."""
    found = found_chromium()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_BROWSER, pytrace=False)
        pytest.skip(NO_BROWSER)
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator["Browser"]:
    """One Chromium for all tests of a worker: Playwright runs once in a thread, or not at all."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, and not once a test, why the browser tests were skipped."""
    if any(NO_BROWSER in str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(f"skipped: {NO_BROWSER}", yellow=True)
