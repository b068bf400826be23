"""With a schedule: does a training with one end lower than with a constant rate, and what does it spend the rate on?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

import charts
from dlcore.callbacks import ReduceLROnPlateau
from dlcore.experiments.rate_trials import Trial, TrialResult
from dlcore.schedules import Constant
from lessons.learning_rate import small_networks
from lessons.learning_rate.schedule_controls import Plan, ScheduleControls
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.quiz.goals import Goal
from ui.script_export import Experiment, call

WITH, WITHOUT = "η(t)", "η₀"
OUTCOMES = ("with_lower", "without_lower", "as_low")

START, EPOCHS = Number(0.3, 0.01, 10, log=True), Number(30, 2, 40, whole=True)
SEED = Number(0, 0, 50, whole=True)

ALIKE = 0.05
"""Final losses that differ by no more than this share of the smaller one count as equally low."""


@dataclass(frozen=True)
class Setup:
    """What is trained, and how its learning rate is to change."""

    trial: Trial
    plan: Plan


@dataclass(frozen=True, eq=False)
class Trainings:
    """Trainings from the same weights on the same batches by name: with a schedule, with its rate kept constant."""

    by_name: dict[str, TrialResult]

    @property
    def losses(self) -> dict[str, np.ndarray]:
        """By name, the loss after every epoch."""
        return {name: training.loss for name, training in self.by_name.items()}

    @property
    def rates(self) -> dict[str, np.ndarray]:
        """By name, the learning rate at every step."""
        return {name: training.rate for name, training in self.by_name.items()}

    def final(self, name: str) -> float:
        """The last loss, infinite if the training was lost."""
        return np.inf if self.lost_at(name) is not None else float(self.by_name[name].loss[-1])

    def lost_at(self, name: str) -> int | None:
        """The epoch from which on a training's loss was more than twice its first, or no number; None if it was not."""
        loss = self.by_name[name].loss
        with np.errstate(invalid="ignore"):
            low = np.flatnonzero(loss <= 2 * loss[0])
        return int(low[-1]) + 1 if low[-1] < len(loss) - 1 else None

    def diverged(self, name: str) -> bool:
        """Whether a training ended higher than it began."""
        return self.final(name) > self.by_name[name].loss[0]


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The first rate and the schedule; data, epochs and seed one click away."""
    controls = ScheduleControls(beat, "by", beat.slider("r0", START, "first_rate"))
    with beat.more():
        controls.draw_rest()
        data = small_networks.data(beat, "d3", "penguins")
        epochs, seed = beat.slider("e3", EPOCHS, "epochs"), beat.slider("seed", SEED, "seed")
    trial = Trial(data, epochs=int(epochs), seed=int(seed))
    too_fast = {"by": "exponential_decay", "exponential_decay_decay_steps": 5, "r0": 0.1, "d3": "auto_mpg"}
    rescued, again = {"by": "warm_up", "r0": 0.4, "d3": "auto_mpg"}, {"by": "cosine_decay_restarts"}
    waits, keys = {"by": "reduce_on_plateau"}, ("r0", "by", "d3", "e3", "seed", *controls.keys)
    beat.presets(keys, works={}, too_early=too_fast, rescued=rescued, starts_again=again, waits_for_plateau=waits)
    return Setup(trial, controls.plan(trial))


# ---- measure, question -----------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Trainings:
    """Both trainings."""
    # the first keeps its colour when the second joins it
    plans = {WITHOUT: Plan(setup.plan.start), WITH: setup.plan}
    return Trainings({name: _train(setup.trial, plan) for name, plan in plans.items()})


@shared(max_entries=256)
def _train(trial: Trial, plan: Plan) -> TrialResult:
    return plan.train(trial)


def question(setup: Setup, trainings: Trainings) -> Question:
    """Which of the two ends lower; of two that diverge one may be the lower yet."""
    ends = trainings.final(WITH), trainings.final(WITHOUT)
    if ends[0] == ends[1] or max(ends) <= (1 + ALIKE) * min(ends):
        return Question("with_or_without", OUTCOMES, "as_low")
    lower = "with_lower" if ends[0] < ends[1] else "without_lower"
    both_lost = trainings.diverged(WITH) and trainings.diverged(WITHOUT)
    return Question("with_or_without", OUTCOMES, (lower, "as_low") if both_lost else lower)


def explain(setup: Setup, trainings: Trainings, say: Say) -> str:
    """Where the trainings ended, and how much of the way the rate allowed."""
    parts = [_end_sentence(setup, trainings, name, say) for name in trainings.by_name]
    if WITH in trainings.by_name:
        rate, start = trainings.by_name[WITH].rate, setup.plan.start
        parts.append(say("schedule_spent", mean=float(rate.mean()) / start, last=float(rate[-1]) / start))
    return " ".join(parts)


def _end_sentence(setup: Setup, trainings: Trainings, name: str, say: Say) -> str:
    first = readable(float(trainings.by_name[name].loss[0]), 3)
    facts = {"name": name, "first": first, "epochs": setup.trial.epochs}
    if (lost := trainings.lost_at(name)) is not None:
        return say("training_lost", epoch=lost, **facts)
    high = " " + say("training_higher") if trainings.diverged(name) else ""
    return say("training_ended", last=readable(trainings.final(name), 3), **facts) + high


def goals(setup: Setup, trainings: Trainings) -> tuple[Goal]:
    """A schedule that ends at half the loss of a constant rate that does not diverge."""
    ends, first = (trainings.final(WITH), trainings.final(WITHOUT)), float(trainings.by_name[WITHOUT].loss[0])
    reached = ends[0] <= ends[1] / 2 and ends[1] <= first
    measured = f"{WITH}: E = {readable(ends[0], 3)}, {WITHOUT}: E = {readable(ends[1], 3)}"
    return (Goal("goal_learning_rate_half", reached, measured),)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, trainings: Trainings) -> None:
    """The losses beside the rates that produce them, the formula, and the line to copy."""
    shown = visible(beat, trainings)
    titles = beat.word("epoch_axis"), beat.word("loss_axis")
    losses = shown.losses | {WITH: trainings.losses[WITH][: None if beat.answered else 1]}
    by_epoch = charts.loss_by_epoch(losses, *titles), explain(setup, shown, beat.word)
    titles = beat.words(x_title="epoch_axis", y_title="learning_rate")
    rates = charts.rate_by_epoch(
        visible_rates(beat, setup, trainings), setup.trial.batches, setup.trial.epochs, **titles
    )
    beat.side_by_side(by_epoch, (rates, rates_sentence(setup, beat.answered, beat.word)))
    beat.player(lines(setup, shown), counts="epoch_shown")
    beat.formula(setup.plan.formula)
    if setup.plan.schedule is None:
        st.caption(beat.word("plateau_rule"))
    st.caption(beat.word("keras_line" if setup.plan.in_keras else "not_in_keras"))
    st.code(setup.plan.code, language="python", wrap_lines=True)


def visible(beat: Beat, trainings: Trainings) -> Trainings:
    """The trainings that may be shown: before the answer the one without a schedule."""
    return trainings if beat.answered else Trainings({WITHOUT: trainings.by_name[WITHOUT]})


def visible_rates(beat: Beat, setup: Setup, trainings: Trainings) -> dict[str, np.ndarray]:
    """The rates that may be shown: before the answer not those that follow from how the training went."""
    known = beat.answered or setup.plan.schedule is not None
    return trainings.rates | ({} if known else {WITH: trainings.rates[WITH][:0]})


def rates_sentence(setup: Setup, answered: bool, say: Say) -> str:
    """What the picture of the rates shows."""
    facts = {"steps": setup.trial.steps, "batches": setup.trial.batches, "start": readable(setup.plan.start)}
    return say("rates_said" if answered or setup.plan.schedule is not None else "rates_wait", **facts)


def lines(setup: Setup, trainings: Trainings) -> list[str]:
    """After every epoch the step, the rate there, and the losses."""
    rates = {name: np.append(training.rate, np.nan) for name, training in trainings.by_name.items()}
    return [
        "\n".join(
            _line(name, epoch * setup.trial.batches, rates[name], training.loss[epoch])
            for name, training in trainings.by_name.items()
        )
        for epoch in range(setup.trial.epochs + 1)
    ]


def _line(name: str, t: int, rates: np.ndarray, loss: float) -> str:
    rate = f"  η = {readable(float(rates[t]))}" if t < len(rates) and np.isfinite(rates[t]) else ""
    return f"{name}:  t = {t}{rate}  E = {readable(float(loss)) if np.isfinite(loss) else '∞'}"


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """Both trainings as calls of dlcore."""
    trial, plan = setup.trial, setup.plan
    experiment.show(trial.train, plan.start)
    if plan.schedule is not None:
        experiment.show(trial.train, plan.schedule)
    else:
        experiment.show(
            trial.train, plan.start, [call(ReduceLROnPlateau, "loss", factor=plan.factor, patience=plan.patience)]
        )


def details(beat: Beat, setup: Setup, trainings: Trainings) -> None:
    """Every epoch as a table, formulas and source."""
    beat.numbers({"training_table": lambda: table(setup, visible(beat, trainings))})
    beat.source([Constant.formula, setup.plan.formula], setup.plan.source, Trial)


def table(setup: Setup, trainings: Trainings) -> pd.DataFrame:
    """After every epoch: the rate of the next step, and the loss, with and without the schedule."""
    k = np.arange(setup.trial.epochs + 1) * setup.trial.batches
    columns: dict[str, object] = {"epoch": np.arange(setup.trial.epochs + 1)}
    for name, training in trainings.by_name.items():
        rate = np.append(training.rate, np.nan)
        columns |= {name: rate[np.minimum(k, len(rate) - 1)], f"loss {name}": training.loss}
    return pd.DataFrame(columns)
