"""Predict first: a reader commits to a guess before a run is shown, and is told whether it was right, and why.

A guess leaves a result code behind, with which a class can be asked without any server remembering anything, and a
tally for the reader alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from ui.controls.page_state import PageState
from ui.controls.widgets import Say
from ui.quiz import result_codes


@dataclass
class Guess:
    """What was guessed, for which settings; ``fresh`` until the run has been shown once."""

    choice: str
    settings: dict[str, Any]
    fresh: bool = True


@dataclass(frozen=True)
class Question:
    """What a beat asks: a word, the words to choose from, a sentence that says why, and the settings.

    truths: the words that are right, in the order of the choices: several where they tie.
    """

    page: str
    beat: str
    word: str
    choices: Sequence[str]
    truths: tuple[str, ...]
    because: str
    settings: dict[str, Any]

    def exercise(self, settings: Mapping[str, Any] | None = None) -> str:
        """The exercise's name for result codes; ``settings`` are those it was answered for."""
        asked = self.settings if settings is None else settings
        return result_codes.exercise(self.page, self.beat, self.word, list(self.choices), sorted(asked.items()))


def ask(state: PageState, question: Question, say: Say, collecting: bool) -> bool:
    """Draw the question or the verdict; True once the run may be shown. ``collecting``: and a place for codes.

    A guess counts for the settings it was made for. When they change afterwards the run stays open for exploring, and
    the reader may ask for a new question.
    """
    beat, guess = question.beat, state.guesses.get(question.beat)
    if guess is None:
        widget = f"predict-{beat}"
        st.pills(
            say(question.word),
            list(question.choices),
            format_func=say,
            key=widget,
            wrap=True,
            on_change=_guessed,
            args=(state, question, widget),
        )
    elif guess.settings != question.settings:
        st.button(
            say("predict_again"),
            on_click=ask_again,
            args=(state, beat),
            key=f"again-{beat}",
            icon=":material/psychology_alt:",
        )
    else:
        _verdict(state, question, guess, say)
    if collecting:
        _collect(question, say, told=guess is not None)
    return guess is not None


def _verdict(state: PageState, question: Question, guess: Guess, say: Say) -> None:
    # a list begins on a line of its own, or its first dash would stand in the sentence
    because = ("\n\n" if question.because.startswith("- ") else " ") + question.because
    if guess.choice in question.truths:
        verdict = say("guess_right", guess=say(guess.choice))
        if ties := [say(each) for each in question.truths if each != guess.choice]:
            verdict += " " + say("right_as_well", others=", ".join(ties))
        st.success(f"**{verdict}**{because}", icon=":material/check_circle:")
    else:
        verdict = say("guess_wrong", guess=say(guess.choice), truth=", ".join(map(say, question.truths)))
        st.info(f"**{verdict}**{because}", icon=":material/lightbulb:")
    code = result_codes.written(question.exercise(), list(question.choices).index(guess.choice), me())
    counts = Counter(outcomes(state).values())
    tally = say("tally", **{name: counts[name] for name in OUTCOMES})
    st.caption(f"{say('result_code', code=code)} · {tally}", help=say("result_code_help"))


def me() -> int:
    """This session's number in result codes."""
    return st.session_state.setdefault("somebody", result_codes.somebody())


def _guessed(state: PageState, question: Question, widget: str) -> None:
    choice = st.session_state[widget]
    state.guesses[question.beat] = Guess(choice, question.settings)
    state.answers.setdefault((question.beat, question.word), []).append(choice in question.truths)
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


# ---- for oneself -----------------------------------------------------------------------------------------------------

OUTCOMES = ("right", "corrected", "wrong")


def outcomes(state: PageState) -> dict[tuple[str, str], str]:
    """What became of every question of a page: right at once, corrected later, or wrong so far (see OUTCOMES)."""
    return {
        question: "right" if answers[0] else "corrected" if any(answers) else "wrong"
        for question, answers in state.answers.items()
    }


# ---- for a class -----------------------------------------------------------------------------------------------------


def _collect(question: Question, say: Say, told: bool) -> None:
    """A place to paste a class's result codes, and how its guesses are spread; the truth only once it is ``told``."""
    key = f"collect-{question.beat}"
    with st.expander(say("collect"), on_change="rerun", key=key, icon=":material/groups:") as opened:
        if not opened.open:
            return
        st.caption(say("collect_help"))
        pasted = st.text_area(say("collect_codes"), key=f"{key}-codes", height=100, placeholder="7K3M-9QX2-41TD")
        found = result_codes.collected(pasted, question.exercise())
        if pasted.strip():
            st.markdown(collected_said(found, say))
        if found.total:
            st.dataframe(_spread(found, question, say, told), hide_index=True, alt=say("collect"), column_config=_BARS)


_BARS = {"%": st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="percent")}


def _spread(found: result_codes.Collected, question: Question, say: Say, told: bool) -> pd.DataFrame:
    mark = dict.fromkeys(question.truths if told else (), " ✓")
    rows = result_codes.shares(found, question.choices)
    return pd.DataFrame(
        {
            say("guess_column"): [say(choice) + mark.get(choice, "") for choice, _, _ in rows],
            "n": [count for _, count, _ in rows],
            "%": [share for _, _, share in rows],
        }
    )


def collected_said(found: result_codes.Collected, say: Say) -> str:
    """How many codes count, and why the others do not, in the reader's words."""
    parts = [say("collect_counted", count=found.total)]
    left_out = {"collect_repeated": found.repeated, "collect_other": found.other, "collect_wrong": found.wrong}
    parts += [say(word, count=count) for word, count in left_out.items() if count]
    if found.unread_count:
        shown = ", ".join(f"`{word[:20]}`" for word in found.unread)
        parts.append(say("collect_unread", count=found.unread_count, shown=shown))
    return " ".join(parts)
