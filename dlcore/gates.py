"""Gates: truth tables of two inputs, the single units that make them, and a search that shows which ones no unit makes.

A table lists the answers at the four CORNERS. Of the sixteen tables two have their ones on opposite corners, XOR and
XNOR: no line separates those. Source: Minsky & Papert, Perceptrons (1969).
"""

from dataclasses import dataclass

import numpy as np

from dlcore.units import Unit

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
"""The four pairs of inputs, in the order of all tables."""

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
"""What each gate answers at the CORNERS."""

UNITS = {
    "AND": Unit((1.0, 1.0), -1.5),
    "OR": Unit((1.0, 1.0), -0.5),
    "NAND": Unit((-1.0, -1.0), 1.5),
    "NOR": Unit((-1.0, -1.0), 0.5),
    "ONLY_X1": Unit((1.0, -1.0), -0.5),
    "ONLY_X2": Unit((-1.0, 1.0), -0.5),
}
"""A unit with a step for every gate that a single unit can be."""


def right(unit: Unit, gate: str) -> np.ndarray:
    """At which of the CORNERS the unit answers as the gate does, shape (4,); it answers 1 where z is 0 or more."""
    return (unit.sums(CORNERS) >= 0) == np.array(TABLES[gate], dtype=bool)


@dataclass(frozen=True, eq=False)
class Search:
    """What single units with weights on a grid can be.

    values: of w1, w2 and b alike. share: by gate, of all grid points those that make it. best: by gate, at how many
    corners the best grid point is right. tables: how many of the sixteen tables occur.
    """

    values: np.ndarray
    share: dict[str, float]
    best: dict[str, int]
    tables: int

    @property
    def tried(self) -> int:
        return len(self.values) ** 3


def search(reach: float, count: int) -> Search:
    """Every unit with w1, w2 and b among ``count`` equally spaced values from -reach to reach."""
    values = np.linspace(-reach, reach, count)
    w = np.stack(np.meshgrid(values, values, values, indexing="ij"), axis=-1).reshape(-1, 3)
    answers = w[:, :2] @ CORNERS.T + w[:, 2:] >= 0
    hits = {gate: (answers == np.array(table, dtype=bool)).sum(axis=1) for gate, table in TABLES.items()}
    share = {gate: float(np.mean(right == 4)) for gate, right in hits.items()}
    best = {gate: int(right.max()) for gate, right in hits.items()}
    return Search(values, share, best, len(np.unique(answers @ (1 << np.arange(4)))))


@dataclass(frozen=True)
class TwoHidden:
    """Two hidden units with steps, both fed by both inputs, and a unit that is fed by them."""

    first: Unit
    second: Unit
    output: Unit

    def hidden(self, x: np.ndarray) -> np.ndarray:
        """The outputs of the hidden units for inputs of shape (..., 2); shape (..., 2)."""
        return np.stack([self.first(x), self.second(x)], axis=-1)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The answers for inputs of shape (..., 2); shape (...). The output unit sees the hidden outputs alone."""
        return self.output(self.hidden(x))

    def right(self, gate: str) -> np.ndarray:
        """At which of the CORNERS the answer is the gate's, shape (4,)."""
        return self(CORNERS) == np.array(TABLES[gate])


def ways_to(gate: str) -> list[tuple[str, str, str]]:
    """All choices of two hidden units and an output unit among UNITS that together make the gate."""
    return [
        (first, second, output)
        for first in UNITS
        for second in UNITS
        for output in UNITS
        if TwoHidden(UNITS[first], UNITS[second], UNITS[output]).right(gate).all()
    ]
