"""A calculator: every loss that fits the reader's targets and predictions, its sum written out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

import charts
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
from lessons.losses.numpy_losses import expressions, lines_before
from lessons.losses.worked_sums import short_name, sum_of
from lessons.shared import typed_numbers
from lessons.shared.typed_numbers import Row, Unreadable
from ui.beat import Beat
from ui.controls.kinds import Choice, Text
from ui.controls.widgets import Say
from ui.number_format import percent, readable
from ui.question import Question
from ui.quiz import ties
from ui.quiz.goals import Goal
from ui.script_export import Experiment, short_program

NUMBERS, BINARY, CLASSES = TASKS = ("as_numbers", "as_binary", "as_classes")
"""What the targets are: numbers, 0 or 1, or classes counted from 0."""

DEFAULTS = {
    NUMBERS: ("3, 5, 2, 8", "2.5, 5.5, 4, 7"),
    BINARY: ("1, 0, 1, 0", "0.9, 0.2, 0.4, 0.6"),
    CLASSES: ("0, 2, 1", "0.7, 0.2, 0.1; 0.1, 0.3, 0.6; 0.3, 0.4, 0.3"),
}
"""Targets and predictions to begin with, by what they are."""

HALF = ("one_row_half", "no_row_half")
ACCURATE = {"task": BINARY, "yt": "1, 1, 1, 1", "yp": "0.51, 0.51, 0.51, 0.51"}
LOWER = {"task": BINARY, "yt": "1, 1, 1, 1", "yp": "0.99, 0.99, 0.99, 0.4"}

AT_ONCE = 2
"""How many losses are written out at once; the others unfold."""

MOST_SHARES = 4
"""How many losses the picture compares."""


@dataclass(frozen=True)
class Setup:
    """What the targets are, of TASKS; one of them a row; and what is predicted for it, a number or one a class."""

    task: str
    targets: tuple[float, ...]
    predictions: tuple[float, ...] | tuple[Row, ...]

    @property
    def y_true(self) -> np.ndarray:
        """The targets, shape (rows,)."""
        return np.array(self.targets)

    @property
    def y_pred(self) -> np.ndarray:
        """The predictions, shape (rows,) or (rows, classes)."""
        return np.array(self.predictions)

    def pair(self, loss: Loss) -> tuple[np.ndarray, np.ndarray]:
        """Targets and predictions as the loss takes them: one-hot rows, one row of all for a direction."""
        y_true, y_pred = self.y_true, self.y_pred
        if isinstance(loss, CosineSimilarity):
            return y_true[None], y_pred[None]
        if loss.targets == "one_hot":
            return np.eye(y_pred.shape[1])[y_true.astype(int)], y_pred
        return y_true, y_pred


@dataclass(frozen=True, eq=False)
class Calculation:
    """The losses that fit the targets and predictions, and what they come to.

    loss_values, shares: by short name, the loss and each row's share of its sum, shape (rows,); these for the first
    losses whose rows are all 0 or more. unfit: the losses that do not fit, by short name, with the word that says why.
    accuracy: the share of right answers; None where the targets are numbers.
    """

    losses: tuple[Loss, ...]
    loss_values: Mapping[str, float]
    shares: Mapping[str, np.ndarray]
    unfit: Mapping[str, str]
    accuracy: float | None

    @property
    def largest_share(self) -> float:
        """What the row that weighs most makes up of the first loss."""
        return float(next(iter(self.shares.values())).max())


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """What is entered, as two lines of text and as a table; the last that could be read, if this cannot be."""
    task = beat.choice("task", Choice(NUMBERS, TASKS), "what_they_are", clears=("yt", "yp"))
    first = DEFAULTS[task]
    true = beat.text("yt", Text(first[0]), "y_true_text", help=beat.word("y_text_help"))
    pred = beat.text("yp", Text(first[1]), "y_pred_text", help=beat.word("y_text_help"))
    # both lines are one experiment: only together can they be right
    setup = typed_numbers.last_good(
        beat, f"calculator {task}", f"{true}\n{pred}", lambda lines: read(task, *lines.split("\n", 1)), "\n".join(first)
    )
    if task != NUMBERS and len(set(setup.targets)) == 1:
        st.info(beat.word("only_one_class"))
    beat.presets(
        ("task", "yt", "yp"),
        works={},
        far_off={"yp": "2.5, 5.5, 4, 28"},
        right_but_costly=ACCURATE,
        wrong_but_cheap=LOWER,
    )
    _editor(beat, task, true, pred)
    return setup


def _editor(beat: Beat, task: str, true: str, pred: str) -> None:
    """The two lines of text in a table to be edited, as far as it can show them."""
    single = task != CLASSES
    width = 1 if single else max(2, len(pred.split(";")[0].split(",")))
    true_cells = [row[0] for row in typed_numbers.cells(";".join(true.split(",")), 1)]
    pred_cells = typed_numbers.cells(";".join(pred.split(",")) if single else pred, width)

    def write(edited: pd.DataFrame) -> dict[str, str]:
        cells = edited.to_numpy().tolist()
        targets = ", ".join(typed_numbers.as_text([row[:1]]) for row in cells)
        predictions = typed_numbers.as_text([row[1:] for row in cells])
        return {"yt": targets, "yp": predictions.replace("; ", ", ") if single else predictions}

    typed_numbers.editor(beat, "entered_table", _frame(true_cells, pred_cells), write)


def _frame(y_true: Sequence[float | None], y_pred: Sequence[Sequence[float | None]]) -> pd.DataFrame:
    """Targets and predictions side by side; the shorter of both ends in empty cells."""
    width = max((len(row) for row in y_pred), default=1)
    names = ["y_pred"] if width == 1 else [f"p_{k}" for k in range(width)]
    count = max(len(y_true), len(y_pred))
    rows = [
        [y_true[k] if k < len(y_true) else None, *(y_pred[k] if k < len(y_pred) else [None] * width)]
        for k in range(count)
    ]
    return pd.DataFrame(rows, columns=["y_true", *names], dtype=float)


def read(task: str, true: str, pred: str) -> Setup:
    """What two lines of text mean; raises Unreadable for what no loss of that task can mean."""
    targets = tuple(typed_numbers.column(true))
    if task == CLASSES:
        setup = Setup(task, targets, tuple(typed_numbers.rows(pred)))
        if setup.y_pred.shape[1] < 2:
            raise Unreadable("entry_one_class")
    else:
        setup = Setup(task, targets, tuple(typed_numbers.column(pred)))
    if len(targets) != len(setup.predictions):
        raise Unreadable("entry_lengths", true=len(targets), pred=len(setup.predictions))
    if task == BINARY:
        _check_binary(setup)
    if task == CLASSES:
        _check_classes(setup)
    return setup


def _check_binary(setup: Setup) -> None:
    for k, y in enumerate(setup.y_true, start=1):
        if y not in (0, 1):
            raise Unreadable("entry_not_binary", row=k, found=readable(float(y)))
    for k, p in enumerate(setup.y_pred, start=1):
        if not 0 <= p <= 1:
            raise Unreadable("entry_not_probability", row=k, found=readable(float(p)))


def _check_classes(setup: Setup) -> None:
    classes = setup.y_pred.shape[1]
    for k, (y, row) in enumerate(zip(setup.y_true, setup.y_pred, strict=True), start=1):
        if y not in range(classes):
            raise Unreadable("entry_no_such_class", row=k, found=readable(float(y)), last=classes - 1)
        if not ((row >= 0) & (row <= 1)).all():
            wrong = next(float(p) for p in row if not 0 <= p <= 1)
            raise Unreadable("entry_not_probability", row=k, found=readable(wrong))
        if abs(row.sum() - 1) > 1e-3:
            raise Unreadable("entry_sum", row=k, found=readable(float(row.sum())))


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Calculation:
    """Every loss that fits, its value and its rows; what is entered lies in no memory that others share."""
    losses, unfit = fitting_losses(setup)
    values = {short_name(loss): loss(*setup.pair(loss)) for loss in losses}
    return Calculation(losses, values, _shares(setup, losses), unfit, _accuracy(setup))


def fitting_losses(setup: Setup) -> tuple[tuple[Loss, ...], dict[str, str]]:
    """The losses that fit, and those that do not, by short name, with the word that says why."""
    if setup.task == NUMBERS:
        return _losses_of_numbers(setup.y_true, setup.y_pred)
    if setup.task == BINARY:
        return (BinaryCrossentropy(), BinaryFocalCrossentropy(), MeanSquaredError(), Hinge(), SquaredHinge()), {}
    return (CategoricalCrossentropy(), SparseCategoricalCrossentropy(), KLDivergence(), CategoricalHinge()), {}


def _losses_of_numbers(y_true: np.ndarray, y_pred: np.ndarray) -> tuple[tuple[Loss, ...], dict[str, str]]:
    positive = bool((y_true >= 0).all() and (y_pred > 0).all())
    conditional = (
        (MeanAbsolutePercentageError(), bool((y_true != 0).all()), "needs_not_zero"),
        (MeanSquaredLogarithmicError(), positive, "needs_positive"),
        (Poisson(), positive, "needs_positive"),
        (CosineSimilarity(), bool(np.any(y_true) and np.any(y_pred)), "needs_direction"),
    )
    always = MeanSquaredError(), MeanAbsoluteError(), Huber(), LogCosh()
    fit = (loss for loss, fits, _ in conditional if fits)
    return (*always, *fit), {short_name(loss): why for loss, fits, why in conditional if not fits}


def _shares(setup: Setup, losses: Sequence[Loss]) -> dict[str, np.ndarray]:
    """See ``Calculation``; if no loss has rows that can be shares of its sum, zeros for the first one."""
    shares: dict[str, np.ndarray] = {}
    for loss in losses:
        errors = loss.errors(*loss.batch(*setup.pair(loss))).ravel()
        if len(errors) == len(setup.targets) and (errors >= 0).all() and errors.sum() > 0:
            shares[short_name(loss)] = errors / errors.sum()
    return dict(list(shares.items())[:MOST_SHARES]) or {short_name(losses[0]): np.zeros(len(setup.targets))}


def _accuracy(setup: Setup) -> float | None:
    if setup.task == NUMBERS:
        return None
    metric = BinaryAccuracy() if setup.task == BINARY else SparseCategoricalAccuracy()
    return float(metric(setup.y_true, setup.y_pred))


# ---- question, explain, goals ----------------------------------------------------------------------------------------


def question(setup: Setup, calculation: Calculation) -> Question:
    """Whether one row makes up more than half of the first loss; both where its share is written as 50.0 %."""
    most = calculation.largest_share
    return Question("does_a_row_weigh_half", HALF, ties.either(_half, most, round(most, 3)))


def _half(share: float) -> str:
    # two equal rows are half each, whatever rounding says
    return HALF[0] if share > 0.5 + 1e-9 else HALF[1]


def explain(setup: Setup, calculation: Calculation, say: Say) -> str:
    """Which row makes up most of the first loss, or which rows do."""
    name, share = next(iter(calculation.shares.items()))
    rows = np.flatnonzero(np.isclose(share, share.max(), rtol=1e-9, atol=0)) + 1
    return say("row_because", name=name, rows=", ".join(map(str, rows)), share=calculation.largest_share)


def goals(setup: Setup, calculation: Calculation) -> tuple[Goal, Goal]:
    """All right and yet a high loss; one in four wrong and yet a low one."""
    costly, cheap = {"rows": 4, "loss": 0.6}, {"rows": 4, "loss": 0.2, "right": 0.75}
    all_right, few_right, measured = False, False, "–"
    if setup.task == BINARY and calculation.accuracy is not None and len(setup.targets) >= 4:
        accuracy, loss = calculation.accuracy, calculation.loss_values["BCE"]
        all_right = accuracy == 1 and loss > costly["loss"]
        few_right = accuracy <= cheap["right"] and loss < cheap["loss"]
        measured = f"accuracy = {percent(accuracy)}, BCE = {readable(loss, 3)}"
    return (
        Goal("goal_losses_right_but_costly", all_right, measured, costly),
        Goal("goal_losses_wrong_but_cheap", few_right, measured, cheap),
    )


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, calculation: Calculation) -> None:
    """Each row's share of the losses, and every loss with its sum; before the answer the rows and the losses alone."""
    titles = beat.words(x_title="row_axis", y_title="row_share_axis")
    if not beat.answered:
        nothing = {name: np.full(len(share), np.nan) for name, share in calculation.shares.items()}
        waits = beat.word("rows_wait", rows=len(setup.targets), names=", ".join(calculation.shares))
        beat.picture(charts.row_shares(nothing, **titles), waits)
        # what is to be worked out by hand, without what it comes to
        st.markdown(beat.word("first_loss_by_hand", name=short_name(calculation.losses[0])))
        st.code(open_equation(setup, calculation), language=None, wrap_lines=True)
        return
    beat.picture(charts.row_shares(calculation.shares, **titles), sentence(setup, calculation, beat.word))
    worked = list(zip(calculation.losses, sums(setup, calculation).values(), strict=True))
    _draw_sums(beat, worked[:AT_ONCE])
    if worked[AT_ONCE:]:
        with beat.expander("other_losses"):
            _draw_sums(beat, worked[AT_ONCE:])
    for name, why in calculation.unfit.items():
        st.caption(f"{name}: {beat.word(why)}")
    beat.prose("not_accuracy", **contrast())


