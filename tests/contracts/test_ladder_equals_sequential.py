"""The last rung and `Sequential` are the same network: same start, same order of rows, same weights after it."""

from __future__ import annotations

import numpy as np
import pytest

import rosenblatt as rb
from rosenblatt.ladder import MultiClassNetwork

UNITS, BATCH, EPOCHS, RATE = 12, 8, 4, 0.1


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray]:
    x, y = rb.datasets.digits.load_data()
    return x[:100].reshape(100, 64) / 16.0, rb.utils.to_categorical(y[:100], 10)


@pytest.fixture(scope="module")
def rung(rows) -> MultiClassNetwork:
    network = MultiClassNetwork(UNITS, BATCH, RATE, exact_bias_gradient=True)
    network.fit(*rows, epochs=EPOCHS)
    return network


@pytest.fixture(scope="module")
def model(rows) -> tuple[rb.Sequential, list[float]]:
    x, y = rows
    random = np.random.RandomState(42)  # the rung's own: w1, w2, then one permutation an epoch
    w1, w2 = random.normal(0, 1, (64, UNITS)), random.normal(0, 1, (UNITS, 10))
    layers = [
        rb.layers.Dense(UNITS, activation="sigmoid", input_shape=(64,)),
        rb.layers.Dense(10, activation="softmax"),
    ]
    model = rb.Sequential(layers, dtype="float64")
    model.set_weights([w1, np.zeros(UNITS), w2, np.zeros(10)])
    model.compile(rb.optimizers.SGD(RATE), "categorical_crossentropy")
    losses = []
    for _ in range(EPOCHS):
        order = random.permutation(len(x))
        losses.append(model.fit(x[order], y[order], BATCH, epochs=1, shuffle=False, verbose=0).history["loss"][0])
    return model, losses


def test_the_weights_are_equal_to_1e_12(rung, model):
    ours = model[0].get_weights()
    for mine, theirs in zip(ours, (rung.w1, rung.b1, rung.w2, rung.b2), strict=True):
        np.testing.assert_allclose(mine, np.reshape(theirs, mine.shape), rtol=0, atol=1e-12)


def test_the_weights_have_moved(model):
    start = np.random.RandomState(42).normal(0, 1, (64, UNITS))
    assert np.abs(model[0].layers[0].kernel - start).max() > 0.01


def test_the_losses_of_the_epochs_are_equal_to_1e_12(rung, model):
    np.testing.assert_allclose(model[1], rung.losses, rtol=1e-12)


def test_both_decide_alike(rows, rung, model):
    x, _ = rows
    np.testing.assert_array_equal(model[0].predict(x).argmax(axis=1), rung.predict(x))


def test_the_printed_bias_gradient_is_another_network(rows, rung):
    printed = MultiClassNetwork(UNITS, BATCH, RATE)
    printed.fit(*rows, epochs=EPOCHS)
    assert np.abs(printed.w2 - rung.w2).max() > 1e-4
