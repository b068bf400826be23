"""The page of the neuron: what it says is what is computed, and nothing is told before it is guessed."""

import re
from collections.abc import Callable
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from charts import backpropagation as backpropagation_chart
from charts.picture import Picture
from dlcore.activations import Activation, Sigmoid
from dlcore.experiments.logic_gates import CORNERS, TABLES, UNITS
from dlcore.experiments.single_unit import Unit
from dlcore.experiments.xor_training import XorTraining, learning_seeds
from lessons.neuron import nerve_cell, number_by_number, one_unit, one_unit_gates, two_hidden, xor_learning
from ui.text import texts

Open = Callable[..., AppTest]
SCRIPT = "pages/3_neuron.py"


# ---- without a page --------------------------------------------------------------------------------------------------


def test_every_part_of_the_cell_has_a_role_and_a_number() -> None:
    setup = nerve_cell.Setup()
    analogy = nerve_cell.measure(setup)
    assert list(analogy) == list(nerve_cell.ROLES) and len(nerve_cell.NUMBERS) == len(analogy)
    assert nerve_cell.question(setup, analogy).truths == ("synapse",)
    # numbered, a part and its counterpart share the number
    cell, unit = (nerve_cell.part_names(words, str.upper, True) for words in (analogy, analogy.values()))
    assert (cell["soma"], unit["soma"]) == ("③ SOMA", "③ UNIT_SUM")
    assert nerve_cell.part_names(analogy, str.upper, False)["soma"] == "SOMA"


def test_until_another_part_is_chosen_the_answer_is_lit(opened: Open, drawn_pictures: list[Picture]) -> None:
    """The right answer was the synapse, and the dendrites stayed red."""
    for address, lit in (({}, ("synapse", "unit_weight")), ({"part": "axon"}, ("axon", "unit_output"))):
        drawn_pictures.clear()
        assert not opened(SCRIPT, lang="en", beat="nerve_cell", predict="0", **address).exception
        names = [picture.data["names"] for picture in drawn_pictures]
        shown = [table["text"][table["lit"]].tolist() for table in names]
        assert [[text.partition(" ")[2] for text in each] for each in shown] == [
            [texts.words()[word]["en"]] for word in lit
        ]
    drawn_pictures.clear()
    opened(SCRIPT, lang="en", beat="nerve_cell")
    assert not any(picture.data["names"]["lit"].any() for picture in drawn_pictures), "not before the guess"


def test_twice_the_weights_and_the_bias_change_the_answer_and_not_the_line() -> None:
    setup = one_unit.Setup(Unit((1.5, 1.0), -1.0, Sigmoid()), (1.0, 0.5))
    responses = one_unit.measure(setup)
    assert (responses.single.z, responses.double.z) == (1.0, 2.0)
    assert [responses.single.a, responses.double.a] == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(-2))])
    ends = responses.single.boundary
    assert ends.shape == (2, 2) and 1.5 * ends[:, 0] + ends[:, 1] == pytest.approx([1.0, 1.0])
    assert responses.double.boundary == pytest.approx(ends)
    assert one_unit.question(setup, responses).truths == ("line_stays",)


def test_what_would_not_be_twice_the_unit_is_told_from_it() -> None:
    setup = one_unit.Setup(Unit((1.5, 1.0), -1.0), (1.0, 0.5))
    one = one_unit.measure(setup).single
    for unit, truth in ((Unit((1.5, 1.0), 0.0), "line_shifts"), (Unit((1.0, 1.5), -1.0), "line_turns")):
        other = one_unit.measure(one_unit.Setup(unit, setup.x)).single
        assert one_unit.question(setup, one_unit.Responses(one, other)).truths == (truth,)


def test_the_arrow_of_the_weights_is_at_right_angles_to_the_line() -> None:
    for unit in (Unit((1.5, 1.0), -1.0), Unit((0.0, 2.0), 1.0), Unit((1.0, 1.0), -5.5)):
        ends = one_unit.measure(one_unit.Setup(unit, (0.0, 0.0))).single.boundary
        foot, tip = one_unit.weight_arrow(unit, ends, (0.0, 0.0))
        assert unit.sums(foot) == pytest.approx(0.0) and np.dot(tip - foot, ends[1] - ends[0]) == pytest.approx(0.0)
        assert np.hypot(*(tip - foot)) == pytest.approx(1.0) and unit.sums(tip) > 0
    assert one_unit.weight_arrow(Unit((0.0, 0.0), 1.0), np.empty((0, 2)), (0.0, 0.0)).shape == (0, 2)