def _draw_sums(beat: Beat, worked: Sequence[tuple[Loss, str]]) -> None:
    for loss, text in worked:
        st.markdown(f"**{short_name(loss)}** · {beat.member(loss.name())}")
        st.code(text, language=None, wrap_lines=True)


def sentence(setup: Setup, calculation: Calculation, say: Say) -> str:
    """How many rows there are, and which of them weighs most."""
    parts = [say("rows_said", rows=len(setup.targets)), explain(setup, calculation, say)]
    if calculation.accuracy is not None:
        parts.append(say("accuracy_said", accuracy=calculation.accuracy))
    return " ".join(parts)


def sums(setup: Setup, calculation: Calculation) -> dict[str, str]:
    """Every loss's sum, written out, by short name."""
    return {short_name(loss): sum_of(loss, *setup.pair(loss)) for loss in calculation.losses}


def open_equation(setup: Setup, calculation: Calculation) -> str:
    """The first loss written out, with a question mark for its value."""
    written_out, _, _ = next(iter(sums(setup, calculation).values())).partition("\n")
    return f"{written_out} = ?"


def contrast() -> dict[str, float]:
    """Two models for the same rows: one that is always right with a loss that is higher, one that errs and has less."""
    facts = {}
    for name, preset in (("first", ACCURATE), ("second", LOWER)):
        setup = read(preset["task"], preset["yt"], preset["yp"])
        y_true, y_pred = setup.pair(BinaryCrossentropy())
        facts[f"{name}_accuracy"] = float(BinaryAccuracy()(y_true, y_pred))
        facts[f"{name}_loss"] = BinaryCrossentropy()(y_true, y_pred)
    return facts


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """Every loss as a call of dlcore."""
    for loss in fitting_losses(setup)[0]:
        experiment.show(loss, *setup.pair(loss))


