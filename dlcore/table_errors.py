"""Table errors: what can be wrong with a reader's table, and remarks on one that was read: as codes, in no language."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

# --- What can go wrong, and what can be said ----------------------------------------------------------------------
LIMITS = {
    "too_large": 5_000_000,  # bytes
    "too_many_rows": 50_000,
    "too_many_columns": 200,
    "too_many_classes": 50,
    "name_too_long": 100,  # characters
    "class_too_long": 100,
    "cell_too_long": 131_072,  # what Python's csv reads
}
ERRORS = {
    "empty": "there is nothing in this file; a table has a header, at least two rows and at least two columns",
    "too_large": "the file has {found} bytes; at most {limit} can be read",
    "workbook": "this is a workbook (.xlsx, .xls) or an archive, not text; save the sheet as CSV",
    "binary": "this is not text; a table is text with commas, semicolons, tabs, bars or spaces between columns",
    "encoding": "the letters cannot be read; save the file as UTF-8",
    "quote": "a quotation mark is opened and not closed, or closed in the middle of a cell",
    "cell_too_long": "a cell has more than {limit} characters; is a quotation mark opened and not closed?",
    "too_many_rows": "there are more than {limit} rows",
    "too_many_columns": "there are {found} columns; at most {limit} can be read",
    "name_too_long": "the name {found} of a column is longer than {limit} characters",
    "duplicate_header": "two columns are called {found}; give each its own name",
    "one_column": "there is only one column; commas, semicolons, tabs, bars or spaces separate columns",
    "ragged": "this row has {found} cells, the first row has {limit}",
    "unknown_column": "no column is called {found}; choose from {choices}",
    "no_rows": "there is a header and no row below it",
    "one_row": "only one row can be used; at least two are needed",
    "all_missing": "every row lacks a finite value; the first has {found}",
    "no_inputs": "no column of numbers that vary is left to predict from",
    "target_text": "{found} is not a number, which a regression has to predict",
    "constant_target": "the target is {found} in every row; there is nothing to learn",
    "equal_target": "the target's numbers, such as {found}, differ only beyond the digits that can be read",
    "one_class": "every row is of the class {found}; at least two classes are needed",
    "class_too_long": "the name {found} of a class is longer than {limit} characters; choose another target",
    "too_many_classes": "the target has more than {limit} classes, {found} is one; choose another target",
}
REMARKS = {
    "encoding": "the file was read as {found}",
    "separator_line": "the first line, {found}, was read as saying what separates the columns",
    "comments": "lines that begin with # ({count}) were read as comments, which are no rows",
    "comment_names": "the names of the columns, {found} first, were read from a comment",
    "title": "what stands above the names of the columns (lines: {count}), such as {found}, was left out",
    "notes": "what stands below the table (lines: {count}), such as {found}, was left out",
    "sum_row": "left out, because the row {found} sums up the others",
    "delimiter": "the columns are separated by {found}",
    "decimal_comma": "a comma was read as the decimal sign, as in {found}",
    "decimal_point": "a point was read as the decimal sign here, as in {found}",
    "thousands": "a group of three digits was read as thousands, as in {found}",
    "no_header": "the first row, which holds {found}, was read as data, so the columns were numbered",
    "number_header": "the first row was read as the names of the columns, although it holds numbers such as {found}",
    "unnamed_column": "a column without a name was numbered",
    "empty_columns": "columns without a name and without a value ({count}) were left out",
    "index_column": "no input unless you choose it, because it only counts the rows",
    "symbols": "the sign of a unit was left out, {found} was read as a number ({count} such cells)",
    "brackets": "brackets were read as a minus, as in {found} ({count} such cells)",
    "flags": "True was read as 1 and False as 0",
    "one_hot": "{count} columns, {found}, were read as one target of as many classes, because each row has one 1",
    "equal_as_floats": "left out, because its numbers, such as {found}, differ only beyond the digits that can be read",
    "text_column": "left out, because {found} is not a number ({count} such cells)",
    "mostly_missing": "left out, because more than half of its cells are empty ({count})",
    "constant_column": "left out, because it is {found} in every row",
    "stray_text": "{found} is not a number as the rest of the column is; rows with such cells ({count}) were left out",
    "name_not_missing": "{found} was read as a name, not as missing, because the column is text ({count} such cells)",
    "missing": "{count} rows were left out, because a value is missing; the first has {found}",
    "out_of_range": "{count} rows were left out, because a number is infinite or beyond 1e100; the first has {found}",
    "target_classes": "the target was read as {count} classes, {found}",
}
LONGEST_EXCERPT = 40  # characters
REASONS, CODES = frozenset(ERRORS), frozenset(REMARKS)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1] + "…"


def name_list(names: Sequence[str]) -> str:
    """The first names, as many as fit into an excerpt, with an ellipsis if that is not all of them."""
    text = ", ".join(names)
    for count in range(len(names) - 1, 0, -1):
        if len(text) <= LONGEST_EXCERPT:
            break
        text = ", ".join((*names[:count], "…"))
    return text


class _Place:
    """Where in a file: ``row`` is the line, counted from 1, ``column`` the name; None where there is no such place."""

    row: int | None
    column: str | None

    def _at(self, message: str) -> str:
        places = [f"row {self.row}"] * (self.row is not None) + [f"column {self.column!r}"] * (self.column is not None)
        return f"{', '.join(places)}: {message}" if places else message


@dataclass(eq=False)
class TableError(ValueError, _Place):
    """Why and where a file cannot be used as a table."""

    reason: str
    """One of REASONS."""

    row: int | None = None
    column: str | None = None
    excerpt: str = ""
    """The text at that place, at most 40 characters, the last of them an ellipsis if it is cut."""

    limit: int | None = None
    """The bound that is exceeded, if one is."""

    choices: tuple[str, ...] = ()
    """The valid names, if a name is wrong."""

    def __post_init__(self) -> None:
        self.excerpt = _cut(self.excerpt)
        self.limit = LIMITS.get(self.reason, self.limit)

    def __str__(self) -> str:
        near = get_close_matches(self.excerpt, self.choices, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        facts = {"found": repr(self.excerpt), "limit": self.limit, "choices": ", ".join(self.choices[:20]) + hint}
        return self._at(ERRORS[self.reason].format(**facts))


@dataclass(frozen=True)
class Remark(_Place):
    """One thing that was done to a table, and where first."""

    code: str
    """One of CODES."""

    row: int | None = None
    column: str | None = None
    excerpt: str = ""
    """The text at that place, at most 40 characters, the last of them an ellipsis if it is cut."""

    count: int = 1
    """The number of rows, cells or classes concerned."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "excerpt", _cut(self.excerpt))

    def __str__(self) -> str:
        return self._at(REMARKS[self.code].format(found=repr(self.excerpt), count=self.count))
