"""Does the activation matter? Two networks that differ in it alone are trained on the same rows: which ends lower?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import charts
from dlcore.datasets import BreastCancer
from dlcore.experiments.gradient_flow import CLIPPED, NORMALIZED, DeepNetwork, GradientHistory
from dlcore.optimizers import SGD, Adam, Optimizer
from lessons.activations.two_networks import ACTIVATIONS, Pair, letter_of, pair_of
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import Say
from ui.number_format import readable, small
from ui.question import Question
from ui.quiz.goals import Goal
from ui.script_export import Experiment

TRAINED = tuple(name for name in ACTIVATIONS if name != "gelu")
"""Those that are trained here: NumPy has no error function, so a training with gelu takes too long to wait for."""

LOWER = ("first_lower", "second_lower", "as_low")
ALIKE = 0.05
EPOCHS, ROWS, WIDTH = 20, 160, 16


@dataclass(frozen=True)
class Setup:
    """Two networks, trained from the same seed on the same batches by one optimizer."""

    pair: Pair
    optimizer: Optimizer

    @property
    def clips(self) -> bool:
        """Whether the gradient is clipped."""
        return self.optimizer.global_clipnorm is not None


@dataclass(frozen=True, eq=False)
class Trainings:
    """Both trainings by the network's name, and the loss of the best prediction that is the same for every row."""

    by_name: Mapping[str, GradientHistory]
    constant: float

    @property
    def ceiling(self) -> float:
        """Above which nothing is drawn: a training that is lost would press all others flat."""
        return 3 * max(float(course.loss[0]) for course in self.by_name.values())

    def losses(self, answered: bool, constant: str) -> dict[str, np.ndarray]:
        """The loss after every epoch by network, and of the best constant; before the answer the first one alone.

        constant: what the latter is called.
        """
        count = EPOCHS + 1 if answered else 1
        return {name: course.loss[:count] for name, course in self.by_name.items()} | {
            constant: np.full(count, self.constant)
        }


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """Depth, activations and first weights of both networks; optimizer, rate and clipping one click away."""
    depth = int(beat.slider("d3", Number(10, 1, 15, whole=True), "hidden_layers"))
    pair = pair_of(beat, ("a3", "i3", "b3", "j3"), DeepNetwork(BreastCancer(), depth, WIDTH, rows=ROWS), TRAINED)
    wild = {"j3": "large_normal"}
    beat.presets(
        ("d3", "a3", "i3", "b3", "j3", "o3", "r3", "clip"),
        stuck={},
        two_layers={"d3": 2},
        normalized={"i3": NORMALIZED},
        with_adam={"o3": "adam", "r3": 0.01},
        too_wild=wild,
        clipped=wild | {"clip": True},
    )
    with beat.more():
        rule = beat.choice("o3", Choice("sgd", ("sgd", "adam")), "optimizer")
        rate = beat.slider("r3", Number(0.1, 1e-3, 3, log=True), "learning_rate")
        clips = beat.switch("clip", Switch(False), "clip_gradient")
    return Setup(pair, (Adam if rule == "adam" else SGD)(rate, global_clipnorm=1.0 if clips else None))


def measure(setup: Setup) -> Trainings:
    """Both networks trained."""
    networks = setup.pair.networks
    trainings = {name: _training(net, setup.optimizer) for name, net in networks.items()}
    return Trainings(trainings, setup.pair.first.baseline())


@shared(max_entries=128)
def _training(net: DeepNetwork, optimizer: Optimizer) -> GradientHistory:
    return net.train(optimizer, EPOCHS)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, trainings: Trainings) -> Question:
    """Which of the two ends lower; of two that diverge one may be the lower yet."""
    ends = (float(training.loss[-1]) for training in trainings.by_name.values())
    first, second = (np.inf if np.isnan(end) else end for end in ends)
    if first == second or max(first, second) <= (1 + ALIKE) * min(first, second):
        return Question("which_learns", LOWER, "as_low")
    lower = "first_lower" if first < second else "second_lower"
    both_lost = min(first, second) > trainings.ceiling
    return Question("which_learns", LOWER, (lower, "as_low") if both_lost else lower)


def explain(setup: Setup, trainings: Trainings, say: Say) -> str:
    """A line a network: where its loss ended, and whether it has learned anything."""
    named = setup.pair.by_label(trainings.by_name, say).items()
    lines = [_training_sentence(setup, training, trainings.constant, name, say) for name, training in named]
    return "\n".join(f"- {line}" for line in lines)


