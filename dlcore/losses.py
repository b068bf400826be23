"""Losses: one number for how far the predictions are from the truth.

Every one is used in the same way:

    loss(y_true, y_pred)             the mean over the batch, a float
    loss.gradient(y_true, y_pred)    the derivative of that number by every prediction, of the shape of y_pred
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dlcore.family import Family


class Loss(Family):
    """What all losses share."""

    targets: ClassVar[str] = "real"
    """Which targets it takes: "real", "positive", "binary", "one_hot" or "integer"."""

    def __call__(self, y_true: np.ndarray, y_pred: np.ndarray) -> float:
        """The loss of predictions ``y_pred`` (shape (batch, ...)) for targets ``y_true`` of the same shape.

        Raises ValueError if the shapes differ or the batch is empty.
        """
        raise NotImplementedError

    def gradient(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """The derivative of the loss by each prediction, of the shape of ``y_pred``; errors as in the call."""
        raise NotImplementedError


@dataclass(frozen=True)
class MeanSquaredError(Loss):
    """The mean of the squared residuals: twice as far is four times as bad.

    Source: Goodfellow, Bengio & Courville, Deep Learning (2016), equation 5.4.
    """

    formula: ClassVar[str] = r"E = \frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2"

    def __call__(self, y_true: np.ndarray, y_pred: np.ndarray) -> float:
        y_true, y_pred = _same_shape(y_true, y_pred)
        return float(np.mean((y_pred - y_true) ** 2))

    def gradient(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y_true, y_pred = _same_shape(y_true, y_pred)
        return 2 * (y_pred - y_true) / y_pred.size


def _same_shape(y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
    y_true, y_pred = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    # NumPy would broadcast (n,) against (n, 1) to (n, n) and return a plausible, wrong number
    if y_true.shape != y_pred.shape:
        raise ValueError(f"y_true has shape {y_true.shape} and y_pred {y_pred.shape}; they must be the same")
    if y_pred.size == 0:
        raise ValueError("the batch is empty; a loss needs at least one prediction")
    return y_true, y_pred


def get(which: Any) -> Loss:
    """The loss that a name, a class or a loss means; see ``Family.get``."""
    return Loss.get(which)
