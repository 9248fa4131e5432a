"""Which engine a new model gets: the native one where it was built, else the reference engine."""

from __future__ import annotations

import functools
import importlib.util
import warnings

from rosenblatt.engines.base import Engine
from rosenblatt.engines.reference import ReferenceEngine
from rosenblatt.errors import SlowEngineWarning

NOT_BUILT = "the native engine is not built: installing rosenblatt builds it where there is a C++ compiler"


def default_engine() -> Engine:
    """Return an engine for a new model: the fastest that is installed.

    Example:
        >>> default_engine().name in ("native", "reference")
        True
    """
    if not _native_is_built():
        return ReferenceEngine(reason=NOT_BUILT)
    from rosenblatt.engines.native import NativeEngine  # importing it is what fails where it was not built

    return NativeEngine()


@functools.cache
def _native_is_built() -> bool:
    """Tell whether the C++ library is there; where it is not, say so, once."""
    if importlib.util.find_spec("rosenblatt.engines._native") is not None:
        return True
    warnings.warn(
        f"rosenblatt: expected the native engine, got NumPy alone; {NOT_BUILT}. Everything works, several times "
        "slower. Install a compiler if there is none (Debian: apt install g++), and rosenblatt again.",
        SlowEngineWarning,
        stacklevel=4,
    )
    return False
