"""Models: a network that is compiled, trained, asked and kept, in Keras's words.

    model = Sequential([Input((8,)), Dense(12, activation="relu"), Dense(1, activation="sigmoid")], seed=1)
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    history = model.fit(x, y, epochs=100, validation_split=0.2)

``fit`` runs a generator to its end. Who wants to draw between the epochs, or to stop, runs it:

    for logs in model.epochs_of(x, y, epochs=100):
        ...                                              # {"loss": 0.31, "accuracy": 0.87}

A step on a small network costs as much as its calls of NumPy do, so training checks and allocates nothing: data are
checked before, and the predictions of an epoch are kept and judged at its end, all at once.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlcore import losses, metrics, storage
from dlcore.callbacks import Callback, History, Logs, ProgressLines
from dlcore.losses import Loss
from dlcore.network import Look, Network
from dlcore.optimizers import Stepper
from dlcore.validation import Samples, checked, refuse_one_class, rows, split, weights_by_class

PREDICTED_AT_ONCE = 4096
"""Rows that go forwards together where nothing is trained: enough for speed, and the memory stays bounded."""


class Sequential(Network):
    """Layers in a row that can be trained; see ``Network`` for ``add``, ``summary`` and the weights.

    loss, optimizer (a ``Stepper``), metrics (by their name in the logs): what ``compile`` was told. history: of the
    last training. stop_training: whoever sets it ends the training after this epoch.
    """

    def __init__(self, layers: Any = None, name: str = "sequential", seed: int | None = None) -> None:
        super().__init__(layers, name, seed)
        self.loss: Loss | None = None
        self.optimizer = Stepper("rmsprop")
        self.metrics: dict[str, Any] = {}
        self.history = History()
        self.stop_training = False
        self._metrics_wanted: list[Any] = []
        self._trainings = 0

    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None) -> None:
        """Say how to train, by names, classes or members. Weights stay as they are; the optimizer starts afresh.

        metrics: a list. Raises UnknownMember, with the names to choose from.
        """
        if loss is None:
            raise ValueError(f"compile needs a loss: choose {', '.join(Loss.members)}")
        self.loss, self.optimizer = losses.get(loss), Stepper(optimizer)
        self._metrics_wanted = [metrics] if isinstance(metrics, str) else list(metrics or [])
        # what "accuracy" means depends on the output and waits; a name that nobody knows does not
        self.metrics = self._resolved(outputs=1)

    def _resolved(self, outputs: int) -> dict[str, Any]:
        found = [metrics.resolve(which, self.loss, outputs) for which in self._metrics_wanted]
        names = [which if isinstance(which, str) else which.name() for which in self._metrics_wanted]
        if len({"loss", *names}) <= len(names):
            raise ValueError(f"every metric needs a name of its own, other than loss; they are {', '.join(names)}")
        return dict(zip(names, found, strict=True))

    def _compiled(self, x: Any) -> Loss:
        """The loss, when all is there that training needs; if no layer says the shape of a sample, ``x`` does."""
        if self.loss is None:
            raise ValueError('the model is not compiled; say compile(loss="mse", optimizer="adam") first')
        self._build_for(x)
        self.metrics = self._resolved(self.output_shape[-1])
        if self.optimizer.slices != self.slices:
            # also when layers were added since: the old memory is about other weights
            self.optimizer = Stepper(self.optimizer.rule, self.slices)
        return self.loss

    def _build_for(self, x: Any) -> None:
        self.build(None if self.input_shape else np.shape(x)[1:] or (1,))

    # --- Training -------------------------------------------------------------------------------------------------

    def fit(self, x: Any, y: Any, *args: Any, **how: Any) -> History:
        """Train, and return the diary; the arguments are those of ``epochs_of``."""
        for _ in self.epochs_of(x, y, *args, **how):
            pass
        return self.history

    def epochs_of(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = 32,
        epochs: int = 1,
        verbose: int | str = 0,
        callbacks: Sequence[Callback] | Callback | None = None,
        validation_split: float = 0.0,
        validation_data: Sequence[Any] | None = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        seed: int | None = None,
    ) -> Iterator[Logs]:
        """Train, and give the logs after every epoch; closing the generator ends the training as it should end.

        x: shape (samples, ...), y: shape (samples, ...), finite numbers. batch_size: samples a step; if there are
        fewer, all of them make one. verbose: 1 prints a line an epoch. validation_split: the share that is cut off the
        end, before anything is shuffled; validation_data, (x, y) or (x, y, sample_weight), goes before it.
        class_weight: a weight by class; sample_weight: one for each sample, shape (samples,). seed: what the order,
        dropout, and weights that are not there yet are drawn from; without one, the model's.

        A loss or weight that is not finite ends the training after its epoch, which ``history.diverged`` says.
        Raises ValueError before the first step if the data do not fit each other, the model or the loss.
        """
        counts = {"epochs": (epochs, 0), "batch_size": (batch_size or 32, 1), "initial_epoch": (initial_epoch, 0)}
        for what, (count, least) in counts.items():
            if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < least:
                raise ValueError(f"{what} must be a whole number from {least} on; it is {count!r}")
        if self.seed is None and not self.built:
            self.seed = seed
        training, validation = self._data(x, y, sample_weight, class_weight, validation_split, validation_data)
        order = self.generators(seed)
        self.history, self.stop_training = History(), False
        asked = [callbacks] if isinstance(callbacks, Callback) else [*(callbacks or [])]
        # the diary is written last: the other callbacks may add to the logs
        called = [*asked, *([ProgressLines()] if verbose else []), self.history]
        steps = math.ceil(len(training.x) / (batch_size or 32))
        for callback in called:
            callback.set_model(self)
            callback.set_params({"epochs": epochs, "steps": steps, "verbose": verbose})
        course = _Course(self, training, batch_size or 32, order if shuffle else None, called)
        return self._epochs(range(initial_epoch, epochs), course, validation, called)

    def _data(
        self,
        x: Any,
        y: Any,
        sample_weight: Any,
        class_weight: Mapping[int, float] | None,
        validation_split: float,
        validation_data: Sequence[Any] | None,
    ) -> tuple[Samples, Samples | None]:
        """Samples for training and for validation, checked."""
        training, validation = self._checked(x, y, sample_weight), None
        if validation_data is not None:
            if len(validation_data) not in (2, 3):
                raise ValueError("validation_data must be (x, y) or (x, y, sample_weight)")
            validation = self._checked(*validation_data)
        elif validation_split:
            training, validation = split(training, validation_split)
        assert self.loss is not None
        refuse_one_class(training.y, self.loss)
        if class_weight is not None:
            if sample_weight is not None:
                raise ValueError("class_weight and sample_weight are two ways to say one thing; give only one of them")
            training = training._replace(weight=weights_by_class(training.y, class_weight))
        return training, validation

    def _checked(self, x: Any, y: Any, sample_weight: Any = None) -> Samples:
        loss = self._compiled(x)
        assert self.input_shape is not None
        return checked(x, y, sample_weight, loss, self.input_shape, self.output_shape)

    def generators(self, seed: int | None) -> np.random.Generator:
        """What the order of the samples is drawn from; what dropout draws from is given to the layers."""
        # without a seed of its own, each training of a model goes on where the last one ended
        source = [self.seed, self._trainings, 1] if seed is None else [seed, 0, 1]
        self._trainings += seed is None
        order, dropout = np.random.default_rng(source).spawn(2)
        for layer in self.layers:
            layer.rng = dropout
        return order

    def _epochs(
        self, epochs: range, course: "_Course", validation: Samples | None, called: list[Callback]
    ) -> Iterator[Logs]:
        for callback in called:
            callback.on_train_begin()
        try:
            for epoch in epochs:
                for callback in called:
                    callback.on_epoch_begin(epoch)
                logs = course.epoch()
                if validation is not None:
                    logs |= {f"val_{key}": value for key, value in self._validated(validation, called).items()}
                if not (math.isfinite(logs["loss"]) and np.isfinite(self.w).all()):
                    self.history.diverged, self.stop_training = epoch, True
                for callback in called:
                    callback.on_epoch_end(epoch, logs)
                yield logs
                if self.stop_training:
                    break
        finally:
            for callback in called:
                callback.on_train_end()

    def _validated(self, samples: Samples, called: list[Callback]) -> Logs:
        for callback in called:
            callback.on_test_begin()
        logs = self.scores(samples, self._predictions(samples.x), self.penalty())
        for callback in called:
            callback.on_test_end(logs)
        return logs

    def train_on_batch(
        self,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """One step on all these samples; returns what ``evaluate`` does, of the predictions before the step."""
        if class_weight is not None:
            sample_weight = weights_by_class(self._checked(x, y).y, class_weight)
        samples = self._checked(x, y, sample_weight)
        with np.errstate(all="ignore"):
            penalty = self.penalty()
            p = self.step(samples).copy()
        return _returned(self.scores(samples, p, penalty), return_dict)

    def step(self, batch: Samples) -> np.ndarray:
        """Forwards, backwards, and one step of the optimizer; returns the predictions, until the next call.

        The batch is checked already, and the model compiled; what overflows warns unless the caller silences it.
        """
        p = self.forward(batch.x, training=True)
        self.backward(self.loss, batch.y, batch.weight)  # type: ignore[arg-type]
        self.w[:] = self.optimizer.step(self.w, self.g)
        return p

    def scores(self, samples: Samples, p: np.ndarray, penalty: float = 0.0) -> Logs:
        """The loss, ``penalty`` included, and all metrics of predictions ``p`` for the samples."""
        assert self.loss is not None
        loss = self.loss(samples.y, p, samples.weight) + penalty
        return {"loss": loss} | {name: metric(samples.y, p) for name, metric in self.metrics.items()}

    # --- Asking ---------------------------------------------------------------------------------------------------

    def evaluate(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        verbose: int | str = 0,
        sample_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss, or a list of the loss and all metrics, or both by name; ``batch_size``, ``verbose`` do nothing."""
        samples = self._checked(x, y, sample_weight)
        return _returned(self.scores(samples, self._predictions(samples.x), self.penalty()), return_dict)

    def predict(self, x: Any, batch_size: int | None = None, verbose: int | str = 0) -> np.ndarray:
        """Predictions, shape (samples, ...) as the last layer gives them; ``batch_size`` and ``verbose`` do nothing."""
        self._build_for(x)
        assert self.input_shape is not None
        p = self._predictions(rows(x, self.input_shape))
        return p.reshape(len(p), *self.output_shape)

    __call__ = predict

    @np.errstate(all="ignore")
    def _predictions(self, x: np.ndarray) -> np.ndarray:
        p = np.empty((len(x), math.prod(self.output_shape)))
        for start in range(0, len(x), PREDICTED_AT_ONCE):
            part = slice(start, start + PREDICTED_AT_ONCE)
            p[part] = self.forward(x[part])
        return p

    def inspect(self, x: Any, y: Any) -> list[Look]:
        """Activations, weights and their gradients of every layer for a batch, first layer first; nothing changes."""
        samples = self._checked(x, y)
        assert self.loss is not None
        with np.errstate(all="ignore"):
            return self.look(samples.x, self.loss, samples.y)

    # --- Keeping --------------------------------------------------------------------------------------------------

    def save(self, path: str | storage.File) -> None:
        """Write layers, weights and what ``compile`` was told to a path or open file, which ``load_model`` reads."""
        compiled: dict[str, Any] = {}
        if self.loss is not None:
            # a class means what its name does, which depends on the loss and the output
            wanted = [which.name() if isinstance(which, type) else which for which in self._metrics_wanted]
            compiled = {"optimizer": self.optimizer.rule, "loss": self.loss, "metrics": wanted}
        storage.save(Path(path) if isinstance(path, str) else path, self, compiled)


