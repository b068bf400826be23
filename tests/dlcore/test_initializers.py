"""Initializers: the moments and limits that each promises, and that a seed repeats a class."""

import math

import numpy as np
import pytest

from dlcore import activations, initializers
from dlcore.family import SettingError
from dlcore.initializers import Constant, Initializer, Orthogonal, RandomNormal, RandomUniform, fans

MEMBERS = [Initializer.get(name) for name in Initializer.members]
every_initializer = pytest.mark.parametrize("init", MEMBERS, ids=repr)
random = [init for init in MEMBERS if init.name() not in ("zeros", "ones", "constant")]


@every_initializer
@pytest.mark.parametrize("shape", [(8, 12), (12, 8), (3, 3, 4, 5), (1, 1), [2, 3]])
def test_weights_have_the_shape_and_double_precision(init: Initializer, shape) -> None:
    w = init(shape, 0)
    assert w.shape == tuple(shape) and w.dtype == np.float64 and np.all(np.isfinite(w))


@pytest.mark.parametrize("init", [init for init in MEMBERS if init != Orthogonal()], ids=repr)
@pytest.mark.parametrize("shape", [(), (6,), (0,), (0, 0), 4])
def test_short_and_empty_shapes_are_fine_too(init: Initializer, shape) -> None:
    assert init(shape, 0).shape == (shape if isinstance(shape, tuple) else (shape,))


@every_initializer
def test_a_seed_repeats_the_weights_and_a_generator_goes_on(init: Initializer) -> None:
    assert np.array_equal(init((4, 5), 3), init((4, 5), 3))
    assert np.array_equal(init((4, 5), 3), init((4, 5), np.random.default_rng(3)))
    rng = np.random.default_rng(3)
    assert np.array_equal(init((4, 5), rng), init((4, 5), rng)) == (init not in random)


@every_initializer
def test_each_call_gives_weights_of_its_own(init: Initializer) -> None:
    first = init((2, 2), 1)
    first[:] = 99
    assert not np.any(init((2, 2), 1) == 99)


@every_initializer
@pytest.mark.parametrize("shape", [(-1, 2), (2.5, 3), "ab", (None, 4)])
def test_what_is_no_shape_is_refused(init: Initializer, shape) -> None:
    with pytest.raises(ValueError, match="a shape is a tuple of whole numbers from 0 on"):
        init(shape, 0)


@every_initializer
def test_every_initializer_shows_its_formula(init: Initializer) -> None:
    assert init.formula[0] in "wW" and init.formula.count("{") == init.formula.count("}")


# variance, and the largest possible weight, for 300 inputs and 500 outputs
PROMISES = {
    "random_normal": (0.05**2, math.inf),
    "random_uniform": (0.05**2 / 3, 0.05),
    # cut off at two deviations, this share of the variance is left
    "truncated_normal": ((0.05 * 0.87962566103423978) ** 2, 0.1),
    "variance_scaling": (1 / 300, 2 * math.sqrt(1 / 300) / 0.87962566103423978),
    "glorot_normal": (2 / 800, 2 * math.sqrt(2 / 800) / 0.87962566103423978),
    "glorot_uniform": (2 / 800, math.sqrt(6 / 800)),
    "he_normal": (2 / 300, 2 * math.sqrt(2 / 300) / 0.87962566103423978),
    "he_uniform": (2 / 300, math.sqrt(6 / 300)),
    "lecun_normal": (1 / 300, 2 * math.sqrt(1 / 300) / 0.87962566103423978),
    "lecun_uniform": (1 / 300, math.sqrt(3 / 300)),
    "orthogonal": (1 / 500, 1.0),
}


@pytest.mark.parametrize("init", random, ids=repr)
def test_mean_variance_and_limits_are_as_promised(init: Initializer) -> None:
    variance, limit = PROMISES[init.name()]
    w = init((300, 500), 7)
    # 150,000 numbers: the mean is within 5 of its standard errors, the variance within 2 %
    assert abs(w.mean()) < 5 * math.sqrt(variance / w.size)
    assert w.var() == pytest.approx(variance, rel=0.02)
    assert np.abs(w).max() <= limit
    if init.name() != "orthogonal" and limit < math.inf:
        assert np.abs(w).max() > 0.999 * limit


def test_the_correction_is_the_deviation_that_truncation_at_two_leaves() -> None:
    # var = 1 - 2 c phi(c) / (2 Phi(c) - 1) for a standard normal cut off at c = 2
    c = 2.0
    phi, inside = math.exp(-c * c / 2) / math.sqrt(2 * math.pi), math.erf(c / math.sqrt(2))
    assert math.sqrt(1 - 2 * c * phi / inside) == pytest.approx(0.87962566103423978, rel=1e-14)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((), (1, 1)),
        ((7,), (7, 7)),
        ((8, 12), (8, 12)),
        ((5, 8, 12), (40, 60)),
        ((3, 3, 16, 32), (144, 288)),
    ],
)
def test_fans_are_keras_fans(shape: tuple[int, ...], expected: tuple[int, int]) -> None:
    assert fans(shape) == expected


def test_settings_say_what_they_say() -> None:
    assert np.all(Constant(2.5)((2, 3), 0) == 2.5)
    assert not initializers.get("zeros")((3,), 0).any() and np.all(initializers.get("ones")((3,), 0) == 1)
    w = RandomNormal(mean=3.0, stddev=0.5)((200, 200), 1)
    assert w.mean() == pytest.approx(3, abs=0.02) and w.std() == pytest.approx(0.5, rel=0.02)
    w = RandomUniform(minval=2.0, maxval=2.5)((200, 200), 1)
    assert 2 <= w.min() < 2.001 and 2.499 < w.max() <= 2.5
    assert np.all(RandomUniform(1.0, 1.0)((3,), 0) == 1)
    with pytest.raises(SettingError, match="minval 1 must not be above its maxval 0"):
        RandomUniform(1, 0)


def test_old_keras_names_are_understood() -> None:
    assert initializers.get("normal") == RandomNormal() and initializers.get("uniform") == RandomUniform()
    assert [initializers.get(name).name() for name in ("zero", "one")] == ["zeros", "ones"]


@pytest.mark.parametrize("shape", [(6, 6), (9, 4), (4, 9), (3, 2, 5)])
def test_an_orthogonal_matrix_keeps_lengths(shape: tuple[int, ...]) -> None:
    w = Orthogonal(gain=2.0)(shape, 5).reshape(-1, shape[-1])
    product = w.T @ w if len(w) >= shape[-1] else w @ w.T
    assert product == pytest.approx(4 * np.eye(len(product)), abs=1e-12)


def test_orthogonal_has_no_favourite_sign() -> None:
    # without the sign fix QR makes the corner negative every time
    corners = [Orthogonal()((3, 3), seed)[0, 0] for seed in range(400)]
    assert np.mean(np.sign(corners)) == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize("shape", [(), (4,)])
def test_orthogonal_needs_rows_and_columns(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="two or more numbers"):
        Orthogonal()(shape, 0)


@pytest.mark.parametrize(("init", "activation"), [("he_normal", "relu"), ("lecun_normal", "selu")])
def test_a_signal_gets_through_thirty_layers_that_are_initialised_for_it(init: str, activation: str) -> None:
    rng, f = np.random.default_rng(0), activations.get(activation)
    a = rng.normal(size=(64, 256))
    for _ in range(30):
        a = f(a @ initializers.get(init)((256, 256), rng))
    assert 0.2 < np.mean(a**2) < 5
