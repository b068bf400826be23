"""The short programs of units, small networks and activations: they print the numbers of the page."""

import re
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from dlcore.activations import Activation
from dlcore.experiments.gradient_flow import DeepNetwork, bound, steepest
from dlcore.experiments.single_unit import Unit
from lessons.activations import shape_and_slope, vanishing
from lessons.activations.two_networks import Pair
from lessons.neuron import number_by_number, one_unit, one_unit_gates, two_hidden, xor_learning
from lessons.shared import numpy_activations

ALL = [name for name in shape_and_slope.NAMES if numpy_activations.writable(name)]
GROUPS = [tuple(ALL[k : k + 3]) for k in range(0, len(ALL), 3)] + [("relu", "gelu", "silu", "mish")]
UNITS = {
    name: one_unit.Setup(Unit((1.5, -0.7), -1.3, Activation.get(name)), (1.0, 0.5)) for name in one_unit.ACTIVATIONS
}
GATE = one_unit_gates.Setup(Unit((0.75, 1.75), -2.0), "AND", 9)
BY_HAND = two_hidden.Setup("OR", "NAND", "AND")
LEARNED = [two_hidden.Setup("OR", "NAND", "AND", seed) for seed in (1, 5)]
NETWORKS = {
    name: number_by_number.Setup(
        (1.5, -1.0, -2.0, 1.0, 0.5, -0.5, 2.0, -1.5, 0.2), (1.0, 0.5), 1.0, Activation.get(name)
    )
    for name in ("sigmoid", "tanh", "relu")
}
DEEP = vanishing.Setup(Pair(DeepNetwork(depth=7), DeepNetwork(depth=7, activation="relu", start="he_normal")))


def texts() -> dict[str, str]:
    """Every program, by what it is of."""
    return (
        {f"shapes {names}": shape_and_slope.loop(shape_and_slope.Setup(names)) for names in GROUPS}
        | {f"unit {name}": one_unit.loop(setup) for name, setup in UNITS.items()}
        | {"gate": one_unit_gates.loop(GATE), "by hand": two_hidden.loop(BY_HAND)}
        | {f"learned {setup.seed}": two_hidden.loop(setup) for setup in LEARNED}
        | {f"network {name}": number_by_number.loop(setup) for name, setup in NETWORKS.items()}
        | {"bound": vanishing.loop(DEEP)}
    )


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What every program prints, one after the other in one process, where there is nothing of this project."""
    programs = texts()
    for name, text in programs.items():
        assert text, name
        assert set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)) == {"numpy"}, text
        assert sum(bool(line.strip()) for line in text.splitlines()) <= shape_and_slope.MOST_LINES, text
        assert max(map(len, text.splitlines())) <= 120, text
    whole = "\n".join(f"exec({text!r}, {{}})\nprint('--')" for text in programs.values())
    ran = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", whole],
        cwd=tmp_path_factory.mktemp("nowhere"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return dict(zip(programs, ran.stdout.split("--\n"), strict=False))


def numbers(said: str) -> list[float]:
    return [float(n) for n in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e[-+]?\d+)?", said)]


def named(said: str) -> Iterator[tuple[str, list[float]]]:
    """Every line by its first word."""
    for line in said.strip().splitlines():
        name, rest = line.split(" ", 1)
        yield name, numbers(rest)


@pytest.mark.parametrize("names", GROUPS)
def test_an_activation_is_as_steep_in_a_loop_as_on_the_page(printed: dict[str, str], names: tuple[str, ...]) -> None:
    said = dict(named(printed[f"shapes {names}"]))
    assert set(said) == {name for name in names if numpy_activations.writable(name)}
    for name in said:
        largest, place = said[name]
        # the page says that the exponential has no steepest slope
        assert name == "exponential" or largest == pytest.approx(steepest(name), rel=1e-7), name
        assert largest == pytest.approx(float(Activation.get(name).derivative(np.array([place]))[0]), rel=1e-7), name


@pytest.mark.parametrize("name", ALL)
def test_an_expression_is_the_activation_everywhere(name: str) -> None:
    z = np.round(np.linspace(-8, 8, 65), 10)
    scope = {"np": np, "z": z, "sigmoid": Activation.get("sigmoid")}
    scope["a"] = eval(numpy_activations.value(name, "z"), scope)  # an expression of ours
    np.testing.assert_allclose(scope["a"], Activation.get(name)(z), rtol=1e-7, atol=1e-9)
    slope = eval(numpy_activations.slope(name, "z", "a"), scope)
    np.testing.assert_allclose(slope, Activation.get(name).derivative(z), rtol=1e-6, atol=1e-7)


def test_what_is_too_long_or_not_to_be_written_has_no_loop() -> None:
    assert shape_and_slope.loop(shape_and_slope.Setup(shape_and_slope.NAMES)) == ""
    assert shape_and_slope.loop(shape_and_slope.Setup(("gelu",))) == ""
    relus = DeepNetwork(activation="relu")
    assert vanishing.loop(vanishing.Setup(Pair(relus, relus))) == ""


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_and_its_double_put_out_what_the_page_says(printed: dict[str, str], name: str) -> None:
    responses = one_unit.measure(UNITS[name])
    single, double = responses.single, responses.double
    assert numbers(printed[f"unit {name}"]) == pytest.approx([1, single.z, single.a, 2, double.z, double.a])


def test_the_units_on_the_grid_make_each_gate_as_often_as_the_page_says(printed: dict[str, str]) -> None:
    test = one_unit_gates.measure(GATE)
    sums, *rest = printed["gate"].splitlines()
    assert numbers(sums) == pytest.approx(test.sums)
    for name, (share, best) in named("\n".join(rest)):
        assert (share, best) == (pytest.approx(test.search.share[name]), test.search.best[name])


def test_the_corners_go_where_the_page_says(printed: dict[str, str]) -> None:
    outputs = two_hidden.corner_outputs(BY_HAND)
    expected = [*outputs.hidden[:, 0], *outputs.hidden[:, 1], *outputs.answers, len(outputs.places)]
    assert numbers(printed["by hand"].replace("[", " ").replace("]", " ")) == expected


@pytest.mark.parametrize("setup", LEARNED, ids=str)
def test_xor_is_learned_in_a_loop_as_on_the_page(printed: dict[str, str], setup: two_hidden.Setup) -> None:
    assert setup.seed is not None
    training = xor_learning.training_of(setup.seed)
    expected = [training.loss[-1], *training.answers[-1]]
    assert numbers(printed[f"learned {setup.seed}"].replace("[", " ")) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_backpropagation_by_hand_gives_the_gradients_of_the_page(printed: dict[str, str], name: str) -> None:
    passes = number_by_number.measure(NETWORKS[name])
    (_, error), (_, behind), (_, front) = named(printed[f"network {name}"].replace("[", " ").replace("]", " "))
    g = passes.gradients
    assert error == pytest.approx([passes.loss])
    assert behind == pytest.approx([g[key] for key in ("v1", "v2", "k")], rel=1e-5)
    assert front == pytest.approx([g[key] for key in ("w11", "w12", "w21", "w22", "b1", "b2")], rel=1e-5)


def test_the_bound_of_every_layer_is_the_dotted_line(printed: dict[str, str]) -> None:
    said = np.array(numbers(printed["bound"])).reshape(-1, 2)
    depth = DEEP.depth
    np.testing.assert_array_equal(said[:, 0], np.arange(depth, 0, -1))
    np.testing.assert_allclose(said[:, 1], bound("sigmoid", np.arange(1, depth + 1)), rtol=1e-7)
