"""Regularizers against Keras, and how they are named and made."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential, regularizers
from rosenblatt.configuration import serialize
from rosenblatt.errors import ArgumentError, UnknownNameError
from rosenblatt.functional.regularizers import REGULARIZERS
from rosenblatt.layers import Dense

CASES: list[tuple[str, dict[str, Any]]] = [
    ("L1", {}),
    ("L1", {"l1": 0.5}),
    ("L2", {}),
    ("L2", {"l2": 0.5}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.5, "l2": 0.25}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_penalties_and_gradients_equal_keras(keras: ModuleType, name: str, config: dict[str, Any], dtype: str) -> None:
    jax = pytest.importorskip("jax")
    w = np.random.default_rng(0).normal(size=(5, 4)).astype(dtype)
    ours, theirs = getattr(regularizers, name)(**config), getattr(keras.regularizers, name)(**config)
    assert ours(w) == pytest.approx(float(theirs(keras.ops.convert_to_tensor(w))), rel=1e-6)
    expected = np.zeros_like(w) if name == "L1L2" and not config else jax.grad(theirs)(jax.numpy.asarray(w))
    np.testing.assert_allclose(ours.gradient(w), expected, rtol=2e-5, atol=1e-6)
    assert ours.gradient(w).dtype == w.dtype


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
def test_descriptions_are_exchanged_with_keras(keras: ModuleType, name: str, config: dict[str, Any]) -> None:
    ours = getattr(regularizers, name)(**config)
    again = regularizers.get(json.loads(json.dumps(serialize(ours))))
    assert (type(again), again.get_config()) == (type(ours), ours.get_config())
    theirs = keras.regularizers.deserialize(serialize(ours))
    assert theirs.get_config() == pytest.approx(ours.get_config())


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
def test_the_rule_is_the_penalty(name: str, config: dict[str, Any]) -> None:
    w = np.arange(6.0).reshape(2, 3)
    regularizer = getattr(regularizers, name)(**config)
    assert REGULARIZERS[regularizer.rule.name].function(w, **regularizer.rule.config) == regularizer(w)


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("l1", "L1()"),
        ("l2", "L2()"),
        ("l1_l2", "L1L2(0.01, l2=0.01)"),
        ("L1L2", "L1L2(0.01, l2=0.01)"),
        ("orthogonal_regularizer", "OrthogonalRegularizer()"),
        (regularizers.L2, "L2()"),
        (regularizers.L2(0.5), "L2(0.5)"),
        (None, "None"),
    ],
)
def test_get_understands(identifier: Any, expected: str) -> None:
    assert repr(regularizers.get(identifier)) == expected


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: regularizers.get("l3"), UnknownNameError, "regularizer: expected a known name, got 'l3'."),
        (lambda: regularizers.get(0.01), ArgumentError, "regularizer: expected a name, a class, an object or its"),
        (lambda: regularizers.L2(-1), ArgumentError, "L2: expected l2 to be a number of at least 0, got -1."),
        (lambda: regularizers.L1(None), ArgumentError, "L1: expected l1 to be a number of at least 0, got None."),
        (
            lambda: regularizers.OrthogonalRegularizer(mode="row"),
            ArgumentError,
            "OrthogonalRegularizer mode: expected a known name, got",
        ),
    ],
)
def test_mistakes_are_told(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert message in str(caught.value)


def test_a_penalty_of_ones_own_must_name_its_function() -> None:
    class Mine(regularizers.Regularizer):
        pass

    with pytest.raises(ArgumentError, match=r"^Mine: expected function to be one of l1_l2, orthogonal, got None\."):
        Sequential([Dense(1, input_shape=(2,), kernel_regularizer=Mine())])
