"""What can be wrong with a reader's table, and what is worth saying of one that was read: by code, in no language."""

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
    "binary": "this is not text; a table is a text file with commas, semicolons or tabs between the columns",
    "encoding": "the letters cannot be read; save the file as UTF-8",
    "quote": "a quotation mark is opened and not closed, or closed in the middle of a cell",
    "cell_too_long": "a cell has more than {limit} characters; is a quotation mark opened and not closed?",
    "too_many_rows": "there are more than {limit} rows",
    "too_many_columns": "there are {found} columns; at most {limit} can be read",
    "name_too_long": "the name {found}... of a column is longer than {limit} characters",
    "duplicate_header": "two columns are called {found}; give each its own name",
    "one_column": "there is only one column; commas, semicolons or tabs separate columns",
    "ragged": "this row has {found} cells, the first row has {limit}",
    "unknown_column": "no column is called {found}; choose from {choices}",
    "no_rows": "there is a header and no row below it",
    "one_row": "only one row can be used; at least two are needed",
    "all_missing": "every row lacks a finite value; the first has {found}",
    "no_inputs": "no column of numbers that vary is left to predict from",
    "target_text": "{found} is not a number, which a regression has to predict",
    "constant_target": "the target is {found} in every row; there is nothing to learn",
    "one_class": "every row is of the class {found}; at least two classes are needed",
    "class_too_long": "the name {found}... of a class is longer than {limit} characters; choose another target",
    "too_many_classes": "the target has more than {limit} classes, {found} is one; choose another target",
}
REMARKS = {
    "encoding": "the file was read as {found}",
    "delimiter": "the columns are separated by {found}",
    "decimal_comma": "a comma was read as the decimal sign, as in {found}",
    "decimal_point": "a point was read as the decimal sign here, as in {found}",
    "thousands": "a group of three digits was read as thousands, as in {found}",
    "no_header": "the first row, which holds {found}, was read as data, so the columns were numbered",
    "number_header": "the first row was read as the names of the columns, although it holds numbers such as {found}",
    "unnamed_column": "a column without a name was numbered",
    "text_column": "left out, because {found} is not a number ({count} such cells)",
    "mostly_missing": "left out, because more than half of its cells are empty ({count})",
    "constant_column": "left out, because it is {found} in every row",
    "stray_text": "{found} is not a number as the rest of the column is; rows with such cells ({count}) were left out",
    "name_not_missing": "{found} was read as a name, not as missing, because the column is text ({count} such cells)",
    "missing": "{count} rows were left out, because a value is missing; the first has {found}",
    "out_of_range": "{count} rows were left out, because a number is infinite or beyond 1e100; the first has {found}",
    "target_classes": "the target was read as {count} classes, {found}",
}
REASONS, CODES = frozenset(ERRORS), frozenset(REMARKS)


class _Place:
    """Where in a file: ``row`` is the line, counted from 1, ``column`` the name; None where there is no such place."""

    row: int | None
    column: str | None

    def _at(self, message: str) -> str:
        places = [f"row {self.row}"] * (self.row is not None) + [f"column {self.column!r}"] * (self.column is not None)
        return f"{', '.join(places)}: {message}" if places else message


@dataclass(eq=False)
class TableError(ValueError, _Place):
    """Why and where a file cannot be used as a table.

    ``reason`` is one of REASONS, ``found`` what stands at the place, at most its first 40 characters, ``limit`` the
    bound that is broken, if one is, and ``choices`` what could be chosen instead, if that is the matter.
    """

    reason: str
    row: int | None = None
    column: str | None = None
    found: str = ""
    limit: int | None = None
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.found = self.found[:40]
        self.limit = LIMITS.get(self.reason, self.limit)

    def __str__(self) -> str:
        near = get_close_matches(self.found, self.choices, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        facts = {"found": repr(self.found), "limit": self.limit, "choices": ", ".join(self.choices[:20]) + hint}
        return self._at(ERRORS[self.reason].format(**facts))


@dataclass(frozen=True)
class Remark(_Place):
    """One thing that was done to a table, and where first.

    ``code`` is one of CODES, ``found`` what stands at the place, at most its first 40 characters, ``count`` how many
    rows, cells or classes it is about.
    """

    code: str
    row: int | None = None
    column: str | None = None
    found: str = ""
    count: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", self.found[:40])

    def __str__(self) -> str:
        return self._at(REMARKS[self.code].format(found=repr(self.found), count=self.count))
