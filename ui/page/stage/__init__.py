"""The stage: which question of a page is shown, and the ways from one to another.

It is a matter of the address alone (``?beat=two_weights``, ``?all=1``), so a link opens it, Back and Forward go through
it, and everything that is set stays. An address that names no question opens at the first whose controls it sets.
On the page of all (``all=1``) a question is drawn when it comes near the screen, for a printer (``all=print``) at once.
"""

import ast
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from ui.controls import page_state
from ui.controls.kinds import Choice, Switch
from ui.controls.page_state import PageState
from ui.controls.widgets import Say
from ui.page import navigation
from ui.page.navigation import Page

_HERE = Path(__file__).parent
STYLE = _HERE / "stage.css"
"""The look of a question, of the row above it and of the list in the menu."""

_moves = component(
    "lesson_stage",
    html="<span hidden></span>",
    css=":host { display: none }",
    js=(_HERE / "stage.js").read_text(encoding="utf-8"),
)
PRESENT_KEY, BEAT_KEY, ALL_KEY = page_state.PLACE_KEYS
ONE, ALL, PRINT = "0", "1", "print"
ALL_KIND = Choice(ONE, (ONE, ALL, PRINT))
"""Whether one question is shown, or all, or all for a printer."""

PUTS = {"lesson.question", "lesson.part"}
"""What a page calls to put a question."""

BACK, ON, REVEAL = "stage-back", "stage-on", "stage-reveal"
"""Keys of the buttons that a clicker presses."""


@dataclass(frozen=True)
class Stage:
    """What of a page's questions is shown.

    beats: all of the page, in their order. beat: the one that is shown, "" while it is not known which of them has the
    controls that the address sets. whole: all are shown, one below the other. presenting: large and without the frame.
    at_once: what is shown is drawn at once, and not when it comes near the screen.
    """

    beats: tuple[str, ...]
    beat: str
    whole: bool = False
    presenting: bool = False
    at_once: bool = True

    @property
    def place(self) -> int:
        """The place of the question that is shown, from 0."""
        return self.beats.index(self.beat)

    def shows(self, beat: str) -> bool:
        """Whether a question is shown."""
        return self.whole or beat == self.beat

    @property
    def following(self) -> str:
        """The question after the one that is shown; "" if there is none, or if it is not known which one is shown."""
        return self.beats[self.place + 1] if self.beat in self.beats[:-1] else ""

    def follows(self, beat: str) -> bool:
        """Whether a question may be drawn ahead as the next one; a clicker's buttons may be on a page only once."""
        return beat == self.following and not self.whole and not self.presenting


def beats_of(script: Path) -> tuple[str, ...]:
    """The names of a page's questions in their order, told from its script before that has run."""
    return _beats(script, script.stat().st_mtime_ns) if script.exists() else ()


@lru_cache(maxsize=32)
def _beats(script: Path, _saved: int) -> tuple[str, ...]:
    body = ast.parse(script.read_text(encoding="utf-8")).body
    calls = [one.value for one in body if isinstance(one, ast.Expr | ast.Assign) and isinstance(one.value, ast.Call)]
    return tuple(
        ast.unparse(call.args[0]).rpartition(".")[2] for call in calls if ast.unparse(call.func) in PUTS and call.args
    )


def stage_of(page: Page, state: PageState) -> Stage | None:
    """What the address asks for; None for a page without questions."""
    beats = beats_of(page.script) if page.number else ()
    if not beats:
        return None
    presenting = page_state.value(state, PRESENT_KEY, Switch(False))
    view = page_state.value(state, ALL_KEY, ALL_KIND)
    whole = view != ONE and not presenting
    if not whole:
        state.drawn_beats.clear()
    state.drawn_ahead = ""
    asked = state.unread_texts.get(BEAT_KEY, "")
    if asked and asked not in beats:
        del state.unread_texts[BEAT_KEY]
        state.notes.append(page_state.Note("address_no_question", BEAT_KEY, asked))
    beat = page_state.value(state, BEAT_KEY, place_kind(beats)) or state.opened_at
    if not beat and (whole or not asked_controls(state)):
        beat = beats[0]
    if whole:
        # where the reader begins: it need not ask first
        state.drawn_beats.add(beat)
    return Stage(beats, beat, whole, presenting, at_once=not whole or view == PRINT)


def place_kind(beats: tuple[str, ...]) -> Choice:
    """The kind of the place in the address; "" is where an address that names none leads to."""
    return Choice("", ("", *beats))


