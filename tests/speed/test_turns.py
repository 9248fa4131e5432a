"""Measuring in turn: processes of their own, each asked once a round, and ended."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest

from rosenblatt.speed.turns import Failure, Job, Worker, measure_in_turn, seconds

LOG: list[str] = []


def surroundings() -> Callable[[], dict[str, object]]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ROSENBLATT_THREADS")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return lambda: {"process": os.getpid(), "cores": cores} | {name: os.environ.get(name) for name in names}


def counting(start: int) -> Callable[[], int]:
    numbers = iter(range(start, start + 100))
    return lambda: next(numbers)


def logging(name: str) -> Callable[[], None]:
    return lambda: LOG.append(name)


def failing_to_set_up() -> Callable[[], None]:
    raise NotImplementedError("it cannot do that")


def failing_later() -> Callable[[], float]:
    return iter([1.0]).__next__  # StopIteration, at the second call


def ending() -> Callable[[], None]:
    os._exit(3)


def test_every_job_has_a_process_of_its_own_that_ends() -> None:
    jobs = {"one": Job(surroundings, threads=1), "all": Job(surroundings)}
    before = dict(os.environ)
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    figures = measure_in_turn(jobs, 2)
    [one, again], [every, _] = figures["one"], figures["all"]
    assert one == again
    assert len({one["process"], every["process"], os.getpid()}) == 3
    assert one["cores"] == 1
    if len(allowed or ()) > 1:
        assert [one[name] for name in ("OMP_NUM_THREADS", "ROSENBLATT_THREADS")] == ["1", "1"]
        assert every["cores"] == len(allowed or ())
    assert dict(os.environ) == before
    assert allowed is None or os.sched_getaffinity(0) == allowed


def test_the_first_figure_is_thrown_away() -> None:
    assert measure_in_turn({"counting": Job(counting, (5,))}, 3) == {"counting": [6, 7, 8]}


@pytest.mark.usefixtures("in_this_process")
def test_all_are_asked_once_before_any_is_asked_again() -> None:
    LOG.clear()
    measure_in_turn({name: Job(logging, (name,)) for name in "abc"}, 2)
    assert LOG == ["a", "b", "c", "a", "b", "c"]


def test_a_job_that_cannot_be_set_up_says_why() -> None:
    with pytest.raises(Failure, match=r"^it cannot do that$"):
        measure_in_turn({"bad": Job(failing_to_set_up)}, 1)


def test_a_job_that_cannot_be_set_up_is_left_out_where_that_is_wanted() -> None:
    left_out: dict[str, str] = {}
    figures = measure_in_turn({"bad": Job(failing_to_set_up), "good": Job(counting, (0,))}, 1, left_out)
    assert figures == {"good": [1]}
    assert left_out == {"bad": "it cannot do that"}


def test_a_measurement_that_fails_and_a_process_that_ends_are_told() -> None:
    with Worker(Job(failing_later)) as worker, pytest.raises(Failure, match=r"^StopIteration$"):
        worker.measure()
    assert not worker.process.is_alive()
    with pytest.raises(Failure, match=r"^its process ended with code 3$"):
        Worker(Job(ending))


def test_seconds_are_those_of_the_clock() -> None:
    assert 0.01 <= seconds(lambda: time.sleep(0.01)) < 1
