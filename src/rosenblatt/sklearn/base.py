"""What the multi-layer estimators have in common: fit, partial_fit and predict, step by step, over a `Sequential`."""

from __future__ import annotations

import copy
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, is_classifier
from sklearn.model_selection import train_test_split
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from rosenblatt.errors import ArgumentError
from rosenblatt.losses import Loss
from rosenblatt.models import Sequential
from rosenblatt.optimizers import Optimizer
from rosenblatt.optimizers.schedules import LearningRateSchedule
from rosenblatt.sklearn import networks, solvers
from rosenblatt.sklearn.objective import DENSE_BYTES, Measure, Objective
from rosenblatt.types import Array

AUTO_BATCH_SIZE = 200


class MultilayerPerceptron(BaseEstimator, ABC):
    """What the classifier and the regressor have in common; not to be used itself."""

    hidden_layer_sizes: Any
    activation: str | list[str] | tuple[str, ...]
    solver: str | Optimizer
    alpha: float
    batch_size: int | str
    learning_rate: str
    learning_rate_init: float | LearningRateSchedule
    power_t: float
    max_iter: int
    shuffle: bool
    random_state: Any
    tol: float
    verbose: bool | int
    warm_start: bool
    momentum: float
    nesterovs_momentum: bool
    early_stopping: bool
    validation_fraction: float
    beta_1: float
    beta_2: float
    epsilon: float
    n_iter_no_change: float
    max_fun: int
    loss: str | Loss | Callable[..., Any]
    l1: float
    dropout: float | list[float] | tuple[float, ...]
    batch_normalization: bool
    kernel_initializer: Any
    restore_best_weights: bool
    callbacks: Any
    progress: bool

    model_: Sequential
    coefs_: list[Array]
    intercepts_: list[Array]
    n_features_in_: int
    n_outputs_: int
    n_layers_: int
    n_iter_: int
    t_: int
    out_activation_: str
    loss_: float
    best_loss_: float | None
    loss_curve_: list[float]
    validation_scores_: list[float] | None
    best_validation_score_: float | None
    _no_improvement_count: int

    # --- What a classifier and a regressor each know ------------------------------------------------

    @abstractmethod
    def _validate(self, X: Any, y: Any, incremental: bool, first_time: bool) -> tuple[Any, Array]:
        """Return rows and targets, checked."""

    @abstractmethod
    def _encode(self, y: Any) -> Array:
        """Return the outputs wanted (n, n_outputs) for targets as users give them."""

    @abstractmethod
    def _decode(self, y: Array) -> Array:
        """Return targets as users give them for the outputs wanted."""

    @abstractmethod
    def _output_activation(self) -> str:
        """Return the activation of the last layer, by scikit-learn's name."""

    @abstractmethod
    def _loss(self) -> Loss:
        """Return the loss that is minimised, by our name."""

    @abstractmethod
    def _measure(self, target: Array) -> Measure:
        """Return how the loss is measured."""

    @abstractmethod
    def _decide(self, outputs: Array) -> Array:
        """Return what `predict` says about outputs."""

    @abstractmethod
    def _score(self, y: Array, predicted: Array, sample_weight: Array | None) -> float:
        """Return the score that early stopping goes by."""

    def _name_outputs(self) -> None:
        """Tell the network what its outputs stand for."""

    def _weights_of_rows(self, y: Any, sample_weight: Array | None) -> Array | None:
        """Return the weight of each row, or None for ones."""
        return sample_weight

    # --- Learning ---------------------------------------------------------------------------------

    def _fit(self, X: Any, y: Any, sample_weight: Any, validation_data: Any, incremental: bool) -> Self:
        self._refuse_what_does_not_combine(validation_data, incremental)
        widths = networks.hidden_widths(self.hidden_layer_sizes)
        first_time = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        X, y = self._validate(X, y, incremental, first_time)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X, dtype=X.dtype)
        sample_weight = self._weights_of_rows(y, sample_weight)
        y = self._encode(y)
        random_state = check_random_state(self.random_state)
        self.n_outputs_ = y.shape[1]
        self.out_activation_ = self._output_activation()
        if first_time:
            self._start(X, widths, random_state)
        else:
            self._go_on(X, random_state)
        self._compile(anew=not incremental)
        if self.solver == "lbfgs":
            solvers.lbfgs(self, self._objective(X, y, sample_weight))
        else:
            self._fit_stochastic(X, y, sample_weight, validation_data, random_state, incremental)
        if not np.isfinite(self.model_.state.params).all():
            raise ValueError(
                "Solver produced non-finite parameter weights. The input data may contain large values and need to be "
                "preprocessed."
            )
        networks.show_weights(self)
        self._name_outputs()
        return self

    def _refuse_what_does_not_combine(self, validation_data: Any, incremental: bool) -> None:
        who = type(self).__name__
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        if self.solver == "lbfgs":
            epochwise = {
                "dropout": bool(np.any(self.dropout)),
                "batch_normalization": self.batch_normalization,
                "callbacks": self.callbacks is not None,
                "progress": self.progress,
                "restore_best_weights": self.restore_best_weights,
                "validation_data": validation_data is not None,
                "a schedule as learning_rate_init": isinstance(self.learning_rate_init, LearningRateSchedule),
            }
            asked = [name for name, is_asked in epochwise.items() if is_asked]
            if asked:
                raise ArgumentError(
                    f"{who}: expected a stochastic solver with {' and '.join(asked)}, got solver='lbfgs', which has "
                    "neither batches nor epochs. Choose 'adam' or 'sgd'."
                )
        scheduled = isinstance(self.learning_rate_init, LearningRateSchedule)
        if scheduled and self.solver == "sgd" and self.learning_rate != "constant":
            raise ArgumentError(
                f"{who}: expected a number as learning_rate_init with learning_rate={self.learning_rate!r}, "
                f"got {self.learning_rate_init!r}. Leave learning_rate out."
            )

    def _start(self, X: Any, widths: list[int], random_state: np.random.RandomState) -> None:
        """Make a new network with new weights."""
        self.n_iter_ = self.t_ = 0
        self.n_layers_ = len(widths) + 2
        self.model_ = self._new_model(X, widths, random_state)
        if self.kernel_initializer is None:
            networks.start_weights(self, self.model_, random_state)
        if self.solver != "lbfgs":
            solvers.reset_curves(self)

    def _go_on(self, X: Any, random_state: np.random.RandomState) -> None:
        """Take up the weights as they are, also those that somebody put into coefs_, in a network of the parameters."""
        widths = [coefs.shape[1] for coefs in self.coefs_[:-1]]
        if not hasattr(self, "model_"):
            self.model_ = self._new_model(X, widths, random_state)
        networks.take_weights(self)
        if not networks.is_built_from(self, self.model_, widths):  # by set_params since the last fit
            before = self.model_
            self.model_ = self._new_model(X, widths, random_state)
            networks.hand_over_weights(before, self.model_)
            networks.show_weights(self)
        if self.solver != "lbfgs" and not hasattr(self, "_no_improvement_count"):
            solvers.reset_curves(self)

    def _new_model(self, X: Any, widths: list[int], random_state: np.random.RandomState) -> Sequential:
        seed = int(random_state.randint(2**31)) if networks.needs_seed(self) else 0
        return networks.build(self, X.shape[1], widths, X.dtype, seed)

    def _compile(self, anew: bool) -> None:
        """Tell the network loss and optimizer; partial_fit goes on with what the optimizer remembers."""
        if anew or not self.model_.compiled:
            optimizer = "sgd" if self.solver == "lbfgs" else networks.make_optimizer(self)
            self.model_.compile(optimizer, self._loss())
            self.model_.follow_learning_rate()

    def _fit_stochastic(
        self,
        X: Any,
        y: Array,
        sample_weight: Array | None,
        validation_data: Any,
        random_state: np.random.RandomState,
        incremental: bool,
    ) -> None:
        judge = None
        if validation_data is not None:
            judge = self._judge(*self._given_to_judge(validation_data))
        elif self.early_stopping:
            X, y, sample_weight, *held_out = self._hold_out(X, y, sample_weight, random_state)
            judge = self._judge(*held_out)
        objective = self._objective(X, y, sample_weight)
        solvers.stochastic(self, objective, self._batch_size(X.shape[0]), random_state, judge, incremental)

    def _batch_size(self, rows: int) -> int:
        if self.batch_size == "auto":
            return min(AUTO_BATCH_SIZE, rows)
        if int(self.batch_size) > rows:
            warnings.warn(
                f"{type(self).__name__}: expected batch_size of at most {rows}, the rows to learn from, "
                f"got {self.batch_size}. All rows make one batch.",
                stacklevel=5,
            )
        return min(int(self.batch_size), rows)

    def _hold_out(
        self, X: Any, y: Array, sample_weight: Array | None, random_state: np.random.RandomState
    ) -> tuple[Any, Array, Array | None, Any, Array, Array | None]:
        """Split off the rows that early stopping is judged by, drawn as scikit-learn draws them."""
        stratify = y if is_classifier(self) and self.n_outputs_ == 1 else None
        arrays = [X, y] if sample_weight is None else [X, y, sample_weight]
        x, x_val, y, y_val, *weights = train_test_split(
            *arrays, random_state=random_state, test_size=self.validation_fraction, stratify=stratify
        )
        if x_val.shape[0] < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of your dataset."
            )
        weight, weight_val = weights or (None, None)
        return x, y, weight, x_val, y_val, weight_val

    def _given_to_judge(self, validation_data: Any) -> tuple[Any, Array, Array | None]:
        """Return the rows that the user wants scored, checked."""
        if not isinstance(validation_data, tuple | list) or len(validation_data) not in (2, 3):
            raise ArgumentError(
                f"{type(self).__name__}.fit: expected validation_data to be (X, y) or (X, y, sample_weight), "
                f"got {type(validation_data).__name__}. Give rows and their targets."
            )
        x_val, y_val, weight = (*validation_data, None)[:3]
        x_val = validate_data(self, x_val, accept_sparse=["csr", "csc"], reset=False)
        check_consistent_length(x_val, y_val, weight)
        return x_val, self._encode(y_val), weight

    def _judge(self, X: Any, y: Array, sample_weight: Array | None) -> Callable[[], float]:
        """Return a function that scores the network as it is on some rows; NaN where it has diverged."""
        y = self._decode(y)

        def score() -> float:
            outputs = self._outputs(X)
            if not np.isfinite(outputs).all():
                return float("nan")
            return self._score(y, self._decide(outputs), sample_weight)

        return score

    def _objective(self, X: Any, y: Array, sample_weight: Array | None) -> Objective:
        by_number = self._loss().rule.name == "sparse_categorical_crossentropy"
        target = y.argmax(axis=1) if by_number else y.astype(self.model_.dtype)
        return Objective(self.model_, X, target, sample_weight, self._measure(target), self.alpha, self.l1)

    # --- Using ------------------------------------------------------------------------------------

    def _outputs(self, X: Any) -> Array:
        """Return what the network makes of rows (n, n_outputs)."""
        model, plan = self.model_, self.model_.plan
        engine = networks.engine_of(model)
        if isinstance(X, np.ndarray):
            return engine.predict(plan, model.state, X)
        X = X.tocsr()
        block = max(1, DENSE_BYTES // (8 * X.shape[1]))
        parts = (X[start : start + block].toarray() for start in range(0, X.shape[0], block))
        return np.concatenate([engine.predict(plan, model.state, part) for part in parts])

    def _checked_outputs(self, X: Any) -> Array:
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse=["csr", "csc"], reset=False)
        networks.take_weights(self)
        return self._outputs(X)

    def predict(self, X: Any) -> Array:
        """Return the classes (n,), or (n, labels) where a row may have several; of a regressor the numbers.

        Args:
            X: rows (n, n_features), dense or sparse.
        """
        return self._decide(self._checked_outputs(X))

    # --- Files and copies -------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is seen twice: coefs_ and intercepts_ where they are the network's own arrays."""
        state: dict[str, Any] = dict(super().__getstate__())
        if "model_" in state and "coefs_" in state and networks.shows_weights(self):
            del state["coefs_"], state["intercepts_"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if hasattr(self, "model_") and not self.model_.state.params.flags.writeable:  # a file mapped by joblib
            self.model_ = copy.deepcopy(self.model_)
        if hasattr(self, "model_") and not hasattr(self, "coefs_"):
            networks.show_weights(self)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coefs_") and hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
