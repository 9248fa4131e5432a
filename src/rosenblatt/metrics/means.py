"""Sums and means: of values, of a function of one's own, and what the means of our own functions share."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from rosenblatt.configuration import snake_case, tell_default_name
from rosenblatt.errors import ArgumentError, ShapeError, UnknownNameError
from rosenblatt.functional import losses
from rosenblatt.functional import metrics as functional
from rosenblatt.metrics.base import Metric, MetricFunction, alike, named, weight_like
from rosenblatt.types import Array

# The functions that `MeanMetricWrapper` takes by name.
FUNCTIONS: dict[str, MetricFunction] = {
    **functional.METRICS,
    **{name: loss.function for name, loss in losses.LOSSES.items() if name != "custom"},
}


class Sum(Metric):
    """The weighted sum of values.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

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
            values = values * weight_like(self, values, sample_weight)
        self.total += float(values.sum(dtype=np.float64))

    def result(self) -> float:
        """Return the sum."""
        return self.total


class WeightedMean(Metric):
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
            weight = weight_like(self, values, sample_weight)
            self.total += float((values * weight).sum(dtype=np.float64)) / width
            self.count += float(weight.sum(dtype=np.float64)) / width


class Mean(WeightedMean):
    """The weighted mean of values.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> Mean()([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
        2.0
    """

    def __init__(self, name: str = "mean", dtype: str | None = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values of shape ``(n, ...)``."""
        self._add(np.asarray(values), sample_weight)


class MeanMetricWrapper(WeightedMean):
    """The mean of a function of yours: ``fn(y_true, y_pred, **kwargs)`` gives a value per row, or one for all rows.

    The function gets the arrays as they are. A single value counts for as many rows as it was made from, so that a
    mean stays one however the rows are cut (Keras counts it once a batch).

    Args:
        fn: The function, or the name of one of ours.
        name: The name in logs; by default the function's.
        dtype: Kept for Keras's sake.
        kwargs: Passed on to the function.

    Raises:
        UnknownNameError: no function of ours has the name.
        ArgumentError: fn is neither a name nor a function.

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
        who = type(self).__name__
        if isinstance(fn, str) and fn not in FUNCTIONS:
            raise UnknownNameError(f"{who} fn", fn, FUNCTIONS)
        self.fn = FUNCTIONS[fn] if isinstance(fn, str) else fn
        if not callable(self.fn):
            raise ArgumentError(f"{who}: expected fn to be a function or a name, got {fn!r}.")
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
                f"{named(self)}: expected a value per row or one for all, got values of shape {values.shape} from "
                f"y_true {y_true.shape} and y_pred {y_pred.shape}. Give both the same shape inside the function."
            )
        self._add(values, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, the function by its name."""
        return {"fn": getattr(self.fn, "__name__", None), "name": self.name, "dtype": self.dtype, **self.kwargs}


class MeanOf(WeightedMean):
    """What the means of our own functions share: arranging both arrays, then one call.

    A subclass gives the ``function``, the arrangement if it is not ``alike``, and in ``arguments`` the names of those
    of its attributes that the function takes. Unless told otherwise it is called as its class in snake case.
    """

    function: ClassVar[MetricFunction]
    arrange = alike
    arguments: ClassVar[tuple[str, ...]] = ()
    default_name: ClassVar[str]

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if "function" in vars(cls):  # what derives from a metric of ours keeps its name, as with Keras
            cls.default_name = snake_case(cls.__name__)
        tell_default_name(cls, MeanOf.__init__, cls.default_name)

    def __init__(self, name: str | None = None, dtype: str | None = None) -> None:
        super().__init__(name or self.default_name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in more rows: ``y_true`` and ``y_pred`` (n, ...), ``sample_weight`` (n,)."""
        target, output = self.arrange(y_true, y_pred)
        config = {name: getattr(self, name) for name in self.arguments}
        self._add(self.function(target, output, **config), sample_weight)
