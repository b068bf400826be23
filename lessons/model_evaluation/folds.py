"""Folds: k-fold cross-validation fold by fold, and beside it what a single split says."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

import charts
from dlcore.experiments import cross_validation
from dlcore.experiments.cross_validation import CrossValidation
from lessons.model_evaluation import short_programs
from lessons.model_evaluation.capacity import DATA, error_axis, error_digits, is_share
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import Say
from ui.question import Question
from ui.quiz import ties
from ui.script_export import Experiment, short_program

SHUFFLES = 20
MEAN = r"\bar{E} = \frac{1}{k} \sum_{i=1}^{k} E_i, \qquad s = \sqrt{\frac{1}{k-1} \sum_{i=1}^{k} (E_i - \bar{E})^2}"
SINGLE, MEAN_OF_FOLDS = "single_split", "mean_of_folds"
STEADIER = ("splits_steadier", "alike_steady", "folds_steadier", "folds_far_steadier")
"""How many times as much the single split varies: below 0.8, up to 1.25, below 2, and more."""

OWNS = ("data7", "k7", "rows7", "strat7", "sample7")
PRESETS: dict[str, dict[str, Any]] = {
    "five_folds": {},
    "ten_folds": {"k7": 10},
    "by_class": {"data7": "breast_cancer", "strat7": True},
    "two_folds": {"k7": 2, "rows7": 30},
    "unlucky": {"sample7": 0},
}


@dataclass(frozen=True)
class Setup:
    """A cross-validation: the data, how many rows and folds, and which rows those are."""

    plan: CrossValidation

    @property
    def share(self) -> bool:
        """Whether errors are shares of wrong answers."""
        return is_share(self.plan.data)

    @property
    def fold_of_row(self) -> np.ndarray:
        """The fold in which each row judges, shape (rows,)."""
        place = np.empty(self.plan.count, dtype=int)
        for fold, rows in enumerate(self.plan.folds(0)):
            place[rows] = fold
        return place

    @property
    def labels(self) -> np.ndarray:
        """The class of each row, or 0, shape (rows,)."""
        y = self.plan.rows()[1][: self.plan.count]
        return y if self.share else np.zeros(len(y), dtype=int)


@dataclass(frozen=True, eq=False)
class FoldErrors:
    """The errors of all folds in all shuffles, and the errors of the same networks on rows that no fold has.

    errors, fresh: shape (SHUFFLES, k). The first shuffle is the one that is shown fold by fold.
    """

    errors: np.ndarray
    fresh: np.ndarray

    @property
    def scores(self) -> dict[str, np.ndarray]:
        """The score of every shuffle, shape (SHUFFLES,): by one split, and by the mean of its folds."""
        return {SINGLE: self.errors[:, 0], MEAN_OF_FOLDS: self.errors.mean(axis=1)}

    def deviations(self) -> tuple[float, float]:
        """How much both vary from shuffle to shuffle."""
        single, mean = (float(scores.std(ddof=1)) for scores in self.scores.values())
        return single, mean

    @property
    def times(self) -> float:
        """How many times as much the score of a single split varies as the mean of the folds; 1 if neither does."""
        single, mean = self.deviations()
        return single / mean if mean else np.inf if single else 1.0


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The data, how many folds and rows, whether by class; which rows one click away."""
    names = tuple(name for name in DATA if name != "moons")
    data = DATA[beat.menu("data7", Choice("auto_mpg", names), "data", option_label=beat.member)]
    k = int(beat.slider("k7", Number(5, 2, 10, whole=True), "folds_k"))
    count = int(beat.slider("rows7", Number(60, 30, 100, whole=True), "rows_at_hand"))
    stratified = beat.switch("strat7", Switch(False), "stratified_folds")
    with beat.more():
        sample = int(beat.box("sample7", Number(4, 0, 50, whole=True), "which_sample"))
    beat.presets(OWNS, **PRESETS)
    return Setup(CrossValidation(data, count, k, stratified, sample))


# ---- measure ---------------------------------------------------------------------------------------------------------


@shared(max_entries=128)
def measure(setup: Setup) -> FoldErrors:
    """The cross-validation, in many shuffles of the same rows."""
    return FoldErrors(*setup.plan.fold_errors(SHUFFLES))


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, result: FoldErrors) -> Question:
    """Which score depends less on the shuffle; two answers are right where the number shown lies on a border."""
    return Question(
        "which_is_steadier", STEADIER, ties.either(_steadier, result.times, round(result.times, 2)), ordered=True
    )


def _steadier(times: float) -> str:
    if times < 0.8:
        return STEADIER[0]
    return STEADIER[1 if times <= 1.25 else 2 if times < 2 else 3]


