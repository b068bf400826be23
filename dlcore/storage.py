"""Storage: a model written down in one ``.npz`` file, as text and arrays; nothing in it is executed when it is read.

The text is JSON: the layers in order, each by its class and arguments, and what ``compile`` was told. The arrays are
the weights in Keras's order. An optimizer's memory is not kept: training goes on from the weights with a fresh one.
"""

import dataclasses
import json
import math
import struct
import zlib
from contextlib import nullcontext
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from dlcore.family import Family
from dlcore.layers import BatchNormalization, Dense, Layer, checked_shape
from dlcore.network import Network

try:
    from lzma import LZMAError
except ImportError:  # a Python without it, as in a browser, says that it cannot unpack such a file: a RuntimeError
    LZMAError = RuntimeError

FORMAT = 1


def written(value: Any) -> Any:
    """``value`` in what JSON knows; a member becomes its family, name and settings. TypeError for anything else."""
    if isinstance(value, Family):
        fields = dataclasses.fields(value) if dataclasses.is_dataclass(value) else ()
        settings = {field.name: written(getattr(value, field.name)) for field in fields}
        return {"family": _family_of(value).__name__, "member": value.name(), "settings": settings}
    if isinstance(value, list | tuple):
        return [written(part) for part in value]
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
"""What a file may unpack to: far more than any network here, far less than what a few packed zeros can claim."""

MOST_LAYERS = 500
"""How many layers are read; each is compared with those before it."""

_BROKEN = (
    AttributeError,
    BadZipFile,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    OSError,
    OverflowError,
    RuntimeError,
)
_BROKEN += (StopIteration, TokenError, TypeError, ValueError, LZMAError, struct.error, zlib.error)
"""What a file that is no model, or no longer one, makes NumPy, JSON, the layers, and those who unpack it say."""


def save(path: File, network: Network, compiled: dict[str, Any]) -> None:
    """Write the network's layers and weights, and what it was ``compiled`` with, to exactly that path or file."""
    weights = network.get_weights()
    described = {
        "format": FORMAT,
        "name": network.name,
        "seed": network.seed,
        "input_shape": list(network.input_shape or ()),
        "layers": [[type(layer).__name__, _arguments(layer)] for layer in network.layers],
        "compiled": {key: written(value) for key, value in compiled.items()},
    }
    arrays: dict[str, Any] = {f"w{k}": part for k, part in enumerate(weights)}
    with path.open("wb") if isinstance(path, Path) else nullcontext(path) as file:
        np.savez(file, model=np.array(json.dumps(described)), **arrays)


def _arguments(layer: Layer) -> dict[str, Any]:
    return {key: written(value) for key, value in layer.config().items()}


def load(path: File, network: Network) -> dict[str, Any]:
    """Build what the file describes in the empty ``network``, and return what it was compiled with.

    Raises ValueError for anything that ``save`` has not written, before it costs much time or memory.
    """
    name = str(path) if isinstance(path, Path) else "the file"
    with path.open("rb") if isinstance(path, Path) else nullcontext(path) as file:
        try:
            described, weights = _unpacked(file)
        except _BROKEN as why:
            raise ValueError(f"{name} is no model that dlcore has saved: {why}") from None
    if described.get("format") != FORMAT:
        raise ValueError(f"{name} is of format {described.get('format')}; this version reads {FORMAT}")
    try:
        return _built(described, weights, network)
    except _BROKEN as why:
        raise ValueError(f"{name} is no model that dlcore has saved: {why}") from None


def _unpacked(file: IO[bytes]) -> tuple[dict[str, Any], list[np.ndarray]]:
    """What a file says, and its arrays."""
    with ZipFile(file) as archive:
        if (size := sum(part.file_size for part in archive.infolist())) > MOST_BYTES:
            raise ValueError(f"it would unpack to {size} bytes; at most {MOST_BYTES} are read")
        for part in archive.infolist():
            with archive.open(part) as inside:
                _check_size(inside, part.file_size)
    file.seek(0)
    with np.load(file, allow_pickle=False) as parts:
        described = json.loads(str(parts["model"]))
        weights = [parts[f"w{k}"] for k in range(len(parts.files) - 1)]
    if not isinstance(described, dict) or not all(np.isrealobj(part) for part in weights):
        raise ValueError("it describes no layers")
    return described, weights


def _check_size(file: IO[bytes], size: int) -> None:
    """Refuse an array that says it is larger than the file that holds it: room is made for it before it is read."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    if math.prod(shape) * dtype.itemsize > size:
        raise ValueError(f"it holds {size} bytes of an array of shape {shape}")


def _built(described: dict[str, Any], weights: list[np.ndarray], network: Network) -> dict[str, Any]:
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
