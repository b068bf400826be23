"""The page on activations: its presets show what their names say, and its words rest on what was computed."""

import numpy as np
import pytest

from dlcore.datasets import BreastCancer
from dlcore.deep import NORMALIZED, Deep
from dlcore.optimizers import SGD, Adam
from dlcore.recommendations import MANY, ONE, Output, Problem
from lessons.activations import does_it_matter, shape_and_slope, two_networks, vanishing, which_one

SCRIPT = "pages/4_activations.py"


# ---- shapes ----------------------------------------------------------------------------------------------------------


def test_the_slope_of_a_sigmoid_can_be_worked_out_by_hand() -> None:
    shown = shape_and_slope.Shapes(("sigmoid", "tanh"))
    for k, line in enumerate(shown.lines()):
        for part, name in zip(line.split("\n"), shown.names, strict=True):
            a, _, rest = part.replace("−", "-").split(" = ", 1)[1].partition(",  a′ = ")
            by_hand = float(a) * (1 - float(a)) if name == "sigmoid" else 1 - float(a) ** 2
            assert by_hand == pytest.approx(shown.slopes[name][k], rel=0.01)
            assert float(rest.split(" = ")[1]) == pytest.approx(shown.slopes[name][k], rel=1e-3)


def test_slopes_are_hidden_until_the_guess() -> None:
    hidden, shown = shape_and_slope.Shapes(("tanh",), answered=False), shape_and_slope.Shapes(("tanh",))
    assert "′" not in "".join(hidden.lines()) and list(hidden.table().columns) == ["z", "tanh"]
    assert list(shown.table().columns) == ["z", "tanh", "tanh'"]


def test_what_the_prose_says_of_a_sigmoid() -> None:
    assert shape_and_slope.facts() == pytest.approx({"one": 0.7311, "minus": 0.1192, "steepest": 0.25}, abs=1e-4)


def test_all_activations_at_once_and_none(opened, sound) -> None:
    for act in (",".join(shape_and_slope.NAMES), ""):
        at = opened(SCRIPT, lang="en", predict="0", act=act)
        sound(at)
        assert not at.error


# ---- many layers -----------------------------------------------------------------------------------------------------


def arrives(activation: str, start: str, depth: int = 10) -> tuple[str, ...]:
    pair = two_networks.Pair(Deep(BreastCancer(), depth, 32, activation, start), Deep(BreastCancer(), depth, 32))
    return vanishing.Passed(pair, {name: net.passage() for name, net in pair.networks.items()}).arrives


def test_the_presets_of_the_gradient_do_what_they_say() -> None:
    assert arrives("sigmoid", "glorot_uniform") == ("arrives_not",)
    assert arrives("sigmoid", "glorot_uniform", 3) == ("arrives_weak",)
    assert arrives("sigmoid", NORMALIZED) == arrives("tanh", "glorot_uniform") == ("arrives_well",)
    assert arrives("relu", "small_normal") == ("arrives_not",)
    assert arrives("relu", "large_normal") == ("arrives_more",)


def test_every_layer_can_be_worked_out_by_hand() -> None:
    pair = two_networks.Pair(Deep(depth=4), Deep(depth=4, activation="tanh"))
    passed = vanishing.Passed(pair, {name: net.passage() for name, net in pair.networks.items()})
    lines = passed.lines()
    assert len(lines) == 5
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    for n, line in enumerate(lines[1:], start=1):
        for part, found in zip(line.split("\n"), passed.passages.values(), strict=True):
            product = part.rpartition(": ")[2].translate(raised).replace("×10-", "e-").replace("−", "-")
            factors, _, left = product.partition(" = ")
            values = [float(factor.split(" ")[0]) for factor in factors.split(" × ")]
            assert np.prod(values) == pytest.approx(float(left), rel=0.02)
            assert float(left) == pytest.approx(found.left[4 - n], rel=0.01)


def test_nothing_of_the_gradient_is_told_before_the_guess() -> None:
    pair = two_networks.Pair(Deep(depth=2), Deep(depth=2))
    passed = vanishing.Passed(pair, {name: net.passage() for name, net in pair.networks.items()}, answered=False)
    assert all(np.isnan(left).all() for left in passed.left.values()) and not passed.bound.size
    assert len(passed.lines()) == 1


# ---- training --------------------------------------------------------------------------------------------------------


def outcomes(first: tuple[str, str], second: tuple[str, str], rule=None, depth: int = 10) -> tuple[str, ...]:
    common = Deep(BreastCancer(), depth, does_it_matter.WIDTH, rows=does_it_matter.ROWS)
    pair = two_networks.Pair(common.likewise(*first), common.likewise(*second))
    courses = {name: net.train(rule or SGD(0.1), does_it_matter.EPOCHS) for name, net in pair.networks.items()}
    return does_it_matter.Trained(pair, courses, False).outcomes


def test_the_presets_of_the_training_do_what_they_say() -> None:
    sigmoid, relu, wild = ("sigmoid", "glorot_uniform"), ("relu", "he_normal"), ("relu", "large_normal")
    assert outcomes(sigmoid, relu) == ("second_lower",)
    assert outcomes(sigmoid, wild) == ("first_lower",), "what explodes is worse than what is stuck"
    assert outcomes(sigmoid, wild, SGD(0.1, global_clipnorm=1.0)) == ("second_lower",)
    assert outcomes(sigmoid, sigmoid) == ("as_low",)
    courses = [Deep(BreastCancer(), 10, 16, *sigmoid, rows=160).train(rule, 20) for rule in (SGD(0.1), Adam(0.01))]
    assert courses[1].loss[-1] < 0.8 * courses[0].loss[-1], "with Adam sigmoids learn after all"


# ---- outputs ---------------------------------------------------------------------------------------------------------


def comes_to(problem: str, *output: str) -> tuple[str, ...]:
    asked, own = Problem.get(problem), Output(*output)
    return which_one.Tried(asked, own, asked.outcome(own), asked.outcome(asked.recommended)).comes_to


def test_the_presets_of_the_outputs_do_what_they_say() -> None:
    assert comes_to("several_at_once", MANY, "softmax", "binary_crossentropy") == ("clearly_worse",)
    assert comes_to("several_at_once", MANY, "sigmoid", "binary_crossentropy") == ("as_good",)
    assert comes_to("one_of_many", ONE, "linear", "mean_squared_error") == ("clearly_worse",)
    assert comes_to("yes_or_no", ONE, "softmax", "binary_crossentropy") == ("clearly_worse",)
    assert comes_to("one_number", ONE, "sigmoid", "mean_squared_error") == ("clearly_worse",)
    assert comes_to("several_at_once", MANY, "softmax", "sparse_categorical_crossentropy") == ("is_refused",)


@pytest.mark.parametrize("name", Problem.members)
def test_every_problem_shows_the_lines_of_keras(name: str, opened, sound) -> None:
    at = opened(SCRIPT, lang="en", predict="0", p=name)
    sound(at)
    assert Problem.get(name).keras in [code.value for code in at.code]
