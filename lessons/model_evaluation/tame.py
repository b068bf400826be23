"""Tame it: each remedy against learning by heart, against the same large network without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

import charts
from dlcore.experiments import capacity
from dlcore.experiments.capacity import AdamTraining, Hidden, SampledRows
from dlcore.experiments.replicates import TrainingCurves
from dlcore.layers import L2, Dropout
from lessons.model_evaluation.capacity import (
    DATA,
    FLIPPED,
    baseline,
    error_axis,
    error_digits,
    is_share,
    lowest,
    rung,
    titles,
)
from ui.beat import Beat
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.question import Question
from ui.script_export import Experiment

TRAINS = True

LARGE, SMALL = (64,), (2,)
ROWS = (20, 40, 80, 160)
USUAL = 40
SEEDS = 5
EPOCHS = 200

UNTAMED, NOTHING = "untamed", "no_remedy"
REMEDIES = ("with_dropout", "with_l2", "with_early_stopping", "with_fewer_units", "with_more_data")
EARLY_STOPPING = 1 + REMEDIES.index("with_early_stopping")
"""Its place in ``Remedies.errors``."""

Errors = dict[str, np.ndarray]
"""Last errors by "train" and "validation"; those of the repetitions lie along the last axis."""


@dataclass(frozen=True)
class Setup:
    """The rows that the networks learn from, and how strong each remedy is."""

    rows: SampledRows
    dropout: float
    l2: float
    patience: int

    @property
    def share(self) -> bool:
        """Whether errors are shares of wrong answers."""
        return is_share(self.rows.data)


@dataclass(frozen=True, eq=False)
class Remedies:
    """What became of the large network with each remedy.

    errors: of shape (1 + remedies, repetitions), the untamed network first. by_rows: those of the untamed network by
    number of rows, shape (ROWS, repetitions). stops: the epoch at which each repetition was stopped early, shape
    (repetitions,). baseline: the error of an answer that never looks.
    """

    errors: Errors
    by_rows: Errors
    stops: np.ndarray
    baseline: float


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The data and the strength of each remedy; wrong answers one click away."""
    data = DATA[beat.menu("data5", Choice("auto_mpg", tuple(DATA)), "data", option_label=beat.member)]
    dropout = beat.slider("drop5", Number(0.3, 0.0, 0.8), "dropout_rate")
    l2 = beat.slider("l5", Number(0.01, 1e-5, 1, log=True), "l2_factor")
    patience = int(beat.slider("pat5", Number(20, 1, 60, whole=True), "patience"))
    with beat.more():
        flipped = beat.slider("flip5", FLIPPED, "flipped")
    owns, noisy = ("data5", "drop5", "l5", "pat5", "flip5"), {"data5": "breast_cancer", "flip5": 0.15}
    too_much, too_little = {"drop5": 0.8, "l5": 1.0, "pat5": 1}, {"drop5": 0.02, "l5": 1e-5, "pat5": 60}
    beat.presets(owns, tames={}, noisy_labels=noisy, tamed_too_much=too_much, tamed_too_little=too_little)
    return Setup(SampledRows(data, USUAL, flipped), dropout, l2, patience)


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Remedies:
    """The large network trained without a remedy, with each of them, and on fewer and more rows."""
    rows = setup.rows
    by_rows = {count: _course(SampledRows(rows.data, count, rows.flipped)) for count in ROWS}
    untamed = by_rows[rows.count]
    dropout = _course(rows, AdamTraining(EPOCHS, dropout=setup.dropout))
    l2 = _course(rows, AdamTraining(EPOCHS, l2=setup.l2))
    errors = _last_errors([untamed, dropout, l2, untamed, _course(rows, hidden=SMALL), by_rows[ROWS[-1]]])
    stops, copies = capacity.best_marks(untamed, setup.patience), np.arange(SEEDS)
    errors["train"][EARLY_STOPPING] = untamed.error[stops, copies]
    errors["validation"][EARLY_STOPPING] = untamed.val_error[stops, copies]
    last = _last_errors(list(by_rows.values()))
    return Remedies(errors, last, untamed.epoch[stops], baseline(rows, SEEDS))


def _course(rows: SampledRows, training: AdamTraining | None = None, hidden: Hidden = LARGE) -> TrainingCurves:
    """The course of a training, without a remedy unless one is named."""
    return rung(rows, training or AdamTraining(EPOCHS), hidden, SEEDS, EPOCHS + 1)


def _last_errors(courses: Sequence[TrainingCurves]) -> Errors:
    return {
        "train": np.array([course.error[-1] for course in courses]),
        "validation": np.array([course.val_error[-1] for course in courses]),
    }


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, remedies: Remedies) -> Question:
    """Which remedies have the lowest mean validation error in the digits that are shown.

    NOTHING alone is right if none is shown to be better than the untamed network.
    """
    means = map(float, remedies.errors["validation"].mean(axis=1))
    best = lowest(dict(zip((NOTHING, *REMEDIES), means, strict=True)), setup.share)
    return Question("which_remedy", (*REMEDIES, NOTHING), NOTHING if NOTHING in best or not best else best)


