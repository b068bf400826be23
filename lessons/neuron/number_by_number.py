"""Number by number: a small network forwards and backwards, and every gradient checked by its definition."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.activations import Activation
from dlcore.gradient_check import Comparison, gradient_check
from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from dlcore.units import Extent, Unit, boundary, mirrored
from lessons.neuron.plane_colours import shades
from ui.beat import Beat
from ui.controls.kinds import Choice, Number
from ui.number_format import readable
from ui.quiz.goals import Goal
from ui.script_export import call

EXTENT: Extent = ((-2.0, 2.0), (-2.0, 2.0))
FORWARD, NEVER = 4, 10**6
"""The step of the player that ends the way forwards, and one that no player reaches."""

WEIGHTS = {
    "w11": ("w₁₁", 1.5), "w12": ("w₁₂", -1.0), "w21": ("w₂₁", -2.0), "w22": ("w₂₂", 1.0),
    "b1": ("b₁", 0.5), "b2": ("b₂", -0.5), "v1": ("v₁", 2.0), "v2": ("v₂", -1.5), "k": ("c", 0.2),
}  # fmt: skip
"""By key: the letter of a weight and its default. w₁₂ weighs x₂ in h₁: the unit it leads to comes first."""

MOVES = ("v_grows", "v_shrinks", "v_stays")


@dataclass(frozen=True, eq=False)
class Pass:
    """One input on its way through the network and back.

    w: the nine weights by key. x: the input. y: what is wanted. z, a: sums and outputs of h₁, h₂ and ŷ. delta: dE/dz of
    the three. slopes: dE/dw by key. check: the same by the quotient of differences. loss: E = (ŷ − y)².
    """

    w: dict[str, float]
    x: tuple[float, float]
    y: float
    activation: Activation
    z: np.ndarray
    a: np.ndarray
    delta: np.ndarray
    slopes: dict[str, float]
    check: dict[str, Comparison]
    loss: float

    @property
    def units(self) -> tuple[Unit, Unit]:
        """The hidden units."""
        w = self.w
        first, second = (w["w11"], w["w12"]), (w["w21"], w["w22"])
        return Unit(first, w["b1"], self.activation), Unit(second, w["b2"], self.activation)

    def moves(self) -> tuple[str, ...]:
        """The words for what gradient descent does to v₁, of MOVES; next to no slope moves it next to not at all."""
        slope = self.slopes["v1"]
        held = (slope < 0, slope > 0, abs(slope) < 1e-9)
        return tuple(word for word, holds in zip(MOVES, held, strict=True) if holds)

    # ---- the picture -----------------------------------------------------------------------------------------------

    def drawn(self, told: bool) -> dict[str, Any]:
        """What ``charts.small_network`` wants; the way back only when it may be told."""
        keys = ("w11", "w12", "w21", "w22", "v1", "v2")
        # by the picture's edges: both inputs to h₁, both to h₂, both hidden units to the output
        hidden = NEVER if not told else 0
        slopes = {
            key: (f"∂ {_short(slope)}", (6 if key in ("v1", "v2", "k") else 8) + hidden, None)
            for key, slope in self.slopes.items()
        }
        inside: dict[str, list] = {f"x{'₁₂'[k]}": [(_short(v), 0, None)] for k, v in enumerate(self.x)}
        around: dict[str, list] = {"x₁": [("x₁", 0, None)], "x₂": [("x₂", 0, None)]}
        for k, (name, step, back, bias) in enumerate(
            zip(("h₁", "h₂", "ŷ"), (1, 2, 3), (7, 7, 5), ("b1", "b2", "k"), strict=True)
        ):
            inside[name] = [(name, 0, step), (_short(self.a[k]), step, None)]
            around[name] = [
                (name, 0, step),
                (f"{name}: z = {_short(self.z[k])}", step, None),
                (f"{WEIGHTS[bias][0]} = {_short(self.w[bias])}", 0, None),
                slopes[bias],
                (f"δ = {_short(self.delta[k])}", back + hidden, None),
            ]
        active = [
            (0, ("x₁", "x₂"), ()),
            (1, ("h₁",), (0, 1)),
            (2, ("h₂",), (2, 3)),
            (3, ("ŷ",), (4, 5)),
            (4, ("ŷ",), ()),
        ]
        if told:
            active += [(5, ("ŷ",), ()), (6, (), (4, 5)), (7, ("h₁", "h₂"), (4, 5)), (8, (), (0, 1, 2, 3))]
        return {
            "weights": [self.w[key] for key in keys],
            "on_edges": [(_short(self.w[key]), 0, None) for key in keys],
            "slopes": [slopes[key] for key in keys],
            "inside": inside,
            "around": around,
            "beneath": [(f"y = {_short(self.y)}", 0, None), (f"E = {_short(self.loss)}", FORWARD, None)],
            "active": active,
        }

    def views(self) -> tuple[dict[str, tuple[np.ndarray, float, float]], list[np.ndarray]]:
        """What h₁, h₂ and the output answer over the plane and how to colour it, and the lines of the hidden units."""
        one, other = self.units
        found = {"h₁": shades(one, EXTENT, 80), "h₂": shades(other, EXTENT, 80)}
        answers = self.w["v1"] * found["h₁"][0] + self.w["v2"] * found["h₂"][0] + self.w["k"]
        found["ŷ"] = (Activation.get("sigmoid")(answers), 0.5, 0.5)
        return found, [boundary(one, EXTENT), boundary(other, EXTENT), np.empty((0, 2))]

    # ---- numbers and words -----------------------------------------------------------------------------------------

    def lines(self, told: bool) -> list[str]:
        """Every step written out; the way back only when it may be told."""
        return [_results_bare(line) for line in (*self._forwards(), *(self._backwards() if told else []))]

    def _forwards(self) -> list[str]:
        n, (x1, x2), name = self._numbers(), [_n(v) for v in self.x], self.activation.name()
        z, a, y = [_n(v) for v in self.z], [_n(v) for v in self.a], _n(self.y)
        sums = {key: f"{n[key + '1']}·{x1} + {n[key + '2']}·{x2}" for key in ("w1", "w2")}
        return [
            f"x = ({x1}, {x2}),  y = {y}",
            f"z₁ = w₁₁x₁ + w₁₂x₂ + b₁ = {sums['w1']} + {n['b1']} = {z[0]}\nh₁ = {name}({z[0]}) = {a[0]}",
            f"z₂ = w₂₁x₁ + w₂₂x₂ + b₂ = {sums['w2']} + {n['b2']} = {z[1]}\nh₂ = {name}({z[1]}) = {a[1]}",
            f"z₃ = v₁h₁ + v₂h₂ + c = {n['v1']}·{a[0]} + {n['v2']}·{a[1]} + {n['k']} = {z[2]}\n"
            f"ŷ = sigmoid({z[2]}) = {a[2]}",
            f"E = (ŷ − y)² = ({a[2]} − {y})² = {_n(self.loss)}",
        ]

    def _backwards(self) -> list[str]:
        n, (x1, x2) = self._numbers(), [_n(v) for v in self.x]
        a, d = [_n(v) for v in self.a], [_n(v) for v in self.delta]
        g = {key: _n(v) for key, v in self.slopes.items()}
        steep = [_n(float(v)) for v in self.activation.derivative(self.z[:2])]
        return [
            f"δ₃ = ∂E/∂z₃ = 2(ŷ − y)·ŷ(1 − ŷ) = 2·({a[2]} − {_n(self.y)})·{a[2]}·(1 − {a[2]}) = {d[2]}",
            f"∂E/∂v₁ = δ₃·h₁ = {d[2]}·{a[0]} = {g['v1']}\n"
            f"∂E/∂v₂ = δ₃·h₂ = {d[2]}·{a[1]} = {g['v2']}\n"
            f"∂E/∂c = δ₃ = {g['k']}",
            f"δ₁ = δ₃·v₁·φ′(z₁) = {d[2]}·{n['v1']}·{steep[0]} = {d[0]}\n"
            f"δ₂ = δ₃·v₂·φ′(z₂) = {d[2]}·{n['v2']}·{steep[1]} = {d[1]}",
            f"∂E/∂w₁₁ = δ₁·x₁ = {d[0]}·{x1} = {g['w11']},  ∂E/∂w₁₂ = δ₁·x₂ = {d[0]}·{x2} = {g['w12']}\n"
            f"∂E/∂w₂₁ = δ₂·x₁ = {d[1]}·{x1} = {g['w21']},  ∂E/∂w₂₂ = δ₂·x₂ = {d[1]}·{x2} = {g['w22']}\n"
            f"∂E/∂b₁ = δ₁ = {g['b1']},  ∂E/∂b₂ = δ₂ = {g['b2']}",
        ]

    def _numbers(self) -> dict[str, str]:
        return {key: _n(value) for key, value in self.w.items()}

    def said(self, beat: Beat, told: bool) -> str:
        """The network in a sentence: what it answers, and, when it may be told, how well the gradients agree."""
        facts = {"a": readable(float(self.a[2])), "y": readable(self.y), "loss": readable(self.loss)}
        first = beat.word("network_said", **facts)
        return f"{first} {beat.word('slopes_drawn', count=len(self.check))}" if told else first

    def check_said(self, beat: Beat) -> str:
        """How far backpropagation and the quotients of differences are apart, at most, and by which weight."""
        worst = max(self.check, key=lambda key: self.check[key].relative_error)
        facts = {"count": len(self.check), "worst": readable(self.check[worst].relative_error, 2)}
        said = beat.word("check_said", letter=WEIGHTS[worst][0], **facts)
        return (
            f"{said} {beat.word('kink_said')}" if np.any(self.z[:2] == 0) and self.activation.name() == "relu" else said
        )

    def move_said(self, beat: Beat) -> str:
        """Why v₁ moves as it does."""
        facts = {"slope": readable(self.slopes["v1"]), "delta": readable(float(self.delta[2]))}
        return beat.word("v_because", h=readable(float(self.a[0])), **facts)

    def views_said(self, beat: Beat) -> str:
        """What the hidden units answer, and that a sigmoid there is no probability: it may as well be turned round."""
        h1, h2 = (readable(float(v), 3) for v in self.a[:2])
        first = beat.word("views_said", h1=h1, h2=h2)
        if self.activation.name() != "sigmoid":
            return first
        turned, gap = self._turned_round()
        turned_said = beat.word("mirror_said", h1=h1, turned=readable(turned, 3), gap=readable(gap, 2))
        return f"{first} {turned_said}"

    def _turned_round(self) -> tuple[float, float]:
        """h₁ of the network with its first hidden unit turned round, and how far any answer on a grid has moved."""
        kernel, bias, out, c = weights = _matrices(self.w)
        one, twin = _network(self.activation), _network(self.activation)
        one.set_weights([kernel, bias, out, c])
        twin.set_weights(mirrored(weights, 0))
        x = np.stack(np.meshgrid(*[np.linspace(low, high, 21) for low, high in EXTENT]), axis=-1).reshape(-1, 2)
        gap = float(np.max(np.abs(one.predict(x) - twin.predict(x))))
        (look, _) = twin.inspect(np.array([self.x]), np.array([[self.y]]))
        return float(look.activations[0, 0]), gap

    def unit_table(self) -> pd.DataFrame:
        """Every unit: its sum, its output, and dE/dz."""
        return pd.DataFrame({"unit": ["h1", "h2", "y"], "z": self.z, "a": self.a, "delta": self.delta})

    def weight_table(self) -> pd.DataFrame:
        """Every weight: its value, its gradient by both ways, their relative error."""
        rows = [
            (WEIGHTS[key][0], self.w[key], found.backprop, found.difference, found.relative_error)
            for key, found in self.check.items()
        ]
        return pd.DataFrame(rows, columns=["weight", "value", "backprop", "difference", "relative_error"])


def _n(value: float) -> str:
    text = readable(float(value), 4)
    return f"({text})" if text.startswith("−") else text


def _results_bare(line: str) -> str:
    """Brackets are for a negative factor or term, not for a result."""
    return re.sub(r"= \((−[^()]*)\)(?=$|\n|,)", r"= \1", line)


def _short(value: float) -> str:
    return readable(round(float(value), 3) + 0.0, 3) if 0.0005 <= abs(value) < 1e4 else readable(float(value), 2)


def _matrices(w: dict[str, float]) -> list[np.ndarray]:
    """The weights as ``set_weights`` wants them: kernel and bias of both layers, a kernel being (inputs, units)."""
    kernel = np.array([[w["w11"], w["w21"]], [w["w12"], w["w22"]]])
    return [kernel, np.array([w["b1"], w["b2"]]), np.array([[w["v1"]], [w["v2"]]]), np.array([w["k"]])]


ORDER = ("w11", "w21", "w12", "w22", "b1", "b2", "v1", "v2", "k")
"""The keys of the weights as they lie in the network's flat vector."""


