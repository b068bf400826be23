"""Descents: one ball and ten thousand through the same steps; where they end, and what is a result, not an error."""

import numpy as np
import pytest

from dlcore.experiments.descent import DIVERGED, UNDECIDED, basins, descend, is_at_minimum, level, newton_step, walk
from dlcore.optimizers import SGD
from dlcore.surfaces import (
    Bowl,
    DoubleWell,
    Himmelblau,
    LineFit,
    NarrowValley,
    OwnFormula,
    Parabola,
    Rosenbrock,
    Saddle,
    Surface,
)

every_surface = pytest.mark.parametrize("surface", [Surface.get(name) for name in Surface.members], ids=repr)

# ---- one ball ------------------------------------------------------------------------------------------------------


@every_surface
def test_a_path_is_the_loop_that_everyone_would_write(surface: Surface) -> None:
    path = descend(surface, surface.start, SGD(surface.rate), 25)
    w = np.array(surface.start)
    for k in range(26):
        g = surface.gradient(*w)
        assert np.array_equal(path.w[k], w) and np.array_equal(path.gradient[k], g)
        assert path.height[k] == pytest.approx(surface(*w), rel=1e-12)
        w = w - surface.rate * g
    assert path.steps == 25 and path.diverged is None


def test_a_step_on_the_parabola_by_hand() -> None:
    # w = 3, slope 6: 3 - 0.25 * 6 = 1.5, then 0.75
    path = descend(Parabola(), (3,), SGD(0.25), 2)
    assert path.w.tolist() == [[3.0], [1.5], [0.75]]
    assert path.height.tolist() == [9.0, 2.25, 0.5625]
    assert path.gradient.tolist() == [[6.0], [3.0], [1.5]]


def test_no_steps_are_a_path_of_the_start() -> None:
    path = descend(Bowl(), (1.0, 2.0), SGD(0.1), 0)
    assert path.steps == 0 and path.w.tolist() == [[1.0, 2.0]] and path.height.tolist() == [5.0]


def test_a_diverging_run_is_its_path_up_to_the_step_that_lost_it() -> None:
    path = descend(Parabola(), (3.0,), SGD(10.0), 50)
    # every step multiplies by 1 - 2 * 10 = -19, and 3 * 19^2 = 1083 is more than 100 map widths of 8
    assert path.diverged == 2 and path.w.tolist() == [[3.0], [-57.0]]


@pytest.mark.parametrize("rate", [1.0, 10.0, 1e3])
def test_however_large_the_overflow_the_path_is_finite(rate: float) -> None:
    for name in Surface.members:
        surface = Surface.get(name)
        path = descend(surface, surface.start, SGD(rate), 300)
        assert np.isfinite(path.w).all() and np.isfinite(path.height).all(), name
        assert path.steps == (300 if path.diverged is None else path.diverged - 1)


@pytest.mark.parametrize("start", [(1.0,), (1.0, 2.0, 3.0), (), (1e6, 0.0), (np.nan, 0.0), (0.0, np.inf)])
def test_a_start_that_is_none_is_an_error_that_names_it(start: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="start") as error:
        descend(Bowl(), start, SGD(0.1), 5)
    assert str(start) in str(error.value)


def test_a_start_outside_the_map_is_a_start() -> None:
    assert descend(Bowl(), (100.0, -50.0), SGD(0.1), 100).height[-1] < 1e-10


def test_a_ball_exactly_on_the_ridge_of_a_saddle_stays_on_it() -> None:
    path = descend(Saddle(), (-2.5, 0.0), SGD(0.1), 200)
    assert not path.w[:, 1].any() and abs(path.w[-1, 0]) < 1e-15
    assert level(Saddle(), path.w[-1]) and not is_at_minimum(Saddle(), path.w[-1])


@pytest.mark.parametrize("text", ["3", "0*x + 0*y"])
def test_flat_ground_keeps_the_ball_where_it_is(text: str) -> None:
    path = descend(OwnFormula(text), (1.0, 2.0), SGD(0.1), 10)
    assert np.all(path.w == (1.0, 2.0)) and path.height.shape == (11,) and np.ptp(path.height) == 0


@pytest.mark.parametrize("text", ["log(-1 - x**2 - y**2)", "sqrt(-1 - x**2)", "1/(x - x) + y"])
def test_ground_that_is_nowhere_defined_loses_the_ball_at_once(text: str) -> None:
    surface = OwnFormula(text)
    path = descend(surface, surface.start, SGD(0.1), 10)
    assert path.diverged == 1 and path.steps == 0


def test_walking_has_no_end() -> None:
    steps = walk(Bowl(), np.ones((2, 3)), SGD(0.5))
    assert [next(steps)[0].sum() for _ in range(3)] == [6.0, 0.0, 0.0]


# ---- Newton --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("surface", [Parabola(), Bowl(), NarrowValley(), LineFit(), LineFit(scaled=False)], ids=repr)
def test_on_a_quadratic_one_newton_step_leads_to_the_bottom(surface: Surface) -> None:
    w = surface.grid(7).reshape(len(surface.weights), -1)
    sides = np.array([[high - low] for low, high in surface.extent])
    landed = w + newton_step(surface, w)
    assert (landed - np.array(surface.minima[0])[:, None]) / sides == pytest.approx(0, abs=1e-5)


