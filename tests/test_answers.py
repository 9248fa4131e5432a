"""What a model's inputs and outputs stand for, corner by corner, and that all who show or write answers agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential, answers, losses
from rosenblatt.errors import ModelStateError
from rosenblatt.exchange import onnx_writing
from rosenblatt.exchange.programs.chain import chain_of
from rosenblatt.layers import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    LayerNormalization,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Softmax,
)
from rosenblatt.playground.run import Run

LOGITS = losses.SparseCategoricalCrossentropy(from_logits=True)
LOGIT = losses.BinaryCrossentropy(from_logits=True)
NAMES = {2: ["no", "yes"], 3: ["setosa", "versicolor", "virginica"]}


def model_of(*layers: Any, loss: Any = None, names: list[str] | None = None, shape: tuple[int, ...] = (4,)) -> Any:
    model = Sequential([Input(shape), *layers], seed=1)
    if loss is not None:
        model.compile("sgd", loss)
    model.class_names = names
    return model


def softmax(z: Any) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


def sigmoid(z: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-z))


# --- Outputs -------------------------------------------------------------------------------------

# The last layers, the loss, the names of classes; then how many classes are told apart, whether outputs are logits, and
# whether they are probabilities of classes as they are.
OUTPUTS: dict[str, tuple[list[Any], Any, Any, int, bool, bool]] = {
    "softmax": ([Dense(3, "softmax")], None, None, 3, False, True),
    "softmax that its loss contains": ([Dense(3, "softmax")], "categorical_crossentropy", None, 3, False, True),
    "softmax as a layer": ([Dense(3), Softmax()], None, None, 3, False, True),
    "softmax as an activation layer": ([Dense(3), Activation("softmax")], "mse", None, 3, False, True),
    "softmax before dropout": ([Dense(3, "softmax"), Dropout(0.5), GaussianNoise(0.1)], None, None, 3, False, True),
    "softmax before nothing": ([Dense(3, "softmax"), Activation("linear"), Flatten()], None, None, 3, False, True),
    "softmax that is called logits": ([Dense(3, "softmax")], LOGITS, None, 3, False, True),
    "softmax of a single unit": ([Dense(1, "softmax")], None, None, 0, False, False),
    "softmax that is scaled": ([Dense(3, "softmax"), Rescaling(2.0)], None, None, 0, False, False),
    "softmax before other units": ([Dense(3, "softmax"), Dense(2)], None, None, 0, False, False),
    "log softmax": ([Dense(3, "log_softmax")], None, None, 3, True, False),
    "log softmax and its loss": ([Dense(3, "log_softmax")], LOGITS, None, 3, True, False),
    "one sigmoid": ([Dense(1, "sigmoid")], None, None, 2, False, True),
    "one sigmoid and its loss": ([Dense(1, "sigmoid")], "binary_crossentropy", None, 2, False, True),
    "one sigmoid that is called a logit": ([Dense(1, "sigmoid")], LOGIT, None, 2, False, True),
    "one step": ([Dense(1, "step")], None, None, 2, False, False),
    "one number": ([Dense(1)], "mse", None, 0, False, False),
    "one number with names": ([Dense(1)], "mse", NAMES[2], 2, False, False),
    "one number of a binary loss": ([Dense(1)], "binary_crossentropy", None, 2, False, False),
    "one logit": ([Dense(1)], LOGIT, None, 2, True, False),
    "one logit, by its names": ([Dense(1)], None, NAMES[2], 2, True, False),
    "one tanh with names": ([Dense(1, "tanh")], None, NAMES[2], 2, True, False),
    "one hard sigmoid with names": ([Dense(1, "hard_sigmoid")], None, NAMES[2], 2, False, False),
    "several numbers": ([Dense(3)], "mse", None, 0, False, False),
    "several numbers with names": ([Dense(3)], "mse", NAMES[3], 3, False, False),
    "several numbers of nothing": ([Dense(3)], None, None, 0, False, False),
    "several logits": ([Dense(3)], LOGITS, None, 3, True, False),
    "several logits, by their names": ([Dense(3)], None, NAMES[3], 3, True, False),
    "several logits after a slope": ([Dense(3), PReLU()], None, NAMES[3], 3, True, False),
    "several questions": ([Dense(3, "sigmoid")], "binary_crossentropy", None, 0, False, False),
    "several questions, as logits": ([Dense(3)], LOGIT, None, 0, True, False),
    "several sigmoids with names": ([Dense(3, "sigmoid")], None, NAMES[3], 3, False, False),
    "a margin": ([Dense(1, "tanh")], "hinge", NAMES[2], 2, True, False),
    "a margin for each class": ([Dense(3)], "categorical_hinge", None, 3, True, False),
    "names of other classes": ([Dense(3)], None, NAMES[2], 3, True, False),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_outputs_stand_for(name: str) -> None:
    layers, loss, names, classes, logits, as_they_are = OUTPUTS[name]
    model = model_of(*[layer.copy() for layer in layers], loss=loss, names=names)
    assert answers.is_classifier(model) == (classes > 0)
    if classes:
        assert answers.class_count(model) == classes
    assert answers.gives_logits(model) == logits
    assert answers.gives_probabilities(model) == as_they_are


@pytest.mark.parametrize("names", [None, NAMES[3]])
@pytest.mark.parametrize("last", [[Dense(3, "softmax")], [Dense(3, "softmax"), Flatten()], [Dense(1, "sigmoid")]])
def test_rows_of_several_axes_are_not_answered_by_one_class(last: list[Any], names: Any) -> None:
    model = model_of(*[layer.copy() for layer in last], names=names, shape=(2, 4))
    assert not answers.gives_probabilities(model)
    assert answers.is_classifier(model) == (names is not None and len(model.output_shape) == 1)


def test_a_single_output_speaks_for_two_classes() -> None:
    x = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
    for model in (model_of(Dense(1, "sigmoid")), model_of(Dense(1), loss=LOGIT), model_of(Dense(1), names=NAMES[2])):
        outputs = model.predict(x, verbose=0)
        yes = outputs if model.layers[-1].activation else sigmoid(outputs)
        told = answers.probabilities(model, outputs)
        np.testing.assert_allclose(told, np.concatenate([1 - yes, yes], axis=1), rtol=1e-5)
        np.testing.assert_array_equal(answers.shares(model, outputs), told[:, 1:])
        classes = answers.predicted_classes(model, outputs)
        assert set(classes) == {0, 1}
        np.testing.assert_array_equal(classes, told[:, 1] > 0.5)


def test_logits_become_probabilities() -> None:
    z = np.array([[2.0, 1.0, -1.0], [-1000.0, 0.0, 1000.0]])
    for model in (model_of(Dense(3), loss=LOGITS), model_of(Dense(3), names=NAMES[3])):
        np.testing.assert_allclose(answers.probabilities(model, z)[0], softmax(z[0]))
        np.testing.assert_array_equal(answers.probabilities(model, z)[1], [0.0, 0.0, 1.0])
    questions = model_of(Dense(3), loss=LOGIT)
    np.testing.assert_allclose(answers.shares(questions, z)[0], sigmoid(z[0]))
    margin = model_of(Dense(1, "tanh"), loss="squared_hinge", names=NAMES[2])
    np.testing.assert_array_equal(
        answers.predicted_classes(margin, np.array([[-0.9], [-0.1], [0.1], [0.9]])), [0, 0, 1, 1]
    )
    logarithms = model_of(Dense(3, "log_softmax"))
    np.testing.assert_allclose(answers.probabilities(logarithms, np.log([[0.2, 0.3, 0.5]])), [[0.2, 0.3, 0.5]])


def test_what_is_no_logit_stays_as_it_is() -> None:
    y = np.array([[0.25, 3.0, -1.0]])
    for model in (model_of(Dense(3), loss="mse", names=NAMES[3]), model_of(Dense(3)), model_of(Dense(3, "softmax"))):
        assert answers.shares(model, y) is y
        assert answers.probabilities(model, y) is y
        assert answers.predicted_classes(model, y).tolist() == [1]


def test_of_two_classes_that_are_as_likely_the_first_is_said() -> None:
    assert answers.predicted_classes(model_of(Dense(1, "sigmoid")), np.array([[0.5]])).tolist() == [0]
    assert answers.predicted_classes(model_of(Dense(1), loss=LOGIT), np.array([[0.0], [1e-3]])).tolist() == [0, 1]
    assert answers.predicted_classes(model_of(Dense(2, "softmax")), np.array([[0.5, 0.5]])).tolist() == [0]


def test_classes_without_names_of_their_own_have_numbers() -> None:
    assert answers.class_names(model_of(Dense(3, "softmax"))) == ["0", "1", "2"]
    assert answers.class_names(model_of(Dense(1, "sigmoid"))) == ["0", "1"]
    named = model_of(Dense(3, "softmax"), names=NAMES[3])
    assert answers.class_names(named) == NAMES[3]
    assert answers.class_names(named) is not named.class_names
    assert answers.class_names(model_of(Dense(3, "softmax"), names=NAMES[2])) == ["0", "1", "2"]


def test_the_last_activation_is_the_one_at_work() -> None:
    assert answers.last_activation(model_of(Dense(2, "tanh"), Dropout(0.1))) == "tanh"
    assert answers.last_activation(model_of(Dense(2, "tanh"), Dense(2))) == "linear"
    assert answers.last_activation(model_of(Dense(2, "tanh"), BatchNormalization())) == "linear"
    assert answers.last_activation(model_of(Dense(2), ReLU())) == "relu"
    assert answers.last_activation(model_of(Dropout(0.1))) == "linear"
    assert answers.last_activation(model_of(Dense(3, "tanh"), Flatten(), shape=(1, 4))) == "tanh"
    assert answers.last_activation(model_of(Dense(3, "tanh"), Flatten(), shape=(2, 4))) == "linear"


def test_a_model_that_is_not_built_says_so() -> None:
    with pytest.raises(ModelStateError, match="input shape is not known"):
        answers.is_classifier(Sequential([Dense(1)]))


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_page_and_the_programs_say_the_same(name: str) -> None:
    layers, loss, names, classes, _, as_they_are = OUTPUTS[name]
    model = model_of(*[layer.copy() for layer in layers], loss=loss, names=names)
    assert len(Run(model=model).problem.classes) == classes
    assert chain_of(model).is_classifier == as_they_are


@pytest.mark.parametrize("name", OUTPUTS)
def test_onnx_files_say_the_same(name: str) -> None:
    pytest.importorskip("onnx", reason="needs the extra 'test' (onnx)")
    layers, loss, names, _, _, as_they_are = OUTPUTS[name]
    model = model_of(*[layer.copy() for layer in layers], loss=loss, names=names)
    outputs = [value.name for value in onnx_writing.to_onnx(model).graph.output]
    assert outputs == (["label", "probabilities"] if as_they_are else ["variable"])


# --- Inputs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((28, 28), (28, 28)),
        ((5, 7), (5, 7)),
        ((28, 20, 1), (28, 20)),
        ((32, 32, 3), None),
        ((784,), (28, 28)),
        ((64,), (8, 8)),
        ((36,), None),  # rather the columns of a table
        ((4,), None),
        ((65,), None),
    ],
)
def test_which_inputs_are_pictures(shape: tuple[int, ...], expected: Any) -> None:
    assert answers.picture_shape(model_of(Dense(1), shape=shape)) == expected


BYTES = Normalization(mean=[70.0, 80.0, 0.0, 0.0], variance=[1.0, 1.0, 1.0, 1.0])
SHARES = Normalization(mean=[0.2, 1.0, 0.0, 0.0], variance=[1.0, 1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("layers", "without_rows", "with_rows"),
    [
        ([Rescaling(1 / 255)], 255.0, 255.0),
        ([Flatten(), Dropout(0.1), Rescaling(1 / 16), Dense(2)], 16.0, 16.0),
        ([Rescaling(1 / 127.5, offset=-1.0)], 255.0, 255.0),  # black is -1, white is 1
        ([Rescaling(1 / 255, offset=-0.5)], 255.0, 255.0),
        ([Rescaling(1 / 255, offset=-0.1307)], 255.0, 255.0),  # a mean is taken off
        ([Rescaling(1 / 255, offset=0.1)], 255.0, 255.0),
        ([Rescaling(-1.0)], 1.0, 7.0),  # turned over: it says nothing of where white lies
        ([Rescaling(0.0)], 1.0, 7.0),
        ([Rescaling(0.5), Rescaling(0.25)], 2.0, 2.0),
        ([BYTES], 255.0, 7.0),
        ([SHARES], 1.0, 7.0),
        ([LayerNormalization()], 1.0, 7.0),
        ([Dense(1), Rescaling(100.0)], 1.0, 7.0),  # it scales what is predicted
        ([Dense(1)], 1.0, 7.0),
    ],
)
def test_which_input_is_white(layers: list[Any], without_rows: float, with_rows: float) -> None:
    model = model_of(*[layer.copy() for layer in layers])
    rows = np.array([[0.0, 3.0, 7.0, -9.0]], np.float32)
    assert answers.white(model) == without_rows
    assert answers.white(model, rows) == with_rows
    assert answers.white(model, rows[:0]) == without_rows
    assert answers.white(model, np.zeros((2, 4))) == without_rows
