"""What a program for Keras expects of dlcore, and what is otherwise here on purpose."""

import importlib
import math
import subprocess
import sys
from decimal import Decimal, getcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dlcore as keras
from dlcore import activations, formulas, initializers, losses, metrics, regularizers
from dlcore.callbacks import HOOKS, Callback, EarlyStopping, LambdaCallback, LearningRateScheduler, ModelCheckpoint
from dlcore.family import SettingError
from dlcore.initializers import Constant, HeNormal, Initializer, LecunNormal, VarianceScaling
from dlcore.layers import BatchNormalization, Dense, Dropout, Input
from dlcore.losses import Loss
from dlcore.metrics import (
    AUC,
    Accuracy,
    BinaryAccuracy,
    BinaryF1Score,
    F1Score,
    FBetaScore,
    Metric,
    Precision,
    PrecisionAtRecall,
    Recall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from dlcore.models import Sequential, load_model
from dlcore.optimizers import SGD, Adam, Lion

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2))
Y = (X[:, 0] > 0).astype(float)


def fresh(loss: Any = "binary_crossentropy", metrics: Any = ("accuracy",), last: Any = (1, "sigmoid")) -> Sequential:
    model = Sequential([Input((2,)), Dense(3, "tanh"), Dense(*last)], seed=1)
    model.compile(optimizer=SGD(0.5), loss=loss, metrics=metrics)
    return model


# ---- the door --------------------------------------------------------------------------------------------------------


def test_the_whole_package_is_keras_by_another_name() -> None:
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(4, keras.activations.relu, kernel_initializer=keras.initializers.HeNormal(seed=1)),
            keras.layers.Dense(1, keras.activations.sigmoid, kernel_regularizer=keras.regularizers.l2(0.01)),
        ]
    )
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=10, decay_rate=0.9)
    model.compile(keras.optimizers.Adam(rate), keras.losses.BinaryCrossentropy(), [keras.metrics.Precision(0.5)])
    history = model.fit(X, Y, epochs=2, callbacks=[keras.callbacks.TerminateOnNaN()])
    assert list(history.history) == ["loss", "precision"]
    assert keras.models.Sequential is keras.Sequential and "Sequential" in dir(keras)
    assert activations.swish == activations.get("silu") and activations.relu([-1.0, 2.0]).tolist() == [0, 2]
    for stranger in (keras, activations, keras.optimizers):
        with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
            stranger.nothing  # noqa: B018


def test_the_door_alone_loads_nothing() -> None:
    """What it costs is in benchmarks/imports.py; it stays cheap because not even NumPy is loaded."""
    program = "import sys, dlcore; print([name for name in sys.modules if name.startswith(('dlcore', 'numpy'))])"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True
    )
    assert run.stdout.strip() == "['dlcore']"


# ---- callbacks -------------------------------------------------------------------------------------------------------


def test_every_hook_of_functions_gets_logs() -> None:
    """Functions as Keras's documentation writes them, without a default for logs."""
    told: list[Any] = []
    by_logs = [name for name in HOOKS if name in ("on_train_begin", "on_train_end", "on_test_begin", "on_test_end")]
    by_logs += ["on_predict_begin", "on_predict_end"]
    hooks: dict[str, Any] = {name: lambda logs, name=name: told.append((name, logs)) for name in by_logs}
    hooks |= {
        name: lambda number, logs, name=name: told.append((name, logs))
        for name in HOOKS
        if name not in by_logs and name not in ("on_train_batch_begin", "on_train_batch_end")
    }
    model, spy = fresh(), LambdaCallback(**hooks)
    history = model.fit(X, Y, validation_split=0.5, callbacks=spy)
    model.evaluate(X, Y, callbacks=spy)
    p = model.predict(X, batch_size=25, callbacks=[spy])
    assert {name for name, _ in told} == set(hooks)
    assert all(logs == {} for name, logs in told if name.endswith("_begin") or name == "on_predict_end")
    last = {key: values[-1] for key, values in history.history.items()}
    assert dict(told)["on_train_end"] == last
    outputs = [logs["outputs"] for name, logs in told if name == "on_predict_batch_end"]
    assert [len(part) for part in outputs] == [25, 15] and np.concatenate(outputs) == pytest.approx(p)


