"""Schedules on a page: every one that there is, with sliders that fit a short training; with and without it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.callbacks import ReduceLROnPlateau
from dlcore.family import Setting
from dlcore.schedules import Constant, CosineDecay, PiecewiseConstantDecay, Schedule
from dlcore.trials import Training, Trial
from ui import networks
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Kind, Number, Switch
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

TOPS = ("initial_learning_rate", "max_rate")
"""Settings that are the page's own learning rate."""

LENGTHS = {"decay_steps": 100, "first_decay_steps": 25, "total_steps": 100}
"""Settings that are numbers of steps: their defaults in per cent of the whole training."""

SHARE = Number(100, 2, 200, whole=True)

# declared ranges reach as far as is valid; a slider shows what makes a difference in a short training
SIZED: dict[str, Number] = {
    "exponential_decay_decay_rate": Number(0.1, 0.001, 1.5, log=True),
    "inverse_time_decay_decay_rate": Number(10, 0.1, 1000, log=True),
    "polynomial_decay_end_learning_rate": Number(0.0, 0.0, 1.0),
    "polynomial_decay_power": Number(1.0, 0.1, 10, log=True),
    "cosine_decay_restarts_t_mul": Number(1.0, 1.0, 3.0),
    "cosine_decay_restarts_m_mul": Number(1.0, 0.1, 1.5),
    "one_cycle_div_factor": Number(25, 1, 1000, log=True),
    "one_cycle_final_div_factor": Number(1e4, 1, 1e6, log=True),
}

FIRST = ("decay_steps", "first_decay_steps", "decay_rate", "pct_start")
"""Settings that are in sight; the others are one click away."""

OURS = {
    "piecewise_constant_decay": {"stairs": Number(3, 2, 6, whole=True), "stair_factor": Number(0.3, 0.01, 1, log=True)},
    "warm_up": {"warmup_share": Number(20, 2, 90, whole=True), "warmup_start": Number(0.0, 0.0, 1.0)},
    "reduce_on_plateau": {"factor": Number(0.5, 0.05, 0.95), "patience": Number(3, 1, 15, whole=True)},
}
"""What a page lets a reader set of schedules that declare nothing that fits a slider, in words of its own."""

NAMES = (
    "cosine_decay",
    *(name for name in Schedule.members if name not in ("constant", "cosine_decay")),
    *list(OURS)[1:],
)


@dataclass(frozen=True)
class Plan:
    """How the rate of a training is to change: by a schedule, or from a rate by a callback with these settings."""

    start: float
    schedule: Schedule | None = None
    factor: float = 0.0
    patience: int = 0

    def train(self, trial: Trial) -> Training:
        if self.schedule is not None:
            return trial.train(self.schedule)
        callbacks = [ReduceLROnPlateau("loss", factor=self.factor, patience=self.patience)] if self.factor else []
        return trial.train(self.start, callbacks)

    @property
    def formula(self) -> str:
        return ReduceLROnPlateau.formula if self.schedule is None else self.schedule.formula

    @property
    def code(self) -> str:
        """The line that makes it in Keras; where Keras has none, the one that makes it here."""
        if self.schedule is None:
            settings = f'monitor="loss", factor={self.factor!r}, patience={self.patience!r}'
            return f"keras.callbacks.ReduceLROnPlateau({settings})"
        return f"learning_rate = {self.schedule.keras or repr(self.schedule)}"

    @property
    def in_keras(self) -> bool:
        return self.schedule is None or self.schedule.in_keras

    @property
    def shown(self) -> type:
        """The class whose source is the explanation."""
        return ReduceLROnPlateau if self.schedule is None else type(self.schedule)


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


# ---- choosing --------------------------------------------------------------------------------------------------------


