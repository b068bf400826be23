"""Only once: a test set that is opened once in a visit, and how much the best of many scores flatters."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.datasets import BreastCancer
from dlcore.optimism import MODELS, Candidates, chosen, optimism
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.quiz import ties

DATA = Candidates(BreastCancer())
OURS = (0,)
"""The draw that readers choose in."""
SIMULATED = tuple(range(1, 21))
"""Other draws, in which the same choice is made again and again."""
DRAWS = 20
BINS = (0.2, 1.0)
"""From how many points on the optimism is small, and large."""
OPTIMISM = ("optimism_none", "optimism_small", "optimism_large")
FLATTERY = (
    r"\mathbb{E}\big[\max_{m \le M} A_\text{val}(m)\big] \ \ge\ \max_{m \le M} \mathbb{E}\big[A_\text{val}(m)\big]"
)
OPENED = "test_set_opened"


@dataclass(frozen=True)
class Opened:
    """What was found when the test set was opened: scores are shares of right answers, ``expected`` as well."""

    models: int
    rows: int
    place: int
    expected: float
    validation: float
    test: float


@shared(max_entries=4)
def _judged(candidates: Candidates, seeds: tuple[int, ...]) -> np.ndarray:
    return candidates.judged(seeds)


@shared(max_entries=32)
def _optimism(candidates: Candidates, rows: int) -> np.ndarray:
    return optimism(_judged(candidates, SIMULATED), rows, DRAWS)


@dataclass(frozen=True, eq=False)
class Once:
    """What a reader sees before and after the test set is opened.

    scores: validation accuracy of the models compared, shape (models,). flattery: by number of models, validation minus
    test accuracy of the best, shape (MODELS, simulations). opened: what was found, None before.
    """

    rows: int
    scores: np.ndarray
    place: int
    expected: float
    flattery: np.ndarray
    opened: Opened | None
    told: bool = True

    @property
    def models(self) -> int:
        return len(self.scores)

    @property
    def average(self) -> float:
        """How much too good the best of so many scores is, on average."""
        return float(self.flattery[self.models - 1].mean())

    @property
    def size(self) -> tuple[str, ...]:
        """The word for it, one of OPTIMISM; two where what is told lies on a border."""
        return ties.either(_size, 100 * self.average, _points(self.average))

    @property
    def bands(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mean and the middle 80 % of the flattery, each of shape (MODELS,); of nothing while it is hidden."""
        shown = self.flattery if self.told else self.flattery[:0]
        low, high = np.percentile(shown, (10, 90), axis=1) if self.told else np.empty((2, 0))
        return shown.mean(axis=1), low, high

    @property
    def tested(self) -> tuple[int, float] | None:
        """The place and the test score of the model that was opened, if it is among those drawn now."""
        found = self.opened
        return (found.place, found.test) if found and found.place < self.models else None

    def candidates(self, say: Say) -> dict[str, Any]:
        """The picture of the models compared: its numbers and words."""
        words = {"titles": (say("error_validation"), say("error_test"))}
        words |= {"x_title": say("model_axis"), "y_title": say("right_axis")}
        return words | {"scores": self.scores, "taken": self.place, "opened": self.tested}

    def simulated(self, say: Say) -> dict[str, Any]:
        """The picture of the simulation: its numbers and words."""
        drawn = dict(zip(("mean", "low", "high"), self.bands, strict=True))
        return drawn | {"models": self.models, "x_title": say("models_axis"), "y_title": say("optimism_axis")}

    def said(self, say: Say, word: str) -> str:
        """A sentence with the numbers."""
        facts: dict[str, Any] = {"models": self.models, "rows": self.rows, "score": float(self.scores[self.place])}
        facts |= {"place": self.place + 1, "learned": DATA.count, "hidden": DATA.judges - self.rows}
        facts |= {"average": _points(self.average), "single": _points(float(self.flattery[0].mean()))}
        return say(word, times=self.flattery.shape[1], **facts)

    def flattery_said(self, say: Say) -> str:
        """The picture of the simulation in a sentence."""
        return self.said(say, "flattery_said" if self.told else "flattery_waits")

    def report(self, say: Say) -> str:
        """What the test set said, and what was expected of it."""
        found = self.opened
        if found is None:
            return say("still_closed", hidden=DATA.judges - self.rows)
        facts = {
            "place": found.place + 1,
            "models": found.models,
            "rows": found.rows,
            "hidden": DATA.judges - found.rows,
        }
        scores = {"val": found.validation, "test": found.test, "expected": found.expected}
        gaps = {"gap": _points(found.validation - found.test), "off": _points(found.test - found.expected)}
        told = say("was_opened", **facts, **scores, **gaps)
        now = (self.models, self.rows, self.place)
        return told if now == (found.models, found.rows, found.place) else f"{told}\n\n{say('opened_before')}"

    def table(self) -> pd.DataFrame:
        """Every model that is compared."""
        return pd.DataFrame({"model": np.arange(1, self.models + 1), "validation_accuracy": self.scores})

    def optimism_table(self) -> pd.DataFrame:
        """How much the best flatters, by the number of models, as far as it may be seen."""
        mean, low, high = self.bands
        columns = {"models": np.arange(1, len(mean) + 1), "mean": mean, "low_10": low, "high_90": high}
        return pd.DataFrame(columns) if self.told else self.table()


