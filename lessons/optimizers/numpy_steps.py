"""NumPy steps: an optimizer's step as lines of Python, read off the lines of its formula, and a loop of such steps."""

import re
from collections.abc import Sequence

import numpy as np

from dlcore.optimizers import Nadam, Optimizer
from dlcore.surfaces import Surface
from lessons.optimizers.worked_formulas import FORMULAS
from lessons.shared import numpy_loops
from ui.script_export import short_program

PYTHON = {
    "←": "=", "−": "-", "·": " * ", "/": " / ", "√v̂": "np.sqrt(v_hat)", "√(": "np.sqrt(", "|g|": "abs(g)",
    "max(": "np.maximum(", "sign(": "np.sign(", "²": "**2", "ᵗ": "**t", "m̂": "m_hat", "v̂": "v_hat",
    "₁": "_1", "₂": "_2", "β": "beta", "μ′": "mu_next", "μ": "mu", "η": "eta", "ρ": "rho", "ε": "epsilon", "λ": "decay",
}  # fmt: skip
"""How Python writes what a formula writes, in the order in which it is replaced."""

SETTINGS = {
    "beta": "momentum", "rho": "rho", "beta_1": "beta_1", "beta_2": "beta_2", "epsilon": "epsilon",
    "decay": "weight_decay",
}  # fmt: skip
"""The settings of optimizers by their names in the program."""

NADAM = "mu, mu_next = (beta_1 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))"
"""The momentum of a step of Nadam and that of the next one."""


def loop(name: str, rule: Optimizer, surface: Surface, start: Sequence[float], steps: int) -> str:
    """One run of the rule of that name, which prints the weights after every step."""
    known = settings_and_memory(name, rule)
    run = [
        f"w = np.array({list(start)!r})",
        f"{', '.join(known)} = {', '.join(map(repr, known.values()))}",
        f"for t in range(1, {steps} + 1):",
        *(f"    {line}" for line in ("g = gradient(*w)", *step_lines(name, rule), "print(t, w)")),
    ]
    return short_program(*numpy_loops.landscape(surface), "\n".join(run))


def step_lines(name: str, rule: Optimizer) -> list[str]:
    """The lines of a step of the rule of that name."""
    lines = [as_python(line) for line in FORMULAS[name]]
    # its momentum is another one at every step
    return [NADAM, *lines] if isinstance(rule, Nadam) else lines


def settings_and_memory(name: str, rule: Optimizer) -> dict[str, float]:
    """What these lines use: the rate, the settings, and what is remembered as it is before the first step."""
    used = set(re.findall(r"\w+", " ".join(step_lines(name, rule))))
    settings = {"eta": rule.rate(1)}
    settings |= {key: float(getattr(rule, field)) for key, field in SETTINGS.items() if key in used}
    memory = {letter: float(part.flat[0]) for letter, part in rule.start(np.zeros(1)).items()}
    return settings | memory


def as_python(line: str) -> str:
    """A line of a formula as Python writes it."""
    for sign, python in PYTHON.items():
        line = line.replace(sign, python)
    return line
