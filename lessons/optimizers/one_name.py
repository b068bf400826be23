"""One name, several conventions: forms of a rule that go by the same name, and whether they walk the same path."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from dlcore.experiments.descent import Path, descend
from dlcore.experiments.optimizer_conventions import Convention, DampedMomentum
from dlcore.optimizers import SGD, Optimizer
from dlcore.surfaces import Surface
from lessons.shared import landscapes, numpy_loops
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.script_export import Experiment, short_program

SAME = ("same_path", "other_path")

WORDS = {"mean": "form_mean", "mean, 10η": "form_mean_tenfold", "paper": "form_paper"}
"""The words for those forms that are named by no program."""

ALIKE = 1e-6
"""Up to which share of the map's width paths are one."""

ROUNDING = 1e-17
"""Below which a distance is nothing but rounding."""


@dataclass(frozen=True)
class Setup:
    """One rule in the forms of several books and programs, on a surface, with one rate, for how many steps."""

    convention: Convention
    surface: Surface
    rate: float
    steps: int

    @property
    def rules(self) -> dict[str, Optimizer]:
        """The forms, by whose they are."""
        return self.convention.forms(self.rate)


@dataclass(frozen=True, eq=False)
class Runs:
    """The path of every form, and how far it is from the first at every step.

    distances: of all but the first, as a share of the map's width, as long as neither of the two is lost.
    """

    paths: dict[str, Path]
    distances: dict[str, np.ndarray]

    def start(self) -> "Runs":
        """The forms before their first step."""
        paths = {name: Path(path.w[:1], path.height[:1], path.gradient[:1]) for name, path in self.paths.items()}
        return Runs(paths, {name: distance[:1] for name, distance in self.distances.items()})

    def with_form_names(self, say: Say) -> "Runs":
        """The same with the forms called as a reader calls them."""
        paths = {form_name(name, say): path for name, path in self.paths.items()}
        return Runs(paths, {form_name(name, say): distance for name, distance in self.distances.items()})

    @property
    def ends(self) -> tuple[float, float]:
        """What the axis of the distances spans: all that is not rounding, up to the width of the map at least."""
        distances = np.concatenate([*self.distances.values()])
        farthest = float(distances[np.isfinite(distances)].max(initial=1.0))
        return ROUNDING, 10.0 ** float(np.ceil(np.log10(farthest)))

    @property
    def same(self) -> tuple[str, ...]:
        """The word for whether all forms take one path: never further apart than a millionth of the map.

        Both words are right if every form is lost at its first step.
        """
        lengths = {len(path.w) for path in self.paths.values()}
        if lengths == {1}:
            return SAME
        farthest = max(float(distance.max()) for distance in self.distances.values())
        return (SAME[len(lengths) > 1 or farthest > ALIKE],)

    def report(self, say: Say) -> str:
        """A line a form: how far it ever is from the first."""
        first = next(iter(self.paths))
        farthest = {name: readable(float(distance.max()), 2) for name, distance in self.distances.items()}
        return "\n".join(f"- {say('forms_apart', name=n, first=first, apart=most)}" for n, most in farthest.items())

    def sentence(self, say: Say, word: str) -> str:
        """A sentence about the forms, with their numbers."""
        steps = max(path.steps for path in self.paths.values())
        return say(word, names=", ".join(self.paths), first=next(iter(self.paths)), steps=steps)

    def player_lines(self) -> list[str]:
        """Where every form is, at every step."""
        count = max(len(path.w) for path in self.paths.values())
        return ["\n".join(_line(name, path, k) for name, path in self.paths.items()) for k in range(count)]


def form_name(name: str, say: Say) -> str:
    """What a form is called: the program whose it is, or the word for it."""
    return say(WORDS[name]) if name in WORDS else name


def _line(name: str, path: Path, k: int) -> str:
    place = path.w[min(k, len(path.w) - 1)]
    return f"{name}: ({', '.join(readable(float(v), 6) for v in place)})"


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The convention, the landscape, the rate and the steps."""
    convention = Convention.get(beat.menu("conv", Choice("momentum_mean", tuple(Convention.members)), "convention"))
    surface = landscapes.landscape(beat, "k", "narrow_valley", (2,), clears=())
    rate = beat.slider("lr6", Number(0.01, 1e-4, 1, log=True), "learning_rate")
    steps = int(beat.slider("n6", Number(60, 1, 300, whole=True), "steps"))
    controls = ("conv", "k", "k_text", "k_size", "lr6", "n6")
    adagrad, epsilon = {"conv": "adagrad_start", "lr6": 0.5}, {"conv": "epsilon_size", "lr6": 0.1}
    beat.presets(controls, differ={}, agree={"conv": "momentum_scale"}, first_steps=adagrad, other_rule=epsilon)
    return Setup(convention, surface, rate, steps)


@shared(max_entries=64)
def measure(setup: Setup) -> Runs:
    """All forms of the convention, run from the landscape's own start."""
    surface = setup.surface
    paths = {name: descend(surface, surface.start, rule, setup.steps) for name, rule in setup.rules.items()}
    first, *others = paths
    return Runs(paths, {name: distance(surface, paths[name], paths[first]) for name in others})


