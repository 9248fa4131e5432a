"""Choices: what the page is told that it may offer, and what a program is told of it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rosenblatt.playground import choices
from rosenblatt.playground.choices import FEATURES


def test_choices_and_limits_are_json() -> None:
    json.dumps([choices.offered(), choices.limits()], allow_nan=False)
    assert {"name": "bump", "task": "numbers", "group": "numbers"} in choices.offered()["data"]
    assert choices.offered()["optimizers"] == ["sgd", "momentum", "rmsprop", "adam"]


@pytest.mark.parametrize("name", FEATURES)
def test_a_programs_expression_of_a_feature_gives_the_features_numbers(name: str) -> None:
    x1, x2 = np.random.default_rng(0).uniform(-1, 1, (2, 5))
    written = eval(FEATURES[name].expression, {"np": np, "x1": x1, "x2": x2})
    np.testing.assert_array_equal(written, FEATURES[name].of(x1, x2))
