"""Tables for the page as Arrow's stream of bytes, written without pyarrow, which is larger than all the rest together.

Columns are numbers, truth values, or else written out as text; numbers that are none, and None, travel as nothing.

Arrow's columnar format 1.5, https://arrow.apache.org/docs/format/Columnar.html: a schema, one batch of rows, an end.
Streamlit for the browser writes Parquet instead, which takes three more packages here and five megabytes there to read.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import flatbuffers
import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_V5 = 4
_SCHEMA, _BATCH = 1, 3
_INT, _FLOAT, _TEXT, _BOOL = 2, 3, 5, 6
_CONTINUED = b"\xff\xff\xff\xff"
_END = _CONTINUED + bytes(4)

Header = tuple[flatbuffers.Builder, int]
"""What a message says, under construction, and where in it that begins."""


class Column(NamedTuple):
    """A column as it travels: ``present`` and ``parts`` are its buffers."""

    name: str
    rows: int
    kind: int
    bits: int
    nulls: int
    present: bytes
    parts: tuple[bytes, ...]
    said: tuple[str, str]
    """What pandas calls its type, and what NumPy does."""


def of_columns(columns: Mapping[str, np.ndarray]) -> bytes:
    """Equally long columns as a stream of bytes."""
    return _stream([_column(name, np.asarray(values)) for name, values in columns.items()], None)


def of_frame(frame: "pd.DataFrame") -> bytes:
    """A frame as a stream of bytes; an index that does not just count is a column more."""
    columns = [_column(str(name), _array(frame.iloc[:, place])) for place, name in enumerate(frame.columns)]
    counts = {"start": 0, "stop": len(frame), "step": 1}
    if all(getattr(frame.index, end, None) == at for end, at in counts.items()):
        return _stream(columns, {"kind": "range", "name": None, **counts})
    return _stream([*columns, _column(_INDEX, _array(frame.index))], _INDEX)


_INDEX = "__index_level_0__"


def _array(values: "pd.Series | pd.Index") -> np.ndarray:
    """Its values; what pandas has of its own, such as categories, one by one."""
    return values.to_numpy() if isinstance(values.dtype, np.dtype) else values.to_numpy(dtype=object)


def _stream(columns: Sequence[Column], index: Any) -> bytes:
    rows = columns[0].rows if columns else 0
    kinds = tuple((each.name, each.kind, each.bits, *each.said) for each in columns)
    body, places = _laid_out(columns)
    counted = [(rows, each.nulls) for each in columns]
    return b"".join((_schema(kinds, json.dumps(index)), _message(_BATCH, _batch(rows, counted, places), body), _END))


def _column(name: str, found: np.ndarray) -> Column:
    nothing = np.zeros(len(found), bool)
    if found.dtype.kind == "O":
        nothing = np.array([one is None or one != one for one in found], bool)
        there = [one for one, none in zip(found, nothing, strict=True) if not none]
        if there and all(isinstance(one, bool | np.bool_) for one in there):
            found = np.array([bool(one) and not none for one, none in zip(found, nothing, strict=True)], bool)
        elif there and all(isinstance(one, int | float | np.number) for one in there):
            found = np.array([np.nan if none else one for one, none in zip(found, nothing, strict=True)], float)
    if found.dtype.kind == "f":
        found = found.astype(np.float32) if found.dtype.itemsize < 4 else found
        nothing = np.isnan(found)
    how = {"name": name, "rows": len(found), "nulls": int(nothing.sum())}
    how["present"] = _bits(~nothing) if nothing.any() else b""
    bits = 8 * found.dtype.itemsize
    if found.dtype.kind == "b":
        return Column(kind=_BOOL, bits=1, parts=(_bits(found),), said=("bool", "bool"), **how)
    if found.dtype.kind in "fiu":
        kind, bits = (_FLOAT, bits) if found.dtype.kind == "f" else (_INT, -bits if found.dtype.kind == "u" else bits)
        return Column(kind=kind, bits=bits, parts=(found.tobytes(),), said=(found.dtype.name, found.dtype.name), **how)
    written = [b"" if none else str(one).encode() for one, none in zip(found, nothing, strict=True)]
    ends = np.zeros(len(written) + 1, np.int32)
    np.cumsum([len(one) for one in written], out=ends[1:])
    return Column(kind=_TEXT, bits=0, parts=(ends.tobytes(), b"".join(written)), said=("unicode", "object"), **how)


def _bits(truths: np.ndarray) -> bytes:
    return np.packbits(truths, bitorder="little").tobytes()


def _pad(part: bytes) -> bytes:
    return part + bytes(-len(part) % 8)


def _laid_out(columns: Sequence[Column]) -> tuple[bytes, list[tuple[int, int]]]:
    """All buffers one after the other, and where each stands."""
    body, places, at = [], [], 0
    for column in columns:
        for part in (column.present, *column.parts):
            places.append((at, len(part)))
            body.append(_pad(part))
            at += len(body[-1])
    return b"".join(body), places


# ---- the messages, as flat buffers: what stands in which slot is said by Arrow's Schema.fbs and Message.fbs ----------


def _message(kind: int, header: Header, body: bytes) -> bytes:
    builder, place = header
    builder.StartObject(5)
    builder.PrependInt16Slot(0, _V5, 0)
    builder.PrependUint8Slot(1, kind, 0)
    builder.PrependUOffsetTRelativeSlot(2, place, 0)
    builder.PrependInt64Slot(3, len(body), 0)
    builder.Finish(builder.EndObject())
    said = bytes(builder.Output())
    # with its mark and its length, which are eight bytes, it ends at a multiple of eight
    said = _pad(said)
    return _CONTINUED + len(said).to_bytes(4, "little") + said + body


@lru_cache(maxsize=256)
def _schema(kinds: tuple[tuple[str, int, int, str, str], ...], index: str) -> bytes:
    """The first message: what the columns are. index: what pandas' notes call the index, as JSON; null for none."""
    builder = flatbuffers.Builder(1024)
    fields = _vector(builder, [_field(builder, name, kind, bits) for name, kind, bits, *_ in kinds])
    told = []
    if index != "null":
        # the notes that pandas leaves of itself, which Streamlit reads to tell the index from the rest
        names = ("name", "field_name", "pandas_type", "numpy_type", "metadata")
        heads = dict(zip(names, (None, None, "unicode", "object", {"encoding": "UTF-8"}), strict=True))
        notes = {"index_columns": [json.loads(index)], "column_indexes": [heads], "pandas_version": "2.3"}
        notes["columns"] = [dict(zip(names, (name, name, *said, None), strict=True)) for name, _, _, *said in kinds]
        key, value = builder.CreateString("pandas"), builder.CreateString(json.dumps(notes))
        builder.StartObject(2)
        builder.PrependUOffsetTRelativeSlot(0, key, 0)
        builder.PrependUOffsetTRelativeSlot(1, value, 0)
        told = [builder.EndObject()]
    said = _vector(builder, told)
    builder.StartObject(4)
    builder.PrependUOffsetTRelativeSlot(1, fields, 0)
    builder.PrependUOffsetTRelativeSlot(2, said, 0)
    return _message(_SCHEMA, (builder, builder.EndObject()), b"")


