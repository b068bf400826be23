"""Experiments as programs: the calls that made a page's numbers, written down as a program or a notebook.

    experiment = Experiment("One weight")
    path = experiment.show(descend, surface, (1.0,), SGD(0.1), 40)     a call whose result the program prints
    experiment.show(diagnose, surface, path)                           what a call gave may be used by the next

Nothing is called here and nothing is written before ``program`` or ``notebook`` is asked for. What an argument is
called and where it is imported from is read off the object itself, so that the program cannot drift from what ran.
"""

import dataclasses
import inspect
import math
import sys
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, get_type_hints

import numpy as np

from dlcore.notebooks import Cell, notebook

MOST_NUMBERS = 2000
"""How many numbers of an array are written out."""

WIDTH = 100


class Unwritable(ValueError):
    """An argument that no program of a reasonable length could make again."""


@dataclass(frozen=True)
class ResultName:
    """What a call gives, by its name in the program, and what is meant of it, such as ``.train.x[0]``.

    A part that a dataclass or a named tuple does not have raises AttributeError; of other results nothing is known.
    """

    _name: str
    _part: str = ""
    _made_by: Any = field(default=None, compare=False, repr=False)

    def __getattr__(self, name: str) -> "ResultName":
        if name.startswith("_"):
            raise AttributeError(name)
        return ResultName(self._name, f"{self._part}.{name}", _member_of(_type_made_by(self._made_by), name))

    def __getitem__(self, place: Any) -> "ResultName":
        return ResultName(self._name, f"{self._part}[{_place(place)}]")


def _type_made_by(maker: Any) -> Any:
    """The type of what a class, a function, a property or such a part of a result gives; None if that is not known."""
    if isinstance(maker, ResultName):
        return _type_made_by(maker._made_by)
    if isinstance(maker, property):
        return _type_made_by(maker.fget)
    if inspect.ismethod(maker):
        return _type_made_by(maker.__func__)
    return maker if isinstance(maker, type) else _hints(maker).get("return") if inspect.isfunction(maker) else None


def _member_of(owner: Any, name: str) -> Any:
    """What makes a member of a type (see ``_type_made_by``), None if unknown; AttributeError if there is none."""
    named_tuple = isinstance(owner, type) and issubclass(owner, tuple) and hasattr(owner, "_fields")
    # the members of other classes are set when one is made, and cannot be read off the class
    if not (isinstance(owner, type) and (dataclasses.is_dataclass(owner) or named_tuple)):
        return None
    annotated = _hints(owner)
    return annotated[name] if name in annotated else inspect.getattr_static(owner, name)


@lru_cache(maxsize=512)
def _hints(owner: Any) -> dict[str, Any]:
    try:
        return get_type_hints(owner)
    except NameError:
        # a name that only type checkers import: nothing is known
        return {}


def _place(place: Any) -> str:
    if isinstance(place, tuple):
        return ", ".join(map(_place, place))
    if isinstance(place, slice):
        ends = ["" if end is None else repr(end) for end in (place.start, place.stop)]
        return ":".join(ends)
    return place._name + place._part if isinstance(place, ResultName) else repr(place)


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


