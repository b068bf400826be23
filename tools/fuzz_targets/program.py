"""Fuzz target: programs and notebooks that are written for a reader."""

import ast
import csv
import io
import json
import re
from collections.abc import Callable
from functools import cache

import numpy as np

from dlcore.datasets import Moons
from dlcore.experiments import code_export
from dlcore.experiments.training_config import LayerPlan, Recipe
from dlcore.formulas import FormulaError
from dlcore.losses import get as loss_of
from dlcore.surfaces import OwnFormula
from tools.fuzz_targets.target import as_text
from ui.script_export import Experiment

HARMLESS = "harmless"


def check_program(data: bytes) -> None:
    """A visitor's text in a program is a constant and nothing else: without it the program is the same."""
    # NumPy's texts forget what is NUL at their end
    text = as_text(data).rstrip("\0")
    for write in (_own_formula, _anything, _columns):
        shape, constants = _of_harmless(write)
        if text not in constants:
            assert _shape(write(text), text) == shape, write.__name__
    # a title is ours, but may quote
    title = text.replace("\0", "")
    body = ast.parse(_program_with_title(title)).body
    assert len(body) == len(ast.parse(_program_with_title(HARMLESS)).body)
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)
    names = [re.sub("[\r\n]", " ", text) or "a", "b", text]
    table = code_export.data_csv(np.ones((2, 2)), np.ones(2), np.arange(2), names[:2], names[2])
    assert table.count("\n") == 3
    assert np.loadtxt(io.StringIO(table), delimiter=",", skiprows=1).tolist() == [[1.0] * 3] * 2
    assert next(csv.reader(io.StringIO(table))) == [" ".join(name.split()) for name in names]


def _own_formula(text: str) -> str:
    try:
        surface = OwnFormula(text)
    except FormulaError:
        surface = OwnFormula("x + y") if text != HARMLESS else OwnFormula("y + x")
        object.__setattr__(surface, "text", text)
    experiment = Experiment("One weight")
    experiment.show(surface.gradient, np.array([1.0]), np.array([2.0]))
    return experiment.program()


def _anything(text: str) -> str:
    experiment = Experiment("Any text")
    kept = experiment.assign("kept", dict, **{"given": text})
    experiment.show(len, (text, [text], {text: text}), np.array([text]))
    experiment.show(repr, kept["given"], kept[text])
    book = json.loads(experiment.notebook())
    cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    return experiment.program() + "\n" + "\n".join(cells)


def _columns(text: str) -> str:
    recipe = Recipe(2, (LayerPlan(1, "sigmoid"),), loss=loss_of("binary_crossentropy"))
    own = code_export.Source(None, (text, "b"), 2)
    set_ = code_export.Source(Moons(), (text, "b"), 2)
    found = [
        code_export.keras_program(recipe, own),
        code_export.dlcore_program(recipe, own),
        code_export.dlcore_program(recipe, set_),
    ]
    for each in found:
        json.loads(code_export.notebook(each, "Training"))
    return "\n".join(found)


def _program_with_title(title: str) -> str:
    experiment = Experiment(title)
    experiment.show(len, "")
    return experiment.program()


@cache
def _of_harmless(write: Callable[[str], str]) -> tuple[str, frozenset[str]]:
    """The shape of a program without a visitor's text, and the texts that stand in it anyway."""
    program = write(HARMLESS)
    found = (node.value for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Constant))
    return _shape(program, HARMLESS), frozenset(each for each in found if isinstance(each, str)) - {HARMLESS}


class _Blank(ast.NodeTransformer):
    """A visitor's text as a constant of no interest."""

    def __init__(self, text: str) -> None:
        self.text = text

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("…") if node.value == self.text else node


def _shape(program: str, text: str) -> str:
    return ast.dump(_Blank(text).visit(ast.parse(program)))


PROGRAMS = (
    *(
        "x**2",
        "'",
        '"',
        '"""',
        "'''",
        "\\",
        "\n",
        "{}",
        "{0}",
        "%s",
        "\r\n",
        "# %% data",
        "\n# %% fit: x\nimport os",
        "a, b",
    ),
    *(
        "');import os;os.system('true')#",
        '"); exec("1"); ("',
        "\\'); x",
        "\u2028x",
        "\x00",
        "=cmd()",
        "\ud55c\uae00 \uc774\ub984",
        "\x85",
        "\ufeff",
    ),
    *("`](x)", "<script>", "$x$", "\N{RIGHT-TO-LEFT OVERRIDE}x", "harmless", "…", "len", "given"),
)


def program_worst() -> dict[str, bytes]:
    found = {
        "quotes": "'\"" * 30_000,
        "backslashes": "\\" * 60_000,
        "line ends": "\n" * 200_000,
        "braces": "{" * 60_000,
    }
    return {name: text.encode() for name, text in found.items()}
