"""Runs that are compared: the same start with half the learning rate, the one chosen, and twice as much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

import charts
from charts.picture import Picture
from dlcore.descent import Path, descend
from dlcore.diagnosis import Diagnosis, diagnose, ends_of
from dlcore.optimizers import SGD
from dlcore.surfaces import Surface
from lessons.shared import landscapes
from lessons.shared.run_fates import fates_of
from lessons.shared.worked_steps import gradient_steps
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number, Several
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz.goals import Goal

CHOSEN = "×1"

FACTORS = {"×½": 0.5, CHOSEN: 1.0, "×2": 2.0}

OTHERS = {"0.5": "×½", "2": "×2"}
"""What else to run, by its name in the address."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """Runs from one start on one landscape, by the factor on the learning rate, the chosen one first."""

    surface: Surface
    rate: float
    paths: dict[str, Path]
    diagnoses: dict[str, Diagnosis]
    steps: int = 0

    @property
    def chosen(self) -> Path:
        return self.paths[CHOSEN]

    @property
    def first_move(self) -> str:
        """The word for where the first step of a single weight leads, one of MOVES."""
        ahead = -self.chosen.gradient[0, 0]
        return "go_nowhere" if ahead == 0 else "go_right" if ahead > 0 else "go_left"

    @property
    def fates(self) -> tuple[str, ...]:
        """The words for whether and how the chosen run arrives, of FATES."""
        return fates_of(self.diagnoses[CHOSEN])

    @property
    def ends(self) -> tuple[str, ...]:
        """The words for where the chosen run ends, of ENDS."""
        return _ends(self.surface, tuple(self.chosen.w[0].tolist()), SGD(self.rate), self.steps)

    def before_the_run(self) -> "Experiment":
        """The same with nothing but the start."""
        starts = {name: Path(path.w[:1], path.height[:1], path.gradient[:1]) for name, path in self.paths.items()}
        return Experiment(self.surface, self.rate, {CHOSEN: starts[CHOSEN]}, {})

    def lines(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """By run, slope and intercept at every step, for weights that are those of a line."""
        return {
            name: (path.w[:, 0], path.w[:, 1] if path.w.shape[1] == 2 else np.zeros(len(path.w)))
            for name, path in self.paths.items()
        }

    def said(self, say: Say, word: str) -> str:
        """A sentence about the chosen run, with its numbers."""
        path = self.chosen
        places = [place_said(w) for w in path.w[[0, -1]]]
        facts = {"slope": path.gradient[0, 0], "high": path.height[0], "low": path.height[-1]}
        shown = {name: readable(float(fact)) for name, fact in facts.items()}
        return say(word, steps=path.steps, start=places[0], end=places[1], **shown)

    def steps_by_hand(self) -> list[str]:
        """Every step of the chosen run, written out with its numbers."""
        return gradient_steps(self.surface.weights, self.chosen.w, self.chosen.gradient, self.rate)

    def report(self, say: Say) -> str:
        """What happened to every run, a line each, in the reader's words."""
        lines = [
            _told(say, diagnosis, self.rate * FACTORS[name], self.paths[name])
            for name, diagnosis in self.diagnoses.items()
        ]
        return "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)

    def table(self) -> pd.DataFrame:
        """Every step of every run: rate, step, weights, height, gradient."""
        return pd.concat([self._table(name, path) for name, path in self.paths.items()], ignore_index=True)

    def _table(self, name: str, path: Path) -> pd.DataFrame:
        letters = self.surface.weights
        columns: dict[str, object] = {"learning_rate": self.rate * FACTORS[name], "step": np.arange(len(path.w))}
        columns |= {letter: path.w[:, i] for i, letter in enumerate(letters)} | {"E": path.height}
        return pd.DataFrame(columns | {f"dE/d{letter}": path.gradient[:, i] for i, letter in enumerate(letters)})


