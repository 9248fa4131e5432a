"""The plane as a classifier divides it, with the points that it was to divide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rosenblatt.errors import ShapeError
from rosenblatt.plots.canvas import BLACK, CLASS_COLOURS, CLASS_SHAPES, axes_or_new, finish, label
from rosenblatt.plots.classes import as_classes, check_names, name_of
from rosenblatt.plots.text import attach, percent, table
from rosenblatt.plots.words import speak
from rosenblatt.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Verdict(NamedTuple):
    """What a classifier says of some points.

    Args:
        classes: (classes,), what is said where each one wins.
        scores: (n, classes), of which the largest wins.

    Example:
        >>> verdict = Verdict(np.array([0, 1]), np.array([[0.9, 0.1], [0.4, 0.6]]))
        >>> verdict.winners(), verdict.lead(1).round(1)
        (array([0, 1]), array([-0.8,  0.2]))
    """

    classes: Array
    scores: Array

    def winners(self) -> Array:
        """The class of each point."""
        return np.asarray(self.classes[self.scores.argmax(axis=1)])

    def lead(self, k: int) -> Array:
        """By how much a class is ahead of the best of the others; below 0 where it loses.

        Args:
            k: its place in ``classes``.
        """
        others = np.delete(self.scores, k, axis=1).max(axis=1)
        return np.asarray(self.scores[:, k] - others)


def decision_boundary(
    model: Any,
    x: Any,
    y: Any,
    ax: Axes | None = None,
    *,
    class_names: Sequence[str] | None = None,
    threshold: float = 0.5,
    resolution: int = 200,
    language: str = "en",
) -> Axes:
    """Draw where a classifier of two features decides for which class, and the points with their true classes.

    Args:
        model: an object with ``predict(x)``, or a function of x; it may give one column (the second class where it is
            above the threshold), a column a class (the largest wins), or the classes themselves as whole numbers,
            booleans or text.
        x: points (n, 2).
        y: their classes, or one-hot targets.
        ax: an Axes, or None for a new figure.
        class_names: the names of classes 0, 1, 2 ...
        threshold: of a single column; 0 for a model that gives logits, or was trained on -1 and 1.
        resolution: the plane is asked at this many places in either direction.
        language: "en" or "ko".

    Raises:
        ShapeError: x has not two columns, y is of another length, or a single column is to tell more than two classes.

    Example:
        >>> from rosenblatt import plots
        >>> ax = plots.decision_boundary(lambda x: x[:, 0] > 0, [[-1.0, 0.0], [1.0, 1.0], [-1.0, 1.0]], [0, 1, 1])
        >>> print(plots.describe(ax))
        Decision boundary
        x: feature 1
        y: feature 2
        <BLANKLINE>
        class  points  correct  share of the picture
            0       1        1                50.0 %
            1       2        1                50.0 %
    """
    say = speak(language)
    x, target = np.asarray(x), as_classes(y)
    if x.ndim != 2 or x.shape[1] != 2:
        raise ShapeError(
            f"plots.decision_boundary: expected points of 2 columns, got an array of shape {x.shape}. "
            "Choose two columns of x and train on these."
        )
    if len(x) != len(target):
        raise ShapeError(
            f"plots.decision_boundary: expected a class for each of the {len(x)} points, got {len(target)}. "
            "Give the x and y of the same samples."
        )
    check_names("plots.decision_boundary", class_names, target)
    predict: Callable[[Array], Any] = getattr(model, "predict", model)
    horizontal, vertical = (_beyond(column, resolution) for column in x.T)
    plane = np.stack(np.meshgrid(horizontal, vertical), axis=-1).reshape(-1, 2)
    plane = plane.astype(np.result_type(x, np.float32))  # floats, even where the points are whole numbers
    verdict = _judge(predict(plane), target, threshold)
    found = _judge(predict(x), target, threshold).winners()

    ax = axes_or_new(ax, (6.0, 5.0))
    rows = []
    for k, value in enumerate(verdict.classes):
        colour, shape = CLASS_COLOURS[k % len(CLASS_COLOURS)], CLASS_SHAPES[k % len(CLASS_SHAPES)]
        lead = verdict.lead(k)
        if (lead > 0).any():
            heights = lead.reshape(resolution, resolution)
            ax.contourf(horizontal, vertical, heights, levels=[0, lead.max()], colors=[colour], alpha=0.22)
            if (lead < 0).any():
                ax.contour(horizontal, vertical, heights, levels=[0], colors=BLACK, linewidths=1.2)
        own = target == value
        name = name_of(value, class_names)
        ax.plot(*x[own].T, shape, color=colour, markeredgecolor="white", markeredgewidth=0.8, markersize=7, label=name)
        share = percent(float(np.mean(verdict.winners() == value)))
        rows.append([name, int(own.sum()), int((found[own] == value).sum()), share])
    label(ax, say("Decision boundary"), say("feature {i}", i=1), say("feature {i}", i=2), lines=False)
    ax.legend(title=say("class"), loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, frameon=False)
    attach(ax, table([say("class"), say("points"), say("correct"), say("share of the picture")], rows))
    finish(ax)
    return ax


def _beyond(column: Array, resolution: int) -> Array:
    """Places along one axis, from a little before the first point to a little behind the last."""
    low, high = float(column.min()), float(column.max())
    margin = 0.12 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, resolution)


def _judge(output: Any, target: Array, threshold: float) -> Verdict:
    output = np.asarray(output)
    if output.ndim == 2 and output.shape[1] > 1:
        return Verdict(np.arange(output.shape[1]), output)
    column = output.ravel()
    classes = np.unique(target)
    if column.dtype.kind != "f":  # the classes themselves; a boolean is 0 or 1
        column = column.astype(int) if column.dtype.kind == "b" else column
        classes = np.union1d(classes, column)
        return Verdict(classes, (column[:, np.newaxis] == classes).astype(float))
    if len(classes) > 2:
        raise ShapeError(
            f"plots.decision_boundary: expected a column for each of the {len(classes)} classes, got one column. "
            "Give a model whose last layer has a unit a class."
        )
    if len(classes) < 2:  # all points are of one class
        classes = np.array([0, 1])
    return Verdict(classes, np.stack([threshold - column, column - threshold], axis=1))
