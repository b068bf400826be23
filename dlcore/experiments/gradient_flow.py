"""Gradient flow: what is left of the gradient on its way back through many layers, measured on real data.

    flow = DeepNetwork(BreastCancer(), depth=10, activation="sigmoid").gradient_flow()
    flow.left[0]                  the gradient at the first layer as a share of what the output layer sends back

On its way through a layer the gradient is multiplied by the slopes of the activation and by the weights, and, where
there is batch normalization, by that, too: it divides by the standard deviation of the sums. Every factor is measured,
so that none is blamed for another.
"""

import dataclasses
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from dlcore import activations
from dlcore.callbacks import Callback, Logs
from dlcore.datasets import BreastCancer, Dataset, sample_rows
from dlcore.initializers import GlorotUniform, Initializer, RandomNormal
from dlcore.layers import Activation, BatchNormalization, Dense, Input
from dlcore.models import Sequential
from dlcore.network import LayerTrace
from dlcore.optimizers import Optimizer
from dlcore.renamed import old_names

__getattr__ = old_names(__name__, {"Course": "GradientHistory", "Deep": "DeepNetwork", "Passage": "GradientFlow"})

FLAT = 0.025
"""An activation with a smaller slope counts as saturated: a tenth of the steepest slope of a sigmoid."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles of the activations that are recorded."""

CHAIN = (
    r"\frac{\partial E}{\partial z_l} = "
    r"f'(z_l) \odot \left(\frac{\partial E}{\partial z_{l+1}}\, W_{l+1}^{\top}\right), \quad "
    r"\frac{\partial E}{\partial W_l} = a_{l-1}^{\top} \frac{\partial E}{\partial z_l}"
)
"""Backpropagation through one layer: the gradient by its weighted sums, and by its weights.

Source: Goodfellow, Bengio & Courville, Deep Learning (2016), algorithm 6.4.
"""

CLIPPED = r"g \leftarrow g \, \min\left(1, \frac{c}{\lVert g \rVert}\right)"
"""Clipping by norm. Source: Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks (2013),
algorithm 1.
"""

NORMALIZED = "batch_normalization"
STARTS: dict[str, Initializer] = {
    name: Initializer.get(name) for name in ("glorot_uniform", "he_normal", "lecun_normal", "orthogonal")
}
STARTS |= {"small_normal": RandomNormal(stddev=0.05), "large_normal": RandomNormal(stddev=0.5)}
STARTS |= {NORMALIZED: GlorotUniform()}
"""Initializers by name; NORMALIZED also puts batch normalization before every activation."""


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """The gradient of one batch at every hidden layer; arrays of shape (depth,) start at the layer next to the data."""

    arriving: float
    """The norm of dE/da at the last hidden layer: what the output layer sends back."""

    sums: np.ndarray
    """The norm of dE/dz, the gradient by the weighted sums, by layer."""

    kernels: np.ndarray
    """The norm of dE/dW, the gradient that the optimizer gets, by layer."""

    by_slopes: np.ndarray
    """The factor by which the activation's slopes changed the norm in each layer."""

    by_weights: np.ndarray
    """The factor by which the weights after each layer changed it, 1 for the last layer."""

    by_normalization: np.ndarray
    """The same for batch normalization, 1 where there is none."""

    largest_slope: np.ndarray
    """The largest slope of the activation over the whole batch, by layer."""

    saturated: np.ndarray
    """The share of slopes below FLAT, by layer."""

    dead: np.ndarray
    """The share of units whose slope is 0 for every row of the batch, by layer."""

    spread: np.ndarray
    """QUANTILES of the activations, shape (depth, 5)."""

    @property
    def left(self) -> np.ndarray:
        """The norm of dE/dz as a share of ``arriving``, shape (depth,); 0 if nothing arrives."""
        with np.errstate(all="ignore"):
            return np.where(self.arriving > 0, self.sums / self.arriving, 0.0)


@dataclass(frozen=True, eq=False)
class GradientHistory:
    """The loss and the gradient's norm during a training."""

    loss: np.ndarray
    """On all rows, before the first epoch and after every one, shape (epochs + 1,); NaN where it is not finite."""

    norms: np.ndarray
    """The norm of the whole gradient in every step, before any clipping, shape (steps,)."""


class GradientNorms(Callback):
    """The norm of the whole gradient in every step of the last training, before any clipping: ``norms``, a list."""

    def __init__(self) -> None:
        self.norms: list[float] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.norms.clear()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        # the optimizer clips a copy: what backpropagation left in the model is still there
        self.norms.append(_norm(self.model.g))


