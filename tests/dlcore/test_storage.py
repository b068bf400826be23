"""Files of models that are damaged or made up: one clear refusal, and never more memory than was said beforehand."""

import io
import json
import random
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from dlcore.layers import Dense, Input
from dlcore.models import Sequential, load_model

ONE_LAYER = [["Dense", {"units": 1, "use_bias": False, "name": "d"}]]
DESCRIBED = {"format": 1, "name": "m", "seed": 1, "input_shape": [2], "layers": ONE_LAYER, "compiled": {}}
MOST = 5_000_000
"""Bytes that a file may unpack to in these tests."""


def npy(array: Any) -> bytes:
    """An array as a file of its own."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def packed(described: Any, *arrays: bytes, by: int = zipfile.ZIP_STORED) -> bytes:
    """A file of a model that says so, with those arrays as their own files have them."""
    text = described if isinstance(described, str) else json.dumps(described)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", by) as archive:
        archive.writestr("model.npy", npy(np.array(text)))
        for k, data in enumerate(arrays):
            archive.writestr(f"w{k}.npy", data)
    return file.getvalue()


def refusal(data: bytes, most_bytes: int = MOST) -> tuple[str, int]:
    """Why a file is refused, and the most bytes that were taken meanwhile beyond the file itself."""
    file = io.BytesIO(data)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="no model that dlcore has saved") as caught:
            load_model(file, most_bytes=most_bytes)
        return str(caught.value), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# ---- what an array says of itself ------------------------------------------------------------------------------------


def with_header(header: bytes, length: int | None = None, version: bytes = b"\x01\x00") -> bytes:
    """An array of two numbers whose file says that of it."""
    begin = b"\x93NUMPY" + version + struct.pack("<H", len(header) if length is None else length)
    return begin + header + np.array([[1.0], [2.0]]).tobytes()


GOOD = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }\n"
TYPES = ["','", "'f8,f8'", "'(2,'", "'O'", "'<c16'", "'a10'", "'1f8'", "'<f3'", "'<U0'", "'V0'", "'<f8'*9", "'é'"]
TYPES += ["'<U999999999'", "'(99999,99999)f8'", "'M8[, ]'", "[('a', ',')]", "[(',', '<f8')]", "('<f8', (1, 2))"]
TYPES += ["'timedelta64[9'", "None", "3", "{}", "'\\N{BULLET}'", "'\\d'", "[[[]]]", "'<f8' '<f8'", "f'<f8'", "b'<f8'"]
SHAPES = ["(2, 1", "(2,, 1)", "(-2, -1)", "(2L, 1L)", "(True, 2)", "(2.0, 1)", "2", "(2, 0x1)", "(2 or 1,)", "(1_0,)"]
SHAPES += [f"({10**12}, 1)", f"({10**12}, 0)", f"(0, {10**30})", f"({'9' * 5000},)", f"({'1, ' * 70})", "(1if 1else 2)"]
FORGED = [GOOD.replace("'<f8'", each) for each in TYPES] + [GOOD.replace("(2, 1)", each) for each in SHAPES]
FORGED += ["", "{", "(" * 5000, "-" * 5000, "[" * 60_000, "{[]: 1}", "{1: 2, 'a': 3}", "{'shape': (2, 1)}", "\0", "'"]
FORGED += ["\\", "$", "  x\n y\n", "if 1:\n\tx\n        y\n  z", GOOD.replace("False", "0"), GOOD[:-1] + " + 1\n"]
FORGED += ["0" + GOOD, GOOD[:-2], "1e999", "#", GOOD.replace("'<f8'", "'" + "(" * 300 + "'")]


@pytest.mark.parametrize("header", FORGED, ids=range(len(FORGED)))
@pytest.mark.parametrize("version", [b"\x01\x00", b"\x03\x00"])
def test_what_an_array_says_wrongly_of_itself_is_refused_in_one_sentence(header: str, version: bytes) -> None:
    """A type "," was a SyntaxError, and what a tokenizer or a parser warns of is no news of the file's either."""
    text = header.encode("latin1", "replace")[:65_000]
    why, _ = refusal(packed(DESCRIBED, with_header(text, version=version)))
    assert why


def mutated(count: int, seed: int) -> Iterator[bytes]:
    """Arrays whose header or length was changed in a few places."""
    luck = random.Random(seed)
    letters = "'\",()[]{}<>|=: \t\n\\#\0fiuUVOcLe0123456789-_é"
    for _ in range(count):
        text = list(GOOD)
        for _ in range(luck.randint(1, 3)):
            place = luck.randrange(len(text))
            text[place : place + luck.choice((0, 1, 1, 5))] = luck.choices(letters, k=luck.randint(0, 3))
        header = "".join(text).encode("latin1")
        yield with_header(header, len(header) + luck.choice((0, 0, 0, -3, 2, 5000)))


def test_letters_that_are_none_are_refused() -> None:
    text = npy(np.array(json.dumps(DESCRIBED)))
    for forged in (b"\xff\xff\xff\xff", b"\x00\xd8\x00\x00", b"\x00\x00\x11\x00"):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("model.npy", text[:-4] + forged)
        refusal(file.getvalue())


