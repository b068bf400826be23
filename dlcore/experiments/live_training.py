"""Live training: a network that trains on as long as one likes, with its whole past, and may be changed at any frame.

    live = LiveTraining(recipe, parts, LiveView(((-2.0, 3.0), (-1.5, 2.0))))
    live.train(25)                                    25 epochs more
    frames = live.frames(0, 26)                       border, units, weights and losses after each of them
    live.change(10, dataclasses.replace(recipe, batch_size=32))    from epoch 10 on; what came after becomes a past
    live.train(25)

Frame k is the network after k epochs, frame 0 the one before the first step. ``Sequential.fit`` with the same recipe
has the same weights after every epoch: the order of the rows and dropout are drawn from the same generators, whose
state is kept beside the weights, so that going on from any frame gives what an uninterrupted training gives.

A change at frame k makes this frame the first of a new stretch: its losses and pictures are those after the change.
An optimizer of the same kind keeps its memory and the number of its steps, another kind begins anew. A schedule is a
matter of the epoch, whatever was changed before: at epoch k it has done k times the present steps of an epoch. It ends
where its formula ends (a cosine stays at its lowest rate, an exponential decays on); ``recipe.epochs`` ends nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dlcore.experiments.live_frames import LiveFrames, pack, unpack
from dlcore.experiments.live_run import (
    Edit,
    Mark,
    Run,
    Stretch,
    dense_layers,
    differences,
    outgoing,
    position,
    refuse_other_structure,
    samples,
    unit_layer,
)
from dlcore.experiments.live_store import LiveStore
from dlcore.experiments.stacked_network import (
    as_bytes,
    few,
    kernels_and_biases,
    layer_outputs,
    places,
    shares,
    tone,
)
from dlcore.experiments.training_config import Prepared, Recipe
from dlcore.models import Sequential
from dlcore.optimizers import Memory
from dlcore.validation import labels

__all__ = ["Answer", "LiveFrames", "LiveTraining", "LiveView", "Mark", "Past", "pack", "unpack"]

CHUNK = 25
"""The most epochs that are trained before their scores and pictures are computed, all at once."""

MOST_PASTS, MOST_POINTS = 8, 500
"""How many pasts are kept, the newest, and how many points of each."""

STRETCH = 3000
"""Bytes of a stretch, its recipe and its mark."""


@dataclass(frozen=True)
class LiveView:
    """What is computed after each epoch besides the weights."""

    extent: tuple[tuple[float, float], tuple[float, float]]
    """(low, high) of the two inputs as the data have them, before any scaling."""

    grid: int = 40
    """The number of places along each side of the border's picture."""

    unit_grid: int = 12
    """The number of places along each side of a unit's picture."""

    most_units: int = 16
    """How many units of a layer have a picture: its first."""


class Past(NamedTuple):
    """A future that a change threw away: its losses from the epoch of the change on."""

    epochs: np.ndarray
    """Rising, the first that of the change, shape (points,); of a long one not every epoch is there."""

    logs: dict[str, np.ndarray]
    """"loss", and "val_loss" if there is a validation part, shape (points,)."""


class Answer(NamedTuple):
    """What a network makes of one point."""

    outputs: np.ndarray
    """Shape (outputs,), as the last layer gives them."""

    shares: np.ndarray
    """The outputs as shares of the classes, as in ``LiveFrames.border`` but from 0 to 1."""

    activations: list[np.ndarray]
    """Of every Dense layer, the last included, shape (units,)."""