def distance(surface: Surface, path: Path, other: Path) -> np.ndarray:
    """How far two paths lie apart at every step that both have, as a share of the map's width."""
    sides = np.array([high - low for low, high in surface.extent])
    count = min(len(path.w), len(other.w))
    return np.sqrt((((path.w[:count] - other.w[:count]) / sides) ** 2).sum(axis=1))


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, runs: Runs) -> Question:
    """Whether all forms take one path."""
    return Question("is_it_the_same", SAME, runs.same)


def explain(setup: Setup, runs: Runs, say: Say) -> str:
    """How far every form ever is from the first."""
    return runs.with_form_names(say).report(say)


# ---- draw ------------------------------------------------------------------------------------------------------------


def visible(beat: Beat, runs: Runs) -> Runs:
    """As much of the runs as may be shown: before the answer their start alone."""
    return runs if beat.answered else runs.start()


def draw(beat: Beat, setup: Setup, runs: Runs) -> None:
    """The paths on the map beside how far each is from the first."""
    say, runs = beat.word, runs.with_form_names(beat.word)
    view = visible(beat, runs)
    over_map = landscapes.map_with_paths(setup.surface, view.paths), view.sentence(say, "forms_map_said")
    titles, ends = (say("step_axis"), say("apart_axis")), runs.ends if beat.answered else (ROUNDING, 1.0)
    how = {"log": True, "first": 1, "floor": ROUNDING, "known": None if beat.answered else 1}
    over_steps = charts.lines_by_step(runs.distances, *titles, **how, ends=ends, last=setup.steps)
    beside = over_steps, view.sentence(say, "forms_apart_said")
    beat.side_by_side(over_map, beside, first=landscapes.map_width(setup.surface))
    lines = view.player_lines()
    beat.player(lines)
    if len(lines) > 1:
        beat.report(view.report(say))


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The runs as calls of dlcore."""
    for rule in setup.rules.values():
        experiment.show(descend, setup.surface, setup.surface.start, rule, setup.steps)


def loop(setup: Setup) -> str:
    """The forms of momentum in a few lines of NumPy: where each ends; other rules would take more lines."""
    forms = []
    for name, rule in setup.rules.items():
        if not isinstance(rule, SGD):
            return ""
        weight = round(1 - rule.momentum, 12) if isinstance(rule, DampedMomentum) else 1.0
        forms.append((name, rule.rate(1), rule.momentum, weight))
    run = f"""\
for name, rate, beta, weight in {forms!r}:
    w, v = np.array({list(setup.surface.start)!r}), 0
    for step in range({setup.steps}):
        v = beta * v + weight * gradient(*w)
        w = w - rate * v
    print(name, w)"""
    return short_program(*numpy_loops.landscape(setup.surface), run)


def details(beat: Beat, setup: Setup, runs: Runs) -> None:
    """Every step as a table; every form as formula and source."""
    beat.numbers({"run_table": lambda: table(setup, visible(beat, runs))})
    steps = dict.fromkeys(type(rule).update_step for rule in setup.rules.values())
    beat.source(formulas(setup, beat.word), type(setup.convention), *steps)


def formulas(setup: Setup, say: Say) -> list[str]:
    """The formula of every form, its name before it."""
    return [rf"\text{{{form_name(name, say)}:}} \quad " + rule.formula_text for name, rule in setup.rules.items()]


def table(setup: Setup, runs: Runs) -> pd.DataFrame:
    """Every step of every form."""
    tables = []
    for name, path in runs.paths.items():
        columns: dict[str, object] = {"form": name, "step": np.arange(len(path.w)), "E": path.height}
        tables.append(pd.DataFrame(columns | dict(zip(setup.surface.weights, path.w.T, strict=True))))
    return pd.concat(tables, ignore_index=True)
