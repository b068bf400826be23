"""Robust regression: lines fitted by any loss; how far outliers pull a line depends on the loss of a large residual."""

from dataclasses import dataclass

import numpy as np

from dlcore.losses import Loss
from dlcore.optimizers import Adam
from dlcore.preprocessing import Standardizer
from dlcore.schedules import CosineDecay

RATE = 0.1
"""The first learning rate of a fit, in standard deviations of the data per step; it falls to 0 along half a cosine."""


@dataclass(frozen=True, eq=False)
class LineRun:
    """The fit of a line y = slope x + intercept, in the units of the data: element k is the state after k steps.

    Every array has the shape (steps + 1,).
    """

    slope: np.ndarray
    intercept: np.ndarray
    loss: np.ndarray

    def at(self, x: float) -> np.ndarray:
        """The line's y at ``x`` after every step, shape (steps + 1,)."""
        return self.slope * x + self.intercept


def fitted_line(x: np.ndarray, y: np.ndarray, loss: Loss, steps: int) -> LineRun:
    """The fit of the line with the least loss, from a level line through the mean of y, in ``steps`` steps of Adam.

    x, y: shape (points,), at least one. The weights a, b belong to standardised data, y_hat = mean + scale (a u + b)
    with u = (x - mean) / scale, so one learning rate suits any unit; the loss sees the data as they are. Adam, because
    the gradients of losses differ in size by orders of magnitude and its steps do not. Raises ValueError for no points
    or no steps. Source: Kingma & Ba (2015) for Adam; Loshchilov & Hutter (2017) for the cosine.
    """
    if len(x) == 0 or steps < 1:
        raise ValueError(f"a fit takes points and steps; there are {len(x)} points and {steps} steps")
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    across, up = Standardizer.fit(x), Standardizer.fit(y)
    u, mean, scale = across.transform(x), float(up.mean), float(up.scale)
    w, rule = np.zeros(2), Adam(CosineDecay(RATE, steps))
    memory = rule.start(w)
    weights, losses = np.empty((steps + 1, 2)), np.empty(steps + 1)
    for t in range(1, steps + 2):
        y_hat = mean + scale * (w[0] * u + w[1])
        weights[t - 1], losses[t - 1] = w, loss(y, y_hat)
        g = scale * loss.gradient(y, y_hat)
        w = rule.update(w, np.array([g @ u, g.sum()]), memory, t)
    slope = scale * weights[:, 0] / float(across.scale)
    return LineRun(slope, mean + scale * weights[:, 1] - slope * float(across.mean), losses)
