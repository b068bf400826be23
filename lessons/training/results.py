"""What there is to show of a training: the one that was chosen, and the one that was put aside."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dlcore.recipe import Recipe
from lessons.training.rows import Chosen, Given
from lessons.training.training_run import Result
from ui.controls.widgets import Say


@dataclass(frozen=True, eq=False)
class Pinned:
    """A training put aside as A, to be compared with what comes."""

    chosen: Chosen
    recipe: Recipe
    result: Result


@dataclass(frozen=True, eq=False)
class Shown:
    """What the page has to show: a result, or why there is none yet; and the training put aside.

    recipe: that of the result, whatever number of epochs the slider says by now; without one, what was chosen.
    """

    data: Given
    recipe: Recipe
    result: Result | None
    told: bool
    """Whether the reader may see it already."""

    pinned: Pinned | None = None

    def table(self) -> pd.DataFrame:
        """Every epoch with all that was recorded, of the training put aside as well."""
        runs = {"A": self.pinned.result if self.pinned else None, "B": self.result if self.told else None}
        tables = [result.table().assign(run=name) for name, result in runs.items() if result is not None]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({"epoch": [0]})

    def curves(self, name: str) -> dict[str, np.ndarray]:
        """By run, a quantity after every epoch from the first on; of the one put aside as well."""
        found = {}
        runs = {"": self.result if self.told else None, "A ": self.pinned.result if self.pinned else None}
        for mark, result in runs.items():
            for part, key in {"train": name, "val": f"val_{name}"}.items():
                if result is not None and key in result.logs:
                    found[("B " if self.pinned and not mark else mark) + part] = result.logs[key][1:]
        return found or {"train": np.full(2, math.nan)}

    def baseline(self, name: str) -> float | None:
        """What the best guess without inputs reaches."""
        return self.result.baselines.get(name) if self.result is not None and self.told else None

    def drawn(self, say: Say, name: str) -> dict[str, Any]:
        """What ``charts.curves_by_epoch`` draws of a quantity: the curves, their names, and the baseline."""
        values, level = self.curves(name), self.baseline(name)
        words = {"train": say("train_curve"), "val": say("val_curve")}
        marked = [key.rpartition(" ") for key in values]
        named = tuple(f"{mark} {words[part]}".strip() for mark, _, part in marked)
        return {"values": values, "named": named, "baseline": None if level is None else (say("baseline_drawn"), level)}
