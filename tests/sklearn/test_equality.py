"""The same numbers as scikit-learn's from the same start: weights, losses, scores, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the extra 'sklearn'")

from scipy.sparse import csr_array
from sklearn import neural_network as theirs
from sklearn.datasets import load_digits, make_multilabel_classification, make_regression

from rosenblatt import sklearn as ours
from rosenblatt.types import Array

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ROWS = 250
WEIGHTS = np.random.RandomState(1).uniform(0.1, 2, ROWS)


def digits(classes: int = 10) -> tuple[Array, Array]:
    x, y = load_digits(return_X_y=True)
    return x[:ROWS] / 16, y[:ROWS] % classes


def labels() -> tuple[Array, Array]:
    return make_multilabel_classification(ROWS, random_state=0)


def numbers(outputs: int = 1) -> tuple[Array, Array]:
    x, y = make_regression(ROWS, 8, n_targets=outputs, random_state=0)
    return x, y / 100


def counts() -> tuple[Array, Array]:
    x, y = numbers(2)
    return x / 5, np.floor(np.abs(3 * y))


def both(name: str, data: tuple[Any, Any], fit: dict[str, Any] | None = None, **parameters: Any) -> tuple[Any, Any]:
    """Fit scikit-learn's estimator and ours alike."""
    classes = getattr(theirs, name), getattr(ours, name)
    one, other = (
        estimator(hidden_layer_sizes=(12, 7), random_state=3, **parameters).fit(*data, **(fit or {}))
        for estimator in classes
    )
    return one, other


def assert_equal(one: Any, other: Any, tolerance: float = 1e-9) -> None:
    for theirs_, ours_ in zip(one.coefs_ + one.intercepts_, other.coefs_ + other.intercepts_, strict=True):
        np.testing.assert_allclose(ours_, theirs_, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(other.loss_, one.loss_, rtol=tolerance)
    for name in ("n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_", "n_features_in_"):
        assert getattr(other, name) == getattr(one, name), name
    for name in ("loss_curve_", "best_loss_", "validation_scores_", "best_validation_score_"):
        assert hasattr(other, name) == hasattr(one, name), name
        if getattr(one, name, None) is None:
            assert getattr(other, name, None) is None, name
        else:
            np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=tolerance)


