"""The curves of a training."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.plots.conftest import POINTS, RUN, legend_texts, line

from rosenblatt import plots

colors = pytest.importorskip("matplotlib.colors", reason="needs the extra 'plots'")


def test_history_draws_each_curve_in_training_and_validation() -> None:
    loss, accuracy = plots.history(RUN)
    for ax, name in ((loss, "loss"), (accuracy, "accuracy")):
        assert line(ax, "training").get_xdata().tolist() == [1, 2, 3]
        assert line(ax, "training").get_ydata().tolist() == RUN[name]
        assert line(ax, "validation").get_ydata().tolist() == RUN[f"val_{name}"]
        assert ax.get_title() == f"{name.capitalize()} by epoch"
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", name)


def test_history_tells_its_curves_apart_without_colour() -> None:
    ax = plots.history(RUN, metric="loss")
    training, validation = line(ax, "training"), line(ax, "validation")
    assert training.get_linestyle() != validation.get_linestyle()
    assert training.get_marker() != validation.get_marker()
    assert (colors.to_hex(training.get_color()), colors.to_hex(validation.get_color())) == ("#0072b2", "#d55e00")


@pytest.mark.parametrize(
    ("metric", "mode", "best"),
    [
        ("loss", "auto", "best epoch: 2 (0.6)"),
        ("accuracy", "auto", "best epoch: 3 (0.8)"),
        ("accuracy", "min", "best epoch: 1 (0.6)"),
        ("loss", "max", "best epoch: 1 (0.8)"),
    ],
)
def test_history_marks_the_best_epoch_of_validation(metric: str, mode: str, best: str) -> None:
    ax = plots.history(RUN, metric=metric, mode=mode)
    assert legend_texts(ax) == ["training", "validation", best]
    star = line(ax, best)
    epoch = int(best.split()[2])
    assert (star.get_xdata().tolist(), star.get_ydata().tolist()) == ([epoch], [RUN[f"val_{metric}"][epoch - 1]])
    assert plots.describe(ax).endswith(best)


def test_history_marks_the_best_epoch_of_training_where_nothing_was_validated() -> None:
    assert legend_texts(plots.history({"loss": [0.5, 0.2, 0.4]})) == ["training", "best epoch: 2 (0.2)"]


def test_history_marks_none_where_nobody_knows_what_is_better() -> None:
    assert legend_texts(plots.history({"my_own": [1.0, 2.0]})) == ["training"]


def test_history_asks_the_models_own_metric_what_is_better() -> None:
    model = SimpleNamespace(metrics=[SimpleNamespace(name="my_own", direction="up")])
    run = SimpleNamespace(history={"my_own": [1.0, 2.0]}, epoch=[0, 1], model=model)
    assert legend_texts(plots.history(run)) == ["training", "best epoch: 2 (2)"]


def test_history_does_not_take_a_diverged_epoch_for_the_best() -> None:
    assert "best epoch: 1 (0.5)" in legend_texts(plots.history({"loss": [0.5, np.nan, -np.inf]}))
    assert legend_texts(plots.history({"loss": [np.nan]})) == ["training"]


def test_history_counts_on_from_an_initial_epoch() -> None:
    run = SimpleNamespace(history={"loss": [0.5, 0.4]}, epoch=[10, 11])
    assert line(plots.history(run), "training").get_xdata().tolist() == [11, 12]


@pytest.mark.parametrize(("frequency", "epochs"), [(2, [2, 4]), ([1, 5], [1, 5])])
def test_history_puts_rare_validations_where_they_were(frequency: Any, epochs: list[int]) -> None:
    run = {"loss": [5.0, 4.0, 3.0, 2.0, 1.0], "val_loss": [0.9, 0.8]}
    ax = plots.history(run, validation_freq=frequency)
    assert line(ax, "validation").get_xdata().tolist() == epochs


def test_history_draws_a_rung_of_the_ladder() -> None:
    ladder = pytest.importorskip("rosenblatt.ladder")
    rung = ladder.SingleLayer()
    rung.fit(POINTS, [0, 1, 0, 1], epochs=3)
    assert line(plots.history(rung), "training").get_ydata().tolist() == rung.losses
    perceptron = ladder.Perceptron()
    perceptron.fit(POINTS, [0, 1, 0, 1])
    ax = plots.history(perceptron)
    assert line(ax, "training").get_ydata().tolist() == perceptron.errors
    assert ax.get_title() == "Errors by epoch"


def test_history_cuts_the_axis_of_the_first_curve_only() -> None:
    loss, accuracy = plots.history(RUN, ylim=(0, 0.3))
    assert loss.get_ylim() == (0, 0.3)
    assert accuracy.get_ylim() != (0, 0.3)


def test_history_leaves_out_what_is_no_curve() -> None:
    run = {"loss": [0.5, 0.4], "learning_rate": [0.1, 0.1], "confusion_matrix": [np.eye(2), np.eye(2)]}
    assert plots.history(run).get_title() == "Loss by epoch"
    assert plots.history(run, metric="learning_rate").get_ylabel() == "learning_rate"
