"""Libraries side by side: the fastest setting of each, and why one is left out."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from rosenblatt.speed.comparison import Result, compare, training
from rosenblatt.speed.libraries import LIBRARIES, OURS, Library, installed
from rosenblatt.speed.share import shares
from rosenblatt.speed.turns import Job, Worker
from rosenblatt.speed.workloads import CHAINS, WORKLOADS, Workload

TINY = Workload("tiny", (784, 3, 10), "tanh", "rmsprop", 16)


def sleeper(workload: Workload, x: object, y: object, nap: float) -> Callable[[], None]:
    return lambda: time.sleep(nap)


@pytest.fixture
def one_that_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"slow": {"nap": 0.02}, "quick": {"nap": 0.001}, "slow, too": {"nap": 0.01}}
    monkeypatch.setitem(LIBRARIES, "sleeper", Library(("time",), sleeper, settings))


@pytest.mark.usefixtures("in_this_process", "one_that_sleeps")
def test_the_fastest_setting_is_taken_or_the_first_without_trials() -> None:
    tried = compare(["sleeper"], TINY, 32, 3, None).results["sleeper"]
    assert tried.setting == "quick"
    assert len(tried.seconds) == 3
    assert 0.001 <= tried.median < 0.01
    assert compare(["sleeper"], TINY, 32, 1, None, trials=0).results["sleeper"].setting == "slow"


@pytest.mark.usefixtures("in_this_process")
def test_a_library_that_cannot_do_it_is_left_out_and_says_why() -> None:
    pytest.importorskip("sklearn")
    compared = compare([OURS, "scikit-learn"], TINY, 32, 1, None, trials=0)
    assert list(compared.results) == [OURS]
    assert compared.left_out == {"scikit-learn": "it has no RMSprop"}


def test_ratios_are_those_of_epochs_trained_one_after_the_other() -> None:
    assert Result("", [2.0, 9.0]).times_as_long_as(Result("", [1.0, 3.0])) == [2.0, 3.0]


def test_what_is_not_installed_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert OURS in installed()
    monkeypatch.setitem(LIBRARIES, "unheard of", Library(("rosenblatt", "nosuchmodule"), sleeper, {}))
    assert "unheard of" not in installed()


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=lambda workload: workload.name)
def test_every_library_trains_with_every_setting(library: str, workload: Workload) -> None:
    if library not in installed():
        pytest.skip(f"{library} is not installed")
    if library == "scikit-learn" and workload.optimizer == "rmsprop":
        pytest.skip("scikit-learn has no RMSprop")
    for options in LIBRARIES[library].settings.values():
        with Worker(Job(training, (library, workload, 2 * workload.batch_size, options))) as worker:
            assert worker.measure() > 0


@pytest.mark.usefixtures("in_this_process")
def test_shares_are_rates_over_the_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rosenblatt.speed.machine.peak", lambda: lambda: 50.0)
    monkeypatch.setattr("rosenblatt.speed.share.training", lambda *job: lambda: 0.5)
    reached = shares(CHAINS[:1], count=1_000_000, repeats=2)
    assert reached.peak == 50
    [share] = reached.of
    assert share.seconds == 0.5
    assert share.gflops == pytest.approx(2 * 319_600 / 1000)
    assert share.of_peak == pytest.approx(share.gflops / 50)
