"""Which loss? The one that suits a problem, and why."""

from dlcore.recommendations import Problem
from lessons.shared.output_choice import answered, chosen, table
from ui.beat import Beat


def loss_asked(beat: Beat, key: str) -> tuple[Problem, bool]:
    """A problem by menu, and whether its answer may be shown: once the reader has said which loss it takes."""
    with beat.panel:
        problem = chosen(beat, key)
    choices = tuple(dict.fromkeys(Problem.get(name).loss for name in Problem.members))
    with beat.stage:
        told = beat.predicted("which_loss", choices, problem.loss, beat.word(f"why_{problem.name()}"))
        if told:
            answered(beat, problem)
        beat.numbers({"choice_table": table} if told else {})
    return problem, told
