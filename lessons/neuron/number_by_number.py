"""Number by number: a small network forwards and backwards. What does gradient descent then do to a weight?"""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

import charts
from charts.frames import FOREVER
from charts.picture import Picture
from dlcore.activations import Activation
from dlcore.experiments.single_unit import Extent, Unit, boundary, mirror
from dlcore.gradient_check import Comparison, gradient_check
from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from lessons.neuron.plane_colours import PlaneAnswers, plane_answers
from lessons.shared import numpy_activations
from ui.beat import Beat
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable, small
from ui.question import Question
from ui.quiz.goals import Goal
from ui.script_export import Experiment, call, short_program
from ui.text.equations import with_digits

EXTENT: Extent = ((-2.0, 2.0), (-2.0, 2.0))

LOSS_STEP = 4
"""The step of the player that ends the way forwards."""

WEIGHTS = {
    "w11": ("w₁₁", 1.5), "w12": ("w₁₂", -1.0), "w21": ("w₂₁", -2.0), "w22": ("w₂₂", 1.0),
    "b1": ("b₁", 0.5), "b2": ("b₂", -0.5), "v1": ("v₁", 2.0), "v2": ("v₂", -1.5), "k": ("c", 0.2),
}  # fmt: skip
"""By key: the letter of a weight and its default. w₁₂ weighs x₂ in h₁: the unit it leads to comes first."""

FLAT_ORDER = ("w11", "w21", "w12", "w22", "b1", "b2", "v1", "v2", "k")
"""The keys of the weights as they lie in the network's flat vector."""

EDGES = ("w11", "w12", "w21", "w22", "v1", "v2")
"""The weights of the picture's edges: both inputs to h₁, both to h₂, both hidden units to the output."""

MOVES = ("v_grows", "v_shrinks", "v_stays")


@dataclass(frozen=True)
class Setup:
    """A network of two hidden units and a sigmoid, one input to it, and the target y.

    weights: in the order of WEIGHTS. activation: of the hidden units.
    """

    weights: tuple[float, ...]
    x: tuple[float, float]
    y: float
    activation: Activation

    @property
    def by_key(self) -> dict[str, float]:
        """The weights by their keys."""
        return dict(zip(WEIGHTS, self.weights, strict=True))

    @property
    def hidden(self) -> tuple[Unit, Unit]:
        """The hidden units."""
        w = self.by_key
        first = Unit((w["w11"], w["w12"]), w["b1"], self.activation)
        return first, Unit((w["w21"], w["w22"]), w["b2"], self.activation)


class Mirror(NamedTuple):
    """The network with its first hidden unit mirrored: what that unit puts out, and by how much any answer changes."""

    h1: float
    gap: float


@dataclass(frozen=True, eq=False)
class Backpropagation:
    """The forward and the backward pass of one input, and the gradients checked by their definition.

    z, a, delta: sums, outputs and ∂E/∂z of h₁, h₂ and ŷ, shape (3,). loss: E = (ŷ − y)². check: by the key of a weight
    its gradient by backpropagation and as a quotient of differences. mirror: of sigmoids alone.
    """

    z: np.ndarray
    a: np.ndarray
    delta: np.ndarray
    loss: float
    check: dict[str, Comparison]
    mirror: Mirror | None

    @property
    def gradients(self) -> dict[str, float]:
        """∂E/∂w by the key of a weight."""
        return {key: comparison.backprop for key, comparison in self.check.items()}


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The hidden activation, the input and the target; the weights one click away."""
    activation = Activation.get(
        beat.choice("act5", Choice("sigmoid", ("sigmoid", "tanh", "relu")), "hidden_activation")
    )
    x1, x2 = (
        beat.slider(key, Number(default, -2, 2), "input_named", letter=letter)
        for key, letter, default in (("p", "x₁", 1.0), ("q", "x₂", 0.5))
    )
    y = beat.slider("y", Number(1.0, 0, 1), "wanted_named", letter="y")
    with beat.more():
        weights = tuple(
            beat.box(key, Number(default, -30.0, 30.0), "weight_named", letter=letter)
            for key, (letter, default) in WEIGHTS.items()
        )
    twins = {"w21": 1.5, "w22": -1.0, "b2": 0.5, "v2": 2.0}
    flat = {"w11": 15.0, "w12": -10.0, "w21": -20.0, "w22": 10.0}
    dead, controls = {"act5": "relu", "b1": -4.0, "b2": -4.0}, ("act5", "p", "q", "y", *WEIGHTS)
    beat.presets(controls, works={}, twin_units=twins, saturated_units=flat, dead_units=dead)
    return Setup(weights, (x1, x2), y, activation)


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Backpropagation:
    """The input's way through the network and back, and every gradient once more by its definition."""
    model = _network(setup.activation, _keras_weights(setup))
    batch, target = np.array([setup.x], dtype=float), np.array([[setup.y]])
    hidden, output = model.inspect(batch, target)
    deltas = [
        model.layers[k].activation.vjp(each.sums, each.activations, each.gradient)
        for k, each in enumerate((hidden, output))
    ]
    # a dense layer always has sums
    z = np.concatenate([np.ravel(each.sums) for each in (hidden, output) if each.sums is not None])
    a = np.concatenate([each.activations.ravel() for each in (hidden, output)])
    check: dict[str, Comparison] = dict(zip(FLAT_ORDER, gradient_check(model, batch, target), strict=True))
    delta = np.concatenate([part.ravel() for part in deltas])
    mirror = _mirror(setup, model) if setup.activation.name() == "sigmoid" else None
    loss = float(model.evaluate(batch, target))
    return Backpropagation(z, a, delta, loss, {key: check[key] for key in WEIGHTS}, mirror)


