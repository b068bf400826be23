"""A reader's own table: what stands in a CSV file becomes inputs, targets, and a list of what was done to it.

    table = read_csv(data, target="score")
    table.x, table.y                the numbers, as a data set has them
    table.remarks                   what was left out or read in a special way, one fact each

The bytes may come from anywhere: they are never executed, limits bound the time and memory they can cost, and whatever
they are, the result is a table of finite numbers or a ``TableError`` that says what is wrong and where. Nothing is
scaled here, because only the training part may decide how (see ``preprocessing.Standardizer``).
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from dlcore import table_rows
from dlcore.table_cells import (
    FAILED,
    INFINITE,
    LARGEST,
    MISSING,
    NUMBERS,
    exact,
    form,
    is_grouped,
    is_number,
    meanings,
    number_in,
)
from dlcore.table_errors import LIMITS, Remark, TableError, name_list

Task = Literal["regression", "binary", "multiclass"]


@dataclass(frozen=True, eq=False)
class Table:
    """A reader's table, used as a data set is; all numbers are finite, and both arrays are read-only."""

    x: np.ndarray
    """Shape (rows, features), float64."""

    y: np.ndarray
    """Shape (rows,), float64 for a regression, otherwise int64, the index in ``classes``."""

    features: tuple[str, ...]
    target: str
    task: Task
    classes: tuple[str, ...]
    """The names of the classes; empty for a regression."""

    columns: tuple[str, ...]
    """The names of all columns of the file, in order."""

    remarks: tuple[Remark, ...]
    """What was done to the file."""

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

    target: the column to predict; None means the last one. inputs: the columns to predict from; None means all others
    but a first one that only counts the rows. task: whether the target is a number or a class. None means: classes if
    it is text, has only two values, or has at most ten that count 0, 1, 2, ... or 1, 2, 3, ..., provided every class
    has two rows on average; else numbers. With None the target may also be one of several columns side by side of
    which every row has exactly one 1: then these are one target, and their names its classes.
    header: whether the first row holds the names of the columns; None means: if it has no number, or if its numbers
    are unlike those below, as years and counted columns are. decimal: the decimal sign; None means that of most cells
    of a column, and for a column that does not tell, that of most cells of the file.

    Commas, semicolons, tabs, bars or spaces may separate columns; what Excel says of it in a first line counts. The
    letters may be UTF-8, UTF-16 or Korean Excel's CP949. Lines that begin with #, a title above the names of the
    columns, notes and a row of sums below the rows are left out. Columns of text, columns that are mostly empty and
    constant columns are no inputs; rows in which then still a value is missing are left out, and so are rows with a
    word in a column of numbers, unless the target is to be read as classes. What means that a number is missing, such
    as NA, is a name in a target of text. A column of percent, of one currency, with brackets for minus, or of True and
    False is one of numbers (True and False as target are classes). All of that is said in ``remarks``.

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
    if inputs is None and sheet.index in chosen and len(chosen) > 1:
        chosen.remove(sheet.index)
        remarks.append(Remark("index_column", None, sheet.index))
    for name, choices in [(target, sheet.names), *((name, _without(sheet.names, target)) for name in chosen)]:
        if name not in choices:
            raise TableError("unknown_column", excerpt=str(name), choices=choices)
    group = _one_hot(sheet, target) if task is None else ()
    if group and {*chosen} - {*group}:
        chosen = [name for name in chosen if name not in group]
        remarks.append(Remark("one_hot", None, target, name_list(group), len(group)))
        answer = _of_group(sheet, target, group)
    else:
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
        raise TableError("too_large", excerpt=str(len(data)))
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
        if not text.strip(" \t\r\n,;|"):
            raise TableError("empty")
        if not encoding.startswith("utf-8"):
            remarks.append(Remark("encoding", excerpt=encoding))
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
    index: str | None
    """The name of a first column that only counts the rows."""
    read: dict[str, "_Column"]
    """The columns that were read already."""


