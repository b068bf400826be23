"""How late a control repaints its chart, beside the smallest possible Streamlit app.

    python benchmarks/latency.py [--presses 30] [--only lr,w] [--json out.json]

Everything runs in one go in one Chromium: the page, the smallest app with the page's settings, the same with
Streamlit's own settings, and (stricter) the same small app with a Vega-Lite chart written by hand instead of
``st.line_chart``, whose Altair costs more than all the rest; each in a server of its own. Presses are
interleaved (A, B, C, A, B, C, ...), so that a busy machine is busy for all of them; the ratios of the medians
are what to trust. A press counts from the key (or click) event in the browser to the frame after the chart's
marks have changed; the clock is the browser's. The page is served from a copy of the tree, so that a file
saved meanwhile does not disturb it.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chromium import FLAGS, found_chromium
from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate
from serving import LOCAL, Server, copy_app, milliseconds_of

HERE = Path(__file__).resolve().parent
IN_SIGHT = [
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]
"""A tab that nobody looks at is as quick as one that somebody does."""
QUIET = 300
"""So many milliseconds without a change in a chart mean that the repaint is over."""
PATIENCE = 8_000

PROBE = """
(() => {
  const probe = (window.__probe = { pressed: null, sent: null, first: null, last: null })
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (data) {
    if (probe.pressed !== null && probe.sent === null) probe.sent = performance.now()
    return send.call(this, data)
  }
  // only the marks of a chart count, not its frame, its caption or Streamlit's fading
  const drawn = (m) =>
    m.target.ownerSVGElement?.closest('[data-testid="stVegaLiteChart"]') ||
    [...m.addedNodes].some((n) => n.nodeType === 1 && (n.matches("svg.marks") || n.querySelector("svg.marks")))
  const afterPaint = new MessageChannel()
  afterPaint.port1.onmessage = () => {
    const now = performance.now()
    if (probe.pressed === null) return
    probe.first ??= now
    probe.last = now
  }
  const watcher = new MutationObserver((list) => {
    if (probe.pressed !== null && list.some(drawn)) requestAnimationFrame(() => afterPaint.port2.postMessage(0))
  })
  for (const kind of ["keydown", "click"])
    addEventListener(kind, () => { if (probe.armed) { probe.armed = false; probe.pressed = performance.now() } }, true)
  probe.arm = (selector) => {
    watcher.disconnect()
    Object.assign(probe, { armed: true, pressed: null, sent: null, first: null, last: null })
    const options = { subtree: true, childList: true, attributes: true, characterData: true }
    watcher.observe(document.querySelector(selector), options)
  }
})()
"""


# ---- servers -------------------------------------------------------------------------------------------------------

ALONE = ("--server.headless", "true", "--browser.gatherUsageStats", "false")
"""What an app that has no settings of its own has to be told."""


@contextmanager
def apps(tree: Path) -> Iterator[dict[str, Server]]:
    """Our page; the smallest app with our settings, and with Streamlit's own; the same drawn without Altair."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy, bare = copy_app(tree, Path(folder, "copy")), Path(folder, "bare")
        shutil.copytree(HERE, copy / "benchmarks", dirs_exist_ok=True)
        bare.mkdir()
        shutil.copy(HERE / "smallest_app.py", bare)
        with (
            Server(copy) as page,
            Server(copy, script="benchmarks/smallest_app.py") as ours,
            Server(bare, script="smallest_app.py", options=(*LOCAL, *ALONE)) as default,
            Server(copy, script="benchmarks/lean_app.py") as lean,
        ):
            yield {"page": page, "smallest": ours, "default": default, "lean": lean}


# ---- presses -------------------------------------------------------------------------------------------------------


