"""The player moves every chart of its beat, in the browser alone."""

from collections.abc import Callable
from typing import Any

Arrive = Callable[..., Any]

LESSON = "/gradient_descent"
BEATS = ("one_weight", "two_weights", "any_landscape")


def same_step(one: Any, beat: str) -> int:
    steps = one.steps(beat)
    assert len(steps) == 2 and len(set(steps)) == 1, steps
    return steps[0]


def pictures(one: Any) -> list[bytes]:
    charts = one.beat("one_weight").locator('[data-testid="stVegaLiteChart"]')
    return [charts.nth(k).screenshot() for k in range(2)]


def test_every_beat_steps_back_and_on_and_follows_in_numbers(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    for beat in BEATS:
        one.until_step(beat, "t === last")
        last = one.last_step(beat)
        at_end = one.line(beat)
        assert one.button(beat, "on").is_disabled()
        one.button(beat, "back").click()
        assert same_step(one, beat) == last - 1
        assert "←" in one.line(beat) and one.line(beat) != at_end
        one.button(beat, "back").click()
        assert same_step(one, beat) == last - 2
        one.button(beat, "on").click()
        assert same_step(one, beat) == last - 1
        one.beat(beat).locator(".scrub").fill("0")
        assert same_step(one, beat) == 0
        assert one.button(beat, "back").is_disabled()
        first = one.line(beat)
        one.button(beat, "on").click()
        # the result of a step is where the next begins
        result = first.splitlines()[0].rpartition("= ")[2]
        assert f"← {result[:4]}" in one.line(beat).splitlines()[0]
    # the pictures change, and those of the other beats stay where they are
    before, others = pictures(one), same_step(one, "two_weights")
    one.beat("one_weight").locator(".scrub").fill("9")
    assert same_step(one, "one_weight") == 9 and same_step(one, "two_weights") == others
    assert all(now != then for now, then in zip(pictures(one), before, strict=True))
    for bindings in one.page.locator(".vega-bindings").all():
        bindings.wait_for(state="hidden")


def test_playing_costs_the_server_nothing(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    beat = "one_weight"
    one.until_step(beat, "t === last")
    one.page.wait_for_timeout(500)  # nothing says that the last word to the server was said
    before = len(one.sent)
    assert before > 0
    one.button(beat, "play").click()
    one.until_step(beat, "t > 1 && t < last")
    one.button(beat, "play").click()
    stopped = same_step(one, beat)
    one.page.wait_for_timeout(700)  # that it stands still can only be seen by waiting
    assert same_step(one, beat) == stopped
    one.button(beat, "play").click()
    one.until_step(beat, f"t > {stopped}")
    one.button(beat, "back").click()
    for step in ("3", "30", "7"):
        one.beat(beat).locator(".scrub").fill(step)
        assert same_step(one, beat) == int(step)
    one.beat(beat).locator(".speed").select_option("4")
    one.button(beat, "play").click()
    one.until_step(beat, "t === last")
    # at the end it starts over
    one.button(beat, "play").click()
    one.until_step(beat, "t > 0 && t < last")
    assert len(one.sent) == before
    assert one.complaints == []


def test_a_new_run_and_a_new_language(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    beat = "one_weight"
    one.until_step(beat, "t === last")
    one.beat(beat).locator(".scrub").fill("5")
    line = one.line(beat)
    one.press("lr", "ArrowRight")
    one.until_address(lr="0.12")
    one.until("() => document.body.innerText.includes('η = 0.12')")
    one.until_step(beat, "t === 5")
    assert "0.12" in one.line(beat) and one.line(beat) != line
    one.button(beat, "on").click()
    assert same_step(one, beat) == 6
    line = one.line(beat)
    one.speak("ko")
    one.until_step(beat, "t === 6")
    assert one.line(beat) == line
    assert one.button(beat, "play").get_attribute("aria-label") == "재생"
    one.button(beat, "back").click()
    assert same_step(one, beat) == 5
    one.button(beat, "play").click()
    one.until_step(beat, "t > 6")
    assert one.complaints == []


def test_a_shorter_run_while_playing(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0&n2=300")
    beat = "two_weights"
    one.until_step(beat, "t === last")
    assert one.last_step(beat) == 300
    one.press("lr2", "End")
    one.until_address(lr2="3")
    one.until("() => document.body.innerText.includes('η = 3')")
    one.until_step(beat, "t === last")
    assert one.last_step(beat) < 300
    assert same_step(one, beat) == one.last_step(beat)


def guess(one: Any, beat: str, choice: str) -> None:
    one.beat(beat).get_by_role("radio", name=choice).or_(
        one.beat(beat).get_by_role("button", name=choice)
    ).first.click()


def test_a_guess_reveals_the_run_and_plays_it(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en")
    beat = "one_weight"
    assert one.beat(beat).locator(".player").is_hidden()
    assert same_step(one, beat) == 0
    # nothing but the start is in the page, so nothing can be spied out
    assert one.last_step(beat) == 0
    one.page.evaluate("""() => {
      window.seen = []
      const note = () => {
        const t = document.querySelector('.st-key-beat-one_weight .vega-bindings input[name="t"]')
        if (t && window.seen.at(-1) !== Number(t.value)) window.seen.push(Number(t.value))
        requestAnimationFrame(note)
      }
      note()
    }""")
    guess(one, beat, "Left (w gets smaller)")
    one.page.wait_for_selector("text=You said")
    one.until_step(beat, "t > 3")
    one.until_step(beat, "t === last && last === 40")
    # whoever takes notes comes with the next frame
    one.until("() => window.seen.at(-1) === 40")
    seen = one.page.evaluate("window.seen")
    # from 0 on by itself, never showing the end first
    assert seen == sorted(seen), seen
    # a busy machine leaves frames out, but neither the ends nor all between
    assert seen[0] == 0 and seen[-1] == 40 and any(0 < step < 40 for step in seen), seen


def test_less_motion_for_those_who_ask_for_it(visitor: Arrive) -> None:
    one = visitor(reduced_motion="reduce").go(f"{LESSON}?lang=en")
    guess(one, "one_weight", "Right (w gets larger)")
    one.page.wait_for_selector("text=Right: Right")
    one.until_step("one_weight", "last === 40")
    one.ready()
    step = same_step(one, "one_weight")
    one.page.wait_for_timeout(700)  # that it stands still can only be seen by waiting
    assert same_step(one, "one_weight") == step


def test_the_player_by_keyboard(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    beat = "one_weight"
    one.until_step(beat, "t === last")
    focused = """() => { let one = document.activeElement
      while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
      return one?.className ?? '' }"""
    one.beat(beat).locator(".scrub").fill("5")
    one.beat(beat).locator(".scrub").focus()
    order = [one.page.evaluate(focused)]
    for _ in range(3):
        one.page.keyboard.press("Shift+Tab")
        order.append(one.page.evaluate(focused))
    assert order == ["scrub", "on", "play", "back"]
    one.page.keyboard.press("Enter")
    assert same_step(one, beat) == 4
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("Space")
    assert same_step(one, beat) == 5
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("ArrowRight")
    assert same_step(one, beat) == 6
    one.page.keyboard.press("Shift+Tab")
    one.page.keyboard.press("Shift+Tab")
    one.page.keyboard.press("Enter")
    one.until_step(beat, "t > 7")
    names = [one.button(beat, which).get_attribute("aria-label") for which in ("back", "play", "on")]
    assert all(names) and len(set(names)) == 3
