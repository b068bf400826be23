"""Trainings: what one has done so far, one that is under way and can be continued, and short ones for everybody."""

import copy
import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd

from dlcore.baselines import score_to_beat
from dlcore.callbacks import EarlyStopping, Logs
from dlcore.experiments.training_config import Prepared, Recipe
from dlcore.experiments.weight_history import Frames, WeightHistory
from dlcore.models import Sequential
from dlcore.optimizers import Stepper
from lessons.training.rows import LabelledRows, RowSelection, load
from ui.cache import shared
from ui.controls.kinds import Number
from ui.quiz import ties

FRAMES, FILM_MEMORY = 60, 8_000_000
FEW_WEIGHTS = 3000
"""Of a network up to so many weights a result takes at most 2 MB with its film; of the largest one ten times that."""
EPOCHS = Number(100, 1, 500, whole=True)
BATCH = Number(10, 1, 1024, whole=True)
SEED = Number(0, 0, 999, whole=True)
WHEN = ("lowest_early", "lowest_midway", "lowest_late", "never_below")


@dataclass(frozen=True, eq=False)
class Result:
    """What a training has done so far; it stays as it is when the training goes on.

    recipe: what gives just this, so its epochs are those that were done, unless the training ended by itself before.
    logs: by quantity, before the first epoch and after every one, shape (epochs + 1,). baselines: what the best guess
    without inputs reaches, by quantity, on the validation part. model: with the weights that the training gives back.
    frames: of the film. diverged, stopped: the epoch (1, 2, ...) that ended it, or None. best: the epoch whose weights
    came back, if not the last.
    """

    recipe: Recipe
    logs: dict[str, np.ndarray]
    baselines: dict[str, float]
    model: Sequential
    frames: Frames
    diverged: int | None
    stopped: int | None
    best: int | None

    @property
    def epochs(self) -> int:
        return len(self.logs["loss"]) - 1

    @property
    def monitor(self) -> str:
        """The loss to judge by: of the validation part, if there is one."""
        return "val_loss" if "val_loss" in self.logs else "loss"

    def lowest(self, name: str) -> tuple[int, float]:
        """The epoch with the lowest value and that value; NaN if there is none."""
        values = self.logs[name]
        if not np.isfinite(values).any():
            return 0, math.nan
        place = int(np.nanargmin(np.where(np.isfinite(values), values, np.inf)))
        return place, float(values[place])

    @property
    def as_low(self) -> list[int]:
        """All epochs whose monitored loss is as low as the lowest, in the digits in which it is told."""
        value = ties.significant(self.lowest(self.monitor)[1])
        return [k for k, loss in enumerate(self.logs[self.monitor]) if ties.significant(float(loss)) == value]

    @property
    def when(self) -> tuple[str, ...]:
        """When the monitored loss was lowest, in words of WHEN: several on a plateau, or level with the bar."""
        value, bar = self.lowest(self.monitor)[1], self.baselines.get("loss", math.inf)
        thirds = {min(2, max(0, math.ceil(3 * place / max(1, self.epochs)) - 1)) for place in self.as_low}
        below, level = value < bar, ties.significant(value) == ties.significant(bar)
        true = {WHEN[third]: below for third in sorted(thirds)} | {"never_below": level or not below}
        return tuple(word for word, holds in true.items() if holds)

    def table(self) -> pd.DataFrame:
        """Every epoch with all that was recorded."""
        return pd.DataFrame({"epoch": np.arange(self.epochs + 1)} | self.logs)


