"""Pictures of rules compared, as data."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import charts
from charts.axes import NOW, SO_FAR
from charts.picture import Picture
from dlcore.experiments.descent import descend
from dlcore.optimizers import SGD, Adam
from dlcore.surfaces import NarrowValley
from tests.charts.spec import built_of, layers, whole

SURFACE = NarrowValley()
RULES = {"sgd": SGD(0.05), "adam": Adam(0.2)}


@cache
def values(rate: float = 1.0) -> Picture:
    paths = {name: descend(SURFACE, SURFACE.start, rule, 10) for name, rule in RULES.items()}
    return charts.lines_by_step({name: rate * path.height for name, path in paths.items()}, "step", "E", log=True)


@cache
def rates(rate: float = 0.01) -> Picture:
    tried = np.geomspace(1e-3, 10, 9)
    ends = {"sgd": np.where(tried > 1, np.nan, 1 / tried), "adam": 5 + 0 * tried}
    used = {"sgd": (rate, np.inf if rate > 1 else 1 / rate), "adam": (0.1, 5.0)}
    return charts.value_by_rate(dict.fromkeys(ends, tried), ends, used, 500.0, None, "rate", "E")


@cache
def arrows(rate: float = 0.05) -> Picture:
    path = descend(SURFACE, SURFACE.start, SGD(rate), 6)
    steps = np.hstack([path.w[:-1], path.w[1:]])
    image = charts.landscape_image(SURFACE)
    words = {"arrow_step": "step", "arrow_plain": "plain"}
    both = {"arrow_plain": steps, "arrow_step": steps}
    return charts.map_with_arrows(image, SURFACE.extent, path.w, "x", "y", both, words)


@cache
def family(chosen: str = "b") -> Picture:
    parents, groups = [(), ("a",), ("a",), ("b", "c")], ["plain", "direction", "size", "both"]
    titles = {"plain": "none", "direction": "direction", "size": "size", "both": "both"}
    return charts.kinship(["a", "b", "c", "d"], parents, groups, titles, chosen)


@cache
def noise(shown: int = 20) -> Picture:
    sizes = np.array([1, 10, 100])
    return charts.noise_by_size(sizes, np.array([3.0, 1.0, 0.0]), 3 / np.sqrt(sizes), shown, "B", "noise")


@cache
def shares(share: float = 0.5) -> Picture:
    ends = np.array([1.0, share])
    return charts.shares_with_intervals(["adam", "sgd"], ends, ends - 0.1, ends, ["7 steps", "9 steps"], "share")


PICTURES = {"lines_by_step": values, "value_by_rate": rates, "map_with_arrows": arrows, "kinship": family}
PICTURES |= {"noise_by_size": noise, "shares_with_intervals": shares}
BESIDE = [
    lambda name=name: charts.lines_by_step({"sgd": np.ones(2)}, "epoch", "E", name=name)
    for name in ("training_lines", "validation_lines")
]
OTHERS = {values: 2.0, rates: 0.02, arrows: 0.01, family: "c", noise: 30, shares: 0.4}


@pytest.mark.parametrize("make", OTHERS, ids=lambda make: make.__name__)
def test_a_look_does_not_change_when_only_the_numbers_do(make) -> None:
    one, other = make(), make(OTHERS[make])
    assert built_of(one.look) == built_of(other.look) and one.draw is other.draw


@pytest.mark.parametrize("make", [values, arrows], ids=lambda make: make.__name__)
def test_what_moves_has_a_slider_and_is_filtered_on_it(make) -> None:
    spec = whole(make())
    assert [param["name"] for param in spec["params"] if param["name"] == "t"] == ["t"]
    filters = [f["filter"] for layer in layers(spec) for f in layer.get("transform", [])]
    assert NOW in filters and SO_FAR in filters


def test_a_logarithmic_line_leaves_out_what_has_no_place_on_it() -> None:
    picture = charts.lines_by_step({"a": np.array([1.0, 0.0, -1.0, np.inf, 3.0])}, "x", "y", log=True)
    assert np.isnan(picture.data["lines"]["drawn"]).tolist() == [False, True, True, True, False]
    assert picture.data["exits"]["step"].size == 0


def test_what_is_above_the_ceiling_or_no_number_leaves_the_picture_with_a_mark() -> None:
    """A training that was lost was left out: where it had been, there was nothing."""
    values = np.array([1.0, 0.5, 3.0, np.nan, np.inf, 1.5])
    picture = charts.lines_by_step({"a": values}, "x", "y", log=True, ceiling=2.0)
    low, high = picture.look["y_domain"]
    assert high == 2.0 and 0 < low <= 0.5
    exits, lines = picture.data["exits"], picture.data["lines"]
    assert exits["step"].tolist() == [2, 3, 4] and set(exits["edge"]) == {2.0} and set(exits["angle"]) == {0}
    assert np.array_equal(exits["value"], values[2:5], equal_nan=True), "the pointer is told the number itself"
    assert (lines["drawn"][2:5] > 2).all() and np.isnan(lines["dot"][2:5]).all()
    assert lines["dot"][[0, 1, 5]].tolist() == [1.0, 0.5, 1.5]


@pytest.mark.parametrize("known", [0, 1, 4])
@pytest.mark.parametrize("how", [{}, {"log": True}, {"log": True, "ceiling": 30.0}, {"log": True, "floor": 1e-6}])
def test_the_axes_are_the_same_however_much_is_drawn(known: int, how: dict[str, Any]) -> None:
    values = {"a": np.array([20.0, 5.0, 0.2, 1e-9, 1e-3]), "b": np.array([20.0, 90.0, np.inf])}
    whole_picture = charts.lines_by_step(values, "x", "y", **how)
    some = charts.lines_by_step(values, "x", "y", **how, known={"a": known, "b": min(known, 1)})
    assert some.look == whole_picture.look
    assert len(some.data["lines"]["step"]) == known + min(known, 1)
    assert charts.lines_by_step(values, "x", "y", last=50).look["x_domain"] == (0, 50)
    assert charts.lines_by_step(values, "x", "y", ends=(1.0, 2.0)).look["y_domain"] == (1.0, 2.0)


def legends(picture: Picture) -> int:
    """How many channels of a chart have a legend."""
    channels = [channel for layer in layers(whole(picture)) for channel in layer["encoding"].values()]
    return sum(isinstance(channel, dict) and bool(channel.get("legend")) for channel in channels)


def test_of_two_pictures_side_by_side_one_may_leave_the_legend_to_the_other() -> None:
    """Six optimizers took a third of the height of either picture in a hall."""
    runs = {"sgd": np.array([1.0, 0.5]), "adam": np.array([1.0, 0.4])}
    shown, left_out = (charts.lines_by_step(runs, "x", "y", legend=legend) for legend in (True, False))
    assert legends(shown) > 0 == legends(left_out)
    paths = {name: descend(SURFACE, SURFACE.start, rule, 3) for name, rule in RULES.items()}
    place = charts.landscape_image(SURFACE), SURFACE.extent, paths, SURFACE.minima, "x", "y"
    shown, left_out = (charts.map_with_paths(*place, arrows=True, legend=legend) for legend in (True, False))
    assert legends(shown) > 0 == legends(left_out)


def test_a_line_may_have_its_own_clock_and_places() -> None:
    clock, places = {"a": np.array([0.0, 0.5, 2.0])}, {"a": np.array([0.0, 0.1, 0.4])}
    rows = charts.lines_by_step({"a": np.ones(3)}, "x", "y", x=places, clock=clock).data["lines"]
    assert rows["step"].tolist() == [0, 0.5, 2] and rows["until"][:2].tolist() == [0.5, 2] and rows["until"][2] > 1e3
    assert rows["x"].tolist() == [0, 0.1, 0.4]


def test_a_diverging_rate_ends_the_line_and_its_dot_sits_on_top() -> None:
    picture = rates(9.0)
    lines, dots = picture.data["lines"], picture.data["dots"]
    assert np.isnan(lines["value"][(lines["name"] == "sgd") & (lines["x"] > 1)]).all()
    assert dots["value"][dots["name"] == "sgd"].item() == 500.0 and dots["told"].tolist() == ["∞", "5"]
    assert np.nanmin(lines["value"]) > 0


def encoded(picture: Picture, mark: str) -> list[dict[str, Any]]:
    """What the layers with such marks show."""
    return [layer["encoding"] for layer in layers(whole(picture)) if dict(layer["mark"])["type"] == mark]


def test_below_the_lowest_line_of_a_picture_numbers_stay_what_they_are() -> None:
    """A line runs off the picture there; its dot stays at the edge, and tells its own number, not that of the edge."""
    value = np.array([24.0, 1e-9, 7e-40, 0.0, np.nan])
    picture = charts.lines_by_step({"a": value}, "step", "E", log=True, floor=1e-11)
    assert np.array_equal(picture.data["lines"]["value"], value, equal_nan=True)
    assert picture.look["y_domain"] == (1e-11, 100.0)
    spec = whole(picture)
    lines = picture.data["lines"]
    assert lines["drawn"][1:4] == pytest.approx([1e-9, 1e-14, 1e-14]) and np.isnan(lines["drawn"][4])
    assert lines["dot"][1:4] == pytest.approx([1e-9, 1e-11, 1e-11]) and np.isnan(lines["dot"][4])
    assert picture.data["exits"]["step"].size == 0
    assert {shown["y"]["field"] for shown in encoded(picture, "line")} == {"drawn"}
    dot, _ = encoded(picture, "point")
    assert dot["y"]["field"] == "dot" and dot["tooltip"][-1]["field"] == "value"
    assert all(layer["mark"]["clip"] for layer in layers(spec) if layer["mark"]["type"] == "line")


def test_without_a_lowest_line_the_axis_reaches_as_far_as_the_data() -> None:
    numbers = values().data["lines"]["value"]
    low, high = values().look["y_domain"]
    assert low < numbers.min() < 2.5 * low and high / 2.5 < numbers.max() < high
    assert values().data["lines"]["drawn"] == pytest.approx(numbers)


def test_what_a_rate_ends_with_is_told_as_it_is_also_below_the_picture() -> None:
    tried, ends = {"sgd": np.array([0.1, 1.0])}, {"sgd": np.array([3.0, 7e-40])}
    picture = charts.value_by_rate(tried, ends, {"sgd": (1.0, 7e-40)}, 240.0, 1e-11, "rate", "E")
    assert picture.data["lines"]["value"].tolist() == [3.0, 7e-40]
    dots = picture.data["dots"]
    assert dots["value"].tolist() == [1e-11] and dots["told"].tolist() == ["7e-40"]
    (dot,) = encoded(picture, "point")
    assert dot["tooltip"][-1]["field"] == "told"


def test_the_dot_of_a_rate_between_those_tried_is_where_its_own_run_ended() -> None:
    tried, ends = {"sgd": np.array([0.1, 1.0])}, {"sgd": np.array([3.0, 1.0])}
    dots = charts.value_by_rate(tried, ends, {"sgd": (0.3, 0.5)}, 240.0, None, "rate", "E").data["dots"]
    assert dots["value"].tolist() == [0.5] and dots["told"].tolist() == ["0.5"]


def test_an_arrow_is_shown_in_its_own_step_only() -> None:
    rows = arrows().data["arrows"]
    assert np.array_equal(rows["until"], rows["step"] + 1) and set(rows["name"]) == {"arrow_plain", "arrow_step"}


def test_children_stand_right_of_all_their_parents() -> None:
    nodes = pd.DataFrame(family().data["places"]).set_index("name")
    assert nodes["x"].tolist() == [0, 1, 1, 2] and nodes["chosen"].tolist() == [False, True, False, False]
    links = family().data["links"]
    assert len(links["x"]) == 4 and (links["x"] < links["x1"]).all()
    assert nodes.loc["b", "y"] != nodes.loc["c", "y"]


def test_before_it_is_known_who_grew_from_whom_the_names_stand_where_they_will_stand() -> None:
    groups = ["plain", "direction", "size", "both"]
    titles = dict(zip(groups, "ABCD", strict=True))
    pictures = [
        charts.kinship(["a", "b_2", "c", "d"], [(), ("a",), ("a",), ("b_2", "c")], groups, titles, "b_2", known)
        for known in (True, False)
    ]
    known, unknown = (picture.data for picture in pictures)
    assert pictures[0].look == pictures[1].look
    assert all(np.array_equal(known["places"][key], unknown["places"][key]) for key in known["places"])
    assert [len(table["x"]) for table in (unknown["nodes"], unknown["links"])] == [0, 0]
    assert known["places"]["written"].tolist() == ["a", "b_\n2", "c", "d"]


def test_no_noise_is_no_point_on_a_logarithmic_axis() -> None:
    assert np.isnan(noise().data["points"]["value"]).tolist() == [False, False, True]
    assert noise(64).data["mark"]["x"].tolist() == [64]


def test_the_ranking_keeps_its_order() -> None:
    assert shares().look["order"] == ("adam", "sgd")
    assert shares().data["shares"]["steps"].tolist() == ["7 steps", "9 steps"]


def test_axes_stand_before_there_is_anything_to_see() -> None:
    for values in (np.empty(0), np.array([np.nan])):
        spec = whole(charts.lines_by_step({"a": values}, "x", "y"))
        scales = [layer["encoding"][axis]["scale"] for layer in list(layers(spec))[:3] for axis in "xy"]
        assert all(low < high for low, high in (scale["domain"] for scale in scales))


def test_arrows_have_heads() -> None:
    """The parts of a step were lines: which end was the step's, nobody could see."""
    heads = [layer for layer in layers(whole(arrows())) if "angle" in layer["mark"]]
    assert len(heads) == 2, "the head, and its dark rim beneath"
    assert all((head["encoding"]["x"]["field"], head["encoding"]["y"]["field"]) == ("x1", "y1") for head in heads)


def test_before_anybody_has_arrived_everybody_has_a_question_mark_at_the_axis() -> None:
    nothing = np.full(2, np.nan)
    rows = charts.shares_with_intervals(["sgd", "adam"], nothing, nothing, nothing, ["?", "?"], "share").data["shares"]
    assert rows["beside"].tolist() == [0, 0] and rows["steps"].tolist() == ["?", "?"]
    assert shares().data["shares"]["beside"].tolist() == shares().data["shares"]["x1"].tolist()
