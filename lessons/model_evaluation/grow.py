"""Grow until it overfits: networks from one unit to large, trained on the same rows."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore import ladder
from dlcore.crowd import Course
from dlcore.ladder import RUNGS, Hidden, Rows, Training
from lessons.model_evaluation.capacity import DATA, FLIPPED, baseline, error_axis, error_said, rung, titles
from ui.beat import Beat
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.quiz import ties
from ui.quiz.goals import Goal

PARTING = r"\text{parted at rung } r: \quad E_\text{val}(s) \ge 2\, E_\text{train}(s) \ \text{for all } s \ge r"

PARTINGS = ("part_first", "part_small", "part_middle", "part_large", "part_never")
"""Where the curves may part: at 0 or 1 hidden units, 2 or 4, 8 or 16, 32 or more, nowhere."""


def rung_name(hidden: Hidden) -> str:
    """A rung as the axis calls it: 0, 16, 64x2."""
    return f"{hidden[0]}x{len(hidden)}" if len(hidden) > 1 else str(hidden[0] if hidden else 0)


def rung_letter(name: str) -> str:
    """A rung as the menu and the address call it: h16."""
    return f"h{name}"


BY_NAME: dict[str, Hidden] = {rung_name(hidden): hidden for hidden in RUNGS}


def lowest(errors: Mapping[str, float], share: bool) -> tuple[str, ...]:
    """The names whose error is the lowest as ``error_said`` says it; none if there is no number among them."""
    # a share is told in tenths of a percent, whatever its size
    told = {name: float(f"{error:.1%}".rstrip("%")) if share else error for name, error in errors.items()}
    return ties.lowest(told, 6 if share else 3)


@dataclass(frozen=True, eq=False)
class Ladder:
    """What became of every rung.

    errors: the last ones of every rung by key ("train", "validation"), shape (rungs, repetitions). told: whether the
    reader may see how well the networks do on rows they have not learned from.
    """

    rows: Rows
    training: Training
    courses: Mapping[str, Course]
    baseline: float
    looked_at: str
    told: bool = True

    @property
    def share(self) -> bool:
        """Whether errors are shares of wrong answers."""
        return self.rows.data.task != "regression"

    @property
    def keys(self) -> tuple[str, ...]:
        return ("train", "validation") if self.told else ("train",)

    @property
    def errors(self) -> dict[str, np.ndarray]:
        by_key = {
            "train": np.array([course.error[-1] for course in self.courses.values()]),
            "validation": np.array([course.val_error[-1] for course in self.courses.values()]),
        }
        return {key: by_key[key] for key in self.keys}

    @property
    def course(self) -> Course:
        """Of the rung that is looked at."""
        return self.courses[self.looked_at]

    @property
    def by_epoch(self) -> dict[str, np.ndarray]:
        """The errors of the rung that is looked at, by key, shape (marks, repetitions)."""
        by_key = {"train": self.course.error, "validation": self.course.val_error}
        return {key: by_key[key] for key in self.keys}

    def means(self) -> tuple[np.ndarray, np.ndarray]:
        """The mean training and validation error of every rung; NaN where a repetition is lost."""
        ends = [(course.error[-1].mean(), course.val_error[-1].mean()) for course in self.courses.values()]
        train, validation = np.array(ends).T
        return train, validation

    @property
    def parting(self) -> str | None:
        """The name of the rung at which the curves part."""
        place = ladder.parting(*self.means())
        return None if place is None else list(self.courses)[place]

    @property
    def parts_at(self) -> str:
        """The word for where they part, one of PARTINGS."""
        if self.parting is None:
            return "part_never"
        return PARTINGS[min(3, list(self.courses).index(self.parting) // 2)]

    def said(self, say: Say, word: str) -> str:
        """A sentence about the ladder, with its numbers."""
        facts = {"rows": self.rows.count, "judges": ladder.JUDGES, "seeds": self.course.error.shape[1]}
        facts |= {"epochs": self.training.epochs, "size": self.looked_at}
        ends = [float(errors[-1].mean()) for errors in (self.course.error, self.course.val_error)]
        facts |= dict(zip(("train", "val"), (error_said(end, self.share) for end in ends), strict=True))
        return say(word, base=error_said(self.baseline, self.share), **facts)

    def sizes(self, say: Say) -> dict[str, Any]:
        """The picture by size: its numbers and words."""
        return self._drawn(say, "units_axis") | {
            "sizes": tuple(self.courses),
            "errors": self.errors,
            "chosen": self.looked_at,
        }

    def epochs(self, say: Say) -> dict[str, Any]:
        """The picture by epoch of the rung that is looked at: its numbers and words."""
        return self._drawn(say, "epoch_axis") | {"epoch": self.course.epoch, "errors": self.by_epoch}

    def _drawn(self, say: Say, across: str) -> dict[str, Any]:
        axes = {"x_title": say(across), "y_title": error_axis(say, self.share)}
        return titles(say, self.share) | axes | {"baseline": self.baseline}

    def sizes_said(self, say: Say) -> str:
        """The picture by size in a sentence."""
        return self.said(say, "ladder_said" if self.told else "ladder_waits")

    def epochs_said(self, say: Say) -> str:
        """The picture by epoch in a sentence."""
        return self.said(say, "climb_said" if self.told else "climb_waits")

    def report(self, say: Say) -> str:
        """Where the curves part, which rung is best, and what it means if the largest has not learned by heart."""
        train, validation = self.means()
        names = list(self.courses)
        lines = []
        best = lowest(dict(zip(names, map(float, validation), strict=True)), self.share)
        if best:
            first = names.index(best[0])
            shown = {"best": ", ".join(best), "val": error_said(validation[first], self.share)}
            trained = [error_said(train[names.index(name)], self.share) for name in best]
            lines.append(say("ladder_best", train=", ".join(trained), **shown))
        ends = {"train": error_said(float(train[-1]), self.share), "val": error_said(float(validation[-1]), self.share)}
        if self.parting is not None:
            lines.append(say("ladder_parts", size=self.parting, **ends))
        else:
            word = {"lost": "sign_lost", "unfinished": "sign_unfinished", "full": "sign_full"}
            largest = self.courses[names[-1]]
            lines.append(say(word[ladder.sign(largest, self.baseline)], **ends))
        return "\n".join(f"- {line}" for line in lines)

    def lines(self) -> list[str]:
        """What stands beneath the player at every mark: the mean errors, and each repetition's."""
        written = []
        for k, epoch in enumerate(self.course.epoch):
            rows = [f"t = {epoch}"]
            for key, errors in self.by_epoch.items():
                parts = " + ".join(error_said(float(v), self.share) for v in errors[k])
                rows.append(f"E_{key[:5]} = ({parts}) / {errors.shape[1]} = {error_said(errors[k].mean(), self.share)}")
            written.append("\n".join(rows))
        return written

    def table(self) -> pd.DataFrame:
        """Every repetition of every rung, with as much as may be seen."""
        tables = []
        for k, name in enumerate(self.courses):
            columns: dict[str, object] = {"units": name, "seed": np.arange(self.course.error.shape[1])}
            tables.append(pd.DataFrame(columns | {f"{key}_error": v[k] for key, v in self.errors.items()}))
        return pd.concat(tables, ignore_index=True)

    def epoch_table(self) -> pd.DataFrame:
        """Every mark of the rung that is looked at, the mean over the repetitions."""
        means = {f"{key}_error": errors.mean(axis=1) for key, errors in self.by_epoch.items()}
        return pd.DataFrame({"epoch": self.course.epoch} | means)


