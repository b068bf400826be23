"""Sums of a loss: the error of one prediction and its slope written out with their numbers, in letters alone."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dlcore.losses import (
    EPSILON,
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    KLDivergence,
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
from ui.number_format import readable, small
from ui.text.equations import come_out, with_approximations, with_digits

SHORT: dict[type[Loss], str] = {
    MeanSquaredError: "MSE",
    MeanAbsoluteError: "MAE",
    Huber: "Huber",
    LogCosh: "log-cosh",
    MeanAbsolutePercentageError: "MAPE",
    MeanSquaredLogarithmicError: "MSLE",
    Poisson: "Poisson",
    CosineSimilarity: "cosine",
    BinaryCrossentropy: "BCE",
    BinaryFocalCrossentropy: "focal",
    Hinge: "hinge",
    SquaredHinge: "hinge²",
    CategoricalCrossentropy: "CCE",
    SparseCategoricalCrossentropy: "sparse CCE",
    CategoricalFocalCrossentropy: "cat. focal",
    KLDivergence: "KL",
    CategoricalHinge: "cat. hinge",
}
"""What a loss is called in a legend, the same in both languages."""


def short_name(loss: Loss) -> str:
    """The loss's name in a legend."""
    return SHORT.get(type(loss), loss.name())


def number(value: float, digits: int = 4) -> str:
    """A number inside a formula: a negative one in brackets."""
    text = readable(float(value), digits)
    return f"({text})" if text.startswith("−") else text


TYPED = 10
"""How many digits a reader's own number keeps: of 12345 and 12341 the difference is asked for."""


def _as_typed(value: float) -> str:
    return number(value, TYPED)


def _at_least(text: str, value: float) -> str:
    """What is divided by, or put into a logarithm: losses keep it away from 0, and then it is written so."""
    return text if value >= EPSILON else f"max({text}, {small(EPSILON, 1).removeprefix('1×')})"


def error_of(loss: Loss, y: float, p: float) -> str:
    """``(2.5 − 3)² = 0.25``: the error of the prediction p for the target y."""
    value = float(loss.errors(*_rows(loss, y, p)).ravel()[0])
    return f"{_error(loss, y, p)} = {readable(value, 4)}"


def slope_of(loss: Loss, y: float, p: float) -> str:
    """``2·(2.5 − 3) = −1``: the slope of that error by the prediction."""
    value = float(loss.slopes(*_rows(loss, y, p)).ravel()[0])
    return f"{_slope(loss, y, p)} = {readable(value, 4)}".removeprefix(" = ")


def _rows(loss: Loss, y: float, p: float) -> tuple[np.ndarray, np.ndarray]:
    return loss.batch([[y]] if loss.by_row else [y], [[p]] if loss.by_row else [p])


def _side(y: float) -> float:
    return 2 * y - 1 if y in (0, 1) else y


def _error(loss: Loss, y: float, p: float) -> str:
    truth, guess = _as_typed(y), _as_typed(p)
    match loss:
        case MeanSquaredError():
            return f"({guess} − {truth})²"
        case MeanAbsoluteError():
            return f"|{guess} − {truth}|"
        case MeanAbsolutePercentageError():
            return f"100·|{guess} − {truth}| / {_at_least(f'|{truth}|', abs(y))}"
        case MeanSquaredLogarithmicError():
            return f"(ln(1 + {_as_typed(max(p, 0))}) − ln(1 + {truth}))²"
        case Huber(delta):
            r, d = _as_typed(abs(p - y)), _as_typed(delta)
            return f"½·{r}²" if abs(p - y) <= delta else f"{d}·{r} − ½·{d}²"
        case LogCosh():
            return f"ln cosh({readable(p - y, TYPED)})"
        case Poisson():
            return f"{guess} − {truth}·ln {guess}"
        case BinaryCrossentropy(from_logits=True):
            return f"ln(1 + e^{_as_typed(-_side(y) * p)})"
        case BinaryCrossentropy(label_smoothing=smoothing):
            return _surprise(y * (1 - smoothing) + smoothing / 2, p)
        case BinaryFocalCrossentropy(gamma=gamma):
            miss = f"(1 − {guess})" if y == 1 else guess
            return f"{miss}{'²' if gamma == 2 else f'^{_as_typed(gamma)}'}·({_surprise(y, p)})"
        case Hinge():
            return f"max(1 − {_as_typed(_side(y))}·{guess}, 0)"
        case SquaredHinge():
            return f"max(1 − {_as_typed(_side(y))}·{guess}, 0)²"
    raise NotImplementedError(f"{loss.name()} is not written term by term")


def _surprise(y: float, p: float) -> str:
    if y == 1:
        return f"−ln {_at_least(_as_typed(p), p)}"
    if y == 0:
        return f"−ln(1 − {_as_typed(p)})" if 1 - p >= EPSILON else f"−ln {_at_least(f'1 − {_as_typed(p)}', 1 - p)}"
    return f"−{_as_typed(y)}·ln {_as_typed(p)} − {_as_typed(1 - y)}·ln(1 − {_as_typed(p)})"


