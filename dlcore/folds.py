"""Folds: every row is judged once; and how much a score depends on which rows happened to be the judges.

    for judge in folds(count=60, k=5, seed=1):      which rows are the validation part of each fold
        learn = np.setdiff1d(np.arange(60), judge)

Source: Stone, Cross-validatory choice and assessment of statistical predictions (1974); stratified folds: Kohavi, A
study of cross-validation and bootstrap for accuracy estimation and model selection (1995).
"""

from dataclasses import dataclass

import numpy as np

from dlcore.crowd import Parts, trained
from dlcore.datasets import Dataset
from dlcore.ladder import Hidden, Rows, Training, scaled

GENTLE = Training(60, 0.05)
"""Short, since every fold is trained in every shuffle."""


def folds(count: int, k: int, seed: int = 0, labels: np.ndarray | None = None) -> list[np.ndarray]:
    """The rows of each of ``k`` validation parts: every row is in exactly one, and their sizes differ by one at most.

    labels: shape (count,); if they are given, every fold has each class as often as any other fold, to within one row.
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
    """k-fold cross-validation of one network on ``count`` rows of a data set, and the same with other shuffles.

    stratified: whether every fold has each class in its share; numbers have no classes. sample: which rows those are.
    """

    data: Dataset
    count: int
    k: int
    stratified: bool = False
    sample: int = 0
    hidden: Hidden = (2,)
    training: Training = GENTLE

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """All rows of the data in an order of our own: the first ``count`` are to be learned from."""
        x, y = self.data.load()
        if len(y) <= self.count:
            raise ValueError(
                f"{len(y)} rows are too few: {self.count} to learn from, and more to check the estimate by"
            )
        order = np.random.default_rng([self.sample, 9]).permutation(len(y))
        return x[order], y[order]

    def folds(self, shuffle: int) -> list[np.ndarray]:
        """The validation rows of each fold, in one of many shuffles of the same rows."""
        by_class = self.stratified and bool(self.data.classes)
        return folds(self.count, self.k, shuffle, self.rows()[1][: self.count] if by_class else None)

    def measured(self, shuffles: int) -> tuple[np.ndarray, np.ndarray]:
        """The error of every fold's network on its own validation rows, and on all rows that no fold has.

        Both of shape (shuffles, k). The first column is what a single split would have said.
        """
        x, y = self.rows()
        fresh = np.arange(self.count, len(y))
        judges = [judge for shuffle in range(shuffles) for judge in self.folds(shuffle)]
        own, others = np.empty((2, len(judges)))
        # folds may differ in size by a row, but those that train side by side must not
        for size in {len(judge) for judge in judges}:
            which = [k for k, judge in enumerate(judges) if len(judge) == size]
            parts = [self._parts(x, y, judges[k], fresh) for k in which]
            recipe = self.training.recipe(Rows(self.data, self.count - size), self.hidden)
            miss = trained(recipe, parts, which, marks=2).miss
            own[which], others[which] = miss[:, :size].mean(axis=1), miss[:, size:].mean(axis=1)
        if self.data.task == "regression":
            own, others = np.sqrt(own), np.sqrt(others)
        return own.reshape(shuffles, self.k), others.reshape(shuffles, self.k)

    def _parts(self, x: np.ndarray, y: np.ndarray, judge: np.ndarray, fresh: np.ndarray) -> Parts:
        learn = np.setdiff1d(np.arange(self.count), judge)
        return scaled(self.data, x, y, learn, np.concatenate([judge, fresh]))
