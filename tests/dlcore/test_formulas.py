"""Formulas against what they mean: Python's arithmetic, complex steps, central differences, and the text as typed."""

import cmath
import doctest
import math
import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from dlcore import formulas
from dlcore.formulas import ALIASES, FUNCTIONS, LIMITS, REASONS, Formula, FormulaError, read
from tools.fuzz_targets.formula import check_formula

VARIED = """
x | x + y | 3 - x | x*y | x/y | -x | +x | x**2 + 3*sin(y) | x**3*y**-2 | 2**x | x**y | (x*y)**(x - y) | x**0.5 | x**1
x**0 | 100*(y - x**2)**2 + (1 - x)**2 | (x**2 + y - 11)**2 + (x + y**2 - 7)**2 | exp(-(x**2 + y**2)) | log(x)/log(y)
ln(x*y) | sqrt(x**2 + y**2) | abs(x - 3*y) | tan(x/2) | sinh(x) - cosh(y) | tanh(x*y) | arctan(y/x) | atan(x)
sigmoid(3*x - y)
max(x, y) | min(x**2, 2*y) | max(x, 1)*min(y, 1) | pi*x + e**y | sin(cos(x))*exp(sin(y)) | 1/(1 + exp(-x)) | x^2 + y^2
-x**2 | (-x)**2 | x - (y - x) | 2**-x | -2**2*x | 5 | pi | 1e-3*x | .5*x + 2.*y | 2**3**2/x | ((x)) | sin (x) | - - x
""".replace("\n", "|").split("|")
VARIED = [text.strip() for text in VARIED if text.strip()]

# --- Values and gradients -----------------------------------------------------------------------------------------


def namespace(x: float, y: float) -> dict[str, object]:
    """What the names mean to Python itself."""
    ours = {"sigmoid": lambda u: 1 / (1 + math.exp(-u)), "arctan": math.atan, "ln": math.log}
    names = {name: getattr(math, name) for name in [*FUNCTIONS, *ALIASES] if hasattr(math, name)}
    return {**names, **ours, "abs": abs, "min": min, "max": max, "pi": math.pi, "e": math.e, "x": x, "y": y}


@pytest.mark.parametrize("text", VARIED)
@pytest.mark.parametrize("w", [(0.7, 1.9), (2.3, 0.4), (1.5, 1.25)])
def test_value_is_what_python_computes(text: str, w: tuple[float, float]) -> None:
    expected = eval(text.replace("^", "**"), {"__builtins__": {}}, namespace(*w))
    assert read(text)(*w) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("text", VARIED)
@pytest.mark.parametrize("w", [(0.7, 1.9), (2.3, 0.4), (1.5, 1.25)])
def test_gradient_is_the_limit_of_central_differences(text: str, w: tuple[float, float]) -> None:
    f, point, h = read(text), np.array(w), 1e-5
    for k, slope in enumerate(f.gradient(*w)):
        step = h * np.eye(2)[k]
        assert slope == pytest.approx((f(*(point + step)) - f(*(point - step))) / (2 * h), rel=1e-6, abs=1e-6)


def test_every_function_is_in_the_varied_formulas() -> None:
    assert all(any(name + "(" in text.replace(" ", "") for text in VARIED) for name in [*FUNCTIONS, *ALIASES])


Term = tuple[str, Callable[[complex, complex], complex]]


def tame(value: complex) -> complex:
    """Keep to values where rounding cannot spoil the comparison, and to the real axis up to the complex step."""
    if not (abs(value) < 50 and abs(value.imag) < 1e-10):
        reject()
    return value


def binary(symbol: str, a: Term, b: Term) -> Term:
    def value(x: complex, y: complex) -> complex:
        u, v = a[1](x, y), b[1](x, y)
        if symbol in "min max":
            assume(abs(u.real - v.real) > 1e-6)
            return (u if u.real < v.real else v) if symbol == "min" else (u if u.real > v.real else v)
        if symbol == "**":
            assume(u.real > 0.1 and abs(v.real) < 15)
            return tame(cmath.exp(v * cmath.log(u)))
        assume(symbol != "/" or abs(v) > 0.1)
        return tame({"+": u + v, "-": u - v, "*": u * v, "/": u / (v or 1)}[symbol])

    return (f"{symbol}({a[0]}, {b[0]})" if symbol in "min max" else f"({a[0]} {symbol} {b[0]})"), value


