"""Metrics: by counting by hand, by what their definitions imply, and at the edges where something is missing."""

import math
from typing import Any

import numpy as np
import pytest

from dlcore import losses, metrics
from dlcore.family import UnknownMember
from dlcore.losses import Loss
from dlcore.metrics import (
    AUC,
    BinaryAccuracy,
    BinaryF1Score,
    CategoricalAccuracy,
    FBetaScore,
    LogLoss,
    MeanAbsoluteError,
    MeanSquaredError,
    Metric,
    Precision,
    R2Score,
    Recall,
    RootMeanSquaredError,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    confusion_matrix,
    precision_recall_curve,
    roc_curve,
)

MEMBERS: list[Any] = [Metric.get(name) for name in Metric.members]
every_metric = pytest.mark.parametrize("metric", MEMBERS, ids=repr)


def batch(metric: Metric, rows: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Targets of the kind that the metric takes, both classes among them, and predictions between 0 and 1."""
    rng = np.random.default_rng(1)
    labels = np.arange(rows) % 3
    targets = {
        "real": rng.normal(size=(rows, 1)),
        "binary": (labels[:, None] > 0).astype(float),
        "one_hot": np.eye(3)[labels],
        "integer": labels,
    }
    return targets[metric.targets], rng.uniform(
        0.01, 0.99, (rows, 3 if metric.targets in ("one_hot", "integer") else 1)
    )


@every_metric
def test_a_metric_is_one_float_and_leaves_its_arguments_alone(metric: Metric) -> None:
    y_true, y_pred = batch(metric)
    before = y_true.copy(), y_pred.copy()
    if isinstance(metric, FBetaScore):
        assert np.shape(metric(y_true, y_pred)) == (3,), "one number a class"
    else:
        assert type(metric(y_true, y_pred)) is float
    assert np.all(metric(y_true.tolist(), y_pred.tolist()) == metric(y_true, y_pred))
    assert np.array_equal(before[0], y_true) and np.array_equal(before[1], y_pred)


@every_metric
def test_the_order_of_the_samples_does_not_count(metric: Metric) -> None:
    y_true, y_pred = batch(metric)
    assert metric(y_true[::-1], y_pred[::-1]) == pytest.approx(metric(y_true, y_pred), rel=1e-13)


@every_metric
def test_the_truth_is_the_best_prediction(metric: Metric) -> None:
    y_true, y_pred = batch(metric)
    truth = np.eye(3)[y_true] if metric.targets == "integer" else y_true
    best, other = np.mean(metric(y_true, truth)), np.mean(metric(y_true, y_pred))
    assert best == pytest.approx(1 if metric.higher_is_better else 0, abs=1e-6)
    assert other <= best if metric.higher_is_better else other > best


@every_metric
def test_nan_among_the_predictions_is_nan_and_not_a_wrong_answer(metric: Metric) -> None:
    y_true, y_pred = batch(metric)
    y_pred[3, 0] = np.nan
    assert np.all(np.isnan(metric(y_true, y_pred)))


@every_metric
def test_wrong_shapes_and_empty_batches_are_refused(metric: Metric) -> None:
    y_true, y_pred = batch(metric)
    with pytest.raises(ValueError, match=r"y_true has shape \(11"):
        metric(y_true[1:], y_pred)
    with pytest.raises(ValueError, match="empty"):
        metric(y_true[:0], y_pred[:0])


@every_metric
def test_every_metric_shows_its_formula(metric: Metric) -> None:
    assert metric.formula and metric.targets in ("real", "binary", "one_hot", "integer")


def test_columns_are_not_broadcast_against_rows() -> None:
    assert BinaryAccuracy()([0, 1, 1], [[0.0], [1.0], [1.0]]) == 1
    with pytest.raises(ValueError, match=r"y_true has shape \(3,\) and y_pred \(1, 3\)"):
        BinaryAccuracy()([0, 1, 1], [[0.0, 1.0, 1.0]])
    with pytest.raises(ValueError, match="numbers of classes are for the sparse one"):
        CategoricalAccuracy()([0, 1], np.eye(2))
    with pytest.raises(ValueError, match=r"it must be rows"):
        CategoricalAccuracy()([0, 1], [0, 1])


# 3 true positives, 2 false negatives, 1 false positive, 4 true negatives; 0.5 is not above 0.5
YES = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
SAID = [0.9, 0.6, 0.51, 0.5, 0.1, 0.8, 0.5, 0.3, 0.2, 0.0]


@pytest.mark.parametrize(
    ("metric", "y_true", "y_pred", "by_hand"),
    [
        (BinaryAccuracy(), YES, SAID, 0.7),
        (BinaryAccuracy(threshold=0.05), YES, SAID, 0.6),
        (Precision(), YES, SAID, 3 / 4),
        (Recall(), YES, SAID, 3 / 5),
        (BinaryF1Score(), YES, SAID, 2 / (4 / 3 + 5 / 3)),
        (Recall(threshold=0.0), YES, SAID, 1),
        (
            CategoricalAccuracy(),
            np.eye(3)[[0, 1, 2, 2]],
            [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1], [0.2, 0.3, 0.5]],
            0.75,
        ),
        (SparseCategoricalAccuracy(), [0, 1], [[0.2, 0.8], [0.1, 0.9]], 0.5),
        (SparseCategoricalAccuracy(), [[0], [1]], [[0.2, 0.8], [0.1, 0.9]], 0.5),
        (SparseTopKCategoricalAccuracy(k=2), [0, 0, 0], [[0.1, 0.2, 0.7], [0.2, 0.1, 0.7], [0.7, 0.2, 0.1]], 2 / 3),
        (TopKCategoricalAccuracy(k=2), [[1, 0, 0]], [[0.1, 0.2, 0.7]], 0),
        (MeanAbsoluteError(), [1, 2, 3], [2, 0, 3], 1),
        (MeanSquaredError(), [1, 2, 3], [2, 0, 3], 5 / 3),
        (RootMeanSquaredError(), [1, 2, 3], [2, 0, 3], math.sqrt(5 / 3)),
        (R2Score(), [1, 2, 3], [2, 0, 3], 1 - 5 / 2),
        (R2Score(), [[1, 1], [3, 3]], [[1, 2], [3, 2]], (1 + 0) / 2),
        (LogLoss(), [1, 0], [0.5, 0.75], (math.log(2) + math.log(4)) / 2),
        (LogLoss(), [[0, 1, 0]], [[0.25, 0.5, 0.25]], math.log(2)),
        (LogLoss(), [2], [[0.25, 0.5, 0.25]], math.log(4)),
    ],
    ids=str,
)
def test_by_hand(metric: Metric, y_true: Any, y_pred: Any, by_hand: float) -> None:
    assert metric(y_true, y_pred) == pytest.approx(by_hand, rel=1e-14)


def test_top_one_is_accuracy_and_top_all_is_everything_ties_or_not() -> None:
    rng = np.random.default_rng(2)
    labels, p = rng.integers(0, 4, 50), rng.integers(0, 3, (50, 4)) / 2
    assert SparseTopKCategoricalAccuracy(k=1)(labels, p) == SparseCategoricalAccuracy()(labels, p)
    assert TopKCategoricalAccuracy(k=1)(np.eye(4)[labels], p) == CategoricalAccuracy()(np.eye(4)[labels], p)
    assert SparseTopKCategoricalAccuracy()(labels, p) == 1, "there are fewer than five classes"
    # a network that says the same of every class knows nothing
    assert SparseTopKCategoricalAccuracy(k=2)(np.arange(4), np.full((4, 4), 0.25)) == 0.5


def test_what_is_not_there_counts_as_0_and_only_the_area_is_undefined() -> None:
    nobody, everybody = [0, 0, 0], [1, 1, 1]
    assert Precision()(everybody, nobody) == Recall()(everybody, nobody) == BinaryF1Score()(everybody, nobody) == 0
    assert Recall()(nobody, everybody) == Precision()(nobody, everybody) == BinaryF1Score()(nobody, nobody) == 0
    assert math.isnan(AUC()(nobody, [0.1, 0.2, 0.3])) and math.isnan(AUC()(everybody, [0.1, 0.2, 0.3]))
    assert AUC()([0, 1], [0.5, 0.5]) == 0.5


def test_constant_targets_are_explained_wholly_or_not_at_all() -> None:
    constant = np.full(7, 0.1)
    assert R2Score()(constant, constant) == 1
    assert R2Score()(constant, constant + 1e-9) == R2Score()([5.0], [4.0]) == 0
    y = np.array([1.0, 2.0, 6.0])
    assert R2Score()(y, np.full(3, y.mean())) == 0


@pytest.mark.parametrize("decimals", [1, 6])
def test_area_is_how_often_a_positive_beats_a_negative_ties_counting_half(decimals: int) -> None:
    rng = np.random.default_rng(3)
    y, score = rng.integers(0, 2, 60), rng.uniform(size=60).round(decimals)
    pairs = score[y == 1][:, None] - score[y == 0]
    assert AUC()(y, score) == pytest.approx(np.mean((pairs > 0) + 0.5 * (pairs == 0)), rel=1e-13)
    # only the order counts, and turning it round mirrors the area
    assert AUC()(y, np.exp(5 * score)) == AUC()(y, score)
    assert AUC()(y, -score) == pytest.approx(1 - AUC()(y, score), rel=1e-13)


@pytest.mark.parametrize("curve_of", [roc_curve, precision_recall_curve])
def test_every_point_of_a_curve_is_what_counting_at_its_threshold_gives(curve_of: Any) -> None:
    rng = np.random.default_rng(4)
    y, score = rng.integers(0, 2, 40), rng.uniform(size=40).round(1)
    curve = curve_of(y, score)
    assert curve.thresholds[0] == np.inf and curve.thresholds[1:].tolist() == sorted(set(score), reverse=True)
    for a, b, threshold in list(zip(*curve))[1:]:
        called = score >= threshold
        tp, fp = np.sum(called & (y == 1)), np.sum(called & (y == 0))
        expected = (fp / np.sum(y == 0), tp / y.sum()) if curve_of is roc_curve else (tp / (tp + fp), tp / y.sum())
        assert (a, b) == pytest.approx(expected, rel=1e-14)
    assert (curve[0][0], curve[1][0]) == ((0, 0) if curve_of is roc_curve else (1, 0))
    assert (np.diff(curve[1]) >= 0).all() and curve[1][-1] == 1


def test_curves_of_one_class_have_nan_where_the_other_would_count() -> None:
    curve = roc_curve([1, 1], [0.2, 0.4])
    assert np.isnan(curve.false_positive_rate).all() and curve.true_positive_rate.tolist() == [0, 0.5, 1]
    assert np.isnan(precision_recall_curve([0, 0], [0.2, 0.4]).recall).all()
    assert precision_recall_curve([0, 0], [0.2, 0.4]).precision.tolist() == [1, 0, 0]


@pytest.mark.parametrize("curve_of", [roc_curve, precision_recall_curve])
def test_curves_refuse_what_has_no_order(curve_of: Any) -> None:
    with pytest.raises(ValueError, match="y_pred holds NaN"):
        curve_of([0, 1], [0.5, np.nan])
    with pytest.raises(ValueError, match=r"takes targets of 0 or 1; y_true\[1\] is 2"):
        curve_of([0, 2], [0.5, 0.6])
    with pytest.raises(ValueError, match="they must be the same"):
        curve_of([0, 1], [[0.5, 0.6]])


def test_area_under_straight_lines() -> None:
    assert metrics.auc([0, 1, 3], [0, 2, 2]) == 5


def test_confusion_matrix_by_hand_and_by_its_margins() -> None:
    assert confusion_matrix([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 0, 2]).tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]
    assert confusion_matrix([[0], [1]], [[True], [True]]).tolist() == [[0, 1], [0, 1]]
    assert confusion_matrix([0, 0], [0, 0], classes=3).tolist() == [[2, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert confusion_matrix([0, 0], [0, 0]).tolist() == [[2]]
    y, called = np.random.default_rng(5).integers(0, 5, (2, 99))
    table = confusion_matrix(y, called)
    assert table.dtype == np.int64
    assert table.sum(axis=1).tolist() == np.bincount(y).tolist() and np.trace(table) == np.sum(y == called)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "classes", "message"),
    [
        ([0, 1], [0], None, r"y_true has shape \(2,\), y_pred \(1,\); they must be the same and not empty"),
        ([], [], None, "not empty"),
        ([0, 1], [0.2, 0.8], None, "labels must be whole numbers from 0; turn probabilities into labels first"),
        ([0, -1], [0, 0], None, "whole numbers from 0"),
        ([0, np.nan], [0, 0], None, "whole numbers from 0"),
        ([0, np.inf], [0, 0], None, "whole numbers from 0"),
        ([0, 3], [0, 0], 3, "there is a label 3; with 3 classes labels go from 0 to 2"),
    ],
)
def test_confusion_matrix_refuses_what_is_no_label(y_true: Any, y_pred: Any, classes: int | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        confusion_matrix(y_true, y_pred, classes)


@pytest.mark.parametrize(
    ("loss", "units", "accuracy", "crossentropy"),
    [
        ("binary_crossentropy", 1, BinaryAccuracy(), "binary_crossentropy"),
        ("mean_squared_error", 1, BinaryAccuracy(), "binary_crossentropy"),
        ("categorical_crossentropy", 3, CategoricalAccuracy(), "categorical_crossentropy"),
        ("sparse_categorical_crossentropy", 3, SparseCategoricalAccuracy(), "sparse_categorical_crossentropy"),
        (losses.BinaryCrossentropy(), 2, CategoricalAccuracy(), "categorical_crossentropy"),
    ],
)
def test_accuracy_is_resolved_as_keras_does(loss: Any, units: int, accuracy: Metric, crossentropy: str) -> None:
    assert metrics.resolve("accuracy", loss, units) == metrics.resolve("acc", loss, units) == accuracy
    assert metrics.resolve("crossentropy", loss, units) == losses.get(crossentropy)
    assert metrics.resolve("ce", loss, units) == losses.get(crossentropy)


# ---- what yes means --------------------------------------------------------------------------------------------------

LOGITS = [losses.BinaryCrossentropy(from_logits=True), losses.BinaryFocalCrossentropy(from_logits=True)]
SCORES: list[Any] = [*LOGITS, losses.Hinge(), losses.SquaredHinge()]


@pytest.mark.parametrize("loss", SCORES, ids=repr)
def test_logits_and_margins_mean_yes_above_0(loss: Any) -> None:
    """Keras's "accuracy" asks for more than one half of logits too, and so did this one: 0.475 of what was 0.675."""
    y, z = np.array([[1.0], [1.0], [0.0], [0.0], [1.0]]), np.array([[0.3], [0.4], [-0.1], [0.2], [-1.0]])
    assert loss.threshold == 0
    for name, by_hand in (("accuracy", 3 / 5), ("acc", 3 / 5), ("binary_accuracy", 3 / 5), ("precision", 2 / 3)):
        assert metrics.resolve(name, loss, 1)(y, z) == pytest.approx(by_hand)
    assert metrics.resolve("recall", loss, 1)(y, z) == metrics.resolve(Recall, loss, 1)(y, z) == pytest.approx(2 / 3)
    assert metrics.resolve("binary_f1_score", loss, 1)(y, z) == pytest.approx(2 / 3)
    assert BinaryAccuracy()(y, z) == 2 / 5, "what Keras's accuracy says of these"
    # whoever says a threshold keeps it
    assert metrics.resolve(BinaryAccuracy(threshold=0.45), loss, 1)(y, z) == 2 / 5


@pytest.mark.parametrize("name", Loss.members)
def test_probabilities_and_numbers_mean_yes_above_one_half(name: str) -> None:
    loss = losses.get(name)
    assert loss.threshold == (0 if "hinge" in name else 0.5)
    if "hinge" not in name:
        assert metrics.resolve("accuracy", loss, 1) == BinaryAccuracy()


@pytest.mark.parametrize(
    "metric", [BinaryAccuracy(0.0), Precision(0.0), Recall(0.0), BinaryF1Score(0.0), AUC(), LogLoss(True)]
)
def test_targets_of_minus_one_mean_no(metric: Metric) -> None:
    """They were never right, whatever the answer."""
    rng = np.random.default_rng(0)
    y, z = rng.integers(0, 2, 40), rng.normal(size=40)
    assert metric(2 * y - 1, z) == metric(y, z)
    assert BinaryAccuracy(0.0)([-1, 1, -1], [-2.0, 2.0, -0.5]) == 1
    for one in (1, -1):
        assert BinaryAccuracy(0.0)([one] * 3, [one] * 3) == 1


def test_a_crossentropy_of_logits_is_that_of_their_probabilities() -> None:
    rng = np.random.default_rng(1)
    y, z = rng.integers(0, 2, (9, 1)), rng.normal(size=(9, 1))
    p = 1 / (1 + np.exp(-z))
    labels, rows = rng.integers(0, 3, 9), rng.normal(size=(9, 3))
    shares = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
    sparse, dense = losses.SparseCategoricalCrossentropy(True), losses.CategoricalCrossentropy(True)
    for name in ("log_loss", LogLoss, "crossentropy", "ce", "binary_crossentropy"):
        assert metrics.resolve(name, LOGITS[0], 1)(y, z) == pytest.approx(LogLoss()(y, p))
    for name in ("log_loss", "crossentropy"):
        assert metrics.resolve(name, sparse, 3)(labels, rows) == pytest.approx(LogLoss()(labels, shares))
        assert metrics.resolve(name, dense, 3)(np.eye(3)[labels], rows) == pytest.approx(LogLoss()(labels, shares))
    assert metrics.resolve(LogLoss(), sparse, 3) == LogLoss()


@pytest.mark.parametrize("name", ["precision", "recall", "binary_f1_score", "auc", "binary_accuracy"])
def test_yes_or_no_of_rows_of_logits_is_asked_of_their_softmax(name: str) -> None:
    rng = np.random.default_rng(2)
    y, rows = np.eye(3)[rng.integers(0, 3, 30)], rng.normal(size=(30, 3)) * 2 + 1
    shares = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
    found = metrics.resolve(name, losses.CategoricalCrossentropy(from_logits=True), 3)
    assert found.higher_is_better and found(y, rows) == pytest.approx(metrics.get(name)(y, shares))
    assert found(y, rows) != metrics.get(name)(y, rows)
    rows[4, 1] = np.nan
    assert math.isnan(found(y, rows))


def test_accuracy_of_several_outputs_is_the_largest_of_them_whatever_the_scale() -> None:
    for loss in (losses.SparseCategoricalCrossentropy(True), losses.CategoricalHinge()):
        assert "categorical_accuracy" in metrics.resolve("accuracy", loss, 3).name()


def test_every_metric_and_every_loss_is_resolved_by_its_name() -> None:
    for name, member in Metric.members.items():
        assert type(metrics.get(name)) is member
        if name not in metrics.CHOSEN_BY_OUTPUT:
            assert type(metrics.resolve(name, "mse", 1)) is member
    assert metrics.resolve("mse", "mse", 1) == MeanSquaredError() and metrics.get("MAE") == MeanAbsoluteError()
    assert metrics.resolve("mape", "mse", 1) == losses.get("mape")
    kept = Precision(threshold=0.3)
    assert metrics.resolve(kept, "bce", 1) is kept and metrics.resolve(AUC, "bce", 1) == AUC()
    with pytest.raises(
        UnknownMember, match=r"no metric is called 'accurracy'.*, accuracy, .*; or a loss: mean_squared_error"
    ):
        metrics.resolve("accurracy", "mse", 1)


def test_names_are_keras_names() -> None:
    assert list(Metric.members) == [
        "binary_accuracy",
        "accuracy",
        "categorical_accuracy",
        "sparse_categorical_accuracy",
        "top_k_categorical_accuracy",
        "sparse_top_k_categorical_accuracy",
        "precision",
        "recall",
        "binary_f1_score",
        "fbeta_score",
        "f1_score",
        "auc",
        "sensitivity_at_specificity",
        "specificity_at_sensitivity",
        "precision_at_recall",
        "recall_at_precision",
        "log_loss",
        "mean_absolute_error",
        "mean_squared_error",
        "root_mean_squared_error",
        "r2_score",
        "cosine_similarity",
    ]


def test_what_a_member_has_to_say_is_not_there_by_itself() -> None:
    with pytest.raises(NotImplementedError):
        Metric()([1.0], [1.0])
