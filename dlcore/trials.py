"""Trials: one small network on one data set, trained again and again with nothing changed but the learning rate.

First weights, rows, and the order in which batches come are the same in every trial, so that what differs in the end
is what the rate has done.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.callbacks import Callback, Logs
from dlcore.datasets import Dataset, drawn
from dlcore.layers import Dense
from dlcore.models import Sequential
from dlcore.optimizers import SGD, Rate
from dlcore.preprocessing import standardize
from dlcore.race import Race
from dlcore.sweep import Sweep


class Rates(Callback):
    """The learning rate of every step, as it was when the step was taken."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.rates: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self.rates.append(self.model.optimizer.learning_rate)


@dataclass(frozen=True, eq=False)
class Training:
    """A training with a learning rate of its own.

    loss: on all rows, before the first epoch and after every one, shape (epochs + 1,); NaN from where it is no number.
    rate: of every step that was taken, shape (steps,). diverged: the epoch (1, 2, ...) that ended it, or None.
    """

    loss: np.ndarray
    rate: np.ndarray
    diverged: int | None


@dataclass(frozen=True)
class Trial:
    """A network with one hidden layer on some rows of a data set; all that a training needs but its learning rate.

    data: with a number or one of two classes to predict. rows: at most so many are taken, in an order drawn from
    ``seed``, as are the first weights and the batches.
    """

    data: Dataset
    hidden: int = 8
    rows: int = 240
    batch_size: int = 8
    epochs: int = 30
    seed: int = 0

    @property
    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs, and targets if they are numbers, with mean 0 and standard deviation 1."""
        x, y = drawn(self.data, self.rows, self.seed)
        return standardize(x).values, y

    @property
    def batches(self) -> int:
        """The steps of one epoch."""
        return -(-min(self.rows, len(self.data.load()[0])) // self.batch_size)

    @property
    def steps(self) -> int:
        """The steps of a whole training."""
        return self.epochs * self.batches

    def model(self, rate: Rate = 0.01) -> Sequential:
        """The network before its first step, to be trained by plain gradient descent."""
        inputs = len(self.data.features)
        model = Sequential(seed=self.seed)
        model.add(Dense(self.hidden, activation="tanh", input_shape=(inputs,)))
        model.add(Dense(1, activation="sigmoid" if self.data.classes else None))
        model.compile(SGD(learning_rate=rate), "binary_crossentropy" if self.data.classes else "mse")
        return model

    def train(self, rate: Rate, callbacks: Sequence[Callback] = ()) -> Training:
        """Train with one learning rate, or a schedule; ``callbacks`` may change the rate on the way."""
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
        return Training(shown, np.array(diary.rates), None if ended is None else ended + 1)

    def sweep(self, rates: np.ndarray) -> Sweep:
        """Train with each of many learning rates, side by side as one array; heights are losses after every epoch."""
        x, y = self.samples
        race = Race(self.model(), [SGD(float(rate)) for rate in rates])
        how: dict[str, Any] = {"batch_size": self.batch_size, "epochs": self.epochs, "seed": self.seed}
        losses = [race.evaluate(x, y)]
        losses += [race.evaluate(x, y) for _ in race.epochs_of(x, y, **how)]
        height = np.array(losses)
        height[~np.isfinite(height)] = np.nan
        lost = [-1 if epoch is None else epoch + 1 for epoch in race.diverged]
        return Sweep(np.asarray(rates, dtype=float), height, np.array(lost))

    def shorter(self, epochs: int) -> "Trial":
        """The same with another number of epochs."""
        return dataclasses.replace(self, epochs=epochs)
