"""Optimizers: how a weight moves once its gradient is known.

One call serves a ball on a landscape, ten thousand balls, and all weights of a network in one vector, because every
rule works on arrays of any shape:

    memory = rule.start(w)
    w = rule.update(w, g, memory, t)          t = 1, 2, 3, ...
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dlcore.family import Family, setting

Memory = dict[str, np.ndarray]
"""What a rule remembers from step to step, by the letter that the formula uses; changed in place by ``update``."""


class Optimizer(Family):
    """What all optimizers share."""

    def start(self, w: np.ndarray) -> Memory:
        """The memory before the first step, for weights of the shape of ``w``; empty for rules without one."""
        return {}

    def update(self, w: np.ndarray, g: np.ndarray, memory: Memory, t: int) -> np.ndarray:
        """The weights after step ``t`` (1, 2, ...), given the gradient ``g`` of the shape of ``w``.

        ``w`` and ``g`` are left as they are; ``memory``, which ``start`` made, is brought up to date.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class SGD(Optimizer):
    """Gradient descent: one step against the gradient, as long as the learning rate times the slope.

    Source: A. Cauchy (1847); Goodfellow, Bengio & Courville, Deep Learning (2016), equation 4.5.
    """

    formula: ClassVar[str] = r"w \leftarrow w - \eta\, g"
    learning_rate: float = setting(0.01, 1e-9, 1e3, log=True)

    def update(self, w: np.ndarray, g: np.ndarray, memory: Memory, t: int) -> np.ndarray:
        return w - self.learning_rate * g


def get(which: Any) -> Optimizer:
    """The optimizer that a name, a class or an optimizer means; see ``Family.get``."""
    return Optimizer.get(which)
