"""Deep networks: the factors of a gradient multiply to the gradient, and stay below what the slopes allow."""

import numpy as np
import pytest

from dlcore.datasets import AutoMPG, BreastCancer, Digits
from dlcore.experiments.gradient_flow import FLAT, NORMALIZED, STARTS, DeepNetwork, bound, flat_parts, steepest
from dlcore.optimizers import SGD

NETS = [
    DeepNetwork(AutoMPG(), 3, 5, "tanh", "lecun_normal"),
    DeepNetwork(BreastCancer(), 10, 32, "sigmoid", "glorot_uniform"),
    DeepNetwork(BreastCancer(), 6, 8, "relu", "he_normal"),
    DeepNetwork(Digits(), 4, 7, "sigmoid", NORMALIZED),
    DeepNetwork(AutoMPG(), 50, 64, "gelu", "orthogonal"),
    DeepNetwork(AutoMPG(), 1, 2, "relu", "large_normal"),
]
every_net = pytest.mark.parametrize("net", NETS, ids=repr)


@every_net
def test_what_is_left_is_the_product_of_all_factors(net: DeepNetwork) -> None:
    found = net.gradient_flow()
    back = (found.by_slopes * found.by_weights * found.by_normalization)[::-1]
    assert np.cumprod(back)[::-1] == pytest.approx(found.left, rel=1e-9)
    assert found.sums == pytest.approx(found.left * found.arriving)
    assert found.left.shape == found.kernels.shape == found.dead.shape == (net.depth,)
    assert (np.diff(found.spread, axis=1) >= 0).all() and found.spread.shape == (net.depth, 5)


@every_net
def test_weights_never_multiply_by_more_than_their_largest_singular_value(net: DeepNetwork) -> None:
    """What batch normalization multiplies by, dividing by a small standard deviation, was booked to the weights."""
    found, model = net.gradient_flow(), net.model()
    model.build()
    kernels = [layer.parameters["kernel"] for layer in model.layers if "kernel" in layer.parameters][1:-1]
    assert len(kernels) == net.depth - 1
    for factor, kernel in zip(found.by_weights, kernels, strict=False):
        assert factor <= np.linalg.norm(kernel, 2) * (1 + 1e-9)
    assert found.by_weights[-1] == 1
    assert (found.by_normalization != 1).any() == (net.start == NORMALIZED)


@every_net
def test_slopes_never_let_more_through_than_the_steepest_of_them(net: DeepNetwork) -> None:
    found = net.gradient_flow()
    assert (found.by_slopes <= found.largest_slope * (1 + 1e-12)).all()
    assert (found.largest_slope <= steepest(net.activation) * (1 + 1e-9)).all()
    assert found.by_slopes.prod() <= bound(net.activation, net.depth) * (1 + 1e-9)


def test_the_gradient_by_the_sums_is_a_finite_difference() -> None:
    """A bias is added to the sum of every row, so the mean slope by it is the sum of dE/dz over the rows."""
    net = DeepNetwork(BreastCancer(), 2, 4, "tanh")
    model, (x, y) = net.model(), net.samples
    model.build()
    looks = model.inspect(x, y)
    g = looks[0].gradient
    assert np.linalg.norm(g) == pytest.approx(net.gradient_flow().sums[0])
    bias, h = model.layers[0].parameters["bias"], 1e-5
    for unit in range(4):
        ends = []
        for sign in (1, -1):
            bias[unit] += sign * h
            ends.append(model.evaluate(x, y))
            bias[unit] -= sign * h
        assert (ends[0] - ends[1]) / (2 * h) == pytest.approx(g[:, unit].sum(), rel=1e-5)


def test_a_step_lets_nothing_through_and_all_its_neurons_are_dead() -> None:
    found = DeepNetwork(activation="step").gradient_flow()
    assert not found.left.any() and found.dead.tolist() == [1.0] * 10 and found.saturated.tolist() == [1.0] * 10


