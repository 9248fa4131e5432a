"""Penalties on weights under Keras's names.

The formulas and their derivatives are in ``rosenblatt.functional.regularizers``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from rosenblatt.arguments import check_choice, check_number
from rosenblatt.configuration import Configurable, deserialize
from rosenblatt.errors import ArgumentError, UnknownNameError
from rosenblatt.functional.regularizers import REGULARIZERS
from rosenblatt.plan import Rule
from rosenblatt.types import Array


class Regularizer(Configurable):
    """Base of all penalties: called with an array of weights, it returns what is added to the loss.

    A subclass names its function of ``rosenblatt.functional.regularizers.REGULARIZERS``; its constructor's arguments
    are the function's.

    Example:
        >>> penalty = L2(0.5)
        >>> penalty(np.array([1.0, -2.0])), penalty.gradient(np.array([1.0, -2.0]))
        (2.5, array([ 1., -2.]))

    Source: Keras, ``keras.regularizers.Regularizer``.
    """

    function: ClassVar[str]

    @property
    def rule(self) -> Rule:
        """The penalty as it stands in a network's plan.

        Raises:
            ArgumentError: the subclass names no function.
        """
        if getattr(self, "function", None) not in REGULARIZERS:
            raise ArgumentError(
                f"{type(self).__name__}: expected function to be one of {', '.join(sorted(REGULARIZERS))}, got "
                f"{getattr(self, 'function', None)!r}. Name it in the class: function = 'l1_l2'."
            )
        return Rule(self.function, self.get_config())

    def __call__(self, w: Array) -> float:
        """Return the penalty, one number.

        Args:
            w: weights of any shape.
        """
        return REGULARIZERS[self.function].function(np.asarray(w), **self.get_config())

    def gradient(self, w: Array) -> Array:
        """Return the derivative of the penalty with respect to the weights, of their shape.

        Args:
            w: weights of any shape.
        """
        return REGULARIZERS[self.function].gradient(np.asarray(w), **self.get_config())


class L1(Regularizer):
    """``l1 * sum(|w|)``: pushes weights to exactly zero.

    Args:
        l1: at least 0.

    Example:
        >>> L1(0.5)(np.array([1.0, -2.0]))
        1.5

    Source: Keras, ``keras.regularizers.L1``.
    """

    function = "l1_l2"

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = check_number("L1", "l1", l1, at_least=0)


class L2(Regularizer):
    """``l2 * sum(w^2)``: shrinks large weights; there is no half before the square, as in Keras.

    Args:
        l2: at least 0.

    Example:
        >>> L2(0.5)(np.array([1.0, -2.0]))
        2.5

    Source: Keras, ``keras.regularizers.L2``.
    """

    function = "l1_l2"

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = check_number("L2", "l2", l2, at_least=0)


class L1L2(Regularizer):
    """``l1 * sum(|w|) + l2 * sum(w^2)``.

    Args:
        l1: at least 0.
        l2: at least 0.

    Example:
        >>> L1L2(l1=0.5, l2=0.5)(np.array([1.0, -2.0]))
        4.0

    Source: Keras, ``keras.regularizers.L1L2``.
    """

    function = "l1_l2"

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = check_number("L1L2", "l1", l1, at_least=0)
        self.l2 = check_number("L1L2", "l2", l2, at_least=0)


class OrthogonalRegularizer(Regularizer):
    """``factor`` times the mean of ``|cosine|`` over all pairs of a matrix's rows (or columns).

    Args:
        factor: at least 0.
        mode: "rows" or "columns"; of a Dense layer's kernel the columns are the units.

    Example:
        >>> OrthogonalRegularizer(factor=0.5)(np.array([[1.0, 0.0], [2.0, 0.0]]))
        0.5

    Source: Keras, ``keras.regularizers.OrthogonalRegularizer``.
    """

    function = "orthogonal"

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = check_number("OrthogonalRegularizer", "factor", factor, at_least=0)
        self.mode = check_choice("OrthogonalRegularizer", "mode", mode, ("rows", "columns"))


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

ALL: dict[str, type[Regularizer]] = {
    "l1": L1,
    "L1": L1,
    "l2": L2,
    "L2": L2,
    "l1_l2": L1L2,
    "l1l2": L1L2,
    "L1L2": L1L2,
    "orthogonal_regularizer": OrthogonalRegularizer,
    "OrthogonalRegularizer": OrthogonalRegularizer,
}


def get(identifier: str | type[Regularizer] | Regularizer | Mapping[str, Any] | None) -> Regularizer | None:
    """Return a regularizer by name, class, description or as the object itself; None stays None.

    Args:
        identifier: such as "l2", `L2`, ``{"class_name": "L2", "config": {"l2": 0.1}}`` or ``L2(0.1)``.

    A name means a factor of 0.01 each, "l1_l2" too.

    Raises:
        UnknownNameError: a name that is in no table.
        ArgumentError: none of these.

    Example:
        >>> get("l1_l2")
        L1L2(0.01, l2=0.01)
    """
    if identifier is None or isinstance(identifier, Regularizer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Regularizer):
        return identifier()
    if isinstance(identifier, str):
        if identifier not in ALL:
            raise UnknownNameError("regularizer", identifier, ALL)
        return L1L2(0.01, 0.01) if ALL[identifier] is L1L2 else ALL[identifier]()
    if isinstance(identifier, Mapping):
        return deserialize("regularizer", identifier, ALL)
    raise ArgumentError(f"regularizer: expected a name, a class, an object or its description, got {identifier!r}.")
