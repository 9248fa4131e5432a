"""The native engine against the reference engine, its judge: every activation, loss, optimizer and layer.

Both carry out the same plan on the same numbers, on every instruction set that this machine has. In float64 they agree
to 1e-10 over whole epochs, and over one update where a function has a kink (a rounding error may fall on its other
side); in float32 over one update, to a few units in the last place.
"""

from __future__ import annotations

import copy
import os
import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

from rosenblatt import Sequential, losses, optimizers
from rosenblatt.engines.base import Engine
from rosenblatt.engines.reference import ReferenceEngine
from rosenblatt.errors import ArgumentError, DataError
from rosenblatt.functional.activations import ACTIVATIONS
from rosenblatt.functional.losses import LOSSES
from rosenblatt.functional.optimizers import OPTIMIZERS
from rosenblatt.layers import (
    ELU,
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Softmax,
)
from rosenblatt.optimizers import schedules
from rosenblatt.plan import Plan, Rule, State
from rosenblatt.regularizers import L1, L1L2, L2, OrthogonalRegularizer

pytest.importorskip("rosenblatt.engines._native", reason="needs the native engine: a C++ compiler")
from rosenblatt.engines import _native
from rosenblatt.engines.native import KINDS, NativeEngine

ROWS, INPUTS, CLASSES = 83, 21, 5
KINKED = {"relu", "relu6", "leaky_relu", "selu", "hard_sigmoid"}


@pytest.fixture(params=_native.available())
def engine(request: pytest.FixtureRequest) -> Engine:
    """A native engine on each instruction set."""
    return NativeEngine(1, request.param)


# --- Two engines side by side ---------------------------------------------------------------------


class Data(NamedTuple):
    x: np.ndarray
    target: np.ndarray
    weight: np.ndarray | None = None


def rows(shape: Sequence[int] = (INPUTS,), count: int = ROWS) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, *shape))


def labels(count: int = ROWS) -> np.ndarray:
    return np.random.default_rng(1).integers(0, CLASSES, count)


def one_hot() -> np.ndarray:
    return np.eye(CLASSES)[labels()]


def positive(outputs: int = CLASSES) -> np.ndarray:
    return np.random.default_rng(2).random((ROWS, outputs)) + 0.1


def compiled(
    layers: Sequence[Layer],
    loss: Any = "sparse_categorical_crossentropy",
    optimizer: Any = "sgd",
    input_shape: Sequence[int] = (INPUTS,),
    dtype: str = "float64",
) -> tuple[Plan, State]:
    model = Sequential(layers, seed=1, dtype=dtype)
    model.compile(optimizer, loss)
    model.build(input_shape)
    model.state.learning_rate = 0.02
    return model.plan, model.state


def epochs(count: int, size: int = ROWS) -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.stack([rng.permutation(size) for _ in range(count)])


def outcome(engine: Engine, plan: Plan, state: State, data: Data, order: np.ndarray, batch_size: int) -> dict[str, Any]:
    """All that an engine says of a network, before and after training, and all that it makes of the state."""
    x, target, weight = data
    found: dict[str, Any] = {}
    found["loss of all rows"], found["gradient"] = engine.loss_and_gradient(plan, state, x, target, weight)
    found["outputs in training"] = np.zeros((order.size, *plan.output_shape), plan.dtype)
    found["losses"] = engine.train(plan, state, x, target, weight, order, batch_size, found["outputs in training"])
    found |= {"params": state.params, "statistics": state.statistics, "step": state.step}
    found |= {f"slot {name}": slot for name, slot in state.slots.items()}
    found["outputs"] = np.zeros((len(x), *plan.output_shape), plan.dtype)
    found["each row's loss"] = engine.evaluate(plan, state, x, target, found["outputs"])
    found["prediction"] = engine.predict(plan, state, x)
    for number, output in enumerate(engine.predict(plan, state, x, layers="all")):
        found[f"output of layer {number}"] = output
    return found


def assert_agreement(
    engine: Engine,
    network: tuple[Plan, State],
    data: Data,
    order: np.ndarray | None = None,
    batch_size: int = 16,
    tolerance: float = 1e-10,
) -> None:
    plan, state = network
    order = epochs(2, len(data.x)) if order is None else order
    expected = outcome(ReferenceEngine(), plan, state.copy(), data, order, batch_size)
    found = outcome(engine, plan, state.copy(), data, order, batch_size)
    assert engine.reason is None
    assert found.keys() == expected.keys()
    for name in expected:
        assert np.shape(found[name]) == np.shape(expected[name]), name
        np.testing.assert_allclose(found[name], expected[name], rtol=tolerance, atol=tolerance, err_msg=name)
    assert np.isfinite(expected["losses"]).all()
    assert not plan.trainable_parameters or not np.array_equal(found["params"], state.params)  # it has learnt


ONE_UPDATE = epochs(1)[0][:16]


# --- Activations ----------------------------------------------------------------------------------

ACTIVATION_RULES = [
    *(Rule(name) for name in ACTIVATIONS if name not in ("step", "linear")),
    Rule("gelu", {"approximate": True}),
    Rule("elu", {"alpha": 0.3}),
    Rule("elu", {"alpha": -0.3}),
    Rule("leaky_relu", {"negative_slope": 0.1}),
    Rule("leaky_relu", {"negative_slope": 0.0}),
    Rule("relu", {"negative_slope": 0.1, "max_value": 0.8, "threshold": 0.2}),
    Rule("relu", {"negative_slope": 0.1}),
    Rule("relu", {"max_value": 0.8}),
    Rule("relu", {"threshold": 0.2, "max_value": None}),
]


def rule_id(rule: Rule) -> str:
    return " ".join([rule.name, *(f"{name}={value}" for name, value in rule.config.items())])


def with_activation(rule: Rule) -> tuple[Plan, State]:
    """A network with an activation inside of layers, as a layer of its own, and at the end."""
    plan, state = compiled([Dense(33, "tanh"), Dense(17), Activation("tanh"), Dense(CLASSES, "tanh")], "mse")
    layers = [
        replace(layer, config={"activation": rule}) if layer.config["activation"].name == "tanh" else layer
        for layer in plan.layers
    ]
    if rule.name in ("exponential", "log_softmax"):  # whose outputs are soon large
        state.params *= 0.1
        state.learning_rate = 1e-3
    return replace(plan, layers=tuple(layers)), state


