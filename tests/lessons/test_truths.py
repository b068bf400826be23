"""What is counted as right on pages 1 to 4: ties, edges, and runs that a formula of the reader's makes possible.

Every truth here is known without the code that finds it.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.activations import Activation
from dlcore.datasets import BreastCancer, Penguins
from dlcore.experiments.gradient_flow import DeepNetwork, GradientHistory
from dlcore.experiments.logic_gates import search
from dlcore.experiments.lr_finder import Growth, RangeTest
from dlcore.experiments.output_layers import Outcome
from dlcore.experiments.rate_sweep import Sweep, useful
from dlcore.experiments.rate_trials import Trial
from dlcore.optimizers import SGD
from dlcore.surfaces import OwnFormula
from lessons.activations import does_it_matter, two_networks, vanishing, which_one
from lessons.learning_rate import finding_a_rate, how_much, schedule_controls, three_rates, with_schedule
from lessons.neuron import number_by_number
from lessons.neuron.one_unit_gates import SEARCHED
from ui.text import texts

Open = Callable[..., AppTest]
GRADIENT_DESCENT, LEARNING_RATE = "pages/1_gradient_descent.py", "pages/2_learning_rate.py"
NEURON = "pages/3_neuron.py"
DESCENT = "any_landscape"


def own(key: str, text: str, **more: str) -> dict[str, str]:
    return {key: "own_formula", f"{key}_text": text} | more


def asked(at: AppTest, beat: str) -> bool:
    return any(str(pills.key).endswith(f".{beat}") for pills in at.pills if str(pills.key).startswith("predict-"))


def asking(script: str, beat: str) -> str:
    """The name of the widget that asks a question of a page."""
    return f"predict-{Path(script).stem.partition('_')[2]}.{beat}"


def right(script: str, address: dict[str, str], beat: str, opened: Open) -> set[str]:
    """Every answer that is counted as right, found by giving them all."""
    known = {both["en"]: key for key, both in texts.words().items()}
    counted = set()
    for label in opened(script, address, lang="en").pills(key=asking(script, beat)).options:
        at = opened(script, address, lang="en")
        at.pills(key=asking(script, beat)).select(known[label]).run()
        assert not at.exception
        block = at.container(key=f"beat-{beat}")
        # what is said besides the verdict, as of a start beside the map, is no verdict
        counted |= {known[label]} if block.success else set()
    return counted


# ---- where a ball ends --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["x**2 + 3*y**2", "x**2", "(x - 1)**2", "x**2 + y**2"])
def test_the_only_minimum_of_an_own_formula_is_the_deepest(text: str, opened: Open) -> None:
    assert right(GRADIENT_DESCENT, own("f", text, n3="100"), DESCENT, opened) == {"end_deepest"}


@pytest.mark.parametrize(
    ("address", "truths"),
    [
        (own("f", "x**4 - x**2 + 0.1*x", p="1"), {"end_other"}),
        (own("f", "x**4 - x**2", p="1"), {"end_deepest"}),
        (own("f", "x**3 - 3*x", p="2"), {"end_deepest", "end_other"}),
        # it comes to rest on a terrace, which is no minimum
        (own("f", "x**3", p="1", n3="300"), {"end_nowhere"}),
        # a little over the limit, and on the ridge of a saddle
        ({"f": "narrow_valley", "lr3": "0.081"}, {"end_lost"}),
        ({"f": "saddle", "q": "0"}, {"end_nowhere"}),
        # over the edge of where it is defined
        (own("f", "sqrt(x)", p="1", lr3="0.5"), {"end_lost"}),
    ],
)
def test_where_a_ball_ends_on_the_page(address: dict[str, str], truths: set[str], opened: Open) -> None:
    assert right(GRADIENT_DESCENT, address, DESCENT, opened) == truths


def test_the_reason_of_a_run_over_the_limit_is_that_of_its_truth(language: str, opened: Open) -> None:
    at = opened(GRADIENT_DESCENT, {"f": "narrow_valley", "lr3": "0.081"}, lang=language)
    at.pills(key=asking(GRADIENT_DESCENT, DESCENT)).select("end_lost").run()
    said = " ".join(each.value for each in at.container(key=f"beat-{DESCENT}").markdown)
    verdict = texts.words()["verdict_diverged"][language].partition("**:")[0]
    assert verdict in said
    assert "발산" in texts.words()["end_lost"]["ko"] and "diverges" in texts.words()["end_lost"]["en"]


def test_leaving_where_it_is_defined_is_not_called_divergence(language: str, opened: Open) -> None:
    """From 1 by half a step each: 0.75, 0.46, 0.09, and then below 0."""
    at = opened(GRADIENT_DESCENT, own("f", "sqrt(x)", p="1", lr3="0.5"), lang=language, predict="0")
    said = " ".join(each.value for each in at.container(key=f"beat-{DESCENT}").markdown)
    assert texts.fill(texts.words()["verdict_undefined"][language], {"step": 4}) in said
    assert texts.words()["verdict_diverged"][language].partition("**:")[0] not in said
    assert texts.words()["limit_none"][language] not in said
    captions = " ".join(each.value for each in at.container(key=f"beat-{DESCENT}").caption)
    assert "?" not in captions and texts.words()["no_height"][language] in captions


@pytest.mark.parametrize("predict", ["0", "1"])
def test_where_nothing_is_defined_at_the_start_nothing_is_asked(predict: str, language: str, opened: Open) -> None:
    at = opened(GRADIENT_DESCENT, own("f", "log(x)", p="-3.5"), lang=language, predict=predict)
    assert not at.exception and not asked(at, DESCENT)
    (said,) = (each.value for each in at.container(key=f"beat-{DESCENT}").warning)
    assert said == texts.fill(texts.words()["undefined_at_start"][language], {"place": "x = −3.5"})
    assert "2/λ" not in " ".join(each.value for each in at.container(key=f"beat-{DESCENT}").markdown)
    assert "?" not in " ".join(each.value for each in at.container(key=f"beat-{DESCENT}").caption)


@pytest.mark.parametrize("text", ["sqrt(x)", "log(x*y)", "log(-1 - x**2)"])
@pytest.mark.parametrize(("key", "beat"), [("f", "three_rates"), ("g", "how_much")])
def test_an_error_that_is_not_defined_is_no_question_mark(
    text: str, key: str, beat: str, language: str, opened: Open, steps: Callable[[AppTest], dict[str, list[str]]]
) -> None:
    """The error was said to go from 1.871 to ?, and what is left of it to be ∞ / ? = 100%."""
    at = opened(LEARNING_RATE, own(key, text), lang=language, beat=beat, predict="0")
    block = at.container(key=f"beat-{beat}")
    said = " ".join([each.value for each in block.caption] + [line for part in steps(at).values() for line in part])
    assert "?" not in said
    if beat == "three_rates":
        assert texts.words()["no_height"][language] in said


@pytest.mark.parametrize(("key", "beat"), [("f", "three_rates"), ("g", "how_much")])
@pytest.mark.parametrize("text", ["log(-1 - x**2)", "sqrt(0 - 1)*x*y"])
def test_where_no_start_is_defined_there_is_no_question_about_rates(
    text: str, key: str, beat: str, language: str, opened: Open
) -> None:
    at = opened(LEARNING_RATE, own(key, text), lang=language)
    assert not at.exception and not asked(at, beat)
    assert len(at.container(key=f"beat-{beat}").warning) == 1
    # nor is any guess waited for
    waits = texts.words()["axis_waits"][language].rpartition("}}")[2]
    assert waits not in " ".join(each.value for each in at.container(key=f"beat-{beat}").caption)
    assert not opened(LEARNING_RATE, own(key, text), lang=language, predict="0").exception


@pytest.mark.parametrize(
    ("page", "key", "beat"),
    [(GRADIENT_DESCENT, "f", DESCENT), (LEARNING_RATE, "f", "three_rates"), (LEARNING_RATE, "g", "how_much")],
)
def test_a_formula_that_is_defined_in_part_starts_where_it_is(page: str, key: str, beat: str, opened: Open) -> None:
    at = opened(page, own(key, "log(x)"), lang="en")
    assert asked(at, beat) and not at.container(key=f"beat-{beat}").warning


# ---- how large a share ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "truths"),
    [
        # two valleys of a half each; of a quarter each there are four
        ("(x**2 - 1)**2 + y**2", {"share_half", "share_three_quarters"}),
        ("(x**2 - 1)**2 + (y**2 - 1)**2", {"share_half"}),
        ("x**2 + y**2", {"share_most"}),
    ],
)
def test_a_share_on_the_edge_of_two_answers(text: str, truths: set[str], opened: Open) -> None:
    address = own("g", text, g_size="2", lr4="0.02")
    assert right(GRADIENT_DESCENT, address, "where_it_ends", opened) == truths


# ---- useful rates --------------------------------------------------------------------------------------------


def swept(early: list[float], late: list[float]) -> tuple[str, ...]:
    """What changes between the first of six steps and the last, for heights at rates 1, 2, 4, ... that begin at 1."""
    stops = 2.0 ** np.arange(len(early))
    height = np.array([[1.0] * len(early), *([early] * 5), late])
    found = Sweep(stops, height, np.where(np.isnan(height[-1]), 6, -1))
    return how_much.changes(how_much.Heights(found, 0.0, 0, 6))


def test_how_a_range_of_rates_changes() -> None:
    lost = np.nan
    assert swept([1, 1, 0, 1, 1], [1, 1, 0, 1, 1]) == ("stays",)
    assert swept([1, 1, 0, 1, 1], [1, 0, 0, 1, 1]) == ("grows_down",)
    assert swept([1, 1, 0, 1, 1], [1, 1, 0, 0, 1]) == ("grows_up",)
    assert swept([1, 1, 0, 1, 1], [1, 0, 0, 0, 0]) == ("grows_down", "grows_up"), "both ends move out"
    assert swept([1, 0, 0, 0, 1], [1, 1, 0, 1, 1]) == ("shrinks",)
    assert swept([1, 0, 0, 0, 1], [0, 0, 0, 1, 1]) == ("grows_down", "shrinks"), "moved, and as wide as before"
    assert swept([1, 1, 0, 0, 1], [lost] * 5) == ("shrinks",)
    assert swept([lost] * 5, [lost] * 5) == ("stays",)


def test_where_all_is_lost_no_rate_is_useful() -> None:
    height = np.array([[1.0, 1.0, 1.0], [np.nan] * 3])
    found = useful(Sweep(np.array([0.1, 1.0, 10.0]), height, np.full(3, 1)), 1)
    assert found.low == found.high == 0.1 and np.isinf(found.left)


# ---- trainings that are compared --------------------------------------------------------------------------------


def read(*ends: float) -> tuple[str, ...]:
    tried = np.array([1.0, 0.1, 10.0])
    sweep = Sweep(tried, np.array([[2.0] * 3, ends]), np.full(3, -1))
    setup = finding_a_rate.Setup(Trial(Penguins(), epochs=1), Growth(), 1.0)
    test = RangeTest(tried, tried, tried, exploded=False)
    return finding_a_rate.question(setup, finding_a_rate.Measurements(test, sweep, sweep)).truths


def test_readings_that_end_alike_are_as_low() -> None:
    assert read(0.5, 0.4, 0.6) == ("tenth_lowest",)
    assert read(0.4, 0.4, 0.6) == ("itself_lowest", "tenth_lowest")
    assert read(0.40001, 0.40002, np.nan) == ("itself_lowest", "tenth_lowest"), "alike as shown"
    assert read(2.5, np.nan, 1e9) == finding_a_rate.LOWEST, "all diverge"
    assert read(2.5, 1.9, np.nan) == ("tenth_lowest",)


def scheduled(with_: float, without: float) -> tuple[str, ...]:
    trial = Trial(Penguins(), epochs=1)
    real = schedule_controls.Plan(0.1).train(trial)
    pair = {
        name: replace(real, loss=np.array([1.0, end]))
        for name, end in ((with_schedule.WITH, with_), (with_schedule.WITHOUT, without))
    }
    setup = with_schedule.Setup(trial, schedule_controls.Plan(0.1))
    return with_schedule.question(setup, with_schedule.Trainings(pair)).truths


def test_of_two_trainings_that_diverge_one_may_be_lower() -> None:
    assert scheduled(0.5, 0.6) == ("with_lower",)
    assert scheduled(0.6, 0.5) == ("without_lower",)
    assert scheduled(0.5, 0.51) == ("as_low",)
    assert scheduled(1.2, 1.5) == ("with_lower", "as_low"), "both are higher than at the start: both diverge"
    assert scheduled(1.2, 99.0) == ("with_lower", "as_low")
    assert scheduled(99.0, np.nan) == ("as_low",)
    assert scheduled(0.9, 99.0) == ("with_lower",)


def learned(first: float, second: float) -> tuple[str, ...]:
    pair = two_networks.Pair(DeepNetwork(BreastCancer(), 1, 2), DeepNetwork(BreastCancer(), 1, 2, "relu"))
    courses = {
        name: GradientHistory(np.array([1.0, end]), np.ones(1))
        for name, end in zip(pair.networks, (first, second), strict=True)
    }
    setup = does_it_matter.Setup(pair, SGD())
    return does_it_matter.question(setup, does_it_matter.Trainings(courses, pair.first.baseline())).truths


def test_of_two_networks_that_explode_one_may_be_lower() -> None:
    assert learned(0.3, 0.6) == ("first_lower",)
    assert learned(0.9, np.nan) == ("first_lower",)
    assert learned(1e5, 1e7) == ("first_lower", "as_low")
    assert learned(np.nan, 1e7) == ("second_lower", "as_low")
    assert learned(np.nan, np.nan) == ("as_low",)


# ---- one unit and two -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "truths"),
    [
        ({}, {"line_stays"}),
        # the line is 4 / sqrt(0.05) = 18 away: not in the picture, and it stays where it is
        ({"w1": "0.2", "w2": "0.1", "b": "-4"}, {"line_stays", "no_line"}),
        ({"w1": "0", "w2": "0"}, {"no_line"}),
    ],
)
def test_a_line_beside_the_picture_stays_there(address: dict[str, str], truths: set[str], opened: Open) -> None:
    assert right(NEURON, address, "one_unit", opened) == truths


@pytest.mark.parametrize("count", ["3", "4", "5", "17"])
def test_what_no_unit_can_be_is_not_up_to_the_grid(count: str, opened: Open) -> None:
    at = opened(NEURON, {"grid": count}, lang="en")
    at.pills(key=asking(NEURON, "one_unit_gates")).select("XOR").run()
    assert at.container(key="beat-one_unit_gates").success


def test_every_grid_that_is_offered_finds_all_the_other_gates(opened: Open) -> None:
    slider = opened(NEURON, lang="en").slider(key="neuron.grid")
    for count in range(int(slider.min), int(slider.max) + 1):
        best = search(2.0, count).best
        assert [gate for gate in SEARCHED if best[gate] < 4] == ["XOR"], count


@pytest.mark.parametrize(
    ("name", "weights", "truths"),
    [
        ("sigmoid", {}, ("v_grows",)),
        # h₁ is 0
        ("relu", {"b1": -4.0}, ("v_stays",)),
        # the slope is less than 1e-9 below 0
        ("sigmoid", {"k": 28.0}, ("v_grows", "v_stays")),
    ],
)
def test_a_slope_of_next_to_nothing_has_a_side(name: str, weights: dict[str, float], truths: tuple[str, ...]) -> None:
    values = {key: default for key, (_, default) in number_by_number.WEIGHTS.items()} | weights
    setup = number_by_number.Setup(tuple(values.values()), (1.0, 0.5), 1.0, Activation.get(name))
    passes = number_by_number.measure(setup)
    assert number_by_number.question(setup, passes).truths == truths
    assert (-1e-9 < passes.gradients["v1"] < 0) == (len(truths) == 2)


# ---- gradients and outputs -------------------------------------------------------------------------------------


def test_all_that_was_sent_is_not_more_than_was_sent() -> None:
    """One linear layer passes on what it gets."""
    net = DeepNetwork(BreastCancer(), 1, 32, "linear")
    setup, flow = vanishing.Setup(two_networks.Pair(net, DeepNetwork(BreastCancer(), 1, 32))), net.gradient_flow()
    assert flow.left[0] == 1 and vanishing.question(setup, {"A": flow}).truths == ("arrives_well",)


def compared(mine: float, best: float) -> tuple[str, ...]:
    none = np.empty(0)
    a, b = (Outcome(np.array([0.0, end]), none, none, none) for end in (mine, best))
    return which_one.comes_to(which_one.Outcomes(a, b))


def test_a_score_is_judged_as_it_is_and_as_it_is_shown() -> None:
    assert compared(0.9, 0.92) == ("as_good",) and compared(0.95, 0.8) == ("as_good",)
    assert compared(0.5, 0.9) == compared(np.nan, 0.9) == ("clearly_worse",)
    # 0.9704 and 0.9401 are 0.0303 apart, but are shown as 0.970 and 0.940
    assert compared(0.9401, 0.9704) == ("clearly_worse", "as_good")


def test_on_a_plain_no_rate_has_arrived_anywhere() -> None:
    for text, arrives in (("0*x + 1", False), ("x**2", True)):
        setup = three_rates.Setup(OwnFormula(text), (0.1, 0.2, 0.3), 30)
        (goal,) = three_rates.goals(setup, three_rates.measure(setup))
        assert goal.reached is arrives
