"""Weight history: the weights of a training at evenly spread epochs, and what the network predicts at each of them.

    history = WeightHistory(most=60)
    model.fit(x, y, epochs=500, callbacks=[history])
    frames = history.frames                       epochs (frames,), weights (frames, parameters), state
    regions(model, frames, extent, 64)            its predictions on a plane of two inputs, frame by frame

How long a training will be, or whether it is continued, is not known in advance: when the memory is full, every second
frame is dropped, and half as many are recorded from then on. So it never grows, and always has the first and the last
epoch.
"""

import copy
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.callbacks import Callback, Logs
from dlcore.layers import Dense
from dlcore.models import Sequential
from dlcore.preprocessing import Standardizer
from dlcore.renamed import old_names

__getattr__ = old_names(__name__, {"Film": "WeightHistory"})

Extent = Sequence[tuple[float, float]]

ROWS_AT_ONCE = 1024
"""Rows of one forward pass, so that the arrays of a wide network stay small."""

WORK = 2e9
"""Multiplications that one picture may cost: a fraction of a second."""

MOST_UNITS = 16
"""How many units of a layer are mapped at most."""


class Frames(NamedTuple):
    """The weights at some epochs of a training, oldest first."""

    epochs: np.ndarray
    """The number of epochs done, rising from 0, shape (frames,)."""

    weights: np.ndarray
    """As in ``model.w``, shape (frames, parameters)."""

    state: np.ndarray
    """Moving means and variances of BatchNormalization, one layer after the other, shape (frames, state)."""


