"""A room: what may happen when, what counts as a vote, and who may know what."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from classroom import rooms
from classroom.questions import Ballot
from classroom.rooms import ActError, Room, VoteError
from tests.classroom.ballots import SECRETS, choice, number, phone, race, says


def opened(ballot: Ballot | None = None) -> Room:
    """A room in which this question is open."""
    room = Room("KD4F")
    rooms.put(room, ballot or choice())
    rooms.act(room, "open")
    return room


def acts(room: Room, *actions: str) -> Room:
    for action in actions:
        rooms.act(room, action)
    return room


ME = phone(1)


def refusal(room: Room, body: Any, id: Any = ME) -> str:
    """The word with which a vote is refused; empty if it counts."""
    before = room.snapshot()
    try:
        rooms.vote(room, id, body)
    except VoteError as error:
        assert room == before and error.code in VoteError.CODES
        return error.code
    return ""


# ---- phases ----------------------------------------------------------------------------------------------------------


def test_a_whole_question() -> None:
    room = Room("KD4F")
    assert rooms.actions(room) == ["next"]
    rooms.put(room, choice())
    said = []
    for action in ("open", "close", "discuss", "again", "close", "reveal"):
        acts(room, action)
        said.append((room.phase, room.round))
    assert said == [("open", 1), ("closed", 1), ("discuss", 1), ("open", 2), ("closed", 2), ("revealed", 2)]
    assert rooms.actions(room) == ["next"]


def test_every_phase_allows_what_it_says_and_nothing_else() -> None:
    ways = {"lobby": (), "open": ("open",), "closed": ("open", "close"), "discuss": ("open", "close", "discuss")}
    ways |= {"revealed": ("open", "close", "reveal")}
    assert ways.keys() == set(rooms.PHASES)
    for phase, way in ways.items():
        for action in (*rooms.ACTIONS, "", "OPEN", "put", None, 5, ["open"], {"open": 1}, "x" * 10_000):
            room = Room("KD4F")
            rooms.put(room, choice())
            acts(room, *way)
            assert room.phase == phase
            before = room.snapshot()
            if isinstance(action, str) and action in rooms.ALLOWED[phase]:
                acts(room, action)
                assert room != before and action in rooms.actions(before)
            else:
                with pytest.raises(ActError) as refused:
                    rooms.act(room, action)
                assert refused.value.code == ("phase" if action in list(rooms.ACTIONS) else "unreadable")
                assert room == before


def test_there_is_no_third_round_and_nothing_opens_without_a_question() -> None:
    room = acts(opened(), "close", "again", "close")
    for action in ("again", "discuss", "open"):
        with pytest.raises(ActError):
            rooms.act(room, action)
    with pytest.raises(ActError):
        rooms.act(Room("KD4F"), "open")


def test_a_wish_to_go_on_changes_no_phase() -> None:
    room = acts(opened(), "next", "next")
    assert room.phase == "open" and rooms.counts(room, 0, 1)["next"] == 2


def test_the_same_question_again_changes_nothing_and_another_one_files_it() -> None:
    room = opened()
    rooms.vote(room, phone(1), says(choice()))
    before = room.snapshot()
    assert not rooms.put(room, choice(asked={"en": "other words"}))
    assert room == before
    assert rooms.put(room, number())
    assert (room.phase, room.round, len(room.history)) == ("lobby", 1, 1)
    assert rooms.teacher(room, 0, 1)["history"][0]["voted"] == [1, 0]
    # back again it is as far as it was, but that nobody could vote meanwhile
    assert rooms.put(room, choice())
    assert (room.phase, room.round, rooms.mine(room, phone(1))["1"]) == ("closed", 1, {"choice": 1})
    acts(room, "again", "close", "reveal")
    rooms.put(room, number())
    rooms.put(room, choice())
    assert (room.phase, room.round) == ("revealed", 2)
    assert [each.ballot.exercise for each in room.history] == []


def test_a_question_that_nobody_opened_is_not_filed_and_old_ones_are_forgotten() -> None:
    room = Room("KD4F")
    for k in range(rooms.MOST_QUESTIONS + 20):
        rooms.put(room, choice(f"slider-{k}"))
    assert room.history == []
    for k in range(rooms.MOST_QUESTIONS + 20):
        rooms.put(room, choice(f"asked-{k}"))
        acts(room, "open")
        rooms.vote(room, phone(k), says(choice(f"asked-{k}")))
        rooms.explain(room, phone(k), f"asked-{k}")
        rooms.tell(room, f"asked-{k}", {"#1": {"en": "x"}})
    assert len(room.history) == rooms.MOST_QUESTIONS
    assert len(room.votes) == len(room.explain) == len(room.lines) == rooms.MOST_QUESTIONS + 1
    assert room.history[0].ballot.exercise == "asked-19"


# ---- votes -----------------------------------------------------------------------------------------------------------


def test_an_id_counts_once_however_often_it_votes() -> None:
    room = opened()
    for k in range(10_000):
        rooms.vote(room, phone(1), says(choice(), k % 3, sure=bool(k % 2)))
    assert rooms.counts(room, 0, 1)["voted"] == 1
    assert rooms.results(room)["rounds"]["1"]["counts"] == [1, 0, 0]


def test_a_late_or_foreign_vote_does_no_harm() -> None:
    room = Room("KD4F")
    assert refusal(room, says(choice())) == "other_question"
    rooms.put(room, choice())
    assert refusal(room, says(choice())) == "closed"
    acts(room, "open")
    assert refusal(room, says(choice("another"))) == "other_question"
    assert refusal(room, says(choice(), round=2)) == "other_round"
    assert refusal(room, says(choice(), round=3)) == "other_round"
    assert refusal(room, says(choice())) == ""
    acts(room, "close")
    assert refusal(room, says(choice(), 2)) == "closed"
    acts(room, "again")
    assert refusal(room, says(choice(), 2)) == "other_round"
    assert refusal(room, says(choice(), 2, round=2)) == ""
    assert rooms.mine(room, phone(1)) | {"tag": ""} == {
        "1": {"choice": 1},
        "2": {"choice": 2},
        "explain": False,
        "tag": "",
    }


HUGE = 10**400


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "unreadable"),
        (says(choice()) | {"question": None}, "unreadable"),
        (says(choice()) | {"question": ["who_wins"]}, "unreadable"),
        (says(choice()) | {"round": True}, "unreadable"),
        (says(choice()) | {"round": 1.0}, "unreadable"),
        (says(choice()) | {"round": "1"}, "unreadable"),
        (says(choice()) | {"choice": None}, "unreadable"),
        (says(choice()) | {"choice": True}, "unreadable"),
        (says(choice()) | {"choice": 1.0}, "unreadable"),
        (says(choice()) | {"choice": "1"}, "unreadable"),
        (says(choice()) | {"choice": [1]}, "unreadable"),
        (says(choice()) | {"choice": {"1": 1}}, "unreadable"),
        (says(choice()) | {"choice": float("inf")}, "unreadable"),
        (says(choice(), -1), "out_of_range"),
        (says(choice(), 3), "out_of_range"),
        (says(choice(), HUGE), "out_of_range"),
        (says(choice(), sure=1), "unreadable"),
        (says(choice(), sure="yes"), "unreadable"),
        (says(choice()) | {"round": HUGE}, "other_round"),
        ({"question": "who_wins", "round": 1, "numbers": {"rate": 1}}, "unreadable"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_no_choice_is_refused_with_a_word(body: Any, word: str) -> None:
    assert refusal(opened(), body) == word


@pytest.mark.parametrize(
    ("numbers", "word"),
    [
        (None, "unreadable"),
        ([0.1], "unreadable"),
        ({}, "unreadable"),
        ({"rate": 0.1}, "unreadable"),
        ({"rate": 0.1, "momentum": 0.5, "more": 1}, "unreadable"),
        ({"rate": True, "momentum": 0.5}, "unreadable"),
        ({"rate": "0.1", "momentum": 0.5}, "unreadable"),
        ({"rate": [0.1], "momentum": 0.5}, "unreadable"),
        ({"rate": None, "momentum": 0.5}, "unreadable"),
        ({"rate": float("inf"), "momentum": 0.5}, "out_of_range"),
        ({"rate": float("nan"), "momentum": 0.5}, "out_of_range"),
        ({"rate": HUGE, "momentum": 0.5}, "out_of_range"),
        ({"rate": -HUGE, "momentum": 0.5}, "out_of_range"),
        ({"rate": 10.000001, "momentum": 0.5}, "out_of_range"),
        ({"rate": 0, "momentum": 0.5}, "out_of_range"),
        ({"rate": 10, "momentum": 0}, ""),
        ({"rate": 1e-4, "momentum": 0.999}, ""),
    ],
    ids=lambda value: str(value)[:60],
)
def test_numbers_are_finite_and_in_their_range(numbers: Any, word: str) -> None:
    room = opened(race())
    assert refusal(room, {"question": "race", "round": 1, "numbers": numbers}) == word
    if not word:
        ((_, kept),) = rooms.entries(room)
        assert kept == numbers and all(type(value) is float for value in kept.values())


@pytest.mark.parametrize(
    "id",
    [None, 5, "", "short", "x" * 65, "x" * 15, "a b" * 8, "ä" * 20, "=" * 20, ["x" * 20], "x" * 20 + "\n"],
    ids=str,
)
def test_what_is_no_id_is_refused(id: Any) -> None:
    room = opened()
    assert refusal(room, says(choice()), id) == "unreadable"
    with pytest.raises(VoteError, match="unreadable"):
        rooms.explain(room, id, "who_wins")
    assert not room.ids() and not room.tags


def test_a_full_room_still_hears_who_is_in_it() -> None:
    room = opened()
    for k in range(rooms.MOST_IDS):
        rooms.vote(room, phone(k), says(choice()), ids=k)
    assert refusal(room, says(choice()), phone(99_999)) == "full"
    with pytest.raises(VoteError, match="full"):
        rooms.explain(room, phone(99_999), "who_wins")
    assert refusal(room, says(choice(), 0), phone(7)) == ""
    rooms.explain(room, phone(7), "who_wins")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"5",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"[" * 4000,
        b'{"a":' * 1000,
        b'{"choice": NaN}',
        b'{"choice": -Infinity}',
        b'{"choice": %s}' % (b"9" * 4300 + b"9"),
    ],
    ids=lambda body: str(body[:20]),
)
def test_what_is_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(VoteError, match="unreadable"):
        rooms.read_body(body)
    assert rooms.read_body(b'{"numbers": {"rate": 1e999}}') == {"numbers": {"rate": float("inf")}}


def test_please_explain_counts_once_and_for_the_question_that_stands_there() -> None:
    room = opened()
    for _ in range(3):
        rooms.explain(room, phone(1), "who_wins")
    assert rooms.teacher(room, 0, 1)["explain"] == 1 and rooms.mine(room, phone(1))["explain"]
    assert "explain" not in rooms.public(room, 0, 1)
    for question, word in ((None, "unreadable"), (5, "unreadable"), ("another", "other_question")):
        with pytest.raises(VoteError, match=word):
            rooms.explain(room, phone(1), question)


# ---- results ---------------------------------------------------------------------------------------------------------


def test_the_flow_between_two_rounds() -> None:
    """By hand: five voted twice, one came late, one left."""
    room = opened()
    for k, chosen in enumerate((1, 1, 0, 0, 2, 1)):
        rooms.vote(room, phone(k), says(choice(), chosen, sure=k < 2))
    acts(room, "close", "discuss", "again")
    for k, chosen in ((0, 1), (1, 0), (2, 1), (3, 1), (4, 0), (9, 1)):
        rooms.vote(room, phone(k), says(choice(), chosen, round=2))
    found = rooms.results(room)
    assert found["flow"] == {"right_right": 1, "wrong_right": 2, "right_wrong": 1, "wrong_wrong": 1}
    assert found["rounds"]["1"] == {"voted": 6, "right": 0.5, "sure": 2, "unsure": 4, "counts": [2, 3, 1]}
    assert found["rounds"]["2"] == {"voted": 6, "right": 4 / 6, "sure": 0, "unsure": 0, "counts": [2, 4, 0]}


@pytest.mark.parametrize(
    ("right", "of", "word"),
    [(0, 0, ""), (29, 100, "explain"), (30, 100, "discuss"), (80, 100, "discuss"), (81, 100, "go_on"), (1, 1, "go_on")],
)
def test_the_hint(right: int, of: int, word: str) -> None:
    room = opened()
    for k in range(of):
        rooms.vote(room, phone(k), says(choice(), 1 if k < right else 0))
    assert rooms.hint(room) == word
    assert rooms.hint(Room("KD4F")) == ""


def test_the_hint_is_of_the_last_round() -> None:
    room = opened()
    rooms.vote(room, phone(1), says(choice(), 0))
    acts(room, "close", "again")
    assert rooms.hint(room) == "explain"
    rooms.vote(room, phone(1), says(choice(), 1, round=2))
    assert rooms.hint(room) == "go_on"


def test_a_number_is_right_within_its_tolerance_and_a_race_is_never_right() -> None:
    asked = number()
    room = opened(asked)
    for k, value in enumerate((0.115, 0.135, 0.14, 9)):
        rooms.vote(room, phone(k), {"question": "how_many", "round": 1, "numbers": {"rate": value}})
    found = rooms.results(room)["rounds"]["1"]
    assert found["right"] == 0.5 and rooms.hint(room) == "discuss"
    assert found["numbers"] == {"rate": [0.115, 0.135, 0.14, 9]} and found["tags"] == ["#1", "#2", "#3", "#4"]
    for ballot in (race(), number(tolerance=None), choice(truths=[])):
        room = opened(ballot)
        rooms.vote(room, phone(1), says(ballot) | {"numbers": {one.key: 0.5 for one in ballot.fields}})
        found = rooms.results(room)
        assert (found["rounds"]["1"]["right"], found["flow"], rooms.hint(room)) == (None, None, "")


def test_entries_stand_in_the_order_of_their_tags() -> None:
    room = opened(race())
    for k in (5, 3, 4):
        rooms.mine(room, phone(k))
    for k in (4, 5, 8):
        rooms.vote(room, phone(k), {"question": "race", "round": 1, "numbers": {"rate": k / 10, "momentum": 0}})
    assert rooms.entries(room) == [
        ("#1", {"rate": 0.5, "momentum": 0}),
        ("#3", {"rate": 0.4, "momentum": 0}),
        ("#4", {"rate": 0.8, "momentum": 0}),
    ]
    assert rooms.mine(room, phone(4))["tag"] == "#3"


def test_who_enters_nothing_in_a_second_round_races_with_the_first_entry() -> None:
    room = opened(race())
    for k in (1, 2):
        rooms.vote(room, phone(k), {"question": "race", "round": 1, "numbers": {"rate": k / 10, "momentum": 0}})
    for action in ("close", "discuss", "again"):
        rooms.act(room, action)
    for k in (2, 3):
        rooms.vote(room, phone(k), {"question": "race", "round": 2, "numbers": {"rate": k / 10, "momentum": 0.9}})
    assert rooms.entries(room) == [
        ("#1", {"rate": 0.1, "momentum": 0}),
        ("#2", {"rate": 0.2, "momentum": 0.9}),
        ("#3", {"rate": 0.3, "momentum": 0.9}),
    ]


def test_onlookers_have_tags_to_a_limit_and_voters_always() -> None:
    room = opened()
    for k in range(rooms.MOST_TAGS + 10):
        told = rooms.mine(room, phone(k))
    assert "tag" not in told and len(room.tags) == rooms.MOST_TAGS
    rooms.vote(room, phone(99_999), says(choice()))
    assert rooms.mine(room, phone(99_999))["tag"] == f"#{rooms.MOST_TAGS + 1}"


def test_a_line_reaches_its_phone_alone_and_after_the_reveal() -> None:
    room = opened(race())
    for k in (1, 2):
        rooms.vote(room, phone(k), {"question": "race", "round": 1, "numbers": {"rate": 0.1, "momentum": 0}})
    rooms.tell(room, "race", {"#1": {"en": "first", "ko": "첫째"}, "#77": {"en": "nobody"}})
    rooms.tell(room, "unknown", {"#1": {"en": "x"}})
    assert rooms.counts(room, 0, 1)["lines"] == 1 and list(room.lines) == ["race"]
    assert "line" not in rooms.mine(room, phone(1))
    acts(room, "close", "reveal")
    assert rooms.mine(room, phone(1))["line"] == {"en": "first", "ko": "첫째"}
    assert "line" not in rooms.mine(room, phone(2)) and "first" not in json.dumps(rooms.public(room, 0, 1))
    for line in ({"en": "x" * (rooms.LONGEST_LINE + 1)}, {"de": "x"}, "x", {"en": 5}):
        with pytest.raises(ValueError):
            rooms.tell(room, "race", {"#1": line})  # type: ignore[dict-item]


# ---- who may know what -----------------------------------------------------------------------------------------------


def everything_public(room: Room) -> str:
    answers = [
        rooms.public(room, 3, 1),
        rooms.counts(room, 3, 1),
        rooms.mine(room, phone(2)),
        rooms.mine(room, "x" * 20),
    ]
    return json.dumps(answers, ensure_ascii=False)


@pytest.mark.parametrize("ballot", [choice(), number()], ids=lambda ballot: ballot.kind)
def test_nothing_is_given_away_before_the_reveal(ballot: Ballot) -> None:
    room = Room("KD4F")
    rooms.put(room, ballot)
    numbers = {"rate": 0.0625}
    way = ["", "open", "close", "discuss", "again", "close", "reveal"]
    for action in way:
        if action:
            acts(room, action)
        if action in ("open", "again"):
            rooms.vote(room, phone(1), says(ballot, 0, room.round) | {"numbers": numbers})
        told = everything_public(room)
        assert ("zebra_reason" in told) == (room.phase == "revealed"), room.phase
        for secret in ("zebra_box", "truths", '"value"', "0.125", "results", "flow", '"right"', "0.0625", '"hint"'):
            assert room.phase == "revealed" or secret not in told, (room.phase, secret)
        # the teacher knows it always
        assert "zebra_reason" in json.dumps(rooms.teacher(room, 3, 1))
    assert "flow" in everything_public(room) and (ballot.kind == "choice") == ("zebra_box" in everything_public(room))
    # an old question's secrets are not the new one's
    rooms.put(room, race())
    assert not [secret for secret in SECRETS if secret in everything_public(room)]


def test_who_voted_is_nowhere() -> None:
    room = opened(race())
    for k in range(5):
        rooms.vote(room, phone(k), {"question": "race", "round": 1, "numbers": {"rate": 0.1, "momentum": 0}})
        rooms.explain(room, phone(k), "race")
    acts(room, "close", "reveal")
    told = [rooms.public(room, 5, 1), rooms.teacher(room, 5, 1), rooms.mine(room, phone(1)), rooms.entries(room)]
    assert "phone" not in json.dumps(told) + rooms.table(room)


def test_an_answer_is_the_caller_s_own() -> None:
    room = opened()
    rooms.vote(room, phone(1), says(choice()))
    copy = room.snapshot()
    rooms.vote(room, phone(2), says(choice()))
    rooms.explain(room, phone(2), "who_wins")
    rooms.put(room, number())
    assert (len(copy.of_round(1)), copy.explain, len(copy.history), len(copy.tags)) == (1, {}, 0, 1)


# ---- the table -------------------------------------------------------------------------------------------------------


def test_the_table_has_every_vote_with_a_running_number() -> None:
    room = opened()
    rooms.vote(room, phone(8), says(choice(), 1, sure=True))
    rooms.vote(room, phone(3), says(choice(), 2, sure=False))
    acts(room, "close", "again")
    rooms.vote(room, phone(3), says(choice(), 1, round=2))
    rooms.put(room, race("-race"))
    acts(room, "open")
    rooms.vote(room, phone(8), {"question": "-race", "round": 1, "numbers": {"rate": 0.25, "momentum": 0.5}})
    rows = list(csv.reader(io.StringIO(rooms.table(room, "en"))))
    assert rows == [
        list(rooms.COLUMNS),
        ["who_wins", "The race", "1", "1", "Adam", "yes", "yes"],
        ["who_wins", "The race", "1", "2", "'=1+1", "no", "no"],
        ["who_wins", "The race", "2", "2", "Adam", "", "yes"],
        ["'-race", "The race", "1", "1", "rate=0.25; momentum=0.5", "", ""],
    ]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", " =", '="', "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(begins: str) -> None:
    texts = [{"ko": f"{begins}HYPERLINK(1)"}, {"ko": f'{begins}1",=2\n=3'}]
    ballot = choice(choices=texts, truths=[], boxes={}, title={"ko": f"{begins}cmd|' /C calc'!A0"})
    room = opened(ballot)
    for k in (0, 1):
        rooms.vote(room, phone(k), says(ballot, k))
    for row in list(csv.reader(io.StringIO(rooms.table(room), newline="")))[1:]:
        assert len(row) == len(rooms.COLUMNS)
        assert [cell[0] for cell in (row[1], row[4])] == ["'", "'"]


# ---- anything in any order -------------------------------------------------------------------------------------------


class Lesson(RuleBasedStateMachine):
    """A teacher, phones and a projector that do anything, beside the simplest account of it."""

    def __init__(self) -> None:
        super().__init__()
        self.room = Room("KD4F")
        self.said: dict[tuple[str, int, str], Any] = {}
        self.closed: dict[tuple[str, int], int] = {}

    @rule(k=st.integers(0, 2))
    def put(self, k: int) -> None:
        rooms.put(self.room, (choice(), choice("other"), race())[k])

    @rule(action=st.sampled_from(rooms.ACTIONS))
    def act(self, action: str) -> None:
        before = self.room.snapshot()
        if action in rooms.actions(self.room):
            rooms.act(self.room, action)
        else:
            with pytest.raises(ActError):
                rooms.act(self.room, action)
            assert self.room == before

    @rule(
        k=st.integers(0, 3),
        question=st.sampled_from(["who_wins", "other", "race"]),
        round=st.integers(0, 3),
        chosen=st.one_of(st.integers(-1, 3), st.booleans(), st.none(), st.floats()),
    )
    def vote(self, k: int, question: str, round: int, chosen: Any) -> None:
        room, body = self.room, {"question": question, "round": round, "choice": chosen}
        body["numbers"] = {"rate": chosen, "momentum": 0.5}
        fits = room.phase == "open" and (question, round) == (room.exercise, room.round)
        kind = (int, float) if question == "race" else (int,)
        fits = fits and type(chosen) in kind and (1e-4 <= chosen <= 10 if question == "race" else 0 <= chosen <= 2)
        assert (refusal(room, body, phone(k)) == "") == fits
        if fits:
            self.said[question, round, phone(k)] = chosen

    @invariant()
    def every_vote_counts_once_and_as_it_was_last(self) -> None:
        kept = {
            (exercise, round, id): vote.choice if vote.numbers is None else vote.numbers["rate"]
            for (exercise, round), votes in self.room.votes.items()
            for id, vote in votes.items()
        }
        assert kept == self.said

    @invariant()
    def nobody_knows_more_than_the_phase_allows(self) -> None:
        told = json.dumps(rooms.public(self.room, 0, 1))
        assert ("results" in told) == (self.room.phase == "revealed")
        assert self.room.phase == "revealed" or "zebra" not in told
        assert self.room.phase in rooms.PHASES and self.room.round in rooms.ROUNDS
        exercises = [each.ballot.exercise for each in self.room.history]
        assert len(exercises) == len(set(exercises)) and self.room.exercise not in exercises
        rooms.table(self.room)
        rooms.teacher(self.room, 0, 1)


TestLesson = Lesson.TestCase
