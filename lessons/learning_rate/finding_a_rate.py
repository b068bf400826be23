"""Finding a rate: the reader reads one off a range test, and trainings with it, a tenth and ten times it check it."""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

import charts
from dlcore.experiments.lr_finder import Growth, RangeTest, range_test
from dlcore.experiments.rate_sweep import Sweep, useful
from dlcore.experiments.rate_trials import Trial
from dlcore.optimizers import SGD
from lessons.learning_rate import small_networks
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import plain, readable
from ui.question import Question
from ui.script_export import Experiment
from ui.text.equations import with_digits

READING = Number(0.1, 1e-4, 100, log=True)
EPOCHS, BATCHES = Number(20, 3, 40, whole=True), Number(150, 20, 300, whole=True)
FACTORS = {"η": 1.0, "η/10": 0.1, "10η": 10.0}
LOWEST = ("itself_lowest", "tenth_lowest", "tenfold_lowest")
BEST = "η*"

MARGIN = 2.0
"""How many times smaller than where the range test has its lowest loss a good reading is at least."""


@dataclass(frozen=True)
class Setup:
    """The network that is tested, how the rate grows in the range test, and the rate that the reader has read off."""

    trial: Trial
    growth: Growth
    reading: float

    @property
    def rates(self) -> tuple[float, ...]:
        """The rates that check the reading, in the order of FACTORS."""
        return tuple(self.reading * factor for factor in FACTORS.values())


@dataclass(frozen=True, eq=False)
class Measurements:
    """The range test, the trainings that check a reading, and a sweep of all rates to set them against."""

    test: RangeTest
    check: Sweep
    all_rates: Sweep

    @property
    def losses(self) -> dict[str, np.ndarray]:
        """The loss after every epoch by the name of the rate: the reading, a tenth, ten times, the sweep's best."""
        return {name: self.check.height[:, k] for k, name in enumerate(FACTORS)} | {BEST: self.best}

    @property
    def best(self) -> np.ndarray:
        """The loss after every epoch with the best rate of the sweep."""
        return self.all_rates.height[:, self.all_rates.best()]

    def final(self, k: int) -> float:
        """The last loss with the rate of a place in FACTORS, infinite where it is no number."""
        last = float(self.check.height[-1, k])
        return math.inf if math.isnan(last) else last

    def lost(self, k: int) -> bool:
        """Whether a training ended higher than it began."""
        return self.final(k) > float(self.check.height[0, 0])


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The rate that is read off the picture, and the network; the test's length one click away."""
    reading = beat.slider("read", READING, "your_reading")
    data = small_networks.data(beat, "d4", "auto_mpg")
    with beat.more():
        epochs = beat.slider("e4", EPOCHS, "epochs")
        growth = Growth(batches=int(beat.slider("n4", BATCHES, "batches")))
    early, late, cliff = {"read": 0.001}, {"read": 0.3}, {"read": 0.5}
    controls = ("read", "d4", "e4", "n4")
    beat.presets(controls, works={}, read_too_early=early, read_at_lowest=late, read_on_cliff=cliff)
    return Setup(Trial(data, batch_size=small_networks.BATCH, epochs=int(epochs)), growth, reading)


def measure(setup: Setup) -> Measurements:
    """The range test, a training with each of the three rates, and one with every rate of a sweep."""
    stops = tuple(small_networks.RATES.stops(small_networks.RATES.default))
    sweeps = (small_networks.sweep_of(setup.trial, rates) for rates in (setup.rates, stops))
    return Measurements(_test(setup.trial, setup.growth), *sweeps)


@shared(max_entries=64)
def _test(trial: Trial, growth: Growth) -> RangeTest:
    return range_test(trial, growth)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, measured: Measurements) -> Question:
    """Which of the three trainings ends lowest: all that are the same to the digits that are shown.

    If all diverge, none of them is lower than the others.
    """
    ends = [math.inf if measured.lost(k) else float(f"{measured.final(k):.3g}") for k in range(3)]
    lowest = tuple(word for word, end in zip(LOWEST, ends, strict=True) if end == min(ends))
    return Question("which_reading", LOWEST, lowest)


def explain(setup: Setup, measured: Measurements, say: Say) -> str:
    """The verdict on the reading, what became of each of the three rates, and the best there is."""
    lines = [_end_sentence(setup, measured, k, say) for k in range(len(FACTORS))]
    rates = useful(measured.all_rates, setup.trial.epochs)
    facts = {"rate": readable(rates.best), "low": readable(rates.low), "high": readable(rates.high)}
    best = say("sweep_best", loss=readable(float(measured.best[-1]), 3), **facts)
    read = say(verdict(setup, measured), lowest=readable(measured.test.lowest, 2))
    return f"**{read}** " + " ".join([*lines, best])


