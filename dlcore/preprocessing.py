"""Preprocessing: rows are cut into parts and scaled before a model sees them.

parts = train_validation_test_split(x, y, (0.6, 0.2, 0.2), seed=0)
scaler = Standardizer.fit(parts.train.x)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Part(NamedTuple):
    """Some rows of a data set: inputs, shape (rows, ...), and targets, shape (rows, ...)."""

    x: np.ndarray
    y: np.ndarray


class Split(NamedTuple):
    """Every row of a data set in exactly one of three parts: to learn from, to choose by, to judge by once."""

    train: Part
    validation: Part
    test: Part


def train_validation_test_split(
    x: ArrayLike,
    y: ArrayLike,
    shares: Sequence[float] = (0.6, 0.2, 0.2),
    seed: int | np.random.Generator = 0,
    stratify: bool = False,
) -> Split:
    """The rows in random order, cut into three parts; ``x`` and ``y`` have as many rows, of any shape.

    shares: of training, validation and test part; they add up to 1, and only training must not be 0.
    stratify: whether every part gets each class as often as the whole has it, to within a row or two.

    Raises ValueError if the shares are not such, if a part with a share gets no row, if ``x`` and ``y`` differ in
    length, or if rows are to be stratified and a class has fewer rows than there are parts.
    """
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise ValueError(f"x has shape {x.shape} and y {y.shape}; they need the same number of rows")
    if len(shares) != 3 or not all(share >= 0 for share in shares) or abs(sum(shares) - 1) > 1e-9 or shares[0] == 0:
        raise ValueError(f"shares must be three, none negative, the first above 0, the sum 1; they are {tuple(shares)}")
    first, second = (round(share * len(x)) for share in (shares[0], shares[0] + shares[1]))
    for share, rows in zip(shares, (first, second - first, len(x) - second), strict=True):
        if share > 0 and rows == 0:
            raise ValueError(f"{len(x)} rows are too few: a part with a share of {share:g} would be empty")
    order = np.random.default_rng(seed).permutation(len(x))
    if stratify:
        order = _spread(order, y[order], parts=sum(share > 0 for share in shares))
    return Split(*(Part(x[rows], y[rows]) for rows in np.split(order, [first, second])))


def _spread(order: np.ndarray, labels: np.ndarray, parts: int) -> np.ndarray:
    """The rows ``order`` put so that every stretch of them holds each class in its share, else as they were."""
    if labels.ndim != 1:
        raise ValueError(
            f"only targets of shape (rows,) can be stratified; these have rows of shape {labels.shape[1:]}"
        )
    place = np.empty(len(order))
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        if len(mine) < parts:
            raise ValueError(f"class {label} has too few rows to stratify: {len(mine)} for {parts} parts")
        # the rows of a class stand at equal distances on the way from 0 to 1
        place[mine] = (np.arange(len(mine)) + 0.5) / len(mine)
    return order[np.argsort(place, kind="stable")]


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


@dataclass(frozen=True, eq=False)
class Standardizer:
    """Mean and standard deviation of the training part, by which all parts are scaled.

    scaler = Standardizer.fit(x_train)
    x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
    """

    mean: np.ndarray
    """Of each column, of the shape of one row."""

    scale: np.ndarray
    """The standard deviation of each column, 1 for a constant one."""

    @classmethod
    def fit(cls, x: ArrayLike) -> "Standardizer":
        """The standardiser of ``x``, shape (rows, ...).

        A column that is constant in the training part (a pixel that is never inked) is only moved to 0, since there is
        nothing to divide by; ``standardize`` refuses it. Raises ValueError without rows and for NaN or infinities.
        """
        x = np.asarray(x, dtype=float)
        if x.ndim == 0 or len(x) == 0 or not np.isfinite(x).all():
            raise ValueError(f"only rows of finite numbers can be standardised; x has shape {x.shape}")
        mean, scale = x.mean(axis=0), x.std(axis=0)
        # the deviation of a constant such as 0.1 need not be exactly 0, and that of 1e-200 and 2e-200 is
        constant = (x.min(axis=0) == x.max(axis=0)) | (scale == 0)
        return cls(np.where(constant, x[0], mean), np.where(constant, 1.0, scale))

    def transform(self, x: ArrayLike) -> np.ndarray:
        """``x``, shape (rows, ...), in deviations of the training part from its mean; the shape stays."""
        return (self._rows(x) - self.mean) / self.scale

    def inverse(self, values: ArrayLike) -> np.ndarray:
        """Back to the original units: the inverse of ``transform``."""
        return self.mean + self.scale * self._rows(values)

    def _rows(self, x: ArrayLike) -> np.ndarray:
        x = np.asarray(x, dtype=float)
        # NumPy would broadcast one column against many
        if x.ndim == 0 or x.shape[1:] != self.mean.shape:
            raise ValueError(f"x has shape {x.shape}; the training part had rows of shape {self.mean.shape}")
        return x


def one_hot(labels: ArrayLike, classes: int) -> np.ndarray:
    """Labels 0 ... classes - 1, shape (rows,), as rows of zeros with a one at the label: shape (rows, classes).

    Raises ValueError for labels that are not whole numbers in that range.
    """
    if isinstance(classes, bool) or not isinstance(classes, int | np.integer) or classes < 1:
        raise ValueError(f"classes must be a whole number from 1; it is {classes!r}")
    y = np.asarray(labels)
    if y.ndim != 1:
        raise ValueError(f"labels must have shape (rows,); they have shape {y.shape}")
    if y.dtype.kind not in "biuf":
        raise ValueError(f"labels must be whole numbers from 0 to {classes - 1}; they are of type {y.dtype}")
    # written so that NaN, which compares false with everything, is refused too
    wrong = ~((y >= 0) & (y <= classes - 1) & (y == np.floor(y)))
    if wrong.any():
        raise ValueError(f"labels must be whole numbers from 0 to {classes - 1}; one is {y[wrong][0]}")
    hot = np.zeros((len(y), classes))
    hot[np.arange(len(y)), y.astype(np.int64)] = 1.0
    return hot
