"""Baselines: what a model must beat, since it needs no inputs at all.

Majority().fit(y_train).predict(n)                       n predictions of the shape of y_train's rows
Stratified().expected(rule, y_train, y_test)             its score on the test part; what is drawn, as its expectation
score_to_beat("accuracy", y_train, y_test)               the best constant, and its score on the test part

The score to beat is always that of a constant, the one that is best on the training part. A rule that draws its answers
is compared by its expected score and is never the bar: on a few rows one lucky draw gets everything right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np

from dlcore import losses, metrics
from dlcore.family import Family, setting
from dlcore.losses import Loss
from dlcore.metrics import Metric


@dataclass(frozen=True)
class FittedBaseline:
    """A baseline fitted to targets."""

    predict: Callable[[int], np.ndarray]
    """``predict(n)``: n predictions, shape (n, ...), each of the shape of one target."""


class Baseline(Family):
    """What all baselines share."""

    suits: ClassVar[tuple[str, ...]]
    """What it is a fair opponent for: "numbers", "classes" or both."""

    draws: ClassVar[bool] = False
    """Whether its answers are drawn at random; all others always say the same."""

    def fit(self, y_train: Any) -> FittedBaseline:
        """The baseline for targets ``y_train``, shape (batch, ...): numbers, labels 0 and 1, or one-hot rows.

        Raises ValueError without targets, or if one of them is NaN.
        """
        y = _targets(y_train)
        return FittedBaseline(lambda n: self.rows(y, n))

    def expected(self, rule: Metric | Loss, y_train: Any, y_test: Any) -> float:
        """The score on ``y_test`` of the baseline fitted to ``y_train``: of one that draws, the mean over all draws."""
        return float(np.mean(rule(y_test, self.fit(y_train).predict(len(np.asarray(y_test))))))

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        """``n`` predictions, given the targets ``y`` of the training."""
        raise NotImplementedError


def _targets(y_train: Any) -> np.ndarray:
    y = np.asarray(y_train, dtype=float)
    if y.size == 0:
        raise ValueError("y_train is empty; a baseline needs at least one target")
    if np.isnan(y).any():
        raise ValueError("y_train holds NaN; every target must be a number")
    return y


def _repeat_row(row: np.ndarray, n: int) -> np.ndarray:
    return np.repeat(np.asarray(row)[None], n, axis=0)


@dataclass(frozen=True)
class Majority(Baseline):
    """Always the most frequent target; of equally frequent ones, the one that was seen first."""

    formula: ClassVar[str] = r"\hat{y} = \arg\max_c \#\{i : y_i = c\}"
    suits: ClassVar[tuple[str, ...]] = ("classes",)

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        _, first, counts = np.unique(y, axis=0, return_index=True, return_counts=True)
        return _repeat_row(y[first[counts == counts.max()].min()], n)


@dataclass(frozen=True)
class Minority(Baseline):
    """Always the rarest target: best where only what is rare counts; of equally rare ones, the one seen last."""

    formula: ClassVar[str] = r"\hat{y} = \arg\min_c \#\{i : y_i = c\}"
    suits: ClassVar[tuple[str, ...]] = ("classes",)

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        _, first, counts = np.unique(y, axis=0, return_index=True, return_counts=True)
        return _repeat_row(y[first[counts == counts.min()].max()], n)


@dataclass(frozen=True)
class Stratified(Baseline):
    """A target drawn at random: every class as often as it was seen."""

    formula: ClassVar[str] = r"\hat{y} \sim \{y_1, \ldots, y_n\}"
    suits: ClassVar[tuple[str, ...]] = ("classes",)
    draws: ClassVar[bool] = True
    seed: int = setting(0, 0, 2**31 - 1)

    def expected(self, rule: Metric | Loss, y_train: Any, y_test: Any) -> float:
        answers, counts = np.unique(_targets(y_train), axis=0, return_counts=True)
        mean = rule.expected if isinstance(rule, Metric) else partial(metrics.mean_score, rule)
        return mean(y_test, answers, counts / counts.sum())

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        return np.random.default_rng(self.seed).choice(y, n)


@dataclass(frozen=True)
class Mean(Baseline):
    """Always the mean: the best constant for the squared error, and for classes the shares as probabilities."""

    formula: ClassVar[str] = r"\hat{y} = \frac{1}{n} \sum_i y_i"
    suits: ClassVar[tuple[str, ...]] = ("numbers", "classes")

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        return _repeat_row(y.mean(axis=0), n)


@dataclass(frozen=True)
class Median(Baseline):
    """Always the median: the best constant for the absolute error."""

    formula: ClassVar[str] = r"\hat{y} = \mathrm{median}(y_1, \ldots, y_n)"
    suits: ClassVar[tuple[str, ...]] = ("numbers",)

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        return _repeat_row(np.median(y, axis=0), n)


@dataclass(frozen=True)
class LastValue(Baseline):
    """Always the last target seen: tomorrow is as today, for targets in the order of time."""

    formula: ClassVar[str] = r"\hat{y} = y_n"
    suits: ClassVar[tuple[str, ...]] = ("numbers",)

    def rows(self, y: np.ndarray, n: int) -> np.ndarray:
        return _repeat_row(y[-1], n)


class ScoreToBeat(NamedTuple):
    """The best constant prediction, and its score."""

    constant: np.ndarray
    """Of the shape of one prediction."""

    score: float
    """NaN if the metric is undefined for every constant; of one that is a number a class, their mean."""


def score_to_beat(metric: Any, y_train: Any, y_test: Any) -> ScoreToBeat:
    """The score on ``y_test`` of the constant that is best on ``y_train``.

    metric: a metric, its name, a loss, or "accuracy", which is then chosen by the targets. Labels 0, 1, 2, ... are
    fitted as one-hot rows where the metric wants a probability for every class. A loss knows its best constant (see
    ``Loss.best_constant``); for a metric the best of a few is taken: the most frequent label, the shares, yes or no for
    some of the columns; of numbers the mean, the median, the most frequent one, and what a search finds.
    """
    y_train, y_test = _targets(y_train), np.asarray(y_test, dtype=float)
    # the test part may hold a class that the training part lacks
    highest = max(y_train.max(initial=0), y_test.max(initial=0))
    rule = metrics.resolve(metric, *_network(y_train, highest))
    if rule.targets not in ("real", "positive") and (rule.targets == "integer" or highest > 1):
        answers = _one_hot(y_train, highest)
    else:
        answers = y_train
        if rule.targets != "one_hot":
            # one number a sample is a row of one, also to what compares rows
            answers, y_test = (y[:, None] if y.ndim == 1 else y for y in (y_train, y_test))
    row = _best(rule, y_train if rule.targets == "integer" else answers, answers)
    return ScoreToBeat(row, float(np.mean(rule(y_test, _repeat_row(row, len(y_test))))))


def _best(rule: Metric | Loss, y: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """The constant that is best for targets ``y``, which as predictions are ``answers``, shape (batch, ...)."""
    if isinstance(rule, Loss):
        return rule.best_constant(answers if rule.targets != "integer" else y, answers.shape[-1])
    up = 1 if rule.higher_is_better else -1
    rows = _numbers(rule, answers) if rule.targets in ("real", "positive") else _classes(rule, answers)
    scores = [up * float(np.mean(rule(y, _repeat_row(row, len(y))))) for row in rows]
    return rows[int(np.argmax([-np.inf if np.isnan(score) else score for score in scores]))]


def _classes(rule: Metric, answers: np.ndarray) -> list[np.ndarray]:
    """Rows of labels and of shares, and both as logits."""
    shares = answers.mean(axis=0)
    rows = [*Majority().rows(answers, 1)]
    if "threshold" in rule.settings():
        # whatever counts yes and no is best if the columns that are called are the most frequent ones
        order = np.argsort(-shares.ravel(), kind="stable")
        rows += [np.isin(np.arange(shares.size), order[:k]).reshape(shares.shape) for k in range(shares.size + 1)]
    rows = [np.asarray(row, dtype=float) for row in [*rows, shares]]
    scale = losses.BinaryCrossentropy(from_logits=True) if answers.shape[-1] == 1 else _SOFTMAX
    return [*rows, *(scale.best_constant(row[None]) for row in rows)]


_SOFTMAX = losses.CategoricalCrossentropy(from_logits=True)


def _numbers(rule: Metric, answers: np.ndarray) -> list[np.ndarray]:
    """The mean, the median, the most frequent, and for each column what a search finds, if that is better still."""
    up = 1 if rule.higher_is_better else -1
    rows = [np.median(answers, axis=0), answers.mean(axis=0)]
    columns = answers.reshape(len(answers), -1, 1).swapaxes(0, 1)
    places = [np.unique(np.quantile(y, np.linspace(0, 1, 33))) for y in columns]
    found = [
        losses.lowest(lambda c, y=y: -up * rule(y, np.full(y.shape, c)), near)
        for y, near in zip(columns, places, strict=True)
    ]
    rows.append(np.reshape([_most_frequent(y) for y in columns], answers.shape[1:]))
    if isinstance(rule, metrics.CosineSimilarity):
        # of a direction the columns cannot be searched one by one
        rows.append(losses.CosineSimilarity().best_constant(answers))
    rows.append(np.reshape(found, answers.shape[1:]))
    *known, searched = [up * rule(answers, _repeat_row(row, len(answers))) for row in rows]
    # else a difference in the last digit would hide that it is the mean
    return rows if searched > max(known) + 1e-9 * abs(searched) + 1e-12 else rows[:-1]


def _most_frequent(y: np.ndarray) -> float:
    values, counts = np.unique(y, return_counts=True)
    return float(values[counts.argmax()])


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
