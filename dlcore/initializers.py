"""Initializers: the weights before the first step of training.

    w = initializer(shape, rng)    shape (inputs, outputs) for a dense layer; rng a NumPy generator or a seed

One with a ``seed`` of its own draws from that instead, and so gives the same weights every time.

Too small weights let the signal die out from layer to layer, too large ones blow it up. The variance that does
neither depends on how many inputs a neuron adds up, the fan-in n_in, and how many neurons it feeds, the fan-out n_out.
Names, defaults and distributions are Keras 3's; the random numbers themselves are NumPy's.
"""

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar, overload

import numpy as np

from dlcore.family import Family, SettingError, setting

Shape = tuple[int, ...]


class Initializer(Family):
    """What all initializers share."""

    def __call__(self, shape: Shape, rng: np.random.Generator | int | None = None) -> np.ndarray:
        """New weights of that shape, float64; the same seed gives the same weights, none new ones every time.

        Raises ValueError if ``shape`` is not made of whole numbers from 0 on, or too short for the initializer.
        """
        sizes = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
        if not all(isinstance(size, int | np.integer) and size >= 0 for size in sizes):
            raise ValueError(f"a shape is a tuple of whole numbers from 0 on, such as (8, 12); it is {shape!r}")
        own = getattr(self, "seed", None)
        return self.draw(sizes, np.random.default_rng(rng if own is None else own))

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        """The weights, for a shape that has been checked."""
        raise NotImplementedError


@dataclass(frozen=True)
class RandomInitializer(Initializer, listed=False):
    """What the initializers share that draw.

    seed: what they draw from, whoever asks; None for the generator that they are given.
    """

    seed: int | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        whole = isinstance(self.seed, int | np.integer) and not isinstance(self.seed, bool)
        if self.seed is not None and not (whole and self.seed >= 0):
            raise SettingError(f"{type(self).__name__}'s seed must be a whole number from 0 on; it is {self.seed!r}")


def fans(shape: Shape) -> tuple[int, int]:
    """How many inputs each neuron adds up and how many neurons each input feeds, for weights of that shape.

    A dense layer's (inputs, outputs) are the two themselves; a bias counts for both, a single number as 1. Of longer
    shapes, those of convolutions, the last two are multiplied by the number of places the kernel covers.
    """
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    *places, inputs, outputs = shape
    return inputs * math.prod(places), outputs * math.prod(places)


@dataclass(frozen=True)
class Zeros(Initializer):
    """All weights 0: right for biases; neurons that start alike stay alike, so wrong for kernels."""

    aliases: ClassVar[tuple[str, ...]] = ("zero",)
    formula: ClassVar[str] = r"w = 0"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return np.zeros(shape)


@dataclass(frozen=True)
class Ones(Initializer):
    """All weights 1."""

    aliases: ClassVar[tuple[str, ...]] = ("one",)
    formula: ClassVar[str] = r"w = 1"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return np.ones(shape)


@dataclass(frozen=True)
class Constant(Initializer):
    """All weights the same number c, or each the one at its place in an array, whose shape is that of the weights."""

    formula: ClassVar[str] = r"w = c"
    value: Any = setting(0.0, -1e6, 1e6)

    def __post_init__(self) -> None:
        if isinstance(self.value, list | tuple | np.ndarray):
            # a member can be compared and hashed, which an array cannot
            object.__setattr__(self, "value", _as_tuples(np.asarray(self.value, dtype=float).tolist()))
        if not isinstance(self.value, tuple):
            super().__post_init__()
        elif not np.isfinite(self.value).all():
            raise SettingError("Constant's value must hold finite numbers only")

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        value = np.asarray(self.value, dtype=float)
        try:
            return np.broadcast_to(value, shape).copy()
        except ValueError:
            raise ValueError(f"Constant's value has shape {value.shape}; the weights have {shape}") from None


def _as_tuples(numbers: Any) -> Any:
    return tuple(_as_tuples(part) for part in numbers) if isinstance(numbers, list) else numbers


