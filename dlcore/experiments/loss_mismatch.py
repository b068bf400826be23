"""Mismatches of loss and output activation: a saturated unit under the squared error, softmax applied twice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dlcore.activations import Sigmoid, Softmax
from dlcore.datasets import Dataset
from dlcore.layers import Dense
from dlcore.losses import BinaryCrossentropy, CategoricalCrossentropy
from dlcore.models import Sequential
from dlcore.optimizers import SGD
from dlcore.preprocessing import standardize
from dlcore.renamed import old_names

__getattr__ = old_names(__name__, {"Course": "LearningCurve", "logits_descended": "descend_logits"})

# ---- a sigmoid's output ----------------------------------------------------------------------------------------------


def crossentropy_pull(z: ArrayLike, y: float) -> np.ndarray:
    """dE/dz of binary cross-entropy after a sigmoid: sigma(z) - y; z of any shape, target y (0 or 1)."""
    return BinaryCrossentropy(from_logits=True).slopes(np.full(np.shape(z), y), np.asarray(z, dtype=float))


def squared_error_pull(z: ArrayLike, y: float) -> np.ndarray:
    """dE/dz of half the squared error after a sigmoid: (sigma - y) sigma (1 - sigma); z of any shape, target y."""
    # sigma - y by the form that keeps its digits where it is small
    return crossentropy_pull(z, y) * Sigmoid().derivative(np.asarray(z, dtype=float))


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """Loss and accuracy on all rows, before a training and after every epoch, each of shape (epochs + 1,)."""

    loss: np.ndarray
    accuracy: np.ndarray


def from_saturated_start(
    data: Dataset, loss: str, bias: float, rate: float, epochs: int, seed: int, rows: int = 200
) -> LearningCurve:
    """The learning curve of a network (4 tanh units, one sigmoid) whose output bias starts far out, in saturation.

    data: with two classes; at most ``rows`` of it are taken. It is trained by plain gradient descent. First weights and
    batches (of 20) follow from ``seed`` alone, so trainings that differ in the loss have the same start. Source: the
    experiment is Nielsen's, Neural Networks and Deep Learning (2015), chapter 3, there with a single neuron.
    """
    x, y = data.load()
    chosen = np.random.default_rng(seed).permutation(len(x))[:rows]
    x, y = standardize(x[chosen]).values, y[chosen]
    model = Sequential([Dense(4, "tanh", input_shape=(x.shape[1],)), Dense(1, "sigmoid")], seed=seed)
    model.compile(SGD(learning_rate=rate), loss, metrics=["accuracy"])
    model.set_weights([*model.get_weights()[:-1], np.array([bias])])
    scores = [model.evaluate(x, y)]
    scores += [model.evaluate(x, y) for _ in model.epochs_of(x, y, batch_size=20, epochs=epochs, seed=seed)]
    seen = np.full((epochs + 1, 2), np.nan)
    seen[: len(scores)] = scores
    return LearningCurve(seen[:, 0], seen[:, 1])


# ---- softmax, once and twice -----------------------------------------------------------------------------------------


def surprise(z: np.ndarray, y: np.ndarray, twice: bool) -> tuple[float, np.ndarray]:
    """The cross-entropy of logits z, shape (classes,), for a one-hot y, and its gradient by z.

    twice: whether the network ends in softmax and the loss has ``from_logits=True``, so that softmax is applied twice.
    """
    loss, z = CategoricalCrossentropy(from_logits=True), np.asarray(z, dtype=float)
    if not twice:
        return loss(y[None], z[None]), loss.gradient(y[None], z[None])[0]
    a = Softmax()(z)
    return loss(y[None], a[None]), Softmax().vjp(z, a, loss.gradient(y[None], a[None])[0])


@dataclass(frozen=True, eq=False)
class LogitPath:
    """The path of logits under gradient descent: row k is the state after k steps."""

    z: np.ndarray
    """The logits, shape (steps + 1, classes)."""

    gradient: np.ndarray
    """Of the shape of ``z``."""

    loss: np.ndarray
    """Shape (steps + 1,)."""

    @property
    def shares(self) -> np.ndarray:
        """The softmax of the logits, shape (steps + 1, classes)."""
        return Softmax()(self.z)


def descend_logits(z: np.ndarray, y: np.ndarray, twice: bool, rate: float, steps: int) -> LogitPath:
    """The path of plain gradient descent on the logits z themselves, shape (classes,); see ``surprise``."""
    z = np.array(z, dtype=float)
    places, slopes, losses = [], [], []
    for _ in range(steps + 1):
        loss, g = surprise(z, y, twice)
        places.append(z)
        slopes.append(g)
        losses.append(loss)
        z = z - rate * g
    return LogitPath(np.array(places), np.array(slopes), np.array(losses))
