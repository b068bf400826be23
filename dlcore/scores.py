"""Scores: a classifier's answers judged: rare classes, thresholds, what mistakes cost, which classes are confused.

The order of the file: data in which a class is rare; a small model's predictions; counts at every threshold and their
cost; pairs of classes that are taken for each other.
"""

from typing import NamedTuple

import numpy as np

from dlcore.losses import Loss
from dlcore.optimizers import Adam
from dlcore.preprocessing import Standardizer
from dlcore.recipe import LayerPlan, Prepared, Recipe


def thinned(y: np.ndarray, share: float, seed: int = 0) -> np.ndarray:
    """Rows, rising, among which class 1 has that share: of the class that is too frequent, some are dropped.

    y: 0 and 1, shape (rows,). At least two rows of each class stay, so that the share may be missed by a row or two.
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


def predicted(
    parts: Prepared,
    loss: Loss,
    outputs: int,
    hidden: int,
    epochs: int,
    seed: int = 0,
    balanced: bool = False,
    batch_size: int = 32,
) -> np.ndarray:
    """What a small network says of the validation part after its training, shape (rows, outputs).

    hidden: ReLU units in its one hidden layer; 0 for none: then it is linear, or logistic, regression. balanced:
    whether the rows of a class weigh the more the fewer they are. Numbers are learned with mean 0 and deviation 1, and
    come back in their own unit. Adam with a rate of 0.01.
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
    """A weight for every class with which all classes count the same: rows / (classes * rows of the class)."""
    labels, counts = np.unique(y, return_counts=True)
    return {int(label): len(y) / (len(labels) * int(count)) for label, count in zip(labels, counts, strict=True)}


class Counts(NamedTuple):
    """How often a yes-or-no answer is right and wrong at every threshold: whole numbers, shape (thresholds,)."""

    tp: np.ndarray
    fp: np.ndarray
    fn: np.ndarray
    tn: np.ndarray

    def cost(self, miss: float, alarm: float = 1.0) -> np.ndarray:
        """What all mistakes cost together, if a false alarm and a miss cost so much each."""
        return alarm * self.fp + miss * self.fn


def counted(y: np.ndarray, p: np.ndarray, thresholds: np.ndarray) -> Counts:
    """The counts if scores above a threshold mean yes; y: 0 and 1, p: scores, both of shape (rows,)."""
    yes = np.asarray(y) == 1
    said = np.asarray(p)[None, :] > np.asarray(thresholds)[:, None]
    return Counts(*(np.sum(each, axis=1) for each in (said & yes, said & ~yes, ~said & yes, ~said & ~yes)))


def cheapest(cost: np.ndarray) -> tuple[int, int, int]:
    """Where a cost is lowest: the middle of the longest stretch of places that tie, and its first and last place."""
    lowest = np.flatnonzero(cost == cost.min())
    stretches = np.split(lowest, np.flatnonzero(np.diff(lowest) > 1) + 1)
    longest = max(stretches, key=len)
    return int(longest[(len(longest) - 1) // 2]), int(longest[0]), int(longest[-1])


def recalls(matrix: np.ndarray) -> np.ndarray:
    """Of every class (row of a confusion matrix) the share that is called by its name; NaN for a class without rows."""
    with np.errstate(invalid="ignore"):
        return np.diag(matrix) / matrix.sum(axis=1)


def most_confused(matrix: np.ndarray, count: int = 3) -> list[tuple[int, int, int]]:
    """The most frequent mistakes of a confusion matrix: true class, class it was called, how often; none that is 0."""
    wrong = np.array(matrix)
    np.fill_diagonal(wrong, 0)
    places = np.argsort(-wrong, axis=None, kind="stable")[:count]
    pairs = [(*map(int, np.unravel_index(place, wrong.shape)), int(wrong.flat[place])) for place in places]
    return [(true, called, often) for true, called, often in pairs if often]
