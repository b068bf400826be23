"""Short programs in tests: what one prints, run by itself in names of its own."""

import re
from typing import Any


def printed_by(text: str) -> list[tuple[Any, ...]]:
    """What a program prints, a tuple a line, as the values that they are; it may import NumPy and nothing else."""
    assert set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)) == {"numpy"}
    said: list[tuple[Any, ...]] = []
    exec(compile(text, "short program", "exec"), {"__name__": "__main__", "print": lambda *values: said.append(values)})
    return said
