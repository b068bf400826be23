"""The cards of the start page: every topic with its picture, what it takes, what is done of it, and the way in."""

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

from ui.controls.page_state import PageState
from ui.controls.widgets import Say
from ui.page import navigation, stage
from ui.page.navigation import Page
from ui.text import texts

MINUTES = 5
"""How long a question takes: to read it, to guess, to watch the run, and to try two or three settings of one's own.

An estimate, and said to be one; nobody is timed.
"""

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Workload:
    """What a topic takes, and how much of it a visitor has done."""

    questions: int
    predictions: int
    """How many of its questions ask for a prediction: some only prepare the next one."""
    predicted: int

    @property
    def minutes(self) -> int:
        """About how long the topic takes."""
        return MINUTES * self.questions


def workload(page: Page, state: PageState) -> Workload:
    """What a page takes, counted from its script and its questions' files, and what was done of it in this visit."""
    beats = stage.beats_of(page.script)
    asking = {beat for beat in beats if _asks(texts.ROOT / "lessons" / page.name / f"{beat}.py")}
    return Workload(len(beats), len(asking), len(asking & set(stage.answered_beats(state))))


def _asks(module: Path) -> bool:
    """Whether the module of a question ever asks for a prediction, told from its source before it has run."""
    return module.exists() and _asks_now(module, module.stat().st_mtime_ns)


@lru_cache(maxsize=128)
def _asks_now(module: Path, _saved: int) -> bool:
    body = ast.parse(module.read_text(encoding="utf-8")).body
    asking = next((one for one in body if isinstance(one, ast.FunctionDef) and one.name == "question"), None)
    calls = [one for one in ast.walk(asking) if isinstance(one, ast.Call)] if asking else []
    return any(ast.unparse(call.func) == "Question" for call in calls)


def draw(language: str, say: Say) -> None:
    """The topics in order, in two columns or in one, as there is room."""
    # a constant of ours, never a visitor's text
    st.html(_HERE / "topic_cards.css")
    states: dict[str, PageState] = st.session_state.get("pages", {})
    with st.container(key="topics"):
        for page in navigation.topics():
            with st.container(border=True, key=f"topic-{page.name}"):
                _card(page, workload(page, states.get(page.name, PageState())), language, say)
    st.caption(say("topic_minutes_rule", minutes=MINUTES))


def _card(page: Page, work: Workload, language: str, say: Say) -> None:
    drawing = page.script.with_suffix(".svg")
    if drawing.exists():
        # the sentence beneath it says the same
        st.image(str(drawing), width="stretch", alt="")
    st.header(f"{page.number}. {page.title(language)}", anchor=False)
    st.markdown(texts.prose(page.text(language)).get("in_a_sentence", ""))
    said = [say("topic_size", questions=work.questions, minutes=work.minutes)]
    if work.predicted:
        mark = "task_alt" if work.predicted == work.predictions else "timelapse"
        done = say("topic_done", predicted=work.predicted, predictions=work.predictions)
        said.append(f":green[:material/{mark}: **{done}**]")
    st.markdown(" · ".join(said))
    word = "go_on_with_topic" if 0 < work.predicted < work.predictions else "open_topic"
    navigation.page_link(page, language, say(word, number=page.number))
