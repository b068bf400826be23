"""What the questions on capacity share: data, the networks from small to large, and how their errors are written."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.datasets import AutoMPG, BreastCancer, Dataset, Moons, PenguinSpecies
from dlcore.experiments import capacity
from dlcore.experiments.capacity import AdamTraining, Hidden, SampledRows
from dlcore.experiments.replicates import TrainingCurves
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import percent, readable
from ui.quiz import ties

DATA: dict[str, Dataset] = {
    each.name(): each for each in (AutoMPG(), BreastCancer(), PenguinSpecies(), Moons(count=600, noise=0.3))
}
"""Data with enough rows, few columns, and something to learn by heart: by the name of the data set."""

FLIPPED = Number(0.0, 0.0, 0.4)


# ---- measure ---------------------------------------------------------------------------------------------------------


@shared(max_entries=512)
def rung(rows: SampledRows, training: AdamTraining, hidden: Hidden, seeds: int, marks: int) -> TrainingCurves:
    """The course of one network's training, repeated ``seeds`` times; for everyone who asks for it."""
    return capacity.training_curves(rows, training, hidden, seeds, marks)


@shared(max_entries=128)
def baseline(rows: SampledRows, seeds: int) -> float:
    """The error of an answer that never looks, the mean over the repetitions."""
    return float(np.mean([rows.baseline(seed) for seed in range(seeds)]))


# ---- errors ----------------------------------------------------------------------------------------------------------


def is_share(data: Dataset) -> bool:
    """Whether errors on some data are shares of wrong answers; those of numbers are in the unit of the target."""
    return data.task != "regression"


def error_digits(error: float, share: bool) -> str:
    """An error as people say it: a percentage, or a number in the target's unit, always in three digits: 1.00, 4.11."""
    if share:
        return percent(error, 1)
    written = readable(error, 3)
    digits = sum(each.isdigit() for each in written.lstrip("−0."))
    # of a number such as 1 or 0.5 the zeros are left out, and of 0, of powers and of large numbers there are none
    if not 0 < digits < 3 or "×" in written:
        return written
    return written + "." * ("." not in written) + "0" * (3 - digits)


def lowest(errors: Mapping[str, float], share: bool) -> tuple[str, ...]:
    """The names whose error is the lowest in the digits of ``error_digits``; none if there is no number among them."""
    # a share is written in tenths of a percent, whatever its size, unless that would be none at all
    written = {name: (round(100 * error, 1) or 100 * error) if share else error for name, error in errors.items()}
    return ties.lowest(written, 6 if share else 3)


# ---- draw ------------------------------------------------------------------------------------------------------------


def titles(say: Say, share: bool) -> dict[str, Any]:
    """What every picture of errors wants: names of both errors and of the baseline, and whether errors are shares."""
    return {
        "titles": (say("error_train"), say("error_validation")),
        "line_title": say("error_baseline"),
        "share": share,
    }


def error_axis(say: Say, share: bool) -> str:
    """The title of an axis of errors: the share of wrong answers, or the target's unit."""
    return say("error_share") if share else say("error_root")
