"""NumPy losses: the error of predictions p for targets y and its slope, each as an expression of NumPy alone."""

from collections.abc import Iterable
from typing import NamedTuple

from dlcore.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CosineSimilarity,
    Hinge,
    Huber,
    LogCosh,
    Loss,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)


class Expressions(NamedTuple):
    """The error of every prediction, and its slope by that prediction where a page shows it."""

    error: str
    slope: str = ""


OFF_THE_ENDS = "q = np.clip(p, 1e-7, 1 - 1e-7)  # there is no logarithm of 0"
SHARES = "q = np.clip(p / p.sum(axis=1, keepdims=True), 1e-7, 1 - 1e-7)  # there is no logarithm of 0"
SIGN = "s = 2 * y - 1  # -1 or 1"
SURPRISE = "e = -(y * np.log(q) + (1 - y) * np.log(1 - q))  # cross-entropy"
LOGARITHMS = "d = np.log(1 + np.maximum(p, 0)) - np.log(1 + y)"
"""The lines that some expressions build on."""


def expressions(loss: Loss) -> Expressions | None:
    """The expressions of a loss in y and p, and in what ``lines_before`` defines; None if they would be too long."""
    match loss:
        case MeanSquaredError():
            return Expressions("(p - y)**2", "2 * (p - y)")
        case MeanAbsoluteError():
            return Expressions("abs(p - y)", "np.sign(p - y)")
        case Huber(delta):
            error = f"np.where(abs(p - y) <= {delta}, (p - y)**2 / 2, {delta} * abs(p - y) - {delta}**2 / 2)"
            return Expressions(error, f"np.clip(p - y, -{delta}, {delta})")
        case LogCosh():
            return Expressions("np.log(np.cosh(p - y))", "np.tanh(p - y)")
        case MeanAbsolutePercentageError():
            size = "np.maximum(abs(y), 1e-7)"
            return Expressions(f"100 * abs(p - y) / {size}", f"100 * np.sign(p - y) / {size}")
        case MeanSquaredLogarithmicError():
            return Expressions("d**2", "2 * d * (p > 0) / (1 + np.maximum(p, 0))")
        case Poisson():
            return Expressions("p - y * np.log(p)")
        case CosineSimilarity():
            return Expressions("-(y @ p) / np.sqrt((y @ y) * (p @ p))")
        case BinaryCrossentropy(from_logits=True):
            return Expressions("np.log(1 + np.exp(-s * p))", "1 / (1 + np.exp(-p)) - y")
        case BinaryCrossentropy(label_smoothing=smoothing):
            t = "t" if smoothing else "y"
            return Expressions(f"-({t} * np.log(q) + (1 - {t}) * np.log(1 - q))", f"(q - {t}) / (q * (1 - q))")
        case BinaryFocalCrossentropy(gamma=gamma):
            slope = f"abs(y - q)**{gamma} * (q - y) / (q * (1 - q)) - s * {gamma} * abs(y - q)**{gamma - 1} * e"
            return Expressions(f"abs(y - q)**{gamma} * e", slope)
        case Hinge():
            return Expressions("np.maximum(1 - s * p, 0)", "-s * (s * p < 1)")
        case SquaredHinge():
            return Expressions("np.maximum(1 - s * p, 0)**2", "-2 * s * np.maximum(1 - s * p, 0)")
        case CategoricalCrossentropy() | SparseCategoricalCrossentropy():
            return Expressions("-np.log(q[np.arange(len(y)), y])")
    return None


def lines_before(losses: Iterable[Loss]) -> list[str]:
    """The lines that define what the expressions of these losses are written in, beside y and p."""
    clips, further = dict[str, None](), dict[str, None]()
    for loss in losses:
        match loss:
            case CategoricalCrossentropy() | SparseCategoricalCrossentropy():
                clips[SHARES] = None
            case BinaryCrossentropy(from_logits=False, label_smoothing=smoothing):
                clips[OFF_THE_ENDS] = None
                if smoothing:
                    further[f"t = {1 - smoothing} * y + {smoothing / 2}  # smoothed"] = None
            case BinaryFocalCrossentropy():
                clips[OFF_THE_ENDS] = None
                further |= dict.fromkeys([SURPRISE, SIGN])
            case MeanSquaredLogarithmicError():
                further[LOGARITHMS] = None
            case Hinge() | SquaredHinge() | BinaryCrossentropy(from_logits=True):
                further[SIGN] = None
    return [*clips, *further]
