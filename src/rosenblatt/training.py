"""The training loop: epochs, slices, validation, callbacks, and what happens on Ctrl-C or when the loss explodes."""

from __future__ import annotations

import math
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt.callbacks import CallbackList, Logs
from rosenblatt.data import ArraySource, IterableSource, Slice
from rosenblatt.errors import DataError, NonFiniteLossWarning
from rosenblatt.functional import network, optimizers
from rosenblatt.plan import Plan
from rosenblatt.types import Array

if TYPE_CHECKING:
    from rosenblatt.models import Sequential

Source = ArraySource | IterableSource


def fit(
    model: Sequential,
    source: Source,
    callbacks: CallbackList,
    *,
    initial_epoch: int,
    epochs: int,
    validate: Callable[[int, Callable[[], None]], Logs | None] | None,
) -> None:
    """Train a model for some epochs.

    Args:
        model: built and compiled; changed.
        source: where batches come from.
        callbacks: told about everything; one of them is the History.
        initial_epoch: the number of the first epoch, from 0.
        epochs: the number after the last epoch.
        validate: given the number of an epoch and what raises KeyboardInterrupt after Ctrl-C, returns the
            validation's figures, or None where that epoch has none. None where no epoch has any.

    Raises:
        KeyboardInterrupt: after Ctrl-C, at the end of a batch, with model and history valid.
    """
    model.stop_training = False
    logs: Logs = {}
    reporter = DivergenceReporter()
    unwatched = validate is None and not callbacks.wants_epochs and not model.has_metrics
    with stop_at_a_batch() as stop_if_asked:
        callbacks.on_train_begin()
        try:
            epoch = initial_epoch
            while epoch < epochs and not model.stop_training:
                if unwatched and isinstance(source, ArraySource) and source.epochs_a_slice > 1:
                    together = range(epoch, epochs)[: source.epochs_a_slice]
                    losses = train_epochs(model, source, reporter, together)
                    callbacks.on_epochs_end(together, {"loss": losses})
                    logs = {"loss": losses[-1]}
                    epoch = together.stop
                    stop_if_asked()
                    continue
                callbacks.on_epoch_begin(epoch)
                logs = train_epoch(model, source, callbacks, stop_if_asked, reporter, epoch)
                validation = None if validate is None else validate(epoch, stop_if_asked)
                if validation is not None:
                    logs |= {f"val_{name}": value for name, value in validation.items()}
                callbacks.on_epoch_end(epoch, logs)
                epoch += 1
                stop_if_asked()
            finish_average(model)
        finally:  # files are closed and the bar is cleared after an error or Ctrl-C, too
            callbacks.on_train_end(logs)


def train_epochs(model: Sequential, source: ArraySource, reporter: DivergenceReporter, epochs: range) -> list[float]:
    """Train several short epochs in one call, where nobody looks at the model in between; return each one's loss."""
    piece = source.epochs(len(epochs))
    losses, _ = train_slice(model, piece)
    by_epoch = losses.reshape(len(epochs), -1)
    if not np.isfinite(losses).all():
        for epoch, order, of_batches in zip(epochs, piece.order, by_epoch, strict=True):
            reporter.check(model, piece._replace(order=order), of_batches, epoch, 0)
    means: list[float] = (np.cumsum(by_epoch * piece.sizes_of_batches(), axis=1)[:, -1] / len(source.data.x)).tolist()
    return means


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
    model.follow_learning_rate()
    plan, state = model.plan, model.state
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
        data, order, _ = piece
        self.loss = add_in_order(self.loss, losses * piece.sizes_of_batches())
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


def add_in_order(total: float, values: Array) -> float:
    """Return total plus all values, added one after the other: the sum is the same however they come in pieces."""
    return float(np.cumsum(np.concatenate(([total], values)))[-1])


def evaluate(
    model: Sequential,
    blocks: Iterator[Slice],
    callbacks: CallbackList,
    stop_if_asked: Callable[[], None] = lambda: None,
) -> Logs:
    """Return loss and metrics of a model in use (nothing dropped, averages in place of batch figures)."""
    callbacks.on_test_begin()
    logs: Logs = {}
    try:
        for figures in _measured(model, blocks, callbacks):
            logs = figures
            stop_if_asked()
    finally:  # the bar is cleared after an error or Ctrl-C, too
        callbacks.on_test_end(logs)
    return logs


def _measured(model: Sequential, blocks: Iterator[Slice], callbacks: CallbackList) -> Iterator[Logs]:
    """Yield the figures of all rows so far after each block."""
    model.reset_metrics()
    plan, state = model.plan, model.state
    penalty = network.penalties(plan, network.views(plan, state.params, state.statistics))
    total, rows = 0.0, 0
    for number, ((x, target, weight), _, batch_size) in enumerate(blocks):
        if callbacks.wants_test_batches:
            callbacks.on_test_batch_begin(number)
        outputs = np.empty((len(x), *plan.output_shape), plan.dtype) if model.prepare_metrics(target) else None
        losses = model.engine.evaluate(plan, state, x, target, outputs)
        total = add_in_order(total, _shares_of_batches(plan, losses, weight, batch_size))
        rows += len(x)
        if outputs is not None:
            update_metrics(model, target, outputs, weight)
        logs = {"loss": total / rows + penalty} | metric_results(model)
        if callbacks.wants_test_batches:
            callbacks.on_test_batch_end(number, logs)
        yield logs
    if not rows:
        raise DataError(
            "evaluate: expected at least one batch, got none. A generator can be read only once: as validation_data "
            "pass something that can be iterated again."
        )


def _shares_of_batches(plan: Plan, losses: Array, weight: Array | None, batch_size: int) -> Array:
    """Return what each row adds to the sum of the batches' losses times their sizes, which is how fit measures."""
    losses = losses.astype(np.float64)
    if plan.reduction == "sum":
        losses *= math.prod(plan.output_shape[:-1])  # a row's loss is the mean of its positions
    shares = np.empty_like(losses)
    for start in range(0, len(losses), batch_size):
        rows = slice(start, start + batch_size)
        share = network.loss_shares(losses[rows], None if weight is None else weight[rows], plan.reduction)
        shares[rows] = losses[rows] * share * len(share)
    return shares


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
            stacklevel=5,
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
    stop_if_asked()  # Ctrl-C came after the last batch