def _network(activation: Activation) -> Sequential:
    model = Sequential([Input((2,)), Dense(2, activation), Dense(1, "sigmoid")], seed=0)
    model.compile(loss="mse")
    return model


def passed(w: dict[str, float], x: Sequence[float], y: float, activation: Activation) -> Pass:
    """The input's way through the network with these weights, and back."""
    model = _network(activation)
    model.build()
    model.set_weights(_matrices(w))
    batch, target = np.array([x], dtype=float), np.array([[y]])
    hidden, output = model.inspect(batch, target)
    slope = [
        model.layers[k].activation.vjp(each.sums, each.activations, each.gradient)
        for k, each in enumerate((hidden, output))
    ]
    # a dense layer always has sums
    z = np.concatenate([np.ravel(each.sums) for each in (hidden, output) if each.sums is not None])
    a = np.concatenate([each.activations.ravel() for each in (hidden, output)])
    check: dict[str, Comparison] = dict(zip(ORDER, gradient_check(model, batch, target), strict=True))
    slopes = {key: found.backprop for key, found in check.items()}
    by_letter = {key: check[key] for key in WEIGHTS}
    loss = float(model.evaluate(batch, target))
    delta = np.concatenate([part.ravel() for part in slope])
    return Pass(w, (x[0], x[1]), y, activation, z, a, delta, slopes, by_letter, loss)


