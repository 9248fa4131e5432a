"""Layers that bring their inputs to mean 0 and variance 1: by batch, by row, or by figures measured beforehand."""

from __future__ import annotations

import numpy as np

from rosenblatt.types import Array


def normalize_by(x: Array, mean: Array, variance: Array, epsilon: float) -> Array:
    """Return (x - mean) / sqrt(variance + epsilon)."""
    return (x - mean) / np.sqrt(variance + epsilon)


def moments(x: Array, axis: int | tuple[int, ...], keepdims: bool = False) -> tuple[Array, Array]:
    """Return mean and biased variance, E[x] and E[(x - E[x])²]."""
    mean = x.mean(axis=axis, keepdims=True)
    variance = np.square(x - mean).mean(axis=axis, keepdims=keepdims)
    return (mean if keepdims else np.squeeze(mean, axis=axis)), variance


def joint_moments(counts: Array, means: Array, variances: Array) -> tuple[Array, Array]:
    """Return mean and variance of several groups taken together, from those of each: the law of total variance.

        mean = Σ n_i mean_i / Σ n_i        variance = Σ n_i (variance_i + (mean_i - mean)²) / Σ n_i

    Example:
        >>> x = np.array([1.0, 3.0, 8.0])
        >>> joint_moments(np.array([2, 1]), np.array([2.0, 8.0]), np.array([1.0, 0.0])) == (x.mean(), x.var())
        True
    """
    shares = counts / counts.sum()
    mean = np.tensordot(shares, means, axes=1)
    return mean, np.tensordot(shares, variances + np.square(means - mean), axes=1)


def normalize_gradient(dn: Array, n: Array, variance: Array, epsilon: float, axis: int | tuple[int, ...]) -> Array:
    """Return dL/dx of n = (x - mean(x)) / sqrt(variance(x) + epsilon), both taken over `axis`.

    x acts on n directly and through the mean and the variance of all its peers, hence the two means taken off:

        dx = (dn - mean(dn) - n mean(dn n)) / sqrt(variance + epsilon)

    Source: Ioffe and Szegedy, "Batch normalization" (2015), section 3, the three chain-rule terms gathered.
    """
    mean_dn = dn.mean(axis=axis, keepdims=True)
    mean_dn_n = (dn * n).mean(axis=axis, keepdims=True)
    dx: Array = (dn - mean_dn - n * mean_dn_n) / np.sqrt(variance + epsilon)
    return dx


def moving_average(average: Array, value: Array, momentum: float) -> None:
    """Move an average towards a new value in place: average = momentum average + (1 - momentum) value."""
    average *= momentum
    average += (1.0 - momentum) * value
