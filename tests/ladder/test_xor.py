from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.ladder import XORNetwork
from rosenblatt.ladder.xor import INPUTS, TARGETS


@pytest.fixture(scope="module")
def trained() -> XORNetwork:
    network = XORNetwork()
    network.fit(INPUTS, TARGETS, updates=10_000)
    return network


def test_the_outputs_after_10_000_updates(trained):
    np.testing.assert_allclose(trained.outputs, [0.02391914, 0.9757925, 0.97343127, 0.03041428], atol=1e-8)


def test_the_outputs_printed_in_the_lecture_appear_after_31_020_updates():
    network = XORNetwork()
    network.fit(INPUTS, TARGETS, updates=31_020)
    np.testing.assert_allclose(network.outputs, [0.01144685, 0.98853856, 0.98734948, 0.01447403], atol=1e-8)


def test_it_solves_xor(trained):
    assert trained.predict(INPUTS).tolist() == [0, 1, 1, 0]
    assert len(trained.losses) == 10_000
    assert trained.losses[-1] == pytest.approx(np.sum((trained.outputs - TARGETS) ** 2) / 2)


def test_the_start_is_drawn_from_seed_5():
    network = XORNetwork()
    network.init_weights(3)
    drawn = 2 * np.random.RandomState(5).random_sample(24) - 1
    assert network.w1.ravel().tolist() == drawn[:18].tolist()
    assert network.w2.ravel().tolist() == drawn[18:].tolist()


def test_gradients_are_those_of_the_loss(numeric_gradient):
    network = XORNetwork()
    network.init_weights(3)
    y = TARGETS.reshape(-1, 1)
    w1_grad, w2_grad = network.backprop(INPUTS, network.forpass(INPUTS), y)

    def loss() -> float:
        return float(np.sum((network.forpass(INPUTS) - y) ** 2) / 2)

    np.testing.assert_allclose(w1_grad, numeric_gradient(loss, network.w1), rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(w2_grad, numeric_gradient(loss, network.w2), rtol=1e-7, atol=1e-10)


def test_nothing_flows_back_into_the_unit_held_at_one(trained):
    start = XORNetwork()
    start.init_weights(3)
    assert (trained.a1[:, -1] == 1).all()
    assert trained.w1[:, -1].tolist() == start.w1[:, -1].tolist()
    assert (trained.w1[:, :-1] != start.w1[:, :-1]).all()
    assert trained.w2[-1, 0] != start.w2[-1, 0]  # its weight onward is the output's bias, and is learnt


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"^XORNetwork.fit: expected x of shape \(m, n_inputs\) and m targets, got"):
        XORNetwork().fit(INPUTS, [0, 1])
