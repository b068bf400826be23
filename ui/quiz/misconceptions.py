"""Corrections: what lecture notes often say, what is so, and the experiment on the page that decides between them.

A page's prose has them as sections ``check_<beat>``, ``check_<beat>_2`` …: three paragraphs (the claim, the fact, the
experiment) and, if the experiment is one of settings, a last line ``set: key=value, key=value`` as an address has them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from ui.controls.page_state import PageState
from ui.controls.widgets import Say

PREFIX = "check_"
_SETTINGS = re.compile(r"\n\nset: (\S+=.*)$")
_APART = re.compile(r", *(?=\w+=)")


@dataclass(frozen=True)
class Correction:
    """A claim and the fact, in a reader's words; ``settings``: by key, what an address would say of the experiment."""

    claim: str
    fact: str
    experiment: str
    settings: tuple[tuple[str, str], ...] = ()


def of_beat(beat: str, sections: Iterable[str]) -> list[str]:
    """The names of the sections that belong to a beat, in the order in which they stand."""
    mine = re.compile(rf"{PREFIX}{beat}(_\d+)?")
    return [name for name in sections if mine.fullmatch(name)]


@lru_cache(maxsize=256)
def read(section: str) -> Correction:
    """A section as a correction; ValueError if it does not have its three paragraphs."""
    found = _SETTINGS.search(section)
    body = section[: found.start()] if found else section
    # a value may have commas of its own (who=sgd,adam): only one before the next key divides
    settings = [part.split("=", 1) for part in _APART.split(found[1])] if found else []
    claim, fact, experiment = body.split("\n\n")
    return Correction(claim, fact, experiment, tuple((key, value.strip()) for key, value in settings))


def draw(page: str, beat: str, corrections: Iterable[Correction], state: PageState, say: Say) -> None:
    """The closed box of a beat, and a button for every experiment that is a matter of settings."""
    elsewhere = False
    with st.expander(say("check_note"), icon=":material/fact_check:", key=f"{page}-{beat}-check"):
        for k, each in enumerate(corrections):
            if k:
                st.divider()
            labels = ("check_claim", each.claim), ("check_fact", each.fact), ("check_experiment", each.experiment)
            st.markdown("\n\n".join(f"**{say(word)}** {text}" for word, text in labels))
            if each.settings:
                pressed = st.button(
                    say("check_open"),
                    key=f"{page}-{beat}-check-{k}",
                    icon=":material/science:",
                    on_click=open_experiment,
                    args=(state, beat, each.settings),
                    disabled=bool({key for key, _ in each.settings} & (state.locked | state.hidden)),
                )
                owner = {state.offered[key][0] for key, _ in each.settings if key in state.offered}
                elsewhere = elsewhere or (pressed and owner != {beat})
    if elsewhere:
        # a fragment redraws its own beat alone
        st.rerun()


def open_experiment(state: PageState, beat: str, settings: Iterable[tuple[str, str]]) -> None:
    """Set the controls of an experiment as an address would, and the others of its beat to their defaults.

    A guess stays: who has answered may look at other settings. What a teacher's link has taken away stays as it is.
    """
    taken_away = state.locked | state.hidden
    for key in [key for key, (owner, *_) in state.offered.items() if owner == beat and key not in taken_away]:
        state.kept.pop(key, None)
    state.asked |= {key: text for key, text in settings if key not in taken_away}
    state.touched = True
