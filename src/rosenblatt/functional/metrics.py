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
    """Tell where the output equals the target: ``[target = y]``."""
    matches: Array = target == output
    return matches


def binary_accuracy(target: Array, output: Array, threshold: float = 0.5) -> Array:
    """Tell where the thresholded output equals the target, 0 or 1: ``[target = [y > threshold]]``."""
    matches: Array = (output > threshold) == target
    return matches


def categorical_accuracy(target: Array, output: Array) -> Array:
    """Tell in which rows the largest output is where the target is largest: ``[argmax target = argmax y]``."""
    return sparse_categorical_accuracy(target.argmax(axis=-1), output)


def sparse_categorical_accuracy(target: Array, output: Array) -> Array:
    """Tell in which rows the largest output is that of the label: ``[label = argmax y]``."""
    matches: Array = output.argmax(axis=-1) == target
    return matches


def top_k_categorical_accuracy(target: Array, output: Array, k: int = 5) -> Array:
    """Tell in which rows the target's class is among the ``k`` largest outputs."""
    return sparse_top_k_categorical_accuracy(target.argmax(axis=-1), output, k)


def sparse_top_k_categorical_accuracy(target: Array, output: Array, k: int = 5) -> Array:
    """Tell in which rows fewer than ``k`` outputs are larger than the label's own; ties are in its favour."""
    labelled = np.take_along_axis(output, target.astype(np.intp)[..., np.newaxis], axis=-1)
    matches: Array = (output > labelled).sum(axis=-1) < k
    return matches


# --- Values that are a loss turned round -------------------------------------------------------------------------


def cosine_similarity(target: Array, output: Array) -> Array:
    """Return the cosine of the angle between each row's target and output, ``t.y / (|t| |y|)``: minus the loss."""
    cosine: Array = -losses.cosine_similarity(target, output)
    return cosine


# --- Counts by threshold -----------------------------------------------------------------------------------------


class ConfusionCounts(NamedTuple):
    """The four counts of a binary decision, each ``(thresholds, labels)``, or their weights' sums."""

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
        target: ``(n, labels)``, true or false.
        output: ``(n, labels)``.
        thresholds: ``(t,)``, in any order.
        sample_weight: ``(n, labels)`` or what broadcasts to it.

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

    Example:
        >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), classes=2)
        array([[1, 0],
               [1, 1]])
    """
    cell = target.astype(np.intp) * classes + predicted.astype(np.intp)
    return np.bincount(cell, sample_weight, classes * classes).reshape(classes, classes)


def is_largest(output: Array) -> Array:
    """Mark each row's largest output, all of them in a tie, none where the largest is 0."""
    marked: Array = (output >= output.max(axis=-1, keepdims=True)) & (np.abs(output) > 1e-9)
    return marked


def is_top_k(output: Array, k: int) -> Array:
    """Mark each row's ``k`` largest outputs; of equal ones the first."""
    marked = np.zeros(output.shape, dtype=bool)
    np.put_along_axis(marked, np.argsort(-output, axis=-1, kind="stable")[..., :k], True, axis=-1)
    return marked


# --- Ratios and areas --------------------------------------------------------------------------------------------


def ratio(part: Array, whole: Array) -> Array:
    """Divide, with 0 where the divisor is 0 (no positives at all: a precision of 0)."""
    return np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole != 0)


def precision(counts: ConfusionCounts) -> Array:
    """Return ``TP / (TP + FP)``: which part of the rows that were called positive is so."""
    return ratio(counts.true_positives, counts.true_positives + counts.false_positives)


def recall(counts: ConfusionCounts) -> Array:
    """Return ``TP / (TP + FN)``: which part of the positive rows was found."""
    return ratio(counts.true_positives, counts.true_positives + counts.false_negatives)


def specificity(counts: ConfusionCounts) -> Array:
    """Return ``TN / (TN + FP)``: which part of the negative rows was called negative."""
    return ratio(counts.true_negatives, counts.true_negatives + counts.false_positives)


def best_where(reached: Array, figure: Array, at_least: float) -> float:
    """Return the largest ``figure`` of the thresholds at which another one reaches a bound; 0 where none does.

    Example:
        >>> best_where(np.array([1.0, 0.9, 0.5]), np.array([0.2, 0.6, 0.8]), at_least=0.7)
        0.6
    """
    return float(np.max(figure, where=reached >= at_least, initial=0.0))


def f_beta(true_positives: Array, false_positives: Array, false_negatives: Array, beta: float = 1.0) -> Array:
    """Return ``(1 + b^2) P R / (b^2 P + R)``, with Keras's 1e-7 in each divisor."""
    epsilon = 1e-7
    precision = true_positives / (true_positives + false_positives + epsilon)
    recall = true_positives / (true_positives + false_negatives + epsilon)
    score: Array = (1 + beta**2) * precision * recall / (beta**2 * precision + recall + epsilon)
    return score


def roc_curve(counts: ConfusionCounts) -> tuple[Array, Array]:
    """Return the points of the receiver operating characteristic: false positive rate and true positive rate."""
    return ratio(counts.false_positives, counts.false_positives + counts.true_negatives), recall(counts)


def precision_recall_curve(counts: ConfusionCounts) -> tuple[Array, Array]:
    """Return the points of the precision-recall curve: recall and precision."""
    return recall(counts), precision(counts)


def precision_recall_gain_curve(counts: ConfusionCounts) -> tuple[Array, Array]:
    """Return the points of the precision-recall-gain curve: ``1 - P/N FN/TP`` (at least 0) and ``1 - P/N FP/TP``.

    Source: Flach and Kull, Precision-Recall-Gain Curves, 2015.
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
    """Sum the area under each column's curve, whose points come with x falling; ``method`` is a name of HEIGHTS."""
    area: Array = ((x[:-1] - x[1:]) * HEIGHTS[method](y[1:], y[:-1])).sum(axis=0)
    return area


def interpolated_precision_recall_area(counts: ConfusionCounts) -> Array:
    """Sum the area under each column's precision-recall curve, with the counts, not the precision, taken as linear.

    Between two thresholds TP and P = TP + FP both change linearly, so that ``TP = intercept + slope P`` and the
    precision is ``slope + intercept / P``; its integral over the recall is
    ``slope (dTP + intercept log(P_a / P_b)) / positives``.

    Source: Davis and Goadrich, The Relationship Between Precision-Recall and ROC Curves, 2006.
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
