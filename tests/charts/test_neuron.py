"""Pictures of units and of a small network as data."""

from functools import cache

import numpy as np
import pytest

import charts
from charts import backpropagation, cell_and_unit
from charts.axes import MOST_STEPS
from charts.picture import Picture
from tests.charts.spec import whole

EXTENT = ((-0.5, 1.5), (-0.5, 1.5))
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
LINE = np.array([[-0.5, 1.0], [1.0, -0.5]])
PARTS = {part: part.upper() for part in ("dendrite", "synapse", "soma", "threshold", "axon")}


def shade(factor: float = 1.0) -> str:
    return charts.answer_shades(np.linspace(0, factor, 100).reshape(10, 10), 0.5, 0.5)


@cache
def plane(factor: float = 1.0) -> Picture:
    return charts.plane_with_line(shade(factor), EXTENT, LINE * factor, LINE, (0.2 * factor, 0.4), "x", "y")


@cache
def curves(factor: float = 1.0) -> Picture:
    z = np.linspace(-8, 8, 33)
    made = {"step": np.heaviside(z, 1), "tanh": np.tanh(z)}
    return charts.unit_curves(z, made, 20 * factor, {"step": 1.0, "tanh": factor}, (-1.1, 1.1), "z", "a")


@cache
def corners(factor: float = 1.0, reveal: bool = True) -> Picture:
    lines = {"a": LINE * factor, "b": np.empty((0, 2))}
    shown = {"a": 1, "b": 2} if reveal else None
    answers = np.array([0.0, 1.0, 1.0, 1.0])
    return charts.corners_with_line(shade(factor), EXTENT, CORNERS, answers, (0, 1, 1, 0), lines, "x", "y", shown, 3)


@cache
def hidden(factor: float = 1.0) -> Picture:
    places = CORNERS[[0, 3]]
    labels = ["(0,0)", "(1,1)"]
    return charts.hidden_corners(
        shade(factor), EXTENT, places, labels, np.array([0, 1]), [0, 0], LINE * factor, "h", "k", 2, 3
    )


@cache
def shares(factor: float = 1.0) -> Picture:
    share = np.array([0.04, 0.02 * factor, 0.0])
    return charts.grid_shares(("OR", "AND", "XOR"), share, np.array([4, 4, 3]), "XOR", "share")


@cache
def network(factor: float = 1.0) -> Picture:
    weights = [factor, -2.0, 0.0, 1.0, 3.0, -1.0]
    notes = [(f"{w:g}", 0, None) for w in weights]
    slopes = [(f"∂ {w:g}", 6, None) for w in weights]
    inside = {"h₁": [("h₁", 0, 1), (f"{factor:g}", 1, None)]}
    around = {"ŷ": [("z = 1", 3, None), ("δ = 2", 5, None)]}
    return charts.small_network(weights, notes, slopes, inside, around, [("E = 1", 4, None)], [(1, ("h₁",), (0, 1))])


@cache
def views(factor: float = 1.0) -> Picture:
    seen = {"h₁": shade(factor), "h₂": shade(), "ŷ": shade()}
    return charts.three_views(seen, EXTENT, [LINE, np.empty((0, 2)), LINE], (0.5, factor))


STEPS = 3


def moving_lines(factor: float) -> list[np.ndarray]:
    return [LINE * factor, np.empty((0, 2)), LINE]


@cache
def learned_inputs(factor: float = 1.0) -> Picture:
    answers = np.array([[0.4, 0.5, 0.6, 0.5], [0.2, 0.7, 0.7, 0.6], [0.1, 0.9, 0.9 * factor, 0.2]])
    lines = {"a": moving_lines(factor), "b": moving_lines(1.0)}
    return charts.learned_inputs([shade(factor)] * STEPS, EXTENT, CORNERS, answers, (0, 1, 1, 0), lines, "x", "y")


@cache
def learned_hidden(factor: float = 1.0) -> Picture:
    answers = np.array([[0.4, 0.5, 0.6, 0.5], [0.2, 0.7, 0.7, 0.6], [0.1, 0.9, 0.9, 0.2]])
    places = np.stack([CORNERS * factor * k / STEPS for k in range(STEPS)])
    line = moving_lines(factor)
    return charts.learned_hidden([shade()] * STEPS, EXTENT, places, answers, (0, 1, 1, 0), line, "h", "k")


def cell(factor: float = 1.0) -> Picture:
    return charts.nerve_cell(PARTS, "soma" if factor == 1 else "")


def unit(factor: float = 1.0) -> Picture:
    return charts.unit_diagram(PARTS, "axon" if factor == 1 else "")


PICTURES = {"nerve_cell": cell, "unit_diagram": unit, "plane_with_line": plane, "unit_curves": curves}
PICTURES |= {"corners_with_line": corners, "hidden_corners": hidden, "grid_shares": shares}
PICTURES |= {"small_network": network, "three_views": views}
PICTURES |= {"learned_inputs": learned_inputs, "learned_hidden": learned_hidden}


