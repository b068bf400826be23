"""Live training: its frames are those of ``fit``, also after changes; the past stays, and memory is bounded."""

import copy
import dataclasses
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import losses, schedules
from dlcore.callbacks import EarlyStopping, LambdaCallback
from dlcore.datasets import Blobs, Moons
from dlcore.experiments.live_training import LiveFrames, LiveTraining, LiveView
from dlcore.experiments.training_config import LayerPlan, Prepared, Recipe, prepare
from dlcore.experiments.weight_history import on_grid
from dlcore.optimizers import SGD, Adagrad, Adam, Nadam, Optimizer, RMSprop, Stepper

BCE = losses.get("bce")
RECIPE = Recipe(2, (LayerPlan(6, "tanh"), LayerPlan(5), LayerPlan(1, "sigmoid")), BCE, metrics=("accuracy",), seed=3)
NOISY = (LayerPlan(6, "tanh", dropout=0.2), LayerPlan(5, batch_normalization=True, l2=1e-3), LayerPlan(1, "sigmoid"))
SMALL = dataclasses.replace(RECIPE, layers=(LayerPlan(3, "tanh"), LayerPlan(2), LayerPlan(1, "sigmoid")), batch_size=26)
VIEW = LiveView(((-1.5, 2.5), (-1.0, 1.5)), grid=8, unit_grid=4)
ROOMY = 10_000_000


def moons(recipe: Recipe = RECIPE, noise: float = 0.2, share: float = 0.2) -> Prepared:
    return prepare(*Moons(count=64, noise=noise).load(), recipe.loss, classes=2, share=share)


def live_training(recipe: Recipe = RECIPE, most_bytes: int = ROOMY) -> LiveTraining:
    return LiveTraining(recipe, moons(recipe), VIEW, most_bytes)


def blobs(loss: str, last: str, **how: Any) -> tuple[Recipe, Prepared]:
    """Three classes."""
    recipe = Recipe(2, (LayerPlan(6, "tanh"), LayerPlan(3, last)), losses.get(loss), metrics=("accuracy",), **how)
    return recipe, prepare(*Blobs(count=60).load(), recipe.loss, classes=3)


class Reference:
    """The same training by ``fit``: one call a stretch, with the weights, memory and generators of the one before."""

    def __init__(self, recipe: Recipe, parts: Prepared) -> None:
        self.model, self.parts, self.recipe = recipe.model(), parts, recipe
        self.model.evaluate(*parts.train)
        self.generators = self.model.generators(recipe.seed), self.model.layers[0].rng
        self.weights, self.scores = [self.model.w.copy()], [self._scores()]

    def _scores(self) -> dict[str, float]:
        scores = dict(self.model.evaluate(*self.parts.train, return_dict=True))
        return scores | {
            f"val_{k}": v for k, v in self.model.evaluate(*self.parts.validation, return_dict=True).items()
        }

    def fit(self, epochs: int) -> "Reference":
        def after(epoch: int, logs: Any) -> None:
            self.weights.append(self.model.w.copy())
            self.scores.append(self._scores())

        def generators(seed: int | None) -> np.random.Generator:
            order, dropout = self.generators
            for layer in self.model.layers:
                layer.rng = dropout
            return order

        self.model.generators = generators
        how = self.recipe.training(self.parts) | {"epochs": epochs, "callbacks": [LambdaCallback(on_epoch_end=after)]}
        self.model.fit(*self.parts.train, **how)
        return self

    def change(self, recipe: Recipe | None = None, parts: Prepared | None = None) -> None:
        recipe, self.parts = recipe or self.recipe, parts or self.parts
        old, new = self.model, recipe.model()
        new.evaluate(*self.parts.train)
        new.set_weights(old.get_weights())
        rule, epoch, iterations = recipe.optimizer, len(self.weights) - 1, old.optimizer.iterations
        same = type(rule) is type(self.recipe.optimizer)
        if callable(schedule := rule.learning_rate):
            steps = int(np.ceil(len(self.parts.train.x) / recipe.batch_size))
            offset = epoch * steps - (iterations if same else 0)
            rule = dataclasses.replace(rule, learning_rate=lambda step: schedule(step + offset))
        new.optimizer = Stepper(rule, new.slices)
        if same:
            new.optimizer.iterations = iterations
            memory = copy.deepcopy(old.optimizer.memory)
            new.optimizer.memory = {name: memory.get(name, fresh) for name, fresh in rule.start(new.w).items()}
        self.model, self.recipe = new, recipe
        self.weights[-1], self.scores[-1] = new.w.copy(), self._scores()


def rows(live: LiveTraining) -> np.ndarray:
    """The weights of all frames, exactly."""
    return live._rows(live.first, live.last_epoch + 1)


