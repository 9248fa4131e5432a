"""fit and evaluate: the same numbers as Keras for the same start, and what happens around the arithmetic."""

from __future__ import annotations

import csv
import linecache
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import rosenblatt
from rosenblatt import Sequential, callbacks, data, optimizers, training
from rosenblatt.errors import ArgumentError, DataError, NonFiniteLossWarning
from rosenblatt.layers import Dense, Dropout, Flatten, Rescaling

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
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
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
def test_a_schedule_counts_updates_over_all_epochs_and_fits(keras: ModuleType, float64: None, schedule: Spec) -> None:
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


@pytest.mark.parametrize(
    ("loss", "y"), LOSSES, ids=lambda value: named(value) if not isinstance(value, np.ndarray) else ""
)
def test_a_loss_with_weights_trains_as_in_keras(keras: ModuleType, float64: None, loss: Any, y: np.ndarray) -> None:
    layers = [dense(5, "tanh"), dense(CLASSES)]
    ours, theirs = twins(keras, layers, optimizer=("SGD", {"learning_rate": 0.0625}), loss=loss)
    assert_same(ours, theirs, X, y=y, sample_weight=WEIGHT, validation_data=(X_VAL, y[:8], WEIGHT_VAL))


METRICS: list[tuple[list[Any], list[Any]]] = [
    (["accuracy", "mse"], []),
    ([("TopKCategoricalAccuracy", {"k": 2}), ("Precision", {"name": "p"}), ("Recall", {"name": "r"})], ["accuracy"]),
    ([("F1Score", {"average": "macro"})], ["mse", "categorical_crossentropy"]),
    (["acc"], ["acc"]),
]


@pytest.mark.parametrize(("metrics", "weighted"), METRICS)
def test_metrics_are_measured_as_in_keras(
    keras: ModuleType, float64: None, metrics: list[Any], weighted: list[Any]
) -> None:
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
    assert_same(ours, theirs, x, y=y, validation_data=(x, y))


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
    expected = theirs.fit(
        (batch for _ in range(2) for batch in batches), steps_per_epoch=2, epochs=2, shuffle=False, verbose=0
    )
    assert history.history["loss"] == pytest.approx(expected.history["loss"], rel=1e-9)
    assert np.hstack([w.ravel() for w in ours.get_weights()]) == pytest.approx(
        np.hstack([np.ravel(w) for w in theirs.get_weights()]), rel=1e-9
    )


# --- Order, slices and seeds ----------------------------------------------------------------------


def classifier(seed: int = 1, dtype: str = "float32", **compiled: Any) -> Sequential:
    model = Sequential([Dense(5, "tanh"), Dropout(0.2), Dense(CLASSES, "softmax")], seed=seed, dtype=dtype)
    model.compile(**({"optimizer": "adam", "loss": "sparse_categorical_crossentropy"} | compiled))
    return model


def numbers(model: Sequential) -> bytes:
    """All that training changes."""
    state = model.state
    return b"".join(array.tobytes() for array in (state.params, state.statistics, *state.slots.values()))


def test_the_same_seed_gives_the_same_weights_and_history_bit_for_bit() -> None:
    results = []
    for seed in (1, 1, 2):
        model = classifier(seed, loss="categorical_crossentropy", metrics=["accuracy", "mse"])
        history = model.fit(X, ONE_HOT, batch_size=4, epochs=3, verbose=0, validation_split=0.25)
        results.append((numbers(model), history.history))
    assert results[0] == results[1]
    assert results[0] != results[2]


@pytest.mark.parametrize("hook", ["on_train_batch_begin", "on_train_batch_end", "on_batch_end"])
def test_looking_on_after_every_batch_changes_nothing(hook: str) -> None:
    plain, watched = classifier(), classifier()
    calls: list[int] = []
    plain.fit(X, LABELS, batch_size=3, epochs=2, verbose=0)
    watched.fit(
        X,
        LABELS,
        batch_size=3,
        epochs=2,
        verbose=0,
        callbacks=callbacks.LambdaCallback(**{hook: lambda batch, logs=None: calls.append(batch)}),
    )
    assert calls == [0, 1, 2, 3, 4, 5] * 2
    assert numbers(plain) == numbers(watched)
    assert plain.history is not None
    assert watched.history is not None
    assert plain.history.history == watched.history.history


