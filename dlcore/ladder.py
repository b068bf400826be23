"""Ladder: the same data for networks from one unit to large ones, to see where they begin to learn by heart.

    rows = Rows(BreastCancer(), count=60, flipped=0.1)
    course = climbed(rows, Training(epochs=100), hidden=(16,), seeds=5)      one rung, five times

Every repetition has rows and first weights of its own, so that the band over them is what another sample and another
start would have changed. A rung is named by its hidden layers: () is a single unit, (64, 64) two layers of 64.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dlcore import losses
from dlcore.crowd import Course, Parts, trained
from dlcore.datasets import Dataset
from dlcore.optimizers import Adam
from dlcore.preprocessing import Part, Standardizer, one_hot
from dlcore.recipe import LayerPlan, Recipe

Hidden = tuple[int, ...]

RUNGS: tuple[Hidden, ...] = ((), (1,), (2,), (4,), (8,), (16,), (32,), (64,), (64, 64))
"""From one unit to two layers of 64."""

JUDGES = 150
"""How many rows every network is judged by; no network learns from them."""


def scaled(data: Dataset, x: np.ndarray, y: np.ndarray, learn: np.ndarray, judge: np.ndarray) -> Parts:
    """The rows ``learn`` and ``judge`` of x and y, as a network for ``data`` takes them.

    Inputs, and targets that are numbers, are brought to mean 0 and deviation 1 by the rows to learn from alone; several
    classes become one-hot rows.
    """
    x, scale = Standardizer.fit(x[learn]).transform(x), 1.0
    if data.task == "regression":
        of_y = Standardizer.fit(y[learn, None])
        y, scale = of_y.transform(y[:, None]), float(of_y.scale[0])
    elif data.task == "binary":
        y = y[:, None].astype(float)
    else:
        y = one_hot(y, len(data.classes))
    return Parts(Part(x[learn], y[learn]), Part(x[judge], y[judge]), scale)


@dataclass(frozen=True)
class Rows:
    """Some rows of a data set to learn from, and others to be judged by.

    count: rows to learn from. judges: rows to be judged by. flipped: the share of the rows, of both parts, whose answer
    is replaced: a class by another one drawn by lot, a number by that of another row.
    """

    data: Dataset
    count: int
    flipped: float = 0.0
    judges: int = JUDGES

    def parts(self, seed: int) -> Parts:
        """The rows that ``seed`` draws, inputs scaled by those to learn from; so are targets that are numbers.

        Raises ValueError if the data has too few rows.
        """
        x, y = self.data.load()
        every = self.count + self.judges
        if len(y) < every:
            raise ValueError(f"{len(y)} rows are too few to learn from {self.count} and be judged by {self.judges}")
        rng = np.random.default_rng([seed, 8])
        drawn = rng.permutation(len(y))[:every]
        y = self._with_mistakes(y[drawn], rng)
        return scaled(self.data, x[drawn], y, np.arange(self.count), np.arange(self.count, every))

    def _with_mistakes(self, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        # one draw for all shares: a larger share has the mistakes of a smaller one, and some more
        wrong = rng.random(len(y)) < self.flipped
        classes = len(self.data.classes)
        other = (y + rng.integers(1, classes, len(y))) % classes if classes else rng.permutation(y)
        return np.where(wrong, other, y)

    def baseline(self, seed: int) -> float:
        """The error on the judging rows of an answer that never looks: the most frequent class, or the mean."""
        train, judges, scale = self.parts(seed)
        if self.data.task == "regression":
            return scale * float(np.sqrt(np.mean((judges.y - train.y.mean()) ** 2)))
        if self.data.task == "binary":
            return float(np.mean(judges.y != (train.y.mean() > 0.5)))
        return float(np.mean(judges.y.argmax(axis=1) != train.y.sum(axis=0).argmax()))


@dataclass(frozen=True)
class Training:
    """How every network of a ladder is trained: by Adam, without anything that would hold it back unless it is said.

    dropout: the share that is left out behind every hidden layer. l2: the factor of the penalty on all kernels.
    """

    epochs: int = 200
    learning_rate: float = 0.03
    dropout: float = 0.0
    l2: float = 0.0

    def recipe(self, rows: Rows, hidden: Hidden) -> Recipe:
        """The whole recipe of one network."""
        data = rows.data
        answers = {"regression": (1, "linear", "mse"), "binary": (1, "sigmoid", "binary_crossentropy")}
        several = (len(data.classes), "softmax", "categorical_crossentropy")
        units, activation, loss = answers.get(data.task, several)
        layers = [LayerPlan(width, "tanh", dropout=self.dropout, l2=self.l2) for width in hidden]
        layers.append(LayerPlan(units, activation, l2=self.l2))
        rule = Adam(learning_rate=self.learning_rate)
        # three steps an epoch, none of them by a lonely last row
        size = max(16, -(-rows.count // 3))
        return Recipe(len(data.features), tuple(layers), losses.get(loss), rule, batch_size=size, epochs=self.epochs)


def climbed(rows: Rows, training: Training, hidden: Hidden, seeds: int, marks: int = 41) -> Course:
    """One rung, trained ``seeds`` times: each time other rows are drawn, and other first weights.

    marks: how many times it is looked at, evenly spread over the epochs.
    """
    each = range(seeds)
    return trained(training.recipe(rows, hidden), [rows.parts(seed) for seed in each], tuple(each), marks)


def parting(error: np.ndarray, val_error: np.ndarray) -> int | None:
    """The rung from which on the validation error is at least twice the training error, at every larger one too.

    error, val_error: by rung, shape (rungs,). A rung that is lost (NaN) has not parted. None if the last has not.
    """
    with np.errstate(invalid="ignore"):
        apart = (val_error >= 2 * error) & (val_error > 0)
    together = np.flatnonzero(~apart)
    first = int(together[-1]) + 1 if len(together) else 0
    return first if first < len(apart) else None


def sign(course: Course, baseline: float) -> Literal["lost", "unfinished", "full"]:
    """Why a network that has not parted may have not, read off the course of its training error.

    It is "lost" if it ends as no number or above the baseline, "unfinished" if the last quarter of the epochs still
    brought the training error down by a fiftieth, else "full": it has learned what it can of these rows.
    """
    error = course.error.mean(axis=1)
    if not error[-1] < baseline:
        return "lost"
    late = int(np.searchsorted(course.epoch, 0.75 * course.epoch[-1]))
    return "unfinished" if error[-1] < 0.98 * error[min(late, len(error) - 2)] else "full"


def stopped(course: Course, patience: int) -> np.ndarray:
    """At which mark early stopping would have taken the weights of every copy, shape (copies,); see EarlyStopping.

    It watches the validation loss from mark 1 on, waits ``patience`` marks for a better one, and goes back to the best.
    """
    loss = np.where(np.isfinite(course.val_loss), course.val_loss, np.inf)
    best = np.zeros(loss.shape[1], dtype=int)
    for copy, falls in enumerate(loss.T):
        best[copy] = min(1, len(falls) - 1)
        for mark in range(1, len(falls)):
            if falls[mark] < falls[best[copy]]:
                best[copy] = mark
            elif mark - best[copy] >= patience:
                break
    return best
