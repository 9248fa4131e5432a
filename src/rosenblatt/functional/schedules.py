"""The learning rate as a function of the updates made so far.

Symbols: ``step`` counts updates from 0, so it is the number of batches seen, not of epochs; the result is the rate of
the next update. ``initial_learning_rate`` is r0, where the rate starts; ``decay_steps`` the updates that a fall takes;
``alpha`` the part of r0 that a cosine ends at. With ``staircase`` the rate is constant within each stretch of
``decay_steps``.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence


def exponential_decay(
    step: int, *, initial_learning_rate: float, decay_steps: float, decay_rate: float, staircase: bool = False
) -> float:
    """Multiply by ``decay_rate`` every ``decay_steps``: ``r0 * decay_rate ** (step / decay_steps)``.

    Args:
        decay_rate: above 0.

    Example:
        >>> exponential_decay(200, initial_learning_rate=0.1, decay_steps=100, decay_rate=0.5)
        0.025

    Source: ``keras.optimizers.schedules.ExponentialDecay``.
    """
    return initial_learning_rate * math.pow(decay_rate, _progress(step, decay_steps, staircase))


def inverse_time_decay(
    step: int, *, initial_learning_rate: float, decay_steps: float, decay_rate: float, staircase: bool = False
) -> float:
    """Divide by a line that grows with time: ``r0 / (1 + decay_rate * step / decay_steps)``.

    Args:
        decay_rate: at least 0.

    Example:
        >>> inverse_time_decay(300, initial_learning_rate=0.2, decay_steps=100, decay_rate=1.0)
        0.05

    Source: ``keras.optimizers.schedules.InverseTimeDecay``.
    """
    return initial_learning_rate / (1 + decay_rate * _progress(step, decay_steps, staircase))


def _progress(step: int, decay_steps: float, staircase: bool) -> float:
    return step // decay_steps if staircase else step / decay_steps


def polynomial_decay(
    step: int,
    *,
    initial_learning_rate: float,
    decay_steps: float,
    end_learning_rate: float = 0.0001,
    power: float = 1.0,
    cycle: bool = False,
) -> float:
    """Fall from the initial to the end rate: ``(r0 - r1) * (1 - step / decay_steps) ** power + r1``.

    Args:
        end_learning_rate: r1.
        power: 1 for a line; above 1 the fall is steepest at the start.
        cycle: after ``decay_steps`` the rate rises again and falls over the next multiple of them; without, it stays.

    Example:
        >>> polynomial_decay(50, initial_learning_rate=0.5, decay_steps=100, end_learning_rate=0.0)
        0.25

    Source: ``keras.optimizers.schedules.PolynomialDecay``.
    """
    if cycle:
        decay_steps *= max(1, math.ceil(step / decay_steps))
    progress = min(step / decay_steps, 1.0)
    return (initial_learning_rate - end_learning_rate) * math.pow(1 - progress, power) + end_learning_rate


def piecewise_constant_decay(step: int, *, boundaries: Sequence[float], values: Sequence[float]) -> float:
    """Return ``values[0]`` up to and including step ``boundaries[0]``, then ``values[1]``, and so on.

    Args:
        boundaries: steps, in rising order.
        values: learning rates, one more than boundaries.

    Example:
        >>> [piecewise_constant_decay(step, boundaries=[10, 20], values=[1.0, 0.5, 0.1]) for step in (10, 11, 21)]
        [1.0, 0.5, 0.1]

    Source: ``keras.optimizers.schedules.PiecewiseConstantDecay``.
    """
    return float(values[bisect_left(boundaries, step)])


def cosine_decay(
    step: int,
    *,
    initial_learning_rate: float,
    decay_steps: float,
    alpha: float = 0.0,
    warmup_target: float | None = None,
    warmup_steps: int = 0,
) -> float:
    """Fall to the fraction ``alpha`` along half a cosine, after an optional linear rise to ``warmup_target``.

    ``r0 * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)``; with a warm-up, ``step`` counts from its
    end and ``warmup_target`` takes the place of r0.

    Args:
        warmup_target: None for no warm-up.
        warmup_steps: updates of the warm-up.

    Example:
        >>> rates = [cosine_decay(step, initial_learning_rate=1.0, decay_steps=100) for step in (0, 50, 100)]
        >>> [round(rate, 6) for rate in rates]
        [1.0, 0.5, 0.0]

    Source: Loshchilov and Hutter 2017; Goyal et al. 2017 (warm-up).
    """
    top = initial_learning_rate
    if warmup_target is not None:
        if step < warmup_steps:
            return initial_learning_rate + (warmup_target - initial_learning_rate) * step / warmup_steps
        top = warmup_target
        step -= warmup_steps
    return top * ((1 - alpha) * _half_cosine(min(step / decay_steps, 1.0)) + alpha)


def cosine_decay_restarts(
    step: int,
    *,
    initial_learning_rate: float,
    first_decay_steps: float,
    t_mul: float = 2.0,
    m_mul: float = 1.0,
    alpha: float = 0.0,
) -> float:
    """Fall along half a cosine again and again, each time ``t_mul`` times as long and from ``m_mul`` times the height.

    Args:
        first_decay_steps: updates of the first fall.
        t_mul: at least 1.
        m_mul: above 0.

    Example:
        >>> [cosine_decay_restarts(step, initial_learning_rate=1.0, first_decay_steps=10) for step in (0, 10, 20, 30)]
        [1.0, 1.0, 0.5, 1.0]

    Source: Loshchilov and Hutter 2017, SGDR.
    """
    if t_mul == 1:
        restarts, progress = divmod(step / first_decay_steps, 1)
    else:
        restarts, period, passed = 0, first_decay_steps, float(step)
        while passed >= period:
            restarts, passed, period = restarts + 1, passed - period, period * t_mul
        progress = passed / period
    return initial_learning_rate * ((1 - alpha) * math.pow(m_mul, restarts) * _half_cosine(progress) + alpha)


def one_cycle(
    step: int,
    *,
    max_learning_rate: float,
    total_steps: int,
    pct_start: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> float:
    """Rise from ``max / div_factor`` to the maximum and fall far below the start, each along half a cosine.

    The maximum is reached at update ``pct_start * total_steps``, counted from 1; the last of ``total_steps`` updates is
    made at ``max / div_factor / final_div_factor``, and so are all after it.

    Args:
        max_learning_rate: the maximum.
        total_steps: all updates: batches in an epoch times epochs.
        pct_start: the share of the updates in which the rate rises.
        div_factor, final_div_factor: above 0.

    Example:
        >>> rates = [one_cycle(step, max_learning_rate=1.0, total_steps=10) for step in (0, 2, 9)]
        >>> [round(rate, 6) for rate in rates]
        [0.04, 1.0, 4e-06]

    Source: Smith 2018, Super-Convergence; the form of PyTorch's OneCycleLR with three_phase=False.
    """
    start = max_learning_rate / div_factor
    end = start / final_div_factor
    peak, last = pct_start * total_steps - 1, total_steps - 1
    if step < peak:
        return max_learning_rate + (start - max_learning_rate) * _half_cosine(step / peak)
    if step < last:
        return end + (max_learning_rate - end) * _half_cosine((step - peak) / (last - peak))
    return end


def _half_cosine(progress: float) -> float:
    """Fall from 1 to 0 as ``progress`` goes from 0 to 1."""
    return 0.5 * (1 + math.cos(math.pi * progress))


SCHEDULES: dict[str, Callable[..., float]] = {
    "exponential_decay": exponential_decay,
    "inverse_time_decay": inverse_time_decay,
    "polynomial_decay": polynomial_decay,
    "piecewise_constant_decay": piecewise_constant_decay,
    "cosine_decay": cosine_decay,
    "cosine_decay_restarts": cosine_decay_restarts,
    "one_cycle": one_cycle,
}
