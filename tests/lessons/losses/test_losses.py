"""What only the page of losses does: entries in lines and tables, bad ones among them, and sums to check by hand."""

import math
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.datasets import GaussPairs
from dlcore.experiments.loss_mismatch import LearningCurve
from dlcore.experiments.output_layers import Problem
from dlcore.losses import (
    BinaryCrossentropy,
    Huber,
    LogCosh,
    Loss,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
)
from lessons.losses import (
    by_hand_and_by_machine,
    not_squares_for_classes,
    outlying_points,
    softmax_once,
    what_it_punishes,
    which_one,
)
from lessons.losses.worked_sums import SHORT, error_of, slope_of
from lessons.shared import typed_numbers
from lessons.shared.typed_numbers import Unreadable
from ui.text import texts

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
    assert typed_numbers.rows(typed_numbers.as_text([[1, 2.5], [3, -4]])) == [(1.0, 2.5), (3.0, -4.0)]
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
    assert typed_numbers.as_text(typed_numbers.with_edits(frame, edits).to_numpy().tolist()) == "1, 9; , 6; 7, 8"
    everything = {"edited_rows": {}, "deleted_rows": [0, 1, 2], "added_rows": []}
    assert typed_numbers.as_text(typed_numbers.with_edits(frame, everything).to_numpy().tolist()) == ""


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
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text).replace("10⁻⁷", "1e-7")
    text = re.sub(r"√([\d.]+)", r"√(\1)", text)
    text = re.sub(r"ln (max\([^()]*\)|[\d.]+)", r"ln(\1)", text)
    for sign, code in NOTATION:
        text = text.replace(sign, code)
    known: dict[str, Any] = {"log": math.log, "sqrt": math.sqrt, "abs": abs, "max": max, "e": math.e, "tanh": math.tanh}
    known |= {"log_cosh": lambda r: math.log(math.cosh(r)), "sign": np.sign, "σ": lambda s: 1 / (1 + math.exp(-s))}
    return float(eval(text, {"__builtins__": {}}, known))


CERTAIN = [
    ("as_binary", "1, 0, 1", "0, 1, 0.5"),
    ("as_classes", "0, 1", "0, 1; 1, 0"),
    ("as_numbers", "3, -5, 2", "-2.5, 5.5, 4"),
]
"""Predictions that are sure and wrong: their logarithms are those of a ten millionth."""


@pytest.mark.parametrize("entry", CERTAIN)
def test_sums_that_would_need_the_logarithm_of_0_say_what_they_take_instead(entry: tuple[str, str, str]) -> None:
    """−ln 0 = 16.12 stood there, and 100·|1.2 − 0| / |0| = 1,200,000,000."""
    setup = by_hand_and_by_machine.read(*entry)
    calculation = by_hand_and_by_machine.measure(setup)
    for name, text in by_hand_and_by_machine.sums(setup, calculation).items():
        first = text.split("\n")[0]
        assert worked_out(first) == pytest.approx(calculation.loss_values[name], rel=1e-3), text
        assert not re.search(r"ln 0(?!\.)|/ 0\b|/ \|0\||\(1 − 1\)|ln\(1 − 1\)", first), text


def test_a_percentage_of_0_says_what_it_is_divided_by() -> None:
    loss = MeanAbsolutePercentageError()
    assert error_of(loss, 0.0, 1.2) == "100·|1.2 − 0| / max(|0|, 10⁻⁷) = 1,200,000,000"
    for text in (error_of(loss, 0.0, 1.2), slope_of(loss, 0.0, 1.2)):
        written_out, value = text.split(" = ")
        assert worked_out(written_out) == pytest.approx(worked_out(value.replace(",", "")))


@pytest.mark.parametrize("task", by_hand_and_by_machine.TASKS)
def test_a_sum_has_brackets_only_where_they_are_needed_and_never_two_signs_in_a_row(task: str) -> None:
    """([½·0.5²] + [½·0.5²] + …), (−0.55 − −0.1214)."""
    setup = by_hand_and_by_machine.read(task, *by_hand_and_by_machine.DEFAULTS[task])
    for text in by_hand_and_by_machine.sums(setup, by_hand_and_by_machine.measure(setup)).values():
        assert not re.search(r"[\[\]]|[+−-] ?[+−-]|-", text), text


