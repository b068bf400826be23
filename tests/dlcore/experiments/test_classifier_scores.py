"""Scores by definition: rare classes, small models, counts at thresholds, costs, confused classes."""

import numpy as np
import pytest

from dlcore import losses, metrics
from dlcore.baselines import Majority
from dlcore.datasets import AutoMPG, BreastCancer, Iris
from dlcore.experiments.classifier_scores import (
    balanced_weights,
    cheapest,
    confusion_counts,
    most_confused,
    recalls,
    subsample,
    train_and_predict,
)
from dlcore.experiments.training_config import prepare

THRESHOLDS = np.linspace(0, 1, 101)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.2, 0.372, 0.5, 0.8, 0.99])
def test_a_class_becomes_as_rare_as_is_asked_for(share: float) -> None:
    _, y = BreastCancer().load()
    rows = subsample(y, share, seed=3)
    assert (np.diff(rows) > 0).all(), "each row once, in order"
    # at least two rows of each class stay, and only whole rows can be dropped
    assert np.mean(y[rows]) == pytest.approx(share, abs=1 / len(rows))
    assert min(np.bincount(y[rows])) >= 2
    assert np.array_equal(rows, subsample(y, share, seed=3))


def test_of_the_class_that_is_not_too_frequent_nothing_is_dropped() -> None:
    _, y = BreastCancer().load()
    assert np.bincount(y[subsample(y, 0.05)])[0] == 357
    assert np.bincount(y[subsample(y, 0.5)]).tolist() == [212, 212]


def test_always_no_is_as_accurate_as_the_frequent_class_is_frequent() -> None:
    _, y = BreastCancer().load()
    y = y[subsample(y, 0.05)].astype(float)
    accuracy = metrics.get("binary_accuracy")(y, Majority().fit(y).predict(len(y)))
    assert accuracy == pytest.approx(0.95, abs=0.002)


@pytest.mark.parametrize(("y", "share"), [([0, 1, 0, 1], 0.0), ([0, 1, 0, 1], 1.0), ([0, 0, 1], 0.5), ([1, 1, 1], 0.5)])
def test_what_cannot_be_thinned_is_refused(y: list[int], share: float) -> None:
    with pytest.raises(ValueError, match=r"share must|each class needs"):
        subsample(np.array(y), share)


def test_balanced_weights_make_all_classes_count_the_same() -> None:
    y = np.array([0] * 90 + [1] * 6 + [2] * 4)
    weights = balanced_weights(y)
    assert {round(weights[label] * count, 9) for label, count in enumerate(np.bincount(y))} == {round(100 / 3, 9)}
    assert sum(weights[label] for label in y) == pytest.approx(100)


def test_counts_are_those_of_the_metrics_at_every_threshold() -> None:
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 60), rng.random(60).round(2)
    counts = confusion_counts(y, p, THRESHOLDS)
    assert (np.sum(counts, axis=0) == 60).all()
    for k in (0, 13, 50, 99, 100):
        tp, fp, fn, tn = (int(each[k]) for each in counts)
        at = {"threshold": float(THRESHOLDS[k])}
        assert metrics.Precision(**at)(y, p) == pytest.approx(tp / max(tp + fp, 1))
        assert metrics.Recall(**at)(y, p) == pytest.approx(tp / (tp + fn))
        assert metrics.BinaryF1Score(**at)(y, p) == pytest.approx(2 * tp / max(2 * tp + fp + fn, 1))
        assert metrics.BinaryAccuracy(**at)(y, p) == pytest.approx((tp + tn) / 60)


def test_every_threshold_is_a_point_of_the_roc_curve() -> None:
    rng = np.random.default_rng(1)
    y, p = rng.integers(0, 2, 50), rng.random(50)
    tp, fp, fn, tn = confusion_counts(y, p, THRESHOLDS)
    curve = metrics.roc_curve(y, p)
    corners = set(zip(curve.false_positive_rate.round(9), curve.true_positive_rate.round(9), strict=True))
    assert set(zip((fp / (fp + tn)).round(9), (tp / (tp + fn)).round(9), strict=True)) <= corners


def test_with_honest_probabilities_the_cheapest_threshold_is_what_theory_says() -> None:
    """Elkan (2001): call it positive above alarm / (alarm + miss)."""
    rng = np.random.default_rng(2)
    p = rng.random(200_000)
    y = (rng.random(len(p)) < p).astype(int)
    counts = confusion_counts(y, p, THRESHOLDS)
    for miss in (0.2, 1.0, 5.0, 20.0):
        best, first, last = cheapest(counts.cost(miss))
        assert first <= best <= last
        assert THRESHOLDS[best] == pytest.approx(1 / (1 + miss), abs=0.03)


def test_the_cheapest_is_in_the_middle_of_the_longest_stretch_that_ties() -> None:
    assert cheapest(np.array([3, 1, 2, 1, 1, 1, 4])) == (4, 3, 5)
    assert cheapest(np.array([0.0, 1.0])) == (0, 0, 0)
    assert cheapest(np.zeros(4)) == (1, 0, 3)


def test_confused_classes_are_told_most_frequent_first() -> None:
    matrix = np.array([[5, 2, 0], [7, 3, 0], [0, 1, 0]])
    assert most_confused(matrix) == [(1, 0, 7), (0, 1, 2), (2, 1, 1)]
    assert most_confused(np.eye(3, dtype=int)) == []
    assert recalls(matrix).tolist() == [5 / 7, 0.3, 0.0]
    assert np.isnan(recalls(np.array([[1, 0], [0, 0]]))[1])


@pytest.mark.parametrize(("hidden", "at_least"), [(0, 0.7), (16, 0.8)])
def test_numbers_come_back_in_their_own_unit(hidden: int, at_least: float) -> None:
    loss = losses.get("mse")
    parts = prepare(*AutoMPG().load(), loss, share=0.5)
    p = train_and_predict(parts, loss, 1, hidden, epochs=60)
    assert p.shape == (196, 1)
    assert metrics.get("r2_score")(parts.validation.y, p[:, 0]) > at_least


def test_classes_come_back_as_probabilities() -> None:
    loss = losses.get("sparse_categorical_crossentropy")
    parts = prepare(*Iris().load(), loss, classes=3, share=0.5)
    p = train_and_predict(parts, loss, 3, 0, epochs=30, batch_size=4)
    assert p.shape == (75, 3) and p.sum(axis=1) == pytest.approx(np.ones(75))
    assert np.mean(p.argmax(axis=1) == parts.validation.y) > 0.8


def test_weights_for_classes_find_more_of_the_rare_one() -> None:
    x, y = BreastCancer().load()
    rows = subsample(y, 0.05)
    loss = losses.get("binary_crossentropy")
    parts = prepare(x[rows][:, (1, 4)], y[rows], loss, classes=2, share=0.5)
    plain, even = (train_and_predict(parts, loss, 1, 0, 40, balanced=each)[:, 0] for each in (False, True))
    found = [np.sum((p > 0.5) & (parts.validation.y == 1)) for p in (plain, even)]
    assert found[0] == 0 and found[1] >= 5
