"""One step of each rule by hand; then what only the flat vector shows: frozen ranges, moving average, precision."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosenblatt.functional import optimizers
from rosenblatt.plan import ArrayPlan, OptimizerPlan, Rule

RULES = sorted(optimizers.OPTIMIZERS)


def one_step(name: str, gradient: float, rate: float = 0.1, **config: object) -> float:
    """Where a weight stands that was 1 before the first step."""
    plan = OptimizerPlan(Rule(name, config))
    params, slots = np.array([1.0]), optimizers.start_slots(plan, 1, "float64")
    optimizers.update(plan, [ArrayPlan("w", (1,), 0)], params, np.array([gradient]), slots, 0, rate)
    return float(params[0])


@pytest.mark.parametrize(
    ("name", "config", "expected"),
    [
        ("sgd", {}, 1 - 0.1 * 3),
        ("sgd", {"momentum": 0.5}, 1 - 0.1 * 3),
        ("sgd", {"momentum": 0.5, "nesterov": True}, 1 - 0.5 * 0.1 * 3 - 0.1 * 3),
        ("rmsprop", {"rho": 0.75, "epsilon": 0}, 1 - 0.1 * 3 / math.sqrt(0.25 * 9)),
        ("rmsprop", {"rho": 0.75, "epsilon": 0, "centered": True}, 1 - 0.1 * 3 / math.sqrt(0.25 * 9 - (0.25 * 3) ** 2)),
        ("adam", {"epsilon": 0}, 1 - 0.1),
        ("adam", {"epsilon": 0, "amsgrad": True}, 1 - 0.1),
        ("adamax", {"epsilon": 0}, 1 - 0.1),
        ("adagrad", {"initial_accumulator_value": 7, "epsilon": 0}, 1 - 0.1 * 3 / 4),
        ("lion", {}, 1 - 0.1),
    ],
)
def test_the_first_step_by_hand(name: str, config: dict[str, object], expected: float) -> None:
    assert one_step(name, 3.0, **config) == pytest.approx(expected, rel=1e-12)


def test_nadam_by_hand() -> None:
    u_1, u_2 = 0.9 * (1 - 0.5 * 0.96), 0.9 * (1 - 0.5 * 0.96**2)
    m_hat = u_2 * 0.1 * 3 / (1 - u_1 * u_2) + (1 - u_1) * 3 / (1 - u_1)
    assert one_step("nadam", 3.0, epsilon=0) == pytest.approx(1 - 0.1 * m_hat / 3, rel=1e-12)


@pytest.mark.parametrize("step", [0, 30, 998, 999, 1000, 5000])
def test_the_product_of_nadams_momenta_needs_no_memory(step: int) -> None:
    beta_1 = 0.9999  # so close to 1 that the product still counts after thousands of steps
    product = math.prod(beta_1 * (1 - 0.5 * 0.96**i) for i in range(1, step + 2))
    now, ahead = (beta_1 * (1 - 0.5 * 0.96**i) for i in (step + 1, step + 2))
    m_hat = ahead * (1 - beta_1) * 2 / (1 - product * ahead) + (1 - now) * 2 / (1 - product)
    v_hat = (1 - 0.999) * 4 / (1 - 0.999 ** (step + 1))
    params, slots = np.array([1.0]), {"momentum": np.zeros(1), "velocity": np.zeros(1)}
    optimizers.nadam(params, np.array([2.0]), slots, step, 0.1, beta_1=beta_1, epsilon=0)
    assert params[0] == pytest.approx(1 - 0.1 * m_hat / math.sqrt(v_hat), rel=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", RULES)
def test_rules_keep_the_precision_and_leave_the_gradient(name: str, dtype: str) -> None:
    plan = OptimizerPlan(Rule(name))
    gradient = np.array([1.0, -2.0, 0.0], dtype)
    params, slots = np.ones(3, dtype), optimizers.start_slots(plan, 3, dtype)
    optimizers.OPTIMIZERS[name].update(params, gradient, slots, 0, 0.1)
    assert {params.dtype, *(slot.dtype for slot in slots.values())} == {np.dtype(dtype)}
    np.testing.assert_array_equal(gradient, np.array([1.0, -2.0, 0.0], dtype))
    assert params[0] < 1
    assert params[1] > 1
    assert params[2] == 1


@pytest.mark.parametrize(
    ("name", "config", "slots"),
    [
        ("sgd", {}, []),
        ("sgd", {"momentum": 0.9}, ["momentum"]),
        ("rmsprop", {}, ["velocity"]),
        ("rmsprop", {"momentum": 0.9, "centered": True}, ["velocity", "momentum", "average_gradient"]),
        ("adam", {}, ["momentum", "velocity"]),
        ("adam", {"amsgrad": True}, ["momentum", "velocity", "velocity_hat"]),
        ("nadam", {}, ["momentum", "velocity"]),
        ("adamax", {}, ["momentum", "norm"]),
        ("adagrad", {}, ["accumulator"]),
        ("lion", {}, ["momentum"]),
    ],
)
def test_a_rule_remembers_only_what_it_needs(name: str, config: dict[str, object], slots: list[str]) -> None:
    assert list(optimizers.start_slots(OptimizerPlan(Rule(name, config)), 2, "float32")) == slots
    with_average = OptimizerPlan(Rule(name, config), use_ema=True)
    assert list(optimizers.start_slots(with_average, 2, "float32")) == [*slots, "average"]


def test_the_accumulator_starts_at_its_initial_value() -> None:
    plan = OptimizerPlan(Rule("adagrad", {"initial_accumulator_value": 0.5}))
    np.testing.assert_array_equal(optimizers.start_slots(plan, 2, "float32")["accumulator"], [0.5, 0.5])


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=8))
def test_exactly_the_trainable_arrays_move(sizes_and_trainable: list[tuple[int, bool]]) -> None:
    arrays: list[ArrayPlan] = []
    for size, _ in sizes_and_trainable:
        arrays.append(ArrayPlan("w", (size, 2), arrays[-1].stop if arrays else 0))
    trainable = [array for array, (_, moves) in zip(arrays, sizes_and_trainable, strict=True) if moves]
    params = np.zeros(arrays[-1].stop if arrays else 0)
    optimizers.update(OptimizerPlan(Rule("sgd")), trainable, params, np.ones_like(params), {}, 0, 1.0)
    expected = np.concatenate([np.full(2 * size, -float(moves)) for size, moves in sizes_and_trainable] or [[]])
    np.testing.assert_array_equal(params, expected)


@pytest.mark.parametrize("options", [{}, {"global_clipnorm": 1.0}, {"clipnorm": 1.0}, {"clipvalue": 1.0}])
@pytest.mark.parametrize("name", RULES)
def test_frozen_arrays_neither_move_nor_matter(name: str, options: dict[str, float]) -> None:
    plan = OptimizerPlan(Rule(name), weight_decay=0.1, use_ema=True, ema_overwrite_frequency=2, **options)
    with_frozen, without = np.arange(1.0, 8.0), np.array([1.0, 2.0, 6.0, 7.0])
    arrays = [ArrayPlan("a", (2,), 0), ArrayPlan("c", (2,), 5)]
    neighbours = [ArrayPlan("a", (2,), 0), ArrayPlan("c", (2,), 2)]
    slots, fewer_slots = (optimizers.start_slots(plan, size, "float64") for size in (7, 4))
    for step in range(3):
        gradient = np.array([1.0, -2.0, 1e9, 1e9, 1e9, 3.0, 4.0])
        optimizers.update(plan, arrays, with_frozen, gradient, slots, step, 0.1)
        optimizers.update(plan, neighbours, without, np.array([1.0, -2.0, 3.0, 4.0]), fewer_slots, step, 0.1)
    np.testing.assert_array_equal(with_frozen[2:5], [3.0, 4.0, 5.0])
    np.testing.assert_array_equal(with_frozen[[0, 1, 5, 6]], without)


def test_the_average_takes_the_place_of_the_trainable_weights() -> None:
    params, slots = np.array([1.0, 2.0, 3.0]), {"average": np.array([7.0, 8.0, 9.0])}
    optimizers.take_average([ArrayPlan("a", (1,), 0), ArrayPlan("c", (1,), 2)], params, slots)
    np.testing.assert_array_equal(params, [7.0, 2.0, 9.0])


def test_centered_rmsprop_survives_gradients_whose_variance_rounds_below_zero() -> None:
    rng, params = np.random.default_rng(0), np.ones(1000, "float32")
    slots = {"velocity": np.zeros_like(params), "average_gradient": np.zeros_like(params)}
    gradient = rng.uniform(1e3, 1e4, 1000).astype("float32")
    for step in range(400):
        optimizers.rmsprop(params, gradient, slots, step, 0.001, centered=True)
    assert np.isfinite(params).all()


def test_a_schedule_overrules_the_learning_rate() -> None:
    schedule = Rule("piecewise_constant_decay", {"boundaries": [1], "values": [0.5, 0.25]})
    plan = OptimizerPlan(Rule("sgd"), schedule=schedule)
    assert [optimizers.effective_learning_rate(plan, step, 9.0) for step in range(3)] == [0.5, 0.5, 0.25]
    assert optimizers.effective_learning_rate(OptimizerPlan(Rule("sgd")), 0, 9.0) == 9.0