def explain(setup: Setup, result: FoldErrors, say: Say) -> str:
    """How much both scores vary from shuffle to shuffle."""
    return sentence(setup, result, say, "steadier_because")


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, result: FoldErrors) -> None:
    """Which rows judge beside the scores, fold by fold; before the answer no other shuffles."""
    say = beat.word
    both = say("error_train"), say("error_validation")
    squares = charts.fold_rows(setup.fold_of_row, setup.labels, setup.plan.k, both, y_title=say("fold_axis"))
    titles = {"folds": say("these_folds")} | {name: say(name) for name in (SINGLE, MEAN_OF_FOLDS)}
    fresh, axis = float(result.fresh.mean()), error_axis(say, setup.share)
    words, known = {"x_title": axis, "line_title": say("fresh_rows")}, beat.answered
    scores = charts.fold_scores(result.errors[0], result.scores, titles, fresh, **words, share=setup.share, known=known)
    beat.side_by_side(
        (squares, sentence(setup, result, say, "fold_squares_said")),
        (scores, sentence(setup, result, say, "fold_scores_said" if beat.answered else "fold_scores_wait")),
    )
    beat.player(lines(setup, result), counts="fold_shown")
    if beat.answered:
        st.markdown(sentence(setup, result, say, "folds_told"))
        st.markdown(say("folds_caution"))
    if setup.plan.stratified and not setup.share:
        st.markdown(say("no_classes"))


def visible(beat: Beat, result: FoldErrors) -> dict[str, np.ndarray]:
    """The scores of all shuffles, once they may be shown."""
    return result.scores if beat.answered else {}


def sentence(setup: Setup, result: FoldErrors, say: Say, word: str) -> str:
    """A sentence with the numbers."""
    plan, first, (single, mean) = setup.plan, result.errors[0], result.deviations()
    estimate, fresh = float(result.errors.mean()), float(result.fresh.mean())
    errors = {"mean": float(first.mean()), "deviation": float(first.std(ddof=1))}
    errors |= {"low": float(first.min()), "high": float(first.max()), "one": single, "all": mean}
    errors |= {"fresh": fresh, "estimate": estimate, "gap": abs(estimate - fresh)}
    facts: dict[str, Any] = {name: error_digits(error, setup.share) for name, error in errors.items()}
    facts |= {"k": plan.k, "rows": plan.count, "each": plan.count // plan.k, "shuffles": SHUFFLES}
    facts |= {"times": f"{result.times:.2f}" if np.isfinite(result.times) else "∞"}
    return say(word, rest=len(plan.data.load()[1]) - plan.count, **facts)


def lines(setup: Setup, result: FoldErrors) -> list[str]:
    """Before the first fold nothing, then the rows of every fold and the mean so far."""
    first, place, steps = result.errors[0], setup.fold_of_row, ["k = 0"]
    for k in range(1, len(first) + 1):
        terms = " + ".join(error_digits(float(error), setup.share) for error in first[:k])
        rows = " ".join(str(row) for row in np.flatnonzero(place == k - 1))
        mean = error_digits(float(first[:k].mean()), setup.share)
        steps.append(f"k = {k}: {rows}\nE = ({terms}) / {k} = {mean}")
    return steps


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The cross-validation as a call of dlcore."""
    experiment.show(setup.plan.fold_errors, SHUFFLES)


def loop(setup: Setup) -> str:
    """Which rows judge in every fold, and the mean of the errors there, in a few lines of NumPy."""
    plan, errors = setup.plan, measure(setup).errors[0]
    deal = [f"order = np.random.default_rng(0).permutation({plan.count})"]
    if plan.stratified and setup.share:
        labels = "".join(map(str, setup.labels))
        deal.append(f'labels = np.array(list("{labels}"))')
        deal.append('order = order[np.argsort(labels[order], kind="stable")]  # class by class')
    run = f"""\
for fold in range({plan.k}):
    print(fold + 1, *np.sort(order[fold::{plan.k}]))
{short_programs.array("E", errors, 6)}  # of the networks that learned from the other rows
print("mean", E.mean(), "standard deviation", E.std(ddof=1))"""
    return short_program("\n".join(deal), run)


def details(beat: Beat, setup: Setup, result: FoldErrors) -> None:
    """The folds and all shuffles as tables, what mean and deviation are, the source."""
    scores = visible(beat, result)
    beat.numbers({"folds_table": lambda: table(setup, result), "shuffles_table": lambda: shuffles_table(scores)})
    beat.source([MEAN], cross_validation.folds, CrossValidation.fold_errors)


def table(setup: Setup, result: FoldErrors) -> pd.DataFrame:
    """The folds of the shuffle that is shown, with what they judge by."""
    plan, place, labels = setup.plan, setup.fold_of_row, setup.labels
    columns: dict[str, object] = {"fold": np.arange(1, plan.k + 1)}
    columns["validation_rows"] = np.bincount(place, minlength=plan.k)
    for label, name in enumerate(plan.data.classes):
        columns[name] = np.bincount(place[labels == label], minlength=plan.k)
    return pd.DataFrame(columns | {"error": result.errors[0]})


def shuffles_table(scores: dict[str, np.ndarray]) -> pd.DataFrame:
    """The score of every shuffle, as far as they may be shown."""
    return pd.DataFrame({"shuffle": np.arange(SHUFFLES)} | scores)
