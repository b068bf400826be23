"""The ballot on a phone and the teacher's remote, in a real browser at a real server."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from server.room import ballot
from tests.browser.conftest import ROOT, Server
from tests.classroom.ballots import choice, number
from tests.room_client import Class, opened
from tests.visitor import Visitor

Arrive = Callable[..., Visitor]
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB"}
WORDS = {page: ballot.words(page) for page in ("ballot", "remote")}


@pytest.fixture(scope="session")
def rooms(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on which a test opens rooms."""
    log = tmp_path_factory.mktemp("rooms") / "log.txt"
    with Server(ROOT, log, script="benchmarks/room_app.py") as running:
        yield running.address


@pytest.fixture
def room(rooms: str) -> Class:
    return opened(urlsplit(rooms).port or 0)


def say(word: str, page: str = "ballot", language: str = "en", **values: Any) -> str:
    text = WORDS[page][word][language]
    return re.sub(r"\{\{(\w+)\}\}", lambda found: str(values[found[1]]), text)


def status(page: Page) -> Any:
    return expect(page.locator("#status"))


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_votes_changes_its_vote_reloads_loses_the_network_and_sees_the_answer(
    visitor: Arrive, rooms: str, room: Class
) -> None:
    phone = visitor(base=rooms, **PHONE)
    page = phone.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path.rpartition("/")[2]))
    page.clock.install()
    page.goto(f"{rooms}/room/{room.code.lower()}")
    status(page).to_have_text(say("no_question"))
    room.put(choice(reason={"ko": "이유", "en": "`adam` <b>is</b> **fast**"}))
    status(page).to_have_text(say("lobby"))
    assert page.get_by_role("radio", disabled=True).count() == 3 and fits(page)
    # events that come are not given up: one of two timers was never stopped, and after 8 s every phone asked by itself
    page.clock.run_for(15_000)
    assert asked.count("events") == 1 and asked.count("state") <= 2
    room.act("open")
    page.get_by_text("SGD").dblclick()
    vote = expect(page.locator("#vote"))
    vote.to_have_text(say("sent", vote="SGD"))
    page.get_by_role("radio", name="SGD").press("ArrowDown")
    page.get_by_text(say("not_sure")).click()
    vote.to_have_text(say("sent", vote=f"Adam ({say('not_sure')})"))
    page.get_by_role("button", name=say("explain")).click()
    expect(page.locator("#explain")).to_have_text(say("explain_sent"))
    page.reload()
    vote.to_have_text(say("sent", vote=f"Adam ({say('not_sure')})"))
    # what is chosen without a network is kept, and sent when there is one again
    unsure = f"SGD ({say('not_sure')})"
    phone.context.set_offline(True)
    page.get_by_text("SGD").click()
    vote.to_have_text(say("sending", vote=unsure))
    status(page).to_have_text(say("offline_kept"))
    phone.context.set_offline(False)
    vote.to_have_text(say("sent", vote=unsure))
    teacher = room.ask("teacher")
    assert b'"counts":[1,0,0]' in teacher.body and b'"explain":1' in teacher.body
    # or it comes too late, and what was sent before counts
    phone.context.set_offline(True)
    page.get_by_text("Adam").click()
    room.act("close")
    phone.context.set_offline(False)
    vote.to_have_text(f"{say('late')} {say('my_vote', vote=unsure)}")
    status(page).to_have_text(say("closed"))
    room.act("again")
    status(page).to_have_text(say("again"))
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_text("Adam").click()
    vote.to_have_text(say("sent", vote="Adam"))
    room.act("close", "reveal")
    outcome = page.locator("#outcome")
    expect(outcome.locator("p.big")).to_have_text(
        [
            f"{say('right_answer')}Adam",
            f"{say('first_vote')}SGD{say('wrong')}",
            f"{say('second_vote')}Adam{say('right')}",
        ]
    )
    # nothing that a question says becomes markup, but for code and stress
    expect(outcome.get_by_text("zebra_box")).to_be_visible()
    expect(outcome.locator("p").get_by_text("adam <b>is</b> fast")).to_be_visible()
    link = page.get_by_role("link", name=say("open_lesson")).get_attribute("href")
    assert link == f"{rooms}/optimizers?beat=fair_race&lang=en"
    page.get_by_role("button", name="한국어").click()
    status(page).to_have_text(say("revealed", language="ko"))
    room.ask("close", {})
    status(page).to_have_text(say("unknown_room", language="ko", code=room.code))
    expect(page.get_by_label(say("code", language="ko"))).to_be_visible()
    # the browser says by itself what was refused, or could not be sent
    assert not [said for said in phone.complaints if not re.search("ERR_INTERNET_DISCONNECTED|status of 40[49]", said)]


