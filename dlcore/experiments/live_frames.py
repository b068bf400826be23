"""Live frames: pictures of a network after each of some epochs, and the bytes in which they travel.

    data = pack(frames)
    unpack(data)                         the same frames again

The bytes are: the length of the header (4 bytes, little-endian); the header, JSON in ASCII with "start", "frames" (how
many), "border" and "units" (the shapes of one frame), "kernels" (shapes) and "logs" (names); and then, deflated as zlib
does it, the numbers in this order, all little-endian:

    logs       float64, one name after the other, each (frames,)
    kernels    float32, layer by layer: the kernel (frames, inputs, units), then the bias (frames, units)
    border     uint8, (frames, classes, grid, grid)
    units      uint8, layer by layer, (frames, units, unit_grid, unit_grid)

Of the bytes of ``border`` and ``units``, the first frame is as it is, and of each later one the difference from the
frame before, modulo 256: what changes little is then mostly zeros and small numbers.
"""

import json
import math
import zlib
from typing import NamedTuple

import numpy as np


class LiveFrames(NamedTuple):
    """A network after each of the epochs ``start``, ``start + 1``, ...; frame 0 is before the first step."""

    start: int
    border: np.ndarray
    """The outputs as shares 0 to 255, uint8, shape (frames, classes, grid, grid), of two classes one: that of class 1.
    Row 0 is the top, where the second input is highest; see ``stacked_network.shares``.
    """

    units: list[np.ndarray]
    """By hidden layer the activations of its units, uint8, shape (frames, units, unit_grid, unit_grid); see
    ``stacked_network.tone`` for their scale.
    """

    kernels: list[np.ndarray]
    """By Dense layer, float32, shape (frames, inputs, units)."""

    biases: list[np.ndarray]
    """By Dense layer, float32, shape (frames, units)."""

    logs: dict[str, np.ndarray]
    """"loss", "val_loss" if there is a validation part, and metrics, shape (frames,): of the weights of the frame,
    without dropout, penalties included.
    """


def pack(frames: LiveFrames) -> bytes:
    """The frames as bytes; the layout is described above."""
    header = {
        "start": int(frames.start),
        "frames": len(frames.border),
        "border": frames.border.shape[1:],
        "units": [units.shape[1:] for units in frames.units],
        "kernels": [kernel.shape[1:] for kernel in frames.kernels],
        "logs": list(frames.logs),
    }
    parts = [np.ascontiguousarray(values, "<f8") for values in frames.logs.values()]
    for kernel, bias in zip(frames.kernels, frames.biases, strict=True):
        parts += [np.ascontiguousarray(kernel, "<f4"), np.ascontiguousarray(bias, "<f4")]
    parts += [_differences(frames.border), *map(_differences, frames.units)]
    head = json.dumps(header, separators=(",", ":")).encode("ascii")
    deflated = zlib.compress(b"".join(part.tobytes() for part in parts), 1)
    return len(head).to_bytes(4, "little") + head + deflated


def _differences(pictures: np.ndarray) -> np.ndarray:
    changes = pictures.copy()
    changes[1:] -= pictures[:-1]
    return changes


def unpack(data: bytes) -> LiveFrames:
    """The frames that ``pack`` made bytes of."""
    end = 4 + int.from_bytes(data[:4], "little")
    header, body, place = json.loads(data[4:end]), zlib.decompress(data[end:]), 0
    frames = header["frames"]

    def next_numbers(kind: str, *shape: int) -> np.ndarray:
        nonlocal place
        numbers = np.frombuffer(body, kind, frames * math.prod(shape), place)
        place += numbers.nbytes
        return numbers.reshape(frames, *shape)

    logs = {name: next_numbers("<f8") for name in header["logs"]}
    kernels, biases = [], []
    for inputs, units in header["kernels"]:
        kernels.append(next_numbers("<f4", inputs, units))
        biases.append(next_numbers("<f4", units))
    border, *units = (
        next_numbers("u1", *shape).cumsum(axis=0, dtype=np.uint8) for shape in [header["border"], *header["units"]]
    )
    return LiveFrames(header["start"], border, units, kernels, biases, logs)
