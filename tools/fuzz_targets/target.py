"""What a fuzz target is: what has to hold of its inputs, some to begin with, and the longest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Target:
    """One reader: what holds for any input, inputs to begin with, and words that it may react to.

    worst: inputs made to cost as much time and memory as possible. most: bytes of an input that is made up.
    """

    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    words: Sequence[str]
    worst: Callable[[], dict[str, bytes]]
    most: int = 4096


def as_text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
