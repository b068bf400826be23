"""What only the page of losses does: entries in lines and tables, bad ones among them, and sums to check by hand."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.datasets import GaussPairs
from dlcore.losses import Huber, LogCosh, Loss, MeanAbsoluteError, MeanSquaredError
from dlcore.mismatch import Course
from dlcore.robust import LineRun
from lessons.losses import (
    by_hand_and_by_machine,
    not_squares_for_classes,
    outlying_points,
    softmax_once,
    what_it_punishes,
)
from lessons.losses.worked_sums import SHORT, error_of, slope_of
from lessons.shared import typed_numbers
from lessons.shared.typed_numbers import Unreadable

SCRIPT = "pages/6_losses.py"
Open = Callable[..., AppTest]


def said(at: AppTest) -> list[str]:
    return [*(code.value for code in at.code), *(caption.value for caption in at.caption)]


# ---- entries ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "entry_empty"),
        (" ; ,", "entry_empty"),
        ("1, , 2", "entry_gap"),
        ("1, two", "entry_text"),
        ("1, nan", "entry_not_finite"),
        ("1, inf", "entry_not_finite"),
        ("1, 1e300", "entry_not_finite"),
        (", ".join(["1"] * 25), "entry_long"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_why(text: str, word: str) -> None:
    with pytest.raises(Unreadable) as caught:
        typed_numbers.column(text)
    assert caught.value.word == word


def test_a_line_is_read_as_it_is_written() -> None:
    assert typed_numbers.column("1, -2.5, −3e2") == [1.0, -2.5, -300.0]
    assert typed_numbers.rows("1, 2; 3, 4;") == [(1.0, 2.0), (3.0, 4.0)]
    assert typed_numbers.rows(typed_numbers.written([[1, 2.5], [3, -4]])) == [(1.0, 2.5), (3.0, -4.0)]
    with pytest.raises(Unreadable):
        typed_numbers.rows("1, 2; 3")


def test_a_table_shows_what_it_can() -> None:
    assert typed_numbers.cells("1, x; 2", 2) == [[1.0, None], [2.0, None]]
    assert typed_numbers.cells("", 2) == []


def test_the_changes_of_a_table_are_edits_deletions_and_new_rows() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [4.0, 5.0, 6.0]})
    edits = {
        "edited_rows": {0: {"y": 9.0}, 2: {"x": None}},
        "deleted_rows": [1],
        "added_rows": [{"x": 7.0}, {}, {"x": 7.0, "y": 8.0}],
    }
    assert typed_numbers.written(typed_numbers.changed(frame, edits).to_numpy().tolist()) == "1, 9; , 6; 7, 8"
    everything = {"edited_rows": {}, "deleted_rows": [0, 1, 2], "added_rows": []}
    assert typed_numbers.written(typed_numbers.changed(frame, everything).to_numpy().tolist()) == ""


@pytest.mark.parametrize(
    ("task", "true", "pred", "word"),
    [
        ("as_numbers", "1, 2", "1", "entry_lengths"),
        ("as_binary", "0, 2", "0.1, 0.2", "entry_not_binary"),
        ("as_binary", "0, 1", "0.1, 1.2", "entry_not_probability"),
        ("as_binary", "0, 1", "-0.1, 0.2", "entry_not_probability"),
        ("as_classes", "0, 3", "0.5, 0.3, 0.2; 0.5, 0.3, 0.2", "entry_no_such_class"),
        ("as_classes", "0, 0.5", "0.5, 0.5; 0.5, 0.5", "entry_no_such_class"),
        ("as_classes", "0, 1", "0.5, 0.6; 0.5, 0.5", "entry_sum"),
        ("as_classes", "0, 1", "1.5, -0.5; 0.5, 0.5", "entry_not_probability"),
        ("as_classes", "0, 0", "1; 1", "entry_one_class"),
        ("as_classes", "0, 1", "0.5, 0.5; 1", "entry_width"),
    ],
)
def test_what_no_loss_can_mean_is_told_in_both_languages(
    task: str, true: str, pred: str, word: str, opened: Open, language: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        by_hand_and_by_machine.read(task, true, pred)
    assert caught.value.word == word
    if word in ("entry_lengths", "entry_sum"):
        good = opened(SCRIPT, lang=language, predict="0", task=task)
        at = opened(SCRIPT, lang=language, predict="0", task=task, yt=true, yp=pred)
        assert not at.exception and len(at.error) == 1
        assert said(at) == said(good), "the last good picture stays"


def test_the_last_good_entry_stays_in_use(opened: Open) -> None:
    at = opened(SCRIPT, lang="ko", predict="0")
    at.text_input(key="losses.yp").set_value("2.5, 5.5, 4, 9").run()
    good = said(at)
    assert any("(9 − 8)²" in code for code in good)
    for bad in ("", "2, zwei, 3, 4", "1, 2, 3", "nan, 1, 1, 1"):
        at.text_input(key="losses.yp").set_value(bad).run()
        assert not at.exception and len(at.error) == 1
        assert said(at) == good


@pytest.mark.parametrize("points", ["", "a, b", "180", "180, 5, 3", "999, 5", "180, nan", "; ".join(["180, 5"] * 13)])
def test_points_of_any_kind_leave_the_page_whole(opened: Open, points: str) -> None:
    at = opened(SCRIPT, lang="en", predict="0")
    at.text_input(key="losses.pts").set_value(points).run()
    assert not at.exception and len(at.error) == (points != "")
    assert at.get("vega_lite_chart")


def test_what_the_tables_hold_is_in_the_address(opened: Open) -> None:
    at = opened(SCRIPT, lang="en", predict="0")
    at.text_input(key="losses.pts").set_value("180, 9").run()
    at.text_input(key="losses.yt").set_value("1, 2, 3, 4").run()
    assert at.query_params["pts"] == "180, 9" and at.query_params["yt"] == "1, 2, 3, 4"
    there = opened(SCRIPT, at.query_params)
    assert said(there) == said(at) and not there.warning
    frames = [frame.value for frame in there.dataframe]
    assert any(list(frame.columns) == ["x", "y"] and frame.to_numpy().tolist() == [[180, 9]] for frame in frames)


def test_nothing_chosen_to_compare_is_said_and_survived(opened: Open) -> None:
    at = opened(SCRIPT, lang="en", predict="0", by="")
    at.pills(key="losses.by").set_value([]).run()
    assert not at.exception


# ---- sums ------------------------------------------------------------------------------------------------------------

NOTATION = [("√", "sqrt"), ("²", "**2"), ("−", "-"), ("·", "*"), ("½", "0.5"), ("^", "**"), ("[", "("), ("]", ")")]
NOTATION += [(",", ","), ("ln cosh", "log_cosh"), ("ln", "log"), ("e**", "e**")]


def worked_out(text: str) -> float:
    """A written sum by Python: what a reader would get by hand."""
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub(r"√([\d.]+)", r"√(\1)", text)
    text = re.sub(r"ln ([\d.]+)", r"ln(\1)", text)
    for sign, code in NOTATION:
        text = text.replace(sign, code)
    known: dict[str, Any] = {"log": math.log, "sqrt": math.sqrt, "abs": abs, "max": max, "e": math.e, "tanh": math.tanh}
    known |= {"log_cosh": lambda r: math.log(math.cosh(r)), "sign": np.sign, "σ": lambda s: 1 / (1 + math.exp(-s))}
    return float(eval(text, {"__builtins__": {}}, known))


@pytest.mark.parametrize("task", by_hand_and_by_machine.TASKS)
def test_every_sum_that_is_written_out_comes_out(task: str) -> None:
    found = by_hand_and_by_machine.read(task, *by_hand_and_by_machine.DEFAULTS[task])
    assert len(found.losses) >= 4 and not found.missing
    for name, text in found.sums().items():
        first, second = text.split("\n")
        assert worked_out(first) == pytest.approx(found.values()[name], rel=1e-3), text
        for part in second.removeprefix("= ").split(" = "):
            assert worked_out(part) == pytest.approx(found.values()[name], rel=1e-3), text


@pytest.mark.parametrize("name", what_it_punishes.NAMES)
@pytest.mark.parametrize("guess", [0.2, 0.9])
@pytest.mark.parametrize("truth", [0.0, 1.0, 3.0])
def test_an_error_and_its_slope_that_are_written_out_come_out(name: str, guess: float, truth: float) -> None:
    loss = Loss.get(name)
    if truth == 3 and loss.targets == "binary":
        return
    for text in (error_of(loss, truth, guess), slope_of(loss, truth, guess)):
        *sums, value = text.split(" = ")
        if sums and "|0|" not in sums[0] and "/ 0" not in sums[0]:
            assert worked_out(sums[0]) == pytest.approx(worked_out(value), rel=2e-3, abs=1e-4), text


def test_every_loss_has_a_short_name_of_its_own() -> None:
    assert set(SHORT) == set(Loss.members.values()) and len(set(SHORT.values())) == len(SHORT)


def test_losses_that_do_not_fit_are_left_out_with_a_reason() -> None:
    found = by_hand_and_by_machine.read("as_numbers", "0, -1", "1, 2")
    assert found.missing == {"MAPE": "needs_not_zero", "MSLE": "needs_positive", "Poisson": "needs_positive"}
    assert by_hand_and_by_machine.read("as_numbers", "0, 0", "0, 0").missing["cosine"] == "needs_direction"


def test_the_lower_loss_has_the_lower_accuracy() -> None:
    facts = by_hand_and_by_machine.contrast()
    assert facts["first_accuracy"] == 1 and facts["second_accuracy"] == 0.75
    assert facts["first_loss"] == pytest.approx(-math.log(0.51))
    assert facts["second_loss"] == pytest.approx(-(3 * math.log(0.99) + math.log(0.4)) / 4)


def test_both_kinds_of_labels_give_the_same_number(opened: Open) -> None:
    at = opened(SCRIPT, lang="en", predict="0", z0="3", z1="-2", c="class_2")
    (line,) = (caption.value for caption in at.caption if "sparse_categorical_crossentropy" in caption.value)
    sparse, dense = re.findall(r"crossentropy = ([\d.]+\d)", line)
    assert sparse == dense
    assert softmax_once.ONCE != softmax_once.TWICE


# ---- what is guessed -------------------------------------------------------------------------------------------------


def told(word: str, **facts: object) -> str:
    return f"{word}: {facts}"


def parted(*moved: float) -> outlying_points.Parted:
    """Lines that the reader's points have moved up by so much, for the losses in the order of the page."""
    losses = (MeanSquaredError(), MeanAbsoluteError(), Huber(), LogCosh())[: len(moved)]
    scene, level, none = outlying_points.SCENES["penguins"], np.zeros(1), (np.zeros(0), np.zeros(0))
    clean = {outlying_points.short(loss): LineRun(level, level, level) for loss in losses}
    lines = {
        outlying_points.short(loss): LineRun(level, np.array([m]), level) for loss, m in zip(losses, moved, strict=True)
    }
    return outlying_points.Parted(scene, (np.zeros(3), np.zeros(3)), none, losses, lines, clean)


