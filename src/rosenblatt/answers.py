"""What a model's inputs and outputs stand for: pictures or numbers, classes or numbers, probabilities or logits.

    softmax ........................ a probability for each class
    one sigmoid, or one step ....... the probability of the second of two classes
    logits ......................... become probabilities by a softmax, or each by a sigmoid where the loss is binary
    several sigmoids ............... questions with yes or no: classes only where these have names
    all others ..................... numbers, where no names of classes say something else
    several axes ................... numbers: the row as a whole is not answered by one class

A model does not say it in so many words. Its last activation, its loss and its ``class_names`` do, and everything that
shows, prints or exports answers asks here, so that the same file means the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from rosenblatt import activations
from rosenblatt.plan import LayerPlan
from rosenblatt.types import Array

if TYPE_CHECKING:
    from rosenblatt.models import Sequential

SMALLEST_PICTURE = 8  # pixels a side, of pictures laid out in one row: fewer numbers are rather a table's columns
BRIGHTEST = 255.0  # of a pixel that is a byte
FOR_TRAINING = ("Dropout", "GaussianNoise")  # layers that let everything pass when a model answers
FROM_ZERO_TO_ONE = ("softmax", "sigmoid", "hard_sigmoid", "step")  # what they give can be taken for probabilities


# --- Outputs -------------------------------------------------------------------------------------


def last_activation(model: Sequential) -> str:
    """Return the activation that the outputs come from: of the last layer that does anything when a model answers.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> last_activation(Sequential([layers.Dense(3, input_shape=(2,)), layers.Softmax(), layers.Dropout(0.1)]))
        'softmax'
    """
    plan = model.plan
    if plan.output.name != "linear":  # the loss has taken it off the last layer
        return plan.output.name
    at_work = next((layer for layer in reversed(plan.layers) if not _lets_pass(layer)), None)
    return "linear" if at_work is None else _activation(at_work)


def _activation(layer: LayerPlan) -> str:
    return layer.config["activation"].name if "activation" in layer.config else "linear"


def _lets_pass(layer: LayerPlan) -> bool:
    """Tell whether what a layer gives is what it gets, of the same width."""
    if layer.kind == "Flatten":
        return layer.input_shape[-1:] == layer.output_shape
    return layer.kind in FOR_TRAINING or (layer.kind == "Activation" and _activation(layer) == "linear")


def gives_probabilities(model: Sequential) -> bool:
    """Tell whether the outputs are probabilities of classes as they are: of a softmax, or of one sigmoid."""
    shape = model.plan.output_shape
    return len(shape) == 1 and last_activation(model) == ("softmax" if shape[0] > 1 else "sigmoid")


def is_classifier(model: Sequential) -> bool:
    """Tell whether the outputs of a built model speak for classes, as far as it can be told without any targets.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> model = Sequential([layers.Dense(3, input_shape=(2,))])
        >>> before = is_classifier(model)
        >>> model.class_names = ["setosa", "versicolor", "virginica"]
        >>> before, is_classifier(model)
        (False, True)
    """
    plan, activation = model.plan, last_activation(model)
    if len(plan.output_shape) != 1:
        return False
    if model.class_names is not None:
        return True
    loss = "" if plan.loss is None else plan.loss.name
    if plan.output_shape[0] == 1:
        return activation in ("sigmoid", "step") or loss.startswith("binary")
    return activation in ("softmax", "log_softmax") or "categorical" in loss


def class_count(model: Sequential) -> int:
    """Return how many classes the outputs tell apart, if they do: as many as outputs, and a single one two."""
    return max(model.plan.output_shape[-1], 2)


def class_names(model: Sequential) -> list[str]:
    """Return a name for each class: the model's own, or where it has none for them the numbers 0, 1, 2 ..."""
    names, count = model.class_names or [], class_count(model)
    return list(names) if len(names) == count else [str(number) for number in range(count)]


