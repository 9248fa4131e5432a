"""Activation functions, each with its derivative right below it.

    y  = f(z)                    z: what a layer has summed up, z = x @ w + b
    dz = dL/dz = dL/dy * dy/dz   dy: the derivative of the loss with respect to y

All but softmax and log_softmax work on each number alone, so their derivative is ``dy * f'(z)``. A gradient function
gets ``dy``, ``z`` and ``y``, and uses whichever of ``z`` and ``y`` makes the shorter formula. Arrays are of floats and
have at least one axis; the result has the shape and the precision of ``z``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from rosenblatt.errors import ArgumentError
from rosenblatt.functional.special import erf
from rosenblatt.types import Array

Axis: TypeAlias = int | tuple[int, ...]

# The constants for which layers of normalised inputs give normalised outputs (Klambauer et al., 2017).
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def step(z: Array) -> Array:
    """Return 1 where z >= 0, else 0: the perceptron's threshold.

    Example:
        >>> step(np.array([-0.5, 0.0, 2.0])).tolist()
        [0.0, 1.0, 1.0]

    Source:
        Rosenblatt, "The perceptron" (1958).
    """
    return (z >= 0.0).astype(z.dtype)


def step_gradient(dy: Array, z: Array, y: Array) -> Array:
    """Raise an error: the step's derivative is 0 everywhere but at 0, where it has none.

    Raises:
        ArgumentError: always. Only the perceptron's own rule trains a step.

    Example:
        >>> step_gradient(np.ones(1), np.zeros(1), np.ones(1))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: step: expected an activation with a usable derivative, got the step, ...
    """
    raise ArgumentError(
        "step: expected an activation with a usable derivative, got the step, which is flat on both sides of its jump. "
        "Use 'sigmoid', or train by the perceptron's rule (rosenblatt.ladder.Perceptron)."
    )


def linear(z: Array) -> Array:
    """Return z unchanged.

    Example:
        >>> linear(np.array([-1.0, 2.0])).tolist()
        [-1.0, 2.0]
    """
    return z


def linear_gradient(dy: Array, z: Array, y: Array) -> Array:
    """Return dy unchanged: f'(z) = 1.

    Example:
        >>> linear_gradient(np.array([0.5]), np.array([7.0]), np.array([7.0]))
        array([0.5])
    """
    return dy


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), between 0 and 1.

    Example:
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
        [0.0, 0.5, 1.0]

    Source:
        Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors" (1986).
    """
    y = np.negative(z)
    with np.errstate(over="ignore"):  # exp(1000) is infinity, and 1 / (1 + infinity) is the 0 that is meant
        np.exp(y, out=y)
    y += 1.0
    return np.reciprocal(y, out=y)


def sigmoid_gradient(dy: Array, z: Array, y: Array) -> Array:
    """f'(z) = y * (1 - y).

    Example:
        >>> z = np.array([0.0, 3.0, 10.0])
        >>> sigmoid_gradient(np.ones(3), z, sigmoid(z)).round(5)  # never more than 1/4, and gone where z is large
        array([2.500e-01, 4.518e-02, 5.000e-05])
    """
    dz = 1.0 - y
    dz *= y
    dz *= dy
    return dz


def tanh(z: Array) -> Array:
    """Return the hyperbolic tangent, between -1 and 1: a sigmoid stretched to both signs.

    Example:
        >>> tanh(np.array([0.0, 1000.0])).tolist()
        [0.0, 1.0]

    Source:
        LeCun et al., "Efficient backprop" (1998).
    """
    return np.tanh(z)


def tanh_gradient(dy: Array, z: Array, y: Array) -> Array:
    """f'(z) = 1 - y**2.

    Example:
        >>> z = np.array([0.0, 3.0])
        >>> tanh_gradient(np.ones(2), z, tanh(z)).round(4)  # at 0 four times the sigmoid's
        array([1.    , 0.0099])
    """
    dz = y * y
    np.subtract(1.0, dz, out=dz)
    dz *= dy
    return dz


