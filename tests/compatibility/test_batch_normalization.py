"""What a test of Keras asks of BatchNormalization before it comes to masks, which are not offered."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt import Sequential
from rosenblatt.functional import network
from rosenblatt.functional.network import Run
from rosenblatt.layers import BatchNormalization
from rosenblatt.types import Array


@pytest.mark.parametrize("shape", [(5, 2, 3), (5, 3, 3, 2)], ids=str)
@pytest.mark.parametrize("mean", ["zeros", "ones"])
@pytest.mark.parametrize("variance", ["zeros", "ones"])
def test_outputs_are_normalised_and_averages_follow_at_once_without_momentum(
    shape: tuple[int, ...], mean: str, variance: str
) -> None:
    """Source: Keras, ``batch_normalization_test.py``, ``test_correctness`` with ``axis=-1``."""
    layer = BatchNormalization(momentum=0, moving_mean_initializer=mean, moving_variance_initializer=variance)
    model = Sequential([layer], dtype="float64")
    model.build(shape[1:])

    def output(x: Array, training: bool) -> Array:
        views = network.views(model.plan, model.state.params, model.state.statistics)
        (normalised,), _ = network.forward(model.plan, views, x, Run(training=training))
        return normalised

    x = y = np.random.default_rng(0).normal(5.0, 10.0, shape)
    for _ in range(3):
        y = output(y, training=True)
    units = y.reshape(-1, shape[-1])
    np.testing.assert_allclose(units.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(units.std(axis=0), 1, atol=1e-3)
    moving_mean, moving_variance = layer.get_weights()[2:]
    np.testing.assert_allclose(moving_mean, 0, atol=1e-3)
    np.testing.assert_allclose(moving_variance, 1, atol=1e-3)
    assert not np.allclose(output(x, training=False), output(x, training=True))
    np.testing.assert_allclose(output(x, training=False), output(x, training=True))
