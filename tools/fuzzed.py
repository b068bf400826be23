"""What holds for any text or bytes of a visitor: a function for each reader of them, for tools/fuzz.py and the tests.

    TARGETS["formula"].check(data)      raises AssertionError, or whatever else the reader should not have raised

Each function says what is right without asking the reader itself: what is accepted keeps its promises and can be
written and read again, what is refused is refused by the documented error, with a place that exists.
"""

import ast
import cmath
import csv
import io
import json
import random
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zipfile import ZipFile

import numpy as np

from dlcore import formulas, programs, table_errors, tables
from dlcore.datasets import Moons
from dlcore.formulas import Formula, FormulaError, Node
from dlcore.losses import get as loss_of
from dlcore.models import Sequential
from dlcore.recipe import LayerPlan, Recipe
from dlcore.surfaces import OwnFormula
from dlcore.table_errors import TableError
from dlcore.tables import read_csv
from lessons.losses import by_hand_and_by_machine
from lessons.shared import typed_numbers
from lessons.shared.typed_numbers import Unreadable
from lessons.training import drawn_points, keep, layer_notation
from ui.controls import page_state
from ui.controls.kinds import Choice, Kind, Names, Number, Several, Switch, Text
from ui.controls.page_state import PageState
from ui.page import class_link
from ui.quiz import result_codes
from ui.script_export import Run
from ui.text import texts

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Target:
    """One reader: what holds for any input, inputs to begin with, and words that it may react to.

    worst: inputs made to cost as much time and memory as possible. most: bytes of an input that is made up.
    """

    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    words: Sequence[str]
    worst: Callable[[], dict[str, bytes]]
    most: int = 4096


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


# ---- formulas --------------------------------------------------------------------------------------------------------

POINTS = np.array([-2.0, -0.5, 0.0, 1.0, 1e300, np.inf, np.nan])
PLACES = ((0.7320508, 1.6180339), (2.2360679, -0.5772156))


def check_formula(data: bytes) -> None:
    """A formula whose values and gradients are arrays of the right shape and right, or an error within the text."""
    text = _text(data)
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
    assert text[error.position :].startswith(error.found)
    assert len(error.found) <= 40
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
        assert formulas.read(_written(f.root)).root == f.root
    except FormulaError as error:
        # with a bracket for every operation a formula may become too long, and only that
        assert error.limit, (_written(f.root), str(error))
    latex = f.latex
    assert latex
    assert len(latex) < 100_000
    assert latex.count("{") == latex.count("}")
    assert latex.count("(") == latex.count(")")
    for place in PLACES:
        _gradient_is_right(f, place)


def _written(node: Node) -> str:
    """A tree as a text with every bracket; written anew, not asked of the formula."""
    if isinstance(node, str):
        return node
    if not isinstance(node, formulas.Apply):
        return repr(float(node))
    parts = [_written(part) for part in node.parts]
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
x, y
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


def _formula_worst() -> dict[str, bytes]:
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


# ---- tables ----------------------------------------------------------------------------------------------------------

TASKS = (None, "regression", "classification")
HEADERS, DECIMALS = (None, False, True), (None, ".", ",")