def test_how_an_epoch_is_sliced_changes_neither_weights_nor_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for work in (1, 10_000_000, data.SLICE_WORK):
        monkeypatch.setattr(data, "SLICE_WORK", work)
        model = classifier()
        history = model.fit(X, LABELS, batch_size=1, epochs=2, verbose=0)
        results.append((numbers(model), history.history))
    assert results[0] == results[1] == results[2]


def test_every_row_is_seen_once_an_epoch_in_a_new_order() -> None:
    orders: list[list[float]] = []
    source = data.ArraySource(data.Batch(X, LABELS, None), 3, True, np.random.default_rng(0), slice_batches=2)
    for batch_by_batch in (False, True):
        slices = list(source.epoch(batch_by_batch))
        assert [len(piece.order) for piece in slices] == ([3] * 5 + [1] if batch_by_batch else [6, 6, 4])
        orders.append(np.concatenate([piece.order for piece in slices]).tolist())
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(ROWS))
    assert orders[0] != orders[1]


def test_shuffle_false_keeps_the_order() -> None:
    model = classifier(optimizer="sgd")
    seen: list[float] = []
    watch = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs["loss"]))
    model.fit(X, LABELS, batch_size=ROWS // 2, shuffle=False, verbose=0, callbacks=watch)
    twin = classifier(optimizer="sgd")
    assert seen[0] == twin.train_on_batch(X[: ROWS // 2], LABELS[: ROWS // 2])


def test_the_epoch_s_loss_is_the_mean_of_the_batches_by_their_sizes() -> None:
    model, twin = classifier(), classifier()
    history = model.fit(X, LABELS, batch_size=10, shuffle=False, verbose=0)
    first, second = (twin.train_on_batch(X[rows], LABELS[rows]) for rows in (slice(10), slice(10, 16)))
    assert history.history["loss"] == [(10 * first + 6 * second) / 16]


# --- What x may be --------------------------------------------------------------------------------


def test_uint8_images_are_scaled_in_the_model() -> None:
    images = RNG.integers(0, 256, (ROWS, 3, 2), dtype=np.uint8)
    inside = Sequential([Flatten(), Rescaling(1 / 255), Dense(CLASSES, "softmax")], seed=1, dtype="float64")
    outside = Sequential([Dense(CLASSES, "softmax")], seed=1, dtype="float64")
    for model, x in ((inside, images), (outside, images.reshape(ROWS, 6) / 255)):
        model.compile(loss="sparse_categorical_crossentropy")
        model.fit(x, LABELS, epochs=2, verbose=0)
    assert inside.state.params == pytest.approx(outside.state.params, rel=1e-12)


def test_a_memory_map_is_read_batch_by_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = 5 * data.CHECK_ROWS  # more than is ever read at once
    np.save(tmp_path / "x.npy", np.random.default_rng(0).integers(0, 256, (rows, 2), dtype=np.uint8))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    in_memory = np.array(mapped)
    y = (in_memory[:, 0] > in_memory[:, 1]).astype(np.int64)
    largest = 0

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(plan: Any, state: Any, x: Any, *rest: Any) -> Any:
            nonlocal largest
            assert isinstance(x, np.memmap | np.ndarray)
            assert np.shares_memory(x, mapped) or x is in_memory or np.shares_memory(x, in_memory)
            largest = max(largest, len(x))
            return function(plan, state, x, *rest)

        return counted

    results = []
    for x in (mapped, in_memory):
        model = Sequential([Rescaling(1 / 255), Dense(4, "relu"), Dense(1, "sigmoid")], seed=1)
        model.compile(loss="binary_crossentropy", metrics=["accuracy"])
        for name in ("train", "evaluate"):
            monkeypatch.setattr(model.engine, name, counting(getattr(model.engine, name)))
        model.fit(x, y, batch_size=1000, epochs=2, validation_split=0.5, verbose=0)
        results.append((numbers(model), model.evaluate(x, y, verbose=0), model.predict(x).tobytes()))
    assert results[0] == results[1]
    assert largest == rows // 2  # the map itself was handed to the engine, not a copy


def test_targets_may_be_whole_numbers_booleans_or_floats() -> None:
    results = set()
    for kind in (np.int64, np.uint8, bool, np.float32, np.float64):
        model = Sequential([Dense(1, "sigmoid")], seed=1)
        model.compile(loss="binary_crossentropy")
        model.fit(X, (LABELS > 0).astype(kind), verbose=0)
        results.add(numbers(model))
    assert len(results) == 1


class Loader:
    """Can be iterated again and again, as a data loader can."""

    def __iter__(self) -> Iterator[Any]:
        return iter([[X[:8], LABELS[:8]], [X[8:], LABELS[8:]]])


class ByNumber:
    """Has only a length and items, as Keras's PyDataset has."""

    def __len__(self) -> int:
        return 2

    def __getitem__(self, number: int) -> Any:
        return X[8 * number : 8 * number + 8], LABELS[8 * number : 8 * number + 8]


def endless() -> Iterator[Any]:
    while True:
        yield from Loader()


@pytest.mark.parametrize(
    ("batches", "steps"),
    [
        (list(map(tuple, Loader())), None),
        (Loader(), None),
        (ByNumber(), None),
        (endless(), 2),
        (Loader(), 2),
    ],
    ids=["list", "loader", "by number", "endless generator", "loader with steps"],
)
def test_batches_may_come_from_anything_that_gives_them(batches: Any, steps: int | None) -> None:
    plain, model = classifier(metrics=["accuracy"]), classifier(metrics=["accuracy"])
    expected = plain.fit(X, LABELS, batch_size=8, epochs=3, shuffle=False, verbose=0)
    history = model.fit(batches, epochs=3, steps_per_epoch=steps, verbose=0)
    assert numbers(model) == numbers(plain)
    assert history.history == expected.history
    assert history.params["steps"] == steps


@pytest.mark.parametrize("validation", [list(map(tuple, Loader())), Loader(), ByNumber(), (X, LABELS), [X, LABELS]])
def test_validation_data_may_be_rows_or_batches(validation: Any) -> None:
    plain, model = classifier(), classifier()
    expected = plain.fit(X, LABELS, epochs=2, verbose=0, validation_data=(X, LABELS))
    history = model.fit(X, LABELS, epochs=2, verbose=0, validation_data=validation)
    assert history.history["val_loss"] == pytest.approx(expected.history["val_loss"], rel=1e-12)


@pytest.mark.parametrize("reduction", ["sum", "mean_with_sample_weight"])
def test_a_loss_that_is_no_plain_mean_is_measured_batch_by_batch_everywhere(reduction: str) -> None:
    model = Sequential([Dense(CLASSES, kernel_regularizer="l2")], seed=1, dtype="float64")
    loss = rosenblatt.losses.MeanSquaredError(reduction=reduction)
    model.compile(optimizer=optimizers.SGD(1e-300), loss=loss)
    rows, y, weight = X[:10], NUMBERS[:10], WEIGHT[:10]
    batches = [(rows[:4], y[:4], weight[:4]), (rows[4:8], y[4:8], weight[4:8]), (rows[8:], y[8:], weight[8:])]
    trained = model.fit(rows, y, batch_size=4, sample_weight=weight, shuffle=False, verbose=0).history["loss"][0]
    penalty = 0.01 * np.sum(np.square(model.get_weights()[0]))
    by_hand = sum(len(x) * loss(y, model.predict(x), weight) for x, y, weight in batches) / 10 + penalty
    assert trained == pytest.approx(by_hand, rel=1e-12)
    assert model.evaluate(rows, y, batch_size=4, sample_weight=weight, verbose=0) == pytest.approx(by_hand, rel=1e-12)
    assert model.evaluate(batches, verbose=0) == pytest.approx(by_hand, rel=1e-12)


def test_a_generator_that_runs_dry_is_an_error_that_tells_the_cure() -> None:
    with pytest.raises(DataError, match=r"2 batches an epoch from generator, got 1.*iterated again"):
        classifier().fit((batch for batch in [(X, LABELS)] * 3), epochs=2, steps_per_epoch=2, verbose=0)
    with pytest.raises(DataError, match=r"at least one batch an epoch.*steps_per_epoch="):
        classifier().fit((batch for batch in [(X, LABELS)]), epochs=2, verbose=0)
    with pytest.raises(DataError, match=r"at least one batch, got none.*iterated again"):
        classifier().fit(X, LABELS, epochs=2, verbose=0, validation_data=(batch for batch in [(X, LABELS)]))
    with pytest.raises(DataError, match="at least one batch, got none from list_iterator"):
        classifier().fit(iter([]), verbose=0)


def test_validation_split_needs_arrays_and_rows_on_both_sides() -> None:
    with pytest.raises(ArgumentError, match="arrays with validation_split, got batches"):
        classifier().fit(Loader(), validation_split=0.5, verbose=0)
    with pytest.raises(ArgumentError, match=r"rows on both sides, got 0\.5 of 1 rows"):
        classifier().fit(X[:1], LABELS[:1], validation_split=0.5, verbose=0)


# --- Callbacks through fit ------------------------------------------------------------------------


def test_callbacks_are_called_in_order_around_epochs_batches_and_validation() -> None:
    calls: list[str] = []
    names = [name for name in callbacks.HOOKS if name not in ("on_progress", "on_batch_begin", "on_batch_end")]
    diary = callbacks.LambdaCallback(**{name: lambda *_, name=name: calls.append(name[3:]) for name in names})
    model = classifier()
    model.fit(X, LABELS, batch_size=8, validation_data=(X[:2], LABELS[:2]), verbose=0, callbacks=diary)
    batch = ["train_batch_begin", "train_batch_end"]
    validation = ["test_begin", "test_batch_begin", "test_batch_end", "test_end"]
    assert calls == ["train_begin", "epoch_begin", *batch, *batch, *validation, "epoch_end", "train_end"]


def test_early_stopping_stops_and_brings_the_best_weights_back_as_in_keras(keras: ModuleType, float64: None) -> None:
    compiled = {"optimizer": ("SGD", {"learning_rate": 2.0}), "loss": "sparse_categorical_crossentropy"}
    ours, theirs = twins(keras, PLAIN, **compiled)
    config = {"patience": 2, "restore_best_weights": True}
    fitted = FIT | {"epochs": 12, "validation_data": (X_VAL, LABELS_VAL)}
    mine, other = callbacks.EarlyStopping(**config), keras.callbacks.EarlyStopping(**config)
    history = ours.fit(X, LABELS, callbacks=[mine], **fitted)
    expected = theirs.fit(X, LABELS, callbacks=[other], **fitted)
    assert len(history.epoch) < 12
    assert (history.epoch, mine.stopped_epoch, mine.best_epoch) == (
        expected.epoch,
        other.stopped_epoch,
        other.best_epoch,
    )
    assert history.history["val_loss"] == pytest.approx(expected.history["val_loss"], rel=1e-9)
    assert ours.evaluate(X_VAL, LABELS_VAL, verbose=0) == min(history.history["val_loss"])
    for weight, expected_weight in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert weight == pytest.approx(expected_weight, rel=1e-9)


def test_the_rate_is_lowered_on_a_plateau_as_in_keras(keras: ModuleType, float64: None) -> None:
    ours, theirs = twins(keras, PLAIN, optimizer=("SGD", {"learning_rate": 2.0}), loss="categorical_crossentropy")
    config = {"factor": 0.25, "patience": 1}
    fitted = FIT | {"epochs": 6, "validation_data": (X_VAL, np.eye(CLASSES)[LABELS_VAL])}
    history = ours.fit(X, ONE_HOT, callbacks=[callbacks.ReduceLROnPlateau(**config)], **fitted).history
    expected = theirs.fit(X, ONE_HOT, callbacks=[keras.callbacks.ReduceLROnPlateau(**config)], **fitted).history
    assert history.keys() == expected.keys()
    assert history["learning_rate"] == [float(rate) for rate in expected["learning_rate"]]
    assert history["learning_rate"][-1] < 2.0
    assert history["loss"] == pytest.approx(expected["loss"], rel=1e-9)


def test_a_rate_set_during_training_counts_from_the_next_batch() -> None:
    model = classifier(optimizer=optimizers.SGD(0.1))
    before: list[np.ndarray] = []

    def stop_moving(batch: int, logs: Any) -> None:
        model.optimizer.learning_rate = 1e-30
        before.append(model.state.params.copy())

    model.fit(X, LABELS, batch_size=8, verbose=0, callbacks=callbacks.LambdaCallback(on_train_batch_end=stop_moving))
    assert np.array_equal(before[0], before[1])


def test_a_checkpoint_holds_the_best_weights(tmp_path: Path) -> None:
    model = classifier(optimizer=optimizers.SGD(2.0))
    path = tmp_path / "best.safetensors"
    keep = callbacks.ModelCheckpoint(path, save_best_only=True, save_weights_only=True)
    history = model.fit(X, LABELS, epochs=8, verbose=0, validation_data=(X_VAL, LABELS_VAL), callbacks=keep)
    assert history.history["val_loss"][-1] > min(history.history["val_loss"])
    model.load_weights(path)
    assert model.evaluate(X_VAL, LABELS_VAL, verbose=0) == min(history.history["val_loss"])


def test_a_csv_file_has_a_row_an_epoch(tmp_path: Path) -> None:
    model = classifier(metrics=["accuracy"])
    path = tmp_path / "log.csv"
    history = model.fit(
        X, LABELS, epochs=3, verbose=0, validation_split=0.5, callbacks=callbacks.CSVLogger(path)
    ).history
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    assert [float(row["val_accuracy"]) for row in rows] == history["val_accuracy"]
    assert [float(row["loss"]) for row in rows] == history["loss"]


def test_what_a_callback_writes_into_the_logs_is_in_the_history() -> None:
    model = classifier()
    note = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(squared=epoch**2))
    assert model.fit(X, LABELS, epochs=3, verbose=0, callbacks=note).history["squared"] == [0, 1, 4]


def test_stop_training_within_an_epoch_ends_it_after_that_batch() -> None:
    model = classifier()

    def stop(batch: int, logs: Any) -> None:
        model.stop_training = batch == 1

    history = model.fit(
        X, LABELS, batch_size=2, epochs=3, verbose=0, callbacks=callbacks.LambdaCallback(on_train_batch_end=stop)
    )
    assert model.state.step == model.optimizer.iterations == 2
    assert history.epoch == [0]
    assert model.fit(X, LABELS, batch_size=2, verbose=0).epoch == [0]  # the next fit is not stopped
    assert model.state.step == 10


def test_an_error_in_a_callback_ends_training_and_closes_the_others(tmp_path: Path) -> None:
    def fail(epoch: int, logs: Any) -> None:
        raise RuntimeError("no more")

    ended: list[str] = []
    others = (
        callbacks.LambdaCallback(on_epoch_end=fail),
        callbacks.LambdaCallback(on_train_end=lambda logs: ended.append("x")),
    )
    with pytest.raises(RuntimeError, match="no more"):
        classifier().fit(X, LABELS, verbose=0, callbacks=list(others))
    assert ended == ["x"]


def test_the_moving_average_of_the_weights_is_what_remains_after_fit(keras: ModuleType) -> None:
    model = classifier(optimizer=optimizers.SGD(0.5, use_ema=True, ema_momentum=0.5))
    path: list[np.ndarray] = []
    watch = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: path.append(model.state.params.copy()))
    model.fit(X, LABELS, batch_size=8, epochs=1, verbose=0, callbacks=watch)
    assert model.state.params == pytest.approx(0.5 * path[0] + 0.5 * path[1], rel=1e-6)


# --- Divergence -----------------------------------------------------------------------------------


def exploding(**fitted: Any) -> Sequential:
    model = Sequential([Dense(8, "relu"), Dense(1)], seed=1)
    model.compile(optimizer=optimizers.SGD(1e4), loss="mse")
    model.fit(X, NUMBERS[:, 0], batch_size=4, epochs=20, shuffle=False, verbose=0, **fitted)
    return model


@pytest.mark.parametrize("watched", [False, True])
def test_a_loss_that_is_not_finite_is_told_once_with_place_and_cause(watched: bool) -> None:
    fitted = {"callbacks": callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)} if watched else {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = exploding(**fitted)
        assert model.history is not None
        first = next(epoch for epoch, loss in enumerate(model.history.history["loss"]) if not np.isfinite(loss))
    assert [warning.category for warning in caught] == [NonFiniteLossWarning]
    message = str(caught[0].message)
    assert f"in epoch {first + 1}, batch " in message
    assert "learning rate (10000) is too high" in message
    assert "TerminateOnNaN" in message
    place = linecache.getline(caught[0].filename, caught[0].lineno)
    assert "model.fit(" in place  # the warning points at the user's line


def test_the_warning_names_the_batch() -> None:
    model = classifier(optimizer="sgd")
    model.build((WIDTH,))

    def spoil(batch: int, logs: Any = None) -> None:
        if batch == 2:
            model.state.params[:] = np.nan

    with pytest.warns(NonFiniteLossWarning, match="became nan in epoch 2, batch 3"):
        model.fit(
            X,
            LABELS,
            batch_size=4,
            initial_epoch=1,
            epochs=2,
            verbose=0,
            callbacks=callbacks.LambdaCallback(on_train_batch_begin=spoil),
        )


def test_inputs_that_are_not_scaled_are_named_as_a_likely_cause() -> None:
    model = Sequential([Dense(1)], seed=1)
    model.compile(optimizer="sgd", loss="mse")
    with pytest.warns(NonFiniteLossWarning, match=r"or the inputs are not scaled \(the largest of this batch is 250\)"):
        model.fit(np.full((8, 4), 250.0), np.ones(8), epochs=30, verbose=0)


def test_terminate_on_nan_stops_in_the_epoch_where_it_happens(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.warns(NonFiniteLossWarning, match="in epoch 1"):
        model = exploding(callbacks=callbacks.TerminateOnNaN())
    assert model.history is not None
    assert len(model.history.epoch) < 20
    assert "training stops" in capsys.readouterr().out


# --- Ctrl-C ---------------------------------------------------------------------------------------


def press_ctrl_c(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_stops_at_the_end_of_the_batch_and_leaves_everything_valid() -> None:
    model, twin = classifier(), classifier()
    hooks = {"on_train_batch_end": lambda batch, logs: batch == 2 and press_ctrl_c()}
    ended: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        model.fit(
            X,
            LABELS,
            batch_size=2,
            epochs=9,
            initial_epoch=0,
            shuffle=False,
            verbose=0,
            callbacks=callbacks.LambdaCallback(**hooks, on_train_end=lambda logs: ended.append("x")),
        )
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert ended == ["x"]
    for rows in (slice(0, 2), slice(2, 4), slice(4, 6)):
        twin.train_on_batch(X[rows], LABELS[rows])
    assert numbers(model) == numbers(twin)
    assert model.state.step == model.optimizer.iterations == 3
    assert model.history is not None
    assert model.history.epoch == []
    model.fit(X, LABELS, verbose=0)  # and training goes on
    assert model.state.step == 4


def test_ctrl_c_from_outside_while_the_engine_works() -> None:
    model = Sequential([Dense(300, "relu"), Dense(300, "relu"), Dense(1)], seed=1)
    model.compile(optimizer="sgd", loss="mse")
    x = np.random.default_rng(0).normal(size=(2000, 50)).astype(np.float32)
    begun = threading.Event()
    thread = threading.Thread(target=lambda: (begun.wait(10), press_ctrl_c()))
    thread.start()
    updates: list[int] = []
    train = model.engine.train

    def counting(*arguments: Any) -> Any:
        losses = train(*arguments)
        updates.append(len(losses))
        if len(updates) == 3:
            begun.set()
        return losses

    model.engine.train = counting  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, np.zeros(2000), epochs=10_000, verbose=0)
    thread.join()
    assert model.state.step == model.optimizer.iterations == sum(updates)
    assert np.isfinite(model.state.params).all()
    assert model.history is not None
    steps = sum(updates) // 63  # whole epochs
    assert model.history.epoch == list(range(len(model.history.history.get("loss", []))))
    assert len(model.history.epoch) in (steps, steps - 1)


@pytest.mark.parametrize("moment", ["on_epoch_end", "on_test_end", "on_train_end"])
def test_ctrl_c_between_batches_is_not_lost(moment: str) -> None:
    model = classifier()
    with pytest.raises(KeyboardInterrupt):
        model.fit(
            X,
            LABELS,
            verbose=0,
            validation_data=(X_VAL, LABELS_VAL),
            callbacks=callbacks.LambdaCallback(**{moment: press_ctrl_c}),
        )
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert model.state.step == 1


def test_ctrl_c_stops_a_long_validation() -> None:
    model = classifier()
    seen: list[int] = []

    def look(batch: int, logs: Any = None) -> None:
        seen.append(batch)
        if batch == 1:
            press_ctrl_c()

    with pytest.raises(KeyboardInterrupt):
        model.fit(
            X,
            LABELS,
            verbose=0,
            validation_data=(X, LABELS),
            validation_batch_size=1,
            callbacks=callbacks.LambdaCallback(on_test_batch_end=look),
        )
    assert seen == [0, 1]


def test_a_second_ctrl_c_is_not_put_off() -> None:
    after: list[str] = []

    def twice(batch: int, logs: Any) -> None:
        press_ctrl_c()
        press_ctrl_c()
        after.append("reached")

    with pytest.raises(KeyboardInterrupt):
        classifier().fit(X, LABELS, verbose=0, callbacks=callbacks.LambdaCallback(on_train_batch_end=twice))
    assert after == []


def test_somebody_else_s_handler_and_other_threads_are_left_alone() -> None:
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        classifier().fit(X, LABELS, verbose=0, callbacks=callbacks.LambdaCallback(on_epoch_end=press_ctrl_c))
    finally:
        signal.signal(signal.SIGINT, before)
    assert pressed == [signal.SIGINT]

    histories: list[Any] = []
    thread = threading.Thread(target=lambda: histories.append(classifier().fit(X, LABELS, verbose=0)))
    thread.start()
    thread.join()
    assert histories[0].epoch == [0]


def test_a_fit_within_a_fit_leaves_ctrl_c_to_the_outer_one() -> None:
    def inner(epoch: int, logs: Any) -> None:
        classifier().fit(X, LABELS, verbose=0)
        press_ctrl_c()

    model = classifier()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, LABELS, epochs=5, verbose=0, callbacks=callbacks.LambdaCallback(on_epoch_end=inner))
    assert model.history is not None
    assert model.history.epoch == [0]


def test_without_ctrl_c_the_handler_is_put_back() -> None:
    with training.stop_at_a_batch() as stop_if_asked:
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        stop_if_asked()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