@pytest.mark.parametrize("hook", ["on_batch_begin", "on_train_batch_begin"])
def test_the_older_names_of_the_hooks_of_batches_are_called_too(hook: str) -> None:
    numbers: list[int] = []
    fresh().fit(X, Y, batch_size=20, callbacks=LambdaCallback(**{hook: lambda batch, logs: numbers.append(batch)}))  # type: ignore[arg-type]

    class Own(Callback):
        """A subclass as Keras has them."""

        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            numbers.append(10 + batch)
            assert logs["loss"] > 0

    fresh().fit(X, Y, batch_size=20, callbacks=Own())
    assert numbers == [0, 1, 10, 11]


def test_the_logs_of_a_tested_batch_are_about_all_samples_so_far() -> None:
    heard: list[dict[str, float]] = []
    model = fresh()
    whole = model.evaluate(
        X, Y, 15, return_dict=True, callbacks=LambdaCallback(on_test_batch_end=lambda b, logs: heard.append(logs))
    )
    assert len(heard) == 3 and heard[-1] == pytest.approx(whole)
    assert heard[0] == pytest.approx(model.evaluate(X[:15], Y[:15], return_dict=True))


def test_a_function_of_what_is_no_hook_is_refused() -> None:
    with pytest.raises(TypeError, match="no hook 'on_epoch_finish': choose on_train_begin"):
        LambdaCallback(on_epoch_finish=print)


def test_only_what_is_given_by_its_place_counts_as_an_argument_of_a_schedule() -> None:
    def by_epoch(epoch: int, *, slower: float = 2.0) -> float:
        return 0.5 / slower**epoch

    def by_name(epoch: int, **more: float) -> float:
        return 0.5 / 2**epoch - sum(more.values())

    def by_both(*given: float) -> float:
        return given[1] / 2

    for schedule, rates in ((by_epoch, [0.5, 0.25]), (by_name, [0.5, 0.25]), (by_both, [0.25, 0.125])):
        assert fresh().fit(X, Y, epochs=2, callbacks=LearningRateScheduler(schedule)).history["learning_rate"] == rates


def test_callbacks_speak_if_they_are_asked_to_and_only_then(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def run(verbose: int) -> str:
        fresh().fit(
            X,
            Y,
            epochs=9,
            validation_split=0.2,
            callbacks=[
                keras.callbacks.ReduceLROnPlateau("loss", patience=1, min_delta=9, verbose=verbose),
                LearningRateScheduler(lambda epoch, rate: rate, verbose),
                ModelCheckpoint(tmp_path / "best.npz", "loss", verbose),
                EarlyStopping("loss", min_delta=9, patience=3, restore_best_weights=True, verbose=verbose),
            ],
        )
        return capsys.readouterr().out

    assert run(0) == "", "nothing is printed unless somebody asks"
    said = run(1)
    for words in (
        "Epoch 2: ReduceLROnPlateau lowers the learning rate to 0.05",
        "Epoch 1: LearningRateScheduler sets the learning rate to 0.5",
        "Epoch 4: EarlyStopping ends the training",
        "EarlyStopping goes back to the weights of epoch 1",
        "Epoch 1: ModelCheckpoint: the model is kept in ",
    ):
        assert words in said, words
    fresh().fit(X, Y, verbose=1)
    assert capsys.readouterr().out.startswith("Epoch 1/1 - loss: ")


def test_a_checkpoint_is_a_file_if_it_is_given_a_path(tmp_path: Path) -> None:
    every = ModelCheckpoint(str(tmp_path / "{epoch:02d}-{accuracy:.1f}.npz"))
    best = ModelCheckpoint(filepath=tmp_path / "best.npz", monitor="loss", save_best_only=True, verbose=0)
    model = fresh()
    history = model.fit(X, Y, epochs=3, callbacks=[every, best]).history
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*(f"{epoch + 1:02d}-{score:.1f}.npz" for epoch, score in enumerate(history["accuracy"])), "best.npz"]
    )
    assert best.best == min(history["loss"])
    last = load_model(tmp_path / f"03-{history['accuracy'][-1]:.1f}.npz")
    assert np.array_equal(last.predict(X), model.predict(X))
    other = fresh()
    other.load_weights(str(tmp_path / "best.npz"))
    best.restore()
    assert np.array_equal(other.w, model.w)
    with pytest.raises(ValueError, match=r"cannot fill in .*val_loss.*choose epoch, loss, accuracy"):
        fresh().fit(X, Y, callbacks=[ModelCheckpoint(str(tmp_path / "{val_loss}.npz"))])
    beaten = ModelCheckpoint(monitor="loss", initial_value_threshold=0.0)
    fresh().fit(X, Y, callbacks=[beaten])
    assert beaten.weights is None


