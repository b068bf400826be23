"""Who takes part in a race, and with which learning rates: the controls, and what they say."""

from dataclasses import dataclass

import streamlit as st

from lessons.optimizers.rules import COURSE, LATER, RULES
from ui.beat import Beat
from ui.controls.kinds import Number, Several, Switch

RATE = Number(0.01, 1e-5, 30, log=True)


@dataclass(frozen=True)
class Entry:
    """Who races, and with which rates; ``rates`` is empty if all are tuned alike."""

    names: tuple[str, ...]
    rates: dict[str, float]


def entered(beat: Beat, suffix: str) -> tuple[str, ...]:
    """The racers of the course that the reader has chosen, and whether their rates are to be tuned, in sight."""
    chosen = beat.several(f"who{suffix}", Several(COURSE, COURSE), "racers", named=str)
    beat.switch(f"fair{suffix}", Switch(True), "fair_rates", help=beat.word("fair_rates_help"))
    return chosen


def entry(beat: Beat, suffix: str, chosen: tuple[str, ...]) -> Entry:
    """All that race: those chosen, and later kin; if rates are not tuned, each with a slider of its own.

    If the reader has chosen nobody, plain gradient descent runs alone, and that is said.
    """
    names = chosen + beat.several(f"kin{suffix}", Several((), LATER), "later_kin", named=str)
    if not names:
        st.info(beat.word("nobody_races"))
        names = ("sgd",)
    fair, rates = beat.remembered(f"fair{suffix}", Switch(True)), {}
    for name in RULES:
        if fair or name not in names:
            beat.remembered(f"r{suffix}_{name}", RATE)
        else:
            rates[name] = beat.slider(f"r{suffix}_{name}", RATE, "rate_of", letter=name)
    return Entry(names, rates)


def keys(suffix: str) -> tuple[str, ...]:
    """The controls of an entry."""
    return (f"who{suffix}", f"kin{suffix}", f"fair{suffix}", *(f"r{suffix}_{name}" for name in RULES))
