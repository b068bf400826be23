"""On a network: one small network on real or generated data, trained by several rules at once."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.datasets import Dataset
from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from dlcore.optimizers import Optimizer
from dlcore.preprocessing import Standardizer, train_validation_test_split
from dlcore.race import Race
from dlcore.sweep import rates_around
from lessons.optimizers import entrants, fair_race
from lessons.optimizers.rules import RULES
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz import ties
from ui.script_export import call

TRIED = rates_around(1e-3, 3.0, 8)
"""The rates that are tried for every rule when rates are tuned."""

TUNED_FOR = 10
"""After how many epochs the best of them is picked, if training is longer."""

DIGITS = 3
"""How many digits of a loss a reader is shown at the end."""

SETS = ("moons", "breast_cancer", "circles", "xor", "gauss_pairs")


@dataclass(frozen=True)
class Plan:
    """What is trained, and how long: data, hidden neurons in each of two layers, batch size, epochs, seed."""

    data: Dataset
    units: int
    batch_size: int
    epochs: int
    seed: int


@dataclass(frozen=True, eq=False)
class NetRace:
    """What became of every rule: loss after every epoch, on the training and on the validation part.

    loss, val_loss: by rule, shape (epochs + 1,), before training and after every epoch. rates: by rule, the one it
    had. tried: by rule, the last loss with every rate of TRIED; empty if nothing was tuned. memory: by rule, how many
    numbers it remembers for every weight. weights: of the network. steps: of an epoch.
    """

    plan: Plan
    rows: int
    loss: dict[str, np.ndarray]
    val_loss: dict[str, np.ndarray]
    rates: dict[str, float]
    tried: dict[str, np.ndarray]
    memory: dict[str, int]
    weights: int
    steps: int

    @property
    def lowest(self) -> tuple[str, ...]:
        """Whose loss is lowest at the end, as far as the reader is shown; "nobody" alone if all have diverged."""
        return ties.lowest({name: float(loss[-1]) for name, loss in self.loss.items()}, DIGITS) or ("nobody",)

    def before_the_run(self) -> "NetRace":
        """The same with nothing but the start."""
        first = {name: loss[:1] for name, loss in self.loss.items()}
        return dataclasses.replace(self, loss=first, val_loss={k: v[:1] for k, v in self.val_loss.items()}, tried={})

    def said(self, say: Say, word: str) -> str:
        """A sentence about the race, with its numbers."""
        first, val = (readable(float(next(iter(ends.values()))[0]), DIGITS) for ends in (self.loss, self.val_loss))
        facts = {"rows": self.rows, "units": self.plan.units, "steps": self.steps, "count": len(self.loss)}
        return say(word, loss=first, val=val, **facts)

    def report(self, say: Say) -> str:
        """A line a rule: its rate, its last losses, how much it has to remember beside the weights."""
        lines = []
        for name, loss in self.loss.items():
            facts = {"name": name, "rate": readable(self.rates[name], 3), "weights": self.weights}
            facts |= {"each": self.memory[name], "memory": self.memory[name] * self.weights}
            ends = {"loss": float(loss[-1]), "val": float(self.val_loss[name][-1])}
            told = {part: readable(end, DIGITS) for part, end in ends.items()}
            lines.append("- " + say("net_ended" if np.isfinite(loss[-1]) else "net_lost", **facts, **told))
        return "\n".join(lines)

    def lines(self) -> list[str]:
        """What stands beneath the player after every epoch."""
        count = len(next(iter(self.loss.values())))
        return ["\n".join(f"{name}: {readable(float(v[k]))}" for name, v in self.loss.items()) for k in range(count)]

    def table(self) -> pd.DataFrame:
        """Every epoch of every rule."""
        tables = []
        for name, loss in self.loss.items():
            columns = {"optimizer": name, "learning_rate": self.rates[name], "epoch": np.arange(len(loss))}
            tables.append(pd.DataFrame(columns | {"loss": loss, "val_loss": self.val_loss[name]}))
        return pd.concat(tables, ignore_index=True)


@shared(max_entries=64)
def _parts(plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    x, y = plan.data.load()
    parts = train_validation_test_split(x, y, (0.7, 0.3, 0.0), seed=plan.seed)
    scaler = Standardizer.fit(parts.train.x)
    return scaler.transform(parts.train.x), parts.train.y, scaler.transform(parts.validation.x), parts.validation.y


def _network(plan: Plan, inputs: int) -> Sequential:
    layers = [Input((inputs,)), Dense(plan.units, "tanh"), Dense(plan.units, "tanh"), Dense(1, "sigmoid")]
    model = Sequential(layers, seed=plan.seed)
    model.compile(loss="binary_crossentropy")
    return model


@shared(max_entries=128)
def _trained(plan: Plan, rules: tuple[Optimizer, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The loss before training and after every epoch, on both parts, each of shape (epochs + 1, racers)."""
    x, y, x_val, y_val = _parts(plan)
    race = Race(_network(plan, x.shape[1]), rules)
    loss, val = [race.evaluate(x, y)], [race.evaluate(x_val, y_val)]
    for _ in race.epochs_of(x, y, plan.batch_size, plan.epochs, seed=plan.seed):
        loss.append(race.evaluate(x, y))
        val.append(race.evaluate(x_val, y_val))
    return np.array(loss), np.array(val)


