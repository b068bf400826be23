"""On a network: one small network on real or generated data, trained by several rules at once."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import charts
from dlcore.datasets import Dataset
from dlcore.experiments.parallel_training import ParallelTraining
from dlcore.experiments.rate_sweep import rates_around
from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from dlcore.optimizers import Optimizer
from dlcore.preprocessing import Standardizer, train_validation_test_split
from lessons.optimizers.entrants import Entrants, course_racers, entrants, keys
from lessons.optimizers.rules import RULES, memory_per_weight, with_rate
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.quiz import ties
from ui.script_export import Experiment, call

TRAINS = True

RATES = rates_around(1e-3, 3.0, 8)
"""The rates that are tried for every rule when rates are tuned."""

TUNED_FOR = 10
"""After how many epochs the best of them is picked, if training is longer."""

DIGITS = 3
"""How many digits of a loss a reader is shown at the end."""

SETS = ("moons", "breast_cancer", "circles", "xor", "gauss_pairs")

PARTS = (0.7, 0.3, 0.0)
"""The shares of the rows that are for training, for validation and for a test."""


@dataclass(frozen=True)
class Task:
    """What is trained, and how long: data, hidden neurons in each of two layers, batch size, epochs, seed."""

    data: Dataset
    units: int
    batch_size: int
    epochs: int
    seed: int


@dataclass(frozen=True)
class Setup:
    """A network to be trained, and by which rules."""

    task: Task
    entrants: Entrants


@dataclass(frozen=True, eq=False)
class Trainings:
    """What became of every rule: loss after every epoch, on the training and on the validation part.

    loss, val_loss: by rule, shape (epochs + 1,), before training and after every epoch. rates: by rule, the one it
    had. loss_by_rate: by rule, the last loss with every rate of RATES; empty if nothing was tuned. rows: for training.
    weights: of the network.
    """

    loss: dict[str, np.ndarray]
    val_loss: dict[str, np.ndarray]
    rates: dict[str, float]
    loss_by_rate: dict[str, np.ndarray]
    rows: int
    weights: int

    def start(self) -> "Trainings":
        """The same before the first step."""
        loss, val_loss = ({name: each[:1] for name, each in ends.items()} for ends in (self.loss, self.val_loss))
        return dataclasses.replace(self, loss=loss, val_loss=val_loss, loss_by_rate={})

    @property
    def lowest(self) -> tuple[str, ...]:
        """Whose loss is lowest at the end, as far as the reader is shown; "nobody" alone if all have diverged."""
        return ties.lowest({name: float(loss[-1]) for name, loss in self.loss.items()}, DIGITS) or ("nobody",)

    def report(self, say: Say) -> str:
        """A line a rule: its rate, its last losses, how much it has to remember beside the weights."""
        lines = []
        for name, loss in self.loss.items():
            memory = memory_per_weight(RULES[name].rule)
            facts = {"name": name, "rate": readable(self.rates[name], 3), "weights": self.weights}
            facts |= {"each": memory, "memory": memory * self.weights}
            ends = {"loss": float(loss[-1]), "val": float(self.val_loss[name][-1])}
            losses = {part: readable(end, DIGITS) for part, end in ends.items()}
            lines.append("- " + say("net_ended" if np.isfinite(loss[-1]) else "net_lost", **facts, **losses))
        return "\n".join(lines)

    def sentence(self, task: Task, say: Say, word: str) -> str:
        """A sentence about the trainings, with their numbers."""
        first, val = (readable(float(next(iter(ends.values()))[0]), DIGITS) for ends in (self.loss, self.val_loss))
        facts = {"rows": self.rows, "units": task.units, "steps": math.ceil(self.rows / task.batch_size)}
        return say(word, loss=first, val=val, count=len(self.loss), **facts)

    def player_lines(self) -> list[str]:
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


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The data and the racers; later kin, their rates and how the network is trained one click away."""
    name = beat.menu("net", Choice(SETS[0], SETS), "data", option_label=beat.member)
    racers = course_racers(beat, "5")
    with beat.more():
        everybody = entrants(beat, "5", racers)
        units = int(beat.slider("units", Number(8, 1, 16, whole=True), "hidden_units"))
        size = int(beat.slider("batch5", Number(16, 8, 128, whole=True), "batch_size"))
        epochs = int(beat.slider("ep5", Number(20, 1, 40, whole=True), "epochs"))
        seed = int(beat.box("seed5", Number(0, 0, 9999, whole=True), "net_seed"))
    controls, real = ("net", "units", "batch5", "ep5", "seed5", *keys("5")), {"net": "breast_cancer"}
    beat.presets(controls, works={}, one_rate={"fair5": False}, real_data=real, one_epoch={"ep5": 1})
    return Setup(Task(Dataset.get(name), units, size, epochs, seed), everybody)


