"""Descent: the path of one ball down a surface, and the minimum that each of ten thousand balls reaches."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import numpy as np

from dlcore.optimizers import Optimizer
from dlcore.renamed import old_names
from dlcore.surfaces import Surface

__getattr__ = old_names(__name__, {"arrived": "is_at_minimum"})


def walk(surface: Surface, w: np.ndarray, rule: Optimizer) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The weights and their gradient at step 0, 1, 2, ... without end; both of the shape of ``w``, (weights, ...)."""
    memory = rule.start(w)
    for t in count(1):
        g = surface.gradient(*w)
        yield w, g
        w = rule.update(w, g, memory, t)


@dataclass(frozen=True, eq=False)
class Path:
    """The path of one ball: row k is the state after k steps."""

    w: np.ndarray
    """The weights, shape (steps + 1, weights)."""

    height: np.ndarray
    """Shape (steps + 1,)."""

    gradient: np.ndarray
    """Of the shape of ``w``."""

    diverged: int | None = None
    """The step at which the ball was lost (``Surface.far``), or None. The rows end one step before that."""

    @property
    def steps(self) -> int:
        """The number of steps that were recorded."""
        return len(self.w) - 1

    @property
    def undefined_at(self) -> int | None:
        """The step at which the ball stands where the height or its slope is not defined, or None; it ends the path.

        A height that has become too large for a number is none of those, except at the start: it came by growing.
        """
        height, slope = self.height[-1], np.isfinite(self.gradient[-1]).all()
        if np.isnan(height) or (np.isfinite(height) and not slope) or (self.steps == 0 and not np.isfinite(height)):
            return self.steps
        return None


def descend(surface: Surface, start: tuple[float, ...], rule: Optimizer, steps: int) -> Path:
    """The path of one ball from ``start`` (one number a weight) over ``steps`` steps (0 or more).

    A diverging run is a result: the path ends where the ball was last seen, and ``diverged`` is the step that lost it.
    Raises ValueError for fewer than 0 steps, and for a start that has the wrong number of weights, lies more than 100
    map widths away or is not a number.
    """
    first = np.array(start, dtype=float)
    if first.shape != (len(surface.weights),):
        raise ValueError(f"{type(surface).__name__} has the weights {surface.weights}; the start is {start}")
    if steps < 0:
        raise ValueError(f"a ball takes 0 steps or more; it is {steps}")
    if surface.far(first):
        raise ValueError(f"the start {start} is more than 100 map widths away, or not a number")
    places, slopes, diverged = [], [], None
    with np.errstate(all="ignore"):
        for k, (w, g) in enumerate(islice(walk(surface, first, rule), steps + 1)):
            if surface.far(w):
                diverged = k
                break
            places.append(w)
            slopes.append(g)
        path = np.array(places)
        # adding zeros gives a flat surface's height the shape of the path
        return Path(path, surface(*path.T) + np.zeros(len(path)), np.array(slopes), diverged)


@dataclass(frozen=True, eq=False)
class Basins:
    """Where many balls ended: the basins of attraction."""

    label: np.ndarray
    """The index of the minimum that each start leads to, ``UNDECIDED`` or ``DIVERGED``; shape of the starts, (...)."""

    minima: np.ndarray
    """The places of the minima, most visited first, shape (found, weights)."""

    share: np.ndarray
    """The share of all starts by minimum, shape (found,)."""

    diverged: float
    """The share of all starts that diverged."""

    undecided: float
    """The share of all starts that led to no minimum in the steps given."""


UNDECIDED = -1
DIVERGED = -2


def basins(surface: Surface, starts: np.ndarray, rule: Optimizer, steps: int, most: int = 200) -> Basins:
    """The minimum that each of many balls reaches in ``steps`` steps from ``starts``, shape (weights, ...).

    A ball has arrived when Newton's step to the bottom would be shorter than 1 % of the map and the ground curves up
    (see ``is_at_minimum``); balls within 5 % of each other then count as one minimum. After ``most`` minima the rest
    counts as undecided.
    """
    lost = np.zeros(starts.shape[1:], dtype=bool)
    with np.errstate(all="ignore"):
        for w, _ in islice(walk(surface, starts.astype(float), rule), steps + 1):
            lost |= surface.far(w)
        there = is_at_minimum(surface, w) & ~lost
    label = np.where(lost, DIVERGED, UNDECIDED)
    minima: list[np.ndarray] = []
    left = there.copy()
    while left.any() and len(minima) < most:
        first = w[:, left][:, 0]
        near = left & (_map_distance(surface, w, first) < 0.05)
        label[near] = len(minima)
        minima.append(w[:, near].mean(axis=1))
        left &= ~near
    visits = np.bincount(label[label >= 0], minlength=len(minima))
    order = np.argsort(-visits, kind="stable")
    rank = np.empty(len(minima), dtype=np.int64)
    rank[order] = np.arange(len(minima))
    label[label >= 0] = rank[label[label >= 0]]
    found = np.array(minima).reshape(len(minima), len(surface.weights))[order]
    return Basins(label, found, visits[order] / label.size, float(np.mean(lost)), float(np.mean(label == UNDECIDED)))


