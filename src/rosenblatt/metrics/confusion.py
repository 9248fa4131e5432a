"""Right and wrong decisions, counted: true and false positives, precision, recall, F scores, the confusion matrix."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from rosenblatt.arguments import check_choice, check_number, check_numbers, check_whole_number
from rosenblatt.configuration import tell_default_name
from rosenblatt.errors import ArgumentError, ShapeError
from rosenblatt.functional import metrics as functional
from rosenblatt.metrics.base import MOST, Metric, check_labels, named, one_hot, scalar, weight_like
from rosenblatt.types import Array


class Counts(Metric):
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
        target, output = one_hot(self, y_true, y_pred)
        if self.top_k is not None:
            output = np.where(functional.is_top_k(output, self.top_k), output, -np.inf)
        if self.class_id is not None:
            if not 0 <= self.class_id < output.shape[-1]:
                raise ArgumentError(
                    f"{named(self)}: expected a class_id from 0 to {output.shape[-1] - 1}, got {self.class_id}. "
                    "Count classes from 0."
                )
            target, output = target[..., [self.class_id]], output[..., [self.class_id]]
        weight = None if sample_weight is None else weight_like(self, output, sample_weight).reshape(-1, 1)
        counts = functional.confusion_counts(target.reshape(-1, 1), output.reshape(-1, 1), self._thresholds, weight)
        self._counts = functional.ConfusionCounts(*map(np.add, self._counts, counts))


class OneCount(Counts):
    """What the metrics share that are one of the four counts; ``counted`` says which, and is the default name."""

    counted: ClassVar[str]

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        tell_default_name(cls, OneCount.__init__, cls.counted)

    def __init__(
        self, thresholds: float | Iterable[float] | None = None, name: str | None = None, dtype: str | None = None
    ) -> None:
        super().__init__(thresholds, name or self.counted, dtype)

    def result(self) -> float | Array:
        """Return the count, or one for each threshold."""
        counts: Array = getattr(self._counts, self.counted)
        return scalar(counts[:, 0])


class TruePositives(OneCount):
    """How many positives were called positive; with weights, the sum of theirs.

    Args:
        thresholds: An output above it is called positive, 0.5 by default; of several, a result for each.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: a threshold is not a number from 0 to 1.

    Example:
        >>> TruePositives()([0, 1, 1, 1], [1, 0, 1, 1])
        2.0
        >>> TruePositives(thresholds=[0.2, 0.6])([0, 1, 1], [0.9, 0.4, 0.8])
        array([2., 1.])
    """

    direction = "up"
    counted = "true_positives"


class TrueNegatives(OneCount):
    """How many negatives were called negative; with weights, the sum of theirs.

    Args:
        thresholds: An output above it is called positive, 0.5 by default; of several, a result for each.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: a threshold is not a number from 0 to 1.

    Example:
        >>> TrueNegatives()([0, 1, 0, 0], [1, 1, 0, 0])
        2.0
    """

    direction = "up"
    counted = "true_negatives"


class FalsePositives(OneCount):
    """How many negatives were called positive; with weights, the sum of theirs.

    Args:
        thresholds: An output above it is called positive, 0.5 by default; of several, a result for each.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: a threshold is not a number from 0 to 1.

    Example:
        >>> FalsePositives()([0, 1, 0, 0], [0, 0, 1, 1])
        2.0
    """

    direction = "down"
    counted = "false_positives"


class FalseNegatives(OneCount):
    """How many positives were called negative; with weights, the sum of theirs.

    Args:
        thresholds: An output above it is called positive, 0.5 by default; of several, a result for each.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: a threshold is not a number from 0 to 1.

    Example:
        >>> FalseNegatives()([0, 1, 1, 1], [0, 1, 0, 0])
        2.0
    """

    direction = "down"
    counted = "false_negatives"


class Precision(Counts):
    """Which part of what was called positive is so: ``TP / (TP + FP)``, 0 where nothing was.

    Args:
        thresholds: An output above it is called positive, 0.5 by default; of several, a result for each.
        top_k: Only the ``k`` largest outputs of a row can be positive (with no thresholds, all of them are).
        class_id: Only this class counts.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: a threshold is not a number from 0 to 1, or top_k or class_id no such whole number.

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
        return scalar(functional.precision(self._counts)[:, 0])


