"""Counts of classes, and of what is taken for what."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.plots.conftest import visible_texts

from rosenblatt import plots


def test_class_counts_show_a_bar_a_class_in_order_and_empty_ones_too() -> None:
    ax = plots.class_counts([2, 0, 2, 2], ["a", "b", "c"])
    assert [bar.get_width() for bar in ax.patches] == [1, 0, 3]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b", "c"]
    assert visible_texts(ax) == ["1", "0", "3"]
    assert ax.yaxis_inverted()  # the first class on top


@pytest.mark.parametrize("y", [["cat", "dog", "cat"], np.array([[7], [9], [7]])])
def test_class_counts_take_words_and_columns(y: Any) -> None:
    assert [bar.get_width() for bar in plots.class_counts(y).patches] == [2, 1]


def test_class_counts_take_one_hot_targets() -> None:
    assert [bar.get_width() for bar in plots.class_counts(np.eye(2)[[0, 1, 1]]).patches] == [1, 2]


def test_confusion_matrix_counts_the_pairs() -> None:
    y_true, probabilities = [0, 0, 1, 2], np.eye(3)[[0, 1, 1, 0]]
    ax = plots.confusion_matrix((y_true, probabilities))
    counts = [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert visible_texts(ax) == [str(count) for row in counts for count in row]
    assert ax.get_title() == "Confusion matrix (50.0 % correct)"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    assert ax.images[0].get_array().tolist() == [[0.5, 0.5, 0], [0, 1, 0], [1, 0, 0]]


def test_confusion_matrix_takes_counts_and_names() -> None:
    ax = plots.confusion_matrix([[3, 1], [0, 0]], ["shirt", "shoe"])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["shirt", "shoe"]
    assert plots.describe(ax).splitlines()[-2:] == ["shirt      3     1         75.0 %", "shoe       0     0"]
