"""A trained model's pass as a graph: its gradients are the engine's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import rosenblatt
from rosenblatt import Sequential, layers, losses
from rosenblatt.errors import ArgumentError, DataError, ModelStateError, ShapeError
from rosenblatt.graph import GraphTooLargeError, Scalar, fuse, in_order, log, sigmoid, trace
from rosenblatt.graph.functions import ACTIVATIONS

PLAIN = {"", "+", "-", "*", "/", "**", "exp", "log", "max", "step", "erf"}


def network(output: str, loss: Any, *, hidden: str = "tanh", units: int = 3) -> Sequential:
    model = Sequential(
        [
            layers.Rescaling(0.5, 0.1, input_shape=(2,)),
            layers.Dense(3, activation=hidden, kernel_regularizer="l1"),
            layers.Dense(units, activation=output, kernel_regularizer="l2", bias_initializer="glorot_uniform"),
        ],
        seed=1,
        dtype="float64",
    )
    model.compile("sgd", loss)
    return model


def assert_engines_gradients(model: Sequential, x: Any, y: Any) -> None:
    expected = model.gradients(np.asarray(x)[None], np.asarray(y)[None])
    loss = model.evaluate(np.asarray(x)[None], np.asarray(y)[None], verbose=0)
    for fused in (True, False):
        traced = trace(model, x, y, fused=fused)
        assert traced.loss.value == pytest.approx(loss, rel=1e-6)
        gradients = traced.gradients()
        assert list(gradients) == list(expected)
        for name, gradient in expected.items():
            np.testing.assert_allclose(gradients[name], gradient, rtol=1e-8, atol=1e-13, err_msg=name)


@pytest.mark.parametrize(
    ("output", "loss", "y"),
    [
        ("softmax", "categorical_crossentropy", [0.0, 1.0, 0.0]),
        ("softmax", "sparse_categorical_crossentropy", 2),
        ("sigmoid", "categorical_crossentropy", [0.0, 1.0, 0.0]),
        ("sigmoid", "binary_crossentropy", [0.0, 1.0, 1.0]),
        ("tanh", "mse", [0.1, 0.2, 0.3]),
        ("linear", "mae", [0.1, 0.2, 0.3]),
        ("linear", "huber", [0.1, 0.2, 9.0]),
        ("linear", losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2), [0.0, 1.0, 1.0]),
        ("softmax", losses.CategoricalCrossentropy(label_smoothing=0.1), [0.0, 1.0, 0.0]),
    ],
)
@pytest.mark.parametrize("x", [(0.3, -0.9), (40.0, -3.0), (0.0, 0.0)])
def test_gradients_are_the_engines(output: str, loss: Any, y: Any, x: tuple[float, float]) -> None:
    assert_engines_gradients(network(output, loss), x, y)


@pytest.mark.parametrize("name", [*sorted(set(ACTIVATIONS) - {"step"}), "softmax"])
def test_hidden_activations_are_followed(name: str) -> None:
    assert_engines_gradients(network("sigmoid", "binary_crossentropy", hidden=name, units=1), (0.3, -0.9), 1.0)


@pytest.mark.parametrize("scale", [1.0, 1e3, -1e3])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_a_saturated_output_keeps_the_full_gradient(scale: float, y: float) -> None:
    model = network("sigmoid", "binary_crossentropy", units=1)
    model.set_weights([array * scale for array in model.get_weights()])
    assert_engines_gradients(model, (0.3, -0.9), y)


def test_all_layers_that_work_on_single_numbers_are_followed() -> None:
    normalization = layers.Normalization(input_shape=(2, 2))
    normalization.adapt(np.arange(12.0).reshape(3, 2, 2) ** 2)
    model = Sequential(
        [
            normalization,
            layers.Flatten(),
            layers.Dense(3),
            layers.PReLU(alpha_initializer="glorot_uniform"),
            layers.Dropout(0.0),
            layers.GaussianNoise(0.0),
            layers.Activation("relu"),
            layers.Dense(2, use_bias=False),
            layers.Softmax(),
        ],
        seed=3,
        dtype="float64",
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    assert_engines_gradients(model, [[1.0, 9.0], [4.0, 60.0]], 1)


def test_gradients_are_finite_differences_of_the_models_loss() -> None:
    model = network("softmax", "sparse_categorical_crossentropy")
    x, y, h = np.array([[0.3, -0.9]]), np.array([1]), 1e-5
    for name, gradient in trace(model, x, y).gradients().items():
        weights = model.weights[name]
        for place in np.ndindex(weights.shape):
            losses_there = []
            for change in (h, -2 * h):
                weights[place] += change
                losses_there.append(trace(model, x, y).loss.value)
            weights[place] += h
            assert gradient[place] == pytest.approx((losses_there[0] - losses_there[1]) / (2 * h), rel=1e-6, abs=1e-9)


def test_a_frozen_layer_has_no_gradient_and_no_penalty() -> None:
    model = network("sigmoid", "binary_crossentropy", units=1)
    model.layers[1].trainable = False
    assert_engines_gradients(model, (0.3, -0.9), 1.0)
    assert not trace(model, (0.3, -0.9), 1.0).gradients()["dense/kernel"].any()


def test_float32_models_give_float32_gradients() -> None:
    model = Sequential([layers.Dense(1, input_shape=(2,))], seed=1)
    model.compile("sgd", "mse")
    gradient = trace(model, [0.1, 0.2], 1.0).gradients()["dense/kernel"]
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, model.gradients([[0.1, 0.2]], [1.0])["dense/kernel"], rtol=1e-5)


def test_a_step_lets_no_gradient_through() -> None:
    gradients = trace(network("linear", "mse", hidden="step", units=1), (0.3, -0.9), 5.0).gradients()
    assert not gradients["dense/bias"].any()
    assert gradients["dense_1/bias"].all()


def test_taken_apart_there_are_only_the_plain_operations() -> None:
    model = network("softmax", "sparse_categorical_crossentropy")
    fused, primitive = (trace(model, (0.3, -0.9), 1, fused=fused) for fused in (True, False))
    assert {node.operation for node in primitive.nodes} <= PLAIN
    assert {node.operation for node in fused.nodes} > {"tanh", "softmax", "categorical_crossentropy", "penalty"}
    assert len(fused.nodes) < len(primitive.nodes)


def test_each_node_is_in_one_group_and_after_its_inputs() -> None:
    for fused in (True, False):
        traced = trace(network("softmax", "sparse_categorical_crossentropy"), (0.3, -0.9), 1, fused=fused)
        places = {node: place for place, node in enumerate(traced.nodes)}
        assert len(places) == len(traced.nodes)
        assert set(places) == set(in_order(traced.loss, *traced.outputs))
        assert all(places[each] < places[node] for node in traced.nodes for each in node.inputs)
        assert [group.kind for group in traced.groups] == ["inputs", "Rescaling", "Dense", "Dense", "loss"]


def test_names_tell_layer_input_and_unit() -> None:
    neuron = Sequential([layers.Dense(1, activation="sigmoid", input_shape=(2,))])
    neuron.compile("sgd", "binary_crossentropy")
    assert {node.name for node in trace(neuron, [1, 1], 1).nodes} == {"", "x1", "x2", "w1", "w2", "b", "z", "a", "L"}
    traced = trace(network("sigmoid", "binary_crossentropy", units=1), (0.3, -0.9), 1.0)
    assert [scalar.name for scalar in traced.parameters["dense/kernel"]][:4] == [
        "w1[1,1]",
        "w1[1,2]",
        "w1[1,3]",
        "w1[2,1]",
    ]
    assert [scalar.name for scalar in traced.parameters["dense_1/kernel"]] == ["w2[1]", "w2[2]", "w2[3]"]
    assert traced.outputs[0].name == "a2"


def test_a_large_network_is_refused_with_nodes_and_limit() -> None:
    model = Sequential([layers.Dense(100, input_shape=(784,)), layers.Dense(10, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(GraphTooLargeError, match=r"at most 1000 nodes as a graph, got one of at least \d+") as error:
        trace(model, np.zeros(784), 1)
    assert error.value.limit == 1000
    assert error.value.nodes > 2 * 79_510
    small = network("softmax", "sparse_categorical_crossentropy")
    nodes = len(trace(small, (0.3, -0.9), 1).nodes)
    assert len(trace(small, (0.3, -0.9), 1, limit=nodes).nodes) == nodes
    with pytest.raises(GraphTooLargeError, match=f"at most {nodes - 1} nodes"):
        trace(small, (0.3, -0.9), 1, limit=nodes - 1)


@pytest.mark.parametrize(
    ("layer", "loss", "said"),
    [
        (layers.BatchNormalization(), "mse", "got the layer BatchNormalization"),
        (layers.Dense(2), "log_cosh", "got the loss 'log_cosh'"),
        (layers.Dense(2, kernel_regularizer="orthogonal_regularizer"), "mse", "got the regularizer 'orthogonal'"),
    ],
)
def test_what_cannot_be_followed_is_named(layer: Any, loss: str, said: str) -> None:
    model = Sequential([layers.Dense(2, input_shape=(2,)), layer])
    model.compile("sgd", loss)
    with pytest.raises(ArgumentError, match=said):
        trace(model, [1, 2], [1, 2])


def test_samples_that_do_not_fit_are_refused() -> None:
    model = network("softmax", "sparse_categorical_crossentropy")
    with pytest.raises(ShapeError, match=r"expected one row x of shape \(2,\), got \(3, 2\)"):
        trace(model, np.zeros((3, 2)), 1)
    with pytest.raises(ShapeError, match="expected the target of one row, got those of 2"):
        trace(model, [0, 0], [1, 2])
    with pytest.raises(DataError, match="expected finite numbers in x"):
        trace(model, [0, np.nan], 1)
    with pytest.raises(DataError, match="expected class indices from 0 to 2"):
        trace(model, [0, 0], 3)
    with pytest.raises(ModelStateError, match="expected a compiled model"):
        trace(Sequential([layers.Dense(1, input_shape=(2,))]), [0, 0], 1)


def test_fusing_keeps_values_and_derivatives() -> None:
    x, y = Scalar(0.4), Scalar(1.5)
    results = fuse("both", lambda inputs: [sigmoid(inputs[0]), inputs[0] * log(inputs[1])], [x, y])
    assert [result.operation for result in results] == ["both", "both"]
    assert [edge.derivative for edge in results[0].edges] == pytest.approx(
        [sigmoid(x).value * (1 - sigmoid(x).value), 0]
    )
    assert [edge.derivative for edge in results[1].edges] == pytest.approx([np.log(1.5), 0.4 / 1.5])


def test_the_graph_is_imported_when_it_is_asked_for() -> None:
    assert rosenblatt.graph.trace is trace
