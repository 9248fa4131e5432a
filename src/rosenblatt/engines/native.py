"""The fast engine, in C++: whole slices of training in one call, without the interpreter lock.

It follows the same plan on the same state as the reference engine, changing the state's arrays where they lie. What it
cannot carry out it hands to the reference engine, and `reason` says why.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Literal, overload

import numpy as np

from rosenblatt.arguments import check_whole_number
from rosenblatt.engines import _native
from rosenblatt.engines.base import Engine
from rosenblatt.engines.reference import ReferenceEngine
from rosenblatt.errors import ArgumentError, DataError
from rosenblatt.functional.optimizers import effective_learning_rate
from rosenblatt.plan import ArrayPlan, LayerPlan, OptimizerPlan, Plan, Rule, State
from rosenblatt.types import Array

NETWORKS = {"float32": _native.NetworkFloat32, "float64": _native.NetworkFloat64}
PREDICTORS = {"float32": _native.PredictorFloat32, "float64": _native.PredictorFloat64}
SAMPLE_TYPES = ("float32", "float64", "uint8")
CONVERTED_ROWS = 65536  # of other types, at a time

# Our names for what the optimizers remember, in the order of plan.hpp's Slots: two moments, one more, and the average.
SLOTS: tuple[tuple[str, ...], ...] = (
    ("momentum",),
    ("velocity", "norm", "accumulator"),
    ("velocity_hat", "average_gradient"),
    ("average",),
)


class NativeEngine(Engine):
    """Computes with the C++ library, on the best instruction set that this processor has.

    Args:
        threads: at most so many; None for ``ROSENBLATT_THREADS``, else as many as there are cores for this process.
            Small steps use fewer. The results are the same, to the last bit, for any number.
        isa: the instruction set, for tests: "avx512", "avx2", "neon" or "portable"; None for
            ``ROSENBLATT_NATIVE_ISA``, else the best.

    Raises:
        ArgumentError: threads is not a whole number from 1 up, or this machine lacks the instruction set.
    """

    name: ClassVar[str] = "native"

    def __init__(self, threads: int | None = None, isa: str | None = None) -> None:
        self._asked = threads, isa
        self.threads = _threads(threads)
        try:
            self.isa = _native.choose(os.environ.get("ROSENBLATT_NATIVE_ISA", "") if isa is None else isa)
        except ValueError as error:
            raise ArgumentError(str(error)) from error
        self._reference = ReferenceEngine()
        # The last plan, its network, and the process that made it: in one, for Python threads may share an engine.
        self._last: tuple[Plan, Any, int] | None = None

    @property
    def reason(self) -> str | None:
        """Why the reference engine carries out the last plan, or would update its weights; None where this one does."""
        if self._last is None:
            return None
        plan = self._last[0]
        return reason_against(plan) or _reason_against_updates(plan)

    @overload
    def predict(self, plan: Plan, state: State, x: Array, layers: Literal["last"] = "last") -> Array: ...
    @overload
    def predict(self, plan: Plan, state: State, x: Array, layers: Literal["all"]) -> list[Array]: ...
    def predict(
        self, plan: Plan, state: State, x: Array, layers: Literal["last", "all"] = "last"
    ) -> Array | list[Array]:
        """See `Engine.predict`."""
        network = self._network_for(plan)
        if network is None:
            return self._reference.predict(plan, state, x, layers)
        computing = [layer for layer in plan.layers if layer.kind != "Flatten"]
        wanted = computing if layers == "all" else computing[-1:]
        outputs = [np.empty((len(x), *layer.output_shape), plan.dtype) for layer in wanted]
        unwanted: list[Array | None] = [None] * (len(computing) - len(wanted))
        for rows in _blocks(x):
            filled = unwanted + [output[rows] for output in outputs]
            network.predict(state.params, state.statistics, _samples(x[rows], plan), filled)
        if layers == "last":
            return outputs[0].reshape(len(x), *plan.output_shape)
        return _with_flattened(plan, x, outputs)

    def predictor(self, plan: Plan, state: State) -> Callable[[Array, Array], None]:
        """See `Engine.predictor`."""
        if reason_against(plan):
            return super().predictor(plan, state)
        predictor = PREDICTORS[plan.dtype](_plan(plan), self.isa, self.threads, state.params, state.statistics)
        in_native_code: Callable[[Array, Array], None] = predictor.predict
        if len(plan.input_shape) == 1:
            return in_native_code
        return lambda x, y: in_native_code(x.reshape(len(x), -1), y)

    def evaluate(self, plan: Plan, state: State, x: Array, target: Array, outputs: Array | None = None) -> Array:
        """See `Engine.evaluate`."""
        network = self._network_for(plan)
        if network is None or plan.loss is None:
            return self._reference.evaluate(plan, state, x, target, outputs)
        losses = np.empty(len(x), plan.dtype)
        numbers = state.params, state.statistics
        with _filled(outputs, plan) as filled:
            for rows in _blocks(x):
                of_rows = None if filled is None else filled[rows]
                network.evaluate(
                    *numbers, _samples(x[rows], plan), *_targets(target[rows], plan), losses[rows], of_rows
                )
        return losses

    def loss_and_gradient(
        self, plan: Plan, state: State, x: Array, target: Array, weight: Array | None = None
    ) -> tuple[float, Array]:
        """See `Engine.loss_and_gradient`."""
        network = self._network_for(plan, training=True)
        if network is None:
            return self._reference.loss_and_gradient(plan, state, x, target, weight)
        gradient = np.zeros_like(state.params)
        loss = network.loss_and_gradient(
            state.params,
            state.statistics.copy(),
            state.step,
            _samples(x, plan),
            *_targets(target, plan),
            weight,
            gradient,
        )
        return loss, gradient

    def train(
        self,
        plan: Plan,
        state: State,
        x: Array,
        target: Array,
        weight: Array | None,
        order: Array,
        batch_size: int,
        outputs: Array | None = None,
    ) -> Array:
        """See `Engine.train`."""
        network = self._network_for(plan, training=True)
        if network is None or plan.optimizer is None:
            return self._reference.train(plan, state, x, target, weight, order, batch_size, outputs)
        if _as_samples(x) is None:  # other numbers are converted, no more of them than are needed now
            rows, place = np.unique(order, return_inverse=True)
            order = place.reshape(order.shape)
            x, target, weight = x[rows], target[rows], None if weight is None else weight[rows]
        epochs = np.ascontiguousarray(np.atleast_2d(order), np.int64)
        _check_order(plan, epochs, x, target)
        batch_size = min(batch_size, max(1, epochs.shape[1]))  # any whole number, also one too large for C++
        losses = np.empty(len(epochs) * -(-epochs.shape[1] // batch_size))
        with _filled(outputs, plan) as filled:
            network.train(
                state.params,
                state.statistics,
                [_slot(state, names) for names in SLOTS],
                state.step,
                _samples(x, plan),
                *_targets(target, plan),
                weight,
                epochs,
                batch_size,
                _learning_rates(plan.optimizer, state, len(losses)),
                losses,
                filled,
            )
        state.step += len(losses)
        return losses

    def _network_for(self, plan: Plan, training: bool = False) -> Any:
        """Return the C++ network of a plan, kept from call to call, or None where there is a reason against it."""
        last, process = self._last, os.getpid()
        if last is None or (plan is not last[0] and plan != last[0]):
            last = plan, None, process
        if reason_against(plan) or (training and reason_against_training(plan)):
            self._last = last
            return None
        _, network, maker = last
        if network is None or maker != process:  # a fork may have caught it while another thread was using it
            network = NETWORKS[plan.dtype](_plan(plan), self.isa, self.threads)
        self._last = plan, network, process
        return network

    def __reduce__(self) -> tuple[Any, ...]:
        return NativeEngine, self._asked

    def __repr__(self) -> str:
        return f"NativeEngine(threads={self.threads}, isa={self.isa!r})"


def _threads(threads: int | None) -> int:
    """Return the number asked for, or that of the cores that this process may use."""
    if threads is not None:
        return check_whole_number("NativeEngine", "threads", threads, at_least=1)
    wanted = os.environ.get("ROSENBLATT_THREADS")
    if wanted:
        if not wanted.isdecimal() or int(wanted) < 1:
            raise ArgumentError(
                f"ROSENBLATT_THREADS: expected a whole number from 1 up, got {wanted!r}. Unset it for all cores."
            )
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# --- What it cannot carry out ---------------------------------------------------------------------

ON_SINGLE_NUMBERS = ("Dropout", "Flatten", "GaussianNoise", "Normalization", "PReLU", "Rescaling")


def reason_against(plan: Plan) -> str | None:
    """Return why the native engine cannot carry out a plan, or None where it can.

    Example:
        >>> reason_against(Plan((4,), ()))
        'a network without layers that compute'
    """
    if all(layer.kind == "Flatten" for layer in plan.layers):
        return "a network without layers that compute"
    if plan.loss is not None and plan.loss.name == "custom":
        return "a loss of your own, in Python"
    if plan.loss is not None and len(plan.output_shape) != 1:
        return f"a loss on outputs of shape {plan.output_shape}"
    for layer in plan.layers:
        if len(layer.input_shape) != 1 and not _works_on_single_numbers(layer):
            return f"{layer.kind} on rows of shape {layer.input_shape}"
        for array in layer.parameters:
            if array.regularizer is not None and array.regularizer.name != "l1_l2":
                return f"the regularizer {array.regularizer.name!r}"
    return None


def reason_against_training(plan: Plan) -> str | None:
    """Return why the native engine cannot train a plan that it can carry out, or None."""
    if plan.loss is None:
        return "a network without a loss"
    if any(_activation_name(layer) == "step" for layer in plan.layers):
        return "the step, which has no derivative"
    return _reason_against_updates(plan)


def _reason_against_updates(plan: Plan) -> str | None:
    """Return why the native engine cannot update the weights of a plan whose gradient it can compute, or None."""
    constrained = any(array.constraint is not None for array in plan.trainable_parameters)
    return "a constraint on weights" if constrained and plan.optimizer is not None else None


def _works_on_single_numbers(layer: LayerPlan) -> bool:
    if layer.kind == "Activation":
        return _activation_name(layer) not in ("softmax", "log_softmax")
    return layer.kind in ON_SINGLE_NUMBERS


def _activation_name(layer: LayerPlan) -> str | None:
    activation: Rule | None = layer.config.get("activation")
    return None if activation is None else activation.name


# --- What is handed over --------------------------------------------------------------------------


def _as_samples(x: Array) -> Array | None:
    """Return x as rows of numbers that the native engine reads where they lie, or None where it cannot."""
    if x.dtype.name not in SAMPLE_TYPES or not x.dtype.isnative:
        return None
    if x.ndim == 2 and x.strides[1] == x.itemsize and x.strides[0] % x.itemsize == 0 and x.strides[0] >= 0:
        return x
    return x.reshape(len(x), math.prod(x.shape[1:])) if x.flags.c_contiguous else None


def _blocks(x: Array) -> list[slice]:
    """Return all rows of x at once where they are read where they lie, else blocks: what is converted stays small."""
    size = max(1, len(x)) if _as_samples(x) is not None else CONVERTED_ROWS
    return [slice(start, start + size) for start in range(0, len(x), size)]


@contextmanager
def _filled(outputs: Array | None, plan: Plan) -> Iterator[Array | None]:
    """Give an array to fill for `outputs`: itself, or one of the plan's dtype that is copied into it afterwards."""
    if outputs is None or (outputs.dtype == plan.dtype and outputs.flags.c_contiguous):
        yield outputs
        return
    own = np.empty(outputs.shape, plan.dtype)
    yield own
    outputs[...] = own


