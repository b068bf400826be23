"""Callbacks: what happens between the epochs of a training, from keeping a diary to ending it.

A callback is told when something begins and ends, may look at ``self.model`` and set ``self.model.stop_training``:

    class Shout(Callback):
        def on_epoch_end(self, epoch, logs=None):
            ...                                      # logs: {"loss": 0.31, "accuracy": 0.87, "val_loss": 0.35, ...}

Epochs and batches count from 0. What a callback adds to ``logs`` at the end of an epoch is recorded. Names,
arguments and the exact moments are Keras 3's.
"""

import inspect
import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from dlcore.trainable import Trainable

Logs = dict[str, float]


class Callback:
    """What all callbacks share: hooks that do nothing.

    model: what is trained. params: {"epochs", "steps", "verbose"} of this training.
    """

    kinds: ClassVar[dict[str, type["Callback"]]] = {}
    """Every callback by the name of its class; they register by being defined."""

    model: Trainable
    params: dict[str, Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kinds[cls.__name__] = cls

    def set_model(self, model: Trainable) -> None:
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch, however it came to be the last."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before the first batch of an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After validation; ``logs`` holds what is recorded."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a step."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a step; ``logs`` is about all samples of the epoch so far."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before validation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After validation; ``logs`` without the prefix "val_"."""


class History(Callback):
    """The diary that ``fit`` returns.

    history: a list per quantity, one number an epoch. epoch: which epochs. diverged: the epoch in which the loss or a
    weight was no finite number any more, None if that never happened.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.diverged: int | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for key, value in (logs or {}).items():
            self.history.setdefault(key, []).append(value)


class LambdaCallback(Callback):
    """A callback made of functions; each takes what the hook of its name takes."""

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
    ) -> None:
        given = {name: hook for name, hook in locals().items() if name.startswith("on_") and hook is not None}
        vars(self).update(given)


class Snapshots(Callback):
    """All trained weights before the first epoch and after every one: what a film of a training is made of.

    weights: shape (epochs + 1, parameters), in the order of ``model.w``.
    """

    def __init__(self) -> None:
        self._flat: list[np.ndarray] = []

    @property
    def weights(self) -> np.ndarray:
        return np.array(self._flat)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._flat = [self.model.w.copy()]

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._flat.append(self.model.w.copy())


class TerminateOnNaN(Callback):
    """Ends the training at the first batch after which the loss is NaN or infinite."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            self.model.stop_training = True


class LearningRateScheduler(Callback):
    """Sets the learning rate before every epoch to ``schedule(epoch, learning_rate)`` or ``schedule(epoch)``."""

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule, self.verbose = schedule, verbose
        # asked once, not tried: a TypeError inside the schedule must not look like a wrong number of arguments
        self._both = len(inspect.signature(schedule).parameters) > 1

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        stepper = self.model.optimizer
        rate = self.schedule(epoch, stepper.learning_rate) if self._both else self.schedule(epoch)
        if isinstance(rate, bool) or not isinstance(rate, float | int | np.number):
            raise ValueError(f"the schedule must give a number as learning rate; for epoch {epoch} it gives {rate!r}")
        stepper.learning_rate = float(rate)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = self.model.optimizer.learning_rate


# --- Callbacks that watch one quantity ----------------------------------------------------------------------------

MODES = ("auto", "min", "max")


class Watcher(Callback):
    """What the callbacks share that wait for one quantity of the logs to improve.

    monitor: its key. mode: "min" or "max", what improving means; "auto" is "max" for metrics that are better the
    larger they are. min_delta: the least difference that counts.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float) -> None:
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}; it is {mode!r}")
        self.monitor, self.mode, self.min_delta = monitor, mode, abs(min_delta)

    def watched(self, logs: Logs | None) -> float:
        """The quantity; ValueError with the choices if the logs do not have it."""
        logs = logs or {}
        if self.monitor not in logs:
            lacks = "; there is no validation data" if self.monitor.startswith("val_") else ""
            kind = type(self).__name__
            raise ValueError(f"{kind} cannot watch {self.monitor!r}{lacks}: choose {', '.join(logs)}")
        return logs[self.monitor]

    def better(self, new: float, old: float | None) -> bool:
        """Whether ``new`` is better than ``old`` by more than ``min_delta``; NaN never is, and all beats None."""
        if old is None or math.isnan(new):
            return not math.isnan(new)
        metric = self.model.metrics.get(self.monitor.removeprefix("val_"))
        grows = self.mode == "max" or (self.mode == "auto" and metric is not None and metric.higher_is_better)
        return (new - old if grows else old - new) > self.min_delta


