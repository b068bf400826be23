"""Data: rows from a shipped or generated set, from a reader's own table, or drawn by clicking."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

import charts
from charts.picture import Picture
from dlcore import preprocessing
from dlcore.datasets import Dataset
from dlcore.experiments import training_config
from dlcore.preprocessing import Standardizer
from dlcore.tables import Table
from lessons.training import drawn_points, own_table
from lessons.training.rows import DEFAULT, DRAWN, EIGHT, OWN_TABLE, LabelledRows, RowSelection, load
from ui.beat import Beat
from ui.controls.kinds import Choice, Number, Several, Switch
from ui.controls.widgets import Say
from ui.number_format import percent, readable
from ui.question import Question
from ui.text.equations import with_digits

SHARE, SEED = Number(20, 0, 50, whole=True), Number(0, 0, 999, whole=True)
MOST_INPUTS_CHOSEN = 40
MOST_POINTS_DRAWN = 2000
LABELS = ("0", "1", "2")
"""What the classes of drawn points are called in a picture."""

BARS = 12
"""So many columns are drawn; the others are counted."""

FORMULA = r"x' = \frac{x - \mu_{\text{train}}}{\sigma_{\text{train}}}"


def _inputs_can_be_chosen(data: Dataset) -> bool:
    return 2 < len(data.features) <= MOST_INPUTS_CHOSEN


MEMBER_KEYS: dict[str, tuple[str, ...]] = {
    name: (
        *(f"{setting}_{name}" for setting in member.settings()),
        *([f"in_{name}"] if _inputs_can_be_chosen(Dataset.get(name)) else []),
    )
    for name, member in Dataset.members.items()
}
"""By data set, the keys of the controls that it alone has."""

OWNS = (
    *("set", "share", "scale", "split", "pc", "pts", "target", "in_own", "task", "head_own", "dec_own"),
    *(key for keys in MEMBER_KEYS.values() for key in keys),
)
PRESETS: dict[str, dict[str, Any]] = {
    "works": {},
    "two_inputs": {"set": "moons"},
    "inputs_raw": {"scale": False},
    "ring_drawn": {"set": DRAWN},
}


@dataclass(frozen=True)
class Setup:
    """Which rows are to be learned from.

    table: a reader's own, which ``selection.own`` tells from others. sketch: the text of points that are drawn and are
    no data yet; the lesson's rows stand in for them.
    """

    selection: RowSelection
    table: Table | None = field(default=None, compare=False, repr=False)
    sketch: str | None = None


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """Rows by menu, with their cut and scale; a set that cannot be used is replaced by the lesson's, which is said."""
    names = (DEFAULT.name(), *(name for name in Dataset.members if name != DEFAULT.name()), OWN_TABLE, DRAWN)
    name = beat.menu("set", Choice(DEFAULT.name(), names), "data", option_label=beat.member)
    cut: dict[str, Any] = {"share": beat.slider("share", SHARE, "validation_share") / 100}
    cut["standardised"] = beat.switch("scale", Switch(True), "standardise")
    table, own = _own_table(beat, name == OWN_TABLE)
    points, sketch = _points(beat, name == DRAWN)
    with beat.more():
        own_table.reading_controls(beat, drawn=name == OWN_TABLE)
        dataset, columns = _dataset(beat, name)
        cut["seed"] = int(beat.box("split", SEED, "split_seed"))
    if table is not None:
        selection = RowSelection(None, table.features, own=own, **cut)
    elif points:
        selection = RowSelection(None, ("x_1", "x_2"), points=points, **cut)
    else:
        selection = RowSelection(dataset, columns, **cut)
        if name in (OWN_TABLE, DRAWN):
            st.caption(beat.word("lesson_data_instead", name=beat.member(DEFAULT.name())))
    beat.presets(OWNS, **PRESETS)
    return Setup(selection, table, sketch)


def _own_table(beat: Beat, wanted: bool) -> tuple[Table | None, str]:
    """A reader's own table and what tells it from others; None and "" while there is none."""
    table = own_table.choose(beat) if wanted else None
    if not wanted:
        own_table.wait_for_file(beat)
    return table or (None, "")


def _points(beat: Beat, wanted: bool) -> tuple[str, str | None]:
    """The text of drawn points; while there are not two classes, "" and that text as a sketch."""
    if not wanted:
        beat.defer(*drawn_points.KEYS)
        return "", None
    points = drawn_points.choose(beat)
    _, y = drawn_points.arrays(points)
    text = drawn_points.rows_as_text(points)
    if len(y) < 2 or y.max(initial=0) == 0:
        st.info(beat.word("draw_two_classes"), icon=":material/touch_app:")
        return "", text
    return text, None


