"""The engine boundary, carried out by the reference engine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rosenblatt
from rosenblatt import Sequential, optimizers
from rosenblatt.engines.reference import BLOCK, ReferenceEngine
from rosenblatt.functional import network
from rosenblatt.layers import BatchNormalization, Dense, Dropout, Flatten, GaussianNoise, Rescaling
from rosenblatt.plan import Plan, State

ENGINE = ReferenceEngine()
ROWS = 23


def example(dtype: str = "float32", optimizer: Any = "adam") -> tuple[Plan, State]:
    """A network with everything in it whose result could depend on how an epoch is cut."""
    model = Sequential(
        [
            Dense(6, "tanh", kernel_regularizer="l2"),
            BatchNormalization(),
            Dropout(0.3),
            GaussianNoise(0.1),
            Dense(3, "softmax"),
        ],
        seed=1,
        dtype=dtype,
    )
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
    model.build((4,))
    model.state.learning_rate = 0.05
    return model.plan, model.state


def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(ROWS, 4)), rng.integers(0, 3, ROWS), rng.random(ROWS).astype(np.float32)


def numbers(state: State) -> bytes:
    """All that training changes."""
    arrays = [state.params, state.statistics, *(state.slots[name] for name in sorted(state.slots))]
    return b"".join(array.tobytes() for array in arrays) + str(state.step).encode()


# --- train ----------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(cuts=st.sets(st.integers(1, 7)), batch_size=st.sampled_from([1, 3, 8]))
def test_an_epoch_may_be_cut_anywhere_between_batches(cuts: set[int], batch_size: int) -> None:
    plan, whole = example()
    x, target, weight = data()
    order = np.random.default_rng(1).permutation(ROWS)
    losses_whole = ENGINE.train(plan, whole, x, target, weight, order, batch_size)

    _, sliced = example()
    slices = np.split(order, sorted(cut * batch_size for cut in cuts if cut * batch_size < ROWS))
    losses_sliced = [ENGINE.train(plan, sliced, x, target, weight, rows, batch_size) for rows in slices]
    assert numbers(whole) == numbers(sliced)
    assert losses_whole.tobytes() == np.concatenate(losses_sliced).tobytes()


def test_the_same_start_gives_the_same_result_bit_for_bit_and_another_seed_another() -> None:
    results = []
    for seed in (1, 1, 2):
        model = Sequential([Dense(6, "relu"), Dropout(0.5), Dense(1)], seed=seed)
        model.compile(loss="mse")
        model.build((4,))
        x, target, _ = data()
        ENGINE.train(model.plan, model.state, x, target[:, None].astype(np.float32), None, np.arange(ROWS), 4)
        results.append(numbers(model.state))
    assert results[0] == results[1] != results[2]


def test_a_step_is_taken_for_every_batch_and_the_last_may_be_shorter() -> None:
    plan, state = example()
    x, target, _ = data()
    losses = ENGINE.train(plan, state, x, target, None, np.arange(ROWS), 5)
    assert losses.shape == (5,)
    assert state.step == 5


def test_a_batch_s_loss_and_update_are_those_of_its_rows_alone() -> None:
    plan, state = example(optimizer=optimizers.SGD(1.0))
    x, target, weight = data()
    rows = np.array([4, 4, 17, 2])  # a row may be seen twice
    loss, gradient = ENGINE.loss_and_gradient(plan, state, x[rows], target[rows], weight[rows])
    before = state.params.copy()
    losses = ENGINE.train(plan, state, x, target, weight, rows, 4)
    assert losses.tolist() == [loss]
    assert np.array_equal(state.params, before - np.float32(0.05) * gradient)


def test_outputs_are_those_measured_while_training() -> None:
    plan, state = example("float64")
    x, target, _ = data()
    order = np.array([3, 1, 2, 22, 0, 7, 9])
    outputs = np.full((7, 3), np.nan)
    expected = []
    _, twin = example("float64")
    for rows in np.split(order, [3, 6]):
        views = network.views(plan, twin.params, twin.statistics.copy())
        run = network.Run(training=True, step=twin.step, seed=plan.seed)
        expected.append(network.activate(plan.output, network.forward(plan, views, x[rows], run)[0][-1]))
        ENGINE.train(plan, twin, x, target, None, rows, 3)
    ENGINE.train(plan, state, x, target, None, order, 3, outputs)
    assert np.array_equal(outputs, np.concatenate(expected))
    assert outputs.sum(axis=1) == pytest.approx(np.ones(7))  # probabilities, not logits


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_outputs_are_not_needed_for_training(dtype: str) -> None:
    x, target, _ = data()
    states = []
    for outputs in (None, np.empty((ROWS, 3), dtype)):
        plan, state = example(dtype)
        ENGINE.train(plan, state, x, target, None, np.arange(ROWS), 5, outputs)
        states.append(numbers(state))
    assert states[0] == states[1]


def test_frozen_layers_do_not_move() -> None:
    model = Sequential([Dense(5, "tanh", trainable=False), BatchNormalization(trainable=False), Dense(3)], seed=1)
    model.compile(optimizer=optimizers.AdamW(0.1, global_clipnorm=0.5), loss="mse")
    model.build((4,))
    x, _, _ = data()
    before = model.get_weights()
    ENGINE.train(model.plan, model.state, x, np.ones((ROWS, 3), np.float32), None, np.arange(ROWS), 5)
    moved = [not np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True)]
    assert moved == [False] * 6 + [True] * 2


def test_a_plan_without_loss_or_optimizer_only_predicts() -> None:
    model = Sequential([Dense(2, input_shape=(4,))])
    x, target, _ = data()
    assert ENGINE.predict(model.plan, model.state, x).shape == (ROWS, 2)
    with pytest.raises(ValueError, match="no optimizer"):
        ENGINE.train(model.plan, model.state, x, target, None, np.arange(ROWS), 5)
    with pytest.raises(ValueError, match="no loss"):
        ENGINE.evaluate(model.plan, model.state, x, target)


# --- Data of every kind ---------------------------------------------------------------------------


def image_model() -> tuple[Plan, State]:
    model = Sequential([Flatten(), Rescaling(1 / 255), Dense(5, "relu"), Dense(2, "softmax")], seed=3)
    model.compile(loss="sparse_categorical_crossentropy")
    model.build((4, 3))
    return model.plan, model.state


def test_uint8_float32_float64_and_a_memory_map_give_the_same_bits(tmp_path: Path) -> None:
    images = np.random.default_rng(1).integers(0, 256, (ROWS, 4, 3), dtype=np.uint8)
    np.save(tmp_path / "images.npy", images)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    target = np.arange(ROWS) % 2
    results = []
    for x in (images, images.astype(np.float32), images.astype(np.float64), mapped):
        plan, state = image_model()
        losses = ENGINE.train(plan, state, x, target, None, np.arange(ROWS)[::-1], 4)
        values = ENGINE.evaluate(plan, state, x, target)
        outputs = ENGINE.predict(plan, state, x)
        assert outputs.dtype == values.dtype == np.float32
        results.append((losses.tobytes(), numbers(state), values.tobytes(), outputs.tobytes()))
    assert len(set(results)) == 1


def test_only_the_rows_of_a_batch_are_ever_turned_into_floats() -> None:
    largest = 0

    class Watched(np.ndarray):
        def __array_finalize__(self, origin: Any) -> None:
            pass

        def __getitem__(self, rows: Any) -> Any:
            nonlocal largest
            part = np.asarray(super().__getitem__(rows))
            largest = max(largest, len(part))
            return part

        def astype(self, *args: Any, **kwargs: Any) -> Any:
            raise AssertionError("the whole of x was converted")

    x = np.zeros((3 * BLOCK, 4, 3), np.uint8).view(Watched)
    target = np.zeros(len(x), np.intp)
    plan, state = image_model()
    ENGINE.train(plan, state, x, target, None, np.arange(len(x)), 64)
    assert largest == 64
    ENGINE.evaluate(plan, state, x, target)
    ENGINE.predict(plan, state, x)
    assert largest == BLOCK


# --- predict and evaluate -------------------------------------------------------------------------


def test_rows_are_predicted_the_same_in_any_company() -> None:
    plan, state = example("float64")
    x = np.random.default_rng(2).normal(size=(2 * BLOCK + 3, 4))
    together = ENGINE.predict(plan, state, x)
    assert together.shape == (2 * BLOCK + 3, 3)
    alone = np.concatenate([ENGINE.predict(plan, state, x[row : row + 1]) for row in (0, BLOCK - 1, BLOCK, len(x) - 1)])
    assert together[[0, BLOCK - 1, BLOCK, -1]] == pytest.approx(alone, rel=1e-12)


def test_every_layer_s_output_can_be_had_the_last_as_probabilities() -> None:
    plan, state = example()
    x, _, _ = data()
    outputs = ENGINE.predict(plan, state, x, layers="all")
    assert [output.shape for output in outputs] == [(ROWS, *layer.output_shape) for layer in plan.layers]
    assert np.array_equal(outputs[-1], ENGINE.predict(plan, state, x))
    assert np.array_equal(outputs[1], outputs[2])  # dropout does nothing in use


def test_evaluate_gives_each_row_s_loss_without_weights_and_penalties_and_fills_outputs() -> None:
    plan, state = example("float64")
    x, target, _ = data()
    outputs = np.empty((ROWS, 3))
    losses = ENGINE.evaluate(plan, state, x, target, outputs)
    assert np.array_equal(outputs, ENGINE.predict(plan, state, x))
    assert losses == pytest.approx(-np.log(outputs[np.arange(ROWS), target]), rel=1e-12)


def test_predict_and_evaluate_leave_the_state_as_it_is() -> None:
    plan, state = example()
    x, target, weight = data()
    before = numbers(state)
    ENGINE.predict(plan, state, x, layers="all")
    ENGINE.evaluate(plan, state, x, target, np.empty((ROWS, 3), np.float32))
    ENGINE.loss_and_gradient(plan, state, x, target, weight)
    assert numbers(state) == before


def test_loss_and_gradient_are_those_of_the_next_update() -> None:
    plan, state = example("float64", optimizers.SGD(1.0))
    x, target, weight = data()
    ENGINE.train(plan, state, x, target, weight, np.arange(ROWS), 5)  # the step counts for what is dropped next
    loss, gradient = ENGINE.loss_and_gradient(plan, state, x, target, weight)
    before = state.params.copy()
    losses = ENGINE.train(plan, state, x, target, weight, np.arange(ROWS), ROWS)
    assert losses.tolist() == [loss]
    assert before - 0.05 * gradient == pytest.approx(state.params, rel=1e-12)


# --- Divergence, and how deep a step goes ---------------------------------------------------------


def test_a_network_that_diverges_gives_losses_that_are_not_finite_and_no_warnings(
    recwarn: pytest.WarningsRecorder,
) -> None:
    model = Sequential([Dense(8, "relu"), Dense(8, "relu"), Dense(1)], seed=1)
    model.compile(optimizer="sgd", loss="mse")
    model.build((4,))
    model.state.learning_rate = 1e6
    x, target, _ = data()
    target = target[:, None].astype(np.float32)
    losses = ENGINE.train(model.plan, model.state, x, target, None, np.tile(np.arange(ROWS), 5), 4)
    assert not np.isfinite(losses[-1])
    assert not np.isfinite(ENGINE.evaluate(model.plan, model.state, x, target)).any()
    ENGINE.predict(model.plan, model.state, x)
    ENGINE.loss_and_gradient(model.plan, model.state, x, target)
    assert len(recwarn) == 0


def entered_by(action: Callable[[], object]) -> tuple[set[str], int]:
    """Our functions that are entered while something is done, and how deep the calls go."""
    home = str(Path(rosenblatt.__file__).parent)
    entered: set[str] = set()
    depth = deepest = 0

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal depth, deepest
        # A list comprehension is a function of its own up to Python 3.11.
        if not frame.f_code.co_filename.startswith(home) or frame.f_code.co_name.startswith("<"):
            return
        if event == "call":
            entered.add(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_qualname}")
            depth += 1
            deepest = max(deepest, depth)
        elif event == "return":
            depth -= 1

    sys.setprofile(watch)
    try:
        action()
    finally:
        sys.setprofile(None)
    return entered, deepest


def test_a_training_step_enters_few_of_our_functions_and_not_deep() -> None:
    """What a reader has to follow from a batch of a network of two Dense layers to its new weights."""
    model = Sequential([Dense(8, "relu"), Dense(3, "softmax")], seed=1)
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    model.build((4,))
    x, target, _ = data()
    plan, state = model.plan, model.state
    # A run of no batch lays out the views; what a run of one batch enters besides is the step.
    before, _ = entered_by(lambda: ENGINE.train(plan, state, x, target, None, np.arange(0), 8))
    together, depth = entered_by(lambda: ENGINE.train(plan, state, x, target, None, np.arange(8), 8))
    step = together - before
    assert len(step) <= 31, sorted(step)
    assert depth <= 7
