"""What opening a page costs, and going on to its next question, beside the smallest possible Streamlit app.

    python benchmarks/opening.py [--rounds 5] [--slowed 4] [--only training,neuron]

Every page is opened in turn, each time in a new tab of a browser that has been there before: milliseconds from the
navigation to the first picture, processor time of the server, and kilobytes that the websocket brings, compressed as
the browser gets them. Then "next" is clicked, once the next question has been drawn ahead, or after a while where it is
not (``--hurried``: as soon as the page is drawn): milliseconds to the next question's first picture, beside those that
the smallest app needs from a key on its slider to its repainted chart. Ratios of medians, taken within one run, are
what to trust. ``--slowed 4`` does the same on a phone's screen with a processor that is four times as slow.
"""

import argparse
import asyncio
import os
import signal
import statistics
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chromium import FLAGS, found_chromium
from latency import IN_SIGHT, apps
from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import sync_playwright
from serving import Server, milliseconds_of
from student import Student

HERE = Path(__file__).resolve().parent
LAPTOP = {"viewport": {"width": 1280, "height": 800}, "locale": "ko-KR"}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "locale": "ko-KR"}
ARRIVALS = """
(() => {
  const seen = (window.__seen = { first: null, last: null, pressed: null, armed: false })
  const CHART = "svg.marks"
  const drawn = (change) =>
    (change.attributeName === "data-drawn") ||
    change.target.ownerSVGElement?.closest('[data-testid="stVegaLiteChart"]') ||
    [...change.addedNodes].some((one) => one.nodeType === 1 && (one.matches(CHART) || one.querySelector(CHART)))
  // a question that was drawn ahead is seen without a change in its pictures
  const question = () => [...document.querySelectorAll('[class*="st-key-screen-"]')]
    .find((one) => one.checkVisibility({ visibilityProperty: true }))
  const awaitQuestion = (before) => requestAnimationFrame(() => {
    const now = question()
    if (now?.querySelector(CHART) && now.className !== before) seen.first = seen.last = performance.now()
    else awaitQuestion(before)
  })
  new MutationObserver((changes) => {
    if (!changes.some(drawn) || (seen.pressed !== null && seen.first === null && question())) return
    requestAnimationFrame(() => {
      seen.last = performance.now()
      seen.first ??= seen.last
    })
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  for (const kind of ["keydown", "click"])
    addEventListener(kind, () => {
      if (!seen.armed) return
      Object.assign(seen, { armed: false, pressed: performance.now(), first: null, last: null })
      if (question()) awaitQuestion(question().className)
    }, true)
})()
"""
SETTLED = 1000
"""So many milliseconds without a change in a picture mean that all is drawn."""

DONE = f"""() => {{
  const {{ last, armed }} = window.__seen
  return last !== null && !armed && performance.now() - last > {SETTLED}
}}"""


REST = 8_000
"""So long a reader stays at least before going on, where nothing is drawn ahead."""

AHEAD = """() => {
  const places = [...document.querySelectorAll('[class*="st-key-slot-"]')]
  const charts = places.filter((one) => getComputedStyle(one).visibility === "hidden")
    .flatMap((one) => [...one.querySelectorAll('[class*="st-key-pictures-"] [data-testid="stVegaLiteChart"]')])
  return charts.length > 0 && charts.every((one) => one.querySelector("svg.marks"))
}"""


@dataclass
class Visit:
    """What one visit took, in milliseconds."""

    first: float
    cpu: float
    ahead_cpu: float
    following: float
    following_cpu: float


@dataclass
class Place:
    """What is opened, on which server, and what is pressed for the next question; in the smallest app, its slider."""

    name: str
    server: Server
    path: str
    pressed: str
    key: str
    visits: list[Visit] = field(default_factory=list)

    def median(self, what: str) -> float:
        return statistics.median(getattr(one, what) for one in self.visits)


