"""By hand and by machine: every loss that fits the reader's targets and predictions, its sum written out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    Loss,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from dlcore.metrics import BinaryAccuracy, SparseCategoricalAccuracy
from lessons.losses.worked_sums import short, sum_of
from lessons.shared import typed_numbers
from lessons.shared.typed_numbers import Unreadable
from ui.beat import Beat
from ui.controls.kinds import Choice, Text
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz import ties
from ui.quiz.goals import Goal

TASKS = ("as_numbers", "as_binary", "as_classes")
DEFAULTS = {
    "as_numbers": ("3, 5, 2, 8", "2.5, 5.5, 4, 7"),
    "as_binary": ("1, 0, 1, 0", "0.9, 0.2, 0.4, 0.6"),
    "as_classes": ("0, 2, 1", "0.7, 0.2, 0.1; 0.1, 0.3, 0.6; 0.3, 0.4, 0.3"),
}
"""Targets and predictions to begin with, by what they are."""

HALF = ("one_row_half", "no_row_half")
OWNS = ("task", "yt", "yp")
ACCURATE = {"task": "as_binary", "yt": "1, 1, 1, 1", "yp": "0.51, 0.51, 0.51, 0.51"}
LOWER = {"task": "as_binary", "yt": "1, 1, 1, 1", "yp": "0.99, 0.99, 0.99, 0.4"}
FAR_OFF = {"yp": "2.5, 5.5, 4, 28"}
PRESETS = {"works": {}, "far_off": FAR_OFF, "right_but_costly": ACCURATE, "wrong_but_cheap": LOWER}


@dataclass(frozen=True, eq=False)
class Entered:
    """Targets, shape (rows,), and predictions, shape (rows,) or (rows, classes), and the losses that fit them.

    missing: losses that do not, by name, with the word that says why.
    """

    task: str
    y_true: np.ndarray
    y_pred: np.ndarray
    losses: tuple[Loss, ...]
    missing: dict[str, str]

    def _pair(self, loss: Loss) -> tuple[np.ndarray, np.ndarray]:
        """Both as the loss takes them: one-hot rows, one row of all for a direction."""
        if isinstance(loss, CosineSimilarity):
            return self.y_true[None], self.y_pred[None]
        if loss.targets == "one_hot":
            return np.eye(self.y_pred.shape[1])[self.y_true.astype(int)], self.y_pred
        return self.y_true, self.y_pred

    def values(self) -> dict[str, float]:
        """Every loss by its short name."""
        return {short(loss): loss(*self._pair(loss)) for loss in self.losses}

    def sums(self) -> dict[str, str]:
        """Every loss's sum, written out."""
        return {short(loss): sum_of(loss, *self._pair(loss)) for loss in self.losses}

    def shares(self) -> dict[str, np.ndarray]:
        """By loss, each row's share of the sum, for the first four whose rows are all 0 or more."""
        found: dict[str, np.ndarray] = {}
        for loss in self.losses:
            errors = loss.errors(*loss.batch(*self._pair(loss))).ravel()
            if len(errors) == len(self.y_true) and (errors >= 0).all() and errors.sum() > 0:
                found[short(loss)] = errors / errors.sum()
        first = dict(list(found.items())[:4])
        return first or {short(self.losses[0]): np.zeros(len(self.y_true))}

    @property
    def half(self) -> tuple[str, ...]:
        """Whether one row makes up more than half of the first loss, one of HALF; both where it is told as 50.0 %."""
        most = float(next(iter(self.shares().values())).max())
        return ties.either(_half, most, round(most, 3))

    def because(self, say: Say) -> str:
        """Which row makes up most of the first loss, or which rows do."""
        name, share = next(iter(self.shares().items()))
        rows = np.flatnonzero(np.isclose(share, share.max(), rtol=1e-9, atol=0)) + 1
        return say("row_because", name=name, rows=", ".join(map(str, rows)), share=float(share.max()))

    def said(self, say: Say) -> str:
        """How many rows, and which of them weighs most."""
        parts = [say("rows_said", rows=len(self.y_true)), self.because(say)]
        if self.task != TASKS[0]:
            parts.append(say("accuracy_said", accuracy=self.accuracy))
        return " ".join(parts)

    @property
    def accuracy(self) -> float:
        """The share of right answers, for classes."""
        metric = BinaryAccuracy() if self.task == TASKS[1] else SparseCategoricalAccuracy()
        return float(metric(self.y_true, self.y_pred))

    def table(self) -> pd.DataFrame:
        """Every loss by its name, Keras's name and value."""
        names = [loss.name() for loss in self.losses]
        return pd.DataFrame({"loss": list(self.values()), "name": names, "value": list(self.values().values())})

    def rows_table(self) -> pd.DataFrame:
        """What was entered."""
        return _frame(self.y_true.tolist(), np.atleast_2d(self.y_pred.T).T.tolist())


