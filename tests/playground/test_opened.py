"""A trained model opened: what it is fed, what it says to own rows, and what can be changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import answers
from rosenblatt.errors import ArgumentError, DataError, ShapeError
from rosenblatt.json_values import as_json
from rosenblatt.layers import Activation, Dense, Dropout, Flatten, Input, Layer, Normalization, ReLU, Rescaling, Softmax
from rosenblatt.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from rosenblatt.models import Sequential, load_model
from rosenblatt.playground import description
from rosenblatt.playground.address import to_address
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.run import Run

RNG = np.random.default_rng(0)
PLANE = RNG.normal(size=(60, 2)), RNG.integers(0, 2, 60)
PICTURES = RNG.integers(0, 256, (45, 28, 28)).astype(np.uint8), RNG.integers(0, 10, 45)
TABLE = RNG.normal(5.0, 2.0, (50, 4)), RNG.normal(size=50)


def normalized(x: Any) -> Layer:
    layer = Normalization()
    layer.adapt(x)
    return layer


def two_inputs() -> Sequential:
    model = Sequential([Input((2,)), Dense(3, activation="tanh"), Dense(1, activation="sigmoid")], seed=1)
    model.compile("adam", "binary_crossentropy", ["accuracy"])
    return model


def pictures() -> Sequential:
    layers = [Input((28, 28)), Flatten(), Rescaling(1 / 255), Dense(40, activation="relu"), Dropout(0.2)]
    model = Sequential([*layers, Dense(10, activation="softmax")], seed=1)
    model.compile("sgd", "sparse_categorical_crossentropy", ["accuracy"])
    model.class_names = [f"thing {k}" for k in range(10)]
    return model


def table() -> Sequential:
    model = Sequential([Input((4,)), normalized(TABLE[0]), Dense(5, activation="relu"), Dense(1)], seed=1)
    model.compile("adam", "mse", ["mae"])
    return model


@pytest.mark.parametrize(
    ("make", "rows", "task", "bounded", "picture"),
    [
        (two_inputs, PLANE, "classes", True, None),
        (pictures, PICTURES, "classes", False, (28, 28)),
        (table, TABLE, "numbers", True, None),
    ],
)
@pytest.mark.parametrize("has", ["targets", "rows", "nothing"])
def test_any_model_can_be_opened(
    tmp_path: Path, make: Any, rows: Any, task: str, bounded: bool, picture: Any, has: str
) -> None:
    make().save(tmp_path / "model.safetensors")
    model = load_model(tmp_path / "model.safetensors")
    given = {"targets": rows, "rows": (rows[0], None), "nothing": None}[has]
    run = Run(model=model, rows=given)
    assert run.opened
    assert (run.settings.data, run.problem.task) == ("model", task)
    assert answers.picture_shape(run.model) == picture
    assert (run.problem.bounds is not None) == bounded
    shown = 0 if has == "nothing" else len(rows[0])
    assert len(run.problem.points) == len(run.problem.rows) == shown
    if bounded:
        assert run.model.predict(run.problem.plane(4), verbose=0).shape[0] == 16
    else:
        with pytest.raises(SettingsError, match="not possible"):
            run.problem.plane(4)
    figures = run.figures()
    assert (figures.train_loss is not None) == (has == "targets")
    low, high = run.problem.target_range
    assert low < high
    assert to_address(run.settings) == ""
    json.dumps(run.settings.to_json(), allow_nan=False)
    if has == "targets":
        run.epoch_step()
        assert run.epoch == 1
    else:
        with pytest.raises(SettingsError, match="expected rows with targets to learn from"):
            run.epoch_step()


def test_training_goes_on_and_back_and_leaves_the_users_own_model_alone() -> None:
    model = two_inputs()
    model.fit(*PLANE, epochs=2, verbose=0)
    before, step = model.state.params.copy(), model.state.step
    run = Run(model=model, rows=PLANE)
    assert run.model.state.step == step  # the memory of Adam is there
    run.epoch_step()
    run.epoch_step()
    two = run.model.state.params.copy()
    run.back()
    run.epoch_step()
    np.testing.assert_array_equal(run.model.state.params, two)
    run.rewind()
    np.testing.assert_array_equal(run.model.state.params, before)
    run.edit([(0, 0.5)])
    np.testing.assert_array_equal(model.state.params, before)


def test_only_rate_batches_and_axes_can_be_changed() -> None:
    run = Run(model=table(), rows=TABLE)
    run.change({"learning_rate": 0.5, "batch_size": 7})
    assert run.model.optimizer.learning_rate == 0.5
    run.epoch_step()
    run.batch_step()
    run.change({"batch_size": 3})
    assert run.batch == 2  # of seven rows, six are done
    run.rewind()
    assert run.model.optimizer.learning_rate == 0.5
    run.epoch_step()
    for changes in ({"layers": []}, {"data": "circle"}, {"learning_rate": 0.1, "features": ["x1"]}):
        before = run.settings
        with pytest.raises(SettingsError, match="not possible with a model that was opened"):
            run.change(changes)
        assert run.settings == before
    with pytest.raises(SettingsError, match="table: not possible"):
        run.open_table("t.csv", "a,b\n1,2\n3,4\n")


def test_other_axes_change_what_is_shown_and_nothing_of_the_run() -> None:
    run = Run(model=table(), rows=TABLE)
    run.epoch_step()
    run.batch_step()
    before = (run.generation, run.epoch, run.batch, run.step, run.can_go_back, run.altered, run.figures())
    params, targets, changed = run.model.state.params.copy(), run.problem.targets, run.changed
    run.change({"axes": ["x4", "x2"]})
    assert before == (run.generation, run.epoch, run.batch, run.step, run.can_go_back, run.altered, run.figures())
    assert run.changed > changed  # there is something to paint
    np.testing.assert_array_equal(run.model.state.params, params)
    np.testing.assert_array_equal(run.problem.targets, targets)
    np.testing.assert_array_equal(run.problem.points, run.problem.rows[:, [3, 1]])
    mean = TABLE[0].mean(axis=0)
    np.testing.assert_allclose(run.problem.inputs_at(np.array([[1.0, 9.0]])), [[mean[0], 9, mean[2], 1]], rtol=1e-5)


def test_a_model_that_is_not_compiled_is_shown_but_not_trained(tmp_path: Path) -> None:
    two_inputs().save(tmp_path / "model.safetensors")
    run = Run(model=load_model(tmp_path / "model.safetensors", compile=False), rows=PLANE)
    assert run.figures().train_loss is None
    assert run.figures().train_accuracy is not None
    for ask in (
        run.epoch_step,
        lambda: run.change({"learning_rate": 0.5}),
        lambda: description.sample(run, PLANE[0][0], np.array([1.0]), "lecture"),
        Run(model=run.model).epoch_step,
    ):
        with pytest.raises(SettingsError, match="expected a compiled model") as caught:
            ask()
        assert (caught.value.key, caught.value.arguments) == ("not_compiled", {})
    run.change({"axes": ["x2", "x1"]})


def test_answers_to_pictures() -> None:
    run = Run(model=pictures(), rows=PICTURES)
    answer = description.rows(run, 40)
    assert (answer["start"], answer["count"], answer["picture"], len(answer["rows"])) == (40, 45, (28, 28), 5)
    row = answer["rows"][2]
    assert (row["row"], row["target"]) == (42, PICTURES[1][42])
    assert row["values"] == PICTURES[0][42].ravel().tolist()
    expected = run.model.predict(PICTURES[0][42:43].astype("float32"), verbose=0)[0]
    assert row["outputs"] == pytest.approx(expected)
    assert row["prediction"] == expected.argmax()
    json.dumps(answer, allow_nan=False)
    assert description.rows(run, 45)["rows"] == []
    assert description.rows(Run(model=pictures()), 0)["count"] == 0


def test_answers_to_rows_of_numbers() -> None:
    run = Run(model=two_inputs(), rows=PLANE)
    row = description.rows(run, 0)["rows"][0]
    share = float(run.model.predict(PLANE[0][:1], verbose=0)[0, 0])
    assert row["values"] == pytest.approx(PLANE[0][0].tolist())
    assert row["outputs"] == pytest.approx([1 - share, share])
    run = Run(model=table(), rows=TABLE)
    row = description.rows(run, 0)["rows"][0]
    assert row["prediction"] == pytest.approx(float(run.model.predict(TABLE[0][:1], verbose=0)[0, 0]))
    assert row["target"] == pytest.approx(TABLE[1][0])


def test_targets_in_any_form() -> None:
    x, y = PICTURES
    expected = Run(model=pictures(), rows=(x, y)).problem.y_train
    for given in (np.eye(10)[y], y[:, None], [f"thing {k}" for k in y], y.astype(float)):
        np.testing.assert_array_equal(Run(model=pictures(), rows=(x, given)).problem.y_train, expected)
    flat = Run(model=pictures(), rows=(x.reshape(-1, 784), y))
    np.testing.assert_array_equal(flat.problem.x_train, Run(model=pictures(), rows=(x, y)).problem.x_train)


def test_rows_that_do_not_fit_are_told() -> None:
    x, y = PICTURES
    with pytest.raises(ShapeError, match=r"expected rows of shape \(28, 28\), as the model takes, got \(27, 28\)"):
        Run(model=pictures(), rows=(x[:, :27], y))
    with pytest.raises(ShapeError, match="expected a target for each of the 45 rows"):
        Run(model=pictures(), rows=(x, y[:3]))
    with pytest.raises(DataError, match="expected classes that the model knows"):
        Run(model=pictures(), rows=(x, y + 5))
    with pytest.raises(DataError, match="playground"):
        Run(model=table(), rows=(TABLE[0] * np.nan, TABLE[1]))


def test_without_rows_the_plane_is_where_the_model_was_trained() -> None:
    run = Run(model=table())
    mean, deviation = TABLE[0].mean(axis=0), TABLE[0].std(axis=0)
    low, high, *_ = run.problem.bounds or ()
    assert low < mean[0] - 2 * deviation[0] < mean[0] + 2 * deviation[0] < high
    assert Run(model=two_inputs()).problem.bounds == (-1.2, 1.2, -1.2, 1.2)


# --- What a model says -----------------------------------------------------------------------------

SHARES = RNG.uniform(0.0, 1.0, (30, 3))
SEVERAL = (RNG.uniform(size=(30, 3)) > 0.4).astype(float)
SEVERAL[0] = 1.0
ONE_HOT = np.eye(3)[RNG.integers(0, 3, 30)]
YES_OR_NO = RNG.integers(0, 2, 30)


@pytest.mark.parametrize(
    ("last", "loss", "y", "classes"),
    [
        ([Dense(3, activation="softmax")], "mse", ONE_HOT, 3),
        ([Dense(3), Softmax()], "categorical_crossentropy", None, 3),
        ([Dense(3)], SparseCategoricalCrossentropy(from_logits=True), YES_OR_NO, 3),
        ([Dense(3)], "mse", ONE_HOT, 3),
        ([Dense(3, activation="sigmoid")], "binary_crossentropy", ONE_HOT, 3),
        ([Dense(3, activation="sigmoid")], "mse", YES_OR_NO, 3),
        ([Dense(3, activation="sigmoid")], "binary_crossentropy", SEVERAL, 0),
        ([Dense(3, activation="sigmoid")], "binary_crossentropy", None, 0),
        ([Dense(3, activation="sigmoid")], "mse", SHARES, 0),
        ([Dense(1)], BinaryCrossentropy(from_logits=True), YES_OR_NO, 2),
        ([Dense(1, activation="sigmoid")], "mse", YES_OR_NO, 2),
        ([Dense(1), Activation("sigmoid")], "mse", YES_OR_NO, 2),
        ([Dense(1, activation="step")], "mse", YES_OR_NO, 2),
        ([Dense(1, activation="sigmoid")], "mse", None, 2),
        ([Dense(1, activation="sigmoid")], "mse", SHARES[:, 0], 0),
        ([Dense(1)], "mse", YES_OR_NO, 0),
    ],
)
def test_only_what_is_surely_a_classifier_is_taken_for_one(last: Any, loss: Any, y: Any, classes: int) -> None:
    model = Sequential([Input((2,)), *last], seed=1)
    model.compile("sgd", loss)
    run = Run(model=model, rows=(RNG.normal(size=(30, 2)), y))
    assert len(run.problem.classes) == classes
    assert run.problem.task == ("classes" if classes else "numbers")
    if y is not None:
        assert run.figures().train_loss is not None
        assert (run.figures().train_accuracy is None) == (classes == 0)


def test_a_model_of_several_numbers_learns_all_of_its_targets() -> None:
    x = np.clip(RNG.normal(0.5, 0.2, (30, 3)), 0, 1).astype("float32")
    model = Sequential([Input((3,)), Dense(2, activation="tanh"), Dense(3, activation="sigmoid")], seed=1)
    model.compile("sgd", "mse")
    run = Run(model=model, rows=(x, x))
    np.testing.assert_array_equal(run.problem.y_train, run.problem.x_train)
    assert run.figures().train_loss == pytest.approx(
        model.evaluate(run.problem.x_train, run.problem.x_train, verbose=0)
    )
    run.epoch_step()
    row = description.rows(run, 0)["rows"][0]
    assert row["target"] == x[0].tolist()
    assert row["prediction"] == row["outputs"] == pytest.approx(run.model.predict(x[:1], verbose=0)[0].tolist())
    points = description.problem(run.problem)["points"]
    assert [point[2] for point in points] == run.problem.rows[:, 0].tolist()
    told = description.sample(run, run.problem.rows[4], run.problem.targets[4:5], "lecture")
    assert told["target"] == pytest.approx(run.problem.rows[4].tolist())


def test_logits_are_told_and_sent_as_probabilities() -> None:
    model = Sequential([Input((2,)), Dense(1)], seed=1)
    model.compile("sgd", BinaryCrossentropy(from_logits=True))
    run = Run(model=model, rows=PLANE)
    assert description.setup(run)["network"]["logits"]
    assert not description.setup(Run())["network"]["logits"]
    probe = description.place(run, (0.3, -0.4))
    assert probe["outputs"] == pytest.approx(1 / (1 + np.exp(-probe["layers"][0])))
    logits = model.predict(run.problem.x_test, verbose=0)[:, 0]
    assert ((logits > 0) & (logits < 0.5)).any()  # those that a border of a half would get wrong
    assert run.figures().test_accuracy == ((logits > 0) == run.problem.y_test).mean()


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        ([Input((4, 2)), Dense(3)], r"got \('rows', 4, 3\)"),
        ([Input((4,)), ReLU()], "with a Dense layer, got ReLU"),
    ],
)
def test_a_model_that_cannot_be_shown_is_refused_in_one_sentence(layers: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=says) as caught:
        Run(model=Sequential(layers))
    assert "\n" not in str(caught.value)


def test_of_very_many_rows_some_are_measured() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(11_000, 2)).astype("float32")
    run = Run(model=two_inputs(), rows=(x, x[:, 0] > 0))
    assert description.setup(run)["problem"]["measured"] == (2000, 2000)
    figures = run.figures()
    assert np.sum(figures.confusion) == 4000
    expected = run.model.evaluate(run.problem.x_train[:2000], run.problem.y_train[:2000], verbose=0)[0]
    assert figures.train_loss == expected
    run.epoch_step()
    assert run.step == 275  # all are learnt
    few = Run(model=two_inputs(), rows=(x[:3000], x[:3000, 0] > 0))
    assert few.problem.measured == (2000, 600)
    assert Run(model=two_inputs(), rows=PLANE).problem.measured is None


@pytest.mark.parametrize("rows", [None, (SHARES[:, :1] * np.ones(64), None), (SHARES[:, :1] * np.ones(64),) * 2])
def test_an_autoencoder_of_pictures_can_be_opened(rows: Any) -> None:
    model = Sequential([Input((64,)), Dense(4, activation="relu"), Dense(64, activation="sigmoid")], seed=1)
    model.compile("sgd", "binary_crossentropy")
    run = Run(model=model, rows=rows)
    assert run.problem.task == "numbers"
    assert (run.figures().train_loss is None) == (rows is None or rows[1] is None)
    low, high = run.problem.target_range
    assert low < high
    json.dumps(as_json(description.setup(run)), allow_nan=False)


def test_inputs_have_the_names_of_their_columns_and_rest_at_their_mean_off_the_axes() -> None:
    names = ["height", "width", "weight", "age"]
    told = description.setup(Run(model=table(), rows=TABLE, inputs=names))
    assert told["problem"]["inputs"] == told["network"]["inputs"] == names
    assert told["problem"]["axes"] == ["height", "width"]
    assert told["problem"]["rest"] == pytest.approx(TABLE[0].mean(axis=0))
    assert description.setup(Run(model=table(), rows=TABLE, inputs=["too few"]))["problem"]["inputs"][0] == "x1"


@pytest.mark.parametrize(("features", "rest"), [(["x2"], [0.0]), (["x1", "x2"], [0.0, 0.0]), (["x1", "x1^2"], None)])
def test_an_input_made_of_the_axes_does_not_rest(features: list[str], rest: list[float] | None) -> None:
    run = Run()
    run.change({"features": features})
    assert description.setup(run)["problem"]["rest"] == rest


def test_the_page_is_told_what_a_model_learns_by_and_what_keeps_it_from_learning() -> None:
    told = description.setup(Run(model=two_inputs(), rows=PLANE))
    assert (told["obstacle"], told["table"]) == (None, None)
    assert told["compiled"] == {"optimizer": "adam", "loss": "binary_crossentropy"}
    assert sum(told["problem"]["rows"]) == len(PLANE[0])
    assert description.setup(Run(model=two_inputs()))["obstacle"] == {"key": "no_target", "arguments": {}}
    model = Sequential([Input((2,)), Dense(1)], seed=1)
    told = description.setup(Run(model=model, rows=PLANE))
    assert told["compiled"] is None
    assert told["obstacle"] == {"key": "not_compiled", "arguments": {}}
