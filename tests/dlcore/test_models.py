"""Models: where data are cut, what the diary says, that a run can be repeated, and that what is wrong is said."""

import copy
import io
import json
import pickle
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import losses, metrics
from dlcore.callbacks import LambdaCallback
from dlcore.family import UnknownMember
from dlcore.layers import BatchNormalization, Dense, Dropout, Flatten, Input
from dlcore.models import Sequential, load_model
from dlcore.optimizers import SGD, Adam, Stepper
from dlcore.schedules import ExponentialDecay, PiecewiseConstantDecay

rng = np.random.default_rng(0)
X = rng.normal(size=(50, 3))
Y = (X[:, 0] + X[:, 1] > 0).astype(float)
CLASSES = np.arange(50) % 3


def binary(*hidden: Any, seed: int | None = 1, optimizer: Any = "sgd", **how: Any) -> Sequential:
    model = Sequential([Input((3,)), *(hidden or (Dense(4, "relu"),)), Dense(1, "sigmoid")], seed=seed)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", **({"metrics": ["accuracy"]} | how))
    return model


def same(one: Sequential, other: Sequential) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


# --- Structure ----------------------------------------------------------------------------------------------------


def test_all_weights_are_views_of_one_vector() -> None:
    model = binary(Dense(4), BatchNormalization(), Dense(2, use_bias=False))
    model.build()
    model.w[:] = np.arange(model.w.size)
    trained = [part for layer in model.layers for part in layer.parameters.values()]
    assert np.concatenate([part.ravel() for part in trained]).tolist() == model.w.tolist()
    assert [part.stop - part.start for part in model.slices] == [part.size for part in trained]
    assert (
        len(model.parameter_names()) == len(model.slices) and model.parameter_names()[2] == "batch_normalization/gamma"
    )


def test_weights_come_in_kerass_order() -> None:
    model = binary(Dense(4), BatchNormalization())
    assert [part.shape for part in model.get_weights()] == [(3, 4), (4,), (4,), (4,), (4,), (4,), (4, 1), (1,)]
    new = [np.full(part.shape, float(k)) for k, part in enumerate(model.get_weights())]
    model.set_weights(new)
    state = model.layers[1]
    assert [part[0] for part in (*state.parameters.values(), *state.state.values())] == [2, 3, 4, 5]
    assert model.count_params() == 12 + 4 + 16 + 5 == model.w.size + 8
    model.get_weights()[0][:] = 99
    assert model.get_weights()[0].max() == 0, "they are copies"


def test_weights_that_do_not_fit_change_nothing() -> None:
    model = binary()
    before = copy.deepcopy(model)
    with pytest.raises(ValueError, match="has 4 arrays of weights, 1 are given"):
        model.set_weights([np.zeros((3, 4))])
    with pytest.raises(ValueError, match=r"dense_1/bias has shape \(1,\); the weights given for it have \(2,\)"):
        model.set_weights([*model.get_weights()[:3], np.zeros(2)])
    assert same(model, before)


def test_summary_is_kerass_table() -> None:
    lines = binary(Dense(12, name="first"), BatchNormalization(name="norm")).summary_text().splitlines()
    assert lines[0] == 'Model: "sequential"'
    assert lines[4].split("│")[1:4] == [
        " first (Dense)                   ",
        " (None, 12)             ",
        "            48 ",
    ]
    assert lines[-3:] == [
        " Total params: 109 (872.00 B)",
        " Trainable params: 85 (680.00 B)",
        " Non-trainable params: 24 (192.00 B)",
    ]
    assert len({len(line) for line in lines[1:-3]}) == 1
    assert "MB)" in Sequential([Input((1000,)), Dense(1000)]).summary_text()
    wide = Sequential([Input((1,)), Dense(2, name="x" * 50)]).summary_text().splitlines()
    assert len({len(line) for line in wide[1:-3]}) == 1


def test_memory_in_the_largest_fitting_unit() -> None:
    from dlcore.network import _memory

    assert [_memory(1024.0**k) for k in range(5)] == ["1.00 B", "1.00 KB", "1.00 MB", "1.00 GB", "1024.00 GB"]


