"""Sweeps: every ball must do what it would do alone, and theory says which rates work."""

import dataclasses

import numpy as np
import pytest

from dlcore.experiments.descent import descend
from dlcore.experiments.rate_sweep import Sweep, Useful, rates_around, sweep, useful
from dlcore.optimizers import SGD, Optimizer
from dlcore.surfaces import Bowl, Himmelblau, NarrowValley

RULES = [
    *(Optimizer.get(name) for name in Optimizer.members),
    SGD(momentum=0.9, nesterov=True),
    SGD(weight_decay=0.1, clipnorm=0.5),
]


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_every_ball_does_what_it_would_do_alone(rule: Optimizer) -> None:
    surface, start, rates = Himmelblau(), (-1.0, 2.0), rates_around(1e-4, 10.0, 9)
    found = sweep(surface, start, rule, rates, 30)
    assert found.height.shape == (31, 9)
    for i, rate in enumerate(rates):
        path = descend(surface, start, dataclasses.replace(rule, learning_rate=float(rate)), 30)
        seen = path.steps + 1
        assert found.height[:seen, i] == pytest.approx(path.height, rel=1e-9)
        assert np.isnan(found.height[seen:, i]).all()
        assert found.lost[i] == (-1 if path.diverged is None else path.diverged)


def test_the_fastest_rate_on_a_quadratic_is_where_theory_has_it() -> None:
    surface = NarrowValley()
    low, high = surface.curvatures(0.0, 0.0)
    found = sweep(surface, (1.0, 1.0), SGD(), rates_around(0.1 / high, 4 / high, 2000), 400)
    assert found.rates[found.best()] == pytest.approx(2 / (low + high), rel=0.01)
    over = found.rates > 2 / high * 1.001
    assert ((found.height[-1] > found.height[0, 0]) | (found.lost > 0))[over].all()
    assert (found.height[-1, ~over] < found.height[0, 0]).all()


def test_the_best_of_lost_balls_is_the_smallest_rate() -> None:
    found = sweep(Bowl(), (1.0, 1.0), SGD(), np.array([1e6, 1e9]), 5)
    assert found.best() == 0 and (found.lost > 0).all() and np.isnan(found.height[-1]).all()


# ---- useful rates ----------------------------------------------------------------------------------------------------


def made_up(*rows: list[float]) -> Sweep:
    height = np.array(rows, dtype=float)
    return Sweep(np.arange(1.0, height.shape[1] + 1), height, np.full(height.shape[1], -1))


def test_useful_rates_have_come_down_nine_tenths_of_what_the_best_has() -> None:
    found = useful(made_up([10] * 6, [9, 1.1, 1, 0, 0.9, 12]), 1)
    assert found == Useful(best=4, low=3, high=5, lost_from=6, left=0)
    assert useful(made_up([10] * 6, [9, 1.1, 1, 0, 0.9, 12]), 1, share=0.05).low == 1


def test_useful_rates_are_one_unbroken_stretch() -> None:
    found = useful(made_up([10] * 5, [0.1, 5, 0, 5, 0.1]), 1)
    assert (found.low, found.best, found.high, found.lost_from) == (3, 3, 3, None)


def test_a_lost_ball_is_never_useful_and_a_higher_one_is_lost() -> None:
    found = useful(made_up([-1] * 4, [-2, -3, -0.5, np.nan]), 1)
    assert (found.best, found.high, found.lost_from) == (2, 2, 3)


@pytest.mark.parametrize("row", [[np.nan] * 3, [np.inf] * 3, [5.0] * 3])
def test_where_no_rate_helps_the_first_one_counts_as_best(row: list[float]) -> None:
    assert useful(made_up([5] * 3, row), 1).best == 1


def test_more_steps_make_smaller_rates_useful_and_do_not_move_the_limit() -> None:
    surface = NarrowValley()
    found = sweep(surface, surface.start, SGD(), rates_around(1e-3, 0.2, 200), 200)
    stages = [useful(found, step) for step in (10, 50, 200)]
    assert stages[0].low > stages[1].low > stages[2].low
    assert all(each.lost_from == pytest.approx(0.08, rel=0.03) for each in stages[1:])
