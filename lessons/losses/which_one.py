"""Which one? The loss that suits a problem, and why."""

from dataclasses import dataclass

from dlcore.experiments.output_layers import Output, Problem
from dlcore.losses import Loss
from lessons.shared import output_choice
from ui.beat import Beat
from ui.controls.widgets import Say
from ui.question import Question


@dataclass(frozen=True)
class Setup:
    """What is to be predicted."""

    problem: Problem


def choose(beat: Beat) -> Setup:
    """A kind of problem."""
    return Setup(output_choice.problem(beat, "which"))


def measure(setup: Setup) -> Output:
    """The output layer and the loss that are recommended."""
    return setup.problem.recommended


def question(setup: Setup, recommended: Output) -> Question:
    """Which loss the problem takes."""
    losses = dict.fromkeys(Problem.get(name).loss for name in Problem.members)
    return Question("which_loss", tuple(losses), recommended.loss)


def explain(setup: Setup, recommended: Output, say: Say) -> str:
    """Why that loss suits the problem."""
    return say(f"why_{setup.problem.name()}")


def draw(beat: Beat, setup: Setup, recommended: Output) -> None:
    """After the answer, what is recommended and as Keras writes it, and beneath it the same for every problem."""
    if beat.answered:
        # there is no picture: the answer stands where one would
        with beat.question_place:
            output_choice.draw_recommendation(beat, setup.problem)
        output_choice.draw_overview(beat)


def details(beat: Beat, setup: Setup, recommended: Output) -> None:
    """After the answer, all that is recommended as a table; the loss as a formula."""
    beat.numbers({"choice_table": output_choice.table} if beat.answered else {})
    beat.source([Loss.get(recommended.loss).formula], type(setup.problem))