def _samples(x: Array, plan: Plan) -> Array:
    """Return x as rows of numbers; converted where there is no other way."""
    samples = _as_samples(x)
    return np.ascontiguousarray(x, plan.dtype).reshape(len(x), math.prod(x.shape[1:])) if samples is None else samples


def _targets(target: Array, plan: Plan) -> tuple[Array | None, Array | None]:
    """Return targets as numbers like the outputs, or as labels: the other is None."""
    if plan.loss is not None and plan.loss.name == "sparse_categorical_crossentropy":
        return None, np.ascontiguousarray(target, np.int64)
    return np.ascontiguousarray(target, plan.dtype), None


def _check_order(plan: Plan, order: Array, x: Array, target: Array) -> None:
    """Raise where the C++ library would read beside an array: it looks at nothing twice."""
    if order.size and (order.min() < 0 or order.max() >= min(len(x), len(target))):
        raise ArgumentError(
            f"NativeEngine.train: expected row numbers from 0 to {min(len(x), len(target)) - 1} in order, "
            f"got {order.min()} to {order.max()}. Number the rows of x and target."
        )
    if plan.loss is not None and plan.loss.name == "sparse_categorical_crossentropy":
        labels = target[order]
        if labels.size and (labels.min() < 0 or labels.max() >= plan.output_shape[-1]):
            raise DataError(
                f"NativeEngine.train: expected labels from 0 to {plan.output_shape[-1] - 1}, "
                f"got {labels.min()} to {labels.max()}. Number the classes from 0."
            )


