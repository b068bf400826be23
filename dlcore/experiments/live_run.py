"""Live run: what a live training trains between two changes, and the state from which it goes on.

run = Run(Stretch.beginning(recipe, parts), None, 0)
run.train_epoch()
saved = run.checkpoint()
Run(run.stretch, saved, run.epoch)                stands where the first one stood, and trains on as it does
"""

import copy
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np

from dlcore.experiments.stacked_network import kept_state, kernels_and_biases, last_outputs, put_state
from dlcore.experiments.training_config import Prepared, Recipe
from dlcore.layers import Dense
from dlcore.models import Sequential
from dlcore.optimizers import Memory, Optimizer, Stepper
from dlcore.preprocessing import one_hot
from dlcore.validation import Samples, check, labels, refuse_one_class

STRUCTURE = ("inputs", "metrics", "seed")
LAYER_STRUCTURE = ("units", "kernel_initializer", "batch_normalization")
KNOBS = ("batch_size", "loss", "patience")
LAYER_KNOBS = ("activation", "dropout", "l1", "l2")

Edit = Callable[[np.ndarray, Memory], None]
"""A change of weights and of the optimizer's memory, in place."""


class Mark(NamedTuple):
    """A change: the epoch from which it holds, and what was changed, by name its new value.

    Names: fields of ``Recipe`` ("batch_size", "optimizer", "loss", "patience"), "learning_rate" if the optimizer
    differs in nothing else, fields of ``LayerPlan`` ("activation", "dropout", "l1", "l2", one value a layer), "data"
    (the number of training rows), "weight" (a list of "layer", "name", "place", "value") and "cut_off" (a list of all
    (layer, unit) that are cut off from then on).
    """

    epoch: int
    changes: dict[str, Any]


class Checkpoint(NamedTuple):
    """All that a training needs to go on."""

    w: np.ndarray
    state: np.ndarray
    """Moving means and variances."""

    memory: Memory
    """The optimizer's; empty before its first step."""

    iterations: int
    generators: tuple[Any, Any]
    """The states of the generators of the order and of dropout."""

    def arrays(self) -> list[np.ndarray]:
        """All arrays."""
        return [self.w, self.state, *self.memory.values()]

    def after(self, old: Optimizer, new: Optimizer, edit: Edit | None) -> "Checkpoint":
        """The same with another optimizer, which keeps the memory if it is of the same kind, and with an edit."""
        w, memory, iterations = self.w.copy(), copy.deepcopy(self.memory), self.iterations
        if type(old) is not type(new):
            memory, iterations = {}, 0
        elif iterations:
            memory = {name: memory.get(name, fresh) for name, fresh in new.start(w).items()}
        if edit is not None:
            edit(w, memory)
        return self._replace(w=w, memory=memory, iterations=iterations)


@dataclass(frozen=True)
class OffsetSchedule:
    """A schedule that has done ``offset`` steps more than its optimizer."""

    schedule: Callable[[Any], Any]
    offset: int

    def __call__(self, step: Any) -> Any:
        return self.schedule(np.maximum(np.add(step, self.offset), 0))


