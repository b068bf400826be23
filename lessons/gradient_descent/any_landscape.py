"""Any landscape: where does the ball end? And the goal of leaving the shallower valley."""

import charts
from dlcore.experiments.descent import descend
from dlcore.experiments.diagnosis import ends_of
from dlcore.optimizers import SGD
from dlcore.surfaces import Surface
from lessons.gradient_descent import compared_runs
from lessons.gradient_descent.compared_runs import Runs, Setup, loop, measure, program
from lessons.shared import landscapes
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.question import Question
from ui.quiz.goals import Goal

__all__ = ["Setup", "choose", "details", "draw", "explain", "goals", "loop", "measure", "program", "question"]

ENDS = ("end_deepest", "end_other", "end_nowhere", "end_lost")


def choose(beat: Beat) -> Setup[Surface]:
    """The landscape, the rate, the start and the steps."""
    surface = landscapes.landscape(beat, "f", "double_well", (1, 2), clears=("lr3", "p", "q"))
    rate, compared = compared_runs.rates(beat, "lr3", Number(surface.rate, 1e-5, 10, log=True), "x3")
    start = landscapes.start(beat, surface, ("p", "q"))
    with beat.more():
        steps = beat.slider("n3", compared_runs.STEPS, "steps")
    saddle, limit = {"f": "saddle", "q": 0.0}, {"f": "narrow_valley", "lr3": 0.081}
    curve = {"f": "rosenbrock", "n3": 300}
    controls = ("f", "f_text", "f_size", "lr3", "p", "q", "n3")
    beat.presets(controls, works={}, other_valley={"p": -1.6}, stuck_on_saddle=saddle, over_limit=limit, crawls=curve)
    return Setup(surface, start, rate, compared, int(steps))


def question(setup: Setup[Surface], runs: Runs) -> Question | None:
    """Where the chosen run ends; nothing where the landscape is not defined at the start."""
    return Question("where_does_it_end", ENDS, _ends(setup)) if setup.defined else None


def _ends(setup: Setup[Surface]) -> tuple[str, ...]:
    """The words for where the chosen run ends, of ENDS."""
    return _ends_of(setup.surface, setup.start, setup.rule(), setup.steps)


@shared(max_entries=256)
def _ends_of(surface: Surface, start: tuple[float, ...], rule: SGD, steps: int) -> tuple[str, ...]:
    path, _ = compared_runs.run_of(surface, start, rule, steps)
    return tuple(f"end_{end}" for end in ends_of(surface, path))


def explain(setup: Setup[Surface], runs: Runs, say: Say) -> str:
    """What became of every run, and how its rate stands to the limit."""
    return compared_runs.report(setup, runs, say)


def goals(setup: Setup[Surface], runs: Runs) -> tuple[Goal]:
    """To start in the shallower valley of the double well and end in the deeper one."""
    bounds, w = {"start": 1.2}, runs.main_path.w
    here = setup.surface.name() == "double_well" and w[0, 0] >= bounds["start"]
    reached = here and _ends(setup) == ("end_deepest",)
    place = compared_runs.place_in_words
    return (Goal("goal_gradient_descent_out_of_valley", bool(reached), f"{place(w[0])} → {place(w[-1])}", bounds),)


def draw(beat: Beat, setup: Setup[Surface], runs: Runs) -> None:
    """The path on the landscape beside its height after every step."""
    shown = compared_runs.visible(beat, setup, runs)
    landscapes.warn_if_undefined(beat, setup.surface, setup.start)
    land = compared_runs.picture(setup.surface, shown.paths, y_title=beat.word("error_axis"))
    sentence = shown.path_sentence(beat.word, "land_said", setup.surface.weights)
    titles = beat.words(x_title="step_axis", y_title="error_axis")
    ends = {"steps": setup.steps, "lowest": landscapes.lowest(setup.surface)}
    height = charts.height_by_step(shown.paths, **titles, **ends)
    falls = shown.sentence(beat.word, "height_said" if shown.main_path.steps else "height_starts")
    beat.side_by_side((land, sentence), (height, falls), clickable=True)
    compared_runs.play(beat, setup, shown)


def details(beat: Beat, setup: Setup[Surface], runs: Runs) -> None:
    """Every step and the map as tables, the rule and the landscape as formulas and source."""
    shown = compared_runs.visible(beat, setup, runs)
    tables = {"run_table": lambda: compared_runs.table(setup, shown)}
    beat.numbers(tables | {"map_table": lambda: landscapes.heights(setup.surface)})
    beat.source([setup.surface.formula, SGD.formula], SGD.update_step, type(setup.surface), descend)
