"""Classifier and regressor: multi-layer perceptrons with scikit-learn's parameters, attributes and methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin, _fit_context
from sklearn.metrics import accuracy_score, r2_score
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, type_of_target, unique_labels
from sklearn.utils.validation import validate_data

from rosenblatt import losses
from rosenblatt.errors import ArgumentError
from rosenblatt.losses import BinaryCrossentropy, Loss, MeanSquaredError, Poisson, SparseCategoricalCrossentropy
from rosenblatt.optimizers import Optimizer
from rosenblatt.optimizers.schedules import LearningRateSchedule
from rosenblatt.sklearn.base import MultilayerPerceptron
from rosenblatt.sklearn.objective import Measure, poisson_constant
from rosenblatt.sklearn.parameters import CLASSIFIER, REGRESSOR, keep
from rosenblatt.types import Array


def _learns_in_parts(estimator: MultilayerPerceptron) -> bool:
    if estimator.solver == "lbfgs":
        raise AttributeError(
            "partial_fit: expected a stochastic solver, got solver='lbfgs', which needs all rows at once. "
            "Choose 'sgd' or 'adam'."
        )
    return True


class MLPClassifier(ClassifierMixin, MultilayerPerceptron):
    """A multi-layer perceptron that tells classes apart; for scikit-learn's class of this name.

    Two classes have one logistic output, more have softmax, and rows that may have several labels one logistic output
    for each. Everything up to ``max_fun`` is scikit-learn's and has its meaning; what follows is more.

    Args:
        hidden_layer_sizes: units of each hidden layer.
        activation: of the hidden layers: "identity", "logistic", "tanh", "relu" or a name of
            `rosenblatt.activations`; or a list with one for each.
        solver: "adam", "sgd", "lbfgs", the name of another optimizer, or an object of `rosenblatt.optimizers`.
            Of an object its own settings count, and not learning_rate_init, learning_rate, momentum and the like.
        alpha: strength of the L2 penalty; half of it times the squares of the weights, shared among a batch's rows.
        batch_size: rows an update; "auto" is 200, or all where there are fewer.
        learning_rate: "constant", "invscaling" or "adaptive", with "sgd".
        learning_rate_init: the size of a step: a number, or a schedule of `rosenblatt.optimizers.schedules`.
        power_t: the exponent of "invscaling".
        max_iter: epochs at most; of "lbfgs" iterations.
        shuffle: whether rows are seen in a new order every epoch.
        random_state: of everything random. With the same number the same results.
        tol: the loss or score must improve by so much to count as improved.
        verbose: print each epoch's loss.
        warm_start: go on from the weights of the last fit, with activations, dropout and the like as they are now; the
            units of the hidden layers stay.
        momentum: of "sgd".
        nesterovs_momentum: whether that is Nesterov's.
        early_stopping: hold rows out, stop when their score no longer improves, and restore the best weights.
        validation_fraction: the share of the rows that is held out, stratified.
        beta_1: memory of the momentum, of "adam".
        beta_2: memory of the mean square, of "adam".
        epsilon: guard against division by zero, of "adam".
        n_iter_no_change: epochs without an improvement that are borne.
        max_fun: calls of the loss at most, with "lbfgs".
        loss: "log_loss", or any loss of `rosenblatt.losses` by name or object; it is a mean over the outputs.
        l1: strength of the L1 penalty, shared among a batch's rows.
        dropout: share of the units that is left out after each hidden layer; a number or a list.
        batch_normalization: whether hidden layers are normalised before their activation.
        kernel_initializer: how weights start, a name or object of `rosenblatt.initializers`; biases are then zero.
        class_weight: a weight for each class, or "balanced".
        restore_best_weights: end with the weights of the best epoch, by the score of validation rows where there are
            such, else by the loss.
        callbacks: one or several of `rosenblatt.callbacks`; ``self.model`` in them is the network.
        progress: show a bar, and a line an epoch.

    Attributes:
        model_: the trained network, a `rosenblatt.Sequential`.
        classes_, coefs_, intercepts_, loss_, loss_curve_, best_loss_, validation_scores_, best_validation_score_,
        n_iter_, t_, n_layers_, n_outputs_, out_activation_, n_features_in_, feature_names_in_: as scikit-learn's.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> x, y = load_iris(return_X_y=True)
        >>> classifier = MLPClassifier((10,), solver="lbfgs", activation="tanh", random_state=0, max_iter=500)
        >>> bool(classifier.fit(x / 8, y).score(x / 8, y) > 0.95)
        True

    Source: scikit-learn, ``sklearn.neural_network.MLPClassifier``.
    """

    _parameter_constraints = CLASSIFIER
    classes_: Array
    _label_binarizer: LabelBinarizer
    class_weight: Mapping[Any, float] | str | None

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str | list[str] | tuple[str, ...] = "relu",
        *,
        solver: str | Optimizer = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float | LearningRateSchedule = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        loss: str | Loss | Callable[..., Any] = "log_loss",
        l1: float = 0.0,
        dropout: float | list[float] | tuple[float, ...] = 0.0,
        batch_normalization: bool = False,
        kernel_initializer: Any = None,
        class_weight: Mapping[Any, float] | str | None = None,
        restore_best_weights: bool = False,
        callbacks: Any = None,
        progress: bool = False,
    ) -> None:
        keep(self, locals())

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, validation_data: Any = None) -> Self:
        """Learn from rows and their classes.

        Args:
            X: rows (n, n_features), dense or sparse.
            y: a class for each row (n,), or 0 and 1 for each of several labels (n, labels).
            sample_weight: (n,) the weight of each row.
            validation_data: (X, y) or (X, y, sample_weight) whose score is measured after each epoch, in place of rows
                that are held out.
        """
        return self._fit(X, y, sample_weight, validation_data, incremental=False)

    @available_if(_learns_in_parts)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Learn one epoch from these rows; the first call must name all classes."""
        if self.class_weight == "balanced":
            raise ValueError(
                "MLPClassifier.partial_fit: expected class_weight to be a dict or None, got 'balanced', for the "
                "classes' shares are not known. Give compute_class_weight('balanced', classes=classes, y=y) as a dict."
            )
        if _check_partial_fit_first_call(self, classes):
            self._label_binarizer = LabelBinarizer().fit(y if _has_several_labels(y) else classes)
        return self._fit(X, y, sample_weight, None, incremental=True)

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class (n, n_classes), in the order of ``classes_``."""
        outputs = self._checked_outputs(X)
        return np.hstack([1 - outputs, outputs]) if self.n_outputs_ == 1 else outputs

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithm of `predict_proba`."""
        probabilities = self.predict_proba(X)
        with np.errstate(divide="ignore"):  # the logarithm of 0 is -inf
            return np.log(probabilities, out=probabilities)

    def _validate(self, X: Any, y: Any, incremental: bool, first_time: bool) -> tuple[Any, Array]:
        numbers = (np.float64, np.float32)
        X, y = validate_data(
            self, X, y, accept_sparse=["csr", "csc"], multi_output=True, dtype=numbers, reset=first_time
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if not hasattr(self, "classes_") or not (self.warm_start or incremental):
            self._label_binarizer = LabelBinarizer().fit(y)
            self.classes_ = self._label_binarizer.classes_
        else:
            self._refuse_other_classes(unique_labels(y))
        return X, y

    def _refuse_other_classes(self, classes: Array) -> None:
        if self.warm_start and set(classes) != set(self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                f"Previously got {self.classes_}, `y` has {classes}"
            )
        if len(np.setdiff1d(classes, self.classes_)):
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. 'y' has {classes}."
            )

    def _encode(self, y: Any) -> Array:
        encoded: Array = self._label_binarizer.transform(y).astype(bool)
        return encoded

    def _decode(self, y: Array) -> Array:
        decoded: Array = self._label_binarizer.inverse_transform(y)
        return decoded

    def _weights_of_rows(self, y: Any, sample_weight: Array | None) -> Array | None:
        if self.class_weight is None:
            return sample_weight
        weight: Array = compute_sample_weight(self.class_weight, y)
        return weight if sample_weight is None else weight * sample_weight

    def _name_outputs(self) -> None:
        if self._label_binarizer.y_type_ in ("binary", "multiclass"):
            self.model_.class_names = [str(name) for name in self.classes_]

    def _output_activation(self) -> str:
        return "softmax" if self._label_binarizer.y_type_ == "multiclass" else "logistic"

    def _loss(self) -> Loss:
        is_softmax = self.out_activation_ == "softmax"
        if self.loss == "log_loss":
            return SparseCategoricalCrossentropy() if is_softmax else BinaryCrossentropy()
        loss = losses.get(self.loss)
        if loss.rule.name.startswith(("categorical", "sparse")) and not is_softmax:
            raise ArgumentError(
                f"MLPClassifier: expected a loss of yes or no for {self.n_outputs_} logistic output(s), got {loss!r}. "
                "Take loss='log_loss', or 'binary_focal_crossentropy'."
            )
        return loss

    def _measure(self, target: Array) -> Measure:
        if self.loss == "log_loss" and self.out_activation_ == "logistic":
            return Measure(factor=self.n_outputs_)
        return Measure()

    def _decide(self, outputs: Array) -> Array:
        return self._decode(outputs.ravel() if self.n_outputs_ == 1 else outputs)

    def _score(self, y: Array, predicted: Array, sample_weight: Array | None) -> float:
        return float(accuracy_score(y, predicted, sample_weight=sample_weight))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _has_several_labels(y: Any) -> bool:
    return bool(type_of_target(y).startswith("multilabel"))


