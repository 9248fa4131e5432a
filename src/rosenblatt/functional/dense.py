"""A fully connected layer: every output unit sees every input."""

from __future__ import annotations

import numpy as np

from rosenblatt.types import Array


def dense(x: Array, w: Array, b: Array | None = None) -> Array:
    """Return the weighted sums z = x w + b.

    Args:
        x: (..., n_in), usually (batch, n_in).
        w: (n_in, n_out).
        b: (n_out,), or None for a layer without bias.

    Returns:
        z: (..., n_out).

    Example:
        >>> dense(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([0.5]))
        array([[11.5]])
    """
    z: Array = x @ w
    if b is not None:
        z += b
    return z


def dense_gradient(dz: Array, x: Array, w: Array, dw: Array, db: Array | None = None) -> None:
    """Write the derivatives with respect to the weights into dw and db.

    dL/dw = xᵀ dz: each weight's share is its input times the error of its unit, summed over the batch.
    dL/db = Σ dz: the bias is a weight whose input is always one.

    Args:
        dz: (..., n_out), dL/dz.
        x: (..., n_in), as it went in.
        w: (n_in, n_out); only its shape is read.
        dw: (n_in, n_out), written to.
        db: (n_out,), written to, or None for a layer without bias.

    Example:
        >>> dw, db = np.empty((2, 1)), np.empty(1)
        >>> dense_gradient(np.array([[10.0]]), np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), dw, db)
        >>> dw, db
        (array([[10.],
               [20.]]), array([10.]))

    Source: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors" (1986).
    """
    rows_dz = dz.reshape(-1, w.shape[1])
    np.matmul(x.reshape(-1, w.shape[0]).T, rows_dz, out=dw)
    if db is not None:
        np.sum(rows_dz, axis=0, out=db)


def dense_input_gradient(dz: Array, w: Array) -> Array:
    """Return the derivative with respect to the inputs, dL/dx = dz wᵀ: the errors sent back along the same weights.

    Args:
        dz: (..., n_out), dL/dz.
        w: (n_in, n_out).

    Example:
        >>> dense_input_gradient(np.array([[10.0]]), np.array([[3.0], [4.0]]))
        array([[30., 40.]])
    """
    dx: Array = dz @ w.T
    return dx
