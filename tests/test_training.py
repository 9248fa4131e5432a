"""fit and evaluate: the same numbers as Keras for the same start, and what happens around the arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import rosenblatt
from rosenblatt import Sequential

Spec = tuple[str, dict[str, Any]]

# Two batches of 8, and as many rows to validate: one shape, because JAX compiles every operation for each shape.
ROWS, WIDTH, CLASSES = 16, 4, 3
RNG = np.random.default_rng(0)
X = RNG.normal(size=(ROWS, WIDTH))
LABELS = RNG.integers(0, CLASSES, ROWS)
ONE_HOT = np.eye(CLASSES)[LABELS]
NUMBERS = RNG.normal(size=(ROWS, CLASSES))
WEIGHT = RNG.uniform(0.0, 2.0, ROWS)
X_VAL, LABELS_VAL, WEIGHT_VAL = RNG.normal(size=(8, WIDTH)), RNG.integers(0, CLASSES, 8), RNG.uniform(0.5, 2, 8)
FIT = {"batch_size": 8, "epochs": 2, "shuffle": False, "verbose": 0}


# --- Against Keras --------------------------------------------------------------------------------


@pytest.fixture
def float64(keras: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keras in double precision for one test: all of it, means too, which on JAX it takes in float32 otherwise."""
    from keras.src.backend.common import dtypes

    # Compiling takes most of the time of these tests; what it optimises is tiny.
    jax = pytest.importorskip("jax")
    jax.config.update("jax_disable_most_optimizations", True)
    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx("float32")
    jax.config.update("jax_disable_most_optimizations", False)


def dense(units: int, activation: str | None = None, **config: Any) -> Spec:
    return "Dense", {"units": units, "activation": activation, **config}


def make(module: Any, spec: Any) -> Any:
    """Make an object of either library: (class name, arguments); lists item by item, anything else as it is."""
    if isinstance(spec, list):
        return [make(module, item) for item in spec]
    if not isinstance(spec, tuple):
        return spec
    name, config = spec
    for place in ("layers", "losses", "metrics", "optimizers", "regularizers"):
        if hasattr(getattr(module, place), name):
            return getattr(getattr(module, place), name)(**{key: make(module, value) for key, value in config.items()})
    return getattr(module.optimizers.schedules, name)(**config)


def twins(
    keras: ModuleType, layers: list[Spec], shape: tuple[int, ...] = (WIDTH,), dtype: str = "float64", **compiled: Any
) -> tuple[Sequential, Any]:
    """The same network, compiled alike, in this library and in Keras."""
    ours = Sequential(make(rosenblatt, layers), seed=1, dtype=dtype)
    ours.build(shape)
    theirs = keras.Sequential([keras.Input(shape), *make(keras, layers)])
    rng = np.random.default_rng(3)
    for layer in ours.layers:
        for name, array in layer.weights.items():
            array += rng.uniform(0.05, 0.3, array.shape) if name != "kernel" else 0
    theirs.set_weights(ours.get_weights())
    ours.compile(**{key: make(rosenblatt, value) for key, value in compiled.items()})
    # Step by step: for a handful of tiny batches compiling costs far more than it saves.
    theirs.compile(**{key: make(keras, value) for key, value in compiled.items()}, run_eagerly=True)
    return ours, theirs


def assert_same(ours: Any, theirs: Any, x: np.ndarray, rel: float = 1e-9, **fitted: Any) -> None:
    """Fit both; compare the history, all weights and predictions."""
    history = ours.fit(x, **(FIT | fitted))
    expected = theirs.fit(x, **(FIT | fitted))
    assert history.history.keys() == expected.history.keys()
    for name, values in expected.history.items():
        assert history.history[name] == pytest.approx(values, rel=rel, abs=rel), name
    assert history.epoch == expected.epoch
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert mine == pytest.approx(other, rel=rel, abs=rel)
    assert ours.predict(x) == pytest.approx(theirs.predict(x, batch_size=8, verbose=0), rel=rel, abs=rel)


PLAIN = [dense(5, "tanh"), dense(CLASSES, "softmax")]
L2 = ("L2", {"l2": 0.03125})

