"""Baselines: the constant that is best for what it is best for, and the score that a model has to beat."""

import math
from typing import Any

import numpy as np
import pytest

from dlcore import baselines, losses, metrics
from dlcore.baselines import Baseline, LastValue, Majority, Mean, Median, Stratified, score_to_beat

MEMBERS: list[Any] = [Baseline.get(name) for name in Baseline.members]
every_baseline = pytest.mark.parametrize("baseline", MEMBERS, ids=repr)


@every_baseline
@pytest.mark.parametrize("shape", [(9,), (9, 1), (9, 3)])
def test_predictions_have_the_shape_of_the_targets_and_say_the_same_twice(baseline: Baseline, shape: Any) -> None:
    y = np.random.default_rng(1).integers(0, 3, shape)
    before = y.copy()
    fitted = baseline.fit(y)
    for n in (0, 1, 20):
        assert fitted.predict(n).shape == (n, *shape[1:])
        assert np.array_equal(fitted.predict(n), baseline.fit(y).predict(n))
    assert np.array_equal(before, y)


@every_baseline
def test_a_baseline_without_targets_or_with_nan_is_refused(baseline: Baseline) -> None:
    with pytest.raises(ValueError, match="y_train is empty"):
        baseline.fit([])
    with pytest.raises(ValueError, match="y_train holds NaN"):
        baseline.fit([1.0, np.nan])


@every_baseline
def test_every_baseline_shows_its_formula_and_what_it_suits(baseline: Baseline) -> None:
    assert baseline.formula.startswith(r"\hat{y}") and set(baseline.suits) <= {"numbers", "classes"}
    assert baselines.get(baseline.name()) == baseline


@pytest.mark.parametrize(
    ("baseline", "y", "prediction"),
    [
        (Majority(), [0, 1, 1, 2], 1),
        (Majority(), [2, 0, 0, 2], 2),
        (Majority(), [[0, 1], [1, 0], [0, 1]], [0, 1]),
        (Majority(), [[0, 1], [1, 0]], [0, 1]),
        (Mean(), [1, 2, 6], 3),
        (Mean(), [[0, 1], [1, 0], [0, 1], [0, 1]], [0.25, 0.75]),
        (Median(), [1, 2, 6], 2),
        (LastValue(), [1, 2, 6], 6),
    ],
)
def test_by_hand(baseline: Baseline, y: Any, prediction: Any) -> None:
    assert baseline.fit(y).predict(2).tolist() == [prediction, prediction]


def test_stratified_draws_every_class_as_often_as_it_was_seen() -> None:
    drawn = Stratified(seed=3).fit([0, 0, 0, 1]).predict(20_000)
    # the standard deviation of the share is 0.003
    assert drawn.mean() == pytest.approx(0.25, abs=0.015)
    assert not np.array_equal(drawn, Stratified(seed=4).fit([0, 0, 0, 1]).predict(20_000))


def test_mean_and_median_are_the_best_constants_for_their_errors() -> None:
    y = np.random.default_rng(2).gamma(2, size=41)
    squared, absolute = losses.MeanSquaredError(), losses.MeanAbsoluteError()
    for constant in np.linspace(0, 6, 61):
        assert squared(y, Mean().fit(y).predict(41)) <= squared(y, np.full(41, constant))
        assert absolute(y, Median().fit(y).predict(41)) <= absolute(y, np.full(41, constant))


def test_the_score_to_beat_of_a_regression_is_that_of_its_best_constant() -> None:
    y = np.array([0.0, 0.0, 1.0, 9.0, 2.0])
    assert score_to_beat("mse", y, y) == (Mean(), y.var())
    assert score_to_beat("mean_absolute_error", y, y) == (Median(), 2.2)
    assert score_to_beat("r2_score", y, y) == (Mean(), 0)
    assert score_to_beat("mae", y, [2.0, 2.1]) == (LastValue(), pytest.approx(0.05))
    assert score_to_beat("msle", y[:, None], y[:, None]).score > 0


def test_the_score_to_beat_of_yes_or_no_is_the_share_of_the_majority() -> None:
    y_train, y_test = np.array([0, 1, 1, 1]), np.array([1, 1, 0, 1, 1])
    for shape in ((-1,), (-1, 1)):
        train, test = y_train.reshape(shape), y_test.reshape(shape)
        assert score_to_beat("accuracy", train, test) == (Majority(), 0.8)
        assert score_to_beat(metrics.BinaryAccuracy(), train, test).score == 0.8
        # the best that can be said without looking is the share of ones
        best = -(0.8 * math.log(0.75) + 0.2 * math.log(0.25))
        assert score_to_beat("log_loss", train, test) == (Mean(), pytest.approx(best))
        assert score_to_beat("binary_crossentropy", train, test) == (Mean(), pytest.approx(best))
    assert score_to_beat("hinge", [-1, 1, 1], [1, 1]) == (Majority(), 0)


@pytest.mark.parametrize("name", ["accuracy", "sparse_categorical_accuracy", "log_loss"])
def test_the_score_to_beat_of_classes_is_the_same_for_numbers_and_rows(name: str) -> None:
    y_train, y_test = np.array([0, 2, 2, 1, 2]), np.array([2, 2, 1, 3])
    beat = score_to_beat(name, y_train, y_test)
    assert beat == score_to_beat(name, y_train[:, None], y_test[:, None])
    if name == "log_loss":
        best = -(2 * math.log(0.6) + math.log(0.2) + math.log(1e-7)) / 4
        assert beat == (Mean(), pytest.approx(best))
    else:
        assert beat == (Majority(), 0.5)
    rows = name.replace("sparse_", "")
    assert score_to_beat(rows, np.eye(4)[y_train], np.eye(4)[y_test]) == beat


def test_nobody_gets_into_the_top_by_a_tie() -> None:
    y = np.arange(10)
    assert score_to_beat(metrics.SparseTopKCategoricalAccuracy(k=5), y, y).score == pytest.approx(0.5, abs=0.21)
    assert score_to_beat(metrics.TopKCategoricalAccuracy(k=5), np.eye(10), np.eye(10)).score < 0.75


def test_a_score_that_no_baseline_has_is_nan() -> None:
    assert math.isnan(score_to_beat("auc", [0, 1], [1, 1]).score)
    assert score_to_beat("auc", [0, 1, 1], [0, 1]).score >= 0.5


@pytest.mark.parametrize("name", [*metrics.Metric.members, "accuracy"])
def test_every_metric_has_a_score_to_beat(name: str) -> None:
    labels = np.arange(30) % 6
    rule = metrics.resolve(name, "sparse_categorical_crossentropy", 6)
    targets = {"real": labels + 0.5, "binary": labels % 2, "one_hot": np.eye(6)[labels], "integer": labels}
    y = targets[rule.targets]
    beat = score_to_beat(name, y, y)
    assert math.isfinite(beat.score)
    trained = np.eye(6)[y] if rule.targets == "integer" else y
    perfect = rule(y, trained)
    assert beat.score < perfect if rule.higher_is_better else beat.score > perfect


@pytest.mark.parametrize("y", [[0.5, 2.0], [-1, 2], [0, 1e9]])
def test_targets_that_are_no_classes_have_no_accuracy(y: Any) -> None:
    with pytest.raises(ValueError, match="y_train holds what is no class; the metric wants whole numbers 0, 1, 2"):
        score_to_beat("accuracy", y, y)


def test_what_a_member_has_to_say_is_not_there_by_itself() -> None:
    with pytest.raises(NotImplementedError):
        Baseline().fit([1.0]).predict(1)
