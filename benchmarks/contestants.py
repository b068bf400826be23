# pyright: reportMissingImports=false, reportMissingModuleSource=false
"""Who trains in ``training.py``: dlcore and seven others, each as its own manual would write it.

A contestant is made for one ``Task``, starts at its weights whenever ``reset`` is called, and ``fit``s for some epochs:
the losses of the epochs are what it returns, as dlcore's and Keras's History hold them: of the predictions made while
training. Imports stand inside the classes: a worker loads only what it runs, and what is missing is told, not hidden.
"""

import warnings
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np

EPSILON = 1e-12
"""Adam's epsilon for everybody: so small that it does not matter that scikit-learn and Keras add it in another place.
It costs the same as any other."""


class Task(NamedTuple):
    """One network, one set of data, one way to train; weights: kernel, bias, kernel, bias, ... as Keras lists them."""

    sizes: tuple[int, ...]
    batch_size: int
    rule: str
    epochs: int
    x: np.ndarray
    y: np.ndarray
    weights: list[np.ndarray]

    @property
    def rate(self) -> float:
        return {"sgd": 0.01, "adam": 0.001}[self.rule]


class Contestant:
    """name: on the command line. title: in the table. tolerance: how far the last loss may be from dlcore's."""

    named: ClassVar[dict[str, type["Contestant"]]] = {}
    name: ClassVar[str]
    title: ClassVar[str]
    tolerance: ClassVar[float] = 1e-6
    worker: ClassVar[str] = "numpy"
    """Contestants of one name share a process; what differs is in the name, such as Keras's backend."""
    environment: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls) -> None:
        cls.named[cls.name] = cls

    def __init__(self, task: Task) -> None:
        self.task = task

    def reset(self) -> None:
        """Put the task's first weights back, and forget what the optimizer remembers."""
        raise NotImplementedError

    def fit(self, shuffle: bool) -> list[float]:
        raise NotImplementedError


class Dlcore(Contestant):
    name, title = "dlcore", "dlcore `fit`"

    def reset(self) -> None:
        from dlcore.layers import Dense, Input
        from dlcore.models import Sequential
        from dlcore.optimizers import SGD, Adam

        inputs, *hidden, outputs = self.task.sizes
        inside = [Dense(units, activation="relu") for units in hidden]
        self.model = Sequential([Input((inputs,)), *inside, Dense(outputs, activation="sigmoid")], seed=0)
        rule = SGD(self.task.rate) if self.task.rule == "sgd" else Adam(self.task.rate, epsilon=EPSILON)
        self.model.compile(loss="binary_crossentropy", optimizer=rule)
        self.model.set_weights(self.task.weights)

    def fit(self, shuffle: bool) -> list[float]:
        task = self.task
        diary = self.model.fit(task.x, task.y, batch_size=task.batch_size, epochs=task.epochs, shuffle=shuffle)
        return diary.history["loss"]


class Reference(Contestant):
    name, title = "reference", "dlcore / hand-written reference"

    def reset(self) -> None:
        from reference_training import ReferenceAdam, ReferenceNet, ReferenceSGD

        self.net = ReferenceNet(self.task.weights)
        adam = ReferenceAdam(self.task.rate, epsilon=EPSILON)
        self.rule = ReferenceSGD(self.task.rate) if self.task.rule == "sgd" else adam

    def fit(self, shuffle: bool) -> list[float]:
        task, order = self.task, np.random.default_rng(0) if shuffle else None
        return self.net.fit(task.x, task.y, self.rule, task.batch_size, task.epochs, order)


class Textbook(Contestant):
    name, title = "textbook", "textbook NumPy"

    def reset(self) -> None:
        from textbook_training import TextbookNet

        self.net = TextbookNet(self.task.weights, self.task.rule, self.task.rate)

    def fit(self, shuffle: bool) -> list[float]:
        task, order = self.task, np.random.default_rng(0) if shuffle else None
        return self.net.fit(task.x, task.y, task.batch_size, task.epochs, order)


class Torch(Contestant):
    """The usual loop, without a DataLoader, which would make it slower still; the default float32."""

    name, title, worker, tolerance = "torch", "PyTorch, eager", "torch", 1e-4

    def __init__(self, task: Task) -> None:
        import torch

        torch.set_num_threads(1)
        super().__init__(task)
        self.x, self.y = (torch.tensor(part, dtype=torch.float32) for part in (task.x, task.y))

    def reset(self) -> None:
        import torch
        from torch import nn

        layers: list[Any] = []
        for inputs, outputs in pairwise(self.task.sizes):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        # the last sigmoid is in the loss, as PyTorch advises
        self.model, self.loss = nn.Sequential(*layers[:-1]), nn.BCEWithLogitsLoss()
        with torch.no_grad():
            for own, given in zip(self.model.parameters(), self.task.weights, strict=True):
                own.copy_(torch.tensor(given.T))
        sgd, adam = torch.optim.SGD, torch.optim.Adam
        own = self.model.parameters()
        rate = self.task.rate
        self.optimizer = sgd(own, lr=rate) if self.task.rule == "sgd" else adam(own, lr=rate, eps=EPSILON)

    def fit(self, shuffle: bool) -> list[float]:
        import torch

        task, model, optimizer, history = self.task, self.model, self.optimizer, []
        for _ in range(task.epochs):
            x, y, total = self.x, self.y, 0.0
            if shuffle:
                order = torch.randperm(len(x))
                x, y = x[order], y[order]
            for x_batch, y_batch in zip(x.split(task.batch_size), y.split(task.batch_size), strict=True):
                optimizer.zero_grad()
                loss = self.loss(model(x_batch), y_batch)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(x_batch)
            history.append(total / len(x))
        return history


