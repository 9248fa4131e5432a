"""A program that the tests run under one version of Keras: it goes on training our files, and leaves files of its own.

    KERAS_BACKEND=torch PYTHONPATH=folder-with-that-keras python keras_at_work.py FOLDER

FOLDER/ours/*.keras are read, used and trained; what came out is FOLDER/ours/*.npz. FOLDER/theirs gets models that were
made here: each as .keras, .h5 and .weights.h5, with the same figures in .npz.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

ROWS, COLUMNS, STEPS = 6, 4, 2
X = np.sin(np.arange(ROWS * COLUMNS, dtype="float32")).reshape(ROWS, COLUMNS)
CLASSES = np.arange(ROWS) % 3


def every_layer() -> list[Any]:
    layers = keras.layers
    normalization = layers.Normalization()
    normalization.adapt(X)
    return [
        normalization,
        layers.Rescaling(0.5, offset=0.125),
        layers.Dense(8, "tanh", kernel_initializer="he_normal", kernel_regularizer="l2", name="first"),
        layers.BatchNormalization(momentum=0.5),
        layers.LeakyReLU(negative_slope=0.1),
        layers.Dense(8, use_bias=False, bias_regularizer=keras.regularizers.L1(0.5)),
        layers.LayerNormalization(epsilon=1e-2),
        layers.ELU(),
        layers.PReLU(alpha_initializer=keras.initializers.Constant(0.25)),
        layers.ReLU(max_value=5.0, negative_slope=0.01),
        layers.GaussianNoise(0.0),
        layers.Dropout(0.0),
        layers.Activation("selu"),
        layers.Flatten(),
        layers.Dense(3),
        layers.Softmax(),
    ]


def chain() -> Any:
    inputs = x = keras.Input((COLUMNS,))
    for layer in [
        keras.layers.Dense(5, "relu"),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.0),
        keras.layers.Dense(3, "softmax"),
    ]:
        x = layer(x)
    return keras.Model(inputs, x)


def models() -> dict[str, Any]:
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    made = {
        "every layer": (keras.Sequential([keras.Input((COLUMNS,)), *every_layer()]), keras.optimizers.Adam(0.01)),
        "functional": (chain(), keras.optimizers.RMSprop(0.01, momentum=0.5)),
        "scheduled": (
            keras.Sequential([keras.Input((COLUMNS,)), keras.layers.Dense(3, "softmax")]),
            keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True),
        ),
    }
    for model, optimizer in made.values():
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return {name: model for name, (model, _) in made.items()}


def figures(model: Any) -> dict[str, Any]:
    """Use and train a model; return what came out."""
    result = {"outputs": model.predict(X, verbose=0)}
    for step in range(STEPS):
        model.reset_metrics()  # older Kerases give the mean of all batches so far
        loss = model.train_on_batch(X, CLASSES)
        result[f"loss {step}"] = np.asarray(loss[0])
    result |= {f"weights {place:03}": weights for place, weights in enumerate(model.get_weights())}
    return result


def main(folder: Path) -> None:
    for path in sorted((folder / "ours").glob("*.keras")):
        np.savez(path.with_suffix(".npz"), **figures(keras.models.load_model(path)))
    theirs = folder / "theirs"
    theirs.mkdir()
    for name, model in models().items():
        model.train_on_batch(X, CLASSES)  # so that there is something to remember
        model.save(theirs / f"{name}.keras")
        model.save(theirs / f"{name}.h5")
        model.save_weights(theirs / f"{name}.weights.h5")
        np.savez(theirs / f"{name}.npz", **figures(model))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
