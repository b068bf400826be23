"""Small pictures of whole grids: an indexed PNG in a data address, a few kilobytes for forty thousand cells."""

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np


def indexed_png(cells: np.ndarray, palette: Sequence[str]) -> str:
    """A ``data:image/png`` address that shows ``cells``.

    cells: integers, shape (columns, rows): the index into ``palette`` at x = column, y = row, y growing upwards.
    palette: up to 256 colours, "#rrggbb".

    The format is that of the PNG specification (W3C, 3rd edition), colour type 3, without filters.
    """
    rows = cells.T[::-1].astype(np.uint8)
    height, width = rows.shape
    colours = b"".join(bytes.fromhex(colour[1:]) for colour in palette)
    lines = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))).decode()


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    kind, data = part
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