def unary(name: str, a: Term) -> Term:
    def value(x: complex, y: complex) -> complex:
        u = a[1](x, y)
        assume(abs(u) < 5 and (name not in ("log", "sqrt") or u.real > 0.1) and (name != "abs" or abs(u) > 1e-6))
        own = {
            "sigmoid": lambda u: 1 / (1 + cmath.exp(-u)),
            "arctan": cmath.atan,
            "abs": lambda u: u if u.real > 0 else -u,
            "-": lambda u: -u,
        }
        return tame(own[name](u) if name in own else getattr(cmath, name)(u))

    return (f"(-{a[0]})" if name == "-" else f"{name}({a[0]})"), value


def number(value: float) -> Term:
    return repr(value), lambda x, y: complex(value)


leaves = st.one_of(
    st.sampled_from([("x", lambda x, y: x), ("y", lambda x, y: y), ("pi", lambda x, y: complex(math.pi))]),
    st.floats(0.1, 9).map(lambda value: number(round(value, 2))),
    st.integers(0, 9).map(number),
)
one_argument = [name for name, rule in FUNCTIONS.items() if len(rule.slopes) == 1]
terms = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(binary, st.sampled_from(["+", "-", "*", "/", "**", "min", "max"]), inner, inner),
        st.builds(unary, st.sampled_from([*one_argument, "-"]), inner),
    ),
    max_leaves=8,
)


def readable(text: str) -> Formula:
    """The formula of a random text that is right by construction, up to the limits."""
    try:
        return read(text)
    except FormulaError as error:
        assert error.limit, str(error)
        reject()


@settings(max_examples=300, deadline=None)
@given(terms, st.floats(0.2, 3), st.floats(-3, 3))
def test_random_formulas_agree_with_complex_steps(term: Term, x: float, y: float) -> None:
    text, g = term
    f, h = readable(text), 1e-20  # Im g(x + ih) / h is the derivative without any cancellation
    expected = tame(g(complex(x), complex(y))).real
    slopes = g(complex(x, h), complex(y)).imag / h, g(complex(x), complex(y, h)).imag / h
    height, gradient = f.value_and_gradient(x, y)
    assert height == pytest.approx(expected, rel=1e-8, abs=1e-8)
    assert gradient == pytest.approx(slopes[: len(f.variables)], rel=1e-6, abs=1e-6 * max(1, *map(abs, slopes)))


@given(
    st.lists(st.sampled_from(["+", "-", "*", "/", "**", "+-", "--", "*-", "**-"]), min_size=1, max_size=5), st.data()
)
def test_precedence_is_pythons(symbols: list[str], data: st.DataObject) -> None:
    operands = [data.draw(st.sampled_from(["1.5", "2.5", "x", "(x - y)", "3", "2"])) for _ in range(len(symbols) + 1)]
    text = operands[0] + "".join(symbol + operand for symbol, operand in zip(symbols, operands[1:]))
    try:
        expected = eval(text, {"__builtins__": {}}, {"x": 1.25, "y": 0.5})
    except (ZeroDivisionError, OverflowError):
        reject()
    assume(isinstance(expected, int | float) and abs(expected) < 1e100)
    for typed in (text, text.replace("**", "^")):
        assert readable(typed)(1.25, 0.5) == pytest.approx(expected, rel=1e-12)


# --- Edges --------------------------------------------------------------------------------------------------------

inf, nan = math.inf, math.nan


