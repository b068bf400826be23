"""The start page in a real browser: two columns or one, nothing cut off, and cards that are easily hit."""

from collections.abc import Callable
from typing import Any

import pytest

from ui.page.navigation import topics

Arrive = Callable[..., Any]

SIZES = {(1280, 800): 2, (390, 844): 1, (320, 640): 1, (640, 400): 1, (3840, 2160): 2}
"""How many columns of cards there are at a size of the window; 640 × 400 is a laptop at 200 %."""

CUT_OFF = """() => [...document.querySelectorAll('[data-testid="stMain"] *')].filter((one) => {
  const { left, right, width } = one.getBoundingClientRect()
  return width > 0 && (left < -1 || right > innerWidth + 1)
}).map((one) => one.className)"""


@pytest.mark.parametrize(("size", "columns"), SIZES.items(), ids=str)
def test_cards_stand_in_columns_and_none_is_cut_off(
    visitor: Arrive, size: tuple[int, int], columns: int, language: str
) -> None:
    one = visitor(viewport={"width": size[0], "height": size[1]}).go(f"/?lang={language}")
    boxes = [one.page.locator(f".st-key-topic-{page.name}").bounding_box() for page in topics()]
    assert len({round(box["x"]) for box in boxes}) == columns
    assert [box["y"] for box in boxes] == sorted(box["y"] for box in boxes)
    assert one.page.evaluate(CUT_OFF) == []
    # and a finger hits what leads on
    for link in one.page.locator('[class*="st-key-topic-"] [data-testid="stPageLink"] a').all():
        box = link.bounding_box()
        assert box and box["height"] >= 44 and box["width"] >= 44
    assert one.complaints == []


def test_a_card_opens_its_topic_wherever_it_is_hit(visitor: Arrive) -> None:
    one = visitor().go("/?lang=en")
    card = one.page.locator(".st-key-topic-neuron")
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    one.page.mouse.click(box["x"] + 12, box["y"] + 12)
    one.until("() => location.pathname === '/neuron'")
    one.ready()
    assert one.address["lang"] == "en" and one.complaints == []
