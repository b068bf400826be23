"""All rows or a sample: one line fitted with all rows a step, with a few and with one; one clock for all."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from dlcore.experiments.minibatches import SampledPath, gradient_noise, sampled_descent
from dlcore.experiments.optimizer_comparison import resolution
from dlcore.optimizers import SGD
from dlcore.surfaces import LineFit
from lessons.optimizers import height_errors
from lessons.optimizers.height_errors import above_lowest, error_text
from lessons.shared import landscapes
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.quiz import ties
from ui.script_export import Experiment

NEAREST = ("all_rows", "some_rows", "single_row")
"""The runs, by how many rows a step sees."""

TICKS = 100
"""Frames of the player in an epoch."""

FEW = 12
"""With fewer steps than this nobody can tell a swing from the way down."""

LATE = 1 / 3
"""The part of a run, at its end, in which swings are looked for."""


@dataclass(frozen=True)
class Setup:
    """Gradient descent on a line fit, with batches of the size set and, beside it, of all rows and of one.

    seed: the rows are shuffled anew in every epoch, with this seed.
    """

    surface: LineFit
    start: tuple[float, ...]
    rate: float
    batch_size: int
    epochs: int
    seed: int

    @property
    def rows(self) -> int:
        """How many rows the data has."""
        return len(self.surface.points[0])

    @property
    def sizes(self) -> dict[str, int]:
        """The batch size of every run, by its name of NEAREST; never more than there are rows."""
        return dict(zip(NEAREST, (self.rows, min(self.batch_size, self.rows), 1), strict=True))


@dataclass(frozen=True, eq=False)
class Noise:
    """How far a batch's gradient is from that of all rows: batch sizes, what was measured at the start, and theory."""

    sizes: np.ndarray
    measured: np.ndarray
    theory: np.ndarray


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs by their names of NEAREST, and the noise of their gradients.

    sizes: the batch size of every run. errors: the error on all rows above the lowest that a line can have, shape
    (steps + 1,). resolution: smaller errors are noise.
    """

    sizes: dict[str, int]
    paths: dict[str, SampledPath]
    errors: dict[str, np.ndarray]
    resolution: float
    noise: Noise

    @property
    def rows(self) -> int:
        """How many rows the data has."""
        return self.sizes["all_rows"]

    def start(self) -> "Runs":
        """The runs before their first step."""
        paths = {
            name: SampledPath(path.w[:1], path.height[:1], path.gradient[:1], path.seen[:1])
            for name, path in self.paths.items()
        }
        first = {name: error[:1] for name, error in self.errors.items()}
        return Runs(self.sizes, paths, first, self.resolution, self.noise)

    # a batch of one, or of all rows, may also be the reader's own: then two of the runs are one
    def path_by_size(self) -> dict[str, SampledPath]:
        """The runs by their batch size, the name under which they are drawn."""
        return {_label(self.sizes[name]): path for name, path in self.paths.items()}

    def error_by_size(self) -> dict[str, np.ndarray]:
        """The errors by batch size."""
        return {_label(self.sizes[name]): error for name, error in self.errors.items()}

    def clock(self) -> dict[str, np.ndarray]:
        """When every step of a run is shown: a hundred frames an epoch, by the rows it has looked at."""
        return {name: path.seen * TICKS / self.rows for name, path in self.path_by_size().items()}

    def epochs_seen(self) -> dict[str, np.ndarray]:
        """How often each run has looked at all rows, at every step."""
        return {name: path.seen / self.rows for name, path in self.path_by_size().items()}

    @property
    def lowest_line(self) -> float | None:
        """Where the picture of the errors ends below, if some are too small to be drawn."""
        return height_errors.lowest_line(self.error_by_size(), float(self.errors["all_rows"][0]))

    @property
    def nearest(self) -> tuple[str, ...]:
        """Which runs are lowest when all have seen the same number of rows; "nobody" if every one was lost."""
        ends = {name: np.inf if path.diverged else float(self.errors[name][-1]) for name, path in self.paths.items()}
        return ties.lowest(ends) or ("nobody",)

    def report(self, say: Say) -> str:
        """A line a run: how many steps it made of the same rows, where it ended, whether it still swings."""
        paths = self.path_by_size().items()
        return "\n".join(f"- {self._line(say, name, path)}" for name, path in paths)

    def _line(self, say: Say, name: str, path: SampledPath) -> str:
        error = self.error_by_size()[name]
        facts = {"name": name, "steps": path.steps, "error": error_text(float(error[-1]), self.resolution, 3)}
        if path.diverged:
            return say("sampled_lost", step=path.diverged, **facts)
        return f"{say('sampled_ended', **facts)} {_swing_sentence(say, error)}"

    def errors_sentence(self, setup: Setup, say: Say) -> str:
        """The picture of the errors in a sentence, with what it does not show."""
        caution = height_errors.caution(say, self.error_by_size(), self.lowest_line, self.resolution)
        return self.sentence(setup, say, "sampled_error_said") + caution

    def sentence(self, setup: Setup, say: Say, word: str) -> str:
        """A sentence about the runs, with their numbers."""
        high, size = float(self.errors["all_rows"][0]), self.sizes["some_rows"]
        return say(word, rows=self.rows, size=size, epochs=setup.epochs, high=readable(high, 3))

    def noise_sentence(self, say: Say) -> str:
        """The picture of the noise in a sentence."""
        single, size = float(self.noise.measured[0]), self.sizes["some_rows"]
        here = float(expected_noise(single, np.array(size), self.rows))
        return say("noise_said", single=readable(single, 3), size=size, rows=self.rows, here=readable(here, 3))

    def player_lines(self, epochs: int) -> list[str]:
        """What stands beneath the player at every frame: step and error of every run."""
        frames, clock = np.arange(epochs * TICKS + 1), self.clock()
        parts = []
        for name, path in self.path_by_size().items():
            at = np.searchsorted(clock[name], frames, side="right") - 1
            parts.append([f"{name}: k = {k}, E = {readable(float(path.height[k]))}" for k in at])
        return ["\n".join(row) for row in zip(*parts, strict=True)]

    def table(self) -> pd.DataFrame:
        """Every step of every run: batch size, step, rows seen, weights, error, the gradient of its sample."""
        tables = []
        for name, path in self.paths.items():
            columns: dict[str, object] = {"batch_size": self.sizes[name], "step": np.arange(len(path.w))}
            columns |= {"rows": path.seen, "a": path.w[:, 0], "b": path.w[:, 1], "E": path.height}
            tables.append(pd.DataFrame(columns | {"g_a": path.gradient[:, 0], "g_b": path.gradient[:, 1]}))
        return pd.concat(tables, ignore_index=True)


def _label(size: int) -> str:
    return f"B = {size}"


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The rate and the batch size; epochs, the order of the rows, the data and the start one click away."""
    rate = beat.slider("lr", Number(0.1, 0.001, 3, log=True), "learning_rate")
    size = int(beat.slider("batch", Number(20, 2, 200, whole=True), "batch_size"))
    beat.presets(("lr", "batch", "ep"), works={}, calm_single={"lr": 0.01, "ep": 3}, wild_single={"lr": 0.5})
    with beat.more():
        epochs = int(beat.slider("ep", Number(1, 1, 5, whole=True), "epochs"))
        seed = int(beat.box("order", Number(0, 0, 9999, whole=True), "order_seed"))
        surface = LineFit(landscapes.dataset(beat, "data", clears=("a", "b")))
        start = landscapes.start(beat, surface, ("a", "b"))
    return Setup(surface, start, rate, size, epochs, seed)


