"""What every visitor shares, computed once."""

import dataclasses
from collections.abc import Callable
from functools import cache, wraps
from types import FunctionType
from typing import Any, Literal, ParamSpec, TypeVar

import streamlit as st

P = ParamSpec("P")
R = TypeVar("R")


def shared(max_entries: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Remember a function's results by its arguments' values, for all sessions, at most ``max_entries``.

    ``st.cache_data`` by itself takes two members without settings for the same: it hashes a dataclass by its fields
    alone, so Bowl() and Himmelblau() would share one map. Here a dataclass counts by its module, its class and every
    field that it is made with, a function by its full name; what has no value to tell it by (an array, a lambda, a
    bound method) is a TypeError that says where it stands. What a result holds lies in the memory of all: nothing that
    a reader has typed or brought may be in it.

    A keyword that begins with an underscore is handed on and does not count, as in ``st.cache_data``: for what the
    other arguments already tell, such as the rows of a selection.
    """
    return _remembering(max_entries, "global")


def personal(max_entries: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The same for one session alone, gone with it: for what is made of a reader's own."""
    return _remembering(max_entries, "session")


def _remembering(max_entries: int, scope: Literal["global", "session"]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        # the key is hashed; what begins with an underscore is passed through as it is
        def remember(key: str, _call: Callable[[], R]) -> R:
            return _call()

        # Streamlit tells caches apart by the name and the source of the function, and this source is always the same
        remember.__qualname__ = f"{function.__module__}.{function.__qualname__}"
        look_up = st.cache_data(max_entries=max_entries, show_spinner=False, scope=scope)(remember)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            identifying = {name: value for name, value in kwargs.items() if not name.startswith("_")}
            return look_up(_key(args, identifying), lambda: function(*args, **kwargs))

        return call

    return decorate


_PLAIN = frozenset({str, int, float, bool, type(None)})
_Place = tuple[Any, str]
"""Where a value stands: in what, and how it is reached from there."""


def _key(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """A text that two calls have in common only if all their arguments are the same."""
    return repr((_value(args, ((), "arguments")), _value(kwargs, ((), "arguments"))))


def _value(value: Any, place: _Place) -> Any:
    """``value`` in tuples, lists and plain values, whose ``repr`` says all of it; every rerun asks, so it is short.

    A dict of one key stands for what is none of these, and the key says what it is: no text of a reader's can be taken
    for a function or a member.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple or kind is list:
        return kind([p if type(p) in _PLAIN else _value(p, (place, f"[{k}]")) for k, p in enumerate(value)])
    if kind is dict:
        return {"dict": [(_value(k, place), _value(part, (place, f"[{k!r}]"))) for k, part in value.items()]}
    if kind is FunctionType or isinstance(value, type):
        return {"function": _full_name(value, place)}
    if dataclasses.is_dataclass(kind):
        names = _fields(kind)
        parts = [(name, getattr(value, name)) for name in names]
        return {
            _full_name(kind, place): [p if type(p) in _PLAIN else _value(p, (place, f".{name}")) for name, p in parts]
        }
    if isinstance(value, str | int | float):
        return value
    raise TypeError(f"{_path(place)}: {kind.__name__} cannot be told by its value; pass names, numbers and members")


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """The fields that a dataclass is made with, also those that it does not print; all others follow from them."""
    return tuple(field.name for field in dataclasses.fields(kind) if field.init)


def _full_name(named: Any, place: _Place) -> str:
    """Module and name of a function or a class. Made within a function, or by lambda, several have the same."""
    name = f"{named.__module__}.{named.__qualname__}"
    if "<" in name:
        raise TypeError(f"{_path(place)}: {name} shares its name with others of its kind; define it in a module")
    return name


def _path(place: _Place) -> str:
    """A place as Python writes it: ``arguments[0].optimizer.learning_rate``."""
    outer, name = place
    return (_path(outer) if outer else "") + name
