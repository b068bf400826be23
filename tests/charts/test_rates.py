"""Pictures of learning rates and of trainings as data."""

import json
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

import charts
from charts import frames, style
from charts.axes import MOST_STEPS, NOW, SO_FAR
from charts.picture import Picture
from charts.rates import CEILING
from dlcore.experiments.descent import descend
from dlcore.optimizers import SGD
from dlcore.surfaces import DoubleWell, NarrowValley, Surface
from tests.charts.spec import layers, whole

RATES = {"η₁": 0.0024, "η₂": 0.0769, "η₃": 0.084}
SWEPT = np.geomspace(0.001, 1, 7)


def paths(surface: Surface, factor: float = 1.0) -> dict[str, Any]:
    return {name: descend(surface, surface.start, SGD(rate * factor), 20) for name, rate in RATES.items()}


@cache
def places(which: int, factor: float = 1.0) -> Picture:
    surface = DoubleWell()
    (w,) = surface.grid(50)
    made = [charts.curve_with_balls(w, surface(w), {n: p}, "w", "E") for n, p in paths(surface, factor).items()]
    return charts.three_places(made)[which]


@cache
def axis(factor: float = 1.0) -> Picture:
    marks = {"2/(λ₁+λ₂)": 0.0769, "2/λ": 0.08} if factor == 1 else {}
    return charts.rate_axis({name: rate * factor for name, rate in RATES.items()}, marks, (0.001, 0.3), "η")


@cache
def by_rate(factor: float = 1.0) -> Picture:
    left = np.array([np.ones(7), np.linspace(0.9, 0.3, 7), [0.8, 0.4, 0.1, 0.04, 3.0, 1e9, np.nan]])
    useful = SWEPT[[[0, 0, 6], [5, 6, 6], [2, 3, 3]]]
    return charts.loss_by_rate(SWEPT, left, useful, 3 if factor == 1 else 5, 0.08, "η", "left")


@cache
def losses(factor: float = 1.0) -> Picture:
    return charts.loss_by_epoch(
        {"η₀": np.array([5.0, 0.5, 0.4]), "η(t)": np.array([5.0, 0.5, 0.3 + 0.01 * factor])}, "t", "L"
    )


@cache
def compared(factor: float = 1.0) -> Picture:
    runs = {"η": np.array([2.0, 1.0, 0.5]), "10η": np.array([2.0, 1e9 * factor, np.nan])}
    return charts.loss_comparison(runs, "t", "L")


@cache
def rates(factor: float = 1.0) -> Picture:
    decay = 0.3 * np.exp(-np.arange(900) / 300 * factor)
    return charts.rate_by_epoch({"η₀": np.full(900, 0.3), "η(t)": decay}, 30, 30, "t", "η")


@cache
def ranged(factor: float = 1.0) -> Picture:
    rate = np.geomspace(1e-4, 1, 50)
    loss = np.abs(np.log(rate) + 2)
    loss[-1] = 1e6
    return charts.range_curve(rate, loss, np.minimum(loss, 9.0), 0.05 * factor, (1e-4, 100.0), "η", "L")


@cache
def heights(factor: float = 1.0) -> Picture:
    return charts.three_heights(paths(NarrowValley(), factor), "t", "E")


PICTURES = {"three_places": lambda factor=1.0: places(2, factor), "rate_axis": axis, "loss_by_rate": by_rate}
PICTURES |= {"loss_by_epoch": losses, "loss_comparison": compared, "rate_by_epoch": rates, "range_curve": ranged}
PICTURES |= {"three_heights": heights}
BESIDE = [partial(places, 0), partial(places, 1)]
playing = pytest.mark.parametrize("make", [by_rate, losses, rates, ranged, heights], ids=lambda make: make.__name__)


@playing
def test_the_player_moves_it(make) -> None:
    (shown,) = (param for param in whole(make())["params"] if param["name"] == "t")
    assert shown["bind"]["input"] == "range" and shown["value"] == MOST_STEPS
    filters = [f["filter"] for layer in layers(whole(make())) for f in layer.get("transform", [])]
    assert {NOW, SO_FAR} & set(filters)


def test_what_stands_still_is_not_bound_to_the_player() -> None:
    (shown,) = (param for param in whole(compared())["params"] if param["name"] == "t")
    assert "bind" not in shown and shown["value"] == MOST_STEPS


