"""A trained model that is opened to look inside: the problem that its own rows make, and its answers to them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rosenblatt import activations, data
from rosenblatt.errors import DataError, ShapeError
from rosenblatt.layers import Normalization, Rescaling
from rosenblatt.models import Sequential
from rosenblatt.playground.problems import MOST_ROWS, Bounds, Problem, Shown, around, on_plane, range_of
from rosenblatt.playground.settings import LIMITS, OPENED, Settings, SettingsError
from rosenblatt.types import Array, Shape

if TYPE_CHECKING:
    from rosenblatt.playground.run import Run

MOST_PLAIN_INPUTS = 32  # more are no plane with some others, but a picture or a long table
SMALLEST_PICTURE = 8  # pixels a side
ROWS_A_PAGE = 20
BATCH_SIZE = 32  # as `fit` has it; a model does not remember its own
SQUARE: Bounds = (-1.2, 1.2, -1.2, 1.2)


def settings_of(model: Sequential) -> Settings:
    """Return what can be set of an opened model: learning rate, batch size, and the plane's axes."""
    inputs = plain_inputs(model)
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


def plain_inputs(model: Sequential) -> list[str]:
    """Return names for the inputs where they are few numbers, none where they are pictures or many."""
    shape = model.plan.input_shape
    return [f"x{k + 1}" for k in range(shape[0])] if len(shape) == 1 and shape[0] <= MOST_PLAIN_INPUTS else []


class Own(NamedTuple):
    """Rows that a user brought along, in their order."""

    x: Array  # (n, *inputs) float32
    y: Array | None  # (n,) class numbers, or (n,) or (n, outputs) numbers


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
        return Own(np.zeros((0, *shape), np.float32), None)
    x = data.numbers("playground", "x", rows[0])[:MOST_ROWS]
    if math.prod(x.shape[1:]) != math.prod(shape):
        raise ShapeError(
            f"playground: expected rows of shape {shape}, as the model takes, got {x.shape[1:]}. Is it the right data?"
        )
    x = x.reshape(len(x), *shape).astype(np.float32)
    data.check_finite("playground", "x", x)
    if rows[1] is None:
        return Own(x, None)
    y = np.asarray(rows[1])[:MOST_ROWS]
    if y.ndim == 0 or len(y) != len(x):
        raise ShapeError(
            f"playground: expected a target for each of the {len(x)} rows, got an array of shape {y.shape}."
        )
    names = class_names(model)
    return Own(x, _class_numbers(y, names) if names else _numbers(y, model.plan.output_shape))


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


def _numbers(y: Array, output_shape: Shape) -> Array:
    y = data.numbers("playground", "y", y).astype(np.float32)
    data.check_finite("playground", "y", y)
    if math.prod(y.shape[1:]) != math.prod(output_shape):
        raise ShapeError(f"playground: expected targets of shape {output_shape}, got {y.shape[1:]}.")
    return y.reshape(len(y), -1)[:, 0] if math.prod(output_shape) == 1 else y.reshape(len(y), *output_shape)


def class_names(model: Sequential) -> list[str]:
    """Return the names of the classes that a model tells apart; none where it predicts numbers."""
    plan = model.plan
    outputs, loss = plan.output_shape[-1], "" if plan.loss is None else plan.loss.name
    last = plan.output if plan.output.name != "linear" else plan.layers[-1].config.get("activation")
    gives_shares = last is not None and last.name in ("sigmoid", "softmax")
    if model.class_names is None and not gives_shares and "crossentropy" not in loss:
        return []
    count = max(outputs, 2)
    names = model.class_names or []
    return list(names) if len(names) == count else [str(number) for number in range(count)]


