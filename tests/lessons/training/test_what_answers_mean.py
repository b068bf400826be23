"""What a network's answers mean is known to everyone who judges them; and what differs is told in words."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore import losses
from dlcore.datasets import AutoMPG, Moons, PenguinSpecies
from dlcore.experiments.training_config import LayerPlan, Recipe
from lessons.training import compile as compile_module
from lessons.training import drawn_points, feasibility, training_run, watch
from lessons.training.rows import LabelledRows, RowSelection, load
from ui.text import texts

SCRIPT = "pages/7_training.py"
WORDS = texts.words()
NAMES = list(compile_module.METRICS)
Open = Callable[..., AppTest]


def rows_of(data: Any) -> LabelledRows:
    return load(RowSelection(data, data.features))


TWO, THREE, NUMBERS = rows_of(Moons()), rows_of(PenguinSpecies()), rows_of(AutoMPG())


def recipe(loss: Any, units: int, activation: str = "linear") -> Recipe:
    return Recipe(2, (LayerPlan(units, activation),), loss)


# ---- answers ---------------------------------------------------------------------------------------------------------


def test_what_is_the_answer_of_no_class_is_taken_for_none() -> None:
    """A loss of numbers of classes allows more outputs than classes; the last one was taken for the last class."""
    answers = np.array([[0.7, 0.2, 0.1], [0.2, 0.7, 0.1], [0.2, 0.2, 0.6]])
    sparse = recipe(losses.get("sparse_categorical_crossentropy"), 3, "softmax")
    assert watch.classes_of(answers, 2, sparse).tolist() == [0, 1, 2]
    counts = watch._confusion(answers[None], np.array([0, 1, 1]), 2, sparse)
    assert counts.tolist() == [[[1, 0], [0, 1]]]


@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("classes", [2, 3])
def test_what_is_no_number_is_right_nowhere(outputs: int, classes: int) -> None:
    """The rows of a network that had run away were all of class 0, and so a part of them was right."""
    lost = recipe(losses.get("mean_squared_error"), outputs)
    assert watch.classes_of(np.full((4, outputs), np.nan), classes, lost).tolist() == [classes] * 4


# ---- metrics ---------------------------------------------------------------------------------------------------------


def fitting(rows: LabelledRows, loss: Any, units: int) -> set[str]:
    return set(feasibility.fitting_metrics(NAMES, rows, loss, units))


LOGITS = dataclasses.replace(losses.get("binary_crossentropy"), from_logits=True)  # type: ignore[type-var]


@pytest.mark.parametrize("loss", [LOGITS, losses.get("hinge"), losses.get("squared_hinge")], ids=repr)
def test_no_distance_is_told_between_a_class_and_a_logit_or_a_margin(loss: Any) -> None:
    assert fitting(TWO, loss, 1) == {"accuracy", "precision", "recall", "auc"}


def test_the_distance_of_a_probability_is_told() -> None:
    assert fitting(TWO, losses.get("binary_crossentropy"), 1) == set(NAMES)


@pytest.mark.parametrize(("rows", "units"), [(THREE, 1), (NUMBERS, 1)])
def test_yes_or_no_is_not_asked_of_numbers_nor_of_the_numbers_of_classes(rows: LabelledRows, units: int) -> None:
    """Of three classes as numbers, precision and recall were told for class 1."""
    assert fitting(rows, losses.get("mean_squared_error"), units) == {"mean_absolute_error", "r2_score"}


# ---- what does not fit -----------------------------------------------------------------------------------------------


def test_the_squared_error_of_a_sigmoid_is_not_called_a_class_as_a_number() -> None:
    squares = losses.get("mean_squared_error")
    assert feasibility.mismatches(TWO, recipe(squares, 1, "sigmoid")) == ("squares_of_a_sigmoid",)
    assert feasibility.mismatches(TWO, recipe(squares, 1)) == ("classes_as_numbers",)
    assert feasibility.mismatches(THREE, recipe(squares, 1, "sigmoid")) == ("classes_as_numbers",)


@pytest.fixture
def page(opened: Open) -> Callable[..., AppTest]:
    def open_it(**address: Any) -> AppTest:
        at = opened(SCRIPT, predict="0", **address)
        assert not at.exception, at.exception[0].message
        return at

    return open_it


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ({"out": "softmax"}, "softmax_of_one_unit"),
        ({"act": "step"}, "step_learns_nothing"),
        ({"set": "auto_mpg", "out": "tanh"}, "squeezed_targets"),
    ],
)
def test_what_is_wrong_with_layers_is_said_where_they_are_chosen(
    setting: dict[str, str], word: str, page: Callable[..., AppTest]
) -> None:
    """It was said one question later, with the loss."""
    at = page(lang="en", beat="model", **setting)
    assert [each.value for each in at.info] == [WORDS[word]["en"]]


# ---- A and B ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moved", "told"),
    [
        ({"lr": "0.015"}, "학습률 η: A `0.001` → B `0.015`"),
        ({"plan": "cosine_decay"}, "학습률 η: A `0.001` → B `코사인 감쇠, 0.001`"),
        ({"rule": "sgd", "lr": "0.001"}, "최적화 알고리즘: A `adam` → B `sgd`"),
        ({"loss": "mean_squared_error"}, "손실 함수: A `이진 교차 엔트로피 (BCE)` → B `평균 제곱 오차 (MSE)`"),
        ({"scale": "0"}, "입력을 표준화: A `켬` → B `끔`"),
        ({"net": "12-8:tanh"}, "은닉층 (유닛 수를 -로): A `12-8` → B `12:relu-8:tanh`"),
        ({"out": "tanh"}, "출력층의 활성화 함수: A `sigmoid` → B `tanh`"),
        ({"share": "30"}, "검증 데이터의 비율 (%): A `20` → B `30`"),
    ],
)
def test_what_differs_is_told_by_the_label_of_its_control(
    moved: dict[str, str], told: str, page: Callable[..., AppTest]
) -> None:
    """It was told as two objects of Python, with all that they hold."""
    at = page(lang="ko", epochs="2")
    at.button(key="training.pin").click().run()
    for key, value in moved.items():
        at.query_params[key] = value
    at.run()
    differences = next(each.value for each in at.markdown if "A와 B(지금)의 차이" in each.value)
    assert [line for line in differences.splitlines() if "→" in line] == [f"- {told}"]


# ---- presets ---------------------------------------------------------------------------------------------------------


def test_the_points_that_are_drawn_at_first_are_learned() -> None:
    """There were so few that 100 epochs were 200 steps, after which a straight line was the answer."""
    rows = load(RowSelection(None, ("x_1", "x_2"), points=drawn_points.DEFAULT))
    layers = LayerPlan(12), LayerPlan(8), LayerPlan(1, "sigmoid")
    lesson = Recipe(2, layers, losses.get("binary_crossentropy"), metrics=("accuracy",))
    logs = training_run.train(rows, lesson).logs
    assert logs["accuracy"][-1] == logs["val_accuracy"][-1] == 1