def _training_sentence(setup: Setup, training: GradientHistory, constant: float, name: str, say: Say) -> str:
    first, last = float(training.loss[0]), float(training.loss[-1])
    facts: dict[str, object] = {"name": name, "first": readable(first, 3), "epochs": EPOCHS}
    facts |= {"last": small(last), "constant": readable(constant, 3)}
    verdict = "course_learned" if last < 0.95 * constant else "course_stuck"
    if not last <= 1.05 * constant:
        verdict = "course_lost"
    finite = training.norms[np.isfinite(training.norms)]
    norms = {"norm": readable(float(finite.max(initial=0.0)), 3), "share": float((training.norms > 1).mean())}
    return f"{say(verdict, **facts)} {say('course_clipped' if setup.clips else 'course_norm', **norms)}"


def goals(setup: Setup, trainings: Trainings) -> tuple[Goal, Goal]:
    """Ten sigmoid layers that reach half the loss of the best constant; the second without normalization."""
    bounds = {"layers": 10}
    ends = {name: float(training.loss[-1]) for name, training in trainings.by_name.items()}
    deep = {name: net for name, net in setup.pair.networks.items() if net.depth >= bounds["layers"]}
    half = trainings.constant / 2
    learned = [net for name, net in deep.items() if net.activation == "sigmoid" and ends[name] <= half]
    measured = ", ".join(f"{name}: E = {readable(end, 3)}" for name, end in ends.items())
    measured += f"; E ≤ {readable(half, 3)}"
    plain = any(net.start != NORMALIZED for net in learned)
    return (
        Goal("goal_activations_ten_sigmoids", bool(learned), measured, bounds),
        Goal("goal_activations_ten_plain_sigmoids", plain, measured, bounds),
    )


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, trainings: Trainings) -> None:
    """The losses after every epoch."""
    reason = explain(setup, trainings, beat.word)
    trainings = Trainings(setup.pair.by_label(trainings.by_name, beat.word), trainings.constant)
    constant, across, up = (beat.word(word) for word in ("constant_answer", "epoch_axis", "training_error_axis"))
    losses = trainings.losses(beat.answered, constant)
    # the constant is what there is to be beaten, and known before
    known = None if beat.answered else dict.fromkeys(trainings.by_name, 1) | {constant: EPOCHS + 1}
    # how low the axis has to reach, or whether it has to reach up to the ceiling, would say that somebody learns
    ends = None if beat.answered else (trainings.constant / 100, trainings.ceiling)
    # and all of it stands there from the first step on
    clock = {name: np.arange(EPOCHS + 1) * (beat.answered or name != constant) for name in losses}
    how: dict[str, Any] = {"log": True, "ceiling": trainings.ceiling, "known": known, "ends": ends, "last": EPOCHS}
    places = {name: np.arange(EPOCHS + 1) for name in losses}
    picture = charts.lines_by_step(trainings.losses(True, constant), across, up, **how, clock=clock, x=places)
    facts = {"depth": setup.pair.first.depth, "width": WIDTH, "rows": ROWS, "epochs": EPOCHS}
    beat.picture(picture, beat.word("courses_said", constant=readable(trainings.constant, 3), **facts))
    beat.player(lines(losses), counts="epoch_shown")
    if beat.answered:
        beat.report(reason)
        beat.prose("clipping")


def lines(losses: Mapping[str, np.ndarray]) -> list[str]:
    """The losses after every epoch."""
    return [
        f"{epoch}:  "
        + ",  ".join(f"{letter_of(name)}  E = {small(float(loss[epoch]), 4)}" for name, loss in losses.items())
        for epoch in range(max(map(len, losses.values())))
    ]


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """Both trainings as calls of dlcore."""
    for net in setup.pair.networks.values():
        experiment.show(net.train, setup.optimizer, EPOCHS)


def details(beat: Beat, setup: Setup, trainings: Trainings) -> None:
    """Every epoch as a table, formulas and source."""
    beat.numbers({"training_table": lambda: table(trainings.losses(beat.answered, "constant"))})
    beat.source([SGD.formula, CLIPPED], DeepNetwork.train, SGD.clip)


def table(losses: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Every epoch."""
    return pd.DataFrame({"epoch": np.arange(max(map(len, losses.values())))} | dict(losses))
