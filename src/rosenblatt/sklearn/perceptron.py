"""Rosenblatt's perceptron as an estimator: only rows on the wrong side change the weights."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, Self

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.extmath import safe_sparse_dot
from sklearn.utils.multiclass import _check_partial_fit_first_call, check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from rosenblatt.sklearn.binary import BinaryPerceptron, Rows, merged
from rosenblatt.sklearn.parameters import PERCEPTRON, keep
from rosenblatt.types import Array

EPOCHS_A_CALL = 64  # so that Ctrl-C need not wait for all of them


class HeldOut(NamedTuple):
    """Rows that training stops by, with their classes and weights."""

    x: Any
    y: Array
    weight: Array

    def accuracy(self, coef: Array, intercept: float, positive: Any) -> float:
        """Return the share of the rows that a perceptron for one class decides rightly."""
        predicted = safe_sparse_dot(self.x, coef) + intercept > 0
        return float(np.average(predicted == (self.y == positive), weights=self.weight))


class Learnt(NamedTuple):
    """What one yes-or-no perceptron has learnt, and in how many epochs."""

    coef: Array
    intercept: float
    epochs: int


class Perceptron(ClassifierMixin, BaseEstimator):
    """The perceptron, for scikit-learn's class of this name: one for two classes, else one for each class.

    For each row with x w + b on the wrong side, ``w += eta0 weight y x`` and ``b += eta0 weight y``; y is 1 or -1.

    Where rows are shuffled their order in the table does not matter, and a row of weight 2 counts as two equal rows:
    equal rows make one update an epoch, of the size of their weights' sum, where scikit-learn makes one for each. A
    table with every row twice so teaches what the table itself does; with many equal rows give more epochs, or take
    ``shuffle=False``, which takes every row for itself, in order.

    Args:
        penalty: "l2", "l1", "elasticnet" or None.
        alpha: strength of the penalty.
        l1_ratio: the share of L1 in "elasticnet".
        fit_intercept: whether there is a b.
        max_iter: epochs at most.
        tol: the mean loss must improve by so much to count as improved; None goes on to max_iter.
        shuffle: whether rows are seen in a new order every epoch.
        verbose: print each epoch's loss.
        eta0: the size of a step.
        n_jobs: how many classes are learnt at the same time.
        random_state: draws the order of the rows.
        early_stopping: hold rows out, and stop when their accuracy no longer improves.
        validation_fraction: the share of the rows that is held out.
        n_iter_no_change: epochs without an improvement after which training stops.
        class_weight: a weight for each class, or "balanced".
        warm_start: go on from the weights of the last fit.

    Attributes:
        coef_: weights (1, n_features) for two classes, else (n_classes, n_features).
        intercept_: b, (1,) or (n_classes,).
        classes_, n_iter_, t_, n_features_in_, feature_names_in_: as scikit-learn's.

    Example:
        >>> x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 0, 0, 1]
        >>> Perceptron(tol=None, max_iter=20).fit(x, y).predict(x)
        array([0, 0, 0, 1])

    Source: Rosenblatt (1958), The perceptron; scikit-learn, ``sklearn.linear_model.Perceptron``.
    """

    _parameter_constraints = PERCEPTRON
    penalty: str | None
    alpha: float
    l1_ratio: float
    fit_intercept: bool
    max_iter: int
    tol: float | None
    shuffle: bool
    verbose: bool | int
    eta0: float
    n_jobs: int | None
    random_state: Any
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    class_weight: Mapping[Any, float] | str | None
    warm_start: bool
    classes_: Array
    coef_: Any
    intercept_: Array
    n_iter_: int
    t_: float

    def __init__(
        self,
        *,
        penalty: str | None = None,
        alpha: float = 0.0001,
        l1_ratio: float = 0.15,
        fit_intercept: bool = True,
        max_iter: int = 1000,
        tol: float | None = 1e-3,
        shuffle: bool = True,
        verbose: bool | int = 0,
        eta0: float = 1.0,
        n_jobs: int | None = None,
        random_state: Any = 0,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 5,
        class_weight: Mapping[Any, float] | str | None = None,
        warm_start: bool = False,
    ) -> None:
        keep(self, locals())

    # --- Learning ---------------------------------------------------------------------------------

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, coef_init: Any = None, intercept_init: Any = None, sample_weight: Any = None) -> Self:
        """Learn from rows and their classes.

        Args:
            X: rows (n, n_features), dense or sparse.
            y: a class for each row (n,).
            coef_init: weights to start from, as coef_.
            intercept_init: b to start from, as intercept_.
            sample_weight: (n,) the weight of each row.
        """
        X, y = self._validate(X, y, first_time=True)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(
                f"Perceptron: expected a number of classes greater than one, got {len(self.classes_)} class. "
                "Give rows of at least two classes."
            )
        if not (self.warm_start and hasattr(self, "coef_")):
            self._start(X)
        elif self.coef_.shape != self._shape(X):
            raise ValueError(
                f"Perceptron.fit: expected, with warm_start=True, classes and features for a coef_ of shape "
                f"{self.coef_.shape}, got {len(self.classes_)} classes and {X.shape[1]} features. "
                "Set warm_start=False to start anew."
            )
        if coef_init is not None:
            self.coef_ = _shaped("coef_init", coef_init, self.coef_)
        if intercept_init is not None:
            self.intercept_ = _shaped("intercept_init", intercept_init, self.intercept_)
        self.t_ = 1.0
        self._learn(X, y, sample_weight, self.max_iter)
        if self.tol is not None and self.n_iter_ == self.max_iter:
            warnings.warn(
                f"Perceptron: expected convergence within max_iter={self.max_iter} epochs, got none. "
                "Raise max_iter, or tol.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Learn one epoch from these rows; the first call must name all classes."""
        first_time = _check_partial_fit_first_call(self, classes)
        if self.class_weight == "balanced":
            raise ValueError(
                "Perceptron.partial_fit: expected class_weight to be a dict or None, got 'balanced', for the classes' "
                "shares are not known. Give compute_class_weight('balanced', classes=classes, y=y) as a dict."
            )
        X, y = self._validate(X, y, first_time)
        if first_time or not hasattr(self, "coef_"):
            self._start(X)
            self.t_ = 1.0
        self._learn(X, y, sample_weight, epochs=1)
        return self

    def _validate(self, X: Any, y: Any, first_time: bool) -> tuple[Any, Array]:
        X, y = validate_data(
            self, X, y, accept_sparse="csr", dtype=[np.float64, np.float32], order="C", reset=first_time
        )
        check_classification_targets(y)
        return X, y

    def _start(self, X: Any) -> None:
        self.coef_ = np.zeros(self._shape(X), X.dtype)
        self.intercept_ = np.zeros(len(self.coef_), X.dtype)

    def _shape(self, X: Any) -> tuple[int, int]:
        """Return the shape of coef_ for these features and classes_."""
        return (1 if len(self.classes_) == 2 else len(self.classes_), X.shape[1])

    def _learn(self, X: Any, y: Array, sample_weight: Any, epochs: int) -> None:
        """Learn every yes-or-no problem for some epochs: one for two classes, else each class against the rest."""
        sample_weight = _check_sample_weight(sample_weight, X, dtype=X.dtype)
        if not sample_weight.any():
            raise ValueError("Perceptron: expected a sample weight above zero, got none. All rows weigh zero.")
        if sparse.issparse(self.coef_):
            self.densify()
        rows = X.shape[0]
        class_weights = compute_class_weight(self.class_weight, classes=self.classes_, y=y)
        of_class = dict(zip(self.classes_, class_weights, strict=True))
        random_state = check_random_state(self.random_state)
        X, y, sample_weight, held_out = self._hold_out(X, y, sample_weight, random_state)
        if self.shuffle:
            X, y, sample_weight = merged(X, y, sample_weight)
        positives = self.classes_[1:] if len(self.classes_) == 2 else self.classes_

        def problem(number: int, seed: int) -> Learnt:
            positive = positives[number]
            other = of_class[self.classes_[0]] if len(self.classes_) == 2 else 1.0
            weight = sample_weight * np.where(y == positive, of_class[positive], other).astype(X.dtype)
            judge = None if held_out is None else partial(held_out.accuracy, positive=positive)
            rows = Rows(X, _signs(y, positive, X.dtype), weight)
            return self._learn_one(rows, self.coef_[number], self.intercept_[number], epochs, seed, judge)

        seeds = random_state.randint(2**31 - 1, size=len(positives))
        learnt = Parallel(n_jobs=self.n_jobs, require="sharedmem")(
            delayed(problem)(number, seed) for number, seed in enumerate(seeds)
        )
        self.coef_ = np.stack([one.coef for one in learnt])
        self.intercept_ = np.array([one.intercept for one in learnt], X.dtype)
        self.n_iter_ = max(one.epochs for one in learnt)
        self.t_ += self.n_iter_ * rows

    def _hold_out(self, X: Any, y: Array, weight: Array, random_state: Any) -> tuple[Any, Array, Array, HeldOut | None]:
        """Split off the rows that early stopping is judged by; None of them without early stopping."""
        if not self.early_stopping:
            return X, y, weight, None
        x, x_val, y, y_val, weight, weight_val = train_test_split(
            X, y, weight, test_size=self.validation_fraction, stratify=y, random_state=random_state
        )
        if not weight_val.any() or not weight.any():
            raise ValueError(
                "Perceptron: expected a weight above zero among the rows that are held out, got sample weights of "
                "zero. Take another random_state."
            )
        return x, y, weight, HeldOut(x_val, y_val, weight_val)

    def _learn_one(
        self,
        rows: Rows,
        coef: Array,
        intercept: float,
        epochs: int,
        seed: int,
        judge: Callable[[Array, float], float] | None,
    ) -> Learnt:
        """Learn one yes-or-no problem until it no longer improves, from given weights."""
        l1, l2 = self._penalties()
        unit = BinaryPerceptron(coef, intercept, has_intercept=self.fit_intercept, step=self.eta0, l1=l1, l2=l2)
        random_state = check_random_state(seed)
        patience = epochs if self.tol is None else self.n_iter_no_change
        best, idle, done = -np.inf, 0, 0
        order = np.arange(len(rows.target))
        while done < epochs and (self.tol is None or idle < patience):
            # However many more epochs fail to improve anything, training does not stop before the last of these.
            together = 1 if judge or self.verbose else max(1, min(patience - idle, epochs - done, EPOCHS_A_CALL))
            orders = [random_state.permutation(order) if self.shuffle else order for _ in range(together)]
            for loss in unit.train(rows, np.stack(orders)):
                done += 1
                score = -loss if judge is None else judge(unit.coef, unit.intercept)
                idle = idle + 1 if score < best + (self.tol or 0) else 0
                best = max(best, score)
                if self.verbose:
                    print(f"Epoch {done}: mean loss {loss:.6f}")
        if not np.isfinite(unit.model.state.params).all():
            raise ValueError(
                f"Perceptron: expected finite weights, got others after {done} epochs. Scale the data, such as by "
                "StandardScaler."
            )
        return Learnt(unit.coef, unit.intercept, done)

    def _penalties(self) -> tuple[float, float]:
        """Return the strengths of L1 and L2."""
        share = {None: None, "l1": 1.0, "l2": 0.0, "elasticnet": self.l1_ratio}[self.penalty]
        return (0.0, 0.0) if share is None else (self.alpha * share, self.alpha * (1 - share))

    # --- Using ------------------------------------------------------------------------------------

    def decision_function(self, X: Any) -> Array:
        """Return x w + b: (n,) for two classes, where above 0 is the second, else (n, n_classes)."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        scores: Array = safe_sparse_dot(X, self.coef_.T, dense_output=True) + self.intercept_
        return scores.ravel() if scores.shape[1] == 1 else scores

    def predict(self, X: Any) -> Array:
        """Return the class of each row (n,)."""
        scores = self.decision_function(X)
        numbers = (scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)
        classes: Array = self.classes_[numbers]
        return classes

    def sparsify(self) -> Self:
        """Keep coef_ as a sparse matrix, which saves memory where L1 has made most weights zero."""
        check_is_fitted(self)
        self.coef_ = sparse.csr_matrix(self.coef_)
        return self

    def densify(self) -> Self:
        """Keep coef_ as an array, as it is after fit."""
        check_is_fitted(self)
        if sparse.issparse(self.coef_):
            self.coef_ = self.coef_.toarray()
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _signs(y: Array, positive: Any, dtype: Any) -> Array:
    """Return 1 for rows of a class and -1 for the others, (n, 1)."""
    return np.where(y == positive, 1, -1).astype(dtype)[:, None]


def _shaped(name: str, given: Any, like: Array) -> Array:
    """Return start weights in the shape that they are to have."""
    array = np.array(given, like.dtype)
    if array.size != like.size:
        raise ValueError(
            f"Perceptron: expected {name} of shape {like.shape}, got {array.shape}. Give a row for each class, "
            "or one for two classes."
        )
    return array.reshape(like.shape)
