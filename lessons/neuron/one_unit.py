"""One unit: its sum, its answer, and the line on which it does not know."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.activations import Activation, Step
from dlcore.units import Unit, boundary, plane
from lessons.neuron.plane_colours import EXTENT, shades
from ui.beat import Beat
from ui.controls.kinds import Choice, Number
from ui.number_format import readable

ACTIVATIONS = ("sigmoid", "step", "tanh", "relu")
DOUBLED = ("line_stays", "line_shifts", "line_turns", "no_line")


@dataclass(frozen=True, eq=False)
class Looked:
    """A unit, one input to it, and its answers all over the plane."""

    unit: Unit
    x: tuple[float, float]

    @property
    def z(self) -> float:
        return float(self.unit.sums(self.x))

    @property
    def a(self) -> float:
        return float(self.unit(self.x))

    @property
    def line(self) -> np.ndarray:
        return boundary(self.unit, EXTENT)

    def ahead(self) -> np.ndarray:
        """An arrow from the line, where it is nearest to the origin, along the weights; shape (2, 2) or (0, 2)."""
        w = np.array(self.unit.weights)
        length = float(np.hypot(*w))
        if not len(self.line) or length == 0:
            return np.empty((0, 2))
        foot = -self.unit.bias * w / length**2
        if np.max(np.abs(foot)) > 2.6:
            foot = self.line.mean(axis=0)
        return np.array([foot, foot + w / length])

    def shades(self) -> tuple[np.ndarray, float, float]:
        """The answers over the plane, the one that is drawn white, and how far from it the colours go."""
        return shades(self.unit)

    def curves(self) -> tuple[np.ndarray, dict[str, np.ndarray], float, dict[str, float], tuple[float, float]]:
        """The sums, the step and the activation over them, the sum of this input, what each makes of it, the range."""
        reach = 8.0 if abs(self.z) <= 8 else 20.0
        z = np.linspace(-reach, reach, 401)
        shown: dict[str, Activation] = {"step": Step(), self.unit.activation.name(): self.unit.activation}
        low = -1.15 if "tanh" in shown else -0.1
        answers = {name: float(each(self.z)) for name, each in shown.items()}
        high = 3.0 if "relu" in shown else 1.15
        return z, {name: each(z) for name, each in shown.items()}, self.z, answers, (low, high)

    def doubled(self) -> tuple[str, ...]:
        """The words for what becomes of the line when both weights and the bias are doubled, of DOUBLED.

        One that lies beside the picture is not in it, and stays where it is.
        """
        before, after = self.line, boundary(self.unit.times(2), EXTENT)
        if not len(before):
            return ("line_stays", "no_line") if any(self.unit.weights) else ("no_line",)
        if np.allclose(before, after, atol=1e-9):
            return ("line_stays",)
        (dx, dy), (ex, ey) = before[1] - before[0], after[1] - after[0]
        return ("line_shifts",) if abs(dx * ey - dy * ex) < 1e-9 else ("line_turns",)

    def table(self) -> pd.DataFrame:
        """Sum and answer for inputs on a coarse grid."""
        x = plane(EXTENT, 7).reshape(-1, 2)
        return pd.DataFrame({"x1": x[:, 0], "x2": x[:, 1], "z": self.unit.sums(x), "a": self.unit(x)})


def look(beat: Beat) -> tuple[Looked, bool]:
    """The unit that the reader has set, and whether its doubled twin may be spoken of."""
    with beat.panel:
        activation = Activation.get(beat.choice("act", Choice("sigmoid", ACTIVATIONS), "activation"))
        weights = tuple(
            beat.slider(key, Number(default, -3, 3), "weight_named", letter=letter)
            for key, letter, default in (("w1", "w₁", 1.5), ("w2", "w₂", 1.0))
        )
        bias = beat.slider("b", Number(-1.0, -5, 5), "bias_said", letter="b")
        with beat.more():
            x = tuple(
                beat.slider(key, Number(default, *EXTENT[k]), "input_named", letter=letter)
                for k, (key, letter, default) in enumerate((("x1", "x₁", 1.0), ("x2", "x₂", 0.5)))
            )
        owns = ("act", "w1", "w2", "b", "x1", "x2")
        steep, off = {"w1": 3.0, "w2": 2.0, "b": -2.0}, {"w1": 0.2, "w2": 0.1, "b": -4.0}
        beat.presets(owns, works={}, all_doubled=steep, one_weight_zero={"w2": 0.0}, hardly_fires=off)
        beat.clicks(EXTENT, ("x1", "x2"), "click_sets_input")
    found = Looked(Unit(weights, bias, activation), (x[0], x[1]))
    unit = beat.made("unit", Unit, weights, bias, activation)
    beat.ran(unit.sums, found.x)
    beat.ran(unit, found.x)
    beat.ran(boundary, unit, EXTENT)
    with beat.stage:
        beat.formula(_sum_written(found))
        told = beat.predicted("what_doubling_does", DOUBLED, found.doubled(), doubled_said(beat, found))
    return found, told


def _sum_written(found: Looked) -> str:
    (w1, w2), b, (x1, x2) = found.unit.weights, found.unit.bias, found.x
    numbers = rf"{w1:g} \cdot {_in_brackets(x1)} + {_in_brackets(w2)} \cdot {_in_brackets(x2)} {b:+g}"
    name = rf"\mathrm{{{found.unit.activation.name()}}}"
    return rf"z = {numbers} = {found.z:.4g}, \quad a = {name}({found.z:.4g}) = {found.a:.4g}"


def _in_brackets(value: float) -> str:
    return f"({value:g})" if value < 0 else f"{value:g}"


def doubled_said(beat: Beat, found: Looked) -> str:
    """What doubling does to the line and to the answer, with numbers."""
    twin = Looked(found.unit.times(2), found.x)
    facts = {"z": readable(found.z, 3), "z2": readable(twin.z, 3), "a": readable(found.a, 3), "a2": readable(twin.a, 3)}
    step = int(Step()(found.z))
    word = "doubled_because" if len(found.line) else "no_line_because"
    return beat.word(word, step=step, name=found.unit.activation.name(), **facts)


def plane_said(beat: Beat, found: Looked) -> str:
    """The picture of the plane in a sentence."""
    (w1, w2), (x1, x2) = found.unit.weights, found.x
    theta = readable(-found.unit.bias)
    facts = {"w1": readable(w1), "w2": readable(w2), "theta": theta, "x1": readable(x1), "x2": readable(x2)}
    return beat.word("plane_said" if len(found.line) else "plane_without_line", **facts)


def curves_said(beat: Beat, found: Looked) -> str:
    """What the activation makes of the same sum as the step, and how many of its answers are exactly 0 or 1."""
    answers, *_ = found.shades()
    exact = float(np.mean((answers == 0) | (answers == 1)))
    facts = {"name": found.unit.activation.name(), "z": readable(found.z), "a": readable(found.a)}
    ends = {"low": readable(float(answers.min()), 3), "high": readable(float(answers.max()), 3)}
    return beat.word("curves_said", step=int(Step()(found.z)), exact=exact, **facts, **ends)
