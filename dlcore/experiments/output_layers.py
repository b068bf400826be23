"""Output layers: the activation, loss and metric that suit a problem, and the hidden activation of a kind of network.

    problem = Problem.get("one_of_many")
    problem.units, problem.activation, problem.loss        10, "softmax", "sparse_categorical_crossentropy"
    problem.outcome(problem.recommended)                   the scores of the recommendation, trained on real data
    problem.outcome(problem.wrong)                         and those of a common mistake

Every recommendation is a class of this file, and tests/dlcore/experiments/test_output_layers.py measures that it is
right.
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
"""The numbers of outputs to choose from: one, or one for every class or label."""

ROWS, HELD_OUT, HIDDEN, BATCH = 480, 0.25, 16, 32


@dataclass(frozen=True)
class Output:
    """An output layer and its loss, by their names in Keras."""

    units: str
    """ONE or MANY."""

    activation: str
    loss: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """The scores of a training with an output layer, or the error that its loss raised."""

    score: np.ndarray
    """Accuracy, or R² in a regression, on the validation rows, before the first epoch and after every one, shape
    (epochs + 1,).
    """

    loss: np.ndarray
    """On the training rows, of the same shape."""

    predictions: np.ndarray
    """For the first validation rows at the end, shape (rows, outputs)."""

    targets: np.ndarray
    """The targets of the same rows, shape (rows, values)."""

    refused: str = ""
    """The error message if the loss does not accept these targets; then all arrays are empty."""


class Problem(Family):
    """What all problems share: what is to be predicted, the output recommended for it, and a common mistake."""

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
        """The recommended number of outputs."""
        return self.count(self.recommended.units)

    @property
    def activation(self) -> str:
        return self.recommended.activation

    @property
    def loss(self) -> str:
        return self.recommended.loss

    def count(self, units: str) -> int:
        """The number of outputs that ONE or MANY means here."""
        return 1 if units == ONE else self.answers

    @property
    def keras(self) -> str:
        """The lines of a Keras program with the recommended output layer and loss."""
        activation = "" if self.activation == "linear" else f', activation="{self.activation}"'
        return (
            f"model.add(Dense({self.units}{activation}))\n"
            f'model.compile(loss="{self.loss}", optimizer="adam", metrics=["{self.metric}"])'
        )

    def samples(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Inputs and targets for training, then for validation; inputs are standardised by the training rows."""
        x, y = self.data.load()
        order = np.random.default_rng(0).permutation(len(x))[:ROWS]
        x, y = x[order], self.targets(y[order])
        cut = int(len(x) * (1 - HELD_OUT))
        scaler = Standardizer.fit(x[:cut])
        return scaler.transform(x[:cut]), y[:cut], scaler.transform(x[cut:]), y[cut:]

    def targets(self, y: np.ndarray) -> np.ndarray:
        """The targets of this problem, made from those of the data set, shape (rows, ...)."""
        return y

    def targets_for(self, y: np.ndarray, output: Output) -> np.ndarray:
        """The targets in the form that an output and its loss need, shape (rows, values)."""
        rows = y.reshape(len(y), -1)
        if output.units == ONE or losses.get(output.loss).targets == "integer":
            return rows
        return (rows == np.arange(self.answers)).astype(float) if rows.shape[1] == 1 and self.answers > 1 else rows

    def score(self, y: np.ndarray, p: np.ndarray) -> float:
        """The accuracy of predictions, or R² in a regression."""
        return float((self.predictions(p) == y.reshape(len(y), -1)).mean())

    def predictions(self, p: np.ndarray) -> np.ndarray:
        """The predicted class, shape (rows, 1): the largest of several outputs, or the class that is nearest to one."""
        with np.errstate(invalid="ignore"):
            return p.argmax(axis=1, keepdims=True) if p.shape[1] > 1 else np.clip(np.round(p), 0, self.answers - 1)

    @np.errstate(all="ignore")
    def outcome(self, output: Output, epochs: int = 20, seed: int = 0) -> Outcome:
        """The scores of a network with one hidden layer and that output, trained for ``epochs``."""
        x, y, x_val, y_val = self.samples()
        model = Sequential([Input((x.shape[1],)), Dense(HIDDEN, "relu")], seed=seed)
        model.add(Dense(self.count(output.units), output.activation))
        model.compile(Adam(0.01), output.loss)
        target, empty = self.targets_for(y, output), np.empty((0, 1))
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

    def predictions(self, p: np.ndarray) -> np.ndarray:
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

    def predictions(self, p: np.ndarray) -> np.ndarray:
        return (p > 0.5).astype(float)


# ---- hidden layers -------------------------------------------------------------------------------------------------


class Architecture(Family):
    """What all kinds of networks share: the usual activation of their hidden layers."""

    hidden: ClassVar[str]
    """The activation of a layer's output."""

    gate: ClassVar[str] = ""
    """The activation of the gates of a recurrent layer; "" without gates."""

    keras: ClassVar[str]
    """The line of a Keras program with such a layer."""


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
    """The state of a recurrent neuron, h = f(w h), at every step from h = 1 on, shape (steps + 1,).

    It shows why recurrent networks prefer tanh: an unbounded activation, applied again and again, runs away.
    """
    f, h = activations.get(activation), [1.0]
    for _ in range(steps):
        h.append(float(f(weight * h[-1])))
    return np.array(h)
