"""A single unit: one neuron of a network by itself, with its numbers in sight.

    a = unit(x)                    its output: a = f(w · x + b)
    boundary(unit, extent)         its decision boundary for two inputs: the line w · x + b = 0

x has the inputs along its last axis. A threshold is a bias with the other sign: w · x ≥ θ is w · x + b ≥ 0 with b = -θ.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dlcore.activations import Activation, Step
from dlcore.renamed import old_names

__getattr__ = old_names(__name__, {"mirrored": "mirror"})

Extent = tuple[tuple[float, float], tuple[float, float]]

STEP = Step()
"""The usual activation of a unit."""


@dataclass(frozen=True)
class Unit:
    """A weighted sum of the inputs plus a bias, passed through an activation.

    Source: F. Rosenblatt, The perceptron (1958), with any activation in the place of its threshold.
    """

    weights: tuple[float, ...]
    """One for each input."""

    bias: float
    activation: Activation = STEP

    formula: ClassVar[str] = r"z = w_1 x_1 + w_2 x_2 + b, \quad a = f(z)"

    def sums(self, x: Any) -> np.ndarray:
        """The weighted sums z for inputs of shape (..., inputs); shape (...)."""
        return np.asarray(x, dtype=float) @ np.array(self.weights) + self.bias

    def __call__(self, x: Any) -> np.ndarray:
        """The outputs a for inputs of shape (..., inputs); shape (...)."""
        return self.activation(self.sums(x))

    def times(self, factor: float) -> "Unit":
        """The unit with all weights and the bias ``factor`` times as large; its boundary stays where it was."""
        return Unit(tuple(factor * w for w in self.weights), factor * self.bias, self.activation)


def boundary(unit: Unit, extent: Extent) -> np.ndarray:
    """The two ends of the decision boundary z = 0 of a unit of two inputs in the rectangle ``extent``, shape (2, 2).

    Shape (0, 2) if the line does not cross the rectangle, or if there is none, since both weights are 0.
    """
    w, b = np.array(unit.weights), unit.bias
    found: list[np.ndarray] = []
    for side in (0, 1):
        other = 1 - side
        # on an edge one input is known, and the other follows, unless the line runs along with the edge
        for at in extent[side] if w[other] else ():
            place = np.empty(2)
            place[side], place[other] = at, -(w[side] * at + b) / w[other]
            low, high = extent[other]
            reach = 1e-12 * (high - low)
            if low - reach <= place[other] <= high + reach:
                found.append(place)
    if len(found) < 2:
        return np.empty((0, 2))
    # through a corner it crosses two edges in one point: of all crossings the two that lie farthest apart
    distance = [[float(np.sum((p - q) ** 2)) for q in found] for p in found]
    i, j = np.unravel_index(np.argmax(distance), (len(found), len(found)))
    return np.array([found[i], found[j]]) if i != j else np.empty((0, 2))


def plane(extent: Extent, count: int) -> np.ndarray:
    """The points of a grid over the rectangle, shape (count, count, 2): column, row, input."""
    (left, right), (low, high) = extent
    return np.stack(np.meshgrid(np.linspace(left, right, count), np.linspace(low, high, count), indexing="ij"), axis=-1)


def mirror(weights: list[np.ndarray], unit: int) -> list[np.ndarray]:
    """The weights of two dense layers with one hidden sigmoid negated: its output a becomes 1 - a.

    weights: kernel (inputs, units), bias (units,), kernel (units, outputs), bias (outputs,). The output of the network
    stays the same for every input: sigmoid(-z) = 1 - sigmoid(z), and v a + c = -v (1 - a) + (c + v).
    """
    kernel, bias, out, c = (part.copy() for part in weights)
    c += out[unit]
    kernel[:, unit] *= -1
    bias[unit] *= -1
    out[unit] *= -1
    return [kernel, bias, out, c]