def check_table(data: bytes) -> None:
    """A table within its limits that can be written and read again, or an error whose place is in the file.

    The first byte says as what target, first row and decimal sign are read, the rest is the file.
    """
    how, data = data[0] if data else 0, data[1:]
    task, header, decimal = TASKS[how % 3], HEADERS[how // 3 % 3], DECIMALS[how // 9 % 3]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            table = read_csv(data, task=task, header=header, decimal=decimal)  # type: ignore[arg-type]
        except TableError as error:
            assert error.reason in table_errors.REASONS
            assert str(error)
            assert len(error.found) <= 40
            assert error.row is None or 1 <= error.row <= _lines(data)
            if error.reason in ("one_class", "constant_target", "too_many_classes", "class_too_long"):
                other = tables.with_any_target(data, header, decimal)  # type: ignore[arg-type]
                assert other is None or other.target in other.columns
            return
        _table_accepted(data, table)


def _lines(data: bytes) -> int:
    """How many lines a file has in whatever encoding: no editor counts more."""
    return 1 + data.count(b"\n") + data.count(b"\r")


def _table_accepted(data: bytes, table: tables.Table) -> None:
    limits = table_errors.LIMITS
    rows, features = table.x.shape
    assert 2 <= rows <= limits["too_many_rows"]
    assert 1 <= features == len(table.features) < len(table.columns) <= limits["too_many_columns"]
    assert table.y.shape == (rows,)
    assert np.isfinite(table.x).all()
    assert np.isfinite(table.y).all()
    assert np.abs(table.x).max() <= tables.LARGEST
    assert (np.ptp(table.x, axis=0) > 0).all()
    assert np.ptp(table.y) > 0
    assert {*table.features, table.target} <= set(table.columns)
    assert len({*table.columns}) == len(table.columns)
    assert table.target not in table.features
    assert all(name and len(name) <= limits["name_too_long"] for name in table.columns)
    for remark in table.remarks:
        assert remark.code in table_errors.CODES
        assert str(remark)
        assert len(remark.found) <= 40
        assert remark.row is None or 1 <= remark.row <= _lines(data)
        assert remark.column is None or remark.column in table.columns
        assert remark.count >= 1
    assert (table.task == "regression") == (not table.classes)
    if table.classes:
        assert np.unique(table.y).tolist() == list(range(len(table.classes)))
        assert 2 <= len(table.classes) <= limits["too_many_classes"]
        assert all(0 < len(name) <= limits["class_too_long"] for name in table.classes)
    if rows <= 200:
        _written_and_read_again(table)
        _taken_home(table)


def _written_and_read_again(table: tables.Table) -> None:
    """The table as a file of commas; of classes that are all numbers only the kind can come back."""
    answers = [table.classes[k] for k in table.y] if table.classes else table.y.tolist()
    names = (*table.features, table.target)
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(
        [names, *([*x, y] for x, y in zip(table.x.tolist(), answers, strict=True))]
    )
    task = "classification" if table.classes else "regression"
    if any(separator in name for name in (*names, *table.classes) for separator in '\t;"'):
        # a separator within quotation marks is for people: nobody can tell which of three it is
        return
    unclear = {name.lower() for name in table.classes} & (tables.MISSING | tables.INFINITE)
    if unclear and (unclear & tables.INFINITE or len({*table.classes}) < 3 or any(map(_is_number, table.classes))):
        # whether NA is a name depends on what else stands in the column, which may have been left out
        return
    again = read_csv(text.getvalue().encode(), task=task, header=True, decimal=".")
    assert again.features == table.features
    assert again.target == table.target
    assert np.array_equal(again.x, table.x)
    if set(again.classes) == set(table.classes):
        # numbers are in another order than texts that are numbers
        named = ([one.classes[k] for k in one.y] if one.classes else one.y.tolist() for one in (again, table))
        assert next(named) == next(named)
    else:
        assert all(map(_is_number, table.classes))


def _is_number(name: str) -> bool:
    return any(tables._is_number(tables._number(name, comma)) for comma in (False, True))


def _taken_home(table: tables.Table) -> None:
    """``data.csv`` as the programs read it."""
    order = np.arange(len(table.y))
    text = programs.data_csv(table.x, table.y, order, table.features, table.target)
    found = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=1)
    assert np.array_equal(found, np.column_stack([table.x, table.y]))


TABLES = (
    "height,weight,score\n1.5,60,7.25\n1.6,70,8.5\n1.7,65,9.125\n1.8,90,3\n",
    "a;b\n1,5;1,25\n3,75;2,5\n99;7,5\n",
    "a\tb\n1,234\t1\n2\t5.5\n3\t7\n",
    "a;b\n1.234,5;x\n2;y\n4;x\n",
    'a,b\n"1,234",1\n"2,000.5",2\n5,9\n',
    '"a, in m","b ""x""",c\n1,"2",3\n\n4,"5\n",7.5\n6,9,x\n8,10,1\n',
    ",b,,c\n0.5,1,,2\n1,2,,3\n4,4,,9,,\n,,,\n\n",
    "\uc774\ub984,\ud0a4,\ud569\uaca9\n\uae40,170,\uc608\n\uc774,160,\uc544\ub2c8\uc624\n\ubc15,180.5,\uc608\n",
    "a,b\n1,5\ninf,6.5\n4,8\n,7\n1e400,\n2,NaN\n",
    "1.5,60\n2.5,70.5\n3.5,61\n",
    "\uc9c0\uc5ed,2019,2020\nA,9.73,9.51\nB,3.41,3.35\nC,2.44,2.39\n",
    "0,1,2,target\n5.1,3.5,1.4,0\n4.9,3.0,1.3,1\n",
    "a;b;y\n1,5;0.126;1\n2,5;0.127;2\n3,5;0.128;\ubaa8\ub984\n4,5;0.129;4\n5,5;0.13;5\n6,5;0.2;9\n",
    'a,b\n"0,125",+\n"0,25",-\n"0,5",NA\n"1,5",+\n',
    'a,b\n1,"2\n3,4\n',
    "a,b\r1,2\r2,3\r",
    "=1+1,<b>x</b>\n1,2\n2,4\n3,9\n",
    "a,b\n1,2\n1,2,3\n",
    "a,a\n1,2\n",
    "a\n1\n",
    "",
)


