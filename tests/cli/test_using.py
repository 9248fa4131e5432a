"""``rosenblatt evaluate``, ``predict`` and ``show``."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.cli.conftest import Command, flowers, write_csv

import rosenblatt
from rosenblatt import Sequential, load_model
from rosenblatt.datasets import fashion_mnist
from rosenblatt.layers import Dense, Dropout, Flatten, Input, Softmax
from rosenblatt.losses import CustomLoss, SparseCategoricalCrossentropy


def test_evaluate_measures_the_test_part(command: Command, pictures_model: Path) -> None:
    result = command(f"evaluate {pictures_model}")
    model = load_model(pictures_model)
    _, (x, y) = fashion_mnist.load_sample()
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert result.out == f"rows      1,000\nloss      {loss:.4f}\naccuracy  {accuracy:.4f}\n"
    assert result.err == "Data: the test part of fashion-mnist-sample, 1,000 rows\n"


def test_evaluate_knows_classes_by_their_names_in_any_order(command: Command) -> None:
    flowers()
    command("train flowers.csv --target species --epochs 20 --lr 0.01 --save a.safetensors")
    rows = list(csv.reader(Path("flowers.csv").read_text(encoding="utf-8").splitlines()))
    write_csv("tulips.csv", ",".join(rows[0]), [row for row in rows if row[2] == "tulip"])
    result = command("evaluate a.safetensors tulips.csv --target species --json")
    model = load_model("a.safetensors")
    x = np.array([row[:2] for row in rows if row[2] == "tulip"], float)
    assert result.json["rows"] == 30
    assert result.json["accuracy"] == np.mean(model.predict(x).argmax(axis=1) == 2)
    assert "If the model was trained on some of them, the figures flatter it." in result.err


def test_columns_are_found_by_their_names_in_any_order(command: Command) -> None:
    flowers()
    command("train flowers.csv --target species --epochs 20 --save a.safetensors")
    straight = command("predict a.safetensors flowers.csv --json").json  # the answers in it are left out
    rows = list(csv.DictReader(Path("flowers.csv").read_text(encoding="utf-8").splitlines()))
    write_csv("moved.csv", "number,petal,stem", [(k, row["petal"], row["stem"]) for k, row in enumerate(rows)])
    result = command("predict a.safetensors moved.csv --json")
    assert [each["classes"] for each in result.json] == [each["classes"] for each in straight]
    assert result.err == "moved.csv: columns that the model does not read are left out: number\n"
    write_csv("fewer.csv", "number,petal", [(1, 2)])
    complaint = command("predict a.safetensors fewer.csv").err
    assert "expected the columns that the model has learnt from, got none named stem. Columns: number" in complaint


@pytest.mark.parametrize("suffix", [".safetensors", ".keras"])
def test_a_file_knows_its_table(command: Command, suffix: str) -> None:
    flowers()
    command(f"train flowers.csv --target species --epochs 2 --save a{suffix}")
    model = load_model(f"a{suffix}")
    assert (model.feature_names, model.target_name, model.data_name) == (["stem", "petal"], "species", "flowers.csv")
    named = command(f"evaluate a{suffix} flowers.csv --target species --json").json
    assert command(f"evaluate a{suffix} --json").json == named
    write_csv("unanswered.csv", "stem,petal", [(1, 2)])
    unanswered = command(f"evaluate a{suffix} unanswered.csv")
    assert (unanswered.code, unanswered.out) == (3, "")
    assert "expected the column 'species', which the model has learnt, got none. Columns: stem, petal" in unanswered.err
    complaint = command(f"evaluate a{suffix} flowers.csv --target stem").err
    assert "expected a column that the model does not read, got 'stem'." in complaint


def test_pixels_in_columns_fit_a_model_of_pictures(command: Command, pictures_model: Path) -> None:
    _, (x, y) = fashion_mnist.load_sample()
    header = ",".join(["label", *(f"pixel{k}" for k in range(784))])
    write_csv("pixels.csv", header, np.column_stack([y[:20], x[:20].reshape(20, 784)]))
    result = command(f"evaluate {pictures_model} pixels.csv --target label --json")
    model = load_model(pictures_model)
    assert result.json["accuracy"] == pytest.approx(np.mean(model.predict(x[:20]).argmax(axis=1) == y[:20]))
    assert "taken for the numbers of the model's classes" in result.err


def test_predict_gives_a_row_of_csv_for_every_row(command: Command, pictures_model: Path) -> None:
    _, (x, _) = fashion_mnist.load_sample()
    np.savez("a.npz", x=x[:5])
    result = command(f"predict {pictures_model} a.npz --top 2")
    outputs = load_model(pictures_model).predict(x[:5])
    rows = list(csv.DictReader(result.out.splitlines()))
    assert result.err == ""
    assert [row["row"] for row in rows] == ["0", "1", "2", "3", "4"]
    assert list(rows[0]) == ["input", "row", "class", "probability", "class_2", "probability_2"]
    names = np.array(fashion_mnist.class_names())
    assert [row["class"] for row in rows] == names[outputs.argmax(axis=1)].tolist()
    assert [row["probability"] for row in rows] == [f"{p:.4f}" for p in outputs.max(axis=1)]


def test_predict_gives_json_with_all_digits(command: Command, pictures_model: Path) -> None:
    _, (x, _) = fashion_mnist.load_sample()
    np.savez("a.npz", x=x[:2])
    answers = command(f"predict {pictures_model} a.npz --top 99 --json").json
    outputs = load_model(pictures_model).predict(x[:2])
    assert [answer["row"] for answer in answers] == [0, 1]
    assert [c["probability"] for c in answers[0]["classes"]] == sorted(outputs[0].tolist(), reverse=True)


def test_predict_says_what_is_on_pictures_and_what_it_did_to_them(command: Command, pictures_model: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    _, (x, _) = fashion_mnist.load_sample()
    trousers = x[np.flatnonzero(load_model(pictures_model).predict(x).argmax(axis=1) == 1)[0]]
    image.fromarray(trousers).save("same.png")
    image.fromarray(255 - trousers).resize((140, 140)).convert("RGB").save("photo.jpg")
    result = command(f"predict {pictures_model} same.png photo.jpg --language ko")
    header, same, photo = (line.split(",") for line in result.out.splitlines())
    assert header[:4] == ["input", "row", "class", "probability"]
    assert len(header) == 8  # the three most probable
    assert same[:3] == ["same.png", "", "바지"]
    assert photo[:3] == ["photo.jpg", "", "바지"]
    assert result.err == (
        "photo.jpg: made grey, inverted (its background is light; --no-invert leaves it), "
        "cut out and resized from 140 x 140 to 28 x 28\n"
    )
    told = command(f"predict {pictures_model} same.png --top 1 --json").json
    assert told[0]["input"] == "same.png"
    assert told[0]["classes"][0]["class"] == "Trouser"
    assert "inverted (as asked)" in command(f"predict {pictures_model} same.png --invert").err
    assert "inverted" not in command(f"predict {pictures_model} photo.jpg --no-invert").err


def test_pictures_are_given_to_a_model_in_its_own_range(command: Command) -> None:
    image = pytest.importorskip("PIL.Image")
    command("train digits --layers 8 --epochs 1 --save digits.safetensors")
    pixels = np.zeros((8, 8), np.uint8)
    pixels[1:7, 3:5] = 255
    image.fromarray(pixels).save("one.png")
    result = command("predict digits.safetensors one.png --json --top 10")
    assert "scaled to values from 0 to 16" in result.err
    expected = load_model("digits.safetensors").predict(pixels[None] * (16 / 255))[0]
    assert result.json[0]["classes"][0]["probability"] == pytest.approx(float(expected.max()), rel=1e-6)


def test_a_model_with_one_sigmoid_unit_tells_two_classes_apart(command: Command) -> None:
    model = Sequential(Dense(1, "sigmoid", input_shape=(2,)), seed=1)
    model.class_names = ["no", "yes"]
    model.save("own.safetensors")
    np.savez("a.npz", x=np.array([[3.0, 1.0], [-3.0, -1.0]]))
    yes = model.predict(np.array([[3.0, 1.0], [-3.0, -1.0]]))[:, 0]
    answers = command("predict own.safetensors a.npz --json --top 2").json
    for answer, share in zip(answers, yes, strict=True):
        probabilities = {c["class"]: c["probability"] for c in answer["classes"]}
        assert probabilities["yes"] == pytest.approx(float(share))
        assert probabilities["no"] == pytest.approx(1 - float(share), abs=1e-6)


TWO_ROWS = np.array([[1.0, 2.0], [-3.0, 0.5]])


@pytest.mark.parametrize(
    "last",
    [
        [Dense(3, "softmax")],
        [Dense(3), Softmax()],
        [Dense(3, "softmax"), Dropout(0.5)],
        [Dense(3)],  # logits, as they have names
    ],
)
def test_the_loss_that_a_file_lacks_follows_from_what_its_outputs_stand_for(command: Command, last: list[Any]) -> None:
    model = Sequential([Input((2,)), *(layer.copy() for layer in last)], seed=1)
    model.class_names = ["lily", "rose", "tulip"]
    model.save("own.safetensors")
    flowers()
    result = command("evaluate own.safetensors flowers.csv --target species")
    assert "sparse_categorical_crossentropy is measured" in result.err
    rows = list(csv.reader(Path("flowers.csv").read_text(encoding="utf-8").splitlines()))[1:]
    said = model.predict(np.array([row[:2] for row in rows], float)).argmax(axis=1)
    right = np.mean([model.class_names[k] == row[2] for k, row in zip(said, rows, strict=True)])
    assert f"accuracy  {right:.4f}" in result.out


def test_a_class_for_each_place_of_a_row_is_measured(command: Command) -> None:
    model = Sequential([Dense(3, "softmax", input_shape=(2, 4))], seed=1)
    model.save("own.safetensors")
    x = np.random.default_rng(0).normal(size=(6, 2, 4)).astype("float32")
    np.savez("a.npz", x=x, y=model.predict(x, verbose=0).argmax(axis=-1))
    assert command("evaluate own.safetensors a.npz --json").json["accuracy"] == 1.0


def test_a_logit_is_measured_against_zero(command: Command) -> None:
    model = Sequential([Dense(1, input_shape=(2,))])
    model.set_weights([np.array([[1.0], [0.0]]), np.array([0.0])])
    model.class_names = ["no", "yes"]
    model.save("own.safetensors")
    np.savez("a.npz", x=np.array([[0.25, 0.0], [-0.25, 0.0]]), y=np.array([1, 0]))
    result = command("evaluate own.safetensors a.npz --json")
    assert result.json["accuracy"] == 1.0
    assert result.json["loss"] == pytest.approx(np.log1p(np.exp(-0.25)))
    assert "binary_crossentropy is measured" in result.err


@pytest.mark.parametrize(
    ("loss", "names"),
    [
        (SparseCategoricalCrossentropy(from_logits=True), None),
        (SparseCategoricalCrossentropy(from_logits=True), ["a", "b", "c"]),
        (None, ["a", "b", "c"]),
        (CustomLoss(lambda y_true, y_pred: (y_pred, y_pred)), ["a", "b", "c"]),
    ],
    ids=["a loss", "a loss and names", "names", "names, and a loss that nobody has here"],
)
def test_logits_are_told_as_probabilities(command: Command, loss: Any, names: list[str] | None) -> None:
    model = Sequential([Dense(3, input_shape=(2,))], seed=1)
    if loss is not None:
        model.compile("sgd", loss)
    model.class_names = names
    model.save("own.safetensors")
    np.savez("a.npz", x=TWO_ROWS)
    logits = model.predict(TWO_ROWS)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    told = command("predict own.safetensors a.npz --top 3 --json").json
    for answer, shares in zip(told, expected, strict=True):
        order = np.argsort(-shares)
        assert [c["class"] for c in answer["classes"]] == [(names or ["0", "1", "2"])[k] for k in order]
        assert [c["probability"] for c in answer["classes"]] == pytest.approx(shares[order].tolist(), rel=1e-5)


def test_several_questions_are_answered_one_by_one(command: Command) -> None:
    model = Sequential([Dense(3, "sigmoid", input_shape=(2,))], seed=1)
    model.save("own.safetensors")
    np.savez("a.npz", x=TWO_ROWS)
    told = command("predict own.safetensors a.npz --json").json
    assert told[1]["prediction"] == pytest.approx(model.predict(TWO_ROWS)[1].tolist())


def test_a_row_is_a_picture_from_eight_by_eight_pixels_on(command: Command) -> None:
    image = pytest.importorskip("PIL.Image")
    image.fromarray(np.eye(6, dtype=np.uint8) * 255).save("six.png")
    Sequential([Dense(2, "softmax", input_shape=(36,))]).save("flat.safetensors")
    Sequential([Flatten(input_shape=(6, 6)), Dense(2, "softmax")]).save("square.safetensors")
    refused = command("predict flat.safetensors six.png")
    assert refused.code == 3
    assert "takes rows of shape (36,). Pictures that are not square, or below 8 x 8 pixels, need" in refused.complaint
    assert command("predict square.safetensors six.png").code == 0


def test_names_that_no_data_set_has_are_left_as_they_are(command: Command) -> None:
    flowers()
    command("train flowers.csv --target species --epochs 1 --save a.safetensors")
    result = command("predict a.safetensors flowers.csv --target species --lang ko")
    assert result.err == "The model's classes have names of their own; they are left as they are.\n"
    assert len(result.out.splitlines()) == 91


def test_evaluate_measures_on_the_data_that_the_model_was_trained_on(command: Command, tmp_path: Path) -> None:
    assert command("train digits --epochs 1 --save digits.safetensors").code == 0
    by_default = command("evaluate digits.safetensors --json")
    assert by_default.json["data"] == "digits"
    assert by_default.json == command("evaluate digits.safetensors digits --json").json


def test_show_tells_what_a_model_file_holds(command: Command, pictures_model: Path) -> None:
    result = command(f"show {pictures_model}")
    assert (result.code, result.err) == (0, "")
    for wanted in (
        "flatten (Flatten)",
        "Total params: 12,730",
        "optimizer      Adam()",
        "learning rate  0.001",
        "loss           SparseCategoricalCrossentropy",
        "updates        150",
        "T-shirt/top, Trouser, Pullover",
        "epoch  accuracy",
        f"written with rosenblatt  {rosenblatt.__version__}",
        f"read with rosenblatt     {rosenblatt.__version__}",
    ):
        assert wanted in result.out
    told = command(f"show {pictures_model} --json").json
    assert told["parameters"] == 12730
    assert told["class_names"] == fashion_mnist.class_names()
    assert len(told["history"]["val_loss"]) == 1
    assert told["training"]["optimizer"]["class_name"] == "Adam"


def test_show_tells_of_a_model_that_was_never_trained(command: Command) -> None:
    Sequential(Dense(3, input_shape=(2,))).save("new.safetensors")
    out = command("show new.safetensors").out
    assert "not trained yet" in out
    assert "no names in the file" in out


def test_long_histories_are_shortened(command: Command) -> None:
    command("train xor --layers 2 --epochs 50 --save a.safetensors")
    out = command("show a.safetensors").out
    assert "20 of 50 epochs are listed." in out
    assert re.search(r"^ +50  ", out, re.MULTILINE)
