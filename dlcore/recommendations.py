"""Recommendations: which output layer, loss and metric a problem asks for, and which activation a kind of network.

    problem = Problem.get("one_of_many")
    problem.units, problem.activation, problem.loss        10, "softmax", "sparse_categorical_crossentropy"
    problem.outcome(problem.recommended)                   trained on real data: what the recommendation achieves
    problem.outcome(problem.wrong)                         and what a common mistake does

The table is all in this file. That its rows are right is measured: tests/dlcore/test_recommendations.py.
Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.2.2; Chollet, Deep Learning with Python (2021),
table 6.1; for networks with memory Hochreiter & Schmidhuber, Long short-term memory (1997).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dlcore import activations, losses, metrics
from dlcore.datasets import AutoMPG, BreastCancer, Dataset, Digits
from dlcore.family import Family
from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from dlcore.optimizers import Adam
from dlcore.preprocessing import Standardizer, standardize

ONE, MANY = "one_unit", "unit_each"
HOW_MANY = (ONE, MANY)
"""How many outputs: one, or one for every class or label."""

ROWS, HELD_OUT, HIDDEN, BATCH = 480, 0.25, 16, 32


@dataclass(frozen=True)
class Output:
    """An output layer and its loss. units: ONE or MANY. activation, loss: names."""

    units: str
    activation: str
    loss: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """What training with an output came to.

    score: on the validation rows, before the first epoch and after every one, shape (epochs + 1,): the share of right
    answers, or R² for a regression; the higher, the better. loss: on the training rows, of the same shape.
    predictions: for the first validation rows at the end, shape (rows, outputs), and targets, what they should be.
    refused: what the loss says if it does not take these targets; then all else is empty.
    """

    score: np.ndarray
    loss: np.ndarray
    predictions: np.ndarray
    targets: np.ndarray
    refused: str = ""


class Problem(Family):
    """What all problems share: the answer that a network is to give, the row recommended for it, and a wrong one."""

    data: ClassVar[Dataset]
    """Real rows of such a problem."""

    recommended: ClassVar[Output]
    wrong: ClassVar[Output]

    metric: ClassVar[str]
    """Keras's name of the metric to report."""

    answers: ClassVar[int] = 1
    """How many outputs MANY means: classes, labels, values."""

    @property
    def units(self) -> int:
        """The outputs recommended."""
        return self.count(self.recommended.units)

    @property
    def activation(self) -> str:
        return self.recommended.activation

    @property
    def loss(self) -> str:
        return self.recommended.loss

    def count(self, units: str) -> int:
        """How many outputs ONE or MANY means here."""
        return 1 if units == ONE else self.answers

    @property
    def keras(self) -> str:
        """The lines of a Keras program that say it."""
        activation = "" if self.activation == "linear" else f', activation="{self.activation}"'
        return (
            f"model.add(Dense({self.units}{activation}))\n"
            f'model.compile(loss="{self.loss}", optimizer="adam", metrics=["{self.metric}"])'
        )

    def samples(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Inputs and targets to train on, then those held out; inputs standardized by the first."""
        x, y = self.data.load()
        order = np.random.default_rng(0).permutation(len(x))[:ROWS]
        x, y = x[order], self.targets(y[order])
        cut = int(len(x) * (1 - HELD_OUT))
        scaler = Standardizer.fit(x[:cut])
        return scaler.transform(x[:cut]), y[:cut], scaler.transform(x[cut:]), y[cut:]

    def targets(self, y: np.ndarray) -> np.ndarray:
        """What is to be predicted, from what the data set has, shape (rows, ...)."""
        return y

    def fitted(self, y: np.ndarray, output: Output) -> np.ndarray:
        """The targets in the form that an output and its loss need."""
        rows = y.reshape(len(y), -1)
        if output.units == ONE or losses.get(output.loss).targets == "integer":
            return rows
        return (rows == np.arange(self.answers)).astype(float) if rows.shape[1] == 1 and self.answers > 1 else rows

    def score(self, y: np.ndarray, p: np.ndarray) -> float:
        """How good predictions are, the higher the better."""
        return float((self.answered(p) == y.reshape(len(y), -1)).mean())

    def answered(self, p: np.ndarray) -> np.ndarray:
        """The class that a prediction means, shape (rows, 1): the largest output, or what one output is nearest to."""
        with np.errstate(invalid="ignore"):
            return p.argmax(axis=1, keepdims=True) if p.shape[1] > 1 else np.round(p)

    @np.errstate(all="ignore")
    def outcome(self, output: Output, epochs: int = 20, seed: int = 0) -> Outcome:
        """Train a network with one hidden layer and that output."""
        x, y, x_val, y_val = self.samples()
        model = Sequential([Input((x.shape[1],)), Dense(HIDDEN, "relu")], seed=seed)
        model.add(Dense(self.count(output.units), output.activation))
        model.compile(Adam(0.01), output.loss)
        target, empty = self.fitted(y, output), np.empty((0, 1))
        try:
            scores, found = [self.score(y_val, model.predict(x_val))], [model.evaluate(x, target)]
            for _ in model.epochs_of(x, target, batch_size=BATCH, epochs=epochs, seed=seed):
                scores.append(self.score(y_val, model.predict(x_val)))
                found.append(model.evaluate(x, target))
        except ValueError as refused:
            return Outcome(np.empty(0), np.empty(0), empty, empty, str(refused))
        lost = [np.nan] * (epochs + 1 - len(scores))
        shown = model.predict(x_val[:5]), y_val[:5].reshape(min(5, len(y_val)), -1)
        return Outcome(np.array(scores + lost), np.array(found + lost), *shown)


@dataclass(frozen=True)
class OneNumber(Problem):
    """A number that may be any: one linear output for each value, since every other activation leaves some out."""

    data: ClassVar[Dataset] = AutoMPG()
    recommended: ClassVar[Output] = Output(ONE, "linear", "mean_squared_error")
    wrong: ClassVar[Output] = Output(ONE, "sigmoid", "mean_squared_error")
    metric: ClassVar[str] = "mean_absolute_error"

    def targets(self, y: np.ndarray) -> np.ndarray:
        return standardize(y).values

    def score(self, y: np.ndarray, p: np.ndarray) -> float:
        return float(metrics.R2Score()(y.reshape(len(y), -1), p[:, :1])) if np.isfinite(p).all() else float("nan")

    def answered(self, p: np.ndarray) -> np.ndarray:
        return p


@dataclass(frozen=True)
class YesOrNo(Problem):
    """One of two classes: one sigmoid output, the probability of class 1."""

    data: ClassVar[Dataset] = BreastCancer()
    recommended: ClassVar[Output] = Output(ONE, "sigmoid", "binary_crossentropy")
    wrong: ClassVar[Output] = Output(ONE, "softmax", "binary_crossentropy")
    metric: ClassVar[str] = "accuracy"
    answers: ClassVar[int] = 2


@dataclass(frozen=True)
class OneOfMany(Problem):
    """One of several classes: softmax over one output a class, probabilities that sum to 1."""

    data: ClassVar[Dataset] = Digits()
    recommended: ClassVar[Output] = Output(MANY, "softmax", "sparse_categorical_crossentropy")
    wrong: ClassVar[Output] = Output(ONE, "linear", "mean_squared_error")
    metric: ClassVar[str] = "accuracy"
    answers: ClassVar[int] = 10


@dataclass(frozen=True)
class SeveralAtOnce(Problem):
    """Several labels, each of which may be true or not: one sigmoid output a label, since they need not sum to 1.

    The labels of a digit: it is even, it is 5 or more, it is prime.
    """

    data: ClassVar[Dataset] = Digits()
    recommended: ClassVar[Output] = Output(MANY, "sigmoid", "binary_crossentropy")
    wrong: ClassVar[Output] = Output(MANY, "softmax", "binary_crossentropy")
    metric: ClassVar[str] = "binary_accuracy"
    answers: ClassVar[int] = 3

    def targets(self, y: np.ndarray) -> np.ndarray:
        return np.stack([y % 2 == 0, y >= 5, np.isin(y, (2, 3, 5, 7))], axis=1).astype(float)

    def answered(self, p: np.ndarray) -> np.ndarray:
        return (p > 0.5).astype(float)


# ---- hidden layers -------------------------------------------------------------------------------------------------


class Architecture(Family):
    """What all kinds of networks share: the activation to begin with inside them."""

    hidden: ClassVar[str]
    """The activation of what is handed on."""

    gate: ClassVar[str] = ""
    """The activation of what opens and shuts, if there is such a thing."""

    keras: ClassVar[str]


@dataclass(frozen=True)
class MLP(Architecture):
    """Dense layers in a row: relu, whose slope is 1 wherever it is not 0."""

    hidden: ClassVar[str] = "relu"
    keras: ClassVar[str] = 'model.add(Dense(64, activation="relu", kernel_initializer="he_normal"))'

    @classmethod
    def name(cls) -> str:
        return "mlp"


@dataclass(frozen=True)
class CNN(Architecture):
    """Convolutions: relu, for the same reason; it is also the cheapest."""

    hidden: ClassVar[str] = "relu"
    keras: ClassVar[str] = 'model.add(Conv2D(32, (3, 3), activation="relu"))'

    @classmethod
    def name(cls) -> str:
        return "cnn"


@dataclass(frozen=True)
class RNN(Architecture):
    """Memory that is used again at every step: tanh keeps it between -1 and 1, sigmoid gates open from 0 to 1."""

    hidden: ClassVar[str] = "tanh"
    gate: ClassVar[str] = "sigmoid"
    keras: ClassVar[str] = 'model.add(LSTM(32, activation="tanh", recurrent_activation="sigmoid"))'

    @classmethod
    def name(cls) -> str:
        return "rnn"


def echo(activation: str, weight: float, steps: int) -> np.ndarray:
    """The state of a memory of one neuron, h = f(w h), at every step from h = 1 on, shape (steps + 1,).

    Why networks with memory prefer tanh: an activation without an upper end, used again and again, runs away.
    """
    f, h = activations.get(activation), [1.0]
    for _ in range(steps):
        h.append(float(f(weight * h[-1])))
    return np.array(h)
