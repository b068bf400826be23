"""Validation of samples: inputs and targets, checked once and brought into the form that trains fast.

    samples = checked(x, y, sample_weight, loss, input_shape, output_shape)
    training, validation = split(samples, 0.2)

Everything that can be wrong with data is found here, before the first step; training itself checks nothing.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.layers import Shape
from dlcore.losses import Loss


class Samples(NamedTuple):
    """Inputs, targets and sample weights, in the same order."""

    x: np.ndarray
    """Inputs, shape (samples, features)."""

    y: np.ndarray
    """Targets, shape (samples, ...)."""

    weight: np.ndarray | None
    """Shape (samples,); None for equal weights."""

    def part(self, which: slice) -> "Samples":
        """Views of some of the samples."""
        return Samples(self.x[which], self.y[which], None if self.weight is None else self.weight[which])

    def copy(self) -> "Samples":
        return Samples(self.x.copy(), self.y.copy(), None if self.weight is None else self.weight.copy())

    def reorder(self, source: "Samples", order: np.ndarray) -> None:
        """Overwrite the arrays with those of ``source`` in that order, so that views of the parts stay valid."""
        for own, other in zip(self, source, strict=True):
            if own is not None and other is not None:
                other.take(order, axis=0, out=own, mode="clip")  # "raise" would make a copy first


def numbers(values: Any, what: str) -> np.ndarray:
    """``values`` as floats; ValueError if one of them is none, or if there is nothing."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be numbers in rows of equal length; turn text into numbers first") from None
    if array.ndim == 0 or array.size == 0:
        raise ValueError(
            f"{what} is empty; at least one sample is needed" if array.ndim else f"{what} must be an array"
        )
    if not np.isfinite(array).all():
        where = int(np.argwhere(~np.isfinite(array))[0][0])
        raise ValueError(f"{what}[{where}] holds NaN or infinity; leave such samples out or fill them in first")
    return array


def rows(x: Any, input_shape: Shape) -> np.ndarray:
    """Inputs as rows of numbers, shape (samples, features)."""
    x = numbers(x, "x")
    if x.ndim == 1 and input_shape == (1,):
        x = x[:, None]  # as in Keras: a list of numbers is one number a sample
    if x.shape[1:] != input_shape:
        advice = "; put a single sample into a batch, x[None]" if x.shape == input_shape else ""
        expected = ", ".join(str(n) for n in ("samples", *input_shape))
        raise ValueError(f"x has shape {x.shape}; the model takes ({expected}){advice}")
    return x.reshape(len(x), -1)


def targets(y: Any, loss: Loss, count: int, output_shape: Shape) -> np.ndarray:
    """Targets of ``count`` samples that suit the loss and the output."""
    y = numbers(y, "y")
    if len(y) != count:
        raise ValueError(f"x has {count} samples and y {len(y)}; every sample needs one target")
    if loss.targets != "integer" and y.ndim == 1 and output_shape == (1,):
        y = y[:, None]
    # the predictions are asked for their shape only
    loss.check(y, np.broadcast_to(0.0, (count, *output_shape)))
    return y.reshape(count, -1) if len(output_shape) > 1 else y


def check(x: Any, y: Any, sample_weight: Any, loss: Loss, input_shape: Shape, output_shape: Shape) -> Samples:
    """Inputs, targets and weights in the form in which a model trains; ValueError says what does not fit."""
    x = rows(x, input_shape)
    y = targets(y, loss, len(x), output_shape)
    if sample_weight is None:
        return Samples(x, y, None)
    weight = numbers(sample_weight, "sample_weight")
    if weight.shape != (len(x),):
        raise ValueError(f"sample_weight has shape {weight.shape}; it must be ({len(x)},), one weight a sample")
    if (weight < 0).any():
        raise ValueError("sample_weight holds a number below 0; a weight says how often a sample counts")
    return Samples(x, y, weight)


def split(samples: Samples, fraction: float) -> tuple[Samples, Samples]:
    """The first samples for training and the last ``fraction`` of them for validation, as Keras cuts them."""
    if isinstance(fraction, bool) or not 0 < fraction < 1:
        raise ValueError(f"validation_split must be above 0 and below 1; it is {fraction!r}")
    count = len(samples.x)
    cut = math.floor(count * (1 - fraction))
    if cut in (0, count):
        empty = "training" if cut == 0 else "validation"
        raise ValueError(f"validation_split={fraction:g} of {count} samples leaves none for {empty}; try 0.2")
    return samples.part(slice(cut)), samples.part(slice(cut, None))


def labels(y: np.ndarray) -> np.ndarray:
    """The class of every sample: the place of the largest number of a row, or the number itself."""
    return y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y)).astype(np.int64)


def known_classes(y: np.ndarray, loss: Loss, output_shape: Shape) -> list[int]:
    """The classes that a model tells apart, whether or not they are among the targets ``y`` of one batch or part."""
    if output_shape[-1] > 1:
        return list(range(output_shape[-1]))
    signs = {-1} if loss.margin and loss.targets == "binary" else set()
    return sorted(signs | {0, 1} | set(labels(y).tolist()))


def weights_by_class(y: np.ndarray, class_weight: Mapping[int, float], known: Sequence[int]) -> np.ndarray:
    """The weight of every sample by its class; a class that is not named weighs 1, as in Keras.

    known: the classes that the model has (see ``known_classes``); ValueError for a weight of any other.
    """
    classes, places = np.unique(labels(y), return_inverse=True)
    strangers = [label for label in class_weight if label not in known]
    if strangers:
        said = ", ".join(str(label) for label in known[:20]) + (", …" if len(known) > 20 else "")
        raise ValueError(f"class_weight names the class {strangers[0]!r}; the model has the classes {said}")
    return np.array([float(class_weight.get(int(label), 1.0)) for label in classes])[places]


def refuse_one_class(y: np.ndarray, loss: Loss) -> None:
    """Raise ValueError if targets that are classes are all the same: there is nothing to tell apart."""
    if loss.targets not in ("binary", "one_hot", "integer") or len(y) < 2 or (y != y[0]).any():
        return
    raise ValueError(
        f"all {len(y)} training samples are of one class, {y[0].tolist()}; at least two classes are needed. "
        "If the samples are sorted by class, validation_split may have cut the others off: shuffle x and y first"
    )
