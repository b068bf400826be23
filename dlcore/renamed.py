"""Renamed classes, functions and methods: old names work for one release, as programs taken home use them."""

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any


def old_names(module: str, new_names: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module in which names have changed; asked for an old one, it warns and gives the new.

    module: its ``__name__``. new_names: by old name. A DeprecationWarning points to the line that asks.
    """

    def __getattr__(name: str) -> Any:
        if name not in new_names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        warnings.warn(f"{module}.{name} is {new_names[name]} now", DeprecationWarning, stacklevel=2)
        return getattr(sys.modules[module], new_names[name])

    return __getattr__


def renamed_method(new_name: str) -> Any:
    """A property by the old name of a method: it warns and gives the method that is called ``new_name``."""

    def ask(self: Any) -> Any:
        warnings.warn(f"the method is called {new_name} now", DeprecationWarning, stacklevel=2)
        return getattr(self, new_name)

    return property(ask)
