"""scikit-learn's own checks of an estimator: all of them, with no failure expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("sklearn", reason="needs the extra 'sklearn'")

from sklearn.utils.estimator_checks import parametrize_with_checks

from rosenblatt.sklearn import MLPClassifier, MLPRegressor, Perceptron

ESTIMATORS = [
    MLPClassifier(),
    MLPClassifier(solver="lbfgs", alpha=1),
    MLPClassifier((20, 10), activation=["gelu", "tanh"], l1=1e-3, restore_best_weights=True, max_iter=50),
    MLPRegressor(),
    MLPRegressor(solver="lbfgs"),
    MLPRegressor("huber", solver="nadam", max_iter=50),
    Perceptron(),
    Perceptron(penalty="elasticnet"),
]


# A classifier's decision function does not exist, and array_api is asked for by an environment variable: scikit-learn
# skips these checks of its own classes, too.
@pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning", "ignore::sklearn.exceptions.SkipTestWarning"
)
@parametrize_with_checks(ESTIMATORS)
def test_estimator(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
