"""Which engine a new model gets."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator
from importlib.machinery import ModuleSpec

import numpy as np
import pytest

from rosenblatt import Sequential
from rosenblatt.engines import select
from rosenblatt.engines.reference import ReferenceEngine
from rosenblatt.errors import ArgumentError, SlowEngineWarning
from rosenblatt.layers import Dense

NATIVE = "rosenblatt.engines._native"
is_built = pytest.mark.skipif(importlib.util.find_spec(NATIVE) is None, reason="the native engine is not built")


@pytest.fixture
def asked_anew() -> Iterator[None]:
    """As in a process in which nobody has asked for an engine yet."""
    select._native_is_built.cache_clear()
    yield
    select._native_is_built.cache_clear()


@pytest.fixture
def not_built(monkeypatch: pytest.MonkeyPatch, asked_anew: None) -> None:
    """As if there had been no compiler when rosenblatt was installed."""
    find_spec = importlib.util.find_spec

    def find_all_but_native(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == NATIVE else find_spec(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_all_but_native)


@is_built
def test_the_native_engine_where_it_is_built(asked_anew: None, recwarn: pytest.WarningsRecorder) -> None:
    engine = Sequential([Dense(1)]).engine
    assert engine.name == select.default_engine().name == "native"
    assert engine.reason is None
    assert len(recwarn) == 0


@is_built
def test_each_model_has_an_engine_of_its_own() -> None:
    assert Sequential([Dense(1)]).engine is not Sequential([Dense(1)]).engine


@is_built
def test_a_wrong_environment_is_told_when_the_model_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSENBLATT_THREADS", "many")
    with pytest.raises(ArgumentError, match="ROSENBLATT_THREADS: expected a whole number from 1 up, got 'many'"):
        Sequential([Dense(1)])


@pytest.mark.usefixtures("not_built")
def test_numpy_where_it_is_not_and_the_reason() -> None:
    with pytest.warns(SlowEngineWarning, match="expected the native engine, got NumPy alone; .* Install a compiler"):
        engine = select.default_engine()
    assert type(engine) is ReferenceEngine
    assert engine.reason == (
        "the native engine is not built: installing rosenblatt builds it where there is a C++ compiler"
    )


@pytest.mark.usefixtures("not_built")
def test_the_warning_comes_once_and_points_to_the_user_s_line() -> None:
    with pytest.warns(SlowEngineWarning) as caught:
        models = [Sequential([Dense(1)], seed=1) for _ in range(3)]
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert [model.engine.reason for model in models] == [select.NOT_BUILT] * 3


@pytest.mark.usefixtures("not_built")
def test_everything_works_without_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SlowEngineWarning)
        model = Sequential([Dense(4, "tanh"), Dense(1)], seed=1)
    model.compile("sgd", "mse")
    x = np.ones((8, 3), np.float32)
    history = model.fit(x, x[:, :1], epochs=2, verbose=0)
    assert history.history["loss"][1] < history.history["loss"][0]
    assert model.predict(x).shape == (8, 1)