class KerasTorch(Contestant):
    """``fit`` as the manual has it, in the default float32."""

    name, title, worker, tolerance = "keras-torch", "Keras `fit`, torch backend", "keras-torch", 1e-4
    environment: ClassVar[dict[str, str]] = {"KERAS_BACKEND": "torch"}

    def __init__(self, task: Task) -> None:
        self.one_thread()
        import keras

        super().__init__(task)
        inputs, *hidden, outputs = task.sizes
        inside = [keras.layers.Dense(units, activation="relu") for units in hidden]
        last = keras.layers.Dense(outputs, activation="sigmoid")
        self.model = keras.Sequential([keras.layers.Input((inputs,)), *inside, last])
        optimizers = keras.optimizers
        rule = optimizers.SGD(task.rate) if task.rule == "sgd" else optimizers.Adam(task.rate, epsilon=EPSILON)
        self.model.compile(loss="binary_crossentropy", optimizer=rule)

    def one_thread(self) -> None:
        import torch

        torch.set_num_threads(1)

    def reset(self) -> None:
        # the model stays, since a new one would be traced and compiled again in the time that is measured
        self.model.set_weights(self.task.weights)

    def fit(self, shuffle: bool) -> list[float]:
        task, how = self.task, {"verbose": 0, "shuffle": shuffle}
        return self.model.fit(task.x, task.y, batch_size=task.batch_size, epochs=task.epochs, **how).history["loss"]


class KerasTensorflow(KerasTorch):
    name, title, worker = "keras-tf", "Keras `fit`, TensorFlow backend", "keras-tf"
    environment: ClassVar[dict[str, str]] = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}

    def one_thread(self) -> None:
        import tensorflow as tf

        # they can be set only before anything has run
        if tf.config.threading.get_intra_op_parallelism_threads() != 1:
            tf.config.threading.set_intra_op_parallelism_threads(1)
            tf.config.threading.set_inter_op_parallelism_threads(1)


class SklearnFit(Contestant):
    """``MLPClassifier.fit`` with ``max_iter`` epochs, none of which may end it early."""

    name, title, worker = "sklearn-fit", "scikit-learn `fit`", "sklearn"

    @property
    def steps_inside(self) -> Any:
        """What scikit-learn itself cuts the samples into."""
        return self.task.batch_size

    def reset(self) -> None:
        from sklearn.neural_network import MLPClassifier

        task = self.task
        self.model: Any = MLPClassifier(
            hidden_layer_sizes=task.sizes[1:-1],
            solver=task.rule,  # type: ignore[arg-type]
            alpha=0.0,
            batch_size=self.steps_inside,
            learning_rate_init=task.rate,
            momentum=0.0,
            nesterovs_momentum=False,
            epsilon=EPSILON,
            max_iter=task.epochs,
            tol=0.0,
            n_iter_no_change=10**6,
            random_state=0,
        )
        # a first step makes the arrays, which are then filled as everybody's are
        self.model.batch_size = 2
        self.model.partial_fit(task.x[:2], [0, 1], classes=[0, 1])
        self.model.batch_size = self.steps_inside
        self.model.coefs_ = [part.copy() for part in task.weights[::2]]
        self.model.intercepts_ = [part.copy() for part in task.weights[1::2]]
        self.model.loss_curve_ = []
        del self.model._optimizer

    def fit(self, shuffle: bool) -> list[float]:
        # without this, the weights of before would be thrown away
        self.model.shuffle, self.model.warm_start = shuffle, True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it has not converged, and says so
            self.model.fit(self.task.x, self.task.y.ravel())
        return self.model.loss_curve_


class SklearnPartialFit(SklearnFit):
    """``MLPClassifier.partial_fit`` batch by batch, for who wants to own the loop."""

    name, title = "sklearn-partial", "scikit-learn `partial_fit`, a batch a call"

    @property
    def steps_inside(self) -> Any:
        return "auto"  # all that it is given

    def fit(self, shuffle: bool) -> list[float]:
        task, rng, history = self.task, np.random.default_rng(0), []
        self.model.shuffle = False
        for _ in range(task.epochs):
            order = rng.permutation(len(task.x)) if shuffle else np.arange(len(task.x))
            x, y, total = task.x[order], task.y.ravel()[order], 0.0
            for start in range(0, len(x), task.batch_size):
                part = slice(start, start + task.batch_size)
                self.model.partial_fit(x[part], y[part])
                total += self.model.loss_ * len(x[part])
            history.append(total / len(x))
        return history
