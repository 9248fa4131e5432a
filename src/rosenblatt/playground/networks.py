"""The network of a run: built as its settings say, with targets as its loss wants them, and seen layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.layers import ActivationLayer, Dense, Input, PReLU
from rosenblatt.models import Sequential
from rosenblatt.playground.choices import OPTIMIZERS
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.problems import Problem
from rosenblatt.playground.settings import Settings
from rosenblatt.regularizers import L1L2
from rosenblatt.types import Array


def build(settings: Settings, problem: Problem) -> Sequential:
    """Return the network that settings describe, compiled, at its start."""
    penalty = {"kernel_regularizer": L1L2(settings.l1, settings.l2)} if settings.l1 or settings.l2 else {}
    common: dict[str, Any] = {"kernel_initializer": settings.initializer, **penalty}
    hidden = [
        Dense(layer.units, activation=layer.activation, trainable=not layer.frozen, **common)
        for layer in settings.layers
    ]
    classes, output = len(problem.classes), settings.output
    last = Dense(classes if classes > 2 else 1, activation=output.activation, trainable=not output.frozen, **common)
    model = Sequential([Input((len(settings.features),)), *hidden, last], seed=settings.seed)
    kind, options = OPTIMIZERS[settings.optimizer]
    model.compile(kind(settings.learning_rate, **options), loss_name(settings, classes))
    if settings.weights is not None:
        model.state.params[...] = settings.weights
    return model


def loss_name(settings: Settings, classes: int) -> str:
    """Return the loss under the name that `Sequential.compile` knows."""
    if settings.loss == "crossentropy":
        return "sparse_categorical_crossentropy" if classes > 2 else "binary_crossentropy"
    return settings.loss


def encoded(model: Sequential, problem: Problem, y: Array) -> Array:
    """Return targets (n,) in the form that the loss wants: one-hot rows where it compares outputs one by one."""
    loss, outputs = model.plan.loss, model.plan.output_shape[-1]
    sparse = loss is not None and loss.name.startswith("sparse")
    if problem.task == "classes" and outputs > 1 and not sparse:
        return np.eye(outputs, dtype=np.float32)[y]
    return y


def activations_of(model: Sequential) -> list[tuple[str, str]]:
    """Return, for each layer that has units, which layer gives their outputs, and by which activation.

    It is another one where the activation stands behind as a layer of its own.

    Example:
        >>> activations_of(Sequential([Dense(2, activation="tanh", input_shape=(1,)), Dense(2), PReLU()]))
        [('dense', 'tanh'), ('p_re_lu', 'prelu')]
    """
    found: list[tuple[str, str]] = []
    for layer in model.layers:
        if isinstance(layer, Dense):
            found.append((str(layer.name), layer.activation or "linear"))
        elif found and found[-1][1] == "linear":
            if isinstance(layer, ActivationLayer):
                found[-1] = str(layer.name), layer.rule_config()["activation"].name
            elif isinstance(layer, PReLU):
                found[-1] = str(layer.name), "prelu"
    return found


def check_start(model: Sequential, problem: Problem) -> None:
    """Refuse weights that are too large to begin with.

    Raises:
        SettingsError: the loss at the start is not finite.
    """
    with np.errstate(all="ignore"):
        loss = model.evaluate(problem.x_train, encoded(model, problem, problem.y_train), verbose=0)
    if not np.isfinite(loss):
        raise SettingsError("refused", detail="The loss would not be finite. Make the weights smaller.")