@pytest.mark.parametrize(
    ("text", "x", "height", "slope"),
    [
        ("x**2", 0, 0, 0),
        ("x**2", -3, 9, -6),
        ("x**3", -2, -8, 12),
        ("x**-1", -2, -0.5, -0.25),
        ("x**0", 0, 1, 0),
        ("x**0", -2, 1, 0),
        ("x**1", 0, 0, 1),
        ("x**0.5", 0, 0, inf),
        ("x**0.5", -1, nan, nan),
        ("x**(1 + 1)", -3, 9, -6),
        ("sqrt(x)", 0, 0, inf),
        ("abs(x)", 0, 0, 0),
        ("abs(x)", -2, 2, -1),
        ("max(x, 0)", 0, 0, 1),
        ("max(0, x)", 0, 0, 0),
        ("min(x, -x)", 0, 0, 1),
        ("max(1, sqrt(x))", 0, 1, 0),
        ("0**x", 2, 0, 0),
        ("2**x", 0, 1, math.log(2)),
        ("(-2)**x", 2, 4, nan),
        ("x**x", 1, 1, 1),
        ("1/x", 0, inf, -inf),
        ("log(x)", 0, -inf, inf),
        ("log(x)", -1, nan, nan),
        ("max(1, log(x))", -1, nan, nan),
        ("exp(x)", 1000, inf, inf),
        ("exp(-x)", 1000, 0, 0),
        ("sigmoid(x)", -700, math.exp(-700), math.exp(-700)),
        ("sigmoid(x)", 10_000, 1, 0),
        ("sigmoid(x)", -10_000, 0, 0),
        ("1/(1 + exp(-x))", 0, 0.5, 0.25),
        ("x - x", inf, nan, nan),
        ("x", nan, nan, nan),
    ],
)
def test_edges(text: str, x: float, height: float, slope: float) -> None:
    for w in (x, np.full(3, x)):
        value, gradient = read(text).value_and_gradient(w)
        assert value == pytest.approx(np.broadcast_to(height, np.shape(w)), nan_ok=True)
        assert gradient == pytest.approx(np.broadcast_to(slope, (1, *np.shape(w))), nan_ok=True)


def test_power_of_two_weights_at_its_edges() -> None:
    f = read("x**y")
    assert f.gradient(0, 2).tolist() == [0, 0]
    assert f.gradient(3, 0).tolist() == pytest.approx([0, math.log(3)])
    np.testing.assert_array_equal(f.gradient(-2, 2), [-4, nan])  # real only at whole exponents


def test_a_constant_beyond_floats_is_infinite() -> None:
    assert read("1/0")(1, 2) == inf
    assert read("9**20/(1 - 1)")(0) == inf
    assert read("((9**20)**20)**20")(0) == inf


# --- Shapes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["x*y + x", "x + 0*y", "y", "3"])
@pytest.mark.parametrize(
    ("x", "y"), [((), ()), ((5,), ()), ((), (5,)), ((4, 1), (1, 3)), ((2, 3, 4), (4,)), ((0,), ()), ((1, 0), (3, 1))]
)
def test_shapes_broadcast(text: str, x: tuple[int, ...], y: tuple[int, ...]) -> None:
    f, shape = read(text), np.broadcast_shapes(x, y)
    value, gradient = f.value_and_gradient(np.ones(x), np.full(y, 2))
    assert f.variables == ("x", "y")
    assert np.shape(f(np.ones(x), np.full(y, 2))) == np.shape(value) == shape
    assert f.gradient(np.ones(x), np.full(y, 2)).shape == gradient.shape == (2, *shape)
    assert value.dtype == gradient.dtype == np.float64


@pytest.mark.parametrize("shape", [(), (7,), (2, 3)])
def test_one_variable(shape: tuple[int, ...]) -> None:
    f = read("x**2 - x")
    assert f.variables == ("x",)
    assert np.shape(f(np.ones(shape))) == shape
    assert f.gradient(np.ones(shape)).shape == (1, *shape)
    w = np.ones((1, 4))
    assert f.gradient(*w).shape == w.shape


def test_points_do_not_influence_each_other() -> None:
    f, rng = read("x**y*sin(x/y) + max(x, y)"), np.random.default_rng(0)
    x, y = rng.uniform(0.1, 3, (2, 50))
    value, gradient = f.value_and_gradient(x, y)
    assert value == pytest.approx([float(f(a, b)) for a, b in zip(x, y)], rel=1e-14)
    assert gradient.T == pytest.approx(np.array([f.gradient(a, b) for a, b in zip(x, y)]), rel=1e-14)


def test_arguments_are_neither_changed_nor_returned() -> None:
    x = np.array([1.0, 2.0])
    for text in ("x", "-x", "x**2"):
        value, gradient = read(text).value_and_gradient(x)
        value[:] = gradient[:] = 9
        assert x.tolist() == [1, 2]


