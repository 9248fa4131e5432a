"""Scalars on a graph: values, local derivatives, and what backward() hands down every edge."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosenblatt.errors import ArgumentError
from rosenblatt.graph import Scalar, exp, in_order, log, maximum
from rosenblatt.graph.functions import erf

BINARY: dict[str, Callable[[Scalar, Scalar], Scalar]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "max": maximum,
}


@pytest.mark.parametrize(
    ("operation", "value", "derivatives"),
    [
        ("+", 5.0, (1.0, 1.0)),
        ("-", 1.0, (1.0, -1.0)),
        ("*", 6.0, (2.0, 3.0)),
        ("/", 1.5, (0.5, -0.75)),
        ("**", 9.0, (6.0, 9.0 * math.log(3.0))),
        ("max", 3.0, (1.0, 0.0)),
    ],
)
def test_an_operation_of_two_numbers_by_hand(operation: str, value: float, derivatives: tuple[float, float]) -> None:
    result = BINARY[operation](Scalar(3.0), Scalar(2.0))
    assert result.operation == operation
    assert result.value == value
    assert tuple(edge.derivative for edge in result.edges) == pytest.approx(derivatives)


@pytest.mark.parametrize("operation", BINARY)
def test_local_derivatives_are_finite_differences(operation: str) -> None:
    function, h = BINARY[operation], 1e-6
    for a, b in ((1.7, 0.6), (0.4, 2.3)):
        left, right = (edge.derivative for edge in function(Scalar(a), Scalar(b)).edges)
        difference = function(Scalar(a + h), Scalar(b)).value - function(Scalar(a - h), Scalar(b)).value
        assert left == pytest.approx(difference / (2 * h), rel=1e-6, abs=1e-8)
        difference = function(Scalar(a), Scalar(b + h)).value - function(Scalar(a), Scalar(b - h)).value
        assert right == pytest.approx(difference / (2 * h), rel=1e-6, abs=1e-8)


def test_plain_numbers_may_stand_on_either_side() -> None:
    x = Scalar(4.0)
    values = [(x + 1).value, (1 + x).value, (x - 1).value, (1 - x).value, (x * 2).value, (2 * x).value]
    assert values == [5.0, 5.0, 3.0, -3.0, 8.0, 8.0]
    assert [(x / 2).value, (2 / x).value, (x**2).value, (2**x).value, (-x).value] == [2.0, 0.5, 16.0, 16.0, -4.0]
    assert isinstance(np.float64(2.0) * x, Scalar)


def test_exp_and_log() -> None:
    assert exp(0.0).edges[0].derivative == 1.0
    assert log(4.0).edges[0].derivative == 0.25
    assert exp(1000.0).value == math.inf
    assert log(0.0).value == -math.inf
    with pytest.raises(ArgumentError, match="log: expected a number of at least 0, got -1"):
        log(-1.0)


def test_a_negative_base_takes_whole_exponents_only() -> None:
    assert (Scalar(-2.0) ** 3).value == -8.0
    with pytest.raises(ArgumentError, match=r"power: expected a base of at least 0 for the exponent 0\.5, got -2"):
        Scalar(-2.0) ** 0.5


@pytest.mark.parametrize("left", [1.0, -3.0, 0.0, -0.0, math.inf])
@pytest.mark.parametrize("right", [0.0, -0.0])
def test_a_division_by_zero_is_that_of_numpy_forward_and_backward(left: float, right: float) -> None:
    a, b = Scalar(left), Scalar(right)
    with np.errstate(all="ignore"):
        value = np.float64(left) / np.float64(right)
        derivatives = [1.0 / np.float64(right), -value / np.float64(right)]
    quotient = a / b
    np.testing.assert_equal([quotient.value, *(edge.derivative for edge in quotient.edges)], [value, *derivatives])
    quotient.backward()
    np.testing.assert_equal([a.gradient, b.gradient], derivatives)


@pytest.mark.parametrize("base", [0.0, -0.0])
@pytest.mark.parametrize("exponent", [-1.0, -2.0, -0.5, 0.0, 0.5, 1.0, 3.0])
def test_a_power_of_zero_is_that_of_numpy_forward_and_backward(base: float, exponent: float) -> None:
    x = Scalar(base)
    power = x**exponent
    power.backward()
    with np.errstate(all="ignore"):
        expected = np.float64(base) ** exponent
        slope = exponent * np.float64(base) ** (exponent - 1.0) if exponent else 0.0
    np.testing.assert_equal([power.value, x.gradient], [expected, slope])


def test_numbers_too_large_for_a_float_are_infinite() -> None:
    assert (Scalar(-10.0) ** 1001).value == -math.inf
    assert (Scalar(-10.0) ** 1000).value == math.inf
    assert exp(709.0).value == math.exp(709.0)
    assert erf(Scalar(1e200)).edges[0].derivative == 0.0


def test_an_addition_passes_the_gradient_on_and_a_multiplication_swaps_the_inputs() -> None:
    w, x, b = Scalar(0.5, "w"), Scalar(2.0, "x"), Scalar(-0.7, "b")
    product = w * x
    z = product + b
    ((z - 1.0) ** 2).backward()
    assert z.gradient == pytest.approx(-1.4)
    assert [edge.outgoing for edge in z.edges] == [z.gradient, z.gradient]
    assert [edge.incoming for edge in product.edges] == [product.gradient, product.gradient]
    assert w.gradient == pytest.approx(2.0 * product.gradient)
    assert x.gradient == pytest.approx(0.5 * product.gradient)


def test_the_gradients_of_a_number_used_twice_are_added() -> None:
    x = Scalar(3.0)
    (x * x + x).backward()
    assert x.gradient == 7.0


def test_going_backward_again_starts_anew() -> None:
    x = Scalar(3.0)
    y = x**2
    y.backward()
    y.backward()
    assert x.gradient == 6.0


def test_a_zero_stops_the_gradient_even_before_an_infinity() -> None:
    x = Scalar(0.0)
    (0.0 * log(x + 0.0)).edges[1].input.backward()
    assert x.gradient == math.inf
    maximum(log(x), 1.0).backward()
    assert x.gradient == 0.0


def test_every_node_comes_after_its_inputs_in_graphs_of_any_depth() -> None:
    x = Scalar(1.0)
    y = x
    for _ in range(5000):
        y = y + x
    order = in_order(y)
    places = {node: place for place, node in enumerate(order)}
    assert len(order) == 5001
    assert all(places[each] < places[node] for node in order for each in node.inputs)
    y.backward()
    assert x.gradient == 5001.0


@given(st.lists(st.floats(0.2, 2.0), min_size=3, max_size=3), st.permutations(["+", "*", "/", "max", "-"]))
def test_gradients_of_random_formulas_are_finite_differences(numbers: list[float], operations: list[str]) -> None:
    def formula(values: list[float]) -> tuple[Scalar, list[Scalar]]:
        leaves = [Scalar(value) for value in values]
        result = exp(leaves[0] * 0.5)
        for place, operation in enumerate(operations):
            result = BINARY[operation](result, leaves[place % 3] + 0.01 * place)
        return result, leaves

    result, leaves = formula(numbers)
    result.backward()
    for node in in_order(result):  # no derivative where the larger one changes within the difference
        if node.operation == "max" and abs(node.inputs[0].value - node.inputs[1].value) < 1e-3:
            return
    h = 1e-6
    for place, leaf in enumerate(leaves):
        ups, downs = list(numbers), list(numbers)
        ups[place] += h
        downs[place] -= h
        difference = (formula(ups)[0].value - formula(downs)[0].value) / (2 * h)
        assert leaf.gradient == pytest.approx(difference, rel=1e-4, abs=1e-5)
