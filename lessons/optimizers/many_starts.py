"""Many starts: how often each rule arrives, how soon, and which minimum collects which starts."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from charts.picture import Picture
from dlcore.experiments.descent import Basins, basins
from dlcore.experiments.optimizer_comparison import Standing, random_starts, standing
from dlcore.optimizers import Optimizer
from dlcore.surfaces import Surface
from lessons.optimizers.entrants import with_later_kin
from lessons.optimizers.rules import COURSE, RULES, rate_of, tuned_rule
from lessons.shared import landscapes
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Several
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.script_export import Experiment, call

LOOKS = ("whose",)
STARTS = 150


@dataclass(frozen=True)
class Setup:
    """Rules of RULES on a surface, for how many steps from random starts; seed: that these are drawn with."""

    surface: Surface
    names: tuple[str, ...]
    steps: int
    seed: int

    def rule(self, name: str) -> Optimizer:
        """A rule with the rate that was best from the landscape's own start."""
        return tuned_rule(self.surface, self.surface.start, name, self.steps)[0]


@dataclass(frozen=True, eq=False)
class Ranking:
    """How the rules did from many starts, by name."""

    standings: dict[str, Standing]

    @property
    def best(self) -> tuple[str, ...]:
        """Who arrives from most starts: all that tie, whatever their steps; "nobody" alone if none ever does."""
        most = max(one.share for one in self.standings.values())
        return tuple(name for name, one in self.standings.items() if one.share == most) if most else ("nobody",)

    @property
    def names(self) -> tuple[str, ...]:
        """The names by rank: by share, of equal shares the one with the smaller median first."""
        return tuple(sorted(self.standings, key=lambda n: (-self.standings[n].share, self.standings[n].median)))

    def sentence(self, say: Say) -> str:
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


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The landscape, the racers and the steps; later kin and the seed of the starts one click away."""
    surface = landscapes.landscape(beat, "h", "himmelblau", (2,), clears=())
    racers = beat.several("who4", Several(COURSE, COURSE), "racers", option_label=str)
    steps = int(beat.slider("n4", Number(150, 1, 300, whole=True), "steps"))
    with beat.more():
        names = with_later_kin(beat, "4", racers)
        seed = int(beat.box("seed4", Number(0, 0, 9999, whole=True), "starts_seed"))
    controls, short = ("h", "h_text", "h_size", "who4", "kin4", "n4", "seed4"), {"n4": 30}
    beat.presets(controls, works={}, egg_box={"h": "rastrigin"}, flat_land={"h": "plateau"}, too_short=short)
    return Setup(surface, names, steps, seed)


def measure(setup: Setup) -> Ranking:
    """How often and how soon each rule arrives."""
    surface, steps, seed = setup.surface, setup.steps, setup.seed
    return Ranking({name: _standing(surface, setup.rule(name), steps, seed) for name in setup.names})


@shared(max_entries=256)
def _standing(surface: Surface, rule: Optimizer, steps: int, seed: int) -> Standing:
    return standing(surface, rule, random_starts(surface, STARTS, seed), steps)


@shared(max_entries=64)
def _basins(surface: Surface, rule: Optimizer, steps: int) -> Basins:
    return basins(surface, surface.grid(60), rule, steps)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, ranking: Ranking) -> Question:
    """Who arrives from most starts."""
    return Question("who_is_reliable", (*setup.names, "nobody"), ranking.best)


def explain(setup: Setup, ranking: Ranking, say: Say) -> str:
    """From how many starts the best arrive, and how sure that is."""
    return ranking.sentence(say)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, ranking: Ranking) -> None:
    """The shares of the starts beside the basins of a rule of the reader's choice; before the answer the starts."""
    surface = setup.surface
    if not beat.answered:
        nobody = waiting_picture(setup, beat.word), beat.word("shares_wait", count=len(setup.names))
        places = surface.extent, np.empty((0, 2)), *surface.weights
        starts = random_starts(surface, STARTS, setup.seed)
        over_map = charts.basin_map(landscapes.from_above(surface), *places, height=330, starts=starts.T)
        beat.side_by_side(nobody, (over_map, beat.word("contest_hidden", starts=STARTS, steps=setup.steps)))
        return
    with beat.panel:
        name = beat.menu("whose", Choice(setup.names[0], setup.names), "basins_whose", option_label=str)
    rule = setup.rule(name)
    ends = _basins(surface, rule, setup.steps)
    places = surface.extent, ends.minima, *surface.weights
    over_map = charts.basin_map(charts.basin_colours(ends.label), *places, height=330)
    facts = {"minima": len(ends.minima), "diverged": ends.diverged, "undecided": ends.undecided}
    rate = readable(rate_of(rule), 3)
    sentence = beat.word("rule_basins_said", name=name, rate=rate, steps=setup.steps, **facts)
    beat.side_by_side((shares_picture(ranking, beat.word), ranking.sentence(beat.word)), (over_map, sentence))


def shares_picture(ranking: Ranking, say: Say) -> Picture:
    """The share of starts from which each rule arrives, best first, and how many steps it takes."""
    standings = [ranking.standings[name] for name in ranking.names]
    share, low, high = (np.array([getattr(one, part) for one in standings]) for part in ("share", "low", "high"))
    steps = [say("median_steps" if one.share else "never_arrives", steps=readable(one.median)) for one in standings]
    return charts.shares_with_intervals(ranking.names, share, low, high, steps, x_title=say("share_axis"))


def waiting_picture(setup: Setup, say: Say) -> Picture:
    """The same before there is anything to be said of anybody, in the order in which they were chosen."""
    nothing = np.full(len(setup.names), np.nan)
    return charts.shares_with_intervals(
        setup.names, nothing, nothing, nothing, ["?"] * len(setup.names), x_title=say("share_axis")
    )


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The runs of every rule as a call of dlcore."""
    starts = call(random_starts, setup.surface, STARTS, setup.seed)
    for name in setup.names:
        experiment.show(standing, setup.surface, setup.rule(name), starts, setup.steps)


def details(beat: Beat, setup: Setup, ranking: Ranking) -> None:
    """The ranking as a table, before the answer the starts; the rules as formulas, how they are counted."""
    if beat.answered:
        beat.numbers({"ranking_table": lambda: ranking_table(setup, ranking)})
    else:
        beat.numbers({"start_table": lambda: starts_table(setup)})
    beat.source([RULES[name].formula for name in setup.names], standing)


def ranking_table(setup: Setup, ranking: Ranking) -> pd.DataFrame:
    """The ranking with its intervals."""
    rows = [
        {"optimizer": name, "learning_rate": rate_of(setup.rule(name))}
        | {"share": one.share, "low": one.low, "high": one.high, "median_steps": one.median}
        for name, one in ranking.standings.items()
    ]
    return pd.DataFrame(rows).sort_values("share", ascending=False)


def starts_table(setup: Setup) -> pd.DataFrame:
    """Where the balls start."""
    surface = setup.surface
    return pd.DataFrame(dict(zip(surface.weights, random_starts(surface, STARTS, setup.seed), strict=True)))
