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
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rosenblatt import Sequential, activations, callbacks, initializers, losses, metrics, optimizers, regularizers
from rosenblatt.callbacks import EarlyStopping, LambdaCallback
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
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error, match=f"(?s)^{re.escape(message)}$") as caught:
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
        "predict: expected rows, an array of shape (rows, 3), got a single row of shape (3,). Give x[None].",
    ),
    "one axis too many": (
        lambda m: m.evaluate(X[:, :, None, None], Y),
        ShapeError,
        f"evaluate: {HIDDEN}: expected inputs of width 3, got an array of shape (8, 3, 1, 1). "
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
        "fit: expected y of shape (8, 2) for mean_squared_error, got (8, 4). Give the last layer 4 units.",
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
    "batch_size of predict": (
        lambda m: m.predict(X, batch_size="x"),
        ArgumentError,
        "predict: expected batch_size to be a whole number of at least 1, got 'x'.",
    ),
    "batch_size of predict with callbacks": (
        lambda m: m.predict(X, batch_size=0, callbacks=[LambdaCallback(on_predict_batch_end=print)]),
        ArgumentError,
        "predict: expected batch_size to be a whole number of at least 1, got 0.",
    ),
    "verbose of predict": (
        lambda m: m.predict(X, verbose="loud"),
        ArgumentError,
        "predict: expected verbose to be 0, 1, 2 or 'auto', got 'loud'.",
    ),
    "return_dict as text": (
        lambda m: m.evaluate(X, Y, verbose=0, return_dict="False"),
        ArgumentError,
        "evaluate: expected return_dict to be True or False, got 'False'.",
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
        "Sequential.add: expected Input to come first, got it after [Dense(4, activation='tanh'), Dense(2)].",
    ),
    "a layer's class": (
        lambda m: m.add(Dense),
        ArgumentError,
        "Sequential.add: expected a layer, got <class 'rosenblatt.layers.Dense'>. Did you mean Dense(...)?",
    ),
    "a layer of this model once more": (
        lambda m: m.add(m.layers[0]),
        ArgumentError,
        "Sequential.add: expected a layer of no other model, got Dense(4, activation='tanh'), which has its "
        "weights in one. Add layer.copy(), or pop it from the other model first.",
    ),
    "an initializer that does not fit": (
        lambda m: m.add(Dense(2, kernel_initializer=initializers.Constant([[1, 2, 3]]))),
        ShapeError,
        "Constant: expected values that fit the shape (2, 2), got shape (1, 3). "
        "Give one number, or as many as the array has.",
    ),
    "a layer for other columns": (
        lambda m: m.add(Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 1.0, 1.0])),
        ShapeError,
        "Normalization: expected figures of shape (2,), got (3,). "
        "Adapt the layer to data with as many columns as the model has.",
    ),
    "more than fits into memory": (
        lambda m: m.add(Dense(10**16)),
        ArgumentError,
        "Sequential: expected layers that fit into memory, got 3e+16 numbers. Make them smaller.",
    ),
}


@pytest.mark.parametrize("mistake", [*SHAPES, *VALUES, *ARGUMENTS])
def test_a_mistake_is_told_and_changes_nothing(mistake: str) -> None:
    call, error, message = (SHAPES | VALUES | ARGUMENTS)[mistake]
    model = network()
    model.fit(X, Y, verbose=0)
    before, layers, history = everything(model), list(model.layers), model.history
    check(lambda: call(model), error, message)
    assert everything(model) == before
    assert model.layers == layers
    assert model.history is history
    model.fit(X, Y, verbose=0)
    assert everything(model) != before


# --- Targets and losses -----------------------------------------------------------------------------------------------


def test_a_label_beyond_the_units() -> None:
    check(
        lambda: classifier().fit(X, np.array([0, 1, 0, 2, 0, 1, 0, 1]), verbose=0),
        DataError,
        "fit: expected class indices from 0 to 1 for 2 output units, got 2 at y[3]. "
        "Number the classes from 0, or give the last layer more units.",
    )


