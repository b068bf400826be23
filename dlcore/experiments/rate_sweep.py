"""Learning rate sweep: balls from one start, each with its own learning rate, all computed at once."""

from dataclasses import dataclass

import numpy as np

from dlcore.optimizers import Optimizer
from dlcore.surfaces import Surface


@dataclass(frozen=True, eq=False)
class Sweep:
    """The heights of a ball, or the losses of a network, with each of many learning rates."""

    rates: np.ndarray
    """Rising, shape (rates,)."""

    height: np.ndarray
    """After every step, shape (steps + 1, rates); NaN once the ball is lost."""

    lost: np.ndarray
    """The step that lost the ball (``Surface.far``), -1 if none did, shape (rates,)."""

    def best(self, step: int = -1) -> int:
        """The index of the rate that is lowest after that many steps; the first one at a tie or if all are lost."""
        return self._lowest(self.height[step], np.isfinite(self.height[step]))

    def best_of_the_calm(self) -> int:
        """The index of the rate that is lowest after the last step among those that never rose above the start.

        A ball that is thrown high up may land well by luck; no one would choose its rate. If all rose, the first.
        """
        with np.errstate(invalid="ignore"):
            # a margin for rounding that is upwards for heights below 0, too
            calm = (self.height <= self.height[0] + 1e-9 * np.abs(self.height[0])).all(axis=0)
        return self._lowest(self.height[-1], calm)

    def _lowest(self, height: np.ndarray, counted: np.ndarray) -> int:
        return int(np.argmin(np.where(counted, height, np.inf)))


def rates_around(low: float, high: float, count: int) -> np.ndarray:
    """Learning rates from ``low`` to ``high``, each the same factor above the one before, shape (count,)."""
    return np.geomspace(low, high, count)


def sweep(surface: Surface, start: tuple[float, ...], rule: Optimizer, rates: np.ndarray, steps: int) -> Sweep:
    """The heights of balls that start at ``start`` and follow one rule, each with its own learning rate.

    The rule's own rate is not used. Every ball does exactly what it would do alone (see ``descent.descend``).
    """
    w = np.repeat(np.array(start, dtype=float)[:, None], len(rates), axis=1)
    memory = rule.start(w)
    heights = np.empty((steps + 1, len(rates)))
    lost = np.full(len(rates), -1)
    with np.errstate(all="ignore"):
        for k in range(steps + 1):
            lost = np.where((lost < 0) & surface.far(w), k, lost)
            heights[k] = np.where(lost < 0, surface(*w), np.nan)
            if k < steps:
                w = rule.update(w, surface.gradient(*w), memory, k + 1, rates=rates)
    return Sweep(rates, heights, lost)


# ---- the useful rates ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Useful:
    """The range of learning rates that do nearly as well as the best, after some number of steps.

    If every ball is lost, ``left`` is infinite and ``best``, ``low`` and ``high`` are the smallest rate.
    """

    best: float
    """The rate whose ball is lowest."""

    low: float
    high: float
    """The ends of the unbroken range around it whose balls came down at least ``share`` as far as the best."""

    lost_from: float | None
    """The smallest rate above the best that is lost or higher than at the start, with all larger ones; or None."""

    left: float
    """The height of the best ball."""


def useful(found: Sweep, step: int, share: float = 0.9) -> Useful:
    """The range of rates that are useful after ``step`` steps; see ``Useful``."""
    first = found.height[0]
    height = np.where(np.isnan(found.height[step]), np.inf, found.height[step])
    k = found.best(step)
    with np.errstate(invalid="ignore"):
        enough = (first - height >= share * (first[k] - height[k])) & (height < np.inf)
    enough[k] = True
    low = k - int(np.argmin(np.append(enough[k::-1], False))) + 1
    high = k + int(np.argmin(np.append(enough[k:], False))) - 1
    # a rate that moves next to nothing is not lost, whatever rounding says
    fine = np.flatnonzero(height <= first + 1e-9 * (1 + np.abs(first)))
    after = int(fine[-1]) + 1 if len(fine) else 0
    lost_from = float(found.rates[after]) if after < len(found.rates) else None
    return Useful(float(found.rates[k]), float(found.rates[low]), float(found.rates[high]), lost_from, float(height[k]))
