"""Networks of the lectures, computed as there and by rosenblatt: the same numbers, so the same work."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import numpy as np

from benchmarks.report import Target, print_heading, print_table
from rosenblatt import Sequential
from rosenblatt.ladder.data import cancer
from rosenblatt.ladder.step3_dual_layer import DualLayer
from rosenblatt.ladder.xor import INPUTS, TARGETS, XORNetwork
from rosenblatt.layers import Dense
from rosenblatt.optimizers import SGD
from rosenblatt.regularizers import L2
from rosenblatt.speed.turns import Job, Measure, measure_in_turn, seconds

EPOCHS, UPDATES = 20_000, 10_000
L2_STRENGTH = 0.01


def cancer_ladder(epochs: int) -> DualLayer:
    """Train rung 3, 30-10-1 on 364 rows, every row in every step."""
    data = cancer()
    network = DualLayer(l2=L2_STRENGTH)
    network.fit(data.x_train, data.y_train, epochs)
    return network


def cancer_model(epochs: int, dtype: str) -> Sequential:
    """Train the same network from the same start."""
    data = cancer()
    rows, inputs = data.x_train.shape
    penalty = L2(L2_STRENGTH / (2 * rows))  # the lectures divide it by the rows and by 2
    model = Sequential(
        [
            Dense(
                10, activation="sigmoid", kernel_initializer="ones", kernel_regularizer=penalty, input_shape=(inputs,)
            ),
            Dense(1, activation="sigmoid", kernel_initializer="ones", kernel_regularizer=penalty),
        ],
        dtype=dtype,
    )
    model.compile(SGD(0.1), "binary_crossentropy")
    model.fit(data.x_train, data.y_train, batch_size=rows, epochs=epochs, shuffle=False, verbose=0)
    return model


def xor_ladder(updates: int) -> XORNetwork:
    """Train the listing's 3-6-1 network."""
    network = XORNetwork()
    network.fit(INPUTS, TARGETS, updates)
    return network


def xor_model(updates: int, dtype: str) -> Sequential:
    """Train the same network from the same start.

    Its third input and its last hidden unit, which are always one, are biases here. The listing's loss is half the sum
    of the four squares where ours is their mean: twice the learning rate makes the same steps.
    """
    start = XORNetwork()
    start.init_weights(3)
    model = Sequential([Dense(5, activation="sigmoid", input_shape=(2,)), Dense(1, activation="sigmoid")], dtype=dtype)
    model.set_weights([start.w1[:2, :5], start.w1[2, :5], start.w2[:5], start.w2[5]])
    model.compile(SGD(2 * start.lr), "mean_squared_error")
    model.fit(INPUTS[:, :2], TARGETS, batch_size=4, epochs=updates, shuffle=False, verbose=0)
    return model


def training(train: Callable[..., object], *arguments: object) -> Measure:
    """Return what trains a network from its start and tells the seconds."""
    return lambda: seconds(lambda: train(*arguments))


def run(share: float, repeats: int) -> list[Target]:
    """Measure both networks, a share of their epochs where there is little time."""
    epochs, updates = round(share * EPOCHS), round(share * UPDATES)
    print_heading(f"Small networks, medians of {repeats}, in turn")
    return [
        _compare(
            f"30-10-1 on 364 rows, {epochs:,} epochs of one step", cancer_ladder, cancer_model, epochs, 5, repeats
        ),
        _compare(f"XOR, 2-5-1 on 4 rows, {updates:,} updates", xor_ladder, xor_model, updates, 10, repeats),
    ]


def _compare(
    what: str, ladder: Callable[..., object], model: Callable[..., object], epochs: int, wanted: float, repeats: int
) -> Target:
    figures = measure_in_turn(
        {
            "the ladder, NumPy, float64": Job(training, (ladder, epochs)),
            "rosenblatt, float64": Job(training, (model, epochs, "float64")),
            "rosenblatt, float32": Job(training, (model, epochs, "float32")),
        },
        repeats,
    )
    theirs, ours = figures["the ladder, NumPy, float64"], figures["rosenblatt, float64"]
    print(f"  {what}")
    print_table(
        ["", "seconds", "us an epoch"],
        [
            [name, f"{np.median(times):.3f}", f"{1e6 * np.median(times) / epochs:.1f}"]
            for name, times in figures.items()
        ],
    )
    ratio = statistics.median(ladder / mine for ladder, mine in zip(theirs, ours, strict=True))
    return Target(f"{what}: the ladder takes", ratio, wanted, " times as long")
