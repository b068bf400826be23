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
from dlcore.film import Film, Frames
from dlcore.models import Sequential
from dlcore.optimizers import Stepper
from dlcore.recipe import Prepared, Recipe
from lessons.training.rows import Chosen, Given, opened
from ui.cache import shared
from ui.controls.kinds import Number
from ui.quiz import ties

FRAMES, FILM_MEMORY = 60, 8_000_000
FEW_WEIGHTS = 3000
"""Of a network up to so many weights a result takes at most 2 MB with its film; of the largest one ten times that."""
EPOCHS = Number(100, 1, 500, whole=True)
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
    def watched(self) -> str:
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
        """All epochs whose watched loss is as low as the lowest, in the digits in which it is told."""
        value = ties.rounded(self.lowest(self.watched)[1])
        return [k for k, loss in enumerate(self.logs[self.watched]) if ties.rounded(float(loss)) == value]

    @property
    def when(self) -> tuple[str, ...]:
        """The words for when the watched loss was lowest, some of WHEN: several on a plateau, or level with the bar."""
        value, bar = self.lowest(self.watched)[1], self.baselines.get("loss", math.inf)
        thirds = {min(2, max(0, math.ceil(3 * place / max(1, self.epochs)) - 1)) for place in self.as_low}
        found = tuple(WHEN[third] for third in sorted(thirds)) if value < bar else ()
        above = not value < bar or ties.rounded(value) == ties.rounded(bar)
        return (*found, "never_below") if above else found

    def table(self) -> pd.DataFrame:
        """Every epoch with all that was recorded."""
        return pd.DataFrame({"epoch": np.arange(self.epochs + 1)} | self.logs)


@dataclass(eq=False)
class Live:
    """A training of one visitor that can be continued: everything stays as it was between two epochs.

    A click starts a run of the page in another thread, while the last run is still at its epoch. Whoever trains, or
    looks at what was trained, waits for the end of the epoch, so that nothing is half done.
    """

    chosen: Chosen
    recipe: Recipe
    parts: Prepared
    model: Sequential
    film: Film
    course: Iterator[Logs]
    stopping: EarlyStopping | None
    rows: list[Logs] = field(default_factory=list)
    wanted: bool = True
    ended: bool = False
    between_epochs: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def of(cls, data: Given, recipe: Recipe) -> "Live":
        """The training before its first step."""
        parts = data.prepared(recipe.loss)
        model, film = recipe.model(), Film(FRAMES, FILM_MEMORY)
        # it goes on for as long as it is asked to; early stopping gives its weights back at the end (see ``result``)
        how: dict[str, Any] = {**recipe.training(parts), "epochs": 10 * int(EPOCHS.high)}
        stopping = next((each for each in how["callbacks"] if isinstance(each, EarlyStopping)), None)
        how["callbacks"] = [*how["callbacks"], film]
        course = model.epochs_of(parts.train.x, parts.train.y, **how)
        before = _scores(model, parts)
        return cls(data.chosen, recipe, parts, model, film, course, stopping, [before])

    @property
    def done(self) -> int:
        return len(self.rows) - 1

    def is_of(self, data: Given, recipe: Recipe) -> bool:
        """Whether it is this training, whatever the number of epochs."""
        same = dataclasses.replace(self.recipe, epochs=recipe.epochs) == recipe
        return data.chosen == self.chosen and same

    def step(self) -> None:
        """One more epoch."""
        with self.between_epochs:
            logs = None if self.ended else next(self.course, None)
            if logs is None:
                self.ended = True
                return
            self.rows.append(dict(logs))
            if self.model.stop_training:
                # the generator has not heard yet that it is over: its end gives the best weights back
                next(self.course, None)
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
        keys = self.rows[-1] if self.rows else {}
        logs = {key: np.array([row.get(key, math.nan) for row in self.rows], dtype=float) for key in keys}
        diverged = self.model.history.diverged
        diverged = None if diverged is None else diverged + 1
        stopped = self.done if self.ended and diverged is None else None
        ended_before = self.ended and self.done <= self.recipe.epochs
        recipe = self.recipe if ended_before else dataclasses.replace(self.recipe, epochs=self.done)
        bars = _baselines(model, self.parts)
        best = best if best != self.done else None
        return Result(recipe, logs, bars, model, self.film.frames, diverged, stopped, best)


def _snapshot(model: Sequential, weights: list[np.ndarray] | None) -> Sequential:
    """A copy of a network in training, with other ``weights`` if there are any; its optimizer remembers nothing."""
    found = copy.deepcopy(model)
    found.optimizer = Stepper(found.optimizer.rule)
    if weights is not None:
        found.set_weights(weights)
    return found


def _scores(model: Sequential, parts: Prepared) -> Logs:
    """Loss and metrics of a network on both parts, named as in a history."""
    found = dict(model.evaluate(parts.train.x, parts.train.y, return_dict=True))
    if len(parts.validation.x):
        found |= {f"val_{k}": v for k, v in model.evaluate(*parts.validation, return_dict=True).items()}
    return found


def _baselines(model: Sequential, parts: Prepared) -> dict[str, float]:
    """By quantity, what the best baseline reaches on the part that is watched."""
    y = parts.validation.y if len(parts.validation.y) else parts.train.y
    found = {}
    for name, metric in {"loss": model.loss, **model.metrics}.items():
        try:
            score = score_to_beat(metric, parts.train.y, y).score
        except ValueError:
            continue
        if math.isfinite(score):
            found[name] = float(score)
    return found


def at_once(chosen: Chosen, recipe: Recipe) -> Result:
    """A whole training, made once for everybody; many of small networks are remembered, and few of large ones."""
    return (_of_small if recipe.parameters() <= FEW_WEIGHTS else _of_large)(chosen, recipe)


@shared(max_entries=48)
def _of_small(chosen: Chosen, recipe: Recipe) -> Result:
    return _whole(chosen, recipe)


@shared(max_entries=4)
def _of_large(chosen: Chosen, recipe: Recipe) -> Result:
    return _whole(chosen, recipe)


def _whole(chosen: Chosen, recipe: Recipe) -> Result:
    live = Live.of(opened(chosen), recipe)
    while live.done < recipe.epochs and not live.ended:
        live.step()
    return live.result()