def _sheet(text: str, header: bool | None, decimal: str | None, remarks: list[Remark]) -> _Sheet:
    grid = table_rows.cut(text)
    if len(grid.rows[0]) == 1:
        raise TableError("one_column")
    if grid.separator_line:
        remarks.append(Remark("separator_line", 1, excerpt=grid.separator_line))
    if grid.delimiter != ",":
        remarks.append(Remark("delimiter", excerpt=grid.delimiter))
    forms = {cell: form(cell) for cell in grid.distinct}
    lines, rows, header = _begun(grid, forms, header, decimal, remarks)
    rows, lines = _without_notes(grid, rows, lines, forms, remarks)
    first = rows[0]
    columns = list(zip(*rows, strict=True))
    counts = [Counter(map(forms.__getitem__, column[1:])) for column in columns]
    number = next((cell for cell in first if forms[cell] in NUMBERS), None)
    if header is None:
        header = _is_header(columns, counts, forms, grid.delimiter, decimal)
    if header:
        columns = [column[1:] for column in columns]
    else:
        for count, cell in zip(counts, first, strict=True):
            count[forms[cell]] += 1
    comma, commas = _decimal_commas(counts, grid.delimiter, decimal)
    if comma:
        signed = (cell for column, by_comma in zip(columns, commas, strict=True) if by_comma for cell in column)
        if example := next((cell for cell in signed if forms[cell] in ("comma", "one_comma")), None):
            remarks.append(Remark("decimal_comma", excerpt=example))
    nameless = [not (header and cell) for cell in first]
    filled = [k for k, column in enumerate(columns) if not nameless[k] or any(column)]
    if header:
        names = _names(first, lines[0], filled, remarks)
        if number is not None:
            remarks.append(Remark("number_header", lines[0], excerpt=number))
        lines = lines[1:]
    else:
        names = tuple(f"column_{i}" for i in range(1, len(first) + 1))
        remarks.append(Remark("no_header", lines[0], excerpt=number or first[0]))
    if not lines:
        raise TableError("no_rows")
    if len(filled) < len(columns):
        remarks.append(Remark("empty_columns", count=len(columns) - len(filled)))
        names, first = tuple(names[k] for k in filled), [first[k] for k in filled]
        columns, counts = [columns[k] for k in filled], [counts[k] for k in filled]
        commas = [commas[k] for k in filled]
    if len(columns) == 1:
        raise TableError("one_column")
    columns, lines = _without_sums(columns, lines, counts, commas, remarks)
    index = names[0] if header and _counts_rows(first[0], columns[0]) else None
    return _Sheet(names, columns, lines, comma, commas, index, {})


def _names(first: Sequence[str], line: int, filled: list[int], remarks: list[Remark]) -> tuple[str, ...]:
    """The names of the columns that stand in the first row; ``filled``: the places of those that are used."""
    names = _with_column_numbers(first)
    for name in names:
        if len(name) > LIMITS["name_too_long"]:
            raise TableError("name_too_long", row=line, excerpt=name)
        if names.count(name) > 1:
            raise TableError("duplicate_header", row=line, column=name, excerpt=name)
    remarks += [Remark("unnamed_column", line, names[k]) for k in filled if not first[k]]
    return tuple(names)


def _with_column_numbers(first: Sequence[str]) -> list[str]:
    """The cells of a first row, and ``column_2`` for the second if that is empty."""
    return [name or f"column_{i}" for i, name in enumerate(first, start=1)]


# --- Where the table begins and ends in its file ------------------------------------------------------------------
def _begun(
    grid: table_rows.Grid, forms: dict[str, str], header: bool | None, decimal: str | None, remarks: list[Remark]
) -> tuple[list[int], list[list[str]], bool | None]:
    """The rows from where the table begins, their lines, and whether the first is known to name the columns."""
    lines, rows, width = grid.lines, grid.rows, len(grid.rows[0])

    def begins(place: int) -> bool:
        columns = list(zip(*rows[place:], strict=True))
        counts = [Counter(map(forms.__getitem__, column[1:])) for column in columns]
        words = any(
            _are_numbers(count) and forms[column[0]] == "text" for column, count in zip(columns, counts, strict=True)
        )
        return words and _is_header(columns, counts, forms, grid.delimiter, decimal)

    comments, above, names = [*grid.comments], [*grid.above], None
    if grid.named and header is not False and not begins(0):
        # as numpy.savetxt writes them
        names = grid.named
        comments.remove(names[0])
        remarks.append(Remark("comment_names", names[0], excerpt=names[1][0]))
    elif above and header is not False and _is_header_of_r(above[-1][1], width) and not begins(0):
        line, last = above.pop()
        names = line, ["", *last]
    if above and not all(table_rows.is_sparse(row, width) for _, row in above) and (names or not begins(0)):
        raise TableError("ragged", row=lines[0], excerpt=str(width), limit=len(above[-1][1]))
    if header is None and names is None:
        sparse = next((k for k, row in enumerate(rows[:10]) if not _is_title(row, forms)), 10)
        if 0 < sparse < len(rows) - 1 and begins(sparse):
            above += list(zip(lines[:sparse], rows[:sparse], strict=True))
            lines, rows = lines[sparse:], rows[sparse:]
    if comments:
        remarks.append(Remark("comments", min(comments), count=len(comments)))
    if above:
        remarks.append(Remark("title", above[0][0], excerpt=next(filter(None, above[0][1])), count=len(above)))
    if names is None:
        return lines, rows, header
    forms |= {cell: form(cell) for cell in names[1]}
    return [names[0], *lines], [names[1], *rows], True


