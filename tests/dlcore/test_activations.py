"""Activations: derivatives by finite differences, limits, and the theory that the lessons use."""

import math

import numpy as np
import pytest

from dlcore import activations
from dlcore.activations import (
    CELU,
    ELU,
    GELU,
    SELU,
    Activation,
    LeakyReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Step,
    Tanh,
)
from dlcore.family import UnknownMember

MEMBERS = [Activation.get(name) for name in Activation.members]
OTHERS = [GELU(approximate=True), LeakyReLU(0.0), LeakyReLU(1.0), ELU(0.3), ELU(0.0), CELU(0.3), CELU(2.0)]
every_activation = pytest.mark.parametrize("f", MEMBERS + OTHERS, ids=repr)
every_elementwise = pytest.mark.parametrize("f", [f for f in MEMBERS + OTHERS if not f.by_row], ids=repr)

# all sizes and signs, and no kink of any member (0, 3, 6) nearer than a step of finite differences
Z = np.concatenate([np.linspace(-12.03, 11.97, 97), [-1e-3, 1e-3]])
EDGES = np.array([-1e4, -745.0, -709.0, -88.0, -40.0, -1.0, -1e-300, 0.0, 1e-300, 1.0, 40.0, 88.0, 709.0, 1e4])


@every_elementwise
def test_the_derivative_is_the_limit_of_central_differences(f: Activation) -> None:
    h = 1e-5
    slope = (f(Z + h) - f(Z - h)) / (2 * h)
    assert f.derivative(Z) == pytest.approx(slope, rel=1e-6, abs=1e-9)


@every_activation
def test_the_vjp_is_the_slope_of_any_weighted_sum_of_outputs(f: Activation) -> None:
    rng, h = np.random.default_rng(3), 1e-5
    z, g = rng.normal(0, 2, (4, 5)), rng.normal(size=(4, 5))
    slopes = np.empty_like(z)
    for i in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[i] = h
        slopes[i] = np.sum(g * (f(z + step) - f(z - step))) / (2 * h)
    assert f.vjp(z, f(z), g) == pytest.approx(slopes, rel=1e-6, abs=1e-9)


@every_activation
def test_an_array_to_write_into_gets_the_same_numbers_and_arguments_stay_as_they_are(f: Activation) -> None:
    rng = np.random.default_rng(4)
    z, g, out = rng.normal(0, 3, (6, 3)), rng.normal(size=(6, 3)), np.full((6, 3), 7.0)
    before = z.copy(), g.copy()
    a = f(z)
    assert f(z, out=out) is out and np.array_equal(out, a)
    d = f.vjp(z, a, g)
    assert f.vjp(z, a, g, out=out) is out and np.array_equal(out, d)
    assert np.array_equal(before, (z, g)) and np.array_equal(a, f(z))
    assert not np.shares_memory(a, z) and not np.shares_memory(d, g)


@every_activation
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 4, 3), (0, 3)])
def test_the_shape_stays_and_rows_do_not_know_of_each_other(f: Activation, shape: tuple[int, ...]) -> None:
    z = np.random.default_rng(5).normal(0, 3, shape)
    a = f(z)
    assert a.shape == shape and f.vjp(z, a, z).shape == shape
    rows = [f(row) for row in z.reshape(-1, 3)]
    assert np.array_equal(a.reshape(-1, 3), np.array(rows).reshape(-1, 3))


@every_elementwise
def test_a_single_number_is_enough(f: Activation) -> None:
    for z in (-2.5, 0.5):
        assert float(f(z)) == pytest.approx(f(np.array([z]))[0], rel=1e-15)
        assert float(f.derivative(z)) == pytest.approx(f.derivative(np.array([z]))[0], rel=1e-15)


@every_elementwise
def test_numbers_of_any_size_are_safe_and_silent(f: Activation) -> None:
    a, d = f(EDGES), f.derivative(EDGES)
    assert not np.isnan(a).any() and not np.isnan(d).any()
    if f.name() != "exponential":
        assert np.all(np.abs(a) <= 1.06e4) and np.all(np.abs(d) <= 1.76)
    f(np.array([-np.inf, np.inf]))  # whatever comes out, no warning
    f.derivative(np.array([-np.inf, np.inf]))


