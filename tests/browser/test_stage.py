"""One question at a time in a real browser: the ways between questions, Back and Forward, and where each one begins."""

from collections.abc import Callable
from typing import Any

import pytest

Arrive = Callable[..., Any]
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}


def until_shown(one: Any, beat: str) -> None:
    one.page.wait_for_selector(f".st-key-beat-{beat}")
    one.ready()
    assert one.page.locator('[class*="st-key-beat-"] h2').count() == 1


def scrolled(one: Any) -> float:
    return one.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop")


def test_back_and_forward_move_between_questions_and_nothing_is_lost(visitor: Arrive) -> None:
    one = visitor().go("/gradient_descent?lang=en&beat=one_weight&predict=0")
    one.press("lr", "ArrowRight")
    one.page.wait_for_function("() => location.search.includes('lr=')")
    one.ready()
    moved = one.slid_to("lr")
    one.page.locator(".st-key-stage-row-two_weights button").first.click()
    one.until_address(beat="two_weights")
    until_shown(one, "two_weights")
    one.page.locator(".st-key-stage-on button").click()
    one.until_address(beat="any_landscape")
    one.page.go_back()
    one.until_address(beat="two_weights")
    until_shown(one, "two_weights")
    one.page.go_back()
    one.until_address(beat="one_weight")
    until_shown(one, "one_weight")
    assert one.slid_to("lr") == moved
    one.page.go_forward()
    one.until_address(beat="two_weights", lr=one.address["lr"])
    until_shown(one, "two_weights")
    assert one.complaints == [] and one.elsewhere == []


DRAWINGS = """
(() => {
  const seen = (window.__drawings = [])
  const CHART = "svg.marks"
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node.nodeType === 1 && (node.matches(CHART) || node.querySelector(CHART))) {
          const svg = node.matches(CHART) ? node : node.querySelector(CHART)
          const charts = [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')]
          seen.push({
            svg,
            height: Number(svg.getAttribute("height")),
            place: charts.findIndex((chart) => chart.contains(svg)),
            waiting: charts.map((chart) => !chart.querySelector(CHART)),
          })
        }
  }).observe(document, { childList: true, subtree: true })
})()
"""
"""Which pictures were there when one came, and how high it was then."""


def test_pictures_come_one_after_the_other_in_the_height_that_they_keep(visitor: Arrive) -> None:
    """They came all at once, as late as the last, and were drawn anew for Vega's own slider and for the player."""
    one = visitor(viewport=LAPTOP)
    one.page.add_init_script(DRAWINGS)
    one.go("/gradient_descent?lang=en&predict=0&beat=two_weights")
    one.until_step("two_weights", "t === last")
    drawn = one.page.evaluate(
        "() => __drawings.map(({ svg, ...how }) => ({ ...how, last: Number(svg.getAttribute('height')) }))"
    )
    assert [how["place"] for how in drawn] == [0, 1]
    assert drawn[0]["waiting"][1] and not drawn[1]["waiting"][0]
    # that the player has a line more or less is known when it is there
    assert all(abs(how["last"] - how["height"]) <= 30 for how in drawn), drawn


def test_a_new_question_starts_at_its_top(visitor: Arrive) -> None:
    one = visitor(viewport=PHONE).go("/gradient_descent?lang=ko&beat=one_weight&predict=0")
    one.page.locator(".st-key-stage-on button").scroll_into_view_if_needed()
    assert scrolled(one) > 200
    one.page.locator(".st-key-stage-on button").click()
    until_shown(one, "two_weights")
    one.until("() => document.querySelector('[data-testid=stMain]').scrollTop === 0")
    # nothing hangs out of the screen, and what leads on is large enough for a finger
    assert one.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= PHONE["width"]
    buttons = one.page.locator('[class*="st-key-stage-row-"] [data-testid="stBaseButton-secondary"]').all()
    boxes = [box for button in buttons if (box := button.bounding_box())]
    assert len(boxes) == 3 and all(box["width"] >= 40 and box["height"] >= 40 for box in boxes)
    assert one.complaints == []


def test_a_question_that_is_chosen_in_the_menu_of_a_phone_is_seen(visitor: Arrive) -> None:
    one = visitor(viewport=PHONE).go("/gradient_descent?lang=ko&beat=one_weight&predict=0")
    one.page.locator('[data-testid="stExpandSidebarButton"]').click()
    one.page.locator(".st-key-stage-menu-where_it_ends button").click()
    until_shown(one, "where_it_ends")
    one.until("() => document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 0")
    assert one.complaints == []


def test_a_link_to_settings_lands_on_their_question(visitor: Arrive) -> None:
    one = visitor().go("/gradient_descent?lang=en&beat=one_weight")
    one.page.goto(f"{one.base}/gradient_descent?lang=en&lr3=0.05&predict=0")
    until_shown(one, "any_landscape")
    assert one.address == {"lang": "en", "lr3": "0.05", "predict": "0"}
    picture = one.page.locator('[data-testid="stVegaLiteChart"]').first.bounding_box()
    assert picture["y"] + picture["height"] / 2 < one.page.viewport_size["height"], "the picture is in sight"


