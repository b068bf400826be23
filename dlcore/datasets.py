"""Data sets: small real ones shipped as CSV, and generated ones that a seed repeats.

Every one is used in the same way:

    x, y = Penguins().load()        inputs of shape (rows, features), targets of shape (rows,)
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, ClassVar, NamedTuple

import numpy as np

from dlcore.family import Family, setting


class Dataset(Family):
    """What all data sets share."""

    features: ClassVar[tuple[str, ...]]
    """The columns of x, each with its unit: "flipper_length_mm"."""

    target: ClassVar[str]
    """What y is, with its unit: "body_mass_kg"."""

    source: ClassVar[str]
    licence: ClassVar[str]

    def load(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs, shape (rows, features), and targets, shape (rows,); read-only, float64."""
        return _loaded(self)

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """What ``load`` returns, made afresh: each member says here where its rows come from."""
        raise NotImplementedError


@lru_cache(maxsize=64)
def _loaded(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    x, y = dataset.rows()
    # one array serves every caller, so nobody may write into it
    x.flags.writeable = y.flags.writeable = False
    return x, y


@dataclass(frozen=True)
class Penguins(Dataset):
    """Flipper length and body mass of 342 penguins of three species, measured in Antarctica from 2007 to 2009.

    Two of the 344 rows of the original have no measurements and are left out.
    """

    features: ClassVar = ("flipper_length_mm",)
    target: ClassVar = "body_mass_kg"
    source: ClassVar = (
        "K. B. Gorman, T. D. Williams, W. R. Fraser (2014), Ecological Sexual Dimorphism and Environmental Variability "
        "within a Community of Antarctic Penguins (Genus Pygoscelis), PLoS ONE 9(3): e90081; "
        "made a data set by A. Horst, A. Hill, K. Gorman (palmerpenguins)"
    )
    licence: ClassVar = "CC0-1.0"

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        columns = _columns("penguins.csv")
        x = np.array(columns["flipper_length_mm"], dtype=float)
        return x[:, None], np.array(columns["body_mass_g"], dtype=float) / 1000


@dataclass(frozen=True)
class NoisyLine(Dataset):
    """Points along y = 2 x + 1 with normal noise; a share of them are outliers far above the line.

    noise: standard deviation of the noise. outliers: share of the points that are lifted by 15.
    """

    features: ClassVar = ("x",)
    target: ClassVar = "y"
    source: ClassVar = "generated"
    licence: ClassVar = "none needed"
    count: int = setting(60, 3, 2000)
    noise: float = setting(1.5, 0.0, 10.0)
    outliers: float = setting(0.0, 0.0, 0.5)
    seed: int = setting(0, 0, 2**31 - 1)

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(self.seed)
        x = rng.uniform(0, 10, self.count)
        y = 2 * x + 1 + self.noise * rng.standard_normal(self.count)
        y[: round(self.outliers * self.count)] += 15
        return x[:, None], y


def _columns(name: str) -> dict[str, list[str]]:
    text = resources.files("dlcore").joinpath("data", name).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {key: [row[key] for row in rows] for key in rows[0]}


class Standardized(NamedTuple):
    """Columns brought to mean 0 and standard deviation 1, with what is needed to go back: x = mean + scale * values."""

    values: np.ndarray
    mean: np.ndarray
    scale: np.ndarray


def standardize(x: np.ndarray) -> Standardized:
    """Each column of ``x`` (shape (rows, ...)) minus its mean, divided by its standard deviation over all rows.

    Raises ValueError for a column that is constant: there is nothing to divide by.
    """
    mean, scale = x.mean(axis=0), x.std(axis=0)
    # the deviation of a constant such as 0.1 need not be exactly 0
    if np.any(x.min(axis=0) == x.max(axis=0)):
        raise ValueError("a constant column cannot be standardised; leave it out")
    return Standardized((x - mean) / scale, mean, scale)


def get(which: Any) -> Dataset:
    """The data set that a name, a class or a data set means; see ``Family.get``."""
    return Dataset.get(which)
