"""Axes: what a range is rounded to."""

import re

import altair as alt
import numpy as np
import pytest

import charts
from charts import axes
from charts.picture import Picture


@pytest.mark.parametrize("ends", [(20240101.0, 20240131.0), (1e9 + 1, 1e9 + 2), (-3e7, -3e7 + 12)])
def test_a_range_far_from_zero_keeps_its_ends(ends: tuple[float, float]) -> None:
    """Dates as numbers, years and ids made an empty range, and nothing was drawn."""
    low, high = axes.rounded_ranges({"x_domain": ends})["x_domain"]
    assert (low, high) == pytest.approx(ends, abs=1e-5 * (ends[1] - ends[0]), rel=0)


def test_ranges_that_differ_by_rounding_are_the_same_look() -> None:
    looks = [axes.rounded_ranges({"x_domain": (0.1 + 0.2, end), "title": "w"}) for end in (1.0, 1.0 + 1e-12)]
    assert looks[0] == looks[1] == {"x_domain": (0.3, 1.0), "title": "w"}
    assert axes.rounded_ranges({"x_domain": (2.0, 2.0), "y_domain": (0.0, float("inf"))})["x_domain"] == (2.0, 2.0)


def test_a_logarithmic_axis_writes_powers_of_ten_unless_it_counts_in_percent() -> None:
    """It was the caller's format that decided, by a percent sign anywhere in it."""
    assert axes.axis("x", "t", (0.01, 1.0), log=True)["axis"].labelExpr == axes.POWERS
    for form in ("~g", "~%"):
        made = axes.axis("x", "t", (0.01, 1.0), log=True, axis=alt.Axis(format=form))
        assert made["axis"].labelExpr == axes.POWERS
    shares = axes.axis("x", "t", (0.01, 1.0), log=True, percent=True, axis=alt.Axis(format="~%"))
    assert shares["axis"].to_dict() == {"format": "~%"} and "percent" not in shares
    assert "axis" not in axes.axis("x", "t", (0.0, 1.0))


# ---- what a pointer is told ------------------------------------------------------------------------------------------


def told_fields(picture: Picture) -> set[str]:
    """The fields of all tooltips of a picture."""
    layers = picture.draw(**picture.look).to_dict()["layer"]
    tips = [layer["encoding"].get("tooltip", []) for layer in layers]
    return {tip["field"] for each in tips for tip in each}


def test_a_pointer_is_told_the_number_and_not_the_floor_of_the_drawing() -> None:
    left, rates = np.array([[1.0, 1.0, 1.0], [0.1, 3e-20, 1e300]]), np.array([0.01, 0.1, 1.0])
    useful = np.array([[0.01, 0.1, 0.1]] * 2)
    picture = charts.loss_by_rate(rates, left, useful, 1, np.inf, "x", "y")
    assert "height" not in told_fields(picture) and "left" in told_fields(picture)
    assert picture.data["mine"]["left"][-1] == 3e-20 < picture.data["mine"]["height"][-1]
    assert picture.data["curve"]["left"].max() == 1e300

    picture = charts.loss_by_epoch({"η": np.array([1.0, 1e-5, 2e-14])}, "x", "y")
    assert "height" not in told_fields(picture)
    assert picture.data["losses"]["loss"][-1] == 2e-14 < picture.data["losses"]["height"][-1]


def test_no_edge_takes_the_room_of_a_small_shape_in_a_legend() -> None:
    looks = axes.by_run(("η₁", "η₂", "η₃"), "shape")
    assert [look["legend"]["symbolStrokeWidth"] for look in looks.values()] == [0, 0]
    drawn = axes.by_run(("η₁", "η₂", "η₃"), "strokeDash", outline=2)
    assert all(look["legend"]["symbolStrokeWidth"] == 2.5 for look in drawn.values())


def test_a_legend_has_fewer_names_in_a_row_of_a_narrow_picture() -> None:
    names = ["sgd", "momentum", "nesterov", "adagrad"]
    rows = axes.fitting_columns(names, 2, limit=110, low=3).to_dict()["expr"]
    low, _, usual = rows.removeprefix(f"{axes.LOW} ? (").partition(") : ")
    assert re.findall(r"\? (\d) :", low) == ["3", "2"] and low.endswith(" : 1")
    # the width is read, or nothing would be reckoned again in a window that grows
    assert usual.startswith(f"width && {axes.ROOM} + ({axes.LITTLE}) >= ") and usual.endswith(" ? 2 : 1")
    assert axes.fitting_columns(["a", "b"], 4, limit=110).to_dict()["expr"].count(">=") == 1
    needed = int(usual.split(">= ")[1].split()[0])
    wider = axes.fitting_columns([*names[:3], "가나다라마바사아"], 2, limit=110).to_dict()["expr"]
    assert int(wider.split(">= ")[1].split()[0]) > needed > 200
