"""Keras's files: everything of a model goes there and comes back, and what cannot is named."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rosenblatt import (
    Sequential,
    constraints,
    initializers,
    layers,
    load_model,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
)
from rosenblatt.errors import ArgumentError, FileFormatError, ModelStateError
from rosenblatt.exchange.archives import pack
from rosenblatt.layers import Dense
from rosenblatt.optimizers import schedules
from rosenblatt.saving import describe

h5py = pytest.importorskip("h5py", reason="needs the extra 'keras-files'")

X = np.sin(np.arange(32, dtype=np.float32)).reshape(8, 4)
CLASSES = np.arange(8) % 3
ONE_HOT = np.eye(3, dtype=np.float32)[CLASSES]


def adapted(**arguments: Any) -> layers.Normalization:
    layer = layers.Normalization(**arguments)
    layer.adapt(X)
    return layer


# One or more of every kind, with arguments that are not the defaults.
LAYERS: dict[str, Callable[[], layers.Layer]] = {
    "Activation": lambda: layers.Activation("softplus"),
    "BatchNormalization": lambda: layers.BatchNormalization(
        momentum=0.5, epsilon=0.01, gamma_initializer="he_normal", beta_regularizer="l2", moving_mean_initializer="ones"
    ),
    "BatchNormalization without gamma": lambda: layers.BatchNormalization(scale=False),
    "Dense": lambda: Dense(
        3,
        activation="gelu",
        kernel_initializer=initializers.TruncatedNormal(stddev=0.3, seed=5),
        bias_initializer="ones",
        kernel_regularizer=regularizers.L1L2(0.1, 0.2),
        bias_regularizer="l1",
        kernel_constraint=constraints.MaxNorm(2.0),
        name="숨은 층",
    ),
    "Dense without bias": lambda: Dense(3, use_bias=False, trainable=False),
    "Dropout": lambda: layers.Dropout(0.25, seed=3),
    "ELU": lambda: layers.ELU(0.5),
    "Flatten": lambda: layers.Flatten(),
    "GaussianNoise": lambda: layers.GaussianNoise(0.5, seed=4),
    "LayerNormalization": lambda: layers.LayerNormalization(epsilon=0.01, center=False),
    "LeakyReLU": lambda: layers.LeakyReLU(0.125),
    "Normalization": adapted,
    "Normalization of all": lambda: adapted(axis=None),
    "Normalization given": lambda: layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 2.0, 3.0, 4.0]),
    "PReLU": lambda: layers.PReLU(alpha_initializer=initializers.Constant(0.25), alpha_regularizer="l1"),
    "ReLU": lambda: layers.ReLU(max_value=0.75, negative_slope=0.125, threshold=0.25),
    "Rescaling": lambda: layers.Rescaling(0.5, offset=0.125),
    "Softmax": lambda: layers.Softmax(),
}


def test_the_cases_name_every_layer() -> None:
    assert {name.split()[0] for name in LAYERS} == set(layers.LAYERS)


def every_layer(**arguments: Any) -> Sequential:
    stack = [make() for name, make in sorted(LAYERS.items(), key=lambda item: "Normalization" not in item[0])]
    return Sequential([layers.Input((4,)), *stack, Dense(3, "softmax")], **arguments)


def compiled(model: Sequential) -> Sequential:
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def small() -> Sequential:
    return compiled(Sequential([Dense(5, "relu", input_shape=(4,)), Dense(3, "softmax")], seed=1))


def through_keras(keras: ModuleType, model: Sequential, folder: Path) -> Sequential:
    """Save a model, let Keras load and save it, and load that."""
    model.save(folder / "ours.keras")
    keras.models.load_model(folder / "ours.keras").save(folder / "theirs.keras")
    return load_model(folder / "theirs.keras")


def assert_same_weights(first: Sequential, second: Sequential) -> None:
    assert list(first.weights) == list(second.weights)
    for name, array in first.weights.items():
        np.testing.assert_array_equal(array, second.weights[name], err_msg=name)


# --- Layers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_goes_to_keras_and_comes_back(keras: ModuleType, name: str, tmp_path: Path) -> None:
    model = Sequential([layers.Input((2, 4)), LAYERS[name]()], seed=1)
    rows = X.reshape(4, 2, 4)
    back = through_keras(keras, model, tmp_path)
    expected = keras.models.load_model(tmp_path / "ours.keras").predict(rows, verbose=0)
    np.testing.assert_allclose(model.predict(rows, verbose=0), expected, rtol=1e-6, atol=1e-6)
    assert_same_weights(back, model)
    assert normal(back.get_config()["layers"]) == normal(model.get_config()["layers"])


def normal(description: Any) -> Any:
    """Return a description with objects in the place of their names, as Keras writes them."""
    if isinstance(description, list | tuple):
        return [normal(value) for value in description]
    if not isinstance(description, dict):
        return description
    tables = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}
    plain = {}
    for name, value in description.items():
        table = tables.get(name.split("_")[-1])
        if table is not None and isinstance(value, str):
            value = {"class_name": type(table.get(value)).__name__, "config": table.get(value).get_config()}
        plain[name] = "linear" if name == "activation" and value is None else normal(value)
    return {name: value for name, value in plain.items() if name != "input_shape"}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_of_every_layer_comes_back_as_it_was(dtype: str, tmp_path: Path) -> None:
    model = compiled(every_layer(seed=5, dtype=dtype, name="all_of_them"))
    model.class_names = ["하나", "two", "3"]
    model.data_name = "digits"
    model.fit(X, CLASSES, epochs=2, batch_size=3, verbose=0)
    model.save(tmp_path / "model.keras")
    back = load_model(tmp_path / "model.keras")
    assert_same_weights(back, model)
    assert (back.name, back.dtype, back.seed) == ("all_of_them", dtype, 5)
    assert (back.class_names, back.data_name) == (model.class_names, "digits")
    assert back.history.history == model.history.history
    again = {"epochs": 3, "initial_epoch": 2, "batch_size": 3, "verbose": 0}
    assert back.fit(X, CLASSES, **again).history == model.fit(X, CLASSES, **again).history  # dropout and order too
    assert_same_weights(back, model)


def test_the_same_model_is_the_same_bytes_at_any_time(tmp_path: Path) -> None:
    model = small()
    model.save(tmp_path / "first.keras")
    model.save(tmp_path / "second.keras")
    assert (tmp_path / "first.keras").read_bytes() == (tmp_path / "second.keras").read_bytes()


def test_float64_goes_to_keras(keras: ModuleType, tmp_path: Path) -> None:
    model = Sequential([Dense(3, input_shape=(4,))], dtype="float64", seed=1)
    back = through_keras(keras, model, tmp_path)
    assert back.dtype == "float64"
    assert_same_weights(back, model)


# --- Training -------------------------------------------------------------------------------------------------------

INITIALIZERS = [
    initializers.Zeros(),
    initializers.Ones(),
    initializers.Constant(0.5),
    initializers.Identity(),  # Keras forgets the gain
    initializers.RandomNormal(0.5, 0.25, seed=1),
    initializers.RandomUniform(-1.0, 2.0, seed=1),
    initializers.TruncatedNormal(0.5, 0.25),
    initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal"),
    initializers.GlorotUniform(seed=3),
    initializers.GlorotNormal(),
    initializers.HeUniform(),
    initializers.HeNormal(),
    initializers.LecunUniform(),
    initializers.LecunNormal(),
    initializers.Orthogonal(2.0),
]
REGULARIZERS = [
    regularizers.L1(0.5),
    regularizers.L2(0.5),
    regularizers.L1L2(0.5, 0.25),
    regularizers.OrthogonalRegularizer(0.5, "columns"),
]
CONSTRAINTS = [constraints.MaxNorm(3.0), constraints.NonNeg(), constraints.UnitNorm(), constraints.MinMaxNorm(0.5, 2.0)]


def test_initialisers_regularisers_and_constraints_go_to_keras_and_come_back(keras: ModuleType, tmp_path: Path) -> None:
    stack: list[layers.Layer] = [Dense(4, kernel_initializer=initializer) for initializer in INITIALIZERS]
    stack += [Dense(4, kernel_regularizer=regularizer) for regularizer in REGULARIZERS]
    stack += [Dense(4, kernel_constraint=constraint) for constraint in CONSTRAINTS]
    model = Sequential([layers.Input((4,)), *stack], seed=1)
    back = through_keras(keras, model, tmp_path)
    assert normal(back.get_config()["layers"]) == normal(model.get_config()["layers"])


SCHEDULES = [
    schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True),
    schedules.InverseTimeDecay(0.1, 10, 0.5),
    schedules.PolynomialDecay(0.1, 10, 0.01, power=2.0, cycle=True),
    schedules.PiecewiseConstantDecay([2, 4], [0.5, 0.25, 0.125]),
    schedules.CosineDecay(0.0, 10, alpha=0.5, warmup_target=0.5, warmup_steps=3),
    schedules.CosineDecayRestarts(0.5, 10, t_mul=1.5, m_mul=0.5, alpha=0.25),
]
OPTIMIZERS = [
    optimizers.SGD(0.25, momentum=0.5, nesterov=True, clipnorm=1.0),
    optimizers.RMSprop(0.25, rho=0.5, momentum=0.25, epsilon=0.5, centered=True),
    optimizers.Adam(0.25, beta_1=0.5, beta_2=0.75, amsgrad=True, clipvalue=0.5),
    optimizers.AdamW(0.25, weight_decay=0.5),
    optimizers.Nadam(0.25, weight_decay=0.5),
    optimizers.Adamax(0.25, global_clipnorm=0.5),
    optimizers.Adagrad(0.25, initial_accumulator_value=0.5),
    optimizers.Lion(0.25, beta_1=0.5, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3),
    *[optimizers.SGD(schedule) for schedule in SCHEDULES],
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_an_optimizer_goes_to_keras_and_comes_back(
    keras: ModuleType, optimizer: optimizers.Optimizer, tmp_path: Path
) -> None:
    model = Sequential([Dense(5, input_shape=(4,)), Dense(2, trainable=False), Dense(3)], seed=1)
    model.compile(type(optimizer).from_config(optimizer.get_config()), "mse")
    for _ in range(3):
        model.train_on_batch(X, ONE_HOT)
    back = through_keras(keras, model, tmp_path)
    assert back.optimizer.get_config() == optimizer.get_config() | {"name": back.optimizer.name}
    assert back.state.step == back.optimizer.iterations == 3
    theirs = keras.models.load_model(tmp_path / "ours.keras")
    for name, slot in model.state.slots.items():
        for array in model.plan.trainable_parameters:
            np.testing.assert_array_equal(array.view(back.state.slots[name]), array.view(slot), err_msg=name)
    for other in (back, theirs):
        assert other.train_on_batch(X, ONE_HOT) == pytest.approx(
            float(model.loss(ONE_HOT, model.predict(X, verbose=0)))
        )
    model.train_on_batch(X, ONE_HOT)
    for ours, again, other in zip(model.get_weights(), back.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, again)
        np.testing.assert_allclose(ours, other, rtol=1e-5, atol=1e-6)


def test_a_learning_rate_stays_as_it_was_typed(tmp_path: Path) -> None:
    model = small()
    model.save(tmp_path / "model.keras")
    assert load_model(tmp_path / "model.keras").optimizer.learning_rate == 0.01


def test_a_learning_rate_that_a_callback_of_keras_changed(keras: ModuleType, tmp_path: Path) -> None:
    small().save(tmp_path / "model.keras")
    theirs = keras.models.load_model(tmp_path / "model.keras")
    theirs.optimizer.learning_rate = 0.125
    theirs.save(tmp_path / "model.keras")
    assert load_model(tmp_path / "model.keras").optimizer.learning_rate == 0.125


LOSSES = [
    *[loss() for name, loss in losses.CLASSES.items()],
    losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.125),
    losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.125),
    losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.5, gamma=1.0),
    losses.MeanSquaredError(reduction="sum"),
    losses.MeanSquaredError(reduction="mean_with_sample_weight"),
]


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_a_loss_goes_to_keras_and_comes_back(keras: ModuleType, loss: losses.Loss, tmp_path: Path) -> None:
    model = Sequential([Dense(3, input_shape=(4,))], seed=1)
    model.compile("sgd", loss)
    assert through_keras(keras, model, tmp_path).loss.get_config() == loss.get_config()


def test_metrics_go_to_keras_and_come_back(keras: ModuleType, tmp_path: Path) -> None:
    own = {"ConfusionMatrix", "MeanMetricWrapper", "Sum", "Mean"}
    at = {name: (0.5,) for name in metrics.CLASSES if "At" in name}  # sensitivity at a specificity and so on
    wanted = [metric(*at.get(name, ())) for name, metric in metrics.CLASSES.items() if name not in own]
    wanted += [metrics.Precision(thresholds=0.75, class_id=1), metrics.AUC(num_thresholds=50, curve="PR")]
    wanted += [metrics.FBetaScore(average="micro", beta=0.5), metrics.R2Score(class_aggregation=None)]
    model = Sequential([Dense(3, input_shape=(4,))], seed=1)
    model.compile("sgd", "mse", metrics=wanted, weighted_metrics=["mae", losses.huber])
    back = describe(through_keras(keras, model, tmp_path))["compile"]
    for found, metric in zip(back["metrics"], wanted, strict=True):
        assert metrics.get(found).get_config() == metric.get_config() | {"dtype": metrics.get(found).dtype}
    assert back["weighted_metrics"] == ["mae", {"function": "huber"}]


def test_functions_of_the_users_are_found_in_custom_objects_or_nowhere(tmp_path: Path) -> None:
    def within_one(y_true: Any, y_pred: Any) -> Any:
        return abs(y_true - y_pred) < 1

    def half_square(y_true: Any, y_pred: Any) -> Any:
        return ((y_pred - y_true) ** 2).sum(axis=-1) / 2, y_pred - y_true

    path = tmp_path / "model.keras"
    model = Sequential([Dense(3, input_shape=(4,))], seed=1)
    model.compile("sgd", "mse", metrics=[within_one])
    model.save(path)
    with pytest.raises(FileFormatError, match=r"expected your own 'within_one', .* Pass custom_objects="):
        load_model(path)
    assert load_model(path, compile=False).predict(X, verbose=0).shape == (8, 3)
    back = load_model(path, custom_objects={"within_one": within_one})
    assert back.evaluate(X, ONE_HOT, verbose=0) == model.evaluate(X, ONE_HOT, verbose=0)
    model.compile("sgd", half_square)
    with pytest.raises(FileFormatError, match=r"^save: expected a model of what Keras has, got CustomLoss, which it"):
        model.save(path)


ONLY_OURS: dict[str, tuple[Callable[[], Sequential], str]] = {
    "OneCycle": (lambda: with_compiled(optimizers.SGD(schedules.OneCycle(0.1, 10)), None), "OneCycle"),
    "ConfusionMatrix": (lambda: with_compiled("sgd", [metrics.ConfusionMatrix()]), "ConfusionMatrix"),
    "its name": (lambda: with_compiled("sgd", ["confusion_matrix"]), "confusion_matrix"),
    "step": (lambda: Sequential([Dense(1, "step", input_shape=(4,))]), "step"),
}


def with_compiled(optimizer: Any, metrics: Any) -> Sequential:
    model = Sequential([Dense(3, input_shape=(4,))], seed=1)
    model.compile(optimizer, "mse", metrics=metrics)
    return model


@pytest.mark.parametrize("name", ONLY_OURS)
def test_what_keras_lacks_is_not_saved_for_it(name: str, tmp_path: Path) -> None:
    make, told = ONLY_OURS[name]
    with pytest.raises(
        FileFormatError, match=rf"^save: expected a model of what Keras has, got {told}, .*safetensors\."
    ):
        make().save(tmp_path / "model.keras")
    assert list(tmp_path.iterdir()) == []


# --- Models of Keras ------------------------------------------------------------------------------------------------


def test_an_error_names_the_layer_that_is_missing_and_those_that_are_there(keras: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((4, 2)), keras.layers.LSTM(3, name="memory")]).save(path)
    with pytest.raises(
        FileFormatError,
        match=r"^load_model: expected layers that this library has, got LSTM \('memory', layer 2 of 2\)\. "
        rf"It has {', '.join(sorted(layers.LAYERS))}\.$",
    ):
        load_model(path)


def twice(keras: ModuleType) -> Any:
    inputs, layer = keras.Input((4,)), keras.layers.Dense(4)
    return keras.Model(inputs, layer(layer(inputs)))


def branch(keras: ModuleType) -> Any:
    inputs = keras.Input((4,))
    return keras.Model(inputs, keras.layers.Add()([keras.layers.Dense(4)(inputs), inputs]))


def two_outputs(keras: ModuleType) -> Any:
    inputs = keras.Input((4,))
    return keras.Model(inputs, [keras.layers.Dense(4)(inputs), keras.layers.Dense(2)(inputs)])


def of_one(make: Callable[[ModuleType], Any]) -> Callable[[ModuleType], Any]:
    return lambda keras: keras.Sequential([keras.Input((4,)), make(keras)])


REFUSED: dict[str, tuple[Callable[[ModuleType], Any], str]] = {
    "a layer used twice": (
        twice,
        r"expected a Functional model that is a single chain of layers, got 'dense\w*' used 2",
    ),
    "a branch": (branch, r"single chain of layers, got 'add\w*', which has several inputs"),
    "two outputs": (two_outputs, r"single chain of layers, got 2 inputs or outputs"),
    "an operation": (
        lambda keras: (lambda x: keras.Model(x, keras.ops.relu(x)))(keras.Input((4,))),
        r"expected layers that this library has, got Relu",
    ),
    "a branch in a model in a model": (
        of_one(branch),
        r"single chain of layers, got 'add\w*', which has several inputs",
    ),
    "a layer in a model in a model": (
        of_one(lambda keras: keras.Sequential([keras.layers.Reshape((2, 2), name="square")], name="inner")),
        r"expected layers that this library has, got Reshape \('square', layer 2 of 2 in 'inner'\)\. It has",
    ),
    "a lambda as a layer": (of_one(lambda keras: keras.layers.Lambda(lambda x: x)), r"this library has, got Lambda"),
    "a lambda as an activation": (
        of_one(lambda keras: keras.layers.Dense(2, activation=lambda x: x)),
        r"expected an activation that this library has, got .* in 'dense\w*', layer 2 of 2\. It has elu, ",
    ),
    "a layer with weights as an activation": (
        of_one(lambda keras: keras.layers.Dense(2, activation=keras.layers.PReLU())),
        r"expected an activation that this library has, got PReLU in 'dense\w*', .* Make it a layer of its own\.",
    ),
    "another axis": (of_one(lambda keras: keras.layers.Softmax(axis=0)), r"Softmax: expected axis=-1, got 0\."),
    "shared slopes": (
        lambda keras: keras.Sequential([keras.Input((4, 2)), keras.layers.PReLU(shared_axes=[1])]),
        r"expected PReLU without shared_axes, got \[1\]\. It is not supported: leave it out\.",
    ),
    "half precision": (
        of_one(lambda keras: keras.layers.Dense(2, dtype="mixed_float16")),
        r"expected one of float32 and float64 in all layers, got .*mixed_float16",
    ),
    "no shape": (
        lambda keras: keras.Sequential([keras.layers.Dense(2)]),
        r"expected a model that knows the shape of its rows, got None\. Build it before it is saved\.",
    ),
    "rows of any length": (
        lambda keras: keras.Sequential([keras.Input((None, 4)), keras.layers.Dense(2)]),
        r"expected a model that knows the shape of its rows, got \[None, None, 4\]",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_models_of_keras_that_are_refused(keras: ModuleType, name: str, tmp_path: Path) -> None:
    make, message = REFUSED[name]
    make(keras).save(tmp_path / "model.keras")
    with pytest.raises(FileFormatError, match=f"^load_model: .*{message}"):
        load_model(tmp_path / "model.keras")


def in_a_sequential(keras: ModuleType) -> Any:
    part = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(5, "tanh", name="one"),
            keras.layers.BatchNormalization(name="two"),
            keras.layers.Dense(4, name="three"),
        ]
    )
    return keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(4, name="zero"), part, keras.layers.Dense(3, name="four")]
    )


def in_a_chain(keras: ModuleType) -> Any:
    rows = keras.Input((4,))
    part = keras.Sequential([keras.layers.Dense(4, "relu", name="one"), keras.layers.Dense(4, name="two")])
    inputs = keras.Input((4,))
    layer = keras.layers.Dense(4, name="three")
    functional = keras.Model(rows, keras.layers.Softmax(name="four")(layer(rows)))
    return keras.Model(inputs, keras.layers.Dense(3, name="five")(functional(part(inputs))))


def in_one_another(keras: ModuleType) -> Any:
    part: Any = keras.layers.Dense(4, "tanh", name="innermost")
    for depth in range(4):
        layer = keras.layers.Dense(4, name=f"before_{depth}")
        part = keras.Sequential([keras.Input((4,)), layer, part])
    return keras.Sequential([part, keras.layers.Dense(3, name="last")])


def partly_frozen(keras: ModuleType) -> Any:
    model = in_a_sequential(keras)
    model.layers[1].layers[0].trainable = False
    return model


def with_layers_as_activations(keras: ModuleType) -> Any:
    stack = [
        keras.layers.Dense(5, activation=keras.layers.LeakyReLU(negative_slope=0.25)),
        keras.layers.Dense(5, activation=keras.layers.ReLU(max_value=0.5)),
        keras.layers.Activation(keras.layers.ELU(alpha=0.5)),
        keras.layers.Dense(3, activation=keras.layers.Softmax()),
    ]
    return keras.Sequential([keras.Input((4,)), *stack])


def with_layers_that_pass_on(keras: ModuleType) -> Any:
    nothing = keras.layers.Identity
    return keras.Sequential([keras.Input((4,)), nothing(), keras.layers.Dense(5), nothing(), keras.layers.Dense(3)])


FLATTENED: dict[str, tuple[Callable[[ModuleType], Any], list[str]]] = {
    "in a Sequential": (in_a_sequential, ["Dense", "Dense", "BatchNormalization", "Dense", "Dense"]),
    "in a chain": (in_a_chain, ["Dense", "Dense", "Dense", "Softmax", "Dense"]),
    "in one another": (in_one_another, ["Dense"] * 6),
    "partly frozen": (partly_frozen, ["Dense", "Dense", "BatchNormalization", "Dense", "Dense"]),
    "as activations": (
        with_layers_as_activations,
        ["Dense", "LeakyReLU", "Dense", "ReLU", "Activation", "ELU", "Dense", "Softmax"],
    ),
    "that pass on": (with_layers_that_pass_on, ["Dense", "Dense"]),
}


def saved(make: Callable[[ModuleType], Any], keras: ModuleType, path: Path) -> Any:
    """A model of Keras, trained for some steps, as a file."""
    theirs = make(keras)
    theirs.compile(keras.optimizers.Adam(0.01), "mse")
    for _ in range(3):
        theirs.train_on_batch(X, ONE_HOT)
    theirs.save_weights(path) if path.name.endswith(".weights.h5") else theirs.save(path)
    return theirs


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("name", FLATTENED)
def test_layers_within_layers_come_one_after_another(keras: ModuleType, name: str, suffix: str, tmp_path: Path) -> None:
    make, kinds = FLATTENED[name]
    theirs = saved(make, keras, tmp_path / f"model{suffix}")
    model = load_model(tmp_path / f"model{suffix}")
    assert [type(layer).__name__ for layer in model.layers] == kinds
    np.testing.assert_allclose(model.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-5, atol=1e-6)
    model.train_on_batch(X, ONE_HOT)  # with what the optimizer remembers
    theirs.train_on_batch(X, ONE_HOT)
    np.testing.assert_allclose(model.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("suffix", [".keras", ".weights.h5", ".h5"])
@pytest.mark.parametrize("name", FLATTENED)
def test_weights_of_layers_within_layers_are_found_by_their_names(
    keras: ModuleType, name: str, suffix: str, tmp_path: Path
) -> None:
    theirs = saved(FLATTENED[name][0], keras, tmp_path / "model.keras")
    model = load_model(tmp_path / "model.keras")
    wanted = model.get_weights()
    model.set_weights([np.ones_like(array) for array in wanted])
    path = tmp_path / f"again{suffix}"
    theirs.save_weights(path) if suffix == ".weights.h5" else theirs.save(path)
    model.load_weights(path)
    for ours, other in zip(model.get_weights(), wanted, strict=True):
        np.testing.assert_array_equal(ours, other)


@pytest.mark.parametrize(
    ("suffix", "message"),
    [
        (".weights.h5", r"expected the weights of one layer 'one' in .*, got those of 0\. Give the layers the names"),
        (".keras", r"expected the weights of one layer 'one' in .*, got those of 0\. Give the layers the names"),
        (".h5", r"expected the weights of the layers one, two in .*, got a model within the model of 1, 2\. Give"),
    ],
)
def test_weights_of_layers_within_layers_under_other_names(
    keras: ModuleType, suffix: str, message: str, tmp_path: Path
) -> None:
    part = [keras.Input((4,)), keras.layers.Dense(4, name="1"), keras.layers.Dense(4, name="2")]
    path = tmp_path / f"model{suffix}"
    saved(lambda keras: keras.Sequential([*part[:1], keras.Sequential(part), keras.layers.Dense(3)]), keras, path)
    model = Sequential([Dense(4, name="one", input_shape=(4,)), Dense(4, name="two"), Dense(3, name="three")])
    with pytest.raises(FileFormatError, match=f"^load: {message}"):
        model.load_weights(path)


def test_layers_of_several_models_that_bear_the_same_name(keras: ModuleType, tmp_path: Path) -> None:
    def make(keras: ModuleType) -> Any:
        parts = [keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, name="dense")]) for _ in range(2)]
        first, last = keras.layers.Dense(4, name="dense_1"), keras.layers.Dense(3, name="dense")
        return keras.Sequential([keras.Input((4,)), first, *parts, last])

    theirs = saved(make, keras, tmp_path / "model.keras")
    model = load_model(tmp_path / "model.keras")
    assert [layer.name for layer in model.layers] == ["dense_1", "dense", "dense_2", "dense_3"]
    np.testing.assert_allclose(model.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_two_models_within_a_model_with_layers_of_the_same_names(
    keras: ModuleType, suffix: str, tmp_path: Path
) -> None:
    def make(keras: ModuleType) -> Any:
        parts = [
            keras.Sequential(
                [keras.Input((4,)), keras.layers.Dense(5, "tanh", name="a"), keras.layers.Dense(units, name="b")]
            )
            for units in (4, 3)
        ]
        return keras.Sequential([keras.Input((4,)), *parts])

    theirs = saved(make, keras, tmp_path / f"model{suffix}")
    model = load_model(tmp_path / f"model{suffix}")
    assert [layer.name for layer in model.layers] == ["a", "b", "a_1", "b_1"]
    np.testing.assert_allclose(model.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


def test_weights_of_a_model_within_a_model_that_is_called_like_its_layer(keras: ModuleType, tmp_path: Path) -> None:
    def make(keras: ModuleType) -> Any:
        part = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, name="q")], name="q")
        return keras.Sequential([keras.Input((4,)), part, keras.layers.Dense(3, name="z")])

    path = tmp_path / "model.weights.h5"
    theirs = saved(make, keras, path)
    model = Sequential([Dense(4, name="q", input_shape=(4,)), Dense(3, name="z")])
    model.load_weights(path)
    np.testing.assert_allclose(model.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


def test_weights_of_another_chain_of_layers_are_compared_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    Sequential([Dense(4, name="one", input_shape=(6,)), Dense(2, name="two")]).save_weights(path)
    model = Sequential([Dense(4, name="one", input_shape=(6,)), Dense(4, name="x"), Dense(2, name="two")])
    message = (
        r"^load: expected arrays of shapes \[\(4, 4\), \(4,\)\] for 'x' in the file, got \[\(4, 2\), \(2,\)\]\. Load"
    )
    with pytest.raises(FileFormatError, match=message):
        model.load_weights(path)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float16"])
def test_the_type_of_the_rows_is_not_that_of_the_layers(keras: ModuleType, dtype: str, tmp_path: Path) -> None:
    stack = [keras.layers.Rescaling(1 / 255), keras.layers.Flatten(), keras.layers.Dense(3)]
    theirs = keras.Sequential([keras.Input((5, 5), dtype=dtype), *stack])
    theirs.save(tmp_path / "model.keras")
    model = load_model(tmp_path / "model.keras")
    pictures = np.arange(50).reshape(2, 5, 5).astype(dtype)
    assert model.dtype == "float32"
    np.testing.assert_allclose(
        model.predict(pictures, verbose=0), theirs.predict(pictures, verbose=0), rtol=1e-5, atol=1e-6
    )


def test_training_that_is_refused_can_be_left_out(keras: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    theirs = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    theirs.compile(keras.optimizers.Ftrl(), "mse", metrics=[keras.metrics.MeanIoU(num_classes=2)])
    theirs.save(path)
    with pytest.raises(FileFormatError, match=r"expected an? (optimizer|metric) that this library has.*compile=False"):
        load_model(path)
    model = load_model(path, compile=False)
    np.testing.assert_allclose(model.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


def test_a_layer_of_the_users_is_none_of_ours_whatever_it_is_called(keras: ModuleType, tmp_path: Path) -> None:
    @keras.saving.register_keras_serializable("mine", "Dense")
    class Dense(keras.layers.Dense):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return super().call(inputs) * 2

    keras.Sequential([keras.Input((4,)), Dense(2)]).save(tmp_path / "model.keras")
    with pytest.raises(FileFormatError, match=r"expected layers that this library has, got mine>Dense"):
        load_model(tmp_path / "model.keras")


# --- Weights alone --------------------------------------------------------------------------------------------------


def test_weights_go_to_keras_and_come_back(keras: ModuleType, tmp_path: Path) -> None:
    model, other = every_layer(seed=1), every_layer(seed=2)
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    assert_same_weights(other, model)
    model.save(tmp_path / "model.keras")
    theirs = keras.models.load_model(tmp_path / "model.keras")
    for layer in theirs.layers:
        layer.set_weights([np.ones_like(array) for array in layer.get_weights()])
    theirs.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_allclose(theirs.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("suffix", [".keras", ".weights.h5", ".h5"])
def test_weights_come_from_any_file_of_keras(keras: ModuleType, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{suffix}"
    theirs = keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, name="a"), keras.layers.Dense(3, name="b")])
    theirs.save_weights(path) if suffix == ".weights.h5" else theirs.save(path)
    model = small()
    model.load_weights(path)
    for ours, other in zip(model.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, other)


def test_weights_of_other_layers_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    Sequential([Dense(5, input_shape=(4,)), Dense(2)]).save_weights(path)
    model = small()
    before = model.get_weights()
    with pytest.raises(
        FileFormatError,
        match=r"^load: expected arrays of shapes \[\(5, 3\), \(3,\)\] for 'dense_1' in the file, got "
        r"\[\(5, 2\), \(2,\)\]\. Load it into a model of the same layers\.",
    ):
        model.load_weights(path)
    for was, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)


# --- Keras 2 --------------------------------------------------------------------------------------------------------


def keras_2_layer(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"name": name, "trainable": True, "dtype": "float32", **config}}


def keras_2_dense(name: str, units: int, **config: Any) -> dict[str, Any]:
    glorot = {"class_name": "GlorotUniform", "config": {"seed": None}}
    zeros = {"class_name": "Zeros", "config": {}}
    usual = {
        "units": units,
        "activation": "linear",
        "use_bias": True,
        "kernel_initializer": glorot,
        "bias_initializer": zeros,
        "kernel_regularizer": None,
        "bias_regularizer": None,
        "activity_regularizer": None,
        "kernel_constraint": None,
        "bias_constraint": None,
    }
    return keras_2_layer("Dense", name, **(usual | config))


L2 = {"class_name": "L2", "config": {"l2": 0.009999999776482582}}
KERAS_2_LAYERS = [
    keras_2_layer("InputLayer", "dense_input", batch_input_shape=[None, 4], sparse=False, ragged=False),
    keras_2_dense("dense", 5, batch_input_shape=[None, 4], kernel_regularizer=L2, activation="relu"),
    keras_2_layer(
        "BatchNormalization", "batch_normalization", axis=[1], momentum=0.99, epsilon=0.001, center=True, scale=True
    ),
    keras_2_layer("LeakyReLU", "leaky_re_lu", alpha=0.25),
    keras_2_layer("Dropout", "dropout", rate=0.5, noise_shape=None, seed=None),
    keras_2_dense("dense_1", 3, activation="softmax"),
]
KERAS_2_TRAINING = {
    "loss": "categorical_crossentropy",
    "metrics": [[{"class_name": "MeanMetricWrapper", "config": {"name": "acc", "dtype": "float32", "fn": "accuracy"}}]],
    "weighted_metrics": None,
    "loss_weights": None,
    "optimizer_config": {
        "class_name": "Custom>Adam",
        "config": {
            "name": "Adam",
            "weight_decay": None,
            "clipnorm": None,
            "jit_compile": True,
            "is_legacy_optimizer": False,
            "learning_rate": 0.0010000000474974513,
            "decay": 0.0,
            "beta_1": 0.9,
            "beta_2": 0.999,
            "epsilon": 1e-07,
            "amsgrad": False,
        },
    },
}


def write_keras_2(path: Path, stack: list[dict[str, Any]], arrays: dict[str, dict[str, Any]]) -> None:
    """Write a file as tf.keras 2 lays it out."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"2.11.0"
        file.attrs["backend"] = b"tensorflow"
        config = {"class_name": "Sequential", "config": {"name": "sequential", "layers": stack}}
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["training_config"] = json.dumps({**KERAS_2_TRAINING, "metrics": [["accuracy"]]}).encode()
        weights = file.create_group("model_weights")
        names = [layer["config"]["name"] for layer in stack if layer["class_name"] != "InputLayer"]
        weights.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            group = weights.create_group(name)
            own = arrays.get(name, {})
            group.attrs["weight_names"] = [f"{name}/{array}:0".encode() for array in own]
            for array, values in own.items():
                group.create_dataset(f"{name}/{array}:0", data=values)


