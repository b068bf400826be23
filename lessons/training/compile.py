"""Compile: loss, optimizer, schedule and metrics, and what the untrained network begins with."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

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
from lessons.training.feasibility import first_loss, fitting_metrics, mismatches, obstacle
from lessons.training.rows import Given
from ui.beat import Beat
from ui.controls.kinds import Choice, Number, Several
from ui.number_format import readable

RULES = tuple(Optimizer.members)
LOSSES = tuple(Loss.members)
METRICS = ("accuracy", "precision", "recall", "auc", "mean_absolute_error", "r2_score")
RULE_SETTINGS = ("momentum", "nesterov", "rho", "beta_1", "beta_2", "weight_decay")
LOSS_SETTINGS = ("delta", "gamma", "from_logits")
NO_SCHEDULE = "no_schedule"

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
