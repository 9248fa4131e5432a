"""A fully connected layer: by hand, and its derivatives by finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.functional.dense import dense, dense_gradient, dense_input_gradient


def test_a_unit_adds_up_its_weighted_inputs_and_its_bias() -> None:
    x, w, b = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[1.0, 0.5], [10.0, -2.0]]), np.array([0.25, 100.0])
    assert dense(x, w, b).tolist() == [[21.25, 96.5], [-9.75, 102.0]]
    assert dense(x, w).tolist() == [[21.0, -3.5], [-10.0, 2.0]]


def test_inputs_and_weights_stay_as_they_are() -> None:
    x, w, b = np.ones((2, 3)), np.ones((3, 2)), np.ones(2)
    dense(x, w, b)
    assert (x == 1).all()
    assert (w == 1).all()
    assert (b == 1).all()


@pytest.mark.parametrize("leading", [(7,), (1,), (6, 5), (4, 3, 2)])
def test_the_derivatives_are_those_of_finite_differences(leading: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(*leading, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
    dz = rng.normal(size=(*leading, 3))  # any loss is to first order Σ dz z
    dw, db = np.empty_like(w), np.empty_like(b)
    dense_gradient(dz, x, w, dw, db)
    dx = dense_input_gradient(dz, w)
    for place, derivative in ((x, dx), (w, dw), (b, db)):
        direction = rng.normal(size=place.shape)
        ahead = [array + 1e-3 * direction if array is place else array for array in (x, w, b)]
        behind = [array - 1e-3 * direction if array is place else array for array in (x, w, b)]
        slope = np.sum(dz * (dense(*ahead) - dense(*behind))) / 2e-3  # z is linear in each: exact but for rounding
        assert np.sum(derivative * direction) == pytest.approx(slope, rel=1e-9)


def test_the_derivatives_overwrite_what_was_there_before() -> None:
    dw, db = np.full((2, 1), np.nan), np.full(1, np.nan)
    dense_gradient(np.array([[2.0]]), np.array([[3.0, 4.0]]), np.ones((2, 1)), dw, db)
    assert dw.tolist() == [[6.0], [8.0]]
    assert db.tolist() == [2.0]


def test_float32_stays_float32() -> None:
    x, w, b = np.ones((2, 3), np.float32), np.ones((3, 2), np.float32), np.ones(2, np.float32)
    z = dense(x, w, b)
    assert z.dtype == dense_input_gradient(z, w).dtype == np.float32
