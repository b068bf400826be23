"""Layers and regularizers: every gradient by finite differences, and what each layer promises by its definition."""

from typing import Any

import numpy as np
import pytest

from dlcore import activations, losses, regularizers
from dlcore.activations import Activation as Rule
from dlcore.activations import Softmax, Step
from dlcore.family import UnknownMember
from dlcore.gradient_check import gradient_check
from dlcore.layers import (
    L1,
    L1L2,
    L2,
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    Input,
    Layer,
    Regularizer,
    checked_shape,
)
from dlcore.losses import Loss
from dlcore.models import Sequential

BATCH = 7
RULES: list[Any] = [Rule.get(name) for name in Rule.members]
LOSSES: list[Any] = [Loss.get(name) for name in Loss.members]
SETTINGS = {"from_logits": True, "label_smoothing": 0.1}
LOSSES += [type(loss)(**{key: value}) for loss in LOSSES for key, value in SETTINGS.items() if key in loss.settings()]


def outputs_of(loss: Loss) -> int:
    return 3 if loss.by_row or loss.targets in ("one_hot", "integer") else 2


def targets_of(loss: Loss, outputs: int) -> np.ndarray:
    rng = np.random.default_rng(5)
    label = rng.integers(0, outputs, BATCH)
    return {
        "real": rng.normal(size=(BATCH, outputs)),
        "positive": rng.uniform(0.5, 2, (BATCH, outputs)),
        "binary": rng.integers(0, 2, (BATCH, outputs)).astype(float),
        "one_hot": np.eye(outputs)[label],
        "integer": label.astype(float),
    }[loss.targets]


def fits(rule: Rule, loss: Loss) -> bool:
    """Whether the loss has a slope to check at what the activation gives: probabilities for logarithms of them."""
    if isinstance(rule, Step):
        return False
    low, high = rule.output_range
    if loss.name() in ("poisson", "mean_squared_logarithmic_error"):
        return low >= 0
    takes_probabilities = "crossentropy" in loss.name() or loss.name() == "kl_divergence"
    if takes_probabilities and not getattr(loss, "from_logits", False):
        return low >= 0 and high <= 1
    return True


PAIRS = [(rule, loss) for rule in RULES for loss in LOSSES if fits(rule, loss)]


def checked_model(layers: list[Any], loss: Loss, seed: int = 3) -> Sequential:
    model = Sequential(layers, seed=seed)
    model.compile(optimizer="sgd", loss=loss)
    model.build()
    # away from the kinks at 0, where biases begin
    model.w[:] += np.random.default_rng(seed).normal(size=model.w.shape) * 0.1
    return model


def inputs(*shape: int) -> np.ndarray:
    return np.random.default_rng(2).normal(size=(BATCH, *shape))


def worst(model: Sequential, x: np.ndarray, y: np.ndarray, **how: Any) -> float:
    return max(row.relative_error for row in gradient_check(model, x, y, **how))


@pytest.mark.parametrize(("rule", "loss"), PAIRS, ids=lambda member: repr(member))
def test_the_gradient_is_right_for_every_activation_and_loss(rule: Any, loss: Any) -> None:
    outputs = outputs_of(loss)
    model = checked_model([Input((4,)), Dense(3, activation="tanh"), Dense(outputs, activation=rule)], loss)
    y = targets_of(loss, outputs)
    weight = np.random.default_rng(8).uniform(0.2, 2, BATCH)
    assert worst(model, inputs(4), y) < 2e-5
    assert worst(model, inputs(4), y, sample_weight=weight) < 2e-5


@pytest.mark.parametrize("rule", [rule for rule in RULES if not isinstance(rule, Step)], ids=repr)
@pytest.mark.parametrize("bias", [True, False])
def test_the_gradient_is_right_through_every_hidden_activation(rule: Any, bias: bool) -> None:
    hidden = [Dense(3, use_bias=bias, kernel_regularizer="l2"), Activation(rule)]
    model = checked_model([Input((4,)), Dense(5, rule), *hidden, Dense(2, use_bias=bias)], losses.get("mse"))
    assert worst(model, inputs(4), inputs(2)) < 2e-5


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("switches", [(True, True), (True, False), (False, True), (False, False)])
def test_the_gradient_is_right_through_batch_normalization(training: bool, switches: tuple[bool, bool]) -> None:
    center, scale = switches
    layer = BatchNormalization(center=center, scale=scale)
    model = checked_model([Input((4,)), Dense(3, "tanh"), layer, Dense(2)], losses.get("mse"))
    before = model.get_weights()
    assert worst(model, inputs(4), inputs(2), training=training) < 2e-5
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))


