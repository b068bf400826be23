"""What a loss punishes: its value and its slope by the prediction, and a point that the reader moves along them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    Hinge,
    Huber,
    LogCosh,
    Loss,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    SquaredHinge,
)
from lessons.losses.worked_sums import error_of, short, slope_of
from ui.beat import Beat
from ui.controls import click
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import Say
from ui.number_format import readable

REACH = 3.0
"""How far from the truth the residuals and scores reach."""

BY_RESIDUAL = (
    MeanSquaredError,
    MeanAbsoluteError,
    Huber,
    LogCosh,
    MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError,
)
BY_PROBABILITY = (BinaryCrossentropy, BinaryFocalCrossentropy)
BY_SCORE = (Hinge, SquaredHinge)
NAMES = tuple(member.name() for member in (*BY_RESIDUAL, *BY_PROBABILITY, *BY_SCORE))
STEEPER = ("slope_grows", "slope_stays", "slope_shrinks")
OWNS = ("l", "r", "p", "s", "y", "one", "delta", "gamma", "smooth")
PRESETS = {
    "works": {},
    "far_but_calm": {"l": "mean_absolute_error", "r": 2.5},
    "sure_and_wrong": {"l": "binary_crossentropy", "p": 0.01},
    "percent_of_zero": {"l": "mean_absolute_percentage_error", "y": 0.0},
}


@dataclass(frozen=True, eq=False)
class Punished:
    """Losses of one kind over one axis: ``at`` is the reader's place on it, ``truth`` the target.

    axis: the word for what is on it. ends: from where to where. shift: what is added to a place to make a prediction.
    """

    loss: Loss
    others: tuple[Loss, ...]
    axis: str
    ends: tuple[float, float]
    truth: float
    at: float
    shift: float = 0.0

    @property
    def x(self) -> np.ndarray:
        """The places on the axis, with the kinks of the losses among them; a probability keeps off 0 and 1."""
        inner = 1e-4 if self.axis == "probability_axis" else 0.0
        return np.linspace(self.ends[0] + inner, self.ends[1] - inner, 401)

    @property
    def point(self) -> float:
        return min(max(self.at, float(self.x[0])), float(self.x[-1]))

    def values(self) -> dict[str, np.ndarray]:
        """The loss by place, for every loss."""
        return {short(each): each.errors(*self._pairs(self.x)) for each in (self.loss, *self.others)}

    def slopes(self) -> dict[str, np.ndarray]:
        """The slope by place, for every loss."""
        return {short(each): each.slopes(*self._pairs(self.x)) for each in (self.loss, *self.others)}

    def _pairs(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.full(x.shape, self.truth), x + self.shift

    @property
    def value_ends(self) -> tuple[float, float]:
        """How far the upright axis reaches: as far as the chosen loss, but a probability's up to a surprise of 6."""
        top = float(np.max(self.values()[short(self.loss)]))
        return 0.0, _nice_above(min(1.02 * top, 5.0 if self.axis == "probability_axis" else math.inf))

    @property
    def slope_ends(self) -> tuple[float, float]:
        """The same for the slope, as far down as up."""
        top = float(np.max(np.abs(self.slopes()[short(self.loss)])))
        top = _nice_above(min(1.02 * top, 20.0 if self.axis == "probability_axis" else math.inf))
        return -top, top

    @property
    def further(self) -> float:
        """A place that is further from the truth: twice the residual, half way to certainty, a score 2 worse."""
        if self.axis == "residual_axis":
            return 2 * self.point
        if self.axis == "probability_axis":
            return (self.point + (1 - self.truth)) / 2
        return self.point + (2.0 if self.truth == 0 else -2.0)

    def _slope_at(self, x: float) -> float:
        return float(self.loss.slopes(*self._pairs(np.array([x])))[0])

    @property
    def change(self) -> str:
        """The word for what becomes of the slope's size further from the truth, one of STEEPER."""
        here, there = (abs(self._slope_at(x)) for x in (self.point, self.further))
        if math.isclose(here, there, rel_tol=0.01, abs_tol=1e-9):
            return "slope_stays"
        return "slope_grows" if there > here else "slope_shrinks"

    def because(self, say: Say) -> str:
        """The two slopes with their places."""
        facts = {"here": readable(self.point, 4), "there": readable(self.further, 4)}
        facts |= {f"slope_{k}": readable(self._slope_at(x), 4) for k, x in enumerate((self.point, self.further))}
        return say("slope_because", name=short(self.loss), **facts)

    def said(self, say: Say, word: str) -> str:
        """The value, or the slope, of the chosen loss at the point, written out."""
        prediction = self.point + self.shift
        make = slope_of if word == "slope_said" else error_of
        facts = {"at": readable(self.point, 4), "y": readable(self.truth, 4), "guess": readable(prediction, 4)}
        return say(word, name=short(self.loss), sum=make(self.loss, self.truth, prediction), **facts)

    def table(self) -> pd.DataFrame:
        """Values and slopes of every loss, every tenth place."""
        columns: dict[str, np.ndarray] = {"x": self.x[::10]}
        for name, value in self.values().items():
            columns |= {name: value[::10], f"d {name}/dy_pred": self.slopes()[name][::10]}
        return pd.DataFrame(columns)

    def values_table(self) -> pd.DataFrame:
        """What may be read before the guess: values alone."""
        return pd.DataFrame({"x": self.x[::10]} | {name: value[::10] for name, value in self.values().items()})


