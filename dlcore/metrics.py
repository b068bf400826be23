"""Metrics: what people ask of a model, in numbers that they can read; nothing here has to have a gradient.

Every one is used in the same way:

    metric(y_true, y_pred)           one float; ``metric.higher_is_better`` says which way is up

and the curves behind them are plain functions of labels and scores. Predictions are what the network gives out:
probabilities, one column for yes-or-no questions and one per class otherwise; of a network that gives out logits or
margins, ``resolve`` makes the metric that reads them. A metric of predictions that hold NaN is NaN: a network that
diverged is not "50 % accurate". Nothing here warns; what cannot be told is said in the docstring.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np

from dlcore import losses
from dlcore.activations import Softmax
from dlcore.family import Family, UnknownMember, setting
from dlcore.losses import Loss


class Metric(Family):
    """What all metrics share."""

    targets: ClassVar[str] = "real"
    """Which targets it takes, as for losses: "real", "binary", "one_hot" or "integer"."""

    higher_is_better: ClassVar[bool] = True

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        """The metric of predictions ``y_pred`` (shape (batch, ...)) for targets ``y_true`` of the same shape.

        Integer targets have the shape of ``y_pred`` without its last axis, or with a last axis of 1.
        Raises ValueError if the shapes do not fit or the batch is empty.
        """
        like = losses.SparseCategoricalCrossentropy() if self.targets == "integer" else _ROWS[self.targets == "one_hot"]
        y_true, y_pred = like.batch(y_true, y_pred)
        if np.isnan(y_pred).any():
            return float("nan")
        with np.errstate(all="ignore"):
            return float(self.score(y_true, y_pred))

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        """The metric of arrays that fit each other, without NaN among the predictions."""
        raise NotImplementedError

    def expected(self, y_true: Any, answers: Any, shares: Any) -> float:
        """The metric to expect if the prediction of every sample is drawn by itself; nothing is drawn here.

        answers: the predictions that are drawn from, shape (answers, ...); shares: how often each of them is, shape
        (answers,), 1 together. Exact where the metric adds up over the samples, as do all but those that say otherwise.
        """
        return mixed(self, y_true, answers, shares)


def mixed(rule: Any, y_true: Any, answers: Any, shares: Any) -> float:
    """The mean score of always the same answer, over ``answers`` with their ``shares``; see ``Metric.expected``."""
    rows = np.asarray(answers, dtype=float)[:, None]
    count = len(np.asarray(y_true))
    scores = [rule(y_true, np.repeat(row, count, axis=0)) for row in rows]
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


class _Drawn(NamedTuple):
    """Yes-or-no answers drawn at random. positive, called: the shares of targets and of answers that are yes."""

    rows: int
    columns: int
    positive: float
    called: float
    counts: tuple[float, float, float]
    """True positives, all who are called, and all positives, as they are to be expected."""

    @classmethod
    def of(cls, y_true: Any, answers: Any, shares: Any, threshold: float) -> "_Drawn":
        yes = np.asarray(y_true, dtype=float).reshape(len(y_true), -1) == 1
        called = np.asarray(shares, dtype=float) @ (
            np.asarray(answers, dtype=float).reshape(len(answers), -1) > threshold
        )
        positives = yes.sum(axis=0)
        counts = float(positives @ called), float(called.sum() * len(yes)), float(positives.sum())
        return cls(len(yes), yes.shape[1], float(yes.mean()), min(1.0, float(called.mean())), counts)


@dataclass(frozen=True)
class Precision(Metric):
    """Of those called positive, the share that is; 0 if nobody is called positive."""

    formula: ClassVar[str] = r"\frac{TP}{TP + FP}"
    targets: ClassVar[str] = "binary"
    threshold: float = setting(0.5, -1e6, 1e6)

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        tp, fp, _ = _counts(y_true, y_pred, self.threshold)
        return tp / max(tp + fp, 1)

    def expected(self, y_true: Any, answers: Any, shares: Any) -> float:
        """Exact for one column: of those called, the share that is positive is that of all, if anybody is called.

        For several columns it is the quotient of the counts to expect.
        """
        drawn = _Drawn.of(y_true, answers, shares, self.threshold)
        if drawn.columns > 1:
            tp, called, _ = drawn.counts
            return tp / called if called else 0.0
        return drawn.positive * (1 - (1 - drawn.called) ** drawn.rows)


@dataclass(frozen=True)
class Recall(Metric):
    """Of those that are positive, the share that is called so; 0 if nobody is positive."""

    formula: ClassVar[str] = r"\frac{TP}{TP + FN}"
    targets: ClassVar[str] = "binary"
    threshold: float = setting(0.5, -1e6, 1e6)

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        tp, _, fn = _counts(y_true, y_pred, self.threshold)
        return tp / max(tp + fn, 1)


@dataclass(frozen=True)
class F1Score(Metric):
    """The harmonic mean of precision and recall; 0 if nobody is positive and nobody called so.

    Several columns are counted together. Source: van Rijsbergen, Information Retrieval (1979), chapter 7.
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
        drawn = _Drawn.of(y_true, answers, shares, self.threshold)
        tp, called, positives = drawn.counts
        if tp == 0 or drawn.columns > 1 or drawn.called == 1:
            return 2 * tp / (called + positives) if tp else 0.0
        k = np.arange(drawn.rows + 1)
        log_factorial = np.append(0.0, np.cumsum(np.log(k[1:])))
        ways = log_factorial[-1] - log_factorial - log_factorial[::-1]
        chance = np.exp(ways + k * np.log(drawn.called) + k[::-1] * np.log(1 - drawn.called))
        return float(np.sum(chance * 2 * k * drawn.positive / (k + positives)))