@pytest.mark.parametrize("rule", ACTIVATION_RULES, ids=rule_id)
def test_activations(engine: Engine, rule: Rule) -> None:
    order = ONE_UPDATE if rule.name in KINKED else epochs(2)
    assert_agreement(engine, with_activation(rule), Data(rows(), positive()), order)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_far_out(engine: Engine, name: str) -> None:
    plan, state = compiled([Activation(name), Rescaling(2.0)], "mse")
    x = np.concatenate([rows() * scale for scale in (0.0, 1e-200, 1e-8, 30.0, 1e3, 1e6)])
    with np.errstate(over="ignore"):  # e to the 1000
        expected = ReferenceEngine().predict(plan, state, x)
    assert not np.isnan(expected).any()
    # The logarithm of a probability near 1 is known to the precision of 1; what is below 1e-300 may be taken for 0.
    smallest = 1e-15 if name == "log_softmax" else 1e-300
    np.testing.assert_allclose(engine.predict(plan, state, x), expected, rtol=1e-13, atol=smallest)


# --- Losses ---------------------------------------------------------------------------------------

LOSS_CASES: dict[str, tuple[Any, str, np.ndarray]] = {
    # name: loss, what the network ends in, targets
    "mean_squared_error": ("mse", "linear", positive()),
    "mean_squared_error, one output": ("mse", "linear", positive(1)),
    "mean_squared_error, integers": ("mse", "linear", one_hot().astype(int)),
    "mean_absolute_error": ("mae", "linear", positive()),
    "huber": ("huber", "linear", positive()),
    "huber, delta": (losses.Huber(delta=0.3), "linear", positive()),
    "log_cosh": ("log_cosh", "linear", positive()),
    "mean_squared_logarithmic_error": ("msle", "softplus", positive()),
    "mean_absolute_percentage_error": ("mape", "linear", positive()),
    "cosine_similarity": ("cosine_similarity", "linear", positive()),
    "binary_crossentropy": ("binary_crossentropy", "sigmoid", one_hot()),
    "binary_crossentropy, one output": ("binary_crossentropy", "sigmoid", one_hot()[:, :1]),
    "binary_crossentropy, smooth": (losses.BinaryCrossentropy(label_smoothing=0.2), "sigmoid", one_hot()),
    "binary_crossentropy, logits": (losses.BinaryCrossentropy(from_logits=True), "linear", one_hot()),
    "binary_crossentropy, of another": ("binary_crossentropy", "softmax", one_hot()),
    "binary_focal_crossentropy": ("binary_focal_crossentropy", "sigmoid", one_hot()),
    "binary_focal_crossentropy, all options": (
        losses.BinaryFocalCrossentropy(True, alpha=0.3, gamma=1.5, from_logits=True, label_smoothing=0.1),
        "linear",
        one_hot(),
    ),
    "categorical_crossentropy": ("categorical_crossentropy", "softmax", one_hot()),
    "categorical_crossentropy, smooth": (losses.CategoricalCrossentropy(label_smoothing=0.1), "softmax", one_hot()),
    "categorical_crossentropy, logits": (losses.CategoricalCrossentropy(from_logits=True), "linear", one_hot()),
    "categorical_crossentropy, of another": ("categorical_crossentropy", "sigmoid", one_hot()),
    "categorical_focal_crossentropy": ("categorical_focal_crossentropy", "softmax", one_hot()),
    "categorical_focal_crossentropy, all options": (
        losses.CategoricalFocalCrossentropy([0.1, 0.2, 0.3, 0.4, 0.5], 1.5, from_logits=True, label_smoothing=0.1),
        "linear",
        one_hot(),
    ),
    "sparse_categorical_crossentropy": ("sparse_categorical_crossentropy", "softmax", labels()),
    "sparse_categorical_crossentropy, logits": (
        losses.SparseCategoricalCrossentropy(from_logits=True),
        "linear",
        labels().astype(np.uint8),
    ),
    "sparse_categorical_crossentropy, of another": ("sparse_categorical_crossentropy", "sigmoid", labels()),
    "kl_divergence": ("kl_divergence", "softmax", positive()),
    "poisson": ("poisson", "softplus", positive()),
    "hinge": ("hinge", "linear", one_hot() * 2 - 1),
    "hinge, zeros and ones": ("hinge", "linear", one_hot()),
    "squared_hinge": ("squared_hinge", "linear", one_hot() * 2 - 1),
    "squared_hinge, zeros and ones": ("squared_hinge", "linear", one_hot()),
    "categorical_hinge": ("categorical_hinge", "linear", one_hot()),
}


def with_loss(name: str) -> tuple[Plan, State]:
    loss, ending, target = LOSS_CASES[name]
    outputs = target.shape[1] if target.ndim == 2 else CLASSES
    return compiled([Dense(17, "tanh"), Dense(outputs, ending)], loss)


@pytest.mark.parametrize("name", LOSS_CASES)
def test_losses(engine: Engine, name: str) -> None:
    has_kink = any(word in name for word in ("absolute", "hinge"))
    order = ONE_UPDATE if has_kink else epochs(2)
    assert_agreement(engine, with_loss(name), Data(rows(), LOSS_CASES[name][-1]), order)


def test_every_loss_optimizer_and_layer_is_in_these_tests() -> None:
    assert {name.split(",")[0] for name in LOSS_CASES} == LOSSES.keys() - {"custom"}
    assert {OPTIMIZER_CASES[name].function for name in OPTIMIZER_CASES} == OPTIMIZERS.keys()
    assert {layer.kind for name in LAYER_CASES for layer in LAYER_CASES[name]()} == KINDS.keys() | {"Flatten"}


