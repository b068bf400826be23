"""Scripts: calls that made a page's numbers, written down as the program that makes them again.

    run = Run("One weight")
    path = run.ran(descend, surface, (1.0,), SGD(0.1), 40)     a call whose result the program prints
    run.ran(diagnose, surface, path)                           what a call gave may be used by the next

Nothing is called here and nothing is written before ``program`` or ``notebook`` is asked for. What an argument is
called and where it is imported from is told by the object itself, so that the program cannot drift from what ran.
"""

import dataclasses
import inspect
import json
import math
import sys
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MOST_NUMBERS = 2000
"""How many numbers of an array are written out."""

WIDTH = 100


class Unwritable(ValueError):
    """An argument that no program of a reasonable length could make again."""


@dataclass(frozen=True)
class Name:
    """What a call has given, by its name in the program; ``part`` is what is meant of it, such as ``.train.x[0]``."""

    name: str
    part: str = ""

    def __getattr__(self, name: str) -> "Name":
        if name.startswith("__"):
            raise AttributeError(name)
        return Name(self.name, f"{self.part}.{name}")

    def __getitem__(self, place: Any) -> "Name":
        return Name(self.name, f"{self.part}[{_place(place)}]")


def _place(place: Any) -> str:
    if isinstance(place, tuple):
        return ", ".join(map(_place, place))
    if isinstance(place, slice):
        ends = ["" if end is None else repr(end) for end in (place.start, place.stop)]
        return ":".join(ends)
    return place.name + place.part if isinstance(place, Name) else repr(place)


@dataclass(frozen=True, eq=False)
class Call:
    """A call that stands inside another one."""

    function: Any
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def call(function: Any, *args: Any, **kwargs: Any) -> Call:
    """A call to stand inside another one: an argument that is no plain value."""
    return Call(function, args, kwargs)


@dataclass(frozen=True, eq=False)
class _Line:
    name: str
    made: Call
    printed: bool