def _network(activation: Activation, weights: list[np.ndarray]) -> Sequential:
    model = Sequential([Input((2,)), Dense(2, activation), Dense(1, "sigmoid")], seed=0)
    model.compile(loss="mse")
    model.build()
    model.set_weights(weights)
    return model


def _keras_weights(setup: Setup) -> list[np.ndarray]:
    """The weights as ``set_weights`` wants them: kernel and bias of both layers, a kernel being (inputs, units)."""
    w = setup.by_key
    kernel = np.array([[w["w11"], w["w21"]], [w["w12"], w["w22"]]])
    return [kernel, np.array([w["b1"], w["b2"]]), np.array([[w["v1"]], [w["v2"]]]), np.array([w["k"]])]


def _mirror(setup: Setup, model: Sequential) -> Mirror:
    """The mirrored network at the input; the answers are compared on a grid."""
    twin = _network(setup.activation, mirror(_keras_weights(setup), 0))
    x = np.stack(np.meshgrid(*[np.linspace(low, high, 21) for low, high in EXTENT]), axis=-1).reshape(-1, 2)
    gap = float(np.max(np.abs(model.predict(x) - twin.predict(x))))
    (hidden, _) = twin.inspect(np.array([setup.x]), np.array([[setup.y]]))
    return Mirror(float(hidden.activations[0, 0]), gap)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, passes: Backpropagation) -> Question:
    """What gradient descent does to v₁; next to no slope moves it next to not at all, and both are right."""
    slope = passes.gradients["v1"]
    holds = (slope < 0, slope > 0, abs(slope) < 1e-9)
    return Question("what_becomes_of_v", MOVES, [word for word, true in zip(MOVES, holds, strict=True) if true])


def explain(setup: Setup, passes: Backpropagation, say: Say) -> str:
    """Why v₁ moves as it does: its gradient as a product."""
    factors, slope = (float(passes.delta[2]), float(passes.a[0])), readable(passes.gradients["v1"])
    product = with_digits(lambda digits: f"{' × '.join(readable(each, digits) for each in factors)} = {slope}")
    return say("v_because", product=product)


def goals(setup: Setup, passes: Backpropagation) -> tuple[Goal]:
    """The gradient of w₁₁, in front, is at least twice that of v₁, behind."""
    front, back = abs(passes.gradients["w11"]), abs(passes.gradients["v1"])
    measured = f"|∂E/∂w₁₁| = {readable(front, 3)}, |∂E/∂v₁| = {readable(back, 3)}"
    return (Goal("goal_neuron_front_faster", front > 1e-3 and front >= 2 * back, measured),)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, passes: Backpropagation) -> None:
    """The network forwards step by step, and what each unit answers; after the answer also backwards, and the check."""
    backward = beat.answered
    network = network_picture(setup, passes, backward)
    beat.picture(network, network_sentence(setup, passes, backward, beat.word))
    beat.player(steps_by_hand(setup, passes, backward), counts="stage_shown")
    beat.picture(views_picture(setup), views_sentence(passes, beat.word))
    if beat.answered:
        with beat.expander("gradients_checked"):
            st.markdown(check_sentence(setup, passes, beat.word))
            st.markdown(check_rows(passes, beat.word))
        with beat.expander("when_weights_change"):
            beat.prose("not_the_weights")


