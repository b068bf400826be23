"""Callbacks: what happens between the epochs of a training, from recording it to ending it.

A callback is called when something begins and ends, may look at ``self.model`` and set ``self.model.stop_training``:

    class Shout(Callback):
        def on_epoch_end(self, epoch, logs=None):
            ...                                      # logs: {"loss": 0.31, "accuracy": 0.87, "val_loss": 0.35, ...}

Epochs and batches count from 0. What a callback adds to ``logs`` at the end of an epoch is recorded. Names,
arguments and the exact moments are Keras 3's: where something begins, ``logs`` is empty. Nothing is printed unless
``verbose=1`` asks for it, and a quantity to watch that does not exist is an error, where Keras only warns.
"""

import inspect
import math
import os
from collections.abc import Callable
from inspect import Parameter
from typing import Any, ClassVar

import numpy as np

from dlcore.trainable import Trainable

Logs = dict[str, float]


class Callback:
    """What all callbacks share: hooks that do nothing."""

    kinds: ClassVar[dict[str, type["Callback"]]] = {}
    """Every callback by the name of its class; they register by being defined."""

    model: Trainable
    """The model in training."""

    params: dict[str, Any]
    """Its "epochs", "steps" (of an epoch) and "verbose"."""

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
        """After the last epoch, however it came to be the last; ``logs`` are those of that epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before the first batch of an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After validation; ``logs`` holds what is recorded."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a step."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a step; ``logs`` is about all samples of the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of ``on_train_batch_begin``."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of ``on_train_batch_end``."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before validation or ``evaluate``."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After validation or ``evaluate``; ``logs`` without the prefix "val_"."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before some samples are judged."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After they are judged; ``logs`` is about all samples so far."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before ``predict``."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After ``predict``."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before some predictions."""

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After they are made; they are ``logs["outputs"]``."""

    def listens_to(self, *hooks: str) -> bool:
        """Whether one of these hooks does anything: only then the logs of every batch are worth their time."""
        return any(getattr(getattr(self, hook), "__func__", None) is not vars(Callback)[hook] for hook in hooks)


HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))
"""The names of all hooks."""


class History(Callback):
    """The logs of all epochs, which ``fit`` returns."""

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        """A list by quantity, with one number for every epoch."""
        self.epoch: list[int] = []
        """The epochs."""
        self.diverged: int | None = None
        """The epoch in which the loss or a weight stopped being finite, or None."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for key, value in (logs or {}).items():
            self.history.setdefault(key, []).append(value)


class LambdaCallback(Callback):
    """A callback made of functions; each takes what the hook of its name takes.

    The hooks that are not listed are given by their names, too. TypeError for what is no hook.
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **others: Callable[..., Any] | None,
    ) -> None:
        given = {name: hook for name, hook in locals().items() if name.startswith("on_")} | others
        if strangers := given.keys() - set(HOOKS):
            raise TypeError(f"a callback has no hook {min(strangers)!r}: choose {', '.join(HOOKS)}")
        vars(self).update({name: hook for name, hook in given.items() if hook is not None})


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
        self._both = takes_at_least(schedule, 2)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        stepper = self.model.optimizer
        rate = self.schedule(epoch, stepper.learning_rate) if self._both else self.schedule(epoch)
        if isinstance(rate, bool) or not isinstance(rate, float | int | np.number):
            raise ValueError(f"the schedule must give a number as learning rate; for epoch {epoch} it gives {rate!r}")
        stepper.learning_rate = float(rate)
        if self.verbose:
            print(f"Epoch {epoch + 1}: LearningRateScheduler sets the learning rate to {stepper.learning_rate:g}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = self.model.optimizer.learning_rate


def takes_at_least(function: Callable[..., Any], count: int) -> bool:
    """Whether so many arguments can be given to a function by their place."""
    by_place = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
    return Parameter.VAR_POSITIONAL in kinds or sum(kind in by_place for kind in kinds) >= count


# --- Callbacks that watch one quantity ----------------------------------------------------------------------------

MODES = ("auto", "min", "max")


class Watcher(Callback):
    """What callbacks share that wait for one quantity of the logs to improve.

    monitor: its key. mode: "min" or "max", what improving means; "auto" is "max" for metrics that are better the
    larger they are. min_delta: the least difference that counts.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float) -> None:
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}; it is {mode!r}")
        self.monitor, self.mode, self.min_delta = monitor, mode, abs(min_delta)

    def monitor_value(self, logs: Logs | None) -> float:
        """The quantity; ValueError with the choices if the logs do not have it."""
        logs = logs or {}
        if self.monitor not in logs:
            lacks = "; there is no validation data" if self.monitor.startswith("val_") else ""
            kind = type(self).__name__
            raise ValueError(f"{kind} cannot watch {self.monitor!r}{lacks}: choose {', '.join(logs)}")
        if np.size(logs[self.monitor]) > 1:
            raise ValueError(
                f"{type(self).__name__} cannot watch {self.monitor!r}: it is one number a class; give it "
                'an average, as in F1Score(average="macro")'
            )
        return float(logs[self.monitor])

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
        current = self.monitor_value(logs)
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
        if self.verbose and self.stopped_epoch:
            print(f"Epoch {self.stopped_epoch + 1}: EarlyStopping ends the training")
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
            if self.verbose:
                print(f"EarlyStopping goes back to the weights of epoch {self.best_epoch + 1}")