def test_a_number_a_class_cannot_be_watched() -> None:
    model = fresh("categorical_crossentropy", ["f1_score"], (2, "softmax"))
    rows = np.stack([1 - Y, Y], axis=1)
    with pytest.raises(ValueError, match=r"cannot watch 'f1_score': it is one number a class; give it an average"):
        model.fit(X, rows, callbacks=[EarlyStopping("f1_score")])
    one = fresh("categorical_crossentropy", [F1Score(average="macro")], (2, "softmax"))
    one.fit(X, rows, epochs=3, callbacks=[EarlyStopping("f1_score", patience=9)])


# ---- training on a batch ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "last", "y", "weights"),
    [
        ("binary_crossentropy", (1, "sigmoid"), np.zeros(40), {0: 1.0, 1: 5.0}),
        ("hinge", (1, "linear"), np.ones(40), {-1: 2.0, 1: 1.0}),
        ("sparse_categorical_crossentropy", (3, "softmax"), np.arange(40) % 2, {2: 3.0}),
        ("categorical_crossentropy", (3, "softmax"), np.eye(3)[np.arange(40) % 2], {2: 3.0}),
        ("mean_squared_error", (1, "sigmoid"), np.zeros(40), {1: 5.0}),
    ],
)
def test_a_weight_for_a_class_that_a_batch_lacks_is_no_mistake(loss: str, last: Any, y: Any, weights: Any) -> None:
    model, twin = fresh(loss, [], last), fresh(loss, [], last)
    model.train_on_batch(X, y, class_weight=weights)
    present = {label: weight for label, weight in weights.items() if label in np.unique(y)}
    twin.train_on_batch(X, y, class_weight=present or None)
    assert np.array_equal(model.w, twin.w)
    for stranger in (7, "yes"):
        with pytest.raises(ValueError, match=f"names the class {stranger!r}; the model has the classes"):
            model.train_on_batch(X, y, class_weight={stranger: 1.0})  # type: ignore[dict-item]


def test_a_weight_for_a_class_that_validation_has_alone_is_no_mistake() -> None:
    y = np.repeat([0, 1, 2], [20, 12, 8])
    model = fresh("sparse_categorical_crossentropy", [], (3, "softmax"))
    model.fit(X, y, validation_split=0.2, class_weight={0: 1.0, 1: 2.0, 2: 3.0})


def test_two_kinds_of_weights_are_refused_for_a_batch_as_they_are_by_fit() -> None:
    for train in (fresh().train_on_batch, fresh().fit):
        with pytest.raises(ValueError, match="two ways to say one thing"):
            train(X, Y, sample_weight=np.ones(40), class_weight={1: 2.0})


# ---- metrics ---------------------------------------------------------------------------------------------------------


def test_the_metric_of_a_direction_is_the_cosine_and_the_loss_its_opposite() -> None:
    y, p = [[1.0, 0.0], [0.0, 2.0]], [[3.0, 3.0], [0.0, -1.0]]
    cosine = (math.sqrt(0.5) - 1) / 2
    assert metrics.CosineSimilarity()(y, p) == pytest.approx(cosine)
    assert losses.CosineSimilarity()(y, p) == pytest.approx(-cosine)
    found = metrics.resolve("cosine_similarity", "mse", 2)
    assert found(y, p) == pytest.approx(cosine) and found.higher_is_better
    model = fresh("cosine_similarity", ["cosine_similarity"], (2,))
    scores = model.evaluate(X, X + 1, return_dict=True)
    assert scores["cosine_similarity"] == pytest.approx(-scores["loss"])


LEFT = [(4,), (4, 1)]


@pytest.mark.parametrize("member", [*Loss.members.values(), *Metric.members.values()], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("of_true", LEFT)
@pytest.mark.parametrize("of_pred", LEFT)
def test_a_list_and_a_column_are_the_same(member: Any, of_true: Any, of_pred: Any) -> None:
    """As for ``fit``; nothing is broadcast to (4, 4)."""
    rule = member()
    y, p = np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.25, 0.5, 0.9, 0.75])
    if len(of_pred) == 1 and (rule.targets in ("one_hot", "integer") or "Cosine" in member.__name__):
        pytest.skip("rows are needed")
    if rule.targets == "integer":
        y = 0 * y
    column = rule(y[:, None], p[:, None])
    assert np.all(rule(y.reshape(of_true), p.reshape(of_pred)) == column)
    if isinstance(rule, Loss):
        gradient = rule.gradient(y.reshape(of_true), p.reshape(of_pred))
        assert gradient.shape == of_pred
        assert np.array_equal(gradient.ravel(), rule.gradient(y[:, None], p[:, None]).ravel())
        assert rule.per_sample(y.reshape(of_true), p.reshape(of_pred)).shape == (4,)


