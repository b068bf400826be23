"""Parallel training: every copy must come out exactly as if it had trained alone."""

from typing import Any

import numpy as np
import pytest

from dlcore.experiments.parallel_training import ParallelTraining
from dlcore.layers import L2, Activation, BatchNormalization, Dense, Dropout, Flatten, Input
from dlcore.models import Sequential
from dlcore.optimizers import SGD, Adam, Optimizer
from dlcore.schedules import ExponentialDecay

RULES: list[Any] = [
    *(Optimizer.get(name) for name in Optimizer.members),
    SGD(learning_rate=0.05, momentum=0.9, nesterov=True),
    SGD(learning_rate=0.2),
    SGD(learning_rate=0.4),
    SGD(learning_rate=0.2, clipnorm=0.1),
    SGD(learning_rate=0.4, clipnorm=0.1),
    Adam(learning_rate=0.01, weight_decay=0.1),
    Adam(learning_rate=ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)),
    Adam(learning_rate=ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)),
]


def network(*last: Any, loss: Any, optimizer: Any = "sgd", **first: Any) -> Sequential:
    model = Sequential([Input((2,)), Dense(4, "tanh", **first), *last], seed=3)
    model.compile(loss=loss, optimizer=optimizer)
    return model


def questions(loss: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(23, 2))
    label = (x[:, 0] * x[:, 1] > 0).astype(int) + (x[:, 0] > 1)
    if loss == "sparse_categorical_crossentropy":
        return x, label
    if loss == "categorical_crossentropy":
        return x, np.eye(3)[label]
    return x, (label > 0).astype(float) if loss == "binary_crossentropy" else rng.normal(size=23)


@pytest.mark.parametrize(
    ("units", "activation", "loss"),
    [
        (1, "sigmoid", "binary_crossentropy"),
        (3, "softmax", "categorical_crossentropy"),
        (3, "softmax", "sparse_categorical_crossentropy"),
        (1, "linear", "mse"),
        (1, "sigmoid", "mse"),
        (1, "tanh", "huber"),
    ],
)
def test_a_copy_trains_as_it_does_alone(units: int, activation: str, loss: str) -> None:
    x, y = questions(loss)

    def model(rule: Any = "sgd") -> Sequential:
        return network(Dense(units, activation), loss=loss, optimizer=rule)

    training = ParallelTraining(model(), RULES)
    logs = list(training.epochs_of(x, y, epochs=4, batch_size=5, seed=9, validation_data=(x[:7], y[:7])))
    for index, rule in enumerate(RULES):
        alone = model(rule)
        history = alone.fit(x, y, epochs=4, batch_size=5, seed=9, validation_data=(x[:7], y[:7]))
        for key in ("loss", "val_loss"):
            assert [log[key][index] for log in logs] == pytest.approx(history.history[key], rel=1e-9), rule
        assert training.w[index] == pytest.approx(alone.w, rel=1e-7, abs=1e-10), rule
        assert training.evaluate(x, y)[index] == pytest.approx(alone.evaluate(x, y), rel=1e-9)
    assert training.diverged == [None] * len(RULES)


def test_every_kind_of_layer_that_can_train_in_parallel_does() -> None:
    x, y = questions("mse")
    layers = [Flatten(), Dense(3, use_bias=False), Activation("relu"), Dropout(0.0), Dense(1)]

    def model(rule: Any = "sgd") -> Sequential:
        return network(*[type(layer)(**layer.config()) for layer in layers], loss="mse", optimizer=rule)

    training = ParallelTraining(model(), ["sgd", "adam"])
    logs = list(training.epochs_of(x, y, epochs=3, seed=1))
    for index, rule in enumerate(["sgd", "adam"]):
        history = model(rule).fit(x, y, epochs=3, seed=1)
        assert [log["loss"][index] for log in logs] == pytest.approx(history.history["loss"], rel=1e-9)


def test_penalties_count() -> None:
    x, y = questions("mse")

    def model(rule: Any = "sgd") -> Sequential:
        return network(Dense(1), loss="mse", optimizer=rule, kernel_regularizer=L2(0.3))

    training = ParallelTraining(model(), ["sgd", "rmsprop"])
    logs = list(training.epochs_of(x, y, epochs=3, batch_size=10, seed=1, validation_data=(x, y)))
    for index, rule in enumerate(["sgd", "rmsprop"]):
        history = model(rule).fit(x, y, epochs=3, batch_size=10, seed=1, validation_data=(x, y)).history
        assert [log["loss"][index] for log in logs] == pytest.approx(history["loss"], rel=1e-9)
        assert [log["val_loss"][index] for log in logs] == pytest.approx(history["val_loss"], rel=1e-9)


