"""Checks of constructor arguments that several modules share, so that a mistake is told where it is made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

from rosenblatt.errors import ArgumentError


def check_number(
    who: str,
    name: str,
    value: Any,
    *,
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    below: float | None = None,
) -> float:
    """Return ``value`` as a Python float if it is a finite number within the bounds.

    Raises:
        ArgumentError: it is not.

    Example:
        >>> check_number("SGD", "momentum", 2, at_least=0, at_most=1)
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: SGD: expected momentum to be a number of at least 0 and at most 1, got 2.
    """
    bounds = {"above": above, "of at least": at_least, "at most": at_most, "below": below}
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    if (
        not math.isfinite(number)
        or (above is not None and number <= above)
        or (at_least is not None and number < at_least)
        or (at_most is not None and number > at_most)
        or (below is not None and number >= below)
    ):
        wanted = " and ".join(f"{word} {bound}" for word, bound in bounds.items() if bound is not None)
        wanted = f"a number {wanted}" if wanted else "a finite number"
        raise ArgumentError(f"{who}: expected {name} to be {wanted}, got {value!r}.")
    return number


def check_whole_number(who: str, name: str, value: Any, *, at_least: int) -> int:
    """Return ``value`` as a Python int if it is a whole number within the bound.

    Raises:
        ArgumentError: it is not.

    Example:
        >>> check_whole_number("GlorotUniform", "seed", "one", at_least=0)
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: GlorotUniform: expected seed to be a whole number of at least 0, got 'one'.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < at_least:
        raise ArgumentError(f"{who}: expected {name} to be a whole number of at least {at_least}, got {value!r}.")
    return int(value)


def drop_unsupported(who: str, data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return a serialised object of Keras without the arguments that this library lacks, if they are unused there.

    Raises:
        ArgumentError: one of them is in use, so that without it the object would be another.
    """
    config = dict(data.get("config", {}))
    for name in names:
        if config.pop(name, None) is not None:
            raise ArgumentError(f"{who}: expected no {name} in {data.get('class_name')}, got one. It is not supported.")
    return {**data, "config": config}
