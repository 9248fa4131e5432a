"""Thresholds, all of them: the area under a curve, and one rate at a given value of another, a point of a curve."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from rosenblatt.arguments import check_choice, check_flag, check_number, check_numbers, check_whole_number
from rosenblatt.errors import ShapeError
from rosenblatt.functional import activations
from rosenblatt.functional import metrics as functional
from rosenblatt.metrics.base import MOST, Metric, named, one_hot, weight_like
from rosenblatt.metrics.confusion import Counts


class AUC(Metric):
    """The area under the ROC or the precision-recall curve, from counts at evenly spread thresholds.

    Integer labels beside several outputs (softmax) are taken as one-hot rows, where Keras gives an error.

    Args:
        num_thresholds: How many, the ends at -1e-7 and 1 + 1e-7 included; more of them come closer to the true area.
        curve: "ROC", "PR" or "PRGAIN".
        summation_method: "interpolation", "minoring" (from below) or "majoring" (from above).
        name: The name in logs.
        dtype: Kept for Keras's sake.
        thresholds: Your own in [0, 1], instead of ``num_thresholds``; the ends are added.
        multi_label: Measure each label (column) for itself and take the mean, instead of all in one.
        num_labels: How many labels; found out from the data by default.
        label_weights: Of the labels in that mean, or, without ``multi_label``, of their counts.
        from_logits: Take the sigmoid of the outputs first.

    Raises:
        UnknownNameError: there is no such curve or summation_method.
        ArgumentError: another argument is not of its kind or out of its range.

    Example:
        >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
        0.75
        >>> round(AUC(curve="PR")([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]), 4)
        0.7973

    Source:
        Bradley, "The use of the area under the ROC curve in the evaluation of machine learning algorithms" (1997).
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
        who = type(self).__name__
        curve = curve.upper() if isinstance(curve, str) else curve
        summation_method = summation_method.lower() if isinstance(summation_method, str) else summation_method
        self.curve = check_choice(who, "curve", curve, functional.CURVES)
        self.summation_method = check_choice(who, "summation_method", summation_method, functional.HEIGHTS)
        num_thresholds = check_whole_number(who, "num_thresholds", num_thresholds, at_least=2, at_most=MOST)
        self.thresholds = None
        if thresholds is not None:
            self.thresholds = sorted(check_numbers(who, "thresholds", thresholds, at_least=0, at_most=1))
        inner = np.arange(1, num_thresholds - 1) / (num_thresholds - 1) if self.thresholds is None else self.thresholds
        self._thresholds = np.concatenate([[-1e-7], inner, [1 + 1e-7]])
        self.num_thresholds = len(self._thresholds)
        self.multi_label = check_flag(who, "multi_label", multi_label)
        self.from_logits = check_flag(who, "from_logits", from_logits)
        self.num_labels = None if num_labels is None else check_whole_number(who, "num_labels", num_labels, at_least=1)
        self.label_weights = None
        if label_weights is not None:
            self.label_weights = check_numbers(who, "label_weights", label_weights, at_least=0)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all rows."""
        self._counts: functional.ConfusionCounts | None = None  # its width is known with the first rows

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in more rows: ``y_true`` like ``y_pred`` (n, ...) or integer labels (n,), ``sample_weight`` (n,)."""
        target, output = one_hot(self, y_true, y_pred)
        labels = output.shape[-1]
        if self.label_weights is not None and len(self.label_weights) != labels:
            raise ShapeError(
                f"{named(self)}: expected a label_weight for each of {labels} outputs, got {len(self.label_weights)}. "
                "Give each output its weight."
            )
        if self.multi_label and (output.ndim != 2 or labels != (self.num_labels or labels)):
            expected = "(n, labels)" if self.num_labels is None else f"(n, {self.num_labels})"
            raise ShapeError(
                f"{named(self)}: expected outputs {expected} with multi_label=True, got {np.shape(y_pred)}. "
                "Check num_labels."
            )
        if self.from_logits:
            output = activations.sigmoid(output)
        weight = None if sample_weight is None else weight_like(self, output, sample_weight)
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


class RateAtRate(Counts):
    """What the metrics share that look for the threshold of the best rate where another rate has a given value.

    ``bound`` is the name of the other rate, and of the metric's argument.

    Args:
        value: What the other rate must reach.
        num_thresholds: How many thresholds are tried, evenly from 0 to 1; a single one is 0.5.
        class_id: Only this class counts.
        name: The name in logs.
        dtype: Kept for Keras's sake.
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


class SensitivityAtSpecificity(RateAtRate):
    """The best sensitivity (recall) at a threshold where the specificity, ``TN / (TN + FP)``, is at least a value.

    Args:
        specificity: That value, from 0 to 1.
        num_thresholds: How many thresholds are tried, evenly from 0 to 1; a single one is 0.5.
        class_id: Only this class counts.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: the specificity, num_thresholds or class_id is not such a number.

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


class SpecificityAtSensitivity(RateAtRate):
    """The best specificity, ``TN / (TN + FP)``, at a threshold where the sensitivity (recall) is at least a value.

    Args:
        sensitivity: That value, from 0 to 1.
        num_thresholds: How many thresholds are tried, evenly from 0 to 1; a single one is 0.5.
        class_id: Only this class counts.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: the sensitivity, num_thresholds or class_id is not such a number.

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


class PrecisionAtRecall(RateAtRate):
    """The best precision at a threshold where the recall is at least a value.

    Args:
        recall: That value, from 0 to 1.
        num_thresholds: How many thresholds are tried, evenly from 0 to 1; a single one is 0.5.
        class_id: Only this class counts.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: the recall, num_thresholds or class_id is not such a number.

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


class RecallAtPrecision(RateAtRate):
    """The best recall at a threshold where the precision is at least a value.

    Args:
        precision: That value, from 0 to 1.
        num_thresholds: How many thresholds are tried, evenly from 0 to 1; a single one is 0.5.
        class_id: Only this class counts.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: the precision, num_thresholds or class_id is not such a number.

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
