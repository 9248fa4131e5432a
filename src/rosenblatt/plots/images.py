"""Pictures made of pictures: samples with what they were taken for, and what the first layer looks for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from rosenblatt.errors import ArgumentError, DataError, ShapeError
from rosenblatt.plots.canvas import BLUE, VERMILLION, finish, make_grid, matplotlib
from rosenblatt.plots.classes import as_classes, check_names, name_of
from rosenblatt.plots.text import attach, percent, table
from rosenblatt.plots.words import speak
from rosenblatt.types import Array


def samples(
    x: Any,
    y: Any = None,
    predictions: Any = None,
    class_names: Sequence[str] | None = None,
    ax: Any = None,
    *,
    count: int = 20,
    columns: int = 5,
    image_shape: tuple[int, int] | None = None,
    language: str = "en",
) -> Array:
    """Draw samples in grey with their classes, and what they were taken for.

    A wrong prediction bears a cross and the true class in brackets, and its picture a dashed frame.

    Args:
        x: images (n, height, width) or (n, pixels), of any range.
        y: the true classes, or one-hot targets.
        predictions: the predicted classes, or a model's probabilities, whose largest is then written beside the class.
        class_names: the names of classes 0, 1, 2 ...
        ax: an Axes, an array of them, or None for a new figure.
        count: at most this many of the first samples.
        columns: how many stand in a row.
        image_shape: height and width where the pixels stand in one row; None takes them for a square.
        language: "en" or "ko".

    Returns:
        An array of Axes, one a sample.

    Raises:
        ShapeError: x is no images, labels or predictions are not as many, or a class has no name.
        DataError: there is no image.

    Example:
        >>> import numpy as np
        >>> from rosenblatt import plots
        >>> axes = plots.samples(np.eye(4).reshape(2, 8), [0, 1], [[0.9, 0.1], [0.7, 0.3]], image_shape=(2, 4))
        >>> print(plots.describe(axes))
        Samples with predictions
        2 images of 2 x 4 pixels
        <BLANKLINE>
        sample  true  predicted    sure
             0     0          0  90.0 %
             1     1          0  70.0 %  wrong
    """
    say = speak(language)
    images = _as_images("plots.samples", np.asarray(x)[:count], image_shape)
    true = _labels("y", y, x, class_names)
    predicted = _labels("predictions", predictions, x, class_names)
    sure = _largest(predictions)
    plain = y is None and predictions is None
    title = "Samples" if plain else "Samples with their classes" if predictions is None else "Samples with predictions"
    grid = make_grid(ax, len(images), columns, (1.55, 1.6 if plain else 2.05), say(title))
    rows = []
    for k, (panel, image) in enumerate(zip(grid.axes, images, strict=True)):
        _draw_image(panel, image, cmap="gray")
        is_name = "" if true is None else name_of(true[k], class_names)
        said_name = "" if predicted is None else name_of(predicted[k], class_names)
        wrong = bool(is_name and said_name and is_name != said_name)
        percentage = percent(float(sure[k])) if sure is not None else ""
        rounded = f"{100 * sure[k]:.0f} %" if sure is not None else ""
        caption = " ".join(part for part in ("✗" if wrong else "", said_name or is_name, rounded) if part)
        below = say("(is {name})", name=is_name) if wrong else ""
        _write_below(panel, f"{caption}\n{below}" if wrong else caption, VERMILLION if wrong else "black")
        for spine in panel.spines.values():
            spine.set(visible=wrong, color=VERMILLION, linewidth=2.5, linestyle="--")
        rows.append([k, is_name, said_name, percentage, say("wrong") if wrong else ""])
    header = [say("sample"), say("true"), say("predicted"), say("sure"), ""]
    filled = [k for k in range(len(header)) if any(row[k] != "" for row in rows)]
    figures = table([header[k] for k in filled], [[row[k] for k in filled] for row in rows])
    count, height, width = images.shape
    size = say("{count} images of {height} x {width} pixels", count=count, height=height, width=width)
    attach(grid.axes[0], f"{say(title)}\n{size}", "" if plain else figures)
    finish(*grid.axes)
    return grid.axes


def _labels(who: str, labels: Any, x: Any, class_names: Sequence[str] | None) -> Array | None:
    if labels is None:
        return None
    classes = as_classes(labels)
    if len(classes) != len(x):
        raise ShapeError(
            f"plots.samples, {who}: expected one for each of the {len(x)} images, got {len(classes)}. "
            "Give those of the same samples."
        )
    check_names(f"plots.samples, {who}", class_names, classes)
    return classes


def _largest(predictions: Any) -> Array | None:
    """The largest probability of each row, where the predictions are probabilities."""
    predicted = np.asarray(predictions)
    if predicted.ndim != 2 or predicted.shape[1] < 2 or predicted.dtype.kind != "f":
        return None
    return predicted.max(axis=1) if predicted.min() >= 0 and predicted.max() <= 1 else None


def _as_images(who: str, rows: Array, image_shape: tuple[int, int] | None) -> Array:
    """Rows of pixels as (n, height, width)."""
    if rows.size == 0:
        raise DataError(f"{who}: expected at least one image, got an array of shape {rows.shape}.")
    if rows.ndim == 3:
        return rows
    if rows.ndim == 4 and rows.shape[-1] == 1:
        return rows[..., 0]
    pixels = rows.shape[-1] if rows.ndim == 2 else 0
    height, width = image_shape or (math.isqrt(pixels), math.isqrt(pixels))
    if pixels == 0 or height * width != pixels:
        raise ShapeError(
            f"{who}: expected grey images of {height} x {width} pixels, got an array of shape {rows.shape}. "
            "Give image_shape=(height, width) that fits."
        )
    return rows.reshape(-1, height, width)


def _draw_image(ax: Any, image: Array, **colours: Any) -> Any:
    ax.set_xticks([])
    ax.set_yticks([])
    return ax.imshow(image, interpolation="nearest", **colours)


def _write_below(ax: Any, caption: str, colour: str = "black") -> None:
    ax.text(
        0.5, -0.05, caption, transform=ax.transAxes, ha="center", va="top", fontsize=9, linespacing=1.4, color=colour
    )


def first_layer_weights(
    model: Any,
    image_shape: tuple[int, int] | None = None,
    ax: Any = None,
    *,
    count: int = 25,
    columns: int = 5,
    language: str = "en",
) -> Array:
    """Draw the weights of the first layer's units as images: what each unit looks for in a picture.

    Where a unit wants light it is blue, where it wants darkness orange, where it does not care white.

    Args:
        model: a model whose ``layers`` have a ``kernel``, a rung of the ladder with ``w1`` or ``w``, or the weights
            (pixels, units) themselves.
        image_shape: height and width of the images; None takes them for a square.
        ax: an Axes, an array of them, or None for a new figure.
        count: at most this many of the first units.
        columns: how many stand in a row.
        language: "en" or "ko".

    Returns:
        An array of Axes, one a unit.

    Raises:
        ShapeError: the inputs of a unit do not make an image.
        ArgumentError: a model without weights.

    Example:
        >>> import numpy as np
        >>> from rosenblatt import plots
        >>> w = np.array([[0.0, 1.0], [1.0, -2.0], [0.0, 0.0], [3.0, 1.0]])
        >>> print(plots.describe(plots.first_layer_weights(w)))
        Weights of the first layer
        <BLANKLINE>
        unit  smallest  largest  mean size
           0         0        3          1
           1        -2        1          1
    """
    say = speak(language)
    w = _first_kernel(model)
    images = _as_images("plots.first_layer_weights", w.T[:count], image_shape)
    limit = float(np.abs(images).max()) or 1.0
    colours = matplotlib("colors").LinearSegmentedColormap.from_list("weights", [VERMILLION, "white", BLUE])
    title = say("Weights of the first layer")
    grid = make_grid(ax, len(images), columns, (1.45, 1.55), title)
    rows = []
    for k, (panel, image) in enumerate(zip(grid.axes, images, strict=True)):
        drawn = _draw_image(panel, image, cmap=colours, vmin=-limit, vmax=limit)
        _write_below(panel, say("unit {i}", i=k))
        rows.append([k, float(image.min()), float(image.max()), float(np.abs(image).mean())])
    bar = grid.axes[0].figure.colorbar(drawn, ax=grid.place, shrink=0.8, label=say("weight"))
    header = [say("unit"), say("smallest"), say("largest"), say("mean size")]
    attach(grid.axes[0], title, table(header, rows))
    finish(*grid.axes, bar.ax)
    return grid.axes


def _first_kernel(model: Any) -> Array:
    kernels = [getattr(layer, "kernel", None) for layer in getattr(model, "layers", [])]
    candidates = [*kernels, getattr(model, "w1", None), getattr(model, "w", None)]
    if not hasattr(model, "layers") and all(candidate is None for candidate in candidates):
        candidates = [model]
    w = next((np.asarray(candidate) for candidate in candidates if candidate is not None), None)
    if w is None or w.ndim != 2 or w.dtype.kind != "f":
        raise ArgumentError(
            f"plots.first_layer_weights: expected a model with a dense layer, or weights of shape (pixels, units), "
            f"got {type(model).__name__}. Build or train the model first."
        )
    return w
