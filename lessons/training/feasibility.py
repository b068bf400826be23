"""What speaks against a training before its first step: what cannot be run or means something else, and its time."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import metrics
from dlcore.losses import Loss
from dlcore.recipe import LayerPlan, Recipe
from lessons.training.layer_notation import MOST_WEIGHTS
from lessons.training.rows import Given
from ui.controls.page_state import shortened
from ui.controls.widgets import Say

MOST_SECONDS = 300
"""A training that would take longer is refused."""


def fitting_metrics(names: Sequence[str], given: Given, loss: Loss, outputs: int) -> tuple[str, ...]:
    """Those of the metrics that can be told of the targets and a network with that loss and so many outputs."""
    try:
        y = given.prepared(loss).train.y[:8]
    except ValueError:
        return ()
    p = np.full((len(y), outputs), 0.5)
    return tuple(name for name in names if _can_be_told(name, loss, y, p))


def _can_be_told(name: str, loss: Loss, y: np.ndarray, p: np.ndarray) -> bool:
    if (
        name == "accuracy"
        and loss.targets in ("real", "positive")
        and (p.shape[1] > 1 or not set(np.unique(y)) <= {0, 1})
    ):
        return False
    try:
        metric = metrics.resolve(name, loss, p.shape[1])
        metric(y[:, None] if y.ndim == 1 and p.shape[1] == 1 else y, p)
    except ValueError:
        return False
    return True


# ---- what does not fit -----------------------------------------------------------------------------------------------
def mismatches(say: Say, given: Given, plans: Sequence[LayerPlan], loss: Loss) -> list[str]:
    """What can be run, but means something else than one might think, in sentences."""
    last, logits = plans[-1], bool(getattr(loss, "from_logits", False))
    shares, positive = "crossentropy" in loss.name(), last.activation in ("sigmoid", "softmax")
    y = np.asarray(given.y, dtype=float)
    found = {
        "softmax_of_one_unit": last.activation == "softmax" and last.units == 1,
        "sigmoid_for_one_of_many": last.activation == "sigmoid" and loss.targets in ("one_hot", "integer"),
        "no_probabilities": shares and not logits and last.activation in ("linear", "tanh", "relu"),
        "squashed_twice": logits and positive,
        "always_above_zero": not loss.threshold
        and loss.targets == "binary"
        and last.activation in ("sigmoid", "softmax"),
        "relu_at_the_end": last.activation == "relu" and not shares,
        "squeezed_targets": given.task == "regression" and _squeezed(last.activation, y),
        "classes_as_numbers": bool(given.classes) and loss.targets in ("real", "positive"),
        "step_learns_nothing": any(plan.activation == "step" for plan in plans),
    }
    return [say(word) for word, holds in found.items() if holds]


def _squeezed(activation: str, y: np.ndarray) -> bool:
    low = {"sigmoid": 0.0, "softmax": 0.0, "tanh": -1.0}.get(activation, -math.inf)
    return math.isfinite(low) and (y.max() > 1 or y.min() < low)


def obstacle(say: Say, given: Given, recipe: Recipe) -> str:
    """Why a training cannot be run, in a sentence; empty if it can."""
    loss, units, classes = recipe.loss, recipe.layers[-1].units, len(given.classes)
    if recipe.parameters() > MOST_WEIGHTS:
        return say("too_many_weights", count=f"{recipe.parameters():,}", most=f"{MOST_WEIGHTS:,}")
    if (seconds := seconds_for(recipe, len(given.parts.train.x))) > MOST_SECONDS:
        return say("too_long", minutes=f"{seconds / 60:.0f}", most=MOST_SECONDS // 60)
    if loss.targets in ("binary", "one_hot", "integer") and not classes:
        return say("needs_classes", loss=loss.name())
    if loss.targets == "binary" and classes > 2:
        return say("needs_two_classes", loss=loss.name(), classes=classes)
    if loss.targets == "positive" and not classes and float(np.min(given.y)) < 0:
        return say("needs_no_negative", loss=loss.name())
    wanted = classes if loss.targets in ("one_hot", "integer") else 1
    if (units < wanted) if loss.targets == "integer" else units != wanted:
        return say("needs_units", loss=loss.name(), wanted=wanted, units=units)
    return _refused(say, given, recipe)


def _refused(say: Say, given: Given, recipe: Recipe) -> str:
    """What dlcore itself says against a training, before its first step."""
    try:
        parts = given.prepared(recipe.loss)
        how: dict[str, Any] = {**recipe.training(parts), "epochs": 0}
        for _ in recipe.model().epochs_of(parts.train.x, parts.train.y, **how):
            break
    except ValueError as why:
        return say("refused_because", why=shortened(str(why)))
    return ""


def seconds_for(recipe: Recipe, rows: int) -> float:
    """About how long a training takes, measured once on an ordinary computer: by layers, weights and rows."""
    batches = -(-rows // recipe.batch_size)
    layers = sum(1 + 2 * plan.batch_normalization + (plan.dropout > 0) for plan in recipe.layers)
    per_step = 50e-6 + 14e-6 * layers + recipe.parameters() * (8e-9 + 0.6e-9 * recipe.batch_size)
    per_epoch = 250e-6 + 60e-6 * len(recipe.metrics) + rows * recipe.parameters() * 0.5e-9
    return recipe.epochs * (batches * per_step + per_epoch)


def first_loss(given: Given, recipe: Recipe) -> float:
    """The loss of the network before its first step, over the training part."""
    parts = given.prepared(recipe.loss)
    model = dataclasses.replace(recipe, metrics=()).model()
    found = model.evaluate(parts.train.x, parts.train.y)
    return float(found)
