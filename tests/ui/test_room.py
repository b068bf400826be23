"""A room on the projector, without a browser: what is put to it, when, and what becomes of it."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from classroom import store
from classroom.questions import Ballot
from classroom.rooms import Filing, Room
from classroom.store import MemoryStore, RoomsFullError, StoreAwayError
from ui.page.room import ballots, projector
from ui.page.room.projector import Projector
from ui.text import texts

Open = Callable[..., AppTest]
Check = Callable[[AppTest], None]
DESCENT, RATES, MODEL = "pages/1_gradient_descent.py", "pages/2_learning_rate.py", "pages/7_training.py"


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    """The rooms of a server that runs."""
    kept = MemoryStore()
    monkeypatch.setattr(store, "_STORE", kept)
    monkeypatch.setattr(store, "_server_runs", True)
    return kept


def components(at: AppTest, name: str) -> list[dict[str, Any]]:
    return [json.loads(one.proto.json) for one in at.get("bidi_component") if one.proto.component_name == name]


def presented(opened: Open, script: str, **address: str) -> tuple[AppTest, Projector]:
    """A page in presenter mode with a room."""
    at = opened(script, present="1", **address)
    at.button(key="presenter-room").click().run()
    return at, at.session_state[projector.ROOM]


def ballot_in(rooms: MemoryStore, mine: Projector) -> Ballot:
    room = rooms.room(mine.code)
    assert room is not None and room.ballot is not None
    return room.ballot


def word(key: str, language: str, **values: Any) -> str:
    return texts.fill(texts.words()[key][language], values)


# ---- what is put -----------------------------------------------------------------------------------------------------


def test_a_room_gets_the_question_in_both_languages(opened: Open, sound: Check, rooms: MemoryStore) -> None:
    at, mine = presented(opened, DESCENT, lang="en", beat="where_it_ends")
    sound(at)
    ballot = ballot_in(rooms, mine)
    for language in texts.LANGUAGES:
        assert ballot.asked[language] == word("how_large_a_share", language)
        assert ballot.reason[language] and ballot.title[language] and ballot.boxes[0][language]
    assert ballot.reason["ko"] != ballot.reason["en"] and ballot.title["ko"] != ballot.title["en"]
    assert [choice["en"] for choice in ballot.choices] == [str(each) for each in at.pills[-1].options]
    assert not ballot.shuffled and set(ballot.boxes) == set(range(len(ballot.choices))) - set(ballot.truths)
    told = rooms.public(mine.code)
    assert told["phase"] == "lobby" and not {"truths", "reason", "boxes", "results"} & set(told)


def test_a_wrong_answer_has_the_claim_that_it_comes_from(opened: Open, rooms: MemoryStore) -> None:
    _, mine = presented(opened, DESCENT, lang="en", beat="one_weight")
    claims = {claim["en"] for claim in ballot_in(rooms, mine).boxes.values()}
    assert claims == {"“The gradient is the direction in which the error falls.”"}


def test_choices_that_are_no_numbers_may_be_shuffled(opened: Open, rooms: MemoryStore) -> None:
    at, mine = presented(opened, DESCENT, lang="ko", beat="one_weight")
    assert ballot_in(rooms, mine).shuffled
    strip = components(at, "lesson_room")[0]
    assert strip["room"] == {"code": mine.code, "secret": mine.secret}
    assert mine.secret not in json.dumps({name: part for name, part in strip.items() if name != "room"})
    assert mine.secret not in json.dumps(dict(at.query_params))


def test_the_address_of_a_question_is_its_experiment(opened: Open, rooms: MemoryStore) -> None:
    _, mine = presented(opened, RATES, lang="ko", beat="three_rates", l="0.05")
    ballot = ballot_in(rooms, mine)
    page, _, query = ballot.lesson.partition("?")
    assert page == "learning_rate" and "l=0.05" in query and "lang" not in query
    other, again = presented(opened, RATES, **dict(parse_qsl(query)), lang="en")
    assert ballot_in(rooms, again) == ballot
    assert components(other, "lesson_room_page")[0]["exercise"] == ballot.exercise


def test_formulas_become_letters() -> None:
    claim = "MSLE is the mean of the squares of $\\log y - \\log \\hat{y}$, $w_1 = w_{12}$: `input_shape`"
    assert ballots.without_formulas(claim) == (
        "MSLE is the mean of the squares of log y − log y\u0302, w₁ = w₁₂: `input_shape`"
    )


# ---- when ------------------------------------------------------------------------------------------------------------


def test_a_question_is_put_once_and_a_moved_control_throws_no_votes_away(
    opened: Open, sound: Check, rooms: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, mine = presented(opened, DESCENT, lang="en", beat="one_weight")
    first = ballot_in(rooms, mine)
    asked: list[str] = []
    for name in ("put", "room"):
        method = getattr(rooms, name)
        monkeypatch.setattr(rooms, name, lambda *args, name=name, method=method: (asked.append(name), method(*args))[1])
    at.run()
    assert asked == [], "nothing is done while the question stays the same"
    # nobody has voted yet: the room has what is on the screen
    at.slider(key="gradient_descent.w").set_value(-2.0).run()
    second = ballot_in(rooms, mine)
    assert second.exercise != first.exercise and asked.count("put") == 1
    rooms.act(mine.code, mine.secret, "open")
    rooms.vote(mine.code, "a" * 32, {"question": second.exercise, "round": 1, "choice": 0, "sure": True})
    at.slider(key="gradient_descent.w").set_value(1.0).run()
    assert ballot_in(rooms, mine).exercise == second.exercise and rooms.public(mine.code)["voted"] == 1
    page = components(at, "lesson_room_page")[0]
    assert page["asks"] and page["exercise"] != second.exercise
    # what the strip's button does
    at.session_state[projector.ROOM].wanted = True
    at.run()
    sound(at)
    assert ballot_in(rooms, mine).exercise == page["exercise"] and rooms.public(mine.code)["phase"] == "lobby"


@pytest.mark.parametrize("before", [(), ("open",), ("open", "close"), ("open", "close", "discuss")])
def test_what_is_revealed_on_the_page_is_revealed_in_the_room(
    opened: Open, sound: Check, rooms: MemoryStore, before: tuple[str, ...]
) -> None:
    at, mine = presented(opened, DESCENT, lang="en", beat="one_weight")
    for action in before:
        rooms.act(mine.code, mine.secret, action)
    at.button(key="stage-reveal").click().run()
    sound(at)
    told = rooms.public(mine.code)
    assert told["phase"] == "revealed" and told["truths"] and told["reason"]["ko"]
    assert not components(at, "lesson_room_page")[0]["asks"]


def test_a_question_whose_answer_stands_there_is_none_for_a_class(opened: Open, rooms: MemoryStore) -> None:
    at = opened(DESCENT, present="1", lang="ko", beat="one_weight")
    at.button(key="stage-reveal").click().run()
    at.button(key="presenter-room").click().run()
    mine = at.session_state[projector.ROOM]
    room = rooms.room(mine.code)
    assert room is not None and room.ballot is None
    # the next one is
    at.button(key="stage-on").click().run()
    assert ballot_in(rooms, mine).asked["ko"] == word("will_it_arrive", "ko")
    # and the first one, where it is asked for: the class is asked anew
    at.button(key="stage-back").click().run()
    assert ballot_in(rooms, mine).asked["ko"] == word("will_it_arrive", "ko")


def test_going_back_to_a_question_brings_its_votes_back(opened: Open, rooms: MemoryStore) -> None:
    at, mine = presented(opened, DESCENT, lang="ko", beat="one_weight")
    first = ballot_in(rooms, mine)
    rooms.act(mine.code, mine.secret, "open")
    rooms.vote(mine.code, "a" * 32, {"question": first.exercise, "round": 1, "choice": 1, "sure": None})
    at.button(key="stage-reveal").click().run()
    at.button(key="stage-on").click().run()
    assert ballot_in(rooms, mine) != first
    at.button(key="stage-back").click().run()
    told = rooms.public(mine.code)
    assert told["question"] == first.exercise and told["phase"] == "revealed" and told["voted"] == 1


def test_where_there_is_nothing_to_vote_on_the_strip_says_so(opened: Open, sound: Check, rooms: MemoryStore) -> None:
    at, mine = presented(opened, DESCENT, lang="en", predict="0")
    sound(at)
    page = components(at, "lesson_room_page")[0]
    assert not page["exercise"] and page["why"] == word("room_at_once", "en")
    at, mine = presented(opened, MODEL, lang="en", beat="compile")
    assert components(at, "lesson_room_page")[0]["why"] == word("room_no_question", "en")
    room = rooms.room(mine.code)
    assert room is not None and room.ballot is None


BALLOT = Ballot("e1", "choice", {"ko": "t"}, {"ko": "a"}, [{"ko": "x"}, {"ko": "y"}], truths=[0])


@pytest.mark.parametrize(
    ("phase", "exercise", "asks", "changes"),
    [
        ("lobby", "e2", True, True),
        ("revealed", "e2", True, True),
        ("lobby", "e2", False, False),
        ("revealed", "e0", False, True),
        ("open", "e2", True, False),
        ("closed", "e2", True, False),
        ("discuss", "e0", False, False),
        ("revealed", "e1", True, False),
    ],
)
def test_when_a_room_gets_another_question(phase: str, exercise: str, asks: bool, changes: bool) -> None:
    earlier = Ballot("e0", "choice", {"ko": "t"}, {"ko": "a"}, [{"ko": "x"}, {"ko": "y"}], truths=[0])
    room = Room("ABCD", BALLOT, phase, history=[Filing(earlier, "revealed", 1)])
    assert projector.may_change(room, exercise, asks) is changes


# ---- where there is no room ------------------------------------------------------------------------------------------


def test_without_a_server_the_button_says_that_there_are_no_rooms(opened: Open, sound: Check, language: str) -> None:
    at = opened(DESCENT, present="1", lang=language)
    sound(at)
    assert word("room_unavailable", language) in [one.value for one in at.markdown]
    assert not components(at, "lesson_room") and not components(at, "lesson_room_page")


def test_a_room_that_is_gone_is_told_of_and_the_page_goes_on(opened: Open, sound: Check, rooms: MemoryStore) -> None:
    at, mine = presented(opened, DESCENT, lang="ko", beat="one_weight")
    rooms.close(mine.code, mine.secret)
    at.button(key="stage-on").click().run()
    at.run()
    sound(at)
    assert projector.ROOM not in at.session_state
    strip = components(at, "lesson_room")[0]
    assert strip["trouble"] == word("room_gone", "ko") and strip["forget"] and strip["room"] is None
    at.button(key="presenter-room").click().run()
    assert components(at, "lesson_room")[0]["trouble"] == ""
    assert ballot_in(rooms, at.session_state[projector.ROOM]).asked["ko"] == word("will_it_arrive", "ko")


def test_closing_a_room_leaves_nothing_of_it(opened: Open, sound: Check, rooms: MemoryStore) -> None:
    at, mine = presented(opened, DESCENT, lang="en")
    at.button(key="room-close").click().run()
    sound(at)
    assert rooms.room(mine.code) is None and projector.ROOM not in at.session_state
    assert components(at, "lesson_room")[0]["closed"] == mine.code and not components(at, "lesson_room_page")


def test_a_room_is_seen_in_presenter_mode_alone_and_lives_on(opened: Open, rooms: MemoryStore) -> None:
    at, mine = presented(opened, DESCENT, lang="en")
    at.button(key="presenter-leave").click().run()
    assert not components(at, "lesson_room") and rooms.room(mine.code) is not None
    at.button(key="gradient_descent-present").click().run()
    assert components(at, "lesson_room")[0]["room"]["code"] == mine.code


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session's state, without a page."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def test_a_reload_takes_its_room_up_again(rooms: MemoryStore, session: dict[str, Any]) -> None:
    code, secret = rooms.open()
    projector.take_up({"code": code, "secret": secret})
    assert session[projector.ROOM] == Projector(code, secret)


@pytest.mark.parametrize(
    "said",
    [None, 3, "BCDF", [], {}, {"code": "BCDF"}, {"code": 3, "secret": None}, {"code": "<b>x", "secret": "0" * 32}]
    + [{"code": "BCDF", "secret": "0" * 31}, {"code": "BCDF" * 99, "secret": "0" * 32}],
)
def test_what_no_browser_of_ours_has_kept_is_no_room(said: Any, rooms: MemoryStore, session: dict[str, Any]) -> None:
    projector.take_up(said)
    assert session == {}


def test_another_secret_opens_no_room(rooms: MemoryStore, session: dict[str, Any]) -> None:
    code, _ = rooms.open()
    projector.take_up({"code": code, "secret": "0" * 32})
    assert session == {projector.TROUBLE: projector.GONE}


def test_a_store_that_is_full_or_away_is_told_of(
    rooms: MemoryStore, session: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(error: type[Exception]) -> Callable[..., Any]:
        def refuse(*_: Any) -> Any:
            raise error

        return refuse

    for error, trouble in ((RoomsFullError, projector.FULL), (StoreAwayError, projector.AWAY)):
        monkeypatch.setattr(rooms, "open", refusing(error))
        projector.open_room()
        assert session == {projector.TROUBLE: trouble}
    mine = Projector("BCDF", "0" * 32)
    session.clear()
    monkeypatch.setattr(rooms, "room", refusing(StoreAwayError))
    projector.follow(mine, "e1", True, lambda: BALLOT)
    # the next run tries again
    assert mine.looked_at == ("", False) and session == {}
    session[projector.ROOM] = mine
    monkeypatch.setattr(rooms, "close", refusing(StoreAwayError))
    projector.close()
    assert session == {projector.CLOSED: "BCDF", projector.TROUBLE: projector.AWAY}
