"""Momentum limits: how fast a heavy ball gets down a bowl, by learning rate and momentum, and where it does not.

Along a direction of curvature lambda the distance x from the bottom follows x <- (1 + beta - eta lambda) x - beta x',
where x' is the distance one step before. In the long run each step multiplies it by the larger root r, in size, of
r^2 - (1 + beta - eta lambda) r + beta = 0. A bowl is as slow as its slowest direction.

Source: Polyak, Some methods of speeding up the convergence of iteration methods (1964); Goh, Why Momentum Really Works,
Distill (2017).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

FORMULA = r"0 < \eta < \frac{2 (1 + \beta)}{\lambda}"
"""The learning rates with which a heavy ball comes to rest in a bowl of that curvature, for beta below 1."""


def limit(beta: Any, curvature: float) -> Any:
    """The learning rate from which on a heavy ball does not come to rest in a bowl of that curvature."""
    return 2 * (1 + beta) / curvature


def factor(rate: Any, beta: Any, curvatures: Sequence[float]) -> np.ndarray:
    """What each step multiplies the distance from the bottom by, in the long run; above 1 the ball is lost.

    rate, beta: numbers or arrays that fit each other.
    """
    rate, beta = np.broadcast_arrays(np.asarray(rate, dtype=float), np.asarray(beta, dtype=float))
    slowest = np.zeros(rate.shape)
    for curvature in curvatures:
        middle = (1 + beta - rate * curvature) / 2
        inside = middle**2 - beta
        # two roots that are complex have the product beta, and so each the size of its root
        real = np.abs(middle) + np.sqrt(np.maximum(inside, 0))
        slowest = np.maximum(slowest, np.where(inside < 0, np.sqrt(beta), real))
    return slowest


def best(flattest: float, steepest: float) -> tuple[float, float]:
    """The learning rate and the momentum with which a heavy ball is fastest in a bowl of these curvatures."""
    low, high = math.sqrt(flattest), math.sqrt(steepest)
    return (2 / (high + low)) ** 2, ((high - low) / (high + low)) ** 2


def steps_per_digit(factors: np.ndarray) -> np.ndarray:
    """How many steps it takes until a tenth of the distance is left; infinite where it does not shrink."""
    with np.errstate(divide="ignore"):
        steps = -1 / np.log10(factors)
    return np.where(factors < 1, np.maximum(steps, 0.0), np.inf)
