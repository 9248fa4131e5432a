from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rosenblatt.ladder import MultiClassNetwork
from rosenblatt.ladder.data import Split, fashion

X = np.array([[0.5, -1.0], [1.5, 0.2], [-0.3, 0.8], [0.1, 0.1], [-2.0, 0.4]])
Y = np.eye(3)[[2, 0, 1, 0, 2]]


@pytest.fixture(scope="module")
def pictures(full_data: Path) -> Split:
    return fashion(full=True)


def test_the_split_of_the_lectures(pictures):
    assert pictures.x_train.shape == (48_000, 784)
    assert pictures.x_val.shape == (12_000, 784)
    assert pictures.y_train[0].argmax() == 6
    assert pictures.x_train.dtype == np.float64
    assert (pictures.x_train.min(), pictures.x_train.max()) == (0.0, 1.0)


@pytest.mark.parametrize(("exact", "first"), [(False, 2.3313170972898), (True, 2.3280586533526)])
def test_the_first_epoch_on_fashion_mnist(pictures, exact, first):
    network = MultiClassNetwork(units=100, batch_size=256, exact_bias_gradient=exact)
    network.fit(pictures.x_train, pictures.y_train, epochs=1)
    assert network.losses == pytest.approx([first], rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("exact", "first", "last", "accuracy"),
    [
        (False, 2.3313170972898, 0.5006496344757, 0.8150833333333334),
        (True, 2.3280586533526, 0.4991762744965, 0.81475),
    ],
    ids=["as printed", "exact"],
)
def test_the_figures_of_the_lectures(pictures, exact, first, last, accuracy):
    network = MultiClassNetwork(units=100, batch_size=256, exact_bias_gradient=exact)
    network.fit(pictures.x_train, pictures.y_train, 40, pictures.x_val, pictures.y_val)
    assert network.losses[0] == pytest.approx(first, rel=1e-9)
    assert network.losses[-1] == pytest.approx(last, rel=1e-9)
    assert network.score(pictures.x_val, pictures.y_val) == accuracy
    assert len(network.losses) == len(network.val_losses) == 40


@pytest.mark.parametrize(
    ("sigmoids", "z", "softmax"),
    [
        ([0.9, 0.8, 0.7], [2.20, 1.39, 0.85], [0.59, 0.26, 0.15]),
        ([0.5, 0.2, 0.1], [0.00, -1.39, -2.20], [0.74, 0.18, 0.08]),
    ],
)
def test_the_worked_example(sigmoids, z, softmax):
    network = MultiClassNetwork()
    assert network.sigmoid(np.array(z)).round(2).tolist() == sigmoids
    assert network.softmax(np.array([z])).round(2).tolist() == [softmax]


def test_the_error_of_the_true_class_by_hand():
    a = np.array([[0.7, 0.2, 0.1], [0.1, 0.4, 0.5], [0.0, 0.1, 0.9]])
    y = np.array([[0, 0, 1]] * 3)
    np.testing.assert_allclose((a - y)[:, 2], [-0.9, -0.5, -0.1])
    assert MultiClassNetwork().loss(a, y) == pytest.approx(-np.log(0.1 * 0.5 * 0.9))


def test_a_minus_y_is_the_derivative_by_z(numeric_gradient):
    network = MultiClassNetwork()
    z = np.array([[0.3, -1.2, 2.0], [1.0, 0.0, -0.5]])
    expected = numeric_gradient(lambda: network.loss(network.softmax(z), Y[:2]), z)
    np.testing.assert_allclose(network.softmax(z) - Y[:2], expected, rtol=1e-7)


def test_softmax_does_not_overflow_where_the_lectures_does():
    z = np.array([[1000.0, 999.0, 0.0], [-1000.0, -1000.0, -1001.0], [710.0, 0.0, -710.0]])
    with np.errstate(all="raise", under="ignore"):
        a = MultiClassNetwork().softmax(z)
    np.testing.assert_allclose(a.sum(axis=1), 1)
    np.testing.assert_allclose(a[0], [np.e / (np.e + 1), 1 / (np.e + 1), 0])
    np.testing.assert_allclose(a, MultiClassNetwork().softmax(z + 123.0))


def test_for_two_classes_softmax_is_the_sigmoid():
    z = np.linspace(-5, 5, 11)
    network = MultiClassNetwork()
    a = network.softmax(np.column_stack([np.zeros(11), z]))
    np.testing.assert_allclose(a[:, 1], network.sigmoid(z))


def random_network(**settings) -> MultiClassNetwork:
    network = MultiClassNetwork(units=4, learning_rate=0.1, **settings)
    rng = np.random.default_rng(1)
    network.w1, network.b1 = rng.normal(size=(2, 4)), rng.normal(size=4)
    network.w2, network.b2 = rng.normal(size=(4, 3)), rng.normal(size=3)
    return network


