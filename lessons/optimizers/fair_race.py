"""A fair race: rules that start at one place of a landscape, each with a rate of its own, tuned alike or chosen."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.contest import RATES_TRIED, resolution, tuned
from dlcore.descent import Path, descend
from dlcore.diagnosis import Diagnosis, diagnose
from dlcore.optimizers import Optimizer
from dlcore.surfaces import Surface
from dlcore.sweep import Sweep
from lessons.optimizers.entrants import entered, entry, keys
from lessons.optimizers.rules import RULES, rate_of, tuned_rule
from lessons.shared import landscapes
from ui import errors
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz.goals import Goal

LOSES = {"g": "bowl"}
"""A landscape on which plain gradient descent, well tuned, cannot be beaten."""

GONE = 0.01
"""A run has made it when so much of its error is left, and stays so."""


@dataclass(frozen=True, eq=False)
class Field:
    """Rules that race, by name: their runs from one start, and what became of all rates that were tried for them."""

    surface: Surface
    rules: dict[str, Optimizer]
    paths: dict[str, Path]
    tried: dict[str, Sweep]
    verdicts: dict[str, Diagnosis]

    @cached_property
    def floor(self) -> float:
        """The lowest height that is known: of the deepest minimum, or of the lowest place that any run has seen."""
        places = [np.array([self.surface(*place) for place in self.surface.minima])]
        seen = [*places, *(path.height for path in self.paths.values()), *(s.height[-1] for s in self.tried.values())]
        heights = np.concatenate([np.ravel(part) for part in seen])
        finite = heights[np.isfinite(heights)]
        return float(finite.min()) if len(finite) else 0.0

    @cached_property
    def noise(self) -> float:
        """How far heights near the floor may be apart by rounding alone."""
        return max(resolution(self.surface), float(np.spacing(abs(self.floor))))

    @cached_property
    def errors(self) -> dict[str, np.ndarray]:
        """By rule, how high each step is above the floor; 0 where rounding alone may have made a difference."""
        return {name: errors.above(path.height, self.floor, self.noise) for name, path in self.paths.items()}

    @property
    def lowest_line(self) -> float | None:
        """Where pictures of the errors end below, if some are too small to be drawn."""
        ends = {name: errors.above(sweep.height[-1], self.floor, self.noise) for name, sweep in self.tried.items()}
        return errors.lowest_line({f"ends {name}": end for name, end in ends.items()} | self.errors, self.at_start)

    @property
    def at_start(self) -> float:
        """How high the start is above the floor; 1 where the start has no height."""
        high = float(next(iter(self.paths.values())).height[0]) - self.floor
        return high if math.isfinite(high) else 1.0

    def by_rate(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, tuple[float, float]]]:
        """By rule: the rates that were tried, what is left at the end with each, and the race's own rate and end."""
        values = {name: errors.above(sweep.height[-1], self.floor, self.noise) for name, sweep in self.tried.items()}
        ends = {name: math.inf if path.diverged else float(self.errors[name][-1]) for name, path in self.paths.items()}
        used = {name: (rate_of(rule), ends[name]) for name, rule in self.rules.items()}
        return {name: sweep.rates for name, sweep in self.tried.items()}, values, used

    @property
    def rate_ends(self) -> tuple[float, float | None]:
        """How high and how low the picture of the rates reaches."""
        return 10 * self.at_start, self.lowest_line

    def made_it(self, name: str) -> int | None:
        """The step from which on a rule has lost 99 % of its error, or None."""
        error, path = self.errors[name], self.paths[name]
        below = error <= GONE * self.at_start
        if path.diverged is not None or not below[-1]:
            return None
        return len(below) - int(np.argmin(below[::-1])) if not below.all() else 0

    @property
    def first(self) -> tuple[str, ...]:
        """Who has lost 99 % of its error first: all that did so at the same step; "nobody" alone if none has."""
        steps = {name: step for name in self.rules if (step := self.made_it(name)) is not None}
        return tuple(name for name, step in steps.items() if step == min(steps.values())) or ("nobody",)

    def before_the_run(self) -> "Field":
        """The same with nothing but the start."""
        paths = {name: Path(path.w[:1], path.height[:1], path.gradient[:1]) for name, path in self.paths.items()}
        return Field(self.surface, self.rules, paths, {}, {})

    def report(self, say: Say) -> str:
        """A line a rule: its rate, when it made it, where it ended."""
        lines = []
        for name, path in self.paths.items():
            step, facts = self.made_it(name), {"name": name, "rate": readable(rate_of(self.rules[name]), 3)}
            facts["error"] = errors.written(float(self.errors[name][-1]), self.noise, 3)
            word = "racer_lost" if path.diverged is not None else "racer_late" if step is None else "racer_made_it"
            lines.append("- " + say(word, step=path.diverged if step is None else step, **facts))
        return "\n".join(lines)

    def said(self, say: Say, word: str) -> str:
        """A sentence about the race, with its numbers."""
        steps = max(path.steps for path in self.paths.values())
        facts = {"count": len(self.paths), "steps": steps, "high": readable(self.at_start, 3)}
        return say(word, tried=RATES_TRIED, **facts)

    def errors_said(self, say: Say, word: str) -> str:
        """The same of a picture of errors, with what it does not show."""
        return self.said(say, word) + errors.caution(say, self.errors, self.lowest_line, self.noise)

    def lines(self) -> list[str]:
        """What stands beneath the player at every step: the error of every rule."""
        last = max(path.steps for path in self.paths.values())
        return ["\n".join(self._line(name, k) for name in self.paths) for k in range(last + 1)]

    def _line(self, name: str, k: int) -> str:
        error = self.errors[name]
        return f"{name}: E − E_min = {errors.written(float(error[min(k, len(error) - 1)]), self.noise)}"

    def table(self) -> pd.DataFrame:
        """Every step of every rule: weights, height, gradient."""
        tables = []
        for name, path in self.paths.items():
            columns: dict[str, object] = {"optimizer": name, "learning_rate": rate_of(self.rules[name])}
            columns |= {"step": np.arange(len(path.w)), "E": path.height, "error": self.errors[name]}
            for i, letter in enumerate(self.surface.weights):
                columns |= {letter: path.w[:, i], f"dE/d{letter}": path.gradient[:, i]}
            tables.append(pd.DataFrame(columns))
        return pd.concat(tables, ignore_index=True)

    def rates_table(self) -> pd.DataFrame:
        """What is left at the end with every rate that was tried."""
        rates, values, _ = self.by_rate()
        tables = [pd.DataFrame({"optimizer": n, "learning_rate": rates[n], "error": values[n]}) for n in rates]
        return pd.concat(tables, ignore_index=True)


