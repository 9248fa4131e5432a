"""Learning rates that change with the number of updates made, as objects to hand to an optimizer.

The formulas are in ``rosenblatt.functional.schedules``. To change the rate by what is observed, or once per epoch, use
the callbacks ``ReduceLROnPlateau`` and ``LearningRateScheduler``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rosenblatt import configuration
from rosenblatt.arguments import check_flag, check_number, check_numbers
from rosenblatt.errors import ArgumentError
from rosenblatt.functional.schedules import SCHEDULES
from rosenblatt.plan import Rule


class LearningRateSchedule(configuration.Configurable):
    """Base of the schedules: called with the updates made so far, it returns the rate of the next one.

    A subclass names its function of ``rosenblatt.functional.schedules.SCHEDULES``; its constructor's arguments are the
    function's, and ``name``, which only says what the schedule is called in a file.

    Example:
        >>> schedule = InverseTimeDecay(0.1, decay_steps=1, decay_rate=1.0)
        >>> [round(schedule(step), 3) for step in range(4)]
        [0.1, 0.05, 0.033, 0.025]

    Source: Keras, ``keras.optimizers.schedules.LearningRateSchedule``.
    """

    function: ClassVar[str]

    @property
    def rule(self) -> Rule:
        """The schedule as it stands in a network's plan."""
        config = self.get_config()
        del config["name"]
        return Rule(self.function, config)

    def __call__(self, step: int) -> float:
        """Return the learning rate of the update after ``step`` updates.

        Args:
            step: updates made so far: batches, not epochs.
        """
        return SCHEDULES[self.function](int(step), **self.rule.config)


def _check_steps(who: str, name: str, value: float, **bounds: float) -> float:
    number = check_number(who, name, value, **bounds)
    return int(number) if number.is_integer() else number


class ExponentialDecay(LearningRateSchedule):
    """Multiply by ``decay_rate`` every ``decay_steps`` updates, smoothly or (``staircase``) at once.

    ``r = initial_learning_rate * decay_rate ** (step / decay_steps)``

    Args:
        initial_learning_rate: where the rate starts, at least 0.
        decay_steps: updates in which the rate is multiplied once, above 0.
        decay_rate: the factor, above 0.
        staircase: the rate is constant in between.
        name: what the schedule is called in a file.

    Example:
        >>> ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)(200)
        0.025

    Source: Keras, ``keras.optimizers.schedules.ExponentialDecay``.
    """

    function = "exponential_decay"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = check_number(name, "initial_learning_rate", initial_learning_rate, at_least=0)
        self.decay_steps = _check_steps(name, "decay_steps", decay_steps, above=0)
        self.decay_rate = check_number(name, "decay_rate", decay_rate, above=0)
        self.staircase = check_flag(name, "staircase", staircase)
        self.name = name


class InverseTimeDecay(LearningRateSchedule):
    """Divide by ``1 + decay_rate * step / decay_steps``, smoothly or (``staircase``) once every ``decay_steps``.

    Args:
        initial_learning_rate: where the rate starts, at least 0.
        decay_steps: updates in which the divisor grows by ``decay_rate``, above 0.
        decay_rate: at least 0.
        staircase: the rate is constant in between.
        name: what the schedule is called in a file.

    Example:
        >>> InverseTimeDecay(0.2, decay_steps=100, decay_rate=1.0)(300)
        0.05

    Source: Keras, ``keras.optimizers.schedules.InverseTimeDecay``.
    """

    function = "inverse_time_decay"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate = check_number(name, "initial_learning_rate", initial_learning_rate, at_least=0)
        self.decay_steps = _check_steps(name, "decay_steps", decay_steps, above=0)
        self.decay_rate = check_number(name, "decay_rate", decay_rate, at_least=0)
        self.staircase = check_flag(name, "staircase", staircase)
        self.name = name


