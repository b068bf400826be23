"""Three rates: what becomes of the one that is too large, beside one too small and one that fits, from one start?"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from charts.picture import Picture
from dlcore.experiments.descent import Path, descend
from dlcore.experiments.diagnosis import Diagnosis, diagnose
from dlcore.experiments.stability_limits import Limits, limits
from dlcore.optimizers import SGD
from dlcore.surfaces import Surface
from lessons.learning_rate.rate_scale import limits_of, scale_of, slider_for
from lessons.shared import landscapes, numpy_loops
from lessons.shared.run_fates import FATES, against_limit, fates_of, height_in_words
from lessons.shared.worked_steps import gradient_steps
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import percent, readable
from ui.question import Question
from ui.quiz.goals import Goal
from ui.quiz.ties import significant
from ui.script_export import Experiment, short_program

SMALL, FITTING, LARGE = NAMES = ("η₁", "η₂", "η₃")
KEYS = {SMALL: ("s", "small_rate"), FITTING: ("r", "fitting_rate"), LARGE: ("l", "large_rate")}
"""The key of each rate's slider, and its word."""

STEPS = Number(60, 1, 200, whole=True)


@dataclass(frozen=True)
class Setup:
    """Gradient descent from a surface's own start, with three learning rates in the order of NAMES."""

    surface: Surface
    rates: tuple[float, float, float]
    steps: int

    @property
    def by_name(self) -> dict[str, float]:
        """The rates by their names."""
        return dict(zip(NAMES, self.rates, strict=True))

    @property
    def defined(self) -> bool:
        """Whether the surface and its slope are numbers at the start."""
        return landscapes.defined(self.surface, self.surface.start)

    @property
    def ends(self) -> tuple[float, float]:
        """From where to where the axis of rates reaches."""
        scale = scale_of(self.surface)
        return min(scale / 100, min(self.rates) / 1.5), max(scale * 3, max(self.rates) * 1.5)


@dataclass(frozen=True, eq=False)
class Runs:
    """The limits of the valley, and by the name of its rate the path of every run and how it ended.

    diagnoses: none where the runs are not to be shown.
    """

    limits: Limits
    paths: dict[str, Path]
    diagnoses: dict[str, Diagnosis]

    def start(self) -> "Runs":
        """The runs before their first step."""
        starts = {name: Path(path.w[:1], path.height[:1], path.gradient[:1]) for name, path in self.paths.items()}
        return Runs(self.limits, starts, {})


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The landscape and three rates, which are too small, fitting and too large on any of them."""
    surface = landscapes.landscape(beat, "f", "narrow_valley", (1, 2), clears=("s", "r", "l"))
    defaults = default_rates(surface)
    small, fitting, large = (
        beat.slider(key, slider_for(surface, defaults[name]), word) for name, (key, word) in KEYS.items()
    )
    near = {"r": 0.079, "l": 0.081}
    slow, bowl, curved = {"s": 1e-5, "r": 3e-4, "l": 1e-3}, {"f": "bowl"}, {"f": "rosenbrock"}
    controls = ("f", "f_text", "f_size", "s", "r", "l", "n")
    beat.presets(controls, works={}, hair_apart=near, all_too_small=slow, round_bowl=bowl, crawls=curved)
    with beat.more():
        steps = beat.slider("n", STEPS, "steps")
    return Setup(surface, (small, fitting, large), int(steps))


def default_rates(surface: Surface) -> dict[str, float]:
    """Three rates by name: a small share of the limit, the fastest, and just beyond the limit."""
    scale, fastest = scale_of(surface), limits_of(surface).fastest
    fitting = _rounded_down(fastest if fastest < scale else scale / 2, 3)
    return {SMALL: significant(0.03 * scale, 2), FITTING: fitting, LARGE: significant(1.05 * scale, 3)}


def _rounded_down(value: float, digits: int) -> float:
    # the fastest rate of a razor-thin valley lies so close below the limit that rounding could cross it
    unit = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    return significant(math.floor(value / unit * (1 + 1e-9)) * unit, digits)


# ---- measure, question -----------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Runs:
    """Gradient descent with each of the three rates."""
    runs = {name: _run(setup.surface, rate, setup.steps) for name, rate in setup.by_name.items()}
    paths = {name: path for name, (path, _) in runs.items()}
    return Runs(limits_of(setup.surface), paths, {name: diagnosis for name, (_, diagnosis) in runs.items()})


@shared(max_entries=256)
def _run(surface: Surface, rate: float, steps: int) -> tuple[Path, Diagnosis]:
    path = descend(surface, surface.start, SGD(rate), steps)
    return path, diagnose(surface, path)


def question(setup: Setup, runs: Runs) -> Question | None:
    """What becomes of the largest rate's run; nothing where the landscape is not defined at the start."""
    return Question("fate_of_large", FATES, fates_of(runs.diagnoses[LARGE])) if setup.defined else None