def network_picture(setup: Setup, passes: Backpropagation, backward: bool) -> Picture:
    """The network with every number at the step of the player that makes it; without ``backward`` no gradient comes."""
    w, never = setup.by_key, 0 if backward else FOREVER
    gradients = {
        key: (f"∂ {_short(gradient)}", (6 if key in ("v1", "v2", "k") else 8) + never, None)
        for key, gradient in passes.gradients.items()
    }
    inside: dict[str, list] = {name: [(_shortest(v), 0, None)] for name, v in zip(("x₁", "x₂"), setup.x, strict=True)}
    around: dict[str, list] = {name: [(name, 0, None)] for name in ("x₁", "x₂")}
    # by unit: its name, the steps of its output and of its delta, the key of its bias
    units = (("h₁", 1, 7, "b1"), ("h₂", 2, 7, "b2"), ("ŷ", 3, 5, "k"))
    for k, (name, step, delta_step, bias) in enumerate(units):
        inside[name] = [(name, 0, step), (_shortest(passes.a[k]), step, None)]
        around[name] = [
            (name, 0, step),
            (f"{name}: z = {_short(passes.z[k])}", step, None),
            (f"{WEIGHTS[bias][0]} = {_short(w[bias])}", 0, None),
            gradients[bias],
            (f"δ = {_short(passes.delta[k])}", delta_step + never, None),
        ]
    # step, nodes and edges at work
    forward = [(0, ("x₁", "x₂"), ()), (1, ("h₁",), (0, 1)), (2, ("h₂",), (2, 3)), (3, ("ŷ",), (4, 5)), (4, ("ŷ",), ())]
    back = [(5, ("ŷ",), ()), (6, (), (4, 5)), (7, ("h₁", "h₂"), (4, 5)), (8, (), (0, 1, 2, 3))]
    return charts.small_network(
        weights=[w[key] for key in EDGES],
        on_edges=[(_short(w[key]), 0, None) for key in EDGES],
        slopes=[gradients[key] for key in EDGES],
        inside=inside,
        around=around,
        beneath=[(f"y = {_short(setup.y)}", 0, None), (f"E = {_short(passes.loss)}", LOSS_STEP, None)],
        active=[*forward, *back] if backward else forward,
    )


def _short(value: float) -> str:
    """A number that has room beside a node or on an edge: to three places, and in powers of ten where that is 0."""
    return readable(round(float(value), 3) + 0.0, 3) if 0.0005 <= abs(value) < 1e4 else small(float(value), 2)


def _shortest(value: float) -> str:
    """A number that has room in a node."""
    return readable(float(value), 3) if 1e-3 <= abs(value) < 1e3 else small(float(value), 1)


def network_sentence(setup: Setup, passes: Backpropagation, backward: bool, say: Say) -> str:
    """What the network answers and how wrong that is, and with ``backward`` what the gradients look like."""
    facts = {"a": readable(float(passes.a[2])), "y": readable(setup.y), "loss": readable(passes.loss)}
    first = say("network_said", **facts)
    return f"{first} {say('slopes_drawn', count=len(passes.check))}" if backward else first


def views_picture(setup: Setup) -> Picture:
    """What h₁, h₂ and the output answer over the plane of the inputs, with the lines of the hidden units."""
    first, second = setup.hidden
    h1, h2 = (plane_answers(unit, EXTENT, 80) for unit in setup.hidden)
    w = setup.by_key
    output = Activation.get("sigmoid")(w["v1"] * h1.answers + w["v2"] * h2.answers + w["k"])
    views = {"h₁": h1, "h₂": h2, "ŷ": PlaneAnswers(output, 0.5, 0.5)}
    lines = [boundary(first, EXTENT), boundary(second, EXTENT), np.empty((0, 2))]
    return charts.three_views({name: view.image for name, view in views.items()}, EXTENT, lines, setup.x)


