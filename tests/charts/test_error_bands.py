"""Pictures of training and validation error, of the best of many and of folds, as data."""

from functools import cache

import numpy as np
import pytest

import charts
from charts.axes import NOW
from charts.picture import Picture
from tests.charts.spec import layers, whole

WORDS = {"titles": ("training", "validation"), "x_title": "x", "line_title": "baseline", "share": False}
BOTH = {"train": np.array([[1.0, 2.0], [0.5, 0.7]]), "validation": np.array([[2.0, 3.0], [3.0, np.nan]])}


@cache
def by_size(factor: float = 1.0) -> Picture:
    errors = {key: factor * values for key, values in BOTH.items()}
    return charts.error_by_size(("0", "1"), errors, 8.0, "1", y_title="E", **WORDS)


@cache
def by_rows(factor: float = 1.0) -> Picture:
    errors = {key: factor * values for key, values in BOTH.items()}
    return charts.error_by_rows(("20", "40"), errors, 8.0, "40", y_title="E", **WORDS)


@cache
def by_epoch(factor: float = 1.0) -> Picture:
    errors = {key: factor * values for key, values in BOTH.items()}
    return charts.error_by_epoch(np.array([0, 10]), errors, 8.0, y_title="E", **WORDS)


@cache
def remedies(factor: float = 1.0) -> Picture:
    errors = {"train": BOTH["train"] * factor, "validation": np.array([[2.0, 3.0], [1.0, 1.2]])}
    return charts.remedies({"untamed": "none", "with_l2": "L2"}, errors, 8.0, **WORDS)


@cache
def candidates(test: float = 0.92) -> Picture:
    scores = np.array([0.9, 0.95, 0.93])
    return charts.candidates(scores, 1, (1, test), ("validation", "test"), "model", "accuracy")


@cache
def optimism(models: int = 2) -> Picture:
    mean = np.array([0.0, 0.01, 0.015])
    return charts.optimism_by_models(mean, mean - 0.005, mean + 0.02, models, "models", "gap")


BELONGS = np.array([0, 1, 2, 0, 1, 2, 0])


@cache
def squares(shift: int = 0) -> Picture:
    return charts.fold_rows((BELONGS + shift) % 3, np.zeros(7, dtype=int), 3, ("training", "validation"), "fold")


@cache
def scores(fresh: float = 2.5) -> Picture:
    titles = {"folds": "these", "single_split": "one", "mean_of_folds": "mean"}
    spread = {"single_split": np.array([1.0, 4.0]), "mean_of_folds": np.array([2.0, 3.0])}
    return charts.fold_scores(np.array([2.0, 4.0, 3.0]), spread, titles, fresh, "E", "fresh", False)


PICTURES = {"error_by_size": by_size, "error_by_rows": by_rows, "error_by_epoch": by_epoch, "remedies": remedies}
PICTURES |= {"candidates": candidates, "optimism_by_models": optimism, "fold_rows": squares, "fold_scores": scores}
OTHERS = {by_size: 1.1, by_rows: 1.1, by_epoch: 1.1, candidates: 0.93, optimism: 3, squares: 1, scores: 2.6}


@pytest.mark.parametrize("make", OTHERS, ids=lambda make: make.__name__)
def test_a_look_does_not_change_when_only_the_numbers_do(make) -> None:
    one, other = make(), make(OTHERS[make])
    assert one.look == other.look and one.draw is other.draw


@pytest.mark.parametrize("make", [by_epoch, squares, scores], ids=lambda make: make.__name__)
def test_what_moves_has_a_slider_and_is_filtered_on_it(make) -> None:
    spec = whole(make())
    assert "t" in [param["name"] for param in spec["params"]]
    filters = [f["filter"] for layer in layers(spec) for f in layer.get("transform", [])]
    assert any(NOW in each or "step <= t" in each for each in filters)


def test_a_band_reaches_from_the_lowest_to_the_highest_and_leaves_out_what_is_lost() -> None:
    rows = by_size().data["errors"]
    assert rows["value"][:3].tolist() == [1.5, pytest.approx(0.6), 2.5] and np.isnan(rows["value"][3])
    assert rows["low"][:3].tolist() == [1.0, 0.5, 2.0] and rows["high"][:3].tolist() == [2.0, 0.7, 3.0]


def test_a_lost_training_does_not_stretch_the_axis() -> None:
    wild = {"train": np.array([[1e30, 1.0]])}
    assert charts.error_by_size(("0",), wild, 8.0, "0", y_title="E", **WORDS).look["y_domain"] == (0.0, 16.0)


def test_every_row_judges_in_exactly_one_fold() -> None:
    rows = squares().data["rows"]
    judges = rows["name"] == "validation"
    assert sorted(rows["x"][judges].tolist()) == list(range(7))
    assert (rows["step"][judges] == BELONGS[rows["x"][judges]] + 1).all()


def test_folds_are_shown_with_their_mean_and_deviation() -> None:
    mean = scores().data["mean"]
    assert mean["x"][0] == 3.0 and mean["high"][0] - mean["x"][0] == pytest.approx(1.0)


def test_before_the_test_is_opened_there_is_no_test_score() -> None:
    closed = charts.candidates(np.array([0.9, 0.95]), 1, None, ("validation", "test"), "model", "accuracy")
    assert len(closed.data["test"]["x"]) == 0 and closed.data["taken"]["x"].tolist() == [2]
    assert candidates().data["test"]["value"].tolist() == [0.92]


def test_training_and_validation_look_the_same_on_every_page() -> None:
    """Whoever has learned the colours and dashes on one page reads them on the next."""

    def looks(picture: Picture, channel: str) -> list[list[object]]:
        scales = [one["encoding"][channel]["scale"] for one in layers(whole(picture)) if channel in one["encoding"]]
        assert scales
        return [scale["range"] for scale in scales if len(scale["range"]) == 2]

    values = {"train": np.array([1.0, 0.5]), "val": np.array([1.1, 0.8])}
    course = charts.curves_by_epoch(values, "epoch", "loss")
    for channel in ("color", "strokeDash"):
        found = [*looks(course, channel), *looks(by_epoch(), channel), *looks(by_size(), channel)]
        assert len(found) >= 3 and all(one == found[0] for one in found)