@dataclass(frozen=True)
class RandomNormal(RandomInitializer):
    """Normally distributed weights, however large the layer."""

    aliases: ClassVar[tuple[str, ...]] = ("normal",)
    formula: ClassVar[str] = r"w \sim \mathcal{N}(\mu, \sigma^2)"
    mean: float = setting(0.0, -1e3, 1e3)
    stddev: float = setting(0.05, 0.0, 1e3)

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return rng.normal(self.mean, self.stddev, shape)


@dataclass(frozen=True)
class RandomUniform(RandomInitializer):
    """Weights equally likely anywhere from a to b, however large the layer."""

    aliases: ClassVar[tuple[str, ...]] = ("uniform",)
    formula: ClassVar[str] = r"w \sim \mathcal{U}(a, b)"
    minval: float = setting(-0.05, -1e3, 1e3)
    maxval: float = setting(0.05, -1e3, 1e3)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.minval > self.maxval:
            raise SettingError(f"RandomUniform's minval {self.minval!r} must not be above its maxval {self.maxval!r}")

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return rng.uniform(self.minval, self.maxval, shape)


# --- As large as the layer can bear -------------------------------------------------------------------------------
# Each rule is a variance; the distribution around it, uniform or normal, hardly matters.


def _uniform(shape: Shape, rng: np.random.Generator, variance: float) -> np.ndarray:
    """Uniform between -r and r, where r = sqrt(3 variance) because a uniform distribution has variance r²/3."""
    r = math.sqrt(3 * variance)
    return rng.uniform(-r, r, shape)


def _truncated_normal(shape: Shape, rng: np.random.Generator, variance: float) -> np.ndarray:
    """Normal with mean 0 and that variance, but without what is more than two standard deviations away."""
    # a standard normal that is cut off at 2 has this standard deviation left
    return _cut_off(shape, rng) * (math.sqrt(variance) / 0.87962566103423978)


def _cut_off(shape: Shape, rng: np.random.Generator) -> np.ndarray:
    """Standard normal, but what is more than 2 away from 0 is drawn again."""
    w = np.asarray(rng.standard_normal(shape))
    while np.any(far := np.abs(w) > 2):
        w[far] = rng.standard_normal(np.count_nonzero(far))
    return w


def _by_fan_in(shape: Shape, scale: float) -> float:
    """scale / n_in, where a layer without inputs counts as one with one."""
    return scale / max(1, fans(shape)[0])


def _by_both_fans(shape: Shape) -> float:
    return 2 / max(1, sum(fans(shape)))


@dataclass(frozen=True)
class GlorotNormal(RandomInitializer):
    """For tanh and its like: the signal keeps its size forwards, the gradient backwards, as far as both can.

    Source: Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010),
    equation 12; normal truncated at two standard deviations.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{2}{n_{in} + n_{out}}\right)"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _truncated_normal(shape, rng, _by_both_fans(shape))


@dataclass(frozen=True)
class GlorotUniform(RandomInitializer):
    """GlorotNormal's variance from a uniform distribution: what Keras takes for a kernel if nothing is said.

    Source: Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010),
    equation 16.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{U}(-r, r), \quad r = \sqrt{\frac{6}{n_{in} + n_{out}}}"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _uniform(shape, rng, _by_both_fans(shape))


@dataclass(frozen=True)
class HeNormal(RandomInitializer):
    """For relu, which drops half of the signal: twice the variance makes up for it.

    Source: He, Zhang, Ren & Sun, Delving deep into rectifiers (2015), equation 10; normal truncated at two standard
    deviations.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{2}{n_{in}}\right)"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _truncated_normal(shape, rng, _by_fan_in(shape, 2.0))


@dataclass(frozen=True)
class HeUniform(RandomInitializer):
    """HeNormal's variance, enough for relu, from a uniform distribution.

    Source: He, Zhang, Ren & Sun, Delving deep into rectifiers (2015), equation 10.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{U}(-r, r), \quad r = \sqrt{\frac{6}{n_{in}}}"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _uniform(shape, rng, _by_fan_in(shape, 2.0))