@pytest.mark.parametrize(
    ("loss", "target"),
    [
        ("binary_crossentropy", one_hot()),
        ("categorical_crossentropy", one_hot()),
        ("sparse_categorical_crossentropy", labels()),
        (losses.BinaryFocalCrossentropy(from_logits=True), one_hot()),
        ("log_cosh", one_hot()),
    ],
    ids=str,
)
def test_losses_of_outputs_far_out(engine: Engine, loss: Any, target: np.ndarray) -> None:
    ending = {"binary_crossentropy": "sigmoid", "log_cosh": "linear"}.get(loss, "softmax")
    plan, state = compiled([Dense(CLASSES, ending if isinstance(loss, str) else "linear")], loss)
    state.params *= 1000
    assert_agreement(engine, (plan, state), Data(rows(), target), ONE_UPDATE)


# --- From rows to one loss ------------------------------------------------------------------------


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean_with_sample_weight", "sum"])
@pytest.mark.parametrize("weighted", [True, False], ids=["weighted", "plain"])
def test_reductions_and_sample_weights(engine: Engine, reduction: str, weighted: bool) -> None:
    plan, state = compiled([Dense(17, "tanh"), Dense(CLASSES, "softmax")])
    weight = np.random.default_rng(4).random(ROWS) * 3 if weighted else None
    state.learning_rate = 0.001
    assert_agreement(engine, (replace(plan, reduction=reduction), state), Data(rows(), labels(), weight))


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean_with_sample_weight", "sum"])
def test_batches_whose_rows_weigh_nothing(engine: Engine, reduction: str) -> None:
    plan, state = compiled([Dense(17, "tanh"), Dense(CLASSES, "softmax")])
    weight = np.zeros(ROWS)
    weight[:32] = 0.5
    order = np.arange(ROWS)  # the first two batches have weight, the others none
    assert_agreement(engine, (replace(plan, reduction=reduction), state), Data(rows(), labels(), weight), order)


@pytest.mark.parametrize("kind", ["float32", "int64"])
def test_weights_and_targets_of_other_types(engine: Engine, kind: str) -> None:
    plan, state = compiled([Dense(17, "tanh"), Dense(CLASSES)], "mse")
    weight = (np.arange(2 * ROWS) % 4).astype(kind)[::2]
    assert_agreement(engine, (plan, state), Data(rows(), np.asfortranarray(one_hot().astype(kind)), weight))


# --- Optimizers -----------------------------------------------------------------------------------

OPTIMIZER_CASES: dict[str, optimizers.Optimizer] = {
    "sgd": optimizers.SGD(),
    "sgd, momentum": optimizers.SGD(momentum=0.9),
    "sgd, nesterov": optimizers.SGD(momentum=0.9, nesterov=True),
    "sgd, nesterov without momentum": optimizers.SGD(nesterov=True),
    "rmsprop": optimizers.RMSprop(rho=0.8, epsilon=1e-5),
    "rmsprop, momentum": optimizers.RMSprop(momentum=0.5),
    "rmsprop, centered": optimizers.RMSprop(centered=True, epsilon=1e-3),
    "rmsprop, centered, momentum": optimizers.RMSprop(centered=True, momentum=0.5, epsilon=1e-3),
    "adam": optimizers.Adam(beta_1=0.8, beta_2=0.9, epsilon=1e-5),
    "adam, amsgrad": optimizers.Adam(amsgrad=True, beta_2=0.5),
    "adamw": optimizers.AdamW(weight_decay=0.1),
    "nadam": optimizers.Nadam(beta_1=0.8),
    "adamax": optimizers.Adamax(beta_2=0.9),
    "adagrad": optimizers.Adagrad(initial_accumulator_value=0.3),
    "lion": optimizers.Lion(beta_1=0.8),
    "lion, weight decay": optimizers.Lion(beta_2=0.9, weight_decay=0.1),
    "weight decay": optimizers.SGD(momentum=0.9, weight_decay=0.5),
    "clipvalue": optimizers.SGD(clipvalue=0.01),
    "clipvalue, all else": optimizers.Adam(clipvalue=0.01, weight_decay=0.1, use_ema=True, ema_overwrite_frequency=4),
    "clipnorm": optimizers.SGD(clipnorm=0.05),
    "clipnorm, too long to matter": optimizers.SGD(clipnorm=1e3),
    "clipnorm, all else": optimizers.Nadam(clipnorm=0.05, weight_decay=0.1, use_ema=True, ema_overwrite_frequency=4),
    "global_clipnorm": optimizers.SGD(global_clipnorm=0.05),
    "global_clipnorm, all else": optimizers.RMSprop(global_clipnorm=0.05, momentum=0.5, weight_decay=0.1, use_ema=True),
    "average": optimizers.SGD(use_ema=True, ema_momentum=0.9),
    "average that overwrites": optimizers.Adam(use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3),
    "schedule": optimizers.SGD(schedules.CosineDecay(0.0, decay_steps=9, warmup_target=0.05, warmup_steps=3)),
    "schedule, adam": optimizers.Adam(schedules.ExponentialDecay(0.01, 2, 0.5, staircase=True), weight_decay=0.1),
}


@pytest.mark.parametrize("name", OPTIMIZER_CASES)
def test_optimizers(engine: Engine, name: str) -> None:
    layers = [
        Dense(33, "tanh", kernel_regularizer=L1L2(0.01, 0.02)),
        Dense(17, "tanh", trainable=False),
        PReLU("ones"),
        Dense(CLASSES, "softmax"),
    ]
    assert_agreement(engine, compiled(layers, optimizer=OPTIMIZER_CASES[name]), Data(rows(), labels()))


@pytest.mark.parametrize("name", ["clipnorm", "global_clipnorm"])
def test_lengths_of_large_arrays(engine: Engine, name: str) -> None:
    """Their squares are summed in pieces."""
    layers = [Dense(300, "tanh", use_bias=False), Dense(40, "tanh"), Dense(CLASSES, "softmax")]
    network = compiled(layers, optimizer=OPTIMIZER_CASES[name])
    assert_agreement(engine, network, Data(rows(), labels()), ONE_UPDATE)


def test_training_goes_on_where_it_stopped(engine: Engine) -> None:
    """The step counts for Adam's corrections, schedules, dropped units and averages."""
    rate = schedules.InverseTimeDecay(0.01, decay_steps=10, decay_rate=1.0)
    optimizer = optimizers.Adam(rate, use_ema=True, ema_overwrite_frequency=7)
    plan, state = compiled([Dense(17, "tanh"), Dropout(0.3), Dense(CLASSES, "softmax")], optimizer=optimizer)
    ReferenceEngine().train(plan, state, rows(), labels(), None, np.arange(ROWS), 8)
    assert state.step == 11
    assert_agreement(engine, (plan, state), Data(rows(), labels()))


