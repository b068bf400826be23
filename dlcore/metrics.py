"""Metrics: what people ask of a model, in numbers that they can read; nothing here has to have a gradient.

All are used in the same way:

    metric(y_true, y_pred)           one float; ``metric.higher_is_better`` says which way is up
                                     (Keras's F scores are one number a class, unless they are told to average)

and the curves behind them are plain functions of labels and scores. Predictions are what the network gives out:
probabilities, one column for yes-or-no questions and one per class otherwise; of a network that gives out logits or
margins, ``resolve`` makes the metric that reads them. A metric of predictions that hold NaN is NaN: a network that
diverged is not "50 % accurate". Nothing here warns; what cannot be told is said in the docstring.
"""

from dataclasses import InitVar, dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np

from dlcore import losses
from dlcore.activations import Softmax
from dlcore.family import Family, Setting, SettingError, UnknownMember, setting
from dlcore.losses import EPSILON, Loss


class Metric(Family):
    """What all metrics share."""

    targets: ClassVar[str] = "real"
    """Which targets it takes, as for losses: "real", "binary", "one_hot" or "integer"."""

    higher_is_better: ClassVar[bool] = True

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        """The metric of predictions ``y_pred`` (shape (batch, ...)) for targets ``y_true`` of the same shape.

        Integer targets have the shape of ``y_pred`` without its last axis, or with a last axis of 1; of the other
        shapes only (batch,) and (batch, 1) mean the same.
        Raises ValueError if the shapes do not fit or the batch is empty.
        """
        y_true, y_pred = self.batch(y_true, y_pred)
        if np.isnan(y_pred).any():
            return float("nan")
        with np.errstate(all="ignore"):
            return float(self.score(y_true, y_pred))

    def batch(self, y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
        """Both as arrays of floats; ValueError if their shapes do not fit each other and the metric."""
        like = losses.SparseCategoricalCrossentropy() if self.targets == "integer" else _ROWS[self.targets == "one_hot"]
        return like.batch(y_true, y_pred)

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        """The metric of arrays that fit each other, without NaN among the predictions."""
        raise NotImplementedError

    def expected(self, y_true: Any, answers: Any, shares: Any) -> float:
        """The metric to expect if the prediction of every sample is drawn by itself; nothing is drawn here.

        answers: the predictions that are drawn from, shape (answers, ...); shares: how often each of them is, shape
        (answers,), 1 together. Exact where the metric adds up over the samples, as do all but those that say otherwise.
        """
        return mean_score(self, y_true, answers, shares)


def mean_score(rule: Any, y_true: Any, answers: Any, shares: Any) -> float:
    """The mean score of always the same answer, over ``answers`` with their ``shares``; see ``Metric.expected``."""
    rows = np.asarray(answers, dtype=float)[:, None]
    count = len(np.asarray(y_true))
    scores = [np.mean(rule(y_true, np.repeat(row, count, axis=0))) for row in rows]
    return float(np.dot(scores, shares))


def _zeros_and_ones(y_true: np.ndarray) -> np.ndarray:
    """Labels of 0 and 1, of which a batch of only -1 and 1 is made: the hinge takes these too."""
    return (y_true + 1) / 2 if (np.abs(y_true) == 1).all() else y_true


_ROWS = {True: losses.CategoricalCrossentropy(), False: losses.MeanSquaredError()}
"""Whose shapes are asked for: rows of classes, or anything."""


# ------------------------------------------------------------------------------------------------------- accuracies


@dataclass(frozen=True)
class BinaryAccuracy(Metric):
    """The share of right answers to yes-or-no questions; above the threshold, in the predictions' scale, is yes.

    A target of -1 means no, as 0 does.
    """

    formula: ClassVar[str] = r"\frac{1}{n} \sum_i [\,y_i = [p_i > \tau]\,]"
    targets: ClassVar[str] = "binary"
    threshold: float = setting(0.5, -1e6, 1e6)

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return np.mean(_zeros_and_ones(y_true) == (y_pred > self.threshold))


@dataclass(frozen=True)
class Accuracy(Metric):
    """The share of predictions that are exactly the target: of labels, not of probabilities.

    Where a model is compiled, the name "accuracy" means one of the others (see ``resolve``), and so it is in Keras.
    """

    formula: ClassVar[str] = r"\frac{1}{n} \sum_i [\,y_i = \hat{y}_i\,]"

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return np.mean(y_true == y_pred)


@dataclass(frozen=True)
class CategoricalAccuracy(Metric):
    """The share of samples whose most probable class is the true one; of classes that tie the first counts."""

    formula: ClassVar[str] = r"\frac{1}{n} \sum_i [\,\arg\max_k y_{ik} = \arg\max_k p_{ik}\,]"
    targets: ClassVar[str] = "one_hot"

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return np.mean(y_true.argmax(axis=-1) == y_pred.argmax(axis=-1))


@dataclass(frozen=True)
class SparseCategoricalAccuracy(Metric):
    """Categorical accuracy for targets that are the number of the class."""

    formula: ClassVar[str] = r"\frac{1}{n} \sum_i [\,y_i = \arg\max_k p_{ik}\,]"
    targets: ClassVar[str] = "integer"

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return np.mean(y_true.reshape(y_pred.shape[:-1]) == y_pred.argmax(axis=-1))


@dataclass(frozen=True)
class TopKCategoricalAccuracy(Metric):
    """The share of samples whose true class is among the k most probable; of classes that tie the first count.

    Keras counts all that tie, and so calls a network that gives every class the same probability always right.
    """

    formula: ClassVar[str] = r"\frac{1}{n} \sum_i [\,y_i \in \text{the } k \text{ classes of largest } p_{ij}\,]"
    targets: ClassVar[str] = "one_hot"
    k: int = setting(5, 1, 10_000)

    @classmethod
    def name(cls) -> str:
        return "top_k_categorical_accuracy"

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return _share_in_top(self.k, y_true.argmax(axis=-1), y_pred)


@dataclass(frozen=True)
class SparseTopKCategoricalAccuracy(Metric):
    """Top-k accuracy for targets that are the number of the class."""

    formula: ClassVar[str] = TopKCategoricalAccuracy.formula
    targets: ClassVar[str] = "integer"
    k: int = setting(5, 1, 10_000)

    @classmethod
    def name(cls) -> str:
        return "sparse_top_k_categorical_accuracy"

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return _share_in_top(self.k, y_true.reshape(y_pred.shape[:-1]), y_pred)


def _share_in_top(k: int, labels: np.ndarray, y_pred: np.ndarray) -> Any:
    top = np.argsort(-y_pred, axis=-1, kind="stable")[..., :k]
    return np.mean((top == labels[..., None]).any(axis=-1))


# --------------------------------------------------------------------------------------- right and wrong, yes and no


class _Counts(NamedTuple):
    true_positives: float
    false_positives: float
    false_negatives: float


def _counts(y_true: np.ndarray, y_pred: np.ndarray, threshold: float) -> _Counts:
    yes, said_yes = y_true == 1, y_pred > threshold
    return _Counts(np.sum(yes & said_yes), np.sum(~yes & said_yes), np.sum(yes & ~said_yes))


def _binomial(count: int, share: float) -> np.ndarray:
    """The probability of 0, 1, ..., ``count`` hits if each of ``count`` draws is one with probability ``share``."""
    k = np.arange(count + 1)
    log_factorial = np.append(0.0, np.cumsum(np.log(k[1:])))
    ways = log_factorial[-1] - log_factorial - log_factorial[::-1]
    return np.exp(ways + k * np.log(share) + k[::-1] * np.log(1 - share))


class _RandomPredictions(NamedTuple):
    """Yes-or-no predictions drawn at random, and how often each kind is to be expected."""

    rows: int
    columns: int
    positive: float
    """The share of targets that are yes."""

    called: float
    """The share of predictions that are yes."""

    counts: tuple[float, float, float]
    """The expected numbers of true positives, of positive predictions, and of positive targets."""

    @classmethod
    def of(cls, y_true: Any, answers: Any, shares: Any, threshold: float) -> "_RandomPredictions":
        yes = np.asarray(y_true, dtype=float).reshape(len(y_true), -1) == 1
        called = np.asarray(shares, dtype=float) @ (
            np.asarray(answers, dtype=float).reshape(len(answers), -1) > threshold
        )
        positives = yes.sum(axis=0)
        counts = float(positives @ called), float(called.sum() * len(yes)), float(positives.sum())
        return cls(len(yes), yes.shape[1], float(yes.mean()), min(1.0, float(called.mean())), counts)


def _one_threshold(metric: Any, thresholds: Any) -> None:
    """Take Keras's word for the threshold of a metric that is just made; SettingError for several at once."""
    if thresholds is None:
        return
    if np.size(thresholds) != 1:
        raise SettingError(f"{type(metric).__name__} has one threshold; for several, make one metric for each")
    value = np.asarray(thresholds).item()
    metric.settings()["threshold"].check(f"{type(metric).__name__}'s thresholds", value)
    object.__setattr__(metric, "threshold", value)


@dataclass(frozen=True)
class Precision(Metric):
    """Of those called positive, the share that is; 0 if nobody is called positive.

    thresholds: Keras's word for ``threshold``.
    """

    formula: ClassVar[str] = r"\frac{TP}{TP + FP}"
    targets: ClassVar[str] = "binary"
    threshold: float = setting(0.5, -1e6, 1e6)
    thresholds: InitVar[Any] = None

    def __post_init__(self, thresholds: Any) -> None:
        super().__post_init__()
        _one_threshold(self, thresholds)

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        tp, fp, _ = _counts(y_true, y_pred, self.threshold)
        return tp / max(tp + fp, 1)

    def expected(self, y_true: Any, answers: Any, shares: Any) -> float:
        """Exact for one column: of those called, the share that is positive is that of all, if anybody is called.

        For several columns it is the quotient of the counts to expect.
        """
        drawn = _RandomPredictions.of(y_true, answers, shares, self.threshold)
        if drawn.columns > 1:
            tp, called, _ = drawn.counts
            return tp / called if called else 0.0
        return drawn.positive * (1 - (1 - drawn.called) ** drawn.rows)


@dataclass(frozen=True)
class Recall(Metric):
    """Of those that are positive, the share that is called so; 0 if nobody is positive.

    thresholds: Keras's word for ``threshold``.
    """

    formula: ClassVar[str] = r"\frac{TP}{TP + FN}"
    targets: ClassVar[str] = "binary"
    threshold: float = setting(0.5, -1e6, 1e6)
    thresholds: InitVar[Any] = None

    def __post_init__(self, thresholds: Any) -> None:
        super().__post_init__()
        _one_threshold(self, thresholds)

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        tp, _, fn = _counts(y_true, y_pred, self.threshold)
        return tp / max(tp + fn, 1)


@dataclass(frozen=True)
class BinaryF1Score(Metric):
    """The harmonic mean of precision and recall; 0 if nobody is positive and nobody called so.

    Several columns are counted together. Keras has it as ``F1Score(average="micro", threshold=0.5)``.
    Source: van Rijsbergen, Information Retrieval (1979), chapter 7.
    """

    formula: ClassVar[str] = r"\frac{2\,TP}{2\,TP + FP + FN}"
    targets: ClassVar[str] = "binary"
    threshold: float = setting(0.5, -1e6, 1e6)

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        tp, fp, fn = _counts(y_true, y_pred, self.threshold)
        return 2 * tp / max(2 * tp + fp + fn, 1)

    def expected(self, y_true: Any, answers: Any, shares: Any) -> float:
        """Exact for one column: a sum over how many are called, of whom the share of positives is that of all.

        For several columns it is the quotient of the counts to expect.
        """
        drawn = _RandomPredictions.of(y_true, answers, shares, self.threshold)
        tp, called, positives = drawn.counts
        if tp == 0 or drawn.columns > 1 or drawn.called == 1:
            return 2 * tp / (called + positives) if tp else 0.0
        k, chance = np.arange(drawn.rows + 1), _binomial(drawn.rows, drawn.called)
        return float(np.sum(chance * 2 * k * drawn.positive / (k + positives)))


@dataclass(frozen=True)
class FBetaScore(Metric):
    """Precision and recall in one number, recall counting beta times as much; an array, one number a class.

    Targets and predictions are rows, one column a class. Without a ``threshold`` the class of the largest prediction of
    a row is called, of those that tie every one, and no class whose prediction is 0; with one, every class above it.
    average: None for one number a class, "macro" for their mean, "weighted" for the mean by how often a class is there,
    "micro" for one number of all counts together. Source: van Rijsbergen, Information Retrieval (1979), chapter 7; the
    form is Keras's.
    """

    formula: ClassVar[str] = r"\frac{(1 + \beta^2)\,TP}{(1 + \beta^2)\,TP + FP + \beta^2\,FN}"
    targets: ClassVar[str] = "one_hot"
    aliases: ClassVar[tuple[str, ...]] = ("f_beta_score",)
    average: str | None = None
    beta: float = setting(1.0, 1e-3, 1e3, log=True)
    threshold: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        kind = type(self).__name__
        if self.average not in (None, *AVERAGES):
            raise SettingError(f"{kind}'s average must be None, {', '.join(AVERAGES)}; it is {self.average!r}")
        if self.threshold is not None:
            Setting(0.5, -1e6, 1e6).check(f"{kind}'s threshold", self.threshold)

    def __call__(self, y_true: Any, y_pred: Any) -> Any:
        """The score of each class, shape (classes,), or with an ``average`` one float; errors as for all metrics."""
        y_true, y_pred = self.batch(y_true, y_pred)
        if np.isnan(y_pred).any():
            return float("nan") if self.average else np.full(y_pred.shape[-1], np.nan)
        y_true, y_pred = (rows.reshape(-1, y_pred.shape[-1]) for rows in (y_true, y_pred))
        called, axis = self._calls(y_pred), None if self.average == "micro" else 0
        positives, tp = y_true.sum(axis=axis), (y_true * called).sum(axis=axis)
        # the number of wrong calls and of misses, each by its weight
        wrong = called.sum(axis=axis) - tp + self.beta**2 * (positives - tp)
        right = (1 + self.beta**2) * tp
        score = right / np.where(tp > 0, right + wrong, 1.0)
        return self._average(score, positives) if self.average else score

    def _calls(self, y_pred: np.ndarray) -> np.ndarray:
        """Which classes are called, as zeros and ones."""
        if self.threshold is not None:
            return (y_pred > self.threshold).astype(float)
        return ((y_pred == y_pred.max(axis=-1, keepdims=True)) & (np.abs(y_pred) > 1e-9)).astype(float)

    def _average(self, score: np.ndarray, positives: np.ndarray) -> float:
        if self.average == "weighted":
            return float((score * positives).sum() / max(positives.sum(), EPSILON))
        return float(np.mean(score))

    def expected(self, y_true: Any, answers: Any, shares: Any) -> float:
        """Exact, without an average of the mean over the classes: of each a sum over how many rows call it.

        Of "micro" it is the quotient of the counts to expect, which is exact if every answer calls as many classes.
        """
        y, answers = np.asarray(y_true, dtype=float), np.asarray(answers, dtype=float)
        positives, share = y.sum(axis=0), np.asarray(shares, dtype=float) @ self._calls(answers)
        if self.average == "micro":
            tp, weight = float(positives @ share), self.beta**2
            return (1 + weight) * tp / (len(y) * share.sum() + weight * positives.sum()) if tp else 0.0
        each = [self._expected_of_one(len(y), p, min(s, 1.0)) for p, s in zip(positives, share, strict=True)]
        return self._average(np.array(each), positives)

    def _expected_of_one(self, rows: int, positives: float, share: float) -> float:
        called = np.arange(rows + 1) if 0 < share < 1 else np.array([rows * share])
        chance = _binomial(rows, share) if 0 < share < 1 else 1.0
        right = (1 + self.beta**2) * called * positives / rows
        return float(np.sum(chance * right / np.maximum(called + self.beta**2 * positives, EPSILON)))


AVERAGES = ("micro", "macro", "weighted")
"""How the numbers of several classes become one; see ``FBetaScore``."""


@dataclass(frozen=True)
class F1Score(FBetaScore):
    """The harmonic mean of precision and recall of every class, an array; see ``FBetaScore``.

    ``BinaryF1Score`` is the one for yes-or-no questions.
    """

    formula: ClassVar[str] = BinaryF1Score.formula
    aliases: ClassVar[tuple[str, ...]] = ()
    beta: ClassVar[float] = 1.0


@dataclass(frozen=True)
class AUC(Metric):
    """The area under the ROC curve: how often a positive scores higher than a negative, a tie counting half.

    It is exact, not a sum over ``num_thresholds``, which Keras asks for and which does nothing here.
    NaN if only one class is there: there is no pair to compare. Only the order of the scores counts.
    Source: Hanley & McNeil (1982), The meaning and use of the area under a ROC curve.
    """

    formula: ClassVar[str] = r"P(p_+ > p_-) + \tfrac{1}{2} P(p_+ = p_-)"
    targets: ClassVar[str] = "binary"
    num_thresholds: InitVar[int] = 200

    def __post_init__(self, num_thresholds: int) -> None:
        super().__post_init__()

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        curve = roc_curve(y_true, y_pred)
        return auc(curve.false_positive_rate, curve.true_positive_rate)


# ------------------------------------------------------------------------------ the best threshold under a condition


class OperatingPoint(Metric, listed=False):
    """What the metrics share that choose the threshold themselves: the best of one rate where another is high enough.

    All thresholds that the scores tell apart are tried; Keras tries ``num_thresholds`` of them, which does nothing
    here. 0 if no threshold is good enough.
    """

    targets: ClassVar[str] = "binary"
    needs: ClassVar[str]
    """The rate that has to be high enough, which is the setting of this name."""

    best_of: ClassVar[str]
    """The rate that is told."""

    def __post_init__(self, num_thresholds: int) -> None:
        super().__post_init__()

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        true_positives, false_positives, _ = _cumulative_counts(y_true, y_pred)
        return self._best(true_positives, false_positives)

    def _best(self, true_positives: np.ndarray, false_positives: np.ndarray) -> Any:
        """The best along the last axis, on which the counts rise from nobody called to everybody."""
        rates = _rates(true_positives, false_positives)
        # the share 0.3 is reached by 3 of 10, whatever was rounded
        enough = rates[self.needs] >= getattr(self, self.needs) - 1e-12
        return np.max(rates[self.best_of], where=enough, initial=0.0, axis=-1)

    def expected(self, y_true: Any, answers: Any, shares: Any) -> float:
        """Exact for one column and two answers: a sum over how many of each class are given the higher one.

        Otherwise it is ``mean_score``, which is too low.
        """
        answers, shares = np.asarray(answers, dtype=float).reshape(len(answers), -1), np.asarray(shares, dtype=float)
        yes = np.asarray(y_true, dtype=float).reshape(len(y_true), -1) == 1
        if answers.shape != (2, 1) or yes.shape[1] != 1 or not (shares > 0).all():
            return super().expected(y_true, answers, shares)
        high, positives, negatives = float(shares[answers.argmax()]), int(yes.sum()), int((~yes).sum())
        tp, fp = np.meshgrid(np.arange(positives + 1.0), np.arange(negatives + 1.0), indexing="ij")
        # nobody is called, those with the higher answer, everybody
        counts = (np.stack([0 * called, called, 0 * called + called.max()], axis=-1) for called in (tp, fp))
        return float(_binomial(positives, high) @ self._best(*counts) @ _binomial(negatives, high))


def _rates(true_positives: np.ndarray, false_positives: np.ndarray) -> dict[str, np.ndarray]:
    """Precision, recall (sensitivity) and specificity of counts that rise along the last axis; 0 by 0 is 0."""
    positives, negatives = (np.maximum(counts[..., -1:], 1) for counts in (true_positives, false_positives))
    recall = true_positives / positives
    return {
        "precision": true_positives / np.maximum(true_positives + false_positives, 1),
        "recall": recall,
        "sensitivity": recall,
        "specificity": (false_positives[..., -1:] - false_positives) / negatives,
    }


@dataclass(frozen=True)
class SensitivityAtSpecificity(OperatingPoint):
    """The largest share of positives found at a threshold where so large a share of negatives is left alone."""

    formula: ClassVar[str] = r"\max_\tau \frac{TP}{TP + FN} \quad \text{where } \frac{TN}{TN + FP} \ge s"
    needs: ClassVar[str] = "specificity"
    best_of: ClassVar[str] = "sensitivity"
    specificity: float = setting(0.5, 0.0, 1.0)
    num_thresholds: InitVar[int] = 200


@dataclass(frozen=True)
class SpecificityAtSensitivity(OperatingPoint):
    """The largest share of negatives left alone at a threshold where so large a share of positives is found."""

    formula: ClassVar[str] = r"\max_\tau \frac{TN}{TN + FP} \quad \text{where } \frac{TP}{TP + FN} \ge s"
    needs: ClassVar[str] = "sensitivity"
    best_of: ClassVar[str] = "specificity"
    sensitivity: float = setting(0.5, 0.0, 1.0)
    num_thresholds: InitVar[int] = 200


@dataclass(frozen=True)
class PrecisionAtRecall(OperatingPoint):
    """The best precision at a threshold where the recall is so high."""

    formula: ClassVar[str] = r"\max_\tau \frac{TP}{TP + FP} \quad \text{where } \frac{TP}{TP + FN} \ge r"
    needs: ClassVar[str] = "recall"
    best_of: ClassVar[str] = "precision"
    recall: float = setting(0.5, 0.0, 1.0)
    num_thresholds: InitVar[int] = 200


@dataclass(frozen=True)
class RecallAtPrecision(OperatingPoint):
    """The best recall at a threshold where the precision is so high."""

    formula: ClassVar[str] = r"\max_\tau \frac{TP}{TP + FN} \quad \text{where } \frac{TP}{TP + FP} \ge p"
    needs: ClassVar[str] = "precision"
    best_of: ClassVar[str] = "recall"
    precision: float = setting(0.5, 0.0, 1.0)
    num_thresholds: InitVar[int] = 200


# ------------------------------------------------------------------------------------------------------ probabilities


@dataclass(frozen=True)
class LogLoss(Metric):
    """The mean surprise at the truth: binary cross-entropy for one column, categorical for several.

    With several columns the targets may be one-hot rows or the numbers of the classes. From logits, predictions before
    the sigmoid or softmax, it is the log loss of their probabilities. Of margins, which are no probabilities, it says
    nothing; like Keras's "crossentropy" it takes them for some.
    """

    formula: ClassVar[str] = r"-\frac{1}{n} \sum_{i=1}^{n} \log P(y_i)"
    targets: ClassVar[str] = "binary"
    higher_is_better: ClassVar[bool] = False

    from_logits: bool = setting(False)

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        y_true, y_pred = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
        if y_pred.ndim < 2 or y_pred.shape[-1] == 1:
            return losses.BinaryCrossentropy(self.from_logits)(_zeros_and_ones(y_true), y_pred)
        if y_true.shape == y_pred.shape:
            return losses.CategoricalCrossentropy(self.from_logits)(y_true, y_pred)
        return losses.SparseCategoricalCrossentropy(self.from_logits)(y_true, y_pred)


@dataclass(frozen=True)
class OfSoftmax(Metric, listed=False):
    """Another metric, of the probabilities that softmax makes of rows of logits."""

    targets: ClassVar[str] = "binary"
    metric: Metric

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        with np.errstate(all="ignore"):
            return self.metric(y_true, Softmax()(np.asarray(y_pred, dtype=float)))


# ------------------------------------------------------------------------------------------------------ real numbers


@dataclass(frozen=True)
class MeanAbsoluteError(Metric):
    """The mean distance from the truth, in the unit of the target."""

    formula: ClassVar[str] = r"\frac{1}{n} \sum_{i=1}^{n} |\hat{y}_i - y_i|"
    higher_is_better: ClassVar[bool] = False
    aliases: ClassVar[tuple[str, ...]] = ("mae", "MAE")

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return np.mean(np.abs(y_pred - y_true))


@dataclass(frozen=True)
class MeanSquaredError(Metric):
    """The mean squared distance from the truth, in the unit of the target squared."""

    formula: ClassVar[str] = r"\frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2"
    higher_is_better: ClassVar[bool] = False
    aliases: ClassVar[tuple[str, ...]] = ("mse", "MSE")

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return np.mean((y_pred - y_true) ** 2)


@dataclass(frozen=True)
class RootMeanSquaredError(Metric):
    """The root of the mean squared error: back in the unit of the target."""

    formula: ClassVar[str] = r"\sqrt{\frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2}"
    higher_is_better: ClassVar[bool] = False

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return np.sqrt(np.mean((y_pred - y_true) ** 2))


@dataclass(frozen=True)
class R2Score(Metric):
    """How much of the spread of the truth is explained: 1 is all of it, 0 no more than the mean explains.

    Constant targets have no spread: then it is 1 if every prediction is right and 0 otherwise. For several columns it
    is the mean over the columns. Source: Draper & Smith, Applied Regression Analysis (1998), section 1.3.
    """

    formula: ClassVar[str] = r"1 - \frac{\sum_i (\hat{y}_i - y_i)^2}{\sum_i (y_i - \bar{y})^2}"

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        missed = ((y_pred - y_true) ** 2).sum(axis=0)
        spread = ((y_true - y_true.mean(axis=0)) ** 2).sum(axis=0)
        # the mean of a constant such as 0.1 need not be exactly 0.1
        constant = y_true.min(axis=0) == y_true.max(axis=0)
        return np.mean(np.where(constant, missed == 0, 1 - missed / spread))


@dataclass(frozen=True)
class CosineSimilarity(Metric):
    """The mean cosine of the angle between the rows of truth and prediction: 1 for one direction, -1 for opposite ones.

    The loss of this name is the same with a minus sign. Length does not count; a row of zeros gives 0.
    """

    formula: ClassVar[str] = (
        r"\frac{1}{n} \sum_{i=1}^{n} \frac{y_i \cdot \hat{y}_i}{\lVert y_i \rVert\,\lVert \hat{y}_i \rVert}"
    )

    def batch(self, y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
        return losses.CosineSimilarity().batch(y_true, y_pred)

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return -np.mean(losses.CosineSimilarity().errors(y_true, y_pred))


# ------------------------------------------------------------------------------------------------- tables and curves


def confusion_matrix(y_true: Any, y_pred: Any, classes: int | None = None) -> np.ndarray:
    """How often class i (row) was called class j (column): whole numbers, shape (classes, classes).

    Both are labels 0, 1, 2, ... of shape (batch,) or (batch, 1), not probabilities. Without ``classes`` there are as
    many as the highest label asks for. Raises ValueError for labels that are none, and if the shapes differ.
    """
    true, called = (np.asarray(labels, dtype=float) for labels in (y_true, y_pred))
    if true.shape != called.shape or true.size == 0:
        raise ValueError(f"y_true has shape {true.shape}, y_pred {called.shape}; they must be the same and not empty")
    both = np.concatenate([true.ravel(), called.ravel()])
    # NaN is not equal to its floor
    if not ((both == np.floor(both)) & (both >= 0) & (both < np.inf)).all():
        raise ValueError("labels must be whole numbers from 0; turn probabilities into labels first")
    found = int(both.max()) + 1
    if classes is not None and found > classes:
        raise ValueError(f"there is a label {found - 1}; with {classes} classes labels go from 0 to {classes - 1}")
    size = classes or found
    pairs = true.ravel().astype(np.int64) * size + called.ravel().astype(np.int64)
    return np.bincount(pairs, minlength=size * size).reshape(size, size).astype(np.int64)


class ROCCurve(NamedTuple):
    """The ROC curve: one entry for every threshold, falling from infinity, where nothing is predicted positive."""

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    thresholds: np.ndarray


class PrecisionRecallCurve(NamedTuple):
    """The precision-recall curve: one entry for every threshold, falling from infinity, where precision is 1."""

    precision: np.ndarray
    recall: np.ndarray
    thresholds: np.ndarray


def roc_curve(y_true: Any, y_pred: Any) -> ROCCurve:
    """The rates at every threshold that the scores ``y_pred`` tell apart; a score at or above it is called positive.

    Labels, 0 and 1 or -1 and 1, and scores have the same shape. The rate of a class that is not there is NaN
    throughout. Source: Fawcett (2006), An introduction to ROC analysis, algorithm 1.
    """
    true_positives, false_positives, thresholds = _cumulative_counts(y_true, y_pred)
    with np.errstate(invalid="ignore"):
        return ROCCurve(
            false_positives / false_positives[-1],
            true_positives / true_positives[-1],
            thresholds,
        )


def precision_recall_curve(y_true: Any, y_pred: Any) -> PrecisionRecallCurve:
    """Precision and recall at every threshold that the scores tell apart; as in ``roc_curve``.

    Without positives recall is NaN throughout. Source: Davis & Goadrich (2006), section 2.
    """
    true_positives, false_positives, thresholds = _cumulative_counts(y_true, y_pred)
    with np.errstate(invalid="ignore"):
        precision = true_positives / (true_positives + false_positives)
        recall = true_positives / true_positives[-1]
    precision[0] = 1.0
    return PrecisionRecallCurve(precision, recall, thresholds)


def auc(x: Any, y: Any) -> float:
    """The area under the straight lines through the points (x, y), for x that rises or stays."""
    return float(np.trapezoid(y, x))


def _cumulative_counts(y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How many positives and negatives score at least each threshold, and the thresholds, falling from infinity."""
    # the one that takes 0 and 1 only: a curve is about two classes, not about shares of them
    loss, y_true = losses.BinaryFocalCrossentropy(), _zeros_and_ones(np.asarray(y_true, dtype=float))
    loss.check(y_true, y_pred)
    y, score = (values.ravel() for values in loss.batch(y_true, y_pred))
    if np.isnan(score).any():
        raise ValueError("y_pred holds NaN; a score that is no number has no place in the order")
    order = np.argsort(-score, kind="stable")
    y, score = y[order], score[order]
    # equal scores fall under a threshold together: only the last of them is a point of the curve
    last = np.flatnonzero(np.append(score[1:] != score[:-1], True))
    true_positives = np.append(0.0, np.cumsum(y)[last])
    return true_positives, np.append(0.0, last + 1.0) - true_positives, np.append(np.inf, score[last])


# ------------------------------------------------------------------------------------------------------------- names


def get(which: Any) -> Metric:
    """The metric that a name, a class or a metric means; see ``Family.get``."""
    return Metric.get(which)


def resolve(which: Any, loss: Any, output_units: int) -> Metric | Loss:
    """What ``compile(metrics=[which])`` means for a network with that loss and so many outputs.

    "accuracy" or "acc" is, as in Keras, the binary one for one output; for several, the sparse one if the loss takes
    numbers of classes and else the categorical one. "crossentropy" or "ce" likewise. A loss, or its name, is a metric.

    A name or a class means the metric that reads what the loss takes: above ``loss.threshold`` is yes, a crossentropy
    of logits is that of their probabilities, and rows of logits are rows of probabilities to what asks for yes or no.
    Keras does not do this: its "accuracy" cuts logits and margins at one half too. A metric that is given as such,
    ``BinaryAccuracy(threshold=0.3)``, is taken as it is.
    Raises UnknownMember, with the names to choose from.
    """
    if isinstance(which, Metric | Loss):
        return which
    loss = losses.get(loss)
    if isinstance(which, type):
        # the class itself, whatever its name means
        found = _by_name(which)
    elif which in ("accuracy", "acc"):
        found = _by_shape(loss, output_units, BinaryAccuracy(), SparseCategoricalAccuracy(), CategoricalAccuracy())
    elif which in ("crossentropy", "ce"):
        kinds = losses.BinaryCrossentropy(), losses.SparseCategoricalCrossentropy(), losses.CategoricalCrossentropy()
        found = _by_shape(loss, output_units, *kinds)
    else:
        found = _by_name(which)
    return _reading(found, loss)


CHOSEN_BY_OUTPUT = ("accuracy", "acc", "crossentropy", "ce")
"""The names that mean one of several metrics; see ``resolve``."""


def _by_name(which: Any) -> Metric | Loss:
    try:
        return get(which)
    except UnknownMember as unknown:
        try:
            return losses.get(which)
        except UnknownMember:
            raise UnknownMember(f"{unknown}; or a loss: {', '.join(Loss.members)}") from None


def _by_shape(loss: Loss, output_units: int, binary: Any, sparse: Any, categorical: Any) -> Any:
    if output_units == 1:
        return binary
    return sparse if loss.targets == "integer" else categorical


def _reading(found: Any, loss: Loss) -> Any:
    """The metric for predictions on the scale of that loss."""
    logits, settings = getattr(loss, "from_logits", False), found.settings()
    if "from_logits" in settings:
        return replace(found, from_logits=logits)
    if logits and loss.by_row and found.targets == "binary":
        return OfSoftmax(found)
    return replace(found, threshold=loss.threshold) if "threshold" in settings else found
