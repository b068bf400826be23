"""Where does it end? The minimum that every start of a grid reaches, and what share of the starts each collects."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from dlcore.experiments.descent import DIVERGED, Basins, Path, basins, walk
from dlcore.optimizers import SGD
from dlcore.surfaces import Surface
from lessons.gradient_descent.compared_runs import place_in_words, run_of
from lessons.shared import landscapes, numpy_loops
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.question import Question
from ui.script_export import Experiment, call, short_program

SHARES = ("share_quarter", "share_half", "share_three_quarters", "share_most")
STEPS = Number(200, 1, 300, whole=True)
START = ("sx", "sy")
"""The controls of the start whose path is drawn: what only changes the view is not in the setup."""


@dataclass(frozen=True)
class Setup:
    """Gradient descent from a grid of starts, ``count`` along every weight."""

    surface: Surface
    rate: float
    steps: int
    count: int = 100


def choose(beat: Beat) -> Setup:
    """The landscape, the rate and the steps."""
    surface = landscapes.landscape(beat, "g", "himmelblau", (2,), clears=("lr4", *START))
    rate = beat.slider("lr4", Number(surface.rate, 1e-5, 10, log=True), "learning_rate")
    steps = beat.slider("n4", STEPS, "steps")
    landscapes.start(beat, surface, START, hint="click_shows_path")
    controls, box, short = ("g", "g_text", "g_size", "lr4", "n4", *START), {"g": "rastrigin"}, {"g": "rosenbrock"}
    beat.presets(controls, works={}, torn_edges={"lr4": 0.02}, egg_box=box, crawls=short)
    return Setup(surface, rate, int(steps))


@shared(max_entries=64)
def measure(setup: Setup) -> Basins:
    """Which minimum each start reaches."""
    return basins(setup.surface, setup.surface.grid(setup.count), SGD(setup.rate), setup.steps)


def question(setup: Setup, ends: Basins) -> Question:
    """How large a share of the starts the most visited minimum collects.

    Exactly a half is both "25-50 %" and "50-75 %"; a quarter is not "less than 25 %", and three quarters are "75 % or
    more".
    """
    share = float(ends.share[0]) if len(ends.share) else 0.0
    holds = (share < 0.25, 0.25 <= share <= 0.5, 0.5 <= share <= 0.75, share >= 0.75)
    return Question(
        "how_large_a_share", SHARES, [word for word, true in zip(SHARES, holds, strict=True) if true], ordered=True
    )


def explain(setup: Setup, ends: Basins, say: Say) -> str:
    """How many starts reach which minimum, and how many none."""
    parts = [
        say("basin_reached", number=k + 1, share=share, place=place_in_words(at))
        for k, (at, share) in enumerate(zip(ends.minima[:4], ends.share, strict=False))
    ]
    others = float(ends.share[4:].sum())
    if others:
        parts.append(say("basin_others", count=len(ends.minima) - 4, share=others))
    return " ".join([*parts, say("basin_rest", diverged=ends.diverged, undecided=ends.undecided)])


def draw(beat: Beat, setup: Setup, ends: Basins) -> None:
    """The map of the basins and the path of one start on it; before the answer the landscape from above."""
    surface = setup.surface
    start = landscapes.chosen_start(beat, surface, START)
    if beat.answered:
        path = path_from(setup, start)
        image, minima, sentence = charts.basin_colours(ends.label), ends.minima, explain(setup, ends, beat.word)
        sentence = f"{sentence} {path_sentence(setup, ends, path, beat.word)}"
    else:
        path = None
        image, minima, sentence = landscapes.from_above(surface), ends.minima[:0], beat.word("basins_hidden")
    places = {"starts": np.array([start]), "path": path.w if path else None}
    basin_map = charts.basin_map(image, surface.extent, minima, x_title="x", y_title="y", **places)
    beat.side_by_side((basin_map, sentence), clickable=True)


def path_from(setup: Setup, start: tuple[float, ...]) -> Path | None:
    """The path of the ball from one start; None where there is no slope."""
    if not landscapes.defined(setup.surface, start):
        return None
    return run_of(setup.surface, start, SGD(setup.rate), setup.steps)[0]


def path_sentence(setup: Setup, ends: Basins, path: Path | None, say: Say) -> str:
    """Where the drawn path leads: to which of the numbered minima, or to none."""
    if path is None:
        return say("path_undefined")
    label = int(basins(setup.surface, path.w[:1].T, SGD(setup.rate), setup.steps).label[0])
    facts = {"start": place_in_words(path.w[0]), "end": place_in_words(path.w[-1]), "steps": path.steps}
    if label >= 0:
        near = np.linalg.norm(ends.minima - path.w[-1], axis=1) if len(ends.minima) else np.array([])
        if len(near):
            return say("path_arrives", number=int(near.argmin()) + 1, **facts)
    return say("path_lost" if label == DIVERGED else "path_undecided", **facts)


def program(setup: Setup, experiment: Experiment) -> None:
    """The map as a call of dlcore."""
    experiment.show(basins, setup.surface, call(setup.surface.grid, setup.count), SGD(setup.rate), setup.steps)


def loop(setup: Setup) -> str:
    """All balls at once in a few lines of NumPy: the share that comes to rest beside each minimum that is known."""
    surface = setup.surface
    if not surface.minima:
        return ""
    ends = [f"np.linspace({low}, {high}, {setup.count})" for low, high in surface.extent]
    near = tuple(0.01 * (high - low) for low, high in surface.extent)
    run = f"""\
{", ".join(surface.weights)} = np.meshgrid({", ".join(ends)}, indexing="ij")
w, rate = np.array([{", ".join(surface.weights)}]), {setup.rate!r}
with np.errstate(all="ignore"):  # some may diverge
    for step in range({setup.steps}):
        w = w - rate * gradient(*w)
for minimum in {list(surface.minima)!r}:
    there = [abs(v - m) < d for v, m, d in zip(w, minimum, {near!r})]
    print(minimum, np.mean(np.all(there, axis=0)))"""
    return short_program(*numpy_loops.landscape(surface), run)


def details(beat: Beat, setup: Setup, ends: Basins) -> None:
    """The minima, once they may be shown, and the map as tables; formulas and source."""
    answer = {"basin_table": lambda: basin_table(setup.surface, ends)} if beat.answered else {}
    beat.numbers(answer | {"map_table": lambda: landscapes.heights(setup.surface)})
    beat.source([setup.surface.formula, SGD.formula], basins, walk, SGD.update_step)


def basin_table(surface: Surface, ends: Basins) -> pd.DataFrame:
    """Every minimum that was reached: its place, its height, its share of the starts."""
    columns = {letter: ends.minima[:, i] for i, letter in enumerate(surface.weights)}
    return pd.DataFrame(columns | {"E": surface(*ends.minima.T), "share": ends.share})
