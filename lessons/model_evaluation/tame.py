"""Tame it: each remedy against learning by heart, against the same large network without it."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore import ladder
from dlcore.crowd import Course
from dlcore.ladder import Rows, Training
from lessons.model_evaluation.capacity import DATA, FLIPPED, baseline, error_axis, error_said, rung, titles
from lessons.model_evaluation.grow import lowest
from ui.beat import Beat
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say

LARGE, SMALL = (64,), (2,)
ROWS = (20, 40, 80, 160)
USUAL = 40
SEEDS = 5
EPOCHS = 200

UNTAMED, NOTHING = "untamed", "no_remedy"
REMEDIES = ("with_dropout", "with_l2", "with_early_stopping", "with_fewer_units", "with_more_data")


@dataclass(frozen=True, eq=False)
class Tamed:
    """What became of the large network with each remedy.

    errors: by "train" and "validation", shape (1 + remedies, repetitions), the untamed network first. by_rows: the same
    of the untamed network by number of rows. stops: the epoch at which each repetition was stopped early.
    """

    rows: Rows
    errors: dict[str, np.ndarray]
    by_rows: dict[str, np.ndarray]
    stops: np.ndarray
    baseline: float
    told: bool = True

    @property
    def share(self) -> bool:
        return self.rows.data.task != "regression"

    def shown(self, errors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """As much of them as may be seen."""
        return errors if self.told else {"train": errors["train"]}

    @property
    def best(self) -> tuple[str, ...]:
        """The remedies with the lowest mean validation error, as far as is told.

        NOTHING alone if none is told to be better than the untamed network.
        """
        means: dict[str, float] = dict(
            zip((NOTHING, *REMEDIES), map(float, self.errors["validation"].mean(axis=1)), strict=True)
        )
        best = lowest(means, self.share)
        return (NOTHING,) if NOTHING in best or not best else best

    def report(self, say: Say) -> str:
        """A line a remedy: how much of the untamed error it took away, in how many of the repetitions."""
        untamed, lines = self.errors["validation"][0], []
        for name, train, validation in zip(
            REMEDIES, self.errors["train"][1:], self.errors["validation"][1:], strict=True
        ):
            facts: dict[str, Any] = {"name": say(name), "train": self._said(train), "val": self._said(validation)}
            facts |= {"times": int((validation < untamed).sum()), "seeds": len(untamed)}
            change = float(validation.mean() / untamed.mean() - 1) if untamed.mean() else 0.0
            told = "±0%" if abs(change) < 0.005 else f"{change:+.0%}".replace("-", "−")
            lines.append("- " + say("remedy_told", change=told, **facts))
        return "\n".join(lines)

    def _said(self, errors: np.ndarray) -> str:
        return error_said(float(errors.mean()), self.share)

    def said(self, say: Say, word: str) -> str:
        """A sentence about the network without a remedy, with its numbers."""
        facts = {"train": self._said(self.errors["train"][0]), "val": self._said(self.errors["validation"][0])}
        facts |= {"rows": self.rows.count, "epochs": EPOCHS, "seeds": SEEDS, "units": LARGE[0], "few": SMALL[0]}
        facts |= {"more": ROWS[-1], "first": int(self.stops.min()), "last": int(self.stops.max()), "fewest": ROWS[0]}
        facts |= {"most_val": self._said(self.by_rows["validation"][-1])}
        return say(word, base=error_said(self.baseline, self.share), **facts)

    def each(self, say: Say) -> dict[str, Any]:
        """The picture of all remedies: its numbers and words."""
        names = {name: say(name) for name in (UNTAMED, *REMEDIES)}
        more = {"x_title": error_axis(say, self.share), "baseline": self.baseline}
        return titles(say, self.share) | more | {"names": names, "errors": self.shown(self.errors)}

    def rows_drawn(self, say: Say) -> dict[str, Any]:
        """The learning curve: its numbers and words."""
        axes = {"x_title": say("learned_rows_axis"), "y_title": error_axis(say, self.share), "baseline": self.baseline}
        places = {"rows": tuple(map(str, ROWS)), "errors": self.shown(self.by_rows), "chosen": str(self.rows.count)}
        return titles(say, self.share) | axes | places

    def remedies_said(self, say: Say) -> str:
        """The picture of all remedies in a sentence."""
        return self.said(say, "remedies_said" if self.told else "remedies_wait")

    def rows_said(self, say: Say) -> str:
        """The learning curve in a sentence."""
        return self.said(say, "learning_said" if self.told else "learning_waits")

    def table(self) -> pd.DataFrame:
        """Every remedy and repetition."""
        return self._table("remedy", (UNTAMED, *REMEDIES), self.shown(self.errors))

    def rows_table(self) -> pd.DataFrame:
        """Every number of rows and repetition."""
        return self._table("rows", ROWS, self.shown(self.by_rows))

    def _table(self, first: str, places: tuple[Any, ...], errors: dict[str, np.ndarray]) -> pd.DataFrame:
        columns: dict[str, object] = {first: np.repeat(places, SEEDS), "seed": np.tile(np.arange(SEEDS), len(places))}
        return pd.DataFrame(columns | {f"{key}_error": values.ravel() for key, values in errors.items()})


def _ends(courses: list[Course]) -> dict[str, np.ndarray]:
    by_key = {"train": [course.error[-1] for course in courses], "validation": [c.val_error[-1] for c in courses]}
    return {key: np.array(errors) for key, errors in by_key.items()}


def _found(rows: Rows, dropout: float, l2: float, patience: int) -> Tamed:
    def course(training: Training, hidden: tuple[int, ...], of: Rows = rows) -> Course:
        return rung(of, training, hidden, SEEDS, EPOCHS + 1)

    plain = Training(EPOCHS)
    sizes = {count: course(plain, LARGE, Rows(rows.data, count, rows.flipped)) for count in ROWS}
    untamed = sizes[rows.count]
    others = [course(Training(EPOCHS, dropout=dropout), LARGE), course(Training(EPOCHS, l2=l2), LARGE)]
    errors = _ends([untamed, *others, untamed, course(plain, SMALL), sizes[ROWS[-1]]])
    stops = ladder.stopped(untamed, patience)
    early, copies = 1 + REMEDIES.index("with_early_stopping"), np.arange(SEEDS)
    errors["train"][early] = untamed.error[stops, copies]
    errors["validation"][early] = untamed.val_error[stops, copies]
    return Tamed(rows, errors, _ends(list(sizes.values())), untamed.epoch[stops], baseline(rows, SEEDS))


def tamed(beat: Beat) -> Tamed:
    """The remedies that the controls say, as much of them as may be shown."""
    with beat.panel:
        data = DATA[beat.menu("data5", Choice("auto_mpg", tuple(DATA)), "data", named=beat.member)]
        dropout = beat.slider("drop5", Number(0.3, 0.0, 0.8), "dropout_rate")
        l2 = beat.slider("l5", Number(0.01, 1e-5, 1, log=True), "l2_factor")
        patience = int(beat.slider("pat5", Number(20, 1, 60, whole=True), "patience"))
        owns, noisy = ("data5", "drop5", "l5", "pat5", "flip5"), {"data5": "breast_cancer", "flip5": 0.15}
        too_much, too_little = {"drop5": 0.8, "l5": 1.0, "pat5": 1}, {"drop5": 0.02, "l5": 1e-5, "pat5": 60}
        beat.presets(owns, tames={}, noisy_labels=noisy, tamed_too_much=too_much, tamed_too_little=too_little)
        with beat.more():
            flipped = beat.slider("flip5", FLIPPED, "flipped")
    with beat.stage:
        with st.spinner(beat.word("training_now")):
            found = _found(Rows(data, USUAL, flipped), dropout, l2, patience)
        _noted(beat, found.rows, dropout, l2, patience)
        told = beat.predicted("which_remedy", (*REMEDIES, NOTHING), found.best, found.report(beat.word))
    return dataclasses.replace(found, told=told)


def _noted(beat: Beat, rows: Rows, dropout: float, l2: float, patience: int) -> None:
    untamed = beat.ran(ladder.climbed, rows, Training(EPOCHS), LARGE, SEEDS, EPOCHS + 1)
    for training in (Training(EPOCHS, dropout=dropout), Training(EPOCHS, l2=l2)):
        beat.ran(ladder.climbed, rows, training, LARGE, SEEDS, EPOCHS + 1)
    beat.ran(ladder.stopped, untamed, patience)
    beat.ran(ladder.climbed, rows, Training(EPOCHS), SMALL, SEEDS, EPOCHS + 1)
    beat.ran(ladder.climbed, Rows(rows.data, ROWS[-1], rows.flipped), Training(EPOCHS), LARGE, SEEDS, EPOCHS + 1)


def told(beat: Beat, shown: Tamed) -> None:
    """What each remedy did, once the reader has guessed."""
    if shown.told:
        st.markdown(shown.report(beat.word))
        st.markdown(shown.said(beat.word, "tamed_caution"))
