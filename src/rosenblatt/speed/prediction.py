"""How long rosenblatt takes to predict: through ``model.predictor()``, made for serving, and ``model.predict``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rosenblatt.speed.libraries import rosenblatt_model
from rosenblatt.speed.turns import Measure
from rosenblatt.speed.workloads import Workload, rows

AT_LEAST = 0.1  # seconds that a measurement takes: a call of some microseconds is made many times


def seconds_a_call(call: Callable[[], object]) -> float:
    """Call something for a while and return the mean time of a call."""
    calls, took = 1, 0.0
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            call()
        took = time.perf_counter() - start
        if took >= AT_LEAST:
            return took / calls
        calls *= 2


def predictor(workload: Workload, count: int) -> Measure:
    """Set up a predictor and return what tells the seconds in which it predicts so many rows."""
    return _timed(rosenblatt_model(workload).predictor(), workload, count)


def predict(workload: Workload, count: int) -> Measure:
    """Set up a model and return what tells the seconds in which ``predict`` predicts so many rows."""
    return _timed(rosenblatt_model(workload).predict, workload, count)


def _timed(function: Callable[[Any], Any], workload: Workload, count: int) -> Measure:
    x, _ = rows(workload, count)
    return lambda: seconds_a_call(lambda: function(x))
