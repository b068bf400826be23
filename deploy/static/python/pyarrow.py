"""As much of pyarrow as the lessons use and Streamlit asks for, over ``lessons_tables``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import lessons_tables
import numpy as np

__version__ = "0.0.1"
"""So that nobody takes it for the whole."""


class Table(dict):
    """Columns by name."""

    schema = None


class Array: ...


class ChunkedArray: ...


class Schema: ...


class BufferOutputStream:
    """Where a stream is written to."""

    def __init__(self) -> None:
        self.written = b""

    def getvalue(self) -> "BufferOutputStream":
        return self

    def to_pybytes(self) -> bytes:
        return self.written


def array(values: Any, from_pandas: bool = True) -> np.ndarray:
    return np.asarray(values)


def table(columns: Mapping[str, np.ndarray]) -> Table:
    return Table(columns)


@contextmanager
def _new_stream(sink: BufferOutputStream, _schema: None) -> Iterator[Any]:
    def write_table(rows: Table) -> None:
        sink.written = lessons_tables.of_columns(rows)

    yield SimpleNamespace(write_table=write_table)


ipc = SimpleNamespace(new_stream=_new_stream)