def _half(share: float) -> str:
    # two equal rows are half each, whatever rounding says
    return HALF[0] if share > 0.5 + 1e-9 else HALF[1]


def _frame(y_true: Sequence[float | None], y_pred: Sequence[Sequence[float | None]]) -> pd.DataFrame:
    width = max((len(row) for row in y_pred), default=1)
    names = ["y_pred"] if width == 1 else [f"p_{k}" for k in range(width)]
    count = max(len(y_true), len(y_pred))
    rows = [
        [y_true[k] if k < len(y_true) else None, *(y_pred[k] if k < len(y_pred) else [None] * width)]
        for k in range(count)
    ]
    return pd.DataFrame(rows, columns=["y_true", *names], dtype=float)


# ---- reading ---------------------------------------------------------------------------------------------------------


def read(task: str, true: str, pred: str) -> Entered:
    """What two lines of text mean; raises Unreadable for what no loss of that task can mean."""
    y_true = np.array(typed_numbers.column(true))
    if task == TASKS[2]:
        y_pred = np.array(typed_numbers.rows(pred))
        if y_pred.shape[1] < 2:
            raise Unreadable("entry_one_class")
    else:
        y_pred = np.array(typed_numbers.column(pred))
    if len(y_true) != len(y_pred):
        raise Unreadable("entry_lengths", true=len(y_true), pred=len(y_pred))
    reader = {TASKS[0]: _numbers, TASKS[1]: _binary, TASKS[2]: _classes}[task]
    losses, missing = reader(y_true, y_pred)
    return Entered(task, y_true, y_pred, tuple(losses), missing)


def _numbers(y_true: np.ndarray, y_pred: np.ndarray) -> tuple[list[Loss], dict[str, str]]:
    losses: list[Loss] = [MeanSquaredError(), MeanAbsoluteError(), Huber(), LogCosh()]
    missing = {}
    if (y_true != 0).all():
        losses.append(MeanAbsolutePercentageError())
    else:
        missing["MAPE"] = "needs_not_zero"
    positive = (y_true >= 0).all() and (y_pred > 0).all()
    if positive:
        losses += [MeanSquaredLogarithmicError(), Poisson()]
    else:
        missing |= {"MSLE": "needs_positive", "Poisson": "needs_positive"}
    if np.any(y_true) and np.any(y_pred):
        losses.append(CosineSimilarity())
    else:
        missing["cosine"] = "needs_direction"
    return losses, missing


def _binary(y_true: np.ndarray, y_pred: np.ndarray) -> tuple[list[Loss], dict[str, str]]:
    for k, y in enumerate(y_true, start=1):
        if y not in (0, 1):
            raise Unreadable("entry_not_binary", row=k, found=readable(float(y)))
    for k, p in enumerate(y_pred, start=1):
        if not 0 <= p <= 1:
            raise Unreadable("entry_not_probability", row=k, found=readable(float(p)))
    return [BinaryCrossentropy(), BinaryFocalCrossentropy(), MeanSquaredError(), Hinge(), SquaredHinge()], {}


def _classes(y_true: np.ndarray, y_pred: np.ndarray) -> tuple[list[Loss], dict[str, str]]:
    classes = y_pred.shape[1]
    for k, (y, row) in enumerate(zip(y_true, y_pred, strict=True), start=1):
        if y not in range(classes):
            raise Unreadable("entry_no_such_class", row=k, found=readable(float(y)), last=classes - 1)
        if not ((row >= 0) & (row <= 1)).all():
            wrong = next(float(p) for p in row if not 0 <= p <= 1)
            raise Unreadable("entry_not_probability", row=k, found=readable(wrong))
        if abs(row.sum() - 1) > 1e-3:
            raise Unreadable("entry_sum", row=k, found=readable(float(row.sum())))
    return [CategoricalCrossentropy(), SparseCategoricalCrossentropy(), KLDivergence(), CategoricalHinge()], {}