def test_linear_layers_that_rotate_keep_the_gradient() -> None:
    found = DeepNetwork(activation="linear", start="orthogonal").gradient_flow()
    assert found.left == pytest.approx(np.ones(10))


@pytest.mark.parametrize(("name", "slope"), [("sigmoid", 0.25), ("tanh", 1.0), ("relu", 1.0), ("hard_sigmoid", 1 / 6)])
def test_the_steepest_slopes(name: str, slope: float) -> None:
    assert steepest(name) == pytest.approx(slope)


def test_the_bound_after_ten_sigmoids() -> None:
    assert bound("sigmoid", 10) == pytest.approx(9.5367e-7, rel=1e-4)


def test_flat_parts_are_where_the_slope_is_below_the_line() -> None:
    z = np.round(np.linspace(-6, 6, 1201), 4)
    # a (1 - a) = 0.025 at the roots of a quadratic, whose logits these are
    a = (1 + np.sqrt(1 - 4 * FLAT)) / 2
    (low, left), (right, high) = flat_parts("sigmoid", z)
    assert (low, high) == (-6, 6)
    assert right == pytest.approx(np.log(a / (1 - a)), abs=0.011) and left == pytest.approx(-right)
    assert list(flat_parts("linear", z)) == [] and list(flat_parts("step", z)) == [(-6, 6)]
    assert list(flat_parts("relu", z)) == [(-6, 0)]


# ---- training --------------------------------------------------------------------------------------------------------


def test_ten_sigmoids_stay_at_the_answer_that_never_changes_and_relus_do_not() -> None:
    deep = DeepNetwork(BreastCancer(), 10, 16, rows=160)
    stuck = deep.train(SGD(0.1), 20)
    learned = deep.likewise("relu", "he_normal").train(SGD(0.1), 20)
    normalized = deep.likewise("sigmoid", NORMALIZED).train(SGD(0.1), 20)
    assert stuck.loss[-1] == pytest.approx(deep.baseline(), rel=0.01)
    assert learned.loss[-1] < 0.1 * deep.baseline() and normalized.loss[-1] < 0.5 * deep.baseline()


def test_clipping_saves_what_explodes_and_records_the_length_before_it() -> None:
    wild = DeepNetwork(BreastCancer(), 10, 16, "relu", "large_normal", rows=160)
    lost, saved = wild.train(SGD(0.1), 20), wild.train(SGD(0.1, global_clipnorm=1.0), 20)
    assert not lost.loss[-1] < wild.baseline() and saved.loss[-1] < 0.5 * wild.baseline()
    assert lost.norms[0] == saved.norms[0] > 10 and len(saved.norms) == 20 * 5


def test_a_training_that_diverges_is_a_result() -> None:
    found = DeepNetwork(AutoMPG(), 4, 8, "linear", "large_normal").train(SGD(3.0), 6)
    assert len(found.loss) == 7 and np.isnan(found.loss[-1]) and np.isfinite(found.loss[0])


@pytest.mark.parametrize("data", [AutoMPG(), BreastCancer(), Digits()], ids=lambda data: data.name())
def test_the_baseline_is_the_lowest_loss_of_one_answer_for_all(data) -> None:
    deep = DeepNetwork(data)
    _, y = deep.samples
    if not data.classes:
        assert deep.baseline() == pytest.approx(min(((y - c) ** 2).mean() for c in np.linspace(-1, 1, 2001)), abs=1e-6)
        return
    share = np.array([(y == k).mean() for k in range(len(data.classes))])
    rng = np.random.default_rng(0)
    for other in rng.dirichlet(np.ones(len(share)), 50):
        assert -(share * np.log(other)).sum() >= deep.baseline() - 1e-12


def test_every_start_can_be_taken_and_is_repeatable() -> None:
    for start in STARTS:
        one, same = (DeepNetwork(depth=3, width=4, activation="tanh", start=start).gradient_flow() for _ in range(2))
        assert one.left.tolist() == same.left.tolist() and one.left[0] > 0
