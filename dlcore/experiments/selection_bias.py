"""Selection bias: the best of many validation scores is too good, because luck is one way of being the best.

    misses = Candidates(BreastCancer(), count=60).mistakes(seed=3)      which rows each of 32 models gets wrong
    chosen(found[:, :40], models=32)                                 the one with the best score on 40 validation rows

The models are small networks of several sizes, each with several first weights. Source: Cawley & Talbot, On
over-fitting in model selection and subsequent selection bias in performance evaluation (2010).
"""

from dataclasses import dataclass

import numpy as np

from dlcore.datasets import Dataset
from dlcore.experiments.capacity import AdamTraining, Hidden, SampledRows
from dlcore.experiments.replicates import train_copies
from dlcore.renamed import old_names, renamed_method

__getattr__ = old_names(__name__, {"chosen": "best_model"})

SIZES: tuple[Hidden, ...] = ((), (1,), (2,), (3,), (4,), (6,), (8,), (12,))
"""The hidden layers of the models to choose from."""

STARTS = 4
"""How many first weights each size is trained from."""

MODELS = len(SIZES) * STARTS
"""How many models there are to choose from."""

SHORT = AdamTraining(30, 0.03)
"""The usual training: short, since MODELS networks are trained for every seed."""


@dataclass(frozen=True)
class Candidates:
    """MODELS networks for one data set with classes, all trained on the same ``count`` rows."""

    data: Dataset
    count: int = 60
    training: AdamTraining = SHORT

    @property
    def judges(self) -> int:
        """The number of rows left for validation and test."""
        return len(self.data.load()[1]) - self.count

    def mistakes(self, seeds: tuple[int, ...]) -> np.ndarray:
        """1 for every wrong prediction on rows outside the training, 0 for a right one, shape (seeds, MODELS, judges).

        seeds: each draws other training rows. The models are in random order, not in that of their sizes.
        """
        rows = SampledRows(self.data, self.count, judges=self.judges)
        parts = [part for part in map(rows.parts, seeds) for _ in range(STARTS)]
        starts = [1000 * seed + start for seed in seeds for start in range(STARTS)]
        found = [train_copies(self.training.recipe(rows, size), parts, starts, marks=2).miss for size in SIZES]
        miss = (
            np.stack(found).reshape(len(SIZES), len(seeds), STARTS, -1).swapaxes(0, 1).reshape(len(seeds), MODELS, -1)
        )
        return miss[:, np.random.default_rng(5).permutation(MODELS)]

    judged = renamed_method("mistakes")


def best_model(miss: np.ndarray, models: int) -> int:
    """The index of the model with the fewest mistakes among the first ``models``; miss: shape (MODELS, rows)."""
    return int(np.argmin(miss[:models].sum(axis=1)))


def optimism(miss: np.ndarray, rows: int, draws: int) -> np.ndarray:
    """Validation minus test accuracy of the model with the best validation accuracy, by the number of models.

    Of shape (MODELS, seeds * draws), row m - 1 for the best of m models. miss: shape (seeds, MODELS, judges). rows: so
    many of the judges are validation rows, the others are test rows. draws: how often that split is repeated for every
    seed.
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
