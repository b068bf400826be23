"""With a schedule: every one that there is, with sliders that fit a short training, against a constant rate."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.callbacks import ReduceLROnPlateau
from dlcore.schedules import Constant
from dlcore.trials import Training, Trial
from lessons.learning_rate import small_networks
from lessons.learning_rate.schedule_controls import Chooser, Plan
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz.goals import Goal
from ui.script_export import call

WITH, WITHOUT = "η(t)", "η₀"
OUTCOMES = ("with_lower", "without_lower", "as_low")

START, EPOCHS = Number(0.3, 0.01, 10, log=True), Number(30, 2, 40, whole=True)
SEED = Number(0, 0, 50, whole=True)

ALIKE = 0.05
"""Final losses that differ by no more than this share of the smaller one count as equally low."""


@shared(max_entries=256)
def _trained(trial: Trial, plan: Plan) -> Training:
    return plan.train(trial)


@dataclass(frozen=True, eq=False)
class Compared:
    """Two trainings from the same weights on the same batches: with a schedule, and with its rate kept constant."""

    trial: Trial
    plan: Plan
    trainings: dict[str, Training]

    @property
    def losses(self) -> dict[str, np.ndarray]:
        return {name: training.loss for name, training in self.trainings.items()}

    @property
    def rates(self) -> dict[str, np.ndarray]:
        return {name: training.rate for name, training in self.trainings.items()}

    def final(self, name: str) -> float:
        """The last loss, infinite if the training was lost."""
        return np.inf if self.lost(name) is not None else float(self.trainings[name].loss[-1])

    def lost(self, name: str) -> int | None:
        """The epoch from which on a training's loss was more than twice its first, or no number; None if it was not."""
        loss = self.trainings[name].loss
        with np.errstate(invalid="ignore"):
            held = np.flatnonzero(loss <= 2 * loss[0])
        return int(held[-1]) + 1 if held[-1] < len(loss) - 1 else None

    def diverged(self, name: str) -> bool:
        """Whether a training ended higher than it began."""
        return self.final(name) > self.trainings[name].loss[0]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The words for which of the two ends lower, of OUTCOMES: of two that diverge one may be the lower yet."""
        ends = self.final(WITH), self.final(WITHOUT)
        if ends[0] == ends[1] or max(ends) <= (1 + ALIKE) * min(ends):
            return ("as_low",)
        lower = "with_lower" if ends[0] < ends[1] else "without_lower"
        return (lower, "as_low") if self.diverged(WITH) and self.diverged(WITHOUT) else (lower,)

    def told(self, say: Say) -> str:
        """Where both ended, and how much of the way the rate allowed, in the reader's words."""
        parts = [self._told(say, name) for name in self.trainings]
        if len(parts) == 2:
            rate = self.trainings[WITH].rate
            shares = {"mean": float(rate.mean()) / self.plan.start, "last": float(rate[-1]) / self.plan.start}
            parts.append(say("schedule_spent", **shares))
        return " ".join(parts)

    def _told(self, say: Say, name: str) -> str:
        training = self.trainings[name]
        facts = {"name": name, "first": readable(float(training.loss[0]), 3), "epochs": self.trial.epochs}
        if (lost := self.lost(name)) is not None:
            return say("training_lost", epoch=lost, **facts)
        high = " " + say("training_higher") if self.diverged(name) else ""
        return say("training_ended", last=readable(self.final(name), 3), **facts) + high

    def rates_said(self, say: Say) -> str:
        """What the picture of the rates shows, in a sentence."""
        facts = {"steps": self.trial.steps, "batches": self.trial.batches, "start": readable(self.plan.start)}
        return say("rates_said" if len(self.trainings) == 2 else "rates_wait", **facts)

    def lines(self) -> list[str]:
        """After every epoch the step, the rate there, and both losses."""
        rates = {name: np.append(training.rate, np.nan) for name, training in self.trainings.items()}
        return [
            "\n".join(
                _line(name, epoch * self.trial.batches, rates[name], training.loss[epoch])
                for name, training in self.trainings.items()
            )
            for epoch in range(self.trial.epochs + 1)
        ]

    def table(self) -> pd.DataFrame:
        """After every epoch: the rate of the next step, and the loss, with and without the schedule."""
        k = np.arange(self.trial.epochs + 1) * self.trial.batches
        columns: dict[str, object] = {"epoch": np.arange(self.trial.epochs + 1)}
        for name, training in self.trainings.items():
            rate = np.append(training.rate, np.nan)
            columns |= {name: rate[np.minimum(k, len(rate) - 1)], f"loss {name}": training.loss}
        return pd.DataFrame(columns)


def _line(name: str, t: int, rates: np.ndarray, loss: float) -> str:
    rate = f"  η = {readable(float(rates[t]))}" if t < len(rates) and np.isfinite(rates[t]) else ""
    return f"{name}:  t = {t}{rate}  L = {readable(float(loss)) if np.isfinite(loss) else '∞'}"


def compared(beat: Beat, trial: Trial, plan: Plan) -> Compared:
    """Both trainings once the reader has guessed which ends lower; until then the one without a schedule."""
    # the first keeps its colour when the second joins it
    beat.ran(trial.train, plan.start)
    if plan.schedule is not None:
        beat.ran(trial.train, plan.schedule)
    else:
        how = {"factor": plan.factor, "patience": plan.patience}
        beat.ran(trial.train, plan.start, [call(ReduceLROnPlateau, "loss", **how)])
    pair = {WITHOUT: _trained(trial, Plan(plan.start)), WITH: _trained(trial, plan)}
    found = Compared(trial, plan, pair)
    beat.goals(_half(found))
    shown = beat.predicted("with_or_without", OUTCOMES, found.outcomes, found.told(beat.word))
    return found if shown else Compared(trial, plan, {WITHOUT: pair[WITHOUT]})


def _half(found: Compared) -> Goal:
    ends, first = (found.final(WITH), found.final(WITHOUT)), float(found.trainings[WITHOUT].loss[0])
    reached = ends[0] <= ends[1] / 2 and ends[1] <= first
    measured = f"{WITH}: L = {readable(ends[0], 3)}, {WITHOUT}: L = {readable(ends[1], 3)}"
    return Goal("goal_learning_rate_half", reached, measured)


def chosen(beat: Beat) -> tuple[Trial, Plan, tuple[str, ...]]:
    """What is trained, how its rate is to change, and the keys of all controls of all schedules."""
    chooser = Chooser(beat, "by", beat.slider("r0", START, "first_rate"))
    with beat.more():
        chooser.rest()
        data = small_networks.data(beat, "d3", "penguins")
        epochs, seed = beat.slider("e3", EPOCHS, "epochs"), beat.slider("seed", SEED, "seed")
    trial = Trial(data, epochs=int(epochs), seed=int(seed))
    return trial, chooser.plan(trial), chooser.keys


def recipe(beat: Beat, plan: Plan) -> None:
    """The formula, and the line to copy."""
    st.latex(plan.formula)
    st.caption(beat.word("keras_line" if plan.in_keras else "not_in_keras"))
    st.code(plan.code, language="python", wrap_lines=True)


CONSTANT = Constant.formula
