"""Pictures of rows before a training as data."""

from functools import cache

import numpy as np

import charts
from charts.picture import Picture
from tests.charts.spec import layers, whole


@cache
def scattered() -> Picture:
    x, y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 0.0, 3.0])
    names, held_out = np.array(["a", "b", "a"]), np.array([False, False, True])
    return charts.rows_scatter(x, y, names, held_out, "x", "y", ("a", "b"))


@cache
def column_ranges() -> Picture:
    ends = {"low": np.array([-2.0, 0.0]), "high": np.array([2.0, 9.0]), "mean": np.array([0.0, 4.0])}
    ends |= {"from": np.array([-1.0, 3.0]), "to": np.array([1.0, 5.0])}
    return charts.column_ranges({"name": np.array(["p", "q"])} | ends, "x", "mean")


@cache
def standing() -> Picture:
    return charts.network_snapshot([np.array([[[1.0, -2.0], [0.5, 0.0]]])], ("x", "y"))


PICTURES = {"rows_scatter": scattered, "column_ranges": column_ranges, "network_snapshot": standing}


def test_a_network_that_stands_still_has_no_slider_of_its_own() -> None:
    assert "bind" not in str(whole(standing())["params"])


def test_rows_that_are_held_out_are_hollow_and_every_row_is_one_of_both() -> None:
    rows = scattered().data["rows"]
    assert rows["part"].tolist() == [0, 0, 1]
    filled = {layer["transform"][0]["filter"]: layer["mark"]["filled"] for layer in layers(whole(scattered()))}
    assert filled == {"datum.part == 0": True, "datum.part == 1": False}


def test_classes_differ_in_colour_and_in_shape() -> None:
    for channel in ("color", "shape"):
        scale = next(layers(whole(scattered())))["encoding"][channel]["scale"]
        assert scale["domain"] == ["a", "b"]
        assert len(set(scale["range"])) == 2


def test_axes_hold_all_rows_also_of_a_single_place() -> None:
    look = scattered().look
    assert look["x_domain"][0] < 0 and look["x_domain"][1] > 2
    alone = np.zeros(1)
    one = charts.rows_scatter(alone, alone, np.array([""]), np.array([False]), "x", "y").look
    assert one["x_domain"] == (-1.0, 1.0) == one["y_domain"]


def test_numbers_without_classes_have_no_legend() -> None:
    alone = np.arange(3.0)
    picture = charts.rows_scatter(alone, alone, np.full(3, ""), np.zeros(3, dtype=bool), "x", "y")
    assert all("shape" not in layer["encoding"] for layer in layers(whole(picture)))


def test_bars_reach_from_the_lowest_to_the_highest_value_in_the_order_of_the_columns() -> None:
    assert column_ranges().look["order"] == ("p", "q")
    low, high = column_ranges().look["x_domain"]
    assert low < -2 and high > 9
