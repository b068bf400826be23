"""Compile: loss, optimizer, schedule and metrics, and what the untrained network begins with."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dlcore.experiments.training_config import LayerPlan, Recipe
from dlcore.family import Family
from dlcore.losses import Loss
from dlcore.optimizers import Optimizer
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
from lessons.training import feasibility, growing_program
from lessons.training.feasibility import Feasibility
from lessons.training.rows import LabelledRows
from lessons.training.training_run import BATCH, EPOCHS
from ui.beat import Beat
from ui.controls.kinds import Choice, Number, Several
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Part, Question

RULES = tuple(Optimizer.members)
LOSSES = tuple(Loss.members)
METRICS = ("accuracy", "precision", "recall", "auc", "mean_absolute_error", "r2_score")
RULE_SETTINGS = ("momentum", "nesterov", "rho", "beta_1", "beta_2", "weight_decay")
LOSS_SETTINGS = ("delta", "gamma", "from_logits")
NO_SCHEDULE = "no_schedule"


def _keys(family: type[Family], settings: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By member, the keys of the controls that it alone has."""
    return {
        name: tuple(f"{setting}_{name}" for setting in settings if setting in member.settings())
        for name, member in family.members.items()
    }


RULE_KEYS, LOSS_KEYS = _keys(Optimizer, RULE_SETTINGS), _keys(Loss, LOSS_SETTINGS)
OWNS = (
    *("loss", "rule", "lr", "plan", "by"),
    *(key for keys in (*RULE_KEYS.values(), *LOSS_KEYS.values()) for key in keys),
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
class Setup:
    """A network for some rows and how it is to be trained: all of a recipe but when it stops.

    rule: the optimizer at its first learning rate. schedule: one of SCHEDULES, or NO_SCHEDULE. metrics: those that are
    asked for, whether they fit or not.
    """

    rows: LabelledRows
    layers: tuple[LayerPlan, ...]
    loss: Loss
    rule: Optimizer
    schedule: str
    metrics: tuple[str, ...]
    batch_size: int
    epochs: int
    seed: int = 0

    @property
    def steps_per_epoch(self) -> int:
        return -(-len(self.rows.parts.train.x) // self.batch_size)

    @property
    def steps(self) -> int:
        return self.epochs * self.steps_per_epoch

    @property
    def optimizer(self) -> Optimizer:
        """The rule, with its schedule stretched over all steps."""
        if self.schedule == NO_SCHEDULE:
            return self.rule
        rate = float(self.rule.learning_rate)  # type: ignore[arg-type]
        return dataclasses.replace(self.rule, learning_rate=SCHEDULES[self.schedule](rate, max(2, self.steps)))

    def recipe(self, patience: int = 0) -> Recipe:
        """The whole recipe, with the number of epochs without improvement after which it stops."""
        inputs, optimizer = len(self.rows.features), self.optimizer
        how = (self.batch_size, self.epochs, patience, self.seed)
        return Recipe(inputs, self.layers, self.loss, optimizer, self.metrics, *how)


# ---- choose ----------------------------------------------------------------------------------------------------------


def loss_for(rows: LabelledRows) -> str:
    """The loss that fits what there is to predict."""
    fitting = {"binary": "binary_crossentropy", "multiclass": "sparse_categorical_crossentropy"}
    return fitting.get(rows.task, "mean_squared_error")


def choose(beat: Beat, data: Part, model: Part) -> Setup:
    """Loss, optimizer and its rate in sight; the rest one click away.

    What the address says of losses and optimizers that are not chosen stays there, until they are.
    """
    rows: LabelledRows = data.result
    loss = beat.menu("loss", Choice(loss_for(rows), LOSSES), "loss_function", option_label=beat.member)
    rule = beat.menu("rule", Choice("adam", RULES), "optimizer", option_label=str, clears=("lr",))
    declared = Optimizer.members[rule].settings()["learning_rate"]
    rate = beat.slider("lr", Number(float(declared.default), 1e-5, 10, log=True), "learning_rate")
    schedule = beat.menu("plan", Choice(NO_SCHEDULE, (NO_SCHEDULE, *SCHEDULES)), "schedule", option_label=beat.member)
    beat.defer(*(key for name, keys in RULE_KEYS.items() if name != rule for key in keys))
    beat.defer(*(key for name, keys in LOSS_KEYS.items() if name != loss for key in keys))
    with beat.more():
        optimizer: Optimizer = beat.settings(Optimizer.members[rule], f"_{rule}", only=RULE_SETTINGS)
        punished: Loss = beat.settings(Loss.members[loss], f"_{loss}", only=LOSS_SETTINGS)
        usual = ("accuracy",) if rows.classes else ("mean_absolute_error",)
        metrics = beat.several("by", Several(usual, METRICS), "metrics_watched", option_label=beat.member)
    beat.presets(OWNS, **PRESETS)
    optimizer = dataclasses.replace(optimizer, learning_rate=float(rate))
    # chosen further on, where the training is: a schedule is stretched over all steps, a first loss is that of a seed
    length = int(beat.value_of("batch", BATCH)), int(beat.value_of("epochs", EPOCHS))
    return Setup(rows, model.setup.layers, punished, optimizer, schedule, metrics, *length, model.setup.seed)


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Feasibility:
    """Whether it can be trained, what does not fit, and what the untrained network begins with."""
    return feasibility.of(setup.rows, setup.recipe())


def question(setup: Setup, feasible: Feasibility) -> Question | None:
    """Nothing: what comes of it is asked once it is trained."""
    return None


def explain(setup: Setup, feasible: Feasibility, say: Say) -> str:
    """Nothing, since nothing is asked."""
    return ""


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, feasible: Feasibility) -> None:
    """What is minimised and how, what an untrained network begins with, and what does not fit."""
    if left_out := [beat.member(name) for name in setup.metrics if name not in feasible.metrics]:
        with beat.panel:
            st.caption(beat.word("metrics_left_out", names=", ".join(left_out)))
    # where others have their guess: without a picture the screen would be empty
    with beat.question_place:
        _draw_sentences(beat, setup, feasible)
        recipe = dataclasses.replace(setup, metrics=feasible.metrics).recipe()
        growing_program.write_own(beat, "compile", recipe, setup.rows.source)


def _draw_sentences(beat: Beat, setup: Setup, feasible: Feasibility) -> None:
    """What is minimised, from where it begins, and what does not fit."""
    rate = readable(float(setup.rule.learning_rate))  # type: ignore[arg-type]
    facts = {"rule": setup.rule.name(), "rate": rate, "loss": setup.loss.name(), "steps": f"{setup.steps:,}"}
    st.markdown(beat.word("compiled_said", per_epoch=setup.steps_per_epoch, epochs=setup.epochs, **facts))
    if setup.schedule != NO_SCHEDULE:
        _draw_schedule(beat, setup)
    if (first := feasible.first_loss) is not None and (base := feasible.constant_loss) is not None:
        st.markdown(beat.word("first_loss_said", first=readable(first, 3), base=readable(base, 3)))
    elif first is not None:
        st.markdown(beat.word("first_loss_only", first=readable(first, 3)))
    for word in feasible.mismatches:
        st.info(beat.word(word), icon=":material/warning:")


def _draw_schedule(beat: Beat, setup: Setup) -> None:
    """The learning rate at the first step, halfway and at the last."""
    rate: Schedule = setup.optimizer.learning_rate  # type: ignore[assignment]
    places = {"first": 0, "middle": setup.steps // 2, "last": setup.steps - 1}
    st.markdown(beat.word("schedule_said", **{name: readable(float(rate(k)), 3) for name, k in places.items()}))


# ---- details ---------------------------------------------------------------------------------------------------------


def details(beat: Beat, setup: Setup, feasible: Feasibility) -> None:
    """The loss and the optimizer as formulas and source."""
    beat.source([setup.loss.formula, setup.rule.formula], type(setup.loss), type(setup.rule))