@dataclass(frozen=True, eq=False)
class Stretch:
    """The frames from one change to the next, and how they are trained."""

    start: int
    recipe: Recipe
    parts: Prepared
    cuts: dict[tuple[int, int], np.ndarray]
    """By (layer, unit) the outgoing weights that a unit had when it was cut off."""

    before: Recipe
    """The recipe of the stretch before."""

    other: dict[str, Any]
    """What was changed besides the recipe; see ``Mark``."""

    @classmethod
    def beginning(cls, recipe: Recipe, parts: Prepared) -> Self:
        """The first one."""
        return cls(0, recipe, parts, {}, recipe, {})

    @cached_property
    def mark(self) -> Mark:
        """What was changed where it begins."""
        return Mark(self.start, differences(self.before, self.recipe) | self.other)

    @property
    def steps(self) -> int:
        """Of the optimizer, in an epoch."""
        return -(-len(self.parts.train.x) // self.recipe.batch_size)

    def rule(self, epoch: int, iterations: int) -> Optimizer:
        """The optimizer that has done so many steps when so many epochs are over, its schedule at its place."""
        rule = self.recipe.optimizer
        if callable(rule.learning_rate) and (offset := epoch * self.steps - iterations):
            return dataclasses.replace(rule, learning_rate=OffsetSchedule(rule.learning_rate, offset))
        return rule

    def following(
        self,
        at: int,
        recipe: Recipe | None = None,
        parts: Prepared | None = None,
        cuts: dict[tuple[int, int], np.ndarray] | None = None,
        other: dict[str, Any] | None = None,
    ) -> "Stretch":
        """The one that begins at epoch ``at`` with these changes; two changes at one epoch are one."""
        again, other = self.start == at, other or {}
        if again:
            weights = [*self.other.get("weight", []), *other.get("weight", [])]
            other = self.other | other | ({"weight": weights} if weights else {})
        cuts = self.cuts if cuts is None else cuts
        before = self.before if again else self.recipe
        return Stretch(at, recipe or self.recipe, parts or self.parts, cuts, before, other)


class Run:
    """A network in training that stands after some epoch of a stretch.

    checkpoint: where it goes on; None for the first weights. Raises ValueError for what is no classification, and for
    training rows of one class.
    """

    def __init__(self, stretch: Stretch, checkpoint: Checkpoint | None, epoch: int) -> None:
        recipe = stretch.recipe
        if recipe.batch_size < 1:
            raise ValueError(f"batch_size must be a whole number from 1 on; it is {recipe.batch_size!r}")
        self.stretch, self.epoch, self.model = stretch, epoch, recipe.model()
        self.train, self.validation = samples(recipe, stretch.parts)
        # so that the metrics are those for this number of outputs
        self.model.evaluate(self.train.x[:1], self.train.y[:1])
        self.order = self.model.generators(recipe.seed)
        self.dropout = self.model.layers[0].rng
        rule = stretch.rule(epoch, checkpoint.iterations if checkpoint else 0)
        self.model.optimizer = Stepper(rule, self.model.slices)
        self.memory_names = tuple(rule.start(self.model.w))
        if checkpoint is not None:
            self._take_over(checkpoint)
        self.shuffled, count = self.train.copy(), len(self.train.x)
        self.batches = [
            self.shuffled.part(slice(start, start + recipe.batch_size)) for start in range(0, count, recipe.batch_size)
        ]
        self.cut = [outgoing(self.model, layer, unit) for layer, unit in stretch.cuts]

    def _take_over(self, checkpoint: Checkpoint) -> None:
        self.model.w[:] = checkpoint.w
        put_state(self.model, checkpoint.state)
        stepper = self.model.optimizer
        stepper.iterations = checkpoint.iterations
        stepper.memory = {name: part.copy() for name, part in checkpoint.memory.items()}
        self.order.bit_generator.state, self.dropout.bit_generator.state = checkpoint.generators

    def checkpoint(self) -> Checkpoint:
        """All that is needed to go on from here."""
        stepper = self.model.optimizer
        memory = {name: stepper.memory[name].copy() for name in self.memory_names} if stepper.iterations else {}
        states = self.order.bit_generator.state, self.dropout.bit_generator.state
        return Checkpoint(self.model.w.copy(), kept_state(self.model), memory, stepper.iterations, states)

    @np.errstate(all="ignore")
    def train_epoch(self) -> None:
        """One epoch more."""
        step = self._step_with_cuts if self.cut else self.model.step
        self.shuffled.reorder(self.train, self.order.permutation(len(self.train.x)))
        for batch in self.batches:
            step(batch)
        self.epoch += 1

    def _step_with_cuts(self, batch: Samples) -> None:
        """A step in which the weights that are cut off have no gradient and stay 0."""
        model = self.model
        model.forward(batch.x, training=True)
        model.backward(self.stretch.recipe.loss, batch.y)
        for part in self.cut:
            model.g[part] = 0.0
        model.w[:] = model.optimizer.step(model.w, model.g)
        for part in self.cut:
            model.w[part] = 0.0

    def row(self) -> np.ndarray:
        """Weights, then moving means and variances, shape (numbers,)."""
        return np.concatenate([self.model.w, kept_state(self.model)])

    @np.errstate(all="ignore")
    def scores(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Loss and metrics on both parts, without dropout, of weights as in ``row``, shape (rows, numbers).

        Each has shape (rows,).
        """
        penalty, scores = self._penalties(rows[:, : self.model.w.size]), {}
        for prefix, part in (("", self.train), ("val_", self.validation)):
            if part is not None:
                p = np.ascontiguousarray(np.swapaxes(last_outputs(self.model, rows, part.x), 1, 2))
                losses = self.stretch.recipe.loss.per_sample(np.concatenate([part.y] * len(p)), np.concatenate(p))
                scores[f"{prefix}loss"] = losses.reshape(len(p), -1).mean(axis=1) + penalty
                for name, metric in self.model.metrics.items():
                    scores[prefix + name] = np.array([metric(part.y, each) for each in p], dtype=float)
        return scores

    def _penalties(self, w: np.ndarray) -> np.ndarray:
        penalty, (kernels, _) = np.zeros(len(w)), kernels_and_biases(self.model, w)
        for layer, kernel in zip(dense_layers(self.model), kernels, strict=True):
            if layer.regularizer:
                penalty += [layer.regularizer(each) for each in kernel]
        return penalty


def samples(recipe: Recipe, parts: Prepared) -> tuple[Samples, Samples | None]:
    """Both parts as the recipe's loss takes them; None for a validation part without rows.

    One-hot rows and numbers of classes become each other if the loss asks for it.
    """
    outputs = recipe.layers[-1].units

    def as_samples(x: np.ndarray, y: np.ndarray) -> Samples:
        rows = np.ndim(y) > 1 and np.shape(y)[-1] > 1
        if recipe.loss.targets == "one_hot" and not rows:
            y = one_hot(labels(np.asarray(y)), outputs)
        elif recipe.loss.targets == "integer" and rows:
            y = labels(np.asarray(y)).astype(float)
        return check(x, y, None, recipe.loss, (recipe.inputs,), (outputs,))

    train = as_samples(*parts.train)
    refuse_one_class(train.y, recipe.loss)
    if recipe.loss.targets in ("real", "positive") and not np.isin(train.y, (0, 1)).all():
        raise ValueError("a live training tells classes apart, 0 and 1; these targets are other numbers")
    return train, as_samples(*parts.validation) if len(parts.validation.x) else None


def refuse_other_structure(old: Recipe, new: Recipe) -> None:
    """Raise ValueError if the weights of one recipe are no weights of the other: that is another training."""
    differing = [name for name in STRUCTURE if getattr(old, name) != getattr(new, name)]
    if len(old.layers) != len(new.layers):
        differing.append("number of layers")
    for before, after in zip(old.layers, new.layers, strict=False):
        differing += [f"layer's {name}" for name in LAYER_STRUCTURE if getattr(before, name) != getattr(after, name)]
    if differing:
        raise ValueError(f"another {differing[0]} is another network; begin a new LiveTraining")


def differences(old: Recipe, new: Recipe) -> dict[str, Any]:
    """What differs, by name the new value; see ``Mark``."""
    changes = {name: getattr(new, name) for name in KNOBS if getattr(old, name) != getattr(new, name)}
    before, rule = old.optimizer, new.optimizer
    if type(before) is type(rule) and dataclasses.replace(before, learning_rate=rule.learning_rate) == rule:
        changes |= {"learning_rate": rule.learning_rate} if before != rule else {}
    else:
        changes |= {"optimizer": rule}
    for name in LAYER_KNOBS:
        one, other = ([getattr(plan, name) for plan in recipe.layers] for recipe in (old, new))
        changes |= {name: other} if one != other else {}
    return changes


# ---- where a weight is -----------------------------------------------------------------------------------------------


def dense_layers(model: Sequential) -> list[Dense]:
    """The Dense layers in order."""
    return [layer for layer in model.layers if isinstance(layer, Dense)]


def unit_layer(model: Sequential, layer: int, unit: int) -> Dense:
    """The Dense layer of that place, from 0; ValueError if it is not there, or has no such unit."""
    dense = dense_layers(model)
    if not 0 <= layer < len(dense) or not 0 <= unit < dense[layer].units:
        raise ValueError(f"there is no unit {unit!r} in layer {layer!r}")
    return dense[layer]


def outgoing(model: Sequential, layer: int, unit: int) -> slice:
    """Where a hidden unit's outgoing weights are in ``model.w``; ValueError if there is no such hidden unit."""
    unit_layer(model, layer, unit)
    if layer == len(dense_layers(model)) - 1:
        raise ValueError("a unit of the last layer has no outgoing weights")
    target = dense_layers(model)[layer + 1]
    start = _start(model, target, "kernel") + unit * target.units
    return slice(start, start + target.units)


def position(model: Sequential, layer: int, name: str, place: tuple[int, ...]) -> int:
    """Where one weight is in ``model.w``; ValueError if there is no such weight."""
    dense = dense_layers(model)
    shape = dense[layer].shapes.get(name) if 0 <= layer < len(dense) else None
    if shape is None or len(place) != len(shape) or not all(0 <= k < n for k, n in zip(place, shape, strict=True)):
        raise ValueError(f"there is no weight {name!r} at {place!r} in layer {layer!r}")
    return int(_start(model, dense[layer], name) + np.ravel_multi_index(place, shape))


def _start(model: Sequential, layer: Dense, name: str) -> int:
    return model.slices[model.parameter_names().index(f"{layer.name}/{name}")].start
