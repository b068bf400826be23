"""The network that is played, in a real browser: it moves at once, goes back, and a knob changes only what comes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ui.text import texts

Arrive = Callable[..., Any]

LIVE = """[...document.querySelectorAll('[class*="st-key-live-network"] *')]
  .map(one => one.shadowRoot?.querySelector(".live")).find(Boolean)"""


def said(word: str) -> str:
    return texts.words()[word]["en"]


def fact(one: Any, name: str) -> int:
    """A number that the player says of itself."""
    return int(one.page.evaluate(f"() => {LIVE}?.dataset.{name}"))


def wait(one: Any, condition: str, milliseconds: int = 90_000) -> None:
    """Until a condition about the player's own facts, ``at`` and the others, is true."""
    one.page.wait_for_function(
        f"() => {{ const facts = {LIVE}?.dataset ?? {{}}; return {condition} }}", timeout=milliseconds
    )


def test_it_plays_at_once_goes_back_and_a_knob_changes_what_comes(visitor: Arrive) -> None:
    one = visitor().go("/training?lang=en&beat=live")
    wait(one, "facts.epoch === '0'")
    play = one.page.locator(".live .play")
    play.click()
    wait(one, "Number(facts.epoch) > 0")
    # more than what lay there before the press
    wait(one, "Number(facts.epoch) > 40")
    play.click()
    stopped = fact(one, "epoch")
    one.page.locator(".live .back").click()
    assert fact(one, "epoch") == stopped - 1
    one.page.locator(".live .on").click()
    assert fact(one, "epoch") == stopped
    one.page.locator(".live .scrub").fill("12")
    assert fact(one, "epoch") == 12
    losses = one.page.locator(".live .sentence").inner_text()
    # a knob, at epoch 12
    one.choose("l_act", "sigmoid")
    wait(one, "facts.marks === '1' && facts.pasts === '1'")
    assert fact(one, "epoch") == 12
    assert one.page.locator(".live .sentence").inner_text() != losses, "the same weights with another activation"
    assert one.address["l_act"] == "sigmoid"
    # other layers: from the beginning
    # and of quick presses every one counts, though answers to the first ones come in between
    for _ in range(3):
        one.page.get_by_role("button", name="Hidden layer 1: one fewer").click()
    one.until_address(l_net="5-8")
    wait(one, "facts.epoch === '0' && facts.marks === '0'")
    # a unit, by the keyboard: its numbers, and the network without it
    one.page.get_by_role("button", name="Hidden layer 2, unit 3").press("Enter")
    one.page.locator(".live .card-loss").get_by_text("Without this unit").wait_for()
    one.page.get_by_role("button", name="Cut this unit off").click()
    wait(one, "facts.marks === '1'")
    assert one.complaints == []


def test_who_comes_back_draws_and_holds_a_phone_sideways(visitor: Arrive) -> None:
    one = visitor().go("/training?lang=en&beat=live")
    wait(one, "facts.epoch === '0'")
    one.page.locator(".live .scrub").fill("17")
    one.page.locator(".st-key-stage-on button").click()
    one.page.wait_for_selector(".st-key-screen-data")
    one.page.go_back()
    wait(one, "facts.epoch === '17'")
    # a press in the same moment as a request for frames
    one.page.get_by_role("button", name=said("drawn_points")).click()
    undo = one.page.get_by_role("button", name=said("undo"))
    undo.wait_for()
    one.ready()
    one.page.evaluate(f"""() => {{
      const undo = {LIVE}.querySelector(".pens button:nth-of-type(4)")
      document.dispatchEvent(new CustomEvent("lesson-live-ask", {{ detail: {{ from: 1, count: 5 }} }}))
      undo.click()
    }}""")
    one.page.wait_for_function("() => location.search.includes('l_pts=')")
    # no points: nothing to play, and that is said
    one.page.get_by_role("button", name=said("clear_all")).click()
    one.page.locator(".live .status").get_by_text(said("draw_two_classes")).wait_for()
    for name in ("play", "scrub", "on"):
        assert one.page.locator(f".live .{name}").is_disabled()
    assert not one.page.locator(".live .losses").is_visible()
    # on a phone that is held sideways the border is high enough to be seen
    one.page.locator(".live .sets button").first.click()
    one.page.locator(".live .losses").wait_for()
    one.page.set_viewport_size({"width": 844, "height": 390})
    one.until(f"() => {LIVE}.querySelector('.border').getBoundingClientRect().height >= 90")
    # Streamlit warns of the two presses in one moment, which is what is tried here
    assert [each for each in one.complaints if "Multiple different fragmentIds" not in each] == []


def test_a_file_of_ones_own_is_one_tap_away_and_what_is_drawn_can_be_taken_home(
    visitor: Arrive, tmp_path: Path
) -> None:
    one = visitor().go("/training?lang=en&beat=live&l_set=circles&predict=0")
    wait(one, "facts.epoch === '0'")
    one.page.locator(".live .scrub").fill("9")

    def brought(text: str, tap: Callable[[], None]) -> None:
        file = tmp_path / "mine.csv"
        file.write_text(text)
        with one.page.expect_file_chooser() as chooser:
            tap()
        chooser.value.set_files(file)

    button = one.page.get_by_role("button", name=said("own_table"))
    # of one class: said, and the training goes on
    brought("a,b,kind\n1,2,x\n2,3,x\n3,1,x\n", button.click)
    one.page.get_by_text(said("live_data_stay")).wait_for()
    wait(one, "facts.epoch === '9'")
    rows = "\n".join(f"{k % 7},{k % 5},{'ab'[k % 7 > 3]}" for k in range(60))
    brought(f"width,depth,kind\n{rows}\n", button.click)
    wait(one, "facts.epoch === '0'")
    one.page.locator('[data-testid="stSelectbox"]', has_text=said("live_first_input")).wait_for()
    one.page.locator(".live .play").click()
    wait(one, "Number(facts.epoch) > 30")
    one.page.locator(".live .play").click()
    # its three pictures, as they stand
    section = one.page.locator('[class*="st-key-takehome-"]')
    section.locator("summary").click()
    one.page.wait_for_function(
        """() => [...document.querySelectorAll('[class*="st-key-takehome-"] *')]
          .some(each => each.shadowRoot?.querySelectorAll(".picture").length === 3)"""
    )
    with one.page.expect_download() as waiting:
        section.locator(".handout").click()
    waiting.value.save_as(tmp_path / "handout.html")
    handout = (tmp_path / "handout.html").read_text(encoding="utf-8")
    assert handout.count('href="data:image/png') == 3 and said("live_border_said") in handout
    assert one.complaints == []
