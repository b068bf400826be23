"""Recipe: everything that decides a training, written down: the same recipe gives the same numbers, here and at home.

    recipe = Recipe(8, (LayerPlan(12), LayerPlan(8), LayerPlan(1, "sigmoid")), losses.get("binary_crossentropy"))
    parts = prepared(x, y, recipe.loss, classes=2)
    model = recipe.model()
    model.fit(parts.train.x, parts.train.y, **recipe.training(parts))

``programs`` writes the same as a program in Keras's words; a page makes it of what its controls say.
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


@dataclass(frozen=True)
class LayerPlan:
    """A Dense layer, and what stands behind it: batch normalization, then dropout.

    activation, kernel_initializer: names. dropout: the share that is left out while training, 0 for none. l1, l2:
    factors of the penalties on the kernel, 0 for none.
    """

    units: int
    activation: str = "relu"
    kernel_initializer: str = "glorot_uniform"
    dropout: float = 0.0
    batch_normalization: bool = False
    l1: float = 0.0
    l2: float = 0.0

    def layers(self) -> list[Any]:
        """The layers, new ones at every call."""
        penalty = L1L2(l1=self.l1, l2=self.l2) if self.l1 or self.l2 else None
        dense = Dense(self.units, self.activation, True, self.kernel_initializer, kernel_regularizer=penalty)
        behind = [BatchNormalization()] * self.batch_normalization + [Dropout(self.dropout)] * (self.dropout > 0)
        return [dense, *behind]

    def parameters(self, inputs: int) -> int:
        """How many weights it has behind ``inputs`` numbers, moving means and variances included."""
        return (inputs + 1) * self.units + 4 * self.units * self.batch_normalization


class Prepared(NamedTuple):
    """Rows ready for a training: what is learned from, what is watched, and how they were scaled (None: not at all).

    order: which rows of the data they are, those of the training first, shape (rows,).
    """

    train: Part
    validation: Part
    scaler: Standardizer | None
    order: np.ndarray


@dataclass(frozen=True)
class Recipe:
    """A network and how it is trained.

    inputs: columns of x. layers: from the first hidden one to the output. metrics: names. patience: epochs without a
    better validation loss after which the training ends and the best weights come back; 0 for no early stopping.
    seed: of the first weights, the order of the rows and dropout.
    """

    inputs: int
    layers: tuple[LayerPlan, ...]
    loss: Loss
    optimizer: Optimizer = field(default_factory=Adam)
    metrics: tuple[str, ...] = ()
    batch_size: int = 10
    epochs: int = 100
    patience: int = 0
    seed: int = 0

    def model(self) -> Sequential:
        """The network before its first step, compiled."""
        model = Sequential([Input((self.inputs,))], seed=self.seed)
        for plan in self.layers:
            for layer in plan.layers():
                model.add(layer)
        model.compile(self.optimizer, self.loss, list(self.metrics))
        return model

    def callbacks(self) -> list[Callback]:
        """What watches the training."""
        return [EarlyStopping(patience=self.patience, restore_best_weights=True)] if self.patience else []

    def training(self, parts: Prepared) -> dict[str, Any]:
        """The arguments of ``fit`` besides the rows."""
        watched = tuple(parts.validation) if len(parts.validation.x) else None
        how: dict[str, Any] = {"batch_size": self.batch_size, "epochs": self.epochs, "seed": self.seed}
        return how | {"validation_data": watched, "callbacks": self.callbacks()}

    @property
    def scheduled(self) -> bool:
        """Whether the learning rate follows a schedule."""
        return not isinstance(self.optimizer.learning_rate, int | float)

    def parameters(self) -> int:
        """How many weights the network has, told without building it."""
        widths = [self.inputs, *(plan.units for plan in self.layers)]
        return sum(plan.parameters(width) for plan, width in zip(self.layers, widths, strict=False))


def prepared(
    x: Any, y: Any, loss: Loss, classes: int = 0, share: float = 0.2, seed: int = 0, standardised: bool = True
) -> Prepared:
    """Rows in random order, cut into training and validation, inputs scaled by the training part alone.

    x: shape (rows, features); y: shape (rows,), classes as 0, 1, 2, ...; they become one-hot rows if the loss wants
    them, for which ``classes`` says how many there are (0 for numbers). share: of the validation part, from 0 to below
    1. Classes are spread evenly over the parts where every one has enough rows.
    Raises ValueError if a part would be empty, or the targets cannot be what the loss wants.
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
