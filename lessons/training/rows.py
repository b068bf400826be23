"""The rows that a network is given: where they come from, how they are cut and scaled, and what they are called."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from dlcore import losses
from dlcore.datasets import BreastCancer, Dataset
from dlcore.losses import Loss
from dlcore.preprocessing import Standardizer
from dlcore.programs import Source
from dlcore.recipe import Prepared, prepared
from dlcore.tables import Table
from lessons.training import drawn_points
from ui.beat import Beat
from ui.controls.page_state import shortened
from ui.controls.widgets import Say
from ui.number_format import readable

OWN_TABLE, DRAWN = "own_table", "drawn_points"
DEFAULT = BreastCancer()
EIGHT = tuple(name for name in BreastCancer.features[:9] if name != "concavity_mean")
"""The eight inputs of the lesson's network."""

BARS = 12
"""So many columns are drawn; the others are counted."""


@dataclass(frozen=True)
class Chosen:
    """Where rows come from and how they are cut and scaled, as a value: equal ones have equal rows.

    points, own: the text of drawn points, and what tells a reader's table from others; one of three is not empty.
    """

    dataset: Dataset | None = DEFAULT
    columns: tuple[str, ...] = EIGHT
    share: float = 0.2
    seed: int = 0
    standardised: bool = True
    points: str = ""
    own: str = ""


