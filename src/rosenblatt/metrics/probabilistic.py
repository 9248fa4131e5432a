"""How unlikely the targets are by the outputs, which are probabilities or rates."""

from __future__ import annotations

from rosenblatt.arguments import check_flag, check_last_axis, check_number
from rosenblatt.functional import losses
from rosenblatt.metrics.base import indexed, named
from rosenblatt.metrics.means import MeanOf


class BinaryCrossentropy(MeanOf):
    """The mean of ``-t log p - (1 - t) log(1 - p)``.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.
        from_logits: Whether the outputs are z, before the sigmoid, instead of probabilities.
        label_smoothing: The share by which targets are drawn to one half, from 0 to 1.

    Raises:
        ArgumentError: from_logits is neither True nor False, or label_smoothing is out of range.

    Example:
        >>> round(BinaryCrossentropy()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        0.8149
    """

    direction = "down"
    function = staticmethod(losses.binary_crossentropy)
    arguments = ("from_logits", "label_smoothing")

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(name, dtype)
        who = type(self).__name__
        self.from_logits = check_flag(who, "from_logits", from_logits)
        self.label_smoothing = check_number(who, "label_smoothing", label_smoothing, at_least=0, at_most=1)


class CategoricalCrossentropy(MeanOf):
    """The mean of ``-sum_c t_c log p_c``, the target one-hot.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.
        from_logits: Whether the outputs are z, before the softmax, instead of probabilities.
        label_smoothing: The share by which targets are drawn to equal probabilities, from 0 to 1.
        axis: -1, as the classes lie on the last axis.

    Raises:
        ArgumentError: from_logits is neither True nor False, label_smoothing is out of range, or axis is not -1.

    Example:
        >>> round(CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 4)
        1.1769
    """

    direction = "down"
    function = staticmethod(losses.categorical_crossentropy)
    arguments = ("from_logits", "label_smoothing")

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        who = type(self).__name__
        self.from_logits = check_flag(who, "from_logits", from_logits)
        self.label_smoothing = check_number(who, "label_smoothing", label_smoothing, at_least=0, at_most=1)
        self.axis = check_last_axis(named(self), axis, "classes")


class SparseCategoricalCrossentropy(MeanOf):
    """The mean of ``-log p_label``, the target an integer label.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.
        from_logits: Whether the outputs are z, before the softmax, instead of probabilities.
        axis: -1, as the classes lie on the last axis.

    Raises:
        ArgumentError: from_logits is neither True nor False, or axis is not -1.

    Example:
        >>> round(SparseCategoricalCrossentropy()([1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 4)
        1.1769
    """

    direction = "down"
    function = staticmethod(losses.sparse_categorical_crossentropy)
    arrange = indexed
    arguments = ("from_logits",)

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        self.from_logits = check_flag(type(self).__name__, "from_logits", from_logits)
        self.axis = check_last_axis(named(self), axis, "classes")


class KLDivergence(MeanOf):
    """The mean of ``sum_c t_c log(t_c / p_c)``: how far the probabilities p are from t.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> round(KLDivergence()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        0.4581
    """

    direction = "down"
    function = staticmethod(losses.kl_divergence)


class Poisson(MeanOf):
    """The mean of ``y - t log y``: how unlikely the counts t are at the rates y, which are positive.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> round(Poisson()([[0, 1], [0, 0]], [[1, 1], [0, 0]]), 4)
        0.5
    """

    direction = "down"
    function = staticmethod(losses.poisson)
