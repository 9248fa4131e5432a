"""Right and wrong decisions, counted."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt import metrics


def test_f1_of_a_single_output_compares_it_with_a_half():
    assert metrics.F1Score()([1, 1, 0, 0], [0.9, 0.2, 0.1, 0.8]) == pytest.approx(0.5, abs=1e-6)


def test_the_confusion_matrix_has_the_true_classes_as_rows():
    metric = metrics.ConfusionMatrix()
    metric.update_state(np.array([0, 2]), np.array([[0.1, 0.9, 0.0], [0.0, 0.0, 1.0]]))
    metric.update_state(np.array([[0, 1, 0]]), np.array([[0.1, 0.9, 0.0]]))
    assert metric.result().tolist() == [[0, 1, 0], [0, 1, 0], [0, 0, 1]]


def test_the_confusion_matrix_of_one_output_and_of_labels():
    assert metrics.ConfusionMatrix()([1, 0, 1], [[0.9], [0.8], [0.1]]).tolist() == [[0, 1], [1, 1]]
    assert metrics.ConfusionMatrix(num_classes=3)([2, 0], [2, 1]).tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 1]]
