"""Initializers: the weights before the first step of training.

    w = initializer(shape, rng)    shape (inputs, outputs) for a dense layer; rng a NumPy generator or a seed

Too small weights let the signal die out from layer to layer, too large ones blow it up. The variance that does
neither depends on how many inputs a neuron adds up, the fan-in n_in, and how many neurons it feeds, the fan-out n_out.
Names, defaults and distributions are Keras 3's; the random numbers themselves are NumPy's.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dlcore.family import Family, SettingError, setting

Shape = tuple[int, ...]


class Initializer(Family):
    """What all initializers share."""

    def __call__(self, shape: Shape, rng: np.random.Generator | int) -> np.ndarray:
        """New weights of that shape, float64; the same seed gives the same weights.

        Raises ValueError if ``shape`` is not made of whole numbers from 0 on, or too short for the initializer.
        """
        sizes = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
        if not all(isinstance(size, int | np.integer) and size >= 0 for size in sizes):
            raise ValueError(f"a shape is a tuple of whole numbers from 0 on, such as (8, 12); it is {shape!r}")
        return self.draw(sizes, np.random.default_rng(rng))

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        """The weights, for a shape that has been checked."""
        raise NotImplementedError


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
    """All weights the same number c."""

    formula: ClassVar[str] = r"w = c"
    value: float = setting(0.0, -1e6, 1e6)

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return np.full(shape, float(self.value))


@dataclass(frozen=True)
class RandomNormal(Initializer):
    """Normally distributed weights, however large the layer."""

    aliases: ClassVar[tuple[str, ...]] = ("normal",)
    formula: ClassVar[str] = r"w \sim \mathcal{N}(\mu, \sigma^2)"
    mean: float = setting(0.0, -1e3, 1e3)
    stddev: float = setting(0.05, 0.0, 1e3)

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return rng.normal(self.mean, self.stddev, shape)


@dataclass(frozen=True)
class RandomUniform(Initializer):
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
    """Normal with mean 0, but what is more than two standard deviations away is drawn again."""
    w = np.asarray(rng.standard_normal(shape))
    while np.any(far := np.abs(w) > 2):
        w[far] = rng.standard_normal(np.count_nonzero(far))
    # a standard normal that is cut off at 2 has this standard deviation left
    return w * (math.sqrt(variance) / 0.87962566103423978)


def _by_fan_in(shape: Shape, scale: float) -> float:
    """scale / n_in, where a layer without inputs counts as one with one."""
    return scale / max(1, fans(shape)[0])


def _by_both_fans(shape: Shape) -> float:
    return 2 / max(1, sum(fans(shape)))


@dataclass(frozen=True)
class GlorotNormal(Initializer):
    """For tanh and its like: the signal keeps its size forwards, the gradient backwards, as far as both can.

    Source: Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010),
    equation 12; normal truncated at two standard deviations.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{2}{n_{in} + n_{out}}\right)"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _truncated_normal(shape, rng, _by_both_fans(shape))


@dataclass(frozen=True)
class GlorotUniform(Initializer):
    """GlorotNormal's variance from a uniform distribution: what Keras takes for a kernel if nothing is said.

    Source: Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010),
    equation 16.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{U}(-r, r), \quad r = \sqrt{\frac{6}{n_{in} + n_{out}}}"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _uniform(shape, rng, _by_both_fans(shape))


@dataclass(frozen=True)
class HeNormal(Initializer):
    """For relu, which drops half of the signal: twice the variance makes up for it.

    Source: He, Zhang, Ren & Sun, Delving deep into rectifiers (2015), equation 10; normal truncated at two standard
    deviations.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{2}{n_{in}}\right)"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _truncated_normal(shape, rng, _by_fan_in(shape, 2.0))


@dataclass(frozen=True)
class HeUniform(Initializer):
    """HeNormal's variance, enough for relu, from a uniform distribution.

    Source: He, Zhang, Ren & Sun, Delving deep into rectifiers (2015), equation 10.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{U}(-r, r), \quad r = \sqrt{\frac{6}{n_{in}}}"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _uniform(shape, rng, _by_fan_in(shape, 2.0))


@dataclass(frozen=True)
class LecunNormal(Initializer):
    """For linear layers and selu: inputs of variance 1 give sums of variance 1.

    Source: LeCun, Bottou, Orr & Müller, Efficient BackProp (1998), equation 16; normal truncated at two standard
    deviations.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{1}{n_{in}}\right)"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _truncated_normal(shape, rng, _by_fan_in(shape, 1.0))


@dataclass(frozen=True)
class LecunUniform(Initializer):
    """LecunNormal's variance, right for linear layers, from a uniform distribution.

    Source: LeCun, Bottou, Orr & Müller, Efficient BackProp (1998), equation 16.
    """

    formula: ClassVar[str] = r"w \sim \mathcal{U}(-r, r), \quad r = \sqrt{\frac{3}{n_{in}}}"

    def draw(self, shape: Shape, rng: np.random.Generator) -> np.ndarray:
        return _uniform(shape, rng, _by_fan_in(shape, 1.0))


@dataclass(frozen=True)
class Orthogonal(Initializer):
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


def get(which: Any) -> Initializer:
    """The initializer that a name, a class or an initializer means; see ``Family.get``."""
    return Initializer.get(which)
