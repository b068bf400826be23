"""The page on activations: its presets show what their names say, and its words rest on what was computed."""

import json
import math
import re
import unicodedata
from typing import Any

import numpy as np
import pytest

from dlcore.activations import Activation
from dlcore.datasets import BreastCancer
from dlcore.experiments.gradient_flow import NORMALIZED, DeepNetwork
from dlcore.experiments.output_layers import MANY, ONE, Output, Problem
from dlcore.optimizers import SGD, Adam
from lessons.activations import does_it_matter, glance, shape_and_slope, two_networks, vanishing, which_one
from lessons.activations.activation_names import activation_name
from ui.beat import Beat
from ui.number_format import readable, small
from ui.question import name_of
from ui.text import texts

SCRIPT = "pages/4_activations.py"


# ---- shapes ----------------------------------------------------------------------------------------------------------


def test_the_slope_of_a_sigmoid_can_be_worked_out_by_hand() -> None:
    setup = shape_and_slope.Setup(("sigmoid", "tanh"))
    shapes = shape_and_slope.measure(setup)
    for k, line in enumerate(shape_and_slope.lines(shapes, with_slopes=True)):
        for part, name in zip(line.split("\n"), setup.names, strict=True):
            a, _, rest = part.replace("−", "-").split(" = ", 1)[1].partition(",  f′(")
            by_hand = float(a) * (1 - float(a)) if name == "sigmoid" else 1 - float(a) ** 2
            assert by_hand == pytest.approx(shapes.slopes[name][k], rel=0.01)
            assert float(rest.split(" = ")[-1]) == pytest.approx(shapes.slopes[name][k], rel=1e-3)


def test_slopes_are_hidden_until_the_guess() -> None:
    shapes = shape_and_slope.measure(shape_and_slope.Setup(("tanh",)))
    assert "′" not in "".join(shape_and_slope.lines(shapes, with_slopes=False))
    assert list(shape_and_slope.table(shapes, with_slopes=False).columns) == ["z", "tanh"]
    assert list(shape_and_slope.table(shapes, with_slopes=True).columns) == ["z", "tanh", "tanh'"]


def test_what_the_prose_says_of_a_sigmoid() -> None:
    facts = shape_and_slope.facts_of_a_sigmoid()
    assert facts == pytest.approx({"one": 0.7311, "minus": 0.1192, "steepest": 0.25}, abs=1e-4)


def test_all_activations_at_once_and_none(opened, sound) -> None:
    for act in (",".join(shape_and_slope.NAMES), ""):
        at = opened(SCRIPT, lang="en", predict="0", act=act)
        sound(at)
        assert not at.error


def test_a_flat_part_that_begins_where_the_picture_ends_begins_with_a_number(opened) -> None:
    at = opened(SCRIPT, lang="en", predict="0", act="relu6")
    (said,) = [each.value for each in at.markdown if "**ReLU6**" in each.value]
    assert said.endswith("all but flat for z in −∞\xa0…\xa00, 6\xa0…\xa0∞.")


def test_the_steepest_slope_is_that_of_the_function_and_not_of_the_points_that_are_drawn(opened) -> None:
    """Softplus had 0.9975, hard SiLU 1.467 and SELU 1.591, and Mish was flat from −1.2 to −1.2."""
    at = opened(SCRIPT, lang="en", predict="0", act="softplus,hard_silu,selu,mish")
    (said,) = [each.value for each in at.markdown if "**SELU**" in each.value]
    by_name = {line.split("**")[1]: line.split("Steepest slope **")[1] for line in said.splitlines()}
    slopes = {name: line.split("**")[0] for name, line in by_name.items()}
    assert slopes == {"Softplus": "1", "Hard SiLU": "1.5", "SELU": "1.758", "Mish": "1.088"}
    assert by_name["Mish"].endswith("−5.1, −1.2."), by_name["Mish"]


def in_english(word: str, /, **values: Any) -> str:
    return texts.fill(texts.words()[word]["en"], values)


def test_the_table_of_activations_says_what_is_computed() -> None:
    head, line, *rows = [
        [cell.strip() for cell in row.split("|")[1:-1]] for row in glance.table(in_english).split("\n")
    ]
    assert len(rows) == len(glance.USES) and {len(row) for row in (head, line, *rows)} == {3}
    for name, (called, numbers, use) in zip(glance.USES, rows, strict=True):
        member = Activation.get(name)
        assert called.startswith(activation_name(name, in_english)) and use == in_english(glance.USES[name])
        reach, slope = numbers.split(" · ")
        assert reach == " … ".join(readable(end, 2) for end in member.output_range)
        if name == "softmax":
            continue
        z = np.linspace(-6, 6, 100_001)
        assert float(slope) == pytest.approx(float(member.derivative(z).max()), rel=1e-3)
        shape = called.rpartition(" ")[2]
        values = member(np.linspace(-6, 6, len(shape)))
        heights = np.array([glance.HEIGHTS.index(bar) for bar in shape])
        assert heights.min() == 0 and heights.max() == len(glance.HEIGHTS) - 1
        assert np.corrcoef(values, heights)[0, 1] > 0.97, "the bars have the shape of the function"