def _size(points: float) -> str:
    return OPTIMISM[int(np.searchsorted(BINS, points, side="right"))]


def _points(share: float) -> float:
    """A difference of shares in points; 0 without a sign."""
    return round(100 * share, 1) + 0.0


def opened_once(beat: Beat) -> Once:
    """What the controls say, with the test set if it was opened."""
    with beat.panel:
        models = int(beat.slider("n6", Number(16, 1, MODELS, whole=True), "models_compared"))
        rows = int(beat.slider("v6", Number(40, 20, 200, whole=True), "validation_rows"))
        taken = beat.choice("take6", Choice("take_best", ("take_best", "take_first")), "which_is_taken")
        owns, honest = ("n6", "v6", "take6", "x6"), {"take6": "take_first", "n6": 1}
        beat.presets(owns, best_of_many={}, chosen_before=honest, few_rows={"v6": 20, "n6": 32}, many_rows={"v6": 200})
    with beat.stage:
        miss = _judged(DATA, OURS)[0]
        wrong = beat.ran(DATA.judged, OURS)
        beat.ran(chosen, wrong[0][:, :rows], models)
        beat.ran(optimism, beat.made("others", DATA.judged, SIMULATED), rows, DRAWS)
        place = chosen(miss[:, :rows], models) if taken == "take_best" else 0
        scores = 1 - miss[:models, :rows].mean(axis=1)
        with st.spinner(beat.word("training_now")):
            flattery = _optimism(DATA, rows)
        found = Once(rows, scores, place, 0.0, flattery, st.session_state.get(OPENED))
        told = beat.predicted("how_optimistic", OPTIMISM, found.size, found.said(beat.word, "optimism_because"))
    with beat.panel:
        expected = beat.slider("x6", Number(95, 50, 100, whole=True), "expected_score") / 100
        test = 1 - float(miss[place, rows:].mean())
        now = Opened(models, rows, place, expected, float(scores[place]), test)
        closed = found.opened is None
        st.button(
            beat.word("open_test"),
            key="model_evaluation.open6",
            on_click=_open,
            args=(now,),
            disabled=not closed,
            icon=":material/lock_open:" if closed else ":material/lock:",
        )
    return Once(rows, scores, place, expected, flattery, found.opened, told)


def _open(now: Opened) -> None:
    # the first one counts, whatever a second click sends
    st.session_state.setdefault(OPENED, now)


def told(beat: Beat, shown: Once) -> None:
    """What the test set has said, or that it is still closed; and why once is all there is."""
    st.markdown(shown.report(beat.word))
    st.markdown(beat.word("once_is_discipline"))