class PolynomialDecay(LearningRateSchedule):
    """Fall to ``end_learning_rate`` within ``decay_steps`` updates, in a line (``power`` 1) or a curve.

    ``r = (initial_learning_rate - end_learning_rate) * (1 - step / decay_steps) ** power + end_learning_rate``. With
    ``cycle`` the rate then rises and falls again; without, it stays.

    Args:
        initial_learning_rate: where the rate starts, at least 0.
        decay_steps: updates until the end, above 0.
        end_learning_rate: at least 0.
        power: 1 for a line; above 1 the fall is steepest at the start.
        cycle: at each end, rise to where a fall over one more ``decay_steps`` would be, and fall again.
        name: what the schedule is called in a file.

    Example:
        >>> PolynomialDecay(0.5, decay_steps=100, end_learning_rate=0.0)(50)
        0.25

    Source: Keras, ``keras.optimizers.schedules.PolynomialDecay``.
    """

    function = "polynomial_decay"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = check_number(name, "initial_learning_rate", initial_learning_rate, at_least=0)
        self.decay_steps = _check_steps(name, "decay_steps", decay_steps, above=0)
        self.end_learning_rate = check_number(name, "end_learning_rate", end_learning_rate, at_least=0)
        self.power = check_number(name, "power", power, at_least=0)
        self.cycle = check_flag(name, "cycle", cycle)
        self.name = name


