"""Callbacks look on while a model trains, and may stop it, save it or change its learning rate.

A callback is an object with some of these methods, all optional; ``Callback`` has them all, empty:

    on_train_begin, on_train_end, on_epoch_begin, on_epoch_end          in fit
    on_train_batch_begin, on_train_batch_end                            in fit (older: on_batch_begin, on_batch_end)
    on_test_begin, on_test_end, on_test_batch_begin, ...end             in evaluate, and in fit's validation
    on_predict_begin, on_predict_end, on_predict_batch_begin, ...end    in predict
    on_progress                                                         now and then within an epoch; not in Keras

Where no callback asks for single batches, the engine trains many at once, which is much faster for small networks.

Source: names, arguments, defaults and behaviour are those of Keras 3, https://keras.io/api/callbacks/.
"""

from __future__ import annotations

import inspect
import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from typing import IO, Any, TypeAlias

import numpy as np

from rosenblatt import metrics
from rosenblatt.arguments import check_choice, check_flag, check_number, check_verbose, check_whole_number
from rosenblatt.errors import ArgumentError, ModelStateError, NonFiniteLossError, UnknownNameError
from rosenblatt.functional.optimizers import take_average
from rosenblatt.history import History, reading_order
from rosenblatt.types import Array

Logs: TypeAlias = dict[str, Any]


