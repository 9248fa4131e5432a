"""Which network suits the data: its entrance, the hidden layers that were asked for, and its exit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from rosenblatt import activations
from rosenblatt.cli.sources import Source, number_classes
from rosenblatt.datasets import tables
from rosenblatt.errors import ArgumentError, DataError, UnknownNameError
from rosenblatt.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    Layer,
    LayerNormalization,
    Normalization,
    Rescaling,
)
from rosenblatt.models import Sequential
from rosenblatt.types import Array

ACTIVATION = "relu"  # of hidden units where none is named
TASKS = ("classification", "regression")


class Problem(NamedTuple):
    """What is to be learnt."""

    x: Array
    y: Array
    class_names: list[str] | None  # None where numbers are to be predicted

    @property
    def outputs(self) -> int:
        """How many outputs the network needs."""
        if self.class_names is not None:
            return len(self.class_names)
        return 1 if self.y.ndim == 1 else int(self.y.shape[1])


def problem(source: Source, task: str | None) -> Problem:
    """Decide whether classes or numbers are to be predicted, unless a task is given."""
    y = source.rows.y
    if task is None:
        task = TASKS[0] if tables.are_classes(y) else TASKS[1]
    if task == TASKS[0]:
        numbers, class_names = number_classes(source)
        return Problem(source.rows.x, numbers, class_names)
    if y.dtype.kind in "US" or source.class_names is not None:
        raise DataError(f"{source.name}: expected a target of numbers for regression, got classes. Leave --task out.")
    return Problem(source.rows.x, y.astype(np.float64), None)


# --- Hidden layers -------------------------------------------------------------------------------

WITH_A_NUMBER: dict[str, Callable[[float], Layer]] = {"dropout": Dropout, "noise": GaussianNoise}
ALONE: dict[str, Callable[[], Layer]] = {"batchnorm": BatchNormalization, "layernorm": LayerNormalization}


def hidden_layers(texts: Sequence[str]) -> list[Layer]:
    """Make the layers that ``--layers`` describes.

    Args:
        texts: each one or several, with commas between them: ``"512:relu,dropout:0.2"``; ``"none"`` for none.

    Raises:
        ArgumentError: not understood.

    Example:
        >>> hidden_layers(["512:tanh,dropout:0.2", "32"])
        [Dense(512, activation='tanh'), Dropout(0.2), Dense(32, activation='relu')]
    """
    words = [word.strip() for text in texts for word in text.split(",")]
    return [] if words == ["none"] else [_layer(word) for word in words]


def _layer(word: str) -> Layer:
    name, colon, argument = word.lower().partition(":")
    if name.isascii() and name.isdigit():
        activation = argument if colon else ACTIVATION
        if activation not in activations.FUNCTIONS:
            raise UnknownNameError(f"--layers {word}", activation, activations.FUNCTIONS)
        return Dense(int(name), activation=activation)
    if name in WITH_A_NUMBER:
        return WITH_A_NUMBER[name](_number(word, argument))
    if name in ALONE and not colon:
        return ALONE[name]()
    raise ArgumentError(
        f"--layers: expected UNITS:ACTIVATION such as 100:relu, or dropout:0.2, noise:0.1, batchnorm, layernorm or "
        f"none, got {word!r}."
    )


def _number(word: str, argument: str) -> float:
    try:
        return float(argument)
    except ValueError as error:
        raise ArgumentError(f"--layers: expected a number after the colon, as in dropout:0.2, got {word!r}.") from error


# --- The network ---------------------------------------------------------------------------------


def network(learnt: Problem, x_train: Array, y_train: Array, hidden: Sequence[Layer], seed: int) -> Sequential:
    """Build the network: scaling of the inputs, hidden layers, and softmax for classes or linear units for numbers."""
    layers: list[Any] = [Input(x_train.shape[1:]), *entrance(x_train), *hidden]
    if learnt.class_names is not None:
        layers.append(Dense(learnt.outputs, activation="softmax"))
    else:
        layers += [Dense(learnt.outputs), *_back_to_units(y_train)]
    model = Sequential(layers, seed=seed)
    model.class_names = learnt.class_names
    return model


def entrance(x: Array) -> list[Layer]:
    """Return the layers that scale the inputs: pictures by their largest value, tables column by column."""
    flatten: list[Layer] = [Flatten()] if x.ndim > 2 else []
    if x.dtype == np.uint8:
        return [*flatten, Rescaling(1 / 255)]
    if x.ndim > 2 and x.min() >= 0:
        largest = float(x.max())
        return [*flatten, Rescaling(1 / largest)] if largest > 1 else flatten
    columns = Normalization()
    columns.adapt(x.reshape(len(x), -1))
    if columns.variance is not None:
        # A column of one value becomes zeros; where another value turns up later it must not explode.
        columns.variance[columns.variance == 0] = 1.0
    return [*flatten, columns]


def _back_to_units(y: Array) -> list[Layer]:
    """Let the network learn the target in standard units, and give it back in its own.

    Otherwise prices of some hundred thousand would be out of reach of weights that move by a thousandth a step.
    """
    deviation = float(y.std())
    return [Rescaling(deviation or 1.0, offset=float(y.mean()))]


def compile_for(model: Sequential, optimizer: Any) -> None:
    """Choose loss and metric: cross-entropy and accuracy for classes, squared and absolute error for numbers."""
    if model.class_names is not None:
        model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
    else:
        model.compile(optimizer, "mse", ["mae"])


def sketch(model: Sequential) -> str:
    """Describe a network in few words: ``784 - 100 sigmoid - 10 softmax``."""
    words = ["x".join(map(str, model.input_shape or ()))]
    for layer in model.layers:
        if isinstance(layer, Dense):
            words.append(f"{layer.units} {layer.activation or 'linear'}")
        elif isinstance(layer, Dropout):
            words.append(f"dropout {layer.rate:g}")
        elif not isinstance(layer, Flatten | Rescaling | Normalization):
            words.append(type(layer).__name__)
    return " - ".join(words)
