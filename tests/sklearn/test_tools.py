"""scikit-learn's tools, and SHAP, work on our estimators."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the extra 'sklearn'")

from scipy.sparse import csc_matrix, csr_array
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401  (makes HalvingGridSearchCV known)
from sklearn.feature_selection import SelectFromModel
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    cross_val_predict,
    cross_validate,
    learning_curve,
    validation_curve,
)
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from rosenblatt.sklearn import MLPClassifier, MLPRegressor, Perceptron
from rosenblatt.types import Array

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_iris(return_X_y=True)


def classifier(**parameters: Any) -> Any:
    network = MLPClassifier((8,), learning_rate_init=0.05, max_iter=40, random_state=0, **parameters)
    return make_pipeline(StandardScaler(), network)


def test_a_pipeline_passes_weights_on_and_shows_parameters() -> None:
    pipeline = classifier().fit(X, Y, mlpclassifier__sample_weight=np.ones(len(Y)))
    assert pipeline.score(X, Y) > 0.95
    assert pipeline.set_params(mlpclassifier__dropout=0.25)[-1].dropout == 0.25


def test_set_output_gives_tables_with_names() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=["a", "b", "c", "d"])
    pipeline = classifier().set_output(transform="pandas").fit(table, Y)
    assert pipeline[-1].feature_names_in_.tolist() == ["a", "b", "c", "d"]
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        pipeline[-1].predict(X)


def test_grid_search_finds_the_better_of_two() -> None:
    grid = {"mlpclassifier__alpha": [1e-4, 1e5], "mlpclassifier__activation": ["relu", ["gelu"]]}
    search = GridSearchCV(classifier(), grid, cv=3).fit(X, Y)
    assert search.best_params_["mlpclassifier__alpha"] == 1e-4
    assert search.best_score_ > 0.9


def test_halving_grid_search_gives_more_epochs_to_the_better() -> None:
    grid = {"alpha": [1e-4, 1e-2, 1e5], "learning_rate_init": [0.05]}
    network = MLPClassifier((8,), random_state=0)
    search = HalvingGridSearchCV(network, grid, resource="max_iter", min_resources=15, max_resources=45, cv=3)
    assert search.fit(X, Y).best_params_["alpha"] < 1


def test_cross_validation_in_two_processes_gives_the_same_scores() -> None:
    one, two = (cross_validate(classifier(), X, Y, cv=4, n_jobs=jobs)["test_score"] for jobs in (1, 2))
    np.testing.assert_array_equal(one, two)
    assert one.mean() > 0.9


def test_cross_val_predict_gives_probabilities() -> None:
    probabilities = cross_val_predict(classifier(), X, Y, cv=3, method="predict_proba")
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_curves_of_learning_and_validation() -> None:
    _, _, scores = learning_curve(classifier(), X, Y, cv=3, train_sizes=[0.5, 1.0], shuffle=True, random_state=0)
    assert scores[1].mean() > 0.8
    _, scores = validation_curve(classifier(), X, Y, param_name="mlpclassifier__alpha", param_range=[0, 1e5], cv=3)
    assert scores[0].mean() > scores[1].mean()


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
@pytest.mark.parametrize("estimator", [classifier(), Perceptron()], ids=["MLPClassifier", "Perceptron"])
def test_calibration(estimator: Any, method: str) -> None:
    calibrated = CalibratedClassifierCV(estimator, method=method, cv=3).fit(X, Y)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1)


def test_permutation_importance_finds_what_matters() -> None:
    useful = np.random.default_rng(0).normal(size=(200, 3))
    fitted = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", random_state=0).fit(useful, useful[:, 1] ** 2)
    importance = permutation_importance(fitted, useful, useful[:, 1] ** 2, n_repeats=3, random_state=0)
    assert importance.importances_mean.argmax() == 1


def test_partial_dependence_follows_the_function() -> None:
    x = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    fitted = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", random_state=0).fit(x, 3 * x[:, 0])
    dependence = partial_dependence(fitted, x, [0], grid_resolution=5)
    slope = np.polyfit(dependence["grid_values"][0], dependence["average"][0], 1)[0]
    assert slope == pytest.approx(3, rel=0.05)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_shap_values_add_up_to_the_prediction() -> None:
    shap = pytest.importorskip("shap")
    fitted = MLPClassifier((6,), solver="lbfgs", max_iter=50, random_state=0).fit(X, Y)
    explainer = shap.KernelExplainer(fitted.predict_proba, X[:10])
    values = explainer.shap_values(X[100:103], nsamples=40, silent=True)
    np.testing.assert_allclose(
        values.sum(axis=1) + explainer.expected_value, fitted.predict_proba(X[100:103]), atol=1e-6
    )


@pytest.mark.parametrize(
    "ensemble",
    [
        VotingClassifier([("network", classifier()), ("line", LogisticRegression())], voting="soft"),
        StackingClassifier(
            [("network", classifier()), ("perceptron", make_pipeline(StandardScaler(), Perceptron()))], cv=3
        ),
        BaggingClassifier(classifier(), n_estimators=3, random_state=0),
    ],
    ids=lambda ensemble: type(ensemble).__name__,
)
def test_ensembles(ensemble: Any) -> None:
    assert ensemble.fit(X, Y).score(X, Y) > 0.9


def test_wrappers_of_targets() -> None:
    x, y = load_diabetes(return_X_y=True)
    network = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=40, random_state=0)
    assert TransformedTargetRegressor(network, transformer=StandardScaler()).fit(x, y).score(x, y) > 0.5
    two = np.stack([Y == 0, Y == 1], axis=1).astype(int)
    assert MultiOutputClassifier(classifier()).fit(X, two).score(X, two) > 0.5
    assert SelectFromModel(Perceptron()).fit(X, Y).transform(X).shape[1] < 4


@pytest.mark.parametrize("container", [csr_array, csc_matrix])
@pytest.mark.parametrize("estimator", [MLPClassifier((8,), max_iter=20, random_state=0), Perceptron()], ids=str)
def test_sparse_rows_are_learnt_and_predicted_as_dense_ones(estimator: Any, container: Any) -> None:
    x = OneHotEncoder(sparse_output=False).fit_transform(X.round())
    dense = estimator.fit(x, Y).predict(x)
    np.testing.assert_array_equal(estimator.fit(container(x), Y).predict(container(x)), dense)


def test_several_labels_and_probabilities_of_each() -> None:
    labels = np.stack([Y == 0, X[:, 0] > 5.8], axis=1).astype(int)
    fitted = classifier().fit(X, labels)
    assert fitted.predict(X).shape == labels.shape
    assert fitted.predict_proba(X).shape == labels.shape
    assert fitted.score(X, labels) > 0.9


def test_text_labels_and_learning_in_parts() -> None:
    names = np.array(["setosa", "versicolor", "virginica"])[Y]
    network = MLPClassifier((8,), learning_rate_init=0.05, random_state=0)
    for _ in range(40):
        network.partial_fit(X[::2], names[::2], classes=np.unique(names))
        network.partial_fit(X[1::2], names[1::2])
    assert network.score(X, names) > 0.9
    assert network.t_ == 40 * 150


def one_column(y: Array) -> Array:
    return y.reshape(-1, 1)


def test_a_column_of_targets_is_taken_with_a_warning() -> None:
    from sklearn.exceptions import DataConversionWarning

    with pytest.warns(DataConversionWarning, match="column-vector"):
        assert classifier().fit(X, one_column(Y)).predict(X).shape == Y.shape