@every_elementwise
def test_numbers_as_large_as_a_diverged_run_has_do_not_come_back_from_the_flat_side(f: Activation) -> None:
    if f.output_range[0] > -math.inf:
        assert f(np.array([-1e300])) == pytest.approx(f.output_range[0], abs=2)


@every_activation
def test_nan_stays_nan(f: Activation) -> None:
    z = np.array([[np.nan, 1.0, -1.0]])
    a = f(z)
    assert np.isnan(a[0, 0])
    assert np.isnan(f.vjp(z, a, a)[0, 0])
    if not f.by_row and f != activations.get("linear"):
        assert np.isnan(f.derivative(z)).tolist() == [[True, False, False]]


@every_activation
def test_single_precision_does_not_overflow(f: Activation) -> None:
    z = np.array([[-1e4, -100.0, 0.5, 80.0]], dtype=np.float32)
    assert np.all(np.isfinite(f(z)))


@every_activation
def test_outputs_fill_the_declared_range_and_never_leave_it(f: Activation) -> None:
    low, high = f.output_range
    z = np.concatenate([np.linspace(-30, 30, 60_001), EDGES])
    a = f(np.stack([z, np.zeros_like(z)], axis=-1))[:, 0]
    assert low <= a.min() and a.max() <= high
    assert a.min() == pytest.approx(low, abs=2e-4) if low > -math.inf else a.min() <= -1e3 or f == LeakyReLU(0.0)
    assert a.max() == pytest.approx(high, abs=2e-4) if high < math.inf else a.max() >= 1e4


@pytest.mark.parametrize("f", [f for f in MEMBERS if not f.by_row], ids=repr)
def test_what_saturates_has_no_slope_at_either_end(f: Activation) -> None:
    ends = np.abs(f.derivative(np.array([-1e4, 1e4])))
    assert f.saturates == bool(np.all(ends < 1e-6))


@every_activation
def test_every_activation_shows_its_formula_and_its_derivative(f: Activation) -> None:
    assert f.formula.startswith("a") and "=" in f.derivative_formula
    assert f.formula.count("{") == f.formula.count("}")
    assert f.derivative_formula.count("{") == f.derivative_formula.count("}")


def test_names_are_keras_names() -> None:
    names = (
        "linear step sigmoid hard_sigmoid tanh softsign softplus relu relu6 leaky_relu elu celu selu gelu silu "
        "hard_silu mish exponential softmax log_softmax"
    )
    assert " ".join(Activation.members) == names
    assert activations.get("swish") == SiLU() and activations.get(None) == activations.get("linear")
    with pytest.raises(UnknownMember, match="no activation is called 'rely'; did you mean 'relu'"):
        activations.get("rely")


@pytest.mark.parametrize(
    ("name", "z", "a"),
    [
        ("step", [-1e-9, 0.0, 2.0], [0, 1, 1]),
        ("sigmoid", [0.0, math.log(3), -math.log(4)], [0.5, 0.75, 0.2]),
        ("hard_sigmoid", [-3.0, -1.5, 0.0, 3.0], [0, 0.25, 0.5, 1]),
        ("tanh", [0.0, math.log(2)], [0, 0.6]),
        ("softsign", [-3.0, 1.0], [-0.75, 0.5]),
        ("softplus", [0.0, math.log(7)], [math.log(2), math.log(8)]),
        ("relu6", [-1.0, 2.5, 9.0], [0, 2.5, 6]),
        ("leaky_relu", [-5.0, 5.0], [-1, 5]),
        ("elu", [-math.log(2), 2.0], [-0.5, 2]),
        ("celu", [-math.log(2), 2.0], [-0.5, 2]),
        ("selu", [1.0], [1.0507009873554805]),
        ("gelu", [0.0, 1.0], [0, 0.8413447460685429]),
        ("silu", [math.log(3)], [0.75 * math.log(3)]),
        ("hard_silu", [-4.0, -1.5, 1.0, 4.0], [0, -0.375, 2 / 3, 4]),
        # softplus of ln(e - 1) is 1
        ("mish", [math.log(math.e - 1)], [math.log(math.e - 1) * math.tanh(1)]),
        ("exponential", [math.log(5)], [5]),
        ("softmax", [0.0, math.log(2), math.log(5)], [0.125, 0.25, 0.625]),
        ("log_softmax", [0.0, math.log(2), math.log(5)], [-math.log(8), -math.log(4), math.log(0.625)]),
    ],
)
def test_by_hand(name: str, z: list[float], a: list[float]) -> None:
    assert activations.get(name)(np.array(z)) == pytest.approx(a, rel=1e-14, abs=1e-15)


