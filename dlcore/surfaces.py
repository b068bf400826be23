"""Surfaces: landscapes of one or two weights, with their exact gradient.

    surface(*w)             the height; each weight a number or an array, all broadcast together
    surface.gradient(*w)    the slopes, shape (number of weights, *shape of the height)

so that a ball on it is ``w`` of shape (weights,) and ten thousand balls are ``w`` of shape (weights, 10000).
The test functions are those that the literature on optimisation uses; a source stands with each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, ClassVar, NamedTuple

import numpy as np

from dlcore import formulas
from dlcore.datasets import Dataset, Penguins
from dlcore.family import Family, setting
from dlcore.preprocessing import standardize

Point = tuple[float, ...]
Extent = tuple[tuple[float, float], ...]


class Surface(Family):
    """What all landscapes share."""

    weights: ClassVar[tuple[str, ...]] = ("x", "y")
    """The letters of its weights: one or two."""

    extent: Extent
    """The part worth a map: (lowest, highest) of each weight."""

    minima: tuple[Point, ...]
    """The known minima, a lowest one first; empty if none is known."""

    start: Point
    """A start that shows what is special about it."""

    rate: float
    """A learning rate with which gradient descent behaves well from ``start``."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in {"__call__", "gradient"} & vars(cls).keys():
            setattr(cls, name, _quiet(vars(cls)[name]))

    def __call__(self, *w: Any) -> Any:
        """The height at the weights ``w``, each a number or an array; infinities and NaN pass through silently."""
        raise NotImplementedError

    def gradient(self, *w: Any) -> np.ndarray:
        """The slope along every weight, shape (weights, *shape of the height)."""
        raise NotImplementedError

    def hessian(self, *w: Any) -> np.ndarray:
        """The curvature, shape (weights, weights, *shape): central differences of the exact gradient, made symmetric.

        Exact to rounding where the height is a polynomial of degree 3 or less, else to about eight digits.
        """
        w = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in w))
        columns = []
        with np.errstate(all="ignore"):
            for i, (low, high) in enumerate(self.extent):
                h = 1e-5 * (high - low)
                above, below = ([v + s * h if j == i else v for j, v in enumerate(w)] for s in (1, -1))
                columns.append((self.gradient(*above) - self.gradient(*below)) / (2 * h))
            curvature = np.stack(columns, axis=1)
            return (curvature + np.swapaxes(curvature, 0, 1)) / 2

    def curvatures(self, *w: Any) -> np.ndarray:
        """The eigenvalues of the Hessian, smallest first, shape (weights, *shape); NaN where it is not finite."""
        matrices = np.moveaxis(self.hessian(*w), (0, 1), (-2, -1))
        finite = np.asarray(np.isfinite(matrices).all(axis=(-2, -1), keepdims=True))
        values = np.linalg.eigvalsh(np.where(finite, matrices, 0.0))
        return np.moveaxis(np.where(finite[..., 0], values, np.nan), -1, 0)

    def grid(self, count: int) -> np.ndarray:
        """Places all over the map, ``count`` along every weight: shape (weights, count) or (weights, count, count)."""
        return np.array(np.meshgrid(*(np.linspace(*ends, count) for ends in self.extent), indexing="ij"))

    def far(self, w: np.ndarray) -> np.ndarray:
        """Whether a ball at ``w``, shape (weights, ...), has left for good: over 100 map widths away, or no number."""
        lost = np.zeros(w.shape[1:], dtype=bool)
        for v, (low, high) in zip(w, self.extent, strict=True):
            # negated, so that NaN counts as lost
            lost |= ~(np.abs(v - (low + high) / 2) <= 100 * (high - low))
        return lost


