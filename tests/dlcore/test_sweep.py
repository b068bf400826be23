"""Sweeps: every ball must do what it would do alone, and theory says which rates work."""

import dataclasses

import numpy as np
import pytest

from dlcore.descent import descend
from dlcore.optimizers import SGD, Optimizer
from dlcore.surfaces import Bowl, Himmelblau, NarrowValley
from dlcore.sweep import rates_around, sweep

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
