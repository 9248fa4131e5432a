"""Where a classifier changes its mind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.plots.conftest import POINTS, legend_texts, line

from rosenblatt import plots

colors = pytest.importorskip("matplotlib.colors", reason="needs the extra 'plots'")


def test_decision_boundary_draws_the_points_of_each_class_with_a_shape_of_their_own() -> None:
    ax = plots.decision_boundary(lambda x: x[:, 0], POINTS, [0, 1, 0, 1], class_names=["no", "yes"])
    no, yes = line(ax, "no"), line(ax, "yes")
    assert no.get_xydata().tolist() == POINTS[[0, 2]].tolist()
    assert yes.get_xydata().tolist() == POINTS[[1, 3]].tolist()
    assert no.get_marker() != yes.get_marker()
    assert colors.to_hex(yes.get_color()) == "#0072b2"
    assert legend_texts(ax) == ["no", "yes"]


@pytest.mark.parametrize(
    "predict",
    [
        lambda x: x[:, :1] + 0.5,  # a probability a row
        lambda x: x[:, 0] > 0,
        lambda x: (x[:, 0] > 0).astype(int),
        lambda x: np.stack([-x[:, 0], x[:, 0]], axis=1),  # a score a class
        SimpleNamespace(predict=lambda x: x[:, 0] + 0.5),
    ],
    ids=["probability", "boolean", "class", "scores", "model"],
)
def test_decision_boundary_runs_where_the_classifier_changes_its_mind(predict: Any) -> None:
    ax = plots.decision_boundary(predict, POINTS, [0, 1, 0, 1])
    borders = [c for c in ax.collections if not c.get_fill() and len(c.get_paths()[0].vertices)]
    assert borders
    for border in borders:
        np.testing.assert_allclose(border.get_paths()[0].vertices[:, 0], 0, atol=0.02)
    assert [row.split()[:4] for row in plots.describe(ax).splitlines()[-2:]] == [
        ["0", "2", "2", "50.0"],
        ["1", "2", "2", "50.0"],
    ]


def test_decision_boundary_takes_the_threshold_of_logits() -> None:
    ax = plots.decision_boundary(lambda x: x[:, 0], POINTS, [-1, 1, -1, 1], threshold=0)
    assert "50.0 %" in plots.describe(ax)


def test_decision_boundary_of_three_classes_and_of_one_hot_targets() -> None:
    target = np.eye(3)[[0, 1, 2, 1]]
    ax = plots.decision_boundary(lambda x: np.stack([-x[:, 0], x[:, 0], x[:, 1] - 9], axis=1), POINTS, target)
    assert legend_texts(ax) == ["0", "1", "2"]
    assert plots.describe(ax).splitlines()[-1].split() == ["2", "1", "0", "0.0", "%"]


def test_decision_boundary_of_a_classifier_that_sees_one_class_only() -> None:
    ax = plots.decision_boundary(lambda x: np.zeros(len(x)), POINTS, [0, 1, 0, 1])
    assert "100.0 %" in plots.describe(ax)


def test_the_decision_boundary_of_whole_numbers_lies_between_them():
    corners, answers = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1])
    seen: list[np.ndarray] = []

    def and_gate(points: np.ndarray) -> np.ndarray:
        seen.append(points)
        return points.sum(axis=1) > 1.5

    plots.decision_boundary(and_gate, corners, answers)
    plane = seen[0]
    assert plane.dtype.kind == "f"
    assert len(np.unique(plane[:, 0])) == len(np.unique(plane[:, 1])) == 200