def assert_as_fit(live: LiveTraining, reference: Reference) -> None:
    expected = np.array(reference.weights)
    assert np.abs(rows(live)[:, : expected.shape[1]] - expected).max() < 1e-12
    for name, values in live.logs().items():
        assert np.abs(values - [scores[name] for scores in reference.scores]).max() < 1e-12, name


def assert_same(one: LiveFrames, other: LiveFrames) -> None:
    """Two pieces of frames agree byte for byte."""
    assert one.start == other.start
    for name, values in one.logs.items():
        assert np.array_equal(values, other.logs[name]), name
    for name in ("border", "units", "kernels", "biases"):
        for mine, others in zip(getattr(one, name), getattr(other, name), strict=True):
            assert np.array_equal(mine, others), name


def with_layers(**settings: Any) -> Recipe:
    """The recipe with these settings in its hidden layers."""
    *hidden, last = RECIPE.layers
    return dataclasses.replace(RECIPE, layers=(*(dataclasses.replace(plan, **settings) for plan in hidden), last))


# ---- the same numbers as fit -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [RECIPE.layers, NOISY], ids=["plain", "dropout and batch normalization"])
@pytest.mark.parametrize("chunk", [1, 7, 25])
def test_its_frames_are_those_of_fit(layers: tuple[LayerPlan, ...], chunk: int) -> None:
    recipe = dataclasses.replace(RECIPE, layers=layers)
    live = live_training(recipe)
    while live.last_epoch < 28:
        live.train(min(chunk, 28 - live.last_epoch))
    assert_as_fit(live, Reference(recipe, moons()).fit(28))


def on(optimizer: Optimizer) -> Recipe:
    return dataclasses.replace(RECIPE, optimizer=optimizer)


COSINE = schedules.CosineDecay(0.05, decay_steps=60)
HINGE = dataclasses.replace(with_layers(), loss=losses.get("hinge"))
TURNED = {
    "rate": (RECIPE, on(Adam(learning_rate=0.02))),
    "kind": (RECIPE, on(RMSprop(learning_rate=0.01))),
    "momentum": (on(SGD(learning_rate=0.1)), on(SGD(learning_rate=0.1, momentum=0.9))),
    "memory that is no letter": (on(Nadam()), on(Nadam(learning_rate=0.01))),
    "memory that does not begin at 0": (on(Adagrad()), on(Adagrad(learning_rate=0.1))),
    "clipping": (RECIPE, on(Adam(clipnorm=0.1))),
    "schedule": (RECIPE, on(Adam(learning_rate=COSINE))),
    "schedule of another kind": (on(Adam(learning_rate=COSINE)), on(SGD(learning_rate=COSINE))),
    "schedule and batch": (
        on(Adam(learning_rate=COSINE)),
        dataclasses.replace(on(Adam(learning_rate=COSINE)), batch_size=7),
    ),
    "batch": (RECIPE, dataclasses.replace(RECIPE, batch_size=64)),
    "l1 and l2": (RECIPE, with_layers(l1=1e-3, l2=1e-2)),
    "dropout": (RECIPE, with_layers(dropout=0.3)),
    "no dropout": (with_layers(dropout=0.3), RECIPE),
    "activation": (RECIPE, with_layers(activation="gelu")),
    "loss": (RECIPE, HINGE),
}


@pytest.mark.parametrize("name", TURNED)
def test_a_knob_turned_at_an_epoch_is_a_fit_that_goes_on_from_there(name: str) -> None:
    before, after = TURNED[name]
    live, reference = live_training(before), Reference(before, moons()).fit(9)
    # the knob is turned in the past, between two checkpoints
    live.train(31)
    thrown = live.logs()["loss"][9:]
    live.change(9, after)
    live.train(12)
    reference.change(after)
    assert_as_fit(live, reference.fit(12))
    assert [mark.epoch for mark in live.marks] == [9] and live.recipe == after
    (past,) = live.pasts
    assert past.epochs.tolist() == [*range(9, 32)] and np.array_equal(past.logs["loss"], thrown)


def test_knobs_turned_one_after_another_are_several_fits() -> None:
    steps = [on(Adam(learning_rate=0.05)), with_layers(dropout=0.2), on(SGD(learning_rate=0.1, momentum=0.9)), RECIPE]
    live, reference = live_training(), Reference(RECIPE, moons())
    for recipe in steps:
        live.train(6)
        reference.fit(6)
        live.change(live.last_epoch, recipe)
        reference.change(recipe)
    live.train(3)
    assert_as_fit(live, reference.fit(3))
    assert [mark.epoch for mark in live.marks] == [6, 12, 18, 24]
    assert [*live.marks[0].changes] == ["learning_rate"] and [*live.marks[1].changes] == ["learning_rate", "dropout"]


