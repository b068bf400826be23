"""Models: a network that is compiled, trained, evaluated and saved, in Keras's words.

    model = Sequential([Input((8,)), Dense(12, activation="relu"), Dense(1, activation="sigmoid")], seed=1)
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    history = model.fit(x, y, epochs=100, validation_split=0.2)

``fit`` runs a generator to its end. To draw between the epochs, or to stop, run the generator itself:

    for logs in model.epochs_of(x, y, epochs=100):
        ...                                              # {"loss": 0.31, "accuracy": 0.87}

On purpose stricter than Keras: NaN in the data is refused, with the row that has it, also by ``predict``; targets that
are all of one class are refused; nothing is printed unless ``verbose=1``.

A step on a small network costs as much as its calls of NumPy do, so training checks and allocates nothing: data are
checked before, and the predictions of an epoch are kept and judged at its end, all at once.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlcore import losses, metrics, storage
from dlcore.callbacks import Callback, History, Logs, ProgressLines
from dlcore.losses import Loss
from dlcore.network import LayerTrace, Network
from dlcore.optimizers import Stepper
from dlcore.validation import Samples, check, known_classes, refuse_one_class, rows, split, weights_by_class

PREDICTED_AT_ONCE = 4096
"""Rows of one forward pass where nothing is trained: enough for speed, and the memory stays bounded."""


class Sequential(Network):
    """Layers in a row that can be trained; see ``Network`` for ``add``, ``summary`` and the weights."""

    def __init__(self, layers: Any = None, name: str = "sequential", seed: int | None = None) -> None:
        super().__init__(layers, name, seed)
        self.loss: Loss | None = None
        self.optimizer = Stepper("rmsprop")
        self.metrics: dict[str, Any] = {}
        """The metrics by their name in the logs."""
        self.history = History()
        """Of the last training."""
        self.stop_training = False
        """Set to True, it ends the training after this epoch."""
        self._metrics_wanted: list[Any] = []
        self._trainings = 0

    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None) -> None:
        """Set optimizer, loss and metrics, by names, classes or members; weights stay, the optimizer starts afresh.

        metrics: a list. Raises UnknownMember, with the names to choose from.
        """
        if loss is None:
            raise ValueError(f"compile needs a loss: choose {', '.join(Loss.members)}")
        self.loss, self.optimizer = losses.get(loss), Stepper(optimizer)
        self._metrics_wanted = [metrics] if isinstance(metrics, str) else list(metrics or [])
        # what "accuracy" means depends on the output and waits; a name that nobody knows does not
        self.metrics = self._resolve_metrics(outputs=1)

    def _resolve_metrics(self, outputs: int) -> dict[str, Any]:
        found = [metrics.resolve(which, self.loss, outputs) for which in self._metrics_wanted]
        names = [which if isinstance(which, str) else which.name() for which in self._metrics_wanted]
        # a name said twice is a slip; two members of a kind have settings of their own and are numbered
        said = [which for which in self._metrics_wanted if isinstance(which, str | type)]
        words = ["loss", *(which if isinstance(which, str) else _by_name(which) for which in said)]
        if len(set(words)) < len(words):
            raise ValueError(f"every metric needs a name of its own, other than loss; they are {', '.join(names)}")
        return dict(zip(_unique_names(names), found, strict=True))

    def _require_compiled(self, x: Any) -> Loss:
        """The loss, when all is there that training needs; if no layer says the shape of a sample, ``x`` does."""
        if self.loss is None:
            raise ValueError('the model is not compiled; say compile(loss="mse", optimizer="adam") first')
        self._build_for(x)
        self.metrics = self._resolve_metrics(self.output_shape[-1])
        if self.optimizer.slices != self.slices:
            # also when layers were added since: the old memory is about other weights
            self.optimizer = Stepper(self.optimizer.rule, self.slices)
        return self.loss

    def _build_for(self, x: Any) -> None:
        self.build(None if self.input_shape else np.shape(x)[1:] or (1,))

    # --- Training -------------------------------------------------------------------------------------------------

    def fit(self, x: Any, y: Any, *args: Any, **how: Any) -> History:
        """Train, and return the history; the arguments are those of ``epochs_of``."""
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
        """Train, and yield the logs after every epoch; closing the generator ends the training properly.

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
        # the history comes last: the other callbacks may add to the logs
        called = [*_list_of(callbacks), *([ProgressLines()] if verbose else []), self.history]
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
        training, validation = self._check(x, y, sample_weight), None
        if validation_data is not None:
            if len(validation_data) not in (2, 3):
                raise ValueError("validation_data must be (x, y) or (x, y, sample_weight)")
            validation = self._check(*validation_data)
        elif validation_split:
            training, validation = split(training, validation_split)
        assert self.loss is not None
        refuse_one_class(training.y, self.loss)
        if class_weight is not None:
            training = training._replace(weight=self._class_weights(training.y, class_weight, sample_weight))
        return training, validation

    def _class_weights(self, y: np.ndarray, class_weight: Mapping[int, float], sample_weight: Any) -> np.ndarray:
        if sample_weight is not None:
            raise ValueError("class_weight and sample_weight are two ways to say one thing; give only one of them")
        assert self.loss is not None
        return weights_by_class(y, class_weight, known_classes(y, self.loss, self.output_shape))

    def _check(self, x: Any, y: Any, sample_weight: Any = None) -> Samples:
        loss = self._require_compiled(x)
        assert self.input_shape is not None
        return check(x, y, sample_weight, loss, self.input_shape, self.output_shape)

    def generators(self, seed: int | None) -> np.random.Generator:
        """The generator for the order of the samples; the layers get another one, for dropout."""
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
        logs: Logs = {}
        for callback in called:
            callback.on_train_begin({})
        try:
            for epoch in epochs:
                for callback in called:
                    callback.on_epoch_begin(epoch, {})
                logs = course.epoch()
                if validation is not None:
                    judged = self._score(validation, called, course.batch_size)
                    logs |= {f"val_{key}": value for key, value in judged.items()}
                if not (math.isfinite(logs["loss"]) and np.isfinite(self.w).all()):
                    self.history.diverged, self.stop_training = epoch, True
                for callback in called:
                    callback.on_epoch_end(epoch, logs)
                yield logs
                if self.stop_training:
                    break
        finally:
            for callback in called:
                callback.on_train_end(logs)

    def _score(self, samples: Samples, called: Sequence[Callback], batch_size: int) -> Logs:
        """The scores of samples; callbacks that want to hear of batches are told of batches of that size."""
        for callback in called:
            callback.on_test_begin({})
        penalty, listening = self.penalty(), _listening(called, "on_test_batch_begin", "on_test_batch_end")

        def on_begin(number: int) -> None:
            for callback in listening:
                callback.on_test_batch_begin(number, {})

        def on_end(number: int, p: np.ndarray) -> None:
            seen = self.scores(samples.part(slice(len(p))), p, penalty)
            for callback in listening:
                callback.on_test_batch_end(number, seen)

        # nobody listens: as many at once as fit
        p = self._predictions(samples.x, on_begin, on_end, batch_size) if listening else self._predictions(samples.x)
        logs = self.scores(samples, p, penalty)
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
            sample_weight = self._class_weights(self._check(x, y).y, class_weight, sample_weight)
        samples = self._check(x, y, sample_weight)
        with np.errstate(all="ignore"):
            penalty = self.penalty()
            p = self.step(samples).copy()
        return _as_keras_returns(self.scores(samples, p, penalty), return_dict)

    def step(self, batch: Samples) -> np.ndarray:
        """Forwards, backwards, and one step of the optimizer; returns the predictions, until the next call.

        The batch is checked already, and the model compiled; what overflows warns unless the caller silences it.
        """
        assert self.loss is not None
        p = self.forward(batch.x, training=True)
        self.backward(self.loss, batch.y, batch.weight)
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
        *,
        callbacks: Sequence[Callback] | Callback | None = None,
    ) -> Any:
        """The loss, or a list of the loss and all metrics, or both by name; ``verbose`` does nothing.

        batch_size: what callbacks are told of; for the numbers it does nothing.
        """
        samples = self._check(x, y, sample_weight)
        called = _list_of(callbacks)
        for callback in called:
            callback.set_model(self)
        return _as_keras_returns(self._score(samples, called, batch_size or 32), return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = 0,
        *,
        callbacks: Sequence[Callback] | Callback | None = None,
    ) -> np.ndarray:
        """Predictions, shape (samples, ...) as the last layer gives them; ``verbose`` does nothing.

        batch_size: what callbacks are told of; for the numbers it does nothing. NaN in ``x`` is refused.
        """
        self._build_for(x)
        assert self.input_shape is not None
        inputs, called = rows(x, self.input_shape), _list_of(callbacks)
        listening = _listening(called, "on_predict_batch_begin", "on_predict_batch_end")
        for callback in called:
            callback.set_model(self)
            callback.on_predict_begin({})

        def on_begin(number: int) -> None:
            for callback in listening:
                callback.on_predict_batch_begin(number, {})

        def on_end(number: int, p: np.ndarray) -> None:
            outputs = p[number * (batch_size or 32) :].reshape(-1, *self.output_shape)
            for callback in listening:
                callback.on_predict_batch_end(number, {"outputs": outputs})

        p = self._predictions(inputs, on_begin, on_end, batch_size or 32) if listening else self._predictions(inputs)
        for callback in called:
            callback.on_predict_end({})
        return p.reshape(len(p), *self.output_shape)

    __call__ = predict

    @np.errstate(all="ignore")
    def _predictions(
        self,
        x: np.ndarray,
        on_begin: Callable[[int], None] | None = None,
        on_end: Callable[[int, np.ndarray], None] | None = None,
        batch_size: int = PREDICTED_AT_ONCE,
    ) -> np.ndarray:
        """Predictions for rows; who listens hears the number of each batch, and after it all predictions so far."""
        p = np.empty((len(x), math.prod(self.output_shape)))
        for number, start in enumerate(range(0, len(x), batch_size)):
            if on_begin:
                on_begin(number)
            part = slice(start, start + batch_size)
            p[part] = self.forward(x[part])
            if on_end:
                on_end(number, p[: part.stop])
        return p

    def inspect(self, x: Any, y: Any) -> list[LayerTrace]:
        """Activations, weights and their gradients of every layer for a batch, first layer first; nothing changes."""
        samples = self._check(x, y)
        assert self.loss is not None
        with np.errstate(all="ignore"):
            return self.layer_traces(samples.x, self.loss, samples.y)

    # --- Keeping --------------------------------------------------------------------------------------------------

    def save(self, path: str | storage.File) -> None:
        """Write layers, weights, optimizer, loss and metrics to a path or open file, which ``load_model`` reads."""
        compiled: dict[str, Any] = {}
        if self.loss is not None:
            # a class means what its name does, which depends on the loss and the output
            wanted = [_by_name(which) if isinstance(which, type) else which for which in self._metrics_wanted]
            compiled = {"optimizer": self.optimizer.rule, "loss": self.loss, "metrics": wanted}
        storage.save(Path(path) if isinstance(path, str) else path, self, compiled)

    save_weights = save

    def load_weights(self, path: str | storage.File) -> None:
        """Take over the weights of a model that was saved; ValueError, and no change, if they do not fit."""
        self.set_weights(load_model(path).get_weights())


