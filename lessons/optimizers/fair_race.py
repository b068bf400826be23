"""A fair race: rules that start at one place of a landscape, each with a rate of its own, tuned alike or chosen."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

import charts
from charts.picture import Picture
from dlcore.experiments.class_race import arrivals
from dlcore.experiments.descent import Path, descend
from dlcore.experiments.optimizer_comparison import RATES_TRIED, resolution, tune
from dlcore.experiments.rate_sweep import Sweep
from dlcore.optimizers import Optimizer
from dlcore.surfaces import Surface
from lessons.optimizers import height_errors
from lessons.optimizers.entrants import Entrants, course_racers, entrants, keys
from lessons.optimizers.height_errors import above_lowest, error_text
from lessons.optimizers.rules import RULES, rate_of, tuned_rule, with_rate
from lessons.shared import landscapes
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.quiz.goals import Goal
from ui.script_export import Experiment

LOSES = {"g": "bowl"}
"""A landscape on which plain gradient descent, well tuned, cannot be beaten."""

RIVALS = {"sgd", "momentum", "adam"}
"""Whom plain gradient descent has to beat for its goal."""


@dataclass(frozen=True)
class Setup:
    """A race on a surface: from which start, for how many steps, who takes part."""

    surface: Surface
    start: tuple[float, ...]
    entrants: Entrants
    steps: int


@dataclass(frozen=True, eq=False)
class Race:
    """Rules that race, by name: their runs from one start, and what became of all rates that were tried for them.

    minima: the heights of the known minima, shape (minima,). resolution: heights less than this above them are noise.
    """

    rules: dict[str, Optimizer]
    paths: dict[str, Path]
    sweeps: dict[str, Sweep]
    minima: np.ndarray
    resolution: float

    def start(self) -> "Race":
        """The runs before their first step, and no rates."""
        paths = {name: Path(path.w[:1], path.height[:1], path.gradient[:1]) for name, path in self.paths.items()}
        return Race(self.rules, paths, {}, self.minima, self.resolution)

    # ---- errors ------------------------------------------------------------------------------------------------------

    @cached_property
    def floor(self) -> float:
        """The lowest height that is known: of the deepest minimum, or of the lowest place that any run has reached."""
        paths, ends = self.paths.values(), (sweep.height[-1] for sweep in self.sweeps.values())
        return height_errors.lowest_height([self.minima, *(path.height for path in paths), *ends])

    @cached_property
    def noise(self) -> float:
        """How far heights near the floor may lie from each other by rounding alone."""
        return height_errors.rounding(self.floor, self.resolution)

    @cached_property
    def errors(self) -> dict[str, np.ndarray]:
        """By rule, how high each step is above the floor; 0 where rounding alone may have made a difference."""
        return {name: above_lowest(path.height, self.floor, self.noise) for name, path in self.paths.items()}

    @cached_property
    def final_errors(self) -> dict[str, np.ndarray]:
        """By rule, the error that is left at the end with each of the rates that were tried."""
        return {name: above_lowest(sweep.height[-1], self.floor, self.noise) for name, sweep in self.sweeps.items()}

    @property
    def lowest_line(self) -> float | None:
        """Where pictures of the errors end below, if some are too small to be drawn."""
        ends = {f"ends {name}": left for name, left in self.final_errors.items()}
        return height_errors.lowest_line(ends | self.errors, self.at_start)

    @property
    def at_start(self) -> float:
        """How high the start is above the floor; 1 where the start has no height."""
        high = float(next(iter(self.paths.values())).height[0]) - self.floor
        return high if math.isfinite(high) else 1.0

    @property
    def rate_and_end(self) -> dict[str, tuple[float, float]]:
        """By rule, its rate in the race and the error that it ended with."""
        ends = {name: math.inf if path.diverged else float(self.errors[name][-1]) for name, path in self.paths.items()}
        return {name: (rate_of(rule), ends[name]) for name, rule in self.rules.items()}

    # ---- who is first ------------------------------------------------------------------------------------------------

    def arrival(self, name: str) -> int | None:
        """The step from which on a rule has lost 99 % of its error, or None."""
        (step,) = arrivals(self.errors[name][:, None], self.at_start).tolist()
        return None if self.paths[name].diverged is not None or step < 0 else step

    @property
    def first(self) -> tuple[str, ...]:
        """Who has lost 99 % of its error first: all that did so at the same step; "nobody" alone if none has."""
        steps = {name: step for name in self.rules if (step := self.arrival(name)) is not None}
        return tuple(name for name, step in steps.items() if step == min(steps.values())) or ("nobody",)

    # ---- in words ----------------------------------------------------------------------------------------------------

    def report(self, say: Say) -> str:
        """A line a rule: its rate, when it arrived, where it ended."""
        lines = []
        for name, path in self.paths.items():
            step, facts = self.arrival(name), {"name": name, "rate": readable(rate_of(self.rules[name]), 3)}
            facts["error"] = error_text(float(self.errors[name][-1]), self.noise, 3)
            word = "racer_lost" if path.diverged is not None else "racer_late" if step is None else "racer_made_it"
            lines.append("- " + say(word, step=path.diverged if step is None else step, **facts))
        return "\n".join(lines)

    def sentence(self, say: Say, word: str) -> str:
        """A sentence about the race, with its numbers."""
        steps = max(path.steps for path in self.paths.values())
        facts = {"count": len(self.paths), "steps": steps, "high": readable(self.at_start, 3)}
        return say(word, tried=RATES_TRIED, **facts)

    def errors_sentence(self, say: Say, word: str) -> str:
        """The same of a picture of errors, with what it does not show."""
        return self.sentence(say, word) + height_errors.caution(say, self.errors, self.lowest_line, self.noise)

    def player_lines(self) -> list[str]:
        """What stands beneath the player at every step: the error of every rule."""
        last = max(path.steps for path in self.paths.values())
        return ["\n".join(self._line(name, k) for name in self.paths) for k in range(last + 1)]

    def _line(self, name: str, k: int) -> str:
        error = self.errors[name]
        return f"{name}: {error_text(float(error[min(k, len(error) - 1)]), self.noise)}"

    def rates_table(self) -> pd.DataFrame:
        """What is left at the end with every rate that was tried."""
        tables = [
            pd.DataFrame({"optimizer": name, "learning_rate": sweep.rates, "error": self.final_errors[name]})
            for name, sweep in self.sweeps.items()
        ]
        return pd.concat(tables, ignore_index=True)


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The landscape and the racers; later kin, their rates, the steps and the start one click away."""
    surface = landscapes.landscape(beat, "g", "narrow_valley", (2,), clears=("s", "t"))
    racers = course_racers(beat, "")
    with beat.more():
        everybody = entrants(beat, "", racers)
        steps = int(beat.slider("n3", Number(60, 1, 300, whole=True), "steps"))
        start = landscapes.start(beat, surface, ("s", "t"))
    controls = ("g", "g_text", "g_size", "s", "t", "n3", *keys(""))
    one, favourite = {"fair": False}, {"fair": False, "r_adam": 0.3}
    beat.presets(controls, works={}, one_rate=one, favourite=favourite, adam_loses=LOSES)
    return Setup(surface, start, everybody, steps)


