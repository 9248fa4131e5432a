"""scikit-learn's fitted networks become models that answer alike."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from rosenblatt.errors import ArgumentError, MissingExtraError, ModelStateError
from rosenblatt.models import from_sklearn, load_model
from rosenblatt.types import Array

pytest.importorskip("sklearn", reason="needs scikit-learn")
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, Normalizer, RobustScaler, StandardScaler

import rosenblatt.sklearn

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def table(classes: int = 3) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    return rng.normal([5.0, -2.0, 0.0], [9.0, 0.1, 1.0], (80, 3)), rng.integers(0, classes, 80)


def small(kind: Any = MLPClassifier, **options: Any) -> Any:
    return kind(hidden_layer_sizes=(6, 4), max_iter=5, random_state=0, **options)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_a_classifier_of_several_classes(activation: str) -> None:
    x, y = table()
    estimator = small(activation=activation).fit(x, np.array(["ant", "bee", "fly"])[y])
    model = from_sklearn(estimator)
    np.testing.assert_allclose(model.predict(x, verbose=0), estimator.predict_proba(x), rtol=1e-10, atol=1e-12)
    assert model.class_names == ["ant", "bee", "fly"]


def test_two_classes_have_one_output() -> None:
    x, y = table(2)
    estimator = small().fit(x, y)
    found = from_sklearn(estimator).predict(x, verbose=0)
    np.testing.assert_allclose(found[:, 0], estimator.predict_proba(x)[:, 1], rtol=1e-10)


def test_several_labels() -> None:
    x, _ = table()
    labels = np.random.default_rng(1).integers(0, 2, (80, 3))
    estimator = small().fit(x, labels)
    np.testing.assert_allclose(from_sklearn(estimator).predict(x, verbose=0), estimator.predict_proba(x), rtol=1e-10)


def test_a_regressor_of_several_numbers() -> None:
    x, _ = table()
    estimator = small(MLPRegressor).fit(x, x[:, :2] * 2)
    np.testing.assert_allclose(from_sklearn(estimator).predict(x, verbose=0), estimator.predict(x), rtol=1e-10)


def test_single_precision_stays() -> None:
    x, y = table()
    estimator = small().fit(x.astype("float32"), y)
    assert from_sklearn(estimator).dtype == "float32"


@pytest.mark.parametrize(
    "scalers",
    [
        [StandardScaler()],
        [StandardScaler(with_mean=False)],
        [StandardScaler(with_std=False)],
        [MinMaxScaler((-1, 2))],
        [MaxAbsScaler()],
        [RobustScaler()],
        ["passthrough", MinMaxScaler(), StandardScaler()],
    ],
)
def test_scalers_become_the_first_layers(scalers: list[Any], tmp_path: Any) -> None:
    x, y = table()
    pipeline = make_pipeline(*scalers, small()).fit(x, y)
    model = from_sklearn(pipeline)
    np.testing.assert_allclose(model.predict(x, verbose=0), pipeline.predict_proba(x), rtol=1e-8)
    model.save(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(
        load_model(tmp_path / "model.safetensors").predict(x, verbose=0), model.predict(x, verbose=0)
    )


@pytest.mark.parametrize(("size", "dtype"), [(1e-9, "float64"), (1e25, "float32"), (1e200, "float64")])
def test_a_scaler_beyond_what_normalization_can_hold_is_refused(size: float, dtype: str) -> None:
    x, y = table()
    x = (x * size).astype(dtype)
    pipeline = make_pipeline(MaxAbsScaler(), small()).fit(x, y)
    with pytest.raises(ArgumentError, match=rf"a MaxAbsScaler whose deviations a Normalization in {dtype} can hold"):
        from_sklearn(pipeline)
    network, scaled = from_sklearn(pipeline[-1]), pipeline[:-1].transform(x)  # what the error advises
    np.testing.assert_allclose(network.predict(scaled, verbose=0), pipeline.predict_proba(x), rtol=1e-5)


@pytest.mark.parametrize(
    ("size", "dtype"), [(1e-4, "float64"), (1e-4, "float32"), (1e16, "float32"), (1e99, "float64")]
)
def test_a_scaler_of_small_or_large_numbers_keeps_its_answers(size: float, dtype: str) -> None:
    x, y = table()
    x = (x * size).astype(dtype)
    pipeline = make_pipeline(MaxAbsScaler(), small()).fit(x, y)
    np.testing.assert_allclose(from_sklearn(pipeline).predict(x, verbose=0), pipeline.predict_proba(x), rtol=1e-5)


@pytest.mark.parametrize("kind", [rosenblatt.sklearn.MLPClassifier, rosenblatt.sklearn.MLPRegressor])
@pytest.mark.parametrize("scalers", [[], [StandardScaler()]])
def test_our_own_estimators_give_a_copy_of_their_model(kind: Any, scalers: list[Any]) -> None:
    x, y = table()
    pipeline = make_pipeline(*scalers, small(kind, dropout=0.5)).fit(x, y)
    model = from_sklearn(pipeline if scalers else pipeline[-1])
    answers = pipeline.predict_proba(x) if hasattr(pipeline, "predict_proba") else pipeline.predict(x)[:, np.newaxis]
    np.testing.assert_allclose(model.predict(x, verbose=0), answers, rtol=1e-8)
    assert model.class_names == pipeline[-1].model_.class_names
    assert "Dropout" in [layer.kind for layer in model.layers]
    pipeline[-1].coefs_[0][...] = 0.0
    np.testing.assert_allclose(model.predict(x, verbose=0), answers, rtol=1e-8)


def test_a_regressor_of_counts() -> None:
    x, y = table()
    estimator = small(MLPRegressor, loss="poisson").fit(x / 10, y)
    model = from_sklearn(estimator)
    np.testing.assert_allclose(model.predict(x / 10, verbose=0)[:, 0], estimator.predict(x / 10), rtol=1e-10)


def test_it_can_be_trained_on() -> None:
    x, y = table()
    model = from_sklearn(make_pipeline(StandardScaler(), small()).fit(x, y))
    model.compile("adam", "sparse_categorical_crossentropy")
    losses = model.fit(x, y, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("estimator", "error", "message"),
    [
        (lambda x, y: LogisticRegression().fit(x, y), ArgumentError, "got LogisticRegression"),
        (lambda x, y: rosenblatt.sklearn.MLPClassifier(), ModelStateError, "expected a fitted MLPClassifier"),
        (lambda x, y: MLPClassifier(), ModelStateError, "expected a fitted MLPClassifier"),
        (lambda x, y: make_pipeline(Normalizer(), small()).fit(x, y), ArgumentError, "got Normalizer. Supported: Max"),
        (lambda x, y: make_pipeline(MinMaxScaler(clip=True), small()).fit(x, y), ArgumentError, "got clip=True"),
    ],
)
def test_what_cannot_come_from_scikit_learn(estimator: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        from_sklearn(estimator(*table()))


@pytest.mark.parametrize("module", ["sklearn.neural_network", "sklearn.pipeline"])
def test_without_scikit_learn_the_extra_is_named(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed
    with pytest.raises(MissingExtraError, match=r"^from_sklearn: expected scikit-learn .*'rosenblatt\[sklearn\]'"):
        from_sklearn(object())
