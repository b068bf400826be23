"""What do outliers do? Data to which the reader adds points and moves them, and the lines that losses fit to both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import charts
from dlcore.datasets import Dataset, NoisyLine, Penguins
from dlcore.experiments.robust_regression import LineRun, fitted_line
from dlcore.losses import Huber, LogCosh, Loss, MeanAbsoluteError, MeanSquaredError
from lessons.losses.worked_sums import short_name
from lessons.shared import typed_numbers
from lessons.shared.typed_numbers import Row, Unreadable
from ui.beat import Beat
from ui.cache import shared
from ui.controls import click
from ui.controls.kinds import Choice, Number, Several, Text
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.quiz import ties
from ui.quiz.goals import Goal
from ui.script_export import Experiment

LOSSES = (MeanSquaredError, MeanAbsoluteError, Huber, LogCosh)
NAMES = tuple(loss.name() for loss in LOSSES)
MOST_POINTS = 12
MOVES, DIGITS = 1e-3, 3
"""From which share of the picture's height a line counts as moved, and in how many digits that is written."""
CLICKS = ("moves_last", "adds_one")
NO_LINE = "no_line_moves"

Extent = tuple[tuple[float, float], tuple[float, float]]
Points = tuple[np.ndarray, np.ndarray]
"""x and y, each of shape (points,)."""


@dataclass(frozen=True)
class Scene:
    """Data, the map that they are drawn on, and the reader's points to begin with."""

    data: Dataset
    extent: Extent
    points: str


SCENES = {
    "penguins": Scene(Penguins(), ((170.0, 235.0), (0.0, 12.0)), "182, 10; 186, 10.5"),
    "noisy_line": Scene(NoisyLine(count=60, noise=1.5), ((-0.5, 10.5), (-10.0, 50.0)), "0.5, 45; 1.5, 48"),
}


@dataclass(frozen=True)
class Setup:
    """The losses that fit a line, in so many steps, to some rows of the data and to the reader's points.

    name: of the data, in SCENES. points: pairs of x and y. seed: which rows are drawn.
    """

    name: str
    points: tuple[Row, ...]
    losses: tuple[Loss, ...]
    steps: int
    rows: int
    seed: int

    @property
    def scene(self) -> Scene:
        """The data and their map."""
        return SCENES[self.name]


