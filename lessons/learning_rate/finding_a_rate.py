"""Finding a rate: the reader reads one off a range test, and a training with it checks the reading."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.range_test import Growth, RangeTest, range_test
from dlcore.sweep import Sweep, useful
from dlcore.trials import Trial
from lessons.learning_rate import small_networks
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import plain, readable

READING = Number(0.1, 1e-4, 100, log=True)
EPOCHS, BATCHES = Number(20, 3, 40, whole=True), Number(150, 20, 300, whole=True)
FACTORS = {"η": 1.0, "η/10": 0.1, "10η": 10.0}
LOWEST = ("itself_lowest", "tenth_lowest", "tenfold_lowest")
BEST = "η*"


@shared(max_entries=64)
def tested(trial: Trial, growth: Growth) -> RangeTest:
    """The range test of a trial."""
    return range_test(trial, growth)


@dataclass(frozen=True, eq=False)
class Checked:
    """The trainings that check a reading, and the best of a sweep to set them against."""

    trial: Trial
    reading: float
    check: Sweep
    all_rates: Sweep

    @property
    def losses(self) -> dict[str, np.ndarray]:
        """The loss after every epoch by the name of the rate: the reading, a tenth, ten times, the sweep's best."""
        return {name: self.check.height[:, k] for k, name in enumerate(FACTORS)} | {BEST: self._best}

    @property
    def _best(self) -> np.ndarray:
        return self.all_rates.height[:, self.all_rates.best()]

    def _final(self, k: int) -> float:
        last = float(self.check.height[-1, k])
        return math.inf if math.isnan(last) else last

    @property
    def lowest(self) -> tuple[str, ...]:
        """The words for which of the three ends lowest: all that are the same to the digits that are shown.

        If all diverge, none of them is lower than the others.
        """
        ends = [self._final(k) for k in range(3)]
        shown = [math.inf if self._lost(end) else float(f"{end:.3g}") for end in ends]
        return tuple(word for word, end in zip(LOWEST, shown, strict=True) if end == min(shown))

    def _lost(self, final: float) -> bool:
        return final > float(self.check.height[0, 0])

    @property
    def verdict(self) -> str:
        """The word for the reading: good (nine tenths of what the best rate achieved), too small, too large, lost."""
        first, best, mine = float(self._best[0]), float(self._best[-1]), self._final(0)
        if mine > first:
            return "reading_lost"
        if first - mine >= 0.9 * (first - best):
            return "reading_good"
        return "reading_small" if self.reading < self.all_rates.rates[self.all_rates.best()] else "reading_large"

    def told(self, say: Say) -> str:
        """What became of each of the three rates, and the verdict on the reading, in the reader's words."""
        lines = [
            self._told(say, name, self.reading * factor, self._final(k))
            for k, (name, factor) in enumerate(FACTORS.items())
        ]
        found = useful(self.all_rates, self.trial.epochs)
        facts = {"rate": readable(found.best), "low": readable(found.low), "high": readable(found.high)}
        best = say("sweep_best", loss=readable(float(self._best[-1]), 3), **facts)
        verdict = f"**{say(self.verdict)}**"
        return f"{verdict} " + " ".join([*lines, best])

    def _told(self, say: Say, name: str, rate: float, final: float) -> str:
        facts = {"name": name, "rate": readable(rate)}
        if self._lost(final):
            return say("check_lost", **facts)
        return say("check_ended", loss=readable(final, 3), **facts)

    def table(self) -> pd.DataFrame:
        """The loss after every epoch, a column for each rate."""
        return pd.DataFrame({"epoch": np.arange(len(self._best))} | self.losses)


def chosen(beat: Beat) -> tuple[float, Growth, Trial]:
    """The reader's reading, the growth of the rate in the test, and the network that it is tested on."""
    reading = beat.slider("read", READING, "your_reading")
    data = small_networks.data(beat, "d4", "auto_mpg")
    with beat.more():
        epochs = beat.slider("e4", EPOCHS, "epochs")
        growth = Growth(batches=int(beat.slider("n4", BATCHES, "batches")))
    trial = Trial(data, batch_size=small_networks.BATCH, epochs=int(epochs))
    beat.ran(range_test, trial, growth)
    beat.ran(trial.sweep, np.array([reading * factor for factor in FACTORS.values()]))
    return reading, growth, trial


def checked(trial: Trial, reading: float) -> Checked:
    """Train with the reading, a tenth of it and ten times it, and with all the rates of a sweep."""
    near = small_networks.sweep_of(trial, tuple(reading * factor for factor in FACTORS.values()))
    stops = small_networks.RATES.stops(small_networks.RATES.default)
    return Checked(trial, reading, near, small_networks.sweep_of(trial, tuple(stops)))


def revealed(beat: Beat, found: Checked) -> bool:
    """Whether the reader has guessed which of the three trainings ends lowest."""
    return beat.predicted("which_reading", LOWEST, found.lowest, found.told(beat.word))


def test_said(say: Say, found: RangeTest, reading: float) -> str:
    """What the range test has measured, in a sentence."""
    facts = {"batches": len(found.rate), "from_rate": readable(float(found.rate[0])), "reading": readable(reading)}
    facts |= {"lowest": readable(found.lowest, 2), "to_rate": readable(float(found.rate[-1]), 2)}
    return say("range_exploded" if found.exploded else "range_ended", **facts)


def lines(found: RangeTest, growth: Growth) -> list[str]:
    """The rate of every batch as the product that it is, and the batch's loss."""
    q = f"{growth.factor:.6g}"
    return [
        f"η = {plain(growth.low)} · {q}^{k} = {readable(float(rate))},  L = {readable(float(loss))}"
        for k, (rate, loss) in enumerate(zip(found.rate, found.loss, strict=True))
    ]


def test_table(found: RangeTest) -> pd.DataFrame:
    """Every batch of the range test."""
    return pd.DataFrame(
        {
            "batch": np.arange(len(found.rate)),
            "learning_rate": found.rate,
            "loss": found.loss,
            "smoothed": found.smoothed,
        }
    )
