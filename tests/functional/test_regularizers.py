"""Penalties by hand, and their derivatives by finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.errors import ShapeError
from rosenblatt.functional.regularizers import REGULARIZERS

CASES = [
    ("l1_l2", {"l1": 0.3}),
    ("l1_l2", {"l2": 0.7}),
    ("l1_l2", {"l1": 0.3, "l2": 0.7}),
    ("orthogonal", {"factor": 0.5}),
    ("orthogonal", {"factor": 0.5, "mode": "columns"}),
]


@pytest.mark.parametrize(("name", "config"), CASES)
@pytest.mark.parametrize("shape", [(4, 3), (2, 6), (1, 4), (3, 1)])
def test_gradients_agree_with_finite_differences(name: str, config: dict[str, float], shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    w, direction = rng.normal(size=(2, *shape))
    penalty, h = REGULARIZERS[name], 1e-6
    slope = (penalty.function(w + h * direction, **config) - penalty.function(w - h * direction, **config)) / (2 * h)
    gradient = penalty.gradient(w, **config)
    assert gradient.shape == w.shape
    assert np.sum(gradient * direction) == pytest.approx(slope, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("name", "config"), CASES)
def test_precision_is_kept_and_zeros_are_harmless(name: str, config: dict[str, float]) -> None:
    w = np.zeros((3, 2), "float32")
    value, gradient = REGULARIZERS[name].function(w, **config), REGULARIZERS[name].gradient(w, **config)
    assert (value, type(value)) == (0.0, float)
    assert gradient.dtype == np.float32
    np.testing.assert_array_equal(gradient, 0)


def test_by_hand() -> None:
    w = np.array([[3.0, 4.0], [4.0, -3.0], [3.0, 4.0]])
    assert REGULARIZERS["l1_l2"].function(w, l1=1.0) == 21
    assert REGULARIZERS["l1_l2"].function(w, l2=1.0) == 75
    assert REGULARIZERS["orthogonal"].function(w, factor=1.0) == pytest.approx(1 / 3)  # one pair of three is parallel


def test_orthogonal_wants_a_matrix() -> None:
    with pytest.raises(ShapeError, match=r"orthogonal: expected a matrix to penalise, got an array of shape \(3,\)\."):
        REGULARIZERS["orthogonal"].gradient(np.ones(3))
