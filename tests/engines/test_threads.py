"""Small steps of the reference engine use one thread of BLAS, large ones as many as there are."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from rosenblatt.engines.threads import MANY, threads_for


def blas_threads() -> set[int]:
    """The threads of NumPy's own BLAS; SciPy, which other tests load, brings another one."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return {pool["num_threads"] for pool in threadpool_info() if "numpy" in pool["filepath"]}


def test_one_thread_inside_and_the_old_number_after():
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        with threads_for(1):
            assert blas_threads() == {1}
        assert blas_threads() == before


def test_much_work_gets_the_threads_there_are():
    with threadpool_limits(2, user_api="blas"), threads_for(MANY):
        assert blas_threads() == {2}


def test_an_error_inside_sets_the_number_back():
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        with pytest.raises(RuntimeError, match="inside"), threads_for(1):
            raise RuntimeError("inside")
        assert blas_threads() == before


OVERLAP = """
import threading
import numpy as np
from threadpoolctl import threadpool_info
from rosenblatt.engines.threads import threads_for

def now():
    return threadpool_info()[0]["num_threads"]

before = now()
first_is_in, second_is_in = threading.Event(), threading.Event()

def first():
    with threads_for(1):
        first_is_in.set()
        second_is_in.wait(5)

def second():
    first_is_in.wait(5)
    with threads_for(1):
        print(now(), end=" ")
        second_is_in.set()
        threads[0].join(5)

threads = [threading.Thread(target=first), threading.Thread(target=second)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(5)
print(before, now())
"""


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores, for BLAS to have two threads")
def test_python_threads_that_overlap_set_it_back_in_the_end():
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", OVERLAP], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["1", "2", "2"], "inside, before, after"