def run(beat: Beat) -> tuple[Pass, bool]:
    """The network that the reader has set, and whether its way back may be shown."""
    with beat.panel:
        activation = Activation.get(
            beat.choice("act5", Choice("sigmoid", ("sigmoid", "tanh", "relu")), "hidden_activation")
        )
        x = tuple(
            beat.slider(key, Number(default, -2, 2), "input_named", letter=letter)
            for key, letter, default in (("p", "x₁", 1.0), ("q", "x₂", 0.5))
        )
        y = beat.slider("y", Number(1.0, 0, 1), "wanted_named", letter="y")
        with beat.more():
            w = {
                key: beat.box(key, Number(default, -30.0, 30.0), "weight_named", letter=letter)
                for key, (letter, default) in WEIGHTS.items()
            }
        owns = ("act5", "p", "q", "y", *WEIGHTS)
        twins = {"w21": 1.5, "w22": -1.0, "b2": 0.5, "v2": 2.0}
        flat = {"w11": 15.0, "w12": -10.0, "w21": -20.0, "w22": 10.0}
        dead = {"act5": "relu", "b1": -4.0, "b2": -4.0}
        beat.presets(owns, works={}, twin_units=twins, saturated_units=flat, dead_units=dead)
    found = passed(w, x, y, activation)
    beat.goals(_front_faster(found))
    _noted(beat, found)
    with beat.stage:
        told = beat.predicted("what_becomes_of_v", MOVES, found.moves(), found.move_said(beat))
    return found, told