def test_the_table_of_activations_is_there_but_not_before_the_guess(opened) -> None:
    """It would give the slope of a sigmoid away."""
    for guessing in ({}, {"predict": "0"}):
        at = opened(SCRIPT, lang="en", beat="shape_and_slope", **guessing)
        assert any(box.label == in_english("glance") for box in at.expander) == bool(guessing)
        assert any(in_english("used_gelu") in text.value for text in at.markdown) == bool(guessing)
    at = opened(SCRIPT, lang="en", all="1", predict="0")
    assert any(text.value == f"**{in_english('glance')}**" for text in at.markdown), "on paper it is open"


def test_activations_are_called_by_words(opened) -> None:
    """hard_sigmoid and leaky_relu stood on the buttons and in the legend."""
    for name in shape_and_slope.NAMES:
        assert "_" not in activation_name(name, in_english)
    at = opened(SCRIPT, lang="en", beat="shape_and_slope", predict="0", act="hard_sigmoid,leaky_relu")
    (pills,) = (each for each in at.pills if each.key == "activations.act")
    assert not any("_" in str(option) for option in pills.options)
    assert not any("**leaky_relu**" in text.value for text in at.markdown)


def test_no_run_is_called_const(opened, drawn_pictures) -> None:
    for language in ("ko", "en"):
        drawn_pictures.clear()
        opened(SCRIPT, lang=language, beat="does_it_matter", predict="0")
        (picture,) = drawn_pictures
        assert texts.words()["constant_answer"][language] in picture.look["names"]
        assert not any("const" in name.split() for name in picture.look["names"])


def test_the_player_of_a_curve_says_where_on_it_one_is(opened) -> None:
    """ "Step 65 / 120" stood beneath a curve over z."""
    at = opened(SCRIPT, lang="en", beat="shape_and_slope", predict="0")
    (bar,) = (
        json.loads(each.proto.json) for each in at.get("bidi_component") if each.proto.component_name == "lesson_player"
    )
    assert [float(z.replace("−", "-")) for z in bar["numbers"]] == pytest.approx(np.linspace(-6, 6, 121))


# ---- many layers -----------------------------------------------------------------------------------------------------


def arrives(activation: str, start: str, depth: int = 10) -> tuple[str, ...]:
    pair = two_networks.Pair(
        DeepNetwork(BreastCancer(), depth, 32, activation, start), DeepNetwork(BreastCancer(), depth, 32)
    )
    setup = vanishing.Setup(pair)
    return vanishing.question(setup, vanishing.measure(setup)).truths


def test_the_presets_of_the_gradient_do_what_they_say() -> None:
    assert arrives("sigmoid", "glorot_uniform") == ("arrives_not",)
    assert arrives("sigmoid", "glorot_uniform", 3) == ("arrives_weak",)
    assert arrives("sigmoid", NORMALIZED) == arrives("tanh", "glorot_uniform") == ("arrives_well",)
    assert arrives("relu", "small_normal") == ("arrives_not",)
    assert arrives("relu", "large_normal") == ("arrives_more",)


def test_every_layer_can_be_worked_out_by_hand() -> None:
    nets = DeepNetwork(depth=4, start=NORMALIZED), DeepNetwork(depth=4, activation="tanh")
    setup = vanishing.Setup(two_networks.Pair(*nets))
    flows = vanishing.measure(setup)
    lines = vanishing.lines(setup, flows, answered=True)
    assert len(lines) == 5
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    for n, line in enumerate(lines[1:], start=1):
        for part, found in zip(line.split("\n"), flows.values(), strict=True):
            product = part.rpartition(": ")[2].translate(raised).replace("×10-", "e-").replace("−", "-")
            factors, _, left = product.partition(" = ")
            values = [float(factor.split(" ")[0]) for factor in factors.split(" × ")]
            assert np.prod(values) == pytest.approx(float(left), rel=0.02)
            assert float(left) == pytest.approx(found.left[4 - n], rel=0.01)


@pytest.mark.parametrize(
    ("activation", "start"), [("sigmoid", "glorot_uniform"), ("relu", "large_normal"), ("sigmoid", NORMALIZED)]
)
def test_what_is_left_is_the_product_of_the_numbers_shown(activation: str, start: str) -> None:
    """0.0026 × 0.95 × 0.239 was said to be 5.92×10⁻⁴, and is 5.90×10⁻⁴; 0.0237 × 13,100 is 310 and not 312."""
    net = DeepNetwork(activation=activation, start=start)
    setup = vanishing.Setup(two_networks.Pair(net, net.likewise("tanh", "glorot_uniform")))
    flows = vanishing.measure(setup)
    products = [line.split(": ", 2)[2] for text in vanishing.lines(setup, flows, True)[1:] for line in text.split("\n")]
    said = vanishing.explain(setup, flows, in_english).split("\n")[:2]
    for line in said:
        left, factors = re.search(r"\*\*(\S+) times\*\* .*?= (.*?)(?:\. [TG])", line).groups()  # type: ignore[union-attr]
        products.append(" × ".join(re.findall(r"(\d\S*) by", factors)) + f" = {left}")
    for line in products:
        factors, left = re.sub(r" \(\w+′?\)", "", line).split(" = ")
        product = math.prod(number(each) for each in factors.split(" × "))
        digits, _, power = left.partition("×10")
        unit = number(f"1×10{power or '⁰'}") * 10.0 ** -len(digits.partition(".")[2])
        assert abs(product - number(left)) <= 0.5001 * unit, line


