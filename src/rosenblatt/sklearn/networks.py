"""From an estimator's parameters to a network, and from the network to ``coefs_`` and ``intercepts_``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt import optimizers
from rosenblatt.arguments import check_number
from rosenblatt.engines.base import Engine
from rosenblatt.engines.select import default_engine
from rosenblatt.errors import ArgumentError
from rosenblatt.layers import Activation, BatchNormalization, Dense, Dropout, Input, Layer, dense_layers
from rosenblatt.models import Sequential
from rosenblatt.optimizers import Optimizer
from rosenblatt.types import Array

if TYPE_CHECKING:
    from rosenblatt.sklearn.base import MultilayerPerceptron

# Where scikit-learn has another name for an activation than we.
OUR_NAMES = {"identity": "linear", "logistic": "sigmoid", "exp": "exponential"}


def hidden_widths(hidden_layer_sizes: Any) -> list[int]:
    """Return the units of each hidden layer.

    Example:
        >>> hidden_widths((100, 50)), hidden_widths(20)
        ([100, 50], [20])
    """
    widths = list(hidden_layer_sizes) if isinstance(hidden_layer_sizes, Iterable) else [hidden_layer_sizes]
    if any(width <= 0 for width in widths):
        raise ArgumentError(f"hidden_layer_sizes must be > 0, got {widths}.")
    return [int(width) for width in widths]


def build(estimator: MultilayerPerceptron, inputs: int, widths: Sequence[int], dtype: Any, seed: int) -> Sequential:
    """Return a network of the estimator's parameters; its weights are still to be set."""
    layers: list[Layer | Input] = [Input((inputs,)), *_layers(estimator, widths)]
    return Sequential(layers, name=type(estimator).__name__.lower(), seed=seed, dtype=np.dtype(dtype).name)


def _layers(estimator: MultilayerPerceptron, widths: Sequence[int]) -> list[Layer]:
    names = _one_each(estimator, "activation", estimator.activation, len(widths))
    rates = _one_each(estimator, "dropout", estimator.dropout, len(widths))
    initializer = estimator.kernel_initializer or "glorot_uniform"
    layers: list[Layer] = []
    for width, name, rate in zip(widths, names, rates, strict=True):
        name = OUR_NAMES.get(name, name)
        if estimator.batch_normalization:  # between the sum and its activation, as Ioffe and Szegedy (2015) have it
            layers += [Dense(width, kernel_initializer=initializer), BatchNormalization(), Activation(name)]
        else:
            layers.append(Dense(width, activation=name, kernel_initializer=initializer))
        if rate:
            layers.append(Dropout(rate))
    last = OUR_NAMES.get(estimator.out_activation_, estimator.out_activation_)
    layers.append(Dense(estimator.n_outputs_, activation=last, kernel_initializer=initializer))
    return layers


def is_built_from(estimator: MultilayerPerceptron, model: Sequential, widths: Sequence[int]) -> bool:
    """Tell whether a network computes what the estimator's parameters say now; how weights start does not matter."""
    wanted = _layers(estimator, widths)
    return [_does(layer) for layer in wanted] == [_does(layer) for layer in model.layers]


def _does(layer: Layer) -> tuple[str, dict[str, Any]]:
    return layer.kind, layer.rule_config()


def hand_over_weights(before: Sequential, after: Sequential) -> None:
    """Give a network the numbers of one with other activations, more layers of normalisation or fewer."""
    learnt = before.weights
    for name, array in after.weights.items():
        if name in learnt:  # layers are numbered by their kind: "dense_1/kernel" is the second Dense in both
            array[...] = learnt[name]


