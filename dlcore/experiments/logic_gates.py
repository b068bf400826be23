"""Logic gates: truth tables of two inputs, single units that compute them, and a search for those that none computes.

A table lists the outputs at the four CORNERS. Two of the sixteen tables have their ones on opposite corners, XOR and
XNOR: no line separates those. Source: Minsky & Papert, Perceptrons (1969).
"""

from dataclasses import dataclass

import numpy as np

from dlcore.experiments.single_unit import Unit
from dlcore.renamed import old_names

__getattr__ = old_names(__name__, {"Search": "GateSearch"})

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
"""The four pairs of inputs, in the order of every table."""

TABLES = {
    "AND": (0, 0, 0, 1),
    "OR": (0, 1, 1, 1),
    "NAND": (1, 1, 1, 0),
    "NOR": (1, 0, 0, 0),
    "ONLY_X1": (0, 0, 1, 0),
    "ONLY_X2": (0, 1, 0, 0),
    "XOR": (0, 1, 1, 0),
    "XNOR": (1, 0, 0, 1),
}
"""The output of each gate at the CORNERS."""

UNITS = {
    "AND": Unit((1.0, 1.0), -1.5),
    "OR": Unit((1.0, 1.0), -0.5),
    "NAND": Unit((-1.0, -1.0), 1.5),
    "NOR": Unit((-1.0, -1.0), 0.5),
    "ONLY_X1": Unit((1.0, -1.0), -0.5),
    "ONLY_X2": Unit((-1.0, 1.0), -0.5),
}
"""A unit with a step activation for every gate that a single unit can compute."""


def right(unit: Unit, gate: str) -> np.ndarray:
    """Whether the unit's output is the gate's at each of the CORNERS, shape (4,); it is 1 where z is 0 or more."""
    return (unit.sums(CORNERS) >= 0) == np.array(TABLES[gate], dtype=bool)


@dataclass(frozen=True, eq=False)
class GateSearch:
    """The gates that single units with weights on a grid compute."""

    values: np.ndarray
    """The values of w1, w2 and b alike, shape (count,)."""

    share: dict[str, float]
    """The share of all grid points that compute a gate, by gate."""

    best: dict[str, int]
    """At how many corners the best grid point is right, by gate."""

    tables: int
    """How many of the sixteen tables occur."""

    @property
    def grid_size(self) -> int:
        """The number of grid points."""
        return len(self.values) ** 3


def search(reach: float, count: int) -> GateSearch:
    """The gates of every unit with w1, w2 and b among ``count`` equally spaced values from -reach to reach."""
    values = np.linspace(-reach, reach, count)
    w = np.stack(np.meshgrid(values, values, values, indexing="ij"), axis=-1).reshape(-1, 3)
    answers = w[:, :2] @ CORNERS.T + w[:, 2:] >= 0
    hits = {gate: (answers == np.array(table, dtype=bool)).sum(axis=1) for gate, table in TABLES.items()}
    share = {gate: float(np.mean(right == 4)) for gate, right in hits.items()}
    best = {gate: int(right.max()) for gate, right in hits.items()}
    return GateSearch(values, share, best, len(np.unique(answers @ (1 << np.arange(4)))))


@dataclass(frozen=True)
class TwoHidden:
    """Two hidden units with step activations that take both inputs, and an output unit that takes theirs."""

    first: Unit
    second: Unit
    output: Unit

    def hidden(self, x: np.ndarray) -> np.ndarray:
        """The outputs of the hidden units for inputs of shape (..., 2); shape (..., 2)."""
        return np.stack([self.first(x), self.second(x)], axis=-1)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The output for inputs of shape (..., 2); shape (...). The output unit sees the hidden outputs alone."""
        return self.output(self.hidden(x))

    def right(self, gate: str) -> np.ndarray:
        """Whether the output is the gate's at each of the CORNERS, shape (4,)."""
        return self(CORNERS) == np.array(TABLES[gate])


def ways_to(gate: str) -> list[tuple[str, str, str]]:
    """All choices (first hidden, second hidden, output) of UNITS that together compute the gate."""
    return [
        (first, second, output)
        for first in UNITS
        for second in UNITS
        for output in UNITS
        if TwoHidden(UNITS[first], UNITS[second], UNITS[output]).right(gate).all()
    ]
