"""What a reader enters: numbers in a line of text or in a table, which say the same; and what is wrong with them."""

import math
from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

import pandas as pd
import streamlit as st

from ui.beat import Beat
from ui.controls.page_state import shortened

MOST_ROWS = 24

Row = tuple[float, ...]


class Unreadable(ValueError):
    """Something entered that cannot be used; ``word`` says what is wrong, ``facts`` where."""

    def __init__(self, word: str, **facts: Any) -> None:
        super().__init__(word)
        self.word, self.facts = word, facts


def rows(text: str, width: int | None = None, most: int = MOST_ROWS) -> list[Row]:
    """The rows of ``1, 2; 3, 4``; raises Unreadable unless each has ``width`` numbers (None: as many as the first).

    Also if there are more than ``most`` of them.
    """
    if not text.strip(" ,;"):
        raise Unreadable("entry_empty")
    found = [tuple(_number(part, k) for part in line.split(",")) for k, line in enumerate(_lines(text), start=1)]
    wanted = len(found[0]) if width is None else width
    for k, row in enumerate(found, start=1):
        if len(row) != wanted:
            raise Unreadable("entry_width", row=k, count=len(row), wanted=wanted)
    if len(found) > most:
        raise Unreadable("entry_long", count=len(found), most=most)
    return found


def column(text: str) -> list[float]:
    """The numbers of ``1, 2, 3``; raises Unreadable."""
    return [row[0] for row in rows(";".join(text.split(",")), width=1)]


def _lines(text: str) -> list[str]:
    return text.strip().removesuffix(";").split(";")


def _number(text: str, row: int) -> float:
    text = text.strip().replace("−", "-")
    if not text:
        raise Unreadable("entry_gap", row=row)
    try:
        value = float(text)
    except ValueError:
        raise Unreadable("entry_text", row=row, found=shortened(text)) from None
    if not math.isfinite(value) or abs(value) > 1e9:
        raise Unreadable("entry_not_finite", row=row, found=shortened(text))
    return value


def cells(text: str, width: int) -> list[list[float | None]]:
    """The same as far as a table can show it: what is no number is an empty cell."""
    if not text.strip(" ,;"):
        return []
    table: list[list[float | None]] = []
    for line in _lines(text)[:MOST_ROWS]:
        parts = [_shown(part) for part in line.split(",")][:width]
        table.append(parts + [None] * (width - len(parts)))
    return table


def _shown(text: str) -> float | None:
    try:
        value = float(text.strip().replace("−", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def written(table: Sequence[Sequence[Any]]) -> str:
    """The text of a table's rows; an empty cell is an empty place."""
    return "; ".join(", ".join(_cell(cell) for cell in row) for row in table)


def _cell(value: Any) -> str:
    return "" if value is None or pd.isna(value) else f"{float(value):.6g}"


def editor(beat: Beat, name: str, frame: pd.DataFrame, write: Callable[[pd.DataFrame], dict[str, str]]) -> None:
    """The table as one can edit it: rows can be added and taken away; ``write`` gives the controls that then hold it.

    The controls' text stays the one truth: a changed text is a new table.
    """
    # a table that kept its name would apply its changes once more to what they have already changed
    key = f"{beat.name}-{name}-{crc32(frame.to_csv().encode())}"
    st.data_editor(
        frame,
        num_rows="dynamic",
        hide_index=True,
        key=key,
        height="content" if len(frame) < 7 else 280,
        alt=beat.word(name),
        on_change=_edited,
        args=(beat, key, frame, write),
    )
    st.download_button(
        beat.word("as_csv"),
        frame.to_csv(index=False),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"{beat.name}-{name}-csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _edited(beat: Beat, key: str, frame: pd.DataFrame, write: Callable[[pd.DataFrame], dict[str, str]]) -> None:
    beat.set(write(changed(frame, st.session_state[key])))


def changed(frame: pd.DataFrame, edits: Any) -> pd.DataFrame:
    """The table after what Streamlit's editor reports: cells that were edited, rows that were deleted or added.

    A row that was added counts once it is full: until then it stays in the browser alone.
    """
    table = [dict(row) for row in frame.to_dict("records")]
    for row, cells_of in edits["edited_rows"].items():
        table[int(row)] |= cells_of
    gone = set(edits["deleted_rows"])
    kept = [row for k, row in enumerate(table) if k not in gone]
    added = [{name: row.get(name) for name in frame.columns} for row in edits["added_rows"]]
    full = [row for row in added if all(value is not None for value in row.values())]
    return pd.DataFrame(kept + full, columns=frame.columns)


def last_good(beat: Beat, key: str, text: str, read: Callable[[str], Any], default: str) -> Any:
    """What ``read`` makes of a text; of the last one that could be read, with a message, if this one cannot."""
    good = beat.lesson.state.last_good
    try:
        value = read(text)
    except Unreadable as error:
        st.error(f"{beat.word(error.word, **error.facts)} {beat.word('entry_kept')}")
        try:
            return read(good.get(key, default))
        except Unreadable:
            # another control has changed what is readable since
            return read(default)
    good[key] = text
    return value
