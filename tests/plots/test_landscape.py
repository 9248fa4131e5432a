"""The way of two weights over the loss."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from tests.plots.conftest import POINTS, line

from rosenblatt import plots


def test_weight_path_follows_two_weights_and_marks_the_end() -> None:
    path = np.array([[0.0, 1.0, 2.0], [0.5, 1.5, 1.0], [0.75, 1.75, 0.5]])[:, :, np.newaxis]
    ax = plots.weight_path(list(path), 1, 2)
    assert ax.lines[0].get_xydata().tolist() == path[:, [1, 2], 0].tolist()
    assert line(ax, "end (after 2 steps)").get_xydata().tolist() == [[1.75, 0.5]]
    assert line(ax, "start").get_xydata().tolist() == [[1.0, 2.0]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("weight 1", "weight 2")
    assert not ax.collections  # no landscape without a loss


def test_weight_path_lies_in_the_slice_of_the_loss_where_the_path_ended() -> None:
    ax = plots.weight_path([[1.0, 1.0, 9.0], [0.0, 0.0, 2.0]], 0, 1, loss=lambda w: float(w @ w))
    assert ax.collections
    rows = [row.split() for row in plots.describe(ax).splitlines()[-2:]]
    assert [float(row[-1]) for row in rows] == [1 + 1 + 4, 4]


def test_weight_path_computes_the_loss_of_a_sigmoid_neuron() -> None:
    w, b, target = np.array([0.5, -1.0]), 0.25, np.array([0, 1, 0, 1])
    ax = plots.weight_path([[1.0, 1.0], w], loss=(POINTS, target), b=b)
    a = 1 / (1 + np.exp(-(POINTS @ w + b)))
    expected = -np.mean(target * np.log(a) + (1 - target) * np.log(1 - a))
    assert float(plots.describe(ax).split()[-1]) == pytest.approx(expected, rel=1e-5)


def test_weight_path_takes_the_bias_of_a_rung() -> None:
    rung = SimpleNamespace(w_history=[np.ones((2, 1)), np.zeros((2, 1))], b=1000.0)
    ax = plots.weight_path(rung, loss=(POINTS, np.zeros((4, 1))))
    assert plots.describe(ax).split()[-1] == "1000"
