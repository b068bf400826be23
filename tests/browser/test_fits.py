"""A question fits its screen: measured in Chromium on a laptop, a projector and a phone, before the guess and after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ui.page import navigation
from ui.page.navigation import Page
from ui.page.stage import beats_of

Arrive = Callable[..., Any]
LAPTOP, PHONE, PROJECTOR = ({"width": w, "height": h} for w, h in ((1280, 800), (390, 844), (1920, 1080)))
SMALL_SIZES = ((640, 400), (1024, 768), (1366, 768), (320, 640))
ZOOMED, TABLET, NARROW_LAPTOP, SMALL_PHONE = ({"width": w, "height": h} for w, h in SMALL_SIZES)

WITHOUT_PICTURE = {"which_one", "compile", "keep"}
"""Questions that have no picture before the guess, or none at all: there is no answer but in words."""

MOST_SCREENS = 3.0
"""How many screens of a phone a question is long at most."""

NUMBERS_TO_READ = {"nerve_cell", "number_by_number"}
"""Questions whose pictures are read word by word, and number by number: in a hall, too."""

MEASURED = """() => {
  const all = (...selectors) => [...document.querySelectorAll(selectors.join(", "))]
  const box = (element) => element.getBoundingClientRect()
  const least = (numbers) => Math.min(...numbers, 1e9)
  const size = (element) => parseFloat(getComputedStyle(element).fontSize)
  const lines = (element) => Math.round(box(element).height / parseFloat(getComputedStyle(element).lineHeight))
  const charts = all('[class*="st-key-pictures-"] [data-testid="stVegaLiteChart"]')
  const roots = all('[class*="st-key-pictures-"] *').map(one => one.shadowRoot).filter(Boolean)
  const inside = (selector) => roots.flatMap(root => [...root.querySelectorAll(selector)])
  const canvases = inside('canvas[role="img"]').filter(one => one.checkVisibility({visibilityProperty: true}))
  const inner = [...canvases, ...inside('[role="group"]')]
  const players = all('[class*="st-key-play-"] > *')
  const plots = charts.map(one => one.querySelector("svg .role-frame > g > path.background")).filter(Boolean)
  const ticks = all('[class*="st-key-pictures-"] svg .role-axis-label text').filter(one => one.textContent)
  const written = all('[class*="st-key-pictures-"] svg .mark-text text').filter(one => one.textContent)
  const prose = all('[class*="st-key-opening-"] p')
  const asked = all('[class*="st-key-asked-"] label p', '[class*="st-key-verdict-"] p')
  const see = document.querySelector('[class*="st-key-see-"]')
  const bar = document.querySelector(".st-key-presenter-bar")
  const main = document.querySelector('[data-testid="stMain"]')
  const deep = (root) => root.querySelector(".player .line") ??
    [...root.querySelectorAll("*")].map(one => one.shadowRoot && deep(one.shadowRoot)).find(Boolean)
  const line = deep(document)
  return {
    bottom: Math.max(...[...charts, ...players, ...inner].map(one => box(one).bottom), 0),
    fold: bar ? box(bar).top : innerHeight,
    pictures: charts.length + canvases.length,
    drawn: plots.length + canvases.filter(one => one.width && one.height).length,
    lowest_plot: least([...plots, ...canvases].map(one => box(one).height)),
    narrowest_plot: least([...plots, ...canvases].map(one => box(one).width)),
    ticks: least(ticks.map(size)),
    written: least(written.map(size)),
    text: least([...prose, ...asked].map(size)),
    heading: least(all('[class*="st-key-opening-"] h2').map(size)),
    lines: Math.max(...prose.map(lines), 0),
    see: see ? box(see).height : 0,
    unseen_line: line ? line.scrollHeight - line.clientHeight : 0,
    too_wide: main.scrollWidth - main.clientWidth,
    screens: main.scrollHeight / innerHeight,
  }
}"""

STILL = """() => document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')
  && [...document.querySelectorAll('[data-testid="stSidebar"]')].map(one => one.getBoundingClientRect())
    .every(side => innerWidth < 768 || Math.abs(side.left) <= 0.5)
  && [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')]
    .filter(one => one.checkVisibility())
    .every(one => {
      const [place, svg] = [one, one.querySelector("svg:has(.role-frame)")].map(each => each?.getBoundingClientRect())
      return svg && svg.height - place.height < 3 && Math.abs(svg.width - place.width) < 3
    })"""
"""Nothing runs, the menu of a wide window is there, and every picture has found its size, those below, too."""


CUT = """() => [...document.querySelectorAll('[class*="st-key-pictures-"] svg:has(.role-frame)')].flatMap(svg => {
  const edge = svg.getBoundingClientRect()
  const lies = one => one.top >= edge.top - 1 && one.right <= edge.right + 1
  return [...svg.querySelectorAll(".role-legend-label text")]
    .filter(one => !lies(one.getBoundingClientRect())).map(one => one.textContent)
})"""
"""The names in legends that stand beyond an edge of their picture."""


@dataclass(frozen=True)
class Looked:
    """What was measured of a question in one view."""

    beat: str
    view: str
    facts: dict[str, float]

    def __str__(self) -> str:
        return f"{self.beat} ({self.view}): {self.facts}"


def looked_at(one: Any, page: Page, address: str, views: dict[str, dict[str, int]]) -> Iterator[Looked]:
    """Every question of a page in turn, in each of the views."""
    beats, turns = beats_of(page.script), list(views.items())
    one.page.set_viewport_size(turns[0][1])
    one.go(f"/{page.name}?beat={beats[0]}&{address}")
    for beat in beats:
        if beat != beats[0]:
            one.page.locator(".st-key-stage-on button").click()
        one.page.wait_for_selector(f".st-key-screen-{beat}")
        one.ready()
        for view, size in turns:
            one.page.set_viewport_size(size)
            one.until(STILL)
            yield Looked(beat, view, one.page.evaluate(MEASURED))
        # the next question opens in the window that is there
        turns.reverse()


def is_drawn(looked: Looked) -> None:
    assert looked.facts["drawn"] == looked.facts["pictures"], str(looked)
    assert looked.facts["pictures"] or looked.beat in WITHOUT_PICTURE, str(looked)


PAGES = [pytest.param(page, id=page.name) for page in navigation.topics()]
VIEWS = [("ko", "1"), ("ko", "0"), ("en", "1"), ("en", "0")]
"""The language, and whether the guess is still to be made."""


@pytest.mark.parametrize("page", PAGES)
def test_on_a_laptop_and_a_phone_question_picture_and_player_are_seen_together(page: Page, visitor: Arrive) -> None:
    one = visitor(viewport=LAPTOP)
    for language, asks in VIEWS:
        for looked in looked_at(one, page, f"lang={language}&predict={asks}", {"laptop": LAPTOP, "phone": PHONE}):
            facts = looked.facts
            is_drawn(looked)
            assert facts["too_wide"] <= 0 and facts["lowest_plot"] >= 90, str(looked)
            if looked.view == "laptop":
                assert facts["bottom"] <= LAPTOP["height"] and facts["lines"] <= 2, str(looked)
                # six numbers, side by side
                assert looked.beat != "fair_race" or facts["unseen_line"] <= 1, str(looked)
                continue
            assert facts["see"] <= 0.75 * PHONE["height"], f"no room for a control beside it: {looked}"
            assert facts["screens"] <= MOST_SCREENS, str(looked)
    assert one.complaints == []


@pytest.mark.parametrize("page", PAGES)
def test_in_a_hall_all_is_seen_and_can_be_read(page: Page, visitor: Arrive) -> None:
    one = visitor(viewport=PROJECTOR)
    for language, asks in VIEWS:
        for looked in looked_at(one, page, f"lang={language}&predict={asks}&present=1", {"projector": PROJECTOR}):
            facts = looked.facts
            is_drawn(looked)
            assert facts["bottom"] <= facts["fold"] <= PROJECTOR["height"], str(looked)
            assert facts["too_wide"] <= 0 and facts["lowest_plot"] >= 90 and facts["lines"] <= 2, str(looked)
            assert facts["written"] >= 28 or looked.beat not in NUMBERS_TO_READ, str(looked)
            assert facts["ticks"] >= 28 and facts["text"] >= 36 and facts["heading"] >= 48, str(looked)
    assert one.complaints == []


@pytest.mark.parametrize("page", PAGES)
def test_no_preset_takes_the_room_of_a_picture(page: Page, visitor: Arrive) -> None:
    """What lies far outside a picture, as a run does that diverges, must not press it together."""
    one = visitor(viewport=LAPTOP)
    for beat in beats_of(page.script):
        # each with the defaults of the others: some presets of a network train for minutes
        one.go(f"/{page.name}?lang=en&predict=0&beat={beat}")
        presets = one.page.locator(f'.st-key-screen-{beat} [class*="-preset-"] button')
        # what is set when the question opens is measured by the others
        ticked = presets.evaluate_all("all => all.map(one => one.innerText.includes('check'))")
        assert len(ticked) == 0 or ticked.count(False) > 0
        for place in [place for place, is_set in enumerate(ticked) if not is_set]:
            presets.nth(place).click()
            # the press is on its way before the page rests
            one.page.wait_for_timeout(150)
            one.ready()
            one.until(STILL)
            facts = one.page.evaluate(MEASURED)
            where = f"{beat}, {presets.nth(place).inner_text()}: {facts}"
            assert facts["lowest_plot"] >= 90 and facts["narrowest_plot"] >= 90, where
            assert facts["bottom"] <= LAPTOP["height"] and facts["too_wide"] <= 0, where
    assert one.complaints == []


def test_a_window_that_grows_from_a_zoomed_one_to_a_tablet_and_a_laptop_shows_every_name(visitor: Arrive) -> None:
    one = visitor(viewport=ZOOMED)
    one.go("/optimizers?lang=ko&predict=0&beat=fair_race")
    stays = """() => [...document.querySelectorAll("div")].some(each =>
      getComputedStyle(each).position === "sticky" && each.querySelector('[class*="st-key-see-"]'))"""
    # a picture that stays in so low a window leaves no room for the controls that scroll beneath it
    assert not one.page.evaluate(stays)
    for size in (ZOOMED, TABLET, NARROW_LAPTOP):
        one.page.set_viewport_size(size)
        one.until(STILL)
        one.until(f"() => !({CUT})().length")
        facts = one.page.evaluate(MEASURED)
        assert facts["too_wide"] <= 0, f"{size}: {facts}"
        assert size is ZOOMED or facts["bottom"] <= size["height"], f"{size}: {facts}"
    one.page.set_viewport_size(PHONE)
    one.until(STILL)
    assert one.page.evaluate(stays)
    assert one.complaints == []


def test_on_the_smallest_phone_the_plane_of_the_live_network_is_seen(visitor: Arrive) -> None:
    """Before the guess, too, which takes some of the screen; and there is room for a control beside it."""
    one = visitor(viewport=SMALL_PHONE)
    one.go("/training?lang=ko&beat=live")
    one.until(STILL)
    facts = one.page.evaluate(MEASURED)
    assert facts["lowest_plot"] >= 90 and facts["see"] <= 0.75 * SMALL_PHONE["height"], facts
    assert facts["too_wide"] <= 0 and one.complaints == [], facts