@dataclass(frozen=True, eq=False)
class Given:
    """Rows to learn from: x, shape (rows, inputs), not scaled; y, shape (rows,); what they are called."""

    chosen: Chosen
    name: str
    x: np.ndarray
    y: np.ndarray
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    table: Table | None = None
    sketch: tuple[np.ndarray, np.ndarray] | None = None
    """Drawn points that are no data set yet."""

    @property
    def personal(self) -> bool:
        """Whether nothing of them may be shared with other visitors."""
        return bool(self.chosen.own)

    def called(self, beat: Beat, name: str) -> str:
        """What an input or the target is called in a picture; a reader's own columns are called as they are."""
        return name if self.personal else beat.member(name)

    def in_a_sentence(self, name: str) -> str:
        """The same within a sentence, where a reader's own words must not act as markup."""
        return f"`{shortened(name)}`" if self.personal else name.replace("_", " ")

    @property
    def task(self) -> str:
        return "regression" if not self.classes else "binary" if len(self.classes) == 2 else "multiclass"

    @property
    def source(self) -> Source:
        """The same for a program."""
        c = self.chosen
        return Source(c.dataset, c.columns, len(self.classes), c.share, c.seed, c.standardised)

    def prepared(self, loss: Loss) -> Prepared:
        """Cut and scaled for a loss; ValueError if its targets cannot be made of these."""
        c = self.chosen
        return prepared(self.x, self.y, loss, len(self.classes), c.share, c.seed, c.standardised)

    @cached_property
    def parts(self) -> Prepared:
        """Cut and scaled, with targets as they are."""
        return self.prepared(losses.get("mean_squared_error"))

    @cached_property
    def telling(self) -> np.ndarray:
        """How strongly each input goes with the target: the share of its variance that the target's groups or values
        explain, shape (inputs,)."""
        x, y = self.x, np.asarray(self.y, dtype=float)
        spread = x.var(axis=0)
        if self.classes:
            groups = [x[self.y == k] for k in range(len(self.classes))]
            between = sum(
                len(group) / len(x) * (group.mean(axis=0) - x.mean(axis=0)) ** 2 for group in groups if len(group)
            )
        else:
            covariance = ((x - x.mean(axis=0)) * (y - y.mean())[:, None]).mean(axis=0)
            between = covariance**2 / max(float(y.var()), 1e-300)
        return np.divide(between, spread, out=np.zeros(x.shape[1]), where=spread > 0)

    @property
    def most_telling(self) -> list[int]:
        """The places of the inputs, the most telling first; two inputs stay in their order."""
        return [0, 1] if len(self.features) == 2 else np.argsort(-self.telling, kind="stable").tolist()

    # ---- for pictures and tables -------------------------------------------------------------------------------------

    def scatter(self, beat: Beat) -> dict[str, Any]:
        """What ``charts.scattered`` draws: two inputs by class, or the target over one input."""
        if self.sketch is not None:
            x, label = self.sketch
            points = {"x": x[:, 0], "y": x[:, 1], "name": label.astype(str), "held_out": np.zeros(len(x), bool)}
            return points | {
                "x_title": "x 1",
                "y_title": "x 2",
                "classes": ("0", "1", "2"),
                "domains": drawn_points.EXTENT,
            }
        order = self.parts.order
        held_out = np.arange(len(order)) >= len(self.parts.train.x)
        first, *others = self.most_telling
        x, y = self.x[order, first], np.asarray(self.y, dtype=float)[order]
        names, title = np.full(len(order), ""), self.called(beat, self.target)
        if self.classes:
            names = np.array(self.classes, dtype=str)[self.y[order]]
            second = others[0] if others else first
            y, title = self.x[order, second], self.called(beat, self.features[second])
        domains = drawn_points.EXTENT if self.name == DRAWN else None
        shown = slice(0, None) if len(order) <= 2000 else np.random.default_rng(0).permutation(len(order))[:2000]
        titles = {"x_title": self.called(beat, self.features[first]), "y_title": title}
        kinds = {"classes": self.classes, "domains": domains}
        return {"x": x[shown], "y": y[shown], "name": names[shown], "held_out": held_out[shown]} | titles | kinds

    def scatter_said(self, say: Say) -> str:
        """How many rows there are for what, and what there is to predict."""
        train, val = len(self.parts.train.x), len(self.parts.validation.x)
        counts = say("parts_counted", rows=len(self.y), train=train, val=val)
        if self.classes:
            shares = np.bincount(self.y, minlength=len(self.classes)) / len(self.y)
            names = [self.in_a_sentence(name) if self.personal else name for name in self.classes]
            listed = ", ".join(f"{name} {share:.1%}" for name, share in zip(names, shares, strict=True))
            return f"{counts} {say('classes_counted', shares=listed)}"
        y = np.asarray(self.y, dtype=float)
        facts = {"low": y.min(), "high": y.max(), "mean": y.mean(), "sd": y.std()}
        return f"{counts} {say('target_counted', **{name: readable(float(v), 3) for name, v in facts.items()})}"

    def ranges(self) -> dict[str, np.ndarray]:
        """By input, as the network gets it: lowest, highest, mean, and one standard deviation to either side."""
        x = np.concatenate([self.parts.train.x, self.parts.validation.x])[:, :BARS]
        mean, sd = x.mean(axis=0), x.std(axis=0)
        shown = self.features[:BARS]
        names = np.array(shown if self.personal else [name.replace("_", " ") for name in shown])
        return {"name": names, "low": x.min(0), "high": x.max(0), "mean": mean, "from": mean - sd, "to": mean + sd}

    def ranges_said(self, say: Say) -> str:
        """From where to where the inputs reach, and by what they were scaled."""
        x = np.concatenate([self.parts.train.x, self.parts.validation.x])
        sd = x.std(axis=0)
        facts = {"inputs": x.shape[1], "shown": min(BARS, x.shape[1])}
        facts |= {"least": readable(float(sd.min()), 3), "most": readable(float(sd.max()), 3)}
        scaler = self.parts.scaler
        if scaler is None:
            return say("ranges_raw", **facts)
        first = {"name": self.in_a_sentence(self.features[0]), "x": readable(float(self.x[self.parts.order[0], 0]))}
        first |= {"mean": readable(float(scaler.mean[0])), "sd": readable(float(scaler.scale[0]))}
        return say("ranges_scaled", z=readable(float(self.parts.train.x[0, 0])), **facts, **first)

    def rows_table(self) -> pd.DataFrame:
        """The first rows as they are, those of the training part first."""
        order = self.parts.order[:200]
        columns = {name: self.x[order, k] for k, name in enumerate(self.features)}
        answer = [self.classes[k] for k in self.y[order]] if self.classes else self.y[order]
        return pd.DataFrame(columns | {self.target + (" " if self.target in self.features else ""): answer})

    def scaling_table(self) -> pd.DataFrame:
        """Mean and deviation of every input before and after, over the training part."""
        raw = self.x[self.parts.order[: len(self.parts.train.x)]]
        by = self.parts.scaler or Standardizer.fit(raw)
        after = by.transform(raw)
        columns = {"mean": raw.mean(0), "sd": raw.std(0), "mean_standardised": after.mean(0)}
        return pd.DataFrame({"input": self.features} | columns | {"sd_standardised": after.std(0)})


def opened(chosen: Chosen) -> Given:
    """The rows of a data set or of drawn points; a reader's own table is with that reader alone."""
    data = chosen.dataset
    if data is None:
        x, y = drawn_points.arrays(drawn_points.read(chosen.points))
        return Given(chosen, DRAWN, x, y, chosen.columns, "class", tuple(str(k) for k in range(int(y.max()) + 1)))
    x, y = data.load()
    x = x[:, [data.features.index(column) for column in chosen.columns]]
    return Given(chosen, data.name(), x, y, chosen.columns, data.target, tuple(data.classes))
