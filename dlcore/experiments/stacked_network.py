"""Stacked network: one network with many sets of weights, such as those after every epoch, asked about the same rows.

    outputs = layer_outputs(model, rows, x)          of every Dense layer, (sets, units, places)
    shares(loss, activation, outputs[-1])            the last layer's as shares of the classes, from 0 to 1
    tone(activations, activation)                    numbers of any size as bytes, 128 for 0

A set of weights is a row: ``model.w``, and behind it the moving means and variances (``kept_state``). The sets lie
along the first axis, so that NumPy is called once a layer, not once a layer and set. Units stand before places: each
unit's answers lie side by side, which is what its picture needs, and the products are fastest so.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from dlcore.activations import GELU, Activation, Softmax
from dlcore.layers import BatchNormalization, Dense
from dlcore.losses import Loss
from dlcore.models import Sequential

AT_ONCE = 30_000
"""Numbers of a layer that are computed at once, few enough for the processor's cache."""


def layer_outputs(model: Sequential, rows: np.ndarray, x: np.ndarray) -> list[np.ndarray]:
    """The activations of every Dense layer in use, without dropout: arrays of shape (sets, units, places).

    rows: shape (sets, numbers). x: inputs as in training, shape (places, inputs), of the precision in which all is
    computed. Other layers than Dense, BatchNormalization and Dropout are not known. What overflows is infinite or NaN,
    without a warning.
    """
    outputs: list[np.ndarray] = []
    a, start, state = x.T[None], 0, model.w.size
    with np.errstate(all="ignore"):
        for layer in model.layers:
            if isinstance(layer, Dense):
                kernel, bias = _kernel_and_bias(layer, rows, start)
                z = np.matmul(kernel.mT, a)
                z += bias[:, :, None]
                a = _activations(layer.activation, z)
                outputs.append(a)
            elif isinstance(layer, BatchNormalization):
                count = layer.output_shape[-1]
                mean, variance = (rows[:, state + k * count : state + (k + 1) * count, None] for k in range(2))
                gamma, beta = (rows[:, start + k * count : start + (k + 1) * count, None] for k in range(2))
                a = gamma * ((a - mean) / np.sqrt(variance + layer.epsilon)) + beta
                state += 2 * count
            start += sum(part.size for part in layer.parameters.values())
    return outputs