def _vector(builder: flatbuffers.Builder, places: Sequence[int]) -> int:
    builder.StartVector(4, len(places), 4)
    for place in reversed(places):
        builder.PrependUOffsetTRelative(place)
    return builder.EndVector()


def _field(builder: flatbuffers.Builder, name: str, kind: int, bits: int) -> int:
    called = builder.CreateString(name)
    children = _vector(builder, [])
    builder.StartObject(2)
    if kind == _INT:
        builder.PrependInt32Slot(0, abs(bits), 0)
        builder.PrependBoolSlot(1, bits > 0, False)
    elif kind == _FLOAT:
        # half, single and double are 0, 1 and 2
        builder.PrependInt16Slot(0, {32: 1, 64: 2}[bits], 0)
    details = builder.EndObject()
    builder.StartObject(7)
    builder.PrependUOffsetTRelativeSlot(0, called, 0)
    builder.PrependBoolSlot(1, True, False)
    builder.PrependUint8Slot(2, kind, 0)
    builder.PrependUOffsetTRelativeSlot(3, details, 0)
    builder.PrependUOffsetTRelativeSlot(5, children, 0)
    return builder.EndObject()


def _batch(rows: int, counted: Sequence[tuple[int, int]], places: Sequence[tuple[int, int]]) -> Header:
    builder = flatbuffers.Builder(1024)
    buffers, nodes = _pairs(builder, places), _pairs(builder, counted)
    builder.StartObject(4)
    builder.PrependInt64Slot(0, rows, 0)
    builder.PrependUOffsetTRelativeSlot(1, nodes, 0)
    builder.PrependUOffsetTRelativeSlot(2, buffers, 0)
    return builder, builder.EndObject()


def _pairs(builder: flatbuffers.Builder, pairs: Sequence[tuple[int, int]]) -> int:
    builder.StartVector(16, len(pairs), 8)
    for first, second in reversed(pairs):
        builder.Prep(8, 16)
        builder.PrependInt64(second)
        builder.PrependInt64(first)
    return builder.EndVector()