@pytest.mark.parametrize(
    "shapes",
    [((4,), (4, 2)), ((4,), (1, 4)), ((4, 1), (4, 2)), ((3,), (4, 1)), ((1, 4), (4,)), ((4, 1, 1), (4, 1)), ((), (1,))],
)
def test_every_other_pair_of_unlike_shapes_is_an_error(shapes: Any) -> None:
    y, p = (np.ones(shape) for shape in shapes)
    for rule in (losses.MeanSquaredError(), losses.BinaryCrossentropy(), BinaryAccuracy(), AUC(), metrics.R2Score()):
        with pytest.raises(ValueError, match="they must be the same"):
            rule(y, p)


def test_f1_is_one_number_a_class() -> None:
    y = np.eye(3)[[0, 0, 1, 1, 2, 2]]
    p = [[0.4, 0.3, 0.3], [0.3, 0.4, 0.3], [0.3, 0.4, 0.3], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.4, 0.3, 0.3]]
    # called: 0, 1, 1, 1, 2, 0; class 0 has tp 1, fp 1, fn 1; class 1 tp 2, fp 1; class 2 tp 1, fn 1
    each = [2 / 4, 4 / 5, 2 / 3]
    assert F1Score()(y, p) == pytest.approx(each)
    assert F1Score("macro")(y, p) == F1Score("weighted")(y, p) == pytest.approx(np.mean(each))
    assert F1Score("micro")(y, p) == pytest.approx(2 * 4 / 12)
    # above 0.35 the same are called; above 0.5 only one
    assert F1Score(threshold=0.35)(y, p) == pytest.approx(each)
    assert F1Score(None, 0.5)(y, p) == pytest.approx([0, 2 / 3, 0])
    # F2 of class 1: 5 tp / (5 tp + fp + 4 fn)
    assert FBetaScore(beta=2.0)(y, p)[1] == pytest.approx(10 / 11)
    assert FBetaScore()(y, p) == pytest.approx(each) and metrics.get("f_beta_score") == FBetaScore()
    # of those that tie every one is called, and a row of zeros calls nobody
    assert F1Score()([[1, 0], [0, 1]], [[0.5, 0.5], [0, 0]]).tolist() == pytest.approx([1, 0])
    assert np.isnan(F1Score()(y, np.full((6, 3), np.nan))).all()


def test_f1_by_its_name_is_that_of_classes_and_the_pooled_one_has_another() -> None:
    rows = np.stack([1 - Y, Y], axis=1)
    model = fresh("categorical_crossentropy", ["f1_score", "binary_f1_score"], (2, "softmax"))
    scores = model.evaluate(X, rows, return_dict=True)
    p = model.predict(X)
    assert scores["f1_score"] == pytest.approx(F1Score()(rows, p)) and scores["f1_score"].shape == (2,)
    assert scores["binary_f1_score"] == BinaryF1Score()(rows, p) == F1Score("micro", 0.5)(rows, p)
    history = model.fit(X, rows, epochs=2, verbose=1)
    assert np.shape(history.history["f1_score"]) == (2, 2)


@pytest.mark.parametrize("wrong", [{"average": "mean"}, {"threshold": "half"}])
def test_settings_of_f1_are_checked(wrong: Any) -> None:
    with pytest.raises(SettingError):
        F1Score(**wrong)


def test_the_words_that_keras_has_for_settings() -> None:
    assert Precision(thresholds=0.3) == Precision(0.3) == Precision(threshold=0.3)
    assert Recall(thresholds=[0.3]) == Recall(0.3) and AUC(num_thresholds=500) == AUC(500) == AUC()
    with pytest.raises(SettingError, match="one threshold; for several, make one metric for each"):
        Precision(thresholds=[0.3, 0.5])
    with pytest.raises(SettingError, match="thresholds must be a number"):
        Recall(thresholds="0.5")


