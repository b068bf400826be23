"""The page on training: what only it does, from layers as text to a stop that keeps what was learned."""

import dataclasses
import io
import json
import re
import struct
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import hypothesis
import numpy as np
import pytest
import streamlit as st
from hypothesis import strategies
from streamlit.runtime.caching import cache_data_api
from streamlit.testing.v1 import AppTest

from charts.picture import Picture
from dlcore import datasets, losses, metrics, optimizers
from dlcore.experiments.training_config import LayerPlan, Recipe
from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from dlcore.tables import read_csv
from lessons.shared.typed_numbers import Unreadable
from lessons.training import (
    comparison,
    curves_in_words,
    drawn_points,
    feasibility,
    fit,
    keep,
    layer_notation,
    own_table,
    training_run,
    watch,
)
from lessons.training import compile as compile_module
from lessons.training import model as model_module
from lessons.training import rows as rows_module
from lessons.training.results import TrainingOutcome, growing_losses
from lessons.training.rows import LabelledRows, RowSelection
from lessons.training.training_run import Result, ResumableTraining, train
from ui.text import texts

SCRIPT = "pages/7_training.py"
Open = Callable[..., AppTest]


@pytest.fixture
def page(opened: Open) -> Callable[..., AppTest]:
    """The page in English, without predictions, at some address."""

    def open_it(**address: Any) -> AppTest:
        at = opened(SCRIPT, lang="en", predict="0", **address)
        assert not at.exception, at.exception[0].message
        return at

    return open_it


def captions(at: AppTest) -> str:
    return "\n".join(caption.value for caption in at.caption)


@pytest.mark.parametrize("data", ["breast_cancer", "auto_mpg", "iris", "penguins"])
def test_how_the_first_row_is_standardised_can_be_worked_out_by_hand(data: str, page: Callable[..., AppTest]) -> None:
    """(15.73 − 14.16) / 3.529 was said to be 0.4452, and is 0.4449."""
    at = page(beat="data", set=data)
    x, mean, deviation, z = (
        float(each.replace("−", "-").replace(",", ""))
        for each in re.findall(r"row: \(([−\d.,]+) − \(?([−\d.,]+)\)?\) / ([\d.,]+) = ([−\d.]+\d)", captions(at))[0]
    )
    decimals = len(str(z).partition(".")[2])
    assert abs((x - mean) / deviation - z) <= 0.5001 * 10.0**-decimals


def pressed(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception, at.exception[0].message
    return at


# ---- layers as text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["12-8", "0", "12:tanh:d0.2:b-8:l2=0.001", "512:he_normal:l1=0.5", "-".join(["8:sigmoid"] * 20)]
)
def test_layers_are_written_as_they_were_read(text: str) -> None:
    assert layer_notation.notation_of(layer_notation.read(text, "relu"), "relu") == text


@pytest.mark.parametrize("text", ["12,8", "12 8", "12, 8", " 12 - 8 ", "12;8", "12–8", "12  8 ", "12\t8"])
def test_a_comma_or_a_space_between_layers_is_as_good_as_a_hyphen(text: str) -> None:
    assert layer_notation.read(text, "relu") == layer_notation.read("12-8", "relu")
    spaced = layer_notation.read("12 : tanh : l2 = 0.01, 8", "relu")
    assert spaced == layer_notation.read("12:tanh:l2=0.01-8", "relu")


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("text", ["-5", "", "12-", "12--8", "12,,8", "4:", "4::tanh", "x", "0-8", "4:nobody"])
def test_what_is_wrong_with_layers_is_said_without_quoting_nothing(text: str, language: str) -> None:
    with pytest.raises(Unreadable) as caught:
        layer_notation.read(text, "relu")
    said = texts.fill(texts.words()[caught.value.word][language], caught.value.facts)
    assert "``" not in said and "{{" not in said
    if "found" not in caught.value.facts or caught.value.word == "layer_units":
        assert "`12-8`" in said or "`b`" in said, "what to write instead"


SHARES = strategies.sampled_from((0.0, 0.5, 1e-5, 1e-12)) | strategies.floats(0, 1, exclude_max=True)
PENALTIES = strategies.just(1.0) | SHARES


@hypothesis.given(strategies.integers(1, 512), SHARES, strategies.booleans(), PENALTIES, PENALTIES)
def test_a_layer_set_in_the_table_is_written_as_a_text_that_can_be_read(
    units: int, dropout: float, normalized: bool, l1: float, l2: float
) -> None:
    """A penalty of 1 was written as ``l1=1.``, a small dropout as ``d1e-05``, and both were refused."""
    plan = LayerPlan(units, "relu", "zeros", dropout, normalized, l1, l2)
    assert layer_notation.read(layer_notation.notation_of((plan,), "relu"), "relu") == (plan,)


def test_a_layer_says_all_its_settings() -> None:
    (plan,) = layer_notation.read("12:tanh:d0.2:b:he_normal:l1=0.1:l2=0.01", "relu")
    assert plan == LayerPlan(12, "tanh", "he_normal", 0.2, True, 0.1, 0.01)
    assert layer_notation.read("3", "elu") == (LayerPlan(3, "elu"),)


@pytest.mark.parametrize(
    "text", ["", "-", "12-", "0-8", "513", "1e3", "８", "12:nothing", "12:d1", "12:l2=9", "1-" * 20 + "1"]
)
def test_what_is_no_list_of_layers_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(Unreadable):
        layer_notation.read(text, "relu")


