"""Penalties on weights, each function beside its derivative.

Symbols: ``w`` the array that is penalised; a penalty is one number, added to the loss once per batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rosenblatt.errors import ShapeError
from rosenblatt.types import Array


def l1_l2(w: Array, *, l1: float = 0.0, l2: float = 0.0) -> float:
    """Return ``l1 * sum(|w|) + l2 * sum(w^2)``; there is no half before the square, as in Keras.

    Args:
        l1: at least 0.
        l2: at least 0.

    Example:
        >>> l1_l2(np.array([[1.0, -2.0]]), l1=0.5, l2=0.25)
        2.75

    Source: ``keras.regularizers.L1L2``.
    """
    flat = w.ravel()
    return float((l1 * np.sum(np.abs(flat)) if l1 else 0.0) + (l2 * np.dot(flat, flat) if l2 else 0.0))


def l1_l2_gradient(w: Array, *, l1: float = 0.0, l2: float = 0.0) -> Array:
    """Return ``l1 * sign(w) + 2 l2 w``; at w = 0 the sign is 0.

    Args:
        l1, l2: as for `l1_l2`.

    Example:
        >>> l1_l2_gradient(np.array([4.0, -0.01, 0.0]), l1=0.5)  # the same pull on small weights as on large ones
        array([ 0.5, -0.5,  0. ])
        >>> l1_l2_gradient(np.array([4.0, -0.01, 0.0]), l2=0.5)
        array([ 4.  , -0.01,  0.  ])
    """
    if not l1:
        return 2 * l2 * w
    return l1 * np.sign(w) + 2 * l2 * w


def orthogonal(w: Array, *, factor: float = 0.01, mode: str = "rows") -> float:
    """Return ``factor`` times the mean of ``|cosine|`` over all pairs of rows (or columns) of a matrix.

    Args:
        factor: at least 0.
        mode: "rows" or "columns".

    Raises:
        ShapeError: w is not a matrix.

    Example:
        >>> orthogonal(np.eye(3))
        0.0
        >>> orthogonal(np.ones((2, 4)), factor=1.0)
        1.0

    Source: ``keras.regularizers.OrthogonalRegularizer``.
    """
    directions, _ = _directions(w, mode)
    return float(0.5 * np.sum(np.abs(_cosines(directions))) * _per_pair(directions, factor))


def orthogonal_gradient(w: Array, *, factor: float = 0.01, mode: str = "rows") -> Array:
    """Return the derivative: along each direction u it is ``sum_j sign(cos_ij) u_j``, less its part along u itself.

    Args:
        factor, mode: as for `orthogonal`.

    Example:
        >>> orthogonal_gradient(np.array([[1.0, 0.0], [1.0, 1.0]]), factor=1.0).round(3)  # descent turns both apart
        array([[ 0.   ,  0.707],
               [ 0.354, -0.354]])
    """
    directions, norms = _directions(w, mode)
    pull = np.sign(_cosines(directions)) @ directions * _per_pair(directions, factor)
    along = np.sum(pull * directions, axis=1, keepdims=True)
    gradient: Array = (pull - along * directions) / norms
    return gradient if mode == "rows" else gradient.T


def _directions(w: Array, mode: str) -> tuple[Array, Array]:
    """Return the rows (or columns) scaled to length 1, and their lengths; a row of zeros stays zero."""
    if w.ndim != 2:
        raise ShapeError(f"orthogonal: expected a matrix to penalise, got an array of shape {w.shape}.")
    rows = w if mode == "rows" else w.T
    norms = np.sqrt(np.sum(np.square(rows), axis=1, keepdims=True))
    norms[norms == 0] = 1
    return rows / norms, norms


def _cosines(directions: Array) -> Array:
    cosines: Array = directions @ directions.T
    np.fill_diagonal(cosines, 0)
    return cosines


def _per_pair(directions: Array, factor: float) -> float:
    count = len(directions)
    return factor / max(1, count * (count - 1) / 2)  # a single row has no pair, and its penalty is 0


class Regularizer(NamedTuple):
    """A penalty and its derivative with respect to the weights.

    Args:
        function: ``function(w, **config) -> float``.
        gradient: ``gradient(w, **config)``, like w.

    Example:
        >>> penalty = REGULARIZERS["l1_l2"]
        >>> penalty.function(np.array([3.0]), l2=0.5), penalty.gradient(np.array([3.0]), l2=0.5)
        (4.5, array([3.]))
    """

    function: Callable[..., float]
    gradient: Callable[..., Array]


REGULARIZERS: dict[str, Regularizer] = {
    "l1_l2": Regularizer(l1_l2, l1_l2_gradient),
    "orthogonal": Regularizer(orthogonal, orthogonal_gradient),
}
