"""The files in which tools/record_golden.py keeps its numbers: JSON that a person can read and compare."""

import json
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "dlcore" / "golden"
PACKAGES = {
    "torch": ("keras", "torch", "numpy"),
    "tensorflow": ("keras", "tensorflow-cpu", "numpy"),
    "pytorch": ("torch", "numpy"),
    "scikit-learn": ("scikit-learn", "numpy"),
}
"""By whom a file is recorded (the first two are Keras's backends), and the packages whose versions it names."""


def as_json(value: Any, indent: int = 0) -> str:
    """JSON with a line for everything but lists of numbers, which stay in one; floats with all their digits."""
    if isinstance(value, dict):
        inner = " " * (indent + 1)
        # a case's settings fit one line
        parts = [f"{json.dumps(key)}: {as_json(part, indent + 1)}" for key, part in value.items()]
        if not any(isinstance(part, list | dict) and part for part in value.values()):
            return "{" + ", ".join(parts) + "}"
        return "{\n" + ",\n".join(inner + part for part in parts) + "\n" + " " * indent + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        inner = " " * (indent + 1)
        return "[\n" + ",\n".join(inner + as_json(part, indent + 1) for part in value) + "\n" + " " * indent + "]"
    return json.dumps(value)


def keep(family: str, by: str, note: str, content: dict[str, Any]) -> None:
    """Write one file, its provenance first."""
    recorded = {
        "script": "tools/record_golden.py",
        "command": "python tools/record_golden.py",
        "date": date.today().isoformat(),
        "by": f"keras, backend {by}" if "keras" in PACKAGES[by] else by,
        "floats": "float64",
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES[by]},
        "note": note,
    }
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{family}.{by}.json"
    path.write_text(as_json({"recorded": recorded} | content) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size / 1000:.1f} kB")
