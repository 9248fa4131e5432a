"""How far the outputs are from targets that are numbers."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt import metrics


def test_r2_keeps_its_precision_for_large_means():
    y_true = 1e9 + np.array([1.0, 2.0, 3.0, 4.0])
    metric = metrics.R2Score()
    for true in y_true:
        metric.update_state([true], [true + 0.5])
    assert metric.result() == pytest.approx(1 - 4 * 0.25 / 5)


def test_r2_of_targets_that_do_not_vary():
    assert metrics.R2Score()([3.0, 3.0], [3.0, 3.0]) == 1
    assert metrics.R2Score()([3.0, 3.0], [3.0, 4.0]) == 0


def test_an_adjusted_r2_of_too_few_rows_is_not_adjusted():
    metric = metrics.R2Score(num_regressors=5)
    metric.update_state([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    with pytest.warns(UserWarning, match="expected more than 6 values for the adjusted score, got 3"):
        assert metric.result() == pytest.approx(0.5)
