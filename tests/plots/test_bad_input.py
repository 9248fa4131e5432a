"""What cannot be drawn is told, and leaves no figure."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from tests.plots.conftest import IMAGES, POINTS, RUN

from rosenblatt import plots
from rosenblatt.errors import ArgumentError, DataError, ShapeError, UnknownNameError

plt = pytest.importorskip("matplotlib.pyplot", reason="needs the extra 'plots'")


BAD = {
    "language": (lambda: plots.history(RUN, language="kr"), UnknownNameError, "language: .*'kr'. Did you mean 'ko'?"),
    "metric": (lambda: plots.history(RUN, metric="acuracy"), UnknownNameError, "Did you mean 'accuracy'"),
    "mode": (lambda: plots.history(RUN, mode="maximum"), UnknownNameError, "mode: .*'maximum'"),
    "empty history": (lambda: plots.history({"loss": []}), DataError, "at least one epoch.*Call fit first"),
    "no history": (lambda: plots.history([0.5]), ArgumentError, "expected a History.*got list.*what fit returned"),
    "validation_freq": (
        lambda: plots.history({"loss": [3.0, 2.0], "val_loss": [1.0]}),
        ShapeError,
        "expected 2 values of val_loss in 2 epochs.*got 1. Give the validation_freq",
    ),
    "a curve too short": (
        lambda: plots.history({"loss": [3.0, 2.0], "accuracy": [1.0]}),
        ShapeError,
        "expected 2 values of accuracy in 2 epochs.*got 1",
    ),
    "weight index": (lambda: plots.weight_path([[1.0, 2.0]], 0, 2), ArgumentError, "from 0 to 1, got i=0 and j=2"),
    "same weight": (lambda: plots.weight_path([[1.0, 2.0]], 1, 1), ArgumentError, "two different weights"),
    "columns of a neuron": (
        lambda: plots.weight_path([[1.0, 2.0, 3.0]], loss=(POINTS, [0, 1, 0, 1])),
        ShapeError,
        r"expected x of shape \(4, 3\).*got \(4, 2\)",
    ),
    "three columns": (
        lambda: plots.decision_boundary(np.sum, np.zeros((4, 3)), [0, 1, 0, 1]),
        ShapeError,
        r"points of 2 columns, got an array of shape \(4, 3\)",
    ),
    "points without class": (
        lambda: plots.decision_boundary(np.sum, POINTS, [0, 1]),
        ShapeError,
        "a class for each of the 4 points, got 2",
    ),
    "one column for three classes": (
        lambda: plots.decision_boundary(lambda x: x[:, 0], POINTS, [0, 1, 2, 0]),
        ShapeError,
        "a column for each of the 3 classes, got one column",
    ),
    "no square image": (
        lambda: plots.first_layer_weights(np.ones((6, 2))),
        ShapeError,
        r"first_layer_weights.*Give image_shape=\(height, width\)",
    ),
    "no weights": (
        lambda: plots.first_layer_weights(SimpleNamespace(layers=[])),
        ArgumentError,
        "a model with a dense layer.*got SimpleNamespace",
    ),
    "no image": (lambda: plots.samples(np.empty((0, 9))), DataError, r"at least one image.*\(0, 9\)"),
    "image shape": (
        lambda: plots.samples(np.ones((2, 9)), image_shape=(2, 4)),
        ShapeError,
        r"2 x 4 pixels, got an array of shape \(2, 9\)",
    ),
    "labels too few": (lambda: plots.samples(IMAGES, [0, 1]), ShapeError, "each of the 6 images, got 2"),
    "class without name": (
        lambda: plots.samples(IMAGES, [0, 1, 2, 0, 1, 2], class_names=["a", "b"]),
        ShapeError,
        "expected classes from 0 to 1, as there are 2 class names, got classes from 0 to 2",
    ),
    "negative class": (lambda: plots.class_counts([-1, 0], ["a"]), ShapeError, "got classes from -1 to 0"),
    "matrix not square": (lambda: plots.confusion_matrix(np.ones((2, 3))), ShapeError, r"square.*got shape \(2, 3\)"),
    "names of a matrix": (lambda: plots.confusion_matrix(np.eye(2), ["a"]), ShapeError, "2 class names.*got 1"),
    "pairs": (lambda: plots.confusion_matrix(([0, 1], [0])), ShapeError, "got 1 for 2"),
    "activation": (lambda: plots.activation_functions("rellu"), UnknownNameError, "Did you mean 'relu'"),
    "no layer": (lambda: plots.gradient_sizes([]), ArgumentError, "at least one layer, got none"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_has_its_own_error_and_leaves_no_figure(case: str) -> None:
    draw, error, message = BAD[case]
    with pytest.raises(error, match=message):
        draw()
    assert plt.get_fignums() == []


def test_too_few_axes_for_a_grid() -> None:
    _, given = plt.subplots(1, 2)
    with pytest.raises(ArgumentError, match=r"expected 3 Axes .*got 2\. Make them with plt\.subplots"):
        plots.activation_functions(["relu", "tanh", "elu"], ax=given)
