"""Programs from textbooks for Keras: only the import is changed, and they do what the book says."""

from pathlib import Path

import numpy as np
import pytest

from dlcore import datasets, preprocessing
from dlcore.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from dlcore.layers import Activation, BatchNormalization, Dense, Dropout, Flatten, Input
from dlcore.models import Sequential, load_model
from dlcore.optimizers import SGD, Adam


def eight_inputs() -> tuple[np.ndarray, np.ndarray]:
    """A question of eight numbers that a straight line does not answer."""
    rng = np.random.default_rng(7)
    X = rng.normal(size=(600, 8))
    return X, (X[:, 0] + X[:, 1] * X[:, 2] + 0.5 * X[:, 7] > 0).astype(int)


@pytest.mark.parametrize("way", ["input_shape", "input_dim", "Input"])
def test_eight_inputs_twelve_eight_one(way: str) -> None:
    X, y = eight_inputs()
    model = Sequential()
    if way == "Input":
        model.add(Input((8,)))
        model.add(Dense(12, activation="relu"))
    elif way == "input_dim":
        model.add(Dense(12, input_dim=8, activation="relu"))
    else:
        model.add(Dense(12, activation="relu", input_shape=(8,)))
    model.add(Dense(8, activation="relu"))
    model.add(Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    history = model.fit(X, y, epochs=150, batch_size=10, validation_split=0.2, verbose=0, seed=1)
    assert model.count_params() == 221
    assert len(history.history["val_accuracy"]) == 150
    _, accuracy = model.evaluate(X, y, verbose=0)
    assert accuracy > 0.9
    predictions = (model.predict(X) > 0.5).astype(int)
    assert predictions.shape == (600, 1) and np.mean(predictions[:, 0] == y) == accuracy


@pytest.mark.parametrize("sparse", [True, False])
def test_three_classes_with_softmax(sparse: bool) -> None:
    X, labels = datasets.get("iris").load()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    loss = "sparse_categorical_crossentropy" if sparse else "categorical_crossentropy"
    y = labels if sparse else preprocessing.one_hot(labels, 3)
    model = Sequential([Input(shape=(4,)), Dense(8, activation="relu"), Dense(3, activation="softmax")])
    model.compile(optimizer=Adam(learning_rate=0.01), loss=loss, metrics=["accuracy"])
    model.fit(X, y, epochs=60, batch_size=16, seed=1)
    p = model.predict(X)
    assert p.shape == (len(X), 3) and p.sum(axis=1) == pytest.approx(1)
    assert model.evaluate(X, y)[1] == np.mean(p.argmax(axis=1) == labels) > 0.95


def test_regression_with_early_stopping() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(400, 8))
    y = 3 * X[:, 0] - 2 * X[:, 1] + 1 + 0.1 * rng.normal(size=400)
    model = Sequential()
    model.add(Dense(16, activation="relu", input_shape=(8,)))
    model.add(Dense(1))
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    stop = EarlyStopping(monitor="val_loss", patience=10, restore_best_weights=True)
    slow = ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=5)
    best = ModelCheckpoint(monitor="val_loss", save_best_only=True)
    history = model.fit(
        X, y, epochs=1000, batch_size=32, validation_split=0.2, callbacks=[stop, slow, best], verbose=0, seed=2
    )
    assert len(history.history["loss"]) < 1000
    assert model.evaluate(X[320:], y[320:])[0] == pytest.approx(min(history.history["val_loss"]))
    assert best.best == stop.best and model.evaluate(X, y)[0] < 0.1
    assert set(history.history) == {"loss", "mae", "val_loss", "val_mae", "learning_rate"}


def test_exclusive_or() -> None:
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    model = Sequential([Dense(8, input_dim=2, activation="tanh"), Dense(1, activation="sigmoid")], seed=1)
    model.compile(loss="binary_crossentropy", optimizer=SGD(learning_rate=0.5, momentum=0.9))
    model.fit(X, y, epochs=300)
    assert (model.predict(X)[:, 0] > 0.5).tolist() == [False, True, True, False]


def test_pictures_of_digits(tmp_path: Path) -> None:
    X, y = datasets.get("digits").load()
    X = X.reshape(-1, 8, 8) / X.max()
    model = Sequential(
        [
            Input((8, 8)),
            Flatten(),
            Dense(32, kernel_initializer="he_normal", kernel_regularizer="l2"),
            BatchNormalization(),
            Activation("relu"),
            Dropout(0.2),
            Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, y, epochs=15, batch_size=32, validation_data=(X[:100], y[:100]), seed=1)
    assert model.evaluate(X, y)[1] > 0.9
    model.save(tmp_path / "digits.keras")
    assert np.array_equal(load_model(tmp_path / "digits.keras").predict(X), model.predict(X))
