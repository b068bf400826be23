"""Learning rate trials: one small network on one data set, trained repeatedly with nothing but the rate changed.

First weights, rows and the order of the batches are the same every time, so that all differences are due to the rate.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.callbacks import Callback, Logs
from dlcore.datasets import Dataset, sample_rows
from dlcore.experiments.parallel_training import ParallelTraining
from dlcore.experiments.rate_sweep import Sweep
from dlcore.layers import Dense
from dlcore.models import Sequential
from dlcore.optimizers import SGD, Rate
from dlcore.preprocessing import standardize
from dlcore.renamed import old_names

__getattr__ = old_names(__name__, {"Training": "TrialResult"})


class Rates(Callback):
    """The learning rate of every step of the last training: ``rates``, a list."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.rates: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self.rates.append(self.model.optimizer.learning_rate)


@dataclass(frozen=True, eq=False)
class TrialResult:
    """The loss and the learning rate during one training."""

    loss: np.ndarray
    """On all rows, before the first epoch and after every one, shape (epochs + 1,); NaN where it is not finite."""

    rate: np.ndarray
    """The learning rate of every step, shape (steps,)."""

    diverged: int | None
    """The epoch (1, 2, ...) in which the loss stopped being finite, which ended the training, or None."""


@dataclass(frozen=True)
class Trial:
    """A network with one hidden layer on some rows of a data set: all that a training needs but its learning rate."""

    data: Dataset
    """With a number or one of two classes to predict."""

    hidden: int = 8
    rows: int = 240
    """At most this many rows are taken."""

    batch_size: int = 8
    epochs: int = 30
    seed: int = 0
    """What the rows, the first weights and the batches are drawn from."""

    @property
    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Standardised inputs, shape (rows, features), and targets, shape (rows,), standardised if they are numbers."""
        x, y = sample_rows(self.data, self.rows, self.seed)
        return standardize(x).values, y

    @property
    def batches(self) -> int:
        """The number of steps in one epoch."""
        return -(-min(self.rows, len(self.data.load()[0])) // self.batch_size)

    @property
    def steps(self) -> int:
        """The number of steps in a whole training."""
        return self.epochs * self.batches

    def model(self, rate: Rate = 0.01) -> Sequential:
        """The network before its first step, compiled for plain gradient descent."""
        inputs = len(self.data.features)
        model = Sequential(seed=self.seed)
        model.add(Dense(self.hidden, activation="tanh", input_shape=(inputs,)))
        model.add(Dense(1, activation="sigmoid" if self.data.classes else None))
        model.compile(SGD(learning_rate=rate), "binary_crossentropy" if self.data.classes else "mse")
        return model

    def train(self, rate: Rate, callbacks: Sequence[Callback] = ()) -> TrialResult:
        """The loss of a training with one learning rate or schedule; ``callbacks`` may change the rate on the way."""
        x, y = self.samples
        model, diary = self.model(rate), Rates()
        loss = [model.evaluate(x, y)]
        how: dict[str, Any] = {"batch_size": self.batch_size, "epochs": self.epochs, "seed": self.seed}
        for _ in model.epochs_of(x, y, callbacks=[diary, *callbacks], **how):
            loss.append(model.evaluate(x, y))
        ended = model.history.diverged
        shown = np.full(self.epochs + 1, np.nan)
        shown[: len(loss)] = loss
        shown[~np.isfinite(shown)] = np.nan
        return TrialResult(shown, np.array(diary.rates), None if ended is None else ended + 1)

    def sweep(self, rates: np.ndarray) -> Sweep:
        """The losses after every epoch (as ``height``) with each of many learning rates, trained side by side."""
        x, y = self.samples
        training = ParallelTraining(self.model(), [SGD(float(rate)) for rate in rates])
        how: dict[str, Any] = {"batch_size": self.batch_size, "epochs": self.epochs, "seed": self.seed}
        losses = [training.evaluate(x, y)]
        losses += [training.evaluate(x, y) for _ in training.epochs_of(x, y, **how)]
        height = np.array(losses)
        height[~np.isfinite(height)] = np.nan
        lost = [-1 if epoch is None else epoch + 1 for epoch in training.diverged]
        return Sweep(np.asarray(rates, dtype=float), height, np.array(lost))

    def shorter(self, epochs: int) -> "Trial":
        """The same trial with another number of epochs."""
        return dataclasses.replace(self, epochs=epochs)
