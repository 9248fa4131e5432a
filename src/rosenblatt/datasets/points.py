"""Points in the plane, made on demand: small problems whose answer a picture shows.

Every set takes the number of points, the noise and a seed, and returns ``x`` (n, 2) float64, roughly within -1 to 1,
and ``y`` (n,) int64. The classes take turns, so any stretch of rows has them in equal parts. ``plane`` and ``bump``
have numbers to be learnt instead: ``y`` (n,) float64, within -1 to 1 but for the noise.

Source: the shapes of scikit-learn's ``make_circles``, ``make_moons``, ``make_blobs`` and of TensorFlow Playground.
"""

from __future__ import annotations

import numpy as np

from rosenblatt.errors import ArgumentError, UnknownNameError
from rosenblatt.types import Array, Generator

GATES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}


def gate(name: str) -> tuple[Array, Array]:
    """Return the truth table of a gate.

    Args:
        name: "AND", "OR", "NAND" or "XOR", in small letters or large.

    Returns:
        ``x`` (4, 2) float64 in the order 00, 01, 10, 11, and ``y`` (4,) int64.

    Raises:
        UnknownNameError: another gate.

    Example:
        >>> x, y = gate("XOR")
        >>> y
        array([0, 1, 1, 0])
    """
    if name.upper() not in GATES:
        raise UnknownNameError("gate", name, GATES)
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array(GATES[name.upper()], np.int64)


def xor(n: int = 200, noise: float = 0.0, seed: int | Generator = 0) -> tuple[Array, Array]:
    """Four squares, one per quadrant; opposite ones are of the same class. No line separates them.

    Args:
        n: Number of points.
        noise: Standard deviation of what is added to each coordinate; without noise the squares keep apart.
        seed: Seed, or a generator to draw from.

    Example:
        >>> x, y = xor(noise=0.0)
        >>> bool(((x[:, 0] * x[:, 1] < 0) == y).all())
        True
    """
    rng, y = _start(n, noise, seed, classes=2)
    x = (
        rng.uniform(0.1, 1.0, (n, 2)) * rng.choice([-1.0, 1.0], n)[:, np.newaxis]
    )  # both coordinates of one sign: class 0
    x[y == 1, 1] *= -1.0
    return _jittered(x, noise, rng), y


def circles(n: int = 200, noise: float = 0.05, seed: int | Generator = 0) -> tuple[Array, Array]:
    """A ring of radius 1 (class 0) around a ring of radius 1/2 (class 1).

    Args:
        n, noise, seed: as for `xor`.

    Example:
        >>> x, y = circles(noise=0.0)
        >>> bool(((np.hypot(*x.T) < 0.75) == y).all())
        True
    """
    rng, y = _start(n, noise, seed, classes=2)
    angle = rng.uniform(0.0, 2.0 * np.pi, n)
    radius = np.where(y == 0, 1.0, 0.5)
    return _jittered(_polar(radius, angle), noise, rng), y


def moons(n: int = 200, noise: float = 0.05, seed: int | Generator = 0) -> tuple[Array, Array]:
    """Two half-moons, each reaching into the other.

    Args:
        n, noise, seed: as for `xor`.

    Example:
        >>> x, y = moons()
        >>> x.shape, np.bincount(y).tolist()
        ((200, 2), [100, 100])
    """
    rng, y = _start(n, noise, seed, classes=2)
    half = _polar(np.full(n, 2.0 / 3.0), rng.uniform(0.0, np.pi, n))  # the upper half of a circle of radius 2/3
    moved = half - np.array([1.0 / 3.0, 1.0 / 6.0])
    return _jittered(np.where(y[:, np.newaxis] == 0, moved, -moved), noise, rng), y