def keras_2_arrays() -> dict[str, dict[str, Any]]:
    rng = np.random.default_rng(0)

    def some(*shape: int) -> Any:
        return rng.uniform(0.5, 1.5, shape).astype(np.float32)

    return {
        "dense": {"kernel": some(4, 5), "bias": some(5)},
        "batch_normalization": {
            "gamma": some(5),
            "beta": some(5),
            "moving_mean": some(5),
            "moving_variance": some(5),
        },
        "dense_1": {"kernel": some(5, 3), "bias": some(3)},
    }


def test_a_whole_model_of_keras_2(keras: ModuleType, tmp_path: Path) -> None:
    path, arrays = tmp_path / "model.h5", keras_2_arrays()
    write_keras_2(path, KERAS_2_LAYERS, arrays)
    model = load_model(path)
    assert [type(layer).__name__ for layer in model.layers] == [layer["class_name"] for layer in KERAS_2_LAYERS[1:]]
    for ours, other in zip(
        model.get_weights(), [array for own in arrays.values() for array in own.values()], strict=True
    ):
        np.testing.assert_array_equal(ours, other)
    assert model.layers[2].negative_slope == 0.25
    assert model.layers[0].kernel_regularizer.l2 == pytest.approx(0.01)
    assert isinstance(model.optimizer, optimizers.Adam)
    assert isinstance(model.loss, losses.CategoricalCrossentropy)
    theirs = keras.models.load_model(path, compile=False)
    np.testing.assert_allclose(model.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-5, atol=1e-7)


