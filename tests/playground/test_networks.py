"""The network of a run: what is built for which settings, and what it is asked for by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.layers import Activation, Dense, Dropout, Input, PReLU, ReLU, Softmax
from rosenblatt.losses import SparseCategoricalCrossentropy
from rosenblatt.models import Sequential
from rosenblatt.optimizers import SGD
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.networks import activations_of, build, check_start, encoded, loss_name
from rosenblatt.playground.problems import Problem, problem_of
from rosenblatt.playground.settings import Settings


def set_to(**changes: Any) -> tuple[Settings, Problem]:
    settings = Settings().changed(changes)
    return settings, problem_of(settings)


def test_a_network_is_what_its_settings_say() -> None:
    hidden = [{"units": 5, "activation": "relu", "frozen": True}, {"units": 3, "activation": "tanh", "frozen": False}]
    settings, problem = set_to(
        data="three", layers=hidden, optimizer="momentum", learning_rate=0.25, l2=0.01, initializer="he_normal", seed=7
    )
    model = build(settings, problem)
    assert [(layer.units, layer.trainable) for layer in model.layers] == [(5, False), (3, True), (3, True)]
    assert [layer.kernel_regularizer.l2 for layer in model.layers] == [0.01] * 3
    assert {layer.kernel_initializer for layer in model.layers} == {"he_normal"}
    assert (model.seed, model.input_shape, model.loss.name) == (7, (2,), "sparse_categorical_crossentropy")
    assert isinstance(model.optimizer, SGD)
    assert (model.optimizer.momentum, model.current_learning_rate()) == (0.9, pytest.approx(0.25))
    twin = build(settings, problem)
    np.testing.assert_array_equal(model.state.params, twin.state.params)


def test_weights_in_the_settings_are_the_start() -> None:
    settings, problem = set_to(data="AND", layers=[])
    weights = [1.0, 2.0, -3.0]
    assert build(settings.changed({"weights": weights}), problem).state.params.tolist() == weights


@pytest.mark.parametrize(
    ("loss", "classes", "name"),
    [
        ("crossentropy", 2, "binary_crossentropy"),
        ("crossentropy", 3, "sparse_categorical_crossentropy"),
        ("mse", 3, "mse"),
    ],
)
def test_the_crossentropy_is_that_of_as_many_classes(loss: str, classes: int, name: str) -> None:
    assert loss_name(Settings().changed({"loss": loss}), classes) == name


@pytest.mark.parametrize(
    ("units", "loss", "expected"),
    [
        (3, SparseCategoricalCrossentropy(from_logits=True), [0, 2]),
        (3, "mse", [[1, 0, 0], [0, 0, 1]]),
        (3, None, [[1, 0, 0], [0, 0, 1]]),
        (1, "binary_crossentropy", [0, 2]),
    ],
)
def test_classes_become_rows_where_outputs_are_compared_one_by_one(units: int, loss: Any, expected: Any) -> None:
    model = Sequential([Dense(units, input_shape=(2,))])
    if loss is not None:
        model.compile("sgd", loss)
    _, problem = set_to(data="three")
    assert encoded(model, problem, np.array([0, 2])).tolist() == expected


def test_numbers_stay_as_they_are() -> None:
    model = Sequential([Dense(3, input_shape=(2,))])
    y = np.ones((4, 3))
    assert encoded(model, set_to(data="plane")[1], y) is y


def test_an_activation_of_its_own_belongs_to_the_units_before_it() -> None:
    layers = [Dense(2), Activation("tanh"), ReLU(), Dense(2, "sigmoid"), PReLU(), Dropout(0.1), Dense(2), Softmax()]
    found = activations_of(Sequential([Input((2,)), ReLU(), *layers]))
    assert found == [("activation", "tanh"), ("dense_1", "sigmoid"), ("softmax", "softmax")]


def test_a_start_that_is_too_large_is_refused() -> None:
    settings, problem = set_to(data="plane", layers=[])
    model = build(settings, problem)
    check_start(model, problem)
    model.state.params[...] = 1e30
    with pytest.raises(SettingsError, match="The loss would not be finite"):
        check_start(model, problem)