def test_a_phone_behind_a_proxy_that_keeps_events_asks_by_itself(visitor: Arrive, rooms: str, room: Class) -> None:
    one = visitor(base=rooms, **PHONE)
    page = one.page
    kept: list[Route] = []
    page.route("**/events*", lambda route: kept.append(route))
    page.clock.install()
    page.goto(f"{rooms}/room")
    page.get_by_label(say("code")).fill(f" {room.code.lower()} ")
    page.keyboard.press("Enter")
    status(page).to_have_text(say("no_question"))
    room.put(number())
    room.act("open")
    page.clock.run_for(13_000)
    status(page).to_have_text(say("open_numbers"))
    box = page.get_by_role("textbox", name="rate")
    box.fill("12")
    expect(page.get_by_role("alert")).to_have_text(say("out_of_range", low="0.0001", high="10"))
    page.get_by_role("button", name=say("send")).click()
    box.fill("0,12")
    page.get_by_role("button", name=say("send")).click()
    expect(page.locator("#vote")).to_have_text(say("sent", vote="rate 0.12"))
    room.act("close", "reveal")
    page.clock.run_for(4_000)
    expect(page.locator("#outcome p.big")).to_have_text(
        [f"{say('right_answer')}0.125", f"{say('first_vote')}rate 0.12{say('right')}"]
    )
    assert len(kept) == 1 and one.complaints == []


def test_the_remote_drives_the_room(visitor: Arrive, rooms: str, room: Class) -> None:
    teacher = visitor(base=rooms, **PHONE)
    page = teacher.page
    page.goto(f"{rooms}/room/{room.code}/remote?lang=en")
    status(page).to_have_text(say("no_secret", "remote"))
    page.goto(f"{rooms}/room/{room.code}/remote?lang=en#{room.secret}")
    page.reload()
    status(page).to_have_text(say("no_question", "remote"))
    assert room.secret not in page.url
    room.put(choice())

    def press(action: str, phase: str) -> None:
        page.get_by_role("button", name=say(f"do_{action}", "remote"), exact=True).click()
        status(page).to_have_text(re.compile(re.escape(say(f"phase_{phase}", "remote"))))

    press("open", "open")
    for k in range(4):
        assert room.vote(f"phone-of-student-{k}", {"question": "who_wins", "round": 1, "choice": k % 2}).status == 200
    expect(page.locator("#count")).to_have_text(say("voted", "remote", voted=4, here=4))
    press("close", "closed")
    expect(page.locator("#hint")).to_have_text(say("hint_discuss", "remote"))
    expect(page.locator(".bar b")).to_have_text(["2", "2", "0"])
    press("discuss", "discuss")
    press("again", "open")
    press("close", "closed")
    press("reveal", "revealed")
    assert fits(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=say("save_votes", "remote")).click()
    assert download.value.path().read_text(encoding="utf-8-sig").count("who_wins") == 4
    page.get_by_role("button", name=say("close_room", "remote")).click()
    expect(page.get_by_role("button", name=say("close_no", "remote"))).to_be_focused()
    page.get_by_role("button", name=say("close_yes", "remote"), exact=True).click()
    status(page).to_have_text(say("unknown_room", "remote"))
    assert room.ask("state").status == 404
    # it may just have asked
    assert not [said for said in teacher.complaints if "status of 404" not in said]
