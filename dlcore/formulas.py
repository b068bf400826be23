r"""Formulas typed by a reader, such as ``x**2 + 3*sin(y)``: their height and their exact gradient.

>>> f = read("x**2 + 3*sin(y)")
>>> print(f(2.0, 0.0), f.gradient(2.0, 0.0), f.latex)
4.0 [4. 3.] x^{2} + 3 \sin(y)

The text is never executed: Python's ``ast`` turns it into a tree of plain data, ``_node`` copies from that tree only
what it knows, and anything else is a ``FormulaError`` that says what is wrong and where.

The gradient is forward-mode automatic differentiation: every part of the formula yields its value together with its
partial derivatives, and the chain rule carries both from the leaves to the root. It is exact up to rounding; there is
no step size to choose. Source: Griewank & Walther, Evaluating Derivatives, 2nd ed. (SIAM, 2008), chapter 3.
"""

import ast
import keyword
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# --- The rules: the value of each operation and, for every argument, its slope ------------------------------------

FREE, SUM, PRODUCT, POWER, ATOM = range(5)  # how tightly a piece of LaTeX holds together


class Rule(NamedTuple):
    """One operation: its value f(u, v), the slopes df/du and df/dv as functions of (f, u, v), and its LaTeX.

    LaTeX without ``%s`` is a name in front of its bracketed arguments. Otherwise ``binds`` is how tightly the result
    holds together and ``needs`` how tightly each argument must; one that does not is put in brackets.
    """

    value: Callable[..., Any]
    slopes: tuple[Callable[..., Any], ...]
    latex: str
    binds: int = ATOM
    needs: tuple[int, ...] = ()


# u**v where a factor of the textbook's slope is infinite: u**0 and 0**v are constant, so 0 * inf has to be 0
POWER_SLOPES = (
    lambda f, u, v: np.where(v == 0, 0.0, v * u ** (v - 1)),
    lambda f, u, v: np.where((u == 0) & (v > 0), 0.0, f * np.log(u)),
)
OPERATORS = {
    "+": Rule(np.add, (lambda f, u, v: 1.0, lambda f, u, v: 1.0), "%s + %s", SUM, (SUM, SUM)),
    "-": Rule(np.subtract, (lambda f, u, v: 1.0, lambda f, u, v: -1.0), "%s - %s", SUM, (SUM, PRODUCT)),
    "*": Rule(np.multiply, (lambda f, u, v: v, lambda f, u, v: u), "%s %s", PRODUCT, (PRODUCT, PRODUCT)),
    "/": Rule(np.divide, (lambda f, u, v: 1 / v, lambda f, u, v: -f / v), r"\frac{%s}{%s}", PRODUCT, (FREE, FREE)),
    "**": Rule(np.power, POWER_SLOPES, "%s^{%s}", POWER, (ATOM, FREE)),
    "negative": Rule(np.negative, (lambda f, u: -1.0,), "-%s", PRODUCT, (PRODUCT,)),
}
FUNCTIONS = {
    "sin": Rule(np.sin, (lambda f, u: np.cos(u),), r"\sin"),
    "cos": Rule(np.cos, (lambda f, u: -np.sin(u),), r"\cos"),
    "tan": Rule(np.tan, (lambda f, u: 1 + f * f,), r"\tan"),
    "arctan": Rule(np.arctan, (lambda f, u: 1 / (1 + u * u),), r"\arctan"),
    "exp": Rule(np.exp, (lambda f, u: f,), "e^{%s}", POWER, (FREE,)),
    "log": Rule(np.log, (lambda f, u: 1 / u,), r"\ln"),  # \ln says which logarithm it is
    "sqrt": Rule(np.sqrt, (lambda f, u: 0.5 / f,), r"\sqrt{%s}", ATOM, (FREE,)),
    "abs": Rule(np.abs, (lambda f, u: np.sign(u),), r"\left|%s\right|", ATOM, (FREE,)),
    "sinh": Rule(np.sinh, (lambda f, u: np.cosh(u),), r"\sinh"),
    "cosh": Rule(np.cosh, (lambda f, u: np.sinh(u),), r"\cosh"),
    # not 1 - tanh(u)^2, which is 0 as soon as tanh(u) is rounded to 1
    "tanh": Rule(np.tanh, (lambda f, u: (1 / np.cosh(u)) ** 2,), r"\tanh"),
    # 1 / (1 + exp(-u)) in a form in which exp cannot overflow; its slope is sigmoid(u) * sigmoid(-u)
    "sigmoid": Rule(lambda u: np.exp(-np.logaddexp(0, -u)), (lambda f, u: f * np.exp(-np.logaddexp(0, u)),), r"\sigma"),
    # the slope of a choice is a mask: true where that argument is chosen, the first one at a tie
    "min": Rule(np.minimum, (lambda f, u, v: u <= v, lambda f, u, v: u > v), r"\min"),
    "max": Rule(np.maximum, (lambda f, u, v: u >= v, lambda f, u, v: u < v), r"\max"),
}
ALIASES = {"ln": "log", "atan": "arctan"}
RULES = OPERATORS | FUNCTIONS

