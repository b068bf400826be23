"""Crowd: copies of one network that train side by side, each from weights of its own on rows of its own.

    course = trained(recipe, parts, seeds=(0, 1, 2), epochs=100)      parts: one a copy, all equally large

What a score says is known only when the training has been repeated: with other first weights, and with other rows. A
crowd repeats it in one go, since all weights lie in one array, a row a copy. (In a ``race`` all have the same rows.)
"""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dlcore.network import slope_of_sums
from dlcore.preprocessing import Part
from dlcore.recipe import Recipe

MOST_MARKS = 60
"""How many times a training is looked at, before it begins included; epochs in between are not recorded."""


class Parts(NamedTuple):
    """Rows to learn from and rows to be judged by; all inputs scaled already.

    x: shape (rows, features); y: shape (rows, outputs), a number, 0 or 1, or one-hot rows. scale: by what an error in
    numbers is multiplied to be in the unit of the target.
    """

    train: Part
    validation: Part
    scale: float = 1.0


@dataclasses.dataclass(frozen=True, eq=False)
class Course:
    """What became of every copy at some epochs, the first and the last among them.

    epoch: shape (marks,). error, val_error: the share of wrong answers, or for numbers the root of the mean squared
    error in the target's unit. loss, val_loss: without penalties. All four of shape (marks, copies); NaN from where a
    copy is lost.
    """

    epoch: np.ndarray
    error: np.ndarray
    val_error: np.ndarray
    loss: np.ndarray
    val_loss: np.ndarray
    miss: np.ndarray


def trained(recipe: Recipe, parts: Sequence[Parts], seeds: Sequence[int], marks: int = MOST_MARKS) -> Course:
    """The course of a training of each copy: copy k has the first weights of ``seeds[k]`` and the rows ``parts[k]``.

    recipe: its seed is that of dropout and of the order of the rows, which all copies share; early stopping is not
    done. Raises ValueError if there are not as many parts as seeds, or if they are not equally large.
    """
    if len(parts) != len(seeds) or not seeds:
        raise ValueError(f"there are {len(parts)} parts for {len(seeds)} seeds; each copy needs one of both")
    if len({(len(each.train.x), len(each.validation.x)) for each in parts}) > 1:
        raise ValueError("the parts differ in size; copies can only train side by side on equally many rows")
    crowd = _Crowd(recipe, seeds)
    x, y = _stacked([each.train for each in parts])
    x_val, y_val = _stacked([each.validation for each in parts])
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
                told.append([*crowd.judged(x, y, scale), *crowd.judged(x_val, y_val, scale)])
        loss, error, val_loss, val_error = np.array(told).transpose(1, 0, 2)
        miss = crowd.missed(y_val, crowd.forward(x_val), scale)
    return Course(at, error, val_error, loss, val_loss, miss)


class _Crowd:
    """The copies, and the state of their optimizer. All rows are of shape (copies, batch, ...)."""

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
        for layer, room in self.network.rooms(x.shape[1]):
            a = layer.forward(a, room, training)
        return a

    def step(self, x: np.ndarray, y: np.ndarray) -> None:
        network = self.network
        p = self.forward(x, training=True)
        *before, (last, room) = network.rooms(x.shape[1])
        g = slope_of_sums(last.activation, self.loss, y, p, None)
        backward = last.backward if g is None else last.backward_from_sums
        # the loss is a mean over all copies, but each is to see its own
        g = len(x) * (self.loss.gradient(y, p) if g is None else g)
        g = backward(g, room)
        for layer, room in reversed(before):
            g = layer.backward(g, room)
        self.iterations += 1
        w, g = network.w.T, network.g.T
        network.w[...] = self.rule.update(w, g, self.memory, self.iterations, network.slices).T

    def judged(self, x: np.ndarray, y: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Loss and error of every copy, each of shape (copies,); NaN for one whose predictions are no numbers."""
        p = self.forward(x)
        loss = self.loss.per_sample(y.reshape(-1, y.shape[-1]), p.reshape(-1, p.shape[-1])).reshape(p.shape[:2])
        error = self.missed(y, p, scale).mean(axis=1)
        if self.loss.targets == "real":
            error = np.sqrt(error)
        lost = ~np.isfinite(p).all(axis=(1, 2))
        return np.where(lost, np.nan, loss.mean(axis=1)), np.where(lost, np.nan, error)

    def missed(self, y: np.ndarray, p: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Of every answer 1 if it is wrong and 0 if not, or the squared error, shape (copies, rows)."""
        if self.loss.targets == "one_hot":
            return (p.argmax(axis=-1) != y.argmax(axis=-1)).astype(float)
        if self.loss.targets == "binary":
            return ((p > self.loss.threshold) != (y > 0.5))[..., 0].astype(float)
        return ((p - y)[..., 0] * scale[:, None]) ** 2


def _stacked(parts: Sequence[Part]) -> tuple[np.ndarray, np.ndarray]:
    return np.stack([part.x for part in parts]), np.stack([part.y for part in parts])
