"""A run: the same numbers however it is cut; there and back; what may go wrong leaves it as it was."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st

from rosenblatt import Sequential
from rosenblatt.errors import NonFiniteLossWarning
from rosenblatt.layers import Activation, BatchNormalization, Dense, Dropout, Input, PReLU, ReLU
from rosenblatt.playground import description
from rosenblatt.playground.address import from_address, to_address
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.fields import FIELDS
from rosenblatt.playground.run import Diverged, Run
from rosenblatt.playground.settings import Settings

SMALL = {"count": 40, "batch_size": 6}  # 20 training rows: three batches of 6 and one of 2
CASES: list[dict[str, Any]] = [
    SMALL,
    SMALL | {"optimizer": "adam", "l1": 0.001, "data": "three"},
    SMALL | {"optimizer": "momentum", "data": "bump", "loss": "huber"},
    SMALL | {"optimizer": "rmsprop", "data": "three", "loss": "mse", "features": ["x1", "x1*x2"]},
    {"data": "XOR", "layers": [{"units": 2, "activation": "relu", "frozen": True}]},
]
cases = pytest.mark.parametrize("changes", CASES)


def run_of(**changes: Any) -> Run:
    return Run(Settings().changed(changes))


def trained(epochs: int, **changes: Any) -> Run:
    run = run_of(**changes)
    for _ in range(epochs):
        run.epoch_step()
    return run


def look(run: Run) -> tuple[Any, ...]:
    """All that a run is at the moment."""
    state = run.model.state
    slots = [slot.tobytes() for slot in state.slots.values()]
    where = (run.settings, run.generation, run.epoch, run.batch, run.step, run.can_go_back, run.altered)
    return (*where, state.params.tobytes(), state.step, run.model.optimizer.learning_rate, *slots)


def numbers(run: Run) -> tuple[Any, ...]:
    """What a run has come to, leaving out how."""
    return (run.figures(), run.model.state.params.tobytes(), run.model.state.step)


@cases
def test_the_same_address_gives_the_same_losses_bit_for_bit(changes: dict[str, Any]) -> None:
    run = trained(5, **changes)
    again = Run(from_address(to_address(run.settings))[0])
    for _ in range(5):
        again.epoch_step()
    assert numbers(again) == numbers(run)


@cases
def test_it_does_not_matter_how_a_run_is_cut(changes: dict[str, Any]) -> None:
    whole, batches, slices = trained(4, **changes), run_of(**changes), run_of(**changes)
    while batches.epoch < 4:
        batches.batch_step()
    while slices.epoch < 4:
        slices.slice(1e-6 if slices.epoch < 2 else 0.01, epochs=1)
    assert numbers(whole) == numbers(batches) == numbers(slices)


@cases
def test_back_and_forward_again_gives_the_same(changes: dict[str, Any]) -> None:
    run = trained(3, **changes)
    third = numbers(run)
    run.back()
    assert (run.epoch, run.batch, run.step) == (2, 0, 2 * run.batches)
    second = numbers(run)
    run.batch_step()
    run.back()
    assert numbers(run) == second
    run.epoch_step()
    assert numbers(run) == third
    run.rewind()
    assert (run.epoch, run.step, run.can_go_back) == (0, 0, False)
    assert numbers(run) == numbers(run_of(**changes))
    for _ in range(3):
        run.epoch_step()
    assert numbers(run) == third


def test_a_slice_ends_with_an_epoch_or_when_time_is_up() -> None:
    run = run_of(**SMALL)
    assert run.slice(0.05)
    assert run.epoch >= 1
    assert run.batch == 0
    run = run_of(count=5000, train=0.9, batch_size=1)
    assert not run.slice(1e-6)
    assert run.step == run.batch == 1
    run = run_of(**SMALL)
    assert run.slice(10.0, epochs=3)
    assert run.epoch == 3


def test_snapshots_do_not_grow_without_end() -> None:
    run = trained(210, data="AND")
    for _ in range(200):
        run.back()
    assert (run.epoch, run.can_go_back) == (10, False)
    before = look(run)
    run.back()
    assert look(run) == before
    run.rewind()
    assert run.epoch == 0


def test_the_default_task_is_learnt_within_100_epochs() -> None:
    assert (trained(100).figures().test_accuracy or 0.0) >= 0.95


# --- Changes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": 0.5},
        {"l2": 0.01},
        {"batch_size": 3},
        {"loss": "mse"},
        {"layers": [{"units": 4, "activation": "relu"}, {"units": 2, "activation": "tanh", "frozen": True}]},
        {"output": {"activation": "step"}},
        {"optimizer": "adam"},
    ],
)
def test_only_a_change_of_shape_touches_weights(changes: dict[str, Any]) -> None:
    run = trained(2, **SMALL)
    run.batch_step()
    before, generation = run.model.state.params.copy(), run.generation
    run.change(changes)
    np.testing.assert_array_equal(run.model.state.params, before)
    assert (run.generation, run.epoch, run.altered) == (generation, 2, True)
    run.rewind()
    fresh = run_of(**SMALL | changes)
    assert not run.altered
    assert numbers(run) == numbers(fresh)
    if run.obstacle is None:
        run.epoch_step()
        fresh.epoch_step()
    assert numbers(run) == numbers(fresh)


@pytest.mark.parametrize(
    "changes", [{"data": "moons"}, {"count": 50}, {"seed": 2}, {"features": ["x1"]}, {"layers": []}, {"train": 0.3}]
)
def test_other_changes_make_a_new_start(changes: dict[str, Any]) -> None:
    run = trained(2, **SMALL)
    generation = run.generation
    run.change(changes)
    assert (run.generation, run.epoch, run.step, run.can_go_back) == (generation + 1, 0, 0, False)
    assert numbers(run) == numbers(run_of(**SMALL | changes))


def test_slots_stay_until_the_optimizer_changes() -> None:
    run = trained(2, **SMALL, optimizer="adam")
    slots = {name: slot.copy() for name, slot in run.model.state.slots.items()}
    run.change({"l1": 0.001})
    for name, slot in run.model.state.slots.items():
        np.testing.assert_array_equal(slot, slots[name])
    run.change({"optimizer": "momentum"})
    assert all((slot == 0).all() for slot in run.model.state.slots.values())
    run.epoch_step()
    run.back()
    run.back()  # to a snapshot with the slots of Adam
    assert run.epoch == 1
    run.epoch_step()


def test_a_run_is_altered_as_long_as_its_settings_would_lead_elsewhere() -> None:
    run = run_of(**SMALL)
    run.change({"learning_rate": 0.1})
    assert not run.altered  # at the start
    run.epoch_step()
    run.change({"learning_rate": 0.2})
    assert run.altered
    run.change({"learning_rate": 0.1})
    assert not run.altered  # nothing has been learnt with the other rate
    run.change({"learning_rate": 0.2})
    run.epoch_step()
    run.change({"learning_rate": 0.1})
    assert run.altered
    run.back()
    assert not run.altered
    run.edit([(0, 0.5)])
    assert run.altered


def test_back_goes_to_the_start_of_the_epoch_even_where_no_larger_batch_is_done() -> None:
    run = trained(1, **SMALL)
    start = run.model.state.params.copy()
    run.batch_step()
    run.change({"batch_size": 20})
    assert run.batch == 0
    run.batch_step()
    assert run.epoch == 2
    run.back()
    assert (run.epoch, run.batch) == (1, 0)
    np.testing.assert_array_equal(run.model.state.params, start)


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 70)
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["relu", "xor"]),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["units", "activation"]), part, max_size=2)
    ),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(list(FIELDS)), json_like, min_size=1, max_size=2) | json_like)
@few(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_asked_for_is_done_or_told_and_then_nothing_has_changed(changes: Any) -> None:
    run = trained(1, **SMALL)
    before = look(run)
    try:
        run.change(changes)
    except SettingsError:
        assert look(run) == before
    figures = run.figures()
    assert figures.train_loss is not None
    assert np.isfinite(figures.train_loss)


def test_weights_edited_at_the_start_belong_to_the_settings_and_later_to_the_run() -> None:
    run = run_of(data="AND", layers=[])
    generation = run.generation
    run.edit([(0, 0.5), (1, 0.5), (2, -0.7)])
    assert to_address(run.settings) == "data=AND&layers=none&weights=0.5,0.5,-0.7"
    assert (run.generation, run.altered) == (generation + 1, False)
    run.epoch_step()
    run.edit([(2, 3.0)])
    assert run.model.state.params[2] == 3.0
    assert run.settings.weights == pytest.approx((0.5, 0.5, -0.7))
    run.rewind()
    np.testing.assert_allclose(run.model.state.params, [0.5, 0.5, -0.7], rtol=1e-6)


@pytest.mark.parametrize(
    ("edit", "key"),
    [
        ((17, 1.0), "out_of_range"),
        ((-1, 1.0), "out_of_range"),
        ((True, 1.0), "out_of_range"),
        ((0, "one"), "not_a_number"),
        ((0, float("nan")), "not_a_number"),
        ((0, 1e9), "out_of_range"),
    ],
)
@pytest.mark.parametrize("epochs", [0, 1])
def test_edits_that_are_refused_change_nothing(edit: Any, key: str, epochs: int) -> None:
    run = trained(epochs, data="AND", layers=[])
    before = look(run)
    with pytest.raises(SettingsError, match="weights: expected") as caught:
        run.edit([(1, 0.25), edit])
    assert caught.value.key == key
    assert look(run) == before


# --- What goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["ignore", "error"])
def test_a_run_that_diverges_stands_again_where_its_epoch_began(action: Any) -> None:
    warnings.simplefilter(action, NonFiniteLossWarning)  # as somebody else may ask for; pytest takes it back
    run = trained(1, data="bump", learning_rate=0.01, layers=[{"units": 8, "activation": "relu"}] * 3)
    run.change({"learning_rate": 10})
    good: tuple[Any, ...] = ()

    def until_it_diverges() -> None:
        nonlocal good
        for _ in range(50):
            good = (run.epoch, run.model.state.params.tobytes())
            run.epoch_step()

    with pytest.raises(Diverged, match="Try a learning rate of 5 instead of 10") as caught:
        until_it_diverges()
    assert (caught.value.epoch, caught.value.learning_rate) == (run.epoch, 10.0)
    assert (run.epoch, run.model.state.params.tobytes()) == good
    assert run.batch == 0
    assert np.isfinite(run.model.state.params).all()
    run.rewind()
    run.change({"learning_rate": 0.01})
    run.epoch_step()


@pytest.mark.parametrize("action", ["error", "default::ImportWarning"])  # raised, and as Python does by itself
def test_a_run_that_diverges_says_so_once_and_not_as_a_warning_too(action: str) -> None:
    program = """
