"""The layers: what each computes as Keras does, and how a user reads, copies, freezes and describes one."""

from __future__ import annotations

import inspect
import json
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import rosenblatt
from rosenblatt import Sequential, layers
from rosenblatt.configuration import deserialize, serialize
from rosenblatt.errors import ArgumentError, DataError, ModelStateError, ShapeError, UnknownNameError
from rosenblatt.initializers import Constant, RandomNormal
from rosenblatt.layers import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    Layer,
    LeakyReLU,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Softmax,
)
from rosenblatt.regularizers import L2

X = np.random.default_rng(0).normal(size=(6, 4))
TABLES = np.random.default_rng(1).normal(size=(6, 3, 4))

# Each kind with arguments that no default hides.
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("Dense", {"units": 3, "activation": "tanh", "use_bias": True}),
    ("Dense", {"units": 3, "use_bias": False}),
    ("Activation", {"activation": "gelu"}),
    ("ReLU", {}),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.25, "threshold": 0.5}),
    ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.125}),
    ("ELU", {"alpha": 0.5}),
    ("Softmax", {}),
    ("PReLU", {"alpha_initializer": "ones"}),
    ("Rescaling", {"scale": 0.5, "offset": -1.0}),
    ("Dropout", {"rate": 0.5}),
    ("GaussianNoise", {"stddev": 0.5}),
    ("BatchNormalization", {"epsilon": 0.01}),
    ("BatchNormalization", {"center": False, "momentum": 0.5}),
    ("BatchNormalization", {"scale": False}),
    ("LayerNormalization", {"epsilon": 0.01}),
    ("LayerNormalization", {"center": False, "scale": False}),
    ("Flatten", {}),
]
every_kind = pytest.mark.parametrize(("name", "config"), KINDS, ids=lambda value: str(value))


def own(name: str, config: dict[str, Any], shape: tuple[int, ...] = (4,)) -> tuple[Layer, Sequential]:
    """A layer in a built model, its numbers away from their start values."""
    layer = getattr(layers, name)(**config)
    model = Sequential([layer], seed=1, dtype="float64")
    model.build(shape)
    rng = np.random.default_rng(2)
    layer.set_weights([array + rng.uniform(0.1, 0.5, array.shape) for array in layer.get_weights()])
    return layer, model


# --- The same as Keras ----------------------------------------------------------------------------


@pytest.mark.parametrize("x", [X, TABLES], ids=["vectors", "tables"])
@every_kind
def test_a_layer_computes_what_keras_computes(keras: ModuleType, name: str, config: dict[str, Any], x: Any) -> None:
    layer, model = own(name, config, x.shape[1:])
    other = getattr(keras.layers, name)(**config, dtype="float64")
    other.build(x.shape)
    other.set_weights(layer.get_weights())
    expected = np.asarray(other(x))
    assert layer.output_shape == expected.shape[1:]
    assert model.predict(x) == pytest.approx(expected, rel=1e-6, abs=1e-7)  # Keras on JAX takes means in float32
    assert [array.shape for array in layer.get_weights()] == [weight.shape for weight in other.weights]
    assert list(layer.weights) == [weight.name for weight in other.weights]
    assert layer.count_params() == other.count_params()


@pytest.mark.parametrize("axis", [-1, None])
@pytest.mark.parametrize("x", [X, TABLES], ids=["vectors", "tables"])
def test_normalization_measures_what_keras_measures(keras: ModuleType, x: np.ndarray, axis: int | None) -> None:
    mine, other = Normalization(axis=axis), keras.layers.Normalization(axis=axis, dtype="float64")
    for layer in (mine, other):
        layer.adapt(3 * x + 5)
    model = Sequential([mine], dtype="float64")
    assert model.predict(x) == pytest.approx(np.asarray(other(x)), rel=1e-5)


