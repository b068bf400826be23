"""Grow until it overfits: networks from one unit to large, trained on the same rows."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

import charts
from dlcore.experiments import capacity, replicates
from dlcore.experiments.capacity import RUNGS, AdamTraining, Hidden, SampledRows
from dlcore.experiments.replicates import TrainingCurves
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
from ui.quiz.goals import Goal
from ui.script_export import Experiment

PARTING = r"\text{parted at rung } r: \quad E_\text{val}(s) \ge 2\, E_\text{train}(s) \ \text{for all } s \ge r"

PARTINGS = ("part_first", "part_small", "part_middle", "part_large", "part_never")
"""Where the curves may part: at 0 or 1 hidden units, 2 or 4, 8 or 16, 32 or more, nowhere."""

SIGNS = {"lost": "sign_lost", "unfinished": "sign_unfinished", "full": "sign_full"}
"""What it means if the largest network has not learned by heart, by ``capacity.sign``."""

MARKS = 41
"""How many times a training is looked at, evenly spread over its epochs."""

ERRORS = ("train", "validation")


def size_name(hidden: Hidden) -> str:
    """A network as the axis calls it: 0, 16, 64x2."""
    return f"{hidden[0]}x{len(hidden)}" if len(hidden) > 1 else str(hidden[0] if hidden else 0)


SIZES: dict[str, Hidden] = {size_name(hidden): hidden for hidden in RUNGS}

LOOKS = ("rung4",)
SIZE_BY_EPOCH = Choice("h64", tuple(f"h{name}" for name in SIZES))
"""Which network is drawn by epoch, as the menu and the address call it."""


@dataclass(frozen=True)
class Setup:
    """The rows that networks of every size learn from, how each is trained, and how many times."""

    rows: SampledRows
    training: AdamTraining
    repetitions: int

    @property
    def share(self) -> bool:
        """Whether errors are shares of wrong answers."""
        return is_share(self.rows.data)


@dataclass(frozen=True, eq=False)
class Ladder:
    """The training of every network by the name of its size, from small to large, and the error of the baseline."""

    courses: Mapping[str, TrainingCurves]
    baseline: float

    @property
    def errors(self) -> dict[str, np.ndarray]:
        """The last errors of every network, by ERRORS, each of shape (sizes, repetitions)."""
        courses = self.courses.values()
        last = [course.error[-1] for course in courses], [course.val_error[-1] for course in courses]
        return dict(zip(ERRORS, map(np.array, last), strict=True))

    def errors_by_epoch(self, size: str) -> dict[str, np.ndarray]:
        """The errors of one network, by ERRORS, each of shape (marks, repetitions)."""
        return dict(zip(ERRORS, (self.courses[size].error, self.courses[size].val_error), strict=True))

    def means(self) -> tuple[np.ndarray, np.ndarray]:
        """The mean training and validation error of every network; NaN where a repetition is lost."""
        train, validation = (errors.mean(axis=1) for errors in self.errors.values())
        return train, validation

    @property
    def parting(self) -> str | None:
        """The name of the size at which the curves part."""
        place = capacity.parting(*self.means())
        return None if place is None else list(self.courses)[place]


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The data, how many rows and wrong answers, the rate; epochs and repetitions one click away."""
    data = DATA[beat.menu("data4", Choice("auto_mpg", tuple(DATA)), "data", option_label=beat.member)]
    count = int(beat.slider("rows4", Number(40, 20, 100, whole=True), "rows_learned"))
    flipped = beat.slider("flip4", FLIPPED, "flipped")
    rate = beat.slider("lr4", Number(0.03, 1e-5, 1, log=True), "learning_rate")
    with beat.more():
        epochs = int(beat.slider("ep4", Number(200, 20, 200, whole=True), "epochs"))
        repetitions = int(beat.slider("seeds4", Number(5, 2, 5, whole=True), "repetitions"))
    # drawn with the picture, but a preset sets it: settled here, so that the preset knows what it is set to
    size_by_epoch(beat)
    owns = ("data4", "rows4", "flip4", "lr4", "rung4", "ep4", "seeds4")
    noisy = {"data4": "breast_cancer", "flip4": 0.15, "rows4": 100}
    plenty = {"rows4": 100, "rung4": "h2"}
    beat.presets(
        owns, overfits={}, noisy_labels=noisy, much_data=plenty, tiny_rate={"lr4": 1e-4}, wild_rate={"lr4": 1.0}
    )
    return Setup(SampledRows(data, count, flipped), AdamTraining(epochs, rate), repetitions)


