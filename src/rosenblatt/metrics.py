"""Metrics under Keras's names: objects that see rows in pieces and tell one result of them all.

    metric = BinaryAccuracy()
    metric.update_state(y_true, y_pred, sample_weight=None)     # as often as there are pieces
    metric.result()                                             # a float, or an array (per class, per threshold)
    metric.reset_state()

How the rows are cut into pieces never changes the result. Sums are kept in float64. Targets ``(n,)`` and ``(n, 1)``
are taken for the same, and never broadcast against each other. The formulas are in ``rosenblatt.functional.metrics``
and ``rosenblatt.functional.losses``. ``numpy.asarray(metric.result()).tolist()`` is a float or a list, for logs.

Source: the names, arguments and numbers are those of Keras 3, https://keras.io/api/metrics/.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from rosenblatt.arguments import (
    check_choice,
    check_flag,
    check_last_axis,
    check_number,
    check_numbers,
    check_whole_number,
)
from rosenblatt.configuration import Configurable, deserialize
from rosenblatt.errors import ArgumentError, DataError, ShapeError, UnknownNameError
from rosenblatt.functional import activations, losses
from rosenblatt.functional import metrics as functional
from rosenblatt.types import Array, Shape

MetricFunction: TypeAlias = Callable[..., Any]


MOST = 10_000  # thresholds or classes: a metric's table must not grow beyond memory by a slip, or a hostile file


class Metric(Configurable):
    """Base of all metrics; a metric of your own derives from it and has the three methods below.

    ``direction`` tells callbacks what is better: "up", "down", or None where it cannot be told.

    Args:
        dtype: accepted and kept for Keras's sake; sums are always float64.
        name: the name in logs; by default the class's name in snake case.

    Example:
        >>> class Largest(Metric):
        ...     def __init__(self, name="largest"):
        ...         super().__init__(name=name)
        ...         self.reset_state()
        ...     def reset_state(self):
        ...         self.value = 0.0
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.value = max(self.value, float(y_pred.max()))
        ...     def result(self):
        ...         return self.value
        >>> Largest()(np.array([0, 1]), np.array([0.25, 0.75]))
        0.75
    """

    direction: ClassVar[Literal["up", "down"] | None] = None

    def __init__(self, dtype: str | None = None, name: str | None = None) -> None:
        self.dtype = dtype
        if name is not None and not isinstance(name, str):
            raise ArgumentError(f"{type(self).__name__}: expected name to be a text, got {name!r}.")
        self.name = name or _snake_case(type(self).__name__)

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in more rows."""
        raise NotImplementedError(f"{type(self).__name__}: expected a method update_state, got none. Write it.")

    def result(self) -> float | Array:
        """Return the metric of all rows seen since the last reset."""
        raise NotImplementedError(f"{type(self).__name__}: expected a method result, got none. Write it.")

    def reset_state(self) -> None:
        """Forget all rows."""
        raise NotImplementedError(f"{type(self).__name__}: expected a method reset_state, got none. Write it.")

    def __call__(self, *args: Any, **kwargs: Any) -> float | Array:
        """Take in more rows and return the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()


# --- Sums and means ----------------------------------------------------------------------------------------------


class Sum(Metric):
    """The weighted sum of values.

    Example:
        >>> Sum()([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
        4.0
    """

    def __init__(self, name: str = "sum", dtype: str | None = None) -> None:
        super().__init__(dtype, name)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all values."""
        self.total = 0.0

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values of shape ``(n, ...)``, each times its row's weight."""
        values = np.asarray(values)
        if sample_weight is not None:
            values = values * _weight_like(self, values, sample_weight)
        self.total += float(values.sum(dtype=np.float64))

    def result(self) -> float:
        """Return the sum."""
        return self.total


class _Mean(Metric):
    """What all weighted means share: ``sum(weight * value) / sum(weight)``, 0 before there is any."""

    def __init__(self, name: str | None, dtype: str | None) -> None:
        super().__init__(dtype, name)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all rows."""
        self.total = 0.0
        self.count = 0.0

    def result(self) -> float:
        """Return the mean."""
        return self.total / self.count if self.count else 0.0

    def _add(self, values: Array, sample_weight: Any) -> None:
        """Add values ``(n, ...)``; a row's value is the mean over its further axes."""
        if values.size == 0:
            return
        rows = len(values) if values.ndim else 1
        width = values.size // rows
        if sample_weight is None:
            self.total += float(values.sum(dtype=np.float64)) / width
            self.count += rows
        else:
            weight = _weight_like(self, values, sample_weight)
            self.total += float((values * weight).sum(dtype=np.float64)) / width
            self.count += float(weight.sum(dtype=np.float64)) / width


class Mean(_Mean):
    """The weighted mean of values.

    Example:
        >>> Mean()([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
        2.0
    """

    def __init__(self, name: str = "mean", dtype: str | None = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values of shape ``(n, ...)``."""
        self._add(np.asarray(values), sample_weight)


class MeanMetricWrapper(_Mean):
    """The mean of a function of yours: ``fn(y_true, y_pred, **kwargs)`` gives a value per row, or one for all rows.

    The function gets the arrays as they are. A single value counts for as many rows as it was made from, so that a
    mean stays one however the rows are cut (Keras counts it once a batch).

    Args:
        fn: the function, or the name of one of ours.
        name: the name in logs; by default the function's.
        dtype: kept for Keras's sake.
        kwargs: passed on to the function.

    Example:
        >>> def within(y_true, y_pred, limit=1.0):
        ...     return abs(y_true - y_pred) < limit
        >>> metric = MeanMetricWrapper(within, limit=2.0)
        >>> metric.name, metric([1.0, 2.0], [1.5, 5.0])
        ('within', 0.5)
    """

    def __init__(
        self, fn: MetricFunction | str, name: str | None = None, dtype: str | None = None, **kwargs: Any
    ) -> None:
        self.fn = _known_function(fn) if isinstance(fn, str) else fn
        if not callable(self.fn):
            raise ArgumentError(f"MeanMetricWrapper: expected fn to be a function or a name, got {fn!r}.")
        self.kwargs = kwargs
        super().__init__(name or getattr(self.fn, "__name__", None), dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in more rows."""
        y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
        values = np.asarray(self.fn(y_true, y_pred, **self.kwargs))
        if values.ndim == 0:
            values = np.broadcast_to(values, len(y_pred))
        elif len(values) != len(y_pred) or values.size > max(y_true.size, y_pred.size):
            raise ShapeError(
                f"{_who(self)}: expected a value per row or one for all, got values of shape {values.shape} from "
                f"y_true {y_true.shape} and y_pred {y_pred.shape}. Give both the same shape inside the function."
            )
        self._add(values, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, the function by its name."""
        return {"fn": getattr(self.fn, "__name__", None), "name": self.name, "dtype": self.dtype, **self.kwargs}


class _MeanOf(_Mean):
    """What the means of our own functions share: arranging both arrays, then one call."""

    def __init__(
        self,
        function: MetricFunction,
        arrange: Callable[[Metric, Any, Any], tuple[Array, Array]],
        name: str,
        dtype: str | None,
        **config: Any,
    ) -> None:
        super().__init__(name, dtype)
        self._function, self._arrange, self._config = function, arrange, config

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in more rows: ``y_true`` and ``y_pred`` (n, ...), ``sample_weight`` (n,)."""
        target, output = self._arrange(self, y_true, y_pred)
        self._add(self._function(target, output, **self._config), sample_weight)


# --- Arranging arrays --------------------------------------------------------------------------------------------


def _alike(metric: Metric, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return both as floating-point arrays of one shape and dtype; ``(n,)`` becomes ``(n, 1)``."""
    output = _floating(y_pred)
    target = np.asarray(y_true).astype(output.dtype, copy=False)
    if output.ndim == target.ndim + 1 and output.shape[-1] == 1:
        target = target[..., np.newaxis]
    elif target.ndim == output.ndim + 1 and target.shape[-1] == 1:
        output = output[..., np.newaxis]
    if target.shape != output.shape:
        raise ShapeError(
            f"{_who(metric)}: expected y_true and y_pred of the same shape, got {np.shape(y_true)} and "
            f"{np.shape(y_pred)}. Check the width of the output layer; integer labels need a sparse_... metric."
        )
    return (target, output) if output.ndim > 1 else (target.reshape(-1, 1), output.reshape(-1, 1))


def _labelled(metric: Metric, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return labels ``(n,)``, from ``(n,)`` or ``(n, 1)``, and floating-point outputs ``(n, classes)``."""
    output, target = _floating(y_pred), np.asarray(y_true)
    if target.ndim == output.ndim and target.shape[-1:] == (1,):
        target = target[..., 0]
    if output.ndim < 2 or target.shape != output.shape[:-1]:
        raise ShapeError(
            f"{_who(metric)}: expected labels (n,) and outputs (n, classes), got {np.shape(y_true)} and "
            f"{np.shape(y_pred)}. One-hot targets need the metric without 'sparse'."
        )
    return target, output


def _classes(metric: Metric, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return targets and outputs alike; integer labels beside several outputs become one-hot rows."""
    labels, output = np.asarray(y_true), np.asarray(y_pred)
    several = output.ndim > 1 and output.shape[-1] > 1
    if several and (labels.shape == output.shape[:-1] or labels.shape == (*output.shape[:-1], 1)):
        labels, output = _labelled(metric, y_true, y_pred)
        _check_labels(metric, labels, output.shape[-1])
        return (labels[..., np.newaxis] == np.arange(output.shape[-1])).astype(output.dtype), output
    return _alike(metric, y_true, y_pred)


def _indexed(metric: Metric, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return labels and outputs, the labels safe to index with."""
    labels, output = _labelled(metric, y_true, y_pred)
    _check_labels(metric, labels, output.shape[-1])
    return labels.astype(np.intp, copy=False), output


def _floating(values: Any) -> Array:
    array = np.asarray(values)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _check_labels(metric: Metric, labels: Array, classes: int) -> None:
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        raise DataError(
            f"{_who(metric)}: expected labels from 0 to {classes - 1}, got {labels.min()} to {labels.max()}. "
            f"Check the labels or the number of classes."
        )


def _weight_like(metric: Metric, values: Array, sample_weight: Any) -> Array:
    """Return the weights, ``(n,)`` or ``(n, 1)`` or one per value, in a shape that fits ``values * weight``."""
    weight = np.asarray(sample_weight, dtype=np.float64)
    if weight.ndim == values.ndim + 1 and weight.shape[-1] == 1:
        weight = weight[..., 0]
    if values.shape[: weight.ndim] == weight.shape or (
        weight.ndim == values.ndim and weight.shape[-1] == 1 and weight.shape[:-1] == values.shape[:-1]
    ):
        shape = weight.shape + (1,) * (values.ndim - weight.ndim)
        return np.broadcast_to(weight.reshape(shape), values.shape)
    raise ShapeError(
        f"{_who(metric)}: expected a sample_weight for each of {len(values) if values.ndim else 1} rows, got an array "
        f"of shape {weight.shape} beside values of shape {values.shape}. Give one weight per row."
    )


def _who(metric: Metric) -> str:
    return f"metric {metric.name!r}"


# The functions that `MeanMetricWrapper` takes by name.
FUNCTIONS: dict[str, MetricFunction] = {
    **functional.METRICS,
    **{name: loss.function for name, loss in losses.LOSSES.items() if name != "custom"},
}


def _known_function(name: str) -> MetricFunction:
    if name not in FUNCTIONS:
        raise UnknownNameError("MeanMetricWrapper fn", name, FUNCTIONS)
    return FUNCTIONS[name]


def _snake_case(name: str) -> str:
    """Return Keras's snake case.

    Example:
        >>> _snake_case("KLDivergence"), _snake_case("AUC"), _snake_case("R2Score")
        ('kl_divergence', 'auc', 'r2_score')
    """
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)).lower()


# --- Accuracies --------------------------------------------------------------------------------------------------


class Accuracy(_MeanOf):
    """How often the output equals the target exactly.

    Example:
        >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
        0.75
    """

    direction = "up"

    def __init__(self, name: str = "accuracy", dtype: str | None = None) -> None:
        super().__init__(functional.accuracy, _alike, name, dtype)


class BinaryAccuracy(_MeanOf):
    """How often ``y_pred > threshold`` equals the target, 0 or 1.

    Example:
        >>> BinaryAccuracy()([1, 1, 0, 0], [[0.98], [1.0], [0.0], [0.6]])
        0.75
    """

    direction = "up"

    def __init__(self, name: str = "binary_accuracy", dtype: str | None = None, threshold: float = 0.5) -> None:
        self.threshold = check_number("BinaryAccuracy", "threshold", threshold)
        super().__init__(functional.binary_accuracy, _alike, name, dtype, threshold=self.threshold)


class CategoricalAccuracy(_MeanOf):
    """How often the largest output is the class of the one-hot target.

    Example:
        >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
        0.5
    """

    direction = "up"

    def __init__(self, name: str = "categorical_accuracy", dtype: str | None = None) -> None:
        super().__init__(functional.categorical_accuracy, _alike, name, dtype)


class SparseCategoricalAccuracy(_MeanOf):
    """How often the largest output is the class of the integer label.

    Example:
        >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])
        0.5
    """

    direction = "up"

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: str | None = None) -> None:
        super().__init__(functional.sparse_categorical_accuracy, _labelled, name, dtype)


class TopKCategoricalAccuracy(_MeanOf):
    """How often the class of the one-hot target is among the ``k`` largest outputs.

    Example:
        >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
        1.0
    """

    direction = "up"

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: str | None = None) -> None:
        self.k = check_whole_number("TopKCategoricalAccuracy", "k", k, at_least=1)
        super().__init__(functional.top_k_categorical_accuracy, _alike, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(_MeanOf):
    """How often the integer label is among the ``k`` largest outputs.

    Example:
        >>> SparseTopKCategoricalAccuracy(k=2)([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
        1.0
    """

    direction = "up"

    def __init__(self, k: int = 5, name: str = "sparse_top_k_categorical_accuracy", dtype: str | None = None) -> None:
        self.k = check_whole_number("SparseTopKCategoricalAccuracy", "k", k, at_least=1)
        super().__init__(functional.sparse_top_k_categorical_accuracy, _indexed, name, dtype, k=k)


# --- Means of a loss ---------------------------------------------------------------------------------------------


class MeanSquaredError(_MeanOf):
    """The mean of ``(y_true - y_pred)^2``.

    Example:
        >>> MeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        0.25
    """

    direction = "down"

    def __init__(self, name: str = "mean_squared_error", dtype: str | None = None) -> None:
        super().__init__(losses.mean_squared_error, _alike, name, dtype)


class RootMeanSquaredError(_MeanOf):
    """The root of the mean of ``(y_true - y_pred)^2`` over all rows; in the target's units.

    Example:
        >>> RootMeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        0.5
    """

    direction = "down"

    def __init__(self, name: str = "root_mean_squared_error", dtype: str | None = None) -> None:
        super().__init__(losses.mean_squared_error, _alike, name, dtype)

    def result(self) -> float:
        """Return the root of the mean."""
        return float(np.sqrt(super().result()))


class MeanAbsoluteError(_MeanOf):
    """The mean of ``|y_true - y_pred|``.

    Example:
        >>> MeanAbsoluteError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        0.25
    """

    direction = "down"

    def __init__(self, name: str = "mean_absolute_error", dtype: str | None = None) -> None:
        super().__init__(losses.mean_absolute_error, _alike, name, dtype)


class MeanAbsolutePercentageError(_MeanOf):
    """The mean of ``100 |y_true - y_pred| / max(|y_true|, 1e-7)``, in per cent.

    Example:
        >>> MeanAbsolutePercentageError()([1.0, 2.0], [1.5, 2.0])
        25.0
    """

    direction = "down"

    def __init__(self, name: str = "mean_absolute_percentage_error", dtype: str | None = None) -> None:
        super().__init__(losses.mean_absolute_percentage_error, _alike, name, dtype)


class MeanSquaredLogarithmicError(_MeanOf):
    """The mean of ``(log(y_true + 1) - log(y_pred + 1))^2``.

    Example:
        >>> round(MeanSquaredLogarithmicError()([[0, 1], [0, 0]], [[1, 1], [0, 0]]), 4)
        0.1201
    """

    direction = "down"

    def __init__(self, name: str = "mean_squared_logarithmic_error", dtype: str | None = None) -> None:
        super().__init__(losses.mean_squared_logarithmic_error, _alike, name, dtype)


class LogCoshError(_MeanOf):
    """The mean of ``log cosh(y_pred - y_true)``.

    Example:
        >>> round(LogCoshError()([[0, 1], [0, 0]], [[1, 1], [0, 0]]), 4)
        0.1084
    """

    direction = "down"

    def __init__(self, name: str = "logcosh", dtype: str | None = None) -> None:
        super().__init__(losses.log_cosh, _alike, name, dtype)


class CosineSimilarity(_MeanOf):
    """The mean cosine of the angle between target and output.

    Example:
        >>> round(CosineSimilarity()([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]]), 4)
        0.5
    """

    direction = "up"

    def __init__(self, name: str = "cosine_similarity", dtype: str | None = None, axis: int = -1) -> None:
        super().__init__(functional.cosine_similarity, _alike, name, dtype)
        self.axis = check_last_axis(_who(self), axis, "classes")


class BinaryCrossentropy(_MeanOf):
    """The mean of ``-t log p - (1 - t) log(1 - p)``.

    Example:
        >>> round(BinaryCrossentropy()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        0.8149
    """

    direction = "down"

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        self.from_logits = check_flag("BinaryCrossentropy", "from_logits", from_logits)
        self.label_smoothing = check_number(
            "BinaryCrossentropy", "label_smoothing", label_smoothing, at_least=0, at_most=1
        )
        config = {"from_logits": self.from_logits, "label_smoothing": self.label_smoothing}
        super().__init__(losses.binary_crossentropy, _alike, name, dtype, **config)


class CategoricalCrossentropy(_MeanOf):
    """The mean of ``-sum_c t_c log p_c``, the target one-hot.

    Example:
        >>> round(CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 4)
        1.1769
    """

    direction = "down"

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        self.from_logits = check_flag("CategoricalCrossentropy", "from_logits", from_logits)
        self.label_smoothing = check_number(
            "CategoricalCrossentropy", "label_smoothing", label_smoothing, at_least=0, at_most=1
        )
        config = {"from_logits": self.from_logits, "label_smoothing": self.label_smoothing}
        super().__init__(losses.categorical_crossentropy, _alike, name, dtype, **config)
        self.axis = check_last_axis(_who(self), axis, "classes")


class SparseCategoricalCrossentropy(_MeanOf):
    """The mean of ``-log p_label``, the target an integer label.

    Example:
        >>> round(SparseCategoricalCrossentropy()([1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 4)
        1.1769
    """

    direction = "down"

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        axis: int = -1,
    ) -> None:
        self.from_logits = check_flag("SparseCategoricalCrossentropy", "from_logits", from_logits)
        super().__init__(losses.sparse_categorical_crossentropy, _indexed, name, dtype, from_logits=from_logits)
        self.axis = check_last_axis(_who(self), axis, "classes")


class Hinge(_MeanOf):
    """The mean of ``max(1 - t y, 0)``, the target -1 or 1 (0 and 1 are converted).

    Example:
        >>> round(Hinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        1.3
    """

    direction = "down"

    def __init__(self, name: str = "hinge", dtype: str | None = None) -> None:
        super().__init__(losses.hinge, _alike, name, dtype)


class SquaredHinge(_MeanOf):
    """The mean of ``max(1 - t y, 0)^2``, the target -1 or 1 (0 and 1 are converted).

    Example:
        >>> round(SquaredHinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        1.86
    """

    direction = "down"

    def __init__(self, name: str = "squared_hinge", dtype: str | None = None) -> None:
        super().__init__(losses.squared_hinge, _alike, name, dtype)


class CategoricalHinge(_MeanOf):
    """The mean of ``max(max_c (1 - t_c) y_c - sum_c t_c y_c + 1, 0)``, the target one-hot.

    Example:
        >>> round(CategoricalHinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        1.4
    """

    direction = "down"

    def __init__(self, name: str = "categorical_hinge", dtype: str | None = None) -> None:
        super().__init__(losses.categorical_hinge, _alike, name, dtype)


class KLDivergence(_MeanOf):
    """The mean of ``sum_c t_c log(t_c / y_c)``.

    Example:
        >>> round(KLDivergence()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        0.4581
    """

    direction = "down"

    def __init__(self, name: str = "kl_divergence", dtype: str | None = None) -> None:
        super().__init__(losses.kl_divergence, _alike, name, dtype)


class Poisson(_MeanOf):
    """The mean of ``y - t log y``.

    Example:
        >>> round(Poisson()([[0, 1], [0, 0]], [[1, 1], [0, 0]]), 4)
        0.5
    """

    direction = "down"

    def __init__(self, name: str = "poisson", dtype: str | None = None) -> None:
        super().__init__(losses.poisson, _alike, name, dtype)


# --- Counts of a binary decision ---------------------------------------------------------------------------------


class _Counts(Metric):
    """What all metrics share that count true and false positives and negatives at thresholds.

    Integer labels beside several outputs (softmax) are taken as one-hot rows, where Keras gives an error.
    """

    def __init__(
        self,
        thresholds: float | Iterable[float] | None,
        name: str | None,
        dtype: str | None,
        top_k: int | None = None,
        class_id: int | None = None,
    ) -> None:
        super().__init__(dtype, name)
        who = type(self).__name__
        self.top_k = None if top_k is None else check_whole_number(who, "top_k", top_k, at_least=1)
        self.class_id = None if class_id is None else check_whole_number(who, "class_id", class_id, at_least=0)
        self.thresholds: float | list[float] | None = None
        if isinstance(thresholds, Iterable):
            self.thresholds = check_numbers(who, "thresholds", thresholds, at_least=0, at_most=1)
        elif thresholds is not None:
            self.thresholds = check_number(who, "thresholds", thresholds, at_least=0, at_most=1)
        # With top_k alone, whatever is among the k largest is positive.
        default = 0.5 if top_k is None else -np.inf
        self._thresholds = np.atleast_1d(np.asarray(default if thresholds is None else self.thresholds, np.float64))
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all rows."""
        zero = np.zeros((len(self._thresholds), 1))
        self._counts = functional.ConfusionCounts(zero, zero, zero, zero)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in more rows: ``y_true`` like ``y_pred`` (n, ...) or integer labels (n,), ``sample_weight`` (n,)."""
        target, output = _classes(self, y_true, y_pred)
        if self.top_k is not None:
            output = np.where(functional.is_top_k(output, self.top_k), output, -np.inf)
        if self.class_id is not None:
            if not 0 <= self.class_id < output.shape[-1]:
                raise ArgumentError(
                    f"{_who(self)}: expected a class_id from 0 to {output.shape[-1] - 1}, got {self.class_id}. "
                    "Count classes from 0."
                )
            target, output = target[..., [self.class_id]], output[..., [self.class_id]]
        weight = None if sample_weight is None else _weight_like(self, output, sample_weight).reshape(-1, 1)
        counts = functional.confusion_counts(target.reshape(-1, 1), output.reshape(-1, 1), self._thresholds, weight)
        self._counts = functional.ConfusionCounts(*map(np.add, self._counts, counts))


class TruePositives(_Counts):
    """How many positives were called positive; with weights, the sum of theirs.

    Example:
        >>> TruePositives()([0, 1, 1, 1], [1, 0, 1, 1])
        2.0
    """

    direction = "up"

    def __init__(
        self,
        thresholds: float | Iterable[float] | None = None,
        name: str = "true_positives",
        dtype: str | None = None,
    ) -> None:
        super().__init__(thresholds, name, dtype)

    def result(self) -> float | Array:
        """Return the count, or one for each threshold."""
        return _scalar(self._counts.true_positives[:, 0])


class TrueNegatives(_Counts):
    """How many negatives were called negative; with weights, the sum of theirs.

    Example:
        >>> TrueNegatives()([0, 1, 0, 0], [1, 1, 0, 0])
        2.0
    """

    direction = "up"

    def __init__(
        self,
        thresholds: float | Iterable[float] | None = None,
        name: str = "true_negatives",
        dtype: str | None = None,
    ) -> None:
        super().__init__(thresholds, name, dtype)

    def result(self) -> float | Array:
        """Return the count, or one for each threshold."""
        return _scalar(self._counts.true_negatives[:, 0])


class FalsePositives(_Counts):
    """How many negatives were called positive; with weights, the sum of theirs.

    Example:
        >>> FalsePositives()([0, 1, 0, 0], [0, 0, 1, 1])
        2.0
    """

    direction = "down"

    def __init__(
        self,
        thresholds: float | Iterable[float] | None = None,
        name: str = "false_positives",
        dtype: str | None = None,
    ) -> None:
        super().__init__(thresholds, name, dtype)

    def result(self) -> float | Array:
        """Return the count, or one for each threshold."""
        return _scalar(self._counts.false_positives[:, 0])


class FalseNegatives(_Counts):
    """How many positives were called negative; with weights, the sum of theirs.

    Example:
        >>> FalseNegatives()([0, 1, 1, 1], [0, 1, 0, 0])
        2.0
    """

    direction = "down"

    def __init__(
        self,
        thresholds: float | Iterable[float] | None = None,
        name: str = "false_negatives",
        dtype: str | None = None,
    ) -> None:
        super().__init__(thresholds, name, dtype)

    def result(self) -> float | Array:
        """Return the count, or one for each threshold."""
        return _scalar(self._counts.false_negatives[:, 0])


class Precision(_Counts):
    """Which part of what was called positive is so: ``TP / (TP + FP)``, 0 where nothing was.

    Args:
        thresholds: an output above it is called positive, 0.5 by default; of several, a result for each.
        top_k: only the ``k`` largest outputs of a row can be positive (with no thresholds, all of them are).
        class_id: only this class counts.
        name: the name in logs.
        dtype: kept for Keras's sake.

    Example:
        >>> round(Precision()([0, 1, 1, 1], [1, 0, 1, 1]), 4)
        0.6667
        >>> Precision(class_id=2)([2, 2, 1], [[0.1, 0.2, 0.7], [0.6, 0.2, 0.2], [0.0, 0.1, 0.9]])
        0.5
    """

    direction = "up"

    def __init__(
        self,
        thresholds: float | Iterable[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str = "precision",
        dtype: str | None = None,
    ) -> None:
        super().__init__(thresholds, name, dtype, top_k, class_id)

    def result(self) -> float | Array:
        """Return the precision, or one for each threshold."""
        return _scalar(functional.precision(self._counts)[:, 0])


class Recall(_Counts):
    """Which part of the positives was found: ``TP / (TP + FN)``, 0 where there are none.

    Args:
        thresholds: an output above it is called positive, 0.5 by default; of several, a result for each.
        top_k: only the ``k`` largest outputs of a row can be positive (with no thresholds, all of them are).
        class_id: only this class counts.
        name: the name in logs.
        dtype: kept for Keras's sake.

    Example:
        >>> round(Recall()([0, 1, 1, 1], [1, 0, 1, 1]), 4)
        0.6667
    """

    direction = "up"

    def __init__(
        self,
        thresholds: float | Iterable[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str = "recall",
        dtype: str | None = None,
    ) -> None:
        super().__init__(thresholds, name, dtype, top_k, class_id)

    def result(self) -> float | Array:
        """Return the recall, or one for each threshold."""
        return _scalar(functional.recall(self._counts)[:, 0])


# --- One rate at a given value of another -------------------------------------------------------------------------


class _RateAtRate(_Counts):
    """What the metrics share that look for the threshold of the best rate where another rate has a given value.

    ``bound`` is the name of the other rate, and of the metric's argument.

    Args:
        value: what the other rate must reach.
        num_thresholds: how many thresholds are tried, evenly from 0 to 1; a single one is 0.5.
        class_id: only this class counts.
        name: the name in logs.
        dtype: kept for Keras's sake.
    """

    direction = "up"
    bound: ClassVar[str]

    def __init__(self, value: float, num_thresholds: int, class_id: int | None, name: str, dtype: str | None) -> None:
        who = type(self).__name__
        self.value = check_number(who, self.bound, value, at_least=0, at_most=1)
        setattr(self, self.bound, self.value)
        self.num_thresholds = check_whole_number(who, "num_thresholds", num_thresholds, at_least=1, at_most=MOST)
        tried = np.linspace(0, 1, self.num_thresholds) if self.num_thresholds > 1 else [0.5]
        super().__init__(tried, name, dtype, class_id=class_id)


class SensitivityAtSpecificity(_RateAtRate):
    """The best sensitivity (recall) at a threshold where the specificity, ``TN / (TN + FP)``, is at least a value.

    Args:
        specificity: that value, from 0 to 1.
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: only this class counts.
        name: the name in logs.
        dtype: kept for Keras's sake.

    Example:
        >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
        0.5
    """

    bound = "specificity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "sensitivity_at_specificity",
        dtype: str | None = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)

    def result(self) -> float:
        """Return the sensitivity; 0 where no threshold reaches the specificity."""
        return functional.best_where(functional.specificity(self._counts), functional.recall(self._counts), self.value)


class SpecificityAtSensitivity(_RateAtRate):
    """The best specificity, ``TN / (TN + FP)``, at a threshold where the sensitivity (recall) is at least a value.

    Args:
        sensitivity: that value, from 0 to 1.
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: only this class counts.
        name: the name in logs.
        dtype: kept for Keras's sake.

    Example:
        >>> round(SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]), 4)
        0.6667
    """

    bound = "sensitivity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "specificity_at_sensitivity",
        dtype: str | None = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)

    def result(self) -> float:
        """Return the specificity; 0 where no threshold reaches the sensitivity."""
        return functional.best_where(functional.recall(self._counts), functional.specificity(self._counts), self.value)


class PrecisionAtRecall(_RateAtRate):
    """The best precision at a threshold where the recall is at least a value.

    Args:
        recall: that value, from 0 to 1.
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: only this class counts.
        name: the name in logs.
        dtype: kept for Keras's sake.

    Example:
        >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
        0.5
    """

    bound = "recall"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "precision_at_recall",
        dtype: str | None = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)

    def result(self) -> float:
        """Return the precision; 0 where no threshold reaches the recall."""
        return functional.best_where(functional.recall(self._counts), functional.precision(self._counts), self.value)


class RecallAtPrecision(_RateAtRate):
    """The best recall at a threshold where the precision is at least a value.

    Args:
        precision: that value, from 0 to 1.
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: only this class counts.
        name: the name in logs.
        dtype: kept for Keras's sake.

    Example:
        >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
        0.5
    """

    bound = "precision"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "recall_at_precision",
        dtype: str | None = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)

    def result(self) -> float:
        """Return the recall; 0 where no threshold reaches the precision."""
        return functional.best_where(functional.precision(self._counts), functional.recall(self._counts), self.value)


