"""Which one? The reader's own output layer against the recommended one, trained on the same real rows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.recommendations import HOW_MANY, MANY, ONE, Outcome, Output, Problem
from lessons.shared import output_choice
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice
from ui.controls.widgets import Say
from ui.number_format import readable

ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid", "softmax")
LOSSES = (
    *("mean_squared_error", "binary_crossentropy"),
    *("categorical_crossentropy", "sparse_categorical_crossentropy"),
)
COMES_TO = ("as_good", "clearly_worse", "is_refused")
WORSE = 0.03
"""How far below the recommendation a score is clearly worse."""


@shared(max_entries=128)
def _outcome(problem: Problem, output: Output) -> Outcome:
    return problem.outcome(output)


@dataclass(frozen=True, eq=False)
class Tried:
    """The reader's output and what it came to, beside the recommended one."""

    problem: Problem
    own: Output
    mine: Outcome
    table_row: Outcome
    answered: bool = True

    @property
    def comes_to(self) -> tuple[str, ...]:
        """The words for what the reader's choice comes to, of COMES_TO; first what the unrounded scores say.

        The second one is what the scores say as they are shown, to three digits after the point.
        """
        if self.mine.refused:
            return ("is_refused",)
        mine, best = float(self.mine.score[-1]), float(self.table_row.score[-1])
        exactly, shown = mine - best, round(mine, 3) - round(best, 3)
        # a difference of numbers with three digits is no number with three digits
        return tuple(dict.fromkeys("as_good" if gap >= -WORSE - 1e-9 else "clearly_worse" for gap in (exactly, shown)))

    @property
    def scores(self) -> dict[str, np.ndarray]:
        """The score after every epoch, by name; before the guess only the start of the recommended one."""
        count = None if self.answered else 1
        mine = {} if self.mine.refused or not self.answered else {f"A · {self.own.activation}": self.mine.score}
        return mine | {f"✓ · {self.problem.activation}": self.table_row.score[:count]}

    def report(self, say: Say) -> str:
        """What the reader's choice came to, in the reader's words."""
        best = float(self.table_row.score[-1])
        facts: dict[str, object] = {"units": self.problem.count(self.own.units), "activation": self.own.activation}
        facts |= {"loss": self.own.loss, "best": best, "score": say(f"score_{self._score}")}
        if self.mine.refused:
            return say("tried_refused", **facts)
        mine = float(self.mine.score[-1])
        if np.isnan(mine):
            return say("tried_lost", **facts)
        said = say(f"tried_{self.comes_to[0]}", mine=mine, **facts)
        row = self.mine.predictions[0]
        wanted = ", ".join(readable(float(v), 3) for v in np.atleast_1d(self.mine.targets[0]))
        shown = {"outputs": ", ".join(readable(float(v), 2) for v in row), "target": wanted}
        return f"{said} {say('first_row_told', total=readable(float(row.sum()), 3), **shown)}"

    @property
    def _score(self) -> str:
        return "r2" if self.problem.data.task == "regression" else "accuracy"

    def said(self, say: Say) -> str:
        """The picture in a sentence."""
        x, _, held_out, _ = self.problem.samples()
        facts = {"rows": len(x), "held_out": len(held_out), "start": float(self.table_row.score[0])}
        return say("scores_said", data=say(self.problem.data.name()), score=say(f"score_{self._score}"), **facts)

    @property
    def axis(self) -> str:
        """The word for what the upright axis shows."""
        return f"score_{self._score}"

    def lines(self) -> list[str]:
        """The scores after every epoch."""
        count = max(len(score) for score in self.scores.values())
        return [
            f"{k}:  " + ",  ".join(f"{name} = {readable(float(score[k]), 3)}" for name, score in self.scores.items())
            for k in range(count)
        ]

    def table(self) -> pd.DataFrame:
        """Every epoch."""
        count = max(len(score) for score in self.scores.values())
        return pd.DataFrame({"epoch": np.arange(count)} | self.scores)


def tried(beat: Beat) -> Tried:
    """A problem and an output of the reader's own, with controls; and what both outputs come to."""
    problem = output_choice.chosen(beat, "p", "several_at_once")
    units = beat.choice("ou", Choice(MANY, HOW_MANY), "own_units")
    activation = beat.menu("oa", Choice("softmax", ACTIVATIONS), "output_activation", named=str)
    loss = beat.menu("ol", Choice("binary_crossentropy", LOSSES), "loss_function", named=str)
    number, classes = {"p": "one_of_many", "ou": ONE, "oa": "linear", "ol": LOSSES[0]}, {"p": "yes_or_no", "ou": ONE}
    squeezed, codes = {"p": "one_number", "ou": ONE, "oa": "sigmoid", "ol": LOSSES[0]}, {"ol": LOSSES[3]}
    owns, right = ("p", "ou", "oa", "ol"), {"oa": "sigmoid"}
    beat.presets(
        owns,
        softmax_for_labels={},
        works=right,
        class_as_number=number,
        softmax_of_one=classes,
        squeezed_number=squeezed,
        refused_targets=codes,
    )
    own = Output(units, activation, loss)
    beat.ran(problem.outcome, own)
    beat.ran(problem.outcome, problem.recommended)
    return Tried(problem, own, _outcome(problem, own), _outcome(problem, problem.recommended))


def revealed(beat: Beat, found: Tried) -> Tried:
    """The same, to its end once the reader has guessed what the choice comes to."""
    shown = beat.predicted("what_comes", COMES_TO, found.comes_to, found.report(beat.word))
    return Tried(found.problem, found.own, found.mine, found.table_row, shown)