# --- Layers ---------------------------------------------------------------------------------------


def adapted(axis: int | None) -> Normalization:
    layer = Normalization(axis=axis)
    layer.adapt(rows() * 3 + 1)
    return layer


LAYER_CASES: dict[str, Callable[[], list[Layer]]] = {
    "no hidden layer": list,
    "without biases": lambda: [Dense(17, "tanh", use_bias=False), Dense(33, "tanh"), Dense(9, use_bias=False)],
    "deep": lambda: [Dense(units, "tanh") for units in (40, 30, 20, 10, 8, 4)],
    "dropout": lambda: [Dense(40, "tanh"), Dropout(0.3), Dense(20, "tanh"), Dropout(0.5, seed=7), Dropout(0.0)],
    "dropout first": lambda: [Dropout(0.2), Dense(40, "tanh")],
    "noise": lambda: [GaussianNoise(0.3), Dense(40, "tanh"), GaussianNoise(0.1, seed=7), GaussianNoise(0.0)],
    "batch normalization": lambda: [Dense(40), BatchNormalization(), Activation("tanh")],
    "batch normalization first": lambda: [BatchNormalization(momentum=0.7, epsilon=0.1), Dense(40, "tanh")],
    "batch normalization without scale": lambda: [Dense(40), BatchNormalization(scale=False), Activation("tanh")],
    "batch normalization without center": lambda: [Dense(40), BatchNormalization(center=False), Activation("tanh")],
    "batch normalization alone": lambda: [BatchNormalization(center=False, scale=False), Dense(9, "tanh")],
    "batch normalization, frozen": lambda: [
        Dense(40),
        BatchNormalization(
            trainable=False,
            gamma_initializer="random_uniform",
            moving_mean_initializer="random_uniform",
            moving_variance_initializer="ones",
        ),
        Activation("tanh"),
    ],
    "layer normalization": lambda: [
        Dense(40),
        LayerNormalization(),
        Activation("tanh"),
        LayerNormalization(epsilon=0.1),
    ],
    "layer normalization first": lambda: [LayerNormalization(center=False), Dense(40, "tanh")],
    "layer normalization alone": lambda: [LayerNormalization(center=False, scale=False), Dense(9, "tanh")],
    "layer normalization, frozen": lambda: [
        Dense(40, "tanh"),
        LayerNormalization(trainable=False, gamma_initializer="random_uniform"),
    ],
    "prelu": lambda: [Dense(40), PReLU("random_uniform"), Dense(17), PReLU("ones", alpha_regularizer="l1")],
    "prelu first": lambda: [PReLU("random_uniform"), Dense(40, "tanh")],
    "prelu, frozen": lambda: [Dense(40), PReLU("random_uniform", trainable=False)],
    "activations": lambda: [ELU(0.5), Dense(40), LeakyReLU(), Dense(17), Softmax(), Dense(9), Activation("silu")],
    "relu": lambda: [Dense(40), ReLU(max_value=2.0, negative_slope=0.1, threshold=0.2)],
    "rescaling": lambda: [Rescaling(0.1, 0.2), Dense(40, "tanh"), Rescaling(2.0, -1.0)],
    "normalization": lambda: [adapted(-1), Dense(40, "tanh")],
    "normalization by one mean": lambda: [adapted(None), Dense(40, "tanh")],
    "normalization inside": lambda: [Dense(INPUTS, "tanh"), adapted(-1), Dense(9, "tanh")],
    "flatten everywhere": lambda: [Flatten(), Dense(40), Flatten(), Activation("tanh"), Flatten()],
    "penalties": lambda: [
        Dense(40, "tanh", kernel_regularizer=L1L2(0.01, 0.02), bias_regularizer="l2"),
        BatchNormalization(gamma_regularizer=L1(0.02), beta_regularizer=L2(0.03)),
        Dense(17, "tanh", kernel_regularizer="l1", trainable=False),
        PReLU("ones", alpha_regularizer=L2(0.1)),
    ],
    "penalties on wide layers": lambda: [Dense(600, "tanh", kernel_regularizer="l2", bias_regularizer=L1L2(0.1, 0.1))],
    "frozen": lambda: [Dense(40, "tanh"), Dense(33, "tanh", trainable=False), Dense(17, "tanh")],
    "frozen first": lambda: [Dense(40, "tanh", trainable=False), BatchNormalization(trainable=False), PReLU("ones")],
}
LAYERS_WITH_KINKS = ("prelu", "prelu first", "prelu, frozen", "activations", "relu")


@pytest.mark.parametrize("name", LAYER_CASES)
def test_layers(engine: Engine, name: str) -> None:
    network = compiled([*LAYER_CASES[name](), Dense(CLASSES, "softmax")], optimizer=optimizers.SGD(momentum=0.5))
    order = ONE_UPDATE if name in LAYERS_WITH_KINKS else epochs(2)
    assert_agreement(engine, network, Data(rows(), labels()), order)


@pytest.mark.parametrize("name", [name for name in LAYER_CASES if "flatten" not in name and LAYER_CASES[name]()])
def test_layers_at_the_end(engine: Engine, name: str) -> None:
    layers = LAYER_CASES[name]()
    width = next((layer.units for layer in reversed(layers) if isinstance(layer, Dense)), INPUTS)
    network = compiled(layers, "mse", optimizers.SGD(momentum=0.5))
    assert_agreement(engine, network, Data(rows(), rows((width,))), ONE_UPDATE)


