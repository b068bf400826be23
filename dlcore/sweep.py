"""Sweeps: one start, many learning rates, all at once; how much a rule's success depends on its rate."""

from dataclasses import dataclass

import numpy as np

from dlcore.optimizers import Optimizer
from dlcore.surfaces import Surface


@dataclass(frozen=True, eq=False)
class Sweep:
    """What became of one ball for each of many learning rates.

    rates: shape (rates,), rising. height: after every step, shape (steps + 1, rates), NaN once the ball is lost.
    lost: the step that lost it (``Surface.far``), by rate; -1 if none did.
    """

    rates: np.ndarray
    height: np.ndarray
    lost: np.ndarray

    def best(self, step: int = -1) -> int:
        """Which rate is lowest after that many steps; the smallest one if several are, or if every ball is lost."""
        return self._lowest(self.height[step], np.isfinite(self.height[step]))

    def best_of_the_calm(self) -> int:
        """Which rate is lowest after the last step among those whose ball was never higher than at its start.

        A ball that is thrown high up may land well by luck; no one would choose its rate. If none is calm, the
        smallest rate.
        """
        with np.errstate(invalid="ignore"):
            # a margin for rounding that is upwards for heights below 0, too
            calm = (self.height <= self.height[0] + 1e-9 * np.abs(self.height[0])).all(axis=0)
        return self._lowest(self.height[-1], calm)

    def _lowest(self, height: np.ndarray, counted: np.ndarray) -> int:
        return int(np.argmin(np.where(counted, height, np.inf)))


def rates_around(low: float, high: float, count: int) -> np.ndarray:
    """``count`` rates from ``low`` to ``high``, each the same factor above the one before."""
    return np.geomspace(low, high, count)


def sweep(surface: Surface, start: tuple[float, ...], rule: Optimizer, rates: np.ndarray, steps: int) -> Sweep:
    """The heights of balls that set out from ``start`` by one rule, each with a learning rate of its own.

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


# ---- what a sweep tells ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Useful:
    """Which learning rates do nearly as well as the best, after some number of steps.

    best: the rate that is lowest. low, high: the ends of the unbroken stretch of rates around it whose balls have come
    down at least ``share`` of what the best one has. lost_from: the smallest rate above the best that is lost or higher
    than at the start, with all larger ones, or None. left: the height of the best; infinite if every ball is lost: then
    no rate is useful, and the three are the smallest one.
    """

    best: float
    low: float
    high: float
    lost_from: float | None
    left: float


def useful(found: Sweep, step: int, share: float = 0.9) -> Useful:
    """Which rates of a sweep are useful after ``step`` steps."""
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