# --- The tree, and one walk over it for value and partial derivatives ---------------------------------------------


class Apply(NamedTuple):
    rule: str  # a key of RULES
    parts: tuple["Node", ...]


Node = np.float64 | str | Apply  # a number (no int: those grow without bound), a name, or a rule with its parts


class Dual(NamedTuple):
    """A value and its partial derivatives by variable; one that is zero everywhere is absent and costs nothing."""

    value: Any
    partials: dict[str, Any]


CONSTANTS = {"pi": Dual(np.float64(np.pi), {}), "e": Dual(np.float64(np.e), {})}
NAMES = ["x", "y", *CONSTANTS]


def _dual(node: Node, names: dict[str, Dual]) -> Dual:
    """Value and partials of a node: df/dx is the sum over its parts u of df/du * du/dx."""
    if isinstance(node, str):
        return names[node]
    if not isinstance(node, Apply):
        return Dual(node, {})
    rule = RULES[node.rule]
    parts = [_dual(part, names) for part in node.parts]
    values = [part.value for part in parts]
    f = rule.value(*values)
    partials: dict[str, Any] = {}
    for u, slope in zip(parts, rule.slopes, strict=True):
        df_du = slope(f, *values) if u.partials else 0.0
        chosen = np.result_type(df_du) == np.bool_
        for name, du in u.partials.items():
            df = np.where(df_du, du, 0.0) if chosen else df_du * du  # not chosen means 0, but 0 * inf is nan
            partials[name] = partials[name] + df if name in partials else df
    return Dual(f, partials)


def _dual_at(node: Node, x: Any, y: Any) -> Dual:
    """Value and partials at (x, y), where dx/dx = dy/dy = 1; 1/0 and the like are silently inf or nan."""
    with np.errstate(all="ignore"):
        return _dual(node, CONSTANTS | {"x": Dual(x, {"x": 1.0}), "y": Dual(y, {"y": 1.0})})


def _latex(node: Node) -> str:
    """The node in LaTeX, with as few brackets as keep the meaning."""
    if isinstance(node, str):
        return r"\pi" if node == "pi" else node
    if not isinstance(node, Apply):
        return np.format_float_positional(node, trim="-")
    rule, parts = RULES[node.rule], [_latex(part) for part in node.parts]
    if "%s" not in rule.latex:
        return rule.latex + _brackets(", ".join(parts))
    for i, (part, need) in enumerate(zip(node.parts, rule.needs, strict=True)):
        binds = RULES[part.rule].binds if isinstance(part, Apply) else ATOM
        after_operator = need > FREE and i == len(parts) - 1
        if binds < need or (after_operator and parts[i].startswith("-")):  # never "x + -y"
            parts[i] = _brackets(parts[i])
    if node.rule == "*" and (parts[1][0].isdigit() or (parts[0][-1].isdigit() and parts[1].startswith(r"\frac"))):
        return r" \cdot ".join(parts)  # "2 3" and "2 \frac{1}{2}" would read as other numbers
    return rule.latex % tuple(parts)