@pytest.mark.parametrize("layers", ["none", "activations"])
def test_nothing_that_learns(engine: Engine, layers: str) -> None:
    inside = [Activation("tanh")] if layers == "activations" else []
    network = compiled([Dense(9, "tanh", trainable=False), *inside, Dense(CLASSES, "softmax", trainable=False)])
    assert_agreement(engine, network, Data(rows(), labels()))


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [Flatten(), Dense(17, "tanh")],
        lambda: [Rescaling(0.5), Flatten(), Dense(17, "tanh")],
        lambda: [Normalization(), Dropout(0.2), Activation("tanh"), GaussianNoise(0.1), Flatten()],
        lambda: [PReLU("random_uniform"), Flatten(), Dense(17, "tanh"), Flatten()],
    ],
    ids=["Flatten", "Rescaling", "Normalization", "PReLU"],
)
def test_rows_of_shape_4_by_6(engine: Engine, layers: Callable[[], list[Layer]]) -> None:
    network = compiled([*layers(), Dense(CLASSES, "softmax")], input_shape=(4, 6))
    has_kink = isinstance(layers()[0], PReLU)
    assert_agreement(engine, network, Data(rows((4, 6)), labels()), ONE_UPDATE if has_kink else epochs(2))


@pytest.mark.parametrize("layers", [[Flatten()], [Flatten(), Rescaling(2.0), Flatten()]], ids=len)
def test_every_output_in_its_shape_where_flatten_changes_it(layers: list[Layer]) -> None:
    plan, state = compiled([Rescaling(3.0), *layers], "mse", input_shape=(4, 6))
    x = rows((4, 6))
    outputs = NativeEngine(1).predict(plan, state, x, layers="all")
    assert [output.shape for output in outputs] == [(ROWS, 4, 6)] + [(ROWS, 24)] * len(layers)
    for output, expected in zip(outputs, ReferenceEngine().predict(plan, state, x, layers="all"), strict=True):
        assert np.array_equal(output, expected)


# --- Shapes: around vectors, tiles, and the parts of long sums ------------------------------------

WIDTHS = (1, 3, 8, 15, 16, 17, 33, 100)


@pytest.mark.parametrize("width", WIDTHS)
def test_widths(engine: Engine, width: int) -> None:
    layers = [Dense(width, "tanh"), BatchNormalization(), Dense(width, "tanh"), LayerNormalization(), Dense(width)]
    network = compiled(layers, "mse", input_shape=(width,))
    assert_agreement(engine, network, Data(rows((width,)), rows((width,)) / 2))


@pytest.mark.parametrize("inputs", [1, 2, 255, 256, 257, 259, 1023, 1027])
def test_inputs(engine: Engine, inputs: int) -> None:
    """From 256 inputs on a sum is made of parts."""
    network = compiled([Dense(20, "tanh"), Dense(CLASSES, "softmax")], input_shape=(inputs,))
    assert_agreement(engine, network, Data(rows((inputs,)), labels()), batch_size=24)