@pytest.mark.parametrize("name", sorted(layers.LAYERS))
def test_a_layer_has_keras_s_arguments_in_keras_s_order(keras: ModuleType, name: str) -> None:
    """Ours are fewer; what both have stands in the same order and has the same default."""
    mine = [p.name for p in inspect.signature(getattr(layers, name)).parameters.values() if p.kind is not p.VAR_KEYWORD]
    theirs = list(inspect.signature(getattr(keras.layers, name)).parameters)
    assert set(mine) <= set(theirs)
    assert mine == sorted(mine, key=theirs.index)
    defaults = inspect.signature(getattr(keras.layers, name)).parameters
    for parameter in inspect.signature(getattr(layers, name)).parameters.values():
        if parameter.name in mine:
            default = defaults[parameter.name].default
            # Keras writes "Zeros" in one place for what is "zeros" in all others.
            assert parameter.default == (default.lower() if isinstance(default, str) else default), parameter.name


def test_weights_start_as_the_initialisers_say() -> None:
    layer = Dense(200, kernel_initializer=RandomNormal(stddev=0.5, seed=1), bias_initializer=Constant(0.25))
    Sequential([layer]).build((100,))
    assert layer.kernel.std() == pytest.approx(0.5, rel=0.05)
    assert (layer.bias == 0.25).all()
    glorot = Dense(200)
    Sequential([glorot]).build((100,))
    limit = np.sqrt(6 / 300)
    assert np.abs(glorot.kernel).max() == pytest.approx(limit, rel=0.01)
    assert (glorot.bias == 0).all()


def test_batch_normalization_starts_as_doing_nothing() -> None:
    layer = BatchNormalization(epsilon=0.0)
    assert np.array_equal(Sequential([layer], dtype="float64").predict(X), X)
    assert [array.tolist() for array in layer.get_weights()] == [[1] * 4, [0] * 4, [0] * 4, [1] * 4]


# --- Reading and writing weights ------------------------------------------------------------------


def test_weights_are_views_and_get_weights_gives_copies() -> None:
    layer, model = own("Dense", {"units": 1})
    before = model.predict(X)
    layer.get_weights()[0][:] = 0
    assert np.array_equal(model.predict(X), before)
    layer.kernel[:] = 0
    assert np.array_equal(model.predict(X), np.broadcast_to(layer.bias, (6, 1)))
    layer.weights["bias"][:] = 7
    assert (model.predict(X) == 7).all()


def test_views_stay_valid_through_training() -> None:
    layer = Dense(1, input_shape=(4,))
    model = Sequential([layer])
    kernel = layer.kernel
    model.compile(loss="mse")
    model.fit(X, np.ones(6), verbose=0)
    assert kernel is layer.kernel or np.shares_memory(kernel, layer.kernel)
    assert np.array_equal(kernel, model.get_weights()[0])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([np.ones((4, 3))], r"Dense 'dense': expected 2 arrays \(kernel, bias\), got 1"),
        ([np.ones((3, 4)), np.ones(3)], r"Dense 'dense': expected kernel of shape \(4, 3\), got \(3, 4\)"),
        ([np.ones((4, 3)), np.ones(4)], r"Dense 'dense': expected bias of shape \(3,\), got \(4,\)"),
    ],
)
def test_weights_of_the_wrong_shape_change_nothing(weights: list[np.ndarray], message: str) -> None:
    layer, _ = own("Dense", {"units": 3})
    before = layer.get_weights()
    with pytest.raises(ShapeError, match=message):
        layer.set_weights(weights)
    assert all(np.array_equal(old, new) for old, new in zip(before, layer.get_weights(), strict=True))


def test_without_bias_there_is_none() -> None:
    layer, _ = own("Dense", {"units": 3, "use_bias": False})
    assert layer.bias is None  # type: ignore[attr-defined]
    assert layer.count_params() == 12


@pytest.mark.parametrize(
    ("layer", "names"),
    [
        (PReLU(), ["alpha"]),
        (BatchNormalization(), ["gamma", "beta", "moving_mean", "moving_variance"]),
        (Normalization(), ["mean", "variance"]),
    ],
)
def test_every_array_is_an_attribute_of_its_name(layer: Layer, names: list[str]) -> None:
    Sequential([layer]).build((4,))
    assert list(layer.weights) == names
    for name in names:
        assert np.shares_memory(getattr(layer, name), layer.weights[name])


