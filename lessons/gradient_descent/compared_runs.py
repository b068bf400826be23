"""Runs that are compared: the same start with half the learning rate, the one chosen, and twice as much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

import charts
from charts.picture import Picture
from dlcore.experiments.descent import Path, descend
from dlcore.experiments.diagnosis import Diagnosis, Where, diagnose
from dlcore.optimizers import SGD
from dlcore.surfaces import LineFit, SlopeFit, Surface
from lessons.shared import landscapes, numpy_loops
from lessons.shared.run_fates import against_limit, height_in_words
from lessons.shared.worked_steps import gradient_steps
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number, Several
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.script_export import Experiment

CHOSEN = "×1"

FACTORS = {"×½": 0.5, CHOSEN: 1.0, "×2": 2.0}

OTHERS = {"0.5": "×½", "2": "×2"}
"""What else to run, by its name in the address."""

STEPS = Number(40, 1, 300, whole=True)

JUDGED_AT: dict[Where, str] = {
    "minimum": "judged_at_minimum",
    "nearest_minimum": "judged_at_nearest_minimum",
    "last_place": "judged_at_last_place",
    "start": "judged_at_start",
}
"""The word for where the curvature of a diagnosis is taken."""


S = TypeVar("S", bound=Surface, covariant=True)


@dataclass(frozen=True)
class Setup(Generic[S]):
    """Gradient descent on a surface: from which start, with which learning rate, for how many steps.

    compared: the factors, of OTHERS, by which the rate of the runs beside the chosen one differs.
    """

    surface: S
    start: tuple[float, ...]
    rate: float
    compared: tuple[str, ...]
    steps: int

    @property
    def names(self) -> list[str]:
        """The names of the runs, of FACTORS, the chosen one first."""
        return [CHOSEN, *(OTHERS[other] for other in self.compared)]

    def rule(self, name: str = CHOSEN) -> SGD:
        """The optimizer of a run."""
        return SGD(self.rate * FACTORS[name])

    @property
    def defined(self) -> bool:
        """Whether the surface and its slope are numbers at the start."""
        return landscapes.defined(self.surface, self.start)


@dataclass(frozen=True, eq=False)
class Runs:
    """The path of every run and what is to be said of it, by name, the chosen one first."""

    paths: dict[str, Path]
    diagnoses: dict[str, Diagnosis]

    @property
    def main_path(self) -> Path:
        return self.paths[CHOSEN]

    def start(self) -> "Runs":
        """The runs before their first step."""
        starts = {name: Path(path.w[:1], path.height[:1], path.gradient[:1]) for name, path in self.paths.items()}
        return Runs(starts, {})

    def lines(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """By run, slope and intercept at every step, for weights that are those of a line."""
        return {
            name: (path.w[:, 0], path.w[:, 1] if path.w.shape[1] == 2 else np.zeros(len(path.w)))
            for name, path in self.paths.items()
        }

    def sentence(self, say: Say, word: str) -> str:
        """A sentence about the chosen run, with its numbers."""
        path = self.main_path
        start, end = (place_in_words(w) for w in path.w[[0, -1]])
        numbers = {"slope": path.gradient[0, 0], "high": path.height[0], "low": path.height[-1]}
        facts = {name: height_in_words(number, say) for name, number in numbers.items()}
        return say(word, steps=path.steps, start=start, end=end, **facts)

    def path_sentence(self, say: Say, word: str, letters: Sequence[str]) -> str:
        """A picture's own sentence, ``word``, and where the chosen run began and ended: not where the player is."""
        path = self.main_path
        start, end = (
            f"{letters[0]} = {place_in_words(w)}" if len(w) == 1 else place_in_words(w) for w in path.w[[0, -1]]
        )
        high, low = (height_in_words(height, say) for height in path.height[[0, -1]])
        ends = say(
            "run_ends" if path.steps else "run_starts", start=start, end=end, high=high, low=low, steps=path.steps
        )
        return f"{say(word)} {ends}"

    def height_above_minimum(self, surface: Surface) -> np.ndarray:
        """How high above the deepest minimum the chosen run is at every step."""
        floor = min(float(surface(*place)) for place in surface.minima)
        return np.maximum(np.nan_to_num(self.main_path.height - floor, nan=np.inf), 0.0)


# ---- choose ----------------------------------------------------------------------------------------------------------


def rates(beat: Beat, key: str, kind: Number, also: str) -> tuple[float, tuple[str, ...]]:
    """The learning rate, under ``key``, and under ``also`` which factors of it to compare with."""
    return beat.slider(key, kind, "learning_rate"), beat.several(
        also, Several((), tuple(OTHERS)), "compare_rates", option_label=OTHERS.__getitem__
    )


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup[Surface]) -> Runs:
    """The runs of a setup."""
    runs = {name: run_of(setup.surface, setup.start, setup.rule(name), setup.steps) for name in setup.names}
    paths = {name: path for name, (path, _) in runs.items()}
    return Runs(paths, {name: diagnosis for name, (_, diagnosis) in runs.items()})


