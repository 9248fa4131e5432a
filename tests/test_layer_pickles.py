"""Layers in pickles: beside their model, and alone."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest

from rosenblatt import Sequential
from rosenblatt.errors import ModelStateError
from rosenblatt.layers import BatchNormalization, Dense


def model_of_two() -> Sequential:
    return Sequential([Dense(2, input_shape=(3,)), BatchNormalization()], seed=0)


@pytest.mark.parametrize("layer_first", [True, False], ids=["layer first", "model first"])
def test_a_layer_beside_its_model_is_the_models_own(layer_first: bool) -> None:
    model = model_of_two()
    layer = model.layers[0]
    again = pickle.loads(pickle.dumps((layer, model) if layer_first else (model, layer)))
    layer, model = again if layer_first else again[::-1]
    assert layer is model.layers[0]
    assert layer.owner is model
    layer.kernel[...] = 7.0
    assert (model.get_weights()[0] == 7).all()


@pytest.mark.parametrize(
    "use",
    [Dense.get_weights, Dense.copy, lambda layer: layer.kernel, lambda layer: Sequential([layer])],
    ids=["get_weights", "copy", "kernel", "a new model"],
)
def test_a_layer_pickled_alone_has_left_its_numbers_with_the_model(use: Callable[[Dense], object]) -> None:
    alone = pickle.loads(pickle.dumps(model_of_two().layers[0]))
    with pytest.raises(ModelStateError, match=r"pickled alone\. Pickle the model, or layer\.copy\(\)"):
        use(alone)


def test_a_copy_of_a_layer_takes_its_numbers_along() -> None:
    layer = model_of_two().layers[0]
    again = Sequential([pickle.loads(pickle.dumps(layer.copy()))])
    again.build((3,))
    np.testing.assert_array_equal(again.get_weights()[0], layer.get_weights()[0])


def test_a_layer_of_a_model_that_is_not_built_yet_comes_with_it() -> None:
    model = pickle.loads(pickle.dumps(Sequential([Dense(2)])))
    assert model.layers[0].owner is model