def test_a_negative_label() -> None:
    check(
        lambda: classifier().fit(X, LABELS * -1.0, verbose=0),
        DataError,
        "fit: expected class indices from 0 to 1 for 2 output units, got -1.0 at y[1]. "
        "Number the classes from 0, or give the last layer more units.",
    )


def test_a_label_that_is_a_fraction() -> None:
    check(
        lambda: classifier().fit(X, LABELS * 0.5, verbose=0),
        DataError,
        "fit: expected whole numbers as class indices, got 0.5 at y[1]. "
        "For a target that is measured, not chosen, use loss='mean_squared_error'.",
    )


def test_one_hot_rows_for_the_sparse_loss() -> None:
    check(
        lambda: classifier().fit(X, ONE_HOT, verbose=0),
        DataError,
        "fit: expected class indices of shape (8,) for sparse_categorical_crossentropy, got rows of shape (8, 2), as "
        "one-hot rows have. Use loss='categorical_crossentropy', or y.argmax(axis=-1).",
    )


def test_labels_for_the_loss_of_one_hot_rows() -> None:
    check(
        lambda: classifier("categorical_crossentropy").fit(X, LABELS, verbose=0),
        DataError,
        "fit: expected one-hot rows of shape (8, 2) for categorical_crossentropy, got class indices of shape (8,). "
        "Use loss='sparse_categorical_crossentropy', or utils.to_categorical(y, 2).",
    )


def test_a_loss_over_classes_for_one_unit() -> None:
    check(
        lambda: network("sparse_categorical_crossentropy", 1, "sigmoid").fit(X, LABELS, verbose=0),
        ShapeError,
        "fit: expected an output unit for each class, at least 2, for sparse_categorical_crossentropy, got 1. "
        "For two classes use loss='binary_crossentropy' with a sigmoid unit.",
    )


def test_targets_that_are_no_probabilities() -> None:
    check(
        lambda: network("binary_crossentropy", 1, "sigmoid").fit(X, LABELS * 3, verbose=0),
        DataError,
        "fit: expected targets from 0 to 1 for binary_crossentropy, got 3 at y[1]. For class indices use "
        "loss='sparse_categorical_crossentropy', for -1 and 1 loss='hinge', for numbers 'mean_squared_error'.",
    )


def test_a_metric_that_does_not_fit_is_found_before_anything_is_trained() -> None:
    model = network(metrics=["mae", "sparse_categorical_accuracy"])
    before = everything(model)
    for _ in range(2):  # the second time, too
        check(
            lambda: model.fit(X, Y, verbose=0),
            ShapeError,
            "metric 'sparse_categorical_accuracy': expected labels (n,) and outputs (n, classes), got (8, 2) and "
            "(8, 2). One-hot targets need the metric without 'sparse'.",
        )
    assert everything(model) == before


