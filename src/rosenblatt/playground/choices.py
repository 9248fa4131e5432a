"""What there is to choose on the page, and between which bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rosenblatt.optimizers import SGD, Adam, Optimizer, RMSprop
from rosenblatt.types import Array


class Data(NamedTuple):
    """A set of points that can be chosen."""

    group: str
    classes: int  # 0: numbers are to be learnt
    noise: float = 0.0  # where nobody says more
    batch_size: int = 10


class Feature(NamedTuple):
    """What a point's two coordinates can be to the network."""

    expression: str  # as a program writes it
    of: Callable[[Array, Array], Array]


DATA: dict[str, Data] = {
    "AND": Data("gates", 2, batch_size=4),
    "OR": Data("gates", 2, batch_size=4),
    "NAND": Data("gates", 2, batch_size=4),
    "XOR": Data("gates", 2, batch_size=4),
    "circle": Data("classes", 2, noise=0.1),
    "xor": Data("classes", 2, noise=0.05),
    "gauss": Data("classes", 2, noise=0.2),
    "spiral": Data("classes", 2, noise=0.02),
    "moons": Data("classes", 2, noise=0.1),
    "three": Data("classes", 3, noise=0.15),
    "plane": Data("numbers", 0),
    "bump": Data("numbers", 0),
    "drawn": Data("own", 2),  # or as many as are drawn
    "table": Data("own", 2),  # or as many as its target has
}
OPENED = "model"  # the data's name where a trained model was opened
FEATURES: dict[str, Feature] = {
    "x1": Feature("x1", lambda x1, x2: x1),
    "x2": Feature("x2", lambda x1, x2: x2),
    "x1^2": Feature("x1**2", lambda x1, x2: x1**2),
    "x2^2": Feature("x2**2", lambda x1, x2: x2**2),
    "x1*x2": Feature("x1 * x2", lambda x1, x2: x1 * x2),
    "sin(pi*x1)": Feature("np.sin(np.pi * x1)", lambda x1, x2: np.sin(np.pi * x1)),
    "sin(pi*x2)": Feature("np.sin(np.pi * x2)", lambda x1, x2: np.sin(np.pi * x2)),
}
ACTIVATIONS = ("linear", "step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu")
OUTPUTS = {"two": ("sigmoid", "step"), "several": ("softmax",), "numbers": ("linear",)}
LOSSES = {"classes": ("crossentropy", "mse"), "numbers": ("mse", "mae", "huber")}
# Each with the arguments that it has beside its learning rate.
OPTIMIZERS: dict[str, tuple[type[Optimizer], dict[str, Any]]] = {
    "sgd": (SGD, {}),
    "momentum": (SGD, {"momentum": 0.9}),
    "rmsprop": (RMSprop, {}),
    "adam": (Adam, {}),
}
INITIALIZERS = ("glorot_uniform", "he_normal", "lecun_normal", "random_normal", "zeros")

# Lowest and highest value; whole numbers where both are.
LIMITS: dict[str, tuple[float, float]] = {
    "count": (10, 5000),
    "noise": (0.0, 1.0),
    "train": (0.1, 0.9),
    "seed": (0, 2**31 - 1),
    "learning_rate": (1e-5, 10.0),
    "l1": (0.0, 1.0),
    "l2": (0.0, 1.0),
    "batch_size": (1, 20_000),
    "units": (1, 64),
    "class": (0, 3),
    "place": (-1.2, 1.2),  # a coordinate of a drawn point
    "weight": (-1e6, 1e6),
}
MOST_LAYERS = 10
MOST_POINTS = 5000  # drawn by hand
MOST_INPUTS = 64  # columns of a table that feed the network
FIRST_INPUTS = 16  # columns of a table that feed it where nobody has chosen
# What drawing begins with: two groups that a line can part, but not an upright or a level one.
FIRST_POINTS: tuple[tuple[float, float, int], ...] = (
    (-0.7, 0.1, 0),
    (-0.5, -0.4, 0),
    (-0.2, 0.2, 0),
    (0.1, -0.6, 0),
    (-0.2, 0.7, 1),
    (0.3, 0.3, 1),
    (0.5, 0.7, 1),
    (0.7, -0.1, 1),
)


def offered() -> dict[str, Any]:
    """Return all that can be chosen, ready for JSON."""
    data = [
        {"name": name, "task": "classes" if kind.classes else "numbers", "group": kind.group}
        for name, kind in DATA.items()
    ]
    return {
        "data": data,
        "features": list(FEATURES),
        "activations": list(ACTIVATIONS),
        "outputs": {kind: list(names) for kind, names in OUTPUTS.items()},
        "losses": {task: list(names) for task, names in LOSSES.items()},
        "optimizers": list(OPTIMIZERS),
        "initializers": list(INITIALIZERS),
    }


def limits() -> dict[str, Any]:
    """Return all bounds, ready for JSON."""
    return {name: list(bounds) for name, bounds in LIMITS.items()} | {
        "layers": MOST_LAYERS,
        "points": MOST_POINTS,
        "inputs": MOST_INPUTS,
    }
