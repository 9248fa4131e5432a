"""How many threads NumPy's matrix products may use while the reference engine computes: one.

Most networks here are small: a step takes well under a millisecond, and a second thread costs more than it gives.
Worse, OpenBLAS's threads wait for each other by spinning, so where another process takes a core a step becomes ten
times slower. And a sum split over threads rounds otherwise than one that is not: with one thread the reference engine
gives the same bits on a laptop and on a large server.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def one_thread() -> Iterator[None]:
    """Let BLAS use one thread, and as many as before after it."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@functools.cache
def _libraries() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()  # looks through all loaded libraries: some milliseconds
