"""Libraries side by side: each in a process of its own, with the fastest of its settings, an epoch each in turn."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rosenblatt.speed.libraries import LIBRARIES
from rosenblatt.speed.turns import Failure, Job, Measure, Worker, ask_in_turn, seconds
from rosenblatt.speed.workloads import Workload, rows

TRIALS = 2  # epochs of each setting, the better of which decides


class Result(NamedTuple):
    """What a library reached: the setting that was chosen, and the seconds of each epoch."""

    setting: str
    seconds: list[float]

    @property
    def median(self) -> float:
        """The median epoch."""
        return statistics.median(self.seconds)

    def times_as_long_as(self, other: Result) -> list[float]:
        """Return the ratios of the epochs that were trained one after the other."""
        return [mine / theirs for mine, theirs in zip(self.seconds, other.seconds, strict=True)]


class Comparison(NamedTuple):
    """The results by library, and why a library has none."""

    results: dict[str, Result]
    left_out: dict[str, str]


def training(library: str, workload: Workload, count: int, options: Mapping[str, Any]) -> Measure:
    """Set a library up and return what trains an epoch and tells its seconds."""
    epoch = LIBRARIES[library].set_up(workload, *rows(workload, count), **options)
    return lambda: seconds(epoch)


def compare(
    libraries: Sequence[str], workload: Workload, count: int, repeats: int, threads: int | None, trials: int = TRIALS
) -> Comparison:
    """Train a workload with several libraries.

    Args:
        libraries: names of LIBRARIES that are installed.
        workload: what is trained.
        count: rows an epoch.
        repeats: epochs that are counted, each library's in turn.
        threads: how many cores a library may use at most; None for all.
        trials: epochs in which a library's settings are compared beforehand; 0 takes the first setting.
    """
    workers: dict[str, Worker] = {}
    settings: dict[str, str] = {}
    left_out: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        for name in libraries:
            try:
                settings[name], workers[name] = _fastest(name, (workload, count), threads, trials, stack)
            except Failure as failure:
                left_out[name] = str(failure)
        epochs = ask_in_turn(workers, repeats)
    return Comparison({name: Result(settings[name], epochs[name]) for name in workers}, left_out)


def _fastest(
    library: str, task: tuple[Workload, int], threads: int | None, trials: int, stack: contextlib.ExitStack
) -> tuple[str, Worker]:
    """Return a library's fastest setting and its worker, which is stopped with the stack."""
    settings = list(LIBRARIES[library].settings.items())
    times: dict[str, float] = {}
    workers: dict[str, Worker] = {}
    for name, options in settings if trials else settings[:1]:
        workers[name] = stack.enter_context(Worker(Job(training, (library, *task, options), threads)))
        times[name] = min((workers[name].measure() for _ in range(trials)), default=0.0)
    best = min(times, key=times.__getitem__)
    for name, worker in workers.items():
        if name != best:
            worker.stop()
    return best, workers[best]