def test_shapes_that_do_not_fit_are_numpys_error() -> None:
    for text in ("x + y", "x", "1"):
        with pytest.raises(ValueError, match="shape"):
            read(text).gradient(np.ones(2), np.ones(3))


def test_a_partial_that_is_always_zero_is_not_carried() -> None:
    def count(text: str) -> list[str]:
        return sorted(formulas._dual_at(read(text).root, np.ones(3), np.ones(3)).partials)

    assert (count("x**2"), count("sin(y)"), count("pi**2"), count("x + y")) == (["x"], ["y"], [], ["x", "y"])


def test_a_slope_that_nothing_needs_is_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    slopes = (lambda f, u, v: asked.append("base") or v * u ** (v - 1), lambda f, u, v: asked.append("exponent") or f)
    monkeypatch.setitem(formulas.RULES, "**", formulas.RULES["**"]._replace(slopes=slopes))
    for text, needed in [("x**2", ["base"]), ("2**x", ["exponent"]), ("2**3", []), ("x**y", ["base", "exponent"])]:
        f = read(text)
        asked.clear()
        f.gradient(np.ones(3), np.ones(3))
        assert asked == needed


# --- A formula as a value -----------------------------------------------------------------------------------------


def test_equal_by_text() -> None:
    assert read("  x + y\n") == read("x + y") != read("x+y")
    assert len({read("x + y"), read("x + y "), read("x+y")}) == 2
    assert (read(" x ").text, read("3").variables, read("y").variables) == ("x", ("x", "y"), ("x", "y"))
    with pytest.raises(AttributeError):
        read("x").text = "y"  # pyright: ignore


def test_pickles() -> None:
    f = pickle.loads(pickle.dumps(read("max(x, pi)**2")))
    assert f == read("max(x, pi)**2") and f(4) == 16
    with pytest.raises(FormulaError) as caught:
        read("x + foo")
    error = pickle.loads(pickle.dumps(caught.value))
    assert (str(error), error.excerpt, error.position) == (str(caught.value), "foo", 4)


def test_docstring_example() -> None:
    assert doctest.testmod(formulas).failed == 0


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("x^2^3", "x**2**3"),
        ("ｘ＊＊２＋（ｙ）", "x**2+(y)"),
        ("ｓｉｎ（ｘ）＾２", "sin(x)**2"),
        ("2×x − 3·y ÷ 2", "2*x - 3*y / 2"),
        ("2⋅x–3∗y", "2*x-3*y"),
        ("𝑥 + 𝟐", "x + 2"),
        ("﹙x﹢1﹚", "(x+1)"),
        ("X + Sin(Y) + PI", "x + sin(y) + pi"),
        ("\u3000x\u00a0+\u2003y\t+ 1\u3000", "x + y + 1"),
        ("1E3*x", "1000*x"),
        ("2x", "2*x"),
        ("  2 x + 1", "2*x + 1"),
        ("-2x^2 + 3x y", "-2*x**2 + 3*x*y"),
        ("2.x", "2.*x"),
        ("x(y + 1)(y - 1)", "x*(y + 1)*(y - 1)"),
        ("2(x)", "2*(x)"),
        ("2sin(x)cos(y)", "2*sin(x)*cos(y)"),
        ("2πx", "2*pi*x"),
        ("π(x)", "pi*(x)"),
        ("2e", "2*e + 0*x*y"),
        ("2x/3 + 4y", "2*x/3 + 4*y"),
        ("x/2 + 3y - x**2 - 2y", "x/2 + 3*y - x**2 - 2*y"),
        ("x/2*(3y)", "x/2*(3*y)"),
        ("x²", "x**2"),
        ("3x²y¹⁰", "3*x**2*y**10"),
        ("x⁻² + (x + y)³", "x**-2 + (x + y)**3"),
        ("2⁴x", "16*x"),
        ("y = x²", "x**2"),
        ("f(x) = 2x", "2*x"),
        ("z=x+y", "x+y"),
        ("E(w1, w2) = w1² + 2w2²", "x**2 + 2*y**2"),
        ("E = x", "x"),
        ("(w - 3)²", "(x - 3)**2"),
        ("L(w) = 2w", "2*x"),
        ("w*2 + b", "x*2 + y"),
        ("x_1 - x_2", "x - y"),
        ("X1", "x"),
    ],
)
def test_what_people_type_and_paste(typed: str, plain: str) -> None:
    f, g = read(typed), read(plain)
    assert (f.variables, f(1.5, 2.5)) == (g.variables, g(1.5, 2.5))
    assert np.array_equal(f.gradient(1.5, 2.5), g.gradient(1.5, 2.5)) and f.text == typed.strip()


