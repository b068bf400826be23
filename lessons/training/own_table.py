"""A reader's own table: a CSV file from the browser, kept for this visit alone, and what was done to it, in words.

The app writes nothing of it to disk, or to anything that visitors share. What is longer than a megabyte waits in a
nameless file of the server's until all of it has arrived.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Literal, NamedTuple, TypeVar

import pandas as pd
import streamlit as st

from dlcore.table_errors import LIMITS, Remark, TableError
from dlcore.tables import Table, read_csv, with_any_target
from ui.beat import Beat
from ui.controls.kinds import Choice, Several
from ui.controls.page_state import excerpt
from ui.controls.widgets import Say
from ui.pictures.chart_specs import BROUGHT

TYPES = ["csv", "tsv", "txt", "data", "dat"]
TASKS = ("told_by_values", "as_numbers_read", "as_classes_read")
ReadAs = Literal["regression", "classification"]
_TASK: dict[str, ReadAs | None] = {
    "told_by_values": None,
    "as_numbers_read": "regression",
    "as_classes_read": "classification",
}
TASK = Choice(TASKS[0], TASKS)
_HEADER = {"told_by_rows": None, "first_row_names": True, "first_row_data": False}
Sign = Literal[".", ","]
_DECIMAL: dict[str, Sign | None] = {"told_by_columns": None, "decimal_point_read": ".", "decimal_comma_read": ","}
FIRST_ROW, DECIMAL_SIGN = Choice("told_by_rows", tuple(_HEADER)), Choice("told_by_columns", tuple(_DECIMAL))
MOST_PILLS = 40
"""The inputs of a table with more columns than these cannot be chosen one by one."""

MOST_REMARKS = 12
BLANK = {"": "empty_cell", "\t": "a_tab", " ": "some_spaces"}
"""What cannot be seen when it is quoted, by its word."""

MOST_KEPT = 8_000_000
"""Bytes of the tables of one file that a visit keeps; the one that is looked at may have more, and then is alone."""

R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class BroughtFile:
    """A reader's file: its name, its bytes, what tells it from others, and how it is to be read (see ``read_csv``)."""

    name: str
    data: bytes
    digest: str
    header: bool | None = None
    decimal: Sign | None = None


KEYS = ("target", "in_own", "task")
"""The controls whose choices only the file says: what is set for them is kept while there is none."""


def choose(beat: Beat) -> tuple[Table, str] | None:
    """The table that a reader has brought, and what tells it from others; None, with a message, if there is none."""
    return brought_table(beat, "training.file", KEYS, _read, "table_unused")


