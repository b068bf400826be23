"""Cross-validation: every row is validated once; and how much a score depends on which rows validate.

    for judge in folds(count=60, k=5, seed=1):      which rows are the validation part of each fold
        learn = np.setdiff1d(np.arange(60), judge)

Source: Stone, Cross-validatory choice and assessment of statistical predictions (1974); stratified folds: Kohavi, A
study of cross-validation and bootstrap for accuracy estimation and model selection (1995).
"""

from dataclasses import dataclass

import numpy as np

from dlcore.datasets import Dataset
from dlcore.experiments.capacity import AdamTraining, Hidden, SampledRows, standardize_parts
from dlcore.experiments.replicates import Parts, train_copies
from dlcore.renamed import renamed_method

GENTLE = AdamTraining(60, 0.05)
"""The usual training: short, since one network is trained for every fold of every shuffle."""


def folds(count: int, k: int, seed: int = 0, labels: np.ndarray | None = None) -> list[np.ndarray]:
    """The row numbers of each of ``k`` validation parts: every row is in exactly one; sizes differ by at most one.

    labels: shape (count,); with labels, the folds are stratified: their counts of a class differ by at most one.
    Raises ValueError unless 2 <= k <= count.
    """
    if not 2 <= k <= count:
        raise ValueError(f"k must be from 2 to the number of rows, {count}; it is {k}")
    order = np.random.default_rng(seed).permutation(count)
    if labels is not None:
        # the rows of a class one behind the other, then dealt out like cards
        order = order[np.argsort(np.asarray(labels)[order], kind="stable")]
    return [np.sort(order[fold::k]) for fold in range(k)]


@dataclass(frozen=True)
class CrossValidation:
    """k-fold cross-validation of one network on ``count`` rows of a data set, repeated with other shuffles."""

    data: Dataset
    count: int
    k: int
    stratified: bool = False
    """Whether the folds have equal shares of each class; without effect in a regression."""

    sample: int = 0
    """The seed that draws the rows."""

    hidden: Hidden = (2,)
    training: AdamTraining = GENTLE

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """All rows of the data in an order drawn from ``sample``: the first ``count`` are cross-validated."""
        x, y = self.data.load()
        if len(y) <= self.count:
            raise ValueError(
                f"{len(y)} rows are too few: {self.count} to learn from, and more to check the estimate by"
            )
        order = np.random.default_rng([self.sample, 9]).permutation(len(y))
        return x[order], y[order]

    def folds(self, shuffle: int) -> list[np.ndarray]:
        """The validation rows of each fold; ``shuffle`` is the seed of the order before the cut."""
        by_class = self.stratified and bool(self.data.classes)
        return folds(self.count, self.k, shuffle, self.rows()[1][: self.count] if by_class else None)

    def fold_errors(self, shuffles: int) -> tuple[np.ndarray, np.ndarray]:
        """The error of every fold's network on its validation rows, and its error on all rows outside the folds.

        Both of shape (shuffles, k). The first column is what a single split would have given.
        """
        x, y = self.rows()
        fresh = np.arange(self.count, len(y))
        judges = [judge for shuffle in range(shuffles) for judge in self.folds(shuffle)]
        own, others = np.empty((2, len(judges)))
        # folds may differ in size by a row, but those that train side by side must not
        for size in {len(judge) for judge in judges}:
            which = [k for k, judge in enumerate(judges) if len(judge) == size]
            parts = [self._parts(x, y, judges[k], fresh) for k in which]
            recipe = self.training.recipe(SampledRows(self.data, self.count - size), self.hidden)
            miss = train_copies(recipe, parts, which, marks=2).miss
            own[which], others[which] = miss[:, :size].mean(axis=1), miss[:, size:].mean(axis=1)
        if self.data.task == "regression":
            own, others = np.sqrt(own), np.sqrt(others)
        return own.reshape(shuffles, self.k), others.reshape(shuffles, self.k)

    measured = renamed_method("fold_errors")

    def _parts(self, x: np.ndarray, y: np.ndarray, judge: np.ndarray, fresh: np.ndarray) -> Parts:
        learn = np.setdiff1d(np.arange(self.count), judge)
        return standardize_parts(self.data, x, y, learn, np.concatenate([judge, fresh]))
