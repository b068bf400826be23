"""Softmax and categorical cross-entropy: three logits with one softmax and, by mistake, with two."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from dlcore.experiments.loss_mismatch import LogitPath, descend_logits, surprise
from dlcore.losses import CategoricalCrossentropy, SparseCategoricalCrossentropy
from lessons.losses.worked_sums import number
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.script_export import Experiment, short_program

CLASSES = ("class_0", "class_1", "class_2")
KEYS = ("z0", "z1", "z2")
ONCE, TWICE = "applied_once", "applied_twice"
"""The words for how often softmax is applied, by which the runs are known."""
PULLS = ("weaker_pull", "same_pull", "stronger_pull")


@dataclass(frozen=True)
class Setup:
    """Three logits, the true class, from 0, and how the logits descend."""

    logits: tuple[float, ...]
    truth: int
    rate: float
    steps: int

    def start(self) -> tuple[np.ndarray, np.ndarray]:
        """The logits and the one-hot target, both of shape (classes,)."""
        return np.array(self.logits), np.eye(len(CLASSES))[self.truth]


@dataclass(frozen=True, eq=False)
class Descents:
    """How the logits descend with one softmax and with two, by ONCE and TWICE."""

    paths: Mapping[str, LogitPath]

    def start(self) -> "Descents":
        """Before the first step, with one softmax alone."""
        path = self.paths[ONCE]
        return Descents({ONCE: LogitPath(path.z[:1], path.gradient[:1], path.loss[:1])})

    def probabilities(self) -> dict[str, np.ndarray]:
        """What the loss takes for probabilities, after every step, shape (steps + 1, classes)."""
        seen = {name: path.shares for name, path in self.paths.items()}
        if TWICE in seen:
            e = np.exp(seen[TWICE])
            seen[TWICE] = e / e.sum(axis=1, keepdims=True)
        return seen

    def losses(self) -> dict[str, np.ndarray]:
        """The loss after every step."""
        return {name: path.loss for name, path in self.paths.items()}

    def gradient_size(self, name: str) -> float:
        """The length of the gradient by the reader's logits."""
        return float(np.linalg.norm(self.paths[name].gradient[0]))


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """Three logits, the true class, and how the logits descend."""
    kinds = [Number(first, -10, 10) for first in (0.0, 2.0, -1.0)]
    logits = tuple(beat.slider(key, kind, "logit", letter=key[1]) for key, kind in zip(KEYS, kinds, strict=True))
    truth = CLASSES.index(beat.choice("c", Choice(CLASSES[0], CLASSES), "true_class"))
    with beat.more():
        rate = beat.slider("lr4", Number(1.0, 0.01, 10, log=True), "learning_rate")
        steps = int(beat.slider("n4", Number(40, 1, 200, whole=True), "steps"))
    beat.presets(
        (*KEYS, "c", "lr4", "n4"),
        works={},
        sure_and_right={"z0": 6.0, "z1": 0.0},
        sure_and_wrong={"z0": -6.0, "z1": 6.0},
        all_level={"z1": 0.0, "z2": 0.0},
    )
    return Setup(logits, truth, rate, steps)


def measure(setup: Setup) -> Descents:
    """The descents from the reader's logits."""
    return Descents({name: _path(setup, name == TWICE) for name in (ONCE, TWICE)})


@shared(max_entries=256)
def _path(setup: Setup, twice: bool) -> LogitPath:
    return descend_logits(*setup.start(), twice, setup.rate, setup.steps)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, descents: Descents) -> Question:
    """What the second softmax does to the size of the gradient; a fiftieth more or less is the same."""
    once, twice = descents.gradient_size(ONCE), descents.gradient_size(TWICE)
    # however small both are: the gradients of sure answers are
    change = PULLS[1] if math.isclose(once, twice, rel_tol=0.02) else PULLS[0] if twice < once else PULLS[2]
    return Question("what_does_twice_do", PULLS, change)


def explain(setup: Setup, descents: Descents, say: Say) -> str:
    """Both losses and gradients, and the floor that a second softmax puts under the loss."""
    facts = {}
    for k, name in enumerate((ONCE, TWICE)):
        loss = descents.paths[name].loss
        facts |= {f"loss_{k}": readable(float(loss[0]), 4), f"size_{k}": readable(descents.gradient_size(name), 3)}
        facts[f"end_{k}"] = readable(float(loss[-1]), 4)
    floor = CategoricalCrossentropy(from_logits=True)([[1, 0, 0]], [[1, 0, 0]])
    return say("twice_because", floor=readable(floor, 4), steps=setup.steps, **facts)


# ---- draw ------------------------------------------------------------------------------------------------------------


def visible(beat: Beat, descents: Descents) -> Descents:
    """As much of the descents as may be shown: before the answer, the start with one softmax."""
    return descents if beat.answered else descents.start()


