"""Output choice: which output layer, loss and metric a problem asks for, and which activation a kind of network.

    problem = output_choice.problem(beat, "p")            a menu, under the key "p"
    output_choice.draw_recommendation(beat, problem)      units, activation, loss, metric, and the lines of Keras
    output_choice.draw_overview(beat)                     the same for every problem, as a table

Whatever is said here comes from ``dlcore.experiments.output_layers``.
"""

import pandas as pd
import streamlit as st

from dlcore.experiments.output_layers import ONE, RNN, Architecture, Output, Problem, echo
from ui.beat import Beat
from ui.controls.kinds import Choice
from ui.number_format import readable

ECHO = ("relu", 1.5, 50)
"""Activation, weight and number of steps of a loop that shows why memory has tanh."""


def problem(beat: Beat, key: str, default: str = "one_of_many") -> Problem:
    """A kind of problem, by menu."""
    return Problem.get(beat.menu(key, Choice(default, tuple(Problem.members)), "problem", option_label=beat.member))


def draw_recommendation(beat: Beat, problem: Problem) -> None:
    """The output layer, loss and metric for a problem in a line, why they suit it, and as Keras writes them."""
    heads = ("output_units", "output_activation", "loss_function", "metric")
    cells = (str(problem.units), f"`{problem.activation}`", f"`{problem.loss}`", f"`{problem.metric}`")
    st.markdown(" · ".join(f"{beat.word(head)}: **{cell}**" for head, cell in zip(heads, cells, strict=True)))
    st.markdown(beat.word(f"why_{problem.name()}"))
    st.code(problem.keras, language="python", wrap_lines=True)


def draw_overview(beat: Beat) -> None:
    """A table that is always there to be read and printed: what goes with every problem, and how Keras writes it."""
    heads = {head: beat.word(head) for head in OVERVIEW}
    rows = [
        {"problem_kind": beat.member(each.name()), "output_units": _units(beat, each)}
        | {"output_activation": f"`{each.activation}`", "loss_function": f"`{each.loss}`"}
        | {"metric": f"`{each.metric}`", "keras_output_layer": f"`{_layer(each)}`"}
        for each in map(Problem.get, Problem.members)
    ]
    st.markdown(f"**{beat.word('choice_table')}**")
    st.table(pd.DataFrame(rows).rename(columns=heads).set_index(heads["problem_kind"]))


OVERVIEW = ("problem_kind", "output_units", "output_activation", "loss_function", "metric", "keras_output_layer")
"""The words for the columns of the table of all problems."""


def _layer(problem: Problem) -> str:
    """The output layer of a problem as Keras writes it."""
    return problem.keras.splitlines()[0].removeprefix("model.add(").removesuffix(")")


def _units(beat: Beat, problem: Problem) -> str:
    """How many outputs a problem has: one, or one for each class, with the number of its data."""
    if problem.recommended.units == ONE:
        return str(problem.units)
    return beat.word("units_for_each", count=problem.units)


def network(beat: Beat, key: str) -> Architecture:
    """A kind of network, of which the recommended activation is drawn: why it suits, and as Keras writes it."""
    kind = Architecture.get(beat.choice(key, Choice("mlp", tuple(Architecture.members)), "network_kind"))
    name, weight, steps = ECHO
    facts = {"weight": weight, "steps": steps, "runaway": readable(float(echo(name, weight, steps)[-1]), 2)}
    facts |= {"kept": readable(float(echo(RNN.hidden, weight, steps)[-1]), 3)}
    st.markdown(beat.word(f"why_{kind.name()}", hidden=kind.hidden, gate=kind.gate, **facts))
    st.code(kind.keras, language="python", wrap_lines=True)
    return kind


def table() -> pd.DataFrame:
    """What is recommended for every problem, a row each, with the wrong output that it is compared with."""
    problems = [Problem.get(name) for name in Problem.members]
    rows = [
        {"problem": each.name(), "units": each.units, "activation": each.activation, "loss": each.loss}
        | {"metric": each.metric, "data": each.data.name(), "wrong": _short(each.wrong)}
        for each in problems
    ]
    return pd.DataFrame(rows)


def _short(output: Output) -> str:
    return f"{output.units}, {output.activation}, {output.loss}"
