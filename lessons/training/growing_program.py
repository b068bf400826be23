"""The program of the page, which grows by a piece with every part."""

import streamlit as st

from dlcore import programs
from dlcore.recipe import Recipe
from lessons.training.rows import Given
from ui.beat import Beat

STEPS = {"data": ("data",), "model": ("declare", "layers"), "compile": ("compile",), "fit": ("fit", "evaluate")}
"""Which pieces of the program each beat adds."""


def place(beat: Beat) -> None:
    """Where the lines of this beat will stand once the whole recipe is known."""
    if beat.lesson.shows(beat.name):
        beat.lesson.places[beat.name] = st.container()


def grow(beat: Beat, data: Given, recipe: Recipe) -> None:
    """Write beside every beat the lines that it adds to the program."""
    pieces = programs.steps(programs.keras_program(recipe, data.source))
    for name, wanted in STEPS.items():
        if name in beat.lesson.places:
            with beat.lesson.places[name]:
                st.caption(beat.word("step_adds"))
                st.code("\n".join(pieces[step] for step in wanted), language="python", wrap_lines=True)