def test_other_rows_from_an_epoch_on_are_a_fit_on_them() -> None:
    live, reference = live_training(), Reference(RECIPE, moons()).fit(5)
    live.train(8)
    live.replace_data(5, moons(noise=0.4))
    live.train(4)
    reference.change(parts=moons(noise=0.4))
    assert_as_fit(live, reference.fit(4))
    assert live.marks == ((5, {"data": 51}),)


def test_several_classes_are_those_of_fit_also_by_the_other_form_of_their_targets() -> None:
    recipe, parts = blobs("categorical_crossentropy", "softmax")
    other = dataclasses.replace(recipe, loss=losses.get("sparse_categorical_crossentropy"))
    live = LiveTraining(recipe, parts, VIEW)
    live.train(5)
    reference = Reference(recipe, parts).fit(5)
    assert_as_fit(live, reference)
    live.change(5, other)
    live.train(3)
    reference.change(other, blobs("sparse_categorical_crossentropy", "softmax")[1])
    assert_as_fit(live, reference.fit(3))


def test_twenty_layers_are_those_of_fit() -> None:
    recipe = dataclasses.replace(RECIPE, layers=(*[LayerPlan(6, "selu", "lecun_normal")] * 19, RECIPE.layers[-1]))
    live = live_training(recipe)
    live.train(4)
    assert_as_fit(live, Reference(recipe, moons()).fit(4))
    frames = live.frames(0, 5)
    assert len(frames.units) == 19 and len(frames.kernels) == 20 and frames.border.max() > frames.border.min()


def test_the_learning_rates_are_those_of_the_steps() -> None:
    live = live_training(on(Adam(learning_rate=COSINE)))
    live.train(14)
    assert np.allclose(live.learning_rates(0, 15), COSINE(6 * np.arange(15)))
    live.change(4, dataclasses.replace(on(SGD(learning_rate=COSINE)), batch_size=51))
    live.train(2)
    assert np.allclose(live.learning_rates(0, 7), [*COSINE(6 * np.arange(4)), *COSINE(np.arange(4, 7))])
    # it ends where its formula ends
    assert COSINE(60) == 0 and live.recipe.epochs == 100


# ---- back, and on ----------------------------------------------------------------------------------------------------


def test_whoever_goes_back_and_takes_the_old_knobs_trains_what_was_trained_before() -> None:
    recipe = dataclasses.replace(RECIPE, layers=NOISY)
    live, undisturbed = live_training(recipe), live_training(recipe)
    undisturbed.train(40)
    live.train(40)
    for at in (33, 13):
        live.change(at, dataclasses.replace(recipe, batch_size=32))
        live.train(5)
        live.change(at, recipe)
    live.train(27)
    assert live.marks == () and len(live.pasts) == 4
    assert_same(live.frames(0, 41), undisturbed.frames(0, 41))


def test_the_recipe_by_which_it_is_trained_anyway_throws_nothing_away() -> None:
    live = live_training()
    live.train(10)
    live.change(4, dataclasses.replace(RECIPE, epochs=7))
    assert live.last_epoch == 10 and live.pasts == () and live.marks == ()
    # another one in between was a change: the old one is taken up again at 4
    live.change(6, dataclasses.replace(RECIPE, batch_size=32))
    live.change(4, RECIPE)
    assert live.last_epoch == 4 and live.marks == () and [past.epochs[0] for past in live.pasts] == [6, 4]


def test_two_changes_at_one_epoch_are_one() -> None:
    live = live_training()
    live.train(3)
    for batch_size in (20, 30, 32):
        live.change(3, dataclasses.replace(RECIPE, batch_size=batch_size))
    live.set_weight(3, 0, "bias", (2,), 1.0)
    live.set_weight(3, 1, "kernel", (2, 4), 2.0)
    (mark,) = live.marks
    assert mark.epoch == 3 and mark.changes["batch_size"] == 32
    assert [change["value"] for change in mark.changes["weight"]] == [1.0, 2.0]
    assert live.pasts == () and live.last_epoch == 3


def test_a_change_before_the_first_step_begins_anew_from_the_same_weights() -> None:
    live, other = live_training(), live_training(dataclasses.replace(RECIPE, batch_size=32))
    live.train(4)
    live.change(0, other.recipe)
    live.train(4)
    other.train(4)
    assert_same(live.frames(0, 5), other.frames(0, 5))


def test_only_the_newest_pasts_are_kept_and_of_long_ones_few_points() -> None:
    live = live_training(dataclasses.replace(RECIPE, layers=(LayerPlan(1, "sigmoid"),), batch_size=51))
    live.train(1100)
    live.change(10, dataclasses.replace(live.recipe, batch_size=50))
    (past,) = live.pasts
    assert past.epochs[0] == 10 and 360 <= len(past.epochs) == len(past.logs["loss"]) <= 500
    for at in range(10):
        live.train(1)
        live.change(live.last_epoch - 1, dataclasses.replace(live.recipe, batch_size=20 + at))
    assert len(live.pasts) == 8 and live.pasts[0].epochs[0] == 10


