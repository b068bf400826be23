"""All rows or a sample: one line fitted with all rows a step, with a few and with one; one clock for all."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.contest import resolution
from dlcore.optimizers import SGD
from dlcore.sampling import SampledPath, gradient_noise, sampled_descent
from dlcore.surfaces import LineFit
from lessons.shared import landscapes
from ui import errors
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz import ties

NEAREST = ("all_rows", "some_rows", "single_row")
TICKS = 100
"""Frames of the player in an epoch."""

FEW = 12
"""With fewer steps than this nobody can tell a swing from the way down."""
LATE = 1 / 3
"""The part of a run, at its end, in which swings are looked for."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """Three runs by how many rows a step sees, and on what."""

    surface: LineFit
    start: tuple[float, ...]
    sizes: dict[str, int]
    epochs: int
    runs: dict[str, SampledPath]

    @property
    def rows(self) -> int:
        """How many rows the data has."""
        return len(self.surface.points[0])

    @cached_property
    def noise_of_rounding(self) -> float:
        return resolution(self.surface)

    def above(self, run: SampledPath) -> np.ndarray:
        """The error on all rows above the lowest that a line can have, at every step of a run."""
        return errors.above(run.height, float(self.surface(*self.surface.minima[0])), self.noise_of_rounding)

    def written(self, error: float, digits: int = 4) -> str:
        """Such an error as people write it."""
        return errors.written(error, self.noise_of_rounding, digits)

    def clock(self) -> dict[str, np.ndarray]:
        """When every row of a run is shown: a hundred frames an epoch, by the rows it has looked at."""
        return {name: path.seen * TICKS / self.rows for name, path in self.drawn().items()}

    def epochs_seen(self) -> dict[str, np.ndarray]:
        """How often each run has looked at all rows, at every step."""
        return {name: path.seen / self.rows for name, path in self.drawn().items()}

    def heights(self) -> dict[str, np.ndarray]:
        """The error on all rows above the lowest that a line can have, at every step."""
        return {name: self.above(path) for name, path in self.drawn().items()}

    @property
    def lowest_line(self) -> float | None:
        """Where the picture of the errors ends below, if some are too small to be drawn."""
        heights = self.heights()
        return errors.lowest_line(heights, float(heights[f"B = {self.rows}"][0]))

    def drawn(self) -> dict[str, SampledPath]:
        """The runs by the batch size, the name under which they are drawn."""
        # a batch of one, or of all rows, may also be the reader's own: then it is one run
        return {f"B = {self.sizes[name]}": path for name, path in self.runs.items()}

    @property
    def nearest(self) -> tuple[str, ...]:
        """Which runs are lowest when all have seen the same number of rows; "nobody" if every one was lost."""
        ends = {name: np.inf if run.diverged else float(self.above(run)[-1]) for name, run in self.runs.items()}
        return ties.lowest(ends) or ("nobody",)

    def before_the_run(self) -> "Sampled":
        """The same with nothing but the start."""
        first = {
            name: SampledPath(run.w[:1], run.height[:1], run.gradient[:1], run.seen[:1])
            for name, run in self.runs.items()
        }
        return Sampled(self.surface, self.start, self.sizes, self.epochs, first)

    def said(self, say: Say, word: str) -> str:
        """A sentence about the runs, with their numbers."""
        high = self.heights()[f"B = {self.rows}"][0]
        return say(
            word, rows=self.rows, size=self.sizes["some_rows"], epochs=self.epochs, high=readable(float(high), 3)
        )

    def errors_said(self, say: Say) -> str:
        """The picture of the errors in a sentence, with what it does not show."""
        caution = errors.caution(say, self.heights(), self.lowest_line, self.noise_of_rounding)
        return self.said(say, "sampled_error_said") + caution

    def report(self, say: Say) -> str:
        """A line a run: how many steps it made of the same rows, where it ended, whether it still swings."""
        return "\n".join(f"- {self._told(say, name, run)}" for name, run in self.drawn().items())

    def _told(self, say: Say, name: str, run: SampledPath) -> str:
        error = self.above(run)
        facts = {"name": name, "steps": run.steps, "error": self.written(float(error[-1]), 3)}
        if run.diverged:
            return say("sampled_lost", step=run.diverged, **facts)
        return f"{say('sampled_ended', **facts)} {self._swing_told(say, error)}"

    def _swing_told(self, say: Say, error: np.ndarray) -> str:
        """How far a run still climbs near its end, if it does and has steps enough to say so."""
        steps = len(error) - 1
        if climb(error) == 0:
            return say("swings_nowhere")
        if steps < FEW:
            return say("swings_unknown", few=FEW)
        late = climb(error[-1 - round(LATE * steps) :])
        return say("swings_late", swing=readable(late, 2)) if late else say("swings_early")

    def lines(self) -> list[str]:
        """What stands beneath the player at every frame: step and error of every run."""
        frames, clock = np.arange(self.epochs * TICKS + 1), self.clock()
        parts = []
        for name, path in self.drawn().items():
            at = np.searchsorted(clock[name], frames, side="right") - 1
            parts.append([f"{name}: k = {k}, E = {readable(float(path.height[k]))}" for k in at])
        return ["\n".join(row) for row in zip(*parts, strict=True)]

    def noise(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Batch sizes, the measured noise of their gradient at the start, and what theory expects of it."""
        return _noise(self.surface, self.start)

    def noise_table(self) -> pd.DataFrame:
        """The numbers of the picture of the noise."""
        return pd.DataFrame(dict(zip(("batch_size", "measured", "theory"), self.noise(), strict=True)))

    def noise_said(self, say: Say) -> str:
        """The picture of the noise in a sentence."""
        (_, measured, _), size = self.noise(), self.sizes["some_rows"]
        here = float(_expected(measured[0], np.array(size), self.rows))
        return say("noise_said", single=readable(float(measured[0]), 3), size=size, here=readable(here, 3))

    def table(self) -> pd.DataFrame:
        """Every step of every run: batch size, step, rows seen, weights, error, the gradient of its sample."""
        tables = []
        for name, run in self.runs.items():
            columns: dict[str, object] = {
                "batch_size": self.sizes[name],
                "step": np.arange(len(run.w)),
                "rows": run.seen,
            }
            columns |= {"a": run.w[:, 0], "b": run.w[:, 1], "E": run.height}
            tables.append(pd.DataFrame(columns | {"g_a": run.gradient[:, 0], "g_b": run.gradient[:, 1]}))
        return pd.concat(tables, ignore_index=True)


