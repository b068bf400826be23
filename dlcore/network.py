"""Network: layers in a row over one flat vector of weights; forwards, backwards, and a look inside.

    p = network.forward(rows)              predictions for a batch of rows (see ``samples``)
    network.backward(loss, y)              fills ``network.g``, the gradient of the loss by ``network.w``

All trainable weights lie in one vector ``w`` and their gradients in one vector ``g``; the layers see views of them. So
an optimizer is one expression, and weights are copied, recorded and drawn at once.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from dlcore.activations import Activation, Sigmoid, Softmax
from dlcore.layers import Buffers, Input, Layer, Shape, checked_shape, take_over
from dlcore.losses import EPSILON, BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy

MOST_BATCH_SIZES = 8
"""The number of batch sizes whose buffers are kept; an epoch needs two, since its last batch may be smaller."""


class LayerTrace(NamedTuple):
    """The activations and gradients of one layer for a batch."""

    name: str
    activations: np.ndarray
    """The output a, shape (batch, ...)."""

    sums: np.ndarray | None
    """The weighted sums z, before the activation; None for layers without one."""

    gradient: np.ndarray
    """dE/da, of the shape of ``activations``."""

    parameters: dict[str, np.ndarray]
    """The weights by name."""

    gradients: dict[str, np.ndarray]
    """dE/dw of each of ``parameters``, by name."""


class Network:
    """Layers in a row, each fed by the one before."""

    def __init__(self, layers: Iterable[Any] | None = None, name: str = "sequential", seed: int | None = None) -> None:
        self.name, self.seed = name, seed
        """seed: of the first weights, the order of the samples and dropout. For None, a new one is drawn and stands
        here once it is used, so that any training can be repeated.
        """
        self.layers: list[Layer] = []
        """All layers without the Input."""
        self.input_shape: Shape | None = None
        self.built, self.copies = False, 0
        """copies: the number of networks that train side by side; 0 for a single one."""
        self.w, self.g = np.empty(0), np.empty(0)
        """All trainable weights and their gradients, shape (parameters,), or (copies, parameters)."""
        self.slices: list[slice] = []
        """The place of each variable (a kernel, a bias) in ``w`` and ``g``."""
        self._buffers: dict[int, list[tuple[Layer, Buffers]]] = {}
        for layer in layers or ():
            self.add(layer)

    # --- Structure ------------------------------------------------------------------------------------------------

    def add(self, layer: Any) -> None:
        """Put a layer behind the last one; ``Input`` goes before the first. Weights that are there already are kept.

        Raises ValueError if the layer cannot take what comes, or is in use already.
        """
        if isinstance(layer, Input):
            if self.input_shape is not None or self.layers:
                raise ValueError("Input comes first, and once")
            self.input_shape = layer.shape
            return
        if not isinstance(layer, Layer):
            raise ValueError(f"a model is made of layers, such as Dense(8); this is {layer!r}")
        names = {other.name for other in self.layers}
        if layer.in_use or layer.name in names:
            raise ValueError(f"there is a layer {layer.name!r} in a model already; make a new one with its own name")
        if not self.layers and layer.first_shape is not None:
            if self.input_shape not in (None, layer.first_shape):
                raise ValueError(f"Input says {self.input_shape}, input_shape {layer.first_shape}; one is enough")
            self.input_shape = layer.first_shape
        if self.input_shape is not None:
            layer.shape_after(self._shape_behind(self.input_shape))
        layer.name = layer.name or _free_name(layer.kind(), names)
        layer.in_use, self.built = True, False
        self.layers.append(layer)

    def pop(self) -> Layer:
        """Take the last layer off, and return it with its weights; ValueError if there is none."""
        if not self.layers:
            raise ValueError("the model has no layer to take off")
        layer = self.layers.pop()
        layer.in_use = self.built = False
        return layer

    def _shape_behind(self, shape: Shape) -> Shape:
        for layer in self.layers:
            shape = layer.shape_after(shape)
        return shape

    @property
    def output_shape(self) -> Shape:
        """The shape of one prediction."""
        self.build()
        return self.layers[-1].output_shape

    def build(self, input_shape: Any = None) -> None:
        """Give every layer its weights; done by itself as soon as somebody asks for them.

        input_shape: of one sample, or with None for the batch in front, as in Keras; needed if no layer says it.
        Raises ValueError if it is not known, or not the one that the layers say.
        """
        if input_shape is not None:
            with_batch = isinstance(input_shape, tuple | list) and input_shape[:1] in ((None,), [None])
            shape = checked_shape(input_shape[1:] if with_batch else input_shape)
            if self.input_shape not in (None, shape):
                raise ValueError(f"build is told {shape}, but the model takes {self.input_shape}")
            self.input_shape = shape
        if self.built:
            return
        if self.input_shape is None or not self.layers:
            missing = "layers: add(Dense(1))" if not self.layers else "the shape of a sample: add(Input((8,))) first"
            raise ValueError(f"the model does not know its weights yet; it lacks {missing}")
        if self.seed is None:
            self.seed = int(np.random.default_rng().integers(2**32))
        shape, values = self.input_shape, [np.empty(0)]
        for place, layer in enumerate(self.layers):
            # a generator a layer: its first weights depend on the seed and its place, not on when it was added
            rng = np.random.default_rng([self.seed, place])
            if layer.built and layer.input_shape != shape:
                raise ValueError(f"the layer {layer.name!r} has weights for {layer.input_shape}; it is given {shape}")
            parameters = layer.parameters if layer.built else layer.build(shape, rng)
            values += [part.ravel() for part in parameters.values()]
            layer.shapes = {name: part.shape for name, part in parameters.items()}
            shape = layer.output_shape
        self.w = np.concatenate(values)
        self._bind()
        self.built = True

    def _bind(self) -> None:
        """Make all layers' parameters and gradients views of ``w`` and ``g``."""
        self.g, self.slices, self._buffers, start = np.zeros_like(self.w), [], {}, 0
        for layer in self.layers:
            begin = start
            for shape in layer.shapes.values():
                self.slices.append(slice(start, start + math.prod(shape)))
                start = self.slices[-1].stop
            layer.bind(self.w[..., begin:start], self.g[..., begin:start])

    def side_by_side(self, copies: int) -> Self:
        """This network as that many copies of itself, from now on: ``w`` and ``g`` get a row for each."""
        self.build()
        self.copies, self.w = copies, np.tile(self.w, (copies, 1))
        self._bind()
        return self

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_buffers": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        # a copied view is no view any more: copies of a model, also from a cache, need theirs anew
        self.__dict__.update(state)
        if self.built:
            self._bind()

    # --- Forwards and backwards -----------------------------------------------------------------------------------

    def layer_buffers(self, batch: int) -> list[tuple[Layer, Buffers]]:
        """Every layer with its arrays for batches of that size."""
        if batch not in self._buffers:
            if len(self._buffers) == MOST_BATCH_SIZES:
                del self._buffers[next(iter(self._buffers))]
            shape = (self.copies, batch) if self.copies else (batch,)
            self._buffers[batch] = [(layer, layer.buffers(shape, layer is self.layers[0])) for layer in self.layers]
        return self._buffers[batch]

    def forward(self, rows: np.ndarray, training: bool = False) -> np.ndarray:
        """Predictions for rows of numbers: shape (batch, outputs), overwritten by the next call."""
        a = rows
        for layer, buffers in self.layer_buffers(len(rows)):
            a = layer.forward(a, buffers, training)
        return a

    def backward(self, loss: Loss, y: np.ndarray, weight: np.ndarray | None = None) -> None:
        """Fill ``g``: the gradient of the loss and all penalties for the batch that went forwards last.

        y: targets, shape (batch, ...). weight: of each sample, shape (batch,).
        """
        *before, (last, buffers) = self.layer_buffers(len(y))
        g = slope_of_sums(last.activation, loss, y, buffers.a, weight)
        backward = last.backward if g is None else last.backward_from_sums
        if g is None:
            # np.broadcast_to would save the memory, at ten times the time
            g = loss.gradient(np.repeat(y[None], self.copies, axis=0) if self.copies else y, buffers.a, weight)
        if self.copies:
            # that was the mean over all of them, but each is to see its own
            g *= self.copies
        g = backward(g, buffers)
        for layer, buffers in reversed(before):
            g = layer.backward(g, buffers)

    def penalty(self) -> float:
        """What the regularizers add to the loss."""
        with np.errstate(over="ignore", invalid="ignore"):
            return sum(layer.regularizer(layer.parameters["kernel"]) for layer in self.layers if layer.regularizer)

    def layer_traces(self, rows: np.ndarray, loss: Loss, y: np.ndarray, training: bool = False) -> list[LayerTrace]:
        """Activations and gradients of every layer for a batch, from the first layer to the last."""
        self.forward(rows, training)
        batch = len(rows)
        layers, traces = self.layer_buffers(batch), []
        # the whole chain rule, without the short cut: here every link is wanted
        g = loss.gradient(y, layers[-1][1].a)
        for layer, buffers in reversed(layers):
            slope, g = g.copy(), layer.backward(g, buffers)
            shape = (batch, *layer.output_shape)
            z = None if buffers.z is None else buffers.z.copy()
            parameters, gradients = ({k: v.copy() for k, v in of.items()} for of in (layer.parameters, layer.gradients))
            traces.append(
                LayerTrace(layer.name, buffers.a.reshape(shape).copy(), z, slope.reshape(shape), parameters, gradients)
            )
        return traces[::-1]

    # --- Weights --------------------------------------------------------------------------------------------------

    def _variables(self) -> list[tuple[str, np.ndarray]]:
        """Every array of weights with its name, in Keras's order: per layer the trained ones, then the kept ones."""
        self.build()
        return [
            (f"{layer.name}/{name}", part)
            for layer in self.layers
            for name, part in [*layer.parameters.items(), *layer.state.items()]
        ]

    @property
    def weights(self) -> list[np.ndarray]:
        """All weights themselves, no copies, in the order of ``get_weights``."""
        return [part for _, part in self._variables()]

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights in Keras's order: kernel and bias; gamma, beta, moving mean and moving variance."""
        return [part.copy() for _, part in self._variables()]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Take over weights as ``get_weights`` gives them; ValueError, and no change, if they do not fit."""
        take_over(self._variables(), weights, "the model")

    def count_params(self) -> int:
        """How many weights there are, the moving means and variances included."""
        return sum(part.size for _, part in self._variables())

    def parameter_names(self) -> list[str]:
        """The names of the trained variables, such as "dense/kernel", in the order of ``slices``."""
        self.build()
        return [f"{layer.name}/{name}" for layer in self.layers for name in layer.parameters]

    def summary(self, print_fn: Callable[[str], Any] = print) -> None:
        """Nothing: it prints the table of ``summary_text``, or hands it to ``print_fn``."""
        print_fn(self.summary_text())

    def summary_text(self) -> str:
        """Layers, shapes and numbers of weights as Keras's table; a weight takes 8 bytes here."""
        self.build()
        kept = sum(part.size for layer in self.layers for part in layer.state.values())
        lines = [
            (
                f"{layer.name} ({type(layer).__name__})",
                f"({', '.join(['None', *map(str, layer.output_shape)])})",
                f"{sum(part.size for part in [*layer.parameters.values(), *layer.state.values()]):,}",
            )
            for layer in self.layers
        ]
        totals = {"Total": self.w.size + kept, "Trainable": self.w.size, "Non-trainable": kept}
        sums = [f" {which} params: {count:,} ({_memory(8 * count)})" for which, count in totals.items()]
        return "\n".join([f'Model: "{self.name}"', *_table(("Layer (type)", "Output Shape", "Param #"), lines), *sums])


