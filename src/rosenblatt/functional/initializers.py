"""Start values of weights.

Symbols: ``shape`` of the array to fill, (n_in, n_out) of a kernel; ``rng`` a NumPy generator. A number as ``rng`` is a
seed, and gives bit for bit the values of Keras's NumPy backend. Every function returns an array of ``dtype``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rosenblatt.types import Array, Generator, Shape


def seeded(seed: int) -> Generator:
    """Return the generator that Keras's NumPy backend makes from a seed.

    Args:
        seed: at least 0.

    Example:
        >>> float(seeded(1).normal()) == float(seeded(1).normal())
        True
    """
    return np.random.default_rng([seed, 0])


def zeros(shape: Shape, *, dtype: Any = "float32") -> Array:
    """Fill with 0, the usual start of a bias.

    Example:
        >>> zeros((2,))
        array([0., 0.], dtype=float32)
    """
    return np.zeros(shape, dtype)


def ones(shape: Shape, *, dtype: Any = "float32") -> Array:
    """Fill with 1.

    Example:
        >>> ones((2,), dtype="float64")
        array([1., 1.])
    """
    return np.ones(shape, dtype)


def constant(shape: Shape, *, value: Any = 0.0, dtype: Any = "float32") -> Array:
    """Fill with one value, or with an array that broadcasts to the shape.

    Args:
        value: a number or an array.

    Example:
        >>> constant((2,), value=0.5)
        array([0.5, 0.5], dtype=float32)

    Source: ``keras.initializers.Constant``.
    """
    return np.full(shape, value, dtype)


def identity(shape: Shape, *, gain: float = 1.0, dtype: Any = "float32") -> Array:
    """Return ``gain`` on the diagonal of a matrix and 0 elsewhere.

    Args:
        gain: any number.

    Example:
        >>> identity((2, 3), gain=0.5)
        array([[0.5, 0. , 0. ],
               [0. , 0.5, 0. ]], dtype=float32)

    Source: ``keras.initializers.Identity``.
    """
    return gain * np.eye(*shape, dtype=dtype)


def random_normal(
    shape: Shape, rng: Generator | int, *, mean: float = 0.0, stddev: float = 0.05, dtype: Any = "float32"
) -> Array:
    """Draw from a normal distribution.

    Args:
        mean: its middle.
        stddev: its standard deviation.

    Example:
        >>> round(float(random_normal((1000,), 1, stddev=0.5).std()), 1)
        0.5

    Source: ``keras.initializers.RandomNormal``.
    """
    return _generator(rng).normal(mean, stddev, shape).astype(dtype)


def random_uniform(
    shape: Shape, rng: Generator | int, *, minval: float = -0.05, maxval: float = 0.05, dtype: Any = "float32"
) -> Array:
    """Draw uniformly between two bounds.

    Args:
        minval: the least value.
        maxval: the bound above all values.

    Example:
        >>> w = random_uniform((1000,), 1)
        >>> round(float(w.min()), 2), round(float(w.max()), 2)
        (-0.05, 0.05)

    Source: ``keras.initializers.RandomUniform``.
    """
    return _generator(rng).uniform(minval, maxval, shape).astype(dtype)


def truncated_normal(
    shape: Shape, rng: Generator | int, *, mean: float = 0.0, stddev: float = 0.05, dtype: Any = "float32"
) -> Array:
    """Draw from a normal distribution; what lies beyond two standard deviations is drawn again.

    Args:
        mean: its middle.
        stddev: its standard deviation before the ends are cut.

    Example:
        >>> w = truncated_normal((1000,), 1, stddev=1.0)
        >>> round(float(w.max()), 2), round(float(w.std()), 2)  # without its ends the distribution is narrower
        (1.99, 0.86)

    Source: ``keras.initializers.TruncatedNormal``.
    """
    rng = _generator(rng)
    size = math.prod(shape)
    low, high = mean - 2 * stddev, mean + 2 * stddev
    kept = np.empty(0)
    while len(kept) < size:
        drawn = rng.normal(mean, stddev, size)
        kept = np.append(kept, drawn[(drawn >= low) & (drawn <= high)])
    return kept[:size].astype(dtype).reshape(shape)


def variance_scaling(
    shape: Shape,
    rng: Generator | int,
    *,
    scale: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "truncated_normal",
    dtype: Any = "float32",
) -> Array:
    """Draw with the variance ``scale / n``, so that signals keep their size from layer to layer.

    Args:
        shape: ``(n_in, n_out)`` of a kernel.
        rng: a generator, or a seed.
        scale: 1 suits tanh and sigmoid, 2 suits ReLU, which drops half of its input.
        mode: n is the number of inputs ("fan_in"), of outputs ("fan_out"), or their mean ("fan_avg").
        distribution: "truncated_normal", "untruncated_normal", or "uniform" within ``+-sqrt(3 * scale / n)``.
        dtype: of the result.

    Example:
        >>> round(float(variance_scaling((300, 200), 7, scale=2.0, dtype="float64").var() * 300), 1)
        2.0

    Source: Glorot and Bengio 2010; He et al. 2015; LeCun et al. 1998.
    """
    fan_in, fan_out = fans(shape)
    n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    variance = scale / max(1.0, n)
    if distribution == "uniform":
        limit = math.sqrt(3 * variance)
        return random_uniform(shape, rng, minval=-limit, maxval=limit, dtype=dtype)
    if distribution == "untruncated_normal":
        return random_normal(shape, rng, stddev=math.sqrt(variance), dtype=dtype)
    # Cutting a normal distribution at two standard deviations makes it narrower by this factor.
    return truncated_normal(shape, rng, stddev=math.sqrt(variance) / 0.87962566103423978, dtype=dtype)


def fans(shape: Shape) -> tuple[int, int]:
    """Return how many inputs and outputs a weight array connects; a vector counts as both.

    Example:
        >>> fans((784, 100)), fans((10,))
        ((784, 100), (10, 10))
    """
    if len(shape) < 2:
        size = math.prod(shape)
        return size, size
    *rest, n_in, n_out = shape
    return n_in * math.prod(rest), n_out * math.prod(rest)


def orthogonal(shape: Shape, rng: Generator | int, *, gain: float = 1.0, dtype: Any = "float32") -> Array:
    """Return ``gain`` times a matrix whose rows or columns, whichever are fewer, are orthonormal.

    It is the Q of the QR decomposition of a normal random matrix, signed so that the diagonal of R is positive.

    Args:
        gain: any number.

    Example:
        >>> w = orthogonal((3, 2), 1, gain=2.0)
        >>> np.abs(w.T @ w).round(3)  # gain^2 on the diagonal
        array([[4., 0.],
               [0., 4.]], dtype=float32)

    Source: Saxe et al. 2014.
    """
    rows, columns = math.prod(shape[:-1]), shape[-1]
    tall = (max(rows, columns), min(rows, columns))
    q, r = np.linalg.qr(random_normal(tall, rng, stddev=1.0, dtype=dtype))
    q *= np.sign(np.diag(r))
    return gain * np.reshape(q if rows >= columns else q.T, shape)


def _generator(rng: Generator | int) -> Generator:
    return rng if isinstance(rng, np.random.Generator) else seeded(rng)