def test_two_metrics_of_a_kind_are_numbered(tmp_path: Path) -> None:
    model = fresh(metrics=["precision", Precision(0.7), Precision(thresholds=0.2), "accuracy"])
    scores = model.evaluate(X, Y, return_dict=True)
    assert list(scores) == ["loss", "precision", "precision_1", "precision_2", "accuracy"]
    p = model.predict(X)[:, 0]
    for name, threshold in (("precision", 0.5), ("precision_1", 0.7), ("precision_2", 0.2)):
        assert scores[name] == Precision(threshold)(Y, p)
    model.save(tmp_path / "model.npz")
    assert load_model(tmp_path / "model.npz").evaluate(X, Y, return_dict=True) == scores


def test_accuracy_by_itself_is_equality_and_as_a_word_what_suits_the_output(tmp_path: Path) -> None:
    assert Accuracy()([1, 2, 3, 4], [0, 2, 3, 4]) == 0.75
    assert Accuracy()([[1], [2]], [[0.9], [2]]) == 0.5
    model = fresh(metrics=["accuracy", Accuracy])
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    for each in (model, again):
        assert [type(metric) for metric in each.metrics.values()] == [BinaryAccuracy, Accuracy]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        # called from the highest on: 1 1 0 1 0 0 1 0; precision 1, 1, 2/3, 3/4, 3/5, 1/2, 4/7, 1/2
        (PrecisionAtRecall(0.5), 1),
        (PrecisionAtRecall(0.75), 3 / 4),
        (PrecisionAtRecall(0.8), 4 / 7),
        (PrecisionAtRecall(0.0), 1),
        (RecallAtPrecision(1.0), 2 / 4),
        (RecallAtPrecision(0.75), 3 / 4),
        (RecallAtPrecision(0.55), 1),
        (SensitivityAtSpecificity(1.0), 2 / 4),
        (SensitivityAtSpecificity(0.75), 3 / 4),
        (SensitivityAtSpecificity(0.0), 1),
        (SpecificityAtSensitivity(0.75), 3 / 4),
        (SpecificityAtSensitivity(1.0), 1 / 4),
    ],
    ids=repr,
)
def test_the_best_of_one_rate_where_another_is_high_enough(metric: Any, expected: float) -> None:
    y = [1, 1, 0, 1, 0, 0, 1, 0]
    p = np.linspace(0.9, 0.1, 8)
    assert metric(y, p) == pytest.approx(expected)
    assert metric(y, 20 * p - 10) == pytest.approx(expected), "only the order counts"
    assert type(metric)(getattr(metric, metric.needs), num_thresholds=50) == metric


def test_no_threshold_that_is_good_enough_is_0() -> None:
    assert RecallAtPrecision(0.6)([0, 1], [0.9, 0.1]) == 0
    assert PrecisionAtRecall(0.5)([0, 0], [0.9, 0.1]) == RecallAtPrecision(0.5)([0, 0], [0.9, 0.1]) == 0


# ---- layers, initializers, regularizers, optimizers ------------------------------------------------------------------


def test_no_initializer_is_the_one_for_kernels() -> None:
    assert initializers.get(None) is None
    plain, unsaid = (
        Sequential([Input((2,)), layer], seed=4) for layer in (Dense(3), Dense(3, kernel_initializer=None))
    )
    plain.build()
    unsaid.build()
    assert np.array_equal(plain.w, unsaid.w)
    # Keras's rule is about weights of any kind
    assert Dense(3, bias_initializer=None).bias_initializer == initializers.get("glorot_uniform")
    assert Dense(3).bias_initializer == initializers.get("zeros")


DRAWING = [name for name, kind in Initializer.members.items() if "seed" in getattr(kind, "__dataclass_fields__", {})]


@pytest.mark.parametrize("name", DRAWING)
def test_an_initializer_with_a_seed_draws_from_it_alone(name: str) -> None:
    kind: Any = Initializer.members[name]
    seeded = kind(seed=5)
    assert np.array_equal(seeded((3, 4)), seeded((3, 4), 8)) and np.array_equal(seeded((3, 4)), kind()((3, 4), 5))
    assert not np.array_equal(seeded((3, 4)), kind(seed=6)((3, 4)))
    assert not np.array_equal(kind()((3, 4)), kind()((3, 4))), "without any seed it is new every time"
    for wrong in (-1, 0.5, True):
        with pytest.raises(SettingError, match="seed must be a whole number from 0 on"):
            kind(seed=wrong)