@pytest.mark.parametrize(
    "batches",
    [
        lambda x: (x[start : start + 5] for start in range(0, 12, 5)),
        lambda x: [(x[:5], np.zeros(5)), (x[5:], np.zeros(7))],
        lambda x: iter([x[:1], x[1:]]),
    ],
)
@pytest.mark.parametrize("axis", [-1, None])
def test_batches_are_measured_as_all_their_rows_are(batches: Any, axis: int | None) -> None:
    x = np.random.default_rng(0).normal(5, 2, (12, 3))
    layer, whole = Normalization(axis), Normalization(axis)
    layer.adapt(batches(x))
    whole.adapt(x)
    np.testing.assert_allclose(layer.mean, whole.mean, rtol=1e-14)
    np.testing.assert_allclose(layer.variance, whole.variance, rtol=1e-13)


def test_no_batches_and_batches_of_different_widths_cannot_be_measured() -> None:
    with pytest.raises(DataError, match=r"Normalization\.adapt: expected rows, got no batches from generator"):
        Normalization().adapt(x for x in ())
    with pytest.raises(ShapeError, match=r"Normalization: expected figures of shape \(3,\), got \(2,\)"):
        Normalization().adapt(iter([np.ones((4, 3)), np.ones((4, 2))]))


def test_numbers_may_be_arrays_of_one_number() -> None:
    assert Rescaling(np.array(0.5), np.array(1)).get_config()["scale"] == 0.5


def test_a_layer_in_no_built_model_says_what_is_missing() -> None:
    layer = Dense(3, name="hidden")
    for wanted in ("weights", "kernel", "bias", "input_shape", "output_shape", "plan"):
        with pytest.raises(ModelStateError, match=r"Dense 'hidden': expected a layer in a built model.*input_shape="):
            getattr(layer, wanted)
    assert not layer.built


# --- Names, shapes, copies ------------------------------------------------------------------------


def test_names_are_the_class_in_small_letters_numbered_in_the_model() -> None:
    chosen = [
        Dense(3),
        BatchNormalization(),
        ReLU(),
        Dense(3),
        Dense(3, name="dense_2"),
        Dense(3),
        PReLU(),
        LeakyReLU(),
    ]
    assert layers.name_layers(chosen) == [
        "dense",
        "batch_normalization",
        "re_lu",
        "dense_1",
        "dense_2",
        "dense_3",
        "p_re_lu",
        "leaky_re_lu",
    ]


@every_kind
def test_a_layer_s_first_name_is_keras_s(keras: ModuleType, name: str, config: dict[str, Any]) -> None:
    keras.backend.clear_session()
    assert layers.name_layers([getattr(layers, name)(**config)]) == [getattr(keras.layers, name)(**config).name]


def test_a_layer_knows_its_name_once_its_model_is_built() -> None:
    first, second = Dense(3), Dense(2, name="answer")
    model = Sequential([first, second])
    assert (first.name, second.name) == (None, "answer")
    model.build((4,))
    assert (first.name, second.name) == ("dense", "answer")
    assert model.pop().name == "answer"


def test_the_same_name_twice_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="expected every layer to have its own name, got same twice"):
        Sequential([Dense(3, name="same"), Dense(3, name="same")])


@pytest.mark.parametrize("shape", [4, (4,), [4], np.int64(4), (np.int32(4),)])
def test_the_shape_of_a_row_may_be_written_in_several_ways(shape: Any) -> None:
    assert Sequential([Dense(1, input_shape=shape)]).input_shape == (4,)
    assert Sequential([Input(shape), Dense(1)]).input_shape == (4,)
    assert Sequential([Dense(1, input_dim=4)]).input_shape == (4,)


@pytest.mark.parametrize("shape", [(), (0,), (-1,), (2.5,), (None, 4), "4", (True,)])
def test_a_shape_that_is_none_is_told(shape: Any) -> None:
    with pytest.raises(
        ArgumentError, match=r"Dense: expected input_shape to be the shape of one row, such as \(784,\)"
    ):
        Dense(1, input_shape=shape)
    with pytest.raises(ArgumentError, match="Input: expected input_shape"):
        Input(shape)


