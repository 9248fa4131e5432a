"""The training loop: epochs, slices, validation, callbacks, and what happens on Ctrl-C or when the loss explodes."""

from __future__ import annotations

import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt.callbacks import CallbackList
from rosenblatt.data import ArraySource, Batch, IterableSource, Slice
from rosenblatt.errors import NonFiniteLossWarning
from rosenblatt.functional import network, optimizers
from rosenblatt.types import Array

if TYPE_CHECKING:
    from rosenblatt.models import Sequential

EVALUATION_ROWS = 8192  # rows evaluated between two looks at metrics and Ctrl-C: bounded memory for any number of rows

Logs = dict[str, Any]
Source = ArraySource | IterableSource


def fit(
    model: Sequential,
    source: Source,
    callbacks: CallbackList,
    *,
    initial_epoch: int,
    epochs: int,
    validate: Callable[[int], Logs | None],
) -> None:
    """Train a model for some epochs.

    Args:
        model: built and compiled; changed.
        source: where batches come from.
        callbacks: told about everything; one of them is the History.
        initial_epoch: the number of the first epoch, from 0.
        epochs: the number after the last epoch.
        validate: given the number of an epoch, returns the validation's figures, or None where there is none.

    Raises:
        KeyboardInterrupt: after Ctrl-C, at the end of a batch, with model and history valid.
    """
    model.stop_training = False
    logs: Logs = {}
    reporter = DivergenceReporter()
    with stop_at_a_batch() as stop_if_asked:
        callbacks.on_train_begin()
        try:
            for epoch in range(initial_epoch, epochs):
                callbacks.on_epoch_begin(epoch)
                logs = train_epoch(model, source, callbacks, stop_if_asked, reporter, epoch)
                validation = validate(epoch)
                if validation is not None:
                    logs |= {f"val_{name}": value for name, value in validation.items()}
                callbacks.on_epoch_end(epoch, logs)
                if model.stop_training:
                    break
                stop_if_asked()
            finish_average(model)
        finally:  # files are closed and the bar is cleared after an error or Ctrl-C, too
            callbacks.on_train_end(logs)


def train_epoch(
    model: Sequential,
    source: Source,
    callbacks: CallbackList,
    stop_if_asked: Callable[[], None],
    reporter: DivergenceReporter,
    epoch: int,
) -> Logs:
    """Train one epoch and return loss and metrics, measured in training mode before each update."""
    running = RunningFigures()
    model.reset_metrics()
    batch = 0
    batch_by_batch = callbacks.wants_batches
    for piece in source.epoch(batch_by_batch):
        if batch_by_batch:
            callbacks.on_train_batch_begin(batch)
        losses, outputs = train_slice(model, piece)
        running.add(model, piece, losses, outputs)
        reporter.check(model, piece, losses, epoch, batch)
        if batch_by_batch:
            callbacks.on_train_batch_end(batch, running.logs(model))
        if callbacks.wants_progress:
            callbacks.on_progress(running.rows, source.rows, running.logs(model))
        batch += len(losses)
        stop_if_asked()
        if model.stop_training:
            break
    return running.logs(model)


def train_slice(model: Sequential, piece: Slice) -> tuple[Array, Array | None]:
    """Make the updates of one slice; return each batch's loss, and the outputs where a metric wants them."""
    data, order, batch_size = piece
    plan, state = model.plan, model.state
    state.learning_rate = model.current_learning_rate()
    outputs = None
    if model.prepare_metrics(data.target):
        outputs = np.empty((len(order), *plan.output_shape), plan.dtype)
    losses = model.engine.train(plan, state, data.x, data.target, data.weight, order, batch_size, outputs)
    model.optimizer.iterations = state.step
    return losses, outputs


class RunningFigures:
    """The figures of an epoch so far: the mean of the batches' losses by their sizes, and the metrics."""

    def __init__(self) -> None:
        self.rows = 0
        self.loss = 0.0

    def add(self, model: Sequential, piece: Slice, losses: Array, outputs: Array | None) -> None:
        """Take in a slice that has been trained."""
        data, order, batch_size = piece
        sizes = np.full(len(losses), batch_size)
        sizes[-1] = len(order) - batch_size * (len(losses) - 1)
        self.loss += float(np.dot(losses, sizes))
        self.rows += len(order)
        if outputs is not None:
            weight = None if data.weight is None else data.weight[order]
            update_metrics(model, data.target[order], outputs, weight)

    def logs(self, model: Sequential) -> Logs:
        """Return the loss and the metrics by name."""
        loss = self.loss / self.rows if self.rows else float("nan")
        return {"loss": loss} | metric_results(model)


