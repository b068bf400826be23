"""The family of optimizers: what each adds to the one it comes from, in its formula and in what it remembers."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

import charts
from dlcore.optimizers import Optimizer
from lessons.optimizers.rules import RULES, memory_per_weight
from ui.beat import Beat
from ui.controls.kinds import Choice
from ui.controls.widgets import Say
from ui.question import Question

IMPROVED_BY = {"plain": "better_nothing", "direction": "better_direction", "size": "better_size", "both": "better_both"}
"""The word for what a rule improves."""

LOOKS = ("rule",)
RULE = Choice("adam", tuple(RULES))
"""Which rule is looked at."""

ADAM = RULES["adam"]
"""The rule that is asked about, whichever is looked at."""


@dataclass(frozen=True)
class Setup:
    """Nothing: the question is always the same."""


def choose(beat: Beat) -> Setup:
    """No control changes what is asked."""
    return Setup()


def measure(setup: Setup) -> dict[str, int]:
    """How many numbers each rule remembers for every weight."""
    return {name: memory_per_weight(about.rule) for name, about in RULES.items()}


def question(setup: Setup, memory: dict[str, int]) -> Question:
    """What Adam improves on plain gradient descent."""
    return Question("what_is_better", tuple(IMPROVED_BY.values()), IMPROVED_BY[ADAM.better])


def explain(setup: Setup, memory: dict[str, int], say: Say) -> str:
    """From which rules Adam grew."""
    return say("adam_because", parents=" + ".join(ADAM.grew_from))


def draw(beat: Beat, setup: Setup, memory: dict[str, int]) -> None:
    """All rules and, once that may be shown, who grew from whom; of one its formula, and then what it adds."""
    with beat.panel:
        name = beat.menu("rule", RULE, "optimizer", option_label=str)
    about, known = RULES.values(), beat.answered
    improvements = [rule.better for rule in about]
    titles, parents = beat.words(**IMPROVED_BY), [rule.grew_from for rule in about]
    picture = charts.kinship(tuple(RULES), parents, improvements, titles, name, known)
    sentence = "kin_said" if known else "kin_waits"
    beat.picture(picture, beat.word(sentence, count=len(RULES), both=improvements.count("both")))
    _introduce(beat, name, memory[name])


def _introduce(beat: Beat, name: str, memory: int) -> None:
    """A rule's formula, and once the answer is given what it improves."""
    about = RULES[name]
    beat.formula(about.formula)
    if not beat.answered:
        return
    facts = {"name": name, "parents": ", ".join(about.grew_from) or beat.word("no_parents")}
    improved = beat.word(IMPROVED_BY[about.better])
    st.markdown(beat.word("rule_said", memory=memory, better=improved, **facts))


def details(beat: Beat, setup: Setup, memory: dict[str, int]) -> None:
    """All rules as a table, which has the answer; the one that is looked at as formula and source."""
    name = beat.value_of("rule", RULE)
    if beat.answered:
        beat.numbers({"rule_table": lambda: rule_table(memory)})
    beat.source([RULES[name].formula], type(RULES[name].rule), Optimizer)


def rule_table(memory: dict[str, int]) -> pd.DataFrame:
    """Every rule: what it improves, what it grew from, how many numbers it keeps for a weight, its rate in Keras."""
    rows = [
        {
            "optimizer": name,
            "better": about.better,
            "grew_from": ", ".join(about.grew_from),
            "numbers_per_weight": memory[name],
            "learning_rate": about.rule.learning_rate,
        }
        for name, about in RULES.items()
    ]
    return pd.DataFrame(rows)
