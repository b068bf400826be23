"""Activations: what a neuron makes of the sum that arrives, and how fast its answer changes.

    a = activation(z)              element by element; softmax over the last axis
    activation.derivative(z)       da/dz, element by element
    activation.vjp(z, a, g)        dE/dz, given g = dE/da: one step of backpropagation

z is a float or an array of floats of any shape, and NaN stays NaN. Numbers of any size are safe: forms such as
log(1 + exp(z)) that overflow on the way to a small result are rewritten, and a slope that is small is not made from a
difference of two numbers near 1, which would be 0 long before the slope is. Names and defaults are Keras 3's, and so
are the slopes at kinks, where there is none: relu'(0) = 0.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dlcore.family import Family, setting

INFINITY = math.inf


class Activation(Family):
    """What all activations share."""

    derivative_formula: ClassVar[str] = ""
    """The derivative in LaTeX, by a where that is shorter than by z."""

    output_range: tuple[float, float] = (-INFINITY, INFINITY)
    """The lowest and highest output (or what it tends to), rounded outwards."""

    saturates: ClassVar[bool] = False
    """Whether the derivative vanishes at both ends, so that a neuron far from 0 no longer learns."""

    by_row: ClassVar[bool] = False
    """Whether an output depends on all sums of its row; then there is no derivative element by element."""

    @classmethod
    def name(cls) -> str:
        # "linear unit" is no word of its own in Keras's names
        return super().name().replace("re_lu", "relu").replace("si_lu", "silu")

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        """The output for ``z``, of the same shape; ``out`` is an array to write it into, other than ``z``."""
        raise NotImplementedError

    def derivative(self, z: Any) -> Any:
        """da/dz at every element of ``z``; of the same shape."""
        return self.derivative_from(z, self(z))

    def derivative_from(self, z: Any, a: Any) -> Any:
        """The same for an output ``a = activation(z)`` that is known already, which often saves work."""
        raise NotImplementedError

    def vjp(self, z: Any, a: Any, g: Any, out: np.ndarray | None = None) -> Any:
        """dE/dz, the vector-Jacobian product, given ``a = activation(z)`` and ``g`` = dE/da; all of one shape.

        ``out`` is an array to write it into, other than ``z``, ``a`` and ``g``. An infinite ``g`` times 0 is NaN, and
        NumPy says so; who trains to the point of divergence silences that once, around all steps.
        """
        return np.multiply(g, self.derivative_from(z, a), out=out)


def _with_exact_tail(slope: Any, least: float, exact: Callable[[], Any]) -> Any:
    """``slope``, below ``least`` by an exact form of it: the usual one is cheaper, and there it has lost digits."""
    found = np.asarray(slope)
    # finding the place of the smallest takes half the time of finding the smallest
    if not found.size or found.item(found.argmin()) >= least:
        return slope
    return np.where(np.less(slope, least), exact(), slope)[()]


@dataclass(frozen=True)
class Linear(Activation):
    """The sum itself: layers of these alone are no more than one layer."""

    formula: ClassVar[str] = r"a = z"
    derivative_formula: ClassVar[str] = r"a' = 1"

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.multiply(z, 1.0, out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        return np.ones_like(a)

    def vjp(self, z: Any, a: Any, g: Any, out: np.ndarray | None = None) -> Any:
        return np.multiply(g, 1.0, out=out)


@dataclass(frozen=True)
class Step(Activation):
    """All or nothing: the neuron fires or not; its derivative is 0, so gradient descent cannot train it.

    At 0, where there is no derivative, 0 is taken too. Source: McCulloch & Pitts, A logical calculus of the ideas
    immanent in nervous activity (1943); F. Rosenblatt, The perceptron (1958). Keras has no such activation.
    """

    formula: ClassVar[str] = r"a = \begin{cases} 1 & z \ge 0 \\ 0 & z < 0 \end{cases}"
    derivative_formula: ClassVar[str] = r"a' = 0"
    output_range: ClassVar[tuple[float, float]] = (0.0, 1.0)
    saturates: ClassVar[bool] = True

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.heaviside(z, 1.0, out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        return 0.0 * a  # not zeros: NaN has to stay NaN


@dataclass(frozen=True)
class Sigmoid(Activation):
    """A smooth step from 0 to 1, read as a probability; its slope is at most a quarter.

    Source: Goodfellow, Bengio & Courville, Deep Learning (2016), equation 3.30.
    """

    formula: ClassVar[str] = r"a = \sigma(z) = \frac{1}{1 + e^{-z}}"
    derivative_formula: ClassVar[str] = r"a' = a\,(1 - a)"
    output_range: ClassVar[tuple[float, float]] = (0.0, 1.0)
    saturates: ClassVar[bool] = True

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        # where exp would overflow; a is smaller there than the smallest number of full precision
        last = 88.0 if getattr(z, "dtype", None) == np.float32 else 709.0
        e = np.exp(np.minimum(np.negative(z, out=out), last, out=out), out=out)
        return np.divide(1.0, np.add(1.0, e, out=out), out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        # beyond 8, 1 - a loses digits; it is sigmoid(-z)
        return _with_exact_tail(a * (1.0 - a), 3e-4, lambda: a * self(np.negative(z)))


@dataclass(frozen=True)
class HardSigmoid(Activation):
    """The sigmoid drawn with three straight lines: cheap, and exactly 0 or 1 outside -3 and 3."""

    formula: ClassVar[str] = r"a = \min\left(\max\left(\frac{z}{6} + \frac{1}{2},\, 0\right),\, 1\right)"
    derivative_formula: ClassVar[str] = r"a' = \begin{cases} \frac{1}{6} & -3 < z < 3 \\ 0 & \text{else} \end{cases}"
    output_range: ClassVar[tuple[float, float]] = (0.0, 1.0)
    saturates: ClassVar[bool] = True

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.minimum(np.maximum(np.divide(z, 6.0) + 0.5, 0.0), 1.0, out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        return np.sign(a * (1.0 - a)) / 6.0  # 1 strictly between the kinks, 0 on them and outside


@dataclass(frozen=True)
class Tanh(Activation):
    """A smooth step from -1 to 1: a sigmoid twice as high and half as wide, centred on 0.

    Source: LeCun, Bottou, Orr & Müller, Efficient BackProp (1998), section 4.4.
    """

    formula: ClassVar[str] = r"a = \tanh(z) = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}"
    derivative_formula: ClassVar[str] = r"a' = 1 - a^2"
    output_range: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    saturates: ClassVar[bool] = True

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.tanh(z, out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        # beyond 4, 1 - a² loses digits; it is 1 / cosh²
        return _with_exact_tail(1.0 - a * a, 1e-3, lambda: _sech_squared(z))


def _sech_squared(z: Any) -> Any:
    # 4 e^-2|z| / (1 + e^-2|z|)²: cosh itself overflows
    e = np.exp(-2.0 * np.abs(z))
    return 4.0 * e / (1.0 + e) ** 2


@dataclass(frozen=True)
class Softsign(Activation):
    """Like tanh, but it nears -1 and 1 so slowly that its slope fades, not dies.

    Source: J. Bergstra et al., Quadratic polynomials learn better image features (2009).
    """

    formula: ClassVar[str] = r"a = \frac{z}{1 + |z|}"
    derivative_formula: ClassVar[str] = r"a' = (1 - |a|)^2 = \frac{1}{(1 + |z|)^2}"
    output_range: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    saturates: ClassVar[bool] = True

    @np.errstate(invalid="ignore")  # infinity by infinity is NaN
    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.divide(z, 1.0 + np.abs(z), out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        return np.divide(1.0, 1.0 + np.abs(z)) ** 2


@dataclass(frozen=True)
class Softplus(Activation):
    """A relu without the corner; its derivative is the sigmoid.

    Source: C. Dugas et al., Incorporating second-order functional knowledge (2001).
    """

    formula: ClassVar[str] = r"a = \ln(1 + e^{z})"
    derivative_formula: ClassVar[str] = r"a' = \sigma(z) = 1 - e^{-a}"
    output_range: ClassVar[tuple[float, float]] = (0.0, INFINITY)

    @np.errstate(invalid="ignore")  # it complains about NaN
    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.logaddexp(0.0, z, out=out)  # ln(e^0 + e^z), and it never forms e^z

    def derivative_from(self, z: Any, a: Any) -> Any:
        return -np.expm1(-a)  # 1 - exp(-a) would lose all digits of a small a


@dataclass(frozen=True)
class ReLU(Activation):
    """The positive part: nothing below 0, the sum itself above; cheap, and its slope above 0 never fades.

    Source: Glorot, Bordes & Bengio, Deep sparse rectifier neural networks (2011).
    """

    formula: ClassVar[str] = r"a = \max(0, z)"
    derivative_formula: ClassVar[str] = r"a' = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}"
    output_range: ClassVar[tuple[float, float]] = (0.0, INFINITY)

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.maximum(z, 0.0, out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        return np.sign(a)  # a is never negative; (z > 0) times floats takes twice as long

    def vjp(self, z: Any, a: Any, g: Any, out: np.ndarray | None = None) -> Any:
        return np.multiply(g, np.sign(a), out=out)


@dataclass(frozen=True)
class ReLU6(Activation):
    """A relu that stops at 6, so that few digits are enough for it.

    Source: A. Krizhevsky, Convolutional deep belief networks on CIFAR-10 (2010).
    """

    formula: ClassVar[str] = r"a = \min(\max(0, z), 6)"
    derivative_formula: ClassVar[str] = r"a' = \begin{cases} 1 & 0 < z < 6 \\ 0 & \text{else} \end{cases}"
    output_range: ClassVar[tuple[float, float]] = (0.0, 6.0)
    saturates: ClassVar[bool] = True

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.minimum(np.maximum(z, 0.0, out=out), 6.0, out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        return np.sign(a * (6.0 - a))  # 1 strictly between the kinks, 0 on them and outside


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """A relu that keeps a small slope c below 0, so that no neuron is dead for good.

    Source: Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models (2013). The default
    slope is that of Keras's activation "leaky_relu"; Keras's layer of that name has 0.3.
    """

    formula: ClassVar[str] = r"a = \begin{cases} z & z > 0 \\ c\,z & z \le 0 \end{cases}"
    derivative_formula: ClassVar[str] = r"a' = \begin{cases} 1 & z > 0 \\ c & z \le 0 \end{cases}"
    negative_slope: float = setting(0.2, 0.0, 1.0)

    @np.errstate(invalid="ignore")  # infinity times a slope of 0 is NaN
    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        c = self.negative_slope
        return np.add(np.maximum(z, 0.0), c * np.minimum(z, 0.0), out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        c = self.negative_slope
        h = np.heaviside(z, 0.0)
        return h + c * (1.0 - h)


@dataclass(frozen=True)
class ELU(Activation):
    """A relu that bends smoothly to -α below 0, so that outputs average near 0.

    Source: Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by ELUs (2016), equation 15.
    """

    formula: ClassVar[str] = r"a = \begin{cases} z & z > 0 \\ \alpha\,(e^{z} - 1) & z \le 0 \end{cases}"
    derivative_formula: ClassVar[str] = r"a' = \begin{cases} 1 & z > 0 \\ a + \alpha & z \le 0 \end{cases}"
    alpha: float = setting(1.0, 0.0, 10.0)

    @property
    def output_range(self) -> tuple[float, float]:
        return (-self.alpha, INFINITY)

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        # exp only of what is negative: one of the two terms is always 0
        return np.add(np.maximum(z, 0.0), self.alpha * np.expm1(np.minimum(z, 0.0)), out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        # beyond -4, a + alpha loses digits
        slope = np.where(np.greater(z, 0.0), 1.0, a + self.alpha)
        return _with_exact_tail(slope, 0.02 * self.alpha, lambda: self.alpha * np.exp(np.minimum(z, 0.0)))


@dataclass(frozen=True)
class CELU(Activation):
    """An ELU whose slope has no step at 0, whatever α is; at α = 1 it is the same.

    Source: Barron, Continuously differentiable exponential linear units (2017), equation 2.
    """

    formula: ClassVar[str] = r"a = \begin{cases} z & z > 0 \\ \alpha\,(e^{z / \alpha} - 1) & z \le 0 \end{cases}"
    derivative_formula: ClassVar[str] = r"a' = \begin{cases} 1 & z > 0 \\ e^{z / \alpha} & z \le 0 \end{cases}"
    alpha: float = setting(1.0, 1e-3, 10.0)

    @property
    def output_range(self) -> tuple[float, float]:
        return (-self.alpha, INFINITY)

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        low = np.minimum(z, 0.0) / self.alpha
        return np.add(np.maximum(z, 0.0), self.alpha * np.expm1(low), out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        return np.exp(np.minimum(z, 0.0) / self.alpha)


@dataclass(frozen=True)
class SELU(Activation):
    """An ELU with just the two constants that keep mean 0 and variance 1 from layer to layer.

    Source: Klambauer, Unterthiner, Mayr & Hochreiter, Self-normalizing neural networks (2017), equation 2; made for
    weights from ``lecun_normal``.
    """

    formula: ClassVar[str] = r"a = \lambda \begin{cases} z & z > 0 \\ \alpha\,(e^{z} - 1) & z \le 0 \end{cases}"
    derivative_formula: ClassVar[str] = (
        r"a' = \begin{cases} \lambda & z \ge 0 \\ a + \lambda \alpha & z < 0 \end{cases}"
    )
    output_range: ClassVar[tuple[float, float]] = (-1.7581, INFINITY)
    alpha: ClassVar[float] = 1.6732632423543772
    scale: ClassVar[float] = 1.0507009873554805

    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.multiply(self.scale, np.maximum(z, 0.0) + self.alpha * np.expm1(np.minimum(z, 0.0)), out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        slope = np.where(np.greater_equal(z, 0.0), self.scale, a + self.scale * self.alpha)
        return _with_exact_tail(slope, 0.02, lambda: self.scale * self.alpha * np.exp(np.minimum(z, 0.0)))


def _gate(z: Any) -> Any:
    """σ(z) down to 0, for products with z: there exp may overflow, because 1 / infinity is the right 0."""
    return 1.0 / (1.0 + np.exp(np.negative(z)))


_erfc = np.frompyfunc(math.erfc, 1, 1)


def _normal_share(z: Any) -> Any:
    """The share of a standard normal distribution below z; NumPy has no error function, Python has one."""
    return 0.5 * np.asarray(_erfc(np.multiply(z, -math.sqrt(0.5))), dtype=float)


@dataclass(frozen=True)
class GELU(Activation):
    """The sum times the share Φ of a normal distribution that lies below it: a relu with a soft gate.

    ``approximate`` replaces Φ(z) by σ(2u) with u = √(2/π) (z + 0.044715 z³), which is Keras's form with tanh.
    Source: Hendrycks & Gimpel, Gaussian error linear units (2016), section 2.
    """

    formula: ClassVar[str] = r"a = z\,\Phi(z) = \frac{z}{2}\left(1 + \operatorname{erf}\frac{z}{\sqrt{2}}\right)"
    derivative_formula: ClassVar[str] = (
        r"a' = \Phi(z) + z\,\varphi(z), \quad \varphi(z) = \frac{e^{-z^2/2}}{\sqrt{2\pi}}"
    )
    output_range: ClassVar[tuple[float, float]] = (-0.1701, INFINITY)
    approximate: bool = setting(False)

    @np.errstate(invalid="ignore", over="ignore")  # infinity times 0 is NaN
    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        gate, _ = self._share(z)
        return np.multiply(z, gate, out=out)

    @np.errstate(invalid="ignore", over="ignore")
    def derivative_from(self, z: Any, a: Any) -> Any:
        gate, slope = self._share(z)
        return gate + np.multiply(z, slope)

    def _share(self, z: Any) -> tuple[Any, Any]:
        """Φ(z) or its approximation, and the derivative of that."""
        z = np.asarray(z)
        if not self.approximate:
            return _normal_share(z), np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
        c = math.sqrt(2 / math.pi)
        gate = _gate(2 * c * (z + 0.044715 * z**3))
        return gate, gate * (1.0 - gate) * 2 * c * (1.0 + 3 * 0.044715 * z * z)


@dataclass(frozen=True)
class SiLU(Activation):
    """The sum times its own sigmoid, also called swish: a relu with a soft gate and a dip below 0.

    Source: Elfwing, Uchibe & Doya, Sigmoid-weighted linear units (2018); Ramachandran, Zoph & Le, Searching for
    activation functions (2017).
    """

    aliases: ClassVar[tuple[str, ...]] = ("swish",)
    formula: ClassVar[str] = r"a = z\,\sigma(z)"
    derivative_formula: ClassVar[str] = r"a' = \sigma(z)\,\bigl(1 + z\,(1 - \sigma(z))\bigr)"
    output_range: ClassVar[tuple[float, float]] = (-0.27847, INFINITY)

    @np.errstate(invalid="ignore", over="ignore")  # infinity times 0 is NaN
    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.multiply(z, _gate(z), out=out)

    @np.errstate(invalid="ignore", over="ignore")
    def derivative_from(self, z: Any, a: Any) -> Any:
        s = _gate(z)
        return s * (1.0 + np.multiply(z, 1.0 - s))


@dataclass(frozen=True)
class HardSiLU(Activation):
    """The sum times its hard sigmoid, also called hard swish: a silu of straight lines and one parabola.

    Source: Howard et al., Searching for MobileNetV3 (2019), section 5.2.
    """

    aliases: ClassVar[tuple[str, ...]] = ("hard_swish",)
    formula: ClassVar[str] = r"a = z \min\left(\max\left(\frac{z}{6} + \frac{1}{2},\, 0\right),\, 1\right)"
    derivative_formula: ClassVar[str] = (
        r"a' = \begin{cases} 0 & z \le -3 \\ \frac{z}{3} + \frac{1}{2} & -3 < z < 3 \\ 1 & z \ge 3 \end{cases}"
    )
    output_range: ClassVar[tuple[float, float]] = (-0.375, INFINITY)

    @np.errstate(invalid="ignore")  # infinity times 0 is NaN
    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.multiply(z, HardSigmoid()(z), out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        inside = np.divide(z, 3.0) + 0.5
        return np.where(np.less_equal(z, -3.0), 0.0, np.where(np.greater_equal(z, 3.0), 1.0, inside))


@dataclass(frozen=True)
class Mish(Activation):
    """The sum times the tanh of its softplus: much like silu, with a slightly deeper dip.

    Source: D. Misra, Mish: a self regularized non-monotonic activation function (2019), equation 1.
    """

    formula: ClassVar[str] = r"a = z\,\tanh(s), \quad s = \ln(1 + e^{z})"
    derivative_formula: ClassVar[str] = r"a' = \tanh(s) + z\,\sigma(z)\,(1 - \tanh^2(s))"
    output_range: ClassVar[tuple[float, float]] = (-0.30885, INFINITY)

    @np.errstate(invalid="ignore", over="ignore")  # infinity times 0 is NaN
    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.multiply(z, np.tanh(Softplus()(z)), out=out)

    @np.errstate(invalid="ignore", over="ignore")
    def derivative_from(self, z: Any, a: Any) -> Any:
        t = np.tanh(Softplus()(z))
        return t + np.multiply(z, _gate(z)) * (1.0 - t * t)


@dataclass(frozen=True)
class Exponential(Activation):
    """Always positive and its own derivative: for outputs such as rates and counts; above z = 709 it is infinite."""

    formula: ClassVar[str] = r"a = e^{z}"
    derivative_formula: ClassVar[str] = r"a' = a"
    output_range: ClassVar[tuple[float, float]] = (0.0, INFINITY)

    @np.errstate(over="ignore")
    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        return np.exp(z, out=out)

    def derivative_from(self, z: Any, a: Any) -> Any:
        return np.positive(a)


@dataclass(frozen=True)
class Softmax(Activation):
    """Scores into probabilities: along the last axis, positive and of sum 1, the larger the likelier.

    Every output depends on every score of its row, so there is no derivative element by element; ``vjp`` multiplies by
    the whole matrix of derivatives. Source: Goodfellow, Bengio & Courville, Deep Learning (2016), equation 6.29.
    """

    formula: ClassVar[str] = r"a_i = \frac{e^{z_i}}{\sum_j e^{z_j}}"
    derivative_formula: ClassVar[str] = (
        r"\frac{\partial a_i}{\partial z_j} = a_i\,(\delta_{ij} - a_j), \quad "
        r"\frac{\partial E}{\partial z_i} = a_i\,\Bigl(g_i - \sum_j g_j a_j\Bigr)"
    )
    output_range: ClassVar[tuple[float, float]] = (0.0, 1.0)
    saturates: ClassVar[bool] = True
    by_row: ClassVar[bool] = True

    @np.errstate(invalid="ignore")  # infinity minus infinity is NaN
    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        # a common factor of all e^z cancels; this one makes the largest of them 1
        e = np.exp(np.subtract(z, np.maximum.reduce(z, axis=-1, keepdims=True), out=out), out=out)
        return np.divide(e, np.add.reduce(e, axis=-1, keepdims=True), out=out)

    def derivative(self, z: Any) -> Any:
        return self.derivative_from(z, None)

    def derivative_from(self, z: Any, a: Any) -> Any:
        raise NotImplementedError("softmax has no derivative element by element; use softmax.vjp(z, a, g)")

    def vjp(self, z: Any, a: Any, g: Any, out: np.ndarray | None = None) -> Any:
        # a common part of all g changes nothing; with that of the likeliest output taken out, its own slope is not a
        # difference of two numbers that agree in all digits
        g = g - np.take_along_axis(g, a.argmax(axis=-1)[..., None], axis=-1)
        mean = np.add.reduce(g * a, axis=-1, keepdims=True)
        return np.multiply(a, np.subtract(g, mean, out=out), out=out)


@dataclass(frozen=True)
class LogSoftmax(Activation):
    """The logarithm of a softmax: scores of 0 or less, which no score is too small for.

    Source: Goodfellow, Bengio & Courville, Deep Learning (2016), equation 6.30.
    """

    formula: ClassVar[str] = r"a_i = z_i - \ln \sum_j e^{z_j}"
    derivative_formula: ClassVar[str] = (
        r"\frac{\partial a_i}{\partial z_j} = \delta_{ij} - e^{a_j}, \quad "
        r"\frac{\partial E}{\partial z_i} = g_i - e^{a_i} \sum_j g_j"
    )
    output_range: ClassVar[tuple[float, float]] = (-INFINITY, 0.0)
    by_row: ClassVar[bool] = True

    @np.errstate(invalid="ignore")  # infinity minus infinity is NaN
    def __call__(self, z: Any, out: np.ndarray | None = None) -> Any:
        shifted = np.subtract(z, np.maximum.reduce(z, axis=-1, keepdims=True), out=out)
        e = np.exp(shifted)
        # the largest adds 1 to the sum of the others, in which theirs would be lost
        np.put_along_axis(e, shifted.argmax(axis=-1)[..., None], 0.0, axis=-1)
        return np.subtract(shifted, np.log1p(np.add.reduce(e, axis=-1, keepdims=True)), out=out)

    def derivative(self, z: Any) -> Any:
        return self.derivative_from(z, None)

    def derivative_from(self, z: Any, a: Any) -> Any:
        raise NotImplementedError("log_softmax has no derivative element by element; use log_softmax.vjp(z, a, g)")

    def vjp(self, z: Any, a: Any, g: Any, out: np.ndarray | None = None) -> Any:
        # g_i - p_i sum(g) is g_i (1 - p_i) - p_i times the sum of the others
        p, others = np.exp(a), np.add.reduce(g, axis=-1, keepdims=True) - g
        return np.subtract(np.multiply(g, -np.expm1(a)), np.multiply(p, others), out=out)


def get(which: Any) -> Activation:
    """The activation that a name, a class or an activation means, and linear for None; see ``Family.get``."""
    return Activation.get("linear" if which is None else which)


def __getattr__(name: str) -> Activation:
    """The activation of that name, as in ``activations.relu``, which Keras has as a function."""
    if name in Activation.members or name == "swish":
        return Activation.get(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
