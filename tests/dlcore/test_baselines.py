"""Baselines: the constant that is best for what it is best for, and the score that a model has to beat."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from dlcore import baselines, losses, metrics
from dlcore.baselines import Baseline, LastValue, Majority, Mean, Median, Minority, Stratified, score_to_beat
from dlcore.losses import Loss

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
        (Minority(), [0, 1, 1, 2, 2], 0),
        (Minority(), [2, 0, 0, 2], 0),
        (Minority(), [[0, 1], [1, 0], [0, 1]], [1, 0]),
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


# ---- the bar is a constant -------------------------------------------------------------------------------------------


def test_the_score_to_beat_of_a_regression_is_that_of_its_best_constant() -> None:
    y = np.array([0.0, 0.0, 1.0, 9.0, 2.0])
    for name, constant, score in (
        ("mse", y.mean(), y.var()),
        ("mean_absolute_error", 1.0, 2.2),
        ("root_mean_squared_error", y.mean(), y.std()),
        ("r2_score", y.mean(), 0.0),
        (losses.MeanAbsoluteError(), 1.0, 2.2),
        (losses.Huber(delta=100.0), y.mean(), y.var() / 2),
    ):
        found = score_to_beat(name, y, y)
        assert found.constant == pytest.approx([constant], abs=1e-6) and found.score == pytest.approx(score, abs=1e-12)


def test_the_bar_is_what_the_training_part_says_even_if_luck_has_something_better() -> None:
    """The last value was the bar where the judged rows happened to lie near it."""
    y = np.array([0.0, 0.0, 1.0, 9.0, 2.0])
    assert score_to_beat("mae", y, [2.0, 2.1]).score == pytest.approx(1.05)
    assert LastValue().expected(metrics.MeanAbsoluteError(), y, [2.0, 2.1]) == pytest.approx(0.05)


def test_the_score_to_beat_of_yes_or_no_is_the_share_of_the_majority() -> None:
    y_train, y_test = np.array([0, 1, 1, 1]), np.array([1, 1, 0, 1, 1])
    for shape in ((-1,), (-1, 1)):
        train, test = y_train.reshape(shape), y_test.reshape(shape)
        assert score_to_beat("accuracy", train, test) == (1, 0.8)
        assert score_to_beat(metrics.BinaryAccuracy(), train, test).score == 0.8
        # the best that can be said without looking is the share of ones
        best = -(0.8 * math.log(0.75) + 0.2 * math.log(0.25))
        assert score_to_beat("log_loss", train, test) == (0.75, pytest.approx(best))
        assert score_to_beat("binary_crossentropy", train, test) == (0.75, pytest.approx(best))
    assert score_to_beat("hinge", [-1, 1, 1], [1, 1]) == (1, 0)


@pytest.mark.parametrize("name", ["accuracy", "sparse_categorical_accuracy", "log_loss"])
def test_the_score_to_beat_of_classes_is_the_same_for_numbers_and_rows(name: str) -> None:
    y_train, y_test = np.array([0, 2, 2, 1, 2]), np.array([2, 2, 1, 3])
    row, score = score_to_beat(name, y_train, y_test)
    if name == "log_loss":
        best = -(2 * math.log(0.6) + math.log(0.2) + math.log(1e-7)) / 4
        assert row.tolist() == [0.2, 0.2, 0.6, 0] and score == pytest.approx(best)
    else:
        assert row.tolist() == [0, 0, 1, 0] and score == 0.5
    rows = name.replace("sparse_", "")
    for other in (
        score_to_beat(name, y_train[:, None], y_test[:, None]),
        score_to_beat(rows, np.eye(4)[y_train], np.eye(4)[y_test]),
    ):
        assert other.score == score and np.array_equal(other.constant, row)


def test_nobody_gets_into_the_top_by_a_tie() -> None:
    y = np.arange(10)
    assert score_to_beat(metrics.SparseTopKCategoricalAccuracy(k=5), y, y).score == 0.5
    assert score_to_beat(metrics.TopKCategoricalAccuracy(k=5), np.eye(10), np.eye(10)).score == 0.5


def test_a_score_that_no_baseline_has_is_nan() -> None:
    assert math.isnan(score_to_beat("auc", [0, 1], [1, 1]).score)
    assert score_to_beat("auc", [0, 1, 1], [0, 1]).score == 0.5


def test_a_bar_without_targets_or_with_nan_is_refused() -> None:
    for y, what in (([], "is empty"), ([1.0, np.nan], "holds NaN")):
        with pytest.raises(ValueError, match=f"y_train {what}"):
            score_to_beat("mse", y, [1.0])


@pytest.mark.parametrize("rule", ["accuracy", "precision", "recall", "binary_f1_score", "auc", "log_loss", "hinge"])
def test_over_many_balanced_splits_the_bar_is_never_a_draw(rule: str) -> None:
    """A lucky draw was the best of all in a third to a half of them; on a few rows it got everything right."""
    rng, labels = np.random.default_rng(0), np.arange(40) % 2
    judge = metrics.resolve(rule, "binary_crossentropy", 1)
    for _ in range(300):
        labels = rng.permutation(labels)
        train, test = labels[:20], labels[20:]
        (constant,), score = score_to_beat(rule, train, test)
        assert constant in (0, 1, train.mean(), np.sign(2 * train.mean() - 1))
        assert score == judge(test, np.full(20, constant))


def test_four_rows_of_which_three_are_alike_have_a_bar_of_three_quarters() -> None:
    """The page told an accuracy of 1 here: the seeded draw had hit all four."""
    train, test = np.array([0] * 8 + [1] * 6), np.array([0, 0, 1, 0])
    assert score_to_beat("accuracy", train, test).score == 0.75
    share = 6 / 14
    expected = -(0.75 * math.log(1 - share) + 0.25 * math.log(share))
    assert score_to_beat("binary_crossentropy", train, test).score == pytest.approx(expected)


@pytest.mark.parametrize(
    ("rule", "bar"),
    [
        ("binary_accuracy", 0.95),
        ("precision", 0.05),
        ("recall", 1.0),
        ("binary_f1_score", 2 * 0.05 / 1.05),
        ("auc", 0.5),
    ],
)
def test_the_best_constant_for_a_metric_need_not_be_the_majority(rule: str, bar: float) -> None:
    y = np.array([0] * 95 + [1] * 5)
    assert score_to_beat(rule, y, y).score == pytest.approx(bar)
    best = metrics.get(rule)
    grid = [best(y, np.full(100, constant)) for constant in (0.0, 0.05, 0.5, 0.51, 1.0)]
    assert score_to_beat(rule, y, y).score == max(grid)


def test_several_columns_are_called_by_their_shares() -> None:
    """Labels that may be true together: the most frequent ones are called as long as it pays."""
    y = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=float)
    assert score_to_beat("binary_accuracy", y, y).score == pytest.approx((3 + 2 + 3) / 12)
    assert score_to_beat("precision", y, y).constant.tolist() == [1, 0, 0]
    assert score_to_beat("recall", y, y).score == 1
    best = max(metrics.BinaryF1Score()(y, np.tile(row, (4, 1))) for row in np.ndindex(2, 2, 2))
    assert score_to_beat("binary_f1_score", y, y).score == best


# ---- the best constant of a loss -------------------------------------------------------------------------------------

TOLD: list[Loss] = [Loss.get(name) for name in Loss.members]  # type: ignore[misc]
TOLD += [dataclasses.replace(loss, from_logits=True) for loss in TOLD if hasattr(loss, "from_logits")]  # type: ignore
TOLD += [dataclasses.replace(loss, label_smoothing=0.2) for loss in TOLD if hasattr(loss, "label_smoothing")]  # type: ignore
TOLD += [
    losses.Huber(delta=0.1),
    losses.BinaryFocalCrossentropy(True, 0.9, 0.3),
    losses.BinaryFocalCrossentropy(gamma=9.0),
    losses.CategoricalFocalCrossentropy(gamma=0.3),
    losses.CategoricalFocalCrossentropy(0.9, gamma=9.0),
]


def some_targets(loss: Loss, rng: np.random.Generator) -> np.ndarray:
    """Targets that the loss takes, uneven enough for mean, median and majority to differ."""
    labels = np.append(rng.choice(4, 40, p=[0.15, 0.2, 0.55, 0.1]), [0, 1, 2, 3])
    return {
        "real": rng.gamma(1.0, 3.0, (44, 2)) - 1,
        "positive": rng.gamma(1.0, 3.0, (44, 2)),
        "binary": np.stack([labels == 2, labels == 0], axis=1).astype(float),
        "one_hot": np.eye(4)[labels],
        "integer": labels,
    }[loss.targets]


@pytest.mark.parametrize("loss", TOLD, ids=repr)
@pytest.mark.parametrize("seed", range(3))
def test_no_other_constant_is_better_for_any_loss(loss: Loss, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = some_targets(loss, rng)
    row = loss.best_constant(y)
    least = loss(y, np.tile(row, (len(y), 1)))
    assert math.isfinite(least)
    shares = loss.by_row and loss.targets != "real" and loss.threshold > 0
    for size in (1e-3, 0.03, 0.3, 3.0):
        for _ in range(60):
            other = row + size * rng.normal(size=row.shape)
            if shares:
                other = np.abs(other) / np.abs(other).sum()
            elif loss.targets == "binary" and loss.threshold:
                other = np.clip(other, 0, 1)
            elif loss.targets == "positive":
                other = np.maximum(other, 0)
            assert least <= loss(y, np.tile(other, (len(y), 1))) + 1e-6
    if loss.targets in ("real", "positive", "binary") and not loss.by_row:
        low, high = (0, 1) if loss.targets == "binary" and loss.threshold else (-20, 20)
        for constant in np.linspace(0 if loss.targets == "positive" else low, high, 201):
            for column in range(2):
                other = np.where(np.arange(2) == column, constant, row)
                assert least <= loss(y, np.tile(other, (len(y), 1))) + 1e-9


def test_the_best_constant_by_hand() -> None:
    half = np.array([0.0, 1.0, 1.0, 0.0])
    logits = losses.BinaryCrossentropy(from_logits=True)
    assert logits.best_constant(half) == pytest.approx(0)
    assert score_to_beat(logits, half, half).score == pytest.approx(math.log(2))
    assert losses.BinaryCrossentropy().best_constant([0, 1, 1, 1]) == 0.75
    assert logits.best_constant([0, 1, 1, 1]) == pytest.approx(math.log(3))
    assert (
        losses.SquaredHinge().best_constant([0, 1, 1, 1]) == losses.SquaredHinge().best_constant([-1, 1, 1, 1]) == 0.5
    )
    assert losses.Hinge().best_constant([0, 1, 1, 1]) == 1 and losses.Hinge().best_constant(half) == 0
    # the weights are 1, 1/10, 1/20 and 1/20: more than half of all is with the first
    assert losses.MeanAbsolutePercentageError().best_constant([20.0, 1.0, 10.0, 20.0]) == 1
    assert losses.MeanSquaredLogarithmicError().best_constant([0.0, 8.0]) == pytest.approx(2)
    assert losses.Poisson().best_constant([0.0, 1.0, 5.0]) == pytest.approx(2)
    assert losses.SparseCategoricalCrossentropy().best_constant([0, 2, 2, 2], 4).tolist() == [0.25, 0, 0.75, 0]
    assert losses.CategoricalHinge().best_constant(np.eye(3)[[0, 1, 1, 1]]).tolist() == [0, 1, 0]
    assert losses.CategoricalHinge().best_constant(np.eye(2)).tolist() == [0, 0]
    with pytest.raises(ValueError, match="y_true is empty"):
        logits.best_constant([])


@pytest.mark.parametrize("rows", [np.zeros(5), np.ones((5, 1))])
def test_where_the_best_logit_is_infinite_a_finite_one_is_taken(rows: np.ndarray) -> None:
    for loss in (losses.BinaryCrossentropy(True), losses.BinaryFocalCrossentropy(from_logits=True)):
        constant = loss.best_constant(rows)
        assert np.isfinite(constant).all() and constant.shape == rows.shape[1:]
        # 0 is the infimum
        assert loss(rows, np.broadcast_to(constant, rows.shape)) < 2e-7
    several = losses.SparseCategoricalCrossentropy(from_logits=True).best_constant([1, 1, 1], 3)
    assert np.isfinite(several).all() and several.argmax() == 1


def test_a_loss_that_says_nothing_about_its_constant_has_one_all_the_same() -> None:
    """A new member is found by search, or, if it judges rows, is given the shares."""

    class Cubed(Loss, listed=False):
        def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
            return np.abs(y_pred - y_true) ** 3

    class Brier(Loss, listed=False):
        targets, by_row = "one_hot", True

        def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
            return ((y_pred - y_true) ** 2).sum(axis=-1)

    y = np.array([0.0, 1.0, 5.0, 5.5, 30.0])
    found = float(Cubed().best_constant(y))
    grid = np.linspace(0, 30, 30_001)
    assert found == pytest.approx(grid[np.argmin([np.sum(np.abs(y - c) ** 3) for c in grid])], abs=1e-3)
    assert Brier().best_constant(np.eye(3)[[0, 2, 2, 2]]).tolist() == [0.25, 0, 0.75]
    assert np.isfinite(losses.Huber().best_constant([-1e308, 1e308])), "what overflows is nowhere lowest"


def test_a_metric_of_numbers_that_is_neither_means_nor_medians_is_searched() -> None:
    class Quarter(metrics.Metric, listed=False):
        higher_is_better = False

        def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
            missed = y_true - y_pred
            return np.mean(np.maximum(0.25 * missed, -0.75 * missed))

    y = np.random.default_rng(0).gamma(2.0, size=201)
    found = score_to_beat(Quarter(), y, y)
    assert found.constant == pytest.approx([np.quantile(y, 0.25)], abs=1e-6)


# ---- what is drawn ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, member in metrics.Metric.members.items() if member.targets != "real"])  # type: ignore[attr-defined]
def test_a_draw_is_judged_by_its_expectation(name: str) -> None:
    """The mean of 4000 seeded draws comes near what is said without drawing."""
    rng, rule = np.random.default_rng(1), metrics.get(name)
    labels = rng.choice(3, 30, p=[0.6, 0.3, 0.1])
    train, test = labels[:18], labels[18:]
    if rule.targets == "binary":
        train, test = (train == 1).astype(float), (test == 1).astype(float)
    else:
        train = np.eye(3)[train]
        test = np.eye(3)[test] if rule.targets == "one_hot" else test
    scores = [np.mean(rule(test, Stratified(seed).fit(train).predict(len(test)))) for seed in range(4000)]
    expected = Stratified().expected(rule, train, test)
    assert np.mean(scores) == pytest.approx(expected, abs=float(4 * np.std(scores)) / math.sqrt(4000) + 1e-12)


def test_the_expected_scores_of_a_draw_by_hand() -> None:
    half, rare = np.arange(200) % 2, np.array([1] * 5 + [0] * 95)
    accuracy = metrics.BinaryAccuracy()
    assert Stratified().expected(accuracy, half, half) == 0.5
    assert Stratified().expected(accuracy, rare, rare) == pytest.approx(0.95**2 + 0.05**2)
    assert Stratified().expected(metrics.Recall(), rare, rare) == pytest.approx(0.05)
    assert Stratified().expected(metrics.AUC(), rare, rare) == 0.5
    # nobody is called in (0.95)^100 of all draws, and the precision is 0 there
    assert Stratified().expected(metrics.Precision(), rare, rare) == pytest.approx(0.05 * (1 - 0.95**100))
    # two rows, one of them positive: nobody 1/4, the right one 1/4 (F1 1), the wrong one 1/4, both 1/4 (F1 2/3)
    assert Stratified().expected(metrics.BinaryF1Score(), [0, 1], [0, 1]) == pytest.approx((1 + 2 / 3) / 4)
    for nobody in (metrics.Precision(), metrics.BinaryF1Score()):
        assert Stratified().expected(nobody, [0, 0], [0, 1]) == Stratified().expected(nobody, [0, 1], [0, 0]) == 0
    assert Stratified().expected(metrics.BinaryF1Score(), [1, 1], [0, 1]) == pytest.approx(2 / 3)
    assert Stratified().expected(losses.MeanSquaredError(), half, half) == 0.5
    two = np.array([[1, 0], [0, 1]], dtype=float)
    assert (
        Stratified().expected(metrics.Precision(), two, two)
        == Stratified().expected(metrics.BinaryF1Score(), two, two)
        == 0.5
    )
    assert Stratified().expected(metrics.Precision(), np.zeros((2, 2)), two) == 0


def test_only_one_baseline_draws_and_the_others_are_as_good_as_they_are() -> None:
    assert [type(each) for each in MEMBERS if each.draws] == [Stratified]
    y = np.array([0.0, 1.0, 1.0])
    for each in MEMBERS:
        if not each.draws:
            rule = metrics.MeanAbsoluteError()
            assert each.expected(rule, y, [1.0, 0.0]) == rule([1.0, 0.0], each.fit(y).predict(2))


# ---- every metric ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*metrics.Metric.members, "accuracy"])
def test_every_metric_has_a_score_to_beat(name: str) -> None:
    labels = np.arange(30) % 6
    rule = metrics.resolve(name, "sparse_categorical_crossentropy", 6)
    targets = {"real": labels + 0.5, "binary": labels % 2, "one_hot": np.eye(6)[labels], "integer": labels}
    y = targets[rule.targets]
    if name == "cosine_similarity":
        # a number alone has no direction but its sign
        y = np.stack([labels + 0.5, 2.0 - labels], axis=1)
    beat = score_to_beat(name, y, y)
    assert math.isfinite(beat.score)
    trained = np.eye(6)[labels] if rule.targets == "integer" else y
    perfect = np.mean(rule(y, trained))
    if name in ("recall", "recall_at_precision"):
        assert beat.score == perfect == 1, "always yes finds everybody, which is why recall alone says nothing"
    else:
        assert beat.score < perfect if rule.higher_is_better else beat.score > perfect


@pytest.mark.parametrize("y", [[0.5, 2.0], [-1, 2], [0, 1e9]])
def test_targets_that_are_no_classes_have_no_accuracy(y: Any) -> None:
    with pytest.raises(ValueError, match="y_train holds what is no class; the metric wants whole numbers 0, 1, 2"):
        score_to_beat("accuracy", y, y)


def test_what_a_member_has_to_say_is_not_there_by_itself() -> None:
    with pytest.raises(NotImplementedError):
        Baseline().fit([1.0]).predict(1)
