"""Ties: what looks alike in the numbers that a reader is shown is alike, and what follows from either is right."""

import math
from collections.abc import Callable, Mapping


def significant(value: float, digits: int = 3) -> float:
    """A number as it is written in so many significant digits; see ``number_format.readable``."""
    return float(f"{value:.{digits}g}")


def lowest(values: Mapping[str, float], digits: int = 3) -> tuple[str, ...]:
    """The names whose value is the lowest in so many significant digits; none if no value is finite."""
    seen = {name: significant(value, digits) for name, value in values.items() if math.isfinite(value)}
    return tuple(name for name, value in seen.items() if value == min(seen.values()))


def highest(values: Mapping[str, float], digits: int = 3) -> tuple[str, ...]:
    """The same of the highest."""
    return lowest({name: -value for name, value in values.items()}, digits)


def either(word: Callable[[float], str], value: float, written: float) -> tuple[str, ...]:
    """The word for a value and, if rounding puts it on the other side of a border, also that for what is written."""
    return tuple(dict.fromkeys((word(value), word(written))))
