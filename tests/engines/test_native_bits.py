"""What the native engine's results do not depend on, to the last bit: threads, slices, the past, the data's layout."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosenblatt import Sequential, optimizers
from rosenblatt.layers import BatchNormalization, Dense, Dropout, GaussianNoise, LayerNormalization, PReLU, Rescaling
from rosenblatt.plan import Plan, State

pytest.importorskip("rosenblatt.engines._native", reason="needs the native engine: a C++ compiler")
from rosenblatt.engines import _native
from rosenblatt.engines.native import NativeEngine

ROWS, INPUTS, CLASSES, BATCH = 110, 300, 10, 40


def network(optimizer: Any = "adam", dtype: str = "float32", first: str = "Dense") -> tuple[Plan, State]:
    """Everything in it whose result could depend on how the work is shared; a step is work for four threads."""
    model = Sequential(
        [
            *([Rescaling(0.5)] if first == "Rescaling" else []),
            Dense(64, "tanh", kernel_regularizer="l2", bias_regularizer="l1"),
            BatchNormalization(),
            Dropout(0.3),
            Dense(71, "relu"),
            LayerNormalization(),
            PReLU("ones"),
            GaussianNoise(0.1),
            Dense(CLASSES, "softmax"),
        ],
        seed=1,
        dtype=dtype,
    )
    model.compile(optimizer, "sparse_categorical_crossentropy")
    model.build((INPUTS,))
    model.state.learning_rate = 0.01
    return model.plan, model.state


X = np.random.default_rng(0).normal(size=(ROWS, INPUTS))
TARGET = np.random.default_rng(1).integers(0, CLASSES, ROWS)
WEIGHT = np.random.default_rng(2).random(ROWS)
ORDER = np.random.default_rng(3).permutation(ROWS)


def numbers(state: State) -> bytes:
    """All that training changes."""
    arrays = [state.params, state.statistics, *(state.slots[name] for name in sorted(state.slots))]
    return b"".join(array.tobytes() for array in arrays) + str(state.step).encode()


def everything(engine: NativeEngine, plan: Plan, state: State, x: np.ndarray = X) -> dict[str, bytes]:
    """All that an engine says of a network and makes of it."""
    loss, gradient = engine.loss_and_gradient(plan, state, x, TARGET, WEIGHT)
    outputs = np.empty((ROWS, CLASSES), plan.dtype)
    losses = engine.train(plan, state, x, TARGET, WEIGHT, ORDER, BATCH, outputs)
    measured = engine.evaluate(plan, state, x, TARGET)
    predictions = engine.predict(plan, state, x, layers="all")
    return {
        "loss": np.float64(loss).tobytes(),
        "gradient": gradient.tobytes(),
        "losses": losses.tobytes(),
        "outputs": outputs.tobytes(),
        "state": numbers(state),
        "measured": measured.tobytes(),
        "predictions": b"".join(prediction.tobytes() for prediction in predictions),
    }


# --- Threads --------------------------------------------------------------------------------------

OPTIMIZERS = {
    "applied at once": lambda: optimizers.SGD(momentum=0.9, clipvalue=0.01, weight_decay=0.1),
    "clipped by all": lambda: optimizers.Adam(global_clipnorm=0.1, use_ema=True, ema_overwrite_frequency=2),
    "clipped one by one": lambda: optimizers.RMSprop(clipnorm=0.1, centered=True, momentum=0.5),
}


@pytest.mark.parametrize("isa", _native.available())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_any_number_of_threads(isa: str, dtype: str, optimizer: str) -> None:
    alone = everything(NativeEngine(1, isa), *network(OPTIMIZERS[optimizer](), dtype))
    for threads in (2, 3, 4):
        assert everything(NativeEngine(threads, isa), *network(OPTIMIZERS[optimizer](), dtype)) == alone, threads


def trained_by(threads: int, isa: str, inputs: int, rows: int) -> tuple[bytes, bytes]:
    """Two batches of some rows through a network with many inputs."""
    model = Sequential([Dense(200, "tanh"), BatchNormalization(), Dense(CLASSES, "softmax")], seed=1)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.build((inputs,))
    x = np.random.default_rng(4).normal(size=(ROWS, inputs))
    losses = NativeEngine(threads, isa).train(model.plan, model.state, x, TARGET, WEIGHT, ORDER[: 2 * rows], rows)
    return losses.tobytes(), numbers(model.state)


@pytest.mark.parametrize("rows", [4, 9, 17, 31, 41])
@pytest.mark.parametrize("isa", _native.available())
def test_any_number_of_threads_for_batches_that_cannot_be_shared_evenly(isa: str, rows: int) -> None:
    """More threads than tiles of rows: some have nothing to do."""
    alone = trained_by(1, isa, 850, rows)
    assert [trained_by(threads, isa, 850, rows) == alone for threads in (2, 3, 4)] == [True] * 3


@pytest.mark.parametrize("inputs", [255, 257, 1023, 1025, 1500, 2100])
@pytest.mark.parametrize("isa", _native.available())
def test_any_number_of_threads_for_sums_of_any_length(isa: str, inputs: int) -> None:
    """Threads share the parts of a long sum; a part may be too long for the caches, and made of parts itself."""
    alone = trained_by(1, isa, inputs, 16)
    assert [trained_by(threads, isa, inputs, 16) == alone for threads in (2, 3, 4)] == [True] * 3


@pytest.mark.parametrize("rows", [1, 127, 129, 1000])
def test_any_number_of_threads_for_predictions(rows: int) -> None:
    plan, state = network()
    x = np.random.default_rng(5).normal(size=(rows, INPUTS)).astype(np.float32)
    target = np.arange(rows) % CLASSES
    alone = NativeEngine(1).predict(plan, state, x), NativeEngine(1).evaluate(plan, state, x, target)
    for threads in (2, 3, 4):
        assert np.array_equal(NativeEngine(threads).predict(plan, state, x), alone[0])
        assert np.array_equal(NativeEngine(threads).evaluate(plan, state, x, target), alone[1])


THREADS_OF_THE_PROCESS = """
import os, sys
import numpy as np
from rosenblatt import Sequential
from rosenblatt.engines.native import NativeEngine
from rosenblatt.layers import Dense

