"""Which one? What does the reader's own output layer come to, beside the recommended one, on the same real rows?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from dlcore.activations import Activation
from dlcore.experiments.output_layers import HOW_MANY, MANY, ONE, Outcome, Output, Problem
from lessons.shared import output_choice
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.script_export import Experiment

LOOKS = ("net",)
ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid", "softmax")
LOSSES = (
    *("mean_squared_error", "binary_crossentropy"),
    *("categorical_crossentropy", "sparse_categorical_crossentropy"),
)
COMES_TO = ("as_good", "clearly_worse", "is_refused")
WORSE = 0.03
"""How far below the recommendation a score is clearly worse."""


@dataclass(frozen=True)
class Setup:
    """A problem, and the output layer that the reader gives it."""

    problem: Problem
    output: Output

    @property
    def score(self) -> str:
        """The word for the score of such a problem, which is also the title of its axis."""
        return "score_r2" if self.problem.data.task == "regression" else "score_accuracy"


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What the reader's output layer came to, and what the recommended one."""

    own: Outcome
    recommended: Outcome

    @property
    def final(self) -> tuple[float, float]:
        """The last scores of both; there is none of an output layer that is refused."""
        return float(self.own.score[-1]), float(self.recommended.score[-1])

    def scores(self, setup: Setup, answered: bool) -> dict[str, np.ndarray]:
        """The score after every epoch, by name; before the answer only the first of the recommended one.

        Before the answer nobody is told either which activation that is.
        """
        count = None if answered else 1
        names = (f"A · {setup.output.activation}", f"✓ · {setup.problem.activation}" if answered else "✓")
        # where a training is refused nothing is drawn, and that it is refused is an answer
        own = {names[0]: np.full(1, np.nan)} if not answered else {} if self.own.refused else {names[0]: self.own.score}
        return own | {names[1]: self.recommended.score[:count]}


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """A problem, and units, activation and loss for it."""
    problem = output_choice.problem(beat, "p", "several_at_once")
    units = beat.choice("ou", Choice(MANY, HOW_MANY), "own_units")
    activation = beat.menu("oa", Choice("softmax", ACTIVATIONS), "output_activation", option_label=str)
    loss = beat.menu("ol", Choice("binary_crossentropy", LOSSES), "loss_function", option_label=str)
    beat.presets(
        ("p", "ou", "oa", "ol"),
        softmax_for_labels={},
        sigmoid_for_labels={"oa": "sigmoid"},
        class_as_number={"p": "one_of_many", "ou": ONE, "oa": "linear", "ol": LOSSES[0]},
        softmax_of_one={"p": "yes_or_no", "ou": ONE},
        squeezed_number={"p": "one_number", "ou": ONE, "oa": "sigmoid", "ol": LOSSES[0]},
        refused_targets={"ol": LOSSES[3]},
    )
    return Setup(problem, Output(units, activation, loss))


def measure(setup: Setup) -> Outcomes:
    """What both output layers come to."""
    outputs = (setup.output, setup.problem.recommended)
    return Outcomes(*(_outcome(setup.problem, output) for output in outputs))


@shared(max_entries=128)
def _outcome(problem: Problem, output: Output) -> Outcome:
    return problem.outcome(output)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, outcomes: Outcomes) -> Question:
    """What the reader's choice comes to."""
    return Question("what_comes", COMES_TO, comes_to(outcomes), ordered=True)


def comes_to(outcomes: Outcomes) -> tuple[str, ...]:
    """The words for what the reader's choice comes to, of COMES_TO; first what the unrounded scores say.

    The second one is what the scores say as they are shown, to three digits after the point.
    """
    if outcomes.own.refused:
        return ("is_refused",)
    own, best = outcomes.final
    exactly, as_shown = own - best, round(own, 3) - round(best, 3)
    # a difference of numbers with three digits is no number with three digits
    return tuple(dict.fromkeys("as_good" if gap >= -WORSE - 1e-9 else "clearly_worse" for gap in (exactly, as_shown)))


