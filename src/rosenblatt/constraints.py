"""Constraints on weights under Keras's names: what a layer's weights are put back to after each update.

    Dense(10, kernel_constraint="non_neg")        by name
    Dense(10, kernel_constraint=MaxNorm(3.0))     by object

The formulas are in ``rosenblatt.functional.constraints``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from rosenblatt.arguments import check_number, check_whole_number
from rosenblatt.configuration import Configurable, deserialize
from rosenblatt.errors import ArgumentError, UnknownNameError
from rosenblatt.functional.constraints import CONSTRAINTS
from rosenblatt.plan import Rule
from rosenblatt.types import Array, Shape


class Constraint(Configurable):
    """Base of all constraints: called with an array of weights, it returns the array that takes their place.

    One of your own derives from it and has its own ``__call__``; it works in training, but not in a model's file.

    Example:
        >>> class Rounded(Constraint):
        ...     def __call__(self, w):
        ...         return np.round(w, 1)
        >>> Rounded()(np.array([0.123]))
        array([0.1])

    Source: Keras, ``keras.constraints.Constraint``.
    """

    function: ClassVar[str] = "custom"

    @property
    def rule(self) -> Rule:
        """The constraint as it stands in a network's plan."""
        return Rule(self.function, {"function": self} if self.function == "custom" else self.get_config())

    def check_shape(self, who: str, shape: Shape) -> None:
        """Raise unless an array of weights has the axes that the constraint runs along.

        Args:
            who: whose name an error begins with.
            shape: of the array.

        Raises:
            ArgumentError: it has not, or one of them is given twice.
        """
        given = self.get_config().get("axis", ()) if self.function != "custom" else ()
        axes = [given] if isinstance(given, int) else given
        known = range(-len(shape), len(shape))
        if not all(axis in known for axis in axes) or len({axis % len(shape) for axis in axes}) < len(axes):
            raise ArgumentError(
                f"{who}: expected {type(self).__name__}'s axis to be of an array of shape {shape}, each once, got "
                f"{given!r}. Axis 0 is the weights into one unit."
            )

    def __call__(self, w: Array) -> Array:
        """Return the weights within the bounds, as a new array.

        Args:
            w: weights.
        """
        w = np.asarray(w)
        return w.copy() if self.function == "custom" else CONSTRAINTS[self.function](w, **self.get_config())


class MaxNorm(Constraint):
    """No vector of weights is longer than ``max_value``: often used with dropout.

    Args:
        max_value: The greatest length.
        axis: The axis, or axes, along which a vector lies; 0 for the weights into one unit of a Dense layer.

    Example:
        >>> MaxNorm(1.0)(np.array([[3.0], [4.0]])).round(3)
        array([[0.6],
               [0.8]])

    Source: Srivastava et al. 2014, section 5.1.
    """

    function = "max_norm"

    def __init__(self, max_value: float = 2.0, axis: int | Sequence[int] = 0) -> None:
        self.max_value = check_number("MaxNorm", "max_value", max_value, at_least=0)
        self.axis = _axis("MaxNorm", axis)


class MinMaxNorm(Constraint):
    """The length of every vector of weights is taken to between two bounds.

    Args:
        min_value: The least length.
        max_value: The greatest length.
        rate: The part of the way that a vector is taken at each update; 1 is all of it.
        axis: The axis, or axes, along which a vector lies; 0 for the weights into one unit of a Dense layer.

    Example:
        >>> MinMaxNorm(2.0, 3.0)(np.array([[0.6], [0.8]])).round(3)
        array([[1.2],
               [1.6]])

    Source: Keras, ``keras.constraints.MinMaxNorm``.
    """

    function = "min_max_norm"

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int | Sequence[int] = 0
    ) -> None:
        self.min_value = check_number("MinMaxNorm", "min_value", min_value, at_least=0)
        self.max_value = check_number("MinMaxNorm", "max_value", max_value, at_least=min_value)
        self.rate = check_number("MinMaxNorm", "rate", rate, at_least=0, at_most=1)
        self.axis = _axis("MinMaxNorm", axis)


class NonNeg(Constraint):
    """No weight is below 0.

    Example:
        >>> NonNeg()(np.array([-1.0, 2.0]))
        array([0., 2.])

    Source: Keras, ``keras.constraints.NonNeg``.
    """

    function = "non_neg"


class UnitNorm(Constraint):
    """Every vector of weights has the length 1.

    Args:
        axis: The axis, or axes, along which a vector lies; 0 for the weights into one unit of a Dense layer.

    Example:
        >>> UnitNorm()(np.array([[3.0], [4.0]])).round(3)
        array([[0.6],
               [0.8]])

    Source: Keras, ``keras.constraints.UnitNorm``.
    """

    function = "unit_norm"

    def __init__(self, axis: int | Sequence[int] = 0) -> None:
        self.axis = _axis("UnitNorm", axis)


def _axis(who: str, axis: Any) -> int | list[int]:
    if isinstance(axis, Sequence) and not isinstance(axis, str):
        return [check_whole_number(who, "axis", one, at_least=-32) for one in axis]
    return check_whole_number(who, "axis", axis, at_least=-32)


max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

ALL: dict[str, type[Constraint]] = {
    "max_norm": MaxNorm,
    "MaxNorm": MaxNorm,
    "min_max_norm": MinMaxNorm,
    "MinMaxNorm": MinMaxNorm,
    "non_neg": NonNeg,
    "NonNeg": NonNeg,
    "unit_norm": UnitNorm,
    "UnitNorm": UnitNorm,
}


def get(identifier: str | type[Constraint] | Constraint | Mapping[str, Any] | None) -> Constraint | None:
    """Return a constraint by name, class, description or as the object itself; None stays None.

    Args:
        identifier: such as "max_norm", `MaxNorm`, ``{"class_name": "MaxNorm", "config": {}}`` or ``MaxNorm(3.0)``.

    Raises:
        UnknownNameError: a name that is in no table.
        ArgumentError: none of these.

    Example:
        >>> get("max_norm")
        MaxNorm()
    """
    if identifier is None or isinstance(identifier, Constraint):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Constraint):
        return identifier()
    if isinstance(identifier, str):
        if identifier not in ALL:
            raise UnknownNameError("constraint", identifier, ALL)
        return ALL[identifier]()
    if isinstance(identifier, Mapping):
        return deserialize("constraint", identifier, ALL)
    raise ArgumentError(f"constraint: expected a name, a class, an object or its description, got {identifier!r}.")
