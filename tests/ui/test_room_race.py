"""A race in a room: the page shows what phones have entered, computes it, and tells each phone its place."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from classroom import store
from classroom.rooms import VoteError
from classroom.store import MemoryStore, StoreAwayError
from lessons.optimizers import class_race
from ui.page.room import projector
from ui.page.stage import REVEAL

Open = Callable[..., AppTest]
Check = Callable[[AppTest], None]
PAGE = "pages/5_optimizers.py"
IDS = [f"phone-{k:012d}" for k in range(40)]


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    """The rooms of a server that runs."""
    kept = MemoryStore()
    monkeypatch.setattr(store, "_STORE", kept)
    monkeypatch.setattr(store, "_server_runs", True)
    return kept


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[class_race.Setup]:
    """Every setup of the race that was drawn, the last one last."""
    setups: list[class_race.Setup] = []
    draw = class_race.draw

    def spied(beat: Any, setup: class_race.Setup, outcome: class_race.Outcome) -> None:
        setups.append(setup)
        draw(beat, setup, outcome)

    monkeypatch.setattr(class_race, "draw", spied)
    return setups


class Class:
    """A class with a race on its projector."""

    def __init__(self, opened: Open, rooms: MemoryStore, **address: str) -> None:
        self.rooms, self.at = rooms, opened(PAGE, lang="en", beat="class_race", present="1", **address)
        self.at.button(key="presenter-room").click().run()
        self.mine = self.at.session_state[projector.ROOM]

    @property
    def question(self) -> str:
        return self.rooms.public(self.mine.code)["question"]

    def act(self, *actions: str) -> None:
        for action in actions:
            self.rooms.act(self.mine.code, self.mine.secret, action)

    def enter(self, id: str, rate: Any, momentum: Any) -> None:
        numbers = {"question": self.question, "round": 1, "numbers": {"rate": rate, "momentum": momentum}}
        self.rooms.vote(self.mine.code, id, numbers | {"sure": None})

    def mine_of(self, id: str) -> dict[str, Any]:
        return self.rooms.mine(self.mine.code, id)

    def reveal(self) -> AppTest:
        return self.at.button(key=REVEAL).click().run()


@pytest.fixture
def race(opened: Open, rooms: MemoryStore) -> Class:
    return Class(opened, rooms)


def pairs(setup: class_race.Setup) -> list[tuple[float, float]]:
    return [(entry.rate, entry.momentum) for entry in setup.entries]


def test_phones_are_asked_for_two_numbers(race: Class, sound: Check) -> None:
    sound(race.at)
    told = race.rooms.public(race.mine.code)
    ballot = told["ballot"]
    assert told["phase"] == "lobby" and ballot["kind"] == "race" and not ballot["choices"]
    assert [(one["key"], one["low"], one["high"], one["log"]) for one in ballot["fields"]] == [
        ("rate", *class_race.RATES, True),
        ("momentum", *class_race.MOMENTA, False),
    ]
    assert ballot["asked"]["ko"] != ballot["asked"]["en"] and ballot["lesson"].startswith("optimizers?beat=class_race")


def test_what_the_class_enters_takes_the_place_of_what_is_typed_once_it_is_closed(
    race: Class, drawn: list[class_race.Setup]
) -> None:
    race.act("open")
    race.enter(IDS[0], 0.07, 0.4)
    race.enter(IDS[1], 0.5, 0)
    race.enter(IDS[2], 0.02, 0.8)
    race.enter(IDS[1], 0.6, 0.1)
    race.at.run()
    assert not drawn[-1].from_class and len(drawn[-1].entries) == 12, "it is still open"
    race.act("close")
    race.at.run()
    assert drawn[-1].from_class and pairs(drawn[-1]) == [(0.07, 0.4), (0.6, 0.1), (0.02, 0.8)]
    assert not any("line" in race.mine_of(id) for id in IDS[:3])
    assert any("3 entries of the class" in each.value for each in race.at.caption)
    at = race.reveal()
    assert not at.exception and race.rooms.public(race.mine.code)["phase"] == "revealed"
    assert "0 < β < 0.7" in str([each.value for each in at.info]), "the verdict is that of the class"
    lines = [race.mine_of(id)["line"] for id in IDS[:3]]
    assert lines[0]["en"] == "Place 1 of 3: arrived after 13 steps (η = 0.07, β = 0.4)"
    assert "발산" in lines[1]["ko"] and "3명 가운데 2등" in lines[2]["ko"]
    assert [entry.tag for entry in drawn[-1].entries] == [race.mine_of(id)["tag"] for id in IDS[:3]]


def test_who_reveals_while_it_is_open_sees_the_class_too(race: Class, drawn: list[class_race.Setup]) -> None:
    race.act("open")
    race.enter(IDS[0], 0.07, 0.4)
    race.reveal()
    assert drawn[-1].from_class and pairs(drawn[-1]) == [(0.07, 0.4)]
    assert race.rooms.public(race.mine.code)["phase"] == "revealed"


def test_the_class_stays_when_the_course_changes_afterwards(race: Class, drawn: list[class_race.Setup]) -> None:
    race.act("open")
    race.enter(IDS[0], 0.07, 0.4)
    race.act("close")
    at = race.reveal()
    at.slider(key="optimizers.cn").set_value(5).run()
    assert drawn[-1].from_class and drawn[-1].course.steps == 5 and pairs(drawn[-1]) == [(0.07, 0.4)]
    assert "Place 1 of 1: still on the way" in race.mine_of(IDS[0])["line"]["en"]
    # another course is another race
    before = race.question
    at.button(key="again-optimizers.class_race").click().run()
    assert race.question != before and not drawn[-1].from_class


def test_nobody_enters(race: Class, drawn: list[class_race.Setup]) -> None:
    race.act("open", "close")
    at = race.at.run()
    assert not at.exception and not drawn[-1].from_class
    assert any("Nobody has entered" in each.value for each in at.info)
    assert not race.reveal().exception


@pytest.mark.parametrize(
    "numbers", [(float("nan"), 0), (1e999, 0), ("0.1", 0), (0.1, 1), (-1, 0), (0.1, None), (True, 0), (10**400, 0)]
)
def test_numbers_that_nobody_can_race_with_are_refused(
    numbers: tuple[Any, Any], race: Class, drawn: list[class_race.Setup]
) -> None:
    race.act("open")
    with pytest.raises(VoteError):
        race.enter(IDS[0], *numbers)
    race.enter(IDS[1], 0.1, 0.5)
    race.act("close")
    race.at.run()
    assert pairs(drawn[-1]) == [(0.1, 0.5)]


def test_a_room_that_is_away_leaves_the_page_with_what_is_typed(
    race: Class, drawn: list[class_race.Setup], monkeypatch: pytest.MonkeyPatch
) -> None:
    race.act("open")
    race.enter(IDS[0], 0.07, 0.4)
    race.act("close")

    def away(*_: Any) -> None:
        raise StoreAwayError

    for name in ("room", "put", "tell", "act"):
        monkeypatch.setattr(race.rooms, name, away)
    at = race.at.run()
    assert not at.exception and not drawn[-1].from_class


def test_a_race_is_asked_of_a_room_alone(opened: Open, rooms: MemoryStore, drawn: list[class_race.Setup]) -> None:
    """Without a room the same question has choices, and a guess of its own."""
    at = opened(PAGE, lang="en", beat="class_race")
    assert not at.exception and not drawn[-1].from_class
    assert [str(each) for each in at.pills[-1].options][:2] == ["β = 0", "0 < β < 0.7"]
