"""Training configuration: everything that decides a training; the same recipe always gives the same numbers.

    recipe = Recipe(8, (LayerPlan(12), LayerPlan(8), LayerPlan(1, "sigmoid")), losses.get("binary_crossentropy"))
    parts = prepare(x, y, recipe.loss, classes=2)
    model = recipe.model()
    model.fit(parts.train.x, parts.train.y, **recipe.training(parts))

``code_export`` writes a recipe as a program for Keras or dlcore.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from dlcore.callbacks import Callback, EarlyStopping
from dlcore.layers import L1L2, BatchNormalization, Dense, Dropout, Input
from dlcore.losses import Loss
from dlcore.models import Sequential
from dlcore.optimizers import Adam, Optimizer
from dlcore.preprocessing import Part, Standardizer, one_hot, train_validation_test_split
from dlcore.renamed import old_names

__getattr__ = old_names(__name__, {"prepared": "prepare"})


@dataclass(frozen=True)
class LayerPlan:
    """A Dense layer and what follows it: batch normalization, then dropout."""

    units: int
    activation: str = "relu"
    """By name."""

    kernel_initializer: str = "glorot_uniform"
    """By name."""

    dropout: float = 0.0
    """The share of units left out while training, 0 for none."""

    batch_normalization: bool = False
    l1: float = 0.0
    """The factor of the L1 penalty on the kernel, 0 for none."""

    l2: float = 0.0
    """The factor of the L2 penalty on the kernel, 0 for none."""

    def layers(self) -> list[Any]:
        """New layers of this kind, in order."""
        penalty = L1L2(l1=self.l1, l2=self.l2) if self.l1 or self.l2 else None
        dense = Dense(self.units, self.activation, True, self.kernel_initializer, kernel_regularizer=penalty)
        behind = [BatchNormalization()] * self.batch_normalization + [Dropout(self.dropout)] * (self.dropout > 0)
        return [dense, *behind]

    def parameters(self, inputs: int) -> int:
        """The number of weights after ``inputs`` inputs, moving means and variances included."""
        return (inputs + 1) * self.units + 4 * self.units * self.batch_normalization


class Prepared(NamedTuple):
    """Training and validation rows, ready for ``fit``."""

    train: Part
    validation: Part
    scaler: Standardizer | None
    """How the inputs were scaled, None if they were not."""

    order: np.ndarray
    """Their row numbers in the data, those of the training first, shape (rows,)."""


@dataclass(frozen=True)
class Recipe:
    """A network and how it is trained."""

    inputs: int
    """The number of columns of x."""

    layers: tuple[LayerPlan, ...]
    """From the first hidden layer to the output."""

    loss: Loss
    optimizer: Optimizer = field(default_factory=Adam)
    metrics: tuple[str, ...] = ()
    """By name."""

    batch_size: int = 10
    epochs: int = 100
    patience: int = 0
    """Epochs without a better validation loss before early stopping, which restores the best weights; 0 for none."""

    seed: int = 0
    """Of the first weights, the order of the rows and dropout."""

    def model(self) -> Sequential:
        """The compiled network before its first step."""
        model = Sequential([Input((self.inputs,))], seed=self.seed)
        for plan in self.layers:
            for layer in plan.layers():
                model.add(layer)
        model.compile(self.optimizer, self.loss, list(self.metrics))
        return model

    def callbacks(self) -> list[Callback]:
        """The callbacks of the training: early stopping, or none."""
        return [EarlyStopping(patience=self.patience, restore_best_weights=True)] if self.patience else []

    def training(self, parts: Prepared) -> dict[str, Any]:
        """The arguments of ``fit`` besides the rows."""
        watched = tuple(parts.validation) if len(parts.validation.x) else None
        how: dict[str, Any] = {"batch_size": self.batch_size, "epochs": self.epochs, "seed": self.seed}
        return how | {"validation_data": watched, "callbacks": self.callbacks()}

    @property
    def has_schedule(self) -> bool:
        """Whether the learning rate follows a schedule."""
        return not isinstance(self.optimizer.learning_rate, int | float)

    def parameters(self) -> int:
        """The number of weights of the network, counted without building it."""
        widths = [self.inputs, *(plan.units for plan in self.layers)]
        return sum(plan.parameters(width) for plan, width in zip(self.layers, widths, strict=False))


def prepare(
    x: Any, y: Any, loss: Loss, classes: int = 0, share: float = 0.2, seed: int = 0, standardised: bool = True
) -> Prepared:
    """Shuffled rows, split into training and validation, with inputs standardised by the training part alone.

    x: shape (rows, features); y: shape (rows,), classes as 0, 1, 2, ...; they become one-hot rows if the loss needs
    them. classes: how many there are, 0 for a regression. share: of the validation part, from 0 to below 1. The split
    is stratified where every class has at least two rows.
    Raises ValueError if a part would be empty, or if the loss does not accept the targets.
    """
    y = np.asarray(y)
    if loss.targets == "one_hot" and not classes:
        raise ValueError(f"{loss.name()} compares shares of classes; these targets are numbers")
    enough = bool(classes) and np.bincount(y, minlength=classes).min() >= 2
    shares = (1 - share, share, 0.0)
    parts = train_validation_test_split(np.arange(len(y)), y, shares, seed, stratify=enough and share > 0)
    scaler = Standardizer.fit(np.asarray(x)[parts.train.x]) if standardised else None

    def part(rows: np.ndarray) -> Part:
        inputs = np.asarray(x, dtype=float)[rows]
        target = one_hot(y[rows], classes) if loss.targets == "one_hot" else y[rows]
        return Part(scaler.transform(inputs) if scaler else inputs, target)

    order = np.concatenate([parts.train.x, parts.validation.x])
    return Prepared(part(parts.train.x), part(parts.validation.x), scaler, order)
