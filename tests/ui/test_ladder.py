"""What only the ladder, the remedies, the test set and the folds of the evaluation page do."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.datasets import AutoMPG
from dlcore.folds import CrossValidation
from ui import texts
from ui.folded import SHUFFLES, Folded

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
    assert f"'times': '{times:.2f}'" in found.said(lambda word, **facts: f"{word}: {facts}", "steadier_because")


def test_folds_without_a_mistake_are_as_steady_as_one_split() -> None:
    nothing = np.zeros((SHUFFLES, 2))
    assert Folded(CrossValidation(AutoMPG(), 30, 2, False, 0), nothing, nothing).steadier == ("alike_steady",)
