"""Not squares for classes: how hard cross-entropy and squared error pull at a saturated unit, and two trainings."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.datasets import BreastCancer, Circles, Dataset, GaussPairs, Moons
from dlcore.mismatch import Course, crossentropy_pull, from_saturated_start, squared_error_pull
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz import ties

REACH = 10.0
LOSSES = {"BCE": "binary_crossentropy", "MSE": "mean_squared_error"}
DATA: dict[str, Dataset] = {each.name(): each for each in (GaussPairs(), Moons(), Circles(), BreastCancer())}
SOONER = ("bce_sooner", "mse_sooner", "both_alike")
OWNS = ("z", "yes", "d3", "lr3", "e3", "seed3")
PRESETS = {"works": {}, "deeper": {"z": 10.0}, "larger_rate": {"lr3": 3.0}, "not_saturated": {"z": 0.0}}


@dataclass(frozen=True, eq=False)
class Saturated:
    """The pulls at one unit, and the courses of two networks whose output unit starts with the bias z."""

    z: float
    y: float
    data: Dataset
    rate: float
    courses: dict[str, Course]

    @property
    def x(self) -> np.ndarray:
        return np.linspace(-REACH, REACH, 401)

    def pulls(self) -> dict[str, np.ndarray]:
        """The size of dE/dz by z, for both losses."""
        return {
            "BCE": np.abs(crossentropy_pull(self.x, self.y)),
            "MSE": np.abs(squared_error_pull(self.x, self.y)),
        }

    def pull_said(self, say: Say) -> str:
        """Both gradients at z, written out."""
        strong, weak = float(crossentropy_pull(self.z, self.y)), float(squared_error_pull(self.z, self.y))
        sigma = float(crossentropy_pull(self.z, 0.0))
        facts = {"z": readable(self.z), "y": readable(self.y), "sigma": readable(sigma, 4)}
        facts |= {"rest": readable(float(crossentropy_pull(-self.z, 0.0)), 4)}
        ratio = abs(strong / weak) if weak else np.inf
        return say("pull_said", bce=readable(strong, 3), mse=readable(weak, 3), ratio=readable(ratio, 3), **facts)

    def mean(self, name: str) -> float:
        """A network's accuracy on average over the epochs."""
        return float(np.nanmean(self.courses[name].accuracy))

    @property
    def sooner(self) -> tuple[str, ...]:
        """The word for which network has the higher accuracy on average, one of SOONER; two on a border as told."""
        bce, mse = map(self.mean, LOSSES)
        return ties.either(_sooner, bce - mse, round(bce, 3) - round(mse, 3))

    def losses(self) -> dict[str, np.ndarray]:
        """How much of each network's own first loss is left after every epoch."""
        return {name: course.loss / course.loss[0] for name, course in self.courses.items()}

    def accuracies(self) -> dict[str, np.ndarray]:
        return {name: course.accuracy for name, course in self.courses.items()}

    def said(self, say: Say, word: str) -> str:
        """A sentence about the trainings."""
        epochs = len(self.courses["BCE"].loss) - 1
        return say(word, epochs=epochs, rate=readable(self.rate), z=readable(self.z))

    def because(self, say: Say) -> str:
        """What became of both networks."""
        return " ".join(self._told(say, name) for name in LOSSES)

    def _told(self, say: Say, name: str) -> str:
        course = self.courses[name]
        first, last = (readable(float(loss), 3) for loss in course.loss[[0, -1]])
        middle = len(course.accuracy) // 3
        facts = {"first": first, "last": last, "epoch": middle, "end": float(course.accuracy[-1])}
        facts["mean"] = self.mean(name)
        return say("course_ended", name=name, early=float(course.accuracy[middle]), **facts)

    def lines(self) -> list[str]:
        """What stands beneath the player after every epoch."""
        count = len(self.courses["BCE"].loss)
        return [
            "\n".join(
                f"{name}: E = {readable(float(course.loss[k]), 4)}, accuracy = {course.accuracy[k]:.1%}"
                for name, course in self.courses.items()
            )
            for k in range(count)
        ]

    def table(self) -> pd.DataFrame:
        """Every epoch of both networks."""
        columns: dict[str, np.ndarray] = {"epoch": np.arange(len(self.courses["BCE"].loss))}
        for name, course in self.courses.items():
            columns |= {f"{name} loss": course.loss, f"{name} accuracy": course.accuracy}
        return pd.DataFrame(columns)

    def pull_table(self) -> pd.DataFrame:
        """The pulls by z."""
        return pd.DataFrame({"z": self.x[::20]} | {name: pull[::20] for name, pull in self.pulls().items()})


def _sooner(lead: float) -> str:
    # what is told as one point apart is within a point, whatever rounding says
    return SOONER[2] if abs(lead) <= 0.01 + 1e-9 else SOONER[0] if lead > 0 else SOONER[1]


@shared(max_entries=128)
def _course(data: Dataset, loss: str, z: float, rate: float, epochs: int, seed: int) -> Course:
    return from_saturated_start(data, loss, z, rate, epochs, seed)


def chosen(beat: Beat) -> Saturated:
    """z, the target, and how the two networks are trained."""
    z = beat.slider("z", Number(5.0, -REACH, REACH), "weighted_sum_z")
    y = float(beat.switch("yes", Switch(False), "true_is_one"))
    rate = beat.slider("lr3", Number(0.3, 0.01, 10, log=True), "learning_rate")
    name = beat.menu("d3", Choice("gauss_pairs", tuple(DATA)), "data", named=beat.member)
    with beat.more():
        epochs = int(beat.slider("e3", Number(30, 1, 40, whole=True), "epochs"))
        seed = int(beat.box("seed3", Number(0, 0, 9999, whole=True), "seed"))
    data = DATA[name]
    beat.ran(squared_error_pull, z, y)
    beat.ran(crossentropy_pull, z, y)
    for loss in LOSSES.values():
        beat.ran(from_saturated_start, data, loss, z, rate, epochs, seed)
    courses = {short: _course(data, loss, z, rate, epochs, seed) for short, loss in LOSSES.items()}
    return Saturated(z, y, data, rate, courses)


def revealed(beat: Beat, found: Saturated) -> bool:
    """Whether the reader has guessed which network learns sooner."""
    return beat.predicted("who_learns_sooner", SOONER, found.sooner, found.because(beat.word))
