"""Sequential: putting a model together, compiling it, and using it."""

from __future__ import annotations

import copy
import pickle
import re
import warnings
from html.parser import HTMLParser
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rosenblatt import Input, Sequential, losses, metrics, optimizers, utils
from rosenblatt.callbacks import LambdaCallback
from rosenblatt.errors import (
    ArgumentError,
    DataError,
    ModelStateError,
    ShapeError,
    UnknownNameError,
    UnlikelyLossWarning,
)
from rosenblatt.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LayerNormalization,
    Normalization,
    PReLU,
)
from rosenblatt.regularizers import L2

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 4))
LABELS = RNG.integers(0, 3, 12)
NUMBERS = RNG.normal(size=(12, 3))


def classifier(*hidden: Layer, **config: Any) -> Sequential:
    compiled = {"optimizer": "sgd", "loss": "sparse_categorical_crossentropy", "metrics": config.pop("metrics", None)}
    model = Sequential([*hidden, Dense(3, "softmax")], **({"seed": 1} | config))
    model.compile(**compiled)
    return model


# --- Putting a model together ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        Sequential([Dense(5, input_shape=(4,)), Dense(3)]),
        Sequential([Input((4,)), Dense(5), Dense(3)]),
        Sequential((Input(shape=(4,)), Dense(5), Dense(3))),
        Sequential(layer for layer in (Dense(5, input_dim=4), Dense(3))),
    ],
)
def test_a_model_whose_input_shape_is_known_has_weights_at_once(model: Sequential) -> None:
    assert model.built
    assert (model.input_shape, model.output_shape) == ((4,), (3,))
    assert [weight.shape for weight in model.get_weights()] == [(4, 5), (5,), (5, 3), (3,)]
    assert list(model.weights) == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]
    assert model.count_params() == 43


def test_a_model_grows_layer_by_layer_and_keeps_its_weights() -> None:
    model = Sequential()
    model.add(Input((4,)))
    model.add(Dense(5))
    first = model.get_weights()
    model.add(Dense(3))
    assert [layer.name for layer in model.layers] == ["dense", "dense_1"]
    assert all(np.array_equal(a, b) for a, b in zip(first, model.get_weights()[:2], strict=True))


def test_a_single_layer_is_a_model_too() -> None:
    assert Sequential(Dense(1, input_shape=(3,))).count_params() == 4


@pytest.mark.parametrize("build", ["fit", "predict", "build", "build with batch size", "train_on_batch", "evaluate"])
def test_without_an_input_shape_a_model_is_built_on_its_first_data(build: str) -> None:
    model = classifier(Dense(5))
    assert not model.built
    assert model.input_shape is None
    for early in (model.get_weights, model.count_params, lambda: model.state, lambda: model.weights):
        with pytest.raises(ModelStateError, match="expected a built model, got one whose input shape is not known yet"):
            early()
    {
        "fit": lambda: model.fit(X, LABELS, verbose=0),
        "predict": lambda: model.predict(X),
        "build": lambda: model.build((4,)),
        "build with batch size": lambda: model.build((None, 4)),
        "train_on_batch": lambda: model.train_on_batch(X, LABELS),
        "evaluate": lambda: model.evaluate(X, LABELS, verbose=0),
    }[build]()
    assert model.built
    assert model.input_shape == (4,)
    assert model.count_params() == 43


def test_building_early_or_late_gives_the_same_weights() -> None:
    late = Sequential([Dense(5), Dense(3)], seed=7)
    late.predict(X)
    early = Sequential([Dense(5, input_shape=(4,)), Dense(3)], seed=7)
    assert all(np.array_equal(a, b) for a, b in zip(late.get_weights(), early.get_weights(), strict=True))


def test_a_single_column_may_come_as_a_vector() -> None:
    model = Sequential([Dense(1)])
    model.compile(loss="mse")
    model.fit(X[:, 0], LABELS, verbose=0)
    assert model.input_shape == (1,)
    assert model.predict([1.0, 2.0]).shape == (2, 1)


@pytest.mark.parametrize(
    ("shape", "given"), [((3, 2, 1), (5, 3, 2)), ((3, 2), (5, 3, 2, 1)), ((1,), (5,)), ((4,), (5, 4, 1))]
)
def test_a_last_axis_of_one_number_may_be_there_or_not(shape: Any, given: Any) -> None:
    x = np.random.default_rng(0).normal(size=given).astype(np.float32)
    model = Sequential([Input(shape), Flatten(), Dense(2)], seed=1)
    np.testing.assert_array_equal(model.predict(x, verbose=0), model.predict(x.reshape(5, *shape), verbose=0))