class PiecewiseConstantDecay(LearningRateSchedule):
    """Use ``values[0]`` up to and including update ``boundaries[0]``, then ``values[1]``, and so on.

    Args:
        boundaries: updates, in rising order.
        values: learning rates, at least 0, one more than boundaries.
        name: what the schedule is called in a file.

    Raises:
        ArgumentError: boundaries out of order, or another number of values.

    Example:
        >>> schedule = PiecewiseConstantDecay([100], [0.1, 0.01])
        >>> schedule(100), schedule(101)
        (0.1, 0.01)

    Source: Keras, ``keras.optimizers.schedules.PiecewiseConstantDecay``.
    """

    function = "piecewise_constant_decay"

    def __init__(self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        self.values = check_numbers(name, "values", values, at_least=0)
        numbers = check_numbers(name, "boundaries", boundaries)
        self.boundaries = [int(number) if number.is_integer() else number for number in numbers]
        if len(numbers) != len(self.values) - 1:
            raise ArgumentError(
                f"{name}: expected one value more than boundaries, got {len(numbers)} boundaries and "
                f"{len(self.values)} values."
            )
        if numbers != sorted(numbers):
            raise ArgumentError(f"{name}: expected boundaries in rising order, got {self.boundaries}.")
        self.name = name


class CosineDecay(LearningRateSchedule):
    """Fall to the fraction ``alpha`` along half a cosine within ``decay_steps`` updates, after an optional warm-up.

    ``r = r0 ((1 - alpha) (1 + cos(pi step / decay_steps)) / 2 + alpha)``. Given ``warmup_target``, the rate first rises
    to it in a line for ``warmup_steps`` updates, and falls from there: r0 is the target, and ``step`` counts from then.

    Args:
        initial_learning_rate: where the rate starts, at least 0.
        decay_steps: updates of the fall, above 0.
        alpha: the part of r0 that remains, at least 0.
        name: what the schedule is called in a file.
        warmup_target: the rate after the warm-up; None for no warm-up.
        warmup_steps: updates of the warm-up, at least 0.

    Example:
        >>> CosineDecay(0.0, decay_steps=100, warmup_target=0.5, warmup_steps=10)(5)
        0.25

    Source: Loshchilov and Hutter 2017.
    """

    function = "cosine_decay"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        self.initial_learning_rate = check_number(name, "initial_learning_rate", initial_learning_rate, at_least=0)
        self.decay_steps = _check_steps(name, "decay_steps", decay_steps, above=0)
        self.alpha = check_number(name, "alpha", alpha, at_least=0)
        self.name = name
        self.warmup_target = (
            None if warmup_target is None else check_number(name, "warmup_target", warmup_target, at_least=0)
        )
        self.warmup_steps = _check_steps(name, "warmup_steps", warmup_steps, at_least=0)


class CosineDecayRestarts(LearningRateSchedule):
    """Fall along half a cosine, start again at the top, and so on.

    Each period is ``t_mul`` times as long as the one before and starts ``m_mul`` times as high.

    Args:
        initial_learning_rate: where the rate starts, at least 0.
        first_decay_steps: updates of the first period, above 0.
        t_mul: at least 1; 1 keeps all periods of one length.
        m_mul: above 0.
        alpha: the part of the initial rate that no period falls below, at least 0.
        name: what the schedule is called in a file.

    Example:
        >>> schedule = CosineDecayRestarts(1.0, first_decay_steps=10)
        >>> [schedule(step) for step in (0, 10, 20, 30)]
        [1.0, 1.0, 0.5, 1.0]

    Source: Loshchilov and Hutter 2017, SGDR.
    """

    function = "cosine_decay_restarts"

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = check_number(name, "initial_learning_rate", initial_learning_rate, at_least=0)
        self.first_decay_steps = _check_steps(name, "first_decay_steps", first_decay_steps, above=0)
        self.t_mul = check_number(name, "t_mul", t_mul, at_least=1)
        self.m_mul = check_number(name, "m_mul", m_mul, above=0)
        self.alpha = check_number(name, "alpha", alpha, at_least=0)
        self.name = name


class OneCycle(LearningRateSchedule):
    """Rise to the maximum within the share ``pct_start`` of all updates, then fall to almost nothing.

    It starts at ``max_learning_rate / div_factor`` and ends at the start divided by ``final_div_factor``. Keras has no
    such schedule; a file with it cannot be read there.

    Args:
        max_learning_rate: above 0.
        total_steps: all updates: batches in an epoch times epochs, at least 2.
        pct_start: the share of the updates in which the rate rises, 0 to 1.
        div_factor: above 0.
        final_div_factor: above 0.
        name: what the schedule is called in a file.

    Example:
        >>> schedule = OneCycle(1.0, total_steps=10)
        >>> [round(schedule(step), 6) for step in (0, 2, 9)]
        [0.04, 1.0, 4e-06]

    Source: Smith 2018, Super-Convergence; PyTorch's OneCycleLR.
    """

    function = "one_cycle"

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: float,
        pct_start: float = 0.3,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        name: str = "OneCycle",
    ) -> None:
        self.max_learning_rate = check_number(name, "max_learning_rate", max_learning_rate, above=0)
        self.total_steps = _check_steps(name, "total_steps", total_steps, at_least=2)
        self.pct_start = check_number(name, "pct_start", pct_start, at_least=0, at_most=1)
        self.div_factor = check_number(name, "div_factor", div_factor, above=0)
        self.final_div_factor = check_number(name, "final_div_factor", final_div_factor, above=0)
        self.name = name


ALL: dict[str, type[LearningRateSchedule]] = {
    "ExponentialDecay": ExponentialDecay,
    "InverseTimeDecay": InverseTimeDecay,
    "PolynomialDecay": PolynomialDecay,
    "PiecewiseConstantDecay": PiecewiseConstantDecay,
    "CosineDecay": CosineDecay,
    "CosineDecayRestarts": CosineDecayRestarts,
    "OneCycle": OneCycle,
}


def deserialize(data: Mapping[str, Any]) -> LearningRateSchedule:
    """Make the schedule that ``rosenblatt.configuration.serialize`` or Keras described.

    Args:
        data: ``{"class_name": ..., "config": {...}}``.

    Raises:
        UnknownNameError: there is no such schedule.

    Example:
        >>> deserialize({"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 100}})
        CosineDecay(0.1, decay_steps=100)
    """
    return configuration.deserialize("learning rate schedule", data, ALL)
