"""Pictures of scores and of residuals as data."""

from functools import cache

import numpy as np
import pytest

import charts
from charts.picture import Picture
from charts.style import NEUTRAL
from tests.charts.spec import whole

STEPS = 5
TP, FP = np.array([4, 3, 2, 1, 0]), np.array([6, 4, 2, 1, 0])
R = np.array([1.0, -1.0, 2.0, -0.5])


@cache
def rivals(line: float | None = 0.9, up: bool = True) -> Picture:
    scores = {"none": 0.9, "guess": 0.85, "a": 0.95, "b": 0.8, "c": 0.9, "lost": np.nan}
    return charts.contenders(scores, ("none", "guess"), line, (0.7, 1.0), up, "accuracy")


@cache
def recall() -> Picture:
    return charts.recall_by_class({"x": 0.9, "y": 0.1}, {"x": 0.5, "y": 0.5}, "recall")


@cache
def histogram(best: float | None = 0.25) -> Picture:
    counts = {"yes": np.array([1, 3]), "no": np.array([5, 0])}
    return charts.score_histogram(np.array([0.0, 0.5, 1.0]), counts, np.linspace(0, 1, STEPS), best, "p", "rows")


@cache
def squares() -> Picture:
    kinds = ("found", "alarm", "missed", "left")
    return charts.binary_confusion((TP, FP, 4 - TP, 6 - FP), kinds, ("yes", "no"), ("is", "is not"), ("says", "truth"))


@cache
def roc(best: int | None = 2) -> Picture:
    places = (FP / 6)[::-1], (TP / 4)[::-1]
    return charts.roc(places, (FP / 6, TP / 4), best, "fpr", "tpr")


@cache
def ahead(best: int | None = None) -> Picture:
    places = np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.5, 0.4])
    return charts.precision_recall(places, 0.4, (np.linspace(1, 0, STEPS), np.linspace(0.4, 1, STEPS)), best, "r", "p")


@cache
def classes() -> Picture:
    return charts.confusion_matrix(np.array([[8, 2], [0, 0]]), ("a", "b"), "says", "truth")


@cache
def both() -> Picture:
    return charts.predicted_and_true(np.arange(4.0), np.arange(4.0) + R, 1.5, (-1.0, 6.0), "p", "y")


@cache
def left() -> Picture:
    return charts.residuals_by_prediction(np.arange(4.0) + R, R, 1.25, (-1.0, 6.0), (-3.0, 3.0), "p", "r")


@cache
def spread() -> Picture:
    return charts.residual_histogram(R, np.linspace(-3, 3, 7), "r", "rows")


PICTURES = {
    "contenders": rivals,
    "recall_by_class": recall,
    "score_histogram": histogram,
    "binary_confusion": squares,
    "roc": roc,
    "precision_recall": ahead,
    "confusion_matrix": classes,
    "predicted_and_true": both,
    "residuals_by_prediction": left,
    "residual_histogram": spread,
}
PLAYED = ("score_histogram", "binary_confusion", "roc", "precision_recall")
PLAYED += ("predicted_and_true", "residuals_by_prediction", "residual_histogram")


@pytest.mark.parametrize("name", PLAYED)
def test_the_player_moves_it(name: str) -> None:
    assert [param["name"] for param in whole(PICTURES[name]())["params"]] == ["t"]


def roles(picture: Picture) -> dict[str, str]:
    points = picture.data["points"]
    return dict(zip(points["name"].tolist(), points["role"].tolist(), strict=True))


def test_models_are_above_the_line_or_not_and_the_line_itself_does_not_count() -> None:
    assert roles(rivals()) == {"none": "line", "guess": "line", "a": "above", "b": "below", "c": "below"}
    assert roles(rivals(up=False)) == {"none": "line", "guess": "line", "a": "below", "b": "above", "c": "below"}
    assert roles(rivals(line=None))["a"] == "open"


def test_there_is_a_line_only_if_it_may_be_seen() -> None:
    assert set(rivals().data["marks"]["x"]) == {0.9}
    assert len(rivals(line=None).data["marks"]["x"]) == 0
    line = next(part for part in whole(rivals())["layer"] if part["data"]["name"] == "marks")
    assert line["mark"]["type"] == "rule" and line["mark"]["color"] == NEUTRAL
    assert "y" not in line["encoding"], "from top to bottom"


def test_the_sides_of_the_line_differ_in_shape_too() -> None:
    (points,) = [part for part in whole(rivals())["layer"] if part["mark"]["type"] == "point"]
    assert len(set(points["encoding"]["shape"]["scale"]["range"])) == 4


def test_the_second_class_hangs_from_the_axis() -> None:
    bars = histogram().data["bars"]
    assert bars["y1"].tolist() == [1, 3, -5, 0] and bars["rows"].tolist() == [1, 3, 5, 0]
    assert len(histogram(None).data["best"]["x"]) == 0


def test_the_four_squares_stand_where_they_belong() -> None:
    data = squares().data["squares"]
    first = data["step"] == 0
    found = {
        (true, called): (kind.split()[0], int(count))
        for true, called, kind, count in zip(
            *(data[key][first] for key in ("true", "called", "kind", "count")), strict=True
        )
    }
    assert found == {
        ("is", "yes"): ("TP", 4),
        ("is not", "yes"): ("FP", 6),
        ("is", "no"): ("FN", 0),
        ("is not", "no"): ("TN", 0),
    }


def test_a_curve_has_the_line_of_a_guess() -> None:
    assert roc().data["line"]["y"].tolist() == [0, 1]
    assert ahead().data["line"]["y"].tolist() == [0.4, 0.4]
    assert roc().data["best"]["x"].tolist() == [FP[2] / 6] and len(ahead().data["best"]["x"]) == 0


def test_squares_of_classes_have_shares_of_their_row() -> None:
    data = classes().data["squares"]
    assert data["share"].tolist() == [0.8, 0.2, 0, 0]
    assert data["label"].tolist() == ["8", "2", "", ""]
    assert data["right"].tolist() == [1, 0, 0, 1]


def test_a_residual_reaches_from_what_was_predicted_to_what_is() -> None:
    rows = both().data["rows"]
    assert (rows["y0"] - rows["y"] == R).all()
    assert (left().data["rows"]["y"] == R).all() and (left().data["rows"]["y0"] == 0).all()
    assert spread().data["bars"]["y1"].sum() == len(R)


def test_what_only_numbers_change_is_the_same_look() -> None:
    assert histogram().look == histogram(None).look and roc().look == roc(None).look


def test_a_label_stands_on_its_mark_s_side_of_the_line_unless_there_the_axis_ends() -> None:
    points = rivals(0.86).data["points"]
    sides = dict(zip(points["name"].tolist(), points["side"].tolist(), strict=True))
    assert sides == {"none": 1, "guess": -1, "a": 1, "b": -1, "c": 1}
    assert all(rivals(None).data["points"]["side"] == -1) and rivals(0.86, False).data["points"]["side"][2] == 1
    ended = charts.contenders({"a": 0.99}, (), 0.9, (0.7, 1.0), True, "accuracy")
    assert ended.data["points"]["side"].tolist() == [-1]