class Recall(Counts):
    """Which part of the positives was found: ``TP / (TP + FN)``, 0 where there are none.

    Args:
        thresholds: An output above it is called positive, 0.5 by default; of several, a result for each.
        top_k: Only the ``k`` largest outputs of a row can be positive (with no thresholds, all of them are).
        class_id: Only this class counts.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: a threshold is not a number from 0 to 1, or top_k or class_id no such whole number.

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
        return scalar(functional.recall(self._counts)[:, 0])


class FBetaScore(Metric):
    """The harmonic mean of precision and recall, recall ``beta`` times as important: one for each class, or their mean.

    Integer labels beside several outputs (softmax) are taken as one-hot rows, where Keras gives an error.

    Args:
        average: None (an array, one score a class; a float where there is one output), "micro" (all counts together),
            "macro" (the plain mean) or "weighted" (the mean weighted by how often a class occurs).
        beta: Above 0.
        threshold: An output above it is called positive; None: the row's largest one (a single output, which would
            always be the largest, is compared with 0.5 then; Keras calls every such row positive).
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        UnknownNameError: there is no such average.
        ArgumentError: beta or threshold is out of range.

    Example:
        >>> metric = FBetaScore(beta=2.0, threshold=0.5)
        >>> metric([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]]).round(4)
        array([0.3846, 0.9091, 0.8333])

    Source:
        van Rijsbergen, "Information retrieval" (1979).
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
        target, output = one_hot(self, y_true, y_pred)
        if output.ndim != 2:
            raise ShapeError(f"{named(self)}: expected outputs (n, classes), got {np.shape(y_pred)}. Reshape them.")
        single = output.shape[-1] == 1
        threshold = 0.5 if single and self.threshold is None else self.threshold
        called = functional.is_largest(output) if threshold is None else output > threshold
        rows = np.ones(len(output)) if sample_weight is None else weight_like(self, output, sample_weight)[:, 0]
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
        return scalar(scores) if self.average is None else float(scores.mean())


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall, ``2 P R / (P + R)``: FBetaScore with a beta of 1.

    Args:
        average: None (an array, one score a class), "micro", "macro" or "weighted", as for FBetaScore.
        threshold: An output above it is called positive; None: the row's largest one, as for FBetaScore.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        UnknownNameError: there is no such average.
        ArgumentError: the threshold is out of range.

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
        num_classes: By default the number of outputs; 2 for a single one, which is compared with 0.5.
        name: The name in logs.
        dtype: Kept for Keras's sake.

    Raises:
        ArgumentError: num_classes is not a whole number from 2 to 10000.

    Example:
        >>> ConfusionMatrix()([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
        array([[1., 0.],
               [1., 1.]])
    """

    def __init__(
        self, num_classes: int | None = None, name: str = "confusion_matrix", dtype: str | None = None
    ) -> None:
        super().__init__(dtype, name)
        self.num_classes = num_classes
        if num_classes is not None:
            who = type(self).__name__
            self.num_classes = check_whole_number(who, "num_classes", num_classes, at_least=2, at_most=MOST)
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
                f"{named(self)}: expected as many labels as outputs, got {np.shape(y_true)} and {np.shape(y_pred)}. "
                "Give labels (n,) or one-hot rows like the outputs."
            )
        check_labels(self, labels, classes)
        check_labels(self, predicted.astype(np.intp), classes)
        weight = None if sample_weight is None else weight_like(self, labels, sample_weight)
        counts = functional.confusion_matrix(labels, predicted, classes, weight)
        self._matrix = self._matrix + counts if self._matrix.size else counts.astype(np.float64)

    def result(self) -> Array:
        """Return the matrix ``(classes, classes)``: rows are the true classes, columns the predicted ones."""
        return self._matrix
