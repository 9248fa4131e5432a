"""Whether targets fit a loss and the outputs it is computed from, and what to say where they do not.

output (n, units)    most losses want y (n, units); y (n,) serves for one unit
                     the sparse loss wants class indices (n,), from 0 to units - 1
                     the other losses over classes want one-hot rows or probabilities (n, units)
"""

from __future__ import annotations

import numpy as np

from rosenblatt.errors import DataError, ShapeError
from rosenblatt.types import Array, ArrayLike, Shape

# Losses of one-hot rows or probabilities, whose output has a unit for each class.
OVER_CLASSES = ("categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge", "kl_divergence")
# Losses that compare a row as a whole: for them an array of one axis is one row, not a column of rows.
WHOLE_ROWS = (*OVER_CLASSES, "sparse_categorical_crossentropy", "cosine_similarity")
# Losses whose targets are probabilities.
OF_PROBABILITIES = (
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "kl_divergence",
)


def prepare_target(loss_rule_name: str, y_true: ArrayLike, output_shape: Shape, who: str) -> Array:
    """Return targets in the shape in which a loss takes them, or tell why they do not fit it.

    Args:
        loss_rule_name: The name of the loss in ``rosenblatt.functional.losses.LOSSES``.
        y_true: All targets, one row a sample.
        output_shape: The shape of one row of the output.
        who: Who is asking, for messages: "fit".

    Returns:
        An array of shape (n, *output_shape) in the precision it came in; for the sparse loss integers of shape
        (n, *output_shape[:-1]).

    Raises:
        DataError: the targets are text, not finite, or not of the kind that the loss takes.
        ShapeError: the targets do not fit the output.

    Example:
        >>> prepare_target("mean_squared_error", [1.0, 2.0], (1,), "fit").tolist()
        [[1.0], [2.0]]
        >>> prepare_target("sparse_categorical_crossentropy", [[0.0], [2.0]], (3,), "fit").tolist()
        [0, 2]
    """
    return fit_to_loss(loss_rule_name, _numbers(y_true, who), output_shape, who)


def fit_to_loss(loss_rule_name: str, y: Array, output_shape: Shape, who: str) -> Array:
    """Return targets as `prepare_target` does, where they are known to be finite numbers, at least one row of them.

    Args:
        loss_rule_name: of the loss in ``rosenblatt.functional.losses.LOSSES``.
        y: (n, ...).
        output_shape: of one row's output.
        who: whose name an error begins with.

    Raises:
        ShapeError: the shapes do not fit.
        DataError: values that the loss has no use for.

    Example:
        >>> fit_to_loss("mean_squared_error", np.array([3.0, 5.0]), (1,), "fit")
        array([[3.],
               [5.]])
    """
    shape = (len(y), *output_shape)
    if loss_rule_name == "sparse_categorical_crossentropy":
        return _class_indices(y, shape, who)
    if loss_rule_name == "custom":  # may take targets of any shape
        return y.reshape(shape) if _same_but_for_unit_axis(y.shape, shape) else y
    if loss_rule_name in OVER_CLASSES:
        _check_one_hot(loss_rule_name, y, shape, who)
    if not _same_but_for_unit_axis(y.shape, shape):
        columns = 1 if y.ndim == 1 else y.shape[-1]
        cure = _flatten_cure(y, shape) or f"Give the last layer {columns} unit{'s' * (columns > 1)}."
        if y.ndim == 1 and len(shape) == 2 and y.dtype.kind in "iu":
            cure = "For class indices use loss='sparse_categorical_crossentropy', for one number a row let the last \
layer have 1 unit."
        raise ShapeError(f"{who}: expected y of shape {shape} for {loss_rule_name}, got {y.shape}. {cure}")
    if loss_rule_name in OF_PROBABILITIES:
        _check_probabilities(loss_rule_name, y, who)
    return y.reshape(shape)


def _numbers(y_true: ArrayLike, who: str) -> Array:
    """The targets as an array of finite numbers with at least one row."""
    try:
        y = np.asarray(y_true)
    except ValueError as error:
        raise ShapeError(f"{who}: expected y as an array, got rows of different lengths. Make them equal.") from error
    if y.dtype.kind not in "biuf":
        example = f", such as {y.flat[0]!r}" if y.size else ""
        raise DataError(
            f"{who}: expected numbers in y, got values of type {y.dtype}{example}. "
            "Turn text into class indices: classes, y = np.unique(y, return_inverse=True)."
        )
    if y.ndim == 0 or y.size == 0:
        raise ShapeError(f"{who}: expected y with at least one row, got an array of shape {y.shape}. Check the data.")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise DataError(f"{who}: expected finite numbers in y, got {_first(y, ~np.isfinite(y))}. Remove such rows.")
    return y