@shared(max_entries=128)
def _run(surface: LineFit, start: tuple[float, ...], rate: float, size: int, epochs: int, seed: int) -> SampledPath:
    return sampled_descent(surface, start, SGD(rate), size, epochs, seed)


@shared(max_entries=64)
def _noise(surface: LineFit, start: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = len(surface.points[0])
    sizes = np.array(sorted({min(rows, 2**k) for k in range(12)} | {rows}))
    measured = gradient_noise(surface, start, sizes)
    theory = _expected(measured[0], sizes, rows)
    # with all rows there is no noise but rounding's
    return sizes, np.where(sizes < rows, measured, 0.0), theory


def _expected(single: float, sizes: np.ndarray, rows: int) -> np.ndarray:
    """The noise that theory expects of batches of these sizes, from that of a single row."""
    return single / np.sqrt(sizes) * np.sqrt((rows - sizes) / max(1, rows - 1))


def climb(error: np.ndarray) -> float:
    """The most that a run climbs: the largest rise from any step to a later one; 0 if it never goes up."""
    return float(np.max(error - np.minimum.accumulate(error)))


def sampled(surface: LineFit, start: tuple[float, ...], rate: float, size: int, epochs: int, seed: int) -> Sampled:
    """Gradient descent with all rows a step, with ``size`` of them, and with one."""
    rows = len(surface.points[0])
    sizes = {"all_rows": rows, "some_rows": min(size, rows), "single_row": 1}
    runs = {name: _run(surface, start, rate, count, epochs, seed) for name, count in sizes.items()}
    return Sampled(surface, start, sizes, epochs, runs)


def run(beat: Beat) -> tuple[Sampled, Sampled]:
    """What the reader has set up, and as much of it as may be shown: all once it is guessed which comes nearest."""
    with beat.panel:
        rate = beat.slider("lr", Number(0.1, 0.001, 3, log=True), "learning_rate")
        size = int(beat.slider("batch", Number(20, 2, 200, whole=True), "batch_size"))
        beat.presets(("lr", "batch", "ep"), works={}, calm_single={"lr": 0.01, "ep": 3}, wild_single={"lr": 0.5})
        with beat.more():
            epochs = int(beat.slider("ep", Number(1, 1, 5, whole=True), "epochs"))
            seed = int(beat.box("order", Number(0, 0, 9999, whole=True), "order_seed"))
            surface = LineFit(landscapes.dataset(beat, "data", clears=("a", "b")))
            start = landscapes.start(beat, surface, ("a", "b"))
    with beat.stage:
        found = sampled(surface, start, rate, size, epochs, seed)
        for count in dict.fromkeys(found.sizes.values()):
            beat.ran(sampled_descent, surface, start, SGD(rate), count, epochs, seed)
        beat.ran(gradient_noise, surface, start, found.noise()[0])
        told = beat.predicted("who_is_nearest", (*NEAREST, "nobody"), found.nearest, found.report(beat.word))
    return found, found if told else found.before_the_run()


def play(beat: Beat, shown: Sampled) -> None:
    """The player, and what happened."""
    moved = shown.runs["single_row"].steps > 0
    beat.player(shown.lines() if moved else [""])
    if moved:
        st.markdown(shown.report(beat.word))
