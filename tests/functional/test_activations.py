"""Every activation against values worked by hand, against its own finite differences, and against Keras."""

from __future__ import annotations

import math
import warnings
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rosenblatt.errors import ArgumentError
from rosenblatt.functional.activations import ACTIVATIONS, SELU_ALPHA, SELU_SCALE
from rosenblatt.functional.special import erf

# Every activation that has a derivative, in every configuration that takes a different path.
CONFIGURATIONS = [(name, {}) for name in ACTIVATIONS if name != "step"] + [
    ("relu", {"negative_slope": 0.1}),
    ("relu", {"max_value": 1.5}),
    ("relu", {"threshold": 0.5}),
    ("relu", {"negative_slope": 0.3, "max_value": 1.0, "threshold": 0.25}),
    ("leaky_relu", {"negative_slope": 0.01}),
    ("elu", {"alpha": 0.7}),
    ("gelu", {"approximate": True}),
    ("softmax", {"axis": 0}),
    ("softmax", {"axis": (0, 1)}),
    ("log_softmax", {"axis": 0}),
    ("log_softmax", {"axis": (0, 1)}),
]
every_configuration = pytest.mark.parametrize(("name", "config"), CONFIGURATIONS)


@pytest.fixture
def z():
    return np.random.default_rng(1).normal(scale=2.0, size=(7, 5))


@pytest.mark.parametrize(
    ("name", "value_at", "expected"),
    [
        ("step", -0.1, 0.0),
        ("step", 0.0, 1.0),
        ("linear", -3.0, -3.0),
        ("sigmoid", math.log(3.0), 0.75),
        ("tanh", 0.5 * math.log(3.0), 0.5),
        ("relu", -2.0, 0.0),
        ("relu", 2.0, 2.0),
        ("relu6", 7.0, 6.0),
        ("leaky_relu", -2.0, -0.4),
        ("elu", -math.log(2.0), -0.5),
        ("selu", -math.log(2.0), -0.5 * SELU_SCALE * SELU_ALPHA),
        ("gelu", 1.0, 0.8413447460685429),
        ("silu", math.log(3.0), 0.75 * math.log(3.0)),
        ("softplus", 0.0, math.log(2.0)),
        ("softsign", -4.0, -0.8),
        ("mish", 0.0, 0.0),
        ("mish", math.log(math.sqrt(3.0) - 1.0), 0.5 * math.log(math.sqrt(3.0) - 1.0)),
        ("hard_sigmoid", 1.5, 0.75),
        ("exponential", math.log(5.0), 5.0),
    ],
)
def test_a_value_worked_by_hand(name, value_at, expected):
    y = ACTIVATIONS[name].function(np.array([[value_at]]))
    assert y == pytest.approx(np.array([[expected]]), rel=1e-14, abs=1e-15)


def test_softmax_of_a_row_worked_by_hand():
    z = np.log([[1.0, 2.0, 5.0]])
    assert ACTIVATIONS["softmax"].function(z) == pytest.approx(np.array([[0.125, 0.25, 0.625]]))
    assert ACTIVATIONS["log_softmax"].function(z) == pytest.approx(np.log([[0.125, 0.25, 0.625]]))


def test_relu_with_all_its_arguments():
    z = np.array([-1.0, 0.0, 0.5, 1.0, 9.0])
    y = ACTIVATIONS["relu"].function(z, negative_slope=0.5, max_value=6.0, threshold=1.0)
    assert y.tolist() == [-1.0, -0.5, -0.25, 0.0, 6.0]


@every_configuration
def test_the_gradient_is_that_of_finite_differences(name, config, z):
    function, gradient = (partial(f, **config) for f in ACTIVATIONS[name])
    dy, step = np.random.default_rng(2).normal(size=z.shape), 1e-6
    measured = np.empty_like(z)
    for index in np.ndindex(*z.shape):
        ahead, behind = z.copy(), z.copy()
        ahead[index] += step
        behind[index] -= step
        measured[index] = np.sum(dy * (function(ahead) - function(behind))) / (2 * step)
    assert gradient(dy, z, function(z)) == pytest.approx(measured, rel=1e-6, abs=1e-8)


