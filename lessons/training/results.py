"""A training as a page shows it: its curves, beside those of a training that was put aside."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import streamlit as st

import charts
from charts.picture import Picture
from dlcore.callbacks import Logs
from dlcore.experiments.training_config import Recipe
from lessons.training.rows import LabelledRows, RowSelection
from lessons.training.training_run import Result
from ui.beat import Beat
from ui.controls.widgets import Say
from ui.question import Part

PINNED = "training.pinned"


@dataclass(frozen=True, eq=False)
class PinnedTraining:
    """A training put aside as A, to be compared with what comes."""

    selection: RowSelection
    recipe: Recipe
    result: Result


def pinned_training() -> PinnedTraining | None:
    """The training that this visitor has put aside."""
    return st.session_state.get(PINNED)


@dataclass(frozen=True)
class TrainingOutcome:
    """What came of a training, or that nothing did yet; and the one that was put aside.

    recipe: that of the result, whatever number of epochs the slider says by now; without one, what is set. visible:
    whether a reader may see the result already.
    """

    rows: LabelledRows
    recipe: Recipe
    result: Result | None = field(compare=False, repr=False)
    visible: bool
    pinned: PinnedTraining | None = field(default=None, compare=False, repr=False)

    @property
    def visible_result(self) -> Result | None:
        return self.result if self.visible else None

    def table(self) -> pd.DataFrame:
        """Every epoch with all that was recorded, of the training put aside as well."""
        runs = {"A": self.pinned.result if self.pinned else None, "B": self.visible_result}
        tables = [result.table().assign(run=name) for name, result in runs.items() if result is not None]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({"epoch": [0]})

    def curves(self, name: str) -> dict[str, np.ndarray]:
        """By run and part, a quantity after every epoch from the first on; of the training put aside as well."""
        curves = {}
        runs = {"": self.visible_result, "A ": self.pinned.result if self.pinned else None}
        for mark, result in runs.items():
            for part, key in {"train": name, "val": f"val_{name}"}.items():
                if result is not None and key in result.logs:
                    curves[("B " if self.pinned and not mark else mark) + part] = result.logs[key][1:]
        if self.visible_result is None:
            # what is to come has its names and its axis already
            curves |= {part: np.full(self.recipe.epochs, math.nan) for part in self._parts}
        return curves

    @property
    def _parts(self) -> dict[str, str]:
        """By the key of a curve that is not to be seen yet, what the logs put before a quantity's name."""
        mark, parts = "B " if self.pinned else "", {"train": "", "val": "val_"}
        return {mark + part: prefix for part, prefix in parts.items() if part == "train" or self.rows.selection.share}

    def start(self, name: str) -> dict[str, float]:
        """By part, a quantity before the first epoch, of a training that may not be seen yet; nothing of any other."""
        if self.visible or self.result is None:
            return {}
        keys = {part: prefix + name for part, prefix in self._parts.items()}
        return {part: float(self.result.logs[key][0]) for part, key in keys.items() if key in self.result.logs}

    def picture(self, say: Say, name: str, y_title: str) -> Picture:
        """The curves of a quantity by epoch, and what the best guess without inputs reaches."""
        curves, words = self.curves(name), {"train": say("train_curve"), "val": say("val_curve")}
        parts = [key.rpartition(" ") for key in curves]
        names = tuple(f"{mark} {words[part]}".strip() for mark, _, part in parts)
        level, start = None if self.result is None else self.result.baselines.get(name), self.start(name)
        baseline = None if level is None else (say("baseline_drawn"), level)
        known = [*start.values(), *([] if level is None else [level])]
        waits = self.visible_result is None and self.pinned is None
        ends = waiting_ends(known) if waits else None
        return charts.curves_by_epoch(curves, say("epoch_axis"), y_title, baseline, named=names, start=start, ends=ends)


# ---- a training that is under way ------------------------------------------------------------------------------------


def waiting_ends(values: Sequence[float]) -> tuple[float, float]:
    """The ends of the axis before the curves are seen: from 0 to what is known, for how low they go is asked."""
    known = [value for value in values if math.isfinite(value)]
    high, low = max(known, default=1.0), min([0.0, *known])
    return 1.1 * low, 1.0 if 0.5 <= high <= 1 else 1.15 * high or 1.0


def growing_losses(say: Say, logs: Sequence[Logs], epochs: int, hides: Collection[str] = ()) -> Picture | None:
    """The losses as far as a training is, on the axes of all its epochs; None if all of them are to be hidden.

    logs: before the first epoch and after every one that is done. hides: the quantities, "loss" or "val_loss", that
    would give an answer away.
    """
    keys = {part: key for part, key in {"train": "loss", "val": "val_loss"}.items() if key in logs[0]}
    keys = {part: key for part, key in keys.items() if key not in hides}
    if not keys:
        return None
    curves, start = {}, {}
    for part, key in keys.items():
        values = np.array([epoch.get(key, math.nan) for epoch in logs], dtype=float)[: epochs + 1]
        curves[part], start[part] = np.full(epochs, math.nan), float(values[0])
        curves[part][: len(values) - 1] = values[1:]
    named = tuple(say(f"{part}_curve") for part in keys)
    # a single curve has no legend to say whose loss it is
    titles = (say("epoch_axis"), say("train_loss_axis" if list(keys) == ["train"] else "loss_seen_axis"))
    ends = waiting_ends(list(start.values()))
    return charts.curves_by_epoch(curves, *titles, named=named, start=start, ends=ends, played=False)


# ---- questions that look at a training -------------------------------------------------------------------------------


def choose(beat: Beat, fit: Part) -> TrainingOutcome:
    """The training of the page, as far as it is done: what is looked at of it changes nothing of it."""
    result: Result | None = fit.result
    recipe = fit.setup.recipe if result is None else result.recipe
    return TrainingOutcome(fit.setup.rows, recipe, result, fit.answered, pinned_training())


def measure(setup: TrainingOutcome) -> Result | None:
    """The result of the training, if a reader may see it; nothing is trained anew."""
    return setup.visible_result