def test_all_that_draws_takes_a_seed() -> None:
    assert set(Initializer.members) - set(DRAWING) == {"zeros", "ones", "constant"}
    model = Sequential(
        [Input((3,)), Dense(3, kernel_initializer=HeNormal(seed=1)), Dense(3, kernel_initializer=HeNormal(seed=1))]
    )
    first, _, second, _ = model.get_weights()
    assert np.array_equal(first, second), "as in Keras: a seed is a seed"


def test_a_constant_may_be_an_array(tmp_path: Path) -> None:
    kernel = np.arange(6.0).reshape(2, 3)
    start = Constant(kernel)
    assert np.array_equal(start((2, 3)), kernel) and start == Constant(kernel.tolist()) and hash(start)
    assert np.array_equal(Constant([1, 2, 3])((2, 3)), [[1, 2, 3]] * 2), "a row for every row, as in Keras"
    model = Sequential([Input((2,)), Dense(3, kernel_initializer=start)])
    assert np.array_equal(model.weights[0], kernel)
    model.save(tmp_path / "model.npz")
    assert load_model(tmp_path / "model.npz").layers[0].kernel_initializer == start  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=r"Constant's value has shape \(2, 3\); the weights have \(3, 2\)"):
        start((3, 2))
    with pytest.raises(SettingError, match="finite numbers"):
        Constant([1.0, np.nan])


@pytest.mark.parametrize(
    ("special", "general"),
    [
        ("glorot_normal", VarianceScaling(1.0, "fan_avg", "truncated_normal")),
        ("glorot_uniform", VarianceScaling(1.0, "fan_avg", "uniform")),
        ("he_normal", VarianceScaling(2.0, "fan_in", "normal")),
        ("he_uniform", VarianceScaling(2.0, distribution="uniform")),
        ("lecun_normal", VarianceScaling()),
        ("lecun_uniform", VarianceScaling(1.0, "fan_in", "uniform")),
    ],
)
def test_every_rule_of_its_kind_is_a_variance_scaling(special: str, general: VarianceScaling) -> None:
    assert initializers.get(special)((30, 7), 3) == pytest.approx(general((30, 7), 3), rel=1e-15)


def test_variance_scaling_by_outputs_and_without_a_cut() -> None:
    wide = VarianceScaling(3.0, "fan_out", "untruncated_normal")((300, 200), 1)
    assert wide.var() == pytest.approx(3 / 200, rel=0.02) and np.abs(wide).max() > 3 * wide.std()
    cut = initializers.get("truncated_normal")((300, 200), 1)
    assert np.abs(cut).max() <= 0.1 and LecunNormal(seed=2)((4, 4)).shape == (4, 4)


def test_penalties_by_keras_s_names() -> None:
    for name in ("l1l2", "l1_l2", "L1L2"):
        assert regularizers.get(name) == regularizers.L1L2()
    assert keras.regularizers.l1_l2(l1=0.1, l2=0.2) == regularizers.L1L2(0.1, 0.2)


def test_lion_without_momentum_is_another_rule() -> None:
    with pytest.raises(SettingError, match="beta_1 must be from 0.001"):
        Lion(beta_1=0.0)
    assert Lion(beta_2=0.0).beta_2 == 0


def test_a_model_s_weights_and_its_last_layer() -> None:
    model = Sequential([Input((2,)), Dense(3), BatchNormalization(), Dropout(0.5), Dense(1)], seed=1)
    with pytest.raises(ValueError, match=r"'dense' has no weights yet; say model.build\(\) first"):
        model.layers[0].get_weights()
    assert [part.shape for part in model.weights] == [(2, 3), (3,), (3,), (3,), (3,), (3,), (3, 1), (1,)]
    for own, copy in zip(model.weights, model.get_weights(), strict=True):
        assert np.array_equal(own, copy) and not np.shares_memory(own, copy)
    first = model.layers[0]
    first.set_weights([np.ones((2, 3)), np.zeros(3)])
    assert np.all(model.weights[0] == 1) and model.predict(X).shape == (40, 1)
    with pytest.raises(ValueError, match="the layer 'dense' has 2 arrays of weights, 1 are given"):
        first.set_weights([np.ones((2, 3))])
    last = model.pop()
    assert isinstance(last, Dense) and model.output_shape == (3,) and np.all(model.weights[0] == 1)
    model.add(last)
    assert model.output_shape == (1,)
    wider = Sequential([Input((5,)), model.pop()])
    with pytest.raises(ValueError, match=r"has weights for \(3,\); it is given \(5,\)"):
        wider.build()
    with pytest.raises(ValueError, match="no layer to take off"):
        Sequential().pop()
    for stranger in ({}, "Dense", Dense):
        with pytest.raises(ValueError, match="a model is made of layers"):
            Sequential().add(stranger)


