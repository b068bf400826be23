"""Race: copies of one network that train side by side, from the same weights, on the same batches, each by a rule.

    race = Race(model, ["sgd", "adam", RMSprop(learning_rate=0.01)])
    for logs in race.epochs_of(x, y, epochs=20, batch_size=10, seed=1):
        ...                                              # {"loss": array of three, "batch_loss": one row a batch}

A race is fair because of what it cannot do: there is one order of the samples and one set of first weights. All weights
lie in one array, a row a racer, so that a step of fifty small networks costs little more than a step of one.
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
from dlcore.validation import Samples, checked, refuse_one_class

Logs = dict[str, np.ndarray]


class Heat(NamedTuple):
    """Racers that step together, as they have one rule but for its learning rate.

    lanes: which rows of the weights are theirs; a single number if it is one, whose step is then one of plain vectors.
    rates: theirs, shape (racers,); None if the rule says it.
    """

    rule: Optimizer
    lanes: Any
    rates: np.ndarray | None
    memory: Memory


class Race:
    """Copies of a compiled model, one for each rule.

    model: stays as it is; its loss is what all racers bring down. rules: optimizers, or what ``optimizers.get`` takes.
    first_weights: shape (racers, parameters) if each is to begin elsewhere; the model's otherwise.
    w: the racers' weights, shape (racers, parameters). diverged: by racer, the epoch in which its loss or a weight
    stopped being finite, or None.
    """

    def __init__(self, model: Sequential, rules: Sequence[Any], first_weights: Any = None) -> None:
        if not rules:
            raise ValueError("a race needs at least one rule, such as 'sgd'")
        if model.loss is None:
            raise ValueError('the model is not compiled; say compile(loss="mse") first')
        model.build()
        self.loss: Loss = model.loss
        self.rules = [optimizers.get(rule) for rule in rules]
        self.network = copy.deepcopy(model).side_by_side(len(self.rules))
        if first_weights is not None:
            own = np.asarray(first_weights, dtype=float)
            if own.shape != self.w.shape:
                raise ValueError(f"first_weights have shape {own.shape}; {len(rules)} racers need {self.w.shape}")
            self.w[...] = own
        self.diverged: list[int | None] = [None] * len(self.rules)
        self.iterations = 0
        self._heats = [self._heat(lanes) for lanes in _together(self.rules)]

    @property
    def w(self) -> np.ndarray:
        return self.network.w

    def _heat(self, lanes: list[int]) -> Heat:
        rule = self.rules[lanes[0]]
        if len(lanes) == 1:
            return Heat(rule, lanes[0], None, rule.start(self.w[lanes[0]]))
        rates = None if callable(rule.learning_rate) else np.array([self.rules[lane].learning_rate for lane in lanes])
        return Heat(rule, np.array(lanes), rates, rule.start(self.w[lanes].T))

    def step(self, batch: Samples) -> np.ndarray:
        """One step of every racer on the same batch; returns their predictions, shape (racers, batch, outputs)."""
        network = self.network
        p = network.forward(batch.x, training=True)
        network.backward(self.loss, batch.y)
        self.iterations += 1
        t = self.iterations
        for rule, lanes, rates, memory in self._heats:
            # runs lie along the last axis of what an optimizer takes
            w, g = network.w[lanes].T, network.g[lanes].T
            network.w[lanes] = rule.update(w, g, memory, t, network.slices, rates).T
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
    ) -> Iterator[Logs]:
        """Train all of them, and give the logs after every epoch.

        "loss", shape (racers,), is the mean over the epoch of the losses of the batches, each before its step, as in
        Keras; "batch_loss", shape (batches, racers), are these; "val_loss" is there with ``validation_data``, (x, y).
        All include the penalties of regularizers. A racer that diverges runs on as NaN and disturbs nobody.
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
    ) -> Iterator[Logs]:
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
        return checked(x, y, None, self.loss, self.network.input_shape, self.network.output_shape)

    def _losses(self, y: np.ndarray, p: np.ndarray) -> np.ndarray:
        """The loss of every sample, shape (racers, samples)."""
        everyone = np.broadcast_to(y, (len(p), *y.shape)).reshape(-1, *y.shape[1:])
        return self.loss.per_sample(everyone, p.reshape(-1, p.shape[-1])).reshape(p.shape[:2])

    def _note_divergence(self, epoch: int, loss: np.ndarray) -> None:
        fine = np.isfinite(loss) & np.isfinite(self.w).all(axis=1)
        for lane in np.flatnonzero(~fine):
            if self.diverged[lane] is None:
                self.diverged[lane] = epoch

    def penalty(self) -> np.ndarray:
        """What the regularizers add to each racer's loss, shape (racers,)."""
        penalty = np.zeros(len(self.rules))
        for layer in self.network.layers:
            if layer.regularizer:
                penalty += [layer.regularizer(kernel) for kernel in layer.parameters["kernel"]]
        return penalty

    def losses(self, samples: Samples) -> np.ndarray:
        """The loss of every racer on all of the samples, penalties included, shape (racers,)."""
        with np.errstate(all="ignore"):
            return self._losses(samples.y, self.network.forward(samples.x)).mean(axis=1) + self.penalty()

    def evaluate(self, x: Any, y: Any) -> np.ndarray:
        """The loss of every racer, shape (racers,)."""
        return self.losses(self._samples(x, y))


def _together(rules: Sequence[Optimizer]) -> list[list[int]]:
    """Which racers can step in one call: those whose rules differ in nothing but a learning rate that is a number."""
    heats: dict[Any, list[int]] = {}
    for lane, rule in enumerate(rules):
        alike = rule if callable(rule.learning_rate) else dataclasses.replace(rule, learning_rate=1.0)
        heats.setdefault(alike, []).append(lane)
    return list(heats.values())