def gives_logits(model: Sequential) -> bool:
    """Tell whether the outputs become probabilities only by a softmax or sigmoid, which the model leaves to others.

    A loss says so by ``from_logits=True``. Without a loss, as in files of other programs, outputs of classes that have
    names are taken for logits, unless an activation keeps them between 0 and 1.
    """
    return _to_probabilities(model) is not None


def shares(model: Sequential, outputs: Array) -> Array:
    """Return outputs with logits as the probabilities that they stand for, and all others as they are."""
    turn = _to_probabilities(model)
    return outputs if turn is None else np.asarray(turn(outputs))


def probabilities(model: Sequential, outputs: Array) -> Array:
    """Return a column for each class, (n, classes), for the outputs (n, units) of a model that tells classes apart.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> model = Sequential([layers.Dense(1, activation="sigmoid", input_shape=(2,))])
        >>> probabilities(model, np.array([[0.25]]))
        array([[0.75, 0.25]])
    """
    of_classes = shares(model, outputs)
    return np.concatenate([1.0 - of_classes, of_classes], axis=1) if of_classes.shape[1] == 1 else of_classes


def predicted_classes(model: Sequential, outputs: Array) -> Array:
    """Return the number (n,) of the likeliest class for each row of outputs; where two are, of the first."""
    return np.asarray(probabilities(model, outputs).argmax(axis=1))


def _to_probabilities(model: Sequential) -> Callable[[Array], Array] | None:
    """Return what turns the outputs into probabilities; None where nothing has to, or nothing could."""
    plan, activation = model.plan, last_activation(model)
    if activation in FROM_ZERO_TO_ONE:
        return None
    if activation == "log_softmax":  # exp(y), as the softmax of logarithms that belong together is
        return activations.softmax
    if plan.loss is not None:
        by_softmax = "categorical" in plan.loss.name
        are_logits = plan.loss.config.get("from_logits") or "hinge" in plan.loss.name  # scores, on either side of 0
    else:
        by_softmax, are_logits = plan.output_shape[-1] > 1, model.class_names is not None
    if not are_logits:
        return None
    return activations.softmax if by_softmax else activations.sigmoid


# --- Inputs --------------------------------------------------------------------------------------


def picture_shape(model: Sequential) -> tuple[int, int] | None:
    """Return height and width where a model takes grey pictures, as they are or laid out in one row; else None.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> [picture_shape(Sequential([layers.Dense(1, input_shape=shape)])) for shape in ((28, 20), (784,), (30,))]
        [(28, 20), (28, 28), None]
    """
    shape = model.plan.input_shape
    if len(shape) == 3 and shape[2] == 1:
        shape = shape[:2]
    if len(shape) == 2:
        return shape[0], shape[1]
    side = math.isqrt(shape[0])
    return (side, side) if len(shape) == 1 and side >= SMALLEST_PICTURE and side**2 == shape[0] else None


def white(model: Sequential, x: Array | None = None) -> float:
    """Return the input that stands for white, where 0 stands for black.

    It is what the model's own Rescaling makes 1, or as far from 0 as black is where that becomes negative; else the
    largest number in rows of the model, where there are any; else 255 before a Normalization whose means could not be
    those of numbers up to 1, and 1 before all others.

    Args:
        model: built.
        x: some of its inputs.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> [white(Sequential([layers.Rescaling(1 / 16, offset, input_shape=(8, 8))])) for offset in (0.0, -0.1, -1.0)]
        [16.0, 16.0, 32.0]
    """
    first = next((layer for layer in model.plan.layers if layer.kind not in ("Flatten", *FOR_TRAINING)), None)
    kind = None if first is None else first.kind
    if first is not None and kind == "Rescaling" and first.config["scale"] > 0.0:
        return float(max(1.0, -2.0 * first.config["offset"]) / first.config["scale"])
    if x is not None and x.size and x.max() > 0.0:
        return float(x.max())
    if first is not None and kind == "Normalization" and model.weights[f"{first.name}/mean"].max() > 1.0:
        return BRIGHTEST
    return 1.0
