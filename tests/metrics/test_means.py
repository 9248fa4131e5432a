"""Sums and means: of values, and of a function of one's own."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt import metrics
from rosenblatt.errors import ShapeError, UnknownNameError


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", ["Sum", "Mean"])
@pytest.mark.parametrize("shape", [(7,), (7, 3)])
def test_sums_and_means_are_those_of_keras(keras, name, shape, weighted):
    rng = np.random.default_rng(0)
    ours, theirs = metrics.CLASSES[name](), getattr(keras.metrics, name)()
    for _ in range(3):
        values = rng.normal(size=shape).astype(np.float32)
        weight = rng.random(7).astype(np.float32) if weighted else None
        ours.update_state(values, weight)
        theirs.update_state(values, weight)
    assert ours.result() == pytest.approx(float(theirs.result()), rel=1e-5)


def within(y_true, y_pred, limit=1.0):
    return np.abs(y_true - y_pred) < limit


def test_a_function_of_values_per_row_is_a_metric_under_its_name():
    metric = metrics.get(within)
    metric.update_state([0.0, 0.0, 0.0], [0.5, 2.0, 3.0])
    metric.update_state([0.0], [0.5])
    assert (metric.name, metric.result()) == ("within", 0.5)
    assert metric.get_config() == {"fn": "within", "name": "within", "dtype": None}


def test_a_function_of_one_value_counts_for_its_rows():
    metric = metrics.MeanMetricWrapper(lambda y_true, y_pred: np.mean(y_pred), name="mean output")
    metric.update_state(np.zeros(3), np.array([1.0, 2.0, 3.0]))
    metric.update_state(np.zeros(1), np.array([6.0]))
    assert metric.result() == 3


def test_a_wrapped_function_gets_its_own_arguments_and_can_be_one_of_ours():
    assert metrics.MeanMetricWrapper(within, limit=3.0)([0.0, 0.0], [2.0, 4.0]) == 0.5
    assert metrics.MeanMetricWrapper("mean_squared_error")([[1.0]], [[3.0]]) == 4
    with pytest.raises(UnknownNameError, match="MeanMetricWrapper fn: expected a known name, got 'within'"):
        metrics.MeanMetricWrapper("within")


def test_a_function_that_broadcasts_rows_against_rows_is_an_error():
    metric = metrics.get(within)
    with pytest.raises(ShapeError, match=r"'within': expected a value per row or one for all, got .* \(4, 4\)"):
        metric.update_state(np.zeros(4), np.zeros((4, 1)))