class Callback:
    """Base of callbacks: derive from it and override the methods that you need.

    ``self.model`` is the model and ``self.params`` what the training was told (``verbose``, ``epochs``, ``steps``).
    ``epoch`` and ``batch`` count from 0. ``logs`` holds the numbers so far, such as ``{"loss": 0.2, "val_loss": 0.3}``;
    what ``on_epoch_end`` writes into it appears in the history.

    Example:
        >>> class Announce(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(f"{epoch}: {logs['loss']}")
        >>> CallbackList([Announce()]).on_epoch_end(0, {"loss": 0.5})
        0: 0.5
    """

    model: Any = None
    params: Mapping[str, Any] = {}

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Be told ``verbose``, ``epochs`` and ``steps``."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Be told the model."""
        self.model = model

    @property
    def wants_batches(self) -> bool:
        """Whether training must pause after each batch: whether one of the four hooks for it is overridden."""
        return _overrides(self, *TRAIN_BATCH_HOOKS)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Act before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Act after the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Act before an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Act after an epoch and its validation."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Act before a batch of an epoch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Act after a batch of an epoch; ``logs`` are those of the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Act before a batch of an epoch: the older name."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Act after a batch of an epoch: the older name."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Act before an evaluation or validation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Act after an evaluation or validation."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Act before a batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Act after a batch of an evaluation."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Act before a prediction."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Act after a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Act before a batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Act after a batch of a prediction."""

    def on_progress(self, samples_done: int, samples_total: int | None, logs: Logs | None = None) -> None:
        """Act now and then within an epoch, evaluation or prediction, after many batches at once."""


OLDER_NAMES = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}
TRAIN_BATCH_HOOKS = (*OLDER_NAMES, *OLDER_NAMES.values())
HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))


def _overrides(callback: object, *hooks: str) -> bool:
    """Tell whether a callback does anything at one of these hooks."""
    return any(
        hook in getattr(callback, "__dict__", ())
        or getattr(type(callback), hook, None) not in (None, getattr(Callback, hook))
        for hook in hooks
    )


class CallbackList(Callback):
    """Several callbacks, called in their order; each object with some of the hooks will do.

    Logs are given on sorted by name and as plain numbers, one dict for all, so that what a callback adds to it reaches
    those that come after, the history last of all. An error in a callback is an error of the training.

    Args:
        callbacks: a callback, several, or None.
        add_history: append a History if there is none.
        add_progbar: append a ProgressBar if there is none.
        model: told to each.
        params: told to each.

    Example:
        >>> callbacks = CallbackList(EarlyStopping("loss"), add_history=True)
        >>> callbacks.wants_batches
        False
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        self.callbacks = _flat(callbacks)
        add_history = check_flag("CallbackList", "add_history", add_history)
        add_progbar = check_flag("CallbackList", "add_progbar", add_progbar)
        if add_progbar and not any(isinstance(callback, ProgressBar) for callback in self.callbacks):
            self.callbacks.append(ProgressBar())
        if add_history and not any(isinstance(callback, History) for callback in self.callbacks):
            self.callbacks.append(History())
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    @property
    def history(self) -> History | None:
        """The history among the callbacks."""
        return next((callback for callback in self.callbacks if isinstance(callback, History)), None)

    @property
    def wants_batches(self) -> bool:
        """Whether a callback asks for single batches of training."""
        return any(
            getattr(callback, "wants_batches", _overrides(callback, *TRAIN_BATCH_HOOKS)) for callback in self.callbacks
        )

    @property
    def wants_epochs(self) -> bool:
        """Whether a callback, other than one that keeps the history, looks at the model between two epochs."""
        return any(
            type(callback) is not History
            and _overrides(callback, "on_epoch_begin", "on_epoch_end", "on_progress", *TRAIN_BATCH_HOOKS)
            for callback in self.callbacks
        )

    @property
    def wants_test_batches(self) -> bool:
        """Whether a callback asks for single batches of an evaluation."""
        return any(_overrides(callback, "on_test_batch_begin", "on_test_batch_end") for callback in self.callbacks)

    @property
    def wants_predict_batches(self) -> bool:
        """Whether a callback asks for single batches of a prediction."""
        return any(
            _overrides(callback, "on_predict_batch_begin", "on_predict_batch_end") for callback in self.callbacks
        )

    @property
    def wants_progress(self) -> bool:
        """Whether a callback looks on within an epoch."""
        return any(_overrides(callback, "on_progress") for callback in self.callbacks)

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Tell each callback ``verbose``, ``epochs`` and ``steps``."""
        self.params = params
        self._call("set_params", params)

    def set_model(self, model: Any) -> None:
        """Tell each callback the model."""
        self.model = model
        self._call("set_model", model)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_train_begin", _plain(logs))

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_train_end", _plain(logs))

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_epoch_begin", epoch, _plain(logs))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_epoch_end", epoch, _plain(logs))

    def on_epochs_end(self, epochs: range, logs: Mapping[str, list[Any]]) -> None:
        """Tell the histories of several epochs at once, where no other callback wants them."""
        for callback in self.callbacks:
            if isinstance(callback, History):
                callback.on_epochs_end(epochs, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_train_batch_begin", batch, _plain(logs))

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_train_batch_end", batch, _plain(logs))

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_test_begin", _plain(logs))

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_test_end", _plain(logs))

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_test_batch_begin", batch, _plain(logs))

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_test_batch_end", batch, _plain(logs))

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_predict_begin", _plain(logs))

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_predict_end", _plain(logs))

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_predict_batch_begin", batch, _plain(logs))

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_predict_batch_end", batch, _plain(logs))

    def on_progress(self, samples_done: int, samples_total: int | None, logs: Logs | None = None) -> None:
        """Call each callback's."""
        self._call("on_progress", samples_done, samples_total, _plain(logs))

    def _call(self, hook: str, *arguments: Any) -> None:
        older_name = OLDER_NAMES.get(hook, hook)
        for callback in self.callbacks:
            function = getattr(callback, hook, None) or getattr(callback, older_name, None)
            if function is not None:
                function(*arguments)