@pytest.mark.parametrize(
    "layer", [Flatten(), BatchNormalization(), Dropout(0.5), Activation("relu")], ids=lambda layer: layer.kind()
)
def test_every_layer_may_come_first_and_last(layer: Layer) -> None:
    kind, config = type(layer), {key: value for key, value in layer.config().items() if key != "name"}
    model = checked_model([Input((4,)), kind(**config), Dense(4), kind(**config)], losses.get("mse"))
    assert worst(model, inputs(4), inputs(4)) < 2e-5


@pytest.mark.parametrize("loss", ["binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"])
@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("scale", [1.0, 30.0, 1e4])
def test_matched_pairs_give_the_numbers_of_the_chain_rule(loss: str, apart: bool, scale: float) -> None:
    rule = "sigmoid" if loss.startswith("binary") else "softmax"
    member = losses.get(loss)
    last: list[Any] = [Dense(3), Activation(rule)] if apart else [Dense(3, rule)]
    model = checked_model([Input((4,)), *last], member)
    model.w *= scale
    x, y = inputs(4), targets_of(member, 3)
    for weight in (None, np.linspace(0, 2, BATCH)):
        samples = model._check(x, y, weight)
        model.forward(samples.x)
        model.backward(member, samples.y, samples.weight)
        fused = model.g.copy()
        g = member.gradient(samples.y, model.layer_buffers(BATCH)[-1][1].a, samples.weight)
        for layer, buffers in reversed(model.layer_buffers(BATCH)):
            g = layer.backward(g, buffers)
        # a probability near 1 leaves few digits of 1 - p, by which the loss divides; both at once need none of them
        assert fused == pytest.approx(model.g, rel=1e-12 if scale == 1.0 else 1e-8, abs=1e-12)


def test_one_dense_layer_by_hand() -> None:
    model = checked_model([Input((2,)), Dense(1)], losses.get("mse"))
    model.set_weights([[[2.0], [-1.0]], [0.5]])
    # 2 * 3 - 1 * 4 + 0.5 = 2.5; the target is 2: E = 0.25, dE/dp = 1, so dE/dW is x and dE/db is 1
    assert model.predict([[3.0, 4.0]]).tolist() == [[2.5]]
    (look,) = model.inspect([[3.0, 4.0]], [2.0])
    assert look.gradients["kernel"].tolist() == [[3.0], [4.0]] and look.gradients["bias"].tolist() == [1.0]


def test_dropout_keeps_the_mean_and_does_nothing_in_use() -> None:
    model = Sequential([Input((1000,)), Dropout(0.3)], seed=1)
    model.build()
    x = np.ones((50, 1000))
    out = model.forward(x, training=True).copy()
    assert set(np.unique(out)) == {0.0, 1 / 0.7}
    assert (out == 0).mean() == pytest.approx(0.3, abs=0.01) and out.mean() == pytest.approx(1, abs=0.02)
    assert not np.array_equal(out, model.forward(x, training=True)), "every pass draws anew"
    assert np.array_equal(model.forward(x), np.ones((50, 1000)))


def test_batch_normalization_standardizes_the_batch_and_remembers_the_past() -> None:
    model = Sequential([Input((3,)), BatchNormalization(momentum=0.9, epsilon=1e-12)], seed=1)
    model.build()
    x = np.random.default_rng(1).normal([1, 2, 3], [4, 5, 6], (200, 3))
    out = model.forward(x, training=True)
    assert out.mean(axis=0) == pytest.approx(0, abs=1e-12) and out.std(axis=0) == pytest.approx(1)
    _, _, mean, variance = model.get_weights()
    assert mean == pytest.approx(0.1 * x.mean(axis=0))
    assert variance == pytest.approx(0.9 + 0.1 * x.var(axis=0))
    assert model.predict(x) == pytest.approx((x - mean) / np.sqrt(variance))


def test_flatten_keeps_the_order_of_the_numbers() -> None:
    model = Sequential([Input((2, 3)), Dropout(0.5), Flatten()])
    x = np.arange(12.0).reshape(2, 2, 3)
    assert np.array_equal(model.predict(x), x.reshape(2, 6))
    assert Sequential([Input((2, 3)), Dropout(0.5)]).predict(x).shape == (2, 2, 3)


@pytest.mark.parametrize("name", list(Regularizer.members))
def test_a_penalty_has_the_right_gradient(name: str) -> None:
    rule: Any = Regularizer.get(name)
    rule = type(rule)(**{key: 0.3 + 0.1 * k for k, key in enumerate(rule.settings())})
    w, h = np.array([[1.5, -2.0], [0.3, -0.1]]), 1e-6
    for index in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[index] += h
        down[index] -= h
        assert rule.gradient(w)[index] == pytest.approx((rule(up) - rule(down)) / (2 * h), rel=1e-6)
    assert rule(np.zeros(3)) == 0.0 and not rule.gradient(np.zeros(3)).any()


