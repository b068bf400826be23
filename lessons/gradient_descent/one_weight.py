"""One weight: which way the first step leads, and the goal of arriving in a single step."""

from lessons.gradient_descent import compared_runs
from lessons.gradient_descent.compared_runs import Experiment, height_above_minimum
from ui.beat import Beat
from ui.number_format import readable
from ui.quiz.goals import Goal

MOVES = ("go_left", "go_right", "go_nowhere")


def revealed(beat: Beat, found: Experiment) -> Experiment:
    """The experiment, once the reader has guessed which way the first step leads; until then its start."""
    because = found.said(beat.word, "which_way_because")
    return compared_runs.revealed(beat, found, "which_way", MOVES, found.first_move, because, _one_step(found))


def _one_step(found: Experiment) -> tuple[Goal]:
    above = height_above_minimum(found)
    after, first = float(above[min(1, len(above) - 1)]), float(above[0])
    reached = first >= 1 and after <= 1e-6 * first
    return (Goal("goal_gradient_descent_one_step", reached, f"E₁ − min E = {readable(after, 3)}"),)
