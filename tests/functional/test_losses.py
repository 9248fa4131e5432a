"""Every loss against values worked by hand, against its own finite differences, and against Keras."""

from __future__ import annotations

import math
import warnings
from functools import partial

import numpy as np
import pytest

from rosenblatt.functional.activations import ACTIVATIONS
from rosenblatt.functional.losses import LOSSES

SMOOTHED = {"label_smoothing": 0.2}
LOGITS = {"from_logits": True}
BALANCED = {"apply_class_balancing": True, "alpha": 0.3}

# Every loss, in every configuration that takes a different path.
CONFIGURATIONS = [
    ("mean_squared_error", {}),
    ("mean_absolute_error", {}),
    ("huber", {}),
    ("huber", {"delta": 0.3}),
    ("log_cosh", {}),
    ("mean_squared_logarithmic_error", {}),
    ("mean_absolute_percentage_error", {}),
    ("cosine_similarity", {}),
    ("binary_crossentropy", {}),
    ("binary_crossentropy", SMOOTHED),
    ("binary_crossentropy", LOGITS),
    ("binary_crossentropy", LOGITS | SMOOTHED),
    ("binary_focal_crossentropy", {}),
    ("binary_focal_crossentropy", BALANCED | {"gamma": 1.5} | SMOOTHED),
    ("binary_focal_crossentropy", LOGITS),
    ("binary_focal_crossentropy", LOGITS | BALANCED | {"gamma": 0.5} | SMOOTHED),
    ("binary_focal_crossentropy", LOGITS | {"gamma": 0.0}),
    ("categorical_crossentropy", {}),
    ("categorical_crossentropy", SMOOTHED),
    ("categorical_crossentropy", LOGITS),
    ("categorical_crossentropy", LOGITS | SMOOTHED),
    ("sparse_categorical_crossentropy", {}),
    ("sparse_categorical_crossentropy", LOGITS),
    ("categorical_focal_crossentropy", {}),
    ("categorical_focal_crossentropy", {"alpha": [0.1, 0.2, 0.3, 0.4], "gamma": 1.5} | SMOOTHED),
    ("categorical_focal_crossentropy", LOGITS),
    ("categorical_focal_crossentropy", LOGITS | {"gamma": 0.5} | SMOOTHED),
    ("kl_divergence", {}),
    ("poisson", {}),
    ("hinge", {}),
    ("squared_hinge", {}),
    ("categorical_hinge", {}),
]
every_configuration = pytest.mark.parametrize(("name", "config"), CONFIGURATIONS)


def example(name, config, rows=(6,), dtype="float64"):
    """Targets and outputs of the kind that a loss takes: four outputs, of which about half are nearly right."""
    rng = np.random.default_rng(5)
    shape = (*rows, 4)
    z = rng.normal(scale=2.0, size=shape)
    classes = rng.integers(4, size=rows)
    target, output = rng.normal(scale=2.0, size=shape), z
    if name == "sparse_categorical_crossentropy":
        target, output = classes, z if config.get("from_logits") else 3.0 * ACTIVATIONS["softmax"].function(z)
    elif name.startswith("categorical_"):
        target = np.eye(4)[classes]
        if "crossentropy" in name and not config.get("from_logits"):
            output = 3.0 * ACTIVATIONS["softmax"].function(z)  # rows that do not add up to 1: Keras normalises them
    elif name.startswith("binary_"):
        target = rng.integers(2, size=shape)
        output = z if config.get("from_logits") else ACTIVATIONS["sigmoid"].function(z)
    elif "hinge" in name:
        target = rng.integers(2, size=shape)
    elif name == "kl_divergence":
        target, output = (ACTIVATIONS["softmax"].function(x) for x in (target, z))
    elif name in ("poisson", "mean_squared_logarithmic_error"):
        target, output = rng.poisson(3.0, size=shape), np.exp(z)
    if name != "sparse_categorical_crossentropy":
        target = target.astype(dtype)
    return target, output.astype(dtype)


