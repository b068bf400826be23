"""The gradient check: it finds what is wrong, passes what is right, and leaves the model as it was."""

import numpy as np
import pytest

from dlcore.gradient_check import gradient_check
from dlcore.layers import BatchNormalization, Dense, DenseBuffers, Dropout, Input
from dlcore.models import Sequential

x = np.random.default_rng(1).normal(size=(6, 3))
y = np.random.default_rng(2).normal(size=(6, 1))


def model_of(*hidden: object) -> Sequential:
    model = Sequential([Input((3,)), Dense(4, "tanh"), *hidden, Dense(1)], seed=4)
    model.compile(loss="mse", optimizer="sgd")
    return model


def test_every_weight_once_by_name_and_index() -> None:
    model = model_of()
    table = gradient_check(model, x, y)
    assert [row.name for row in table] == 12 * ["dense/kernel"] + 4 * ["dense/bias"] + 4 * ["dense_1/kernel"] + [
        "dense_1/bias"
    ]
    assert [row.index for row in table[:5]] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)]
    assert max(row.relative_error for row in table) < 1e-7
    looks = {look.name: look.gradients for look in model.inspect(x, y)}
    assert all(looks[row.name.split("/")[0]][row.name.split("/")[1]][row.index] == row.backprop for row in table)


def test_a_wrong_gradient_is_found() -> None:
    class Forgetful(Dense):
        """Forgets its activation on the way back."""

        def backward(self, g: np.ndarray, buffers: DenseBuffers) -> np.ndarray:
            return self.backward_from_sums(g, buffers)

    try:
        model = Sequential([Input((3,)), Forgetful(4, "tanh"), Dense(1)], seed=4)
        model.compile(loss="mse", optimizer="sgd")
        wrong = {row.name for row in gradient_check(model, x, y) if row.relative_error > 1e-3}
        assert wrong == {"forgetful/kernel", "forgetful/bias"}
    finally:
        del Forgetful.kinds["Forgetful"]


def test_a_sample_is_some_of_the_rows() -> None:
    model = model_of()
    whole, some = gradient_check(model, x, y), gradient_check(model, x, y, sample=5)
    assert len(some) == 5 and set(some) <= set(whole)
    assert some == gradient_check(model, x, y, sample=5) != gradient_check(model, x, y, sample=5, seed=1)
    assert len(gradient_check(model, x, y, sample=500)) == len(whole)


def test_nothing_is_changed() -> None:
    model = model_of(BatchNormalization())
    before = model.get_weights()
    gradient_check(model, x, y, training=True)
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))
    assert model.optimizer.iterations == 0


def test_dropout_in_training_cannot_be_checked() -> None:
    model = model_of(Dropout(0.5))
    assert max(row.relative_error for row in gradient_check(model, x, y)) < 1e-7
    with pytest.raises(ValueError, match="not the same twice"):
        gradient_check(model, x, y, training=True)
