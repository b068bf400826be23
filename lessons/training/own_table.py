"""A reader's own table: a CSV file from the browser, kept for this visit alone, and what was done to it, in words.

The app writes nothing of it to disk, or to anything that visitors share. What is longer than a megabyte waits in a
nameless file of the server's until all of it has arrived.
"""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

import streamlit as st

from dlcore.table_errors import LIMITS, Remark, TableError
from dlcore.tables import Table, read_csv, with_any_target
from ui.beat import Beat
from ui.controls.kinds import Choice, Several
from ui.controls.page_state import shortened
from ui.controls.widgets import Say
from ui.pictures.chart_specs import BROUGHT

TASKS = ("told_by_values", "as_numbers_read", "as_classes_read")
_TASK = {"told_by_values": None, "as_numbers_read": "regression", "as_classes_read": "classification"}
_HEADER = {"told_by_rows": None, "first_row_names": True, "first_row_data": False}
Sign = Literal[".", ","]
_DECIMAL: dict[str, Sign | None] = {"told_by_columns": None, "decimal_point_read": ".", "decimal_comma_read": ","}
FIRST_ROW, DECIMAL_SIGN = Choice("told_by_rows", tuple(_HEADER)), Choice("told_by_columns", tuple(_DECIMAL))
MOST_PILLS = 40
"""Of how many columns the inputs can be chosen one by one."""

MOST_TOLD = 12


@dataclass(frozen=True, eq=False)
class Own:
    """A reader's file: its name, its bytes, what tells it from others, and how it is to be read (see ``read_csv``)."""

    name: str
    data: bytes
    digest: str
    header: bool | None = None
    decimal: Sign | None = None


def chosen(beat: Beat) -> tuple[Table, str] | None:
    """The table that a reader has brought, and what tells it from others; None, with a message, if there is none."""
    file = st.file_uploader(beat.word("own_file"), type=["csv", "tsv", "txt"], key="training.file")
    st.caption(beat.word("upload_limit", megabytes=LIMITS["too_large"] // 1_000_000))
    if file is not None:
        data = file.getvalue()
        st.session_state[BROUGHT] = Own(file.name, data, sha256(data).hexdigest()[:16])
    own: Own | None = st.session_state.get(BROUGHT)
    if own is None:
        forgotten(beat)
        st.caption(beat.word("no_file_yet"))
        return None
    st.caption(beat.word("file_kept", name=shortened(own.name)))
    own = _as_wished(beat, own)
    try:
        return _read(beat, own)
    except TableError as error:
        forgotten(beat)
        st.error(f"{said(beat.word, error)} {beat.word('table_unused')}")
        return None


def _as_wished(beat: Beat, own: Own) -> Own:
    """The file, to be read as the reader has chosen: read otherwise it is another file."""
    first_row = beat.remembered("head_own", FIRST_ROW)
    sign = beat.remembered("dec_own", DECIMAL_SIGN)
    digest = f"{own.digest}/{first_row}/{sign}"
    return replace(own, digest=digest, header=_HEADER[first_row], decimal=_DECIMAL[sign])


def how_read(beat: Beat, drawn: bool) -> None:
    """The controls that overrule what the reading of a file decides; kept while other data are looked at."""
    if drawn and BROUGHT in st.session_state:
        beat.menu("head_own", FIRST_ROW, "first_row_is")
        beat.menu("dec_own", DECIMAL_SIGN, "decimal_sign")
    else:
        beat.remembered("head_own", FIRST_ROW)
        beat.remembered("dec_own", DECIMAL_SIGN)


def forgotten(beat: Beat) -> None:
    """Keep what was chosen for a table while other data are looked at: which columns it has, only the file says."""
    beat.wait("target", "in_own", "task")


def _read(beat: Beat, own: Own) -> tuple[Table, str]:
    columns = _table(own, None, None, None).columns
    target = beat.menu("target", Choice(columns[-1], columns), "target_column", named=str)
    places = tuple(str(k) for k, name in enumerate(columns, start=1) if name != target)
    inputs = None
    if len(places) <= MOST_PILLS:
        kind = Several(places, places)
        # between backquotes a name that is markup or a formula is shown as it is
        named = {place: f"`{shortened(columns[int(place) - 1])}`" for place in places}
        taken = beat.several("in_own", kind, "input_columns", named=named.__getitem__)
        inputs = tuple(columns[int(place) - 1] for place in taken) or None
    task = beat.menu("task", Choice(TASKS[0], TASKS), "target_is")
    table = _table(own, target, inputs, _TASK[task])
    return table, f"{own.digest}/{target}/{inputs}/{task}"


def _table(own: Own, target: str | None, inputs: tuple[str, ...] | None, task: str | None) -> Table:
    """The table; the last few readings of this visitor are remembered, since each rerun asks again."""
    read: dict[object, Table | TableError] = st.session_state.setdefault("own_tables", {})
    key = own.digest, target, inputs, task
    if key not in read:
        while len(read) >= 3:
            del read[next(iter(read))]
        try:
            read[key] = read_csv(own.data, target, inputs, task, own.header, own.decimal)  # type: ignore[arg-type]
        except TableError as error:
            # of a table whose last column cannot be a target the columns must still be known
            if (
                target is None
                and error.column is not None
                and (other := with_any_target(own.data, own.header, own.decimal))
            ):
                read[key] = other
            else:
                read[key] = error
    found = read[key]
    if isinstance(found, TableError):
        raise found
    return found


def said(say: Say, error: TableError) -> str:
    """Why a file cannot be used, and where, in the reader's words."""
    facts = {
        "found": shortened(error.found) or say("empty_cell"),
        "limit": f"{error.limit or 0:,}",
        "choices": _listed(error.choices),
    }
    return _place(say, error) + say(f"table_{error.reason}", **facts)


def remarks(say: Say, table: Table) -> str:
    """All that was left out or read in a special way, as a list."""
    lines = [f"- {_remarked(say, remark)}" for remark in table.remarks[:MOST_TOLD]]
    if len(table.remarks) > MOST_TOLD:
        lines.append("- " + say("more_remarks", count=len(table.remarks) - MOST_TOLD))
    return "\n".join(lines) or "- " + say("nothing_dropped")


def _remarked(say: Say, remark: Remark) -> str:
    facts = {"found": shortened(remark.found) or say("empty_cell"), "count": f"{remark.count:,}"}
    return _place(say, remark) + say(f"remark_{remark.code}", **facts)


def _place(say: Say, what: TableError | Remark) -> str:
    parts = [say("at_row", row=what.row)] if what.row is not None else []
    parts += [say("at_column", column=shortened(what.column))] if what.column is not None else []
    return f"{', '.join(parts)}: " if parts else ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{shortened(name)}`" for name in names[:12])