class ReduceLROnPlateau(Watcher):
    """Multiplies the learning rate by ``factor`` when the watched quantity has not improved for ``patience`` epochs.

    cooldown: epochs after a reduction in which nothing is counted. min_lr: where it ends.
    """

    formula: ClassVar[str] = r"\eta \leftarrow \max(f\, \eta,\ \eta_{min})"
    """What a reduction is, in LaTeX: f is ``factor``."""

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
        current, stepper = self.monitor_value(logs), self.model.optimizer
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
                if self.verbose:
                    print(f"Epoch {epoch + 1}: ReduceLROnPlateau lowers the learning rate to {stepper.learning_rate:g}")


class ModelCheckpoint(Watcher):
    """Keeps the weights of the best epoch in memory, or the model in a file; ``restore`` brings the weights back.

    filepath: where the model is saved, a file that ``load_model`` reads; "{epoch}" and the names of the logs in it are
    filled in, as in "{epoch:02d}-{val_loss:.2f}.npz". save_best_only: whether an epoch that is not better changes
    nothing; if nothing is said, so it is in memory, and of a file Keras's default holds, which is every epoch.
    save_weights_only: ``model.load_weights`` reads the file either way. initial_value_threshold: the value to beat.
    best: the best value, best_epoch: its epoch, weights: as ``model.get_weights()``; with ``save_best_only=False``
    those of the last epoch.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str] | None = None,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool | None = None,
        save_weights_only: bool = False,
        mode: str = "auto",
        *,
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, 0.0)
        self.filepath = None if filepath is None else os.fspath(filepath)
        self.verbose, self.save_weights_only = verbose, save_weights_only
        self.save_best_only = filepath is None if save_best_only is None else save_best_only
        self.best = initial_value_threshold
        self.best_epoch: int | None = None
        self.weights: list[np.ndarray] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_best_only:
            current = self.monitor_value(logs)
            if not self.better(current, self.best):
                self._say(epoch, f"{self.monitor} is no better than {self.best}")
                return
            self.best = current
        self.best_epoch, self.weights = epoch, self.model.get_weights()
        where = "in memory"
        if self.filepath is not None:
            where = f"in {self._path(epoch, logs or {})}"
            self.model.save(self._path(epoch, logs or {}))
        self._say(epoch, f"the model is kept {where}")

    def _path(self, epoch: int, logs: Logs) -> str:
        assert self.filepath is not None
        try:
            return self.filepath.format(epoch=epoch + 1, **logs)
        except (KeyError, IndexError, ValueError, TypeError) as why:
            names = ", ".join(["epoch", *logs])
            raise ValueError(f"ModelCheckpoint cannot fill in {self.filepath!r} ({why}): choose {names}") from None

    def _say(self, epoch: int, what: str) -> None:
        if self.verbose:
            print(f"Epoch {epoch + 1}: ModelCheckpoint: {what}")

    def restore(self) -> None:
        """Put the recorded weights into the model; ValueError if no epoch was recorded."""
        if self.weights is None:
            raise ValueError("ModelCheckpoint has kept no weights yet; train with it first")
        self.model.set_weights(self.weights)


class ProgressLines(Callback):
    """Prints one line an epoch, of a metric by class the mean; what ``fit(verbose=1)`` adds."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        numbers = " - ".join(f"{key}: {np.mean(value):.4f}" for key, value in (logs or {}).items())
        print(f"Epoch {epoch + 1}/{self.params['epochs']} - {numbers}")
