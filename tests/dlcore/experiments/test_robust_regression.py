"""Lines fitted by a loss: against theory (least squares, the median), and what an outlier does to each."""

import numpy as np
import pytest

from dlcore.datasets import NoisyLine
from dlcore.experiments.robust_regression import LineRun, fitted_line
from dlcore.losses import Huber, LogCosh, Loss, MeanAbsoluteError, MeanSquaredError

LOSSES = [MeanSquaredError(), MeanAbsoluteError(), Huber(), LogCosh()]
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name())


def data(count: int = 40) -> tuple[np.ndarray, np.ndarray]:
    x, y = NoisyLine(count=count, seed=3).load()
    return x[:, 0], y


def change(clean: LineRun, other: LineRun) -> float:
    return float(np.abs(other.at(5.0) - clean.at(5.0))[-1])


def test_the_squared_error_gives_the_least_squares_line() -> None:
    x, y = data()
    run = fitted_line(x, y, MeanSquaredError(), 300)
    assert [run.slope[-1], run.intercept[-1]] == pytest.approx(np.polyfit(x, y, 1), abs=1e-3)


def test_the_absolute_error_leaves_as_many_points_above_as_below() -> None:
    x, y = data(41)
    run = fitted_line(x, y, MeanAbsoluteError(), 500)
    above = y - (run.slope[-1] * x + run.intercept[-1])
    assert abs(np.sum(above > 1e-2) - np.sum(above < -1e-2)) <= 3


@every_loss
def test_no_line_nearby_has_a_lower_loss(loss: Loss) -> None:
    x, y = data()
    run = fitted_line(x, y, loss, 500)
    best = loss(y, run.slope[-1] * x + run.intercept[-1])
    assert best == pytest.approx(run.loss[-1])
    for slope, intercept in [(0.02, 0), (-0.02, 0), (0, 0.1), (0, -0.1)]:
        assert best < loss(y, (run.slope[-1] + slope) * x + run.intercept[-1] + intercept)


@every_loss
def test_the_unit_of_the_input_makes_no_difference(loss: Loss) -> None:
    x, y = data()
    one, other = fitted_line(x, y, loss, 50), fitted_line(1000 * x + 7, y, loss, 50)
    assert one.loss == pytest.approx(other.loss)
    assert one.at(2.0) == pytest.approx(other.at(2007.0))


def test_a_huber_of_a_wide_border_is_half_the_squared_error() -> None:
    x, y = data()
    wide, squared = fitted_line(x, y, Huber(1000.0), 300), fitted_line(x, y, MeanSquaredError(), 300)
    assert wide.slope[-1] == pytest.approx(squared.slope[-1], abs=1e-4)
    assert wide.loss[-1] == pytest.approx(squared.loss[-1] / 2, rel=1e-4)


def test_an_outlier_moves_the_squared_error_most() -> None:
    x, y = data()
    far = np.append(x, 5.0), np.append(y, 500.0)
    moved = {loss.name(): change(fitted_line(x, y, loss, 300), fitted_line(*far, loss, 300)) for loss in LOSSES}
    assert moved["mean_squared_error"] > 10 * max(part for name, part in moved.items() if name != "mean_squared_error")


def test_a_single_point_is_met_and_nothing_is_refused() -> None:
    run = fitted_line(np.array([3.0]), np.array([7.0]), MeanSquaredError(), 5)
    assert run.at(3.0) == pytest.approx(np.full(6, 7.0)) and run.loss == pytest.approx(np.zeros(6))
    with pytest.raises(ValueError, match="0 points"):
        fitted_line(np.array([]), np.array([]), MeanSquaredError(), 5)
    with pytest.raises(ValueError, match="0 steps"):
        fitted_line(np.array([1.0]), np.array([1.0]), MeanSquaredError(), 0)
