"""Trainable: what a callback may ask of the model that it watches, and nothing else."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from dlcore.layers import Layer
from dlcore.optimizers import Stepper


class Trainable(Protocol):
    """A model in training: its weights ``w`` in one vector, its optimizer, and the flag that ends the training.

    metrics: by name. layers: without the input. stop_training: set to True, it ends the training after the epoch.
    """

    w: np.ndarray
    layers: list[Layer]
    optimizer: Stepper
    metrics: dict[str, Any]
    stop_training: bool

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights, in Keras's order."""
        ...

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Put weights of these shapes into the model."""
        ...