def test_callbacks_look_on_in_prediction():
    model, seen = Sequential([Dense(1, input_shape=(4,))], seed=1), []
    begin_and_end = LambdaCallback(on_predict_begin=lambda logs: seen.append("begin"), on_predict_end=seen.append)
    np.testing.assert_array_equal(model.predict(X, callbacks=begin_and_end), model.predict(X))
    assert seen == ["begin", {}]


@pytest.mark.parametrize("given", ["rows", "batches"])
def test_callbacks_that_ask_for_batches_of_a_prediction_get_them(given):
    model, seen = Sequential([Dense(1, input_shape=(4,))], seed=1), []
    rows = X if given == "rows" else (X[start : start + 5] for start in range(0, len(X), 5))
    note = LambdaCallback(on_predict_batch_end=lambda batch, logs: seen.append((batch, len(logs["outputs"]))))
    np.testing.assert_allclose(model.predict(rows, batch_size=5, callbacks=note), model.predict(X), rtol=1e-6)
    assert seen == [(0, 5), (1, 5), (2, 2)]


def test_a_model_is_not_built_again_for_other_rows():
    model = Sequential([Dense(1, input_shape=(4,))], seed=1)
    with pytest.raises(ArgumentError, match=r"build: expected rows of shape \(4,\), as the model has them, got \(3,\)"):
        model.build((3,))
    model.build((None, 4))


def test_a_batch_may_be_larger_than_the_data():
    large, whole = (classifier(seed=1) for _ in range(2))
    histories = [model.fit(X, LABELS, batch_size=size, verbose=0) for model, size in ((large, 2**70), (whole, 12))]
    assert histories[0].history == histories[1].history


def test_starts_that_do_not_fit_into_memory_are_told():
    def start(numbers, rng, dtype):
        raise MemoryError

    layer = Dense(3, input_shape=(4,))
    layer.start = start
    with pytest.raises(ArgumentError, match="expected layers that fit into memory, got 15 numbers"):
        Sequential([layer])


def test_layers_change_by_add_and_pop_alone():
    model = Sequential([Dense(1, input_shape=(2,))])
    model.layers.append(Dense(2))
    assert len(model.layers) == 1
    with pytest.raises(AttributeError, match="layers"):
        model.layers = [Dense(2)]


def test_pop_removes_the_last_layer_and_adding_goes_on() -> None:
    model = classifier(Dense(5, input_shape=(4,)))
    kept = model.get_weights()[:2]
    assert repr(model.pop()) == "Dense(3, activation='softmax')"
    assert model.output_shape == (5,)
    model.add(Dense(3, "softmax"))
    assert all(np.array_equal(a, b) for a, b in zip(kept, model.get_weights()[:2], strict=True))
    model.fit(X, LABELS, verbose=0)
    assert model.state.step == 1
    with pytest.raises(ModelStateError, match=r"Sequential.pop: expected at least one layer, got none"):
        Sequential().pop()


def test_changing_the_layers_restarts_the_optimizer() -> None:
    model = Sequential([Dense(5, input_shape=(4,))])
    model.compile(optimizer="adam", loss="mse")
    model.fit(X, RNG.normal(size=(12, 5)), verbose=0)
    model.add(Dense(3))
    assert model.state.step == model.optimizer.iterations == 0
    assert {slot.size for slot in model.state.slots.values()} == {model.count_params()}
    assert not model.state.slots["momentum"].any()


