"""What is minimised, and how it is handed to an engine.

For the rows of a batch, with weights v, scikit-learn minimises

    (Σ v_i loss_i + alpha/2 Σ w² + l1 Σ |w|) / Σ v_i

where the loss of a row is the sum over its outputs. Ours are means over the outputs, and a plan's penalties are the
same in every batch; so the rows get the weights ``factor * v_i * rows / Σ v_i``, and a plan is made for every Σ v_i
that occurs: where all rows weigh 1 for the full batches, and for the last one of an epoch, which may be shorter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from scipy.special import xlogy

from rosenblatt.engines.base import Engine
from rosenblatt.functional import network
from rosenblatt.models import Sequential
from rosenblatt.plan import ArrayPlan, LayerPlan, Plan, Rule
from rosenblatt.sklearn.networks import new_engine
from rosenblatt.training import add_in_order
from rosenblatt.types import Array

DENSE_BYTES = 2**28  # a sparse table of at most this size is made dense at once, a larger one batch by batch


class Measure(NamedTuple):
    """A loss as scikit-learn measures it.

    ``factor`` turns our mean over a row's outputs into what scikit-learn minimises, ``shown`` turns that into the loss
    which it reports, and ``constant`` is what it adds to every row's, though it changes nothing.
    """

    factor: float = 1.0
    shown: float = 1.0
    constant: Array | None = None


def poisson_constant(target: Array) -> Array:
    """Return what half of the Poisson deviance has more than our Poisson loss: Σ y log y - y, for each row."""
    constant: Array = (xlogy(target, target) - target).sum(axis=1)
    return constant


class Batches(NamedTuple):
    """Some whole batches that one plan serves: row numbers in order, rows a batch, and the sum of weights of each."""

    order: Array
    size: int
    total: float

    @property
    def sizes(self) -> Array:
        """The rows of each batch."""
        starts = np.arange(0, self.order.shape[-1], self.size)
        sizes: Array = np.minimum(self.size, self.order.shape[-1] - starts)
        return sizes


class Objective:
    """A model's loss on some rows, with weights and penalties.

    Args:
        model: compiled; its state is what changes.
        x: rows (n, n_in), dense or sparse.
        target: (n, n_out), or class numbers.
        weight: (n,) the weight v of each row, or None for ones.
        measure: how the loss is measured.
        alpha: of the L2 penalty.
        l1: of the L1 penalty.
    """

    def __init__(
        self, model: Sequential, x: Any, target: Array, weight: Array | None, measure: Measure, alpha: float, l1: float
    ) -> None:
        self.model, self.target, self.weight, self.measure = model, target, weight, measure
        self.alpha, self.l1 = alpha, l1
        self.rows: int = x.shape[0]
        dtype = np.dtype(model.dtype)
        if not isinstance(x, np.ndarray) and math.prod(x.shape) * dtype.itemsize <= DENSE_BYTES:
            x = x.toarray()
        self.x = np.ascontiguousarray(x) if isinstance(x, np.ndarray) else x.tocsr()
        # The engine's weights: of each batch in turn, where rows have weights of their own.
        self._shares = None if weight is None and measure.factor == 1 else np.full(self.rows, measure.factor, dtype)
        self._prepared: dict[float, tuple[Plan, Engine]] = {}

    # --- Training ---------------------------------------------------------------------------------

    def train_epochs(self, orders: Array, size: int) -> list[float]:
        """Train some epochs with nothing in between, and return the loss of each as scikit-learn shows it."""
        if self._is_uniform(size) and isinstance(self.x, np.ndarray):
            batches = Batches(orders, size, size)
            losses = self.train(batches).reshape(len(orders), -1) * batches.sizes
            return [self.shown(total / self.rows) for total in np.cumsum(losses, axis=1)[:, -1].tolist()]
        return [self.train_epoch(order, size) for order in orders]

    def train_epoch(self, order: Array, size: int) -> float:
        """Train one epoch and return its loss as scikit-learn shows it."""
        total = 0.0
        for piece in self.pieces(order, size):
            total = add_in_order(total, self.train(piece) * piece.sizes)
        return self.shown(total / self.rows)

    def pieces(self, order: Array, size: int, batch_by_batch: bool = False) -> Iterator[Batches]:
        """Cut an epoch into calls of the engine: as few as weights and penalties allow, or single batches."""
        totals = self._share_out(order, size)
        if batch_by_batch or (self.weight is not None and self._has_penalty):
            step = size
        else:
            step = len(order) // size * size if self._has_penalty else len(order)
        for start in range(0, len(order), step):
            piece = order[start : start + step]
            yield Batches(piece, size, totals[start // size])

    def _share_out(self, order: Array, size: int) -> Array:
        """Write the engine's weights for an epoch's batches, and return the sum of the rows' weights of each."""
        starts = np.arange(0, len(order), size)
        sizes = np.minimum(size, len(order) - starts)
        if self.weight is None:
            return sizes
        totals = np.add.reduceat(self.weight[order], starts)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(totals != 0, self.measure.factor * sizes / totals, 0)  # rows of no weight cost nothing
        self._shares[order] = self.weight[order] * np.repeat(scale, sizes)  # type: ignore[index]
        return totals

    def train(self, batches: Batches) -> Array:
        """Make one update for each batch and return their losses."""
        plan, engine = self._prepare(batches.total)
        order, size, _ = batches
        state = self.model.state
        if isinstance(self.x, np.ndarray):
            return engine.train(plan, state, self.x, self.target, self._shares, order, size)
        block = max(1, DENSE_BYTES // (size * self.x.shape[1] * state.params.itemsize)) * size
        losses = []
        for start in range(0, len(order), block):
            rows = order[start : start + block]
            shares = None if self._shares is None else self._shares[rows]
            x = self.x[rows].toarray()
            losses.append(engine.train(plan, state, x, self.target[rows], shares, np.arange(len(rows)), size))
        return np.concatenate(losses)

    # --- All rows at once -------------------------------------------------------------------------

    def loss_and_gradient(self) -> tuple[float, Array]:
        """Return the loss of all rows as one batch, as it is minimised, and its gradient."""
        everything = np.arange(self.rows)
        (total,) = self._share_out(everything, self.rows)
        plan, engine = self._prepare(float(total))
        state = self.model.state
        if isinstance(self.x, np.ndarray):
            return engine.loss_and_gradient(plan, state, self.x, self.target, self._shares)
        without_penalty, engine = self._prepare(math.inf)
        loss, gradient = 0.0, np.zeros_like(state.params)
        block = max(1, DENSE_BYTES // (self.x.shape[1] * state.params.itemsize))
        for start in range(0, self.rows, block):
            rows = everything[start : start + block]
            shares = None if self._shares is None else self._shares[rows]
            x = self.x[rows].toarray()
            part, slope = engine.loss_and_gradient(without_penalty, state, x, self.target[rows], shares)
            loss += part * len(rows) / self.rows
            gradient += slope * (len(rows) / self.rows)
        weights = network.views(plan, state.params, state.statistics)
        return loss + network.add_penalties(plan, weights, network.gradient_views(plan, gradient)), gradient

    def shown(self, loss: float) -> float:
        """Return a mean of minimised losses as scikit-learn shows it."""
        if self.measure.constant is not None:
            loss += float(np.average(self.measure.constant, weights=self.weight))
        return loss * self.measure.shown

    # --- Plans ------------------------------------------------------------------------------------

    @property
    def _has_penalty(self) -> bool:
        return self.alpha > 0 or self.l1 > 0

    def _is_uniform(self, size: int) -> bool:
        """Tell whether one plan serves all batches."""
        return self.weight is None and (not self._has_penalty or self.rows % size == 0)

    def _prepare(self, total: float) -> tuple[Plan, Engine]:
        """Return the plan for batches whose rows weigh so much, and an engine that has it ready."""
        if not self._has_penalty:
            total = math.inf
        plan, engine = self._prepared.get(total, (None, None))
        if plan is None or engine is None or plan.optimizer is not self.model.plan.optimizer:
            if self.weight is not None:  # no total is likely to come again
                engine = next((engine for _, engine in self._prepared.values()), None)
                self._prepared.clear()
            # Where the rows weigh less than nothing together, a penalty would reward large weights.
            plan = penalised(self.model.plan, self.l1 / total, self.alpha / 2 / total) if total > 0 else self.model.plan
            engine = engine or new_engine()
            self._prepared[total] = plan, engine
        return plan, engine


def penalised(plan: Plan, l1: float, l2: float) -> Plan:
    """Return a plan with the penalty ``l1 Σ |w| + l2 Σ w²`` on the weights of all dense layers.

    Example:
        >>> from rosenblatt import Sequential
        >>> from rosenblatt.layers import Dense
        >>> plan = penalised(Sequential([Dense(1, input_shape=(2,))]).plan, 0.0, 0.5)
        >>> plan.layers[0].parameters[0].regularizer
        Rule(name='l1_l2', config={'l1': 0.0, 'l2': 0.5})
    """
    if not l1 and not l2:
        return plan
    rule = Rule("l1_l2", {"l1": l1, "l2": l2})

    def with_penalty(array: ArrayPlan) -> ArrayPlan:
        return replace(array, regularizer=rule) if array.name == "kernel" else array

    layers: list[LayerPlan] = [
        replace(layer, parameters=tuple(with_penalty(array) for array in layer.parameters)) for layer in plan.layers
    ]
    return replace(plan, layers=tuple(layers))
