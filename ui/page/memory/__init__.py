"""Memory: what a visitor's own browser brings back when a page is loaded anew; no server keeps it.

Of every question the browser keeps the guess, what became of the answers, the goals that were reached and what the
question itself wants kept, and once the student's number in result codes. Settings are not among it: they stand in the
address. A browser that has something says so once a visit; whatever it says may have been written by anybody, so each
part is taken only if it can be right. What this visit knows already is not replaced.
"""

import json
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from ui.controls.page_state import PageState, state_of
from ui.controls.widgets import Say, widget_key
from ui.page import navigation
from ui.page.stage import beats_of
from ui.quiz import goals, prediction, result_codes
from ui.text import texts

_HERE = Path(__file__).parent
_browser = component(
    "lesson_memory",
    html="<span hidden></span>",
    css=":host { display: none }",
    js=(_HERE / "memory.js").read_text(encoding="utf-8"),
)
VERSION = 1
ME = "me"
"""The name under which the browser keeps the student's number."""
MOST_CHARACTERS = 2000
"""How long what is kept of one question may be."""
MOST_NAMES = 200
MOST_ANSWERS, MOST_QUESTIONS, MOST_NUMBERS = 20, 8, 20
VISIT, SETTLED, FORGOTTEN = "memory_visit", "memory_settled", "memory_forgotten"


@dataclass(frozen=True)
class Memory:
    """What is remembered of one question.

    guess: what was guessed, and the digest of what it was guessed about. answers: by question, whether each guess was
    right. numbers: what the question itself wanted kept.
    """

    guess: tuple[str, str] | None = None
    answers: Mapping[str, list[bool]] = field(default_factory=dict)
    goals: tuple[str, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)


# ---- written and read ------------------------------------------------------------------------------------------------


def as_text(memory: Memory) -> str:
    """A memory as the browser keeps it; "" if there is nothing to be kept, or too much."""
    if memory == Memory():
        return ""
    answers = {word: "".join("01"[one] for one in _shortened(each)) for word, each in memory.answers.items()}
    parts = {"v": VERSION, "guess": memory.guess, "answers": answers, "goals": memory.goals, "numbers": memory.numbers}
    text = json.dumps(parts, separators=(",", ":"))
    return text if len(text) <= MOST_CHARACTERS else ""


def _shortened(answers: list[bool]) -> list[bool]:
    """As many answers as are kept: whether the first one was right, and whether any, stays as it is."""
    if len(answers) <= MOST_ANSWERS:
        return answers
    return [*answers[: MOST_ANSWERS - 1], any(answers[MOST_ANSWERS - 1 :])]


def read(text: Any, page: str) -> Memory:
    """What a browser's text about a question of a page says, as far as it can be right."""
    parts = _json(text)
    if parts.get("v") != VERSION:
        return Memory()
    words = texts.words()
    answers, reached = parts.get("answers"), parts.get("goals")
    answers = answers if isinstance(answers, dict) else {}
    reached = reached if isinstance(reached, list) else []
    return Memory(
        _guess(parts.get("guess")),
        {
            word: [digit == "1" for digit in digits]
            for word, digits in list(answers.items())[:MOST_QUESTIONS]
            if word in words and isinstance(digits, str) and 0 < len(digits) <= MOST_ANSWERS and set(digits) <= {*"01"}
        },
        tuple(word for word in goals.of_page(page) if word in reached),
        _numbers(parts.get("numbers")),
    )


def _json(text: Any) -> dict[str, Any]:
    """An object written as JSON; an empty one if the text is no such thing."""
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _guess(found: Any) -> tuple[str, str] | None:
    if not isinstance(found, list) or len(found) != 2 or not all(isinstance(part, str) for part in found):
        return None
    # whether it is one of the choices is known when the question is put
    return found[0], found[1]


def _numbers(found: Any) -> dict[str, float]:
    if not isinstance(found, dict) or len(found) > MOST_NUMBERS:
        return {}
    return {name: number for name, number in found.items() if _is_finite(number)}


