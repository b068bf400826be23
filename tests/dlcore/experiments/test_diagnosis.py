"""Diagnosis: every verdict occurs, for the right reason, and its numbers are those of the landscape."""

import math
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest

from dlcore.experiments.descent import Path, descend, is_at_minimum
from dlcore.experiments.diagnosis import Diagnosis, End, Verdict, diagnose, ends_of
from dlcore.optimizers import SGD
from dlcore.surfaces import (
    Ackley,
    Bowl,
    DoubleWell,
    LineFit,
    NarrowValley,
    OwnFormula,
    Parabola,
    Plateau,
    Rosenbrock,
    Saddle,
    SlopeFit,
    Surface,
)
from dlcore.valleys import valleys


def told(surface: Surface, rate: float, steps: int = 60, start: tuple[float, ...] | None = None) -> Diagnosis:
    return diagnose(surface, descend(surface, surface.start if start is None else start, SGD(rate), steps))


def through(*w: float) -> Path:
    """A path on the parabola through places of our choice."""
    places = np.array([w]).T
    return Path(places, places[:, 0] ** 2, 2 * places)


def test_the_curvature_is_that_of_the_place_that_is_named() -> None:
    """The curvature at a saddle's minima was said to be that of the ridge where the ball was stuck."""
    on_the_ridge = told(Saddle(), 0.1, start=(-1.6, 0.0))
    assert on_the_ridge.verdict == "stuck" and on_the_ridge.judged_at == "nearest_minimum"
    assert on_the_ridge.curvature == pytest.approx(Saddle().curvatures(*Saddle().minima[0])[-1])
    assert on_the_ridge.curvature > 1.5 * Saddle().curvatures(0.0, 0.0)[-1]
    assert told(Saddle(), 0.1).judged_at == "minimum"
    assert told(OwnFormula("x**2 + 3*y"), 0.01).judged_at == "last_place"
    assert told(OwnFormula("-x**2"), 1e3).judged_at == "start"


# ---- the limit 2 / lambda ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("surface", "curvature"),
    [
        (Parabola(), 2.0),
        (SlopeFit(), 2.0),
        (LineFit(), 2.0),
        (Bowl(), 2.0),
        (NarrowValley(), 25.0),
        (OwnFormula("9*x**2"), 18.0),
    ],
    ids=repr,
)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_the_limit_is_two_over_the_largest_curvature(surface: Surface, curvature: float, share: float) -> None:
    found = told(surface, share * 2 / curvature)
    assert found.curvature == pytest.approx(curvature, rel=1e-6)
    assert found.limit == pytest.approx(2 / curvature, rel=1e-6)


@pytest.mark.parametrize("surface", [Parabola(), SlopeFit()], ids=repr)
@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        (0.01, "slow"),
        (0.3, "converged"),
        (0.5, "converged"),
        (0.9, "converged"),
        (0.99, "oscillating"),
        (1.0, "oscillating"),
        (1.01, "diverged"),
        (1.5, "diverged"),
        (1000, "diverged"),
    ],
)
def test_the_verdict_follows_from_the_share_of_the_limit(surface: Surface, share: float, verdict: str) -> None:
    limit = told(surface, 0.1).limit
    assert told(surface, share * limit).verdict == verdict


def test_what_curves_down_has_no_limit() -> None:
    found = told(OwnFormula("-x**2"), 0.1)
    assert found.limit == math.inf and found.curvature == pytest.approx(-2)


# ---- each verdict --------------------------------------------------------------------------------------------------


def test_converged_names_the_first_step_at_the_minimum_that_it_stayed_at() -> None:
    path = descend(Parabola(), (-3.0,), SGD(0.1), 60)
    found = diagnose(Parabola(), path)
    # within 1 % of a map of 8: 3 * 0.8^k < 0.08 from k = 17 on
    assert (found.verdict, found.step, found.swings, found.left) == ("converged", 17, 0.0, None)
    assert diagnose(Parabola(), descend(Parabola(), (0.01,), SGD(0.1), 5)).step == 0


def test_converged_after_leaving_counts_from_the_return() -> None:
    found = diagnose(Parabola(), through(0.0, 1.0, 0.5, 0.01, 0.0))
    assert (found.verdict, found.step) == ("converged", 3)