def memory_of(rule: Optimizer) -> int:
    """How many numbers a rule remembers for every weight."""
    return sum(part.size == 3 for part in rule.start(np.zeros(3)).values())


@shared(max_entries=512)
def _run(surface: Surface, start: tuple[float, ...], rule: Optimizer, steps: int) -> tuple[Path, Diagnosis]:
    path = descend(surface, start, rule, steps)
    return path, diagnose(surface, path)


def field(
    surface: Surface, start: tuple[float, ...], names: Sequence[str], steps: int, rates: Mapping[str, float]
) -> Field:
    """The race of ``names``, each with its rate of ``rates``, or with the best of the rates tried if it has none."""
    best = {name: tuned_rule(surface, start, name, steps) for name in names}
    rules = {
        name: dataclasses.replace(RULES[name].rule, learning_rate=rates[name]) if name in rates else best[name][0]
        for name in names
    }
    runs = {name: _run(surface, start, rule, steps) for name, rule in rules.items()}
    paths = {name: path for name, (path, _) in runs.items()}
    tried = {name: sweep for name, (_, sweep) in best.items()}
    return Field(surface, rules, paths, tried, {name: found for name, (_, found) in runs.items()})


def run(beat: Beat) -> tuple[Field, Field]:
    """The race, and as much of it as may be shown: all once it is guessed who is first."""
    with beat.panel:
        surface = landscapes.landscape(beat, "g", "narrow_valley", (2,), clears=("s", "t"))
        chosen = entered(beat, "")
        with beat.more():
            racers = entry(beat, "", chosen)
            steps = int(beat.slider("n3", Number(60, 1, 300, whole=True), "steps"))
            start = landscapes.start(beat, surface, ("s", "t"))
        owns = ("g", "g_text", "g_size", "s", "t", "n3", *keys(""))
        one, favourite = {"fair": False}, {"fair": False, "r_adam": 0.3}
        beat.presets(owns, works={}, one_rate=one, favourite=favourite, adam_loses=LOSES)
    with beat.stage:
        found = field(surface, start, racers.names, steps, racers.rates)
        beat.goals(*_goals(found, fair=not racers.rates))
        for name, rule in found.rules.items():
            if name in racers.rates:
                beat.ran(descend, surface, start, rule, steps)
            else:
                best = beat.ran(tuned, surface, start, RULES[name].rule, steps)
                beat.ran(descend, surface, start, best[0], steps)
        told = beat.predicted("who_is_first", (*racers.names, "nobody"), found.first, found.report(beat.word))
    return found, found if told else found.before_the_run()


def play(beat: Beat, shown: Field) -> None:
    """The player, and what happened."""
    beat.player(shown.lines())
    if shown.tried:
        st.markdown(shown.report(beat.word))


# ---- goals -----------------------------------------------------------------------------------------------------------
RIVALS = {"sgd", "momentum", "adam"}


def _goals(found: Field, fair: bool) -> tuple[Goal, Goal]:
    """Plain descent wins with tuned rates; momentum runs past the minimum and still beats sgd at the same rate."""
    names = set(found.rules)
    plain = fair and names >= RIVALS and RIVALS & set(found.first) == {"sgd"}
    same = names >= {"sgd", "momentum"} and rate_of(found.rules["sgd"]) == rate_of(found.rules["momentum"])
    bounds = {"past": 1}
    steps = ", ".join(f"{name}: {'–' if (step := found.made_it(name)) is None else step}" for name in found.rules)
    past = _past_minimum(found, "momentum")
    return (
        Goal("goal_optimizers_plain_wins", plain, steps),
        Goal(
            "goal_optimizers_momentum_overshoots",
            same and "momentum" in found.first and "sgd" not in found.first and past >= bounds["past"],
            f"{steps}; Δ = {readable(past, 3)}",
            bounds,
        ),
    )


def _past_minimum(found: Field, name: str) -> float:
    """How far a rule's ball ran past the deepest minimum along any weight, after it was farthest from it; else 0."""
    if name not in found.paths or not found.surface.minima:
        return 0.0
    goal = min(found.surface.minima, key=lambda place: float(found.surface(*place)))
    off = np.nan_to_num(found.paths[name].w - np.array(goal), nan=0.0)
    farthest = np.argmax(np.abs(off), axis=0)
    return max(0.0, *(float(np.max(-np.sign(off[k, i]) * off[k:, i])) for i, k in enumerate(farthest)))
