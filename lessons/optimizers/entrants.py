"""Who takes part in a race, and with which learning rates: the controls, and what they say."""

from dataclasses import dataclass

import streamlit as st

from lessons.optimizers.rules import COURSE, LATER, RULES
from ui.beat import Beat
from ui.controls.kinds import Number, Several, Switch

RATE = Number(0.01, 1e-5, 30, log=True)
FAIR = Switch(True)


@dataclass(frozen=True)
class Entrants:
    """The names of the rules that race, of RULES, and the learning rate of each; no rates if all are tuned alike."""

    names: tuple[str, ...]
    rates: tuple[float, ...] = ()

    @property
    def uses_best_rates(self) -> bool:
        """Whether each gets the best of the rates that are tried for all of them."""
        return not self.rates

    @property
    def rate_by_name(self) -> dict[str, float]:
        """The learning rate that was set for each; empty if all are tuned alike."""
        return dict(zip(self.names, self.rates, strict=True)) if self.rates else {}


def course_racers(beat: Beat, suffix: str) -> tuple[str, ...]:
    """The racers of the course that the reader has chosen; beside them stands whether rates are tuned alike."""
    names = beat.several(f"who{suffix}", Several(COURSE, COURSE), "racers", option_label=str)
    beat.switch(f"fair{suffix}", FAIR, "fair_rates", help=beat.word("fair_rates_help"))
    return names


def entrants(beat: Beat, suffix: str, racers: tuple[str, ...]) -> Entrants:
    """All that race: those of the course and later kin; if rates are not tuned, each has a slider of its own.

    If the reader has chosen nobody, plain gradient descent runs alone, and that is said.
    """
    names = with_later_kin(beat, suffix, racers)
    fair, rates = beat.value_of(f"fair{suffix}", FAIR), {}
    for name in RULES:
        if fair or name not in names:
            beat.value_of(f"r{suffix}_{name}", RATE)
        else:
            rates[name] = beat.slider(f"r{suffix}_{name}", RATE, "rate_of", letter=name)
    return Entrants(names, tuple(rates[name] for name in names if name in rates))


def with_later_kin(beat: Beat, suffix: str, racers: tuple[str, ...]) -> tuple[str, ...]:
    """The racers and those chosen of later kin; plain gradient descent alone, and a note, if there is nobody."""
    names = racers + beat.several(f"kin{suffix}", Several((), LATER), "later_kin", option_label=str)
    if not names:
        st.info(beat.word("nobody_races"))
    return names or ("sgd",)


def keys(suffix: str) -> tuple[str, ...]:
    """The controls of the entrants."""
    return (f"who{suffix}", f"kin{suffix}", f"fair{suffix}", *(f"r{suffix}_{name}" for name in RULES))
