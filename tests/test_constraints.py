"""Constraints against Keras, how they are named and made, and that training keeps to them."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential, constraints, load_model
from rosenblatt.configuration import serialize
from rosenblatt.engines.reference import ReferenceEngine
from rosenblatt.errors import ArgumentError, FileFormatError, UnknownNameError
from rosenblatt.functional.constraints import CONSTRAINTS
from rosenblatt.layers import BatchNormalization, Dense, PReLU
from rosenblatt.optimizers import SGD
from rosenblatt.types import Array

CASES: list[tuple[str, dict[str, Any]]] = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 0.5, "axis": 1}),
    ("MinMaxNorm", {"min_value": 0.5, "max_value": 0.75, "rate": 0.5}),
    ("MinMaxNorm", {"min_value": 3.0, "max_value": 4.0, "axis": [0, 1]}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": 1}),
]


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_constraints_equal_keras(keras: ModuleType, name: str, config: dict[str, Any], dtype: str) -> None:
    w = np.random.default_rng(0).normal(size=(5, 4)).astype(dtype)
    before = w.copy()
    ours, theirs = getattr(constraints, name)(**config), getattr(keras.constraints, name)(**config)
    np.testing.assert_allclose(ours(w), theirs(keras.ops.convert_to_tensor(w)), rtol=1e-6)
    assert ours(w).dtype == w.dtype
    np.testing.assert_array_equal(w, before)


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
def test_descriptions_are_exchanged_with_keras(keras: ModuleType, name: str, config: dict[str, Any]) -> None:
    ours = getattr(constraints, name)(**config)
    again = constraints.get(json.loads(json.dumps(serialize(ours))))
    assert (type(again), again.get_config()) == (type(ours), ours.get_config())
    assert keras.constraints.deserialize(serialize(ours)).get_config() == ours.get_config()


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
def test_the_rule_is_the_constraint(name: str, config: dict[str, Any]) -> None:
    w = np.arange(6.0).reshape(2, 3) - 2
    constraint = getattr(constraints, name)(**config)
    np.testing.assert_array_equal(CONSTRAINTS[constraint.rule.name](w, **constraint.rule.config), constraint(w))


def test_weights_of_zero_stay_so_without_a_warning() -> None:
    for name, config in CASES:
        assert not getattr(constraints, name)(**config)(np.zeros((2, 2))).any()


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("max_norm", "MaxNorm()"),
        ("NonNeg", "NonNeg()"),
        (constraints.unit_norm, "UnitNorm()"),
        (constraints.MinMaxNorm(0.5), "MinMaxNorm(0.5)"),
        (None, "None"),
    ],
)
def test_get_takes_names_classes_and_objects(identifier: Any, expected: str) -> None:
    assert repr(constraints.get(identifier)) == expected


def test_wrong_names_and_values_are_told() -> None:
    with pytest.raises(
        UnknownNameError, match=r"constraint: expected a known name, got 'max_nrm'. Did you mean 'max_norm'"
    ):
        constraints.get("max_nrm")
    with pytest.raises(
        ArgumentError, match=r"constraint: expected a name, a class, an object or its description, got 3"
    ):
        constraints.get(3)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"MinMaxNorm: expected max_value to be a number of at least 2.0, got 1.0"):
        constraints.MinMaxNorm(2.0, 1.0)
    with pytest.raises(ArgumentError, match=r"UnitNorm: expected axis to be a whole number"):
        constraints.UnitNorm(axis=0.5)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match=r"constraint: expected a known name, got 'nonneg'"):
        Dense(1, kernel_constraint="nonneg")


def trained(**arguments: Any) -> Sequential:
    model = Sequential([Dense(3, input_shape=(4,), **arguments), Dense(1)], seed=3)
    model.compile(optimizer=SGD(0.5), loss="mse")
    rng = np.random.default_rng(1)
    model.fit(rng.normal(size=(32, 4)), rng.normal(size=(32, 1)), epochs=3, batch_size=8, verbose=0)
    return model


@pytest.mark.parametrize("engine", ["default", "reference"])
def test_training_keeps_to_the_constraints(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine == "reference":
        monkeypatch.setattr("rosenblatt.models.default_engine", ReferenceEngine)
    model = trained(kernel_constraint="unit_norm", bias_constraint="non_neg")
    first, second = model.layers
    np.testing.assert_allclose(np.linalg.norm(first.weights["kernel"], axis=0), 1, rtol=1e-5)
    assert (first.weights["bias"] >= 0).all()
    assert np.linalg.norm(second.weights["kernel"]) > 1.01  # it has no constraint


def test_the_engine_says_why_it_is_numpy_that_trains() -> None:
    pytest.importorskip("rosenblatt.engines._native", reason="needs the native engine: a C++ compiler")
    assert trained(kernel_constraint="non_neg").engine.reason == "a constraint on weights"
    assert trained().engine.reason is None


def test_frozen_weights_stay_as_they_are() -> None:
    start = [np.full((2, 2), -1.0), np.full(2, -1.0)]
    model = Sequential([Dense(2, input_shape=(2,), kernel_constraint="non_neg", trainable=False), Dense(1)], seed=1)
    model.layers[0].set_weights(start)
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], start[0])


def test_training_equals_keras(keras: ModuleType) -> None:
    x, y = np.random.default_rng(2).normal(size=(2, 24, 3)).astype("float32")
    ours = Sequential([Dense(4, "tanh", kernel_constraint="max_norm", input_shape=(3,)), Dense(3)], seed=1)
    theirs = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, "tanh", kernel_constraint="max_norm"), keras.layers.Dense(3)]
    )
    theirs.set_weights([3 * w for w in ours.get_weights()])
    ours.set_weights(theirs.get_weights())
    for model, optimizer in ((ours, SGD(0.1)), (theirs, keras.optimizers.SGD(0.1))):
        model.compile(optimizer=optimizer, loss="mse")
        model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-6)


def test_a_constraint_of_ones_own() -> None:
    class Halved(constraints.Constraint):
        def __call__(self, w: Array) -> Array:
            return np.sign(w) * 0.5

    kernel = trained(kernel_constraint=Halved()).layers[0].weights["kernel"]
    np.testing.assert_array_equal(np.abs(kernel), 0.5)


def test_every_layer_that_learns_takes_them() -> None:
    layers = [
        Dense(2, input_shape=(2,), kernel_constraint="max_norm", bias_constraint="non_neg"),
        PReLU(alpha_constraint=constraints.MaxNorm(0.5)),
        BatchNormalization(gamma_constraint="non_neg", beta_constraint="non_neg"),
    ]
    for layer in layers:
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()
    plan = Sequential(layers, seed=1).plan
    rules = [array.constraint.name for array in plan.parameters if array.constraint]
    assert rules == ["max_norm", "non_neg", "max_norm", "non_neg", "non_neg"]


def test_a_model_s_file_keeps_them(tmp_path: Path) -> None:
    model = trained(kernel_constraint=constraints.MaxNorm(0.5, axis=[0, 1]), bias_constraint="non_neg")
    model.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert again.plan == model.plan
    assert repr(again.layers[0]) == repr(model.layers[0])


@pytest.mark.parametrize("axis", [2, -3, [0, 5], [0, 0], [0, -2]])
def test_an_axis_that_the_weights_lack_is_told_when_the_model_is_built(axis: Any) -> None:
    layer = Dense(2, input_shape=(3,), kernel_constraint=constraints.MaxNorm(axis=axis))
    with pytest.raises(ArgumentError, match=r"^Dense kernel_constraint: expected MaxNorm's axis .* shape \(3, 2\)"):
        Sequential([layer])


def test_a_constraint_of_ones_own_may_have_any_attributes() -> None:
    class MaxNorm(constraints.Constraint):
        def __init__(self) -> None:
            self.axis = None

        def __call__(self, w: Array) -> Array:
            return w

    assert Sequential([Dense(2, input_shape=(3,), kernel_constraint=MaxNorm())]).built


@pytest.mark.parametrize("suffix", [".safetensors", ".keras"])
def test_a_class_of_ones_own_is_not_saved_for_it_could_not_come_back(suffix: str, tmp_path: Path) -> None:
    class MaxNorm(constraints.Constraint):  # a name that is known
        pass

    model = Sequential([Dense(2, input_shape=(3,), kernel_constraint=MaxNorm(), name="first")])
    with pytest.raises(FileFormatError, match=r"^save: .* got MaxNorm in 'first', which .*save_weights"):
        model.save(tmp_path / f"model{suffix}")
    assert list(tmp_path.iterdir()) == []
