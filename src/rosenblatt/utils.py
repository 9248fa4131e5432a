"""Small helpers around training: labels as rows of a table, vectors of length one, rows held out for a test."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np

from rosenblatt.arguments import check_whole_number
from rosenblatt.errors import ArgumentError, DataError, ShapeError
from rosenblatt.types import Array, Generator

RandomState: TypeAlias = "int | np.random.RandomState | Generator | None"

# Where models that are given no seed take theirs from; None is the operating system, until `set_random_seed` is called.
_seeds: Generator | None = None


def set_random_seed(seed: int) -> None:
    """Make everything random repeatable: models made from now on without a seed, Python's and NumPy's generators.

    This is the one setting of the library that is not an argument; code written for Keras expects it.

    Args:
        seed: a whole number from 0 up.

    Example:
        >>> set_random_seed(42)
        >>> first = fresh_seed()
        >>> set_random_seed(42)
        >>> fresh_seed() == first
        True

    Source: ``keras.utils.set_random_seed``.
    """
    import random

    global _seeds
    seed = check_whole_number("set_random_seed", "seed", seed, at_least=0)
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002  (the caller's generator, on the caller's demand)
    _seeds = np.random.default_rng(seed)


def fresh_seed() -> int:
    """Return a seed for a model that is given none, from 0 to 2**32 - 1.

    Example:
        >>> set_random_seed(42)
        >>> fresh_seed(), fresh_seed()
        (383329928, 3324115917)
    """
    return int((_seeds or np.random.default_rng()).integers(2**32))


def to_categorical(x: Any, num_classes: int | None = None) -> Array:
    """Turn class numbers into one-hot rows: all zeros but for a one at the class.

    Args:
        x: Whole numbers from 0 up, of any shape; a last axis of length one is dropped, as in Keras.
        num_classes: Length of each row; the largest label plus one unless given.

    Returns:
        Float64 array of the shape of ``x`` with one more axis, ``num_classes`` long.

    Raises:
        DataError: text, fractions, a negative label, or one that is not below ``num_classes``.

    Example:
        >>> to_categorical([0, 2, 1])
        array([[1., 0., 0.],
               [0., 0., 1.],
               [0., 1., 0.]])

    Source: ``keras.utils.to_categorical``; a negative label or a fraction, which Keras lets pass, is an error here.
    """
    labels = _whole_numbers(np.asarray(x))
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None:
        if labels.size == 0:
            raise ArgumentError("to_categorical: expected labels, got none. Give num_classes to make an empty table.")
        num_classes = int(labels.max()) + 1
    elif num_classes < 1:
        raise ArgumentError(f"to_categorical: expected num_classes of at least 1, got {num_classes}.")
    if labels.size and labels.max() >= num_classes:
        raise DataError(
            f"to_categorical: expected labels below num_classes = {num_classes}, got {labels.max()}. "
            "Raise num_classes, or number the classes from 0."
        )
    one_hot = np.zeros((*labels.shape, num_classes))
    np.put_along_axis(one_hot, labels[..., np.newaxis], 1.0, axis=-1)
    return one_hot


def normalize(x: Any, axis: int = -1, order: float = 2) -> Array:
    """Scale the vectors along an axis to length one; vectors of zeros stay as they are.

    Each vector v becomes v / ||v||, where ||v|| is the norm of the given order: 1 for the sum of absolute values,
    2 for the Euclidean length, ``np.inf`` for the largest absolute value.

    Args:
        x: Numbers; float32 stays float32, whole numbers become float64.
        axis: The axis along which the vectors lie.
        order: Order of the norm.

    Example:
        >>> normalize([[3.0, 4.0], [0.0, 0.0]])
        array([[0.6, 0.8],
               [0. , 0. ]])

    Source: ``keras.utils.normalize``, which for ``axis=0`` of a NumPy array divides rows by the norms of columns.
    """
    x = np.asarray(x)
    norm = np.linalg.norm(x, order, axis, keepdims=True)
    return np.asarray(x / np.where(norm == 0, 1, norm))


def train_test_split(
    *arrays: Any,
    test_size: float | None = None,
    train_size: float | None = None,
    random_state: RandomState = None,
    shuffle: bool = True,
    stratify: Any = None,
) -> list[Array]:
    """Split arrays by rows into a training part and a test part, all in the same way.

    For the same ``random_state`` the rows are those that scikit-learn's function of this name chooses.

    Args:
        arrays: One or more arrays, lists or tables with the same number of rows. Of a memory map only the chosen rows
            are read.
        test_size: Share of the rows (float, between 0 and 1) or their number (int). A quarter if neither size is given.
        train_size: Likewise; the rows that the other size leaves, unless given.
        random_state: Seed of the shuffling, or a generator to draw from; a different split each time unless given.
        shuffle: False to take the first rows for training and the next for the test; the parts are then views.
        stratify: Labels, one a row: both parts get every class in the same proportion.

    Returns:
        ``[a_train, a_test, b_train, b_test, ...]``.

    Raises:
        ShapeError: no arrays, no rows, or different numbers of rows.
        ArgumentError: a size that leaves one part empty, or that the rows cannot fill.
        DataError: a class too small to be in both parts.

    Example:
        >>> x, y = np.arange(20).reshape(10, 2), np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
        >>> x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.4, random_state=42, stratify=y)
        >>> x_train.shape, y_test
        ((6, 2), array([0, 0, 1, 1]))

    Source: scikit-learn, ``sklearn.model_selection.train_test_split``.
    """
    tables = [np.asarray(array) for array in arrays]
    rows = _common_length(tables)
    n_train, n_test = _sizes(rows, test_size, train_size)
    if not shuffle:
        if stratify is not None:
            raise ArgumentError("train_test_split: expected shuffle=True with stratify, got shuffle=False. Drop one.")
        parts: tuple[Any, Any] = slice(n_train), slice(n_train, n_train + n_test)
    elif stratify is None:
        order = _generator(random_state).permutation(rows)
        parts = order[n_test : n_test + n_train], order[:n_test]
    else:
        labels = np.asarray(stratify)
        _common_length([*tables[:1], labels])
        parts = _stratified(labels, n_train, n_test, _generator(random_state))
    return [table[part] for table in tables for part in parts]


def _whole_numbers(x: Array) -> Array:
    if x.dtype.kind not in "biuf":
        raise DataError(
            f"to_categorical: expected whole numbers, got {x.dtype} values. "
            "Number the classes first: classes, x = np.unique(x, return_inverse=True)."
        )
    if x.dtype.kind == "f" and not (np.isfinite(x) & (x == np.floor(x))).all():
        raise DataError("to_categorical: expected whole numbers, got fractions, NaN or infinity. Check the labels.")
    if x.size and x.min() < 0:
        raise DataError(f"to_categorical: expected labels from 0 up, got {x.min()}. Number the classes from 0.")
    return x.astype(np.int64)


def _common_length(tables: list[Array]) -> int:
    if not tables:
        raise ShapeError("train_test_split: expected at least one array, got none. Call it with x and y.")
    if any(table.ndim == 0 for table in tables):
        raise ShapeError("train_test_split: expected arrays with rows, got a single value. Check the arguments.")
    lengths = [len(table) for table in tables]
    if len(set(lengths)) > 1:
        raise ShapeError(
            f"train_test_split: expected arrays with equally many rows, got {lengths}. Check x, y and stratify."
        )
    if lengths[0] == 0:
        raise ShapeError("train_test_split: expected rows to split, got empty arrays. Check where they come from.")
    return lengths[0]


def _sizes(rows: int, test_size: float | None, train_size: float | None) -> tuple[int, int]:
    """Return the numbers of training and test rows; shares are rounded up for the test, down for training."""
    n_test = _count("test_size", test_size, rows, math.ceil)
    n_train = _count("train_size", train_size, rows, math.floor)
    shares = [size for size in (train_size, test_size) if isinstance(size, float | np.floating)]
    if len(shares) == 2 and sum(shares) > 1:
        raise ArgumentError(
            f"train_test_split: expected shares of together at most 1, got train_size={train_size} and "
            f"test_size={test_size}. Make one of them smaller."
        )
    if n_test is None:
        n_test = math.ceil(0.25 * rows) if n_train is None else rows - n_train
    if n_train is None:
        n_train = rows - n_test
    if n_train + n_test > rows:
        raise ArgumentError(
            f"train_test_split: expected parts of together at most {rows} rows, got {n_train} for training "
            f"and {n_test} for the test. Make train_size or test_size smaller."
        )
    if n_train == 0:
        raise ArgumentError(
            f"train_test_split: expected rows left for training, got {n_test} of {rows} for the test. "
            "Make test_size smaller or train_size larger."
        )
    return n_train, n_test


def _count(name: str, size: float | None, rows: int, rounded: Any) -> int | None:
    if size is None:
        return None
    if isinstance(size, int | np.integer) and not isinstance(size, bool) and 0 < size < rows:
        return int(size)
    if isinstance(size, float | np.floating) and 0 < size < 1:
        return int(rounded(size * rows))
    raise ArgumentError(
        f"train_test_split: expected {name} as a share between 0 and 1 or a number of rows below {rows}, got {size!r}."
    )


def _generator(random_state: RandomState) -> np.random.RandomState | Generator:
    # RandomState, not default_rng: scikit-learn draws from it, and the splits are to be equal.
    if random_state is None or isinstance(random_state, int | np.integer):
        return np.random.RandomState(random_state)
    return random_state


def _stratified(
    labels: Array, n_train: int, n_test: int, rng: np.random.RandomState | Generator
) -> tuple[Array, Array]:
    """Choose rows class by class, drawing in scikit-learn's order."""
    if labels.ndim > 1:  # rows of several labels: each distinct row is a class
        labels = np.array([" ".join(row.astype(str)) for row in labels.reshape(len(labels), -1)])
    classes, class_of_row, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if counts.min() < 2:
        raise DataError(
            "train_test_split: expected at least two rows of every class to stratify, got one of "
            f"{classes[counts < 2].tolist()}. Leave those rows out, or do not stratify."
        )
    if min(n_train, n_test) < len(classes):
        raise ArgumentError(
            f"train_test_split: expected a row for each of the {len(classes)} classes in both parts, got {n_train} "
            f"for training and {n_test} for the test. Make the smaller part larger, or do not stratify."
        )
    rows_by_class = np.split(np.argsort(class_of_row, kind="stable"), np.cumsum(counts)[:-1])
    train_counts = _proportional(counts, n_train, rng)
    test_counts = _proportional(counts - train_counts, n_test, rng)
    train, test = [], []
    for rows, k_train, k_test in zip(rows_by_class, train_counts, test_counts, strict=True):
        rows = rows[rng.permutation(len(rows))]
        train.append(rows[:k_train])
        test.append(rows[k_train : k_train + k_test])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))


def _proportional(counts: Array, draws: int, rng: np.random.RandomState | Generator) -> Array:
    """Share out draws among classes in proportion to their counts; the largest remainders are rounded up."""
    exact = counts / counts.sum() * draws
    whole = np.floor(exact)
    remainder = exact - whole
    missing = int(draws - whole.sum())
    for value in np.unique(remainder)[::-1]:
        if missing == 0:
            break
        (tied,) = np.where(remainder == value)
        chosen = rng.choice(tied, size=min(len(tied), missing), replace=False)
        whole[chosen] += 1
        missing -= len(chosen)
    return np.asarray(whole, np.int64)
