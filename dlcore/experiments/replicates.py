"""Replicates: copies of one network that train side by side, each with its own first weights and its own rows.

    curves = trained(recipe, parts, seeds=(0, 1, 2))      parts: one for each copy, all of the same size

How far a score can be trusted shows only when the training is repeated, with other first weights and other rows. Here
all repetitions run at once, since all weights are in one array with one row for each copy. (In ``parallel_training``
all copies have the same rows, and each has its own optimizer.)
"""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dlcore.experiments.training_config import Recipe
from dlcore.network import slope_of_sums
from dlcore.preprocessing import Part
from dlcore.renamed import old_names

__getattr__ = old_names(__name__, {"Course": "TrainingCurves", "trained": "train_copies"})

MOST_MARKS = 60
"""At how many epochs a training is evaluated at most, the start included."""


class Parts(NamedTuple):
    """Training and validation rows of one copy, scaled already.

    x: shape (rows, features); y: shape (rows, outputs), a number, 0 or 1, or one-hot rows.
    """

    train: Part
    validation: Part
    scale: float = 1.0
    """The factor that brings the error of a regression into the unit of the target."""


@dataclasses.dataclass(frozen=True, eq=False)
class TrainingCurves:
    """Error and loss of every copy at some epochs, the first and the last among them.

    An error is the share of wrong predictions, or in a regression the root mean squared error in the target's unit. It
    is NaN, as the loss is, from where a copy has diverged.
    """

    epoch: np.ndarray
    """The epochs, shape (marks,)."""

    error: np.ndarray
    """On the training rows, shape (marks, copies)."""

    val_error: np.ndarray
    """On the validation rows, shape (marks, copies)."""

    loss: np.ndarray
    """On the training rows, without penalties, shape (marks, copies)."""

    val_loss: np.ndarray
    """On the validation rows, without penalties, shape (marks, copies)."""

    miss: np.ndarray
    """1 for each wrong prediction on the validation rows at the end, 0 for a right one, or the squared error in a
    regression, shape (copies, rows).
    """


def train_copies(
    recipe: Recipe, parts: Sequence[Parts], seeds: Sequence[int], marks: int = MOST_MARKS
) -> TrainingCurves:
    """The training curves of all copies: copy k has the first weights of ``seeds[k]`` and the rows ``parts[k]``.

    recipe: its seed is that of dropout and of the order of the rows, which all copies share; there is no early
    stopping. Raises ValueError if there are not as many parts as seeds, or if the parts differ in size.
    """
    if len(parts) != len(seeds) or not seeds:
        raise ValueError(f"there are {len(parts)} parts for {len(seeds)} seeds; each copy needs one of both")
    if len({(len(each.train.x), len(each.validation.x)) for each in parts}) > 1:
        raise ValueError("the parts differ in size; copies can only train side by side on equally many rows")
    crowd = _Crowd(recipe, seeds)
    x, y = _stack([each.train for each in parts])
    x_val, y_val = _stack([each.validation for each in parts])
    scale = np.array([each.scale for each in parts])
    at = np.unique(np.linspace(0, recipe.epochs, min(recipe.epochs + 1, max(marks, 2))).round().astype(int))
    order, told = np.random.default_rng(recipe.seed), []
    with np.errstate(all="ignore"):
        for epoch in range(recipe.epochs + 1):
            if epoch:
                mixed = order.permutation(x.shape[1])
                for start in range(0, len(mixed), recipe.batch_size):
                    rows = mixed[start : start + recipe.batch_size]
                    crowd.step(x[:, rows], y[:, rows])
            if epoch in at:
                told.append([*crowd.evaluate(x, y, scale), *crowd.evaluate(x_val, y_val, scale)])
        loss, error, val_loss, val_error = np.array(told).transpose(1, 0, 2)
        miss = crowd.sample_errors(y_val, crowd.forward(x_val), scale)
    return TrainingCurves(at, error, val_error, loss, val_loss, miss)


class _Crowd:
    """The copies and the state of their optimizer; inputs and targets are of shape (copies, batch, ...)."""

    def __init__(self, recipe: Recipe, seeds: Sequence[int]) -> None:
        model = recipe.model()
        first = []
        for seed in seeds:
            one = dataclasses.replace(recipe, seed=seed).model()
            one.build()
            first.append(one.w)
        self.loss, self.rule = recipe.loss, recipe.optimizer
        self.network = model.side_by_side(len(seeds))
        self.network.w[...] = first
        self.network.generators(recipe.seed)
        # copies lie along the last axis of what an optimizer takes: each is clipped by itself
        self.memory, self.iterations = self.rule.start(self.network.w.T), 0

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        a = x
        for layer, buffers in self.network.layer_buffers(x.shape[1]):
            a = layer.forward(a, buffers, training)
        return a

    def step(self, x: np.ndarray, y: np.ndarray) -> None:
        network = self.network
        p = self.forward(x, training=True)
        *before, (last, buffers) = network.layer_buffers(x.shape[1])
        g = slope_of_sums(last.activation, self.loss, y, p, None)
        backward = last.backward if g is None else last.backward_from_sums
        # the loss is a mean over all copies, but each is to see its own
        g = len(x) * (self.loss.gradient(y, p) if g is None else g)
        g = backward(g, buffers)
        for layer, buffers in reversed(before):
            g = layer.backward(g, buffers)
        self.iterations += 1
        w, g = network.w.T, network.g.T
        network.w[...] = self.rule.update(w, g, self.memory, self.iterations, network.slices).T

    def evaluate(self, x: np.ndarray, y: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Loss and error of every copy, each of shape (copies,); NaN for a copy whose predictions are not finite."""
        p = self.forward(x)
        loss = self.loss.per_sample(y.reshape(-1, y.shape[-1]), p.reshape(-1, p.shape[-1])).reshape(p.shape[:2])
        error = self.sample_errors(y, p, scale).mean(axis=1)
        if self.loss.targets == "real":
            error = np.sqrt(error)
        lost = ~np.isfinite(p).all(axis=(1, 2))
        return np.where(lost, np.nan, loss.mean(axis=1)), np.where(lost, np.nan, error)

    def sample_errors(self, y: np.ndarray, p: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """1 for each wrong prediction and 0 for a right one, or the squared error, shape (copies, rows)."""
        if self.loss.targets == "one_hot":
            return (p.argmax(axis=-1) != y.argmax(axis=-1)).astype(float)
        if self.loss.targets == "binary":
            return ((p > self.loss.threshold) != (y > 0.5))[..., 0].astype(float)
        return ((p - y)[..., 0] * scale[:, None]) ** 2


def _stack(parts: Sequence[Part]) -> tuple[np.ndarray, np.ndarray]:
    return np.stack([part.x for part in parts]), np.stack([part.y for part in parts])
