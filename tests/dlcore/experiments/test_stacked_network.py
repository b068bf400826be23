"""Stacked network: many sets of weights give what each gives alone; what the bytes of its pictures mean."""

from typing import Any

import numpy as np
import pytest

from dlcore import activations, losses
from dlcore.activations import Activation
from dlcore.experiments.stacked_network import (
    as_bytes,
    kept_state,
    kernels_and_biases,
    last_outputs,
    layer_outputs,
    places,
    put_state,
    shares,
    tone,
)
from dlcore.experiments.training_config import LayerPlan, Recipe
from dlcore.models import Sequential

BCE = losses.get("bce")
X = np.random.default_rng(0).normal(size=(30, 2))


def network(activation: str, **how: Any) -> Sequential:
    plan = LayerPlan(5, activation, **how)
    model = Recipe(
        2, (plan, LayerPlan(4, activation, **how), LayerPlan(3, "sigmoid")), losses.get("mse"), seed=1
    ).model()
    model.build()
    return model


def sets(model: Sequential, count: int = 4) -> np.ndarray:
    """Some sets of weights, with moving means and variances that are not those at the beginning."""
    rng = np.random.default_rng(2)
    size = model.w.size + len(kept_state(model))
    return np.abs(rng.normal(1.0, 0.3, (count, size))) * np.sign(rng.normal(size=(count, size)))


@pytest.mark.parametrize("activation", sorted(Activation.members))
def test_every_set_of_weights_gives_what_it_gives_alone(activation: str) -> None:
    model = network(activation)
    # small enough that single precision does not overflow, also in an exponential of an exponential
    rows = sets(model) / 2
    found = layer_outputs(model, rows, X)
    single = layer_outputs(model, rows.astype(np.float32), X.astype(np.float32))
    for k, row in enumerate(rows):
        model.w[:] = row
        traces = model.layer_traces(X, losses.get("mse"), np.zeros((30, 3)))
        for trace, outputs, rough in zip(traces, found, single, strict=True):
            expected = trace.activations.T
            assert np.allclose(outputs[k], expected, rtol=1e-12, atol=1e-12)
            if activation != "binary_step":
                # a step may fall on the other side
                assert np.allclose(rough[k], expected, rtol=1e-3, atol=1e-3)
                assert rough.dtype == np.float32


def test_moving_means_and_variances_are_those_of_each_set() -> None:
    model = network("tanh", batch_normalization=True, dropout=0.5)
    rows = np.abs(sets(model))
    found = last_outputs(model, rows, X)
    for k, row in enumerate(rows):
        model.w[:] = row[: model.w.size]
        put_state(model, row[model.w.size :])
        assert np.array_equal(kept_state(model), row[model.w.size :])
        assert np.allclose(found[k], model.forward(X).T, rtol=1e-12, atol=1e-12)


def test_kernels_and_biases_are_the_model_s() -> None:
    model = network("relu", batch_normalization=True)
    rows = sets(model)
    model.w[:] = rows[2, : model.w.size]
    kernels, biases = kernels_and_biases(model, rows)
    own = {f"{layer.name}/{name}": part for layer in model.layers for name, part in layer.parameters.items()}
    for name, kernel, bias in zip(("dense", "dense_1", "dense_2"), kernels, biases, strict=True):
        assert np.array_equal(kernel[2], own[f"{name}/kernel"]) and np.array_equal(bias[2], own[f"{name}/bias"])


def shared(loss: str, activation: str, *outputs: float, **settings: Any) -> list[float]:
    member = type(losses.get(loss))(**settings)
    found = shares(member, activations.get(activation), np.array(outputs)[None, :, None])
    return found[0, :, 0].tolist()


def test_one_output_is_the_share_of_class_1() -> None:
    assert shared("bce", "sigmoid", 0.3) == [0.3]
    assert shared("mse", "linear", 1.7) == [1.0] and shared("mse", "linear", -0.2) == [0.0]
    assert shared("bce", "linear", 0.0, from_logits=True) == [0.5]
    assert shared("bce", "linear", np.log(3), from_logits=True) == pytest.approx([0.75])
    assert shared("bce", "linear", -1e4, from_logits=True) == pytest.approx([0.0], abs=1e-30)
    # a margin is sure from 1 on, and undecided at 0
    assert [shared("hinge", "linear", z)[0] for z in (-3, -1, -0.5, 0, 1, 9)] == [0, 0, 0.25, 0.5, 1, 1]
    assert shared("squared_hinge", "tanh", 0.5) == [0.75]


def test_several_outputs_are_the_shares_of_the_classes() -> None:
    assert shared("categorical_crossentropy", "softmax", 0.2, 0.3, 0.5) == [0.2, 0.3, 0.5]
    assert shared("categorical_crossentropy", "sigmoid", 0.8, 0.8, 0.4) == pytest.approx([0.4, 0.4, 0.2])
    logits = shared("sparse_categorical_crossentropy", "linear", 0.0, np.log(2), 0.0, from_logits=True)
    assert logits == pytest.approx([0.25, 0.5, 0.25])
    # the lead over the best of the others
    assert shared("categorical_hinge", "linear", 2.0, 1.5, -7.0) == pytest.approx([0.75, 0.25, 0.0])
    assert shared("categorical_hinge", "linear", 1.0, 1.0, 0.5) == pytest.approx([0.5, 0.5, 0.25])


def test_shares_as_bytes() -> None:
    assert as_bytes(np.array([0.0, 0.5, 1.0, 0.2, np.nan])).tolist() == [0, 128, 255, 51, 128]
    # what is above one half is above the middle
    assert as_bytes(np.array([0.4999, 0.5])).tolist() == [127, 128]


def test_equal_bytes_are_equal_activations() -> None:
    def tones(name: str, *a: float) -> list[int]:
        return tone(np.array(a), activations.get(name)).tolist()

    assert tones("tanh", 0, 1, -1, 0.5) == [128, 255, 1, 192]
    assert tones("sigmoid", 0, 1, 0.5) == [128, 255, 192]
    assert tones("relu6", 0, 6, 3) == [128, 255, 192]
    assert tones("relu", 0, 1, 3, np.inf, np.nan) == [128, 192, 223, 255, 128]
    assert tones("linear", -1, -np.inf) == [65, 1]
    for name in Activation.members:
        low, high = activations.get(name).output_range
        a = np.linspace(max(low, -20.0), min(high, 20.0), 50)
        rising = np.diff(tone(a, activations.get(name)).astype(int))
        assert (rising >= 0).all() and rising.any(), name


def test_the_first_line_of_a_picture_is_its_top() -> None:
    rows = places(((0.0, 1.0), (10.0, 30.0)), 3)
    assert rows.tolist() == [[x, y] for y in (30, 20, 10) for x in (0, 0.5, 1)]


def test_predictions_of_one_output_are_shares_as_the_loss_reads_them() -> None:
    """Above its threshold a share is above one half, whatever the loss."""
    for name in losses.Loss.members:
        loss = losses.get(name)
        if not loss.by_row:
            z = np.linspace(-2, 2, 41)[None, None] + 0.001
            share = shares(loss, activations.get("linear"), z)[0, 0]
            assert np.array_equal(share > 0.5, z[0, 0] > loss.threshold), name
