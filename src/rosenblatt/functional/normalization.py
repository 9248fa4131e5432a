"""Layers that bring their inputs to mean 0 and variance 1: by batch, by row, or by figures measured beforehand.

Symbols: ``x`` any array, ``axis`` the axis or axes that figures are taken over, ``mean`` and ``variance`` of shapes
that broadcast against x, ``epsilon`` what is added to a variance before its root is taken.
"""

from __future__ import annotations

import numpy as np

from rosenblatt.types import Array

SMALLEST_DEVIATION = 1e-7  # Keras's guard against a division by zero where a feature is always the same


def normalize_by(x: Array, mean: Array, variance: Array, epsilon: float) -> Array:
    """Return ``(x - mean) / sqrt(variance + epsilon)``.

    Example:
        >>> normalize_by(np.array([6.0, 2.0]), np.array([5.0, 2.0]), np.array([0.25, 0.0]), epsilon=1e-3).round(2)
        array([2., 0.])
    """
    return (x - mean) / np.sqrt(variance + epsilon)


def moments(x: Array, axis: int | tuple[int, ...], keepdims: bool = False) -> tuple[Array, Array]:
    """Return mean and biased variance, E[x] and E[(x - E[x])²].

    Args:
        x: any array.
        axis: the axis or axes that vanish.
        keepdims: they stay, with length 1, so that the figures broadcast against x.

    Example:
        >>> moments(np.array([[1.0, 10.0], [3.0, 30.0]]), 0)
        (array([ 2., 20.]), array([  1., 100.]))
    """
    mean = x.mean(axis=axis, keepdims=True)
    variance = np.square(x - mean).mean(axis=axis, keepdims=keepdims)
    return (mean if keepdims else np.squeeze(mean, axis=axis)), variance


def joint_moments(counts: Array, means: Array, variances: Array) -> tuple[Array, Array]:
    """Return mean and variance of several groups taken together, from those of each: the law of total variance.

        mean = Σ n_i mean_i / Σ n_i        variance = Σ n_i (variance_i + (mean_i - mean)²) / Σ n_i

    Args:
        counts: (groups,), the rows n_i of each.
        means: (groups, ...).
        variances: (groups, ...), biased.

    Example:
        >>> x = np.array([1.0, 3.0, 8.0])
        >>> joint_moments(np.array([2, 1]), np.array([2.0, 8.0]), np.array([1.0, 0.0])) == (x.mean(), x.var())
        True
    """
    shares = counts / counts.sum()
    mean = np.tensordot(shares, means, axes=1)
    return mean, np.tensordot(shares, variances + np.square(means - mean), axes=1)


def standard_deviation(variance: Array) -> Array:
    """Return ``sqrt(variance)``, never less than 1e-7, which the layer Normalization divides by.

    Example:
        >>> standard_deviation(np.array([9.0, 0.0]))
        array([3.e+00, 1.e-07])

    Source: Keras, ``keras.layers.Normalization``.
    """
    deviation: Array = np.maximum(np.sqrt(variance), SMALLEST_DEVIATION)
    return deviation


def normalize_gradient(dn: Array, n: Array, variance: Array, epsilon: float, axis: int | tuple[int, ...]) -> Array:
    """Return dL/dx of n = (x - mean(x)) / sqrt(variance(x) + epsilon), both taken over `axis`.

    x acts on n directly and through the mean and the variance of all its peers, hence the two means taken off:

        dx = (dn - mean(dn) - n mean(dn n)) / sqrt(variance + epsilon)

    Args:
        dn: dL/dn, like x.
        n: as `normalize_by` gave it.
        variance: of x over `axis`, its axes kept.
        epsilon: as for n.
        axis: what mean and variance were taken over.

    Example:
        >>> x = np.array([1.0, 2.0, 6.0])
        >>> n = normalize_by(x, *moments(x, 0), epsilon=0.0)
        >>> dx = normalize_gradient(np.array([1.0, 0.0, 0.0]), n, x.var(), 0.0, axis=0)
        >>> dx.round(3), bool(abs(dx.sum()) < 1e-12)  # n does not feel it when all x grow alike
        (array([ 0.176, -0.22 ,  0.044]), True)

    Source: Ioffe and Szegedy, "Batch normalization" (2015), section 3, the three chain-rule terms gathered.
    """
    mean_dn = dn.mean(axis=axis, keepdims=True)
    mean_dn_n = (dn * n).mean(axis=axis, keepdims=True)
    dx: Array = (dn - mean_dn - n * mean_dn_n) / np.sqrt(variance + epsilon)
    return dx


def moving_average(average: Array, value: Array, momentum: float) -> None:
    """Move an exponential average in place: ``average <- momentum average + (1 - momentum) value``.

    Args:
        average: changed.
        value: like the average.
        momentum: the share that stays of the old average, 0 to 1.

    Example:
        >>> average = np.array([1.0])
        >>> for _ in range(3):
        ...     moving_average(average, np.array([2.0]), momentum=0.5)
        ...     print(average)
        [1.5]
        [1.75]
        [1.875]
    """
    average *= momentum
    average += (1 - momentum) * value