def _slot(state: State, names: tuple[str, ...]) -> Array | None:
    return next((state.slots[name] for name in names if name in state.slots), None)


def _learning_rates(optimizer: OptimizerPlan, state: State, steps: int) -> Array:
    """Return the rate of each of the next steps."""
    if optimizer.schedule is None:
        return np.full(steps, state.learning_rate, np.float64)
    rates = [effective_learning_rate(optimizer, state.step + i, state.learning_rate) for i in range(steps)]
    return np.array(rates, np.float64)


def _with_flattened(plan: Plan, x: Array, outputs: list[Array]) -> list[Array]:
    """Put in the outputs of Flatten, which computes nothing: the rows before it in another shape."""
    computed = iter(outputs)
    last = x.astype(plan.dtype, copy=False)
    everything: list[Array] = []
    for layer in plan.layers:
        last = last.reshape(len(x), *layer.output_shape) if layer.kind == "Flatten" else next(computed)
        everything.append(last)
    return everything


# --- Plans as the C++ library takes them: dicts whose keys are the members of plan.hpp's structs ---


def _plan(plan: Plan) -> dict[str, Any]:
    described: dict[str, Any] = {
        "inputs": math.prod(plan.input_shape),
        "layers": [
            _layer(layer, number, plan.seed) for number, layer in enumerate(plan.layers) if layer.kind != "Flatten"
        ],
        "output": _activation(plan.output),
        "reduction": "sum" if plan.reduction == "none" else plan.reduction,
    }
    if plan.loss is not None:
        described["loss"] = _loss(plan.loss, plan.output_shape[-1])
    if plan.optimizer is not None:
        described["optimizer"] = _optimizer(plan.optimizer)
    return described


