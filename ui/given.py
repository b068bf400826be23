"""What a network is given: rows from a shipped or generated set, from a reader's own table, or drawn by clicking."""

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore import losses
from dlcore.datasets import BreastCancer, Dataset, Standardizer
from dlcore.losses import Loss
from dlcore.programs import Source
from dlcore.recipe import Prepared, prepared
from dlcore.tables import Table
from ui import drawn, tables_read
from ui.beat import Beat
from ui.controls.kinds import Choice, Number, Several, Switch
from ui.controls.page_state import shortened
from ui.controls.widgets import Say
from ui.number_format import readable

OWN_TABLE, DRAWN = "own_table", "drawn_points"
DEFAULT = BreastCancer()
EIGHT = tuple(name for name in BreastCancer.features[:9] if name != "concavity_mean")
"""The eight inputs of the lesson's network."""

SHARE, SEED = Number(20, 0, 50, whole=True), Number(0, 0, 999, whole=True)
MOST_INPUTS_CHOSEN = 40
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
            return points | {"x_title": "x 1", "y_title": "x 2", "classes": ("0", "1", "2"), "domains": drawn.EXTENT}
        order = self.parts.order
        held_out = np.arange(len(order)) >= len(self.parts.train.x)
        first, *others = self.most_telling
        x, y = self.x[order, first], np.asarray(self.y, dtype=float)[order]
        names, title = np.full(len(order), ""), self.called(beat, self.target)
        if self.classes:
            names = np.array(self.classes, dtype=str)[self.y[order]]
            second = others[0] if others else first
            y, title = self.x[order, second], self.called(beat, self.features[second])
        domains = drawn.EXTENT if self.name == DRAWN else None
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


# ---- choosing --------------------------------------------------------------------------------------------------------


def chosen(beat: Beat) -> Given:
    """Rows by menu; a set that cannot be used is replaced by the lesson's, which is said."""
    names = (DEFAULT.name(), *(name for name in Dataset.members if name != DEFAULT.name()), OWN_TABLE, DRAWN)
    name = beat.menu("set", Choice(DEFAULT.name(), names), "data", named=beat.member)
    cut: dict[str, Any] = {"share": beat.slider("share", SHARE, "validation_share") / 100}
    cut["standardised"] = beat.switch("scale", Switch(True), "standardise")
    sketch = None
    found = _own(beat) if name == OWN_TABLE else None
    if name == DRAWN:
        found, sketch = _drawn(beat)
    if name != DRAWN:
        drawn.remembered(beat)
    if name != OWN_TABLE:
        tables_read.forgotten(beat)
    with beat.more():
        tables_read.how_read(beat, drawn=name == OWN_TABLE)
        data, columns = _members(beat, name)
        cut["seed"] = int(beat.box("split", SEED, "split_seed"))
    if found is None:
        if name in (OWN_TABLE, DRAWN):
            st.caption(beat.word("lesson_data_instead", name=beat.member(DEFAULT.name())))
        found = dataclasses.replace(opened(Chosen(data, columns)), sketch=sketch)
    return _cut(beat, found, cut)


def opened(chosen: Chosen) -> Given:
    """The rows of a data set or of drawn points; a reader's own table is with that reader alone."""
    data = chosen.dataset
    if data is None:
        x, y = drawn.arrays(drawn.read(chosen.points))
        return Given(chosen, DRAWN, x, y, chosen.columns, "class", tuple(str(k) for k in range(int(y.max()) + 1)))
    x, y = data.load()
    x = x[:, [data.features.index(column) for column in chosen.columns]]
    return Given(chosen, data.name(), x, y, chosen.columns, data.target, tuple(data.classes))


def _cut(beat: Beat, found: Given, cut: dict[str, Any]) -> Given:
    """The rows with their parts; all for training if they are too few to be cut."""
    whole = dataclasses.replace(found, chosen=dataclasses.replace(found.chosen, **cut))
    try:
        assert len(whole.parts.order)
    except ValueError:
        st.caption(beat.word("too_few_to_cut", rows=len(found.y)))
        whole = dataclasses.replace(whole, chosen=dataclasses.replace(whole.chosen, share=0.0))
    return whole


def _members(beat: Beat, name: str) -> tuple[Dataset, tuple[str, ...]]:
    """The set of that name with its settings, and its inputs; the lesson's if there is none of that name."""
    found = {}
    for each in Dataset.members:
        member: Dataset = beat.settings(Dataset.members[each], f"_{each}", drawn=each == name)
        kind = Several(EIGHT if member == DEFAULT else member.features, member.features)
        columns = member.features
        if 2 < len(member.features) <= MOST_INPUTS_CHOSEN:
            if each == name:
                named = {"named": lambda column: column.replace("_", " ")}
                columns = beat.several(f"in_{each}", kind, "input_columns", **named)
                if not columns:
                    st.caption(beat.word("no_input_chosen"))
                    columns = kind.default
            else:
                columns = beat.remembered(f"in_{each}", kind) or kind.default
        found[each] = member, tuple(columns)
    return found.get(name, found[DEFAULT.name()])


def _own(beat: Beat) -> Given | None:
    found = tables_read.chosen(beat)
    if found is None:
        return None
    table, which = found
    place = Chosen(None, table.features, own=which)
    return Given(place, OWN_TABLE, table.x, table.y, table.features, table.target, table.classes, table)


def _drawn(beat: Beat) -> tuple[Given | None, tuple[np.ndarray, np.ndarray] | None]:
    """Drawn points as data, or, while there are not two classes, as a sketch."""
    x, y, text = drawn.chosen(beat)
    if len(y) < 2 or y.max(initial=0) == 0:
        st.info(beat.word("draw_two_classes"), icon=":material/touch_app:")
        return None, (x, y)
    return opened(Chosen(None, ("x_1", "x_2"), points=text)), None


# ---- in words --------------------------------------------------------------------------------------------------------

FORMULA = r"x' = \frac{x - \mu_{\text{train}}}{\sigma_{\text{train}}}"

OWNS = (
    *("set", "share", "scale", "split", "pc", "pts", "target", "in_own", "task", "head_own", "dec_own"),
    *(f"in_{name}" for name in Dataset.members),
    *(f"{setting}_{name}" for name, member in Dataset.members.items() for setting in member.settings()),
)
PRESETS: dict[str, dict[str, Any]] = {
    "works": {},
    "two_inputs": {"set": "moons"},
    "inputs_raw": {"scale": False},
    "ring_drawn": {"set": DRAWN},
}


def told(beat: Beat, found: Given) -> None:
    """What was left out of a reader's table, and where shipped rows come from."""
    if found.table is not None:
        st.markdown(f"**{beat.word('what_was_done')}**\n\n{tables_read.remarks(beat.word, found.table)}")
    elif found.chosen.dataset is not None and found.chosen.dataset.source != "generated":
        facts = {"source": found.chosen.dataset.source, "licence": found.chosen.dataset.licence}
        st.caption(beat.word("data_source", **facts))
