"""Data sets: small real ones shipped as CSV, and generated ones that a seed repeats.

All are used in the same way:

    x, y = Penguins().load()        inputs of shape (rows, features), targets of shape (rows,)

The order of the file: what all share; numbers to predict; two classes; several classes. Rows are cut and scaled by
``preprocessing``.
A reader's own table is read by ``read_csv`` (see ``tables``).
"""

import csv
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, ClassVar

import numpy as np

from dlcore import preprocessing
from dlcore.family import Family, setting
from dlcore.table_errors import Remark, TableError
from dlcore.tables import Table, Task, read_csv

__all__ = ["Remark", "Table", "TableError", "read_csv"]  # a reader's own data, by the same address


class Dataset(Family):
    """What all data sets share."""

    features: ClassVar[tuple[str, ...]]
    """The columns of x, each with its unit if it has one: "flipper_length_mm"."""

    target: ClassVar[str]
    """What y is, with its unit if it has one: "body_mass_kg"."""

    task: ClassVar[Task]
    """What there is to predict: a number ("regression"), one of two classes ("binary") or of more ("multiclass").

    A setting may decide it, so ask a member, not its class: ``Spirals(arms=3).task``.
    """

    classes: ClassVar[tuple[str, ...]] = ()
    """The name of each class in y, which counts them from 0; empty for a regression."""

    straight: ClassVar[bool] = False
    """Whether a straight line through its one input is a fair model of the target."""

    source: ClassVar[str] = "generated"
    licence: ClassVar[str] = "none needed"

    def load(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs, shape (rows, features), float64, and targets, shape (rows,); both read-only.

        Targets are float64 for a regression and int64, counting the classes from 0, otherwise. Rows of a shipped table
        are in the order of the table, which may be sorted by class: shuffle before you cut.
        """
        return _load(self)

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """New arrays of inputs and targets, as ``load`` returns them; each member defines its own."""
        raise NotImplementedError

    @classmethod
    def suiting(cls, task: Task, inputs: int) -> tuple[str, ...]:
        """The names of the members with that task and that many inputs, in the order of definition."""
        members = {name: cls.get(name) for name in cls.members}
        return tuple(name for name, data in members.items() if data.task == task and len(data.features) == inputs)


@lru_cache(maxsize=64)
def _load(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    x, y = dataset.rows()
    # one array serves every caller, so nobody may write into it
    x.flags.writeable = y.flags.writeable = False
    return x, y


def _read_shipped(name: str, data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """The columns of a shipped table that ``data`` names; a class becomes its place in ``data.classes``."""
    x, y = _columns(name, data.features, data.target)
    if not data.classes:
        return x, y.astype(float)
    return x, np.array([data.classes.index(label) for label in y], dtype=np.int64)


def _columns(name: str, features: Sequence[str], target: str) -> tuple[np.ndarray, np.ndarray]:
    """Some columns of a shipped table as numbers, shape (rows, features), and one as it is written, shape (rows,)."""
    text = resources.files("dlcore").joinpath("data", name).read_text(encoding="utf-8")
    head, *rows = csv.reader(text.splitlines())
    chosen, last = [head.index(feature) for feature in features], head.index(target)
    return np.array([[float(row[i]) for i in chosen] for row in rows]), np.array([row[last] for row in rows])


def _in_turn(count: int, classes: int) -> np.ndarray:
    """Targets 0, 1, 2, 0, 1, 2, ...: all classes are as frequent as they can be in every stretch of rows."""
    return np.arange(count, dtype=np.int64) % classes


# ---- numbers to predict --------------------------------------------------------------------------------------------
_PENGUINS_SOURCE = (
    "K. B. Gorman, T. D. Williams, W. R. Fraser (2014), Ecological Sexual Dimorphism and Environmental Variability "
    "within a Community of Antarctic Penguins (Genus Pygoscelis), PLoS ONE 9(3): e90081; "
    "made a data set by A. Horst, A. Hill, K. Gorman (palmerpenguins)"
)


@dataclass(frozen=True)
class Penguins(Dataset):
    """Flipper length and body mass of 342 penguins of three species, measured in Antarctica from 2007 to 2009.

    Two of the 344 rows of the original have no measurements and are left out.
    """

    features: ClassVar = ("flipper_length_mm",)
    target: ClassVar = "body_mass_kg"
    task: ClassVar = "regression"
    straight: ClassVar = True
    source: ClassVar = _PENGUINS_SOURCE
    licence: ClassVar = "CC0-1.0"

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        x, grams = _columns("penguins.csv", self.features, "body_mass_g")
        return x, grams.astype(float) / 1000


@dataclass(frozen=True)
class NoisyLine(Dataset):
    """Points along y = 2 x + 1 with normal noise; a share of them are outliers far above the line.

    noise: standard deviation of the noise. outliers: share of the points that are lifted by 15.
    """

    formula: ClassVar = r"y = 2x + 1 + \varepsilon"
    features: ClassVar = ("x",)
    target: ClassVar = "y"
    task: ClassVar = "regression"
    straight: ClassVar = True
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


@dataclass(frozen=True)
class Sine(Dataset):
    """Points along one wave of a sine with normal noise: no straight line will do.

    noise: standard deviation of the noise; the wave reaches from -1 to 1.
    """

    formula: ClassVar = r"y = \sin x + \varepsilon"
    features: ClassVar = ("x",)
    target: ClassVar = "y"
    task: ClassVar = "regression"
    count: int = setting(100, 3, 2000)
    noise: float = setting(0.2, 0.0, 2.0)
    seed: int = setting(0, 0, 2**31 - 1)

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(self.seed)
        x = rng.uniform(0, 2 * np.pi, self.count)
        return x[:, None], np.sin(x) + self.noise * rng.standard_normal(self.count)


@dataclass(frozen=True)
class AutoMPG(Dataset):
    """How far 392 cars of 1970 to 1982 go on a gallon, from six facts about each.

    Units: cubic inches, horsepower, pounds, seconds from 0 to 60 mph, year - 1900, miles per US gallon. Six of the 398
    cars have no horsepower and are left out, as are the columns origin and name.
    """

    features: ClassVar = ("cylinders", "displacement_in3", "horsepower", "weight_lb", "acceleration_s", "model_year")
    target: ClassVar = "mpg"
    task: ClassVar = "regression"
    source: ClassVar = (
        "R. Quinlan (1993), Auto MPG, UCI Machine Learning Repository, doi:10.24432/C5859H; "
        "first used in the 1983 exposition of the American Statistical Association (StatLib)"
    )
    licence: ClassVar = "CC-BY-4.0"

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        return _read_shipped("auto_mpg.csv", self)


# ---- two classes ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class GaussPairs(Dataset):
    """Two round clouds around (-1, -1) and (1, 1): a straight line separates them as well as anything can.

    noise: standard deviation of each cloud along each axis. No rule errs less often than Phi(-sqrt(2) / noise), the
    share of a cloud beyond the line x_1 + x_2 = 0.
    """

    formula: ClassVar = r"x \mid y \sim \mathcal{N}\big((2y - 1)(1, 1),\ \sigma^2 I\big)"
    features: ClassVar = ("x_1", "x_2")
    target: ClassVar = "class"
    task: ClassVar = "binary"
    classes: ClassVar = ("0", "1")
    count: int = setting(200, 20, 2000)
    noise: float = setting(0.7, 0.0, 3.0)
    seed: int = setting(0, 0, 2**31 - 1)

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(self.seed)
        y = _in_turn(self.count, 2)
        centre = np.column_stack([2 * y - 1, 2 * y - 1])
        return centre + self.noise * rng.standard_normal((self.count, 2)), y


@dataclass(frozen=True)
class XOR(Dataset):
    """Four quarters of a square, of which opposite ones belong together: no straight line separates them.

    A point is of class 1 if exactly one of its coordinates is positive, which is decided before the noise moves it.
    noise: standard deviation of that move along each axis; the square reaches from -1 to 1.
    """

    formula: ClassVar = r"y = [x_1 x_2 < 0]"
    features: ClassVar = ("x_1", "x_2")
    target: ClassVar = "class"
    task: ClassVar = "binary"
    classes: ClassVar = ("0", "1")
    count: int = setting(200, 20, 2000)
    noise: float = setting(0.1, 0.0, 1.0)
    seed: int = setting(0, 0, 2**31 - 1)

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(self.seed)
        y = _in_turn(self.count, 2)
        side = np.where(rng.random(self.count) < 0.5, -1, 1)
        # 1 - random() is never 0, so every point is inside its quarter
        corner = np.column_stack([side, np.where(y == 1, -side, side)])
        x = corner * (1 - rng.random((self.count, 2)))
        return x + self.noise * rng.standard_normal((self.count, 2)), y


@dataclass(frozen=True)
class Circles(Dataset):
    """A circle of radius 1 (class 0) around one of radius 1/2 (class 1).

    noise: standard deviation of every point's distance from its place, along each axis.
    """

    formula: ClassVar = r"x = (1 - \tfrac{y}{2}) (\cos t, \sin t) + \varepsilon"
    features: ClassVar = ("x_1", "x_2")
    target: ClassVar = "class"
    task: ClassVar = "binary"
    classes: ClassVar = ("0", "1")
    count: int = setting(200, 20, 2000)
    noise: float = setting(0.1, 0.0, 1.0)
    seed: int = setting(0, 0, 2**31 - 1)

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(self.seed)
        y = _in_turn(self.count, 2)
        t = rng.uniform(0, 2 * np.pi, self.count)
        r = 1 - y / 2
        x = np.column_stack([r * np.cos(t), r * np.sin(t)])
        return x + self.noise * rng.standard_normal((self.count, 2)), y


@dataclass(frozen=True)
class Moons(Dataset):
    """Two half circles of radius 1 that reach into each other.

    The upper one (class 0) is around (0, 0), the lower one (class 1) around (1, 1/2). noise: standard deviation of
    every point's distance from its place, along each axis.
    """

    formula: ClassVar = r"x = (y, \tfrac{y}{2}) + (1 - 2y) (\cos t, \sin t) + \varepsilon,\ 0 \le t \le \pi"
    features: ClassVar = ("x_1", "x_2")
    target: ClassVar = "class"
    task: ClassVar = "binary"
    classes: ClassVar = ("0", "1")
    count: int = setting(200, 20, 2000)
    noise: float = setting(0.1, 0.0, 1.0)
    seed: int = setting(0, 0, 2**31 - 1)

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(self.seed)
        y = _in_turn(self.count, 2)
        t = rng.uniform(0, np.pi, self.count)
        x = np.column_stack([y + (1 - 2 * y) * np.cos(t), y / 2 + (1 - 2 * y) * np.sin(t)])
        return x + self.noise * rng.standard_normal((self.count, 2)), y


@dataclass(frozen=True)
class Spirals(Dataset):
    """Arms that wind out from the centre to radius 1, one class each: hard for a small network.

    arms: how many; more than two make it a problem of several classes. turns: how often an arm goes round. noise:
    standard deviation of every point's distance from its arm, along each axis.
    """

    formula: ClassVar = r"x = r (\cos t, \sin t) + \varepsilon,\ t = 2\pi \left(k r + \tfrac{y}{c}\right)"
    features: ClassVar = ("x_1", "x_2")
    target: ClassVar = "class"
    count: int = setting(300, 20, 2000)
    arms: int = setting(2, 2, 5)
    turns: float = setting(1.5, 0.25, 4.0)
    noise: float = setting(0.03, 0.0, 0.5)
    seed: int = setting(0, 0, 2**31 - 1)

    @property
    def task(self):
        return "binary" if self.arms == 2 else "multiclass"

    @property
    def classes(self):
        return tuple(str(arm) for arm in range(self.arms))

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(self.seed)
        y = _in_turn(self.count, self.arms)
        r = rng.random(self.count)
        t = 2 * np.pi * (self.turns * r + y / self.arms)
        x = np.column_stack([r * np.cos(t), r * np.sin(t)])
        return x + self.noise * rng.standard_normal((self.count, 2)), y


_CELL_FACTS = ("radius", "texture", "perimeter", "area", "smoothness")
_CELL_FACTS += ("compactness", "concavity", "concave_points", "symmetry", "fractal_dimension")


@dataclass(frozen=True)
class BreastCancer(Dataset):
    """Thirty measures of the cell nuclei in 569 breast tumours: 212 malignant (class 1), 357 benign (class 0).

    Mean, standard error and worst value (mean of the three largest) of ten facts about the nuclei in one image each.
    Lengths and areas are in pixels of those images, whose scale the source does not state.
    """

    features: ClassVar = tuple(f"{fact}_{kind}" for kind in ("mean", "se", "worst") for fact in _CELL_FACTS)
    target: ClassVar = "diagnosis"
    task: ClassVar = "binary"
    classes: ClassVar = ("benign", "malignant")
    source: ClassVar = (
        "W. Wolberg, O. Mangasarian, N. Street, W. Street (1995), Breast Cancer Wisconsin (Diagnostic), "
        "UCI Machine Learning Repository, doi:10.24432/C5DW2B"
    )
    licence: ClassVar = "CC-BY-4.0"

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        return _read_shipped("breast_cancer.csv", self)


# ---- several classes -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Blobs(Dataset):
    """Round clouds, one class each, whose centres are spread evenly on a circle of radius 2.

    centers: how many clouds. noise: standard deviation of each cloud along each axis.
    """

    formula: ClassVar = r"x = 2 (\cos t, \sin t) + \varepsilon,\ t = 2\pi \tfrac{y}{c}"
    features: ClassVar = ("x_1", "x_2")
    target: ClassVar = "class"
    count: int = setting(300, 20, 2000)
    centers: int = setting(3, 2, 10)
    noise: float = setting(0.6, 0.0, 3.0)
    seed: int = setting(0, 0, 2**31 - 1)

    @property
    def task(self):
        return "binary" if self.centers == 2 else "multiclass"

    @property
    def classes(self):
        return tuple(str(cloud) for cloud in range(self.centers))

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(self.seed)
        y = _in_turn(self.count, self.centers)
        t = 2 * np.pi * y / self.centers
        x = 2 * np.column_stack([np.cos(t), np.sin(t)])
        return x + self.noise * rng.standard_normal((self.count, 2)), y


@dataclass(frozen=True)
class PenguinSpecies(Dataset):
    """The species of 342 penguins from four measurements; the rows are sorted by species.

    151 Adelie, 68 Chinstrap and 123 Gentoo penguins, measured in Antarctica from 2007 to 2009.
    """

    features: ClassVar = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
    target: ClassVar = "species"
    task: ClassVar = "multiclass"
    classes: ClassVar = ("Adelie", "Chinstrap", "Gentoo")
    source: ClassVar = _PENGUINS_SOURCE
    licence: ClassVar = "CC0-1.0"

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        return _read_shipped("penguins.csv", self)


@dataclass(frozen=True)
class Iris(Dataset):
    """The species of 150 irises, 50 of each of three, from four measurements; the rows are sorted by species.

    The values are those of Fisher's paper; UCI's own file differs from it in two rows.
    """

    features: ClassVar = ("sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm")
    target: ClassVar = "species"
    task: ClassVar = "multiclass"
    classes: ClassVar = ("setosa", "versicolor", "virginica")
    source: ClassVar = (
        "R. A. Fisher (1936), The Use of Multiple Measurements in Taxonomic Problems, Annals of Eugenics "
        "7(2), 179-188; Iris, UCI Machine Learning Repository, doi:10.24432/C56C76"
    )
    licence: ClassVar = "CC-BY-4.0"

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        return _read_shipped("iris.csv", self)


@dataclass(frozen=True)
class Digits(Dataset):
    """1797 digits written by 13 people, each an image of 8 x 8 pixels: ``x.reshape(-1, 8, 8)``.

    A pixel counts from 0 (empty) to 16 (full) the inked points of a 4 x 4 block. Some pixels at the edges are 0 in
    every image.
    """

    features: ClassVar = tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8))
    target: ClassVar = "digit"
    task: ClassVar = "multiclass"
    classes: ClassVar = tuple("0123456789")
    source: ClassVar = (
        "E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits (test part), "
        "UCI Machine Learning Repository, doi:10.24432/C50P49"
    )
    licence: ClassVar = "CC-BY-4.0"

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        return _read_shipped("digits.csv", self)


def get(which: Any) -> Dataset:
    """The data set that a name, a class or a data set means; see ``Family.get``."""
    return Dataset.get(which)


def sample_rows(data: Dataset, rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """At most ``rows`` rows of a data set, in an order drawn from a seed; targets that are numbers are standardized.

    Returns x of shape (rows, features), as it is, and y of shape (rows, ...). Raises ValueError for a constant target.
    """
    x, y = data.load()
    chosen = np.random.default_rng(seed).permutation(len(x))[:rows]
    return x[chosen], y[chosen] if data.classes else preprocessing.standardize(y[chosen]).values


_MOVED = ("Part", "Split", "Standardized", "Standardizer", "one_hot", "standardize", "train_validation_test_split")


def __getattr__(name: str) -> Any:
    """What has moved to ``preprocessing``, with a DeprecationWarning: programs taken home import it from here."""
    if name in _MOVED:
        warnings.warn(f"{name} is in dlcore.preprocessing now", DeprecationWarning, stacklevel=2)
        return getattr(preprocessing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
