"""``rosenblatt convert``, and files of other programs in the other commands."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Command, flowers

from rosenblatt import Sequential, load_model
from rosenblatt.datasets import fashion_mnist
from rosenblatt.layers import Dense


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
