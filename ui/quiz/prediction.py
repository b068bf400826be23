"""Predict first: a reader commits to a guess before a run is shown, and is told whether it was right, and why.

A guess leaves a result code behind, with which a class can be asked without any server remembering anything, and a
tally for the reader alone.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from ui.controls.page_state import PageState
from ui.controls.widgets import Say
from ui.question import Question
from ui.quiz import result_codes

SOMEBODY = "somebody"
"""Where a session has its number for result codes."""


@dataclass
class Guess:
    """What was guessed, for which setup; ``fresh`` until the run has been shown once."""

    choice: str
    identity: str
    fresh: bool = True


@dataclass(frozen=True)
class Exercise:
    """A question as it is put on a page, for one setup, which ``identity`` tells from all others."""

    page: str
    beat: str
    question: Question
    identity: str

    @property
    def name(self) -> str:
        """The name for result codes: equal for equal questions about equal setups, on any machine."""
        asked = self.question
        return result_codes.exercise(self.page, self.beat, asked.word, list(asked.choices), self.identity)

    def key(self, word: str) -> str:
        """The name of a widget of this exercise in the browser."""
        return f"{word}-{self.page}.{self.beat}"


UNCOMMITTED = ""
"""The choice of whoever had the answer revealed without a guess of their own."""


def ask(state: PageState, exercise: Exercise, because: Callable[[], str], say: Say, reveals: str = "") -> bool:
    """Draw the question or the verdict; True once the run may be shown.

    because: makes the sentence that says why. reveals: the key of a button that reveals the answer
    without a guess, for a class whose guesses nobody enters. A guess counts for the setup it was made for. When that
    changes afterwards the run stays open for exploring, and the reader may ask for a new question.
    """
    beat, question = exercise.beat, exercise.question
    recall(state, beat, question, exercise.identity)
    guess = state.guesses.get(beat)
    if guess is None:
        widget = exercise.key("predict")
        with st.container(key=exercise.key("ask"), horizontal=True, gap="small", vertical_alignment="bottom"):
            st.pills(
                say(question.word),
                list(question.choices),
                format_func=say,
                key=widget,
                wrap=True,
                width="stretch",
                on_change=_on_guess,
                args=(state, exercise, widget),
            )
            if reveals:
                st.button(say("reveal"), key=reveals, on_click=_reveal, args=(state, exercise), icon=":material/key:")
    elif guess.identity != exercise.identity:
        st.button(
            say("predict_again"),
            on_click=ask_again,
            args=(state, beat),
            key=exercise.key("again"),
            icon=":material/psychology_alt:",
        )
    else:
        _verdict(exercise, guess, because(), say)
    return guess is not None


def _verdict(exercise: Exercise, guess: Guess, reason: str, say: Say) -> None:
    """One sentence that answers the question, and one click away why, with all figures."""
    question = exercise.question
    right, truth = guess.choice in question.truths, ", ".join(map(say, question.truths))
    if guess.choice == UNCOMMITTED:
        verdict = say("truth_said", truth=truth)
    elif right:
        verdict = say("guess_right", guess=say(guess.choice))
        if ties := [say(each) for each in question.truths if each != guess.choice]:
            verdict += " " + say("right_as_well", others=", ".join(ties))
    else:
        verdict = say("guess_wrong", guess=say(guess.choice), truth=truth)
    with st.container(key=exercise.key("verdict"), horizontal=True, gap="small", vertical_alignment="center"):
        if right:
            st.success(f"**{verdict}**", icon=":material/check_circle:")
        else:
            st.info(f"**{verdict}**", icon=":material/lightbulb:")
        with st.popover(say("why"), type="tertiary", key=exercise.key("why"), icon=":material/help:"):
            st.markdown(reason)


def _reveal(state: PageState, exercise: Exercise) -> None:
    # what plays is another press of the clicker
    state.guesses[exercise.beat] = Guess(UNCOMMITTED, exercise.identity, fresh=False)
    state.ahead_of_address = True


def code_line(state: PageState, exercise: Exercise, say: Say) -> None:
    """The code of a guess that counts for this setup, for a class, and for the reader how they have done so far."""
    guess = state.guesses.get(exercise.beat)
    if guess is None or guess.identity != exercise.identity or guess.choice == UNCOMMITTED:
        return
    code = result_codes.encode(exercise.name, list(exercise.question.choices).index(guess.choice), me())
    counts = Counter(outcomes(state).values())
    tally = say("tally", **{name: counts[name] for name in OUTCOMES})
    st.caption(f"{say('result_code', code=code)} · {tally}", help=say("result_code_help"))


def me() -> int:
    """This session's number in result codes."""
    return st.session_state.setdefault(SOMEBODY, result_codes.random_student())


