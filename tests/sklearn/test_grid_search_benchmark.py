"""The benchmark runs, and both libraries find the same scores."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="needs the extra 'sklearn'")

from benchmarks import grid_search


def test_both_libraries_score_every_candidate_alike(capsys: pytest.CaptureFixture[str]) -> None:
    faster, best = grid_search.run(quick=True, epochs=2, repeats=1)
    assert best.figure == pytest.approx(best.wanted)
    assert faster.figure > 0
    assert "2 candidates on digits" in capsys.readouterr().out


def test_the_grid_has_24_candidates() -> None:
    sizes = [len(values) for values in grid_search.GRID.values()]
    assert sizes[0] * sizes[1] * sizes[2] * sizes[3] == 24
