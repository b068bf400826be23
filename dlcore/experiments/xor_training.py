"""XOR learned: two sigmoid units and a third that takes their outputs, trained on the four corners from random weights.

    training = train_on_xor(seed=1)
    training.loss[-1], training.right       the loss at the end, and at how many corners the answer is XOR's
    learning_seeds(100)                     which of the seeds 0 to 99 end with all four corners right

With so few units the loss is flat also where it is not lowest: from some first weights gradient descent stays there.
Source: Rumelhart, Hinton & Williams, Learning internal representations by error propagation (1986).
"""

from dataclasses import dataclass

import numpy as np

from dlcore.activations import Sigmoid
from dlcore.experiments.logic_gates import CORNERS, TABLES
from dlcore.experiments.parallel_training import ParallelTraining
from dlcore.experiments.single_unit import Extent, Unit
from dlcore.experiments.weight_history import Frames, WeightHistory, regions
from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from dlcore.optimizers import SGD

TARGETS = np.array(TABLES["XOR"], dtype=float)[:, None]
"""What XOR says at the CORNERS, shape (4, 1)."""

RATE, EPOCHS = 2.0, 1000
"""The learning rate, and for how many epochs of one batch, all four corners, a network learns."""

FRAMES = 65
"""At how many epochs its weights are recorded at most."""


@dataclass(frozen=True, eq=False)
class XorTraining:
    """A network at some epochs of its training, oldest first."""

    epochs: np.ndarray
    """The numbers of epochs done, rising from 0, shape (frames,)."""

    weights: np.ndarray
    """As in ``model.w``, shape (frames, 9)."""

    loss: np.ndarray
    """Binary cross-entropy over the CORNERS, shape (frames,)."""

    hidden: np.ndarray
    """The outputs of both hidden units at the CORNERS, shape (frames, 4, 2)."""

    answers: np.ndarray
    """The outputs of the network at the CORNERS, shape (frames, 4)."""

    slope: float
    """The norm of the gradient after the last epoch."""

    @property
    def right(self) -> int:
        """At how many corners the last answer is nearer to XOR's than to the other one."""
        return int(((self.answers[-1] > 0.5) == (TARGETS[:, 0] > 0.5)).sum())

    def units(self, frame: int) -> tuple[Unit, Unit, Unit]:
        """The hidden units and the output unit at a frame."""
        w = self.weights[frame]
        kernel, bias, out = w[:4].reshape(2, 2), w[4:6], w[6:]
        first, second = (Unit((float(kernel[0, k]), float(kernel[1, k])), float(bias[k]), Sigmoid()) for k in (0, 1))
        return first, second, Unit((float(out[0]), float(out[1])), float(out[2]), Sigmoid())


def xor_network(seed: int) -> Sequential:
    """The compiled network before its first step; the seed says which weights are drawn."""
    model = Sequential([Input((2,)), Dense(2, "sigmoid"), Dense(1, "sigmoid")], seed=seed)
    model.compile(SGD(RATE), "binary_crossentropy")
    model.build()
    return model


def train_on_xor(seed: int) -> XorTraining:
    """The training of the network with this seed."""
    model, history = xor_network(seed), WeightHistory(most=FRAMES)
    model.fit(CORNERS, TARGETS, batch_size=4, epochs=EPOCHS, shuffle=False, callbacks=[history])
    frames, copy = history.frames, xor_network(seed)
    loss, hidden, answers = [], [], []
    for w in frames.weights:
        copy.w[:] = w
        first, last = copy.inspect(CORNERS, TARGETS)
        hidden.append(first.activations)
        answers.append(last.activations[:, 0])
        loss.append(float(copy.evaluate(CORNERS, TARGETS)))
    parts = [g for trace in copy.inspect(CORNERS, TARGETS) for g in trace.gradients.values()]
    slope = float(np.sqrt(sum(float((g**2).sum()) for g in parts)))
    return XorTraining(frames.epochs, frames.weights, np.array(loss), np.array(hidden), np.array(answers), slope)


def answer_maps(training: XorTraining, extent: Extent, count: int) -> np.ndarray:
    """The outputs all over a rectangle of inputs at every frame, shape (frames, count, count), first input first."""
    frames = Frames(training.epochs, training.weights, np.empty((len(training.epochs), 0)))
    return regions(xor_network(0), frames, extent, count)[..., 0]


def learning_seeds(count: int) -> np.ndarray:
    """Whether each of the seeds 0 to count - 1 ends with all four corners right, shape (count,)."""
    models = [xor_network(seed) for seed in range(count)]
    training = ParallelTraining(models[0], [SGD(RATE)] * count, np.array([model.w for model in models]))
    for _ in training.epochs_of(CORNERS, TARGETS, batch_size=4, epochs=EPOCHS, shuffle=False):
        pass
    answers = training.network.forward(CORNERS)[..., 0]
    return ((answers > 0.5) == (TARGETS[:, 0] > 0.5)).all(axis=1)
