"""One unit as a gate: set by hand, and the search that shows what no unit can be."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.gates import CORNERS, TABLES, UNITS, Search, right, search
from dlcore.units import Extent, Unit, boundary, plane
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.number_format import readable
from ui.quiz.goals import Goal

EXTENT: Extent = ((-0.5, 1.5), (-0.5, 1.5))
SEARCHED = ("AND", "OR", "NAND", "XOR")

NEVER = 10**6
"""A step that no player reaches."""

PALE = 1.1
"""How far from the middle full colours would be; answers of 0 and 1 are half as far."""

searched = shared(max_entries=64)(search)


@dataclass(frozen=True, eq=False)
class Tried:
    """A unit that is to be a gate, and the search over all units on a grid."""

    unit: Unit
    gate: str
    found: Search

    @property
    def answers(self) -> np.ndarray:
        """What the unit says at the corners, shape (4,)."""
        return self.unit(CORNERS)

    def corners(self) -> tuple[np.ndarray, np.ndarray, tuple[int, ...], dict[str, np.ndarray]]:
        """Corners, answers, what the gate says, and the unit's line."""
        return CORNERS, self.answers, TABLES[self.gate], {"z = 0": boundary(self.unit, EXTENT)}

    def shades(self) -> tuple[np.ndarray, float, float]:
        """The unit's answers over the plane and how to colour them: pale, so that the corners stand out."""
        return self.unit(plane(EXTENT, 100)), 0.5, PALE

    def said(self, beat: Beat) -> str:
        """How many corners are right, with the sums there."""
        count = int(right(self.unit, self.gate).sum())
        z = ", ".join(readable(float(v), 3) for v in self.unit.sums(CORNERS))
        return beat.word("corners_said", gate=self.gate, right=count, z=z)

    def search_said(self, beat: Beat) -> str:
        """What the search has found about this gate."""
        share, best = self.found.share[self.gate], self.found.best[self.gate]
        facts = {"tried": self.found.tried, "tables": self.found.tables, "gate": self.gate}
        return beat.word("search_said" if best == 4 else "search_failed", share=share, best=best, **facts)

    def bars(self) -> tuple[tuple[str, ...], np.ndarray, np.ndarray, str]:
        """The gates, their shares of the grid, the best result for each, and which one the reader has chosen."""
        names = tuple(TABLES)
        found = self.found
        return names, np.array([found.share[g] for g in names]), np.array([found.best[g] for g in names]), self.gate

    def corner_table(self) -> pd.DataFrame:
        """Every corner: inputs, sum, answer, what the gate says."""
        columns = {"x1": CORNERS[:, 0], "x2": CORNERS[:, 1], "z": self.unit.sums(CORNERS), "a": self.answers}
        return pd.DataFrame(columns | {self.gate: TABLES[self.gate]})

    def search_table(self) -> pd.DataFrame:
        """Every gate: share of the grid, best result."""
        names, share, best, _ = self.bars()
        return pd.DataFrame({"gate": names, "share": share, "best_of_4": best})


def trial(beat: Beat) -> tuple[Tried, bool]:
    """The unit that the reader has set, the gate it is to be, and whether the search may be shown."""
    with beat.panel:
        gate = beat.menu("gate", Choice("AND", tuple(TABLES)), "gate", named=str)
        weights = tuple(
            beat.slider(key, Number(1.0, -2, 2), "weight_named", letter=letter)
            for key, letter in (("u1", "w₁"), ("u2", "w₂"))
        )
        bias = beat.slider("c", Number(-1.5, -2, 2), "bias_said", letter="b")
        owns = ("gate", "u1", "u2", "c", "grid")
        flipped = {"gate": "NAND", "u1": -1.0, "u2": -1.0, "c": 1.5}
        beat.presets(
            owns, works={}, other_bias={"gate": "OR", "c": -0.5}, signs_flipped=flipped, no_way={"gate": "XOR"}
        )
        with beat.more():
            count = int(beat.slider("grid", Number(17, 5, 33, whole=True), "grid_count"))
    tried = Tried(Unit(weights, bias), gate, searched(2.0, count))
    beat.goals(_uneven_and(tried))
    unit = beat.made("unit", Unit, weights, bias)
    beat.ran(unit.sums, CORNERS)
    beat.ran(right, unit, gate)
    beat.ran(search, 2.0, count)
    with beat.stage:
        # a coarse grid misses others, too; what no unit at all can be does not depend on the grid
        impossible = next(gate for gate in SEARCHED if gate not in UNITS)
        known = Tried(tried.unit, impossible, tried.found)
        told = beat.predicted("which_gate_cannot", SEARCHED, impossible, known.search_said(beat))
    return tried, told


def _uneven_and(tried: Tried) -> Goal:
    """AND by two weights of which one is at least twice the other."""
    small, large = sorted(tried.unit.weights)
    count = int(right(tried.unit, "AND").sum())
    reached = tried.gate == "AND" and count == 4 and 0 < 2 * small <= large + 1e-9
    numbers = f"w₁ = {readable(tried.unit.weights[0])}, w₂ = {readable(tried.unit.weights[1])}"
    return Goal("goal_neuron_uneven_and", reached, f"{numbers}, AND: {count} / 4")
