"""Shape and slope: activations side by side, what they are at one z, where they are steep and where flat."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.activations import Activation
from dlcore.deep import FLAT, flat_parts, steepest
from ui.beat import Beat
from ui.controls.kinds import Several
from ui.controls.widgets import Say
from ui.number_format import plain, readable

NAMES = tuple(name for name in Activation.members if name != "softmax")
"""Those that have a shape: softmax looks at all sums of its layer at once."""

FIRST = ("sigmoid", "tanh", "relu")
ENDS, COUNT = (-6.0, 6.0), 121
BETWEEN = "\u00a0…\u00a0"
STEEP = {"slope_quarter": 0.25, "slope_notes": 0.3, "slope_half": 0.5, "slope_one": 1.0}
"""What a reader may guess for the steepest slope of the sigmoid, by word."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """Some activations over z, shape (COUNT,); ``answered`` says whether their slopes may be shown."""

    names: tuple[str, ...]
    answered: bool = True

    @property
    def z(self) -> np.ndarray:
        # rounded, so that 0 is 0
        return np.round(np.linspace(*ENDS, COUNT), 10)

    @property
    def values(self) -> dict[str, np.ndarray]:
        return {name: Activation.get(name)(self.z) for name in self.names}

    @property
    def slopes(self) -> dict[str, np.ndarray]:
        return {name: Activation.get(name).derivative(self.z) for name in self.names}

    @property
    def flat(self) -> dict[str, list[tuple[float, float]]]:
        """By name, from where to where the slope is below FLAT."""
        return {name: list(flat_parts(name, self.z)) for name in self.names}

    def lines(self) -> list[str]:
        """At every z the value of each activation, and its slope."""
        values, slopes = self.values, self.slopes
        return ["\n".join(self._line(name, k, values, slopes) for name in self.names) for k in range(COUNT)]

    def _line(self, name: str, k: int, values: dict[str, np.ndarray], slopes: dict[str, np.ndarray]) -> str:
        # near the ends all these digits are needed to work out a slope
        a, slope = readable(float(values[name][k]), 7), readable(float(slopes[name][k]))
        said = f"{name}({_signed(plain(round(float(self.z[k]), 4)))}) = {a}"
        if not self.answered:
            return said
        by_hand = {"sigmoid": f"{a} · (1 − {a}) = ", "tanh": f"1 − ({a})² = "}.get(name, "")
        return f"{said},  a′ = {by_hand}{slope}"

    def values_said(self, say: Say) -> str:
        """The picture of the values in a sentence: what three sums become."""
        facts = [
            f"{name}: {', '.join(readable(float(Activation.get(name)(z)), 3) for z in (-2.0, 0.0, 2.0))}"
            for name in self.names[:4]
        ]
        return say("values_said", facts="; ".join(facts))

    def slopes_said(self, say: Say) -> str:
        """The picture of the slopes in a sentence."""
        facts = "; ".join(f"{name} {readable(float(slope.max()))}" for name, slope in list(self.slopes.items())[:4])
        return say("slopes_said", facts=facts, flat=FLAT)

    def report(self, say: Say) -> str:
        """A line for each: formulas and range, and once they may be shown its steepest slope and flat parts."""
        return "\n".join(f"- {self._told(say, name)}" for name in self.names)

    def _told(self, say: Say, name: str) -> str:
        member = Activation.get(name)
        low, high = (readable(end, 5) for end in member.output_range)
        formulas = {"value": _inline(member.formula), "slope": _inline(member.derivative_formula)}
        said = say("shape_told", name=name, low=low, high=high, **formulas)
        if not self.answered:
            return said
        slope = self.slopes[name]
        flat = ", ".join(f"{_end(begin)}{BETWEEN}{_end(end)}" for begin, end in self.flat[name])
        steep = say("without_limit") if name == "exponential" else readable(float(slope.max()))
        return f"{said} {say('slope_told', steepest=steep, flat=flat or say('flat_nowhere'))}"

    def table(self) -> pd.DataFrame:
        """Every value and, once they may be shown, every slope."""
        columns = {"z": self.z} | self.values
        return pd.DataFrame(columns | {f"{name}'": slope for name, slope in self.slopes.items() if self.answered})


def _signed(text: str) -> str:
    return text.replace("-", "−")


def _end(z: float) -> str:
    return {ENDS[0]: "−∞", ENDS[1]: "∞"}.get(z, readable(z, 2))


def _inline(latex: str) -> str:
    """The right side of a formula, to stand in a line."""
    return "$" + latex.split(" = ", 1)[1].split(r", \quad ")[0] + "$"


def chosen(beat: Beat) -> Shapes:
    """The activations that the reader compares; the first ones, with a remark, if none is left."""
    names = beat.several("act", Several(FIRST, NAMES), "activations", named=str)
    if not names:
        st.caption(beat.word("none_chosen", names=", ".join(FIRST)))
    z = beat.made("z", np.linspace, *ENDS, COUNT)
    for name in names or FIRST:
        member = Activation.get(name)
        beat.ran(member, z)
        beat.ran(member.derivative, z)
        beat.ran(steepest, name)
    return Shapes(names or FIRST)


def revealed(beat: Beat, shapes: Shapes) -> Shapes:
    """The same, with the slopes once the reader has guessed how steep a sigmoid is."""
    highest = float(Shapes(("sigmoid",)).slopes["sigmoid"].max())
    truth = min(STEEP, key=lambda word: abs(STEEP[word] - highest))
    because = beat.word("steepest_because", steepest=highest, tanh=float(Shapes(("tanh",)).slopes["tanh"].max()))
    return Shapes(shapes.names, beat.predicted("how_steep", tuple(STEEP), truth, because))


def facts() -> dict[str, float]:
    """What the prose says of a sigmoid, as computed here."""
    sigmoid = Activation.get("sigmoid")
    return {"one": float(sigmoid(1.0)), "minus": float(sigmoid(-2.0)), "steepest": float(sigmoid.derivative(0.0))}
