"""Diagnosis: whether a descent converged, is slow, oscillates or diverged, judged from its path."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dlcore.experiments.descent import Path, is_at_minimum, level, newton_step
from dlcore.surfaces import Surface
from dlcore.valleys import bottom_near, valleys

Verdict = Literal["converged", "slow", "oscillating", "diverged", "bottomless", "undefined", "stuck"]

Where = Literal["minimum", "nearest_minimum", "last_place", "start"]

BESIDE = 0.01
"""A ball within this share of the map of a minimum is practically there."""

FLOOR = 1e-6
"""A ball is practically down when this share of its first height above the lowest ground is left."""


@dataclass(frozen=True)
class Diagnosis:
    """A verdict on a path, and the measurements it rests on."""

    verdict: Verdict
    """converged: at a minimum, and stayed. slow: on its way, going down. oscillating: jumping to and fro without
    arriving. diverged: higher than ever before, or lost. bottomless: lost while going down. undefined: where the
    surface is not defined. stuck: no slope, or almost none and shrinking, yet no minimum: on a plain or a saddle.
    """

    step: int | None
    """The step at which it arrived or got stuck; from which on it was higher than at the start (diverged); that lost it
    (bottomless, as ``Path.diverged``); or at which the surface is not defined (0: at the start). Else None.
    """

    swings: float
    """The share of steps that turned back against the step before."""

    curvature: float
    """The largest curvature (eigenvalue of the Hessian, lambda) where the ball is judged, ``judged_at``."""

    limit: float
    """2 / lambda, the learning rate beyond which plain gradient descent cannot come to rest there; infinite if the
    ground does not curve up.
    """

    left: int | None
    """An estimate of the steps still needed at the pace of the last steps; None if there is no steady pace."""

    beside: bool = False
    """Whether a minimum lies within 1 % of the map of a ball that has not arrived, as when it jumps across a kink."""

    leaving: bool = False
    """Whether it has not arrived and ended off the map, further out than it began."""

    judged_at: Where = "last_place"
    """Where the curvature is taken: at the minimum that it arrived at; else at the nearest known one; else where it
    ended, or began, if it was lost."""


@np.errstate(all="ignore")
def diagnose(surface: Surface, path: Path) -> Diagnosis:
    """The diagnosis of a path."""
    there, still = is_at_minimum(surface, path.w.T), level(surface, path.w.T)
    moves = np.diff(path.w, axis=0)
    turns = (moves[1:] * moves[:-1]).sum(axis=1) < 0
    swings = float(turns.mean()) if len(turns) else 0.0
    judged_at, place = _judged_at(surface, path, bool(there[-1]))
    curvature = float(surface.curvatures(*place)[-1])
    limit = 2 / curvature if curvature > 0 else math.inf
    verdict, step = _verdict(path, there, still, turns)
    left = _steps_left(surface, path) if verdict in ("slow", "oscillating") else None
    under_way = verdict in ("slow", "oscillating", "stuck")
    beside = under_way and _beside_minimum(surface, path.w[-1], path.gradient[-1])
    leaving = (under_way or verdict == "diverged") and _leaving(surface, path)
    return Diagnosis(verdict, step, swings, curvature, limit, left, beside, leaving, judged_at)


def _verdict(path: Path, there: np.ndarray, still: np.ndarray, turns: np.ndarray) -> tuple[Verdict, int | None]:
    # a swing between two equally high places is not a climb, whatever rounding says
    higher = path.height > path.height[0] + 1e-9 * (1 + abs(path.height[0]))
    if path.undefined_at is not None:
        return "undefined", path.undefined_at
    if path.diverged is not None:
        falling = path.steps > 0 and path.height[-1] < path.height[0]
        return (
            ("bottomless", path.diverged) if falling else ("diverged", _since(higher) if higher[-1] else path.diverged)
        )
    if there[-1]:
        return "converged", _since(there)
    if path.steps == 0:
        return ("stuck" if not path.gradient.any() else "slow"), None
    # a ball thrown to and fro is high now and low then; one that runs away is higher than ever
    if higher[-1] and path.height[-1] >= path.height.max():
        return "diverged", _since(higher)
    # a step that does not change the weights in float64 has ended the run, wherever the ball is
    if np.array_equal(path.w[-1], path.w[-2]) or not path.gradient[-1].any():
        return "stuck", _since((path.w == path.w[-1]).all(axis=1))
    # on its way past a saddle the slope grows again
    slope = np.sum(path.gradient[-2:] ** 2, axis=1)
    if still[-1] and slope[1] < slope[0]:
        return "stuck", _since(still)
    late, then = turns[-10:], path.height[-11:][0]
    to_and_fro = len(late) > 0 and (late.mean() > 0.5 or path.height[-1] > then + 1e-9 * (1 + abs(then)))
    return ("oscillating" if to_and_fro else "slow"), None


def _since(holds: np.ndarray) -> int:
    """The first step from which on ``holds`` is true to the end; its last entry must be."""
    return len(holds) - int(np.argmin(holds[::-1])) if not holds.all() else 0


def _judged_at(surface: Surface, path: Path, there: bool) -> tuple[Where, tuple[float, ...]]:
    lost = path.diverged is not None
    end = path.w[0 if lost else -1]
    if there and not lost:
        return "minimum", tuple(end)
    if not surface.minima:
        return ("start" if lost else "last_place"), tuple(end)
    return "nearest_minimum", min(surface.minima, key=lambda place: float(np.sum((np.array(place) - end) ** 2)))


def _steps_left(surface: Surface, path: Path) -> int | None:
    """The steps until arrival if the length of Newton's step keeps shrinking as over the last five steps."""
    if path.steps < 6:
        return None
    sides = _sides(surface)
    then, now = (math.sqrt(float(np.sum((newton_step(surface, path.w[k]) / sides) ** 2))) for k in (-6, -1))
    # what rounding alone takes off is no pace
    if not (math.isfinite(then) and 0.01 < now < then * (1 - 1e-9)):
        return None
    return math.ceil(math.log(now / 0.01) / (math.log(then / now) / 5))


