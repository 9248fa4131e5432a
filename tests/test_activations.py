"""The activations as a user meets them: by name, by function, on lists and arrays."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from rosenblatt import activations
from rosenblatt.errors import ArgumentError, DataError, UnknownNameError
from rosenblatt.functional.activations import ACTIVATIONS
from rosenblatt.plan import Rule


@pytest.mark.parametrize("name", activations.FUNCTIONS)
def test_each_name_gives_the_function_of_that_name(name):
    function = activations.get(name)
    assert function is getattr(activations, name)
    assert activations.get(function) is function
    assert activations.rule(name) == activations.rule(function) == Rule("silu" if name == "swish" else name)


def test_every_activation_has_a_public_name():
    assert set(activations.FUNCTIONS) == {*ACTIVATIONS, "swish"}


@pytest.mark.parametrize("name", sorted({*activations.FUNCTIONS} - {"step"}))
def test_each_name_is_one_of_keras_with_the_same_arguments(keras, name):
    theirs = inspect.signature(getattr(keras.activations, name)).parameters
    ours = inspect.signature(getattr(activations, name)).parameters
    expected = [(p.name, p.default) for p in list(theirs.values())[1:]]
    assert [(p.name, p.default) for p in list(ours.values())[1:]] == expected


def test_no_activation_is_the_linear_one():
    assert activations.get(None) is activations.linear
    assert activations.rule(None) == Rule("linear")


def test_a_rule_passes_through():
    rule = Rule("leaky_relu", {"negative_slope": 0.01})
    assert activations.rule(rule) is rule


@pytest.mark.parametrize(("dtype", "result"), [("float32", "float32"), ("float64", "float64"), ("int64", "float64")])
def test_floats_keep_their_precision_and_integers_become_doubles(dtype, result):
    assert activations.sigmoid(np.array([[0, 1]], dtype=dtype)).dtype == result


@pytest.mark.parametrize("name", activations.FUNCTIONS)
@pytest.mark.parametrize("x", [2, [1, 2, 3], [[0.5], [-1.5]], np.zeros((2, 3, 4))])
def test_lists_and_numbers_of_any_shape_are_taken(name, x):
    assert activations.get(name)(x).shape == np.shape(x)


def test_arguments_are_taken_by_position_and_by_name():
    assert activations.leaky_relu([-1.0], 0.5).tolist() == [-0.5]
    assert activations.relu([-1.0, 9.0], max_value=6.0).tolist() == [0.0, 6.0]


def test_an_unknown_name_is_told_with_the_nearest_one():
    with pytest.raises(UnknownNameError, match=r"expected a known name, got 'sigmiod'\. Did you mean 'sigmoid'"):
        activations.rule("sigmiod")
    with pytest.raises(UnknownNameError, match=r"expected a known name, got 'lineer'\. Did you mean 'linear'"):
        activations.rule(Rule("lineer"))


@pytest.mark.parametrize("identifier", [np.tanh, 3, np.zeros(3), ["relu"]])
def test_what_is_no_activation_is_refused(identifier):
    with pytest.raises(ArgumentError, match=r"activation: expected a name or a function of rosenblatt"):
        activations.get(identifier)


def test_text_is_refused():
    with pytest.raises(DataError, match="relu: expected numbers, got values of type <U3"):
        activations.relu(["one"])
