"""Checks of constructor arguments that several modules share, so that a mistake is told where it is made."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from rosenblatt.errors import ArgumentError, UnknownNameError

LANGUAGES = ("en", "ko")


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
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
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


def check_whole_number(who: str, name: str, value: Any, *, at_least: int, at_most: int | None = None) -> int:
    """Return ``value`` as a Python int if it is a whole number within the bound.

    Raises:
        ArgumentError: it is not.

    Example:
        >>> check_whole_number("GlorotUniform", "seed", "one", at_least=0)
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: GlorotUniform: expected seed to be a whole number of at least 0, got 'one'.
    """
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not is_whole or value < at_least or (at_most is not None and value > at_most):
        bounds = f"of at least {at_least}" + ("" if at_most is None else f" and at most {at_most}")
        raise ArgumentError(f"{who}: expected {name} to be a whole number {bounds}, got {value!r}.")
    return int(value)


def check_choice(who: str, name: str, value: Any, known: Iterable[str]) -> str:
    """Return ``value`` if it is one of some names.

    Raises:
        UnknownNameError: it is not.

    Example:
        >>> check_choice("F1Score", "average", "makro", ["micro", "macro"])
        Traceback (most recent call last):
            ...
        rosenblatt.errors.UnknownNameError: F1Score average: expected a known name, got 'makro'. Did you mean 'macro'?
    """
    known = list(known)
    if not isinstance(value, str) or value not in known:
        raise UnknownNameError(f"{who} {name}", value, known)
    return value


def check_language(who: str, language: str) -> str:
    """Return a language if it is one that is spoken here: "en" or "ko".

    Raises:
        UnknownNameError: it is not.

    Example:
        >>> check_language("plots", "kr")
        Traceback (most recent call last):
            ...
        rosenblatt.errors.UnknownNameError: plots: language: expected a known name, got 'kr'. Did you mean 'ko'?
    """
    return check_choice(f"{who}:", "language", language, LANGUAGES)


def check_numbers(who: str, name: str, values: Any, **bounds: float) -> list[float]:
    """Return several numbers as a list of Python floats; each must be within the bounds of ``check_number``.

    Raises:
        ArgumentError: one is not, or they are no list.
    """
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping):
        raise ArgumentError(f"{who}: expected {name} to be a list of numbers, got {values!r}.")
    return [check_number(who, f"{name}[{place}]", value, **bounds) for place, value in enumerate(values)]


def check_last_axis(who: str, axis: Any, what: str) -> int:
    """Return ``axis`` if it is -1, the only one along which this library works.

    Raises:
        ArgumentError: it is another; ``what`` says what should lie on the last axis.

    Example:
        >>> check_last_axis("BatchNormalization", 1, "units")
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: BatchNormalization: expected axis=-1, got 1. Put the units on the last axis.
    """
    if not isinstance(axis, Integral) or axis != -1:
        raise ArgumentError(f"{who}: expected axis=-1, got {axis!r}. Put the {what} on the last axis.")
    return -1


def check_flag(who: str, name: str, value: Any) -> bool:
    """Return ``value`` as a Python bool if it is True or False, or 1 or 0.

    Raises:
        ArgumentError: it is not, such as the text "False", which Python takes for true.

    Example:
        >>> check_flag("Dense", "use_bias", "False")
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: Dense: expected use_bias to be True or False, got 'False'.
    """
    if not isinstance(value, Integral | np.bool_) or value not in (0, 1):
        raise ArgumentError(f"{who}: expected {name} to be True or False, got {value!r}.")
    return bool(value)


def check_verbose(who: str, verbose: Any) -> int | str:
    """Return ``verbose`` if it says how much is told: 0, 1, 2 or "auto"; False and True are 0 and 1.

    Raises:
        ArgumentError: it does not.

    Example:
        >>> check_verbose("fit", 7)
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: fit: expected verbose to be 0, 1, 2 or 'auto', got 7.
    """
    if not isinstance(verbose, Integral | np.bool_ | str) or verbose not in (0, 1, 2, "auto"):
        raise ArgumentError(f"{who}: expected verbose to be 0, 1, 2 or 'auto', got {verbose!r}.")
    return verbose if isinstance(verbose, str) else int(verbose)


def check_name(who: str, name: Any) -> str:
    """Return ``name`` if it is a text that can stand in a path of names, such as the names of weights in a file.

    Raises:
        ArgumentError: it is not.

    Example:
        >>> check_name("Dense", "hidden/1")
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: Dense: expected name to be a text without '/', got 'hidden/1'.
    """
    if not isinstance(name, str) or not name or "/" in name:
        raise ArgumentError(f"{who}: expected name to be a text without '/', got {name!r}.")
    return name


def refuse_unknown(cls: type, unknown: Iterable[str], common: Iterable[str] = ()) -> None:
    """Raise an error that lists the arguments of a class where others were given, such as some of Keras's.

    Args:
        cls: The class.
        unknown: The names of the arguments that it does not know.
        common: What it takes besides those of its own signature.

    Raises:
        ArgumentError: there is at least one.

    Example:
        >>> class Scale:
        ...     def __init__(self, factor=1.0, **unknown):
        ...         refuse_unknown(type(self), unknown)
        >>> Scale(axis=1)
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: Scale: expected no argument but factor, got axis. \
Leave it out; what Keras has and we do not is listed in docs/differences-from-keras.md.
        >>> Scale(facto=2.0)
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: Scale: expected no argument facto, got one. Did you mean factor?
    """
    names = sorted(unknown)
    if not names:
        return
    import difflib  # an error may take its time, an import may not

    parameters = inspect.signature(cls).parameters.values()
    own = [parameter.name for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD]
    known = [*own, *common]
    for name in names:
        nearest = ["learning_rate"] if name == "lr" else difflib.get_close_matches(name, known, n=1, cutoff=0.8)
        if nearest and nearest[0] in known:
            raise ArgumentError(f"{cls.__name__}: expected no argument {name}, got one. Did you mean {nearest[0]}?")
    raise ArgumentError(
        f"{cls.__name__}: expected no argument but {', '.join(known)}, got {', '.join(names)}. "
        "Leave it out; what Keras has and we do not is listed in docs/differences-from-keras.md."
    )


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
