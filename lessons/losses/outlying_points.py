"""Outlying points: data to which the reader adds points and moves them, and the lines that different losses draw."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dlcore.datasets import Dataset, NoisyLine, Penguins
from dlcore.losses import Huber, LogCosh, Loss, MeanAbsoluteError, MeanSquaredError
from dlcore.robust import LineRun, fitted_line
from lessons.losses.worked_sums import short
from lessons.shared import typed_numbers
from lessons.shared.typed_numbers import Row, Unreadable
from ui.beat import Beat
from ui.cache import shared
from ui.controls import click
from ui.controls.kinds import Choice, Number, Several, Text
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz import ties
from ui.quiz.goals import Goal

LOSSES = (MeanSquaredError, MeanAbsoluteError, Huber, LogCosh)
NAMES = tuple(loss.name() for loss in LOSSES)
MOST_POINTS = 12
MOVES, DIGITS = 1e-3, 3
"""From which share of the height shown on a line counts as moved, and in how many digits that is told."""
CLICKS = ("moves_last", "adds_one")
OWNS = ("d2", "pts", "by", "click", "n2", "delta2", "rows2", "seed2")
PRESETS = {
    "works": {},
    "one_typo": {"pts": "200, 0.4"},
    "half_a_dozen": {"pts": "172, 11; 175, 11; 178, 11; 182, 11; 186, 11; 190, 11; 194, 11"},
    "delta_too_wide": {"delta2": 10.0, "by": NAMES},
}

Extent = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Scene:
    """Data, the map that they are drawn on, and the points that are added to begin with."""

    data: Dataset
    extent: Extent
    points: str


SCENES = {
    "penguins": Scene(Penguins(), ((170.0, 235.0), (0.0, 12.0)), "182, 10; 186, 10.5"),
    "noisy_line": Scene(NoisyLine(count=60, noise=1.5), ((-0.5, 10.5), (-10.0, 50.0)), "0.5, 45; 1.5, 48"),
}


@dataclass(frozen=True, eq=False)
class Parted:
    """Lines by loss, with the reader's points and without them.

    data: x and y of the data. own: of the reader's points. lines, clean: by loss, fitted with and without these.
    """

    scene: Scene
    data: tuple[np.ndarray, np.ndarray]
    own: tuple[np.ndarray, np.ndarray]
    losses: tuple[Loss, ...]
    lines: dict[str, LineRun]
    clean: dict[str, LineRun]

    def moved(self, name: str) -> float:
        """How far the points have moved a line, on average over the picture's width."""
        x = np.linspace(*self.scene.extent[0], 101)
        with_them, without = (run[name].slope[-1] * x + run[name].intercept[-1] for run in (self.lines, self.clean))
        return float(np.mean(np.abs(with_them - without)))

    @property
    def farthest(self) -> tuple[str, ...]:
        """The losses whose lines have moved most, as far as a reader is told; "no_line_moves" alone if none has."""
        moved = {loss.name(): self.moved(short(loss)) for loss in self.losses}
        low, high = self.scene.extent[1]
        if max(moved.values(), default=0.0) <= MOVES * (high - low):
            return ("no_line_moves",)
        return ties.highest(moved, DIGITS)

    def before_the_run(self) -> "Parted":
        """The same without lines."""
        return dataclasses.replace(self, lines={}, clean={})

    def drawn(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Slopes and intercepts at every step, by loss."""
        return {name: (run.slope, run.intercept) for name, run in self.lines.items()}

    def shares(self) -> dict[str, np.ndarray]:
        """By loss, how much of its first value is left at every step."""
        return {name: run.loss / run.loss[0] if run.loss[0] else run.loss for name, run in self.lines.items()}

    def said(self, say: Say, word: str) -> str:
        """A sentence with the number of points and steps."""
        if not self.lines and word == "fits_said":
            return say("fits_waits", rows=len(self.data[0]), own=len(self.own[0]))
        steps = max((len(run.loss) - 1 for run in self.lines.values()), default=0)
        return say(word, rows=len(self.data[0]), own=len(self.own[0]), steps=steps, lines=len(self.lines))

    def report(self, say: Say) -> str:
        """A line a loss: slope without the points and with them, and how far the line has moved."""
        if not self.lines:
            return say("no_line_chosen")
        return "\n".join(f"- {self._told(say, name)}" for name in self.lines)

    def because(self, say: Say) -> str:
        """The same in one paragraph."""
        return " ".join(self._told(say, name) for name in self.lines) or say("no_line_chosen")

    def _told(self, say: Say, name: str) -> str:
        facts = {"clean": readable(float(self.clean[name].slope[-1]), 3), "moved": readable(self.moved(name), DIGITS)}
        return say("line_moved", name=name, slope=readable(float(self.lines[name].slope[-1]), 3), **facts)

    def by_hand(self) -> list[str]:
        """Every step: each line's height above the last of the points, with its numbers, and its residual there."""
        if not self.lines:
            return [""]
        x, y = (float(both[1][-1] if len(both[1]) else both[0][-1]) for both in zip(self.data, self.own, strict=True))
        count = len(next(iter(self.lines.values())).loss)
        return ["\n".join(_line(name, run, k, x, y) for name, run in self.lines.items()) for k in range(count)]

    def table(self) -> pd.DataFrame:
        """Every step of every line."""
        if not self.lines:
            return self.data_table()
        parts = [
            pd.DataFrame({"loss": name, "step": np.arange(len(run.loss)), "a": run.slope, "b": run.intercept})
            for name, run in self.lines.items()
        ]
        values = np.concatenate([run.loss for run in self.lines.values()])
        return pd.concat(parts, ignore_index=True).assign(E=values)

    def data_table(self) -> pd.DataFrame:
        """All points; which are the reader's."""
        x, y = (np.concatenate(both) for both in zip(self.data, self.own, strict=True))
        return pd.DataFrame({"x": x, "y": y, "own": np.arange(len(x)) >= len(self.data[0])})


def _line(name: str, run: LineRun, k: int, x: float, y: float) -> str:
    a, b, height = float(run.slope[k]), float(run.intercept[k]), float(run.at(x)[k])
    sign = "−" if b < 0 else "+"
    # so many digits that the product comes out right
    sum_ = f"{readable(a, 6)} · {readable(x, 5)} {sign} {readable(abs(b), 6)} = {readable(height, 4)}"
    return f"{name}:  ŷ = {sum_},   ŷ − y = {readable(height - y, 4)},   E = {readable(float(run.loss[k]), 4)}"


# ---- what is chosen --------------------------------------------------------------------------------------------------


def chosen(beat: Beat) -> Parted:
    """Data, points and losses by controls; the points also by table and by click."""
    name = beat.menu("d2", Choice("penguins", tuple(SCENES)), "data", named=beat.member, clears=("pts",))
    scene = SCENES[name]
    names = beat.several("by", Several(NAMES[:3], NAMES), "losses_compared", named=beat.member)
    acts = beat.choice("click", Choice(CLICKS[0], CLICKS), "click_does")
    text = beat.text("pts", Text(scene.points), "your_points", help=beat.word("your_points_help"))
    points = typed_numbers.last_good(beat, "pts", text, lambda line: _points(line, scene), scene.points)
    frame = pd.DataFrame(typed_numbers.cells(text, 2), columns=["x", "y"], dtype=float)
    typed_numbers.editor(
        beat, "points_table", frame, lambda table: {"pts": typed_numbers.written(table.to_numpy().tolist())}
    )
    with beat.more():
        delta = beat.slider("delta2", Number(0.5, 0.01, 10, log=True), "delta")
        steps = int(beat.slider("n2", Number(100, 10, 200, whole=True), "steps"))
        rows = int(beat.slider("rows2", Number(30, 3, 60, whole=True), "rows_of_data"))
        seed = int(beat.box("seed2", Number(0, 0, 9999, whole=True), "seed"))

    def clicked(place: Mapping[str, Any]) -> None:
        kept = points[:-1] if acts == CLICKS[0] else points[: MOST_POINTS - 1]
        beat.set({"pts": typed_numbers.written([*kept, (place["x"], place["y"])])})

    click.listen(f"beat-{beat.name}-place", scene.extent, ("x", "y"), beat.word("click_points"), clicked)
    losses = tuple(Huber(delta) if each is Huber else each() for each in LOSSES if each.name() in names)
    x, y = _data(name, rows, seed)
    own = np.array(points, dtype=float).reshape(-1, 2)
    across = beat.made("x", np.array, np.concatenate([x, own[:, 0]]).tolist())
    up = beat.made("y", np.array, np.concatenate([y, own[:, 1]]).tolist())
    for loss in losses:
        beat.ran(fitted_line, across, up, loss, steps)
    return _parted(name, tuple(points), losses, steps, rows, seed)


def _points(text: str, scene: Scene) -> list[Row]:
    """The reader's points; Unreadable if there are too many, or if one lies off the map. None at all is fine."""
    found = typed_numbers.rows(text, width=2) if text.strip(" ,;") else []
    if len(found) > MOST_POINTS:
        raise Unreadable("entry_long", count=len(found), most=MOST_POINTS)
    for k, row in enumerate(found, start=1):
        for value, (low, high) in zip(row, scene.extent, strict=True):
            if not low <= value <= high:
                ends = {"low": readable(low), "high": readable(high)}
                raise Unreadable("entry_off_the_map", row=k, found=readable(value), **ends)
    return found


@shared(max_entries=256)
def _fitted(name: str, points: tuple[Row, ...], loss: Loss, steps: int, rows: int, seed: int) -> LineRun:
    x, y = _data(name, rows, seed)
    own = np.array(points, dtype=float).reshape(-1, 2)
    return fitted_line(np.concatenate([x, own[:, 0]]), np.concatenate([y, own[:, 1]]), loss, steps)


def _data(name: str, rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = SCENES[name].data.load()
    some = np.random.default_rng(seed).permutation(len(x))[:rows]
    return x[some, 0].astype(float), y[some].astype(float)


def _parted(name: str, points: tuple[Row, ...], losses: tuple[Loss, ...], steps: int, rows: int, seed: int) -> Parted:
    own = np.array(points, dtype=float).reshape(-1, 2)
    lines = {short(loss): _fitted(name, points, loss, steps, rows, seed) for loss in losses}
    clean = {short(loss): _fitted(name, (), loss, steps, rows, seed) for loss in losses}
    return Parted(SCENES[name], _data(name, rows, seed), (own[:, 0], own[:, 1]), losses, lines, clean)


def axes(beat: Beat, found: Parted) -> dict[str, str]:
    """The titles of the picture's axes: the input and the target."""
    data = found.scene.data
    return {"x_title": beat.member(data.features[0]), "y_title": beat.member(data.target)}


def revealed(beat: Beat, found: Parted) -> Parted:
    """The lines, once the reader has guessed which of them the points move most; until then data alone."""
    choices = (*(loss.name() for loss in found.losses), "no_line_moves")
    beat.goals(_one_point(found))
    shown = beat.predicted("which_line_moves", choices, found.farthest, found.because(beat.word))
    return found if shown else found.before_the_run()


def _one_point(found: Parted) -> Goal:
    """A single point of the reader's moves the line of squared errors far, and that of absolute ones hardly."""
    bounds = {"far": 0.6, "near": 0.1}
    names = {"far": short(MeanSquaredError()), "near": short(MeanAbsoluteError())}
    moved = {name: found.moved(name) for name in names.values() if name in found.lines}
    penguins = found.scene is SCENES["penguins"] and len(found.data[0]) >= 30
    valid = penguins and len(found.own[0]) == 1 and len(moved) == len(names)
    reached = valid and moved[names["far"]] >= bounds["far"] and moved[names["near"]] <= bounds["near"]
    measured = ", ".join(f"{name}: {readable(value, 3)}" for name, value in moved.items())
    return Goal("goal_losses_one_point", reached, f"n = {len(found.own[0])}, {measured}", bounds)