def _layer(layer: LayerPlan, number: int, seed: int) -> dict[str, Any]:
    described: dict[str, Any] = {
        "kind": KINDS[layer.kind],
        "inputs": math.prod(layer.input_shape),
        "outputs": math.prod(layer.output_shape),
        "trainable": layer.trainable,
        "number": number,
    }
    for name in ("rate", "stddev", "scale", "offset", "epsilon", "momentum"):
        if name in layer.config:
            described[name] = float(layer.config[name])
    if "activation" in layer.config:
        described["activation"] = _activation(layer.config["activation"])
    if "seed" in layer.config:
        described["seed"] = (seed if layer.config["seed"] is None else layer.config["seed"]) % 2**64
    for array in (*layer.parameters, *layer.statistics):
        described[ARRAYS[array.name]] = _array(array)
    return described


KINDS = {
    "Activation": "activation",
    "BatchNormalization": "batch_normalization",
    "Dense": "dense",
    "Dropout": "dropout",
    "GaussianNoise": "gaussian_noise",
    "LayerNormalization": "layer_normalization",
    "Normalization": "normalization",
    "PReLU": "prelu",
    "Rescaling": "rescaling",
}

ARRAYS = {
    "kernel": "first",
    "bias": "second",
    "gamma": "first",
    "beta": "second",
    "alpha": "first",
    "moving_mean": "mean",
    "moving_variance": "variance",
    "mean": "mean",
    "variance": "variance",
}


def _array(array: ArrayPlan) -> dict[str, Any]:
    penalties: Mapping[str, float] = {} if array.regularizer is None else array.regularizer.config
    return {"start": array.start, "size": math.prod(array.shape)} | {k: float(v) for k, v in penalties.items()}


def _activation(rule: Rule) -> dict[str, Any]:
    if rule.name == "relu6":
        return {"kind": "relu", "max_value": 6.0}
    defaults = {"leaky_relu": {"negative_slope": 0.2}}.get(rule.name, {})
    return {"kind": rule.name} | defaults | {key: value for key, value in rule.config.items() if value is not None}


def _loss(rule: Rule, classes: int) -> dict[str, Any]:
    config = dict(rule.config)
    if rule.name == "categorical_focal_crossentropy":
        config["class_alpha"] = np.broadcast_to(config.pop("alpha", 0.25), classes).astype(float).tolist()
    return {"kind": rule.name} | config


def _optimizer(plan: OptimizerPlan) -> dict[str, Any]:
    options = {
        "weight_decay": plan.weight_decay,
        "clip_norm": plan.clipnorm,
        "global_clip_norm": plan.global_clipnorm,
        "clip_value": plan.clipvalue,
        "use_average": plan.use_ema,
        "average_momentum": plan.ema_momentum,
        "average_overwrite_frequency": plan.ema_overwrite_frequency,
    }
    defaults = {"lion": {"beta_2": 0.99}}.get(plan.rule.name, {})
    given = {key: value for key, value in options.items() if value is not None}
    return {"kind": plan.rule.name} | defaults | dict(plan.rule.config) | given
