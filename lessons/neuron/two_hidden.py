"""Two hidden units: where they send the four corners, and how XOR becomes possible."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.gates import CORNERS, TABLES, UNITS, TwoHidden, ways_to
from dlcore.units import boundary, plane
from lessons.neuron.one_unit_gates import EXTENT, PALE
from ui.beat import Beat
from ui.controls.kinds import Choice
from ui.quiz.goals import Goal

PLACES = ("places_4", "places_3", "places_2", "places_1")


# ---- two hidden units ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Two:
    """Two hidden units and an output unit, by the gates they are, and the gate that all of them together shall be."""

    names: tuple[str, str, str]
    network: TwoHidden

    @property
    def answers(self) -> np.ndarray:
        return self.network(CORNERS)

    @property
    def places(self) -> np.ndarray:
        """The different places of the corners in the plane of the hidden outputs, shape (1 to 4, 2)."""
        return np.unique(self.network.hidden(CORNERS), axis=0)

    def word_for_places(self) -> str:
        """The word for how many there are, one of PLACES."""
        return PLACES[4 - len(self.places)]

    def corners(self) -> tuple[np.ndarray, np.ndarray, tuple[int, ...], dict[str, np.ndarray]]:
        """Corners, answers, what XOR says, and the lines of the hidden units."""
        lines = {"h₁": boundary(self.network.first, EXTENT), "h₂": boundary(self.network.second, EXTENT)}
        return CORNERS, self.answers, TABLES["XOR"], lines

    def at_places(self) -> tuple[np.ndarray, list[str], np.ndarray, list[int], np.ndarray]:
        """The places, which corners are there, the answer, what XOR says of one of them, and the output's line.

        Where corners that XOR tells apart share a place, what is wanted there is taken as not met.
        """
        hidden, places = self.network.hidden(CORNERS), self.places
        answers = self.network.output(places)
        labels, wanted = [], []
        for place, answer in zip(places, answers, strict=True):
            here = np.all(hidden == place, axis=1)
            labels.append(", ".join(f"({x:.0f},{y:.0f})" for x, y in CORNERS[here]))
            asked = {value for value, is_here in zip(TABLES["XOR"], here, strict=True) if is_here}
            wanted.append(asked.pop() if len(asked) == 1 else 1 - int(answer))
        return places, labels, answers, wanted, boundary(self.network.output, EXTENT)

    def shades(self) -> tuple[np.ndarray, float, float]:
        """The network's answers over the plane of the inputs and how to colour them."""
        return self.network(plane(EXTENT, 100)), 0.5, PALE

    def hidden_shades(self) -> tuple[np.ndarray, float, float]:
        """The output unit's answers over the plane of the hidden outputs and how to colour them."""
        return self.network.output(plane(EXTENT, 100)), 0.5, PALE

    def lines(self) -> list[str]:
        """The four corners on their way through the network, unit by unit."""
        steps = ["(x₁, x₂) = " + ", ".join(f"({x:.0f},{y:.0f})" for x, y in CORNERS)]
        hidden = self.network.hidden(CORNERS)
        for unit, letter, inputs, answers in (
            (self.network.first, "h₁", "x", hidden[:, 0]),
            (self.network.second, "h₂", "x", hidden[:, 1]),
            (self.network.output, "y", "h", self.answers),
        ):
            (w1, w2), b = (tuple(_signed(w) for w in unit.weights), _signed(unit.bias))
            total = f"{w1}·{inputs}₁ {w2}·{inputs}₂ {b}"
            steps.append(f"{letter} = step({total}): " + ", ".join(f"{a:.0f}" for a in answers))
        steps[-1] += "\nXOR: " + ", ".join(map(str, TABLES["XOR"]))
        return steps

    def said(self, beat: Beat) -> str:
        """How many corners come out right, by which gates."""
        h1, h2, out = self.names
        count = int(self.network.right("XOR").sum())
        return beat.word("two_hidden_said", first=h1, second=h2, output=out, right=count)

    def places_said(self, beat: Beat) -> str:
        """How many places the corners have in the hidden plane, and how many ways to XOR there are."""
        ways = len(ways_to("XOR"))
        labels = " · ".join(self.at_places()[1])
        facts = {"ways": ways, "all": len(UNITS) ** 3}
        return beat.word("places_said", places=len(self.places), labels=labels, **facts)

    def table(self) -> pd.DataFrame:
        """Every corner: inputs, hidden outputs, answer, what XOR says."""
        hidden = self.network.hidden(CORNERS)
        columns = {"x1": CORNERS[:, 0], "x2": CORNERS[:, 1], "h1": hidden[:, 0], "h2": hidden[:, 1]}
        return pd.DataFrame(columns | {"y": self.answers, "XOR": TABLES["XOR"]})


def _signed(value: float) -> str:
    return f"{value:+g}".replace("-", "−")


def two(beat: Beat) -> tuple[Two, bool]:
    """Two hidden units and an output unit by menu, and whether it may be shown what they do with the corners."""
    names = tuple(UNITS)
    with beat.panel:
        chosen = tuple(
            beat.menu(key, Choice(default, names), word, named=str)
            for key, default, word in (
                ("h1", "OR", "hidden_1_is"),
                ("h2", "NAND", "hidden_2_is"),
                ("out", "AND", "output_is"),
            )
        )
        other, same = {"h1": "ONLY_X1", "h2": "ONLY_X2", "out": "OR"}, {"h2": "OR", "out": "OR"}
        beat.presets(("h1", "h2", "out"), works={}, other_way=other, same_twice=same, wrong_output={"out": "OR"})
    first, second, output = chosen
    found = Two((first, second, output), TwoHidden(UNITS[first], UNITS[second], UNITS[output]))
    beat.goals(_xor_with_and(found))
    network = beat.made("network", TwoHidden, UNITS[first], UNITS[second], UNITS[output])
    beat.ran(network.hidden, CORNERS)
    beat.ran(network, CORNERS)
    with beat.stage:
        told = beat.predicted("how_many_places", PLACES, found.word_for_places(), found.places_said(beat))
    return found, told


def _xor_with_and(found: Two) -> Goal:
    """XOR with a hidden unit that is an AND."""
    count = int(found.network.right("XOR").sum())
    reached = count == 4 and "AND" in found.names[:2]
    return Goal("goal_neuron_xor_with_and", reached, f"{', '.join(found.names)}: {count} / 4")
