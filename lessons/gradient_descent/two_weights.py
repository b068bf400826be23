"""Two weights: the goal of arriving within twelve steps."""

from lessons.gradient_descent import compared_runs
from lessons.gradient_descent.compared_runs import Experiment, height_above_minimum
from lessons.shared.run_fates import FATES
from ui.beat import Beat
from ui.number_format import readable
from ui.quiz.goals import Goal


def revealed(beat: Beat, found: Experiment) -> Experiment:
    """The experiment, once the reader has guessed whether it arrives; until then its start."""
    because = found.report(beat.word)
    return compared_runs.revealed(beat, found, "will_it_arrive", FATES, found.fates, because, _twelve_steps(found))


def _twelve_steps(found: Experiment) -> tuple[Goal]:
    bounds = {"most": 12, "error": 0.01}
    above = height_above_minimum(found)
    least = float(above[: bounds["most"] + 1].min())
    reached = above[0] >= 1 and least < bounds["error"]
    return (Goal("goal_gradient_descent_twelve_steps", bool(reached), f"E − min E = {readable(least, 3)}", bounds),)
