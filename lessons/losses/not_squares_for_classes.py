"""Why not squared error for classes? The gradients of two losses at a saturated unit, and two trainings."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from dlcore.datasets import BreastCancer, Circles, Dataset, GaussPairs, Moons
from dlcore.experiments.loss_mismatch import LearningCurve, crossentropy_pull, from_saturated_start, squared_error_pull
from dlcore.losses import BinaryCrossentropy
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import percent, readable
from ui.question import Question
from ui.quiz import ties
from ui.script_export import Experiment, short_program

REACH = 10.0
"""How far from 0 the weighted sum can be."""

LOSSES = {"BCE": "binary_crossentropy", "MSE": "mean_squared_error"}
DATA: dict[str, Dataset] = {each.name(): each for each in (GaussPairs(), Moons(), Circles(), BreastCancer())}
TRUTHS = ("0", "1")
"""What the target can be."""

SOONER = ("bce_sooner", "mse_sooner", "both_alike")


@dataclass(frozen=True)
class Setup:
    """The weighted sum z of a sigmoid unit and its target, 0 or 1; and how two networks are trained.

    z is also the bias with which the output unit of either network starts.
    """

    z: float
    truth: float
    data: Dataset
    rate: float
    epochs: int
    seed: int


@dataclass(frozen=True, eq=False)
class Comparison:
    """By loss, the size of dE/dz at the weighted sums z, shape (places,), and how its network was trained."""

    z: np.ndarray
    gradients: Mapping[str, np.ndarray]
    courses: Mapping[str, LearningCurve]

    def mean_accuracy(self, name: str) -> float:
        """A network's accuracy on average over the epochs."""
        return float(np.nanmean(self.courses[name].accuracy))

    def loss_left(self) -> dict[str, np.ndarray]:
        """How much of each network's own first loss is left after every epoch."""
        return {name: course.loss / course.loss[0] for name, course in self.courses.items()}

    def accuracies(self) -> dict[str, np.ndarray]:
        """Each network's accuracy after every epoch."""
        return {name: course.accuracy for name, course in self.courses.items()}

    def lines(self, say: Say) -> list[str]:
        """Loss and accuracy of both networks after every epoch, for the player."""
        accuracy = say("accuracy_axis")
        return [
            "\n".join(
                f"{name}: E = {readable(float(run.loss[k]), 4)}, {accuracy} = {percent(float(run.accuracy[k]), 1)}"
                for name, run in self.courses.items()
            )
            for k in range(len(self.courses["BCE"].loss))
        ]


def choose(beat: Beat) -> Setup:
    """z, the target, and how the two networks are trained."""
    z = beat.slider("z", Number(5.0, -REACH, REACH), "weighted_sum_z")
    truth = float(beat.choice("yes", Choice("0", TRUTHS), "true_value", option_label=str))
    rate = beat.slider("lr3", Number(0.3, 0.01, 10, log=True), "learning_rate")
    name = beat.menu("d3", Choice("gauss_pairs", tuple(DATA)), "data", option_label=beat.member)
    with beat.more():
        epochs = int(beat.slider("e3", Number(30, 1, 40, whole=True), "epochs"))
        seed = int(beat.box("seed3", Number(0, 0, 9999, whole=True), "seed"))
    controls = ("z", "yes", "d3", "lr3", "e3", "seed3")
    beat.presets(controls, works={}, deeper={"z": 10.0}, larger_rate={"lr3": 3.0}, not_saturated={"z": 0.0})
    return Setup(z, truth, DATA[name], rate, epochs, seed)


def measure(setup: Setup) -> Comparison:
    """The gradients of both losses for every z, and both trainings from the setup's."""
    z = np.linspace(-REACH, REACH, 401)
    gradients = {
        "BCE": np.abs(crossentropy_pull(z, setup.truth)),
        "MSE": np.abs(squared_error_pull(z, setup.truth)),
    }
    start = setup.z, setup.rate, setup.epochs, setup.seed
    return Comparison(z, gradients, {name: _course(setup.data, loss, *start) for name, loss in LOSSES.items()})


@shared(max_entries=128)
def _course(data: Dataset, loss: str, z: float, rate: float, epochs: int, seed: int) -> LearningCurve:
    return from_saturated_start(data, loss, z, rate, epochs, seed)


def question(setup: Setup, comparison: Comparison) -> Question:
    """Which network has the higher accuracy on average; two on a border as the reader sees them."""
    bce, mse = map(comparison.mean_accuracy, LOSSES)
    return Question("who_learns_sooner", SOONER, ties.either(_sooner, bce - mse, round(bce, 3) - round(mse, 3)))


def _sooner(lead: float) -> str:
    # what is written as one point apart is within a point, whatever rounding says
    return SOONER[2] if abs(lead) <= 0.01 + 1e-9 else SOONER[0] if lead > 0 else SOONER[1]