def _brackets(latex: str) -> str:
    return rf"\left({latex}\right)" if r"\frac" in latex else f"({latex})"


# --- What can go wrong --------------------------------------------------------------------------------------------

LIMITS = {"too_long": 200, "too_many_parts": 100, "too_deep": 20, "number_too_large": 1_000_000, "exponent": 20}
MESSAGES = {
    "empty": "there is nothing to read; write a formula in x and y, such as x**2 + 3*sin(y)",
    "too_long": "a formula has at most {limit} characters",
    "too_many_parts": "a formula has at most {limit} numbers, names and operators",
    "too_deep": "brackets, signs and powers can be nested at most {limit} deep",
    "non_ascii": "{found} cannot be read; use plain letters and digits, such as pi, **2 and sqrt(x)",
    "not_allowed": "{found} cannot be part of a formula; it has numbers, names, functions, brackets and + - * / **",
    "attribute": "{found} cannot be read; only digits follow a point",
    "missing_operator": "there is no operator before {found}; write x*2, not x 2",
    "ambiguous_product": "it is not clear what {found} is multiplied with; write 1/(2*x) or 1/2*x, not 1/2x",
    "left_side": "{found} cannot stand before =; write a formula in x and y, or such a formula behind z =",
    "syntax": "the formula breaks off at {found}; look there for a missing number, name or bracket",
    "unknown_name": "{found} is not a name here; choose from {names}",
    "one_argument": "{found} has too many arguments, one is right; to the base 2 a logarithm is log(x)/log(2)",
    "two_arguments": "{found} has another number of arguments than two, as in min(x, y)",
    "unknown_function": "{found} is not a function here; choose from {functions}",
    "arguments": "{found} needs its arguments in brackets: one, as in sin(x), or two, as in min(x, y) and max(x, y)",
    "number_too_large": "{found} is too large; numbers reach up to {limit}",
    "exponent": "the exponent {found} is out of range; constant exponents lie between -{limit} and {limit}",
}
REASONS = frozenset(MESSAGES)


@dataclass(eq=False)
class FormulaError(ValueError):
    """Why and where a text is not a formula.

    ``reason`` is one of REASONS. ``position`` and ``length`` (characters, from 0) mark the piece of ``text``, as typed,
    that is at fault, ``found`` is its beginning, and ``limit`` the bound that it breaks, if it breaks one.
    """

    reason: str
    text: str = field(repr=False)
    position: int
    length: int

    @property
    def excerpt(self) -> str:
        """The marked piece, at most its first 40 characters."""
        return self.text[self.position : self.position + min(self.length, 40)]

    @property
    def limit(self) -> int | None:
        """The bound that is broken, from LIMITS."""
        return LIMITS.get(self.reason)

    def __str__(self) -> str:
        words = {"names": ", ".join(NAMES), "functions": ", ".join([*FUNCTIONS, *ALIASES])}
        message = MESSAGES[self.reason].format(found=repr(self.excerpt), limit=self.limit, **words)
        return f"At character {self.position + 1}: {message}."


# --- Reading ------------------------------------------------------------------------------------------------------

