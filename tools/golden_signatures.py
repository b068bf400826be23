# pyright: reportMissingImports=false, reportMissingModuleSource=false
"""Record which classes, arguments and names Keras has, so that the programs which dlcore.experiments.code_export writes
can be held against them where no Keras is installed; called by record_golden.py, with Keras's backend set.
"""

import importlib
import inspect
from contextlib import suppress
from typing import Any

import golden_files
import keras

FAMILIES = ("activations", "initializers", "losses", "metrics", "optimizers")
"""The families whose members Keras also takes by name."""

CALLED = ("Sequential", "Input", "layers.Dense", "layers.BatchNormalization", "layers.Dropout")
CALLED += ("callbacks.EarlyStopping", "regularizers.L1L2", "utils.set_random_seed", "ops.cast")
CALLED += ("losses.binary_focal_crossentropy", "losses.cosine_similarity", "losses.huber")
METHODS = ("add", "compile", "fit", "evaluate", "summary")
MODULES = ("initializers", "losses", "metrics", "optimizers", "optimizers.schedules")


def member_of(path: str) -> Any:
    """What stands at "layers.Dense" in Keras."""
    part = keras
    for name in path.split("."):
        part = getattr(part, name)
    return part


def arguments(path: str) -> dict[str, str | None]:
    """The arguments of a class or function with their defaults as they are written; null for those without one."""
    parameters = inspect.signature(member_of(path)).parameters
    return {
        name: None if parameter.default is parameter.empty else repr(parameter.default)
        for name, parameter in parameters.items()
        if name != "self"
    }


def accepted_names(family: str) -> list[str]:
    """The names that ``keras.<family>.get`` takes; some members need an argument and cannot be had by name alone."""
    taken = []
    for name in importlib.import_module(f"keras.src.{family}").ALL_OBJECTS_DICT:
        with suppress(KeyError, TypeError, ValueError):
            getattr(keras, family).get(name)
            taken.append(str(name))
    return sorted(set(taken) - {"None"})


def record() -> None:
    paths = [*CALLED, *(f"Sequential.{method}" for method in METHODS)]
    for module in MODULES:
        parts = vars(member_of(module))
        paths += [f"{module}.{name}" for name, part in sorted(parts.items()) if inspect.isclass(part)]
    content = {
        "signatures": {f"keras.{path}": arguments(path) for path in paths},
        "names": {family: accepted_names(family) for family in FAMILIES},
    }
    golden_files.keep("signatures", "torch", "arguments with their defaults as Python writes them", content)


if __name__ == "__main__":
    record()
