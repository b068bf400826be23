"""A reader's own table for the live network: one file, two of its columns as inputs, and one that says the class."""

from dataclasses import replace

import numpy as np
import streamlit as st

from charts import class_colours
from dlcore.tables import Table
from lessons.training import own_table
from lessons.training.data import by_explained_variance
from lessons.training.own_table import BroughtFile
from lessons.training.rows import OWN_TABLE, LabelledRows, RowSelection
from ui.beat import Beat
from ui.controls.kinds import Choice
from ui.controls.page_state import excerpt
from ui.pictures.chart_specs import BROUGHT

KEYS = ("l_target", "l_x1", "l_x2")
FILE = "training.live-file"
"""The key of the widget that takes the file."""

MOST_CLASSES = len(class_colours.CLASSES)
MOST_ROWS = 600
"""Of more rows so many are drawn at random: every one is a point, and an epoch sees them all."""


def choose(beat: Beat) -> tuple[Table, str] | None:
    """A table of two inputs and a class, and what tells it from others; None, with a message, if there is none."""
    return own_table.brought_table(beat, FILE, KEYS, _read, "live_data_stay")


def is_brought() -> bool:
    """Whether this visit has a file, brought here or on another question."""
    return BROUGHT in st.session_state


def _read(beat: Beat, own: BroughtFile) -> tuple[Table, str] | None:
    columns = own_table.columns_of(own)
    target = beat.menu("l_target", Choice(columns[-1], columns), "target_column", option_label=excerpt)
    table = own_table.table_of(own, target, None, "classification")
    problem = None
    if len(table.features) < 2:
        problem = beat.word("live_one_input", name=excerpt(", ".join(table.features)))
    elif len(table.classes) > MOST_CLASSES:
        problem = beat.word("live_many_classes", found=len(table.classes), most=MOST_CLASSES)
    if problem is not None:
        beat.defer("l_x1", "l_x2")
        st.error(f"{problem} {beat.word('live_data_stay')}")
        return None
    usual = [table.features[place] for place in _telling_order(table)]
    first = beat.menu("l_x1", Choice(usual[0], table.features), "live_first_input", option_label=excerpt)
    others = tuple(name for name in table.features if name != first)
    usual_second = next(name for name in usual if name != first)
    second = beat.menu("l_x2", Choice(usual_second, others), "live_second_input", option_label=excerpt)
    if len(table.y) > MOST_ROWS:
        st.caption(beat.word("live_some_rows", shown=MOST_ROWS, rows=len(table.y)))
    return of_two_inputs(table, first, second), f"{own.digest}/live/{target}/{first}/{second}"


def of_two_inputs(table: Table, first: str, second: str) -> Table:
    """The table with these two inputs, and of many rows MOST_ROWS, every class by its share."""
    rows = _some_rows(table.y, len(table.classes))
    places = [table.features.index(name) for name in (first, second)]
    return replace(table, x=table.x[rows][:, places], y=table.y[rows], features=(first, second))


def _some_rows(y: np.ndarray, classes: int) -> np.ndarray:
    """Places of at most MOST_ROWS rows, rising: of every class its share, and one at least."""
    if len(y) <= MOST_ROWS:
        return np.arange(len(y))
    order = np.random.default_rng(0).permutation(len(y))
    kept = [order[y[order] == k] for k in range(classes)]
    return np.sort(np.concatenate([rows[: max(1, MOST_ROWS * len(rows) // len(y))] for rows in kept]))


def _telling_order(table: Table) -> list[int]:
    """The places of the inputs, the one that tells most of the class first."""
    facts = (table.x, table.y, table.features, table.target, table.classes)
    return by_explained_variance(LabelledRows(RowSelection(None), OWN_TABLE, *facts))