# ---- on the page -----------------------------------------------------------------------------------------------------


def chosen(beat: Beat) -> Entered:
    """What is entered, as two lines of text and as a table; of the last that could be read, if this cannot be."""
    task = beat.choice("task", Choice(TASKS[0], TASKS), "what_they_are", clears=("yt", "yp"))
    first = DEFAULTS[task]
    true = beat.text("yt", Text(first[0]), "y_true_text", help=beat.word("y_text_help"))
    pred = beat.text("yp", Text(first[1]), "y_pred_text", help=beat.word("y_text_help"))
    # both lines are one experiment: only together can they be right
    found = typed_numbers.last_good(
        beat, f"calculator {task}", f"{true}\n{pred}", lambda lines: read(task, *lines.split("\n", 1)), "\n".join(first)
    )
    if task != TASKS[0] and len(set(found.y_true)) == 1:
        st.info(beat.word("only_one_class"))
    for loss in found.losses:
        beat.ran(loss, *found._pair(loss))
    return found


def table(beat: Beat) -> None:
    """The same in a table to be edited."""
    task = beat.drawn["task"]
    single = task != TASKS[2]
    pred = beat.drawn["yp"]
    width = 1 if single else max(2, len(pred.split(";")[0].split(",")))
    true_cells = [row[0] for row in typed_numbers.cells(";".join(beat.drawn["yt"].split(",")), 1)]
    frame = _frame(true_cells, typed_numbers.cells(";".join(pred.split(",")) if single else pred, width))

    def write(edited: pd.DataFrame) -> dict[str, str]:
        cells = edited.to_numpy().tolist()
        true = ", ".join(typed_numbers.written([row[:1]]) for row in cells)
        rows = typed_numbers.written([row[1:] for row in cells])
        return {"yt": true, "yp": rows.replace("; ", ", ") if single else rows}

    typed_numbers.editor(beat, "entered_table", frame, write)


def shown(beat: Beat, found: Entered) -> bool:
    """Whether the reader has guessed how much a single row weighs."""
    beat.goals(*_goals(found))
    return beat.predicted("does_a_row_weigh_half", HALF, found.half, found.because(beat.word))


def sums(beat: Beat, found: Entered) -> None:
    """Every loss with its sum, and what is left out, and why."""
    for loss, (name, text) in zip(found.losses, found.sums().items(), strict=True):
        st.markdown(f"**{name}** · {beat.member(loss.name())}")
        st.code(text, language=None, wrap_lines=True)
    for name, why in found.missing.items():
        st.caption(f"{name}: {beat.word(why)}")


def contrast() -> dict[str, float]:
    """Two models for the same rows: one that is always right with a loss that is higher, one that errs and has less."""
    facts = {}
    for name, preset in (("first", ACCURATE), ("second", LOWER)):
        one = read(preset["task"], preset["yt"], preset["yp"])
        facts |= {f"{name}_accuracy": one.accuracy, f"{name}_loss": one.values()["BCE"]}
    return facts


def _goals(found: Entered) -> tuple[Goal, Goal]:
    """All right and yet a high loss; one in four wrong and yet a low one."""
    binary = found.task == TASKS[1] and len(found.y_true) >= 4
    accuracy, loss = (found.accuracy, found.values()["BCE"]) if found.task == TASKS[1] else (0.0, 0.0)
    measured = f"accuracy = {accuracy:.0%}, BCE = {readable(loss, 3)}" if binary else "–"
    costly, cheap = {"rows": 4, "loss": 0.6}, {"rows": 4, "loss": 0.2, "right": 0.75}
    return (
        Goal("goal_losses_right_but_costly", binary and accuracy == 1 and loss > costly["loss"], measured, costly),
        Goal(
            "goal_losses_wrong_but_cheap",
            binary and accuracy <= cheap["right"] and loss < cheap["loss"],
            measured,
            cheap,
        ),
    )
