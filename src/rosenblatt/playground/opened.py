"""A trained model that is opened to look inside, and the problem that its own rows make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from rosenblatt import answers, data
from rosenblatt.errors import ArgumentError, DataError, ShapeError
from rosenblatt.layers import Normalization
from rosenblatt.models import Sequential
from rosenblatt.playground.choices import LIMITS, OPENED
from rosenblatt.playground.problems import MOST_ROWS, Bounds, Problem, Shown, around, on_plane, range_of
from rosenblatt.playground.settings import Settings
from rosenblatt.types import Array

MOST_PLAIN_INPUTS = 32  # more are no plane with some others, but a picture or a long table
MOST_MEASURED = 2000  # rows of either part that the figures are measured on
BATCH_SIZE = 32  # as `fit` has it; a model does not remember its own
SQUARE: Bounds = (-1.2, 1.2, -1.2, 1.2)


def check(model: Sequential) -> None:
    """Refuse a model that the page cannot show.

    Raises:
        ArgumentError: its outputs are not one row of numbers, or it has no layer of units.
    """
    shape, kinds = model.plan.output_shape, [type(layer).__name__ for layer in model.layers]
    if len(shape) != 1:
        raise ArgumentError(
            f"playground: expected a model with outputs of shape (rows, outputs), got {('rows', *shape)}. "
            "Add a Flatten layer before its last ones."
        )
    if "Dense" not in kinds:
        raise ArgumentError(
            f"playground: expected a model with a Dense layer, got {', '.join(kinds)}. There are no units to look at."
        )


def settings_of(model: Sequential, names: Sequence[str] | None = None) -> Settings:
    """Return what can be set of an opened model: learning rate, batch size, and the plane's axes."""
    inputs = plain_inputs(model, names)
    rate = model.current_learning_rate() if model.plan.optimizer is not None else Settings.learning_rate
    low, high = LIMITS["learning_rate"]
    return Settings(
        data=OPENED,
        noise=0.0,
        train=0.8,
        features=tuple(inputs),
        layers=(),
        learning_rate=min(max(rate, low), high),
        batch_size=BATCH_SIZE,
        axes=(inputs[0], inputs[min(1, len(inputs) - 1)]) if inputs else (),
    )


def plain_inputs(model: Sequential, names: Sequence[str] | None = None) -> list[str]:
    """Return names for the inputs where they are few numbers, none where they are pictures or many.

    Args:
        model: built.
        names: of the inputs, one for each, where the model does not know them itself.
    """
    shape = model.plan.input_shape
    if len(shape) != 1 or shape[0] > MOST_PLAIN_INPUTS:
        return []
    for known in (model.feature_names, names):
        if known and len(set(known)) == len(known) == shape[0]:
            return list(known)
    return [f"x{k + 1}" for k in range(shape[0])]


class Own(NamedTuple):
    """Rows that a user brought along, in their order."""

    x: Array  # (n, *inputs) float32
    y: Array | None  # (n,) class numbers, or (n,) or (n, outputs) numbers
    classes: list[str]  # names of the classes that the model tells apart; none where it predicts numbers


def own_rows(model: Sequential, rows: tuple[Any, Any] | None) -> Own:
    """Bring rows and targets into the model's form; of very many, take the first.

    Args:
        model: built.
        rows: (x, y), or (x, None) where nothing is known of the rows; None where there are none.

    Raises:
        DataError: targets that the model does not know, or not finite numbers.
        ShapeError: rows of another shape, or more or fewer targets than rows.
    """
    shape = model.plan.input_shape
    if rows is None:
        return Own(np.zeros((0, *shape), np.float32), None, class_names(model, None))
    x = data.numbers("playground", "x", rows[0])[:MOST_ROWS]
    if math.prod(x.shape[1:]) != math.prod(shape):
        raise ShapeError(
            f"playground: expected rows of shape {shape}, as the model takes, got {x.shape[1:]}. Is it the right data?"
        )
    x = x.reshape(len(x), *shape).astype(np.float32)
    data.check_finite("playground", "x", x)
    if rows[1] is None:
        return Own(x, None, class_names(model, None))
    y = np.asarray(rows[1])[:MOST_ROWS]
    if y.ndim == 0 or len(y) != len(x):
        raise ShapeError(
            f"playground: expected a target for each of the {len(x)} rows, got an array of shape {y.shape}."
        )
    names = class_names(model, y)
    return Own(x, _class_numbers(y, names) if names else _numbers(y, model.plan.output_shape[0]), names)


