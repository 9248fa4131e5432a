"""``rosenblatt bench``: what it prints, in words and as JSON."""

from __future__ import annotations

import json

import pytest

from rosenblatt.cli import main, measuring
from rosenblatt.speed.workloads import WORKLOADS, Workload


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch, in_this_process: None) -> None:
    monkeypatch.setattr(measuring, "CHAINS", (Workload("tiny", (8, 8, 10), "relu", "sgd", 32),))
    monkeypatch.setattr(measuring, "WORKLOAD", WORKLOADS["W1"]._replace(widths=(784, 4, 10)))


def test_it_tells_the_machine_the_share_of_its_peak_and_the_time_of_an_epoch(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "--quick"]) == 0
    out, err = capsys.readouterr()
    for word in (
        "Processor  ",
        "Computes   ",
        "Peak       ",
        "GFLOP/s, float32, one core",
        "8-8-10 (relu), sgd, batch 32",
    ):
        assert word in out
    for word in (
        "model.predictor()",
        "model.predict",
        "microseconds",
        "784-4-10 (sigmoid), sgd, batch 32",
        "4,800 rows",
    ):
        assert word in out
    assert [line.partition(":")[0] for line in err.splitlines()] == ["Measuring"] * 3
    assert max(map(len, out.splitlines())) <= 80


def test_json_holds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--quick", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["cores"] >= 1
    assert told["peak"]["gflops"] > 0
    assert set(told["seconds_for_one_row"]) == {"model.predictor()", "model.predict"}
    assert set(told["side_by_side"]["seconds_an_epoch"]) == {"rosenblatt"}
    [network] = told["training_on_one_core"]
    assert network["network"] == "8-8-10 (relu), sgd, batch 32"
    assert network["share_of_peak"] > 0


def test_a_library_that_is_not_installed_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "installed", lambda: ["rosenblatt"])
    assert main(["bench", "--quick"]) == 0
    assert "Not installed: scikit-learn, Keras on JAX" in capsys.readouterr().out.replace("\n", " ")
