"""Schedules: values by hand, limits, continuity, and which way they go."""

import math
from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from dlcore import schedules
from dlcore.family import SettingError
from dlcore.schedules import (
    Constant,
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    OneCycle,
    PiecewiseConstantDecay,
    PolynomialDecay,
    Schedule,
)

MEMBERS = [Schedule.get(name) for name in Schedule.members]
OTHERS = [
    ExponentialDecay(0.1, 100, 0.5, staircase=True),
    InverseTimeDecay(0.1, 100, 0.5, staircase=True),
    PolynomialDecay(0.1, 100, 0.01, power=2.0, cycle=True),
    CosineDecay(0.0, 300, 0.1, warmup_target=0.2, warmup_steps=50),
    CosineDecayRestarts(0.1, 100, t_mul=1.0, m_mul=0.5, alpha=0.1),
    OneCycle(0.1, 400, anneal_strategy="linear"),
    OneCycle(0.1, 1, pct_start=0.0),
]
every_schedule = pytest.mark.parametrize("schedule", MEMBERS + OTHERS, ids=repr)
T = np.arange(2500)


@every_schedule
def test_an_array_of_steps_is_step_after_step(schedule: Schedule) -> None:
    curve = schedule(T)
    assert curve.shape == T.shape and curve.dtype == np.float64
    for t in (0, 1, 99, 100, 101, 299, 300, 500, 501, 1000, 2499):
        rate = schedule(t)
        assert isinstance(rate, float) and rate == pytest.approx(curve[t], rel=1e-14)
        assert schedule(np.int64(t)) == rate == schedule(float(t))
    assert np.array_equal(schedule(T.reshape(50, 50)), curve.reshape(50, 50))


@every_schedule
def test_rates_are_finite_and_never_negative(schedule: Schedule) -> None:
    rates = schedule(np.concatenate([T, [10**6, 10**12]]))
    assert np.all(np.isfinite(rates)) and np.all(rates >= 0)


@every_schedule
def test_every_schedule_shows_its_formula_and_its_line_in_keras(schedule: Schedule) -> None:
    assert schedule.formula.startswith(r"\eta_t =") and schedule.formula.count("{") == schedule.formula.count("}")
    if schedule.name() in ("constant", "one_cycle"):
        assert schedule.keras == ""
    else:
        assert schedule.keras.startswith("keras.optimizers.schedules.")
        # the arguments of the line are those of the class
        assert eval(schedule.keras.removeprefix("keras.optimizers.schedules."), dict(vars(schedules))) == schedule


def test_a_formula_says_what_is_switched_on() -> None:
    """Stairs, cycles and straight lines had the formula of a decay that is smooth, falls once, and curves."""
    for kind in (schedules.ExponentialDecay, schedules.InverseTimeDecay):
        assert "lfloor" in kind(staircase=True).formula_text and "lfloor" not in kind().formula_text
    down, again = schedules.PolynomialDecay(), schedules.PolynomialDecay(cycle=True)
    assert r"\min(t, T)" in down.formula_text and "lceil" not in down.formula_text
    assert r"\min(t, T)" not in again.formula_text and "lceil" in again.formula_text
    curved, straight = schedules.OneCycle(), schedules.OneCycle(anneal_strategy="linear")
    assert "cos" in curved.formula_text and "cos" not in straight.formula_text


@every_schedule
def test_schedules_can_be_hashed(schedule: Schedule) -> None:
    assert {schedule: 1}[copy(schedule)] == 1


FALLING = [
    Constant(),
    PiecewiseConstantDecay(),
    ExponentialDecay(),
    ExponentialDecay(staircase=True),
    InverseTimeDecay(),
    PolynomialDecay(),
    PolynomialDecay(power=0.5),
    CosineDecay(),
    CosineDecay(alpha=0.3),
]


@pytest.mark.parametrize("schedule", FALLING, ids=repr)
def test_a_decay_starts_at_the_initial_rate_and_never_rises(schedule: Schedule) -> None:
    curve = schedule(T)
    first = next(v for v in (getattr(schedule, "initial_learning_rate", None), curve[0]) if v is not None)
    assert curve[0] == pytest.approx(first, rel=1e-15)
    assert np.all(np.diff(curve) <= 0)