def test_a_header_that_was_changed_anywhere_is_read_rightly_or_refused() -> None:
    read = 0
    for data in mutated(1500, 7):
        file = io.BytesIO(packed(DESCRIBED, data))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                model = load_model(file, most_bytes=MOST)
            except ValueError as error:
                assert "no model that dlcore has saved" in str(error), data
            else:
                read += 1
                assert model.get_weights()[0].shape == (2, 1), data
    assert 0 < read < 400, "most of them say something else than an array of two numbers does"


@pytest.mark.parametrize("kind", ["<f8", ">f8", "<f4", "<f2", "<i4", "|i1", ">u2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_of_any_kind_and_order_are_read_as_they_are(kind: str, order: Any) -> None:
    weights = np.array([[1, 2, 3], [4, 5, 6]], dtype=kind, order=order)
    layer = [["Dense", {"units": 3, "use_bias": False, "name": "d"}]]
    model = load_model(io.BytesIO(packed(DESCRIBED | {"layers": layer}, npy(weights))))
    assert np.array_equal(model.get_weights()[0], [[1.0, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize(
    "compiled",
    [
        {"nonsense": 1},
        {"loss": 5},
        {"optimizer": "adam"},
        {"loss": "nothing"},
        {"loss": "mse", "metrics": [None]},
        [1],
        "x",
    ],
)
def test_what_compile_cannot_be_told_is_refused_like_the_rest(compiled: Any) -> None:
    why, _ = refusal(packed(DESCRIBED | {"compiled": compiled}, npy(np.zeros((2, 1)))))
    assert why


# ---- how much it may unpack to ---------------------------------------------------------------------------------------


def zeros(count: int) -> bytes:
    return npy(np.zeros(count, dtype=np.int8))


def test_what_unpacks_to_more_than_was_said_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(DESCRIBED, zeros(120_000_000), by=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 130_000
    why, most = refusal(bomb)
    assert f"at most {MOST}" in why and most < 1_000_000


@pytest.mark.parametrize("by", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("header_lies_too", [False, True])
def test_a_directory_that_calls_its_parts_small_is_not_believed(by: int, header_lies_too: bool) -> None:
    """With bzip2 and LZMA, which NumPy does not write, Python unpacks a block whole, whatever the directory says."""
    whole = zeros(50_000_000)
    if header_lies_too:
        whole = whole.replace(b"(50000000,)", b"(400,)     ")
    bomb = packed(DESCRIBED, whole, by=by)
    true, told = struct.pack("<I", len(whole)), struct.pack("<I", len(zeros(1)) - 1 + 400)
    assert bomb.count(true) == 2
    _, most = refusal(bomb.replace(true, told))
    assert most < 2_000_000


@pytest.mark.parametrize("kind", [np.int8, np.float16])
def test_numbers_count_as_the_weights_that_are_made_of_them(kind: Any) -> None:
    """A weight takes eight bytes, also if the file spends one on it."""
    described = DESCRIBED | {"input_shape": [MOST // 8 + 1]}
    why, most = refusal(packed(described, npy(np.zeros((MOST // 8 + 1, 1), dtype=kind))))
    assert f"at most {MOST}" in why and most < 3_000_000


def test_thousands_of_parts_are_refused_before_a_list_is_made_of_them() -> None:
    """Each has some 50 bytes in the file and more than ten times that in a list."""
    name = b"w0.npy"
    entry = b"PK\x01\x02" + struct.pack("<6H3L5H2L", *(20, 20, 0, 0, 0, 0), *(0, 0, 0), *(len(name), 0, 0, 0, 0), 0, 0)
    listed = (entry + name) * (MOST // len(entry + name))
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, len(listed), 0, 0)
    why, most = refusal(listed + end)
    assert "parts" in why and most < 3_000_000


def test_thousands_of_tiny_arrays_are_refused_before_they_are_read() -> None:
    why, most = refusal(packed(DESCRIBED, *[npy(np.zeros(1))] * 4000))
    assert "parts" in why and most < 3_000_000


@pytest.mark.parametrize("text", ["[" + "{}," * 380_000 + "{}]", json.dumps(DESCRIBED | {"name": "x" * 1_100_000})])
def test_a_description_of_megabytes_is_refused_before_it_is_taken_apart(text: str) -> None:
    why, most = refusal(packed(text))
    assert "letters" in why and most < 3_000_000


def test_just_as_many_bytes_as_were_said_are_read() -> None:
    model = Sequential([Input((40,)), Dense(50)], seed=2)
    file = io.BytesIO()
    model.save(file)
    with zipfile.ZipFile(file) as archive:
        size = sum(part.file_size for part in archive.infolist())
    file.seek(0)
    assert np.array_equal(load_model(file, most_bytes=size).w, model.w)
    why, _ = refusal(file.getvalue(), size - 1)
    assert f"{size} bytes; at most {size - 1}" in why