def test_a_layer_stands_in_one_place_of_one_model_only() -> None:
    layer = Dense(4)
    model = Sequential([layer])
    for other in (model, Sequential()):
        with pytest.raises(ArgumentError, match=r"layer of no other model, got Dense\(4\).*layer\.copy\(\)"):
            other.add(layer)
    model.pop()
    with pytest.raises(ArgumentError, match=r"layer of no other model, got Dense\(4\)"):
        Sequential([layer, layer])
    Sequential([layer])


@pytest.mark.parametrize("wrong", ["Dense", Dense(2, name="first")])
def test_layers_of_a_model_that_failed_are_free(wrong: Any) -> None:
    layers = [Dense(3, input_shape=(2,), name="first"), Dense(1)]
    with pytest.raises(ArgumentError):
        Sequential([*layers, wrong])
    assert Sequential(layers).count_params() == 13


def test_a_copy_has_the_same_numbers_and_a_life_of_its_own() -> None:
    layer, _ = own("BatchNormalization", {"momentum": 0.5})
    twin = layer.copy()
    assert serialize(twin) == serialize(layer)
    Sequential([twin], dtype="float64").build((4,))
    assert all(np.array_equal(a, b) for a, b in zip(layer.get_weights(), twin.get_weights(), strict=True))
    twin.weights["gamma"][:] = 9
    assert not (layer.weights["gamma"] == 9).any()


def test_a_popped_layer_keeps_its_numbers_for_its_next_model() -> None:
    layer, model = own("Dense", {"units": 3})
    numbers = layer.get_weights()
    assert model.pop() is layer
    Sequential([Dense(4, input_shape=(9,)), layer], dtype="float64")
    assert all(np.array_equal(a, b) for a, b in zip(numbers, layer.get_weights(), strict=True))


def test_whether_a_layer_learns_is_checked_where_it_is_said() -> None:
    layer = Dense(2)
    with pytest.raises(ArgumentError, match="Dense: expected trainable to be True or False, got 'False'"):
        layer.trainable = "False"
    assert layer.trainable
    layer.trainable = 0
    assert layer.trainable is False


# --- Configurations -------------------------------------------------------------------------------


@every_kind
def test_a_layer_is_described_and_made_again_through_json(name: str, config: dict[str, Any]) -> None:
    layer = getattr(layers, name)(**config, name="mine", trainable=False, input_shape=(4,))
    described = json.loads(json.dumps(serialize(layer)))
    again = deserialize("test", described, layers.LAYERS)
    assert type(again) is type(layer)
    assert serialize(again) == described
    assert (again.name, again.trainable, again.declared_input_shape) == ("mine", False, (4,))
    assert again.rule_config() == layer.rule_config()


def test_nested_objects_are_described_too() -> None:
    layer = Dense(3, kernel_initializer=RandomNormal(stddev=0.25), kernel_regularizer=L2(0.5), bias_regularizer="l1")
    again = deserialize("test", json.loads(json.dumps(serialize(layer))), layers.LAYERS)
    assert isinstance(again, Dense)
    assert repr(again) == repr(layer)


@pytest.mark.parametrize(
    ("layer", "shown"),
    [
        (Dense(10), "Dense(10)"),
        (Dense(10, activation="relu"), "Dense(10, activation='relu')"),
        (Dense(10, "relu", kernel_regularizer=L2(0.5)), "Dense(10, activation='relu', kernel_regularizer=L2(0.5))"),
        (Dense(2, activation=rosenblatt.activations.sigmoid), "Dense(2, activation='sigmoid')"),
        (Flatten(input_shape=(28, 28)), "Flatten()"),
        (Dropout(0.25), "Dropout(0.25)"),
        (ReLU(max_value=6.0), "ReLU(6.0)"),
        (Normalization(), "Normalization()"),
        (Activation("swish"), "Activation('silu')"),
        (Input((28, 28)), "Input((28, 28))"),
    ],
)
def test_a_layer_is_printed_as_it_is_typed(layer: Any, shown: str) -> None:
    assert repr(layer) == shown


