"""How often the answer is right."""

from __future__ import annotations

from rosenblatt.arguments import check_number, check_whole_number
from rosenblatt.functional import metrics as functional
from rosenblatt.metrics.base import indexed, labelled
from rosenblatt.metrics.means import MeanOf


class Accuracy(MeanOf):
    """How often the output equals the target exactly.

    By its name alone, ``metrics=["accuracy"]``, a model takes the accuracy that fits its outputs: see ``get``.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
        0.75
    """

    direction = "up"
    function = staticmethod(functional.accuracy)


class BinaryAccuracy(MeanOf):
    """How often ``y_pred > threshold`` equals the target, 0 or 1.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.
        threshold: An output above it means 1.

    Raises:
        ArgumentError: the threshold is not a finite number.

    Example:
        >>> BinaryAccuracy()([1, 1, 0, 0], [[0.98], [1.0], [0.0], [0.6]])
        0.75
        >>> BinaryAccuracy(threshold=0.7)([1, 1, 0, 0], [[0.98], [1.0], [0.0], [0.6]])
        1.0
    """

    direction = "up"
    function = staticmethod(functional.binary_accuracy)
    arguments = ("threshold",)

    def __init__(self, name: str = "binary_accuracy", dtype: str | None = None, threshold: float = 0.5) -> None:
        super().__init__(name, dtype)
        self.threshold = check_number(type(self).__name__, "threshold", threshold)


class CategoricalAccuracy(MeanOf):
    """How often the largest output is the class of the one-hot target.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
        0.5
    """

    direction = "up"
    function = staticmethod(functional.categorical_accuracy)


class SparseCategoricalAccuracy(MeanOf):
    """How often the largest output is the class of the integer label.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])
        0.5
    """

    direction = "up"
    function = staticmethod(functional.sparse_categorical_accuracy)
    arrange = labelled


class TopKCategoricalAccuracy(MeanOf):
    """How often the class of the one-hot target is among the ``k`` largest outputs.

    Args:
        k: How many outputs count, at least 1.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: k is not a whole number of at least 1.

    Example:
        >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
        1.0
    """

    direction = "up"
    function = staticmethod(functional.top_k_categorical_accuracy)
    arguments = ("k",)

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: str | None = None) -> None:
        super().__init__(name, dtype)
        self.k = check_whole_number(type(self).__name__, "k", k, at_least=1)


class SparseTopKCategoricalAccuracy(MeanOf):
    """How often the integer label is among the ``k`` largest outputs.

    Args:
        k: How many outputs count, at least 1.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: k is not a whole number of at least 1.

    Example:
        >>> SparseTopKCategoricalAccuracy(k=2)([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
        1.0
    """

    direction = "up"
    function = staticmethod(functional.sparse_top_k_categorical_accuracy)
    arrange = indexed
    arguments = ("k",)

    def __init__(self, k: int = 5, name: str = "sparse_top_k_categorical_accuracy", dtype: str | None = None) -> None:
        super().__init__(name, dtype)
        self.k = check_whole_number(type(self).__name__, "k", k, at_least=1)
