"""Every optimizer against Keras, and what a person notices who uses one by hand."""

from __future__ import annotations

import inspect
import json
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import rosenblatt.optimizers
from rosenblatt import optimizers
from rosenblatt.configuration import serialize
from rosenblatt.errors import ArgumentError, ShapeError, UnknownNameError
from rosenblatt.optimizers import SGD, Adam, Lion, schedules

# Rates are powers of two: Keras keeps a learning rate in float32 even where the weights are float64.
CASES: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("SGD", {"weight_decay": 0.1}),
    ("SGD", {"clipnorm": 0.5}),
    ("SGD", {"global_clipnorm": 0.5}),
    ("SGD", {"clipvalue": 0.5}),
    ("SGD", {"clipnorm": 1e6}),
    ("SGD", {"global_clipnorm": 1e6}),
    ("SGD", {"use_ema": True, "ema_momentum": 0.7}),
    ("SGD", {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 2}),
    ("SGD", {"momentum": 0.5, "weight_decay": 0.1, "clipnorm": 0.5, "use_ema": True, "ema_overwrite_frequency": 3}),
    ("RMSprop", {}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"momentum": 0.5, "rho": 0.8, "epsilon": 1e-3}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "beta_2": 0.5}),
    ("Adam", {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-2}),
    ("Adam", {"weight_decay": 0.1, "global_clipnorm": 0.5, "use_ema": True, "ema_overwrite_frequency": 2}),
    ("AdamW", {}),
    ("AdamW", {"weight_decay": 0.3, "amsgrad": True}),
    ("Adagrad", {}),
    ("Adagrad", {"initial_accumulator_value": 2.0, "epsilon": 1e-2, "clipvalue": 0.3}),
    ("Adamax", {}),
    ("Adamax", {"beta_1": 0.5, "weight_decay": 0.1}),
    ("Nadam", {}),
    ("Nadam", {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-2}),
    ("Lion", {}),
    ("Lion", {"beta_1": 0.5, "weight_decay": 0.1}),
]


def start(dtype: str) -> list[np.ndarray]:
    return [np.array([[1.0, -2.0], [0.5, 0.0], [3.0, 1.0]], dtype), np.array([0.25, -0.75], dtype)]


def gradients(dtype: str) -> list[list[np.ndarray]]:
    rng = np.random.default_rng(1)
    # The first gradient of the second array is zero: its length must not divide anything.
    steps = [[rng.normal(size=(3, 2)).astype(dtype), rng.normal(size=2).astype(dtype)] for _ in range(6)]
    steps[0][1][:] = 0
    return steps


def trajectory(optimizer: Any, dtype: str) -> list[list[np.ndarray]]:
    params = start(dtype)
    positions = []
    for step in gradients(dtype):
        optimizer.apply(step, params)
        positions.append([param.copy() for param in params])
    return positions


def keras_trajectory(keras: ModuleType, optimizer: Any, dtype: str) -> list[list[np.ndarray]]:
    variables = [keras.Variable(param, dtype=dtype) for param in start(dtype)]
    positions = []
    for step in gradients(dtype):
        optimizer.apply([keras.ops.convert_to_tensor(gradient) for gradient in step], variables)
        positions.append([keras.ops.convert_to_numpy(variable).copy() for variable in variables])
    return positions


def assert_equal_trajectories(ours: Any, theirs: Any, **tolerance: float) -> None:
    for our_arrays, their_arrays in zip(ours, theirs, strict=True):
        for array, theirs_ in zip(our_arrays, their_arrays, strict=True):
            assert array.dtype == theirs_.dtype
            np.testing.assert_allclose(array, theirs_, **tolerance)