def measure(setup: Setup) -> Runs:
    """The runs of a setup, and the noise of a gradient at its start."""
    surface = setup.surface
    paths = {
        name: _run(surface, setup.start, setup.rate, size, setup.epochs, setup.seed)
        for name, size in setup.sizes.items()
    }
    lowest, smallest = float(surface(*surface.minima[0])), resolution(surface)
    above = {name: above_lowest(path.height, lowest, smallest) for name, path in paths.items()}
    return Runs(setup.sizes, paths, above, smallest, _noise(surface, setup.start))


@shared(max_entries=128)
def _run(surface: LineFit, start: tuple[float, ...], rate: float, size: int, epochs: int, seed: int) -> SampledPath:
    return sampled_descent(surface, start, SGD(rate), size, epochs, seed)


@shared(max_entries=64)
def _noise(surface: LineFit, start: tuple[float, ...]) -> Noise:
    rows = len(surface.points[0])
    sizes = noise_sizes(rows)
    measured = gradient_noise(surface, start, sizes)
    # with all rows there is no noise but rounding's
    return Noise(sizes, np.where(sizes < rows, measured, 0.0), expected_noise(measured[0], sizes, rows))


def noise_sizes(rows: int) -> np.ndarray:
    """The batch sizes whose noise is measured: the powers of two, and all rows."""
    return np.array(sorted({min(rows, 2**k) for k in range(12)} | {rows}))