@pytest.mark.parametrize("text", ["0", "12", "12:b-8:tanh:d0.2"])
def test_every_cell_of_the_layer_table_can_be_emptied_and_filled(text: str) -> None:
    """An emptied cell of a column of bool or int made pandas complain, and a column without a row had any type."""
    frame = model_module.layer_frame(layer_notation.read(text, "relu"))
    assert [dtype.kind for dtype in frame.dtypes] == list("iOfbOff")
    typed = {"units": 3, "activation": "elu", "dropout": 1, "batch_normalization": True, "l1": 0}
    for name, value in (*typed.items(), *((name, None) for name in frame.columns)):
        for row in range(len(frame)):
            edited = frame.copy()
            edited.iat[row, list(frame.columns).index(name)] = value
            assert edited.dtypes.equals(frame.dtypes), (name, value)


def test_weights_are_counted_as_the_network_has_them() -> None:
    plans = (*layer_notation.read("12:b-8", "relu"), LayerPlan(1, "sigmoid"))
    weights = model_module.measure(model_module.Setup(8, plans, 455))
    assert (weights.sums[1], weights.counts[1]) == ("(12 + 1) · 8 = 104", 104)
    model = Recipe(8, plans, losses.get("binary_crossentropy")).model()
    assert weights.total == model.count_params()


def test_text_that_cannot_be_read_keeps_the_last_network(page: Any) -> None:
    at = page(net="5-4")
    at.text_input(key="training.net").set_value("5-x").run()
    assert not at.exception
    assert "layer 2" in at.error[0].value
    assert any("(5 + 1) · 4" in each.value for each in at.markdown)
    assert at.text_input(key="training.net").value == "5-x"


# ---- data ------------------------------------------------------------------------------------------------------------


def test_the_lesson_begins_with_eight_inputs_and_two_hidden_layers(page: Any) -> None:
    at = page()
    sums = next(each.value for each in at.markdown if "Dense(12" in each.value)
    assert re.findall(r"`(.*?)`", sums) == ["(8 + 1) · 12 = 108", "(12 + 1) · 8 = 104", "(8 + 1) · 1 = 9"]


def test_drawn_points_are_read_as_they_are_written() -> None:
    rows = drawn_points.read(drawn_points.DEFAULT)
    assert drawn_points.read(drawn_points.rows_as_text(rows)) == rows and len(rows) == 54
    x, y = drawn_points.arrays(((0.0, 0.5, 0.0), (1.0, 1.0, 2.0)))
    assert x.tolist() == [[0.0, 0.5], [1.0, 1.0]] and y.tolist() == [0, 1]
    for wrong in ("1, 2", "9, 0, 1", "0, 0, 7", "a, b, c"):
        with pytest.raises(Unreadable):
            drawn_points.read(wrong)


def test_points_can_be_taken_back_and_cleared(page: Any) -> None:
    at = page(set="drawn_points")
    assert "54 points" in captions(at)
    pressed(at, "training.data-undo")
    assert "53 points" in captions(at)
    pressed(at, "training.data-clear_all")
    assert "0 points" in captions(at)
    assert at.info, "two classes are needed"
    at.text_input(key="training.pts").set_value("-1, -1, 0; 1, 1, 1").run()
    assert not at.exception and not at.info


def test_the_equal_choice_gives_the_equal_rows() -> None:
    one, other = rows_module.load(RowSelection()), rows_module.load(RowSelection())
    assert one == other and hash(one) == hash(other)
    assert np.array_equal(one.x, other.x) and one.features == rows_module.EIGHT


TABLES = {
    "semicolons": (b"a;b;y\n1,5;2;0\n2,5;1;1\n3,5;5;0\n4;1;1\n", "decimal sign"),
    "text column": (b"a,name,y\n1,x,0\n2,y,1\n3,z,0\n4,w,1\n", "A column of text is no input"),
    "missing": (b"a,b,y\n1,1,0\n,2,1\n3,1,0\n4,4,1\n5,5,1\n", "left out"),
}


class File:
    """A file as the browser sends it."""

    name = "mine.csv"

    def __init__(self, data: bytes) -> None:
        self.data = data

    def getvalue(self) -> bytes:
        return self.data