def _slope(loss: Loss, y: float, p: float) -> str:
    truth, guess, r = _as_typed(y), _as_typed(p), readable(p - y, TYPED)
    match loss:
        case MeanSquaredError():
            return f"2·({guess} − {truth})"
        case MeanAbsoluteError():
            return f"sign({r})"
        case MeanAbsolutePercentageError():
            return f"100·sign({r}) / {_at_least(f'|{truth}|', abs(y))}"
        case MeanSquaredLogarithmicError() if p > 0:
            return f"2·(ln(1 + {guess}) − ln(1 + {truth})) / (1 + {guess})"
        case Huber(delta):
            return r if abs(p - y) <= delta else f"{_as_typed(delta)}·sign({r})"
        case LogCosh():
            return f"tanh({r})"
        case BinaryCrossentropy(from_logits=True):
            return f"σ({readable(p, TYPED)}) − {truth}"
        case BinaryCrossentropy(label_smoothing=smoothing) if 0 < p < 1:
            return f"({guess} − {_as_typed(y * (1 - smoothing) + smoothing / 2)}) / ({guess}·(1 − {guess}))"
        case SquaredHinge() if _side(y) * p < 1:
            return f"−2·{_as_typed(_side(y))}·(1 − {_as_typed(_side(y))}·{guess})"
    return ""


# ---- sums ------------------------------------------------------------------------------------------------------------

MOST_TERMS = 6
"""How many terms of a sum are written out; what is left out is there as dots, and in the table."""


def sum_of(loss: Loss, y_true: np.ndarray, y_pred: np.ndarray) -> str:
    """``((2.5 − 3)² + …) / 4``: the whole loss with its first terms; for rows of classes the terms of every row."""
    errors = loss.errors(*loss.batch(y_true, y_pred)).ravel()
    if isinstance(loss, CosineSimilarity):
        return _cosine(y_true.ravel(), y_pred.ravel(), float(errors[0]))
    shown = [_term(loss, y, p) for y, p in zip(y_true[:MOST_TERMS], y_pred[:MOST_TERMS], strict=True)]
    dots = ["…"] if len(y_true) > MOST_TERMS else []
    terms = _sum([*shown, *dots])
    return f"({terms}) / {len(errors)}\n{_ends(errors, dots)}"


def _ends(errors: np.ndarray, dots: Sequence[str]) -> str:
    """``= (0.25 + …) / 4 = 5.5 / 4 = 1.375``, with so many digits that each follows from the one before."""
    count, total = len(errors), float(errors.sum())
    mean = readable(total / count, 5)
    wholes = [readable(total, digits) for digits in range(5, TYPED + 1)]
    whole = next((each for each in wholes if come_out(f"{each} / {count}", mean)), wholes[0])
    sums = [_sum([*(readable(float(e), digits) for e in errors[:MOST_TERMS]), *dots]) for digits in range(4, TYPED + 1)]
    values = next((each for each in sums if come_out(each, whole)), sums[0])
    return with_approximations(f"= ({values}) / {count} = {whole} / {count} = {mean}")


def _sum(terms: Sequence[str]) -> str:
    """The sum of terms: one that is itself a sum in brackets, one that is subtracted with its own sign."""
    first, *others = (f"({term})" if _is_sum(term) else term for term in terms)
    return first + "".join(f" − {term[1:]}" if term.startswith("−") else f" + {term}" for term in others)


def _is_sum(term: str) -> bool:
    """Whether something is added or subtracted outside of all brackets."""
    depth, inside = 0, False
    for before, sign in pairwise(term):
        depth += {"(": 1, ")": -1}.get(before, 0)
        inside ^= before == "|"
        if sign in "+−" and before == " " and depth == 0 and not inside:
            return True
    return False


def _term(loss: Loss, y: np.ndarray, p: np.ndarray) -> str:
    if not loss.by_row:
        return _error(loss, float(y), float(p))
    y = np.eye(len(p))[int(y)] if loss.targets == "integer" else y
    k = int(np.argmax(y))
    if isinstance(loss, CategoricalHinge):
        rival = float(((1 - y) * p).max())
        return f"max(1 + {_as_typed(rival)} − {_as_typed(p[k])}, 0)"
    if isinstance(loss, KLDivergence):
        return f"1·ln(1 / {_at_least(_as_typed(p[k]), p[k])})"
    if isinstance(loss, CategoricalFocalCrossentropy):
        miss = f"(1 − {_as_typed(p[k])})^{_as_typed(loss.gamma)}"
        return f"{_as_typed(loss.alpha)}·{miss} · (−ln {_at_least(_as_typed(p[k]), p[k])})"
    return f"−ln {_at_least(_as_typed(p[k]), p[k])}"


def _cosine(y: np.ndarray, p: np.ndarray, value: float) -> str:
    def squares(numbers: Sequence[float]) -> str:
        return " + ".join([f"{_as_typed(v)}²" for v in numbers[:MOST_TERMS]] + ["…"] * (len(numbers) > MOST_TERMS))

    pairs = [f"{_as_typed(a)}·{_as_typed(b)}" for a, b in zip(y[:MOST_TERMS], p[:MOST_TERMS], strict=True)]
    top = " + ".join(pairs + ["…"] * (len(y) > MOST_TERMS))

    def ends(digits: int) -> str:
        lengths = " · ".join(f"√{readable(float(v @ v), digits)}" for v in (y, p))
        return f"= −{number(float(y @ p), digits)} / ({lengths}) = {readable(value, 5)}"

    return f"−({top}) / (√({squares(list(y))}) · √({squares(list(p))}))\n{with_digits(ends, least=5, most=TYPED)}"
