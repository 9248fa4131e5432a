"""What targets each loss takes, and what a user is told whose targets do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.errors import DataError, ShapeError
from rosenblatt.functional.losses import LOSSES
from rosenblatt.targets import prepare_target

SPARSE, CATEGORICAL, BINARY = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"


@pytest.mark.parametrize("name", sorted(name for name in LOSSES if "categorical" not in name))
def test_a_plain_vector_serves_for_one_output(name):
    assert prepare_target(name, [0.0, 1.0, 1.0], (1,), "fit").tolist() == [[0.0], [1.0], [1.0]]
    assert prepare_target(name, [[0.0], [1.0], [1.0]], (1,), "fit").tolist() == [[0.0], [1.0], [1.0]]


@pytest.mark.parametrize("name", sorted({*LOSSES} - {SPARSE}))
def test_rows_like_the_output_pass_unchanged(name):
    y = np.eye(3)
    assert prepare_target(name, y, (3,), "fit").tolist() == y.tolist()
    assert np.shares_memory(prepare_target(name, y, (3,), "fit"), y)


@pytest.mark.parametrize("y", [[2, 0, 1], [[2], [0], [1]], [2.0, 0.0, 1.0], np.array([2, 0, 1], dtype=np.uint8)])
def test_class_indices_come_out_as_plain_integers(y):
    indices = prepare_target(SPARSE, y, (3,), "fit")
    assert indices.tolist() == [2, 0, 1]
    assert indices.dtype == np.intp


def test_class_indices_of_outputs_with_more_axes_keep_all_but_the_last():
    assert prepare_target(SPARSE, np.zeros((4, 2)), (2, 3), "fit").shape == (4, 2)
    assert prepare_target(SPARSE, np.zeros((4, 2, 1)), (2, 3), "fit").shape == (4, 2)


def test_one_class_a_row_of_as_many_rows_as_classes_is_no_one_hot_row():
    assert prepare_target(SPARSE, [0, 1, 2], (3,), "fit").tolist() == [0, 1, 2]


def test_soft_labels_and_truth_values_are_probabilities():
    assert prepare_target(CATEGORICAL, [[0.3, 0.7]], (2,), "fit").tolist() == [[0.3, 0.7]]
    assert prepare_target(BINARY, [True, False], (1,), "fit").tolist() == [[True], [False]]


def test_a_custom_loss_may_take_targets_of_another_shape():
    assert prepare_target("custom", [0, 2], (3,), "fit").tolist() == [0, 2]
    assert prepare_target("custom", np.zeros((5, 7)), (3,), "fit").shape == (5, 7)


@pytest.mark.parametrize(
    ("name", "y", "output_shape", "error", "message"),
    [
        # the sparse loss
        (
            SPARSE,
            [0, 1, -1],
            (3,),
            DataError,
            r"class indices from 0 to 2 for 3 output units, got -1 at y\[2\]\. Number",
        ),
        (SPARSE, [[0], [3]], (3,), DataError, r"class indices from 0 to 2 for 3 output units, got 3 at y\[1, 0\]"),
        (
            SPARSE,
            np.eye(3),
            (3,),
            DataError,
            r"got rows of shape \(3, 3\), as one-hot rows have\. Use loss='categorical_",
        ),
        (
            SPARSE,
            [0.0, 1.5],
            (3,),
            DataError,
            r"whole numbers as class indices, got 1\.5 at y\[1\].*'mean_squared_error'",
        ),
        (SPARSE, np.zeros((4, 2)), (3,), ShapeError, r"class indices of shape \(4,\).*got y of shape \(4, 2\)"),
        (SPARSE, [0, 1], (1,), ShapeError, r"an output unit for each class, at least 2.*loss='binary_crossentropy'"),
        # one-hot rows
        (
            CATEGORICAL,
            [0, 1, 2],
            (3,),
            DataError,
            r"one-hot rows of shape \(3, 3\).*class indices of shape \(3,\)\. Use l",
        ),
        (
            CATEGORICAL,
            [[0], [2]],
            (3,),
            DataError,
            r"loss='sparse_categorical_crossentropy', or utils.to_categorical\(y, 3",
        ),
        (
            "categorical_hinge",
            [0, 1],
            (3,),
            DataError,
            r"one-hot rows of shape \(2, 3\) for categorical_hinge",
        ),
        ("kl_divergence", [0, 1], (3,), DataError, r"one-hot rows of shape \(2, 3\) for kl_divergence"),
        (CATEGORICAL, [0, 1], (1,), ShapeError, r"at least 2, for categorical_crossentropy, got 1\..*sigmoid unit"),
        (
            CATEGORICAL,
            np.zeros((4, 2)),
            (3,),
            ShapeError,
            r"y of shape \(4, 3\).*got \(4, 2\)\. Give the last layer 2 units",
        ),
        (CATEGORICAL, [[0, 1], [0, -2]], (2,), DataError, r"targets from 0 to 1 for categorical.*got -2 at y\[1, 1\]"),
        # yes or no
        (
            BINARY,
            [0, 1, 7],
            (1,),
            DataError,
            r"targets from 0 to 1 for binary_crossentropy, got 7 at y\[2\]\. For class in",
        ),
        (BINARY, [-1, 1], (1,), DataError, r"got -1 at y\[0\].*for -1 and 1 loss='hinge'"),
        ("binary_focal_crossentropy", [1.5], (1,), DataError, r"binary_focal_crossentropy, got 1\.5 at y\[0\]"),
        (
            BINARY,
            [0, 1],
            (3,),
            ShapeError,
            r"y of shape \(2, 3\) for binary_crossentropy, got \(2,\)\. For class indices use",
        ),
        # numbers
        (
            "mean_squared_error",
            [1.0, 2.0],
            (3,),
            ShapeError,
            r"got \(2,\)\. Give the last layer 1 unit\.",
        ),
        (
            "huber",
            np.zeros((4, 5)),
            (2,),
            ShapeError,
            r"y of shape \(4, 2\) for huber, got \(4, 5\)\. .* 5 units",
        ),
        # no numbers, or none that can be learnt from
        (
            "mse",
            ["cat", "dog"],
            (1,),
            DataError,
            r"numbers in y, got values of type <U3, such as .*'cat'.*np.unique",
        ),
        (
            "mse",
            np.array([1, "x"], dtype=object),
            (1,),
            DataError,
            r"values of type object, such as 1\. Turn text into",
        ),
        ("mse", [[1.0], [2.0, 3.0]], (1,), ShapeError, r"y as an array, got rows of different lengths"),
        ("mse", [], (1,), ShapeError, r"y with at least one row, got an array of shape \(0,\)"),
        ("mse", 3.0, (1,), ShapeError, r"y with at least one row, got an array of shape \(\)"),
        ("mse", [0.0, np.inf], (1,), DataError, r"finite numbers in y, got inf at y\[1\]"),
        (SPARSE, [[0.0], [np.nan]], (3,), DataError, r"finite numbers in y, got nan at y\[1, 0\]"),
    ],
)
def test_targets_that_do_not_fit_are_refused_with_a_cure(name, y, output_shape, error, message):
    with pytest.raises(error, match=f"^fit: expected .*{message}"):
        prepare_target(name, y, output_shape, "fit")
