"""Stands for `keras.src.optimizers` and its `schedules`: variables of Keras become arrays, and arrays variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from rosenblatt.configuration import serialize as serialize
from rosenblatt.functional.optimizers import _clip
from rosenblatt.optimizers import *  # noqa: F403
from rosenblatt.optimizers import Optimizer
from rosenblatt.optimizers import schedules as schedules
from rosenblatt.optimizers.schedules import *  # noqa: F403
from rosenblatt.optimizers.schedules import LearningRateSchedule
from rosenblatt.plan import ArrayPlan

update_arrays = Optimizer.apply
number = Optimizer.learning_rate


class Number(float):
    """A learning rate that is also asked for its value as Keras's variables are, which keep a float32."""

    value = property(np.float32)

    def numpy(self) -> float:
        """Return the number itself."""
        return float(self)


def apply(self: Optimizer, gradients: Sequence[Any], variables: Sequence[Any]) -> None:
    """Update Keras's variables: our optimizers change arrays in place."""
    arrays = [np.array(variable) for variable in variables]
    update_arrays(self, gradients, arrays)
    self._shapes_seen = [array.shape for array in arrays]
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def learning_rate(self: Optimizer) -> Any:
    """The learning rate with the methods of Keras's variables."""
    rate = number.__get__(self)
    return rate if isinstance(rate, LearningRateSchedule) else Number(rate)


def variables(self: Optimizer) -> list[Any]:
    """What a Keras optimizer keeps in variables: its steps, its learning rate where it has no schedule, its slots."""
    rate = self.learning_rate
    return [self.iterations, *([] if isinstance(rate, LearningRateSchedule) else [rate]), *self.slots.values()]


def clip_gradients(self: Optimizer, gradients: Iterable[Any]) -> list[Any]:
    """Clip gradients as a step does before anything else."""
    (gradient,) = (np.array(gradient, dtype=float) for gradient in gradients)
    _clip(self.plan(), [ArrayPlan("gradient", gradient.shape, 0)], gradient)
    return [gradient]


def moving_average(self: Optimizer) -> list[Any]:
    """The moving average of each array, which lie one after the other in a slot."""
    sizes = [int(np.prod(shape)) for shape in self._shapes_seen]
    parts = np.split(self.slots["average"], np.cumsum(sizes)[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, self._shapes_seen, strict=True)]


Optimizer.apply = apply
Optimizer.learning_rate = property(learning_rate, number.fset)
Optimizer.variables = property(variables)
Optimizer.build = lambda self, variables: None  # ours are ready as they are made
Optimizer._clip_gradients = clip_gradients
Optimizer._model_variables_moving_average = property(moving_average)