@dataclass
class Tab:
    """One open page, with what goes over its websocket."""

    page: Page
    server: Server
    down: list[int] = field(default_factory=list)
    up: list[int] = field(default_factory=list)

    @classmethod
    def open(cls, browser: Any, server: Server, path: str, ready: str) -> "Tab":
        page = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US").new_page()
        tab = cls(page, server)
        page.add_init_script(PROBE)
        page.on("websocket", tab._listen)
        page.goto(server.address + path)
        page.wait_for_selector(f"{ready} svg.marks", timeout=60_000)
        page.wait_for_timeout(2500)
        page.set_default_timeout(6000)
        return tab

    def _listen(self, socket: Any) -> None:
        socket.on("framereceived", lambda frame: self.down.append(len(frame)))
        socket.on("framesent", lambda frame: self.up.append(len(frame)))


@dataclass
class Press:
    """Times in milliseconds since the key; ``sent``: when the browser told the server."""

    sent: float
    first: float
    last: float
    down: int
    cpu: float


@dataclass
class Control:
    """What is pressed, in which tab, and the chart that answers; ``before`` makes the next press a fresh one."""

    name: str
    tab: str
    root: str
    focus: str
    key: str
    before: Callable[[Page], None] | None = None
    presses: list[Press] = field(default_factory=list)
    missed: int = 0


def settle(page: Page) -> bool:
    """Wait until no chart has changed for a while; False if none changed at all."""
    done = f"window.__probe.last !== null && performance.now() - window.__probe.last > {QUIET}"
    try:
        page.wait_for_function(done, polling=50, timeout=PATIENCE)
    except TooLate:
        return False
    return True


def press(tab: Tab, control: Control) -> None:
    """One press of a control; appended to its presses."""
    try:
        _press(tab, control)
    except TooLate:  # something did not come into sight: count it, close whatever is open, go on
        control.missed += 1
        tab.page.keyboard.press("Escape")


def _press(tab: Tab, control: Control) -> None:
    page = tab.page
    page.bring_to_front()
    if control.before:
        control.before(page)
        page.wait_for_timeout(QUIET)
    target = page.locator(control.focus).first
    if control.key != "click":
        target.focus()
        if control.key == "Menu":  # open the list and choose the next entry; the Enter that commits is what counts
            page.keyboard.press("ArrowDown")
            page.wait_for_timeout(150)
            page.keyboard.press("ArrowDown")
            page.wait_for_timeout(150)
    else:
        target.scroll_into_view_if_needed()
    page.wait_for_timeout(60)
    page.evaluate("(root) => window.__probe.arm(root)", control.root)
    frames, cpu = len(tab.down), milliseconds_of(tab.server.process.pid)
    if control.key == "click":
        target.click()
    else:
        page.keyboard.press("Enter" if control.key == "Menu" else control.key)
    if not settle(page):
        control.missed += 1
        return
    seen = page.evaluate("() => ({ ...window.__probe, arm: 0 })")
    sent, first, last = ((seen[name] or float("nan")) - seen["pressed"] for name in ("sent", "first", "last"))
    cpu = milliseconds_of(tab.server.process.pid) - cpu
    control.presses.append(Press(sent, first, last, sum(tab.down[frames:]), cpu))


def slider_mover(key: str, beat: str) -> Callable[[Page], None]:
    """Move a slider by one, behind the button "more" or in sight, so that the next press finds nothing in a cache."""

    def move(page: Page) -> None:
        page.evaluate("(root) => window.__probe.arm(root)", f".st-key-beat-{beat}")
        slider = page.locator(f".st-key-gradient_descent-{key} input[type=range]")
        hidden = slider.count() == 0
        if hidden:
            page.locator(f'.st-key-beat-{beat} [data-testid="stPopover"] button').first.click()
        slider.focus()
        page.keyboard.press("ArrowRight")
        settle(page)
        if hidden:
            page.keyboard.press("Escape")
            page.wait_for_timeout(200)

    return move


BEATS = {"lr": "one_weight", "w": "one_weight", "lr2": "two_weights", "lr3": "any_landscape", "lr4": "where_it_ends"}
START = "/gradient_descent?lang=en&predict=0&all=print"
SLIDERS = f"{START}&lr=0.001&w=-1.5&lr2=0.001&lr3=0.001&lr4=0.0001"
OTHERS = f"{START}&w=2&n2=50&n3=50"


