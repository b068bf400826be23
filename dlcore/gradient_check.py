"""Gradient check: every derivative of backpropagation compared with its definition.

A derivative is a slope: nudge one weight up and down by h and see how the loss changes,

    dE/dw ≈ (E(w + h) - E(w - h)) / 2h

That needs two passes for every weight, where backpropagation needs two for all. The error of the quotient falls with h²
until the rounding of E, divided by h, takes over; in float64 the best h is near 1e-5. Where a relu has its kink between
w - h and w + h, the two disagree without either being wrong.

Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 11.5, equation 11.6.
"""

from typing import Any, NamedTuple

import numpy as np

from dlcore.models import Sequential

FLOOR = 1e-5
"""The smallest denominator of a relative error: by rounding alone, the quotient for a slope of 0 is about 1e-11."""


class Comparison(NamedTuple):
    """The derivative by one weight, by backpropagation and as a quotient of differences."""

    name: str
    """Of the weight's variable."""

    index: tuple[int, ...]
    """Of the weight in its variable."""

    backprop: float
    """dE/dw by backpropagation."""

    difference: float
    """dE/dw by the quotient of differences."""

    relative_error: float
    """|backprop - difference| / max(|backprop|, |difference|, FLOOR); 1e-7 or less if both are right."""


def gradient_check(
    model: Sequential,
    x: Any,
    y: Any,
    sample: int | None = None,
    *,
    sample_weight: Any = None,
    step: float = 1e-5,
    training: bool = False,
    seed: int = 0,
) -> list[Comparison]:
    """Compare dE/dw of every weight, penalties included, with the quotient of differences; the model stays as it is.

    x, y, sample_weight: a batch as for ``model.evaluate``. sample: how many weights, drawn by ``seed``; None is all.
    step: h. training: whether batch normalization takes the batch's own mean, as it does in training.
    Raises ValueError for data that do not fit, and for ``training`` with dropout, whose loss is not the same twice.
    """
    samples = model._check(x, y, sample_weight)
    if training and any(type(layer).__name__ == "Dropout" for layer in model.layers):
        raise ValueError("with dropout the loss is not the same twice; check with training=False")
    loss = model.loss
    assert loss is not None  # checked above
    before = model.get_weights()

    def error() -> float:
        return loss(samples.y, model.forward(samples.x, training), samples.weight) + model.penalty()

    with np.errstate(all="ignore"):
        error()
        model.backward(loss, samples.y, samples.weight)
        g, table = model.g.copy(), []
        for k in _sample_places(len(g), sample, seed):
            w = model.w[k]
            slope = 0.0
            for sign in (1, -1):
                model.w[k] = w + sign * step
                slope += sign * error() / (2 * step)
            model.w[k] = w
            table.append(_comparison(model, int(k), float(g[k]), slope))
    # in training the moving means have moved with every pass
    model.set_weights(before)
    return table


def _sample_places(count: int, sample: int | None, seed: int) -> np.ndarray:
    if sample is None or sample >= count:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, sample, replace=False))


def _comparison(model: Sequential, k: int, backprop: float, difference: float) -> Comparison:
    names, shapes = model.parameter_names(), [shape for layer in model.layers for shape in layer.shapes.values()]
    name, shape, part = next(found for found in zip(names, shapes, model.slices, strict=True) if k < found[2].stop)
    index = tuple(int(i) for i in np.unravel_index(k - part.start, shape))
    error = abs(backprop - difference) / max(abs(backprop), abs(difference), FLOOR)
    return Comparison(name, index, backprop, difference, error)