def test_before_the_guess_the_first_loss_is_to_be_worked_out(opened: Open) -> None:
    """A calculator behind a gate: nothing was shown before the guess but an empty frame."""
    at = opened(SCRIPT, lang="en", beat="by_hand_and_by_machine")
    (sum_,) = (code.value for code in at.code)
    assert sum_ == "((2.5 − 3)² + (5.5 − 5)² + (4 − 2)² + (7 − 8)²) / 4 = ?"


@pytest.mark.parametrize("task", by_hand_and_by_machine.TASKS)
def test_every_sum_that_is_written_out_comes_out(task: str) -> None:
    setup = by_hand_and_by_machine.read(task, *by_hand_and_by_machine.DEFAULTS[task])
    calculation = by_hand_and_by_machine.measure(setup)
    assert len(calculation.losses) >= 4 and not calculation.unfit
    for name, text in by_hand_and_by_machine.sums(setup, calculation).items():
        first, second = text.split("\n")
        value = calculation.loss_values[name]
        assert worked_out(first) == pytest.approx(value, rel=1e-3), text
        for part in second.removeprefix("= ").split(" = "):
            assert worked_out(part) == pytest.approx(value, rel=1e-3), text


NUMBERS = [("3, 5, 2, 8", "2.5, 5.5, 4, 7"), ("12345, 12341", "12341, 12345"), ("1.23456, 2", "1.23411, 2.5")]


@pytest.mark.parametrize(("true", "pred"), [*NUMBERS, ("0.7, 0.3, 4", "0.11, 0.13, 4.7")])
def test_a_sum_has_the_numbers_that_were_typed_and_each_step_follows_to_its_last_digit(true: str, pred: str) -> None:
    """((12,340 − 12,340)² + …) / 2 was said to be 16, and −10.612 / 4 to be −2.6531."""
    setup = by_hand_and_by_machine.read("as_numbers", true, pred)
    calculation = by_hand_and_by_machine.measure(setup)
    for name, text in by_hand_and_by_machine.sums(setup, calculation).items():
        first, *steps = text.replace("\n", " ").replace(",", "").split(" = ")
        assert worked_out(first) == pytest.approx(calculation.loss_values[name], rel=1e-5), text
        for before, after in pairwise(part.replace("×10⁻⁸", "e-8") for part in steps):
            shown, *divided = after.split(" / ")
            value = worked_out(before) * (float(divided[0]) if divided else 1)
            decimals, _, power = shown.lstrip("−").partition("e")
            zeros = len(decimals) - len(decimals.rstrip("0")) if "." not in decimals else 0
            unit = 10.0 ** (int(power or 0) + zeros - len(decimals.partition(".")[2]))
            assert abs(value - float(shown.replace("−", "-"))) <= 0.5001 * unit, text


@pytest.mark.parametrize("name", what_it_punishes.NAMES)
@pytest.mark.parametrize("guess", [0.2, 0.9])
@pytest.mark.parametrize("truth", [0.0, 1.0, 3.0])
def test_an_error_and_its_slope_that_are_written_out_come_out(name: str, guess: float, truth: float) -> None:
    loss = Loss.get(name)
    if truth == 3 and loss.targets == "binary":
        return
    for text in (error_of(loss, truth, guess), slope_of(loss, truth, guess)):
        *sums, value = text.split(" = ")
        if sums:
            value = value.replace(",", "")
            assert worked_out(sums[0]) == pytest.approx(worked_out(value), rel=2e-3, abs=1e-4), text


def test_every_loss_has_a_short_name_of_its_own() -> None:
    assert set(SHORT) == set(Loss.members.values()) and len(set(SHORT.values())) == len(SHORT)


def unfit(true: str, pred: str) -> dict[str, str]:
    setup = by_hand_and_by_machine.read("as_numbers", true, pred)
    return dict(by_hand_and_by_machine.measure(setup).unfit)


def test_losses_that_do_not_fit_are_left_out_with_a_reason() -> None:
    assert unfit("0, -1", "1, 2") == {"MAPE": "needs_not_zero", "MSLE": "needs_positive", "Poisson": "needs_positive"}
    assert unfit("0, 0", "0, 0")["cosine"] == "needs_direction"


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


