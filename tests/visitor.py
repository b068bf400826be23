"""A visitor in front of the app: one window of a real Chromium, what can be seen and done there, and all complaints."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    TimeoutError,
    WebSocket,
)

from ui.page.navigation import topics

PATIENCE = 90_000
"""How long anything may take on a slow machine, in milliseconds."""

DRAWN = """() => {
  const done = document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')
  const charts = [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')]
  const marked = chart => chart.querySelector('svg .role-mark :is(path[d], image, text, line), canvas')
  // at the first step of a player a picture may be nothing but its axes: it is drawn when it stays so for a second
  const stays = chart => {
    if (!chart.querySelector('svg .role-axis text')) { chart.emptySince = undefined; return false }
    chart.emptySince ??= performance.now()
    return performance.now() - chart.emptySince > 1000
  }
  return done && !document.querySelector('[data-testid="stSkeleton"]')
    && charts.map(chart => marked(chart) ? (chart.emptySince = undefined, true) : stays(chart)).every(Boolean)
}"""


STARTED = """() => {
  const find = (root, what) => root.querySelector(what) ??
    [...root.querySelectorAll('*')].map(one => one.shadowRoot && find(one.shadowRoot, what)).find(Boolean)
  const all = (places, what) => [...document.querySelectorAll(`[class*="${places}"]`)].every(one => find(one, what))
  return all('st-key-player-', '.player[aria-label]') && all('st-key-click-', '.hint:not(:empty)')
}"""
"""Every player has its name, its last act of starting, and every picture that can be clicked says so."""


TOPICS = {f"/{page.name}" for page in topics()}


def whole(path: str) -> str:
    """The path of a topic with all its questions on one page, unless it names a question or presents one."""
    where, _, query = path.partition("?")
    if where not in TOPICS or {"beat", "present", "all"} & set(dict(parse_qsl(query))):
        return path
    return f"{where}?{query}&all=print" if query else f"{where}?all=print"


@dataclass
class Visitor:
    """One browser window, and all that it complained of or asked for."""

    context: BrowserContext
    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)
    usual: Any = None
    usual_theme: Any = None

    def __post_init__(self) -> None:
        self.usual = self.page.viewport_size
        dark = self.page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
        self.usual_theme = "dark" if dark else "light"

    def listen(self) -> None:
        for event, heard in self._ears():
            self.page.on(event, heard)  # type: ignore[call-overload]

    def leave(self) -> None:
        """The page is somebody else's from here on."""
        for event, heard in self._ears():
            self.page.remove_listener(event, heard)
        # whoever sits here next has a browser that remembers nothing; one that keeps nothing says so with an error
        self.page.evaluate("() => { sessionStorage.clear(); try { localStorage.clear() } catch { } }")
        self.page.set_viewport_size(self.usual)
        self.page.emulate_media(color_scheme=self.usual_theme)
        self.page.goto("about:blank")

    def _ears(self) -> list[tuple[str, Callable[[Any], None]]]:
        ears = {"console": self._said, "pageerror": self._broke, "request": self._asked, "websocket": self._connected}
        return list(ears.items())

    def _broke(self, error: Any) -> None:
        self.complaints.append(str(error))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        where = message.location.get("url", "")
        # a deep link makes Streamlit look for itself under the page's name first
        if "404" in message.text and re.search(r"/\w+/_stcore/(health|host-config)$", where):
            return
        self.complaints.append(f"{message.type}: {message.text} ({where})")

    def _asked(self, request: Any) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in ("http", "https", "ws", "wss") and asked.netloc != urlsplit(self.base).netloc:
            self.elsewhere.append(request.url)

    def _connected(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.sent.append(frame))

    def until(self, script: str, arg: Any = None) -> None:
        """Wait until a function of the page says so; asked ten times a second, since every frame is dear."""
        self.page.wait_for_function(script, arg=arg, polling=100)

    # ---- going places ------------------------------------------------------------------------------------------------

    def go(self, path: str) -> Self:
        """Open an address: all questions of a topic on one page, unless it names one or presents it."""
        self.page.goto(self.base + whole(path))
        return self.ready()

    def ready(self) -> Self:
        """When the script has run, its charts are drawn, its players are there and clicks on pictures are heard."""
        self.page.wait_for_selector('[data-testid="stMain"] h1')
        self.until(DRAWN)
        self.until(STARTED)
        return self

    @property
    def address(self) -> dict[str, str]:
        """What the address sets, but for all questions being on one page, as everywhere in these tests."""
        query = dict(parse_qsl(urlsplit(self.page.url).query, keep_blank_values=True))
        return {key: text for key, text in query.items() if (key, text) != ("all", "print")}

    def until_address(self, **expected: str | None) -> None:
        """Wait until the address says so; None: until it does not name the key."""
        script = """expected => {
          const now = new URLSearchParams(location.search)
          return Object.entries(expected).every(([key, value]) => now.get(key) === value)
        }"""
        self.until(script, arg=expected)
        self.ready()

    # ---- controls ----------------------------------------------------------------------------------------------------

    def control(self, key: str) -> Locator:
        """A control by its short key, as it stands in the address; waited for."""
        # one that the script has set has a number behind its name
        ends = (f'[class$="-{key}"]', f'[class*="-{key} "]', f'[class*="-{key}--"]')
        return self.page.locator(", ".join(f'[class*="st-key-"]{end}' for end in ends)).first

    def press(self, key: str, *strokes: str) -> None:
        """Move a slider with the keyboard."""
        thumb = self.control(key).get_by_role("slider")
        for stroke in strokes:
            thumb.press(stroke)

    def type_number(self, key: str, text: str) -> None:
        box = self.control(key).locator("input")
        box.fill(text)
        box.press("Enter")

    def choose(self, key: str, name: str) -> None:
        """Pick from a menu by searching it; a list that a repaint of the page has closed is opened again."""
        option = self.page.get_by_role("option", name=name)
        for patience in (5_000, 5_000, PATIENCE):
            self.control(key).locator("input").click()
            self.control(key).locator("input").fill(name)
            try:
                option.click(timeout=patience)
                return
            except TimeoutError:
                self.page.keyboard.press("Escape")
        pytest.fail(f"{name} is not to be found in the menu {key}")

    def shown_number(self, key: str) -> float:
        return float(self.control(key).locator("input").input_value())

    def slid_to(self, key: str) -> str:
        thumb = self.control(key).get_by_role("slider")
        return thumb.get_attribute("aria-valuetext") or thumb.get_attribute("aria-valuenow") or ""

    def until_slid(self, key: str, value: str) -> None:
        """Wait until a slider shows a value: it may follow a moment after the sentences of its run."""
        patience = time.monotonic() + 10
        while self.slid_to(key) != value and time.monotonic() < patience:
            self.page.wait_for_timeout(50)
        assert self.slid_to(key) == value

    def speak(self, language: str) -> None:
        name = {"ko": "한국어", "en": "English"}[language]
        self.page.locator('[data-testid="stSidebar"]').get_by_role("radio", name=name).click()
        self.until_address(lang=language)
        self.until("language => document.documentElement.lang === language", arg=language)

    # ---- a beat ------------------------------------------------------------------------------------------------------

    def beat(self, name: str) -> Locator:
        return self.page.locator(f".st-key-beat-{name}")

    def editor(self, beat: str) -> Locator:
        """Open what a beat's "More" hides, and the table there once its cells stand where they can be clicked.

        The table's own code arrives after the page, and its place is there before anything is drawn in it.
        """
        self.beat(beat).get_by_role("button", name=re.compile("More settings|설정 더 보기")).click()
        table = self.page.locator('[data-testid="stPopoverBody"] [data-testid="stDataFrame"]')
        table.locator('[role="gridcell"]').first.wait_for(state="attached")
        return table

    def button(self, beat: str, which: str) -> Locator:
        """One of the player's: play, back, on."""
        return self.beat(beat).locator(f"button.{which}")

    def steps(self, beat: str) -> list[int]:
        """What the charts of a beat show: the value of t in each."""
        script = "inputs => inputs.map(input => Number(input.value))"
        return self.beat(beat).locator('.vega-bindings input[name="t"]').evaluate_all(script)

    def line(self, beat: str) -> str:
        return self.beat(beat).locator(".player .line").inner_text()

    def last_step(self, beat: str) -> int:
        return int(self.beat(beat).locator(".player .scrub").get_attribute("max") or -1)

    def until_step(self, beat: str, test: str) -> None:
        """Wait until every chart's t passes a test, such as ``t > 3 && t < last``."""
        # no string that the page would evaluate: its policy forbids that
        script = """(beat) => {
          const inputs = [...document.querySelectorAll(`.st-key-beat-${beat} .vega-bindings input[name="t"]`)]
          const find = (root) => root.querySelector(".scrub") ?? [...root.querySelectorAll("*")]
            .map(one => one.shadowRoot && find(one.shadowRoot)).find(Boolean)
          const scrub = find(document.querySelector(`.st-key-beat-${beat}`))
          const passes = (t, last) => TEST
          return scrub && inputs.length > 0 && inputs.every(one => passes(Number(one.value), Number(scrub.max)))
        }"""
        self.until(script.replace("TEST", test), arg=beat)

    def said(self) -> list[str]:
        """Every sentence under a picture, what happened, and the step written out."""
        happened = '[class*="st-key-beat-"] [data-testid="stMarkdownContainer"]'
        places = f'[data-testid="stCaptionContainer"], .player .line, {happened}'
        return self.page.locator(places).all_inner_texts()
