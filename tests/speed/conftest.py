"""Measurements at tiny size: without processes of their own, which take a second each to start."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rosenblatt.speed import comparison, prediction, turns
from rosenblatt.speed.turns import Failure, Job

sys.path.insert(0, str(Path(__file__).parents[2]))  # for the package benchmarks, which is not installed


class WorkerInThisProcess(turns.Worker):
    """Sets a job up and measures it here."""

    def __init__(self, job: Job) -> None:
        try:
            self.measure = job.set_up(*job.arguments)
        except Exception as error:
            raise Failure(str(error)) from error

    def stop(self) -> None:
        pass


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (turns, comparison):
        monkeypatch.setattr(module, "Worker", WorkerInThisProcess)
    monkeypatch.setattr(prediction, "AT_LEAST", 1e-3)
