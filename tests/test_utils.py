"""One-hot rows as Keras makes them, splits as scikit-learn makes them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosenblatt.errors import ArgumentError, DataError, ShapeError
from rosenblatt.utils import normalize, to_categorical, train_test_split

# --- to_categorical ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "num_classes"),
    [
        ([0, 1, 2, 3], None),
        ([2, 0], 5),
        (np.array([[1], [0], [2]]), None),
        (np.array([[1, 0], [2, 2]], np.uint8), None),
        (np.array([1.0, 0.0]), 2),
        (np.array([True, False]), None),
        (3, None),
        (np.zeros((0,), int), 4),
        (np.zeros((2, 1, 1), int), 3),
    ],
)
def test_to_categorical_equals_keras(keras: ModuleType, x: Any, num_classes: int | None) -> None:
    ours, theirs = to_categorical(x, num_classes), keras.utils.to_categorical(x, num_classes)
    np.testing.assert_array_equal(ours, theirs)
    assert ours.dtype == theirs.dtype == np.float64
    assert ours.shape == theirs.shape


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_the_arg_max_undoes_to_categorical(labels: list[int]) -> None:
    one_hot = to_categorical(labels, 10)
    assert one_hot.argmax(axis=1).tolist() == labels
    assert (one_hot.sum(axis=1) == 1).all()


@pytest.mark.parametrize(
    ("x", "num_classes", "error", "message"),
    [
        ([0, -1], None, DataError, "to_categorical: expected labels from 0 up, got -1"),
        ([0, 3], 3, DataError, "expected labels below num_classes = 3, got 3"),
        ([0.5, 1], None, DataError, "expected whole numbers, got fractions"),
        ([np.nan], None, DataError, "expected whole numbers, got fractions, NaN or infinity"),
        ([np.inf], None, DataError, "expected whole numbers, got fractions, NaN or infinity"),
        (["cat", "dog"], None, DataError, r"expected whole numbers, got <U3 values.*np\.unique"),
        ([], None, ArgumentError, "expected labels, got none"),
        ([0], 0, ArgumentError, "expected num_classes of at least 1, got 0"),
    ],
)
def test_to_categorical_refuses(x: Any, num_classes: int | None, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        to_categorical(x, num_classes)


# --- normalize --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, 2, 3, np.inf])
@pytest.mark.parametrize("axis", [-1, 1, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_normalize_equals_keras(keras: ModuleType, order: float, axis: int, dtype: type) -> None:
    x = np.random.default_rng(1).normal(0, 5, (3, 4, 5)).astype(dtype)
    x[1, 2] = 0
    ours, theirs = normalize(x, axis, order), keras.utils.normalize(x, axis, order)
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=1e-6 if dtype == np.float32 else 1e-15)


def test_normalize_along_the_first_axis_gives_columns_of_length_one() -> None:
    x = np.arange(1.0, 7.0).reshape(3, 2)
    np.testing.assert_allclose(np.linalg.norm(normalize(x, axis=0), axis=0), [1, 1])


def test_normalize_leaves_zeros_and_its_argument_alone() -> None:
    x = np.array([[0.0, 0.0], [3.0, 4.0]])
    np.testing.assert_array_equal(normalize(x), [[0, 0], [0.6, 0.8]])
    np.testing.assert_array_equal(x, [[0, 0], [3, 4]])


# --- train_test_split -------------------------------------------------------------------------------------------------

sizes = st.one_of(st.none(), st.integers(1, 60), st.floats(0.01, 0.99))


def both(rows: int, **arguments: Any) -> tuple[Any, Any]:
    """Split row numbers by our function and by scikit-learn's; an error counts as None."""
    from sklearn.model_selection import train_test_split as sklearn_split

    results = []
    for split in (train_test_split, sklearn_split):
        try:
            results.append([part.tolist() for part in split(np.arange(rows), **arguments)])
        except ValueError:
            results.append(None)
    return results[0], results[1]


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 80), sizes, sizes, st.integers(0, 2**32 - 1), st.booleans())
def test_a_split_equals_scikit_learns(rows: int, test: Any, train: Any, seed: int, shuffle: bool) -> None:
    ours, theirs = both(rows, test_size=test, train_size=train, random_state=seed, shuffle=shuffle)
    assert ours == theirs


@settings(max_examples=300, deadline=None)
@given(st.data(), st.integers(1, 6), st.integers(2, 100), sizes, sizes, st.integers(0, 2**32 - 1))
def test_a_stratified_split_equals_scikit_learns(
    data: st.DataObject, classes: int, rows: int, test: Any, train: Any, seed: int
) -> None:
    labels = np.array(data.draw(st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows)))
    ours, theirs = both(rows, test_size=test, train_size=train, random_state=seed, stratify=labels)
    assert ours == theirs


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "labels",
    [
        np.array(["b", "a", "c"] * 20),
        np.array([[10, 2], [2, 10], [1, 1]] * 20),
        np.eye(3)[[0, 1, 2] * 20],
        np.array([True, False, False] * 20),
    ],
    ids=["text", "rows", "one-hot", "bool"],
)
def test_labels_of_any_kind_stratify_as_scikit_learns(labels: Any, seed: int) -> None:
    ours, theirs = both(60, test_size=0.2, random_state=seed, stratify=labels)
    assert ours is not None
    assert ours == theirs