class MLPRegressor(RegressorMixin, MultilayerPerceptron):
    """A multi-layer perceptron that predicts numbers; for scikit-learn's class of this name.

    Args:
        loss: "squared_error" (its half), "poisson" (half of the deviance, with an exponential output), or any loss of
            `rosenblatt.losses` by name or object, such as "huber"; that is a mean over the outputs.
        hidden_layer_sizes: units of each hidden layer. All other parameters are those of `MLPClassifier`.
        activation: of the hidden layers.
        solver: how the weights are found.
        alpha: strength of the L2 penalty.
        batch_size: rows an update.
        learning_rate: how the size of a step changes.
        learning_rate_init: the size of a step.
        power_t: the exponent of "invscaling".
        max_iter: epochs at most.
        shuffle: whether rows are seen in a new order every epoch.
        random_state: of everything random.
        tol: the least improvement that counts.
        verbose: print each epoch's loss.
        warm_start: go on from the weights of the last fit, with activations, dropout and the like as they are now; the
            units of the hidden layers stay.
        momentum: of "sgd".
        nesterovs_momentum: whether that is Nesterov's.
        early_stopping: stop when the score (R²) of rows that are held out no longer improves.
        validation_fraction: the share of the rows that is held out.
        beta_1: memory of the momentum, of "adam".
        beta_2: memory of the mean square, of "adam".
        epsilon: guard against division by zero, of "adam".
        n_iter_no_change: epochs without an improvement that are borne.
        max_fun: calls of the loss at most, with "lbfgs".
        l1: strength of the L1 penalty.
        dropout: share of the units that is left out.
        batch_normalization: whether hidden layers are normalised.
        kernel_initializer: how weights start.
        restore_best_weights: end with the weights of the best epoch.
        callbacks: one or several of `rosenblatt.callbacks`.
        progress: show a bar, and a line an epoch.

    Example:
        >>> x = np.linspace(-1, 1, 50)[:, None]
        >>> regressor = MLPRegressor(hidden_layer_sizes=(10,), activation="tanh", solver="lbfgs", random_state=0)
        >>> bool(regressor.fit(x, x[:, 0] ** 2).score(x, x[:, 0] ** 2) > 0.99)
        True

    Source: scikit-learn, ``sklearn.neural_network.MLPRegressor``.
    """

    _parameter_constraints = REGRESSOR

    def __init__(
        self,
        loss: str | Loss | Callable[..., Any] = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: str | list[str] | tuple[str, ...] = "relu",
        *,
        solver: str | Optimizer = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float | LearningRateSchedule = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        l1: float = 0.0,
        dropout: float | list[float] | tuple[float, ...] = 0.0,
        batch_normalization: bool = False,
        kernel_initializer: Any = None,
        restore_best_weights: bool = False,
        callbacks: Any = None,
        progress: bool = False,
    ) -> None:
        keep(self, locals())

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, validation_data: Any = None) -> Self:
        """Learn from rows and their numbers.

        Args:
            X: rows (n, n_features), dense or sparse.
            y: a number for each row (n,), or several (n, n_outputs).
            sample_weight: (n,) the weight of each row.
            validation_data: (X, y) or (X, y, sample_weight) whose score is measured after each epoch, in place of rows
                that are held out.
        """
        return self._fit(X, y, sample_weight, validation_data, incremental=False)

    @available_if(_learns_in_parts)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn one epoch from these rows."""
        return self._fit(X, y, sample_weight, None, incremental=True)

    def _validate(self, X: Any, y: Any, incremental: bool, first_time: bool) -> tuple[Any, Array]:
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            y_numeric=True,
            dtype=(np.float64, np.float32),
            reset=first_time,
        )
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _encode(self, y: Any) -> Array:
        numbers = np.asarray(y)
        return numbers.reshape(len(numbers), -1)

    def _decode(self, y: Array) -> Array:
        return y.ravel() if y.shape[1] == 1 else y

    def _output_activation(self) -> str:
        return "exp" if self.loss == "poisson" else "identity"

    def _loss(self) -> Loss:
        if self.loss == "squared_error":
            return MeanSquaredError()
        return Poisson() if self.loss == "poisson" else losses.get(self.loss)

    def _measure(self, target: Array) -> Measure:
        if self.loss == "squared_error":  # minimised is half the sum over the outputs, shown half the mean
            return Measure(factor=self.n_outputs_ / 2, shown=1 / self.n_outputs_)
        if self.loss == "poisson":
            return Measure(factor=self.n_outputs_, constant=poisson_constant(target))
        return Measure()

    def _decide(self, outputs: Array) -> Array:
        return self._decode(outputs)

    def _score(self, y: Array, predicted: Array, sample_weight: Array | None) -> float:
        return float(r2_score(y, predicted, sample_weight=sample_weight))
