"""A link is the lesson: what is set is in the address, and the address shows the same to someone else."""

from collections.abc import Callable
from typing import Any

import pytest

from dlcore.surfaces import Himmelblau, LineFit, Surface

Arrive = Callable[..., Any]

LESSON = "/gradient_descent"
PLOT = "svg .mark-group.role-frame > g > path.background"


def click_on_map(one: Any, beat: str, across: float, up: float) -> None:
    plot = one.page.locator(f".st-key-beat-{beat}-place").locator(PLOT).first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    one.page.mouse.click(box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"])


@pytest.mark.parametrize(
    ("beat", "keys", "query", "surface"),
    [
        ("two_weights", "ab", "", LineFit()),
        ("two_weights", "ab", "&scaled=0", LineFit(scaled=False)),
        ("any_landscape", "pq", "&f=himmelblau", Himmelblau()),
        ("any_landscape", "p", "", Surface.get("double_well")),
    ],
)
def test_a_click_sets_the_start(beat: str, keys: str, query: str, surface: Surface, visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0{query}")
    for shares in ((0.3, 0.7), (0.82, 0.15)):
        before = one.address
        click_on_map(one, beat, *shares)
        one.page.wait_for_function(
            f"old => new URLSearchParams(location.search).get('{keys[0]}') !== old", arg=before.get(keys[0])
        )
        one.ready()
        for key, (low, high), share in zip(keys, surface.extent, shares, strict=False):
            place = low + share * (high - low)
            assert abs(one.shown_number(key) - place) <= 0.01 * (high - low), key
            assert abs(float(one.address[key]) - place) <= 0.01 * (high - low), key
    # and the run begins there
    start = one.shown_number(keys[0])
    one.beat(beat).locator(".scrub").fill("0")
    assert float(one.line(beat).split("←")[1].split("− ")[0].strip(" −")) == pytest.approx(abs(start), rel=1e-3)
    assert one.complaints == []


def test_a_click_beside_the_plot_does_nothing(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    before = len(one.sent)
    click_on_map(one, "two_weights", -0.02, 0.5)
    click_on_map(one, "two_weights", 0.5, 0.5)
    one.page.wait_for_function("() => new URLSearchParams(location.search).has('a')")
    assert len(one.sent) == before + 1


def test_an_address_shows_the_same_to_someone_else(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    one.press("lr", "ArrowRight", "ArrowRight")
    one.until_address(lr="0.15")
    one.type_number("a", "-2.5")
    one.until_address(a="-2.5")
    one.choose("f", "Your own formula")
    one.until_address(f="own_formula")
    box = one.control("f_text").locator("input")
    box.fill("x**4/8 + y**2 - sin(3*x)")
    box.press("Enter")
    one.until_address(f_text="x**4/8 + y**2 - sin(3*x)")
    click_on_map(one, "any_landscape", 0.8, 0.3)
    one.page.wait_for_function("() => new URLSearchParams(location.search).has('q')")
    one.ready()
    one.control("scaled").locator("label").click()
    one.until_address(scaled="0")
    for beat in ("one_weight", "two_weights", "any_landscape"):
        one.until_step(beat, "t === last")
    other = visitor(locale="de-DE")
    other.page.goto(one.page.url)
    other.ready()
    for beat in ("one_weight", "two_weights", "any_landscape"):
        other.until_step(beat, "t === last")
    assert other.address == one.address
    assert other.said() == one.said()
    assert (
        other.page.locator('[data-testid="stAlert"]').all_inner_texts()
        == one.page.locator('[data-testid="stAlert"]').all_inner_texts()
    )
    for key in ("a", "b", "p", "q"):
        assert other.shown_number(key) == one.shown_number(key)
    # and again after a reload, in the language that is left
    one.page.reload()
    one.ready()
    for beat in ("one_weight", "two_weights", "any_landscape"):
        one.until_step(beat, "t === last")
    assert one.address == other.address
    assert one.said() == other.said()


def test_a_rate_between_two_stops_stays_what_it_is(visitor: Arrive) -> None:
    """It looks like its neighbour on the slider; moving another control must not round it."""
    one = visitor().go(f"{LESSON}?lang=en&predict=0&lr=0.1000001")
    assert one.address["lr"] == "0.1000001"
    one.press("w", "ArrowRight")
    one.until_address(w="-1.49")
    assert one.address["lr"] == "0.1000001"


def test_back_within_a_page_takes_a_change_back(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    one.press("lr", "ArrowRight")
    one.until_address(lr="0.12")
    one.press("lr", "ArrowRight")
    one.until_address(lr="0.15")
    one.page.wait_for_function("() => document.body.innerText.includes('η = 0.15')")
    one.page.go_back()
    one.until_address(lr="0.12")
    one.page.wait_for_function("() => document.body.innerText.includes('η = 0.12')")
    one.until_slid("lr", "0.12")
    one.page.go_back()
    one.until_address(lr=None)
    one.page.wait_for_function("() => !document.body.innerText.includes('η = 0.12')")
    one.until_slid("lr", "0.1")
    one.page.go_forward()
    one.until_address(lr="0.12")
    one.page.wait_for_function("() => document.body.innerText.includes('η = 0.12')")
    one.until_slid("lr", "0.12")


def test_back_to_a_page_finds_it_as_it_was(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    one.press("lr", "ArrowRight")
    one.until_address(lr="0.12")
    menu = one.page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a')
    menu.first.click()
    one.page.wait_for_url(lambda url: LESSON not in url)
    one.ready()
    assert one.address == {"lang": "en"}
    one.page.go_back()
    one.page.wait_for_url(lambda url: LESSON in url)
    one.until_address(lr="0.12", lang="en", predict="0")
    assert one.slid_to("lr") == "0.12"
    # the same by the menu
    menu.first.click()
    one.page.wait_for_url(lambda url: LESSON not in url)
    one.ready()
    menu.nth(1).click()
    one.page.wait_for_url(lambda url: LESSON in url)
    one.until_address(lr="0.12", lang="en", predict="0")
    assert one.slid_to("lr") == "0.12"


def test_the_language_stays(visitor: Arrive) -> None:
    one = visitor().go("/")
    assert one.address == {"lang": "ko"}
    one.speak("en")
    one.page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a').nth(1).click()
    one.page.wait_for_url(lambda url: LESSON in url)
    one.until_address(lang="en")
    one.page.wait_for_selector("h1:has-text('Gradient descent')")
    one.page.reload()
    one.ready()
    one.page.wait_for_selector("h1:has-text('Gradient descent')")
    one.speak("ko")
    one.page.wait_for_selector("h1:has-text('경사 하강법')")
    one.page.go_back()
    one.until_address(lang="en")
    one.page.wait_for_selector("h1:has-text('Gradient descent')")
    one.page.wait_for_function("() => document.documentElement.lang === 'en'")
    assert one.complaints == []


def test_the_browsers_own_language_comes_first(visitor: Arrive) -> None:
    for locale, language in (("ko-KR", "ko"), ("en-GB", "en"), ("de-DE", "en")):
        one = visitor(locale=locale).go("/")
        one.until_address(lang=language)
        one.page.wait_for_function("language => document.documentElement.lang === language", arg=language)


def test_a_setting_that_was_corrected_is_corrected_in_the_address(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=ko&lr=99&foo=1&w=")
    one.until_address(lr="3", foo=None, w=None)
    assert one.page.locator('[data-testid="stAlertContentWarning"]').count() >= 1
    assert one.slid_to("lr") == "3"


# ---- faster than the server answers ----------------------------------------------------------------------------------
# With every change the browser sends all it shows, so also what the server is about to change. That must not count as
# the reader's wish.


@pytest.mark.parametrize("attempt", range(3))
def test_two_strokes_in_a_moment_are_both_heard(attempt: int, visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    one.press("lr", "ArrowRight", "ArrowRight")
    one.until_address(lr="0.15")
    one.page.wait_for_function("() => document.body.innerText.includes('η = 0.15')")
    assert one.slid_to("lr") == "0.15"


@pytest.mark.parametrize("attempt", range(3))
def test_a_change_right_after_one_that_moves_other_controls(attempt: int, visitor: Arrive) -> None:
    """Raw inputs have a rate and a start of their own; what the browser still shows must not bring the old back."""
    one = visitor().go(f"{LESSON}?lang=en&predict=0&a=-2.5&lr2=0.2")
    one.control("scaled").locator("label").click()
    one.control("x2").get_by_role("button").first.click()
    one.page.wait_for_function("() => new URLSearchParams(location.search).has('x2')")
    one.until_address(scaled="0")
    one.page.wait_for_timeout(500)  # a late answer would undo it
    one.ready()
    assert set(one.address) == {"lang", "predict", "scaled", "x2"}, one.address
    assert float(one.slid_to("lr2")) == 1e-5


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_quick_clicks_the_second_counts(attempt: int, visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0&f=himmelblau")
    plot = one.page.locator(".st-key-beat-any_landscape-place").locator(PLOT).first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    for across, up in ((0.2, 0.2), (0.75, 0.6)):
        one.page.mouse.click(box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"])
    one.page.wait_for_function("() => Number(new URLSearchParams(location.search).get('p')) > 2.8")
    one.page.wait_for_timeout(500)  # a late answer would undo it
    one.ready()
    assert abs(one.shown_number("p") - 3.0) < 0.12
    assert abs(one.shown_number("q") - 1.2) < 0.12
