"""Pictures of losses as data."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import charts
from charts import style
from charts.axes import MOST_STEPS, NOW
from charts.picture import Picture
from tests.charts.spec import layers, whole

X = np.linspace(-4, 4, 81)


@cache
def penalty(at: float = 1.5) -> Picture:
    point = at, at**2
    return charts.loss_by_prediction(X, {"MSE": X**2, "MAE": abs(X)}, point, 2 * at, "MSE", (0.0, 20.0), "r", "E")


@cache
def slope(at: float = 1.5) -> Picture:
    curves = {"MSE": 2 * X, "MAE": np.sign(X)}
    return charts.loss_slope_by_prediction(X, curves, (at, 2 * at), "MSE", (-5.0, 5.0), "r", "g")


@cache
def pull(at: float = 1.5) -> Picture:
    points = {"BCE": (at, abs(at) / 4), "MSE": (at, 0.0)}
    return charts.gradient_by_sum(X, {"BCE": abs(X) / 4, "MSE": 0 * X}, points, (0.0, 1.0), "z", "g")


@cache
def fits(at: float = 1.5) -> Picture:
    data, own = (np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])), (np.array([at]), np.array([9.0]))
    lines = {"MSE": (np.array([0.0, 1.0]), np.array([2.0, 0.0])), "MAE": (np.array([0.0, at]), np.array([2.0, 0.5]))}
    return charts.fitted_lines(data, own, lines, ((0.0, 4.0), (0.0, 10.0)), "x", "y")


@cache
def accuracies(at: float = 1.5) -> Picture:
    return charts.accuracy_by_epoch({"BCE": np.array([0.5, at / 2, 1.0]), "MSE": np.array([0.5, 0.5, 0.5])}, "t", "a")


SHARES = np.array([[0.2, 0.3, 0.5], [0.6, 0.2, 0.2]])


@cache
def shares(at: float = 1.5) -> Picture:
    return charts.class_probabilities({"softmax once": SHARES, "softmax twice": SHARES**at}, "k", "p")


@cache
def pulls(at: float = 1.5) -> Picture:
    return charts.class_gradients({"softmax once": SHARES - 0.5, "softmax twice": SHARES**at - 0.5}, "k", "g")


@cache
def rows(at: float = 1.5) -> Picture:
    share = np.array([1.0, at, 2.0])
    return charts.row_shares({"MSE": share / share.sum(), "MAE": np.full(3, 1 / 3)}, "row", "share")


PICTURES = {
    "loss_by_prediction": penalty,
    "loss_slope_by_prediction": slope,
    "gradient_by_sum": pull,
    "fitted_lines": fits,
    "accuracy_by_epoch": accuracies,
}
PICTURES |= {"class_probabilities": shares, "class_gradients": pulls, "row_shares": rows}


@pytest.mark.parametrize("make", [fits, accuracies, shares, pulls], ids=lambda make: make.__name__)
def test_the_player_moves_it(make) -> None:
    (shown,) = (param for param in whole(make())["params"] if param["name"] == "t")
    assert shown["bind"]["input"] == "range" and shown["value"] == MOST_STEPS
    assert NOW in [f["filter"] for layer in layers(whole(make())) for f in layer.get("transform", [])]


# ---- one by one ------------------------------------------------------------------------------------------------------


def test_the_point_lies_on_the_chosen_curve_and_the_tangent_touches_it() -> None:
    data = penalty().data
    point, line = pd.DataFrame(data["points"]).iloc[0], {key: v[0] for key, v in data["tangent"].items()}
    assert (point["name"], point["x"], point["value"]) == ("MSE", 1.5, pytest.approx(2.25))
    rise = (line["y1"] - line["y0"]) / (line["x1"] - line["x0"])
    assert rise == pytest.approx(3.0) and (line["y0"] + line["y1"]) / 2 == pytest.approx(2.25)


def test_a_point_beyond_the_picture_has_a_mark_at_its_edge_with_its_own_value() -> None:
    for at, edge, angle in ((3.9, 5.0, 0), (-3.9, -5.0, 180)):
        data = slope(at).data
        assert data["points"]["value"].size == 0
        assert {key: column.tolist() for key, column in data["exits"].items()} == {
            "name": ["MSE"], "x": [at], "value": [2 * at], "edge": [edge], "angle": [angle]
        }  # fmt: skip
    assert slope().data["exits"]["value"].size == 0
    for layer in layers(whole(slope())):
        for said in layer["encoding"].get("tooltip", []):
            assert said["field"] in ("name", "x", "value"), "an edge is no value"
    assert len(pull().data["points"]["name"]) == 2, "a unit's pull has a point for every loss"


def test_a_line_reaches_from_edge_to_edge() -> None:
    last = pd.DataFrame(fits().data["lines"]).query("name == 'MSE' and step == 1").iloc[0]
    assert last[["x0", "y0", "x1", "y1"]].tolist() == [0.0, 0.0, 4.0, 4.0]


def test_data_without_lines_can_be_drawn() -> None:
    nothing = (np.zeros(0), np.zeros(0))
    picture = charts.fitted_lines((X, X), nothing, {}, ((-4.0, 4.0), (-4.0, 4.0)), "x", "y")
    counts = {name: len(next(iter(columns.values()))) for name, columns in picture.data.items()}
    assert counts == {"points": len(X), "own": 0, "lines": 0}
    assert whole(picture)


def test_every_class_has_a_bar_a_run_and_step() -> None:
    frame = pd.DataFrame(shares().data["bars"])
    assert len(frame) == 2 * 2 * 3
    assert frame.query("name == 'softmax once' and step == 1")["value"].tolist() == SHARES[1].tolist()


def test_every_loss_has_a_look_of_its_own_among_those_it_meets() -> None:
    for names in (("MSE", "MAE", "Huber", "log-cosh", "MAPE", "MSLE"), ("BCE", "focal", "MSE", "hinge")):
        looks = [style.style_of(name) for name in names]
        assert len({look.colour for look in looks}) == len({look.dash for look in looks}) == len(names)