@every_configuration
def test_values_and_gradients_are_those_of_keras(keras, name, config, z):
    import jax

    function, gradient = ACTIVATIONS[name]
    theirs = partial(getattr(keras.activations, name), **config)
    dy = np.random.default_rng(3).normal(size=z.shape)
    y, pull_back = jax.vjp(theirs, jax.numpy.asarray(z))
    rel = 1e-11 if y.dtype == np.float64 else 1e-6  # Keras's tanh is float32 always
    assert function(z, **config) == pytest.approx(np.asarray(y), rel=rel)
    (dz,) = pull_back(jax.numpy.asarray(dy, dtype=y.dtype))
    assert gradient(dy, z, np.asarray(y), **config) == pytest.approx(np.asarray(dz), rel=rel, abs=rel)


@every_configuration
def test_float32_stays_float32_and_is_keras_to_its_precision(keras, name, config, z):
    function, gradient = ACTIVATIONS[name]
    z = z.astype(np.float32)
    y = function(z, **config)
    assert y.dtype == np.float32
    assert gradient(z, z, y, **config).dtype == np.float32
    theirs = np.asarray(getattr(keras.activations, name)(z, **config))
    assert theirs.dtype == np.float32
    assert y == pytest.approx(theirs, rel=2e-6, abs=3e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "config"), [*CONFIGURATIONS, ("step", {})])
def test_saturation_gives_the_limit_without_a_warning(keras, name, config, dtype):
    z = np.array([[-1000.0, 0.0, 1000.0], [1000.0, 1000.0, -1000.0]], dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = ACTIVATIONS[name].function(z, **config)
        if name != "step":
            dz = ACTIVATIONS[name].gradient(np.ones_like(z), z, y, **config)
            assert not np.isnan(dz).any()
    if name != "step":
        assert y == pytest.approx(np.asarray(getattr(keras.activations, name)(z, **config)), rel=1e-6, abs=1e-7)


def test_a_tiny_sigmoid_is_not_rounded_to_zero():
    assert ACTIVATIONS["sigmoid"].function(np.array([-40.0])) == pytest.approx(math.exp(-40.0), rel=1e-14)


@every_configuration
def test_inputs_are_left_as_they_are(name, config, z):
    dy, function = np.ones_like(z), ACTIVATIONS[name].function
    z_before, y = z.copy(), function(z, **config)
    y_before = y.copy()
    ACTIVATIONS[name].gradient(dy, z, y, **config)
    assert np.array_equal(z, z_before)
    assert np.array_equal(y, y_before)
    assert np.array_equal(dy, np.ones_like(z))


def test_the_step_has_no_usable_derivative():
    z = np.ones((2, 3))
    with pytest.raises(ArgumentError, match=r"step: expected an activation with a usable.*perceptron's rule"):
        ACTIVATIONS["step"].gradient(z, z, z)


@given(arrays.arrays(np.float64, (3, 4), elements=st.floats(-1e3, 1e3)), st.floats(-1e3, 1e3))
def test_softmax_rows_are_probabilities_that_a_shift_does_not_change(z, shift):
    softmax = ACTIVATIONS["softmax"].function
    y = softmax(z)
    assert np.all(y >= 0.0)
    assert y.sum(axis=-1) == pytest.approx(1.0)
    assert softmax(z + shift) == pytest.approx(y, rel=1e-9, abs=1e-12)


def test_erf_is_exact_to_double_precision():
    x = np.concatenate([np.linspace(-7.0, 7.0, 20_001), np.logspace(-300.0, 3.0, 2_001)])
    expected = np.array([math.erf(number) for number in x])
    assert np.max(np.abs(erf(x) - expected) / np.maximum(np.abs(expected), 1e-300)) < 1e-15


@pytest.mark.parametrize("seam", [0.46875, 6.0])
def test_erf_has_no_jump_where_its_approximations_meet(seam):
    x = np.nextafter(seam, [0.0, np.inf])
    assert np.abs(np.diff(erf(x))) < 1e-15