# ---- how it ends -----------------------------------------------------------------------------------------------------

LINE = (LayerPlan(4, "linear"), LayerPlan(1, "linear"))
WILD = dataclasses.replace(RECIPE, layers=LINE, loss=losses.get("mse"), optimizer=SGD(0.05))
COUNTS = dataclasses.replace(WILD, layers=(LayerPlan(1, "linear", "zeros"),), loss=losses.get("poisson"))


def test_a_training_that_is_no_number_any_more_ends_and_goes_on_from_before() -> None:
    live = live_training(WILD)
    live.train(30)
    live.change(30, dataclasses.replace(WILD, optimizer=SGD(50.0)))
    live.train(25)
    assert live.ended == "diverged" and live.ended_at == live.last_epoch + 1 and 30 <= live.last_epoch < 40
    everything = live.frames(0, live.last_epoch + 9)
    assert len(everything.border) == live.last_epoch + 1
    numbers = [*everything.kernels, *everything.biases, *everything.logs.values()]
    assert all(np.isfinite(values).all() for values in numbers)
    live.train(25)
    assert live.ended == "diverged" and live.last_epoch + 1 == len(everything.border)
    live.change(30, WILD)
    assert live.ended is None and live.ended_at is None
    live.train(7)
    assert_as_fit(live, Reference(WILD, moons(WILD)).fit(37))


def test_where_the_loss_ends_but_the_weights_do_not_there_is_no_frame() -> None:
    live, reference = live_training(COUNTS), COUNTS.model()
    live.train(25)
    # a count below 0 has no logarithm, but its slope is a number
    scores = [logs["loss"] for logs in reference.epochs_of(*moons(COUNTS).train, **COUNTS.training(moons(COUNTS)))]
    assert np.isnan(scores[-1]) and np.isfinite(reference.w).all()
    assert live.ended == "diverged" and live.ended_at == live.last_epoch + 1 <= len(scores)
    assert np.isfinite(live.logs()["loss"]).all()
    live.change(live.last_epoch, dataclasses.replace(COUNTS, loss=losses.get("mse")))
    live.train(3)
    assert live.ended is None and live.last_epoch == live.marks[0].epoch + 3


@pytest.mark.parametrize("patience", [1, 3, 8])
def test_patience_ends_it_where_early_stopping_does(patience: int) -> None:
    recipe = dataclasses.replace(RECIPE, optimizer=Adam(learning_rate=1.0), patience=patience)
    live, stopping, model = live_training(recipe), EarlyStopping(patience=patience), recipe.model()
    while live.ended is None and live.last_epoch < 200:
        live.train(7)
    parts = moons(recipe)
    model.fit(*parts.train, **recipe.training(parts) | {"epochs": 200, "callbacks": [stopping]})
    assert stopping.stopped_epoch and live.ended == "stopped"
    assert live.last_epoch == live.ended_at == stopping.stopped_epoch + 1 and live.best == stopping.best_epoch + 1
    # pressed again it has as much patience as before; without any it goes on for ever
    live.change(live.last_epoch, recipe)
    live.train(patience - 1)
    assert live.ended is None and live.last_epoch == stopping.stopped_epoch + patience
    live.train(60)
    stopped = live.last_epoch
    assert live.ended == "stopped" and live.marks == ()
    live.change(stopped, dataclasses.replace(recipe, patience=0))
    live.train(30)
    assert live.ended is None and live.last_epoch == stopped + 30 and live.marks == ((stopped, {"patience": 0}),)


# ---- memory ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most_bytes", [5_000, 60_000])
def test_it_takes_no_more_memory_than_it_may_and_what_is_dropped_comes_again(most_bytes: int) -> None:
    recipe = dataclasses.replace(RECIPE, layers=NOISY)
    live, roomy = live_training(recipe, most_bytes), live_training(recipe)
    for batch_size in (10, 11, 12, 13, 14):
        for each in (live, roomy):
            each.change(each.last_epoch, dataclasses.replace(recipe, batch_size=batch_size))
            each.train(30)
        # the data, a checkpoint and a stretch alone take 12 kB
        assert live.size <= max(most_bytes, 12_000)
        assert live.size <= most_bytes or not (live._store.pictures or live._store.rows)
    first = live.first
    assert roomy.first == 0 < first and live.last_epoch == roomy.last_epoch == 150
    assert_same(live.frames(0, 151), roomy.frames(first, 151))
    assert live.marks == roomy.marks[-len(live.marks) :]
    with pytest.raises(ValueError, match="not held"):
        live.change(first - 1, recipe)
    for each in (live, roomy):
        each.change(first, recipe)
        each.train(3)
    assert_same(live.frames(0, first + 4), roomy.frames(live.first, first + 4))