def size_by_epoch(beat: Beat) -> str:
    """The name of the network that is drawn by epoch."""
    return beat.value_of("rung4", SIZE_BY_EPOCH).removeprefix("h")


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Ladder:
    """Every network trained."""
    courses = {name: _course(setup, hidden) for name, hidden in SIZES.items()}
    return Ladder(courses, baseline(setup.rows, setup.repetitions))


def _course(setup: Setup, hidden: Hidden) -> TrainingCurves:
    return rung(setup.rows, setup.training, hidden, setup.repetitions, MARKS)


def run(beat: Beat, setup: Setup) -> Ladder:
    """Every network trained; with a bar that fills meanwhile, if that takes time."""
    place, begun = st.empty(), time.perf_counter()
    for k, (name, hidden) in enumerate(SIZES.items()):
        # what is in the cache comes at once, and a bar that flashes tells nobody anything
        if time.perf_counter() - begun > 0.15:
            place.progress(k / len(SIZES), beat.word("climbing", size=name, done=k, all=len(SIZES)))
        _course(setup, hidden)
    place.empty()
    return measure(setup)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, networks: Ladder) -> Question:
    """At which size the curves part."""
    parting = networks.parting
    place = None if parting is None else list(networks.courses).index(parting)
    return Question(
        "where_they_part", PARTINGS, "part_never" if place is None else PARTINGS[min(3, place // 2)], ordered=True
    )


def explain(setup: Setup, networks: Ladder, say: Say) -> str:
    """Which network is best, where the curves part, and what it means if the largest has not learned by heart."""
    train, validation = networks.means()
    names, share = list(networks.courses), setup.share
    lines = []
    best = lowest(dict(zip(names, map(float, validation), strict=True)), share)
    if best:
        val = error_digits(validation[names.index(best[0])], share)
        trained = ", ".join(error_digits(train[names.index(name)], share) for name in best)
        lines.append(say("ladder_best", train=trained, best=", ".join(best), val=val))
    ends = {"train": error_digits(float(train[-1]), share), "val": error_digits(float(validation[-1]), share)}
    if networks.parting is not None:
        lines.append(say("ladder_parts", size=networks.parting, **ends))
    else:
        largest = networks.courses[names[-1]]
        lines.append(say(SIGNS[capacity.sign(largest, networks.baseline)], **ends))
    return "\n".join(f"- {line}" for line in lines)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, networks: Ladder) -> None:
    """The errors by size, and those of one network by epoch; before the answer no validation errors."""
    with beat.panel:
        beat.menu("rung4", SIZE_BY_EPOCH, "rung_shown", option_label=lambda name: name.removeprefix("h"))
    say, size, keys = beat.word, size_by_epoch(beat), visible(beat)
    # what is to be reached is a network that one looks at, and which one that is is not in the setup
    beat.goals(only_memory(setup, networks, size))
    look: dict[str, Any] = titles(say, setup.share) | {"baseline": networks.baseline}
    y_title = error_axis(say, setup.share)
    look["hidden"] = [key for key in ERRORS if key not in keys]
    by_size = charts.error_by_size(
        tuple(networks.courses), networks.errors, chosen=size, x_title=say("units_axis"), y_title=y_title, **look
    )
    errors, epoch = networks.errors_by_epoch(size), networks.courses[size].epoch
    by_epoch = charts.error_by_epoch(epoch, errors, x_title=say("epoch_axis"), y_title=y_title, **look)
    words = ("ladder_said", "climb_said") if beat.answered else ("ladder_waits", "climb_waits")
    sentences = (sentence(setup, networks, size, say, word) for word in words)
    beat.side_by_side(*zip((by_size, by_epoch), sentences, strict=True))
    beat.player(lines(setup, networks, size, keys), counts="epoch_shown", numbers=[str(int(one)) for one in epoch])
    if beat.answered:
        beat.report(explain(setup, networks, say))
        beat.prose("large_enough")


def visible(beat: Beat) -> tuple[str, ...]:
    """Which of ERRORS may be shown: before the answer not how networks do on rows that they have not learned from."""
    return ERRORS if beat.answered else ERRORS[:1]


def _only(errors: Mapping[str, np.ndarray], keys: Sequence[str]) -> dict[str, np.ndarray]:
    return {key: errors[key] for key in keys}


def sentence(setup: Setup, networks: Ladder, size: str, say: Say, word: str) -> str:
    """A sentence about all networks and the one of that size, with its numbers."""
    facts: dict[str, Any] = {"rows": setup.rows.count, "judges": capacity.JUDGES, "seeds": setup.repetitions}
    facts |= {"epochs": setup.training.epochs, "size": size, "base": error_digits(networks.baseline, setup.share)}
    train, validation = (
        error_digits(float(errors[-1].mean()), setup.share) for errors in networks.errors_by_epoch(size).values()
    )
    return say(word, train=train, val=validation, **facts)


def lines(setup: Setup, networks: Ladder, size: str, keys: Sequence[str]) -> list[str]:
    """At every mark the mean errors of one network, and each repetition's."""
    written = []
    for k, epoch in enumerate(networks.courses[size].epoch):
        rows = [f"t = {epoch}"]
        for key, errors in _only(networks.errors_by_epoch(size), keys).items():
            terms = " + ".join(error_digits(float(error), setup.share) for error in errors[k])
            mean = error_digits(errors[k].mean(), setup.share)
            rows.append(f"E_{key[:5]} = ({terms}) / {errors.shape[1]} = {mean}")
        written.append("\n".join(rows))
    return written


def only_memory(setup: Setup, networks: Ladder, size: str) -> Goal:
    """A network that knows its rows by heart, and others no better than who never looks."""
    bounds = {"rows": 40, "error": 0.01}
    train, validation = (float(errors[-1].mean()) for errors in networks.errors_by_epoch(size).values())
    by_heart = setup.share and setup.rows.count >= bounds["rows"] and train <= bounds["error"]
    errors = {"train": train, "val": validation, "base": networks.baseline}
    measured = ", ".join(f"E_{name} = {error_digits(error, setup.share)}" for name, error in errors.items())
    reached = by_heart and validation >= networks.baseline
    return Goal("goal_model_evaluation_only_memory", reached, measured, bounds)


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The training of every network as a call of dlcore."""
    for hidden in SIZES.values():
        experiment.show(capacity.training_curves, setup.rows, setup.training, hidden, setup.repetitions, MARKS)


def details(beat: Beat, setup: Setup, networks: Ladder) -> None:
    """Every repetition and every mark as tables, what parting means, the source."""
    size, keys = size_by_epoch(beat), visible(beat)
    by_size, by_epoch = (lambda: table(networks, keys)), (lambda: epoch_table(networks, size, keys))
    beat.numbers({"ladder_table": by_size, "epoch_table": by_epoch})
    beat.source([PARTING], capacity.training_curves, capacity.parting, replicates.train_copies)


def table(networks: Ladder, keys: Sequence[str]) -> pd.DataFrame:
    """Every repetition of every network, with the errors ``keys`` of ERRORS."""
    errors, count = _only(networks.errors, keys), networks.errors["train"].shape[1]
    columns: dict[str, Any] = {"units": np.repeat(list(networks.courses), count)}
    columns["seed"] = np.tile(np.arange(count), len(networks.courses))
    return pd.DataFrame(columns | {f"{key}_error": values.ravel() for key, values in errors.items()})


def epoch_table(networks: Ladder, size: str, keys: Sequence[str]) -> pd.DataFrame:
    """Every mark of one network, the mean over the repetitions, with the errors ``keys`` of ERRORS."""
    errors = _only(networks.errors_by_epoch(size), keys)
    means = {f"{key}_error": values.mean(axis=1) for key, values in errors.items()}
    return pd.DataFrame({"epoch": networks.courses[size].epoch} | means)