def test_a_layer_is_found_by_name_and_by_place() -> None:
    model = Sequential([Dense(5, name="hidden"), Dense(3)])
    assert model.get_layer("hidden") is model.get_layer(index=0) is model.layers[0]
    assert model.get_layer("dense") is model.get_layer(index=-1) is model.layers[1]
    with pytest.raises(ArgumentError, match="expected one of hidden, dense, got 'hiden'"):
        model.get_layer("hiden")
    with pytest.raises(ArgumentError, match="expected a place from 0 to 1, got 2"):
        model.get_layer(index=2)
    with pytest.raises(ArgumentError, match="expected either a name or an index"):
        model.get_layer()


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (Dense, r"expected a layer, got <class .*Did you mean Dense\(\.\.\.\)"),
        ("relu", "expected a layer, got 'relu'. See rosenblatt.layers"),
        (np.tanh, "expected a layer, got <ufunc 'tanh'>"),
    ],
)
def test_only_layers_can_be_added(layer: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Sequential().add(layer)


def test_input_comes_first_and_once() -> None:
    for model in (Sequential([Dense(3)]), Sequential([Input((4,))])):
        with pytest.raises(ArgumentError, match="expected Input to come first"):
            model.add(Input((4,)))


def test_an_empty_model_says_so() -> None:
    with pytest.raises(ModelStateError, match="expected at least one layer, got none"):
        Sequential().build((4,))
    with pytest.raises(ModelStateError, match="expected at least one layer, got none"):
        Sequential().predict(X)


# --- Weights --------------------------------------------------------------------------------------


def test_weights_move_from_one_model_to_another() -> None:
    first, second = classifier(Dense(5), seed=1), classifier(Dense(5), seed=2)
    first.build((4,))
    second.build((4,))
    assert not np.array_equal(first.predict(X), second.predict(X))
    second.set_weights(first.get_weights())
    assert np.array_equal(first.predict(X), second.predict(X))


def test_a_wrong_array_changes_none() -> None:
    model = Sequential([Dense(3, input_shape=(4,))])
    before = model.get_weights()
    with pytest.raises(ShapeError, match=r"expected dense/bias of shape \(3,\), got \(4,\)"):
        model.set_weights([np.zeros((4, 3)), np.zeros(4)])
    with pytest.raises(ShapeError, match=r"expected 2 arrays \(dense/kernel, dense/bias\), got 1"):
        model.set_weights([np.zeros((4, 3))])
    assert np.array_equal(model.get_weights()[0], before[0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_has_one_precision(dtype: str) -> None:
    model = classifier(Dense(5), BatchNormalization(), dtype=dtype, metrics=["accuracy"])
    model.fit(X, LABELS, verbose=0)
    assert {array.dtype for array in model.get_weights()} == {np.dtype(dtype)}
    assert {slot.dtype for slot in model.state.slots.values()} <= {np.dtype(dtype)}
    assert model.predict(X.astype(np.float32)).dtype == dtype
    assert model.activations(X)["dense"].dtype == dtype
    assert model.gradients(X, LABELS)["dense/kernel"].dtype == dtype


def test_an_unknown_precision_is_told() -> None:
    with pytest.raises(ArgumentError, match="expected dtype to be 'float32' or 'float64', got 'float16'"):
        Sequential(dtype="float16")


# --- Seeds ----------------------------------------------------------------------------------------


def trained(**config: Any) -> list[np.ndarray]:
    model = classifier(Dense(5), Dropout(0.5), **config)
    model.fit(X, LABELS, batch_size=4, epochs=2, verbose=0)
    return model.get_weights()


def same(first: list[np.ndarray], second: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_the_same_seed_gives_the_same_model() -> None:
    assert same(trained(seed=5), trained(seed=5))
    assert not same(trained(seed=5), trained(seed=6))


def test_set_random_seed_serves_models_without_a_seed_of_their_own() -> None:
    results = []
    for seed in (3, 3, 4):
        utils.set_random_seed(seed)
        results.append((trained(seed=None), trained(seed=None)))
    (one, two), (one_again, two_again), (other, _) = results
    assert same(one, one_again)
    assert same(two, two_again)
    assert not same(one, two)
    assert not same(one, other)


def test_without_any_seed_two_models_differ() -> None:
    assert not same(trained(seed=None), trained(seed=None))


def test_nothing_touches_numpy_s_global_generator() -> None:
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # type: ignore[index]  # noqa: NPY002
    trained(seed=1)
    trained(seed=None)
    assert np.array_equal(before, np.random.get_state()[1])  # type: ignore[index]  # noqa: NPY002


# --- compile --------------------------------------------------------------------------------------


def test_rmsprop_is_the_optimizer_when_none_is_named() -> None:
    model = Sequential([Dense(1)])
    model.compile(loss="mse")
    assert isinstance(model.optimizer, optimizers.RMSprop)


@pytest.mark.parametrize(
    "metric", ["accuracy", ["accuracy"], ("accuracy",), [metrics.SparseCategoricalAccuracy("accuracy")]]
)
def test_metrics_may_be_one_or_several(metric: Any) -> None:
    model = classifier(metrics=metric)
    assert set(model.fit(X, LABELS, verbose=0).history) == {"loss", "accuracy"}
    assert model.metrics_names == ["loss", "accuracy"]


@pytest.mark.parametrize(
    ("compiled", "error", "message"),
    [
        ({}, ArgumentError, "expected a loss, got none. Name one"),
        ({"loss": "msee"}, UnknownNameError, "Did you mean 'mse'"),
        ({"loss": "mse", "optimizer": "adm"}, UnknownNameError, "Did you mean 'adam'"),
        ({"loss": "mse", "metrics": ["acuracy"]}, UnknownNameError, "Did you mean 'accuracy'"),
        ({"loss": losses.MeanSquaredError(reduction=None)}, ArgumentError, "reduced to one number"),
    ],
)
def test_a_wrong_name_is_told_by_compile(compiled: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Sequential([Dense(1)]).compile(**compiled)


@pytest.mark.parametrize("use", ["fit", "evaluate", "train_on_batch", "test_on_batch", "gradients"])
def test_training_needs_compile_first(use: str) -> None:
    model = Sequential([Dense(3, input_shape=(4,))])
    with pytest.raises(
        ModelStateError,
        match=r"expected a compiled model, got one that is not. Call compile\(optimizer=, loss=\) first",
    ):
        getattr(model, use)(X, NUMBERS)
    assert model.predict(X).shape == (12, 3)
    assert set(model.activations(X)) == {"dense"}


def test_compiling_again_keeps_the_weights_and_restarts_the_optimizer() -> None:
    model = Sequential([Dense(3)], seed=1)
    model.compile(optimizer="adam", loss="mse")
    model.fit(X, NUMBERS, verbose=0)
    weights = model.get_weights()
    model.compile(optimizer="adam", loss="mae", metrics=["mse"])
    assert same(weights, model.get_weights())
    assert model.state.step == 0
    assert not any(slot.any() for slot in model.state.slots.values())
    assert set(model.fit(X, NUMBERS, verbose=0).history) == {"loss", "mse"}  # the name given is the name recorded


def test_a_user_s_own_loss_and_metric() -> None:
    def cubic(y_true: Any, y_pred: Any) -> Any:
        error = y_pred - y_true
        return np.abs(error**3).mean(axis=-1), 3 * error * np.abs(error) / error.shape[-1]

    def largest(y_true: Any, y_pred: Any) -> Any:
        return np.abs(y_pred - y_true).max(axis=-1)

    model = Sequential([Dense(3)], seed=1, dtype="float64")
    model.compile(optimizer=optimizers.SGD(0.01), loss=cubic, metrics=[largest])
    history = model.fit(X, NUMBERS, epochs=30, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    error = np.abs(model.predict(X) - NUMBERS)
    measured = model.evaluate(X, NUMBERS, verbose=0, return_dict=True)
    assert measured == pytest.approx({"loss": np.mean(error**3), "largest": error.max(axis=1).mean()})


@pytest.mark.parametrize(
    ("last", "loss", "doubt"),
    [
        (
            Dense(3),
            "sparse_categorical_crossentropy",
            "outputs from 0 to 1, .* probabilities, got some from -.*from_log",
        ),
        (
            Dense(1),
            "binary_crossentropy",
            "Let the model end in a sigmoid, or give BinaryCrossentropy.from_logits=True",
        ),
        (Dense(1, activation="relu", bias_initializer="ones"), "binary_crossentropy", "got some from .* to [1-9]"),
        (Dense(1, activation="softmax"), "binary_crossentropy", "expected several outputs of a softmax, got one"),
        (
            Dense(3, activation="softmax"),
            losses.SparseCategoricalCrossentropy(from_logits=True),
            "outputs before any softmax",
        ),
    ],
)
def test_a_loss_that_cannot_be_meant_for_the_outputs_is_doubted_once(last: Dense, loss: Any, doubt: str) -> None:
    x, y = np.linspace(-2, 2, 12).reshape(6, 2), np.arange(6) % 2
    model = Sequential([Input((2,)), last.copy()], seed=1)
    model.compile("sgd", loss)
    with pytest.warns(UnlikelyLossWarning, match=f"Sequential: .*{doubt}") as caught:
        model.fit(x, y, epochs=2, verbose=0)
    assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.evaluate(x, y, verbose=0)


@pytest.mark.parametrize(
    ("last", "loss"),
    [
        (Dense(3, activation="softmax"), "sparse_categorical_crossentropy"),
        (Dense(3, activation="relu"), "sparse_categorical_crossentropy"),  # divided by their sum
        (Dense(3), losses.SparseCategoricalCrossentropy(from_logits=True)),
        (Dense(1, activation="sigmoid"), "binary_crossentropy"),
        (Dense(1), losses.BinaryCrossentropy(from_logits=True)),
        (Dense(1), "mse"),
    ],
)
def test_a_loss_that_may_be_meant_for_the_outputs_is_not(last: Dense, loss: Any, recwarn: Any) -> None:
    model = Sequential([Input((2,)), last.copy()], seed=1)
    model.compile("sgd", loss)
    model.fit(np.linspace(-2, 2, 12).reshape(6, 2), np.arange(6) % 2, verbose=0)
    assert list(recwarn) == []


def test_outputs_that_are_not_finite_are_no_matter_of_the_loss(recwarn: Any) -> None:
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(2,))], seed=1)
    model.compile("sgd", "binary_crossentropy")
    model.set_weights([np.full((2, 1), np.nan), np.zeros(1)])
    model.evaluate(np.ones((3, 2)), np.ones(3), verbose=0)
    assert [warning for warning in recwarn if warning.category is UnlikelyLossWarning] == []


def test_a_doubt_points_to_the_line_that_fits_batches_too() -> None:
    model = Sequential([Dense(1, input_shape=(2,))], seed=1)
    model.compile("sgd", "binary_crossentropy")
    with pytest.warns(UnlikelyLossWarning) as caught:
        model.fit([(np.ones((3, 2)), np.ones(3)), (-np.ones((3, 2)), np.ones(3))], epochs=1, verbose=0)
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize("part", ["loss", "regularizer"])
def test_what_changes_within_a_part_counts_from_the_next_call(part: str) -> None:
    model = Sequential([Dense(1, activation="sigmoid", kernel_regularizer=L2(0.1), input_shape=(4,))], seed=1)
    model.compile("sgd", losses.BinaryCrossentropy())
    y = (X[:, 0] > 0).astype(int)
    before = model.evaluate(X, y, verbose=0)
    if part == "loss":
        model.loss.label_smoothing = 0.5
    else:
        model.layers[0].kernel_regularizer.l2 = 10.0
    assert model.evaluate(X, y, verbose=0) != pytest.approx(before, rel=1e-3)


def test_a_loss_whose_gradient_is_wrong_is_found_before_training() -> None:
    def wrong(y_true: Any, y_pred: Any) -> Any:
        error = y_pred - y_true
        return (error**2).mean(axis=-1), error

    model = Sequential([Dense(3)], seed=1)
    model.compile(loss=wrong)
    with pytest.raises(ArgumentError, match="loss 'wrong': expected the derivative"):
        model.fit(X, NUMBERS, verbose=0)
    assert model.state.step == 0


def test_a_model_says_whether_it_is_compiled() -> None:
    model = Sequential([Dense(3, input_shape=(4,))])
    assert not model.compiled
    with pytest.raises(ModelStateError, match="expected a compiled model"):
        dict(model.compile_arguments)
    model.compile("adam", "mse", metrics=["mae"])
    assert model.compiled
    arguments = model.compile_arguments
    assert (arguments["optimizer"], arguments["loss"]) == (model.optimizer, model.loss)
    assert (arguments["metrics"], arguments["weighted_metrics"]) == (["mae"], None)


# --- One batch at a time --------------------------------------------------------------------------


def test_a_batch_by_hand_is_a_step_of_fit() -> None:
    by_hand, fitted = (classifier(Dense(5), BatchNormalization(), metrics=["accuracy"]) for _ in range(2))
    history = fitted.fit(X, LABELS, batch_size=12, shuffle=False, verbose=0).history
    figures = by_hand.train_on_batch(X, LABELS, return_dict=True)
    assert figures == {"loss": history["loss"][0], "accuracy": history["accuracy"][0]}
    assert same(by_hand.get_weights(), fitted.get_weights())
    assert by_hand.state.step == by_hand.optimizer.iterations == 1


@pytest.mark.parametrize("method", ["train_on_batch", "test_on_batch", "evaluate"])
def test_figures_come_as_a_number_a_list_or_a_dict(method: str) -> None:
    plain, measured = classifier(), classifier(metrics=["accuracy"])
    silent = {"verbose": 0} if method == "evaluate" else {}
    assert isinstance(getattr(plain, method)(X, LABELS, **silent), float)
    loss, accuracy = getattr(measured, method)(X, LABELS, **silent)
    assert (type(loss), type(accuracy)) == (float, float)
    assert set(getattr(measured, method)(X, LABELS, return_dict=True, **silent)) == {"loss", "accuracy"}


def test_a_batch_s_weights_and_classes_count_as_in_keras(keras: ModuleType) -> None:
    weight = RNG.uniform(0, 2, 12)
    for given in ({"sample_weight": weight}, {"class_weight": {0: 0.5, 1: 2.0}}):
        ours = classifier(Dense(5, "tanh"))
        ours.build((4,))
        theirs = keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, "tanh"), keras.layers.Dense(3, "softmax")])
        theirs.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", run_eagerly=True)
        theirs.set_weights(ours.get_weights())
        assert ours.train_on_batch(X, LABELS, **given) == pytest.approx(theirs.train_on_batch(X, LABELS, **given), 1e-6)
        for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            assert mine == pytest.approx(other, rel=1e-5, abs=1e-6)