def asked_controls(state: PageState) -> set[str]:
    """The keys that the address sets and no control has read yet, but for those of the whole page."""
    return set(state.unread_texts) - {"predict"}


# ---- going from one to another ---------------------------------------------------------------------------------------


def show(state: PageState, beats: tuple[str, ...], beat: str) -> None:
    """Put a question on the stage, for use in callbacks."""
    page_state.set_value(state, BEAT_KEY, place_kind(beats), beat)
    page_state.set_value(state, ALL_KEY, ALL_KIND, ONE)
    state.ahead_of_address = True


def _view(state: PageState, view: str) -> None:
    page_state.set_value(state, ALL_KEY, ALL_KIND, view)
    state.ahead_of_address = True


def listen(now: Stage, clicker: bool) -> None:
    """Start a new question at its top; on the page of all, go to the one that is named, unless it is the first.

    clicker: its keys go through the question (reveal, play) and on; else the arrows go from one question to the next.
    """
    beat = now.beat if now.place or not now.whole else ""
    keys = {"back": BACK, "on": ON, "reveal": REVEAL}
    _moves(key="stage", data=keys | {"beat": beat, "next": now.following, "whole": now.whole, "clicker": clicker})


def menu(now: Stage, state: PageState, heading: Callable[[str], str]) -> None:
    """The questions of the page, to be drawn beneath its name in the menu; those that were answered have a tick."""
    answered = answered_beats(state)
    with st.container(key="stage-menu", gap=None):
        for beat in now.beats:
            st.button(
                f"**{heading(beat)}**" if now.shows(beat) and not now.whole else heading(beat),
                key=f"stage-menu-{beat}",
                type="tertiary",
                icon=":material/check:" if beat in answered else None,
                on_click=show,
                args=(state, now.beats, beat),
            )


def row(now: Stage, state: PageState, title: str, heading: Callable[[str], str], say: Say) -> None:
    """The page's title, its questions as a short row, and the way to all on one page and back."""
    answered = answered_beats(state)
    with st.container(key="stage-row", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.title(title, anchor=False, width="content")
        for k, beat in enumerate(now.beats, start=1):
            here = beat == now.beat and not now.whole
            st.button(
                f"{k} ✓" if beat in answered else str(k),
                key=f"stage-row-{beat}",
                type="primary" if here else "secondary",
                help=heading(beat),
                on_click=show,
                args=(state, now.beats, beat),
            )
        st.button(
            say("stage_one") if now.whole else say("stage_all"),
            key="stage-all",
            type="tertiary",
            icon=":material/crop_portrait:" if now.whole else ":material/view_agenda:",
            on_click=_view,
            args=(state, ONE if now.whole else ALL),
        )
        if now.whole and not now.at_once:
            print_it = {"on_click": _view, "args": (state, PRINT), "icon": ":material/print:"}
            st.button(say("stage_print"), key="stage-print", type="tertiary", help=say("stage_print_help"), **print_it)


def steps(now: Stage, state: PageState, page: Page, language: str, heading: Callable[[str], str], say: Say) -> None:
    """A step back and a step on at the foot of a question; from the ends to the pages before and after."""
    with st.container(key="stage-steps", horizontal=True, horizontal_alignment="distribute", gap="small"):
        before, after = now.place - 1, now.place + 1
        step(now, state, BACK, page, language, heading(now.beats[max(before, 0)]), say)
        step(now, state, ON, page, language, heading(now.beats[min(after, len(now.beats) - 1)]), say)


def step(now: Stage, state: PageState, key: str, page: Page, language: str, label: str, say: Say) -> None:
    """The button BACK or ON; at the ends of a page a link to the page before, at its last question, or after."""
    place = now.place + (1 if key == ON else -1)
    if 0 <= place < len(now.beats):
        st.button(
            label,
            key=key,
            icon=f":material/{'arrow_forward' if key == ON else 'arrow_back'}:",
            icon_position="right" if key == ON else "left",
            on_click=show,
            args=(state, now.beats, now.beats[place]),
        )
    elif neighbour := (navigation.page_after if key == ON else navigation.page_before)(page):
        query = {PRESENT_KEY: "1"} if now.presenting else {}
        if key == BACK:
            query[BEAT_KEY] = beats_of(neighbour.script)[-1]
        word = "next_topic" if key == ON else "previous_topic"
        with st.container(key=key, width="content"):
            navigation.page_link(neighbour, language, say(word, title=neighbour.title(language)), **query)


def answered_beats(state: PageState) -> Collection[str]:
    """The questions of the page that this visitor has answered."""
    return {beat for beat, _ in state.answers}
