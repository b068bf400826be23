"""Storage: a model written down in one ``.npz`` file, as text and arrays; nothing in it is executed when it is read.

The text is JSON: the layers in order, each by its class and arguments, and what ``compile`` was told. The arrays are
the weights in Keras's order. An optimizer's memory is not kept: training goes on from the weights with a fresh one.
"""

import dataclasses
import json
import math
import re
import struct
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np

from dlcore.family import Family
from dlcore.layers import BatchNormalization, Dense, Layer, checked_shape
from dlcore.network import Network

FORMAT = 1


def to_json(value: Any) -> Any:
    """``value`` in what JSON knows; a member becomes its family, name and settings. TypeError for anything else."""
    if isinstance(value, Family):
        fields = dataclasses.fields(value) if dataclasses.is_dataclass(value) else ()
        settings = {field.name: to_json(getattr(value, field.name)) for field in fields}
        return {"family": _family_of(value).__name__, "member": value.name(), "settings": settings}
    if isinstance(value, list | tuple):
        return [to_json(part) for part in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{value!r} cannot be written to a file; a schedule from dlcore.schedules can")


def read(value: Any) -> Any:
    """What ``written`` wrote."""
    if isinstance(value, list):
        return [read(part) for part in value]
    if not isinstance(value, dict):
        return value
    family = next(family for family in Family.__subclasses__() if family.__name__ == value["family"])
    return family.members[value["member"]](**{key: read(part) for key, part in value["settings"].items()})


def _family_of(member: Family) -> type[Family]:
    return next(cls for cls in type(member).__mro__ if Family in cls.__bases__)


File = Path | IO[bytes]
"""A place on a disk, or an open binary file, such as bytes in memory."""

MOST_BYTES = 400_000_000
"""What a file may unpack to unless less is said: far more than any network here."""

MOST_LAYERS = 500
"""How many layers are read; each is compared with those before it."""

MOST_PARTS = 1 + 4 * MOST_LAYERS
"""How many files are read in a file: the text, and for a layer at most gamma, beta, moving mean and moving variance."""

MOST_LETTERS = 500_000
"""How long the text may be: twice what so many layers take."""

_BROKEN = (ArithmeticError, AttributeError, BadZipFile, EOFError, LookupError, MemoryError, OSError, RuntimeError)
_BROKEN += (StopIteration, TypeError, ValueError, struct.error, zlib.error)
"""What a file that is no model, or no longer one, makes JSON, the layers, and those who unpack it say."""

_MAGIC = b"\x93NUMPY\x01\x00"

_HEADER = re.compile(
    rb"\{'descr': '([<>|][fiu][1248]|[<>]U\d{1,9})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d+,|\d+(?:, \d+)+)?)\), \} *\n"
)
"""How NumPy writes down the type and shape of an array of numbers or of one text, and nothing else: what somebody
brings is not given to a parser of Python."""


def save(path: File, network: Network, compiled: dict[str, Any]) -> None:
    """Write the network's layers and weights, and what it was ``compiled`` with, to exactly that path or file."""
    weights = network.get_weights()
    described = {
        "format": FORMAT,
        "name": network.name,
        "seed": network.seed,
        "input_shape": list(network.input_shape or ()),
        "layers": [[type(layer).__name__, _arguments(layer)] for layer in network.layers],
        "compiled": {key: to_json(value) for key, value in compiled.items()},
    }
    arrays: dict[str, Any] = {f"w{k}": part for k, part in enumerate(weights)}
    with path.open("wb") if isinstance(path, Path) else nullcontext(path) as file:
        np.savez(file, model=np.array(json.dumps(described)), **arrays)


def _arguments(layer: Layer) -> dict[str, Any]:
    return {key: to_json(value) for key, value in layer.config().items()}


def load(path: File, network: Network, configure: Callable[..., Any], most_bytes: int = MOST_BYTES) -> None:
    """Build what the file describes in the empty ``network``; if it was compiled, ``configure`` is told with what.

    most_bytes: what the file may unpack to, and its weights may take as numbers of 8 bytes.
    Raises ValueError for anything that ``save`` has not written, before it costs much time or memory.
    """
    name = str(path) if isinstance(path, Path) else "the file"
    with path.open("rb") if isinstance(path, Path) else nullcontext(path) as file:
        try:
            described, weights = _unpack(file, most_bytes)
        except _BROKEN as why:
            raise ValueError(f"{name} is no model that dlcore has saved: {why}") from None
    if described.get("format") != FORMAT:
        raise ValueError(f"{name} is of format {described.get('format')}; this version reads {FORMAT}")
    try:
        if compiled := _build(described, weights, network):
            configure(**compiled)
    except _BROKEN as why:
        raise ValueError(f"{name} is no model that dlcore has saved: {why}") from None


def _unpack(file: IO[bytes], most_bytes: int) -> tuple[dict[str, Any], list[np.ndarray]]:
    """What a file says, and its arrays: nothing is unpacked before it is known how large all of it would be."""
    _check_count(file)
    with ZipFile(file) as archive:
        parts = archive.infolist()
        _check_size(sum(part.file_size for part in parts), most_bytes)
        headers = {part.filename: _header(archive, part) for part in parts}
        # a weight takes 8 bytes here, also if the file spends fewer on it
        _check_size(sum(8 * math.prod(header.shape) for header in headers.values()), most_bytes)
        if "model.npy" not in headers:
            raise ValueError("it describes no layers")
        if headers["model.npy"].dtype.itemsize > 4 * MOST_LETTERS:
            raise ValueError(f"it describes its layers in more than {MOST_LETTERS} letters")
        described = json.loads(str(_array(archive, "model.npy", headers)))
        weights = [_array(archive, f"w{k}.npy", headers) for k in range(len(headers) - 1)]
    if not isinstance(described, dict):
        raise ValueError("it describes no layers")
    return described, weights


def _check_count(file: IO[bytes]) -> None:
    """Refuse what holds thousands of files: a list of them is made as soon as it is opened."""
    count, end = 0, b""
    file.seek(0)
    while piece := file.read(1 << 20):
        # each is listed behind four letters of its own, which may lie over the border between two pieces
        count, end = count + (end + piece).count(b"PK\x01\x02"), piece[-3:]
    if count > MOST_PARTS:
        raise ValueError(f"it consists of {count} parts; at most {MOST_PARTS} are read")


def _check_size(size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise ValueError(f"it would unpack to {size} bytes; at most {most_bytes} are read")


class _Header(NamedTuple):
    """The header of an array in a file."""

    dtype: np.dtype
    fortran_order: bool
    shape: tuple[int, ...]
    start: int
    """The byte at which the numbers begin."""


def _header(archive: ZipFile, part: ZipInfo) -> _Header:
    """The header of an array; ValueError unless its file has just the length that the header implies."""
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        # others are unpacked a whole block at a time, however little is asked for
        raise ValueError(f"{part.filename!r} is packed in a way that NumPy does not pack in")
    with archive.open(part) as inside:
        begin = inside.read(len(_MAGIC) + 2)
        length = int.from_bytes(begin[len(_MAGIC) :], "little")
        header = _HEADER.fullmatch(inside.read(length))
    if header is None or not begin.startswith(_MAGIC):
        raise ValueError(f"{part.filename!r} is no array of numbers or of one text as NumPy writes it")
    shape = tuple(int(size) for size in re.findall(rb"\d+", header[3]))
    dtype = np.dtype(header[1].decode())
    if len(begin) + length + math.prod(shape) * dtype.itemsize != part.file_size:
        raise ValueError(f"it holds {part.file_size} bytes of an array of shape {shape}")
    return _Header(dtype, header[2] == b"True", shape, len(begin) + length)


def _array(archive: ZipFile, name: str, headers: dict[str, _Header]) -> np.ndarray:
    """An array of the file as it is there; it cannot be written to."""
    dtype, fortran_order, shape, start = headers[name]
    with archive.open(name) as inside:
        inside.read(start)
        # just so many: asked for all, Python would unpack all there is, whatever the directory says
        numbers = np.frombuffer(inside.read(math.prod(shape) * dtype.itemsize), dtype)
    return numbers.reshape(shape, order="F" if fortran_order else "C")


def _build(described: dict[str, Any], weights: list[np.ndarray], network: Network) -> dict[str, Any]:
    network.name, network.seed = str(described["name"]), described["seed"]
    network.input_shape = checked_shape(described["input_shape"])
    width, given = math.prod(network.input_shape), sum(part.size for part in weights)
    left = given
    if len(described["layers"]) > MOST_LAYERS:
        raise ValueError(f"it describes {len(described['layers'])} layers; at most {MOST_LAYERS} are read")
    for kind, arguments in described["layers"]:
        if kind not in Layer.kinds:
            raise ValueError(f"it has a layer of the kind {kind!r}; import its class before loading")
        layer = Layer.kinds[kind](**{key: read(value) for key, value in arguments.items()})
        network.add(layer)
        # weights that are not in the file would be made first, however many the file asks for
        if isinstance(layer, Dense):
            left, width = left - width * layer.units, layer.units
        elif isinstance(layer, BatchNormalization):
            left -= 2 * width  # the moving mean and variance
        if left < 0:
            raise ValueError(f"it describes more weights than it holds, {given}")
    network.set_weights(weights)
    return {key: read(value) for key, value in described["compiled"].items()}