class LiveTraining:
    """A training that goes on from any of its frames; see the module's first lines.

    recipe: two inputs, and classes to tell apart; ``epochs`` does nothing, ``patience`` ends the training when the
    validation loss has not improved for so many epochs since the last change (the best epoch is ``best``, and nothing
    is put back, since all epochs are there). parts: see ``prepare``. most_bytes: what ``size`` stays below, as far as
    the newest frame allows it. Raises ValueError for what is no classification of two inputs, for training rows of one
    class, and if the first loss is not finite.
    """

    def __init__(self, recipe: Recipe, parts: Prepared, view: LiveView, most_bytes: int = 10_000_000) -> None:
        if recipe.inputs != 2:
            raise ValueError(f"a live training draws the plane of 2 inputs; this recipe has {recipe.inputs}")
        self.view, self.most_bytes = view, most_bytes
        self.ended: str | None = None
        """Why it trains no further: "diverged", "stopped" (by ``patience``), or None; a ``change`` lets it go on."""
        self.ended_at: int | None = None
        """The epoch that ended it: of "diverged" the one that is no frame any more, of "stopped" the last."""
        self.pasts: tuple[Past, ...] = ()
        self._store, self._patient_from = LiveStore(), 0
        self._begin(Run(Stretch.beginning(recipe, parts), None, 0), [])

    def _begin(self, run: Run, before: list[Stretch]) -> None:
        """Make the run's first frame the last one; ValueError if its loss is not finite."""
        row = run.row()[None]
        scores = run.scores(row)
        if not np.isfinite(scores["loss"]).all() or not _in_single_precision(row):
            raise ValueError("the loss of these weights is not finite")
        if self.last_epoch >= run.epoch:
            self._forget_from(run.epoch)
        self.ended = self.ended_at = None
        self._stretches, self._run, self._patient_from = [*before, run.stretch], run, run.epoch
        self._store.checkpoints[run.epoch] = run.checkpoint()
        self._store.append(scores, row, self._pictures(run.stretch, row))

    # ---- what there is -----------------------------------------------------------------------------------------------

    @property
    def first(self) -> int:
        """The oldest epoch that is still held."""
        return self._store.first

    @property
    def last_epoch(self) -> int:
        """The newest epoch."""
        return self._store.last

    @property
    def recipe(self) -> Recipe:
        """How it is trained now."""
        return self._stretches[-1].recipe

    @property
    def cut_units(self) -> tuple[tuple[int, int], ...]:
        """The (layer, unit) that are cut off now."""
        return tuple(self._stretches[-1].cuts)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The changes in order."""
        return tuple(stretch.mark for stretch in self._stretches if stretch.mark.changes)

    @property
    def best(self) -> int:
        """The held epoch with the lowest validation loss, or training loss where there is no validation part."""
        logs = self._store.logs
        return self.first + int(np.argmin(logs.get("val_loss", logs["loss"])))

    @property
    def size(self) -> int:
        """The bytes held."""
        return self._store.size + self._besides()

    def _besides(self) -> int:
        """The bytes held besides the frames."""
        pasts = sum(part.nbytes for past in self.pasts for part in (past.epochs, *past.logs.values()))
        parts = {id(stretch.parts): stretch.parts for stretch in self._stretches}.values()
        data = sum(each.nbytes for part in parts for each in (*part.train, *part.validation, part.order))
        return pasts + data + STRETCH * len(self._stretches)

    def logs(self) -> dict[str, np.ndarray]:
        """By name the scores of all frames from ``first`` to ``last_epoch``, shape (frames,)."""
        return self._store.scores(self.first, self.last_epoch + 1)

    def learning_rates(self, start: int, stop: int) -> np.ndarray:
        """The rate of the first step after each of the frames ``start`` to ``stop`` - 1, shape (frames,)."""
        rates = []
        for stretch, part in self._by_stretch(start, stop):
            rule = stretch.recipe.optimizer
            rates += [rule.rate(1 + epoch * stretch.steps) for epoch in part]
        return np.array(rates, dtype=float)

    def frames(self, start: int, stop: int) -> LiveFrames:
        """The frames ``start`` to ``stop`` - 1, as far as they are held; the same frame is always the same."""
        start, stop = max(start, self.first), min(stop, self.last_epoch + 1)
        stop = max(start, stop)
        layout, rows = self._layout(), self._rows(start, stop)
        ends = np.cumsum([int(np.prod(shape)) for shape in layout])
        pictures = np.empty((stop - start, ends[-1]), np.uint8)
        for stretch, part in self._by_stretch(start, stop):
            lacking = [epoch - start for epoch in part if epoch not in self._store.pictures]
            for epoch in part:
                if epoch in self._store.pictures:
                    pictures[epoch - start] = self._store.pictures[epoch]
            if lacking:
                pictures[lacking] = self._pictures(stretch, rows[lacking])
        border, *units = (
            part.reshape(stop - start, *shape)
            for part, shape in zip(np.split(pictures, ends[:-1], axis=1), layout, strict=True)
        )
        kernels, biases = kernels_and_biases(self._run.model, rows.astype(np.float32))
        return LiveFrames(start, border, units, kernels, biases, self._store.scores(start, stop))

    def _layout(self) -> list[tuple[int, ...]]:
        """The shapes of the pictures of one frame: the border's, then those of each hidden layer."""
        *hidden, last = (plan.units for plan in self.recipe.layers)
        grid, unit_grid = self.view.grid, self.view.unit_grid
        return [(last, grid, grid), *((min(n, self.view.most_units), unit_grid, unit_grid) for n in hidden)]

    def _pictures(self, stretch: Stretch, rows: np.ndarray) -> np.ndarray:
        """The pictures of ``_layout`` one behind the other, uint8, shape (frames, numbers)."""
        view, loss, model = self.view, stretch.recipe.loss, self._network(stretch)
        grids = [places(view.extent, count) for count in (view.grid, view.unit_grid)]
        x, border = _scale(np.concatenate(grids), stretch.parts).astype(np.float32), view.grid**2
        *hidden, last = (layer.activation for layer in dense_layers(model))
        exact, rows, pictures = rows, rows.astype(np.float32), []
        for part in few(model, len(rows), len(x)):
            *inner, outer = layer_outputs(model, rows[part], x)
            if np.isnan(outer.sum()):
                # single precision overflowed on the way
                *inner, outer = layer_outputs(model, exact[part], x.astype(float))
            flat = [as_bytes(shares(loss, last, outer[:, :, :border]))]
            flat += [tone(a[:, : view.most_units, border:], f) for a, f in zip(inner, hidden, strict=True)]
            pictures.append(np.concatenate([each.reshape(len(each), -1) for each in flat], axis=1))
        return np.concatenate(pictures)

    def _network(self, stretch: Stretch) -> Sequential:
        """A network of the stretch, whatever its weights."""
        if self._run.stretch is stretch:
            return self._run.model
        model = stretch.recipe.model()
        model.build()
        return model

    # ---- training ----------------------------------------------------------------------------------------------------

    def train(self, epochs: int) -> None:
        """So many epochs more, or fewer if the training ends by itself, which ``ended`` says."""
        while epochs > 0 and self.ended is None:
            self._train_chunk(min(epochs, self._distance))
            epochs -= self._distance

    def _train_chunk(self, epochs: int) -> None:
        run = self._run = self._run_at(self.last_epoch)
        rows, checkpoints = [], {}
        for _ in range(epochs):
            run.train_epoch()
            if not _in_single_precision(row := run.row()):
                self._end("diverged", run.epoch)
                break
            rows.append(row)
            if run.epoch % self._distance == 0:
                checkpoints[run.epoch] = run.checkpoint()
        if rows:
            self._append(run, np.array(rows))
        self._store.checkpoints |= {epoch: each for epoch, each in checkpoints.items() if epoch <= self.last_epoch}
        self._make_room()

    def _append(self, run: Run, rows: np.ndarray) -> None:
        """Add frames, up to the one that ends the training if one does."""
        scores, start = run.scores(rows), self.last_epoch + 1
        fine = np.isfinite(scores["loss"])
        count = len(rows) if fine.all() else int(np.argmin(fine))
        if count < len(rows):
            self._end("diverged", start + count)
        stop = self._stop_epoch(scores.get("val_loss", np.empty(0))[:count])
        if stop is not None:
            count = stop + 1 - start
            self._end("stopped", stop)
        if count:
            scores = {name: values[:count] for name, values in scores.items()}
            self._store.append(scores, rows[:count], self._pictures(run.stretch, rows[:count]))

    def _end(self, why: str, epoch: int) -> None:
        self.ended, self.ended_at = why, epoch

    def _stop_epoch(self, new: np.ndarray) -> int | None:
        """Of new validation losses behind those there are, the first epoch at which patience is over, or None."""
        patience, old = self.recipe.patience, self._store.logs.get("val_loss")
        if not patience or old is None:
            return None
        # as in fit, the first epoch is the first best one, and the frame before it does not count
        begin = max(self._patient_from + 1, self.first)
        values = np.concatenate([old[begin - self.first :], new])
        lowest = np.fmin.accumulate(values)
        best = np.maximum.accumulate(np.where(np.diff(lowest, prepend=np.inf) < 0, np.arange(len(values)), 0))
        over = np.flatnonzero(np.arange(len(values)) - best >= patience)
        over = over[over >= len(values) - len(new)]
        return begin + int(over[0]) if len(over) else None

    @property
    def _distance(self) -> int:
        """Epochs from checkpoint to checkpoint, and at once: fewer of many weights, so that two times as many fit."""
        # a checkpoint is about as large as three frames
        return int(np.clip(self.most_bytes // (2 * self._run.model.w.nbytes) - 3, 1, CHUNK))

    def _make_room(self) -> None:
        self._store.make_room(self.most_bytes - self._besides())
        while len(self._stretches) > 1 and self._stretches[1].start <= self.first:
            del self._stretches[0]

    # ---- the past ----------------------------------------------------------------------------------------------------

    def _stretch(self, epoch: int) -> Stretch:
        return next(stretch for stretch in reversed(self._stretches) if stretch.start <= epoch)

    def _by_stretch(self, start: int, stop: int) -> Iterator[tuple[Stretch, range]]:
        """The stretches that have frames from ``start`` to ``stop`` - 1, each with those."""
        start, stop = max(start, self.first), min(stop, self.last_epoch + 1)
        ends = [*(stretch.start for stretch in self._stretches[1:]), stop]
        for stretch, end in zip(self._stretches, ends, strict=True):
            if part := range(max(start, stretch.start), min(stop, end)):
                yield stretch, part

    def _run_at(self, epoch: int) -> Run:
        """A run that stands after that epoch: the one that is there, or one from the last checkpoint before."""
        run = self._run
        if run.epoch != epoch or run.stretch is not self._stretch(epoch):
            run = self._run_before(epoch)
        while run.epoch < epoch:
            run.train_epoch()
        return run

    def _run_before(self, epoch: int) -> Run:
        start = max(each for each in self._store.checkpoints if each <= epoch)
        return Run(self._stretch(epoch), self._store.checkpoints[start], start)

    def _rows(self, start: int, stop: int) -> np.ndarray:
        """The weights of the frames, shape (frames, numbers); what was dropped is trained again."""
        rows, run = [np.empty((0, self._run.row().size))], None
        for stretch, part in self._by_stretch(start, stop):
            for epoch in part:
                row = self._store.rows.get(epoch)
                if row is None:
                    run = run if run is not None and run.stretch is stretch else self._run_before(epoch)
                    while run.epoch < epoch:
                        run.train_epoch()
                    row = run.row()
                rows.append(row[None])
        return np.concatenate(rows)

    # ---- changing ----------------------------------------------------------------------------------------------------

    def change(self, at: int, recipe: Recipe) -> None:
        """Train by another recipe from epoch ``at`` on; what came after becomes a past.

        Rate, optimizer, schedule, batch size, penalties, dropout, activations, loss and patience may differ. Where the
        recipe is the one by which it is trained anyway, nothing is thrown away, and what was stopped goes on.
        Raises ValueError, and nothing changes, for another structure, initializer, seed or other metrics, for an epoch
        that is not held, and if the loss would not be finite.
        """
        old = self._stretch_at(at)
        refuse_other_structure(old.recipe, recipe)
        if old is self._stretches[-1] and not differences(old.recipe, recipe):
            self.ended, self.ended_at, self._patient_from = None, None, self.last_epoch
        else:
            self._fork(old.following(at, recipe=recipe))

    def replace_data(self, at: int, parts: Prepared) -> None:
        """Train on other rows from epoch ``at`` on.

        Raises ValueError, and nothing changes, if the training rows are of one class, or if only one of the old and the
        new rows have a validation part: the scores would not be the same ones.
        """
        old = self._stretch_at(at)
        if bool(len(parts.validation.x)) != bool(len(old.parts.validation.x)):
            raise ValueError("the new rows need a validation part just if the old ones have one")
        self._fork(old.following(at, parts=parts, other={"data": len(parts.train.x)}))

    def set_weight(self, at: int, layer: int, name: str, place: tuple[int, ...], value: float) -> None:
        """Give one weight another value in frame ``at``, from which it trains on.

        layer: its place among the Dense layers, from 0. name: "kernel", place (input, unit), or "bias", place (unit,).
        Raises ValueError, and nothing changes, for a weight that there is not or that is cut off, and for a value that
        is no finite number or makes the loss none.
        """
        old, place = self._stretch_at(at), tuple(int(k) for k in place)
        where = position(self._run.model, layer, name, place)
        if not _in_single_precision(np.array([value], dtype=float)):
            raise ValueError(f"a weight is a finite number; this is {value!r}")
        for cut in (outgoing(self._run.model, *unit) for unit in old.cuts):
            if cut.start <= where < cut.stop:
                raise ValueError("this weight belongs to a unit that is cut off; restore the unit first")

        def put(w: np.ndarray, memory: Memory) -> None:
            w[where] = value

        change = {"layer": layer, "name": name, "place": place, "value": float(value)}
        self._fork(old.following(at, other={"weight": [change]}), put)

    def cut_off(self, at: int, layer: int, unit: int) -> None:
        """Take a hidden unit out from epoch ``at`` on: its outgoing weights are 0 and stay 0 until ``restore``."""
        old, part = self._stretch_at(at), outgoing(self._run.model, layer, unit)
        if (layer, unit) in old.cuts:
            return
        cuts = old.cuts | {(layer, unit): self._rows(at, at + 1)[0, part].copy()}

        def put(w: np.ndarray, memory: Memory) -> None:
            w[part] = 0.0
            for each in memory.values():
                if each.shape == w.shape:
                    each[part] = 0.0

        self._fork(old.following(at, cuts=cuts, other={"cut_off": [*cuts]}), put)

    def restore(self, at: int, layer: int, unit: int) -> None:
        """Give a unit that is cut off the outgoing weights that it had, from epoch ``at`` on."""
        old, part = self._stretch_at(at), outgoing(self._run.model, layer, unit)
        if (layer, unit) not in old.cuts:
            return
        cuts = {key: values for key, values in old.cuts.items() if key != (layer, unit)}

        def put(w: np.ndarray, memory: Memory) -> None:
            w[part] = old.cuts[layer, unit]

        self._fork(old.following(at, cuts=cuts, other={"cut_off": [*cuts]}), put)

    def _stretch_at(self, at: int) -> Stretch:
        """The stretch of a frame; ValueError if it is not held."""
        if not self.first <= at <= self.last_epoch:
            raise ValueError(f"epoch {at!r} is not held; there are {self.first} to {self.last_epoch}")
        return self._stretch(at)

    def _fork(self, stretch: Stretch, edit: Edit | None = None) -> None:
        """Go on with that stretch from its first epoch; what can be refused is refused before anything is changed."""
        at = stretch.start
        rules = self._stretch(at).recipe.optimizer, stretch.recipe.optimizer
        run = Run(stretch, self._run_at(at).checkpoint().after(*rules, edit), at)
        self._begin(run, [each for each in self._stretches if each.start < at])
        self._make_room()

    def _forget_from(self, at: int) -> None:
        """Make what is after frame ``at`` a past, and forget the frame too, which is to come again."""
        if self.last_epoch > at:
            stride = -(-(self.last_epoch - at + 1) // MOST_POINTS)
            logs = {name: values[::stride] for name, values in self._store.scores(at, self.last_epoch + 1).items()}
            logs = {name: logs[name].copy() for name in ("loss", "val_loss") if name in logs}
            self.pasts = (*self.pasts, Past(np.arange(at, self.last_epoch + 1)[::stride].copy(), logs))[-MOST_PASTS:]
        self._store.forget_from(at)

    # ---- asking ------------------------------------------------------------------------------------------------------

    def without_unit(self, at: int, layer: int, unit: int) -> dict[str, dict[str, float]]:
        """The scores of frame ``at`` "with" the hidden unit and "without" it, its outgoing weights being 0."""
        stretch = self._stretch_at(at)
        rows = np.repeat(self._rows(at, at + 1), 2, axis=0)
        rows[1, outgoing(self._run.model, layer, unit)] = 0.0
        scores = Run(stretch, None, at).scores(rows)
        return {
            which: {name: float(values[k]) for name, values in scores.items()}
            for k, which in enumerate(("with", "without"))
        }

    def answer(self, at: int, point: tuple[float, float]) -> Answer:
        """What the network of frame ``at`` makes of a point, given as the data have it."""
        stretch = self._stretch_at(at)
        outputs = self._outputs(at, _scale(np.array([point], dtype=float), stretch.parts))
        last = dense_layers(self._network(stretch))[-1].activation
        share = shares(stretch.recipe.loss, last, outputs[-1])
        return Answer(outputs[-1][0, :, 0], share[0, :, 0], [a[0, :, 0] for a in outputs])

    def confusion(self, at: int) -> np.ndarray:
        """How many rows of each class (line) are given which class (column), shape (classes, classes).

        Of the validation part, or of the training part where there is none.
        """
        stretch = self._stretch_at(at)
        train, validation = samples(stretch.recipe, stretch.parts)
        part = train if validation is None else validation
        p = self._outputs(at, part.x)[-1][0]
        predictions = p.argmax(axis=0) if len(p) > 1 else (p[0] > stretch.recipe.loss.threshold).astype(np.int64)
        counts = np.zeros((max(2, len(p)),) * 2, dtype=np.int64)
        # of the signs -1 and 1 the first is class 0
        np.add.at(counts, (np.maximum(labels(part.y), 0), predictions), 1)
        return counts

    def large_map(self, at: int, layer: int, unit: int, grid: int = 60) -> np.ndarray:
        """One unit's picture in frame ``at``, uint8, shape (grid, grid), on the scale of ``LiveFrames.units``.

        layer: its place among the Dense layers, the last included.
        """
        stretch = self._stretch_at(at)
        activation = unit_layer(self._network(stretch), layer, unit).activation
        a = self._outputs(at, _scale(places(self.view.extent, grid), stretch.parts))[layer][0, unit]
        return tone(a, activation).reshape(grid, grid)

    def _outputs(self, at: int, x: np.ndarray) -> list[np.ndarray]:
        """The outputs of every Dense layer in frame ``at``, each of shape (1, units, places)."""
        return layer_outputs(self._network(self._stretch(at)), self._rows(at, at + 1), x)


def _in_single_precision(numbers: np.ndarray) -> bool:
    """Whether all are finite, and not beyond what single precision holds, in which pictures are computed."""
    # NaN compares false
    return bool(np.abs(numbers).max() < 3e38)


def _scale(x: np.ndarray, parts: Prepared) -> np.ndarray:
    return parts.scaler.transform(x) if parts.scaler else x