def loop(setup: Setup) -> str:
    """The losses in a few lines of NumPy, each as the mean of its errors."""
    targets = [int(y) for y in setup.targets] if setup.task == CLASSES else list(setup.targets)
    given = [f"y = np.array({targets!r})", f"p = np.array({[*map(_plain, setup.predictions)]!r})"]
    losses = fitting_losses(setup)[0]
    lines = []
    for loss in losses:
        if written := expressions(loss):
            lines.append(f'print("{short_name(loss)}", np.mean({written.error}))')
    return short_program("\n".join([*given, *lines_before(losses)]), "\n".join(lines))


def _plain(prediction: float | Row) -> float | list[float]:
    return list(prediction) if isinstance(prediction, tuple) else prediction


def details(beat: Beat, setup: Setup, calculation: Calculation) -> None:
    """After the answer the losses as a table, before it what was entered; the losses as formulas and source."""
    if beat.answered:
        beat.numbers({"loss_table": lambda: loss_table(calculation)})
    else:
        beat.numbers({"rows_table": lambda: rows_table(setup)})
    formulas = [loss.formula for loss in calculation.losses]
    beat.source(formulas, *(type(loss) for loss in calculation.losses[:2]))


def loss_table(calculation: Calculation) -> pd.DataFrame:
    """Every loss by its short name, Keras's name and value."""
    rows = [(short_name(loss), loss.name(), calculation.loss_values[short_name(loss)]) for loss in calculation.losses]
    return pd.DataFrame(rows, columns=["loss", "name", "value"])


def rows_table(setup: Setup) -> pd.DataFrame:
    """What was entered."""
    return _frame(setup.targets, np.atleast_2d(setup.y_pred.T).T.tolist())
