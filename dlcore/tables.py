"""A reader's own table: what stands in a CSV file becomes inputs, targets, and a list of what was done to it.

    table = read_csv(data, target="score")
    table.x, table.y                the numbers, as a data set has them
    table.remarks                   what was left out or read in a special way, one fact each

The bytes may come from anywhere: they are never executed, limits bound the time and memory they can cost, and whatever
they are, the result is a table of finite numbers or a ``TableError`` that says what is wrong and where. Nothing is
scaled here, because only the training part may decide how (see ``datasets.Standardizer``).
"""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from dlcore.table_errors import LIMITS, Remark, TableError

Task = Literal["regression", "binary", "multiclass"]


@dataclass(frozen=True, eq=False)
class Table:
    """A reader's table: used as a data set is.

    x: shape (rows, features), float64. y: shape (rows,), float64 for a regression, otherwise int64 that counts the
    names in ``classes`` from 0. All numbers are finite; both arrays are read-only. remarks: what was done to the file.
    columns: the names of all columns of the file, in order.
    """

    x: np.ndarray
    y: np.ndarray
    features: tuple[str, ...]
    target: str
    task: Task
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    remarks: tuple[Remark, ...]

    def load(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets, as a data set gives them."""
        return self.x, self.y


# --- From bytes to a table ----------------------------------------------------------------------------------------
def read_csv(
    data: bytes,
    target: str | None = None,
    inputs: Sequence[str] | None = None,
    task: Literal["regression", "classification"] | None = None,
    header: bool | None = None,
    decimal: Literal[".", ","] | None = None,
) -> Table:
    """The table in the bytes of a CSV file.

    target: the column to predict; None means the last one. inputs: the columns to predict from; None means all others.
    task: whether the target is a number or a class. None means: classes if it is text, has only two values, or has at
    most ten that count 0, 1, 2, ... or 1, 2, 3, ..., provided every class has two rows on average; else numbers.
    header: whether the first row holds the names of the columns; None means: if it has no number, or if its numbers
    are unlike those below, as years and counted columns are. decimal: the decimal sign; None means that of most cells
    of a column, and for a column that does not tell, that of most cells of the file.

    Commas, semicolons or tabs may separate columns. The letters may be UTF-8, UTF-16 or Korean Excel's CP949. Columns
    of text, columns that are mostly empty and constant columns are no inputs; rows in which then still a value is
    missing are left out, and so are rows with a word in a column of numbers, unless the target is to be read as
    classes. What means that a number is missing, such as NA, is a name in a target of text. All of that is said in
    ``remarks``.

    Raises TableError for anything else that is not a table, and ValueError for an unknown ``task`` or ``decimal``.
    """
    if task not in (None, "regression", "classification"):
        raise ValueError(f"task must be regression, classification or None; it is {task!r}")
    if decimal not in (None, ".", ","):
        raise ValueError(f"decimal must be '.', ',' or None; it is {decimal!r}")
    remarks: list[Remark] = []
    return _table(_sheet(_text(data, remarks), header, decimal, remarks), target, inputs, task, remarks)


def with_any_target(data: bytes, header: bool | None = None, decimal: Literal[".", ","] | None = None) -> Table | None:
    """The table with the first of its columns that can be a target; None if there is none. Raises as ``read_csv``."""
    remarks: list[Remark] = []
    # read once: with two hundred columns in turn the largest file would take minutes
    sheet = _sheet(_text(data, remarks), header, decimal, remarks)
    for name in sheet.names:
        try:
            return _table(sheet, name, None, None, [*remarks])
        except TableError:
            continue
    return None


def _table(
    sheet: "_Sheet", target: str | None, inputs: Sequence[str] | None, task: str | None, remarks: list[Remark]
) -> Table:
    target = sheet.names[-1] if target is None else target
    chosen = [name for name in sheet.names if name != target] if inputs is None else list(dict.fromkeys(inputs))
    for name, choices in [(target, sheet.names), *((name, _without(sheet.names, target)) for name in chosen)]:
        if name not in choices:
            raise TableError("unknown_column", found=str(name), choices=choices)
    answer = _as_answer(_column(sheet, target, remarks), sheet, task, remarks)
    columns = [_column(sheet, name, remarks) for name in chosen]
    columns = [column for column in columns if _is_of_numbers(column, sheet, remarks)]
    rows = _complete([*columns, answer], sheet, remarks)
    columns = [column for column in columns if _varies(column, rows, remarks)]
    if not columns:
        raise TableError("no_inputs")
    x = np.column_stack([column.numbers[rows] for column in columns])
    y, classes = _answers(answer, rows, sheet, task, remarks)
    x.flags.writeable = y.flags.writeable = False
    kind: Task = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    return Table(x, y, tuple(c.name for c in columns), target, kind, classes, sheet.names, tuple(remarks))


def _without(names: tuple[str, ...], target: str) -> tuple[str, ...]:
    return tuple(name for name in names if name != target)


# --- Bytes to text ------------------------------------------------------------------------------------------------
WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")  # ZIP, of which .xlsx is one; empty ZIP; old .xls
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def _text(data: bytes, remarks: list[Remark]) -> str:
    """The text that the bytes are, in whatever encoding."""
    if len(data) > LIMITS["too_large"]:
        raise TableError("too_large", found=str(len(data)))
    if data.startswith(WORKBOOKS):
        raise TableError("workbook")
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        text = text.rstrip("\x1a")  # with which old programs end a file
        if CONTROL.search(text):
            raise TableError("binary")
        if not text.strip(" \t\r\n,;"):
            raise TableError("empty")
        if not encoding.startswith("utf-8"):
            remarks.append(Remark("encoding", found=encoding))
        return text
    raise TableError("binary" if CONTROL.search(data.decode("latin-1")) else "encoding")


def _encodings(data: bytes) -> tuple[str, ...]:
    """What the bytes may be, likeliest first."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return (encoding,)
    # in UTF-16 every second byte of a digit or comma is 0, which no other text contains
    for encoding, zeros in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if zeros.count(0) > len(zeros) / 4:
            return (encoding,)
    return ("utf-8", "cp949")


# --- Text to cells ------------------------------------------------------------------------------------------------
class _Sheet(NamedTuple):
    """The cells of a table, column by column, and the line in which each row begins."""

    names: tuple[str, ...]
    columns: list[tuple[str, ...]]
    lines: list[int]
    comma: bool
    """Whether a comma is the decimal sign of the file."""
    commas: list[bool]
    """Whether a comma is the decimal sign of each column."""
    read: dict[str, "_Column"]
    """The columns that were read already."""


def _sheet(text: str, header: bool | None, decimal: str | None, remarks: list[Remark]) -> _Sheet:
    delimiter = _delimiter(text)
    lines, rows, distinct = _rows(text, delimiter)
    first = rows[0]
    if len(first) == 1:
        raise TableError("one_column")
    if delimiter != ",":
        remarks.append(Remark("delimiter", found=delimiter))
    forms = {cell: _form(cell) for cell in distinct}
    columns = list(zip(*rows, strict=True))
    counts = [Counter(map(forms.__getitem__, column[1:])) for column in columns]
    number = next((cell for cell in first if forms[cell] in NUMBERS), None)
    if header is None:
        _, commas = _decimal_commas(counts, delimiter, decimal)
        header = number is None or _are_names(columns, counts, commas)
    if header:
        columns = [column[1:] for column in columns]
    else:
        for count, cell in zip(counts, first, strict=True):
            count[forms[cell]] += 1
    comma, commas = _decimal_commas(counts, delimiter, decimal)
    if comma:
        signed = (cell for column, by_comma in zip(columns, commas, strict=True) if by_comma for cell in column)
        if example := next((cell for cell in signed if forms[cell] in ("comma", "one_comma")), None):
            remarks.append(Remark("decimal_comma", found=example))
    if header:
        names = _names(first, lines[0], remarks)
        if number is not None:
            remarks.append(Remark("number_header", lines[0], found=number))
        lines = lines[1:]
    else:
        names = tuple(f"column_{i}" for i in range(1, len(first) + 1))
        remarks.append(Remark("no_header", lines[0], found=number or first[0]))
    if not lines:
        raise TableError("no_rows")
    return _Sheet(names, columns, lines, comma, commas, {})


def _delimiter(text: str) -> str:
    """The separator with which the most rows at the beginning have the same number of cells, more than one.

    At a tie a tab wins over a semicolon, and both over a comma, which may be a decimal sign.
    """
    sample = text[:65_536]
    if len(text) > len(sample):
        sample = sample[: sample.rfind("\n") + 1] or sample
    agreeing = {}
    for delimiter in "\t;,":
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
        widths = Counter(len(row) for row, _ in zip(reader, range(100), strict=False) if any(row))
        agreeing[delimiter] = max((count for width, count in widths.items() if width > 1), default=0)
    return max(agreeing, key=lambda delimiter: agreeing[delimiter])


def _rows(text: str, delimiter: str) -> tuple[list[int], list[list[str]], dict[str, str]]:
    """The line of every row that is not blank, its cells, and every distinct cell, which is kept only once."""
    lines: list[int] = []
    rows: list[list[str]] = []
    distinct: dict[str, str] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    line = 1
    try:
        for row in reader:
            row, here, line = [cell.strip() for cell in row], line, reader.line_num + 1
            if not any(row):
                continue
            width = len(rows[0]) if rows else len(row)
            if width > LIMITS["too_many_columns"]:
                raise TableError("too_many_columns", row=here, found=str(width))
            # programs write empty cells behind the last column
            if len(row) < width or any(row[width:]):
                raise TableError("ragged", row=here, found=str(len(row)), limit=width)
            if len(rows) > LIMITS["too_many_rows"]:
                raise TableError("too_many_rows", row=here)
            lines.append(here)
            rows.append([distinct.setdefault(cell, cell) for cell in row[:width]])
    except csv.Error as error:
        # the module says which it was in no other way
        reason = "cell_too_long" if "field limit" in str(error) else "quote"
        raise TableError(reason, row=line) from None
    if not rows:
        raise TableError("empty")
    return lines, rows, distinct


def _names(first: Sequence[str], line: int, remarks: list[Remark]) -> tuple[str, ...]:
    """The names of the columns that stand in the first row."""
    names = _numbered(first)
    for name in names:
        if len(name) > LIMITS["name_too_long"]:
            raise TableError("name_too_long", row=line, found=name)
        if names.count(name) > 1:
            raise TableError("duplicate_header", row=line, column=name, found=name)
    remarks += [Remark("unnamed_column", line, name) for name, cell in zip(names, first, strict=True) if not cell]
    return tuple(names)


def _numbered(first: Sequence[str]) -> list[str]:
    """The cells of a first row, and ``column_2`` for the second if that is empty."""
    return [name or f"column_{i}" for i, name in enumerate(first, start=1)]


# --- A first row with numbers: data or names ----------------------------------------------------------------------
YEAR = re.compile(r"(?:1[89]|2[01])[0-9]{2}(?:\.(?:0[1-9]|1[0-2]))?")  # perhaps with a month


def _are_names(columns: list[tuple[str, ...]], counts: list[Counter[str]], commas: list[bool]) -> bool:
    """Whether the first row, which holds a number, names the columns.

    It does where words stand over columns of numbers and the other cells are unlike those below them, and where its
    numbers count (as years do, and the 0, 1, 2, ... of pandas) and the rows below do not.
    columns: with the first row; counts, commas: of the rows below it.
    """
    first = [column[0] for column in columns]
    if len(columns[0]) == 1 or len(set(_numbered(first))) < len(first):
        return False
    forms = [_form(cell) for cell in first]
    numeric = [_are_numbers(count) for count in counts]
    # what stands below again is no name
    again = [form == "text" and column[0] in column[1:] for form, column in zip(forms, columns, strict=True)]
    words = sum(numeric[k] and form == "text" and not again[k] for k, form in enumerate(forms))
    places = [k for k, form in enumerate(forms) if form in NUMBERS]
    unlike = [_is_unlike(columns[k], counts[k], commas[k]) for k in places if numeric[k]]
    if words and words + sum(unlike) > len(unlike) - sum(unlike) + sum(again):
        return True
    numbers = [_number(first[k], commas[k]) for k in places]
    if not all(number is not None and abs(number) <= LARGEST for number in numbers):
        return False
    steps = np.diff(np.array(numbers, dtype=float))
    counted = all(first[k].isdecimal() for k in places) and len(set(steps)) <= 1 and set(steps) <= {-1.0, 1.0}
    from_zero = counted and first[places[0]] == "0"
    if words:
        return from_zero or (counted and len(steps) > 0)
    below = [columns[k] for k in places]
    even = len(steps) > 1 and steps[0] != 0 and np.allclose(steps, steps[0], rtol=1e-6, atol=0)
    if len(steps) == 0 or (even and _go_on_by(float(steps[0]), below, [commas[k] for k in places])):
        return False
    years = all(YEAR.fullmatch(first[k]) for k in places) and (np.all(steps > 0) or np.all(steps < 0))
    if unlike and all(unlike):
        return bool(years or even or (from_zero and len(columns[0]) > 5))
    if not counted or len(steps) == 1:
        return False
    return bool(years and not any(map(_are_years, below))) or (from_zero and (len(steps) > 2 or any(unlike)))


def _is_unlike(column: tuple[str, ...], count: Counter[str], comma: bool) -> bool:
    """Whether the first number of a column is far from those below, or whole where those are written with a sign."""
    numbers = sum(count[form] for form in NUMBERS)
    if _form(column[0]) == "plain" and 10 * count["plain"] <= numbers:
        return True
    value = _number(column[0], comma)
    below = [number for cell in set(column[1:]) if (number := _number(cell, comma)) is not None]
    finite = [number for number in below if math.isfinite(number)]
    if value is None or not finite or _are_years(column):
        return False
    low, high = min(finite), max(finite)
    return not low - (high - low) <= value <= high + (high - low)


def _are_years(column: tuple[str, ...]) -> bool:
    """Whether most cells below the first are years."""
    return 2 * sum(YEAR.fullmatch(cell) is not None for cell in column[1:]) > len(column) - 1


def _go_on_by(step: float, columns: list[tuple[str, ...]], commas: list[bool]) -> bool:
    """Whether the numbers in more than a tenth of the first thousand rows below the first go on by a step."""
    below = [
        [math.nan if (number := _number(cell, comma)) is None else number for cell in column[1:1001]]
        for column, comma in zip(columns, commas, strict=True)
    ]
    with np.errstate(invalid="ignore"):
        alike = np.all(np.isclose(np.diff(np.array(below), axis=0), step, rtol=1e-6, atol=0), axis=0)
    return bool(10 * np.sum(alike) > len(below[0]))


# --- Cells to numbers ---------------------------------------------------------------------------------------------
FAILED = frozenset(("", "#n/a", "#div/0!", "#name?", "#null!", "#num!", "#ref!", "#value!"))  # nobody's name
MISSING = FAILED | frozenset(("na", "n/a", "nan", "null", "none", "-", "?", "."))
INFINITE = frozenset(sign + word for sign in ("", "+", "-") for word in ("inf", "infinity", "∞"))
LARGEST = 1e100  # its square is still a number
NUMBER = re.compile(  # with a point as decimal sign and perhaps commas between groups of three digits
    r"""[+-]? (?: [1-9][0-9]{0,2} (?P<groups> (?:,[0-9]{3})+ ) | [0-9]+ | (?=\.[0-9]) )
    (?:\.[0-9]*)? (?: [eE][+-]?[0-9]+ )?""",
    re.VERBOSE,
)
SWAPPED = str.maketrans(",.", ".,")
NUMBERS = frozenset(("plain", "point", "comma", "one_point", "one_comma"))


def _form(cell: str) -> str:
    """How a cell is written: ``missing``, ``text`` or one of NUMBERS.

    A number is ``plain`` if it means the same with either decimal sign, ``point`` or ``comma`` if it is a number with
    that sign alone, ``one_point`` or ``one_comma`` if that may as well separate thousands, as in 1.234.
    """
    if cell.lower() in MISSING:
        return "missing"
    if cell.lower() in INFINITE:
        return "plain"
    if len(cell) > 40:
        return "text"
    by_point, by_comma = (NUMBER.fullmatch(_plain(cell, comma)) for comma in (False, True))
    if by_point and by_comma:
        return "one_point" if "." in cell else "one_comma" if "," in cell else "plain"
    return "point" if by_point else "comma" if by_comma else "text"


def _are_numbers(count: Counter[str]) -> bool:
    """Whether a column, by how its cells are written, has by far more numbers than words, and is mostly filled."""
    numbers = sum(count[form] for form in NUMBERS)
    return numbers > 0 and numbers >= 4 * count["text"] and 2 * count["missing"] <= count.total()


def _decimal_commas(counts: list[Counter[str]], delimiter: str, decimal: str | None) -> tuple[bool, list[bool]]:
    """Whether a comma is the decimal sign of the file, and of each column; what the reader says, if they say it.

    In the file it is if most cells of columns of numbers say so, in a column likewise, but against the file only if
    not a single cell says so. A column whose cells say nothing, such as 1.234, follows the file if a tenth of its
    rows say something. Else a comma is a decimal sign between semicolons, where it is usual, and a point is one.
    """
    if decimal is not None:
        return decimal == ",", [decimal == ","] * len(counts)
    votes = sum((count for count in counts if _are_numbers(count)), Counter[str]())
    usual = delimiter == ";" and votes["one_comma"] >= max(votes["one_point"], 1)
    most = max(votes["comma"], votes["point"])
    tie = votes["comma"] == votes["point"]
    of_file = usual if most == 0 else delimiter == ";" if tie else votes["comma"] > votes["point"]
    otherwise = of_file if 10 * most >= counts[0].total() else usual
    commas = []
    for count in counts:
        own, many = count["comma"] > count["point"], max(count["comma"], count["point"])
        if many == 0:
            commas.append(otherwise)
        elif many == 1 or 10 * many < sum(count[form] for form in NUMBERS) or count["comma"] == count["point"]:
            commas.append(of_file)
        else:
            commas.append(own)
    return of_file, commas


def _number(cell: str, comma: bool) -> float | None:
    """The number in a cell: NaN if it is missing, infinite if it is too large, None if it is text."""
    if cell.lower() in MISSING:
        return math.nan
    if cell.lower() in INFINITE:
        return math.inf
    # a number of many thousand digits would take long to read
    if len(cell) > 40:
        return None
    value = _value(_plain(cell, comma))
    # what is too large with either decimal sign is no word
    return math.inf if value is None and _value(_plain(cell, not comma)) == math.inf else value


def _value(written: str) -> float | None:
    if not NUMBER.fullmatch(written):
        return None
    value = float(written.replace(",", ""))
    return value if abs(value) <= LARGEST else math.inf


def _plain(cell: str, comma: bool) -> str:
    """The cell with a point as decimal sign and an ASCII minus."""
    return (cell.translate(SWAPPED) if comma else cell).replace("−", "-")


def _is_number(value: float | None) -> bool:
    return value is not None and not math.isnan(value)


class _Column(NamedTuple):
    """A column: its cells, and as numbers where they are (NaN where missing or text)."""

    name: str
    cells: tuple[str, ...]
    numbers: np.ndarray
    missing: np.ndarray
    beyond: np.ndarray
    """Where a number is out of range."""
    words: np.ndarray
    """Where a cell is neither a number nor missing."""
    of_text: bool
    """Whether it is a column of words, and not of numbers with a few stray ones."""
    thousands: int | None
    """The first row in which a group of three digits was read as thousands, if there is one."""
    sign: int | None
    """The first row with a decimal sign other than the file's, if there is one."""


def _column(sheet: _Sheet, name: str, remarks: list[Remark]) -> _Column:
    column = sheet.read[name] = sheet.read.get(name) or _read(sheet, name)
    for code, first in (
        ("decimal_point" if sheet.comma else "decimal_comma", column.sign),
        ("thousands", column.thousands),
    ):
        if first is not None:
            remarks.append(Remark(code, sheet.lines[first], name, column.cells[first]))
    return column


def _read(sheet: _Sheet, name: str) -> _Column:
    k = sheet.names.index(name)
    cells, comma = sheet.columns[k], sheet.commas[k]
    # equal cells are read once
    counts = Counter(cells)
    read = {cell: _number(cell, comma) for cell in counts}
    numbers = np.array([math.nan if read[cell] is None else read[cell] for cell in cells], dtype=float)
    words = np.array([read[cell] is None for cell in cells])
    missing = np.isnan(numbers) & ~words
    of_text = _is_of_text(counts, read)
    grouped = signed = None
    if not of_text:
        groups = {cell for cell in read if (m := NUMBER.fullmatch(_plain(cell, comma))) and m["groups"]}
        grouped = next(i for i, cell in enumerate(cells) if cell in groups) if groups else None
        if comma != sheet.comma:
            signs = {cell for cell in read if ("," if comma else ".") in cell and _is_number(read[cell])}
            signed = next(i for i, cell in enumerate(cells) if cell in signs) if signs else None
    return _Column(name, cells, numbers, missing, np.isinf(numbers), words, of_text, grouped, signed)


def _is_of_text(counts: Counter[str], read: dict[str, float | None]) -> bool:
    """Whether a column is one of words: one word among many numbers is stray, many words are names.

    They are names if there is more than one to four numbers; if one of them recurs as the numbers do, which then are
    names, too; and if there is no number and not always the same of what else means that a value is missing.
    """
    words = {cell: count for cell, count in counts.items() if read[cell] is None}
    values: Counter[float] = Counter()
    for cell, count in counts.items():
        if (value := read[cell]) is not None and not math.isnan(value):
            values[value] += count
    if not words:
        return not values and len({cell.lower() for cell in counts} - FAILED) > 1
    if values.total() < 4 * sum(words.values()):
        return True
    few = len(values) <= 10 and values.total() >= 2 * len(values)
    return few and max(words.values()) >= max(2, min(values.values()))


# --- What can be learnt from --------------------------------------------------------------------------------------
def _is_of_numbers(column: _Column, sheet: _Sheet, remarks: list[Remark]) -> bool:
    """Whether a column can be an input: it is not one of words, and at most half of its cells are missing."""
    if column.of_text and column.words.any():
        _say_words("text_column", column, sheet, remarks)
        return False
    empty = int(column.missing.sum())
    if 2 * empty > len(column.cells):
        remarks.append(Remark("mostly_missing", None, column.name, count=empty))
        return False
    if column.words.any():
        _say_words("stray_text", column, sheet, remarks)
    return True


def _say_words(code: str, column: _Column, sheet: _Sheet, remarks: list[Remark]) -> None:
    """Say what is done about words, how many there are, and where the first stands."""
    first = int(np.argmax(column.words))
    remarks.append(Remark(code, sheet.lines[first], column.name, column.cells[first], int(column.words.sum())))


def _as_answer(column: _Column, sheet: _Sheet, task: str | None, remarks: list[Remark]) -> _Column:
    """The target as it is to be read: as a column of names, or of numbers with words that are stray."""
    words, filled = int(column.words.sum()), int((~column.missing).sum())
    if task == "regression" and 2 * words >= max(filled, 1):
        first = int(np.argmax(column.words))
        raise TableError("target_text", sheet.lines[first], column.name, column.cells[first])
    if task == "regression" or not (column.of_text or (words and task == "classification")):
        if words:
            _say_words("stray_text", column, sheet, remarks)
        return column._replace(of_text=False)
    if not column.of_text:
        return column._replace(of_text=True, words=np.zeros_like(column.words))
    lower = [cell.lower() for cell in column.cells]
    failed = np.array([cell in FAILED for cell in lower])
    named = column._replace(words=column.missing & ~failed)
    if named.words.any():
        _say_words("name_not_missing", named, sheet, remarks)
    beyond = column.beyond & np.array([cell not in INFINITE for cell in lower])
    return column._replace(missing=failed, beyond=beyond, words=np.zeros_like(column.words))


def _complete(columns: list[_Column], sheet: _Sheet, remarks: list[Remark]) -> np.ndarray:
    """The rows in which every column has a finite value, or a name."""
    left_out = np.any([column.words for column in columns], axis=0)  # which was said of each column
    for code, kind in (("missing", "missing"), ("out_of_range", "beyond")):
        # a row is left out, and counted, once
        wrong = np.array([getattr(column, kind) for column in columns]) & ~left_out
        if wrong.any():
            row = int(np.argmax(wrong.any(axis=0)))
            column = columns[int(np.argmax(wrong[:, row]))]
            count = int(wrong.any(axis=0).sum())
            remarks.append(Remark(code, sheet.lines[row], column.name, column.cells[row], count))
        left_out |= wrong.any(axis=0)
    rows = np.flatnonzero(~left_out)
    if len(rows) == 0:
        column = next(column for column in columns if column.missing[0] | column.beyond[0] | column.words[0])
        raise TableError("all_missing", sheet.lines[0], column.name, column.cells[0])
    if len(rows) == 1:
        raise TableError("one_row", sheet.lines[rows[0]])
    return rows


def _varies(column: _Column, rows: np.ndarray, remarks: list[Remark]) -> bool:
    """Whether an input has more than one value in these rows."""
    if np.ptp(column.numbers[rows]) > 0:
        return True
    remarks.append(Remark("constant_column", None, column.name, column.cells[rows[0]]))
    return False


def _answers(
    column: _Column, rows: np.ndarray, sheet: _Sheet, task: str | None, remarks: list[Remark]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The targets in these rows, and the names of the classes if they are classes."""
    if not column.of_text:
        values, places = np.unique(column.numbers[rows], return_inverse=True)
        if task == "regression" or (task is None and not _are_codes(values, len(rows))):
            if len(values) == 1:
                raise TableError("constant_target", column=column.name, found=column.cells[rows[0]])
            return column.numbers[rows], ()
        names = tuple(f"{value:.0f}" if value == round(value) else repr(float(value)) for value in values)
    else:
        written, places = np.unique(np.array([column.cells[row] for row in rows], dtype=object), return_inverse=True)
        names = tuple(written)
    if len(names) == 1:
        raise TableError("one_class", column=column.name, found=names[0])
    if len(names) > LIMITS["too_many_classes"]:
        words = np.isnan(column.numbers[rows])
        if 0 < 2 * words.sum() < len(rows):
            # what makes classes of numbers
            row = rows[int(np.argmax(words))]
            raise TableError("too_many_classes", sheet.lines[row], column.name, column.cells[row])
        raise TableError("too_many_classes", column=column.name, found=names[0])
    # every row of a picture carries the name of its class
    if long := [name for name in names if len(name) > LIMITS["class_too_long"]]:
        raise TableError("class_too_long", column=column.name, found=long[0])
    remarks.append(Remark("target_classes", None, column.name, ", ".join(names), len(names)))
    return places.astype(np.int64), names


def _are_codes(values: np.ndarray, rows: int) -> bool:
    """Whether distinct numbers look like the codes of classes: two, or at most ten that count from 0 or 1."""
    if not 2 <= len(values) <= 10 or rows < 2 * len(values):
        return False
    counted = np.arange(len(values))
    return len(values) == 2 or np.array_equal(values, counted) or np.array_equal(values, counted + 1)