class _Course:
    """The batches of a training, over which every epoch runs; the arrays are made once."""

    def __init__(
        self,
        model: Sequential,
        samples: Samples,
        batch_size: int,
        order: np.random.Generator | None,
        called: list[Callback],
    ) -> None:
        self.model, self.samples, self.order, self.batch_size = model, samples, order, batch_size
        self.shuffled = samples.copy() if order else samples
        self.predictions = np.empty((len(samples.x), math.prod(model.output_shape)))
        ends = [*range(batch_size, len(samples.x), batch_size), len(samples.x)]
        parts = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]
        self.batches = [(self.shuffled.part(part), self.predictions[part]) for part in parts]
        self.ends = ends
        self.regularized = any(layer.regularizer for layer in model.layers)
        self.listening = _listening(called, *_BATCH_HOOKS)

    @np.errstate(all="ignore")
    def epoch(self) -> Logs:
        """The logs of one epoch over all samples: of the predictions made on the way, as in Keras."""
        model = self.model
        if self.order:
            self.shuffled.reorder(self.samples, self.order.permutation(len(self.samples.x)))
        penalty = 0.0
        for number, (batch, p) in enumerate(self.batches):
            for callback in self.listening:
                callback.on_train_batch_begin(number, {})
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


_BATCH_HOOKS = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")


def _listening(called: Sequence[Callback], *hooks: str) -> list[Callback]:
    return [callback for callback in called if callback.listens_to(*hooks)]


def _list_of(callbacks: Sequence[Callback] | Callback | None) -> list[Callback]:
    return [callbacks] if isinstance(callbacks, Callback) else [*(callbacks or [])]


def _unique_names(names: Sequence[str]) -> list[str]:
    """Keras's names for several of a kind: precision, precision_1, ..."""
    found: list[str] = []
    for name in names:
        free = (name if not number else f"{name}_{number}" for number in range(len(names) + 1))
        found.append(next(each for each in free if each not in found))
    return found


def _by_name(kind: Any) -> Any:
    """The name that means the class to ``compile``, or its member if that name means something else there."""
    return kind() if kind.name() in metrics.CHOSEN_BY_OUTPUT else kind.name()


def _as_keras_returns(logs: Logs, return_dict: bool) -> Any:
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