def _table_seeds() -> list[bytes]:
    files = [text.encode(encoding) for text in TABLES for encoding in ("utf-8", "utf-16", "utf-16-le")]
    files += [text.encode("cp949") for text in TABLES] + [
        b"\xef\xbb\xbf" + TABLES[0].encode(),
        b"PK\x03\x04",
        b"\0" * 9,
    ]
    shipped = sorted((ROOT / "dlcore" / "data").glob("*.csv"))
    files += [b"".join(path.read_bytes().splitlines(keepends=True)[:12]) for path in shipped]
    return [bytes([k % 27]) + data for k, data in enumerate(files)]


def _table_worst() -> dict[str, bytes]:
    most = table_errors.LIMITS["too_large"] - 10
    full = b"\n".join([b",".join(b"%d" % (k * j % 10) for j in range(200)) for k in range(12_400)])
    same = b",".join(b"c%d" % k for k in range(200)) + b"\n" + (b"1," * 199 + b"1\n") * 12_000
    files = {
        "one endless line of commas": b"," * most,
        "one endless number": b"a,b\n1," + b"9" * (most - 10),
        "a quote never closed": b'a,b\n1,"' + b"x\n" * (most // 2 - 9),
        "only quotes": b'"' * most,
        "only line ends": b"\n" * most,
        "one column": b"1\n" * (most // 2),
        "200 columns of digits": full[:most],
        "200 constant columns, any target": same[:most],
        "50,000 rows of all digits": b"a,b\n" + b"".join(b"%d.%d,%d\n" % (i, i * 7919, i) for i in range(49_999)),
        "4 bytes a letter": ("\U0001f600,b\n" + "1,x\n" * 49_000).encode(),
        "UTF-16": "a,b\n".encode("utf-16") + "\uac00,\ub098\n".encode("utf-16-le") * 49_000,
        "a class with a name of 130,000 letters": b"a,b\n" + b"1,x\n2,y\n" * 20_000 + b"3," + b"z" * 130_000,
        "50 classes of 100 letters": b"a,b\n"
        + b"".join(b"%d,%s%02d\n" % (k, b"n" * 98, k % 50) for k in range(40_000)),
        "commas and points between semicolons": b"a;b\n" + b"1.234.567.890.123,4;2\n" * 49_000,
        "random bytes": random.Random(0).randbytes(most),
    }
    return {name: b"\0" + data for name, data in files.items()}


# ---- result codes ----------------------------------------------------------------------------------------------------

HERE = result_codes.exercise("gradient_descent", "one_weight", {"lr": 0.1})
ELSEWHERE = result_codes.exercise("gradient_descent", "one_weight", {"lr": 0.2})


def check_codes(data: bytes) -> None:
    """Every code in a text counts in one place, and one more code after it counts, too."""
    text = _text(data)
    found = result_codes.collected(text, HERE)
    counted = found.total + found.repeated + found.other + found.wrong
    assert counted == len(result_codes._CODE.findall(text[: result_codes.MOST_PASTED]))
    assert all(0 <= answer < result_codes.MOST_ANSWERS and count > 0 for answer, count in found.counts.items())
    assert len(found.unread) == min(3, found.unread_count)
    assert all(word in text and re.fullmatch("[0-9A-Za-z-]{6,}", word) for word in found.unread)
    assert result_codes.collected(text, HERE) == found
    shown = result_codes.shares(found, "abcd")
    assert all(0 <= share <= 1 for _, _, share in shown)
    if text.isascii():
        other = result_codes.collected(text.lower(), HERE)
        assert (other.counts, other.repeated, other.other) == (found.counts, found.repeated, found.other)
    more = f"{text[: result_codes.MOST_PASTED - 20]}\n{result_codes.written(HERE, len(text) % 4, len(text))}"
    assert result_codes.collected(more, HERE).counts.get(len(text) % 4, 0) >= 1


def _codes_seeds() -> list[bytes]:
    mine = [result_codes.written(HERE, k % 4, 7919 * k) for k in range(6)]
    other = result_codes.written(ELSEWHERE, 1, 5)
    found = [
        "\n".join(mine),
        ", ".join([*mine, other]),
        mine[0].lower().replace("-", ""),
        f"me: {mine[1]}! {mine[1][:9]}",
    ]
    found += ["O0Il-" * 4, "", "7K3M-9QX2-41TD", mine[2] + mine[2], f"\uae40 {mine[3]}\r\n\uc774 {mine[4]}\x00"]
    return [text.encode() for text in found]


def _codes_worst() -> dict[str, bytes]:
    many = "\n".join(result_codes.written(HERE, k % 4, k) for k in range(14_000))
    found = {"14,000 codes": many, "10 MB of A": "A" * 10_000_000, "10 MB of A-": "A-" * 5_000_000}
    found |= {
        "dashes": "-" * 1_000_000,
        "half a code, again and again": "AAAA-AAAA-AAA " * 15_000,
        "Hangul": "\uac00" * 500_000,
    }
    return {name: text.encode() for name, text in found.items()}


# ---- addresses -------------------------------------------------------------------------------------------------------

KINDS: dict[str, Kind] = {
    "lr": Number(0.1, 0.001, 3, log=True),
    "n": Number(40, 1, 300, whole=True),
    "w": Number(-4.0, -16, 16),
    "f": Choice("bowl", ("bowl", "saddle", "own_formula")),
    "x": Several(("sgd", "adam"), ("sgd", "adam", "rmsprop")),
    "scaled": Switch(True),
    "f_text": Text("x**2"),
    "tags": Names(),
}
OFFERED = dict.fromkeys(KINDS, ("beat", "word", ""))


def check_address(data: bytes) -> None:
    """Whatever a query says, the values are valid, and what the app writes of them is taken without a complaint.

    The first line is an address that a teacher types, the rest a query.
    """
    typed, _, query = _text(data).partition("\n")
    now: dict[str, list[str]] = {}
    for key, one in parse_qsl(query, keep_blank_values=True):
        now.setdefault(key, []).append(one)
    state = _arrived(now)
    for key, kind in KINDS.items():
        one = state.kept.get(key, kind.default)
        assert kind.nearest(one) == one, (key, one)
        _is_valid(kind, one)
    own = {key: one for key, one in state.kept.items() if key not in (page_state.LOCK_KEY, page_state.HIDE_KEY)}
    assert own.keys() <= KINDS.keys()
    assert not state.asked
    for note in state.notes:
        for words in vars(note).values():
            _is_harmless(page_state.shortened(words))
    _is_harmless(page_state.shortened(typed))
    handed = class_link.Handout("ko", tuple(sorted(state.locked)), tuple(sorted(state.hidden))).query(state)
    try:
        whole = class_link.written(typed, handed)
    except ValueError:
        whole = class_link.written("http://localhost/", handed)
    assert parse_qsl(urlsplit(whole).query, keep_blank_values=True) == list(handed.items())
    again = _arrived({key: [one] for key, one in handed.items()})
    assert {key: again.kept[key] for key in own} == own
    assert {note.word for note in again.notes} <= {"link_unknown"}
    assert (again.locked, again.hidden) == (state.locked, state.hidden)


def _arrived(now: dict[str, list[str]]) -> PageState:
    """The state of a page to which somebody comes with a query."""
    state = PageState(offered=dict(OFFERED))
    page_state._take(state, now)
    for key, kind in KINDS.items():
        page_state.value(state, key, kind)
    page_state.take_away(state)
    page_state.drop_unread(state)
    return state


def _is_valid(kind: Kind, value: Any) -> None:
    match kind:
        case Number():
            assert kind.low <= value <= kind.high
            assert isinstance(value, int) or not kind.whole
        case Choice():
            assert value in kind.options
        case Several():
            assert set(value) <= set(kind.options)
            assert len(set(value)) == len(value)
        case Switch():
            assert isinstance(value, bool)
        case Text():
            assert 0 < len(value) <= kind.most
        case Names():
            assert all(re.fullmatch("[a-z0-9_]+", name) for name in value)
            assert len(value) <= kind.most


def _is_harmless(shown: str) -> None:
    """Nothing in a code span that ends it, or that makes a second line."""
    assert "`" not in shown
    assert len(shown) <= 41
    assert len(shown.splitlines()) <= 1


ADDRESSES = (
    "http://127.0.0.1:8501/learning_rate?lang=ko\nlr=0.5&n=10&w=-3.5&f=saddle&x=adam,rmsprop&scaled=0&f_text=x%2By&tags=a,b_1",
    "https://example.org/\nlr=99&lr=5&foo=%3Cscript%3E&w=&n=abc&f=__import__&lock=lr,w,zzz&hide=presets,n&lang=en",
    "http://[::1]:1/\nlr=nan&n=inf&w=1e400&x=sgd,sgd&scaled=true&f_text=%60%5D(x)&tags=A,%00,-",
    "http://[\nlr=0x1&n=1_0&w=%D9%A3&%60k%0a=%E2%80%A8",
    "\n",
)


def _address_worst() -> dict[str, bytes]:
    found = {
        "10,000 keys": "\n" + "&".join(f"p{k}=1" for k in range(10_000)),
        "one key 10,000 times": "\n" + "&lr=1" * 10_000,
    }
    found |= {
        "long digits": "\nlr=" + "9" * 1_000_000,
        "long names": "\nlock=" + ",".join(f"a{k}" for k in range(100_000)),
    }
    found |= {
        "long text": "http://x/" + "`" * 1_000_000 + "\nf_text=" + "%60" * 300_000,
        "spaces": " " * 1_000_000 + "\n",
    }
    return {name: text.encode() for name, text in found.items()}


# ---- numbers, points, layers in a line of text -----------------------------------------------------------------------


def check_entered(data: bytes) -> None:
    """Numbers, points, layers, targets and predictions: finite and as many as allowed, or a word that says why not."""
    which, text = data[0] % 5 if data else 0, _text(data[1:])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            (_check_rows, _check_points, _check_layers, _check_column, _check_calculator)[which](text)
        except Unreadable as error:
            told = texts.words()[error.word]
            for language in texts.LANGUAGES:
                assert set(re.findall(r"{{(\w+)", told[language])) <= error.facts.keys(), error.word
                assert texts.fill(told[language], error.facts)
            for fact in error.facts.values():
                assert len(str(fact)) <= 41 or isinstance(fact, int)
                assert "`" not in str(fact)


def _check_rows(text: str) -> None:
    shown = typed_numbers.cells(text, 3)
    assert len(shown) <= typed_numbers.MOST_ROWS
    assert all(len(row) == 3 for row in shown)
    found = typed_numbers.rows(text)
    assert 1 <= len(found) <= typed_numbers.MOST_ROWS
    assert len({len(row) for row in found}) == 1
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 1e9
    again = typed_numbers.rows(typed_numbers.written(found))
    np.testing.assert_allclose(again, found, rtol=1e-5)


def _check_points(text: str) -> None:
    rows = drawn_points.read(text)
    assert len(rows) <= drawn_points.MOST_POINTS
    x, y = drawn_points.arrays(rows)
    assert x.shape == (len(rows), 2)
    assert np.unique(y).tolist() == list(range(len(np.unique(y))))
    again = drawn_points.read(drawn_points.written(rows))
    assert drawn_points.written(again) == drawn_points.written(rows)


def _check_layers(text: str) -> None:
    plans = layer_notation.read(text, "relu")
    assert len(plans) <= layer_notation.MOST_LAYERS
    for plan in plans:
        assert 1 <= plan.units <= layer_notation.MOST_UNITS
        assert 0 <= plan.dropout < 1
        assert 0 <= plan.l1 <= 1
        assert 0 <= plan.l2 <= 1
    again = layer_notation.read(layer_notation.written(plans, "relu"), "relu")
    assert layer_notation.written(again, "relu") == layer_notation.written(plans, "relu")


def _check_column(text: str) -> None:
    found = typed_numbers.column(text)
    assert 1 <= len(found) <= typed_numbers.MOST_ROWS


def _check_calculator(text: str) -> None:
    task, true, pred = [*text.split("\n", 2), "", ""][:3]
    found = by_hand_and_by_machine.read(by_hand_and_by_machine.TASKS[len(task) % 3], true, pred)
    assert found.losses
    values = found.values()
    assert np.isfinite([*values.values()]).all(), values
    assert all(found.sums().values())
    assert set(found.half) <= set(by_hand_and_by_machine.HALF)
    assert found.half
    assert len(found.table()) == len(found.losses)
    for share in found.shares().values():
        assert ((share >= 0) & (share <= 1)).all()


ENTERED = (
    *("01, 2; 3, 4", "0-0.5, 1e3, 2.; 1, 2, 3;", "0;;,", "01, x", "01e400", "0nan, 1", "0−1, 2"),
    *("1" + drawn_points.DEFAULT, "10.5, 0.5, 1; -1, 1, 0", "1;", "12, 0, 1", "10, 0, 7"),
    *("28-8", "28:tanh:d0.5:b:he_normal:l2=0.01-4", "20", "2600", "28:x", "28:d1-4", "2–8−3"),
    *("31, 2, 3", "3"),
    *("4\n3, 5, 2, 8\n2.5, 5.5, 4, 7", "4a\n1, 0, 1, 0\n0.9, 0.2, 0.4, 0.6", "4a\n1, 1\n1, 0"),
    "4aa\n0, 2, 1\n0.7, 0.2, 0.1; 0.1, 0.3, 0.6; 0.3, 0.4, 0.3",
    "4\n1e-300, 0\n1e9, -1e9",
)


def _entered_worst() -> dict[str, bytes]:
    found = {
        "a million numbers": "0" + "1," * 1_000_000,
        "a million rows": "0" + "1;" * 1_000_000,
        "long digits": "0" + "9" * 1_000_000,
    }
    found |= {"points": "1" + "0,0,1;" * 200_000, "layers": "2" + "8-" * 200_000, "one layer": "28" + ":d0.5" * 200_000}
    found |= {"dropout of many digits": "28:d" + "1" * 20_000 + "x", "units of many digits": "2" + "9" * 1_000_000}
    found |= {
        "24 large numbers": "4\n" + ",".join(["1e9"] * 24) + "\n" + ",".join(["-1e9"] * 24),
        "dashes": "2" + "−" * 300_000,
    }
    return {name: text.encode() for name, text in found.items()}


# ---- programs to take home -------------------------------------------------------------------------------------------

HARMLESS = "harmless"


def check_program(data: bytes) -> None:
    """A visitor's text in a program is a constant and nothing else: without it the program is the same."""
    # NumPy's texts forget what is NUL at their end
    text = _text(data).rstrip("\0")
    for write in (_own_formula, _anything, _columns):
        shape, constants = _of_harmless(write)
        if text not in constants:
            assert _shape(write(text), text) == shape, write.__name__
    # a title is ours, but may quote
    title = text.replace("\0", "")
    body = ast.parse(_titled(title)).body
    assert len(body) == len(ast.parse(_titled(HARMLESS)).body)
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)
    names = [re.sub("[\r\n]", " ", text) or "a", "b", text]
    table = programs.data_csv(np.ones((2, 2)), np.ones(2), np.arange(2), names[:2], names[2])
    assert table.count("\n") == 3
    assert np.loadtxt(io.StringIO(table), delimiter=",", skiprows=1).tolist() == [[1.0] * 3] * 2
    assert next(csv.reader(io.StringIO(table))) == [" ".join(name.split()) for name in names]


def _own_formula(text: str) -> str:
    try:
        surface = OwnFormula(text)
    except FormulaError:
        surface = OwnFormula("x + y") if text != HARMLESS else OwnFormula("y + x")
        object.__setattr__(surface, "text", text)
    run = Run("One weight")
    run.ran(surface.gradient, np.array([1.0]), np.array([2.0]))
    return run.program()


def _anything(text: str) -> str:
    run = Run("Any text")
    kept = run.made("kept", dict, **{"given": text})
    run.ran(len, (text, [text], {text: text}), np.array([text]))
    run.ran(repr, kept["given"], kept[text])
    book = json.loads(run.notebook())
    cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    return run.program() + "\n" + "\n".join(cells)


def _columns(text: str) -> str:
    recipe = Recipe(2, (LayerPlan(1, "sigmoid"),), loss=loss_of("binary_crossentropy"))
    own = programs.Source(None, (text, "b"), 2)
    set_ = programs.Source(Moons(), (text, "b"), 2)
    found = [
        programs.keras_program(recipe, own),
        programs.dlcore_program(recipe, own),
        programs.dlcore_program(recipe, set_),
    ]
    for each in found:
        json.loads(programs.notebook(each, "Training"))
    return "\n".join(found)


def _titled(title: str) -> str:
    run = Run(title)
    run.ran(len, "")
    return run.program()


@cache
def _of_harmless(write: Callable[[str], str]) -> tuple[str, frozenset[str]]:
    """The shape of a program without a visitor's text, and the texts that stand in it anyway."""
    program = write(HARMLESS)
    found = (node.value for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Constant))
    return _shape(program, HARMLESS), frozenset(each for each in found if isinstance(each, str)) - {HARMLESS}