def _class_numbers(y: Array, names: list[str]) -> Array:
    """Return class numbers (n,) for labels, numbers, or one-hot rows."""
    if y.ndim == 2 and y.shape[1] == len(names):
        y = y.argmax(axis=1)
    y = y.reshape(len(y), -1)[:, 0]
    if y.dtype.kind in "US":
        known = {name: number for number, name in enumerate(names)}
        y = np.array([known.get(str(name), -1) for name in y])
    if y.dtype.kind not in "biuf" or (y != np.floor(y)).any() or not ((y >= 0) & (y < len(names))).all():
        raise DataError(f"playground: expected classes that the model knows ({', '.join(names[:20])}), got others.")
    return y.astype(np.int64)


def _numbers(y: Array, outputs: int) -> Array:
    y = data.numbers("playground", "y", y).astype(np.float32)
    data.check_finite("playground", "y", y)
    if math.prod(y.shape[1:]) != outputs:
        raise ShapeError(f"playground: expected {outputs} targets a row, got targets of shape {y.shape[1:]}.")
    return y.reshape(-1) if outputs == 1 else y.reshape(-1, outputs)


def class_names(model: Sequential, y: Array | None) -> list[str]:
    """Return the names of the classes that a model tells apart; none where it predicts numbers.

    Args:
        model: built.
        y: the targets as they were given, where there are any.
    """
    return answers.class_names(model) if _is_classifier(model, y) else []


def _is_classifier(model: Sequential, y: Array | None) -> bool:
    """Tell whether outputs speak for classes: as the model says, and where that leaves it open as the targets say."""
    says, is_one = answers.is_classifier(model), model.plan.output_shape == (1,)
    # One sigmoid may give the share of something, and outputs of which nothing is known may be those of classes.
    if y is None or says != is_one or model.class_names is not None:
        return says
    if y.dtype.kind in "US" or (y.size == len(y) and not is_one and y.dtype.kind in "iu"):
        return True  # a class a row
    is_yes_or_no = bool(np.isin(y, (0, 1)).all())
    return is_yes_or_no and (is_one or (y.ndim == 2 and bool((y.sum(axis=1) == 1).all())))  # one-hot, where several


def problem_of(model: Sequential, own: Own, settings: Settings) -> Problem:
    """Return the problem that a model's own rows make: most of them, at random, for training, and the rest for testing.

    Rows without targets are shown, but neither learnt from nor measured. Of very many the first are measured, which are
    any, as their order is random.
    """
    inputs = list(settings.features)
    order = np.random.default_rng(settings.seed).permutation(len(own.x))
    x = own.x[order]
    y = np.zeros(0, np.int64 if own.classes else np.float32) if own.y is None else own.y[order]
    targets = y if len(y) else np.full(len(x), np.nan)
    split = round(settings.train * len(y))
    places = [inputs.index(name) for name in settings.axes]
    middle = x.mean(axis=0) if len(x) else _middle(model)
    coordinates = x[:, places] if inputs else np.zeros((len(x), 2))
    problem = Problem(
        OPENED,
        classes=own.classes,
        inputs=inputs,
        axes=list(settings.axes),
        bounds=_bounds(model, coordinates, places) if inputs else None,
        x_train=x[:split],
        y_train=y[:split],
        x_test=x[split : len(y)],
        y_test=y[split:],
        shown=Shown.of(x, targets, coordinates, np.arange(len(x)) >= split),
        inputs_of=(lambda at: on_plane(at, places, middle)) if inputs else None,
        rest=middle.tolist() if inputs else None,
        most_measured=MOST_MEASURED,
    )
    if not own.classes:
        seen = problem.plane(24) if inputs else x
        is_unknown = len(seen) and not len(y)
        problem.target_range = range_of(answers.shares(model, model.predict(seen, verbose=0)) if is_unknown else y)
    return problem


def _middle(model: Sequential) -> Array:
    """Return inputs in the middle of what the model was trained on, as far as it remembers."""
    first = model.layers[0]
    mean = first.mean if isinstance(first, Normalization) else None
    return np.zeros(model.plan.input_shape) if mean is None else np.broadcast_to(mean, model.plan.input_shape)


def _bounds(model: Sequential, coordinates: Array, places: list[int]) -> Bounds:
    if len(coordinates):
        return around(coordinates)
    first = model.layers[0]
    if not isinstance(first, Normalization) or first.variance is None:
        return SQUARE
    middle, deviation = _middle(model), np.sqrt(np.broadcast_to(first.variance, model.plan.input_shape))
    return around(np.stack([middle - 3.0 * deviation, middle + 3.0 * deviation])[:, places])
