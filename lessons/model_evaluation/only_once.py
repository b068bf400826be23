"""Only once: a test set that is opened once in a visit, and how much the best of many scores flatters."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

import charts
from dlcore.datasets import BreastCancer
from dlcore.experiments import selection_bias
from dlcore.experiments.selection_bias import MODELS, Candidates
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.question import Question
from ui.quiz import ties
from ui.script_export import Experiment

TRAINS = True

DATA = Candidates(BreastCancer())
OURS = (34,)
"""The draw that readers choose in: at first its models differ and one of them alone is the best, so that it is seen."""
SIMULATED = tuple(range(1, 21))
"""Other draws, in which the same choice is made again and again."""
DRAWS = 20
BINS = (0.2, 1.0)
"""From how many points on the optimism is small, and large."""
OPTIMISM = ("optimism_none", "optimism_small", "optimism_large")
BEST, FIRST = "take_best", "take_first"
LOOKS = ("x6",)
EXPECTED = Number(95, 50, 100, whole=True)
"""What a reader expects the test to say, in percent."""
FLATTERY = (
    r"\mathbb{E}\big[\max_{m \le M} A_\text{val}(m)\big] \ \ge\ \max_{m \le M} \mathbb{E}\big[A_\text{val}(m)\big]"
)


@dataclass(frozen=True)
class Setup:
    """How many models are compared, on how many validation rows, and whether the best or the first is taken."""

    models: int
    rows: int
    choice: str


@dataclass(frozen=True, eq=False)
class Selection:
    """The scores of the models, shares of right answers, and how much too good the best one is elsewhere.

    scores: on the validation rows, shape (models,). place: of the model that is taken. test: its score on the test
    rows. optimism: by number of models, validation minus test accuracy of the best, shape (MODELS, simulations).
    """

    scores: np.ndarray
    place: int
    test: float
    optimism: np.ndarray

    @property
    def average_optimism(self) -> float:
        """How much too good the best of so many scores is, on average."""
        return float(self.optimism[len(self.scores) - 1].mean())


@dataclass(frozen=True)
class Opening:
    """What a test set has said when it was opened, beside what was known and expected: scores are shares."""

    models: int
    rows: int
    place: int
    expected: float
    validation: float
    test: float

    def is_of(self, setup: Setup, selection: Selection) -> bool:
        """Whether the same model was taken from the same ones."""
        now = (setup.models, setup.rows, selection.place)
        return (self.models, self.rows, self.place) == now


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """How many models and validation rows, and which model is taken."""
    models = int(beat.slider("n6", Number(16, 1, MODELS, whole=True), "models_compared"))
    rows = int(beat.slider("v6", Number(40, 20, 200, whole=True), "validation_rows"))
    choice = beat.choice("take6", Choice(BEST, (BEST, FIRST)), "which_is_taken")
    # drawn with the button that opens, but presets clear it: settled here, so that they know what it is set to
    beat.value_of("x6", EXPECTED)
    owns, honest = ("n6", "v6", "take6", "x6"), {"take6": FIRST, "n6": 1}
    beat.presets(owns, best_of_many={}, chosen_before=honest, few_rows={"v6": 20, "n6": 32}, many_rows={"v6": 200})
    return Setup(models, rows, choice)


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Selection:
    """All models judged, one of them taken; the same with the best one again and again on other rows."""
    miss = _mistakes(DATA, OURS)[0]
    validation, test = miss[:, : setup.rows], miss[:, setup.rows :]
    place = selection_bias.best_model(validation, setup.models) if setup.choice == BEST else 0
    scores = 1 - validation[: setup.models].mean(axis=1)
    return Selection(scores, place, 1 - float(test[place].mean()), _optimism(DATA, setup.rows))


@shared(max_entries=4)
def _mistakes(candidates: Candidates, seeds: tuple[int, ...]) -> np.ndarray:
    return candidates.mistakes(seeds)


@shared(max_entries=32)
def _optimism(candidates: Candidates, rows: int) -> np.ndarray:
    return selection_bias.optimism(_mistakes(candidates, SIMULATED), rows, DRAWS)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, selection: Selection) -> Question:
    """How large the optimism is; two answers are right where the number that is shown lies on a border."""
    average = selection.average_optimism
    return Question("how_optimistic", OPTIMISM, ties.either(_size, 100 * average, points(average)), ordered=True)


def _size(percent: float) -> str:
    return OPTIMISM[int(np.searchsorted(BINS, percent, side="right"))]


def points(share: float) -> float:
    """A difference of shares in percentage points, with one decimal; 0 without a sign."""
    return round(100 * share, 1) + 0.0


def explain(setup: Setup, selection: Selection, say: Say) -> str:
    """How much too good the best of so many scores is, and a single one."""
    return sentence(setup, selection, say, "optimism_because")


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, selection: Selection) -> None:
    """The models' scores beside the optimism by their number, which waits for the answer; and what the test said."""
    opening = opening_of(beat)
    with beat.panel:
        _draw_button(beat, setup, selection, opening)
    words = beat.words(x_title="model_axis", y_title="right_axis")
    titles = beat.word("error_validation"), beat.word("error_test")
    # the model that was opened may not be among those that are compared now
    tested = (opening.place, opening.test) if opening and opening.place < setup.models else None
    scores = charts.candidates(selection.scores, selection.place, tested, titles, **words)
    words = beat.words(x_title="models_axis", y_title="optimism_axis")
    by_models = charts.optimism_by_models(*bands(visible(beat, selection)), setup.models, **words)
    word = "flattery_said" if beat.answered else "flattery_waits"
    beat.side_by_side(
        (scores, sentence(setup, selection, beat.word, "candidates_said")),
        (by_models, sentence(setup, selection, beat.word, word)),
    )
    st.markdown(report(setup, selection, opening, beat.word))
    st.markdown(beat.word("once_is_discipline"))


