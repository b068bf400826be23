"""A room on the projector in a real browser: the walk through a question by clicker, and a whole lesson with phones."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Route, expect

from dlcore.surfaces import NarrowValley
from lessons.optimizers import class_race
from lessons.optimizers.class_race import Course, Setup
from tests.browser.accessible import ours
from tests.browser.test_fits import MEASURED, PROJECTOR, STILL

Arrive = Callable[..., Any]
PHONES = ("first-phone-of-two", "other-phone-of-two")
MOST_OF_HEIGHT = 0.12
"""Which share of the screen's height the strip takes at most."""

OF_ROOM = re.compile(r"/room/\w+/(state|events)$")
IS_ROOMS = '() => !document.dispatchEvent(new CustomEvent("lesson-room", { cancelable: true }))'
"""Whether a press of the clicker is the room's business."""

STRIP, VOTES = ".st-key-room-strip .strip", ".st-key-room-strip .votes"


def asked(one: Any, code: str, path: str, body: dict[str, Any] | None = None, secret: str = "") -> dict[str, Any]:
    """What the room answers."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {secret}"} if secret else {})
    sent = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{one.base}/room/{code}/{path}", sent, headers)) as answer:
        return json.load(answer)


def votes(one: Any, code: str, *choices: int) -> None:
    told = asked(one, code, "state")
    for phone, choice in zip(PHONES, choices, strict=True):
        vote = {"id": phone, "question": told["question"], "round": told["round"], "choice": choice, "sure": True}
        assert asked(one, code, "vote", vote) == {"ok": True}
    until_said(one, ".voted", "2")


def until_said(one: Any, place: str, text: str) -> None:
    one.page.locator(f"{STRIP} {place}", has_text=re.compile(rf"\b{text}\b")).wait_for()


def click_to(one: Any, phase: str) -> None:
    """Press the clicker, once it is no bouncing any more, and wait for the phase."""
    one.page.wait_for_timeout(800)
    one.page.keyboard.press("PageDown")
    one.page.locator(f'{STRIP}[data-phase="{phase}"]').wait_for()


def fits(one: Any) -> None:
    """The strip is low, and leaves place for question, picture and player."""
    one.ready()
    one.until(STILL)
    facts = one.page.evaluate(MEASURED)
    height = one.page.locator(STRIP).bounding_box()["height"]
    assert 0 < height <= MOST_OF_HEIGHT * PROJECTOR["height"], height
    assert facts["bottom"] <= facts["fold"] <= PROJECTOR["height"] and facts["too_wide"] <= 0, facts
    assert facts["lowest_plot"] >= 90 and facts["drawn"] == facts["pictures"], facts


def test_a_clicker_takes_a_class_through_a_question(visitor: Arrive) -> None:
    one = visitor(viewport=PROJECTOR).go("/gradient_descent?lang=en&present=1&beat=any_landscape")
    one.page.locator(".st-key-presenter-room button").click()
    one.page.locator(f'{STRIP}[data-phase="lobby"]').wait_for()
    code = one.page.locator(f"{STRIP} .code").inner_text()
    fits(one)
    for phone in PHONES:
        assert "truths" not in asked(one, code, f"state?id={phone}")
    until_said(one, ".here", "2")
    secret = one.page.evaluate("() => JSON.parse(sessionStorage.getItem('lesson-room-1')).secret")
    right = asked(one, code, "teacher", secret=secret)["truths"][0]
    wrong = 0 if right else 1

    click_to(one, "open")
    votes(one, code, right, wrong)
    # a slider that was touched meanwhile makes it another question, whose answer is not called up while phones may vote
    one.press("lr3", "ArrowRight")
    until_said(one, ".hint", "settings")
    click_to(one, "closed")
    one.press("lr3", "ArrowLeft")
    # hidden, until they have talked to each other
    until_said(one, ".hint", "discuss")
    assert one.page.locator(VOTES).is_hidden() and one.page.locator('[class*="st-key-verdict-"]').count() == 0
    click_to(one, "discuss")
    click_to(one, "again")
    votes(one, code, right, right)
    click_to(one, "closed")
    click_to(one, "revealed")
    # the page's own run decides, and the votes stand there until the next click
    one.page.wait_for_selector('[class*="st-key-verdict-"]')
    panel = one.page.locator(VOTES)
    panel.wait_for()
    assert panel.locator("tbody tr").nth(right).locator("td").all_inner_texts() == ["1", "2"]
    assert panel.locator(".ways b").all_inner_texts() == ["1", "1", "0", "0"]
    one.ready()
    assert ours(one, inside=".st-key-room-strip") == {}
    one.page.wait_for_timeout(800)
    one.page.keyboard.press("PageDown")
    panel.wait_for(state="hidden")
    one.until_step("any_landscape", "t > 0 && t < last")
    one.page.keyboard.press("PageDown")
    one.until_step("any_landscape", "t === last")
    click_to(one, "lobby")
    one.page.wait_for_selector(".st-key-beat-where_it_ends")
    fits(one)
    assert asked(one, code, "state")["ballot"]["lesson"] == "gradient_descent?beat=where_it_ends"

    # the tab keeps the room, and no address says its secret
    assert secret not in one.page.url
    news: list[Route] = []
    one.page.route(OF_ROOM, lambda route: news.append(route))
    one.page.reload()
    one.page.locator(f"{STRIP} .code", has_text=code).wait_for()
    # as long as it has said nothing, a press of the clicker gives no answer away
    assert one.page.evaluate(IS_ROOMS)
    one.page.unroute(OF_ROOM)
    one.page.reload()
    one.page.locator(f'{STRIP}[data-phase="lobby"]').wait_for()
    assert one.page.locator(f"{STRIP} .code").inner_text() == code
    assert one.complaints == []
    asked(one, code, "close", {}, secret)
    one.page.locator(".st-key-room-strip .reopen").click()
    one.page.locator(f'{STRIP}[data-phase="lobby"]').wait_for()
    assert one.page.locator(f"{STRIP} .code").inner_text() != code
    # whoever asks before the event has come is told that there is no such room
    assert [each for each in one.complaints if f"/room/{code}/state" not in each] == []


RACE = "0.07, 0.4; 0.6, 0.1; 0.02, 0.8; 0.001, 0; 0.04, 0.9"
"""What the phones enter, each a learning rate and a momentum."""


def tap(phones: list[Any], *names: str) -> None:
    """Each phone chooses an answer, by its text, and its vote is in."""
    for phone, name in zip(phones, names, strict=True):
        # in a second round the label says besides what was chosen in the first
        answer = phone.page.get_by_role("radio", name=re.compile("^" + re.escape(name)))
        # the phone hears a moment later than the projector that the vote is open
        expect(answer).to_be_enabled()
        answer.check(force=True)
    for phone, name in zip(phones, names, strict=True):
        expect(phone.page.locator("#vote")).to_contain_text(name)


def test_a_class_of_five_goes_through_a_lesson_of_two_questions_and_a_race(visitor: Arrive) -> None:
    one = visitor(viewport=PROJECTOR).go("/gradient_descent?lang=en&present=1&beat=any_landscape")
    one.page.locator(".st-key-presenter-room button").click()
    one.page.locator(f'{STRIP}[data-phase="lobby"]').wait_for()
    code = one.page.locator(f"{STRIP} .code").inner_text()
    secret = one.page.evaluate("() => JSON.parse(sessionStorage.getItem('lesson-room-1')).secret")
    # each with a window of its own size, and so with a memory of its own
    phones = [visitor(viewport={"width": 390, "height": 844 + k}, locale="en-GB") for k in range(5)]
    for phone in phones:
        phone.page.goto(f"{one.base}/room/{code}")
    until_said(one, ".here", "5")

    # all are right: straight to the answer
    teacher = asked(one, code, "teacher", secret=secret)
    names = [choice["en"] for choice in teacher["ballot"]["choices"]]
    right = teacher["truths"][0]
    wrong = 0 if right else 1
    click_to(one, "open")
    tap(phones, *[names[right]] * 5)
    click_to(one, "closed")
    until_said(one, ".hint", "go on")
    click_to(one, "revealed")
    for phone in phones:
        expect(phone.page.locator("#outcome")).to_contain_text(names[right])

    # the next question, on which they differ until they have talked
    one.go("/gradient_descent?lang=en&present=1&beat=two_weights")
    one.page.locator(f'{STRIP}[data-phase="lobby"]').wait_for()
    teacher = asked(one, code, "teacher", secret=secret)
    names = [choice["en"] for choice in teacher["ballot"]["choices"]]
    right = teacher["truths"][0]
    wrong = 0 if right else 1
    click_to(one, "open")
    tap(phones, *[names[wrong]] * 3, *[names[right]] * 2)
    click_to(one, "closed")
    click_to(one, "discuss")
    click_to(one, "again")
    tap(phones, names[wrong], *[names[right]] * 4)
    click_to(one, "closed")
    click_to(one, "revealed")
    flow = asked(one, code, "state")["results"]["flow"]
    assert flow == {"right_right": 2, "wrong_right": 2, "right_wrong": 0, "wrong_wrong": 1}

    # the race: phones send numbers, the page computes
    one.go("/optimizers?lang=en&present=1&beat=class_race")
    one.page.locator(f'{STRIP}[data-phase="lobby"]').wait_for()
    click_to(one, "open")
    entries = class_race.read(RACE)
    for phone, entry in zip(phones, entries, strict=True):
        boxes = phone.page.get_by_role("textbox")
        boxes.nth(0).fill(str(entry.rate))
        boxes.nth(1).fill(str(entry.momentum))
        phone.page.locator("#answer button").last.click()
        expect(phone.page.locator("#vote")).to_contain_text(str(entry.rate))
    until_said(one, ".voted", "5")
    click_to(one, "closed")
    # both numbers are seen at once
    one.page.locator(f"{STRIP} .acts button[data-act=show]").click()
    panel = one.page.locator(VOTES)
    expect(panel.locator("svg")).to_have_count(2)
    assert panel.evaluate("panel => panel.scrollHeight <= panel.clientHeight")
    one.page.keyboard.press("Escape")
    # who has nothing to change in a second round still races
    one.page.locator(f"{STRIP} .acts button[data-act=again]").click()
    # the phone hears a moment later than the projector: its button may still be the first round's
    expect(phones[0].page.locator("#status")).to_contain_text("Vote once more")
    phones[0].page.locator("#answer button").last.click()
    until_said(one, ".voted", "1")
    click_to(one, "closed")
    for phone, entry in zip(phones, entries, strict=True):
        expect(phone.page.locator("#vote")).to_contain_text(str(entry.rate))
    click_to(one, "revealed")
    valley = NarrowValley()
    outcome = class_race.measure(Setup(Course(valley, valley.start, 60, False), entries))
    for phone, entry, place, fate in zip(phones, entries, outcome.place, outcome.fates, strict=True):
        line = "Diverged at step" if fate == "diverged" else f"Place {place} of 5"
        expect(phone.page.locator("#outcome")).to_contain_text(line)
        expect(phone.page.locator("#outcome")).to_contain_text(f"η = {entry.rate:g}")
    assert one.complaints == [] and not [said for phone in phones for said in phone.complaints]