SPELLED = {"π": " pi ", "^": "**", "−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "\t": " "}
SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
TOKEN = re.compile(  # a group with the name of a reason is that error
    rf"""(?P<arguments> ({"|".join([*FUNCTIONS, *ALIASES])})\b (?!\ *\() )
    | (?P<attribute> \.\ *[a-z_]\w*) | (?P<number> [\d.]+ (e[+-]?\d+)?) | (?P<name> [a-z_]\w*)
    | (?P<operator> \*\* | /(?!/) | [-+*(),]) | (?P<non_ascii> [^\x00-\x7f]+) | (?P<not_allowed> // | [^ ])""",
    re.VERBOSE | re.ASCII,
)


CALLED = (*FUNCTIONS, *ALIASES)
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
WEIGHTS = (("w",), ("w", "b"), ("w1", "w2"), ("w_1", "w_2"), ("x1", "x2"), ("x_1", "x_2"))
"""Other names of x, or of x and y; all of a formula are of one of these."""

LEFT_SIDE = re.compile(r" *([a-z]\w*) *(?:\( *\w+ *(?:, *\w+ *)?\))? *=(?!=)", re.ASCII)
NEVER_SOLVED_FOR = frozenset(("x", "pi", *CALLED, *(name for pair in WEIGHTS for name in pair)))


class _Fault(Exception):
    """A reason, and the piece code[start:stop] of the text as Python spells it."""


def read(text: str) -> "Formula":
    """The formula that a text stands for; a text that is none, or exceeds LIMITS, is a FormulaError.

    It may contain the NAMES, the FUNCTIONS and their ALIASES, numbers, brackets and + - * / ** (also written ^). As on
    paper, ``2x(y + 1)`` is a product and ``x²`` a power, a left side such as ``z =`` or ``E(w) =`` is left out, and
    ``w``, or ``w1`` and ``w2``, are x and y where nothing else is.
    """
    if len(text) > LIMITS["too_long"]:
        raise FormulaError("too_long", text, LIMITS["too_long"], len(text) - LIMITS["too_long"])
    stripped = text.strip()
    if not stripped:
        raise FormulaError("empty", text, 0, 0)
    spelled = _in_ascii(stripped, text.index(stripped))
    try:
        for rewritten in (_without_left_side, _with_x_and_y, _with_products):
            spelled = rewritten(spelled)
        code = _code(spelled)
        _check(code)
        root = _node(ast.parse(code, mode="eval").body)
    except _Fault as fault:
        reason, start, stop = fault.args
    except SyntaxError as error:
        stop = min(error.offset or len(code), len(code))  # counted from 1; 0 stands for the end
        reason, start = "syntax", stop - 1
    else:
        variables = ("x",) if _dual_at(root, 1.0, 1.0).partials.keys() == {"x"} else ("x", "y")
        return Formula(stripped, variables, root)
    first, last = spelled[start][1], spelled[stop - 1][1]
    raise FormulaError(reason, text, first, last + 1 - first)


# --- As people write it, and as Python does -----------------------------------------------------------------------
Spelled = list[tuple[str, int]]
"""Characters as Python spells them, each with the place where it was typed."""


def _code(spelled: Spelled) -> str:
    return "".join(char for char, _ in spelled)


def _in_ascii(text: str, first: int) -> Spelled:
    """A text as Python spells it; ``first``: the place of its first character."""
    spelled: Spelled = []
    for i, char in enumerate(text):
        piece = _in_python(char)
        if char in RAISED:
            begins, ends = text[i - 1 : i] not in RAISED, text[i + 1 : i + 2] not in RAISED
            piece = "**(" * (begins or i == 0) + RAISED[char] + ")" * ends
        spelled += [(c, first + i) for c in piece]
    while spelled[0][0] == " " and len(spelled) > 1:
        del spelled[0]  # which Python would take for an indent
    return spelled


def _in_python(char: str) -> str:
    """A typed character as Python spells it: from Korean keyboards, textbooks, and phones that begin with a capital."""
    if unicodedata.decomposition(char).startswith(("<wide>", "<small>", "<font>")):
        char = unicodedata.normalize("NFKC", char)
    if unicodedata.category(char) == "Zs":
        return " "
    return SPELLED.get(char, char.lower() if char.isascii() else char)


def _without_left_side(spelled: Spelled) -> Spelled:
    """The formula without ``z =`` or ``E(w) =``; what is solved for cannot be a weight of the formula."""
    code = _code(spelled)
    found = LEFT_SIDE.match(code)
    if not found or keyword.iskeyword(found[1]) or not code[found.end() :].strip():
        return spelled
    name, right = found[1], code[found.end() :]
    if name in NEVER_SOLVED_FOR or (name == "y" and re.search(r"\by\b", right, re.ASCII)):
        raise _Fault("left_side", *found.span(1))
    return spelled[len(code) - len(right.lstrip(" ")) :]


def _with_x_and_y(spelled: Spelled) -> Spelled:
    """The formula with x and y in place of the names that weights and inputs have elsewhere."""
    found = [token for token in TOKEN.finditer(_code(spelled)) if token.lastgroup == "name"]
    names = {token[0] for token in found} - {*CONSTANTS, *FUNCTIONS, *ALIASES}
    known = next((pair for pair in WEIGHTS if pair[0] in names and names <= {*pair}), ())
    for token in reversed(found):
        if token[0] in known:
            # the number behind the letter stays typed at its place
            start, stop = token.span()
            spelled = [*spelled[:start], ("xy"[known.index(token[0])], spelled[start][1]), *spelled[stop:]]
    return spelled


def _with_products(spelled: Spelled) -> Spelled:
    """The formula with a ``*`` where on paper there is none: behind a number, a bracket or a variable.

    What belongs to a division or a power would be a guess, as in 1/2x and x**2y: that is refused.
    """
    written: Spelled = []
    # for every bracket that is open: whether a division goes on, and a power without brackets
    open_ones = [[False, False]]
    before, end, raises = "", 0, False
    for token in TOKEN.finditer(_code(spelled)):
        word, (start, stop) = token[0], token.span()
        level = open_ones[-1]
        number = before[:1].isdigit() or before[:1] == "."
        ended = number or before == ")" or before in NAMES
        if ended and (word == "(" or word in NAMES or (word in CALLED and token.lastgroup == "name")):
            if any(level):
                raise _Fault("ambiguous_product", start, stop)
            written.append(("*", spelled[start][1]))
        elif word in ("*", ",", "+", "-") and (ended or word in "*,"):
            level[:] = False, False
        elif word == "/":
            level[:] = True, False
        elif word == "**":
            level[1] = False
        elif raises and token.lastgroup in ("number", "name"):
            level[1] = True
        raises = word == "**" or (raises and word in ("+", "-"))
        if word == "(":
            open_ones.append([False, False])
        elif word == ")" and len(open_ones) > 1:
            open_ones.pop()
        written += spelled[end:stop]
        before, end = word, stop
    return written + spelled[end:]


def _check(code: str) -> None:
    """Refuse what no formula contains; so Python's parser stays shallow and has nothing to warn about."""
    parts = depth = 0
    before = ""
    for token in TOKEN.finditer(code):
        word, kind = token[0], str(token.lastgroup)
        reason = "not_allowed" if keyword.iskeyword(word) else kind
        if reason in REASONS:
            raise _Fault(reason, *token.span())
        ended = before[-1:].isalnum() or before[-1:] in (")", ".", "_")
        called = word == "(" and before.isidentifier() and before not in NAMES
        if ended and (kind != "operator" or word == "(") and not called:
            raise _Fault("missing_operator", *token.span())
        parts, depth = parts + (word not in "(),"), depth + (word == "(") - (word == ")")
        for count, reason in ((parts, "too_many_parts"), (depth, "too_deep")):
            if count > LIMITS[reason]:
                raise _Fault(reason, *token.span())
        before = word


def _node(tree: ast.expr, depth: int = 0) -> Node:
    """Copy a syntax tree as far as it is known here. Sums lean to the left, so only what is to the right is nested."""
    span = tree.col_offset, tree.end_col_offset
    if depth > LIMITS["too_deep"]:
        raise _Fault("too_deep", *span)
    match tree:
        case ast.Constant(value=int() | float() as number):
            if number > LIMITS["number_too_large"]:
                raise _Fault("number_too_large", *span)
            return np.float64(number)
        case ast.Name(id=name):
            if name not in NAMES:
                raise _Fault("unknown_name", *span)
            return name
        case ast.UnaryOp(op=ast.UAdd()):
            return _node(tree.operand, depth + 1)
        case ast.UnaryOp(op=ast.USub()):
            return Apply("negative", (_node(tree.operand, depth + 1),))
        case ast.BinOp() if type(tree.op) in SYMBOLS:
            return _operation(tree, SYMBOLS[type(tree.op)], depth)
        case ast.Call(func=ast.Name(id=name)):
            return _call(tree, ALIASES.get(name, name), depth + 1)
    raise _Fault("not_allowed", *span)


def _operation(tree: ast.BinOp, symbol: str, depth: int) -> Node:
    """The node of an operator and its two sides; a constant exponent is bounded, x**1000 is a wall and no landscape."""
    left, right = _node(tree.left, depth), _node(tree.right, depth + 1)
    f, partials = _dual_at(right, 1.0, 1.0)  # no partials: a constant
    if symbol == "**" and not partials and not abs(f) <= LIMITS["exponent"]:  # "not <=" is true of nan, too
        raise _Fault("exponent", tree.right.col_offset, tree.right.end_col_offset)
    return Apply(symbol, (left, right))


def _call(tree: ast.Call, name: str, depth: int) -> Node:
    """The node of a function and its arguments."""
    if name not in FUNCTIONS:
        raise _Fault("unknown_function", tree.func.col_offset, tree.func.end_col_offset)
    wanted = len(FUNCTIONS[name].slopes)
    if tree.keywords or len(tree.args) != wanted:
        reason = ("one_argument", "two_arguments")[wanted - 1] if tree.args and not tree.keywords else "arguments"
        raise _Fault(reason, tree.col_offset, tree.end_col_offset)
    return Apply(name, tuple(_node(part, depth) for part in tree.args))


# --- The formula --------------------------------------------------------------------------------------------------

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Formula:
    """A height over one or two weights, made by ``read``; equal to and hashed like its text.

    ``variables`` is ("x",) or ("x", "y"). ``x`` and ``y`` below are numbers or arrays of shapes that broadcast together
    (NumPy's ValueError if they do not). Outside of a formula's domain the answer is inf or nan, never a warning.
    """

    text: str
    variables: tuple[str, ...] = field(compare=False)
    root: Node = field(compare=False, repr=False)

    @property
    def latex(self) -> str:
        """The formula in LaTeX, without dollar signs."""
        return _latex(self.root)

    def __call__(self, x: ArrayLike, y: ArrayLike = 0.0) -> Array:
        """Height in float64, of the broadcast shape of x and y; a NumPy float for two numbers."""
        return self.value_and_gradient(x, y)[0]

    def gradient(self, x: ArrayLike, y: ArrayLike = 0.0) -> Array:
        """Partial derivatives along a new first axis: float64 of shape (len(variables), *shape of the height)."""
        return self.value_and_gradient(x, y)[1]

    def value_and_gradient(self, x: ArrayLike, y: ArrayLike = 0.0) -> tuple[Array, Array]:
        """Height and gradient from one walk over the tree; where the height is nan, so is the gradient."""
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        f, partials = _dual_at(self.root, x, y)
        value = np.array(np.broadcast_to(f, np.broadcast_shapes(x.shape, y.shape)))  # a constant is flat
        gradient = np.zeros((len(self.variables), *value.shape))
        for name, partial in partials.items():
            gradient[self.variables.index(name)] = partial
        np.copyto(gradient, np.nan, where=np.isnan(value))  # log(x) is nan at -1, its slope 1/x is not
        return value[()], gradient