class _Blank(ast.NodeTransformer):
    """A visitor's text as a constant of no interest."""

    def __init__(self, text: str) -> None:
        self.text = text

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("…") if node.value == self.text else node


def _shape(program: str, text: str) -> str:
    return ast.dump(_Blank(text).visit(ast.parse(program)))


PROGRAMS = (
    *(
        "x**2",
        "'",
        '"',
        '"""',
        "'''",
        "\\",
        "\n",
        "{}",
        "{0}",
        "%s",
        "\r\n",
        "# %% data",
        "\n# %% fit: x\nimport os",
        "a, b",
    ),
    *(
        "');import os;os.system('true')#",
        '"); exec("1"); ("',
        "\\'); x",
        "\u2028x",
        "\x00",
        "=cmd()",
        "\ud55c\uae00 \uc774\ub984",
        "\x85",
        "\ufeff",
    ),
    *("`](x)", "<script>", "$x$", "\N{RIGHT-TO-LEFT OVERRIDE}x", "harmless", "…", "len", "given"),
)


def _program_worst() -> dict[str, bytes]:
    found = {
        "quotes": "'\"" * 30_000,
        "backslashes": "\\" * 60_000,
        "line ends": "\n" * 200_000,
        "braces": "{" * 60_000,
    }
    return {name: text.encode() for name, text in found.items()}


