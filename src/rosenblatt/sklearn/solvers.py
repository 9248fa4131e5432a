"""How an estimator learns: epoch by epoch with a stochastic solver, or with L-BFGS on all rows at once."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.optimize
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import training
from rosenblatt.callbacks import CallbackList
from rosenblatt.data import batches_a_slice
from rosenblatt.plan import State
from rosenblatt.sklearn.objective import Objective
from rosenblatt.types import Array

if TYPE_CHECKING:
    from rosenblatt.sklearn.base import MultilayerPerceptron

SMALLEST_RATE = 1e-6  # where learning_rate="adaptive" gives up


def reset_curves(estimator: MultilayerPerceptron) -> None:
    """Forget what was measured in earlier trainings."""
    estimator.loss_curve_ = []
    estimator._no_improvement_count = 0
    measures_scores = estimator.early_stopping
    estimator.validation_scores_ = [] if measures_scores else None
    estimator.best_validation_score_ = -np.inf if measures_scores else None
    estimator.best_loss_ = None if estimator.early_stopping else np.inf


def stochastic(
    estimator: MultilayerPerceptron,
    objective: Objective,
    batch_size: int,
    random_state: np.random.RandomState,
    judge: Callable[[], float] | None,
    incremental: bool,
) -> None:
    """Train until nothing improves any more, or for ``max_iter`` epochs.

    Args:
        estimator: its curves, counts and network change.
        objective: what is minimised.
        batch_size: rows an update.
        random_state: draws the order of the rows.
        judge: measures the score on rows that are held out, where there are such.
        incremental: train one epoch only, for partial_fit.
    """
    callbacks = _callbacks(estimator, objective, batch_size)
    ahead = 1 if _is_watched(estimator, callbacks, judge) else _epochs_a_call(objective, batch_size)
    epochs = 1 if incremental else estimator.max_iter
    best = _Best(estimator)
    order = np.arange(objective.rows)
    estimator.n_iter_ = 0
    callbacks.on_train_begin()
    try:
        while estimator.n_iter_ < epochs and not estimator.model_.stop_training:
            # However many more epochs fail to improve anything, training does not stop before the last of these.
            patience = estimator.n_iter_no_change + 1 - estimator._no_improvement_count
            orders = []
            for _ in range(int(max(1, min(ahead, patience, epochs - estimator.n_iter_)))):
                if estimator.shuffle:
                    order = order[random_state.permutation(len(order))]
                orders.append(order)
            if len(orders) > 1:
                losses = objective.train_epochs(np.stack(orders), batch_size)
            else:
                losses = [_train_epoch(estimator, objective, order, batch_size, callbacks)]
            for loss in losses:
                _record(estimator, loss, objective.rows, judge, best)
            _end_epoch(estimator, callbacks)
            if estimator._no_improvement_count > estimator.n_iter_no_change and _stops(estimator):
                break
        else:
            if estimator.n_iter_ == estimator.max_iter and not incremental:
                _warn_of_haste(estimator)
    except KeyboardInterrupt:
        warnings.warn("Training interrupted by user.", stacklevel=4)
    finally:  # files are closed and the bar is cleared after an error, too
        callbacks.on_train_end()
    training.finish_average(estimator.model_)
    best.restore()


def _callbacks(estimator: MultilayerPerceptron, objective: Objective, batch_size: int) -> CallbackList:
    callbacks = CallbackList(estimator.callbacks, add_progbar=estimator.progress)
    steps = -(-objective.rows // batch_size)
    callbacks.set_params({"verbose": 1 if estimator.progress else 0, "epochs": estimator.max_iter, "steps": steps})
    estimator.model_.stop_training = False
    callbacks.set_model(estimator.model_)
    return callbacks


def _is_watched(estimator: MultilayerPerceptron, callbacks: CallbackList, judge: Any) -> bool:
    """Tell whether somebody looks at the network, or changes the learning rate, between two epochs."""
    return bool(
        callbacks.callbacks
        or judge is not None
        or estimator.restore_best_weights
        or estimator.verbose
        or (estimator.solver == "sgd" and estimator.learning_rate == "invscaling")
    )


def _epochs_a_call(objective: Objective, batch_size: int) -> int:
    """Return how many epochs take some hundredths of a second: Ctrl-C waits for the end of a call."""
    batches = -(-objective.rows // batch_size)
    return max(1, batches_a_slice(objective.model.count_params(), batch_size) // batches)


def _train_epoch(
    estimator: MultilayerPerceptron, objective: Objective, order: Array, batch_size: int, callbacks: CallbackList
) -> float:
    """Train one epoch, telling the callbacks, and return its loss as scikit-learn shows it."""
    model = estimator.model_
    if not callbacks.callbacks:
        return objective.train_epoch(order, batch_size)
    callbacks.on_epoch_begin(estimator.n_iter_)
    total, rows, batch = 0.0, 0, 0
    for piece in objective.pieces(order, batch_size, callbacks.wants_batches):
        if callbacks.wants_batches:
            callbacks.on_train_batch_begin(batch)
        model.follow_learning_rate()
        losses = objective.train(piece)
        model.optimizer.iterations = model.state.step
        total = training.add_in_order(total, losses * piece.sizes)
        rows, batch = rows + len(piece.order), batch + len(losses)
        logs = {"loss": objective.shown(total / rows)}
        if callbacks.wants_batches:
            callbacks.on_train_batch_end(batch - 1, logs)
        callbacks.on_progress(rows, objective.rows, logs)
        if model.stop_training:
            break
    return objective.shown(total / rows)


def _record(
    estimator: MultilayerPerceptron, loss: float, rows: int, judge: Callable[[], float] | None, best: _Best
) -> None:
    """Keep an epoch's loss and score, and count the epochs without an improvement."""
    estimator.n_iter_ += 1
    estimator.t_ += rows
    estimator.loss_ = loss
    estimator.loss_curve_.append(loss)
    if estimator.verbose:
        print(f"Iteration {estimator.n_iter_}, loss = {loss:.8f}")
    score = None if judge is None else judge()
    if score is not None:
        _record_score(estimator, score)
    if estimator.early_stopping:
        assert score is not None  # for the type checker: early stopping has rows to judge by
        fails = score < best.score + estimator.tol
    else:
        fails = loss > best.loss - estimator.tol
    estimator._no_improvement_count = estimator._no_improvement_count + 1 if fails else 0
    best.look(loss, score)


