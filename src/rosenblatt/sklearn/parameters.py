"""Which parameters the estimators take, in the form in which scikit-learn checks them and words its messages."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, Options, StrOptions

from rosenblatt import activations, losses, optimizers
from rosenblatt.initializers import Initializer
from rosenblatt.losses import Loss
from rosenblatt.optimizers import Optimizer
from rosenblatt.optimizers.schedules import LearningRateSchedule

STOCHASTIC = tuple(sorted(optimizers.ALL))  # "sgd" and "adam", and what scikit-learn has not


def _at_least(kind: type, bound: float) -> Interval:
    return Interval(kind, bound, None, closed="left")


def _above(kind: type, bound: float) -> Interval:
    return Interval(kind, bound, None, closed="neither")


COMMON: dict[str, list[Any]] = {
    "hidden_layer_sizes": ["array-like", _at_least(Integral, 1)],
    "activation": [StrOptions({"identity", "logistic", *activations.FUNCTIONS}), list, tuple],
    "solver": [StrOptions({"lbfgs", *STOCHASTIC}), Optimizer],
    "alpha": [_at_least(Real, 0)],
    "batch_size": [StrOptions({"auto"}), _at_least(Integral, 1)],
    "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
    "learning_rate_init": [_above(Real, 0), LearningRateSchedule],
    "power_t": [_at_least(Real, 0)],
    "max_iter": [_at_least(Integral, 1)],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [_at_least(Real, 0)],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "beta_1": [Interval(Real, 0, 1, closed="left")],
    "beta_2": [Interval(Real, 0, 1, closed="left")],
    "epsilon": [_above(Real, 0)],
    "n_iter_no_change": [_at_least(Integral, 1), Options(Real, {np.inf})],
    "max_fun": [_at_least(Integral, 1)],
    # What scikit-learn has not.
    "l1": [_at_least(Real, 0)],
    "dropout": [Interval(Real, 0, 1, closed="left"), list, tuple],
    "batch_normalization": ["boolean"],
    "kernel_initializer": [str, Initializer, None],
    "restore_best_weights": ["boolean"],
    "callbacks": [object],
    "progress": ["boolean"],
}

CLASSIFIER = COMMON | {
    "loss": [StrOptions({"log_loss", *losses.NAMES}), Loss, callable],
    "class_weight": [StrOptions({"balanced"}), dict, None],
}

REGRESSOR = COMMON | {"loss": [StrOptions({"squared_error", *losses.NAMES}), Loss, callable]}

PERCEPTRON: dict[str, list[Any]] = {
    "penalty": [StrOptions({"l2", "l1", "elasticnet"}), None],
    "alpha": [_at_least(Real, 0)],
    "l1_ratio": [Interval(Real, 0, 1, closed="both")],
    "fit_intercept": ["boolean"],
    "max_iter": [_at_least(Integral, 1)],
    "tol": [_at_least(Real, 0), None],
    "shuffle": ["boolean"],
    "verbose": ["verbose"],
    "eta0": [_above(Real, 0)],
    "n_jobs": [Integral, None],
    "random_state": ["random_state"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "n_iter_no_change": [_at_least(Integral, 1)],
    "class_weight": [StrOptions({"balanced"}), dict, None],
    "warm_start": ["boolean"],
}


def keep(estimator: Any, arguments: Mapping[str, Any]) -> None:
    """Store a constructor's arguments under their own names, unchanged, as scikit-learn wants it of every estimator."""
    vars(estimator).update({name: value for name, value in arguments.items() if name not in ("self", "__class__")})
