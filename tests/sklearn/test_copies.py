"""Estimators are copied, pickled, and used by several processes and threads at once."""

from __future__ import annotations

import copy
import pickle
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the extra 'sklearn'")

import joblib
from sklearn.base import clone
from sklearn.datasets import load_digits

from rosenblatt.callbacks import EarlyStopping
from rosenblatt.sklearn import MLPClassifier, MLPRegressor, Perceptron
from rosenblatt.sklearn.networks import new_engine

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

DIGITS, CLASSES = load_digits(return_X_y=True)
X, Y = DIGITS[:200] / 16, CLASSES[:200]

COPIES = {
    "pickle": lambda estimator: pickle.loads(pickle.dumps(estimator)),
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
}


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_predicts_and_goes_on_as_the_original_would(way: str) -> None:
    one = MLPClassifier((9,), batch_normalization=True, random_state=0, max_iter=5).fit(X, Y)
    other = COPIES[way](one)
    np.testing.assert_array_equal(other.predict_proba(X), one.predict_proba(X))
    if way == "copy":  # shares its network
        return
    one.partial_fit(X, Y)
    assert not np.array_equal(one.coefs_[0], other.coefs_[0])
    other.partial_fit(X, Y)
    np.testing.assert_array_equal(one.coefs_[0], other.coefs_[0])
    assert other.coefs_[0] is other.model_.layers[0].kernel


def test_a_pickle_holds_the_network_and_little_more() -> None:
    fitted = MLPClassifier((300,), max_iter=1).fit(X, Y)
    assert len(pickle.dumps(fitted)) < len(pickle.dumps(fitted.model_)) + 8000


def test_weights_put_in_place_by_somebody_are_pickled() -> None:
    fitted = MLPClassifier((4,), max_iter=1).fit(X, Y)
    fitted.coefs_ = [coefs + 1 for coefs in fitted.coefs_]
    restored = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(restored.coefs_[0], fitted.coefs_[0])
    np.testing.assert_array_equal(restored.predict_proba(X), fitted.predict_proba(X))


def test_a_clone_is_unfitted_and_has_callbacks_of_its_own() -> None:
    fitted = MLPClassifier((4,), callbacks=[EarlyStopping("loss")], max_iter=2).fit(X, Y)
    other = clone(fitted)
    assert not hasattr(other, "coefs_")
    assert other.callbacks[0] is not fitted.callbacks[0]


def test_a_file_mapped_read_only_predicts_and_goes_on(tmp_path: Path) -> None:
    fitted = MLPRegressor(hidden_layer_sizes=(5,), max_iter=3, random_state=0).fit(X, Y)
    joblib.dump(fitted, tmp_path / "network.joblib")
    mapped = joblib.load(tmp_path / "network.joblib", mmap_mode="r")
    np.testing.assert_array_equal(mapped.predict(X), fitted.predict(X))
    mapped.partial_fit(X, Y)


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_a_worker_computes_with_one_thread(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rosenblatt.engines._native", reason="needs the native engine")
    monkeypatch.setenv("ROSENBLATT_THREADS", "3")
    assert _threads_of_a_new_engine() == 3
    with joblib.parallel_backend(backend, n_jobs=2):
        assert joblib.Parallel()(joblib.delayed(_threads_of_a_new_engine)() for _ in range(2)) == [1, 1]


def _threads_of_a_new_engine() -> int:
    return new_engine().threads  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("backend", ["loky", "threading"])
@pytest.mark.parametrize("estimator", [MLPClassifier((6,), max_iter=4), Perceptron(max_iter=4)], ids=str)
def test_parallel_fits_give_what_single_ones_give(estimator: Any, backend: str) -> None:
    seeded = [clone(estimator).set_params(random_state=seed) for seed in range(4)]
    alone = [clone(one).fit(X, Y).predict(X) for one in seeded]
    with joblib.parallel_backend(backend, n_jobs=2):
        together = joblib.Parallel()(joblib.delayed(one.fit)(X, Y) for one in seeded)
    for one, predicted in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one.predict(X), predicted)


def test_one_fitted_estimator_serves_several_threads() -> None:
    fitted = MLPClassifier((30,), max_iter=2, random_state=0).fit(X, Y)
    wanted = fitted.predict_proba(X)
    with joblib.parallel_backend("threading", n_jobs=4):
        answers = joblib.Parallel()(joblib.delayed(fitted.predict_proba)(X) for _ in range(20))
    for answer in answers:
        np.testing.assert_array_equal(answer, wanted)


def test_classes_of_a_perceptron_are_learnt_side_by_side_with_the_same_result() -> None:
    one, two = (Perceptron(max_iter=10, n_jobs=jobs).fit(X, Y) for jobs in (None, 2))
    np.testing.assert_array_equal(one.coef_, two.coef_)


def test_a_large_sparse_table_takes_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.sparse import random_array

    x = random_array((4000, 2000), density=0.001, format="csr", rng=np.random.default_rng(0))
    monkeypatch.setattr("rosenblatt.sklearn.objective.DENSE_BYTES", 2**22)
    monkeypatch.setattr("rosenblatt.sklearn.base.DENSE_BYTES", 2**22)
    network = MLPRegressor(hidden_layer_sizes=(2,), max_iter=2, solver="sgd")
    network.fit(x[:50], np.zeros(50))  # what is imported on the way
    tracemalloc.start()
    network.fit(x, np.zeros(4000)).predict(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**25  # dense it would be 64 MB
