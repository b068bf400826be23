"""What the page on evaluation tells is what statistics means by it, and can be seen in the pictures."""

import numpy as np
import pytest

from dlcore.experiments.cross_validation import CrossValidation
from lessons.model_evaluation import folds, only_once, residuals
from lessons.model_evaluation.capacity import DATA, error_digits
from tests.lessons.model_evaluation.test_scores import left


def test_a_residual_is_what_is_left_of_the_truth() -> None:
    """It had the other sign: a point above the diagonal lay below 0 in the picture beside it."""
    result = left(np.array([2.0, 3.0, 1.0, 7.0]))
    assert result.r.tolist() == (result.y - result.p).tolist()
    first, *_ = residuals.lines(result)
    assert "y − ŷ = " in first and f"= {result.y[0] - result.p[0]:g}".replace("-", "−") in first


@pytest.mark.parametrize(
    ("error", "written"),
    [(1.0, "1.00"), (4.114, "4.11"), (0.5, "0.500"), (20.0, "20.0"), (100.0, "100"), (0.0, "0"), (0.0999999, "0.100")],
)
def test_errors_that_are_compared_have_the_same_digits(error: float, written: str) -> None:
    """“Training 1, validation 4.11”."""
    assert error_digits(error, share=False) == written


@pytest.mark.parametrize("preset", folds.PRESETS)
def test_the_folds_of_every_preset_differ(preset: str) -> None:
    """By class, every fold of the penguins made no mistake: 0.0 % ± 0.0."""
    defaults = {"data7": "auto_mpg", "rows7": 60, "k7": 5, "strat7": False, "sample7": 4}
    data, *how = (defaults | folds.PRESETS[preset]).values()
    errors, _ = CrossValidation(DATA[data], *how).fold_errors(1)
    assert errors[0].std() > 0


def test_at_first_one_model_alone_is_the_best() -> None:
    """Of 16 models 13 had the same score and three the best: nobody saw that one was chosen."""
    scores = only_once.measure(only_once.Setup(16, 40, only_once.BEST)).scores
    assert (scores == scores.max()).sum() == 1 and len(np.unique(scores.round(6))) >= 4
    assert not set(only_once.OURS) & set(only_once.SIMULATED)
