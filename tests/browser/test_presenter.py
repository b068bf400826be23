"""Presenter mode and the teacher's link in a real browser: keys, clicker, size, and what a class then finds."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.charts.colours import contrast, luminance
from tests.conftest import ROOT
from ui.page.stage import beats_of

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


SAID = """beat => {
  // the numbers beside an axis are more or fewer as it has room
  const pictures = [...beat.querySelectorAll("svg.marks")]
  for (const one of pictures) one.style.visibility = "hidden"
  const text = beat.innerText
  for (const one of pictures) one.style.visibility = ""
  return text
}"""


def standing(one: Any, beat: str) -> tuple[dict[str, str], str]:
    """What the address sets besides the place, and all that a question says, its controls included."""
    until_presented(one, beat)
    # the address follows the picture
    one.page.wait_for_timeout(300)
    address = {key: text for key, text in one.address.items() if key not in ("lang", "present", "beat")}
    return address, one.page.locator(f".st-key-beat-{beat}").evaluate(SAID)


def click_on(one: Any, beat: str, rest: int = 500) -> None:
    """Press a clicker until a question is there: what can be played is played first.

    rest: after how many milliseconds a question is on its way.
    """
    for _ in range(5):
        one.page.keyboard.press("PageDown")
        one.page.wait_for_timeout(rest)
        one.ready()
        if one.address.get("beat") == beat:
            break
    until_presented(one, beat)


SET = {"training": {"net": "4", "lr": "0.05", "epochs": "20", "batch": "32"}, "optimizers": {"lr": "0.05"}}
"""By page, what is set besides the defaults: it has to stay, too."""


def test_going_through_a_page_and_back_changes_nothing(script: str, visitor: Arrive) -> None:
    page = script.removeprefix("pages/").removesuffix(".py").split("_", 1)[1]
    beats, before = beats_of(ROOT / script), {"predict": "0", **SET.get(page, {})}
    one = present(visitor, "ko", page, **before, beat=beats[0])
    first = {beats[0]: standing(one, beats[0])}
    for beat in beats[1:]:
        click_on(one, beat)
        first[beat] = standing(one, beat)
    assert all(address == before for address, _ in first.values())
    for k, beat in enumerate(reversed(beats[:-1])):
        if k % 2:
            one.page.locator(".st-key-stage-back button").click()
        else:
            one.page.keyboard.press("PageUp")
        assert standing(one, beat) == first[beat]
    for beat in beats[1:]:
        one.page.locator(".st-key-stage-on button").click()
        assert standing(one, beat) == first[beat]
    linked = beats[-1] if len(beats) % 2 else beats[-2]
    assert standing(present(visitor, "ko", page, **before, beat=linked), linked) == first[linked]
    assert one.complaints == []


def test_a_clicker_moves_the_beats_and_nothing_else(visitor: Arrive) -> None:
    one = present(visitor, "ko", lr="0.2", predict="0")
    assert not one.page.locator('[data-testid="stSidebar"]').is_visible()
    assert one.page.locator('[class*="st-key-takehome-"]').count() == 0
    first = presented(one)
    # a slider that was touched last would move by a page as well
    one.control("lr").get_by_role("slider").focus()
    click_on(one, "two_weights")
    assert one.address["lr"] == "0.2"
    assert presented(one) != first
    click_on(one, "any_landscape")
    one.page.keyboard.press("PageUp")
    until_presented(one, "two_weights")
    one.page.locator(".st-key-stage-back button").click()
    until_presented(one, "one_weight")
    assert one.address["lr"] == "0.2"
    assert one.complaints == [] and one.elsewhere == []


VERDICT = '[class*="st-key-verdict-"]'


def test_a_button_that_was_pressed_and_a_text_that_is_open_do_not_stop_a_clicker(visitor: Arrive) -> None:
    one = present(visitor, "en", beat="where_it_ends")
    one.page.locator(".st-key-stage-back button").click()
    until_presented(one, "any_landscape")
    # the focus is on that button still
    one.page.keyboard.press("ArrowRight")
    one.page.wait_for_selector(VERDICT)
    one.ready()
    one.page.locator(f"{VERDICT} button").first.click()
    one.page.locator('[data-testid="stPopoverBody"]').wait_for()
    one.page.keyboard.press("PageDown")
    one.until_step("any_landscape", "t > 0 && t < last")
    # impatient, or a clicker that bounces: the run is brought to its end, and not lost
    one.page.keyboard.press("PageDown")
    one.until_step("any_landscape", "t === last")
    assert one.address["beat"] == "any_landscape"
    one.page.keyboard.press("PageDown")
    until_presented(one, "where_it_ends")
    assert one.complaints == []


def test_a_clicker_reveals_plays_and_goes_on_to_the_next_page(visitor: Arrive) -> None:
    one = present(visitor, "en", beat="any_landscape")
    assert one.page.locator(VERDICT).count() == 0 and set(one.steps("any_landscape")) == {0}
    one.page.keyboard.press("PageDown")
    one.page.wait_for_selector(VERDICT)
    one.ready()
    # the answer stands there, nobody's guess is marked, and nothing moves yet
    assert one.page.locator(VERDICT).inner_text().count("The answer") == 1
    last = one.last_step("any_landscape")
    assert last > 0 and one.line("any_landscape") and one.address["beat"] == "any_landscape"
    one.page.keyboard.press("ArrowRight")
    one.until_step("any_landscape", f"t > 0 && t < {last}")
    one.page.keyboard.press("Space")
    one.page.wait_for_timeout(300)
    held = one.steps("any_landscape")
    one.page.wait_for_timeout(700)
    assert one.steps("any_landscape") == held, "space lets it pause"
    one.page.keyboard.press("PageDown")
    until_presented(one, "where_it_ends")
    one.page.keyboard.press("PageDown")
    one.page.wait_for_selector(VERDICT)
    one.ready()
    one.page.keyboard.press("PageDown")
    one.until("() => location.pathname.endsWith('/learning_rate')")
    until_presented(one, "three_rates")
    assert one.address == {"lang": "en", "present": "1"}
    one.page.keyboard.press("PageUp")
    one.until("() => location.pathname.endsWith('/gradient_descent')")
    until_presented(one, "where_it_ends")
    assert one.complaints == []


IMPATIENT = """keys => {
  for (const key of keys) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true })
    document.body.dispatchEvent(event)
  }
}"""
"""A clicker that is pressed again before the page has answered."""


def test_what_is_pressed_before_a_question_is_there_is_meant_for_it_and_stays_on_its_page(visitor: Arrive) -> None:
    beats = beats_of(ROOT / "pages/2_learning_rate.py")
    one = present(visitor, "en", "learning_rate", beat=beats[2])
    one.page.evaluate(IMPATIENT, ["PageUp"] * 6)
    until_presented(one, beats[0])
    assert one.page.locator(VERDICT).count() == 0
    # on a slow machine the bar is drawn after the question
    one.page.wait_for_selector(".st-key-stage-on button")
    on = 'document.querySelector(".st-key-stage-on button").click()'
    one.page.evaluate(f"() => {{ {on}; ({IMPATIENT})(['PageDown']) }}")
    until_presented(one, beats[1])
    one.page.wait_for_selector(f".st-key-beat-{beats[1]} {VERDICT}")
    one.ready()
    assert one.page.url.split("?")[0].endswith("/learning_rate") and one.address["beat"] == beats[1]
    assert one.complaints == []


def test_a_window_moved_to_the_projector_is_read_there(visitor: Arrive) -> None:
    one = present(visitor, "en", predict="0")
    tick = "parseFloat(getComputedStyle(document.querySelector('svg .role-axis-label text')).fontSize)"
    large = f"width => {tick} > 0.0145 * width"
    small = f"width => !({large})(width)"
    one.until(large, arg=HALL["width"])
    one.page.set_viewport_size({"width": 1280, "height": 720})
    one.until(small, arg=HALL["width"])
    one.until(large, arg=1280)
    one.page.set_viewport_size(HALL)
    one.until(large, arg=HALL["width"])
    assert one.complaints == []


def test_a_class_finds_the_address_and_a_code_as_large_as_the_screen(visitor: Arrive) -> None:
    one = present(visitor, "ko", beat="two_weights", lr2="0.2")
    assert urlsplit(one.base).netloc in one.page.locator(".st-key-presenter-bar").inner_text()
    one.page.locator(".st-key-presenter-code button").click()
    image = one.page.locator(".st-key-large-code img")
    image.wait_for()
    one.until(
        "() => document.querySelector('.st-key-large-code img').getBoundingClientRect().height > 0.6 * innerHeight"
    )
    corner = one.page.locator(".st-key-corner-code img").bounding_box()
    assert corner["width"] > 120 and corner["x"] + corner["width"] > HALL["width"] - 60 and corner["y"] < 60
    written = one.page.locator('[role="dialog"] code').inner_text()
    assert "beat=two_weights" in written and "lr2=0.2" in written and "present" not in written
    # a clicker does not turn the page behind it
    one.page.keyboard.press("PageDown")
    one.page.wait_for_timeout(400)
    assert one.address["beat"] == "two_weights"
    assert one.complaints == []


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


PAINTED = """bar => {
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
  const has = text => [...text.childNodes].some(one => one.nodeType === 3 && one.data.trim())
  return [...bar.querySelectorAll("*")].filter(text => has(text) && text.checkVisibility()).map(text => {
    const above = []
    for (let each = text; each; each = each.parentElement) above.unshift(getComputedStyle(each))
    const paint = (colour, share) => {
      Object.assign(pixel, { fillStyle: colour, globalAlpha: share })
      pixel.fillRect(0, 0, 1, 1)
      return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3)
    }
    const ground = above.map(style => paint(style.backgroundColor, 1)).at(-1)
    const seen = above.reduce((share, style) => share * Number(style.opacity), 1)
    return [text.innerText, paint(above.at(-1).color, seen), ground]
  })
}"""
"""Every text of the presenter's bar with its colour and what is behind it, as they are painted."""