def test_lines_that_are_told_to_have_moved_alike_have_moved_alike() -> None:
    names = [loss.name() for loss in parted(1.0, 1.0, 1.0).losses]
    assert parted(0.51234, 0.2, 0.51231).farthest == (names[0], names[2])
    assert parted(0.5, 0.2, 0.4).farthest == (names[0],)
    # the picture is 12 high
    assert parted(0.0119, 0.0).farthest == ("no_line_moves",) == parted().farthest
    assert parted(0.0121, 0.0).farthest == (names[0],)


def test_a_huber_loss_that_is_all_square_moves_its_line_as_far_as_the_square_does() -> None:
    """The preset with a wide delta: half the squared error has its lowest place where the squared error has it."""
    losses = (MeanSquaredError(), MeanAbsoluteError(), Huber(10.0))
    found = outlying_points._parted("penguins", ((182.0, 10.0), (186.0, 10.5)), losses, 100, 30, 0)
    assert found.farthest == (losses[0].name(), losses[2].name())


def courses(bce: list[float], mse: list[float]) -> not_squares_for_classes.Saturated:
    made = {name: Course(np.ones(len(accuracy)), np.array(accuracy)) for name, accuracy in (("BCE", bce), ("MSE", mse))}
    return not_squares_for_classes.Saturated(5.0, 0.0, GaussPairs(), 0.3, made)