def last_outputs(model: Sequential, rows: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The outputs of the last layer, shape (sets, outputs, places); see ``layer_outputs``."""
    return np.concatenate([layer_outputs(model, rows[part], x)[-1] for part in few(model, len(rows), len(x))])


def few(model: Sequential, sets: int, places: int) -> Iterator[slice]:
    """Parts of so many sets of weights that are small enough to be computed at once."""
    widest = max(layer.output_shape[-1] for layer in model.layers)
    step = max(1, AT_ONCE // (places * widest))
    return (slice(start, start + step) for start in range(0, sets, step))


def _kernel_and_bias(layer: Dense, rows: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
    inputs, units = layer.shapes["kernel"]
    middle, end = start + inputs * units, start + (inputs + 1) * units
    return rows[:, start:middle].reshape(-1, inputs, units), rows[:, middle:end]


def _activations(activation: Activation, z: np.ndarray) -> np.ndarray:
    if activation.by_row:
        return np.swapaxes(activation(np.ascontiguousarray(np.swapaxes(z, 1, 2))), 1, 2)
    if type(activation) is GELU and not activation.approximate and z.dtype == np.float32:
        return z * _normal_share(z)
    return activation(z, out=np.empty_like(z))


def _normal_share(z: np.ndarray) -> np.ndarray:
    """The share of a standard normal distribution below z, to 1e-7, which is enough for single precision.

    Source: Abramowitz & Stegun, Handbook of Mathematical Functions (1964), formula 7.1.26.
    """
    u = np.abs(z) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * u)
    sum_of_powers = np.zeros_like(t)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        sum_of_powers = (sum_of_powers + np.float32(factor)) * t
    tail = sum_of_powers * np.exp(-u * u) / 2
    return np.where(z > 0, 1 - tail, tail)


def kernels_and_biases(model: Sequential, rows: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The kernels (sets, inputs, units) and biases (sets, units) of all Dense layers: views of ``rows``."""
    kernels, biases, start = [], [], 0
    for layer in model.layers:
        if isinstance(layer, Dense):
            kernel, bias = _kernel_and_bias(layer, rows, start)
            kernels.append(kernel)
            biases.append(bias)
        start += sum(part.size for part in layer.parameters.values())
    return kernels, biases


def kept_state(model: Sequential) -> np.ndarray:
    """Moving means and variances of all layers, one behind the other, shape (state,)."""
    return np.concatenate([np.empty(0), *(part.ravel() for layer in model.layers for part in layer.state.values())])


def put_state(model: Sequential, state: np.ndarray) -> None:
    """Give a network the moving means and variances that ``kept_state`` returned."""
    start = 0
    for part in (part for layer in model.layers for part in layer.state.values()):
        part[...] = state[start : start + part.size].reshape(part.shape)
        start += part.size


def shares(loss: Loss, activation: Activation, outputs: np.ndarray) -> np.ndarray:
    """Outputs of shape (sets, units, rows) as shares from 0 to 1, by what the loss takes them for; NaN stays NaN.

    One output: the probability of class 1. A probability is itself, a logit its sigmoid; a score whose sign is the
    answer (hinge) goes in a straight line from 0 at -1 to 1 at 1, where the loss has no more to say, one half being
    undecided. Several: probabilities are divided by their sum, as the losses over classes do it, logits go through a
    softmax, and a margin's score is the lead over the best of the others, again from -1 to 1.
    """
    with np.errstate(all="ignore"):
        logits, several = getattr(loss, "from_logits", False), outputs.shape[1] > 1
        if loss.margin:
            lead = _leads(outputs) if several else outputs
            return np.minimum(np.maximum((lead + 1) / 2, 0), 1)
        if logits and several:
            return _activations(Softmax(), outputs)
        if logits:
            return 1 / (1 + np.exp(np.negative(np.maximum(outputs, -80))))
        if several and loss.by_row and type(activation) is not Softmax:
            outputs = outputs / outputs.sum(axis=1, keepdims=True)
        return np.minimum(np.maximum(outputs, 0), 1)


def _leads(outputs: np.ndarray) -> np.ndarray:
    """How far each output is above the best of the others; of the best it is its lead."""
    order = np.sort(outputs, axis=1)
    best, second = order[:, -1:], order[:, -2:-1]
    return np.where(outputs == best, best - second, outputs - best)


def as_bytes(shares: np.ndarray) -> np.ndarray:
    """Shares from 0 to 1 as 0 to 255, to the nearest; what is not a number is 128."""
    with np.errstate(invalid="ignore"):
        scaled = shares * 255 + 0.5
        if np.isnan(scaled.sum()):
            scaled = np.where(np.isnan(scaled), 128, scaled)
        return scaled.astype(np.uint8)


def tone(a: np.ndarray, activation: Activation) -> np.ndarray:
    """Activations as bytes on one scale for all units, places and times, so that equal bytes are equal activations.

    0 is 128. Where the activation has a bound (tanh, sigmoid, relu6), the bound is 255 and its negative 1; where it has
    none (relu), a is drawn as a / (1 + |a|): 1 is 192, 3 is 223, and nothing is cut off. What is not a number is 128.
    """
    bound = max(abs(end) for end in activation.output_range)
    with np.errstate(all="ignore"):
        share = a / bound if np.isfinite(bound) else a / (1 + np.abs(a))
        # of infinity, infinity / infinity
        share = np.where(np.isinf(a), np.sign(a), share) if np.isnan(share.sum()) else share
        scaled = np.minimum(np.maximum(share, -1), 1) * 127 + 128.5
        if np.isnan(scaled.sum()):
            scaled = np.where(np.isnan(scaled), 128, scaled)
        return scaled.astype(np.uint8)


def places(extent: Sequence[tuple[float, float]], count: int) -> np.ndarray:
    """The rows of a picture of two inputs, top line first: shape (count * count, 2), before any scaling.

    The first input rises from left to right, the second from the last line to the first.
    """
    (left, right), (low, high) = extent
    across, down = np.meshgrid(np.linspace(left, right, count), np.linspace(high, low, count))
    return np.column_stack([across.ravel(), down.ravel()])