@pytest.mark.parametrize("x", [(1.0, 0.5), (0.5, 0.3), (2.5, -2.0), (-1.0, 2.4)])
def test_the_dot_of_the_input_does_not_cover_the_arrow_of_the_weights(x: tuple[float, float]) -> None:
    """It lay over most of it on the page as it opens."""
    for unit in (Unit((1.5, 1.0), -1.0), Unit((3.0, 2.0), -2.0), Unit((1.5, 0.0), -1.0)):
        ends = one_unit.measure(one_unit.Setup(unit, x)).single.boundary
        foot, tip = one_unit.weight_arrow(unit, ends, x)
        way = foot + np.linspace(0, 1, 101)[:, None] * (tip - foot)
        assert np.hypot(*(way - np.array(x)).T).min() > 0.45
        assert np.abs(np.array([foot, tip])).max() <= 3


def test_a_unit_is_held_against_its_gate_and_the_search_against_all() -> None:
    test = one_unit_gates.measure(one_unit_gates.Setup(Unit((1.0, 1.0), -0.5), "AND", 17))
    # an OR, which is no AND at (0, 1) and (1, 0)
    assert test.sums.tolist() == [-0.5, 0.5, 0.5, 1.5] and test.answers.tolist() == [0, 1, 1, 1]
    assert test.right == 2 and test.search.grid_size == 17**3
    assert test.search.best["XOR"] == 3 and one_unit_gates.IMPOSSIBLE == "XOR"
    assert one_unit_gates.search_table(test.search)["gate"].tolist() == list(TABLES)


def test_an_and_of_uneven_weights_is_a_goal() -> None:
    def reached(w1: float, w2: float, bias: float, gate: str) -> bool:
        setup = one_unit_gates.Setup(Unit((w1, w2), bias), gate, 5)
        (goal,) = one_unit_gates.goals(setup, one_unit_gates.measure(setup))
        return goal.reached

    assert reached(0.5, 1.0, -1.2, "AND") and reached(1.0, 0.5, -1.2, "AND")
    assert not reached(1.0, 1.0, -1.5, "AND") and not reached(0.5, 1.0, -1.2, "OR")


def test_gates_are_called_by_words(opened: Open) -> None:
    """ONLY_X1 stood in menus and axes."""
    for each in texts.words().values():
        assert "ONLY_X" not in str(each)
    at = opened(SCRIPT, lang="en", predict="0", h1="ONLY_X1", gate="ONLY_X2")
    assert not any("ONLY_X" in element.value for element in (*at.markdown, *at.caption))
    assert not any("ONLY_X" in str(menu.options) for menu in at.selectbox)


@pytest.mark.parametrize("seed", [1, 5])
def test_xor_from_random_weights_is_told_as_it_ends(seed: int) -> None:
    setup = two_hidden.Setup("OR", "NAND", "AND", seed)
    training = two_hidden.measure(setup)
    assert isinstance(training, XorTraining)
    right = int(((training.answers[-1] > 0.5) == np.array(TABLES["XOR"])).sum())
    truth = "xor_learned" if right == 4 else "xor_not_learned"
    assert two_hidden.question(setup, training).truths == (truth,)

    def say(word: str, /, **values: Any) -> str:
        return f"{word} " + texts.fill(texts.words()[word]["en"], values)

    said = two_hidden.explain(setup, training, say)
    assert said.startswith(f"{truth}_because")
    learned = int(learning_seeds(xor_learning.SEEDS).sum())
    assert f"{learned} learn it" in said and f"0 to {xor_learning.SEEDS - 1}" in said


def test_both_ends_of_learning_xor_are_offered() -> None:
    truths = {
        two_hidden.question(setup, two_hidden.measure(setup)).truths
        for setup in (two_hidden.Setup("OR", "NAND", "AND", seed) for seed in (1, 5))
    }
    assert len(truths) == 2, "by the presets, one that learns and one that does not"