NETWORKS: dict[str, tuple[list[Spec], str, np.ndarray]] = {
    "classes by number": (PLAIN, "sparse_categorical_crossentropy", LABELS),
    "classes in a column": (PLAIN, "sparse_categorical_crossentropy", LABELS[:, None]),
    "one-hot classes": (PLAIN, "categorical_crossentropy", ONE_HOT),
    "one yes or no": ([dense(5, "relu"), dense(1, "sigmoid")], "binary_crossentropy", LABELS > 0),
    "several yes or no": ([dense(5, "elu"), dense(CLASSES, "sigmoid")], "binary_crossentropy", ONE_HOT),
    "numbers": ([dense(5, "sigmoid"), dense(CLASSES)], "mse", NUMBERS),
    "one number": ([dense(1)], "mse", NUMBERS[:, 0]),
    "without bias": ([dense(5, "gelu", use_bias=False), dense(CLASSES)], "huber", NUMBERS),
    "penalties": (
        [dense(5, "tanh", kernel_regularizer=L2, bias_regularizer="l1"), dense(CLASSES, kernel_regularizer="l1")],
        "mae",
        NUMBERS,
    ),
    "BatchNormalization": (
        [dense(5), ("BatchNormalization", {"momentum": 0.75}), ("ReLU", {}), dense(CLASSES, "softmax")],
        "sparse_categorical_crossentropy",
        LABELS,
    ),
    "BatchNormalization frozen": (
        [dense(5), ("BatchNormalization", {"trainable": False}), dense(CLASSES)],
        "mse",
        NUMBERS,
    ),
    "LayerNormalization": ([dense(5), ("LayerNormalization", {}), dense(CLASSES)], "log_cosh", NUMBERS),
    "layers of activation": (
        [dense(5), ("LeakyReLU", {}), dense(5), ("PReLU", {}), dense(5), ("ELU", {}), dense(CLASSES), ("Softmax", {})],
        "kl_divergence",
        ONE_HOT,
    ),
    "rescaled": ([("Rescaling", {"scale": 0.5, "offset": 0.25}), *PLAIN], "categorical_crossentropy", ONE_HOT),
    "a frozen layer": (
        [dense(5, "tanh", trainable=False, kernel_regularizer="l2"), dense(CLASSES, kernel_regularizer="l2")],
        "mse",
        NUMBERS,
    ),
    "an output activation as a layer": (
        [dense(CLASSES), ("Activation", {"activation": "softmax"})],
        "sparse_categorical_crossentropy",
        LABELS,
    ),
}


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_trains_as_in_keras(keras: ModuleType, float64: None, network: str) -> None:
    layers, loss, y = NETWORKS[network]
    ours, theirs = twins(keras, layers, optimizer=("SGD", {"learning_rate": 0.125}), loss=loss, metrics=["accuracy"])
    assert_same(ours, theirs, X, y=y, validation_data=(X[:8], y[:8]))


OPTIMIZERS: list[Any] = [
    "sgd",
    "rmsprop",
    "adam",
    "adamw",
    "adagrad",
    "adamax",
    "nadam",
    "lion",
    ("SGD", {"learning_rate": 0.125, "momentum": 0.5, "nesterov": True, "clipnorm": 0.25}),
    ("RMSprop", {"learning_rate": 0.015625, "centered": True, "clipvalue": 0.0625}),
    ("Adam", {"learning_rate": 0.0625, "amsgrad": True, "global_clipnorm": 0.5, "weight_decay": 0.125}),
    ("SGD", {"learning_rate": 0.125, "use_ema": True, "ema_momentum": 0.75}),
    ("Adam", {"learning_rate": 0.0625, "use_ema": True, "ema_momentum": 0.75, "ema_overwrite_frequency": 2}),
]


def named(spec: Any) -> str:
    return spec if isinstance(spec, str) else " ".join([spec[0], *spec[1]])


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=named)
def test_an_optimizer_trains_as_in_keras(keras: ModuleType, float64: None, optimizer: Any) -> None:
    ours, theirs = twins(keras, PLAIN, optimizer=optimizer, loss="sparse_categorical_crossentropy")
    # By name the rate is 0.001, of which Keras keeps only float32's digits.
    assert_same(ours, theirs, X, rel=1e-9 if isinstance(optimizer, tuple) else 1e-8, y=LABELS)


