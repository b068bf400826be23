"""What only the ladder, the remedies, the test set and the folds of the evaluation page do."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.crowd import Course
from dlcore.datasets import AutoMPG
from dlcore.folds import CrossValidation
from dlcore.ladder import Rows, Training
from lessons.model_evaluation.folds import SHUFFLES, Folded
from lessons.model_evaluation.grow import Ladder
from lessons.model_evaluation.only_once import Once
from lessons.model_evaluation.tame import NOTHING, REMEDIES, Tamed
from ui.text import texts

SCRIPT = "pages/8_model_evaluation.py"
OPEN = "model_evaluation.open6"
WORDS = texts.words()


def said(at: AppTest, word: str) -> list[str]:
    """The sentences that begin as a word of the glossary does, up to its first placeholder."""
    beginning = WORDS[word]["en"].split("{{")[0]
    return [element.value for element in at.markdown if beginning in element.value]


@pytest.fixture
def page(opened) -> AppTest:
    return opened(SCRIPT, lang="en", predict="0")


def test_the_test_set_opens_once_whatever_is_chosen_afterwards(page: AppTest) -> None:
    assert not said(page, "was_opened") and not page.button(key=OPEN).disabled
    page.button(key=OPEN).click().run()
    found = said(page, "was_opened")
    assert len(found) == 1 and page.button(key=OPEN).disabled and not said(page, "opened_before")
    page.slider(key="model_evaluation.n6").set_value(32).run()
    assert said(page, "opened_before") and found[0] in said(page, "was_opened")[0]
    assert page.button(key=OPEN).disabled


def test_the_reset_does_not_close_it_again(page: AppTest) -> None:
    page.button(key=OPEN).click().run()
    found = said(page, "was_opened")
    page.button(key="model_evaluation-reset").click().run()
    assert said(page, "was_opened") == found and page.button(key=OPEN).disabled


def test_another_visitor_has_a_closed_one(page: AppTest, opened) -> None:
    page.button(key=OPEN).click().run()
    assert not said(opened(SCRIPT, lang="en", predict="0"), "was_opened")


def test_nothing_of_the_validation_is_told_before_the_guess(opened) -> None:
    at = opened(SCRIPT, lang="en")
    for word in ("ladder_best", "ladder_parts", "tamed_caution", "folds_told"):
        assert not said(at, word)
    lines = "\n".join(str(bar.proto.json) for bar in at.get("bidi_component"))
    assert "E_train" in lines and "E_valid" not in lines


@pytest.mark.parametrize(
    ("rate", "word"), [("0.0001", "sign_unfinished"), ("1", "sign_lost"), ("0.03", "ladder_parts")]
)
def test_failing_to_learn_by_heart_is_read_as_a_sign(opened, rate: str, word: str) -> None:
    at = opened(SCRIPT, lang="en", predict="0", lr4=rate)
    assert said(at, word)
    others = {"sign_unfinished", "sign_lost", "sign_full", "ladder_parts"} - {word}
    assert not any(said(at, other) for other in others)


def test_numbers_have_no_classes_to_balance(opened) -> None:
    assert said(opened(SCRIPT, lang="en", predict="0", strat7="1"), "no_classes")
    assert not said(opened(SCRIPT, lang="en", predict="0", strat7="1", data7="penguin_species"), "no_classes")


def told(word: str, **facts: object) -> str:
    return f"{word}: {facts}"


# ---- what is guessed -------------------------------------------------------------------------------------------------


def folds(times: float) -> Folded:
    """Shuffles in which the score of the first fold varies so many times as much as the mean of both."""
    first = np.resize([1.0, 3.0], SHUFFLES)
    # the mean of both is 2 + (first - 2) / times
    errors = np.stack([first, 2 * (2 + (first - 2) / times) - first], axis=1)
    return Folded(CrossValidation(AutoMPG(), 30, 2, False, 0), errors, errors)


@pytest.mark.parametrize(
    ("times", "steadier"),
    [
        (0.5, ("splits_steadier",)),
        (1.0, ("alike_steady",)),
        (1.3, ("folds_steadier",)),
        (3.0, ("folds_far_steadier",)),
        # told as 2.00 times, and by a hair less: nobody can see that it is not twice
        (1.996, ("folds_steadier", "folds_far_steadier")),
    ],
)
def test_the_folds_are_as_much_steadier_as_is_told(times: float, steadier: tuple[str, ...]) -> None:
    found = folds(times)
    assert found.steadier == steadier
    assert f"'times': '{times:.2f}'" in found.said(told, "steadier_because")


def test_folds_without_a_mistake_are_as_steady_as_one_split() -> None:
    nothing = np.zeros((SHUFFLES, 2))
    assert Folded(CrossValidation(AutoMPG(), 30, 2, False, 0), nothing, nothing).steadier == ("alike_steady",)


def tamed(*validation: float) -> Tamed:
    """Remedies after which the validation error is this, the untamed network's first; others stay as bad as that."""
    errors = np.array([*validation, *[validation[0]] * (1 + len(REMEDIES) - len(validation))])[:, None]
    both = {"train": errors, "validation": errors}
    return Tamed(Rows(AutoMPG(), 40), both, both, np.array([7]), 9.0)


def test_remedies_that_are_told_to_lower_the_error_alike_are_equally_good() -> None:
    assert tamed(4.0, 3.12, 3.0, 3.119).best == (REMEDIES[1],)
    assert tamed(4.0, 3.1204, 3.5, 3.1196).best == (REMEDIES[0], REMEDIES[2])
    assert tamed(4.0, 4.5).best == (NOTHING,) == tamed(4.0).best
    # 4.00 against 4.00: nobody is told that it is lower
    assert tamed(4.0, 3.9996).best == (NOTHING,)
    assert "'change': '±0%'" in tamed(4.0, 3.9996).report(told)
    assert tamed(np.nan, 3.0).best == (REMEDIES[0],)


def test_all_rungs_that_are_told_to_be_best_are_named() -> None:
    def course(error: float) -> Course:
        rows = np.full((2, 1), error)
        return Course(np.array([0, 1]), rows, rows, rows, rows, rows)

    courses = {"0": course(3.5), "1": course(3.0004), "2": course(2.9996), "4": course(np.nan)}
    found = Ladder(Rows(AutoMPG(), 40), Training(), courses, 9.0, "1")
    assert "'best': '1, 2'" in found.report(told) and "'val': '3'" in found.report(told)


@pytest.mark.parametrize(
    ("points", "size", "written"),
    [
        (0.1, ("optimism_none",), 0.1),
        (0.2, ("optimism_small",), 0.2),
        (0.96, ("optimism_large", "optimism_small"), 1.0),
        (1.0, ("optimism_large",), 1.0),
        (1.04, ("optimism_large",), 1.0),
    ],
)
def test_an_optimism_told_as_a_point_may_be_a_little_less(points: float, size: tuple[str, ...], written: float) -> None:
    found = Once(40, np.array([0.9]), 0, 0.95, np.full((1, 4), points / 100), None)
    assert set(found.size) == set(size) and f"'average': {written}" in found.said(told, "optimism_because")
