"""Limits: what theory says about a valley's bottom is what balls do there."""

import math

import numpy as np
import pytest

from dlcore.experiments.descent import descend
from dlcore.experiments.stability_limits import limits
from dlcore.optimizers import SGD
from dlcore.surfaces import Bowl, NarrowValley, OwnFormula, Parabola, Rosenbrock, Surface


@pytest.mark.parametrize("surface", [Parabola(), Bowl(), NarrowValley()], ids=repr)
def test_a_bowl_is_left_just_beyond_the_limit_and_not_just_before_it(surface: Surface) -> None:
    found = limits(surface)
    before, beyond = (descend(surface, surface.start, SGD(found.limit * share), 400) for share in (0.99, 1.01))
    assert before.height[-1] < before.height[0] and before.diverged is None
    assert beyond.height[-1] > beyond.height[0]


def test_no_rate_brings_a_narrow_valley_closer_than_the_fastest() -> None:
    found = limits(NarrowValley())
    assert (found.flattest, found.steepest) == pytest.approx((1.0, 25.0))
    assert found.fastest == pytest.approx(2 / 26) and found.limit == pytest.approx(2 / 25)
    rates = {share: SGD(found.fastest * share) for share in (0.95, 1, 1.03)}
    lowest = {
        share: np.linalg.norm(descend(NarrowValley(), (1.0, 1.0), rule, 300).w[-1]) for share, rule in rates.items()
    }
    assert min(lowest, key=lowest.__getitem__) == 1


@pytest.mark.parametrize("name", Surface.members)
def test_every_landscape_has_limits_in_their_order(name: str) -> None:
    found = limits(Surface.get(name))
    assert 0 < found.fastest <= found.limit * (1 + 1e-9) < math.inf
    assert found.flattest <= found.steepest and np.isfinite(found.place).all()


def test_a_ball_that_does_not_arrive_is_judged_at_the_nearest_known_minimum() -> None:
    assert limits(Rosenbrock()).place == (1.0, 1.0)


@pytest.mark.parametrize("text", ["3*x", "0*x + 2", "-x**2", "-x**2 - y**2", "log(x)"])
def test_ground_that_does_not_curve_up_has_no_limit(text: str) -> None:
    assert limits(OwnFormula(text)).limit == math.inf == limits(OwnFormula(text)).fastest


def test_a_saddle_has_a_limit_but_no_fastest_rate() -> None:
    found = limits(OwnFormula("x**2 - y**4"))
    assert found.limit == pytest.approx(1.0) and found.fastest == math.inf
