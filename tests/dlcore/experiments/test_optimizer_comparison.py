"""Contests: the tuned rate is the best one tried, shares are counted right, intervals hold what they promise."""

import math

import numpy as np
import pytest

from dlcore.experiments.descent import descend, is_at_minimum
from dlcore.experiments.optimizer_comparison import (
    RATES_TRIED,
    random_starts,
    resolution,
    share_interval,
    standing,
    tune,
)
from dlcore.experiments.rate_sweep import Sweep
from dlcore.optimizers import SGD, Optimizer, named_rules
from dlcore.surfaces import (
    Ackley,
    Bowl,
    DoubleWell,
    Himmelblau,
    NarrowValley,
    OwnFormula,
    Rastrigin,
    SixHumpCamel,
    StyblinskiTang,
)


@pytest.mark.parametrize("name", list(named_rules()))
def test_the_tuned_rate_beats_every_other_that_never_threw_the_ball_above_its_start(name: str) -> None:
    surface = NarrowValley()
    rule, tried = tune(surface, surface.start, named_rules()[name].rule, 60)
    assert type(rule) is type(named_rules()[name].rule) and len(tried.rates) == RATES_TRIED
    path = descend(surface, surface.start, rule, 60)
    calm = [h for h in tried.height.T if np.isfinite(h).all() and h.max() <= h[0] * (1 + 1e-9)]
    assert len(calm) > 3 and path.height.max() <= path.height[0] * (1 + 1e-9)
    assert path.height[-1] == pytest.approx(min(h[-1] for h in calm), rel=1e-9, abs=1e-300)


def test_a_ball_that_landed_well_after_a_wild_throw_does_not_count() -> None:
    height = np.array([[10.0, 10.0, 10.0], [9.0, 99.0, np.nan], [8.0, 0.1, np.nan]])
    found = Sweep(np.array([0.1, 1.0, 10.0]), height, np.array([-1, -1, 1]))
    assert found.best() == 1 and found.best_of_the_calm() == 0
    nobody = Sweep(np.array([0.1, 1.0]), np.array([[1.0, 1.0], [2.0, 3.0]]), np.array([-1, -1]))
    assert nobody.best_of_the_calm() == 0


def test_the_tuned_rate_of_plain_descent_is_near_theorys() -> None:
    surface = NarrowValley()
    low, high = surface.curvatures(0.0, 0.0)
    rule, tried = tune(surface, (1.0, 1.0), SGD(), 300)
    factor = tried.rates[1] / tried.rates[0]
    assert 2 / (low + high) / factor < rule.learning_rate <= 2 / high


def test_a_standing_counts_who_arrives_and_when() -> None:
    surface, rule = Himmelblau(), SGD(0.01)
    starts = random_starts(surface, 30, seed=5)
    found = standing(surface, rule, starts, 200)
    for start, arrival in zip(starts.T, found.arrival):
        path = descend(surface, tuple(start), rule, 200)
        there = is_at_minimum(surface, path.w.T) if path.diverged is None else np.array([False])
        expected = -1 if not there[-1] else len(there) - int(np.argmin(there[::-1])) if not there.all() else 0
        assert arrival == expected
    assert found.share == np.mean(found.arrival >= 0)
    assert found.median == np.median(found.arrival[found.arrival >= 0])
    assert found.low < found.share < found.high or found.share in (0, 1)


def test_a_rule_that_never_arrives_has_no_median() -> None:
    found = standing(Bowl(), SGD(1e3), random_starts(Bowl(), 10, seed=1), 20)
    assert found.share == 0 and found.low == 0 and 0 < found.high < 0.4 and math.isnan(found.median)
    everyone = standing(Bowl(), Optimizer.get("sgd"), Bowl().grid(3).reshape(2, -1), 2000)
    assert everyone.share == 1 == everyone.high


def test_starts_lie_all_over_the_map() -> None:
    starts = random_starts(DoubleWell(), 500, seed=2)
    ((low, high),) = DoubleWell().extent
    assert starts.shape == (1, 500) and low <= starts.min() < 0.9 * low and 0.9 * high < starts.max() <= high


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_the_interval_holds_the_true_share_about_95_times_in_100(share: float) -> None:
    rng = np.random.default_rng(6)
    ends = np.array([share_interval(int(hits), 60) for hits in rng.binomial(60, share, 2000)])
    held = np.mean((ends[:, 0] <= share) & (share <= ends[:, 1]))
    assert 0.93 < held < 0.98
    assert share_interval(0, 7)[0] == 0 and share_interval(7, 7)[1] == 1
    # by hand for 1 of 2, from z^2 = 3.8415: (1 + 1.9207) / 5.8415 -+ 1.96 / 5.8415 * sqrt(0.5 + 0.9604)
    assert share_interval(1, 2) == pytest.approx((0.0945, 0.9055), abs=1e-4)


def test_heights_below_0_are_tuned_like_any_others() -> None:
    surface = StyblinskiTang()
    rule, tried = tune(surface, surface.start, SGD(), 60)
    assert surface(*surface.start) < 0
    # the smallest rates stay far from every minimum, the tuned one reaches the nearest
    assert tried.height[-1, 0] > -16
    assert tried.height[-1, tried.best_of_the_calm()] == pytest.approx(surface(*surface.minima[3]), abs=1e-6)
    assert rule.learning_rate == tried.rates[tried.best_of_the_calm()]


# ---- rounding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("surface", [Bowl(), NarrowValley()], ids=repr)
def test_a_sum_of_squares_is_known_down_to_the_smallest_numbers(surface) -> None:
    assert resolution(surface) < 1e-290


@pytest.mark.parametrize(
    ("surface", "terms"),
    [(SixHumpCamel(), 1.03), (StyblinskiTang(), 78.3), (Rastrigin(), 20.0), (Ackley(), 22.7)],
    ids=repr,
)
def test_a_difference_of_large_terms_is_not_known_below_their_rounding(surface, terms: float) -> None:
    """One unit in the last place of the terms is noise; a tenth is spoilt by that up to ten of them, and a few more."""
    assert 0.1 * np.spacing(terms) < resolution(surface) < 200 * np.spacing(terms)


def test_below_the_resolution_heights_are_noise_and_well_above_it_they_are_not() -> None:
    """Rastrigin near 0 is (1 + 20 pi^2) (x^2 + y^2), to the fourth power of the distance."""
    surface, steep = Rastrigin(), 1 + 20 * math.pi**2
    worst = resolution(surface)
    for times, spoilt in ((100, False), (0.01, True)):
        x = np.sqrt(times * worst / steep) * np.linspace(0.9, 1.1, 101)
        off = np.abs(surface(x, 0 * x) / (steep * x * x) - 1)
        assert (off.max() > 0.1) == spoilt


def test_four_equal_minima_that_are_known_to_rounding_differ_by_less_than_the_resolution() -> None:
    heights = [float(Himmelblau()(*place)) for place in Himmelblau().minima]
    assert 0 < max(heights) < resolution(Himmelblau()) < 1e-24


def test_without_a_known_minimum_there_is_nothing_to_resolve() -> None:
    assert resolution(OwnFormula("x**2 + y**2")) == 0
