"""Diagnosis: what happened to a ball, told from what was measured along its path."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dlcore.descent import Path, arrived, level, newton_step
from dlcore.surfaces import Surface

Verdict = Literal["converged", "slow", "oscillating", "diverged", "bottomless", "stuck"]


@dataclass(frozen=True)
class Diagnosis:
    """A verdict and the facts that it rests on.

    verdict: converged (at a minimum, and stayed), slow (on its way, going down), oscillating (jumping across the
    valley without arriving), diverged (higher than it began, or lost), bottomless (lost while going down), stuck (no
    slope, or next to none and ever less, and no minimum either: a plain, a saddle).
    step: the step at which it arrived or got stuck, from which on it was higher than at the start (diverged), or which
    lost it (bottomless); else None. ``Path.diverged`` is the step that lost it.
    swings: the share of steps that turned back against the step before.
    curvature: the largest curvature (eigenvalue of the Hessian, lambda) where the ball is judged.
    limit: 2 / lambda, the learning rate beyond which plain gradient descent cannot come to rest there; infinite if
    the ground does not curve up.
    left: an estimate of the steps still needed at the pace of the last steps; None if there is no steady pace.
    """

    verdict: Verdict
    step: int | None
    swings: float
    curvature: float
    limit: float
    left: int | None


@np.errstate(all="ignore")
def diagnose(surface: Surface, path: Path) -> Diagnosis:
    """What happened along a path; the curvature is taken where it arrived, else at the
    nearest known minimum, else where it ended (or began, if it was lost)."""
    there, still = arrived(surface, path.w.T), level(surface, path.w.T)
    moves = np.diff(path.w, axis=0)
    turns = (moves[1:] * moves[:-1]).sum(axis=1) < 0
    swings = float(turns.mean()) if len(turns) else 0.0
    curvature = float(surface.curvatures(*_judged_at(surface, path, bool(there[-1])))[-1])
    limit = 2 / curvature if curvature > 0 else math.inf
    verdict, step = _verdict(path, there, still, turns)
    left = _steps_left(surface, path) if verdict in ("slow", "oscillating") else None
    return Diagnosis(verdict, step, swings, curvature, limit, left)


def _verdict(path: Path, there: np.ndarray, still: np.ndarray, turns: np.ndarray) -> tuple[Verdict, int | None]:
    # a swing between two equally high places is not a climb, whatever rounding says
    higher = path.height > path.height[0] + 1e-9 * (1 + abs(path.height[0]))
    if path.diverged is not None:
        falling = path.steps > 0 and path.height[-1] < path.height[0]
        return (
            ("bottomless", path.diverged) if falling else ("diverged", _since(higher) if higher[-1] else path.diverged)
        )
    if there[-1]:
        return "converged", _since(there)
    if path.steps == 0:
        return ("stuck" if not path.gradient.any() else "slow"), None
    if higher[-1] and path.height[-1] >= path.height[-2]:
        return "diverged", _since(higher)
    # a step that does not change the weights in float64 has ended the run, wherever the ball is
    if np.array_equal(path.w[-1], path.w[-2]) or not path.gradient[-1].any():
        return "stuck", _since((path.w == path.w[-1]).all(axis=1))
    # on its way past a saddle the slope grows again
    slope = np.sum(path.gradient[-2:] ** 2, axis=1)
    if still[-1] and slope[1] < slope[0]:
        return "stuck", _since(still)
    late = turns[-10:]
    return ("oscillating" if len(late) and late.mean() > 0.5 else "slow"), None


def _since(holds: np.ndarray) -> int:
    """The first step from which on ``holds`` is true to the end; its last entry must be."""
    return len(holds) - int(np.argmin(holds[::-1])) if not holds.all() else 0


def _judged_at(surface: Surface, path: Path, there: bool) -> tuple[float, ...]:
    end = path.w[-1] if path.diverged is None else path.w[0]
    if there or not surface.minima:
        return tuple(end)
    return min(surface.minima, key=lambda place: float(np.sum((np.array(place) - end) ** 2)))


def _steps_left(surface: Surface, path: Path) -> int | None:
    """Steps until arrival, if Newton's distance to the bottom keeps shrinking by the factor of the last five steps."""
    if path.steps < 6:
        return None
    sides = np.array([high - low for low, high in surface.extent])
    then, now = (math.sqrt(float(np.sum((newton_step(surface, path.w[k]) / sides) ** 2))) for k in (-6, -1))
    if not (math.isfinite(then) and 0.01 < now < then):
        return None
    return math.ceil(math.log(now / 0.01) / (math.log(then / now) / 5))


End = Literal["deepest", "other", "nowhere", "lost"]


def end_of(surface: Surface, path: Path) -> End:
    """Where a ball ended: at the deepest known minimum, at another one, at none yet, or lost.

    Several minima may be equally deep; on a surface without known minima every minimum counts as "other".
    """
    if path.diverged is not None:
        return "lost"
    with np.errstate(all="ignore"):
        if not arrived(surface, path.w[-1:].T)[0]:
            return "nowhere"
    # what matters is the valley, not how close the ball came to its bottom: so the end is set against the minima
    sides = np.array([high - low for low, high in surface.extent])
    deepest = min((surface(*place) for place in surface.minima), default=math.inf)
    at = [place for place in surface.minima if np.all(np.abs((np.array(place) - path.w[-1]) / sides) < 0.02)]
    return "deepest" if any(surface(*place) <= deepest + 1e-9 * (1 + abs(deepest)) for place in at) else "other"
