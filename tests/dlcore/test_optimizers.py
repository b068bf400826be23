"""Optimizers: one code for every shape, one step by hand, and the theory of the quadratic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.optimizers import SGD, Optimizer

MEMBERS = [Optimizer.get(name) for name in Optimizer.members]
every_rule = pytest.mark.parametrize("rule", MEMBERS, ids=repr)


def slope(w: np.ndarray) -> np.ndarray:
    """A gradient that treats every entry by itself and is not the same twice."""
    return np.sin(3 * w) + w


def stepped(rule: Optimizer, w: np.ndarray, steps: int = 5) -> np.ndarray:
    memory = rule.start(w)
    for t in range(1, steps + 1):
        w = rule.update(w, slope(w), memory, t)
    return w


@every_rule
def test_an_update_leaves_weights_and_gradient_as_they_are(rule: Optimizer) -> None:
    w, g = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    memory = rule.start(w)
    for t in (1, 2, 3):
        new = rule.update(w, g, memory, t)
        assert new is not w and not np.shares_memory(new, w) and not np.shares_memory(new, g)
    assert w.tolist() == [1.0, -2.0] and g.tolist() == [0.5, 3.0]


@every_rule
@pytest.mark.parametrize("shape", [(), (3,), (2, 5), (2, 3, 4), (0,)])
def test_any_shape_is_one_flat_vector_in_another_shape(rule: Optimizer, shape: tuple[int, ...]) -> None:
    w = np.random.default_rng(2).normal(size=shape)
    moved = stepped(rule, w)
    assert np.shape(moved) == shape
    assert np.array_equal(np.ravel(moved), stepped(rule, np.ravel(w)))


@every_rule
def test_one_flat_vector_gives_the_numbers_of_its_pieces(rule: Optimizer) -> None:
    pieces = [np.random.default_rng(k).normal(size=n) for k, n in enumerate((4, 1, 6))]
    whole = stepped(rule, np.concatenate(pieces))
    assert np.array_equal(whole, np.concatenate([stepped(rule, piece) for piece in pieces]))


@every_rule
def test_a_small_first_step_goes_downhill(rule: Optimizer) -> None:
    w, g = np.array([1.0, -1.0]), np.array([2.0, -0.5])
    assert np.all((rule.update(w, g, rule.start(w), 1) - w) * g < 0)


@every_rule
def test_a_rule_starts_afresh_with_every_memory(rule: Optimizer) -> None:
    w = np.array([0.3, 4.0])
    assert np.array_equal(stepped(rule, w), stepped(rule, w))


@every_rule
def test_every_rule_shows_its_formula(rule: Optimizer) -> None:
    assert r"w \leftarrow" in rule.formula


def test_one_step_of_gradient_descent_by_hand() -> None:
    # 1.2 - 0.1 * 2.5 = 0.95 and -3 - 0.1 * (-4) = -2.6
    w = SGD(learning_rate=0.1).update(np.array([1.2, -3.0]), np.array([2.5, -4.0]), {}, 1)
    assert w == pytest.approx([0.95, -2.6], abs=1e-15)
    assert SGD() == SGD(learning_rate=0.01), "Keras's default"


def quadratic_run(curvature: float, rate: float, start: float, steps: int) -> np.ndarray:
    """The distances from the bottom of E = curvature w^2 / 2, at every step."""
    w = np.array(start)
    rule, distances = SGD(rate), [abs(start)]
    for t in range(1, steps + 1):
        w = rule.update(w, curvature * w, {}, t)
        distances.append(float(abs(w)))
    return np.array(distances)


curvatures = st.floats(1e-2, 1e4)
starts = st.floats(1e-3, 1e3).flatmap(lambda v: st.sampled_from([v, -v]))


@settings(deadline=None)
@given(curvatures, starts, st.floats(1e-3, 1))
def test_below_two_over_lambda_gradient_descent_always_comes_closer(curvature: float, start: float, gap: float) -> None:
    distances = quadratic_run(curvature, (2 - gap) / curvature, start, 40)
    assert distances[-1] <= abs(1 - (2 - gap)) ** 40 * abs(start) * (1 + 1e-9) + 1e-300
    assert distances[-1] < distances[0]


@settings(deadline=None)
@given(curvatures, starts, st.floats(1e-3, 1))
def test_above_two_over_lambda_gradient_descent_always_runs_away(curvature: float, start: float, gap: float) -> None:
    distances = quadratic_run(curvature, (2 + gap) / curvature, start, 40)
    assert np.all(np.diff(distances) > 0)
    assert distances[-1] == pytest.approx((1 + gap) ** 40 * abs(start), rel=1e-9)


@settings(deadline=None)
@given(curvatures, starts)
def test_at_one_over_lambda_gradient_descent_arrives_in_one_step(curvature: float, start: float) -> None:
    assert quadratic_run(curvature, 1 / curvature, start, 1)[1] <= 1e-15 * abs(start)
