"""Challenges: goals that a reader reaches by setting the controls; the page measures the run and says when it did.

A goal's text is a word of the glossary, ``goal_<page>_<name>``, and its hint, which costs nothing, the same with
``_hint`` behind it; so it is known how many goals a page has without opening it. A goal that was reached once stays
reached, whatever is set or reset afterwards, and has a result code.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from ui.controls.page_state import PageState
from ui.controls.widgets import Say, widget_key
from ui.page import navigation
from ui.quiz import prediction, result_codes
from ui.text import texts

PREFIX, HINT = "goal_", "_hint"
REACHED = 1
"""The answer in a goal's result code: there is no other one."""


@dataclass(frozen=True)
class Goal:
    """What is to be reached, whether the run that is shown reaches it, and what was measured of that run.

    word: of the glossary. measured: letters and numbers only, the same in every language. bounds: the numbers in the
    texts of the goal and of its hint.
    """

    word: str
    reached: bool
    measured: str
    bounds: Mapping[str, Any] = field(default_factory=dict)

    def text(self, say: Say) -> str:
        return say(self.word, **self.bounds)

    def hint(self, say: Say) -> str:
        return say(self.word + HINT, **self.bounds)


def of_page(page: str) -> list[str]:
    """The words of a page's goals."""
    return [word for word in texts.words() if word.startswith(f"{PREFIX}{page}_") and not word.endswith(HINT)]


def exercise(page: str, beat: str, word: str) -> str:
    """A goal's name for result codes: whatever the settings are by which it was reached."""
    return result_codes.exercise(page, beat, word)


def code(page: str, beat: str, word: str) -> str:
    """The result code with which this visitor shows that a goal was reached."""
    return result_codes.encode(exercise(page, beat, word), REACHED, prediction.me())


def draw(
    state: PageState, page: str, beat: str, goals: Sequence[Goal], say: Say, *, answered: bool, collecting: bool
) -> None:
    """The goals of a beat, one click away. They count once its question is ``answered``, for before that the run is
    not shown. ``collecting``: and a place for a class's codes."""
    key = widget_key(page, beat, "goals")
    for goal in goals:
        if answered and goal.reached and goal.word not in state.goals_reached:
            state.goals_reached[goal.word] = beat
            st.toast(f"**{say('goal_reached')}** {goal.text(say)}", icon=":material/emoji_events:")
            # the title is about to change, and an expander with another title is another one, which would be closed
            st.session_state[key] = st.session_state.get(key, False)
    count = sum(goal.word in state.goals_reached for goal in goals)
    title = say("goals", reached=count, all=len(goals))
    with st.expander(title, on_change="rerun", key=key, icon=":material/flag:") as opened:
        if not opened.open:
            return
        if not answered:
            st.caption(say("goals_wait"))
        for goal in goals:
            _goal(state, page, beat, goal, say, answered)
        if collecting:
            _collect(page, beat, goals, say)


def _goal(state: PageState, page: str, beat: str, goal: Goal, say: Say, answered: bool) -> None:
    """One goal: its mark and text, what is measured now, the hint, and the code once it is reached."""
    done = goal.word in state.goals_reached
    mark = ":green[:material/check_circle:]" if done else ":material/radio_button_unchecked:"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{mark} **{goal.text(say)}**", width="stretch")
        with st.popover(say("goal_hint"), type="tertiary", key=f"{goal.word}-popover"):
            st.markdown(goal.hint(say))
    parts = [say("goal_now", measured=goal.measured)] if answered else []
    parts += [say("result_code", code=code(page, beat, goal.word))] if done else []
    if parts:
        st.caption(" · ".join(parts))


def _collect(page: str, beat: str, goals: Sequence[Goal], say: Say) -> None:
    """A place to paste a class's codes, and by goal how many have reached it."""
    key = widget_key(page, beat, "goals-codes")
    st.caption(say("goal_codes_help"))
    pasted = st.text_area(say("collect_codes"), key=key, height=100, placeholder="7K3M-9QX2-41TD")
    if not pasted.strip():
        return
    counts, left_out = class_counts(pasted, page, beat, [goal.word for goal in goals])
    if left_out:
        st.caption(say("goal_codes_left_out", count=left_out))
    names = [goal.text(say) for goal in goals]
    table = pd.DataFrame({say("goal_column"): names, "n": list(counts.values())})
    st.dataframe(table, hide_index=True, alt=say("goals", reached=sum(map(bool, counts.values())), all=len(goals)))


def class_counts(pasted: str, page: str, beat: str, words: Sequence[str]) -> tuple[dict[str, int], int]:
    """By goal, how many students have reached it, and how many codes or pieces of codes belong to none of them."""
    found = {word: result_codes.count(pasted, exercise(page, beat, word)) for word in words}
    counts = {word: each.counts.get(REACHED, 0) for word, each in found.items()}
    one = next(iter(found.values()))
    all_codes = one.total + one.duplicates + one.other_exercise + one.invalid
    taken = sum(counts.values()) + sum(each.duplicates for each in found.values())
    return counts, all_codes - taken + one.unreadable_count


# ---- over the course -------------------------------------------------------------------------------------------------


def rows_by_topic(language: str) -> list[dict[str, str | int]]:
    """A row for every topic: goals reached and how many there are, what became of its questions, and the codes.

    Empty as long as this visitor has neither reached a goal nor answered a question.
    """
    states: dict[str, PageState] = st.session_state.get("pages", {})
    rows: list[dict[str, str | int]] = []
    for page in navigation.topics():
        state = states.get(page.name, PageState())
        answers = Counter(prediction.outcomes(state).values())
        mine = {"topic": f"{page.number}. {page.title(language)}", "goals_reached": len(state.goals_reached)}
        mine |= {"goals": len(of_page(page.name))} | {name: answers[name] for name in prediction.OUTCOMES}
        codes = [code(page.name, beat, word) for word, beat in state.goals_reached.items()]
        rows.append(mine | {"codes": " ".join(codes)})
    nothing = not any(row["goals_reached"] or any(row[name] for name in prediction.OUTCOMES) for row in rows)
    return [] if nothing else rows


def progress(language: str, say: Say) -> None:
    """How far this visitor has come in the course; nothing before anything was done."""
    rows = rows_by_topic(language)
    if not rows:
        return
    table = pd.DataFrame(rows)
    with st.container(border=True, key="progress"):
        st.markdown(f"**{say('progress')}**")
        goals, reached = int(sum(table["goals"])), int(sum(table["goals_reached"]))
        right, corrected, wrong = (int(sum(table[name])) for name in prediction.OUTCOMES)
        told = say("progress_said", reached=reached, goals=goals, right=right, corrected=corrected, wrong=wrong)
        st.progress(reached / max(1, goals), told)
        share = (table["goals_reached"].astype(str) + " / " + table["goals"].astype(str)).tolist()
        columns = {say("topic_column"): table["topic"], say("goal_column"): share}
        columns |= {say(f"progress_{name}"): table[name] for name in prediction.OUTCOMES}
        st.dataframe(pd.DataFrame(columns), hide_index=True, alt=say("progress"))
        csv = table.to_csv(index=False)
        st.download_button(
            say("as_csv"),
            csv,
            file_name="progress.csv",
            mime="text/csv",
            key="progress-csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.caption(say("progress_kept"))
