"""Deep: what is left of the gradient on its way back through many layers, measured in a network with real data.

    passage = Deep(BreastCancer(), depth=10, activation="sigmoid").passage()
    passage.left[0]                  what arrives at the first layer, as a share of what the output layer sends back

On its way through a layer the gradient is multiplied twice: by the slopes of the activation, and by the weights (and
by batch normalization, if there is one). Both factors are measured, so that neither is blamed for the other.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from dlcore import activations
from dlcore.datasets import BreastCancer, Dataset, drawn
from dlcore.initializers import GlorotUniform, Initializer, RandomNormal
from dlcore.layers import Activation, BatchNormalization, Dense, Input
from dlcore.models import Sequential
from dlcore.network import Look
from dlcore.optimizers import Optimizer

FLAT = 0.025
"""Below which slope an activation counts as saturated: a tenth of the steepest slope of a sigmoid."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

CHAIN = (
    r"\frac{\partial E}{\partial z_l} = "
    r"f'(z_l) \odot \left(\frac{\partial E}{\partial z_{l+1}}\, W_{l+1}^{\top}\right), \quad "
    r"\frac{\partial E}{\partial W_l} = a_{l-1}^{\top} \frac{\partial E}{\partial z_l}"
)
"""How a gradient passes a layer, and what is left of it for the weights.

Source: Goodfellow, Bengio & Courville, Deep Learning (2016), algorithm 6.4.
"""

CLIPPED = r"g \leftarrow g \, \min\left(1, \frac{c}{\lVert g \rVert}\right)"
"""Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks (2013), algorithm 1."""

NORMALIZED = "batch_normalization"
STARTS: dict[str, Initializer] = {
    name: Initializer.get(name) for name in ("glorot_uniform", "he_normal", "lecun_normal", "orthogonal")
}
STARTS |= {"small_normal": RandomNormal(stddev=0.05), "large_normal": RandomNormal(stddev=0.5)}
STARTS |= {NORMALIZED: GlorotUniform()}
"""How a deep network may begin, by name; with NORMALIZED there is batch normalization before every activation."""


@dataclass(frozen=True, eq=False)
class Passage:
    """What one batch does in every hidden layer; arrays of shape (depth,) begin with the layer next to the data.

    arriving: the norm of dE/da at the last hidden layer: what the output layer sends back. sums: of dE/dz, the gradient
    by what a layer's activation is given. kernels: of dE/dW, what the optimizer gets. by_slopes: by which factor the
    activation's slopes have changed the norm in each layer. by_weights: the same for what lies between a layer and the
    next one, 1 for the last. largest_slope: of the activation, over the whole batch. saturated: the share of slopes
    below FLAT. dead: the share of units whose slope is 0 for every row of the batch. spread: QUANTILES of the
    activations, shape (depth, 5).
    """

    arriving: float
    sums: np.ndarray
    kernels: np.ndarray
    by_slopes: np.ndarray
    by_weights: np.ndarray
    largest_slope: np.ndarray
    saturated: np.ndarray
    dead: np.ndarray
    spread: np.ndarray

    @property
    def left(self) -> np.ndarray:
        """The norm of dE/dz as a share of ``arriving``, shape (depth,); 0 if nothing arrives."""
        with np.errstate(all="ignore"):
            return np.where(self.arriving > 0, self.sums / self.arriving, 0.0)


@dataclass(frozen=True, eq=False)
class Course:
    """A training. loss: on all rows, before the first epoch and after every one, shape (epochs + 1,), NaN once it is
    no number. norms: of the whole gradient in every step that was taken, before any clipping, shape (steps,).
    """

    loss: np.ndarray
    norms: np.ndarray


