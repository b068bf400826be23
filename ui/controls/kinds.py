"""Kinds of controls: what a value may be, how an address writes it, and what is done with nonsense.

``read`` takes what stands in an address, by anyone, and returns the nearest valid value and whether it was valid.
"""

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True)
class Number:
    """A number from ``low`` to ``high``; on a logarithmic slider if ``log``; whole if ``whole``."""

    default: float
    low: float
    high: float
    log: bool = False
    whole: bool = False

    def nearest(self, value: float) -> float:
        kept = min(max(value, self.low), self.high)
        return round(kept) if self.whole else float(kept)

    def read(self, text: str) -> tuple[float, bool]:
        try:
            value = float(text)
        except ValueError:
            return self.default, False
        if math.isnan(value):
            return self.default, False
        kept = self.nearest(value)
        return kept, kept == value

    def write(self, value: Any) -> str:
        return repr(float(value)).removesuffix(".0")

    def stops(self, value: float) -> list[float]:
        """The stops of a logarithmic slider: ten a decade, and the value itself."""
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        grid = {float(f"{m}e{d}") for d in decades for m in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)}
        return sorted({v for v in grid if self.low <= v <= self.high} | {self.low, self.high, value})


@dataclass(frozen=True)
class Choice:
    """One of a few names."""

    default: str
    options: tuple[str, ...]

    def nearest(self, value: str) -> str:
        return value if value in self.options else self.default

    def read(self, text: str) -> tuple[str, bool]:
        return self.nearest(text), text in self.options

    def write(self, value: Any) -> str:
        return value


@dataclass(frozen=True)
class Several:
    """Any of a few names, in their own order."""

    default: tuple[str, ...]
    options: tuple[str, ...]

    def nearest(self, value: Collection[str]) -> tuple[str, ...]:
        """The options among the names; TypeError for one string, in which options would be looked for as parts."""
        if isinstance(value, str):
            raise TypeError(f"several names are wanted, not the text {value!r}")
        return tuple(option for option in self.options if option in value)

    def read(self, text: str) -> tuple[tuple[str, ...], bool]:
        names = [part for part in text.split(",") if part]
        valid = self.nearest(names)
        return valid, len(valid) == len(names)

    def write(self, value: Any) -> str:
        return ",".join(value)


@dataclass(frozen=True)
class Switch:
    """On (1) or off (0)."""

    default: bool

    def nearest(self, value: Any) -> bool:
        return bool(value)

    def read(self, text: str) -> tuple[bool, bool]:
        return (text == "1", True) if text in ("0", "1") else (self.default, False)

    def write(self, value: Any) -> str:
        return "1" if value else "0"


@dataclass(frozen=True)
class Text:
    """What a reader types; an address carries at most ``most`` characters of it."""

    default: str
    most: int = 200

    def nearest(self, value: str) -> str:
        return value

    def read(self, text: str) -> tuple[str, bool]:
        return (text, True) if 0 < len(text) <= self.most else (self.default, False)

    def write(self, value: Any) -> str:
        return value


@dataclass(frozen=True)
class Names:
    """Names that are nobody's to choose from, such as the keys of controls, each once, in the order given."""

    default: tuple[str, ...] = ()
    most: int = 200

    def nearest(self, value: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in value if _NAME.fullmatch(name)))[: self.most]

    def read(self, text: str) -> tuple[tuple[str, ...], bool]:
        names = [part for part in text.split(",") if part]
        valid = self.nearest(names)
        return valid, len(valid) == len(names) > 0

    def write(self, value: Any) -> str:
        return ",".join(value)


Kind = Number | Choice | Several | Switch | Text | Names