def _record_score(estimator: MultilayerPerceptron, score: float) -> None:
    estimator.validation_scores_ = [*(estimator.validation_scores_ or []), score]
    if estimator.verbose:
        print(f"Validation score: {score:f}")


class _Best:
    """The best loss and score so far, and the weights of that epoch where they are to be restored."""

    def __init__(self, estimator: MultilayerPerceptron) -> None:
        self.estimator = estimator
        self.restores = estimator.early_stopping or estimator.restore_best_weights
        self._state: State | None = estimator.model_.state.copy() if self.restores else None

    @property
    def loss(self) -> float:
        return np.inf if self.estimator.best_loss_ is None else self.estimator.best_loss_

    @property
    def score(self) -> float:
        best = self.estimator.best_validation_score_
        return -np.inf if best is None else best

    def look(self, loss: float, score: float | None) -> None:
        """Take an epoch's figures in: the score decides where there is one."""
        better = loss < self.loss if score is None else score > self.score
        if score is not None and score > self.score:
            self.estimator.best_validation_score_ = score
        if not self.estimator.early_stopping and loss < self.loss:
            self.estimator.best_loss_ = loss
        if better and self.restores:
            self._state = self.estimator.model_.state.copy()

    def restore(self) -> None:
        """Put the best epoch's weights back."""
        if self._state is not None:
            state = self.estimator.model_.state
            state.params[...] = self._state.params
            state.statistics[...] = self._state.statistics


def _end_epoch(estimator: MultilayerPerceptron, callbacks: CallbackList) -> None:
    """Tell the callbacks, and lower the learning rate where it falls with the rows seen."""
    if callbacks.callbacks:
        logs = {"loss": estimator.loss_}
        if estimator.validation_scores_:
            logs["val_score"] = estimator.validation_scores_[-1]
        callbacks.on_epoch_end(estimator.n_iter_ - 1, logs)
    if estimator.solver == "sgd" and estimator.learning_rate == "invscaling":
        _set_learning_rate(estimator, estimator.learning_rate_init / (estimator.t_ + 1) ** estimator.power_t)


def _stops(estimator: MultilayerPerceptron) -> bool:
    """Tell whether training ends for want of improvement; an adaptive learning rate is lowered first."""
    measured = "validation score" if estimator.early_stopping else "training loss"
    told = f"The {measured} did not improve by tol={estimator.tol:f} in {estimator.n_iter_no_change} epochs."
    lowered = estimator.solver == "sgd" and estimator.learning_rate == "adaptive"
    rate = estimator.model_.state.learning_rate
    if not lowered or rate <= SMALLEST_RATE:
        if estimator.verbose:
            print(f"{told} Stopping.")
        return True
    _set_learning_rate(estimator, rate / 5)
    estimator._no_improvement_count = 0
    if estimator.verbose:
        print(f"{told} Setting the learning rate to {rate / 5:f}.")
    return False


def _set_learning_rate(estimator: MultilayerPerceptron, rate: float) -> None:
    estimator.model_.optimizer.learning_rate = rate
    estimator.model_.state.learning_rate = rate


def _warn_of_haste(estimator: MultilayerPerceptron) -> None:
    warnings.warn(
        f"{type(estimator).__name__}: expected convergence within max_iter={estimator.max_iter} epochs, got none. "
        "Raise max_iter, or tol.",
        ConvergenceWarning,
        stacklevel=5,
    )


# --- L-BFGS ---------------------------------------------------------------------------------------


def lbfgs(estimator: MultilayerPerceptron, objective: Objective) -> None:
    """Minimise the loss of all rows with SciPy's L-BFGS-B, which calls for loss and gradient.

    Source: Byrd, Lu, Nocedal and Zhu (1995), A limited memory algorithm for bound constrained optimization.
    """
    params = estimator.model_.state.params

    def loss_and_gradient(vector: Array) -> tuple[float, Array]:
        params[...] = vector
        loss, gradient = objective.loss_and_gradient()
        return loss, gradient.astype(np.float64)

    iterations = 0

    def tell(intermediate_result: Any) -> None:
        nonlocal iterations
        iterations += 1
        print(f"Iteration {iterations}, loss = {objective.shown(intermediate_result.fun):.8f}")

    result = scipy.optimize.minimize(
        loss_and_gradient,
        params.astype(np.float64),
        method="L-BFGS-B",
        jac=True,
        callback=tell if estimator.verbose else None,
        options={"maxfun": estimator.max_fun, "maxiter": estimator.max_iter, "gtol": estimator.tol},
    )
    params[...] = result.x
    estimator.n_iter_ = min(int(result.nit), estimator.max_iter)
    estimator.loss_ = objective.shown(float(result.fun))
    if not result.success:
        warnings.warn(
            f"{type(estimator).__name__}: expected L-BFGS to converge, got status {result.status} after "
            f"{estimator.n_iter_} iterations: {result.message}. Raise max_iter or max_fun, or scale the data.",
            ConvergenceWarning,
            stacklevel=4,
        )
