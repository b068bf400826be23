"""A monkey in front of a real browser: what it does at random makes nobody complain, and leaves a page that answers.

The long walks are those of tests/ui/test_monkey.py; here are the parts that only a browser has: fragments, pictures,
the player, and the console.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.test_pages import address_of
from tests.monkey import said
from tests.monkey.nonsense import FORMULAS, NUMBERS, ROWS, TEXTS

Arrive = Callable[..., Any]
ACTS, ACTS_THOROUGH = 6, 60
PLACES = {
    "slide": '[data-testid="stMain"] [role="slider"]',
    "number": '[data-testid="stMain"] [data-testid="stNumberInput"] input',
    "type": '[data-testid="stMain"] [data-testid="stTextInput"] input',
    "toggle": '[data-testid="stMain"] [data-testid="stCheckbox"] label',
    "pills": '[data-testid="stMain"] [data-testid="stButtonGroup"] button',
    "pick": '[data-testid="stMain"] [data-testid="stSelectbox"] input',
    "press": '[data-testid="stMain"] [class*="-preset-"] button, [class*="-reset"] button',
    "fold": '[data-testid="stMain"] [data-testid="stExpander"] summary',
    "play": ".player button, .player .scrub",
    "click": '[class*="-place"] svg .mark-group.role-frame > g > path.background',
    "speak": '[data-testid="stSidebar"] [role="radio"]',
}
"""By what is done, to what it can be done."""
HAPPENED = '[data-testid="stMain"] :is([data-testid="stCaptionContainer"], [data-testid="stMarkdownContainer"])'
LINES = ".player .line"


class Hands:
    """The monkey's hands and eyes; ``done`` is what they did, for whoever wants to know."""

    def __init__(self, one: Any, seed: str) -> None:
        self.one, self.page, self.chance, self.done = one, one.page, random.Random(seed), list[str]()

    def act(self) -> None:
        """Do something to anything that is to be seen, and wait until the page has answered."""
        for what in self.chance.sample(list(PLACES), len(PLACES)):
            found = [
                place for place in self.page.locator(PLACES[what]).all() if place.is_visible() and place.is_enabled()
            ]
            if not found:
                continue
            k = self.chance.randrange(len(found))
            self.done.append(f"{what} {k}")
            getattr(self, f"_{what}", self._press)(found[k], self.page)
            self.page.wait_for_timeout(150)
            self.one.ready()
            return

    def _press(self, place: Locator, page: Page) -> None:
        place.scroll_into_view_if_needed()
        place.click()

    def _slide(self, place: Locator, page: Page) -> None:
        stroke = self.chance.choice(["Home", "End", "ArrowLeft", "ArrowRight", "PageUp", "PageDown"])
        self.done[-1] += f" {stroke}"
        place.press(stroke)

    def _number(self, place: Locator, page: Page) -> None:
        self._enter(place, self.chance.choice(["0", "-1e9", "1e9", "0.5", "-0.001", "", "7"]))

    def _type(self, place: Locator, page: Page) -> None:
        self._enter(place, self.chance.choice([*FORMULAS, *ROWS, *NUMBERS, *TEXTS]).replace("\x00", ""))

    def _enter(self, place: Locator, text: str) -> None:
        self.done[-1] += f" {text!r}"
        place.fill(text)
        place.press("Enter")

    def _pick(self, place: Locator, page: Page) -> None:
        # by keyboard: a repaint may close the list, and then the keys do nothing
        k = self.chance.randint(1, 6)
        self.done[-1] += f" {k}"
        place.click()
        for _ in range(k):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")

    def _click(self, place: Locator, page: Page) -> None:
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert box
        across, up = round(self.chance.uniform(0.05, 0.95), 2), round(self.chance.uniform(0.05, 0.95), 2)
        self.done[-1] += f" {across} {up}"
        page.mouse.click(box["x"] + across * box["width"], box["y"] + up * box["height"])

    def wrong(self) -> list[str]:
        """What is wrong now."""
        boxes = self.page.locator('[data-testid="stException"]').all_inner_texts()
        language = self.one.address.get("lang", "ko")
        texts = [text for text in self.page.locator(HAPPENED).all_inner_texts() if "\n\n" not in text]
        lines = self.page.locator(LINES).all_inner_texts()
        return [*boxes, *self.one.complaints, *said.faults([*texts, *lines], language, "\n".join(texts))]


@pytest.mark.on_pages(1)
def test_whatever_is_done_a_browser_has_nothing_to_complain_of(
    script: str, visitor: Arrive, request: pytest.FixtureRequest
) -> None:
    asked = request.config.option
    seed = asked.monkey_seed
    acts = asked.monkey_acts or (ACTS_THOROUGH if asked.thorough else ACTS)
    language = random.Random(f"{seed}/{script}").choice(["ko", "en"])
    hands = Hands(visitor().go(f"{address_of(script)}?lang={language}&predict=0"), f"{seed}/{script}")
    for _ in range(acts):
        hands.act()
        if wrong := hands.wrong():
            pytest.fail(f"{wrong}\nafter\n  " + "\n  ".join(hands.done) + f"\nwith --monkey-seed {seed}", pytrace=False)
    # every control answered; and what they say, the address says to somebody else
    other = visitor(locale="de-DE")
    other.page.goto(hands.page.url)
    other.ready()
    assert other.address == hands.one.address, hands.done
    # a number that is out of range stays in its box as it was typed, with a remark, and is not taken
    typed = zip(values(hands.page), values(other.page), strict=True)
    refused = {box.input_value() for box in hands.page.locator(f"{PLACES['number']}:invalid").all()}
    assert [pair for pair in typed if pair[0] != pair[1] and pair[0] not in refused] == [], hands.done
    assert other.complaints == []


def values(page: Page) -> list[str]:
    """What the controls show, in the order in which they stand."""
    sliders = page.locator(PLACES["slide"]).all()
    shown = [place.get_attribute("aria-valuetext") or place.get_attribute("aria-valuenow") or "" for place in sliders]
    return shown + [place.input_value() for place in page.locator(PLACES["number"]).all()]
