"""The readable engine, on NumPy: the judge of every faster one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal, overload

import numpy as np

from rosenblatt.engines.base import Engine
from rosenblatt.engines.threads import threads_for
from rosenblatt.errors import ArgumentError
from rosenblatt.functional import network, optimizers
from rosenblatt.functional.network import Run
from rosenblatt.plan import Plan, State
from rosenblatt.types import Array

BLOCK = 1024  # rows that are predicted or evaluated at once: enough for BLAS, small enough for the cache


class ReferenceEngine(Engine):
    """Computes with the pure functions of ``rosenblatt.functional`` and nothing else."""

    name: ClassVar[str] = "reference"

    def __init__(self, reason: str | None = None) -> None:
        self._reason = reason

    @property
    def reason(self) -> str | None:
        """Why this engine was chosen and not a faster one; None where the user chose it."""
        return self._reason

    @overload
    def predict(self, plan: Plan, state: State, x: Array, layers: Literal["last"] = "last") -> Array: ...
    @overload
    def predict(self, plan: Plan, state: State, x: Array, layers: Literal["all"]) -> list[Array]: ...
    def predict(
        self, plan: Plan, state: State, x: Array, layers: Literal["last", "all"] = "last"
    ) -> Array | list[Array]:
        """See `Engine.predict`."""
        weights = network.views(plan, state.params, state.statistics)
        kept = plan.layers if layers == "all" else plan.layers[-1:]
        results = [np.empty((len(x), *layer.output_shape), plan.dtype) for layer in kept]
        with _computing(min(len(x), BLOCK) * state.params.size):
            for rows in _blocks(len(x)):
                outputs, _ = network.forward(plan, weights, _floats(x[rows], plan), Run())
                outputs[-1] = network.activate(plan.output, outputs[-1])
                for result, output in zip(results, outputs[-len(results) :], strict=True):
                    result[rows] = output
        return results if layers == "all" else results[0]

    def evaluate(self, plan: Plan, state: State, x: Array, target: Array, outputs: Array | None = None) -> Array:
        """See `Engine.evaluate`."""
        weights = network.views(plan, state.params, state.statistics)
        losses = np.empty(len(x), plan.dtype)
        with _computing(min(len(x), BLOCK) * state.params.size):
            for rows in _blocks(len(x)):
                last = network.forward(plan, weights, _floats(x[rows], plan), Run())[0][-1]
                values = network.loss_values(plan, target[rows], last)
                losses[rows] = values.reshape(len(values), -1).mean(axis=1)
                if outputs is not None:
                    outputs[rows] = network.activate(plan.output, last)
        return losses

    def loss_and_gradient(
        self, plan: Plan, state: State, x: Array, target: Array, weight: Array | None = None
    ) -> tuple[float, Array]:
        """See `Engine.loss_and_gradient`."""
        gradient = np.zeros_like(state.params)
        with _computing(3 * len(x) * state.params.size):
            loss, _ = network.loss_and_gradient(
                plan,
                network.views(plan, state.params, state.statistics.copy()),
                _floats(x, plan),
                target,
                weight,
                network.gradient_views(plan, gradient),
                Run(training=True, step=state.step, seed=plan.seed),
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
        if plan.optimizer is None:
            raise ArgumentError(
                "engine: expected a plan with an optimizer to train, got one with no optimizer, which only predicts. "
                "Compile the model first."
            )
        weights = network.views(plan, state.params, state.statistics)
        gradient = np.zeros_like(state.params)
        gradients = network.gradient_views(plan, gradient)
        epochs = np.atleast_2d(order)
        starts = range(0, epochs.shape[1], batch_size)
        losses = np.empty(len(epochs) * len(starts))
        batches = (epoch[start : start + batch_size] for epoch in epochs for start in starts)
        seen = 0
        with _computing(3 * batch_size * state.params.size):
            for number, rows in enumerate(batches):
                losses[number], output = network.loss_and_gradient(
                    plan,
                    weights,
                    _floats(x[rows], plan),
                    target[rows],
                    None if weight is None else weight[rows],
                    gradients,
                    Run(training=True, step=state.step, seed=plan.seed),
                )
                if outputs is not None:
                    outputs[seen : seen + len(rows)] = network.activate(plan.output, output)
                seen += len(rows)
                optimizers.update(
                    plan.optimizer,
                    plan.trainable_parameters,
                    state.params,
                    gradient,
                    state.slots,
                    state.step,
                    state.learning_rate,
                )
                state.step += 1
        return losses


@contextmanager
def _computing(multiplications: int) -> Iterator[None]:
    """Choose the threads by the work, and let a network that diverges overflow: its loss tells."""
    with threads_for(multiplications), np.errstate(over="ignore", invalid="ignore"):
        yield


def _blocks(rows: int) -> list[slice]:
    return [slice(start, start + BLOCK) for start in range(0, rows, BLOCK)]


def _floats(x: Array, plan: Plan) -> Array:
    return np.asarray(x, plan.dtype)
