"""The short programs of the page on evaluation: with NumPy alone they print the numbers of the page."""

import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from dlcore.experiments.cross_validation import CrossValidation
from lessons.model_evaluation import beat_common_sense, behind_the_score, folds, residuals
from lessons.model_evaluation.beat_common_sense import OF_CLASSES, OF_NUMBERS
from lessons.model_evaluation.capacity import DATA

MOST_LINES = 14
"""What can be read at one glance, blank lines not counted."""

Lines = list[list[float]]
Case = tuple[str, Callable[[Lines], None]]


def numbers_in(line: str) -> list[float]:
    return [float(n) for n in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e[-+]?\d+)?", line)]


def baselines(setup: beat_common_sense.Setup) -> Case:
    contenders = beat_common_sense.measure(setup)
    scores = [contenders.score(word) for word in contenders.training_scores()]

    def check(lines: Lines) -> None:
        assert [line[-1] for line in lines] == pytest.approx(scores, abs=5e-5), setup

    return beat_common_sense.loop(setup), check


def thresholds(setup: behind_the_score.Setup) -> Case:
    classifiers = behind_the_score.measure(setup)
    half = [float(each[behind_the_score.HALF]) for each in classifiers.counts]
    cost = classifiers.counts.cost(setup.miss)

    def check(lines: Lines) -> None:
        (_, *counts), (precision, recall, f1), (lowest, *at) = lines
        assert counts == half, setup
        tp, fp, fn, _ = half
        assert [precision, recall, f1] == pytest.approx([tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn)])
        assert lowest == pytest.approx(cost.min()), setup
        assert at == list(behind_the_score.THRESHOLDS[np.isclose(cost, cost.min())]), setup

    return behind_the_score.loop(setup), check


def left_over(setup: residuals.Setup) -> Case:
    found = residuals.measure(setup)

    def check(lines: Lines) -> None:
        assert [line[-1] for line in lines] == pytest.approx([found.mae, found.rmse, found.r2], rel=2e-4), setup

    return residuals.loop(setup), check


def judged(setup: folds.Setup) -> Case:
    errors = folds.measure(setup).errors[0]

    def check(lines: Lines) -> None:
        *rows, told = lines
        assert [row[1:] for row in rows] == [list(each) for each in setup.plan.folds(0)], setup
        assert told == pytest.approx([errors.mean(), errors.std(ddof=1)], rel=1e-4), setup

    return folds.loop(setup), check


CASES: list[Callable[[], Case]] = [
    *(partial(baselines, beat_common_sense.Setup("breast_cancer", 5, name, 1, 0)) for name in OF_CLASSES),
    *(partial(baselines, beat_common_sense.Setup("auto_mpg", None, name, 1, 0)) for name in OF_NUMBERS),
    *(partial(thresholds, behind_the_score.Setup("two_measures", miss, "iris", 30, 0)) for miss in (5.0, 0.2)),
    partial(left_over, residuals.Setup("auto_mpg", "straight_line", 0.0, False, 60, 0)),
    partial(left_over, residuals.Setup("sine", "straight_line", 1.2, True, 60, 0)),
    partial(judged, folds.Setup(CrossValidation(DATA["auto_mpg"], 60, 5, sample=4))),
    partial(judged, folds.Setup(CrossValidation(DATA["breast_cancer"], 60, 5, stratified=True, sample=4))),
]


def test_the_short_programs_print_the_numbers_of_the_page(tmp_path: Path) -> None:
    cases = [case() for case in CASES]
    for text, _ in cases:
        assert set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)) == {"numpy"}
        assert sum(bool(line.strip()) for line in text.splitlines()) <= MOST_LINES, text
    # one after the other in one process, each in names of its own, where there is nothing of this project
    whole = "import numpy\nnumpy.set_printoptions(linewidth=10**6)\n"
    whole += "\n".join(f"exec({text!r}, {{}})\nprint('--')" for text, _ in cases)
    command: list[Any] = [sys.executable, "-I", "-c", whole]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    printed = ran.stdout.split("--\n")[:-1]
    assert len(printed) == len(cases)
    for (_, check), said in zip(cases, printed, strict=True):
        check([numbers_in(line) for line in said.splitlines()])


def test_what_would_need_thousands_of_numbers_is_no_short_program() -> None:
    assert behind_the_score.loop(behind_the_score.Setup("gauss_pairs", 5.0, "iris", 1, 0)) == ""


GIVES_AWAY = {
    beat_common_sense: beat_common_sense.Setup("breast_cancer", 5, "recall", 1, 0),
    behind_the_score: behind_the_score.Setup("two_measures", 5.0, "iris", 30, 0),
    residuals: residuals.Setup("sine", "straight_line", 0.0, False, 60, 0),
}


@pytest.mark.parametrize("module", GIVES_AWAY)
def test_a_short_program_that_holds_the_answer_waits_for_the_guess(module: Any) -> None:
    setup = GIVES_AWAY[module]
    for answered in (False, True):
        beat = Mock(answered=answered)
        module.details(beat, setup, module.measure(setup))
        assert (beat.loop is not None) == answered
