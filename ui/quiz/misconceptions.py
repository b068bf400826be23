"""Misconceptions: what lecture notes often claim, the fact, and the experiment on the page that decides.

A page's prose has them as sections ``check_<beat>``, ``check_<beat>_2`` …: three paragraphs (the claim, the fact, the
experiment) and at the end, each in a line of its own: if the experiment is one of settings, ``set: key=value,
key=value`` as an address has them; and if a beat has several, ``mends: question``, the question whose wrong answers
come from this claim.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from ui.controls.page_state import PageState
from ui.controls.widgets import Say, widget_key

PREFIX = "check_"
_LAST = re.compile(r"^(set|mends): (\S.*)$", re.MULTILINE)
_SEPARATOR = re.compile(r", *(?=\w+=)")


@dataclass(frozen=True)
class Misconception:
    """A claim and the fact, in a reader's words.

    settings: by key, what an address would say of the experiment; mends: the question whose wrong answers come from the
    claim, "" if the beat has no other claim.
    """

    claim: str
    fact: str
    experiment: str
    settings: tuple[tuple[str, str], ...] = ()
    mends: str = ""


def of_beat(beat: str, sections: Iterable[str]) -> list[str]:
    """The names of the sections that belong to a beat, in the order in which they stand."""
    mine = re.compile(rf"{PREFIX}{beat}(_\d+)?")
    return [name for name in sections if mine.fullmatch(name)]


@lru_cache(maxsize=256)
def parse(section: str) -> Misconception:
    """A section as a correction; ValueError if it does not have its three paragraphs."""
    paragraphs = section.split("\n\n")
    last = {found[1]: found[2] for found in _LAST.finditer(paragraphs[-1])}
    claim, fact, experiment = paragraphs[:-1] if last else paragraphs
    # a value may have commas of its own (who=sgd,adam): only one before the next key divides
    settings = [part.split("=", 1) for part in _SEPARATOR.split(last.get("set", "")) if part]
    read = tuple((key, value.strip()) for key, value in settings)
    return Misconception(claim, fact, experiment, read, last.get("mends", ""))


def mending(question: str, corrections: Iterable[Misconception]) -> list[Misconception]:
    """Those of a beat's corrections that tell whoever has answered a question wrongly why; the only one does."""
    found = list(corrections)
    return found if len(found) == 1 else [each for each in found if each.mends == question]


def draw(
    page: str, beat: str, corrections: Iterable[Misconception], state: PageState, say: Say, *, at_once: bool
) -> None:
    """The closed box of a beat, and a button for every experiment that is a matter of settings.

    at_once: all of it is on the page, to be searched and printed; else nothing is sent before the box is opened.
    """
    elsewhere = False
    key = widget_key(page, beat, "check")
    on_change = "ignore" if at_once else "rerun"
    with st.expander(say("check_note"), on_change=on_change, key=key, icon=":material/fact_check:") as opened:
        for k, each in enumerate(corrections if at_once or opened.open else ()):
            if k:
                st.divider()
            labels = ("check_claim", each.claim), ("check_fact", each.fact), ("check_experiment", each.experiment)
            st.markdown("\n\n".join(f"**{say(word)}** {text}" for word, text in labels))
            if each.settings:
                pressed = st.button(
                    say("check_open"),
                    key=widget_key(page, beat, f"check-{k}"),
                    icon=":material/science:",
                    on_click=open_experiment,
                    args=(state, beat, each.settings),
                    disabled=bool({key for key, _ in each.settings} & (state.locked | state.hidden)),
                )
                owner = {state.labels[key].beat for key, _ in each.settings if key in state.labels}
                elsewhere = elsewhere or (pressed and owner != {beat})
    if elsewhere:
        # a fragment redraws its own beat alone
        st.rerun()


def open_experiment(state: PageState, beat: str, settings: Iterable[tuple[str, str]]) -> None:
    """Set the controls of an experiment as an address would, and the others of its beat to their defaults.

    A guess stays: who has answered may look at other settings. What a teacher's link has taken away stays as it is.
    """
    taken_away = state.locked | state.hidden
    for key in [key for key, label in state.labels.items() if label.beat == beat and key not in taken_away]:
        state.settings.pop(key, None)
    state.unread_texts |= {key: text for key, text in settings if key not in taken_away}
    state.ahead_of_address = True
