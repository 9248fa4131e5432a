"""What metrics count: per-row matches, true and false positives by threshold, areas under curves.

A metric sees many rows at once and must give the same result however they are cut into pieces. So each function here
returns one of two things: values per row, of which the metric takes the mean, or counts, which the metric adds up.

``target`` and ``output`` come in matching shapes: alike ``(n, width)``, or for ``sparse_...`` functions labels ``(n,)``
beside outputs ``(n, classes)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rosenblatt.functional import losses
from rosenblatt.types import Array

# --- Matches: is this row right? ---------------------------------------------------------------------------------


def accuracy(target: Array, output: Array) -> Array:
    """Tell where the output equals the target: ``[target = y]``.

    Args:
        target: Values of any kind, (n, width).
        output: Like target.

    Example:
        >>> accuracy(np.array([[1.0], [2.0]]), np.array([[1.0], [3.0]])).tolist()
        [[True], [False]]
    """
    matches: Array = target == output
    return matches


def binary_accuracy(target: Array, output: Array, threshold: float = 0.5) -> Array:
    """Tell where the thresholded output equals the target, 0 or 1: ``[target = [y > threshold]]``.

    Args:
        target: Zeros and ones, (n, width).
        output: Probabilities y, like target.
        threshold: An output above it means 1.

    Example:
        >>> binary_accuracy(np.array([[1.0, 0.0]]), np.array([[0.6, 0.7]])).tolist()
        [[True, False]]
    """
    matches: Array = (output > threshold) == target
    return matches


def categorical_accuracy(target: Array, output: Array) -> Array:
    """Tell in which rows the largest output is where the target is largest: ``[argmax target = argmax y]``.

    Args:
        target: One-hot rows, (n, classes).
        output: Like target.

    Example:
        >>> categorical_accuracy(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.2, 0.8], [0.4, 0.6]])).tolist()
        [True, False]
    """
    return sparse_categorical_accuracy(target.argmax(axis=-1), output)


def sparse_categorical_accuracy(target: Array, output: Array) -> Array:
    """Tell in which rows the largest output is that of the label: ``[label = argmax y]``.

    Args:
        target: Labels, (n,).
        output: (n, classes).

    Example:
        >>> sparse_categorical_accuracy(np.array([1, 0]), np.array([[0.2, 0.8], [0.4, 0.6]])).tolist()
        [True, False]
    """
    matches: Array = output.argmax(axis=-1) == target
    return matches


def top_k_categorical_accuracy(target: Array, output: Array, k: int = 5) -> Array:
    """Tell in which rows the target's class is among the ``k`` largest outputs.

    Args:
        target: One-hot rows, (n, classes).
        output: Like target.
        k: How many outputs count.

    Example:
        >>> top_k_categorical_accuracy(np.array([[1, 0, 0]]), np.array([[0.3, 0.6, 0.1]]), k=2).tolist()
        [True]
    """
    return sparse_top_k_categorical_accuracy(target.argmax(axis=-1), output, k)


def sparse_top_k_categorical_accuracy(target: Array, output: Array, k: int = 5) -> Array:
    """Tell in which rows fewer than ``k`` outputs are larger than the label's own; ties are in its favour.

    Args:
        target: Labels, (n,).
        output: (n, classes).
        k: How many outputs count.

    Example:
        >>> output = np.array([[0.3, 0.6, 0.1], [0.3, 0.6, 0.1]])
        >>> sparse_top_k_categorical_accuracy(np.array([0, 2]), output, k=2).tolist()
        [True, False]
    """
    labelled = np.take_along_axis(output, target.astype(np.intp)[..., np.newaxis], axis=-1)
    matches: Array = (output > labelled).sum(axis=-1) < k
    return matches


# --- Values that are a loss turned round -------------------------------------------------------------------------


def cosine_similarity(target: Array, output: Array) -> Array:
    """Return the cosine of the angle between each row's target and output, ``t.y / (|t| |y|)``: minus the loss.

    Args:
        target: (n, width).
        output: Like target.

    Example:
        >>> cosine_similarity(np.array([[1.0, 0.0]]), np.array([[3.0, 4.0]])).round(4).tolist()
        [0.6]
    """
    cosine: Array = -losses.cosine_similarity(target, output)
    return cosine


# --- Counts by threshold -----------------------------------------------------------------------------------------


class ConfusionCounts(NamedTuple):
    """The four counts of a binary decision, each ``(thresholds, labels)``, or their weights' sums.

    Args:
        true_positives: Positives that were called positive.
        false_positives: Negatives that were called positive.
        true_negatives: Negatives that were called negative.
        false_negatives: Positives that were called negative.

    Example:
        >>> counts = ConfusionCounts(*np.array([[3.0], [1.0], [4.0], [2.0]]))
        >>> counts.false_positives.tolist(), counts.false_negatives.tolist()
        ([1.0], [2.0])
    """

    true_positives: Array
    false_positives: Array
    true_negatives: Array
    false_negatives: Array


def confusion_counts(
    target: Array, output: Array, thresholds: Array, sample_weight: Array | None = None
) -> ConfusionCounts:
    """Count, for each threshold and each label (column), the four outcomes of deciding ``y > threshold``.

    Each output is sorted once into the interval between two thresholds where it lies, and the intervals are summed up
    from above (decided positive) and from below: O(n log t) rather than O(n t).

    Args:
        target: (n, labels), true or false.
        output: (n, labels).
        thresholds: (t,), in any order.
        sample_weight: (n, labels) or what broadcasts to it; None for ones.

    Example:
        >>> counts = confusion_counts(np.array([[0], [1], [1]]), np.array([[0.6], [0.4], [0.9]]), np.array([0.5]))
        >>> [count.item() for count in counts]
        [1.0, 1.0, 0.0, 1.0]
    """
    ascending = np.sort(thresholds).astype(output.dtype)
    intervals = len(ascending) + 1
    labels = output.shape[-1]
    passed = np.searchsorted(ascending, output)  # thresholds below each output, 0 to t
    cell = ((target != 0) * labels + np.arange(labels)) * intervals + passed
    weight = None if sample_weight is None else np.broadcast_to(sample_weight, cell.shape).ravel()
    counts = np.bincount(cell.ravel(), weight, 2 * labels * intervals).astype(np.float64)
    counts = counts.reshape(2, labels, intervals)

    rank = np.searchsorted(ascending, thresholds.astype(output.dtype))  # back to the caller's order
    below = counts.cumsum(axis=-1)[..., :-1][..., rank]
    above = counts[..., ::-1].cumsum(axis=-1)[..., ::-1][..., 1:][..., rank]
    return ConfusionCounts(above[1].T, above[0].T, below[0].T, below[1].T)


def confusion_matrix(target: Array, predicted: Array, classes: int, sample_weight: Array | None = None) -> Array:
    """Count how often each class (row) was taken for each class (column), from two arrays of labels ``(n,)``.

    Args:
        target: The true labels, from 0 to classes - 1.
        predicted: Those of the outputs.
        classes: How many there are.
        sample_weight: (n,); None for ones.

    Example:
        >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), classes=2)
        array([[1, 0],
               [1, 1]])
    """
    cell = target.astype(np.intp) * classes + predicted.astype(np.intp)
    return np.bincount(cell, sample_weight, classes * classes).reshape(classes, classes)


def is_largest(output: Array) -> Array:
    """Mark each row's largest output, all of them in a tie, none where the largest is 0.

    Args:
        output: (n, width).

    Example:
        >>> is_largest(np.array([[0.2, 0.8], [0.5, 0.5], [0.0, 0.0]])).tolist()
        [[False, True], [True, True], [False, False]]
    """
    marked: Array = (output >= output.max(axis=-1, keepdims=True)) & (np.abs(output) > 1e-9)
    return marked


def is_top_k(output: Array, k: int) -> Array:
    """Mark each row's ``k`` largest outputs; of equal ones the first.

    Args:
        output: (n, width).
        k: How many are marked.

    Example:
        >>> is_top_k(np.array([[0.3, 0.6, 0.3]]), k=2).tolist()
        [[True, True, False]]
    """
    marked = np.zeros(output.shape, dtype=bool)
    np.put_along_axis(marked, np.argsort(-output, axis=-1, kind="stable")[..., :k], True, axis=-1)
    return marked


# --- Ratios and areas --------------------------------------------------------------------------------------------


def ratio(part: Array, whole: Array) -> Array:
    """Divide, with 0 where the divisor is 0 (no positives at all: a precision of 0).

    Args:
        part: The numerator.
        whole: The divisor, of the same shape.

    Example:
        >>> ratio(np.array([3.0, 0.0]), np.array([4.0, 0.0])).tolist()
        [0.75, 0.0]
    """
    return np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole != 0)


def precision(counts: ConfusionCounts) -> Array:
    """Return ``TP / (TP + FP)``: which part of the rows that were called positive is so.

    Args:
        counts: The counts by threshold and label.

    Example:
        >>> counts = ConfusionCounts(*np.array([[3.0], [1.0], [4.0], [2.0]]))
        >>> precision(counts).tolist()
        [0.75]
    """
    return ratio(counts.true_positives, counts.true_positives + counts.false_positives)


def recall(counts: ConfusionCounts) -> Array:
    """Return ``TP / (TP + FN)``: which part of the positive rows was found.

    Args:
        counts: The counts by threshold and label.

    Example:
        >>> counts = ConfusionCounts(*np.array([[3.0], [1.0], [4.0], [2.0]]))
        >>> recall(counts).tolist()
        [0.6]
    """
    return ratio(counts.true_positives, counts.true_positives + counts.false_negatives)


def specificity(counts: ConfusionCounts) -> Array:
    """Return ``TN / (TN + FP)``: which part of the negative rows was called negative.

    Args:
        counts: The counts by threshold and label.

    Example:
        >>> counts = ConfusionCounts(*np.array([[3.0], [1.0], [4.0], [2.0]]))
        >>> specificity(counts).tolist()
        [0.8]
    """
    return ratio(counts.true_negatives, counts.true_negatives + counts.false_positives)


def best_where(reached: Array, figure: Array, at_least: float) -> float:
    """Return the largest ``figure`` of the thresholds at which another one reaches a bound; 0 where none does.

    Args:
        reached: The other figure, of each threshold.
        figure: The figure, like reached.
        at_least: The bound.

    Example:
        >>> best_where(np.array([1.0, 0.9, 0.5]), np.array([0.2, 0.6, 0.8]), at_least=0.7)
        0.6
    """
    return float(np.max(figure, where=reached >= at_least, initial=0.0))


def f_beta(true_positives: Array, false_positives: Array, false_negatives: Array, beta: float = 1.0) -> Array:
    """Return ``(1 + b^2) P R / (b^2 P + R)``, with Keras's 1e-7 in each divisor.

    Args:
        true_positives: Their number for each class, (classes,).
        false_positives: Likewise.
        false_negatives: Likewise.
        beta: How many times as important recall is as precision.

    Example:
        >>> f_beta(np.array([3.0]), np.array([1.0]), np.array([2.0]), beta=2.0).round(4).tolist()
        [0.625]
    """
    epsilon = 1e-7
    precision = true_positives / (true_positives + false_positives + epsilon)
    recall = true_positives / (true_positives + false_negatives + epsilon)
    score: Array = (1 + beta**2) * precision * recall / (beta**2 * precision + recall + epsilon)
    return score


def roc_curve(counts: ConfusionCounts) -> tuple[Array, Array]:
    """Return the points of the receiver operating characteristic: false positive rate and true positive rate.

    Args:
        counts: The counts by threshold and label.

    Example:
        >>> target, output = np.array([[0], [0], [1], [1]]), np.array([[0.1], [0.6], [0.4], [0.9]])
        >>> x, y = roc_curve(confusion_counts(target, output, np.array([0.2, 0.5])))
        >>> x.ravel().round(4).tolist(), y.ravel().round(4).tolist()
        ([0.5, 0.5], [1.0, 0.5])
    """
    return ratio(counts.false_positives, counts.false_positives + counts.true_negatives), recall(counts)


def precision_recall_curve(counts: ConfusionCounts) -> tuple[Array, Array]:
    """Return the points of the precision-recall curve: recall and precision.

    Args:
        counts: The counts by threshold and label.

    Example:
        >>> target, output = np.array([[0], [0], [1], [1]]), np.array([[0.1], [0.6], [0.4], [0.9]])
        >>> x, y = precision_recall_curve(confusion_counts(target, output, np.array([0.2, 0.5])))
        >>> x.ravel().round(4).tolist(), y.ravel().round(4).tolist()
        ([1.0, 0.5], [0.6667, 0.5])
    """
    return recall(counts), precision(counts)


def precision_recall_gain_curve(counts: ConfusionCounts) -> tuple[Array, Array]:
    """Return the points of the precision-recall-gain curve: ``1 - P/N FN/TP`` (at least 0) and ``1 - P/N FP/TP``.

    Args:
        counts: The counts by threshold and label.

    Example:
        >>> target, output = np.array([[0], [0], [1], [1]]), np.array([[0.1], [0.6], [0.4], [0.9]])
        >>> x, y = precision_recall_gain_curve(confusion_counts(target, output, np.array([0.2, 0.5])))
        >>> x.ravel().round(4).tolist(), y.ravel().round(4).tolist()
        ([1.0, 0.0], [0.5, 0.0])

    Source:
        Flach and Kull, "Precision-recall-gain curves" (2015).
    """
    hits, found = counts.true_positives, counts.true_positives > 0
    odds = ratio(hits + counts.false_negatives, counts.true_negatives + counts.false_positives)
    recall_gain = np.where(found, 1 - odds * ratio(counts.false_negatives, hits), 0.0)
    precision_gain = np.where(found, 1 - odds * ratio(counts.false_positives, hits), 1.0)
    return np.maximum(recall_gain, 0.0), precision_gain


HEIGHTS: dict[str, Callable[[Array, Array], Array]] = {
    "interpolation": lambda left, right: (left + right) / 2,
    "minoring": np.minimum,
    "majoring": np.maximum,
}


def riemann_area(x: Array, y: Array, method: str = "interpolation") -> Array:
    """Sum the area under each column's curve, whose points come with x falling.

    Args:
        x: (points, labels), falling.
        y: Like x.
        method: How high a strip is: "interpolation" (the mean of its ends), "minoring" or "majoring".

    Example:
        >>> x, y = np.array([[1.0], [0.5], [0.0]]), np.array([[1.0], [0.8], [0.0]])
        >>> [riemann_area(x, y, method).round(4).item() for method in HEIGHTS]
        [0.65, 0.4, 0.9]
    """
    area: Array = ((x[:-1] - x[1:]) * HEIGHTS[method](y[1:], y[:-1])).sum(axis=0)
    return area


def interpolated_precision_recall_area(counts: ConfusionCounts) -> Array:
    """Sum the area under each column's precision-recall curve, with the counts, not the precision, taken as linear.

    Between two thresholds TP and P = TP + FP both change linearly, so that ``TP = intercept + slope P`` and the
    precision is ``slope + intercept / P``; its integral over the recall is
    ``slope (dTP + intercept log(P_a / P_b)) / positives``.

    Args:
        counts: The counts by threshold, rising, and label.

    Example:
        >>> target, output = np.array([[0], [0], [1], [1]]), np.array([[0.1], [0.6], [0.4], [0.9]])
        >>> interpolated_precision_recall_area(confusion_counts(target, output, np.linspace(0, 1, 5))).round(4).tolist()
        [0.7973]

    Source:
        Davis and Goadrich, "The relationship between precision-recall and ROC curves" (2006).
    """
    hits, called = counts.true_positives, counts.true_positives + counts.false_positives
    gained = hits[:-1] - hits[1:]
    slope = ratio(gained, called[:-1] - called[1:])
    intercept = hits[1:] - slope * called[1:]
    log_ratio = np.zeros_like(slope)
    both = (called[:-1] > 0) & (called[1:] > 0)
    log_ratio[both] = np.log(called[:-1][both] / called[1:][both])
    area: Array = ratio(slope * (gained + intercept * log_ratio), (hits + counts.false_negatives)[1:]).sum(axis=0)
    return area


CURVES: dict[str, Callable[[ConfusionCounts], tuple[Array, Array]]] = {
    "ROC": roc_curve,
    "PR": precision_recall_curve,
    "PRGAIN": precision_recall_gain_curve,
}

METRICS: dict[str, Callable[..., Array]] = {
    "accuracy": accuracy,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "top_k_categorical_accuracy": top_k_categorical_accuracy,
    "sparse_top_k_categorical_accuracy": sparse_top_k_categorical_accuracy,
    "cosine_similarity": cosine_similarity,
}