def explain(setup: Setup, remedies: Remedies, say: Say) -> str:
    """A line a remedy: how much of the untamed error it took away, in how many of the repetitions."""
    train, validation = remedies.errors["train"], remedies.errors["validation"]
    rows = zip(REMEDIES, train[1:], validation[1:], strict=True)
    return "\n".join(f"- {_remedy_line(setup, say, name, own, val, validation[0])}" for name, own, val in rows)


def _remedy_line(
    setup: Setup, say: Say, name: str, train: np.ndarray, validation: np.ndarray, untamed: np.ndarray
) -> str:
    """What one remedy did; errors of shape (repetitions,)."""
    change = float(validation.mean() / untamed.mean() - 1) if untamed.mean() else 0.0
    percent = "±0%" if abs(change) < 0.005 else f"{change:+.0%}".replace("-", "−")
    facts: dict[str, Any] = {"train": _mean(setup, train), "val": _mean(setup, validation)}
    times = int((validation < untamed).sum())
    return say("remedy_told", name=say(name), change=percent, times=times, seeds=len(untamed), **facts)


def _mean(setup: Setup, errors: np.ndarray) -> str:
    """The mean of some errors as people say it."""
    return error_digits(float(errors.mean()), setup.share)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, remedies: Remedies) -> None:
    """The errors with each remedy beside the learning curve; before the answer no validation errors."""
    say = beat.word
    look: dict[str, Any] = titles(say, setup.share) | {"baseline": remedies.baseline}
    axis, names = error_axis(say, setup.share), {name: say(name) for name in (UNTAMED, *REMEDIES)}
    look["hidden"] = [key for key in remedies.errors if key not in visible(beat, remedies.errors)]
    by_remedy = charts.remedies(names, remedies.errors, x_title=axis, **look)
    places = {"x_title": say("learned_rows_axis"), "y_title": axis, "chosen": str(setup.rows.count)}
    by_rows = charts.error_by_rows(tuple(map(str, ROWS)), remedies.by_rows, **places, **look)
    words = ("remedies_said", "learning_said") if beat.answered else ("remedies_wait", "learning_waits")
    sentences = (sentence(setup, remedies, say, word) for word in words)
    beat.side_by_side(*zip((by_remedy, by_rows), sentences, strict=True))
    if beat.answered:
        beat.report(explain(setup, remedies, say))
        st.markdown(sentence(setup, remedies, say, "tamed_caution"))


def visible(beat: Beat, errors: Errors) -> Errors:
    """The errors that may be shown: before the answer those of the training."""
    return errors if beat.answered else {"train": errors["train"]}


def sentence(setup: Setup, remedies: Remedies, say: Say, word: str) -> str:
    """A sentence about the network without a remedy, with its numbers."""
    errors, most = remedies.errors, remedies.by_rows["validation"][-1]
    facts: dict[str, Any] = {"train": _mean(setup, errors["train"][0]), "val": _mean(setup, errors["validation"][0])}
    facts |= {"rows": setup.rows.count, "epochs": EPOCHS, "seeds": SEEDS, "units": LARGE[0], "few": SMALL[0]}
    facts |= {"more": ROWS[-1], "fewest": ROWS[0], "most_val": _mean(setup, most)}
    facts |= {"first": int(remedies.stops.min()), "last": int(remedies.stops.max())}
    return say(word, base=error_digits(remedies.baseline, setup.share), **facts)


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The large network without a remedy and with each of them as calls of dlcore."""
    rows, plain = setup.rows, AdamTraining(EPOCHS)
    untamed = experiment.show(capacity.training_curves, rows, plain, LARGE, SEEDS, EPOCHS + 1)
    for training in (AdamTraining(EPOCHS, dropout=setup.dropout), AdamTraining(EPOCHS, l2=setup.l2)):
        experiment.show(capacity.training_curves, rows, training, LARGE, SEEDS, EPOCHS + 1)
    experiment.show(capacity.best_marks, untamed, setup.patience)
    experiment.show(capacity.training_curves, rows, plain, SMALL, SEEDS, EPOCHS + 1)
    experiment.show(
        capacity.training_curves, SampledRows(rows.data, ROWS[-1], rows.flipped), plain, LARGE, SEEDS, EPOCHS + 1
    )


def details(beat: Beat, setup: Setup, remedies: Remedies) -> None:
    """Every repetition as tables, the remedies as formulas and source."""
    by_remedy = visible(beat, remedies.errors)
    by_rows = visible(beat, remedies.by_rows)
    beat.numbers(
        {
            "remedy_table": lambda: table("remedy", (UNTAMED, *REMEDIES), by_remedy),
            "learning_table": lambda: table("rows", ROWS, by_rows),
        }
    )
    beat.source([Dropout.formula, L2.formula], Dropout, L2, capacity.best_marks)


def table(first: str, places: Sequence[Any], errors: Errors) -> pd.DataFrame:
    """A row for every place and repetition; ``first`` is the name of the column of the places."""
    columns: dict[str, object] = {first: np.repeat(places, SEEDS), "seed": np.tile(np.arange(SEEDS), len(places))}
    return pd.DataFrame(columns | {f"{key}_error": values.ravel() for key, values in errors.items()})