@pytest.mark.parametrize(
    ("name", "config", "target", "output", "expected"),
    [
        ("mean_squared_error", {}, [1.0, 2.0], [2.0, 4.0], 2.5),
        ("mean_absolute_error", {}, [1.0, 2.0], [2.0, 4.0], 1.5),
        ("huber", {}, [0.0, 0.0], [0.5, -3.0], (0.125 + 2.5) / 2),
        ("huber", {"delta": 2.0}, [0.0, 0.0], [0.5, -3.0], (0.125 + 4.0) / 2),
        ("log_cosh", {}, [0.0], [math.log(2.0)], math.log(1.25)),
        ("mean_squared_logarithmic_error", {}, [1.0], [7.0], math.log(4.0) ** 2),
        ("mean_absolute_percentage_error", {}, [2.0, -4.0], [3.0, -4.0], 25.0),
        ("cosine_similarity", {}, [0.0, 2.0], [3.0, 4.0], -0.8),
        ("binary_crossentropy", {}, [1.0, 0.0], [0.5, 0.75], (math.log(2.0) + math.log(4.0)) / 2),
        ("binary_crossentropy", {"label_smoothing": 0.5}, [1.0], [0.5], math.log(2.0)),
        ("binary_crossentropy", LOGITS, [1.0], [-math.log(3.0)], math.log(4.0)),
        ("binary_focal_crossentropy", {}, [1.0], [0.25], 0.75**2 * math.log(4.0)),
        ("binary_focal_crossentropy", BALANCED, [0.0], [0.5], 0.7 * 0.25 * math.log(2.0)),
        ("categorical_crossentropy", {}, [0.0, 1.0], [3.0, 1.0], math.log(4.0)),
        ("categorical_crossentropy", LOGITS, [0.0, 1.0], [math.log(3.0), 0.0], math.log(4.0)),
        ("sparse_categorical_crossentropy", {}, 1, [3.0, 1.0], math.log(4.0)),
        ("sparse_categorical_crossentropy", LOGITS, 1, [math.log(3.0), 0.0], math.log(4.0)),
        ("categorical_focal_crossentropy", {}, [0.0, 1.0], [3.0, 1.0], 0.25 * 0.75**2 * math.log(4.0)),
        ("kl_divergence", {}, [0.5, 0.5], [0.25, 0.75], 0.5 * math.log(4.0 / 3.0)),
        ("poisson", {}, [2.0], [math.e], math.e - 2.0),
        ("hinge", {}, [1.0, -1.0], [0.5, 0.5], 1.0),
        ("hinge", {}, [1.0, 0.0], [0.5, 0.5], 1.0),
        ("squared_hinge", {}, [1.0, -1.0], [0.5, 0.5], 1.25),
        ("categorical_hinge", {}, [0.0, 1.0, 0.0], [2.0, 1.5, -1.0], 1.5),
        ("categorical_hinge", {}, [0.0, 1.0], [0.0, 1.5], 0.0),
    ],
)
def test_a_value_worked_by_hand(name, config, target, output, expected):
    values = LOSSES[name].function(np.array([target]), np.array([output]), **config)
    assert values == pytest.approx(np.array([expected]), rel=1e-6)


def test_every_loss_is_tested_here():
    assert {name for name, _ in CONFIGURATIONS} == {*LOSSES} - {"custom"}


@every_configuration
def test_the_gradient_is_that_of_finite_differences(name, config):
    target, output = example(name, config)
    function, step = partial(LOSSES[name].function, **config), 1e-6
    measured = np.empty_like(output)
    for unit in range(output.shape[-1]):
        ahead, behind = output.copy(), output.copy()
        ahead[:, unit] += step
        behind[:, unit] -= step
        measured[:, unit] = (function(target, ahead) - function(target, behind)) / (2 * step)
    assert LOSSES[name].gradient(target, output, **config) == pytest.approx(measured, rel=1e-5, abs=1e-8)


@every_configuration
@pytest.mark.parametrize(("dtype", "rel"), [("float64", 2e-7), ("float32", 2e-5)])
def test_values_and_gradients_are_those_of_keras(keras, name, config, dtype, rel):
    import jax

    target, output = example(name, config, dtype=dtype)
    theirs = partial(getattr(keras.losses, name), target, **config)
    values, pull_back = jax.vjp(theirs, jax.numpy.asarray(output))
    ours = LOSSES[name].function(target, output, **config)
    assert ours.dtype == dtype
    assert ours == pytest.approx(np.asarray(values), rel=rel, abs=0.1 * rel)
    (expected,) = pull_back(jax.numpy.ones_like(values))
    gradient = LOSSES[name].gradient(target, output, **config)
    assert gradient.dtype == dtype
    assert gradient == pytest.approx(np.asarray(expected), rel=10 * rel, abs=rel)


@every_configuration
def test_leading_axes_are_kept(name, config):
    target, output = example(name, config, rows=(2, 3))
    flat = (target.reshape(6, *target.shape[2:]), output.reshape(6, 4))
    for function in LOSSES[name]:
        result = function(target, output, **config)
        assert result.shape in ((2, 3), (2, 3, 4))
        assert result.reshape(6, *result.shape[2:]) == pytest.approx(function(*flat, **config), rel=1e-12)


