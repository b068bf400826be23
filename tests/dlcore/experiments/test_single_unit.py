"""One unit by itself: its sum, its line, and what may be done to it without a change in its answers."""

import numpy as np
import pytest

from dlcore.activations import Activation
from dlcore.experiments.single_unit import Unit, boundary, mirror, plane
from dlcore.layers import Dense, Input
from dlcore.models import Sequential

SQUARE = ((-3.0, 3.0), (-2.0, 2.0))


@pytest.mark.parametrize("name", ["step", "sigmoid", "tanh", "relu"])
def test_a_unit_is_a_dense_layer_with_one_unit(name: str) -> None:
    model = Sequential([Input((2,)), Dense(1, name)], seed=0)
    model.build()
    model.set_weights([[[0.7], [-1.2]], [0.3]])
    x = plane(SQUARE, 5)
    unit = Unit((0.7, -1.2), 0.3, Activation.get(name))
    assert unit(x) == pytest.approx(model.predict(x.reshape(-1, 2)).reshape(5, 5), abs=1e-12)


def test_a_threshold_is_a_bias_with_the_other_sign() -> None:
    x = plane(SQUARE, 41)
    assert (Unit((1.0, 2.0), -0.75)(x) == (x @ [1.0, 2.0] >= 0.75)).all()


@pytest.mark.parametrize(
    ("weights", "bias"), [((1.0, 1.0), -1.5), ((0.0, 2.0), 1.0), ((-3.0, 0.0), 0.5), ((2.0, -1.0), 0.0)]
)
def test_both_ends_of_the_line_lie_on_it_and_on_the_rim(weights: tuple[float, float], bias: float) -> None:
    ends = boundary(Unit(weights, bias), SQUARE)
    assert ends.shape == (2, 2) and not np.allclose(*ends)
    assert Unit(weights, bias).sums(ends) == pytest.approx([0, 0], abs=1e-12)
    on_rim = np.isclose(np.abs(ends), [3.0, 2.0])
    assert on_rim.any(axis=1).all() and (np.abs(ends) <= np.array([3, 2]) + 1e-9).all()


def test_a_line_through_two_corners_has_two_ends() -> None:
    square = ((-1.0, 1.0), (-1.0, 1.0))
    assert sorted(boundary(Unit((1.0, 1.0), 0.0), square).tolist()) == [[-1, 1], [1, -1]]


@pytest.mark.parametrize(
    ("weights", "bias"), [((0.0, 0.0), 1.0), ((0.0, 0.0), 0.0), ((1.0, 1.0), 9.0), ((1.0, 1.0), 5.0)]
)
def test_where_no_line_crosses_there_is_none(weights: tuple[float, float], bias: float) -> None:
    assert boundary(Unit(weights, bias), SQUARE).shape == (0, 2)


def test_doubling_leaves_the_line_and_the_step_but_not_the_sigmoid() -> None:
    for name, same in {"step": True, "sigmoid": False}.items():
        unit = Unit((1.5, 1.0), -1.0, Activation.get(name))
        assert boundary(unit, SQUARE) == pytest.approx(boundary(unit.times(2), SQUARE))
        assert np.allclose(unit(plane(SQUARE, 30)), unit.times(2)(plane(SQUARE, 30))) == same


def test_a_hidden_sigmoid_turned_round_changes_no_answer() -> None:
    model = Sequential([Input((2,)), Dense(3, "sigmoid"), Dense(2, "tanh")], seed=3)
    x = plane(SQUARE, 9).reshape(-1, 2)
    before, weights = model.predict(x), model.get_weights()
    model.set_weights(mirror(weights, 1))
    assert model.predict(x) == pytest.approx(before, abs=1e-12)
    assert model.get_weights()[0][:, 1] == pytest.approx(-weights[0][:, 1])
    assert all((a == b).all() for a, b in zip(weights, mirror(mirror(weights, 1), 1), strict=True) if a.ndim == 2)
