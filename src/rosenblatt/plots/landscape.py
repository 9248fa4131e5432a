"""The path that two weights take over training, in the landscape of the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt.errors import ArgumentError, ShapeError
from rosenblatt.plots.canvas import BLACK, BLUE, GREY, VERMILLION, axes_or_new, finish, label
from rosenblatt.plots.text import attach, spread, table
from rosenblatt.plots.words import speak
from rosenblatt.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def weight_path(
    w_history: Any,
    i: int = 0,
    j: int = 1,
    loss: Callable[[Array], float] | tuple[Any, Any] | None = None,
    ax: Axes | None = None,
    *,
    b: float | None = None,
    language: str = "en",
) -> Axes:
    """Draw the path that two weights take over training, with the loss as a landscape under it.

    The landscape is a slice: all other weights, and the bias, stay where they ended.

    Args:
        w_history: the weights after each step, each of shape (n,) or (n, 1), or a rung of the ladder that has kept
            them as ``w_history``.
        i: the index of the weight on the horizontal axis.
        j: the index of the weight on the vertical axis.
        loss: the loss of a weight vector (n,) as a function, or the data (x, y) of a single sigmoid neuron, whose mean
            logistic loss is then drawn; None draws no landscape.
        ax: an Axes, or None for a new figure.
        b: the bias of that neuron; None takes the rung's own, else 0.
        language: "en" or "ko".

    Raises:
        ArgumentError: an index that is no weight's, or twice the same.
        ShapeError: data whose columns are not as many as the weights.

    Example:
        >>> from rosenblatt import plots
        >>> ax = plots.weight_path([[2.0, 1.0], [1.0, 0.6], [0.5, 0.4]], loss=lambda w: w @ w)
        >>> print(plots.describe(ax))
        Path of two weights
        x: weight 0
        y: weight 1
        <BLANKLINE>
        step  weight 0  weight 1  loss of the slice
           0         2         1                  5
           1         1       0.6               1.36
           2       0.5       0.4               0.41
    """
    say = speak(language)
    weights = np.stack([np.ravel(w) for w in getattr(w_history, "w_history", w_history)]).astype(float)
    features = weights.shape[1]
    if i == j or not (0 <= i < features and 0 <= j < features):
        raise ArgumentError(
            f"plots.weight_path: expected two different weights from 0 to {features - 1}, got i={i} and j={j}. "
            "Choose other indices."
        )
    if isinstance(loss, tuple):
        bias = np.ravel(getattr(w_history, "b", 0.0) if b is None else b)[0]
        loss = _logistic_loss(*loss, bias=float(bias), features=features)

    ax = axes_or_new(ax, (6.4, 5.0))
    path = weights[:, [i, j]]
    header = [say("step"), say("weight {i}", i=i), say("weight {i}", i=j)]
    listed = spread(range(len(path)))
    rows = [[step, *path[step].tolist()] for step in listed]
    if loss is not None:
        height = _slice(loss, weights[-1], i, j)
        _draw_landscape(ax, path, height)
        header.append(say("loss of the slice"))
        rows = [[*row, height(*path[step])] for step, row in zip(listed, rows, strict=True)]
    _draw_path(ax, path, say)
    label(ax, say("Path of two weights"), header[1], header[2], lines=loss is None)
    attach(ax, table(header, rows))
    finish(ax)
    return ax


def _logistic_loss(x: Any, y: Any, bias: float, features: int) -> Callable[[Array], float]:
    x, target = np.asarray(x, dtype=float), np.ravel(y)
    if x.shape != (len(target), features):
        raise ShapeError(
            f"plots.weight_path: expected x of shape {(len(target), features)}, a row a target and a column a weight, "
            f"got {x.shape}. Give the x and y that the neuron was trained on."
        )

    def loss(w: Array) -> float:
        z = x @ w + bias
        return float(np.mean(np.logaddexp(0, z) - target * z))  # -log of the probability that it gives the target

    return loss


def _slice(loss: Callable[[Array], float], end: Array, i: int, j: int) -> Callable[[float, float], float]:
    """The loss where weights i and j alone leave the end of the path."""

    def height(w_i: float, w_j: float) -> float:
        w = end.copy()
        w[i], w[j] = w_i, w_j
        return float(loss(w))

    return height


def _draw_landscape(ax: Axes, path: Array, height: Callable[[float, float], float]) -> None:
    low, high = path.min(axis=0), path.max(axis=0)
    # The margin shows what lies around the path; a weight that hardly moved still gets some width.
    margin = np.maximum(0.3 * (high - low), 0.1 * max(float((high - low).max()), 1e-3))
    horizontal, vertical = np.linspace(low - margin, high + margin, 50).T
    heights = np.array([[height(w_i, w_j) for w_i in horizontal] for w_j in vertical])
    ax.contourf(horizontal, vertical, heights, levels=14, cmap="Greys", alpha=0.55)
    lines = ax.contour(horizontal, vertical, heights, levels=14, colors=GREY, linewidths=0.6)
    ax.clabel(lines, np.asarray(lines.levels)[::2], fontsize=8, fmt="%.3g")


def _draw_path(ax: Axes, path: Array, say: Callable[..., str]) -> None:
    last = len(path) - 1
    ax.plot(*path.T, "-", color=BLUE, linewidth=2, marker="." if last <= 100 else None, zorder=3)
    ends = (
        (path[0], "o", 9, "white", say("start")),
        (path[-1], "*", 17, VERMILLION, say("end (after {steps} steps)", steps=last)),
    )
    for point, shape, size, filling, words in ends:
        ax.plot(*point, shape, markersize=size, color=filling, markeredgecolor=BLACK, label=words, zorder=4)
    ax.legend()