@every_configuration
def test_inputs_are_left_as_they_are(name, config):
    arrays = example(name, config)
    copies = [array.copy() for array in arrays]
    for function in LOSSES[name]:
        function(*arrays, **config)
        assert all(np.array_equal(array, copy) for array, copy in zip(arrays, copies, strict=True))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "config"), [case for case in CONFIGURATIONS if case[1].get("from_logits")])
def test_saturated_logits_give_finite_numbers_without_a_warning(name, config, dtype):
    target, _ = example(name, config, rows=(4,), dtype=dtype)
    output = np.array([[1000.0, -1000.0, 0.0, -1000.0]] * 2 + [[-1000.0] * 4, [1000.0] * 4], dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(LOSSES[name].function(target, output, **config)).all()
        assert np.isfinite(LOSSES[name].gradient(target, output, **config)).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "name",
    [name for name in LOSSES if name not in ("custom", "poisson")],
)
def test_outputs_of_any_size_give_finite_numbers_without_a_warning(name, dtype):
    target, _ = example(name, {}, rows=(4,), dtype=dtype)
    extremes = [[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0] * 4, [1000.0, -1000.0, 1000.0, 0.0]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for function in LOSSES[name]:
            assert np.isfinite(function(target, np.array(extremes, dtype=dtype))).all()


def test_a_confident_mistake_keeps_its_full_gradient_from_logits():
    z, one_hot = np.array([[1000.0, 0.0]]), np.array([[0.0, 1.0]])
    assert LOSSES["categorical_crossentropy"].function(one_hot, z, from_logits=True).tolist() == [1000.0]
    assert LOSSES["categorical_crossentropy"].gradient(one_hot, z, from_logits=True).tolist() == [[1.0, -1.0]]
    assert LOSSES["sparse_categorical_crossentropy"].function(np.array([1]), z, from_logits=True).tolist() == [1000.0]
    assert LOSSES["sparse_categorical_crossentropy"].gradient(np.array([1]), z, from_logits=True).tolist() == [[1, -1]]
    z, target = np.array([[-1000.0], [1000.0]]), np.array([[1.0], [0.0]])
    assert LOSSES["binary_crossentropy"].function(target, z, from_logits=True).tolist() == [1000.0, 1000.0]
    assert LOSSES["binary_crossentropy"].gradient(target, z, from_logits=True).tolist() == [[-1.0], [1.0]]
    assert LOSSES["binary_focal_crossentropy"].gradient(target, z, from_logits=True).tolist() == [[-1.0], [1.0]]


def test_probabilities_are_clipped_so_that_a_confident_mistake_has_no_gradient():
    one, zero = np.array([[1.0]]), np.array([[0.0]])
    assert LOSSES["binary_crossentropy"].function(one, zero) == pytest.approx(-math.log(1e-7))
    assert LOSSES["binary_crossentropy"].gradient(one, zero).tolist() == [[0.0]]


def test_hinge_targets_that_are_not_all_zeros_and_ones_stay_as_they_are():
    target, output = np.array([[1.0], [-1.0], [0.0]]), np.array([[0.5], [0.5], [0.5]])
    assert LOSSES["hinge"].function(target, output).tolist() == [0.5, 1.5, 1.0]


def test_a_negative_poisson_rate_has_no_likelihood():
    assert np.isnan(LOSSES["poisson"].function(np.array([[1.0]]), np.array([[-1.0]])))


def test_without_gamma_a_focal_loss_is_the_cross_entropy():
    target, output = example("binary_crossentropy", {})
    focal = LOSSES["binary_focal_crossentropy"].function(target, output, gamma=0.0)
    assert focal == pytest.approx(LOSSES["binary_crossentropy"].function(target, output), rel=1e-12)


def test_the_sparse_loss_is_the_categorical_one_of_one_hot_rows():
    classes, output = example("sparse_categorical_crossentropy", {})
    for sparse, categorical in zip(
        LOSSES["sparse_categorical_crossentropy"], LOSSES["categorical_crossentropy"], strict=True
    ):
        for config in ({}, LOGITS):
            expected = categorical(np.eye(4)[classes], output, **config)
            assert sparse(classes, output, **config) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_a_custom_loss_is_the_users_function():
    pair = (np.array([1.0]), np.array([[2.0]]))
    function, gradient = LOSSES["custom"]
    assert function(None, None, function=lambda target, output: pair) is pair[0]
    assert gradient(None, None, function=lambda target, output: pair) is pair[1]