def climbed(beat: Beat, rows: Rows, training: Training, seeds: int) -> dict[str, Course]:
    """Every rung by name; with a bar that fills while they are being trained, if that takes time."""
    place, begun, courses = st.empty(), time.perf_counter(), {}
    for k, (name, hidden) in enumerate(BY_NAME.items()):
        # what is in the cache comes at once, and a bar that flashes tells nobody anything
        if time.perf_counter() - begun > 0.15:
            place.progress(k / len(RUNGS), beat.word("climbing", size=name, done=k, all=len(RUNGS)))
        courses[name] = rung(rows, training, hidden, seeds, 41)
    place.empty()
    return courses


def grown(beat: Beat) -> Ladder:
    """The ladder that the controls say, as much of it as may be shown."""
    with beat.panel:
        data = DATA[beat.menu("data4", Choice("auto_mpg", tuple(DATA)), "data", named=beat.member)]
        count = int(beat.slider("rows4", Number(40, 20, 100, whole=True), "rows_learned"))
        flipped = beat.slider("flip4", FLIPPED, "flipped")
        rate = beat.slider("lr4", Number(0.03, 1e-5, 1, log=True), "learning_rate")
        rungs = Choice("h64", tuple(map(rung_letter, BY_NAME)))
        looked_at = beat.menu("rung4", rungs, "rung_shown", named=str).removeprefix("h")
        owns = ("data4", "rows4", "flip4", "lr4", "rung4", "ep4", "seeds4")
        noisy = {"data4": "breast_cancer", "flip4": 0.15, "rows4": 100}
        plenty = {"rows4": 100, "rung4": "h2"}
        beat.presets(
            owns, overfits={}, noisy_labels=noisy, much_data=plenty, tiny_rate={"lr4": 1e-4}, wild_rate={"lr4": 1.0}
        )
        with beat.more():
            epochs = int(beat.slider("ep4", Number(200, 20, 200, whole=True), "epochs"))
            seeds = int(beat.slider("seeds4", Number(5, 2, 5, whole=True), "repetitions"))
    with beat.stage:
        rows, training = Rows(data, count, flipped), Training(epochs, rate)
        for hidden in BY_NAME.values():
            beat.ran(ladder.climbed, rows, training, hidden, seeds, 41)
        found = Ladder(rows, training, climbed(beat, rows, training, seeds), baseline(rows, seeds), looked_at)
        # which rung is drawn by epoch is not part of the question
        beat.drawn.pop("rung4")
        beat.goals(_nothing_but_memory(found))
        told = beat.predicted("where_they_part", PARTINGS, found.parts_at, found.report(beat.word))
    return Ladder(rows, training, found.courses, found.baseline, looked_at, told)


def play(beat: Beat, shown: Ladder) -> None:
    """The player, mark by mark, and what happened."""
    beat.player(shown.lines())
    if shown.told:
        st.markdown(shown.report(beat.word))


def _nothing_but_memory(found: Ladder) -> Goal:
    """The network that is looked at knows its rows by heart, and others no better than who never looks."""
    bounds = {"rows": 40, "error": 0.01}
    train, validation = (float(errors[-1].mean()) for errors in (found.course.error, found.course.val_error))
    by_heart = found.share and found.rows.count >= bounds["rows"] and train <= bounds["error"]
    names = {"train": train, "val": validation, "base": found.baseline}
    measured = ", ".join(f"E_{name} = {error_said(error, found.share)}" for name, error in names.items())
    reached = by_heart and validation >= found.baseline
    return Goal("goal_model_evaluation_only_memory", reached, measured, bounds)
