"""What speaks against a training before its first step: what cannot be run or means something else, and its time."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcore import metrics
from dlcore.baselines import score_to_beat
from dlcore.experiments.training_config import LayerPlan, Recipe
from dlcore.losses import Loss
from lessons.training.layer_notation import MOST_WEIGHTS
from lessons.training.rows import LabelledRows, RowSelection, load
from ui.cache import personal, shared
from ui.controls.page_state import excerpt
from ui.controls.widgets import Say

MOST_SECONDS = 300
"""A training that would take longer is refused."""

ANY_BATCH = 32
"""Rows in a batch, where nothing depends on them."""


@dataclass(frozen=True)
class Obstacle:
    """Why a training cannot be run: the word of the sentence, and what fills its placeholders."""

    word: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, say: Say) -> str:
        return say(self.word, **self.facts)


@dataclass(frozen=True)
class Feasibility:
    """What can be said of a training before its first step.

    obstacle: why it cannot be run, None if it can. mismatches: the words for what can be run, but means something else
    than one might think. metrics: those of the recipe's metrics that fit. first_loss, constant_loss: over the training
    part, of the network with its first weights and of the best constant answer; None where there is none.
    """

    obstacle: Obstacle | None
    mismatches: tuple[str, ...]
    metrics: tuple[str, ...]
    first_loss: float | None = None
    constant_loss: float | None = None


def of(rows: LabelledRows, recipe: Recipe) -> Feasibility:
    """What can be said of a training: that it takes too long depends on its length, and all else is remembered."""
    start = dataclasses.replace(recipe, batch_size=ANY_BATCH, epochs=1, patience=0)
    if rows.personal:
        feasible = _of_own_rows(rows.selection, start, _rows=rows)
    else:
        feasible = _of_shared_rows(rows.selection, start)
    obstacle = _too_many_weights(recipe) or _too_long(rows, dataclasses.replace(recipe, metrics=feasible.metrics))
    return dataclasses.replace(feasible, obstacle=obstacle) if obstacle else feasible


@shared(max_entries=256)
def _of_shared_rows(selection: RowSelection, recipe: Recipe) -> Feasibility:
    return examine(load(selection), recipe)


@personal(max_entries=16)
def _of_own_rows(selection: RowSelection, recipe: Recipe, *, _rows: LabelledRows) -> Feasibility:
    return examine(_rows, recipe)


def examine(rows: LabelledRows, recipe: Recipe) -> Feasibility:
    """What can be said of a training, however long it is."""
    metrics = fitting_metrics(recipe.metrics, rows, recipe.loss, recipe.layers[-1].units)
    recipe = dataclasses.replace(recipe, metrics=metrics)
    obstacle = _too_many_weights(recipe) or _unfitting(rows, recipe) or _refusal(rows, recipe)
    if obstacle:
        return Feasibility(obstacle, mismatches(rows, recipe), metrics)
    losses = _first_loss(rows, recipe), _constant_loss(rows, recipe.loss)
    return Feasibility(None, mismatches(rows, recipe), metrics, *losses)


# ---- metrics ---------------------------------------------------------------------------------------------------------


def fitting_metrics(names: Sequence[str], rows: LabelledRows, loss: Loss, outputs: int) -> tuple[str, ...]:
    """Those of the metrics that can be told of the targets and a network with that loss and so many outputs."""
    try:
        y = rows.prepare(loss).train.y[:8]
    except ValueError:
        return ()
    p, one_of_two = np.full((len(y), outputs), 0.5), set(np.unique(rows.y)) <= {0, 1}
    return tuple(
        name for name in names if _means_something(name, loss, outputs, one_of_two) and _fits(name, loss, y, p)
    )


def _means_something(name: str, loss: Loss, outputs: int, one_of_two: bool) -> bool:
    """Whether a metric reads the answers of a network as that loss does."""
    kind = metrics.resolve(name, loss, outputs).targets
    if loss.targets in ("real", "positive"):
        # yes or no is not asked of numbers, nor of the number of a class
        return kind == "real" or (one_of_two and outputs == 1)
    # how far a logit or a margin is from the number of a class says nothing
    return kind != "real" or loss.threshold > 0


def _fits(name: str, loss: Loss, y: np.ndarray, p: np.ndarray) -> bool:
    """Whether a metric takes targets and answers of such shapes."""
    try:
        metrics.resolve(name, loss, p.shape[1])(y[:, None] if y.ndim == 1 and p.shape[1] == 1 else y, p)
    except ValueError:
        return False
    return True


# ---- what means something else ---------------------------------------------------------------------------------------


def mismatches(rows: LabelledRows, recipe: Recipe) -> tuple[str, ...]:
    """The words for what can be run, but means something else than one might think."""
    loss, last, logits = recipe.loss, recipe.layers[-1], bool(getattr(recipe.loss, "from_logits", False))
    shares, positive = "crossentropy" in loss.name(), last.activation in ("sigmoid", "softmax")
    numbers = bool(rows.classes) and loss.targets in ("real", "positive")
    holds = {
        "sigmoid_for_one_of_many": last.activation == "sigmoid" and loss.targets in ("one_hot", "integer"),
        "no_probabilities": shares and not logits and last.activation in ("linear", "tanh", "relu"),
        "squashed_twice": logits and positive,
        "always_above_zero": not loss.threshold and loss.targets == "binary" and positive,
        "relu_at_the_end": last.activation == "relu" and not shares,
        "squares_of_a_sigmoid": numbers and rows.task == "binary" and last.activation == "sigmoid",
        "classes_as_numbers": numbers and not (rows.task == "binary" and last.activation == "sigmoid"),
    }
    return (*mismatches_of_layers(rows, recipe.layers), *(word for word, it_holds in holds.items() if it_holds))


def mismatches_of_layers(rows: LabelledRows, layers: Sequence[LayerPlan]) -> tuple[str, ...]:
    """The words for what does not fit whatever the loss: they can be told as soon as there are layers."""
    last, y = layers[-1], np.asarray(rows.y, dtype=float)
    holds = {
        "squeezed_targets": rows.task == "regression" and _squeezed(last.activation, y),
        "softmax_of_one_unit": last.activation == "softmax" and last.units == 1,
        "step_learns_nothing": any(plan.activation == "step" for plan in layers),
    }
    return tuple(word for word, it_holds in holds.items() if it_holds)


def _squeezed(activation: str, y: np.ndarray) -> bool:
    low = {"sigmoid": 0.0, "softmax": 0.0, "tanh": -1.0}.get(activation, -math.inf)
    return math.isfinite(low) and (y.max() > 1 or y.min() < low)


# ---- what cannot be run ----------------------------------------------------------------------------------------------


def _too_many_weights(recipe: Recipe) -> Obstacle | None:
    if (count := recipe.parameters()) <= MOST_WEIGHTS:
        return None
    return Obstacle("too_many_weights", {"count": f"{count:,}", "most": f"{MOST_WEIGHTS:,}"})


def _too_long(rows: LabelledRows, recipe: Recipe) -> Obstacle | None:
    if (seconds := seconds_for(recipe, len(rows.parts.train.x))) <= MOST_SECONDS:
        return None
    return Obstacle("too_long", {"minutes": f"{seconds / 60:.0f}", "most": MOST_SECONDS // 60})


def _unfitting(rows: LabelledRows, recipe: Recipe) -> Obstacle | None:
    """Whether the loss fits neither the targets nor the number of outputs."""
    loss, units, classes = recipe.loss, recipe.layers[-1].units, len(rows.classes)
    if loss.targets in ("binary", "one_hot", "integer") and not classes:
        return Obstacle("needs_classes", {"loss": loss.name()})
    if loss.targets == "binary" and classes > 2:
        return Obstacle("needs_two_classes", {"loss": loss.name(), "classes": classes})
    if loss.targets == "positive" and not classes and float(np.min(rows.y)) < 0:
        return Obstacle("needs_no_negative", {"loss": loss.name()})
    wanted = classes if loss.targets in ("one_hot", "integer") else 1
    if (units < wanted) if loss.targets == "integer" else units != wanted:
        return Obstacle("needs_units", {"loss": loss.name(), "wanted": wanted, "units": units})
    return None


def _refusal(rows: LabelledRows, recipe: Recipe) -> Obstacle | None:
    """What dlcore itself says against a training, before its first step."""
    try:
        parts = rows.prepare(recipe.loss)
        how: dict[str, Any] = {**recipe.training(parts), "epochs": 0}
        for _ in recipe.model().epochs_of(parts.train.x, parts.train.y, **how):
            break
    except ValueError as why:
        return Obstacle("refused_because", {"why": excerpt(str(why))})
    return None


def seconds_for(recipe: Recipe, rows: int) -> float:
    """About how long a training takes, measured once on an ordinary computer: by layers, weights and rows."""
    batches = -(-rows // recipe.batch_size)
    layers = sum(1 + 2 * plan.batch_normalization + (plan.dropout > 0) for plan in recipe.layers)
    per_step = 50e-6 + 14e-6 * layers + recipe.parameters() * (8e-9 + 0.6e-9 * recipe.batch_size)
    per_epoch = 250e-6 + 60e-6 * len(recipe.metrics) + rows * recipe.parameters() * 0.5e-9
    return recipe.epochs * (batches * per_step + per_epoch)


# ---- what it begins with ---------------------------------------------------------------------------------------------


def _first_loss(rows: LabelledRows, recipe: Recipe) -> float:
    """The loss of the network before its first step, over the training part."""
    parts = rows.prepare(recipe.loss)
    model = dataclasses.replace(recipe, metrics=()).model()
    return float(model.evaluate(parts.train.x, parts.train.y))  # type: ignore[arg-type]


def _constant_loss(rows: LabelledRows, loss: Loss) -> float | None:
    """The loss of the best constant answer over the training part; None if the loss knows none."""
    y = rows.prepare(loss).train.y
    try:
        score = float(score_to_beat(loss, y, y).score)
    except ValueError:
        return None
    return score if math.isfinite(score) else None