def _is_header_of_r(row: list[str], width: int) -> bool:
    """Whether a row names all columns but the first, as R writes it: that one has the names of the rows."""
    return len(row) == width - 1 > 1 and all(row) and not any(form(cell) in NUMBERS for cell in row)


def _is_title(row: list[str], forms: dict[str, str]) -> bool:
    """Whether a row looks like a title: at most half of it is filled, and with no number."""
    return table_rows.is_sparse(row, len(row)) and not any(forms[cell] in NUMBERS for cell in row)


def _without_notes(
    grid: table_rows.Grid, rows: list[list[str]], lines: list[int], forms: dict[str, str], remarks: list[Remark]
) -> tuple[list[list[str]], list[int]]:
    """The rows and lines without the notes below them, such as where the numbers are from."""
    below = list(grid.below)
    most = sorted(sum(map(bool, row)) for row in rows[:100])[min(len(rows), 100) // 2]
    if len(rows[0]) > 2 and 2 * most > len(rows[0]):
        while len(rows) > 3 and len(below) < table_rows.MOST_BESIDE and rows[-1][0] and _is_title(rows[-1], forms):
            if sum(map(bool, rows[-1])) > 1:
                break
            below.insert(0, (lines[-1], rows[-1]))
            rows, lines = rows[:-1], lines[:-1]
    if below:
        remarks.append(Remark("notes", below[0][0], excerpt=next(filter(None, below[0][1])), count=len(below)))
    return rows, lines


# as Korean offices write a sum, a mean, and the number of a row
SUMS = frozenset(
    (
        "\ud569\uacc4",
        "\ucd1d\uacc4",
        "\ucd1d\ud569",
        "\ucd1d\ud569\uacc4",
        "\uacc4",
        "\ub204\uacc4",
        "total",
        "totals",
        "sum",
        "grandtotal",
        "overall",
    )
)
MEANS = frozenset(("\ud3c9\uade0", "\uc804\uccb4\ud3c9\uade0", "average", "mean", "avg"))


def _without_sums(
    columns: list[tuple[str, ...]],
    lines: list[int],
    counts: list[Counter[str]],
    commas: list[bool],
    remarks: list[Remark],
) -> tuple[list[tuple[str, ...]], list[int]]:
    """The columns and lines without rows at an end that hold the sums or means of the others."""
    for place in (-1, -1, 0, 0):
        name = _total_word(columns, counts, commas, place) if len(lines) > 3 else None
        if name is not None:
            remarks.append(Remark("sum_row", lines[place], excerpt=name))
            kept = slice(0, -1) if place else slice(1, None)
            columns, lines = [column[kept] for column in columns], lines[kept]
    return columns, lines


def _total_word(
    columns: list[tuple[str, ...]], counts: list[Counter[str]], commas: list[bool], place: int
) -> str | None:
    """The word that calls the row at this end a sum or a mean, if most of its numbers can be one."""
    names = [column[place] for column in columns]
    word = next((name for name in names if "".join(name.lower().split()) in SUMS | MEANS), None)
    if word is None or columns[names.index(word)].count(word) > 1:
        return None
    can_be = []
    for column, count, comma in zip(columns, counts, commas, strict=True):
        if not _are_numbers(count):
            continue
        value = number_in(column[place], comma)
        others = [number_in(cell, comma) for cell in set(column[:-1] if place else column[1:])]
        finite = [other for other in others if other is not None and math.isfinite(other)]
        if value is None or not math.isfinite(value) or not finite:
            continue
        if "".join(word.lower().split()) in MEANS:
            can_be.append(min(finite) <= value <= max(finite))
        else:
            can_be.append(abs(value) >= max(map(abs, finite)))
    return word if can_be and 2 * sum(can_be) > len(can_be) else None


COUNTING = re.compile(r"|unnamed: ?\d+|index|id|no\.?|#|\ubc88\ud638|\uc5f0\ubc88|\uc21c\ubc88", re.IGNORECASE)


def _counts_rows(name: str, cells: tuple[str, ...]) -> bool:
    """Whether a column only counts the rows from 0 or 1, as pandas's index does, which has no name."""
    if not COUNTING.fullmatch(name) or len(cells) < (10 if name else 3) or cells[0] not in ("0", "1"):
        return False
    return cells == tuple(map(str, range(int(cells[0]), int(cells[0]) + len(cells))))


# --- A first row with numbers: data or names ----------------------------------------------------------------------
YEAR = re.compile(r"(?:1[89]|2[01])[0-9]{2}(?:\.(?:0[1-9]|1[0-2]))?")  # perhaps with a month


def _is_header(
    columns: list[tuple[str, ...]],
    counts: list[Counter[str]],
    forms: dict[str, str],
    delimiter: str,
    decimal: str | None,
) -> bool:
    """Whether the first row names the columns: it has no number, or is unlike those below it."""
    if not any(forms[column[0]] in NUMBERS for column in columns):
        return True
    return _are_names(columns, counts, _decimal_commas(counts, delimiter, decimal)[1])


def _are_names(columns: list[tuple[str, ...]], counts: list[Counter[str]], commas: list[bool]) -> bool:
    """Whether the first row, which holds a number, names the columns.

    It does where words stand over columns of numbers and the other cells are unlike those below them, and where its
    numbers count (as years do, and the 0, 1, 2, ... of pandas) and the rows below do not.
    columns: with the first row; counts, commas: of the rows below it.
    """
    first = [column[0] for column in columns]
    if len(columns[0]) == 1 or len(set(_with_column_numbers(first))) < len(first):
        return False
    forms = [form(cell) for cell in first]
    numeric = [_are_numbers(count) for count in counts]
    # what stands below again is no name
    again = [form == "text" and column[0] in column[1:] for form, column in zip(forms, columns, strict=True)]
    words = sum(numeric[k] and form == "text" and not again[k] for k, form in enumerate(forms))
    places = [k for k, form in enumerate(forms) if form in NUMBERS]
    unlike = [_is_unlike(columns[k], counts[k], commas[k]) for k in places if numeric[k]]
    if words and words + sum(unlike) > len(unlike) - sum(unlike) + sum(again):
        return True
    numbers = [number_in(first[k], commas[k]) for k in places]
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
    if form(column[0]) == "plain" and 10 * count["plain"] <= numbers:
        return True
    value = number_in(column[0], comma)
    below = [number for cell in set(column[1:]) if (number := number_in(cell, comma)) is not None]
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
        [math.nan if (number := number_in(cell, comma)) is None else number for cell in column[1:1001]]
        for column, comma in zip(columns, commas, strict=True)
    ]
    with np.errstate(invalid="ignore"):
        alike = np.all(np.isclose(np.diff(np.array(below), axis=0), step, rtol=1e-6, atol=0), axis=0)
    return bool(10 * np.sum(alike) > len(below[0]))


