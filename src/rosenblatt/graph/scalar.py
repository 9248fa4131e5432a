"""A number that remembers how it was computed, and backpropagation over such numbers.

Each operation makes a new `Scalar`, with an `Edge` from each of its inputs. An edge knows the local derivative: how
much the result moves when that one input moves. To go backward is to hand gradients down the edges, results first:

    outgoing = incoming * derivative          along one edge: the chain rule
    gradient = the sum of all outgoing        where a number was used several times

Numbers behave as in NumPy: at the border of what is defined, as in 1 / 0 and log(0), the result is infinite (0 / 0 is
no number, nan), and so may be the derivative. Beyond the border, as in log(-1) and (-1) ** 0.5, an error says so.

Symbols: ``x``, ``left``, ``right``, ``base`` and ``exponent`` are scalars or plain numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeAlias

from rosenblatt.errors import ArgumentError


class Edge:
    """How a result depends on one of its inputs.

    Args:
        input: the scalar that goes in.
        derivative: the local derivative, d result / d input.

    Attributes:
        incoming: the gradient of the result, dL / d result; 0 before `Scalar.backward`.
        outgoing: what the input gets for it, incoming * derivative.

    Example:
        >>> w, x = Scalar(0.5), Scalar(2.0)
        >>> loss = (w * x) ** 2
        >>> loss.backward()
        >>> edge = loss.inputs[0].edges[0]  # from w to w * x
        >>> edge.incoming, edge.derivative, edge.outgoing
        (2.0, 2.0, 4.0)
    """

    __slots__ = ("derivative", "incoming", "input")

    def __init__(self, input: Scalar, derivative: float) -> None:
        self.input, self.derivative, self.incoming = input, derivative, 0.0

    @property
    def outgoing(self) -> float:
        """The product of the chain rule; a zero stops the gradient, even where the other factor is infinite."""
        return self.incoming * self.derivative if self.incoming and self.derivative else 0.0


class Scalar:
    """A number on a computational graph.

    Args:
        value: the number.
        name: how it is called where the graph is shown, such as "w1"; may be set later.
        operation: how it was made, such as "*"; none where it was given.
        edges: one from each input.

    Example:
        >>> w, x, b = Scalar(0.5, "w"), Scalar(2.0, "x"), Scalar(-0.7, "b")
        >>> z = w * x + b
        >>> loss = (z - 1.0) ** 2
        >>> loss.backward()
        >>> round(z.value, 6), round(w.gradient, 6), round(b.gradient, 6)
        (0.3, -2.8, -1.4)
    """

    __slots__ = ("edges", "gradient", "name", "operation", "value")
    __array_ufunc__ = None  # NumPy's numbers leave the operation to us

    def __init__(self, value: float, name: str = "", operation: str = "", edges: Iterable[Edge] = ()) -> None:
        self.value, self.name, self.operation, self.edges = float(value), name, operation, tuple(edges)
        self.gradient = 0.0

    @property
    def inputs(self) -> tuple[Scalar, ...]:
        """The scalars that it was made from."""
        return tuple(edge.input for edge in self.edges)

    def backward(self) -> None:
        """Write the derivative of this scalar with respect to every scalar that it came from into its gradient."""
        nodes = in_order(self)
        for node in nodes:
            node.gradient = 0.0
        self.gradient = 1.0
        for node in reversed(nodes):  # when a node's turn comes, all that was made from it has had its own
            for edge in node.edges:
                edge.incoming = node.gradient
                edge.input.gradient += edge.outgoing

    def __add__(self, other: Number) -> Scalar:
        return add(self, other)

    def __radd__(self, other: Number) -> Scalar:
        return add(other, self)

    def __sub__(self, other: Number) -> Scalar:
        return subtract(self, other)

    def __rsub__(self, other: Number) -> Scalar:
        return subtract(other, self)

    def __mul__(self, other: Number) -> Scalar:
        return multiply(self, other)

    def __rmul__(self, other: Number) -> Scalar:
        return multiply(other, self)

    def __truediv__(self, other: Number) -> Scalar:
        return divide(self, other)

    def __rtruediv__(self, other: Number) -> Scalar:
        return divide(other, self)

    def __pow__(self, other: Number) -> Scalar:
        return power(self, other)

    def __rpow__(self, other: Number) -> Scalar:
        return power(other, self)

    def __neg__(self) -> Scalar:
        return multiply(-1.0, self)

    def to_text(self, language: str = "en") -> str:
        """Return the graph that ends here as a table (see `rosenblatt.graph.text`)."""
        from rosenblatt.graph.text import to_text  # the core knows nothing of how it is shown

        return to_text(self, language=language)

    def to_svg(self, language: str = "en") -> str:
        """Return the graph that ends here as a picture (see `rosenblatt.graph.drawing`)."""
        from rosenblatt.graph.drawing import to_svg

        return to_svg(self, language=language)

    def _repr_html_(self) -> str:
        return self.to_svg()

    def __repr__(self) -> str:
        name = f", {self.name!r}" if self.name else ""
        return f"Scalar({self.value:g}{name}, gradient={self.gradient:g})"


Number: TypeAlias = Scalar | float


# --- The operations: a value, and a local derivative for each input ---------------------------------


def add(*terms: Number) -> Scalar:
    """Return the sum; each term gets the gradient unchanged.

    Args:
        terms: scalars or plain numbers.

    Example:
        >>> a, b, c = Scalar(1.0), Scalar(2.0), Scalar(3.0)
        >>> y = add(a, b, c)
        >>> y.backward()
        >>> y.value, a.gradient, b.gradient, c.gradient
        (6.0, 1.0, 1.0, 1.0)
    """
    scalars = [as_scalar(term) for term in terms]
    return Scalar(sum(term.value for term in scalars), "", "+", [Edge(term, 1.0) for term in scalars])


def subtract(left: Number, right: Number) -> Scalar:
    """Return left - right; the right one gets the gradient with its sign turned.

    Example:
        >>> a, b = Scalar(5.0), Scalar(2.0)
        >>> y = subtract(a, b)
        >>> y.backward()
        >>> y.value, a.gradient, b.gradient
        (3.0, 1.0, -1.0)
    """
    a, b = as_scalar(left), as_scalar(right)
    return Scalar(a.value - b.value, "", "-", [Edge(a, 1.0), Edge(b, -1.0)])


def multiply(left: Number, right: Number) -> Scalar:
    """Return left * right; each gets the gradient times the other.

    Example:
        >>> a, b = Scalar(5.0), Scalar(2.0)
        >>> y = multiply(a, b)
        >>> y.backward()
        >>> y.value, a.gradient, b.gradient
        (10.0, 2.0, 5.0)
    """
    a, b = as_scalar(left), as_scalar(right)
    return Scalar(a.value * b.value, "", "*", [Edge(a, b.value), Edge(b, a.value)])


def divide(left: Number, right: Number) -> Scalar:
    """Return left / right; infinity, or nan for 0 / 0, where the right one is 0.

    Example:
        >>> a, b = Scalar(6.0), Scalar(2.0)
        >>> y = divide(a, b)
        >>> y.backward()
        >>> y.value, a.gradient, b.gradient
        (3.0, 0.5, -1.5)
    """
    a, b = as_scalar(left), as_scalar(right)
    value = _quotient(a.value, b.value)
    return Scalar(value, "", "/", [Edge(a, _quotient(1.0, b.value)), Edge(b, _quotient(-value, b.value))])


def power(base: Number, exponent: Number) -> Scalar:
    """Return base ** exponent; infinity for 0 to a negative one. Below a base of 0 the exponent gets no gradient.

    Raises:
        ArgumentError: a negative base with an exponent that is not whole: the result would be complex.

    Example:
        >>> a = Scalar(5.0)
        >>> y = power(a, 2.0)
        >>> y.backward()
        >>> y.value, a.gradient
        (25.0, 10.0)
    """
    a, b = as_scalar(base), as_scalar(exponent)
    if a.value < 0 and not b.value.is_integer():
        text = f"power: expected a base of at least 0 for the exponent {b.value:g}, got {a.value:g}."
        raise ArgumentError(f"{text} Take an exponent that is whole.")
    value = _power(a.value, b.value)
    slope = b.value * _power(a.value, b.value - 1.0) if b.value else 0.0
    return Scalar(value, "", "**", [Edge(a, slope), Edge(b, value * math.log(a.value) if a.value > 0 else 0.0)])


def exp(x: Number) -> Scalar:
    """Return e ** x, which is its own derivative; infinity where that is too large for a float.

    Example:
        >>> x = Scalar(1.0)
        >>> y = exp(x)
        >>> y.backward()
        >>> round(y.value, 4), round(x.gradient, 4)
        (2.7183, 2.7183)
    """
    a = as_scalar(x)
    try:
        value = math.exp(a.value)
    except OverflowError:
        value = math.inf
    return Scalar(value, "", "exp", [Edge(a, value)])


def log(x: Number) -> Scalar:
    """Return the natural logarithm, with derivative 1 / x; -infinity at 0.

    Raises:
        ArgumentError: x is negative.

    Example:
        >>> x = Scalar(4.0)
        >>> y = log(x)
        >>> y.backward()
        >>> round(y.value, 4), x.gradient
        (1.3863, 0.25)
    """
    a = as_scalar(x)
    if a.value < 0:
        raise ArgumentError(f"log: expected a number of at least 0, got {a.value:g}.")
    value = math.log(a.value) if a.value else -math.inf
    return Scalar(value, "", "log", [Edge(a, _quotient(1.0, abs(a.value)))])


def maximum(left: Number, right: Number) -> Scalar:
    """Return the larger one, which alone gets the gradient; where both are equal it is the right one.

    Example:
        >>> z = Scalar(0.0)
        >>> y = maximum(z, 0.0)  # relu: at its corner the derivative is 0
        >>> y.backward()
        >>> y.value, z.gradient
        (0.0, 0.0)
    """
    a, b = as_scalar(left), as_scalar(right)
    takes_left = a.value > b.value
    return Scalar(max(a.value, b.value), "", "max", [Edge(a, float(takes_left)), Edge(b, float(not takes_left))])


# Python raises errors where the standard for floats (IEEE 754), and with it NumPy, has infinities.


def _quotient(left: float, right: float) -> float:
    return left / right if right else left * math.copysign(math.inf, right)


def _power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except (OverflowError, ZeroDivisionError):
        return math.copysign(math.inf, base) if exponent % 2 == 1 else math.inf


# --- The graph --------------------------------------------------------------------------------------


def as_scalar(x: Number) -> Scalar:
    """Return a scalar as it is, and a plain number as a new one without a name.

    Example:
        >>> as_scalar(2)
        Scalar(2, gradient=0)
    """
    return x if isinstance(x, Scalar) else Scalar(x)


def in_order(*results: Scalar) -> list[Scalar]:
    """Return all scalars that the results came from, and themselves, each after its inputs.

    Args:
        results: where the graph ends.

    Example:
        >>> w, x = Scalar(3.0, "w"), Scalar(2.0, "x")
        >>> [node.name or node.operation for node in in_order(w * x + w)]
        ['w', 'x', '*', '+']
    """
    order: list[Scalar] = []
    seen: set[Scalar] = set()
    waiting = [(result, False) for result in reversed(results)]  # a list, not recursion: graphs may be deep
    while waiting:
        node, inputs_done = waiting.pop()
        if inputs_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting.extend((edge.input, False) for edge in reversed(node.edges))
    return order