def test_testing_changes_nothing() -> None:
    model = classifier(BatchNormalization(), Dropout(0.5), metrics=["accuracy"])
    model.build((4,))
    before = model.get_weights()
    first = model.test_on_batch(X, LABELS)
    assert first == model.test_on_batch(X, LABELS) == model.evaluate(X, LABELS, verbose=0)
    assert same(before, model.get_weights())
    assert model.state.step == 0


# --- predict --------------------------------------------------------------------------------------


def test_rows_to_predict_may_come_in_many_forms() -> None:
    model = classifier(Dense(5))
    expected = model.predict(X)
    pandas = pytest.importorskip("pandas")
    for rows in (
        X.tolist(),
        [tuple(row) for row in X],
        pandas.DataFrame(X),
        np.asfortranarray(X),
        X.astype(np.float32),
        (X[start : start + 5] for start in range(0, 12, 5)),
        [(X[:7], LABELS[:7]), (X[7:], LABELS[7:])],
    ):
        assert model.predict(rows) == pytest.approx(expected, rel=1e-6)
    assert np.array_equal(model.predict_on_batch(X), expected)
    assert np.array_equal(model.predict(X, batch_size=2, verbose=0), expected)


def test_rows_of_the_wrong_shape_are_told_with_a_cure() -> None:
    model = Sequential([Dense(5, input_shape=(4,)), Dense(3)])
    with pytest.raises(
        ShapeError,
        match=r"predict: Dense\(5\), layer 1 of 2: expected inputs of width 4, got an array of shape \(2, 3\)",
    ):
        model.predict(np.ones((2, 3)))
    with pytest.raises(ShapeError, match=r"got a single row of shape \(4,\)\. Give x\[None\]"):
        model.predict(np.ones(4))
    with pytest.raises(ShapeError, match=r"Reshape x to \(6, 4\), or let the model begin with Flatten"):
        model.predict(np.ones((6, 2, 2)))
    with pytest.raises(DataError, match="expected at least one row in x, got an empty array"):
        model.predict(np.ones((0, 4)))
    with pytest.raises(DataError, match="predict: expected at least one batch, got none from list_iterator"):
        model.predict(iter([]))


