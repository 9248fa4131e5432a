"""What users hand to fit, evaluate and predict, checked and brought into one form.

Arrays stay as they are (uint8 stays uint8, a memory map stays on disk): an engine gathers the rows of each batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from rosenblatt.arguments import check_number
from rosenblatt.errors import ArgumentError, DataError, ShapeError
from rosenblatt.types import Array, Generator

# A slice of training should take some hundredths of a second: short enough for Ctrl-C and a smooth progress bar. It is
# measured in multiplications, not by a clock, so that the figures of an epoch, added up slice by slice, are the same
# to the last bit whenever the same training is run.
SLICE_WORK = 3_000_000_000
BATCH_WORK = 2_500_000  # what a batch costs in any case, however small the network
EVALUATION_ROWS = 8192  # rows evaluated between two looks at metrics and Ctrl-C: bounded memory for any number of rows
CHECK_ROWS = 4096  # rows checked for NaN at once, so that a memory map larger than memory can be checked, too
_END = object()  # what a stream of batches gives after its last; None may be a user's mistake in its midst


class Batch(NamedTuple):
    """Rows with their targets and weights, ready for an engine."""

    x: Array
    target: Array
    weight: Array | None


class Slice(NamedTuple):
    """Some whole batches for an engine to train on in one call: ``data``'s rows in the order given, or in several."""

    data: Batch
    order: Array
    batch_size: int

    def sizes_of_batches(self) -> Array:
        """Return how many rows each batch has, (batches an order,): all but the last are full."""
        rows = self.order.shape[-1]
        sizes: Array = np.minimum(self.batch_size, rows - np.arange(0, rows, self.batch_size))
        return sizes


def whole(data: Batch) -> Slice:
    """Return all rows as one batch."""
    return Slice(data, np.arange(len(data.x)), len(data.x))