SCHEDULES: list[Spec] = [
    ("ExponentialDecay", {"initial_learning_rate": 0.25, "decay_steps": 2, "decay_rate": 0.5, "staircase": True}),
    ("PiecewiseConstantDecay", {"boundaries": [1, 4], "values": [0.5, 0.25, 0.125]}),
    ("CosineDecay", {"initial_learning_rate": 0.25, "decay_steps": 8, "warmup_target": 0.5, "warmup_steps": 2}),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=named)
def test_a_schedule_counts_updates_over_all_epochs_and_fits(
    keras: ModuleType, float64: None, schedule: Spec
) -> None:
    ours, theirs = twins(keras, PLAIN, optimizer=("SGD", {"learning_rate": schedule}), loss="categorical_crossentropy")
    for _ in range(2):
        assert_same(ours, theirs, X, rel=1e-7, y=ONE_HOT)  # Keras computes schedules in float32


LOSSES: list[tuple[Any, np.ndarray]] = [
    (("MeanSquaredError", {"reduction": "sum"}), NUMBERS),
    (("MeanAbsoluteError", {"reduction": "mean_with_sample_weight"}), NUMBERS),
    (("CategoricalCrossentropy", {"label_smoothing": 0.125}), ONE_HOT),
    (("CategoricalCrossentropy", {"from_logits": True}), ONE_HOT),
    (("SparseCategoricalCrossentropy", {"from_logits": True}), LABELS),
    (("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.25}), ONE_HOT),
    (("Huber", {"delta": 0.25}), NUMBERS),
    ("cosine_similarity", NUMBERS),
    ("squared_hinge", ONE_HOT),
    ("categorical_hinge", ONE_HOT),
]


@pytest.mark.parametrize(("loss", "y"), LOSSES, ids=lambda value: named(value) if not isinstance(value, np.ndarray) else "")
def test_a_loss_with_weights_trains_as_in_keras(keras: ModuleType, float64: None, loss: Any, y: np.ndarray) -> None:
    layers = [dense(5, "tanh"), dense(CLASSES)]
    ours, theirs = twins(keras, layers, optimizer=("SGD", {"learning_rate": 0.0625}), loss=loss)
    assert_same(ours, theirs, X, y=y, sample_weight=WEIGHT, validation_data=(X_VAL, y[:8], WEIGHT_VAL))


METRICS: list[tuple[list[Any], list[Any]]] = [
    (["accuracy", "mse"], []),
    ([("TopKCategoricalAccuracy", {"k": 2}), ("Precision", {}), ("Recall", {})], ["accuracy"]),
    ([("F1Score", {"average": "macro"})], ["mse", "categorical_crossentropy"]),
    (["acc"], ["acc"]),
]


@pytest.mark.parametrize(("metrics", "weighted"), METRICS)
def test_metrics_are_measured_as_in_keras(keras: ModuleType, float64: None, metrics: list[Any], weighted: list[Any]) -> None:
    compiled = {"optimizer": ("SGD", {"learning_rate": 0.5}), "loss": "categorical_crossentropy"}
    ours, theirs = twins(keras, PLAIN, **compiled, metrics=metrics, weighted_metrics=weighted)
    validation = (X_VAL, np.eye(CLASSES)[LABELS_VAL], WEIGHT_VAL)
    # Keras computes its thresholds and counts in float32.
    assert_same(ours, theirs, X, rel=1e-6, y=ONE_HOT, sample_weight=WEIGHT, validation_data=validation)
    mine, other = (model.evaluate(*validation[:2], verbose=0, return_dict=True) for model in (ours, theirs))
    assert mine == pytest.approx(other, rel=1e-6)


FITTED: dict[str, dict[str, Any]] = {
    "class_weight": {"class_weight": {0: 0.25, 2: 3.0}, "validation_data": (X_VAL, LABELS_VAL)},
    "sample_weight": {"sample_weight": WEIGHT, "validation_data": (X_VAL, LABELS_VAL, WEIGHT_VAL)},
    "validation_split": {"validation_split": 0.5},
    "validation_split with weights": {"validation_split": 0.5, "sample_weight": WEIGHT},
    "validation_data instead of validation_split": {"validation_data": (X_VAL, LABELS_VAL), "validation_split": 0.5},
    "validation_freq": {"validation_data": (X_VAL, LABELS_VAL), "validation_freq": 2, "epochs": 3},
    "validation_freq of a list": {"validation_data": (X_VAL, LABELS_VAL), "validation_freq": [1, 3], "epochs": 3},
    "initial_epoch": {"initial_epoch": 2, "epochs": 4},
    "no epochs left": {"initial_epoch": 2, "epochs": 2},
    "a last batch that is shorter": {"batch_size": 10, "validation_split": 0.0},
    "the usual batch size, more than there are rows": {"batch_size": None},
}


@pytest.mark.parametrize("fitted", FITTED)
def test_fit_takes_what_keras_takes(keras: ModuleType, float64: None, fitted: str) -> None:
    layers = [dense(5, "tanh", kernel_regularizer=L2), dense(CLASSES, "softmax")]
    compiled = {"optimizer": ("Adam", {"learning_rate": 0.0625}), "loss": "sparse_categorical_crossentropy"}
    ours, theirs = twins(keras, layers, **compiled, metrics=["accuracy"], weighted_metrics=["accuracy"])
    assert_same(ours, theirs, X, y=LABELS, **FITTED[fitted])
    assert ours.history.params == theirs.history.params


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum"])
def test_outputs_that_are_tables_are_measured_as_in_keras(keras: ModuleType, float64: None, reduction: str) -> None:
    loss = ("MeanSquaredError", {"reduction": reduction})
    ours, theirs = twins(keras, [dense(2)], shape=(5, 4), optimizer=("SGD", {"learning_rate": 0.0078125}), loss=loss)
    x, y = RNG.normal(size=(ROWS, 5, 4)), RNG.normal(size=(ROWS, 5, 2))
    assert_same(ours, theirs, x, y=y, sample_weight=WEIGHT, validation_data=(x, y, WEIGHT))


def test_float32_follows_keras_over_a_few_steps(keras: ModuleType) -> None:
    ours, theirs = twins(keras, PLAIN, dtype="float32", optimizer="adam", loss="sparse_categorical_crossentropy")
    assert_same(ours, theirs, X, rel=1e-5, y=LABELS, validation_data=(X_VAL, LABELS_VAL))
    assert ours.predict(X).dtype == np.float32


def test_training_goes_on_where_it_stopped_as_in_keras(keras: ModuleType, float64: None) -> None:
    """A second fit keeps the optimizer's memory, has a history of its own, and counts epochs as it is told."""
    ours, theirs = twins(keras, PLAIN, optimizer=("Adam", {"learning_rate": 0.0625}), loss="categorical_crossentropy")
    assert_same(ours, theirs, X, y=ONE_HOT)
    assert_same(ours, theirs, X, y=ONE_HOT, initial_epoch=2, epochs=4)
    assert ours.history.epoch == [2, 3]


def test_freezing_between_two_fits_is_as_in_keras(keras: ModuleType, float64: None) -> None:
    layers = [dense(5, "tanh", kernel_regularizer="l2"), ("BatchNormalization", {}), dense(CLASSES)]
    compiled = {"optimizer": ("SGD", {"learning_rate": 0.125}), "loss": "mse"}
    ours, theirs = twins(keras, layers, **compiled)
    assert_same(ours, theirs, X, y=NUMBERS)
    for model in (ours, theirs):
        model.layers[0].trainable = model.layers[1].trainable = False
    theirs.compile(**{key: make(keras, value) for key, value in compiled.items()}, run_eagerly=True)
    assert_same(ours, theirs, X, y=NUMBERS, validation_data=(X_VAL, NUMBERS[:8]))


def test_batches_of_an_iterable_train_as_in_keras(keras: ModuleType, float64: None) -> None:
    batches = [(X[:8], ONE_HOT[:8], WEIGHT[:8]), (X[8:], ONE_HOT[8:], WEIGHT[8:])]
    ours, theirs = twins(keras, PLAIN, optimizer=("SGD", {"learning_rate": 0.125}), loss="categorical_crossentropy")
    history = ours.fit(batches, epochs=2, verbose=0, validation_data=batches)
    expected = theirs.fit((batch for _ in range(2) for batch in batches), steps_per_epoch=2, epochs=2, verbose=0)
    assert history.history["loss"] == pytest.approx(expected.history["loss"], rel=1e-9)
    assert np.hstack([w.ravel() for w in ours.get_weights()]) == pytest.approx(
        np.hstack([np.ravel(w) for w in theirs.get_weights()]), rel=1e-9
    )