def update_metrics(model: Sequential, target: Array, outputs: Array, weight: Array | None) -> None:
    """Update all metrics; only those of ``weighted_metrics`` see the sample weights, as in Keras."""
    for metric in model.metrics:
        metric.update_state(target, outputs)
    for metric in model.weighted_metrics:
        metric.update_state(target, outputs, weight)


def metric_results(model: Sequential) -> Logs:
    """Return every metric's figure by name; a metric of several figures as a list."""
    return {metric.name: _plain(metric.result()) for metric in [*model.metrics, *model.weighted_metrics]}


def _plain(result: Any) -> Any:
    return result.tolist() if isinstance(result, np.ndarray) else float(result)


def evaluate(model: Sequential, batches: Iterator[Batch], batch_size: int, callbacks: CallbackList) -> Logs:
    """Return loss and metrics of a model in use (nothing dropped, averages in place of batch figures)."""
    callbacks.on_test_begin()
    model.reset_metrics()
    row_losses: list[Array] = []
    row_weights: list[Array] = []
    plan, state = model.plan, model.state
    logs: Logs = {}
    for number, (x, target, weight) in enumerate(batches):
        if callbacks.wants_test_batches:
            callbacks.on_test_batch_begin(number)
        outputs = np.empty((len(x), *plan.output_shape), plan.dtype) if model.prepare_metrics(target) else None
        row_losses.append(model.engine.evaluate(plan, state, x, target, outputs))
        row_weights.append(np.ones(len(x), plan.dtype) if weight is None else weight)
        if outputs is not None:
            update_metrics(model, target, outputs, weight)
        if callbacks.wants_test_batches:
            logs = {"loss": _mean_of_batches(model, row_losses, row_weights, batch_size)} | metric_results(model)
            callbacks.on_test_batch_end(number, logs)
    logs = {"loss": _mean_of_batches(model, row_losses, row_weights, batch_size)} | metric_results(model)
    callbacks.on_test_end(logs)
    return logs


def _mean_of_batches(
    model: Sequential, row_losses: Sequence[Array], row_weights: Sequence[Array], batch_size: int
) -> float:
    """Return the loss as fit measures it: each batch reduced by the plan's rule, then their mean by size."""
    losses, weights = np.concatenate(row_losses).astype(np.float64), np.concatenate(row_weights)
    reduction = model.plan.reduction
    if reduction == "sum_over_batch_size":
        total = float(np.dot(losses, weights))
    else:
        total = 0.0
        for start in range(0, len(losses), batch_size):
            rows = slice(start, start + batch_size)
            share = network.loss_shares(losses[rows], weights[rows], reduction)
            total += float(np.dot(losses[rows], share)) * len(share)
    weights_by_layer = network.views(model.plan, model.state.params, model.state.statistics)
    return total / len(losses) + network.penalties(model.plan, weights_by_layer)


def finish_average(model: Sequential) -> None:
    """Where the optimizer keeps a moving average of the weights, put it in their place, as Keras does after fit."""
    plan = model.plan
    if plan.optimizer is not None and plan.optimizer.use_ema and model.state.step:
        optimizers.take_average(plan.trainable_parameters, model.state.params, model.state.slots)


class DivergenceReporter:
    """Warns once when a loss is not finite, and says where and why."""

    def __init__(self) -> None:
        self.reported = False

    def check(self, model: Sequential, piece: Slice, losses: Array, epoch: int, first_batch: int) -> None:
        """Look at the losses of a slice."""
        if self.reported or np.isfinite(losses).all():
            return
        self.reported = True
        number = int(np.argmin(np.isfinite(losses)))
        rows = piece.order[number * piece.batch_size : (number + 1) * piece.batch_size]
        largest = float(np.max(np.abs(piece.data.x[rows].astype(np.float64))))
        cause = f"Likely cause: the learning rate ({model.state.learning_rate:g}) is too high"
        if largest > 30:
            cause += f", or the inputs are not scaled (the largest of this batch is {largest:g})"
        warnings.warn(
            f"fit: the loss became {losses[number]} in epoch {epoch + 1}, batch {first_batch + number + 1}. {cause}. "
            "Training goes on, but nothing more is learnt; callbacks.TerminateOnNaN() stops it.",
            NonFiniteLossWarning,
            stacklevel=6,
        )


@contextmanager
def stop_at_a_batch() -> Iterator[Callable[[], None]]:
    """Put Ctrl-C off until the function given is called: it raises KeyboardInterrupt if Ctrl-C was pressed.

    A second Ctrl-C is not put off. Outside of the main thread, or where somebody else handles Ctrl-C, nothing changes.
    """
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield lambda: None
        return
    asked = False

    def remember(number: int, frame: Any) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    def stop_if_asked() -> None:
        if asked:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, remember)
    try:
        yield stop_if_asked
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
