"""Trainable: what a callback may ask of the model that it watches, and nothing else."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from dlcore.layers import Layer
from dlcore.optimizers import Stepper


class Trainable(Protocol):
    """A model in training, as its callbacks see it."""

    w: np.ndarray
    """All weights, one vector."""

    g: np.ndarray
    """The gradient of the last batch by them, as backpropagation left it, before any clipping."""

    layers: list[Layer]
    """Without the input."""

    optimizer: Stepper
    metrics: dict[str, Any]
    """By name."""

    stop_training: bool
    """Set to True, it ends the training: after the batch if a callback hears of batches, else after the epoch."""

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights, in Keras's order."""
        ...

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Put weights of these shapes into the model."""
        ...

    def save(self, path: Any) -> None:
        """Write the model to that path."""
        ...
