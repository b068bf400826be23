"""How much? A sweep of learning rates: what is left of the error after how many steps, on a landscape or a network."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from dlcore.optimizers import SGD
from dlcore.surfaces import OwnFormula, Surface
from dlcore.sweep import Sweep, Useful, sweep, useful
from dlcore.trials import Trial
from lessons.learning_rate import rate_scale, small_networks
from lessons.shared import landscapes
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Text
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz.goals import Goal

VALLEY, NETWORK = "on_valley", "on_network"
STEPS, EPOCHS = Number(60, 6, 100, whole=True), Number(30, 6, 40, whole=True)
KEYS = ("on", "g", "g_text", "g_size", "m", "n2", "d2", "e2")
CHANGES = ("grows_down", "grows_up", "shrinks", "stays")

EARLY = 6
"""Which part of the steps the reader sees before the guess: one in so many."""

CLEARLY = 1.4
"""By which factor an end of a range must move for the range to have changed."""


@shared(max_entries=64)
def _on_surface(surface: Surface, stops: tuple[float, ...], steps: int) -> Sweep:
    return sweep(surface, surface.start, SGD(), np.array(stops), steps)


@dataclass(frozen=True, eq=False)
class Swept:
    """A sweep, and the reader's own rate in it.

    floor: the lowest height there is, which no rate can go below. limit: 2 / lambda, infinite for none. defined:
    whether the surface has a height at the start; else there is nothing to ask.
    """

    found: Sweep
    chosen: int
    floor: float
    limit: float
    step_word: str
    defined: bool = True
    answered: bool = True

    @property
    def steps(self) -> int:
        """How many steps the reader may see: before the guess only the first part."""
        last = len(self.found.height) - 1
        return last if self.answered else max(1, last // EARLY)

    @property
    def left(self) -> np.ndarray:
        """What is left of the first height above the floor after every step, shape (steps + 1, rates)."""
        height = self.found.height[: self.steps + 1]
        with np.errstate(all="ignore"):
            fall = height[0, 0] - self.floor
            return (height - self.floor) / fall if 0 < fall < math.inf else np.ones_like(height)

    @property
    def useful(self) -> np.ndarray:
        """The lowest, the best and the highest useful rate after every step, shape (steps + 1, 3)."""
        found = [useful(self.found, step) for step in range(self.steps + 1)]
        return np.array([(each.low, each.best, each.high) for each in found])

    @property
    def changes(self) -> tuple[str, ...]:
        """The words for how the useful rates change from the first part of the steps to their end, of CHANGES.

        A range that moves grows at one end and shrinks at the other: it has grown or shrunk by what it is in all.
        """
        last = len(self.found.height) - 1
        early, late = useful(self.found, max(1, last // EARLY)), useful(self.found, last)
        lost = [not math.isfinite(each.left) for each in (early, late)]
        if all(lost):
            return ("stays",)
        if any(lost):
            return ("shrinks",) if lost[1] else ("grows_down", "grows_up")
        down, up = math.log(early.low / late.low), math.log(late.high / early.high)
        wider, clearly = down + up, math.log(CLEARLY)
        grows = wider >= -1e-9
        holds = (
            grows and down >= clearly,
            grows and up >= clearly,
            wider <= 1e-9 and min(down, up) <= -clearly,
            max(abs(down), abs(up)) < clearly,
        )
        return tuple(word for word, true in zip(CHANGES, holds, strict=True) if true)

    def told(self, say: Say) -> str:
        """The useful rates after three numbers of steps, a line each, and what the reader's rate has done."""
        if not self.defined:
            return ""
        last = self.steps
        stages = sorted({max(1, last // EARLY), max(1, last // 2), last})
        lines = [self._told(say, step, useful(self.found, step)) for step in stages]
        share = float(self.left[-1, self.chosen])
        facts = {"rate": readable(self.rate), "steps": last, "unit": say(self.step_word)}
        mine = say("mine_left", share=share, **facts) if share <= 1 else say("mine_lost", **facts)
        if useful(self.found, last).best > self.limit:
            lines.append(say("best_beyond_limit", limit=readable(self.limit)))
        return "\n".join(f"- {line}" for line in [*lines, mine])

    def _told(self, say: Say, step: int, found: Useful) -> str:
        if not math.isfinite(found.left):
            return say("none_useful_after", steps=step, unit=say(self.step_word))
        best = float(np.nanmin(self.left[step])) if np.isfinite(self.left[step]).any() else 1.0
        facts: dict[str, object] = {"steps": step, "unit": say(self.step_word), "best": readable(found.best)}
        facts |= {
            "low": readable(found.low),
            "high": readable(found.high),
            "times": readable(found.high / found.low, 2),
        }
        said = say("useful_after", left=best, **facts)
        after = say("lost_from", rate=readable(found.lost_from)) if found.lost_from else say("never_lost")
        return f"{said} {after}"

    @property
    def rate(self) -> float:
        return float(self.found.rates[self.chosen])

    def lines(self) -> list[str]:
        """At every step, what is left at the reader's rate as a fraction that can be worked out by hand."""
        height, rate = self.found.height[: self.steps + 1, self.chosen], readable(self.rate)
        first, floor = readable(float(height[0])), readable(self.floor)
        if not self.floor:
            return [
                f"η = {rate}:  {_number(h)} / {first} = {_share(s)}" for h, s in zip(height, self._mine, strict=True)
            ]
        return [
            f"η = {rate}:  ({_number(h)} − {_signed(floor)}) / ({first} − {_signed(floor)}) = {_share(s)}"
            for h, s in zip(height, self._mine, strict=True)
        ]

    @property
    def _mine(self) -> np.ndarray:
        return self.left[:, self.chosen]

    def said(self, say: Say) -> str:
        """What the picture shows, in a sentence."""
        last = useful(self.found, self.steps)
        facts = {"low": readable(last.low), "high": readable(last.high), "best": readable(last.best)}
        return say("by_rate_said", steps=self.steps, unit=say(self.step_word), rate=readable(self.rate), **facts)

    def table(self) -> pd.DataFrame:
        """The height at every rate after a few numbers of steps."""
        stages = sorted({0, max(1, self.steps // EARLY), max(1, self.steps // 2), self.steps})
        columns = {"learning_rate": self.found.rates}
        return pd.DataFrame(columns | {f"E({step})": self.found.height[step] for step in stages})


def _number(value: float) -> str:
    return readable(float(value)) if math.isfinite(value) else "∞"


def _signed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _share(value: float) -> str:
    return f"{readable(100 * float(value), 3)} %" if math.isfinite(value) else "∞"


def chosen(beat: Beat) -> Swept:
    """A sweep over a landscape or over a network, chosen by the reader, with a slider for a rate of their own."""
    over = beat.choice("on", Choice(VALLEY, (VALLEY, NETWORK)), "sweep_over", clears=("m",))
    if over == NETWORK:
        _valley_remembered(beat)
        trial = Trial(small_networks.data(beat, "d2", "auto_mpg"), batch_size=small_networks.BATCH)
        kind = small_networks.RATES
        mine = beat.slider("m", kind, "learning_rate")
        beat.remembered("n2", STEPS)
        trial = trial.shorter(int(beat.slider("e2", EPOCHS, "epochs")))
        found = small_networks.sweep_of(trial, tuple(kind.stops(kind.default)))
        beat.ran(useful, beat.ran(trial.sweep, found.rates), trial.epochs)
        return Swept(found, _nearest(found.rates, mine), 0.0, math.inf, "unit_epochs")
    small_networks.data(beat, "d2", "auto_mpg", drawn=False)
    beat.remembered("e2", EPOCHS)
    surface = landscapes.landscape(beat, "g", "narrow_valley", (1, 2), clears=("m",))
    scale = rate_scale.scale_of(surface)
    kind = Number(float(f"{scale / 8:.0e}"), float(f"{scale / 300:.0e}"), float(f"{scale * 5:.0e}"), log=True)
    mine = beat.slider("m", kind, "learning_rate")
    found = _on_surface(surface, _closer(kind.stops(kind.default), scale / 8), int(beat.slider("n2", STEPS, "steps")))
    steps = len(found.height) - 1
    beat.ran(useful, beat.ran(sweep, surface, surface.start, SGD(), found.rates, steps), steps)
    known = [float(surface(*place)) for place in surface.minima]
    with np.errstate(all="ignore"):
        lowest = float(np.nanmin(np.where(np.isfinite(found.height), found.height, np.nan), initial=math.inf))
    floor = min(known) if known else lowest if math.isfinite(lowest) else 0.0
    defined = not landscapes.undefined(beat, surface, surface.start)
    return Swept(found, _nearest(found.rates, mine), floor, rate_scale.limits_of(surface).limit, "unit_steps", defined)


def _valley_remembered(beat: Beat) -> None:
    names = tuple(name for name in Surface.members if len(Surface.get(name).weights) in (1, 2))
    beat.remembered("g", Choice("narrow_valley", names))
    beat.remembered("g_text", Text(OwnFormula.text))
    beat.remembered("g_size", Number(OwnFormula.size, 0.5, 50, log=True))


def _closer(stops: list[float], above: float) -> tuple[float, ...]:
    """The stops of a slider and, between any two of them near the limit, one more: all is decided there."""
    between = [float(f"{math.sqrt(low * high):.3g}") for low, high in pairwise(stops) if low >= above]
    return tuple(sorted({*stops, *between}))


def _nearest(stops: np.ndarray, rate: float) -> int:
    return int(np.argmin(np.abs(np.log(stops / rate))))


def revealed(beat: Beat, swept: Swept) -> Swept:
    """The sweep, all of its steps once the reader has guessed how the useful rates change."""
    beat.goals(_twenty_steps(swept, beat.drawn.get("g") == "narrow_valley" and swept.step_word == "unit_steps"))
    if not swept.defined:
        return replace(swept, answered=False)
    return replace(swept, answered=beat.predicted("how_range_changes", CHANGES, swept.changes, swept.told(beat.word)))


def _twenty_steps(swept: Swept, valley: bool) -> Goal:
    bounds = {"steps": 20, "left": 0.03}
    step = min(bounds["steps"], len(swept.found.height) - 1)
    left = float(Swept(swept.found, swept.chosen, swept.floor, swept.limit, swept.step_word).left[step, swept.chosen])
    measured = f"η = {readable(swept.rate)}: {100 * left:.3g} %"
    return Goal("goal_learning_rate_twenty_steps", valley and left <= bounds["left"], measured, bounds)