# ---- networks that are brought back ----------------------------------------------------------------------------------

_CUT = b"\n---\n"


def check_model(data: bytes) -> None:
    """A network within its limits that is saved and read again as it is, or a ValueError.

    If the first byte is odd, the rest is the file; else it is the text that the file holds and one array.
    """
    if data and data[0] % 2 == 0:
        described, _, array = data[1:].partition(_CUT)
        data = _packed(_text(described), array)
    else:
        data = data[1:]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            model = keep.read_network(data)
        except ValueError as error:
            assert str(error)
            return
    again = keep.read_network(keep.written_network(model))
    assert np.array_equal(model.w, again.w, equal_nan=True)
    assert [layer.config() for layer in again.layers] == [layer.config() for layer in model.layers]
    assert model.count_params() <= 2 * layer_notation.MOST_WEIGHTS


def _packed(described: str, array: bytes) -> bytes:
    """A file with that text, and an array in its file's own bytes."""
    first = io.BytesIO()
    np.save(first, np.array(described.replace("\0", "")))
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("model.npy", first.getvalue())
        if array:
            archive.writestr("w0.npy", array)
    return file.getvalue()


def _model_seeds() -> list[bytes]:
    model = Sequential([layers_of("BatchNormalization"), layers_of("Dense", 2, "tanh"), layers_of("Dense", 1)], seed=1)
    model.build((3,))
    model.compile("adam", "mse")
    file = keep.written_network(model)
    with ZipFile(io.BytesIO(file)) as archive:
        text = str(np.load(io.BytesIO(archive.read("model.npy")), allow_pickle=False))
    told = {"format": 1, "name": "m", "seed": 0, "input_shape": [2], "compiled": {}}
    one = {**told, "layers": [["Dense", {"units": 1, "use_bias": False, "name": "d"}]]}
    array = io.BytesIO()
    np.save(array, np.array([[1.0], [2.0]]))
    huge = array.getvalue().replace(b"(2, 1), }", b"(2000000000000, 1), }").replace(b"            \n", b"\n")
    found = [_even(json.dumps(one), array.getvalue()), _even(json.dumps(one), huge), _even(text, b""), b"\x01" + file]
    return [
        *found,
        _even(json.dumps({**told, "layers": [["BatchNormalization", {}], ["Dropout", {"rate": 0.5}]]}), b""),
    ]


