"""Regularizers: a price on large weights, added to the loss.

    penalty = regularizer(w)            a float, for weights of any shape
    regularizer.gradient(w)             its derivative by every weight, of the shape of w

A network that may only be as large as it earns fits less of the noise. Names and defaults are Keras 3's.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dlcore.family import Family, setting


class Regularizer(Family):
    """What all regularizers share."""

    def __call__(self, w: np.ndarray) -> float:
        """The penalty for weights ``w`` of any shape; infinite, without a warning, where it overflows."""
        raise NotImplementedError

    def gradient(self, w: np.ndarray) -> np.ndarray:
        """The derivative of the penalty by every weight, of the shape of ``w``."""
        raise NotImplementedError


@dataclass(frozen=True)
class L1(Regularizer):
    """The sum of the sizes: every weight is pulled to 0 with the same force, and the useless ones get there.

    The slope at 0, where there is a kink, is 0. Source: Goodfellow, Bengio & Courville, Deep Learning (2016),
    equation 7.18.
    """

    formula: ClassVar[str] = r"\lambda_1 \sum_i |w_i|"
    l1: float = setting(0.01, 0.0, 1e3)

    def __call__(self, w: np.ndarray) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return float(self.l1 * np.abs(w).sum())

    def gradient(self, w: np.ndarray) -> np.ndarray:
        return self.l1 * np.sign(w)


@dataclass(frozen=True)
class L2(Regularizer):
    """The sum of the squares: the larger a weight, the harder it is pulled to 0; few large ones become many small.

    Without the factor 1/2 of many textbooks, as in Keras. Source: Goodfellow, Bengio & Courville, Deep Learning (2016),
    section 7.1.1.
    """

    formula: ClassVar[str] = r"\lambda_2 \sum_i w_i^2"
    l2: float = setting(0.01, 0.0, 1e3)

    def __call__(self, w: np.ndarray) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return float(self.l2 * np.square(w).sum())

    def gradient(self, w: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            return 2 * self.l2 * w


@dataclass(frozen=True)
class L1L2(Regularizer):
    """Both together. Source: Zou & Hastie, Regularization and variable selection via the elastic net (2005)."""

    aliases: ClassVar[tuple[str, ...]] = ("l1l2",)
    formula: ClassVar[str] = r"\lambda_1 \sum_i |w_i| + \lambda_2 \sum_i w_i^2"
    l1: float = setting(0.0, 0.0, 1e3)
    l2: float = setting(0.0, 0.0, 1e3)

    def __call__(self, w: np.ndarray) -> float:
        return L1(self.l1)(w) + L2(self.l2)(w)

    def gradient(self, w: np.ndarray) -> np.ndarray:
        return L1(self.l1).gradient(w) + L2(self.l2).gradient(w)


l1, l2, l1_l2 = L1, L2, L1L2
"""Keras's other spelling of the three."""


def get(which: Any) -> Regularizer | None:
    """The regularizer that a name, a class or a regularizer means, and none for None; see ``Family.get``."""
    return None if which is None else Regularizer.get(which)