# --- Looking inside -------------------------------------------------------------------------------


def test_activations_are_every_layer_s_output() -> None:
    model = Sequential([Flatten(), Dense(5, "tanh", name="hidden"), Dropout(0.5), Dense(3, "softmax")], dtype="float64")
    x = X.reshape(12, 2, 2)
    outputs = model.activations(x)
    assert list(outputs) == ["flatten", "hidden", "dropout", "dense"]
    w1, b1, w2, b2 = model.get_weights()
    hidden = np.tanh(X @ w1 + b1)
    z = hidden @ w2 + b2
    assert np.array_equal(outputs["flatten"], X)
    assert outputs["hidden"] == pytest.approx(hidden)
    assert np.array_equal(outputs["dropout"], outputs["hidden"])
    assert outputs["dense"] == pytest.approx(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))


def test_the_last_activation_is_the_prediction_compiled_or_not() -> None:
    model = Sequential([Dense(3, "softmax")], seed=1)
    before = model.activations(X)["dense"]
    model.compile(loss="categorical_crossentropy")
    assert np.array_equal(before, model.activations(X)["dense"])
    assert np.array_equal(before, model.predict(X))


def test_gradients_are_those_of_finite_differences() -> None:
    model = classifier(
        Normalization(),
        Dense(5, "tanh", kernel_regularizer="l2"),
        BatchNormalization(),
        PReLU(),
        Dropout(0.3),
        LayerNormalization(),
        dtype="float64",
    )
    model.build((4,))
    weight = RNG.uniform(0.5, 2, 12)
    gradients = model.gradients(X, LABELS, weight)
    assert list(gradients) == [name for name in model.weights if "mean" not in name and "variance" not in name]
    for name, gradient in gradients.items():
        array, direction = model.weights[name], RNG.normal(size=gradient.shape)
        start = array.copy()
        losses_around = []
        for step in (1e-6, -1e-6):
            array[...] = start + step * direction
            losses_around.append(model.engine.loss_and_gradient(model.plan, model.state, X, LABELS, weight)[0])
        array[...] = start
        slope = (losses_around[0] - losses_around[1]) / 2e-6
        assert np.sum(gradient * direction) == pytest.approx(slope, rel=1e-6, abs=1e-8), name