def slope_of_sums(
    activation: Activation, loss: Loss, y: np.ndarray, p: np.ndarray, weight: np.ndarray | None
) -> np.ndarray | None:
    """dE/dz of the output layer for the pairs made for each other, where the chain rule comes down to p - y; else None.

    Sigmoid with binary and softmax with categorical cross-entropy. It saves the way through two fractions that cancel,
    and gives the chain rule's numbers: where the loss clips a probability, the slope is 0 here too.
    """
    if getattr(loss, "from_logits", False) or getattr(loss, "label_smoothing", 0):
        return None
    if type(activation) is Sigmoid and type(loss) is BinaryCrossentropy:
        g = p - y
        if _any_clipped(p):
            g *= _inside_clip(p)
        g /= p.size
    elif type(activation) is Softmax and type(loss) in (CategoricalCrossentropy, SparseCategoricalCrossentropy):
        if type(loss) is SparseCategoricalCrossentropy:
            y = np.equal(y.reshape(-1, 1), np.arange(p.shape[-1]))
        if _any_clipped(p):
            y = y * _inside_clip(p)
        g = p * y.sum(axis=-1, keepdims=True) - y
        g /= p.size // p.shape[-1]
    else:
        return None
    return g if weight is None else g * weight[:, None]


def _any_clipped(p: np.ndarray) -> bool:
    # the rare case; finding the places of the extremes takes half the time of finding the extremes, p.min()
    return p.item(p.argmin()) < EPSILON or p.item(p.argmax()) > 1 - EPSILON


