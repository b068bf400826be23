"""Optimism: the best of many validation scores is too good, because being lucky is one way of being the best.

    found = Candidates(BreastCancer(), count=60).judged(seed=3)      which rows each of 32 models gets wrong
    chosen(found[:, :40], models=32)                                 the one with the best score on 40 validation rows

The models are small networks of several sizes, each with several first weights. Source: Cawley & Talbot, On
over-fitting in model selection and subsequent selection bias in performance evaluation (2010).
"""

from dataclasses import dataclass

import numpy as np

from dlcore.crowd import trained
from dlcore.datasets import Dataset
from dlcore.ladder import Hidden, Rows, Training

SIZES: tuple[Hidden, ...] = ((), (1,), (2,), (3,), (4,), (6,), (8,), (12,))
STARTS = 4
MODELS = len(SIZES) * STARTS
"""How many models there are to choose from."""


SHORT = Training(30, 0.03)


@dataclass(frozen=True)
class Candidates:
    """MODELS networks for one data set with classes, all trained on the same ``count`` rows."""

    data: Dataset
    count: int = 60
    training: Training = SHORT

    @property
    def judges(self) -> int:
        """How many rows are left to choose and to judge by."""
        return len(self.data.load()[1]) - self.count

    def judged(self, seeds: tuple[int, ...]) -> np.ndarray:
        """1 for every wrong answer on rows that were not learned from, shape (seeds, MODELS, judges).

        seeds: each draws other rows to learn from. Models are in the order of a lottery, not of their sizes.
        """
        rows = Rows(self.data, self.count, judges=self.judges)
        parts = [part for part in map(rows.parts, seeds) for _ in range(STARTS)]
        starts = [1000 * seed + start for seed in seeds for start in range(STARTS)]
        found = [trained(self.training.recipe(rows, size), parts, starts, marks=2).miss for size in SIZES]
        miss = (
            np.stack(found).reshape(len(SIZES), len(seeds), STARTS, -1).swapaxes(0, 1).reshape(len(seeds), MODELS, -1)
        )
        return miss[:, np.random.default_rng(5).permutation(MODELS)]


def chosen(miss: np.ndarray, models: int) -> int:
    """Which of the first ``models`` has the fewest mistakes on the rows of ``miss``, shape (MODELS, rows)."""
    return int(np.argmin(miss[:models].sum(axis=1)))


def optimism(miss: np.ndarray, rows: int, draws: int) -> np.ndarray:
    """How much too good the best validation accuracy is, by the number of models it is the best of.

    miss: shape (seeds, MODELS, judges). rows: so many judges choose, the others are the test. draws: how often they are
    drawn anew for every seed. Returns validation minus test accuracy of the chosen model, shape
    (MODELS, seeds * draws), row m - 1 for the best of m models.
    """
    rng, found = np.random.default_rng(0), []
    for one in miss:
        for _ in range(draws):
            order = rng.permutation(one.shape[1])
            validation = 1 - one[:, order[:rows]].mean(axis=1)
            test = 1 - one[:, order[rows:]].mean(axis=1)
            # of equally good ones the first
            best = [int(np.argmax(validation[:models])) for models in range(1, len(one) + 1)]
            found.append(validation[best] - test[best])
    return np.array(found).T