def batches_a_slice(parameters: int, batch_size: int) -> int:
    """Return how many batches are trained between two looks at callbacks and Ctrl-C.

    Example:
        >>> batches_a_slice(100, batch_size=32), batches_a_slice(100_000_000, batch_size=32)
        (1195, 1)
    """
    products = 3  # forward, and backward to the weights and to the inputs
    return max(1, SLICE_WORK // (BATCH_WORK + products * parameters * batch_size))


class ArraySource:
    """Rows that are all there: every epoch is one order of them, cut into slices of some whole batches."""

    def __init__(self, data: Batch, batch_size: int, shuffle: bool, rng: Generator, slice_batches: int) -> None:
        self.data, self.shuffle, self.rng = data, shuffle, rng
        self.batch_size = min(batch_size, len(data.x))  # engines count rows in 64 bits
        self.slice_batches = slice_batches

    @property
    def rows(self) -> int | None:
        """How many rows an epoch has."""
        return len(self.data.x)

    @property
    def steps(self) -> int | None:
        """How many batches an epoch has."""
        return -(-len(self.data.x) // self.batch_size)

    @property
    def epochs_a_slice(self) -> int:
        """How many epochs go into one slice, where nobody looks at the model in between."""
        return max(1, self.slice_batches // -(-len(self.data.x) // self.batch_size))

    def epochs(self, count: int) -> Slice:
        """Return several epochs as one slice: each an order of its own."""
        if not self._shuffles:
            return Slice(self.data, np.tile(self._order(), (count, 1)), self.batch_size)
        return Slice(self.data, np.stack([self._order() for _ in range(count)]), self.batch_size)

    @property
    def _shuffles(self) -> bool:
        """Whether epochs differ: all rows in one batch are seen at once, and there is nothing to shuffle."""
        return self.shuffle and len(self.data.x) > self.batch_size

    def _order(self) -> Array:
        return self.rng.permutation(len(self.data.x)) if self._shuffles else np.arange(len(self.data.x))

    def epoch(self, batch_by_batch: bool) -> Iterator[Slice]:
        """Yield the slices of one epoch, single batches where asked."""
        order = self._order()
        rows = self.batch_size * (1 if batch_by_batch else self.slice_batches)
        for start in range(0, len(order), rows):
            yield Slice(self.data, order[start : start + rows], self.batch_size)


class IterableSource:
    """Batches that come one after the other: (x, y) or (x, y, sample_weight).

    Something that can be iterated again (a list of batches, a data loader) is iterated once an epoch. An iterator (a
    generator) is gone when it is exhausted: `steps` says how many of its batches make an epoch.
    """

    def __init__(self, batches: Iterable[Any], prepare: Callable[[str, Any], Batch], steps: int | None) -> None:
        self.batches, self.prepare, self.steps = batches, prepare, steps
        self.iterator: Iterator[Any] | None = batches if isinstance(batches, Iterator) else None

    @property
    def rows(self) -> int | None:
        """How many rows an epoch has: not known beforehand."""
        return None

    def epoch(self, batch_by_batch: bool) -> Iterator[Slice]:
        """Yield the batches of one epoch, each a slice of its own."""
        iterator = self.iterator if self.iterator is not None else each(self.batches)
        number = 0
        while self.steps is None or number < self.steps:
            item = next(iterator, _END)
            if item is _END:
                break
            number += 1
            yield whole(self.prepare(f"fit, batch {number}", item))
        if number == 0 or (self.steps is not None and number < self.steps):
            wanted = "at least one batch" if self.steps is None else f"{self.steps} batches"
            raise DataError(
                f"fit: expected {wanted} an epoch from {type(self.batches).__name__}, got {number}. A generator can be "
                "read only once: pass something that can be iterated again, or steps_per_epoch= for an endless one."
            )


def in_blocks(data: Batch, batch_size: int, batches: int) -> Iterator[Slice]:
    """Cut data, in the order in which they stand, into blocks of some batches."""
    for start in range(0, len(data.x), batch_size * batches):
        rows = slice(start, start + batch_size * batches)
        block = Batch(data.x[rows], data.target[rows], None if data.weight is None else data.weight[rows])
        yield Slice(block, np.arange(len(block.x)), batch_size)


def each(batches: Any) -> Iterator[Any]:
    """Iterate over batches; something with only ``len`` and ``[]``, such as Keras's PyDataset, is read by number."""
    return iter(batches) if hasattr(batches, "__iter__") else (batches[number] for number in range(len(batches)))


def rows_of_each(batches: Any) -> Iterator[Any]:
    """Yield the rows x of batches x, (x,), (x, y) or (x, y, sample_weight)."""
    return (item[0] if isinstance(item, tuple) else item for item in each(batches))


def peek(batches: Iterable[Any]) -> tuple[Any, Iterable[Any]]:
    """Return the first batch, and batches that still begin with it."""
    iterator = each(batches)
    first = next(iterator, _END)
    if first is _END:
        raise DataError(f"fit: expected at least one batch, got none from {type(batches).__name__}. Check the data.")
    return first, (_chain(first, iterator) if iterator is batches else batches)


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def numbers(who: str, what: str, value: Any) -> Array:
    """Return an array of numbers, or say what else it is.

    Raises:
        DataError: text, masked values, or objects that are no numbers; columns of text are named.
        ShapeError: rows of different lengths.
    """
    if value is None:
        raise DataError(f"{who}: expected numbers in {what}, got None. Give an array, a table or a list of rows.")
    if not isinstance(value, np.ndarray) and hasattr(value, "columns") and hasattr(value, "dtypes"):
        others = [
            f"{name} ({dtype})"
            for name, dtype in zip(value.columns, value.dtypes, strict=True)
            if getattr(dtype, "kind", "f") not in "fiub"
        ]
        if others:
            raise DataError(f"{who}: expected numbers in every column of {what}, got {_some(others)}. {NUMBER_THEM}")
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, RuntimeError) as error:
        if "inhomogeneous" in str(error):
            raise ShapeError(
                f"{who}: expected {what} to be a table of numbers, got rows of different lengths. Make them equal."
            ) from error
        raise DataError(
            f"{who}: expected {what} to be a table of numbers, got {type(value).__name__}: {error}. "
            "Turn it into a NumPy array first."
        ) from error
    if array.dtype.kind not in "fiub":
        raise DataError(f"{who}: expected numbers in {what}, got {_what_else(value, array)}")
    if isinstance(value, np.ndarray) and np.any(getattr(value, "mask", False)):
        raise DataError(
            f"{who}: expected a number everywhere in {what}, got {int(np.sum(value.mask))} masked ones. "  # type: ignore[attr-defined]
            "Fill them in, such as by x.filled(0), or remove these rows."
        )
    return array


NUMBER_THEM = "Leave text out or number it: names, numbers = np.unique(text, return_inverse=True)."


def _what_else(value: Any, array: Array) -> str:
    """Say what an array holds that are no numbers, and what to do."""
    columns = _text_columns(array)
    where = f" in column{'s' * (len(columns) > 1)} {_some(columns)}" if columns else ""
    if array.dtype.kind in "US" or columns:
        return f"text{where}. {NUMBER_THEM}"
    if array.dtype.kind == "O":
        kind = type(value).__name__ if array.ndim == 0 else f"Python objects, such as {type(array.flat[0]).__name__}"
        return f"{kind}. Give an array, a table or a list of rows; an array of objects becomes one by x.astype(float)."
    return f"values of type {array.dtype}. Turn them into real numbers first."


def _text_columns(array: Array) -> list[int]:
    """Return the columns of a table that cannot be read as numbers."""

    def is_text(column: Array) -> bool:
        try:
            column.astype(np.float64)
        except (ValueError, TypeError, OverflowError):
            return True
        return False

    if array.ndim != 2 or array.dtype.kind not in "OUS":
        return []
    return [column for column in range(array.shape[1]) if is_text(array[:, column])]


def _some(things: Sequence[object]) -> str:
    """List a few things by name; a message is no place for a thousand columns."""
    named = ", ".join(map(str, things[:8]))
    return named if len(things) <= 8 else f"{named} and {len(things) - 8} more"


def check_finite(who: str, what: str, array: Array, dtype: str = "float64") -> None:
    """Raise a DataError that names the first NaN or infinity and how many rows have one.

    A number that is infinite only in the model's precision, such as 1e300 in float32, is named as well.
    """
    if array.dtype.kind != "f":
        return
    bad_rows = 0
    first: tuple[int, ...] | None = None
    for start in range(0, len(array), CHECK_ROWS):
        block = array[start : start + CHECK_ROWS]
        if _has_finite_length(block, dtype):
            continue
        with np.errstate(over="ignore"):
            finite = np.isfinite(block.astype(dtype, copy=False))
        if finite.all():
            continue
        bad = np.argwhere(~finite)
        bad_rows += len(np.unique(bad[:, 0]))
        if first is None:
            first = (start + int(bad[0, 0]), *map(int, bad[0, 1:]))
    if first is None:
        return
    place = f"row {first[0]}" + "".join(f", column {column}" for column in first[1:])
    found = f"got {array[first]} in {place} ({bad_rows} row{'s' * (bad_rows > 1)} in all)"
    if np.isfinite(array[first]):
        raise DataError(
            f"{who}: expected numbers that {dtype} can hold in {what}, {found}. Scale them, or give the model "
            "dtype='float64'."
        )
    raise DataError(
        f"{who}: expected finite numbers in {what}, {found}. Remove these rows or fill in the missing values."
    )


def _has_finite_length(block: Array, dtype: str) -> bool:
    """Tell, in half the time of looking at each number, that all are finite; False may be wrong, True is not."""
    if not block.flags.c_contiguous:
        return False
    numbers = block.reshape(-1)
    with np.errstate(over="ignore", invalid="ignore"):
        squares = float(np.dot(numbers, numbers))
    largest = float(np.finfo(dtype).max)
    return squares < largest * largest  # for float64 that is infinity


def check_rows(who: str, what: str, array: Array) -> None:
    """Raise unless there is at least one row of at least one number."""
    if array.ndim == 0:
        raise DataError(f"{who}: expected rows in {what}, got the single number {array}. Give an array of rows.")
    if array.size == 0:
        raise DataError(
            f"{who}: expected at least one row in {what}, got an empty array of shape {array.shape}. Check the data."
        )


def sample_weights(who: str, value: Any, rows: int, dtype: str) -> Array | None:
    """Return (n,) weights in the model's dtype, or None."""
    if value is None:
        return None
    weight = numbers(who, "sample_weight", value)
    if weight.ndim == 2 and weight.shape[1] == 1:
        weight = weight[:, 0]
    if weight.shape != (rows,):
        raise ShapeError(
            f"{who}: expected one sample_weight per row, shape ({rows},), got {weight.shape}. Give each row its weight."
        )
    check_finite(who, "sample_weight", weight, dtype)
    if (weight < 0).any():
        raise DataError(
            f"{who}: expected sample_weight of at least 0, got {weight.min()} in row {int(np.argmax(weight < 0))}. "
            "A weight of 0 leaves a row out."
        )
    return weight.astype(dtype)


def class_weights(who: str, class_weight: Any, target: Array, classes: int | None, dtype: str) -> Array:
    """Return each row's weight by its class; classes that are not named weigh 1, as in Keras.

    Args:
        who: who is asking, for messages.
        class_weight: a weight for some class numbers.
        target: class numbers (n,) or (n, 1), or one-hot rows (n, classes).
        classes: how many classes there are, where that is known.
        dtype: the model's.
    """
    weights = _checked_class_weights(who, class_weight, classes)
    if target.ndim > 2:
        raise ArgumentError(
            f"{who}: expected one class a row with class_weight, got targets of shape {target.shape}. "
            "Give sample_weight instead."
        )
    labels = target.argmax(axis=-1) if target.ndim == 2 and target.shape[1] > 1 else target.reshape(len(target))
    found, place = np.unique(labels, return_inverse=True)
    wrong = found[(found < 0) | (found != np.floor(found))]
    if len(wrong):
        raise DataError(
            f"{who}: expected targets that are class numbers from 0 up with class_weight, got {wrong[0]}. "
            "Give sample_weight instead."
        )
    by_class: Array = np.array([weights.get(int(label), 1.0) for label in found], dtype)
    return by_class[place]


def _checked_class_weights(who: str, class_weight: Any, classes: int | None) -> dict[int, float]:
    if not isinstance(class_weight, Mapping):
        raise ArgumentError(
            f"{who}: expected class_weight to be a dict such as {{0: 1.0, 1: 5.0}}, got {type(class_weight).__name__}. "
            "Name each class by its number."
        )
    known = "whole numbers from 0" + ("" if classes is None else f" to {classes - 1}")
    for key in class_weight:
        is_number = isinstance(key, Real) and not isinstance(key, bool) and key % 1 == 0
        if not is_number or key < 0 or (classes is not None and key >= classes):
            raise ArgumentError(f"{who}: expected the classes in class_weight to be {known}, got {key!r}.")
    return {
        int(key): check_number(who, f"the weight of class {key}", value, at_least=0)
        for key, value in class_weight.items()
    }


def gives_batches(x: Any) -> bool:
    """Tell a stream of batches from a table: arrays, tables and lists of rows are tables."""
    is_table = hasattr(x, "__array__") or hasattr(x, "columns") or isinstance(x, str | bytes)
    is_list_of_rows = isinstance(x, list | tuple) and not (x and _holds_arrays(x[0]))
    return not is_table and not is_list_of_rows and (hasattr(x, "__iter__") or hasattr(x, "__getitem__"))


def _holds_arrays(item: Any) -> bool:
    """Tell a batch, whose x is an array, from a row, which holds numbers."""
    return isinstance(item, tuple) and len(item) > 0 and getattr(item[0], "ndim", 0) > 0


def hold_out(rows: Batch, share: float) -> tuple[Batch, Batch]:
    """Hold out the last rows, as Keras does: they are not shuffled first."""
    kept = math.floor(len(rows.x) * (1 - share))
    if kept == 0 or kept == len(rows.x):
        raise ArgumentError(
            f"fit: expected validation_split to leave rows on both sides, got {share:g} of {len(rows.x)} rows."
        )
    cut = [None if part is None else (part[:kept], part[kept:]) for part in rows]
    first, last = ([None if pair is None else pair[side] for pair in cut] for side in (0, 1))
    return Batch(*first), Batch(*last)  # type: ignore[arg-type]