def test_pictures_go_first_and_then_weights_and_only_then_epochs() -> None:
    live = live_training(dataclasses.replace(SMALL, batch_size=51), most_bytes=90_000)
    held = []
    for _ in range(40):
        live.train(25)
        held.append((len(live._store.pictures), len(live._store.rows), live.first))
    assert all(pictures <= weights for pictures, weights, _ in held)
    full = next(k for k, (pictures, _, _) in enumerate(held) if pictures < 25 * (k + 1) + 1)
    thin = next(k for k, (_, weights, _) in enumerate(held) if weights < 25 * (k + 1) + 1)
    gone = next(k for k, (_, _, first) in enumerate(held) if first)
    assert full < thin < gone and held[-1][0] >= 60
    assert live.last_epoch == 1000 and live.frames(live.first, live.first + 3).start == live.first


def test_a_knob_turned_at_every_epoch_fills_no_memory() -> None:
    live = live_training(most_bytes=60_000)
    for k in range(30):
        live.train(1)
        live.change(live.last_epoch, dataclasses.replace(RECIPE, batch_size=20 + k))
    assert live.size <= 60_000 and live.last_epoch == 30 and live.first > 0
    assert len(live.marks) <= 30 - live.first + 1


def test_the_size_it_says_is_what_python_allocates() -> None:
    recipe = dataclasses.replace(SMALL, batch_size=51)
    live_training(recipe).train(25)
    tracemalloc.start()
    try:
        live = live_training(recipe)
        before, said = tracemalloc.get_traced_memory()[0], live.size
        live.train(100)
        for k in range(20):
            live.change(live.last_epoch, dataclasses.replace(recipe, batch_size=20 + k))
            live.train(2)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert 0.7 * (live.size - said) < grown < 1.1 * (live.size - said)


def test_of_many_weights_few_frames_are_held_and_never_more_than_fit() -> None:
    recipe = dataclasses.replace(RECIPE, layers=(LayerPlan(200), LayerPlan(200), RECIPE.layers[-1]), batch_size=51)
    live = live_training(recipe, most_bytes=4_000_000)
    tracemalloc.start()
    try:
        live.train(30)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert live.size <= 4_000_000 and live.last_epoch == 30 and live.last_epoch - live.first >= 2
    # a frame has 330 kB, and as much again in the optimizer's memory, the gradient and the step
    assert most < 12_000_000


# ---- weights and units -----------------------------------------------------------------------------------------------


def test_a_weight_that_is_set_is_the_frame_s_and_trains_on() -> None:
    live, reference = live_training(), Reference(RECIPE, moons()).fit(6)
    live.train(9)
    live.set_weight(6, 1, "kernel", (3, 2), -1.25)
    live.train(5)
    dict(zip(reference.model.parameter_names(), reference.model.weights, strict=True))["dense_1/kernel"][3, 2] = -1.25
    reference.change()
    assert live.frames(6, 7).kernels[1][0, 3, 2] == -1.25
    assert_as_fit(live, reference.fit(5))
    assert live.marks == ((6, {"weight": [{"layer": 1, "name": "kernel", "place": (3, 2), "value": -1.25}]}),)


@pytest.mark.parametrize(
    ("layer", "name", "place"), [(0, "kernel", (2, 0)), (0, "kernel", (0,)), (3, "bias", (0,)), (0, "gamma", (0,))]
)
def test_a_weight_that_there_is_not_is_refused(layer: int, name: str, place: tuple[int, ...]) -> None:
    live = live_training()
    with pytest.raises(ValueError, match="there is no weight"):
        live.set_weight(0, layer, name, place, 1.0)
    with pytest.raises(ValueError, match="finite number"):
        live.set_weight(0, 0, "bias", (0,), float("nan"))


@pytest.mark.parametrize("optimizer", [Adam(), SGD(momentum=0.9), Adam(weight_decay=0.1)], ids=["adam", "sgd", "decay"])
def test_a_unit_that_is_cut_off_stays_so_until_it_is_restored(optimizer: Optimizer) -> None:
    live = live_training(on(optimizer))
    live.train(5)
    before = live.frames(5, 6).kernels[1][0, 2]
    live.cut_off(5, 0, 2)
    live.cut_off(5, 0, 2)
    live.train(6)
    assert live.cut_units == ((0, 2),) and live.marks == ((5, {"cut_off": [(0, 2)]}),)
    frames = live.frames(5, 12)
    assert not frames.kernels[1][:, 2].any() and np.abs(np.diff(frames.kernels[1][:, 1], axis=0)).min() > 0
    with pytest.raises(ValueError, match="cut off"):
        live.set_weight(8, 1, "kernel", (2, 0), 1.0)
    live.restore(9, 0, 2)
    assert np.array_equal(live.frames(9, 10).kernels[1][0, 2], before) and live.cut_units == ()
    live.train(2)
    assert np.abs(np.diff(live.frames(9, 12).kernels[1][:, 2], axis=0)).min() > 0


