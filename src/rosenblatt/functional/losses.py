"""Loss functions, each with its derivative right below it.

    values = loss(target, output)              one number a row: the mean (or sum) over the last axis
    d      = loss_gradient(target, output)     like output: the derivative of each row's own value

How the rows' values become one number, and with which weights, is not decided here. ``target`` has the shape and the
precision of ``output``; only for sparse_categorical_crossentropy it is an array of class indices without the last axis.

The cross-entropies take probabilities, which they clip to [1e-7, 1 - 1e-7] as Keras does, or with ``from_logits=True``
the numbers before softmax or sigmoid: then nothing is clipped, and a confident mistake keeps its full gradient.

A derivative takes the arguments of its loss, where they are told: ``delta``, ``from_logits``, ``label_smoothing``,
``apply_class_balancing``, ``alpha``, ``gamma`` and ``function``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from rosenblatt.errors import ShapeError
from rosenblatt.functional.activations import log_softmax, sigmoid, softmax, softplus
from rosenblatt.types import Array

EPSILON = 1e-7  # Keras's guard against log(0) and division by zero


# Numbers: regression


def mean_squared_error(target: Array, output: Array) -> Array:
    """Return mean((output - target)**2) over the last axis.

    Args:
        target: Numbers, (n, units).
        output: Like target.

    Example:
        >>> mean_squared_error(np.array([[0.0, 1.0]]), np.array([[3.0, 2.0]])).tolist()
        [5.0]
    """
    error = output - target
    error *= error
    return _mean(error)


def mean_squared_error_gradient(target: Array, output: Array) -> Array:
    """Return 2 * (output - target) / n, where n is the length of the last axis.

    Example:
        >>> mean_squared_error_gradient(np.array([[0.0, 1.0]]), np.array([[3.0, 2.0]])).tolist()
        [[3.0, 1.0]]
    """
    gradient = output - target
    gradient *= 2.0 / output.shape[-1]
    return gradient


def mean_absolute_error(target: Array, output: Array) -> Array:
    """Return mean(abs(output - target)) over the last axis.

    Args:
        target: Numbers, (n, units).
        output: Like target.

    Example:
        >>> mean_absolute_error(np.array([[0.0, 1.0]]), np.array([[3.0, 2.0]])).tolist()
        [2.0]
    """
    return _mean(np.abs(output - target))


def mean_absolute_error_gradient(target: Array, output: Array) -> Array:
    """Return sign(output - target) / n, with 0 where there is no error.

    Example:
        >>> mean_absolute_error_gradient(np.array([[0.0, 1.0]]), np.array([[3.0, 2.0]])).tolist()
        [[0.5, 0.5]]
    """
    gradient: Array = np.sign(output - target) / output.shape[-1]
    return gradient


def huber(target: Array, output: Array, delta: float = 1.0) -> Array:
    """Return a squared error near 0 that goes on as a straight line beyond delta, so that outliers weigh less.

    The equation, with ``e = output - target``, is the mean of ``e**2 / 2`` where ``abs(e) <= delta``, else of
    ``delta * abs(e) - delta**2 / 2``.

    Args:
        target: Numbers, (n, units).
        output: Like target.
        delta: Where the straight line begins; above 0.

    Example:
        >>> huber(np.array([[0.0], [0.0]]), np.array([[0.5], [3.0]])).tolist()
        [0.125, 2.5]

    Source:
        Huber, "Robust estimation of a location parameter" (1964).
    """
    size = np.abs(output - target)
    inside = np.minimum(size, delta)
    return _mean(inside * (size - 0.5 * inside))


def huber_gradient(target: Array, output: Array, delta: float = 1.0) -> Array:
    """Return the error, cut off at -delta and delta, divided by n.

    Example:
        >>> huber_gradient(np.array([[0.0], [0.0]]), np.array([[0.5], [3.0]])).tolist()
        [[0.5], [1.0]]
    """
    gradient: Array = np.clip(output - target, -delta, delta) / output.shape[-1]
    return gradient


def log_cosh(target: Array, output: Array) -> Array:
    """Return mean(log(cosh(output - target))), nearly e**2 / 2 for small and abs(e) for large errors e.

    Args:
        target: Numbers, (n, units).
        output: Like target.

    Example:
        >>> log_cosh(np.array([[0.0], [0.0]]), np.array([[1.0], [1000.0]])).round(4).tolist()
        [0.4338, 999.3069]
    """
    size = np.abs(output - target)
    return _mean(size + np.log1p(np.exp(-2.0 * size)) - float(np.log(2.0)))


def log_cosh_gradient(target: Array, output: Array) -> Array:
    """Return tanh(output - target) / n.

    Example:
        >>> log_cosh_gradient(np.array([[0.0], [0.0]]), np.array([[1.0], [1000.0]])).round(4).tolist()
        [[0.7616], [1.0]]
    """
    gradient: Array = np.tanh(output - target) / output.shape[-1]
    return gradient


def mean_squared_logarithmic_error(target: Array, output: Array) -> Array:
    """Return mean((log(1 + output) - log(1 + target))**2): it counts ratios, not differences.

    Numbers below 1e-7 count as 1e-7.

    Args:
        target: Numbers above -1, (n, units).
        output: Like target.

    Example:
        >>> mean_squared_logarithmic_error(np.array([[0.0]]), np.array([[np.e - 1.0]])).round(4).tolist()
        [1.0]
    """
    error = np.log1p(np.maximum(output, EPSILON)) - np.log1p(np.maximum(target, EPSILON))
    error *= error
    return _mean(error)


def mean_squared_logarithmic_error_gradient(target: Array, output: Array) -> Array:
    """Return 2 * (log(1 + output) - log(1 + target)) / (1 + output) / n, and 0 where the output counts as 1e-7.

    Example:
        >>> mean_squared_logarithmic_error_gradient(np.array([[0.0]]), np.array([[np.e - 1.0]])).round(4).tolist()
        [[0.7358]]
    """
    above = np.maximum(output, EPSILON)
    error = np.log1p(above) - np.log1p(np.maximum(target, EPSILON))
    gradient: Array = 2.0 / output.shape[-1] * error / (1.0 + above) * (output >= EPSILON)
    return gradient


def mean_absolute_percentage_error(target: Array, output: Array) -> Array:
    """Return 100 * mean(abs(output - target) / abs(target)); a target nearer to 0 than 1e-7 counts as 1e-7.

    Args:
        target: Numbers, (n, units).
        output: Like target.

    Example:
        >>> mean_absolute_percentage_error(np.array([[10.0, -4.0]]), np.array([[11.0, -3.0]])).tolist()
        [17.5]
    """
    return 100.0 * _mean(np.abs(output - target) / np.maximum(np.abs(target), EPSILON))


def mean_absolute_percentage_error_gradient(target: Array, output: Array) -> Array:
    """Return 100 * sign(output - target) / abs(target) / n.

    Example:
        >>> mean_absolute_percentage_error_gradient(np.array([[10.0, -4.0]]), np.array([[11.0, -3.0]])).tolist()
        [[5.0, 12.5]]
    """
    gradient: Array = 100.0 / output.shape[-1] * np.sign(output - target) / np.maximum(np.abs(target), EPSILON)
    return gradient


def cosine_similarity(target: Array, output: Array) -> Array:
    """Return minus the cosine of the angle between target and output: -1 where they point the same way.

    Args:
        target: Vectors, (n, width).
        output: Like target.

    Example:
        >>> cosine_similarity(np.array([[1.0, 0.0]]), np.array([[3.0, 4.0]])).round(4).tolist()
        [-0.6]
    """
    values: Array = -(target / _norm(target) * output / _norm(output)).sum(axis=-1)
    return values


def cosine_similarity_gradient(target: Array, output: Array) -> Array:
    """Return (u * sum(t * u) - t) / norm: u and t are output and target of length 1, norm is the output's length.

    Example:
        >>> cosine_similarity_gradient(np.array([[1.0, 0.0]]), np.array([[3.0, 4.0]])).round(4).tolist()
        [[-0.128, 0.096]]
    """
    t, norm = target / _norm(target), _norm(output)
    u = output / norm
    along = u * (t * u).sum(axis=-1, keepdims=True)
    along *= norm > EPSILON  # shorter outputs are divided by a constant, not by their length
    gradient: Array = (along - t) / norm
    return gradient


def _norm(x: Array) -> Array:
    """The length of each row, at least 1e-7."""
    norm: Array = np.maximum(np.sqrt((x * x).sum(axis=-1, keepdims=True)), EPSILON)
    return norm


# Two classes, each output on its own


def binary_crossentropy(target: Array, output: Array, from_logits: bool = False, label_smoothing: float = 0.0) -> Array:
    """Return -mean(t * log(p) + (1 - t) * log(1 - p)) over the last axis.

    Args:
        target: Probabilities t, mostly 0 or 1, (n, units).
        output: Probabilities p, or with from_logits the z of p = sigmoid(z); like target.
        from_logits: Whether the output is z. The value is then mean(softplus(z) - t * z).
        label_smoothing: The share s by which targets are drawn to one half: t * (1 - s) + s / 2.

    Example:
        >>> binary_crossentropy(np.array([[1.0], [0.0]]), np.array([[0.5], [0.1]])).round(4).tolist()
        [0.6931, 0.1054]
        >>> binary_crossentropy(np.array([[1.0]]), np.array([[-1000.0]]), from_logits=True).tolist()
        [1000.0]
    """
    t = _smoothed(target, label_smoothing, classes=2)
    return _mean(_binary_values(t, output, from_logits))


def binary_crossentropy_gradient(
    target: Array, output: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """Return (p - t) / (p * (1 - p)) / n, and 0 where p is clipped; from logits (p - t) / n.

    Example:
        >>> binary_crossentropy_gradient(np.array([[1.0], [0.0]]), np.array([[0.5], [0.1]])).round(4).tolist()
        [[-2.0], [1.1111]]
    """
    t = _smoothed(target, label_smoothing, classes=2)
    if from_logits:
        gradient = sigmoid(output) - t
    else:
        p = _clipped(output)
        gradient = (p - t) / (p * (1.0 - p)) * (p == output)
    gradient /= output.shape[-1]
    return gradient


def binary_focal_crossentropy(
    target: Array,
    output: Array,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
) -> Array:
    """Return the binary cross-entropy, weighted down by miss**gamma where the output is nearly right.

    The ``miss`` is the probability given to the wrong class, t * (1 - p) + (1 - t) * p.

    Args:
        target: Probabilities t, mostly 0 or 1, (n, units).
        output: Probabilities p, or with from_logits the z of p = sigmoid(z); like target.
        apply_class_balancing: Whether class 1 is weighted by alpha and class 0 by 1 - alpha.
        alpha: The weight of class 1.
        gamma: How strongly easy rows are weighted down; 0 gives the plain cross-entropy.
        from_logits: Whether the output is z; nothing is clipped then.
        label_smoothing: The share by which targets are drawn to one half.

    Example:
        >>> binary_focal_crossentropy(np.array([[1.0]]), np.array([[0.5]])).round(4).tolist()
        [0.1733]

    Source:
        Lin et al., "Focal loss for dense object detection" (2018).
    """
    t = _smoothed(target, label_smoothing, classes=2)
    p, q = _both_probabilities(output, from_logits)
    values = (t * q + (1.0 - t) * p) ** gamma * _binary_values(t, output, from_logits)
    if apply_class_balancing:
        values *= t * alpha + (1.0 - t) * (1.0 - alpha)
    return _mean(values)


def binary_focal_crossentropy_gradient(
    target: Array,
    output: Array,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
) -> Array:
    """Return miss**gamma * (p - t) + gamma * miss**(gamma - 1) * (1 - 2t) * p * (1 - p) * crossentropy, over n.

    That is with respect to z; with respect to p it is divided by dp/dz = p * (1 - p).

    Example:
        >>> binary_focal_crossentropy_gradient(np.array([[1.0]]), np.array([[0.5]])).round(4).tolist()
        [[-1.1931]]
    """
    t = _smoothed(target, label_smoothing, classes=2)
    p, q = _both_probabilities(output, from_logits)
    miss = t * q + (1.0 - t) * p
    gradient: Array = miss**gamma * (p - t)
    gradient += _power_slope(miss, gamma) * (1.0 - 2.0 * t) * p * q * _binary_values(t, output, from_logits)
    if apply_class_balancing:
        gradient *= t * alpha + (1.0 - t) * (1.0 - alpha)
    if not from_logits:
        gradient *= (p == output) / (p * q)
    gradient /= output.shape[-1]
    return gradient


def _binary_values(t: Array, output: Array, from_logits: bool) -> Array:
    """The cross-entropy of each output on its own."""
    if from_logits:
        return t * softplus(-output) + (1.0 - t) * softplus(output)
    p = _clipped(output)
    return -(t * np.log(p) + (1.0 - t) * np.log(1.0 - p))


def _both_probabilities(output: Array, from_logits: bool) -> tuple[Array, Array]:
    """The probabilities of class 1 and of class 0."""
    if from_logits:
        return sigmoid(output), sigmoid(-output)
    p = _clipped(output)
    return p, 1.0 - p


# Many classes, one of which is right


def categorical_crossentropy(
    target: Array, output: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """Return -sum(t * log(p)) over the last axis.

    Args:
        target: One-hot rows or probabilities t, (n, classes).
        output: Probabilities, divided by their sum to give p, or with from_logits the z of p = softmax(z).
        from_logits: Whether the output is z.
        label_smoothing: The share s by which targets are drawn to equal probabilities: t * (1 - s) + s / classes.

    Example:
        >>> categorical_crossentropy(np.array([[0.0, 1.0]]), np.array([[0.5, 0.5]])).round(4).tolist()
        [0.6931]
        >>> categorical_crossentropy(np.array([[0.0, 1.0]]), np.array([[1000.0, 0.0]]), from_logits=True).tolist()
        [1000.0]
    """
    t = _smoothed(target, label_smoothing, classes=output.shape[-1])
    log_p = log_softmax(output) if from_logits else np.log(_clipped(output / _total(output)))
    log_p *= t
    values: Array = -log_p.sum(axis=-1)
    return values


def categorical_crossentropy_gradient(
    target: Array, output: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """With respect to p: -t / p, and 0 where p is clipped; from logits p * sum(t) - t.

    Example:
        >>> target, z = np.array([[0.0, 1.0]]), np.array([[0.0, 0.0]])
        >>> categorical_crossentropy_gradient(target, z, from_logits=True).round(4).tolist()
        [[0.5, -0.5]]
    """
    t = _smoothed(target, label_smoothing, classes=output.shape[-1])
    if from_logits:
        gradient = softmax(output)
        gradient *= t.sum(axis=-1, keepdims=True)  # 1 for probabilities
        gradient -= t
        return gradient
    total = _total(output)
    share = output / total
    p = _clipped(share)
    return _through_division(-t / p * (p == share), share, total)


def sparse_categorical_crossentropy(target: Array, output: Array, from_logits: bool = False) -> Array:
    """Return -log(p[k]), where k is the right class: the categorical cross-entropy without one-hot rows.

    Args:
        target: Class indices k from 0, (n,).
        output: Probabilities, (n, classes), divided by their sum to give p, or with from_logits the z of
            p = softmax(z).
        from_logits: Whether the output is z.

    Example:
        >>> sparse_categorical_crossentropy(np.array([1]), np.array([[0.75, 0.25]])).round(4).tolist()
        [1.3863]
    """
    at_target = _at(target)
    if from_logits:
        shifted = output - output.max(axis=-1, keepdims=True)
        values: Array = np.log(np.exp(shifted).sum(axis=-1)) - shifted[at_target]
        return values
    return -np.log(_clipped(output[at_target] / _total(output)[..., 0]))


def sparse_categorical_crossentropy_gradient(target: Array, output: Array, from_logits: bool = False) -> Array:
    """With respect to p[k]: -1 / p[k], and 0 where p is clipped; from logits p, less 1 at class k.

    Example:
        >>> target, z = np.array([1]), np.array([[0.0, 0.0]])
        >>> sparse_categorical_crossentropy_gradient(target, z, from_logits=True).round(4).tolist()
        [[0.5, -0.5]]
    """
    at_target = _at(target)
    if from_logits:
        gradient = softmax(output)
        gradient[at_target] -= 1.0
        return gradient
    total = _total(output)
    share = output / total
    p = _clipped(share[at_target])
    gradient = np.zeros_like(output)
    gradient[at_target] = -1.0 / p * (p == share[at_target])
    return _through_division(gradient, share, total)


def _of_each_class(alpha: float | Sequence[float], output: Array) -> Array:
    """One weight for all classes, or one a class."""
    weights = np.asarray(alpha, dtype=output.dtype)
    if weights.shape not in ((), output.shape[-1:]):
        raise ShapeError(
            f"categorical_focal_crossentropy: expected a number in alpha for each of {output.shape[-1]} classes, got "
            f"{weights.size}. Give one number for all, or one a class."
        )
    return weights


def categorical_focal_crossentropy(
    target: Array,
    output: Array,
    alpha: float | Sequence[float] = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
) -> Array:
    """Return -sum(alpha * (1 - p)**gamma * t * log(p)): a cross-entropy that weighs rows that are nearly right down.

    Args:
        target: One-hot rows or probabilities t, (n, classes).
        output: Probabilities, divided by their sum to give p, or with from_logits the z of p = softmax(z).
        alpha: The weight of every class, or one number a class.
        gamma: How strongly easy rows are weighted down.
        from_logits: Whether the output is z; nothing is clipped then.
        label_smoothing: The share by which targets are drawn to equal probabilities.

    Raises:
        ShapeError: alpha has neither one number nor one a class.

    Example:
        >>> categorical_focal_crossentropy(np.array([[0.0, 1.0]]), np.array([[0.5, 0.5]])).round(4).tolist()
        [0.0433]

    Source:
        Lin et al., "Focal loss for dense object detection" (2018).
    """
    t = _smoothed(target, label_smoothing, classes=output.shape[-1]) * _of_each_class(alpha, output)
    log_p = log_softmax(output) if from_logits else np.log(_clipped(output / _total(output)))
    values: Array = -(t * (-np.expm1(log_p)) ** gamma * log_p).sum(axis=-1)
    return values


def categorical_focal_crossentropy_gradient(
    target: Array,
    output: Array,
    alpha: float | Sequence[float] = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
) -> Array:
    """With respect to p, times p: g = alpha * t * (gamma * (1 - p)**(gamma - 1) * p * log(p) - (1 - p)**gamma).

    From logits it is g - p * sum(g).

    Example:
        >>> target, z = np.array([[0.0, 1.0]]), np.array([[0.0, 0.0]])
        >>> categorical_focal_crossentropy_gradient(target, z, from_logits=True).round(4).tolist()
        [[0.0746, -0.0746]]
    """
    t = _smoothed(target, label_smoothing, classes=output.shape[-1]) * _of_each_class(alpha, output)
    if from_logits:
        log_p = log_softmax(output)
        p = np.exp(log_p)
    else:
        total = _total(output)
        share = output / total
        p = _clipped(share)
        log_p = np.log(p)
    rest = -np.expm1(log_p)  # 1 - p, exact also where p is nearly 1
    g = t * (_power_slope(rest, gamma) * p * log_p - rest**gamma)
    if from_logits:
        gradient: Array = g - p * g.sum(axis=-1, keepdims=True)
        return gradient
    return _through_division(g / p * (p == share), share, total)


def kl_divergence(target: Array, output: Array) -> Array:
    """Return sum(t * log(t / p)), how far the probabilities p are from t; both are clipped to [1e-7, 1].

    Args:
        target: Probabilities t, (n, classes).
        output: Probabilities p, like target.

    Example:
        >>> kl_divergence(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])).round(4).tolist()
        [0.1438]

    Source:
        Kullback and Leibler, "On information and sufficiency" (1951).
    """
    t = np.clip(target, EPSILON, 1.0)
    values: Array = (t * np.log(t / np.clip(output, EPSILON, 1.0))).sum(axis=-1)
    return values


def kl_divergence_gradient(target: Array, output: Array) -> Array:
    """Return -t / p, and 0 where p is clipped.

    Example:
        >>> kl_divergence_gradient(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])).round(4).tolist()
        [[-2.0, -0.6667]]
    """
    p = np.clip(output, EPSILON, 1.0)
    gradient: Array = -np.clip(target, EPSILON, 1.0) / p * (p == output)
    return gradient


# Counts


def poisson(target: Array, output: Array) -> Array:
    """Return mean(output - target * log(output)): how unlikely the counts are at the rates given.

    The output must be positive: let the last layer be softplus or exponential.

    Args:
        target: Counts, (n, units).
        output: Rates above 0, like target.

    Example:
        >>> poisson(np.array([[2.0]]), np.array([[1.0]])).round(4).tolist()
        [1.0]
    """
    with np.errstate(invalid="ignore"):  # a negative rate gives NaN, which training reports
        return _mean(output - target * np.log(output + EPSILON))


def poisson_gradient(target: Array, output: Array) -> Array:
    """Return (1 - target / output) / n.

    Example:
        >>> poisson_gradient(np.array([[2.0]]), np.array([[1.0]])).round(4).tolist()
        [[-1.0]]
    """
    gradient: Array = (1.0 - target / (output + EPSILON)) / output.shape[-1]
    return gradient


# Margins: targets -1 and 1


def hinge(target: Array, output: Array) -> Array:
    """Return mean(max(1 - target * output, 0)): no loss beyond a margin of 1.

    Targets are -1 and 1; where all are 0 or 1 they are taken as -1 and 1.

    Args:
        target: -1 and 1, (n, units).
        output: Numbers of any size, like target.

    Example:
        >>> hinge(np.array([[1.0], [-1.0]]), np.array([[0.25], [-3.0]])).tolist()
        [0.75, 0.0]

    Source:
        Cortes and Vapnik, "Support-vector networks" (1995).
    """
    return _mean(np.maximum(1.0 - _signs(target) * output, 0.0))


def hinge_gradient(target: Array, output: Array) -> Array:
    """Return -target / n inside the margin, else 0.

    Example:
        >>> hinge_gradient(np.array([[1.0], [-1.0]]), np.array([[0.25], [-3.0]])).tolist()
        [[-1.0], [0.0]]
    """
    target = _signs(target)
    gradient: Array = -target * (target * output < 1.0) / output.shape[-1]
    return gradient


def squared_hinge(target: Array, output: Array) -> Array:
    """Return mean(max(1 - target * output, 0)**2), with targets as for hinge.

    Args:
        target: -1 and 1, (n, units).
        output: Numbers of any size, like target.

    Example:
        >>> squared_hinge(np.array([[1.0], [-1.0]]), np.array([[0.5], [-3.0]])).tolist()
        [0.25, 0.0]
    """
    return _mean(np.maximum(1.0 - _signs(target) * output, 0.0) ** 2)


def squared_hinge_gradient(target: Array, output: Array) -> Array:
    """Return -2 * target * max(1 - target * output, 0) / n.

    Example:
        >>> squared_hinge_gradient(np.array([[1.0], [-1.0]]), np.array([[0.5], [-3.0]])).tolist()
        [[-1.0], [0.0]]
    """
    target = _signs(target)
    gradient: Array = -2.0 / output.shape[-1] * target * np.maximum(1.0 - target * output, 0.0)
    return gradient


def categorical_hinge(target: Array, output: Array) -> Array:
    """Return max(1 + best wrong output - right output, 0) for one-hot targets.

    The equation is max(1 + max((1 - t) * output) - sum(t * output), 0).

    Args:
        target: One-hot rows, (n, classes).
        output: Numbers of any size, like target.

    Example:
        >>> categorical_hinge(np.array([[0.0, 1.0, 0.0]]), np.array([[2.0, 1.5, -1.0]])).tolist()
        [1.5]

    Source:
        Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector machines" (2001).
    """
    right = (target * output).sum(axis=-1)
    wrong = ((1.0 - target) * output).max(axis=-1)
    values: Array = np.maximum(1.0 + wrong - right, 0.0)
    return values


def categorical_hinge_gradient(target: Array, output: Array) -> Array:
    """Return -t, plus 1 - t at the best wrong output; 0 where the margin is kept.

    Example:
        >>> categorical_hinge_gradient(np.array([[0.0, 1.0]]), np.array([[2.0, 1.5]])).tolist()
        [[1.0, -1.0]]
    """
    gradient = -target
    best = _at(((1.0 - target) * output).argmax(axis=-1))
    gradient[best] += (1.0 - target)[best]
    gradient *= (categorical_hinge(target, output) > 0.0)[..., np.newaxis]
    return gradient


# A loss of the user's own


def custom(target: Array, output: Array, function: Callable[[Array, Array], tuple[Array, Array]]) -> Array:
    """Return the values of a user's function ``(target, output) -> (values, gradient)``.

    Args:
        target: As the function takes it.
        output: Likewise.
        function: The user's.

    Example:
        >>> def half_square(target, output):
        ...     return ((output - target) ** 2).sum(axis=-1) / 2, output - target
        >>> custom(np.array([[0.0]]), np.array([[3.0]]), half_square).tolist()
        [4.5]
    """
    return function(target, output)[0]


def custom_gradient(target: Array, output: Array, function: Callable[[Array, Array], tuple[Array, Array]]) -> Array:
    """Return the gradient of a user's function ``(target, output) -> (values, gradient)``.

    Example:
        >>> def half_square(target, output):
        ...     return ((output - target) ** 2).sum(axis=-1) / 2, output - target
        >>> custom_gradient(np.array([[0.0]]), np.array([[3.0]]), half_square).tolist()
        [[3.0]]
    """
    return function(target, output)[1]


# What several of them need


def _mean(x: Array) -> Array:
    """The mean over the last axis, in the precision of x."""
    if x.shape[-1] == 1:
        return x[..., 0]
    mean: Array = x.mean(axis=-1)
    return mean


def _smoothed(target: Array, label_smoothing: float, classes: int) -> Array:
    """Targets drawn to equal probabilities."""
    if label_smoothing == 0.0:
        return target
    return target * (1.0 - label_smoothing) + label_smoothing / classes


def _clipped(p: Array) -> Array:
    return np.clip(p, EPSILON, 1.0 - EPSILON)


def _total(output: Array) -> Array:
    """The sum of each row; 1 where it is 0, so that a row of zeros stays one."""
    total: Array = output.sum(axis=-1, keepdims=True)
    total[total == 0.0] = 1.0
    return total


def _through_division(d_share: Array, share: Array, total: Array) -> Array:
    """From the derivative with respect to share = output / total to that with respect to output."""
    gradient: Array = (d_share - (d_share * share).sum(axis=-1, keepdims=True)) / total
    return gradient


def _power_slope(x: Array, exponent: float) -> Array:
    """The derivative of x**exponent for x >= 0; at 0 large where it would be infinite."""
    slope: Array = exponent * np.maximum(x, np.finfo(x.dtype).tiny) ** (exponent - 1.0)
    return slope


def _at(classes: Array) -> tuple[Array, ...]:
    """The index of one entry a row: ``x[_at(k)]`` is x[i, k[i]] for every row i."""
    return (*np.indices(classes.shape, sparse=True), classes)


def _signs(target: Array) -> Array:
    """Targets -1 and 1, also where they were given as 0 and 1."""
    if np.all((target == 0.0) | (target == 1.0)):
        return 2.0 * target - 1.0
    return target


class Loss(NamedTuple):
    """A loss and its derivative.

    Args:
        function: ``function(target, output, **config) -> values``.
        gradient: The derivative of each value, with the same arguments.

    Example:
        >>> function, gradient = LOSSES["mean_squared_error"]
        >>> function(np.array([[0.0]]), np.array([[3.0]])).tolist()
        [9.0]
        >>> gradient(np.array([[0.0]]), np.array([[3.0]])).tolist()
        [[6.0]]
    """

    function: Callable[..., Array]
    gradient: Callable[..., Array]


LOSSES: dict[str, Loss] = {
    "mean_squared_error": Loss(mean_squared_error, mean_squared_error_gradient),
    "mean_absolute_error": Loss(mean_absolute_error, mean_absolute_error_gradient),
    "huber": Loss(huber, huber_gradient),
    "log_cosh": Loss(log_cosh, log_cosh_gradient),
    "mean_squared_logarithmic_error": Loss(mean_squared_logarithmic_error, mean_squared_logarithmic_error_gradient),
    "mean_absolute_percentage_error": Loss(mean_absolute_percentage_error, mean_absolute_percentage_error_gradient),
    "cosine_similarity": Loss(cosine_similarity, cosine_similarity_gradient),
    "binary_crossentropy": Loss(binary_crossentropy, binary_crossentropy_gradient),
    "binary_focal_crossentropy": Loss(binary_focal_crossentropy, binary_focal_crossentropy_gradient),
    "categorical_crossentropy": Loss(categorical_crossentropy, categorical_crossentropy_gradient),
    "sparse_categorical_crossentropy": Loss(sparse_categorical_crossentropy, sparse_categorical_crossentropy_gradient),
    "categorical_focal_crossentropy": Loss(categorical_focal_crossentropy, categorical_focal_crossentropy_gradient),
    "kl_divergence": Loss(kl_divergence, kl_divergence_gradient),
    "poisson": Loss(poisson, poisson_gradient),
    "hinge": Loss(hinge, hinge_gradient),
    "squared_hinge": Loss(squared_hinge, squared_hinge_gradient),
    "categorical_hinge": Loss(categorical_hinge, categorical_hinge_gradient),
    "custom": Loss(custom, custom_gradient),
}