@dataclass(frozen=True)
class Deep:
    """A deep network on some rows of a data set: ``depth`` hidden layers of ``width`` neurons, all alike.

    start: one of STARTS. rows: at most so many are taken, in an order drawn from ``seed``, as are the first weights.
    """

    data: Dataset = dataclasses.field(default_factory=BreastCancer)
    depth: int = 10
    width: int = 32
    activation: str = "sigmoid"
    start: str = "glorot_uniform"
    rows: int = 96
    seed: int = 0

    @property
    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs, and targets if they are numbers, with mean 0 and standard deviation 1."""
        x, y = drawn(self.data, self.rows, self.seed)
        # a pixel that is the same in every row stays as it is
        return np.where(np.ptp(x, axis=0) > 0, (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12), 0.0), y

    def model(self, optimizer: Any = "sgd") -> Sequential:
        """The network before its first step."""
        model = Sequential([Input((len(self.data.features),))], seed=self.seed)
        for _ in range(self.depth):
            model.add(Dense(self.width, kernel_initializer=STARTS[self.start]))
            if self.start == NORMALIZED:
                # the usual 0.99 would need hundreds of batches to forget that it began with mean 0 and variance 1
                model.add(BatchNormalization(momentum=0.9))
            model.add(Activation(self.activation))
        outputs, activation, loss = _OUTPUTS[self.data.task]
        model.add(Dense(outputs or len(self.data.classes), activation))
        model.compile(optimizer, loss)
        return model

    @np.errstate(all="ignore")
    def passage(self) -> Passage:
        """One batch of all rows, forwards and backwards, before any training."""
        model = self.model()
        x, y = self.samples
        model.build()
        assert model.loss is not None
        looks = model.look(x, model.loss, y.reshape(len(y), -1), training=True)
        function = activations.get(self.activation)
        acts = [look for look in looks if _acts(look)]
        kernels = [look for look in looks if "kernel" in look.gradients][:-1]
        slopes = [np.asarray(function.derivative_from(look.sums, look.activations)) for look in acts]
        reached = np.array([_norm(look.gradient) for look in acts])
        # what an activation is given is what the layer before it puts out
        sums = np.array([_norm(before.gradient) for before, look in pairwise(looks) if _acts(look)])
        return Passage(
            arriving=float(reached[-1]),
            sums=sums,
            kernels=np.array([_norm(look.gradients["kernel"]) for look in kernels]),
            by_slopes=_ratio(sums, reached),
            by_weights=np.append(_ratio(reached[:-1], sums[1:]), 1.0),
            largest_slope=np.array([float(np.abs(slope).max()) for slope in slopes]),
            saturated=np.array([float((np.abs(slope) < FLAT).mean()) for slope in slopes]),
            dead=np.array([float((slope == 0).all(axis=0).mean()) for slope in slopes]),
            spread=_spread(acts),
        )

    @np.errstate(all="ignore")
    def train(self, optimizer: Optimizer, epochs: int, batch_size: int = 32) -> Course:
        """Train; batches come in an order drawn from ``seed``, the same for any activation and start."""
        model = self.model(optimizer)
        (x, y), loss, norms = self.samples, np.full(epochs + 1, np.nan), []
        loss[0] = model.evaluate(x, y)
        step = model.step

        def watched(batch: Any) -> np.ndarray:
            p = step(batch)
            norms.append(_norm(model.g))
            return p

        model.step = watched
        trained = model.epochs_of(x, y, batch_size=batch_size, epochs=epochs, seed=self.seed)
        for epoch, _ in enumerate(trained, start=1):
            loss[epoch] = model.evaluate(x, y)
        loss[~np.isfinite(loss)] = np.nan
        return Course(loss, np.array(norms))

    def baseline(self) -> float:
        """The loss of the best prediction that is the same for every row: what a network that is stuck has."""
        _, y = self.samples
        if not self.data.classes:
            return float(np.var(y))
        share = np.bincount(y.astype(int), minlength=len(self.data.classes)) / len(y)
        return float(-sum(p * np.log(p) for p in share if p > 0))

    def likewise(self, activation: str, start: str) -> "Deep":
        """The same with another activation and start."""
        return dataclasses.replace(self, activation=activation, start=start)


_OUTPUTS = {
    "regression": (1, None, "mse"),
    "binary": (1, "sigmoid", "binary_crossentropy"),
    "multiclass": (0, "softmax", "sparse_categorical_crossentropy"),
}
"""By task: how many outputs (0: one a class), their activation, the loss."""


def _acts(look: Look) -> bool:
    return look.name.startswith("activation")


def bound(activation: str, slopes: Any) -> Any:
    """The most that so many slopes of an activation can leave of a gradient: 0.25 to that power for a sigmoid."""
    return steepest(activation) ** np.asarray(slopes, dtype=float)


def steepest(activation: str) -> float:
    """The largest slope of an activation, looked for from -20 to 20; infinite if it grows without end."""
    z = np.linspace(-20, 20, 40_001)
    slope = np.abs(activations.get(activation).derivative(z))
    return float(slope.max()) if activation != "exponential" else np.inf


def flat_parts(activation: str, z: np.ndarray) -> Iterator[tuple[float, float]]:
    """From where to where, within ``z`` (rising, shape (count,)), the slope of an activation is below FLAT."""
    flat = np.abs(activations.get(activation).derivative(z)) < FLAT
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]]).astype(int)))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        yield float(z[begin]), float(z[end - 1])


def _norm(g: np.ndarray) -> float:
    # squares of what is below 1e-162 would be 0
    largest = float(np.abs(g).max()) if g.size else 0.0
    return largest * float(np.linalg.norm(g / largest)) if 0 < largest < np.inf else largest


def _ratio(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    return np.where(before > 0, after / np.where(before > 0, before, 1.0), 0.0)


def _spread(acts: list[Look]) -> np.ndarray:
    return np.array([np.quantile(look.activations, QUANTILES) for look in acts])