def test_a_model_within_a_model_of_keras_2(tmp_path: Path) -> None:
    inner = [KERAS_2_LAYERS[0], *KERAS_2_LAYERS[1:3], keras_2_dense("dense_1", 3, trainable=False)]
    stack = [
        keras_2_layer("InputLayer", "rows", batch_input_shape=[None, 4]),
        {"class_name": "Sequential", "config": {"name": "inner", "layers": inner}},
        keras_2_dense("last", 2),
    ]
    arrays = keras_2_arrays()
    first, second, third = arrays["dense"], arrays["batch_normalization"], arrays["dense_1"]
    names = ["gamma", "beta", "moving_mean", "moving_variance"]
    together = {f"dense/{name}": first[name] for name in first}
    together |= {f"batch_normalization/{name}": second[name] for name in names[:2]}  # what is trained comes first
    together |= {f"batch_normalization/{name}": second[name] for name in names[2:]}
    together |= {f"dense_1/{name}": third[name] for name in third}
    last = {"kernel": np.ones((3, 2), np.float32), "bias": np.zeros(2, np.float32)}
    write_keras_2(tmp_path / "model.h5", stack, {"inner": together, "last": last})
    model = load_model(tmp_path / "model.h5")
    wanted = [*first.values(), *second.values(), *third.values(), *last.values()]
    for ours, other in zip(model.get_weights(), wanted, strict=True):
        np.testing.assert_array_equal(ours, other)