def net_race(plan: Plan, names: Sequence[str], rates: Mapping[str, float]) -> NetRace:
    """The race of ``names`` with the rates given; the others are tuned: each has the best of the same eight rates."""
    tuning = [name for name in names if name not in rates]
    grid = [dataclasses.replace(RULES[name].rule, learning_rate=float(rate)) for name in tuning for rate in TRIED]
    tried: dict[str, np.ndarray] = {}
    if grid:
        short = dataclasses.replace(plan, epochs=min(plan.epochs, TUNED_FOR))
        last = _trained(short, tuple(grid))[0][-1].reshape(len(tuning), len(TRIED))
        tried = dict(zip(tuning, last, strict=True))
    best = {name: float(TRIED[int(np.argmin(np.nan_to_num(ends, nan=np.inf)))]) for name, ends in tried.items()}
    used = {name: best.get(name, rates.get(name, 0.0)) for name in names}
    rules = tuple(dataclasses.replace(RULES[name].rule, learning_rate=used[name]) for name in names)
    loss, val = _trained(plan, rules)
    memory = {name: fair_race.memory_of(RULES[name].rule) for name in names}
    rows, inputs = _parts(plan)[0].shape
    weights = sum(each.size for each in _network(plan, inputs).get_weights())
    steps = math.ceil(rows / plan.batch_size)
    by_name = [{name: ends[:, i] for i, name in enumerate(names)} for ends in (loss, val)]
    return NetRace(plan, rows, by_name[0], by_name[1], used, tried, memory, weights, steps)


def run(beat: Beat) -> NetRace:
    """As much of the race as may be shown: all once it is guessed who ends lowest."""
    with beat.panel:
        name = beat.menu("net", Choice(SETS[0], SETS), "data", named=beat.member)
        chosen = entrants.entered(beat, "5")
        with beat.more():
            racers = entrants.entry(beat, "5", chosen)
            units = int(beat.slider("units", Number(8, 1, 16, whole=True), "hidden_units"))
            size = int(beat.slider("batch5", Number(16, 8, 128, whole=True), "batch_size"))
            epochs = int(beat.slider("ep5", Number(20, 1, 40, whole=True), "epochs"))
            seed = int(beat.box("seed5", Number(0, 0, 9999, whole=True), "net_seed"))
        owns, real = ("net", "units", "batch5", "ep5", "seed5", *entrants.keys("5")), {"net": "breast_cancer"}
        beat.presets(owns, works={}, one_rate={"fair5": False}, real_data=real, one_epoch={"ep5": 1})
    with beat.stage:
        plan = Plan(Dataset.get(name), units, size, epochs, seed)
        with st.spinner(beat.word("training_now")):
            found = net_race(plan, racers.names, racers.rates)
        _noted(beat, found)
        told = beat.predicted("who_is_lowest", (*racers.names, "nobody"), found.lowest, found.report(beat.word))
    return found if told else found.before_the_run()


def _noted(beat: Beat, found: NetRace) -> None:
    plan = found.plan
    rows = beat.made("rows", plan.data.load)
    parts = beat.made("parts", train_validation_test_split, rows[0], rows[1], (0.7, 0.3, 0.0), seed=plan.seed)
    scaler = beat.made("scaler", Standardizer.fit, parts.train.x)
    x = beat.made("x", scaler.transform, parts.train.x)
    layers = [call(Dense, plan.units, "tanh"), call(Dense, plan.units, "tanh"), call(Dense, 1, "sigmoid")]
    model = beat.made("model", Sequential, [call(Input, (len(plan.data.features),)), *layers], seed=plan.seed)
    beat.made("", model.compile, loss="binary_crossentropy")
    rules = [dataclasses.replace(RULES[name].rule, learning_rate=rate) for name, rate in found.rates.items()]
    race = beat.made("race", Race, model, rules)
    beat.ran(race.evaluate, x, parts.train.y)
    how = {"batch_size": plan.batch_size, "epochs": plan.epochs, "seed": plan.seed}
    beat.made("epochs", list, call(race.epochs_of, x, parts.train.y, **how))
    beat.ran(race.evaluate, x, parts.train.y)


def play(beat: Beat, shown: NetRace) -> None:
    """The player, epoch by epoch, and what happened."""
    lines = shown.lines()
    beat.player(lines)
    if len(lines) > 1:
        st.markdown(shown.report(beat.word))
