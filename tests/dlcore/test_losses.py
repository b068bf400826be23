"""Losses: the definition, the gradient by finite differences, the edges, and the shapes that NumPy would let pass."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlcore import losses
from dlcore.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    Loss,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)

DEFAULTS: list[Any] = [Loss.get(name) for name in Loss.members]
FOCAL = [{"gamma": 0.0}, {"gamma": 0.5}, {"gamma": 1.0}, {"apply_class_balancing": True, "alpha": 0.7}, {"alpha": 0.9}]


def variants(loss: Any) -> list[Any]:
    """The loss with every switch that it has thrown once, and all at once."""
    switches = {"from_logits": True, "label_smoothing": 0.2, "delta": 0.3}
    own = {key: value for key, value in switches.items() if key in loss.settings()}
    thrown = [replace(loss, **{key: value}) for key, value in own.items()]
    thrown += [replace(loss, **settings) for settings in FOCAL if set(settings) <= set(loss.settings())]
    return [loss, *dict.fromkeys([*thrown, replace(loss, **own)])] if own else [loss]


MEMBERS = list(dict.fromkeys(variant for loss in DEFAULTS for variant in variants(loss)))
LOGITS = [loss for loss in MEMBERS if getattr(loss, "from_logits", False)]
every_loss = pytest.mark.parametrize("loss", MEMBERS, ids=repr)
every_default = pytest.mark.parametrize("loss", DEFAULTS, ids=repr)


def batch(loss: Loss, *shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Targets of the kind that the loss takes, and predictions between 0 and 1 (logits: between -3 and 3)."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, shape[-1], shape[:-1])
    targets = {
        "real": rng.normal(size=shape),
        "positive": rng.uniform(0.5, 3, shape),
        "binary": rng.integers(0, 2, shape),
        "one_hot": np.equal(labels[..., None], np.arange(shape[-1])),
        "integer": labels,
    }
    y_pred = rng.uniform(0.1, 0.9, shape)
    return targets[loss.targets].astype(float), 6 * y_pred - 3 if loss in LOGITS else y_pred


def shapes(loss: Loss) -> list[tuple[int, ...]]:
    return [(4, 3), (2, 3, 4)] if loss.by_row else [(7,), (5, 1), (4, 3), (2, 3, 4)]


def central_differences(loss: Loss, y_true: np.ndarray, y_pred: np.ndarray, **weights: Any) -> np.ndarray:
    found, h = np.empty(y_pred.shape), 1e-6
    for i in np.ndindex(y_pred.shape):
        step = np.zeros(y_pred.shape)
        step[i] = h
        found[i] = (loss(y_true, y_pred + step, **weights) - loss(y_true, y_pred - step, **weights)) / (2 * h)
    return found


@every_loss
def test_gradient_is_the_limit_of_central_differences(loss: Loss) -> None:
    for shape in shapes(loss):
        y_true, y_pred = batch(loss, *shape)
        gradient = loss.gradient(y_true, y_pred)
        assert gradient.shape == y_pred.shape
        assert gradient == pytest.approx(central_differences(loss, y_true, y_pred), rel=1e-6, abs=2e-8)


@every_loss
def test_a_weighted_gradient_is_the_limit_of_central_differences_of_the_weighted_loss(loss: Loss) -> None:
    for shape in shapes(loss):
        y_true, y_pred = batch(loss, *shape)
        weights = np.linspace(0, 3, shape[0])
        gradient = loss.gradient(y_true, y_pred, sample_weight=weights)
        slope = central_differences(loss, y_true, y_pred, sample_weight=weights)
        assert gradient == pytest.approx(slope, rel=1e-6, abs=5e-8)
        assert not gradient[0].any(), "its weight is 0"


@every_loss
def test_the_loss_is_the_mean_of_its_samples_and_a_weight_multiplies_one_of_them(loss: Loss) -> None:
    for shape in shapes(loss):
        y_true, y_pred = batch(loss, *shape)
        each = loss.per_sample(y_true, y_pred)
        assert each.shape == shape[:1]
        assert loss(y_true, y_pred) == pytest.approx(each.mean(), rel=1e-14)
        assert each == pytest.approx([loss(y_true[i : i + 1], y_pred[i : i + 1]) for i in range(shape[0])], rel=1e-14)
        weights = np.arange(shape[0])
        # Keras's "sum_over_batch_size": by the number of samples, not by the sum of their weights
        assert loss(y_true, y_pred, weights) == pytest.approx((each * weights).sum() / shape[0], rel=1e-14)


@every_loss
def test_a_loss_is_one_float_and_leaves_its_arguments_alone(loss: Loss) -> None:
    y_true, y_pred = batch(loss, 6, 2)
    before = y_true.copy(), y_pred.copy()
    assert type(loss(y_true, y_pred)) is float
    assert type(loss(y_true, y_pred, np.ones(6))) is float
    loss.gradient(y_true, y_pred)
    loss.check(y_true, y_pred)
    assert np.array_equal(before[0], y_true) and np.array_equal(before[1], y_pred)


@every_loss
def test_lists_and_small_floats_are_calculated_with_doubles(loss: Loss) -> None:
    y_true, y_pred = batch(loss, 6, 2)
    y_pred = y_pred.astype(np.float32).astype(float)
    for smaller in (y_pred.tolist(), y_pred.astype(np.float32)):
        assert loss(y_true.tolist(), smaller) == loss(y_true, y_pred)
        assert loss.gradient(y_true, smaller).dtype == np.float64


@every_default
def test_mismatched_shapes_are_refused_and_never_broadcast(loss: Loss) -> None:
    _, y_pred = batch(loss, 5, 3)
    for wrong in (loss, loss.gradient, loss.per_sample, loss.check):
        with pytest.raises(ValueError, match=r"y_true has shape \(5, 2\) and y_pred \(5, 3\)"):
            wrong(y_pred[:, :2], y_pred)
        with pytest.raises(ValueError, match=r"y_true has shape \(4,\) and y_pred \(5, 3\)"):
            wrong(np.ones(4), y_pred)
        if loss.by_row:
            with pytest.raises(ValueError, match=r"y_pred has shape \(5,\); it must be rows.*\(batch, classes\)"):
                wrong(y_pred[:, 0], y_pred[:, 0])


def test_one_hot_rows_and_numbers_of_classes_are_sent_to_each_others_loss() -> None:
    rows, labels, y_pred = np.eye(3), np.arange(3), np.full((3, 3), 1 / 3)
    with pytest.raises(ValueError, match="numbers of classes are for the sparse one"):
        CategoricalCrossentropy()(labels, y_pred)
    with pytest.raises(
        ValueError, match=r"y_true must be \(3,\), one class a row; one-hot rows are for the categorical"
    ):
        SparseCategoricalCrossentropy()(rows, y_pred)


@every_default
def test_an_empty_batch_is_refused(loss: Loss) -> None:
    for empty in (loss, loss.gradient, loss.per_sample, loss.check):
        for shape in ((0,), (0, 3)):
            with pytest.raises(ValueError, match="empty"):
                empty(np.empty(0), np.empty(shape))


@every_default
def test_a_weight_for_every_sample_and_no_other_shape(loss: Loss) -> None:
    y_true, y_pred = batch(loss, 5, 3)
    for wrong in (loss, loss.gradient):
        for weights in (np.ones(4), np.ones((5, 1)), 1.0):
            with pytest.raises(ValueError, match=r"sample_weight has shape .*; it must be \(5,\), one weight a sample"):
                wrong(y_true, y_pred, sample_weight=weights)


@every_loss
def test_nan_and_what_overflows_pass_through_without_a_warning(loss: Loss) -> None:
    y_true, y_pred = batch(loss, 4, 3)
    y_pred[1, 2] = np.nan
    assert math.isnan(loss(y_true, y_pred)) and math.isnan(loss(y_true, y_pred, np.ones(4)))
    assert np.isnan(loss.per_sample(y_true, y_pred)).tolist() == [False, True, False, False]
    gradient = loss.gradient(y_true, y_pred)
    assert np.isnan(gradient[1, 2]) and np.isfinite(gradient[[0, 2, 3]]).all()
    for huge in (1e300, -1e300, np.inf, -np.inf):
        loss(y_true, np.full((4, 3), huge))
        loss.gradient(y_true, np.full((4, 3), huge))


@every_loss
def test_logits_of_ten_thousand_and_probabilities_of_0_and_1_give_numbers(loss: Loss) -> None:
    y_true, _ = batch(loss, 6, 4)
    rng = np.random.default_rng(2)
    edges = rng.choice([-1e4, 1e4] if loss in LOGITS else [0.0, 1.0], (6, 4))
    edges[:, 0] = edges.max()  # a row of zeros is no distribution
    assert math.isfinite(loss(y_true, edges)) and np.isfinite(loss.gradient(y_true, edges)).all()


@pytest.mark.parametrize("loss", [BinaryCrossentropy(), CategoricalCrossentropy(), SparseCategoricalCrossentropy()])
def test_from_logits_is_the_loss_of_their_probabilities_where_nothing_is_clipped(loss: Any) -> None:
    y_true, _ = batch(loss, 6, 4)
    z = np.random.default_rng(3).normal(0, 2, (6, 4))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) if loss.by_row else 1 / (1 + np.exp(-z))
    assert replace(loss, from_logits=True)(y_true, z) == pytest.approx(loss(y_true, p), rel=1e-12)


@pytest.mark.parametrize("loss", [BinaryCrossentropy(from_logits=True), CategoricalCrossentropy(from_logits=True)])
def test_a_wrong_and_certain_logit_costs_what_it_is_and_pulls_with_all_its_force(loss: Loss) -> None:
    y_true, z = np.array([[1.0, 0.0]]), np.array([[-1e4, 1e4]])
    assert loss(y_true, z) == (2e4 if loss.by_row else 1e4)
    assert loss.gradient(y_true, z) * (1 if loss.by_row else 2) == pytest.approx(np.array([[-1.0, 1.0]]))
    assert loss(y_true, -z) == 0


@pytest.mark.parametrize("loss", [BinaryCrossentropy(), BinaryFocalCrossentropy()])
def test_a_wrong_and_certain_probability_is_clipped_and_then_pulls_no_more(loss: Loss) -> None:
    for shift in (0, 1e-9):
        y_true, p = np.array([1.0, 0.0]), np.array([shift, 1 - shift])
        assert loss(y_true, p) == pytest.approx(-math.log(1e-7), rel=1e-6)
    assert BinaryCrossentropy().gradient(y_true, p).tolist() == [0, 0]
    assert BinaryCrossentropy().gradient([1.0], [1e-6]) == pytest.approx(-1e6)


def test_a_row_of_probabilities_counts_by_its_shares() -> None:
    y_true, p = np.eye(3), np.random.default_rng(4).uniform(0.1, 1, (3, 3))
    loss = CategoricalCrossentropy()
    assert loss(y_true, 7 * p) == pytest.approx(loss(y_true, p), rel=1e-14)
    # so no row can gain by growing: the gradient is across it
    assert (loss.gradient(y_true, p) * p).sum(axis=1) == pytest.approx(np.zeros(3), abs=1e-15)
    assert math.isnan(loss(y_true, np.zeros((3, 3)))), "zeros have no shares"


@pytest.mark.parametrize("from_logits", [False, True])
def test_sparse_cross_entropy_is_the_categorical_one_of_one_hot_rows(from_logits: bool) -> None:
    labels, y_pred = np.array([2, 0, 1, 2]), np.random.default_rng(5).uniform(0.1, 1, (4, 3))
    sparse, dense = SparseCategoricalCrossentropy(from_logits), CategoricalCrossentropy(from_logits)
    for shape in ((4,), (4, 1)):
        assert sparse(labels.reshape(shape), y_pred) == dense(np.eye(3)[labels], y_pred)
        assert np.array_equal(sparse.gradient(labels.reshape(shape), y_pred), dense.gradient(np.eye(3)[labels], y_pred))


def test_label_smoothing_mixes_the_truth_with_not_knowing() -> None:
    p = np.array([[0.7, 0.2, 0.1]])
    # 0.7 of the truth and 0.3 spread over three classes: 0.8, 0.1, 0.1
    by_hand = -(0.8 * math.log(0.7) + 0.1 * math.log(0.2) + 0.1 * math.log(0.1))
    assert CategoricalCrossentropy(label_smoothing=0.3)([[1, 0, 0]], p) == pytest.approx(by_hand, rel=1e-14)
    by_hand = -(0.9 * math.log(0.7) + 0.1 * math.log(0.3))
    assert BinaryCrossentropy(label_smoothing=0.2)([1], [0.7]) == pytest.approx(by_hand, rel=1e-14)


def test_focal_loss_without_focus_is_cross_entropy_and_with_it_forgets_what_is_right() -> None:
    y_true, p = batch(BinaryCrossentropy(), 9)
    assert BinaryFocalCrossentropy(gamma=0.0)(y_true, p) == BinaryCrossentropy()(y_true, p)
    # 0.1 missing, squared, is a hundredth of the surprise
    assert BinaryFocalCrossentropy()([1.0], [0.9]) == pytest.approx(-0.01 * math.log(0.9))
    balanced = BinaryFocalCrossentropy(apply_class_balancing=True)
    assert balanced([1.0], [0.9]) == pytest.approx(-0.25 * 0.01 * math.log(0.9))
    assert balanced([0.0], [0.1]) == pytest.approx(-0.75 * 0.01 * math.log(0.9))


REGRESSION = [MeanSquaredError(), MeanAbsoluteError(), Huber(), LogCosh()]


@pytest.mark.parametrize(
    ("loss", "y_true", "y_pred", "by_hand"),
    [
        # residuals 1, -2, 0, 3: squares 1 + 4 + 0 + 9 = 14, over 4; distances 6; Huber 1/2 + 3/2 + 0 + 5/2
        (MeanSquaredError(), [1, 2, 3, 4], [2, 0, 3, 7], 3.5),
        (MeanAbsoluteError(), [1, 2, 3, 4], [2, 0, 3, 7], 1.5),
        (Huber(), [1, 2, 3, 4], [2, 0, 3, 7], 4.5 / 4),
        (Huber(delta=2.0), [1, 2, 3, 4], [2, 0, 3, 7], (0.5 + 2 + 0 + 4) / 4),
        (LogCosh(), [0, 0], [1, -1], math.log(math.cosh(1))),
        # 50 % too much, 25 % too little; from 0 a distance of 1e-7 is all of it
        (MeanAbsolutePercentageError(), [2, -4], [3, -3], 37.5),
        (MeanAbsolutePercentageError(), [0], [1e-7], 100),
        # log(e) - log(1 + 1e-7) and log(4) - log(2)
        (MeanSquaredLogarithmicError(), [0, 1], [math.e - 1, 3], ((1 - 1e-7) ** 2 + math.log(2) ** 2) / 2),
        (BinaryCrossentropy(), [1, 0], [0.5, 0.75], (math.log(2) + math.log(4)) / 2),
        (CategoricalCrossentropy(), [[0, 1, 0]], [[0.25, 0.5, 0.25]], math.log(2)),
        (SparseCategoricalCrossentropy(), [2], [[0.25, 0.5, 0.25]], math.log(4)),
        (BinaryFocalCrossentropy(), [0], [0.5], 0.25 * math.log(2)),
        (KLDivergence(), [[0.5, 0.5]], [[0.25, 0.75]], 0.5 * math.log(2) + 0.5 * math.log(2 / 3)),
        (Poisson(), [2], [3], 3 - 2 * math.log(3)),
        (Hinge(), [1, 0], [0.3, 0.5], (0.7 + 1.5) / 2),
        (Hinge(), [1, -1], [0.3, 0.5], (0.7 + 1.5) / 2),
        (SquaredHinge(), [1, -1], [0.3, 0.5], (0.49 + 2.25) / 2),
        (CategoricalHinge(), [[0, 1, 0]], [[0.9, 0.4, -1]], 1.5),
        (CategoricalHinge(), [[0, 1, 0]], [[-3, 0.4, -1]], 0.6),
        (CosineSimilarity(), [[0, 2], [3, 4]], [[5, 5], [-3, -4]], (-math.sqrt(0.5) + 1) / 2),
    ],
    ids=str,
)
def test_by_hand(loss: Loss, y_true: Any, y_pred: Any, by_hand: float) -> None:
    assert loss(y_true, y_pred) == pytest.approx(by_hand, rel=1e-6)


def test_mean_squared_error_by_hand() -> None:
    # residuals 1, -2, 0, 3: squares 1 + 4 + 0 + 9 = 14, over 4
    y_true, y_pred = [1, 2, 3, 4], [2, 0, 3, 7]
    assert MeanSquaredError()(y_true, y_pred) == 3.5
    assert MeanSquaredError().gradient(y_true, y_pred).tolist() == [0.5, -1.0, 0.0, 1.5]


@pytest.mark.parametrize("loss", REGRESSION, ids=repr)
def test_a_regression_loss_is_zero_only_at_the_truth_and_the_same_on_both_sides(loss: Loss) -> None:
    y, r = np.array([1.0, -2.0]), np.array([0.3, 4.0])
    assert loss(y, y) == pytest.approx(0, abs=1e-15) and not loss.gradient(y, y).any()
    assert loss(y, y + r) == pytest.approx(loss(y, y - r), rel=1e-15) and loss(y, y + r) > 0


def test_huber_and_log_cosh_lie_between_the_square_and_the_distance() -> None:
    y = np.zeros(1)
    for r in (1e-3, 0.5, 1.0, 3.0, 1e4):
        for loss in (Huber(), LogCosh()):
            assert loss(y, [r]) <= min(r, r**2 / 2) + 1e-15
    assert Huber(delta=1e3)(y, [5.0]) == 12.5
    assert LogCosh()(y, [1e4]) == pytest.approx(1e4 - math.log(2), rel=1e-15)


def test_kinks_and_flats_have_the_slope_of_automatic_differentiation() -> None:
    assert MeanAbsoluteError().gradient([1.0], [1.0]).tolist() == [0]
    assert Hinge().gradient([1.0, 1.0], [1.0, 2.0]).tolist() == [0, 0]
    assert MeanSquaredLogarithmicError().gradient([1.0], [-0.5]).tolist() == [0]
    assert KLDivergence().gradient([[1.0, 0.0]], [[0.0, 2.0]]).tolist() == [[0, 0]]
    # two rivals that tie share what one would have
    assert CategoricalHinge().gradient([[1.0, 0, 0]], [[0.5, 0.2, 0.2]]).tolist() == [[-1, 0.5, 0.5]]


def test_divergence_is_zero_for_the_same_distribution_and_positive_otherwise() -> None:
    y, p = np.random.default_rng(6).dirichlet(np.ones(4), (2, 50))
    assert KLDivergence()(y, y) == 0
    assert (KLDivergence().per_sample(y, p) > 0).all()


def test_poisson_is_least_where_the_expected_count_is_the_count() -> None:
    assert Poisson().gradient([3.0], [3.0]) == pytest.approx(0, abs=1e-7)
    assert math.isnan(Poisson()([3.0], [-1.0]))


def test_cosine_similarity_sees_directions_only() -> None:
    y, p = np.random.default_rng(7).normal(size=(2, 5, 3))
    loss = CosineSimilarity()
    assert loss(y, y) == pytest.approx(-1) and loss(y, -y) == pytest.approx(1)
    assert loss(3 * y, 0.1 * p) == pytest.approx(loss(y, p), rel=1e-14)
    assert loss(y, 0 * p) == 0 and loss([[0.0, 0.0]], [[1.0, 2.0]]) == 0
    # below a length of 1e-7 the cosine is a straight line through 0
    tiny = 1e-9 * p
    assert (loss.gradient(y, tiny) * tiny).sum() == pytest.approx(loss(y, tiny), rel=1e-12)


@pytest.mark.parametrize(
    ("loss", "y_true", "message"),
    [
        (MeanSquaredError(), [[0.0], [np.nan]], "y_true holds NaN or infinity; every target must be a number"),
        (Poisson(), [[2], [-1]], r"poisson takes targets of 0 or more; y_true\[1\] is \[-1\.\]"),
        (MeanSquaredLogarithmicError(), [-1, 0], r"takes targets of 0 or more; y_true\[0\] is -1"),
        (BinaryCrossentropy(), [0, 2], r"targets of 0 or 1, or a probability between them; y_true\[1\] is 2"),
        (BinaryFocalCrossentropy(), [-1, 1], r"takes targets of 0 or 1; y_true\[0\] is -1"),
        (Hinge(), [0, 2], r"hinge takes targets of -1 or 1, or of 0 or 1; y_true\[0\] is 0"),
        (SquaredHinge(), [-1, 0], r"squared_hinge takes targets of -1 or 1, or of 0 or 1; y_true\[1\] is 0"),
        (CategoricalCrossentropy(), [[1, 0], [1, 1]], r"or of shares that add up to 1; y_true\[1\] is \[1. 1.\]"),
        (CategoricalCrossentropy(), [[1.5, -0.5]], r"or of shares that add up to 1; y_true\[0\]"),
        (CategoricalHinge(), [[0, 0]], r"takes rows of zeros with a single 1; y_true\[0\]"),
        (CategoricalHinge(), [[0.5, 0.5]], r"takes rows of zeros with a single 1; y_true\[0\]"),
        (KLDivergence(), [[0.5, 0.6]], r"takes rows of probabilities, 0 or more and 1 together; y_true\[0\]"),
        (KLDivergence(), [[1.5, -0.5]], r"takes rows of probabilities"),
    ],
    ids=str,
)
def test_targets_of_another_kind_are_refused_with_what_would_be_right(loss: Loss, y_true: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        loss.check(y_true, np.full(np.shape(y_true), 0.5))


@pytest.mark.parametrize("label", [3, -1, 0.5])
def test_labels_outside_the_classes_are_refused(label: float) -> None:
    for shape in ((2,), (2, 1)):
        with pytest.raises(
            ValueError, match=rf"whole numbers from 0 to 2, as there are 3 outputs; y_true\[1\] is .*{label}"
        ):
            SparseCategoricalCrossentropy().check(np.reshape([0, label], shape), np.full((2, 3), 1 / 3))


def test_targets_that_are_right_are_let_through() -> None:
    for loss in DEFAULTS:
        for shape in shapes(loss):
            loss.check(*batch(loss, *shape))
    Hinge().check([-1, 1], [0, 0])
    KLDivergence().check([[0.3, 0.7]], [[0.5, 0.5]])
    # as in Keras, a target of a cross-entropy may be a probability
    BinaryCrossentropy().check([0.0, 0.9], [0.5, 0.5])
    CategoricalCrossentropy().check([[0.1, 0.2, 0.7]], [[0.5, 0.25, 0.25]])


@every_default
def test_every_loss_shows_its_formula_and_declares_its_targets(loss: Loss) -> None:
    assert loss.formula.startswith("E =")
    assert loss.targets in ("real", "positive", "binary", "one_hot", "integer") and not loss.higher_is_better


def test_names_and_short_names_are_keras_names() -> None:
    assert list(Loss.members) == [
        "mean_squared_error",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_logarithmic_error",
        "huber",
        "log_cosh",
        "binary_crossentropy",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "binary_focal_crossentropy",
        "categorical_focal_crossentropy",
        "kl_divergence",
        "poisson",
        "hinge",
        "squared_hinge",
        "categorical_hinge",
        "cosine_similarity",
    ]
    short = {
        "mse": MeanSquaredError,
        "mae": MeanAbsoluteError,
        "mape": MeanAbsolutePercentageError,
        "msle": MeanSquaredLogarithmicError,
        "bce": BinaryCrossentropy,
        "kld": KLDivergence,
    }
    for name, member in short.items():
        assert losses.get(name) == losses.get(name.upper()) == member()


def test_defaults_are_keras_defaults() -> None:
    assert Huber() == Huber(delta=1.0)
    assert BinaryCrossentropy() == BinaryCrossentropy(False, 0.0)
    assert CategoricalCrossentropy() == CategoricalCrossentropy(False, 0.0)
    assert BinaryFocalCrossentropy() == BinaryFocalCrossentropy(False, 0.25, 2.0, False, 0.0)
    assert CategoricalFocalCrossentropy() == CategoricalFocalCrossentropy(0.25, 2.0, False, 0.0)


def test_what_a_member_has_to_say_is_not_there_by_itself() -> None:
    for unsaid in (Loss(), Loss().gradient, Loss().per_sample):
        with pytest.raises(NotImplementedError):
            unsaid([1.0], [1.0])