def gaussians(n: int = 200, noise: float = 0.2, seed: int | Generator = 0) -> tuple[Array, Array]:
    """Two round clouds on the diagonal, at (-1/2, -1/2) and (1/2, 1/2): a line separates them.

    Args:
        n, seed: as for `xor`.
        noise: Standard deviation of each cloud.

    Example:
        >>> x, y = gaussians(noise=0.1)
        >>> bool(((x.sum(axis=1) > 0) == y).all())
        True
    """
    rng, y = _start(n, noise, seed, classes=2)
    centres = np.array([[-0.5, -0.5], [0.5, 0.5]])
    return _jittered(centres[y], noise, rng), y


def spirals(n: int = 200, noise: float = 0.02, seed: int | Generator = 0, classes: int = 2) -> tuple[Array, Array]:
    """Arms of a spiral wound around each other, the hardest of the sets.

    Args:
        n: Number of points.
        noise: Standard deviation of what is added to each coordinate.
        seed: Seed, or a generator to draw from.
        classes: Number of arms.

    Example:
        >>> x, y = spirals(n=300, classes=3)
        >>> np.bincount(y).tolist()
        [100, 100, 100]
    """
    rng, y = _start(n, noise, seed, classes)
    along = np.sqrt(rng.uniform(0.01, 1.0, n))  # the root spreads the points evenly over an arm's length
    angle = 3.5 * np.pi * along + 2.0 * np.pi * y / classes
    return _jittered(_polar(along, angle), noise, rng), y


def blobs(n: int = 200, noise: float = 0.1, seed: int | Generator = 0, classes: int = 3) -> tuple[Array, Array]:
    """Round clouds, one a class, evenly spaced on a circle of radius 0.7.

    Args:
        n: Number of points.
        noise: Standard deviation of each cloud.
        seed: Seed, or a generator to draw from.
        classes: Number of clouds.

    Example:
        >>> x, y = blobs(n=90)
        >>> np.bincount(y).tolist()
        [30, 30, 30]
    """
    rng, y = _start(n, noise, seed, classes)
    centres = _polar(np.full(n, 0.7), 2.0 * np.pi * y / classes)
    return _jittered(centres, noise, rng), y


def plane(n: int = 200, noise: float = 0.0, seed: int | Generator = 0) -> tuple[Array, Array]:
    """A slope: y = (x1 + x2) / 2 at points anywhere in the square. A single linear neuron learns it.

    Args:
        n: Number of points.
        noise: Standard deviation of what is added to each y.
        seed: Seed, or a generator to draw from.

    Example:
        >>> x, y = plane(noise=0.0)
        >>> bool((y == x.mean(axis=1)).all())
        True
    """
    x, rng = _square(n, noise, seed)
    return x, _jittered(x.mean(axis=1), noise, rng)


def bump(n: int = 200, noise: float = 0.0, seed: int | Generator = 0) -> tuple[Array, Array]:
    """A round hill in a plain: y = 2 exp(-4 (x1² + x2²)) - 1, which is 1 at the top.

    Args:
        n, noise, seed: as for `plane`.

    Example:
        >>> x, y = bump(noise=0.0)
        >>> bool(((np.hypot(*x.T) < 0.41) == (y > 0.02)).all())
        True
    """
    x, rng = _square(n, noise, seed)
    return x, _jittered(2.0 * np.exp(-4.0 * (x**2).sum(axis=1)) - 1.0, noise, rng)


def _start(n: int, noise: float, seed: int | Generator, classes: int) -> tuple[Generator, Array]:
    if n < 1 or classes < 1:
        raise ArgumentError(f"points: expected at least one point and one class, got n={n}, classes={classes}.")
    if not noise >= 0:
        raise ArgumentError(f"points: expected noise of 0 or more, got {noise}.")
    return np.random.default_rng(seed), np.arange(n) % classes


def _square(n: int, noise: float, seed: int | Generator) -> tuple[Array, Generator]:
    rng, _ = _start(n, noise, seed, classes=1)
    return rng.uniform(-1.0, 1.0, (n, 2)), rng


def _polar(radius: Array, angle: Array) -> Array:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _jittered(x: Array, noise: float, rng: Generator) -> Array:
    return np.asarray(x + rng.normal(0.0, noise, x.shape))
