"""Losses, output activations, widths and depths in every combination: each is trained, or it is said why not."""

import dataclasses
from functools import cache

import numpy as np
import pytest

from dlcore import losses, optimizers
from dlcore.datasets import Dataset
from dlcore.experiments.training_config import LayerPlan
from dlcore.losses import Loss
from lessons.training import compile, feasibility, rows
from lessons.training.model import OUTPUTS
from lessons.training.rows import LabelledRows, RowSelection
from lessons.training.training_run import ResumableTraining
from ui.text import texts


@cache
def rows_of(name: str) -> LabelledRows:
    """A few rows of a data set, as a reader's own."""
    whole = Dataset.get(name)
    data = rows.load(RowSelection(whole, whole.features[:3]))
    own = RowSelection(None, whole.features[:3], own=f"a third of {name}")
    return dataclasses.replace(data, selection=own, x=data.x[::3], y=data.y[::3])


def trained_or_refused(data: LabelledRows, plans: tuple[LayerPlan, ...], loss: Loss, epochs: int = 2) -> str:
    """The word that says why it cannot be trained, or "" after it was."""
    setup = compile.Setup(data, plans, loss, optimizers.get("adam"), "no_schedule", compile.METRICS, 32, epochs)
    feasible = feasibility.examine(data, setup.recipe())
    assert set(feasible.mismatches) <= texts.words().keys()
    if feasible.obstacle:
        return feasible.obstacle.word
    live = ResumableTraining.of(data, dataclasses.replace(setup.recipe(), metrics=feasible.metrics))
    while live.last_epoch < epochs and not live.ended:
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
    # with some number of outputs, each can be tried on something
    assert "" in outcomes.values(), outcomes


@pytest.mark.parametrize("width", [1, 512])
@pytest.mark.parametrize("depth", [0, 1, 20])
def test_the_narrowest_and_the_widest_the_shallowest_and_the_deepest(width: int, depth: int) -> None:
    plans = (*(LayerPlan(width) for _ in range(depth)), LayerPlan(1, "sigmoid"))
    refused = trained_or_refused(rows_of("moons"), plans, losses.get("binary_crossentropy"), 1)
    assert refused == ("too_many_weights" if (width, depth) == (512, 20) else "")