def draw(beat: Beat, setup: Setup, descents: Descents) -> None:
    """Probabilities and gradients of the reader's logits, and how the loss descends from there."""
    shown = visible(beat, descents)
    # the bars stand still at the logits that the reader has set: while these descend, the bars all but vanish
    titles = beat.words(x_title="class_axis", y_title="probability_axis_seen")
    known, say = {name: int(name in shown.paths) for name in descents.paths}, beat.word
    shares = {say(name): p[: known[name]] for name, p in descents.probabilities().items()}
    probabilities = charts.class_probabilities(shares, **titles)
    titles = beat.words(x_title="class_axis", y_title="logit_slope_axis")
    pulls = {say(name): path.gradient[: known[name]] for name, path in descents.paths.items()}
    gradients = charts.class_gradients(pulls, **titles)
    drawn = None if beat.answered else {say(name): count for name, count in known.items()}
    values = {say(name): loss for name, loss in descents.losses().items()}
    losses = charts.lines_by_step(values, x_title=say("step_axis"), y_title=say("loss_of_one"), known=drawn)
    beat.side_by_side(
        (probabilities, sentence(setup, shown, say, "shares_of_classes")),
        (gradients, sentence(setup, shown, say, "pulls")),
        (losses, labels_sentence(setup, shown, say)),
    )
    beat.player(lines(setup, shown, say))
    if beat.answered:
        beat.report(explain(setup, descents, beat.word))
        beat.prose("once_is_enough")


def sentence(setup: Setup, descents: Descents, say: Say, word: str) -> str:
    """A sentence about the reader's logits with one softmax."""
    path = descents.paths[ONCE]
    rows = {"z": path.z[0], "p": descents.probabilities()[ONCE][0], "g": path.gradient[0]}
    facts = {name: ", ".join(readable(float(v), 3) for v in row) for name, row in rows.items()}
    return say(word, truth=setup.truth, loss=readable(float(path.loss[0]), 4), **facts)


def labels_sentence(setup: Setup, descents: Descents, say: Say) -> str:
    """The loss for the label as a number and as a one-hot row: the same."""
    z, y = (row[None] for row in setup.start())
    sparse = SparseCategoricalCrossentropy(from_logits=True)([setup.truth], z)
    dense = CategoricalCrossentropy(from_logits=True)(y, z)
    p = float(descents.probabilities()[ONCE][0, setup.truth])
    row = ", ".join(str(int(v)) for v in y[0])
    facts = {"sparse": readable(sparse, 5), "dense": readable(dense, 5), "p": readable(p, 4)}
    return say("both_labels", truth=setup.truth, row=row, **facts)


def lines(setup: Setup, descents: Descents, say: Say) -> list[str]:
    """Every step of either descent, for the player: the true class's logit, and the loss from its probability."""
    probabilities, c = descents.probabilities(), setup.truth

    def line(name: str, path: LogitPath, k: int) -> str:
        z, g, p = float(path.z[k, c]), float(path.gradient[k, c]), float(probabilities[name][k, c])
        then = z - setup.rate * g
        step = f"z{c} ← {readable(z, 5)} − {readable(setup.rate)}·{number(g)} = {readable(then, 5)}"
        return f"{say(name)}: E = −ln {readable(p, 5)} = {readable(float(path.loss[k]), 4)}, {step}"

    count = len(descents.paths[ONCE].loss)
    return ["\n".join(line(name, path, k) for name, path in descents.paths.items()) for k in range(count)]


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """Both descents as calls of dlcore."""
    for twice in (False, True):
        experiment.show(descend_logits, *setup.start(), twice, setup.rate, setup.steps)


def loop(setup: Setup) -> str:
    """Both descents in a few lines of NumPy: the loss at the start and after every step."""
    z, y = setup.start()
    softmax = "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()"
    run = f"""\
y, rate = np.array({y.tolist()!r}), {setup.rate!r}
for twice in (False, True):
    z = np.array({z.tolist()!r})
    for step in range({setup.steps} + 1):
        a = softmax(z)
        p = softmax(a) if twice else a
        print(step, -np.log(p @ y))
        g = a * (p - y - a @ (p - y)) if twice else p - y  # chain rule through the first softmax
        z = z - rate * g"""
    return short_program(softmax, run)


def details(beat: Beat, setup: Setup, descents: Descents) -> None:
    """Every step as a table; the loss as a formula, and as source with its gradient by the logits."""
    beat.numbers({"run_table": lambda: table(visible(beat, descents))})
    beat.source([CategoricalCrossentropy.formula], surprise, SparseCategoricalCrossentropy)


def table(descents: Descents) -> pd.DataFrame:
    """Every step of every descent."""
    tables = []
    for name, path in descents.paths.items():
        columns = {"softmax": name, "step": np.arange(len(path.loss)), "E": path.loss}
        columns |= {f"z{k}": path.z[:, k] for k in range(3)} | {f"dE/dz{k}": path.gradient[:, k] for k in range(3)}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)
