"""Comparison of optimizers: the best learning rate of each, how often it reaches a minimum, and in how many steps."""

import dataclasses
import math
from dataclasses import dataclass
from itertools import islice

import numpy as np

from dlcore.experiments.descent import is_at_minimum, walk
from dlcore.experiments.rate_sweep import Sweep, rates_around, sweep
from dlcore.optimizers import Optimizer
from dlcore.renamed import old_names
from dlcore.surfaces import Surface

__getattr__ = old_names(__name__, {"tuned": "tune"})

RATES_TRIED = 40
"""The number of learning rates that every optimizer is tried with."""


def tune(surface: Surface, start: tuple[float, ...], rule: Optimizer, steps: int) -> tuple[Optimizer, Sweep]:
    """The rule with the best of 40 learning rates for this start, and the sweep over all of them.

    Every rule is tried with the same rates, from a hundredth of the landscape's own rate or 1e-5 to 30. The best rate
    is the one that is lowest after the last step and was never higher than at the start.
    """
    found = sweep(surface, start, rule, rates_around(min(1e-5, surface.rate / 100), 30.0, RATES_TRIED), steps)
    return dataclasses.replace(rule, learning_rate=float(found.rates[found.best_of_the_calm()])), found


def resolution(surface: Surface) -> float:
    """The largest rise above a known minimum with a rounding error above a tenth; 0 if no minimum is known.

    Heights that lie less than this above the minimum are noise. It differs from landscape to landscape: x^2 + y^2 is
    right down to the smallest numbers there are, but where a height of 0 is left over from terms of about 10, such as
    Rastrigin's, everything below 1e-15 is lost. It is found by halving the distance from each minimum again and
    again: the true rise falls as a power of the distance (2 in a smooth valley); a computed one that does not is noise.
    """
    # no round numbers: what is computed from these is exact more often than from others
    worst, shares = 0.0, 0.7 * 0.5 ** np.arange(13, 500)
    for place in surface.minima:
        bottom = float(surface(*place))
        for axis, (low, high) in enumerate(surface.extent):
            for side in (low - high, high - low):
                there = np.repeat(np.array(place, dtype=float)[:, None], len(shares), axis=1)
                there[axis] += side * shares
                # where a minimum is not at 0, a place near it is rounded, too
                distance = np.abs(there[axis] - place[axis])
                rise, distance = (surface(*there) - bottom)[distance > 0], distance[distance > 0]
                power = round(math.log2(rise[0] / rise[1]))
                true = rise[0] * (distance / distance[0]) ** power
                worst = max(worst, float(np.max(true[np.abs(rise - true) > 0.1 * true], initial=0.0)))
    return worst


@dataclass(frozen=True, eq=False)
class Standing:
    """The results of one rule over many starts."""

    arrival: np.ndarray
    """The step from which on the ball was at a minimum, -1 if it ended at none, shape (starts,)."""

    share: float
    """The share of starts that led to a minimum."""

    low: float
    high: float
    """The ends of the 95 % confidence interval of the share, for starts drawn at random."""

    median: float
    """The median of the steps to a minimum among the starts that led to one; NaN if none did."""


def standing(surface: Surface, rule: Optimizer, starts: np.ndarray, steps: int) -> Standing:
    """The results of a rule from ``starts``, shape (weights, starts), in ``steps`` steps."""
    with np.errstate(all="ignore"):
        # all places at once, shape (weights, steps + 1, starts): asking step by step takes several times as long
        w = np.stack([w for w, _ in islice(walk(surface, starts.astype(float), rule), steps + 1)], axis=1)
        lost = np.logical_or.accumulate(surface.far(w), axis=0)
        there = is_at_minimum(surface, w) & ~lost
    # the first step of the unbroken stretch that reaches to the end
    stays = np.logical_and.accumulate(there[::-1], axis=0).sum(axis=0)
    arrival = np.where(stays > 0, steps + 1 - stays, -1)
    count = int((arrival >= 0).sum())
    low, high = share_interval(count, len(arrival))
    median = float(np.median(arrival[arrival >= 0])) if count else math.nan
    return Standing(arrival, count / len(arrival), low, high, median)


def random_starts(surface: Surface, count: int, seed: int) -> np.ndarray:
    """Starts drawn uniformly over the map, shape (weights, count)."""
    low, high = np.array(surface.extent).T
    return np.random.default_rng(seed).uniform(low, high, (count, len(low))).T


def share_interval(hits: int, tries: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share. Source: E. B. Wilson (1927), Probable inference, section 2."""
    z = 1.959963984540054  # the 97.5 % quantile of the standard normal distribution
    middle = (hits + z * z / 2) / (tries + z * z)
    reach = z / (tries + z * z) * math.sqrt(hits * (tries - hits) / tries + z * z / 4)
    # 0 of n and n of n have their ends exactly, whatever rounding says
    return (0.0 if hits == 0 else middle - reach), (1.0 if hits == tries else middle + reach)