def explain(setup: Setup, runs: Runs, say: Say) -> str:
    """Why the largest rate did what it did."""
    return f"{run_sentence(setup, runs, LARGE, say)} {axis_sentence(setup, runs, say)}"


def goals(setup: Setup, runs: Runs) -> tuple[Goal]:
    """All three rates, each another one, lose 99 % of the height above the lowest place that is known."""
    heights = {name: np.nan_to_num(path.height, nan=np.inf) for name, path in runs.paths.items()}
    known = [float(setup.surface(*place)) for place in setup.surface.minima]
    floor = min([*known, *(float(height.min()) for height in heights.values())])
    left = [_share_left(height, floor) for height in heights.values()]
    small, fitting, large = setup.rates
    reached = small < fitting < large and all(share <= 0.01 for share in left)
    measured = ", ".join(f"{name}: {percent(share, 1)}" for name, share in zip(heights, left, strict=True))
    return (Goal("goal_learning_rate_all_arrive", reached, measured, {"left": 0.01}),)


def _share_left(height: np.ndarray, floor: float) -> float:
    """The share of a path's height above the floor that is left at its end; infinite where it began no higher."""
    return float((height[-1] - floor) / (height[0] - floor)) if np.isfinite(floor) and height[0] > floor else np.inf


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, runs: Runs) -> None:
    """The three runs side by side, the axis of rates with its marks, and the heights step by step."""
    landscapes.warn_if_undefined(beat, setup.surface, setup.surface.start)
    shown = visible(beat, runs)
    sentences = [run_sentence(setup, shown, name, beat.word) for name in NAMES]
    if len(setup.surface.weights) == 1:
        beat.side_by_side(*zip(curves(setup.surface, shown, beat.word("error_axis")), sentences, strict=True))
    else:
        maps = landscapes.map_for_each_run(setup.surface, shown.paths, name="rate_maps", slope=0.5)
        beat.picture(maps, "\n".join(f"- {sentence}" for sentence in sentences))
    beat.player(steps_by_hand(setup, shown), checked=True)
    rates = charts.rate_axis(setup.by_name, marks(setup, shown), setup.ends, beat.word("rate_axis"))
    titles = beat.words(x_title="step_axis", y_title="error_axis")
    ends = {"steps": setup.steps, "lowest": landscapes.lowest(setup.surface)}
    fall = charts.three_heights(shown.paths, **titles, **ends)
    beat.side_by_side((rates, axis_sentence(setup, shown, beat.word)), (fall, heights_sentence(shown, beat.word)))
    if shown.diagnoses:
        with beat.expander("analogy_opens"):
            beat.prose("analogy")


def visible(beat: Beat, runs: Runs) -> Runs:
    """As much of the runs as may be shown: before the answer their start."""
    return runs if beat.answered else runs.start()


def curves(surface: Surface, runs: Runs, y_title: str) -> list[Picture]:
    """Every run on the curve of a landscape of one weight, small: they stand side by side."""
    (w,) = surface.grid(200)
    titles = {"x_title": surface.weights[0], "y_title": y_title}
    single = [{name: on_the_map(surface, path)} for name, path in runs.paths.items()]
    return charts.three_places([charts.curve_with_balls(w, surface(w), each, **titles) for each in single])


def on_the_map(surface: Surface, path: Path) -> Path:
    """The path without what happens beside the map once the ball does not come back: its zigzag would be a wall."""
    gone = step_off_the_map(surface, path)
    end = len(path.w) if gone is None else gone + 1
    return Path(path.w[:end], path.height[:end], path.gradient[:end], path.diverged)


def step_off_the_map(surface: Surface, path: Path) -> int | None:
    """The step from which on a ball is beside the map for good, or None if it is on it in the end."""
    low, high = np.array(surface.extent[: path.w.shape[1]]).T
    with np.errstate(invalid="ignore"):
        on = ((path.w >= low) & (path.w <= high)).all(axis=1)
    return None if on[-1] else len(on) - int(np.argmax(on[::-1])) if on.any() else 0


def marks(setup: Setup, runs: Runs) -> dict[str, float]:
    """The fastest rate and the limit, by their formulas; nothing before the answer, or where there is no limit."""
    limit, fastest = runs.limits.limit, runs.limits.fastest
    if not runs.diagnoses or not math.isfinite(limit):
        return {}
    label = "2/(λ₁+λ₂)" if len(setup.surface.weights) == 2 else "1/λ"
    return ({label: fastest} if math.isfinite(fastest) else {}) | {"2/λ": limit}


