"""What does a loss punish? Its value and its slope by the prediction, and a point that the reader moves along them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
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
from lessons.losses.numpy_losses import expressions, lines_before
from lessons.losses.worked_sums import error_of, short_name, slope_of
from ui.beat import Beat
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.script_export import Experiment, short_program

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

RESIDUAL, PROBABILITY, SCORE = "residual_axis", "probability_axis", "score_axis"
"""What the axis shows: prediction minus target, a probability, or a score whose sign is the answer."""

PLACES = {
    "r": (BY_RESIDUAL, Number(1.2, -REACH, REACH), "residual"),
    "p": (BY_PROBABILITY, Number(0.2, 0, 1), "probability"),
    "s": (BY_SCORE, Number(-0.5, -REACH, REACH), "score"),
}
"""By control of the reader's place on the axis: the losses that it belongs to, its range and its word."""

TRUTH = Choice("1", ("0", "1"))
"""The target of a loss for two classes."""

STEEPER = ("slope_grows", "slope_stays", "slope_shrinks")


@dataclass(frozen=True)
class Setup:
    """A loss, those that it is compared with, and a prediction of the reader's.

    axis: what the places are, of RESIDUAL, PROBABILITY and SCORE. truth: the target. place: the reader's, on the axis.
    """

    loss: Loss
    compared: tuple[Loss, ...]
    axis: str
    truth: float
    place: float

    @property
    def losses(self) -> tuple[Loss, ...]:
        """All losses, the chosen one first."""
        return self.loss, *self.compared

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest place on the axis."""
        return (0.0, 1.0) if self.axis == PROBABILITY else (-REACH, REACH)

    def prediction(self, place: float) -> float:
        """What is predicted at a place."""
        return place + self._shift

    def pairs(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Targets and predictions at places; all three of the same shape."""
        return np.full(places.shape, self.truth), places + self._shift

    @property
    def _shift(self) -> float:
        return self.truth if self.axis == RESIDUAL else 0.0


@dataclass(frozen=True, eq=False)
class Curves:
    """Every loss and its slope by the prediction, by short name, each of shape (places,); the chosen loss is first.

    places: on the axis. point: the reader's. further: a place that is further from the truth. error_here, slope_here,
    slope_further: of the chosen loss at the point, and further out.
    """

    places: np.ndarray
    errors: Mapping[str, np.ndarray]
    slopes: Mapping[str, np.ndarray]
    point: float
    further: float
    error_here: float
    slope_here: float
    slope_further: float


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The loss and its settings, and the point, by slider or by a click."""
    name = beat.menu("l", Choice("mean_squared_error", NAMES), "loss_function", option_label=beat.member)
    kind = type(Loss.get(name))
    place, key = 0.0, ""
    for each, (kinds, number, word) in PLACES.items():
        if kind in kinds:
            place, key = beat.slider(each, number, word), each
        else:
            beat.value_of(each, number)
    real = kind in BY_RESIDUAL
    y = _slider(beat, real, "y", Number(3.0, 0, 10), "true_value")
    yes = beat.value_of("one", TRUTH) if real else beat.choice("one", TRUTH, "true_value", option_label=str)
    delta = _slider(beat, kind is Huber, "delta", Number(1.0, 0.01, 10, log=True), "delta")
    gamma = _slider(beat, kind is BinaryFocalCrossentropy, "gamma", Number(2.0, 0, 5), "gamma")
    smoothing = _slider(beat, kind is BinaryCrossentropy, "smooth", Number(0.0, 0, 0.5), "label_smoothing")
    if real:
        setup = by_residual(kind, y, place, delta)
    elif kind in BY_PROBABILITY:
        setup = by_probability(kind, float(yes), place, smoothing, gamma)
    else:
        setup = by_score(kind, float(yes), place)
    beat.clicks((setup.ends,), (key,), "click_moves_point")
    beat.presets(
        ("l", "r", "p", "s", "y", "one", "delta", "gamma", "smooth"),
        works={},
        far_but_calm={"l": "mean_absolute_error", "r": 2.5},
        sure_and_wrong={"l": "binary_crossentropy", "p": 0.01},
        percent_of_zero={"l": "mean_absolute_percentage_error", "y": 0.0},
    )
    return setup


def _slider(beat: Beat, suits: bool, key: str, kind: Number, word: str) -> float:
    """A number by slider; where it does not suit the loss, the number alone."""
    return beat.slider(key, kind, word) if suits else beat.value_of(key, kind)


def by_residual(kind: type[Loss], truth: float, place: float, delta: float) -> Setup:
    """A loss of a residual, which is ``place``, and three others; delta: of Huber's."""
    losses = [Huber(delta) if member is Huber else member() for member in BY_RESIDUAL]
    return _setup(kind, losses, 3, RESIDUAL, truth, place)


