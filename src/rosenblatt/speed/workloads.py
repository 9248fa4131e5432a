"""The networks that are trained, their arithmetic, counted, and the rows they are trained on."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from rosenblatt.types import Array

ROWS = 48_000
LEARNING_RATES = {"sgd": 0.01, "rmsprop": 0.001, "adam": 0.001}


class Workload(NamedTuple):
    """A chain of dense layers with ten classes at its end, and how it is trained."""

    name: str
    widths: tuple[int, ...]  # of the inputs, the hidden layers and the outputs
    activation: str
    optimizer: str
    batch_size: int

    @property
    def title(self) -> str:
        """The network and its training in a few words."""
        chain = "-".join(map(str, self.widths))
        return f"{chain} ({self.activation}), {self.optimizer}, batch {self.batch_size}"

    @property
    def flops_a_row(self) -> int:
        """How many additions and multiplications the matrix products of a training step make for each row.

        The products forward, to the weights, and, but for the first layer, to the inputs; a multiply-add counts two.

        Example:
            >>> Workload("", (784, 100, 10), "sigmoid", "sgd", 32).flops_a_row
            319600
        """
        products = [n_in * n_out for n_in, n_out in itertools.pairwise(self.widths)]
        return 2 * (2 * sum(products) + sum(products[1:]))


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("W1", (784, 100, 10), "sigmoid", "sgd", 32),
        Workload("W2", (784, 100, 10), "sigmoid", "sgd", 256),
        Workload("W3", (784, 392, 10), "tanh", "rmsprop", 128),
        Workload("W4", (784, 512, 512, 10), "relu", "adam", 128),
    )
}

# Those whose share of one core's peak is measured.
CHAINS = (
    WORKLOADS["W1"],
    Workload("chain of 256", (256, 256, 256, 10), "relu", "sgd", 256),
    Workload("chain of 512", (512, 512, 512, 10), "relu", "sgd", 256),
)


def rows(workload: Workload, count: int) -> tuple[Array, Array]:
    """Return float32 rows (count, inputs) and their labels: for 784 inputs pictures, else random numbers."""
    return _pictures(count) if workload.widths[0] == 784 else _random(count, workload.widths[0])


def _pictures(count: int) -> tuple[Array, Array]:
    """Return Fashion-MNIST, from 0 to 1: the bundled sample, repeated."""
    from rosenblatt.datasets import fashion_mnist

    (x, y), _ = fashion_mnist.load_sample()
    times = -(-count // len(x))
    x = np.tile(x.reshape(len(x), 784), (times, 1))[:count].astype(np.float32) / 255
    return x, np.tile(y, times)[:count].astype(np.int64)


def _random(count: int, inputs: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    return rng.standard_normal((count, inputs), np.float32), rng.integers(0, 10, count)