# --- Normalization --------------------------------------------------------------------------------


def test_figures_may_be_given_or_measured_before_or_after_building() -> None:
    rows = X * [1, 2, 3, 4] + 5
    expected = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    given = Normalization(mean=rows.mean(axis=0).tolist(), variance=rows.var(axis=0).tolist())
    before, after = Normalization(), Normalization()
    before.adapt(rows)
    models = [Sequential([layer], dtype="float64") for layer in (given, before, after)]
    for model in models:
        model.build((4,))
    after.adapt(rows)
    for model in models:
        assert model.predict(rows) == pytest.approx(expected)


def test_adapting_again_measures_anew() -> None:
    layer = Normalization()
    layer.adapt(X)
    layer.adapt(X + 3)
    assert layer.mean == pytest.approx(X.mean(axis=0) + 3)


def test_images_in_whole_numbers_are_measured_exactly() -> None:
    layer = Normalization(axis=None)
    layer.adapt(np.full((3, 2, 2), 200, np.uint8))  # the sum of their squares does not fit into eight bits
    assert (layer.mean, layer.variance) == (200.0, 0.0)
    assert np.isfinite(Sequential([layer]).predict(np.full((1, 2, 2), 200, np.uint8))).all()


def test_figures_are_not_learnt() -> None:
    layer = Normalization()
    layer.adapt(X)
    model = Sequential([layer, Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    model.fit(X, np.ones(6), verbose=0)
    assert layer.mean == pytest.approx(X.mean(axis=0), rel=1e-6)


def test_figures_of_other_columns_are_an_error_and_leave_the_model_as_it_was() -> None:
    layer = Normalization()
    layer.adapt(np.ones((2, 7)))
    model = Sequential([Dense(3, input_shape=(4,))])
    before = model.predict(X)
    with pytest.raises(ShapeError, match=r"expected figures of shape \(3,\), got \(7,\).*as many columns"):
        model.add(layer)
    assert len(model.layers) == 1
    assert np.array_equal(model.predict(X), before)


def test_a_vector_is_no_table_to_adapt_to() -> None:
    with pytest.raises(ShapeError, match=r"Normalization.adapt: expected data of shape \(n, \.\.\.\), got \(3,\)"):
        Normalization().adapt(np.ones(3))


# --- Mistakes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dense(0), ArgumentError, "Dense: expected units to be a whole number of at least 1, got 0"),
        (lambda: Dense(2.5), ArgumentError, r"expected units to be a whole number of at least 1, got 2\.5"),
        (lambda: Dense(2, "rellu"), UnknownNameError, "got 'rellu'. Did you mean 'relu'?"),
        (lambda: Dense(2, kernel_initializer="gloro_uniform"), UnknownNameError, "Did you mean 'glorot_uniform'"),
        (lambda: Dense(2, kernel_regularizer="l3"), UnknownNameError, "got 'l3'"),
        (
            lambda: Dropout(1.0),
            ArgumentError,
            "Dropout: expected rate to be a number of at least 0 and below 1, got 1.0",
        ),
        (lambda: Dropout(-0.1), ArgumentError, r"got -0\.1"),
        (lambda: GaussianNoise(-1), ArgumentError, "GaussianNoise: expected stddev to be a number of at least 0"),
        (lambda: Rescaling(float("nan")), ArgumentError, "Rescaling: expected scale to be a finite number, got nan"),
        (lambda: Normalization(axis=0), ArgumentError, "expected axis to be -1 or None, got 0"),
        (lambda: Normalization(mean=1.0), ArgumentError, "expected both mean and variance, got only one"),
        (lambda: ReLU(max_value=-1), ArgumentError, "ReLU: expected max_value to be a number of at least 0, got -1"),
    ],
)
def test_a_wrong_argument_is_told_where_it_is_typed(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_softmax_and_flatten_take_no_arguments_of_their_own() -> None:
    assert Sequential([Input((2, 3)), Flatten(name="line"), Softmax(name="shares")]).output_shape == (6,)
