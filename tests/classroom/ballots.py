"""Questions for the rooms of these tests, with texts that may be seen only after the reveal."""

from typing import Any

from classroom.questions import Ballot, Field

SECRETS = ("zebra_reason", "zebra_box")
RATE = Field("rate", {"ko": "학습률", "en": "rate"}, 1e-4, 10.0, 0.1, True, 0.01)
MOMENTUM = Field("momentum", {"ko": "모멘텀", "en": "momentum"}, 0.0, 0.999, 0.01, False, 0.0)


def choice(exercise: str = "who_wins", **changed: Any) -> Ballot:
    """Three choices, the second of which is right."""
    parts: dict[str, Any] = {
        "title": {"ko": "경주", "en": "The race"},
        "asked": {"ko": "누가 이길까요?", "en": "Who wins?"},
        "choices": [{"ko": "가", "en": "SGD"}, {"ko": "나", "en": "Adam"}, {"ko": "=1+1", "en": "=1+1"}],
        "truths": [1],
        "reason": {"ko": "zebra_reason", "en": "zebra_reason"},
        "boxes": {0: {"ko": "zebra_box", "en": "zebra_box"}},
        "lesson": "optimizers?beat=fair_race",
    }
    return Ballot(exercise, "choice", **(parts | changed))


def number(exercise: str = "how_many", **changed: Any) -> Ballot:
    """One number, 0.125 ± 0.01, which is said nowhere else."""
    parts: dict[str, Any] = {
        "title": {"ko": "학습률", "en": "rate"},
        "asked": {"ko": "얼마일까요?", "en": "How much?"},
        "reason": {"ko": "zebra_reason", "en": "zebra_reason"},
        "fields": [RATE],
        "value": 0.125,
        "tolerance": 0.01,
    }
    return Ballot(exercise, "number", **(parts | changed))


def race(exercise: str = "race") -> Ballot:
    """Two numbers of which none is right."""
    title = {"ko": "경주", "en": "The race"}
    return Ballot(exercise, "race", title, {"ko": "고르세요", "en": "Choose"}, fields=[RATE, MOMENTUM])


def phone(k: int) -> str:
    """The id of one phone."""
    return f"phone-{k:014d}"


def says(ballot: Ballot, choice: int = 1, round: int = 1, **more: Any) -> dict[str, Any]:
    """What a phone sends to say that."""
    return {"question": ballot.exercise, "round": round, "choice": choice, **more}