def layers_of(kind: str, *given: Any) -> Any:
    """A layer by the name of its class."""
    from dlcore.layers import Layer

    return Layer.kinds[kind](*given)


def _even(described: str, array: bytes) -> bytes:
    return b"\0" + described.encode() + _CUT + array


def _model_worst() -> dict[str, bytes]:
    told: dict[str, Any] = {"format": 1, "name": "m", "seed": 0, "input_shape": [10**9], "compiled": {}}
    named = [["Dropout", {"rate": 0.5, "name": f"d{k}"}] for k in range(50_000)]
    array = io.BytesIO()
    np.save(array, np.zeros(3))
    claims = array.getvalue().replace(b"(3,), }", b"(1000000000,), }").replace(b"         \n", b"\n")
    zeros = io.BytesIO()
    np.savez_compressed(zeros, model=np.array("{}"), w0=np.zeros(49_000_000))
    return {
        "a layer of 10⁹ inputs, no weights": _even(json.dumps({**told, "layers": [["BatchNormalization", {}]]}), b""),
        "50,000 layers": _even(json.dumps({**told, "layers": named}), b""),
        "an array that claims 8 GB": _even(json.dumps({**told, "layers": []}), claims),
        "390 MB of packed zeros": b"\x01" + zeros.getvalue(),
        "a name of 1 MB": _even(json.dumps({**told, "name": "x" * 1_000_000, "layers": []}), b""),
        "brackets": _even("[" * 1_000_000, b""),
    }


