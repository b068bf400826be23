"""How a network is to learn: loss, optimizer, schedule, metrics; what does not fit each other, and what cannot be."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dlcore import metrics
from dlcore.baselines import score_to_beat
from dlcore.losses import Loss
from dlcore.optimizers import Optimizer
from dlcore.recipe import LayerPlan, Recipe
from dlcore.schedules import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    OneCycle,
    PiecewiseConstantDecay,
    PolynomialDecay,
    Schedule,
)
from ui.beat import Beat
from ui.controls.kinds import Choice, Number, Several
from ui.controls.page_state import shortened
from ui.controls.widgets import Say
from ui.given import Given
from ui.layers import MOST_WEIGHTS
from ui.number_format import readable

RULES = tuple(Optimizer.members)
LOSSES = tuple(Loss.members)
METRICS = ("accuracy", "precision", "recall", "auc", "mean_absolute_error", "r2_score")
RULE_SETTINGS = ("momentum", "nesterov", "rho", "beta_1", "beta_2", "weight_decay")
LOSS_SETTINGS = ("delta", "gamma", "from_logits")
NO_SCHEDULE = "no_schedule"
MOST_SECONDS = 300
"""A training that would take longer is refused."""

OWNS = (
    *("loss", "rule", "lr", "plan", "by"),
    *(f"{setting}_{name}" for name in RULES for setting in RULE_SETTINGS),
    *(f"{setting}_{name}" for name in LOSSES for setting in LOSS_SETTINGS),
)
PRESETS = {
    "works": {},
    "with_plain_descent": {"rule": "sgd"},
    "with_cosine": {"plan": "cosine_decay", "lr": 0.01},
    "squared_error": {"loss": "mean_squared_error"},
    "rate_too_large": {"rule": "sgd", "lr": 10},
    # the rate times the decay is beyond 2: every step makes all weights larger, with the other sign
    "runs_away": {"rule": "adamw", "lr": 10, "weight_decay_adamw": 0.3},
}

SCHEDULES: dict[str, Callable[[float, int], Schedule]] = {
    "cosine_decay": lambda rate, steps: CosineDecay(rate, steps),
    "exponential_decay": lambda rate, steps: ExponentialDecay(rate, steps, 0.05),
    "piecewise_constant_decay": lambda rate, steps: PiecewiseConstantDecay(
        (steps // 2, max(steps // 2 + 1, 3 * steps // 4)), (rate, _round(rate / 3), _round(rate / 10))
    ),
    "polynomial_decay": lambda rate, steps: PolynomialDecay(rate, steps, 0.0),
    "inverse_time_decay": lambda rate, steps: InverseTimeDecay(rate, float(steps), 9.0),
    "cosine_decay_restarts": lambda rate, steps: CosineDecayRestarts(rate, max(1, steps // 3), 1.0),
    "one_cycle": lambda rate, steps: OneCycle(rate, steps),
}
"""Schedules over a whole training, made of the first (or largest) rate and the number of steps."""


def _round(value: float) -> float:
    return float(f"{value:.3g}")


@dataclass(frozen=True)
class Compiled:
    """What ``compile`` is told; the optimizer once the number of steps is known."""

    loss: Loss
    rule: Optimizer
    schedule: str
    metrics: tuple[str, ...]

    def optimizer(self, steps: int) -> Optimizer:
        """The rule, with its schedule stretched over so many steps."""
        if self.schedule == NO_SCHEDULE:
            return self.rule
        rate = float(self.rule.learning_rate)  # type: ignore[arg-type]
        return dataclasses.replace(self.rule, learning_rate=SCHEDULES[self.schedule](rate, max(2, steps)))


# ---- choosing --------------------------------------------------------------------------------------------------------


def loss_for(given: Given) -> str:
    """The loss that fits what there is to predict."""
    fitting = {"binary": "binary_crossentropy", "multiclass": "sparse_categorical_crossentropy"}
    return fitting.get(given.task, "mean_squared_error")


def chosen(beat: Beat, given: Given, plans: Sequence[LayerPlan]) -> Compiled:
    """Loss, optimizer and its rate in sight; the rest one click away."""
    loss = beat.menu("loss", Choice(loss_for(given), LOSSES), "loss_function", named=beat.member)
    rule = beat.menu("rule", Choice("adam", RULES), "optimizer", named=str, clears=("lr",))
    declared = Optimizer.members[rule].settings()["learning_rate"]
    rate = beat.slider("lr", Number(float(declared.default), 1e-5, 10, log=True), "learning_rate")
    plan = beat.menu("plan", Choice(NO_SCHEDULE, (NO_SCHEDULE, *SCHEDULES)), "schedule", named=beat.member)
    with beat.more():
        rules = {n: beat.settings(Optimizer.members[n], f"_{n}", drawn=n == rule, only=RULE_SETTINGS) for n in RULES}
        losses = {n: beat.settings(Loss.members[n], f"_{n}", drawn=n == loss, only=LOSS_SETTINGS) for n in LOSSES}
        usual = ("accuracy",) if given.classes else ("mean_absolute_error",)
        wanted = beat.several("by", Several(usual, METRICS), "metrics_watched", named=beat.member)
    fitting = fitting_metrics(wanted, given, losses[loss], plans[-1].units)
    if missing := [beat.member(name) for name in wanted if name not in fitting]:
        st.caption(beat.word("metrics_left_out", names=", ".join(missing)))
    return Compiled(losses[loss], dataclasses.replace(rules[rule], learning_rate=float(rate)), plan, fitting)


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


def told(beat: Beat, given: Given, plans: tuple[LayerPlan, ...], found: Compiled, batch: int, epochs: int) -> None:
    """What is minimised and how, what an untrained network begins with, and what does not fit."""
    steps = epochs * -(-len(given.parts.train.x) // batch)
    rate = readable(float(found.rule.learning_rate))  # type: ignore[arg-type]
    facts = {"rule": found.rule.name(), "rate": rate, "loss": found.loss.name(), "steps": f"{steps:,}"}
    st.markdown(beat.word("compiled_said", per_epoch=steps // epochs, epochs=epochs, **facts))
    if found.schedule != NO_SCHEDULE:
        rule = found.optimizer(steps)
        at = [readable(float(rule.learning_rate(k)), 3) for k in (0, steps // 2, steps - 1)]  # type: ignore[operator]
        st.markdown(beat.word("schedule_said", first=at[0], middle=at[1], last=at[2]))
    _first_said(beat, given, Recipe(len(given.features), plans, found.loss))
    for sentence in mismatches(beat.word, given, plans, found.loss):
        st.info(sentence, icon=":material/warning:")


def _first_said(beat: Beat, given: Given, recipe: Recipe) -> None:
    if obstacle(beat.word, given, recipe):
        return
    first = first_loss(given, recipe)
    try:
        y = given.prepared(recipe.loss).train.y
        base = score_to_beat(recipe.loss, y, y).score
    except ValueError:
        base = math.nan
    facts = {"first": readable(first, 3), "base": readable(base, 3)}
    st.markdown(beat.word("first_loss_said" if math.isfinite(base) else "first_loss_only", **facts))