@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_steps_equal_keras(keras: ModuleType, name: str, options: dict[str, Any]) -> None:
    ours = getattr(optimizers, name)(learning_rate=0.0625, **options)
    theirs = getattr(keras.optimizers, name)(learning_rate=0.0625, **options)
    assert_equal_trajectories(
        trajectory(ours, "float64"), keras_trajectory(keras, theirs, "float64"), rtol=1e-10, atol=1e-12
    )


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam", "Nadam"])
def test_steps_in_float32_equal_keras(keras: ModuleType, name: str) -> None:
    ours, theirs = getattr(optimizers, name)(), getattr(keras.optimizers, name)()
    assert_equal_trajectories(
        trajectory(ours, "float32"), keras_trajectory(keras, theirs, "float32"), rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_steps_with_a_schedule_equal_keras(keras: ModuleType, name: str) -> None:
    config = {"initial_learning_rate": 0.5, "decay_steps": 3, "decay_rate": 0.5}
    ours = getattr(optimizers, name)(schedules.ExponentialDecay(**config))
    theirs = getattr(keras.optimizers, name)(keras.optimizers.schedules.ExponentialDecay(**config))
    assert_equal_trajectories(trajectory(ours, "float64"), keras_trajectory(keras, theirs, "float64"), rtol=1e-6)


@pytest.mark.parametrize("name", list(optimizers.ALL))
def test_arguments_and_defaults_are_keras_s(keras: ModuleType, name: str) -> None:
    cls = optimizers.ALL[name]
    theirs = inspect.signature(getattr(keras.optimizers, cls.__name__)).parameters
    for argument, parameter in inspect.signature(cls).parameters.items():
        assert argument in theirs
        if argument != "name":  # Keras numbers its names through the whole process
            assert parameter.default == theirs[argument].default, argument
    left_out = set(theirs) - set(inspect.signature(cls).parameters)
    assert left_out <= {"loss_scale_factor", "gradient_accumulation_steps", "kwargs"}


@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_a_description_makes_the_same_optimizer(name: str, options: dict[str, Any]) -> None:
    optimizer = getattr(optimizers, name)(schedules.CosineDecay(0.5, 10), **options)
    again = optimizers.get(json.loads(json.dumps(serialize(optimizer))))
    assert type(again) is type(optimizer)
    assert again.plan() == optimizer.plan()
    assert repr(again) == repr(optimizer)
    assert type(optimizer).from_config(optimizer.get_config()).get_config() == optimizer.get_config()


@pytest.mark.parametrize("name", list(optimizers.ALL))
def test_descriptions_are_exchanged_with_keras(keras: ModuleType, name: str) -> None:
    theirs = keras.optimizers.serialize(getattr(keras.optimizers, optimizers.ALL[name].__name__)(0.25))
    ours = optimizers.get(theirs)
    assert ours.learning_rate == 0.25
    back = keras.optimizers.deserialize(serialize(ours)).get_config()
    assert back == theirs["config"]


def test_what_keras_can_and_this_library_cannot_is_an_error() -> None:
    description = {"class_name": "Adam", "config": {"gradient_accumulation_steps": 4}}
    with pytest.raises(ArgumentError, match=r"expected no gradient_accumulation_steps in Adam, got one\. It is not"):
        optimizers.get(description)


@pytest.mark.parametrize("identifier", ["adam", "Adam", "ADAM", Adam, Adam(), {"class_name": "adam", "config": {}}])
def test_get_understands(identifier: Any) -> None:
    assert type(optimizers.get(identifier)) is Adam


def test_get_returns_the_object_itself() -> None:
    optimizer = Adam()
    assert optimizers.get(optimizer) is optimizer


def test_get_refuses() -> None:
    with pytest.raises(UnknownNameError, match=r"optimizer: expected a known name, got 'adma'\. Did you mean 'adam"):
        optimizers.get("adma")
    with pytest.raises(UnknownNameError, match="optimizer: expected a known name, got 'ftrl'"):
        optimizers.get({"class_name": "Ftrl", "config": {}})
    with pytest.raises(ArgumentError, match=r"optimizer: expected a name, a class, an object .*, got 3\."):
        optimizers.get(3)  # type: ignore[arg-type]


def test_it_prints_as_it_was_typed() -> None:
    assert repr(Adam()) == "Adam()"
    assert repr(SGD(0.1, momentum=0.9)) == "SGD(0.1, momentum=0.9)"
    assert (
        repr(SGD(schedules.ExponentialDecay(0.1, 100, 0.5)))
        == "SGD(ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5))"
    )


def test_a_learning_rate_stays_a_plain_float() -> None:
    assert Adam().get_config()["learning_rate"] == 0.001
    assert type(Adam(np.float32(0.5)).get_config()["learning_rate"]) is float


def test_schedules_are_found_under_both_paths() -> None:
    from rosenblatt.optimizers.schedules import ExponentialDecay

    assert rosenblatt.optimizers.schedules.ExponentialDecay is ExponentialDecay


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(0), "SGD: expected learning_rate to be a number above 0, got 0."),
        (lambda: SGD(float("nan")), "SGD: expected learning_rate to be a number above 0, got nan."),
        (lambda: SGD("fast"), "SGD: expected learning_rate to be a number above 0, got 'fast'."),
        (lambda: SGD(True), "SGD: expected learning_rate to be a number above 0, got True."),
        (lambda: SGD(momentum=1.5), "SGD: expected momentum to be a number of at least 0 and at most 1, got 1.5."),
        (lambda: Adam(beta_1=1.0), "Adam: expected beta_1 to be a number of at least 0 and below 1, got 1.0."),
        (lambda: Lion(beta_1=0.0), "Lion: expected beta_1 to be a number above 0 and at most 1, got 0.0."),
        (lambda: Adam(epsilon=-1), "Adam: expected epsilon to be a number of at least 0, got -1."),
        (lambda: Adam(clipnorm=0), "Adam: expected clipnorm to be a number above 0, got 0."),
        (lambda: Adam(clipvalue=-1), "Adam: expected clipvalue to be a number above 0, got -1."),
        (lambda: Adam(weight_decay=-1), "Adam: expected weight_decay to be a number of at least 0, got -1."),
        (lambda: optimizers.AdamW(weight_decay=None), "AdamW: expected weight_decay to be a number of at least 0, got"),
        (
            lambda: Adam(ema_momentum=2),
            "Adam: expected ema_momentum to be a number of at least 0 and at most 1, got 2.",
        ),
        (
            lambda: Adam(ema_overwrite_frequency=1.5),
            "expected ema_overwrite_frequency to be a whole number of at least 1",
        ),
        (
            lambda: Adam(clipnorm=1, clipvalue=1, global_clipnorm=1),
            "Adam: expected one way of clipping at most, got clipnorm and clipvalue and global_clipnorm.",
        ),
    ],
)
def test_a_wrong_argument_is_told_at_once(make: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        make()
    assert message in str(caught.value)


def test_the_learning_rate_can_be_set() -> None:
    optimizer, w = SGD(0.5), np.array([0.0])
    optimizer.learning_rate = 0.25
    optimizer.apply([np.array([1.0])], [w])
    assert w[0] == -0.25
    with pytest.raises(ArgumentError, match=r"SGD: expected learning_rate to be a number above 0, got -1\."):
        optimizer.learning_rate = -1
    assert optimizer.learning_rate == 0.25


def test_by_hand_it_changes_any_arrays_in_place_and_leaves_the_gradients() -> None:
    table = np.zeros((4, 6), "float32")
    view, scalar = table[::2, 1:4], np.array(1.0)  # not contiguous; no axes at all
    gradient = np.ones((2, 3))
    optimizer = Adam(0.5, clipnorm=0.1)
    optimizer.apply_gradients(zip([gradient, 2], [view, scalar], strict=True))
    assert (table != 0).sum() == 6
    assert (table[::2, 1:4] < 0).all()
    assert scalar < 1
    np.testing.assert_array_equal(gradient, 1)
    assert optimizer.iterations == 1
    assert set(optimizer.slots) == {"momentum", "velocity"}


@pytest.mark.parametrize(
    ("gradients", "parameters", "error", "message"),
    [
        ([], [], ShapeError, "SGD.apply: expected one gradient for each of the parameters, got 0 gradients and 0 para"),
        ([np.ones(2)] * 2, [np.ones(2)], ShapeError, "got 2 gradients and 1 parameters."),
        ([np.ones(3)], [np.ones(2)], ShapeError, "SGD.apply: expected gradient 0 to have the shape (2,), got (3,)."),
        (
            [np.ones(2)],
            [np.ones(2, int)],
            ArgumentError,
            "expected parameter 0 to be an array of floats, got an array of int64",
        ),
        ([1.0], [2.0], ArgumentError, "expected parameter 0 to be an array of floats, got 2.0. It is changed in place"),
        ([np.array(["a", "b"])], [np.ones(2)], ArgumentError, "SGD.apply: expected gradient 0 to be numbers, got <U1."),
        ([None], [np.ones(())], ArgumentError, "SGD.apply: expected gradient 0 to be numbers, got object."),
        (
            [np.ones(2)],
            [np.broadcast_to(1.0, 2)],
            ArgumentError,
            "expected parameter 0 to be writable, got a read-only",
        ),
    ],
)
def test_arrays_that_do_not_fit(gradients: Any, parameters: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        SGD().apply(gradients, parameters)
    assert message in str(caught.value)


def test_an_optimizer_stays_with_its_parameters() -> None:
    optimizer = Adam()
    optimizer.apply([np.ones(2)], [np.ones(2)])
    with pytest.raises(
        ShapeError, match=r"expected the parameters of the first call, of shapes \[\(2,\)\], got \[\(3,\)\]"
    ):
        optimizer.apply([np.ones(3)], [np.ones(3)])


def test_what_derives_from_an_optimizer_may_have_arguments_of_its_own() -> None:
    class Halved(Adam):
        def __init__(self, rate: float = 0.002) -> None:
            super().__init__(rate / 2)
            self.rate = rate

    assert Halved(0.004).get_config() == {"rate": 0.004}
    assert Halved.from_config({"rate": 0.004}).learning_rate == 0.002
