"""The activation functions under their Keras names, to call on arrays or lists, and to name in layers.

    Dense(100, activation="sigmoid")      by name
    Dense(100, activation=sigmoid)        by function
    sigmoid([-1.0, 0.0, 1.0])             by hand

The mathematics, each function beside its derivative, is in ``rosenblatt.functional.activations``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

import numpy as np

from rosenblatt.errors import ArgumentError, DataError, UnknownNameError
from rosenblatt.functional import activations as functional
from rosenblatt.plan import Rule
from rosenblatt.types import Array, ArrayLike

P = ParamSpec("P")
ActivationFunction: TypeAlias = Callable[..., Array]


def _for_anything(function: Callable[Concatenate[Array, P], Array]) -> Callable[Concatenate[ArrayLike, P], Array]:
    """Let a function of float arrays take lists, integers and single numbers too."""

    @wraps(function)
    def activation(x: ArrayLike, /, *args: P.args, **kwargs: P.kwargs) -> Array:
        z = np.asarray(x)
        if z.dtype.kind not in "biuf":
            raise DataError(f"{function.__name__}: expected numbers, got values of type {z.dtype}. Convert them first.")
        if z.dtype.kind != "f":
            z = z.astype(np.float64)
        return function(np.atleast_1d(z), *args, **kwargs).reshape(z.shape)

    return activation


step = _for_anything(functional.step)
linear = _for_anything(functional.linear)
sigmoid = _for_anything(functional.sigmoid)
tanh = _for_anything(functional.tanh)
relu = _for_anything(functional.relu)
relu6 = _for_anything(functional.relu6)
leaky_relu = _for_anything(functional.leaky_relu)
elu = _for_anything(functional.elu)
selu = _for_anything(functional.selu)
gelu = _for_anything(functional.gelu)
silu = swish = _for_anything(functional.silu)
softplus = _for_anything(functional.softplus)
softsign = _for_anything(functional.softsign)
mish = _for_anything(functional.mish)
hard_sigmoid = _for_anything(functional.hard_sigmoid)
exponential = _for_anything(functional.exponential)
softmax = _for_anything(functional.softmax)
log_softmax = _for_anything(functional.log_softmax)


FUNCTIONS: dict[str, ActivationFunction] = {
    "step": step,
    "linear": linear,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "relu6": relu6,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": selu,
    "gelu": gelu,
    "silu": silu,
    "swish": swish,
    "softplus": softplus,
    "softsign": softsign,
    "mish": mish,
    "hard_sigmoid": hard_sigmoid,
    "exponential": exponential,
    "softmax": softmax,
    "log_softmax": log_softmax,
}


def get(identifier: str | ActivationFunction | None) -> ActivationFunction:
    """Return an activation function.

    Args:
        identifier: A name such as "relu", one of this module's functions, or None for linear.

    Returns:
        A function of arrays.

    Raises:
        UnknownNameError: the name is not known.
        ArgumentError: the function is none of this module's.

    Example:
        >>> get("relu")([-1.0, 2.0]).tolist()
        [0.0, 2.0]
        >>> get("rellu")
        Traceback (most recent call last):
            ...
        rosenblatt.errors.UnknownNameError: activation: expected a known name, got 'rellu'. Did you mean 'relu'?
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        if identifier not in FUNCTIONS:
            raise UnknownNameError("activation", identifier, FUNCTIONS)
        return FUNCTIONS[identifier]
    if callable(identifier) and identifier in FUNCTIONS.values():
        return identifier
    raise ArgumentError(
        f"activation: expected a name or a function of rosenblatt.activations, got {identifier!r}. "
        f"Known names: {', '.join(FUNCTIONS)}."
    )


def rule(identifier: str | ActivationFunction | Rule | None) -> Rule:
    """Return what a plan says about an activation: a function of ``rosenblatt.functional`` and its arguments.

    Args:
        identifier: A name, one of this module's functions, None for linear, or a rule, which is returned as it is.

    Returns:
        A rule whose name is in ``rosenblatt.functional.activations.ACTIVATIONS``.

    Raises:
        UnknownNameError: the name is not known.
        ArgumentError: the function is none of this module's.

    Example:
        >>> rule("swish")
        Rule(name='silu', config={})
        >>> rule(sigmoid)
        Rule(name='sigmoid', config={})
    """
    if isinstance(identifier, Rule):
        if identifier.name not in functional.ACTIVATIONS:
            raise UnknownNameError("activation", identifier.name, functional.ACTIVATIONS)
        return identifier
    return Rule(get(identifier).__name__)