def test_a_link_to_a_question_on_the_page_of_all_scrolls_to_it(visitor: Arrive) -> None:
    one = visitor().go("/gradient_descent?lang=en&all=1&beat=any_landscape&predict=0")
    # also once all that stands above it is drawn
    one.until(
        "() => Math.abs(document.querySelector('.st-key-beat-any_landscape').getBoundingClientRect().top - 48) < 8"
    )
    assert one.page.locator('[class*="st-key-beat-"] h2').count() == 4


# ---- all on one page -------------------------------------------------------------------------------------------------

DRAWN = """() => [...document.querySelectorAll('[class*="st-key-beat-"]')]
  .filter(one => !one.parentElement.closest('[class*="st-key-beat-"]'))
  .filter(one => one.querySelector('[data-testid="stVegaLiteChart"]'))
  .map(one => one.className.match(/st-key-beat-(\\w+)/)[1])"""
BEATS = ["one_weight", "two_weights", "any_landscape", "where_it_ends"]


def to(one: Any, beat: str) -> None:
    # a reader who moves: the page no longer holds on to the question that its address names
    one.page.mouse.wheel(0, 1)
    one.page.evaluate("beat => document.querySelector(`.st-key-beat-${beat}`).scrollIntoView()", arg=beat)


def until_drawn(one: Any, beat: str) -> None:
    one.page.locator(f".st-key-nearby-{beat}").wait_for(state="detached")
    one.beat(beat).locator('[data-testid="stVegaLiteChart"] svg').first.wait_for(state="attached")
    one.ready()


IS_NEAR = """beat => {
  const place = document.querySelector(`.st-key-nearby-${beat}`)
  return !place || place.getBoundingClientRect().top < innerHeight
}"""
"""Whether a question that was far from the screen is on it, or drawn."""


def test_on_the_page_of_all_a_question_is_drawn_when_it_comes_near(visitor: Arrive) -> None:
    one = visitor(viewport=PHONE).go("/gradient_descent?lang=en&all=1&predict=0")
    assert one.page.evaluate(DRAWN) == BEATS[:1]
    prose = one.page.locator('[class*="st-key-beat-"] [data-testid="stMarkdownContainer"] h2')
    assert prose.count() == 4, "what is not drawn yet can be read and searched"
    for k, beat in enumerate(BEATS[1:], start=2):
        # what a reader has before his eyes does not move when what comes next is drawn
        to(one, BEATS[k - 2])
        before = one.beat(BEATS[k - 2]).bounding_box()["y"]
        # at the edge, where no number box takes the wheel for itself
        one.page.mouse.move(4, 500)
        for _ in range(100):
            # no further: where the server takes its time, the one after it would come near as well
            if one.page.evaluate(IS_NEAR, beat):
                break
            one.page.mouse.wheel(0, 200)
            one.page.wait_for_timeout(100)
        until_drawn(one, beat)
        assert one.page.evaluate(DRAWN) == BEATS[:k]
        to(one, BEATS[k - 2])
        assert abs(one.beat(BEATS[k - 2]).bounding_box()["y"] - before) < 2
    assert one.complaints == [] and one.elsewhere == []


SEE_AND_MEASURE = """([beat, above]) => {
  const main = document.querySelector('[data-testid="stMain"]')
  const one = document.querySelector(`.st-key-beat-${beat}`)
  one.scrollIntoView()
  main.scrollBy(0, above)
  // in the same moment: what comes near may be drawn in the next one
  return one.querySelector("h2").getBoundingClientRect().y
}"""


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
@pytest.mark.parametrize(("seen", "near", "above"), [("where_it_ends", "any_landscape", 0), (BEATS[2], BEATS[1], 200)])
def test_what_stands_on_the_screen_stays_where_it_is_while_something_above_is_drawn(
    seen: str, near: str, above: int, viewport: dict[str, int], visitor: Arrive
) -> None:
    one = visitor(viewport=viewport).go("/gradient_descent?lang=en&all=1&beat=where_it_ends&predict=0")
    # a link keeps its question in sight until the reader moves
    one.page.keyboard.press("Shift")
    # letters that arrive later have other widths
    one.page.evaluate("() => document.fonts.ready")
    one.page.wait_for_timeout(500)
    heading = one.beat(seen).locator("h2")
    before = one.page.evaluate(SEE_AND_MEASURE, arg=[seen, above])
    until_drawn(one, near)
    until_drawn(one, seen)
    one.page.wait_for_timeout(500)
    assert abs(heading.bounding_box()["y"] - before) < 3
    assert one.complaints == []