def run_sentence(setup: Setup, runs: Runs, name: str, say: Say) -> str:
    """What happened to one of the runs, with its numbers."""
    path = runs.paths[name]
    facts: dict[str, object] = {"rate": readable(setup.by_name[name]), "name": name}
    if not runs.diagnoses:
        return say("rate_waits", high=height_in_words(path.height[0], say), **facts)
    diagnosis = runs.diagnoses[name]
    facts |= {"step": diagnosis.step, "left": readable(diagnosis.left or 0)}
    parts = [say("rate_name", **facts), say(f"verdict_{diagnosis.verdict}", **facts)]
    if diagnosis.left:
        parts.append(say("steps_left", **facts))
    if diagnosis.beside:
        parts.append(say("minimum_beside"))
    if (gone := step_off_the_map(setup.surface, path)) is not None:
        parts.append(say("off_the_map", step=gone))
    if len(path.height) > 2 and diagnosis.verdict not in ("diverged", "undefined"):
        parts.append(say("swing_share", swings=diagnosis.swings))
    high, low = (height_in_words(height, say) for height in path.height[[0, -1]])
    return " ".join([*parts, say("from_to", high=high, low=low)])


def heights_sentence(runs: Runs, say: Say) -> str:
    """What the picture of the heights shows."""
    first, ends = runs.paths[SMALL].height[0], [path.height[-1] for path in runs.paths.values()]
    facts = {f"end_{k}": height_in_words(end, say) for k, end in enumerate(ends, start=1)}
    steps = max(path.steps for path in runs.paths.values())
    word = "three_heights_said" if steps else "three_heights_start"
    return say(word, first=height_in_words(first, say), steps=steps, **facts)


def axis_sentence(setup: Setup, runs: Runs, say: Say) -> str:
    """Where the rates lie between the marks."""
    facts = {f"rate_{k}": readable(rate) for k, rate in enumerate(setup.rates, start=1)}
    bounds = runs.limits
    if runs.diagnoses and runs.diagnoses[LARGE].verdict == "undefined" and not runs.diagnoses[LARGE].step:
        return say("axis_undefined", **facts)
    if not runs.diagnoses or not math.isfinite(bounds.limit):
        return say("axis_without_limit" if runs.diagnoses else "axis_waits", **facts)
    facts |= {"steepest": readable(bounds.steepest), "limit": readable(bounds.limit)}
    shares = {f"share_{k}": against_limit(say, rate, bounds.limit) for k, rate in enumerate(setup.rates, start=1)}
    sentence = say("axis_said", **facts, **shares)
    if not math.isfinite(bounds.fastest):
        return sentence
    fastest = readable(bounds.fastest)
    if len(setup.surface.weights) == 1:
        return f"{sentence} {say('axis_fastest_one', fastest=fastest)}"
    ends = {"flattest": readable(bounds.flattest), "steepest": readable(bounds.steepest)}
    word = "axis_fastest_round" if ends["flattest"] == ends["steepest"] else "axis_fastest"
    return f"{sentence} {say(word, fastest=fastest, **ends)}"


def steps_by_hand(setup: Setup, runs: Runs) -> list[str]:
    """Every step of the three runs, written out with its numbers; a run that has ended keeps its last line."""
    letters, rates = setup.surface.weights, setup.by_name
    lines = {name: gradient_steps(letters, path.w, path.gradient, rates[name]) for name, path in runs.paths.items()}
    most = max(map(len, lines.values()))
    return [
        "\n".join(
            f"{name}  {line}" for name, each in lines.items() for line in each[min(k, len(each) - 1)].splitlines()
        )
        for k in range(most)
    ]


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The limits and the three runs as calls of dlcore."""
    experiment.show(limits, setup.surface)
    for rate in setup.rates:
        path = experiment.show(descend, setup.surface, setup.surface.start, SGD(rate), setup.steps)
        experiment.show(diagnose, setup.surface, path)


def loop(setup: Setup) -> str:
    """The three runs in a few lines of NumPy: where each of them ends."""
    run = f"""\
for rate in {setup.rates!r}:
    w = np.array({list(setup.surface.start)!r})
    for step in range({setup.steps}):
        w = w - rate * gradient(*w)
    print(rate, w, E(*w))"""
    return short_program(*numpy_loops.landscape(setup.surface, height=True), run)


def details(beat: Beat, setup: Setup, runs: Runs) -> None:
    """Every step and the map as tables, the rule, the landscape and the limit as formulas and source."""
    shown = visible(beat, runs)
    tables = {"run_table": lambda: table(setup, shown), "map_table": lambda: landscapes.heights(setup.surface)}
    beat.numbers(tables)
    beat.source([setup.surface.formula, SGD.formula, Limits.formula], SGD.update_step, descend, Limits, diagnose)


def table(setup: Setup, runs: Runs) -> pd.DataFrame:
    """Every step of the three runs: rate, step, weights, height."""
    return pd.concat([_table(setup, name, path) for name, path in runs.paths.items()], ignore_index=True)


def _table(setup: Setup, name: str, path: Path) -> pd.DataFrame:
    columns: dict[str, object] = {"learning_rate": setup.by_name[name], "step": np.arange(len(path.w))}
    columns |= {letter: path.w[:, i] for i, letter in enumerate(setup.surface.weights)}
    return pd.DataFrame(columns | {"E": path.height})