def explain(setup: Setup, comparison: Comparison, say: Say) -> str:
    """What became of both networks."""
    return " ".join(_course_sentence(comparison, name, say) for name in LOSSES)


def _course_sentence(comparison: Comparison, name: str, say: Say) -> str:
    course = comparison.courses[name]
    first, last = (readable(float(loss), 3) for loss in course.loss[[0, -1]])
    third = len(course.accuracy) // 3
    facts = {"first": first, "last": last, "epoch": third, "end": float(course.accuracy[-1])}
    facts["mean"] = comparison.mean_accuracy(name)
    return say("course_ended", name=name, early=float(course.accuracy[third]), **facts)


def draw(beat: Beat, setup: Setup, comparison: Comparison) -> None:
    """Both gradients by z, and both trainings; before the answer these at their start."""
    titles = beat.words(x_title="z_axis", y_title="pull_axis")
    points = {name: (setup.z, size) for name, size in gradient_sizes(setup).items()}
    gradients = charts.gradient_by_sum(comparison.z, comparison.gradients, points, (0.0, 1.05), **titles)
    known = None if beat.answered else 1
    epoch, left, right = map(beat.word, ("epoch_axis", "share_left_axis", "accuracy_axis"))
    losses = charts.lines_by_step(comparison.loss_left(), x_title=epoch, y_title=left, known=known)
    accuracies = charts.accuracy_by_epoch(comparison.accuracies(), x_title=epoch, y_title=right, known=known)
    facts = {"epochs": setup.epochs, "rate": readable(setup.rate), "z": readable(setup.z)}
    start = float(comparison.courses["BCE"].accuracy[0])
    said = explain(setup, comparison, beat.word) if beat.answered else beat.word("course_starts", start=start)
    beat.side_by_side(
        (gradients, gradient_sentence(setup, beat.word)),
        (losses, beat.word("course_said", **facts)),
        (accuracies, said),
    )
    beat.player(comparison.lines(beat.word)[:known], counts="epoch_shown")
    if beat.answered:
        beat.prose("why_it_cancels")


def gradient_sizes(setup: Setup) -> dict[str, float]:
    """By loss, the size of dE/dz at the reader's z."""
    pulls = {"BCE": crossentropy_pull, "MSE": squared_error_pull}
    return {name: abs(float(pull(setup.z, setup.truth))) for name, pull in pulls.items()}


def gradient_sentence(setup: Setup, say: Say) -> str:
    """Both gradients at z, written out."""
    bce, mse = float(crossentropy_pull(setup.z, setup.truth)), float(squared_error_pull(setup.z, setup.truth))
    # for a target of 0 the gradient of cross-entropy is the unit's output
    sigma, rest = (readable(float(crossentropy_pull(z, 0.0)), 4) for z in (setup.z, -setup.z))
    facts = {"z": readable(setup.z), "y": readable(setup.truth), "sigma": sigma, "rest": rest}
    ratio = abs(bce / mse) if mse else np.inf
    return say("pull_said", bce=readable(bce, 3), mse=readable(mse, 3), ratio=readable(ratio, 3), **facts)


def program(setup: Setup, experiment: Experiment) -> None:
    """Both gradients at z and both trainings, as calls of dlcore."""
    experiment.show(squared_error_pull, setup.z, setup.truth)
    experiment.show(crossentropy_pull, setup.z, setup.truth)
    for loss in LOSSES.values():
        experiment.show(from_saturated_start, setup.data, loss, setup.z, setup.rate, setup.epochs, setup.seed)


def loop(setup: Setup) -> str:
    """Both gradients at z in a few lines of NumPy."""
    run = f"""\
z, y = {setup.z!r}, {setup.truth!r}
a = 1 / (1 + np.exp(-z))
print("BCE", a - y)
print("MSE", (a - y) * a * (1 - a))"""
    return short_program(run)


def details(beat: Beat, setup: Setup, comparison: Comparison) -> None:
    """The gradients and, after the answer, both trainings as tables; the loss as a formula, what ran as source."""
    trainings = {"training_table": lambda: training_table(comparison)} if beat.answered else {}
    beat.numbers({"pull_table": lambda: gradient_table(comparison)} | trainings)
    beat.source([BinaryCrossentropy.formula], squared_error_pull, from_saturated_start)


def gradient_table(comparison: Comparison) -> pd.DataFrame:
    """The gradients at every twentieth z."""
    return pd.DataFrame({"z": comparison.z[::20]} | {name: size[::20] for name, size in comparison.gradients.items()})


def training_table(comparison: Comparison) -> pd.DataFrame:
    """Every epoch of both networks."""
    columns: dict[str, np.ndarray] = {"epoch": np.arange(len(comparison.courses["BCE"].loss))}
    for name, course in comparison.courses.items():
        columns |= {f"{name} loss": course.loss, f"{name} accuracy": course.accuracy}
    return pd.DataFrame(columns)
