"""NumPy loops: gradient descent on a landscape in a few lines, complete in themselves, to copy and to run elsewhere.

    loop(Himmelblau(), (-0.5, -1.0), 0.01, 40)          the program of one run, a line printed a step

The landscape's own lines are read off its class, so that the program cannot drift from what ran.
"""

import inspect
import re
from collections.abc import Sequence
from textwrap import dedent

from dlcore.surfaces import LineFit, OwnFormula, SlopeFit, Surface
from ui.script_export import short_program

NUMPY_NAMES: dict[str, str] = {"min": "minimum as min", "max": "maximum as max"}
"""What NumPy calls what a formula calls otherwise."""

CENTRAL_DIFFERENCES = """\
def gradient(*w):  # central differences
    return np.array([(E(*(w + d)) - E(*(w - d))) / 2e-6 for d in 1e-6 * np.eye(len(w))])"""


def loop(surface: Surface, start: Sequence[float], rate: float, steps: int) -> str:
    """One run, which prints the weights after every step."""
    run = f"""\
w, rate = np.array({list(start)!r}), {rate!r}
for step in range(1, {steps} + 1):
    w = w - rate * gradient(*w)
    print(step, w)"""
    return short_program(*landscape(surface), run)


def landscape(surface: Surface, height: bool = False) -> list[str]:
    """The lines that define gradient(*w), and E(*w) where the ``height`` is wanted too."""
    if isinstance(surface, OwnFormula):
        return [*_import_line(surface.text), _own_height(surface), CENTRAL_DIFFERENCES]
    if isinstance(surface, SlopeFit | LineFit):
        return _fit(surface, height)
    rule = type(surface)
    lines = [_lines_of(rule.__call__, "E")] if height else []
    return [*lines, _lines_of(rule.gradient, "gradient")]


def _lines_of(method: object, name: str) -> str:
    """The source of a method as that of a function of that name."""
    source = dedent(inspect.getsource(inspect.unwrap(method)))  # type: ignore[arg-type]
    return re.sub(r"def \w+\(self, ", f"def {name}(", source, count=1).strip()


def _fit(surface: SlopeFit | LineFit, height: bool) -> list[str]:
    """The error of a line through data, by the means of the data alone: these are numbers, the rows would be many."""
    m = {key: float(f"{value:.14g}") for key, value in surface.moments._asdict().items()}
    if isinstance(surface, SlopeFit):
        means = f"xx, xy, yy = {m['xx']}, {m['xy']}, {m['yy']}  # means of x·x, x·y and y·y over the standardised data"
        error = "def E(w):\n    return w * w * xx - 2 * w * xy + yy"
        slope = "def gradient(w):\n    return 2 * (w * xx - xy)"
    else:
        numbers = ", ".join(str(m[key]) for key in ("x", "y", "xx", "xy", "yy"))
        means = f"x, y, xx, xy, yy = {numbers}  # means of x, y, x·x, x·y and y·y over the data"
        error = "def E(a, b):\n    return a * a * xx + 2 * a * b * x + b * b - 2 * a * xy - 2 * b * y + yy"
        slope = "def gradient(a, b):\n    return 2 * np.array([a * xx + b * x - xy, a * x + b - y])"
    return [means, *([error] if height else []), slope]


def _import_line(text: str) -> list[str]:
    """The line that imports the functions of a formula, and what NumPy does not have."""
    found: list[str] = re.findall(r"[a-z]+", re.sub(r"\d[\d.]*e[+-]?\d+", "", text))
    names = sorted(set(found) - {"x", "y", "sigmoid"})
    lines = [f"from numpy import {', '.join(NUMPY_NAMES.get(name, name) for name in names)}"] if names else []
    if "sigmoid" in text:
        lines.append("def sigmoid(z):\n    return 1 / (1 + np.exp(-z))")
    return lines


def _own_height(surface: OwnFormula) -> str:
    return f"def E({', '.join(surface.weights)}):\n    return {' '.join(surface.text.split())}"