class WeightHistory(Callback):
    """A callback that records the weights at evenly spread epochs, from before the training to the last.

    most: the largest number of frames, from 2 on. memory: bytes that they may take; two frames are recorded in any
    case. Epochs are counted on over all trainings, and from 0 again with a model of another size.
    """

    def __init__(self, most: int = 60, memory: int = 24_000_000) -> None:
        if most < 2:
            raise ValueError(f"a weight history has at least 2 frames, the first and the last; most is {most!r}")
        self.most, self.memory = most, memory
        self._forget()

    def _forget(self) -> None:
        self.epoch, self._distance = 0, 1
        self._kept: list[tuple[int, np.ndarray]] = []
        self._last: tuple[int, np.ndarray] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        now = self._snapshot()
        if self._kept and self._kept[0][1].size != now.size:
            self._forget()
        if not self._kept:
            self._kept.append((0, now))
        # also where a callback took the best weights back before the training goes on
        self._last = (self.epoch, now)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch += 1
        self._last = (self.epoch, self._snapshot())
        if self.epoch % self._distance:
            return
        self._kept.append(self._last)
        # one place is for the last
        room = max(1, min(self.most, self.memory // max(1, self._last[1].nbytes)) - 1)
        while len(self._kept) > room:
            self._kept, self._distance = self._kept[::2], 2 * self._distance
            if room == 1:
                break

    def _snapshot(self) -> np.ndarray:
        kept = [part.ravel() for layer in self.model.layers for part in layer.state.values()]
        return np.concatenate([self.model.w, *kept])

    @property
    def frames(self) -> Frames:
        """All recorded frames; ValueError before the first training."""
        if self._last is None:
            raise ValueError("the history is empty; give it to fit(callbacks=[...]) first")
        shown = [*(frame for frame in self._kept if frame[0] < self._last[0] or not frame[0]), self._last]
        # before the first epoch the first is the last
        shown = shown[:1] if self._last[0] == 0 else shown
        epochs, weights = np.array([epoch for epoch, _ in shown]), np.array([w for _, w in shown])
        return Frames(epochs, weights[:, : self.model.w.size], weights[:, self.model.w.size :])


# ---- a network at every frame ----------------------------------------------------------------------------------------


def _models_by_frame(model: Sequential, frames: Frames) -> Iterator[Sequential]:
    """The model as it was at each frame: one copy that is changed from frame to frame."""
    network = copy.deepcopy(model)
    network.build()
    for weights, state in zip(frames.weights, frames.state, strict=True):
        network.w[:] = weights
        start = 0
        for part in (part for layer in network.layers for part in layer.state.values()):
            part[...] = state[start : start + part.size].reshape(part.shape)
            start += part.size
        yield network


@np.errstate(all="ignore")
def _answers(network: Sequential, rows: np.ndarray, layer: Any) -> np.ndarray:
    """The outputs of a layer for rows, shape (rows, units)."""
    parts = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        batch = rows[start : start + ROWS_AT_ONCE]
        network.forward(batch)
        parts.append(next(buffers.a for each, buffers in network.layer_buffers(len(batch)) if each is layer).copy())
    return np.concatenate(parts)


def predictions(model: Sequential, frames: Frames, rows: np.ndarray) -> np.ndarray:
    """The outputs for rows scaled as in training, at every frame, shape (frames, rows, outputs)."""
    return np.array([_answers(network, rows, network.layers[-1]) for network in _models_by_frame(model, frames)])


def fine_enough(model: Sequential, frames: Frames, most: int = 64) -> int:
    """The number of points along a side of a grid with which a large network takes no longer than a small one."""
    points = WORK / max(1, len(frames.epochs) * model.w.size)
    return int(np.clip(np.sqrt(points), 8, most))


def on_grid(extent: Extent, count: int, scaler: Standardizer | None = None) -> np.ndarray:
    """The rows of a grid over one or two inputs, scaled as in training, shape (count ** inputs, inputs).

    extent: (low, high) for each input, before scaling. The last input varies fastest.
    """
    axes = [np.linspace(low, high, count) for low, high in extent]
    rows = np.column_stack([part.ravel() for part in np.meshgrid(*axes, indexing="ij")])
    return scaler.transform(rows) if scaler else rows


def regions(
    model: Sequential, frames: Frames, extent: Extent, count: int = 64, scaler: Standardizer | None = None
) -> np.ndarray:
    """The outputs on a grid of two inputs at every frame, shape (frames, count, count, outputs), first input first."""
    answers = predictions(model, frames, on_grid(extent, count, scaler))
    return answers.reshape(len(frames.epochs), *[count] * len(extent), -1)


def unit_maps(
    model: Sequential,
    frames: Frames,
    extent: Extent,
    layer: int,
    count: int = 24,
    scaler: Standardizer | None = None,
) -> np.ndarray:
    """The outputs of a Dense layer's first units on a grid of two inputs, shape (frames, count, count, units).

    layer: its place among the Dense layers, counted from 0. There are at most MOST_UNITS units.
    """
    rows, place = on_grid(extent, count, scaler), _dense(model)[layer]
    answers = [
        _answers(network, rows, network.layers[place])[:, :MOST_UNITS] for network in _models_by_frame(model, frames)
    ]
    return np.array(answers).reshape(len(frames.epochs), *[count] * len(extent), -1)


def _dense(model: Sequential) -> list[int]:
    """The places of the Dense layers."""
    return [place for place, layer in enumerate(model.layers) if isinstance(layer, Dense)]


def kernels(model: Sequential, frames: Frames) -> list[np.ndarray]:
    """The kernels of all Dense layers, each of shape (frames, inputs, units)."""
    found = []
    for name, part in zip(model.parameter_names(), model.slices, strict=True):
        layer, variable = name.rsplit("/", 1)
        if variable == "kernel":
            shape = next(each.shapes["kernel"] for each in model.layers if each.name == layer)
            found.append(frames.weights[:, part].reshape(-1, *shape))
    return found


# ---- how large they are ----------------------------------------------------------------------------------------------


class Histogram(NamedTuple):
    """How often numbers fall between the edges, which are the same at every frame."""

    edges: np.ndarray
    """Shape (bins + 1,)."""

    shares: np.ndarray
    """Shape (frames, bins); they add up to 1 in each frame, less the share of numbers that are not finite."""


def _histogram(values: np.ndarray, edges: np.ndarray) -> Histogram:
    """The histogram of values of shape (frames, numbers); what is beyond the edges counts in the outermost bins."""
    bins = len(edges) - 1
    shares = np.zeros((len(values), bins))
    for row, share in zip(values, shares, strict=True):
        inside = np.clip(row[np.isfinite(row)], edges[0], edges[-1])
        share += np.histogram(inside, edges)[0] / max(1, len(row))
    return Histogram(edges, shares)


def weight_histograms(model: Sequential, frames: Frames, bins: int = 24) -> list[Histogram]:
    """The histograms of the kernels of all Dense layers, first layer first.

    The edges are the same for all layers, reach over all weights of all frames, and are symmetric around 0.
    """
    values = [kernel.reshape(len(kernel), -1) for kernel in kernels(model, frames)]
    reach = max(float(np.abs(part[np.isfinite(part)]).max(initial=0.0)) for part in values)
    edges = np.linspace(-1, 1, bins + 1) * min(reach or 1.0, 1e300)
    return [_histogram(part, edges) for part in values]


SMALLEST = 1e-12
"""Smaller gradients, and 0, count at the lower edge of a histogram."""


def gradient_histograms(
    model: Sequential, frames: Frames, x: np.ndarray, y: np.ndarray, bins: int = 24, decades: float = 8.0
) -> list[Histogram]:
    """The histograms of the absolute gradient by the kernel of each Dense layer, at every frame.

    x: shape (rows, inputs), y: targets as in training; of many rows the first are taken. The edges are the same for all
    layers, evenly spread in the logarithm, from at most ``decades`` below the largest gradient up to it.
    """
    taken = max(16, int(WORK / 2 / max(1, len(frames.epochs) * model.w.size)))
    x, y = x[:taken], y[:taken]
    sizes: list[list[np.ndarray]] = [[] for _ in _dense(model)]
    for network in _models_by_frame(model, frames):
        traces = network.inspect(x, y)
        for found, place in zip(sizes, _dense(model), strict=True):
            found.append(np.abs(traces[place].gradients["kernel"]).ravel())
    values = [np.array(found) for found in sizes]
    finite = np.concatenate([each[np.isfinite(each)] for each in values])
    top = float(np.log10(max(finite.max(initial=0.0), 10 * SMALLEST)))
    low = float(np.log10(max(finite[finite > 0].min(initial=1.0), SMALLEST)))
    edges = 10.0 ** np.linspace(max(min(low, top - 1), top - decades), top, bins + 1)
    return [_histogram(each, edges) for each in values]