@pytest.mark.parametrize(
    ("bce", "mse", "sooner"),
    [
        ([0.5, 0.9], [0.5, 0.6], ("bce_sooner",)),
        ([0.5, 0.6], [0.5, 0.9], ("mse_sooner",)),
        ([0.5, 0.9], [0.5, 0.89], ("both_alike",)),
        # 70.04 and 68.96 are told as 70.0 and 69.0: a point apart, and so alike; they are 1.08 points apart
        ([0.7004, 0.7004], [0.6896, 0.6896], ("bce_sooner", "both_alike")),
    ],
)
def test_who_learns_sooner_can_be_read_off_the_means_that_are_told(
    bce: list[float], mse: list[float], sooner: tuple[str, ...]
) -> None:
    found = courses(bce, mse)
    assert set(found.sooner) == set(sooner)
    assert f"'mean': {found.mean('BCE')}" in found.because(told)


def test_small_gradients_are_compared_like_large_ones() -> None:
    """Of a sure and right answer both gradients are below 1e-8, and one is still several times the other."""
    names = (softmax_once.ONCE, softmax_once.TWICE)
    paths = {name: softmax_once._path((10.0, -10.0, -10.0), 0, name == softmax_once.TWICE, 1.0, 1) for name in names}
    found = softmax_once.Logits(0, 1.0, paths)
    once, twice = (found._size(name) for name in paths)
    assert max(once, twice) < 1e-8 and twice < 0.9 * once and found.pull == "weaker_pull"


@pytest.mark.parametrize(
    ("pred", "half", "rows"),
    [
        # errors of 1, 4 and 1: four sixths; of 1, 1 and 1; of 0.3 and 0.3, which are half each whatever rounding says
        ("1, 2, 1", ("one_row_half",), "2"),
        ("1, 1, 1", ("no_row_half",), "1, 2, 3"),
        ("0.3, 0.3, 0", ("no_row_half",), "1, 2"),
        # a hair more than half, told as 50.0 %
        ("10000, 9999, 0", ("one_row_half", "no_row_half"), "1"),
    ],
)
def test_half_a_sum_is_told_as_half(pred: str, half: tuple[str, ...], rows: str) -> None:
    found = by_hand_and_by_machine.read("as_numbers", "0, 0, 0", pred)
    assert set(found.half) == set(half) and f"'rows': '{rows}'" in found.because(told)