def test_training_with_a_unit_cut_off_is_training_without_it() -> None:
    """A network of one hidden layer that never had the unit does the same, apart from its own weights."""
    recipe = Recipe(2, (LayerPlan(4, "tanh"), LayerPlan(1, "sigmoid")), BCE, optimizer=SGD(0.1, clipnorm=0.2))
    live = live_training(recipe)
    live.cut_off(0, 0, 3)
    smaller = LiveTraining(
        dataclasses.replace(recipe, layers=(LayerPlan(3, "tanh"), LayerPlan(1, "sigmoid"))), moons(recipe), VIEW
    )
    first = live.frames(0, 1)
    for unit in range(3):
        for k in range(2):
            smaller.set_weight(0, 0, "kernel", (k, unit), float(rows(live)[0, 4 * k + unit]))
        smaller.set_weight(0, 1, "kernel", (unit, 0), float(rows(live)[0, 12 + unit]))
    live.train(10)
    smaller.train(10)
    assert np.allclose(live.logs()["loss"], smaller.logs()["loss"], rtol=0, atol=1e-12)
    assert np.array_equal(first.kernels[0][0, :, 3], live.frames(10, 11).kernels[0][0, :, 3])


def test_a_unit_that_was_cut_off_has_forgotten_where_it_was_going() -> None:
    live, reference = live_training(), Reference(RECIPE, moons()).fit(5)
    live.train(5)
    live.cut_off(5, 1, 2)
    live.restore(5, 1, 2)
    live.train(4)
    # behind both hidden layers
    place = (2 + 1) * 6 + (6 + 1) * 5 + 2
    for name in "mv":
        reference.model.optimizer.memory[name][place] = 0.0
    assert_as_fit(live, reference.fit(4))


def test_what_is_lost_without_a_unit_is_what_cutting_it_off_loses() -> None:
    live = live_training()
    live.train(12)
    scores = live.without_unit(7, 1, 3)
    assert scores["with"] == {name: values[7] for name, values in live.logs().items()}
    live.cut_off(7, 1, 3)
    assert scores["without"] == {name: values[7] for name, values in live.logs().items()}
    assert scores["with"]["loss"] != scores["without"]["loss"]
    for layer, unit in ((2, 0), (0, 6), (-1, 0), (0, -1)):
        for ask in (live.without_unit, live.cut_off):
            with pytest.raises(ValueError, match="unit"):
                ask(7, layer, unit)


# ---- asking a frame --------------------------------------------------------------------------------------------------


def model_at(live: LiveTraining, at: int) -> Any:
    model = live.recipe.model()
    model.build()
    model.w[:] = live._rows(at, at + 1)[0, : model.w.size]
    return model


