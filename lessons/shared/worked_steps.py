"""Check by hand: every step of a run written out with its numbers, in so many digits that a reader can redo it."""

import math
from collections.abc import Sequence

import numpy as np

from ui.number_format import plain


def gradient_steps(letters: Sequence[str], w: np.ndarray, gradient: np.ndarray, rate: float) -> list[str]:
    """``w ← 1.2000 − 0.1 · 2.3100 = 0.9690`` for every step of a run, one line a weight; the last row has no next step.

    w, gradient: shape (steps + 1, weights). The weights have as many decimals as give five digits to the larger of the
    two terms, the gradient as many as its product with the rate needs; so the sum comes out right by hand to the last
    digit shown, give or take one.
    """
    lines = []
    for now, g, then in zip(w[:-1], gradient[:-1], w[1:], strict=True):
        lines.append("\n".join(_one(*parts, rate) for parts in zip(letters, now, g, then, strict=True)))
    return [
        *lines,
        ",  ".join(f"{letter} = {_shown(v, _decimals(v))}" for letter, v in zip(letters, w[-1], strict=True)),
    ]


def _one(letter: str, w: float, g: float, then: float, rate: float) -> str:
    places = _decimals(max(abs(w), abs(rate * g)))
    slope = _shown(g, max(0, places + 1 + math.ceil(math.log10(rate))))
    shown = f"({slope})" if slope.startswith("−") else slope
    return f"{letter} ← {_shown(w, places)} − {plain(rate)} · {shown} = {_shown(then, places)}"


def _decimals(size: float) -> int:
    return min(12, max(0, 4 - math.floor(math.log10(abs(size))))) if size else 4


def _shown(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    # a minus as long as a plus, and none before a zero
    return text.replace("-", "−") if float(text) else text.replace("-", "")
