from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.ladder import Line

X, Y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 3.0, 5.0, 6.0])


def test_the_first_step_by_hand():
    # z = 1, 2, 3, 4, so the errors are -1, -1, -2, -2: w_grad = -17/4, b_grad = -6/4, loss = (1 + 1 + 4 + 4) / 8.
    line = Line(learning_rate=0.1)
    line.fit(X, Y, epochs=1)
    assert line.w == pytest.approx(1.425)
    assert line.b == pytest.approx(0.15)
    assert line.losses == [1.25]
    assert line.w_history == [1.0, line.w]


def test_it_ends_at_the_line_of_least_squares():
    line = Line(learning_rate=0.1)
    line.fit(X, Y, epochs=5_000)
    assert (line.w, line.b) == pytest.approx((1.4, 0.5), rel=1e-9)
    np.testing.assert_allclose(line.predict([0, 10]), [0.5, 14.5])


def test_gradients_are_those_of_the_loss(numeric_gradient):
    line = Line()
    weights = np.array([0.3, -0.7])
    line.w, line.b = weights
    err = line.forpass(X) - Y
    expected = numeric_gradient(lambda: np.mean((weights[0] * X + weights[1] - Y) ** 2) / 2, weights)
    np.testing.assert_allclose(line.backprop(X, err), expected, rtol=1e-8)


@pytest.mark.parametrize(("learning_rate", "falls"), [(0.23, True), (0.25, False)])
def test_steps_may_be_no_longer_than_the_curvature_allows(learning_rate, falls):
    # The largest eigenvalue of the loss's second derivative is 8.35, so the limit is 2 / 8.35 = 0.2395.
    line = Line(learning_rate)
    line.fit(X, Y, epochs=200)
    assert (line.losses[-1] < line.losses[0]) == falls


@pytest.mark.parametrize(("x", "y"), [([1, 2], [1, 2, 3]), ([[1], [2]], [[1], [2]]), ([], [])])
def test_numbers_that_do_not_pair_up(x, y):
    with pytest.raises(ValueError, match=r"^Line.fit: expected as many numbers x as y, got shapes .*\. Give one y"):
        Line().fit(x, y)