def test_a_summary_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    model, lines = fresh(), list[str]()
    assert model.summary() is None  # type: ignore[func-returns-value]
    assert capsys.readouterr().out == model.summary_text() + "\n"
    model.summary(print_fn=lines.append)
    assert lines == [model.summary_text()] and capsys.readouterr().out == ""


@pytest.mark.filterwarnings("error")
def test_penalties_that_overflow_are_infinite_without_a_warning() -> None:
    for rule in (regularizers.L1(1e3), regularizers.L2(), regularizers.L1L2(1.0, 1.0)):
        model = Sequential([Input((2,)), Dense(1, kernel_regularizer=rule)], seed=1)
        model.compile("sgd", "mse")
        model.set_weights([np.full((2, 1), 1e306), np.zeros(1)])
        assert model.evaluate(X, Y) == math.inf
        assert model.penalty() == rule(np.full(2, 1e306)) == math.inf
        rule.gradient(np.full(2, 1e308))


# ---- what saturates --------------------------------------------------------------------------------------------------

getcontext().prec = 400
FAR = (4.0, 5.0, 8.5, 12.0, 20.0, 36.0, 40.0, 100.0, 300.0, 340.0)


def exact_slope(name: str, z: float) -> float:
    """The derivative with 400 digits."""
    u, one = Decimal(z), Decimal(1)
    sigma = one / (one + (-u).exp())
    alpha, scale = Decimal("1.6732632423543772"), Decimal("1.0507009873554805")
    return float(
        {
            "sigmoid": sigma * (one - sigma),
            "tanh": 4 * (2 * u).exp() / ((2 * u).exp() + 1) ** 2,
            "softsign": one / (one + abs(u)) ** 2,
            "softplus": sigma,
            "elu": u.exp() if z < 0 else one,
            "celu": u.exp() if z < 0 else one,
            "selu": scale * (alpha * u.exp() if z < 0 else one),
        }[name]
    )


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softsign", "softplus", "elu", "celu", "selu"])
@pytest.mark.parametrize("sign", [-1, 1])
def test_small_slopes_keep_their_digits(name: str, sign: int) -> None:
    f, z = activations.get(name), sign * np.array([*FAR, 0.5, 2.0])
    exact = [exact_slope(name, float(each)) for each in z]
    assert f.derivative(z) == pytest.approx(exact, rel=2e-12, abs=0)
    assert [float(f.derivative(float(each))) for each in z] == pytest.approx(exact, rel=2e-12, abs=0)
    assert f.vjp(z, f(z), np.full(z.shape, 3.0)) == pytest.approx([3 * each for each in exact], rel=2e-12, abs=0)


def test_a_softsign_fades_and_never_dies() -> None:
    assert activations.get("softsign").derivative(np.array([1e17, -1e200])) == pytest.approx(
        [1e-34, 0], rel=1e-9, abs=0
    )


@pytest.mark.parametrize("formula", ["tanh(9*x)", "sigmoid(9*x)"])
@pytest.mark.parametrize("x", [0.1, 1.0, 2.2, 4.0, 30.0, -4.0])
def test_the_slope_of_a_formula_that_saturates(formula: str, x: float) -> None:
    exact = 9 * exact_slope(formula.split("(")[0], 9 * x)
    assert float(formulas.read(formula).gradient(x)[0]) == pytest.approx(exact, rel=1e-11, abs=0)