def with_file(monkeypatch: pytest.MonkeyPatch, data: bytes, key: str = "training.file") -> None:
    def uploader(*_: Any, **how: Any) -> File | None:
        return File(data) if how.get("key") == key else None

    monkeypatch.setattr(st, "file_uploader", uploader)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_ones_own_is_told_about_and_trained_on_the_button(
    name: str, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, remark = TABLES[name]
    with_file(monkeypatch, data)
    at = page(set="own_table", epochs="3", share="25")
    assert not at.error and remark in "\n".join(each.value for each in at.markdown)
    assert "waits for the button" in captions(at)
    lost = "The trained weights last for this visit"
    assert lost not in captions(at), "nothing was trained that could be lost"
    pressed(at, "training.go")
    assert "after epoch 3" in captions(at) and lost in captions(at)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04zip", "workbook"),
        (b"", "nothing in this file"),
        (b"\x00\x01\x02", "not text"),
        (b"a,b\n1,2\n", "one row"),
        (b"a,b\n", "no row"),
        (b"a,b,y\n1,2,0\n2,3,0\n3,4,0\n", "in every row"),
        (b"a,b\n" + b"x,y\n" * 9, "no column of numbers"),
        (b"a,b,y\n1,2\n", "cells"),
        (",".join(f"c{k}" for k in range(2000)).encode() + b"\n", "columns"),
    ],
)
def test_a_file_that_is_no_table_gets_a_sentence_and_the_page_goes_on(
    data: bytes, said: str, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_file(monkeypatch, data)
    at = page(set="own_table")
    assert said in at.error[0].value.lower() or said in at.error[0].value
    assert "after epoch 100" in captions(at)


def test_nothing_of_a_table_of_ones_own_is_shared(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any) -> None:
        raise AssertionError("a reader's own rows went into what visitors share")

    with_file(monkeypatch, TABLES["semicolons"][0])
    for module, name in ((training_run, "_of_small"), (training_run, "_of_large"), (feasibility, "_of_shared_rows")):
        monkeypatch.setattr(module, name, forbidden)
    at = page(set="own_table", epochs="2")
    pressed(at, "training.go")
    assert "after epoch 2" in captions(at)


# ---- training --------------------------------------------------------------------------------------------------------


def compiled(data: LabelledRows, layers: tuple[LayerPlan, ...], loss: str, batch: int, epochs: int) -> Any:
    """What the part on ``compile`` chooses for some rows and layers: Adam, and accuracy to watch."""
    how: Any = ("no_schedule", ("accuracy",), batch, epochs)
    return compile_module.Setup(data, layers, losses.get(loss), optimizers.get("adam"), *how)


def lesson_recipe(epochs: int = 4, patience: int = 0) -> tuple[LabelledRows, Recipe]:
    data, plans = rows_module.load(RowSelection()), (LayerPlan(4), LayerPlan(1, "sigmoid"))
    return data, compiled(data, plans, "binary_crossentropy", 32, epochs).recipe(patience)


def test_a_training_says_what_fit_says() -> None:
    data, recipe = lesson_recipe()
    live = ResumableTraining.of(data, recipe)
    while live.last_epoch < 4:
        live.step()
    parts, model = data.prepare(recipe.loss), recipe.model()
    history = model.fit(parts.train.x, parts.train.y, **recipe.training(parts)).history
    found = live.result()
    for name, values in history.items():
        assert found.logs[name][1:].tolist() == values, name
    assert np.array_equal(found.model.w, model.w)


def test_stopped_and_continued_is_the_same_as_in_one_go() -> None:
    data, recipe = lesson_recipe(6)
    whole, parted = ResumableTraining.of(data, recipe), ResumableTraining.of(data, recipe)
    for _ in range(6):
        whole.step()
    parted.step()
    parted.result()
    for _ in range(5):
        parted.step()
    assert np.array_equal(whole.model.w, parted.model.w)
    assert whole.result().logs["loss"].tolist() == parted.result().logs["loss"].tolist()


def test_early_stopping_gives_the_best_weights_back_wherever_it_ends() -> None:
    data, recipe = lesson_recipe(300, patience=3)
    live = ResumableTraining.of(data, recipe)
    while live.last_epoch < 300 and not live.ended:
        live.step()
    found = live.result()
    parts, model = data.prepare(recipe.loss), recipe.model()
    history = model.fit(parts.train.x, parts.train.y, **recipe.training(parts)).history
    assert found.epochs == len(history["loss"]) == found.stopped
    assert np.array_equal(found.model.w, model.w)
    assert found.best == 1 + int(np.argmin(history["val_loss"]))


@pytest.mark.parametrize("patience", [0, 4])
def test_a_result_stays_as_it_was_while_the_training_goes_on(patience: int) -> None:
    """Its network was the one that is trained on: a file of it, made on demand, was of no epoch or of another one."""
    data, recipe = lesson_recipe(20, patience)
    live = ResumableTraining.of(data, recipe)
    for _ in range(3):
        live.step()
    found, rows = live.result(), data.parts.validation.x
    w, answers = found.model.get_weights(), found.model.predict(rows)
    logs = {name: values.copy() for name, values in found.logs.items()}
    frames = [part.copy() for part in found.frames]
    for _ in range(3):
        live.step()
        live.result()
    assert not np.array_equal(live.model.predict(rows), answers)
    file = keep.read_network(keep.written_network(found.model))
    for model in (found.model, file):
        assert all(np.array_equal(now, then) for now, then in zip(model.get_weights(), w, strict=True))
        assert np.array_equal(model.predict(rows), answers)
    assert found.epochs == 3 and all(np.array_equal(found.logs[name], logs[name]) for name in logs)
    assert all(np.array_equal(now, then) for now, then in zip(found.frames, frames, strict=True))


def test_what_is_asked_of_a_network_on_the_page_does_not_disturb_its_training() -> None:
    data, recipe = lesson_recipe(6)
    alone, asked = ResumableTraining.of(data, recipe), ResumableTraining.of(data, recipe)
    for _ in range(6):
        alone.step()
        asked.step()
        asked.result().model.fit(data.parts.train.x, data.parts.train.y, epochs=2)
    assert np.array_equal(alone.model.w, asked.model.w)


@pytest.mark.parametrize("patience", [0, 5])
def test_a_training_that_is_paused_has_all_its_baselines(patience: int) -> None:
    """With early stopping and three classes accuracy was compared as if there were two, and its line was gone."""
    iris = datasets.Iris()
    data, plans = rows_module.load(RowSelection(iris, iris.features)), (LayerPlan(4), LayerPlan(3, "softmax"))
    recipe = compiled(data, plans, "sparse_categorical_crossentropy", 16, 20).recipe(patience)
    live = ResumableTraining.of(data, recipe)
    for _ in range(2):
        live.step()
    found = live.result()
    largest = np.bincount(data.parts.validation.y).max() / len(data.parts.validation.y)
    assert set(found.baselines) == {"loss", "accuracy"}
    assert found.baselines["accuracy"] == pytest.approx(largest, abs=0.15)
    assert [type(each) for each in found.model.metrics.values()] == [type(each) for each in live.model.metrics.values()]


@pytest.mark.filterwarnings("ignore:.*No runtime found.*")
def test_trainings_that_all_share_take_bounded_memory() -> None:
    """Some 50 of them are remembered; with the widest network on a few points that was a gigabyte."""
    data = rows_module.load(RowSelection(None, ("x_1", "x_2"), points="-1, -1, 0; 1, 1, 1; -1, 1, 0; 1, -1, 1"))
    _, recipe = lesson_recipe()

    def taken(widths: str, counts: range) -> int:
        """Bytes that are remembered of trainings of that network with so many epochs each."""
        cache_data_api._data_caches.clear_all()
        plans = (*layer_notation.read(widths, "relu"), LayerPlan(1, "sigmoid"))
        for epochs in counts:
            train(data, dataclasses.replace(recipe, inputs=2, layers=plans, epochs=epochs))
        shared = cache_data_api._data_caches._function_caches.get(None, {}).values()
        caches = [cache for cache in shared if "lessons.training.training_run" in cache.display_name]
        return sum(len(kept) for cache in caches for kept in cache.storage._mem_cache.values())  # type: ignore[attr-defined]

    assert 40_000_000 < taken("512-512", range(3, 10)) < 100_000_000
    # of one network that is not wide, with all frames of its film, times all that are remembered
    assert 1_000_000 < taken("50-54", range(58, 59)) < 100_000_000 / 48
    assert taken("8", range(1, 50)) > 48 * 1000, "of small ones many are remembered"


def slowly(live: ResumableTraining) -> ResumableTraining:
    """The training, every epoch of which takes its time once its steps are made."""

    def course(epochs: Any) -> Any:
        for logs in epochs:
            time.sleep(0.3)
            yield logs

    live.epochs_to_come = course(live.epochs_to_come)
    return live


def test_a_click_during_a_long_epoch_waits_for_its_end() -> None:
    """Each run of a page has a thread of its own, and the last one ends at its next word to the browser: both trained,
    and the second was told that the first one is still at it, as an error."""
    live = slowly(ResumableTraining.of(*lesson_recipe()))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(live.step)
        time.sleep(0.1)
        second = pool.submit(live.step)
        for each in (first, second):
            each.result()
    assert live.last_epoch == 2


def test_what_is_shown_during_a_long_epoch_is_of_one_moment() -> None:
    live = slowly(ResumableTraining.of(*lesson_recipe()))
    with ThreadPoolExecutor(1) as pool:
        step = pool.submit(live.step)
        time.sleep(0.1)
        found = live.result()
        step.result()
    assert found.frames.epochs[-1] == found.epochs
    assert np.array_equal(found.frames.weights[-1], found.model.w)


@pytest.mark.parametrize("spoken", ["ko", "en"])
def test_a_score_that_diverged_is_said_to_be_no_finite_number(spoken: str) -> None:
    """Under its curve stood "training ?, validation ?", and nothing of why."""
    logs = {"accuracy": np.array([0.5, np.nan]), "val_accuracy": np.array([0.5, np.inf])}
    shown: Any = SimpleNamespace(visible_result=SimpleNamespace(logs=logs, best=None, epochs=1, baselines={}))

    def say(word: str, **values: Any) -> str:
        return texts.fill(texts.words()[word][spoken], values)

    found = curves_in_words.quantity_sentence(say, shown, "accuracy")
    assert found.count(texts.words()["no_finite_number"][spoken]) == 2
    assert "?" not in found and "∞" not in found


def test_a_long_training_waits_is_stopped_continued_and_rewound(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "AT_ONCE", 0.0)
    at = page(epochs="5")
    assert "waits for the button" in captions(at)
    pressed(at, "training.go")
    assert "after epoch 5" in captions(at)
    # another control does not lose it
    at.segmented_control(key="training.view").set_value("weights_view").run()
    assert "after epoch 5" in captions(at)
    live = at.session_state[fit.LIVE]
    first = live.logs[:6]
    pressed(at, "training.on")
    assert at.query_params["epochs"] == "55"
    assert "after epoch 55" in captions(at)
    assert at.session_state[fit.LIVE] is live and live.logs[:6] == first
    # a stop in the middle keeps what was learned
    at.slider(key="training.epochs").set_value(80).run()
    assert "Stopped after epoch 55" in captions(at)
    pressed(at, "training.rewind")
    assert "waits for the button" in captions(at)
    pressed(at, "training.go")
    assert at.session_state[fit.LIVE].logs[:6] == first, "the same first weights, the same course"


@pytest.mark.parametrize(("predict", "hidden"), [("1", ("val_loss",)), ("0", ())])
def test_while_it_trains_the_losses_so_far_are_drawn_but_not_what_is_asked_about(
    predict: str, hidden: tuple[str, ...], opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[int, Any, Picture | None]] = []

    def spied(say: Any, logs: Any, epochs: int, hides: Any) -> Picture | None:
        drawn.append((len(logs) - 1, hides, growing_losses(say, logs, epochs, hides)))
        return drawn[-1][2]

    monkeypatch.setattr(fit, "AT_ONCE", 0.0)
    monkeypatch.setattr(fit, "PICTURE_EVERY", 0.0)
    monkeypatch.setattr(fit, "growing_losses", spied)
    at = opened(SCRIPT, lang="en", epochs="5", predict=predict)
    pressed(at, "training.go")
    assert [epoch for epoch, *_ in drawn] == [1, 2, 3, 4, 5]
    assert {hides for _, hides, _ in drawn} == {hidden}
    logs = at.session_state[fit.LIVE].logs
    for done, _, picture in drawn:
        assert picture is not None
        columns = {f"v{k}": key for k, key in enumerate(("loss", "val_loss")) if key not in hidden}
        assert set(picture.data["epochs"]) == {"step", *columns}
        for column, key in columns.items():
            values = picture.data["epochs"][column]
            assert values[:done] == pytest.approx([epoch[key] for epoch in logs[1 : done + 1]])
            assert np.isnan(values[done:]).all() and len(values) == 5


def test_of_a_training_without_validation_nothing_is_drawn_that_is_asked_about() -> None:
    assert growing_losses(str, [{"loss": 1.0}, {"loss": 0.5}], 3, ("loss",)) is None


def interrupted(at: AppTest, monkeypatch: pytest.MonkeyPatch, epoch: int) -> AppTest:
    """The page whose training was interrupted after that epoch, as a click on any other control does it."""
    step = ResumableTraining.step

    def stops(live: ResumableTraining) -> None:
        step(live)
        if live.last_epoch == epoch:
            st.stop()

    monkeypatch.setattr(ResumableTraining, "step", stops)
    pressed(at, "training.go")
    monkeypatch.setattr(ResumableTraining, "step", step)
    assert at.session_state[fit.LIVE].last_epoch == epoch
    return at


def test_fewer_epochs_than_are_done_end_a_training_that_is_under_way(
    page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bar was asked for more than all of it, and nothing below it was drawn any more."""
    with_file(monkeypatch, TABLES["semicolons"][0])
    at = interrupted(page(set="own_table", epochs="30", share="25"), monkeypatch, 10)
    at.slider(key="training.epochs").set_value(5).run()
    assert not at.exception, at.exception[0].message
    assert "10 epochs are done" in captions(at) and "after epoch 10" in captions(at)
    live = at.session_state[fit.LIVE]
    assert live.last_epoch == 10 and not live.should_run
    # it goes on when it is asked to, not by itself
    at.slider(key="training.epochs").set_value(20).run()
    assert live.last_epoch == 10 and "Stopped after epoch 10 of 20" in captions(at)
    pressed(at, "training.go")
    assert live.last_epoch == 20 and "epochs are done" not in captions(at)


def test_more_epochs_are_counted_from_those_that_are_done(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "AT_ONCE", 0.0)
    at = pressed(page(epochs="200", batch="455"), "training.go")
    at.slider(key="training.epochs").set_value(20).run()
    assert "200 epochs are done" in captions(at) and "20" in captions(at)
    assert at.button(key="training.on").label == "50 more epochs"
    pressed(at, "training.on")
    assert at.session_state[fit.LIVE].last_epoch == 250 and at.query_params["epochs"] == "250"
    assert "epochs are done" not in captions(at)
    # what was done beyond the slider is given back by rewinding
    at.slider(key="training.epochs").set_value(30).run()
    pressed(at, "training.rewind")
    pressed(at, "training.go")
    assert at.session_state[fit.LIVE].last_epoch == 30 and "epochs are done" not in captions(at)


def test_no_more_epochs_are_offered_than_the_slider_has(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "AT_ONCE", 0.0)
    at = pressed(page(epochs="480", batch="455", net="0"), "training.go")
    at.slider(key="training.epochs").set_value(20).run()
    assert "480 epochs are done" in captions(at)
    assert not [each for each in at.button if each.key == "training.on"]


@pytest.mark.parametrize(("first", "then"), [(6, 3), (4, 9)], ids=["more are done", "fewer are done"])
@pytest.mark.parametrize("patience", ["0", "2"])
def test_the_program_is_that_of_the_epochs_that_are_shown(
    first: int, then: int, patience: str, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "AT_ONCE", 0.0)
    at = pressed(page(net="4", epochs=str(first), patience=patience, lr="0.1"), "training.go")
    at.slider(key="training.epochs").set_value(then).run()
    assert not at.exception, at.exception[0].message
    result = at.session_state[fit.LIVE].result()
    if patience == "0":
        assert result.epochs == first
    written = [code.value for code in at.code if "epochs=" in code.value]
    # beside the beat, and whole for Keras and for dlcore
    assert len(written) == 3
    assert {re.findall(r"\bepochs=(\d+)", text)[0] for text in written} == {str(result.recipe.epochs)}
    scope = run_program(at)
    assert scope["history"].history["loss"] == result.logs["loss"][1:].tolist()
    assert np.array_equal(scope["model"].w, result.model.w)
    pressed(at, "training.pin")
    assert any("No setting differs" in each.value for each in at.markdown)


def test_a_training_that_is_put_aside_holds_no_film(page: Any) -> None:
    """The first frames, none of them, were a window on all of them."""
    at = pressed(page(epochs="3"), "training.pin")
    frames = at.session_state[comparison.PINNED].result.frames
    assert all(part.size == 0 and part.base is None for part in frames)


def test_two_trainings_are_compared_and_what_differs_is_said(page: Any) -> None:
    at = page()
    pressed(at, "training.pin")
    assert any("No setting differs" in each.value for each in at.markdown)
    at.slider(key="training.epochs").set_value(20).run()
    told = next(each.value for each in at.markdown if "differs between A and B" in each.value)
    assert "A `100` → B `20`" in told and "same first weights" in told
    assert "No setting differs" not in told
    pressed(at, "training.unpin")
    assert not any("differs between A and B" in each.value for each in at.markdown)


def test_a_training_that_runs_away_ends_with_a_diagnosis(page: Any) -> None:
    at = page(set="auto_mpg", rule="sgd", lr="10", scale="0", net="8")
    assert "**Diverged**" in captions(at) and "learning rate of 10" in captions(at)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ({"set": "penguins", "loss": "categorical_crossentropy"}, "loss of classes"),
        ({"set": "iris", "loss": "binary_crossentropy"}, "there are 3 classes"),
        ({"set": "sine", "loss": "poisson"}, "some are negative"),
        ({"outs": "3"}, "has to be 1"),
        ({"net": "512-512-512"}, "this page trains up to"),
        ({"net": "512-400", "batch": "1", "epochs": "500"}, "minutes"),
    ],
)
def test_what_cannot_be_trained_says_why(address: dict[str, str], said: str, page: Any) -> None:
    at = page(**address)
    assert any("cannot be trained" in each.value and said in each.value for each in at.info)
    assert not at.error


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ({"out": "softmax"}, "Softmax of one unit"),
        ({"set": "iris", "out": "sigmoid"}, "Sigmoid with categorical"),
        ({"out": "linear"}, "what is no probability"),
        ({"from_logits_binary_crossentropy": "1"}, "Squashed twice"),
        ({"from_logits_binary_crossentropy": "1"}, "Always “yes”"),
        ({"loss": "hinge"}, "Always “yes”"),
        ({"set": "auto_mpg", "out": "sigmoid"}, "squeezed output"),
        ({"act": "step"}, "slope is 0"),
        ({"loss": "mean_squared_error"}, "Squared error of a sigmoid"),
        ({"loss": "mean_squared_error", "out": "linear"}, "Classes treated as numbers"),
    ],
)
def test_a_mismatch_is_told_and_run_all_the_same(address: dict[str, str], said: str, page: Any) -> None:
    at = page(**address)
    assert any(said in each.value for each in at.info)
    assert "after epoch 100" in captions(at)


@pytest.mark.parametrize("name", ["moons", "spirals", "blobs", "sine", "iris", "auto_mpg", "penguins", "xor"])
@pytest.mark.parametrize("view", ["answers_view", "units_view", "gradients_view"])
def test_every_kind_of_data_can_be_looked_into(name: str, view: str, page: Any) -> None:
    at = page(set=name, view=view, epochs="4")
    assert len(at.get("vega_lite_chart")) == 6
    assert "frames" in captions(at) or view != "answers_view"


# ---- what yes means --------------------------------------------------------------------------------------------------

SCALES = [
    {"loss": "binary_crossentropy", "from_logits_binary_crossentropy": "1", "out": "linear"},
    {"loss": "binary_focal_crossentropy", "from_logits_binary_focal_crossentropy": "1", "out": "linear"},
    {"loss": "hinge", "out": "linear"},
    {"loss": "squared_hinge", "out": "tanh"},
    {"loss": "binary_crossentropy", "out": "sigmoid"},
    {"loss": "mean_squared_error", "out": "linear"},
]
scales = pytest.mark.parametrize("address", SCALES, ids=lambda address: "-".join(address.values()))


@scales
@pytest.mark.parametrize("name", ["moons", "breast_cancer"])
def test_the_picture_and_the_accuracy_count_the_same_rows_as_right(
    address: dict[str, str], name: str, page: Any
) -> None:
    """67.5 % of the points were right in the picture, beside an accuracy of 0.475."""
    told = captions(page(set=name, epochs="10", net="8", **address))
    (right,) = re.findall(r"([\d.]+)% (?:of the validation points|after 10 epochs)", told)
    (accuracy,) = set(re.findall(r"accuracy\*\* after epoch 10: training [\d.]+, validation ([\d.]+\d)", told))
    assert float(right) == pytest.approx(100 * float(accuracy), abs=0.06)


@scales
def test_the_border_of_the_picture_lies_where_yes_begins(address: dict[str, str]) -> None:
    loss = losses.get(address["loss"])
    if "linear" in address.values() and hasattr(loss, "from_logits"):
        loss = dataclasses.replace(loss, from_logits=True)  # type: ignore[type-var]
    recipe = Recipe(2, (LayerPlan(1, address["out"]),), loss)
    ends, edge = watch._ends(recipe), loss.threshold
    assert np.mean(ends) == edge
    answers = np.array([edge - 0.1, edge, edge + 0.1])[:, None]
    accuracy = metrics.resolve("accuracy", loss, 1)
    for answer, label in zip(answers, watch.classes_of(answers, 2, recipe), strict=True):
        assert accuracy([label], answer) == 1


# ---- the bar ---------------------------------------------------------------------------------------------------------


def test_a_network_that_beats_every_constant_has_learned_something(page: Any) -> None:
    """Four rows to be judged by, three of them alike: a lucky draw was the baseline, with an accuracy of 1."""
    ring = np.linspace(0, 2 * np.pi, 13)[:12]
    inner = [f"{0.4 * np.cos(t):.2f}, {0.4 * np.sin(t):.2f}, 1" for t in ring[::2]]
    outer = [f"{1.1 * np.cos(t):.2f}, {1.1 * np.sin(t):.2f}, 0" for t in ring]
    told = captions(page(set=rows_module.DRAWN, pts="; ".join(inner + outer)))
    bars = [float(found) for found in re.findall(r"The baseline that ignores the inputs has ([\d.]+\d)\.", told)]
    assert bars and 0.75 in bars and not {0, 1} & set(bars)
    assert "learned nothing useful" not in told


EVERY_LOSS: list[Any] = [losses.get(name) for name in compile_module.LOSSES]
EVERY_LOSS += [dataclasses.replace(loss, from_logits=True) for loss in EVERY_LOSS if hasattr(loss, "from_logits")]


@pytest.mark.parametrize("loss", EVERY_LOSS, ids=repr)
def test_no_guess_without_inputs_is_better_than_the_bar_on_the_training_part(loss: losses.Loss) -> None:
    """Whatever the loss and the metrics: of many constants none beats it where it was chosen."""
    data, rows = rows_module.load(RowSelection(share=0.0)), loss.targets in ("one_hot", "integer")
    units, wanted = 2 if rows else 1, ("accuracy", "precision", "recall", "auc")
    fitting = feasibility.fitting_metrics(wanted, data, loss, units)
    recipe = Recipe(len(data.features), (LayerPlan(units, "linear"),), loss, metrics=fitting)
    parts, model = data.prepare(loss), recipe.model()
    model.build()
    model.metrics = model._resolve_metrics(units)
    bars, y = training_run._baselines(model, parts), parts.train.y
    assert set(bars) == {"loss", *fitting} and len(fitting) >= 1
    truth, rng = y[:, None] if y.ndim == 1 and not rows else y, np.random.default_rng(0)
    low, high = (0.0, 1.0) if loss.threshold else (-3.0, 3.0)
    for _ in range(40):
        one = rng.uniform(low, high, units)
        p = np.tile(one / one.sum() if rows and loss.threshold else one, (len(y), 1))
        assert bars["loss"] <= loss(truth, p) + 1e-6
        for name in fitting:
            assert bars[name] >= model.metrics[name](truth, p)


# ---- taken home ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["d", "l1=", "d0.", "d."])
def test_a_long_line_of_digits_costs_no_more_than_its_length(setting: str) -> None:
    start = time.process_time()
    with pytest.raises(Unreadable, match="layer_setting"):
        layer_notation.read(f"8:{setting}{'1' * 100_000}x", "relu")
    assert time.process_time() - start < 5, "seconds; with two ways to read each digit it took minutes"


def run_program(at: AppTest) -> dict[str, Any]:
    """What the page's program for dlcore has made, by name."""
    program = next(code.value for code in at.code if "from dlcore" in code.value and "# %% fit" in code.value)
    scope: dict[str, Any] = {}
    run = __builtins__["exec"] if isinstance(__builtins__, dict) else __builtins__.exec
    run(compile(program, "program", "exec"), scope)
    return scope


def test_the_program_of_the_page_gives_the_numbers_of_the_page(page: Any) -> None:
    at = page(net="4", epochs="3")
    scope = run_program(at)
    lines = json.loads(
        next(b.proto.json for b in at.get("bidi_component") if b.proto.component_name == "lesson_player")
    )["lines"]
    loss = scope["history"].history["loss"][-1]
    shown = float(re.findall(r"loss = ([\d.]+)", lines[-1])[0])
    assert shown == pytest.approx(loss, rel=1e-3)


def test_a_network_comes_back_as_it_was_saved(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, recipe = lesson_recipe()
    model = recipe.model()
    file = keep.written_network(model)
    assert np.array_equal(keep.read_network(file).w, model.w)
    with_file(monkeypatch, file, "training.npz")
    at = page()
    assert any("Loaded" in each.value for each in at.success)


def test_a_file_that_is_no_network_is_refused(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, recipe = lesson_recipe()
    good = keep.written_network(recipe.model())
    foreign, bomb, huge = io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.savez(foreign, a=np.zeros(3))
    np.savez_compressed(bomb, model=np.array("{}"), w0=np.zeros(60_000_000))
    layer = ["Dense", {"units": 10**9}]
    told = {"format": 1, "name": "x", "seed": 0, "input_shape": [8], "layers": [layer], "compiled": {}}
    np.savez(huge, model=np.array(json.dumps(told)))
    files = {"empty": b"", "text": b"hello", "cut": good[: len(good) // 2], "foreign": foreign.getvalue()}
    files |= {"bomb": bomb.getvalue(), "huge layer": huge.getvalue()}
    at = page()
    for kind, file in files.items():
        with_file(monkeypatch, file, "training.npz")
        at.run()
        assert "no network that was saved here" in at.error[0].value, kind
        assert not at.success, kind


def test_a_small_file_of_packed_zeros_is_refused_before_it_is_unpacked() -> None:
    """350 kB took half a gigabyte before they were refused: ten visitors with such a file, and the server is full."""
    bomb, told = io.BytesIO(), {"format": 1, "name": "x", "seed": 0, "input_shape": [8], "layers": [], "compiled": {}}
    np.savez_compressed(bomb, model=np.array(json.dumps(told)), w0=np.zeros(100_000_000, dtype=np.int8))
    honest = bomb.getvalue()
    size = struct.pack("<I", 100_000_128)
    assert len(honest) < 200_000 and honest.count(size) == 2
    for data in (honest, honest.replace(size, struct.pack("<I", 1128))):
        tracemalloc.start()
        with pytest.raises(ValueError, match="no model that dlcore has saved"):
            keep.read_network(data)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 10_000_000


def test_a_network_with_twice_the_weights_of_the_largest_one_is_read_and_no_larger_one() -> None:
    def saved(units: int) -> bytes:
        model = Sequential([Input((8,)), Dense(units)], seed=1)
        model.compile("adam", "mse")
        return keep.written_network(model)

    most = 2 * layer_notation.MOST_WEIGHTS // 9
    assert keep.read_network(saved(most)).count_params() == 9 * most
    with pytest.raises(ValueError, match=f"at most {2 * layer_notation.MOST_WEIGHTS} are read"):
        keep.read_network(saved(most + 1))


def test_the_longest_network_of_the_page_comes_back() -> None:
    plans = layer_notation.read(
        "-".join(["100:softsign:he_normal:d0.123456:b:l1=0.00123456:l2=0.00123456"] * 20), "relu"
    )
    _, recipe = lesson_recipe()
    model = dataclasses.replace(recipe, layers=(*plans, recipe.layers[-1])).model()
    assert model.count_params() > 0.6 * layer_notation.MOST_WEIGHTS
    assert np.array_equal(keep.read_network(keep.written_network(model)).w, model.w)


def test_a_network_with_a_wide_layer_answers_for_fewer_rows() -> None:
    data, recipe = lesson_recipe()
    model = Sequential([Input((8,)), Dense(30_000)], seed=1)
    model.build()
    shown = TrainingOutcome(data, recipe, None, False)
    tracemalloc.start()
    said = keep.answers_sentence(lambda word, **facts: f"{word} {facts.get('rows')}", shown, model)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    word, rows = said.split()
    assert word == "npz_answers" and 0 < int(rows) < len(data.parts.validation.x) and most < 80_000_000


def test_the_preset_that_runs_away_does_and_says_why(page: Any) -> None:
    at = pressed(page(), "training.compile-preset-runs_away")
    assert "**Diverged**" in captions(at) and "learning rate of 10" in captions(at)
    # a tenth of the rate, as it says, is enough
    at.select_slider(key="training.lr").set_value(1.0).run()
    assert "**Diverged**" not in captions(at)


def test_with_a_schedule_more_epochs_are_said_to_begin_anew(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "AT_ONCE", 0.0)
    at = page(epochs="3", plan="cosine_decay")
    assert "begins anew" in captions(at)
    pressed(at, "training.go")
    before = at.session_state[fit.LIVE]
    assert at.button(key="training.on").label == "53 epochs from the beginning"
    pressed(at, "training.on")
    after = at.session_state[fit.LIVE]
    assert after is not before and after.last_epoch == 53 and after.logs[0] == before.logs[0]
    assert "after epoch 53" in captions(at)


# ---- what is guessed -------------------------------------------------------------------------------------------------


def result(losses: list[float], bar: float = 9.0) -> Result:
    """A training with these validation losses, before it and after every epoch."""
    nothing: Any = None
    return Result(
        nothing, {"loss": np.array(losses), "val_loss": np.array(losses)}, {"loss": bar}, nothing, nothing, *[None] * 3
    )


@pytest.mark.parametrize(
    ("losses", "bar", "when"),
    [
        ([3.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0], 9.0, ("lowest_early",)),
        ([3.0, 2.0, 2.0, 1.0, 2.0, 2.0, 2.0], 9.0, ("lowest_midway",)),
        ([3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0], 9.0, ("lowest_late",)),
        # a plateau from the middle on, told as 1.23 throughout
        ([3.0, 2.0, 2.0, 1.2304, 1.2301, 1.2303, 1.2302], 9.0, ("lowest_midway", "lowest_late")),
        ([3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0], 0.9, ("never_below",)),
        # below the baseline by less than anybody is told
        ([3.0, 0.9996, 2.0, 2.0, 2.0, 2.0, 2.0], 1.0, ("lowest_early", "never_below")),
        ([np.nan] * 7, 1.0, ("never_below",)),
    ],
)
def test_a_loss_is_lowest_wherever_it_is_told_to_be(losses: list[float], bar: float, when: tuple[str, ...]) -> None:
    assert result(losses, bar).when == when


def test_of_a_plateau_it_is_said_that_it_is_one() -> None:
    def say(word: str, **facts: object) -> str:
        return f"{word}: {facts}"

    flat = curves_in_words.when_sentence(say, result([3.0, 2.0, 2.0, 1.2304, 1.2301, 1.2303, 1.2302]))
    assert "when_said_level" in flat and "'first': 3, 'last': 6, 'count': 4" in flat
    assert "when_said: " in curves_in_words.when_sentence(say, result([3.0, 1.0, 2.0]))


def test_the_baseline_is_a_sentence_of_its_own() -> None:
    """In brackets, without a full stop, it stood behind that of the sentence before."""
    told = curves_in_words.when_sentence(lambda word, /, **_facts: word, result([3.0, 1.0, 2.0]))
    assert told == "when_said base_is"


# ---- what is seen ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("beat", "seen"), [("compile", "binary_crossentropy"), ("keep", "train_keras.py")])
def test_a_question_without_a_picture_fills_the_place_of_the_guess(beat: str, seen: str, opened: Any) -> None:
    """On a laptop and in a hall its screen was empty: all that it says stood below."""
    at = opened("pages/7_training.py", lang="en", beat=beat)
    (place,) = [one for one in blocks(at.main) if getattr(one.proto, "id", "").endswith(f"-asked-{beat}")]
    assert any(seen in f"{getattr(part, 'label', '')} {getattr(part, 'value', '')}" for part in leaves(place))


@pytest.mark.parametrize(("beat", "line"), [("model", 'Dense(12, activation="relu")'), ("compile", "model.compile(")])
def test_a_question_alone_shows_the_lines_that_it_adds(beat: str, line: str, opened: Any) -> None:
    """The last question wrote them for all, and where it was not drawn there were none."""
    at = opened(SCRIPT, lang="en", beat=beat)
    assert sum(line in each.value for each in at.code) == 1


def test_all_that_was_done_to_a_file_is_in_a_table() -> None:
    """Of more than twelve remarks the rest was counted and could be read nowhere."""
    columns = own_table.MOST_REMARKS + 3
    header = ",".join([*(f"t{k}" for k in range(columns)), "x", "y"])
    rows = "\n".join(",".join([*(["word"] * columns), str(k), str(k % 2)]) for k in range(9))
    table = read_csv(f"{header}\n{rows}\n".encode())
    said = own_table.remarks_table(lambda word, /, **_facts: word, table)
    assert len(said) == len(table.remarks) >= columns
    assert set(said["column"]) >= {f"t{k}" for k in range(columns)} and set(said["what"]) > {"remark_text_column"}
    listed = own_table.remarks(lambda word, /, **facts: f"{word} {facts}", table)
    assert listed.count("\n") == own_table.MOST_REMARKS and f"'count': {len(said) - own_table.MOST_REMARKS}" in listed


def blocks(root: Any) -> list[Any]:
    """All blocks within one, however deep."""
    mine = [each for each in root.children.values() if hasattr(each, "children")]
    return [*mine, *(each for one in mine for each in blocks(one))]


def leaves(root: Any) -> list[Any]:
    """All elements within a block, however deep."""
    return [each for one in (root, *blocks(root)) for each in one.children.values() if not hasattr(each, "children")]
