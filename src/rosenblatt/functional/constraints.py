"""Constraints: what weights are put back to after each update, so that they stay within bounds.

Symbols: ``w`` the array that was updated; ``norms`` the Euclidean lengths along ``axis``, one axis or several. For a
kernel (n_in, units), axis 0 is the weights into one unit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from rosenblatt.types import Array

Axis: TypeAlias = int | Sequence[int]
EPSILON = 1e-7  # keeps a vector of zeros from being divided by zero, as in Keras


def max_norm(w: Array, *, max_value: float = 2.0, axis: Axis = 0) -> Array:
    """Return w with vectors longer than ``max_value`` shortened to it: ``w min(|w|, max) / |w|``.

    Args:
        max_value: at least 0.

    Example:
        >>> max_norm(np.array([[3.0, 1.0], [4.0, 0.0]])).round(3)
        array([[1.2, 1. ],
               [1.6, 0. ]])

    Source: Srivastava et al. 2014, section 5.1; ``keras.constraints.MaxNorm``.
    """
    norms = _norms(w, axis)
    return w * (np.minimum(norms, max_value) / (norms + EPSILON))


def min_max_norm(
    w: Array, *, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axis = 0
) -> Array:
    """Return w with the lengths of its vectors taken to between two bounds, all the way (``rate`` 1) or a part of it.

    ``w (rate clip(|w|, min, max) + (1 - rate) |w|) / |w|``

    Args:
        min_value: at least 0.
        max_value: at least ``min_value``.
        rate: 0 to 1.

    Example:
        >>> min_max_norm(np.array([[3.0], [4.0]]), max_value=1.0, rate=0.5).round(3)
        array([[1.8],
               [2.4]])

    Source: ``keras.constraints.MinMaxNorm``.
    """
    norms = _norms(w, axis)
    wanted = rate * np.clip(norms, min_value, max_value) + (1 - rate) * norms
    return w * (wanted / (norms + EPSILON))


def non_neg(w: Array) -> Array:
    """Return w with negative weights set to 0.

    Example:
        >>> non_neg(np.array([-1.0, 2.0]))
        array([0., 2.])

    Source: ``keras.constraints.NonNeg``.
    """
    return np.maximum(w, 0)


def unit_norm(w: Array, *, axis: Axis = 0) -> Array:
    """Return w with vectors of length 1: ``w / |w|``.

    Example:
        >>> unit_norm(np.array([[3.0], [4.0]])).round(3)
        array([[0.6],
               [0.8]])

    Source: ``keras.constraints.UnitNorm``.
    """
    return w / (_norms(w, axis) + EPSILON)


def custom(w: Array, *, function: Callable[[Array], Array]) -> Array:
    """Return what a function of the user's makes of w.

    Args:
        function: from an array to one of the same shape.

    Example:
        >>> custom(np.array([0.123]), function=lambda w: w.round(1))
        array([0.1])
    """
    return function(w)


def _norms(w: Array, axis: Axis) -> Array:
    axes = axis if isinstance(axis, int) else tuple(axis)
    norms: Array = np.sqrt(np.sum(np.square(w), axis=axes, keepdims=True))
    return norms


CONSTRAINTS: dict[str, Callable[..., Array]] = {
    "max_norm": max_norm,
    "min_max_norm": min_max_norm,
    "non_neg": non_neg,
    "unit_norm": unit_norm,
    "custom": custom,
}