def _quiet(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A member's height or gradient for weights of any broadcastable shapes; overflow is infinity, not a warning."""

    @wraps(rule)
    def quiet(self: Surface, *w: Any) -> Any:
        # no Python floats, whose powers raise OverflowError
        w = tuple(np.asarray(v, dtype=float) for v in w)
        if any(v.shape != w[0].shape for v in w):
            w = np.broadcast_arrays(*w)
        with np.errstate(all="ignore"):
            return rule(self, *(v[()] for v in w))

    return quiet


# ---- one weight ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parabola(Surface):
    """The simplest valley: the slope is proportional to the distance from the bottom."""

    formula: ClassVar[str] = r"E(w) = w^2"
    weights: ClassVar = ("w",)
    extent: ClassVar = ((-4.0, 4.0),)
    minima: ClassVar = ((0.0,),)
    start: ClassVar = (-3.0,)
    rate: ClassVar = 0.1

    def __call__(self, w):
        return np.square(w)

    def gradient(self, w):
        return np.array([2 * w])


@dataclass(frozen=True)
class SlopeFit(Surface):
    """The mean squared error of a line through data, by its slope alone; inputs and targets are standardised.

    Both have mean 0, so the best line passes through the origin and its slope is their correlation. The mean over the
    data is taken once: mean((w x - y)^2) = w^2 mean(x^2) - 2 w mean(x y) + mean(y^2).
    """

    formula: ClassVar[str] = r"E(w) = \frac{1}{n} \sum_{i=1}^{n} (w x_i - y_i)^2"
    weights: ClassVar = ("w",)
    extent: ClassVar = ((-2.2, 4.0),)
    start: ClassVar = (-1.5,)
    rate: ClassVar = 0.1
    data: Dataset = Penguins()

    @cached_property
    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """The inputs and targets as the line sees them, each of shape (rows,)."""
        x, y = self.data.load()
        return standardize(x[:, 0]).values, standardize(y).values

    @cached_property
    def moments(self) -> "Moments":
        return Moments.of(*self.points)

    @cached_property
    def minima(self):
        return ((self.moments.xy / self.moments.xx,),)

    def __call__(self, w):
        m = self.moments
        return w * w * m.xx - 2 * w * m.xy + m.yy

    def gradient(self, w):
        m = self.moments
        return np.array([2 * (w * m.xx - m.xy)])


@dataclass(frozen=True)
class DoubleWell(Surface):
    """Two valleys, one deeper: where the ball ends depends on where it starts."""

    formula: ClassVar[str] = r"E(w) = (w^2 - 1)^2 + 0.3\, w"
    weights: ClassVar = ("w",)
    extent: ClassVar = ((-1.8, 1.8),)
    start: ClassVar = (1.6,)
    rate: ClassVar = 0.03

    @cached_property
    def minima(self):
        return tuple((w,) for w in _valleys([4, 0, -4, 0.3]))

    def __call__(self, w):
        return (w * w - 1) ** 2 + 0.3 * w

    def gradient(self, w):
        return np.array([4 * w * (w * w - 1) + 0.3])


@dataclass(frozen=True)
class Ripples(Surface):
    """A wide valley with ripples: many shallow minima on the way to the deepest."""

    formula: ClassVar[str] = r"E(w) = 0.1\, w^2 + 1 - \cos 3w"
    weights: ClassVar = ("w",)
    extent: ClassVar = ((-7.0, 7.0),)
    minima: ClassVar = ((0.0,),)
    start: ClassVar = (5.5,)
    rate: ClassVar = 0.02

    def __call__(self, w):
        return 0.1 * np.square(w) + 1 - np.cos(3 * w)

    def gradient(self, w):
        return np.array([0.2 * w + 3 * np.sin(3 * w)])


# ---- two weights ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LineFit(Surface):
    """The mean squared error of a line a x + b through data, by slope and intercept; inputs standardised or raw.

    scaled: whether the inputs are standardised first. Raw inputs far from 0 tie slope and intercept together, and the
    round bowl becomes a razor-thin valley. The means over the data are taken once (``Moments``).
    """

    formula: ClassVar[str] = r"E(a, b) = \frac{1}{n} \sum_{i=1}^{n} (a x_i + b - y_i)^2"
    weights: ClassVar = ("a", "b")
    data: Dataset = Penguins()
    scaled: bool = True

    @cached_property
    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """The inputs and targets as the line sees them, each of shape (rows,)."""
        x, y = self.data.load()
        return (standardize(x[:, 0]).values if self.scaled else x[:, 0]), y

    @cached_property
    def moments(self) -> "Moments":
        return Moments.of(*self.points)

    @cached_property
    def minima(self):
        m = self.moments
        a = (m.xy - m.x * m.y) / (m.xx - m.x**2)
        return ((a, m.y - a * m.x),)

    @cached_property
    def extent(self):
        (a, b), m = self.minima[0], self.moments
        spread = 4 * (m.yy - m.y**2) ** 0.5
        sides = (spread, spread) if self.scaled else (2 * abs(a), max(2 * abs(b), spread))
        return tuple((float(middle - side), float(middle + side)) for middle, side in zip((a, b), sides, strict=True))

    @cached_property
    def start(self):
        if not self.scaled:
            return (0.0, 0.0)
        (left, right), (low, high) = self.extent
        return (round(left + 0.1 * (right - left), 1), round(low + 0.2 * (high - low), 1))

    @property
    def rate(self):
        return 0.1 if self.scaled else 1e-5

    def __call__(self, a, b):
        m = self.moments
        return a * a * m.xx + 2 * a * b * m.x + b * b - 2 * a * m.xy - 2 * b * m.y + m.yy

    def gradient(self, a, b):
        m = self.moments
        return 2 * np.array([a * m.xx + b * m.x - m.xy, a * m.x + b - m.y])


@dataclass(frozen=True)
class Bowl(Surface):
    """A round bowl: the gradient points straight away from the bottom."""

    formula: ClassVar[str] = r"E(x, y) = x^2 + y^2"
    extent: ClassVar = ((-4.0, 4.0), (-4.0, 4.0))
    minima: ClassVar = ((0.0, 0.0),)
    start: ClassVar = (-3.0, 2.0)
    rate: ClassVar = 0.1

    def __call__(self, x, y):
        return np.square(x) + np.square(y)

    def gradient(self, x, y):
        return np.array([2 * x, 2 * y])


@dataclass(frozen=True)
class NarrowValley(Surface):
    """A valley 25 times as curved across as along: one rate has to serve both directions."""

    formula: ClassVar[str] = r"E(x, y) = \tfrac{1}{2} (x^2 + 25\, y^2)"
    extent: ClassVar = ((-4.0, 4.0), (-2.0, 2.0))
    minima: ClassVar = ((0.0, 0.0),)
    start: ClassVar = (-3.5, 1.2)
    rate: ClassVar = 0.07

    def __call__(self, x, y):
        return (np.square(x) + 25 * np.square(y)) / 2

    def gradient(self, x, y):
        return np.array([1.0 * x, 25.0 * y])


@dataclass(frozen=True)
class Saddle(Surface):
    """A pass between two valleys: flat at (0, 0), which is a minimum along x and a maximum along y."""

    formula: ClassVar[str] = r"E(x, y) = x^2 - y^2 + \tfrac{1}{4} y^4"
    extent: ClassVar = ((-3.0, 3.0), (-2.4, 2.4))
    minima: ClassVar = ((0.0, 2**0.5), (0.0, -(2**0.5)))
    start: ClassVar = (-2.5, 0.01)
    rate: ClassVar = 0.1

    def __call__(self, x, y):
        v = np.square(y)
        return np.square(x) + (v / 4 - 1) * v

    def gradient(self, x, y):
        return np.array([2 * x, (y * y - 2) * y])


@dataclass(frozen=True)
class Plateau(Surface):
    """A hole in a plain: far from the hole the gradient is almost nothing, and so are the steps."""

    formula: ClassVar[str] = r"E(x, y) = 1 - e^{-(x^2 + y^2)/2}"
    extent: ClassVar = ((-5.0, 5.0), (-5.0, 5.0))
    minima: ClassVar = ((0.0, 0.0),)
    start: ClassVar = (-2.5, 1.5)
    rate: ClassVar = 0.5

    def __call__(self, x, y):
        return -np.expm1(-(np.square(x) + np.square(y)) / 2)

    def gradient(self, x, y):
        height = np.exp(-(np.square(x) + np.square(y)) / 2)
        return np.array([x * height, y * height])


@dataclass(frozen=True)
class Rosenbrock(Surface):
    """A curved valley, easy to find and slow to follow.

    Source: H. H. Rosenbrock (1960), The Computer Journal 3(3), 175-184.
    """

    formula: ClassVar[str] = r"E(x, y) = (1 - x)^2 + 100\,(y - x^2)^2"
    extent: ClassVar = ((-2.0, 2.0), (-1.0, 3.0))
    minima: ClassVar = ((1.0, 1.0),)
    start: ClassVar = (-1.2, 1.0)
    rate: ClassVar = 0.001

    def __call__(self, x, y):
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    def gradient(self, x, y):
        across = y - x * x
        return np.array([-2 * (1 - x) - 400 * x * across, 200 * across])


@dataclass(frozen=True)
class Beale(Surface):
    """A flat floor between steep walls: a rate that suits the floor is thrown out by the walls.

    Source: E. M. L. Beale (1958), On an iterative method for finding a local minimum; J. J. More, B. S. Garbow and
    K. E. Hillstrom (1981), ACM Transactions on Mathematical Software 7(1), problem 5.
    """

    formula: ClassVar[str] = r"E(x, y) = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2"
    extent: ClassVar = ((-4.5, 4.5), (-4.5, 4.5))
    minima: ClassVar = ((3.0, 0.5),)
    start: ClassVar = (1.0, 1.0)
    rate: ClassVar = 0.01

    def __call__(self, x, y):
        # products, because a power of an array costs fifty times as much
        p, q, r = 1.5 - x + x * y, 2.25 - x + x * (y * y), 2.625 - x + x * (y * y * y)
        return p * p + q * q + r * r

    def gradient(self, x, y):
        v = y * y
        p, q, r = 1.5 - x + x * y, 2.25 - x + x * v, 2.625 - x + x * (v * y)
        return 2 * np.array([p * (y - 1) + q * (v - 1) + r * (v * y - 1), x * (p + 2 * q * y + 3 * r * v)])


@dataclass(frozen=True)
class Himmelblau(Surface):
    """Four minima of equal depth.

    Source: D. M. Himmelblau (1972), Applied Nonlinear Programming.
    """

    formula: ClassVar[str] = r"E(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2"
    extent: ClassVar = ((-6.0, 6.0), (-6.0, 6.0))
    minima: ClassVar = (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    )
    start: ClassVar = (-0.5, -1.0)
    rate: ClassVar = 0.01

    def __call__(self, x, y):
        return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2

    def gradient(self, x, y):
        p, q = x * x + y - 11, x + y * y - 7
        return np.array([4 * x * p + 2 * q, 2 * p + 4 * y * q])


@dataclass(frozen=True)
class SixHumpCamel(Surface):
    """Six minima, two of them the deepest.

    Source: L. C. W. Dixon and G. P. Szego (1978), Towards Global Optimisation 2.
    """

    formula: ClassVar[str] = r"E(x, y) = (4 - 2.1 x^2 + \tfrac{1}{3} x^4)\, x^2 + xy + 4 (y^2 - 1)\, y^2"
    extent: ClassVar = ((-2.1, 2.1), (-1.2, 1.2))
    minima: ClassVar = (
        (0.08984201310031807, -0.7126564030207396),
        (-0.08984201310031807, 0.7126564030207396),
        (-1.7036067149699807, 0.7960835686726251),
        (1.7036067149699807, -0.7960835686726251),
        (1.6071047529201974, 0.5686514548841314),
        (-1.6071047529201974, -0.5686514548841314),
    )
    start: ClassVar = (1.0, 1.0)
    rate: ClassVar = 0.02

    def __call__(self, x, y):
        u, v = x * x, y * y
        return (4 - 2.1 * u + u * u / 3) * u + x * y + 4 * (v - 1) * v

    def gradient(self, x, y):
        u, v = x * x, y * y
        return np.array([(8 - 8.4 * u + 2 * u * u) * x + y, x + (16 * v - 8) * y])


@dataclass(frozen=True)
class StyblinskiTang(Surface):
    """Four valleys of three depths; the deepest is in one corner.

    Source: M. A. Styblinski and T. S. Tang (1990), Neural Networks 3(4), 467-483.
    """

    formula: ClassVar[str] = r"E(x, y) = \tfrac{1}{2} (x^4 - 16 x^2 + 5x + y^4 - 16 y^2 + 5y)"
    extent: ClassVar = ((-4.5, 4.5), (-4.5, 4.5))
    start: ClassVar = (0.5, 3.5)
    rate: ClassVar = 0.01

    @cached_property
    def minima(self):
        deep, shallow = _valleys([2, 0, -16, 2.5])
        return ((deep, deep), (deep, shallow), (shallow, deep), (shallow, shallow))

    def __call__(self, x, y):
        return sum(v * v * (v * v - 16) + 5 * v for v in (x, y)) / 2

    def gradient(self, x, y):
        return np.array([(2 * v * v - 16) * v + 2.5 for v in (x, y)])


@dataclass(frozen=True)
class Rastrigin(Surface):
    """An egg box: about a hundred minima on this map, only one of them the deepest.

    Source: L. A. Rastrigin (1974), Systems of Extremal Control; in two dimensions as given there.
    """

    formula: ClassVar[str] = r"E(x, y) = 20 + x^2 - 10 \cos 2\pi x + y^2 - 10 \cos 2\pi y"
    extent: ClassVar = ((-5.12, 5.12), (-5.12, 5.12))
    minima: ClassVar = ((0.0, 0.0),)
    start: ClassVar = (-2.4, 1.4)
    rate: ClassVar = 0.002

    def __call__(self, x, y):
        return 20 + sum(np.square(v) - 10 * np.cos(2 * np.pi * v) for v in (x, y))

    def gradient(self, x, y):
        return np.array([2 * v + 20 * np.pi * np.sin(2 * np.pi * v) for v in (x, y)])


@dataclass(frozen=True)
class Ackley(Surface):
    """A rippled funnel whose bottom is a sharp point: no learning rate is small enough to come to rest there.

    At (0, 0) there is no slope; the gradient given there is 0.
    Source: D. H. Ackley (1987), A Connectionist Machine for Genetic Hillclimbing.
    """

    formula: ClassVar[str] = (
        r"E(x, y) = 20 + e - 20\, e^{-0.2 \sqrt{(x^2 + y^2)/2}} - e^{(\cos 2\pi x + \cos 2\pi y)/2}"
    )
    extent: ClassVar = ((-4.0, 4.0), (-4.0, 4.0))
    minima: ClassVar = ((0.0, 0.0),)
    start: ClassVar = (-2.6, 1.7)
    rate: ClassVar = 0.02

    def __call__(self, x, y):
        r = np.sqrt((np.square(x) + np.square(y)) / 2)
        return 20 + np.e - 20 * np.exp(-0.2 * r) - np.exp((np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2)

    def gradient(self, x, y):
        r = np.sqrt((np.square(x) + np.square(y)) / 2)
        funnel = 2 * np.exp(-0.2 * r) / np.where(r == 0, np.inf, r)
        ripples = np.pi * np.exp((np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2)
        return np.array([funnel * v + ripples * np.sin(2 * np.pi * v) for v in (x, y)])


OWN_STARTS = (-0.7, 0.7, -0.3, 0.3, -0.1, 0.1, 0.95), (0.6, -0.6, 0.3, -0.3, 0.1, -0.1, 0.95)
"""Where a ball may start on a formula of the reader's, by weight: shares of the half width of the map."""


@dataclass(frozen=True)
class OwnFormula(Surface):
    """A formula that the reader typed, in x alone or in x and y; see ``formulas.read`` for what it may hold.

    size: the map reaches from -size to size. Raises FormulaError if the text cannot be read.
    """

    text: str = "x**2 + 3*sin(y)"
    size: float = setting(5.0, 0.1, 100.0, log=True)
    minima: ClassVar = ()
    rate: ClassVar = 0.05

    def __post_init__(self) -> None:
        super().__post_init__()
        formulas.read(self.text)

    @cached_property
    def read(self) -> formulas.Formula:
        return formulas.read(self.text)

    @property
    def formula(self):
        return f"E({', '.join(self.weights)}) = {self.read.latex}"

    @property
    def weights(self):
        return self.read.variables

    @property
    def extent(self):
        return ((-self.size, self.size),) * len(self.weights)

    @cached_property
    def start(self):
        # log(x) has no height to the left of 0: then the first of some other places where there is one
        shares = [np.ravel(part) for part in np.meshgrid(*OWN_STARTS[: len(self.weights)], indexing="ij")]
        places = np.round(np.multiply(shares, self.size), 2)
        with np.errstate(all="ignore"):
            height, slope = self.read.value_and_gradient(*places)
        defined = np.isfinite(height) & np.isfinite(slope).all(axis=0)
        return tuple(places[:, np.argmax(defined)].tolist())

    def __call__(self, *w):
        return self.read(*w)

    def gradient(self, *w):
        return self.read.gradient(*w)


# ---- what the surfaces above are computed from ---------------------------------------------------------------------


class Moments(NamedTuple):
    """The five means of data on which the mean squared error of a line depends."""

    x: float
    y: float
    xx: float
    xy: float
    yy: float

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> "Moments":
        """The means of x, y, x^2, x y and y^2 over the rows."""
        return cls(*(float(np.mean(v)) for v in (x, y, x * x, x * y, y * y)))


def _valleys(slope: list[float]) -> list[float]:
    """Where a polynomial has its minima, deepest first, given its derivative's coefficients, highest power first."""
    places = np.roots(slope)
    bottoms = places.real[(np.abs(places.imag) < 1e-12) & (np.polyval(np.polyder(slope), places.real) > 0)]
    return sorted((float(v) for v in bottoms), key=lambda v: np.polyval(np.polyint(slope), v))


def get(which: Any) -> Surface:
    """The surface that a name, a class or a surface means; see ``Family.get``."""
    return Surface.get(which)
