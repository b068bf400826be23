"""Small networks on a page: which data they learn, and how long."""

import numpy as np

from dlcore.datasets import AutoMPG, BreastCancer, Dataset, Moons, Penguins
from dlcore.experiments.rate_sweep import Sweep
from dlcore.experiments.rate_trials import Trial
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number

DATA: dict[str, Dataset] = {each.name(): each for each in (AutoMPG(), Penguins(), BreastCancer(), Moons())}
"""What a network of eight hidden units learns in less than half a second: by the name of the data set."""

RATES = Number(0.1, 1e-3, 30, log=True)
"""From where to where the learning rates of such a network are swept; with BATCH samples a step."""

BATCH = 16


def data(beat: Beat, key: str, default: str, drawn: bool = True) -> Dataset:
    """A data set by menu; one that is not ``drawn`` keeps its place in the address."""
    kind = Choice(default, tuple(DATA))
    return DATA[beat.menu(key, kind, "data", option_label=beat.member) if drawn else beat.value_of(key, kind)]


@shared(max_entries=64)
def sweep_of(trial: Trial, rates: tuple[float, ...]) -> Sweep:
    """The trial with each of the rates."""
    return trial.sweep(np.array(rates))