def _inside_clip(p: np.ndarray) -> np.ndarray:
    return (p >= EPSILON) & (p <= 1 - EPSILON)


def _free_name(kind: str, taken: set[str]) -> str:
    """Keras's names: dense, dense_1, dense_2, ..."""
    name, number = kind, 0
    while name in taken:
        number += 1
        name = f"{kind}_{number}"
    return name


def _memory(count: float) -> str:
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.2f} {unit}"
        count /= 1024
    return f"{count:.2f} GB"


def _table(head: tuple[str, str, str], lines: list[tuple[str, str, str]]) -> list[str]:
    widths = [max(least, *(len(line[k]) for line in lines)) + 2 for k, least in enumerate((31, 22, 13))]

    def rule(left: str, middle: str, right: str, stroke: str) -> str:
        return left + middle.join(stroke * width for width in widths) + right

    def row(cells: tuple[str, str, str], bar: str) -> str:
        layer, shape, count = (f" {cell} " for cell in cells)
        texts = (layer.ljust(widths[0]), shape.ljust(widths[1]), count.rjust(widths[2]))
        return bar + bar.join(texts) + bar

    body = f"\n{rule('├', '┼', '┤', '─')}\n".join(row(line, "│") for line in lines)
    top, below = rule("┏", "┳", "┓", "━"), rule("┡", "╇", "┩", "━")
    return [top, row(head, "┃"), below, body, rule("└", "┴", "┘", "─")]
