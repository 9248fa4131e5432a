"""What a picture says as text."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt import plots
from rosenblatt.errors import ArgumentError


def test_the_text_goes_by_the_title_that_the_user_gave() -> None:
    ax = plots.class_counts([0, 1, 1])
    ax.set_title("My data")
    assert plots.describe(ax).startswith("My data\nx: number of samples\n\nclass")


def test_axes_that_were_cleared_tell_nothing_any_more() -> None:
    ax = plots.class_counts([0, 1, 1])
    ax.clear()
    with pytest.raises(ArgumentError, match=r"plots\.describe: expected Axes drawn by rosenblatt\.plots"):
        plots.describe(ax)


def test_two_pictures_in_the_same_axes_are_both_told() -> None:
    ax = plots.history({"loss": [0.75]})
    plots.history({"loss": [0.25]}, ax=ax)
    assert plots.describe(ax).count("best epoch: 1") == 2


def test_korean_columns_stand_in_line() -> None:
    text = plots.text.table(["클래스", "n"], [["바지", 10], ["shirt", 5]])
    assert text == "클래스   n\n바지    10\nshirt    5"


def test_a_long_training_is_told_in_few_rows_with_its_best_epoch() -> None:
    losses = np.linspace(1, 0.5, 1000)
    losses[699] = 0.25
    text = plots.describe(plots.history({"loss": losses.tolist()}))
    assert "  700      0.25" in text
    assert "21 of 1000 epochs are listed." in text
    assert len(text.splitlines()) < 35