def test_the_slope_of_the_likeliest_class_is_what_the_others_are_worth() -> None:
    softmax = activations.get("softmax")
    z, g = np.array([[40.0, 0.0, -3.0]]), np.array([[1.0, 2.0, 3.0]])
    e = [Decimal(each).exp() for each in z[0]]
    a = [each / sum(e) for each in e]
    mean = sum(share * Decimal(slope) for share, slope in zip(a, g[0], strict=True))
    exact = [float(share * (Decimal(slope) - mean)) for share, slope in zip(a, g[0], strict=True)]
    assert softmax.vjp(z, softmax(z), g)[0] == pytest.approx(exact, rel=1e-13, abs=0)
    log = activations.get("log_softmax")
    assert log(z)[0] == pytest.approx([float(share.ln()) for share in a], rel=1e-13, abs=0)
    exact = [float(Decimal(slope) - share * Decimal(6)) for share, slope in zip(a, g[0], strict=True)]
    assert log.vjp(z, log(z), g)[0] == pytest.approx(exact, rel=1e-13, abs=0)
    only = np.array([[1.0, 0.0, 0.0]])
    others = [float(1 - a[0]), -float(a[1]), -float(a[2])]
    assert log.vjp(z, log(z), only)[0] == pytest.approx(others, rel=1e-13, abs=0)


@pytest.mark.parametrize("z", [1.0, 20.0, 40.0, 300.0])
def test_a_crossentropy_of_sure_logits_is_still_above_0_and_so_is_its_slope(z: float) -> None:
    surprise = float((1 + (-Decimal(z)).exp()).ln())
    slope = -float(1 / (1 + Decimal(z).exp()))
    binary = losses.BinaryCrossentropy(from_logits=True)
    assert binary([1.0], [z]) == pytest.approx(surprise, rel=1e-12, abs=0)
    assert binary.gradient([1.0, 0.0], [z, -z]) * 2 == pytest.approx([slope, -slope], rel=1e-12, abs=0)
    rows = np.array([[z, 0.0]])
    for loss, y in (
        (losses.CategoricalCrossentropy(from_logits=True), [[1.0, 0.0]]),
        (losses.SparseCategoricalCrossentropy(from_logits=True), [0]),
    ):
        assert loss(y, rows) == pytest.approx(surprise, rel=1e-12, abs=0)
        assert loss.gradient(y, rows)[0] == pytest.approx([slope, -slope], rel=1e-12, abs=0)


@pytest.mark.parametrize("r", [1e-12, 1e-5, 0.3, 0.999, 1.001, 5.0])
def test_log_cosh_of_a_small_residual(r: float) -> None:
    u = Decimal(r)
    assert losses.LogCosh()([0.0], [r]) == pytest.approx(float(((u.exp() + (-u).exp()) / 2).ln()), rel=1e-13, abs=0)


# ---- otherwise on purpose --------------------------------------------------------------------------------------------


def test_nan_in_data_is_refused_by_its_row_also_by_predict() -> None:
    x = X.copy()
    x[7, 1] = np.nan
    model = fresh()
    for ask in (lambda: model.fit(x, Y), lambda: model.evaluate(x, Y), lambda: model.predict(x)):
        with pytest.raises(ValueError, match=r"x\[7\] holds NaN"):
            ask()


def test_a_quantity_to_watch_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="cannot watch 'val_acc'"):
        fresh().fit(X, Y, callbacks=[EarlyStopping("val_acc")])


def test_an_area_is_exact() -> None:
    score = np.linspace(0.5, 0.5 + 1e-9, 40)
    assert AUC(num_thresholds=200)(np.arange(40) >= 20, score) == 1, "which no threshold of 200 tells apart"


def test_the_epsilon_of_adam_stands_where_the_paper_has_it() -> None:
    w, g = np.zeros(1), np.array([1e-7])
    rule = Adam(0.1)
    # the corrected m and v are g and g²
    assert rule.update(w, g, rule.start(w), 1) == pytest.approx([-0.1 * 1e-7 / (1e-7 + 1e-7)])


def test_targets_of_one_class_are_refused() -> None:
    with pytest.raises(ValueError, match="all 40 training samples are of one class"):
        fresh().fit(X, 0 * Y)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("dlcore.models", "NaN in the data is refused, with the row"),
        ("dlcore.models", "all of one class are refused"),
        ("dlcore.callbacks", "a quantity to watch that does not exist is an error, where Keras only warns"),
        ("dlcore.callbacks", "Nothing is printed unless ``verbose=1`` asks for it"),
        ("dlcore.metrics.AUC", "It is exact, not a sum over"),
        ("dlcore.optimizers.Adam", "epsilon is added to the root of the corrected v, as in the paper"),
    ],
)
def test_what_is_otherwise_is_said(where: str, words: str) -> None:
    module, _, name = where.rpartition(".")
    said = (
        importlib.import_module(where).__doc__
        if module == "dlcore"
        else getattr(importlib.import_module(module), name).__doc__
    )
    assert words in " ".join((said or "").split())
