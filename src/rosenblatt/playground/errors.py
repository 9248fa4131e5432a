"""What goes wrong in the playground where a user asked for something, in words."""

from __future__ import annotations

import math
from typing import Any

from rosenblatt.errors import RosenblattError

TEXTS = {
    "malformed": "expected a change of settings, got something else",
    "unknown_name": "{field}: expected one of {known}, got {got!r}",
    "out_of_range": "{field}: expected from {low} to {high}, got {got}",
    "not_a_number": "{field}: expected a number, got {got!r}",
    "no_feature": "features: expected at least one, got none",
    "too_large": "{field}: expected at most {limit}, got {got}",
    "table_empty": "{name}: expected a header and rows below it",
    "table_header": "{name}: expected the columns' names in the first line, got {detail!r}",
    "table_row": "{name}: expected a row like the others in line {line}, got {got!r} in column {column!r}",
    "table_columns": "{name}: expected a column of numbers beside the target {target!r}",
    "drawn_needs_points": "expected at least two drawn points",
    "drawn_needs_classes": "expected drawn points of at least two classes",
    "not_here": "{command}: not possible with a model that was opened",
    "no_target": "expected rows with targets to learn from",
    "not_compiled": "expected a compiled model, got one without optimizer and loss: it can be looked at, not trained",
    "sample_too_large": "sample: expected at most {limit} operations, got {nodes}",
    "unknown_command": "expected a command of the playground, got {got!r}",
    "refused": "{detail}",
}


class SettingsError(RosenblattError, ValueError):
    """What a user asked for cannot be done; the page words it by its key.

    Example:
        >>> raise SettingsError("out_of_range", field="units", got=0, low=1, high=64)
        Traceback (most recent call last):
            ...
        rosenblatt.playground.errors.SettingsError: units: expected from 1 to 64, got 0.
    """

    def __init__(self, key: str, **arguments: Any) -> None:
        super().__init__(TEXTS[key].format(**arguments).rstrip(".") + ".")
        self.key, self.arguments = key, arguments


def shown(value: Any) -> Any:
    """Return a value that may be anything as something short that JSON can say."""
    if isinstance(value, bool | int | float) or value is None:
        try:
            if math.isfinite(value or 0):
                return value
        except OverflowError:
            pass  # a whole number beyond all floats: say its first digits
    try:
        return str(value)[:40]
    except ValueError:
        return "…"  # more digits than Python writes
