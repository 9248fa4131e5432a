"""What others in the process notice of a training: a thread with a beat, and Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from benchmarks.report import Target, print_heading, print_left_out, print_table
from rosenblatt.speed.libraries import LIBRARIES, OURS, rosenblatt_model
from rosenblatt.speed.turns import Job, Measure, measure_in_turn
from rosenblatt.speed.workloads import ROWS, WORKLOADS, rows

PERIOD, WORK, LATE = 0.033, 0.005, 0.005  # seconds: a picture 30 times a second, and what no viewer notices
LATE_SHARE, ANSWER = 0.05, 0.050  # the targets


class Beat(NamedTuple):
    """How a thread kept its beat."""

    ticks: int
    late: int
    slowest_start: float  # seconds after its time
    slowest_work: float  # seconds

    @property
    def share(self) -> float:
        return self.late / self.ticks


class Beater(threading.Thread):
    """Computes for 5 ms of every 33, in Python. A tick is late if it is done more than 5 ms after its time."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stopped = False
        self.starts: list[float] = []  # seconds after their time
        self.works: list[float] = []

    def run(self) -> None:
        due = time.perf_counter()
        while not self.stopped:
            due += PERIOD
            time.sleep(max(0.0, due - time.perf_counter()))
            start = time.perf_counter()
            self._work()
            self.starts.append(start - due)
            self.works.append(time.perf_counter() - start)

    def _work(self) -> None:
        end = time.thread_time() + WORK  # time on a core: waiting for one, or for the interpreter, comes on top
        while time.thread_time() < end:
            sum(range(100))

    def beat(self) -> Beat:
        late = sum(start + work > WORK + LATE for start, work in zip(self.starts, self.works, strict=True))
        return Beat(len(self.starts), late, max(self.starts), max(self.works))


@contextlib.contextmanager
def beater() -> Iterator[Beater]:
    """Let a thread beat beside what is done within."""
    thread = Beater()
    thread.start()
    try:
        yield thread
    finally:
        thread.stopped = True
        thread.join()


def beside(library: str, workload: str, count: int, lasting: float) -> Measure:
    """Set a library up and return what trains for so many seconds and tells how a thread kept its beat beside it."""
    epoch: Callable[[], object]
    if library == "nothing":
        epoch = lambda: time.sleep(lasting)  # noqa: E731
    else:
        options = next(iter(LIBRARIES[library].settings.values()))
        epoch = LIBRARIES[library].set_up(WORKLOADS[workload], *rows(WORKLOADS[workload], count), **options)

    def measure() -> Beat:
        with beater() as thread:
            end = time.perf_counter() + lasting
            while time.perf_counter() < end:
                epoch()
        return thread.beat()

    return measure


def interruption(workload: str, count: int) -> Measure:
    """Return what sends Ctrl-C to a training, a thread beating beside it, and tells the seconds until it is out."""
    model = rosenblatt_model(WORKLOADS[workload])
    x, y = rows(WORKLOADS[workload], count)

    def measure() -> float:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sent = 0.0

        def send() -> None:
            nonlocal sent
            time.sleep(random.uniform(0.1, 0.4))
            sent = time.perf_counter()
            os.kill(os.getpid(), signal.SIGINT)

        with beater():
            threading.Thread(target=send).start()
            try:
                model.fit(x, y, batch_size=WORKLOADS[workload].batch_size, epochs=1_000_000, verbose=0)
            except KeyboardInterrupt:
                return time.perf_counter() - sent
        raise RuntimeError("the training ended before Ctrl-C")

    return measure


def run(libraries: Sequence[str], lasting: float, times: int, count: int = ROWS) -> list[Target]:
    """Measure both."""
    print_heading(
        f"A thread that computes {WORK * 1e3:.0f} ms in every {PERIOD * 1e3:.0f}, beside {lasting:g} s of training"
    )
    jobs = {"nothing": Job(beside, ("nothing", "W1", count, lasting))}
    jobs |= {f"{name}, W1": Job(beside, (name, "W1", count, lasting)) for name in libraries}
    jobs[f"{OURS}, W4"] = Job(beside, (OURS, "W4", count, lasting))
    left_out: dict[str, str] = {}
    beats: dict[str, Beat] = {name: beat for name, [beat] in measure_in_turn(jobs, 1, left_out).items()}
    print_table(
        ["beside", "ticks", "late", "slowest start, ms", "slowest work, ms"],
        [
            [name, beat.ticks, f"{beat.share:.1%}", f"{1e3 * beat.slowest_start:.1f}", f"{1e3 * beat.slowest_work:.1f}"]
            for name, beat in beats.items()
        ],
    )
    print_left_out(left_out)
    print_heading(f"From Ctrl-C until fit is out, the same thread beside it, {times} times")
    answers = measure_in_turn({name: Job(interruption, (name, count)) for name in ("W1", "W4")}, times)
    print_table(
        ["", "median ms", "worst ms"],
        [[name, f"{1e3 * statistics.median(took):.1f}", f"{1e3 * max(took):.1f}"] for name, took in answers.items()],
    )
    return [
        *(
            Target(
                f"late ticks beside {OURS}, {name}:", 100 * beats[f"{OURS}, {name}"].share, 100 * LATE_SHARE, " %", True
            )
            for name in ("W1", "W4")
        ),
        *(
            Target(f"Ctrl-C, {name}, worst", 1e3 * max(took), 1e3 * ANSWER, " ms", True)
            for name, took in answers.items()
        ),
    ]
