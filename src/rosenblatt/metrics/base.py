"""What all metrics share: the class that they derive from, and how targets, outputs and weights are arranged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from rosenblatt.configuration import Configurable, snake_case
from rosenblatt.errors import ArgumentError, DataError, ShapeError
from rosenblatt.types import Array

MetricFunction: TypeAlias = Callable[..., Any]

MOST = 10_000  # thresholds or classes: a metric's table must not grow beyond memory by a slip, or a hostile file


class Metric(Configurable):
    """Base of all metrics; a metric of your own derives from it and has the three methods below.

    ``direction`` tells callbacks what is better: "up", "down", or None where it cannot be told.

    Args:
        dtype: Taken and kept for Keras's sake; sums are always float64.
        name: The name in logs; by default the class's name in snake case.

    Raises:
        ArgumentError: the name is not a text.

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
        self.name = name or snake_case(type(self).__name__)

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


# --- Arranging arrays --------------------------------------------------------------------------------------------


def alike(metric: Metric, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return both as floating-point arrays of one shape and dtype; ``(n,)`` becomes ``(n, 1)``."""
    output = _floating(y_pred)
    target = np.asarray(y_true).astype(output.dtype, copy=False)
    if output.ndim == target.ndim + 1 and output.shape[-1] == 1:
        target = target[..., np.newaxis]
    elif target.ndim == output.ndim + 1 and target.shape[-1] == 1:
        output = output[..., np.newaxis]
    if target.shape != output.shape:
        raise ShapeError(
            f"{named(metric)}: expected y_true and y_pred of the same shape, got {np.shape(y_true)} and "
            f"{np.shape(y_pred)}. Check the width of the output layer; integer labels need a sparse_... metric."
        )
    return (target, output) if output.ndim > 1 else (target.reshape(-1, 1), output.reshape(-1, 1))


def labelled(metric: Metric, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return labels ``(n,)``, from ``(n,)`` or ``(n, 1)``, and floating-point outputs ``(n, classes)``."""
    output, target = _floating(y_pred), np.asarray(y_true)
    if target.ndim == output.ndim and target.shape[-1:] == (1,):
        target = target[..., 0]
    if output.ndim < 2 or target.shape != output.shape[:-1]:
        raise ShapeError(
            f"{named(metric)}: expected labels (n,) and outputs (n, classes), got {np.shape(y_true)} and "
            f"{np.shape(y_pred)}. One-hot targets need the metric without 'sparse'."
        )
    return target, output


def indexed(metric: Metric, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return labels and outputs, the labels safe to index with."""
    labels, output = labelled(metric, y_true, y_pred)
    check_labels(metric, labels, output.shape[-1])
    return labels.astype(np.intp, copy=False), output


def one_hot(metric: Metric, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return targets and outputs alike; integer labels beside several outputs become one-hot rows."""
    labels, output = np.asarray(y_true), np.asarray(y_pred)
    several = output.ndim > 1 and output.shape[-1] > 1
    if several and (labels.shape == output.shape[:-1] or labels.shape == (*output.shape[:-1], 1)):
        labels, output = labelled(metric, y_true, y_pred)
        check_labels(metric, labels, output.shape[-1])
        return (labels[..., np.newaxis] == np.arange(output.shape[-1])).astype(output.dtype), output
    return alike(metric, y_true, y_pred)


def check_labels(metric: Metric, labels: Array, classes: int) -> None:
    """Refuse labels that no class has."""
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        raise DataError(
            f"{named(metric)}: expected labels from 0 to {classes - 1}, got {labels.min()} to {labels.max()}. "
            f"Check the labels or the number of classes."
        )


def weight_like(metric: Metric, values: Array, sample_weight: Any) -> Array:
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
        f"{named(metric)}: expected a sample_weight for each of {len(values) if values.ndim else 1} rows, got an array "
        f"of shape {weight.shape} beside values of shape {values.shape}. Give one weight per row."
    )


def _floating(values: Any) -> Array:
    array = np.asarray(values)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


# --- Words and numbers -------------------------------------------------------------------------------------------


def named(metric: Metric) -> str:
    """Return what a message calls a metric by."""
    return f"metric {metric.name!r}"


def scalar(values: Array) -> float | Array:
    """Return a single value as a float, several as they are."""
    return float(values.item()) if values.size == 1 else values