def visit(context: Any, place: Place, slowed: float, hurried: bool) -> Visit:
    """One visit: the page is opened, and then its next question."""
    page, process = context.new_page(), place.server.process.pid
    page.add_init_script(ARRIVALS)
    if slowed > 1:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    cpu = milliseconds_of(process)
    page.goto(place.server.address + place.path)
    page.wait_for_function(DONE, polling=100, timeout=120_000)
    first, opened_cpu = page.evaluate("() => window.__seen.first"), milliseconds_of(process) - cpu
    cpu = milliseconds_of(process)
    if not hurried:
        with suppress(TooLate):
            page.wait_for_function(AHEAD, polling=100, timeout=REST)
    ahead_cpu = milliseconds_of(process) - cpu
    target = page.locator(place.pressed).first
    target.scroll_into_view_if_needed()
    page.evaluate("() => { window.__seen.armed = true }")
    cpu = milliseconds_of(process)
    if place.key:
        target.press(place.key)
    else:
        target.click()
    page.wait_for_function(DONE, polling=100, timeout=120_000)
    seen = page.evaluate("() => window.__seen")
    found = Visit(first, opened_cpu, ahead_cpu, seen["first"] - seen["pressed"], milliseconds_of(process) - cpu)
    page.close()
    return found


async def bytes_of(place: Place) -> int:
    """What comes over the websocket when the page is opened."""
    path, _, query = place.path.lstrip("/").partition("?")
    student = Student(place.server.address, path, query)
    opened = await student.open()
    await student.leave()
    return opened.on_the_wire


def places(servers: dict[str, Server], only: set[str]) -> list[Place]:
    """The smallest apps and all topics."""
    slider = ("input[type=range]", "ArrowRight")
    found = [Place("smallest app", servers["smallest"], "/", *slider)]
    found.append(Place("smallest app without Altair", servers["lean"], "/", *slider))
    for script in sorted((HERE.parent / "pages").glob("[0-9]*_*.py")):
        name = script.stem.split("_", 1)[1]
        if not only or name in only:
            found.append(Place(name, servers["page"], f"/{name}?lang=ko&predict=0", ".st-key-stage-on button", ""))
    return found


def report(places: list[Place]) -> None:
    """One row a page, with ratios to the smallest app."""
    heads = ["page", "first picture", "ratio", "server, processor time", "ratio"]
    for each in ("drawn ahead, processor time", "next question", "server, processor time"):
        heads += [each, "ratio"]
    heads.append("kB to open")
    print("\n|", " | ".join(heads), "|\n|" + " --- |" * len(heads))
    for place in places:
        cells = [place.name]
        for what in ("first", "cpu", "ahead_cpu", "following", "following_cpu"):
            now = place.median(what)
            # what is drawn ahead is set against opening the smallest app, too
            ratio = now / places[0].median("cpu" if what == "ahead_cpu" else what)
            cells += [f"{now:.0f} ms", f"**{ratio:.2f}**"]
        cells.append(f"{asyncio.run(bytes_of(place)) / 1000:.0f}")
        print("|", " | ".join(cells), "|", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slowed", type=float, default=1, help="how many times as slow a phone's processor is")
    parser.add_argument("--hurried", action="store_true", help="go on before the next question can be drawn ahead")
    parser.add_argument("--only", default="", help="names of pages, separated by commas")
    parser.add_argument("--tree", type=Path, default=HERE.parent, help="the app's folder, if it is another one")
    args = parser.parse_args()
    # ended from outside (by ``timeout``, say), it ends its servers too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with apps(args.tree) as servers:
        found = places(servers, set(filter(None, args.only.split(","))))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found_chromium(), args=FLAGS + IN_SIGHT)
            print(f"Chromium {browser.version}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
            context = browser.new_context(**(PHONE if args.slowed > 1 else LAPTOP))
            for turn in range(args.rounds + 1):
                for place in found:
                    one = visit(context, place, args.slowed, args.hurried)
                    # the first time fills the caches of browser and server
                    if turn:
                        place.visits.append(one)
            print(f"load at the end {os.getloadavg()[0]:.1f}")
            browser.close()
        # the bytes are counted in a loop of their own, and Playwright has one as long as it runs
        report(found)


if __name__ == "__main__":
    main()
