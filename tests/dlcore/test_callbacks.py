"""Callbacks: the order of the hooks, and what each one does to a run whose logs are known."""

import inspect
import math
from typing import Any

import numpy as np
import pytest

from dlcore.callbacks import (
    HOOKS,
    Callback,
    EarlyStopping,
    History,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
    Watcher,
)
from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from dlcore.optimizers import SGD
from dlcore.schedules import ExponentialDecay

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2))
Y = (X[:, 0] > 0).astype(float)


def fresh(rule: Any = None, seed: int = 1) -> Sequential:
    model = Sequential([Input((2,)), Dense(3, "tanh"), Dense(1, "sigmoid")], seed=seed)
    model.compile(optimizer=rule or SGD(0.5), loss="binary_crossentropy", metrics=["accuracy"])
    return model


class Scripted(Callback):
    """Puts given numbers into the logs, so that what the next callback sees is known."""

    def __init__(self, key: str, numbers: list[float]) -> None:
        self.key, self.numbers = key, numbers

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs[self.key] = self.numbers[epoch]


class WeightHistory(Callback):
    """Keeps a copy of all weights from before the first epoch and after every one."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.weights = [self.model.w.copy()]

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.weights.append(self.model.w.copy())


def run(numbers: list[float], *callbacks: Callback, key: str = "score", **how: Any) -> History:
    return fresh().fit(X, Y, epochs=len(numbers), callbacks=[Scripted(key, numbers), *callbacks], **how)


def test_hooks_come_in_kerass_order() -> None:
    told: list[str] = []

    class Diary(Callback):
        """Writes down every call."""

    hooks = [name for name in vars(Callback) if name.startswith("on_")]

    def writer(name: str) -> Any:
        return lambda self, *args, **kwargs: told.append(name.removeprefix("on_"))

    for name in hooks:
        setattr(Diary, name, writer(name))
    model = fresh()
    model.fit(X, Y, epochs=2, validation_split=0.5, batch_size=10, callbacks=[Diary()])
    batches = 2 * ["train_batch_begin", "train_batch_end"]
    test = ["test_begin", *2 * ["test_batch_begin", "test_batch_end"], "test_end"]
    epoch = ["epoch_begin", *batches, *test, "epoch_end"]
    assert told == ["train_begin", *epoch, *epoch, "train_end"]
    told.clear()
    model.evaluate(X, Y, batch_size=20, callbacks=Diary())
    assert told == test
    told.clear()
    model.predict(X, batch_size=20, callbacks=Diary())
    assert told == ["predict_begin", *2 * ["predict_batch_begin", "predict_batch_end"], "predict_end"]
    others = {"train_batch_begin": "batch_begin", "train_batch_end": "batch_end"}
    known = {name.removeprefix("on_") for name in hooks}
    # the older names are called by the hooks that the diary has in their place
    assert known == {"train_begin", *epoch, "train_end", *told, *others.values()} and set(HOOKS) == set(hooks)


def test_every_callback_is_found_and_says_what_it_is() -> None:
    ours = [kind for kind in Callback.kinds.values() if kind.__module__ == "dlcore.callbacks"]
    assert len(ours) >= 8
    for kind in ours:
        assert inspect.getdoc(kind) and kind.__doc__ != Callback.__doc__


def test_functions_as_a_callback() -> None:
    told: list[Any] = []
    epochs = LambdaCallback(
        on_train_begin=lambda logs=None: told.append("begin"),
        on_epoch_begin=lambda epoch, logs=None: told.append(epoch),
        on_epoch_end=lambda epoch, logs: told.append(logs["loss"]),
    )
    history = fresh().fit(X, Y, epochs=2, callbacks=[epochs])
    losses = history.history["loss"]
    assert told == ["begin", 0, losses[0], 1, losses[1]]
    assert LambdaCallback().on_epoch_end(0) is None


def test_the_logs_of_a_batch_are_about_the_epoch_so_far() -> None:
    logged: list[dict[str, float]] = []
    numbers: list[int] = []
    history = fresh().fit(
        X,
        Y,
        batch_size=15,
        callbacks=[
            LambdaCallback(
                on_train_batch_begin=lambda batch, logs=None: numbers.append(batch),
                on_train_batch_end=lambda batch, logs: logged.append(dict(logs)),
            )
        ],
    )
    assert numbers == [0, 1, 2] and len(logged) == 3
    assert {key: [value] for key, value in logged[-1].items()} == history.history
    twin = fresh()
    first = twin.fit(X, Y, batch_size=15, callbacks=[LambdaCallback(on_train_batch_end=lambda batch, logs: stop(twin))])
    assert first.history == {key: [value] for key, value in logged[0].items()}
    assert twin.optimizer.iterations == 1, "a training can be stopped between batches"


def stop(model: Sequential) -> None:
    model.stop_training = True


def test_a_run_can_be_stopped_between_epochs() -> None:
    class Enough(Callback):
        """Ends after the third epoch."""

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.stop_training = epoch == 2

    model = fresh()
    assert model.fit(X, Y, epochs=10, callbacks=[Enough()]).epoch == [0, 1, 2]
    assert model.fit(X, Y, epochs=2).epoch == [0, 1], "the next training is a new one"


# --- EarlyStopping ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "how", "epochs", "best_epoch"),
    [
        ([5, 4, 3, 2, 1], {}, 5, 4),
        ([5, 4, 4, 3, 3], {}, 3, 1),
        ([5, 4, 6, 6, 3, 9, 9, 9], {"patience": 2}, 4, 1),
        ([5, 4, 6, 6, 3, 9, 9, 9], {"patience": 3}, 8, 4),
        ([5, 4.9, 4.8, 4.7], {"min_delta": 0.15, "patience": 2}, 4, 2),
        ([5, 4.9, 4.8, 4.7], {"min_delta": -0.15, "patience": 1}, 2, 0),
        ([1, 2, 3, 2, 9], {"mode": "max"}, 4, 2),
        ([1, 2, 3, 2, 9], {"mode": "min", "patience": 2}, 3, 0),
        ([1, 9, 9, 9, 8, 7, 8], {"start_from_epoch": 3}, 7, 5),
        ([5, 4, 3, 2, 1], {"baseline": 3.5, "patience": 2}, 5, 4),
        ([5, 4.8, 4.7, 4.6, 1], {"baseline": 3.5, "patience": 2}, 5, 4),
        ([5, 5, 4, 4, 1], {"baseline": 3.5, "patience": 2}, 2, 0),
        ([math.nan, 5, 4, 6], {"patience": 1}, 4, 2),
        ([9], {"patience": 0}, 1, 0),
        ([5, 6, 1], {"patience": 0}, 2, 0),
    ],
)
def test_early_stopping_ends_where_keras_ends(
    numbers: list[float], how: dict[str, Any], epochs: int, best_epoch: int
) -> None:
    callback = EarlyStopping(monitor="score", **how)
    history = run(numbers, callback)
    assert len(history.epoch) == epochs and callback.best_epoch == best_epoch
    assert callback.best == numbers[best_epoch]
    stopped = callback.wait >= callback.patience and epochs > 1 and callback.best_epoch < epochs - 1
    assert callback.stopped_epoch == (epochs - 1 if stopped else 0)


@pytest.mark.parametrize("restore", [True, False])
@pytest.mark.parametrize("patience", [2, 100])
def test_the_best_weights_come_back_if_they_shall(restore: bool, patience: int) -> None:
    record = WeightHistory()
    callback = EarlyStopping("score", patience=patience, restore_best_weights=restore)
    model = fresh()
    numbers = [5.0, 4, 3, 4, 5, 6]
    history = model.fit(X, Y, epochs=6, callbacks=[Scripted("score", numbers), record, callback])
    last = len(history.epoch)
    assert last == (5 if patience == 2 else 6)
    # after epoch k stands the picture k + 1; Keras restores also if nothing was stopped
    assert np.array_equal(model.w, record.weights[3 if restore else last])


def test_if_nothing_improves_the_first_epoch_was_the_best() -> None:
    record, callback = WeightHistory(), EarlyStopping("score", patience=1, restore_best_weights=True)
    model = fresh()
    model.fit(X, Y, epochs=4, callbacks=[Scripted("score", 4 * [math.nan]), record, callback])
    assert np.array_equal(model.w, record.weights[1])


def test_auto_knows_which_way_a_metric_goes() -> None:
    for key, grows in (
        ("accuracy", True),
        ("val_accuracy", True),
        ("loss", False),
        ("val_loss", False),
        ("other", False),
    ):
        watcher = Watcher(key, "auto", 0.0)
        watcher.set_model(fresh())
        assert watcher.better(2.0, 1.0) is grows and watcher.better(1.0, 2.0) is not grows
        assert watcher.better(1.0, None) and not watcher.better(math.nan, None)


def test_a_quantity_that_is_not_there_is_an_error_with_the_choices() -> None:
    with pytest.raises(
        ValueError, match="EarlyStopping cannot watch 'val_loss'; there is no validation data: choose loss, acc"
    ):
        fresh().fit(X, Y, callbacks=[EarlyStopping()])
    with pytest.raises(ValueError, match="cannot watch 'acc': choose loss, accuracy"):
        fresh().fit(X, Y, callbacks=[ModelCheckpoint(monitor="acc")])
    with pytest.raises(ValueError, match="mode must be one of auto, min, max; it is 'most'"):
        EarlyStopping(mode="most")


# --- Learning rates -----------------------------------------------------------------------------------------------


def rates(history: History) -> list[float]:
    return history.history["learning_rate"]


@pytest.mark.parametrize(
    ("numbers", "how", "expected"),
    [
        # logged is the rate of the epoch, before the reduction at its end
        ([5, 4, 4, 4, 4], {"patience": 1}, [0.5, 0.5, 0.5, 0.05, 0.005]),
        ([5, 5, 5, 5, 5], {"patience": 2}, [0.5, 0.5, 0.5, 0.05, 0.05]),
        ([5, 5, 5, 5, 5, 5, 5], {"patience": 1, "cooldown": 2}, [0.5, 0.5, 0.05, 0.05, 0.005, 0.005, 0.0005]),
        ([5, 5, 5, 5], {"patience": 1, "factor": 0.5, "min_lr": 0.2}, [0.5, 0.5, 0.25, 0.2]),
        ([5, 4.5, 4, 3.5], {"patience": 1, "min_delta": 1}, [0.5, 0.5, 0.05, 0.005]),
        ([5, 6, 7, 8], {"patience": 1, "mode": "max"}, [0.5, 0.5, 0.5, 0.5]),
        ([math.nan, 5, 5], {"patience": 1}, [0.5, 0.05, 0.05]),
    ],
)
def test_a_plateau_lowers_the_rate(numbers: list[float], how: dict[str, Any], expected: list[float]) -> None:
    assert rates(run(numbers, ReduceLROnPlateau(monitor="score", **how))) == pytest.approx(expected)


def test_a_factor_that_does_not_reduce_is_refused() -> None:
    for factor in (1.0, 0.0, 2.0):
        with pytest.raises(ValueError, match="factor must be above 0 and below 1"):
            ReduceLROnPlateau(factor=factor)


def test_a_scheduler_sets_the_rate_of_every_epoch() -> None:
    for schedule in (
        lambda epoch: 0.1 * (epoch + 1),
        lambda epoch, rate: 0.1 * (epoch + 1),
        lambda epoch, rate=0: 0.1 * (epoch + 1),
    ):
        assert rates(fresh().fit(X, Y, epochs=3, callbacks=[LearningRateScheduler(schedule)])) == pytest.approx(
            [0.1, 0.2, 0.3]
        )
    halved = fresh().fit(X, Y, epochs=3, callbacks=[LearningRateScheduler(lambda epoch, rate: rate / 2)])
    assert rates(halved) == [0.25, 0.125, 0.0625]
    decay = ExponentialDecay(0.1, 1, 0.5)
    assert rates(fresh().fit(X, Y, epochs=3, callbacks=[LearningRateScheduler(decay)])) == pytest.approx(
        [0.1, 0.05, 0.025]
    )
    with pytest.raises(ValueError, match=r"must give a number.*epoch 0 it gives 'fast'"):
        fresh().fit(X, Y, callbacks=[LearningRateScheduler(lambda epoch: "fast")])  # type: ignore[return-value,arg-type]


def test_a_smaller_rate_makes_a_smaller_step() -> None:
    steps = []
    for rate in (0.5, 0.05):
        record = WeightHistory()
        fresh().fit(X, Y, batch_size=40, callbacks=[LearningRateScheduler(lambda epoch, rate=rate: rate), record])
        steps.append(record.weights[1] - record.weights[0])
    # a second argument with a default is asked with the rate that is set, which is 0.5 both times
    assert np.array_equal(steps[0], steps[1])


# --- Weights and divergence ---------------------------------------------------------------------------------------


def test_a_checkpoint_keeps_the_best_weights() -> None:
    best, last, record, model = (
        ModelCheckpoint(monitor="score"),
        ModelCheckpoint(save_best_only=False),
        WeightHistory(),
        fresh(),
    )
    with pytest.raises(ValueError, match="has kept no weights yet"):
        best.restore()
    model.fit(X, Y, epochs=4, callbacks=[Scripted("score", [3, 1, math.nan, 2]), best, last, record])
    assert (best.best, best.best_epoch, last.best_epoch) == (1, 1, 3)
    assert np.array_equal(model.w, record.weights[4])
    best.restore()
    assert np.array_equal(model.w, record.weights[2])
    last.restore()
    assert np.array_equal(model.w, record.weights[4])


def diverging() -> Sequential:
    model = Sequential([Input((2,)), Dense(3), Dense(1)], seed=1)
    model.compile(optimizer=SGD(1e3), loss="mse")
    return model


def test_nan_ends_the_training_at_its_batch() -> None:
    model = diverging()
    history = model.fit(X, Y, epochs=100, batch_size=2, callbacks=[TerminateOnNaN()])
    assert history.diverged == history.epoch[-1]
    assert model.optimizer.iterations % 20 != 0, "within an epoch"
    by_default = diverging()
    assert by_default.fit(X, Y, epochs=100, batch_size=2).diverged == history.diverged
    assert by_default.optimizer.iterations % 20 == 0, "at its end"
    fine = fresh()
    assert fine.fit(X, Y, epochs=3, callbacks=[TerminateOnNaN()]).epoch == [0, 1, 2]