# --- LaTeX --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("x**2 + 3*sin(y)", r"x^{2} + 3 \sin(y)"),
        ("-2*x", "-2 x"),
        ("x + -y", "x + (-y)"),
        ("x - (y - 1)", "x - (y - 1)"),
        ("x + (y - 1)", "x + y - 1"),
        ("x*(y + 1)", "x (y + 1)"),
        ("2*3*x", r"2 \cdot 3 x"),
        ("x*2", r"x \cdot 2"),
        ("x*-y", "x (-y)"),
        ("2*(1/2)", r"2 \cdot \frac{1}{2}"),
        ("1/2*x", r"\frac{1}{2} x"),
        ("(x/y)**2", r"\left(\frac{x}{y}\right)^{2}"),
        ("-x**2", "-x^{2}"),
        ("(-x)**2", "(-x)^{2}"),
        ("-(x + y)", "-(x + y)"),
        ("--x", "-(-x)"),
        ("x**-y", "x^{-y}"),
        ("x**2**y", "x^{2^{y}}"),
        ("(x**2)**y", "(x^{2})^{y}"),
        ("exp(-x**2)", "e^{-x^{2}}"),
        ("exp(x)**2", "(e^{x})^{2}"),
        ("sqrt(x + 1)**2", r"\sqrt{x + 1}^{2}"),
        ("abs(x - 1)", r"\left|x - 1\right|"),
        ("max(x/2, pi)", r"\max\left(\frac{x}{2}, \pi\right)"),
        ("log(x) + ln(x)", r"\ln(x) + \ln(x)"),
        ("1e-7*x + 1e6 + 2.50", "0.0000001 x + 1000000 + 2.5"),
        ("+x", "x"),
    ],
)
def test_latex(text: str, latex: str) -> None:
    assert read(text).latex == latex


@given(terms)
def test_latex_is_balanced(term: Term) -> None:
    latex = readable(term[0]).latex
    for left, right in ("{}", "()", (r"\left", r"\right")):
        depths = np.cumsum([(c == left) - (c == right) for c in latex]) if len(left) == 1 else [0]
        assert latex.count(left) == latex.count(right) and min(depths) >= 0 == depths[-1]
    assert not any(double in latex for double in ("+ -", "- -", "--", "^{}", "  ", "%"))


# --- Errors -------------------------------------------------------------------------------------------------------

