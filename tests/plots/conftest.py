"""What every picture is drawn with, and what is read off it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from rosenblatt import plots
from rosenblatt.errors import ArgumentError
from rosenblatt.plots import canvas

KOREAN_CLASSES = ["티셔츠/윗도리", "바지"]
RUN = {
    "loss": [0.9, 0.5, 0.3],
    "accuracy": [0.5, 0.8, 0.9],
    "val_loss": [0.8, 0.6, 0.7],
    "val_accuracy": [0.6, 0.7, 0.8],
}
POINTS = np.array([[-1.0, 0.0], [1.0, 1.0], [-1.0, 1.0], [1.0, 0.0]])
IMAGES = np.linspace(0, 1, 6 * 9).reshape(6, 3, 3)

# Every picture, each drawn with as little as it needs.
PICTURES: dict[str, Callable[..., Any]] = {
    "history": lambda **how: plots.history(RUN, **how),
    "weight_path": lambda **how: plots.weight_path([[1.0, 2.0], [0.5, 1.0]], loss=lambda w: w @ w, **how),
    "decision_boundary": lambda **how: plots.decision_boundary(lambda x: x[:, 0] > 0, POINTS, [0, 1, 0, 1], **how),
    "first_layer_weights": lambda **how: plots.first_layer_weights(np.eye(4), **how),
    "samples": lambda **how: plots.samples(IMAGES, [0, 1, 0, 1, 0, 1], [0, 0, 0, 1, 1, 1], **how),
    "class_counts": lambda **how: plots.class_counts([0, 1, 1], **how),
    "confusion_matrix": lambda **how: plots.confusion_matrix([[3, 1], [0, 2]], **how),
    "activation_functions": lambda **how: plots.activation_functions(["relu", "sigmoid"], **how),
    "gradient_sizes": lambda **how: plots.gradient_sizes([0.1, 0.2], **how),
    "why_depth_did_not_train": lambda **how: plots.why_depth_did_not_train(units=8, **how),
}


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    """No picture changes a global setting; each test closes its figures."""
    matplotlib = pytest.importorskip("matplotlib", reason="needs the extra 'plots'")
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    plt.close("all")  # what other tests drew
    before = dict(matplotlib.rcParams)
    yield
    plt.close("all")
    assert dict(matplotlib.rcParams) == before


@pytest.fixture
def _korean() -> None:
    try:
        canvas.korean_font()
    except ArgumentError as missing:
        pytest.skip(str(missing))


def flat(axes: Any) -> list[Any]:
    return list(np.ravel(np.asarray(axes, dtype=object)))


def visible_texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_visible()]


def legend_texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def line(ax: Any, name: str) -> Any:
    return next(drawn for drawn in ax.lines if drawn.get_label() == name)
