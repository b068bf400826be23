"""How fast a heavy ball gets down a bowl: the formula against the ball itself."""

import math
from itertools import pairwise

import numpy as np
import pytest

from dlcore.experiments.momentum_limits import best, factor, limit, steps_per_digit
from dlcore.optimizers import SGD, Stepper

BETAS = [0.0, 0.3, 0.9, 0.98]


def distances(rate: float, beta: float, curvatures: tuple[float, ...], steps: int) -> np.ndarray:
    """How far a heavy ball is from the bottom of a bowl at every step, after a start at 1 along every direction."""
    ball, w = Stepper(SGD(rate, momentum=beta)), np.ones(len(curvatures))
    found = [float(np.linalg.norm(w))]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            w = ball.step(w, np.array(curvatures) * w)
            found.append(float(np.linalg.norm(w)))
    return np.array(found)


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("curvature", [0.5, 25.0])
def test_the_limit_is_where_the_simulated_ball_begins_to_be_lost(beta: float, curvature: float) -> None:
    """Found by halving the interval in which a ball changes from coming to rest to being lost."""
    low, high = 0.01 / curvature, 10 / curvature
    for _ in range(40):
        middle = (low + high) / 2
        is_lost = not distances(middle, beta, (curvature,), 3000)[-1] < 1
        low, high = (low, middle) if is_lost else (middle, high)
    assert limit(beta, curvature) == pytest.approx(high, rel=0.01)
    assert factor(0.999 * limit(beta, curvature), beta, [curvature]) < 1
    assert factor(1.001 * limit(beta, curvature), beta, [curvature]) > 1


def test_without_momentum_the_limit_is_that_of_plain_descent() -> None:
    assert limit(0.0, 25.0) == 2 / 25
    assert factor(0.03, 0.0, (1.0, 25.0)) == pytest.approx(max(abs(1 - 0.03 * 1), abs(1 - 0.03 * 25)))


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("rate", [0.01, 0.05, 0.07])
def test_in_the_long_run_the_distance_shrinks_by_the_factor(rate: float, beta: float) -> None:
    curvatures, steps = (1.0, 25.0), 4000
    found = distances(rate, beta, curvatures, steps)
    # of an oscillation the height of its waves; what is too small to be told from 0 is left out
    tops = [k for k in range(1, steps) if found[k] >= max(found[k - 1 : k + 2]) and found[k] > 1e-250]
    first, last = (tops[len(tops) // 2], tops[-1]) if len(tops) > 9 else (steps // 20, steps // 10)
    expected = float(factor(rate, beta, curvatures)) ** (last - first)
    assert math.log(found[last] / found[first]) == pytest.approx(math.log(expected), rel=0.05)


def test_nowhere_in_the_plane_is_faster_than_the_best_place() -> None:
    curvatures = (1.0, 25.0)
    rate, beta = best(*curvatures)
    assert (rate, beta) == pytest.approx((1 / 9, 4 / 9))
    lowest = float(factor(rate, beta, curvatures))
    assert lowest == pytest.approx(math.sqrt(beta))
    rates, betas = np.linspace(0, 0.2, 401)[:, None], np.linspace(0, 0.999, 400)
    assert factor(rates, betas, curvatures).min() >= lowest - 1e-9


def test_a_round_bowl_needs_no_momentum() -> None:
    assert best(4.0, 4.0) == (0.25, 0.0) and factor(0.25, 0.0, (4.0,)) == 0


def test_steps_for_a_digit_count_tenths() -> None:
    assert steps_per_digit(np.array([0.1, 0.1**0.5, 0.0])) == pytest.approx([1, 2, 0])
    assert np.isinf(steps_per_digit(np.array([1.0, 1.5]))).all()
    assert all(one < other for one, other in pairwise(steps_per_digit(np.array([0.5, 0.9, 0.99]))))
