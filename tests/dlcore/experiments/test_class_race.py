"""A race of a class: every ball does what it would do alone, ties are ties, and what is lost says when."""

import numpy as np
import pytest

from dlcore.experiments.class_race import LEFT, ClassRace, arrivals, class_race, places
from dlcore.experiments.descent import Path, descend
from dlcore.optimizers import SGD
from dlcore.surfaces import NarrowValley, OwnFormula, Surface

RATES = [1e-4, 0.01, 0.05, 0.07, 0.079, 0.081, 0.5, 10.0, 1000.0, 0.0]
MOMENTA = [0.0, 0.9, 0.5, 0.99, 1.0, 0.0, 0.999, 0.3, 0.9, 0.9]
SURFACES = [Surface.get(name) for name in Surface.members] + [OwnFormula("log(x) + y**2")]


def alone(surface: Surface, rate: float, momentum: float, steps: int, nesterov: bool) -> Path:
    return descend(surface, surface.start, SGD(rate, momentum, nesterov), steps)


@pytest.mark.parametrize("nesterov", [False, True], ids=["momentum", "nesterov"])
@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: getattr(surface, "text", type(surface).__name__))
def test_every_ball_does_what_it_would_do_alone(surface: Surface, nesterov: bool) -> None:
    race = class_race(surface, surface.start, RATES, MOMENTA, 80, nesterov)
    assert race.w.shape == (81, len(surface.weights), len(RATES)) and race.steps == 80
    for k, (rate, momentum) in enumerate(zip(RATES, MOMENTA, strict=True)):
        path = alone(surface, rate, momentum, 80, nesterov)
        count = len(path.w)
        assert race.lost[k] == (-1 if path.diverged is None else path.diverged)
        np.testing.assert_allclose(race.w[:count, :, k], path.w, rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(race.height[:count, k], path.height, rtol=1e-12, atol=1e-300)
        assert np.isnan(race.w[count:, :, k]).all() and np.isnan(race.height[count:, k]).all()


def test_the_runs_are_different_ones() -> None:
    race = class_race(NarrowValley(), (-3.5, 1.2), RATES, MOMENTA, 80)
    assert (race.lost >= 0).sum() >= 3 and (race.lost < 0).sum() >= 3
    assert len(np.unique(race.w[3, 0])) > 5


def test_nobody_races() -> None:
    race = class_race(NarrowValley(), (-3.5, 1.2), [], [], 20)
    assert race.w.shape == (21, 2, 0) and race.lost.shape == (0,)
    assert len(arrivals(race.height, 1.0)) == len(places(race.lost, np.array([]), race.lost)) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start": (1.0,)}, "has the weights"),
        ({"start": (1.0, np.nan)}, "not a number"),
        ({"start": (1e9, 0.0)}, "100 map widths"),
        ({"steps": -1}, "0 steps or more"),
        ({"rates": [0.1]}, "a rate and a momentum"),
        ({"rates": 0.1, "momenta": 0.1}, "a rate and a momentum"),
        ({"rates": [0.1, np.inf]}, "learning_rate is from 0 to 1000; it is inf"),
        ({"rates": [-0.1, 1.0]}, "learning_rate is from 0 to 1000"),
        ({"momenta": [0.1, np.nan]}, "momentum is from 0 to 1; it is nan"),
        ({"momenta": [1.1, 0.0]}, "momentum is from 0 to 1"),
    ],
)
def test_what_cannot_race_is_said(change: dict, said: str) -> None:
    how = {"start": (-3.5, 1.2), "rates": [0.1, 0.2], "momenta": [0.0, 0.5], "steps": 5} | change
    with pytest.raises(ValueError, match=said):
        class_race(NarrowValley(), **how)


def test_the_arrays_that_are_given_stay_as_they_are() -> None:
    rates, momenta = np.array([0.01, 0.02]), np.array([0.5, 0.9])
    race: ClassRace = class_race(NarrowValley(), (-3.5, 1.2), rates, momenta, 9)
    assert rates.tolist() == [0.01, 0.02] and momenta.tolist() == [0.5, 0.9]
    assert race.rates is not rates


# ---- who is first ----------------------------------------------------------------------------------------------------


def test_a_run_has_arrived_once_it_stays_where_99_percent_are_lost() -> None:
    small, large = LEFT, 1.01 * LEFT
    error = np.array(
        [
            [1, 1, 1, small, 1],
            [small, small, large, small, 1],
            [small, 1, large, small, np.inf],
            [small, small, large, 0, np.inf],
        ]
    )
    assert arrivals(error, 1.0).tolist() == [1, 3, -1, 0, -1]
    assert arrivals(100 * error, 100.0).tolist() == [1, 3, -1, 0, -1]


def test_places_have_ties_and_the_lost_come_last() -> None:
    arrival = np.array([7, -1, 3, -1, 3, -1, -1])
    left = np.array([0.0, 0.5, 0.0, np.inf, 0.0, 0.2, np.inf])
    lost = np.array([-1, -1, -1, 12, -1, -1, 4])
    assert places(arrival, left, lost).tolist() == [3, 5, 1, 6, 1, 4, 6]


def test_who_swaps_seats_keeps_their_place() -> None:
    rng = np.random.default_rng(3)
    arrival, lost = rng.integers(-1, 4, 60), np.where(rng.random(60) < 0.2, 9, -1)
    left = np.round(rng.random(60), 1)
    order = rng.permutation(60)
    place = places(arrival, left, lost)
    assert places(arrival[order], left[order], lost[order]).tolist() == place[order].tolist()
    # as many are better as the place says
    group = np.where(lost >= 0, 2, np.where(arrival >= 0, 0, 1))
    within = np.where(group == 0, arrival, np.where(group == 1, left, 0.0))
    keys = list(zip(group.tolist(), within.tolist(), strict=True))
    assert place.tolist() == [1 + sum(other < key for other in keys) for key in keys]
