"""The words for arrays that every signature of the library uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike as ArrayLike
else:
    ArrayLike: TypeAlias = Any  # importing numpy.typing and numpy.random takes a while

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Shape: TypeAlias = tuple[int, ...]
Generator: TypeAlias = "np.random.Generator"