def brought_table(
    beat: Beat,
    key: str,
    keys: tuple[str, ...],
    read: "Callable[[Beat, BroughtFile], tuple[Table, str] | None]",
    unused: str,
) -> tuple[Table, str] | None:
    """What ``read`` makes of the file that a reader has brought, on this question or on another.

    key: of the widget that takes the file. keys: of the controls that only a file can have. unused: the word that says
    what is used instead of a file that cannot be read.
    """
    file = st.file_uploader(beat.word("own_file"), type=TYPES, key=key)
    st.caption(beat.word("upload_limit", megabytes=LIMITS["too_large"] // 1_000_000))
    _take(f"{key}-taken", file)
    own: BroughtFile | None = st.session_state.get(BROUGHT)
    if own is None:
        beat.defer(*keys)
        st.caption(beat.word("no_file_yet"))
        return None
    st.caption(beat.word("file_kept", name=excerpt(own.name)))
    own = _read_as_chosen(beat, own)
    try:
        return read(beat, own)
    except TableError as error:
        beat.defer(*keys)
        st.error(f"{error_sentence(beat.word, error)} {beat.word(unused)}")
        return None


def _take(taken: str, file: Any) -> None:
    """Keep a file that is brought; what still lies in one place may have been followed by another one elsewhere."""
    if file is None:
        st.session_state.pop(taken, None)
        return
    data = file.getvalue()
    digest = sha256(data).hexdigest()[:16]
    if st.session_state.get(taken) != digest:
        st.session_state[taken] = digest
        st.session_state[BROUGHT] = BroughtFile(file.name, data, digest)


def _read_as_chosen(beat: Beat, own: BroughtFile) -> BroughtFile:
    """The file, to be read as the reader has chosen: read otherwise it is another file."""
    first_row = beat.value_of("head_own", FIRST_ROW)
    sign = beat.value_of("dec_own", DECIMAL_SIGN)
    digest = f"{own.digest}/{first_row}/{sign}"
    return replace(own, digest=digest, header=_HEADER[first_row], decimal=_DECIMAL[sign])


def reading_controls(beat: Beat, drawn: bool) -> None:
    """The controls that overrule what the reading of a file decides; kept while other data are looked at."""
    if drawn and BROUGHT in st.session_state:
        beat.menu("head_own", FIRST_ROW, "first_row_is")
        beat.menu("dec_own", DECIMAL_SIGN, "decimal_sign")
    else:
        beat.defer("head_own", "dec_own")


def wait_for_file(beat: Beat) -> None:
    """Keep what is set for a table while there is none: which columns can be chosen, only the file says."""
    beat.defer(*KEYS)


def _read(beat: Beat, own: BroughtFile) -> tuple[Table, str]:
    columns = columns_of(own)
    target = beat.menu("target", Choice(columns[-1], columns), "target_column", option_label=str)
    # drawn below the inputs, which depend on it
    task = _TASK[beat.value_of("task", TASK)]
    offered = _inputs(own, columns, target, task)
    inputs, usual = None, tuple(str(columns.index(name) + 1) for name in offered.usual)
    if len(columns) - 1 <= MOST_PILLS:
        places = tuple(str(columns.index(name) + 1) for name in offered.all)
        # between backquotes a name that is markup or a formula is shown as it is
        named = {place: f"`{excerpt(columns[int(place) - 1])}`" for place in places}
        taken = beat.several("in_own", Several(usual, places), "input_columns", option_label=named.__getitem__)
        inputs = tuple(columns[int(place) - 1] for place in taken) if taken and taken != usual else None
    beat.menu("task", TASK, "target_is")
    table = table_of(own, target, inputs, task)
    said = tuple(remark for remark in offered.left_out if remark not in table.remarks)
    return replace(table, remarks=(*table.remarks, *said)), f"{own.digest}/{target}/{inputs}/{task}"


class _Inputs(NamedTuple):
    """Columns that a target can be predicted from."""

    all: tuple[str, ...]
    usual: tuple[str, ...]
    """Those that are used unless the reader says otherwise."""
    left_out: tuple[Remark, ...]
    """Why the others can be none."""


NO_INPUT = ("text_column", "mostly_missing")


def _inputs(own: BroughtFile, columns: tuple[str, ...], target: str, task: ReadAs | None) -> _Inputs:
    """The columns that are offered as inputs; all others than the target if the file cannot be used with those."""

    def work_out() -> _Inputs:
        others = tuple(name for name in columns if name != target)
        try:
            table = table_of(own, target, None, task)
        except TableError:
            return _Inputs(others, others, ())
        left_out = tuple(remark for remark in table.remarks if remark.code in NO_INPUT)
        gone = {remark.column for remark in left_out}
        if any(remark.code == "one_hot" for remark in table.remarks):
            gone |= {*table.classes}
        return _Inputs(tuple(name for name in others if name not in gone), table.features, left_out)

    return _recall(own, (own.digest, "inputs", target, task), work_out)


def columns_of(own: BroughtFile) -> tuple[str, ...]:
    """The names of all columns; of a table whose last column cannot be a target they must be known, too."""

    def names() -> tuple[str, ...]:
        try:
            return read_csv(own.data, header=own.header, decimal=own.decimal).columns
        except TableError as error:
            other = with_any_target(own.data, own.header, own.decimal) if error.column is not None else None
            if other is None:
                raise
            return other.columns

    return _recall(own, (own.digest, "columns"), names)


def table_of(own: BroughtFile, target: str, inputs: tuple[str, ...] | None, task: ReadAs | None) -> Table:
    """The table with that target."""
    return _recall(
        own,
        (own.digest, target, inputs, task),
        lambda: read_csv(own.data, target, inputs, task, own.header, own.decimal),
    )


def _recall(own: BroughtFile, key: tuple[Any, ...], read: Callable[[], R]) -> R:
    """What ``read`` gives, or the error that it raises; each rerun asks again.

    This visitor's last few readings of this one file are remembered, up to MOST_KEPT bytes of tables, but always
    the last one. The errors are copies, for the frames of a traceback would hold all that was read.
    """
    found: dict[tuple[Any, ...], Any] = st.session_state.setdefault("own_tables", {})
    if key not in found:
        try:
            new = read()
        except TableError as error:
            new = replace(error)
        for other in [other for other in found if other[0] != own.digest]:
            del found[other]
        tables = [other for other, table in found.items() if _size(table)]
        while tables and sum(map(_size, found.values())) + _size(new) > MOST_KEPT:
            del found[tables.pop(0)]
        found[key] = new
    if isinstance(found[key], TableError):
        raise replace(found[key])
    return found[key]


def _size(found: Any) -> int:
    """The bytes of a table; of names and of an error none that count."""
    return found.x.nbytes + found.y.nbytes if isinstance(found, Table) else 0


def error_sentence(say: Say, error: TableError) -> str:
    """Why a file cannot be used, and where, in the reader's words."""
    facts = {
        "found": excerpt(error.excerpt) or say("empty_cell"),
        "limit": f"{error.limit or 0:,}",
        "choices": _name_list(error.choices),
    }
    return _place(say, error) + say(f"table_{error.reason}", **facts)


def remarks(say: Say, table: Table) -> str:
    """What was left out or read in a special way, as a list; of much the first (see ``remarks_table``)."""
    lines = [f"- {_remark_sentence(say, remark)}" for remark in table.remarks[:MOST_REMARKS]]
    if len(table.remarks) > MOST_REMARKS:
        lines.append("- " + say("more_remarks", count=len(table.remarks) - MOST_REMARKS))
    return "\n".join(lines) or "- " + say("nothing_dropped")


def remarks_table(say: Say, table: Table) -> pd.DataFrame:
    """All that was left out or read in a special way, each with its row and its column if it concerns one."""
    rows = [(remark.row, remark.column, _remark_text(say, remark)) for remark in table.remarks]
    return pd.DataFrame(rows, columns=["row", "column", "what"]).astype({"row": "Int64", "column": "str"})


def _remark_sentence(say: Say, remark: Remark) -> str:
    return _place(say, remark) + _remark_text(say, remark)


def _remark_text(say: Say, remark: Remark) -> str:
    found = say(BLANK[remark.excerpt]) if remark.excerpt in BLANK else excerpt(remark.excerpt)
    facts = {"found": found, "count": f"{remark.count:,}"}
    return say(f"remark_{remark.code}", **facts)


def _place(say: Say, what: TableError | Remark) -> str:
    parts = [say("at_row", row=what.row)] if what.row is not None else []
    parts += [say("at_column", column=excerpt(what.column))] if what.column is not None else []
    return f"{', '.join(parts)}: " if parts else ""


def _name_list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{excerpt(name)}`" for name in names[:12])