class AUC(Metric):
    """The area under the ROC or the precision-recall curve, from counts at evenly spread thresholds.

    Args:
        num_thresholds: how many, the ends at -1e-7 and 1 + 1e-7 included; more of them come closer to the true area.
        curve: "ROC", "PR" or "PRGAIN".
        summation_method: "interpolation", "minoring" (from below) or "majoring" (from above).
        name: the name in logs.
        dtype: kept for Keras's sake.
        thresholds: your own in [0, 1], instead of ``num_thresholds``; the ends are added.
        multi_label: measure each label (column) for itself and take the mean, instead of all in one.
        num_labels: how many labels; found out from the data by default.
        label_weights: of the labels in that mean, or, without ``multi_label``, of their counts.
        from_logits: take the sigmoid of the outputs first.

    Integer labels beside several outputs (softmax) are taken as one-hot rows, where Keras gives an error.

    Example:
        >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
        0.75
    """

    direction = "up"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str = "auc",
        dtype: str | None = None,
        thresholds: Iterable[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Iterable[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(dtype, name)
        curve = curve.upper() if isinstance(curve, str) else curve
        summation_method = summation_method.lower() if isinstance(summation_method, str) else summation_method
        self.curve = check_choice("AUC", "curve", curve, functional.CURVES)
        self.summation_method = check_choice("AUC", "summation_method", summation_method, functional.HEIGHTS)
        num_thresholds = check_whole_number("AUC", "num_thresholds", num_thresholds, at_least=2, at_most=MOST)
        self.thresholds = None
        if thresholds is not None:
            self.thresholds = sorted(check_numbers("AUC", "thresholds", thresholds, at_least=0, at_most=1))
        inner = np.arange(1, num_thresholds - 1) / (num_thresholds - 1) if self.thresholds is None else self.thresholds
        self._thresholds = np.concatenate([[-1e-7], inner, [1 + 1e-7]])
        self.num_thresholds = len(self._thresholds)
        self.multi_label = check_flag("AUC", "multi_label", multi_label)
        self.from_logits = check_flag("AUC", "from_logits", from_logits)
        self.num_labels = (
            None if num_labels is None else check_whole_number("AUC", "num_labels", num_labels, at_least=1)
        )
        self.label_weights = None
        if label_weights is not None:
            self.label_weights = check_numbers("AUC", "label_weights", label_weights, at_least=0)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all rows."""
        self._counts: functional.ConfusionCounts | None = None  # its width is known with the first rows

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in more rows: ``y_true`` like ``y_pred`` (n, ...) or integer labels (n,), ``sample_weight`` (n,)."""
        target, output = _classes(self, y_true, y_pred)
        labels = output.shape[-1]
        if self.label_weights is not None and len(self.label_weights) != labels:
            raise ShapeError(
                f"{_who(self)}: expected a label_weight for each of {labels} outputs, got {len(self.label_weights)}. "
                "Give each output its weight."
            )
        if self.multi_label and (output.ndim != 2 or labels != (self.num_labels or labels)):
            expected = "(n, labels)" if self.num_labels is None else f"(n, {self.num_labels})"
            raise ShapeError(
                f"{_who(self)}: expected outputs {expected} with multi_label=True, got {np.shape(y_pred)}. "
                "Check num_labels."
            )
        if self.from_logits:
            output = activations.sigmoid(output)
        weight = None if sample_weight is None else _weight_like(self, output, sample_weight)
        if self.label_weights is not None and not self.multi_label:
            of_labels = np.broadcast_to(np.asarray(self.label_weights, dtype=np.float64), output.shape)
            weight = of_labels if weight is None else weight * of_labels
        if not self.multi_label:
            target, output = target.reshape(-1, 1), output.reshape(-1, 1)
            weight = None if weight is None else weight.reshape(-1, 1)
        output = np.clip(output, 0, 1)  # within the outermost thresholds, which all pass and none passes
        counts = functional.confusion_counts(target, output, self._thresholds, weight)
        seen = self._counts
        self._counts = counts if seen is None else functional.ConfusionCounts(*map(np.add, seen, counts))

    def result(self) -> float:
        """Return the area; 0 before there is any row."""
        if self._counts is None:
            return 0.0
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = functional.interpolated_precision_recall_area(self._counts)
        else:
            areas = functional.riemann_area(*functional.CURVES[self.curve](self._counts), self.summation_method)
        return float(np.average(areas, weights=self.label_weights if self.multi_label else None))


class FBetaScore(Metric):
    """The harmonic mean of precision and recall, recall ``beta`` times as important: one for each class, or their mean.

    Args:
        average: None (an array, one score a class; a float where there is one output), "micro" (all counts together),
            "macro" (the plain mean) or "weighted" (the mean weighted by how often a class occurs).
        beta: above 0.
        threshold: an output above it is called positive; None: the row's largest one (a single output, which would
            always be the largest, is compared with 0.5 then; Keras calls every such row positive).
        name: the name in logs.
        dtype: kept for Keras's sake.

    Integer labels beside several outputs (softmax) are taken as one-hot rows, where Keras gives an error.

    Example:
        >>> metric = FBetaScore(beta=2.0, threshold=0.5)
        >>> metric([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]]).round(4)
        array([0.3846, 0.9091, 0.8333])
    """

    direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(dtype, name)
        who = type(self).__name__
        if average is not None:
            check_choice(who, "average", average, ("micro", "macro", "weighted"))
        self.average = average
        self.beta = check_number(who, "beta", beta, above=0, at_most=MOST)
        self.threshold = None if threshold is None else check_number(who, "threshold", threshold, above=0, at_most=1)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all rows."""
        # Of true and false positives and false negatives; their width comes with the first rows.
        self._hits = self._false_alarms = self._misses = np.zeros(1)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in more rows: ``y_true`` like ``y_pred`` (n, classes) or integer labels (n,), ``sample_weight`` (n,)."""
        target, output = _classes(self, y_true, y_pred)
        if output.ndim != 2:
            raise ShapeError(f"{_who(self)}: expected outputs (n, classes), got {np.shape(y_pred)}. Reshape them.")
        single = output.shape[-1] == 1
        threshold = 0.5 if single and self.threshold is None else self.threshold
        called = functional.is_largest(output) if threshold is None else output > threshold
        rows = np.ones(len(output)) if sample_weight is None else _weight_like(self, output, sample_weight)[:, 0]
        self._hits = self._hits + rows @ (called * target)
        self._false_alarms = self._false_alarms + rows @ (called * (1 - target))
        self._misses = self._misses + rows @ (~called * target)

    def result(self) -> float | Array:
        """Return the score, or one for each class."""
        hits, false_alarms, misses = self._hits, self._false_alarms, self._misses
        if self.average == "micro":
            hits, false_alarms, misses = (count.sum(keepdims=True) for count in (hits, false_alarms, misses))
        scores = functional.f_beta(hits, false_alarms, misses, self.beta)
        if self.average == "weighted":
            support = self._hits + self._misses
            return float((scores * support).sum() / (support.sum() + 1e-7))
        return _scalar(scores) if self.average is None else float(scores.mean())


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall, ``2 P R / (P + R)``: FBetaScore with a beta of 1.

    Example:
        >>> round(F1Score(average="macro")([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]), 4)
        0.6667
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str = "f1_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)


class ConfusionMatrix(Metric):
    """How often each class (row) was taken for each class (column); not in Keras.

    Args:
        num_classes: by default the number of outputs; 2 for a single one, which is compared with 0.5.
        name: the name in logs.
        dtype: kept for Keras's sake.

    Example:
        >>> ConfusionMatrix()([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
        array([[1., 0.],
               [1., 1.]])
    """

    def __init__(
        self, num_classes: int | None = None, name: str = "confusion_matrix", dtype: str | None = None
    ) -> None:
        super().__init__(dtype, name)
        self.num_classes = (
            None
            if num_classes is None
            else check_whole_number("ConfusionMatrix", "num_classes", num_classes, at_least=2, at_most=MOST)
        )
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all rows."""
        self._matrix = np.zeros((self.num_classes or 0, self.num_classes or 0))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in more rows: ``y_true`` labels (n,) or one-hot rows, ``y_pred`` outputs or integer labels (n,)."""
        output, target = np.asarray(y_pred), np.asarray(y_true)
        several = output.ndim > 1 and output.shape[-1] > 1
        classes = self.num_classes or (output.shape[-1] if several else 2)
        predicted = output.argmax(axis=-1) if several else output if output.dtype.kind in "iu" else output > 0.5
        labels = target.argmax(axis=-1) if target.shape == output.shape and several else target
        labels, predicted = labels.ravel(), predicted.ravel()
        if len(labels) != len(predicted):
            raise ShapeError(
                f"{_who(self)}: expected as many labels as outputs, got {np.shape(y_true)} and {np.shape(y_pred)}. "
                "Give labels (n,) or one-hot rows like the outputs."
            )
        _check_labels(self, labels, classes)
        _check_labels(self, predicted.astype(np.intp), classes)
        weight = None if sample_weight is None else _weight_like(self, labels, sample_weight)
        counts = functional.confusion_matrix(labels, predicted, classes, weight)
        self._matrix = self._matrix + counts if self._matrix.size else counts.astype(np.float64)

    def result(self) -> Array:
        """Return the matrix ``(classes, classes)``: rows are the true classes, columns the predicted ones."""
        return self._matrix


# --- R2 ----------------------------------------------------------------------------------------------------------


class R2Score(Metric):
    """The coefficient of determination, ``1 - sum (t - y)^2 / sum (t - mean t)^2``, for each output or their mean.

    1 is perfect, 0 as good as always saying the mean. Targets that do not vary at all score 0, or 1 where they are
    met exactly.

    Args:
        class_aggregation: "uniform_average" (the plain mean over the outputs), "variance_weighted_average", or None
            (an array, one score an output).
        num_regressors: of a linear model, for the adjusted score; 0: not adjusted.
        name: the name in logs.
        dtype: kept for Keras's sake.

    Example:
        >>> round(R2Score()([1, 4, 3], [2, 4, 4]), 4)
        0.5714
    """

    direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(dtype, name)
        if class_aggregation is not None:
            known = ("uniform_average", "variance_weighted_average")
            check_choice("R2Score", "class_aggregation", class_aggregation, known)
        self.class_aggregation = class_aggregation
        self.num_regressors = check_whole_number("R2Score", "num_regressors", num_regressors, at_least=0)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all rows."""
        # Their width, the number of outputs, comes with the first rows.
        self._weight = self._mean = self._deviation = self._residual = np.zeros(1)
        self._seen = 0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in more rows: ``y_true`` and ``y_pred`` (n, outputs), ``sample_weight`` (n,)."""
        target, output = (array.astype(np.float64) for array in _alike(self, y_true, y_pred))
        weight = np.ones_like(target) if sample_weight is None else _weight_like(self, target, sample_weight)
        total = weight.sum(axis=0)
        mean = functional.ratio((weight * target).sum(axis=0), total)
        # Two groups of rows are joined by their means and deviations: sums of squares would cancel for large means.
        both, shift = self._weight + total, mean - self._mean
        joint = functional.ratio(self._weight * total, both)
        self._deviation = self._deviation + (weight * (target - mean) ** 2).sum(axis=0) + joint * shift**2
        self._mean = self._mean + shift * functional.ratio(total, both)
        self._weight = both
        self._residual = self._residual + (weight * (target - output) ** 2).sum(axis=0)
        self._seen += target.size

    def result(self) -> float | Array:
        """Return the score, or one for each output; 0 before there is any row."""
        if not self._seen:
            return 0.0
        varies = self._deviation > 0
        scores = np.where(varies, 1 - functional.ratio(self._residual, self._deviation), self._residual == 0)
        if self.class_aggregation == "uniform_average":
            scores = scores.mean()
        elif self.class_aggregation == "variance_weighted_average":
            scores = np.average(scores, weights=self._deviation if varies.any() else None)
        return _scalar(self._adjusted(scores))

    def _adjusted(self, scores: Array) -> Array:
        """Return ``1 - (1 - R2) (n - 1) / (n - p - 1)``."""
        if not self.num_regressors:
            return scores
        freedom = self._seen - self.num_regressors - 1
        if freedom <= 0:
            warnings.warn(
                f"{_who(self)}: expected more than {self.num_regressors + 1} values for the adjusted score, got "
                f"{self._seen}. The score is not adjusted.",
                stacklevel=3,
            )
            return scores
        return 1 - (1 - scores) * (self._seen - 1) / freedom


def _scalar(values: Array) -> float | Array:
    return float(values.item()) if values.size == 1 else values


# --- By name -----------------------------------------------------------------------------------------------------

CLASSES: dict[str, type[Metric]] = {
    metric.__name__: metric
    for metric in (
        Sum,
        Mean,
        MeanMetricWrapper,
        Accuracy,
        BinaryAccuracy,
        CategoricalAccuracy,
        SparseCategoricalAccuracy,
        TopKCategoricalAccuracy,
        SparseTopKCategoricalAccuracy,
        MeanSquaredError,
        RootMeanSquaredError,
        MeanAbsoluteError,
        MeanAbsolutePercentageError,
        MeanSquaredLogarithmicError,
        LogCoshError,
        CosineSimilarity,
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
        Hinge,
        SquaredHinge,
        CategoricalHinge,
        KLDivergence,
        Poisson,
        TruePositives,
        TrueNegatives,
        FalsePositives,
        FalseNegatives,
        Precision,
        Recall,
        SensitivityAtSpecificity,
        SpecificityAtSensitivity,
        PrecisionAtRecall,
        RecallAtPrecision,
        AUC,
        FBetaScore,
        F1Score,
        ConfusionMatrix,
        R2Score,
    )
}

NAMES: dict[str, type[Metric]] = {
    **CLASSES,
    **{_snake_case(name): metric for name, metric in CLASSES.items()},
    "bce": BinaryCrossentropy,
    "BCE": BinaryCrossentropy,
    "mse": MeanSquaredError,
    "MSE": MeanSquaredError,
    "rmse": RootMeanSquaredError,
    "RMSE": RootMeanSquaredError,
    "mae": MeanAbsoluteError,
    "MAE": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "MAPE": MeanAbsolutePercentageError,
    "msle": MeanSquaredLogarithmicError,
    "MSLE": MeanSquaredLogarithmicError,
    "kld": KLDivergence,
    "KLD": KLDivergence,
    "f1": F1Score,
    "r2": R2Score,
    "logcosh": LogCoshError,
}

# What a short name means for outputs that are one probability, one-hot rows' or integer labels'.
BY_SHAPE: dict[str, dict[str, type[Metric]]] = {
    "accuracy": {
        "binary": BinaryAccuracy,
        "categorical": CategoricalAccuracy,
        "sparse": SparseCategoricalAccuracy,
    },
    "crossentropy": {
        "binary": BinaryCrossentropy,
        "categorical": CategoricalCrossentropy,
        "sparse": SparseCategoricalCrossentropy,
    },
}
SHORT: dict[str, str] = {
    "accuracy": "accuracy",
    "acc": "accuracy",
    "crossentropy": "crossentropy",
    "ce": "crossentropy",
}


def get(
    identifier: str | Metric | type[Metric] | MetricFunction | Mapping[str, Any],
    output_shape: Shape | None = None,
    target_shape: Shape | None = None,
) -> Metric:
    """Make a metric from a name, a class, a function or a description; a metric is returned as it is.

    "accuracy" (or "acc") and "crossentropy" (or "ce") choose by the shapes: one output: binary; integer labels:
    sparse; else categorical. The name given is the name recorded; a function is recorded under its own.

    Args:
        identifier: a name such as "accuracy", "mae", "auc" or "SparseCategoricalAccuracy"; a metric or its class; a
            function ``f(y_true, y_pred)``; or ``{"class_name": ..., "config": ...}``.
        output_shape: the shape of one row of the output, such as ``(10,)``.
        target_shape: the shape of one row of the target, such as ``()`` for labels ``(n,)``.

    Raises:
        UnknownNameError: no metric has the name.
        ArgumentError: "crossentropy" without the shapes, or something that is no metric.

    Example:
        >>> get("acc", output_shape=(10,), target_shape=())
        SparseCategoricalAccuracy('acc')
        >>> get("mae").name
        'mae'
    """
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        kind = _named(identifier, output_shape, target_shape)
        if issubclass(kind, _RateAtRate):
            raise ArgumentError(
                f"metric {identifier!r}: expected a value of {kind.bound}, got a name alone. "
                f"Try metrics=[metrics.{kind.__name__}(0.9)]."
            )
        metric = kind()
        metric.name = identifier
        return metric
    if isinstance(identifier, Mapping):
        return deserialize("metric", identifier, CLASSES)
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return identifier()
    if callable(identifier):
        return MeanMetricWrapper(identifier)
    raise ArgumentError(
        f"metric: expected a name, a metric, a function or a description, got {identifier!r}. Try metrics=['accuracy']."
    )


def get_list(
    identifiers: Any,
    output_shape: Shape | None = None,
    target_shape: Shape | None = None,
) -> list[Metric]:
    """Make all metrics of ``compile(metrics=...)``: None, one, or several; a name that recurs gets _1, _2, ...

    Example:
        >>> [metric.name for metric in get_list([Precision(class_id=0), Precision(class_id=1)])]
        ['precision', 'precision_1']
    """
    if identifiers is None:
        return []
    several = identifiers if isinstance(identifiers, list | tuple) else [identifiers]
    metrics = [get(identifier, output_shape, target_shape) for identifier in several]
    taken: set[str] = set()
    for metric in metrics:
        name, times = metric.name, 0
        while metric.name in taken:
            times += 1
            metric.name = f"{name}_{times}"
        taken.add(metric.name)
    return metrics


def direction(name: str, own: Iterable[Metric] = ()) -> Literal["up", "down"] | None:
    """Return which way a figure gets better, "up" or "down", or None where its name does not tell.

    Args:
        name: as in the history, such as "loss" or "accuracy".
        own: metrics that may bear the name, such as a model's; they are asked first.

    Example:
        >>> direction("accuracy"), direction("loss"), direction("height")
        ('up', 'down', None)
    """
    for metric in own:
        if metric.name == name:
            return metric.direction
    if name.lower() in SHORT:
        return "up" if SHORT[name.lower()] == "accuracy" else "down"
    if name == "loss":
        return "down"
    return NAMES[name].direction if name in NAMES else None


def _named(name: str, output_shape: Shape | None, target_shape: Shape | None) -> type[Metric]:
    family = SHORT.get(name.lower())
    if family is not None and output_shape is not None and target_shape is not None:
        return BY_SHAPE[family][_kind(output_shape, target_shape)]
    if family == "accuracy":
        return Accuracy
    if family == "crossentropy":
        raise ArgumentError(
            f"metric {name!r}: expected output_shape and target_shape to choose by, got none. "
            "Name it in full, such as 'sparse_categorical_crossentropy'."
        )
    if name not in NAMES:
        raise UnknownNameError("metric", name, {*NAMES, *SHORT})
    return NAMES[name]


def _kind(output_shape: Shape, target_shape: Shape) -> str:
    """Tell "binary", "sparse" or "categorical" from the shapes of one row, as Keras does."""
    if not output_shape or output_shape[-1] == 1:
        return "binary"
    return "sparse" if len(target_shape) < len(output_shape) or target_shape[-1] == 1 else "categorical"