# --- Columns of numbers -------------------------------------------------------------------------------------------
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
    comma: bool
    """Whether a comma is its decimal sign."""
    long: bool
    """Whether a cell has more digits than a float keeps."""
    flags: bool
    """Whether True and False are its numbers."""
    symbols: tuple[int, int]
    """The first row whose ``%`` or currency was left out, and how many there are."""
    brackets: tuple[int, int]
    """The first row with brackets that were read as a minus, and how many there are."""


def _column(sheet: _Sheet, name: str, remarks: list[Remark]) -> _Column:
    column = _reading(sheet, name)
    for code, first in (
        ("decimal_point" if sheet.comma else "decimal_comma", column.sign),
        ("thousands", column.thousands),
    ):
        if first is not None:
            remarks.append(Remark(code, sheet.lines[first], name, column.cells[first]))
    for code, (first, count) in (("symbols", column.symbols), ("brackets", column.brackets)):
        if count:
            remarks.append(Remark(code, sheet.lines[first], name, column.cells[first], count))
    return column


def _reading(sheet: _Sheet, name: str) -> _Column:
    """A column of a sheet as it is read, once."""
    column = sheet.read[name] = sheet.read.get(name) or _read(sheet, name)
    return column


def _read(sheet: _Sheet, name: str) -> _Column:
    k = sheet.names.index(name)
    cells, comma = sheet.columns[k], sheet.commas[k]
    # equal cells are read once
    counts = Counter(cells)
    meant = meanings(counts, comma)
    read = meant.values
    numbers = np.array([math.nan if read[cell] is None else read[cell] for cell in cells], dtype=float)
    words = np.array([read[cell] is None for cell in cells])
    missing = np.isnan(numbers) & ~words
    of_text = _is_of_text(counts, read)
    grouped = signed = None
    symbols = brackets = 0, 0
    if not of_text:
        grouped = _first(cells, {cell for cell in read if is_number(read[cell]) and is_grouped(cell, comma)})
        if comma != sheet.comma:
            sign = "," if comma else "."
            signed = _first(cells, {cell for cell in read if sign in cell and is_number(read[cell])})
        symbols, brackets = (
            (_first(cells, found) or 0, sum(counts[cell] for cell in found))
            for found in (meant.symbols, meant.brackets)
        )
    beyond = np.isinf(numbers)
    flags, long = meant.flags and not of_text, any(len(cell) > 15 for cell in counts)
    return _Column(
        name, cells, numbers, missing, beyond, words, of_text, grouped, signed, comma, long, flags, symbols, brackets
    )


