"""A link is the lesson: what is set is in the address, and the address shows the same to someone else."""

from collections.abc import Callable
from typing import Any

import pytest

from dlcore.surfaces import Himmelblau, LineFit, Surface

Arrive = Callable[..., Any]

LESSON = "/gradient_descent"
PLOT = "svg .mark-group.role-frame > g > path.background"


def click_on_map(one: Any, beat: str, across: float, up: float) -> dict[str, float]:
    """Click at a share of the plot's width and height; the plot's size."""
    plot = one.page.locator(f".st-key-beat-{beat}-place").locator(PLOT).first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    one.page.mouse.click(box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"])
    return box


def places(surface: Surface, shares: tuple[float, float], box: dict[str, float]) -> list[float]:
    """Where a share of the plot lies on a map with equal scales, or on an axis that shows its extent and no more."""
    lengths, pixels = [high - low for low, high in surface.extent], (box["width"], box["height"])
    is_equal = len(lengths) == 2 and 1 / 3 <= lengths[0] / lengths[1] <= 3
    unit = max(length / size for length, size in zip(lengths, pixels, strict=False))
    seen = [unit * size if is_equal else length for length, size in zip(lengths, pixels, strict=False)]
    middles = [(low + high) / 2 for low, high in surface.extent]
    return [middle + (share - 0.5) * span for middle, share, span in zip(middles, shares, seen, strict=False)]


@pytest.mark.parametrize(
    ("query", "beats"),
    [
        ("", {"two_weights": ("ab", LineFit()), "any_landscape": ("p", Surface.get("double_well"))}),
        (
            "&scaled=0&f=himmelblau",
            {"two_weights": ("ab", LineFit(scaled=False)), "any_landscape": ("pq", Himmelblau())},
        ),
    ],
    ids=["usual", "others"],
)
def test_a_click_sets_the_start(query: str, beats: dict[str, tuple[str, Surface]], visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0{query}")
    for beat, (keys, surface) in beats.items():
        for shares in ((0.3, 0.7), (0.82, 0.15)):
            before = one.address
            box = click_on_map(one, beat, *shares)
            one.until(f"old => new URLSearchParams(location.search).get('{keys[0]}') !== old", arg=before.get(keys[0]))
            one.ready()
            for key, (low, high), place in zip(keys, surface.extent, places(surface, shares, box), strict=True):
                assert abs(one.shown_number(key) - place) <= 0.01 * (high - low), key
                assert abs(float(one.address[key]) - place) <= 0.01 * (high - low), key
        # and the run begins there
        start = one.shown_number(keys[0])
        one.beat(beat).locator(".scrub").fill("0")
        first = one.line(beat).split("←")[1].split("− ")[0].strip(" −")
        assert float(first) == pytest.approx(abs(start), rel=1e-3)
    assert one.complaints == []


def test_a_click_beside_the_plot_does_nothing(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    before = len(one.sent)
    click_on_map(one, "two_weights", -0.02, 0.5)
    click_on_map(one, "two_weights", 0.5, 0.5)
    one.until("() => new URLSearchParams(location.search).has('a')")
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
    one.until("() => new URLSearchParams(location.search).has('q')")
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
    one.until("() => document.body.innerText.includes('η = 0.15')")
    one.page.go_back()
    one.until_address(lr="0.12")
    one.until("() => document.body.innerText.includes('η = 0.12')")
    one.until_slid("lr", "0.12")
    one.page.go_back()
    one.until_address(lr=None)
    one.until("() => !document.body.innerText.includes('η = 0.12')")
    one.until_slid("lr", "0.1")
    one.page.go_forward()
    one.until_address(lr="0.12")
    one.until("() => document.body.innerText.includes('η = 0.12')")
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
    one.until("() => document.documentElement.lang === 'en'")
    assert one.complaints == []


def test_the_browsers_own_language_comes_first(visitor: Arrive) -> None:
    one = visitor(locale="de-DE").go("/")
    one.until_address(lang="en")
    one.until("() => document.documentElement.lang === 'en'")


def test_a_setting_that_was_corrected_is_corrected_in_the_address(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=ko&lr=99&foo=1&w=")
    one.until_address(lr="3", foo=None, w=None)
    assert one.page.locator('[data-testid="stAlertContentWarning"]').count() >= 1
    assert one.slid_to("lr") == "3"


# ---- faster than the server answers ----------------------------------------------------------------------------------
# With every change the browser sends all it shows, so also what the server is about to change. That must not count as
# the reader's wish.


def test_two_strokes_in_a_moment_are_both_heard(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    for stroke, rate in (("ArrowRight", "0.15"), ("ArrowRight", "0.25"), ("ArrowLeft", "0.15")):
        one.press("lr", stroke, stroke)
        one.until_address(lr=rate)
        one.until(f"() => document.body.innerText.includes('η = {rate}')")
        assert one.slid_to("lr") == rate


def test_a_change_right_after_one_that_moves_other_controls(visitor: Arrive) -> None:
    """Raw inputs have a rate and a start of their own; what the browser still shows must not bring the old back."""
    one = visitor().go(f"{LESSON}?lang=en&predict=0&a=-2.5&lr2=0.2")
    one.control("scaled").locator("label").click()
    one.control("x2").get_by_role("button").first.click()
    one.until("() => new URLSearchParams(location.search).has('x2')")
    one.until_address(scaled="0")
    one.page.wait_for_timeout(500)  # a late answer would undo it
    one.ready()
    assert set(one.address) == {"lang", "predict", "scaled", "x2"}, one.address
    assert float(one.slid_to("lr2")) == 1e-5


def test_of_two_quick_clicks_the_second_counts(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0&f=himmelblau")
    plot = one.page.locator(".st-key-beat-any_landscape-place").locator(PLOT).first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    for second in ((0.75, 0.6), (0.3, 0.8), (0.75, 0.6)):
        at = places(Himmelblau(), second, box)
        for across, up in ((0.2, 0.2), second):
            one.page.mouse.click(box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"])
        one.until("at => Math.abs(Number(new URLSearchParams(location.search).get('p')) - at) < 0.12", arg=at[0])
        one.page.wait_for_timeout(500)  # a late answer would undo it
        one.ready()
        assert abs(one.shown_number("p") - at[0]) < 0.12
        assert abs(one.shown_number("q") - at[1]) < 0.12