def verdict(setup: Setup, measured: Measurements) -> str:
    """The word for the reading: good (nine tenths of what the best rate achieved), too small, too large, lost.

    One that is as good, but no clear step below where the loss was lowest before it exploded, is close.
    """
    first, best, mine = float(measured.best[0]), float(measured.best[-1]), measured.final(0)
    if mine > first:
        return "reading_lost"
    if first - mine >= 0.9 * (first - best):
        is_close = measured.test.exploded and setup.reading > measured.test.lowest / MARGIN
        return "reading_close" if is_close else "reading_good"
    best_rate = measured.all_rates.rates[measured.all_rates.best()]
    return "reading_small" if setup.reading < best_rate else "reading_large"


def _end_sentence(setup: Setup, measured: Measurements, k: int, say: Say) -> str:
    facts = {"name": list(FACTORS)[k], "rate": readable(setup.rates[k])}
    if measured.lost(k):
        return say("check_lost", **facts)
    return say("check_ended", loss=readable(measured.final(k), 3), **facts)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, measured: Measurements) -> None:
    """The range test, beside it how the trainings with the reading go, once that may be shown."""
    test, growth = measured.test, setup.growth
    titles = beat.words(x_title="rate_axis", y_title="batch_loss_axis")
    numbers = (test.rate, test.loss, test.smoothed, setup.reading, (growth.low, growth.high))
    tested = charts.range_curve(*numbers, **titles), test_sentence(test, setup.reading, beat.word)
    titles, losses = beat.words(x_title="epoch_axis", y_title="loss_axis"), measured.losses
    known = None if beat.answered else dict.fromkeys(losses, 1)
    sentence = explain(setup, measured, beat.word) if beat.answered else waiting_sentence(setup, measured, beat.word)
    # what is asked for stands beside what it is read off, and the answer does not play the test again
    beat.side_by_side(tested, (charts.loss_comparison(losses, **titles, known=known), sentence))
    beat.player(lines(test, growth, beat.word), counts="batch_shown", waits=True)


def waiting_sentence(setup: Setup, measured: Measurements, say: Say) -> str:
    """What will be trained with which rates, and from where."""
    rates = ", ".join(f"{name} = {readable(rate)}" for name, rate in zip(FACTORS, setup.rates, strict=True))
    first = readable(float(measured.best[0]), 3)
    return say("check_waits", rates=rates, best=BEST, first=first, epochs=setup.trial.epochs)


def test_sentence(test: RangeTest, reading: float, say: Say) -> str:
    """What the range test has measured."""
    facts = {
        "batches": len(test.rate),
        "last": len(test.rate) - 1,
        "from_rate": readable(float(test.rate[0])),
        "reading": readable(reading),
    }
    facts |= {"lowest": readable(test.lowest, 2), "to_rate": readable(float(test.rate[-1]), 2)}
    return say("range_exploded" if test.exploded else "range_ended", **facts)


def lines(test: RangeTest, growth: Growth, say: Say) -> list[str]:
    """The rate of every batch as the product that it is, the batch's loss, and the running mean that is drawn."""
    # a power of many needs its base to many digits
    return [
        f"{with_digits(partial(_batch_line, growth, k, float(rate), float(loss)), least=6, most=12)}"
        f" ({say('running_mean')} {readable(float(mean))})"
        for k, (rate, loss, mean) in enumerate(zip(test.rate, test.loss, test.smoothed, strict=True))
    ]


def _batch_line(growth: Growth, k: int, rate: float, loss: float, digits: int) -> str:
    """``η = 0.0001 · 1.0972^12 = 0.0003043,  E = 1.2``: a batch's rate and loss, with so many digits of the factor."""
    q = f"{growth.factor:.{digits}g}"
    return f"η = {plain(growth.low)} · {q}^{k} = {readable(rate)},  E = {readable(loss)}"


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The range test and the three trainings as calls of dlcore."""
    experiment.show(range_test, setup.trial, setup.growth)
    experiment.show(setup.trial.sweep, np.array(setup.rates))


def details(beat: Beat, setup: Setup, measured: Measurements) -> None:
    """The range test as a table, with the trainings once they may be shown; formulas and source."""
    answer = {"training_table": lambda: training_table(measured)} if beat.answered else {}
    beat.numbers({"range_table": lambda: range_table(measured.test)} | answer)
    beat.source([Growth.formula, SGD.formula], range_test, Growth, Trial.sweep)


def range_table(test: RangeTest) -> pd.DataFrame:
    """Every batch of the range test."""
    columns = {"batch": np.arange(len(test.rate)), "learning_rate": test.rate, "loss": test.loss}
    return pd.DataFrame(columns | {"smoothed": test.smoothed})


def training_table(measured: Measurements) -> pd.DataFrame:
    """The loss after every epoch, a column for each rate."""
    return pd.DataFrame({"epoch": np.arange(len(measured.best))} | measured.losses)