def test_controls_that_are_not_drawn_yet_keep_what_the_address_says(visitor: Arrive) -> None:
    said = {"lang": "en", "all": "1", "predict": "0", "lr2": "0.2", "lr3": "0.05"}
    one = visitor().go("/gradient_descent?" + "&".join(f"{key}={text}" for key, text in said.items()))
    assert "any_landscape" not in one.page.evaluate(DRAWN) and one.address == said
    one.press("lr", "ArrowRight")
    one.page.wait_for_function("() => location.search.includes('&lr=')")
    one.ready()
    assert one.address == said | {"lr": one.address["lr"]}
    to(one, "any_landscape")
    until_drawn(one, "any_landscape")
    assert one.slid_to("lr3") == "0.05" and one.address == said | {"lr": one.address["lr"]}
    assert one.page.locator('[data-testid="stAlert"]').count() == 0
    assert one.complaints == []


def test_back_and_forward_on_the_page_of_all(visitor: Arrive) -> None:
    one = visitor().go("/gradient_descent?lang=en&beat=two_weights&predict=0")
    one.page.locator(".st-key-stage-all button").click()
    one.until_address(all="1")
    to(one, "any_landscape")
    until_drawn(one, "any_landscape")
    one.press("lr3", "ArrowLeft")
    one.page.wait_for_function("() => location.search.includes('lr3=')")
    one.ready()
    moved = one.slid_to("lr3")
    one.page.go_back()
    one.until_address(lr3=None, all="1")
    assert one.page.locator(".st-key-nearby-any_landscape").count() == 0, "what was drawn once stays"
    one.page.go_back()
    one.until_address(all=None)
    until_shown(one, "two_weights")
    one.page.go_forward()
    one.page.go_forward()
    one.until_address(all="1", lr3=one.address.get("lr3"))
    to(one, "any_landscape")
    until_drawn(one, "any_landscape")
    one.until_slid("lr3", moved)
    assert one.complaints == []


def test_questions_that_build_on_each_other_are_drawn_when_they_come_near(visitor: Arrive) -> None:
    one = visitor().go("/training?lang=en&all=1&beat=data&predict=0")
    assert one.page.locator(".st-key-nearby-watch").count() == 1
    # from the first at once to one that builds on what lies between
    to(one, "watch")
    one.beat("watch").locator('[data-testid="stVegaLiteChart"] svg').first.wait_for(state="attached")
    one.ready()
    assert one.complaints == []


def test_for_a_printer_all_is_drawn_at_once(visitor: Arrive) -> None:
    one = visitor().go("/gradient_descent?lang=en&all=1&predict=0")
    one.page.locator(".st-key-stage-print button").first.click()
    one.until_address(all="print")
    assert one.page.evaluate(DRAWN) == BEATS
    assert one.page.locator('[class*="st-key-nearby-"]').count() == 0
    assert one.complaints == []


def test_who_takes_the_page_home_takes_what_was_not_drawn_yet(visitor: Arrive) -> None:
    one = visitor().go("/gradient_descent?lang=en&all=1&predict=0")
    assert "any_landscape" not in one.page.evaluate(DRAWN)
    section = one.page.locator('[class*="st-key-takehome-"]')
    # without scrolling there, which would draw the last ones by itself
    section.locator("summary").evaluate("summary => summary.click()")
    with one.page.expect_download() as arrived:
        section.locator(".handout").evaluate("button => button.click()")
    text = arrived.value.path().read_text(encoding="utf-8")
    sections = text.split("<section ")[1:]
    assert len(sections) == 4 and all("<figure" in each for each in sections)
    assert one.complaints == []


def test_a_finger_is_told_what_a_term_means_without_leaving(visitor: Arrive) -> None:
    one = visitor(viewport=PHONE, has_touch=True, is_mobile=True).go("/gradient_descent?lang=ko&beat=two_weights")
    link = one.page.locator('[class*="st-key-opening-"] a[title]').first
    means = link.get_attribute("title")
    link.tap()
    assert means in one.page.locator(".term-said").inner_text()
    assert len(one.page.context.pages) == 1 and one.address["beat"] == "two_weights"
    # it goes when anything else is touched
    one.page.locator("h2").first.tap()
    assert one.page.locator(".term-said").count() == 0
    assert one.complaints == []


def test_on_a_phone_fingers_find_what_they_press(visitor: Arrive) -> None:
    # at its foot a link leads on to the next page
    one = visitor(viewport=PHONE, has_touch=True, is_mobile=True).go("/optimizers?lang=ko&beat=class_race&predict=0")
    heights = one.page.evaluate("""() => {
      const beat = document.querySelector('[class*="st-key-beat-"]')
      const player = [...document.querySelectorAll("*")].find(each => each.shadowRoot?.querySelector(".player"))
      const own = player?.shadowRoot.querySelectorAll("button") ?? []
      const around = document.querySelectorAll('.st-key-stage-steps :is(button, a), [data-testid="stMain"] summary')
      const all = new Set([...beat.querySelectorAll("button, summary"), ...around, ...own])
      const shown = [...all].filter(each => each.checkVisibility() && !each.closest('[data-testid="stElementToolbar"]'))
      return shown.map(each => [each.innerText, each.getBoundingClientRect().height]).filter(([, height]) => height > 0)
    }""")
    assert len(heights) > 5
    assert [each for each in heights if each[1] < 43.5] == []