def explain(setup: Setup, outcomes: Outcomes, say: Say) -> str:
    """What the reader's choice came to, with the first row that it predicts."""
    output, own = setup.output, outcomes.own
    facts: dict[str, object] = {"units": setup.problem.count(output.units), "activation": output.activation}
    facts |= {"loss": output.loss, "best": float(outcomes.recommended.score[-1]), "score": say(setup.score)}
    if own.refused:
        return say("tried_refused", **facts)
    score, _ = outcomes.final
    if np.isnan(score):
        return say("tried_lost", **facts)
    sentence, row = say(f"tried_{comes_to(outcomes)[0]}", mine=score, **facts), own.predictions[0]
    target = ", ".join(readable(float(v), 3) for v in np.atleast_1d(own.targets[0]))
    numbers = {"outputs": ", ".join(readable(float(v), 2) for v in row), "target": target}
    if len(row) == 1:
        return f"{sentence} {say('first_row_alone', **numbers)}"
    return f"{sentence} {say('first_row_told', total=readable(float(row.sum()), 3), **numbers)}"


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, outcomes: Outcomes) -> None:
    """The scores after every epoch, what is recommended, and what kinds of networks have inside."""
    scores = outcomes.scores(setup, beat.answered)
    titles, last = (beat.word("epoch_axis"), beat.word(setup.score)), len(outcomes.recommended.score) - 1
    picture = charts.lines_by_step(
        scores, *titles, last=last, ends=(ends_of if beat.answered else known_ends)(outcomes)
    )
    beat.picture(picture, scores_sentence(setup, outcomes, beat.word))
    beat.player(lines(scores), counts="epoch_shown")
    if beat.answered:
        beat.report(explain(setup, outcomes, beat.word))
        beat.prose("by_problem")
        output_choice.draw_recommendation(beat, setup.problem)
    with beat.expander("by_network"):
        output_choice.network(beat, "net")


def known_ends(outcomes: Outcomes) -> tuple[float, float]:
    """What the axis spans before the answer: shares from 0 to 1, and lower if the recommended training begins lower."""
    return min(0.0, 1.1 * float(outcomes.recommended.score[0])), 1.02


def ends_of(outcomes: Outcomes) -> tuple[float, float]:
    """The same after it, where the reader's own training may lie lower: at most to −1, and what is below leaves it."""
    scores = np.concatenate([outcomes.recommended.score, [] if outcomes.own.refused else outcomes.own.score])
    low, high = known_ends(outcomes)
    lowest = float(scores[np.isfinite(scores)].min(initial=low))
    return (low if lowest >= low else max(1.1 * lowest, -1.0)), high


def scores_sentence(setup: Setup, outcomes: Outcomes, say: Say) -> str:
    """The picture in a sentence."""
    x, _, held_out, _ = setup.problem.samples()
    facts = {"rows": len(x), "held_out": len(held_out), "start": float(outcomes.recommended.score[0])}
    return say("scores_said", data=say(setup.problem.data.name()), score=say(setup.score), **facts)


def lines(scores: dict[str, np.ndarray]) -> list[str]:
    """The scores after every epoch."""
    return [
        f"{k}:  " + ",  ".join(f"{name} = {readable(float(score[k]), 3)}" for name, score in scores.items())
        for k in range(max(map(len, scores.values())))
    ]


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """Both trainings as calls of dlcore."""
    experiment.show(setup.problem.outcome, setup.output)
    experiment.show(setup.problem.outcome, setup.problem.recommended)


def details(beat: Beat, setup: Setup, outcomes: Outcomes) -> None:
    """Every epoch and, once it may be shown, the whole table of recommendations; formula and source."""
    recommendations = {"choice_table": output_choice.table} if beat.answered else {}
    beat.numbers({"training_table": lambda: table(outcomes.scores(setup, beat.answered))} | recommendations)
    beat.source([Activation.get(setup.problem.activation).formula], type(setup.problem), Problem.outcome)


def table(scores: dict[str, np.ndarray]) -> pd.DataFrame:
    """Every epoch."""
    return pd.DataFrame({"epoch": np.arange(max(map(len, scores.values())))} | scores)
