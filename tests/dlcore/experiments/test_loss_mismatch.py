"""Mismatches: gradients by finite differences, the textbook's figures, twins, the floor of a second softmax."""

import numpy as np
import pytest

from dlcore.datasets import GaussPairs, Moons
from dlcore.experiments.loss_mismatch import (
    crossentropy_pull,
    descend_logits,
    from_saturated_start,
    squared_error_pull,
    surprise,
)

Z = np.linspace(-8, 8, 33)


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def test_the_figures_at_a_saturated_unit() -> None:
    assert crossentropy_pull(np.array(5.0), 0.0) == pytest.approx(0.993, abs=5e-4)
    assert squared_error_pull(np.array(5.0), 0.0) == pytest.approx(0.0066, abs=5e-5)


@pytest.mark.parametrize("y", [0.0, 1.0])
def test_both_pulls_are_derivatives(y: float) -> None:
    def rise(error) -> np.ndarray:
        return (error(Z + 1e-5) - error(Z - 1e-5)) / 2e-5

    surprised = rise(lambda z: -y * np.log(sigmoid(z)) - (1 - y) * np.log(1 - sigmoid(z)))
    assert crossentropy_pull(Z, y) == pytest.approx(surprised, abs=1e-6)
    assert squared_error_pull(Z, y) == pytest.approx(rise(lambda z: (sigmoid(z) - y) ** 2 / 2), abs=1e-8)


@pytest.mark.parametrize("z", [-1e4, 1e4])
def test_far_out_the_pulls_are_numbers(z: float) -> None:
    assert np.isfinite(crossentropy_pull(np.array(z), 0.0)) and abs(squared_error_pull(np.array(z), 0.0)) < 1e-30


def test_twins_start_alike_and_repeat() -> None:
    one, again = (from_saturated_start(GaussPairs(), "binary_crossentropy", 5.0, 0.3, 3, 1) for _ in range(2))
    other = from_saturated_start(GaussPairs(), "mean_squared_error", 5.0, 0.3, 3, 1)
    assert one.loss.tolist() == again.loss.tolist() and len(one.loss) == len(one.accuracy) == 4
    assert one.accuracy[0] == other.accuracy[0]


@pytest.mark.parametrize("data", [GaussPairs(), Moons()], ids=lambda data: data.name())
def test_from_a_saturated_start_the_squared_error_is_late(data) -> None:
    bce, mse = (
        from_saturated_start(data, loss, 5.0, 0.3, 6, 0) for loss in ("binary_crossentropy", "mean_squared_error")
    )
    assert bce.accuracy[-1] > 0.8 and mse.accuracy[-1] == mse.accuracy[0]


@pytest.mark.parametrize("twice", [False, True])
def test_the_gradient_by_the_logits_is_the_derivative(twice: bool) -> None:
    z, y = np.array([0.3, 2.0, -1.0]), np.array([0.0, 0.0, 1.0])
    _, g = surprise(z, y, twice)
    for k, e in enumerate(np.eye(3) * 1e-5):
        assert g[k] == pytest.approx((surprise(z + e, y, twice)[0] - surprise(z - e, y, twice)[0]) / 2e-5, abs=1e-8)
    assert g.sum() == pytest.approx(0, abs=1e-12)


def test_a_second_softmax_puts_a_floor_under_the_loss() -> None:
    y = np.array([1.0, 0.0, 0.0])
    floor = np.log((np.e + 2) / np.e)
    assert floor == pytest.approx(0.5514, abs=5e-5)
    assert surprise(np.array([50.0, 0.0, 0.0]), y, True)[0] == pytest.approx(floor)
    assert surprise(np.array([50.0, 0.0, 0.0]), y, False)[0] < 1e-12
    rng = np.random.default_rng(0)
    assert all(surprise(rng.normal(0, 5, 3), y, True)[0] >= floor for _ in range(100))


@pytest.mark.parametrize("twice", [False, True])
def test_logits_take_plain_steps(twice: bool) -> None:
    path = descend_logits(np.array([0.0, 2.0, -1.0]), np.array([1.0, 0.0, 0.0]), twice, 0.5, 20)
    assert path.z[1:] == pytest.approx(path.z[:-1] - 0.5 * path.gradient[:-1])
    assert (np.diff(path.loss) < 0).all() and path.shares.sum(axis=1) == pytest.approx(np.ones(21))