@shared(max_entries=256)
def run_of(surface: Surface, start: tuple[float, ...], rule: SGD, steps: int) -> tuple[Path, Diagnosis]:
    """One run, and how it ended."""
    path = descend(surface, start, rule, steps)
    return path, diagnose(surface, path)


# ---- explain ---------------------------------------------------------------------------------------------------------


def report(setup: Setup[Surface], runs: Runs, say: Say) -> str:
    """What happened to every run, a line each, in the reader's words."""
    lines = [
        _verdict(say, diagnosis, setup.rate * FACTORS[name], runs.paths[name])
        for name, diagnosis in runs.diagnoses.items()
    ]
    return "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)


def _verdict(say: Say, diagnosis: Diagnosis, rate: float, path: Path) -> str:
    facts: dict[str, object] = {"step": diagnosis.step, "left": readable(diagnosis.left or 0)}
    facts |= {"curvature": readable(diagnosis.curvature), "limit": readable(diagnosis.limit), "rate": readable(rate)}
    facts |= {"share": against_limit(say, rate, diagnosis.limit), "where": say(JUDGED_AT[diagnosis.judged_at])}
    parts = [say("run_name", **facts), say(f"verdict_{diagnosis.verdict}", **facts)]
    if diagnosis.verdict == "diverged" and path.diverged:
        parts.append(say("lost_at", step=path.diverged))
    if diagnosis.left:
        parts.append(say("steps_left", **facts))
    parts += [say(word, **facts) for word in besides(diagnosis)]
    if diagnosis.verdict == "undefined":
        return " ".join(parts)
    return " ".join([*parts, say("limit_fact" if diagnosis.curvature > 0 else "limit_none", **facts)])


def besides(diagnosis: Diagnosis) -> list[str]:
    """The words for what makes more than one answer right: a minimum close by, the edge of the map behind."""
    return [word for word, holds in (("minimum_beside", diagnosis.beside), ("leaves_map", diagnosis.leaving)) if holds]


def place_in_words(w: np.ndarray) -> str:
    """A place, shape (weights,), as a reader writes it."""
    # a coordinate that is 0 but for rounding is said to be 0
    numbers = ", ".join(readable(0.0 if abs(v) < 1e-12 else float(v)) for v in w)
    return f"({numbers})" if len(w) > 1 else numbers


# ---- draw ------------------------------------------------------------------------------------------------------------


def visible(beat: Beat, setup: Setup[Surface], runs: Runs) -> Runs:
    """As much of the runs as may be shown: before the answer, and where there is no slope, the start alone."""
    return runs if beat.answered and setup.defined else runs.start()


def picture(surface: Surface, paths: Mapping[str, Path], **titles: str) -> Picture:
    """The runs on their landscape: balls on a curve for one weight, paths on a map for two."""
    if len(surface.weights) == 1:
        (w,) = surface.grid(300)
        titles = {"x_title": surface.weights[0], "y_title": "E"} | titles
        return charts.curve_with_balls(w, surface(w), paths, **titles)
    return landscapes.map_with_paths(surface, paths, arrows=True)


def line(beat: Beat, setup: Setup[SlopeFit] | Setup[LineFit], runs: Runs) -> tuple[Picture, str]:
    """The data with the line that the weights mean, at every step of every run; and its sentence."""
    titles = landscapes.axes(beat, setup.surface)
    data = charts.data_with_lines(*setup.surface.points, runs.lines(), **titles)
    return data, runs.sentence(beat.word, "line_said" if runs.main_path.steps else "line_starts")


def play(beat: Beat, setup: Setup[Surface], runs: Runs) -> None:
    """The player for the charts of runs, and what happened; before that may be shown there is nothing to play."""
    path = runs.main_path
    beat.player(gradient_steps(setup.surface.weights, path.w, path.gradient, setup.rate), checked=True)
    if runs.diagnoses:
        beat.report(report(setup, runs, beat.word))


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup[Surface], experiment: Experiment) -> None:
    """The runs as calls of dlcore."""
    for name in setup.names:
        path = experiment.show(descend, setup.surface, setup.start, setup.rule(name), setup.steps)
        experiment.show(diagnose, setup.surface, path)


def loop(setup: Setup[Surface]) -> str:
    """The chosen run in a few lines of NumPy."""
    return numpy_loops.loop(setup.surface, setup.start, setup.rate, setup.steps)


def table(setup: Setup[Surface], runs: Runs) -> pd.DataFrame:
    """Every step of every run: rate, step, weights, height, gradient."""
    return pd.concat([_table(setup, name, path) for name, path in runs.paths.items()], ignore_index=True)


def _table(setup: Setup[Surface], name: str, path: Path) -> pd.DataFrame:
    letters = setup.surface.weights
    columns: dict[str, object] = {"learning_rate": setup.rate * FACTORS[name], "step": np.arange(len(path.w))}
    columns |= {letter: path.w[:, i] for i, letter in enumerate(letters)} | {"E": path.height}
    return pd.DataFrame(columns | {f"dE/d{letter}": path.gradient[:, i] for i, letter in enumerate(letters)})