def measure(setup: Setup) -> Trainings:
    """The trainings with the rates set; without any, each rule has the best of the same eight rates."""
    task, names, rates = setup.task, setup.entrants.names, setup.entrants.rate_by_name
    by_rate = _loss_by_rate(task, names) if setup.entrants.uses_best_rates else {}
    for name, ends in by_rate.items():
        rates[name] = float(RATES[int(np.argmin(np.nan_to_num(ends, nan=np.inf)))])
    both = _train(task, tuple(with_rate(name, rates[name]) for name in names))
    loss, val_loss = ({name: ends[:, i] for i, name in enumerate(names)} for ends in both)
    rows, inputs = _parts(task)[0].shape
    weights = sum(each.size for each in _network(task, inputs).get_weights())
    return Trainings(loss, val_loss, rates, by_rate, rows, weights)


def _loss_by_rate(task: Task, names: Sequence[str]) -> dict[str, np.ndarray]:
    """By rule, the loss after a short training with every rate of RATES."""
    short = dataclasses.replace(task, epochs=min(task.epochs, TUNED_FOR))
    loss, _ = _train(short, tuple(with_rate(name, float(rate)) for name in names for rate in RATES))
    return dict(zip(names, loss[-1].reshape(len(names), len(RATES)), strict=True))


@shared(max_entries=64)
def _parts(task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    x, y = task.data.load()
    parts = train_validation_test_split(x, y, PARTS, seed=task.seed)
    scaler = Standardizer.fit(parts.train.x)
    return scaler.transform(parts.train.x), parts.train.y, scaler.transform(parts.validation.x), parts.validation.y


def _network(task: Task, inputs: int) -> Sequential:
    layers = [Input((inputs,)), Dense(task.units, "tanh"), Dense(task.units, "tanh"), Dense(1, "sigmoid")]
    model = Sequential(layers, seed=task.seed)
    model.compile(loss="binary_crossentropy")
    return model


@shared(max_entries=128)
def _train(task: Task, rules: tuple[Optimizer, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The loss before training and after every epoch, on both parts, each of shape (epochs + 1, rules)."""
    x, y, x_val, y_val = _parts(task)
    race = ParallelTraining(_network(task, x.shape[1]), rules)
    loss, val = [race.evaluate(x, y)], [race.evaluate(x_val, y_val)]
    for _ in race.epochs_of(x, y, task.batch_size, task.epochs, seed=task.seed):
        loss.append(race.evaluate(x, y))
        val.append(race.evaluate(x_val, y_val))
    return np.array(loss), np.array(val)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, trainings: Trainings) -> Question:
    """Whose loss is lowest at the end."""
    return Question("who_is_lowest", (*setup.entrants.names, "nobody"), trainings.lowest)


def explain(setup: Setup, trainings: Trainings, say: Say) -> str:
    """The rate and the last losses of every rule, and what it has to remember."""
    return trainings.report(say)


# ---- draw ------------------------------------------------------------------------------------------------------------


def visible(beat: Beat, trainings: Trainings) -> Trainings:
    """As much of the trainings as may be shown: before the answer the losses before the first step alone."""
    return trainings if beat.answered else trainings.start()


def draw(beat: Beat, setup: Setup, trainings: Trainings) -> None:
    """The loss on the rows for training beside that on the rows for validation, epoch by epoch."""
    view, say = visible(beat, trainings), beat.word
    how: dict[str, Any] = {"log": True, "known": None if beat.answered else 1}
    titles = say("epoch_axis"), say("train_loss_axis")
    training = charts.lines_by_step(trainings.loss, *titles, **how, name="training_lines")
    titles, how["legend"] = (say("epoch_axis"), say("val_loss_axis")), False
    validation = charts.lines_by_step(trainings.val_loss, *titles, **how, name="validation_lines")
    sentences = [view.sentence(setup.task, say, word) for word in ("net_loss_said", "net_val_said")]
    beat.side_by_side((training, sentences[0]), (validation, sentences[1]))
    beat.player(view.player_lines(), counts="epoch_shown")
    if beat.answered:
        beat.report(view.report(say))


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The training by all rules at once as calls of dlcore."""
    task, rates = setup.task, measure(setup).rates
    rows = experiment.assign("rows", task.data.load)
    parts = experiment.assign("parts", train_validation_test_split, rows[0], rows[1], PARTS, seed=task.seed)
    scaler = experiment.assign("scaler", Standardizer.fit, parts.train.x)
    x = experiment.assign("x", scaler.transform, parts.train.x)
    layers = [call(Dense, task.units, "tanh"), call(Dense, task.units, "tanh"), call(Dense, 1, "sigmoid")]
    model = experiment.assign("model", Sequential, [call(Input, (len(task.data.features),)), *layers], seed=task.seed)
    experiment.assign("", model.compile, loss="binary_crossentropy")
    race = experiment.assign("race", ParallelTraining, model, [with_rate(name, rate) for name, rate in rates.items()])
    experiment.show(race.evaluate, x, parts.train.y)
    how = {"batch_size": task.batch_size, "epochs": task.epochs, "seed": task.seed}
    experiment.assign("epochs", list, call(race.epochs_of, x, parts.train.y, **how))
    experiment.show(race.evaluate, x, parts.train.y)


def details(beat: Beat, setup: Setup, trainings: Trainings) -> None:
    """Every epoch as a table, the rules as formulas, how they train side by side."""
    beat.numbers({"run_table": visible(beat, trainings).table})
    beat.source([RULES[name].formula for name in trainings.loss], ParallelTraining)
