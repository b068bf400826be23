"""The nerve cell: which part of it is the counterpart of the weight?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

import charts
from dlcore.experiments.single_unit import Unit
from ui.beat import Beat
from ui.controls.kinds import Choice
from ui.controls.widgets import Say
from ui.question import Question

LOOKS = ("part",)

ANALOGY = {
    "dendrite": "unit_input",
    "synapse": "unit_weight",
    "soma": "unit_sum",
    "threshold": "unit_activation",
    "axon": "unit_output",
}
"""By the word for a part of the nerve cell, the word for its counterpart in the unit."""

ROLES = {
    "dendrite": "dendrite_told",
    "synapse": "synapse_told",
    "soma": "soma_told",
    "threshold": "threshold_told",
    "axon": "axon_told",
}
"""By part, the sentence on what it does in both."""

NUMBERS = "①②③④⑤"

ASKED = "part_asked"
"""The word for the part that is asked about, to be looked at like any other: it is first, so that the answer is lit."""


@dataclass(frozen=True)
class Setup:
    """Nothing: the question is the same for every reader."""


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """Nothing to be set: which part is looked at makes no difference to the answer."""
    return Setup()


def measure(setup: Setup) -> Mapping[str, str]:
    """The analogy; nothing is computed."""
    return ANALOGY


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, analogy: Mapping[str, str]) -> Question:
    """Which part of the nerve cell is the weight of the unit."""
    return Question("which_is_the_weight", tuple(analogy), _weight(analogy))


def explain(setup: Setup, analogy: Mapping[str, str], say: Say) -> str:
    """What that part has in common with a weight."""
    return say(ROLES[_weight(analogy)])


def _weight(analogy: Mapping[str, str]) -> str:
    return next(part for part, counterpart in analogy.items() if counterpart == "unit_weight")


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, analogy: Mapping[str, str]) -> None:
    """The nerve cell beside the unit; after the answer numbered alike, with the part that the reader looks at."""
    with beat.panel:
        chosen = beat.menu("part", Choice(ASKED, (ASKED, *analogy)), "part_looked_at")
    part = _weight(analogy) if chosen == ASKED else chosen
    numbered, lit = beat.answered, part if beat.answered else ""
    cell = charts.nerve_cell(part_names(analogy, beat.word, numbered), lit)
    unit = charts.unit_diagram(part_names(analogy.values(), beat.word, numbered), lit)
    count = len(analogy)
    beat.side_by_side((cell, beat.word("cell_said", count=count)), (unit, beat.word("unit_said", count=count)))
    if beat.answered:
        st.markdown(role_sentence(part, beat.word))
        beat.prose("where_it_ends")


def part_names(words: Iterable[str], say: Say, numbered: bool) -> dict[str, str]:
    """By part of the cell, what it is called by one of the words, which are in the order of ANALOGY.

    numbered: with the number that a part and its counterpart share.
    """
    names = zip(ANALOGY, NUMBERS, map(say, words), strict=True)
    return {part: f"{number} {name}" if numbered else name for part, number, name in names}


def role_sentence(part: str, say: Say) -> str:
    """A part, its counterpart, and what both do."""
    return f"**{say(part)} ↔ {say(ANALOGY[part])}** · {say(ROLES[part])}"


# ---- details ---------------------------------------------------------------------------------------------------------


def details(beat: Beat, setup: Setup, analogy: Mapping[str, str]) -> None:
    """The analogy as a table, once it may be shown; the unit's formula and source."""
    if beat.answered:
        beat.numbers({"analogy_table": lambda: analogy_table(beat.word)})
    beat.source([Unit.formula], Unit)


def analogy_table(say: Say) -> pd.DataFrame:
    """Part by part: in the nerve cell, in the unit, what it does."""
    rows = [(say(part), say(counterpart), say(ROLES[part])) for part, counterpart in ANALOGY.items()]
    return pd.DataFrame(rows, columns=["nerve cell", "unit", ""])
