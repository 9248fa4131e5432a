from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.ladder import DualLayer, SingleLayer

X = np.array([[0.5, -1.0], [1.5, 0.2], [-0.3, 0.8]])
Y = np.array([1, 0, 1])
XOR_X, XOR_Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])


@pytest.fixture(scope="module")
def trained(cancer) -> DualLayer:
    network = DualLayer(units=10, l2=0.01)
    network.fit(cancer.x_train, cancer.y_train, epochs=20_000)
    return network


def test_the_figure_of_the_lectures(trained, cancer):
    assert trained.score(cancer.x_val, cancer.y_val) == 0.978021978021978 == 89 / 91


def test_321_parameters(trained):
    parameters = (trained.w1, trained.b1, trained.w2, trained.b2)
    assert [np.shape(p) for p in parameters] == [(30, 10), (10,), (10, 1), ()]
    assert sum(np.size(p) for p in parameters) == 321


def test_equal_hidden_units_stay_equal(trained):
    # About 3e-12 after 20 000 epochs: rounding, whose digits differ from machine to machine.
    assert trained.w1.std(axis=1).max() < 5e-11
    assert trained.w2.std() < 5e-11
    assert trained.w1.std() > 0.01  # while the features' weights went their own ways


def test_equal_hidden_units_are_one_unit_and_cannot_learn_xor():
    network = DualLayer(learning_rate=1.0)
    network.init_weights(2)
    right = []
    for _ in range(1_000):
        network.training(XOR_X, XOR_Y.reshape(-1, 1), 4)
        right.append(network.score(XOR_X, XOR_Y))
    assert max(right) <= 0.75


def test_the_forward_pass_by_hand():
    # Two units, both sigmoid(0) = 1/2 at x = 0; the output adds them up: z2 = 1. The gradients follow from a - y.
    network = DualLayer(units=2)
    network.init_weights(1)
    assert network.forpass(np.array([[0.0]])).tolist() == [[1.0]]
    assert network.a1.tolist() == [[0.5, 0.5]]
    w1_grad, b1_grad, w2_grad, b2_grad = network.backprop(np.array([[2.0]]), np.array([[-0.4]]))
    np.testing.assert_allclose(b2_grad, -0.4)
    np.testing.assert_allclose(w2_grad, [[-0.2], [-0.2]])  # a1 times the error
    np.testing.assert_allclose(b1_grad, [-0.1, -0.1])  # the error times w2 = 1 times the slope 1/4
    np.testing.assert_allclose(w1_grad, [[-0.2, -0.2]])  # that times x = 2


@pytest.mark.parametrize(("l1", "l2"), [(0, 0), (0.3, 0), (0, 0.7), (0.2, 0.4)])
def test_one_step_follows_the_gradient_of_loss_and_penalty(numeric_gradient, l1, l2):
    network = DualLayer(units=3, learning_rate=0.1, l1=l1, l2=l2)
    rng = np.random.default_rng(1)
    network.w1, network.b1 = rng.normal(size=(2, 3)), rng.normal(size=3)
    network.w2, network.b2 = rng.normal(size=(3, 1)), np.array(0.3)
    y = Y.reshape(-1, 1)

    def loss() -> float:
        return (network.loss(network.activation(network.forpass(X)), y) + network.reg_loss()) / 3

    names = ("w1", "b1", "w2", "b2")
    expected = {name: numeric_gradient(loss, getattr(network, name)) for name in names}
    before = {name: getattr(network, name).copy() for name in names}
    network.training(X, y, 3)
    for name in names:
        step = (before[name] - getattr(network, name)) / 0.1
        np.testing.assert_allclose(step, expected[name], rtol=1e-6, atol=1e-9, err_msg=name)


def test_the_output_neuron_is_the_one_of_the_rung_below():
    # Given the hidden activations as its x, a single layer has the same output and the same gradients.
    network, neuron = DualLayer(units=2), SingleLayer()
    network.w1, network.b1 = np.array([[0.3, -0.5], [0.2, 0.9]]), np.array([0.1, -0.2])
    network.w2, network.b2 = np.array([[0.7], [-1.1]]), 0.4
    z = network.forpass(X)
    neuron.w, neuron.b = network.w2, network.b2
    err = np.array([[0.1], [-0.6], [0.2]])
    _, _, w2_grad, b2_grad = network.backprop(X, err)
    assert neuron.forpass(network.a1).tolist() == z.tolist()
    assert neuron.backprop(network.a1, err)[0].tolist() == w2_grad.tolist()
    assert neuron.backprop(network.a1, err)[1] == b2_grad


def test_both_layers_are_penalised():
    network = DualLayer(units=1, l1=0.1, l2=0.5)
    network.w1, network.w2 = np.array([[2.0], [-1.0]]), np.array([[3.0]])
    assert network.reg_loss() == pytest.approx(0.1 * 6 + 0.25 * 14)


def test_a_validation_set_is_only_watched():
    watched, alone = DualLayer(units=2), DualLayer(units=2)
    watched.fit(X, Y, 5, X[:2], Y[:2])
    alone.fit(X, Y, 5)
    assert watched.w1.tolist() == alone.w1.tolist()
    assert len(watched.val_losses) == len(alone.losses) == 5
    assert alone.val_losses == []


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"^x and y: expected x of shape \(m, n_features\) and m targets, got"):
        DualLayer().fit(X, [0, 1])