class _Course:
    """A training's samples cut into batches, over which every epoch runs; the arrays are made once."""

    def __init__(
        self,
        model: Sequential,
        samples: Samples,
        batch_size: int,
        order: np.random.Generator | None,
        called: list[Callback],
    ) -> None:
        self.model, self.samples, self.order = model, samples, order
        self.shuffled = samples.copy() if order else samples
        self.predictions = np.empty((len(samples.x), math.prod(model.output_shape)))
        ends = [*range(batch_size, len(samples.x), batch_size), len(samples.x)]
        parts = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]
        self.batches = [(self.shuffled.part(part), self.predictions[part]) for part in parts]
        self.ends = ends
        self.regularized = any(layer.regularizer for layer in model.layers)
        self.listening = [callback for callback in called if _listens_to_batches(callback)]

    @np.errstate(all="ignore")
    def epoch(self) -> Logs:
        """Train once over all samples; the logs are about the predictions made on the way, as in Keras."""
        model = self.model
        if self.order:
            self.shuffled.reorder(self.samples, self.order.permutation(len(self.samples.x)))
        penalty = 0.0
        for number, (batch, p) in enumerate(self.batches):
            for callback in self.listening:
                callback.on_train_batch_begin(number)
            if self.regularized:
                penalty += model.penalty() * len(p)
            p[:] = model.step(batch)
            if self.listening:
                logs = self._logs(self.ends[number], penalty)
                for callback in self.listening:
                    callback.on_train_batch_end(number, logs)
                if model.stop_training:
                    return logs
        return self._logs(len(self.predictions), penalty)

    def _logs(self, seen: int, penalty: float) -> Logs:
        """The scores of the first ``seen`` samples of this epoch; ``penalty`` is a sum over them."""
        return self.model.scores(self.shuffled.part(slice(seen)), self.predictions[:seen], penalty / seen)


def _listens_to_batches(callback: Callback) -> bool:
    """Whether a callback has hooks of its own for batches: only then the logs of every batch are worth their time."""
    hooks = ("on_train_batch_begin", "on_train_batch_end")
    return any(getattr(getattr(callback, hook), "__func__", None) is not vars(Callback)[hook] for hook in hooks)


def _returned(logs: Logs, return_dict: bool) -> Any:
    if return_dict:
        return logs
    return [*logs.values()] if len(logs) > 1 else logs["loss"]


def load_model(path: str | storage.File, *, most_bytes: int = storage.MOST_BYTES) -> Sequential:
    """The model that ``save`` wrote: the same layers, weights, loss, metrics and optimizer, whose memory starts afresh.

    most_bytes: what the file may unpack to; one that says or holds more is refused before it is unpacked.
    Raises ValueError if the file is none of these, FileNotFoundError if there is none.
    """
    model = Sequential()
    storage.load(Path(path) if isinstance(path, str) else path, model, model.compile, most_bytes)
    return model
