"""Presenter mode and the teacher's link in a real browser: keys, clicker, size, and what a class then finds."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import ROOT
from ui.page.presenter import beats_of

Arrive = Callable[..., Any]
HALL = {"width": 1920, "height": 1080}


def presented(one: Any) -> str:
    return one.page.locator('[class*="st-key-beat-"] h2').first.inner_text()


def until_presented(one: Any, beat: str) -> None:
    one.page.wait_for_selector(f".st-key-beat-{beat}")
    one.ready()


def present(visitor: Arrive, language: str, page: str = "gradient_descent", **more: str) -> Any:
    query = "".join(f"&{key}={text}" for key, text in more.items())
    return visitor(viewport=HALL).go(f"/{page}?lang={language}&present=1{query}")


def standing(one: Any, beat: str) -> tuple[dict[str, str], str]:
    """What the address sets besides the place, and all that a question says, its controls included."""
    until_presented(one, beat)
    # the address follows the picture
    one.page.wait_for_timeout(300)
    address = {key: text for key, text in one.address.items() if key not in ("lang", "present", "beat")}
    return address, one.page.locator(f".st-key-beat-{beat}").inner_text()


SET = {"training": {"net": "4", "lr": "0.05", "epochs": "20", "batch": "32"}, "optimizers": {"lr": "0.05"}}
"""By page, what is set besides the defaults: it has to stay, too."""


def test_going_through_a_page_and_back_changes_nothing(script: str, visitor: Arrive) -> None:
    page = script.removeprefix("pages/").removesuffix(".py").split("_", 1)[1]
    beats, before = beats_of(ROOT / script), {"predict": "0", **SET.get(page, {})}
    one = present(visitor, "ko", page, **before)
    first = {beats[0]: standing(one, beats[0])}
    for beat in beats[1:]:
        one.page.keyboard.press("PageDown")
        first[beat] = standing(one, beat)
    assert all(address == before for address, _ in first.values())
    for k, beat in enumerate(reversed(beats[:-1])):
        if k % 2:
            one.page.locator(".st-key-presenter-back button").click()
        else:
            one.page.keyboard.press("PageUp")
        assert standing(one, beat) == first[beat]
    for beat in beats[1:]:
        one.page.locator(".st-key-presenter-on button").click()
        assert standing(one, beat) == first[beat]
    linked = beats[-1] if len(beats) % 2 else beats[-2]
    assert standing(present(visitor, "ko", page, **before, beat=linked), linked) == first[linked]
    assert one.complaints == []


def test_a_clicker_moves_the_beats_and_nothing_else(visitor: Arrive) -> None:
    one = present(visitor, "ko", lr="0.2", predict="0")
    assert not one.page.locator('[data-testid="stSidebar"]').is_visible()
    assert one.page.locator(".takehome").count() == 0
    first = presented(one)
    # a slider that was touched last would move by a page as well
    one.control("lr").get_by_role("slider").focus()
    one.page.keyboard.press("PageDown")
    one.until_address(beat="two_weights", lr="0.2")
    until_presented(one, "two_weights")
    assert presented(one) != first
    one.page.keyboard.press("PageDown")
    until_presented(one, "any_landscape")
    one.page.keyboard.press("PageUp")
    until_presented(one, "two_weights")
    one.page.locator(".st-key-presenter-back button").click()
    until_presented(one, "one_weight")
    assert one.address["lr"] == "0.2"
    assert one.complaints == [] and one.elsewhere == []


@pytest.mark.thorough
def test_typing_is_left_alone(visitor: Arrive) -> None:
    one = present(visitor, "en", beat="any_landscape", f="own_formula", predict="0")
    line = one.control("f_text").locator("input")
    line.fill("x**2 + 3*y**2")
    for key in ("PageDown", "PageUp", "Home", "End"):
        line.press(key)
    assert line.input_value() == "x**2 + 3*y**2"
    assert one.address["beat"] == "any_landscape"
    line.press("Enter")
    one.until_address(f_text="x**2 + 3*y**2")
    assert one.complaints == []


def test_a_hall_reads_larger_type_and_pictures(visitor: Arrive) -> None:
    language = "ko"

    def sizes(one: Any) -> tuple[float, float, float]:
        script = """selector => {
          const one = document.querySelector(selector)
          return [parseFloat(getComputedStyle(one).fontSize), one.getBoundingClientRect().height]
        }"""
        beat = ".st-key-beat-one_weight"
        type_size = one.page.evaluate(script, f'{beat} [data-testid="stMarkdownContainer"] p')[0]
        numbers = one.page.evaluate(script, f"{beat} svg .role-axis-label text")[0]
        return type_size, numbers, one.page.evaluate(script, f"{beat} svg.marks")[1]

    usual = sizes(visitor(viewport=HALL).go(f"/gradient_descent?lang={language}&predict=0"))
    one = present(visitor, language, predict="0")
    large = sizes(one)
    assert all(more > 1.25 * less for more, less in zip(large, usual, strict=True)), (usual, large)
    # nothing hangs out of the screen
    assert one.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= HALL["width"]
    right = "charts => charts.map(chart => chart.getBoundingClientRect().right)"
    assert max(one.page.locator("svg.marks").evaluate_all(right)) <= HALL["width"]


def test_leaving_keeps_everything(visitor: Arrive) -> None:
    one = present(visitor, "en", lr="0.2", lr2="0.05", beat="two_weights", predict="0")
    one.page.locator(".st-key-presenter-leave button").click()
    one.until_address(present=None)
    assert one.address == {"lang": "en", "lr": "0.2", "lr2": "0.05", "beat": "two_weights", "predict": "0"}
    assert one.slid_to("lr") == "0.2"
    one.page.locator(".st-key-gradient_descent-present button").click()
    one.until_address(present="1")
    until_presented(one, "two_weights")
    assert one.complaints == []


@pytest.mark.thorough
def test_a_dark_room_finds_the_way_to_a_light_screen(visitor: Arrive) -> None:
    one = visitor(viewport=HALL, color_scheme="dark").go("/gradient_descent?lang=ko&present=1&lr=0.2&predict=0")
    link = one.page.locator('.st-key-presenter-bar a[href*="embed_options=light_theme"]')
    one.page.goto(link.get_attribute("href"))
    one.ready()
    paper = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    assert one.page.evaluate(paper) == "rgb(255, 255, 255)"
    assert one.address["lr"] == "0.2" and one.address["present"] == "1"
    assert one.page.locator('.st-key-presenter-bar a[href*="light_theme"]').count() == 0


def test_a_class_gets_exactly_what_the_link_says(visitor: Arrive) -> None:
    language, key = "ko", "lr"
    teacher = visitor().go(f"/gradient_descent?lang={language}&{key}=0.2")
    teacher.page.locator(".st-key-gradient_descent-link button").click()
    dialog = teacher.page.locator('[role="dialog"]')
    dialog.locator("img").wait_for()
    # the first control that is open is the learning rate: taken out, it is locked
    dialog.get_by_role("button", name="Remove 1.").first.click()
    code = dialog.locator('[data-testid="stCode"]')
    teacher.until("() => document.querySelector('[role=dialog] [data-testid=stCode]').innerText.includes('lock=')")
    link = urlsplit(code.inner_text().strip())
    assert f"lock={key}" in link.query.split("&") and f"{key}=0.2" in link.query.split("&")
    student = visitor().go(f"{link.path}?{link.query}")
    slider = student.control(key).get_by_role("slider")
    assert student.slid_to(key) == "0.2" and slider.is_disabled()
    assert student.page.locator('[data-testid="stAlertContentWarning"]').count() == 0
    assert teacher.complaints == [] and student.complaints == []
