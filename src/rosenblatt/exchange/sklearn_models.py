"""scikit-learn's multi-layer perceptrons, and ours, as models: the same layers, the same weights, the same answers.

MLPClassifier    softmax, or a single sigmoid for two classes or several labels; class_names are its classes
MLPRegressor     linear outputs
Pipeline         scalers before either of them become the first layers
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rosenblatt.errors import ArgumentError, MissingExtraError, ModelStateError
from rosenblatt.layers import Dense, Input, Layer, Normalization, dense_layers
from rosenblatt.models import Sequential
from rosenblatt.types import Array

ACTIVATIONS = {
    "exp": "exponential",
    "identity": None,
    "logistic": "sigmoid",
    "relu": "relu",
    "softmax": "softmax",
    "tanh": "tanh",
}
SMALLEST = 1e-6  # a deviation; Normalization takes those below 1e-7 for that


def from_sklearn(estimator: Any, seed: int | None = None) -> Sequential:
    """Return a fitted estimator as a model: see `rosenblatt.models.from_sklearn`."""
    try:
        from sklearn.neural_network import MLPClassifier, MLPRegressor
        from sklearn.pipeline import Pipeline
    except ImportError as missing:
        raise MissingExtraError("from_sklearn", "sklearn", "scikit-learn") from missing

    from rosenblatt.sklearn.base import MultilayerPerceptron

    *before, last = [step for _, step in estimator.steps] if isinstance(estimator, Pipeline) else [estimator]
    if not isinstance(last, MLPClassifier | MLPRegressor | MultilayerPerceptron):
        raise ArgumentError(
            f"from_sklearn: expected a fitted MLPClassifier or MLPRegressor, or a Pipeline that ends in one, got "
            f"{type(last).__name__}."
        )
    if not hasattr(last, "coefs_"):
        raise ModelStateError(f"from_sklearn: expected a fitted {type(last).__name__}, got one that is not. Call fit.")
    model = Sequential(seed=seed, dtype=last.coefs_[0].dtype.name)
    model.add(Input((last.n_features_in_,)))
    scalings = [_scaling(scaler, model.dtype) for scaler in _that_do_something(before)]
    ours = isinstance(last, MultilayerPerceptron)
    layers = [layer.copy() for layer in last.model_.layers] if ours else _dense_layers(last)
    for layer in [*scalings, *layers]:
        model.add(layer)
    for layer, kernel, bias in zip(dense_layers(model.layers), last.coefs_, last.intercepts_, strict=True):
        layer.set_weights([kernel, bias])
    if hasattr(last, "classes_") and not isinstance(last.classes_[0], list | np.ndarray):
        model.class_names = [str(name) for name in last.classes_]
    return model


def _dense_layers(estimator: Any) -> list[Layer]:
    hidden = ACTIVATIONS[estimator.activation]
    activations = [hidden] * (len(estimator.coefs_) - 1) + [ACTIVATIONS[estimator.out_activation_]]
    sizes = (kernel.shape[1] for kernel in estimator.coefs_)
    return [Dense(units, activation=activation) for units, activation in zip(sizes, activations, strict=True)]


def _that_do_something(steps: Sequence[Any]) -> list[Any]:
    return [step for step in steps if step is not None and step != "passthrough"]


def _scaling(scaler: Any, dtype: str) -> Layer:
    """Return a scaler as a Normalization: (x - mean) / standard deviation."""
    kind = type(scaler).__name__
    if kind not in SCALERS:
        raise ArgumentError(
            f"from_sklearn: expected only scalers before the network, got {kind}. Supported: {', '.join(SCALERS)}; "
            "apply others to the rows beforehand."
        )
    mean, deviation = SCALERS[kind](scaler)
    if deviation.min() < SMALLEST or deviation.max() > np.sqrt(np.finfo(dtype).max):
        raise ArgumentError(
            f"from_sklearn: expected a {kind} whose deviations a Normalization in {dtype} can hold, got "
            f"{deviation.min():.3g} to {deviation.max():.3g}. Take the network alone, pipeline[-1], and scale the rows "
            "beforehand, by pipeline[:-1]."
        )
    return Normalization(mean=mean.tolist(), variance=(deviation**2).tolist())


def _standard(scaler: Any) -> tuple[Array, Array]:
    features = scaler.n_features_in_
    mean = np.zeros(features) if scaler.mean_ is None or not scaler.with_mean else scaler.mean_
    return mean, np.ones(features) if scaler.scale_ is None else scaler.scale_


def _min_max(scaler: Any) -> tuple[Array, Array]:
    """x scale_ + min_ is (x - mean) / deviation for deviation = 1 / scale_ and mean = -min_ / scale_."""
    if scaler.clip:
        raise ArgumentError("from_sklearn: expected MinMaxScaler(clip=False), got clip=True. Clip rows beforehand.")
    return -scaler.min_ / scaler.scale_, 1.0 / scaler.scale_


def _max_abs(scaler: Any) -> tuple[Array, Array]:
    return np.zeros(scaler.n_features_in_), scaler.scale_


def _robust(scaler: Any) -> tuple[Array, Array]:
    features = scaler.n_features_in_
    center = np.zeros(features) if scaler.center_ is None else scaler.center_
    return center, np.ones(features) if scaler.scale_ is None else scaler.scale_


SCALERS: dict[str, Callable[[Any], tuple[Array, Array]]] = {
    "MaxAbsScaler": _max_abs,
    "MinMaxScaler": _min_max,
    "RobustScaler": _robust,
    "StandardScaler": _standard,
}
