"""How many threads NumPy's matrix products may use while the reference engine computes.

Most networks here are small: a step takes well under a millisecond, and a second thread costs more than it gives. Worse,
OpenBLAS's threads wait for each other by spinning, so where another process takes a core a step becomes ten times
slower. And a sum split over threads rounds otherwise than one that is not. With one thread the reference engine gives
the same bits on a laptop and on a large server.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
_inside = 0  # how many callers, in however many Python threads, are inside one_thread
_limit: Any = None


@functools.cache
def _libraries() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let BLAS use one thread; the first to enter sets it, the last to leave sets it back."""
    global _inside, _limit
    with _lock:
        if _inside == 0:
            _limit = _libraries().limit(limits=1, user_api="blas")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _limit.restore_original_limits()
