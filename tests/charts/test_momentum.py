"""The plane of learning rate and momentum as data."""

from functools import cache

import numpy as np
import pytest

import charts
from charts import momentum, style
from charts.picture import Picture
from tests.charts.spec import built_of, whole

EXTENT = (0.0, 0.2), (0.0, 1.0)
STEPS = np.array([[1.0, 30.0, np.inf], [1e9, 5.0, 900.0]])
LIMIT = np.array([0.1, 0.2]), np.array([0.0, 1.0])


@cache
def plane(at: float = 0.05) -> Picture:
    return charts.momentum_plane(STEPS, EXTENT, LIMIT, (at, 0.9), (0.11, 0.44), "rate", "momentum")


PICTURES = {"momentum_plane": plane}


def test_a_look_does_not_change_when_only_the_numbers_do() -> None:
    assert built_of(plane().look) == built_of(plane(0.1).look) and whole(plane())


def test_the_more_steps_the_lighter_and_what_is_lost_has_a_colour_of_its_own() -> None:
    found = momentum._levels(STEPS)
    assert found[0, 2] == len(style.HEIGHTS), "lost"
    assert found[1, 0] == len(style.HEIGHTS) - 1 == found.max(where=np.isfinite(STEPS), initial=0)
    order = np.argsort(STEPS[np.isfinite(STEPS)])
    assert (np.diff(found[np.isfinite(STEPS)][order]) >= 0).all() and found[0, 0] == 0


@pytest.mark.parametrize(("at", "out"), [(0.05, 0), (0.2, 0), (3.0, 1)])
def test_a_setting_beside_the_plane_stands_on_its_edge(at: float, out: int) -> None:
    data = plane(at).data
    assert len(data["here"]["x"]) == 1 - out and len(data["exits"]["x"]) == out
    assert all(edge == 0.2 for edge in data["exits"]["edge"])
    assert {*data["here"]["x"], *data["exits"]["x"]} == {at}, "the pointer is told the number itself"