def expected_noise(single: float, sizes: np.ndarray, rows: int) -> np.ndarray:
    """The noise that theory expects of batches of these sizes, from that of a single row."""
    return single / np.sqrt(sizes) * np.sqrt((rows - sizes) / max(1, rows - 1))


def largest_climb(error: np.ndarray) -> float:
    """The most that a run climbs: the largest rise from any step to a later one; 0 if it never goes up."""
    return float(np.max(error - np.minimum.accumulate(error)))


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, runs: Runs) -> Question:
    """Which run is nearest to the lowest error when all have seen the same number of rows."""
    return Question("who_is_nearest", (*NEAREST, "nobody"), runs.nearest)


def explain(setup: Setup, runs: Runs, say: Say) -> str:
    """Where every run ended, and whether it still swings."""
    return runs.report(say)


def _swing_sentence(say: Say, error: np.ndarray) -> str:
    """How far a run still climbs near its end, if it does and has steps enough to say so."""
    steps = len(error) - 1
    if largest_climb(error) == 0:
        return say("swings_nowhere")
    if steps < FEW:
        return say("swings_unknown", few=FEW)
    late = largest_climb(error[-1 - round(LATE * steps) :])
    return say("swings_late", swing=readable(late, 2)) if late else say("swings_early")


# ---- draw ------------------------------------------------------------------------------------------------------------


def visible(beat: Beat, runs: Runs) -> Runs:
    """As much of the runs as may be shown: before the answer their start alone."""
    return runs if beat.answered else runs.start()


def draw(beat: Beat, setup: Setup, runs: Runs) -> None:
    """The paths on the map beside their errors, by the rows seen; then how wrong the gradient of a batch is."""
    view, say = visible(beat, runs), beat.word
    clock = view.clock()
    over_map = landscapes.map_with_paths(setup.surface, view.path_by_size(), clock=clock, legend=False)
    titles = say("epochs_axis"), say("error_above_axis")
    at_start, how = float(runs.errors["all_rows"][0]), {"x": runs.epochs_seen(), "clock": runs.clock(), "log": True}
    if beat.answered:
        how |= {"floor": runs.lowest_line, "ceiling": height_errors.ceiling(at_start)}
    else:
        # a range that a lost run needs would say that one is lost
        how |= {"known": 1, "ends": height_errors.neutral_ends(at_start)}
    over_epochs = charts.lines_by_step(runs.error_by_size(), *titles, **how, last=setup.epochs)
    sentence = view.sentence(setup, say, "sampled_map_said")
    beat.side_by_side((over_map, sentence), (over_epochs, view.errors_sentence(setup, say)), clickable=True)
    # a run that is lost at once leaves nothing to play either
    moves = view.paths["single_row"].steps > 0
    beat.player(view.player_lines(setup.epochs) if moves else [""], counts="epoch_shown", each=1 / TICKS)
    if moves:
        beat.report(view.report(say))
    if beat.answered:
        # it says which size is a bargain
        beat.prose("noise")
    noise, titles = runs.noise, beat.words(x_title="batch_axis", y_title="noise_axis")
    picture = charts.noise_by_size(noise.sizes, noise.measured, noise.theory, runs.sizes["some_rows"], **titles)
    beat.picture(picture, runs.noise_sentence(say))


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The runs and the noise as calls of dlcore."""
    surface, start = setup.surface, setup.start
    for size in dict.fromkeys(setup.sizes.values()):
        experiment.show(sampled_descent, surface, start, SGD(setup.rate), size, setup.epochs, setup.seed)
    experiment.show(gradient_noise, surface, start, noise_sizes(setup.rows))


def details(beat: Beat, setup: Setup, runs: Runs) -> None:
    """Every step and the noise as tables, the rule and the model as formulas and source."""
    beat.numbers({"run_table": visible(beat, runs).table, "noise_table": lambda: noise_table(runs.noise)})
    beat.source([setup.surface.formula, SGD.formula], sampled_descent, gradient_noise)


def noise_table(noise: Noise) -> pd.DataFrame:
    """The numbers of the picture of the noise."""
    return pd.DataFrame({"batch_size": noise.sizes, "measured": noise.measured, "theory": noise.theory})