@dataclass(eq=False)
class ResumableTraining:
    """A training of one visitor that can be continued: everything stays as it was between two epochs.

    A click starts a run of the page in another thread, while the last run is still at its epoch. Whoever trains, or
    looks at what was trained, waits for the end of the epoch, so that nothing is half done.
    """

    selection: RowSelection
    recipe: Recipe
    parts: Prepared
    model: Sequential
    film: WeightHistory
    epochs_to_come: Iterator[Logs]
    stopping: EarlyStopping | None
    logs: list[Logs] = field(default_factory=list)
    should_run: bool = True
    ended: bool = False
    between_epochs: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def of(cls, rows: LabelledRows, recipe: Recipe) -> "ResumableTraining":
        """The training before its first step."""
        parts = rows.prepare(recipe.loss)
        model, film = recipe.model(), WeightHistory(FRAMES, FILM_MEMORY)
        # it goes on for as long as it is asked to; early stopping gives its weights back at the end (see ``result``)
        how: dict[str, Any] = {**recipe.training(parts), "epochs": 10 * int(EPOCHS.high)}
        stopping = next((each for each in how["callbacks"] if isinstance(each, EarlyStopping)), None)
        how["callbacks"] = [*how["callbacks"], film]
        epochs = model.epochs_of(parts.train.x, parts.train.y, **how)
        return cls(rows.selection, recipe, parts, model, film, epochs, stopping, [_scores(model, parts)])

    @property
    def last_epoch(self) -> int:
        """How many epochs are done."""
        return len(self.logs) - 1

    def is_of(self, rows: LabelledRows, recipe: Recipe) -> bool:
        """Whether it is this training, whatever the number of epochs."""
        same = dataclasses.replace(self.recipe, epochs=recipe.epochs) == recipe
        return rows.selection == self.selection and same

    def step(self) -> None:
        """One more epoch."""
        with self.between_epochs:
            logs = None if self.ended else next(self.epochs_to_come, None)
            if logs is None:
                self.ended = True
                return
            self.logs.append(dict(logs))
            if self.model.stop_training:
                # the generator has not heard yet that it is over: its end gives the best weights back
                next(self.epochs_to_come, None)
                self.ended = True

    def result(self) -> Result:
        """What it has done so far; the training itself stays as it is."""
        with self.between_epochs:
            return self._result()

    def _result(self) -> Result:
        best, weights = None, None
        if self.stopping is not None and self.stopping.best_weights is not None:
            best, weights = self.stopping.best_epoch + 1, self.stopping.best_weights
        model = _snapshot(self.model, weights)
        logs = {
            name: np.array([epoch.get(name, math.nan) for epoch in self.logs], dtype=float) for name in self.logs[-1]
        }
        diverged = self.model.history.diverged
        diverged = None if diverged is None else diverged + 1
        stopped = self.last_epoch if self.ended and diverged is None else None
        ended_before = self.ended and self.last_epoch <= self.recipe.epochs
        recipe = self.recipe if ended_before else dataclasses.replace(self.recipe, epochs=self.last_epoch)
        bars = _baselines(model, self.parts)
        best = best if best != self.last_epoch else None
        return Result(recipe, logs, bars, model, self.film.frames, diverged, stopped, best)


def _snapshot(model: Sequential, weights: list[np.ndarray] | None) -> Sequential:
    """A copy of a network in training, with other ``weights`` if there are any; its optimizer remembers nothing."""
    snapshot = copy.deepcopy(model)
    snapshot.optimizer = Stepper(snapshot.optimizer.rule)
    if weights is not None:
        snapshot.set_weights(weights)
    return snapshot


def _scores(model: Sequential, parts: Prepared) -> Logs:
    """Loss and metrics of a network on both parts, named as in a history."""
    scores = dict(model.evaluate(parts.train.x, parts.train.y, return_dict=True))
    if len(parts.validation.x):
        scores |= {f"val_{k}": v for k, v in model.evaluate(*parts.validation, return_dict=True).items()}
    return scores


def _baselines(model: Sequential, parts: Prepared) -> dict[str, float]:
    """By quantity, what the best baseline reaches on the part that is monitored."""
    y = parts.validation.y if len(parts.validation.y) else parts.train.y
    baselines = {}
    for name, metric in {"loss": model.loss, **model.metrics}.items():
        try:
            score = score_to_beat(metric, parts.train.y, y).score
        except ValueError:
            continue
        if math.isfinite(score):
            baselines[name] = float(score)
    return baselines


# ---- from the first to the last epoch --------------------------------------------------------------------------------


def train(rows: LabelledRows, recipe: Recipe) -> Result:
    """A whole training. Unless its rows are a reader's own it is made once for everybody and remembered.

    Many of small networks are remembered, and few of large ones.
    """
    if rows.personal:
        return _train(rows, recipe)
    return (_of_small if recipe.parameters() <= FEW_WEIGHTS else _of_large)(rows.selection, recipe)


@shared(max_entries=48)
def _of_small(selection: RowSelection, recipe: Recipe) -> Result:
    return _train(load(selection), recipe)


@shared(max_entries=4)
def _of_large(selection: RowSelection, recipe: Recipe) -> Result:
    return _train(load(selection), recipe)


def _train(rows: LabelledRows, recipe: Recipe) -> Result:
    training = ResumableTraining.of(rows, recipe)
    while training.last_epoch < recipe.epochs and not training.ended:
        training.step()
    return training.result()
