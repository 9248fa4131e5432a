"""What is painted: maps of the neurons, the outcome, the hidden space, the confusion matrix and shares by layer.

All of it comes from one call of `model.activations`, on the cells of a 96 x 96 grid over the plane, on the points that
are shown, and on a coarse grid whose lines show how a hidden layer bends the plane.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt import answers
from rosenblatt.layers import Dense, dense_layers
from rosenblatt.playground.frames import Kind, Section
from rosenblatt.playground.problems import Problem
from rosenblatt.playground.run import Figures, Run
from rosenblatt.types import Array

OUTCOME_SIDE = 96  # cells across the map of the outcome
MAP_SIDE = OUTCOME_SIDE // 3  # neurons' maps are small: every third cell is enough
GRID_SIDE = 17  # points on a line of the grid that is shown in the hidden space
MIDDLE = 128  # the byte that stands for neutral
SMALLEST_REACH = 1e-30  # of a neuron that gives 0 everywhere

# The values of a bounded activation: half way between them, and from there to either end.
RANGES = {
    **dict.fromkeys(("sigmoid", "hard_sigmoid", "softmax", "step"), (0.5, 0.5)),
    **dict.fromkeys(("tanh", "softsign"), (0.0, 1.0)),
}


class Painter:
    """Paints a run as it stands; keeps the rows that it paints and the axes of the hidden space from frame to frame."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._problem: Problem | None = None  # that the rows are of
        self._axes: dict[int, Array] = {}  # of the hidden space, by layer

    def sections(self, hidden: int | None, figures: Figures) -> list[Section]:
        """Return the sections of a frame.

        Args:
            hidden: the layer whose space is shown, counted among those with neurons; None for the last hidden one.
            figures: of the run as it stands.
        """
        if self.run.problem is not self._problem:
            self._prepare(self.run.problem)
        model = self.run.model
        weights = Section(Kind.WEIGHTS, 0, model.state.params[None])
        shares = Section(Kind.SHARES, 0, np.array([figures.gradients, figures.dead, figures.saturated]))
        if not len(self._rows):  # a model of pictures, without any
            return [weights, shares]
        layers = dense_layers(model.layers)
        outputs = model.activations(self._rows)
        by_layer = [outputs[str(layer.name)].reshape(len(self._rows), -1) for layer in layers]
        last = answers.shares(model, list(outputs.values())[-1])
        hidden = max(0, len(layers) - 2) if hidden is None else min(hidden, len(layers) - 1)
        with np.errstate(all="ignore"):  # on the way to a loss that is not finite, anything may be painted
            return [
                weights,
                *self._maps(layers, by_layer),
                *self._outcome(last[: self._cells]),
                *self._hidden_space(hidden, by_layer[hidden][self._cells :]),
                *([] if figures.confusion is None else [Section(Kind.CONFUSION, 0, np.array(figures.confusion))]),
                Section(Kind.OUTPUTS, 0, last[self._cells : self._cells + self._points]),
                shares,
            ]

    def _prepare(self, problem: Problem) -> None:
        """Lay out the rows of the plane, of the points and of the coarse grid, one below the other."""
        has_plane = problem.bounds is not None
        planes = [problem.plane(side) for side in (OUTCOME_SIDE, GRID_SIDE)] if has_plane else [problem.rows[:0]] * 2
        self._rows = np.concatenate([planes[0], problem.rows, planes[1]])
        self._cells, self._points = len(planes[0]), len(problem.rows)
        self._problem = problem

    def _maps(self, layers: Sequence[Dense], by_layer: Sequence[Array]) -> list[Section]:
        """Return each neuron's map, as bytes."""
        if not self._cells:
            return []
        cells = np.concatenate([_every_third(outputs[: self._cells]) for outputs in by_layer], axis=1)
        neutral, reach = _scales(layers, cells)
        maps = as_bytes(cells, neutral, reach)
        ends = np.cumsum([outputs.shape[1] for outputs in by_layer])[:-1]
        return [Section(Kind.MAPS, number, layer) for number, layer in enumerate(np.split(maps, ends))]

    def _outcome(self, outputs: Array) -> list[Section]:
        """Return the plane as the network answers it: probabilities of classes, or numbers."""
        if not self._cells:
            return []
        low, high = (0.0, 1.0) if self.run.problem.task == "classes" else self.run.problem.target_range
        shares = (outputs - low) * (255 / (high - low))
        return [Section(Kind.OUTCOME, 0, np.clip(shares + 0.5, 0, 255).astype(np.uint8).T)]

    def _hidden_space(self, number: int, outputs: Array) -> list[Section]:
        """Return points and grid as a layer sees them, in two dimensions."""
        if not len(outputs) or not np.isfinite(outputs).all():
            return []
        if outputs.shape[1] == 1:
            places = np.concatenate([outputs, np.zeros_like(outputs)], axis=1)
        elif outputs.shape[1] == 2:
            places = outputs
        else:
            places = self._project(number, outputs)
        points, grid = places[: self._points], places[self._points :]
        sections = [Section(Kind.HIDDEN_POINTS, number, points)]
        return [*sections, Section(Kind.HIDDEN_GRID, number, grid)] if len(grid) else sections

    def _project(self, number: int, outputs: Array) -> Array:
        """Project onto the points' two principal directions, turned to be as near as can be to those before."""
        points = outputs[: self._points] if self._points else outputs
        mean = points.mean(axis=0)
        # The directions of the greatest variance: right singular vectors of the centred points.
        axes = np.linalg.svd(np.cov(points - mean, rowvar=False, bias=True))[2][:2].T
        before = self._axes.get(number)
        if before is not None and before.shape == axes.shape:
            left, _, right = np.linalg.svd(axes.T @ before)  # the nearest rotation (Schönemann, 1966)
            axes = axes @ (left @ right)
        self._axes[number] = axes
        return np.asarray((outputs - mean) @ axes)


def _every_third(cells: Array) -> Array:
    """Return (32 * 32, units) of (96 * 96, units): the middle cell of each three by three."""
    square = cells.reshape(OUTCOME_SIDE, OUTCOME_SIDE, -1)
    return np.asarray(square[1::3, 1::3].reshape(MAP_SIDE**2, -1))


def as_bytes(cells: Array, neutral: Array, reach: Array) -> Array:
    """Return maps of bytes (units, cells) for values (cells, units): 128 where neutral, 1 and 255 at the reach."""
    return (
        np.clip((cells - neutral) * (127 / np.maximum(reach, SMALLEST_REACH)) + (MIDDLE + 0.5), 0, 255)
        .astype(np.uint8)
        .T
    )


def _scales(layers: Sequence[Dense], cells: Array) -> tuple[Array, Array]:
    """Return each neuron's neutral value, and how far from it the strongest colour lies."""
    neutral, reach = np.zeros_like(cells[0]), np.abs(cells).max(axis=0)
    start = 0
    for layer in layers:
        if layer.activation in RANGES:
            neutral[start : start + layer.units], reach[start : start + layer.units] = RANGES[layer.activation]
        start += layer.units
    return neutral, reach
