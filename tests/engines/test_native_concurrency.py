"""The native engine among others: Python threads that train and predict at once, and forked processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential
from rosenblatt.layers import BatchNormalization, Dense, Dropout

pytest.importorskip("rosenblatt.engines._native", reason="needs the native engine: a C++ compiler")
from rosenblatt.engines.native import NativeEngine

X = np.random.default_rng(0).normal(size=(200, 300)).astype(np.float32)
Y = np.random.default_rng(1).integers(0, 5, 200)
SOON = 60  # seconds: far longer than anything here takes, far shorter than forever


def classifier(seed: int = 1, threads: int = 3) -> Sequential:
    """A model whose steps are work for three threads."""
    model = Sequential([Dense(80, "tanh"), BatchNormalization(), Dropout(0.2), Dense(5, "softmax")], seed=seed)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.build((300,))
    model.engine = NativeEngine(threads)
    return model


def fit(model: Sequential, epochs: int = 3) -> list[np.ndarray]:
    model.fit(X, Y, batch_size=50, epochs=epochs, verbose=0)
    return model.get_weights()


def same(left: Sequence[np.ndarray], right: Sequence[np.ndarray]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(left, right, strict=True))


def at_once(work: Callable[[int], Any], count: int) -> list[Any]:
    """Do something in several Python threads that begin together."""
    begin = threading.Barrier(count)

    def begin_together(number: int) -> Any:
        begin.wait(SOON)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin_together, range(count), timeout=SOON))


# --- Python threads -------------------------------------------------------------------------------


def test_models_trained_at_once_learn_what_they_learn_alone() -> None:
    alone = [fit(classifier(seed), epochs=10) for seed in range(4)]
    together = at_once(lambda seed: fit(classifier(seed), epochs=10), 4)
    assert all(same(one, other) for one, other in zip(alone, together, strict=True))
    assert not same(alone[0], alone[1])


def test_one_model_predicts_in_several_threads() -> None:
    model = classifier()
    fit(model)
    pieces = [X[start : start + rows] for start, rows in ((0, 200), (3, 1), (50, 140), (199, 1))]
    expected = [model.predict(piece) for piece in pieces]
    found = at_once(lambda number: [model.predict(pieces[number]) for _ in range(20)], 4)
    for predictions, wanted in zip(found, expected, strict=True):
        assert all(np.array_equal(prediction, wanted) for prediction in predictions)


def test_a_model_predicts_while_another_is_trained() -> None:
    predicting, expected = classifier(1), fit(classifier(2), epochs=10)
    alone = predicting.predict(X)

    def work(number: int) -> list[np.ndarray]:
        return fit(classifier(2), epochs=10) if number == 0 else [predicting.predict(X) for _ in range(50)]

    trained, predictions = at_once(work, 2)
    assert same(trained, expected)
    assert all(np.array_equal(prediction, alone) for prediction in predictions)


def test_other_python_threads_run_while_a_network_is_trained() -> None:
    model = classifier(threads=1)
    order = np.tile(np.arange(200), (500, 1))
    model.engine.train(model.plan, model.state, X, Y, None, order[:1], 50)
    ticks = []
    done = threading.Event()

    def tick() -> None:
        while not done.wait(0.001):
            ticks.append(time.perf_counter())

    beside = threading.Thread(target=tick)
    beside.start()
    begin = time.perf_counter()
    model.engine.train(model.plan, model.state, X, Y, None, order, 50)
    end = time.perf_counter()
    done.set()
    beside.join()
    margin = (end - begin) / 10  # what Python does before and after the call is in there
    assert sum(begin + margin < now < end - margin for now in ticks) >= 5


def test_models_that_share_an_engine_may_be_used_at_once() -> None:
    run_alone("""
from rosenblatt.engines import native
from rosenblatt.layers import Dense

small, large = classifier(1), classifier(2)
large.add(Dense(3000))
small.engine = large.engine = NativeEngine(1)
expected = [model.predict(X[:2]) for model in (small, large)]

reason_against = native.reason_against
native.reason_against = lambda plan: time.sleep(1e-5) or reason_against(plan)  # the other thread comes in here
found = at_once(lambda number: [(small, large)[number].predict(X[:2]) for _ in range(100)], 2)
for predictions, wanted in zip(found, expected, strict=True):
    assert same(predictions, [wanted] * 100)
""")


# --- Processes ------------------------------------------------------------------------------------

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

# What scripts begin with that are run in a process of their own, so that nothing of pytest's is forked with them.
BEGINNING = '''
import multiprocessing, os, pickle, sys, threading, time
sys.path.insert(0, {folder!r})
from test_native_concurrency import NativeEngine, X, at_once, classifier, fit, same

def in_a_child(work):
    """Return what a forked child has found, and written to a pipe."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with os.fdopen(writer, "wb") as pipe:
                pickle.dump(work(), pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        found = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return pickle.loads(found)

'''


def run_alone(script: str) -> None:
    whole = BEGINNING.format(folder=os.path.dirname(__file__)) + script
    done = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, timeout=SOON)
    assert done.returncode == 0, done.stderr


@needs_fork
def test_a_forked_child_trains_what_its_parent_would() -> None:
    run_alone("""
model = classifier()
fit(model)  # the threads are there, and waiting
child = in_a_child(lambda: (fit(model), model.predict(X)))
assert same(child[0], fit(model))
assert same([child[1]], [model.predict(X)])
grandchild = in_a_child(lambda: in_a_child(lambda: fit(model)))
assert same(grandchild, fit(model))
""")


@needs_fork
def test_a_child_forked_while_another_thread_trains() -> None:
    run_alone("""
expected = fit(classifier(2))
stop = threading.Event()
rounds = []

def train():
    model = classifier(1)
    while not stop.is_set():
        rounds.append(fit(model)[0])

beside = threading.Thread(target=train)
beside.start()
while not rounds:
    pass
for _ in range(4):
    assert same(in_a_child(lambda: fit(classifier(2))), expected)
before = len(rounds)
while len(rounds) < before + 2:  # and it goes on here
    pass
stop.set()
beside.join()
""")


@pytest.mark.parametrize("method", [pytest.param("fork", marks=needs_fork), "spawn"])
def test_a_pool_of_processes(method: str) -> None:
    """A process that is started anew gets the model by pickle."""
    run_alone(f"""
models = [classifier(seed) for seed in range(3)]
fit(models[0])
with multiprocessing.get_context({method!r}).Pool(2) as pool:
    for child, model in zip(pool.map(fit, models), models, strict=True):
        assert same(child, fit(model))
""")