@dataclass(frozen=True, eq=False)
class Fits:
    """By short name of the loss, the line that it fits to all points, and the one that it fits to the data alone.

    shifts: how far the reader's points have moved each line, on average over the picture's width.
    """

    lines: Mapping[str, LineRun]
    lines_of_data: Mapping[str, LineRun]
    shifts: Mapping[str, float]

    def course(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Slopes and intercepts after every step, by loss."""
        return {name: (run.slope, run.intercept) for name, run in self.lines.items()}

    def loss_left(self) -> dict[str, np.ndarray]:
        """How much of its first value is left of each loss after every step."""
        return {name: run.loss / run.loss[0] if run.loss[0] else run.loss for name, run in self.lines.items()}


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """Data, points and losses; the points by a line of text, by table, or by click."""
    name = beat.menu("d2", Choice("penguins", tuple(SCENES)), "data", option_label=beat.member, clears=("pts",))
    scene = SCENES[name]
    names = beat.several("by", Several(NAMES[:3], NAMES), "losses_compared", option_label=beat.member)
    act = beat.choice("click", Choice(CLICKS[0], CLICKS), "click_does")
    text = beat.text("pts", Text(scene.points), "your_points", help=beat.word("your_points_help"))
    points = typed_numbers.last_good(beat, "pts", text, lambda line: read(line, scene), scene.points)
    frame = pd.DataFrame(typed_numbers.cells(text, 2), columns=["x", "y"], dtype=float)
    typed_numbers.editor(
        beat, "points_table", frame, lambda table: {"pts": typed_numbers.as_text(table.to_numpy().tolist())}
    )
    with beat.more():
        delta = beat.slider("delta2", Number(0.5, 0.01, 10, log=True), "delta")
        steps = int(beat.slider("n2", Number(100, 10, 200, whole=True), "steps"))
        rows = int(beat.slider("rows2", Number(30, 3, 60, whole=True), "rows_of_data"))
        seed = int(beat.box("seed2", Number(0, 0, 9999, whole=True), "seed"))

    def place_point(place: Mapping[str, Any]) -> None:
        others = points[:-1] if act == CLICKS[0] else points[: MOST_POINTS - 1]
        beat.set({"pts": typed_numbers.as_text([*others, (place["x"], place["y"])])})

    click.listen(f"beat-{beat.name}-place", scene.extent, ("x", "y"), beat.word("click_points"), place_point)
    beat.presets(
        ("d2", "pts", "by", "click", "n2", "delta2", "rows2", "seed2"),
        works={},
        one_typo={"pts": "200, 0.4"},
        half_a_dozen={"pts": "172, 11; 175, 11; 178, 11; 182, 11; 186, 11; 190, 11; 194, 11"},
        delta_too_wide={"delta2": 10.0, "by": NAMES},
    )
    losses = tuple(Huber(delta) if each is Huber else each() for each in LOSSES if each.name() in names)
    return Setup(name, tuple(points), losses, steps, rows, seed)


def read(text: str, scene: Scene) -> list[Row]:
    """The reader's points; Unreadable if there are too many, or if one lies off the map. None at all is fine."""
    points = typed_numbers.rows(text, width=2) if text.strip(" ,;") else []
    if len(points) > MOST_POINTS:
        raise Unreadable("entry_long", count=len(points), most=MOST_POINTS)
    for k, row in enumerate(points, start=1):
        for value, (low, high) in zip(row, scene.extent, strict=True):
            if not low <= value <= high:
                ends = {"low": readable(low), "high": readable(high)}
                raise Unreadable("entry_off_the_map", row=k, found=readable(value), **ends)
    return points


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Fits:
    """The lines of every loss, with the reader's points and without, and how far they lie from each other."""
    plan = setup.steps, setup.rows, setup.seed
    lines = {short_name(loss): _fit(setup.name, setup.points, loss, *plan) for loss in setup.losses}
    lines_of_data = {short_name(loss): _fit(setup.name, (), loss, *plan) for loss in setup.losses}
    x = np.linspace(*setup.scene.extent[0], 101)
    return Fits(lines, lines_of_data, {name: _between(line, lines_of_data[name], x) for name, line in lines.items()})


@shared(max_entries=256)
def _fit(name: str, points: tuple[Row, ...], loss: Loss, steps: int, rows: int, seed: int) -> LineRun:
    return fitted_line(*_together(_drawn_rows(name, rows, seed), _as_arrays(points)), loss, steps)


def _between(one: LineRun, other: LineRun, x: np.ndarray) -> float:
    """How far two lines lie from each other at the end of their runs, on average over the places x."""
    first, second = (run.slope[-1] * x + run.intercept[-1] for run in (one, other))
    return float(np.mean(np.abs(first - second)))


def data_points(setup: Setup) -> Points:
    """The rows of the data that are drawn."""
    return _drawn_rows(setup.name, setup.rows, setup.seed)


def own_points(setup: Setup) -> Points:
    """The reader's points."""
    return _as_arrays(setup.points)


def all_points(setup: Setup) -> Points:
    """The data, then the reader's points."""
    return _together(data_points(setup), own_points(setup))


def _drawn_rows(name: str, rows: int, seed: int) -> Points:
    x, y = SCENES[name].data.load()
    some = np.random.default_rng(seed).permutation(len(x))[:rows]
    return x[some, 0].astype(float), y[some].astype(float)


def _as_arrays(points: tuple[Row, ...]) -> Points:
    both = np.array(points, dtype=float).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _together(data: Points, own: Points) -> Points:
    return np.concatenate([data[0], own[0]]), np.concatenate([data[1], own[1]])


# ---- question, explain, goals ----------------------------------------------------------------------------------------


def question(setup: Setup, fits: Fits) -> Question:
    """Which line the points move most; all that tie in as many digits as are written, and none if none has moved."""
    shifts = {loss.name(): fits.shifts[short_name(loss)] for loss in setup.losses}
    still = all(shift <= _still(setup) for shift in shifts.values())
    return Question("which_line_moves", (*shifts, NO_LINE), NO_LINE if still else ties.highest(shifts, DIGITS))


def _still(setup: Setup) -> float:
    """How far a line may move and still count as not moved."""
    low, high = setup.scene.extent[1]
    return MOVES * (high - low)


def explain(setup: Setup, fits: Fits, say: Say) -> str:
    """How far each line has moved, in one paragraph, and what counts as no move where one is that small."""
    sentences = _shift_sentences(fits, say)
    if any(0 < shift <= _still(setup) for shift in fits.shifts.values()):
        sentences.append(say("line_counts_as_still", limit=readable(_still(setup), DIGITS)))
    return " ".join(sentences) or say("no_line_chosen")


def report(fits: Fits, say: Say) -> str:
    """The same in a list."""
    return "\n".join(f"- {line}" for line in _shift_sentences(fits, say))


def _shift_sentences(fits: Fits, say: Say) -> list[str]:
    """By loss, the slope without the points and with them, and how far the line has moved."""
    sentences = []
    for name, line in fits.lines.items():
        clean, slope = (readable(float(run.slope[-1]), 3) for run in (fits.lines_of_data[name], line))
        moved = readable(fits.shifts[name], DIGITS)
        sentences.append(say("line_moved", name=name, slope=slope, clean=clean, moved=moved))
    return sentences


def goals(setup: Setup, fits: Fits) -> tuple[Goal]:
    """A single point of the reader's moves the line of squared errors far, and that of absolute ones hardly."""
    bounds = {"far": 0.6, "near": 0.1}
    far, near = short_name(MeanSquaredError()), short_name(MeanAbsoluteError())
    shifts = {name: fits.shifts[name] for name in (far, near) if name in fits.shifts}
    valid = setup.name == "penguins" and setup.rows >= 30 and len(setup.points) == 1 and len(shifts) == 2
    reached = valid and shifts[far] >= bounds["far"] and shifts[near] <= bounds["near"]
    measured = ", ".join(f"{name}: {readable(value, 3)}" for name, value in shifts.items())
    return (Goal("goal_losses_one_point", reached, f"n = {len(setup.points)}, {measured}", bounds),)


# ---- draw ------------------------------------------------------------------------------------------------------------


def visible(beat: Beat, fits: Fits) -> Fits:
    """The lines, once they may be shown; before the answer none."""
    return fits if beat.answered else Fits({}, {}, {})


def draw(beat: Beat, setup: Setup, fits: Fits) -> None:
    """All points with the lines on their way to them, beside what is left of each loss; before the answer the start."""
    shown, data = visible(beat, fits), setup.scene.data
    titles = {"x_title": beat.member(data.features[0]), "y_title": beat.member(data.target)}
    points = data_points(setup), own_points(setup)
    facts = {"rows": len(points[0][0]), "own": len(setup.points), "steps": setup.steps, "lines": len(fits.lines)}
    known = None if beat.answered else 1
    course = {name: (slope[:known], intercept[:known]) for name, (slope, intercept) in fits.course().items()}
    picture = charts.fitted_lines(*points, course, setup.scene.extent, **titles)
    pictures = [(picture, beat.word("fits_said" if shown.lines else "fits_waits", **facts))]
    if fits.lines:
        left = beat.word("step_axis"), beat.word("share_left_axis")
        losses = charts.lines_by_step(fits.loss_left(), *left, known=known)
        pictures.append((losses, beat.word("shares_said" if beat.answered else "shares_start", **facts)))
    beat.side_by_side(*pictures, clickable=True)
    beat.player(by_hand(setup, shown))
    if shown.lines:
        beat.report(report(shown, beat.word))


def by_hand(setup: Setup, fits: Fits) -> list[str]:
    """Every step: each line's height above the last of the points, with its numbers, and its residual there."""
    if not fits.lines:
        return [""]
    x, y = (float(values[-1]) for values in all_points(setup))
    return ["\n".join(_line(name, run, k, x, y) for name, run in fits.lines.items()) for k in range(setup.steps + 1)]


def _line(name: str, run: LineRun, k: int, x: float, y: float) -> str:
    a, b, height = float(run.slope[k]), float(run.intercept[k]), float(run.at(x)[k])
    sign = "−" if b < 0 else "+"
    # so many digits that the product comes out right
    sum_ = f"{readable(a, 6)}·{readable(x, 5)} {sign} {readable(abs(b), 6)} = {readable(height, 4)}"
    return f"{name}: ŷ = {sum_}, ŷ − y = {readable(height - y, 4)}"


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The fits to all points as calls of dlcore."""
    x, y = (
        experiment.assign(letter, np.array, values.tolist())
        for letter, values in zip("xy", all_points(setup), strict=True)
    )
    for loss in setup.losses:
        experiment.show(fitted_line, x, y, loss, setup.steps)


def details(beat: Beat, setup: Setup, fits: Fits) -> None:
    """The lines, once they may be shown, and all points as tables; the losses as formulas, the fit as source."""
    tables = {"fit_table": lambda: fit_table(setup, visible(beat, fits))}
    beat.numbers(tables | {"data_table": lambda: data_table(setup)})
    beat.source([loss.formula for loss in setup.losses], fitted_line, Huber)


def fit_table(setup: Setup, fits: Fits) -> pd.DataFrame:
    """Every step of every line; without lines all points."""
    if not fits.lines:
        return data_table(setup)
    tables = []
    for name, run in fits.lines.items():
        columns = {"loss": name, "step": np.arange(len(run.loss)), "a": run.slope, "b": run.intercept, "E": run.loss}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def data_table(setup: Setup) -> pd.DataFrame:
    """All points; which are the reader's."""
    x, y = all_points(setup)
    return pd.DataFrame({"x": x, "y": y, "own": np.arange(len(x)) >= len(x) - len(setup.points)})