def test_arrived_is_within_one_percent_of_the_map_where_it_curves_up() -> None:
    side = 8.0
    assert is_at_minimum(Parabola(), np.array([[0.0, 0.0099 * side, -0.0099 * side, 0.0101 * side]])).tolist() == [
        True
    ] * 3 + [False]
    assert not is_at_minimum(OwnFormula("-x**2"), np.array([0.0])), "the top of a hill"
    assert not is_at_minimum(OwnFormula("x"), np.array([0.0])), "a slope without a bottom"
    assert not is_at_minimum(Bowl(), np.array([[np.inf, np.nan], [0.0, 0.0]])).any()


# ---- ten thousand balls --------------------------------------------------------------------------------------------


@every_surface
def test_one_ball_and_ten_thousand_end_at_the_same_place(surface: Surface) -> None:
    starts = surface.grid(100)
    found = basins(surface, starts, SGD(surface.rate), 60)
    assert found.label.shape == starts.shape[1:]
    rng = np.random.default_rng(4)
    for _ in range(12):
        at = tuple(rng.integers(0, 100, starts.ndim - 1))
        path = descend(surface, tuple(starts[(slice(None), *at)]), SGD(surface.rate), 60)
        label = found.label[at]
        assert (label == DIVERGED) == (path.diverged is not None)
        if label >= 0:
            sides = np.array([high - low for low, high in surface.extent])
            assert np.linalg.norm((path.w[-1] - found.minima[label]) / sides) < 0.1
        elif label == UNDECIDED:
            assert not is_at_minimum(surface, path.w[-1])


@every_surface
@pytest.mark.parametrize("factor", [0.3, 1, 3, 1e3])
def test_the_shares_are_of_all_starts_and_the_most_visited_comes_first(surface: Surface, factor: float) -> None:
    found = basins(surface, surface.grid(20), SGD(factor * surface.rate), 60)
    assert found.share.sum() + found.diverged + found.undecided == pytest.approx(1)
    assert np.all(np.diff(found.share) <= 0) and np.all(found.share > 0)
    assert found.minima.shape == (len(found.share), len(surface.weights))
    for k, share in enumerate(found.share):
        assert np.mean(found.label == k) == pytest.approx(share)
    assert np.mean(found.label == DIVERGED) == pytest.approx(found.diverged)
    assert np.mean(found.label == UNDECIDED) == pytest.approx(found.undecided)


def test_himmelblaus_four_minima_are_found_where_they_are_known_to_be() -> None:
    surface = Himmelblau()
    found = basins(surface, surface.grid(100), SGD(0.01), 200)
    known = np.array(surface.minima)
    assert len(found.minima) == 4
    nearest = np.linalg.norm(found.minima[:, None] - known, axis=2)
    assert sorted(nearest.argmin(axis=1)) == [0, 1, 2, 3] and nearest.min(axis=1).max() < 1e-3


def test_both_valleys_of_the_double_well_divide_the_map_at_its_ridge() -> None:
    surface = DoubleWell()
    (w,) = starts = surface.grid(201)
    found = basins(surface, starts, SGD(0.03), 300)
    ridge = next(v.real for v in np.roots([4, 0, -4, 0.3]) if surface.curvatures(v.real)[0] < 0)
    left, right = (found.label[w < ridge - 0.02], found.label[w > ridge + 0.02])
    assert set(left) != set(right) and len(set(left)) == len(set(right)) == 1
    assert found.minima[left[0], 0] == pytest.approx(surface.minima[0][0], abs=1e-2)


def test_rosenbrocks_valley_is_too_slow_for_two_hundred_steps() -> None:
    found = basins(Rosenbrock(), Rosenbrock().grid(50), SGD(0.001), 200)
    assert found.undecided > 0.5


@pytest.mark.parametrize(
    ("text", "diverged"), [("3", 0), ("0*x + 0*y", 0), ("log(-1 - x**2 - y**2)", 1), ("x*y/(x - x)", 1)]
)
def test_ground_without_minima_has_none(text: str, diverged: float) -> None:
    surface = OwnFormula(text)
    found = basins(surface, surface.grid(10), SGD(0.1), 20)
    assert found.minima.shape == (0, 2) and found.share.shape == (0,)
    assert (found.diverged, found.undecided) == (diverged, 1 - diverged)


def test_after_the_most_minima_the_rest_is_undecided() -> None:
    surface = Himmelblau()
    every, two = (basins(surface, surface.grid(30), SGD(0.01), 200, most=most) for most in (200, 2))
    assert len(every.minima) == 4 and len(two.minima) == 2
    assert two.undecided == pytest.approx(1 - two.share.sum() - two.diverged) and two.undecided > every.undecided + 0.2


def test_starts_are_left_as_they_are_and_may_be_whole_numbers() -> None:
    starts = np.array([[1, -1], [2, -2]])
    found = basins(Bowl(), starts, SGD(0.1), 100)
    assert found.label.tolist() == [0, 0] and starts.tolist() == [[1, -1], [2, -2]]


@pytest.mark.parametrize("text", ["x**3", "1/x + y", "exp(exp(x))*y", "log(log(x) + y)", "x**20 - y**20"])
def test_balls_that_overflow_are_silent(text: str) -> None:
    surface = OwnFormula(text)
    for rate in (1e-4, 0.1, 1e3):
        found = basins(surface, surface.grid(15), SGD(rate), 40)
        assert found.share.sum() + found.diverged + found.undecided == pytest.approx(1)


def test_fewer_than_no_steps_are_refused():
    with pytest.raises(ValueError, match="0 steps or more"):
        descend(Bowl(), (1.0, 1.0), SGD(0.1), -1)