class Experiment:
    """The calls of one experiment in their order; ``title`` says which."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self._lines: list[_Line] = []

    def show(self, function: Any, /, *args: Any, **kwargs: Any) -> ResultName:
        """Note a call whose result the program prints."""
        return self._add(Call(function, args, kwargs), f"result_{sum(line.printed for line in self._lines) + 1}")

    def assign(self, name: str, function: Any, /, *args: Any, **kwargs: Any) -> ResultName:
        """Note a call whose result, by that name, later calls use; it is not printed. A name of "" keeps nothing."""
        return self._add(Call(function, args, kwargs), name, printed=False)

    def _add(self, made: Call, name: str, printed: bool = True) -> ResultName:
        self._lines.append(_Line(name, made, printed))
        return ResultName(name, _made_by=made.function)

    def __bool__(self) -> bool:
        return any(line.printed for line in self._lines)

    # ---- written down ------------------------------------------------------------------------------------------------

    def program(self, needs: str = "") -> str:
        """The experiment as a program; Unwritable if it has an argument that cannot be written down.

        needs: a sentence for the program's head, on what it needs to run.
        """
        imports, calls = self._imports_and_statements()
        head = [self._headline(needs), "", "# %% imports", *imports]
        return "\n".join([*head, "", "", SHOW, "", *(f"# %%\n{each}" for each in calls)]) + "\n"

    def notebook(self) -> str:
        """The same as a notebook (JSON, nbformat 4.5): what it is, and a cell for every call."""
        return notebook([("markdown", f"# {self.title}"), *self.cells()])

    def cells(self) -> list[Cell]:
        """The cells of the notebook: one that imports, one that can print, one for every call."""
        imports, calls = self._imports_and_statements()
        return [("code", "\n".join(imports)), *(("code", text.strip()) for text in [SHOW, *calls])]

    def _headline(self, needs: str) -> str:
        said = f"{self.title}\n\n{textwrap.fill(needs, WIDTH)}\n" if needs else self.title
        return '"""' + said.replace("\\", "/").replace('"', "'") + '"""'

    def _imports_and_statements(self) -> tuple[list[str], list[str]]:
        """The lines that import, and the statements."""
        writer = _Writer({line.name for line in self._lines} | {"show", "np", "dataclasses", "textwrap"})
        calls = []
        for line in self._lines:
            made = writer.call(line.made, WIDTH - len(line.name) - 3)
            statement = f"{line.name} = {made}" if line.name else made
            calls.append(f'{statement}\nshow("{line.name}", {line.name})\n' if line.printed else f"{statement}\n")
        return writer.imports(), calls


def short_program(*blocks: str) -> str:
    """A program complete in itself, which needs NumPy and nothing of this project: its blocks, a line between them."""
    return "\n\n".join(["import numpy as np", *blocks]) + "\n"


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

    def call(self, made: Call, width: int | None = None) -> str:
        """A call in one line, or with a line for each argument where it would be wider than ``width``."""
        function = self._function(made.function)
        given = [self.literal(each) for each in made.args]
        given += [f"{key}={self.literal(each)}" for key, each in made.kwargs.items()]
        line = f"{function}({', '.join(given)})"
        if width is None or len(line) <= width:
            return line
        return "\n".join([f"{function}(", *(f"    {each}," for each in given), ")"])

    def _function(self, function: Any) -> str:
        if isinstance(function, ResultName):
            return self.literal(function)
        if inspect.ismethod(function):
            return f"{self.literal(function.__self__)}.{function.__name__}"
        if isinstance(function, type | Call) or dataclasses.is_dataclass(function):
            return self.literal(function)
        return self._import(function)

    def literal(self, value: Any) -> str:
        """The expression that makes a value again; Unwritable if there is none."""
        if isinstance(value, ResultName):
            return value._name + value._part
        if isinstance(value, Call):
            return self.call(value)
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return f'float("{value}")'
        if value is None or isinstance(value, bool | int | float | str):
            return repr(value)
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, type) or inspect.isfunction(value):
            return self._import(value)
        if dataclasses.is_dataclass(value):
            return self._member(value)
        return self._several(value)

    def _several(self, value: Any) -> str:
        fields = getattr(type(value), "_fields", None)
        if isinstance(value, tuple) and fields:
            given = [f"{name}={self.literal(each)}" for name, each in zip(fields, value, strict=True)]
            return f"{self._import(type(value))}({', '.join(given)})"
        if type(value) is slice:
            return f"slice({', '.join(self.literal(end) for end in (value.start, value.stop, value.step))})"
        if type(value) is tuple:
            return f"({', '.join(map(self.literal, value))}{',' if len(value) == 1 else ''})"
        if type(value) is list:
            return f"[{', '.join(map(self.literal, value))}]"
        if type(value) is dict:
            return f"{{{', '.join(f'{self.literal(k)}: {self.literal(v)}' for k, v in value.items())}}}"
        raise Unwritable(f"{type(value).__name__} cannot be written down as an expression")

    def _array(self, value: np.ndarray) -> str:
        if value.size > MOST_NUMBERS:
            raise Unwritable(f"an array of {value.size} numbers is too long to be written down")
        if value.dtype.kind not in "biufU":
            raise Unwritable(f"an array of {value.dtype} cannot be written down")
        if not value.size:
            return f"np.empty({value.shape})"
        return f"np.array({self.literal(value.tolist())})"

    def _member(self, value: Any) -> str:
        """The call that makes a dataclass; arguments that are at their defaults are not written."""
        given = []
        for each in dataclasses.fields(value):
            now = getattr(value, each.name)
            if not each.init or _is_default(each, now):
                continue
            given.append(f"{each.name}={self.literal(now)}")
        return f"{self._import(type(value))}({', '.join(given)})"

    def _import(self, value: Any) -> str:
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
