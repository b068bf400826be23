"""Parallel training: copies of one network that train side by side, on the same batches, each by its own optimizer.

    training = ParallelTraining(model, ["sgd", "adam", RMSprop(learning_rate=0.01)])
    for logs in training.epochs_of(x, y, epochs=20, batch_size=10, seed=1):
        ...                                              # {"loss": array of three, "batch_loss": one row a batch}

All copies have the same first weights, unless others are given, and see the samples in the same order. All weights are
in one array with one row for each copy, so a step of fifty small networks costs little more than a step of one.
"""

import copy
import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore import optimizers
from dlcore.losses import Loss
from dlcore.models import Sequential
from dlcore.optimizers import Memory, Optimizer
from dlcore.renamed import old_names
from dlcore.validation import Samples, check, refuse_one_class

__getattr__ = old_names(__name__, {"Race": "ParallelTraining"})

ArrayLogs = dict[str, np.ndarray]
"""Arrays by name, with a number for each copy."""


class RuleGroup(NamedTuple):
    """Copies that step in one call, since their rules differ in the learning rate alone."""

    rule: Optimizer
    indices: Any
    """Their rows of the weights, shape (copies,); a single number if it is one copy, which steps as a plain vector."""

    rates: np.ndarray | None
    """Their learning rates, shape (copies,); None for the rule's own."""

    memory: Memory


