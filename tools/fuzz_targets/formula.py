"""Fuzz target: a formula that somebody types, with its gradient."""

import cmath
import random
import warnings

import numpy as np

from dlcore import formulas
from dlcore.formulas import Formula, FormulaError, Node
from tools.fuzz_targets.target import as_text

POINTS = np.array([-2.0, -0.5, 0.0, 1.0, 1e300, np.inf, np.nan])
PLACES = ((0.7320508, 1.6180339), (2.2360679, -0.5772156))


def check_formula(data: bytes) -> None:
    """A formula whose values and gradients are arrays of the right shape and right, or an error within the text."""
    text = as_text(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            f = formulas.read(text)
        except FormulaError as error:
            _formula_refused(text, error)
            return
        _formula_accepted(text, f)


def _formula_refused(text: str, error: FormulaError) -> None:
    assert error.reason in formulas.REASONS
    assert 0 <= error.position <= error.position + error.length <= len(text)
    assert error.length > 0 or error.reason == "empty"
    assert text[error.position :].startswith(error.excerpt)
    assert len(error.excerpt) <= 40
    assert f"character {error.position + 1}" in str(error)
    assert len(str(error)) < 400


def _formula_accepted(text: str, f: Formula) -> None:
    assert f.text == text.strip()
    value, gradient = f.value_and_gradient(POINTS, POINTS[:, None])
    assert value.shape == (7, 7)
    assert gradient.shape == (len(f.variables), 7, 7)
    assert value.dtype == gradient.dtype == np.float64
    assert np.isnan(gradient[:, np.isnan(value)]).all()
    again = formulas.read(f.text)
    assert again == f
    assert again.root == f.root
    try:
        assert formulas.read(_as_text(f.root)).root == f.root
    except FormulaError as error:
        # with a bracket for every operation a formula may become too long, and only that
        assert error.limit, (_as_text(f.root), str(error))
    latex = f.latex
    assert latex
    assert len(latex) < 100_000
    assert latex.count("{") == latex.count("}")
    assert latex.count("(") == latex.count(")")
    for place in PLACES:
        _gradient_is_right(f, place)


def _as_text(node: Node) -> str:
    """A tree as a text with every bracket; written anew, not asked of the formula."""
    if isinstance(node, str):
        return node
    if not isinstance(node, formulas.Apply):
        return repr(float(node))
    parts = [_as_text(part) for part in node.parts]
    if node.rule == "negative":
        return f"(-{parts[0]})"
    return f"({node.rule.join(parts)})" if node.rule in formulas.OPERATORS else f"{node.rule}({', '.join(parts)})"


def _gradient_is_right(f: Formula, place: tuple[float, float]) -> None:
    """Im f(x + ih) / h is the slope without any cancellation; it counts where noise in every operation hardly moves it.

    Source: Squire & Trapp, Using complex variables to estimate derivatives of real functions (1998).
    """
    height, slopes = f.value_and_gradient(*place)
    for k, slope in enumerate(slopes):
        moved = [complex(u, 1e-20 if k == j else 0) for j, u in enumerate(place)]
        exact, noisy = (_complex(f.root, moved[0], moved[1], noise) for noise in (0.0, 1e-10))
        if exact is None or noisy is None or not np.isfinite([height, slope]).all():
            continue
        for ours, one, other in (
            (float(height), exact.real, noisy.real),
            (float(slope), exact.imag / 1e-20, noisy.imag / 1e-20),
        ):
            size = max(abs(one), abs(other))
            # subnormal numbers lose their digits
            if 1e-200 < size < 1e200 and abs(one - other) < 1e-6 * size:
                assert abs(ours - one) <= 1e-4 * size, (f.text, place, ours, one)


def _complex(node: Node, x: complex, y: complex, noise: float) -> complex | None:
    """The value of a tree at complex weights by Python's own functions; None where it is not real."""
    draw = random.Random(0)

    def value(node: Node) -> complex:
        if isinstance(node, str):
            return {"x": x, "y": y, "pi": complex(cmath.pi), "e": complex(cmath.e)}[node]
        if not isinstance(node, formulas.Apply):
            return complex(float(node))
        found = _operation(node.rule, [value(part) for part in node.parts])
        # of its own in the slope: common noise would cancel where the slopes do
        up, across = (1 + noise * draw.uniform(-1, 1) for _ in range(2))
        return complex(found.real * up, found.imag * across)

    try:
        found = value(node)
    except (ArithmeticError, ValueError):
        return None
    return found if cmath.isfinite(found) else None


def _operation(rule: str, parts: list[complex]) -> complex:
    u, v = parts[0], parts[-1]
    match rule:
        case "+":
            return u + v
        case "-":
            return u - v
        case "*":
            return u * v
        case "/":
            return u / v
        case "**":
            if v.imag == 0 and v.real == round(v.real) and abs(v.real) <= 100:
                return u ** int(v.real)
            return cmath.exp(v * cmath.log(_positive(u)))
        case "negative":
            return -u
        case "min":
            return u if u.real <= v.real else v
        case "max":
            return u if u.real >= v.real else v
        case "abs":
            return u if u.real > 0 else -u if u.real < 0 else 0j
        case "sigmoid":
            return 1 / (1 + cmath.exp(-u))
        case "log":
            return cmath.log(_positive(u))
        case "sqrt":
            return cmath.sqrt(_positive(u))
        case "arctan":
            return cmath.atan(u)
    return getattr(cmath, rule)(u)


def _positive(u: complex) -> complex:
    if u.real <= 0:
        raise ValueError("not real, or with an infinite slope")
    return u


FORMULAS = """
x**2 + 3*sin(y)|100*(y - x**2)**2 + (1 - x)**2|(x*y)**(x - y)|exp(-(x**2 + y**2))|log(x)/log(y)|ln(x*y)
sqrt(x**2 + y**2)|abs(x - 3*y)|tan(x/2)|sinh(x) - cosh(y)|tanh(x*y)|arctan(y/x)|sigmoid(3*x - y)|max(x, y)
min(x**2, 2*y)|pi*x + e**y|x^2^3|2**-x|-2**2*x|1e-3*x + .5*y + 2.|((x))|sin (x)|- - x|ｘ＊＊２＋（ｙ）
2×x − 3·y ÷ 2|𝑥 + 𝟐|X + Sin(Y)|x + \ud30c\uc774|x²|9**9**9**9|x**999999999|x.__class__|__import__('os')
(lambda: 0)()|[x for x in (1,)]|x = 1|x\x00y|f'{x}'|0x1f|1_000|1e400|1/0|x**0.5|x(y)|2x|sin|sin()|max(x)|()
x, y|y = 2x² + 1|E(w1, w2) = w1² + 2w2²|3x²y|2w + b|1/2x|2πx(y + 1)|x⁻¹
""".strip().replace("\n", "|")

FORMULA_WORDS = (
    *formulas.NAMES,
    *(name + "(" for name in (*formulas.FUNCTIONS, *formulas.ALIASES)),
    *(
        "**",
        "^",
        "+",
        "-",
        "*",
        "/",
        "//",
        "(",
        ")",
        ",",
        ".",
        "1e3",
        "1e-300",
        "1000000",
        "0.5",
        "20",
        "-20",
        "²",
        "⁻¹",
        "π",
        "y =",
        "w",
        "w1",
        "w2",
        "−",
        "×",
    ),
    *(
        "if",
        "else",
        "lambda",
        "not",
        "in",
        "is",
        "and",
        "or",
        "=",
        ":=",
        "_",
        "0x",
        "j",
        "'",
        '"',
        "\n",
        "\\",
        "#",
        ";",
        "[",
        "{",
    ),
)


def formula_worst() -> dict[str, bytes]:
    nested = "x"
    while len(nested) < 190:
        nested = f"({nested})"
    texts = {
        "9**9**9**9": "9**9**9**9",
        "a chain of ^": "^".join("x" * 100),
        "a chain of ^2": "x" + "^2" * 99,
        "20 powers of 20": "((((((((((x**20)**20)**20)**20)**20)**20)**20)**20)**20)**20)",
        "brackets": nested,
        "brackets, open": "(" * 200,
        "signs": "-" * 199 + "x",
        "functions": "sin(" * 20 + "x" + ")" * 20,
        "99 sums of x": "+".join("x" * 100)[:199],
        "products of tan": "*".join(["tan(x*y)"] * 22),
        "long digits": "9" * 200,
        "long digits, 1 MB": "9" * 1_000_000,
        "1e-300 times 1e-300": "*".join(["1e-300"] * 28),
        "wide letters, 1 MB": "ｘ" * 333_333,
        "NUL": "\0" * 200,
    }
    return {name: text.encode() for name, text in texts.items()}