OTHER_PAGES = {
    "learning_rate": {"m": "how_much", "r0": "with_schedule", "read": "finding_a_rate"},
    "optimizers": {"lr": "all_or_a_sample", "lr2": "one_step", "n4": "many_starts", "lr6": "one_name"},
    "training": {"share": "data", "lr": "fit", "epochs": "fit"},
    "model_evaluation": {"rare1": "beat_common_sense", "miss2": "behind_the_score", "shift3": "residuals"},
}
"""By page, the sliders that are pressed, with the beat that answers."""


def slider(key: str, step: str) -> Control:
    return Control(
        key, "sliders", f".st-key-beat-{BEATS[key]}", f".st-key-gradient_descent-{key} input[type=range]", step
    )


def elsewhere(step: str) -> list[Control]:
    """The sliders of the other pages."""
    return [
        Control(f"{page}: {key}", page, f".st-key-beat-{beat}", f".st-key-{page}-{key} input[type=range]", step)
        for page, beats in OTHER_PAGES.items()
        for key, beat in beats.items()
    ]


def fresh() -> list[Control]:
    """The controls, each to values that were not used before."""
    place = ".st-key-gradient_descent-"
    lines = [Control("smallest app", "smallest", ".stApp", "input[type=range]", "ArrowRight")]
    lines += [Control("smallest app, Streamlit's settings", "default", ".stApp", "input[type=range]", "ArrowRight")]
    lines += [Control("smallest app without Altair", "lean", ".stApp", "input[type=range]", "ArrowRight")]
    lines += [slider(key, "ArrowRight") for key in BEATS]
    lines += elsewhere("ArrowRight")
    toggle = f"{place}scaled label"
    lines.append(
        Control("scaled", "others", ".st-key-beat-two_weights", toggle, "click", slider_mover("n2", "two_weights"))
    )
    menu = f"{place}f input"
    beat = ".st-key-beat-any_landscape"
    lines.append(Control("f (menu)", "others", beat, menu, "Menu", slider_mover("n3", "any_landscape")))
    pill = f"{place}x button"
    lines.append(
        Control("x (compare)", "others", ".st-key-beat-one_weight", pill, "click", slider_mover("w", "one_weight"))
    )
    return lines


def seen_before() -> list[Control]:
    """The same controls back to values that a cache knows."""
    lines = [Control("smallest app", "smallest", ".stApp", "input[type=range]", "ArrowLeft")]
    lines += [slider(key, "ArrowLeft") for key in ("lr", "lr2", "lr3", "lr4")]
    toggle = ".st-key-gradient_descent-scaled label"
    return [*lines, Control("scaled", "others", ".st-key-beat-two_weights", toggle, "click")]


def playing(tab: Tab) -> dict[str, Any]:
    """What goes over the websocket while a run is played and scrubbed for some seconds."""
    page = tab.page
    page.bring_to_front()
    beat = page.locator(".st-key-beat-one_weight")
    beat.locator(".scrub").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    down, up = len(tab.down), len(tab.up)
    beat.locator(".play").click()
    page.wait_for_timeout(4000)
    shown = {beat.locator(".where").text_content()}
    beat.locator(".scrub").focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(50)
        shown.add(beat.locator(".where").text_content())
    page.wait_for_timeout(1000)
    return {"frames sent": len(tab.up) - up, "frames received": len(tab.down) - down, "positions seen": len(shown)}


