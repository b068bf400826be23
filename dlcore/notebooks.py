"""Jupyter notebooks, written as JSON (nbformat 4.5)."""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any, Literal

Kind = Literal["markdown", "code", "hidden_code"]
"""What a cell is; "hidden_code" is code that Jupyter and Colab show closed, by its title."""

Cell = tuple[Kind, str]

_HIDDEN = {"cellView": "form", "jupyter": {"source_hidden": True}}


def notebook(cells: Iterable[Cell]) -> str:
    """The notebook with these cells, each a kind and its text, as the text of an .ipynb file; nothing has been run."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    made = [_cell(number, *cell) for number, cell in enumerate(cells)]
    whole = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def files_cell(title: str, files: Mapping[str, bytes]) -> Cell:
    """The cell that lays files, which it carries itself, beside the notebook and installs the wheels among them.

    So a notebook that needs them is one file wherever it is opened; in Colab nothing else has to be uploaded.
    """
    texts = "".join(f"    {json.dumps(name)}: {json.dumps(b64encode(files[name]).decode())},\n" for name in files)
    wheels = [f"%pip install --quiet --disable-pip-version-check ./{name}\n" for name in files if name.endswith(".whl")]
    writes = "for name, text in files.items():\n    pathlib.Path(name).write_bytes(base64.b64decode(text))\n"
    lines = [f"#@title {title}\nimport base64\nimport pathlib\n\n", f"files = {{\n{texts}}}\n", writes, *wheels]
    return "hidden_code", "".join(lines)


def _cell(number: int, kind: Kind, text: str) -> dict[str, Any]:
    called = "markdown" if kind == "markdown" else "code"
    metadata = _HIDDEN if kind == "hidden_code" else {}
    made: dict[str, Any] = {"cell_type": called, "id": f"cell-{number}", "metadata": metadata}
    made["source"] = text.splitlines(keepends=True)
    return made if kind == "markdown" else made | {"execution_count": None, "outputs": []}
