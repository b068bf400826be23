"""The drawing of a network before it is trained: units, weights and their first values."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore import film, losses
from dlcore.models import Sequential
from dlcore.recipe import LayerPlan, Recipe
from lessons.training.layer_notation import MOST_WEIGHTS
from lessons.training.rows import Given
from ui.beat import Beat
from ui.number_format import readable


@dataclass(frozen=True, eq=False)
class Look:
    """A picture by its name in ``charts``, its numbers, and the sentence beneath it."""

    chart: str
    numbers: dict[str, Any]
    said: str


def before(beat: Beat, data: Given, plans: tuple[LayerPlan, ...], told: bool) -> Look:
    """The network of these layers with its first weights, standing still; ``told``: their number may be said."""
    recipe = Recipe(len(data.features), plans, losses.get("mean_squared_error"))
    look = network_before(beat, data, recipe)
    numbers = {name: look.numbers[name] for name in ("kernels", "names")}
    if told and recipe.parameters() <= MOST_WEIGHTS:
        weights = sum(kernel.size for kernel in numbers["kernels"])
        largest = max(float(np.abs(kernel).max()) for kernel in numbers["kernels"])
        return Look(look.chart, numbers, beat.word("drawing_said", weights=weights, largest=readable(largest, 3)))
    return dataclasses.replace(look, numbers=numbers)


def network_before(beat: Beat, data: Given, recipe: Recipe) -> Look:
    """The network with its first weights; of one that is too large, its first layers' first units."""
    if recipe.parameters() > MOST_WEIGHTS:
        small = tuple(dataclasses.replace(plan, units=min(plan.units, 17)) for plan in recipe.layers)
        recipe = dataclasses.replace(recipe, layers=small, inputs=min(recipe.inputs, 17))
    model = recipe.model()
    model.build()
    still = film.Frames(np.array([0]), model.w[None], np.zeros((1, 0)))
    numbers = {"kernels": film.kernels(model, still), "epochs": still.epochs, "names": column_names(recipe)}
    return Look("network_drawing", numbers, beat.word("drawing_waits", layers=len(recipe.layers)))


def drawing_said(beat: Beat, model: Sequential) -> str:
    kernels = [part for part in model.get_weights() if part.ndim == 2]
    sizes = [float(np.abs(part).max()) for part in kernels if np.isfinite(part).all()]
    return beat.word(
        "drawing_said", weights=sum(part.size for part in kernels), largest=readable(max(sizes, default=0.0), 3)
    )


def column_names(recipe: Recipe) -> Sequence[str]:
    """What stands beneath the columns of a drawing."""
    return ("x", *(f"{plan.activation}" for plan in recipe.layers))