def train(units):
    model = Sequential([Dense(units, "relu"), Dense(1)], seed=1)
    model.compile("sgd", "mse")
    model.build((300,))
    engine.train(model.plan, model.state, x, np.ones((40, 1)), None, np.arange(40), 40)
    return len(os.listdir("/proc/self/task")) - before

x, engine, before = np.ones((40, 300), np.float32), NativeEngine(4), len(os.listdir("/proc/self/task"))
print(train(8), train(32), train(300), train(8))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts its threads in /proc")
def test_only_much_work_gets_threads() -> None:
    """And those that were started once are kept."""
    done = subprocess.run(
        [sys.executable, "-c", THREADS_OF_THE_PROCESS], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["0", "1", "3", "3"]


# --- Slices, repetition ---------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(cuts=st.sets(st.integers(1, 10)), batch_size=st.sampled_from([11, 40]), threads=st.sampled_from([1, 3]))
def test_an_epoch_may_be_cut_anywhere_between_batches(cuts: set[int], batch_size: int, threads: int) -> None:
    engine = NativeEngine(threads)
    plan, whole = network()
    losses_whole = engine.train(plan, whole, X, TARGET, WEIGHT, ORDER, batch_size)

    _, sliced = network()
    slices = np.split(ORDER, sorted(cut * batch_size for cut in cuts if cut * batch_size < ROWS))
    losses_sliced = [engine.train(plan, sliced, X, TARGET, WEIGHT, rows, batch_size) for rows in slices]
    assert numbers(whole) == numbers(sliced)
    assert losses_whole.tobytes() == np.concatenate(losses_sliced).tobytes()


@pytest.mark.parametrize("batch_size", [40, 110, 1000])
def test_epochs_in_one_call_are_epochs_one_by_one(batch_size: int) -> None:
    """No batch reaches over the end of an epoch."""
    orders = np.stack([np.random.default_rng(seed).permutation(ROWS) for seed in range(3)])
    engine = NativeEngine(3)
    plan, together = network(optimizers.Adam(optimizers.schedules.CosineDecay(0.01, 9)))
    outputs = np.empty((3 * ROWS, CLASSES), np.float32)
    losses = engine.train(plan, together, X, TARGET, WEIGHT, orders, batch_size, outputs)

    _, one_by_one = network()
    parts = np.empty((3, ROWS, CLASSES), np.float32)
    expected = [
        engine.train(plan, one_by_one, X, TARGET, WEIGHT, order, batch_size, part)
        for order, part in zip(orders, parts, strict=True)
    ]
    assert losses.tobytes() == np.concatenate(expected).tobytes()
    assert outputs.tobytes() == parts.tobytes()
    assert numbers(together) == numbers(one_by_one)


@pytest.mark.parametrize("threads", [1, 4])
def test_what_was_done_before_leaves_no_trace(threads: int) -> None:
    """An engine keeps its memory from call to call; larger and smaller batches have been there."""
    expected = everything(NativeEngine(threads), *network())
    engine = NativeEngine(threads)
    assert everything(engine, *network()) == expected
    plan, state = network()
    for batch_size in (1, 100, 7):
        engine.train(plan, state, X * 1e3, TARGET, None, ORDER, batch_size)
    engine.predict(plan, state, np.tile(X, (5, 1)))
    engine.evaluate(plan, state, X[:3], TARGET[:3])
    assert everything(engine, *network()) == expected


def test_another_seed_gives_other_results() -> None:
    """So that the tests above can fail."""
    plan, state = network()
    first = everything(NativeEngine(1), plan, state.copy())
    state.step = 1  # what is dropped depends on it
    assert first.items() & everything(NativeEngine(1), plan, state).items() == set()


def test_a_row_is_predicted_the_same_in_any_company() -> None:
    plan, state = network(dtype="float64")
    x = np.random.default_rng(6).normal(size=(300, INPUTS))
    together = NativeEngine(1).predict(plan, state, x)
    for start, count in ((0, 1), (0, 7), (5, 20), (127, 2), (299, 1)):
        alone = NativeEngine(1).predict(plan, state, x[start : start + count])
        np.testing.assert_allclose(alone, together[start : start + count], rtol=1e-13)


# --- Data of every kind ---------------------------------------------------------------------------


def mapped(x: np.ndarray, folder: Path) -> np.ndarray:
    np.save(folder / "x.npy", x)
    return np.load(folder / "x.npy", mmap_mode="r")


def read_only(x: np.ndarray) -> np.ndarray:
    x = x.copy()
    x.flags.writeable = False
    return x


def between_others(x: np.ndarray, rows: int = 1, columns: int = 1, before: int = 0) -> np.ndarray:
    """x as a view on every so many rows and columns of a larger array, full of NaN elsewhere."""
    larger = np.full((rows * len(x), before + columns * x.shape[1]), np.nan, x.dtype)
    view = larger[::rows, before::columns]
    view[...] = x
    return view


def at_an_odd_address(x: np.ndarray) -> np.ndarray:
    memory = np.empty(x.nbytes + 1, np.uint8)
    view = np.ndarray(x.shape, x.dtype, memory, offset=1)
    view[...] = x
    return view


LAYOUTS: dict[str, Callable[[np.ndarray, Path], np.ndarray]] = {
    **{
        dtype: lambda x, _, dtype=dtype: x.astype(dtype)
        for dtype in ("float64", "float32", "float16", "uint8", "int8", "uint16", "int64", "bool", ">f8", ">f4")
    },
    "memory map": mapped,
    "memory map of float32": lambda x, folder: mapped(x.astype(np.float32), folder),
    "memory map of uint8": lambda x, folder: mapped(x.astype(np.uint8), folder),
    "memory map of integers": lambda x, folder: mapped(x.astype(np.int64), folder),
    "read-only": lambda x, _: read_only(x),
    "columns first": lambda x, _: np.asfortranarray(x),
    "columns first, float32": lambda x, _: np.asfortranarray(x, np.float32),
    "every other row": lambda x, _: between_others(x, rows=2),
    "every other row, float32": lambda x, _: between_others(x.astype(np.float32), rows=2),
    "some columns": lambda x, _: between_others(x, before=3),
    "some columns, float32": lambda x, _: between_others(x.astype(np.float32), before=3),
    "some columns, uint8": lambda x, _: np.concatenate([x, x], axis=1).astype(np.uint8)[:, :INPUTS],
    "every third column": lambda x, _: between_others(x, columns=3),
    "rows reversed": lambda x, _: x[::-1].copy()[::-1],
    "columns reversed": lambda x, _: x[:, ::-1].copy()[:, ::-1],
    "odd address": lambda x, _: at_an_odd_address(x),
    "odd address, float32": lambda x, _: at_an_odd_address(x.astype(np.float32)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("first", ["Dense", "Rescaling"])
def test_the_same_numbers_in_another_layout(layout: str, dtype: str, first: str, tmp_path: Path) -> None:
    x = np.random.default_rng(7).integers(0, 2, (ROWS, INPUTS)).astype(np.float64)
    engine = NativeEngine(2)
    expected = everything(engine, *network(dtype=dtype, first=first), x)
    found = everything(engine, *network(dtype=dtype, first=first), LAYOUTS[layout](x, tmp_path))
    assert found == expected


def test_one_row_for_all() -> None:
    """Rows that lie in the same place."""
    x = np.broadcast_to(X[:1], X.shape)
    assert everything(NativeEngine(2), *network(), x) == everything(NativeEngine(2), *network(), x.copy())


@pytest.mark.parametrize("kind", [np.int32, np.uint8, np.int64])
def test_rows_seen_more_than_once_and_rows_not_seen(kind: type) -> None:
    """Of numbers that have to be converted, only those that are seen are."""
    order = np.array([[5, 5, 9, 107], [107, 2, 2, 2]], np.int32)
    x = np.random.default_rng(8).integers(0, 9, (ROWS, INPUTS)).astype(kind)
    found = []
    for rows, target, weight, of_rows in (
        (x, TARGET, WEIGHT, order),
        (x[order.ravel()], TARGET[order.ravel()], WEIGHT[order.ravel()], np.arange(8).reshape(2, 4)),
    ):
        plan, state = network()
        losses = NativeEngine(1).train(plan, state, rows, target, weight, of_rows, 3)
        found.append((losses.tobytes(), numbers(state)))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "layout", ["float64", "float32", "uint8", "memory map of uint8", "every other row", "some columns"]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rows_are_read_where_they_lie(layout: str, dtype: str, tmp_path: Path) -> None:
    plan, state = network(dtype=dtype)
    x = LAYOUTS[layout](np.zeros((5000, INPUTS)), tmp_path)
    target, order = np.zeros(len(x), np.int64), np.arange(0, len(x), 10)
    engine = NativeEngine(1)
    for call in (
        lambda: engine.train(plan, state, x, target, None, order, BATCH),
        lambda: engine.evaluate(plan, state, x, target),
        lambda: engine.predict(plan, state, x),
    ):
        call()
        tracemalloc.start()
        call()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < len(x) * INPUTS / 2, "bytes, less than one for two numbers"