@dataclass(frozen=True)
class AUC(Metric):
    """The area under the ROC curve: how often a positive scores higher than a negative, a tie counting half.

    NaN if only one class is there: there is no pair to compare. Only the order of the scores counts.
    Source: Hanley & McNeil (1982), The meaning and use of the area under a ROC curve.
    """

    formula: ClassVar[str] = r"P(p_+ > p_-) + \tfrac{1}{2} P(p_+ = p_-)"
    targets: ClassVar[str] = "binary"

    def score(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        curve = roc_curve(y_true, y_pred)
        return auc(curve.false_positive_rate, curve.true_positive_rate)


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
    """Each array has one entry per threshold, falling from infinity, where nobody is called positive."""

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    thresholds: np.ndarray


class PrecisionRecallCurve(NamedTuple):
    """Each array has one entry per threshold, falling from infinity, where precision is 1 by convention."""

    precision: np.ndarray
    recall: np.ndarray
    thresholds: np.ndarray


def roc_curve(y_true: Any, y_pred: Any) -> ROCCurve:
    """The rates at every threshold that the scores ``y_pred`` tell apart; a score at or above it is called positive.

    Labels, 0 and 1 or -1 and 1, and scores have the same shape. The rate of a class that is not there is NaN
    throughout. Source: Fawcett (2006), An introduction to ROC analysis, algorithm 1.
    """
    true_positives, false_positives, thresholds = _cumulated(y_true, y_pred)
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
    true_positives, false_positives, thresholds = _cumulated(y_true, y_pred)
    with np.errstate(invalid="ignore"):
        precision = true_positives / (true_positives + false_positives)
        recall = true_positives / true_positives[-1]
    precision[0] = 1.0
    return PrecisionRecallCurve(precision, recall, thresholds)


def auc(x: Any, y: Any) -> float:
    """The area under the straight lines through the points (x, y), for x that rises or stays."""
    return float(np.trapezoid(y, x))


def _cumulated(y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
    if which in ("accuracy", "acc"):
        found = _by_shape(loss, output_units, BinaryAccuracy(), SparseCategoricalAccuracy(), CategoricalAccuracy())
    elif which in ("crossentropy", "ce"):
        kinds = losses.BinaryCrossentropy(), losses.SparseCategoricalCrossentropy(), losses.CategoricalCrossentropy()
        found = _by_shape(loss, output_units, *kinds)
    else:
        found = _named(which)
    return _reading(found, loss)


def _named(which: Any) -> Metric | Loss:
    try:
        return get(which)
    except UnknownMember as unknown:
        try:
            return losses.get(which)
        except UnknownMember:
            raise UnknownMember(f"{unknown}; accuracy; or a loss: {', '.join(Loss.members)}") from None


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
