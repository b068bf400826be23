"""Capacity: networks from one unit to large ones on the same data, from underfitting to overfitting.

    rows = SampledRows(BreastCancer(), count=60, flipped=0.1)
    curves = training_curves(rows, AdamTraining(epochs=100), hidden=(16,), seeds=5)      one size of network, five times

Every repetition has rows and first weights of its own, so that the band over them shows what another sample and other
first weights would have changed. A size is named by its hidden layers: () is a single unit, (64, 64) two layers of 64.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dlcore import losses
from dlcore.datasets import Dataset
from dlcore.experiments.replicates import Parts, TrainingCurves, train_copies
from dlcore.experiments.training_config import LayerPlan, Recipe
from dlcore.optimizers import Adam
from dlcore.preprocessing import Part, Standardizer, one_hot
from dlcore.renamed import old_names

__getattr__ = old_names(
    __name__,
    {
        "Rows": "SampledRows",
        "Training": "AdamTraining",
        "climbed": "training_curves",
        "scaled": "standardize_parts",
        "stopped": "best_marks",
    },
)

Hidden = tuple[int, ...]

RUNGS: tuple[Hidden, ...] = ((), (1,), (2,), (4,), (8,), (16,), (32,), (64,), (64, 64))
"""The sizes of network that are compared, smallest first: from one unit to two layers of 64."""

JUDGES = 150
"""How many validation rows every network is judged by."""


def standardize_parts(data: Dataset, x: np.ndarray, y: np.ndarray, learn: np.ndarray, judge: np.ndarray) -> Parts:
    """Training rows ``learn`` and validation rows ``judge`` of x and y, as a network for ``data`` takes them.

    Inputs, and the targets of a regression, are standardised by the training rows alone; with three or more classes the
    targets become one-hot rows.
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
class SampledRows:
    """Training and validation rows drawn at random from a data set, some of them with wrong targets."""

    data: Dataset
    count: int
    """Training rows."""

    flipped: float = 0.0
    """The share of all rows whose target is replaced: a class by a random other one, a number by another row's."""

    judges: int = JUDGES
    """Validation rows."""

    def parts(self, seed: int) -> Parts:
        """The two parts that ``seed`` draws, standardised by the training part (see ``scaled``).

        Raises ValueError if the data has too few rows.
        """
        x, y = self.data.load()
        every = self.count + self.judges
        if len(y) < every:
            raise ValueError(f"{len(y)} rows are too few to learn from {self.count} and be judged by {self.judges}")
        rng = np.random.default_rng([seed, 8])
        drawn = rng.permutation(len(y))[:every]
        y = self._with_mistakes(y[drawn], rng)
        return standardize_parts(self.data, x[drawn], y, np.arange(self.count), np.arange(self.count, every))

    def _with_mistakes(self, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        # one draw for all shares: a larger share has the mistakes of a smaller one, and some more
        wrong = rng.random(len(y)) < self.flipped
        classes = len(self.data.classes)
        other = (y + rng.integers(1, classes, len(y))) % classes if classes else rng.permutation(y)
        return np.where(wrong, other, y)

    def baseline(self, seed: int) -> float:
        """The validation error of a constant: the most frequent class, or the mean, of the training rows."""
        train, judges, scale = self.parts(seed)
        if self.data.task == "regression":
            return scale * float(np.sqrt(np.mean((judges.y - train.y.mean()) ** 2)))
        if self.data.task == "binary":
            return float(np.mean(judges.y != (train.y.mean() > 0.5)))
        return float(np.mean(judges.y.argmax(axis=1) != train.y.sum(axis=0).argmax()))


@dataclass(frozen=True)
class AdamTraining:
    """How networks of all sizes are trained: by Adam, without regularization unless it is asked for."""

    epochs: int = 200
    learning_rate: float = 0.03
    dropout: float = 0.0
    """The share of units that is left out behind every hidden layer."""

    l2: float = 0.0
    """The factor of the penalty on all kernels."""

    def recipe(self, rows: SampledRows, hidden: Hidden) -> Recipe:
        """The recipe of the network with these hidden layers."""
        data = rows.data
        answers = {"regression": (1, "linear", "mse"), "binary": (1, "sigmoid", "binary_crossentropy")}
        several = (len(data.classes), "softmax", "categorical_crossentropy")
        units, activation, loss = answers.get(data.task, several)
        layers = [LayerPlan(width, "tanh", dropout=self.dropout, l2=self.l2) for width in hidden]
        layers.append(LayerPlan(units, activation, l2=self.l2))
        rule = Adam(learning_rate=self.learning_rate)
        # three steps an epoch, the last of them never on a single row
        size = max(16, -(-rows.count // 3))
        return Recipe(len(data.features), tuple(layers), losses.get(loss), rule, batch_size=size, epochs=self.epochs)


def training_curves(
    rows: SampledRows, training: AdamTraining, hidden: Hidden, seeds: int, marks: int = 41
) -> TrainingCurves:
    """The training curves of a network that is trained ``seeds`` times, on other rows and from other first weights.

    marks: at how many epochs, evenly spread, the curves are recorded.
    """
    each = range(seeds)
    return train_copies(training.recipe(rows, hidden), [rows.parts(seed) for seed in each], tuple(each), marks)


def parting(error: np.ndarray, val_error: np.ndarray) -> int | None:
    """The index of the size from which on the validation error is at least twice the training error.

    error, val_error: by size, shape (sizes,); a diverged training (NaN) does not count as twice. None if the largest
    network is not there yet.
    """
    with np.errstate(invalid="ignore"):
        apart = (val_error >= 2 * error) & (val_error > 0)
    together = np.flatnonzero(~apart)
    first = int(together[-1]) + 1 if len(together) else 0
    return first if first < len(apart) else None


def sign(course: TrainingCurves, baseline: float) -> Literal["lost", "unfinished", "full"]:
    """Why a network does not overfit, read off its training error.

    "lost": the error ends above the baseline or is not a number. "unfinished": the last quarter of the epochs still
    lowered it by a fiftieth. "full": the network has learned what it can of these rows.
    """
    error = course.error.mean(axis=1)
    if not error[-1] < baseline:
        return "lost"
    late = int(np.searchsorted(course.epoch, 0.75 * course.epoch[-1]))
    return "unfinished" if error[-1] < 0.98 * error[min(late, len(error) - 2)] else "full"


def best_marks(course: TrainingCurves, patience: int) -> np.ndarray:
    """The mark whose weights early stopping would have restored, by copy, shape (copies,); see ``EarlyStopping``.

    It watches the validation loss from mark 1 on and waits ``patience`` marks for a better one.
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