@dataclass(frozen=True)
class DeepNetwork:
    """A deep network on some rows of a data set: ``depth`` hidden layers of ``width`` neurons, all alike."""

    data: Dataset = dataclasses.field(default_factory=BreastCancer)
    depth: int = 10
    width: int = 32
    activation: str = "sigmoid"
    start: str = "glorot_uniform"
    """One of STARTS."""

    rows: int = 96
    """At most this many rows are taken."""

    seed: int = 0
    """What the rows, their order and the first weights are drawn from."""

    @property
    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Standardised inputs, shape (rows, features), and targets, shape (rows,), standardised if they are numbers."""
        x, y = sample_rows(self.data, self.rows, self.seed)
        # a pixel that is the same in every row stays as it is
        return np.where(np.ptp(x, axis=0) > 0, (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12), 0.0), y

    def model(self, optimizer: Any = "sgd") -> Sequential:
        """The compiled network before its first step."""
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
    def gradient_flow(self) -> GradientFlow:
        """The gradient of one batch of all rows at every layer, before any training."""
        model = self.model()
        x, y = self.samples
        model.build()
        assert model.loss is not None
        traces = model.layer_traces(x, model.loss, y.reshape(len(y), -1), training=True)
        function = activations.get(self.activation)
        acts = [trace for trace in traces if _acts(trace)]
        kernels = [trace for trace in traces if "kernel" in trace.gradients][:-1]
        slopes = [np.asarray(function.derivative_from(trace.sums, trace.activations)) for trace in acts]
        reached = np.array([_norm(trace.gradient) for trace in acts])
        # what an activation is given is what the layer before it puts out
        sums = np.array([_norm(before.gradient) for before, trace in pairwise(traces) if _acts(trace)])
        # what the weights are given on the way back; without normalization the same as the sums
        products = np.array([_norm(trace.gradient) for trace in kernels])
        normalized = _ratio(products[1:], sums[1:]) if self.start == NORMALIZED else np.ones(self.depth - 1)
        return GradientFlow(
            arriving=float(reached[-1]),
            sums=sums,
            kernels=np.array([_norm(trace.gradients["kernel"]) for trace in kernels]),
            by_slopes=_ratio(sums, reached),
            by_weights=np.append(_ratio(reached[:-1], products[1:]), 1.0),
            by_normalization=np.append(normalized, 1.0),
            largest_slope=np.array([float(np.abs(slope).max()) for slope in slopes]),
            saturated=np.array([float((np.abs(slope) < FLAT).mean()) for slope in slopes]),
            dead=np.array([float((slope == 0).all(axis=0).mean()) for slope in slopes]),
            spread=_spread(acts),
        )

    def passage(self) -> GradientFlow:
        """The same as ``gradient_flow``, by the name that programs call which readers took home; for one release."""
        warnings.warn("passage is gradient_flow now", DeprecationWarning, stacklevel=2)
        return self.gradient_flow()

    @np.errstate(all="ignore")
    def train(self, optimizer: Optimizer, epochs: int, batch_size: int = 32) -> GradientHistory:
        """The loss and gradient norms of a training; the order of batches is drawn from ``seed`` alone."""
        model, gradients = self.model(optimizer), GradientNorms()
        (x, y), loss = self.samples, np.full(epochs + 1, np.nan)
        loss[0] = model.evaluate(x, y)
        trained = model.epochs_of(x, y, batch_size=batch_size, epochs=epochs, seed=self.seed, callbacks=[gradients])
        for epoch, _ in enumerate(trained, start=1):
            loss[epoch] = model.evaluate(x, y)
        loss[~np.isfinite(loss)] = np.nan
        return GradientHistory(loss, np.array(gradients.norms))

    def baseline(self) -> float:
        """The loss of the best constant prediction, where a network that learns nothing ends."""
        _, y = self.samples
        if not self.data.classes:
            return float(np.var(y))
        share = np.bincount(y.astype(int), minlength=len(self.data.classes)) / len(y)
        return float(-sum(p * np.log(p) for p in share if p > 0))

    def likewise(self, activation: str, start: str) -> "DeepNetwork":
        """The same network with another activation and start."""
        return dataclasses.replace(self, activation=activation, start=start)


_OUTPUTS = {
    "regression": (1, None, "mse"),
    "binary": (1, "sigmoid", "binary_crossentropy"),
    "multiclass": (0, "softmax", "sparse_categorical_crossentropy"),
}
"""By task: how many outputs (0: one a class), their activation, the loss."""


def _acts(trace: LayerTrace) -> bool:
    return trace.name.startswith("activation")


def bound(activation: str, slopes: Any) -> Any:
    """The largest factor that ``slopes`` layers of an activation leave of a gradient: 0.25**slopes for a sigmoid."""
    return steepest(activation) ** np.asarray(slopes, dtype=float)


@cache
def steepest(activation: str) -> float:
    """The largest slope of an activation between -20 and 20; infinite if it grows without end."""
    # beside 0, too: a slope may be largest right where it jumps
    z = np.append(np.linspace(-20, 20, 40_001), [-1e-9, 1e-9])
    slope = np.abs(activations.get(activation).derivative(z))
    return float(slope.max()) if activation != "exponential" else np.inf


def flat_parts(activation: str, z: np.ndarray) -> Iterator[tuple[float, float]]:
    """The intervals (low, high) of ``z``, rising, shape (count,), in which the slope of an activation is below FLAT."""
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


def _spread(acts: list[LayerTrace]) -> np.ndarray:
    return np.array([np.quantile(trace.activations, QUANTILES) for trace in acts])
