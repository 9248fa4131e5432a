"""How many threads NumPy's matrix products may use while the reference engine computes: chosen by the work.

Most networks here are small: a step takes well under a millisecond, and a second thread costs more than it gives.
Worse, OpenBLAS's threads wait for each other by spinning, so where another process takes a core a small step becomes
ten times slower. So a small step gets one thread, and with it the same bits on a laptop and on a large server. A large
step gets what BLAS takes.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MANY = 100_000_000  # multiplications that are worth a second thread, as `make bench` showed for its four networks

_setting = threading.Lock()


@contextmanager
def threads_for(multiplications: int) -> Iterator[None]:
    """Let BLAS use one thread for little work at a time, and as many as before after it.

    Args:
        multiplications: in one step, or in one block of rows.
    """
    # BLAS has one setting for the whole process: while one Python thread has set it, others leave it alone.
    if multiplications >= MANY or not _setting.acquire(blocking=False):
        yield
        return
    try:
        with _libraries().limit(limits=1, user_api="blas"):
            yield
    finally:
        _setting.release()


@functools.cache
def _libraries() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()  # looks through all loaded libraries: some milliseconds
