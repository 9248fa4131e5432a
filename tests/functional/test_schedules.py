"""Properties of the schedules; their equality with Keras is in tests/optimizers/test_schedules.py."""

from __future__ import annotations

import math

import pytest

from rosenblatt.functional import schedules


def pytorchs_one_cycle(step: int, max_lr: float, total: int, pct: float, div: float, final_div: float) -> float:
    """OneCycleLR with cosine annealing and two phases, told as PyTorch computes it: phase by phase."""
    initial = max_lr / div
    phases = [(pct * total - 1, initial, max_lr), (total - 1, max_lr, initial / final_div)]
    begin = 0.0
    for index, (end, low, high) in enumerate(phases):
        if step <= end or index == len(phases) - 1:
            return high + (low - high) / 2 * (1 + math.cos(math.pi * (step - begin) / (end - begin)))
        begin = end
    raise AssertionError


@pytest.mark.parametrize(
    ("total", "pct", "div", "final_div"), [(10, 0.3, 25, 1e4), (97, 0.45, 10, 100), (8, 0.2, 2, 3)]
)
def test_one_cycle_is_pytorchs(total: int, pct: float, div: float, final_div: float) -> None:
    config = {"max_learning_rate": 0.7, "total_steps": total, "pct_start": pct}
    config |= {"div_factor": div, "final_div_factor": final_div}
    ours = [schedules.one_cycle(step, **config) for step in range(total)]
    theirs = [pytorchs_one_cycle(step, 0.7, total, pct, div, final_div) for step in range(total)]
    assert ours == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("pct_start", [0.0, 0.1, 1.0])
def test_one_cycle_stays_at_its_end(pct_start: float) -> None:
    config = {"max_learning_rate": 1.0, "total_steps": 10, "pct_start": pct_start}
    assert [schedules.one_cycle(step, **config) for step in (9, 10, 999)] == [1 / 25 / 1e4] * 3


@pytest.mark.parametrize("t_mul", [1.0, 2.0, 3.0, 1.5])
def test_each_restart_begins_at_the_top(t_mul: float) -> None:
    start, period = 0.0, 16.0
    for _ in range(5):
        rate = schedules.cosine_decay_restarts(
            start, initial_learning_rate=1.0, first_decay_steps=16.0, t_mul=t_mul, alpha=0.01
        )
        assert rate == pytest.approx(1.0)
        start, period = start + period, period * t_mul


def test_a_staircase_is_constant_on_each_stair() -> None:
    config = {"initial_learning_rate": 1.0, "decay_steps": 3, "decay_rate": 0.5, "staircase": True}
    assert [schedules.exponential_decay(step, **config) for step in range(7)] == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]
    assert [schedules.inverse_time_decay(step, **config) for step in (0, 2, 3, 6)] == [1, 1, 1 / 1.5, 1 / 2]


def test_a_warm_up_rises_in_a_line_and_then_falls() -> None:
    config = {"initial_learning_rate": 0.0, "decay_steps": 10, "warmup_target": 1.0, "warmup_steps": 4}
    rates = [schedules.cosine_decay(step, **config) for step in (0, 1, 2, 4, 9, 14, 99)]
    assert rates == pytest.approx([0, 0.25, 0.5, 1, 0.5, 0, 0])
