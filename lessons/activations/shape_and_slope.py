"""Shape and slope: how steep is a sigmoid at its steepest? Activations side by side, where they are steep and flat."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

import charts
from dlcore.activations import Activation, Sigmoid
from dlcore.experiments.gradient_flow import FLAT, flat_parts, steepest
from lessons.activations import glance
from lessons.activations.activation_names import activation_name
from lessons.shared import numpy_activations
from ui.beat import Beat
from ui.controls.kinds import Several
from ui.controls.widgets import Say
from ui.number_format import plain, readable
from ui.question import Question
from ui.script_export import Experiment, short_program

NAMES = tuple(name for name, each in Activation.members.items() if not each.by_row and name != "celu")  # type: ignore[attr-defined]
"""Those that have a shape: softmax looks at all sums of its layer at once. celu is elu unless its α is set."""

FIRST = ("sigmoid", "tanh", "relu")
ENDS, COUNT = (-6.0, 6.0), 121
MOST_LINES = 14
"""A program of NumPy alone that has more is not short."""

BETWEEN = "\u00a0…\u00a0"
STEEP = {"slope_quarter": 0.25, "slope_notes": 0.3, "slope_half": 0.5, "slope_one": 1.0}
"""What a reader may guess for the steepest slope of the sigmoid, by word."""


@dataclass(frozen=True)
class Setup:
    """The names of the activations that are compared."""

    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Shapes:
    """Activations and their slopes over z, shape (COUNT,), by name.

    flat: from where to where each slope is below FLAT.
    """

    z: np.ndarray
    heights: dict[str, np.ndarray]
    slopes: dict[str, np.ndarray]
    flat: dict[str, list[tuple[float, float]]]


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The activations that the reader compares; the first ones, with a remark, if none is left."""
    names = beat.several(
        "act", Several(FIRST, NAMES), "activations", option_label=lambda name: activation_name(name, beat.word)
    )
    if not names:
        st.caption(beat.word("none_chosen", names=", ".join(activation_name(name, beat.word) for name in FIRST)))
    relatives, smooth = ("relu", "leaky_relu", "elu", "selu"), ("relu", "gelu", "silu", "mish")
    beat.presets(
        ("act",),
        works={},
        two_sigmoids={"act": ("sigmoid", "tanh")},
        relatives={"act": relatives},
        smooth={"act": smooth},
        cannot_learn={"act": ("step", "sigmoid")},
    )
    return Setup(names or FIRST)


def measure(setup: Setup) -> Shapes:
    """Every activation and its slope at every z."""
    # rounded, so that 0 is 0
    z = np.round(np.linspace(*ENDS, COUNT), 10)
    members = {name: Activation.get(name) for name in setup.names}
    heights = {name: member(z) for name, member in members.items()}
    slopes = {name: member.derivative(z) for name, member in members.items()}
    return Shapes(z, heights, slopes, {name: list(flat_parts(name, z)) for name in setup.names})


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, shapes: Shapes) -> Question:
    """How steep a sigmoid is at its steepest."""
    highest = _highest("sigmoid")
    return Question("how_steep", tuple(STEEP), min(STEEP, key=lambda word: abs(STEEP[word] - highest)), ordered=True)


def explain(setup: Setup, shapes: Shapes, say: Say) -> str:
    """The steepest slopes of a sigmoid and of tanh."""
    return say("steepest_because", steepest=_highest("sigmoid"), tanh=_highest("tanh"))


def _highest(name: str) -> float:
    return float(measure(Setup((name,))).slopes[name].max())


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, shapes: Shapes) -> None:
    """The activations, and beside them their slopes; before the answer not the one that is asked about."""
    titles, named = (
        beat.words(x_title="sum_axis", y_title="value_axis"),
        [activation_name(n, beat.word) for n in setup.names],
    )
    curves = charts.activation_curves(shapes.z, shapes.heights, **titles, named=named)
    pictures = [(curves, values_sentence(setup, beat.word))]
    titles = beat.words(x_title="sum_axis", y_title="derivative_axis")
    unknown = "sigmoid" if "sigmoid" in shapes.slopes and not beat.answered else ""
    how = {"unknown": unknown, "named": named, "largest": {name: steepest(name) for name in shapes.slopes}}
    slopes = charts.activation_slopes(shapes.z, shapes.slopes, shapes.flat, **titles, **how)
    pictures.append((slopes, slopes_sentence(shapes, beat.word) if beat.answered else beat.word("slopes_wait")))
    beat.side_by_side(*pictures)
    beat.player(lines(shapes, beat.answered), counts="sum_shown", numbers=[_with_minus(z) for z in shapes.z])
    beat.report("\n".join(f"- {_shape_sentence(shapes, name, beat.answered, beat.word)}" for name in setup.names))
    if beat.answered:
        beat.prose("not_so", **facts_of_a_sigmoid())
        with beat.expander("glance"):
            st.markdown(glance.table(beat.word))
            st.caption(beat.word("glance_said"))


def values_sentence(setup: Setup, say: Say) -> str:
    """The picture of the values in a sentence: what three sums become."""
    facts = []
    for name in setup.names[:4]:
        outputs = (readable(float(Activation.get(name)(z)), 3) for z in (-2.0, 0.0, 2.0))
        facts.append(f"{activation_name(name, say)}: {', '.join(outputs)}")
    return say("values_said", facts="; ".join(facts))


