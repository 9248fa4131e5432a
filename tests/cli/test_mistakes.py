"""How each thing that can go wrong is told: one line, and a code."""

from __future__ import annotations

import json
import re
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Command, flowers, write_csv

from rosenblatt import Sequential, files, load_model
from rosenblatt.datasets import sources as full


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
        (["feature_names"], ["only one"]),
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