@pytest.mark.parametrize(
    "schedule",
    [
        ExponentialDecay(),
        InverseTimeDecay(),
        PolynomialDecay(),
        CosineDecay(alpha=0.2),
        CosineDecay(0.0, 900, warmup_target=0.1, warmup_steps=100),
        OneCycle(),
        OneCycle(anneal_strategy="linear"),
    ],
    ids=repr,
)
def test_without_stairs_there_are_no_jumps(schedule: Schedule) -> None:
    # a hundredth of a step apart, so that corners are met from both sides
    curve = schedule(np.arange(0, 1200, 0.01))
    assert np.abs(np.diff(curve)).max() < 2e-5


def test_constant() -> None:
    assert Constant(0.3)(10**9) == 0.3 and Constant(0.3)(np.array([])).shape == (0,)


def test_piecewise_constant_by_hand() -> None:
    schedule = PiecewiseConstantDecay([100, 110], [1.0, 0.5, 0.1])  # as in Keras's documentation
    assert schedule(np.array([0, 100, 101, 110, 111, 9999])).tolist() == [1.0, 1.0, 0.5, 0.5, 0.1, 0.1]
    assert schedule.boundaries == (100, 110)
    assert PiecewiseConstantDecay((), (0.7,))(5) == 0.7


@pytest.mark.parametrize(
    ("boundaries", "values", "message"),
    [
        ((1, 2), (0.1, 0.2), "needs one value more than boundaries; it has 2 values and 2 boundaries"),
        ((2, 2), (0.1, 0.2, 0.3), r"boundaries must increase; they are \(2, 2\)"),
        ((1,), (0.1, -0.2), "every value must be from 0 to 1000; it is -0.2"),
        ((1,), (0.1, math.nan), "every value must be from 0 to 1000; it is nan"),
    ],
)
def test_stairs_that_make_no_sense_are_refused(boundaries, values, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        PiecewiseConstantDecay(boundaries, values)


def test_exponential_decay_by_hand() -> None:
    smooth, stairs = ExponentialDecay(0.8, 10, 0.25), ExponentialDecay(0.8, 10, 0.25, staircase=True)
    assert smooth(np.array([0, 5, 10, 20])) == pytest.approx([0.8, 0.4, 0.2, 0.05], rel=1e-14)
    assert stairs(np.array([0, 5, 9, 10, 19, 20])) == pytest.approx([0.8, 0.8, 0.8, 0.2, 0.2, 0.05], rel=1e-14)
    growing = ExponentialDecay(1e-6, 10, 10.0)
    assert growing(60) == pytest.approx(1) and growing(10**7) == math.inf


def test_inverse_time_decay_by_hand_and_in_the_long_run() -> None:
    assert InverseTimeDecay(0.1, 1.0, 0.5)(np.array([0, 2, 6])) == pytest.approx([0.1, 0.05, 0.025], rel=1e-14)
    assert InverseTimeDecay(0.1, 4, 1.0, staircase=True)(np.array([3, 4, 7])) == pytest.approx([0.1, 0.05, 0.05])
    # Robbins & Monro: between 10^k and 10^(k+1) steps the sum of rates is always ln 10, that of squares vanishes
    rates = InverseTimeDecay(1.0, 1.0, 1.0)
    for k in (3, 5):
        decade = rates(np.arange(10**k, 10 ** (k + 1)))
        assert decade.sum() == pytest.approx(math.log(10), rel=1e-2)
        assert (decade**2).sum() == pytest.approx(0.9 / 10**k, rel=1e-2)


def test_polynomial_decay_by_hand() -> None:
    assert PolynomialDecay(1.0, 10, 0.2)(np.array([0, 5, 10, 50])) == pytest.approx([1, 0.6, 0.2, 0.2])
    assert PolynomialDecay(1.0, 10, 0.0, power=2.0)(np.array([0, 5, 9])) == pytest.approx([1, 0.25, 0.01])
    cycling = PolynomialDecay(1.0, 10, 0.0, cycle=True)
    # up to 10 steps T is 10, from there to 20 it is 20
    assert cycling(np.array([0, 5, 10, 11, 20, 21])) == pytest.approx([1, 0.5, 0, 9 / 20, 0, 9 / 30])


def test_cosine_decay_by_hand() -> None:
    assert CosineDecay(1.0, 90)(np.array([0, 30, 45, 60, 90, 999])) == pytest.approx([1, 0.75, 0.5, 0.25, 0, 0])
    assert CosineDecay(1.0, 90, alpha=0.2)(np.array([0, 45, 90])) == pytest.approx([1, 0.6, 0.2])


def test_cosine_decay_with_a_climb_by_hand() -> None:
    schedule = CosineDecay(0.1, 90, 0.5, warmup_target=0.5, warmup_steps=4)
    assert schedule(np.array([0, 1, 2, 3, 4])) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    assert schedule(np.array([49, 94, 500])) == pytest.approx([0.375, 0.25, 0.25])
    assert CosineDecay(0.1, 90, warmup_target=0.5)(0) == 0.5, "a climb of no steps is over at once"
    with pytest.raises(SettingError, match="CosineDecay's warmup_target must be from 0 to 1000; it is -1"):
        CosineDecay(warmup_target=-1)


def test_cosine_restarts_by_hand() -> None:
    schedule = CosineDecayRestarts(1.0, 10, t_mul=2.0, m_mul=0.5)
    # periods begin at 0, 10, 30, 70; half-way through each the rate is half of its start
    assert schedule(np.array([0, 10, 30, 70])) == pytest.approx([1, 0.5, 0.25, 0.125])
    assert schedule(np.array([5, 20, 50])) == pytest.approx([0.5, 0.25, 0.125])
    steady = CosineDecayRestarts(1.0, 10, t_mul=1.0, alpha=0.2)
    assert steady(np.array([0, 5, 10, 15, 20])) == pytest.approx([1, 0.6, 1, 0.6, 1])


@pytest.mark.parametrize("k", [1.5, 2.0, 3.0, 5.0, 10.0])
def test_every_restart_comes_exactly_at_its_step(k: float) -> None:
    schedule, begin = CosineDecayRestarts(1.0, 1024, t_mul=k), 0.0
    for i in range(8):
        assert schedule(begin) == pytest.approx(1, abs=1e-9)
        begin += 1024 * k**i
        assert schedule(begin - 1) < 1e-5


def test_one_cycle_by_hand() -> None:
    schedule = OneCycle(1.0, 101, pct_start=51 / 101, div_factor=10.0, final_div_factor=100.0)
    # the top is at step 50, half-way up at 25, half-way down at 75, the end at 100
    assert schedule(np.array([0, 25, 50, 75, 100])) == pytest.approx([0.1, 0.55, 1, 0.5005, 0.001])
    assert schedule(10**6) == pytest.approx(0.001), "it stays"
    straight = replace(schedule, anneal_strategy="linear")
    assert straight(np.array([0, 10, 50, 60, 100])) == pytest.approx([0.1, 0.28, 1, 0.8002, 0.001])


@pytest.mark.parametrize("strategy", ["cos", "linear"])
def test_one_cycle_rises_once_and_falls_once(strategy: str) -> None:
    curve = OneCycle(0.5, 1000, anneal_strategy=strategy)(np.arange(1000))
    top = int(curve.argmax())
    assert top == 299 and curve[top] == 0.5
    assert np.all(np.diff(curve[: top + 1]) > 0) and np.all(np.diff(curve[top:]) < 0)
    assert curve[0] == pytest.approx(0.5 / 25) and curve[-1] == pytest.approx(0.5 / 25 / 1e4)


def test_get_and_its_errors() -> None:
    assert schedules.get("cosine_decay") == CosineDecay()
    with pytest.raises(SettingError, match="decay_steps must be from 1 to"):
        ExponentialDecay(decay_steps=0)