def test_the_loss_of_an_epoch_is_the_mean_of_its_batches_losses() -> None:
    x, y = questions("mse")
    model = network(Dense(1), loss="mse")
    training = ParallelTraining(model, ["sgd", "adam"])
    (log,) = training.epochs_of(x, y, batch_size=10, shuffle=False)
    assert log["batch_loss"].shape == (3, 2)
    assert log["batch_loss"][0] == pytest.approx(model.evaluate(x[:10], y[:10]), rel=1e-12), "before the first step"
    assert log["loss"] == pytest.approx((10 * log["batch_loss"][:2].sum(axis=0) + 3 * log["batch_loss"][2]) / 23)


def test_the_model_stays_as_it_is_and_a_training_can_be_run_again() -> None:
    x, y = questions("mse")
    model = network(Dense(1), loss="mse")
    before = model.get_weights()
    first, second = (
        list(ParallelTraining(model, ["adam"]).epochs_of(x, y, epochs=2, seed=5))[-1]["loss"] for _ in range(2)
    )
    assert np.array_equal(first, second)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights()))
    other = list(ParallelTraining(model, ["adam"]).epochs_of(x, y, batch_size=5, epochs=2, seed=6))[-1]["loss"]
    same = list(ParallelTraining(model, ["adam"]).epochs_of(x, y, batch_size=5, epochs=2, seed=5))[-1]["loss"]
    assert other != same, "the seed draws the order"


@pytest.mark.filterwarnings("error")
def test_a_copy_that_diverges_disturbs_nobody() -> None:
    x, y = questions("mse")
    model = network(Dense(1), loss="mse")
    training = ParallelTraining(model, [SGD(learning_rate=0.05), SGD(learning_rate=900.0)])
    logs = list(training.epochs_of(x, y, batch_size=4, epochs=60, seed=2))
    alone = list(ParallelTraining(model, [SGD(learning_rate=0.05)]).epochs_of(x, y, batch_size=4, epochs=60, seed=2))
    assert [log["loss"][0] for log in logs] == pytest.approx([log["loss"][0] for log in alone], rel=1e-12)
    assert training.diverged[0] is None
    (since,) = training.diverged[1:]
    assert since is not None and np.isfinite([log["loss"][1] for log in logs[:since]]).all()
    assert not np.isfinite(logs[-1]["loss"][1])


def test_copies_may_begin_elsewhere() -> None:
    x, y = questions("mse")
    model = network(Dense(1), loss="mse")
    model.build()
    training = ParallelTraining(model, ["sgd", "sgd"], first_weights=np.stack([model.w, 0 * model.w]))
    losses = training.evaluate(x, y)
    assert losses[0] == model.evaluate(x, y) and losses[1] == pytest.approx(np.mean(y**2))


def test_what_cannot_train_in_parallel_is_refused_with_a_word() -> None:
    x, y = questions("mse")
    with pytest.raises(ValueError, match="at least one rule"):
        ParallelTraining(network(Dense(1), loss="mse"), [])
    with pytest.raises(ValueError, match="not compiled"):
        ParallelTraining(Sequential([Input((2,)), Dense(1)]), ["sgd"])
    with pytest.raises(ValueError, match=r"2 copies need \(2, 17\)"):
        ParallelTraining(network(Dense(1), loss="mse"), ["sgd", "adam"], first_weights=np.zeros((2, 3)))
    training = ParallelTraining(network(BatchNormalization(), Dense(1), loss="mse"), ["sgd"])
    with pytest.raises(ValueError, match="BatchNormalization"):
        next(training.epochs_of(x, y))
    training = ParallelTraining(network(Dense(1), loss="mse"), ["sgd"])
    with pytest.raises(ValueError, match="batch_size"):
        training.epochs_of(x, y, batch_size=0)
    with pytest.raises(ValueError, match="y 22"):
        training.epochs_of(x, y[1:])
    with pytest.raises(ValueError, match="choose sgd"):
        ParallelTraining(network(Dense(1), loss="mse"), ["sdg"])