# ---- report --------------------------------------------------------------------------------------------------------


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def summary(controls: list[Control]) -> list[dict[str, Any]]:
    """A row a control: medians, 95th percentiles, and ratios to the first control, the smallest app."""
    rows = []
    for control in controls:
        if not control.presses:
            rows.append({"control": control.name, "presses": 0, "missed": control.missed})
            continue
        row: dict[str, Any] = {"control": control.name, "presses": len(control.presses), "missed": control.missed}
        for what in ("first", "last", "sent"):
            values = [getattr(p, what) for p in control.presses]
            row[what], row[f"{what}_p95"] = statistics.median(values), quantile(values, 0.95)
        row["after_send"] = statistics.median(p.first - p.sent for p in control.presses)
        row["kB"] = statistics.median(p.down for p in control.presses) / 1000
        row["cpu"] = statistics.mean(p.cpu for p in control.presses)
        base = rows[0] if rows else row
        for what in ("first", "last", "after_send", "cpu"):
            row[f"{what}_ratio"] = row[what] / base[what] if base.get(what) else float("nan")
        rows.append(row)
    return rows


def print_table(title: str, rows: list[dict[str, Any]]) -> None:
    print(f"\n{title}\n")
    heads = ["control", "presses", "key to repaint: median", "p95", "ratio", "last chart: ratio"]
    heads += ["without the browser's wait: ratio", "server CPU ms", "ratio", "kB down"]
    print("|", " | ".join(heads), "|")
    print("|" + " --- |" * len(heads))
    for r in rows:
        if not r["presses"]:
            print(f"| {r['control']} | 0 ({r['missed']} without a repaint) |")
            continue
        count = f"{r['presses']}" + (f" (+{r['missed']} without a repaint)" if r["missed"] else "")
        cells = [r["control"], count, f"{r['first']:.0f} ms", f"{r['first_p95']:.0f} ms", f"**{r['first_ratio']:.2f}**"]
        cells += [f"{r['last_ratio']:.2f}", f"{r['after_send_ratio']:.2f} ({r['after_send']:.0f} ms)"]
        cells += [f"{r['cpu']:.0f}", f"{r['cpu_ratio']:.2f}", f"{r['kB']:.1f}"]
        print("|", " | ".join(cells), "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--presses", type=int, default=30)
    parser.add_argument("--only", help="names of controls, separated by commas; the smallest app is always measured")
    parser.add_argument("--tree", type=Path, default=HERE.parent, help="the app's folder, if it is another one")
    parser.add_argument("--json", type=Path, help="where to write every press")
    args = parser.parse_args()
    wanted = set(args.only.split(",")) if args.only else None
    # ended from outside (by ``timeout``, say), it ends its servers too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with apps(args.tree) as servers, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found_chromium(), args=FLAGS + IN_SIGHT)
        print(f"Chromium {browser.version}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
        tabs = {
            "smallest": Tab.open(browser, servers["smallest"], "/", ".stApp"),
            "default": Tab.open(browser, servers["default"], "/", ".stApp"),
            "lean": Tab.open(browser, servers["lean"], "/", ".stApp"),
            "sliders": Tab.open(browser, servers["page"], SLIDERS, ".st-key-beat-where_it_ends"),
            "others": Tab.open(browser, servers["page"], OTHERS, ".st-key-beat-where_it_ends"),
        }
        for page, beats in OTHER_PAGES.items():
            if wanted is not None and not any(name.startswith(f"{page}:") for name in wanted):
                continue
            path, last = f"/{page}?lang=en&predict=0&all=print", f".st-key-beat-{list(beats.values())[-1]}"
            tabs[page] = Tab.open(browser, servers["page"], path, last)
        found = {}
        for title, controls in (("Values not used before", fresh()), ("Values used before", seen_before())):
            chosen = [c for i, c in enumerate(controls) if wanted is None or c.name in wanted or i == 0]
            for turn in range(args.presses + 1):
                for control in chosen:
                    press(tabs[control.tab], control)
                if turn == 0:  # the first press of each is for warming up
                    for control in chosen:
                        control.presses.clear()
            found[title] = [vars(c) | {"before": None, "presses": [vars(p) for p in c.presses]} for c in chosen]
            print_table(title, summary(chosen))
        print("\nPlaying:", playing(tabs["sliders"]))
        print(f"load at the end {os.getloadavg()[0]:.1f}")
        browser.close()
    if args.json:
        args.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
