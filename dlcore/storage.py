"""Storage: a model written down in one ``.npz`` file, as text and arrays; nothing in it is executed when it is read.

The text is JSON: the layers in order, each by its class and arguments, and what ``compile`` was told. The arrays are
the weights in Keras's order. An optimizer's memory is not kept: training goes on from the weights with a fresh one.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from dlcore.family import Family
from dlcore.layers import Layer
from dlcore.network import Network

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


def save(path: Path, network: Network, compiled: dict[str, Any]) -> None:
    """Write the network's layers and weights, and what it was ``compiled`` with, to exactly that path."""
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
    with path.open("wb") as file:
        np.savez(file, model=np.array(json.dumps(described)), **arrays)


def _arguments(layer: Layer) -> dict[str, Any]:
    return {key: written(value) for key, value in layer.config().items()}


def load(path: Path, network: Network) -> dict[str, Any]:
    """Build what the file describes in the empty ``network``, and return what it was compiled with."""
    try:
        with np.load(path, allow_pickle=False) as file:
            described = json.loads(str(file["model"]))
            weights = [file[f"w{k}"] for k in range(len(file.files) - 1)]
    except (KeyError, ValueError, TypeError, BadZipFile) as why:
        raise ValueError(f"{path} is no model that dlcore has saved: {why}") from None
    if described["format"] != FORMAT:
        raise ValueError(f"{path} is of format {described['format']}; this version reads {FORMAT}")
    network.name, network.seed = described["name"], described["seed"]
    network.input_shape = tuple(described["input_shape"])
    for kind, arguments in described["layers"]:
        if kind not in Layer.kinds:
            raise ValueError(f"{path} has a layer of the kind {kind!r}; import its class before loading")
        network.add(Layer.kinds[kind](**{key: read(value) for key, value in arguments.items()}))
    network.set_weights(weights)
    return {key: read(value) for key, value in described["compiled"].items()}
