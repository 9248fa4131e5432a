from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.ladder import SingleLayer

X = np.array([[0.5, -1.0], [1.5, 0.2], [-0.3, 0.8]])
Y = np.array([1, 0, 1])


@pytest.fixture(scope="module")
def trained(cancer) -> SingleLayer:
    layer = SingleLayer(l2=0.01)
    layer.fit(cancer.x_train, cancer.y_train, 10_000, cancer.x_val, cancer.y_val)
    return layer


def test_the_figure_of_the_lectures(trained, cancer):
    assert len(cancer.x_train) == 364
    assert trained.score(cancer.x_val, cancer.y_val) == 0.978021978021978


def test_what_training_records(trained):
    assert len(trained.losses) == len(trained.val_losses) == 10_000
    assert len(trained.w_history) == 10_001
    assert (trained.w_history[0] == 1).all()
    assert (trained.w_history[-1] == trained.w).all()
    assert trained.losses[-1] < trained.losses[0]


def test_31_parameters(trained):
    assert trained.w.shape == (30, 1)
    assert trained.w.size + np.size(trained.b) == 31


def test_it_ends_where_scikit_learns_logistic_regression_does(cancer):
    linear_model = pytest.importorskip("sklearn.linear_model")
    layer = SingleLayer(learning_rate=0.5, l2=10)
    layer.fit(cancer.x_train, cancer.y_train, epochs=4_000)
    # Ours is (sum of losses + l2/2 |w|²) / m, theirs is C (sum of losses) + |w|²/2: the same for C = 1 / l2.
    judge = linear_model.LogisticRegression(C=0.1, tol=1e-12, max_iter=10_000).fit(cancer.x_train, cancer.y_train)
    np.testing.assert_allclose(layer.w.ravel(), judge.coef_.ravel(), atol=1e-6)
    assert layer.b == pytest.approx(judge.intercept_[0], abs=1e-6)


def test_the_first_step_by_hand():
    # w = 1, b = 0: z = x = -1 and 1, a = 0.2689 and 0.7311, y = 0 and 1: err = 0.2689 and -0.2689.
    # w_grad = (-0.2689 - 0.2689) / 2, b_grad = 0; the loss of each row is -log(0.7311) = log(1 + 1/e).
    a = 1 / (1 + np.e)
    layer = SingleLayer(learning_rate=0.5)
    layer.fit([[-1.0], [1.0]], [0, 1], epochs=1)
    assert layer.w[0, 0] == pytest.approx(1 + 0.5 * a)
    assert layer.b == pytest.approx(0)
    assert layer.losses == pytest.approx([np.log(1 + 1 / np.e)])


def test_the_penalty_by_hand():
    layer = SingleLayer(l1=0.1, l2=0.5)
    layer.w = np.array([[2.0], [-3.0]])
    assert layer.reg_loss() == pytest.approx(0.1 * 5 + 0.25 * 13)


def test_the_recorded_loss_adds_the_penalty_and_divides_by_the_rows():
    layer = SingleLayer(l1=0.1, l2=0.5)
    layer.init_weights(2)
    a = layer.activation(layer.forpass(X))
    layer.fit(X, Y, epochs=1)
    logistic = -np.log(np.where(Y[:, None] == 1, a, 1 - a)).sum()
    assert layer.losses == pytest.approx([(logistic + layer.reg_loss()) / 3])


def test_the_validation_loss_is_measured_after_the_step_and_divided_by_its_own_rows():
    layer = SingleLayer(l1=0.1, l2=0.5)
    layer.fit(X, Y, 1, X[:2], Y[:2])
    a = layer.activation(layer.forpass(X[:2])).ravel()
    assert layer.val_losses == pytest.approx([(-np.log(a[0]) - np.log(1 - a[1]) + layer.reg_loss()) / 2])