def _one_each(estimator: Any, name: str, value: Any, layers: int) -> list[Any]:
    """Return a value for each hidden layer, where one may be given for all."""
    values = list(value) if isinstance(value, list | tuple) else [value] * layers
    if len(values) != layers:
        raise ArgumentError(
            f"{type(estimator).__name__}: expected {name} for each of {layers} hidden layers, got {len(values)}. "
            "Give one for all, or a list with one a layer."
        )
    if name == "dropout":
        values = [check_number(type(estimator).__name__, name, rate, at_least=0, below=1) for rate in values]
    return values


def needs_seed(estimator: MultilayerPerceptron) -> bool:
    """Tell whether the network draws numbers that scikit-learn's has no use for."""
    return bool(np.any(estimator.dropout)) or estimator.kernel_initializer is not None


def start_weights(estimator: MultilayerPerceptron, model: Sequential, random_state: np.random.RandomState) -> None:
    """Draw the weights as scikit-learn does, number by number: uniform within ±sqrt(6 / (fan in + fan out)).

    The 6 is a 2 for the logistic activation. Biases are drawn, too.

    Source: Glorot and Bengio (2010), and scikit-learn.
    """
    factor = 2.0 if estimator.activation == "logistic" else 6.0
    for layer in dense_layers(model.layers):
        bound = np.sqrt(factor / sum(layer.kernel.shape))
        layer.kernel[...] = random_state.uniform(-bound, bound, layer.kernel.shape)
        _bias(layer)[...] = random_state.uniform(-bound, bound, _bias(layer).shape)


def show_weights(estimator: MultilayerPerceptron) -> None:
    """Let ``coefs_`` and ``intercepts_`` be the network's own arrays."""
    layers = dense_layers(estimator.model_.layers)
    estimator.coefs_ = [layer.kernel for layer in layers]
    estimator.intercepts_ = [_bias(layer) for layer in layers]


def shows_weights(estimator: MultilayerPerceptron) -> bool:
    """Tell whether ``coefs_`` and ``intercepts_`` are the network's own arrays, and not some that were put there."""
    layers = dense_layers(estimator.model_.layers)
    shown = [*estimator.coefs_, *estimator.intercepts_]
    own = [*(layer.kernel for layer in layers), *(_bias(layer) for layer in layers)]
    return len(shown) == len(own) and all(one is other for one, other in zip(shown, own, strict=True))


def take_weights(estimator: MultilayerPerceptron) -> None:
    """Give the network the arrays that somebody put into ``coefs_`` and ``intercepts_``."""
    if shows_weights(estimator):
        return
    for layer, kernel, bias in zip(
        dense_layers(estimator.model_.layers), estimator.coefs_, estimator.intercepts_, strict=True
    ):
        layer.kernel[...] = kernel
        _bias(layer)[...] = bias


def _bias(layer: Dense) -> Array:
    return layer.weights["bias"]


def make_optimizer(estimator: MultilayerPerceptron) -> Optimizer:
    """Return the optimizer that ``solver`` names; of a given one a copy, for a training changes its learning rate."""
    solver, rate = estimator.solver, estimator.learning_rate_init
    if isinstance(solver, Optimizer):
        return type(solver).from_config(solver.get_config())
    if solver == "sgd":
        return optimizers.SGD(rate, momentum=estimator.momentum, nesterov=bool(estimator.nesterovs_momentum))
    if solver == "adam":
        return optimizers.Adam(rate, estimator.beta_1, estimator.beta_2, estimator.epsilon)
    return optimizers.ALL[solver](learning_rate=rate)


def new_engine() -> Engine:
    """Return an engine for here: within a worker of joblib one of a single thread, for the others work beside it."""
    engine = default_engine()
    if engine.name == "native" and _within_worker():
        from rosenblatt.engines.native import NativeEngine  # importing it fails where it was not built

        return NativeEngine(threads=1)
    return engine


def _within_worker() -> bool:
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend()
    return bool(backend.nesting_level)


def engine_of(model: Sequential) -> Engine:
    """Return a model's own engine, or within a worker of joblib one of a single thread."""
    return new_engine() if _within_worker() else model.engine
