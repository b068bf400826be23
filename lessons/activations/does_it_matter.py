"""Does the activation matter? Two networks that differ in it alone are trained on the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.datasets import BreastCancer
from dlcore.deep import NORMALIZED, Course, Deep
from dlcore.optimizers import SGD, Adam, Optimizer
from lessons.activations.two_networks import ACTIVATIONS, Pair, pair_of
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz.goals import Goal

TRAINED = tuple(name for name in ACTIVATIONS if name != "gelu")
"""Those that are trained here: NumPy has no error function, so a training with gelu takes too long to wait for."""

LOWER = ("first_lower", "second_lower", "as_low")
ALIKE = 0.05
CONSTANT = "ŷ = const"
EPOCHS, ROWS, WIDTH = 20, 160, 16


# ---- the training ----------------------------------------------------------------------------------------------------
@shared(max_entries=128)
def _course(net: Deep, optimizer: Optimizer) -> Course:
    return net.train(optimizer, EPOCHS)


@dataclass(frozen=True, eq=False)
class Trained:
    """Both networks trained; ``answered`` says whether more than the start may be shown."""

    pair: Pair
    courses: Mapping[str, Course]
    clipped: bool
    answered: bool = True

    @property
    def losses(self) -> dict[str, np.ndarray]:
        """The loss after every epoch by network, and of the best prediction that is the same for every row."""
        count = EPOCHS + 1 if self.answered else 1
        constant = {CONSTANT: np.full(count, self.pair.first.baseline())}
        return {name: course.loss[:count] for name, course in self.courses.items()} | constant

    @property
    def ceiling(self) -> float:
        """Above which nothing is drawn: a training that is lost would press all others flat."""
        return 3 * max(float(course.loss[0]) for course in self.courses.values())

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The words for which of the two ends lower, of LOWER: of two that diverge one may be the lower yet."""
        first, second = (np.inf if np.isnan(c.loss[-1]) else float(c.loss[-1]) for c in self.courses.values())
        if first == second or max(first, second) <= (1 + ALIKE) * min(first, second):
            return ("as_low",)
        lower = "first_lower" if first < second else "second_lower"
        return (lower, "as_low") if min(first, second) > self.ceiling else (lower,)

    def report(self, say: Say) -> str:
        """A line a network: where its loss ended, and whether it has learned anything."""
        return "\n".join(f"- {self._told(say, name, course)}" for name, course in self.courses.items())

    def _told(self, say: Say, name: str, course: Course) -> str:
        last, constant = float(course.loss[-1]), self.pair.first.baseline()
        facts: dict[str, object] = {"name": name, "first": readable(float(course.loss[0]), 3), "epochs": EPOCHS}
        facts |= {"last": readable(last, 3), "constant": readable(constant, 3)}
        verdict = "course_learned" if last < 0.95 * constant else "course_stuck"
        if not last <= 1.05 * max(constant, float(course.loss[0])):
            verdict = "course_lost"
        finite = course.norms[np.isfinite(course.norms)]
        largest = {"norm": readable(float(finite.max(initial=0.0)), 3), "share": float((course.norms > 1).mean())}
        return f"{say(verdict, **facts)} {say('course_clipped' if self.clipped else 'course_norm', **largest)}"

    def said(self, say: Say) -> str:
        """The picture of the losses in a sentence."""
        facts = {"depth": self.pair.first.depth, "width": WIDTH, "rows": ROWS, "epochs": EPOCHS}
        return say("courses_said", constant=readable(self.pair.first.baseline(), 3), **facts)

    def lines(self) -> list[str]:
        """The losses after every epoch."""
        return [
            f"{epoch}:  "
            + ",  ".join(f"{name}  L = {readable(float(loss[epoch]))}" for name, loss in self.losses.items())
            for epoch in range(len(self.losses[CONSTANT]))
        ]

    def table(self) -> pd.DataFrame:
        """Every epoch."""
        return pd.DataFrame({"epoch": np.arange(len(self.losses[CONSTANT]))} | self.losses)


def trained(beat: Beat) -> Trained:
    """Two networks with controls, trained from the same seed on the same batches."""
    depth = int(beat.slider("d3", Number(10, 1, 15, whole=True), "hidden_layers"))
    pair = pair_of(beat, ("a3", "i3", "b3", "j3"), Deep(BreastCancer(), depth, WIDTH, rows=ROWS), TRAINED)
    wild = {"j3": "large_normal"}
    owns, shallow, rescued = ("d3", "a3", "i3", "b3", "j3", "o3", "r3", "clip"), {"d3": 2}, wild | {"clip": True}
    normalized, adam = {"i3": NORMALIZED}, {"o3": "adam", "r3": 0.01}
    beat.presets(
        owns, stuck={}, two_layers=shallow, normalized=normalized, with_adam=adam, too_wild=wild, clipped=rescued
    )
    with beat.more():
        rule = beat.choice("o3", Choice("sgd", ("sgd", "adam")), "optimizer")
        rate = beat.slider("r3", Number(0.1, 1e-3, 3, log=True), "learning_rate")
        clip = beat.switch("clip", Switch(False), "clip_gradient")
    optimizer = (Adam if rule == "adam" else SGD)(rate, global_clipnorm=1.0 if clip else None)
    for net in pair.networks.values():
        beat.ran(net.train, optimizer, EPOCHS)
    return Trained(pair, {name: _course(net, optimizer) for name, net in pair.networks.items()}, clip)


def told(beat: Beat, found: Trained) -> Trained:
    """The same, to its end once the reader has guessed which ends lower."""
    beat.goals(*_sigmoids_learn(found))
    shown = beat.predicted("which_learns", LOWER, found.outcomes, found.report(beat.word))
    return Trained(found.pair, found.courses, found.clipped, shown)


def _sigmoids_learn(found: Trained) -> tuple[Goal, Goal]:
    """Ten sigmoid layers that reach half the loss of the best constant; the second without normalization."""
    bounds = {"layers": 10}
    constant = found.pair.first.baseline()
    ends = {name: float(course.loss[-1]) for name, course in found.courses.items()}
    deep = {name: net for name, net in found.pair.networks.items() if net.depth >= bounds["layers"]}
    learned = [net for name, net in deep.items() if net.activation == "sigmoid" and ends[name] <= constant / 2]
    measured = ", ".join(f"{name}: L = {readable(end, 3)}" for name, end in ends.items())
    measured += f", {CONSTANT}: L = {readable(constant, 3)}"
    plain = any(net.start != NORMALIZED for net in learned)
    return (
        Goal("goal_activations_ten_sigmoids", bool(learned), measured, bounds),
        Goal("goal_activations_ten_plain_sigmoids", plain, measured, bounds),
    )
