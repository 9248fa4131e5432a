"""How far the outputs are from targets that are numbers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from rosenblatt.arguments import check_choice, check_last_axis, check_whole_number
from rosenblatt.functional import losses
from rosenblatt.functional import metrics as functional
from rosenblatt.metrics.base import Metric, alike, named, scalar, weight_like
from rosenblatt.metrics.means import MeanOf
from rosenblatt.types import Array


class MeanSquaredError(MeanOf):
    """The mean of ``(y_true - y_pred)^2``.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> MeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        0.25
    """

    direction = "down"
    function = staticmethod(losses.mean_squared_error)


class RootMeanSquaredError(MeanOf):
    """The root of the mean of ``(y_true - y_pred)^2`` over all rows; in the target's units.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> RootMeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        0.5
    """

    direction = "down"
    function = staticmethod(losses.mean_squared_error)

    def result(self) -> float:
        """Return the root of the mean."""
        return float(np.sqrt(super().result()))


class MeanAbsoluteError(MeanOf):
    """The mean of ``|y_true - y_pred|``; in the target's units.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> MeanAbsoluteError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        0.25
    """

    direction = "down"
    function = staticmethod(losses.mean_absolute_error)


class MeanAbsolutePercentageError(MeanOf):
    """The mean of ``100 |y_true - y_pred| / max(|y_true|, 1e-7)``, in per cent.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> MeanAbsolutePercentageError()([1.0, 2.0], [1.5, 2.0])
        25.0
    """

    direction = "down"
    function = staticmethod(losses.mean_absolute_percentage_error)


class MeanSquaredLogarithmicError(MeanOf):
    """The mean of ``(log(y_true + 1) - log(y_pred + 1))^2``.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> round(MeanSquaredLogarithmicError()([[0, 1], [0, 0]], [[1, 1], [0, 0]]), 4)
        0.1201
    """

    direction = "down"
    function = staticmethod(losses.mean_squared_logarithmic_error)


class LogCoshError(MeanOf):
    """The mean of ``log cosh(y_pred - y_true)``.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Example:
        >>> round(LogCoshError()([[0, 1], [0, 0]], [[1, 1], [0, 0]]), 4)
        0.1084
    """

    direction = "down"
    function = staticmethod(losses.log_cosh)

    def __init__(self, name: str = "logcosh", dtype: str | None = None) -> None:
        super().__init__(name, dtype)


class CosineSimilarity(MeanOf):
    """The mean cosine of the angle between target and output: 1 where both point the same way.

    Args:
        name: The name in logs.
        dtype: Kept for Keras's sake.
        axis: -1, as a vector lies on the last axis.

    Raises:
        ArgumentError: axis is not -1.

    Example:
        >>> round(CosineSimilarity()([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]]), 4)
        0.5
    """

    direction = "up"
    function = staticmethod(functional.cosine_similarity)

    def __init__(self, name: str = "cosine_similarity", dtype: str | None = None, axis: int = -1) -> None:
        super().__init__(name, dtype)
        self.axis = check_last_axis(named(self), axis, "classes")


class R2Score(Metric):
    """The coefficient of determination, ``1 - sum (t - y)^2 / sum (t - mean t)^2``, for each output or their mean.

    1 is perfect, 0 as good as always saying the mean. Targets that do not vary at all score 0, or 1 where they are
    met exactly.

    Args:
        class_aggregation: "uniform_average" (the plain mean over the outputs), "variance_weighted_average", or None
            (an array, one score an output).
        num_regressors: Of a linear model, for the adjusted score; 0: not adjusted.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        UnknownNameError: there is no such class_aggregation.
        ArgumentError: num_regressors is not a whole number of at least 0.

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
        who = type(self).__name__
        if class_aggregation is not None:
            known = ("uniform_average", "variance_weighted_average")
            check_choice(who, "class_aggregation", class_aggregation, known)
        self.class_aggregation = class_aggregation
        self.num_regressors = check_whole_number(who, "num_regressors", num_regressors, at_least=0)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all rows."""
        # Their width, the number of outputs, comes with the first rows.
        self._weight = self._mean = self._deviation = self._residual = np.zeros(1)
        self._seen = 0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in more rows: ``y_true`` and ``y_pred`` (n, outputs), ``sample_weight`` (n,)."""
        target, output = (array.astype(np.float64) for array in alike(self, y_true, y_pred))
        weight = np.ones_like(target) if sample_weight is None else weight_like(self, target, sample_weight)
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
        return scalar(self._adjusted(scores))

    def _adjusted(self, scores: Array) -> Array:
        """Return ``1 - (1 - R2) (n - 1) / (n - p - 1)``."""
        if not self.num_regressors:
            return scores
        freedom = self._seen - self.num_regressors - 1
        if freedom <= 0:
            warnings.warn(
                f"{named(self)}: expected more than {self.num_regressors + 1} values for the adjusted score, got "
                f"{self._seen}. The score is not adjusted.",
                stacklevel=3,
            )
            return scores
        return 1 - (1 - scores) * (self._seen - 1) / freedom