def _draw_button(beat: Beat, setup: Setup, selection: Selection, opening: Opening | None) -> None:
    """What the reader expects, and the button that opens the test set; once it is open, it cannot be pressed again."""
    expected = beat.slider("x6", EXPECTED, "expected_score") / 100
    validation = float(selection.scores[selection.place])
    now = Opening(setup.models, setup.rows, selection.place, expected, validation, selection.test)
    st.button(
        beat.word("open_test"),
        key="model_evaluation.open6",
        on_click=_open,
        args=(beat, now),
        disabled=opening is not None,
        icon=":material/lock_open:" if opening is None else ":material/lock:",
    )


def _open(beat: Beat, now: Opening) -> None:
    # the first one counts, whatever a second click sends
    beat.lesson.state.kept_numbers.setdefault(beat.name, asdict(now))


def opening_of(beat: Beat) -> Opening | None:
    """The opening of the test set that was kept, if there was one and what was kept of it can be right."""
    return opening_from(beat.lesson.state.kept_numbers.get(beat.name, {}))


def opening_from(numbers: Mapping[str, float]) -> Opening | None:
    """An opening from its numbers by name; None if they cannot be those of one: a reader's browser has kept them."""
    if set(numbers) != {each.name for each in fields(Opening)}:
        return None
    whole = [int(numbers[name]) for name in ("models", "rows", "place")]
    shares = [float(numbers[name]) for name in ("expected", "validation", "test")]
    found = Opening(*whole, *shares)
    possible = 1 <= found.models <= MODELS and 20 <= found.rows <= 200 and 0 <= found.place < found.models
    return found if possible and all(0 <= share <= 1 for share in shares) else None


def visible(beat: Beat, selection: Selection) -> np.ndarray:
    """As much of the optimism as may be shown: before the answer nothing, shape (0, simulations)."""
    return selection.optimism if beat.answered else selection.optimism[:0]


def bands(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mean and the ends of the middle 80 % of the simulations, each of shape (models,)."""
    low, high = np.percentile(values, (10, 90), axis=1) if len(values) else np.empty((2, 0))
    return values.mean(axis=1), low, high


def sentence(setup: Setup, selection: Selection, say: Say, word: str) -> str:
    """A sentence with the numbers."""
    score, single = float(selection.scores[selection.place]), float(selection.optimism[0].mean())
    facts: dict[str, Any] = {"models": setup.models, "rows": setup.rows, "score": score}
    facts |= {"place": selection.place + 1, "learned": DATA.count, "hidden": DATA.judges - setup.rows}
    facts |= {"average": points(selection.average_optimism), "single": points(single)}
    return say(word, times=selection.optimism.shape[1], **facts)


def report(setup: Setup, selection: Selection, opening: Opening | None, say: Say) -> str:
    """What the test set said, and what was expected of it; that it is still closed, if it is."""
    if opening is None:
        return say("still_closed", hidden=DATA.judges - setup.rows)
    facts: dict[str, Any] = {"place": opening.place + 1, "models": opening.models, "rows": opening.rows}
    facts |= {"hidden": DATA.judges - opening.rows, "val": opening.validation, "test": opening.test}
    gaps = {"gap": points(opening.validation - opening.test), "off": points(opening.test - opening.expected)}
    text = say("was_opened", expected=opening.expected, **facts, **gaps)
    return text if opening.is_of(setup, selection) else f"{text}\n\n{say('opened_before')}"


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The models, the choice and the simulation as calls of dlcore."""
    miss = experiment.show(DATA.mistakes, OURS)
    experiment.show(selection_bias.best_model, miss[0][:, : setup.rows], setup.models)
    experiment.show(selection_bias.optimism, experiment.assign("others", DATA.mistakes, SIMULATED), setup.rows, DRAWS)


def details(beat: Beat, setup: Setup, selection: Selection) -> None:
    """Every model and, once it may be shown, the optimism as tables; why the best flatters, and the source."""
    answer = {"optimism_table": lambda: optimism_table(selection)} if beat.answered else {}
    beat.numbers({"candidates_table": lambda: table(selection)} | answer)
    beat.source([FLATTERY], selection_bias.best_model, selection_bias.optimism)


def table(selection: Selection) -> pd.DataFrame:
    """Every model that is compared."""
    place = np.arange(1, len(selection.scores) + 1)
    return pd.DataFrame({"model": place, "validation_accuracy": selection.scores})


def optimism_table(selection: Selection) -> pd.DataFrame:
    """How much the best flatters, by the number of models."""
    mean, low, high = bands(selection.optimism)
    return pd.DataFrame({"models": np.arange(1, len(mean) + 1), "mean": mean, "low_10": low, "high_90": high})
