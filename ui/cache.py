"""What every visitor shares, computed once."""

import dataclasses
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar

import streamlit as st

P = ParamSpec("P")
R = TypeVar("R")


def shared(max_entries: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Remember a function's results by the ``repr`` of its arguments, for all sessions, at most ``max_entries``.

    ``st.cache_data`` by itself takes two members without settings for the same: it hashes a dataclass by its fields
    alone, so Bowl() and Himmelblau() would share one map. Their ``repr`` names the class and every setting.
    Functions among the arguments count by their full name. What a result holds lies in the memory of all: nothing that
    a reader has typed or brought may be in it.
    """
    return _remembering(max_entries, "global")


def personal(max_entries: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The same for one session alone, gone with it: for what is made of a reader's own."""
    return _remembering(max_entries, "session")


def _remembering(max_entries: int, scope: Literal["global", "session"]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        # the key is hashed; what begins with an underscore is passed through as it is
        def remembered(key: str, _call: Callable[[], R]) -> R:
            return _call()

        # Streamlit tells caches apart by the name and the source of the function, and this source is always the same
        remembered.__qualname__ = f"{function.__module__}.{function.__qualname__}"
        look_up = st.cache_data(max_entries=max_entries, show_spinner=False, scope=scope)(remembered)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            return look_up(repr((_named(args), _named(kwargs))), lambda: function(*args, **kwargs))

        return call

    return decorate


def _named(value: Any) -> Any:
    """Nested names for a key; refuses what ``repr`` abbreviates, since two arrays may abbreviate alike."""
    if isinstance(value, dict):
        return [(key, _named(part)) for key, part in value.items()]
    if isinstance(value, list | tuple):
        return [_named(part) for part in value]
    if callable(value) and not dataclasses.is_dataclass(value):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, str | int | float | bool | None) or dataclasses.is_dataclass(value):
        return repr(value)
    raise TypeError(
        f"{type(value).__name__} cannot be part of a cache key; pass names, numbers and members of families"
    )