@pytest.mark.parametrize(("l1", "l2"), [(0, 0), (0.3, 0), (0, 0.7), (0.2, 0.4)])
def test_one_step_follows_the_gradient_of_loss_and_penalty(numeric_gradient, l1, l2):
    layer = SingleLayer(learning_rate=0.1, l1=l1, l2=l2)
    layer.w, layer.b, layer.w_history = np.array([[0.4], [-1.2]]), np.array(0.3), []
    y = Y.reshape(-1, 1)

    def loss() -> float:
        return (layer.loss(layer.activation(layer.forpass(X)), y) + layer.reg_loss()) / 3

    w_grad, b_grad = numeric_gradient(loss, layer.w), numeric_gradient(loss, layer.b)
    before = layer.w.copy(), layer.b.copy()
    layer.training(X, y, 3)
    np.testing.assert_allclose((before[0] - layer.w) / 0.1, w_grad, rtol=1e-7)
    np.testing.assert_allclose((before[1] - layer.b) / 0.1, b_grad, rtol=1e-7)


def test_activation_is_quiet_far_out():
    with np.errstate(all="raise", under="ignore"):
        a = SingleLayer().activation(np.array([-1000.0, -100.0, 0.0, 100.0, 1000.0]))
    assert a[0] == a[1] == pytest.approx(np.exp(-100))
    assert a[2:].tolist() == [0.5, 1.0, 1.0]


def test_loss_stays_finite_where_the_neuron_is_sure_and_wrong():
    layer = SingleLayer()
    assert layer.loss(np.array([[0.0], [1.0]]), np.array([[1], [0]])) == pytest.approx(-2 * np.log(1e-10), rel=1e-6)


def test_predict_says_class_1_only_above_the_line():
    layer = SingleLayer()
    layer.w, layer.b = np.array([[1.0]]), 0.0
    assert layer.predict([[-1e-9], [0.0], [1e-9]]).tolist() == [[False], [False], [True]]


def test_a_validation_set_is_only_watched():
    watched, alone = SingleLayer(), SingleLayer()
    watched.fit(X, Y, 5, X[:2], Y[:2])
    alone.fit(X, Y, 5)
    assert watched.w.tolist() == alone.w.tolist()
    assert len(watched.val_losses) == 5
    assert alone.val_losses == []


def test_a_column_of_targets_is_the_same_and_a_second_fit_starts_afresh():
    layer, column = SingleLayer(), SingleLayer()
    layer.fit(X, Y, epochs=3)
    layer.fit(X, Y, epochs=5)
    column.fit(X, Y.reshape(-1, 1), epochs=5)
    assert layer.w.tolist() == column.w.tolist()
    assert layer.losses == column.losses
    assert len(layer.w_history) == 6


def test_on_xor_it_ends_knowing_nothing():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    layer = SingleLayer(learning_rate=1.0)
    layer.fit(x, [0, 1, 1, 0], epochs=2_000)
    np.testing.assert_allclose(layer.activation(layer.forpass(x)), 0.5, atol=1e-6)
    assert layer.losses[-1] == pytest.approx(np.log(2))


@pytest.mark.parametrize(("x", "y"), [(X, [0, 1]), ([1.0, 2.0], [0, 1]), (np.empty((0, 2)), [])])
def test_shapes_that_do_not_fit(x, y):
    with pytest.raises(
        ValueError, match=r"^x and y: expected x of shape \(m, n_features\) and m targets, got .*\. Give"
    ):
        SingleLayer().fit(x, y)


def test_targets_that_are_not_0_and_1():
    with pytest.raises(
        ValueError, match=r"^y: expected targets 0 and 1, got \[1\. 2\.\]\. Name the two classes 0 and 1"
    ):
        SingleLayer().fit(X, [1, 2, 1])


def test_a_validation_set_that_does_not_fit_is_told_too():
    with pytest.raises(ValueError, match="got x of shape \\(3, 2\\) and 2 targets"):
        SingleLayer().fit(X, Y, 1, X, Y[:2])
