"""What the questions on capacity share: data, the networks from small to large, and how their errors are written."""

from typing import Any

import numpy as np

from dlcore import ladder
from dlcore.crowd import Course
from dlcore.datasets import AutoMPG, BreastCancer, Dataset, Moons, PenguinSpecies
from dlcore.ladder import Hidden, Rows, Training
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import readable

DATA: dict[str, Dataset] = {
    each.name(): each for each in (AutoMPG(), BreastCancer(), PenguinSpecies(), Moons(count=600, noise=0.3))
}
"""Data with enough rows, few columns, and something to learn by heart: by the name of the data set."""

FLIPPED = Number(0.0, 0.0, 0.4)


def error_said(error: float, share: bool) -> str:
    """An error as people say it: a percentage, or a number in the target's unit."""
    return f"{error:.1%}" if share else readable(error, 3)


def titles(say: Say, share: bool) -> dict[str, Any]:
    """The words of a picture of errors: two names, and the baseline's."""
    return {
        "titles": (say("error_train"), say("error_validation")),
        "line_title": say("error_baseline"),
        "share": share,
    }


def error_axis(say: Say, share: bool) -> str:
    """What an error is: a share of wrong answers, or a number in the target's unit."""
    return say("error_share") if share else say("error_root")


@shared(max_entries=512)
def rung(rows: Rows, training: Training, hidden: Hidden, seeds: int, marks: int) -> Course:
    """One rung, for everyone who asks for it."""
    return ladder.climbed(rows, training, hidden, seeds, marks)


@shared(max_entries=128)
def baseline(rows: Rows, seeds: int) -> float:
    """The error of an answer that never looks, the mean over the repetitions."""
    return float(np.mean([rows.baseline(seed) for seed in range(seeds)]))