def digest(identity: str) -> str:
    """A few letters that tell a setup from others, for a browser to keep."""
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def recall(state: PageState, beat: str, question: Question, identity: str) -> None:
    """Take up a guess made for this setup, if nothing was guessed since: from before Back, or kept by the browser."""
    earlier: Guess | None = state.earlier_guesses.get(beat)
    if beat not in state.guesses and earlier is not None and earlier.identity == identity:
        state.guesses[beat] = state.earlier_guesses.pop(beat)
    choice, made_for = state.remembered_guesses.get(beat, ("", ""))
    if beat not in state.guesses and choice in question.choices and made_for == digest(identity):
        state.guesses[beat] = Guess(choice, identity, fresh=False)
        del state.remembered_guesses[beat]


def _on_guess(state: PageState, exercise: Exercise, widget: str) -> None:
    choice, question = st.session_state[widget], exercise.question
    _forget(state, exercise.beat)
    state.guesses[exercise.beat] = Guess(choice, exercise.identity)
    state.answers.setdefault((exercise.beat, question.word), []).append(choice in question.truths)
    state.ahead_of_address = True


def ask_again(state: PageState, beat: str) -> None:
    """Forget the guess of a beat, so that the question is put again."""
    _forget(state, beat)
    state.ahead_of_address = True


def _forget(state: PageState, beat: str) -> None:
    for guesses in (state.guesses, state.remembered_guesses, state.earlier_guesses):
        guesses.pop(beat, None)


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


def collect(exercise: Exercise, say: Say, answered: bool) -> None:
    """A place to paste a class's result codes, and how its guesses are spread; the truth only once ``answered``."""
    key = exercise.key("collect")
    with st.expander(say("collect"), on_change="rerun", key=key, icon=":material/groups:") as opened:
        if not opened.open:
            return
        st.caption(say("collect_help"))
        pasted = st.text_area(say("collect_codes"), key=f"{key}-codes", height=100, placeholder="7K3M-9QX2-41TD")
        found = result_codes.count(pasted, exercise.name)
        if pasted.strip():
            st.markdown(collected_said(found, say))
        if found.total:
            st.dataframe(
                _spread(found, exercise.question, say, answered),
                hide_index=True,
                alt=say("collect"),
                column_config=_BARS,
            )


_BARS = {"%": st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="percent")}


def _spread(found: result_codes.CodeCounts, question: Question, say: Say, answered: bool) -> pd.DataFrame:
    mark = dict.fromkeys(question.truths if answered else (), " ✓")
    rows = result_codes.shares(found, question.choices)
    return pd.DataFrame(
        {
            say("guess_column"): [say(choice) + mark.get(choice, "") for choice, _, _ in rows],
            "n": [count for _, count, _ in rows],
            "%": [share for _, _, share in rows],
        }
    )


def collected_said(found: result_codes.CodeCounts, say: Say) -> str:
    """How many codes count, and why the others do not, in the reader's words."""
    parts = [say("collect_counted", count=found.total)]
    left_out = {
        "collect_repeated": found.duplicates,
        "collect_other": found.other_exercise,
        "collect_wrong": found.invalid,
    }
    parts += [say(word, count=count) for word, count in left_out.items() if count]
    if found.unreadable_count:
        shown = ", ".join(f"`{word[:20]}`" for word in found.unreadable)
        parts.append(say("collect_unread", count=found.unreadable_count, shown=shown))
    return " ".join(parts)
