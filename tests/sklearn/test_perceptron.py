"""Rosenblatt's perceptron as an estimator: the rule, scikit-learn's numbers, and rows that count as equal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the extra 'sklearn'")

from scipy.sparse import csr_array, issparse
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Perceptron as Theirs
from sklearn.preprocessing import scale

from rosenblatt.sklearn import Perceptron
from rosenblatt.types import Array

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

DIGITS, NUMBERS = load_digits(return_X_y=True)
CELLS, BENIGN = load_breast_cancer(return_X_y=True)
DATA = {"ten classes": (scale(DIGITS)[:400], NUMBERS[:400]), "two classes": (scale(CELLS), BENIGN)}
WEIGHTS = np.random.default_rng(0).uniform(0.5, 2, 600)


def test_each_row_on_the_wrong_side_is_added_or_taken_away() -> None:
    x, y = np.array([[1.0, 2.0], [3.0, -1.0], [-1.0, 0.5]]), np.array([-1, 1, 1])
    w, b = np.zeros(2), 0.0
    for _ in range(3):
        for row, sign in zip(x, y, strict=True):
            if sign * (row @ w + b) <= 0:
                w, b = w + 0.5 * sign * row, b + 0.5 * sign
    fitted = Perceptron(eta0=0.5, shuffle=False, max_iter=3, tol=None).fit(x, y)
    np.testing.assert_array_equal(fitted.coef_, [w])
    np.testing.assert_array_equal(fitted.intercept_, [b])


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"penalty": "l2", "alpha": 0.01, "tol": None, "max_iter": 6},  # before 1.9 theirs stops by another loss
        {"fit_intercept": False},
        {"eta0": 0.3},
        {"class_weight": "balanced"},
        {"tol": None, "max_iter": 7},
        {"tol": 0.5, "n_iter_no_change": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("weighted", [False, True], ids=["equal rows", "weighted rows"])
def test_unshuffled_rows_give_their_numbers(data: str, parameters: dict[str, Any], weighted: bool) -> None:
    x, y = DATA[data]
    weight = WEIGHTS[: len(y)] if weighted else None
    if weighted:  # theirs stops by the loss without weights
        parameters = parameters | {"tol": None, "max_iter": 5}
    one, other = (each(shuffle=False, **parameters).fit(x, y, sample_weight=weight) for each in (Theirs, Perceptron))
    np.testing.assert_allclose(other.coef_, one.coef_, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(other.intercept_, one.intercept_, rtol=1e-9, atol=1e-9)
    assert (other.n_iter_, other.t_) == (one.n_iter_, one.t_)
    np.testing.assert_allclose(other.decision_function(x), one.decision_function(x), rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(other.predict(x), one.predict(x))


@pytest.mark.parametrize("parameters", [{"penalty": "l1"}, {"penalty": "elasticnet", "l1_ratio": 0.4}], ids=str)
def test_l1_row_by_row_gives_their_numbers(parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rosenblatt.sklearn.binary.L1_LOOKS", 1000)
    x, y = DATA["ten classes"]
    one, other = (
        each(shuffle=False, max_iter=3, tol=None, alpha=0.001, **parameters).fit(x, y) for each in (Theirs, Perceptron)
    )
    np.testing.assert_allclose(other.coef_, one.coef_, rtol=1e-9, atol=1e-9)


def test_l1_makes_weights_zero() -> None:
    x, y = scale(DIGITS), NUMBERS
    fitted = Perceptron(penalty="l1", alpha=0.001).fit(x, y)
    assert np.mean(fitted.coef_ == 0) > 0.5
    assert fitted.score(x, y) > 0.9


@pytest.mark.parametrize("data", DATA)
def test_shuffled_rows_learn_as_well_as_theirs(data: str) -> None:
    x, y = DATA[data]
    one, other = (
        np.mean([each(random_state=seed).fit(x, y).score(x, y) for seed in range(5)]) for each in (Theirs, Perceptron)
    )
    assert other > one - 0.02


def test_the_order_of_shuffled_rows_in_the_table_does_not_matter() -> None:
    x, y = DATA["ten classes"]
    order = np.random.default_rng(0).permutation(len(y))
    one, other = Perceptron().fit(x, y), Perceptron().fit(x[order], y[order])
    np.testing.assert_array_equal(one.coef_, other.coef_)


@pytest.mark.parametrize("container", [np.asarray, csr_array])
def test_a_weight_counts_as_so_many_equal_rows(container: Any) -> None:
    x, y = DATA["ten classes"]
    times = np.random.default_rng(0).integers(0, 4, len(y))
    weighted = Perceptron().fit(container(x), y, sample_weight=times)
    repeated = Perceptron().fit(container(np.repeat(x, times, axis=0)), np.repeat(y, times))
    np.testing.assert_array_equal(weighted.coef_, repeated.coef_)


def test_learning_in_parts_goes_on() -> None:
    x, y = DATA["ten classes"]
    parts = Perceptron(shuffle=False)
    for _ in range(4):
        parts.partial_fit(x, y, classes=np.arange(10))
    whole = Perceptron(shuffle=False, max_iter=4, tol=None).fit(x, y)
    np.testing.assert_array_equal(parts.coef_, whole.coef_)
    assert parts.t_ == whole.t_
    with pytest.raises(ValueError, match="expected class_weight to be a dict or None, got 'balanced'"):
        Perceptron(class_weight="balanced").partial_fit(x, y, classes=np.arange(10))


def test_warm_start_goes_on_and_start_weights_may_be_given() -> None:
    x, y = DATA["ten classes"]
    once = Perceptron(shuffle=False, max_iter=6, tol=None).fit(x, y)
    twice = Perceptron(shuffle=False, max_iter=3, tol=None, warm_start=True).fit(x, y).fit(x, y)
    np.testing.assert_array_equal(twice.coef_, once.coef_)
    half = Perceptron(shuffle=False, max_iter=3, tol=None).fit(x, y)
    given = Perceptron(shuffle=False, max_iter=3, tol=None).fit(x, y, half.coef_, half.intercept_)
    np.testing.assert_array_equal(given.coef_, once.coef_)
    with pytest.raises(ValueError, match=r"expected coef_init of shape \(10, 64\), got \(3,\)"):
        Perceptron().fit(x, y, coef_init=np.zeros(3))


def test_early_stopping_holds_rows_out() -> None:
    x, y = DATA["two classes"]
    fitted = Perceptron(early_stopping=True, validation_fraction=0.25).fit(x, y)
    assert fitted.n_iter_ < 50
    assert fitted.score(x, y) > 0.9


def test_coefficients_may_be_kept_sparse() -> None:
    x, y = DATA["ten classes"]
    fitted = Perceptron(penalty="l1", alpha=0.001).fit(x, y)
    dense = fitted.decision_function(x)
    assert issparse(fitted.sparsify().coef_)
    np.testing.assert_allclose(fitted.decision_function(x), dense)
    assert isinstance(fitted.partial_fit(x, y).coef_, np.ndarray)


def test_one_class_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="expected a number of classes greater than one, got 1 class"):
        Perceptron().fit(np.eye(3), [1, 1, 1])


def test_weights_of_zero_teach_nothing() -> None:
    with pytest.raises(ValueError, match="zero"):
        Perceptron().fit(np.eye(3), [0, 1, 1], sample_weight=np.zeros(3))


def test_float32_rows_give_float32_weights() -> None:
    x, y = DATA["ten classes"]
    one, other = (each(shuffle=False).fit(x.astype(np.float32), y) for each in (Theirs, Perceptron))
    assert other.coef_.dtype == one.coef_.dtype == np.float32
    assert other.score(x, y) == pytest.approx(one.score(x, y), abs=0.05)


def test_epochs_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    x, y = DATA["two classes"]
    with pytest.warns(ConvergenceWarning, match="expected convergence within max_iter=2 epochs"):
        Perceptron(max_iter=2, verbose=1).fit(x, y)
    assert capsys.readouterr().out.startswith("Epoch 1: mean loss")


def rows_of(x: Array) -> set[tuple[float, ...]]:
    return {tuple(row) for row in x.tolist()}


def test_equal_rows_of_different_classes_stay_apart() -> None:
    from rosenblatt.sklearn.binary import merged

    x, y, weight = merged(np.array([[0.0], [-0.0], [0.0]]), np.array(["a", "a", "b"]), np.ones(3))
    assert rows_of(x) == {(0.0,)}
    assert sorted(zip(y.tolist(), weight.tolist(), strict=True)) == [("a", 2.0), ("b", 1.0)]


@pytest.mark.parametrize(
    ("first", "then"),
    [((2, 64), (3, 64)), ((3, 64), (2, 64)), ((3, 64), (3, 20)), ((2, 20), (2, 64))],
    ids=["more classes", "fewer classes", "fewer features", "more features"],
)
def test_a_warm_start_wants_classes_and_features_as_they_were(first: tuple[int, int], then: tuple[int, int]) -> None:
    x, y = DATA["ten classes"]
    each = [(x[y < classes][:, :features], y[y < classes]) for classes, features in (first, then)]
    for perceptron in (Theirs, Perceptron):
        fitted = perceptron(warm_start=True).fit(*each[0])
        with pytest.raises(ValueError, match="coef_"):
            fitted.fit(*each[1])


def test_equal_rows_teach_what_one_of_them_does_unless_they_are_taken_in_order() -> None:
    x, y = DATA["ten classes"]
    once, twice = Perceptron().fit(x, y), Perceptron().fit(np.r_[x, x], np.r_[y, y])
    np.testing.assert_array_equal(twice.predict(x), once.predict(x))
    one, other = (
        each(shuffle=False, max_iter=3, tol=None).fit(np.r_[x, x], np.r_[y, y]) for each in (Theirs, Perceptron)
    )
    np.testing.assert_allclose(other.coef_, one.coef_, rtol=1e-9, atol=1e-9)
