"""How much of one core's peak a training reaches, end to end: rows in, losses out, everything between counted.

What is counted is the time that the core gives to the process: what else the machine does has no part in it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import NamedTuple

from rosenblatt.speed import machine
from rosenblatt.speed.libraries import rosenblatt
from rosenblatt.speed.turns import Job, Measure, measure_in_turn, seconds
from rosenblatt.speed.workloads import Workload, rows


class Share(NamedTuple):
    """What a training reached on one core."""

    workload: Workload
    seconds: float  # an epoch's
    gflops: float  # GFLOP/s
    of_peak: float


class Shares(NamedTuple):
    """The peak of one core in GFLOP/s, and what trainings reached of it."""

    peak: float
    of: list[Share]


def training(workload: Workload, count: int) -> Measure:
    """Return what trains an epoch of so many rows and tells the core's seconds."""
    epoch = rosenblatt(workload, *rows(workload, count))
    return lambda: seconds(epoch, time.process_time)


def shares(workloads: Sequence[Workload], count: int, repeats: int) -> Shares:
    """Measure peak and trainings in turn on one core; medians.

    Args:
        workloads: what is trained.
        count: rows an epoch.
        repeats: how often each is measured.
    """
    jobs = {"peak": Job(machine.peak, (), threads=1)}
    jobs |= {workload.name: Job(training, (workload, count), threads=1) for workload in workloads}
    figures = measure_in_turn(jobs, repeats)
    reached = []
    for workload in workloads:
        rates = [1e-9 * workload.flops_a_row * count / took for took in figures[workload.name]]
        of_peak = statistics.median(rate / peak for rate, peak in zip(rates, figures["peak"], strict=True))
        reached.append(Share(workload, statistics.median(figures[workload.name]), statistics.median(rates), of_peak))
    return Shares(statistics.median(figures["peak"]), reached)
