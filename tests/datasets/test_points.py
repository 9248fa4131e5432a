"""The point sets: seeded, balanced, and as hard as they are meant to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rosenblatt.datasets import points
from rosenblatt.errors import ArgumentError, UnknownNameError

SETS = [points.xor, points.circles, points.moons, points.gaussians, points.spirals, points.blobs]
each_set = pytest.mark.parametrize("make", SETS, ids=lambda make: make.__name__)
Maker = Callable[..., tuple[Any, Any]]


@each_set
def test_shapes_types_and_range(make: Maker) -> None:
    x, y = make(n=301)
    assert (x.shape, x.dtype) == ((301, 2), np.float64)
    assert (y.shape, y.dtype) == ((301,), np.int64)
    x, _ = make(n=301, noise=0)
    assert 0.4 < np.abs(x).max() <= 1.01


@each_set
def test_a_seed_gives_the_same_points_and_another_seed_others(make: Maker) -> None:
    np.testing.assert_array_equal(make(seed=3)[0], make(seed=3)[0])
    assert not np.array_equal(make(seed=3)[0], make(seed=4)[0])
    np.testing.assert_array_equal(make(seed=np.random.default_rng(3))[0], make(seed=3)[0])


@each_set
def test_any_stretch_of_rows_is_balanced(make: Maker) -> None:
    _, y = make(n=301)
    for stretch in (y, y[:50], y[-101:]):
        counts = np.bincount(stretch)
        assert counts.max() - counts.min() <= 1


@each_set
def test_noise_moves_the_points_by_as_much_as_it_says(make: Maker) -> None:
    exact, _ = make(n=5000, noise=0.0)
    noisy, _ = make(n=5000, noise=0.1)
    assert np.std(noisy - exact) == pytest.approx(0.1, rel=0.05)


def best_line(x: Any, y: Any) -> float:
    """The share of points on the right side of the best line, by trying many."""
    angles = np.linspace(0, 2 * np.pi, 60)
    offsets = np.linspace(-1.5, 1.5, 61)
    projected = x @ np.stack([np.cos(angles), np.sin(angles)])
    return float(max(((projected > offset) == (y == 1)[:, np.newaxis]).mean(axis=0).max() for offset in offsets))


def test_a_line_separates_the_gaussians_and_no_line_the_others() -> None:
    assert best_line(*points.gaussians(400, noise=0.1)) == 1.0
    assert best_line(*points.xor(400)) < 0.8
    assert best_line(*points.circles(400)) < 0.8
    assert best_line(*points.moons(400)) < 0.95
    assert best_line(*points.spirals(400)) < 0.75


@pytest.mark.parametrize("make", [points.circles, points.moons, points.spirals, points.blobs])
def test_the_classes_keep_apart_so_that_the_nearest_neighbour_is_always_right(make: Maker) -> None:
    x, y = make(400, noise=0.01)
    distance = np.linalg.norm(x[:, np.newaxis] - x, axis=-1) + np.diag(np.full(400, np.inf))
    assert (y[distance.argmin(axis=1)] == y).all()


def test_the_signs_decide_xor_and_the_radius_the_circles() -> None:
    x, y = points.xor(100)
    np.testing.assert_array_equal(x[:, 0] * x[:, 1] < 0, y == 1)
    assert {(a > 0, b > 0) for a, b in x} == {(True, True), (True, False), (False, True), (False, False)}
    x, y = points.circles(100, noise=0)
    np.testing.assert_allclose(np.hypot(*x.T), np.where(y == 1, 0.5, 1.0))


def test_the_number_of_arms_and_clouds_is_free() -> None:
    assert np.unique(points.spirals(classes=5)[1]).tolist() == [0, 1, 2, 3, 4]
    assert np.unique(points.blobs(classes=7)[1]).tolist() == list(range(7))


@pytest.mark.parametrize(
    ("name", "table"), [("AND", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("NAND", [1, 1, 1, 0]), ("xor", [0, 1, 1, 0])]
)
def test_truth_tables(name: str, table: list[int]) -> None:
    x, y = points.gate(name)
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == table


def test_bad_arguments() -> None:
    with pytest.raises(UnknownNameError, match="gate: expected a known name, got 'NORD'"):
        points.gate("NORD")
    with pytest.raises(ArgumentError, match="expected at least one point and one class, got n=0"):
        points.moons(0)
    with pytest.raises(ArgumentError, match="expected noise of 0 or more, got -1"):
        points.moons(noise=-1)
    with pytest.raises(ArgumentError, match="expected noise of 0 or more, got nan"):
        points.moons(noise=float("nan"))


@pytest.mark.parametrize("make", [points.plane, points.bump], ids=lambda make: make.__name__)
def test_numbers_to_be_learnt(make: Maker) -> None:
    x, y = make(n=301, seed=3)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((301, 2), np.float64, (301,), np.float64)
    assert np.abs(x).max() <= 1
    assert np.abs(y).max() <= 1
    np.testing.assert_array_equal(make(301, seed=3)[1], y)
    assert not np.array_equal(make(301, seed=4)[1], y)
    noisy_x, noisy = make(n=5000, noise=0.1, seed=3)
    exact_x, exact = make(n=5000, seed=3)
    np.testing.assert_array_equal(noisy_x, exact_x)
    assert np.std(noisy - exact) == pytest.approx(0.1, rel=0.05)


def test_a_plane_is_linear_and_a_bump_is_not() -> None:
    for make, rest in ((points.plane, 0.0), (points.bump, 0.5)):
        x, y = make(400)
        a = np.column_stack([x, np.ones(len(x))])
        residual = y - a @ np.linalg.lstsq(a, y, rcond=None)[0]
        assert residual.std() / y.std() == pytest.approx(rest, abs=1e-12) or residual.std() / y.std() > rest > 0
    x, y = points.bump(400)
    assert np.hypot(*x[y.argmax()]) < 0.2