def test_a_point_is_answered_as_predict_does() -> None:
    live = live_training()
    live.train(10)
    model, parts = model_at(live, 4), moons()
    assert parts.scaler is not None
    point = parts.scaler.transform([[0.3, 0.4]])
    answer = live.answer(4, (0.3, 0.4))
    assert np.allclose(answer.outputs, model.predict(point)[0], atol=1e-12)
    assert np.array_equal(answer.outputs, answer.shares)
    assert [len(a) for a in answer.activations] == [6, 5, 1]
    hidden = model.layer_traces(point, BCE, np.ones((1, 1)))[1].activations[0]
    assert np.allclose(answer.activations[1], hidden, atol=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_confusion_counts_every_row_that_is_judged(share: float) -> None:
    live = LiveTraining(RECIPE, moons(share=share), VIEW)
    live.train(5)
    parts = moons(share=share)
    judged = parts.validation if share else parts.train
    answers = model_at(live, 3).predict(judged.x)[:, 0] > 0.5
    expected = [[int(((judged.y == true) & (answers == given)).sum()) for given in (0, 1)] for true in (0, 1)]
    assert live.confusion(3).tolist() == expected
    assert ("val_loss" in live.logs()) == bool(share)


def test_confusion_of_several_classes_and_of_margins() -> None:
    for loss in ("categorical_crossentropy", "sparse_categorical_crossentropy", "categorical_hinge"):
        recipe, parts = blobs(loss, "linear" if "hinge" in loss else "softmax", optimizer=Adam(0.05))
        live = LiveTraining(recipe, parts, VIEW)
        live.train(30)
        counts = live.confusion(30)
        assert counts.shape == (3, 3) and counts.sum() == len(parts.validation.y)
        assert np.trace(counts) / counts.sum() == pytest.approx(live.logs()["val_accuracy"][-1])
    live = live_training(HINGE)
    live.train(20)
    counts = live.confusion(20)
    assert np.trace(counts) / counts.sum() == pytest.approx(live.logs()["val_accuracy"][-1])


def test_a_large_map_is_the_small_one_at_large() -> None:
    live = live_training()
    live.train(6)
    small = live.frames(2, 3).units[1][0, 3]
    again = live.large_map(2, 1, 3, grid=VIEW.unit_grid)
    # single precision may round a byte to its neighbour
    assert np.abs(again.astype(int) - small).max() <= 1
    assert live.large_map(2, 1, 3).shape == (60, 60)
    with pytest.raises(ValueError, match="no unit"):
        live.large_map(2, 1, 5)


# ---- what the pictures show ------------------------------------------------------------------------------------------


def test_the_border_is_what_predict_says_with_the_second_input_rising_upwards() -> None:
    live = live_training()
    live.train(8)
    grid = on_grid(VIEW.extent, VIEW.grid, moons().scaler)
    for at in (0, 5):
        p = model_at(live, at).predict(grid).reshape(VIEW.grid, VIEW.grid)
        # there the first input comes first
        expected = p.T[::-1]
        assert np.abs(live.frames(at, at + 1).border[0, 0] / 255 - expected).max() < 0.6 / 255


def test_classes_share_every_place_of_the_border() -> None:
    recipe, parts = blobs("categorical_crossentropy", "softmax")
    live = LiveTraining(recipe, parts, VIEW)
    live.train(3)
    border = live.frames(0, 4).border
    assert border.shape == (4, 3, 8, 8)
    assert np.abs(border.sum(axis=1, dtype=int) - 255).max() <= 2


def test_where_single_precision_overflows_pictures_are_drawn_in_double() -> None:
    recipe = dataclasses.replace(RECIPE, layers=(LayerPlan(2, "exponential"), LayerPlan(1, "linear")), loss=HINGE.loss)
    live = live_training(recipe)
    live.set_weight(0, 0, "bias", (0,), 95.0)
    live.set_weight(0, 0, "bias", (1,), 95.0)
    live.set_weight(0, 1, "kernel", (0, 0), 1.0)
    live.set_weight(0, 1, "kernel", (1, 0), -1.0)
    p = model_at(live, 0).predict(on_grid(VIEW.extent, VIEW.grid, moons().scaler)).reshape(VIEW.grid, VIEW.grid)
    border = live.frames(0, 1).border[0, 0]
    assert np.array_equal(border == 255, p.T[::-1] > 0) and set(border.ravel().tolist()) == {0, 255}


def test_of_wide_layers_the_first_units_have_a_picture() -> None:
    recipe = dataclasses.replace(RECIPE, layers=(LayerPlan(40), RECIPE.layers[-1]))
    frames = live_training(recipe).frames(0, 1)
    assert frames.units[0].shape == (1, 16, 4, 4) and frames.kernels[0].shape == (1, 2, 40)


def test_pieces_of_frames_are_those_of_the_whole() -> None:
    live = live_training()
    live.train(30)
    live.change(20, with_layers(activation="relu"))
    live.train(10)
    whole = live.frames(0, 31)
    for start, stop in ((0, 7), (18, 23), (30, 31), (25, 99), (-4, 3)):
        piece = live.frames(start, stop)
        assert piece.start == max(start, 0)
        part = slice(piece.start, min(stop, 31))
        assert np.array_equal(piece.border, whole.border[part])
        assert all(np.array_equal(one, all_[part]) for one, all_ in zip(piece.units, whole.units, strict=True))
    for start, stop in ((5, 5), (9, 3), (80, 90)):
        nothing = live.frames(start, stop)
        assert nothing.border.shape == (0, 1, 8, 8) and len(nothing.logs["loss"]) == 0
        assert len(nothing.kernels[0]) == 0


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_what_is_no_classification_of_two_inputs_is_refused() -> None:
    x, _ = Moons(count=64).load()
    with pytest.raises(ValueError, match="2 inputs"):
        LiveTraining(dataclasses.replace(RECIPE, inputs=3), moons(), VIEW)
    with pytest.raises(ValueError, match="classes"):
        LiveTraining(WILD, prepare(x, x[:, 0], WILD.loss), VIEW)
    with pytest.raises(ValueError, match="one class"):
        LiveTraining(RECIPE, prepare(x, np.zeros(64), RECIPE.loss), VIEW)
    with pytest.raises(ValueError, match="batch_size"):
        LiveTraining(dataclasses.replace(RECIPE, batch_size=0), moons(), VIEW)
    with pytest.raises(ValueError, match="not finite"):
        LiveTraining(dataclasses.replace(COUNTS, layers=(LayerPlan(1, "linear"),)), moons(), VIEW)


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(RECIPE, layers=RECIPE.layers[1:]),
        dataclasses.replace(RECIPE, seed=4),
        dataclasses.replace(RECIPE, metrics=()),
        with_layers(units=7),
        with_layers(kernel_initializer="he_normal"),
        with_layers(batch_normalization=True),
    ],
    ids=["layers", "seed", "metrics", "units", "initializer", "batch normalization"],
)
def test_another_structure_is_another_training(other: Recipe) -> None:
    live = live_training()
    live.train(3)
    with pytest.raises(ValueError, match="begin a new LiveTraining"):
        live.change(1, other)
    assert live.last_epoch == 3 and live.marks == () and live.recipe == RECIPE


