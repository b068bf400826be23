"""Worked formulas: the lines of every optimizer's step in letters, and the same lines with the numbers of a step."""

import re
from collections.abc import Mapping

import numpy as np

from dlcore.optimizers import Nadam, Optimizer
from ui.number_format import readable, small
from ui.text.equations import come_out

_SQUARES = "v ← ρ·v + (1 − ρ)·g²"
_MEAN, _MEAN_SQUARE = "m ← β₁·m + (1 − β₁)·g", "v ← β₂·v + (1 − β₂)·g²"
_CORRECTED, _CORRECTED_SQUARE = "m̂ = m/(1 − β₁ᵗ)", "v̂ = v/(1 − β₂ᵗ)"
_ADAM = (_MEAN, _MEAN_SQUARE, _CORRECTED, _CORRECTED_SQUARE)
_BY_ROOT = "w ← w − η/(√v̂ + ε)·m̂"

FORMULAS: dict[str, tuple[str, ...]] = {
    "sgd": ("w ← w − η·g",),
    "momentum": ("v ← β·v − η·g", "w ← w + v"),
    "nesterov": ("v ← β·v − η·g", "w ← w − η·g + β·v"),
    "adagrad": ("G ← G + g²", "w ← w − η/√(G + ε)·g"),
    "rmsprop": (_SQUARES, "w ← w − η/√(v + ε)·g"),
    "rmsprop_momentum": (_SQUARES, "m ← β·m + η/√(v + ε)·g", "w ← w − m"),
    "rmsprop_centered": (_SQUARES, "a ← ρ·a + (1 − ρ)·g", "w ← w − η/√(v − a² + ε)·g"),
    "adadelta": (_SQUARES, "d = √(u + ε)/√(v + ε)·g", "u ← ρ·u + (1 − ρ)·d²", "w ← w − η·d"),
    "adam": (*_ADAM, _BY_ROOT),
    "amsgrad": (
        *(_MEAN, _MEAN_SQUARE, "v_max ← max(v_max, v)", _CORRECTED, "v̂ = v_max/(1 − β₂ᵗ)"),
        _BY_ROOT,
    ),
    "adamw": (*_ADAM, "w ← w − η·λ·w − η/(√v̂ + ε)·m̂"),
    "adamax": (_MEAN, "u ← max(β₂·u, |g|)", _CORRECTED, "w ← w − η/(u + ε)·m̂"),
    "nadam": (
        *("p ← p·μ", _MEAN, _MEAN_SQUARE, "m̂ = μ′/(1 − p·μ′)·m + (1 − μ)/(1 − p)·g", _CORRECTED_SQUARE),
        _BY_ROOT,
    ),
    "lion": ("c = β₁·m + (1 − β₁)·g", "w ← w − η·sign(c)", "m ← β₂·m + (1 − β₂)·g"),
}
"""By rule, the lines of its step in the order in which they are worked out: each uses what those before it made."""

PARTS = {"m̂": "m_hat", "v̂": "v_hat"}
"""Letters of formulas that ``Optimizer.step_terms`` knows by another name."""

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LETTER = re.compile("max|sign|v_max|m̂|v̂|β₁ᵗ|β₂ᵗ|β₁|β₂|μ′|[a-zA-Zβηρελμ]")


def lines_of(
    name: str, rule: Optimizer, t: int, before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]
) -> list[str]:
    """Every line of step ``t`` (1, 2, ...) of a rule: ``v ← β·v − η·g = 0.9·(0, 0) − 0.1·(1, 2) = (−0.1, −0.2)``.

    before: the weights "w", the gradient "g" and the memory before the step. after: the named parts of the step. The
    numbers have so many digits that they give the result that is shown; where the most do not, it has a ≈.
    """
    known = dict(before)
    lines = []
    for line in FORMULAS[name]:
        letter, _, right = re.split(" ([←=]) ", line, maxsplit=1)
        made = after[PARTS.get(letter, letter)]
        result = in_brackets(made)
        for more in range(MOST_MORE):
            numbers = _with_numbers(right, settings_of(rule, t, 4 + more), known, 5 + more)
            if come_out(numbers, result):
                lines.append(f"{line} = {numbers} = {result}")
                break
        else:
            lines.append(f"{line} = {_with_numbers(right, settings_of(rule, t), known)} ≈ {result}")
        known[letter] = made
    return lines


MOST_MORE = 5
"""How many digits more than usual are tried."""


def _with_numbers(right: str, texts: Mapping[str, str], known: Mapping[str, np.ndarray], digits: int = 5) -> str:
    return _LETTER.sub(lambda found: _value_or_letter(found[0], texts, known, digits), right)


def settings_of(rule: Optimizer, t: int, digits: int = 4) -> dict[str, str]:
    """The settings of a rule by the letter of its formula, as they are written in step ``t``."""
    settings = {"η": rule.rate(t), "λ": rule.weight_decay or 0.0}
    fields = {"β": "momentum", "ρ": "rho", "β₁": "beta_1", "β₂": "beta_2", "ε": "epsilon"}
    settings |= {letter: getattr(rule, field) for letter, field in fields.items() if hasattr(rule, field)}
    if isinstance(rule, Nadam):
        settings |= {"μ": rule.mu(t), "μ′": rule.mu(t + 1)}
    texts = {letter: small(float(value), digits) for letter, value in settings.items()}
    powers = {f"{beta}ᵗ": texts[beta] + str(t).translate(_RAISED) for beta in ("β₁", "β₂") if beta in texts}
    return texts | powers


def in_brackets(values: np.ndarray, digits: int = 5) -> str:
    """The numbers of all weights in brackets; a number that belongs to all of them alone."""
    shown = [readable(float(v), digits) for v in np.atleast_1d(values)]
    return shown[0] if np.ndim(values) == 0 else f"({', '.join(shown)})"


def _value_or_letter(letter: str, texts: Mapping[str, str], known: Mapping[str, np.ndarray], digits: int) -> str:
    if letter in texts:
        return texts[letter]
    return in_brackets(known[letter], digits) if letter in known else letter
