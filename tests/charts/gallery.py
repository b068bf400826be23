"""Every picture that a test file here has put on show: by name, who makes it."""

import importlib
from pathlib import Path

import pytest

from charts.picture import Picture

GALLERIES = [
    importlib.import_module(f"tests.charts.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("test_*.py"))
    if "\nPICTURES = " in path.read_text(encoding="utf-8")
]
PICTURES = {name: make for gallery in GALLERIES for name, make in gallery.PICTURES.items()}
BESIDE = [make for gallery in GALLERIES for make in getattr(gallery, "BESIDE", ())]
"""Who makes the pictures that come together with one on show."""

every_picture = pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES.keys())


def pictures() -> list[Picture]:
    """Every picture that is offered, one of each name."""
    return [make() for make in (*PICTURES.values(), *BESIDE)]