def test_every_part_has_a_name_and_a_shape_in_both_pictures_and_one_is_lit() -> None:
    for picture in (cell(), unit()):
        assert sorted(picture.data["names"]["text"]) == sorted(PARTS.values())
        assert picture.data["names"]["lit"].sum() == 1
        shapes = [picture.data[kind] for kind in ("strokes", "areas", "dots")]
        assert any(columns["lit"].any() for columns in shapes)
    assert not any(columns["lit"].any() for columns in cell(0.9).data.values() if "lit" in columns)


def along(points: np.ndarray) -> np.ndarray:
    """Points all along a stroke."""
    if len(points) == 1:
        return points
    at = np.linspace(0, len(points) - 1, 20 * len(points))
    return np.stack([np.interp(at, np.arange(len(points)), column) for column in points.T], axis=1)


@pytest.mark.parametrize(
    ("make", "shapes"), [(cell, cell_and_unit._cell()), (unit, cell_and_unit._unit())], ids=["cell", "unit"]
)
def test_a_line_leads_from_every_name_to_its_part(make, shapes) -> None:
    """Names stood apart from what they name, and nobody could tell which dot was a synapse."""
    leaders, names = make().data["leaders"], make().data["names"]
    assert leaders["lit"].tolist() == names["lit"].tolist()
    for k, name in enumerate(names["text"]):
        drawn = [along(points) for kind in shapes.values() for part, points, _ in kind if part == name.lower()]
        begin, end = (np.array([leaders[x][k], leaders[y][k]]) for x, y in (("x", "y"), ("x1", "y1")))
        # at the edge of a large dot, that is within its radius
        assert min(float(np.hypot(*(points - end).T).min()) for points in drawn) < 0.85, name
        assert np.hypot(*(begin - np.array([names["x"][k], names["y"][k]]))) < 1.1, name


def test_a_step_of_learning_shows_four_corners_where_they_are_then() -> None:
    for picture in (learned_inputs(), learned_hidden()):
        points, image = picture.data["points"], picture.data["image"]
        for step in range(STEPS):
            now = (points["step"] <= step) & (step < points["until"])
            assert now.sum() == 4
            assert ((image["step"] <= step) & (step < image["until"])).sum() == 1
        assert (points["until"] > 1000).sum() == 4, "the last step stays"
    points = learned_inputs().data["points"]
    assert points["judged"][-4:].tolist() == ["✓"] * 4 and points["judged"][4:8].tolist() == ["✓", "✓", "✓", "✗ ≠0"]
    # a unit without a line in the picture has none at that step
    lines = learned_inputs().data["lines"]
    assert set(lines["step"][lines["name"] == "a"]) == {0, 2}


def test_shades_go_from_blue_through_white_to_orange() -> None:
    low, middle, high = (charts.answer_shades(np.full((2, 2), a), 0.5, 0.5) for a in (0.0, 0.5, 1.0))
    assert len({low, middle, high}) == 3
    assert charts.answer_shades(np.full((2, 2), 9.0), 0.5, 0.5) == high, "beyond the end is the end"
    assert charts.answer_shades(np.full((2, 2), np.nan), 0.5, 0.5) == middle


def test_a_sum_beyond_the_picture_is_drawn_at_its_end() -> None:
    assert curves().data["marks"]["x"].tolist() == [8, 8] and curves().data["here"]["x"].tolist() == [8]


def test_a_wrong_answer_says_what_was_wanted() -> None:
    assert corners().data["points"]["judged"].tolist() == ["✓", "✓", "✓", "✗ ≠0"]


def test_what_a_player_reveals_has_its_step_and_without_one_nothing_is_bound() -> None:
    assert set(corners().data["lines"]["step"]) == {1}
    assert corners().data["points"]["step"].tolist() == [3] * 4
    for reveal in (True, False):
        (shown,) = (param for param in whole(corners(1.0, reveal))["params"] if param["name"] == "t")
        assert ("bind" in shown) == reveal and shown["value"] == MOST_STEPS


def test_the_width_of_an_edge_is_its_weight_and_the_dash_its_sign() -> None:
    edges = network().data["edges"]
    assert np.argsort(edges["width"]).tolist()[0] == 2 and np.argmax(edges["width"]) == 4
    assert edges["sign"].tolist() == ["+", "−", "+", "+", "+", "−"]


def test_gradients_and_deltas_are_written_as_such_from_their_step_on() -> None:
    texts = network().data["texts"]
    slopes = np.isin(texts["kind"], ("slope", "edge_slope"))
    assert set(texts["step"][slopes]) == {5, 6} and slopes.sum() == 7
    assert len(backpropagation.EDGES) == len(backpropagation.LABEL_AT) == 6


def test_the_point_lies_at_the_same_place_in_every_view() -> None:
    points = views().data["points"]
    images = views().data["image"]
    assert points["x"] - images["x0"] == pytest.approx([0.5] * 3)
    assert len(set(points["y"])) == 1
