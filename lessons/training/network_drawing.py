"""The drawing of a network: its units, the weights between them, and what is said of these beneath it."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from dlcore.experiments import weight_history
from dlcore.experiments.training_config import Recipe
from dlcore.models import Sequential
from lessons.training.layer_notation import MOST_WEIGHTS
from ui.controls.widgets import Say
from ui.number_format import readable

MOST_UNITS_BUILT = 17
"""So many units of every layer are built of a network that is too large to be trained here: no drawing shows more."""


def first_kernels(recipe: Recipe) -> tuple[weight_history.Frames, list[np.ndarray], Sequence[str]]:
    """A network before its first step, as a film of one frame: the film, its kernels, the names of its columns.

    Kernels: one a layer, shape (1, inputs, units). Of a network that is too large, the first units of every layer.
    """
    if recipe.parameters() > MOST_WEIGHTS:
        most = MOST_UNITS_BUILT
        layers = tuple(dataclasses.replace(plan, units=min(plan.units, most)) for plan in recipe.layers)
        recipe = dataclasses.replace(recipe, layers=layers, inputs=min(recipe.inputs, most))
    model = recipe.model()
    model.build()
    still = weight_history.Frames(np.array([0]), model.w[None], np.zeros((1, 0)))
    return still, weight_history.kernels(model, still), column_names(recipe)


def column_names(recipe: Recipe) -> Sequence[str]:
    """What stands beneath the columns of a drawing."""
    return ("x", *(plan.activation for plan in recipe.layers))


def weights_sentence(say: Say, kernels: Sequence[np.ndarray]) -> str:
    """How many weights there are between units, and how large the largest is."""
    sizes = [float(np.abs(kernel).max()) for kernel in kernels if np.isfinite(kernel).all()]
    largest = readable(max(sizes, default=0.0), 3)
    return say("drawing_said", weights=sum(kernel.size for kernel in kernels), largest=largest)


def layers_sentence(say: Say, recipe: Recipe) -> str:
    """How many layers there are: what may be said before the weights are counted, or of a network not trained yet."""
    return say("drawing_waits", layers=len(recipe.layers))


def trained_kernels(model: Sequential) -> list[np.ndarray]:
    """The kernels of a network as it is, one a layer, shape (inputs, units)."""
    return [part for part in model.get_weights() if part.ndim == 2]
