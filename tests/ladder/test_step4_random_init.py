from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.ladder import DualLayer, RandomInitNetwork

XOR_X, XOR_Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])


class StartedFromOnes(RandomInitNetwork):
    """The switch: this rung without its one idea."""

    init_weights = DualLayer.init_weights


@pytest.fixture(scope="module")
def trained(cancer) -> RandomInitNetwork:
    network = RandomInitNetwork(units=10, l2=0.01)
    network.fit(cancer.x_train, cancer.y_train, 500, cancer.x_val, cancer.y_val)
    return network


def test_the_figure_of_the_lectures(trained, cancer):
    assert trained.score(cancer.x_val, cancer.y_val) == 0.978021978021978


def test_the_curve_is_smooth(trained):
    assert (np.diff(trained.losses) < 0).all()


def test_it_is_far_ahead_of_equal_weights_after_as_many_epochs(trained, cancer):
    equal = DualLayer(units=10, l2=0.01)
    equal.fit(cancer.x_train, cancer.y_train, epochs=500)
    assert trained.losses[-1] < equal.losses[-1] / 2


def test_the_start_is_drawn_from_seed_42():
    network = RandomInitNetwork(units=2)
    network.init_weights(3)
    drawn = np.random.RandomState(42).normal(size=8)
    assert drawn[0] == 0.4967141530112327
    assert network.w1.ravel().tolist() == drawn[:6].tolist()
    assert network.w2.ravel().tolist() == drawn[6:].tolist()
    assert not network.b1.any()
    assert network.b2 == 0


def test_with_ones_it_is_the_rung_below_bit_for_bit(cancer):
    ones, below = StartedFromOnes(units=4, l1=0.01, l2=0.01), DualLayer(units=4, l1=0.01, l2=0.01)
    for network in (ones, below):
        network.fit(cancer.x_train, cancer.y_train, 50, cancer.x_val, cancer.y_val)
    for name in ("w1", "b1", "w2", "b2", "losses", "val_losses"):
        np.testing.assert_array_equal(getattr(ones, name), getattr(below, name), err_msg=name)


def test_random_weights_solve_xor_and_equal_ones_do_not():
    random, equal = RandomInitNetwork(learning_rate=1.0), StartedFromOnes(learning_rate=1.0)
    for network in (random, equal):
        network.fit(XOR_X, XOR_Y, epochs=1_000)
    assert random.score(XOR_X, XOR_Y) == 1.0
    assert random.losses[-1] < 0.02
    assert equal.score(XOR_X, XOR_Y) <= 0.75
    assert equal.losses[-1] > 0.3


def test_hidden_units_become_different(trained):
    assert trained.w1.std(axis=1).min() > 0.1


def test_it_works_without_a_validation_set():
    network = RandomInitNetwork(units=2)
    network.fit(XOR_X, XOR_Y, epochs=3)
    assert len(network.losses) == 3
    assert network.val_losses == []
