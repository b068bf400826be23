"""Two weights: does it arrive? And the goal of arriving within twelve steps."""

from dlcore.experiments.descent import descend
from dlcore.optimizers import SGD
from dlcore.surfaces import LineFit
from lessons.gradient_descent import compared_runs
from lessons.gradient_descent.compared_runs import Runs, Setup, loop, measure, program
from lessons.shared import landscapes
from lessons.shared.run_fates import FATES, fates_of
from ui.beat import Beat
from ui.controls.kinds import Number, Switch
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.quiz.goals import Goal

__all__ = ["Setup", "choose", "details", "draw", "explain", "goals", "loop", "measure", "program", "question"]


def choose(beat: Beat) -> Setup[LineFit]:
    """Whether the input is standardised, the rate and the start; the data one click away."""
    scaled = beat.switch("scaled", Switch(True), "standardise", clears=("lr2", "a", "b"))
    with beat.more():
        steps = beat.slider("n2", compared_runs.STEPS, "steps")
        surface = LineFit(landscapes.dataset(beat, "data2", clears=("lr2", "a", "b")), scaled)
    rate, compared = compared_runs.rates(beat, "lr2", Number(surface.rate, 1e-7, 3, log=True), "x2")
    start = landscapes.start(beat, surface, ("a", "b"))
    raw, largest = {"scaled": False, "lr2": 0.1}, {"scaled": False, "lr2": 2.4e-5, "n2": 300}
    controls = ("scaled", "lr2", "a", "b", "n2")
    beat.presets(controls, works={}, blows_up={"lr2": 1.05}, raw_same_rate=raw, raw_largest_rate=largest)
    return Setup(surface, start, rate, compared, int(steps))


def question(setup: Setup[LineFit], runs: Runs) -> Question | None:
    """Whether and how the chosen run arrives; nothing where the error is not defined at the start."""
    if not setup.defined:
        return None
    return Question("will_it_arrive", FATES, fates_of(runs.diagnoses[compared_runs.CHOSEN]))


def explain(setup: Setup[LineFit], runs: Runs, say: Say) -> str:
    """What became of every run, and how its rate stands to the limit."""
    return compared_runs.report(setup, runs, say)


def goals(setup: Setup[LineFit], runs: Runs) -> tuple[Goal]:
    """To arrive within twelve steps."""
    bounds = {"most": 12, "error": 0.01}
    above = runs.height_above_minimum(setup.surface)
    least = float(above[: bounds["most"] + 1].min())
    reached = above[0] >= 1 and least < bounds["error"]
    return (Goal("goal_gradient_descent_twelve_steps", bool(reached), f"E − min E = {readable(least, 3)}", bounds),)


def draw(beat: Beat, setup: Setup[LineFit], runs: Runs) -> None:
    """The path on the map beside the line through the data."""
    shown = compared_runs.visible(beat, setup, runs)
    landscapes.warn_if_undefined(beat, setup.surface, setup.start)
    above = compared_runs.picture(setup.surface, shown.paths)
    sentence = shown.path_sentence(beat.word, "map_said", setup.surface.weights)
    beat.side_by_side((above, sentence), compared_runs.line(beat, setup, shown), clickable=True)
    compared_runs.play(beat, setup, shown)


def details(beat: Beat, setup: Setup[LineFit], runs: Runs) -> None:
    """Why one standardises; every step and the map as tables, the rule and the model as formulas and source."""
    shown = compared_runs.visible(beat, setup, runs)
    beat.prose("why_standardise")
    tables = {"run_table": lambda: compared_runs.table(setup, shown)}
    beat.numbers(tables | {"map_table": lambda: landscapes.heights(setup.surface)})
    beat.source([LineFit.formula, SGD.formula], SGD.update_step, LineFit, descend)
