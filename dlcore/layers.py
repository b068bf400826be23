"""Layers: what a network is built of, each with its way forwards and, beside it, its way back.

    layer.forward(x, buffers, training)    what the layer makes of its input, a batch of rows
    layer.backward(g, buffers)             dE/dx, given g = dE/da; the weights' gradients are left in ``gradients``

A batch is an array of shape (batch, features), or (copies, batch, features) where copies of one network train side by
side (see ``experiments.parallel_training``): products are over the last two axes, and everything else is number by
number. Nothing is allocated while training: a layer's ``buffers`` hold the arrays that it needs for one size of batch.
Letters: x input, z weighted sum, a output, g gradient; names and defaults are Keras 3's.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dlcore import activations, initializers, regularizers
from dlcore.regularizers import L1, L1L2, L2, Regularizer

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "Activation",
    "BatchNormalization",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "Layer",
    "Regularizer",
]

Shape = tuple[int, ...]


@dataclass(slots=True, eq=False, kw_only=True)
class Buffers:
    """The arrays of one layer for one size of batch; each call overwrites them."""

    a: np.ndarray
    """The output, shape (batch, outputs)."""

    gx: np.ndarray | None
    """dE/dx, shape (batch, inputs); None for a first layer whose inputs need no gradient."""

    z: np.ndarray | None
    """The weighted sums, shape (batch, outputs); None in a layer without an activation."""


def checked_shape(shape: Any) -> Shape:
    """``shape`` as a tuple of whole numbers from 1 on, such as (8,); a single number is taken as one."""
    sizes = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
    if not sizes or not all(isinstance(n, int | np.integer) and not isinstance(n, bool) and n > 0 for n in sizes):
        raise ValueError(
            f"the shape of one sample is a tuple of whole numbers from 1 on, such as (8,); it is {shape!r}"
        )
    return tuple(int(n) for n in sizes)


def take_over(variables: Sequence[tuple[str, np.ndarray]], weights: Sequence[Any], owner: str) -> None:
    """Put new numbers into arrays that have names; ValueError, and no change, if they do not fit."""
    new = [np.asarray(part, dtype=float) for part in weights]
    if len(new) != len(variables):
        raise ValueError(f"{owner} has {len(variables)} arrays of weights, {len(new)} are given")
    for (name, own), other in zip(variables, new, strict=True):
        if own.shape != other.shape:
            raise ValueError(f"{name} has shape {own.shape}; the weights given for it have {other.shape}")
    for (_, own), other in zip(variables, new, strict=True):
        own[...] = other


class Input:
    """The shape of one sample, without the batch: Input((8,)) for eight numbers. It is no layer and has no weights."""

    def __init__(self, shape: Any, name: str | None = None) -> None:
        self.shape = checked_shape(shape)
        self.name = name


class Layer:
    """What all layers share; by itself it passes everything on."""

    kinds: ClassVar[dict[str, type["Layer"]]] = {}
    """Every layer by the name of its class; they register by being defined."""

    needs_rows: ClassVar[bool] = False
    """Whether a sample has to be a row of numbers, not a picture."""

    activation: activations.Activation = activations.Linear()
    regularizer: Regularizer | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kinds[cls.__name__] = cls

    def __init__(self, *, input_shape: Any = None, name: str | None = None) -> None:
        self.name = name or ""
        """Given by the model if it is empty."""
        self.first_shape = None if input_shape is None else checked_shape(input_shape)
        self.input_shape: Shape = ()
        """The shape of one sample before the layer, known once it is built."""
        self.output_shape: Shape = ()
        """The shape of one sample after the layer, known once it is built."""
        self.shapes: dict[str, Shape] = {}
        """The shapes of the parameters by name."""
        self.parameters: dict[str, np.ndarray] = {}
        """The trained weights by name: views into the model's vector ``w``."""
        self.gradients: dict[str, np.ndarray] = {}
        """Their gradients by name: views into the model's vector ``g``."""
        self.state: dict[str, np.ndarray] = {}
        """The weights that are not trained, by name: moving means and variances."""
        self.in_use, self.built = False, False
        # what dropout draws from; the model puts its own here before it trains
        self.rng = np.random.default_rng(0)

    @classmethod
    def kind(cls) -> str:
        """The name of a layer without one, before it is numbered: "batch_normalization"."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    def config(self) -> dict[str, Any]:
        """The arguments that make the same layer again, with members of families as they are."""
        return {"name": self.name}

    @property
    def weights(self) -> list[np.ndarray]:
        """All weights themselves, no copies, in Keras's order: the trained ones, then the kept ones.

        A layer by itself has none yet; ValueError if its model has still to make them.
        """
        if self.in_use and not self.built:
            raise ValueError(f"the layer {self.name!r} has no weights yet; say model.build() first")
        return [*self.parameters.values(), *self.state.values()]

    def get_weights(self) -> list[np.ndarray]:
        """Copies of ``weights``."""
        return [part.copy() for part in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Take over weights as ``get_weights`` gives them; ValueError, and no change, if they do not fit."""
        names = [f"{self.name}/{name}" for name in [*self.parameters, *self.state]]
        take_over(list(zip(names, self.weights, strict=True)), weights, f"the layer {self.name!r}")

    def shape_after(self, input_shape: Shape) -> Shape:
        """The shape of one sample after the layer; ValueError if it cannot take ``input_shape``."""
        if self.needs_rows and len(input_shape) != 1:
            kind = type(self).__name__
            raise ValueError(f"{kind} takes rows of numbers; samples of shape {input_shape} need Flatten() before it")
        return input_shape

    def build(self, input_shape: Shape, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """The first values of all parameters, by name and in Keras's order."""
        self.output_shape = self.shape_after(input_shape)
        self.input_shape = input_shape
        self.built = True
        return {}

    def bind(self, w: np.ndarray, g: np.ndarray) -> None:
        """Make the parameters views of ``w`` and their gradients views of ``g``, flat and just as long as needed.

        The vectors of copies are the rows of ``w`` and ``g``.
        """
        self.parameters, self.gradients, start = {}, {}, 0
        for name, shape in self.shapes.items():
            part = slice(start, start + math.prod(shape))
            for of, vector in ((self.parameters, w), (self.gradients, g)):
                of[name] = vector[..., part].reshape(*w.shape[:-1], *shape)
            start = part.stop

    def buffers(self, batch: Shape, first: bool) -> Buffers:
        """The arrays for batches of that size, (batch,) or (copies, batch).

        The ``first`` layer of a network need not pass a gradient on.
        """
        a, gx = np.empty((2, *batch, math.prod(self.output_shape)))
        return Buffers(a=a, gx=gx, z=None)

    def forward(self, x: np.ndarray, buffers: Buffers, training: bool) -> np.ndarray:
        """The output for ``x``, shape (batch, features); it stays in ``buffers.a`` until the next call."""
        buffers.a = x
        return x

    def backward(self, g: np.ndarray, buffers: Buffers) -> np.ndarray:
        """dE/dx, shape (batch, inputs), for ``g`` = dE/da, (batch, outputs), after ``forward`` in these buffers."""
        return g

    def backward_from_sums(self, g: np.ndarray, buffers: Buffers) -> np.ndarray:
        """The same for ``g`` = dE/dz, the gradient before the activation."""
        return self.backward(g, buffers)


@dataclass(slots=True, eq=False, kw_only=True)
class DenseBuffers(Buffers):
    """The arrays of a ``Dense`` layer for one size of batch."""

    z: np.ndarray
    """The weighted sums, shape (batch, units)."""

    gz: np.ndarray
    """dE/dz, shape (batch, units)."""

    x: np.ndarray
    """The input with a last column of ones if there is a bias, shape (batch, inputs + 1)."""

    x_transposed: np.ndarray
    """A view of ``x``, shape (inputs + 1, batch)."""

    inputs: np.ndarray
    """A view of ``x`` without the ones, shape (batch, inputs)."""


class Dense(Layer):
    """Every neuron adds up all inputs by weights of its own, adds its bias and applies the activation.

    units: how many neurons. kernel: shape (inputs, units), bias: shape (units,).
    Source: Goodfellow, Bengio & Courville, Deep Learning (2016), equations 6.40 and 6.41; backwards algorithm 6.4.
    """

    formula: ClassVar[str] = r"z = x W + b, \quad a = f(z)"
    needs_rows = True

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        *,
        input_shape: Any = None,
        input_dim: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(input_shape=input_shape if input_dim is None else (input_dim,), name=name)
        if isinstance(units, bool) or not isinstance(units, int | np.integer) or units < 1:
            raise ValueError(f"Dense's units must be a whole number from 1 on; it is {units!r}")
        self.units = int(units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        # as in Keras, what is not said is the one for kernels, also for a bias
        self.kernel_initializer = initializers.get(kernel_initializer or "glorot_uniform")
        self.bias_initializer = initializers.get(bias_initializer or "glorot_uniform")
        self.regularizer = regularizers.get(kernel_regularizer)

    def config(self) -> dict[str, Any]:
        return {
            "units": self.units,
            "activation": self.activation,
            "use_bias": self.use_bias,
            "kernel_initializer": self.kernel_initializer,
            "bias_initializer": self.bias_initializer,
            "kernel_regularizer": self.regularizer,
            **super().config(),
        }

    def shape_after(self, input_shape: Shape) -> Shape:
        super().shape_after(input_shape)
        return (self.units,)

    def build(self, input_shape: Shape, rng: np.random.Generator) -> dict[str, np.ndarray]:
        super().build(input_shape, rng)
        kernel = self.kernel_initializer((*input_shape, self.units), rng)
        return (
            {"kernel": kernel, "bias": self.bias_initializer((self.units,), rng)}
            if self.use_bias
            else {"kernel": kernel}
        )

    def bind(self, w: np.ndarray, g: np.ndarray) -> None:
        super().bind(w, g)
        self.kernel = self.parameters["kernel"]
        # kernel and bias lie one behind the other: together they are one matrix, whose last row meets the ones
        self.joined, self.joined_gradient = (v.reshape(*v.shape[:-1], -1, self.units) for v in (w, g))
        # of two matrices dot is the same product and faster than matmul, and the method faster than the function
        self.matmul = np.ndarray.dot if w.ndim == 1 else np.matmul
        self.kernel_transposed = self.kernel.mT

    def buffers(self, batch: Shape, first: bool) -> DenseBuffers:
        (inputs,) = self.input_shape
        z, a, gz = np.empty((3, *batch, self.units))
        # a bias is one more weight, on an input that is always 1: one product where there would be a product and a sum
        x = np.ones((*batch, inputs + self.use_bias))
        gx = None if first else np.empty((*batch, inputs))
        return DenseBuffers(a=a, gx=gx, z=z, gz=gz, x=x, x_transposed=x.mT, inputs=x[..., :inputs])

    def forward(self, x: np.ndarray, buffers: DenseBuffers, training: bool) -> np.ndarray:
        buffers.inputs[...] = x
        self.matmul(buffers.x, self.joined, out=buffers.z)
        return self.activation(buffers.z, out=buffers.a)

    def backward(self, g: np.ndarray, buffers: DenseBuffers) -> np.ndarray:
        return self.backward_from_sums(self.activation.vjp(buffers.z, buffers.a, g, out=buffers.gz), buffers)

    def backward_from_sums(self, g: np.ndarray, buffers: DenseBuffers) -> np.ndarray:
        self.matmul(buffers.x_transposed, g, out=self.joined_gradient)
        if self.regularizer:
            self.gradients["kernel"] += self.regularizer.gradient(self.kernel)
        # nobody asks the first layer how the loss depends on the data
        return g if buffers.gx is None else self.matmul(g, self.kernel_transposed, out=buffers.gx)


@dataclass(slots=True, eq=False, kw_only=True)
class ActivationBuffers(Buffers):
    """The arrays of an ``Activation`` layer for one size of batch."""

    z: np.ndarray
    """Its input, which is not copied."""


class Activation(Layer):
    """An activation as a layer of its own."""

    needs_rows = True

    def __init__(self, activation: Any, *, input_shape: Any = None, name: str | None = None) -> None:
        super().__init__(input_shape=input_shape, name=name)
        self.activation = activations.get(activation)

    def config(self) -> dict[str, Any]:
        return {"activation": self.activation, **super().config()}

    def buffers(self, batch: Shape, first: bool) -> ActivationBuffers:
        a, gx = np.empty((2, *batch, math.prod(self.output_shape)))
        return ActivationBuffers(a=a, gx=gx, z=a)

    def forward(self, x: np.ndarray, buffers: ActivationBuffers, training: bool) -> np.ndarray:
        buffers.z = x
        return self.activation(x, out=buffers.a)

    def backward(self, g: np.ndarray, buffers: ActivationBuffers) -> np.ndarray:
        return self.activation.vjp(buffers.z, buffers.a, g, out=buffers.gx)

    def backward_from_sums(self, g: np.ndarray, buffers: ActivationBuffers) -> np.ndarray:
        return g


class Flatten(Layer):
    """A picture, or any sample of several axes, becomes one row of numbers."""

    # a batch is a batch of rows throughout, and only ``output_shape`` says what else a row may be: nothing moves

    def shape_after(self, input_shape: Shape) -> Shape:
        return (math.prod(input_shape),)


@dataclass(slots=True, eq=False, kw_only=True)
class DropoutBuffers(Buffers):
    """The arrays of a ``Dropout`` layer for one size of batch."""

    mask: np.ndarray
    """The factor of each number, of the output's shape: 0 where it is left out."""


class Dropout(Layer):
    """While training, each number is left out with probability ``rate``, so that no neuron relies on a single other.

    What stays is divided by 1 - rate ("inverted"), so that the mean is the same as in use, where nothing is left out.
    Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, Dropout (2014), section 10.
    """

    formula: ClassVar[str] = r"a = \frac{m \odot x}{1 - r}, \quad m_i \sim \mathrm{Bernoulli}(1 - r)"

    def __init__(self, rate: float, *, input_shape: Any = None, name: str | None = None) -> None:
        super().__init__(input_shape=input_shape, name=name)
        if not 0 <= rate < 1:
            raise ValueError(f"Dropout's rate must be from 0 to below 1; it is {rate!r}")
        self.rate = float(rate)

    def config(self) -> dict[str, Any]:
        return {"rate": self.rate, **super().config()}

    def buffers(self, batch: Shape, first: bool) -> DropoutBuffers:
        a, gx, mask = np.empty((3, *batch, math.prod(self.output_shape)))
        return DropoutBuffers(a=a, gx=gx, z=None, mask=mask)

    def forward(self, x: np.ndarray, buffers: DropoutBuffers, training: bool) -> np.ndarray:
        if training:
            self.rng.random(out=buffers.mask)
            np.multiply(buffers.mask >= self.rate, 1 / (1 - self.rate), out=buffers.mask)
        else:
            buffers.mask.fill(1.0)
        return np.multiply(x, buffers.mask, out=buffers.a)

    def backward(self, g: np.ndarray, buffers: DropoutBuffers) -> np.ndarray:
        return np.multiply(g, buffers.mask, out=buffers.gx)


@dataclass(slots=True, eq=False, kw_only=True)
class BatchNormalizationBuffers(Buffers):
    """The arrays of a ``BatchNormalization`` layer for one size of batch, from its last forward pass."""

    x_hat: np.ndarray
    """The normalized input, shape (batch, features)."""

    std: np.ndarray
    """The standard deviation that the input was divided by, shape (features,)."""

    training: bool = False
    """Whether mean and variance were the batch's own."""


class BatchNormalization(Layer):
    """Every feature gets mean beta and standard deviation gamma: over the batch in training, over the past in use.

    The past is a moving mean and variance, of which each batch renews the share 1 - momentum.
    Source: Ioffe & Szegedy, Batch Normalization (2015), algorithm 1; backwards section 3.
    """

    formula: ClassVar[str] = r"\hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}, \quad a = \gamma \hat{x} + \beta"
    needs_rows = True

    def __init__(
        self,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        *,
        input_shape: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(input_shape=input_shape, name=name)
        if not 0 <= momentum <= 1:
            raise ValueError(f"BatchNormalization's momentum must be from 0 to 1; it is {momentum!r}")
        if not epsilon > 0:
            raise ValueError(f"BatchNormalization's epsilon must be above 0; it is {epsilon!r}")
        self.momentum, self.epsilon, self.center, self.scale = float(momentum), float(epsilon), center, scale

    def config(self) -> dict[str, Any]:
        own = {"momentum": self.momentum, "epsilon": self.epsilon, "center": self.center, "scale": self.scale}
        return {**own, **super().config()}

    def build(self, input_shape: Shape, rng: np.random.Generator) -> dict[str, np.ndarray]:
        super().build(input_shape, rng)
        self.state = {"moving_mean": np.zeros(input_shape), "moving_variance": np.ones(input_shape)}
        first = {"gamma": np.ones(input_shape)} if self.scale else {}
        return {**first, "beta": np.zeros(input_shape)} if self.center else first

    def buffers(self, batch: Shape, first: bool) -> BatchNormalizationBuffers:
        if len(batch) > 1:
            raise ValueError("copies of a network cannot train side by side if it has BatchNormalization; train each")
        a, gx, x_hat = np.empty((3, *batch, math.prod(self.output_shape)))
        return BatchNormalizationBuffers(a=a, gx=gx, z=None, x_hat=x_hat, std=np.ones(a.shape[-1]))

    def forward(self, x: np.ndarray, buffers: BatchNormalizationBuffers, training: bool) -> np.ndarray:
        mu, variance = self.state["moving_mean"], self.state["moving_variance"]
        if training:
            past, momentum = (mu, variance), self.momentum
            mu, variance = x.mean(axis=0), x.var(axis=0)
            for old, new in zip(past, (mu, variance), strict=True):
                old *= momentum
                old += (1 - momentum) * new
        buffers.training, buffers.std = training, np.sqrt(variance + self.epsilon)
        buffers.x_hat = (x - mu) / buffers.std
        np.multiply(buffers.x_hat, self.parameters.get("gamma", 1.0), out=buffers.a)
        buffers.a += self.parameters.get("beta", 0.0)
        return buffers.a

    def backward(self, g: np.ndarray, buffers: BatchNormalizationBuffers) -> np.ndarray:
        x_hat = buffers.x_hat
        if self.center:
            self.gradients["beta"][:] = g.sum(axis=0)
        if self.scale:
            self.gradients["gamma"][:] = (g * x_hat).sum(axis=0)
        g = g * self.parameters.get("gamma", 1.0)
        if buffers.training:
            # mean and variance depend on every sample: what x does to them is taken off
            g = g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)
        return np.divide(g, buffers.std, out=buffers.gx)
