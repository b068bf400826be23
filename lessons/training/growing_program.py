"""The program of the page, which grows by a piece with every part."""

from collections.abc import Mapping

import streamlit as st

from dlcore.experiments import code_export
from dlcore.experiments.code_export import Source
from dlcore.experiments.training_config import Recipe
from lessons.training.rows import LabelledRows
from ui.beat import Beat

STEPS = {"data": ("data",), "model": ("declare", "layers"), "compile": ("compile",), "fit": ("fit", "evaluate")}
"""Which pieces of the program each question adds."""


def grow(beat: Beat, rows: LabelledRows, recipe: Recipe) -> None:
    """Write the lines that each question adds into the place that it has reserved.

    Only the last of them knows the whole recipe: the loss, which is chosen later, says how the data are written.
    """
    pieces = code_export.steps(code_export.keras_program(recipe, rows.source))
    for question in STEPS:
        if place := beat.reserved_place(question):
            with place:
                _write(beat, question, pieces)


def write_own(beat: Beat, question: str, recipe: Recipe, source: Source) -> None:
    """Write the lines that a question adds, as far as it knows the recipe itself; later ones may not be drawn."""
    if beat.fits_screen:
        _write(beat, question, code_export.steps(code_export.keras_program(recipe, source)))
    else:
        beat.reserve()


def _write(beat: Beat, question: str, pieces: Mapping[str, str]) -> None:
    st.caption(beat.word("step_adds"))
    st.code("\n".join(pieces[step] for step in STEPS[question]), language="python", wrap_lines=True)