def _flat(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    several = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    for callback in several:
        if isinstance(callback, type) or not any(hasattr(callback, hook) for hook in HOOKS):
            raise ArgumentError(
                f"callbacks: expected objects with methods such as on_epoch_end, got {callback!r}. "
                "Derive from rosenblatt.callbacks.Callback, and pass an object, not its class."
            )
    return list(several)


def _plain(logs: Mapping[str, Any] | None) -> Logs:
    """Return a sorted copy with plain numbers, and lists for arrays."""
    return {name: np.asarray(value).tolist() for name, value in sorted((logs or {}).items())}


# --- Callbacks that watch one number -----------------------------------------------------------------------------


class _Monitor(Callback):
    """What callbacks share that watch one number: which way is better, and whether it got better."""

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0) -> None:
        who = type(self).__name__
        if not isinstance(monitor, str):
            raise ArgumentError(f"{who}: expected monitor to be a name such as 'val_loss', got {monitor!r}.")
        self.monitor = monitor
        self.mode = check_choice(who, "mode", mode, ("auto", "min", "max"))
        self.min_delta = abs(check_number(who, "min_delta", min_delta))
        self._warned = False

    def _monitored(self, logs: Logs, consequence: str) -> Any:
        """Return the number watched, or None, with a warning the first time."""
        self._larger_is_better()  # a name that nobody knows is found in the first epoch
        value = logs.get(self.monitor)
        if value is None and not self._warned:
            self._warned = True
            warnings.warn(
                f"{type(self).__name__}: expected {self.monitor!r} in the logs, got {', '.join(logs) or 'none'}. "
                f"{consequence} Pass validation_data for names with 'val_', or another monitor.",
                stacklevel=4,
            )
        if isinstance(value, list):
            raise ArgumentError(
                f"{type(self).__name__}: expected {self.monitor!r} to be one number, got a list of {len(value)}. "
                "Monitor a metric with one result, such as F1Score(average='macro')."
            )
        return value

    def _improves(self, value: float, best: float | None) -> bool:
        """Tell whether a number is better than the best by more than ``min_delta``."""
        if best is None:
            return True
        return value - self.min_delta > best if self._larger_is_better() else value + self.min_delta < best

    def _larger_is_better(self) -> bool:
        if self.mode != "auto":
            return self.mode == "max"
        name = self.monitor.removeprefix("val_")
        direction = metrics.direction(name, getattr(self.model, "metrics", None) or ())
        if direction is None:
            raise ArgumentError(
                f"{type(self).__name__}: expected to know whether a larger {self.monitor!r} is better, got mode='auto' "
                "and a name that does not tell. Pass mode='max' or mode='min'."
            )
        return direction == "up"


def _mark(who: str, name: str, value: float | None) -> float | None:
    """Return a number that is to be beaten, or None; any may be beaten where it is infinite."""
    if value is None or (isinstance(value, Real) and math.isinf(value)):
        return value
    return check_number(who, name, value)