@pytest.mark.parametrize("hidden", [255, 257, 511, 512, 513, 1030])
def test_hidden_widths(engine: Engine, hidden: int) -> None:
    """Beyond 512 columns a gradient is made of pieces, as are the penalties."""
    network = compiled([Dense(hidden, "tanh", kernel_regularizer="l2"), Dense(hidden // 2, "tanh"), Dense(1)], "mse")
    assert_agreement(engine, network, Data(rows(), positive(1)), ONE_UPDATE)


@pytest.mark.parametrize("batch_size", [1, 2, 7, 8, 9, 16, 33, ROWS - 1, ROWS, ROWS + 1, 10_000])
def test_batch_sizes(engine: Engine, batch_size: int) -> None:
    layers = [Dense(33, "tanh"), BatchNormalization(), Dropout(0.2), Dense(CLASSES, "softmax")]
    assert_agreement(engine, compiled(layers), Data(rows(), labels()), batch_size=batch_size)


@pytest.mark.parametrize("count", [1, 2, 127, 128, 129, 300])
def test_counts_of_rows(engine: Engine, count: int) -> None:
    """Rows are predicted 128 at a time."""
    network = compiled([Dense(20, "tanh"), LayerNormalization(), Dense(CLASSES, "softmax")])
    assert_agreement(engine, network, Data(rows(count=count), labels(count)))


@pytest.mark.parametrize("count", [1, 2, 17, 300])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_predictor_made_for_serving_says_what_predict_says(engine: Engine, dtype: str, count: int) -> None:
    layers = [Flatten(), Dense(300, "relu"), LayerNormalization(), Dense(CLASSES, "softmax"), Flatten()]
    plan, state = compiled(layers, input_shape=(4, 6), dtype=dtype)
    x = rows((4, 6), count).astype(dtype)
    predict = engine.predictor(plan, state)
    for _ in range(2):
        outputs = np.full((count, CLASSES), np.nan, dtype)
        predict(x, outputs)
        assert np.array_equal(outputs, engine.predict(plan, state, x))
        state.params *= 1.5  # it uses the weights as they are


def test_no_rows(engine: Engine) -> None:
    plan, state = compiled([Dense(20, "tanh"), Dense(CLASSES, "softmax")])
    before = state.copy()
    assert engine.train(plan, state, rows(), labels(), None, np.arange(0), 4).shape == (0,)
    assert engine.train(plan, state, rows(), labels(), None, np.empty((0, 3), int), 4).shape == (0,)
    assert np.array_equal(state.params, before.params)
    assert state.step == 0


def test_no_rows_to_predict(engine: Engine) -> None:
    plan, state = compiled([Dense(20, "tanh"), Dense(CLASSES, "softmax")])
    assert engine.predict(plan, state, rows(count=0)).shape == (0, CLASSES)
    assert engine.evaluate(plan, state, rows(count=0), labels(0)).shape == (0,)


# --- float32 --------------------------------------------------------------------------------------

FEW = 16  # units in the last place of the largest number in an array


def in_precision(dtype: str, state: State) -> State:
    """The same numbers in another precision."""
    changed = state.copy()
    changed.params, changed.statistics = state.params.astype(dtype), state.statistics.astype(dtype)
    changed.slots = {name: slot.astype(dtype) for name, slot in state.slots.items()}
    return changed


def assert_agreement_in_float32(engine: Engine, network: tuple[Plan, State], data: Data) -> None:
    """One update in float32 is the one in float64, rounded."""
    plan, state = network
    narrow = in_precision("float32", state)
    wide = in_precision("float64", narrow)
    data = data._replace(x=data.x.astype(np.float32))
    found = outcome(engine, replace(plan, dtype="float32"), narrow, data, ONE_UPDATE, 16)
    expected = outcome(ReferenceEngine(), plan, wide, data, ONE_UPDATE, 16)
    for name in expected:
        allowed = FEW * np.spacing(np.float32(np.max(np.abs(expected[name]), initial=0)))
        np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=allowed, err_msg=name)


@pytest.mark.parametrize("rule", ACTIVATION_RULES, ids=rule_id)
def test_activations_in_float32(engine: Engine, rule: Rule) -> None:
    assert_agreement_in_float32(engine, with_activation(rule), Data(rows(), positive()))


@pytest.mark.parametrize("name", LOSS_CASES)
def test_losses_in_float32(engine: Engine, name: str) -> None:
    assert_agreement_in_float32(engine, with_loss(name), Data(rows(), LOSS_CASES[name][-1]))


@pytest.mark.parametrize("name", LAYER_CASES)
def test_layers_in_float32(engine: Engine, name: str) -> None:
    network = compiled([*LAYER_CASES[name](), Dense(CLASSES, "softmax")], optimizer=optimizers.SGD(momentum=0.5))
    assert_agreement_in_float32(engine, network, Data(rows(), labels()))


@pytest.mark.parametrize("name", OPTIMIZER_CASES)
def test_optimizers_in_float32(engine: Engine, name: str) -> None:
    plan, state = compiled([Dense(33, "tanh"), Dense(CLASSES, "softmax")], optimizer=OPTIMIZER_CASES[name])
    ReferenceEngine().train(plan, state, rows(), labels(), None, epochs(1), 16)  # so that it remembers something
    assert_agreement_in_float32(engine, (plan, state), Data(rows(), labels()))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_results_are_in_the_network_s_precision(dtype: str) -> None:
    plan, state = compiled([Dense(9, "tanh"), Dense(CLASSES, "softmax")], dtype=dtype)
    found = outcome(NativeEngine(1), plan, state, Data(rows(), labels()), ONE_UPDATE, 16)
    assert found["losses"].dtype == np.float64
    for name in ("gradient", "params", "each row's loss", "prediction", "output of layer 0"):
        assert found[name].dtype == dtype


# --- What is left alone ---------------------------------------------------------------------------


def with_everything(dtype: str = "float64") -> tuple[Plan, State]:
    layers = [
        BatchNormalization(),
        Dense(33, "tanh", kernel_regularizer="l2"),
        Dropout(0.3),
        PReLU("ones", trainable=False),
        GaussianNoise(0.1),
        LayerNormalization(),
        Dense(CLASSES, "softmax"),
    ]
    return compiled(layers, optimizer=optimizers.Adam(use_ema=True, global_clipnorm=0.5), dtype=dtype)


def numbers(state: State) -> bytes:
    """All that training changes."""
    arrays = [state.params, state.statistics, *(state.slots[name] for name in sorted(state.slots))]
    return b"".join(array.tobytes() for array in arrays) + str(state.step).encode()


def test_only_training_changes_the_state(engine: Engine) -> None:
    plan, state = with_everything()
    before = numbers(state)
    engine.predict(plan, state, rows(), layers="all")
    engine.evaluate(plan, state, rows(), labels(), np.empty((ROWS, CLASSES)))
    engine.loss_and_gradient(plan, state, rows(), labels(), np.ones(ROWS))
    assert numbers(state) == before
    engine.train(plan, state, rows(), labels(), None, ONE_UPDATE, 16)
    assert numbers(state) != before


def test_the_data_stay_as_they_are(engine: Engine) -> None:
    plan, state = with_everything()
    data = Data(rows(), labels(), np.ones(ROWS))
    order = epochs(1)
    before = [array.copy() for array in (*data, order)]
    outcome(engine, plan, state, data, order, 16)
    for old, new in zip(before, (*data, order), strict=True):
        assert np.array_equal(old, new)


def test_loss_and_gradient_are_those_of_the_next_update(engine: Engine) -> None:
    plan, state = compiled([BatchNormalization(), Dense(9, "tanh", bias_regularizer="l2"), Dropout(0.3), Dense(5)])
    engine.train(plan, state, rows(), labels(), None, np.arange(40), 8)  # the step counts for what is dropped next
    loss, gradient = engine.loss_and_gradient(plan, state, rows()[:16], labels()[:16])
    before = state.params.copy()
    assert engine.train(plan, state, rows(), labels(), None, np.arange(16), 16).tolist() == [loss]
    np.testing.assert_allclose(before - 0.02 * gradient, state.params, rtol=1e-12, atol=1e-15)


def test_outputs_in_training_may_be_left_out(engine: Engine) -> None:
    found = []
    for outputs in (None, np.empty((ROWS, CLASSES))):
        plan, state = with_everything()
        engine.train(plan, state, rows(), labels(), None, epochs(1), 16, outputs)
        found.append(numbers(state))
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", ["every other row", "columns first", "another type"])
def test_outputs_of_any_layout_are_filled(kind: str) -> None:
    plan, state = with_everything()
    outputs = {
        "every other row": np.zeros((2 * ROWS, CLASSES))[::2],
        "columns first": np.zeros((ROWS, CLASSES), order="F"),
        "another type": np.zeros((ROWS, CLASSES), np.float32),
    }[kind]
    NativeEngine(1).evaluate(plan, state, rows(), labels(), outputs)
    np.testing.assert_allclose(outputs, NativeEngine(1).predict(plan, state, rows()), rtol=1e-6)


# --- What it hands to the reference engine --------------------------------------------------------


def fourth_power(target: np.ndarray, output: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return ((output - target) ** 4).sum(axis=-1), 4 * (output - target) ** 3


FALLBACKS: dict[str, tuple[Callable[[], tuple[Plan, State]], Data, str]] = {
    "a loss in Python": (
        lambda: compiled([Dense(CLASSES, "tanh")], losses.CustomLoss(fourth_power)),
        Data(rows(), positive()),
        "a loss of your own, in Python",
    ),
    "orthogonal weights": (
        lambda: compiled([Dense(9, "tanh", kernel_regularizer=OrthogonalRegularizer()), Dense(CLASSES, "softmax")]),
        Data(rows(), labels()),
        "the regularizer 'orthogonal'",
    ),
    "Dense": (
        lambda: compiled([Dense(3, "tanh"), Flatten(), Dense(CLASSES, "softmax")], input_shape=(4, 6)),
        Data(rows((4, 6)), labels()),
        "Dense on rows of shape (4, 6)",
    ),
    "BatchNormalization": (
        lambda: compiled([BatchNormalization(), Flatten(), Dense(CLASSES, "softmax")], input_shape=(4, 6)),
        Data(rows((4, 6)), labels()),
        "BatchNormalization on rows of shape (4, 6)",
    ),
    "LayerNormalization": (
        lambda: compiled([LayerNormalization(), Flatten(), Dense(CLASSES, "softmax")], input_shape=(4, 6)),
        Data(rows((4, 6)), labels()),
        "LayerNormalization on rows of shape (4, 6)",
    ),
    "softmax": (
        lambda: compiled([Softmax(), Flatten(), Dense(CLASSES, "softmax")], input_shape=(4, 6)),
        Data(rows((4, 6)), labels()),
        "Activation on rows of shape (4, 6)",
    ),
    "outputs": (
        lambda: compiled([Rescaling(0.5), PReLU("ones")], "mse", input_shape=(4, 6)),
        Data(rows((4, 6)), rows((4, 6))),
        "a loss on outputs of shape (4, 6)",
    ),
    "Flatten alone": (
        lambda: compiled([Flatten()], "mse", input_shape=(4, 6)),
        Data(rows((4, 6)), rows((24,))),
        "a network without layers that compute",
    ),
}


@pytest.mark.parametrize("name", FALLBACKS)
def test_the_reference_engine_does_the_rest_and_the_reason_is_told(name: str) -> None:
    network, data, reason = FALLBACKS[name]
    engine = NativeEngine(1)
    plan, state = network()
    expected = outcome(ReferenceEngine(), plan, state.copy(), data, epochs(2), 16)
    found = outcome(engine, plan, state.copy(), data, epochs(2), 16)
    assert engine.reason == reason
    for key in expected:
        assert np.array_equal(found[key], expected[key]), key  # to the last bit: it is the same engine


def test_a_batch_may_be_larger_than_any_number_of_c() -> None:
    found = []
    for batch_size in (8, 2**63):
        model = Sequential([Dense(2, "tanh", input_shape=(3,))], seed=1)
        model.compile("adam", "mse")
        model.fit(np.ones((8, 3)), np.ones((8, 2)), batch_size=batch_size, epochs=2, verbose=0)
        found.append(model.state.params)
    np.testing.assert_array_equal(*found)


def test_the_reason_is_that_of_the_last_network() -> None:
    engine = NativeEngine(1)
    assert engine.reason is None
    assert ReferenceEngine().reason is None
    network, data, reason = FALLBACKS["Dense"]
    engine.predict(*network(), data.x)
    assert engine.reason == reason
    engine.predict(*with_everything(), rows())
    assert engine.reason is None


def test_the_step_is_computed_and_refuses_to_be_trained(engine: Engine) -> None:
    plan, state = compiled([Dense(9, "step"), Dense(CLASSES, "softmax")])
    expected = ReferenceEngine().predict(plan, state, rows())
    np.testing.assert_allclose(engine.predict(plan, state, rows()), expected, rtol=1e-13)
    assert engine.reason is None
    with pytest.raises(ArgumentError, match="expected an activation with a usable derivative, got the step"):
        engine.train(plan, state, rows(), labels(), None, ONE_UPDATE, 16)
    with pytest.raises(ArgumentError, match="expected an activation with a usable derivative, got the step"):
        engine.loss_and_gradient(plan, state, rows(), labels())


def test_rows_and_labels_that_are_not_there_are_refused() -> None:
    """The C++ library looks at nothing twice."""
    plan, state = compiled([Dense(CLASSES, "softmax")])
    for wrong in (-1, ROWS):
        with pytest.raises(ArgumentError, match=rf"expected row numbers from 0 to {ROWS - 1} in order, got .*{wrong}"):
            NativeEngine(1).train(plan, state, rows(), labels(), None, np.array([0, wrong]), 2)
    for wrong in (-1, CLASSES):
        with pytest.raises(DataError, match=rf"expected labels from 0 to {CLASSES - 1}, got .*{wrong}"):
            NativeEngine(1).train(plan, state, rows(), np.full(ROWS, wrong), None, ONE_UPDATE, 16)


def test_a_plan_without_a_loss_only_predicts() -> None:
    model = Sequential([Dense(2, input_shape=(INPUTS,))])
    engine = NativeEngine(1)
    assert engine.predict(model.plan, model.state, rows()).shape == (ROWS, 2)
    with pytest.raises(ValueError, match="no optimizer"):
        engine.train(model.plan, model.state, rows(), labels(), None, np.arange(ROWS), 5)
    with pytest.raises(ValueError, match="no loss"):
        engine.loss_and_gradient(model.plan, model.state, rows(), labels())


def test_a_plan_without_a_loss_is_not_evaluated() -> None:
    model = Sequential([Dense(2, input_shape=(INPUTS,))])
    with pytest.raises(ValueError, match="no loss"):
        NativeEngine(1).evaluate(model.plan, model.state, rows(), positive(2))


def test_a_plan_without_an_optimizer_is_not_trained() -> None:
    plan, state = compiled([Dense(CLASSES, "softmax")])
    with pytest.raises(ValueError, match="no optimizer"):
        NativeEngine(1).train(replace(plan, optimizer=None), state, rows(), labels(), None, ONE_UPDATE, 16)


def test_a_plan_that_changes_is_noticed(engine: Engine) -> None:
    """One engine, one state: another activation, another loss, a frozen layer, another precision."""
    plan, state = compiled([Dense(9, "tanh"), Dense(CLASSES)], "mse")
    first = plan.layers[0]
    plans = [
        plan,
        replace(plan, layers=(replace(first, config={"activation": Rule("silu")}), plan.layers[1])),
        replace(plan, layers=(replace(first, trainable=False), plan.layers[1])),
        replace(plan, loss=Rule("log_cosh")),
        replace(plan, reduction="sum"),
        plan,
    ]
    for changed in plans:
        expected = outcome(ReferenceEngine(), changed, state.copy(), Data(rows(), positive()), ONE_UPDATE, 16)
        found = outcome(engine, changed, state.copy(), Data(rows(), positive()), ONE_UPDATE, 16)
        np.testing.assert_allclose(found["params"], expected["params"], rtol=1e-12)
        np.testing.assert_allclose(found["losses"], expected["losses"], rtol=1e-12)
    narrow = engine.predict(replace(plan, dtype="float32"), in_precision("float32", state), rows())
    assert narrow.dtype == np.float32


# --- Through a model ------------------------------------------------------------------------------


def fitted(engine: Engine, **arguments: Any) -> tuple[Sequential, dict[str, list[float]]]:
    layers = [Dense(33, "tanh", kernel_regularizer="l2"), BatchNormalization(), Dropout(0.2), Dense(CLASSES, "softmax")]
    model = Sequential(layers, seed=1, dtype="float64")
    model.engine = engine
    model.compile(
        optimizers.Adam(schedules.ExponentialDecay(0.01, 5, 0.9), use_ema=True),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"] if "validation_split" in arguments else None,
    )
    history = model.fit(rows(), labels(), batch_size=16, verbose=0, **arguments)
    return model, history.history


@pytest.mark.parametrize(
    "arguments",
    [
        {"epochs": 3},
        {"epochs": 3, "validation_split": 0.3},
        {"epochs": 2, "class_weight": {0: 2.0, 3: 0.5}},
        {"epochs": 2, "sample_weight": positive(1)[:, 0], "shuffle": False},
    ],
    ids=lambda arguments: ", ".join(arguments),
)
def test_a_model_learns_the_same(engine: Engine, arguments: dict[str, Any]) -> None:
    expected, expected_history = fitted(ReferenceEngine(), **arguments)
    found, history = fitted(engine, **arguments)
    assert found.engine.reason is None
    assert history.keys() == expected_history.keys()
    for name in history:
        np.testing.assert_allclose(history[name], expected_history[name], rtol=1e-10, err_msg=name)
    for name, array in expected.weights.items():
        np.testing.assert_allclose(found.weights[name], array, rtol=1e-10, atol=1e-10, err_msg=name)
    for name, gradient in expected.gradients(rows(), labels()).items():
        found_gradient = found.gradients(rows(), labels())[name]
        np.testing.assert_allclose(found_gradient, gradient, rtol=1e-9, atol=1e-10, err_msg=name)
    measured = expected.evaluate(rows(), labels(), verbose=0)
    np.testing.assert_allclose(found.evaluate(rows(), labels(), verbose=0), measured, rtol=1e-10)


def test_a_network_that_diverges_says_so_and_does_not_crash(engine: Engine, recwarn: pytest.WarningsRecorder) -> None:
    plan, state = compiled([Dense(8, "relu"), Dense(8, "relu"), Dense(CLASSES)], "mse")
    state.learning_rate = 1e9
    found = engine.train(plan, state, rows(), positive(), None, epochs(20), 4)
    assert not np.isfinite(found[-1])
    assert not np.isfinite(engine.evaluate(plan, state, rows(), positive())).any()
    assert len(recwarn) == 0


# --- Copies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_of_a_model_has_an_engine_of_its_own_that_works_the_same(twin_of: Callable[[Any], Any]) -> None:
    model, _ = fitted(NativeEngine(2, "portable"), epochs=1)
    twin = twin_of(model)
    assert repr(twin.engine) == "NativeEngine(threads=2, isa='portable')"
    assert twin.engine is not model.engine
    before = model.state.copy()
    twin.fit(rows(), labels(), batch_size=16, epochs=2, verbose=0)
    assert numbers(model.state) == numbers(before)
    model.fit(rows(), labels(), batch_size=16, epochs=2, verbose=0)
    assert numbers(model.state) == numbers(twin.state)


def test_a_pickled_engine_makes_the_best_of_the_machine_where_it_wakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSENBLATT_THREADS", "7")
    written = pickle.dumps(NativeEngine())
    assert b"avx" not in written
    monkeypatch.setenv("ROSENBLATT_THREADS", "3")
    assert pickle.loads(written).threads == 3


# --- Threads and instruction sets, asked for ------------------------------------------------------


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the user had asked for nothing."""
    monkeypatch.delenv("ROSENBLATT_THREADS", raising=False)
    monkeypatch.delenv("ROSENBLATT_NATIVE_ISA", raising=False)


def test_all_cores_and_the_best_instruction_set_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert NativeEngine().threads == cores
    assert NativeEngine().isa == _native.available()[-1]
    monkeypatch.setenv("ROSENBLATT_THREADS", "")
    monkeypatch.setenv("ROSENBLATT_NATIVE_ISA", "")
    assert (NativeEngine().threads, NativeEngine().isa) == (cores, _native.available()[-1])


def test_the_environment_is_asked_and_arguments_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSENBLATT_THREADS", "7")
    monkeypatch.setenv("ROSENBLATT_NATIVE_ISA", "portable")
    assert repr(NativeEngine()) == "NativeEngine(threads=7, isa='portable')"
    best = _native.available()[-1]
    assert repr(NativeEngine(3, best)) == f"NativeEngine(threads=3, isa={best!r})"


@pytest.mark.parametrize("wanted", ["0", "-1", "two", "1.5", " "])
def test_a_number_of_threads_in_the_environment_that_is_none(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    monkeypatch.setenv("ROSENBLATT_THREADS", wanted)
    with pytest.raises(ArgumentError, match=f"ROSENBLATT_THREADS: expected a whole number from 1 up, got '{wanted}'"):
        NativeEngine()


@pytest.mark.parametrize("threads", [0, -1, 1.5, "two", True])
def test_a_number_of_threads_that_is_none(threads: Any) -> None:
    with pytest.raises(ArgumentError, match="NativeEngine: expected threads"):
        NativeEngine(threads)


def test_an_instruction_set_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ArgumentError, match=r"expected one of .*portable, got 'sse9'"):
        NativeEngine(isa="sse9")
    monkeypatch.setenv("ROSENBLATT_NATIVE_ISA", "sse9")
    with pytest.raises(ArgumentError, match=r"ROSENBLATT_NATIVE_ISA: expected one of .*portable, got 'sse9'"):
        NativeEngine()
    assert NativeEngine(isa="portable").isa == "portable"
