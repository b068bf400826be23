"""The site without a server: what travels, how long until the first lesson, and beside it the plain recipe.

    PYTHONPATH=. python benchmarks/static_site.py --wheels DIR [--visits 3]

Builds the site twice, as it is given out and plain (``build.py --plain``: Python's packages neither compiled nor
trimmed, none of them later than the rest), and opens each in a Chromium of its own, in turn: a first visit, a second
from what was kept, a moved control, a page switch, the page that trains. Beside them a server of the app, on the same
machine. Bytes are those of the files, which the host hands out as they are.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.chromium import FLAGS, found_chromium
from benchmarks.serving import FileHost, Server

ROOT = Path(__file__).resolve().parent.parent
LESSON = "gradient_descent?lang=en&predict=0"
DONE = """() => document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')
  && document.querySelector('[data-testid="stVegaLiteChart"] svg .role-mark path')"""
HEAD = "() => document.querySelector('[data-testid=stMain] h1')"
PATIENCE = 180_000


class Watch:
    def __init__(self) -> None:
        self.begun = time.perf_counter()

    def seconds(self) -> float:
        return time.perf_counter() - self.begun


def wait_for(page: Page, script: str, arg: Any = None) -> None:
    page.wait_for_function(script, arg=arg, polling=50, timeout=PATIENCE)


def time_visit(page: Page, address: str) -> dict[str, float]:
    watch = Watch()
    page.goto(address)
    wait_for(page, HEAD)
    found = {"heading": watch.seconds()}
    wait_for(page, DONE)
    return found | {"whole page": watch.seconds()}


def time_use(page: Page) -> dict[str, float]:
    """A moved slider, a switch to the next topic and a training of 100 epochs, in seconds until all is drawn."""
    found = {}
    slider = page.locator('[class*="st-key-"][class*="-lr "][class*="st-key-"], [class*="-lr"]').get_by_role("slider")
    before = page.url
    watch = Watch()
    slider.first.press("ArrowRight")
    wait_for(page, "before => location.href !== before", before)
    wait_for(page, DONE)
    found["moved control"] = watch.seconds()
    for name, place in (("switch", 2), ("training page", 7)):
        watch = Watch()
        head = page.locator('[data-testid="stMain"] h1').inner_text()
        page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a').nth(place).click()
        wait_for(page, f"old => ({HEAD})()?.innerText !== old && ({DONE})()", head)
        found[name] = watch.seconds()
    return found


def with_browser(chromium: str, run: Callable[[BrowserContext], None], profile: str) -> None:
    with sync_playwright() as playwright:
        how = {
            "executable_path": chromium,
            "args": FLAGS,
            "locale": "en-US",
            "viewport": {"width": 1280, "height": 900},
        }
        context = playwright.chromium.launch_persistent_context(profile, **how)
        context.set_default_timeout(PATIENCE)
        run(context)
        context.close()


def of_site(chromium: str, folder: Path, figures: dict[str, list[float]]) -> None:
    with FileHost(folder) as host, tempfile.TemporaryDirectory() as profile:

        def first(context: BrowserContext) -> None:
            page, sizes = context.pages[0], defaultdict(int)

            def count(response: Any) -> None:
                if response.url.startswith("http") and not (
                    response.from_service_worker or response.request.service_worker
                ):
                    path = folder / response.url.split("?")[0].removeprefix(f"{host.address}/")
                    sizes[path] = path.stat().st_size if path.is_file() else 0

            context.on("response", count)
            for name, seconds in time_visit(page, f"{host.address}/{LESSON}").items():
                figures[f"first visit, {name}"].append(seconds)
            early = sum(size for path, size in sizes.items() if not path.name.startswith("late"))
            figures["MB to the first lesson"].append(early / 1e6)
            for name, seconds in time_use(page).items():
                figures[name].append(seconds)
            page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

        def second(context: BrowserContext) -> None:
            for name, seconds in time_visit(context.pages[0], f"{host.address}/{LESSON}").items():
                figures[f"second visit, {name}"].append(seconds)

        with_browser(chromium, first, profile)
        with_browser(chromium, second, profile)


def of_server(chromium: str, figures: dict[str, list[float]]) -> None:
    with Server(ROOT) as server, tempfile.TemporaryDirectory() as profile:

        def visit(context: BrowserContext) -> None:
            for name, seconds in time_visit(context.pages[0], f"{server.address}/{LESSON}").items():
                figures[f"first visit, {name}"].append(seconds)
            for name, seconds in time_use(context.pages[0]).items():
                figures[name].append(seconds)

        with_browser(chromium, visit, profile)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, required=True, help="NumPy and pandas for WebAssembly")
    parser.add_argument("--visits", type=int, default=3)
    asked = parser.parse_args()
    chromium = found_chromium()
    assert chromium, "no Chromium"
    with tempfile.TemporaryDirectory() as folder:
        kinds = {"given out": [], "plain": ["--plain"]}
        for kind, options in kinds.items():
            command = [sys.executable, "deploy/static/build.py", f"{folder}/{kind}", "--wheels", str(asked.wheels)]
            subprocess.run([*command, *options], cwd=ROOT, check=True)
        figures: dict[str, dict[str, list[float]]] = {kind: defaultdict(list) for kind in (*kinds, "a server")}
        for _ in range(asked.visits):
            for kind in kinds:
                of_site(chromium, Path(folder, kind), figures[kind])
            of_server(chromium, figures["a server"])
    rows = list(figures["given out"])
    print("| median of", asked.visits, "|", " | ".join(figures), "|")
    print("| --- |", " --- |" * len(figures))
    for row in rows:
        values = [f"{statistics.median(kind[row]):.1f}" if row in kind else "" for kind in figures.values()]
        print(f"| {row} |", " | ".join(values), "|")


if __name__ == "__main__":
    main()
