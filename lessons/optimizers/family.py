"""The family of optimizers: what each adds to the one it comes from, in its formula and in what it remembers."""

from typing import Any

import pandas as pd
import streamlit as st

from lessons.optimizers.fair_race import memory_of
from lessons.optimizers.rules import RULES
from ui.beat import Beat
from ui.controls.kinds import Choice
from ui.controls.widgets import Say

IMPROVED_BY = {"plain": "better_nothing", "direction": "better_direction", "size": "better_size", "both": "better_both"}
"""The word for what a rule improves."""


def family(beat: Beat) -> tuple[str, bool]:
    """The rule that the reader looks at, and whether the kinship may be shown."""
    with beat.panel:
        name = beat.menu("rule", Choice("adam", tuple(RULES)), "optimizer", named=str)
    with beat.stage:
        adam = RULES["adam"]
        because = beat.word("adam_because", parents=" + ".join(adam.grew_from))
        told = beat.predicted("what_is_better", tuple(IMPROVED_BY.values()), IMPROVED_BY[adam.better], because)
    return name, told


def kin(beat: Beat, chosen: str) -> dict[str, Any]:
    """What the picture of kinship needs, from the rules that there are."""
    return {
        "names": tuple(RULES),
        "grew_from": tuple(rule.grew_from for rule in RULES.values()),
        "groups": tuple(rule.better for rule in RULES.values()),
        "titles": {better: beat.word(word) for better, word in IMPROVED_BY.items()},
        "chosen": chosen,
    }


def introduced(beat: Beat, name: str) -> None:
    """A rule's formula, and what there is to say of it."""
    about = RULES[name]
    beat.formula(about.formula)
    facts = {"name": name, "parents": ", ".join(about.grew_from) or beat.word("no_parents")}
    beaten = beat.word(IMPROVED_BY[about.better])
    st.markdown(beat.word("rule_said", memory=memory_of(about.rule), better=beaten, **facts))


def kin_said(say: Say) -> str:
    """The picture of kinship in a sentence."""
    return say("kin_said", count=len(RULES), both=sum(rule.better == "both" for rule in RULES.values()))


def rule_table() -> pd.DataFrame:
    """Every rule: what it improves, what it grew from, how many numbers it keeps for a weight, its rate in Keras."""
    rows = [
        {
            "optimizer": name,
            "better": about.better,
            "grew_from": ", ".join(about.grew_from),
            "numbers_per_weight": memory_of(about.rule),
            "learning_rate": about.rule.learning_rate,
        }
        for name, about in RULES.items()
    ]
    return pd.DataFrame(rows)
