"""Any landscape: where the ball ends, and the goal of leaving the shallower valley."""

from lessons.gradient_descent import compared_runs
from lessons.gradient_descent.compared_runs import Experiment, place_said
from ui.beat import Beat
from ui.quiz.goals import Goal

ENDS = ("end_deepest", "end_other", "end_nowhere", "end_lost")


def revealed(beat: Beat, found: Experiment) -> Experiment:
    """The experiment, once the reader has guessed where it ends; until then its start."""
    because = found.report(beat.word)
    return compared_runs.revealed(beat, found, "where_does_it_end", ENDS, found.ends, because, _out_of_valley(found))


def _out_of_valley(found: Experiment) -> tuple[Goal]:
    bounds, w = {"start": 1.2}, found.chosen.w
    here = found.surface.name() == "double_well" and w[0, 0] >= bounds["start"]
    reached = here and found.ends == ("end_deepest",)
    return (
        Goal("goal_gradient_descent_out_of_valley", bool(reached), f"{place_said(w[0])} → {place_said(w[-1])}", bounds),
    )
