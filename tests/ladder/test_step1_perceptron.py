from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosenblatt.ladder import AND, NAND, OR, XOR, Perceptron

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
TARGETS = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
numbers = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("gate", "w", "b"), [("AND", [0.2, 0.1], -0.20000000000000004), ("OR", [0.1, 0.1], -0.1)], ids=["AND", "OR"]
)
def test_learnt_weights_to_the_last_bit(gate, w, b):
    unit = Perceptron(learning_rate=0.1, epochs=5)
    unit.fit(X, TARGETS[gate])
    assert unit.w.tolist() == w
    assert unit.b == b
    assert unit.predict(X).tolist() == TARGETS[gate]
    assert unit.score(X, TARGETS[gate]) == 1.0


@pytest.mark.parametrize(
    ("gate", "errors"), [("AND", [2, 3, 3, 0, 0]), ("OR", [2, 2, 1, 0, 0]), ("XOR", [3, 3, 4, 4, 4])]
)
def test_errors_of_each_epoch(gate, errors):
    unit = Perceptron(learning_rate=0.1, epochs=5)
    unit.fit(X, TARGETS[gate])
    assert unit.errors == errors


def test_the_first_epoch_of_and_by_hand():
    # 00: z = 0 fires wrongly, so b falls. 01, 10: z = -0.1 is right. 11: z = -0.1 is wrong, so b, w1 and w2 rise.
    unit = Perceptron(learning_rate=0.1, epochs=1)
    unit.fit(X, TARGETS["AND"])
    assert [(w.tolist(), b) for w, b in unit.history] == [
        ([0, 0], -0.1),
        ([0, 0], -0.1),
        ([0, 0], -0.1),
        ([0.1, 0.1], 0.0),
    ]


def test_history_has_one_entry_for_each_sample_and_ends_at_the_result():
    unit = Perceptron(epochs=7)
    unit.fit(X, TARGETS["OR"])
    assert len(unit.history) == 7 * 4
    assert unit.history[-1][0].tolist() == unit.w.tolist()
    assert unit.history[-1][1] == unit.b


def test_a_second_fit_starts_afresh():
    unit = Perceptron()
    unit.fit(X, TARGETS["XOR"])
    unit.fit(X, TARGETS["AND"])
    assert unit.w.tolist() == [0.2, 0.1]
    assert unit.errors == [2, 3, 3, 0, 0]
    assert len(unit.history) == 20


def test_on_separable_points_the_errors_end():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(100, 3))
    z = x @ [1.0, -2.0, 0.5] + 0.3
    x, y = x[np.abs(z) > 0.3], (z[np.abs(z) > 0.3] > 0).astype(int)
    unit = Perceptron(epochs=200)
    unit.fit(x, y)
    assert unit.errors[0] > 0
    assert unit.errors[-1] == 0
    assert unit.score(x, y) == 1.0


def test_on_xor_it_never_gets_more_than_three_rows_right():
    unit = Perceptron(epochs=200)
    unit.fit(X, TARGETS["XOR"])
    right = [np.sum((b + X @ w >= 0) == TARGETS["XOR"]) for w, b in unit.history]
    assert max(right) <= 3
    assert min(unit.errors) > 0


@given(numbers, numbers, numbers)
def test_no_weights_make_one_unit_xor(w1, w2, b):
    unit = Perceptron()
    unit.w, unit.b = np.array([w1, w2]), b
    assert unit.score(X, TARGETS["XOR"]) <= 0.75


@pytest.mark.parametrize(
    ("gate", "table"), [(AND, [0, 0, 0, 1]), (OR, [0, 1, 1, 1]), (NAND, [1, 1, 1, 0]), (XOR, [0, 1, 1, 0])]
)
def test_gates_in_each_way_of_calling_them(gate, table):
    assert gate(X).tolist() == table  # rows of two
    assert gate(X[:, 0], X[:, 1]).tolist() == table  # two columns
    assert [int(gate(a, b)) for a, b in X] == table  # two values
    assert [int(gate([a, b])) for a, b in X] == table  # a pair


def test_xor_is_composed_of_gates():
    assert AND(NAND(X), OR(X)).tolist() == XOR(X).tolist()


@pytest.mark.parametrize("inputs", [([1, 0, 1],), (1,), (1, 0, 1)])
def test_gates_take_two_inputs(inputs):
    with pytest.raises(ValueError, match=r"^gate: expected two inputs, got .*\. Give two values or rows of two"):
        AND(*inputs)


@pytest.mark.parametrize(("x", "y"), [(X, [0, 1]), ([0, 1], [0, 1]), (X, [[0], [0], [0], [1]])])
def test_shapes_that_do_not_fit(x, y):
    with pytest.raises(
        ValueError, match=r"^Perceptron.fit: expected x of shape \(m, n_features\) and y of shape \(m,\)"
    ):
        Perceptron().fit(x, y)


@pytest.mark.parametrize(("x", "y"), [([[0, 1], [1]], [0, 1]), (X, [[0], [0, 0], [0], [1]])])
def test_rows_of_unequal_length(x, y):
    with pytest.raises(ValueError, match=r"^Perceptron.fit: expected x as rows of equally many numbers .*, got x = "):
        Perceptron().fit(x, y)


def test_rounding_keeps_input_10_of_and_at_0():
    unit = Perceptron(learning_rate=0.1, epochs=5)
    unit.fit(X, TARGETS["AND"])
    assert unit.predict([1, 0]) == 0
    unit.b = -0.2
    assert unit.predict([1, 0]) == 1


def test_targets_that_are_not_0_and_1():
    with pytest.raises(
        ValueError, match=r"^Perceptron.fit: expected targets 0 and 1, got \[-1  1\]\. Name the classes"
    ):
        Perceptron().fit(X, [-1, -1, -1, 1])
