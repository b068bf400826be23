"""Losses: one number for how far the predictions are from the truth.

All are used in the same way:

    loss(y_true, y_pred)             the mean over the batch, a float
    loss.per_sample(y_true, y_pred)  the loss of every sample, of shape (batch,)
    loss.gradient(y_true, y_pred)    the derivative of the mean by every prediction, of the shape of y_pred
    loss.check(y_true, y_pred)       refuses targets that the loss cannot mean, once, before training
    loss.best_constant(y_true)       the prediction that is best for all targets, for someone who sees no inputs
    loss.threshold                   above it an output means yes

and says two things of its own: the error of one prediction, and the slope of that error. Names, defaults and the edges
(where a probability is clipped, what a label may be) are those of Keras 3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dlcore.family import Family, setting

EPSILON = 1e-7
"""Keras's fuzz: probabilities are kept this far from 0 and 1 before a logarithm is taken of them."""


class Loss(Family):
    """What all losses share."""

    targets: ClassVar[str] = "real"
    """Which targets it takes: "real", "positive" (0 or more), "binary" (0 or 1), "one_hot" or "integer" (a class)."""

    soft: ClassVar[bool] = False
    """Whether a target may also be the probability of what the loss takes: 0.9, or a row of shares that add up to 1."""

    by_row: ClassVar[bool] = False
    """Whether an error belongs to a row, the classes of one sample, and not to each prediction by itself."""

    margin: ClassVar[bool] = False
    """Whether a prediction is a score without bounds, whose sign is the answer, as it is with logits."""

    higher_is_better: ClassVar[bool] = False
    """As a metric has it: a loss can be watched like one."""

    @property
    def threshold(self) -> float:
        """Above it an output means yes: 0 for logits and margins, one half for probabilities and plain numbers."""
        return 0.0 if self.margin or getattr(self, "from_logits", False) else 0.5

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        """The loss of predictions ``y_pred`` (shape (batch, ...)) for targets ``y_true`` of the same shape.

        Integer targets have the shape of ``y_pred`` without its last axis, or with a last axis of 1; of the other
        shapes only (batch,) and (batch, 1) mean the same, as they do for ``fit``. With ``sample_weight`` (shape
        (batch,)) it is the sum of weight times loss, divided by the size of the batch, not by the sum of the weights.
        Predictions that are NaN or overflow make it NaN or infinite, without a warning.
        Raises ValueError if the shapes do not fit or the batch is empty.
        """
        if sample_weight is not None:
            losses = self.per_sample(y_true, y_pred)
            with np.errstate(all="ignore"):
                return float(np.mean(losses * _weights(sample_weight, len(losses))))
        y_true, y_pred = self.batch(y_true, y_pred)
        with np.errstate(all="ignore"):
            e = self.errors(y_true, y_pred)
            # on a small batch np.mean takes several times as long
            return float(e.sum() / e.size)

    def per_sample(self, y_true: Any, y_pred: Any) -> np.ndarray:
        """The loss of every sample, shape (batch,): its errors' mean; errors as in the call."""
        y_true, y_pred = self.batch(y_true, y_pred)
        with np.errstate(all="ignore"):
            return self.errors(y_true, y_pred).reshape(len(y_pred), -1).mean(axis=1)

    def gradient(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> np.ndarray:
        """The derivative of the loss by each prediction, of the shape of ``y_pred``; errors as in the call."""
        y_true, y_pred = self.batch(y_true, y_pred)
        count = y_pred.size // y_pred.shape[-1] if self.by_row else y_pred.size
        with np.errstate(all="ignore"):
            g = self.slopes(y_true, y_pred) / count
            if sample_weight is None:
                return g
            return g * _weights(sample_weight, len(y_pred)).reshape((-1,) + (1,) * (y_pred.ndim - 1))

    def best_constant(self, y_true: Any, outputs: int = 0) -> np.ndarray:
        """The prediction that has the lowest loss if it is made for every sample; of the shape of one prediction.

        y_true: targets as in the call. outputs: how many classes integer targets are about; 0 for as many as the
        highest asks for. Of rows of probabilities those that add up to 1 count. Where the best would be infinite, the
        logit of a class that is never or always there, its share is taken 1e-7 from 0 or 1: the loss is then about
        1e-7, and its infimum, which no number reaches, 0. Raises ValueError without targets.
        """
        y = np.asarray(y_true, dtype=float)
        if y.size == 0:
            raise ValueError("y_true is empty; a constant needs at least one target to be best for")
        if self.targets == "integer":
            y = np.equal(y.reshape(-1, 1), np.arange(outputs or int(y.max()) + 1)).astype(float)
        with np.errstate(all="ignore"):
            return np.asarray(self.constant(y), dtype=float)

    def constant(self, y: np.ndarray) -> np.ndarray:
        """The best constant for targets ``y``, shape (batch, ...), classes as one-hot rows.

        Without a closed form of the member's own: of rows, the shares of the classes (their logarithms for logits); of
        numbers that are judged one by one, what a search finds (see ``lowest``).
        """
        if self.by_row:
            return self._on_scale(y.mean(axis=0))
        columns = y.reshape(len(y), -1).T
        found = [lowest(lambda c, y=y: self(y, np.full(y.shape, c)), self._places(y)) for y in columns]
        return np.reshape(found, y.shape[1:])

    def _on_scale(self, shares: np.ndarray) -> np.ndarray:
        """Probabilities as the predictions that mean them."""
        if not self.threshold:
            return np.log(_clip(shares)) - (0 if self.by_row else np.log(_clip(1 - shares)))
        return shares

    def _places(self, y: np.ndarray) -> np.ndarray:
        """Predictions, rising, between the outermost of which the best constant for ``y``, shape (batch,), must be."""
        low, high = float(y.min()), float(y.max())
        if self.targets == "binary":
            # the logit of 1 - 1e-7
            low, high = (0.0, 1.0) if self.threshold else (-16.2, 16.2)
        elif self.targets == "positive":
            low = 0.0
        # where most of the targets are, the search looks closest
        places = np.union1d(np.linspace(low, high, 33), np.quantile(y, np.linspace(0, 1, 17)))
        return places[(places >= low) & (places <= high)]

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """The error of every prediction (or row, see ``by_row``) of arrays as ``batch`` returns them, unchecked."""
        raise NotImplementedError

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """The derivative of each prediction's own error (or its row's) by that prediction, unchecked like ``errors``.

        Where the error has a kink, frameworks differ; the member's docstring says which slope is taken.
        """
        raise NotImplementedError

    def batch(self, y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
        """Both as arrays of floats; ValueError if their shapes do not fit each other and the loss."""
        y_true, y_pred = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
        _refuse_odd_rows(self, y_pred)
        if {y_true.shape, y_pred.shape} == {(len(y_pred),), (len(y_pred), 1)}:
            # NumPy would broadcast these two to (n, n) and return a plausible, wrong number
            y_true = y_true.reshape(y_pred.shape)
        if y_true.shape != y_pred.shape:
            advice = "; numbers of classes are for the sparse one" if self.targets == "one_hot" else ""
            raise ValueError(
                f"y_true has shape {y_true.shape} and y_pred {y_pred.shape}; they must be the same{advice}"
            )
        return y_true, y_pred

    def check(self, y_true: Any, y_pred: Any) -> None:
        """Raise ValueError if the targets are not what the loss takes; ``fit`` asks once, the call and gradient never.

        ``y_pred`` is needed for its shape only.
        """
        y_true, y_pred = self.batch(y_true, y_pred)
        if not np.isfinite(y_true).all():
            raise ValueError("y_true holds NaN or infinity; every target must be a number")
        wrong = ~self.fitting(y_true, y_pred.shape[-1] if y_pred.ndim > 1 else 1)
        if wrong.any():
            where = int(np.flatnonzero(wrong.reshape(len(y_true), -1).any(axis=1))[0])
            raise ValueError(
                f"{self.name()} takes {self.target_description(y_pred.shape)}; y_true[{where}] is {y_true[where]}"
            )

    def fitting(self, y_true: np.ndarray, classes: int) -> np.ndarray:
        """Which targets (for one-hot: which rows) are of the kind that the loss takes."""
        if self.targets == "positive":
            return y_true >= 0
        share = (y_true >= 0) & (y_true <= 1) if self.soft else (y_true == 0) | (y_true == 1)
        if self.targets == "binary":
            return share
        if self.targets == "one_hot":
            return share.all(axis=-1) & (np.abs(y_true.sum(axis=-1) - 1) < 1e-6)
        if self.targets == "integer":
            return (y_true == np.floor(y_true)) & (y_true >= 0) & (y_true < classes)
        return np.full(y_true.shape, True)

    def target_description(self, shape: tuple[int, ...]) -> str:
        """The kind of targets in words, for predictions of that shape."""
        return {
            "positive": "targets of 0 or more",
            "binary": "targets of 0 or 1" + ", or a probability between them" * self.soft,
            "one_hot": "rows of zeros with a single 1" + ", or of shares that add up to 1" * self.soft,
            "integer": f"whole numbers from 0 to {shape[-1] - 1}, as there are {shape[-1]} outputs",
        }[self.targets]


def _refuse_odd_rows(loss: Loss, y_pred: np.ndarray) -> None:
    if y_pred.size == 0:
        raise ValueError("the batch is empty; at least one prediction is needed")
    if loss.by_row and y_pred.ndim < 2:
        raise ValueError(f"y_pred has shape {y_pred.shape}; it must be rows, one number per class: (batch, classes)")


def _weights(sample_weight: Any, batch: int) -> np.ndarray:
    weights = np.asarray(sample_weight, dtype=float)
    if weights.shape != (batch,):
        raise ValueError(f"sample_weight has shape {weights.shape}; it must be ({batch},), one weight a sample")
    return weights


# ---------------------------------------------------------------------------------------------------- real numbers


@dataclass(frozen=True)
class MeanSquaredError(Loss):
    """The mean of the squared residuals: twice as far is four times as bad.

    Source: Goodfellow, Bengio & Courville, Deep Learning (2016), equation 5.4.
    """

    formula: ClassVar[str] = r"E = \frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2"
    aliases: ClassVar[tuple[str, ...]] = ("mse", "MSE")

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return (y_pred - y_true) ** 2

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return 2 * (y_pred - y_true)

    def constant(self, y: np.ndarray) -> np.ndarray:
        return y.mean(axis=0)


@dataclass(frozen=True)
class MeanAbsoluteError(Loss):
    """The mean distance from the truth: an outlier counts as far as it is, not its square.

    The slope at the kink, where prediction and truth agree, is 0. Source: P. J. Huber (1981), Robust Statistics, 1.2.
    """

    formula: ClassVar[str] = r"E = \frac{1}{n} \sum_{i=1}^{n} |\hat{y}_i - y_i|"
    aliases: ClassVar[tuple[str, ...]] = ("mae", "MAE")

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return np.abs(y_pred - y_true)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return np.sign(y_pred - y_true)

    def constant(self, y: np.ndarray) -> np.ndarray:
        return np.median(y, axis=0)


@dataclass(frozen=True)
class MeanAbsolutePercentageError(Loss):
    """The mean distance as a percentage of the truth, which is taken as 1e-7 if it is nearer to 0 than that.

    Source: Hyndman & Koehler (2006), Another look at measures of forecast accuracy, section 2.2.
    """

    formula: ClassVar[str] = r"E = \frac{100}{n} \sum_{i=1}^{n} \left|\frac{\hat{y}_i - y_i}{y_i}\right|"
    aliases: ClassVar[tuple[str, ...]] = ("mape", "MAPE")

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return 100 * np.abs(y_pred - y_true) / np.maximum(np.abs(y_true), EPSILON)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return 100 * np.sign(y_pred - y_true) / np.maximum(np.abs(y_true), EPSILON)

    def constant(self, y: np.ndarray) -> np.ndarray:
        # the weighted median: half of all weight, one over the target's size, lies on either side of it
        columns = y.reshape(len(y), -1)
        order = np.argsort(columns, axis=0, kind="stable")
        weight = np.take_along_axis(1 / np.maximum(np.abs(columns), EPSILON), order, axis=0).cumsum(axis=0)
        middle = (weight < weight[-1] / 2).sum(axis=0)[None]
        return np.take_along_axis(np.take_along_axis(columns, order, axis=0), middle, axis=0).reshape(y.shape[1:])


@dataclass(frozen=True)
class MeanSquaredLogarithmicError(Loss):
    """The squared difference of the logarithms of 1 + y: a ratio counts, not a distance.

    Predictions below 1e-7 are taken as 1e-7, so no gradient brings them back. Source: the name and form are Keras's.
    """

    formula: ClassVar[str] = r"E = \frac{1}{n} \sum_{i=1}^{n} \left(\log(1 + \hat{y}_i) - \log(1 + y_i)\right)^2"
    targets: ClassVar[str] = "positive"
    aliases: ClassVar[tuple[str, ...]] = ("msle", "MSLE")

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return (np.log1p(np.maximum(y_pred, EPSILON)) - np.log1p(np.maximum(y_true, EPSILON))) ** 2

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        kept = np.maximum(y_pred, EPSILON)
        return 2 * (np.log1p(kept) - np.log1p(np.maximum(y_true, EPSILON))) / (1 + kept) * (kept == y_pred)

    def constant(self, y: np.ndarray) -> np.ndarray:
        return np.expm1(np.log1p(np.maximum(y, EPSILON)).mean(axis=0))


@dataclass(frozen=True)
class Huber(Loss):
    """Squared near the truth and straight beyond delta: smooth at the bottom, patient with outliers.

    Source: P. J. Huber (1964), Robust Estimation of a Location Parameter, section 4.
    """

    formula: ClassVar[str] = (
        r"E = \frac{1}{n} \sum_{i=1}^{n} \begin{cases} \frac{1}{2} r_i^2 & |r_i| \le \delta \\ "
        r"\delta\,|r_i| - \frac{1}{2} \delta^2 & |r_i| > \delta \end{cases}, \quad r_i = \hat{y}_i - y_i"
    )
    delta: float = setting(1.0, 1e-3, 1e3, log=True)

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        r = np.abs(y_pred - y_true)
        return np.where(r <= self.delta, r**2 / 2, self.delta * r - self.delta**2 / 2)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        # min and max, not clip: on small arrays they are twice as fast
        return np.minimum(np.maximum(y_pred - y_true, -self.delta), self.delta)


@dataclass(frozen=True)
class LogCosh(Loss):
    """The logarithm of the hyperbolic cosine of the residual: r^2 / 2 near 0, |r| - log 2 far away, smooth between.

    Source: the name and form are Keras's.
    """

    formula: ClassVar[str] = r"E = \frac{1}{n} \sum_{i=1}^{n} \log \cosh(\hat{y}_i - y_i)"

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        r = np.abs(y_pred - y_true)
        # cosh(r) overflows for r > 710; this is log((e^r + e^-r) / 2) with e^r taken out
        far = r + np.log1p(np.exp(-2 * r)) - np.log(2)
        # where r is small that is a difference of numbers far larger than it; cosh(r) is 1 + 2 sinh(r / 2)^2
        return np.where(r < 1, np.log1p(2 * np.sinh(np.minimum(r, 1) / 2) ** 2), far)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return np.tanh(y_pred - y_true)


# --------------------------------------------------------------------------------------------------- probabilities


@dataclass(frozen=True)
class BinaryCrossentropy(Loss):
    """The surprise at the true answer of a yes-or-no question, given the probability p of yes.

    Probabilities are clipped to 1e-7 and 1 - 1e-7; beyond, the loss is flat and the slope 0. From logits (predictions
    before the sigmoid) nothing is clipped. label_smoothing s moves targets 0 and 1 to s / 2 and 1 - s / 2.
    Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.90.
    """

    formula: ClassVar[str] = r"E = -\frac{1}{n} \sum_{i=1}^{n} \left[y_i \log p_i + (1 - y_i) \log(1 - p_i)\right]"
    targets: ClassVar[str] = "binary"
    aliases: ClassVar[tuple[str, ...]] = ("bce", "BCE")
    soft: ClassVar[bool] = True
    from_logits: bool = setting(False)
    label_smoothing: float = setting(0.0, 0.0, 1.0)

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y = _smooth_labels(y_true, self.label_smoothing, 2)
        if self.from_logits:
            # the same number as below, without the p that is 1 for logits from 37 on
            return np.maximum(y_pred, 0) - y * y_pred + np.log1p(np.exp(-np.abs(y_pred)))
        p = _clip(y_pred)
        return -(y * np.log(p) + (1 - y) * np.log(1 - p))

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y = _smooth_labels(y_true, self.label_smoothing, 2)
        if self.from_logits:
            # sigmoid(z) - y: where one of the two shares is near 1 its distance from 1 is the other one
            return (1 - y) * _sigmoid(y_pred) - y * _sigmoid(-y_pred)
        p = _clip(y_pred)
        return (p - y) / (p * (1 - p)) * (p == y_pred)

    def constant(self, y: np.ndarray) -> np.ndarray:
        return self._on_scale(_smooth_labels(y, self.label_smoothing, 2).mean(axis=0))


@dataclass(frozen=True)
class CategoricalCrossentropy(Loss):
    """The surprise at the true class, given the probability of every class; the truth is a one-hot row.

    A row of predictions is divided by its sum first, and the gradient goes through that division; clipping and logits
    as in binary cross-entropy. label_smoothing s gives every class s / classes and takes s from the true one.
    Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.108; Szegedy et al. (2016), section 7.
    """

    formula: ClassVar[str] = r"E = -\frac{1}{n} \sum_{i=1}^{n} \sum_{k} y_{ik} \log p_{ik}"
    targets: ClassVar[str] = "one_hot"
    by_row: ClassVar[bool] = True
    soft: ClassVar[bool] = True
    from_logits: bool = setting(False)
    label_smoothing: float = setting(0.0, 0.0, 1.0)

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y = _smooth_labels(y_true, self.label_smoothing, y_true.shape[-1])
        return -(y * _log_shares(y_pred, self.from_logits)).sum(axis=-1)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y = _smooth_labels(y_true, self.label_smoothing, y_true.shape[-1])
        return _surprise_slopes(y, y_pred, self.from_logits)

    def constant(self, y: np.ndarray) -> np.ndarray:
        return self._on_scale(_smooth_labels(y, self.label_smoothing, y.shape[-1]).mean(axis=0))


@dataclass(frozen=True)
class SparseCategoricalCrossentropy(Loss):
    """Categorical cross-entropy for targets that are the number of the class: 0, 1, 2, ..."""

    formula: ClassVar[str] = r"E = -\frac{1}{n} \sum_{i=1}^{n} \log p_{i\,y_i}"
    targets: ClassVar[str] = "integer"
    by_row: ClassVar[bool] = True
    from_logits: bool = setting(False)

    def batch(self, y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
        y_true, y_pred = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
        _refuse_odd_rows(self, y_pred)
        rows = y_pred.shape[:-1]
        if y_true.shape not in (rows, (*rows, 1)):
            advice = "; one-hot rows are for the categorical one" if y_true.shape == y_pred.shape else ""
            found = f"y_true has shape {y_true.shape} and y_pred {y_pred.shape}"
            raise ValueError(f"{found}; y_true must be {rows}, one class a row{advice}")
        return y_true, y_pred

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return -(_one_hot(y_true, y_pred) * _log_shares(y_pred, self.from_logits)).sum(axis=-1)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return _surprise_slopes(_one_hot(y_true, y_pred), y_pred, self.from_logits)


@dataclass(frozen=True)
class BinaryFocalCrossentropy(Loss):
    """Binary cross-entropy that cares little for what is already right: weighted by (1 - p_t)^gamma.

    p_t is the probability given to the truth. With apply_class_balancing the ones weigh alpha and the zeros 1 - alpha.
    As in Keras on PyTorch, logits are turned into probabilities and clipped, so beyond about ±16 their slope is 0.
    Source: Lin et al. (2017), Focal Loss for Dense Object Detection, equations 4 and 5.
    """

    formula: ClassVar[str] = (
        r"E = -\frac{1}{n} \sum_{i=1}^{n} (1 - p_{t,i})^\gamma \left[y_i \log p_i + (1 - y_i) \log(1 - p_i)\right], "
        r"\quad p_t = y\,p + (1 - y)(1 - p)"
    )
    targets: ClassVar[str] = "binary"
    apply_class_balancing: bool = setting(False)
    alpha: float = setting(0.25, 0.0, 1.0)
    gamma: float = setting(2.0, 0.0, 10.0)
    from_logits: bool = setting(False)
    label_smoothing: float = setting(0.0, 0.0, 1.0)

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y = _smooth_labels(y_true, self.label_smoothing, 2)
        p = _sigmoid(y_pred) if self.from_logits else y_pred
        return self._balance(y) * self._miss(y, p) ** self.gamma * BinaryCrossentropy().errors(y, p)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y = _smooth_labels(y_true, self.label_smoothing, 2)
        p = _sigmoid(y_pred) if self.from_logits else y_pred
        surprise, miss = BinaryCrossentropy(), self._miss(y, p)
        # a miss of 0 to a power below 0 would be infinite, although the product with the surprise goes to 0
        steepness = self.gamma * np.maximum(miss, EPSILON) ** (self.gamma - 1)
        slope = (1 - 2 * y) * steepness * surprise.errors(y, p) + miss**self.gamma * surprise.slopes(y, p)
        return self._balance(y) * slope * (p * (1 - p) if self.from_logits else 1)

    def _miss(self, y: np.ndarray, p: np.ndarray) -> np.ndarray:
        return 1 - (y * p + (1 - y) * (1 - p))

    def _balance(self, y: np.ndarray) -> np.ndarray | float:
        return y * self.alpha + (1 - y) * (1 - self.alpha) if self.apply_class_balancing else 1.0


@dataclass(frozen=True)
class CategoricalFocalCrossentropy(Loss):
    """Categorical cross-entropy that cares little for what is already right: weighted by alpha (1 - p)^gamma.

    A row of predictions is divided by its sum first; probabilities are clipped as in categorical cross-entropy, logits
    after they have been turned into probabilities, so that where one is beyond 1 - 1e-7 the slope is 0.
    Source: Lin et al. (2017), Focal Loss for Dense Object Detection, equation 5; the form is Keras's.
    """

    formula: ClassVar[str] = (
        r"E = -\frac{1}{n} \sum_{i=1}^{n} \sum_{k} \alpha\,(1 - p_{ik})^\gamma\, y_{ik} \log p_{ik}"
    )
    targets: ClassVar[str] = "one_hot"
    by_row: ClassVar[bool] = True
    soft: ClassVar[bool] = True
    alpha: float = setting(0.25, 0.0, 1.0)
    gamma: float = setting(2.0, 0.0, 10.0)
    from_logits: bool = setting(False)
    label_smoothing: float = setting(0.0, 0.0, 1.0)

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y = _smooth_labels(y_true, self.label_smoothing, y_true.shape[-1])
        p = _clip(self._shares(y_pred))
        return -(self.alpha * (1 - p) ** self.gamma * y * np.log(p)).sum(axis=-1)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y, share = _smooth_labels(y_true, self.label_smoothing, y_true.shape[-1]), self._shares(y_pred)
        p = _clip(share)
        g = y * self._slope(p) * (p == share)
        # what a prediction adds to its own share, it takes from every share
        across = g - (g * share).sum(axis=-1, keepdims=True)
        return across * (share if self.from_logits else 1 / y_pred.sum(axis=-1, keepdims=True))

    def constant(self, y: np.ndarray) -> np.ndarray:
        """Shares at which a little more of any class is worth the same: what that is worth is found by halving."""
        y = _smooth_labels(y, self.label_smoothing, y.shape[-1]).mean(axis=0)

        def shares(worth: float) -> np.ndarray:
            low, high = np.full(y.shape, EPSILON), np.full(y.shape, 1 - EPSILON)
            for _ in range(50):
                middle = (low + high) / 2
                more = y * -self._slope(middle) > worth
                low, high = np.where(more, middle, low), np.where(more, high, middle)
            return low

        if not self.alpha or y.max() > 1 - EPSILON:
            return self._on_scale(y)
        # in logarithms: the worth of a rare class lies orders of magnitude below that of a frequent one
        low, high = -700.0, np.log(self.alpha / EPSILON) + 1
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if shares(float(np.exp(middle))).sum() > 1 else (low, middle)
        found = shares(float(np.exp(low)))
        return self._on_scale(found / found.sum())

    def _shares(self, y_pred: np.ndarray) -> np.ndarray:
        if self.from_logits:
            return np.exp(_log_shares(y_pred, from_logits=True))
        return y_pred / y_pred.sum(axis=-1, keepdims=True)

    def _slope(self, p: np.ndarray) -> np.ndarray:
        """The derivative of -alpha (1 - p)^gamma log p."""
        return self.alpha * (self.gamma * (1 - p) ** (self.gamma - 1) * np.log(p) - (1 - p) ** self.gamma / p)


@dataclass(frozen=True)
class KLDivergence(Loss):
    """How much is lost by taking the distribution p for the true one, y; both rows are clipped to 1e-7 and 1.

    A one-hot row is a distribution, so it takes these too. Source: Kullback & Leibler (1951); Goodfellow et al. (2016),
    equation 3.50.
    """

    formula: ClassVar[str] = r"E = \frac{1}{n} \sum_{i=1}^{n} \sum_{k} y_{ik} \log \frac{y_{ik}}{p_{ik}}"
    targets: ClassVar[str] = "one_hot"
    by_row: ClassVar[bool] = True
    aliases: ClassVar[tuple[str, ...]] = ("kld", "KLD")

    @classmethod
    def name(cls) -> str:
        return "kl_divergence"

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y, p = _clip(y_true, high=1.0), _clip(y_pred, high=1.0)
        return (y * np.log(y / p)).sum(axis=-1)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y, p = _clip(y_true, high=1.0), _clip(y_pred, high=1.0)
        return -y / p * (p == y_pred)

    def fitting(self, y_true: np.ndarray, classes: int) -> np.ndarray:
        return (y_true >= 0).all(axis=-1) & (np.abs(y_true.sum(axis=-1) - 1) < 1e-6)

    def target_description(self, shape: tuple[int, ...]) -> str:
        return "rows of probabilities, 0 or more and 1 together"


@dataclass(frozen=True)
class Poisson(Loss):
    """For counts: the prediction is the count to expect, and the loss the surprise at the one that came.

    It leaves out log(y!), which no prediction changes. Predictions are 0 or more: 1e-7 is added to them, and the
    logarithm of what is still negative is NaN. Source: Bishop (2006), exercise 4.25; the form is Keras's.
    """

    formula: ClassVar[str] = r"E = \frac{1}{n} \sum_{i=1}^{n} \left(\hat{y}_i - y_i \log \hat{y}_i\right)"
    targets: ClassVar[str] = "positive"

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return y_pred - y_true * np.log(y_pred + EPSILON)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return 1 - y_true / (y_pred + EPSILON)

    def constant(self, y: np.ndarray) -> np.ndarray:
        return np.maximum(y.mean(axis=0) - EPSILON, 0)


# -------------------------------------------------------------------------------------------- margins and directions


@dataclass(frozen=True)
class Hinge(Loss):
    """Nothing for an answer on the right side by a margin of 1, and the distance to that margin otherwise.

    Targets are -1 and 1; zeros and ones are turned into them. The slope at the margin is 0.
    Source: Cortes & Vapnik (1995), Support-Vector Networks.
    """

    formula: ClassVar[str] = r"E = \frac{1}{n} \sum_{i=1}^{n} \max(1 - y_i\,\hat{y}_i,\ 0)"
    targets: ClassVar[str] = "binary"
    margin: ClassVar[bool] = True

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return np.maximum(1 - _signs(y_true) * y_pred, 0)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y = _signs(y_true)
        # sign, not a comparison: what is NaN stays NaN
        return -y * np.sign(np.maximum(1 - y * y_pred, 0))

    def constant(self, y: np.ndarray) -> np.ndarray:
        # between -1 and 1 the loss is a straight line, and level if both are as frequent
        return np.sign(_signs(y).mean(axis=0))

    def fitting(self, y_true: np.ndarray, classes: int) -> np.ndarray:
        return np.abs(_signs(y_true)) == 1

    def target_description(self, shape: tuple[int, ...]) -> str:
        return "targets of -1 or 1, or of 0 or 1"


@dataclass(frozen=True)
class SquaredHinge(Loss):
    """The hinge, squared: smooth at the margin, and harder on what is far on the wrong side.

    Targets are -1 and 1; zeros and ones are turned into them. Source: Lee & Mangasarian (2001), SSVM, equation 4.
    """

    formula: ClassVar[str] = r"E = \frac{1}{n} \sum_{i=1}^{n} \max(1 - y_i\,\hat{y}_i,\ 0)^2"
    targets: ClassVar[str] = "binary"
    margin: ClassVar[bool] = True

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return np.maximum(1 - _signs(y_true) * y_pred, 0) ** 2

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y = _signs(y_true)
        return -2 * y * np.maximum(1 - y * y_pred, 0)

    def constant(self, y: np.ndarray) -> np.ndarray:
        return _signs(y).mean(axis=0)

    def fitting(self, y_true: np.ndarray, classes: int) -> np.ndarray:
        return Hinge().fitting(y_true, classes)

    def target_description(self, shape: tuple[int, ...]) -> str:
        return Hinge().target_description(shape)


@dataclass(frozen=True)
class CategoricalHinge(Loss):
    """The true class must lead the best of the others by 1; what is missing is the loss.

    As in Keras, the best of the others counts as 0 if it is below 0. Rivals that tie share the slope.
    Source: Weston & Watkins (1999); the form is Keras's.
    """

    formula: ClassVar[str] = (
        r"E = \frac{1}{n} \sum_{i=1}^{n} \max\left(1 + \max_k\,(1 - y_{ik})\,\hat{y}_{ik} "
        r"- \sum_k y_{ik}\,\hat{y}_{ik},\ 0\right)"
    )
    targets: ClassVar[str] = "one_hot"
    margin: ClassVar[bool] = True
    by_row: ClassVar[bool] = True

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        rival = ((1 - y_true) * y_pred).max(axis=-1)
        return np.maximum(1 + rival - (y_true * y_pred).sum(axis=-1), 0)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        others = (1 - y_true) * y_pred
        rivals = others == others.max(axis=-1, keepdims=True)
        share = rivals / rivals.sum(axis=-1, keepdims=True)
        missing = np.sign(self.errors(y_true, y_pred))[..., None]
        return missing * (share * (1 - y_true) - y_true)

    def constant(self, y: np.ndarray) -> np.ndarray:
        # a lead of the most frequent class pays if it is more than half of all; otherwise nobody leads
        shares = y.mean(axis=0)
        return np.where((shares == shares.max()) & (shares > 0.5), 1.0, 0.0)


@dataclass(frozen=True)
class CosineSimilarity(Loss):
    """Minus the cosine of the angle between the two rows: -1 for the same direction, 1 for the opposite one.

    Length does not count. A row shorter than 1e-7 is divided by 1e-7 in place of its length, so zeros give 0.
    Source: the name and sign are Keras's.
    """

    formula: ClassVar[str] = (
        r"E = -\frac{1}{n} \sum_{i=1}^{n} \frac{y_i \cdot \hat{y}_i}{\lVert y_i \rVert\,\lVert \hat{y}_i \rVert}"
    )
    by_row: ClassVar[bool] = True

    def errors(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        u, v = y_true / _lengths(y_true), y_pred / _lengths(y_pred)
        return -(u * v).sum(axis=-1)

    def slopes(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        u, length = y_true / _lengths(y_true), _lengths(y_pred)
        v = y_pred / length
        # only the part of u across v turns v; below the shortest length the division is by a constant
        along = (u * v).sum(axis=-1, keepdims=True) * v * (length > EPSILON)
        return (along - u) / length

    def constant(self, y: np.ndarray) -> np.ndarray:
        # only its direction counts; if all directions cancel, every one is as good as none
        mean = (y / _lengths(y)).mean(axis=0)
        return mean / _lengths(mean)


# --------------------------------------------------------------------------------------------- what they calculate with


def _clip(p: np.ndarray, high: float = 1 - EPSILON) -> np.ndarray:
    return np.minimum(np.maximum(p, EPSILON), high)


def _smooth_labels(y: np.ndarray, smoothing: float, classes: int) -> np.ndarray:
    return y * (1 - smoothing) + smoothing / classes if smoothing else y


def _sigmoid(z: np.ndarray) -> np.ndarray:
    # exp(-z) overflows for z < -709; log(1 + exp(-z)) does not
    return np.exp(-np.logaddexp(0, -z))


def _one_hot(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    return np.equal(y_true.reshape((*y_pred.shape[:-1], 1)), np.arange(y_pred.shape[-1])).astype(float)


def _log_shares(y_pred: np.ndarray, from_logits: bool) -> np.ndarray:
    """The logarithm of every class's share of its row: of the softmax of logits, or of clipped probabilities."""
    if not from_logits:
        return np.log(_clip(y_pred / y_pred.sum(axis=-1, keepdims=True)))
    # the largest is taken out, since exp overflows for logits from 710 on
    z = y_pred - y_pred.max(axis=-1, keepdims=True)
    e = np.exp(z)
    # it adds 1 to the sum of the others, in which theirs would be lost
    np.put_along_axis(e, z.argmax(axis=-1)[..., None], 0.0, axis=-1)
    return z - np.log1p(e.sum(axis=-1, keepdims=True))


def _surprise_slopes(y: np.ndarray, y_pred: np.ndarray, from_logits: bool) -> np.ndarray:
    """The slopes of -sum(y log shares), for rows ``y`` whose sum is 1."""
    if from_logits:
        logs = _log_shares(y_pred, from_logits)
        # share - y, without the difference of 1 and a share near it
        return (1 - y) * np.exp(logs) + y * np.expm1(logs)
    total = y_pred.sum(axis=-1, keepdims=True)
    share = y_pred / total
    p = _clip(share)
    g = -y / p * (p == share)
    # what a prediction adds to the sum, it takes from every share
    return (g - (g * share).sum(axis=-1, keepdims=True)) / total


def _signs(y: np.ndarray) -> np.ndarray:
    """Labels of -1 and 1, of which a batch of only zeros and ones is made."""
    return 2 * y - 1 if ((y == 0) | (y == 1)).all() else y


def _lengths(rows: np.ndarray) -> np.ndarray:
    return np.maximum(np.sqrt((rows**2).sum(axis=-1, keepdims=True)), EPSILON)


def lowest(f: Callable[[float], float], places: np.ndarray) -> float:
    """Where ``f`` is lowest, of all between the outermost ``places``, which rise.

    The golden section between the neighbours of the best place: exact if ``f`` falls and then rises, or if the places
    are close enough to tell its valleys apart. What is not a number is nowhere lowest. Source: Kiefer (1953),
    Sequential minimax search for a maximum.
    """

    def height(place: float) -> float:
        found = float(f(place))
        return np.inf if np.isnan(found) else found

    heights = [(height(place), float(place)) for place in places]
    best = min(range(len(heights)), key=lambda k: heights[k][0])
    low, high = heights[max(best - 1, 0)][1], heights[min(best + 1, len(heights) - 1)][1]
    found, ratio = heights[best], (5**0.5 - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    left, right = (height(left), left), (height(right), right)
    # after 64 of them the stretch is 4e-14 of what it was
    for _ in range(64 if low < high else 0):
        found = min(found, left, right, key=lambda each: each[0])
        if left[0] <= right[0]:
            high, right = right[1], left
            place = high - ratio * (high - low)
            left = (height(place), place)
        else:
            low, left = left[1], right
            place = low + ratio * (high - low)
            right = (height(place), place)
    return found[1]


def get(which: Any) -> Loss:
    """The loss that a name, a class or a loss means; see ``Family.get``."""
    return Loss.get(which)