class EarlyStopping(_Monitor):
    """Stop training when a number has stopped getting better.

    Args:
        monitor: the number's name in the logs.
        min_delta: a smaller change is none.
        patience: epochs without improvement after which training stops.
        verbose: 1 tells when it acts.
        mode: "min" or "max" is better; "auto" knows by the name.
        baseline: an improvement that does not beat it does not count.
        restore_best_weights: set the weights back to those of the best epoch in the end, also where training went
            on to its last epoch.
        start_from_epoch: earlier epochs are not looked at.

    ``stopped_epoch`` and ``best_epoch`` count from 0.

    Example:
        >>> EarlyStopping(patience=3, restore_best_weights=True).monitor
        'val_loss'
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
        who = type(self).__name__
        self.patience = check_whole_number(who, "patience", patience, at_least=0)
        self.verbose = check_verbose(who, verbose)
        self.baseline = _mark(who, "baseline", baseline)
        self.restore_best_weights = check_flag(who, "restore_best_weights", restore_best_weights)
        self.start_from_epoch = check_whole_number(who, "start_from_epoch", start_from_epoch, at_least=0)
        self.on_train_begin()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget an earlier training."""
        self.wait = 0
        self.stopped_epoch = 0
        self.best: float | None = None
        self.best_epoch = 0
        self.best_weights: list[Array] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look whether the epoch is better than the best."""
        current = self._monitored(logs or {}, "Training is not stopped early.")
        if current is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self._improves(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self._improves(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Restore the best weights."""
        if self.stopped_epoch > 0 and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(f"Restoring the weights of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)


class ModelCheckpoint(_Monitor):
    """Save the model, or its weights, as it trains.

    Args:
        filepath: where to; may contain ``{epoch:02d}`` (from 1), ``{batch}`` (from 1) and any name in the logs, such
            as ``{val_loss:.2f}``. Ends in ".safetensors" or ".keras"; for weights in ".safetensors" or ".weights.h5".
        monitor: the number that tells what is best.
        verbose: 1 tells when it saves.
        save_best_only: save only what is better than all before.
        save_weights_only: save the weights, not the whole model.
        mode: "min" or "max" is better; "auto" knows by the name.
        save_freq: "epoch", or a number of batches (then training pauses after each batch, which is slow).
        initial_value_threshold: what the first save has to beat.

    Raises:
        FileFormatError: another ending.

    Example:
        >>> ModelCheckpoint("best.safetensors", save_best_only=True).wants_batches
        False
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: int | str = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        from rosenblatt import files  # files take a while to import, and many programs use none

        super().__init__(monitor, mode)
        who = type(self).__name__
        self.verbose = check_verbose(who, verbose)
        self.save_best_only = check_flag(who, "save_best_only", save_best_only)
        self.save_weights_only = check_flag(who, "save_weights_only", save_weights_only)
        self.best = _mark(who, "initial_value_threshold", initial_value_threshold)
        self._epoch = 0
        self._batches_since_save = 0
        is_number = isinstance(save_freq, Integral) and not isinstance(save_freq, bool) and save_freq > 0
        if not is_number and not (isinstance(save_freq, str) and save_freq == "epoch"):
            raise ArgumentError(
                f"{who}: expected save_freq='epoch' or a number of batches, got {save_freq!r}. "
                "Pass 'epoch' to save after each epoch."
            )
        self.save_freq = save_freq
        endings = files.WEIGHTS if self.save_weights_only else files.WHOLE_MODELS
        files.suffix_of(who, filepath, endings, files.CURES_SAVING)
        self.filepath = os.fspath(filepath)

    @property
    def wants_batches(self) -> bool:
        """Whether it saves after batches."""
        return self.save_freq != "epoch"

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the epoch, for the file's name."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save if it is time."""
        if self.save_freq == "epoch":
            return
        self._batches_since_save += 1
        if self._batches_since_save >= int(self.save_freq):
            self._batches_since_save = 0
            self._save(self._epoch, {"batch": batch + 1, **(logs or {})}, logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save if it is time."""
        if self.save_freq == "epoch":
            self._save(epoch, logs or {}, logs or {})

    def _save(self, epoch: int, names: Logs, logs: Logs) -> None:
        path = self._path(epoch, names)
        if not self._is_due(epoch, path, logs):
            return
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)

    def _path(self, epoch: int, names: Logs) -> str:
        try:
            return self.filepath.format(**{"epoch": epoch + 1, **names})
        except KeyError as error:
            raise ArgumentError(
                f"ModelCheckpoint: expected names of {', '.join(['epoch', *names])} in the filepath, got "
                f"{self.filepath!r} with {error.args[0]!r}. Change that name."
            ) from error

    def _is_due(self, epoch: int, path: str, logs: Logs) -> bool:
        current = self._monitored(logs, "Every model is saved, not only the best.") if self.save_best_only else None
        if current is None:
            self._tell(epoch, f"saving to {path}")
            return True
        before = "nothing" if self.best is None else f"{self.best:.5f}"
        if not self._improves(current, self.best):
            self._tell(epoch, f"{self.monitor} did not improve from {before}")
            return False
        self._tell(epoch, f"{self.monitor} improved from {before} to {current:.5f}, saving to {path}")
        self.best = current
        return True

    def _tell(self, epoch: int, message: str) -> None:
        if self.verbose:
            print(f"Epoch {epoch + 1}: {message}")


class ReduceLROnPlateau(_Monitor):
    """Lower the learning rate when a number has stopped getting better; the rate appears in the history.

    Args:
        monitor: the number's name in the logs.
        factor: the new rate is the old one times it; below 1.
        patience: epochs without improvement after which the rate is lowered.
        verbose: 1 tells when it acts.
        mode: "min" or "max" is better; "auto" knows by the name.
        min_delta: a smaller change is none.
        cooldown: epochs after a reduction in which no patience is lost.
        min_lr: the rate does not fall below it.

    Example:
        >>> ReduceLROnPlateau(factor=0.5, patience=2).min_lr
        0.0
    """

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
        who = type(self).__name__
        self.factor = check_number(who, "factor", factor, at_least=0, below=1)
        self.patience = check_whole_number(who, "patience", patience, at_least=0)
        self.verbose = check_verbose(who, verbose)
        self.cooldown = check_whole_number(who, "cooldown", cooldown, at_least=0)
        self.min_lr = check_number(who, "min_lr", min_lr, at_least=0)
        self.on_train_begin()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget an earlier training."""
        self.best: float | None = None
        self.wait = 0
        self.cooldown_counter = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look whether the epoch is better than the best, and note the rate in the logs."""
        logs = {} if logs is None else logs
        rate = logs["learning_rate"] = _learning_rate(self)
        current = self._monitored(logs, "The learning rate stays.")
        if current is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
        if self._improves(current, self.best):
            self.best = current
            self.wait = 0
        elif self.cooldown_counter == 0:
            self.wait += 1
            # A rate in float32, as in files, may lie above min_lr by rounding only.
            if self.wait >= self.patience and np.float32(rate) > np.float32(self.min_lr):
                lower = max(rate * self.factor, self.min_lr)
                self.model.optimizer.learning_rate = lower
                self.cooldown_counter = self.cooldown
                self.wait = 0
                if self.verbose:
                    print(f"Epoch {epoch + 1}: reducing the learning rate to {lower:g}.")


class LearningRateScheduler(Callback):
    """Set the learning rate of each epoch by a function; the rate appears in the history.

    Args:
        schedule: ``schedule(epoch, learning_rate) -> learning_rate``, or ``schedule(epoch)``; epochs count from 0.
        verbose: 1 tells the rate.

    Example:
        >>> LearningRateScheduler(lambda epoch, rate: rate * 0.9).verbose
        0
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise ArgumentError(
                f"LearningRateScheduler: expected schedule to be a function of the epoch, got {schedule!r}. "
                "Such as lambda epoch, rate: 0.9 * rate."
            )
        self.schedule = schedule
        self.verbose = check_verbose("LearningRateScheduler", verbose)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the epoch's rate."""
        arguments = (epoch, _learning_rate(self)) if _takes_two(self.schedule) else (epoch,)
        rate = self.schedule(*arguments)
        if np.ndim(rate) != 0 or not isinstance(rate, int | float | np.number):
            raise ArgumentError(
                f"LearningRateScheduler: expected the schedule to return a number, got {rate!r} for epoch {epoch}. "
                "Does it return the rate in every case?"
            )
        self.model.optimizer.learning_rate = float(rate)
        if self.verbose:
            print(f"Epoch {epoch + 1}: setting the learning rate to {float(rate):g}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the rate in the logs."""
        if logs is not None:
            logs["learning_rate"] = _learning_rate(self)


def _takes_two(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind(0, 0.0)
    except TypeError:
        return False
    return True


def _learning_rate(callback: Callback) -> float:
    rate = callback.model.optimizer.learning_rate
    if not isinstance(rate, int | float | np.number):
        raise ArgumentError(
            f"{type(callback).__name__}: expected the optimizer's learning rate to be a number, got {rate!r}. "
            "Use either a schedule in the optimizer or this callback."
        )
    return float(rate)


# --- Others ------------------------------------------------------------------------------------------------------


class CSVLogger(Callback):
    """Write the numbers of every epoch to a CSV file, a row an epoch.

    Args:
        filename: where to.
        separator: what stands between two fields.
        append: go on with a file that is there, instead of a new one.

    Example:
        >>> CSVLogger("training.csv", separator=";").append
        False
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        if not isinstance(filename, str | os.PathLike):
            raise ArgumentError(f"CSVLogger: expected filename to be a path, got {filename!r}. Such as 'training.csv'.")
        self.filename = os.fspath(filename)
        if not isinstance(separator, str) or len(separator) != 1:
            raise ArgumentError(f"CSVLogger: expected separator to be one character, got {separator!r}. ',' is usual.")
        self.separator = separator
        self.append = check_flag("CSVLogger", "append", append)
        self._file: IO[str] | None = None
        self._writer: Any = None  # a csv.DictWriter

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file."""
        self._close()
        self._file = open(self.filename, "a" if self.append else "w", newline="", encoding="utf-8")  # noqa: SIM115

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write a row; the first one settles the columns."""
        if self._file is None:
            raise ModelStateError(
                f"CSVLogger: expected on_train_begin to open {self.filename!r} first, got an epoch. "
                "Pass the callback to fit."
            )
        logs = logs or {}
        if self._writer is None:
            import csv

            names = sorted(logs)
            if not any(name.startswith("val_") for name in names):
                names += [f"val_{name}" for name in names]  # a later epoch may be validated
            self._writer = csv.DictWriter(
                self._file, ["epoch", *names], restval="NA", extrasaction="ignore", delimiter=self.separator
            )
            if self._file.tell() == 0:
                self._writer.writeheader()
        self._writer.writerow({"epoch": epoch, **{name: _field(value) for name, value in logs.items()}})
        self._file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the file."""
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = self._writer = None


def _field(value: Any) -> Any:
    return f'"[{", ".join(map(str, value))}]"' if isinstance(value, Iterable) and not isinstance(value, str) else value


class TerminateOnNaN(Callback):
    """Stop training when the loss is not finite any more.

    It looks whenever numbers come in, after an epoch at the latest, and does not slow training down by asking for
    every batch.

    Args:
        raise_error: raise an error instead, so that nothing more is done.

    Raises:
        NonFiniteLossError: with ``raise_error``, a loss that is NaN or infinite.

    Example:
        >>> TerminateOnNaN().wants_batches
        False
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = check_flag("TerminateOnNaN", "raise_error", raise_error)

    @property
    def wants_batches(self) -> bool:
        """Never: it looks at what comes."""
        return False

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        self._look(f"Batch {batch}", logs)

    def on_progress(self, samples_done: int, samples_total: int | None, logs: Logs | None = None) -> None:
        """Look at the loss."""
        self._look(f"Sample {samples_done}", logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        self._look(f"Epoch {epoch + 1}", logs)

    def _look(self, where: str, logs: Logs | None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss) or self.model.stop_training:
            return
        if self.raise_error:
            raise NonFiniteLossError(
                f"TerminateOnNaN: expected a finite loss, got {loss} ({where.lower()}). "
                "Lower the learning rate, clip gradients, or scale the inputs."
            )
        print(f"{where}: the loss is {loss}, training stops")
        self.model.stop_training = True


class SwapEMAWeights(Callback):
    """Measure and use the model with the moving average of its weights, not with the weights themselves.

    The optimizer keeps the average where it has ``use_ema=True``. The weights are back when the measuring ends, and
    training goes on from them.

    Args:
        swap_on_epoch: keep the average also from the end of an epoch to the start of the next, so that callbacks that
            stand after this one, such as a ModelCheckpoint, see it.

    Raises:
        ArgumentError: the optimizer keeps no average.

    Example:
        >>> [SwapEMAWeights(swap_on_epoch=True), ModelCheckpoint("{epoch}.safetensors")][0].swap_on_epoch
        True
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        self.swap_on_epoch = check_flag("SwapEMAWeights", "swap_on_epoch", swap_on_epoch)
        self._weights: Array | None = None  # the model's own, while it has the average

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget an earlier training."""
        self._weights = None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Put the weights back."""
        self._put_back()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Put the average in, where asked for."""
        if self.swap_on_epoch:
            self._put_average()

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Put the average in."""
        self._put_average()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Put the weights back."""
        self._put_back()

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Put the average in."""
        self._put_average()

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Put the weights back."""
        self._put_back()

    def _put_average(self) -> None:
        if not self.model.optimizer.use_ema:
            raise ArgumentError(
                f"SwapEMAWeights: expected an optimizer with use_ema=True, got {self.model.optimizer!r}. "
                "Compile the model with such a one."
            )
        state = self.model.state
        if self._weights is None and state.step:  # before the first step there is no average
            self._weights = state.params.copy()
            take_average(self.model.plan.trainable_parameters, state.params, state.slots)

    def _put_back(self) -> None:
        if self._weights is not None:
            self.model.state.params[:] = self._weights
            self._weights = None


class LambdaCallback(Callback):
    """A callback made of functions, each by the name of its hook.

    Args:
        hooks: ``on_epoch_end=lambda epoch, logs: ...`` and so on; what does not begin with ``on_`` is only kept.

    Raises:
        UnknownNameError: a hook that is none.

    Example:
        >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
        >>> CallbackList([callback]).on_epoch_end(0, {"loss": 0.5})
        0 {'loss': 0.5}
    """

    def __init__(self, **hooks: Callable[..., Any] | None) -> None:
        for name, function in hooks.items():
            if name.startswith("on_") and name not in HOOKS:
                raise UnknownNameError("LambdaCallback", name, HOOKS)
            if name in HOOKS and function is not None and not callable(function):
                raise ArgumentError(
                    f"LambdaCallback: expected {name} to be a function, got {function!r}. "
                    "Such as lambda epoch, logs: print(epoch, logs)."
                )
            if function is not None:
                setattr(self, name, function)


class ProgressBar(Callback):
    """Show how training goes: a live bar while an epoch lasts, and one line when it is over.

    The lines go to standard output, or to a file given. The bar goes to standard error, if that is a terminal, and
    vanishes; it is drawn by ``rich``, which is imported only where an epoch takes long enough to need a bar. NO_COLOR
    is honoured.

    Args:
        verbose: 0 shows nothing, 1 or "auto" the lines and the bar, 2 only the lines; None: what ``fit`` is told.
        file: where the lines go, such as ``sys.stderr``; None: standard output.

    Example:
        >>> ProgressBar(verbose=2).verbose
        2
    """

    PATIENCE = 0.3  # seconds until a bar appears
    REFRESH = 0.1  # seconds between two drawings

    def __init__(self, verbose: int | str | None = None, file: IO[str] | None = None) -> None:
        if file is not None and not hasattr(file, "write"):
            raise ArgumentError(f"ProgressBar: expected file to be an open file, got {file!r}. Such as sys.stderr.")
        self.file = file
        self._as_told = verbose is None
        self.verbose = _level("auto" if verbose is None else check_verbose("ProgressBar", verbose))
        self._in_fit = False
        self._live: Any = None
        self._title = ""
        self._epochs_before = 0
        self._train_started = self._started = self._drawn = time.perf_counter()

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Be told ``verbose``, ``epochs`` and ``steps``."""
        self.params = params
        if self._as_told:
            self.verbose = _level(params.get("verbose", "auto"))

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start the clock."""
        self._in_fit = True
        self._epochs_before = -1
        self._train_started = time.perf_counter()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Clear the bar, also after an interruption."""
        self._in_fit = False
        self._clear()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Start the epoch's clock."""
        self._epochs_before += 1
        epochs = self.params.get("epochs")
        self._start(f"Epoch {epoch + 1}/{epochs}" if epochs else f"Epoch {epoch + 1}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the epoch's line."""
        self._write_line(logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Start the clock of an evaluation; within fit it is silent."""
        if not self._in_fit:
            self._start("Evaluation")

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Write the evaluation's line."""
        if not self._in_fit:
            self._write_line(logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Start the clock of a prediction."""
        self._start("Prediction")

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Clear the bar."""
        self._clear()

    def on_progress(self, samples_done: int, samples_total: int | None, logs: Logs | None = None) -> None:
        """Draw the bar, unless the epoch has only just begun or it was drawn just now."""
        now = time.perf_counter()
        if self.verbose != 1 or now - self._started < self.PATIENCE or now - self._drawn < self.REFRESH:
            return
        if self._live is None:
            if not _is_terminal(sys.stderr):
                return
            self._live = _live_display()
        self._drawn = now
        self._live.update(self._bar(samples_done, samples_total, logs or {}, now), refresh=True)

    def _start(self, title: str) -> None:
        self._title = title
        self._started = time.perf_counter()

    def _write_line(self, logs: Logs | None) -> None:
        self._clear()
        if self.verbose:
            seconds = time.perf_counter() - self._started
            print(" - ".join([self._title, f"{seconds:.2f}s", *_numbers(logs or {})]), file=self.file, flush=True)

    def _clear(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _bar(self, done: int, total: int | None, logs: Logs, now: float) -> Any:
        from rich.progress_bar import ProgressBar as Bar
        from rich.table import Table

        row = Table.grid(padding=(0, 1))
        row.add_column(no_wrap=True)
        row.add_column(no_wrap=True)
        row.add_column(max_width=24)  # the bar gives way where the terminal is narrow
        row.add_column(no_wrap=True)
        row.add_column(no_wrap=True)
        if total is None:  # batches from a stream: nobody knows how many
            row.add_row(self._title, f"{done} rows", Bar(total=None), " - ".join(_numbers(logs)))
            return row
        steps = self.params.get("steps") if self._in_fit else None
        count = f"{round(done / total * steps)}/{steps}" if steps else f"{done}/{total}"
        row.add_row(
            self._title,
            count,
            Bar(total=total, completed=done),
            f"{_clock(self._seconds_left(done / total, now))} left",
            " - ".join(_numbers(logs)),
        )
        return row

    def _seconds_left(self, part: float, now: float) -> float:
        """Estimate the time to the end of all epochs from that so far."""
        if not self._in_fit:
            return (now - self._started) * (1 - part) / part
        done = self._epochs_before + part
        epochs = max(self.params.get("epochs") or 1, done)
        return (now - self._train_started) * (epochs - done) / done


def _level(verbose: int | str) -> int:
    return 1 if verbose == "auto" else int(verbose)


def _is_terminal(stream: Any) -> bool:
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def _live_display() -> Any:
    from rich.console import Console
    from rich.live import Live

    # What is printed meanwhile appears above the bar; into a file it goes straight.
    live = Live(
        console=Console(stderr=True), auto_refresh=False, transient=True, redirect_stdout=_is_terminal(sys.stdout)
    )
    live.start()
    return live


def _numbers(logs: Logs) -> list[str]:
    """Return "name: value" of all that are one number, small ones in scientific notation."""
    return [
        f"{name}: {logs[name]:.4f}" if abs(logs[name]) > 1e-3 or logs[name] == 0 else f"{name}: {logs[name]:.4e}"
        for name in sorted(logs, key=reading_order)
        if isinstance(logs[name], int | float)
    ]


def _clock(seconds: float) -> str:
    """Return a duration as people read it.

    Example:
        >>> _clock(75), _clock(3675)
        ('1:15', '1:01:15')
    """
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
