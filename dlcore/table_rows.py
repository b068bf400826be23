"""Rows of a table: the text of a file cut into cells, and what stands above and below the table in it.

    grid = cut(text)
    grid.rows, grid.lines           the cells of every row, and the line in which each begins
    grid.above, grid.below          lines of another width: a title, a source

Which of the rows names the columns is for the reader of the columns to say (``tables.py``).
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from dlcore.table_cells import NUMBERS, form
from dlcore.table_errors import LIMITS, TableError

MOST_BESIDE = 20
"""So many lines may stand above a table, and as many below it."""

SEPARATOR_LINE = re.compile(r"\"?sep=([^\r\nA-Za-z0-9\"#])\"?[ \t]*(\r\n|\r|\n)", re.IGNORECASE)
SPACES = " "
LINE_END = re.compile(r"\r\n|\r|\n")
_BLANK_OR_COMMENT = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")

Line = tuple[int, list[str]]
"""A line of the file, counted from 1, and its cells."""


class Grid(NamedTuple):
    """The cells of a file; each distinct cell is kept only once."""

    lines: list[int]
    rows: list[list[str]]
    distinct: dict[str, str]
    delimiter: str
    separator_line: str
    """The line of Excel's that says what separates the columns; "" if there is none."""
    comments: list[int]
    """The lines that begin with # and are no rows."""
    named: Line | None
    """The last of the comments above the table, if it has a cell for every column."""
    above: list[Line]
    below: list[Line]


def cut(text: str) -> Grid:
    """The cells of a text; TableError if it cannot be cut into columns."""
    offset, separator_line, wanted = 0, "", ""
    if found := SEPARATOR_LINE.match(text):
        offset, separator_line, wanted = 1, text[: found.start(2)].strip(), found[1]
        text = text[found.end() :]
    skipped, comments, last = _comments_above(text, offset)
    text, offset = text[skipped[0] :], offset + skipped[1]
    delimiter, sample = _delimiter(text, wanted)
    if delimiter == SPACES:
        text = _in_spaces(text)
    width = _width(sample) if sample else 1
    lines: list[int] = []
    rows: list[list[str]] = []
    distinct: dict[str, str] = {}
    above: list[Line] = []
    below: list[Line] = []
    for line, row in _read(text, delimiter, offset):
        if width > LIMITS["too_many_columns"] and len(row) > LIMITS["too_many_columns"]:
            raise TableError("too_many_columns", row=line, excerpt=str(len(row)))
        # programs write empty cells behind the last column
        if len(row) < width or any(row[width:]):
            if row[0].startswith("#"):
                comments.append(line)
                continue
            beside = below if rows else above
            if len(beside) >= MOST_BESIDE:
                raise _ragged_error(beside[0], width)
            beside.append((line, row))
            continue
        if below:
            raise _ragged_error(below[0], width)
        if len(rows) > LIMITS["too_many_rows"]:
            raise TableError("too_many_rows", row=line)
        lines.append(line)
        rows.append([distinct.setdefault(cell, cell) for cell in row[:width]])
    if not rows:
        raise _ragged_error(above[0], width) if above else TableError("empty")
    for each in below:
        if not _is_beside(each[1], width):
            raise _ragged_error(each, width)
    named = _comment_names(last, delimiter, width) if last else None
    return Grid(lines, rows, distinct, delimiter, separator_line, comments, named, above, below)


def _ragged_error(line: Line, width: int) -> TableError:
    return TableError("ragged", row=line[0], excerpt=str(len(line[1])), limit=width)


def _is_beside(row: list[str], width: int) -> bool:
    return is_sparse(row, width) and not any(form(cell) in NUMBERS for cell in row)


