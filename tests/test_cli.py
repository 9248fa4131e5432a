"""The command line: what each command prints where, and how each thing that can go wrong is told."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import rosenblatt
from rosenblatt import Sequential, files, load_model
from rosenblatt.cli import building, main, sources
from rosenblatt.datasets import fashion_mnist
from rosenblatt.datasets import sources as full
from rosenblatt.errors import ArgumentError
from rosenblatt.ladder import table as ladder_table
from rosenblatt.layers import Dense, Dropout, Flatten, Input, Softmax
from rosenblatt.losses import CustomLoss, SparseCategoricalCrossentropy
from rosenblatt.utils import train_test_split


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """What was said on standard error besides how it goes."""
        progress = ("Data: ", "Target: ", "Network: ", "Training: ", "Epoch ")
        return "\n".join(line for line in self.err.splitlines() if not line.startswith(progress))

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Result]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Carry out a command line in an empty folder, within this process."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        words = arguments[0].split() if len(arguments) == 1 else arguments  # type: ignore[attr-defined]
        code = main([str(word) for word in words])
        return Result(code, *capsys.readouterr())

    return run


def write_csv(path: str, header: str, rows: Any) -> None:
    Path(path).write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")


def flowers(path: str = "flowers.csv") -> None:
    """Two columns of numbers from which the species follows."""
    rows = [(k % 10, (k % 3) * 10 + k % 7, ("tulip", "rose", "lily")[k % 3]) for k in range(90)]
    write_csv(path, "stem,petal,species", rows)


@pytest.fixture
def pictures_model(command: Command) -> Path:
    """A small network for the pictures of clothing, trained for an epoch."""
    assert command("train --layers 16 --epochs 1 --save clothes.safetensors").code == 0
    return Path("clothes.safetensors")


# --- train ---------------------------------------------------------------------------------------


def test_train_prints_results_on_standard_output_and_progress_on_standard_error(command: Command) -> None:
    result = command("train --layers 8:relu --epochs 2")
    assert result.code == 0
    assert re.search(r"^Validation accuracy  0\.\d{4}$", result.out, re.MULTILINE)
    assert re.search(r"^Time                 .* s for 2 epochs$", result.out, re.MULTILINE)
    assert re.search(r"^Parameters           6,370$", result.out, re.MULTILINE)
    assert "What to try next" in result.out
    assert "--save model.safetensors" in result.out
    assert "Epoch" not in result.out
    lines = result.err.splitlines()
    assert lines[0] == "Data: fashion-mnist-sample, 4,800 rows to learn from, 1,200 held out for validation"
    assert lines[1].startswith("Target: 10 classes (T-shirt/top, Trouser, ")
    assert lines[2] == "Network: 28x28 - 8 relu - 10 softmax; 6,370 parameters"
    assert lines[3] == "Training: Adam, learning rate 0.001, batch size 32, seed 42"
    assert [line.split(" - ")[0] for line in lines[4:]] == ["Epoch 1/2", "Epoch 2/2"]


def test_the_lectures_run_is_plain_sgd_on_a_stratified_split(command: Command) -> None:
    result = command("train --layers 100:sigmoid --optimizer sgd --epochs 1 --json --save sgd.safetensors")
    assert result.json["optimizer"] == "SGD()"
    assert (result.json["learning_rate"], result.json["batch_size"]) == (0.01, 32)
    assert (result.json["training_rows"], result.json["validation_rows"]) == (4800, 1200)

    (x, y), _ = fashion_mnist.load_sample()
    x_train, _, y_train, _ = train_test_split(x, y, test_size=0.2, random_state=42, stratify=y)
    by_hand = Sequential(
        [
            rosenblatt.Input((28, 28)),
            rosenblatt.layers.Flatten(),
            rosenblatt.layers.Rescaling(1 / 255),
            Dense(100, "sigmoid"),
            Dense(10, "softmax"),
        ],
        seed=42,
    )
    by_hand.compile("sgd", "sparse_categorical_crossentropy")
    by_hand.fit(x_train, y_train, batch_size=32, epochs=1, verbose=0)
    saved = load_model("sgd.safetensors")
    for ours, theirs in zip(saved.get_weights(), by_hand.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert saved.class_names == fashion_mnist.class_names()


def test_the_same_command_gives_the_same_figures_and_another_seed_others(command: Command) -> None:
    first, again, other = (
        command(f"train moons --epochs 2 --layers 4 --json --seed {seed}").json["history"] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_json_is_one_document_with_everything(command: Command) -> None:
    result = command("train xor --layers 6:tanh --epochs 3 --lr 0.01 --json --save a.safetensors --plot a.png")
    told = result.json
    assert told["data"] == "xor"
    assert told["task"] == "classification"
    assert told["class_names"] == ["0", "1"]
    assert told["layers"] == ["Normalization()", "Dense(6, activation='tanh')", "Dense(2, activation='softmax')"]
    assert told["epochs"] == len(told["history"]["val_loss"]) == 3
    assert told["validation"]["accuracy"] == told["history"]["val_accuracy"][-1]
    assert told["learning_rate"] == 0.01
    assert (told["saved"], told["plot"]) == ("a.safetensors", "a.png")
    assert "Epoch 3/3" in result.err


def test_labels_of_text_become_named_classes(command: Command) -> None:
    flowers()
    result = command("train flowers.csv --target species --epochs 30 --lr 0.01 --save a.safetensors --json")
    assert result.json["class_names"] == ["lily", "rose", "tulip"]
    assert result.json["validation"]["accuracy"] > 0.9
    assert "Target: 3 classes (lily, rose, tulip)\n" in result.err
    assert load_model("a.safetensors").class_names == ["lily", "rose", "tulip"]


def test_few_whole_numbers_are_classes_unless_asked_otherwise(command: Command) -> None:
    write_csv("wine.csv", "acid;sugar;quality", [(f"{k};{k % 5};{3 + k % 4}",) for k in range(60)])
    result = command("train wine.csv --target quality --epochs 1 --json")
    assert result.json["class_names"] == ["3", "4", "5", "6"]
    assert "--task regression takes them for amounts" in result.err
    result = command("train wine.csv --target quality --epochs 1 --json --task regression")
    assert result.json["task"] == "regression"
    assert set(result.json["validation"]) == {"loss", "mae"}


def test_large_amounts_are_learnt_in_their_own_units(command: Command) -> None:
    write_csv("price.csv", "size,price", [(k % 50, 200_000.5 + 3000 * (k % 50)) for k in range(200)])
    result = command("train price.csv --target price --layers 32 --epochs 60 --lr 0.01 --save p.safetensors --json")
    assert result.json["task"] == "regression"
    assert result.json["layers"][-2] == "Dense(1)"
    assert result.json["validation"]["mae"] < 5000
    out = command("predict p.safetensors price.csv --target price").out.splitlines()
    assert out[0] == "input,row,prediction"
    assert abs(float(out[1].split(",")[2]) - 200_000) < 15_000


def test_arrays_with_a_test_part_keep_it_for_the_end(command: Command) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 255, (60, 4, 4)).astype(np.uint8)
    y = (x[:, 0, 0] > 127).astype(np.int64)
    np.savez("a.npz", x_train=x[:50], y_train=y[:50], x_test=x[50:], y_test=y[50:])
    result = command("train a.npz --epochs 1 --save a.safetensors")
    assert "Data: a.npz, 40 rows to learn from, 10 held out" in result.err
    assert "rosenblatt evaluate a.safetensors a.npz: 10 test rows, never seen in training" in result.out
    assert "rosenblatt predict a.safetensors PICTURE.png" in result.out
    assert load_model("a.safetensors").layers[1].get_config()["scale"] == 1 / 255
    assert command("evaluate a.safetensors a.npz --json").json["rows"] == 10


def test_one_hot_targets_and_several_outputs_are_understood(command: Command) -> None:
    rng = np.random.default_rng(0)
    np.savez("hot.npz", x=rng.normal(size=(60, 3)), y=np.eye(3)[np.arange(60) % 3])
    np.savez("two.npz", x=rng.normal(size=(60, 3)), y=rng.normal(size=(60, 2)))
    assert command("train hot.npz --epochs 1 --json").json["class_names"] == ["0", "1", "2"]
    assert command("train two.npz --epochs 1 --json --save two.safetensors").json["layers"][-2] == "Dense(2)"
    assert command("predict two.safetensors two.npz").out.startswith("input,row,prediction_1,prediction_2\n")


def test_a_column_of_one_value_does_not_explode_when_it_changes(command: Command) -> None:
    np.savez("a.npz", x=np.column_stack([np.arange(40.0), np.ones(40)]), y=np.arange(40) % 2)
    command("train a.npz --epochs 1 --save a.safetensors")
    model = load_model("a.safetensors")
    assert np.abs(model.layers[0].variance - [133.25, 1]).max() < 40
    assert np.isfinite(model.predict(np.array([[3.0, 2.0]]))).all()


def test_tables_are_scaled_by_the_training_rows_alone(command: Command) -> None:
    x, y = np.random.default_rng(1).normal(5, 3, (50, 2)), np.arange(50) % 2
    np.savez("a.npz", x=x, y=y)
    command("train a.npz --epochs 1 --save a.safetensors")
    x_train, *_ = train_test_split(x, y, test_size=0.2, random_state=42, stratify=y)
    np.testing.assert_allclose(load_model("a.safetensors").layers[0].mean, x_train.mean(axis=0), rtol=1e-6)


def test_early_stopping_keeps_the_best_epoch(command: Command) -> None:
    line = "train moons --layers 64 --lr 0.1 --epochs 200 --early-stopping 2 --save a.safetensors --seed 3"
    result = command(line)
    history = load_model("a.safetensors").history.history["val_loss"]
    assert len(history) < 200
    best = int(np.argmin(history))
    assert f"Weights              those of epoch {best + 1}, the best of {len(history)}" in result.out
    assert command(f"{line} --json").json["validation"]["loss"] == pytest.approx(history[best])


def test_training_without_validation(command: Command) -> None:
    result = command("train xor --validation 0 --epochs 1 --layers 4")
    assert "Data: xor, 200 rows to learn from\n" in result.err
    assert "Validation" not in result.out
    assert "Training accuracy" in result.out


def test_small_data_are_trained_longer(command: Command) -> None:
    assert command("train blobs --layers 2 --json").json["epochs"] == 100


def test_the_plot_is_drawn_and_folders_are_made(command: Command) -> None:
    result = command("train xor --epochs 2 --layers 2 --save new/a.safetensors --plot new/deep/a.png")
    assert (result.code, result.complaint) == (
        0,
        f"--save: made the folder new\n--plot: made the folder {Path('new/deep')}",
    )
    assert Path("new/deep/a.png").read_bytes().startswith(b"\x89PNG")
    assert Path("new/a.safetensors").is_file()
    assert not command("train xor --epochs 1 --layers 2 --save new/a.safetensors").complaint


def hints(result: Result) -> list[str]:
    assert result.code == 0
    return [line.strip() for line in result.out.partition("What to try next\n")[2].splitlines()]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (
            "train --lr 1000 --optimizer sgd --epochs 2 --save a.safetensors",
            r"--lr 100: the training loss is [\d,.]+, that of guessing 2\.3026, so .* 1000 is likely too large",
        ),
        (
            "train rising.npz --optimizer sgd --lr 1 --epochs 4 --layers none --batch-size 100",
            r"--lr 0\.1: the training loss rose from [\d,.]+ to [\d,.]+, so the learning rate 1 is likely too large",
        ),
        ("train --lr 1 --epochs 2 --layers 20", r"--lr 0\.1: the validation accuracy is that of guessing, so .*"),
    ],
)
def test_steps_that_were_too_large_are_the_only_hint(command: Command, line: str, hint: str) -> None:
    x = np.random.default_rng(1).normal(size=(100, 3))
    np.savez("rising.npz", x=x, y=x.sum(axis=1) + 0.5)
    told = hints(command(line))
    assert len(told) == 1
    assert re.fullmatch(hint, told[0])


@pytest.mark.parametrize(
    "line",
    [
        "train --epochs 1 --layers 20",
        "train xor --layers none --epochs 3",  # as good as guessing, but not for its steps
        "train --layers none --lr 1e-9 --epochs 1",
    ],
)
def test_other_results_have_no_hint_of_steps_too_large(command: Command, line: str) -> None:
    told = hints(command(line))
    assert not any("--lr" in hint for hint in told)
    assert told[-1].startswith("--save model.safetensors")


@pytest.mark.parametrize(
    ("called", "found", "typed"),
    [
        (".venv/bin/rosenblatt", None, ".venv/bin/rosenblatt"),
        (".venv/bin/rosenblatt", "/usr/bin/rosenblatt", ".venv/bin/rosenblatt"),
        (".venv/bin/rosenblatt", ".venv/bin/rosenblatt", "rosenblatt"),
        ("my files/rosenblatt", None, '"my files/rosenblatt"'),
        ("/lib/rosenblatt/__main__.py", None, "python3 -m rosenblatt"),
        ("/bin/pytest", None, "rosenblatt"),
    ],
)
def test_hints_name_the_program_as_it_can_be_called(
    command: Command, monkeypatch: pytest.MonkeyPatch, called: str, found: str | None, typed: str
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr(sys, "orig_argv", ["python3"])
    monkeypatch.setattr("shutil.which", lambda _: found)
    told = hints(command("train --epochs 1 --layers 4 --save a.safetensors"))
    assert told[-3].startswith(f"{typed} evaluate a.safetensors: ")
    assert told[-2] == f"{typed} show a.safetensors"
    assert told[-1].startswith(f"{typed} predict a.safetensors ")
    assert command("nosuch").complaint.endswith(f"See '{typed} --help'.")


@pytest.mark.parametrize(
    ("texts", "layers"),
    [
        (["100:sigmoid"], "[Dense(100, activation='sigmoid')]"),
        (["64"], "[Dense(64, activation='relu')]"),
        (
            ["512:relu,dropout:0.2", "32:TANH"],
            "[Dense(512, activation='relu'), Dropout(0.2), Dense(32, activation='tanh')]",
        ),
        (["noise:0.1, 8:elu , batchnorm"], "[GaussianNoise(0.1), Dense(8, activation='elu'), BatchNormalization()]"),
        (["layernorm"], "[LayerNormalization()]"),
        (["none"], "[]"),
    ],
)
def test_layers_are_read(texts: list[str], layers: str) -> None:
    assert repr(building.hidden_layers(texts)) == layers


@pytest.mark.parametrize(
    "word", ["", "relu", "100;relu", "-5:relu", "1.5", "batchnorm:1", "8:relu,,4", "none,8", "²:relu"]
)
def test_layers_that_make_no_sense_are_told(word: str) -> None:
    with pytest.raises(ArgumentError, match="--layers: expected UNITS:ACTIVATION such as 100:relu"):
        building.hidden_layers([word])


# --- evaluate and predict ------------------------------------------------------------------------


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
    complaint = command(f"evaluate a{suffix} flowers.csv --target stem").err
    assert "expected a column that the model does not read, got 'stem', which it does" in complaint


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


# --- show, ladder, datasets, help ----------------------------------------------------------------


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


# --- convert --------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".keras", ".onnx", ".c", ".js", ".py"])
def test_a_model_s_file_becomes_one_of_another_format(command: Command, pictures_model: Path, suffix: str) -> None:
    result = command(f"convert {pictures_model} new{suffix}")
    assert result.code == 0
    size = Path(f"new{suffix}").stat().st_size
    assert result.out == f"new{suffix}: {size:,} bytes\n"
    only_answers = f"new{suffix} answers; optimizer, loss and history stay in {pictures_model}.\n"
    assert result.err == ("" if suffix == ".keras" else only_answers)


@pytest.mark.parametrize("suffix", [".keras", ".onnx"])
def test_other_programs_files_are_shown_used_and_converted_back(
    command: Command, pictures_model: Path, suffix: str
) -> None:
    command(f"convert {pictures_model} there{suffix}")
    shown = command(f"show there{suffix}").out
    assert "12,730" in shown
    assert "T-shirt/top, Trouser, Pullover" in shown
    assert f"file format           {suffix}\n" in shown
    command(f"convert there{suffix} back.safetensors")
    rows = fashion_mnist.load_sample()[1][0][:20]
    np.testing.assert_allclose(
        load_model("back.safetensors").predict(rows, verbose=0),
        load_model(pictures_model).predict(rows, verbose=0),
        rtol=1e-5,
    )


def test_a_keras_file_is_evaluated_as_its_own(command: Command, pictures_model: Path) -> None:
    command(f"convert {pictures_model} there.keras")
    assert command("evaluate there.keras").out == command(f"evaluate {pictures_model}").out


def test_a_file_without_a_loss_is_measured_as_its_last_layer_suggests(command: Command, pictures_model: Path) -> None:
    command(f"convert {pictures_model} there.onnx")
    result = command("evaluate there.onnx fashion-mnist-sample")
    assert result.out == command(f"evaluate {pictures_model}").out
    assert "there.onnx has no loss in it; as its last layer suggests, sparse_categorical_crossentropy" in result.err
    asked = command("evaluate there.onnx")
    assert (asked.code, asked.out) == (2, "")
    assert "DATA: expected rows to measure there.onnx on, got none" in asked.complaint
    assert "not in the file" in command("show there.onnx").out


def test_labels_for_a_model_without_names_are_told(command: Command) -> None:
    flowers()
    Sequential(Dense(3, activation="softmax", input_shape=(2,))).save("bare.safetensors")
    result = command("evaluate bare.safetensors flowers.csv --target species")
    assert result.code == 3
    assert "the model's file has no names of classes, got labels such as" in result.complaint


def test_eight_bits_tell_their_cost(command: Command, pictures_model: Path) -> None:
    result = command(f"convert {pictures_model} small.py --int8 --data fashion-mnist-sample")
    assert result.code == 0
    accuracy = command(f"evaluate {pictures_model} --json").json["accuracy"]
    assert re.search(
        rf"bytes; 1000 rows: largest change of an output 0\.\d+, same class for 9\d\.\d+%, "
        rf"accuracy {accuracy:.4f} before, 0\.\d+ after$",
        result.out.strip(),
    )


@pytest.mark.parametrize(
    ("line", "code", "complaint"),
    [
        ("convert clothes.safetensors a.txt", 2, "TO: expected a path that ends in .safetensors or .keras or .onnx or"),
        (
            "convert clothes.safetensors a.keras --int8",
            2,
            "--int8 is for programs (.c, .js, .py), not for .keras files",
        ),
        ("convert clothes.safetensors a.onnx --int8", 2, "expected no quantize for a .onnx file"),
        ("convert clothes.safetensors a.c --data xor", 2, "--data measures what --int8 costs, but there is no --int8"),
        ("convert nothing.keras a.c", 3, "expected a model file, got none of that name"),
        ("convert clothes.csv a.c", 3, "MODEL: expected a path ending in .safetensors, .keras, .h5, .onnx"),
    ],
)
def test_what_cannot_be_converted(command: Command, pictures_model: Path, line: str, code: int, complaint: str) -> None:
    result = command(line)
    assert (result.code, result.out) == (code, "")
    assert complaint in result.complaint
    assert not Path(line.split()[2]).exists()


def test_the_ladder_compares_with_what_is_published(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(full: bool) -> Iterator[ladder_table.Row]:
        yield from ladder_table.gates()
        yield ladder_table.Row("6", "MultiClassNetwork", "softmax", "all" if full else "a sample", 40, "0.7", "0.8")
        yield ladder_table.Row("6", "MultiClassNetwork", "softmax", "own setting", 40, "0.6", "")

    monkeypatch.setattr(ladder_table, "rows", rows)
    out = command("ladder").out
    assert out.splitlines()[:3] == [
        "rung  network            epochs  figure",
        "1     Perceptron              5  w = [0.2, 0.1], b = -0.20000000000000004     =",
        "      AND, lr 0.1",
    ]
    assert "0.7                                          ≠\n      a sample\n      published: 0.8\n" in out
    assert re.search(r"40  0\.6\n      own setting\n", out)
    assert max(map(len, out.splitlines()[:-1])) <= 80
    assert "강의 노트의 값과 같음" in command("ladder --lang ko --full").out
    assert "      AND, 학습률 0.1\n" in command("ladder --lang ko").out
    assert command("ladder --json").json[0]["figure"] == "w = [0.2, 0.1], b = -0.20000000000000004"


def test_one_rung_tells_its_page_in_either_language(command: Command) -> None:
    assert command("ladder --rung 1").out.startswith("Rung 1: the perceptron")
    assert command("ladder --rung 1 --lang ko").out.startswith("1단계")


def test_datasets_are_listed_with_their_place(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    out = command("datasets").out
    assert re.search(r"^fashion-mnist-sample +6,000 \+ 1,000  28 x 28 +10  bundled$", out, re.MULTILINE)
    assert {row["name"] for row in command("datasets --json").json} == set(sources.SETS)


def test_the_version(command: Command) -> None:
    assert command("--version").out.startswith(f"rosenblatt {rosenblatt.__version__} (Python 3.")


@pytest.mark.parametrize("name", ["", "train", "evaluate", "predict", "show", "ladder", "datasets", "bench"])
def test_helps_fit_into_eighty_columns_and_are_whole_sentences(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = command(f"{name} --help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: rosenblatt {name}".rstrip())
    assert max(map(len, result.out.splitlines())) <= 80
    assert "..." not in result.out.replace("[ARGS]...", "").replace("}...", "").replace(".jpg ...", "")


def test_nothing_typed_shows_the_help(command: Command) -> None:
    assert command("").out == command("--help").out


# --- What goes wrong -----------------------------------------------------------------------------


@pytest.fixture
def bad_files(command: Command) -> None:
    """Files with something wrong in each."""
    flowers()
    write_csv("text.csv", "a,city,y", [(1, "Seoul", 0), (2, "Busan", 1)])
    Path("empty.csv").write_text("")
    Path("header.csv").write_text("a,b\n")
    Path("ragged.csv").write_text("a,b\n1,2\n\n3\n4,5\n")
    Path("bare.csv").write_text("1,2,3\n4,5,6\n")
    Path("gap.csv").write_text("a,b,y\n1,2,0\n3,,1\n")
    Path("nan.csv").write_text("a,b,y\n1,2,0\n3,nan,1\n")
    Path("latin.csv").write_bytes("café,y\n1,2\n".encode("latin-1"))
    Path("twice.csv").write_text("a,a,y\n1,2,0\n")
    Path("rare.csv").write_text("a,y\n" + "1,cat\n2,cat\n" * 5 + "3,dog\n")
    Path("four.csv").write_text("a,y\n1,cat\n2,dog\n3,cat\n4,dog\n")
    Path("single.csv").write_text("a,y\n1,0.5\n")
    Path("one.csv").write_text("a,y\n1,cat\n2,cat\n")
    Path("only.csv").write_text("y\n1\n2\n")
    Path("hole.csv").write_text("a,y\n1,cat\n2,\n")
    write_csv("typo.csv", "a,y", [*((k, k * 1.5) for k in range(50)), (7, "n/a")])
    Path("junk.npz").write_bytes(b"junk" * 99)
    Path("junk.safetensors").write_bytes(b"junk" * 99)
    Path("junk.png").write_bytes(b"junk" * 99)
    Path("folder.csv").mkdir()
    Path("folder.npz").mkdir()
    Path("folder.safetensors").mkdir()
    np.save("array.npy", np.ones(3))
    Path("array.npy").rename("array.npz")
    np.savez("names.npz", pixels=np.ones(3))
    np.savez("lengths.npz", x=np.ones((5, 2)), y=np.ones(4))
    np.savez("objects.npz", x=np.array([{}, {}], dtype=object), y=np.ones(2))
    np.savez("nan.npz", x=np.array([[1.0, np.nan]] * 8), y=np.arange(8) % 2)
    np.savez("empty.npz", x=np.ones((0, 2)), y=np.ones(0))
    np.savez("text.npz", x=np.array([["a", "b"]] * 4), y=np.arange(4) % 2)
    np.savez("complex.npz", x=np.ones((4, 2)), y=np.ones(4, complex))
    np.savez("fraction.npz", x=np.ones((4, 2)), y=np.array([0.5, 1, 2, 3]))
    assert command("train flowers.csv --target species --epochs 1 --save flowers.safetensors").code == 0
    model = load_model("flowers.safetensors")
    model.feature_names = model.target_name = None  # as one that was trained on arrays
    model.save("nameless.safetensors")


USAGE = [
    ("nosuch", "No such command 'nosuch'. See 'rosenblatt --help'."),
    ("trian", r"Did you mean 'train'\? See 'rosenblatt --help'\."),
    ("train --nosuch", "No such option.*--nosuch.*See 'rosenblatt train --help'."),
    ("train xor moons", "unexpected extra argument.*moons"),
    ("train --epochs ten", "'--epochs'"),
    ("train --epochs 0", "expected --epochs to be a whole number of at least 1, got 0"),
    ("train --batch-size 0", "expected --batch-size to be a whole number of at least 1, got 0"),
    ("train --validation 1", "expected --validation to be a number of at least 0 and below 1, got 1.0"),
    ("train --validation nan", "expected --validation to be a number of at least 0 and below 1, got nan"),
    ("train --lr 0", "Adam: expected learning_rate to be a number above 0, got 0"),
    ("train --lr nan", "Adam: expected learning_rate to be a number above 0, got nan"),
    ("train --seed -1", "expected --seed to be a whole number from 0"),
    ("train --seed 4294967296", "expected --seed to be a whole number from 0"),
    ("train --early-stopping 0", "expected --early-stopping to be a whole number of at least 1, got 0"),
    ("train --early-stopping 3 --validation 0", "--early-stopping needs rows held out"),
    ("train --optimizer adaam", "optimizer: expected a known name, got 'adaam'. Did you mean 'adam'?"),
    ("train --task guess", "--task: expected a known name, got 'guess'."),
    ("train --layers 8:rellu", "--layers 8:rellu: expected a known name, got 'rellu'. Did you mean 'relu'?"),
    ("train --layers 0", "Dense: expected units to be a whole number of at least 1, got 0"),
    ("train --layers dropout:1.5", "Dropout: expected rate"),
    ("train --layers dropout:some", "expected a number after the colon, as in dropout:0.2, got 'dropout:some'"),
    ("train --save model.h5", "--save: expected a path that ends in .safetensors or .keras, got model.h5"),
    ("train --save folder.safetensors", "got folder.safetensors, which is a folder"),
    ("train --plot loss.gif", "--plot: expected a path that ends in .png or .svg or .pdf, got loss.gif"),
    ("train --target y", "--target names a column of a .csv file, but DATA is fashion-mnist-sample"),
    ("train flowers.csv", "expected --target with the column to be learnt, got none. Columns: stem, petal, species."),
    ("train flowers.csv --target specis", "got 'specis'. Did you mean 'species'?"),
    ("evaluate", "Missing argument 'MODEL'"),
    ("predict flowers.safetensors", "Missing argument 'INPUT"),
    ("predict flowers.safetensors flowers.csv --language fr", "--language: .* got 'fr'. Known names: en, ko."),
    ("predict flowers.safetensors flowers.csv --top 0", "expected --top to be a whole number of at least 1, got 0"),
    ("predict flowers.safetensors flowers.csv --target x", "--target in flowers.csv: expected a known name, got 'x'"),
    ("ladder --rung 9", "--rung: expected a known name, got '9'. Known names: 0, 1, 2, 3, 4, 5, 6, xor."),
    ("ladder --rung 1 --lang fr", "--language: expected a known name, got 'fr'"),
]
BAD_DATA = [
    ("train nosuch", "expected a data set's name or a file .* got 'nosuch'. 'rosenblatt datasets' lists the names."),
    ("train fashion_mnst", "got 'fashion_mnst'. Did you mean 'fashion-mnist'?"),
    ("train junk.png", "got the path junk.png. Save the rows as CSV, or with numpy.savez"),
    ("train nosuch.csv --target y", "nosuch.csv: expected a file, got none of that name"),
    ("train nosuch.npz", "nosuch.npz: expected a file, got none of that name"),
    ("train folder.csv --target y", "folder.csv: expected a CSV file, got one that cannot be read"),
    ("train folder.npz", "folder.npz: expected arrays"),
    ("train text.csv --target y", "expected numbers in column 'city', got 'Seoul' in line 2. Take the column"),
    ("train empty.csv --target y", "expected a header and rows below it, got 0"),
    ("train header.csv --target a", "expected a header and rows below it, got 1"),
    ("train ragged.csv --target a", "expected 2 cells, as in the header, got 1 in line 4"),
    ("train bare.csv --target 1", "expected the columns' names in the first line, got numbers"),
    ("train gap.csv --target y", "expected numbers in column 'b', got an empty cell in line 3"),
    ("train nan.csv --target y", "expected numbers in column 'b', got 'nan' in line 3"),
    ("train nan.csv --target b", "expected numbers in column 'b', got 'nan' in line 3"),
    ("train latin.csv --target y", "expected text in UTF-8 or CP949, got other bytes. Save it as 'CSV UTF-8'."),
    ("train twice.csv --target y", "expected a name of its own for every column, got 'a' twice"),
    ("train rare.csv --target y", "expected at least two rows of every class.* got one of dog"),
    (
        "train four.csv --target y",
        r"train: expected a row of each of the 2 classes to learn from and another for validation, got 4 rows with "
        r"--validation 0\.2\. Add rows, or give --validation 0\.5, or hold none out with --validation 0\.",
    ),
    ("train single.csv --target y", "expected a row to learn from and another for validation, got 1 row with"),
    ("train one.csv --target y", "expected at least two classes, got only 'cat'"),
    ("train only.csv --target y", "expected columns of numbers beside the target, got none"),
    ("train hole.csv --target y", "expected a target in every line, got none in line 3"),
    ("train typo.csv --target y", "expected numbers in column 'y', got 'n/a' in line 52"),
    (
        "train flowers.csv --target species --task regression",
        "expected a target of numbers for regression, got classes",
    ),
    ("train fraction.npz --task classification", "expected classes as labels or whole numbers, got other numbers"),
    ("train junk.npz", "got one that is damaged or of another kind"),
    ("train array.npz", "got one that is damaged or of another kind"),
    ("train objects.npz", "got one that is damaged or of another kind"),
    ("train names.npz", "expected arrays x and y, or x_train, y_train, x_test and y_test, got pixels"),
    ("train lengths.npz", "expected a target in y for each of the 5 rows of x, got 4"),
    ("train nan.npz", "expected finite numbers in x, got nan in row 0, column 1"),
    ("train empty.npz", "expected at least one row in x"),
    ("train text.npz", "text.npz: expected .*numbers.*, got "),
    ("train complex.npz", "expected labels or numbers in y, got complex128"),
    ("evaluate nosuch.safetensors", "nosuch.safetensors: expected a model file, got none of that name"),
    ("evaluate junk.safetensors", "got junk.safetensors, which is damaged or none"),
    ("evaluate folder.safetensors", "folder.safetensors"),
    (
        "evaluate flowers.csv",
        r"MODEL: expected a path ending in \.safetensors, .*, got 'flowers\.csv'\. Name a file that train --save",
    ),
    (
        "evaluate flowers.safetensors breast-cancer",
        r"breast-cancer: expected rows of shape \(2,\), as the model takes.* Is it the right data",
    ),
    ("evaluate flowers.safetensors breast-cancer", r"breast-cancer: expected rows of shape \(2,\), .* got \(30,\)"),
    ("evaluate flowers.safetensors gap.csv --target y", "expected the columns that the model has learnt from"),
    ("evaluate nameless.safetensors gap.csv --target y", "expected numbers in column 'b', got an empty cell"),
    ("predict nameless.safetensors flowers.csv", "got 'tulip' in line 2. Leave answers out with --target"),
    ("predict flowers.safetensors nosuch.csv", "nosuch.csv: expected a file, got none of that name"),
    ("predict flowers.safetensors rows.txt", "expected a file that ends in .csv, .npz or a picture's"),
    ("predict flowers.safetensors names.npz", "expected an array x, got pixels"),
    ("predict flowers.safetensors junk.png", r"takes pictures, got one that takes rows of shape \(2,\)"),
    ("show junk.safetensors", "got junk.safetensors, which is damaged or none"),
]


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [(line, 2, message) for line, message in USAGE] + [(line, 3, message) for line, message in BAD_DATA],
)
@pytest.mark.usefixtures("bad_files")
def test_every_mistake_is_one_line_and_a_code(command: Command, line: str, code: int, message: str) -> None:
    result = command(line)
    assert re.fullmatch(f"Error: .*{message}.*", result.complaint)
    assert (result.code, result.out) == (code, "")


@pytest.mark.parametrize(("name", "cure"), [("mnist", "train digits"), ("fashion-mnist", "train")])
def test_a_data_set_that_cannot_be_had_is_one_short_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str, cure: str
) -> None:
    monkeypatch.setattr(full, "search", lambda *_: (None, ["a place"] * 50))
    monkeypatch.setattr(full, "download", lambda *_: (None, ["a mirror"] * 50))
    monkeypatch.delenv("ROSENBLATT_DATA", raising=False)
    result = command("train", name)
    assert (result.code, result.out) == (3, "")
    assert re.fullmatch(
        f"Error: {name}: expected its four files on this machine or a download, got neither. "
        f"Set ROSENBLATT_DATA=FOLDER, with the files in FOLDER/{name}, or try 'rosenblatt {cure}', .*"
        rf"{name.replace('-', '_')}\.load_data\(\) lists all places tried\.",
        result.complaint,
    )
    assert len(result.complaint) < 310
    monkeypatch.setenv("ROSENBLATT_DATA", "elsewhere")
    assert f"FOLDER/{name} (now elsewhere)" in command("train", name).complaint


@pytest.mark.parametrize("line", ["train xor --lr 1e30 --optimizer sgd --epochs 50", "train xor --lr 1e38 --epochs 2"])
def test_training_that_diverges_stops_and_leaves_an_older_model_alone(command: Command, line: str) -> None:
    Path("a.safetensors").write_text("an older model")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = command(f"{line} --save a.safetensors --plot a.png")
    assert (result.code, result.out) == (4, "")
    assert re.fullmatch(
        r"Error: fit: the loss became (nan|inf) in epoch \d, batch \d\. The learning rate 1e\+3\d is too high .* "
        r"Training stopped and nothing was saved\. Try --lr 0\.001.*",
        result.complaint,
    )
    assert Path("a.safetensors").read_text() == "an older model"
    assert not Path("a.png").exists()


def test_weights_that_overflow_in_the_last_step_are_noticed(command: Command) -> None:
    # One batch, one epoch: its loss is finite, only the update is not.
    result = command("train xor --optimizer sgd --lr 1e39 --epochs 1 --batch-size 200 --validation 0")
    assert result.code == 4
    assert "not finite any more after epoch 1" in result.complaint


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that even root cannot write")
@pytest.mark.parametrize("option", ["--save /proc/a.safetensors", "--plot /proc/new/a.png"])
def test_a_folder_that_cannot_be_written_is_found_before_the_training(command: Command, option: str) -> None:
    result = command(f"train xor {option}")
    assert result.code == 1
    assert re.fullmatch(r"Error: --\w+: expected a folder that can be written, got /proc.*", result.err.strip())


def test_a_disk_that_is_full_is_told(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "save: could not write a.safetensors (No space left on device). Nothing was changed.")

    monkeypatch.setattr(files, "write", full)
    result = command("train xor --epochs 1 --layers 2 --save a.safetensors")
    assert (result.code, result.out) == (1, "")
    assert result.complaint == (
        "Error: save: could not write a.safetensors (No space left on device). Nothing was changed."
    )


@pytest.mark.parametrize(
    ("module", "line", "extra"),
    [
        ("matplotlib.figure", "train xor --plot a.png", "plots"),
        ("h5py", "train xor --save a.keras", "keras-files"),
        ("PIL.Image", "predict clothes.safetensors a.png", "images"),
    ],
)
@pytest.mark.usefixtures("pictures_model")
def test_an_extra_that_is_missing_is_named_before_any_work(
    command: Command, monkeypatch: pytest.MonkeyPatch, module: str, line: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    result = command(line)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("Error: ")
    assert result.err.endswith(f"Run: pip install 'rosenblatt[{extra}]'\n")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "There is not enough memory for this"),
        (ZeroDivisionError("oh"), r"This should not have happened \(ZeroDivisionError: oh\)\. Please report it"),
    ],
)
def test_even_our_own_mistakes_are_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Sequential, "fit", fail)
    result = command("train xor")
    assert result.code == 1
    assert re.fullmatch(f"Error: {message}.*", result.complaint)


ESCAPE = "\x1b[31m"


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (["class_names"], ["only one"]),
        (["history", "history"], {"loss": ["x"]}),
        (["history", "history"], {"loss": [None]}),
        (["compile", "optimizer"], ESCAPE),
        (["compile", "loss"], 7),
        (["compile", "metrics"], [7]),
        (["step"], "x"),
    ],
)
def test_show_does_not_trust_a_file(command: Command, where: list[str], value: object) -> None:
    falsify(command, where, value)
    result = command("show a.safetensors")
    assert result.code == 3
    assert re.fullmatch(r"Error: .*a\.safetensors.*", result.complaint)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (["class_names"], [f"{ESCAPE}a", "b"]),
        (["history", "history"], {f"{ESCAPE}loss": [0.5]}),
        (["model", "name"], ESCAPE),
        (["compile", "loss"], {"class_name": ESCAPE}),
        (["versions"], {ESCAPE: ESCAPE}),
    ],
)
def test_names_in_a_file_cannot_steer_the_terminal(command: Command, where: list[str], value: object) -> None:
    falsify(command, where, value)
    result = command("show a.safetensors")
    assert "\x1b" not in result.out + result.err
    assert r"\x1b[31m" in result.out + result.err


def falsify(command: Command, where: list[str], value: object) -> None:
    command("train xor --layers 2 --epochs 1 --save a.safetensors")
    tensors, metadata = files.read("a.safetensors")
    description = json.loads(metadata["model"])
    part = description
    for name in where[:-1]:
        part = part[name]
    part[where[-1]] = value
    files.write("a.safetensors", tensors, {"model": json.dumps(description)})


# --- As a program: signals, pipes, terminals -----------------------------------------------------

PROGRAM = [sys.executable, "-m", "rosenblatt"]
LONG = ["train", "--epochs", "100000", "--layers", "64"]


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def stopped_after(process: subprocess.Popen[str], word: str) -> Result:
    """Press Ctrl-C when a word has been said."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if word in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return Result(process.returncode, out, said + err)


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_saves_the_model_as_it_stands(tmp_path: Path) -> None:
    result = stopped_after(started(tmp_path, *LONG, "--save", "a.safetensors"), "Epoch 2/")
    assert (result.code, result.out) == (130, "")
    told = re.fullmatch(
        r"Stopped by Ctrl-C after (\d+) of 100,000 epochs; the model as it stands is saved to a.safetensors\.",
        result.complaint,
    )
    assert told
    model = load_model(tmp_path / "a.safetensors")
    assert model.history is not None
    assert len(model.history.epoch) == int(told[1]) >= 2
    model.fit(*fashion_mnist.load_sample()[0], epochs=1, verbose=0)  # it can go on


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_in_the_first_epoch_saves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_text("an older model")
    arguments = ["train", "--layers", "3000,3000", "--save", "a.safetensors"]
    result = stopped_after(started(tmp_path, *arguments), "Training: ")
    assert result.code == 130
    # The signal may arrive a moment before the first epoch begins.
    assert re.fullmatch(r"Stopped by Ctrl-C( after 0 of 10 epochs; nothing was saved)?\.", result.complaint)
    assert (tmp_path / "a.safetensors").read_text() == "an older model"


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
@pytest.mark.parametrize("arguments", [["datasets"], LONG])
def test_a_closed_pipe_is_quiet(tmp_path: Path, arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=tmp_path,
        stdout=write,
        stderr=write if arguments == LONG else subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert process.returncode == 1
    assert not process.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pipes differ")
def test_a_training_that_nobody_follows_any_more_ends_and_is_saved(tmp_path: Path) -> None:
    command = [*PROGRAM, *LONG, "--save", "a.safetensors"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        assert any(line.startswith("Epoch 1/") for line in process.stdout)
        process.stdout.close()
        assert process.wait(timeout=60) == 1
    history = load_model(tmp_path / "a.safetensors").history
    assert history is not None
    assert len(history.epoch) >= 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [*PROGRAM, "datasets"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert (process.returncode, process.stderr) == (1, "Error: No space left on device\n")


def test_without_a_terminal_there_is_a_line_an_epoch_and_no_colour(tmp_path: Path) -> None:
    process = started(tmp_path, "train", "moons", "--epochs", "3")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert [line[:9] for line in err.splitlines() if line.startswith("Epoch")] == [
        "Epoch 1/3",
        "Epoch 2/3",
        "Epoch 3/3",
    ]
    assert "\x1b" not in out + err


def test_letters_that_the_output_lacks_are_written_by_number(tmp_path: Path) -> None:
    process = subprocess.run(
        [*PROGRAM, "ladder", "--rung", "1", "--lang", "ko"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == 0
    assert process.stdout.startswith(b"1\\ub2e8\\uacc4")


def on_a_terminal(folder: Path, *arguments: str, **environment: str) -> Result:
    """Run the program on a pseudo-terminal of 80 columns."""
    import pty  # not on Windows

    ours, theirs = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**inherited, "TERM": "xterm-256color", "COLUMNS": "80", **environment},
    )
    os.close(theirs)
    said = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    return Result(process.returncode, out.decode(), said.decode())


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_gets_a_red_error_unless_no_color_is_set(tmp_path: Path) -> None:
    assert on_a_terminal(tmp_path, "train", "nosuch").err.startswith("\x1b[31mError:\x1b[0m DATA: ")
    plain = on_a_terminal(tmp_path, "train", "nosuch", NO_COLOR="1")
    assert plain.err.startswith("Error: DATA: ")
    assert "\x1b" not in plain.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_gets_a_bar_of_one_line_and_without_colour_where_that_is_wanted(tmp_path: Path) -> None:
    arguments = ["train", "--layers", "1500,500", "--epochs", "1"]
    coloured, plain = on_a_terminal(tmp_path, *arguments), on_a_terminal(tmp_path, *arguments, NO_COLOR="1")
    for result in (coloured, plain):
        assert result.code == 0
        assert re.search(r"Epoch 1/1 \d+/150 ", result.err)
        assert " left loss: " in result.err
        assert "\x1b[2K\x1b[1A" not in result.err  # the bar never needs a second line
        assert "Epoch 1/1" not in result.out
    assert "\x1b[38;" in coloured.err
    assert not re.search(r"\x1b\[[\d;]*m", plain.err)


def test_importing_the_library_does_not_import_the_command_line() -> None:
    code = "import rosenblatt, sys; print({'typer', 'rich', 'PIL', 'matplotlib'} & sys.modules.keys())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_evaluate_measures_on_the_data_that_the_model_was_trained_on(command: Command, tmp_path: Path) -> None:
    assert command("train digits --epochs 1 --save digits.safetensors").code == 0
    by_default = command("evaluate digits.safetensors --json")
    assert by_default.json["data"] == "digits"
    assert by_default.json == command("evaluate digits.safetensors digits --json").json