# ---- one by one ------------------------------------------------------------------------------------------------------


def test_the_three_places_are_told_apart_in_the_browser_and_in_colour() -> None:
    assert len({places(k).name for k in range(3)}) == 3
    for marks in zip(*(style.style_of(name) for name in RATES)):
        assert len(set(marks)) == 3


def test_each_of_three_places_has_the_name_of_its_rate() -> None:
    """Of three pictures without names nobody could say which rate was which."""
    assert [whole(places(k))["title"]["text"] for k in range(3)] == list(RATES)
    for k in range(3):
        json.dumps(whole(places(k)), allow_nan=False)


def test_beyond_the_last_mark_the_axis_is_shaded() -> None:
    beyond = pd.DataFrame(axis().data["beyond"])
    assert beyond[["x0", "x1"]].to_numpy().tolist() == [[0.08, 0.3]]
    assert axis().data["marks"]["place"].tolist() == [0, 1]
    only = charts.rate_axis(RATES, {"2/λ": 0.08}, (0.001, 0.3), "η")
    assert only.data["marks"]["place"].tolist() == [1], "a limit without a fastest rate is still labelled as the limit"
    assert all(len(column) == 0 for name in ("beyond", "marks") for column in axis(2.0).data[name].values())


def test_what_climbs_out_or_is_lost_lies_on_the_upper_edge() -> None:
    frame = pd.DataFrame(by_rate().data["curve"])
    last = frame[frame["until"] == frames.FOREVER]
    assert last["height"].tolist() == pytest.approx([0.8, 0.4, 0.1, 0.04, CEILING, CEILING, CEILING])
    # a line that runs along the edge looked like a loss that does not grow further
    out = pd.DataFrame(by_rate().data["out"])
    assert out[out["until"] == frames.FOREVER]["x"].tolist() == pytest.approx(SWEPT[4:])
    low, high = by_rate().look["y_domain"]
    assert (low, high) == (0.01, CEILING) and frame["height"].between(low, high).all()


def test_nothing_that_is_left_becomes_the_lower_edge() -> None:
    left = np.array([[1.0, 1.0], [0.0, 1e-30]])
    picture = charts.loss_by_rate(np.array([0.1, 1.0]), left, np.full((2, 3), 0.1), 0, np.inf, "η", "left")
    assert picture.look["y_domain"][0] == 1e-4
    assert picture.data["curve"]["height"][-2:] == pytest.approx([1e-4, 1e-4]) and not len(picture.data["limit"]["x"])


def test_the_losses_show_what_happens_after_the_first_epoch() -> None:
    low, high = losses().look["y_domain"]
    assert 0.5 <= high <= 2 and low <= 0.31
    assert losses().data["losses"]["height"].max() == 5.0, "the first loss comes in from above"
    assert len(losses().data["lost"]["name"]) == 0


def test_a_training_that_is_lost_ends_with_a_cross_on_the_upper_edge() -> None:
    picture = compared()
    assert {key: column.tolist() for key, column in picture.data["lost"].items()} == {
        "name": ["10η"],
        "step": [1],
        "height": [4.0],
    }
    assert picture.look["y_domain"][1] == 4.0 and np.isfinite(picture.data["losses"]["height"]).all()


def test_a_rate_appears_with_the_epoch_that_it_belongs_to() -> None:
    columns = rates().data["rates"]
    assert columns["step"].tolist() == np.ceil(columns["x"]).tolist()
    assert all(np.sum(columns["name"] == name) <= 241 for name in ("η₀", "η(t)"))
    assert columns["x"].max() == pytest.approx(899 / 30)


def test_the_reading_is_always_inside_the_picture() -> None:
    for reading in (1e-4, 0.05, 50.0):
        rate, loss = np.geomspace(1e-4, 1, 50), np.ones(50)
        low, high = charts.range_curve(rate, loss, loss, reading, (1e-4, 100.0), "η", "L").look["x_domain"]
        assert low <= reading < high <= 100


def test_a_training_that_comes_back_is_not_lost() -> None:
    picture = charts.loss_by_epoch({"η": np.array([2.0, 9.0, np.nan, 1.0, 0.5])}, "t", "L")
    assert not len(picture.data["lost"]["name"])
    assert picture.data["losses"]["height"] == pytest.approx([2.0, 9.0, np.nan, 1.0, 0.5], nan_ok=True)