def test_gradients_are_those_of_the_next_update_and_change_nothing() -> None:
    model = classifier(Dense(5), Dropout(0.5), BatchNormalization(), dtype="float64")
    model.fit(X, LABELS, verbose=0)
    before = model.get_weights()
    gradients = model.gradients(X, LABELS)
    assert same(before, model.get_weights())
    model.train_on_batch(X, LABELS)
    assert before[0] - 0.01 * gradients["dense/kernel"] == pytest.approx(model.get_weights()[0], rel=1e-9)


def test_the_gradient_of_a_frozen_layer_is_zero() -> None:
    model = classifier(Dense(5, trainable=False), Dense(5))
    gradients = model.gradients(X, LABELS)
    assert not gradients["dense/kernel"].any()
    assert gradients["dense_1/kernel"].any()


# --- Freezing -------------------------------------------------------------------------------------


def test_a_frozen_layer_stays_as_it_is_and_may_be_freed_again() -> None:
    model = classifier(Dense(5), BatchNormalization())
    model.fit(X, LABELS, verbose=0)
    for frozen, moves in ((True, [False] * 6 + [True] * 2), (False, [True] * 8)):
        model.layers[0].trainable = model.layers[1].trainable = not frozen
        before = model.get_weights()
        model.fit(X, LABELS, verbose=0)
        moved = [not np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True)]
        assert moved == moves


