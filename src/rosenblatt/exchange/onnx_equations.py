"""ONNX files, understood: which function of ours several nodes compute together.

ONNX has no operator for some functions, and each program composes them in its own way: x (1 + erf(x / √2)) / 2 with the
half at the front, at the end, or inside of the sum. So the nodes are multiplied out into one equation, written with
terms in the order of the alphabet, and that text is looked up:

    Div -> Erf -> Add -> Mul -> Mul      0.5*Erf(0.707107*x)*x + 0.5*x      gelu
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rosenblatt.exchange.onnx_graphs import FLOATS, Node, number_of
from rosenblatt.functional.activations import SELU_ALPHA, SELU_SCALE
from rosenblatt.layers import ELU, Activation, Layer, LayerNormalization, LeakyReLU, PReLU, ReLU
from rosenblatt.types import Array

MOST_NODES = 24  # that one function is composed of
MOST_TERMS = 24
LONGEST_TEXT = 1000
MOST_NUMBERS = 8  # in one function; all are tried as its parameters
MOST_INPUTS = 3  # of one operator: those of Where and Clip


class NotUnderstoodError(Exception):
    """These nodes do not make an equation."""


class Sum(NamedTuple):
    """A sum of products: {("x", "x"): 2.0, (): 1.0} is 2 x² + 1.

    A factor is a text: "x", the name of an array, or a function of sums, such as "Erf(0.707107*x)".
    """

    terms: dict[tuple[str, ...], float]

    def __str__(self) -> str:
        written = ["*".join([f"{number:.6g}", *factors]) for factors, number in self.terms.items()]
        return " + ".join(sorted(text for text in written if text.split("*")[0] not in ("0", "-0"))) or "0"

    def __add__(self, other: Sum | float) -> Sum:  # type: ignore[override]
        terms = dict(self.terms)
        for factors, number in _sum(other).terms.items():
            terms[factors] = terms.get(factors, 0.0) + number
        return Sum(_bounded(terms))

    def __mul__(self, other: Sum | float) -> Sum:  # type: ignore[override]
        terms: dict[tuple[str, ...], float] = {}
        for (a, number), (b, other_number) in itertools.product(self.terms.items(), _sum(other).terms.items()):
            factors = tuple(sorted((*a, *b)))
            terms[factors] = terms.get(factors, 0.0) + number * other_number
        return Sum(_bounded(terms))

    def __sub__(self, other: Sum | float) -> Sum:
        return self + _sum(other) * -1.0

    def __truediv__(self, other: Sum | float) -> Sum:
        divisor = _sum(other)
        if set(divisor.terms) <= {()}:
            number = divisor.terms.get((), 0.0)
            if number == 0.0:
                raise NotUnderstoodError
            return self * (1.0 / number)
        return self * of("Reciprocal", divisor)


def _sum(value: Sum | float) -> Sum:
    return value if isinstance(value, Sum) else Sum({(): float(value)})


def _bounded(terms: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    if len(terms) > MOST_TERMS or sum(len(factor) for factors in terms for factor in factors) > LONGEST_TEXT:
        raise NotUnderstoodError
    return terms


def of(function: str, *arguments: Sum | float) -> Sum:
    """Return a function of sums as a sum of one term."""
    text = f"{function}({', '.join(str(_sum(argument)) for argument in arguments)})"
    return Sum(_bounded({(text,): 1.0}))


# --- The equations of our functions -----------------------------------------------------------------------------------

x = Sum({("x",): 1.0})
array = Sum({("array",): 1.0})
positive = of("Greater", x, 0.0)
mean = of("ReduceMean", x)
softplus = of("Max", x, 0.0) + of("Log", of("Exp", of("Abs", x) * -1.0) + 1.0)
elu = of("Exp", of("Min", x, 0.0)) - 1.0
selu = of("Where", positive, x, elu * SELU_ALPHA) * SELU_SCALE

ACTIVATIONS: dict[str, str] = {
    str(equation): name
    for name, equation in [
        ("gelu", x * (of("Erf", x * math.sqrt(0.5)) + 1.0) * 0.5),
        ("hard_sigmoid", of("Clip", x + 3.0, 0.0, 6.0) / 6.0),
        ("hard_sigmoid", of("Clip", x / 6.0 + 0.5, 0.0, 1.0)),
        ("mish", x * of("Tanh", of("Softplus", x))),
        ("mish", x * of("Tanh", softplus)),
        ("relu", of("Max", x, 0.0)),
        ("relu", of("Max", 0.0, x)),
        ("selu", selu),
        ("sigmoid", of("Reciprocal", of("Exp", x * -1.0) + 1.0)),
        ("silu", x * of("Sigmoid", x)),
        ("softplus", softplus),
        ("softplus", of("Log", of("Exp", x) + 1.0)),
        ("softplus", of("Where", of("Greater", x, 20.0), x, of("Softplus", x))),
        ("softsign", x / (of("Abs", x) + 1.0)),
        ("step", of("GreaterOrEqual", x, 0.0)),
    ]
}


class Form(NamedTuple):
    """An equation with parameters, and the layer that it stands for."""

    equation: Callable[..., Sum]
    layer: Callable[..., Layer]
    parameters: int


def _relu_above(slope: float, threshold: float) -> Sum:
    return of("Where", of("Greater", x, threshold), x, (x - threshold) * slope)


def _x_above_zero(slope: float) -> Sum:
    """x above zero, else slope x: the larger of the two, but of a slope above 1 the smaller."""
    return of("Max" if slope <= 1.0 else "Min", x, x * slope)


FORMS = [
    Form(lambda a: of("Where", positive, x, x * a), lambda a: LeakyReLU(a), 1),
    Form(_x_above_zero, lambda a: LeakyReLU(a), 1),
    Form(lambda a: of("Where", positive, x, elu * a), lambda a: ELU(a), 1),
    Form(lambda a: of("Min", of("Relu", x), a), lambda a: ReLU(a), 1),
    Form(lambda a: of("Max", of("Min", x, a), 0.0), lambda a: ReLU(a), 1),
    Form(lambda a: of("Min", of("Max", x, 0.0), a), lambda a: ReLU(a), 1),
    Form(_relu_above, lambda a, b: ReLU(negative_slope=a, threshold=b), 2),
    Form(lambda a, b: of("Min", of("Where", positive, x, x * a), b), lambda a, b: ReLU(b, negative_slope=a), 2),
    Form(lambda a, b, c: of("Min", _relu_above(a, b), c), lambda a, b, c: ReLU(c, a, b), 3),
    Form(lambda a: of("Where", of("LessOrEqual", x, a), 0.0, x), lambda a: ReLU(threshold=a), 1),
    Form(
        lambda a: (x - mean) / of("Sqrt", of("ReduceMean", (x - mean) * (x - mean)) + a),
        lambda a: LayerNormalization(epsilon=a, center=False, scale=False),
        1,
    ),
]

# With a slope for every unit, or one for all.
PRELUS: list[Callable[[Any], Sum]] = [
    lambda slope: of("Max", x, 0.0) + of("Min", x, 0.0) * slope,
    lambda slope: of("Relu", x) + of("Min", x, 0.0) * slope,
    lambda slope: of("Relu", x) - of("Relu", x * -1.0) * slope,
]


# --- From nodes to an equation, and from an equation to a layer -------------------------------------------------------


def recognize(
    nodes: Sequence[Node], entry: str, constants: Mapping[str, Array], axes: int
) -> tuple[Layer, dict[str, Array]] | None:
    """Return the layer, with its arrays, that some nodes compute together from one value.

    Args:
        nodes: in the order of their computation; the last one's first output is the result.
        entry: the name of the value that they compute from.
        constants: the arrays of the file.
        axes: of the value: with the rows' own, at least 2.
    """
    try:
        equation, numbers, arrays = equation_of(nodes, entry, constants, axes)
    except NotUnderstoodError:
        return None
    text = str(equation)
    if len(arrays) == 1 and text in [str(prelu(array)) for prelu in PRELUS]:
        return PReLU(), {"alpha": arrays[0]}
    if arrays:
        return None
    if text in ACTIVATIONS:
        return Activation(ACTIVATIONS[text]), {}
    for number, constant in numbers.items():
        if text in [str(prelu(number)) for prelu in PRELUS]:
            return PReLU(), {"alpha": constant}
    for form in FORMS:
        for parameters in itertools.product(numbers, repeat=form.parameters):
            if str(form.equation(*parameters)) == text:
                return form.layer(*parameters), {}
    return None


def equation_of(
    nodes: Sequence[Node], entry: str, constants: Mapping[str, Array], axes: int
) -> tuple[Sum, dict[float, Array], list[Array]]:
    """Return the equation of what nodes compute, the single numbers in it, with the constants they are, and the arrays.

    Raises:
        NotUnderstoodError: there are operators or constants that no equation of ours has.
    """
    if len(nodes) > MOST_NODES:
        raise NotUnderstoodError
    values: dict[str, Sum] = {entry: x}
    numbers: dict[float, Array] = {}
    arrays: dict[str, Array] = {}

    def value(name: str) -> Sum:
        if name in values:
            return values[name]
        constant = constants.get(name)
        if constant is None or constant.dtype.kind not in "fi":
            raise NotUnderstoodError
        if constant.size == 1:
            numbers[number_of(constant)] = constant
            return _sum(number_of(constant))
        arrays[name] = constant
        return array

    for node in nodes:
        if node.operator not in OPERATORS or len(node.inputs) > MOST_INPUTS:
            raise NotUnderstoodError
        inputs = node.inputs[:1] if node.operator == "ReduceMean" else node.inputs
        if node.operator == "ReduceMean" and not _is_over_units(node, constants, axes):
            raise NotUnderstoodError
        values[node.outputs[0]] = OPERATORS[node.operator](node, *map(value, inputs))
    if len(numbers) > MOST_NUMBERS:
        raise NotUnderstoodError
    return values[nodes[-1].outputs[0]], numbers, list(arrays.values())


def _is_over_units(node: Node, constants: Mapping[str, Array], axes: int) -> bool:
    """Whether a mean is taken over the last axis, which stays with length 1."""
    given: Any = node.attributes.get("axes")
    if len(node.inputs) == 2:
        given = constants.get(node.inputs[1])
    return given is not None and [*map(int, given)] in ([-1], [axes - 1]) and node.attributes.get("keepdims", 1) == 1


def _power(node: Node, a: Sum, b: Sum) -> Sum:
    powers = {"2": a * a, "3": a * a * a, "0.5": of("Sqrt", a)}
    if str(b) not in powers:
        raise NotUnderstoodError
    return powers[str(b)]


def _cast(node: Node, a: Sum) -> Sum:
    if node.attributes.get("to") not in FLOATS:
        raise NotUnderstoodError
    return a


def _function(node: Node, *arguments: Sum) -> Sum:
    return of(node.operator, *arguments)


FUNCTIONS = (
    *("Abs", "Clip", "Erf", "Exp", "Greater", "GreaterOrEqual", "LessOrEqual", "Log", "Max", "Min"),
    *("ReduceMean", "Relu", "Sigmoid", "Softplus", "Sqrt", "Tanh", "Where"),
)

OPERATORS: dict[str, Callable[..., Sum]] = {
    **dict.fromkeys(FUNCTIONS, _function),
    "Add": lambda node, a, b: a + b,
    "Sub": lambda node, a, b: a - b,
    "Mul": lambda node, a, b: a * b,
    "Div": lambda node, a, b: a / b,
    "Neg": lambda node, a: a * -1.0,
    "Reciprocal": lambda node, a: _sum(1.0) / a,
    "Pow": _power,
    "Cast": _cast,
    "Identity": lambda node, a: a,
}