def relu(z: Array, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Array:
    """Return z above the threshold and 0 below: the rectified linear unit.

    Args:
        z: A float array.
        negative_slope: Below the threshold the result is ``negative_slope * (z - threshold)``.
        max_value: The largest result; None for no limit.
        threshold: Where the unit begins to fire; not negative.

    Example:
        >>> relu(np.array([-2.0, 0.5, 8.0])).tolist()
        [0.0, 0.5, 8.0]
        >>> relu(np.array([-2.0, 0.5, 8.0]), negative_slope=0.25, max_value=6.0).tolist()
        [-0.5, 0.5, 6.0]

    Source:
        Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines" (2010).
    """
    if negative_slope == 0.0 and threshold == 0.0:
        y = np.maximum(z, 0.0)
    else:
        y = np.where(z > threshold, z, negative_slope * (z - threshold))
    return y if max_value is None else np.minimum(y, max_value, out=y)


def relu_gradient(
    dy: Array, z: Array, y: Array, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Array:
    """f'(z) = 1 above the threshold, negative_slope below it, 0 beyond max_value.

    Args:
        negative_slope, max_value, threshold: as for `relu`.

    Example:
        >>> z = np.array([-2.0, 0.0, 0.5, 8.0])
        >>> relu_gradient(np.ones(4), z, relu(z, max_value=6.0), max_value=6.0)  # at the corner 0 is taken
        array([0., 0., 1., 0.])
    """
    fires = z > threshold
    if max_value is not None:
        fires &= z < max_value
    if negative_slope == 0.0:
        return dy * fires
    return dy * (fires + negative_slope * (z <= threshold).astype(z.dtype))


def relu6(z: Array) -> Array:
    """Return a relu that goes no higher than 6.

    Example:
        >>> relu6(np.array([-1.0, 3.0, 9.0])).tolist()
        [0.0, 3.0, 6.0]

    Source:
        Krizhevsky, "Convolutional deep belief networks on CIFAR-10" (2010).
    """
    return relu(z, max_value=6.0)


def relu6_gradient(dy: Array, z: Array, y: Array) -> Array:
    """f'(z) = 1 between 0 and 6, else 0.

    Example:
        >>> z = np.array([-1.0, 3.0, 9.0])
        >>> relu6_gradient(np.ones(3), z, relu6(z))
        array([0., 1., 0.])
    """
    return relu_gradient(dy, z, y, max_value=6.0)


def leaky_relu(z: Array, negative_slope: float = 0.2) -> Array:
    """Return z where it is positive, else negative_slope * z.

    Args:
        z: A float array.
        negative_slope: 0.2 as in Keras's function, while the layer LeakyReLU has 0.3.

    Example:
        >>> leaky_relu(np.array([-2.0, 3.0])).tolist()
        [-0.4, 3.0]

    Source:
        Maas et al., "Rectifier nonlinearities improve neural network acoustic models" (2013).
    """
    return np.where(z > 0.0, z, negative_slope * z)


def leaky_relu_gradient(dy: Array, z: Array, y: Array, negative_slope: float = 0.2) -> Array:
    """f'(z) = 1 where z > 0, else negative_slope.

    Args:
        negative_slope: as for `leaky_relu`.

    Example:
        >>> z = np.array([-2.0, 3.0])
        >>> leaky_relu_gradient(np.ones(2), z, leaky_relu(z))  # a unit that is off still learns
        array([0.2, 1. ])
    """
    return np.where(z > 0.0, dy, negative_slope * dy)


def elu(z: Array, alpha: float = 1.0) -> Array:
    """Return z where it is positive, else alpha * (exp(z) - 1).

    Args:
        z: A float array.
        alpha: The depth, -alpha, that the result falls to.

    Example:
        >>> elu(np.array([-1000.0, 0.0, 2.0])).tolist()
        [-1.0, 0.0, 2.0]

    Source:
        Clevert et al., "Fast and accurate deep network learning by exponential linear units" (2016).
    """
    return np.where(z > 0.0, z, alpha * np.expm1(np.minimum(z, 0.0)))


def elu_gradient(dy: Array, z: Array, y: Array, alpha: float = 1.0) -> Array:
    """f'(z) = 1 where z > 0, else alpha * exp(z) = y + alpha.

    Args:
        alpha: as for `elu`.

    Example:
        >>> z = np.array([-1.0, 2.0])
        >>> elu_gradient(np.ones(2), z, elu(z)).round(4)  # exp(-1) and 1
        array([0.3679, 1.    ])
    """
    return np.where(z > 0.0, dy, dy * (y + alpha))


def selu(z: Array) -> Array:
    """Return a scaled elu whose constants keep mean 0 and variance 1 from layer to layer.

    Example:
        >>> selu(np.array([-1000.0, 1.0])).round(4).tolist()
        [-1.7581, 1.0507]

    Source:
        Klambauer et al., "Self-normalizing neural networks" (2017).
    """
    return SELU_SCALE * elu(z, SELU_ALPHA)


def selu_gradient(dy: Array, z: Array, y: Array) -> Array:
    """f'(z) = scale where z > 0, else scale * alpha * exp(z) = y + scale * alpha.

    Example:
        >>> z = np.array([-1.0, 2.0])
        >>> selu_gradient(np.ones(2), z, selu(z)).round(4)
        array([0.6468, 1.0507])
    """
    return np.where(z > 0.0, SELU_SCALE * dy, dy * (y + SELU_SCALE * SELU_ALPHA))


def gelu(z: Array, approximate: bool = False) -> Array:
    """Return z times the probability that a standard normal number is below z.

    The equation is ``z * (1 + erf(z / sqrt(2))) / 2``.

    Args:
        z: A float array.
        approximate: Use ``z * (1 + tanh(sqrt(2 / pi) * (z + 0.044715 * z**3))) / 2`` instead, good to about 0.0005.

    Example:
        >>> gelu(np.array([-1000.0, 0.0, 1.0])).round(4).tolist()
        [-0.0, 0.0, 0.8413]

    Source:
        Hendrycks and Gimpel, "Gaussian error linear units" (2016).
    """
    return z * _gelu_gate(z, approximate)


def gelu_gradient(dy: Array, z: Array, y: Array, approximate: bool = False) -> Array:
    """f'(z) = gate(z) + z * gate'(z), where the gate is the normal distribution or its approximation.

    Args:
        approximate: as for `gelu`.

    Example:
        >>> z = np.array([-1.0, 0.0, 1.0])
        >>> gelu_gradient(np.ones(3), z, gelu(z)).round(4)  # it falls before 0 and is steeper than 1 after it
        array([-0.0833,  0.5   ,  1.0833])
    """
    gate = _gelu_gate(z, approximate)
    if approximate:
        slope = 2.0 * gate * (1.0 - gate) * math.sqrt(2.0 / math.pi) * (1.0 + 3.0 * 0.044715 * z * z)
    else:
        slope = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return dy * (gate + z * slope)


def _gelu_gate(z: Array, approximate: bool) -> Array:
    """The share of z that passes: the normal distribution's cumulative probability."""
    if approximate:
        return 0.5 + 0.5 * np.tanh(math.sqrt(2.0 / math.pi) * (z + 0.044715 * z * z * z))
    return 0.5 + 0.5 * erf(z * math.sqrt(0.5))


def silu(z: Array) -> Array:
    """Return z * sigmoid(z), also known as swish.

    Example:
        >>> silu(np.array([-1000.0, 0.0, 1000.0])).tolist()
        [-0.0, 0.0, 1000.0]

    Source:
        Ramachandran et al., "Searching for activation functions" (2017).
    """
    return z * sigmoid(z)


def silu_gradient(dy: Array, z: Array, y: Array) -> Array:
    """f'(z) = s + y * (1 - s), where s = sigmoid(z).

    Example:
        >>> z = np.array([-2.0, 0.0, 2.0])
        >>> silu_gradient(np.ones(3), z, silu(z)).round(4)
        array([-0.0908,  0.5   ,  1.0908])
    """
    s = sigmoid(z)
    return dy * (s + y * (1.0 - s))


def softplus(z: Array) -> Array:
    """Return log(1 + exp(z)), a relu without the corner.

    Example:
        >>> softplus(np.array([-1000.0, 0.0, 1000.0])).round(4).tolist()
        [0.0, 0.6931, 1000.0]

    Source:
        Dugas et al., "Incorporating second-order functional knowledge for better option pricing" (2001).
    """
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def softplus_gradient(dy: Array, z: Array, y: Array) -> Array:
    """f'(z) = sigmoid(z).

    Example:
        >>> z = np.array([-10.0, 0.0, 10.0])
        >>> softplus_gradient(np.ones(3), z, softplus(z)).round(4)  # relu's 0 and 1, with a way between
        array([0. , 0.5, 1. ])
    """
    return dy * sigmoid(z)


def softsign(z: Array) -> Array:
    """Return z / (1 + abs(z)), between -1 and 1.

    Example:
        >>> softsign(np.array([-1.0, 0.0, 3.0])).tolist()
        [-0.5, 0.0, 0.75]

    Source:
        Turian et al., "Quadratic features and deep architectures for chunking" (2009).
    """
    return z / (1.0 + np.abs(z))


def softsign_gradient(dy: Array, z: Array, y: Array) -> Array:
    """f'(z) = 1 / (1 + abs(z))**2.

    Example:
        >>> z = np.array([0.0, 3.0])
        >>> softsign_gradient(np.ones(2), z, softsign(z))  # it fades more slowly than tanh's, which is 0.0099 at 3
        array([1.    , 0.0625])
    """
    return dy / (1.0 + np.abs(z)) ** 2


def mish(z: Array) -> Array:
    """Return z * tanh(softplus(z)).

    Example:
        >>> mish(np.array([-1000.0, 0.0, 1000.0])).tolist()
        [-0.0, 0.0, 1000.0]

    Source:
        Misra, "Mish: a self regularized non-monotonic activation function" (2019).
    """
    return z * np.tanh(softplus(z))


def mish_gradient(dy: Array, z: Array, y: Array) -> Array:
    """f'(z) = t + z * (1 - t**2) * sigmoid(z), where t = tanh(softplus(z)).

    Example:
        >>> z = np.array([-2.0, 0.0, 2.0])
        >>> mish_gradient(np.ones(3), z, mish(z)).round(4)
        array([-0.1084,  0.6   ,  1.0693])
    """
    t = np.tanh(softplus(z))
    return dy * (t + z * (1.0 - t * t) * sigmoid(z))


def hard_sigmoid(z: Array) -> Array:
    """Return z / 6 + 1 / 2, cut off at 0 and 1: a sigmoid of three straight lines.

    Example:
        >>> hard_sigmoid(np.array([-4.0, 0.0, 1.5, 4.0])).tolist()
        [0.0, 0.5, 0.75, 1.0]

    Source:
        Keras, ``keras.activations.hard_sigmoid``; Howard et al., "Searching for MobileNetV3" (2019).
    """
    return np.clip(z + 3.0, 0.0, 6.0) / 6.0


def hard_sigmoid_gradient(dy: Array, z: Array, y: Array) -> Array:
    """f'(z) = 1 / 6 between -3 and 3, else 0.

    Example:
        >>> z = np.array([-4.0, 0.0, 1.5])
        >>> hard_sigmoid_gradient(np.ones(3), z, hard_sigmoid(z)).round(4)
        array([0.    , 0.1667, 0.1667])
    """
    return dy / 6.0 * (np.abs(z) < 3.0)


def exponential(z: Array) -> Array:
    """Return exp(z); infinity where that is beyond the precision.

    Example:
        >>> exponential(np.array([-1000.0, 0.0])).tolist()
        [0.0, 1.0]
    """
    with np.errstate(over="ignore"):
        return np.exp(z)


def exponential_gradient(dy: Array, z: Array, y: Array) -> Array:
    """f'(z) = y.

    Example:
        >>> z = np.array([0.0, 2.0])
        >>> exponential_gradient(np.ones(2), z, exponential(z)).round(4)
        array([1.    , 7.3891])
    """
    return dy * y


def softmax(z: Array, axis: Axis = -1) -> Array:
    """Return exp(z) / sum(exp(z)) over the last axis: positive numbers that add up to 1.

    Args:
        z: A float array.
        axis: Another axis, or several, to take the sum over.

    Example:
        >>> softmax(np.array([[0.0, 0.0], [1000.0, -1000.0]])).tolist()
        [[0.5, 0.5], [1.0, 0.0]]

    Source:
        Bridle, "Probabilistic interpretation of feedforward classification network outputs" (1990).
    """
    y: Array = z - z.max(axis=axis, keepdims=True)  # the same result, and exp cannot overflow
    np.exp(y, out=y)
    y /= y.sum(axis=axis, keepdims=True)
    return y


def softmax_gradient(dy: Array, z: Array, y: Array, axis: Axis = -1) -> Array:
    """dz_i = sum over j of dy_j * dy_j/dz_i = y_i * (dy_i - sum(dy * y)).

    Args:
        axis: as for `softmax`.

    Example:
        >>> z = np.array([[0.0, 0.0]])
        >>> softmax_gradient(np.array([[1.0, 0.0]]), z, softmax(z))  # what one class gains the other loses
        array([[ 0.25, -0.25]])
    """
    dz = dy * y
    dz -= y * dz.sum(axis=axis, keepdims=True)
    return dz


def log_softmax(z: Array, axis: Axis = -1) -> Array:
    """Return log(softmax(z)) over the last axis, exact also where softmax itself is 0 or 1.

    Args:
        z: A float array.
        axis: Another axis, or several, to take the sum over.

    Example:
        >>> log_softmax(np.array([[0.0, -1000.0]])).tolist()
        [[0.0, -1000.0]]
    """
    y: Array = z - z.max(axis=axis, keepdims=True)
    y -= np.log(np.exp(y).sum(axis=axis, keepdims=True))
    return y


def log_softmax_gradient(dy: Array, z: Array, y: Array, axis: Axis = -1) -> Array:
    """dz_i = dy_i - softmax(z)_i * sum(dy).

    Args:
        axis: as for `log_softmax`.

    Example:
        >>> z = np.array([[0.0, 0.0]])
        >>> log_softmax_gradient(np.array([[1.0, 0.0]]), z, log_softmax(z))  # target less output, as in cross-entropy
        array([[ 0.5, -0.5]])
    """
    dz: Array = dy - np.exp(y) * dy.sum(axis=axis, keepdims=True)
    return dz


class Activation(NamedTuple):
    """A function and its derivative.

    Args:
        function: ``function(z, **config) -> y``.
        gradient: ``gradient(dy, z, y, **config) -> dz``.

    Example:
        >>> z = np.array([-2.0, 3.0])
        >>> y = ACTIVATIONS["relu"].function(z)
        >>> y, ACTIVATIONS["relu"].gradient(np.ones(2), z, y)
        (array([0., 3.]), array([0., 1.]))
    """

    function: Callable[..., Array]
    gradient: Callable[..., Array]


ACTIVATIONS: dict[str, Activation] = {
    "step": Activation(step, step_gradient),
    "linear": Activation(linear, linear_gradient),
    "sigmoid": Activation(sigmoid, sigmoid_gradient),
    "tanh": Activation(tanh, tanh_gradient),
    "relu": Activation(relu, relu_gradient),
    "relu6": Activation(relu6, relu6_gradient),
    "leaky_relu": Activation(leaky_relu, leaky_relu_gradient),
    "elu": Activation(elu, elu_gradient),
    "selu": Activation(selu, selu_gradient),
    "gelu": Activation(gelu, gelu_gradient),
    "silu": Activation(silu, silu_gradient),
    "softplus": Activation(softplus, softplus_gradient),
    "softsign": Activation(softsign, softsign_gradient),
    "mish": Activation(mish, mish_gradient),
    "hard_sigmoid": Activation(hard_sigmoid, hard_sigmoid_gradient),
    "exponential": Activation(exponential, exponential_gradient),
    "softmax": Activation(softmax, softmax_gradient),
    "log_softmax": Activation(log_softmax, log_softmax_gradient),
}