@pytest.mark.parametrize(
    ("name", "kink", "slope"),
    [
        ("step", 0, 0),
        ("relu", 0, 0),
        ("relu6", 0, 0),
        ("relu6", 6, 0),
        ("hard_sigmoid", -3, 0),
        ("hard_sigmoid", 3, 0),
        ("leaky_relu", 0, 0.2),
        ("elu", 0, 1),
        ("celu", 0, 1),
        ("hard_silu", -3, 0),
        ("hard_silu", 3, 1),
        ("selu", 0, 1.0507009873554805),
    ],
)
def test_slopes_at_kinks_are_those_of_keras_on_tensorflow(name: str, kink: float, slope: float) -> None:
    assert activations.get(name).derivative(float(kink)) == pytest.approx(slope, abs=1e-15)


def test_the_sigmoid_is_never_steeper_than_a_quarter() -> None:
    d = Sigmoid().derivative(np.linspace(-10, 10, 2001))
    assert d.max() == 0.25 and d.argmax() == 1000, "at 0 and only there"
    # so ten layers of them pass on at most a millionth of the gradient: the vanishing gradient
    assert 0.25**10 < 1e-6


def test_sigmoid_and_tanh_are_the_same_curve() -> None:
    assert np.tanh(Z) == pytest.approx(2 * Sigmoid()(2 * Z) - 1, abs=1e-15)
    assert Sigmoid()(-Z) == pytest.approx(1 - Sigmoid()(Z), abs=1e-15)
    assert Tanh().derivative(0.0) == 4 * Sigmoid().derivative(0.0) == 1


def test_small_probabilities_keep_their_digits() -> None:
    z = np.array([-80.0, -30.0, -5.0])
    for f in (Sigmoid(), Softplus()):
        assert f(z[:2]) == pytest.approx(np.exp(z[:2]), rel=1e-12)
    assert Softplus().derivative(z) == pytest.approx(Sigmoid()(z), rel=1e-14)


def test_a_step_gives_gradient_descent_nothing_to_go_by() -> None:
    assert not Step().derivative(Z).any()


def test_selu_keeps_mean_and_variance() -> None:
    # the moments of selu of a standard normal number, by integrating on a fine grid
    z = np.linspace(-12, 12, 240_001)
    weight = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    a = SELU()(z)
    assert (a * weight).sum() == pytest.approx(0, abs=1e-7)
    assert (a**2 * weight).sum() == pytest.approx(1, abs=1e-7)


def test_the_tanh_form_of_gelu_is_close_to_the_exact_one() -> None:
    assert GELU(approximate=True)(Z) == pytest.approx(GELU()(Z), abs=5e-4)
    u = math.sqrt(2 / math.pi) * (Z + 0.044715 * Z**3)
    assert GELU(approximate=True)(Z) == pytest.approx(0.5 * Z * (1 + np.tanh(u)), abs=1e-14)


def test_softmax_rows_are_probabilities_and_a_common_shift_changes_nothing() -> None:
    z = np.random.default_rng(6).normal(0, 4, (5, 7))
    a = Softmax()(z)
    assert np.all(a > 0) and a.sum(axis=-1) == pytest.approx(np.ones(5))
    assert Softmax()(z + 1e4) == pytest.approx(a, rel=1e-10)
    assert Softmax()(np.array([1e4, -1e4, 1e4])).tolist() == [0.5, 0.0, 0.5]
    # hence a gradient that pushes all scores alike pushes none, and what comes back sums to 0
    assert Softmax().vjp(z, a, np.full_like(z, 3.0)) == pytest.approx(np.zeros_like(z), abs=1e-14)
    assert Softmax().vjp(z, a, z).sum(axis=-1) == pytest.approx(np.zeros(5), abs=1e-14)


def test_softmax_of_two_is_a_sigmoid_of_the_difference() -> None:
    assert Softmax()(np.stack([Z, np.zeros_like(Z)], -1))[:, 0] == pytest.approx(Sigmoid()(Z), rel=1e-12)


def test_softmax_has_no_derivative_element_by_element_and_says_what_there_is() -> None:
    for f in (Softmax(), activations.get("log_softmax")):
        with pytest.raises(NotImplementedError, match="vjp"):
            f.derivative(np.ones(3))