@dataclass(frozen=True)
class LecunNormal(RandomInitializer):
    """For linear layers and selu: inputs of variance 1 give sums of variance 1.

    Source: LeCun, Bottou, Orr & Müller, Efficient BackProp (1998), equation 16; normal truncated at two standard
    deviations.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{1}{n_{in}}\right)"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _truncated_normal(shape, rng, _by_fan_in(shape, 1.0))


@dataclass(frozen=True)
class LecunUniform(RandomInitializer):
    """LecunNormal's variance, right for linear layers, from a uniform distribution.

    Source: LeCun, Bottou, Orr & Müller, Efficient BackProp (1998), equation 16.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{U}(-r, r), \quad r = \sqrt{\frac{3}{n_{in}}}"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _uniform(shape, rng, _by_fan_in(shape, 1.0))


@dataclass(frozen=True)
class TruncatedNormal(RandomInitializer):
    """Normally distributed weights, however large the layer, without those more than two deviations from the mean."""

    formula: ClassVar[str] = r"w \sim \mathcal{N}(\mu, \sigma^2), \quad |w - \mu| \le 2\sigma"
    mean: float = setting(0.0, -1e3, 1e3)
    stddev: float = setting(0.05, 0.0, 1e3)

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return self.mean + self.stddev * _cut_off(shape, rng)


MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")


@dataclass(frozen=True)
class VarianceScaling(RandomInitializer):
    """All rules of this kind in one: a scale divided by a layer's inputs, by its outputs, or by the mean of both.

    mode: "fan_in", "fan_out" or "fan_avg". distribution: "truncated_normal" (or "normal"), "untruncated_normal" or
    "uniform". Source: He, Zhang, Ren & Sun, Delving deep into rectifiers (2015), section 2.2; the form is Keras's.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{s}{n}\right)"
    scale: float = setting(1.0, 1e-6, 1e6)
    mode: str = setting("fan_in", choices=MODES)
    distribution: str = setting("truncated_normal", choices=DISTRIBUTIONS)

    def __post_init__(self) -> None:
        if self.distribution == "normal":
            object.__setattr__(self, "distribution", "truncated_normal")
        super().__post_init__()

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        inputs, outputs = fans(shape)
        n = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[self.mode]
        variance = self.scale / max(1, n)
        if self.distribution == "uniform":
            return _uniform(shape, rng, variance)
        if self.distribution == "untruncated_normal":
            return rng.normal(0.0, math.sqrt(variance), shape)
        return _truncated_normal(shape, rng, variance)


@dataclass(frozen=True)
class Orthogonal(RandomInitializer):
    """A random rotation times a gain c: every signal keeps exactly its length, however deep the network.

    The rows are orthogonal if there are fewer of them than columns, else the columns; of longer shapes all but the
    last count as rows. Source: Saxe, McClelland & Ganguli, Exact solutions to the nonlinear dynamics of learning in
    deep linear neural networks (2014).
    """

    formula: ClassVar[str] = r"W = c\,Q, \quad Q^{\top} Q = I"
    gain: float = setting(1.0, 0.0, 1e3)

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        if len(shape) < 2:
            raise ValueError(f"orthogonal needs a shape of two or more numbers, such as (8, 12); it is {shape!r}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        # QR fixes the columns of Q up to their signs; these make every rotation equally likely (Mezzadri 2007)
        q = q * np.sign(np.diagonal(r))
        return self.gain * (q.T if rows < columns else q).reshape(shape)


@overload
def get(which: None) -> None: ...
@overload
def get(which: str | Initializer | type[Initializer]) -> Initializer: ...
def get(which: Any) -> Initializer | None:
    """The initializer that a name, a class or an initializer means, and none for None; see ``Family.get``."""
    return None if which is None else Initializer.get(which)
