"""Mini-batches: the same descent with the gradient of all rows, of a few, or of a single one.

The cost of a step grows with its rows, so paths are compared by ``seen``, the number of rows used, not by steps.
"""

from dataclasses import dataclass

import numpy as np

from dlcore.optimizers import Optimizer
from dlcore.surfaces import LineFit


@dataclass(frozen=True, eq=False)
class SampledPath:
    """The path of a ball that takes each step by the gradient of one mini-batch: row k is the state after k steps."""

    w: np.ndarray
    """The weights, shape (steps + 1, 2)."""

    height: np.ndarray
    """The error on all rows, shape (steps + 1,)."""

    gradient: np.ndarray
    """The gradient of the mini-batch, of the shape of ``w``; after the last step, that of all rows."""

    seen: np.ndarray
    """The number of rows used so far, shape (steps + 1,)."""

    diverged: int | None = None
    """The step that lost the ball, or None; the arrays end before it."""

    @property
    def steps(self) -> int:
        """The number of steps that were recorded."""
        return len(self.w) - 1


def batches(rows: int, size: int, epochs: int, seed: int) -> list[np.ndarray]:
    """The row numbers of every batch: each epoch shuffles all rows again; its last batch may be smaller."""
    rng = np.random.default_rng(seed)
    orders = (rng.permutation(rows) for _ in range(epochs))
    return [order[start : start + size] for order in orders for start in range(0, rows, size)]


def sampled_gradient(surface: LineFit, w: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The gradient of the mean squared error on the given rows alone, shape (2,)."""
    x, y = (values[rows] for values in surface.points)
    r = w[0] * x + w[1] - y
    return 2 * np.array([np.dot(r, x), r.sum()]) / len(rows)


def sampled_descent(
    surface: LineFit, start: tuple[float, ...], rule: Optimizer, batch_size: int, epochs: int, seed: int = 0
) -> SampledPath:
    """The path of a ball by mini-batches of ``batch_size`` rows; as many as there are, or more, means all."""
    w = np.array(start, dtype=float)
    memory, places, slopes, seen, diverged = rule.start(w), [w], [], [0], None
    with np.errstate(all="ignore"):
        for t, rows in enumerate(batches(len(surface.points[0]), batch_size, epochs, seed), 1):
            g = sampled_gradient(surface, w, rows)
            slopes.append(g)
            w = rule.update(w, g, memory, t)
            if surface.far(w):
                diverged = t
                break
            places.append(w)
            seen.append(seen[-1] + len(rows))
        if diverged is None:
            slopes.append(surface.gradient(*w))
        path = np.array(places)
        return SampledPath(path, surface(*path.T), np.array(slopes), np.array(seen), diverged)


def gradient_noise(
    surface: LineFit, w: tuple[float, ...], sizes: np.ndarray, draws: int = 400, seed: int = 0
) -> np.ndarray:
    """The root mean square distance of a batch's gradient from that of all rows, by batch size, shape (sizes,).

    Measured with ``draws`` batches of each size, drawn without putting rows back. By theory (Cochran, Sampling
    Techniques, 1977, theorem 2.2) it is the distance for single rows, divided by the root of the batch size, times
    the root of (n - size) / (n - 1): for all n rows there is no noise left.
    """
    rng, here = np.random.default_rng(seed), np.array(w, dtype=float)
    n, whole = len(surface.points[0]), surface.gradient(*w)
    noise = []
    for size in sizes:
        drawn = (sampled_gradient(surface, here, rng.permutation(n)[:size]) - whole for _ in range(draws))
        noise.append(np.sqrt(np.mean([d @ d for d in drawn])))
    return np.array(noise)