def _dataset(beat: Beat, name: str) -> tuple[Dataset, tuple[str, ...]]:
    """The set of that name with its settings, and its inputs; the lesson's if there is none of that name.

    What the address says of the other sets stays there, until they are chosen.
    """
    chosen = name in Dataset.members
    name = name if chosen else DEFAULT.name()
    beat.defer(*(key for each, keys in MEMBER_KEYS.items() if each != name for key in keys))
    member: Dataset = beat.settings(Dataset.members[name], f"_{name}", visible=chosen)
    if not _inputs_can_be_chosen(member):
        return member, tuple(member.features)
    kind = Several(EIGHT if member == DEFAULT else member.features, member.features)
    if not chosen:
        return member, beat.value_of(f"in_{name}", kind) or kind.default
    columns = beat.several(f"in_{name}", kind, "input_columns", option_label=beat.member)
    if not columns:
        st.caption(beat.word("no_input_chosen"))
    return member, columns or kind.default


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> LabelledRows:
    """The rows of a setup; all of them to learn from if they are too few to be cut as is asked for."""
    rows = load(setup.selection, setup.table)
    return rows if rows.enough else rows.uncut()


def question(setup: Setup, rows: LabelledRows) -> Question | None:
    """Nothing: data are chosen here, and asked about further on."""
    return None


def explain(setup: Setup, rows: LabelledRows, say: Say) -> str:
    """Nothing, since nothing is asked."""
    return ""


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, rows: LabelledRows) -> None:
    """The rows as points beside the ranges of the inputs, and what was done to them."""
    if rows.selection.share != setup.selection.share:
        with beat.panel:
            st.caption(beat.word("too_few_to_cut", rows=len(rows.y)))
    points = _sketch(setup.sketch) if setup.sketch is not None else _scatter(beat, rows)
    ranges = charts.column_ranges(_ranges(beat, rows), beat.word("range_axis"), beat.word("mean"))
    pictures = (points, _scatter_sentence(beat, rows)), (ranges, _ranges_sentence(beat, rows))
    beat.side_by_side(*pictures, clickable=True)
    if setup.table is not None:
        st.markdown(f"**{beat.word('what_was_done')}**\n\n{own_table.remarks(beat.word, setup.table)}")
    elif (dataset := rows.selection.dataset) is not None and dataset.source != "generated":
        st.caption(beat.word("data_source", source=dataset.source, licence=dataset.licence))
    beat.reserve()


def _sketch(text: str) -> Picture:
    """Drawn points that are no data yet."""
    x1, x2, label = np.array(drawn_points.read(text), dtype=float).reshape(-1, 3).T
    kinds = {"classes": LABELS, "domains": drawn_points.EXTENT}
    names = label.astype(int).astype(str)
    return charts.rows_scatter(x1, x2, names, np.zeros(len(names), bool), "x 1", "x 2", **kinds)


def _scatter(beat: Beat, rows: LabelledRows) -> Picture:
    """The two inputs that tell most, by class; or the target over the one that tells most of it."""
    order = rows.parts.order
    held_out = np.arange(len(order)) >= len(rows.parts.train.x)
    first, *others = by_explained_variance(rows)
    x, y = rows.x[order, first], np.asarray(rows.y, dtype=float)[order]
    names, title = np.full(len(order), ""), rows.caption(beat, rows.target)
    if rows.classes:
        names = np.array(rows.class_captions(beat), dtype=str)[rows.y[order]]
        second = others[0] if others else first
        y, title = rows.x[order, second], rows.caption(beat, rows.features[second])
    some: Any = slice(0, None)
    if len(order) > MOST_POINTS_DRAWN:
        some = np.random.default_rng(0).permutation(len(order))[:MOST_POINTS_DRAWN]
    # drawn points have the colours that they were drawn in, also where one class is missing
    classes, domains = (LABELS, drawn_points.EXTENT) if rows.name == DRAWN else (rows.class_captions(beat), None)
    shown = x[some], y[some], names[some], held_out[some]
    return charts.rows_scatter(*shown, rows.caption(beat, rows.features[first]), title, classes, domains)


def by_explained_variance(rows: LabelledRows) -> list[int]:
    """The places of the inputs, the one that explains most first; two inputs stay in their order."""
    return [0, 1] if len(rows.features) == 2 else np.argsort(-_variance_explained(rows), kind="stable").tolist()