@shared(max_entries=256)
def _run(surface: Surface, start: tuple[float, ...], rule: SGD, steps: int) -> tuple[Path, Diagnosis]:
    path = descend(surface, start, rule, steps)
    return path, diagnose(surface, path)


@shared(max_entries=256)
def _ends(surface: Surface, start: tuple[float, ...], rule: SGD, steps: int) -> tuple[str, ...]:
    path, _ = _run(surface, start, rule, steps)
    return tuple(f"end_{end}" for end in ends_of(surface, path))


def experiment(
    surface: Surface, start: tuple[float, ...], rate: float, others: Sequence[str], steps: int
) -> Experiment:
    """Gradient descent from ``start``, with the chosen rate and with ``others`` (of OTHERS) times it."""
    names = [CHOSEN, *(OTHERS[other] for other in others)]
    runs = {name: _run(surface, start, SGD(rate * FACTORS[name]), steps) for name in names}
    paths = {name: path for name, (path, _) in runs.items()}
    return Experiment(surface, rate, paths, {name: diagnosis for name, (_, diagnosis) in runs.items()}, steps)


def place_said(w: np.ndarray) -> str:
    # a coordinate that is 0 but for rounding is said to be 0
    numbers = ", ".join(readable(0.0 if abs(v) < 1e-12 else float(v)) for v in w)
    return f"({numbers})" if len(w) > 1 else numbers


def rates(beat: Beat, key: str, kind: Number, also: str) -> tuple[float, tuple[str, ...]]:
    """The learning rate, under ``key``, and under ``also`` which factors of it to compare with."""
    return beat.slider(key, kind, "learning_rate"), beat.several(
        also, Several((), tuple(OTHERS)), "compare_rates", named=OTHERS.__getitem__
    )


def revealed(
    beat: Beat,
    found: Experiment,
    question: str,
    choices: Sequence[str],
    truth: str | Sequence[str],
    because: str,
    goals: Sequence[Goal],
) -> Experiment:
    """The experiment, once the reader has answered a question about it; until then its start.

    Where the surface is not defined at the start there is nothing to ask.
    """
    start = tuple(found.chosen.w[0].tolist())
    for name in found.paths:
        path = beat.ran(descend, found.surface, start, SGD(found.rate * FACTORS[name]), found.steps)
        beat.ran(diagnose, found.surface, path)
    beat.goals(*goals)
    if landscapes.undefined(beat, found.surface, start):
        return found.before_the_run()
    return found if beat.predicted(question, choices, truth, because) else found.before_the_run()


# ---- goals -----------------------------------------------------------------------------------------------------------
def height_above_minimum(found: Experiment) -> np.ndarray:
    """How high above the deepest minimum the chosen run is at every step."""
    floor = min(float(found.surface(*place)) for place in found.surface.minima)
    return np.maximum(np.nan_to_num(found.chosen.height - floor, nan=np.inf), 0.0)


def picture(surface: Surface, paths: Mapping[str, Path], **titles: str) -> Picture:
    """The runs on their landscape: balls on a curve for one weight, paths on a map for two."""
    if len(surface.weights) == 1:
        (w,) = surface.grid(300)
        titles = {"x_title": surface.weights[0], "y_title": "E"} | titles
        return charts.curve_with_balls(w, surface(w), paths, **titles)
    return landscapes.map_with_paths(surface, paths)


def play(beat: Beat, shown: Experiment) -> None:
    """The player for an experiment's charts, and what happened; before the run is revealed there is nothing to play."""
    beat.player(shown.steps_by_hand())
    if shown.diagnoses:
        st.markdown(shown.report(beat.word))


def _told(say: Say, diagnosis: Diagnosis, rate: float, path: Path) -> str:
    facts: dict[str, object] = {"step": diagnosis.step, "left": readable(diagnosis.left or 0)}
    facts |= {"curvature": readable(diagnosis.curvature), "limit": readable(diagnosis.limit), "rate": readable(rate)}
    facts["share"] = rate / diagnosis.limit
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