def test_the_lectures_split_of_the_cancer_table() -> None:
    from rosenblatt.datasets import breast_cancer

    x, y = breast_cancer.load_data()
    x_rest, x_test, y_rest, _ = train_test_split(x, y, stratify=y, test_size=0.2, random_state=42)
    x_train, x_val, *_ = train_test_split(x_rest, y_rest, stratify=y_rest, test_size=0.2, random_state=42)
    assert (len(x_train), len(x_val), len(x_test)) == (364, 91, 114)


def test_all_arrays_are_split_alike_and_lists_and_tables_become_arrays() -> None:
    pandas = pytest.importorskip("pandas")
    x = np.arange(12).reshape(6, 2)
    parts = train_test_split(x, x.tolist(), pandas.DataFrame(x), random_state=0)
    for train, test in (parts[2:4], parts[4:6]):
        np.testing.assert_array_equal(train, parts[0])
        np.testing.assert_array_equal(test, parts[1])


def test_a_memory_map_is_split_and_unshuffled_parts_are_views_of_it(tmp_path: Path) -> None:
    x = np.memmap(tmp_path / "x", np.float32, "w+", shape=(10, 3))
    x[:] = np.arange(30).reshape(10, 3)
    train, test = train_test_split(x, shuffle=False, test_size=4)
    assert np.shares_memory(train, x)
    assert np.shares_memory(test, x)
    shuffled, _ = train_test_split(x, random_state=0)
    assert not np.shares_memory(shuffled, x)


def test_a_random_state_object_goes_on_from_where_it_stands() -> None:
    from sklearn.model_selection import train_test_split as sklearn_split

    ours, theirs = np.random.RandomState(3), np.random.RandomState(3)
    for _ in range(3):
        np.testing.assert_array_equal(
            train_test_split(np.arange(9), random_state=ours)[0], sklearn_split(np.arange(9), random_state=theirs)[0]
        )


def test_a_modern_generator_will_do() -> None:
    x = np.arange(20)
    first, _ = train_test_split(x, random_state=np.random.default_rng(1), stratify=x % 2)
    again, _ = train_test_split(x, random_state=np.random.default_rng(1), stratify=x % 2)
    np.testing.assert_array_equal(first, again)


def test_without_a_seed_splits_differ_and_the_global_generator_is_left_alone() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, _ = train_test_split(np.arange(1000))
    second, _ = train_test_split(np.arange(1000))
    assert first.tolist() != second.tolist()
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize(
    ("arrays", "arguments", "error", "message"),
    [
        ((), {}, ShapeError, "expected at least one array, got none"),
        (([1, 2], [1, 2, 3]), {}, ShapeError, r"equally many rows, got \[2, 3\]"),
        (([],), {}, ShapeError, "expected rows to split, got empty arrays"),
        ((3,), {}, ShapeError, "expected arrays with rows, got a single value"),
        ((range(4),), {"stratify": [0, 1]}, ShapeError, r"equally many rows, got \[4, 2\]"),
        ((range(4),), {"test_size": 1.5}, ArgumentError, "test_size as a share between 0 and 1.* got 1.5"),
        ((range(4),), {"test_size": 4}, ArgumentError, "a number of rows below 4, got 4"),
        ((range(4),), {"train_size": 0}, ArgumentError, "expected train_size .* got 0"),
        ((range(4),), {"test_size": True}, ArgumentError, "expected test_size .* got True"),
        ((range(4),), {"test_size": "half"}, ArgumentError, "expected test_size .* got 'half'"),
        ((range(4),), {"test_size": 3, "train_size": 3}, ArgumentError, "parts of together at most 4 rows, got 3"),
        ((range(4),), {"test_size": 0.5, "train_size": 0.6}, ArgumentError, "shares of together at most 1, got train_"),
        ((range(4),), {"test_size": 0.99}, ArgumentError, "expected rows left for training, got 4 of 4"),
        ((range(4),), {"shuffle": False, "stratify": range(4)}, ArgumentError, "shuffle=True with stratify"),
        ((range(4),), {"stratify": [0, 0, 0, 7]}, DataError, r"at least two rows of every class.* one of \[7\]"),
        ((range(8),), {"stratify": [0, 1, 2, 3] * 2, "test_size": 2}, ArgumentError, "each of the 4 classes"),
    ],
)
def test_train_test_split_refuses(arrays: Any, arguments: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        train_test_split(*arrays, **arguments)
