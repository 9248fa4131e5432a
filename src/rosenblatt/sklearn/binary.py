"""One yes-or-no perceptron on an engine: a unit, trained row by row."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from rosenblatt.layers import Dense, Input, Layer, Rescaling
from rosenblatt.models import Sequential
from rosenblatt.optimizers import SGD
from rosenblatt.regularizers import L2
from rosenblatt.sklearn.networks import new_engine
from rosenblatt.sklearn.objective import DENSE_BYTES
from rosenblatt.types import Array

# The hinge loss has a margin of 1 and the perceptron none: outputs are taken so large that the margin is nothing, and
# steps so small. A power of two changes no digit of any number.
LARGE = 2.0**60

L1_LOOKS = 64  # how often an epoch L1 takes from the weights what it is owed; after each row it would be slow


class Rows(NamedTuple):
    """What a perceptron learns from: rows, targets (n, 1) of 1 and -1, and weights."""

    x: Any
    target: Array
    weight: Array


class BinaryPerceptron:
    """A unit that learns only from rows on its wrong side: ``w += step weight y x``, ``b += step weight y``.

    Args:
        coef: w to start from, (n_features,).
        intercept: b to start from.
        has_intercept: whether b is learnt; if not it stays zero.
        step: the size of a step.
        l1: what each row takes from every weight, times step, until it is zero.
        l2: the share of every weight that each row takes, times step.
    """

    def __init__(
        self, coef: Array, intercept: float, *, has_intercept: bool, step: float, l1: float, l2: float
    ) -> None:
        layers: list[Layer | Input] = [
            Input((len(coef),)),
            Dense(1, use_bias=has_intercept, kernel_regularizer=L2(LARGE * l2 / 2) if l2 else None),
            Rescaling(LARGE),
        ]
        self.model = Sequential(layers, name="perceptron", seed=0, dtype=coef.dtype.name)
        self.model.set_weights([coef[:, None], np.array([intercept])] if has_intercept else [coef[:, None]])
        self.model.compile(SGD(step / LARGE), "hinge")
        self.model.follow_learning_rate()
        self.engine = new_engine()
        self.step, self.l1 = step, l1
        self._owed = 0.0  # what L1 would have taken so far from a weight far from zero
        self._taken = np.zeros_like(coef)  # what it took from each

    @property
    def coef(self) -> Array:
        """The weights w (n_features,): a view."""
        return self.model.weights["dense/kernel"][:, 0]

    @property
    def intercept(self) -> float:
        """The b."""
        return float(self.model.weights["dense/bias"][0]) if "dense/bias" in self.model.weights else 0.0

    def train(self, rows: Rows, orders: Array) -> list[float]:
        """Learn rows one by one, in an order for each epoch, and return each epoch's mean loss."""
        if isinstance(rows.x, np.ndarray) and not self.l1:
            losses = self._train(rows, orders).reshape(orders.shape).sum(axis=1) / LARGE / rows.weight.sum()
            return [float(loss) for loss in losses]
        return [self._train_in_blocks(rows, order) for order in orders]

    def _train(self, rows: Rows, order: Array) -> Array:
        return self.engine.train(self.model.plan, self.model.state, rows.x, rows.target, rows.weight, order, 1)

    def _train_in_blocks(self, rows: Rows, order: Array) -> float:
        """Learn an epoch some rows at a time: few of a sparse table, which fit into memory, and fewer with L1."""
        size = max(1, DENSE_BYTES // rows.x.shape[1] // 8)
        if self.l1:
            size = min(size, max(1, len(order) // L1_LOOKS))
        total = 0.0
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            if isinstance(rows.x, np.ndarray):
                losses = self._train(rows, chosen)
            else:
                block = Rows(rows.x[chosen].toarray(), rows.target[chosen], rows.weight[chosen])
                losses = self._train(block, np.arange(len(chosen)))
            total += float(losses.sum()) / LARGE
            if self.l1:
                self._shrink(len(chosen))
        return total / float(rows.weight.sum()) + self.l1 * float(np.abs(self.coef).sum())

    def _shrink(self, rows: int) -> None:
        """Take from each weight what L1 would have taken for some rows, but never beyond zero.

        What a weight at zero is spared it owes, so that few weights leave zero for good.

        Source: Tsuruoka, Tsujii and Ananiadou (2009), Stochastic gradient descent training for L1-regularized
        log-linear models with cumulative penalty.
        """
        self._owed += rows * self.step * self.l1
        w = self.coef
        shrunk = np.where(
            w > 0, np.maximum(w - (self._owed + self._taken), 0), np.minimum(w + (self._owed - self._taken), 0)
        )
        self._taken += shrunk - w
        w[...] = shrunk


def merged(X: Any, y: Array, weight: Array) -> tuple[Any, Array, Array]:
    """Return rows in an order that depends on nothing but themselves, equal ones as one, those of no weight left out.

    Example:
        >>> x, y, weight = merged(np.array([[2.0], [1.0], [2.0]]), np.array([1, 0, 1]), np.array([1.0, 1.0, 3.0]))
        >>> sorted(zip(x.ravel().tolist(), y.tolist(), weight.tolist()))
        [(1.0, 0, 1.0), (2.0, 1, 4.0)]
    """
    heavy = np.flatnonzero(weight > 0)
    X, y, weight = X[heavy], y[heavy], weight[heavy]
    classes = np.unique(y, return_inverse=True)[1]
    keys = [_content(X, row) + classes[row].tobytes() for row in range(len(y))]
    first_of = {key: row for row, key in reversed(list(enumerate(keys)))}
    rows = [first_of[key] for key in sorted(first_of)]
    place_of = {key: place for place, key in enumerate(sorted(first_of))}
    total = np.bincount([place_of[key] for key in keys], weight, len(rows)).astype(weight.dtype)
    return X[rows], y[rows], total


def _content(X: Any, row: int) -> bytes:
    """Return bytes that are equal for rows of equal numbers, dense or sparse."""
    if sparse.issparse(X):
        part = slice(X.indptr[row], X.indptr[row + 1])
        columns, numbers = X.indices[part], X.data[part]
        kept = np.argsort(columns)[numbers[np.argsort(columns)] != 0]
        columns, numbers = columns[kept], numbers[kept]
    else:
        columns = np.flatnonzero(X[row])
        numbers = X[row][columns]
    return bytes(columns.astype(np.int64).tobytes() + numbers.tobytes())
