"""Many starts: how often each rule arrives, how soon, and which minimum collects which starts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.contest import Standing, random_starts, standing
from dlcore.descent import Basins, basins
from dlcore.optimizers import Optimizer
from dlcore.surfaces import Surface
from lessons.optimizers.rules import COURSE, LATER, rate_of, tuned_rule
from lessons.shared import landscapes
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Several
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.script_export import call

STARTS = 150


@shared(max_entries=256)
def _standing(surface: Surface, rule: Optimizer, steps: int, seed: int) -> Standing:
    return standing(surface, rule, random_starts(surface, STARTS, seed), steps)


@shared(max_entries=64)
def _basins(surface: Surface, rule: Optimizer, steps: int) -> Basins:
    return basins(surface, surface.grid(60), rule, steps)


@dataclass(frozen=True, eq=False)
class Contest:
    """How rules do from many starts, each with the rate that was best from the landscape's own start."""

    surface: Surface
    steps: int
    seed: int
    rules: dict[str, Optimizer]
    standings: dict[str, Standing]

    @property
    def best(self) -> tuple[str, ...]:
        """Who arrives from most starts: all that tie, whatever their steps; "nobody" alone if none ever does."""
        most = max(one.share for one in self.standings.values())
        return tuple(name for name, one in self.standings.items() if one.share == most) if most else ("nobody",)

    def ranked(self, say: Say) -> dict[str, Any]:
        """What the picture of the shares needs."""
        ranking = sorted(self.standings, key=lambda name: (-self.standings[name].share, self.standings[name].median))
        found = [self.standings[name] for name in ranking]
        ends = {part: np.array([getattr(one, part) for one in found]) for part in ("share", "low", "high")}
        words = [say("never_arrives" if not one.share else "median_steps", steps=readable(one.median)) for one in found]
        return {"names": tuple(ranking), **ends, "steps": words, "x_title": say("share_axis")}

    def said(self, say: Say) -> str:
        """The ranking in a sentence."""
        if self.best == ("nobody",):
            return say("nobody_arrives", starts=STARTS)
        one = self.standings[self.best[0]]
        facts = {"share": one.share, "low": one.low, "high": one.high, "count": int((one.arrival >= 0).sum())}
        steps = {name: self.standings[name].median for name in self.best}
        soonest = [name for name, median in steps.items() if median == min(steps.values())]
        facts |= {"names": ", ".join(self.best), "starts": STARTS, "steps": readable(min(steps.values()))}
        word = "ranking_said" if len(self.best) == 1 else "ranking_tied"
        return say(word, soonest=", ".join(soonest), **facts)

    def basins_said(self, say: Say, name: str, ends: Basins) -> str:
        """The map of basins in a sentence."""
        rate = readable(rate_of(self.rules[name]), 3)
        facts = {"minima": len(ends.minima), "diverged": ends.diverged, "undecided": ends.undecided}
        return say("rule_basins_said", name=name, rate=rate, steps=self.steps, **facts)

    def table(self) -> pd.DataFrame:
        """The ranking with its intervals."""
        rows = [
            {"optimizer": name, "learning_rate": rate_of(self.rules[name])}
            | {"share": one.share, "low": one.low, "high": one.high, "median_steps": one.median}
            for name, one in self.standings.items()
        ]
        return pd.DataFrame(rows).sort_values("share", ascending=False)

    def starts_table(self) -> pd.DataFrame:
        """Where the balls start."""
        return pd.DataFrame(
            dict(zip(self.surface.weights, random_starts(self.surface, STARTS, self.seed), strict=True))
        )


def many(beat: Beat) -> tuple[Contest, bool]:
    """The contest over many starts, and whether it may be shown."""
    with beat.panel:
        surface = landscapes.landscape(beat, "h", "himmelblau", (2,), clears=())
        chosen = beat.several("who4", Several(COURSE, COURSE), "racers", named=str)
        steps = int(beat.slider("n4", Number(150, 1, 300, whole=True), "steps"))
        with beat.more():
            names = chosen + beat.several("kin4", Several((), LATER), "later_kin", named=str)
            if not names:
                st.info(beat.word("nobody_races"))
            names = names or ("sgd",)
            seed = int(beat.box("seed4", Number(0, 0, 9999, whole=True), "starts_seed"))
        owns, short = ("h", "h_text", "h_size", "who4", "kin4", "n4", "seed4"), {"n4": 30}
        beat.presets(owns, works={}, egg_box={"h": "rastrigin"}, flat_land={"h": "plateau"}, too_short=short)
    with beat.stage:
        rules = {name: tuned_rule(surface, surface.start, name, steps)[0] for name in names}
        for rule in rules.values():
            beat.ran(standing, surface, rule, call(random_starts, surface, STARTS, seed), steps)
        standings = {name: _standing(surface, rule, steps, seed) for name, rule in rules.items()}
        found = Contest(surface, steps, seed, rules, standings)
        told = beat.predicted("who_is_reliable", (*names, "nobody"), found.best, found.said(beat.word))
        if not told:
            st.caption(beat.word("contest_hidden", starts=STARTS, steps=steps))
    return found, told


def basins_shown(beat: Beat, found: Contest) -> tuple[str, Basins]:
    """Whose map of basins to draw, by menu, and the map."""
    names = tuple(found.rules)
    with beat.panel:
        name = beat.menu("whose", Choice(names[0], names), "basins_whose", named=str)
    return name, _basins(found.surface, found.rules[name], found.steps)