def wrong_by_two(y_true: np.ndarray, y_pred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    error = y_pred - y_true
    return (error**2).sum(axis=-1), 4 * error


@pytest.mark.parametrize("train", ["fit", "train_on_batch", "batches"])
def test_an_own_loss_with_a_wrong_gradient_is_found_before_anything_is_trained(train: str) -> None:
    model = network(wrong_by_two)
    before = everything(model)
    calls: dict[str, Callable[[], object]] = {
        "fit": lambda: model.fit(X, Y, verbose=0),
        "train_on_batch": lambda: model.train_on_batch(X, Y),
        "batches": lambda: model.fit([(X, Y)], verbose=0),
    }
    with pytest.raises(
        ArgumentError, match=r"^loss 'wrong_by_two': expected the derivative .* got .* from its gradient\."
    ):
        calls[train]()
    assert everything(model) == before


def test_an_own_loss_without_a_gradient() -> None:
    def only_value(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return ((y_pred - y_true) ** 2).sum(axis=-1)

    check(
        lambda: network(only_value).fit(X, Y, verbose=0),
        ArgumentError,
        "loss 'only_value': expected the function to return (values, gradient), got ndarray. "
        "Return the derivative of each row's value with respect to y_pred as well.",
    )


# --- Weights of classes -----------------------------------------------------------------------------------------------

CLASS_WEIGHTS: dict[str, tuple[Any, str]] = {
    "a list": (
        [1.0, 2.0],
        "fit: expected class_weight to be a dict such as {0: 1.0, 1: 5.0}, got list. Name each class by its number.",
    ),
    "names": ({"cat": 1.0}, "fit: expected the classes in class_weight to be whole numbers from 0 to 1, got 'cat'."),
    "a class too many": ({2: 1.0}, "fit: expected the classes in class_weight to be whole numbers from 0 to 1, got 2."),
    "a negative class": ({-1: 1}, "fit: expected the classes in class_weight to be whole numbers from 0 to 1, got -1."),
    "half a class": ({0.5: 1}, "fit: expected the classes in class_weight to be whole numbers from 0 to 1, got 0.5."),
    "True": ({True: 1.0}, "fit: expected the classes in class_weight to be whole numbers from 0 to 1, got True."),
    "text": ({0: "heavy"}, "fit: expected the weight of class 0 to be a number of at least 0, got 'heavy'."),
    "NaN": ({1: np.nan}, "fit: expected the weight of class 1 to be a number of at least 0, got nan."),
    "a negative weight": ({1: -2.0}, "fit: expected the weight of class 1 to be a number of at least 0, got -2.0."),
}


@pytest.mark.parametrize("mistake", CLASS_WEIGHTS)
def test_a_wrong_weight_of_a_class(mistake: str) -> None:
    class_weight, message = CLASS_WEIGHTS[mistake]
    check(lambda: classifier().fit(X, LABELS, class_weight=class_weight, verbose=0), ArgumentError, message)


def test_weights_of_classes_where_there_are_none() -> None:
    check(
        lambda: network(units=1).fit(X, np.arange(8) / 4, class_weight={0: 1.0}, verbose=0),
        DataError,
        "fit: expected targets that are class numbers from 0 up with class_weight, got 0.25. "
        "Give sample_weight instead.",
    )


def test_a_class_number_of_any_size_costs_no_memory() -> None:
    network(units=1).fit(X, np.full(8, 1e9), class_weight={10**15: 2.0}, verbose=0)


# --- Calls that come too early ----------------------------------------------------------------------------------------

NOT_COMPILED = "Sequential: expected a compiled model, got one that is not. Call compile(optimizer=, loss=) first."
NOT_BUILT = (
    "Sequential: expected a built model, got one whose input shape is not known yet. "
    "Give the first layer input_shape=, call build(input_shape), or fit first."
)
TOO_EARLY: dict[str, tuple[Callable[[Sequential], object], str]] = {
    "fit": (lambda m: m.fit(X, Y), NOT_COMPILED),
    "evaluate": (lambda m: m.evaluate(X, Y), NOT_COMPILED),
    "train_on_batch": (lambda m: m.train_on_batch(X, Y), NOT_COMPILED),
    "test_on_batch": (lambda m: m.test_on_batch(X, Y), NOT_COMPILED),
    "gradients": (lambda m: m.gradients(X, Y), NOT_COMPILED),
    "weights": (lambda m: m.weights, NOT_BUILT),
    "get_weights": (lambda m: m.get_weights(), NOT_BUILT),
    "set_weights": (lambda m: m.set_weights([]), NOT_BUILT),
    "count_params": (lambda m: m.count_params(), NOT_BUILT),
    "output_shape": (lambda m: m.output_shape, NOT_BUILT),
    "save": (lambda m: m.save("model.safetensors"), NOT_BUILT),
    "load_weights": (lambda m: m.load_weights("model.safetensors"), NOT_BUILT),
    "a layer's weights": (
        lambda m: m.layers[0].kernel,
        "Dense: expected a layer in a built model, got one whose input shape is not known yet. "
        "Give the first layer input_shape=, or call model.build(input_shape) or fit first.",
    ),
}


@pytest.mark.parametrize("call", TOO_EARLY)
def test_a_call_that_comes_too_early(call: str) -> None:
    model = Sequential([Dense(2)])
    too_early, message = TOO_EARLY[call]
    check(lambda: too_early(model), ModelStateError, message)
    assert not model.built


@pytest.mark.parametrize("call", [lambda m: m.predict(X), lambda m: m.build((3,))], ids=["predict", "build"])
def test_a_model_without_layers(call: Callable[[Sequential], object]) -> None:
    check(
        lambda: call(Sequential()),
        ModelStateError,
        "Sequential: expected at least one layer, got none. Add layers first.",
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.fit(X.T, Y),  # turned by mistake
        lambda m: m.fit(np.ones((8, 5)), Y[:, :1]),
        lambda m: m.fit(np.ones((8, 5)), np.full((8, 2), np.nan)),
        lambda m: m.fit(np.ones((8, 5)), Y, sample_weight=[1]),
        lambda m: m.predict(np.full((8, 5), np.nan)),
    ],
)
def test_a_model_is_not_built_by_data_that_are_wrong(call: Callable[[Sequential], object]) -> None:
    model = Sequential([Dense(2)], seed=1)
    model.compile("sgd", "mse")
    with pytest.raises((ShapeError, DataError), match="expected"):
        call(model)
    assert not model.built
    model.fit(X, Y, verbose=0)
    twin = Sequential([Dense(2)], seed=1)
    twin.compile("sgd", "mse")
    twin.fit(X, Y, verbose=0)
    assert everything(model) == everything(twin)


def test_a_layer_stands_in_one_model_only_built_or_not() -> None:
    layer = Dense(2)
    Sequential([layer])
    check(
        lambda: Sequential([layer]),
        ArgumentError,
        "Sequential.add: expected a layer of no other model, got Dense(2), which has its weights in one. "
        "Add layer.copy(), or pop it from the other model first.",
    )


def test_two_layers_of_one_name() -> None:
    check(
        lambda: Sequential([Dense(2, name="answer"), Dense(2, name="answer")]),
        ArgumentError,
        "Sequential: expected every layer to have its own name, got answer twice.",
    )


# --- Batches ----------------------------------------------------------------------------------------------------------


def stream(*batches: Any) -> Iterator[Any]:
    yield from batches


STREAMS: dict[str, tuple[Callable[[Sequential], object], type[RosenblattError], str]] = {
    "an empty list": (
        lambda m: m.fit(stream(), verbose=0),
        DataError,
        "fit: expected at least one batch, got none from generator. Check the data.",
    ),
    "NaN in the first batch": (
        lambda m: m.fit([(with_cell(X, 1, 2, np.nan), Y)], verbose=0),
        DataError,
        "fit, batch 1: expected finite numbers in x, got nan in row 1, column 2 (1 row in all). "
        "Remove these rows or fill in the missing values.",
    ),
    "NaN in a later batch": (
        lambda m: m.fit([(X, Y), (X, Y), (X, with_cell(Y, 4, 1, np.inf))], verbose=0),
        DataError,
        "fit, batch 3: expected finite numbers in y, got inf in row 4, column 1 (1 row in all). "
        "Remove these rows or fill in the missing values.",
    ),
    "another width in a later batch": (
        lambda m: m.fit([(X, Y), (X[:, :2], Y)], verbose=0),
        ShapeError,
        f"fit, batch 2: {HIDDEN}: expected inputs of width 3, got an array of shape (8, 2). "
        "Check the columns of x or the layer's input_shape.",
    ),
    "a later batch without targets": (
        lambda m: m.fit(stream((X, Y), (X,)), verbose=0),
        DataError,
        "fit, batch 2: expected batches (x, y) or (x, y, sample_weight), got tuple.",
    ),
    "None between batches": (
        lambda m: m.fit(stream((X, Y), None, (X, Y)), verbose=0),
        DataError,
        "fit, batch 2: expected batches (x, y) or (x, y, sample_weight), got NoneType.",
    ),
    "a generator that is read only once": (
        lambda m: m.fit(stream((X, Y), (X, Y)), epochs=2, verbose=0),
        DataError,
        "fit: expected at least one batch an epoch from generator, got 0. A generator can be read only once: pass "
        "something that can be iterated again, or steps_per_epoch= for an endless one.",
    ),
    "a generator that ends early": (
        lambda m: m.fit(stream((X, Y), (X, Y), (X, Y)), epochs=2, steps_per_epoch=2, verbose=0),
        DataError,
        "fit: expected 2 batches an epoch from generator, got 1. A generator can be read only once: pass "
        "something that can be iterated again, or steps_per_epoch= for an endless one.",
    ),
    "NaN in a later batch of the evaluation": (
        lambda m: m.evaluate([(X, Y), (with_cell(X, 0, 0, np.nan), Y)], verbose=0),
        DataError,
        "evaluate, batch 2: expected finite numbers in x, got nan in row 0, column 0 (1 row in all). "
        "Remove these rows or fill in the missing values.",
    ),
    "nothing to predict from": (
        lambda m: m.predict(stream()),
        DataError,
        "predict: expected at least one batch, got none from generator.",
    ),
}


@pytest.mark.parametrize("mistake", STREAMS)
def test_a_mistake_among_batches_is_told_with_the_batch(mistake: str) -> None:
    model = network()
    call, error, message = STREAMS[mistake]
    check(lambda: call(model), error, message)
    model.fit(X, Y, verbose=0)
    assert all(np.isfinite(array).all() for array in model.get_weights())


def test_a_row_that_is_wrong_is_found_in_a_memory_map(tmp_path: Path) -> None:
    path = tmp_path / "rows.npy"
    rows = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(20_000, 3))
    rows[17_123, 1] = np.nan
    rows[19_999, 0] = np.inf
    rows.flush()
    check(
        lambda: network().fit(np.load(path, mmap_mode="r"), np.zeros((20_000, 2)), verbose=0),
        DataError,
        "fit: expected finite numbers in x, got nan in row 17123, column 1 (2 rows in all). "
        "Remove these rows or fill in the missing values.",
    )


