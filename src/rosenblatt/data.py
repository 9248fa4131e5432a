"""What users hand to fit, evaluate and predict, checked and brought into one form.

Arrays stay as they are (uint8 stays uint8, a memory map stays on disk): an engine gathers the rows of each batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from rosenblatt.errors import ArgumentError, DataError, ShapeError
from rosenblatt.types import Array, Generator

SLICE_SECONDS = 0.05  # how long a slice of training should take: short enough for Ctrl-C and a smooth progress bar
CHECK_ROWS = 4096  # rows checked for NaN at once, so that a memory map larger than memory can be checked, too


class Batch(NamedTuple):
    """Rows with their targets and weights, ready for an engine."""

    x: Array
    target: Array
    weight: Array | None


class Slice(NamedTuple):
    """Some whole batches for an engine to train on in one call: ``data``'s rows in the order given."""

    data: Batch
    order: Array
    batch_size: int


class ArraySource:
    """Rows that are all there: every epoch is one order of them, cut into slices of whole batches."""

    def __init__(self, data: Batch, batch_size: int, shuffle: bool, rng: Generator) -> None:
        self.data, self.batch_size, self.shuffle, self.rng = data, batch_size, shuffle, rng

    @property
    def rows(self) -> int | None:
        """How many rows an epoch has."""
        return len(self.data.x)

    @property
    def steps(self) -> int | None:
        """How many batches an epoch has."""
        return -(-len(self.data.x) // self.batch_size)

    def epoch(self, batch_by_batch: bool) -> Iterator[Slice]:
        """Yield the slices of one epoch: single batches, or as many as take about `SLICE_SECONDS`."""
        order = self.rng.permutation(len(self.data.x)) if self.shuffle else np.arange(len(self.data.x))
        start, batches = 0, 1
        while start < len(order):
            stop = start + batches * self.batch_size
            began = time.perf_counter()
            yield Slice(self.data, order[start:stop], self.batch_size)
            seconds = time.perf_counter() - began
            start = stop
            if not batch_by_batch:
                batches = max(1, min(8 * batches, int(batches * SLICE_SECONDS / max(seconds, 1e-9))))


class IterableSource:
    """Batches that come one after the other: (x, y) or (x, y, sample_weight).

    Something that can be iterated again (a list of batches, a data loader) is iterated once an epoch. An iterator (a
    generator) is gone when it is exhausted: `steps` says how many of its batches make an epoch.
    """

    def __init__(self, batches: Iterable[Any], prepare: Callable[[Any], Batch], steps: int | None) -> None:
        self.batches, self.prepare, self.steps = batches, prepare, steps
        self.iterator: Iterator[Any] | None = iter(batches) if iter(batches) is batches else None

    @property
    def rows(self) -> int | None:
        """How many rows an epoch has: not known beforehand."""
        return None

    def epoch(self, batch_by_batch: bool) -> Iterator[Slice]:
        """Yield the batches of one epoch, each a slice of its own."""
        iterator = self.iterator if self.iterator is not None else iter(self.batches)
        number = 0
        while self.steps is None or number < self.steps:
            item = next(iterator, None)
            if item is None:
                break
            data = self.prepare(item)
            yield Slice(data, np.arange(len(data.x)), len(data.x))
            number += 1
        if number == 0 or (self.steps is not None and number < self.steps):
            wanted = "at least one batch" if self.steps is None else f"{self.steps} batches"
            raise DataError(
                f"fit: expected {wanted} an epoch from {type(self.batches).__name__}, got {number}. A generator can be "
                "read only once: pass something that can be iterated again, or steps_per_epoch= for an endless one."
            )


def in_blocks(data: Batch, rows: int) -> Iterator[Batch]:
    """Cut data into blocks of some rows."""
    for start in range(0, len(data.x), rows):
        block = slice(start, start + rows)
        yield Batch(data.x[block], data.target[block], None if data.weight is None else data.weight[block])


def peek(batches: Iterable[Any]) -> tuple[Any, Iterable[Any]]:
    """Return the first batch, and batches that still begin with it."""
    iterator = iter(batches)
    first = next(iterator, None)
    if first is None:
        raise DataError("fit: expected at least one batch, got an empty iterable.")
    return first, (_chain(first, iterator) if iterator is batches else batches)


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def numbers(who: str, what: str, value: Any) -> Array:
    """Return an array of numbers, or say what else it is.

    Raises:
        DataError: text, or objects that are no numbers; columns of text are named.
        ShapeError: rows of different lengths.
    """
    if not isinstance(value, np.ndarray) and hasattr(value, "columns") and hasattr(value, "dtypes"):
        text = [str(name) for name, dtype in zip(value.columns, value.dtypes, strict=True) if dtype.kind not in "fiub"]
        if text:
            raise DataError(
                f"{who}: expected numbers in every column of {what}, got text in {', '.join(text)}. "
                "Leave these columns out or turn them into numbers, for instance with utils.to_categorical."
            )
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ShapeError(f"{who}: expected {what} to be a table of numbers, got rows of different lengths.") from error
    if array.dtype.kind in "fiub":
        return array
    columns = _text_columns(array)
    where = f" in column{'s' * (len(columns) > 1)} {', '.join(map(str, columns))}" if columns else ""
    raise DataError(
        f"{who}: expected {what} to be numbers, got {array.dtype} values{where}. "
        "Leave text out or turn it into numbers, for instance with utils.to_categorical."
    )


def _text_columns(array: Array) -> list[int]:
    def is_text(column: Array) -> bool:
        try:
            column.astype(np.float64)
        except (ValueError, TypeError):
            return True
        return False

    return [column for column in range(array.shape[1]) if is_text(array[:, column])] if array.ndim == 2 else []


def check_finite(who: str, what: str, array: Array) -> None:
    """Raise a DataError that names the first NaN or infinity and how many rows have one."""
    if array.dtype.kind != "f":
        return
    bad_rows = 0
    first: tuple[int, ...] | None = None
    for start in range(0, len(array), CHECK_ROWS):
        finite = np.isfinite(array[start : start + CHECK_ROWS])
        if finite.all():
            continue
        bad = np.argwhere(~finite)
        bad_rows += len(np.unique(bad[:, 0]))
        if first is None:
            first = (start + int(bad[0, 0]), *map(int, bad[0, 1:]))
    if first is None:
        return
    place = f"row {first[0]}" + "".join(f", column {column}" for column in first[1:])
    raise DataError(
        f"{who}: expected finite numbers in {what}, got {array[first]} in {place}"
        f" ({bad_rows} row{'s' * (bad_rows > 1)} in all). Remove these rows or fill in the missing values."
    )


def check_rows(who: str, what: str, array: Array) -> None:
    """Raise unless there is at least one row of at least one number."""
    if array.ndim == 0 or array.size == 0:
        raise DataError(f"{who}: expected at least one row in {what}, got an empty array of shape {array.shape}.")


def sample_weights(who: str, value: Any, rows: int, dtype: str) -> Array | None:
    """Return (n,) weights in the model's dtype, or None."""
    if value is None:
        return None
    weight = numbers(who, "sample_weight", value)
    if weight.ndim == 2 and weight.shape[1] == 1:
        weight = weight[:, 0]
    if weight.shape != (rows,):
        raise ShapeError(f"{who}: expected one sample_weight per row, shape ({rows},), got {weight.shape}.")
    check_finite(who, "sample_weight", weight)
    if (weight < 0).any():
        raise DataError(f"{who}: expected sample_weight of at least 0, got {weight.min()}.")
    return weight.astype(dtype)


def class_weights(who: str, class_weight: Mapping[int, float], target: Array, dtype: str) -> Array:
    """Return each row's weight by its class; classes that are not named weigh 1, as in Keras."""
    if target.ndim > 1 and target.shape[-1] > 1:
        labels = target.argmax(axis=-1)
    else:
        labels = target.reshape(len(target)).astype(np.int64)
    unknown = [key for key in class_weight if isinstance(key, bool) or key != int(key) or key < 0]
    if unknown:
        raise ArgumentError(f"{who}: expected class_weight keys to be class numbers, got {unknown[0]!r}.")
    table = np.ones(max(int(labels.max(initial=0)), *(int(key) for key in class_weight), 0) + 1, dtype)
    for key, value in class_weight.items():
        table[int(key)] = value
    weights: Array = table[labels]
    return weights