class EarlyStopping(Watcher):
    """Ends the training when the watched quantity has not improved for ``patience`` epochs.

    baseline: improving counts only beyond it. restore_best_weights: go back to the best epoch at the end.
    start_from_epoch: the epochs before are not looked at. Afterwards ``best`` is the best value, ``best_epoch`` its
    epoch and ``stopped_epoch`` the last one, 0 if it was not stopped.
    Source: Prechelt (1998), Early Stopping - But When?
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience, self.verbose, self.baseline = patience, verbose, baseline
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.wait, self.stopped_epoch, self.best_epoch = 0, 0, 0
        self.best: float | None = None
        self.best_weights: list[np.ndarray] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        current = self.watched(logs)
        if epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            # should nothing ever improve, the first epoch was the best
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self.better(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.better(current, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)


class ReduceLROnPlateau(Watcher):
    """Multiplies the learning rate by ``factor`` when the watched quantity has not improved for ``patience`` epochs.

    cooldown: epochs after a reduction in which nothing is counted. min_lr: where it ends.
    """

    formula: ClassVar[str] = (
        r"\eta \leftarrow \max(f\, \eta,\ \eta_{min}) \quad \text{after } p \text{ epochs without a better } L"
    )
    """The rule in LaTeX: f is ``factor``, p ``patience``, L what is watched."""

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        if not 0 < factor < 1:
            raise ValueError(f"ReduceLROnPlateau's factor must be above 0 and below 1; it is {factor!r}")
        self.factor, self.patience, self.verbose, self.cooldown, self.min_lr = (
            factor,
            patience,
            verbose,
            cooldown,
            min_lr,
        )

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.wait, self.cooldown_counter = 0, 0
        self.best: float | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        current, stepper = self.watched(logs), self.model.optimizer
        assert logs is not None
        logs["learning_rate"] = stepper.learning_rate
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.better(current, self.best):
            self.best, self.wait = current, 0
        elif self.cooldown_counter == 0:
            self.wait += 1
            if self.wait >= self.patience and stepper.learning_rate > self.min_lr:
                stepper.learning_rate = max(stepper.learning_rate * self.factor, self.min_lr)
                self.wait, self.cooldown_counter = 0, self.cooldown


class ModelCheckpoint(Watcher):
    """Keeps the weights of the best epoch in memory (Keras: in a file); ``restore`` brings them back.

    best: the best value, best_epoch: its epoch, weights: as ``model.get_weights()``; with ``save_best_only=False``
    those of the last epoch.
    """

    def __init__(self, *, monitor: str = "val_loss", mode: str = "auto", save_best_only: bool = True) -> None:
        super().__init__(monitor, mode, 0.0)
        self.save_best_only = save_best_only
        self.best: float | None = None
        self.best_epoch: int | None = None
        self.weights: list[np.ndarray] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_best_only:
            current = self.watched(logs)
            if not self.better(current, self.best):
                return
            self.best = current
        self.best_epoch, self.weights = epoch, self.model.get_weights()

    def restore(self) -> None:
        """Give the model the kept weights; ValueError if no epoch was kept."""
        if self.weights is None:
            raise ValueError("ModelCheckpoint has kept no weights yet; train with it first")
        self.model.set_weights(self.weights)


class ProgressLines(Callback):
    """Prints one line an epoch; what ``fit(verbose=1)`` adds."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        numbers = " - ".join(f"{key}: {value:.4f}" for key, value in (logs or {}).items())
        print(f"Epoch {epoch + 1}/{self.params['epochs']} - {numbers}")