SETTINGS: dict[str, dict[str, Any]] = {
    "adam": {"max_iter": 6},
    "sgd": {"solver": "sgd", "activation": "logistic", "max_iter": 6},
    "last batch shorter": {"batch_size": 40, "alpha": 0.5, "max_iter": 4},
    "no Nesterov": {"solver": "sgd", "nesterovs_momentum": False, "activation": "tanh", "max_iter": 6},
    "no momentum": {"solver": "sgd", "momentum": 0, "activation": "identity", "max_iter": 6},
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling", "batch_size": 50, "max_iter": 6},
    "adaptive": {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.02, "n_iter_no_change": 2, "max_iter": 40},
    "stops by itself": {"tol": 0.05, "n_iter_no_change": 3, "max_iter": 300},
    "early stopping": {"early_stopping": True, "learning_rate_init": 0.01, "n_iter_no_change": 2, "max_iter": 25},
    "unshuffled": {"shuffle": False, "batch_size": 30, "max_iter": 4},
    "lbfgs": {"solver": "lbfgs", "max_iter": 8},
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("weighted", [False, True], ids=["equal rows", "weighted rows"])
def test_classifier_learns_the_same_numbers(setting: str, weighted: bool) -> None:
    fit = {"sample_weight": WEIGHTS} if weighted else {}
    assert_equal(*both("MLPClassifier", digits(), fit, **SETTINGS[setting]))


@pytest.mark.parametrize("setting", SETTINGS)
def test_classifier_of_two_classes_learns_the_same_numbers(setting: str) -> None:
    assert_equal(*both("MLPClassifier", digits(2), **SETTINGS[setting]))


@pytest.mark.parametrize("setting", ["adam", "sgd", "last batch shorter", "early stopping", "lbfgs"])
def test_classifier_of_several_labels_learns_the_same_numbers(setting: str) -> None:
    assert_equal(*both("MLPClassifier", labels(), **SETTINGS[setting]))


@pytest.mark.parametrize("setting", SETTINGS)
def test_regressor_learns_the_same_numbers(setting: str) -> None:
    assert_equal(*both("MLPRegressor", numbers(), **SETTINGS[setting]))


@pytest.mark.parametrize("setting", ["adam", "sgd", "last batch shorter"])
def test_regressor_of_several_outputs_learns_the_same_numbers(setting: str) -> None:
    one, other = both("MLPRegressor", numbers(3), **(SETTINGS[setting] | {"alpha": 0.0}))
    assert_equal(one, other)


def test_penalty_of_several_outputs_learns_the_same_weights() -> None:
    one, other = both("MLPRegressor", numbers(3), alpha=2.0, max_iter=4)
    for theirs_, ours_ in zip(one.coefs_, other.coefs_, strict=True):
        np.testing.assert_allclose(ours_, theirs_, rtol=1e-9)


@pytest.mark.parametrize("setting", ["adam", "sgd", "lbfgs"])
def test_poisson_loss_learns_the_same_numbers(setting: str) -> None:
    assert_equal(*both("MLPRegressor", counts(), loss="poisson", **SETTINGS[setting]), tolerance=1e-5)


@pytest.mark.parametrize("setting", ["adam", "last batch shorter", "lbfgs"])
def test_sparse_rows_learn_the_same_numbers(setting: str) -> None:
    x, y = digits()
    assert_equal(*both("MLPClassifier", (csr_array(x), y), **SETTINGS[setting]))


@pytest.mark.parametrize("setting", ["adam", "sgd", "last batch shorter", "lbfgs"])
def test_a_large_sparse_table_is_learnt_in_blocks_with_the_same_result(
    setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rosenblatt.sklearn.objective.DENSE_BYTES", 60 * 64 * 8)
    monkeypatch.setattr("rosenblatt.sklearn.base.DENSE_BYTES", 60 * 64 * 8)
    x, y = digits()
    fit = {"sample_weight": WEIGHTS}
    one, other = both("MLPClassifier", (csr_array(x), y), fit, **SETTINGS[setting])
    assert_equal(one, other)
    np.testing.assert_allclose(other.predict_proba(csr_array(x)), one.predict_proba(x), rtol=1e-7)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_partial_fit_goes_on_from_copied_weights_as_theirs_does(solver: str) -> None:
    x, y = digits()
    one = theirs.MLPClassifier((9,), solver=solver, random_state=0, batch_size=60)
    other = ours.MLPClassifier((9,), solver=solver, random_state=5, batch_size=60)
    for estimator in (one, other):
        estimator.partial_fit(x, y, classes=range(10))
        del estimator.__dict__["_optimizer" if estimator is one else "_no_improvement_count"]
    other.set_params(random_state=0)
    other.model_.compile(other.model_.optimizer, other.model_.loss)  # forgets its momentum, as theirs just did
    other.coefs_ = [w.copy() for w in one.coefs_]
    other.intercepts_ = [b.copy() for b in one.intercepts_]
    for _ in range(3):
        one.partial_fit(x, y)
        other.partial_fit(x, y)
    for theirs_, ours_ in zip(one.coefs_ + one.intercepts_, other.coefs_ + other.intercepts_, strict=True):
        np.testing.assert_allclose(ours_, theirs_, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_warm_start_goes_on_as_theirs_does(name: str, solver: str) -> None:
    data = digits() if name == "MLPClassifier" else numbers()
    one, other = both(name, data, solver=solver, warm_start=True, max_iter=4)
    assert_equal(one.set_params(max_iter=3).fit(*data), other.set_params(max_iter=3).fit(*data), tolerance=1e-7)


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
def test_warm_start_goes_on_with_another_activation_as_theirs_does(name: str) -> None:
    data = digits() if name == "MLPClassifier" else numbers()
    one, other = both(name, data, max_iter=4, warm_start=True)
    assert_equal(one.set_params(activation="tanh").fit(*data), other.set_params(activation="tanh").fit(*data))


def test_rows_may_weigh_less_than_nothing() -> None:
    x, y = digits()
    assert_equal(*both("MLPClassifier", (x, y), {"sample_weight": -WEIGHTS}, alpha=0.0, max_iter=4))
    mixed = np.where(np.arange(len(y)) % 3, WEIGHTS, -WEIGHTS)
    assert_equal(*both("MLPClassifier", (x, y), {"sample_weight": mixed}, batch_size=len(y), max_iter=4))


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
@pytest.mark.parametrize("weighted", [False, True], ids=["equal rows", "weighted rows"])
def test_loss_and_gradient_of_all_rows_are_theirs(name: str, weighted: bool) -> None:
    x, y = digits() if name == "MLPClassifier" else numbers()
    weight = WEIGHTS if weighted else None
    one, other = both(name, (x, y), alpha=0.3, max_iter=2)
    target = np.eye(10)[y] if name == "MLPClassifier" else y[:, None]
    objective = other._objective(x, target, weight)
    loss, gradient = objective.loss_and_gradient()

    layers = len(one.coefs_)
    empty = [None] * layers
    wanted, coefs, intercepts = one._backprop(x, target, weight, [x, *empty], list(empty), list(empty), list(empty))
    flat = np.concatenate([part.ravel() for pair in zip(coefs, intercepts, strict=True) for part in pair])
    assert objective.shown(loss) == pytest.approx(wanted, rel=1e-10)
    np.testing.assert_allclose(gradient, flat, rtol=1e-7, atol=1e-11)


def test_float32_rows_give_a_float32_network() -> None:
    x, y = digits()
    one, other = both("MLPClassifier", (x.astype(np.float32), y), max_iter=3)
    assert {array.dtype for array in other.coefs_ + other.intercepts_} == {np.dtype(np.float32)}
    assert other.predict_proba(x.astype(np.float32)).dtype == one.predict_proba(x.astype(np.float32)).dtype
    for theirs_, ours_ in zip(one.coefs_, other.coefs_, strict=True):
        np.testing.assert_allclose(ours_, theirs_, rtol=1e-3, atol=1e-5)


def test_several_epochs_in_one_call_of_the_engine_change_nothing() -> None:
    x, y = digits(3)
    quick = ours.MLPClassifier((5,), batch_size=50, tol=0.01, n_iter_no_change=4, random_state=0).fit(x, y)
    watched = ours.MLPClassifier((5,), batch_size=50, tol=0.01, n_iter_no_change=4, random_state=0, callbacks=[])
    watched.restore_best_weights = True
    watched.fit(x, y)
    assert quick.loss_curve_ == watched.loss_curve_


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor", "Perceptron"])
def test_parameters_stand_where_theirs_stand_with_their_defaults(name: str) -> None:
    import inspect

    from sklearn.linear_model import Perceptron

    one = inspect.signature(Perceptron if name == "Perceptron" else getattr(theirs, name)).parameters
    other = inspect.signature(getattr(ours, name)).parameters
    wanted = [(p.name, p.default, p.kind) for p in one.values()]
    assert [(p.name, p.default, p.kind) for p in other.values()][: len(wanted)] == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        {"alpha": -1},
        {"solver": 3},
        {"max_iter": 0},
        {"beta_1": 1.5},
        {"tol": "small"},
        {"hidden_layer_sizes": (-3, 1)},
        {"n_iter_no_change": 0},
    ],
    ids=str,
)
def test_wrong_parameters_are_refused_as_theirs_are(wrong: dict[str, Any]) -> None:
    x, y = digits()
    with pytest.raises(ValueError) as told:  # noqa: PT011  (the message is compared below)
        theirs.MLPClassifier(**wrong).fit(x, y)
    with pytest.raises(ValueError) as told_by_us:  # noqa: PT011
        ours.MLPClassifier(**wrong).fit(x, y)
    before_choices = str(told.value).split(" must be ")[0]
    assert str(told_by_us.value).split(" must be ")[0] == before_choices
