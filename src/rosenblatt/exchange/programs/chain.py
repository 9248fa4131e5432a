"""A trained model as a plain list of steps: what a program in any language has to carry out, row by row.

    x ──> rescaling ──> dense ──> relu ──> dense ──> softmax ──> y

A row whose shape has several axes is a table of `rows` times `width`: layers work on the last axis. What does nothing
in use (dropout, noise, flatten) is no step.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rosenblatt import answers
from rosenblatt.errors import ArgumentError
from rosenblatt.functional import network
from rosenblatt.functional.activations import ACTIVATIONS
from rosenblatt.functional.normalization import standard_deviation
from rosenblatt.plan import LayerPlan, Rule
from rosenblatt.types import Array, Shape

if TYPE_CHECKING:
    from rosenblatt.models import Sequential

Arrays = Mapping[str, Array]

DIGITS = {"float32": 9, "float64": 17}  # that give the same number back


class Step(NamedTuple):
    """One operation.

    ``dense``: y = x kernel + bias. ``normalization``: y = (x - center) factor + shift. ``layer_normalization``: the
    row's mean and variance taken off, then y = n gamma + beta. ``prelu``: y = x above zero, else alpha x.
    ``rescaling``: y = scale x + offset. All others are activations, by their names in
    `rosenblatt.functional.activations`.
    """

    operation: str
    layer: str  # the layer it comes from
    rows: int
    width: int  # of what comes in
    units: int  # of what goes out
    arrays: dict[str, Array]
    config: dict[str, Any]  # all of the activation's parameters, or a layer's own

    @property
    def numbers(self) -> int:
        """How many numbers go out."""
        return self.rows * self.units


class Chain(NamedTuple):
    """A model that only answers."""

    name: str
    input_shape: Shape
    output_shape: Shape
    dtype: str
    is_classifier: bool  # whether a row is answered by the probabilities of its classes
    class_names: tuple[str, ...]  # none where they have no names
    steps: tuple[Step, ...]

    @property
    def inputs(self) -> int:
        """How many numbers a row has."""
        return math.prod(self.input_shape)

    @property
    def outputs(self) -> int:
        """How many numbers answer a row."""
        return math.prod(self.output_shape)


def chain_of(model: Sequential) -> Chain:
    """Return the steps of a built model.

    Example:
        >>> from rosenblatt import Sequential
        >>> from rosenblatt.layers import Dense, Dropout
        >>> model = Sequential([Dense(3, activation="relu", input_shape=(2,)), Dropout(0.5), Dense(1)], seed=0)
        >>> [step.operation for step in chain_of(model).steps]
        ['dense', 'relu', 'dense']
    """
    plan, state = model.plan, model.state
    weights = network.views(plan, state.params, state.statistics)
    steps = [
        step for layer, arrays in zip(plan.layers, weights, strict=True) for step in STEPS[layer.kind](layer, arrays)
    ]
    steps += _activation(plan.layers[-1], plan.output)  # the activation that the loss had taken off the last layer
    chain = Chain(
        model.name,
        plan.input_shape,
        plan.output_shape,
        plan.dtype,
        answers.gives_probabilities(model),
        tuple(map(str, model.class_names or ())),
        tuple(steps),
    )
    _check_class_names(chain, answers.class_count(model))
    return chain


def _check_class_names(chain: Chain, classes: int) -> None:
    """Raise where a classifier's classes do not have one name each."""
    if chain.class_names and chain.is_classifier and len(chain.class_names) != classes:
        raise ArgumentError(
            f"export: expected a class name for each of the {classes} classes, got {len(chain.class_names)}. "
            "Set model.class_names."
        )


def _step(operation: str, layer: LayerPlan, arrays: Arrays, config: Mapping[str, Any] | None = None) -> Step:
    *rows, width = layer.input_shape
    return Step(
        operation,
        layer.name,
        math.prod(rows),
        width,
        layer.output_shape[-1],
        {name: np.ascontiguousarray(array) for name, array in arrays.items()},
        dict(config or {}),
    )


def _activation(layer: LayerPlan, rule: Rule) -> list[Step]:
    *rows, units = layer.output_shape
    if rule.name == "linear":
        return []
    parameters = inspect.signature(ACTIVATIONS[rule.name].function).parameters.values()
    defaults = {each.name: each.default for each in parameters if each.default is not each.empty}
    return [Step(rule.name, layer.name, math.prod(rows), units, units, {}, {**defaults, **rule.config})]


def _dense(layer: LayerPlan, arrays: Arrays) -> Iterator[Step]:
    kernel = arrays["kernel"]
    bias = arrays.get("bias", np.zeros(kernel.shape[1], kernel.dtype))
    yield _step("dense", layer, {"kernel": kernel, "bias": bias})
    yield from _activation(layer, layer.config["activation"])


def _rescaling(layer: LayerPlan, arrays: Arrays) -> Iterator[Step]:
    yield _step("rescaling", layer, {}, layer.config)


def _normalized(layer: LayerPlan, center: Array, factor: Array, shift: Array) -> Iterator[Step]:
    """Both kinds of normalisation by known figures: one number of each for every unit."""
    width = layer.input_shape[-1]
    arrays = {"center": center, "factor": factor, "shift": shift}
    yield _step("normalization", layer, {name: np.broadcast_to(array, (width,)) for name, array in arrays.items()})


def _normalization(layer: LayerPlan, arrays: Arrays) -> Iterator[Step]:
    deviation = standard_deviation(arrays["variance"])
    return _normalized(layer, arrays["mean"], 1.0 / deviation, np.zeros_like(deviation))


def _batch_normalization(layer: LayerPlan, arrays: Arrays) -> Iterator[Step]:
    mean, variance = arrays["moving_mean"], arrays["moving_variance"]
    gamma, beta = arrays.get("gamma", np.ones_like(mean)), arrays.get("beta", np.zeros_like(mean))
    return _normalized(layer, mean, gamma / np.sqrt(variance + layer.config["epsilon"]), beta)


def _layer_normalization(layer: LayerPlan, arrays: Arrays) -> Iterator[Step]:
    width = layer.input_shape[-1]
    gamma, beta = arrays.get("gamma", np.ones(width)), arrays.get("beta", np.zeros(width))
    yield _step("layer_normalization", layer, {"gamma": gamma, "beta": beta}, {"epsilon": layer.config["epsilon"]})


def _prelu(layer: LayerPlan, arrays: Arrays) -> Iterator[Step]:
    numbers = math.prod(layer.input_shape)  # a slope for each unit of each row
    yield Step("prelu", layer.name, 1, numbers, numbers, {"alpha": arrays["alpha"].ravel()}, {})


def _nothing(layer: LayerPlan, arrays: Arrays) -> Iterator[Step]:
    return iter(())


# One function for each kind of layer in rosenblatt.functional.network.LAYERS.
STEPS: dict[str, Callable[[LayerPlan, Arrays], Iterator[Step] | list[Step]]] = {
    "Activation": lambda layer, arrays: _activation(layer, layer.config["activation"]),
    "BatchNormalization": _batch_normalization,
    "Dense": _dense,
    "Dropout": _nothing,
    "Flatten": _nothing,
    "GaussianNoise": _nothing,
    "LayerNormalization": _layer_normalization,
    "Normalization": _normalization,
    "PReLU": _prelu,
    "Rescaling": _rescaling,
}