# reason | text, with the piece at fault between « and »
ERRORS = [
    ("empty", "«»"),
    ("empty", "«» \n\t "),
    ("too_long", "x" + "+x" * 99 + " «+ y»"),
    ("too_long", "x" * 200 + "«" + "x" * 9800 + "»"),
    ("too_many_parts", "x" + "+x" * 49 + "+«x»+y"),
    ("too_deep", "(" * 20 + "«(»x" + ")" * 21),
    ("too_deep", "-" * 21 + "«x»"),
    ("too_deep", "x**" * 21 + "«x»"),
    ("too_deep", "sin(" * 20 + "sin«(»x" + ")" * 21),
    ("too_deep", "-sin(" * 10 + "-«x»" + ")" * 10),
    ("non_ascii", "x + «φ»"),
    ("non_ascii", "x«½» + y"),
    ("non_ascii", "  ｘ＊«한글»"),
    ("non_ascii", "x + «😀»"),
    ("non_ascii", "x^2 + «é»"),
    ("non_ascii", "«\ud800»"),
    ("not_allowed", "x«\0»"),
    ("not_allowed", "x«\n»+ y"),
    ("not_allowed", "x «if» y else 1"),
    ("not_allowed", "«lambda»: x"),
    ("not_allowed", "«not» x"),
    ("not_allowed", "x «and» y"),
    ("not_allowed", "«[»x]"),
    ("not_allowed", "«{»x}"),
    ("not_allowed", "x«;» y"),
    ("not_allowed", "x «#» y"),
    ("not_allowed", "x «<» y"),
    ("not_allowed", "x «=»= y"),
    ("not_allowed", "(x «:»= 1)"),
    ("not_allowed", "y «=»= x**2"),
    ("not_allowed", "y «=»"),
    ("not_allowed", "x + y «=» 1"),
    ("not_allowed", "«'»a'"),
    ("not_allowed", 'f«"»x"'),
    ("not_allowed", "x «//» y"),
    ("not_allowed", "x «%» y"),
    ("not_allowed", "__import__(«'»os')"),
    ("not_allowed", "x + «()»"),
    ("not_allowed", "«x, y»"),
    ("not_allowed", "x^2 + «(x, y)»"),
    ("not_allowed", "max(«*x», y)"),
    ("not_allowed", "x + «...»"),
    ("attribute", "x«.real»"),
    ("attribute", " (x)^2 + ((x))«.__class__».__mro__"),
    ("attribute", "sin(x)«. y»"),
    ("missing_operator", "2 «3»"),
    ("missing_operator", "  x «2» + 1"),
    ("missing_operator", "(x)«2»"),
    ("missing_operator", "2«xy»"),
    ("missing_operator", "x²«3»"),
    ("ambiguous_product", "1/2«x»"),
    ("ambiguous_product", "y = 1/-2 «x»"),
    ("ambiguous_product", "x/2«(»y + 1)"),
    ("ambiguous_product", "2x/3«y»"),
    ("ambiguous_product", "1/(x)«sin»(y)"),
    ("ambiguous_product", "1/x²«y»"),
    ("ambiguous_product", "e^2«x»"),
    ("ambiguous_product", "x**-2«y»"),
    ("ambiguous_product", "2**sin(x)«y»"),
    ("left_side", "«x» = 1"),
    ("left_side", " «y» = x + y"),
    ("left_side", "«w» = 2w"),
    ("left_side", "«sin»(x) = x"),
    ("missing_operator", "x«.5»"),
    ("missing_operator", "1«_000»"),
    ("missing_operator", "0«x1f»"),
    ("missing_operator", "1«j»"),
    ("syntax", "x «+»"),
    ("syntax", "x^2 + «*» y"),
    ("syntax", "x^«^»2"),
    ("syntax", "«(»x + y"),
    ("syntax", "x«)» + y"),
    ("syntax", "  max(«,» x)"),
    ("syntax", "1.2«.»3"),
    ("syntax", "«0»07"),
    ("unknown_name", "x + «z»"),
    ("unknown_name", "«w» + x"),
    ("unknown_name", "2*«b»"),
    ("unknown_name", "x^2*«xy»"),
    ("unknown_name", "«True»"),
    ("unknown_name", "−x + «__debug__»"),
    ("unknown_function", "x + «foo»(x)"),
    ("unknown_function", "«eval»(x)"),
    ("unknown_function", "«__import__»(x)"),
    ("arguments", "«sin» x"),
    ("arguments", "x + «sin»"),
    ("arguments", "«sin»**2*x"),
    ("arguments", "(«ln»)(x)"),
    ("arguments", "x + «sin()»"),
    ("one_argument", "x + «sin(x, y)»"),
    ("one_argument", "2«log(x,2)»"),
    ("two_arguments", "x^2 + «max(x)» + 1"),
    ("two_arguments", "«min(x, y, 1)»"),
    ("arguments", "«sin(**x)»"),
    ("arguments", "x - «sin(x, **y)»"),
    ("number_too_large", "x + «1000001»"),
    ("number_too_large", "«1e400»*x"),
    ("number_too_large", "-«" + "9" * 190 + "»"),
    ("exponent", "x**«21»"),
    ("exponent", "x^«-21»"),
    ("exponent", "9**«9**9»"),
    ("exponent", "x**(«2*15»)"),
    ("exponent", "x**(«1/0 - 1/0»)"),
    ("exponent", "x^2 + y^«20.5»"),
]


