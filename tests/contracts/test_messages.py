"""Bad input: each mistake is one error of our own that names who, what was expected, what came and the cure.

After it everything is as it was before: weights, optimizer, the generator of random numbers; and training goes on.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rosenblatt import Sequential, activations, initializers, losses, metrics, optimizers, regularizers
from rosenblatt.callbacks import EarlyStopping
from rosenblatt.errors import (
    ArgumentError,
    DataError,
    ModelStateError,
    RosenblattError,
    ShapeError,
    UnknownNameError,
)
from rosenblatt.layers import (
    ELU,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    LayerNormalization,
    Normalization,
    ReLU,
    Rescaling,
)
from rosenblatt.optimizers.schedules import ExponentialDecay

X = np.random.default_rng(0).normal(size=(8, 3))
Y = np.random.default_rng(1).normal(size=(8, 2))
LABELS = np.arange(8) % 2
ONE_HOT = np.eye(2)[LABELS]
TEMPLATE = re.compile(r".+: expected .+, got .+\.", re.DOTALL)


def network(loss: Any = "mse", units: int = 2, activation: str | None = None, **compiled: Any) -> Sequential:
    """A network of three inputs, compiled; its optimizer has a memory."""
    model = Sequential([Dense(4, "tanh", input_shape=(3,)), Dense(units, activation)], seed=1)
    model.compile("adam", loss, **compiled)
    return model


def classifier(loss: str = "sparse_categorical_crossentropy") -> Sequential:
    return network(loss, activation="softmax")


def with_cell(array: np.ndarray, row: int, column: int, value: float) -> np.ndarray:
    copy = array.copy()
    copy[row, column] = value
    return copy


def everything(model: Sequential) -> list[bytes]:
    """All that training changes."""
    state = model.state
    slots = [slot.tobytes() for slot in state.slots.values()]
    rng = str(model.rng.bit_generator.state).encode()
    return [state.params.tobytes(), state.statistics.tobytes(), *slots, bytes(str(state.step), "ascii"), rng]


def check(call: Callable[[], object], error: type[RosenblattError], message: str) -> None:
    """A call raises exactly this error, with exactly this message, and no warning."""
    with warnings.catch_warnings(), pytest.raises(error, match=f"(?s)^{re.escape(message)}$") as caught:
        warnings.simplefilter("error")
        call()
    assert type(caught.value) is error
    assert TEMPLATE.match(str(caught.value))


# --- Arrays that do not fit -------------------------------------------------------------------------------------------

HIDDEN = "Dense(4, activation='tanh'), layer 1 of 2"
NUMBER_TEXT = "Leave text out or number it: names, numbers = np.unique(text, return_inverse=True)."

SHAPES: dict[str, tuple[Callable[[Sequential], object], type[RosenblattError], str]] = {
    "too many columns": (
        lambda m: m.fit(np.ones((8, 4)), Y),
        ShapeError,
        f"fit: {HIDDEN}: expected inputs of width 3, got an array of shape (8, 4). "
        "Check the columns of x or the layer's input_shape.",
    ),
    "a single row": (
        lambda m: m.predict(np.ones(3)),
        ShapeError,
        f"predict: {HIDDEN}: expected inputs of width 3, got an array of shape (3,). For a single row give x[None].",
    ),
    "one axis too many": (
        lambda m: m.evaluate(X[:, :, None], Y),
        ShapeError,
        f"evaluate: {HIDDEN}: expected inputs of width 3, got an array of shape (8, 3, 1). "
        "Reshape x to (8, 3), or let the model begin with Flatten.",
    ),
    "x longer than y": (
        lambda m: m.fit(X, Y[:7]),
        ShapeError,
        "fit: expected as many targets as rows, got 8 rows and 7 targets. Give each row its target.",
    ),
    "y longer than x": (
        lambda m: m.train_on_batch(X[:7], Y),
        ShapeError,
        "train_on_batch: expected as many targets as rows, got 7 rows and 8 targets. Give each row its target.",
    ),
    "y of another width": (
        lambda m: m.fit(X, np.ones((8, 4))),
        ShapeError,
        "fit: expected y of shape (8, 2) for mean_squared_error, got (8, 4). "
        "Give the last layer 4 units, or y 2 columns.",
    ),
    "validation rows of another width": (
        lambda m: m.fit(X, Y, validation_data=(np.ones((2, 4)), Y[:2])),
        ShapeError,
        f"fit, validation_data: {HIDDEN}: expected inputs of width 3, got an array of shape (2, 4). "
        "Check the columns of x or the layer's input_shape.",
    ),
    "no rows": (
        lambda m: m.fit(X[:0], Y[:0]),
        DataError,
        "fit: expected at least one row in x, got an empty array of shape (0, 3). Check the data.",
    ),
    "no columns": (
        lambda m: m.predict(X[:, :0]),
        DataError,
        "predict: expected at least one row in x, got an empty array of shape (8, 0). Check the data.",
    ),
    "an empty list": (
        lambda m: m.fit(X, []),
        DataError,
        "fit: expected at least one row in y, got an empty array of shape (0,). Check the data.",
    ),
    "a single number": (
        lambda m: m.test_on_batch(5.0, Y),
        DataError,
        "test_on_batch: expected rows in x, got the single number 5.0. Give an array of rows.",
    ),
    "ragged rows": (
        lambda m: m.fit([[1, 2, 3], [1, 2]], Y[:2]),
        ShapeError,
        "fit: expected x to be a table of numbers, got rows of different lengths. Make them equal.",
    ),
    "ragged targets": (
        lambda m: m.fit(X[:2], [[1, 2], [1]]),
        ShapeError,
        "fit: expected y to be a table of numbers, got rows of different lengths. Make them equal.",
    ),
    "too few sample weights": (
        lambda m: m.fit(X, Y, sample_weight=np.ones(7)),
        ShapeError,
        "fit: expected one sample_weight per row, shape (8,), got (7,). Give each row its weight.",
    ),
    "too few arrays of weights": (
        lambda m: m.set_weights(m.get_weights()[:3]),
        ShapeError,
        "Sequential.set_weights: expected 4 arrays (dense/kernel, dense/bias, dense_1/kernel, dense_1/bias), got 3.",
    ),
    "weights of another shape": (
        lambda m: m.set_weights([*m.get_weights()[:3], np.ones(5)]),
        ShapeError,
        "Sequential.set_weights: expected dense_1/bias of shape (2,), got (5,).",
    ),
}

VALUES: dict[str, tuple[Callable[[Sequential], object], type[RosenblattError], str]] = {
    "NaN in x": (
        lambda m: m.fit(with_cell(X, 5, 1, np.nan), Y),
        DataError,
        "fit: expected finite numbers in x, got nan in row 5, column 1 (1 row in all). "
        "Remove these rows or fill in the missing values.",
    ),
    "infinity in y": (
        lambda m: m.fit(X, with_cell(Y, 2, 0, -np.inf)),
        DataError,
        "fit: expected finite numbers in y, got -inf in row 2, column 0 (1 row in all). "
        "Remove these rows or fill in the missing values.",
    ),
    "NaN in the weights of rows": (
        lambda m: m.fit(X, Y, sample_weight=[1, 1, np.nan, 1, np.nan, 1, 1, 1]),
        DataError,
        "fit: expected finite numbers in sample_weight, got nan in row 2 (2 rows in all). "
        "Remove these rows or fill in the missing values.",
    ),
    "NaN where the model is only used": (
        lambda m: m.activations(with_cell(X, 0, 2, np.nan)),
        DataError,
        "activations: expected finite numbers in x, got nan in row 0, column 2 (1 row in all). "
        "Remove these rows or fill in the missing values.",
    ),
    "NaN in what is held out": (
        lambda m: m.fit(X, Y, validation_data=(X, with_cell(Y, 7, 1, np.nan))),
        DataError,
        "fit, validation_data: expected finite numbers in y, got nan in row 7, column 1 (1 row in all). "
        "Remove these rows or fill in the missing values.",
    ),
    "a number that float32 cannot hold": (
        lambda m: m.fit(with_cell(X, 1, 1, 1e300), Y),
        DataError,
        "fit: expected numbers that float32 can hold in x, got 1e+300 in row 1, column 1 (1 row in all). "
        "Scale them, or give the model dtype='float64'.",
    ),
    "a negative weight of a row": (
        lambda m: m.fit(X, Y, sample_weight=[1, 1, 1, -2, 1, 1, 1, 1]),
        DataError,
        "fit: expected sample_weight of at least 0, got -2 in row 3. A weight of 0 leaves a row out.",
    ),
    "text": (
        lambda m: m.fit([["a", "1", "b"]] * 8, Y),
        DataError,
        f"fit: expected numbers in x, got text in columns 0, 2. {NUMBER_TEXT}",
    ),
    "text as targets": (
        lambda m: m.fit(X, np.array(["cat", "dog"] * 4)),
        DataError,
        f"fit: expected numbers in y, got text. {NUMBER_TEXT}",
    ),
    "objects that are text in one column": (
        lambda m: m.fit(np.array([[1, "red", 2.5]] * 8, dtype=object), Y),
        DataError,
        f"fit: expected numbers in x, got text in column 1. {NUMBER_TEXT}",
    ),
    "objects that are numbers": (
        lambda m: m.fit(X.astype(object), Y),
        DataError,
        "fit: expected numbers in x, got Python objects, such as float. Give an array, a table or a list of rows; "
        "an array of objects becomes one by x.astype(float).",
    ),
    "a dict": (
        lambda m: m.fit({"a": 1}, Y),
        DataError,
        "fit: expected numbers in x, got dict. Give an array, a table or a list of rows; "
        "an array of objects becomes one by x.astype(float).",
    ),
    "None": (
        lambda m: m.train_on_batch(X, None),
        DataError,
        "train_on_batch: expected numbers in y, got None. Give an array, a table or a list of rows.",
    ),
    "complex numbers": (
        lambda m: m.predict(X + 1j),
        DataError,
        "predict: expected numbers in x, got values of type complex128. Turn them into real numbers first.",
    ),
    "dates": (
        lambda m: m.predict(np.zeros((8, 3), "datetime64[s]")),
        DataError,
        "predict: expected numbers in x, got values of type datetime64[s]. Turn them into real numbers first.",
    ),
    "masked values": (
        lambda m: m.predict(np.ma.masked_array(np.ones((8, 3)), np.eye(8, 3))),
        DataError,
        "predict: expected a number everywhere in x, got 3 masked ones. "
        "Fill them in, such as by x.filled(0), or remove these rows.",
    ),
    "text as weights": (
        lambda m: m.set_weights([["a"], *m.get_weights()[1:]]),
        DataError,
        f"Sequential.set_weights: expected numbers in array 0, got text. {NUMBER_TEXT}",
    ),
}

ARGUMENTS: dict[str, tuple[Callable[[Sequential], object], type[RosenblattError], str]] = {
    "no targets": (
        lambda m: m.fit(X),
        ArgumentError,
        "fit: expected rows x and targets y, or something that gives batches (x, y), got ndarray and no y.",
    ),
    "nothing to evaluate": (
        lambda m: m.evaluate(),
        ArgumentError,
        "evaluate: expected rows x and targets y, got none.",
    ),
    "rows alone to evaluate": (
        lambda m: m.evaluate(X),
        ArgumentError,
        "evaluate: expected (x, y), (x, y, sample_weight) or batches of them, got ndarray. "
        "Give rows and their targets.",
    ),
    "rows alone to validate": (
        lambda m: m.fit(X, Y, validation_data=X),
        ArgumentError,
        "fit, validation_data: expected (x, y), (x, y, sample_weight) or batches of them, got ndarray. "
        "Give rows and their targets.",
    ),
    "batch_size 0": (
        lambda m: m.fit(X, Y, batch_size=0),
        ArgumentError,
        "fit: expected batch_size to be a whole number of at least 1, got 0.",
    ),
    "batch_size of a fraction": (
        lambda m: m.evaluate(X, Y, batch_size=2.5),
        ArgumentError,
        "evaluate: expected batch_size to be a whole number of at least 1, got 2.5.",
    ),
    "validation_batch_size True": (
        lambda m: m.fit(X, Y, validation_batch_size=True),
        ArgumentError,
        "fit: expected validation_batch_size to be a whole number of at least 1, got True.",
    ),
    "epochs as text": (
        lambda m: m.fit(X, Y, epochs="5"),
        ArgumentError,
        "fit: expected epochs to be a whole number of at least 0, got '5'.",
    ),
    "negative epochs": (
        lambda m: m.fit(X, Y, epochs=-1),
        ArgumentError,
        "fit: expected epochs to be a whole number of at least 0, got -1.",
    ),
    "negative initial_epoch": (
        lambda m: m.fit(X, Y, initial_epoch=-1),
        ArgumentError,
        "fit: expected initial_epoch to be a whole number of at least 0, got -1.",
    ),
    "validation_split 1": (
        lambda m: m.fit(X, Y, validation_split=1.0),
        ArgumentError,
        "fit: expected validation_split to be a number of at least 0 and below 1, got 1.0.",
    ),
    "negative validation_split": (
        lambda m: m.fit(X, Y, validation_split=-0.1),
        ArgumentError,
        "fit: expected validation_split to be a number of at least 0 and below 1, got -0.1.",
    ),
    "validation_split as text": (
        lambda m: m.fit(X, Y, validation_split="20%"),
        ArgumentError,
        "fit: expected validation_split to be a number of at least 0 and below 1, got '20%'.",
    ),
    "validation_split that leaves no rows to train": (
        lambda m: m.fit(X, Y, validation_split=0.99),
        ArgumentError,
        "fit: expected validation_split to leave rows on both sides, got 0.99 of 8 rows.",
    ),
    "validation_split of batches": (
        lambda m: m.fit([(X, Y)], validation_split=0.5),
        ArgumentError,
        "fit: expected arrays with validation_split, got batches. Give validation_data.",
    ),
    "validation_freq 0": (
        lambda m: m.fit(X, Y, validation_freq=0),
        ArgumentError,
        "fit: expected validation_freq to be a whole number of at least 1, got 0.",
    ),
    "validation_freq with text": (
        lambda m: m.fit(X, Y, validation_freq=[1, "2"]),
        ArgumentError,
        "fit: expected validation_freq to be a whole number of at least 1, got '2'.",
    ),
    "steps_per_epoch of arrays": (
        lambda m: m.fit(X, Y, steps_per_epoch=3),
        ArgumentError,
        "fit: expected batches with steps_per_epoch, got arrays, seen whole in every epoch. Leave it out.",
    ),
    "steps_per_epoch 0": (
        lambda m: m.fit([(X, Y)], steps_per_epoch=0),
        ArgumentError,
        "fit: expected steps_per_epoch to be a whole number of at least 1, got 0.",
    ),
    "sample_weight beside batches": (
        lambda m: m.fit([(X, Y)], sample_weight=np.ones(8)),
        ArgumentError,
        "fit: expected arrays with sample_weight, got batches. Give (x, y, sample_weight).",
    ),
    "both kinds of weights": (
        lambda m: m.fit(X, Y, class_weight={0: 1.0}, sample_weight=np.ones(8)),
        ArgumentError,
        "fit: expected class_weight or sample_weight, got both. Multiply them into one.",
    ),
    "verbose 7": (
        lambda m: m.fit(X, Y, verbose=7),
        ArgumentError,
        "fit: expected verbose to be 0, 1, 2 or 'auto', got 7.",
    ),
    "verbose as other text": (
        lambda m: m.evaluate(X, Y, verbose="loud"),
        ArgumentError,
        "evaluate: expected verbose to be 0, 1, 2 or 'auto', got 'loud'.",
    ),
    "shuffle as text": (
        lambda m: m.fit(X, Y, shuffle="False"),
        ArgumentError,
        "fit: expected shuffle to be True or False, got 'False'.",
    ),
    "a callback's class": (
        lambda m: m.fit(X, Y, callbacks=[EarlyStopping]),
        ArgumentError,
        "callbacks: expected objects with methods such as on_epoch_end, got <class "
        "'rosenblatt.callbacks.EarlyStopping'>. Derive from rosenblatt.callbacks.Callback, and pass an object, not its "
        "class.",
    ),
    "a layer that is not there": (
        lambda m: m.get_layer("densely"),
        ArgumentError,
        "Sequential.get_layer: expected one of dense, dense_1, got 'densely'.",
    ),
    "a place that is not there": (
        lambda m: m.get_layer(index=2),
        ArgumentError,
        "Sequential.get_layer: expected a place from 0 to 1, got 2.",
    ),
    "a place as text": (
        lambda m: m.get_layer(index="0"),
        ArgumentError,
        "Sequential.get_layer: expected a place from 0 to 1, got '0'.",
    ),
    "weights that are no list": (
        lambda m: m.set_weights(None),
        ArgumentError,
        "Sequential.set_weights: expected a list of 4 arrays, got None. Try get_weights().",
    ),
    "no loss": (
        lambda m: m.compile("sgd"),
        ArgumentError,
        "Sequential.compile: expected a loss, got none. "
        "Name one, such as loss='sparse_categorical_crossentropy' for class numbers or loss='mse'.",
    ),
    "a loss that is not reduced": (
        lambda m: m.compile("sgd", losses.Huber(reduction=None)),
        ArgumentError,
        "Sequential.compile: expected a loss that is reduced to one number, got Huber(reduction=None). "
        "Leave reduction= out.",
    ),
    "an optimizer that is a number": (
        lambda m: m.compile(0.1, "mse"),
        ArgumentError,
        "optimizer: expected a name, a class, an object or its description, got 0.1.",
    ),
    "a metric that is a number": (
        lambda m: m.compile("sgd", "mse", metrics=[5]),
        ArgumentError,
        "metric: expected a name, a metric, a function or a description, got 5. Try metrics=['accuracy'].",
    ),
    "an optimizer's name mistyped": (
        lambda m: m.compile("adamm", "mse"),
        UnknownNameError,
        "optimizer: expected a known name, got 'adamm'. Did you mean 'adam'?",
    ),
    "a loss's name mistyped": (
        lambda m: m.compile("sgd", "categorical_cross_entropy"),
        UnknownNameError,
        "loss: expected a known name, got 'categorical_cross_entropy'. Did you mean 'categorical_crossentropy'?",
    ),
    "a metric's name mistyped": (
        lambda m: m.compile("sgd", "mse", metrics=["acuracy"]),
        UnknownNameError,
        "metric: expected a known name, got 'acuracy'. Did you mean 'accuracy'?",
    ),
    "Input in the middle": (
        lambda m: m.add(Input((3,))),
        ArgumentError,
        "Sequential.add: expected Input to come first, got it after "
        "[Dense(4, activation='tanh', input_shape=[3]), Dense(2)].",
    ),
    "a layer's class": (
        lambda m: m.add(Dense),
        ArgumentError,
        "Sequential.add: expected a layer, got <class 'rosenblatt.layers.Dense'>. Did you mean Dense(...)?",
    ),
    "a layer of this model once more": (
        lambda m: m.add(m.layers[0]),
        ArgumentError,
        "Sequential.add: expected a layer of no other model, got Dense(4, activation='tanh', input_shape=[3]), which "
        "has its weights in one. Add layer.copy(), or pop it from the other model first.",
    ),
    "two layers of one name": (
        lambda m: [m.add(Dense(2, name="answer")), m.add(Dense(2, name="answer"))] and None,
        ArgumentError,
        "Sequential: expected every layer to have its own name, got answer twice.",
    ),
    "an initializer that does not fit": (
        lambda m: m.add(Dense(2, kernel_initializer=initializers.Constant([[1, 2, 3]]))),
        ShapeError,
        "",
    ),
}
