"""Losses: the definition, the gradient by finite differences, and the shapes that NumPy would let pass."""

import math

import numpy as np
import pytest

from dlcore.losses import Loss, MeanSquaredError

MEMBERS = [Loss.get(name) for name in Loss.members]
every_loss = pytest.mark.parametrize("loss", MEMBERS, ids=repr)


def batch(loss: Loss, *shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Targets of the kind that the loss takes, and predictions between 0 and 1."""
    rng = np.random.default_rng(1)
    targets = {
        "real": rng.normal(size=shape),
        "positive": rng.uniform(0.5, 3, shape),
        "binary": rng.integers(0, 2, shape),
    }
    return targets[loss.targets].astype(float), rng.uniform(0.1, 0.9, shape)


@every_loss
@pytest.mark.parametrize("shape", [(7,), (5, 1), (4, 3)])
def test_gradient_is_the_limit_of_central_differences(loss: Loss, shape: tuple[int, ...]) -> None:
    y_true, y_pred = batch(loss, *shape)
    gradient, h = loss.gradient(y_true, y_pred), 1e-6
    assert gradient.shape == y_pred.shape
    for i in np.ndindex(shape):
        step = np.zeros(shape)
        step[i] = h
        slope = (loss(y_true, y_pred + step) - loss(y_true, y_pred - step)) / (2 * h)
        assert gradient[i] == pytest.approx(slope, rel=1e-6, abs=1e-8)


@every_loss
def test_a_loss_is_one_float_and_leaves_its_arguments_alone(loss: Loss) -> None:
    y_true, y_pred = batch(loss, 6)
    before = y_true.copy(), y_pred.copy()
    assert type(loss(y_true, y_pred)) is float
    loss.gradient(y_true, y_pred)
    assert np.array_equal(before, (y_true, y_pred))


@every_loss
def test_mismatched_shapes_are_refused_and_never_broadcast(loss: Loss) -> None:
    y_true, y_pred = batch(loss, 5)
    for wrong in (loss, loss.gradient):
        with pytest.raises(ValueError, match=r"y_true has shape \(5,\) and y_pred \(5, 1\)"):
            wrong(y_true, y_pred[:, None])


@every_loss
def test_an_empty_batch_is_refused(loss: Loss) -> None:
    for empty in (loss, loss.gradient):
        with pytest.raises(ValueError, match="empty"):
            empty(np.empty(0), np.empty(0))


@every_loss
def test_every_loss_shows_its_formula(loss: Loss) -> None:
    assert loss.formula.startswith("E =")


def test_mean_squared_error_by_hand() -> None:
    # residuals 1, -2, 0, 3: squares 1 + 4 + 0 + 9 = 14, over 4
    y_true, y_pred = [1, 2, 3, 4], [2, 0, 3, 7]
    assert MeanSquaredError()(y_true, y_pred) == 3.5  # type: ignore[arg-type]
    assert MeanSquaredError().gradient(y_true, y_pred).tolist() == [0.5, -1.0, 0.0, 1.5]  # type: ignore[arg-type]


def test_mean_squared_error_is_zero_only_at_the_truth_and_honest_about_nan() -> None:
    y = np.array([1.0, -2.0])
    assert MeanSquaredError()(y, y) == 0
    assert math.isnan(MeanSquaredError()(y, np.array([np.nan, 0.0])))