class Run:
    """The calls of one experiment in their order; ``title`` says which."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self._lines: list[_Line] = []

    def ran(self, function: Any, /, *args: Any, **kwargs: Any) -> Name:
        """Note a call whose result the program prints."""
        return self._noted(Call(function, args, kwargs), f"result_{sum(line.printed for line in self._lines) + 1}")

    def made(self, name: str, function: Any, /, *args: Any, **kwargs: Any) -> Name:
        """Note a call whose result, by that name, later calls use; it is not printed. A name of "" keeps nothing."""
        return self._noted(Call(function, args, kwargs), name, printed=False)

    def _noted(self, made: Call, name: str, printed: bool = True) -> Name:
        self._lines.append(_Line(name, made, printed))
        return Name(name)

    def __bool__(self) -> bool:
        return any(line.printed for line in self._lines)

    # ---- written down ------------------------------------------------------------------------------------------------

    def program(self) -> str:
        """The experiment as a program; Unwritable if it has an argument that cannot be written down."""
        imports, calls = self._written()
        parts = [self._headline, "", "# %% imports", *imports, "", "", SHOW, "", *(f"# %%\n{each}" for each in calls)]
        return "\n".join(parts) + "\n"

    def notebook(self) -> str:
        """The same as a notebook (JSON, nbformat 4.5): what it is, what it needs, and a cell for every call."""
        imports, calls = self._written()
        cells = [_cell(0, "markdown", f"# {self.title}\n\n{NEEDS}"), _cell(1, "code", "\n".join(imports))]
        cells += [_cell(k, "code", text.strip()) for k, text in enumerate([SHOW, *calls], start=2)]
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"

    @property
    def _headline(self) -> str:
        title = self.title.replace("\\", "/").replace('"', "'")
        return f'"""{title}\n\n{NEEDS}\n"""'

    def _written(self) -> tuple[list[str], list[str]]:
        """The lines that import, and the statements."""
        writer = _Writer({line.name for line in self._lines} | {"show", "np", "dataclasses", "textwrap"})
        calls = []
        for line in self._lines:
            made = writer.called(line.made, WIDTH - len(line.name) - 3)
            statement = f"{line.name} = {made}" if line.name else made
            calls.append(f'{statement}\nshow("{line.name}", {line.name})\n' if line.printed else f"{statement}\n")
        return writer.imports(), calls


NEEDS = "It needs Python 3.11, NumPy and the folder dlcore of this project, beside it or on the Python path."


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}}
    made["source"] = text.splitlines(keepends=True)
    return made | {"execution_count": None, "outputs": []} if kind == "code" else made


# ---- values ----------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes values as expressions and remembers what these have to import; ``taken`` are names of variables."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._homes: dict[str, tuple[str, str]] = {}
        self._taken = set(taken)

    def imports(self) -> list[str]:
        """A line for every module."""
        by_module: dict[str, list[str]] = {}
        for local, (module, name) in self._homes.items():
            by_module.setdefault(module, []).append(name if local == name else f"{name} as {local}")
        lines = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(by_module.items())]
        return ["import dataclasses", "import textwrap", "", "import numpy as np", "", *lines]

    def called(self, made: Call, width: int | None = None) -> str:
        """A call in one line, or with a line for each argument where it would be wider than ``width``."""
        function = self._function(made.function)
        given = [self.written(each) for each in made.args]
        given += [f"{key}={self.written(each)}" for key, each in made.kwargs.items()]
        line = f"{function}({', '.join(given)})"
        if width is None or len(line) <= width:
            return line
        return "\n".join([f"{function}(", *(f"    {each}," for each in given), ")"])

    def _function(self, function: Any) -> str:
        if isinstance(function, Name):
            return self.written(function)
        if inspect.ismethod(function):
            return f"{self.written(function.__self__)}.{function.__name__}"
        if isinstance(function, type | Call) or dataclasses.is_dataclass(function):
            return self.written(function)
        return self._imported(function)

    def written(self, value: Any) -> str:
        """The expression that makes a value again; Unwritable if there is none."""
        if isinstance(value, Name):
            return value.name + value.part
        if isinstance(value, Call):
            return self.called(value)
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return f'float("{value}")'
        if value is None or isinstance(value, bool | int | float | str):
            return repr(value)
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, type) or inspect.isfunction(value):
            return self._imported(value)
        if dataclasses.is_dataclass(value):
            return self._member(value)
        return self._several(value)

    def _several(self, value: Any) -> str:
        fields = getattr(type(value), "_fields", None)
        if isinstance(value, tuple) and fields:
            given = [f"{name}={self.written(each)}" for name, each in zip(fields, value, strict=True)]
            return f"{self._imported(type(value))}({', '.join(given)})"
        if type(value) is slice:
            return f"slice({', '.join(self.written(end) for end in (value.start, value.stop, value.step))})"
        if type(value) is tuple:
            return f"({', '.join(map(self.written, value))}{',' if len(value) == 1 else ''})"
        if type(value) is list:
            return f"[{', '.join(map(self.written, value))}]"
        if type(value) is dict:
            return f"{{{', '.join(f'{self.written(k)}: {self.written(v)}' for k, v in value.items())}}}"
        raise Unwritable(f"{type(value).__name__} cannot be written down as an expression")

    def _array(self, value: np.ndarray) -> str:
        if value.size > MOST_NUMBERS:
            raise Unwritable(f"an array of {value.size} numbers is too long to be written down")
        if value.dtype.kind not in "biufU":
            raise Unwritable(f"an array of {value.dtype} cannot be written down")
        if not value.size:
            return f"np.empty({value.shape})"
        return f"np.array({self.written(value.tolist())})"

    def _member(self, value: Any) -> str:
        """The call that makes a dataclass; arguments that are at their defaults are not written."""
        given = []
        for each in dataclasses.fields(value):
            now = getattr(value, each.name)
            if not each.init or _is_default(each, now):
                continue
            given.append(f"{each.name}={self.written(now)}")
        return f"{self._imported(type(value))}({', '.join(given)})"

    def _imported(self, value: Any) -> str:
        """The name of a class or function; Unwritable if it cannot be imported by it."""
        module, path = value.__module__, value.__qualname__
        top = path.split(".")[0]
        found: Any = sys.modules.get(module)
        for part in path.split("."):
            found = getattr(found, part, None)
        if found is not value:
            raise Unwritable(f"{path} of {module} cannot be imported")
        if module == "builtins":
            return path
        if module == "numpy":
            return f"np.{path}"
        home, local = (module, top), top
        while local in self._taken or self._homes.get(local, home) != home:
            local = f"{module.split('.')[-1]}_{local}"
        self._homes[local] = home
        return ".".join([local, *path.split(".")[1:]])


def _is_default(each: "dataclasses.Field[Any]", now: Any) -> bool:
    default = each.default
    if default is dataclasses.MISSING and each.default_factory is not dataclasses.MISSING:
        default = each.default_factory()
    if isinstance(default, np.ndarray) or isinstance(now, np.ndarray):
        return False
    # 1 and 1.0 are equal and are not the same setting
    return type(default) is type(now) and default == now


# ---- printed ---------------------------------------------------------------------------------------------------------


def show(name, value, indent=""):
    """Print a result and all that is in it: parts by their names, arrays with their shapes."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    elif getattr(value, "_fields", None):
        parts = dict(zip(value._fields, value, strict=True))  # type: ignore
    elif isinstance(value, dict):
        parts = value
    elif isinstance(value, tuple | list) and not all(np.isscalar(part) for part in value):
        parts = dict(enumerate(value))
    else:
        parts = None
    if parts is not None:
        print(f"{indent}{name}: {type(value).__name__}")
        for key, part in parts.items():
            show(key, part, indent + "    ")
    elif isinstance(value, np.ndarray) and value.ndim:
        print(f"{indent}{name}: array of shape {value.shape}")
        print(textwrap.indent(np.array2string(value, threshold=60, precision=8), indent + "    "))
    else:
        print(f"{indent}{name} = {value.item() if isinstance(value, np.generic) else value!r}")


SHOW: str = inspect.getsource(show)