def test_a_layer_that_is_added_later_leaves_the_others_as_they_are() -> None:
    model = Sequential([Input((3,)), Dense(4, "relu")], seed=1)
    model.compile(loss="mse", optimizer="adam")
    model.fit(X, rng.normal(size=(50, 4)))
    first = model.get_weights()
    model.add(Dense(1))
    assert all(np.array_equal(a, b) for a, b in zip(first, model.get_weights()[:2], strict=True))
    model.fit(X, Y)
    assert model.optimizer.iterations == 2, "the memory of the old weights is gone"
    assert np.array_equal(
        Sequential([Input((3,)), Dense(4, "relu")], seed=1).get_weights()[0], binary().get_weights()[0]
    )


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_trains_by_itself(duplicate: Any) -> None:
    model = binary(Dense(4, "relu"), Dropout(0.2), optimizer="adam")
    model.fit(X, Y, epochs=2)
    other = duplicate(model)
    before = model.get_weights()
    other.fit(X, Y, epochs=2)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    model.fit(X, Y, epochs=2)
    assert same(model, other)
    assert np.shares_memory(other.w, other.layers[0].kernel)
    unbuilt = duplicate(Sequential([Dense(2)]))
    assert not unbuilt.built


def test_the_shape_may_come_from_input_from_a_layer_from_build_or_from_the_data() -> None:
    ways = [
        [Input((3,)), Dense(2)],
        [Dense(2, input_shape=(3,))],
        [Dense(2, input_dim=3)],
        [Input((3,)), Dense(2, input_shape=(3,))],
    ]
    for layers in ways:
        assert Sequential(layers).count_params() == 8
    for shape in ((3,), 3, (None, 3), [None, 3]):
        model = Sequential([Dense(2)])
        model.build(shape)
        assert model.count_params() == 8 and model.output_shape == (2,)
    assert Sequential([Dense(2)]).predict(X).shape == (50, 2)
    assert Sequential([Dense(2)]).predict(X[:, 0]).shape == (50, 2)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Sequential([Dense(2), Input((3,))]), "Input comes first"),
        (lambda: Sequential([Input((3,)), Input((3,))]), "Input comes first"),
        (lambda: Sequential([Input((3,)), Dense(2, input_shape=(4,))]), "one is enough"),
        (lambda: Sequential([Dense(2, name="a"), Dense(2, name="a")]), "'a' in a model already"),
        (lambda: Sequential([Dense(2)]).build(), r"shape of a sample: add\(Input"),
        (lambda: Sequential([Input((3,))]).get_weights(), "lacks layers"),
        (lambda: Sequential([Input((3,)), Dense(2)]).build((4,)), r"told \(4,\), but the model takes \(3,\)"),
        (lambda: Sequential(2 * [Dense(2)]), "make a new one"),
    ],
)
def test_a_model_that_makes_no_sense_is_refused(build: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_only_layers_are_layers() -> None:
    with pytest.raises(ValueError, match=r"such as Dense\(8\); this is 'dense'"):
        Sequential(["dense"])


def test_buffers_do_not_pile_up() -> None:
    model = binary()
    for batch in range(1, 30):
        model.predict(X[:batch])
    assert len(model._buffers) == 8


# --- Training -----------------------------------------------------------------------------------------------------


def test_one_epoch_by_hand() -> None:
    model = Sequential([Input((1,)), Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=SGD(0.1), loss="mse")
    history = model.fit([1.0, 2.0], [1.0, 3.0], batch_size=1, shuffle=False)
    # w = b = 0: E = 1, both slopes -2, so w = b = 0.2; then p = 0.6, E = 5.76, dE/db = -4.8 and dE/dw = -9.6
    assert history.history == {"loss": [pytest.approx((1 + 5.76) / 2)]}
    assert np.ravel(model.w) == pytest.approx([0.2 + 0.96, 0.2 + 0.48])


def test_fit_is_the_steps_one_after_another() -> None:
    one, other = binary(optimizer="adam"), binary(optimizer="adam")
    one.fit(X, Y, epochs=3, batch_size=20, shuffle=False)
    logs = [other.train_on_batch(X[k : k + 20], Y[k : k + 20]) for _ in range(3) for k in (0, 20, 40)]
    assert same(one, other)
    sizes = [20, 20, 10]
    assert one.history.history["loss"][-1] == pytest.approx(np.average([log[0] for log in logs[-3:]], weights=sizes))
    assert one.history.history["accuracy"][-1] == pytest.approx(
        np.average([log[1] for log in logs[-3:]], weights=sizes)
    )
    assert one.optimizer.iterations == 9


def test_the_diary_is_kerass() -> None:
    history = binary().fit(X, Y, epochs=4, validation_split=0.2)
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert {len(column) for column in history.history.values()} == {4} and history.epoch == [0, 1, 2, 3]
    assert history.params["epochs"] == 4 and history.params["steps"] == 2 and history.diverged is None
    again = binary().fit(X, Y, epochs=4, initial_epoch=2)
    assert again.epoch == [2, 3]
    assert binary().fit(X, Y, epochs=0).history == {}


def test_validation_is_cut_off_the_end_before_shuffling() -> None:
    seen: list[Any] = []
    spy = LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append((logs["val_loss"], model.evaluate(X[40:], Y[40:])[0]))
    )
    model = binary()
    model.fit(X, Y, epochs=3, validation_split=0.2, callbacks=[spy])
    assert all(logged == pytest.approx(asked) for logged, asked in seen)
    apart = binary()
    history = apart.fit(X[:40], Y[:40], epochs=3, validation_data=(X[40:], Y[40:]))
    assert same(model, apart) and history.history == model.history.history
    assert same(apart, (lambda m: (m.fit(X[:40], Y[:40], epochs=3), m)[1])(binary())), "validation changes nothing"


@pytest.mark.parametrize(("count", "fraction", "kept"), [(10, 0.25, 7), (10, 0.33, 6), (3, 0.5, 1), (100, 0.01, 99)])
def test_validation_is_cut_where_keras_cuts(count: int, fraction: float, kept: int) -> None:
    model = Sequential([Input((1,)), Dense(1)])
    model.compile(loss="mse")
    history = model.fit(np.arange(count), np.zeros(count), validation_split=fraction, batch_size=1)
    assert history.params["steps"] == kept


def test_validation_data_may_be_weighted() -> None:
    weight = np.arange(50.0)
    model = binary()
    history = model.fit(X, Y, validation_data=(X, Y, weight))
    assert history.history["val_loss"][0] == pytest.approx(model.evaluate(X, Y, sample_weight=weight)[0])


def test_the_same_seed_is_the_same_run() -> None:
    def run(seed: int | None, fit_seed: int | None = None) -> Sequential:
        model = binary(Dense(8, "relu"), Dropout(0.3), seed=seed)
        model.fit(X, Y, epochs=3, batch_size=8, seed=fit_seed)
        return model

    assert same(run(1), run(1)) and not same(run(1), run(2))
    assert same(run(None, 5), run(None, 5)) and not same(run(None, 5), run(None, 6))
    assert same(run(1, 5), run(1, 5)) and not same(run(1, 5), run(1, 6))
    unseeded = run(None)
    assert same(unseeded, run(unseeded.seed)), "a model says what it was drawn from"
    assert not same(unseeded, run(None))


def test_a_second_training_goes_on_with_another_order() -> None:
    orders = []
    for _ in range(2):
        model, seen = binary(), []
        for _ in range(2):
            model.set_weights(binary().get_weights())
            model.fit(X, Y, batch_size=8)
            seen.append(model.w.copy())
        orders.append(seen)
    assert not np.array_equal(*orders[0]) and np.array_equal(orders[0], orders[1])


def test_without_shuffling_nothing_is_drawn() -> None:
    one, other = binary(), binary()
    one.fit(X, Y, epochs=2, batch_size=7, shuffle=False, seed=1)
    other.fit(X, Y, epochs=2, batch_size=7, shuffle=False, seed=2)
    assert same(one, other)


def test_data_are_not_changed() -> None:
    x, y = X.copy(), Y.copy()
    binary().fit(x, y, epochs=2, validation_split=0.1)
    assert np.array_equal(x, X) and np.array_equal(y, Y)


def test_a_batch_larger_than_the_data_is_all_of_them() -> None:
    one, other = binary(), binary()
    one.fit(X, Y, epochs=2, batch_size=10_000)
    other.fit(X, Y, epochs=2, batch_size=50)
    assert same(one, other) and one.optimizer.iterations == 2
    assert binary().fit(X, Y, batch_size=None).params["steps"] == 2, "None is Keras's 32"


def test_sample_weights_are_repetitions() -> None:
    weight = np.array([1.0, 2.0, 0.0, 3.0, 1.0])
    times = weight.astype(int)
    x, y = X[:5], np.array([0.0, 1, 0, 1, 0])
    one, other = binary(optimizer=SGD(0.1)), binary(optimizer=SGD(0.1 * 7 / 5))
    one.fit(x, y, epochs=1, sample_weight=weight)
    other.fit(np.repeat(x, times, axis=0), np.repeat(y, times), epochs=1)
    # Keras divides by the number of samples, not by the sum of the weights
    assert one.w == pytest.approx(other.w, rel=1e-12)


def test_class_weights_are_sample_weights_by_class() -> None:
    one, other, batch = binary(), binary(), binary()
    one.fit(X, Y, epochs=2, class_weight={0: 1, 1: 5.0}, shuffle=False)
    other.fit(X, Y, epochs=2, sample_weight=np.where(Y == 1, 5.0, 1.0), shuffle=False)
    assert same(one, other)
    batch.train_on_batch(X, Y, class_weight={1: 5.0})
    single = binary()
    single.train_on_batch(X, Y, sample_weight=np.where(Y == 1, 5.0, 1.0))
    assert same(batch, single)


def test_class_weights_of_rows_and_of_numbers_are_the_same() -> None:
    models = []
    for loss, y in (("categorical_crossentropy", np.eye(3)[CLASSES]), ("sparse_categorical_crossentropy", CLASSES)):
        model = Sequential([Input((3,)), Dense(3, "softmax")], seed=1)
        model.compile(loss=loss, metrics=["accuracy"])
        model.fit(X, y, class_weight={2: 3.0}, epochs=2)
        models.append(model)
    assert (
        models[0].w == pytest.approx(models[1].w)
        and models[0].history.history["accuracy"] == models[1].history.history["accuracy"]
    )


def test_accuracy_means_what_the_output_says() -> None:
    model = binary()
    model.fit(X, Y)
    assert isinstance(model.metrics["accuracy"], metrics.BinaryAccuracy)
    assert model.evaluate(X, Y)[1] == np.mean((model.predict(X)[:, 0] > 0.5) == Y)


@pytest.mark.parametrize(
    ("loss", "no"),
    [
        (losses.BinaryCrossentropy(from_logits=True), 0),
        (losses.Hinge(), 0),
        (losses.Hinge(), -1),
        ("squared_hinge", -1),
    ],
)
def test_accuracy_of_logits_and_margins_is_counted_at_0(loss: Any, no: int) -> None:
    """Also of targets of -1 and 1, which no answer agreed with before."""
    y = np.where(Y == 1, 1, no)
    model = Sequential([Input((3,)), Dense(4, "tanh"), Dense(1)], seed=1)
    model.compile("sgd", loss, ["accuracy", metrics.Precision, metrics.Recall(threshold=0.1)])
    model.fit(X, y, epochs=3)
    z, yes = model.predict(X)[:, 0], Y == 1
    assert ((z > 0) != (z > 0.5)).any(), "else this could not fail"
    found = model.evaluate(X, y, return_dict=True)
    assert found["accuracy"] == np.mean((z > 0) == yes)
    assert found["precision"] == np.mean(yes[z > 0])
    assert found["recall"] == np.mean(z[yes] > 0.1)


def test_metrics_by_name_class_and_member() -> None:
    model = binary(metrics=["acc", "mse", metrics.Recall, metrics.Precision(threshold=0.3), losses.Huber()])
    history = model.fit(X, Y).history
    assert list(history) == ["loss", "acc", "mse", "recall", "precision", "huber"]
    assert model.evaluate(X, Y, return_dict=True)["mse"] == pytest.approx(np.mean((model.predict(X)[:, 0] - Y) ** 2))
    assert isinstance(binary(metrics=None).evaluate(X, Y), float)
    assert list(binary(metrics="accuracy").fit(X, Y).history) == ["loss", "accuracy"]


def test_a_page_may_own_the_loop() -> None:
    ended: list[bool] = []
    model = binary()
    run = model.epochs_of(X, Y, epochs=10, callbacks=LambdaCallback(on_train_end=lambda logs=None: ended.append(True)))
    assert ended == [] and model.optimizer.iterations == 0
    assert set(next(run)) == {"loss", "accuracy"} and set(next(run)) == {"loss", "accuracy"}
    run.close()  # type: ignore[attr-defined]
    assert ended == [True] and model.history.epoch == [0, 1]
    whole = binary()
    whole.fit(X, Y, epochs=2)
    assert same(model, whole)


def test_verbose_prints_a_line_an_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    binary().fit(X, Y, epochs=2, verbose=1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and lines[1].startswith("Epoch 2/2 - loss: 0.")
    binary().fit(X, Y, epochs=2)
    assert capsys.readouterr().out == ""


# --- The edges ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [1e2, 1e3])
def test_a_run_that_diverges_ends_with_its_epoch_and_no_warning(rate: float) -> None:
    model = Sequential([Input((3,)), Dense(4), Dense(1)], seed=1)
    model.compile(optimizer=SGD(rate), loss="mse", metrics=["mae"])
    history = model.fit(X, Y, epochs=500, validation_split=0.2, batch_size=50)
    assert history.diverged == history.epoch[-1] < 50
    assert len(history.history["loss"]) == len(history.epoch)
    assert np.isfinite(history.history["loss"][:-1]).all() or history.diverged == 0
    assert model.predict(X).shape == (50, 1)


def test_logits_and_probabilities_at_the_edge() -> None:
    model = binary(Dense(4, "relu"))
    model.set_weights([part * 1e4 for part in model.get_weights()])
    history = model.fit(X, Y, epochs=3)
    assert np.isfinite(history.history["loss"]).all() and np.isfinite(model.w).all()


def called(change: dict[str, Any]) -> Any:
    arguments = {"x": X, "y": Y} | change
    return binary().fit(**arguments)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": X[:, :2]}, r"x has shape \(50, 2\); the model takes \(samples, 3\)$"),
        ({"x": X[0]}, r"x has shape \(3,\).*put a single sample into a batch"),
        ({"x": np.where(X == X[7, 1], np.nan, X)}, r"x\[7\] holds NaN or infinity"),
        ({"y": np.where(np.arange(50) == 9, np.inf, Y)}, r"y\[9\] holds NaN"),
        ({"x": X[:0], "y": Y[:0]}, "x is empty; at least one sample"),
        ({"x": 3.0}, "x must be an array"),
        ({"x": [["a", "b", "c"]]}, "x must be numbers in rows of equal length"),
        ({"x": [[1.0, 2.0], [3.0]]}, "x must be numbers in rows of equal length"),
        ({"y": Y[:49]}, "x has 50 samples and y 49"),
        ({"y": np.eye(2)[Y.astype(int)]}, r"y_true has shape \(50, 2\) and y_pred \(50, 1\)"),
        ({"y": Y + 1}, "takes targets of 0 or 1"),
        ({"y": np.ones(50)}, r"all 50 training samples are of one class, \[1.0\]"),
        ({"y": np.arange(50) < 40.0, "validation_split": 0.2}, "shuffle x and y first"),
        ({"validation_split": 0.999}, "of 50 samples leaves none for training; try 0.2"),
        ({"x": X[:2], "y": [0, 1], "validation_split": 1e-20}, "leaves none for validation"),
        ({"validation_split": 1.0}, "must be above 0 and below 1; it is 1.0"),
        ({"validation_split": -0.1}, "must be above 0 and below 1"),
        ({"validation_data": X}, r"must be \(x, y\)"),
        ({"validation_data": (X, Y + 7)}, "takes targets of 0 or 1"),
        ({"batch_size": -1}, "batch_size must be a whole number from 1 on; it is -1"),
        ({"batch_size": 2.5}, "batch_size must be"),
        ({"epochs": -1}, "epochs must be a whole number from 0 on"),
        ({"epochs": True}, "epochs must be"),
        ({"sample_weight": np.ones(49)}, r"sample_weight has shape \(49,\); it must be \(50,\)"),
        ({"sample_weight": -np.ones(50)}, "sample_weight holds a number below 0"),
        ({"class_weight": {2: 1.0}}, "names the class 2; the model has the classes 0, 1"),
        ({"class_weight": {1: 2.0}, "sample_weight": np.ones(50)}, "give only one of them"),
    ],
)
def test_bad_input_is_refused_before_the_first_step(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        called(change)


def test_labels_outside_the_range() -> None:
    model = Sequential([Input((3,)), Dense(3, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="whole numbers from 0 to 2, as there are 3 outputs"):
        model.fit(X, CLASSES + 1)
    with pytest.raises(ValueError, match="at least two classes"):
        model.fit(X, np.ones(50))
    assert model.fit(X[:1], [2]).diverged is None, "a single sample is of one class by nature"


def test_what_compile_cannot_know() -> None:
    model = Sequential([Input((3,)), Dense(1)])
    with pytest.raises(ValueError, match=r"not compiled; say compile"):
        model.fit(X, Y)
    with pytest.raises(ValueError, match="compile needs a loss: choose mean_squared_error"):
        model.compile()
    for how in ({"loss": "msee"}, {"loss": "mse", "optimizer": "adamm"}, {"loss": "mse", "metrics": ["acurracy"]}):
        with pytest.raises(UnknownMember, match="choose"):
            model.compile(**how)
    with pytest.raises(ValueError, match="a name of its own"):
        model.compile(loss="mse", metrics=["mae", "mae"])
    with pytest.raises(ValueError, match="holds NaN"):
        model.predict([[np.nan, 1, 2]])


# --- Looking inside and keeping -----------------------------------------------------------------------------------


def test_predictions_do_not_depend_on_how_many_are_asked() -> None:
    model = binary(Dense(5, "tanh"), BatchNormalization(), Dropout(0.5))
    model.fit(X, Y, epochs=2)
    p = model.predict(X)
    assert p.shape == (50, 1) and p == pytest.approx(np.concatenate([model.predict(X[k : k + 1]) for k in range(50)]))
    many = np.tile(X, (100, 1))
    assert model.predict(many, batch_size=7, verbose=0) == pytest.approx(np.tile(p, (100, 1)))
    before = p.copy()
    model.predict(X + 1)
    assert np.array_equal(p, before), "a prediction is nobody's buffer"
    assert np.array_equal(model(X), p)


def test_inspect_shows_every_layer_and_changes_nothing() -> None:
    model = binary(Dense(4, "relu"), BatchNormalization(), Dropout(0.5))
    model.build()
    before = copy.deepcopy(model)
    looks = model.inspect(X, Y)
    assert [look.name for look in looks] == ["dense", "batch_normalization", "dropout", "dense_1"]
    assert [look.activations.shape for look in looks] == [(50, 4), (50, 4), (50, 4), (50, 1)]
    assert np.array_equal(looks[-1].activations, model.predict(X)) and same(model, before)
    first = looks[0]
    assert first.sums is not None and np.array_equal(first.activations, np.maximum(first.sums, 0))
    assert first.sums == pytest.approx(X @ first.parameters["kernel"] + first.parameters["bias"])
    # the gradient by a bias is the gradient by the sums, added up over the batch
    slope = (first.gradient * (first.sums > 0)).sum(axis=0)
    assert first.gradients["bias"] == pytest.approx(slope)
    assert looks[1].sums is None and model.loss is not None
    assert looks[-1].gradient == pytest.approx(model.loss.gradient(Y[:, None], looks[-1].activations))


def test_a_step_can_be_told_before_it_is_done() -> None:
    model = binary(optimizer=Adam(0.01), metrics=None)
    model.fit(X, Y)
    model.inspect(X, Y)
    told = model.optimizer.step_terms(model.w, model.g)
    model.train_on_batch(X, Y)
    assert model.w == pytest.approx(told["w"], rel=1e-12)


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    rules = [
        SGD(PiecewiseConstantDecay([5, 10], [0.1, 0.05, 0.01]), momentum=0.9),
        Adam(ExponentialDecay(0.1, 10, 0.9)),
    ]
    for rule in rules:
        layers = [Flatten(), Dense(4, "leaky_relu", kernel_regularizer="l1_l2", kernel_initializer="he_normal")]
        model = Sequential(
            [Input((3, 1)), *layers, BatchNormalization(momentum=0.5), Dropout(0.1), Dense(1)], "mine", seed=3
        )
        model.compile(rule, losses.BinaryCrossentropy(from_logits=True), ["accuracy", metrics.Recall])
        model.fit(X[:, :, None], Y, epochs=2)
        model.save(tmp_path / "model.keras")
        other = load_model(tmp_path / "model.keras")
        assert same(model, other) and np.array_equal(model.predict(X[:, :, None]), other.predict(X[:, :, None]))
        assert model.summary_text() == other.summary_text() and other.seed == 3
        assert model.evaluate(X[:, :, None], Y) == other.evaluate(X[:, :, None], Y)
        assert other.optimizer.rule == rule and other.optimizer.iterations == 0
        assert [layer.config() for layer in model.layers] == [layer.config() for layer in other.layers]
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"], "exactly the path that was said"


def test_a_metric_that_asks_for_a_softmax_is_kept_by_its_name(tmp_path: Path) -> None:
    model = Sequential([Input((3,)), Dense(2)], seed=1)
    model.compile("sgd", losses.CategoricalCrossentropy(from_logits=True), [metrics.AUC, "log_loss"])
    rows = np.eye(2)[Y.astype(int)]
    model.fit(X, rows)
    model.save(tmp_path / "model.npz")
    assert load_model(tmp_path / "model.npz").evaluate(X, rows) == model.evaluate(X, rows)


def test_an_uncompiled_model_is_kept_uncompiled(tmp_path: Path) -> None:
    model = Sequential([Input((3,)), Dense(2)])
    model.save(str(tmp_path / "m.npz"))
    other = load_model(str(tmp_path / "m.npz"))
    assert same(model, other) and other.loss is None


def test_what_cannot_be_written_or_read_is_said(tmp_path: Path) -> None:
    model = binary(optimizer=SGD(lambda step: 0.1))
    with pytest.raises(TypeError, match="a schedule from dlcore.schedules can"):
        model.save(tmp_path / "m.npz")
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("no model")
    np.savez(tmp_path / "arrays.npz", a=np.zeros(3))
    np.savez(tmp_path / "pickled.npz", model=np.array([{}], dtype=object))
    np.save(tmp_path / "one.npy", np.zeros(3))
    for name in ("text.npz", "arrays.npz", "pickled.npz", "one.npy"):
        with pytest.raises(ValueError, match="is no model that dlcore has saved"):
            load_model(tmp_path / name)
    np.savez(tmp_path / "future.npz", model=np.array('{"format": 99}'))
    with pytest.raises(ValueError, match="is of format 99; this version reads 1"):
        load_model(tmp_path / "future.npz")
    described = '{"format": 1, "name": "m", "seed": 1, "input_shape": [3], "layers": [["Conv", {}]], "compiled": {}}'
    np.savez(tmp_path / "foreign.npz", model=np.array(described))
    with pytest.raises(ValueError, match="a layer of the kind 'Conv'"):
        load_model(tmp_path / "foreign.npz")


DESCRIBED = {"format": 1, "name": "m", "seed": 1, "input_shape": [2], "compiled": {}}


def brought(described: dict[str, Any], *arrays: bytes) -> io.BytesIO:
    """A file that says so, with those arrays as their own files have them."""
    text, file = io.BytesIO(), io.BytesIO()
    np.save(text, np.array(json.dumps(described)))
    with zipfile.ZipFile(file, "w") as archive:
        for k, data in enumerate((text.getvalue(), *arrays)):
            archive.writestr(f"w{k - 1}.npy" if k else "model.npy", data)
    return file


def array_file(claim: bytes) -> bytes:
    """A file of three numbers that claims another shape, in as many letters as NumPy has put there."""
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    head = file.getvalue()
    end = head.index(b"(3,), }")
    return head[:end] + (claim + b", }").ljust(head.index(b"\n", end) - end) + head[head.index(b"\n", end) :]


def refused(file: io.BytesIO) -> tuple[str, float, int]:
    """Why a file is refused, in how many seconds of processor time, and the most bytes that were taken meanwhile."""
    tracemalloc.start()
    start = time.process_time()
    with pytest.raises(ValueError, match="no model that dlcore has saved") as caught:
        load_model(file)
    spent, most = time.process_time() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return str(caught.value), spent, most


def test_no_room_is_made_for_an_array_that_is_not_in_the_file() -> None:
    for claim in (b"(2000000,)", b"(1000000000000,)", b"(10, 1000000000000000000)"):
        why, _, most = refused(brought(DESCRIBED | {"layers": []}, array_file(claim)))
        assert "bytes of an array of shape" in why and most < 2_000_000


def test_no_room_is_made_for_normalised_inputs_that_have_no_weights_in_the_file() -> None:
    for inputs in (2_000_000, 10**12):
        told = DESCRIBED | {"input_shape": [inputs], "layers": [["BatchNormalization", {}]]}
        why, _, most = refused(brought(told))
        assert "more weights than it holds" in why and most < 2_000_000


def test_the_weights_of_a_file_count_for_one_layer_alone() -> None:
    named = [["Dense", {"units": 1000, "use_bias": False, "name": f"d{k}"}] for k in range(20)]
    kernel = io.BytesIO()
    np.save(kernel, np.zeros((1000, 1000), dtype=np.int8))
    why, _, most = refused(brought(DESCRIBED | {"input_shape": [1000], "layers": named}, kernel.getvalue()))
    assert "more weights than it holds" in why and most < 20_000_000


def test_a_file_of_thousands_of_layers_is_refused_at_once() -> None:
    named = [["Dropout", {"rate": 0.5, "name": f"d{k}"}] for k in range(5000)]
    why, spent, _ = refused(brought(DESCRIBED | {"layers": named}))
    assert "at most 500" in why and spent < 2, "seconds; it was twenty"


def test_whatever_unpacking_says_of_a_damaged_file_is_a_refusal() -> None:
    file = brought(DESCRIBED | {"layers": []}, array_file(b"(3,)"))
    good = file.getvalue()
    place = good.index(b"PK\x01\x02")
    for offset, value in ((6, 99), (8, 1), (8, 32), (10, 99), (10, 12), (10, 14)):
        damaged = bytearray(good)
        damaged[place + offset] = value
        refused(io.BytesIO(bytes(damaged)))
    refused(brought(DESCRIBED | {"layers": []}, array_file(b"((3,")))


def test_the_optimizer_is_a_stepper() -> None:
    model = binary(optimizer=SGD(0.5, clipnorm=1e-3))
    assert isinstance(model.optimizer, Stepper) and model.optimizer.learning_rate == 0.5
    before = model.get_weights()
    model.train_on_batch(X, Y)
    steps = [np.linalg.norm(a - b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert all(step <= 0.5e-3 * (1 + 1e-9) for step in steps), "each variable is clipped by itself"
    assert sum(step > 0.4e-3 for step in steps) > 1


# ---- files in memory -------------------------------------------------------------------------------------------------


def test_a_model_goes_through_bytes_in_memory_as_through_a_file() -> None:
    model = Sequential([Dense(3, "tanh", input_shape=(2,)), BatchNormalization(), Dense(1)], seed=4)
    model.compile("adam", "mse")
    file = io.BytesIO()
    model.save(file)
    file.seek(0)
    other = load_model(file)
    x = np.random.default_rng(0).normal(size=(5, 2))
    assert np.array_equal(other.predict(x), model.predict(x))
    assert other.loss == model.loss and other.optimizer.rule == model.optimizer.rule


@pytest.mark.parametrize(
    "change",
    [
        {"layers": [["Dense", {"units": 10**9}]]},
        {"layers": [["Dense", {"units": "many"}]]},
        {"layers": 3},
        {"layers": [["Dense", {"activation": {"family": "Nothing", "member": "x", "settings": {}}}]]},
        {"input_shape": [-1]},
        {"input_shape": [10**30]},
        {"name": None, "layers": []},
        {"compiled": {"loss": {"family": "Loss", "member": "none", "settings": {}}}},
    ],
)
def test_a_forged_file_is_refused_before_it_costs_anything(change: dict[str, Any]) -> None:
    told = {"format": 1, "name": "x", "seed": 0, "input_shape": [2], "layers": [["Dense", {"units": 1}]]}
    file = io.BytesIO()
    np.savez(
        file,
        model=np.array(json.dumps(told | {"compiled": {}} | change)),
        w0=np.zeros((2, 1)),
        w1=np.zeros(1),
    )
    file.seek(0)
    with pytest.raises(ValueError, match="is no model that dlcore has saved"):
        load_model(file)