@pytest.mark.parametrize("rate", [0.005, 0.01, 0.02, 0.03])
@pytest.mark.parametrize("surface", [Parabola(), Bowl(), LineFit(), NarrowValley()], ids=repr)
def test_slow_estimates_the_steps_that_are_left(surface: Surface, rate: float) -> None:
    path = descend(surface, surface.start, SGD(rate), 3000)
    arrival = int(np.argmax(is_at_minimum(surface, path.w.T)))
    found = told(surface, rate, arrival // 2)
    assert found.verdict == "slow" and found.step is None and found.swings == 0
    assert found.left == pytest.approx(arrival - arrival // 2, abs=2)


def test_slow_without_a_steady_pace_makes_no_estimate() -> None:
    assert told(Parabola(), 0.01, 5).left is None, "too few steps to see a pace"
    assert told(OwnFormula("x"), 0.1).left is None, "no curvature, so no distance to a bottom"
    found = told(Plateau(), 0.01, 20, (-4.0, 1.0))
    assert (found.verdict, found.left) == ("slow", None), "the valley's shape is not to be seen from here"


def test_oscillating_turns_back_at_every_step() -> None:
    found = told(Parabola(), 0.99, 40)
    assert (found.verdict, found.step, found.swings) == ("oscillating", None, 1.0)
    # 3 * 0.98^k < 0.08 from k = 180 on
    assert found.left == pytest.approx(140, abs=2)
    # exactly at the limit it swings between two equally high places for ever, and rounding is no pace
    for surface in (Parabola(), SlopeFit(), LineFit(), OwnFormula("(x-1)**2")):
        found = told(surface, 1.0, 300)
        assert (found.verdict, found.step, found.swings, found.left) == ("oscillating", None, 1.0, None)


def test_swings_are_the_share_of_steps_that_turned_back() -> None:
    path = descend(NarrowValley(), (-3.5, 1.2), SGD(0.07), 40)
    moves = [b - a for a, b in pairwise(path.w)]
    turned = [float(a @ b) < 0 for a, b in pairwise(moves)]
    assert 0 < sum(turned) < len(turned)
    assert diagnose(NarrowValley(), path).swings == pytest.approx(sum(turned) / len(turned))


def test_diverged_names_the_step_from_which_on_it_was_higher_than_at_the_start() -> None:
    # just over the limit every step is higher than the one before, but none is lost within ten steps
    found = told(Parabola(), 1.01, 10)
    assert (found.verdict, found.step, found.left) == ("diverged", 1, None)
    found = diagnose(Parabola(), through(1.0, -0.5, 2.0, -3.0))
    assert (found.verdict, found.step) == ("diverged", 2)
    assert diagnose(Parabola(), through(1.0, -0.5, 3.0, -2.0)).verdict == "oscillating", "higher, but on its way down"


def test_diverged_names_the_step_since_which_it_is_higher_and_the_path_the_one_that_lost_it() -> None:
    path = descend(Parabola(), (3.0,), SGD(10.0), 50)
    assert path.diverged == 2 and path.steps == 1
    assert diagnose(Parabola(), path).step == 1


def test_lost_at_once_is_diverged_at_that_step() -> None:
    path = descend(Parabola(), (3.0,), SGD(1000.0), 50)
    assert path.steps == 0 and path.diverged == 1
    assert (diagnose(Parabola(), path).verdict, diagnose(Parabola(), path).step) == ("diverged", 1)


def test_bottomless_is_lost_while_going_down() -> None:
    surface = OwnFormula("x**2 - y**2")
    path = descend(surface, (1.0, 0.5), SGD(0.5), 300)
    found = diagnose(surface, path)
    # y doubles at every step: 0.5 * 2^11 = 1024 is more than 100 map widths of 10
    assert (found.verdict, found.step) == ("bottomless", path.diverged) == ("bottomless", 11)
    assert told(OwnFormula("x + y"), 100.0).verdict == "bottomless"


@pytest.mark.parametrize(
    ("surface", "start", "step"),
    [
        (OwnFormula("3"), (1.0, 2.0), 0),
        (OwnFormula("0*x + 0*y"), (0.0, 0.0), 0),
        (Saddle(), (0.0, 0.0), 0),
        (OwnFormula("-x**2"), (0.0,), 0),
        (Plateau(), (60.0, 60.0), 0),
        (OwnFormula("max(x, 1)"), (1.55,), 6),
    ],
    ids=repr,
)
def test_stuck_is_no_slope_and_no_minimum(surface: Surface, start: tuple[float, ...], step: int) -> None:
    found = told(surface, 0.1, 30, start)
    assert (found.verdict, found.step, found.left) == ("stuck", step, None)
    assert told(surface, 0.1, 0, start).verdict == ("stuck" if step == 0 else "slow")


def test_stuck_on_the_ridge_of_a_saddle_but_not_in_passing_it() -> None:
    # x shrinks by 0.8 a step: 2.5 * 0.8^k < 1 % of 6 from k = 17 on
    assert told(Saddle(), 0.1, 40, (-2.5, 0.0)).verdict == "stuck"
    assert told(Saddle(), 0.1, 40, (-2.5, 0.0)).step == 17
    assert told(Saddle(), 0.1, 10, (-2.5, 0.0)).verdict == "slow"
    # beside the ridge the ball comes near the saddle, and is falling off again
    assert told(Saddle(), 0.1, 45, (-2.5, 1e-5)).verdict == "slow"
    assert told(Saddle(), 0.1, 200, (-2.5, 1e-5)).verdict == "converged"


def test_every_verdict_has_been_seen_here() -> None:
    seen = {
        told(Parabola(), 0.1).verdict,
        told(Parabola(), 0.01).verdict,
        told(Parabola(), 1.0).verdict,
        told(Parabola(), 1.1).verdict,
        told(OwnFormula("x - x**2"), 1.0).verdict,
        told(OwnFormula("3"), 1.0).verdict,
        told(OwnFormula("sqrt(x)"), 1.0).verdict,
    }
    assert seen == set(get_args(Verdict))


def test_before_the_first_step_nothing_has_happened() -> None:
    found = told(Rosenbrock(), 0.001, 0)
    assert (found.verdict, found.step, found.swings, found.left) == ("slow", None, 0.0, None)
    assert found.curvature == pytest.approx(1001.6), "of the known minimum, where the ball has yet to come"
    assert told(Parabola(), 0.1, 0, (0.0,)).verdict == "converged"


@pytest.mark.parametrize(
    "text", ["log(x)", "1/x", "exp(exp(x))*y", "log(log(x) + y)", "abs(x) + abs(y)", "sqrt(x)*y", "3"]
)
@pytest.mark.parametrize("rate", [1e-4, 0.1, 10.0, 1e3])
def test_wild_ground_gets_a_verdict_and_no_warning(text: str, rate: float) -> None:
    surface = OwnFormula(text)
    for steps in (0, 1, 5, 6, 40):
        for place in (surface.start, (0.0,) * len(surface.weights), (450.0,) * len(surface.weights)):
            path = descend(surface, place, SGD(rate), steps)
            found = diagnose(surface, path)
            ends = ends_of(surface, path)
            assert found.verdict in get_args(Verdict) and ends and set(ends) <= set(get_args(End))
            assert found.step is None or 0 <= found.step <= steps


# ---- where it ends -------------------------------------------------------------------------------------------------


BOWLS = ["x**2 + 3*y**2", "x**2", "(x - 1)**2", "x**2 + y**2"]


@pytest.mark.parametrize(
    ("surface", "start", "rate", "steps", "ends"),
    [
        (DoubleWell(), (-1.5,), 0.03, 100, {"deepest"}),
        (DoubleWell(), (1.6,), 0.03, 100, {"other"}),
        (DoubleWell(), (1.6,), 1e-4, 10, {"nowhere"}),
        (DoubleWell(), (1.6,), 100.0, 10, {"lost"}),
        (Saddle(), (1.0, -1.0), 0.1, 100, {"deepest"}),
        (Saddle(), (1.0, 1.0), 0.1, 100, {"deepest"}),
        (Saddle(), (1.0, 0.0), 0.1, 100, {"nowhere"}),
        (Ackley(), Ackley().start, 0.02, 100, {"other"}),
        (LineFit(scaled=False), (0.0, 0.0), 1e-5, 300, {"nowhere"}),
        # without a list of minima: a bowl has one, and it is the deepest
        *((OwnFormula(text), OwnFormula(text).start, 0.05, 100, {"deepest"}) for text in BOWLS),
        # two wells, equally deep or not; one that is as deep everywhere
        (OwnFormula("x**4 - x**2"), (1.0,), 0.05, 100, {"deepest"}),
        (OwnFormula("x**4 - x**2"), (-1.0,), 0.05, 100, {"deepest"}),
        (OwnFormula("x**4 - x**2 + 0.1*x"), (-1.0,), 0.05, 100, {"deepest"}),
        (OwnFormula("x**4 - x**2 + 0.1*x"), (1.0,), 0.05, 100, {"other"}),
        (OwnFormula("sin(x)"), (-3.5,), 0.5, 100, {"deepest"}),
        (OwnFormula("sin(x)*cos(y)"), (1.0, 2.5), 0.5, 100, {"deepest"}),
        # all along the floor of a valley, straight or bent, from inside and from outside
        (OwnFormula("x**2 + 0*y"), (1.0, 2.0), 0.1, 100, {"deepest"}),
        (OwnFormula("(x + 2*y - 3)**2"), (1.0, 2.0), 0.05, 100, {"deepest"}),
        (OwnFormula("(x**2 + y**2 - 1)**2"), (0.5, 0.2), 0.05, 60, {"deepest"}),
        (OwnFormula("(x**2 + y**2 - 1)**2"), (1.5, 1.2), 0.01, 100, {"deepest"}),
        (OwnFormula("(x*y - 1)**2"), (2.0, 1.5), 0.02, 60, {"deepest"}),
        # lower ground where no minimum was found: a deeper one may lie beyond
        (OwnFormula("x**3 - 3*x"), (2.0,), 0.05, 100, {"deepest", "other"}),
        (OwnFormula("x**2 + 1/x"), (2.0,), 0.05, 100, {"deepest", "other"}),
        (OwnFormula("sin(x) + 0.01*x"), (3.5,), 0.5, 100, {"other"}),
        (OwnFormula("sin(x) + 0.01*x"), (-2.5,), 0.5, 100, {"deepest", "other"}),
        # the floor is level and curves: the ball creeps along it, practically as low as it gets
        (OwnFormula("x**2*y**2"), (-2.0, 1.5), 0.1, 40, {"deepest", "nowhere"}),
        (OwnFormula("x**2*y**2"), (-2.0, 1.5), 0.1, 3, {"nowhere"}),
        # a terrace, on which the ball comes to rest although there is lower ground right behind; no such place is one
        (OwnFormula("x**3"), (1.0,), 0.05, 300, {"nowhere"}),
        (OwnFormula("1 + x**3 + y**2"), (1.0, 2.0), 0.05, 300, {"nowhere"}),
        (OwnFormula("(x - 1)**5"), (2.0,), 0.05, 300, {"nowhere"}),
        (OwnFormula("x**4"), (1.0,), 0.05, 300, {"deepest"}),
        (OwnFormula("1 + x**8"), (0.9,), 0.05, 300, {"deepest"}),
        # a kink, whose slope never becomes small: the ball is jumping across the minimum
        (OwnFormula("abs(x)"), (-1.02,), 0.05, 100, {"deepest", "nowhere"}),
        (OwnFormula("abs(x)"), (-1.02,), 0.05, 5, {"nowhere"}),
        # as flat as a plain, on which no place is any lower, or beside which there is a hole
        (OwnFormula("3"), (1.0, 2.0), 0.1, 10, {"deepest", "nowhere"}),
        (OwnFormula("max(x, 1)"), (1.55,), 0.1, 30, {"deepest", "nowhere"}),
        (OwnFormula("min(x**2, 1)"), (-3.5,), 0.1, 30, {"other", "nowhere"}),
        # what falls without end is at no minimum; off the map it is about to be lost, too
        (OwnFormula("x"), (-3.5,), 0.05, 20, {"nowhere"}),
        (OwnFormula("x"), (-3.5,), 0.05, 60, {"nowhere", "lost"}),
        (OwnFormula("x"), (-3.5,), 100.0, 60, {"lost"}),
        (OwnFormula("-x**2"), (0.0,), 0.05, 60, {"nowhere"}),
        (OwnFormula("-x**2"), (0.5,), 0.5, 60, {"lost"}),
        # off the map, and lower than anywhere on it: at no minimum of the map for that
        (OwnFormula("-x**2"), (0.5,), 0.05, 60, {"nowhere", "lost"}),
        (OwnFormula("-x**2 - y**2"), (0.5, 0.5), 0.05, 60, {"nowhere", "lost"}),
        # what starts beside the map and comes in is not leaving it
        (OwnFormula("x**2"), (19.0,), 0.001, 10, {"nowhere"}),
        # thrown up, step by step: at first still on the map
        (NarrowValley(), NarrowValley().start, 0.081, 40, {"lost"}),
        (NarrowValley(), NarrowValley().start, 0.081, 10, {"lost", "nowhere"}),
        # over the edge of where it is defined
        (OwnFormula("sqrt(x)"), (1.0,), 0.5, 60, {"lost"}),
    ],
    # the order of a set's repr differs from process to process
    ids=lambda part: "-".join(sorted(part)) if isinstance(part, set) else repr(part),
)
def test_where_a_ball_ends(surface: Surface, start: tuple[float, ...], rate: float, steps: int, ends: set[str]) -> None:
    assert set(ends_of(surface, descend(surface, start, SGD(rate), steps))) == ends


@pytest.mark.parametrize("surface", [OwnFormula(text) for text in BOWLS], ids=repr)
def test_a_bowl_is_as_deep_however_the_ball_came_to_rest(surface: Surface) -> None:
    for rate in (0.01, 0.1, 0.3):
        path = descend(surface, surface.start, SGD(rate), 300)
        assert diagnose(surface, path).verdict == "converged" and ends_of(surface, path) == ("deepest",)


@pytest.mark.parametrize("name", [name for name in Surface.members if Surface.get(name).minima])
def test_the_minima_that_are_looked_for_are_those_that_are_known(name: str) -> None:
    surface = Surface.get(name)
    deepest = float(surface(*surface.minima[0]))
    found = valleys(surface)
    assert found.heights[0] == pytest.approx(deepest, abs=max(1e-6, found.alike))
    assert found.lowest == pytest.approx(deepest, abs=max(1e-6, found.alike))


def test_a_pole_and_an_edge_are_no_minima() -> None:
    for text in ("1/x", "1/(x - 0.001)", "tan(x)", "log(x)", "sqrt(x)", "x", "-x**2", "3", "log(-1 - x**2)"):
        assert not valleys(OwnFormula(text)).heights.size, text
    assert valleys(OwnFormula("log(x)")).lowest == -math.inf
    assert valleys(OwnFormula("log(-1 - x**2)")).lowest == math.inf


# ---- where the surface is not defined ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "rate", "step"),
    [
        ("log(x)", (-3.5,), 0.1, 0),
        ("sqrt(x)", (-1.0,), 0.1, 0),
        ("1/x", (0.0,), 0.1, 0),
        ("log(x)", (0.0,), 0.1, 0),
        ("sqrt(x)", (0.0,), 0.1, 0),
        # sqrt: 1 -> 0.75 -> 0.461 -> 0.093 -> below 0; log: 1 -> 0.5 -> -0.5
        ("sqrt(x)", (1.0,), 0.5, 4),
        ("log(x)", (1.0,), 0.5, 2),
        ("log(x) + y", (1.0, 0.0), 0.5, 2),
    ],
)
def test_undefined_names_the_step_at_which_there_is_no_height(
    text: str, start: tuple[float, ...], rate: float, step: int
) -> None:
    for steps in (step, step + 1, 40):
        path = descend(OwnFormula(text), start, SGD(rate), steps)
        found = diagnose(OwnFormula(text), path)
        assert (found.verdict, found.step, path.undefined_at) == ("undefined", step, step)


def test_growing_out_of_all_numbers_is_divergence() -> None:
    assert told(OwnFormula("exp(x**2)"), 1.0, 40, (2.0,)).verdict == "diverged"
    assert told(OwnFormula("x**20"), 1.0, 40, (3.0,)).verdict == "diverged"


def test_thrown_to_and_fro_is_not_running_away() -> None:
    """A ball that is now high and now low is no higher at the end than it has been, though higher than at its start."""
    found = diagnose(Parabola(), through(1.0, -3.0, 0.5, -0.2, 2.0))
    assert found.verdict == "oscillating"
    found = diagnose(Parabola(), through(1.0, -3.0, 0.5, -0.2, 3.5))
    assert (found.verdict, found.step) == ("diverged", 4)