def _nice_above(value: float) -> float:
    if value <= 0 or not math.isfinite(value):
        return 1.0
    decade = 10.0 ** math.floor(math.log10(value))
    return decade * min(m for m in (1, 1.5, 2, 3, 4, 5, 7, 10) if m * decade >= value * (1 - 1e-9))


def chosen(beat: Beat) -> Punished:
    """The loss by menu, its settings, and the point by slider or by a click."""
    name = beat.menu("l", Choice("mean_squared_error", NAMES), "loss_function", named=beat.member)
    kind = type(Loss.get(name))
    places = {
        "r": (BY_RESIDUAL, Number(1.2, -REACH, REACH), "residual"),
        "p": (BY_PROBABILITY, Number(0.2, 0, 1), "probability"),
        "s": (BY_SCORE, Number(-0.5, -REACH, REACH), "score"),
    }
    at: dict[str, float] = {}
    for key, (kinds, number, word) in places.items():
        at[key] = beat.slider(key, number, word) if kind in kinds else beat.remembered(key, number)
    real = kind in BY_RESIDUAL
    y = _drawn(beat, real, "y", Number(3.0, 0, 10), "true_value")
    yes = beat.switch("one", Switch(True), "true_is_one") if not real else beat.remembered("one", Switch(True))
    delta = _drawn(beat, kind is Huber, "delta", Number(1.0, 0.01, 10, log=True), "delta")
    gamma = _drawn(beat, kind is BinaryFocalCrossentropy, "gamma", Number(2.0, 0, 5), "gamma")
    smooth = _drawn(beat, kind is BinaryCrossentropy, "smooth", Number(0.0, 0, 0.5), "label_smoothing")
    if real:
        losses: Sequence[Loss] = [member(delta) if member is Huber else member() for member in BY_RESIDUAL]
        found = _sorted(kind, losses, 3), "residual_axis", (-REACH, REACH), y, at["r"], y
    elif kind in BY_PROBABILITY:
        bce, focal = BinaryCrossentropy(label_smoothing=smooth), BinaryFocalCrossentropy(gamma=gamma)
        found = _sorted(kind, [bce, focal, MeanSquaredError(), Hinge()], 4), "probability_axis", (0.0, 1.0)
        found = (*found, float(yes), at["p"], 0.0)
    else:
        losses = [Hinge(), SquaredHinge(), BinaryCrossentropy(from_logits=True)]
        found = _sorted(kind, losses, 3), "score_axis", (-REACH, REACH), float(yes), at["s"], 0.0
    (loss, *others), axis, ends, truth, place, shift = found
    moved = next(key for key, (kinds, _, _) in places.items() if kind in kinds)
    click.listen(f"beat-{beat.name}-place", (ends,), (moved,), beat.word("click_moves_point"), beat.set)
    for each in (loss, *others):
        pair = np.array([[truth]]), np.array([[shift + place]])
        beat.ran(each, *pair)
        beat.ran(each.gradient, *pair)
    return Punished(loss, tuple(others), axis, ends, truth, place, shift)


def _drawn(beat: Beat, drawn: bool, key: str, kind: Number, word: str) -> float:
    return beat.slider(key, kind, word) if drawn else beat.remembered(key, kind)


def _sorted(kind: type[Loss], losses: Sequence[Loss], least: int) -> list[Loss]:
    """The chosen loss and the first others, so that the picture stays readable."""
    mine = [loss for loss in losses if type(loss) is kind]
    return mine + [loss for loss in losses if type(loss) is not kind][:least]


def revealed(beat: Beat, found: Punished) -> bool:
    """Whether the reader has guessed what becomes of the slope further from the truth."""
    return beat.predicted("how_steep_further", STEEPER, found.change, found.because(beat.word))
