"""Normalisation by figures of the data themselves: by hand, and its derivative by finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.functional.normalization import (
    moments,
    moving_average,
    normalize_by,
    normalize_gradient,
    standard_deviation,
)


def test_moments_are_the_mean_and_the_biased_variance() -> None:
    mean, variance = moments(np.array([[1.0, 10.0], [3.0, 30.0]]), 0)
    assert mean.tolist() == [2.0, 20.0]
    assert variance.tolist() == [1.0, 100.0]


def test_moments_survive_a_large_offset() -> None:
    # E[x²] - E[x]² would lose everything here.
    x = np.array([[1e8 - 1.0], [1e8 + 1.0]])
    assert moments(x, 0)[1].tolist() == [1.0]


@pytest.mark.parametrize("axis", [0, -1, (0, 1)])
def test_normalised_numbers_have_mean_0_and_variance_1(axis: int | tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(3.0, 5.0, size=(8, 6, 7))
    n = normalize_by(x, *moments(x, axis, keepdims=True), epsilon=0.0)
    assert np.allclose(n.mean(axis=axis), 0, atol=1e-12)
    assert np.allclose(n.var(axis=axis), 1)


@pytest.mark.parametrize("epsilon", [1e-3, 0.5])
@pytest.mark.parametrize("axis", [0, -1, (0, 1)])
def test_the_derivative_is_that_of_finite_differences(axis: int | tuple[int, ...], epsilon: float) -> None:
    rng = np.random.default_rng(1)
    x, dn, direction = (rng.normal(size=(5, 4, 3)) for _ in range(3))

    def loss(x: np.ndarray) -> float:
        return float(np.sum(dn * normalize_by(x, *moments(x, axis, keepdims=True), epsilon)))

    mean, variance = moments(x, axis, keepdims=True)
    dx = normalize_gradient(dn, normalize_by(x, mean, variance, epsilon), variance, epsilon, axis)
    slope = (loss(x + 1e-5 * direction) - loss(x - 1e-5 * direction)) / 2e-5
    assert np.sum(dx * direction) == pytest.approx(slope, rel=1e-7)


def test_a_constant_unit_becomes_0_and_not_nan() -> None:
    x = np.full((4, 1), 7.0)
    assert normalize_by(x, *moments(x, 0), epsilon=1e-3).tolist() == [[0.0]] * 4


def test_a_moving_average_keeps_momentum_of_the_old_value() -> None:
    average = np.array([1.0, 0.0])
    moving_average(average, np.array([2.0, 10.0]), momentum=0.75)
    assert average.tolist() == [1.25, 2.5]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_deviation_is_the_root_of_a_variance_and_never_less_than_keras_s_bound(dtype: str) -> None:
    deviation = standard_deviation(np.array([4.0, 1e-12, 0.0], dtype))
    assert deviation.dtype == dtype
    assert deviation.tolist() == np.array([2.0, 1e-6, 1e-7], dtype).tolist()
