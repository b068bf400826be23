"""A recipe: the same one gives the same numbers, and its words mean what the layers, losses and callbacks do."""

import dataclasses

import numpy as np
import pytest

from dlcore import losses
from dlcore.datasets import BreastCancer, Iris, Penguins
from dlcore.experiments.training_config import LayerPlan, Recipe, prepare
from dlcore.layers import L1L2

HIDDEN = (LayerPlan(12), LayerPlan(8, "tanh", "he_normal", dropout=0.2, batch_normalization=True, l1=1e-3, l2=1e-2))
BINARY = Recipe(30, (*HIDDEN, LayerPlan(1, "sigmoid")), losses.get("binary_crossentropy"), epochs=3)


def test_the_same_recipe_gives_the_same_numbers() -> None:
    x, y = BreastCancer().load()
    parts = prepare(x, y, BINARY.loss, classes=2)
    runs = [BINARY.model() for _ in range(2)]
    for model in runs:
        model.fit(parts.train.x, parts.train.y, **BINARY.training(parts))
    assert np.array_equal(runs[0].w, runs[1].w) and len(runs[0].history.history["val_loss"]) == 3
    other = dataclasses.replace(BINARY, seed=1).model()
    other.build()
    assert not np.array_equal(other.w, runs[0].w)


def test_parameters_are_counted_without_building() -> None:
    assert BINARY.parameters() == BINARY.model().count_params()
    assert Recipe(8, (LayerPlan(12), LayerPlan(8), LayerPlan(1, "sigmoid")), BINARY.loss).parameters() == 108 + 104 + 9


def test_the_layers_are_those_that_the_plan_says() -> None:
    kinds = [type(layer).__name__ for layer in BINARY.model().layers]
    assert kinds == ["Dense", "Dense", "BatchNormalization", "Dropout", "Dense"]
    penalty = BINARY.model().layers[1].regularizer
    assert penalty == L1L2(l1=1e-3, l2=1e-2)


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_rows_are_cut_scaled_by_the_training_part_and_none_is_lost(loss: str) -> None:
    x, y = Iris().load()
    parts = prepare(x, y, losses.get(loss), classes=3, share=0.3, seed=4)
    assert sorted(parts.order) == list(range(150)) and len(parts.validation.x) == 45
    assert parts.scaler is not None
    assert parts.train.x.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-12)
    whole = np.concatenate([parts.train.x, parts.validation.x])
    assert parts.scaler.inverse(whole) == pytest.approx(x[parts.order])
    labels = np.concatenate([parts.train.y, parts.validation.y])
    assert np.array_equal(labels.argmax(axis=1) if labels.ndim > 1 else labels, y[parts.order])
    # every class has its share in the validation part
    assert np.bincount(y[parts.order[-45:]]).tolist() == [15, 15, 15]


def test_without_a_validation_part_nothing_is_watched() -> None:
    x, y = Penguins().load()
    recipe = Recipe(1, (LayerPlan(1, "linear"),), losses.get("mse"), epochs=2)
    parts = prepare(x, y, recipe.loss, share=0.0, standardised=False)
    assert parts.scaler is None and recipe.training(parts)["validation_data"] is None
    assert np.array_equal(parts.train.x, x[parts.order])


def test_early_stopping_comes_back_to_the_best_epoch() -> None:
    x, y = BreastCancer().load()
    recipe = dataclasses.replace(BINARY, epochs=200, patience=3)
    parts = prepare(x, y, recipe.loss, classes=2)
    model = recipe.model()
    model.fit(parts.train.x, parts.train.y, **recipe.training(parts))
    watched = model.history.history["val_loss"]
    assert len(watched) < 200
    assert model.evaluate(*parts.validation) == pytest.approx(min(watched))


def test_numbers_cannot_be_shares_of_classes() -> None:
    x, y = Penguins().load()
    with pytest.raises(ValueError, match="shares of classes"):
        prepare(x, y, losses.get("categorical_crossentropy"))