def _sides(surface: Surface) -> np.ndarray:
    return np.array([high - low for low, high in surface.extent])


def _on_map(surface: Surface, w: np.ndarray) -> np.ndarray:
    low, high = np.array(surface.extent).T
    return ((w >= low) & (w <= high)).all(axis=-1)


def _leaving(surface: Surface, path: Path) -> bool:
    low, high = np.array(surface.extent).T
    out = np.max(np.maximum(low - path.w, path.w - high) / (high - low), axis=1)
    return bool(out[-1] > max(out[0], 0))


def _beside_minimum(surface: Surface, w: np.ndarray, gradient: np.ndarray) -> bool:
    """Whether the lowest place within 1 % of the map is inside that square, or, without a slope, none is lower."""
    reach = BESIDE * _sides(surface)
    found = bottom_near(surface, w[:, None], reach, count=21)
    inside = np.all(np.abs(found.place[:, 0] - w) < 0.99 * reach)
    level_there = not gradient.any() and found.height[0] >= surface(*w) - 1e-12 * (1 + abs(float(surface(*w))))
    return bool(found.settled[0] and (inside or level_there))


End = Literal["deepest", "other", "nowhere", "lost"]


def ends_of(surface: Surface, path: Path) -> tuple[End, ...]:
    """Where a ball ended: at the deepest minimum of the map, at another one, at none, or lost (running away or gone).

    Several answers where the question is open. A ball beside a minimum that it does not come to rest at is at none and
    practically there; one that is leaving the map is at none and about to be lost; and if the ground is lower still
    where no minimum was found, a deeper one may or may not lie beyond. Without a list of minima they are looked for.
    """
    found = diagnose(surface, path)
    if found.verdict in ("diverged", "bottomless", "undefined"):
        # thrown up, but still on the map when the steps were used up
        staying = found.verdict == "diverged" and path.diverged is None and not found.leaving
        return ("nowhere", "lost") if staying and _on_map(surface, path.w[-1:])[0] else ("lost",)
    if found.verdict == "converged":
        return _depth(surface, path.w[-1], 1e-4)
    if found.beside:
        depth = _depth(surface, path.w[-1], BESIDE)
    else:
        depth = ("deepest",) if _at_the_floor(surface, path) else ()
    return (*depth, "nowhere", *(("lost",) if found.leaving else ()))


def _at_the_floor(surface: Surface, path: Path) -> bool:
    """Whether a ball on the map is practically as low as the ground gets there, where no minima are listed.

    On the level floor of a valley that curves, it creeps on for ever and arrives nowhere.
    """
    if surface.minima or not _on_map(surface, path.w[-1]):
        return False
    start, end, lowest = float(path.height[0]), float(path.height[-1]), valleys(surface).lowest
    return math.isfinite(lowest) and end - lowest <= FLOOR * (start - lowest)


def _depth(surface: Surface, w: np.ndarray, reach: float) -> tuple[End, ...]:
    """Whether the minimum beside ``w`` is the deepest on the map, another one, or either.

    reach: how far from ``w``, or from where Newton's steps lead from there, the bottom may be, as a share of the map.
    """
    sides = _sides(surface)
    if surface.minima:
        # what matters is the valley, not how close the ball came to its bottom: so the end is set against the minima
        deepest = min(float(surface(*place)) for place in surface.minima)
        at = [place for place in surface.minima if np.all(np.abs((np.array(place) - w) / sides) < 0.02)]
        return (
            ("deepest",) if any(surface(*place) <= deepest + 1e-9 * (1 + abs(deepest)) for place in at) else ("other",)
        )
    found = valleys(surface)
    height = _bottom(surface, w, reach * sides) - found.alike - 1e-9 * (1 + abs(float(surface(*w))))
    if found.heights.size and found.heights[0] < height:
        return ("other",)
    return ("deepest", "other") if found.lowest < height else ("deepest",)


@np.errstate(all="ignore")
def _bottom(surface: Surface, w: np.ndarray, reach: np.ndarray) -> float:
    """The height of the bottom of the valley that a ball at ``w`` is practically at the bottom of."""
    for _ in range(20):
        ahead = w + newton_step(surface, w)
        if not surface(*ahead) < surface(*w):
            break
        w = ahead
    return float(bottom_near(surface, w[:, None], reach).height[0])