def views_sentence(passes: Backpropagation, say: Say) -> str:
    """What the hidden units answer; of sigmoids, that it is no probability, for it may as well be mirrored."""
    h1, h2 = (small(float(v)) for v in passes.a[:2])
    first = say("views_said", h1=h1, h2=h2)
    if passes.mirror is None:
        return first
    turned, gap = small(passes.mirror.h1), small(passes.mirror.gap, 2)
    return f"{first} {say('mirror_said', h1=h1, turned=turned, gap=gap)}"


def check_sentence(setup: Setup, passes: Backpropagation, say: Say) -> str:
    """How far backpropagation and the quotients of differences are apart, at most, and by which weight."""
    worst = max(passes.check, key=lambda key: passes.check[key].relative_error)
    facts = {"count": len(passes.check), "worst": small(passes.check[worst].relative_error, 2)}
    sentence = say("check_said", letter=WEIGHTS[worst][0], **facts)
    at_kink = setup.activation.name() == "relu" and np.any(passes.z[:2] == 0)
    return f"{sentence} {say('kink_said')}" if at_kink else sentence


def check_rows(passes: Backpropagation, say: Say) -> str:
    """The gradients by both ways side by side, as a table in Markdown."""
    head = [say(word) for word in ("check_weight", "check_backprop", "check_difference", "check_error")]
    rows = [head, ["---"] * len(head)]
    rows += [
        [WEIGHTS[key][0], small(each.backprop, 5), small(each.difference, 5), small(each.relative_error, 2)]
        for key, each in passes.check.items()
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


# ---- every step written out ------------------------------------------------------------------------------------------


def steps_by_hand(setup: Setup, passes: Backpropagation, backward: bool) -> list[str]:
    """Every step with its numbers; those of the backward pass only with ``backward``."""
    lines = _forward_lines(setup, passes) + (_backward_lines(setup, passes) if backward else [])
    return [_without_brackets_of_results(line) for line in lines]


def _forward_lines(setup: Setup, passes: Backpropagation) -> list[str]:
    n, (x1, x2), name = _formatted_numbers(setup.by_key), map(_number, setup.x), setup.activation.name()
    z, a, y = [*map(_number, passes.z)], [*map(_number, passes.a)], _number(setup.y)
    sums = {key: f"{n[key + '1']}·{x1} + {n[key + '2']}·{x2}" for key in ("w1", "w2")}
    return [
        f"x = ({x1}, {x2}),  y = {y}",
        f"z₁ = w₁₁x₁ + w₁₂x₂ + b₁ = {sums['w1']} + {n['b1']} = {z[0]}\nh₁ = {name}({z[0]}) = {a[0]}",
        f"z₂ = w₂₁x₁ + w₂₂x₂ + b₂ = {sums['w2']} + {n['b2']} = {z[1]}\nh₂ = {name}({z[1]}) = {a[1]}",
        f"z₃ = v₁h₁ + v₂h₂ + c = {n['v1']}·{a[0]} + {n['v2']}·{a[1]} + {n['k']} = {z[2]}\nŷ = sigmoid({z[2]}) = {a[2]}",
        f"E = (ŷ − y)² = ({a[2]} − {y})² = {_number(passes.loss)}",
    ]


def _backward_lines(setup: Setup, passes: Backpropagation) -> list[str]:
    n, g, (x1, x2) = _formatted_numbers(setup.by_key), _formatted_numbers(passes.gradients), map(_number, setup.x)
    a, d, y = [*map(_number, passes.a)], [*map(_number, passes.delta)], _number(setup.y)
    slope = [*map(_number, setup.activation.derivative(passes.z[:2]))]
    return [
        f"δ₃ = ∂E/∂z₃ = 2(ŷ − y)·ŷ(1 − ŷ) = 2·({a[2]} − {y})·{a[2]}·(1 − {a[2]}) = {d[2]}",
        f"∂E/∂v₁ = δ₃·h₁ = {d[2]}·{a[0]} = {g['v1']}\n"
        f"∂E/∂v₂ = δ₃·h₂ = {d[2]}·{a[1]} = {g['v2']}\n"
        f"∂E/∂c = δ₃ = {g['k']}",
        f"δ₁ = δ₃·v₁·f′(z₁) = {d[2]}·{n['v1']}·{slope[0]} = {d[0]}\n"
        f"δ₂ = δ₃·v₂·f′(z₂) = {d[2]}·{n['v2']}·{slope[1]} = {d[1]}",
        f"∂E/∂w₁₁ = δ₁·x₁ = {d[0]}·{x1} = {g['w11']},  ∂E/∂w₁₂ = δ₁·x₂ = {d[0]}·{x2} = {g['w12']}\n"
        f"∂E/∂w₂₁ = δ₂·x₁ = {d[1]}·{x1} = {g['w21']},  ∂E/∂w₂₂ = δ₂·x₂ = {d[1]}·{x2} = {g['w22']}\n"
        f"∂E/∂b₁ = δ₁ = {g['b1']},  ∂E/∂b₂ = δ₂ = {g['b2']}",
    ]


def _formatted_numbers(numbers: dict[str, float]) -> dict[str, str]:
    return {key: _number(value) for key, value in numbers.items()}


def _number(value: float) -> str:
    """A number as a factor or a term: a negative one in brackets."""
    text = readable(float(value), 4)
    return f"({text})" if text.startswith("−") else text


def _without_brackets_of_results(line: str) -> str:
    return re.sub(r"= \((−[^()]*)\)(?=$|\n|,)", r"= \1", line)


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The network, its answer, its loss and the gradient check as calls of dlcore."""
    layers = [call(Input, (2,)), call(Dense, 2, setup.activation), call(Dense, 1, "sigmoid")]
    model = experiment.assign("model", Sequential, layers, seed=0)
    experiment.assign("", model.compile, loss="mse")
    experiment.assign("", model.build)
    experiment.assign("", model.set_weights, _keras_weights(setup))
    batch, target = np.array([setup.x], dtype=float), np.array([[setup.y]])
    experiment.show(model.predict, batch)
    experiment.show(model.evaluate, batch, target)
    experiment.show(gradient_check, model, batch, target)


def loop(setup: Setup) -> str:
    """Forwards and back in a few lines of NumPy: the error, and the gradient of every weight."""
    w, name = setup.by_key, setup.activation.name()
    run = f"""\
x, y = np.array({list(setup.x)!r}), {setup.y!r}
W, b = np.array([{[w["w11"], w["w12"]]!r}, {[w["w21"], w["w22"]]!r}]), np.array({[w["b1"], w["b2"]]!r})
v, c = np.array({[w["v1"], w["v2"]]!r}), {w["k"]!r}
z = W @ x + b
h = {numpy_activations.value(name, "z")}
p = 1 / (1 + np.exp(-(v @ h + c)))
print("E", (p - y) ** 2)"""
    back = f"""\
d = 2 * (p - y) * p * (1 - p)  # dE/dz of the output unit
e = d * v * ({numpy_activations.slope(name, "z", "h")})  # dE/dz of the hidden units
print("v", d * h, "c", d)
print("W", np.outer(e, x).ravel(), "b", e)"""
    return short_program(run, back)


def details(beat: Beat, setup: Setup, passes: Backpropagation) -> None:
    """The units as a table, after the answer with their deltas and a table of the weights; formula and source."""
    answer = {"weight_table": lambda: weight_table(setup, passes)} if beat.answered else {}
    beat.numbers({"unit_table": lambda: unit_table(passes, beat.answered)} | answer)
    beat.source([Dense.formula], Dense, gradient_check)


def unit_table(passes: Backpropagation, backward: bool) -> pd.DataFrame:
    """Every unit: its sum, its output, and with ``backward`` ∂E/∂z."""
    columns: dict[str, object] = {"unit": ["h1", "h2", "y"], "z": passes.z, "a": passes.a}
    return pd.DataFrame(columns | ({"delta": passes.delta} if backward else {}))


def weight_table(setup: Setup, passes: Backpropagation) -> pd.DataFrame:
    """Every weight: its value, its gradient by both ways, their relative error."""
    weights = setup.by_key
    rows = [
        (WEIGHTS[key][0], weights[key], each.backprop, each.difference, each.relative_error)
        for key, each in passes.check.items()
    ]
    return pd.DataFrame(rows, columns=["weight", "value", "backprop", "difference", "relative_error"])
