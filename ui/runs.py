"""Runs that are compared: the same start with half the learning rate, the one chosen, and twice as much."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.descent import Basins, Path, basins, descend
from dlcore.diagnosis import Diagnosis, diagnose, ends_of
from dlcore.optimizers import SGD
from dlcore.surfaces import Surface
from lessons.shared import landscapes
from lessons.shared.run_fates import FATES, fates_of
from lessons.shared.worked_steps import gradient_steps
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number, Several
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz.goals import Goal
from ui.script_export import call

CHOSEN = "×1"

FACTORS = {"×½": 0.5, CHOSEN: 1.0, "×2": 2.0}

OTHERS = {"0.5": "×½", "2": "×2"}
"""What else to run, by its name in the address."""


MOVES = ("go_left", "go_right", "go_nowhere")

ENDS = ("end_deepest", "end_other", "end_nowhere", "end_lost")

SHARES = ("share_quarter", "share_half", "share_three_quarters", "share_most")


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
        places = [_place(w) for w in path.w[[0, -1]]]
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


@shared(max_entries=64)
def basins_of(surface: Surface, rate: float, steps: int, count: int) -> Basins:
    """Where the balls from a grid of starts, ``count`` along every weight, end up."""
    return basins(surface, surface.grid(count), SGD(rate), steps)


def balls(beat: Beat, surface: Surface, rate: float, steps: int, count: int) -> Basins:
    """The same for a beat, which offers it as a program."""
    beat.ran(basins, surface, call(surface.grid, count), SGD(rate), steps)
    return basins_of(surface, rate, steps, count)


def largest_share(found: Basins) -> tuple[str, ...]:
    """The words for the share of starts that the most visited minimum collects, of SHARES.

    Exactly a half is both "25-50 %" and "50-75 %"; a quarter is not "less than 25 %", and three quarters are "75 % or
    more".
    """
    share = float(found.share[0]) if len(found.share) else 0.0
    held = (share < 0.25, 0.25 <= share <= 0.5, 0.5 <= share <= 0.75, share >= 0.75)
    return tuple(word for word, holds in zip(SHARES, held, strict=True) if holds)


def shares(say: Say, found: Basins) -> str:
    """How many starts reach which minimum, and how many none, in the reader's words."""
    parts = [
        say("basin_reached", number=k + 1, share=share, place=_place(at))
        for k, (at, share) in enumerate(zip(found.minima[:4], found.share, strict=False))
    ]
    others = float(found.share[4:].sum())
    if others:
        parts.append(say("basin_others", count=len(found.minima) - 4, share=others))
    return " ".join([*parts, say("basin_rest", diverged=found.diverged, undecided=found.undecided)])


def basin_table(surface: Surface, found: Basins) -> pd.DataFrame:
    """Every minimum that was found: its place, its height, its share of the starts."""
    columns = {letter: found.minima[:, i] for i, letter in enumerate(surface.weights)}
    return pd.DataFrame(columns | {"E": surface(*found.minima.T), "share": found.share})


def _place(w: np.ndarray) -> str:
    # a coordinate that is 0 but for rounding is said to be 0
    numbers = ", ".join(readable(0.0 if abs(v) < 1e-12 else float(v)) for v in w)
    return f"({numbers})" if len(w) > 1 else numbers


def rates(beat: Beat, key: str, kind: Number, also: str) -> tuple[float, tuple[str, ...]]:
    """The learning rate, under ``key``, and under ``also`` which factors of it to compare with."""
    return beat.slider(key, kind, "learning_rate"), beat.several(
        also, Several((), tuple(OTHERS)), "compare_rates", named=OTHERS.__getitem__
    )


_QUESTIONS = {
    "which_way": (MOVES, lambda found: found.first_move),
    "will_it_arrive": (FATES, lambda found: found.fates),
    "where_does_it_end": (ENDS, lambda found: found.ends),
}


def revealed(beat: Beat, found: Experiment, question: str) -> Experiment:
    """The experiment, once the reader has answered a question about it (one of _QUESTIONS); until then its start.

    Where the surface is not defined at the start there is nothing to ask.
    """
    choices, truth = _QUESTIONS[question]
    start = tuple(found.chosen.w[0].tolist())
    for name in found.paths:
        path = beat.ran(descend, found.surface, start, SGD(found.rate * FACTORS[name]), found.steps)
        beat.ran(diagnose, found.surface, path)
    because = found.said(beat.word, "which_way_because") if question == "which_way" else found.report(beat.word)
    beat.goals(*_GOALS[question](found))
    if landscapes.undefined(beat, found.surface, start):
        return found.before_the_run()
    return found if beat.predicted(question, choices, truth(found), because) else found.before_the_run()


# ---- goals -----------------------------------------------------------------------------------------------------------
def _above(found: Experiment) -> np.ndarray:
    """How high above the deepest minimum the chosen run is at every step."""
    floor = min(float(found.surface(*place)) for place in found.surface.minima)
    return np.maximum(np.nan_to_num(found.chosen.height - floor, nan=np.inf), 0.0)


def _one_step(found: Experiment) -> tuple[Goal]:
    above = _above(found)
    after, first = float(above[min(1, len(above) - 1)]), float(above[0])
    reached = first >= 1 and after <= 1e-6 * first
    return (Goal("goal_gradient_descent_one_step", reached, f"E₁ − min E = {readable(after, 3)}"),)


def _twelve_steps(found: Experiment) -> tuple[Goal]:
    bounds = {"most": 12, "error": 0.01}
    above = _above(found)
    least = float(above[: bounds["most"] + 1].min())
    reached = above[0] >= 1 and least < bounds["error"]
    return (Goal("goal_gradient_descent_twelve_steps", bool(reached), f"E − min E = {readable(least, 3)}", bounds),)


def _out_of_valley(found: Experiment) -> tuple[Goal]:
    bounds, w = {"start": 1.2}, found.chosen.w
    here = found.surface.name() == "double_well" and w[0, 0] >= bounds["start"]
    reached = here and found.ends == ("end_deepest",)
    return (Goal("goal_gradient_descent_out_of_valley", bool(reached), f"{_place(w[0])} → {_place(w[-1])}", bounds),)


_GOALS = {"which_way": _one_step, "will_it_arrive": _twelve_steps, "where_does_it_end": _out_of_valley}


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
