"""Activations and losses built from the operations: equal to the engine's, derivative included."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rosenblatt.functional.activations import ACTIVATIONS as ENGINE_ACTIVATIONS
from rosenblatt.functional.losses import LOSSES as ENGINE_LOSSES
from rosenblatt.graph import (
    Scalar,
    binary_crossentropy,
    categorical_crossentropy,
    huber,
    mean_absolute_error,
    mean_squared_error,
    sigmoid,
    softmax,
    step,
    tanh,
)
from rosenblatt.graph.functions import ACTIVATIONS, ROW_ACTIVATIONS

Z = (-1000.0, -40.0, -3.5, -3.0, -0.7, 0.0, 0.3, 3.0, 6.5, 40.0, 1000.0)


def test_every_activation_of_the_engine_is_there() -> None:
    assert {*ACTIVATIONS, *ROW_ACTIVATIONS, "linear"} == set(ENGINE_ACTIVATIONS)


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"step"}))
def test_activations_are_the_engines(name: str) -> None:
    for value in Z:
        if name == "exponential" and value > 100:
            continue
        z = Scalar(value)
        y = ACTIVATIONS[name](z)
        y.backward()
        engine, array = ENGINE_ACTIVATIONS[name], np.array([value])
        expected = engine.function(array)
        assert y.value == pytest.approx(expected[0], rel=1e-12, abs=1e-15)
        assert z.gradient == pytest.approx(engine.gradient(np.ones(1), array, expected)[0], rel=1e-9, abs=1e-15)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("relu", {"negative_slope": 0.1, "max_value": 4.0, "threshold": 0.5}),
        ("leaky_relu", {"negative_slope": 0.3}),
        ("elu", {"alpha": 0.5}),
        ("gelu", {"approximate": True}),
    ],
)
def test_activations_take_the_engines_arguments(name: str, config: dict[str, float]) -> None:
    for value in Z[1:-1]:
        z = Scalar(value)
        y = ACTIVATIONS[name](z, **config)
        y.backward()
        engine, array = ENGINE_ACTIVATIONS[name], np.array([value])
        expected = engine.function(array, **config)
        assert y.value == pytest.approx(expected[0], rel=1e-12, abs=1e-12)
        slope = engine.gradient(np.ones(1), array, expected, **config)[0]
        assert z.gradient == pytest.approx(slope, rel=1e-9, abs=1e-12)


def test_the_step_has_a_value_and_no_slope() -> None:
    for value, expected in ((-0.1, 0.0), (0.0, 1.0), (2.0, 1.0)):
        z = Scalar(value)
        y = step(z)
        y.backward()
        assert (y.value, z.gradient) == (expected, 0.0)


def test_a_sigmoid_is_made_of_the_plain_operations_and_gives_a_times_1_minus_a() -> None:
    z = Scalar(0.3)
    a = sigmoid(z)
    a.backward()
    assert a.operation == "/"
    assert z.gradient == pytest.approx(a.value * (1 - a.value))
    y = tanh(z)
    y.backward()
    assert z.gradient == pytest.approx(1 - y.value**2)


@pytest.mark.parametrize("name", sorted(ROW_ACTIVATIONS))
@pytest.mark.parametrize("row", [(0.5, -1.0, 2.0), (1000.0, -1000.0, 0.0)])
def test_row_activations_are_the_engines(name: str, row: tuple[float, ...]) -> None:
    array = np.array([row])
    engine = ENGINE_ACTIVATIONS[name]
    expected = engine.function(array)
    for place in range(3):
        z = [Scalar(value) for value in row]
        y = ROW_ACTIVATIONS[name](z)
        y[place].backward()
        assert [each.value for each in y] == pytest.approx(expected[0].tolist())
        slopes = engine.gradient(np.eye(3)[[place]], array, expected)[0]
        assert [each.gradient for each in z] == pytest.approx(slopes.tolist(), abs=1e-15)


def test_the_lectures_softmax() -> None:
    assert [round(y.value, 2) for y in softmax([2.20, 1.39, 0.85])] == [0.59, 0.26, 0.15]
    assert [round(y.value, 2) for y in softmax([0.00, -1.39, -2.20])] == [0.74, 0.18, 0.08]


@pytest.mark.parametrize(("a", "target", "error"), [((0.7, 0.2, 0.1), 2, -0.9), ((0.1, 0.4, 0.5), 2, -0.5)])
def test_softmax_and_cross_entropy_give_a_minus_t(a: tuple[float, ...], target: int, error: float) -> None:
    z = [Scalar(math.log(each)) for each in a]
    one_hot = [float(place == target) for place in range(3)]
    categorical_crossentropy(one_hot, softmax(z)).backward()
    assert z[target].gradient == pytest.approx(error)
    assert [each.gradient for each in z] == pytest.approx([each - t for each, t in zip(a, one_hot, strict=True)])


@pytest.mark.parametrize("z", Z)
@pytest.mark.parametrize("target", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("from_logits", [True, False])
def test_binary_cross_entropy_is_the_engines(z: float, target: float, from_logits: bool) -> None:
    logit = Scalar(z)
    loss = binary_crossentropy(target, logit if from_logits else sigmoid(logit), from_logits)
    loss.backward()
    output = np.array([[z]]) if from_logits else ENGINE_ACTIVATIONS["sigmoid"].function(np.array([[z]]))
    engine, t = ENGINE_LOSSES["binary_crossentropy"], np.array([[target]])
    assert loss.value == pytest.approx(engine.function(t, output, from_logits=from_logits)[0], rel=1e-9, abs=1e-12)
    slope = engine.gradient(t, output, from_logits=from_logits)[0, 0]
    slope *= 1.0 if from_logits else (output * (1 - output)).item()
    assert logit.gradient == pytest.approx(slope, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("row", [(0.5, -1.0, 2.0), (1000.0, -1000.0, 0.0)])
def test_categorical_cross_entropy_from_logits_is_the_engines(row: tuple[float, ...]) -> None:
    target = [0.0, 0.9, 0.1]
    z = [Scalar(value) for value in row]
    loss = categorical_crossentropy(target, z, from_logits=True)
    loss.backward()
    engine, arrays = ENGINE_LOSSES["categorical_crossentropy"], (np.array([target]), np.array([row]))
    assert loss.value == pytest.approx(engine.function(*arrays, from_logits=True)[0])
    expected = engine.gradient(*arrays, from_logits=True)[0].tolist()
    assert [each.gradient for each in z] == pytest.approx(expected)


@pytest.mark.parametrize("function", [mean_squared_error, mean_absolute_error, huber])
def test_losses_of_numbers_are_the_engines(function: object) -> None:
    name = function.__name__  # type: ignore[attr-defined]
    target, output = [0.5, 1.0, -3.0], [0.5, 1.25, 2.0]
    y = [Scalar(value) for value in output]
    loss = function(target, y)  # type: ignore[operator]
    loss.backward()
    engine, arrays = ENGINE_LOSSES[name], (np.array([target]), np.array([output]))
    assert loss.value == pytest.approx(engine.function(*arrays)[0])
    assert [each.gradient for each in y] == pytest.approx(engine.gradient(*arrays)[0].tolist())
