"""Every picture that a test file here has put on show: by name, who makes it."""

import importlib
from pathlib import Path

import pytest

GALLERIES = [
    importlib.import_module(f"tests.charts.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("test_*.py"))
    if "\nPICTURES = " in path.read_text(encoding="utf-8")
]
PICTURES = {name: make for gallery in GALLERIES for name, make in gallery.PICTURES.items()}
every_picture = pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES.keys())