def slopes_sentence(shapes: Shapes, say: Say) -> str:
    """The picture of the slopes in a sentence."""
    facts = "; ".join(f"{activation_name(name, say)} {_steepest(name, say)}" for name in list(shapes.slopes)[:4])
    return say("slopes_said", facts=facts, flat=FLAT)


def _shape_sentence(shapes: Shapes, name: str, with_slope: bool, say: Say) -> str:
    """Formulas and range of an activation, and with its slope the steepest place and the flat parts."""
    member = Activation.get(name)
    low, high = (readable(end, 5) for end in member.output_range)
    formulas = {"value": _inline(member.formula), "slope": _inline(member.derivative_formula)}
    sentence = say("shape_told", name=activation_name(name, say), low=low, high=high, **formulas)
    if not with_slope:
        return sentence
    flat = ", ".join(dict.fromkeys(_interval(begin, end) for begin, end in shapes.flat[name]))
    return f"{sentence} {say('slope_told', steepest=_steepest(name, say), flat=flat or say('flat_nowhere'))}"


def _steepest(name: str, say: Say) -> str:
    largest = steepest(name)
    return readable(largest) if np.isfinite(largest) else say("without_limit")


def _interval(begin: float, end: float) -> str:
    # where it is flat at one point alone there is no from and to
    return _low(begin) if begin == end != ENDS[1] else f"{_low(begin)}{BETWEEN}{_high(end)}"


def _low(z: float) -> str:
    # relu6 is flat from the right end of the picture on
    return "−∞" if z == ENDS[0] else readable(z, 2)


def _high(z: float) -> str:
    return "∞" if z == ENDS[1] else readable(z, 2)


def _inline(latex: str) -> str:
    """The right side of a formula, to stand in a line."""
    return "$" + latex.split(" = ", 1)[1].split(r", \quad ")[0] + "$"


def lines(shapes: Shapes, with_slopes: bool) -> list[str]:
    """At every z the value of each activation, and its slope."""
    return [
        "\n".join(_value_line(shapes, name, k, with_slopes) for name in shapes.heights) for k in range(len(shapes.z))
    ]


def _value_line(shapes: Shapes, name: str, k: int, with_slope: bool) -> str:
    # near the ends all these digits are needed to work out a slope
    a, slope = readable(float(shapes.heights[name][k]), 7), readable(float(shapes.slopes[name][k]))
    z = _with_minus(shapes.z[k])
    line = f"{name}({z}) = {a}"
    if not with_slope:
        return line
    by_hand = {"sigmoid": f"{a} · (1 − {a}) = ", "tanh": f"1 − ({a})² = "}.get(name, "")
    return f"{line},  f′({z}) = {by_hand}{slope}"


def _with_minus(z: float) -> str:
    return plain(round(float(z), 4)).replace("-", "−")


def facts_of_a_sigmoid() -> dict[str, float]:
    """What the prose says of a sigmoid, as computed here."""
    sigmoid = Activation.get("sigmoid")
    return {"one": float(sigmoid(1.0)), "minus": float(sigmoid(-2.0)), "steepest": float(sigmoid.derivative(0.0))}


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """Every activation and its slope as calls of dlcore."""
    z = experiment.assign("z", np.linspace, *ENDS, COUNT)
    for name in setup.names:
        member = Activation.get(name)
        experiment.show(member, z)
        experiment.show(member.derivative, z)
        experiment.show(steepest, name)


def loop(setup: Setup) -> str:
    """Every activation and its slope in a few lines of NumPy: how steep it is at most, and where."""
    names = [name for name in setup.names if numpy_activations.writable(name)]
    blocks = ["z = np.append(np.linspace(-20, 20, 40001), [-1e-9, 1e-9])  # beside 0, too"]
    for name in names:
        a, slope = numpy_activations.value(name, "z"), numpy_activations.slope(name, "z", "a")
        blocks.append(f'a = {a}\nslope = {slope}\nprint("{name}", slope.max(), z[slope.argmax()])')
    if any("sigmoid(" in block for block in blocks):
        blocks.insert(0, numpy_activations.SIGMOID)
    if missing := set(setup.names) - set(names):
        blocks.append(f"# NumPy alone has no error function, which is needed for: {', '.join(sorted(missing))}")
    lines = sum(block.count("\n") + 1 for block in blocks)
    return short_program(*blocks) if names and lines < MOST_LINES else ""


def details(beat: Beat, setup: Setup, shapes: Shapes) -> None:
    """All values as a table, the formulas of a sigmoid and its source."""
    beat.numbers({"shape_table": lambda: table(shapes, beat.answered)})
    beat.source([Sigmoid.formula, Sigmoid.derivative_formula], Sigmoid, steepest)


def table(shapes: Shapes, with_slopes: bool) -> pd.DataFrame:
    """Every value, and with the slopes every slope."""
    slopes = {f"{name}'": slope for name, slope in shapes.slopes.items()} if with_slopes else {}
    return pd.DataFrame({"z": shapes.z} | shapes.heights | slopes)