def test_a_training_of_xor_is_played_after_the_guess_and_not_before(
    opened: Open, drawn_pictures: list[Picture], steps: Any, sound: Any
) -> None:
    address = {"lang": "en", "beat": "two_hidden", "learn": "1", "xs": "5"}
    at = opened(SCRIPT, **address)
    assert len(steps(at)["beat-two_hidden"]) == 1
    for picture in drawn_pictures:
        for table in picture.data.values():
            assert not len(table.get("step", ())) or set(table["step"]) == {0}, picture.name
    drawn_pictures.clear()
    at = opened(SCRIPT, **address, predict="0")
    sound(at)
    (name,) = (name for name in steps(at) if name == "beat-two_hidden")
    assert len(steps(at)[name]) == len(xor_learning.training_of(5).epochs)
    assert {picture.name for picture in drawn_pictures} == {"learned_inputs", "lines", "learned_hidden"}


def test_what_learns_leaves_the_gates_where_they_are(opened: Open) -> None:
    at = opened(SCRIPT, lang="en", beat="two_hidden", h1="NOR", learn="1")
    assert not at.warning and "NOR" in at.query_params["h1"]


@pytest.mark.parametrize(
    ("gates", "places", "labels", "right"),
    [
        (("OR", "NAND", "AND"), "places_3", ["(0,0)", "(1,1)", "(0,1), (1,0)"], 4),
        (("OR", "OR", "OR"), "places_2", ["(0,0)", "(0,1), (1,0), (1,1)"], 3),
        (("ONLY_X1", "ONLY_X2", "OR"), "places_3", ["(0,0), (1,1)", "(0,1)", "(1,0)"], 4),
    ],
)
def test_the_corners_move_to_the_places_of_the_hidden_outputs(
    gates: tuple[str, str, str], places: str, labels: list[str], right: int
) -> None:
    setup = two_hidden.Setup(*gates)
    outputs = two_hidden.corner_outputs(setup)
    assert two_hidden.question(setup, outputs).truths == (places,)
    assert (sorted(outputs.place_labels), outputs.right) == (sorted(labels), right)
    # hidden outputs as the tables of the gates have them, corner by corner
    assert outputs.hidden.T.tolist() == [list(TABLES[gates[0]]), list(TABLES[gates[1]])]
    assert [outputs.corners_at(place).sum() for place in outputs.places] == [
        label.count("(") for label in outputs.place_labels
    ]


def test_every_way_to_xor_is_counted() -> None:
    made = 0
    for first in UNITS:
        for second in UNITS:
            for output in UNITS:
                made += two_hidden.measure(two_hidden.Setup(first, second, output)).right == len(CORNERS)
    assert two_hidden.corner_outputs(two_hidden.Setup("OR", "OR", "OR")).ways == made > 0


def backpropagation(name: str = "sigmoid", **weights: float) -> number_by_number.Backpropagation:
    """The passes of the input that the page begins with, through its network with other weights."""
    values = {key: default for key, (_, default) in number_by_number.WEIGHTS.items()} | weights
    setup = number_by_number.Setup(tuple(values.values()), (1.0, 0.5), 1.0, Activation.get(name))
    return number_by_number.measure(setup)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_the_way_forwards_and_back_is_what_the_formulas_say(name: str) -> None:
    w = {key: default for key, (_, default) in number_by_number.WEIGHTS.items()}
    x, y = np.array([1.0, 0.5]), 1.0
    f = Activation.get(name)
    passes = backpropagation(name)
    z = np.array([w["w11"] * x[0] + w["w12"] * x[1] + w["b1"], w["w21"] * x[0] + w["w22"] * x[1] + w["b2"]])
    h = f(z)
    z3 = w["v1"] * h[0] + w["v2"] * h[1] + w["k"]
    p = 1 / (1 + np.exp(-z3))
    d3 = 2 * (p - y) * p * (1 - p)
    d = d3 * np.array([w["v1"], w["v2"]]) * f.derivative(z)
    assert passes.z == pytest.approx([*z, z3]) and passes.a == pytest.approx([*h, p])
    assert passes.loss == pytest.approx((p - y) ** 2)
    assert passes.delta == pytest.approx([*d, d3])
    by_hand = {"w11": d[0] * x[0], "w12": d[0] * x[1], "w21": d[1] * x[0], "w22": d[1] * x[1]}
    by_hand |= {"b1": d[0], "b2": d[1], "v1": d3 * h[0], "v2": d3 * h[1], "k": d3}
    assert passes.gradients == pytest.approx(by_hand)
    assert set(number_by_number.FLAT_ORDER) == set(number_by_number.WEIGHTS)
    assert max(each.relative_error for each in passes.check.values()) < 1e-7