def number(text: str) -> float:
    digits, _, power = text.replace(",", "").partition("×10")
    return float(digits) * 10.0 ** int(unicodedata.normalize("NFKC", power or "⁰").replace("−", "-"))


@pytest.mark.parametrize("module", [vanishing])
def test_the_presets_change_the_network_that_is_asked_about(module, monkeypatch, opened) -> None:
    """The question asks about A, and "batch normalization" changed B."""
    found: dict[str, dict[str, Any]] = {}
    presets = Beat.presets

    def spied(self: Beat, owns: Any, **offers: Any) -> None:
        found[self.name] = offers
        presets(self, owns, **offers)

    monkeypatch.setattr(Beat, "presets", spied)
    opened(SCRIPT, lang="en", beat=name_of(module))
    offers = found[name_of(module)]
    assert len(offers) > 2
    for preset, settings in offers.items():
        assert not settings or set(settings) & {"d", "a", "i"}, preset
        assert not set(settings) & {"b", "j"}, preset


def test_what_batch_normalization_multiplies_by_is_not_said_of_the_weights() -> None:
    nets = DeepNetwork(start=NORMALIZED), DeepNetwork()
    setup = vanishing.Setup(two_networks.Pair(nets[0], nets[1].likewise("tanh", "glorot_uniform")))
    flows = vanishing.measure(setup)
    said = vanishing.explain(setup, flows, in_english).split("\n")
    assert "by batch normalization" in said[0] and "by batch normalization" not in said[1]
    (flow, _) = flows.values()
    assert f"{small(float(flow.by_normalization.prod()), 3)} by batch" in said[0]
    assert flow.by_normalization.prod() > 100 * flow.by_weights.prod()
    product = flow.by_slopes.prod() * flow.by_weights.prod() * flow.by_normalization.prod()
    assert product == pytest.approx(flow.left[0])


def test_nothing_of_the_gradient_is_told_before_the_guess() -> None:
    setup = vanishing.Setup(two_networks.Pair(DeepNetwork(depth=2), DeepNetwork(depth=2)))
    flows = vanishing.measure(setup)
    left, most = vanishing.gradients(setup, flows, answered=False)
    assert all(np.isnan(each).all() for each in left.values()) and not most.size
    assert len(vanishing.lines(setup, flows, answered=False)) == 1


# ---- training --------------------------------------------------------------------------------------------------------


def outcomes(first: tuple[str, str], second: tuple[str, str], rule=None, depth: int = 10) -> tuple[str, ...]:
    common = DeepNetwork(BreastCancer(), depth, does_it_matter.WIDTH, rows=does_it_matter.ROWS)
    pair = two_networks.Pair(common.likewise(*first), common.likewise(*second))
    setup = does_it_matter.Setup(pair, rule or SGD(0.1))
    return does_it_matter.question(setup, does_it_matter.measure(setup)).truths


def test_the_presets_of_the_training_do_what_they_say() -> None:
    sigmoid, relu, wild = ("sigmoid", "glorot_uniform"), ("relu", "he_normal"), ("relu", "large_normal")
    assert outcomes(sigmoid, relu) == ("second_lower",)
    assert outcomes(sigmoid, wild) == ("first_lower",), "what explodes is worse than what is stuck"
    assert outcomes(sigmoid, wild, SGD(0.1, global_clipnorm=1.0)) == ("second_lower",)
    assert outcomes(sigmoid, sigmoid) == ("as_low",)
    courses = [
        DeepNetwork(BreastCancer(), 10, 16, *sigmoid, rows=160).train(rule, 20) for rule in (SGD(0.1), Adam(0.01))
    ]
    assert courses[1].loss[-1] < 0.8 * courses[0].loss[-1], "with Adam sigmoids learn after all"


def test_the_loss_is_called_e(opened, steps) -> None:
    """It was L on this page and E on the one before."""
    at = opened(SCRIPT, lang="en", beat="does_it_matter", predict="0")
    said = " ".join([*(text.value for text in (*at.markdown, *at.caption)), *sum(steps(at).values(), [])])
    assert "E = " in said and "L = " not in said


# ---- outputs ---------------------------------------------------------------------------------------------------------


def comes_to(problem: str, *output: str) -> tuple[str, ...]:
    setup = which_one.Setup(Problem.get(problem), Output(*output))
    return which_one.question(setup, which_one.measure(setup)).truths


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