def by_probability(kind: type[Loss], truth: float, place: float, smoothing: float, gamma: float) -> Setup:
    """A loss of a probability, which is ``place``, and the others; smoothing, gamma: of the cross-entropies."""
    crossentropies = BinaryCrossentropy(label_smoothing=smoothing), BinaryFocalCrossentropy(gamma=gamma)
    return _setup(kind, [*crossentropies, MeanSquaredError(), Hinge()], 4, PROBABILITY, truth, place)


def by_score(kind: type[Loss], truth: float, place: float) -> Setup:
    """A loss of a score, which is ``place``, and the others."""
    return _setup(kind, [Hinge(), SquaredHinge(), BinaryCrossentropy(from_logits=True)], 3, SCORE, truth, place)


def _setup(kind: type[Loss], losses: Sequence[Loss], most: int, axis: str, truth: float, place: float) -> Setup:
    """The loss of a kind, and the first others, at most so many that the picture stays readable."""
    (loss,) = (each for each in losses if type(each) is kind)
    others = tuple(each for each in losses if each is not loss)[:most]
    return Setup(loss, others, axis, truth, place)


# ---- measure, question, explain --------------------------------------------------------------------------------------


def measure(setup: Setup) -> Curves:
    """Every loss and its slope over the axis, and the slope of the chosen one at the point and further out."""
    low, high = setup.ends
    # a probability keeps off 0 and 1, where losses are infinite
    inner = 1e-4 if setup.axis == PROBABILITY else 0.0
    places = np.linspace(low + inner, high - inner, 401)
    pairs = setup.pairs(places)
    point = min(max(setup.place, float(places[0])), float(places[-1]))
    further = _further(setup, point)
    here, there = (float(setup.loss.slopes(*setup.pairs(np.array([place])))[0]) for place in (point, further))
    error = float(setup.loss.errors(*setup.pairs(np.array([point])))[0])
    errors = {short_name(loss): loss.errors(*pairs) for loss in setup.losses}
    slopes = {short_name(loss): loss.slopes(*pairs) for loss in setup.losses}
    return Curves(places, errors, slopes, point, further, error, here, there)


def _further(setup: Setup, point: float) -> float:
    """A place further from the truth: twice the residual, half way to a wrong certainty, a score that is 2 worse."""
    if setup.axis == RESIDUAL:
        return 2 * point
    if setup.axis == PROBABILITY:
        return (point + (1 - setup.truth)) / 2
    return point + (2.0 if setup.truth == 0 else -2.0)


def question(setup: Setup, curves: Curves) -> Question:
    """What becomes of the slope's size further from the truth; a hundredth more or less is the same."""
    here, there = abs(curves.slope_here), abs(curves.slope_further)
    if math.isclose(here, there, rel_tol=0.01, abs_tol=1e-9):
        change = "slope_stays"
    else:
        change = "slope_grows" if there > here else "slope_shrinks"
    return Question("how_steep_further", STEEPER, change)


