"""Backpropagation through whole networks, judged by central finite differences in float64."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential, layers
from rosenblatt.functional import network
from rosenblatt.functional.activations import ACTIVATIONS
from rosenblatt.functional.losses import LOSSES
from rosenblatt.functional.network import Run
from rosenblatt.layers import (
    ELU,
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Softmax,
)
from rosenblatt.plan import Plan, Rule, State
from rosenblatt.regularizers import L1, L1L2, L2, OrthogonalRegularizer

Network = tuple[Plan, State]
TRAINING = Run(training=True, step=3, seed=5)  # a fixed step: the same units are dropped at every call


def chain(*chosen: Layer, shape: tuple[int, ...] = (4,), loss: Any = "mse") -> Network:
    """A network in float64 whose numbers are all away from their special start values."""
    model = Sequential(list(chosen), seed=1, dtype="float64")
    model.compile(loss=loss)
    model.build(shape)
    rng = np.random.default_rng(2)
    model.state.params += rng.uniform(0.1, 0.5, model.state.params.shape)
    model.state.statistics[:] = rng.uniform(0.5, 1.5, model.state.statistics.shape)
    return model.plan, model.state


def loss_and_gradient(
    plan: Plan, state: State, x: Any, target: Any, weight: Any = None, run: Run = TRAINING
) -> tuple[float, np.ndarray]:
    gradient = np.zeros_like(state.params)
    views = network.views(plan, state.params, state.statistics.copy())
    loss, _ = network.loss_and_gradient(plan, views, x, target, weight, network.gradient_views(plan, gradient), run)
    return loss, gradient


def trainable(plan: Plan, state: State) -> np.ndarray:
    """1 for every number that training changes, 0 for frozen ones."""
    mask = np.zeros_like(state.params)
    for array in plan.trainable_parameters:
        array.view(mask)[...] = 1
    return mask


def check_gradient(
    plan: Plan, state: State, x: Any, target: Any, weight: Any = None, run: Run = TRAINING, step: float = 1e-6
) -> None:
    """Compare the gradient with central differences of the loss along random directions."""
    _, gradient = loss_and_gradient(plan, state, x, target, weight, run)
    rng = np.random.default_rng(3)
    for _ in range(3):
        direction = rng.standard_normal(state.params.shape) * trainable(plan, state)
        ahead, behind = (
            loss_and_gradient(plan, replace(state, params=state.params + h * direction), x, target, weight, run)[0]
            for h in (step, -step)
        )
        assert np.dot(gradient, direction) == pytest.approx((ahead - behind) / (2 * step), rel=1e-5, abs=1e-8)


def rows(*shape: int) -> np.ndarray:
    return np.random.default_rng(4).normal(size=shape)


# --- Every layer ----------------------------------------------------------------------------------

# Each kind stands between two Dense layers, so that its own gradient and the one that it passes on are both judged.
KINDS: dict[str, list[Layer]] = {
    "Activation": [Activation("mish")],
    "BatchNormalization": [BatchNormalization()],
    "BatchNormalization without scale": [BatchNormalization(scale=False, epsilon=0.1)],
    "BatchNormalization without center": [BatchNormalization(center=False, momentum=0.5)],
    "BatchNormalization frozen": [BatchNormalization(trainable=False)],
    "Dense": [Dense(3, use_bias=False)],
    "Dropout": [Dropout(0.4)],
    "Dropout of a seed of its own": [Dropout(0.4, seed=11)],
    "ELU": [ELU(alpha=0.7)],
    "Flatten": [Flatten()],
    "GaussianNoise": [GaussianNoise(0.3)],
    "LayerNormalization": [LayerNormalization()],
    "LayerNormalization without either": [LayerNormalization(scale=False, center=False)],
    "LeakyReLU": [LeakyReLU()],
    "Normalization": [Normalization()],
    "Normalization of all columns together": [Normalization(axis=None)],
    "PReLU": [PReLU()],
    "ReLU": [ReLU(max_value=2.0, negative_slope=0.2, threshold=0.3)],
    "Rescaling": [Rescaling(0.5, offset=-1.0)],
    "Softmax": [Softmax()],
}


def test_every_kind_of_layer_is_judged_here() -> None:
    judged = {type(layer).__name__ for several in KINDS.values() for layer in several}
    assert judged == set(layers.LAYERS)
    assert {layer.kind for several in KINDS.values() for layer in several} == set(network.LAYERS)


@pytest.mark.parametrize("training", [True, False], ids=["in training", "in use"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_through_a_layer_of_vectors(kind: str, training: bool) -> None:
    between = [layer.copy() for layer in KINDS[kind]]
    plan, state = chain(Dense(5, "tanh"), *between, Dense(2))
    run = TRAINING if training else Run()
    check_gradient(plan, state, rows(7, 4), rows(7, 2), run=run)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_through_a_layer_of_tables(kind: str) -> None:
    """Rows of shape (5, 4): Dense works on the last axis, normalisation by unit over all others."""
    between = [layer.copy() for layer in KINDS[kind]]
    plan, state = chain(Dense(6, "tanh"), *between, Flatten(), Dense(2), shape=(5, 4))
    check_gradient(plan, state, rows(7, 5, 4), rows(7, 2))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "Flatten"])
def test_the_gradient_of_a_loss_of_tables(kind: str) -> None:
    """Where the output is a table too, each of its rows has a loss of its own, and all are averaged."""
    between = [layer.copy() for layer in KINDS[kind]]
    plan, state = chain(Dense(6, "tanh"), *between, Dense(3), shape=(5, 4))
    check_gradient(plan, state, rows(7, 5, 4), rows(7, 5, 3), weight=np.linspace(0, 2, 7))


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS.keys() - {"step"}))
def test_the_gradient_through_an_activation(activation: str) -> None:
    plan, state = chain(Dense(5, activation), Dense(5, activation), Dense(2))
    check_gradient(plan, state, rows(6, 4), rows(6, 2))


# --- Every loss -----------------------------------------------------------------------------------

PROBABILITIES = np.random.default_rng(6).dirichlet(np.ones(3), size=6)
ONE_HOT = np.eye(3)[[0, 2, 1, 1, 0, 2]]
SIGNS = np.where(np.random.default_rng(7).random((6, 3)) < 0.5, -1.0, 1.0)

# Each loss with the output activation that people give it, and targets that it takes.
LOSS_CASES: list[tuple[str, str, np.ndarray]] = [
    ("mean_squared_error", "linear", rows(6, 3)),
    ("mean_absolute_error", "linear", rows(6, 3)),
    ("mean_absolute_percentage_error", "linear", rows(6, 3)),
    ("mean_squared_logarithmic_error", "softplus", np.abs(rows(6, 3))),
    ("huber", "linear", 2 * rows(6, 3)),
    ("log_cosh", "linear", rows(6, 3)),
    ("cosine_similarity", "tanh", rows(6, 3)),
    ("binary_crossentropy", "sigmoid", ONE_HOT),
    ("binary_crossentropy", "hard_sigmoid", ONE_HOT),
    ("binary_focal_crossentropy", "sigmoid", ONE_HOT),
    ("categorical_crossentropy", "softmax", ONE_HOT),
    ("categorical_crossentropy", "sigmoid", PROBABILITIES),
    ("categorical_focal_crossentropy", "softmax", ONE_HOT),
    ("sparse_categorical_crossentropy", "softmax", ONE_HOT.argmax(axis=1)),
    ("sparse_categorical_crossentropy", "softplus", ONE_HOT.argmax(axis=1)),
    ("kl_divergence", "softmax", PROBABILITIES),
    ("poisson", "exponential", np.abs(rows(6, 3))),
    ("hinge", "tanh", SIGNS),
    ("squared_hinge", "tanh", SIGNS),
    ("categorical_hinge", "linear", ONE_HOT),
]


def test_every_loss_is_judged_here() -> None:
    assert {name for name, _, _ in LOSS_CASES} == set(LOSSES) - {"custom"}


@pytest.mark.parametrize("weight", [None, np.array([0.5, 2.0, 0.0, 1.0, 3.0, 0.1])], ids=["plain", "weighted"])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean_with_sample_weight", "sum"])
@pytest.mark.parametrize(("loss", "output", "target"), LOSS_CASES)
def test_the_gradient_of_a_loss(loss: str, output: str, target: np.ndarray, reduction: str, weight: Any) -> None:
    plan, state = chain(Dense(5, "sigmoid"), Dense(3, output), loss=loss)
    check_gradient(replace(plan, reduction=reduction), state, rows(6, 4), target, weight)


@pytest.mark.parametrize(
    ("reduction", "loss"),
    # Squared errors of the rows: 1, 4 and 9; weights 1, 0 and 3.
    [("sum_over_batch_size", 28 / 3), ("mean_with_sample_weight", 28 / 4), ("sum", 28)],
)
def test_a_reduction_by_hand(reduction: str, loss: float) -> None:
    plan, state = chain(Dense(1, use_bias=False), shape=(1,))
    state.params[:] = 1.0
    x, weight = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 0.0, 3.0])
    measured, gradient = loss_and_gradient(replace(plan, reduction=reduction), state, x, np.zeros((3, 1)), weight)
    assert measured == pytest.approx(loss)
    assert gradient == pytest.approx([2 * loss])  # the loss is quadratic in the only weight


def test_a_user_s_own_loss() -> None:
    def fourth_power(target: np.ndarray, output: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        error = output - target
        return (error**4).sum(axis=-1), 4 * error**3

    plan, state = chain(Dense(5, "tanh"), Dense(2), loss=fourth_power)
    check_gradient(plan, state, rows(6, 4), rows(6, 2), weight=np.linspace(0.5, 1.5, 6))


# --- Penalties and frozen layers ------------------------------------------------------------------


@pytest.mark.parametrize("penalty", [L1(0.3), L2(0.2), L1L2(0.1, 0.2), OrthogonalRegularizer(0.5)])
def test_the_gradient_of_a_penalty(penalty: Any) -> None:
    plan, state = chain(Dense(5, "tanh", kernel_regularizer=penalty), Dense(2, bias_regularizer="l2"))
    check_gradient(plan, state, rows(6, 4), rows(6, 2))


def test_penalties_may_lie_on_every_kind_of_weight() -> None:
    plan, state = chain(
        Dense(5, bias_regularizer="l1"),
        BatchNormalization(gamma_regularizer="l2", beta_regularizer="l1"),
        PReLU(alpha_regularizer="l2"),
        LayerNormalization(gamma_regularizer="l1", beta_regularizer="l2"),
        Dense(2),
    )
    assert sum(array.regularizer is not None for array in plan.parameters) == 6
    check_gradient(plan, state, rows(6, 4), rows(6, 2))


def test_a_penalty_is_added_once_a_batch_whatever_its_size_and_weights() -> None:
    plan, state = chain(Dense(1, use_bias=False, kernel_regularizer=L2(0.5)), shape=(1,))
    state.params[:] = 3.0
    for count in (1, 10):
        x = np.zeros((count, 1))
        loss, gradient = loss_and_gradient(plan, state, x, x, np.full(count, 7.0))
        assert loss == 4.5  # 0.5 * 3**2; no half
        assert gradient.tolist() == [3.0]


@pytest.mark.parametrize("frozen", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)])
def test_frozen_layers_have_no_gradient_and_do_not_disturb_the_others(frozen: tuple[int, ...]) -> None:
    chosen = [Dense(5, "tanh", kernel_regularizer="l2"), Dense(4, "sigmoid", kernel_regularizer="l2"), Dense(2)]
    plan, state = chain(*chosen)
    x, target = rows(6, 4), rows(6, 2)
    _, whole = loss_and_gradient(plan, state, x, target)
    chain_of = enumerate(plan.layers)
    plan = replace(plan, layers=tuple(replace(layer, trainable=place not in frozen) for place, layer in chain_of))
    loss, gradient = loss_and_gradient(plan, state, x, target)
    assert np.array_equal(gradient, whole * trainable(plan, state))
    # The penalty of a frozen layer is no part of the loss, as in Keras.
    output = network.forward(plan, network.views(plan, state.params, state.statistics), x, TRAINING)[0][-1]
    kernels = [plan.layers[index].parameters[0].view(state.params) for index in (0, 1) if index not in frozen]
    penalty = sum(0.01 * np.sum(np.square(kernel)) for kernel in kernels)
    assert loss == pytest.approx(np.mean(np.square(output - target)) + penalty, rel=1e-12)


def test_a_network_that_is_frozen_as_a_whole_has_a_loss_and_no_gradient() -> None:
    plan, state = chain(Dense(2, trainable=False))
    loss, gradient = loss_and_gradient(plan, state, rows(6, 4), rows(6, 2))
    assert loss > 0
    assert not gradient.any()


# --- Random layers and averages -------------------------------------------------------------------


def test_dropout_and_noise_act_only_in_training_and_are_drawn_anew_each_step() -> None:
    plan, state = chain(Dropout(0.5), GaussianNoise(1.0), Dense(2))
    views = network.views(plan, state.params, state.statistics)
    x = rows(6, 4)

    def inputs_of_dense(run: Run) -> bytes:
        return network.forward(plan, views, x, run)[0][1].tobytes()

    assert inputs_of_dense(Run()) == x.tobytes()
    drawn = [inputs_of_dense(Run(True, step, seed)) for step in (0, 1) for seed in (0, 1)]
    assert len({x.tobytes(), *drawn}) == 5
    assert inputs_of_dense(Run(True, 1, 1)) == drawn[-1]


def test_two_dropout_layers_drop_different_units() -> None:
    plan, state = chain(Dropout(0.5), Dropout(0.5))
    once, twice = network.forward(
        plan, network.views(plan, state.params, state.statistics), np.ones((50, 4)), TRAINING
    )[0]
    assert 0 < np.sum((once != 0) & (twice == 0)) < np.sum(once != 0)


def test_moving_averages_follow_the_batches_in_training_only() -> None:
    plan, state = chain(BatchNormalization(momentum=0.9))
    state.statistics[:] = [0, 0, 0, 0, 1, 1, 1, 1]
    x = rows(6, 4) + 5
    views = network.views(plan, state.params, state.statistics)
    network.forward(plan, views, x, Run())
    assert state.statistics.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    network.forward(plan, views, x, TRAINING)
    assert views[0]["moving_mean"] == pytest.approx(0.1 * x.mean(axis=0))
    assert views[0]["moving_variance"] == pytest.approx(0.9 + 0.1 * x.var(axis=0))  # the biased variance


def test_a_frozen_batch_normalization_keeps_its_averages_in_training_and_uses_them() -> None:
    plan, state = chain(BatchNormalization(trainable=False))
    before = state.statistics.copy()
    views = network.views(plan, state.params, state.statistics)
    trained, used = (network.forward(plan, views, rows(6, 4), run)[0][0] for run in (TRAINING, Run()))
    assert np.array_equal(trained, used)
    assert np.array_equal(state.statistics, before)


# --- Saturation and fusion ------------------------------------------------------------------------

FUSED = [
    ("binary_crossentropy", "sigmoid", np.array([[0.0], [1.0]]), 1),
    ("categorical_crossentropy", "softmax", np.array([[0.0, 1.0], [1.0, 0.0]]), 2),
    ("sparse_categorical_crossentropy", "softmax", np.array([1, 0]), 2),
]


def unfused(plan: Plan) -> Plan:
    """The same network with its output activation back in its last layer and a loss of probabilities."""
    assert plan.loss is not None
    last = replace(plan.layers[-1], config={**plan.layers[-1].config, "activation": plan.output})
    loss = Rule(plan.loss.name, {**plan.loss.config, "from_logits": False})
    return replace(plan, layers=(*plan.layers[:-1], last), output=Rule("linear"), loss=loss)


@pytest.mark.parametrize("own_layer", [False, True], ids=["in Dense", "as a layer"])
@pytest.mark.parametrize(("loss", "output", "target", "units"), FUSED)
def test_an_output_in_its_own_loss_is_computed_from_logits(
    loss: str, output: str, target: np.ndarray, units: int, own_layer: bool
) -> None:
    chosen = [Dense(units), Activation(output)] if own_layer else [Dense(units, output)]
    plan, _ = chain(*chosen, loss=loss)
    assert plan.output == Rule(output)
    assert plan.loss is not None
    assert plan.loss.config["from_logits"] is True
    assert plan.layers[-1].config["activation"] == Rule("linear")


@pytest.mark.parametrize(("loss", "output", "target", "units"), FUSED)
def test_fused_and_unfused_agree_away_from_saturation(loss: str, output: str, target: np.ndarray, units: int) -> None:
    plan, state = chain(Dense(5, "tanh"), Dense(units, output), loss=loss)
    x = rows(2, 4)
    together, apart = loss_and_gradient(plan, state, x, target), loss_and_gradient(unfused(plan), state, x, target)
    assert together[0] == pytest.approx(apart[0], rel=1e-6)
    assert together[1] == pytest.approx(apart[1], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("loss", "output", "target", "units"), FUSED)
def test_a_saturated_output_keeps_the_full_loss_and_the_full_gradient(
    loss: str, output: str, target: np.ndarray, units: int
) -> None:
    """Both rows are as wrong as can be: logits of +-1000 against the target."""
    plan, state = chain(Dense(units, output, use_bias=False), shape=(units,), loss=loss)
    plan.layers[0].parameters[0].view(state.params)[...] = np.eye(units)
    x = 500.0 * np.array([[1.0, -1.0], [-1.0, 1.0]]) if units == 2 else np.array([[1000.0], [-1000.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measured, gradient = loss_and_gradient(plan, state, x, target)
    assert measured == pytest.approx(1000.0)
    # dL/dz is (+-1) / 2 for each row and unit; times the inputs and added up over the two rows.
    assert np.abs(gradient) == pytest.approx(np.full(units * units, 1000.0 if units == 1 else 500.0))


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS.keys() - {"step", "exponential"}))
def test_a_saturated_hidden_layer_gives_finite_numbers_without_warnings(activation: str) -> None:
    plan, state = chain(Dense(4, activation, use_bias=False), Dense(3, "softmax"), loss="categorical_crossentropy")
    plan.layers[0].parameters[0].view(state.params)[...] = np.eye(4)
    x = np.array([[1000.0, -1000.0, 0.0, 1000.0], [-1000.0, 1000.0, -1000.0, 0.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss, gradient = loss_and_gradient(plan, state, x, np.eye(3)[[0, 1]])
    assert np.isfinite(loss)
    assert np.isfinite(gradient).all()


# --- What is not computed, and precision ----------------------------------------------------------


def test_layers_below_the_lowest_that_learns_are_not_visited_on_the_way_back() -> None:
    visited: list[tuple[str, bool]] = []

    def way_back(name: str) -> Any:
        def visit(dy: Any, gradients: Any, wants_dx: bool) -> Any:
            visited.append((name, wants_dx))
            return dy if wants_dx else None

        return visit

    some = {"kernel": np.zeros(1)}
    network.backward([way_back(name) for name in "abcd"], np.zeros(1), [{}, some, {}, some])
    assert visited == [("d", True), ("c", True), ("b", False)]


@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays_float32_all_the_way(kind: str) -> None:
    model = Sequential([Dense(5, "tanh"), *(layer.copy() for layer in KINDS[kind]), Dense(2)], seed=1)
    model.compile(loss="mse")
    model.build((4,))
    views = network.views(model.plan, model.state.params, model.state.statistics)
    outputs, tape = network.forward(model.plan, views, rows(6, 4).astype(np.float32), TRAINING)
    assert {output.dtype for output in outputs} == {np.dtype(np.float32)}
    dy = np.ones((6, 2), np.float32)
    gradients = network.gradient_views(model.plan, np.zeros_like(model.state.params))
    for index in reversed(range(len(tape))):
        dy = tape[index](dy, gradients[index], True)
        assert dy.dtype == np.float32
