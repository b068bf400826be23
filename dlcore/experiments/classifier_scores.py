"""Classifier scores: class imbalance, decision thresholds, the cost of mistakes, and which classes are confused.

The order of the file: data in which a class is rare; a small model's predictions; counts at every threshold and their
cost; pairs of classes that are confused.
"""

from typing import NamedTuple

import numpy as np

from dlcore.experiments.training_config import LayerPlan, Prepared, Recipe
from dlcore.losses import Loss
from dlcore.optimizers import Adam
from dlcore.preprocessing import Standardizer
from dlcore.renamed import old_names

__getattr__ = old_names(
    __name__, {"thinned": "subsample", "predicted": "train_and_predict", "counted": "confusion_counts"}
)


def subsample(y: np.ndarray, share: float, seed: int = 0) -> np.ndarray:
    """Row numbers, rising, of a subset in which class 1 has that share: some rows of the other class are dropped.

    y: 0 and 1, shape (rows,). At least two rows of each class stay, so the share may be off by a row or two.
    Raises ValueError for a share that is not between 0 and 1, or a class with fewer than two rows.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must be above 0 and below 1; it is {share!r}")
    rows = [np.flatnonzero(np.asarray(y) == label) for label in (0, 1)]
    if min(map(len, rows)) < 2:
        raise ValueError(
            f"each class needs two rows; there are {len(rows[0])} of class 0 and {len(rows[1])} of class 1"
        )
    # what one class may keep at most, if the other keeps all it has
    most = (len(rows[1]) * (1 - share) / share, len(rows[0]) * share / (1 - share))
    kept = [min(len(mine), max(2, round(limit))) for mine, limit in zip(rows, most, strict=True)]
    rng = np.random.default_rng(seed)
    return np.sort(np.concatenate([rng.permutation(mine)[:count] for mine, count in zip(rows, kept, strict=True)]))


def train_and_predict(
    parts: Prepared,
    loss: Loss,
    outputs: int,
    hidden: int,
    epochs: int,
    seed: int = 0,
    balanced: bool = False,
    batch_size: int = 32,
) -> np.ndarray:
    """The predictions of a small trained network for the validation part, shape (rows, outputs).

    hidden: ReLU units in its one hidden layer; 0 for none, which is linear or logistic regression. balanced: whether
    classes are weighted by ``balanced_weights``. The targets of a regression are standardised for the training, and the
    predictions come back in the targets' unit. The optimizer is Adam with a learning rate of 0.01.
    """
    numbers = loss.targets == "real"
    last = "linear" if numbers else "softmax" if outputs > 1 else "sigmoid"
    layers = (*[LayerPlan(hidden)] * (hidden > 0), LayerPlan(outputs, last))
    recipe = Recipe(parts.train.x.shape[1], layers, loss, Adam(0.01), batch_size=batch_size, epochs=epochs, seed=seed)
    y = parts.train.y.reshape(len(parts.train.y), -1)
    unit = Standardizer.fit(y) if numbers else None
    model = recipe.model()
    how = {"batch_size": batch_size, "epochs": epochs, "seed": seed}
    weights = balanced_weights(parts.train.y) if balanced else None
    model.fit(parts.train.x, unit.transform(y) if unit else parts.train.y, class_weight=weights, **how)
    p = model.predict(parts.validation.x)
    return unit.inverse(p) if unit else p


def balanced_weights(y: np.ndarray) -> dict[int, float]:
    """The weight of every class that makes all classes count the same: rows / (classes * rows of the class)."""
    labels, counts = np.unique(y, return_counts=True)
    return {int(label): len(y) / (len(labels) * int(count)) for label, count in zip(labels, counts, strict=True)}


class Counts(NamedTuple):
    """True and false positives and negatives at every threshold: whole numbers, each of shape (thresholds,)."""

    tp: np.ndarray
    fp: np.ndarray
    fn: np.ndarray
    tn: np.ndarray

    def cost(self, miss: float, alarm: float = 1.0) -> np.ndarray:
        """The total cost at every threshold: ``alarm`` for each false positive, ``miss`` for each false negative."""
        return alarm * self.fp + miss * self.fn


def confusion_counts(y: np.ndarray, p: np.ndarray, thresholds: np.ndarray) -> Counts:
    """The counts at every threshold, where a score above it means class 1; y: 0 and 1, p: scores, of shape (rows,)."""
    yes = np.asarray(y) == 1
    said = np.asarray(p)[None, :] > np.asarray(thresholds)[:, None]
    return Counts(*(np.sum(each, axis=1) for each in (said & yes, said & ~yes, ~said & yes, ~said & ~yes)))


def cheapest(cost: np.ndarray) -> tuple[int, int, int]:
    """The index of the lowest cost, and the first and last of the stretch that shares it.

    Of several stretches the longest is taken, and of it the middle.
    """
    lowest = np.flatnonzero(cost == cost.min())
    stretches = np.split(lowest, np.flatnonzero(np.diff(lowest) > 1) + 1)
    longest = max(stretches, key=len)
    return int(longest[(len(longest) - 1) // 2]), int(longest[0]), int(longest[-1])


def recalls(matrix: np.ndarray) -> np.ndarray:
    """The recall of every class, shape (classes,): a confusion matrix's diagonal over its rows; NaN without samples."""
    with np.errstate(invalid="ignore"):
        return np.diag(matrix) / matrix.sum(axis=1)


def most_confused(matrix: np.ndarray, count: int = 3) -> list[tuple[int, int, int]]:
    """The ``count`` most frequent mistakes of a confusion matrix: (true class, predicted class, how often).

    A mistake that never happened is left out.
    """
    wrong = np.array(matrix)
    np.fill_diagonal(wrong, 0)
    places = np.argsort(-wrong, axis=None, kind="stable")[:count]
    pairs = [(*map(int, np.unravel_index(place, wrong.shape)), int(wrong.flat[place])) for place in places]
    return [(true, called, often) for true, called, often in pairs if often]
