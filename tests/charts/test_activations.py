"""Pictures of activations and of deep networks as data."""

import numpy as np
import pytest

import charts
from charts.activations import ACTIVATION_STYLES, HIGH, LOW
from charts.axes import MOST_STEPS
from dlcore.activations import Activation
from tests.charts.spec import layers, whole

Z = np.round(np.linspace(-6, 6, 25), 6)
NAMES = [name for name, each in Activation.members.items() if not each.by_row and name != "celu"]  # type: ignore[attr-defined]


def values(names=("sigmoid", "relu")):
    shapes = {name: Activation.get(name)(Z) for name in names}
    return charts.activation_curves(Z, shapes, x_title="z", y_title="a")


def slopes(names=("sigmoid", "relu")):
    steep = {name: Activation.get(name).derivative(Z) for name in names}
    return charts.activation_slopes(Z, steep, {"sigmoid": [(-6, -4), (4, 6)]}, x_title="z", y_title="a'")


def gradients(last=1e-7):
    left = {"A": np.geomspace(last, 1e-1, 7), "B": np.linspace(2, 1, 7)}
    return charts.gradient_by_layer(
        left, 0.25 ** np.arange(7, 0, -1), "0.25ⁿ", x_title="layer", y_title="left", output_title="output"
    )


def signals():
    spread = np.sort(np.random.default_rng(0).normal(size=(7, 5)), axis=1)
    return charts.signal_by_layer([spread, 9 * spread], x_title="layer", y_title="a")


PICTURES = {"activation_curves": values, "activation_slopes": slopes, "gradient_by_layer": gradients}
PICTURES |= {"signal_by_layer": lambda: signals()[1]}
BESIDE = [lambda: signals()[0]]
playing = pytest.mark.parametrize("make", [values, slopes, gradients], ids=lambda make: make.__name__)


@playing
def test_what_the_player_moves_is_at_its_last_step_without_it(make) -> None:
    (parameter,) = (part for part in whole(make())["params"] if part["name"] == "t")
    assert parameter["value"] == MOST_STEPS and "input" in parameter["bind"]


def test_a_step_shows_one_z_of_every_curve() -> None:
    for picture, name in ((values(), "curves"), (slopes(), "curves")):
        rows = picture.data[name]
        for step, z in enumerate(Z):
            now = (rows["step"] <= step) & (step < rows["until"])
            assert now.sum() == 2 and rows["x"][now] == pytest.approx([z, z])
        assert picture.data["here"]["x"].tolist() == Z.tolist()


def test_the_steepest_place_is_marked_with_its_slope() -> None:
    peaks = slopes(("sigmoid", "tanh", "step", "linear", "exponential")).data["peaks"]
    assert peaks["name"].tolist() == ["sigmoid", "tanh"]
    assert peaks["x"].tolist() == [0, 0] and peaks["label"].tolist() == ["0.25", "1"]


def test_flat_strips_lie_below_the_curves_and_do_not_touch() -> None:
    picture = slopes(tuple(NAMES))
    strips, (bottom, top) = picture.data["flat"], picture.look["y_domain"]
    assert len(strips["name"]) == 2 and (strips["y1"] < 0).all() and (strips["y0"] > bottom).all() and top > 1
    assert picture.data["flat"]["x1"].tolist() == [-4, 6]


def test_the_axis_of_slopes_has_no_numbers_where_the_strips_are() -> None:
    """Bars at −0.6 to −0.9 looked as if slopes were negative there."""
    for names in (("sigmoid",), ("sigmoid", "tanh", "relu"), ("gelu", "silu", "mish"), tuple(NAMES)):
        picture = slopes(names)
        spec, (bottom, _) = whole(picture), picture.look["y_domain"]
        (lowest,) = (param["value"] for param in spec["params"] if param["name"] == "slopes_low")
        steep = min(float(Activation.get(name).derivative(Z).min()) for name in names)
        assert bottom < lowest == pytest.approx(min(steep, 0), abs=1e-5)
        axes = [layer["encoding"]["y"]["axis"] for layer in layers(spec) if "axis" in layer["encoding"].get("y", {})]
        assert axes
        for axis in axes:
            assert axis["labelExpr"].startswith("datum.value < slopes_low")
            assert {axis[part]["condition"]["value"] for part in ("gridOpacity", "tickOpacity")} == {0}


