"""The page of the neuron: what it says is what is computed, and nothing is told before it is guessed."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.activations import Activation
from lessons.neuron.nerve_cell import ANALOGY, NUMBERS, TOLD
from lessons.neuron.number_by_number import ORDER, WEIGHTS, passed
from lessons.neuron.two_hidden import PLACES

Open = Callable[..., AppTest]
SCRIPT = "pages/3_neuron.py"
DEFAULTS = {key: default for key, (_, default) in WEIGHTS.items()}


def test_every_part_is_told_and_numbered() -> None:
    assert set(ANALOGY) == set(TOLD) and len(NUMBERS) == len(ANALOGY)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_the_way_forwards_and_back_is_what_the_formulas_say(name: str) -> None:
    w, x, y = DEFAULTS, np.array([1.0, 0.5]), 1.0
    f = Activation.get(name)
    found = passed(w, (1.0, 0.5), y, f)
    z = np.array([w["w11"] * x[0] + w["w12"] * x[1] + w["b1"], w["w21"] * x[0] + w["w22"] * x[1] + w["b2"]])
    h = f(z)
    z3 = w["v1"] * h[0] + w["v2"] * h[1] + w["k"]
    p = 1 / (1 + np.exp(-z3))
    d3 = 2 * (p - y) * p * (1 - p)
    d = d3 * np.array([w["v1"], w["v2"]]) * f.derivative(z)
    assert found.z == pytest.approx([*z, z3]) and found.a == pytest.approx([*h, p])
    assert found.loss == pytest.approx((p - y) ** 2)
    assert found.delta == pytest.approx([*d, d3])
    by_hand = {"w11": d[0] * x[0], "w12": d[0] * x[1], "w21": d[1] * x[0], "w22": d[1] * x[1]}
    by_hand |= {"b1": d[0], "b2": d[1], "v1": d3 * h[0], "v2": d3 * h[1], "k": d3}
    assert found.slopes == pytest.approx(by_hand)
    assert set(ORDER) == set(WEIGHTS)
    assert max(each.relative_error for each in found.check.values()) < 1e-7


def test_twin_units_get_the_same_gradient() -> None:
    """Which is why first weights are random."""
    twins = DEFAULTS | {"w21": 1.5, "w22": -1.0, "b2": 0.5, "v2": 2.0}
    slopes = passed(twins, (1.0, 0.5), 1.0, Activation.get("sigmoid")).slopes
    assert [slopes[k] for k in ("w11", "w12", "b1", "v1")] == pytest.approx(
        [slopes[k] for k in ("w21", "w22", "b2", "v2")]
    )


def test_the_steps_can_be_checked_by_hand(opened: Open, steps) -> None:
    lines = steps(opened(SCRIPT, lang="en", predict="0"))["beat-number_by_number"]
    assert len(lines) == 9
    number = r"\(?(−?[\d.]+)\)?"
    for sign in (re.findall(rf"= {number}·{number} = {number}$", "\n".join(lines[5:]), re.MULTILINE),):
        assert sign
        for parts in sign:
            a, b, product = (float(part.replace("−", "-")) for part in parts)
            assert a * b == pytest.approx(product, rel=2e-3)


def test_nothing_is_told_before_the_guess(opened: Open, steps) -> None:
    at = opened(SCRIPT, lang="en")
    assert len(steps(at)["beat-number_by_number"]) == 5, "forwards only"
    assert not any(mark in str(chart.proto.spec) for chart in at.get("vega_lite_chart") for mark in NUMBERS)
    assert "∂E/∂w₁₁" not in str(steps(at))


def test_the_answers_of_the_defaults(opened: Open) -> None:
    truth = {
        "predict-nerve_cell": "synapse",
        "predict-one_unit": "line_stays",
        "predict-one_unit_gates": "XOR",
        "predict-two_hidden": PLACES[1],
        "predict-number_by_number": "v_grows",
    }
    at = opened(SCRIPT, lang="en")
    for key, answer in truth.items():
        at.pills(key=key).set_value(answer)
    at.run()
    assert len(at.success) == len(truth) and not at.info


def test_on_a_kink_the_page_says_why_the_two_differ(opened: Open) -> None:
    at = opened(SCRIPT, lang="en", predict="0", act5="relu", p="0", q="0", b1="0")
    assert any("kink" in text.value for text in at.markdown)
