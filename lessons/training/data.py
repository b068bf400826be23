"""Data: rows from a shipped or generated set, from a reader's own table, or drawn by clicking."""

import dataclasses
from typing import Any

import numpy as np
import streamlit as st

from dlcore.datasets import Dataset
from lessons.training import drawn_points, own_table
from lessons.training.rows import DEFAULT, DRAWN, EIGHT, OWN_TABLE, Chosen, Given, opened
from ui.beat import Beat
from ui.controls.kinds import Choice, Number, Several, Switch

SHARE, SEED = Number(20, 0, 50, whole=True), Number(0, 0, 999, whole=True)
MOST_INPUTS_CHOSEN = 40


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
        drawn_points.remembered(beat)
    if name != OWN_TABLE:
        own_table.forgotten(beat)
    with beat.more():
        own_table.how_read(beat, drawn=name == OWN_TABLE)
        data, columns = _members(beat, name)
        cut["seed"] = int(beat.box("split", SEED, "split_seed"))
    if found is None:
        if name in (OWN_TABLE, DRAWN):
            st.caption(beat.word("lesson_data_instead", name=beat.member(DEFAULT.name())))
        found = dataclasses.replace(opened(Chosen(data, columns)), sketch=sketch)
    return _cut(beat, found, cut)


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
    found = own_table.chosen(beat)
    if found is None:
        return None
    table, which = found
    place = Chosen(None, table.features, own=which)
    return Given(place, OWN_TABLE, table.x, table.y, table.features, table.target, table.classes, table)


def _drawn(beat: Beat) -> tuple[Given | None, tuple[np.ndarray, np.ndarray] | None]:
    """Drawn points as data, or, while there are not two classes, as a sketch."""
    x, y, text = drawn_points.chosen(beat)
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
        st.markdown(f"**{beat.word('what_was_done')}**\n\n{own_table.remarks(beat.word, found.table)}")
    elif found.chosen.dataset is not None and found.chosen.dataset.source != "generated":
        facts = {"source": found.chosen.dataset.source, "licence": found.chosen.dataset.licence}
        st.caption(beat.word("data_source", **facts))