def _noted(beat: Beat, found: Pass) -> None:
    layers = [call(Input, (2,)), call(Dense, 2, found.activation), call(Dense, 1, "sigmoid")]
    model = beat.made("model", Sequential, layers, seed=0)
    beat.made("", model.compile, loss="mse")
    beat.made("", model.build)
    beat.made("", model.set_weights, _matrices(found.w))
    batch, target = np.array([found.x], dtype=float), np.array([[found.y]])
    beat.ran(model.predict, batch)
    beat.ran(model.evaluate, batch, target)
    beat.ran(gradient_check, model, batch, target)


def checked(beat: Beat, found: Pass) -> None:
    """The gradients side by side: by backpropagation and by the quotient of differences."""
    st.markdown(found.check_said(beat))
    head = [beat.word(word) for word in ("check_weight", "check_backprop", "check_difference", "check_error")]
    rows = [head, ["---"] * len(head)]
    rows += [
        [WEIGHTS[key][0], *(readable(v, 5) for v in (each.backprop, each.difference)), readable(each.relative_error, 2)]
        for key, each in found.check.items()
    ]
    st.markdown("\n".join("| " + " | ".join(row) + " |" for row in rows))


def _front_faster(found: Pass) -> Goal:
    """The gradient of w₁₁, in front, is at least twice that of v₁, behind."""
    front, back = abs(found.slopes["w11"]), abs(found.slopes["v1"])
    measured = f"|∂E/∂w₁₁| = {readable(front, 3)}, |∂E/∂v₁| = {readable(back, 3)}"
    return Goal("goal_neuron_front_faster", front > 1e-3 and front >= 2 * back, measured)
