"""Shape, spread and repeatability; the values themselves are compared with Keras in tests/test_initializers.py."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rosenblatt.functional import initializers


@pytest.mark.parametrize(
    ("config", "variance"),
    [
        ({"mode": "fan_in"}, 1 / 200),
        ({"mode": "fan_out"}, 1 / 300),
        ({"mode": "fan_avg", "scale": 2.0}, 2 / 250),
    ],
)
@pytest.mark.parametrize("distribution", ["uniform", "truncated_normal", "untruncated_normal"])
def test_variance_scaling_has_the_variance_of_its_name(
    config: dict[str, object], variance: float, distribution: str
) -> None:
    w = initializers.variance_scaling((200, 300), np.random.default_rng(0), distribution=distribution, **config)
    assert w.var() == pytest.approx(variance, rel=0.02)
    assert abs(w.mean()) < 3 * math.sqrt(variance / w.size)


def test_a_truncated_normal_ends_at_two_standard_deviations() -> None:
    w = initializers.truncated_normal((100, 100), 0, mean=5.0, stddev=0.1, dtype="float64")
    assert 4.8 <= w.min() < 4.81
    assert 5.19 < w.max() <= 5.2


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (2, 3, 4)])
def test_orthogonal_is_orthonormal_along_its_shorter_side(shape: tuple[int, ...]) -> None:
    w = initializers.orthogonal(shape, 0, gain=2.0, dtype="float64")
    assert w.shape == shape
    matrix = w.reshape(-1, shape[-1])
    gram = matrix.T @ matrix if len(matrix) >= shape[-1] else matrix @ matrix.T
    np.testing.assert_allclose(gram, 4 * np.eye(len(gram)), atol=1e-12)


@pytest.mark.parametrize(
    ("shape", "expected"), [((), (1, 1)), ((7,), (7, 7)), ((3, 4), (3, 4)), ((2, 2, 3, 4), (12, 16))]
)
def test_fans(shape: tuple[int, ...], expected: tuple[int, int]) -> None:
    assert initializers.fans(shape) == expected


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "name", ["random_normal", "random_uniform", "truncated_normal", "variance_scaling", "orthogonal"]
)
def test_a_seed_repeats_itself_and_a_generator_goes_on(name: str, dtype: str) -> None:
    draw = getattr(initializers, name)
    first = draw((4, 3), 5, dtype=dtype)
    assert (first.shape, first.dtype) == ((4, 3), np.dtype(dtype))
    np.testing.assert_array_equal(first, draw((4, 3), 5, dtype=dtype))
    np.testing.assert_array_equal(first, draw((4, 3), initializers.seeded(5), dtype=dtype))
    assert (first != draw((4, 3), 6, dtype=dtype)).any()
    rng = np.random.default_rng(0)
    assert (draw((4, 3), rng) != draw((4, 3), rng)).any()