def refused(live: LiveTraining) -> list[Callable[[], Any]]:
    x, _ = Moons(count=64).load()
    return [
        lambda: live.replace_data(3, prepare(x, np.ones(64), RECIPE.loss)),
        lambda: live.replace_data(3, moons(share=0.0)),
        lambda: live.change(3, dataclasses.replace(RECIPE, batch_size=0)),
        lambda: live.change(3, dataclasses.replace(with_layers(), loss=losses.get("categorical_crossentropy"))),
        lambda: live.change(9, dataclasses.replace(RECIPE, batch_size=5)),
        lambda: live.set_weight(3, 0, "kernel", (0, 0), 1e39),
    ]


def test_what_is_refused_changes_nothing() -> None:
    live, undisturbed = live_training(), live_training()
    live.train(5)
    for attempt in refused(live):
        with pytest.raises(ValueError):
            attempt()
    live.train(3)
    undisturbed.train(8)
    assert live.marks == () and live.pasts == ()
    assert_same(live.frames(0, 9), undisturbed.frames(0, 9))


# ---- whatever comes --------------------------------------------------------------------------------------------------

RECIPES = [
    SMALL,
    dataclasses.replace(SMALL, optimizer=SGD(0.3, momentum=0.9)),
    dataclasses.replace(SMALL, optimizer=SGD(1000.0), loss=losses.get("mse"), patience=3),
    dataclasses.replace(
        SMALL, layers=tuple(dataclasses.replace(plan, dropout=0.3) for plan in SMALL.layers[:2]) + SMALL.layers[2:]
    ),
    dataclasses.replace(
        SMALL,
        layers=tuple(dataclasses.replace(plan, activation="linear") for plan in SMALL.layers),
        optimizer=SGD(9.0),
        loss=losses.get("mse"),
    ),
]
PARTS = [moons(SMALL), moons(SMALL, noise=0.5), moons(SMALL, share=0.0)]
WHERE = st.floats(0, 1)
ACTIONS = st.one_of(
    st.tuples(st.just("train"), st.integers(0, 60)),
    st.tuples(st.just("change"), WHERE, st.sampled_from(RECIPES)),
    st.tuples(st.just("replace_data"), WHERE, st.sampled_from(PARTS)),
    st.tuples(
        st.just("set_weight"),
        WHERE,
        st.integers(-1, 3),
        st.sampled_from(("kernel", "bias")),
        st.tuples(st.integers(0, 2), st.integers(0, 2)),
        st.floats(),
    ),
    st.tuples(st.sampled_from(("cut_off", "restore")), WHERE, st.integers(0, 2), st.integers(0, 2)),
)


def do(live: LiveTraining, action: tuple[Any, ...]) -> str:
    """What the training answers, if it refuses."""
    name, *rest = action
    if name != "train":
        rest[0] = round(live.first + rest[0] * (live.last_epoch - live.first))
    try:
        getattr(live, name)(*rest)
    except ValueError as refusal:
        return str(refusal)
    return ""


@settings(max_examples=25, deadline=None)
@given(st.lists(ACTIONS, min_size=1, max_size=8))
def test_whatever_is_done_it_lives_and_can_be_done_again(actions: list[tuple[Any, ...]]) -> None:
    live, again = (LiveTraining(SMALL, PARTS[0], VIEW, most) for most in (40_000, 40_000))
    for action in actions:
        assert do(live, action) == do(again, action)
        assert live.size <= 40_000
        assert 0 <= live.first <= live.last_epoch and live.ended in (None, "diverged", "stopped")
        frames = live.frames(live.first, live.last_epoch + 1)
        assert len(frames.border) == live.last_epoch + 1 - live.first
        assert all(np.isfinite(values).all() for values in (frames.logs["loss"], *frames.kernels, *frames.biases))
        # ``again`` has another history of what was asked, and is asked in pieces
        middle = (live.first + live.last_epoch) // 2
        first, second = again.frames(live.first, middle), again.frames(middle, live.last_epoch + 1)
        assert np.array_equal(frames.border, np.concatenate([first.border, second.border]))
        assert all(0 <= mark.epoch <= live.last_epoch for mark in live.marks)
        assert [mark.epoch for mark in live.marks] == sorted({mark.epoch for mark in live.marks})
        for layer, unit in live.cut_units:
            assert not frames.kernels[layer + 1][-1, unit].any()