def explain(setup: Setup, curves: Curves, say: Say) -> str:
    """Both slopes with their places."""
    facts = {"here": readable(curves.point, 4), "there": readable(curves.further, 4)}
    facts |= {"slope_0": readable(curves.slope_here, 4), "slope_1": readable(curves.slope_further, 4)}
    return say("slope_because", name=short_name(setup.loss), **facts)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, curves: Curves) -> None:
    """The errors with the tangent at the point, and beside them the slopes; before the answer that at the point."""
    titles = beat.words(x_title=setup.axis, y_title="loss_of_one")
    chosen, ends = short_name(setup.loss), _error_ends(setup, curves)
    point = curves.point, curves.error_here
    errors = charts.loss_by_prediction(curves.places, curves.errors, point, curves.slope_here, chosen, ends, **titles)
    pictures = [(errors, sentence(setup, curves, beat.word, "error_said"))]
    titles, known = beat.words(x_title=setup.axis, y_title="slope_axis"), beat.answered
    # how far the axis of slopes reaches would say whether there are larger ones
    ends = _slope_ends(setup, curves) if known else _neutral_ends(curves)
    point = curves.point, curves.slope_here
    slopes = charts.loss_slope_by_prediction(curves.places, curves.slopes, point, chosen, ends, **titles, known=known)
    pictures.append((slopes, sentence(setup, curves, beat.word, "slope_said")))
    beat.side_by_side(*pictures, clickable=True)
    beat.prose("not_an_activation")


def sentence(setup: Setup, curves: Curves, say: Say, word: str) -> str:
    """The error, or the slope, of the chosen loss at the point, written out."""
    prediction = setup.prediction(curves.point)
    written_out = (slope_of if word == "slope_said" else error_of)(setup.loss, setup.truth, prediction)
    facts = {"at": readable(curves.point, 4), "y": readable(setup.truth, 4), "guess": readable(prediction, 4)}
    return say(word, name=short_name(setup.loss), sum=written_out, **facts)


def _error_ends(setup: Setup, curves: Curves) -> tuple[float, float]:
    """From where to where the axis of errors reaches: as far as the chosen loss, of a probability at most to 5."""
    top = float(np.max(curves.errors[short_name(setup.loss)]))
    return 0.0, _round_above(min(1.02 * top, 5.0 if setup.axis == PROBABILITY else math.inf))


def _slope_ends(setup: Setup, curves: Curves) -> tuple[float, float]:
    """The same for the slopes, as far down as up; of a probability at most to 20."""
    top = float(np.max(np.abs(curves.slopes[short_name(setup.loss)])))
    top = _round_above(min(1.02 * top, 20.0 if setup.axis == PROBABILITY else math.inf))
    return -top, top


def _neutral_ends(curves: Curves) -> tuple[float, float]:
    """The same before the answer: three times the slope at the point, which says of no other slope how large it is."""
    top = _round_above(3 * abs(curves.slope_here))
    return -top, top


def _round_above(value: float) -> float:
    """The next round number that is no lower; 1 for what is no length."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    decade = 10.0 ** math.floor(math.log10(value))
    return decade * min(m for m in (1, 1.5, 2, 3, 4, 5, 7, 10) if m * decade >= value * (1 - 1e-9))


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The value and the slope of every loss at the point, as calls of dlcore."""
    pair = np.array([[setup.truth]]), np.array([[setup.prediction(setup.place)]])
    for loss in setup.losses:
        experiment.show(loss, *pair)
        experiment.show(loss.gradient, *pair)


def loop(setup: Setup) -> str:
    """The error and the slope of every loss at the point in a few lines of NumPy."""
    given = f"y, p = {setup.truth!r}, {setup.prediction(measure(setup).point)!r}"
    lines = []
    for loss in setup.losses:
        if written := expressions(loss):
            lines.append(f'print("{short_name(loss)}", {written.error}, {written.slope})')
    return short_program("\n".join([given, *lines_before(setup.losses)]), "\n".join(lines))


def details(beat: Beat, setup: Setup, curves: Curves) -> None:
    """The curves as a table, without slopes before the answer; the chosen loss as formula and source."""
    beat.numbers({"curve_table": lambda: table(curves, slopes=beat.answered)})
    beat.source([setup.loss.formula], type(setup.loss), Loss.gradient)


def table(curves: Curves, slopes: bool) -> pd.DataFrame:
    """Every loss, and with ``slopes`` its slope too, at every tenth place."""
    columns: dict[str, np.ndarray] = {"x": curves.places[::10]}
    for name, error in curves.errors.items():
        columns[name] = error[::10]
        if slopes:
            columns[f"d {name}/dy_pred"] = curves.slopes[name][::10]
    return pd.DataFrame(columns)
