"""The nerve cell and the unit: which part of one is which number of the other."""

import pandas as pd
import streamlit as st

from ui.beat import Beat
from ui.controls.kinds import Choice

# ---- from the nerve cell to the unit -------------------------------------------------------------------------------
ANALOGY = {
    "dendrite": "unit_input",
    "synapse": "unit_weight",
    "soma": "unit_sum",
    "threshold": "unit_activation",
    "axon": "unit_output",
}
"""By the word for a part of the nerve cell, the word for what stands for it in the unit."""

TOLD = {
    "dendrite": "dendrite_told",
    "synapse": "synapse_told",
    "soma": "soma_told",
    "threshold": "threshold_told",
    "axon": "axon_told",
}
NUMBERS = "①②③④⑤"


def part(beat: Beat) -> tuple[str, bool]:
    """The part that the reader looks at, and whether it may be said what it stands for."""
    with beat.stage:
        truth = next(part for part, stands_for in ANALOGY.items() if stands_for == "unit_weight")
        told = beat.predicted("which_is_the_weight", tuple(ANALOGY), truth, beat.word(TOLD[truth]))
    # asked before the part is chosen: the answer is the same whichever part the reader looks at
    with beat.panel:
        chosen = beat.menu("part", Choice("dendrite", tuple(ANALOGY)), "part_looked_at")
    return chosen, told


def named(beat: Beat, told: bool, of_unit: bool) -> dict[str, str]:
    """What the parts are called, in the cell or in the unit; numbered once the reader knows which belongs to which."""
    words = {part: beat.word(ANALOGY[part] if of_unit else part) for part in ANALOGY}
    return {part: f"{NUMBERS[k]} {word}" if told else word for k, (part, word) in enumerate(words.items())}


def part_told(beat: Beat, part: str) -> None:
    """What the part is in both, in a sentence."""
    title = f"{beat.word(part)} ↔ {beat.word(ANALOGY[part])}"
    st.markdown(f"**{title}** · {beat.word(TOLD[part])}")


def analogy_table(beat: Beat) -> pd.DataFrame:
    """Part by part: in the nerve cell, in the unit, what it does."""
    rows = [(beat.word(part), beat.word(stands_for), beat.word(TOLD[part])) for part, stands_for in ANALOGY.items()]
    return pd.DataFrame(rows, columns=["nerve cell", "unit", ""])