@pytest.mark.parametrize("weights", [{}, {"w11": 15, "w12": -10, "w21": -20, "w22": 10}, {"w11": 30.0, "b1": 30.0}])
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_a_number_fits_into_its_node(name: str, weights: dict[str, float]) -> None:
    """0.0000001 ran out of its circle."""
    passes = backpropagation(name, **weights)
    values = {key: default for key, (_, default) in number_by_number.WEIGHTS.items()} | weights
    for x in ((1.0, 0.5), (-1.25, 0.01)):
        setup = number_by_number.Setup(tuple(values.values()), x, 1.0, Activation.get(name))
        data = number_by_number.network_picture(setup, number_by_number.measure(setup), True).data["texts"]
        written = data["text"][data["kind"] == "inside"]
        raised = str.maketrans("", "", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻.₁₂ŷ")
        # raised digits and points are narrow
        assert max(len(str(text).translate(raised)) for text in written) <= 5, written
        assert not any("0000" in str(text) for text in data["text"]), data["text"]
    assert passes.loss >= 0


@pytest.mark.parametrize("size", [(1270, 340), (1270, 500), (690, 440), (358, 307)], ids=str)
@pytest.mark.parametrize("weights", [{}, {"w11": 15, "w12": -10, "w21": -20, "w22": 10}], ids=["usual", "large"])
def test_no_number_of_the_network_lies_on_another(size: tuple[int, int], weights: dict[str, float]) -> None:
    """In a picture as low as a hall's, too, whose letters are 28 pixels large all the same."""
    values = {key: default for key, (_, default) in number_by_number.WEIGHTS.items()} | weights
    setup = number_by_number.Setup(tuple(values.values()), (1.0, 0.5), 1.0, Sigmoid())
    texts = number_by_number.network_picture(setup, number_by_number.measure(setup), True).data["texts"]
    width, height = size
    letters = {
        wide: eval(rule, {"width": width, "height": height, "min": min, "max": max})
        for wide, rule in ((False, backpropagation_chart.TALL_LETTERS), (True, backpropagation_chart.WIDE_LETTERS))
    }
    wide = letters[True] > letters[False]
    assert wide == (width > 2.2 * height) and letters[wide] >= (28 if width > 1000 else 12)
    size_of = letters[wide]
    for step in range(9):
        shown = [k for k in range(len(texts["text"])) if texts["step"][k] <= step < texts["until"][k]]
        boxes = []
        for k in shown:
            x = (texts["u"][k] * width + texts["further"][k] * size_of) if wide else texts["x"][k] * width
            y = (texts["v"][k] * height + texts["up"][k] * size_of) if wide else texts["y"][k] * height
            text = str(texts["text"][k])
            # raised digits and points are narrow; beyond its ends a picture has some pixels of padding
            long = 0.55 * (len(text) - 0.5 * len(re.findall("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻₁₂. ]", text))) * size_of
            left = x if wide and texts["left"][k] else x - long / 2
            boxes.append((left, left + long, y - 0.4 * size_of, y + 0.4 * size_of, text))
            inside = -5 <= left and left + long <= width + 5 and 0.4 * size_of - 6 <= y <= height + 6 - 0.4 * size_of
            assert inside, boxes[-1]
        for one, other in combinations(boxes, 2):
            beside = one[1] <= other[0] or other[1] <= one[0]
            assert beside or one[3] <= other[2] or other[3] <= one[2], (step, one, other)


@pytest.mark.parametrize("v1", np.arange(-2, 2.1, 0.5).tolist())
def test_why_the_weight_moves_can_be_worked_out_by_hand(v1: float) -> None:
    """−0.231 × 0.8176 was said to be −0.1888, and is −0.1889."""
    passes = backpropagation(v1=v1)
    said = number_by_number.explain(
        None,  # type: ignore[arg-type]
        passes,
        lambda word, **values: texts.fill(texts.words()[word]["en"], values),
    )
    ((delta, h, slope),) = re.findall(r"= (−?[\d.]+) × ([\d.]+) = (−?[\d.]+),", said)
    by_hand = float(delta.replace("−", "-")) * float(h)
    assert abs(by_hand - float(slope.replace("−", "-"))) <= 0.5001 * 10.0 ** -len(slope.partition(".")[2])


def test_every_number_of_the_network_is_within_a_tall_picture() -> None:
    values = tuple(default for _, default in number_by_number.WEIGHTS.values())
    setup = number_by_number.Setup(values, (1.0, 0.5), 1.0, Sigmoid())
    y = number_by_number.network_picture(setup, number_by_number.measure(setup), True).data["texts"]["y"]
    half_a_letter = 0.021
    assert half_a_letter < y.min() and y.max() < 1 - half_a_letter


def test_twin_units_get_the_same_gradient() -> None:
    """Which is why first weights are random."""
    gradients = backpropagation(w21=1.5, w22=-1.0, b2=0.5, v2=2.0).gradients
    assert [gradients[k] for k in ("w11", "w12", "b1", "v1")] == pytest.approx(
        [gradients[k] for k in ("w21", "w22", "b2", "v2")]
    )


def test_a_mirrored_sigmoid_puts_out_the_rest_to_one_and_the_network_answers_as_before() -> None:
    passes = backpropagation()
    assert passes.mirror is not None
    assert passes.mirror.h1 == pytest.approx(1 - passes.a[0]) and passes.mirror.gap < 1e-12
    assert backpropagation("tanh").mirror is None


@pytest.mark.parametrize("answered", [False, True])
def test_no_table_of_the_network_has_a_number_of_the_way_back_before_the_answer(answered: bool) -> None:
    """δ₃ and h₁ beside each other are the answer: ∂E/∂v₁ = δ₃·h₁."""
    values = tuple(default for _, default in number_by_number.WEIGHTS.values())
    setup = number_by_number.Setup(values, (1.0, 0.5), 1.0, Sigmoid())
    tables: dict[str, Callable[[], pd.DataFrame]] = {}
    beat: Any = SimpleNamespace(answered=answered, numbers=tables.update, source=lambda formulas, *ran: None)
    number_by_number.details(beat, setup, number_by_number.measure(setup))
    columns = {name for table in tables.values() for name in table().columns}
    assert columns >= {"z", "a"} and ("delta" in columns) == ("backprop" in columns) == answered


def test_a_function_of_activation_is_called_f_everywhere() -> None:
    """φ stood here and f on the next page, for the same thing."""
    root = texts.ROOT
    written = [*(root / "lessons").rglob("*.py"), *(root / "charts").rglob("*.py"), *texts.PAGES.glob("*.*")]
    written += [path for path in (root / "dlcore").rglob("*.py") if path.name != "activations.py"]
    # in GELU, φ is the normal density
    found = [path.name for path in written if "φ" in (text := path.read_text(encoding="utf-8")) or r"\varphi" in text]
    assert len(written) > 100 and not found


# ---- on the page -----------------------------------------------------------------------------------------------------


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
    assert not any(mark in str(chart.proto.spec) for chart in at.get("vega_lite_chart") for mark in nerve_cell.NUMBERS)
    assert "∂E/∂w₁₁" not in str(steps(at))


def test_the_answers_of_the_defaults(opened: Open) -> None:
    truth = {
        "predict-neuron.nerve_cell": "synapse",
        "predict-neuron.one_unit": "line_stays",
        "predict-neuron.one_unit_gates": "XOR",
        "predict-neuron.two_hidden": two_hidden.PLACES[1],
        "predict-neuron.number_by_number": "v_grows",
    }
    at = opened(SCRIPT, lang="en")
    for key, answer in truth.items():
        at.pills(key=key).set_value(answer)
    at.run()
    assert len(at.success) == len(truth) and not at.info


def test_on_a_kink_the_page_says_why_the_two_differ(opened: Open) -> None:
    at = opened(SCRIPT, lang="en", predict="0", act5="relu", p="0", q="0", b1="0")
    assert any("kink" in text.value for text in at.markdown)