def test_a_function_that_was_another_one_in_keras_2(tmp_path: Path) -> None:
    stack = [keras_2_dense("dense", 5, batch_input_shape=[None, 4], activation="hard_sigmoid")]
    write_keras_2(tmp_path / "model.h5", stack, keras_2_arrays())
    with pytest.raises(FileFormatError, match=r"got Keras 2's hard_sigmoid in 'dense'. It is clip"):
        load_model(tmp_path / "model.h5")


# --- Calls ----------------------------------------------------------------------------------------------------------

CALLS: dict[str, tuple[str, str, str]] = {
    "save as .h5": ("save", "a.h5", r"^save: .* got 'a\.h5'\. Keras 3 writes and reads 'model\.keras' instead\."),
    "save as .onnx": ("save", "a.onnx", r"^save: .* got 'a\.onnx'\. ONNX files are written by model\.export\."),
    "save as .weights.h5": ("save", "a.weights.h5", r"^save: .* Weights alone are written by save_weights\."),
    "save_weights as .keras": ("save_weights", "a.keras", r"^save: .* Whole models are written by save\."),
    "load_weights of .onnx": ("load_weights", "a.onnx", r"^load: expected a path ending in .*, got 'a\.onnx'"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_suffix_that_a_call_does_not_write_or_read(name: str) -> None:
    call, path, message = CALLS[name]
    with pytest.raises(FileFormatError, match=message):
        getattr(small(), call)(path)


def test_weights_are_no_model(tmp_path: Path) -> None:
    small().save_weights(tmp_path / "a.weights.h5")
    with pytest.raises(
        FileFormatError, match=r"^load_model: expected a whole model in .* got weights only\. Use load_w"
    ):
        load_model(tmp_path / "a.weights.h5")


def test_a_model_that_is_not_built_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ModelStateError, match=r"^Sequential: expected a built model"):
        Sequential([Dense(3)]).save(tmp_path / "a.keras")


def test_the_path_is_checked_before_anything_else() -> None:
    with pytest.raises(ArgumentError, match=r"^save: expected a path, got .*zero byte"):
        small().save("a\0.keras")
    with pytest.raises(FileNotFoundError, match=r"^load: expected a file, got nowhere\.keras, which does not exist"):
        models.load_model("nowhere.keras")


def test_files_are_read_without_h5py_and_written_with_it(tmp_path: Path) -> None:
    small().save(tmp_path / "model.keras")
    program = """
import sys
sys.modules["h5py"] = None  # as if it were not installed
from rosenblatt import load_model
model = load_model("model.keras")
try:
    model.save("again.keras")
except ImportError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert run.stderr == ""
    assert run.stdout == "save: expected h5py to be installed, it is not. Run: pip install 'rosenblatt[keras-files]'\n"


def test_a_file_has_what_every_keras_since_3_0_reads_and_no_more(tmp_path: Path) -> None:
    model = compiled(every_layer(seed=1))
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        text = archive.read("config.json").decode()
        members = archive.namelist()
    assert members == ["metadata.json", "config.json", "rosenblatt.json", "model.weights.h5"]
    newer = ("quantization_config", "input_axes", "output_axes", "optional", "ragged", "renorm", "rms_scaling")
    assert [key for key in newer if f'"{key}' in text] == []


# --- Names that mean something else there -----------------------------------------------------------------------------


def rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a file's description."""
    with zipfile.ZipFile(path) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(found["config.json"])
    change(config)
    path.write_bytes(pack(found | {"config.json": json.dumps(config).encode()}))


@pytest.mark.parametrize("value", [0, 0.0, 1])
def test_an_argument_that_is_lacking_is_off_only_where_it_says_so(value: float, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with_compiled("sgd", None).save(path)
    loss = {"class_name": "SparseCategoricalCrossentropy", "config": {"ignore_class": value}}
    rewritten(path, lambda config: config["compile_config"].update(loss=loss))
    with pytest.raises(
        FileFormatError, match=rf"expected SparseCategoricalCrossentropy without ignore_class, got {value}"
    ):
        load_model(path)


def function(name: str) -> dict[str, Any]:
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": name}


@pytest.mark.parametrize("activation", ["step", function("step")], ids=str)
def test_an_activation_that_only_we_have_is_a_users_own_there(activation: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with_compiled("sgd", None).save(path)
    rewritten(path, lambda config: config["config"]["layers"][1]["config"].update(activation=activation))
    with pytest.raises(FileFormatError, match=r"expected an activation that this library has, got step in 'dense'"):
        load_model(path)


def test_a_metric_that_only_we_have_is_a_users_own_there(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with_compiled("sgd", None).save(path)
    wanted: list[Any] = [{"class_name": "ConfusionMatrix", "config": {}}]
    rewritten(path, lambda config: config["compile_config"].update(metrics=wanted))
    with pytest.raises(FileFormatError, match=r"expected a metric that this library has, got ConfusionMatrix"):
        load_model(path)
    wanted = [function("confusion_matrix")]
    rewritten(path, lambda config: config["compile_config"].update(metrics=wanted))
    with pytest.raises(FileFormatError, match=r"expected your own 'confusion_matrix'"):
        load_model(path)


@pytest.mark.parametrize("suffix", [".keras", ".safetensors"])
def test_custom_objects_come_before_what_is_known(suffix: str, tmp_path: Path) -> None:
    def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
        return (y_pred - y_true).sum(axis=-1) * 0 + 7

    path = tmp_path / f"model{suffix}"
    with_compiled("sgd", [losses.mean_squared_error, "mean_squared_error"]).save(path)
    model = load_model(path, custom_objects={"mean_squared_error": mean_squared_error})
    assert model.evaluate(X, ONE_HOT, verbose=0)[1:] == [7, 7]


def test_what_an_optimizer_of_keras_2_remembers_is_left_out_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    write_keras_2(path, KERAS_2_LAYERS, keras_2_arrays())
    with h5py.File(path, "a") as file:
        file.create_group("optimizer_weights")
    with pytest.warns(UserWarning, match=r"^load_model: .* its step and what it remembers are left out") as caught:
        assert load_model(path).optimizer.iterations == 0
    assert [warning.filename for warning in caught] == [__file__]


def test_a_thousand_layers_alike_come_back_from_a_packed_file(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    model = Sequential([Dense(2) for _ in range(1000)], seed=1)
    model.build((2,))
    model.compile("adam", "mse")
    model.save(path)
    assert_same_weights(load_model(path), model)
    with zipfile.ZipFile(path) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in found.items():
            archive.writestr(name, member)
    assert_same_weights(load_model(path), model)
