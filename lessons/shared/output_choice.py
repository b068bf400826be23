"""Output choice: which output layer, loss and metric a problem asks for, and which activation a kind of network.

    problem = output_choice.chosen(beat, "p")       a menu, under the key "p"
    output_choice.answered(beat, problem)           the answer: units, activation, loss, metric, and the lines of Keras

Whatever is said here comes from ``dlcore.recommendations``.
"""

import pandas as pd
import streamlit as st

from dlcore.recommendations import RNN, Architecture, Output, Problem, echo
from ui.beat import Beat
from ui.controls.kinds import Choice
from ui.number_format import readable

ECHO = ("relu", 1.5, 50)
"""What is used again and again to show why memory has tanh: activation, weight, steps."""


def chosen(beat: Beat, key: str, default: str = "one_of_many") -> Problem:
    """A kind of problem by menu."""
    return Problem.get(beat.menu(key, Choice(default, tuple(Problem.members)), "problem", named=beat.member))


def answered(beat: Beat, problem: Problem) -> None:
    """What is recommended for a problem, in a line, why, and as Keras writes it."""
    heads = ("output_units", "output_activation", "loss_function", "metric")
    cells = (str(problem.units), f"`{problem.activation}`", f"`{problem.loss}`", f"`{problem.metric}`")
    st.markdown(" · ".join(f"{beat.word(head)}: **{cell}**" for head, cell in zip(heads, cells, strict=True)))
    st.markdown(beat.word(f"why_{problem.name()}"))
    st.code(problem.keras, language="python", wrap_lines=True)


def network(beat: Beat, key: str) -> Architecture:
    """A kind of network, and the activation recommended inside it."""
    kind = Architecture.get(beat.choice(key, Choice("mlp", tuple(Architecture.members)), "network_kind"))
    name, weight, steps = ECHO
    facts = {"weight": weight, "steps": steps, "runaway": readable(float(echo(name, weight, steps)[-1]), 2)}
    facts |= {"kept": readable(float(echo(RNN.hidden, weight, steps)[-1]), 3)}
    st.markdown(beat.word(f"why_{kind.name()}", hidden=kind.hidden, gate=kind.gate, **facts))
    st.code(kind.keras, language="python", wrap_lines=True)
    return kind


def table() -> pd.DataFrame:
    """The whole table, with the wrong choice that each row is held against."""
    found = [Problem.get(name) for name in Problem.members]
    rows = [
        {"problem": each.name(), "units": each.units, "activation": each.activation, "loss": each.loss}
        | {"metric": each.metric, "data": each.data.name(), "wrong": _short(each.wrong)}
        for each in found
    ]
    return pd.DataFrame(rows)


def _short(output: Output) -> str:
    return f"{output.units}, {output.activation}, {output.loss}"
