"""The four networks that every library trains, and the rows they train on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

ROWS = 48_000


class Workload(NamedTuple):
    """A network on 784 inputs and 10 classes, and how it is trained."""

    name: str
    hidden: tuple[int, ...]
    activation: str
    optimizer: str
    batch_size: int

    @property
    def title(self) -> str:
        widths = "-".join(map(str, self.hidden))
        return f"{self.name}: 784-{widths}({self.activation})-10, {self.optimizer}, batch {self.batch_size}"


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("W1", (100,), "sigmoid", "sgd", 32),
        Workload("W2", (100,), "sigmoid", "sgd", 256),
        Workload("W3", (392,), "tanh", "rmsprop", 128),
        Workload("W4", (512, 512), "relu", "adam", 128),
    )
}

LEARNING_RATES = {"sgd": 0.01, "rmsprop": 0.001, "adam": 0.001}


def rows(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return float32 rows (count, 784) from 0 to 1 and their labels: Fashion-MNIST, the bundled sample repeated."""
    from rosenblatt.datasets import fashion_mnist

    (x, y), _ = fashion_mnist.load_sample()
    times = -(-count // len(x))
    x = np.tile(x.reshape(len(x), 784), (times, 1))[:count].astype(np.float32) / 255
    return x, np.tile(y, times)[:count].astype(np.int64)