def problem_of(model: Sequential, own: Own, settings: Settings) -> Problem:
    """Return the problem that a model's own rows make: most of them, at random, for training, and the rest for testing.

    Rows without targets are shown, but neither learnt from nor measured.
    """
    classes, inputs = class_names(model), list(settings.features)
    order = np.random.default_rng(settings.seed).permutation(len(own.x))
    x, known = own.x[order], own.y is not None
    y = np.zeros(len(x), np.int64 if classes else np.float32) if own.y is None else own.y[order]
    split = round(settings.train * len(x)) if known else 0
    stop = len(x) if known else 0
    targets = y.reshape(len(y), -1)[:, 0] if known else np.full(len(x), np.nan)  # of several numbers, the first
    places = [inputs.index(name) for name in settings.axes]
    middle = x.mean(axis=0) if len(x) else _middle(model)
    coordinates = x[:, places] if inputs else np.zeros((len(x), 2))
    problem = Problem(
        OPENED,
        classes=classes,
        inputs=inputs,
        axes=list(settings.axes),
        bounds=_bounds(model, coordinates, places) if inputs else None,
        x_train=x[:split],
        y_train=y[:split],
        x_test=x[split:stop],
        y_test=y[split:stop],
        shown=Shown.of(x, targets, coordinates, np.arange(len(x)) >= split),
        inputs_of=(lambda at: on_plane(at, places, middle)) if inputs else None,
    )
    if not classes:
        seen = y[:stop] if stop else model.predict(problem.plane(24) if inputs else x, verbose=0)
        problem.target_range = range_of(seen)
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


# --- Answers to own rows -------------------------------------------------------------------------


def rows(run: Run, start: int) -> dict[str, Any]:
    """Return some rows with what the model makes of them, ready for JSON.

    Args:
        run: of an opened model.
        start: the number of the first row.

    Raises:
        SettingsError: no model was opened.
    """
    own = run.own
    if own is None:
        raise SettingsError("not_here", command="rows")
    picture = picture_shape(run.model)
    about = {"start": start, "count": len(own.x), "picture": picture, "inputs": run.problem.inputs}
    if start >= len(own.x):
        return about | {"rows": []}
    x = own.x[start : start + ROWS_A_PAGE]
    names = run.problem.classes
    outputs = run.model.predict(x, verbose=0)
    targets = None if own.y is None else own.y[start : start + ROWS_A_PAGE].tolist()
    values = _grey(x, largest_input(run.model, own.x)) if picture else x.reshape(len(x), -1)
    answers = (_shares(run.model, outputs) if names else outputs.reshape(len(x), -1)).tolist()
    return about | {
        "rows": [
            {
                "row": start + k,
                "values": values[k].tolist(),
                "target": None if targets is None else targets[k],
                "outputs": answer,  # probabilities of the classes, or numbers
                "prediction": int(np.argmax(answer)) if names else answer[0],
            }
            for k, answer in enumerate(answers)
        ],
    }


def _shares(model: Sequential, outputs: Array) -> Array:
    """Return a column of probabilities for each class."""
    plan = model.plan
    if plan.output.name == "linear" and plan.loss is not None and plan.loss.config.get("from_logits"):
        outputs = activations.sigmoid(outputs) if outputs.shape[-1] == 1 else activations.softmax(outputs)
    return np.concatenate([1.0 - outputs, outputs], axis=1) if outputs.shape[-1] == 1 else outputs


def picture_shape(model: Sequential) -> list[int] | None:
    """Return height and width where a model takes pictures, laid out in one row or not."""
    shape = model.plan.input_shape
    if len(shape) == 3 and shape[2] == 1:
        shape = shape[:2]
    if len(shape) == 2:
        return list(shape)
    side = math.isqrt(shape[0])
    return [side, side] if len(shape) == 1 and side >= SMALLEST_PICTURE and side**2 == shape[0] else None


def largest_input(model: Sequential, x: Array) -> float:
    """Return the value that stands for white: what the model itself scales to 1, else the largest of the rows."""
    for layer in model.layers:
        if isinstance(layer, Rescaling) and layer.scale > 0.0:
            return 1.0 / layer.scale
    return float(x.max())


def _grey(x: Array, largest: float) -> Array:
    """Return pictures as bytes, (n, pixels)."""
    shares = x.reshape(len(x), -1) / (largest if largest > 0.0 else 1.0)
    return np.clip(shares * 255.0 + 0.5, 0, 255).astype(np.uint8)
