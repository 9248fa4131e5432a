"""``rosenblatt train``: what it prints where, and what it makes of data."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Command, Result, flowers, write_csv

import rosenblatt
from rosenblatt import Sequential, load_model
from rosenblatt.cli import building
from rosenblatt.datasets import fashion_mnist
from rosenblatt.errors import ArgumentError
from rosenblatt.layers import Dense
from rosenblatt.utils import train_test_split


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
