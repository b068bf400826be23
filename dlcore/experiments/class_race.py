"""Class race: many balls from one start, each with a learning rate and a momentum of its own, as one array.

    race = class_race(Bowl(), (-3.0, 2.0), [0.1, 0.4], [0.0, 0.5], steps=60)
    race.w                                    shape (steps + 1, weights, entries)

Who has lost 99 % of its error for good, and when, is said by ``arrivals``; who came in before whom by ``places``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlcore.optimizers import SGD
from dlcore.surfaces import Surface

LEFT = 0.01
"""A run has arrived when so much of its error at the start is left, and stays so."""


@dataclass(frozen=True, eq=False)
class ClassRace:
    """The runs of many entries from one start, side by side; entry k of every array is the same one's."""

    rates: np.ndarray
    """The learning rates, shape (entries,)."""

    momenta: np.ndarray
    """Shape (entries,)."""

    w: np.ndarray
    """The weights after every step, shape (steps + 1, weights, entries); NaN once the ball is lost."""

    height: np.ndarray
    """Shape (steps + 1, entries); NaN once the ball is lost."""

    lost: np.ndarray
    """The step that lost the ball (``Surface.far``), -1 if none did, shape (entries,)."""

    @property
    def steps(self) -> int:
        """The number of steps that were recorded."""
        return len(self.w) - 1


def class_race(
    surface: Surface,
    start: tuple[float, ...],
    rates: Sequence[float] | np.ndarray,
    momenta: Sequence[float] | np.ndarray,
    steps: int,
    nesterov: bool = False,
) -> ClassRace:
    """The runs of entries from ``start``, one for each pair of ``rates`` and ``momenta``, over ``steps`` steps.

    Every ball does exactly what ``descent.descend`` does with ``SGD(rate, momentum, nesterov)``. There may be no entry
    at all. Raises ValueError for rates and momenta that are not equally many, numbers that such a rule does not take,
    fewer than 0 steps, and a start that has the wrong number of weights or lies more than 100 map widths away.
    """
    first, eta, beta = (np.array(part, dtype=float) for part in (start, rates, momenta))
    _check(surface, first, eta, beta, steps)
    w = np.repeat(first[:, None], len(eta), axis=1)
    v = np.zeros_like(w)
    places, heights = np.empty((steps + 1, *w.shape)), np.empty((steps + 1, len(eta)))
    lost = np.full(len(eta), -1)
    with np.errstate(all="ignore"):
        for k in range(steps + 1):
            lost = np.where((lost < 0) & surface.far(w), k, lost)
            places[k] = np.where(lost < 0, w, np.nan)
            # adding zeros gives a flat surface's height the shape of the entries
            heights[k] = np.where(lost < 0, surface(*w) + np.zeros(len(eta)), np.nan)
            if k < steps:
                # SGD.update_step, whose momentum is one number for all; the tests hold both against each other
                g = surface.gradient(*w)
                v = beta * v - eta * g
                w = w - eta * g + beta * v if nesterov else w + v
    return ClassRace(eta, beta, places, heights, lost)


def _check(surface: Surface, start: np.ndarray, rates: np.ndarray, momenta: np.ndarray, steps: int) -> None:
    """ValueError with what is wrong about the conditions of a race."""
    if start.shape != (len(surface.weights),):
        raise ValueError(f"{type(surface).__name__} has the weights {surface.weights}; the start is {start.tolist()}")
    if surface.far(start):
        raise ValueError(f"the start {start.tolist()} is more than 100 map widths away, or not a number")
    if steps < 0:
        raise ValueError(f"a ball takes 0 steps or more; it is {steps}")
    if rates.ndim != 1 or rates.shape != momenta.shape:
        raise ValueError(f"each entry has a rate and a momentum; they have the shapes {rates.shape}, {momenta.shape}")
    for name, values in (("learning_rate", rates), ("momentum", momenta)):
        declared = SGD.settings()[name]
        low, high = (0.0 if name == "learning_rate" else declared.low), declared.high
        for value in values[~((values >= low) & (values <= high))][:1]:
            raise ValueError(f"the {name} is from {low:g} to {high:g}; it is {value:g}")


def arrivals(error: np.ndarray, at_start: float) -> np.ndarray:
    """The step from which on each run has lost 99 % of its error, -1 where it has not at the end, shape (entries,).

    error: how high each step of each run is above the floor, shape (steps + 1, entries), infinite once it is lost.
    at_start: what 99 % are taken of.
    """
    below = error <= LEFT * at_start
    # the first step of the unbroken stretch that reaches to the end
    stays = np.logical_and.accumulate(below[::-1], axis=0).sum(axis=0)
    return np.where(stays > 0, len(below) - stays, -1)


def places(arrival: np.ndarray, left: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """The place of each entry, 1 for the first, shape (entries,); who is equally good has the same place.

    Before all others who has arrived, sooner before later; then who is still on the way, by the error that is ``left``;
    last, all in one place, who is lost. After two in place 1 comes place 3.
    """
    group = np.where(lost >= 0, 2, np.where(arrival >= 0, 0, 1))
    within = np.select([group == 0, group == 1], [arrival.astype(float), left], 0.0)
    order = np.lexsort((within, group))
    keys = np.stack([group, within], axis=1)[order]
    is_worse = np.append(True, (keys[1:] != keys[:-1]).any(axis=1))[: len(keys)]
    place = np.empty(len(arrival), dtype=np.int64)
    place[order] = np.maximum.accumulate(np.where(is_worse, np.arange(1, len(keys) + 1), 0))
    return place
