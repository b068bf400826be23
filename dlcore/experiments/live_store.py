"""Live store: the frames of a live training, as many as there is room for.

Three things are kept of an epoch: its scores, its weights and its pictures; and of every so many epochs a checkpoint.
When there is no room, the oldest pictures go first, then the oldest weights: both can be computed again from the
checkpoint before them. Only then the oldest epochs are forgotten, from one checkpoint to the next.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from dlcore.experiments.live_run import Checkpoint

RECENT = 64
"""The newest frames, whose weights and pictures go last."""

OVERHEAD, STATES = 230, 1500
"""Bytes of an entry and its array besides the numbers, and of the states of two generators."""


class LiveStore:
    """The frames ``first`` to ``last``; all dictionaries are by epoch and rise."""

    def __init__(self) -> None:
        self.first, self.last = 0, -1
        self.logs: dict[str, np.ndarray] = {}
        """By name the scores of all frames, shape (frames,)."""
        self.rows: dict[int, np.ndarray] = {}
        """Weights and moving means and variances, shape (numbers,)."""
        self.pictures: dict[int, np.ndarray] = {}
        """Uint8, shape (numbers,)."""
        self.checkpoints: dict[int, Checkpoint] = {}
        """The first of them is that of ``first``."""

    def append(self, scores: dict[str, np.ndarray], rows: np.ndarray, pictures: np.ndarray) -> None:
        """Add frames behind the last one, each of whose arrays has one line for each."""
        for name, values in scores.items():
            self.logs[name] = np.concatenate([self.logs.get(name, np.empty(0)), values])
        epochs = range(self.last + 1, self.last + 1 + len(rows))
        # copies: a view would hold the whole array
        self.rows |= zip(epochs, map(np.copy, rows), strict=True)
        self.pictures |= zip(epochs, map(np.copy, pictures), strict=True)
        self.last += len(rows)

    def scores(self, start: int, stop: int) -> dict[str, np.ndarray]:
        """By name the scores of the frames ``start`` to ``stop`` - 1."""
        return {name: values[start - self.first : stop - self.first].copy() for name, values in self.logs.items()}

    def forget_from(self, epoch: int) -> None:
        """Forget that frame and all after it."""
        self.logs = self.scores(self.first, epoch)
        for arrays in (self.rows, self.pictures, self.checkpoints):
            for later in [each for each in arrays if each >= epoch]:
                del arrays[later]
        self.last = epoch - 1

    def forget_before(self, epoch: int) -> None:
        """Forget all frames before that one, which has a checkpoint."""
        self.logs = self.scores(epoch, self.last + 1)
        for arrays in (self.rows, self.pictures, self.checkpoints):
            for old in [each for each in arrays if each < epoch]:
                del arrays[old]
        self.first = epoch

    @property
    def size(self) -> int:
        """The bytes held."""
        # all of a kind are equally long
        frames = sum(len(of) * _bytes(next(iter(of.values()))) for of in (self.rows, self.pictures) if of)
        checkpoints = sum(STATES + sum(map(_bytes, each.arrays())) for each in self.checkpoints.values())
        return frames + checkpoints + sum(map(_bytes, self.logs.values()))

    def make_room(self, most: int) -> None:
        """Drop what is oldest until the size is at most that, or only the newest checkpoint and its scores are left."""
        recent = self.last - RECENT
        self._drop_arrays(self.size - most, recent)
        while self.size > most and (later := next(islice(self.checkpoints, 1, None), None)) is not None:
            self.forget_before(later)
        self._drop_arrays(self.size - most, self.last)

    def _drop_arrays(self, excess: int, last: int) -> None:
        """Drop pictures, and then rows, up to that epoch, until so many bytes are free."""
        for arrays in (self.pictures, self.rows):
            for epoch in _first(arrays, last) if excess > 0 else ():
                excess -= _bytes(arrays.pop(epoch))
                if excess <= 0:
                    return


def _bytes(values: np.ndarray) -> int:
    return OVERHEAD + values.nbytes


def _first(arrays: dict[int, np.ndarray], last: int) -> Iterator[int]:
    """The epochs up to the last one, each of which is taken away before the next is asked for."""
    while arrays and (epoch := next(iter(arrays))) <= last:
        yield epoch