# --- Tables of pandas -------------------------------------------------------------------------------------------------


def test_columns_of_text_are_named() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"age": [1.5] * 8, "city": pandas.Categorical(["Seoul"] * 8), "day": ["2020-01-01"] * 8})
    table["day"] = pandas.to_datetime(table["day"])
    with pytest.raises(
        DataError,
        match=rf"^fit: expected numbers in every column of x, got city \(category\), day \(datetime64\[\w+\]\)\. "
        rf"{re.escape(NUMBER_TEXT)}$",
    ):
        network().fit(table, Y)


def test_missing_values_of_pandas_are_found() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [1.0] * 8, "b": [1.0, None] * 4, "c": [1.0] * 8})
    check(
        lambda: network().fit(table, Y),
        DataError,
        "fit: expected finite numbers in x, got nan in row 1, column 1 (4 rows in all). "
        "Remove these rows or fill in the missing values.",
    )


# --- What things are made with ----------------------------------------------------------------------------------------

MADE: dict[str, tuple[Callable[[], object], type[RosenblattError], str]] = {
    "units 0": (lambda: Dense(0), ArgumentError, "Dense: expected units to be a whole number of at least 1, got 0."),
    "units True": (
        lambda: Dense(True),
        ArgumentError,
        "Dense: expected units to be a whole number of at least 1, got True.",
    ),
    "units as text": (
        lambda: Dense("8"),
        ArgumentError,
        "Dense: expected units to be a whole number of at least 1, got '8'.",
    ),
    "units of a fraction": (
        lambda: Dense(8.0),
        ArgumentError,
        "Dense: expected units to be a whole number of at least 1, got 8.0.",
    ),
    "an activation mistyped": (
        lambda: Dense(2, activation="sigmoyd"),
        UnknownNameError,
        "activation: expected a known name, got 'sigmoyd'. Did you mean 'sigmoid'?",
    ),
    "an initializer mistyped": (
        lambda: Dense(2, kernel_initializer="glorot"),
        UnknownNameError,
        "initializer: expected a known name, got 'glorot'. Did you mean 'glorot_normal'?",
    ),
    "a regularizer mistyped": (
        lambda: Dense(2, kernel_regularizer="l3"),
        UnknownNameError,
        "regularizer: expected a known name, got 'l3'. Did you mean 'l2'?",
    ),
    "a layer mistyped": (
        lambda: Sequential.from_config({**Sequential().get_config(), "layers": [{"class_name": "Dence"}]}),
        UnknownNameError,
        "load_model: expected a known name, got 'Dence'. Did you mean 'Dense'?",
    ),
    "an activation that is a number": (
        lambda: Dense(2, activation=3),
        ArgumentError,
        f"activation: expected a name or a function of rosenblatt.activations, got 3. "
        f"Known names: {', '.join(activations.FUNCTIONS)}.",
    ),
    "a flag as text": (
        lambda: Dense(2, use_bias="no"),
        ArgumentError,
        "Dense: expected use_bias to be True or False, got 'no'.",
    ),
    "a name that is none": (
        lambda: Dense(2, name=5),
        ArgumentError,
        "Dense: expected name to be a text without '/', got 5.",
    ),
    "a name that is a path": (
        lambda: Dense(2, name="../../etc"),
        ArgumentError,
        "Dense: expected name to be a text without '/', got '../../etc'.",
    ),
    "an input shape with the batch": (
        lambda: Dense(2, input_shape=(None, 3)),
        ArgumentError,
        "Dense: expected input_shape to be the shape of one row, such as (784,), got (None, 3). "
        "Leave the batch size out.",
    ),
    "an input shape of 0": (
        lambda: Input(0),
        ArgumentError,
        "Input: expected input_shape to be the shape of one row, such as (784,), got 0. Leave the batch size out.",
    ),
    "a share that drops all": (
        lambda: Dropout(1.0),
        ArgumentError,
        "Dropout: expected rate to be a number of at least 0 and below 1, got 1.0.",
    ),
    "a seed as text": (
        lambda: Dropout(0.5, seed="1"),
        ArgumentError,
        "Dropout: expected seed to be a whole number of at least 0, got '1'.",
    ),
    "negative noise": (
        lambda: GaussianNoise(-1),
        ArgumentError,
        "GaussianNoise: expected stddev to be a number of at least 0, got -1.",
    ),
    "a scale as text": (
        lambda: Rescaling("1/255"),
        ArgumentError,
        "Rescaling: expected scale to be a finite number, got '1/255'.",
    ),
    "alpha None": (lambda: ELU(None), ArgumentError, "ELU: expected alpha to be a finite number, got None."),
    "a momentum above 1": (
        lambda: BatchNormalization(momentum=5),
        ArgumentError,
        "BatchNormalization: expected momentum to be a number of at least 0 and at most 1, got 5.",
    ),
    "NaN to adapt to": (
        lambda: Normalization().adapt([[1.0, np.nan]]),
        DataError,
        "Normalization.adapt: expected finite numbers in data, got nan in row 0, column 1 (1 row in all). "
        "Remove these rows or fill in the missing values.",
    ),
    "a negative variance": (
        lambda: Normalization(mean=0.0, variance=-1.0),
        ArgumentError,
        "Normalization: expected variance of at least 0, got -1.0.",
    ),
    "a learning rate of 0": (
        lambda: optimizers.SGD(0),
        ArgumentError,
        "SGD: expected learning_rate to be a number above 0, got 0.",
    ),
    "a negative learning rate": (
        lambda: optimizers.Adam(-0.1),
        ArgumentError,
        "Adam: expected learning_rate to be a number above 0, got -0.1.",
    ),
    "a learning rate as text": (
        lambda: optimizers.RMSprop("fast"),
        ArgumentError,
        "RMSprop: expected learning_rate to be a number above 0, got 'fast'.",
    ),
    "a flag of an optimizer as text": (
        lambda: optimizers.SGD(nesterov="False"),
        ArgumentError,
        "SGD: expected nesterov to be True or False, got 'False'.",
    ),
    "a schedule of 0 steps": (
        lambda: ExponentialDecay(0.1, decay_steps=0, decay_rate=0.5),
        ArgumentError,
        "ExponentialDecay: expected decay_steps to be a number above 0, got 0.",
    ),
    "boundaries that are no list": (
        lambda: optimizers.schedules.PiecewiseConstantDecay(5, [0.1, 0.2]),
        ArgumentError,
        "PiecewiseConstant: expected boundaries to be a list of numbers, got 5.",
    ),
    "a factor as text": (
        lambda: regularizers.L2("strong"),
        ArgumentError,
        "L2: expected l2 to be a number of at least 0, got 'strong'.",
    ),
    "a start that is text": (
        lambda: initializers.Constant("one"),
        DataError,
        f"Constant: expected numbers in value, got text. {NUMBER_TEXT}",
    ),
    "logits as text": (
        lambda: losses.BinaryCrossentropy(from_logits="False"),
        ArgumentError,
        "BinaryCrossentropy: expected from_logits to be True or False, got 'False'.",
    ),
    "a reduction mistyped": (
        lambda: losses.Huber(reduction="summ"),
        UnknownNameError,
        "Huber reduction: expected a known name, got 'summ'. Did you mean 'sum'?",
    ),
    "the largest k of 0": (
        lambda: metrics.TopKCategoricalAccuracy(k=0),
        ArgumentError,
        "TopKCategoricalAccuracy: expected k to be a whole number of at least 1, got 0.",
    ),
    "a table beyond memory": (
        lambda: metrics.ConfusionMatrix(num_classes=10**9),
        ArgumentError,
        "ConfusionMatrix: expected num_classes to be a whole number of at least 2 and at most 10000, got 1000000000.",
    ),
    "a model's dtype": (
        lambda: Sequential(dtype="float16"),
        ArgumentError,
        "Sequential: expected dtype to be 'float32' or 'float64', got 'float16'.",
    ),
    "a model's seed": (
        lambda: Sequential(seed=-1),
        ArgumentError,
        "Sequential: expected seed to be a whole number of at least 0, got -1.",
    ),
    "layers that are a number": (
        lambda: Sequential(3),
        ArgumentError,
        "Sequential: expected layers in a list, got 3. See rosenblatt.layers.",
    ),
    "a layer that is a name": (
        lambda: Sequential(["dense"]),
        ArgumentError,
        "Sequential.add: expected a layer, got 'dense'. See rosenblatt.layers.",
    ),
}


