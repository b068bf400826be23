"""Pictures of a race with many entries, as data: few enough rows, none of them misplaced."""

from functools import cache

import numpy as np
import pytest

import charts
from charts import class_race, frames
from charts.picture import Picture
from dlcore.experiments.class_race import class_race as race_of
from dlcore.surfaces import NarrowValley
from tests.charts.spec import layers, whole

SURFACE = NarrowValley()
KINDS = ("none", "some")
RATES, MOMENTA = np.array([0.01, 0.07, 0.07, 0.3]), np.array([0.0, 0.4, 0.9, 0.9])


def entries(rates: np.ndarray, momenta: np.ndarray) -> dict[str, np.ndarray]:
    return {"number": np.arange(1, len(rates) + 1), "rate": rates, "momentum": momenta}


def kinds(momenta: np.ndarray) -> np.ndarray:
    return np.where(momenta > 0, "some", "none")


def map_of(rates: np.ndarray, momenta: np.ndarray, steps: int) -> Picture:
    race = race_of(SURFACE, SURFACE.start, rates, momenta, steps)
    first = np.arange(len(rates)) == 1
    image, told = charts.landscape_image(SURFACE), (kinds(momenta), entries(rates, momenta))
    return charts.map_of_many(
        image, SURFACE.extent, race.w, *told, first, race.lost >= 0, SURFACE.minima, "x", "y", KINDS
    )


def errors_of(rates: np.ndarray, momenta: np.ndarray, steps: int) -> Picture:
    race = race_of(SURFACE, SURFACE.start, rates, momenta, steps)
    error, first = np.nan_to_num(race.height, nan=np.inf), np.arange(len(rates)) == 1
    told, ends = (kinds(momenta), entries(rates, momenta)), (1e-3, 1e3)
    return charts.errors_of_many(error, *told, first, 0.2, ends, steps, "step", "E", KINDS, ("β = 0", "β > 0"))


@cache
def paths(factor: float = 1.0) -> Picture:
    return map_of(factor * RATES, MOMENTA, 20)


@cache
def errors(factor: float = 1.0) -> Picture:
    return errors_of(factor * RATES, MOMENTA, 20)


@cache
def plane(factor: float = 1.0) -> Picture:
    fates, first = np.array(["arrived", "arrived", "on_the_way", "diverged"]), np.arange(4) == 1
    limit, fastest = (np.array([0.08, 0.16]), np.array([0.0, 1.0])), (np.array([0.11]), np.array([0.44]))
    extent, words = ((1e-4, 10.0), (0.0, 1.0)), ("in", "under way", "out")
    told = entries(factor * RATES, MOMENTA), fates, first
    return charts.entries_plane(
        *told, limit, fastest, extent, "rate", "β", ("arrived", "on_the_way", "diverged"), words
    )


PICTURES = {"map_of_many": paths, "errors_of_many": errors, "entries_plane": plane}


def test_every_step_is_drawn_if_there_are_few() -> None:
    assert class_race.shown_steps(60, 12).tolist() == list(range(61))
    assert class_race.shown_steps(0, 300).tolist() == [0] and class_race.shown_steps(5, 0).tolist() == list(range(6))


@pytest.mark.parametrize(("steps", "runs"), [(300, 300), (299, 150), (300, 2000), (60, 300), (1, 2000)])
def test_of_many_every_so_often_an_odd_number_of_steps_apart(steps: int, runs: int) -> None:
    drawn = class_race.shown_steps(steps, runs)
    assert drawn[0] == 0 and drawn[-1] == steps
    apart = np.diff(drawn)
    assert len(set(apart[:-1])) <= 1 and (apart[:-1] % 2 == 1).all() and (apart > 0).all()
    assert len(drawn) * runs <= class_race.MOST_ROWS + 2 * runs


def test_a_ball_that_swings_at_every_step_is_still_seen_to() -> None:
    picture = map_of(np.full(150, 0.079), np.zeros(150), 299)
    path = picture.data["path"]
    assert len(path["x"]) < 150 * 300 / 3
    mine = path["y"][path["run"] == 0]
    assert (np.sign(mine[1:-1]) != np.sign(mine[:-2])).all()


def test_each_run_is_shown_from_the_first_step_to_its_last_without_a_gap() -> None:
    many = np.geomspace(1e-3, 3, 200)
    path = map_of(many, np.linspace(0, 0.99, 200), 300).data["path"]
    race = race_of(SURFACE, SURFACE.start, many, np.linspace(0, 0.99, 200), 300)
    assert len(path["run"]) < class_race.MOST_ROWS + 3 * 200
    for k in range(200):
        mine = path["run"] == k
        step, until = path["step"][mine], path["until"][mine]
        assert step[0] == 0 and until[-1] == frames.FOREVER and (step[1:] == until[:-1]).all()
        assert step[-1] == (race.lost[k] - 1 if race.lost[k] >= 0 else 300)
        np.testing.assert_allclose(
            np.stack([path["x"][mine], path["y"][mine]]).T, race.w[step, :, k], rtol=1e-6, atol=1e-30
        )


def test_who_is_lost_leaves_the_picture_of_errors_at_that_step() -> None:
    race = race_of(SURFACE, SURFACE.start, RATES, MOMENTA, 20)
    lines = errors().data["lines"]
    lost = int(race.lost[3])
    mine = lines["run"] == 3
    assert lost > 0 and lines["step"][mine][-1] == lost and lines["value"][mine][-1] == np.inf
    assert np.isfinite(lines["drawn"][mine]).all() and lines["drawn"][mine][-1] > 1e3
    assert np.isnan(lines["dot"][mine][-1])


def test_what_is_far_below_runs_out_of_the_picture_and_its_dot_stays_at_the_edge() -> None:
    error = np.array([[24.0, 24.0], [1e-9, 0.0]])
    told = kinds(np.array([0.0, 0.5])), entries(np.array([0.1, 0.1]), np.array([0.0, 0.5]))
    none = np.zeros(2, dtype=bool)
    picture = charts.errors_of_many(error, *told, none, 0.2, (1e-3, 1e3), 1, "step", "E", KINDS, KINDS)
    lines = picture.data["lines"]
    ended = lines["step"] == 1
    assert (lines["drawn"][ended] < 1e-3).all() and (lines["drawn"][ended] > 0).all()
    np.testing.assert_allclose(lines["dot"][ended], 1e-3, rtol=1e-6)
    assert lines["value"][ended].tolist() == [1e-9, 0.0]


def test_a_race_that_is_lost_at_its_start_has_no_path() -> None:
    w, told = np.full((3, 2, 2), np.nan), (kinds(np.zeros(2)), entries(np.ones(2), np.zeros(2)))
    nobody = np.zeros(2, dtype=bool)
    image = charts.landscape_image(SURFACE)
    picture = charts.map_of_many(image, SURFACE.extent, w, *told, nobody, ~nobody, (), "x", "y", KINDS)
    assert len(picture.data["path"]["x"]) == 0 and whole(picture)


def test_the_pictures_say_who_is_first_and_show_a_winner_above_the_others() -> None:
    for picture in (paths(), errors()):
        rows = picture.data["path" if "path" in picture.data else "lines"]
        assert set(rows["run"][rows["first"] == 1]) == {1}
        thick = [layer for layer in layers(whole(picture)) if class_race.FIRST in str(layer.get("transform"))]
        assert len(thick) >= 2
    assert plane().data["winners"]["number"].tolist() == [2]