def _variance_explained(rows: LabelledRows) -> np.ndarray:
    """Of each input the share of its variance that the classes, or the values of the target, explain; (inputs,)."""
    x, y = rows.x, np.asarray(rows.y, dtype=float)
    spread = x.var(axis=0)
    if rows.classes:
        groups = [x[rows.y == k] for k in range(len(rows.classes))]
        between = sum(
            len(group) / len(x) * (group.mean(axis=0) - x.mean(axis=0)) ** 2 for group in groups if len(group)
        )
    else:
        covariance = ((x - x.mean(axis=0)) * (y - y.mean())[:, None]).mean(axis=0)
        between = covariance**2 / max(float(y.var()), 1e-300)
    return np.divide(between, spread, out=np.zeros(x.shape[1]), where=spread > 0)


def _scatter_sentence(beat: Beat, rows: LabelledRows) -> str:
    """How many rows there are for what, and what there is to predict."""
    say = beat.word
    train, val = len(rows.parts.train.x), len(rows.parts.validation.x)
    counts = say("parts_counted", rows=len(rows.y), train=train, val=val)
    if rows.classes:
        shares = np.bincount(rows.y, minlength=len(rows.classes)) / len(rows.y)
        names = [rows.in_a_sentence(beat, name) for name in rows.classes]
        listed = ", ".join(f"{name} {percent(share, 1)}" for name, share in zip(names, shares, strict=True))
        return f"{counts} {say('classes_counted', shares=listed)}"
    y = np.asarray(rows.y, dtype=float)
    facts = {"low": y.min(), "high": y.max(), "mean": y.mean(), "sd": y.std()}
    return f"{counts} {say('target_counted', **{name: readable(float(v), 3) for name, v in facts.items()})}"


def _ranges(beat: Beat, rows: LabelledRows) -> dict[str, np.ndarray]:
    """By input, as the network gets it: lowest, highest, mean, and one standard deviation to either side."""
    x = np.concatenate([rows.parts.train.x, rows.parts.validation.x])[:, :BARS]
    mean, sd = x.mean(axis=0), x.std(axis=0)
    names = np.array([rows.caption(beat, name) for name in rows.features[:BARS]])
    return {"name": names, "low": x.min(0), "high": x.max(0), "mean": mean, "from": mean - sd, "to": mean + sd}


def _ranges_sentence(beat: Beat, rows: LabelledRows) -> str:
    """From where to where the inputs reach, and by what they were scaled."""
    say = beat.word
    x = np.concatenate([rows.parts.train.x, rows.parts.validation.x])
    sd = x.std(axis=0)
    facts = {"inputs": x.shape[1], "shown": min(BARS, x.shape[1])}
    facts |= {"least": readable(float(sd.min()), 3), "most": readable(float(sd.max()), 3)}
    scaler = rows.parts.scaler
    if scaler is None:
        return say("ranges_raw", **facts)
    value, mean, deviation = (float(each) for each in (rows.x[rows.parts.order[0], 0], scaler.mean[0], scaler.scale[0]))
    z = readable(float(rows.parts.train.x[0, 0]))

    def division(digits: int) -> str:
        middle = f"({readable(mean, digits)})" if mean < 0 else readable(mean, digits)
        return f"({readable(value, digits)} − {middle}) / {readable(deviation, digits)} = {z}"

    name = rows.in_a_sentence(beat, rows.features[0])
    return say("ranges_scaled", name=name, scaled=with_digits(division), **facts)


# ---- details ---------------------------------------------------------------------------------------------------------


def details(beat: Beat, setup: Setup, rows: LabelledRows) -> None:
    """The inputs before and after scaling, the first rows and what was done to a reader's file as tables; scaling as
    formula and source."""
    tables = {"scaling_table": lambda: _scaling_table(rows), "data_table": lambda: _rows_table(rows)}
    if (own := setup.table) is not None and len(own.remarks) > own_table.MOST_REMARKS:
        tables["remarks_table"] = lambda: own_table.remarks_table(beat.word, own)
    beat.numbers(tables)
    beat.source([FORMULA], training_config.prepare, preprocessing.Standardizer)


def _scaling_table(rows: LabelledRows) -> pd.DataFrame:
    """Mean and deviation of every input before and after, over the training part."""
    raw = rows.x[rows.parts.order[: len(rows.parts.train.x)]]
    by = rows.parts.scaler or Standardizer.fit(raw)
    after = by.transform(raw)
    columns = {"mean": raw.mean(0), "sd": raw.std(0), "mean_standardised": after.mean(0)}
    return pd.DataFrame({"input": rows.features} | columns | {"sd_standardised": after.std(0)})


def _rows_table(rows: LabelledRows) -> pd.DataFrame:
    """The first rows as they are, those of the training part first."""
    order = rows.parts.order[:200]
    columns = {name: rows.x[order, k] for k, name in enumerate(rows.features)}
    answer = [rows.classes[k] for k in rows.y[order]] if rows.classes else rows.y[order]
    return pd.DataFrame(columns | {rows.target + (" " if rows.target in rows.features else ""): answer})