@pytest.mark.parametrize(("reason", "marked"), ERRORS)
def test_errors_say_where_and_why(reason: str, marked: str) -> None:
    before, rest = marked.split("«")
    piece, after = rest.split("»")
    text = before + piece + after
    with pytest.raises(FormulaError) as caught:
        read(text)
    error = caught.value
    assert (error.reason, error.position, error.length) == (reason, len(before), len(piece))
    assert error.excerpt == piece[:40] and error.text == text
    assert error.limit == LIMITS.get(reason)
    assert f"character {len(before) + 1}" in str(error)
    assert repr(error.excerpt) in str(error) or reason.startswith(("too_", "empty"))
    assert len(str(error)) < 300 and len(repr(error)) < 300
    if error.limit:
        assert str(error.limit) in str(error)


def test_every_reason_is_tested() -> None:
    assert {reason for reason, _ in ERRORS} == REASONS and isinstance(REASONS, frozenset)


def test_choices_are_listed() -> None:
    with pytest.raises(FormulaError, match="x, y, pi, e"):
        read("z")
    with pytest.raises(FormulaError, match="sin, cos, .*, ln"):
        read("foo(x)")


def test_limits_themselves_are_allowed() -> None:
    x = "x".rjust(200)
    assert read(x)(2) == 2
    assert read("+".join(["x"] * 50) + "   ")(1) == 50  # 99 parts
    assert read("-" + "+".join(["x"] * 50))(1) == 48  # 100 parts, and no nesting
    assert read("(" * 20 + "x" + ")" * 20)(2) == read("-" * 20 + "x")(2) == 2
    assert read("1000000*x**20*x**-20")(2) == 1e6


HOSTILE = [
    *(
        "x" * 10_000,
        "(" * 10_000,
        "9" * 10_000,
        "-" * 10_000 + "x",
        "x" + "\n" * 10_000 + "y",
        "\0" * 300,
        "😀" * 10_000,
    ),
    *("(" * 199, "(" * 99 + "x" + ")" * 99, "-" * 199 + "x", "~" * 199 + "x", "x**" * 66 + "x", "9**" * 66 + "9"),
    *("().__class__.__bases__[0].__subclasses__()", "__import__('os').system('true')", "open('x')", "exec('1')"),
    *("(lambda: x)()", "f'{x}'", "x.__init__.__globals__", "[x for x in (1,)]", "max(x for x in y)", "yield x"),
    *(
        "await x",
        "x := 1",
        "print(x, file=y)",
        "sin(x=1)",
        "1if x else y",
        "0xf",
        "1_0",
        "0b1",
        "1e5j",
        "1(2).x",
        "x is 1",
    ),
    *(
        "...",
        "x,",
        "*x",
        "**x",
        "()",
        "x\\\n+y",
        "x\r+y",
        "x\f+y",
        "x\u2028+y",
        "# x",
        "'" * 3,
        '"',
        "`x`",
        "@",
        "$x",
        "x!",
    ),
    *("import os", "x = 1", "def f(): x", "\ufeffx", "\u202ex", "x\u0301", "\ud800", "None", "NotImplemented", "1e400"),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_formula_errors(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        read(text)
    assert caught.value.__cause__ is None and len(str(caught.value)) < 300


pieces = st.sampled_from(
    [
        "x",
        "y",
        "2",
        ".5",
        "1e3",
        "1.",
        "+",
        "-",
        "*",
        "/",
        "**",
        "^",
        "(",
        ")",
        ",",
        "sin(",
        "max(",
        "ln",
        "pi",
        "e",
        " ",
    ]
    + [
        "=",
        "if",
        ".real",
        "#",
        "'",
        "\n",
        "\0",
        "²",
        "π",
        "−",
        "（",
        "ｘ",
        "😀",
        "[",
        "_",
        "0xf",
        "lambda",
        "X",
        "\u3000",
        "//",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=220), st.lists(pieces, max_size=12).map("".join)))
def test_any_text_is_a_formula_or_an_error_within_it(text: str) -> None:
    check_formula(text.encode("utf-8", "surrogatepass"))
