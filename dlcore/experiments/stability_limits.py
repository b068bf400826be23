"""Stability limits: the learning rates that suit a valley, by the curvature of its bottom.

Near its bottom every valley is a bowl. Gradient descent multiplies the distance from the bottom along a direction of
curvature lambda by 1 - eta lambda at every step. That shrinks as long as eta < 2 / lambda; and the slowest of all
directions is fastest where the flattest and the steepest are equally slow.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dlcore.experiments.descent import descend, is_at_minimum
from dlcore.optimizers import SGD
from dlcore.surfaces import Point, Surface

CAUTIOUS_STEPS = 300


@dataclass(frozen=True)
class Limits:
    """The curvatures of a valley's bottom, and the learning rates that follow from them.

    In the formula λ_1 is the smallest curvature and λ_2 the largest, beyond whose limit nothing comes to rest.

    Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 4.3.1, and for the fastest rate Polyak,
    Introduction to Optimization (1987), section 1.4.2.
    """

    formula: ClassVar[str] = (
        r"|1 - \eta \lambda| < 1 \;\Leftrightarrow\; 0 < \eta < \frac{2}{\lambda}, \qquad"
        r" \eta_{fastest} = \frac{2}{\lambda_1 + \lambda_2}"
    )
    place: Point
    """The bottom."""

    flattest: float
    steepest: float
    """The smallest and the largest eigenvalue of the Hessian there."""

    @property
    def limit(self) -> float:
        """2 / lambda_max, beyond which the steepest direction diverges; infinite where nothing curves up."""
        return 2 / self.steepest if self.steepest > 0 else math.inf

    @property
    def fastest(self) -> float:
        """2 / (lambda_min + lambda_max), the rate that reaches the bottom of a bowl in the fewest steps.

        Infinite where some direction does not curve up.
        """
        return 2 / (self.flattest + self.steepest) if self.flattest > 0 else math.inf


def limits(surface: Surface) -> Limits:
    """The stability limits of the valley that gradient descent with a small rate reaches from the surface's start.

    They are taken where the ball arrives; if it does not, at the nearest known minimum, else where the ball ended.
    """
    path = descend(surface, surface.start, SGD(surface.rate), CAUTIOUS_STEPS)
    place = path.w[-1]
    if surface.minima and not is_at_minimum(surface, path.w[-1:].T)[0]:
        place = np.array(min(surface.minima, key=lambda each: float(np.sum((np.array(each) - path.w[-1]) ** 2))))
    values = surface.curvatures(*place)
    return Limits(tuple(map(float, place)), float(values[0]), float(values[-1]))
