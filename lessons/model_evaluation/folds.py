"""Folds: k-fold cross-validation fold by fold, and beside it what a single split says."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.folds import CrossValidation
from lessons.model_evaluation.capacity import DATA, error_axis, error_said
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import Say
from ui.quiz import ties

SHUFFLES = 20
MEAN = r"\bar{E} = \frac{1}{k} \sum_{i=1}^{k} E_i, \qquad s = \sqrt{\frac{1}{k-1} \sum_{i=1}^{k} (E_i - \bar{E})^2}"
SPREADS = ("single_split", "mean_of_folds")
STEADIER = ("splits_steadier", "alike_steady", "folds_steadier", "folds_far_steadier")
"""How many times as much the single split varies: below 0.8, up to 1.25, below 2, and more."""


@shared(max_entries=128)
def _measured(plan: CrossValidation) -> tuple[np.ndarray, np.ndarray]:
    return plan.measured(SHUFFLES)


def _steadier(times: float) -> str:
    if times < 0.8:
        return STEADIER[0]
    return STEADIER[1 if times <= 1.25 else 2 if times < 2 else 3]


@dataclass(frozen=True, eq=False)
class Folded:
    """The errors of all folds in all shuffles, and the errors of the same networks on rows that no fold has.

    errors, fresh: shape (SHUFFLES, k). The first shuffle is the one that is shown fold by fold.
    """

    plan: CrossValidation
    errors: np.ndarray
    fresh: np.ndarray
    told: bool = True

    @property
    def share(self) -> bool:
        return self.plan.data.task != "regression"

    @property
    def belongs(self) -> np.ndarray:
        """The fold in which each row judges, shape (rows,)."""
        place = np.empty(self.plan.count, dtype=int)
        for fold, rows in enumerate(self.plan.folds(0)):
            place[rows] = fold
        return place

    @property
    def labels(self) -> np.ndarray:
        """The class of each row, or 0."""
        y = self.plan.rows()[1][: self.plan.count]
        return y if self.share else np.zeros(len(y), dtype=int)

    @property
    def spread(self) -> dict[str, np.ndarray]:
        """By key, the errors that every shuffle would have told: by one split, and by the mean of its folds."""
        return dict(zip(SPREADS, (self.errors[:, 0], self.errors.mean(axis=1)), strict=True))

    @property
    def seen(self) -> dict[str, np.ndarray]:
        """As much of the spread as may be shown."""
        return self.spread if self.told else {}

    @property
    def deviations(self) -> tuple[float, float]:
        single, mean = self.spread.values()
        return float(single.std(ddof=1)), float(mean.std(ddof=1))

    @property
    def times(self) -> float:
        """How many times as much the score of a single split varies as the mean of the folds; 1 if neither does."""
        single, mean = self.deviations
        return single / mean if mean else np.inf if single else 1.0

    @property
    def steadier(self) -> tuple[str, ...]:
        """The word for which of the two depends less on the shuffle, one of STEADIER; two on a border."""
        return ties.either(_steadier, self.times, round(self.times, 2))

    def _said(self, error: float) -> str:
        return error_said(error, self.share)

    def said(self, say: Say, word: str) -> str:
        """A sentence with the numbers."""
        first, (single, mean) = self.errors[0], self.deviations
        facts: dict[str, Any] = {"k": self.plan.k, "rows": self.plan.count, "each": self.plan.count // self.plan.k}
        facts |= {"mean": self._said(float(first.mean())), "deviation": self._said(float(first.std(ddof=1)))}
        facts |= {"low": self._said(float(first.min())), "high": self._said(float(first.max()))}
        facts |= {"one": self._said(single), "all": self._said(mean), "shuffles": SHUFFLES}
        facts["times"] = f"{self.times:.2f}" if np.isfinite(self.times) else "∞"
        facts |= {"fresh": self._said(float(self.fresh.mean())), "estimate": self._said(float(self.errors.mean()))}
        rest = len(self.plan.data.load()[1]) - self.plan.count
        return say(word, rest=rest, gap=self._said(abs(float(self.errors.mean() - self.fresh.mean()))), **facts)

    def squares(self, say: Say) -> dict[str, Any]:
        """The picture of which rows judge: its numbers and words."""
        words = {"titles": (say("error_train"), say("error_validation")), "y_title": say("fold_axis")}
        return words | {"belongs": self.belongs, "label": self.labels, "k": self.plan.k}

    def scores(self, say: Say) -> dict[str, Any]:
        """The picture of the scores: its numbers and words."""
        rows = {"folds": say("these_folds")} | {name: say(name) for name in SPREADS}
        words = {"titles": rows, "x_title": error_axis(say, self.share), "line_title": say("fresh_rows")}
        fresh = float(self.fresh.mean())
        return words | {"folds": self.errors[0], "spread": self.seen, "fresh": fresh, "share": self.share}

    def scores_said(self, say: Say) -> str:
        """The picture of the scores in a sentence."""
        return self.said(say, "fold_scores_said" if self.told else "fold_scores_wait")

    def lines(self) -> list[str]:
        """What stands beneath the player: before the first fold nothing, then the mean so far."""
        first, written = self.errors[0], ["k = 0"]
        for k in range(1, len(first) + 1):
            parts = " + ".join(self._said(float(error)) for error in first[:k])
            rows = " ".join(str(row) for row in np.flatnonzero(self.belongs == k - 1))
            written.append(f"k = {k}: {rows}\nE = ({parts}) / {k} = {self._said(float(first[:k].mean()))}")
        return written

    def table(self) -> pd.DataFrame:
        """The folds of the shuffle that is shown, with what they judge by."""
        columns: dict[str, object] = {"fold": np.arange(1, self.plan.k + 1)}
        columns["validation_rows"] = [int((self.belongs == fold).sum()) for fold in range(self.plan.k)]
        for label, name in enumerate(self.plan.data.classes):
            of_class = self.labels == label
            columns[name] = [int((of_class & (self.belongs == fold)).sum()) for fold in range(self.plan.k)]
        return pd.DataFrame(columns | {"error": self.errors[0]})

    def spread_table(self) -> pd.DataFrame:
        """What every shuffle would have told."""
        return pd.DataFrame({"shuffle": np.arange(SHUFFLES)} | self.seen)


def folded(beat: Beat) -> Folded:
    """The cross-validation that the controls say, as much of it as may be shown."""
    with beat.panel:
        names = tuple(name for name in DATA if name != "moons")
        data = DATA[beat.menu("data7", Choice("auto_mpg", names), "data", named=beat.member)]
        k = int(beat.slider("k7", Number(5, 2, 10, whole=True), "folds_k"))
        count = int(beat.slider("rows7", Number(60, 30, 100, whole=True), "rows_at_hand"))
        stratified = beat.switch("strat7", Switch(False), "stratified_folds")
        owns, two = ("data7", "k7", "rows7", "strat7", "sample7"), {"k7": 2, "rows7": 30}
        by_class = {"data7": "penguin_species", "strat7": True, "rows7": 30}
        beat.presets(
            owns, five_folds={}, ten_folds={"k7": 10}, by_class=by_class, two_folds=two, unlucky={"sample7": 0}
        )
        with beat.more():
            sample = int(beat.box("sample7", Number(4, 0, 50, whole=True), "which_sample"))
    with beat.stage:
        plan = CrossValidation(data, count, k, stratified, sample)
        beat.ran(plan.measured, SHUFFLES)
        found = Folded(plan, *_measured(plan))
        told = beat.predicted("which_is_steadier", STEADIER, found.steadier, found.said(beat.word, "steadier_because"))
    return Folded(plan, found.errors, found.fresh, told)


def play(beat: Beat, shown: Folded) -> None:
    """The player, fold by fold, and what the two ways of scoring are worth."""
    beat.player(shown.lines())
    if shown.told:
        st.markdown(shown.said(beat.word, "folds_told"))
        st.markdown(beat.word("folds_caution"))
    if shown.plan.stratified and not shown.share:
        st.markdown(beat.word("no_classes"))