class ParallelTraining:
    """Copies of a compiled model, one for each rule, that train side by side.

    model: its loss is what all copies minimise; it is not changed. rules: optimizers, or what ``optimizers.get`` takes.
    first_weights: shape (copies, parameters); by default all copies begin with the model's weights.
    """

    def __init__(self, model: Sequential, rules: Sequence[Any], first_weights: Any = None) -> None:
        if not rules:
            raise ValueError("a parallel training needs at least one rule, such as 'sgd'")
        if model.loss is None:
            raise ValueError('the model is not compiled; say compile(loss="mse") first')
        model.build()
        self.loss: Loss = model.loss
        self.rules = [optimizers.get(rule) for rule in rules]
        self.network = copy.deepcopy(model).side_by_side(len(self.rules))
        if first_weights is not None:
            own = np.asarray(first_weights, dtype=float)
            if own.shape != self.w.shape:
                raise ValueError(f"first_weights have shape {own.shape}; {len(rules)} copies need {self.w.shape}")
            self.w[...] = own
        self.diverged: list[int | None] = [None] * len(self.rules)
        """The epoch in which a copy's loss or a weight stopped being finite, or None, by copy."""
        self.iterations = 0
        self._groups = [self._group(indices) for indices in _together(self.rules)]

    @property
    def w(self) -> np.ndarray:
        """The copies' weights, shape (copies, parameters)."""
        return self.network.w

    def _group(self, indices: list[int]) -> RuleGroup:
        rule = self.rules[indices[0]]
        if len(indices) == 1:
            return RuleGroup(rule, indices[0], None, rule.start(self.w[indices[0]]))
        rates = (
            None if callable(rule.learning_rate) else np.array([self.rules[index].learning_rate for index in indices])
        )
        return RuleGroup(rule, np.array(indices), rates, rule.start(self.w[indices].T))

    def step(self, batch: Samples) -> np.ndarray:
        """The predictions of all copies for a batch, shape (copies, batch, outputs), and one step of each on it."""
        network = self.network
        p = network.forward(batch.x, training=True)
        network.backward(self.loss, batch.y)
        self.iterations += 1
        t = self.iterations
        for rule, indices, rates, memory in self._groups:
            # runs lie along the last axis of what an optimizer takes
            w, g = network.w[indices].T, network.g[indices].T
            network.w[indices] = rule.update(w, g, memory, t, network.slices, rates).T
        return p

    def epochs_of(
        self,
        x: Any,
        y: Any,
        batch_size: int = 32,
        epochs: int = 1,
        validation_data: Sequence[Any] | None = None,
        shuffle: bool = True,
        seed: int = 0,
    ) -> Iterator[ArrayLogs]:
        """Train all copies and yield the logs after every epoch.

        "loss", shape (copies,), is the mean over the epoch of the losses of the batches, each before its step, as in
        Keras; "batch_loss", shape (batches, copies), are these; "val_loss" is there with ``validation_data``, (x, y).
        All include the penalties of regularizers. A copy that diverges runs on as NaN and disturbs nobody.
        """
        training = self._samples(x, y)
        refuse_one_class(training.y, self.loss)
        validation = None if validation_data is None else self._samples(*validation_data)
        if batch_size < 1:
            raise ValueError(f"batch_size must be a whole number from 1 on; it is {batch_size!r}")
        order = self.network.generators(seed)
        return self._epochs(training, validation, batch_size, epochs, order if shuffle else None)

    def _epochs(
        self,
        training: Samples,
        validation: Samples | None,
        batch_size: int,
        epochs: int,
        order: np.random.Generator | None,
    ) -> Iterator[ArrayLogs]:
        count = len(training.x)
        shuffled = training.copy()
        parts = [slice(start, min(start + batch_size, count)) for start in range(0, count, batch_size)]
        sizes = np.array([part.stop - part.start for part in parts])
        p = np.empty((len(self.rules), count, math.prod(self.network.output_shape)))
        for epoch in range(epochs):
            if order:
                shuffled.reorder(training, order.permutation(count))
            penalties = []
            with np.errstate(all="ignore"):
                for part in parts:
                    penalties.append(self.penalty())
                    p[:, part] = self.step(shuffled.part(part))
                sums = np.add.reduceat(self._losses(shuffled.y, p), [part.start for part in parts], axis=1)
                batch_loss = (sums / sizes).T + penalties
                logs = {"loss": sizes @ batch_loss / count, "batch_loss": batch_loss}
                if validation is not None:
                    logs["val_loss"] = self.losses(validation)
            self._note_divergence(epoch, logs["loss"])
            yield logs

    def _samples(self, x: Any, y: Any) -> Samples:
        assert self.network.input_shape is not None
        return check(x, y, None, self.loss, self.network.input_shape, self.network.output_shape)

    def _losses(self, y: np.ndarray, p: np.ndarray) -> np.ndarray:
        """The loss of every sample, shape (copies, samples)."""
        everyone = np.broadcast_to(y, (len(p), *y.shape)).reshape(-1, *y.shape[1:])
        return self.loss.per_sample(everyone, p.reshape(-1, p.shape[-1])).reshape(p.shape[:2])

    def _note_divergence(self, epoch: int, loss: np.ndarray) -> None:
        fine = np.isfinite(loss) & np.isfinite(self.w).all(axis=1)
        for index in np.flatnonzero(~fine):
            if self.diverged[index] is None:
                self.diverged[index] = epoch

    def penalty(self) -> np.ndarray:
        """The regularization term of each copy's loss, shape (copies,)."""
        penalty = np.zeros(len(self.rules))
        for layer in self.network.layers:
            if layer.regularizer:
                penalty += [layer.regularizer(kernel) for kernel in layer.parameters["kernel"]]
        return penalty

    def losses(self, samples: Samples) -> np.ndarray:
        """The loss of every copy on all samples, penalties included, shape (copies,)."""
        with np.errstate(all="ignore"):
            return self._losses(samples.y, self.network.forward(samples.x)).mean(axis=1) + self.penalty()

    def evaluate(self, x: Any, y: Any) -> np.ndarray:
        """The loss of every copy, shape (copies,)."""
        return self.losses(self._samples(x, y))


def _together(rules: Sequence[Optimizer]) -> list[list[int]]:
    """Groups of copies that can step in one call: their rules differ only in a learning rate that is a number."""
    groups: dict[Any, list[int]] = {}
    for index, rule in enumerate(rules):
        alike = rule if callable(rule.learning_rate) else dataclasses.replace(rule, learning_rate=1.0)
        groups.setdefault(alike, []).append(index)
    return list(groups.values())