def test_a_regularizer_has_to_say_both() -> None:
    with pytest.raises(NotImplementedError):
        Regularizer()(np.ones(2))
    with pytest.raises(NotImplementedError):
        Regularizer().gradient(np.ones(2))


def test_a_step_lets_nothing_through() -> None:
    model = checked_model([Input((4,)), Dense(3, "step"), Dense(2)], losses.get("mse"))
    first, last = model.inspect(inputs(4), inputs(2))
    assert not first.gradients["kernel"].any() and last.gradients["kernel"].any()


def test_without_an_activation_sums_and_outputs_are_the_same() -> None:
    layer, g = Layer(), np.ones((2, 3))
    layer.build((3,), np.random.default_rng(0))
    buffers = layer.buffers((2,), first=True)
    x = np.ones((2, 4))
    assert layer.forward(x, buffers, training=True) is x
    assert np.array_equal(layer.backward_from_sums(g, buffers), g)


def test_penalties_by_hand() -> None:
    w = np.array([3.0, -4.0])
    assert L1(0.1)(w) == pytest.approx(0.7) and L2(0.1)(w) == pytest.approx(2.5)
    assert L1L2(0.1, 0.2)(w) == pytest.approx(0.7 + 5.0)
    assert regularizers.get("l1_l2") == L1L2() and regularizers.get(None) is None
    with pytest.raises(UnknownMember, match="choose l1, l2, l1_l2"):
        regularizers.get("l3")


def test_the_penalty_is_part_of_the_loss() -> None:
    model = checked_model([Input((2,)), Dense(1, kernel_regularizer=L2(0.5))], losses.get("mse"))
    model.set_weights([[[2.0], [0.0]], [9.0]])
    assert model.evaluate([[0.0, 0.0]], [9.0]) == pytest.approx(0.5 * 4), "the bias is not charged"
    history = model.fit([[0.0, 0.0]], [9.0])
    assert history.history["loss"] == [pytest.approx(2.0)]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Dense(0), "units must be a whole number from 1 on; it is 0"),
        (lambda: Dense(True), "units must be a whole number"),
        (lambda: Dense(2.5), "units must be a whole number"),  # type: ignore[arg-type]
        (lambda: Dropout(1.0), "rate must be from 0 to below 1; it is 1.0"),
        (lambda: Dropout(-0.1), "rate must be"),
        (lambda: BatchNormalization(momentum=2), "momentum must be from 0 to 1"),
        (lambda: BatchNormalization(epsilon=0), "epsilon must be above 0"),
        (lambda: Dense(3, activation="rely"), "did you mean 'relu'"),
        (lambda: Dense(3, kernel_initializer="he"), "no initializer is called 'he'"),
        (lambda: Input(()), "whole numbers from 1 on"),
        (lambda: Input((None, 3)), "whole numbers from 1 on"),
        (lambda: Input((2.0,)), "whole numbers from 1 on"),
    ],
)
def test_a_layer_that_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_shapes() -> None:
    assert checked_shape(8) == checked_shape([8]) == checked_shape((np.int64(8),)) == (8,)
    assert Dense(3, input_dim=8).first_shape == (8,)
    for layer in (Dense(3), Activation("relu"), BatchNormalization()):
        with pytest.raises(ValueError, match=r"takes rows of numbers.*Flatten"):
            Sequential([Input((2, 3)), layer])


def test_a_softmax_that_is_no_last_layer_passes_its_gradient_on() -> None:
    assert isinstance(activations.get("softmax"), Softmax)
    model = checked_model([Input((4,)), Dense(3, "softmax"), Dense(2)], losses.get("mae"))
    assert worst(model, inputs(4), inputs(2)) < 2e-5


def test_a_layer_of_ones_own_is_found_by_being_defined() -> None:
    class Double(Layer):
        """Twice the input."""

        def forward(self, x: np.ndarray, buffers: Any, training: bool) -> np.ndarray:
            return np.multiply(x, 2, out=buffers.a)

        def backward(self, g: np.ndarray, buffers: Any) -> np.ndarray:
            return 2 * g

    try:
        assert Layer.kinds["Double"] is Double
        model = checked_model([Input((4,)), Dense(3), Double(), Dense(2)], losses.get("mse"))
        assert worst(model, inputs(4), inputs(2)) < 2e-5
    finally:
        del Layer.kinds["Double"]
