"""Commands of the page, as text: read and checked, whatever stands in them."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from rosenblatt.playground.errors import SettingsError, shown

LARGEST_MESSAGE, LARGEST_TABLE = 1 << 20, 4 << 20  # characters; a table comes in one message
TABLE = re.compile(r'\s*\{\s*"do"\s*:\s*"table"')  # how such a message begins
LARGEST_NUMBER = 1e30  # of weights and places; its square is still a float64, it itself a float32

Command = dict[str, Any]


def parse(text: str) -> Command:
    """Return a command: a JSON object without numbers that are none.

    The length is looked at first, so that nobody can have us read what is too long.

    Raises:
        SettingsError: it is no such thing, or too long.

    Example:
        >>> parse('{"do": "play"}')
        {'do': 'play'}
    """
    limit = LARGEST_TABLE if TABLE.match(text) else LARGEST_MESSAGE
    if len(text) > limit:
        raise SettingsError("too_large", field="message", got=len(text), limit=limit)
    try:
        command = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise SettingsError("malformed") from error
    return command if isinstance(command, dict) else _malformed()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def mapping(command: Command, field: str) -> dict[str, Any]:
    """Return a field that is an object."""
    value = command.get(field)
    return value if isinstance(value, dict) else _malformed()


def listing(command: Command, field: str) -> list[Any]:
    """Return a field that is a list."""
    value = command.get(field)
    return value if isinstance(value, list) else _malformed()


def text(command: Command, field: str) -> str:
    """Return a field that is text."""
    value = command.get(field)
    return value if isinstance(value, str) else _malformed()


def whole(command: Command, field: str, low: int, high: int) -> int:
    """Return a field that is a whole number within limits."""
    value = command.get(field)
    if not isinstance(value, int) or isinstance(value, bool):
        raise SettingsError("not_a_number", field=field, got=shown(value))
    if not low <= value <= high:
        raise SettingsError("out_of_range", field=field, got=value, low=low, high=high)
    return value


def edits(command: Command) -> list[tuple[int, float]]:
    """Return edits of weights, at least one, [place, number] each; what they may be the run knows."""
    pairs = listing(command, "edits") or _malformed()
    return [(edit[0], edit[1]) if isinstance(edit, list) and len(edit) == 2 else _malformed() for edit in pairs]


def numbers(command: Command, field: str, count: int) -> list[float]:
    """Return a field that is a list of so many numbers, such as the coordinates of a place."""
    value = command.get(field)
    if not isinstance(value, list) or len(value) != count:
        raise SettingsError("not_a_number", field=field, got=shown(value))
    return [number(field, item) for item in value]


def number(field: str, value: Any) -> float:
    """Return a number that float32 can hold."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise SettingsError("not_a_number", field=field, got=shown(value))
    if abs(value) > LARGEST_NUMBER:
        raise SettingsError("out_of_range", field=field, got=shown(value), low=-LARGEST_NUMBER, high=LARGEST_NUMBER)
    return float(value)


def _malformed() -> NoReturn:
    raise SettingsError("malformed")