def test_a_legend_calls_activations_by_their_words() -> None:
    named = charts.activation_curves(Z, {"leaky_relu": Z, "elu": Z}, "z", "a", named=("Leaky ReLU", "ELU"))
    written = str(whole(named))
    assert "Leaky ReLU" in written and named.data["curves"]["name"][0] == "leaky_relu"


def test_the_axis_is_as_high_as_what_is_drawn_but_not_higher_than_it_may_be() -> None:
    assert values(tuple(NAMES)).look["y_domain"] == (LOW, HIGH)
    low, high = values(("sigmoid",)).look["y_domain"]
    assert low <= 0 and 1 <= high <= 1.5
    low, high = slopes(("sigmoid",)).look["y_domain"]
    assert 0.25 < high <= 0.35


def test_no_two_activations_look_the_same() -> None:
    assert set(ACTIVATION_STYLES) == set(NAMES)
    assert len({(look.colour, look.dash) for look in ACTIVATION_STYLES.values()}) == len(NAMES)


# ---- many layers -----------------------------------------------------------------------------------------------------


def test_the_gradient_travels_from_the_output_to_the_first_layer() -> None:
    rows = gradients().data["lines"]
    first = rows["name"] == "A"
    assert rows["x"][first].tolist() == [8, 7, 6, 5, 4, 3, 2, 1]
    assert rows["value"][first][0] == 1 and rows["value"][first][-1] == pytest.approx(1e-7)
    assert rows["step"][first].tolist() == list(range(8))


def test_what_the_output_sends_stands_beyond_the_last_layer_by_its_word() -> None:
    assert "output" in str(whole(gradients())) and "'E'" not in str(whole(gradients()))


def test_all_that_is_left_lies_within_the_axis() -> None:
    for last in (1e-7, 1e-45, 0.0):
        picture = (
            gradients(last) if last else charts.gradient_by_layer({"A": np.zeros(3)}, np.empty(0), "", "x", "y", "out")
        )
        low, high = picture.look["y_domain"]
        drawn = picture.data["lines"]["value"]
        assert 0 < low < np.nanmin(drawn) and np.nanmax(drawn) < high
        assert len(picture.data["ends"]["label"]) == (1 if last else 0)


@pytest.mark.parametrize("depth", [1, 3, 10, 11, 13, 50])
def test_the_place_of_the_output_has_its_name_and_room_for_it(depth: int) -> None:
    """Of fifty layers no number was written there, and on a phone half of the name was cut off."""
    picture = charts.gradient_by_layer({"A": np.ones(depth)}, np.empty(0), "", "x", "y", "out")
    axis, *_ = (x["axis"] for x in channels_of(picture, "x") if x.get("axis", {}).get("values"))
    first, *others = axis["values"]
    assert first == depth + 1 and others[-1] == 1 and len(others) <= 11
    assert len(others) < 2 or first - others[0] >= others[0] - others[1]
    assert picture.look["x_domain"][1] - first >= 0.07 * depth


def channels_of(picture, channel: str) -> list[dict]:
    return [layer["encoding"][channel] for layer in layers(whole(picture)) if channel in layer.get("encoding", {})]


def test_one_layer_and_layers_that_say_one_thing_can_be_drawn() -> None:
    first, second = charts.signal_by_layer([np.zeros((1, 5)), np.full((1, 5), np.nan)], x_title="x", y_title="y")
    for picture in (first, second):
        low, high = picture.look["y_domain"]
        assert low < 0 < high and len(list(layers(whole(picture)))) == 4
    assert first.name != second.name and first.look["colour"] != second.look["colour"]