# ---- what is measured ------------------------------------------------------------------------------------------------


def punished(name: str, truth: float, place: float) -> what_it_punishes.Setup:
    kind = type(Loss.get(name))
    if kind in what_it_punishes.BY_RESIDUAL:
        return what_it_punishes.by_residual(kind, truth, place, delta=0.7)
    if kind in what_it_punishes.BY_PROBABILITY:
        return what_it_punishes.by_probability(kind, truth, place, smoothing=0.1, gamma=1.5)
    return what_it_punishes.by_score(kind, truth, place)


@pytest.mark.parametrize("name", what_it_punishes.NAMES)
@pytest.mark.parametrize("truth", [0.0, 1.0])
@pytest.mark.parametrize("place", [0.2, 0.9])
def test_the_slope_of_a_loss_is_what_a_small_step_adds(name: str, truth: float, place: float) -> None:
    setup = punished(name, truth, place)
    curves = what_it_punishes.measure(setup)
    assert setup.loss.name() == name and curves.point == place
    assert next(iter(curves.errors)) == next(iter(curves.slopes)) == SHORT[type(setup.loss)]
    for at, slope in ((curves.point, curves.slope_here), (curves.further, curves.slope_further)):
        below, above = setup.loss.errors(*setup.pairs(np.array([at - 1e-6, at + 1e-6])))
        if below > 1e5:
            # the percentage of a truth of 0 has no size that a step could be seen in
            continue
        assert slope == pytest.approx((above - below) / 2e-6, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("place", [0.0, 0.001, 0.01])
def test_what_a_picture_says_of_the_point_is_what_the_sentence_says(place: float) -> None:
    """Near certainty the curves bend within less than two of their places: the slope between these is another one."""
    setup = what_it_punishes.by_probability(BinaryCrossentropy, 1.0, place, 0.0, 2.0)
    curves = what_it_punishes.measure(setup)
    assert curves.error_here == pytest.approx(-np.log(curves.point), rel=1e-9)
    assert curves.slope_here == pytest.approx(-1 / curves.point, rel=1e-9)


def test_further_is_further_from_the_truth() -> None:
    def further(name: str, truth: float, place: float) -> float:
        return what_it_punishes.measure(punished(name, truth, place)).further

    assert further("mean_squared_error", 3.0, -1.2) == -2.4
    assert further("binary_crossentropy", 1.0, 0.2) == pytest.approx(0.1)
    assert further("binary_crossentropy", 0.0, 0.2) == pytest.approx(0.6)
    assert further("hinge", 1.0, -0.5) == -2.5 and further("hinge", 0.0, -0.5) == 1.5


def test_a_probability_keeps_off_certainty() -> None:
    curves = what_it_punishes.measure(punished("binary_crossentropy", 1.0, 0.0))
    assert curves.point == curves.places[0] > 0 and curves.places[-1] < 1
    assert all(np.isfinite(curve).all() for curve in (*curves.errors.values(), *curves.slopes.values()))


def test_a_line_of_squared_errors_and_its_shift_are_those_of_least_squares() -> None:
    setup = outlying_points.Setup("penguins", ((200.0, 0.4),), (MeanSquaredError(),), 200, 30, 0)
    fits = outlying_points.measure(setup)
    x = np.linspace(*setup.scene.extent[0], 1001)
    points = outlying_points.all_points(setup)
    assert [len(values) for values in points] == [31, 31] and (points[0][-1], points[1][-1]) == (200.0, 0.4)
    ideal, of_data = (np.polyfit(*both, 1) for both in (points, outlying_points.data_points(setup)))
    line = fits.lines["MSE"]
    assert [line.slope[-1], line.intercept[-1]] == pytest.approx(ideal, rel=0.01)
    assert fits.shifts["MSE"] == pytest.approx(np.mean(np.abs(np.polyval(ideal - of_data, x))), rel=0.03)


def test_both_gradients_at_a_unit_are_their_formulas_and_both_networks_start_alike() -> None:
    setup = not_squares_for_classes.Setup(5.0, 1.0, GaussPairs(), 0.3, 2, 0)
    comparison = not_squares_for_classes.measure(setup)
    sigma = 1 / (1 + np.exp(-comparison.z))
    np.testing.assert_allclose(comparison.gradients["BCE"], 1 - sigma, atol=1e-12)
    np.testing.assert_allclose(comparison.gradients["MSE"], (1 - sigma) ** 2 * sigma, atol=1e-12)
    accuracies = comparison.accuracies()
    assert [len(each) for each in accuracies.values()] == [3, 3]
    assert accuracies["BCE"][0] == accuracies["MSE"][0]


def crossentropy(z: np.ndarray, truth: int, times: int) -> float:
    """By the definition: softmax so many times, then the surprise of the true class."""
    for _ in range(times):
        z = np.exp(z) / np.exp(z).sum()
    return float(-np.log(z[truth]))


def test_loss_and_gradient_of_logits_are_those_of_the_definition() -> None:
    setup = softmax_once.Setup((0.5, 2.0, -1.0), 2, 1.0, 3)
    descents, z = softmax_once.measure(setup), np.array(setup.logits)
    for name, times in ((softmax_once.ONCE, 1), (softmax_once.TWICE, 2)):
        path = descents.paths[name]
        assert len(path.loss) == 4 and path.loss[0] == pytest.approx(crossentropy(z, 2, times))
        steps = [(crossentropy(z + d, 2, times) - crossentropy(z - d, 2, times)) / 2e-6 for d in 1e-6 * np.eye(3)]
        assert path.gradient[0] == pytest.approx(steps, rel=1e-5)
        assert descents.probabilities()[name][0, 2] == pytest.approx(np.exp(-path.loss[0]))


def test_what_is_entered_is_worked_out_row_by_row() -> None:
    setup = by_hand_and_by_machine.read("as_numbers", "3,5, 2, 8", "2.5, 5.5, 4, 7")
    # what means the same is the same experiment, however it is written
    assert setup == by_hand_and_by_machine.read("as_numbers", "3, 5.0, 2, 8", "2.5,5.5,4,7")
    calculation = by_hand_and_by_machine.measure(setup)
    assert calculation.loss_values["MSE"] == pytest.approx((0.25 + 0.25 + 4 + 1) / 4)
    assert calculation.shares["MSE"] == pytest.approx(np.array([0.25, 0.25, 4, 1]) / 5.5)
    assert calculation.accuracy is None

    setup = by_hand_and_by_machine.read("as_classes", "0, 2", "0.7, 0.2, 0.1; 0.4, 0.3, 0.3")
    calculation = by_hand_and_by_machine.measure(setup)
    assert calculation.loss_values["CCE"] == pytest.approx(-(math.log(0.7) + math.log(0.3)) / 2)
    assert calculation.accuracy == 0.5


@pytest.mark.parametrize("name", Problem.members)
def test_the_loss_that_is_recommended_can_be_chosen(name: str) -> None:
    setup = which_one.Setup(Problem.get(name))
    recommended = which_one.measure(setup)
    asked = which_one.question(setup, recommended)
    assert asked.truths == (recommended.loss,) == (Problem.get(name).loss,)
    assert len(set(asked.choices)) == len(asked.choices) > 1


# ---- what is called by a word ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "en"])
def test_how_often_softmax_is_applied_is_said_in_words(opened: Open, steps: Any, language: str) -> None:
    """The legend said "softmax²", which reads as a square."""
    at = opened(SCRIPT, lang=language, beat="softmax_once", predict="0")
    (lines,) = steps(at).values()
    names = [line.split(":")[0] for line in lines[0].split("\n")]
    assert names == [texts.words()[word][language] for word in (softmax_once.ONCE, softmax_once.TWICE)]
    assert "²" not in lines[0]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_lines_of_two_trainings_are_in_the_readers_language(opened: Open, steps: Any, language: str) -> None:
    at = opened(SCRIPT, lang=language, beat="not_squares_for_classes", predict="0")
    (lines,) = steps(at).values()
    assert ("accuracy" in lines[-1]) == (language == "en") and texts.words()["accuracy_axis"][language] in lines[-1]


@pytest.mark.parametrize(("key", "address"), [("yes", {}), ("one", {"l": "hinge"})])
def test_the_target_of_two_classes_is_chosen_not_switched_on(opened: Open, key: str, address: dict[str, str]) -> None:
    """A switch "y = 1" that was off claimed the opposite of what was set. What links say of it stays what it was."""
    for truth in ("0", "1"):
        at = opened(SCRIPT, {"lang": "en", "predict": "0", key: truth, **address})
        assert not at.exception and not at.warning
        assert [each.value for each in at.button_group if each.key == f"losses.{key}"] == [truth]


def test_once_guessed_what_goes_with_every_problem_stands_there_to_be_printed(opened: Open) -> None:
    assert not opened(SCRIPT, lang="en", beat="which_one").table
    at = opened(SCRIPT, lang="en", beat="which_one", predict="0")
    (table,) = (each.value for each in at.table)
    problems = [Problem.get(name) for name in Problem.members]
    assert len(table) == len(problems)
    for (_, row), problem in zip(table.iterrows(), problems, strict=True):
        cells = [str(cell).strip("`") for cell in row]
        assert {problem.activation, problem.loss, problem.metric} <= set(cells)
        assert f"model.add({cells[-1]})\n" in problem.keras


# ---- what is guessed -------------------------------------------------------------------------------------------------


def told(word: str, **facts: object) -> str:
    return f"{word}: {facts}"


def farthest(*shifts: float) -> tuple[str, ...]:
    """Which lines moved most, if the reader's points have moved them so far, for the losses in the page's order."""
    losses = (MeanSquaredError(), MeanAbsoluteError(), Huber(), LogCosh())[: len(shifts)]
    setup = outlying_points.Setup("penguins", (), losses, 1, 3, 0)
    fits = outlying_points.Fits({}, {}, {SHORT[type(loss)]: shift for loss, shift in zip(losses, shifts, strict=True)})
    return outlying_points.question(setup, fits).truths


def test_lines_that_are_told_to_have_moved_alike_have_moved_alike() -> None:
    names = outlying_points.NAMES
    assert farthest(0.51234, 0.2, 0.51231) == (names[0], names[2])
    assert farthest(0.5, 0.2, 0.4) == (names[0],)
    # the picture is 12 high
    assert farthest(0.0119, 0.0) == ("no_line_moves",) == farthest()
    assert farthest(0.0121, 0.0) == (names[0],)


def test_a_huber_loss_that_is_all_square_moves_its_line_as_far_as_the_square_does() -> None:
    """The preset with a wide delta: half the squared error has its lowest place where the squared error has it."""
    losses = (MeanSquaredError(), MeanAbsoluteError(), Huber(10.0))
    setup = outlying_points.Setup("penguins", ((182.0, 10.0), (186.0, 10.5)), losses, 100, 30, 0)
    asked = outlying_points.question(setup, outlying_points.measure(setup))
    assert asked.truths == (losses[0].name(), losses[2].name())


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
    courses = {name: LearningCurve(np.ones(len(each)), np.array(each)) for name, each in (("BCE", bce), ("MSE", mse))}
    setup = not_squares_for_classes.Setup(5.0, 0.0, GaussPairs(), 0.3, 1, 0)
    comparison = not_squares_for_classes.Comparison(np.empty(0), {}, courses)
    assert set(not_squares_for_classes.question(setup, comparison).truths) == set(sooner)
    because = not_squares_for_classes.explain(setup, comparison, told)
    assert f"'mean': {comparison.mean_accuracy('BCE')}" in because


def test_small_gradients_are_compared_like_large_ones() -> None:
    """Of a sure and right answer both gradients are below 1e-8, and one is still several times the other."""
    setup = softmax_once.Setup((10.0, -10.0, -10.0), 0, 1.0, 1)
    descents = softmax_once.measure(setup)
    once, twice = (descents.gradient_size(name) for name in (softmax_once.ONCE, softmax_once.TWICE))
    assert max(once, twice) < 1e-8 and twice < 0.9 * once
    assert softmax_once.question(setup, descents).truths == ("weaker_pull",)


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
    setup = by_hand_and_by_machine.read("as_numbers", "0, 0, 0", pred)
    calculation = by_hand_and_by_machine.measure(setup)
    assert set(by_hand_and_by_machine.question(setup, calculation).truths) == set(half)
    assert f"'rows': '{rows}'" in by_hand_and_by_machine.explain(setup, calculation, told)
