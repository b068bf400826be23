"""Softmax once: probabilities, loss and gradient of three logits with one softmax and, by mistake, with two."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.losses import CategoricalCrossentropy, SparseCategoricalCrossentropy
from dlcore.mismatch import LogitPath, logits_descended
from lessons.losses.worked_sums import number
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable

CLASSES = ("class_0", "class_1", "class_2")
KEYS = ("z0", "z1", "z2")
ONCE, TWICE = "softmax", "softmax²"
PULLS = ("weaker_pull", "same_pull", "stronger_pull")
OWNS = (*KEYS, "c", "lr4", "n4")
PRESETS = {
    "works": {},
    "sure_and_right": {"z0": 6.0, "z1": 0.0},
    "sure_and_wrong": {"z0": -6.0, "z1": 6.0},
    "all_level": {"z1": 0.0, "z2": 0.0},
}


@dataclass(frozen=True, eq=False)
class Logits:
    """Three logits, the true class, and what descent makes of them by either loss; by ONCE and TWICE."""

    truth: int
    rate: float
    paths: dict[str, LogitPath]

    @property
    def z(self) -> np.ndarray:
        return self.paths[ONCE].z[0]

    def shares(self) -> dict[str, np.ndarray]:
        """The probabilities as the loss sees them, at every step."""
        seen = {name: path.shares for name, path in self.paths.items()}
        if TWICE in seen:
            e = np.exp(seen[TWICE])
            seen[TWICE] = e / e.sum(axis=1, keepdims=True)
        return seen

    # the bars stand still at the logits that the reader has set: while these descend, the bars all but vanish
    def shares_at_start(self) -> dict[str, np.ndarray]:
        """The probabilities that the loss sees for the reader's logits, shape (1, classes)."""
        return {name: shares[:1] for name, shares in self.shares().items()}

    def pulls_at_start(self) -> dict[str, np.ndarray]:
        """The gradients by the reader's logits, shape (1, classes)."""
        return {name: path.gradient[:1] for name, path in self.paths.items()}

    def losses(self) -> dict[str, np.ndarray]:
        return {name: path.loss for name, path in self.paths.items()}

    def _size(self, name: str) -> float:
        return float(np.linalg.norm(self.paths[name].gradient[0]))

    @property
    def pull(self) -> str:
        """The word for what the second softmax does to the gradient's size, one of PULLS."""
        once, twice = self._size(ONCE), self._size(TWICE)
        # however small both are: the gradients of sure answers are
        if math.isclose(once, twice, rel_tol=0.02):
            return PULLS[1]
        return PULLS[0] if twice < once else PULLS[2]

    def before_the_run(self) -> "Logits":
        """The same with one softmax, and nothing but the start."""
        path = self.paths[ONCE]
        return Logits(self.truth, self.rate, {ONCE: LogitPath(path.z[:1], path.gradient[:1], path.loss[:1])})

    def both_labels(self, say: Say) -> str:
        """The loss for the label as a number and as a one-hot row: the same."""
        z, y = self.z[None], np.eye(3)[[self.truth]]
        sparse = SparseCategoricalCrossentropy(from_logits=True)([self.truth], z)
        dense = CategoricalCrossentropy(from_logits=True)(y, z)
        p = float(self.shares()[ONCE][0, self.truth])
        row = ", ".join(str(int(v)) for v in y[0])
        facts = {"sparse": readable(sparse, 5), "dense": readable(dense, 5), "p": readable(p, 4)}
        return say("both_labels", truth=self.truth, row=row, **facts)

    def because(self, say: Say) -> str:
        """Both losses and gradients, and the floor that a second softmax puts under the loss."""
        facts = {f"loss_{k}": readable(float(self.paths[n].loss[0]), 4) for k, n in enumerate((ONCE, TWICE))}
        facts |= {f"size_{k}": readable(self._size(n), 3) for k, n in enumerate((ONCE, TWICE))}
        floor = CategoricalCrossentropy(from_logits=True)([[1, 0, 0]], [[1, 0, 0]])
        ends = {f"end_{k}": readable(float(self.paths[n].loss[-1]), 4) for k, n in enumerate((ONCE, TWICE))}
        steps = len(self.paths[ONCE].loss) - 1
        return say("twice_because", floor=readable(floor, 4), steps=steps, **facts, **ends)

    def said(self, say: Say, word: str) -> str:
        """A sentence about the logits at the start."""
        z = ", ".join(readable(float(v), 3) for v in self.z)
        p = ", ".join(readable(float(v), 3) for v in self.shares()[ONCE][0])
        g = ", ".join(readable(float(v), 3) for v in self.paths[ONCE].gradient[0])
        return say(word, z=z, p=p, g=g, truth=self.truth, loss=readable(float(self.paths[ONCE].loss[0]), 4))

    def lines(self) -> list[str]:
        """Every step of either run: the true class's logit, and the loss from its probability."""
        return ["\n".join(self._line(name, k) for name in self.paths) for k in range(len(self.paths[ONCE].loss))]

    def _line(self, name: str, k: int) -> str:
        path, c = self.paths[name], self.truth
        z, g = float(path.z[k, c]), float(path.gradient[k, c])
        then = z - self.rate * g
        p = float(self.shares()[name][k, c])
        step = f"z{c} ← {readable(z, 5)} − {readable(self.rate)}·{number(g)} = {readable(then, 5)}"
        return f"{name}:  E = −ln {readable(p, 5)} = {readable(float(path.loss[k]), 4)},   {step}"

    def table(self) -> pd.DataFrame:
        """Every step of every run."""
        tables = []
        for name, path in self.paths.items():
            columns = {"name": name, "step": np.arange(len(path.loss)), "E": path.loss}
            columns |= {f"z{k}": path.z[:, k] for k in range(3)} | {f"dE/dz{k}": path.gradient[:, k] for k in range(3)}
            tables.append(pd.DataFrame(columns))
        return pd.concat(tables, ignore_index=True)


@shared(max_entries=256)
def _path(z: tuple[float, ...], truth: int, twice: bool, rate: float, steps: int) -> LogitPath:
    return logits_descended(np.array(z), np.eye(3)[truth], twice, rate, steps)


def chosen(beat: Beat) -> Logits:
    """Three logits, the true class, and how they descend."""
    kinds = [Number(first, -10, 10) for first in (0.0, 2.0, -1.0)]
    z = tuple(beat.slider(key, kind, "logit", letter=key[1]) for key, kind in zip(KEYS, kinds, strict=True))
    truth = CLASSES.index(beat.choice("c", Choice(CLASSES[0], CLASSES), "true_class"))
    with beat.more():
        rate = beat.slider("lr4", Number(1.0, 0.01, 10, log=True), "learning_rate")
        steps = int(beat.slider("n4", Number(40, 1, 200, whole=True), "steps"))
    for twice in (False, True):
        beat.ran(logits_descended, np.array(z), np.eye(3)[truth], twice, rate, steps)
    paths = {name: _path(z, truth, name == TWICE, rate, steps) for name in (ONCE, TWICE)}
    return Logits(truth, rate, paths)


def revealed(beat: Beat, found: Logits) -> Logits:
    """Both runs, once the reader has guessed what a second softmax does to the gradient."""
    shown = beat.predicted("what_does_twice_do", PULLS, found.pull, found.because(beat.word))
    return found if shown else found.before_the_run()
