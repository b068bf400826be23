"""Predict first: a reader commits to a guess before a run is shown, and is told whether it was right, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.address import PageState
from ui.controls import Say


@dataclass
class Guess:
    """What was guessed, for which settings; ``fresh`` until the run has been shown once."""

    choice: str
    settings: dict[str, Any]
    fresh: bool = True


def ask(
    state: PageState,
    beat: str,
    say: Say,
    question: str,
    choices: Sequence[str],
    truth: str,
    because: str,
    settings: dict[str, Any],
) -> bool:
    """Draw the question or the verdict; True once the run may be shown.

    A guess counts for the settings it was made for. When they change afterwards the run stays open for exploring, and
    the reader may ask for a new question.
    """
    guess = state.guesses.get(beat)
    if guess is None:
        widget = f"predict-{beat}"
        st.pills(
            say(question),
            list(choices),
            format_func=say,
            key=widget,
            wrap=True,
            on_change=_guessed,
            args=(state, beat, widget, settings),
        )
        return False
    if guess.settings != settings:
        st.button(
            say("predict_again"),
            on_click=ask_again,
            args=(state, beat),
            key=f"again-{beat}",
            icon=":material/psychology_alt:",
        )
    elif guess.choice == truth:
        st.success(f"**{say('guess_right', guess=say(guess.choice))}** {because}", icon=":material/check_circle:")
    else:
        verdict = say("guess_wrong", guess=say(guess.choice), truth=say(truth))
        st.info(f"**{verdict}** {because}", icon=":material/lightbulb:")
    return True


def _guessed(state: PageState, beat: str, widget: str, settings: dict[str, Any]) -> None:
    state.guesses[beat] = Guess(st.session_state[widget], settings)
    state.touched = True


def ask_again(state: PageState, beat: str) -> None:
    """Forget the guess of a beat, so that the question is put again."""
    state.guesses.pop(beat, None)
    state.touched = True


def just_answered(state: PageState, beat: str) -> bool:
    """Whether the guess of a beat was made in this run; only once true."""
    guess = state.guesses.get(beat)
    fresh = guess is not None and guess.fresh
    if guess is not None:
        guess.fresh = False
    return fresh
