"""The next question is drawn while this one is shown: unseen until the step on, and then there at once."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_fits import LAPTOP, MEASURED, PAGES, PHONE, STILL
from ui.page.navigation import Page
from ui.page.stage import beats_of

Arrive = Callable[..., Any]

DRAWN_AHEAD = """(beat) => {
  const place = document.querySelector(`.st-key-slot-${beat} .st-key-beat-${beat}`)
  const charts = [...(place?.querySelectorAll('[class*="st-key-pictures-"] [data-testid="stVegaLiteChart"]') ?? [])]
  return place && charts.every(chart => chart.querySelector("svg.marks"))
    && document.querySelector('[data-testid="stApp"]').dataset.testScriptState === "notRunning"
}"""

STEP_ON = """async (beat) => {
  const place = document.querySelector(`.st-key-slot-${beat}`)
  const isSeen = () => place.checkVisibility({ visibilityProperty: true }) && place.offsetHeight > 0
  const drawings = () => new Set(place.querySelectorAll('[class*="st-key-pictures-"] svg.marks'))
  const before = isSeen()
  window.__drawings = drawings()
  document.querySelector(".st-key-stage-on button").click()
  await new Promise(requestAnimationFrame)
  return { before, after: isSeen(), alone: [...document.querySelectorAll('[class*="st-key-slot-"]')].filter(
    each => each.checkVisibility({ visibilityProperty: true }) && each.offsetHeight > 0).length === 1 }
}"""

SAME_DRAWINGS = """(beat) => {
  const now = [...document.querySelectorAll(`.st-key-slot-${beat} [class*="st-key-pictures-"] svg.marks`)]
  return now.length === __drawings.size && now.every(svg => __drawings.has(svg))
}"""


def until_drawn_ahead(one: Any, beat: str) -> None:
    # by itself, once the page has rested
    one.until(DRAWN_AHEAD, arg=beat)
    one.page.wait_for_timeout(200)


def until_stage(one: Any, beat: str) -> None:
    one.until("beat => new URLSearchParams(location.search).get('beat') === beat", arg=beat)
    one.ready()


@pytest.mark.parametrize("page", PAGES)
def test_the_next_question_is_there_at_once_and_as_it_is_drawn_otherwise(page: Page, visitor: Arrive) -> None:
    beats = beats_of(page.script)
    one = visitor(viewport=LAPTOP, ahead=True).go(f"/{page.name}?beat={beats[0]}&lang=ko")
    for beat in beats[1:]:
        module = import_module(f"lessons.{page.name}.{beat}")
        others_build_on_it = f"lesson.part({page.name}.{beat}" in page.script.read_text(encoding="utf-8")
        if others_build_on_it or hasattr(module, "TRAINS") or hasattr(module, "run"):
            # what is trained is trained when it is shown
            one.page.locator(".st-key-stage-on button").click()
            until_stage(one, beat)
            continue
        until_drawn_ahead(one, beat)
        assert one.page.evaluate(STEP_ON, beat) == {"before": False, "after": True, "alone": True}, beat
        until_stage(one, beat)
        one.until(STILL)
        # what the server draws in its place is what stands there
        assert one.page.evaluate(SAME_DRAWINGS, beat), beat
        assert one.page.locator('[class*="st-key-beat-"] h2:visible').count() == 1
        within = f"document.querySelector('.st-key-slot-{beat}').querySelectorAll"
        facts = one.page.evaluate(MEASURED.replace("document.querySelectorAll", within))
        assert facts["bottom"] <= LAPTOP["height"] and facts["too_wide"] <= 0, f"{beat}: {facts}"
    assert one.complaints == []


def test_what_is_drawn_ahead_takes_no_room_no_focus_and_no_part_in_what_is_taken_home(visitor: Arrive) -> None:
    one = visitor(viewport=PHONE, ahead=True).go("/gradient_descent?beat=one_weight&lang=en&predict=0")
    height = "() => document.querySelector('[data-testid=\"stMain\"]').scrollHeight"
    before = one.page.evaluate(height)
    until_drawn_ahead(one, "two_weights")
    assert one.page.evaluate(height) == before
    hidden = one.page.locator(".st-key-slot-two_weights")
    expect(hidden.get_by_role("button")).to_have_count(0)
    section = one.page.locator('[class*="st-key-takehome-"]')
    section.locator("summary").first.click()
    section.locator(".pictures > *").first.wait_for()
    expect(section.locator("h5")).to_have_count(1)
    # chosen in the menu, it is seen as well: on a phone the menu lies above it
    one.page.locator('[data-testid="stExpandSidebarButton"]').click()
    one.page.locator(".st-key-stage-menu-two_weights button").click()
    until_stage(one, "two_weights")
    one.until("() => document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 0")
    assert one.complaints == []


def test_a_hand_that_is_quicker_than_the_server_loses_nothing(visitor: Arrive) -> None:
    one = visitor(viewport=LAPTOP, ahead=True).go("/gradient_descent?beat=one_weight&lang=en&predict=0")
    until_drawn_ahead(one, "two_weights")
    one.page.locator(".st-key-stage-on button").click()
    # no waiting: the server has not answered yet
    one.press("lr2", "ArrowLeft", "ArrowLeft")
    until_stage(one, "two_weights")
    one.until("() => new URLSearchParams(location.search).has('lr2')")
    one.ready()
    assert one.slid_to("lr2") == one.address["lr2"]
    # back, and the same way again with two quick steps
    one.page.locator(".st-key-stage-back button").click()
    until_stage(one, "one_weight")
    until_drawn_ahead(one, "two_weights")
    one.page.keyboard.press("ArrowRight")
    one.page.keyboard.press("ArrowRight")
    until_stage(one, "any_landscape")
    expect(one.page.locator('[class*="st-key-beat-"] h2:visible')).to_have_count(1)
    expect(one.page.locator(".st-key-beat-any_landscape h2")).to_be_visible()
    # who changes their mind on the way gets where they wanted last
    one.page.locator(".st-key-stage-row-one_weight button").first.click()
    until_stage(one, "one_weight")
    until_drawn_ahead(one, "two_weights")
    one.page.evaluate("""() => {
      document.querySelector(".st-key-stage-on button").click()
      document.querySelector(".st-key-stage-row-where_it_ends button").click()
    }""")
    until_stage(one, "where_it_ends")
    expect(one.page.locator(".st-key-beat-where_it_ends h2")).to_be_visible()
    assert one.complaints == []


def test_nothing_is_drawn_ahead_for_who_saves_data_nor_while_a_run_is_played(visitor: Arrive) -> None:
    address = "/gradient_descent?beat=one_weight&lang=en&predict=0"
    saving = visitor(viewport=LAPTOP).go(address)
    one = visitor(viewport=LAPTOP, ahead=True)
    one.page.goto(one.base + address)
    one.ready()
    until_drawn_ahead(one, "two_weights")
    # who was there before has as little as at first
    expect(saving.page.locator(".st-key-slot-two_weights .st-key-beat-two_weights")).to_have_count(0)
    plays = '() => !document.dispatchEvent(new CustomEvent("lesson-plays", { cancelable: true }))'
    assert not one.page.evaluate(plays)
    one.button("one_weight", "play").click()
    assert one.page.evaluate(plays)
    one.button("one_weight", "play").click()
    assert not one.page.evaluate(plays)
    assert one.complaints == []


def test_a_step_on_that_is_taken_back_at_once_leads_back(visitor: Arrive) -> None:
    one = visitor(viewport=LAPTOP, ahead=True).go("/gradient_descent?beat=one_weight&lang=en&predict=0")
    until_drawn_ahead(one, "two_weights")
    one.page.evaluate("""() => {
      document.querySelector(".st-key-stage-on button").click()
      document.querySelector(".st-key-stage-row-one_weight button").click()
    }""")
    # the next one is drawn ahead again, and still nobody sees it
    one.page.wait_for_timeout(500)
    until_drawn_ahead(one, "two_weights")
    until_stage(one, "one_weight")
    expect(one.page.locator(".st-key-slot-one_weight .st-key-beat-one_weight")).to_be_visible()
    expect(one.page.locator(".st-key-slot-two_weights .st-key-beat-two_weights h2")).to_be_hidden()
    assert one.complaints == []


def test_the_tabulator_does_not_find_what_is_drawn_ahead(visitor: Arrive) -> None:
    one = visitor(viewport=LAPTOP, ahead=True).go("/gradient_descent?beat=one_weight&lang=en&predict=0")
    until_drawn_ahead(one, "two_weights")
    hidden = one.page.locator(".st-key-slot-two_weights")
    # the link beside a heading, and those to the glossary
    assert hidden.locator("a").count() > 1
    can_have_it = "links => links.filter(link => { link.focus(); return document.activeElement === link }).length"
    assert hidden.locator("a").evaluate_all(can_have_it) == 0
    assert one.complaints == []
