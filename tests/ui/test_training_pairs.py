"""Losses, output activations, widths and depths in every combination: each is trained, or it is said why not."""

import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pytest

from dlcore import losses, optimizers
from dlcore.losses import Loss
from dlcore.recipe import LayerPlan
from lessons.training import compile, feasibility, fit, rows
from lessons.training.compile import Compiled
from lessons.training.model import OUTPUTS
from lessons.training.rows import Chosen, Given
from lessons.training.training_run import Live


@cache
def rows_of(name: str) -> Given:
    """A few rows of a data set."""
    from dlcore.datasets import Dataset

    whole = Dataset.get(name)
    data = rows.opened(Chosen(whole, whole.features[:3]))
    return dataclasses.replace(data, x=data.x[::3], y=data.y[::3])


def word(key: str, **facts: Any) -> str:
    return key


def trained_or_refused(data: Given, plans: tuple[LayerPlan, ...], loss: Loss, epochs: int = 2) -> str:
    """The word that says why it cannot be trained, or "" after it was."""
    metrics = feasibility.fitting_metrics(compile.METRICS, data, loss, plans[-1].units)
    told = Compiled(loss, optimizers.get("adam"), "no_schedule", metrics)
    recipe = fit.recipe_of(data, plans, told, 32, epochs)
    if trouble := feasibility.obstacle(word, data, recipe):
        return trouble
    live = Live.of(data, recipe)
    while live.done < epochs and not live.ended:
        live.step()
    found = live.result()
    assert found.diverged is not None or np.isfinite(found.logs["loss"]).all()
    return ""


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("loss", Loss.members)
def test_every_loss_meets_every_output(loss: str, output: str) -> None:
    outcomes = {}
    for name, units in {"moons": (1, 2), "iris": (1, 3, 4), "auto_mpg": (1, 2)}.items():
        for count in units:
            plans = (LayerPlan(4), LayerPlan(count, output))
            outcomes[name, count] = trained_or_refused(rows_of(name), plans, losses.get(loss))
            feasibility.mismatches(word, rows_of(name), plans, losses.get(loss))
    # with some number of outputs, each can be tried on something
    assert "" in outcomes.values(), outcomes


@pytest.mark.parametrize("width", [1, 512])
@pytest.mark.parametrize("depth", [0, 1, 20])
def test_the_narrowest_and_the_widest_the_shallowest_and_the_deepest(width: int, depth: int) -> None:
    plans = (*(LayerPlan(width) for _ in range(depth)), LayerPlan(1, "sigmoid"))
    refused = trained_or_refused(rows_of("moons"), plans, losses.get("binary_crossentropy"), 1)
    assert refused == ("too_many_weights" if (width, depth) == (512, 20) else "")
