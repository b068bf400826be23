"""How much? How the range of useful learning rates changes with the number of steps, on a landscape or a network."""

import math
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

import charts
from dlcore.experiments.rate_sweep import Sweep, Useful, sweep, useful
from dlcore.experiments.rate_trials import Trial
from dlcore.optimizers import SGD
from dlcore.surfaces import OwnFormula, Surface
from lessons.learning_rate import rate_scale, small_networks
from lessons.shared import landscapes, numpy_loops
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Text
from ui.controls.widgets import Say
from ui.number_format import percent, readable
from ui.question import Question
from ui.quiz.goals import Goal
from ui.script_export import Experiment, short_program
from ui.text.equations import with_digits

VALLEY, NETWORK = "on_valley", "on_network"
STEPS, EPOCHS = Number(60, 6, 100, whole=True), Number(30, 6, 40, whole=True)
CONTROLS = ("on", "g", "g_text", "g_size", "m", "n2", "d2", "e2")
CHANGES = ("grows_down", "grows_up", "shrinks", "stays")

EARLY = 6
"""Which part of the steps the reader sees before the answer: one in so many."""

CLEARLY = 1.4
"""By which factor an end of a range must move for the range to have changed."""


@dataclass(frozen=True)
class Setup:
    """A sweep of learning rates over a landscape or over a network, and the reader's own rate.

    over: what is minimised. steps: of descent, or epochs of training.
    """

    over: Surface | Trial
    steps: int
    rate: float

    @property
    def rates(self) -> tuple[float, ...]:
        """The rates that are swept: the stops of the reader's slider, and for a landscape more of them near its limit,
        where all is decided."""
        if isinstance(self.over, Trial):
            return tuple(small_networks.RATES.stops(small_networks.RATES.default))
        kind = _rates_for(self.over)
        stops, near = kind.stops(kind.default), rate_scale.scale_of(self.over) / 8
        between = [float(f"{math.sqrt(low * high):.3g}") for low, high in pairwise(stops) if low >= near]
        return tuple(sorted({*stops, *between}))

    @property
    def unit(self) -> str:
        """The word for what is counted."""
        return "unit_epochs" if isinstance(self.over, Trial) else "unit_steps"

    @property
    def counts(self) -> str:
        """The word by which the player names what it counts."""
        return "epoch_shown" if isinstance(self.over, Trial) else "step_shown"

    @property
    def limit(self) -> float:
        """2 / λ of a landscape's valley; infinite where there is no limit."""
        return math.inf if isinstance(self.over, Trial) else rate_scale.limits_of(self.over).limit

    @property
    def defined(self) -> bool:
        """Whether there is a height at the start."""
        return isinstance(self.over, Trial) or landscapes.defined(self.over, self.over.start)


