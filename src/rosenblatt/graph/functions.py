"""Activation functions and losses, built from the operations of `rosenblatt.graph.scalar`.

No function here states its own derivative (but for the step and erf): backpropagation finds it. Where numbers
are large the composition itself is chosen so that it stays right:

- sigmoid: exp(1000) is infinity, 1 / (1 + infinity) is the 0 that is meant, and a zero stops the gradient there.
- tanh is a sigmoid stretched to both signs; (exp(z) - exp(-z)) / (exp(z) + exp(-z)) would be infinity / infinity.
- softmax: the largest z is taken off first, which changes nothing, and exp cannot overflow.
- cross-entropies of probabilities clip them to [1e-7, 1 - 1e-7], where the gradient ends; with ``from_logits=True``
  they are composed of z itself, and a confident mistake keeps its full gradient.

Symbols: ``z`` a scalar or a plain number, of a softmax several; ``output`` likewise, ``target`` plain numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from rosenblatt.graph.scalar import Edge, Number, Scalar, add, as_scalar, exp, log, maximum

EPSILON = 1e-7  # the guard against log(0), as in the engine


# --- Activation functions of one number -------------------------------------------------------------


def step(z: Number) -> Scalar:
    """Return 1 where z >= 0, else 0; its derivative is 0, so nothing below it learns.

    Example:
        >>> z = Scalar(0.3)
        >>> y = step(z)
        >>> y.backward()
        >>> y.value, z.gradient
        (1.0, 0.0)
    """
    z = as_scalar(z)
    return Scalar(float(z.value >= 0), "", "step", [Edge(z, 0.0)])


def sigmoid(z: Number) -> Scalar:
    """Return 1 / (1 + exp(-z)).

    Example:
        >>> z = Scalar(0.0)
        >>> a = sigmoid(z)
        >>> a.backward()
        >>> a.value, z.gradient
        (0.5, 0.25)
    """
    return 1.0 / (1.0 + exp(-as_scalar(z)))


def tanh(z: Number) -> Scalar:
    """Return the hyperbolic tangent, 2 sigmoid(2z) - 1.

    Example:
        >>> z = Scalar(0.5)
        >>> y = tanh(z)
        >>> y.backward()
        >>> round(y.value, 4), round(z.gradient, 4)  # 1 - 0.4621 ** 2
        (0.4621, 0.7864)
    """
    return 2.0 * sigmoid(2.0 * as_scalar(z)) - 1.0


def relu(z: Number, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Scalar:
    """Return max(z, 0); with the engine's extras: a slope below the threshold, and a largest value.

    Args:
        negative_slope: below the threshold the result is ``negative_slope * (z - threshold)``.
        max_value: the largest result; None for no limit.
        threshold: where the unit begins to fire.

    Example:
        >>> z = Scalar(-2.0)
        >>> y = relu(z, negative_slope=0.1)
        >>> y.backward()
        >>> y.value, z.gradient
        (-0.2, 0.1)
    """
    z = as_scalar(z)
    if not negative_slope and not threshold:
        y = maximum(z, 0.0)
    else:
        y = 1.0 * z if z.value > threshold else negative_slope * (z - threshold)
    return y if max_value is None else minimum(y, max_value)


def leaky_relu(z: Number, negative_slope: float = 0.2) -> Scalar:
    """Return z above 0, negative_slope * z below.

    Args:
        negative_slope: 0.2 as in Keras's function.

    Example:
        >>> z = Scalar(-2.0)
        >>> y = leaky_relu(z)
        >>> y.backward()
        >>> y.value, z.gradient
        (-0.4, 0.2)
    """
    z = as_scalar(z)
    return (1.0 if z.value > 0 else negative_slope) * z


def elu(z: Number, alpha: float = 1.0) -> Scalar:
    """Return z above 0, alpha * (exp(z) - 1) below.

    Args:
        alpha: the depth, -alpha, that the result falls to.

    Example:
        >>> z = Scalar(-1.0)
        >>> y = elu(z)
        >>> y.backward()
        >>> round(y.value, 4), round(z.gradient, 4)  # exp(-1) - 1 and exp(-1)
        (-0.6321, 0.3679)
    """
    z = as_scalar(z)
    return 1.0 * z if z.value > 0 else alpha * (exp(z) - 1.0)


def selu(z: Number) -> Scalar:
    """Return an elu with the constants that keep mean 0 and variance 1 from layer to layer.

    Example:
        >>> z = Scalar(1.0)
        >>> y = selu(z)
        >>> y.backward()
        >>> round(y.value, 4), round(z.gradient, 4)
        (1.0507, 1.0507)
    """
    return 1.0507009873554805 * elu(z, 1.6732632423543772)


def gelu(z: Number, approximate: bool = False) -> Scalar:
    """Return z times the probability that a standard normal number is below it.

    Args:
        approximate: by a tanh in place of the error function.

    Example:
        >>> z = Scalar(1.0)
        >>> y = gelu(z)
        >>> y.backward()
        >>> round(y.value, 4), round(z.gradient, 4)
        (0.8413, 1.0833)
    """
    z = as_scalar(z)
    if approximate:
        return z * (0.5 + 0.5 * tanh(math.sqrt(2.0 / math.pi) * (z + 0.044715 * z**3)))
    return z * (0.5 + 0.5 * erf(z * math.sqrt(0.5)))


def silu(z: Number) -> Scalar:
    """Return z * sigmoid(z).

    Example:
        >>> z = Scalar(1.0)
        >>> y = silu(z)
        >>> y.backward()
        >>> round(y.value, 4), round(z.gradient, 4)
        (0.7311, 0.9277)
    """
    return z * sigmoid(z)


def softplus(z: Number) -> Scalar:
    """Return log(1 + exp(z)); above 0 it is written as z + log(1 + exp(-z)), which cannot overflow.

    Example:
        >>> z = Scalar(1000.0)
        >>> y = softplus(z)
        >>> y.backward()
        >>> y.value, z.gradient
        (1000.0, 1.0)
    """
    z = as_scalar(z)
    return z + log(1.0 + exp(-z)) if z.value > 0 else log(1.0 + exp(z))


def mish(z: Number) -> Scalar:
    """Return z * tanh(softplus(z)).

    Example:
        >>> z = Scalar(1.0)
        >>> y = mish(z)
        >>> y.backward()
        >>> round(y.value, 4), round(z.gradient, 4)
        (0.8651, 1.049)
    """
    return z * tanh(softplus(z))


def hard_sigmoid(z: Number) -> Scalar:
    """Return z / 6 + 1 / 2, cut off at 0 and 1.

    Example:
        >>> z = Scalar(1.5)
        >>> y = hard_sigmoid(z)
        >>> y.backward()
        >>> round(y.value, 4), round(z.gradient, 4)
        (0.75, 0.1667)
    """
    return minimum(maximum(as_scalar(z) + 3.0, 0.0), 6.0) / 6.0


def softsign(z: Number) -> Scalar:
    """Return z / (1 + |z|).

    Example:
        >>> z = Scalar(3.0)
        >>> y = softsign(z)
        >>> y.backward()
        >>> y.value, z.gradient
        (0.75, 0.0625)
    """
    return z / (1.0 + absolute(z))


def erf(z: Number) -> Scalar:
    """Return the error function, with derivative 2 / sqrt(pi) * exp(-z**2).

    Example:
        >>> z = Scalar(0.0)
        >>> y = erf(z)
        >>> y.backward()
        >>> round(y.value, 4), round(z.gradient, 4)
        (0.0, 1.1284)
    """
    z = as_scalar(z)
    slope = 2.0 / math.sqrt(math.pi) * math.exp(-z.value * z.value)
    return Scalar(math.erf(z.value), "", "erf", [Edge(z, slope)])


def minimum(left: Number, right: Number) -> Scalar:
    """Return the smaller one, -max(-left, -right).

    Args:
        left: a scalar or a plain number.
        right: likewise; where both are equal it gets the gradient.

    Example:
        >>> z = Scalar(8.0)
        >>> y = minimum(z, 6.0)
        >>> y.backward()
        >>> y.value, z.gradient
        (6.0, 0.0)
    """
    return -maximum(-as_scalar(left), -as_scalar(right))


def absolute(z: Number) -> Scalar:
    """Return |z|, with derivative 0 at 0.

    Example:
        >>> z = Scalar(-3.0)
        >>> y = absolute(z)
        >>> y.backward()
        >>> y.value, z.gradient
        (3.0, -1.0)
    """
    return maximum(z, 0.0) + maximum(-as_scalar(z), 0.0)


# --- Softmax ----------------------------------------------------------------------------------------


def softmax(z: Sequence[Number]) -> list[Scalar]:
    """Return exp(z_i) / Σ exp(z_j): positive numbers that add up to 1.

    Example:
        >>> [round(y.value, 2) for y in softmax([2.20, 1.39, 0.85])]
        [0.59, 0.26, 0.15]
    """
    powers = [exp(z_i - _largest(z)) for z_i in map(as_scalar, z)]
    total = add(*powers)
    return [each / total for each in powers]


def log_softmax(z: Sequence[Number]) -> list[Scalar]:
    """Return log(softmax(z)), right also where the softmax itself is 0.

    Example:
        >>> [y.value for y in log_softmax([0.0, -1000.0])]
        [0.0, -1000.0]
    """
    shifted = [z_i - _largest(z) for z_i in map(as_scalar, z)]
    log_total = log(add(*map(exp, shifted)))
    return [each - log_total for each in shifted]


def _largest(z: Sequence[Number]) -> float:
    """The largest of z as a plain number: the result does not depend on it, so it needs no gradient."""
    return max(as_scalar(z_i).value for z_i in z)


# --- Losses of one sample ---------------------------------------------------------------------------


def binary_crossentropy(target: float, output: Number, from_logits: bool = False) -> Scalar:
    """Return -(t log p + (1 - t) log(1 - p)).

    Args:
        from_logits: the output is the z of p = sigmoid(z), not p.

    Example:
        >>> z = Scalar(0.3)
        >>> loss = binary_crossentropy(1.0, sigmoid(z))
        >>> loss.backward()
        >>> round(loss.value, 3), round(z.gradient, 3)  # a - t
        (0.554, -0.426)
    """
    if from_logits:
        return softplus(output) - target * as_scalar(output)
    p = _clipped(output)
    return -_log_likelihood([target, 1.0 - target], [p, 1.0 - p])


def categorical_crossentropy(target: Sequence[float], output: Sequence[Number], from_logits: bool = False) -> Scalar:
    """Return -Σ t_i log p_i.

    Args:
        from_logits: the outputs are the z of p = softmax(z), not p.

    Example:
        >>> z = [Scalar(2.0), Scalar(1.0), Scalar(0.0)]
        >>> loss = categorical_crossentropy([0.0, 1.0, 0.0], softmax(z))
        >>> loss.backward()
        >>> round(loss.value, 3), [round(z_i.gradient, 3) for z_i in z]  # p - t
        (1.408, [0.665, -0.755, 0.09])
    """
    if from_logits:
        return -add(*(share * log_p for share, log_p in zip(target, log_softmax(output), strict=True) if share))
    return -_log_likelihood(target, [_clipped(p) for p in output])


def mean_squared_error(target: Sequence[float], output: Sequence[Number]) -> Scalar:
    """Return the mean of (y - t)**2.

    Example:
        >>> y = [Scalar(1.0), Scalar(5.0)]
        >>> loss = mean_squared_error([0.0, 2.0], y)
        >>> loss.backward()
        >>> loss.value, [y_i.gradient for y_i in y]
        (5.0, [1.0, 3.0])
    """
    return mean([(y - as_scalar(t)) ** 2 for t, y in zip(target, output, strict=True)])


def mean_absolute_error(target: Sequence[float], output: Sequence[Number]) -> Scalar:
    """Return the mean of |y - t|.

    Example:
        >>> y = [Scalar(1.0), Scalar(5.0)]
        >>> loss = mean_absolute_error([0.0, 2.0], y)
        >>> loss.backward()
        >>> loss.value, [y_i.gradient for y_i in y]  # an outlier pulls no harder than others
        (2.0, [0.5, 0.5])
    """
    return mean([absolute(y - as_scalar(t)) for t, y in zip(target, output, strict=True)])


def huber(target: Sequence[float], output: Sequence[Number], delta: float = 1.0) -> Scalar:
    """Return the mean of e**2 / 2 where the error e is at most delta, beyond it of delta * |e| - delta**2 / 2.

    Args:
        delta: above 0.

    Example:
        >>> y = [Scalar(1.0), Scalar(5.0)]
        >>> loss = huber([0.0, 2.0], y)
        >>> loss.backward()
        >>> loss.value, [y_i.gradient for y_i in y]
        (1.5, [0.5, 0.5])
    """
    sizes = [absolute(y - as_scalar(t)) for t, y in zip(target, output, strict=True)]
    insides = [minimum(size, delta) for size in sizes]
    return mean([inside * (size - 0.5 * inside) for size, inside in zip(sizes, insides, strict=True)])


def _log_likelihood(target: Sequence[float], p: Sequence[Scalar]) -> Scalar:
    """Return Σ t_i log p_i, without the terms of t_i = 0."""
    terms = [log(p_i) if t == 1.0 else t * log(p_i) for t, p_i in zip(target, p, strict=True) if t]
    return add(*terms) if len(terms) > 1 else terms[0]


def mean(terms: Sequence[Scalar]) -> Scalar:
    """Return the sum, divided by how many there are.

    Args:
        terms: at least one.

    Example:
        >>> mean([Scalar(1.0), Scalar(4.0)]).value
        2.5
    """
    return add(*terms) / len(terms) if len(terms) > 1 else terms[0]


def _clipped(p: Number) -> Scalar:
    """A probability in [1e-7, 1 - 1e-7]; one that lies there already gets no further operations."""
    p = as_scalar(p)
    if p.value < EPSILON:
        return maximum(p, EPSILON)
    return minimum(p, 1.0 - EPSILON) if p.value > 1.0 - EPSILON else p


# --- By the names that plans use --------------------------------------------------------------------

ACTIVATIONS: dict[str, Callable[..., Scalar]] = {
    "step": step,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "relu6": lambda z: relu(z, max_value=6.0),
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": selu,
    "gelu": gelu,
    "silu": silu,
    "softplus": softplus,
    "softsign": softsign,
    "mish": mish,
    "hard_sigmoid": hard_sigmoid,
    "exponential": exp,
}

# These look at all units of a row at once.
ROW_ACTIVATIONS: dict[str, Callable[[Sequence[Number]], list[Scalar]]] = {
    "softmax": softmax,
    "log_softmax": log_softmax,
}
