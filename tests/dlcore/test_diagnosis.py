"""Diagnosis: every verdict occurs, for the right reason, and its numbers are those of the landscape."""

import math
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest

from dlcore.descent import Path, arrived, descend
from dlcore.diagnosis import Diagnosis, Verdict, diagnose, end_of
from dlcore.optimizers import SGD
from dlcore.surfaces import (
    Ackley,
    Bowl,
    DoubleWell,
    LineFit,
    NarrowValley,
    Parabola,
    Plateau,
    Rosenbrock,
    Saddle,
    SlopeFit,
    Surface,
    parse,
)


def told(surface: Surface, rate: float, steps: int = 60, start: tuple[float, ...] | None = None) -> Diagnosis:
    return diagnose(surface, descend(surface, surface.start if start is None else start, SGD(rate), steps))


def through(*w: float) -> Path:
    """A path on the parabola through places of our choice."""
    places = np.array([w]).T
    return Path(places, places[:, 0] ** 2, 2 * places)


# ---- the limit 2 / lambda ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("surface", "curvature"),
    [
        (Parabola(), 2.0),
        (SlopeFit(), 2.0),
        (LineFit(), 2.0),
        (Bowl(), 2.0),
        (NarrowValley(), 25.0),
        (parse("9*x**2"), 18.0),
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
    found = told(parse("-x**2"), 0.1)
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
    arrival = int(np.argmax(arrived(surface, path.w.T)))
    found = told(surface, rate, arrival // 2)
    assert found.verdict == "slow" and found.step is None and found.swings == 0
    assert found.left == pytest.approx(arrival - arrival // 2, abs=2)


def test_slow_without_a_steady_pace_makes_no_estimate() -> None:
    assert told(Parabola(), 0.01, 5).left is None, "too few steps to see a pace"
    assert told(parse("x"), 0.1).left is None, "no curvature, so no distance to a bottom"
    found = told(Plateau(), 0.01, 20, (-4.0, 1.0))
    assert (found.verdict, found.left) == ("slow", None), "the valley's shape is not to be seen from here"


def test_oscillating_turns_back_at_every_step() -> None:
    found = told(Parabola(), 0.99, 40)
    assert (found.verdict, found.step, found.swings) == ("oscillating", None, 1.0)
    # 3 * 0.98^k < 0.08 from k = 180 on
    assert found.left == pytest.approx(140, abs=2)
    # exactly at the limit it swings between two equally high places for ever
    found = told(Parabola(), 1.0)
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
    surface = parse("x**2 - y**2")
    path = descend(surface, (1.0, 0.5), SGD(0.5), 300)
    found = diagnose(surface, path)
    # y doubles at every step: 0.5 * 2^11 = 1024 is more than 100 map widths of 10
    assert (found.verdict, found.step) == ("bottomless", path.diverged) == ("bottomless", 11)
    assert told(parse("x + y"), 100.0).verdict == "bottomless"


@pytest.mark.parametrize(
    ("surface", "start", "step"),
    [
        (parse("3"), (1.0, 2.0), 0),
        (parse("0*x + 0*y"), (0.0, 0.0), 0),
        (Saddle(), (0.0, 0.0), 0),
        (parse("-x**2"), (0.0,), 0),
        (Plateau(), (60.0, 60.0), 0),
        (parse("max(x, 1)"), (1.55,), 6),
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
        told(parse("x - x**2"), 1.0).verdict,
        told(parse("3"), 1.0).verdict,
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
    surface = parse(text)
    for steps in (0, 1, 5, 6, 40):
        for place in (surface.start, (0.0,) * len(surface.weights), (450.0,) * len(surface.weights)):
            path = descend(surface, place, SGD(rate), steps)
            found = diagnose(surface, path)
            assert found.verdict in get_args(Verdict) and end_of(surface, path) in (
                "deepest",
                "other",
                "nowhere",
                "lost",
            )
            assert found.step is None or 0 <= found.step <= steps


# ---- where it ends -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("surface", "start", "rate", "steps", "end"),
    [
        (DoubleWell(), (-1.5,), 0.03, 100, "deepest"),
        (DoubleWell(), (1.6,), 0.03, 100, "other"),
        (DoubleWell(), (1.6,), 1e-4, 10, "nowhere"),
        (DoubleWell(), (1.6,), 100.0, 10, "lost"),
        (Saddle(), (1.0, -1.0), 0.1, 100, "deepest"),
        (Saddle(), (1.0, 1.0), 0.1, 100, "deepest"),
        (Saddle(), (1.0, 0.0), 0.1, 100, "nowhere"),
        (Ackley(), Ackley().start, 0.02, 100, "other"),
        (parse("x**2"), (1.0,), 0.1, 100, "other"),
        (LineFit(scaled=False), (0.0, 0.0), 1e-5, 300, "nowhere"),
    ],
    ids=repr,
)
def test_where_a_ball_ends(surface: Surface, start: tuple[float, ...], rate: float, steps: int, end: str) -> None:
    assert end_of(surface, descend(surface, start, SGD(rate), steps)) == end