def _is_finite(number: Any) -> bool:
    plain = isinstance(number, int | float) and not isinstance(number, bool)
    return plain and abs(number) < 1e9 and math.isfinite(number)


def student(text: Any) -> int | None:
    """A student's number in result codes; None if the text is no such number."""
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 12:
        return None
    return int(text) if int(text) < result_codes.STUDENTS else None


# ---- a visit's state -------------------------------------------------------------------------------------------------


def of_beat(state: PageState, beat: str) -> Memory:
    """What is to be remembered of a question."""
    made = state.guesses.get(beat)
    if made and made.choice == prediction.UNCOMMITTED:
        # revealed to a class: nobody's guess
        made = None
    guess = (made.choice, prediction.digest(made.identity)) if made else state.remembered_guesses.get(beat)
    answers = {word: each for (where, word), each in state.answers.items() if where == beat}
    reached = tuple(word for word, where in state.goals_reached.items() if where == beat)
    return Memory(guess, answers, reached, state.kept_numbers.get(beat, {}))


def restore(state: PageState, beat: str, memory: Memory) -> None:
    """Give a visit back what is remembered of a question, where it knows nothing of it yet."""
    if memory.guess and beat not in state.guesses:
        state.remembered_guesses.setdefault(beat, memory.guess)
    for word, answers in memory.answers.items():
        state.answers.setdefault((beat, word), list(answers))
    for word in memory.goals:
        state.goals_reached.setdefault(word, beat)
    if memory.numbers:
        state.kept_numbers.setdefault(beat, dict(memory.numbers))


def restore_all(said: Any) -> None:
    """Give this visit back what its browser says: texts by name, ``page.beat`` or ME."""
    if not isinstance(said, dict) or len(said) > MOST_NAMES:
        return
    if (number := student(said.get(ME))) is not None:
        st.session_state.setdefault(prediction.SOMEBODY, number)
    for page in navigation.topics():
        for beat in beats_of(page.script):
            if (text := said.get(f"{page.name}.{beat}")) is not None:
                restore(state_of(page.name), beat, read(text, page.name))


# ---- the browser -----------------------------------------------------------------------------------------------------


def listen() -> None:
    """Let the browser say what it has kept, once a visit; if that is nothing, it says nothing."""
    data = {"visit": _visit(), "settled": _is_settled(), "forgotten": st.session_state.get(FORGOTTEN, "")}
    _browser(key="memory-listens", data=data, on_kept_change=_on_message)


def _on_message() -> None:
    st.session_state[SETTLED] = True
    restore_all(st.session_state["memory-listens"].kept)


def save(state: PageState, page: str, beat: str) -> None:
    """Let the browser keep what is known of a question now."""
    texts_by_name = {f"{page}.{beat}": as_text(of_beat(state, beat))}
    if (number := st.session_state.get(prediction.SOMEBODY)) is not None:
        texts_by_name[ME] = str(number)
    data = {"visit": _visit(), "settled": _is_settled(), "saves": texts_by_name}
    _browser(key=f"memory-saves-{beat}", data=data, on_kept_change=lambda: None)


def _visit() -> str:
    """A name for this visit, by which a browser knows whether it has been asked already."""
    return st.session_state.setdefault(VISIT, secrets.token_hex(8))


def _is_settled() -> bool:
    return st.session_state.get(SETTLED, False)


def forget_button(page: str, say: Say) -> None:
    """A button that forgets it, in the browser and in this visit."""
    st.button(say("forget"), on_click=_forget, key=widget_key(page, "", "forget"), icon=":material/delete:")
    st.caption(say("forget_said"))


def _forget() -> None:
    st.session_state[FORGOTTEN] = secrets.token_hex(8)
    # from now on the visit knows better than the browser
    st.session_state[SETTLED] = True
    st.session_state.pop(prediction.SOMEBODY, None)
    for state in st.session_state.get("pages", {}).values():
        guesses = (state.guesses, state.remembered_guesses, state.earlier_guesses)
        for part in (*guesses, state.answers, state.goals_reached, state.kept_numbers):
            part.clear()
