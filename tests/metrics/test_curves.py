"""Areas under curves, and one rate at a given value of another."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt import metrics
from rosenblatt.errors import ArgumentError


def test_auc_of_a_perfect_ranking_is_one_and_of_its_reverse_zero():
    y_true, y_pred = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    assert metrics.AUC()(y_true, y_pred) == pytest.approx(1)
    assert metrics.AUC(curve="PR")(y_true, y_pred) == pytest.approx(1)
    assert metrics.AUC()(1 - y_true, y_pred) == pytest.approx(0)


def test_a_metric_that_needs_a_value_is_not_made_by_name_alone():
    with pytest.raises(ArgumentError, match="'precision_at_recall': expected a value of recall, got a name alone"):
        metrics.get("precision_at_recall")
    with pytest.raises(ArgumentError, match="RecallAtPrecision: expected precision to be a number of at least 0"):
        metrics.RecallAtPrecision(1.5)