def measure(setup: Setup) -> Race:
    """The race, each rule with its own rate, or with the best of the rates that are tried for all of them."""
    surface, start, steps = setup.surface, setup.start, setup.steps
    rates = setup.entrants.rate_by_name
    best = {name: tuned_rule(surface, start, name, steps) for name in setup.entrants.names}
    rules = {name: with_rate(name, rates[name]) if name in rates else rule for name, (rule, _) in best.items()}
    paths = {name: _run(surface, start, rule, steps) for name, rule in rules.items()}
    minima = np.array([float(surface(*place)) for place in surface.minima])
    return Race(rules, paths, {name: sweep for name, (_, sweep) in best.items()}, minima, resolution(surface))


@shared(max_entries=512)
def _run(surface: Surface, start: tuple[float, ...], rule: Optimizer, steps: int) -> Path:
    return descend(surface, start, rule, steps)


# ---- question, explain, goals ----------------------------------------------------------------------------------------


def question(setup: Setup, race: Race) -> Question:
    """Who has lost 99 % of its error first."""
    return Question("who_is_first", (*setup.entrants.names, "nobody"), race.first)


def explain(setup: Setup, race: Race, say: Say) -> str:
    """The rate of every rule, when it arrived, where it ended."""
    return race.report(say)


def goals(setup: Setup, race: Race) -> tuple[Goal, Goal]:
    """Plain descent wins with tuned rates; momentum runs past the minimum and still beats sgd at the same rate."""
    names, rules = set(race.rules), race.rules
    plain = setup.entrants.uses_best_rates and names >= RIVALS and RIVALS & set(race.first) == {"sgd"}
    same = names >= {"sgd", "momentum"} and rate_of(rules["sgd"]) == rate_of(rules["momentum"])
    bounds = {"past": 1}
    steps = ", ".join(f"{name}: {'–' if (step := race.arrival(name)) is None else step}" for name in rules)
    past = past_minimum(setup.surface, race.paths["momentum"]) if "momentum" in names else 0.0
    return (
        Goal("goal_optimizers_plain_wins", plain, steps),
        Goal(
            "goal_optimizers_momentum_overshoots",
            same and "momentum" in race.first and "sgd" not in race.first and past >= bounds["past"],
            f"{steps}; Δ = {readable(past, 3)}",
            bounds,
        ),
    )


