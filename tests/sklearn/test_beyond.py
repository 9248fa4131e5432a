"""What scikit-learn's perceptrons refuse and ours take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the extra 'sklearn'")

from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import load_model, optimizers
from rosenblatt.callbacks import Callback, EarlyStopping, LambdaCallback, LearningRateScheduler, ReduceLROnPlateau
from rosenblatt.errors import ArgumentError
from rosenblatt.layers import Activation, BatchNormalization, Dense, Dropout
from rosenblatt.losses import Huber
from rosenblatt.optimizers.schedules import CosineDecay, ExponentialDecay
from rosenblatt.sklearn import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

DIGITS, CLASSES = load_digits(return_X_y=True)
X, Y = DIGITS[:300] / 16, CLASSES[:300]
X_NEW, Y_NEW = DIGITS[300:450] / 16, CLASSES[300:450]


def classifier(**parameters: Any) -> MLPClassifier:
    return MLPClassifier(**({"hidden_layer_sizes": (16,), "max_iter": 15, "random_state": 0} | parameters))


def test_each_hidden_layer_has_its_activation() -> None:
    fitted = classifier(hidden_layer_sizes=(9, 8, 7), activation=["gelu", "logistic", "tanh"]).fit(X, Y)
    assert [layer.activation for layer in fitted.model_.layers] == ["gelu", "sigmoid", "tanh", "softmax"]


def test_dropout_follows_each_hidden_layer_and_is_off_in_use() -> None:
    fitted = classifier(hidden_layer_sizes=(9, 8), dropout=[0.5, 0.0]).fit(X, Y)
    assert [type(layer) for layer in fitted.model_.layers] == [Dense, Dropout, Dense, Dense]
    np.testing.assert_array_equal(fitted.predict_proba(X), fitted.predict_proba(X))
    assert fitted.loss_curve_ != classifier(hidden_layer_sizes=(9, 8)).fit(X, Y).loss_curve_


@pytest.mark.parametrize("parameters", [{"dropout": 0.3}, {"kernel_initializer": "he_normal"}], ids=str)
def test_the_same_seed_gives_the_same_result(parameters: dict[str, Any]) -> None:
    one, other = (classifier(**parameters).fit(X, Y) for _ in range(2))
    assert one.loss_curve_ == other.loss_curve_
    assert classifier(**parameters, random_state=1).fit(X, Y).loss_curve_ != one.loss_curve_


def test_batch_normalisation_stands_before_the_activation() -> None:
    fitted = classifier(batch_normalization=True, learning_rate_init=0.01, max_iter=30).fit(X, Y)
    assert [type(layer) for layer in fitted.model_.layers] == [Dense, BatchNormalization, Activation, Dense]
    assert fitted.score(X, Y) > 0.9


def test_l1_makes_more_weights_small_than_l2() -> None:
    one, other = (classifier(max_iter=80, learning_rate_init=0.01, alpha=0, **p).fit(X, Y) for p in ({}, {"l1": 0.5}))
    assert np.mean(np.abs(other.coefs_[0]) < 0.01) > 2 * np.mean(np.abs(one.coefs_[0]) < 0.01)


def test_l1_is_shared_among_the_rows_of_a_batch_as_alpha_is() -> None:
    plain, with_l1 = (
        MLPRegressor(hidden_layer_sizes=(3,), alpha=0, l1=l1, max_iter=1, random_state=0).fit(X[:50], Y[:50])
        for l1 in (0.0, 2.0)
    )
    fresh = MLPRegressor(hidden_layer_sizes=(3,), alpha=0, max_iter=1, random_state=0, learning_rate_init=1e-300)
    weights = sum(np.abs(coefs).sum() for coefs in fresh.fit(X[:50], Y[:50]).coefs_)
    assert with_l1.loss_ - plain.loss_ == pytest.approx(2.0 * weights / 50)


@pytest.mark.parametrize("name", sorted(optimizers.ALL))
def test_every_optimizer_learns(name: str) -> None:
    rate = {"sgd": 0.1, "lion": 0.005, "adagrad": 0.1}.get(name, 0.01)
    fitted = classifier(solver=name, learning_rate_init=rate, max_iter=40).fit(X, Y)
    assert fitted.loss_ < fitted.loss_curve_[0] / 2


def test_an_optimizer_may_be_an_object_and_stays_as_it_was() -> None:
    solver = optimizers.RMSprop(0.005, momentum=0.5)
    fitted = classifier(solver=solver, max_iter=30).fit(X, Y)
    assert fitted.score(X, Y) > 0.9
    assert fitted.model_.optimizer is not solver
    assert solver.iterations == 0


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_a_schedule_lowers_the_learning_rate_step_by_step(solver: str) -> None:
    schedule = ExponentialDecay(0.02, decay_steps=10, decay_rate=0.5)
    fitted = classifier(solver=solver, learning_rate_init=schedule, batch_size=100, max_iter=10).fit(X, Y)
    assert fitted.model_.current_learning_rate() == pytest.approx(0.02 * 0.5**3)


@pytest.mark.parametrize("loss", ["categorical_focal_crossentropy", "categorical_hinge", "kl_divergence", "mse"])
def test_a_classifier_takes_other_losses(loss: str) -> None:
    assert classifier(loss=loss, learning_rate_init=0.01, max_iter=60).fit(X, Y).score(X, Y) > 0.9


def test_a_loss_of_many_classes_is_refused_for_two() -> None:
    with pytest.raises(ArgumentError, match="expected a loss of yes or no for 1 logistic output"):
        classifier(loss="categorical_hinge").fit(X, Y > 4)


@pytest.mark.parametrize("loss", ["huber", Huber(0.5), "mae", "log_cosh"], ids=str)
def test_a_regressor_takes_other_losses(loss: Any) -> None:
    target = X @ np.linspace(-1, 1, 64)
    fitted = MLPRegressor(loss, (16,), max_iter=200, learning_rate_init=0.01, random_state=0).fit(X, target)
    assert fitted.score(X, target) > 0.8


def test_class_weights_are_weights_of_rows() -> None:
    weights = {number: 1.0 + number for number in range(10)}
    one = classifier(class_weight=weights).fit(X, Y)
    other = classifier().fit(X, Y, sample_weight=1.0 + Y)
    np.testing.assert_array_equal(one.coefs_[0], other.coefs_[0])


def test_balanced_classes_raise_the_recall_of_the_rare_one() -> None:
    few = np.flatnonzero((Y != 3) | (np.arange(len(Y)) % 6 == 0))
    plain, balanced = (classifier(max_iter=60, class_weight=w).fit(X[few], Y[few]) for w in (None, "balanced"))
    assert np.mean(balanced.predict(X[Y == 3]) == 3) > np.mean(plain.predict(X[Y == 3]) == 3)


def test_validation_data_are_scored_after_each_epoch() -> None:
    fitted = classifier().fit(X, Y, validation_data=(X_NEW, Y_NEW))
    assert len(fitted.validation_scores_) == fitted.n_iter_ == 15
    assert fitted.validation_scores_[-1] == pytest.approx(fitted.score(X_NEW, Y_NEW))
    assert fitted.best_validation_score_ == max(fitted.validation_scores_)
    plain = classifier().fit(X, Y)
    np.testing.assert_array_equal(fitted.coefs_[0], plain.coefs_[0])


def test_early_stopping_goes_by_validation_data_and_learns_from_all_rows() -> None:
    stopping = classifier(early_stopping=True, n_iter_no_change=2, max_iter=200, learning_rate_init=0.02)
    fitted = stopping.fit(X, Y, validation_data=(X_NEW, Y_NEW))
    assert fitted.n_iter_ < 200
    assert fitted.t_ == fitted.n_iter_ * len(X)
    assert fitted.score(X_NEW, Y_NEW) == pytest.approx(fitted.best_validation_score_)


def test_validation_data_may_be_weighted_and_of_several_outputs() -> None:
    y = np.stack([X.sum(axis=1), X.max(axis=1)], axis=1)
    fitted = MLPRegressor(hidden_layer_sizes=(8,), max_iter=3).fit(X, y, validation_data=(X, y, np.arange(len(X))))
    assert fitted.validation_scores_[-1] == pytest.approx(fitted.score(X, y, np.arange(len(X))))


def test_the_weights_of_the_epoch_with_the_least_loss_are_restored() -> None:
    wild = {"solver": "sgd", "learning_rate_init": 0.8, "max_iter": 25, "alpha": 0.0, "batch_size": len(X)}
    fitted = classifier(restore_best_weights=True, **wild).fit(X, Y)
    best = int(np.argmin(fitted.loss_curve_)) + 1
    assert best < 25  # so that there is something to restore
    stopped = classifier(**(wild | {"max_iter": best})).fit(X, Y)
    np.testing.assert_array_equal(fitted.coefs_[0], stopped.coefs_[0])


class Recorder(Callback):
    def __init__(self) -> None:
        self.told: list[str] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.told.append(f"begin {self.params['epochs']} epochs of {self.params['steps']}")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.told.append(f"batch {batch}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.told.append(f"epoch {epoch} {' '.join(logs)}")

    def on_train_end(self, logs: Any = None) -> None:
        self.told.append("end")


def test_callbacks_see_batches_and_epochs_and_change_nothing() -> None:
    recorder = Recorder()
    fitted = classifier(callbacks=recorder, batch_size=200, max_iter=2).fit(X, Y)
    epoch = ["batch 0", "batch 1"]
    assert recorder.told == ["begin 2 epochs of 2", *epoch, "epoch 0 loss", *epoch, "epoch 1 loss", "end"]
    assert fitted.loss_curve_ == classifier(batch_size=200, max_iter=2).fit(X, Y).loss_curve_


def test_a_callback_sees_the_validation_score_and_stops_the_training() -> None:
    stop = EarlyStopping("val_score", mode="max", patience=1)
    stopping = classifier(callbacks=[stop], max_iter=300, learning_rate_init=0.02)
    assert stopping.fit(X, Y, validation_data=(X_NEW, Y_NEW)).n_iter_ < 300


def test_a_callback_may_change_the_learning_rate() -> None:
    rates = LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
    fitted = classifier(solver="sgd", callbacks=[rates], max_iter=4).fit(X, Y)
    assert fitted.model_.optimizer.learning_rate == pytest.approx(0.025)
    plateau = ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=1e9)
    fitted = classifier(callbacks=plateau, max_iter=5, learning_rate_init=0.08).fit(X, Y)
    assert fitted.model_.optimizer.learning_rate < 0.08


def test_an_interrupted_training_keeps_what_it_has_learnt() -> None:
    def interrupt(epoch: int, logs: Any) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    stopping = classifier(callbacks=LambdaCallback(on_epoch_end=interrupt))
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        fitted = stopping.fit(X, Y)
    np.testing.assert_array_equal(fitted.coefs_[0], classifier(max_iter=3).fit(X, Y).coefs_[0])


def test_progress_is_a_line_an_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    classifier(progress=True, max_iter=3).fit(X, Y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[-1].startswith("Epoch 3/3")


def test_verbose_lbfgs_tells_each_iteration(capsys: pytest.CaptureFixture[str]) -> None:
    fitted = classifier(solver="lbfgs", verbose=True, max_iter=4).fit(X, Y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[-1] == f"Iteration 4, loss = {fitted.loss_:.8f}"


def test_the_network_is_a_model_that_predicts_the_same() -> None:
    fitted = classifier().fit(X, Y)
    np.testing.assert_array_equal(fitted.model_.predict(X_NEW), fitted.predict_proba(X_NEW))


def test_the_network_knows_its_classes_and_can_be_saved(tmp_path: Path) -> None:
    fitted = classifier().fit(X, np.array(list("abcdefghij"))[Y])
    fitted.model_.save(tmp_path / "digits.safetensors")
    loaded = load_model(tmp_path / "digits.safetensors")
    assert loaded.class_names == list("abcdefghij")
    np.testing.assert_array_equal(loaded.predict(X_NEW), fitted.predict_proba(X_NEW))


def test_a_network_without_hidden_layers_is_a_logistic_regression() -> None:
    fitted = classifier(hidden_layer_sizes=(), solver="lbfgs").fit(X, Y)
    assert [coefs.shape for coefs in fitted.coefs_] == [(64, 10)]
    assert fitted.n_layers_ == 2


def test_columns_in_a_row_are_learnt_like_rows_in_a_row() -> None:
    one, other = classifier(batch_size=50).fit(X, Y), classifier(batch_size=50).fit(np.asfortranarray(X), Y)
    np.testing.assert_array_equal(one.coefs_[0], other.coefs_[0])


@pytest.mark.parametrize("given", [X_NEW, (X_NEW,), (X_NEW, Y_NEW, None, None)], ids=["rows", "one", "four"])
def test_validation_data_are_rows_and_targets(given: Any) -> None:
    with pytest.raises(ArgumentError, match=r"expected validation_data to be \(X, y\) or \(X, y, sample_weight\)"):
        classifier().fit(X, Y, validation_data=given)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        classifier().fit(X, Y, validation_data=(X_NEW, Y))


def test_balanced_classes_cannot_be_learnt_in_parts() -> None:
    with pytest.raises(ValueError, match="expected class_weight to be a dict or None, got 'balanced'"):
        classifier(class_weight="balanced").partial_fit(X, Y, classes=range(10))


def test_weights_that_somebody_puts_in_place_are_used() -> None:
    fitted = classifier().fit(X, Y)
    fitted.coefs_ = [np.zeros_like(coefs) for coefs in fitted.coefs_]
    fitted.intercepts_ = [np.zeros_like(fitted.intercepts_[0]), np.arange(10.0)]
    assert set(fitted.predict(X)) == {9}
    fitted.intercepts_[1][...] = -np.arange(10.0)
    assert set(fitted.predict(X)) == {0}


@pytest.mark.parametrize(
    "parameters",
    [
        {"dropout": 0.1},
        {"batch_normalization": True},
        {"callbacks": Callback()},
        {"progress": True},
        {"restore_best_weights": True},
        {"learning_rate_init": CosineDecay(0.1, 10)},
    ],
    ids=lambda parameters: next(iter(parameters)),
)
def test_lbfgs_refuses_what_needs_batches_or_epochs(parameters: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=f"expected a stochastic solver with .*{next(iter(parameters))}"):
        classifier(solver="lbfgs", **parameters).fit(X, Y)


def test_a_list_must_have_one_for_each_layer() -> None:
    with pytest.raises(ArgumentError, match="expected activation for each of 2 hidden layers, got 1"):
        classifier(hidden_layer_sizes=(5, 5), activation=["relu"]).fit(X, Y)
    with pytest.raises(ArgumentError, match="expected dropout to be a number of at least 0 and below 1"):
        classifier(hidden_layer_sizes=(5, 5), dropout=[0.5, 1.5]).fit(X, Y)


def test_a_schedule_and_a_changing_rate_are_one_too_many() -> None:
    with pytest.raises(ArgumentError, match="expected a number as learning_rate_init with learning_rate='adaptive'"):
        classifier(solver="sgd", learning_rate="adaptive", learning_rate_init=CosineDecay(0.1, 10)).fit(X, Y)


def test_rows_of_no_weight_in_a_batch_cost_nothing() -> None:
    weight = np.r_[np.zeros(100), np.ones(200)]
    fitted = classifier(shuffle=False, batch_size=100, max_iter=5).fit(X, Y, sample_weight=weight)
    assert np.isfinite(fitted.loss_curve_).all()


def test_an_unfinished_training_is_told() -> None:
    with pytest.warns(ConvergenceWarning, match="expected convergence within max_iter=3 epochs"):
        classifier(max_iter=3).fit(X, Y)


@pytest.mark.parametrize(
    "change",
    [
        {"activation": "tanh"},
        {"dropout": 0.5},
        {"batch_normalization": True},
        {"batch_normalization": True, "activation": ["gelu"], "dropout": [0.25]},
    ],
    ids=str,
)
@pytest.mark.parametrize("before", [{}, {"batch_normalization": True, "dropout": 0.1}], ids=["plain", "normalised"])
def test_a_network_goes_on_with_its_weights_and_the_parameters_of_now(
    before: dict[str, Any], change: dict[str, Any]
) -> None:
    still = {"learning_rate_init": 1e-300, "warm_start": True, "max_iter": 1}
    fitted = classifier(**before).fit(X, Y)
    coefs = [array.copy() for array in fitted.coefs_]
    fitted.set_params(**change, **still).fit(X, Y)
    wanted = classifier(**(before | change)).fit(X, Y)
    assert [(layer.kind, layer.rule_config()) for layer in fitted.model_.layers] == [
        (layer.kind, layer.rule_config()) for layer in wanted.model_.layers
    ]
    assert fitted.coefs_[-1] is fitted.model_.layers[-1].kernel
    for one, other in zip(fitted.coefs_, coefs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_learnt_scales_of_a_normalisation_survive_another_activation() -> None:
    fitted = classifier(batch_normalization=True).fit(X, Y)
    gamma = fitted.model_.weights["batch_normalization/gamma"].copy()
    fitted.set_params(activation="tanh", warm_start=True, learning_rate_init=1e-300, max_iter=1).fit(X, Y)
    assert not np.array_equal(gamma, np.ones_like(gamma))
    np.testing.assert_array_equal(fitted.model_.weights["batch_normalization/gamma"], gamma)


def test_a_network_of_the_same_parameters_is_not_built_again() -> None:
    fitted = classifier(dropout=0.1, batch_normalization=True, warm_start=True, max_iter=1).fit(X, Y)
    model = fitted.model_
    assert fitted.fit(X, Y).model_ is model
    assert fitted.set_params(kernel_initializer="he_normal", max_iter=2).fit(X, Y).model_ is model


def test_another_loss_may_bring_another_output() -> None:
    counts = np.round(X.sum(axis=1))
    fitted = MLPRegressor(hidden_layer_sizes=(4,), warm_start=True, max_iter=2).fit(X, counts)
    fitted.set_params(loss="poisson").fit(X, counts)
    assert fitted.out_activation_ == "exp"
    assert (fitted.predict(X) > 0).all()