def test_a_model_is_frozen_as_a_whole() -> None:
    model = classifier(Dense(5))
    assert model.trainable
    model.trainable = False
    assert not any(layer.trainable for layer in model.layers)
    assert not model.trainable
    model.build((4,))
    before = model.get_weights()
    model.fit(X, LABELS, verbose=0)
    assert same(before, model.get_weights())


def test_freezing_counts_in_evaluation_at_once() -> None:
    model = classifier(Dense(5, kernel_regularizer="l2"), dtype="float64")
    with_penalty = model.evaluate(X, LABELS, verbose=0)
    model.layers[0].trainable = False
    penalty = 0.01 * np.sum(np.square(model.get_weights()[0]))
    assert model.evaluate(X, LABELS, verbose=0) == pytest.approx(with_penalty - penalty)


def test_the_plan_tells_of_each_layer_what_it_is_now() -> None:
    model = classifier(Dense(5), Dropout(0.5))
    model.build((4,))
    before = model.plan
    model.layers[0].trainable = False
    model.layers[1].rate = 0.25
    assert (before.layers[0].trainable, before.layers[1].config["rate"]) == (True, 0.5)  # a plan does not change
    assert (model.plan.layers[0].trainable, model.plan.layers[1].config["rate"]) == (False, 0.25)


def test_a_layer_frozen_by_a_callback_stays_as_it_is_from_the_next_epoch_on() -> None:
    model = classifier(Dense(5))
    kernels = []

    def freeze(epoch: int, logs: Any) -> None:
        kernels.append(model.get_weights()[0])
        model.layers[0].trainable = epoch == 2

    model.fit(X, LABELS, epochs=4, verbose=0, callbacks=LambdaCallback(on_epoch_end=freeze))
    changed = [not np.array_equal(old, new) for old, new in pairwise(kernels)]
    assert changed == [False, False, True]


