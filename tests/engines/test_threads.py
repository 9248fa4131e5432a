"""NumPy's matrix products use one thread inside the reference engine, and as many as before outside of it."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from rosenblatt.engines.threads import one_thread


def blas_threads() -> set[int]:
    """The threads of NumPy's own BLAS; SciPy, which other tests load, brings another one."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return {pool["num_threads"] for pool in threadpool_info() if "numpy" in pool["filepath"]}


def test_one_thread_inside_and_the_old_number_after():
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        with one_thread():
            assert blas_threads() == {1}
        assert blas_threads() == before


def test_an_error_inside_sets_the_number_back():
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        with pytest.raises(RuntimeError, match="inside"), one_thread():
            raise RuntimeError("inside")
        assert blas_threads() == before


def test_python_threads_that_overlap_set_it_back_in_the_end():
    first_is_in, second_is_in = threading.Event(), threading.Event()

    def first() -> None:
        with one_thread():
            first_is_in.set()
            second_is_in.wait(5)

    def second() -> None:
        first_is_in.wait(5)
        with one_thread():
            second_is_in.set()

    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    with threadpool_limits(2, user_api="blas"):
        assert blas_threads() == before == {2}