class Chooser:
    """The controls of one schedule: first the few that matter, then, inside ``more``, the others."""

    def __init__(self, beat: Beat, key: str, start: float) -> None:
        self.beat, self.start = beat, start
        self.name = beat.menu(key, Choice(NAMES[0], NAMES), "schedule", named=beat.member)
        self.values: dict[str, Any] = {}
        for name in NAMES:
            for setting, (kind, draw) in self._controls(name).items():
                if name != self.name:
                    beat.remembered(f"{name}_{setting}", kind)
                elif self._in_sight(setting):
                    self.values[setting] = draw(f"{name}_{setting}", kind, setting)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names in the address of all that can be set of any schedule."""
        return tuple(f"{name}_{setting}" for name in NAMES for setting in self._controls(name))

    def _in_sight(self, setting: str) -> bool:
        return setting in FIRST or (self.name in OURS and setting != "warmup_start")

    def rest(self) -> None:
        """Draw what is one click away."""
        for setting, (kind, draw) in self._controls(self.name).items():
            if not self._in_sight(setting):
                self.values[setting] = draw(f"{self.name}_{setting}", kind, setting)

    def _controls(self, name: str) -> dict[str, tuple[Any, Callable[..., Any]]]:
        if name in OURS:
            return {setting: (kind, self.beat.slider) for setting, kind in OURS[name].items()}
        declared = Schedule.members[name].settings()
        wanted = {
            s: each for s, each in declared.items() if s not in TOPS and not (name == "cosine_decay" and "warm" in s)
        }
        return {setting: self._fitting(name, setting, each) for setting, each in wanted.items()}

    def _fitting(self, name: str, setting: str, declared: Setting) -> tuple[Kind, Callable[..., Any]]:
        if isinstance(declared.default, bool):
            return Switch(declared.default), self.beat.switch
        if declared.choices:
            return Choice(declared.default, declared.choices), self.beat.choice
        if setting in LENGTHS:
            return Number(LENGTHS[setting], SHARE.low, SHARE.high, whole=True), self.beat.slider
        whole = isinstance(declared.default, int)
        own = Number(declared.default, declared.low or 0.0, declared.high or 1.0, declared.log, whole)
        return SIZED.get(f"{name}_{setting}", own), self.beat.slider

    def plan(self, trial: Trial) -> Plan:
        """What was chosen, for a training of so many steps."""
        v, steps = self.values, trial.steps
        if self.name == "reduce_on_plateau":
            return Plan(self.start, None, v["factor"], int(v["patience"]))
        if self.name == "warm_up":
            climb = max(1, round(steps * v["warmup_share"] / 100))
            first, rest = self.start * v["warmup_start"], max(1, steps - climb)
            return Plan(self.start, CosineDecay(first, rest, warmup_target=self.start, warmup_steps=climb))
        if self.name == "piecewise_constant_decay":
            stairs = int(v["stairs"])
            ends = tuple(round(steps * k / stairs) for k in range(1, stairs))
            heights = tuple(float(f"{self.start * v['stair_factor'] ** k:.4g}") for k in range(stairs))
            return Plan(self.start, PiecewiseConstantDecay(ends, heights))
        return Plan(self.start, self._member(steps))

    def _member(self, steps: int) -> Schedule:
        member = Schedule.members[self.name]
        settings: dict[str, Any] = {top: self.start for top in TOPS if top in member.settings()}
        for setting, value in self.values.items():
            if setting in LENGTHS:
                value = max(1, round(steps * value / 100))
            elif setting == "end_learning_rate":
                value = self.start * value
            settings[setting] = value
        return member(**settings)  # type: ignore[return-value]


def chosen(beat: Beat) -> tuple[Trial, Plan, tuple[str, ...]]:
    """What is trained, how its rate is to change, and the keys of all controls of all schedules."""
    chooser = Chooser(beat, "by", beat.slider("r0", START, "first_rate"))
    with beat.more():
        chooser.rest()
        data = networks.data(beat, "d3", "penguins")
        epochs, seed = beat.slider("e3", EPOCHS, "epochs"), beat.slider("seed", SEED, "seed")
    trial = Trial(data, epochs=int(epochs), seed=int(seed))
    return trial, chooser.plan(trial), chooser.keys


def recipe(beat: Beat, plan: Plan) -> None:
    """The formula, and the line to copy."""
    st.latex(plan.formula)
    st.caption(beat.word("keras_line" if plan.in_keras else "not_in_keras"))
    st.code(plan.code, language="python", wrap_lines=True)


CONSTANT = Constant.formula
