"""Short programs: what those of this topic share, to hold the numbers of the page as text and score them with NumPy.

array("y", residuals.y, 4)          y = np.array("18 15 36.1".split(), float)
"""

from collections.abc import Sequence

import numpy as np

MOST_NUMBERS = 420
"""With more of them a program is not short."""


def array(name: str, values: np.ndarray, digits: int) -> str:
    """The line that makes an array of numbers, each in so many significant digits."""
    return f'{name} = np.array("{" ".join(f"{value:.{digits}g}" for value in values)}".split(), float)'


def labels_line(name: str, labels: np.ndarray) -> str:
    """The line that makes so many labels 0 and 1; what follows from them must not ask for their order."""
    return f"{name} = np.repeat([0, 1], [{int(np.sum(labels == 0))}, {int(np.sum(labels == 1))}])"


def is_short(*arrays: Sequence[float] | np.ndarray) -> bool:
    """Whether so many numbers can stand in a short program."""
    return sum(map(len, arrays)) <= MOST_NUMBERS
