"""Classes: how many samples each has, and which are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt.errors import ShapeError
from rosenblatt.plots.canvas import BLACK, BLUE, axes_or_new, finish, label, matplotlib, whole_numbers
from rosenblatt.plots.text import attach, percent, table
from rosenblatt.plots.words import speak
from rosenblatt.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def as_classes(y: Any) -> Array:
    """Return the class of each sample: columns of one-hot targets or probabilities become the largest one's number.

    Args:
        y: (n,) or (n, 1) classes, or (n, classes).

    Example:
        >>> as_classes([[0.1, 0.9], [0.8, 0.2]]), as_classes([[1], [0]])
        (array([1, 0]), array([1, 0]))
    """
    y = np.asarray(y)
    return np.asarray(y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.ravel())


def name_of(value: Any, class_names: Sequence[str] | None) -> str:
    """Return the name of a class, or the class itself as text where there are no names.

    Args:
        value: the class, a whole number where there are names.
        class_names: the names of classes 0, 1, 2 ..., or None.

    Example:
        >>> name_of(1, ["shirt", "shoe"]), name_of(1, None)
        ('shoe', '1')
    """
    return str(value) if class_names is None else str(class_names[int(value)])


def check_names(who: str, class_names: Sequence[str] | None, classes: Array) -> None:
    """Raise ShapeError where a class has no name."""
    if (
        class_names is not None
        and len(classes)
        and not 0 <= int(classes.min()) <= int(classes.max()) < len(class_names)
    ):
        raise ShapeError(
            f"{who}: expected classes from 0 to {len(class_names) - 1}, as there are {len(class_names)} class names, "
            f"got classes from {classes.min()} to {classes.max()}. Give one name for each class."
        )


def class_counts(
    y: Any, class_names: Sequence[str] | None = None, ax: Axes | None = None, *, language: str = "en"
) -> Axes:
    """Draw how many samples each class has.

    Args:
        y: the class of each sample, or one-hot targets.
        class_names: the names of classes 0, 1, 2 ...; None shows the classes themselves.
        ax: an Axes, or None for a new figure.
        language: "en" or "ko".

    Raises:
        ShapeError: a class that has no name.

    Example:
        >>> from rosenblatt import plots
        >>> print(plots.describe(plots.class_counts(["cat", "dog", "cat"])))
        Samples of each class
        x: number of samples
        <BLANKLINE>
        class  number of samples
        cat                    2
        dog                    1
    """
    say = speak(language)
    labels = as_classes(y)
    check_names("plots.class_counts", class_names, labels)
    if class_names is None:
        classes, counts = np.unique(labels, return_counts=True)
        names = [str(value) for value in classes.tolist()]
    else:
        names = [str(name) for name in class_names]
        counts = np.bincount(labels.astype(int), minlength=len(names))  # a class without samples is shown as well

    ax = axes_or_new(ax, (6.4, 1.4 + 0.32 * len(names)))
    bars = ax.barh(range(len(names)), counts, color=BLUE, height=0.7)
    ax.bar_label(bars, labels=[f"{count:,}" for count in counts], padding=4)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.margins(x=0.12)
    label(ax, say("Samples of each class"), say("number of samples"))
    ax.grid(False, axis="y")
    whole_numbers(ax.xaxis)
    attach(ax, table([say("class"), say("number of samples")], zip(names, counts.tolist(), strict=True)))
    finish(ax)
    return ax


def confusion_matrix(
    matrix: Any, class_names: Sequence[str] | None = None, ax: Axes | None = None, *, language: str = "en"
) -> Axes:
    """Draw how often each true class was taken for each class; what is right lies on the framed diagonal.

    The shade of a cell is its share of the true class, the number in it the count.

    Args:
        matrix: counts, a row a true class and a column a predicted class; or the tuple (y_true, y_pred), each as
            classes, one-hot targets or probabilities.
        class_names: the names of the classes.
        ax: an Axes, or None for a new figure.
        language: "en" or "ko".

    Raises:
        ShapeError: a matrix that is not square, names that are not as many as the classes, or y_true and y_pred of
            unequal length.

    Example:
        >>> from rosenblatt import plots
        >>> print(plots.describe(plots.confusion_matrix(([0, 0, 1, 1], [0, 1, 1, 1]), ["shirt", "shoe"])))
        Confusion matrix (75.0 % correct)
        x: predicted class
        y: true class
        <BLANKLINE>
               shirt  shoe  share correct
        shirt      1     1         50.0 %
        shoe       0     2        100.0 %
    """
    say = speak(language)
    pair = isinstance(matrix, tuple) and len(matrix) == 2
    counts = _count_pairs(matrix[0], matrix[1], class_names) if pair else np.asarray(matrix)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ShapeError(
            f"plots.confusion_matrix: expected a square matrix, got shape {counts.shape}. "
            "Give counts of true by predicted class, or the tuple (y_true, y_pred)."
        )
    names = [str(k) for k in range(len(counts))] if class_names is None else [str(name) for name in class_names]
    if len(names) != len(counts):
        raise ShapeError(
            f"plots.confusion_matrix: expected {len(counts)} class names for a matrix of shape {counts.shape}, "
            f"got {len(names)}. Give one name for each class."
        )
    of_class = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(of_class, 1)
    accuracy = percent(float(np.trace(counts)) / max(float(counts.sum()), 1.0))

    size = 2.6 + 0.5 * len(names)
    ax = axes_or_new(ax, (size + 0.4, size))
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        shade = "white" if shares[row, column] > 0.55 else (BLACK if count else "#8C8C8C")
        ax.text(column, row, f"{count:g}", ha="center", va="center", color=shade)
    rectangle = matplotlib("patches").Rectangle
    for k in range(len(names)):
        ax.add_patch(rectangle((k - 0.5, k - 0.5), 1, 1, fill=False, edgecolor=BLACK, linewidth=1.2))
    ax.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(names)), names)
    title = say("Confusion matrix ({accuracy} correct)", accuracy=accuracy)
    label(ax, title, say("predicted class"), say("true class"), lines=False)
    rows = [
        [name, *row, percent(share) if total else ""]
        for name, row, share, total in zip(names, counts.tolist(), shares.diagonal(), of_class[:, 0], strict=True)
    ]
    attach(ax, table(["", *names, say("share correct")], rows))
    finish(ax)
    return ax


def _count_pairs(y_true: Any, y_pred: Any, class_names: Sequence[str] | None) -> Array:
    true, predicted = as_classes(y_true), as_classes(y_pred)
    if len(true) != len(predicted):
        raise ShapeError(
            f"plots.confusion_matrix: expected as many predictions as true classes, got {len(predicted)} for "
            f"{len(true)}. Give y_true and y_pred of the same samples."
        )
    both = np.concatenate([true, predicted]).astype(int)
    check_names("plots.confusion_matrix", class_names, both)
    classes = int(both.max(initial=-1)) + 1 if class_names is None else len(class_names)
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (true.astype(int), predicted.astype(int)), 1)
    return counts
