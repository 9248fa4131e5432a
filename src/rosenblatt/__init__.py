"""Multi-layer perceptrons: from Rosenblatt's perceptron to a Keras-like Sequential, readable at every step.

import rosenblatt as keras

(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_sample()
model = keras.Sequential([
    keras.layers.Flatten(input_shape=(28, 28)),
    keras.layers.Rescaling(1 / 255),
    keras.layers.Dense(100, activation="sigmoid"),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=5)
"""

import importlib
import sys
from types import ModuleType

from rosenblatt import (
    activations,
    callbacks,
    constraints,
    datasets,
    errors,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    utils,
)
from rosenblatt.layers import Input
from rosenblatt.models import Sequential, load_model
from rosenblatt.version import __version__ as __version__

__all__ = [
    "Input",
    "Sequential",
    "activations",
    "callbacks",
    "constraints",
    "datasets",
    "errors",
    "initializers",
    "keras",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "utils",
]


def __getattr__(name: str) -> ModuleType:
    """Import the parts that not every program needs when they are first asked for."""
    if name in ("exchange", "graph", "ladder", "playground", "plots", "sklearn"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# `import rosenblatt as tf` serves code that writes `tf.keras.models.Sequential()`, and so do lines such as
# `from rosenblatt.keras.layers import Dense`: keras is the package itself, and its parts are the same modules.
keras = sys.modules[f"{__name__}.keras"] = sys.modules[__name__]
for _name, _module in list(sys.modules.items()):
    if _name.startswith(f"{__name__}.") and not _name.startswith(f"{__name__}.keras"):
        sys.modules[f"{__name__}.keras.{_name.removeprefix(__name__ + '.')}"] = _module