# ---- all of them -----------------------------------------------------------------------------------------------------


def _encoded(texts: Sequence[str]) -> Callable[[], list[bytes]]:
    return lambda: [text.encode("utf-8", "surrogatepass") for text in texts]


TARGETS = {
    "formula": Target(check_formula, _encoded(FORMULAS.split("|")), FORMULA_WORDS, _formula_worst, 300),
    "table": Target(
        check_table,
        _table_seeds,
        (
            '"',
            '""',
            ",",
            ";",
            "\t",
            "\n",
            "\r",
            "NaN",
            "inf",
            "∞",
            "1e400",
            "1,234",
            "1.234,5",
            "−1",
            "#DIV/0!",
            "\ufeff",
            "\uac00",
            "\x1a",
        ),
        _table_worst,
    ),
    "codes": Target(check_codes, _codes_seeds, ("-", " ", "\n", "AAAA-AAAA-AAAA", "O0Il"), _codes_worst),
    "address": Target(
        check_address,
        _encoded(ADDRESSES),
        (
            *(f"&{key}=" for key in (*KINDS, "lock", "hide", "lang")),
            "%60",
            "%0a",
            "nan",
            "inf",
            "1e5",
            ",",
            "saddle",
            "adam",
            "http://[",
        ),
        _address_worst,
        1500,
    ),
    "entered": Target(
        check_entered,
        _encoded(ENTERED),
        (
            ",",
            ";",
            "\n",
            "-",
            ":",
            "nan",
            "inf",
            "1e9",
            "1e-300",
            "−",
            "d0.5",
            "l1=",
            "l2=",
            "b",
            "tanh",
            "he_normal",
            "0.5, 0.5",
        ),
        _entered_worst,
        600,
    ),
    "program": Target(
        check_program,
        _encoded(PROGRAMS),
        ("'", '"', '"""', "\\", "\n", "\r", "{}", "# %%", ")", "\u2028", "\0"),
        _program_worst,
        300,
    ),
    "model": Target(
        check_model,
        _model_seeds,
        (
            '"layers"',
            '"Dense"',
            '"BatchNormalization"',
            '"Dropout"',
            '"units"',
            "1e999",
            "[]",
            "{}",
            "null",
            "-1",
            "10000000000",
        ),
        _model_worst,
        8192,
    ),
}


def mutated(name: str, count: int, seed: int = 0) -> Iterator[bytes]:
    """Inputs made of a target's own: with bytes changed, words put in, pieces taken out, doubled or joined."""
    target, draw = TARGETS[name], random.Random(seed)
    seeds, words = target.seeds(), [word.encode() for word in target.words]
    for _ in range(count):
        data = bytearray(draw.choice(seeds))
        for _ in range(draw.randint(1, 4)):
            i, j = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
            j = min(j, i + 60)
            match draw.randrange(6):
                case 0:
                    data[i:i] = draw.choice(words)
                case 1:
                    data[i:j] = b""
                case 2:
                    data[i:j] = data[i:j] * 2
                case 3:
                    data[i:] = draw.choice(seeds)[i:]
                case 4:
                    data[i : i + 1] = bytes([draw.randrange(256)])
                case _:
                    data[i:j] = draw.choice(words)
        yield bytes(data[: target.most])
