"""The pure functions behind the metrics: by hand, and what must hold for any data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rosenblatt.functional import metrics

CORNERS = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])


def test_binary_accuracy_does_not_take_the_threshold_itself_for_positive():
    matches = metrics.binary_accuracy(np.array([0.0, 1.0, 1.0]), np.array([0.5, 0.5, 0.51]))
    assert matches.tolist() == [True, False, True]


def test_the_first_of_equal_outputs_is_the_prediction():
    assert metrics.sparse_categorical_accuracy(np.array([0, 1]), np.array([[0.5, 0.5], [0.5, 0.5]])).tolist() == [
        True,
        False,
    ]


def test_ties_are_in_favour_of_the_label_among_the_top_k():
    output = np.array([[0.3, 0.3, 0.3, 0.1]])
    assert metrics.sparse_top_k_categorical_accuracy(np.array([2]), output, k=1).tolist() == [True]
    assert metrics.sparse_top_k_categorical_accuracy(np.array([3]), output, k=3).tolist() == [False]


def test_top_k_marks_exactly_k_outputs_of_a_row_the_first_of_equal_ones():
    marked = metrics.is_top_k(np.array([[0.3, 0.3, 0.3, 0.1], [0.0, 0.5, 0.2, 0.9]]), k=2)
    assert marked.tolist() == [[True, True, False, False], [False, True, False, True]]


def test_a_row_of_zeros_has_no_largest_output():
    assert metrics.is_largest(np.array([[0.0, 0.0], [0.2, 0.2], [0.1, 0.9]])).tolist() == [
        [False, False],
        [True, True],
        [False, True],
    ]


def test_cosine_similarity_of_parallel_opposite_and_orthogonal_rows():
    target = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
    output = np.array([[2.0, 2.0], [-3.0, -3.0], [1.0, -1.0]])
    np.testing.assert_allclose(metrics.cosine_similarity(target, output), [1, -1, 0], atol=1e-12)


@given(
    target=arrays(bool, (17, 3)),
    output=arrays(np.float64, (17, 3), elements=CORNERS),
    weight=arrays(np.float64, (17, 1), elements=st.floats(0, 4)),
    thresholds=st.lists(CORNERS, min_size=1, max_size=5),
)
def test_confusion_counts_are_what_counting_one_by_one_gives(target, output, weight, thresholds):
    counts = metrics.confusion_counts(target, output, np.array(thresholds), weight)
    for index, threshold in enumerate(thresholds):
        called = output > threshold
        by_hand = [
            ((target & called) * weight).sum(axis=0),
            ((~target & called) * weight).sum(axis=0),
            ((~target & ~called) * weight).sum(axis=0),
            ((target & ~called) * weight).sum(axis=0),
        ]
        for count, expected in zip(counts, by_hand, strict=True):
            np.testing.assert_allclose(count[index], expected, atol=1e-12)


def test_confusion_counts_compare_in_the_outputs_own_precision():
    output = np.array([[0.3]], dtype=np.float32)  # as a float64, it is above 0.3
    assert metrics.confusion_counts(np.array([[True]]), output, np.array([0.3])).true_positives.item() == 0


def test_confusion_matrix_counts_weights():
    matrix = metrics.confusion_matrix(np.array([0, 1, 1]), np.array([1, 1, 1]), 2, np.array([0.5, 1.0, 2.0]))
    assert matrix.tolist() == [[0.0, 0.5], [0.0, 3.0]]


def test_ratio_is_zero_where_there_is_nothing():
    assert metrics.ratio(np.array([1.0, 0.0]), np.array([4.0, 0.0])).tolist() == [0.25, 0.0]


def test_f_beta_of_one_is_the_harmonic_mean():
    score = metrics.f_beta(np.array(3.0), np.array(1.0), np.array(2.0))
    precision, recall = 3 / 4, 3 / 5
    assert score == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-6)


@pytest.mark.parametrize(("method", "area"), [("interpolation", 0.75), ("minoring", 0.5), ("majoring", 1.0)])
def test_riemann_area_by_hand(method, area):
    x, y = np.array([[1.0], [0.5], [0.0]]), np.array([[1.0], [1.0], [0.0]])
    assert metrics.riemann_area(x, y, method).tolist() == [area]


def test_interpolated_precision_recall_area_of_one_step():
    # From 2 called positive, both right, to all 4 called positive, 3 of them right: precision = 1/2 + 1/P.
    counts = metrics.ConfusionCounts(
        np.array([[3.0], [2.0], [0.0]]),
        np.array([[1.0], [0.0], [0.0]]),
        np.array([[0.0], [1.0], [1.0]]),
        np.array([[0.0], [1.0], [3.0]]),
    )
    expected = 0.5 * (1 + 1 * np.log(4 / 2)) / 3 + 1 * 2 / 3
    assert metrics.interpolated_precision_recall_area(counts).item() == pytest.approx(expected)
