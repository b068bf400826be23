"""Fuzz target: a saved network that somebody brings."""

import io
import json
import warnings
from typing import Any
from zipfile import ZipFile

import numpy as np

from dlcore.models import Sequential
from lessons.training import keep, layer_notation
from tools.fuzz_targets.target import as_text

_CUT = b"\n---\n"


def check_model(data: bytes) -> None:
    """A network within its limits that is saved and read again as it is, or a ValueError.

    If the first byte is odd, the rest is the file; else it is the text that the file holds and one array.
    """
    if data and data[0] % 2 == 0:
        described, _, array = data[1:].partition(_CUT)
        data = _model_bytes(as_text(described), array)
    else:
        data = data[1:]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            model = keep.read_network(data)
        except ValueError as error:
            assert str(error)
            return
    again = keep.read_network(keep.written_network(model))
    assert np.array_equal(model.w, again.w, equal_nan=True)
    assert [layer.config() for layer in again.layers] == [layer.config() for layer in model.layers]
    assert model.count_params() <= 2 * layer_notation.MOST_WEIGHTS


def _model_bytes(described: str, array: bytes) -> bytes:
    """A file with that text, and an array in its file's own bytes."""
    first = io.BytesIO()
    np.save(first, np.array(described.replace("\0", "")))
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("model.npy", first.getvalue())
        if array:
            archive.writestr("w0.npy", array)
    return file.getvalue()


def model_seeds() -> list[bytes]:
    model = Sequential([layers_of("BatchNormalization"), layers_of("Dense", 2, "tanh"), layers_of("Dense", 1)], seed=1)
    model.build((3,))
    model.compile("adam", "mse")
    file = keep.written_network(model)
    with ZipFile(io.BytesIO(file)) as archive:
        text = str(np.load(io.BytesIO(archive.read("model.npy")), allow_pickle=False))
    told = {"format": 1, "name": "m", "seed": 0, "input_shape": [2], "compiled": {}}
    one = {**told, "layers": [["Dense", {"units": 1, "use_bias": False, "name": "d"}]]}
    array = io.BytesIO()
    np.save(array, np.array([[1.0], [2.0]]))
    huge = array.getvalue().replace(b"(2, 1), }", b"(2000000000000, 1), }").replace(b"            \n", b"\n")
    found = [_even(json.dumps(one), array.getvalue()), _even(json.dumps(one), huge), _even(text, b""), b"\x01" + file]
    return [
        *found,
        _even(json.dumps({**told, "layers": [["BatchNormalization", {}], ["Dropout", {"rate": 0.5}]]}), b""),
    ]


def layers_of(kind: str, *given: Any) -> Any:
    """A layer by the name of its class."""
    from dlcore.layers import Layer

    return Layer.kinds[kind](*given)


def _even(described: str, array: bytes) -> bytes:
    return b"\0" + described.encode() + _CUT + array


def model_worst() -> dict[str, bytes]:
    told: dict[str, Any] = {"format": 1, "name": "m", "seed": 0, "input_shape": [10**9], "compiled": {}}
    named = [["Dropout", {"rate": 0.5, "name": f"d{k}"}] for k in range(50_000)]
    array = io.BytesIO()
    np.save(array, np.zeros(3))
    claims = array.getvalue().replace(b"(3,), }", b"(1000000000,), }").replace(b"         \n", b"\n")
    zeros = io.BytesIO()
    np.savez_compressed(zeros, model=np.array("{}"), w0=np.zeros(49_000_000))
    return {
        "a layer of 10⁹ inputs, no weights": _even(json.dumps({**told, "layers": [["BatchNormalization", {}]]}), b""),
        "50,000 layers": _even(json.dumps({**told, "layers": named}), b""),
        "an array that claims 8 GB": _even(json.dumps({**told, "layers": []}), claims),
        "390 MB of packed zeros": b"\x01" + zeros.getvalue(),
        "a name of 1 MB": _even(json.dumps({**told, "name": "x" * 1_000_000, "layers": []}), b""),
        "brackets": _even("[" * 1_000_000, b""),
    }