from rosenblatt.playground.run import Diverged, Run
from rosenblatt.playground.settings import Settings
run = Run(Settings().changed({"data": "bump", "learning_rate": 10, "layers": [{"units": 8, "activation": "relu"}] * 3}))
try:
    for _ in range(50):
        run.epoch_step()
except Diverged as error:
    print(error)
"""
    command = [sys.executable, "-W", action, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "expected a finite loss" in done.stdout
    assert done.stderr == ""


def test_a_step_cannot_be_trained_and_says_so() -> None:
    run = run_of(data="AND", layers=[], output={"activation": "step"})
    before = look(run)
    with pytest.raises(SettingsError, match="step: expected an activation with a usable derivative") as caught:
        run.epoch_step()
    assert caught.value.key == "refused"
    assert look(run) == before
    assert run.figures().gradients == [0.0]


# --- Figures -------------------------------------------------------------------------------------


def test_figures_are_those_of_the_model() -> None:
    run = trained(3, **SMALL, l2=0.01)
    problem, figures = run.problem, run.figures()
    assert figures.train_loss == run.model.evaluate(problem.x_train, problem.y_train, verbose=0)
    assert figures.test_loss == run.model.evaluate(problem.x_test, problem.y_test, verbose=0)
    right = (run.model.predict(problem.x_test)[:, 0] > 0.5) == problem.y_test
    assert figures.test_accuracy == right.mean()
    gradients = run.model.gradients(problem.x_train, problem.y_train)
    assert figures.gradients == [
        np.linalg.norm(gradients[f"{name}/kernel"]) for name in ("dense", "dense_1", "dense_2")
    ]
    assert run_of(data="bump").figures().train_accuracy is None


def test_dead_and_saturated_shares_agree_with_the_activations() -> None:
    hidden = [{"units": 4, "activation": "relu"}, {"units": 3, "activation": "tanh"}]
    run = run_of(**SMALL, layers=hidden)
    size = run.model.state.params.size
    run.edit([(place, 3.0 * np.sin(place)) for place in range(size)])
    run.edit([(8, -50.0), (11, -50.0)])  # the biases of the first and the last unit with relu
    outputs = run.model.activations(run.problem.x_train)
    figures = run.figures()
    assert figures.dead == [0.5, 0.0, 0.0]
    tanh, sigmoid = outputs["dense_1"], outputs["dense_2"]
    assert figures.saturated == pytest.approx(
        [0, (1 - tanh**2 < 0.05).mean(), (sigmoid * (1 - sigmoid) < 0.0125).mean()]
    )
    assert figures.saturated[1] > 0


def test_an_activation_that_is_a_layer_of_its_own_counts_for_dead_and_saturated_shares() -> None:
    rng = np.random.default_rng(2)
    hidden = [Dense(4), BatchNormalization(), ReLU(), Dropout(0.5), Dense(3), PReLU(), Dense(1), Activation("sigmoid")]
    model = Sequential([Input((2,)), *hidden], seed=1)
    model.compile("sgd", "binary_crossentropy")
    model.layers[1].beta[...] = [-50.0, 0.0, 0.0, -50.0]
    model.layers[5].alpha[...] = 0.25  # below zero it gives something, too
    model.layers[6].kernel[...] *= 50.0
    run = Run(model=model, rows=(rng.normal(size=(50, 2)), rng.integers(0, 2, 50)))
    figures = run.figures()
    assert figures.dead == [0.5, 0.0, 0.0]
    share = run.model.predict(run.problem.x_train, verbose=0)
    assert figures.saturated == pytest.approx([0, 0, (4 * share * (1 - share) < 0.05).mean()])
    assert figures.saturated[2] > 0


def test_gradients_vanish_through_sigmoids_and_do_not_with_relu_and_he() -> None:
    def ratio(activation: str, initializer: str) -> float:
        run = run_of(layers=[{"units": 8, "activation": activation}] * 6, initializer=initializer)
        gradients = run.figures().gradients
        return gradients[0] / gradients[-1]

    assert ratio("sigmoid", "glorot_uniform") < 1 / 1000
    assert ratio("relu", "he_normal") > 1 / 20


# --- Gates ---------------------------------------------------------------------------------------

BY_HAND = {"AND": (0.5, 0.5, -0.7), "OR": (0.5, 0.5, -0.2), "NAND": (-0.5, -0.5, 0.7)}


@pytest.mark.parametrize("gate", BY_HAND)
@pytest.mark.parametrize("activation", ["sigmoid", "step"])
def test_truth_tables_of_weights_made_by_hand(gate: str, activation: str) -> None:
    run = run_of(data=gate, layers=[], output={"activation": activation})
    run.edit(list(enumerate(BY_HAND[gate])))
    assert run.figures().train_accuracy == 1.0


def test_xor_is_nand_and_or_joined_by_and() -> None:
    run = run_of(data="XOR", layers=[{"units": 2, "activation": "step"}], output={"activation": "step"})
    nand, either, both = BY_HAND["NAND"], BY_HAND["OR"], BY_HAND["AND"]
    kernel = [nand[0], either[0], nand[1], either[1]]
    run.edit(list(enumerate([*kernel, nand[2], either[2], *both])))
    assert run.figures().train_accuracy == 1.0


@pytest.mark.parametrize("seed", range(3))
def test_one_neuron_never_exceeds_three_of_four_on_xor(seed: int) -> None:
    run = run_of(data="XOR", layers=[], seed=seed, learning_rate=1.0)
    best = 0.0
    for _ in range(200):
        run.epoch_step()
        best = max(best, run.figures().train_accuracy or 0.0)
    assert best <= 0.75


# --- Own tables ----------------------------------------------------------------------------------

TABLE = "꽃잎;줄기;종\n" + "".join(f"{k % 7}.5;{k * 10};{'장미' if k % 7 < 3 else '튤립'}\n" for k in range(40))


def test_an_own_table_is_learnt() -> None:
    run = trained(1, **SMALL)
    run.open_table("꽃.csv", TABLE)
    assert (run.settings.data, run.settings.target, run.epoch) == ("table", "종", 0)
    for _ in range(100):
        run.epoch_step()
    assert run.figures().train_accuracy == 1.0
    run.change({"target": "줄기"})
    assert (run.problem.task, run.settings.output.activation, run.settings.loss) == ("numbers", "linear", "mse")
    run.epoch_step()
    run.change({"data": "circle"})
    run.change({"data": "table"})  # it is still open
    run.epoch_step()


def test_other_axes_of_a_table_change_what_is_shown_and_nothing_of_the_run() -> None:
    run = run_of()
    run.open_table("t.csv", "a,b,c,y\n" + "".join(f"{k},{k % 3},{-k},{k % 2}\n" for k in range(30)))
    run.epoch_step()
    run.batch_step()
    before, bounds = numbers(run), run.problem.bounds
    where = (run.generation, run.epoch, run.batch, run.can_go_back, run.altered)
    run.change({"axes": ["b", "c"]})
    assert numbers(run) == before
    assert (run.generation, run.epoch, run.batch, run.can_go_back, run.altered) == where
    assert (run.problem.axes, run.problem.bounds != bounds) == (["b", "c"], True)
    np.testing.assert_array_equal(run.problem.points, run.problem.rows[:, [1, 2]])
    run.epoch_step()
    run.change({"axes": ["a", "b"]})
    assert not run.altered


def test_a_table_of_as_many_columns_as_a_picture_has_pixels_is_a_table() -> None:
    run = run_of()
    lines = [[*(f"c{k}" for k in range(64)), "y"], *([*range(row, row + 64), row % 2] for row in range(20))]
    run.open_table("t.csv", "\n".join(",".join(map(str, line)) for line in lines))
    run.change({"features": lines[0][:-1]})
    told = description.network(run.model, run.problem)
    assert (told["picture"], len(told["inputs"])) == (None, 64)


def test_a_bad_table_changes_nothing() -> None:
    run = trained(1, **SMALL)
    before = look(run)
    with pytest.raises(SettingsError, match="in line 2") as caught:
        run.open_table("bad.csv", "a;b\n1\n")
    assert caught.value.key == "table_row"
    assert look(run) == before
