"""Things to be measured, each in a process of its own, asked in turn: a slow moment of the machine hits all alike."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from rosenblatt.speed.machine import cores, help_for_openblas

Measure = Callable[[], Any]


class Job(NamedTuple):
    """What a process sets up, and then measures whenever asked.

    ``set_up(*arguments)`` returns the function that measures. It is a function of a module, for the other process to
    find it. The first figure is thrown away: it contains compiling, building and filling of caches.
    """

    set_up: Callable[..., Measure]
    arguments: tuple[Any, ...] = ()
    threads: int | None = None  # how many cores it may use; None for all


class Failure(Exception):
    """A job could not be set up, or its process ended."""


class Worker:
    """A process that has set a job up; it ends with the ``with`` block.

    Raises:
        Failure: the job could not be set up; the message says why.
    """

    def __init__(self, job: Job) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        with _surroundings(job.threads):
            self.process = context.Process(target=_serve, args=(theirs, job), daemon=True)
            self.process.start()
        theirs.close()  # so that a process that ends closes the pipe
        self._receive()

    def measure(self) -> Any:
        """Measure once more and return the figure.

        Raises:
            Failure: the measurement failed, or the process ended.
        """
        with contextlib.suppress(ConnectionError):  # it has ended: why, _receive says
            self.pipe.send("measure")
        return self._receive()

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.join()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _receive(self) -> Any:
        try:
            answer = self.pipe.recv()
        except (EOFError, ConnectionError):
            self.process.join()
            answer = Failure(f"its process ended with code {self.process.exitcode}")
        if isinstance(answer, Failure):
            self.stop()
            raise answer
        return answer


def measure_in_turn(
    jobs: Mapping[str, Job], repeats: int, left_out: dict[str, str] | None = None
) -> dict[str, list[Any]]:
    """Return every job's figures, as many as repeats.

    Args:
        jobs: what is measured, by name.
        repeats: how often.
        left_out: where given, a job that cannot be set up is left out, and the reason written here.

    Raises:
        Failure: a job could not be set up, or could not be measured.
    """
    workers: dict[str, Worker] = {}
    with contextlib.ExitStack() as stack:
        for name, job in jobs.items():
            try:
                workers[name] = stack.enter_context(Worker(job))
            except Failure as failure:
                if left_out is None:
                    raise
                left_out[name] = str(failure)
        return ask_in_turn(workers, repeats)


def ask_in_turn(workers: Mapping[str, Worker], repeats: int) -> dict[str, list[Any]]:
    """Return every worker's figures, as many as repeats.

    Raises:
        Failure: one could not measure, or its process ended.
    """
    figures: dict[str, list[Any]] = {name: [] for name in workers}
    for _ in range(repeats):
        for name, worker in workers.items():
            try:
                figures[name].append(worker.measure())
            except Failure as failure:
                raise Failure(f"{name}: {failure}") from failure
    return figures


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how long a call takes by a clock."""
    start = clock()
    work()
    return clock() - start


@contextlib.contextmanager
def _surroundings(threads: int | None) -> Iterator[None]:
    """Set what a new process inherits, before it imports anything: which cores, and what BLAS must be told."""
    variables = help_for_openblas()
    allowed: set[int] = set()
    if threads is not None and threads < cores():
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ROSENBLATT_THREADS")
        variables |= dict.fromkeys(names, str(threads))
        if hasattr(os, "sched_setaffinity"):
            allowed = os.sched_getaffinity(0)
            os.sched_setaffinity(0, sorted(allowed)[:threads])
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        if allowed:
            os.sched_setaffinity(0, allowed)


def _serve(pipe: Connection, job: Job) -> None:
    """In a process of its own: set a job up, then measure whenever asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    try:
        measure = job.set_up(*job.arguments)
        measure()
        pipe.send("ready")
        while pipe.recv():
            pipe.send(measure())
    except EOFError:  # the parent is gone
        return
    except Exception as error:
        pipe.send(Failure(str(error) or type(error).__name__))