def is_sparse(row: list[str], width: int) -> bool:
    """Whether at most half of a row's cells are filled, as in a title or a note."""
    return sum(map(bool, row)) <= max(1, width // 2)


def _comments_above(text: str, offset: int) -> tuple[tuple[int, int], list[int], Line | None]:
    """How many characters and lines above the table are blank or comments, which are comments, and the last of them."""
    place, line, comments, last = 0, offset, list[int](), None
    while found := _BLANK_OR_COMMENT.match(text, place):
        line += 1
        if (said := found[0].strip()).startswith("#"):
            comments.append(line)
            last = line, [said]
        place = found.end()
    # a file of nothing but such lines is a table of names that begin with #
    if not text[place:].strip() or text[place:].lstrip(" \t").startswith("#"):
        return (0, 0), [], None
    return (place, line - offset), comments, last


def _comment_names(last: Line, delimiter: str, width: int) -> Line | None:
    """The names of the columns, if a comment holds as many as there are columns; of ``#,name,x`` the first is #."""
    line, (said,) = last
    said = _in_spaces(said) if delimiter == SPACES else said
    inner = said.lstrip("#").strip(" \t")
    alone = inner.startswith(delimiter) or (delimiter == "\t" and said.lstrip("#").startswith("\t"))
    try:
        (_, cells), *_ = _read(said if alone else inner, delimiter, line - 1)
    except (TableError, ValueError):
        return None
    return (line, cells[:width]) if len(cells) == width and all(cells) else None


def _read(text: str, delimiter: str, offset: int) -> Iterator[Line]:
    """Every row that is not blank, with the line in which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    line = 1 + offset
    try:
        for row in reader:
            row, here, line = [cell.strip() for cell in row], line, reader.line_num + 1 + offset
            if any(row):
                yield here, row
    except csv.Error as error:
        # the module says which it was in no other way
        reason = "cell_too_long" if "field limit" in str(error) else "quote"
        raise TableError(reason, row=line) from None


# --- What separates the columns -----------------------------------------------------------------------------------
def _delimiter(text: str, wanted: str) -> tuple[str, list[list[str]]]:
    """The separator with which the most rows at the beginning have the same number of cells, and these rows.

    At a tie a tab wins over a semicolon, that over a bar, and all over a comma, which may be a decimal sign. Spaces
    separate columns where they make at least as many rows alike as any other, and more cells numbers. ``wanted``: what
    the file itself says; "" if it says nothing.
    """
    sample = text[:65_536]
    if len(text) > len(sample):
        sample = sample[: sample.rfind("\n") + 1] or sample
    if wanted == SPACES or (wanted and _alike(rows := _sample_rows(sample, wanted))[0]):
        return wanted, _sample_rows(_in_spaces(sample), SPACES) if wanted == SPACES else rows
    found = {delimiter: _sample_rows(sample, delimiter) for delimiter in "\t;|,"}
    best = max(found, key=lambda delimiter: _alike(found[delimiter])[0])
    spaced = _sample_rows(_in_spaces(sample), SPACES)
    by_spaces, by_best = _alike(spaced), _alike(found[best])
    if by_spaces[0] >= max(by_best[0], 1) and _count_numbers(spaced, by_spaces[1]) > (
        _count_numbers(found[best], by_best[1]) if by_best[0] else 0
    ):
        return SPACES, spaced
    return best, found[best]


def _in_spaces(text: str) -> str:
    """A text in which spaces separate columns, with no spaces at the ends of its lines."""
    return "\n".join(line.strip(" ") for line in LINE_END.split(text.replace("\t", " ")))


def _sample_rows(sample: str, delimiter: str) -> list[list[str]]:
    """The first hundred rows that are not blank."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows = ([cell.strip() for cell in row] for row, _ in zip(reader, range(100), strict=False))
    return [row for row in rows if any(row)]


def _alike(rows: list[list[str]]) -> tuple[int, int]:
    """How many rows have the same number of cells, more than one, and that number."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0), key=lambda one: one[0])


def _count_numbers(rows: list[list[str]], width: int) -> int:
    return sum(form(cell) in NUMBERS for row in rows if len(row) == width for cell in row)


def _width(rows: list[list[str]]) -> int:
    """The number of columns: that of the first row, unless most rows have another one in common."""
    first = len(rows[0])
    if 2 * sum(len(row) >= first and not any(row[first:]) for row in rows) >= len(rows):
        return first
    width, count = Counter(map(len, rows)).most_common(1)[0]
    return width if width > 1 and 2 * count > len(rows) else first
