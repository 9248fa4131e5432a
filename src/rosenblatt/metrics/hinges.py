"""How far the outputs are from being on the right side of a margin."""

from __future__ import annotations

from rosenblatt.functional import losses
from rosenblatt.metrics.means import MeanOf


class Hinge(MeanOf):
    """The mean of ``max(1 - t y, 0)``, the target -1 or 1 (0 and 1 are converted).

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> round(Hinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        1.3
    """

    direction = "down"
    function = staticmethod(losses.hinge)


class SquaredHinge(MeanOf):
    """The mean of ``max(1 - t y, 0)^2``, the target -1 or 1 (0 and 1 are converted).

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> round(SquaredHinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        1.86
    """

    direction = "down"
    function = staticmethod(losses.squared_hinge)


class CategoricalHinge(MeanOf):
    """The mean of ``max(max_c (1 - t_c) y_c - sum_c t_c y_c + 1, 0)``, the target one-hot.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> round(CategoricalHinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        1.4
    """

    direction = "down"
    function = staticmethod(losses.categorical_hinge)
