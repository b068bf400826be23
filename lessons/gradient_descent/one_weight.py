"""One weight: which way does the first step lead? And the goal of arriving in a single step."""

from dlcore.experiments.descent import walk
from dlcore.optimizers import SGD
from dlcore.surfaces import SlopeFit
from lessons.gradient_descent import compared_runs
from lessons.gradient_descent.compared_runs import Runs, Setup, loop, measure, program
from lessons.shared import landscapes
from ui.beat import Beat
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.quiz.goals import Goal

__all__ = ["Setup", "choose", "details", "draw", "explain", "goals", "loop", "measure", "program", "question"]

DIRECTIONS = ("go_left", "go_right", "go_nowhere")


def choose(beat: Beat) -> Setup[SlopeFit]:
    """The rate, the start and the steps; the data one click away."""
    rate, compared = compared_runs.rates(beat, "lr", Number(0.1, 0.001, 3, log=True), "x")
    start = beat.slider("w", Number(-1.5, -2.2, 4), "start_weight")
    beat.presets(("lr", "w", "n"), works={}, creeps={"lr": 0.003}, swings={"lr": 0.97}, blows_up={"lr": 1.05})
    with beat.more():
        steps = beat.slider("n", compared_runs.STEPS, "steps")
        surface = SlopeFit(landscapes.dataset(beat, "data"))
    return Setup(surface, (start,), rate, compared, int(steps))


def question(setup: Setup[SlopeFit], runs: Runs) -> Question | None:
    """Which way the first step leads; nothing where the error is not defined at the start."""
    ahead = -runs.main_path.gradient[0, 0]
    truth = "go_nowhere" if ahead == 0 else "go_right" if ahead > 0 else "go_left"
    return Question("which_way", DIRECTIONS, truth) if setup.defined else None


def explain(setup: Setup[SlopeFit], runs: Runs, say: Say) -> str:
    """The slope at the start, with its sign."""
    return runs.sentence(say, "which_way_because")


def goals(setup: Setup[SlopeFit], runs: Runs) -> tuple[Goal]:
    """To arrive in a single step."""
    above = runs.height_above_minimum(setup.surface)
    after, first = float(above[min(1, len(above) - 1)]), float(above[0])
    reached = first >= 1 and after <= 1e-6 * first
    return (Goal("goal_gradient_descent_one_step", reached, f"E₁ − min E = {readable(after, 3)}"),)


def draw(beat: Beat, setup: Setup[SlopeFit], runs: Runs) -> None:
    """The ball on its curve beside the line through the data."""
    shown = compared_runs.visible(beat, setup, runs)
    landscapes.warn_if_undefined(beat, setup.surface, setup.start)
    titles = beat.words(x_title="weight_axis", y_title="error_axis")
    curve = compared_runs.picture(setup.surface, shown.paths, **titles)
    sentence = shown.path_sentence(beat.word, "curve_said", setup.surface.weights)
    beat.side_by_side((curve, sentence), compared_runs.line(beat, setup, shown))
    compared_runs.play(beat, setup, shown)


def details(beat: Beat, setup: Setup[SlopeFit], runs: Runs) -> None:
    """Every step and the data as tables, the rule and the model as formulas and source."""
    shown = compared_runs.visible(beat, setup, runs)
    tables = {"run_table": lambda: compared_runs.table(setup, shown)}
    beat.numbers(tables | {"data_table": lambda: landscapes.rows(setup.surface)})
    beat.source([SlopeFit.formula, SGD.formula], SGD.update_step, SlopeFit, walk)