def _class_indices(y: Array, shape: Shape, who: str) -> Array:
    """The targets of the sparse loss as integers without the last axis."""
    classes = shape[-1]
    if classes == 1:
        raise ShapeError(
            f"{who}: expected an output unit for each class, at least 2, for sparse_categorical_crossentropy, got 1. "
            "For two classes use loss='binary_crossentropy' with a sigmoid unit."
        )
    if y.shape == shape:
        raise DataError(
            f"{who}: expected class indices of shape {shape[:-1]} for sparse_categorical_crossentropy, got rows of "
            f"shape {y.shape}, as one-hot rows have. Use loss='categorical_crossentropy', or y.argmax(axis=-1)."
        )
    if not _same_but_for_unit_axis(y.shape, shape[:-1]):
        raise ShapeError(
            f"{who}: expected class indices of shape {shape[:-1]} for sparse_categorical_crossentropy, got y of shape "
            f"{y.shape}. {_flatten_cure(y, shape) or 'Give one class index a row.'}"
        )
    if y.dtype.kind == "f" and not (y == np.floor(y)).all():
        raise DataError(
            f"{who}: expected whole numbers as class indices, got {_first(y, y != np.floor(y))}. "
            "For a target that is measured, not chosen, use loss='mean_squared_error'."
        )
    if y.min() < 0 or y.max() >= classes:
        raise DataError(
            f"{who}: expected class indices from 0 to {classes - 1} for {classes} output units, got "
            f"{_first(y, (y < 0) | (y >= classes))}. Number the classes from 0, or give the last layer more units."
        )
    return y.reshape(shape[:-1]).astype(np.intp, copy=False)


def _check_one_hot(name: str, y: Array, shape: Shape, who: str) -> None:
    """Raise an error where the output or the targets are not made for a loss over classes."""
    classes = shape[-1]
    if classes == 1 and name != "kl_divergence":
        raise ShapeError(
            f"{who}: expected an output unit for each class, at least 2, for {name}, got 1. "
            "For two classes use loss='binary_crossentropy' with a sigmoid unit."
        )
    if classes > 1 and _same_but_for_unit_axis(y.shape, shape[:-1]):
        raise DataError(
            f"{who}: expected one-hot rows of shape {shape} for {name}, got class indices of shape {y.shape}. "
            f"Use loss='sparse_categorical_crossentropy', or utils.to_categorical(y, {classes})."
        )


def _check_probabilities(name: str, y: Array, who: str) -> None:
    """Raise an error where a target is below 0 or above 1."""
    if y.dtype.kind != "b" and (y.min() < 0 or y.max() > 1):
        raise DataError(
            f"{who}: expected targets from 0 to 1 for {name}, got {_first(y, (y < 0) | (y > 1))}. For class indices "
            "use loss='sparse_categorical_crossentropy', for -1 and 1 loss='hinge', for numbers 'mean_squared_error'."
        )


def _flatten_cure(y: Array, shape: Shape) -> str:
    """The likely mistake where a row's output is a table: pictures went into Dense as they were."""
    return "Let the model begin with Flatten()." if y.ndim <= 2 < len(shape) else ""


def _same_but_for_unit_axis(shape: Shape, other: Shape) -> bool:
    """Whether two shapes are the same, or would be with or without a last axis of length 1."""
    return shape == other or (*shape, 1) == other or shape == (*other, 1)


def _first(y: Array, wrong: Array) -> str:
    """The first wrong target and where it is: "-1 at y[3]"."""
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), y.shape))
    return f"{y[index]} at y[{', '.join(map(str, index))}]"


def outputs(y_pred: ArrayLike, who: str) -> Array:
    """Return outputs as an array of floats with at least one row.

    Args:
        y_pred: (n, ...), an array or lists of numbers.
        who: whose name an error begins with.

    Raises:
        DataError: something else than numbers.
        ShapeError: no rows.

    Example:
        >>> outputs([[0, 1]], "mean_squared_error")
        array([[0., 1.]])
    """
    output = np.asarray(y_pred)
    if output.dtype.kind not in "biuf":
        raise DataError(f"{who}: expected numbers in y_pred, got values of type {output.dtype}. Convert them first.")
    if output.ndim == 0 or output.size == 0:
        raise ShapeError(f"{who}: expected y_pred with at least one row, got shape {output.shape}. Check the data.")
    return output if output.dtype.kind == "f" else output.astype(np.float64)


def targets(name: str, y_true: ArrayLike, output: Array, who: str) -> Array:
    """Return targets that fit the outputs, in their precision.

    Args:
        name: of the loss in ``rosenblatt.functional.losses.LOSSES``.
        y_true: what the loss wants (see the top of this module), one row an output.
        output: as `outputs` gave it.
        who: whose name an error begins with.

    Raises:
        ShapeError: the shapes do not fit.
        DataError: values that the loss has no use for.

    Example:
        >>> output = outputs(np.array([[0.3], [0.8]], "float32"), "mean_squared_error")
        >>> targets("mean_squared_error", [0, 1], output, "mean_squared_error")
        array([[0.],
               [1.]], dtype=float32)
    """
    target = prepare_target(name, y_true, output.shape[1:], who)
    if len(target) != len(output):
        raise ShapeError(
            f"{who}: expected as many rows in y_true as in y_pred, got {len(target)} and {len(output)}. "
            "Give each output its target."
        )
    whatever_it_is = name in ("sparse_categorical_crossentropy", "custom")
    return target if whatever_it_is else target.astype(output.dtype, copy=False)
