"""Weight history: never full, never without its first and last epoch; its frames are what the model was."""

import copy
import dataclasses
from typing import Any

import numpy as np
import pytest

from dlcore import losses
from dlcore.callbacks import Callback
from dlcore.datasets import Blobs, Moons
from dlcore.experiments.training_config import LayerPlan, Prepared, Recipe, prepare
from dlcore.experiments.weight_history import (
    MOST_UNITS,
    Frames,
    WeightHistory,
    fine_enough,
    gradient_histograms,
    kernels,
    on_grid,
    predictions,
    regions,
    unit_maps,
    weight_histograms,
)
from dlcore.models import Sequential
from dlcore.optimizers import SGD

NORMAL = LayerPlan(5, "tanh", batch_normalization=True, dropout=0.2, l2=1e-3)
RECIPE = Recipe(2, (LayerPlan(6), NORMAL, LayerPlan(1, "sigmoid")), losses.get("bce"), batch_size=32, epochs=9)
EXTENT = ((-2.0, 3.0), (-1.0, 2.0))


class Witness(Callback):
    """Copies the whole model before the first epoch and after every one."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.seen.append(copy.deepcopy(self.model))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seen.append(copy.deepcopy(self.model))


def moons() -> Prepared:
    return prepare(*Moons(count=80).load(), RECIPE.loss, classes=2)


def filmed(recipe: Recipe, *callbacks: Callback, parts: Prepared | None = None) -> Sequential:
    parts = parts or moons()
    model = recipe.model()
    model.fit(parts.train.x, parts.train.y, **recipe.training(parts) | {"callbacks": list(callbacks)})
    return model


# ---- what is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("epochs", [0, 1, 2, 5, 6, 7, 8, 40, 150])
@pytest.mark.parametrize("most", [2, 3, 8, 60])
def test_it_never_grows_and_has_both_ends(epochs: int, most: int) -> None:
    film = WeightHistory(most)
    filmed(dataclasses.replace(RECIPE, epochs=epochs, layers=(LayerPlan(1, "sigmoid"),)), film)
    shown = film.frames.epochs
    assert shown[0] == 0 and shown[-1] == epochs and len(shown) <= most
    # at least half of what there is room for, but for the first and the last
    assert len(shown) >= min(epochs + 1, most // 2)
    distances = np.diff(shown)
    assert (distances > 0).all() and len(set(distances[:-1])) <= 1
    assert len(distances) == 0 or distances[-1] <= distances.max()


def test_few_epochs_are_all_kept() -> None:
    film = WeightHistory(60)
    filmed(RECIPE, film)
    assert film.frames.epochs.tolist() == list(range(10))


def test_it_takes_no_more_memory_than_it_may() -> None:
    film = WeightHistory(60, memory=5 * 8 * RECIPE.parameters())
    filmed(dataclasses.replace(RECIPE, epochs=50), film)
    frames = film.frames
    assert 3 <= len(frames.epochs) <= 5 and frames.epochs[[0, -1]].tolist() == [0, 50]
    tiny = WeightHistory(60, memory=1)
    filmed(RECIPE, tiny)
    assert tiny.frames.epochs.tolist() == [0, 9]


def test_it_goes_on_with_a_training_that_goes_on() -> None:
    film, parts = WeightHistory(10), moons()
    model = filmed(RECIPE, film)
    for _ in range(5):
        model.fit(parts.train.x, parts.train.y, **RECIPE.training(parts) | {"callbacks": [film]})
    frames = film.frames
    assert frames.epochs[[0, -1]].tolist() == [0, 54] and len(frames.epochs) <= 10
    assert np.array_equal(frames.weights[-1], model.w)


def test_another_network_begins_another_film() -> None:
    film = WeightHistory(10)
    filmed(RECIPE, film)
    filmed(dataclasses.replace(RECIPE, layers=RECIPE.layers[1:], epochs=2), film)
    assert film.frames.epochs.tolist() == [0, 1, 2]


def test_an_empty_film_and_one_without_room_are_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        _ = WeightHistory().frames
    with pytest.raises(ValueError, match="at least 2"):
        WeightHistory(1)


# ---- what it shows ---------------------------------------------------------------------------------------------------


def test_every_frame_is_the_model_of_its_epoch() -> None:
    film, witness, parts = WeightHistory(), Witness(), moons()
    model = filmed(RECIPE, film, witness)
    before, rows = copy.deepcopy(model), parts.train.x
    answers = predictions(model, film.frames, rows)
    assert answers.shape == (10, len(rows), 1)
    for frame, then in enumerate(witness.seen):
        assert answers[frame] == pytest.approx(then.predict(rows), abs=1e-15), frame
        assert np.array_equal(film.frames.weights[frame], then.w)
    assert np.array_equal(model.w, before.w), "the model is left as it is"
    assert np.array_equal(model.predict(rows), before.predict(rows))


def test_regions_are_predictions_on_the_grid_of_the_inputs() -> None:
    film, parts = WeightHistory(), moons()
    model = filmed(RECIPE, film)
    answers = regions(model, film.frames, EXTENT, 40, parts.scaler)
    assert answers.shape == (10, 40, 40, 1)
    x, y = np.linspace(*EXTENT[0], 40)[31], np.linspace(*EXTENT[1], 40)[7]
    assert parts.scaler is not None
    assert answers[-1, 31, 7] == pytest.approx(model.predict(parts.scaler.transform([[x, y]]))[0])
    assert on_grid(((0, 1),), 5).ravel().tolist() == [0, 0.25, 0.5, 0.75, 1]


def test_unit_maps_are_the_activations_of_a_layer() -> None:
    film = WeightHistory()
    wide = dataclasses.replace(RECIPE, layers=(LayerPlan(20), NORMAL, LayerPlan(1, "sigmoid")), epochs=2)
    model = filmed(wide, film)
    maps = unit_maps(model, film.frames, EXTENT, 0, 6)
    assert maps.shape == (3, 6, 6, MOST_UNITS)
    kernel, bias = model.get_weights()[:2]
    expected = np.maximum(on_grid(EXTENT, 6) @ kernel + bias, 0)[:, :MOST_UNITS]
    assert maps[-1].reshape(36, -1) == pytest.approx(expected)
    assert unit_maps(model, film.frames, EXTENT, 1, 6).shape == (3, 6, 6, 5)


def test_kernels_are_the_weights_without_biases() -> None:
    film = WeightHistory()
    model = filmed(RECIPE, film)
    found = kernels(model, film.frames)
    assert [part.shape for part in found] == [(10, 2, 6), (10, 6, 5), (10, 5, 1)]
    assert np.array_equal(found[1][-1], model.get_weights()[2])


def test_histograms_count_every_weight() -> None:
    film = WeightHistory()
    model = filmed(RECIPE, film)
    all_kernels = kernels(model, film.frames)
    for found, kernel in zip(weight_histograms(model, film.frames, 12), all_kernels, strict=True):
        assert found.shares.shape == (10, 12) and found.shares.sum(axis=1) == pytest.approx(np.ones(10))
        assert max(np.abs(each).max() for each in all_kernels) == pytest.approx(found.edges[-1])
        assert found.edges[0] == -found.edges[-1]
        assert found.shares[-1] * kernel[-1].size == pytest.approx(np.histogram(kernel[-1], found.edges)[0])


def test_gradient_histograms_are_of_the_loss_over_the_rows() -> None:
    film, parts = WeightHistory(), moons()
    model = filmed(RECIPE, film)
    found = gradient_histograms(model, film.frames, *parts.train)
    gradient = model.inspect(*parts.train)[0].gradients["kernel"]
    inside = np.clip(np.abs(gradient), found[0].edges[0], found[0].edges[-1])
    assert found[0].shares[-1] * 12 == pytest.approx(np.histogram(inside, found[0].edges)[0])
    assert len({tuple(each.edges) for each in found}) == 1, "layers compare"
    assert all(each.shares.sum(axis=1) == pytest.approx(np.ones(10)) for each in found)


def test_a_network_that_diverged_or_never_learns_can_be_shown() -> None:
    parts = prepare(*Blobs(count=60).load(), losses.get("mse"), share=0.2)
    wild = Recipe(2, (LayerPlan(4), LayerPlan(1, "linear")), losses.get("mse"), SGD(50.0), epochs=30)
    film = WeightHistory()
    model = filmed(wild, film, parts=parts)
    assert model.history.diverged is not None
    assert not np.isfinite(regions(model, film.frames, EXTENT, 8)[-1]).all()
    for each in (*weight_histograms(model, film.frames), *gradient_histograms(model, film.frames, *parts.train)):
        assert np.isfinite(each.edges).all() and (np.diff(each.edges) > 0).all() and np.isfinite(each.shares).all()
    still = dataclasses.replace(wild, layers=(LayerPlan(3, "step", "zeros"), LayerPlan(1, "linear", "zeros")), epochs=1)
    film = WeightHistory()
    model = filmed(still, film, parts=parts)
    for each in (*weight_histograms(model, film.frames), *gradient_histograms(model, film.frames, *parts.train)):
        assert (np.diff(each.edges) > 0).all() and np.isfinite(each.shares).all()


def test_large_networks_get_coarse_grids() -> None:
    model = RECIPE.model()
    model.build()
    frames = Frames(np.arange(60), np.zeros((60, model.w.size)), np.zeros((60, 10)))
    assert fine_enough(model, frames) == 64
    large = Recipe(2, (LayerPlan(512), LayerPlan(512), LayerPlan(1)), RECIPE.loss).model()
    large.build()
    assert 8 <= fine_enough(large, frames) < 20
