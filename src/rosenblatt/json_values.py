"""Values as JSON can say them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def as_json(value: Any) -> Any:
    """Return a value with nothing in it but what JSON has: arrays as lists, and null for what is no finite number.

    Example:
        >>> as_json({"loss": np.float32("nan"), "x": np.array([1.0, 0.5]), 3: (1, None)})
        {'loss': None, 'x': [1.0, 0.5], '3': [1, None]}
    """
    if isinstance(value, Mapping):
        return {str(name): as_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return as_json(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
