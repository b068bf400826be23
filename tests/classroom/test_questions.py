"""A ballot: it comes back as it was written, its secrets are apart, and what is none is refused."""

import json
from typing import Any

import pytest

from classroom import questions
from classroom.questions import Ballot, Field
from tests.classroom.ballots import RATE, SECRETS, choice, number, race

BALLOTS = (choice(), choice(shuffled=True, truths=[0, 2]), number(), race())


@pytest.mark.parametrize("ballot", BALLOTS, ids=lambda ballot: ballot.kind)
def test_a_ballot_comes_back_as_it_was_written(ballot: Ballot) -> None:
    again = Ballot.from_json(ballot.to_json())
    assert again == ballot and again.to_json() == ballot.to_json()
    assert Ballot.from_json(ballot.to_json().encode()) == ballot


@pytest.mark.parametrize("ballot", BALLOTS, ids=lambda ballot: ballot.kind)
def test_every_part_is_either_everybody_s_or_a_secret(ballot: Ballot) -> None:
    parts = json.loads(ballot.to_json())
    assert ballot.public().keys() | ballot.revealed_part().keys() == parts.keys()
    assert not ballot.public().keys() & ballot.revealed_part().keys()
    assert set(questions.PUBLIC + questions.SECRET) == {part.name for part in questions.fields(Ballot)}
    told = json.dumps(ballot.public(), ensure_ascii=False)
    assert not [secret for secret in (*SECRETS, "0.125") if secret in told]
    json.dumps(ballot.revealed_part(), allow_nan=False)


@pytest.mark.parametrize(
    "changed",
    [
        {"truths": [3]},
        {"truths": [-1]},
        {"truths": [True]},
        {"truths": ["1"]},
        {"boxes": {7: {"en": "x"}}},
        {"choices": [{"en": "alone"}], "truths": [], "boxes": {}},
        {"choices": [{"en": "x"}] * (questions.MOST_CHOICES + 1)},
        {"choices": ["x", "y"]},
        {"asked": {"de": "?"}},
        {"asked": "?"},
        {"asked": {"en": 5}},
        {"reason": {"en": "x" * (questions.MOST_CHARACTERS + 1)}},
        {"lesson": None},
        {"shuffled": 1},
        {"value": float("nan")},
        {"value": float("inf")},
        {"value": True},
        {"fields": [RATE]},
        {"title": {"en": "\ud800"}},
    ],
    ids=lambda changed: str(changed)[:40],
)
def test_what_is_no_ballot_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        choice(**changed)


def test_a_ballot_that_can_be_made_can_be_read_again() -> None:
    """Each text was short enough, and all together too long for whoever reads them."""
    words = {"ko": "가" * 1200, "en": "x" * 1200}
    ballot = choice(choices=[words] * 12, truths=[], boxes={})
    assert Ballot.from_json(ballot.to_json()) == ballot
    assert Ballot.from_json(ballot.to_json().encode()) == ballot
    with pytest.raises(ValueError, match="bytes"):
        choice(choices=[words] * 16, truths=[], boxes={})


@pytest.mark.parametrize(
    "make",
    [
        lambda: Ballot("", "race", {}, {}, fields=[RATE]),
        lambda: Ballot("x" * 201, "race", {}, {}, fields=[RATE]),
        lambda: Ballot("x", "race", {}, {}),
        lambda: Ballot("x", "race", {}, {}, fields=[RATE, RATE]),
        lambda: Ballot("x", "number", {}, {}, fields=[RATE, Field("b", {}, 0, 1, 0.1, False, 0)]),
        lambda: Ballot("x", "poem", {}, {}, fields=[RATE]),
        lambda: Field("a", {}, 0.0, 1.0, 0.1, True, 0.5),
        lambda: Field("a", {}, 0.0, 1.0, 0.1, False, 2.0),
        lambda: Field("a", {}, 1.0, 1.0, 0.1, False, 1.0),
        lambda: Field("a", {}, 0.0, float("inf"), 0.1, False, 1.0),
    ],
)
def test_a_question_without_a_name_or_a_range_is_refused(make: Any) -> None:
    with pytest.raises(ValueError):
        make()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "5",
        "{}",
        '{"exercise": "x"}',
        "[" * 5000,
        '{"kind": NaN}',
        json.dumps(json.loads(choice().to_json()) | {"more": 1}),
        json.dumps(json.loads(choice().to_json()) | {"boxes": {"a": {}}}),
        json.dumps(json.loads(choice().to_json()) | {"boxes": [1]}),
        json.dumps(json.loads(race().to_json()) | {"fields": [{"key": "a"}]}),
        json.dumps(json.loads(race().to_json()) | {"fields": 7}),
        json.dumps(json.loads(number().to_json())).replace("0.125", "1e999"),
        " " * (questions.MOST_BYTES + 1),
    ],
    ids=lambda text: text[:30],
)
def test_a_text_that_is_no_ballot_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Ballot.from_json(text)
