"""How a gradient changes the parameters: every optimizer as an update in place, one line per equation.

Symbols: ``params`` a flat vector, ``gradient`` the derivative of the loss with respect to it, ``slots`` what the
optimizer remembers (each as long as ``params``), ``step`` the updates made so far, ``t = step + 1``, ``learning_rate``
the length r of a step. In the equations w is ``params``, g the gradient.

``update`` at the end is one whole step as the engines take it, in Keras's order: clip the gradient, shrink the weights
(decay), apply the rule, follow with the moving average, keep to the constraints. The rules themselves leave the
gradient as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rosenblatt.functional.constraints import CONSTRAINTS
from rosenblatt.functional.normalization import moving_average
from rosenblatt.functional.schedules import SCHEDULES
from rosenblatt.plan import ArrayPlan, OptimizerPlan
from rosenblatt.types import Array

Slots = Mapping[str, Array]


def sgd(
    params: Array,
    gradient: Array,
    slots: Slots,
    step: int,
    learning_rate: float,
    *,
    momentum: float = 0.0,
    nesterov: bool = False,
) -> None:
    """Walk against the gradient: ``w <- w - r g``.

    With momentum ``m <- mu m - r g`` and ``w <- w + m``; Nesterov looks one step ahead: ``w <- w + mu m - r g``.
    The learning rate is inside of m, as in Keras (PyTorch keeps it outside).

    Args:
        momentum: mu, the part of the last step that the next one keeps, 0 to 1; not 0 needs the slot "momentum".
        nesterov: step as if the momentum had been followed already.

    Example:
        >>> w = np.array([1.0, 2.0])
        >>> sgd(w, np.array([10.0, -10.0]), {}, 0, 0.1)
        >>> w
        array([0., 3.])

    Source: Polyak 1964 (momentum); Sutskever et al. 2013 (Nesterov).
    """
    if momentum == 0:
        params -= learning_rate * gradient
        return
    m = slots["momentum"]
    m *= momentum
    m -= learning_rate * gradient
    params += momentum * m - learning_rate * gradient if nesterov else m


def _sgd_slots(*, momentum: float = 0.0, **_: Any) -> dict[str, float]:
    return {"momentum": 0.0} if momentum else {}


def rmsprop(
    params: Array,
    gradient: Array,
    slots: Slots,
    step: int,
    learning_rate: float,
    *,
    rho: float = 0.9,
    momentum: float = 0.0,
    epsilon: float = 1e-7,
    centered: bool = False,
) -> None:
    """Divide each gradient by the root of its mean square: ``w <- w - r g / sqrt(v + eps)``.

    ``v <- rho v + (1 - rho) g^2``. Centered, ``a <- rho a + (1 - rho) g`` and the variance ``v - a^2`` takes the place
    of v. With momentum ``m <- mu m + r g / sqrt(...)`` and ``w <- w - m``.

    Args:
        rho: the memory of the mean square in the slot "velocity", 0 to 1.
        momentum: mu, 0 to 1; above 0 it needs the slot "momentum".
        epsilon: eps, at least 0.
        centered: divide by the deviation; it needs the slot "average_gradient".

    Example:
        >>> w = np.array([0.0, 0.0])
        >>> rmsprop(w, np.array([100.0, 0.01]), {"velocity": np.zeros(2)}, 0, 0.1)
        >>> w.round(2)  # steps of one length from gradients of any size
        array([-0.32, -0.31])

    Source: Hinton, Neural Networks for Machine Learning, lecture 6e, 2012; Graves 2013 (centered).
    """
    v = slots["velocity"]
    moving_average(v, np.square(gradient), rho)
    if centered:
        a = slots["average_gradient"]
        moving_average(a, gradient, rho)
        v = np.maximum(v - np.square(a), 0)  # in float32 rounding can take a variance below zero
    change = learning_rate * gradient / np.sqrt(v + epsilon)
    if momentum > 0:
        m = slots["momentum"]
        m *= momentum
        m += change
        change = m
    params -= change


def _rmsprop_slots(*, momentum: float = 0.0, centered: bool = False, **_: Any) -> dict[str, float]:
    slots = {"velocity": 0.0}
    if momentum > 0:
        slots["momentum"] = 0.0
    if centered:
        slots["average_gradient"] = 0.0
    return slots


def adam(
    params: Array,
    gradient: Array,
    slots: Slots,
    step: int,
    learning_rate: float,
    *,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    amsgrad: bool = False,
) -> None:
    """Momentum over root mean square, both corrected for their start at zero.

    ``m <- b1 m + (1 - b1) g``, ``v <- b2 v + (1 - b2) g^2``,
    ``w <- w - r sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps)``. AMSGrad divides by the largest v so far.

    Args:
        beta_1: b1, the memory of the slot "momentum", from 0 to less than 1.
        beta_2: b2, the memory of the slot "velocity", from 0 to less than 1.
        epsilon: eps, at least 0.
        amsgrad: needs the slot "velocity_hat", the largest v.

    Example:
        >>> w, slots = np.array([1.0]), {"momentum": np.zeros(1), "velocity": np.zeros(1)}
        >>> adam(w, np.array([20.0]), slots, 0, 0.1)
        >>> w.round(6)  # the first step has the length of the learning rate, however large the gradient
        array([0.9])

    Source: Kingma and Ba 2015, the form of the note before section 2.1; Reddi et al. 2018 (AMSGrad).
    """
    t = step + 1
    m, v = slots["momentum"], slots["velocity"]
    moving_average(m, gradient, beta_1)
    moving_average(v, np.square(gradient), beta_2)
    if amsgrad:
        v = np.maximum(slots["velocity_hat"], v, out=slots["velocity_hat"])
    rate = learning_rate * math.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    params -= rate * m / (np.sqrt(v) + epsilon)


def _adam_slots(*, amsgrad: bool = False, **_: Any) -> dict[str, float]:
    slots = {"momentum": 0.0, "velocity": 0.0}
    if amsgrad:
        slots["velocity_hat"] = 0.0
    return slots


def nadam(
    params: Array,
    gradient: Array,
    slots: Slots,
    step: int,
    learning_rate: float,
    *,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> None:
    """Adam with Nesterov's look ahead; the momentum warms up as ``u_t = b1 (1 - 0.96^t / 2)``.

    ``m^ = u_(t+1) m / (1 - u_1 ... u_(t+1)) + (1 - u_t) g / (1 - u_1 ... u_t)``, ``v^ = v / (1 - b2^t)``,
    ``w <- w - r m^ / (sqrt(v^) + eps)``.

    Args:
        beta_1: b1, the memory of the slot "momentum", from 0 to less than 1.
        beta_2: b2, the memory of the slot "velocity", from 0 to less than 1.
        epsilon: eps, at least 0.

    Example:
        >>> w = np.array([0.0])
        >>> nadam(w, np.array([20.0]), {"momentum": np.zeros(1), "velocity": np.zeros(1)}, 0, 0.1)
        >>> w.round(3)  # the look ahead makes the first step longer than Adam's, which is 0.1
        array([-0.106])

    Source: Dozat 2016.
    """
    t = step + 1
    m, v = slots["momentum"], slots["velocity"]
    moving_average(m, gradient, beta_1)
    moving_average(v, np.square(gradient), beta_2)
    now, ahead = (beta_1 * (1 - 0.5 * 0.96**i) for i in (t, t + 1))
    so_far, so_far_ahead = (beta_1**i * nadam_warm_up(i) for i in (t, t + 1))
    m_hat = ahead / (1 - so_far_ahead) * m + (1 - now) / (1 - so_far) * gradient
    v_hat = v / (1 - beta_2**t)
    params -= learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)


# The product of 1 - 0.96^i / 2 over i = 1 ... t. After a thousand factors the next one is 1 to the last bit.
_NADAM_WARM_UP = np.cumprod(1 - 0.5 * 0.96 ** np.arange(1, 1001)).tolist()


def nadam_warm_up(t: int) -> float:
    """Return the product of Nadam's factors 1 - 0.5 * 0.96**i for i from 1 to t; from 1000 on it no longer moves.

    Args:
        t: the number of factors, at least 1.

    Example:
        >>> nadam_warm_up(1), nadam_warm_up(1000) == nadam_warm_up(2000)
        (0.52, True)
    """
    return float(_NADAM_WARM_UP[min(t, len(_NADAM_WARM_UP)) - 1])


def adamax(
    params: Array,
    gradient: Array,
    slots: Slots,
    step: int,
    learning_rate: float,
    *,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> None:
    """Adam with the largest recent gradient in place of the root mean square.

    ``m <- b1 m + (1 - b1) g``, ``u <- max(b2 u, |g|)``, ``w <- w - r / (1 - b1^t) * m / (u + eps)``.

    Args:
        beta_1: b1, the memory of the slot "momentum", from 0 to less than 1.
        beta_2: b2, by which the slot "norm" fades with each update, from 0 to less than 1.
        epsilon: eps, at least 0.

    Example:
        >>> w, slots = np.array([0.0]), {"momentum": np.zeros(1), "norm": np.zeros(1)}
        >>> adamax(w, np.array([20.0]), slots, 0, 0.1)
        >>> w.round(6), slots["norm"]
        (array([-0.1]), array([20.]))

    Source: Kingma and Ba 2015, section 7.1.
    """
    t = step + 1
    m, u = slots["momentum"], slots["norm"]
    moving_average(m, gradient, beta_1)
    np.maximum(beta_2 * u, np.abs(gradient), out=u)
    params -= learning_rate / (1 - beta_1**t) * m / (u + epsilon)


def _adamax_slots(**_: Any) -> dict[str, float]:
    return {"momentum": 0.0, "norm": 0.0}


def adagrad(
    params: Array,
    gradient: Array,
    slots: Slots,
    step: int,
    learning_rate: float,
    *,
    initial_accumulator_value: float = 0.1,
    epsilon: float = 1e-7,
) -> None:
    """Divide each gradient by the root of the sum of its squares: ``w <- w - r g / sqrt(a + eps)``, ``a <- a + g^2``.

    Args:
        initial_accumulator_value: where a, the slot "accumulator", starts; the update itself does not read it.
        epsilon: eps, at least 0.

    Example:
        >>> w, slots = np.array([0.0]), {"accumulator": np.zeros(1)}
        >>> for step in range(3):  # steps of 0.1, 0.1 / sqrt(2), 0.1 / sqrt(3)
        ...     adagrad(w, np.array([1.0]), slots, step, 0.1)
        ...     print(w.round(3))
        [-0.1]
        [-0.171]
        [-0.228]

    Source: Duchi, Hazan and Singer 2011.
    """
    a = slots["accumulator"]
    a += np.square(gradient)
    params -= learning_rate * gradient / np.sqrt(a + epsilon)


def _adagrad_slots(*, initial_accumulator_value: float = 0.1, **_: Any) -> dict[str, float]:
    return {"accumulator": initial_accumulator_value}


def lion(
    params: Array,
    gradient: Array,
    slots: Slots,
    step: int,
    learning_rate: float,
    *,
    beta_1: float = 0.9,
    beta_2: float = 0.99,
) -> None:
    """Walk by the sign alone: ``w <- w - r sign(b1 m + (1 - b1) g)``, then ``m <- b2 m + (1 - b2) g``.

    Args:
        beta_1: b1, the share of the slot "momentum" in the step, above 0 to 1.
        beta_2: b2, the memory of the momentum, 0 to 1.

    Example:
        >>> w, slots = np.array([0.0, 0.0]), {"momentum": np.zeros(2)}
        >>> lion(w, np.array([100.0, -0.01]), slots, 0, 0.1)
        >>> w, slots["momentum"].round(4)
        (array([-0.1,  0.1]), array([ 1.e+00, -1.e-04]))

    Source: Chen et al. 2023, Symbolic Discovery of Optimization Algorithms.
    """
    m = slots["momentum"]
    params -= learning_rate * np.sign(beta_1 * m + (1 - beta_1) * gradient)
    moving_average(m, gradient, beta_2)


def _lion_slots(**_: Any) -> dict[str, float]:
    return {"momentum": 0.0}


class Optimizer(NamedTuple):
    """An update rule, and the names and start values of what it remembers.

    Args:
        update: takes params, gradient, slots, step and learning rate, and the rule's own arguments by name.
        slots: takes the rule's arguments by name.

    Example:
        >>> OPTIMIZERS["adagrad"].slots(initial_accumulator_value=0.5)
        {'accumulator': 0.5}
    """

    update: Callable[..., None]
    slots: Callable[..., dict[str, float]]


OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(sgd, _sgd_slots),
    "rmsprop": Optimizer(rmsprop, _rmsprop_slots),
    "adam": Optimizer(adam, _adam_slots),  # AdamW too: its decay is the plan's weight_decay
    "nadam": Optimizer(nadam, _adam_slots),
    "adamax": Optimizer(adamax, _adamax_slots),
    "adagrad": Optimizer(adagrad, _adagrad_slots),
    "lion": Optimizer(lion, _lion_slots),
}


def start_slots(plan: OptimizerPlan, size: int, dtype: Any) -> dict[str, Array]:
    """Return what the optimizer remembers before its first step: one vector per slot.

    Args:
        plan: the rule and its options.
        size: how many parameters there are.
        dtype: theirs.

    Example:
        >>> from rosenblatt.plan import Rule
        >>> start_slots(OptimizerPlan(Rule("adam")), 2, "float32")
        {'momentum': array([0., 0.], dtype=float32), 'velocity': array([0., 0.], dtype=float32)}
    """
    starts = OPTIMIZERS[plan.rule.name].slots(**plan.rule.config)
    if plan.use_ema:
        starts["average"] = 0.0
    return {name: np.full(size, start, dtype) for name, start in starts.items()}


def effective_learning_rate(plan: OptimizerPlan, step: int, learning_rate: float) -> float:
    """Return the rate of the update after ``step`` updates: the schedule's where there is one.

    Args:
        plan: the rule and its options.

    Example:
        >>> from rosenblatt.plan import Rule
        >>> halved = Rule("exponential_decay", {"initial_learning_rate": 1.0, "decay_steps": 10, "decay_rate": 0.5})
        >>> plan = OptimizerPlan(Rule("sgd"), schedule=halved)
        >>> effective_learning_rate(plan, step=20, learning_rate=0.3)
        0.25
    """
    if plan.schedule is None:
        return float(learning_rate)
    return SCHEDULES[plan.schedule.name](step, **plan.schedule.config)


def update(
    plan: OptimizerPlan,
    arrays: Sequence[ArrayPlan],
    params: Array,
    gradient: Array,
    slots: Slots,
    step: int,
    learning_rate: float,
) -> None:
    """Make one step: clip, decay, the rule, moving average, constraints; ``params`` and ``slots`` change in place.

    Args:
        plan: the rule and its options.
        arrays: the trainable arrays in the order in which they lie in ``params``; nothing else moves.
        params: flat vector of all parameters.
        gradient: as long as ``params``. It is consumed: clipping changes it in place.
        slots: as ``start_slots`` made them.
        step: updates made before this one.
        learning_rate: the rate where the plan has no schedule.

    Example:
        >>> from rosenblatt.plan import Rule
        >>> plan = OptimizerPlan(Rule("sgd"), clipvalue=1.0, weight_decay=0.5)
        >>> w = np.array([2.0, 7.0])
        >>> update(plan, [ArrayPlan("w", (1,), 0)], w, np.array([100.0, 100.0]), {}, 0, 0.1)
        >>> w  # 2 (1 - 0.5 * 0.1) - 0.1 * 1; the other number belongs to no array that learns
        array([1.8, 7. ])
    """
    rate = effective_learning_rate(plan, step, learning_rate)
    rule = OPTIMIZERS[plan.rule.name].update
    _clip(plan, arrays, gradient)
    if plan.use_ema and step == 0:
        slots["average"][:] = params  # of frozen arrays too, which may be freed later
    for span in _spans(arrays):
        weights, memory = params[span], {name: slot[span] for name, slot in slots.items()}
        if plan.weight_decay is not None:
            weights *= 1 - plan.weight_decay * rate
        rule(weights, gradient[span], memory, step, rate, **plan.rule.config)
        if plan.use_ema:
            _follow(plan, weights, memory["average"], step)
    for array in arrays:
        if array.constraint is not None:
            weights = array.view(params)
            weights[...] = CONSTRAINTS[array.constraint.name](weights, **array.constraint.config)


def take_average(arrays: Sequence[ArrayPlan], params: Array, slots: Slots) -> None:
    """Put the moving average in the place of the trainable parameters, as Keras does at the end of ``fit``.

    Args:
        arrays: the trainable arrays, as for ``update``.
        params: changed.
        slots: with "average".

    Example:
        >>> w = np.array([1.0, 2.0])
        >>> take_average([ArrayPlan("w", (1,), 0)], w, {"average": np.array([0.9, 1.9])})
        >>> w
        array([0.9, 2. ])
    """
    for span in _spans(arrays):
        params[span] = slots["average"][span]


def _follow(plan: OptimizerPlan, weights: Array, average: Array, step: int) -> None:
    # The average starts at the weights after the first step.
    moving_average(average, weights, plan.ema_momentum if step else 0.0)
    if plan.ema_overwrite_frequency and (step + 1) % plan.ema_overwrite_frequency == 0:
        weights[:] = average


def _clip(plan: OptimizerPlan, arrays: Sequence[ArrayPlan], gradient: Array) -> None:
    if plan.clipnorm is not None:
        for array in arrays:
            part = gradient[array.start : array.stop]
            part *= plan.clipnorm / max(math.sqrt(np.dot(part, part)), plan.clipnorm)
    elif plan.global_clipnorm is not None:
        parts = [gradient[span] for span in _spans(arrays)]
        norm = math.sqrt(sum(float(np.dot(part, part)) for part in parts))
        for part in parts:
            part *= plan.global_clipnorm / max(norm, plan.global_clipnorm)
    elif plan.clipvalue is not None:
        np.clip(gradient, -plan.clipvalue, plan.clipvalue, out=gradient)


def _spans(arrays: Sequence[ArrayPlan]) -> Iterator[slice]:
    """Merge neighbouring arrays: few long ranges are faster than many short ones. Often it is one, the whole vector."""
    if not arrays:
        return
    start = stop = arrays[0].start
    for array in arrays:
        if array.start != stop:
            yield slice(start, stop)
            start = array.start
        stop = array.start + math.prod(array.shape)
    yield slice(start, stop)
