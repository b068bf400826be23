"""Baselines: what a model must beat, since it needs no inputs at all.

Majority().fit(y_train).predict(n)                       n predictions of the shape of y_train's rows
score_to_beat("accuracy", y_train, y_test)               the best baseline, and its score on the test part
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from dlcore import metrics
from dlcore.family import Family, setting


@dataclass(frozen=True)
class Fitted:
    """A baseline that has seen its targets."""

    predict: Callable[[int], np.ndarray]
    """``predict(n)``: n predictions, shape (n, ...), each of the shape of one target."""


class Baseline(Family):
    """What all baselines share."""

    suits: ClassVar[tuple[str, ...]]
    """What it is a fair opponent for: "numbers", "classes" or both."""

    def fit(self, y_train: Any) -> Fitted:
        """The baseline for targets ``y_train``, shape (batch, ...): numbers, labels 0 and 1, or one-hot rows.

        Raises ValueError without targets, or if one of them is NaN.
        """
        y = np.asarray(y_train, dtype=float)
        if y.size == 0:
            raise ValueError("y_train is empty; a baseline needs at least one target")
        if np.isnan(y).any():
            raise ValueError("y_train holds NaN; every target must be a number")
        return Fitted(lambda n: self.rows(y, n))

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        """``n`` predictions after the targets ``y``."""
        raise NotImplementedError


def _repeated(row: np.ndarray, n: int) -> np.ndarray:
    return np.repeat(np.asarray(row)[None], n, axis=0)


@dataclass(frozen=True)
class Majority(Baseline):
    """Always the most frequent target; of equally frequent ones, the one that was seen first."""

    formula: ClassVar[str] = r"\hat{y} = \arg\max_c \#\{i : y_i = c\}"
    suits: ClassVar[tuple[str, ...]] = ("classes",)

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        _, first, counts = np.unique(y, axis=0, return_index=True, return_counts=True)
        return _repeated(y[first[counts == counts.max()].min()], n)


@dataclass(frozen=True)
class Stratified(Baseline):
    """A target drawn at random: every class as often as it was seen."""

    formula: ClassVar[str] = r"\hat{y} \sim \{y_1, \ldots, y_n\}"
    suits: ClassVar[tuple[str, ...]] = ("classes",)
    seed: int = setting(0, 0, 2**31 - 1)

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        return np.random.default_rng(self.seed).choice(y, n)


@dataclass(frozen=True)
class Mean(Baseline):
    """Always the mean: the best constant for the squared error, and for classes the shares as probabilities."""

    formula: ClassVar[str] = r"\hat{y} = \frac{1}{n} \sum_i y_i"
    suits: ClassVar[tuple[str, ...]] = ("numbers", "classes")

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        return _repeated(y.mean(axis=0), n)


@dataclass(frozen=True)
class Median(Baseline):
    """Always the median: the best constant for the absolute error."""

    formula: ClassVar[str] = r"\hat{y} = \mathrm{median}(y_1, \ldots, y_n)"
    suits: ClassVar[tuple[str, ...]] = ("numbers",)

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        return _repeated(np.median(y, axis=0), n)


@dataclass(frozen=True)
class LastValue(Baseline):
    """Always the last target seen: tomorrow is as today, for targets in the order of time."""

    formula: ClassVar[str] = r"\hat{y} = y_n"
    suits: ClassVar[tuple[str, ...]] = ("numbers",)

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        return _repeated(y[-1], n)


class ScoreToBeat(NamedTuple):
    """The best baseline and its score; NaN if the metric cannot be told of any."""

    baseline: Baseline
    score: float


def score_to_beat(metric: Any, y_train: Any, y_test: Any) -> ScoreToBeat:
    """What the best baseline, fitted to ``y_train``, reaches on ``y_test``; of equally good ones the simplest.

    metric: a metric, its name, a loss, or "accuracy", which is then chosen by the targets. Labels 0, 1, 2, ... are
    fitted as one-hot rows where the metric wants a probability for every class.
    """
    y_train, y_test = np.asarray(y_train, dtype=float), np.asarray(y_test, dtype=float)
    # the test part may hold a class that the training part lacks
    highest = max(y_train.max(initial=0), y_test.max(initial=0))
    rule = metrics.resolve(metric, *_network(y_train, highest))
    kind = "numbers" if rule.targets in ("real", "positive") else "classes"
    if kind == "classes" and (rule.targets == "integer" or highest > 1):
        y_train = _one_hot(y_train, highest)
    rivals = [baseline() for baseline in Baseline.members.values() if kind in baseline.suits]  # type: ignore[attr-defined]
    scores = [rule(y_test, rival.fit(y_train).predict(len(y_test))) for rival in rivals]  # type: ignore[attr-defined]
    worst = -np.inf if rule.higher_is_better else np.inf
    comparable = [worst if np.isnan(score) else score for score in scores]
    best = int(np.argmax(comparable) if rule.higher_is_better else np.argmin(comparable))
    return ScoreToBeat(rivals[best], scores[best])  # type: ignore[arg-type]


def _network(y: np.ndarray, highest: float) -> tuple[str, int]:
    """The loss that would train a network on targets ``y``, and how many outputs it would have, one or several."""
    if y.ndim > 1 and y.shape[-1] > 1:
        return "categorical_crossentropy", y.shape[-1]
    return ("sparse_categorical_crossentropy", 2) if highest > 1 else ("binary_crossentropy", 1)


def _one_hot(y: np.ndarray, highest: float) -> np.ndarray:
    # 10 000 classes are a mistake, and would fill the memory before anyone reads of it
    if not (np.all(y == np.floor(y)) and np.all(y >= 0) and highest < 10_000):
        raise ValueError("y_train holds what is no class; the metric wants whole numbers 0, 1, 2, ...")
    return np.equal(y.reshape(-1, 1), np.arange(int(highest) + 1))


def get(which: Any) -> Baseline:
    """The baseline that a name, a class or a baseline means; see ``Family.get``."""
    return Baseline.get(which)