def _first(cells: tuple[str, ...], found: Collection[str]) -> int | None:
    """The place of the first cell that is one of those found, if there is one."""
    return next(i for i, cell in enumerate(cells) if cell in found) if found else None


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
    _say_flags(column, remarks)
    if column.words.any():
        _say_words("stray_text", column, sheet, remarks)
    return True


def _say_flags(column: _Column, remarks: list[Remark]) -> None:
    if column.flags:
        remarks.append(Remark("flags", None, column.name))


def _one_hot(sheet: _Sheet, target: str) -> tuple[str, ...]:
    """The widest group of columns side by side, the target among them, of which every row has exactly one 1."""
    most, place, rows = LIMITS["too_many_classes"], sheet.names.index(target), len(sheet.lines)

    def digits(k: int) -> np.ndarray | None:
        if {cell.lower() for cell in sheet.columns[k][:100]} - {*ZERO_OR_ONE, *MISSING}:
            return None
        column = _reading(sheet, sheet.names[k])
        known = column.numbers[~column.missing]
        both = not column.of_text and not column.words.any() and np.isin(known, (0, 1)).all() and known.sum() >= 2
        return column.numbers if both and known.sum() < len(known) else None

    if rows < 8 or (own := digits(place)) is None:
        return ()
    low, high, run = place, place + 1, [own]
    while low > 0 and place - low < most and (more := digits(low - 1)) is not None:
        low, run = low - 1, [more, *run]
    while high < len(sheet.names) and high - place < most and (more := digits(high)) is not None:
        high, run = high + 1, [*run, more]
    values = np.pad(np.column_stack(run), ((0, 0), (1, 0)))
    ones, gaps = np.cumsum(np.nan_to_num(values), axis=1), np.cumsum(np.isnan(values), axis=1)
    for width in range(min(len(run), most, rows // 4), 1, -1):
        for start in range(max(0, place - low - width + 1), min(place - low, len(run) - width) + 1):
            end = start + width
            # most intervals end here, at the first rows
            for some in (slice(0, 50), slice(0, None)):
                whole = gaps[some, end] == gaps[some, start]
                if not (((ones[some, end] - ones[some, start]) == 1) | ~whole).all():
                    break
            else:
                enough = 2 * whole.sum() > rows and (values[whole, start + 1 : end + 1].sum(axis=0) >= 2).all()
                if enough and (width > 2 or whole.sum() >= 10):
                    return sheet.names[low + start : low + end]
    return ()


ZERO_OR_ONE = frozenset(("0", "1", "0.0", "1.0", "0,0", "1,0", "true", "false"))


def _of_group(sheet: _Sheet, target: str, group: tuple[str, ...]) -> _Column:
    """The target that a group of columns is, one for each class: in every row the name of the column with the 1."""
    values = np.column_stack([_reading(sheet, name).numbers for name in group])
    missing, places = np.asarray(np.isnan(values).any(axis=1)), np.argmax(values == 1, axis=1)
    cells = tuple("" if lost else group[k] for lost, k in zip(missing.tolist(), places.tolist(), strict=True))
    no = np.zeros(len(cells), bool)
    column = _reading(sheet, target)
    return column._replace(
        cells=cells, numbers=np.full(len(cells), np.nan), missing=missing, beyond=no, words=no, of_text=True
    )


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
    every = np.arange(len(column.cells))
    if column.of_text or (task == "classification" and (words or column.flags or _merges(column, every))):
        are_names = True
    else:
        are_names = column.flags and task is None
    if not column.of_text and task != "classification" and words:
        _say_words("stray_text", column, sheet, remarks)
    if task == "regression" or not are_names:
        if column.of_text and words:
            _say_words("stray_text", column, sheet, remarks)
        _say_flags(column, remarks)
        return column._replace(of_text=False)
    if not column.of_text:
        # of True and False a stray word is none of the classes, unless the reader wants classes
        stray = column.words if task is None else np.zeros_like(column.words)
        return column._replace(of_text=True, words=stray)
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
    code = "equal_as_floats" if _merges(column, rows) else "constant_column"
    remarks.append(Remark(code, None, column.name, column.cells[rows[0]]))
    return False


def _merges(column: _Column, rows: np.ndarray) -> bool:
    """Whether numbers that differ, as identities of twenty digits do, are one and the same number in float64."""
    if not column.long:
        return False
    cells = {column.cells[row] for row in rows[np.isfinite(column.numbers[rows])]}
    written = {exact(cell, column.comma) for cell in cells} - {None}
    return len(written) > len({number_in(cell, column.comma) for cell in cells})


def _answers(
    column: _Column, rows: np.ndarray, sheet: _Sheet, task: str | None, remarks: list[Remark]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The targets in these rows, and the names of the classes if they are classes."""
    if not column.of_text:
        values, places = np.unique(column.numbers[rows], return_inverse=True)
        if task == "regression" or (task is None and not _are_codes(values, len(rows))):
            if len(values) == 1:
                reason = "equal_target" if _merges(column, rows) else "constant_target"
                raise TableError(reason, column=column.name, excerpt=column.cells[rows[0]])
            return column.numbers[rows], ()
        names = tuple(f"{value:.0f}" if value == round(value) else repr(float(value)) for value in values)
    else:
        written, places = np.unique(np.array([column.cells[row] for row in rows], dtype=object), return_inverse=True)
        names = tuple(written)
    if len(names) == 1:
        raise TableError("one_class", column=column.name, excerpt=names[0])
    if len(names) > LIMITS["too_many_classes"]:
        words = np.isnan(column.numbers[rows])
        if 0 < 2 * words.sum() < len(rows):
            # what makes classes of numbers
            row = rows[int(np.argmax(words))]
            raise TableError("too_many_classes", sheet.lines[row], column.name, column.cells[row])
        raise TableError("too_many_classes", column=column.name, excerpt=names[0])
    # every row of a picture carries the name of its class
    if long := [name for name in names if len(name) > LIMITS["class_too_long"]]:
        raise TableError("class_too_long", column=column.name, excerpt=long[0])
    remarks.append(Remark("target_classes", None, column.name, name_list(names), len(names)))
    return places.astype(np.int64), names


def _are_codes(values: np.ndarray, rows: int) -> bool:
    """Whether distinct numbers look like the codes of classes: two, or at most ten that count from 0 or 1."""
    if not 2 <= len(values) <= 10 or rows < 2 * len(values):
        return False
    counted = np.arange(len(values))
    return len(values) == 2 or np.array_equal(values, counted) or np.array_equal(values, counted + 1)
