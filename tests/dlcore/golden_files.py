"""The golden files in tests/dlcore/golden, which tools/record_golden.py wrote, as cases for the tests."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore.family import Family
from dlcore.schedules import Schedule

KERAS = ("sgd", "adagrad", "rmsprop", "adadelta", "adam", "adamw", "adamax", "nadam", "lion")
"""The optimizers that Keras has, too. One that it has not is held by its steps worked by hand alone."""

FOLDER = Path(__file__).parent / "golden"

CLOSE = 1e-11
"""Relative; far below the 1e-6 that would do. Both sides compute in float64 and differ by a few roundings."""

NEARLY_0 = 1e-15
"""Absolute: what is left of 1 + e^-40 or 1 - tanh(20), once rounded near 1, is good to a few 1e-16 and no better."""

Case = dict[str, Any]


@cache
def golden(name: str) -> dict[str, Any]:
    """What one file holds; nobody changes it."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def label(case: Case) -> str:
    """A case's name: SGD-momentum=0.9-clipnorm=1.0."""
    settings = [
        f"{key}={value['class'] if isinstance(value, dict) else value}" for key, value in case["settings"].items()
    ]
    return "-".join([case["class"], *([case["batch"]] if "batch" in case else []), *settings]).replace(" ", "")


def cases(*names: str) -> list[Any]:
    """All cases of these files as pytest's parameters (name of the file, case); the id names both."""
    return [
        pytest.param(name, case, id=f"{name.partition('.')[2]}-{label(case)}")
        for name in names
        for case in golden(name)["cases"]
    ]


def member(family: type[Family], case: Case) -> Any:
    """The member that a case is about, by the name of its class, with the case's settings."""
    known = {cls.__name__: cls for cls in family.members.values()}
    settings = {key: tuple(value) if isinstance(value, list) else value for key, value in case["settings"].items()}
    if isinstance(rate := settings.get("learning_rate"), dict):
        settings["learning_rate"] = member(Schedule, rate)
    return known[case["class"]](**settings)


def same(ours: Any, theirs: Any, close: float = CLOSE, nearly_0: float = NEARLY_0) -> None:
    """Raise AssertionError, with the numbers, unless both agree; NaN agrees with NaN only."""
    np.testing.assert_allclose(ours, theirs, rtol=close, atol=nearly_0)