@dataclass(frozen=True, eq=False)
class Heights:
    """A sweep, as far as step ``last``; ``place`` is the column of the reader's rate.

    floor: the lowest height there is, which no rate can go below.
    """

    sweep: Sweep
    floor: float
    place: int
    last: int

    @property
    def left(self) -> np.ndarray:
        """What is left of the first height above the floor after every step, shape (steps + 1, rates)."""
        height = self.sweep.height[: self.last + 1]
        with np.errstate(all="ignore"):
            fall = height[0, 0] - self.floor
            return (height - self.floor) / fall if 0 < fall < math.inf else np.ones_like(height)

    @property
    def useful(self) -> np.ndarray:
        """The lowest, the best and the highest useful rate after every step, shape (steps + 1, 3)."""
        ranges = [useful(self.sweep, step) for step in range(self.last + 1)]
        return np.array([(each.low, each.best, each.high) for each in ranges])

    @property
    def rate(self) -> float:
        """The reader's rate, as it was swept."""
        return float(self.sweep.rates[self.place])

    @property
    def stages(self) -> list[int]:
        """Three numbers of steps: an early one, the half, and all."""
        return sorted({max(1, self.last // EARLY), max(1, self.last // 2), self.last})


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """What is swept, a landscape or a network, for how many steps, and a rate of the reader's own."""
    over = beat.choice("on", Choice(VALLEY, (VALLEY, NETWORK)), "sweep_over", clears=("m",))
    setup = _over_network(beat) if over == NETWORK else _over_landscape(beat)
    network, curved = {"on": "on_network"}, {"g": "rosenbrock", "n2": 100}
    beat.presets(CONTROLS, works={}, rate_of_a_tenth={"m": 0.1}, a_network=network, crawls=curved)
    return setup


def _over_network(beat: Beat) -> Setup:
    names = tuple(name for name in Surface.members if len(Surface.get(name).weights) in (1, 2))
    beat.value_of("g", Choice("narrow_valley", names))
    beat.value_of("g_text", Text(OwnFormula.text))
    beat.value_of("g_size", Number(OwnFormula.size, 0.5, 50, log=True))
    trial = Trial(small_networks.data(beat, "d2", "auto_mpg"), batch_size=small_networks.BATCH)
    rate = beat.slider("m", small_networks.RATES, "learning_rate")
    beat.value_of("n2", STEPS)
    epochs = int(beat.slider("e2", EPOCHS, "epochs"))
    return Setup(trial.shorter(epochs), epochs, rate)


def _over_landscape(beat: Beat) -> Setup:
    small_networks.data(beat, "d2", "auto_mpg", drawn=False)
    beat.value_of("e2", EPOCHS)
    surface = landscapes.landscape(beat, "g", "narrow_valley", (1, 2), clears=("m",))
    rate = beat.slider("m", _rates_for(surface), "learning_rate")
    return Setup(surface, int(beat.slider("n2", STEPS, "steps")), rate)


def _rates_for(surface: Surface) -> Number:
    """The learning rates of a surface's slider."""
    scale = rate_scale.scale_of(surface)
    return Number(float(f"{scale / 8:.0e}"), float(f"{scale / 300:.0e}"), float(f"{scale * 5:.0e}"), log=True)


# ---- measure, question -----------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Heights:
    """The sweep, and where the reader's rate stands in it."""
    rates = setup.rates
    place = int(np.argmin(np.abs(np.log(np.array(rates) / setup.rate))))
    if isinstance(setup.over, Trial):
        return Heights(small_networks.sweep_of(setup.over, rates), 0.0, place, setup.steps)
    swept = _over(setup.over, rates, setup.steps)
    known = [float(setup.over(*minimum)) for minimum in setup.over.minima]
    with np.errstate(all="ignore"):
        lowest = float(np.nanmin(np.where(np.isfinite(swept.height), swept.height, np.nan), initial=math.inf))
    floor = min(known) if known else lowest if math.isfinite(lowest) else 0.0
    return Heights(swept, floor, place, len(swept.height) - 1)


@shared(max_entries=64)
def _over(surface: Surface, rates: tuple[float, ...], steps: int) -> Sweep:
    return sweep(surface, surface.start, SGD(), np.array(rates), steps)


def question(setup: Setup, heights: Heights) -> Question | None:
    """How the useful rates change with more steps; nothing where the landscape is not defined at the start."""
    word = "how_range_changes_epochs" if isinstance(setup.over, Trial) else "how_range_changes"
    return Question(word, CHANGES, changes(heights)) if setup.defined else None


def changes(heights: Heights) -> tuple[str, ...]:
    """The words for how the useful rates change from the first part of the steps to their end, of CHANGES.

    A range that moves grows at one end and shrinks at the other: it has grown or shrunk by what it is in all.
    """
    last = heights.last
    early, late = useful(heights.sweep, max(1, last // EARLY)), useful(heights.sweep, last)
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


def explain(setup: Setup, heights: Heights, say: Say) -> str:
    """The useful rates after three numbers of steps, a line each, and what the reader's rate has done."""
    lines = [_range_sentence(setup, heights, step, say) for step in heights.stages]
    share = float(heights.left[-1, heights.place])
    facts = {"rate": readable(heights.rate), "steps": heights.last, "unit": say(setup.unit)}
    mine = say("mine_left", share=_percent_left(share, say), **facts) if share <= 1 else say("mine_lost", **facts)
    if useful(heights.sweep, heights.last).best > setup.limit:
        lines.append(say("best_beyond_limit", limit=readable(setup.limit)))
    return "\n".join(f"- {line}" for line in [*lines, mine])


def _range_sentence(setup: Setup, heights: Heights, step: int, say: Say) -> str:
    rates: Useful = useful(heights.sweep, step)
    if not math.isfinite(rates.left):
        return say("none_useful_after", steps=step, unit=say(setup.unit))
    best = float(np.nanmin(heights.left[step])) if np.isfinite(heights.left[step]).any() else 1.0
    facts: dict[str, object] = {"steps": step, "unit": say(setup.unit), "best": readable(rates.best)}
    facts |= {"low": readable(rates.low), "high": readable(rates.high), "times": readable(rates.high / rates.low, 2)}
    after = say("lost_from", rate=readable(rates.lost_from)) if rates.lost_from else say("never_lost")
    return f"{say('useful_after', left=_percent_left(best, say), **facts)} {after}"


NOTHING = 1e-8
"""A share of the loss that is left, below which rounding alone may be what is left."""


def _percent_left(share: float, say: Say) -> str:
    """A share of the loss that is left, in percent."""
    return say("next_to_nothing") if share < NOTHING else percent(share, 2)


def goals(setup: Setup, heights: Heights) -> tuple[Goal]:
    """In the narrow valley, a rate that leaves little of the error after twenty steps."""
    bounds = {"steps": 20, "left": 0.03}
    valley = not isinstance(setup.over, Trial) and setup.over.name() == "narrow_valley"
    left = float(heights.left[min(bounds["steps"], heights.last), heights.place])
    measured = f"η = {readable(heights.rate)}: {percent(left, 2)}"
    return (Goal("goal_learning_rate_twenty_steps", valley and left <= bounds["left"], measured, bounds),)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, heights: Heights) -> None:
    """What every rate leaves of the error, step by step, with the range of useful ones."""
    if not isinstance(setup.over, Trial):
        landscapes.warn_if_undefined(beat, setup.over, setup.over.start)
    shown = visible(beat, setup, heights)
    titles = beat.words(x_title="rate_axis", y_title="left_axis")
    numbers = heights.sweep.rates, heights.left, heights.useful, heights.place, setup.limit
    picture = charts.loss_by_rate(*numbers, **titles, known=shown.last)
    beat.picture(picture, sentence(setup, shown, beat.word))
    # where nothing is defined there is nothing to play
    beat.player(steps_by_hand(shown) if setup.defined else [""], counts=setup.counts)
    if setup.defined:
        beat.report(explain(setup, shown, beat.word))


def visible(beat: Beat, setup: Setup, heights: Heights) -> Heights:
    """As many of the steps as may be shown: before the answer, and where nothing is defined, the first part."""
    if beat.answered and setup.defined:
        return heights
    return Heights(heights.sweep, heights.floor, heights.place, max(1, heights.last // EARLY))


def sentence(setup: Setup, heights: Heights, say: Say) -> str:
    """What the picture shows."""
    last = useful(heights.sweep, heights.last)
    facts = {"low": readable(last.low), "high": readable(last.high), "best": readable(last.best)}
    return say("by_rate_said", steps=heights.last, unit=say(setup.unit), rate=readable(heights.rate), **facts)


def steps_by_hand(heights: Heights) -> list[str]:
    """At every step, what is left at the reader's rate as a fraction that can be worked out by hand."""
    height = heights.sweep.height[: heights.last + 1, heights.place]
    shares = heights.left[:, heights.place]
    # with so many digits that the fraction comes out
    return [
        with_digits(partial(_fraction, heights, float(now), float(share)))
        for now, share in zip(height, shares, strict=True)
    ]


def _fraction(heights: Heights, now: float, share: float, digits: int) -> str:
    """``η = 0.01:  12.1 / 24.2 = 50 %``: what is left at a height, with so many digits of every height."""
    first, here = readable(float(heights.sweep.height[0, heights.place]), digits), _number(now, digits)
    parts = [here, first]
    if heights.floor:
        floor = _in_brackets(readable(heights.floor, digits))
        parts = [f"({here} − {floor})", f"({first} − {floor})"]
    return f"η = {readable(heights.rate)}:  {parts[0]} / {parts[1]} = {_percent(share)}"


def _number(value: float, digits: int) -> str:
    return readable(value, digits) if math.isfinite(value) else "∞"


def _in_brackets(text: str) -> str:
    """A negative number in brackets, so that it can be subtracted."""
    return f"({text})" if text.startswith("−") else text


def _percent(value: float) -> str:
    return f"{readable(100 * value, 3)}%" if math.isfinite(value) else "∞"


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The sweep as a call of dlcore, and the useful rates at its end."""
    rates = np.array(setup.rates)
    if isinstance(setup.over, Trial):
        swept = experiment.show(setup.over.sweep, rates)
    else:
        swept = experiment.show(sweep, setup.over, setup.over.start, SGD(), rates, setup.steps)
    experiment.show(useful, swept, setup.steps)


def loop(setup: Setup) -> str:
    """Half, all and twice the reader's rate in a few lines of NumPy: how high each is in the end, as a share."""
    if isinstance(setup.over, Trial) or not setup.over.minima:
        return ""
    lowest = min(float(setup.over(*place)) for place in setup.over.minima)
    run = f"""\
start, lowest = np.array({list(setup.over.start)!r}), {lowest!r}
for rate in {(setup.rate / 2, setup.rate, 2 * setup.rate)!r}:
    w = start
    for step in range({setup.steps}):
        w = w - rate * gradient(*w)
    print(rate, (E(*w) - lowest) / (E(*start) - lowest))"""
    return short_program(*numpy_loops.landscape(setup.over, height=True), run)


def details(beat: Beat, setup: Setup, heights: Heights) -> None:
    """The heights after a few numbers of steps as a table, formula and source."""
    beat.numbers({"sweep_table": lambda: table(visible(beat, setup, heights))})
    beat.source([SGD.formula], sweep, useful, Trial.sweep)


def table(heights: Heights) -> pd.DataFrame:
    """The height at every rate after a few numbers of steps."""
    columns = {"learning_rate": heights.sweep.rates}
    return pd.DataFrame(columns | {f"E({k})": heights.sweep.height[k] for k in sorted({0, *heights.stages})})