def test_a_copy_is_frozen_for_itself() -> None:
    model = classifier(Dense(5))
    model.build((4,))
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        twin.layers[0].trainable = False
        assert (model.plan.layers[0].trainable, twin.plan.layers[0].trainable) == (True, False)


def test_a_layer_that_was_taken_away_leaves_the_model_alone() -> None:
    model = Sequential([Dense(5, input_shape=(4,)), Dense(3)])
    layer = model.pop()
    plan = model.plan
    layer.trainable = False
    assert model.plan is plan


@pytest.mark.parametrize("use", ["fit", "predict"])
def test_a_layer_in_a_model_keeps_its_shapes(use: str) -> None:
    model = classifier(Dense(5))
    model.fit(X, LABELS, verbose=0)
    model.layers[0].units = 500
    with pytest.raises(ModelStateError, match=r"keep the shapes that it was built with, got Dense\(500\), .*\(4, 5\)"):
        model.fit(X, LABELS, verbose=0) if use == "fit" else model.predict(X)


# --- How a model is shown -------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_restored_model_trains_as_it_did_the_first_time(optimizer: str) -> None:
    model = classifier(Dense(8, "relu"), BatchNormalization())
    model.compile(optimizer, "sparse_categorical_crossentropy")
    model.fit(X, LABELS, epochs=2, verbose=0, shuffle=False)
    kept = model.state.copy()
    first = model.fit(X, LABELS, epochs=3, verbose=0, shuffle=False).history["loss"]
    assert model.optimizer.iterations > kept.step
    model.restore(kept)
    assert model.optimizer.iterations == kept.step
    assert model.fit(X, LABELS, epochs=3, verbose=0, shuffle=False).history["loss"] == first


def test_a_state_of_another_model_is_not_restored() -> None:
    model, other = classifier(), classifier(Dense(5))
    model.build((4,))
    other.build((4,))
    before = model.get_weights()
    with pytest.raises(ShapeError, match=r"Sequential\.restore: expected a state with arrays"):
        model.restore(other.state.copy())
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_model_is_printed_as_it_is_typed() -> None:
    model = Sequential([Flatten(input_shape=(28, 28)), Dense(10, activation="softmax")], name="digits")
    assert repr(model) == "Sequential([Flatten(), Dense(10, activation='softmax')], name='digits')"


class Page(HTMLParser):
    """What a browser would fetch, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset", "data")]
        if tag not in ("br", "img", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("built", [True, False])
def test_a_notebook_shows_a_page_that_needs_nothing_from_elsewhere(built: bool) -> None:
    model = Sequential([Dense(5, "relu"), Dense(3)], name="<b>&")
    if built:
        model.build((4,))
    model.compile(loss="mse")
    html = model._repr_html_()
    page = Page(html)
    assert page.open == []
    assert page.fetched == []
    assert not re.search(r"https?:(?!//www\.w3\.org/2000/svg)|url\(|@import|<script|<link", html)
    assert "&lt;b&gt;&amp;" in html
    assert "<b>&" not in html.replace("<b>Model", "")
    assert ("43" in html) == built


def test_a_history_is_shown_likewise() -> None:
    model = classifier(metrics=["accuracy"])
    history = model.fit(X, LABELS, epochs=2, validation_split=0.25, verbose=0)
    assert repr(history).startswith("2 epochs: loss ")
    page = Page(history._repr_html_())
    assert page.open == []
    assert page.fetched == []
    assert model.history is history
    assert history.model is model


# --- Pickles --------------------------------------------------------------------------------------


def test_a_pickle_holds_every_number_once_and_its_layers_are_views() -> None:
    model = Sequential([Dense(100, input_shape=(100,)), BatchNormalization()], seed=0)
    packed = pickle.dumps(model)
    assert len(packed) < 1.2 * model.count_params() * 4
    again = pickle.loads(packed)
    again.layers[0].kernel[...] = 0.0
    assert not again.state.params[:10000].any()
    assert model.layers[0].kernel.any()


def test_a_layer_of_no_model_keeps_its_numbers_in_a_pickle() -> None:
    model = Sequential([Dense(2, input_shape=(3,))], seed=0)
    layer = model.pop()
    again = Sequential([pickle.loads(pickle.dumps(layer))])
    again.build((3,))
    np.testing.assert_array_equal(again.get_weights()[0], layer._arrays["kernel"])