def past_minimum(surface: Surface, path: Path) -> float:
    """How far a ball ran past the deepest minimum along any weight, after it was farthest from it; else 0."""
    if not surface.minima:
        return 0.0
    deepest = min(surface.minima, key=lambda place: float(surface(*place)))
    off = np.nan_to_num(path.w - np.array(deepest), nan=0.0)
    farthest = np.argmax(np.abs(off), axis=0)
    return max(0.0, *(float(np.max(-np.sign(off[k, i]) * off[k:, i])) for i, k in enumerate(farthest)))


# ---- draw ------------------------------------------------------------------------------------------------------------


def visible(beat: Beat, race: Race) -> Race:
    """As much of the race as may be shown: before the answer its start alone."""
    return race if beat.answered else race.start()


def draw(beat: Beat, setup: Setup, race: Race) -> None:
    """The paths on the map beside their errors; once it is answered, a map for each, and how much its rate matters."""
    view, say = visible(beat, race), beat.word
    # the lines beside it say which colour is whose, or six names would take a third of the map
    over_map = landscapes.map_with_paths(setup.surface, view.paths, legend=False)
    titles = say("step_axis"), say("error_above_axis")
    how: dict[str, Any] = {"floor": race.lowest_line, "ceiling": height_errors.ceiling(race.at_start)}
    if not beat.answered:
        # a range that somebody arrives in would say that somebody does
        how = {"known": 1, "ends": height_errors.neutral_ends(race.at_start)}
    over_steps = charts.lines_by_step(race.errors, *titles, log=True, last=setup.steps, **how)
    sentences = view.sentence(say, "race_map_said"), view.errors_sentence(say, "race_error_said")
    pictures = (over_map, sentences[0]), (over_steps, sentences[1])
    beat.side_by_side(*pictures, clickable=True, first=landscapes.map_width(setup.surface))
    beat.player(view.player_lines())
    if beat.answered:
        beat.report(race.report(say))
        beat.prose("sensitivity")
        titles = beat.words(x_title="rate_axis", y_title="error_end_axis")
        dots = "tuned_said" if setup.entrants.uses_best_rates else "rates_set_said"
        pictures = [(_values_by_rate(race, **titles), race.sentence(say, dots))]
        if len(race.paths) > 1:
            each = landscapes.map_for_each_run(setup.surface, race.paths)
            pictures.append((each, race.sentence(say, "each_map_said")))
        beat.side_by_side(*pictures)


def _values_by_rate(race: Race, **titles: str) -> Picture:
    """What every rule ends with, by its rate; at most ten times the error at the start."""
    rates = {name: sweep.rates for name, sweep in race.sweeps.items()}
    limits = 10 * race.at_start, race.lowest_line
    return charts.value_by_rate(rates, race.final_errors, race.rate_and_end, *limits, **titles)


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The runs as calls of dlcore, and before each the tuning of its rate, if it is tuned."""
    surface, start, steps = setup.surface, setup.start, setup.steps
    rates = setup.entrants.rate_by_name
    for name in setup.entrants.names:
        if name in rates:
            experiment.show(descend, surface, start, with_rate(name, rates[name]), steps)
        else:
            best = experiment.show(tune, surface, start, RULES[name].rule, steps)
            experiment.show(descend, surface, start, best[0], steps)


def details(beat: Beat, setup: Setup, race: Race) -> None:
    """Every step and, once they may be shown, all rates as tables; the rules as formulas, how they are tuned."""
    answer = {"rate_table": race.rates_table} if beat.answered else {}
    beat.numbers({"run_table": lambda: table(setup, visible(beat, race))} | answer)
    beat.source([RULES[name].formula for name in race.rules], tune)


def table(setup: Setup, race: Race) -> pd.DataFrame:
    """Every step of every rule: weights, height, gradient."""
    tables = []
    for name, path in race.paths.items():
        columns: dict[str, object] = {"optimizer": name, "learning_rate": rate_of(race.rules[name])}
        columns |= {"step": np.arange(len(path.w)), "E": path.height, "error": race.errors[name]}
        for i, letter in enumerate(setup.surface.weights):
            columns |= {letter: path.w[:, i], f"dE/d{letter}": path.gradient[:, i]}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)