def test_a_hall_reads_larger_type_and_pictures(visitor: Arrive) -> None:
    language = "ko"

    def sizes(one: Any) -> list[float]:
        script = "selector => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize)"
        kinds = (
            '[data-testid="stMarkdownContainer"] p',
            '[data-testid="stSlider"] label p',
            "svg .role-axis-label text",
        )
        return [one.page.evaluate(script, f".st-key-beat-one_weight {kind}") for kind in kinds]

    usual = sizes(visitor(viewport=HALL).go(f"/gradient_descent?lang={language}&predict=0"))
    one = visitor(viewport=HALL, color_scheme="dark").go(f"/gradient_descent?lang={language}&present=1&predict=0")
    large = sizes(one)
    assert all(more > 1.25 * less for more, less in zip(large, usual, strict=True)), (usual, large)
    # nothing hangs out of the screen
    assert one.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= HALL["width"]
    right = "charts => charts.map(chart => chart.getBoundingClientRect().right)"
    assert max(one.page.locator("svg.marks").evaluate_all(right)) <= HALL["width"]
    painted = one.page.locator(".st-key-presenter-bar").evaluate(PAINTED)
    assert {"1 / 4", f"{urlsplit(one.base).netloc}/gradient_descent"} <= {text for text, _, _ in painted}, painted
    for text, colour, ground in painted:
        assert luminance(ground) < 0.1 and contrast(colour, ground) >= 4.5, (text, colour, ground)


def test_leaving_keeps_everything(visitor: Arrive) -> None:
    one = present(visitor, "en", lr="0.2", lr2="0.05", beat="two_weights", predict="0")
    one.page.locator(".st-key-presenter-leave button").click()
    one.until_address(present=None)
    assert one.address == {"lang": "en", "lr": "0.2", "lr2": "0.05", "beat": "two_weights", "predict": "0"}
    assert one.slid_to("lr2") == "0.05"
    one.page.locator(".st-key-gradient_descent-present button").click()
    one.until_address(present="1")
    until_presented(one, "two_weights")
    assert one.complaints == []


@pytest.mark.thorough
def test_a_dark_room_finds_the_way_to_a_light_screen(visitor: Arrive) -> None:
    one = visitor(viewport=HALL, color_scheme="dark").go("/gradient_descent?lang=ko&present=1&lr=0.2&predict=0")
    link = one.page.locator('.st-key-presenter-bar a[href*="embed_options=light_theme"]')
    # in the same tab, which may have a room
    link.click()
    one.page.wait_for_url("**light_theme**")
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
