"""Check by hand: every step of a run written out with its numbers, in so many digits that a reader can redo it."""

import math
from collections.abc import Sequence

import numpy as np

from ui.number_format import plain


def gradient_steps(letters: Sequence[str], w: np.ndarray, gradient: np.ndarray, rate: float) -> list[str]:
    """``w ← 1.2000 − 0.1 · 2.3100 = 0.9690`` for every step of a run, one line a weight; the last row has no next step.

    w, gradient: shape (steps + 1, weights). The weights have as many decimals as give five digits to the larger of the
    two terms, the gradient as many as its product with the rate needs; and both have more where the sum of what is
    shown would not round to the result that is shown.
    """
    lines = []
    for now, g, then in zip(w[:-1], gradient[:-1], w[1:], strict=True):
        lines.append("\n".join(_one(*parts, rate) for parts in zip(letters, now, g, then, strict=True)))
    return [
        *lines,
        ",  ".join(f"{letter} = {_decimal(v, _decimals(v))}" for letter, v in zip(letters, w[-1], strict=True)),
    ]


def _one(letter: str, w: float, g: float, then: float, rate: float) -> str:
    least = _decimals(max(abs(w), abs(rate * g)))
    for places in range(least, least + MOST_MORE):
        now, slope, result = _numbers_shown(w, g, then, rate, places)
        if _comes_out(now, slope, result, rate, places):
            break
    else:
        return _equation(letter, *_numbers_shown(w, g, then, rate, least), rate, "≈")
    return _equation(letter, now, slope, result, rate, "=")


MOST_MORE = 7
"""How many decimals more than usual are tried, until the sum comes out: each does so in three of four cases."""


def _numbers_shown(w: float, g: float, then: float, rate: float, places: int) -> tuple[str, str, str]:
    slope = _decimal(g, max(0, places + 1 + math.ceil(math.log10(rate))))
    return _decimal(w, places), slope, _decimal(then, places)


def _comes_out(now: str, slope: str, result: str, rate: float, places: int) -> bool:
    """Whether the numbers shown give the result shown, however a half is rounded."""
    w, g, then = (float(text.replace("−", "-")) for text in (now, slope, result))
    return abs(w - rate * g - then) < 0.4999 * 10.0**-places


def _equation(letter: str, now: str, slope: str, result: str, rate: float, sign: str) -> str:
    shown = f"({slope})" if slope.startswith("−") else slope
    return f"{letter} ← {now} − {plain(rate)} · {shown} {sign} {result}"


def _decimals(size: float) -> int:
    return min(12, max(0, 4 - math.floor(math.log10(abs(size))))) if size else 4


def _decimal(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    # a minus as long as a plus, and none before a zero
    return text.replace("-", "−") if float(text) else text.replace("-", "")
