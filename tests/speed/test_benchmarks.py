"""``python -m benchmarks``: every section runs, the comparisons are of the same things, cliffs are found."""

from __future__ import annotations

import re
from pathlib import Path

import benchmarks.__main__ as program
import numpy as np
import pytest
from benchmarks import beat, predict, scaling, small
from benchmarks.report import Target

from rosenblatt.speed.libraries import OURS
from rosenblatt.speed.turns import Job, Worker


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("section", [name for name in program.SECTIONS if name != "imports"])
def test_every_section_runs_and_judges(
    section: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scaling, "AT_LEAST", 1e-3)
    monkeypatch.setattr(beat, "rows", tiny_rows)
    monkeypatch.setattr(predict, "OTHERS", {"NumPy": predict.OTHERS["NumPy"]})
    program.main(["--quick", "--only", section, "--libraries", OURS, "--workloads", "W1"])
    out = capsys.readouterr().out
    assert re.search(r"^\d+ of \d+ targets met$", out, re.MULTILINE)
    if section != "training":  # whose targets are about libraries that did not take part
        assert re.search(r"^  (met|MISSED): .*target at (least|most) ", out, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("name", predict.OTHERS)
def test_other_libraries_predict_the_same(name: str) -> None:
    for module in predict.OTHERS[name][0]:
        pytest.importorskip(module)
    with Worker(Job(predict.other, (name, 3))) as worker:  # which compares before it measures
        assert worker.measure() > 0


def test_imports_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    program.main(["--quick", "--only", "imports"])
    assert "import rosenblatt takes" in capsys.readouterr().out


def test_a_target_tells_whether_it_is_met() -> None:
    assert str(Target("one row", 4.0, 5, " us", at_most=True)) == "met: one row 4 us, target at most 5 us"
    assert str(Target("ratio", 2.0, 2.2)) == "MISSED: ratio 2, target at least 2.2"


def test_the_small_networks_are_those_of_the_ladder() -> None:
    ladder, model = small.cancer_ladder(30), small.cancer_model(30, "float64")
    for theirs, ours in zip((ladder.w1, ladder.b1, ladder.w2, ladder.b2), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, np.reshape(theirs, ours.shape), atol=1e-12)
    listing, xor = small.xor_ladder(300), small.xor_model(300, "float64")
    kernel, bias, last, last_bias = xor.get_weights()
    np.testing.assert_allclose(np.vstack([kernel, bias]), listing.w1[:, :5], atol=1e-12)
    np.testing.assert_allclose([*last[:, 0], last_bias[0]], listing.w2[:, 0], atol=1e-12)


PLACES = [16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512]


@pytest.mark.parametrize(
    ("cost", "cliffs"),
    [
        (lambda n: n**2 + 100, []),  # fixed costs give way to work
        (lambda n: 1 + 50 / n, []),  # and are shared by ever more rows
        (lambda n: n**2 * (1.8 if n == 128 else 1), [128]),  # a tooth
        (lambda n: n**2 * (1.8 if n >= 128 else 1), [128]),  # a step
        (lambda n: n**2 * (1.3 if n % 16 else 1), []),  # padding that may cost something
        (lambda n: n * (2 if n == 512 else 1), [512]),  # at the end
    ],
)
def test_cliffs_are_jumps_that_the_growth_beside_does_not_explain(cost, cliffs) -> None:
    assert scaling.find_cliffs({place: cost(place) for place in PLACES}) == cliffs


def test_curves_are_drawn_into_a_file(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    curve = {16: 1.0, 32: 2.0, 64: 9.0, 128: 18.0}
    scaling.draw(dict.fromkeys(scaling.CURVES, curve), tmp_path / "cost.png")
    assert (tmp_path / "cost.png").read_bytes().startswith(b"\x89PNG")


def test_a_thread_keeps_its_beat_where_nothing_is_beside_it() -> None:
    [measured] = [beat.beside("nothing", "W1", 0, 0.3)()]
    assert 5 <= measured.ticks <= 12
    assert measured.slowest_work >= beat.WORK


def test_a_tick_is_late_where_its_work_is_done_late() -> None:
    thread = beat.Beater()
    thread.starts = [0.0, 0.004, 0.001, 0.006]
    thread.works = [0.005, 0.0055, 0.010, 0.005]
    assert thread.beat() == beat.Beat(ticks=4, late=2, slowest_start=0.006, slowest_work=0.010)


def tiny_rows(workload, count):
    from rosenblatt.speed.workloads import rows

    return rows(workload, min(count, 64))