@pytest.mark.parametrize(("l1", "l2"), [(0, 0), (0.3, 0), (0, 0.7), (0.2, 0.4)])
def test_one_step_follows_the_gradient_of_loss_and_penalty(numeric_gradient, l1, l2):
    network = random_network(l1=l1, l2=l2, exact_bias_gradient=True)

    def loss() -> float:
        return (network.loss(network.softmax(network.forpass(X)), Y) + network.reg_loss()) / 5

    names = ("w1", "b1", "w2", "b2")
    expected = {name: numeric_gradient(loss, getattr(network, name)) for name in names}
    before = {name: getattr(network, name).copy() for name in names}
    network.training(X, Y)
    for name in names:
        step = (before[name] - getattr(network, name)) / 0.1
        np.testing.assert_allclose(step, expected[name], rtol=1e-6, atol=1e-9, err_msg=name)


def test_as_printed_b2_alone_does_not_follow_its_gradient():
    printed, exact = random_network(), random_network(exact_bias_gradient=True)
    err = printed.softmax(printed.forpass(X)) - Y
    exact.forpass(X)
    *others, b2_grad = printed.backprop(X, err)
    *exact_others, exact_b2_grad = exact.backprop(X, err)
    for ours, theirs in zip(others, exact_others, strict=True):
        assert ours.tolist() == theirs.tolist()
    assert abs(b2_grad) < 1e-16
    np.testing.assert_allclose(exact_b2_grad, err.mean(axis=0))
    assert np.abs(exact_b2_grad).max() > 0.01


def test_as_printed_b2_never_moves():
    printed, exact = MultiClassNetwork(batch_size=2), MultiClassNetwork(batch_size=2, exact_bias_gradient=True)
    for network in (printed, exact):
        network.fit(X, Y, epochs=50)
    assert np.abs(printed.b2).max() < 1e-14
    assert np.abs(exact.b2).max() > 0.01


def test_weights_and_shuffles_come_from_one_stream_of_seed_42():
    network = MultiClassNetwork(units=2, batch_size=2)
    network.fit(X, Y, epochs=1)
    again = MultiClassNetwork(units=2, batch_size=2)
    rng = np.random.RandomState(42)
    again.w1, again.b1 = rng.normal(size=(2, 2)), np.zeros(2)
    again.w2, again.b2 = rng.normal(size=(2, 3)), np.zeros(3)
    order = rng.permutation(5)  # no reseeding before the batches
    total = 0.0
    for rows in (order[:2], order[2:4], order[4:]):
        total -= np.log(again.training(X[rows], Y[rows])[Y[rows] == 1]).sum()
    assert network.w1.tolist() == again.w1.tolist()
    assert network.losses == pytest.approx([total / 5], rel=1e-12)


def test_it_learns_three_classes_that_no_single_line_parts():
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0], [3, 0], [0, 3]])
    labels = np.arange(90) % 3
    x, y = centres[labels] + rng.normal(0, 0.4, (90, 2)), np.eye(3)[labels]
    network = MultiClassNetwork(units=10, batch_size=16)
    network.fit(x, y, epochs=100)
    assert network.score(x, y) == 1.0
    assert network.predict(centres).tolist() == [0, 1, 2]


def test_a_validation_set_is_only_watched():
    watched, alone = MultiClassNetwork(units=2), MultiClassNetwork(units=2)
    watched.fit(X, Y, 5, X[:2], Y[:2])
    alone.fit(X, Y, 5)
    assert watched.w1.tolist() == alone.w1.tolist()
    assert len(watched.val_losses) == len(alone.losses) == 5
    assert alone.val_losses == []


def test_the_validation_loss_is_measured_after_the_epoch_and_divided_by_its_own_rows():
    network = MultiClassNetwork(units=2, l1=0.1, l2=0.5)
    network.fit(X, Y, 1, X[:3], Y[:3])
    a = network.softmax(network.forpass(X[:3]))
    assert network.val_losses == pytest.approx([(-np.log(a[Y[:3] == 1]).sum() + network.reg_loss()) / 3])


@pytest.mark.parametrize(("x", "y"), [(X, [2, 0, 1, 0, 2]), (X, Y[:3]), (X[0], Y), (X[:0], Y[:0])])
def test_shapes_that_do_not_fit(x, y):
    with pytest.raises(ValueError, match=r"^x and y: expected shapes \(m, n_features\) and \(m, n_classes\), got"):
        MultiClassNetwork().fit(x, y)


@pytest.mark.parametrize("y", [np.ones((5, 3)), np.zeros((5, 3)), Y * 2 - 1, Y * 0.9 + 0.1 / 3])
def test_targets_that_are_not_one_hot(y):
    with pytest.raises(ValueError, match=r"^y: expected one-hot rows .*\. Use rosenblatt.utils.to_categorical"):
        MultiClassNetwork().fit(X, y)


def test_an_empty_batch_is_refused():
    with pytest.raises(ValueError, match=r"^batch_size: expected 1 or more, got 0\. Take 32 to begin with"):
        MultiClassNetwork(batch_size=0)