@pytest.mark.parametrize("mistake", MADE)
def test_a_mistake_is_told_where_it_is_made(mistake: str) -> None:
    check(*MADE[mistake])


# --- Anything at all --------------------------------------------------------------------------------------------------

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**20),
    st.floats(),
    st.text(max_size=3),
    st.binary(max_size=3),
    st.just(object()),
    st.just(int),
    st.just(len),
    st.lists(st.one_of(st.integers(-2, 3), st.floats(), st.text(max_size=2), st.none()), max_size=4),
    st.lists(st.lists(st.integers(-2, 3), max_size=3), max_size=3),
    st.dictionaries(st.one_of(st.integers(-2, 3), st.text(max_size=2)), st.integers(), max_size=2),
    st.sampled_from(
        [
            np.array("text"),
            np.zeros(()),
            np.zeros((0, 3)),
            np.zeros((8, 3), "datetime64[D]"),
            np.zeros(8, [("a", "f4")]),
            np.full((8, 3), None),
            np.full((8, 3), 1e200),
            np.full((8, 3), -np.inf),
            np.ones((8, 3), complex),
            np.ones((2, 2, 2, 2)),
            np.arange(8),
            np.ones((8, 2)),
        ]
    ),
)
ARGUMENTS_OF_FIT = (
    *("batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data", "shuffle", "class_weight"),
    *("sample_weight", "initial_epoch", "steps_per_epoch", "validation_batch_size", "validation_freq", "x", "y"),
)
MAKERS: dict[str, Callable[[Any], object]] = {
    "predict": lambda value: network().predict(value),
    "predict batch_size": lambda value: network().predict(X, value),
    "EarlyStopping": lambda value: callbacks.EarlyStopping(patience=value),
    "baseline": lambda value: callbacks.EarlyStopping(baseline=value),
    "ModelCheckpoint": lambda value: callbacks.ModelCheckpoint(value, save_freq=value),
    "save_freq": lambda value: callbacks.ModelCheckpoint("a.keras", save_freq=value),
    "ReduceLROnPlateau": lambda value: callbacks.ReduceLROnPlateau(value, factor=value),
    "CSVLogger": lambda value: callbacks.CSVLogger("a.csv", value),
    "evaluate": lambda value: network().evaluate(value, verbose=0),
    "evaluate y": lambda value: classifier().evaluate(X, value, verbose=0),
    "train_on_batch": lambda value: network().train_on_batch(X, Y, sample_weight=value),
    "test_on_batch": lambda value: network().test_on_batch(value, Y),
    "set_weights": lambda value: network().set_weights(value),
    "set_weights of a layer": lambda value: network().layers[0].set_weights([value, value]),
    "get_layer": lambda value: network().get_layer(value),
    "get_layer index": lambda value: network().get_layer(index=value),
    "build": lambda value: Sequential([Flatten(), Dense(1)]).build(value),
    "Sequential": lambda value: Sequential(value),
    "add": lambda value: network().add(value),
    "name": lambda value: Sequential(name=value),
    "seed": lambda value: Sequential(seed=value),
    "dtype": lambda value: Sequential(dtype=value),
    "optimizer": lambda value: network().compile(value, "mse"),
    "loss": lambda value: network().compile("sgd", value),
    "metrics": lambda value: network().compile("sgd", "mse", metrics=value),
    "units": lambda value: Sequential([Input(3), Dense(value)]),
    "input_shape": lambda value: Flatten(input_shape=value),
    "activation": lambda value: Dense(2, activation=value),
    "kernel_initializer": lambda value: Dense(2, kernel_initializer=value),
    "constant": lambda value: Sequential([Input(3), Dense(2, kernel_initializer=initializers.Constant(value))]),
    "bias_regularizer": lambda value: Dense(2, bias_regularizer=value),
    "trainable": lambda value: Dense(2, trainable=value),
    "layer name": lambda value: Dense(2, name=value),
    "relu": lambda value: ReLU(value),
    "layer normalization": lambda value: LayerNormalization(center=value),
    "adapt": lambda value: Normalization().adapt(value),
    "mean": lambda value: Sequential([Input(3), Normalization(mean=value, variance=value)]),
    "learning_rate": lambda value: optimizers.Lion(value),
    "thresholds": lambda value: metrics.Precision(value),
    "alpha": lambda value: losses.CategoricalFocalCrossentropy(value),
}


def ours(call: Callable[[], object]) -> None:
    """A call works or raises an error of ours, in our words; NumPy's do not come out, nor its warnings."""
    message = "who: expected this, got that."
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message="overflow encountered")  # of numbers such as 1e200
        try:
            call()
        except RosenblattError as error:
            message = str(error)
    assert TEMPLATE.match(message), message


@pytest.mark.parametrize("argument", ARGUMENTS_OF_FIT)
@given(value=ANYTHING)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_handed_to_fit_no_error_but_ours_comes_out(argument: str, value: Any) -> None:
    assume(argument != "epochs" or not isinstance(value, int) or value < 4)  # a long training is no mistake
    ours(lambda: network().fit(**{"x": X, "y": Y, "verbose": 0, argument: value}))


@pytest.mark.parametrize("name", MAKERS)
@given(value=ANYTHING)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_handed_over_no_error_but_ours_comes_out(name: str, value: Any) -> None:
    ours(lambda: MAKERS[name](value))