def is_at_minimum(surface: Surface, w: np.ndarray) -> np.ndarray:
    """Whether each ball at ``w``, shape (weights, ...), is practically at a minimum.

    That is: the ground curves up in every direction, and Newton's step -H^-1 g, which leads to the bottom of the
    valley as its curvature shows it, is shorter than 1 % of the map. The size of the gradient alone would not do: on a
    plateau it is small everywhere. A valley may be level along its floor, all of which is then a minimum: a curvature
    that is small against the one across it counts as none, as it comes out negative on one side of a bent floor.
    A surface that lists no minima may have a terrace such as that of x^3, above which all this holds; the ground that
    falls on behind it tells.
    """
    curvatures = surface.curvatures(*w)
    there = level(surface, w) & (curvatures[-1] > 0) & (curvatures[0] > -FLAT * curvatures[-1])
    return there if surface.minima else there & ~_falls_on(surface, w)


def _falls_on(surface: Surface, w: np.ndarray) -> np.ndarray:
    """Whether the ground ten of Newton's steps away is lower than any bottom of a valley here could be.

    The bottom lies below a ball by what the first step promises, -g s / 2, or by up to twice that where the valley is
    flatter than a parabola, as that of x^4.
    """
    with np.errstate(all="ignore"):
        step, here = newton_step(surface, w), surface(*w)
        promised = -np.sum(surface.gradient(*w) * step, axis=0) / 2
        return here - surface(*(w + 10 * step)) > 4 * promised + NOISE * (1 + np.abs(here))


NOISE = 1e-13
"""Up to what share of a height a difference may be rounding alone."""


def level(surface: Surface, w: np.ndarray) -> np.ndarray:
    """Whether each ball at ``w``, shape (weights, ...), is practically where the slope is 0: at a minimum, a saddle or
    a maximum, which Newton's step reaches within 1 % of the map.
    """
    return _map_distance(surface, newton_step(surface, w), np.zeros_like(w)) < 0.01


FLAT = 1e-3
"""Up to what share of the largest curvature a negative one is that of a level floor, not of a saddle."""

SINGULAR = 1e-9
"""Up to what share of the largest curvature the other is 0, whatever rounding says."""


def newton_step(surface: Surface, w: np.ndarray) -> np.ndarray:
    """Newton's step -H^-1 g at ``w``, shape (weights, ...); NaN where the curvature has no inverse.

    On the level floor of a valley, where the ground neither curves nor slopes along it, it is the step across.
    """
    g, h = surface.gradient(*w), surface.hessian(*w)
    with np.errstate(all="ignore"):
        if len(w) == 1:
            return -g / np.where(h[0] == 0, np.nan, h[0])
        (p, q), (_, r) = h
        determinant = p * r - q * q
        singular = np.abs(determinant) <= SINGULAR * (p * p + r * r + 2 * q * q)
        step = -np.array([r * g[0] - q * g[1], p * g[1] - q * g[0]]) / np.where(singular, np.nan, determinant)
        # a matrix H of rank 1 has the pseudo-inverse H / trace(H)^2; what is left of g then slopes along the floor
        across = np.array([p * g[0] + q * g[1], q * g[0] + r * g[1]]) / np.where(p + r == 0, np.nan, p + r)
        along = np.sum((g - across) ** 2, axis=0) > 1e-12 * np.sum(g**2, axis=0)
        return np.where(singular, np.where(along, np.nan, -across / (p + r)), step)


def _map_distance(surface: Surface, v: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The distance of two places, shape (weights, ...), as a share of the map's width along each weight."""
    sides = np.array([high - low for low, high in surface.extent])
    # a place that overflows when squared is infinitely far
    with np.errstate(all="ignore"):
        shares = (np.moveaxis(v, 0, -1) - np.moveaxis(w, 0, -1)) / sides
        return np.sqrt((shares**2).sum(axis=-1))
