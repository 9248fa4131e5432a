"""Every schedule against Keras, step by step."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from rosenblatt.configuration import serialize
from rosenblatt.errors import ArgumentError, UnknownNameError
from rosenblatt.optimizers import schedules

CASES: list[tuple[str, dict[str, Any]]] = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9, "staircase": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9, "staircase": True}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "end_learning_rate": 0.02, "power": 0.5}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 12, "power": 2.0, "cycle": True}),
    ("PiecewiseConstantDecay", {"boundaries": [5, 12], "values": [0.1, 0.05, 0.01]}),
    ("PiecewiseConstantDecay", {"boundaries": [5], "values": [0.1, 0.05]}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 30}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 30, "alpha": 0.25}),
    ("CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 20, "warmup_target": 0.1, "warmup_steps": 8}),
    ("CosineDecay", {"initial_learning_rate": 0.3, "decay_steps": 20, "warmup_target": 0.1, "alpha": 0.1}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 8}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 8, "t_mul": 1.0, "m_mul": 0.5}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 8, "m_mul": 0.8, "alpha": 0.1}),
]


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
def test_rates_equal_keras(keras: ModuleType, name: str, config: dict[str, Any]) -> None:
    ours, theirs = getattr(schedules, name)(**config), getattr(keras.optimizers.schedules, name)(**config)
    for step in [*range(0, 41, 2), 5, 7, 13, 1000]:
        # Keras computes in float32, so what should be zero at the end of a cosine is about 1e-9 of the start there.
        assert ours(step) == pytest.approx(float(theirs(step)), rel=1e-6, abs=1e-8), step


@pytest.mark.parametrize(
    ("name", "config"), [*CASES, ("OneCycle", {"max_learning_rate": 1.0, "total_steps": 9})], ids=str
)
def test_a_description_makes_the_same_schedule(name: str, config: dict[str, Any]) -> None:
    schedule = getattr(schedules, name)(**config)
    again = schedules.deserialize(json.loads(json.dumps(serialize(schedule))))
    assert type(again) is type(schedule)
    assert again.get_config() == schedule.get_config()
    assert "name" not in schedule.rule.config


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
def test_descriptions_are_exchanged_with_keras(keras: ModuleType, name: str, config: dict[str, Any]) -> None:
    theirs = getattr(keras.optimizers.schedules, name)(**config)
    description = json.loads(json.dumps(keras.optimizers.schedules.serialize(theirs)))
    ours = schedules.deserialize(description)
    assert ours.get_config() == theirs.get_config()
    assert keras.optimizers.schedules.deserialize(serialize(ours)).get_config() == theirs.get_config()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: schedules.ExponentialDecay(0.1, 0, 0.9),
            "ExponentialDecay: expected decay_steps to be a number above 0, got 0.",
        ),
        (
            lambda: schedules.CosineDecay(-0.1, 10),
            "CosineDecay: expected initial_learning_rate to be a number of at least 0",
        ),
        (
            lambda: schedules.CosineDecayRestarts(0.1, 10, t_mul=0.5),
            "SGDRDecay: expected t_mul to be a number of at least 1",
        ),
        (
            lambda: schedules.OneCycle(0.1, 10, pct_start=30),
            "OneCycle: expected pct_start to be a number of at least 0 and at most 1",
        ),
        (
            lambda: schedules.PiecewiseConstantDecay([5], [0.1]),
            "expected one value more than boundaries, got 1 boundaries and 1 values.",
        ),
        (
            lambda: schedules.PiecewiseConstantDecay([5, 2], [1, 2, 3]),
            "expected boundaries in rising order, got [5, 2].",
        ),
    ],
)
def test_a_wrong_argument_is_told_at_once(make: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        make()
    assert message in str(caught.value)


def test_an_unknown_schedule() -> None:
    with pytest.raises(
        UnknownNameError, match=r"learning rate schedule: .* got 'Cosine'\. Did you mean 'CosineDecay'\?"
    ):
        schedules.deserialize({"class_name": "Cosine", "config": {}})
