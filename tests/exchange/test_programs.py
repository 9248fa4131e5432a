"""Exported programs are compiled and run, and answer as `predict` does."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential
from rosenblatt.errors import ArgumentError, FileFormatError, ModelStateError
from rosenblatt.exchange.programs import quantization
from rosenblatt.functional.activations import ACTIVATIONS
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
from rosenblatt.types import Array

COMPILER = shutil.which("cc") or shutil.which("gcc")
NODE = shutil.which("node")
PRECISION = {"float32": 1e-5, "float64": 1e-13}


def run_c(model: Sequential, x: Array, folder: Path, **options: Any) -> Array:
    """Let the program answer rows from its standard input."""
    command = command_in_c(model, folder, **options)
    lines = "\n".join(",".join(map(repr, row)) for row in as_lists(x))
    answered = subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout
    return np.array(numbers_of(answered))


def numbers_of(text: str) -> list[list[float]]:
    return [[float(number) for number in line.split(",")] for line in text.split()]


def command_in_c(model: Sequential, folder: Path, **options: Any) -> list[str]:
    """Compile the program without a warning; return how it is run."""
    if COMPILER is None:
        pytest.skip("needs a C compiler: the Debian package gcc")
    source, program = folder / "predict.c", folder / "predict"
    model.export(source, **options)
    strict = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wshadow", "-Werror", "-O1"]
    subprocess.run([COMPILER, *strict, "-D", "PREDICT_MAIN", source, "-o", program, "-lm"], check=True)
    return [str(program)]


def command_in_python(model: Sequential, folder: Path) -> list[str]:
    model.export(folder / "predict.py")
    return [sys.executable, str(folder / "predict.py")]


def command_in_javascript(model: Sequential, folder: Path) -> list[str]:
    if NODE is None:
        pytest.skip("needs Node: the Debian package nodejs")
    version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, version.strip("v\n").split(".")))[:2] < (20, 19):
        pytest.skip("needs Node 20.19 or newer to run the file itself")
    (folder / "package.json").write_text('{"type": "module"}')
    model.export(folder / "predict.js")
    return [NODE, str(folder / "predict.js")]


def run_python(model: Sequential, x: Array, folder: Path, **options: Any) -> Array:
    model.export(folder / "predict.py", **options)
    answers: Array = imported(folder / "predict.py").predict(x)
    return answers.reshape(len(x), -1)


def imported(path: Path) -> Any:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def run_javascript(model: Sequential, x: Array, folder: Path, **options: Any) -> Array:
    model.export(folder / "predict.js", **options)
    return np.array(in_node(folder, f"{json.dumps(as_lists(x))}.map((row) => [...predict(row)])"))


def in_node(folder: Path, expression: str) -> Any:
    """What an expression is that may use what the exported module exports."""
    if NODE is None:
        pytest.skip("needs Node: the Debian package nodejs")
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "run.js").write_text(
        f'import * as all from "./predict.js"; const {{ predict, classify }} = all;'
        f"console.log(JSON.stringify({expression}))"
    )
    return json.loads(subprocess.run([NODE, folder / "run.js"], capture_output=True, text=True, check=True).stdout)


def in_c(folder: Path, statements: str) -> str:
    """What statements print that may use what the exported file defines."""
    if COMPILER is None:
        pytest.skip("needs a C compiler: the Debian package gcc")
    source, program = folder / "ask.c", folder / "ask"
    source.write_text(f'#include "predict.c"\n#include <stdio.h>\nint main(void) {{ {statements} return 0; }}')
    subprocess.run([COMPILER, "-Wall", "-Werror", source, "-o", program, "-lm"], check=True)
    return subprocess.run([program], capture_output=True, check=True).stdout.decode()


def as_lists(x: Array) -> list[list[float]]:
    rows: list[list[float]] = x.reshape(len(x), -1).astype(float).tolist()
    return rows


RUN: dict[str, Callable[..., Array]] = {"c": run_c, "python": run_python, "javascript": run_javascript}
COMMAND = {"c": command_in_c, "python": command_in_python, "javascript": command_in_javascript}
languages = pytest.mark.parametrize("language", RUN)
dtypes = pytest.mark.parametrize("dtype", PRECISION)


def with_random_numbers(model: Sequential) -> Sequential:
    """All arrays positive, so that variances are, and far from their starts."""
    rng = np.random.default_rng(0)
    model.set_weights([np.asarray(rng.uniform(0.1, 1.0, array.shape)) for array in model.get_weights()])
    return model


def assert_answers_alike(language: str, model: Sequential, x: Array, folder: Path) -> None:
    wanted = model.predict(x, verbose=0).reshape(len(x), -1)
    tolerance = PRECISION[model.dtype]
    np.testing.assert_allclose(RUN[language](model, x, folder), wanted, rtol=tolerance, atol=tolerance)


@dtypes
@languages
def test_every_activation(language: str, dtype: str, tmp_path: Path) -> None:
    rows = np.random.default_rng(1).normal(0, 2, (9, 2)).astype(dtype)
    for name in ACTIVATIONS:
        model = Sequential([Dense(3, activation=name, input_shape=(2,))], seed=0, dtype=dtype)
        assert_answers_alike(language, with_random_numbers(model), rows, tmp_path)


@languages
def test_the_step_gives_numbers_to_the_next_layer(language: str, tmp_path: Path) -> None:
    model = Sequential([Dense(3, activation="step", input_shape=(2,)), Activation("sigmoid")], seed=0)
    assert_answers_alike(language, model, np.array([[1.0, 2.0], [-3.0, 1.0]], "float32"), tmp_path)


LAYERS: dict[str, list[Layer]] = {
    "batch normalization": [BatchNormalization(epsilon=0.01)],
    "batch normalization, bare": [BatchNormalization(center=False, scale=False)],
    "layer normalization": [LayerNormalization(epsilon=0.1)],
    "layer normalization, bare": [LayerNormalization(center=False, scale=False)],
    "normalization": [Normalization(mean=[100.0, 2.0, -3.0], variance=[4.0, 0.0, 0.5])],
    "normalization of all": [Normalization(axis=None, mean=1.0, variance=4.0)],
    "rescaling": [Rescaling(1 / 255, -0.5)],
    "prelu": [PReLU()],
    "relu": [ReLU(max_value=2.0, negative_slope=0.1, threshold=0.5)],
    "relu that ends at 0": [ReLU(max_value=0.0, negative_slope=0.5)],
    "slopes": [LeakyReLU(0.01), ELU(0.5), Activation("tanh"), Softmax()],
    "nothing in use": [Dropout(0.5), GaussianNoise(1.0), Flatten()],
    "no bias": [Dense(4, use_bias=False), Activation("log_softmax")],
}


@languages
@pytest.mark.parametrize("row_shape", [(3,), (2, 3)])
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer(language: str, name: str, row_shape: tuple[int, ...], tmp_path: Path) -> None:
    layers = [layer.copy() for layer in LAYERS[name]]
    model = Sequential([Dense(3, input_shape=row_shape), *layers], seed=0, dtype="float64")
    if not name.startswith("normalization"):  # those have figures of their own
        with_random_numbers(model)
    rows = np.random.default_rng(1).normal(0, 3, (5, *row_shape))
    assert_answers_alike(language, model, rows, tmp_path)


@languages
def test_a_trained_network_of_pictures(language: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pictures, classes = rng.integers(0, 256, (60, 4, 5)).astype(np.uint8), rng.integers(0, 3, 60)
    model = Sequential(seed=0)
    for layer in (
        Flatten(input_shape=(4, 5)),
        Rescaling(1 / 255),
        Dense(8, activation="relu"),
        Dense(3, activation="softmax"),
    ):
        model.add(layer)
    model.compile("adam", "sparse_categorical_crossentropy")  # the loss takes the softmax; the program must not lose it
    model.fit(pictures, classes, epochs=3, verbose=0)
    assert_answers_alike(language, model, pictures, tmp_path)


@languages
def test_a_model_without_layers_that_do_something_gives_its_rows_back(language: str, tmp_path: Path) -> None:
    model = Sequential([Dropout(0.5, input_shape=(3,))], seed=0)
    assert_answers_alike(language, model, np.array([[1.5, -2.0, 0.25]], "float32"), tmp_path)


# --- Classes ----------------------------------------------------------------------------------------

HOSTILE = [
    'a "quoted" \\ name',
    "*/ }; int main() { return 7; } /*",
    '"""',
    "`${1}`",
    "이름",
    "??/",
    "new\nline",
    "</script>",
]


def classifier(units: int = len(HOSTILE), names: list[str] | None = None) -> Sequential:
    model = Sequential([Dense(units, activation="softmax" if units > 1 else "sigmoid", input_shape=(4,))], seed=3)
    model.class_names = names
    return model


def test_classes_in_python(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(0, 2, (20, 4))
    model = classifier(names=HOSTILE)
    model.export(tmp_path / "named.py")
    best = model.predict(rows, verbose=0).argmax(axis=1)
    assert imported(tmp_path / "named.py").classify(rows).tolist() == [HOSTILE[place] for place in best]
    classifier(1).export(tmp_path / "two.py")
    above = classifier(1).predict(rows, verbose=0)[:, 0] > 0.5
    assert imported(tmp_path / "two.py").classify(rows).tolist() == above.astype(int).tolist()


def test_classes_in_javascript(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(0, 2, (20, 4))
    model = classifier(names=HOSTILE)
    model.export(tmp_path / "predict.js")
    best = model.predict(rows, verbose=0).argmax(axis=1)
    expression = f"[all.classNames, {json.dumps(rows.tolist())}.map(classify)]"
    assert in_node(tmp_path, expression) == [HOSTILE, [HOSTILE[place] for place in best]]


def test_classes_in_c(tmp_path: Path) -> None:
    model = classifier(names=HOSTILE)
    model.export(tmp_path / "predict.c")
    row = np.array([[1.0, -1.0, 0.5, 2.0]])
    said = in_c(tmp_path, "real x[] = {1, -1, 0.5, 2}; puts(class_names[classify(x)]);")
    assert said == HOSTILE[model.predict(row, verbose=0).argmax()] + "\n"


@languages
def test_names_from_a_model_file_run_nothing(language: str, tmp_path: Path) -> None:
    name = "\n#error\nraise SystemExit(7)\nthrow 7; *"  # '/' no name can have
    model = Sequential([Dense(1, input_shape=(2,), name=name)], seed=0, name=name)
    assert_answers_alike(language, model, np.array([[1.0, 2.0]], "float32"), tmp_path)


# --- As programs --------------------------------------------------------------------------------------

ROWS = np.array([[5.1, 3.0, 1.4, 0.2], [-1e-3, 2e3, 0.5, -4.0]])


@pytest.fixture(scope="module", params=COMMAND)
def command(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """How a program of a classifier is run."""
    folder = tmp_path_factory.mktemp("program")
    return COMMAND[request.param](classifier(3, names=["T-shirt, top", "이름", "c"]), folder)


def run(command: list[str], *arguments: str, lines: str = "") -> tuple[int, str, str]:
    """The exit code of a program, what it prints, and what it says on the standard error."""
    done = subprocess.run([*command, *arguments], input=lines.encode(), capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@dtypes
@languages
def test_a_program_answers_a_file_as_its_standard_input(language: str, dtype: str, tmp_path: Path) -> None:
    model = Sequential([Dense(3, input_shape=(4,))], seed=3, dtype=dtype)
    program = COMMAND[language](model, tmp_path)
    lines = "5.1,3,1.4,.2\n-1e-3,+2E3,0.5,-4.\n"
    (tmp_path / "rows.csv").write_text(lines)
    code, answers, told = run(program, lines=lines)
    assert (code, told) == (0, "")
    wanted = model.predict(ROWS, verbose=0)
    np.testing.assert_allclose(numbers_of(answers), wanted, rtol=PRECISION[dtype], atol=PRECISION[dtype])
    assert run(program, str(tmp_path / "rows.csv")) == (0, answers, "")


@pytest.mark.parametrize(
    "lines",
    [
        'length,width,"a height",age\n5.1,3,1.4,0.2\n',  # a header
        "a,2b,,1-1\n5.1,3,1.4,0.2",
        "\ufeff5.1,3,1.4,0.2\n",  # the mark that some programs begin a file with
        "\ufeffa,b,c,d\n5.1,3,1.4,0.2\n",
        " 5.1 ,\t3,1.4, 0.2\r\n\r\n",
        "\n\n5.1,3,1.4,0.2\n\n",
    ],
)
def test_what_a_program_passes_over(lines: str, command: list[str]) -> None:
    assert run(command, lines=lines) == run(command, lines="5.1,3,1.4,0.2") != run(command, lines="1,2,3,4")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("1,2,3\n", "4 numbers separated by commas in line 1, got 3"),
        ("1,2,3,4\n\n1,2\n3,4\n", "4 numbers separated by commas in line 3, got 2"),
        ("1,2,3,4,5,6\n7,8", "4 numbers separated by commas in line 1, got 6"),
        ("5.1,,3,1.4,0.2", "4 numbers separated by commas in line 1, got 5"),
        (",,5.1,3,1.4,0.2", "4 numbers separated by commas in line 1, got 6"),
        ("5.1,3,1.4,0.2,,,", "4 numbers separated by commas in line 1, got 7"),
        ("5.1.3,1.4,0.2", "4 numbers separated by commas in line 1, got 3"),
        ("5.1-3,1.4,0.2", "4 numbers separated by commas in line 1, got 3"),
        ("5.1;3;1.4;0.2", "4 numbers separated by commas in line 1, got 1"),
        ("a,b,c\n1,2,3,4", "4 numbers separated by commas in line 1, got 3"),
        ("a,b,c,d\na,b,c,d\n", "numbers in line 2, got 'a'"),
        ("1,2,3,4\n1, x ,3,y", "numbers in line 2, got 'x'"),
        ("1,2,,4", "numbers in line 1, got ''"),
        ("1,2,3 4,5", "numbers in line 1, got '3 4'"),
        ("1e,2,3,4", "numbers in line 1, got '1e'"),
        ("5.1.3,2,3,4", "numbers in line 1, got '5.1.3'"),
        ("2020-01-05,2,3,4", "numbers in line 1, got '2020-01-05'"),
        ("1,0x10,3,4", "numbers in line 1, got '0x10'"),
        ("1,1_0,3,4", "numbers in line 1, got '1_0'"),
        ("1,inf,3,4", "numbers in line 1, got 'inf'"),
        ("1,nan(12),3,4", "numbers in line 1, got 'nan(12)'"),
        ("5.1,3,1.4,\ufeff0.2", "numbers in line 1, got '\ufeff0.2'"),
        ("1,2,3,4\n\ufeff5.1,3,1.4,0.2", "numbers in line 2, got '\ufeff5.1'"),
        ("1,\u00a02,3,4", "numbers in line 1, got '\u00a02'"),
        ("1,2,3,4\r5,6,7,8\r", "4 numbers separated by commas in line 1, got 7"),
        ("", "rows of 4 numbers, got none"),
        ("a,b,c,d\n", "rows of 4 numbers, got none"),
    ],
)
def test_a_program_says_which_line_is_no_row(lines: str, message: str, command: list[str]) -> None:
    code, _, told = run(command, lines=lines)
    assert (code, told) == (1, f"predict: expected {message}.\n")


def test_a_cell_is_not_read_in_part(command: list[str]) -> None:
    long = "0." + "0" * 200 + "x"
    assert run(command, lines=f"1,2,3,{long}")[0] == 1
    assert run(command, lines="1,2,3,4\0x")[0] == 1


def test_a_wrong_cell_is_found_at_once(command: list[str]) -> None:
    assert run(command, lines="12345,1.5e10,3,1x\n" + "1," * 100_000 + "x")[0] == 1


def test_the_rows_before_a_wrong_line_are_answered(command: list[str]) -> None:
    good = run(command, lines="1,2,3,4")[1]
    assert run(command, lines="1,2,3,4\n1,2,3")[:2] == (1, good)


def test_more_rows_than_are_read_at_once(command: list[str]) -> None:
    few = run(command, lines="1,2,3,4\n5,6,7,8\n" * 10)[1]
    assert run(command, lines="1,2,3,4\n5,6,7,8\n" * 1200) == (0, few * 120, "")
    assert run(command, lines="1,2,3,4\n5,6,7,8\n" * 500) == (0, few * 50, "")
    assert run(command, "--classes", lines="1,2,3,4\n" * 2001)[1].count("\n") == 2001


@languages
def test_an_infinite_answer(language: str, tmp_path: Path) -> None:
    model = Sequential([Rescaling(1.0, input_shape=(3,))], seed=0)
    assert run(COMMAND[language](model, tmp_path), lines="1e99,-1e99,nan") == (0, "inf,-inf,nan\n", "")


def test_the_python_program_does_not_look_at_each_cell(tmp_path: Path) -> None:
    command_in_python(Sequential([Dense(1, input_shape=(784,))], seed=0), tmp_path)
    module, asked = imported(tmp_path / "predict.py"), []

    class Counted:
        pattern = module.NUMBERS

        def fullmatch(self, text: str) -> Any:
            asked.append(text)
            return self.pattern.fullmatch(text)

    module.NUMBERS = Counted()
    line = ",".join(["1.5"] * 784)
    assert [len(rows) for rows in module.blocks_of([line] * 5, 2)] == [2, 2, 1]
    assert asked == [line] * 5


def test_the_python_program_shows_names_that_the_output_has_no_letters_for(tmp_path: Path) -> None:
    model = classifier(3, names=["이름", "이름 2", "이름 3"])
    program = command_in_python(model, tmp_path)
    poor = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([*program, "--classes"], input=b"1,2,3,4", capture_output=True, env=poor, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(rb"\uc774\ub984")


def test_a_program_answers_with_classes(command: list[str]) -> None:
    model = classifier(3)
    names = ["T-shirt, top", "이름", "c"]
    rows = np.random.default_rng(0).normal(0, 2, (20, 4)).round(3)
    lines = "\n".join(",".join(map(repr, row)) for row in rows.tolist())
    best = model.predict(rows, verbose=0).argmax(axis=1)
    assert run(command, "--classes", lines=lines) == (0, "".join(f"{names[place]}\n" for place in best), "")


@languages
def test_classes_without_names_are_numbers_and_numbers_have_no_classes(language: str, tmp_path: Path) -> None:
    program = COMMAND[language](classifier(1), tmp_path)
    above = classifier(1).predict(ROWS, verbose=0)[:, 0] > 0.5
    lines = "5.1,3,1.4,.2\n-1e-3,2e3,0.5,-4"
    assert run(program, "--classes", lines=lines)[1] == "".join(f"{int(each)}\n" for each in above)
    program = COMMAND[language](Sequential([Dense(1, input_shape=(4,))], seed=0), tmp_path)
    code, _, told = run(program, "--classes", lines=lines)
    assert (code, told.count("\n")) == (2, 1)
    assert re.match(r"Usage: .*predict(\.py|\.js)? \[rows\.csv\]\n", told)


@pytest.mark.parametrize("arguments", [["-x"], ["a.csv", "b.csv"], ["--classes", "--class"]], ids=str)
def test_a_program_tells_how_it_is_used(arguments: list[str], command: list[str]) -> None:
    code, usage, told = run(command, "--help")
    assert (code, told) == (0, "")
    assert re.fullmatch(r"Usage: .*predict(\.py|\.js)? \[--classes\] \[rows\.csv\]\n", usage)
    assert run(command, *arguments) == (2, "", usage)


def test_a_file_that_is_not_there(command: list[str]) -> None:
    code, answers, told = run(command, "nowhere.csv")
    assert (code, answers, told.count("\n")) == (1, "", 1)
    assert re.search(r"(?i)nowhere\.csv.*no such file|no such file.*nowhere\.csv", told)


def test_a_reader_who_has_enough_ends_a_program_quietly(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("1,2,3,4\n" * 10_000)
    with subprocess.Popen(
        [*command, str(tmp_path / "rows.csv")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


# --- What predict refuses -----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(4, 3), (2,), (1, 1, 2)])
def test_the_python_program_refuses_rows_of_another_shape(shape: tuple[int, ...], tmp_path: Path) -> None:
    Sequential([Dense(1, input_shape=(2,))], seed=0).export(tmp_path / "predict.py")
    with pytest.raises(ValueError, match=re.escape(f"expected rows of shape (2,), got {shape[1:]}.")):
        imported(tmp_path / "predict.py").predict(np.ones(shape))


@pytest.mark.parametrize("row", [np.ones(6), np.ones((2, 3))])
def test_the_python_program_says_how_a_single_row_is_given(row: Array, tmp_path: Path) -> None:
    Sequential([Flatten(input_shape=(2, 3)), Dense(1)], seed=0).export(tmp_path / "predict.py")
    predict = imported(tmp_path / "predict.py").predict
    with pytest.raises(ValueError, match=r"A single row is given as \[\[\.\.\.\]\]\.$"):
        predict(row)
    assert predict([row]).shape == (1, 1)
    with pytest.raises(ValueError, match=r"expected rows of shape \(2, 3\), got \(7,\)\.$"):
        predict(np.ones((2, 7)))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("[1, null, 3, 4]", "TypeError: predict: expected numbers, got 'null' (object)."),
        ('[1, "", 3, 4]', "TypeError: predict: expected numbers, got '' (string)."),
        ("[1, 2, true, 4]", "TypeError: predict: expected numbers, got 'true' (boolean)."),
        ("[1, , 3, 4]", "TypeError: predict: expected numbers, got 'undefined' (undefined)."),
        ("[[1], 2, 3, 4]", "TypeError: predict: expected numbers, got '1' (object)."),
        ('"abcd"', "TypeError: predict: expected numbers, got 'a' (string)."),
        ("[1, 2, 3]", "RangeError: predict: expected 4 numbers, got 3."),
        ("null", "RangeError: predict: expected 4 numbers, got null."),
        ("7", "RangeError: predict: expected 4 numbers, got 7."),
    ],
)
@pytest.mark.parametrize("name", ["predict", "classify"])
def test_the_javascript_program_takes_nothing_but_numbers(name: str, row: str, message: str, tmp_path: Path) -> None:
    classifier(3).export(tmp_path / "predict.js")
    caught = f"(() => {{ try {{ return {name}({row}); }} catch (error) {{ return `${{error}}`; }} }})()"
    assert in_node(tmp_path, caught) == message


# --- Not a number -----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:invalid value encountered in logaddexp:RuntimeWarning")
@languages
def test_what_is_not_a_number_stays_so_in_every_activation(language: str, tmp_path: Path) -> None:
    x = np.array([[np.nan, 1.0, -1.0], [1.0, 2.0, np.nan]])  # `predict` of a model refuses these
    for name, activation in ACTIVATIONS.items():
        model = Sequential([Activation(name, input_shape=(3,))], seed=0, dtype="float64")
        wanted = np.isnan(activation.function(x)).tolist()
        if language == "javascript":  # JSON has no NaN
            model.export(tmp_path / "predict.js")
            asked = "[[NaN, 1, -1], [1, 2, NaN]].map((row) => [...predict(row)].map(Number.isNaN))"
            assert in_node(tmp_path, asked) == wanted, name
        else:
            assert np.isnan(RUN[language](model, x, tmp_path)).tolist() == wanted, name


@pytest.mark.filterwarnings("ignore:invalid value encountered in logaddexp:RuntimeWarning")
@pytest.mark.parametrize("units", [1, 3])
def test_a_row_with_what_is_not_a_number_is_of_the_first_class_in_all_languages(units: int, tmp_path: Path) -> None:
    model = classifier(units)
    for suffix in (".c", ".js", ".py"):
        model.export(tmp_path / f"predict{suffix}")
    assert imported(tmp_path / "predict.py").classify([[np.nan, 1, 2, 3]]).tolist() == [0]
    assert in_node(tmp_path, "classify([NaN, 1, 2, 3])") == 0
    assert in_c(tmp_path, 'real x[] = {NAN, 1, 2, 3}; printf("%d", classify(x));') == "0"


# --- Eight bits -------------------------------------------------------------------------------------


def test_quantised_numbers_are_at_most_half_a_step_away() -> None:
    kernel = np.random.default_rng(0).normal(0, 3, (50, 7))
    whole, scale = quantization.quantize(kernel)
    assert whole.dtype == np.int8
    assert (np.abs(kernel - whole * scale) <= scale / 2 * (1 + 1e-12)).all()
    assert np.abs(whole).max(axis=0).tolist() == [127] * 7


@languages
def test_a_quantised_program_computes_what_its_rounded_kernels_say(language: str, tmp_path: Path) -> None:
    model = Sequential([Dense(6, activation="tanh", input_shape=(4,)), Dense(3)], seed=0, dtype="float64")
    rows = np.random.default_rng(0).normal(0, 1, (9, 4))
    answered = RUN[language](model, rows, tmp_path, quantize="int8")
    exact = model.predict(rows, verbose=0)
    for layer in model.layers:
        whole, scale = quantization.quantize(layer.weights["kernel"])
        layer.weights["kernel"][...] = whole * scale
    np.testing.assert_allclose(answered, model.predict(rows, verbose=0), rtol=1e-12)
    assert 0 < np.abs(answered - exact).max() < 0.1


def test_the_cost_of_quantisation_is_measured_on_data(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(0, 1, (200, 4))
    classes = (rows[:, 0] > 0).astype(int)
    model = Sequential([Dense(8, activation="relu", input_shape=(4,)), Dense(2, activation="softmax")], seed=0)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(rows, classes, epochs=30, verbose=0)
    exported = model.export(tmp_path / "predict.py", quantize="int8", data=(rows, classes))
    cost = exported.cost
    assert cost is not None
    assert cost.rows == 200
    small = imported(tmp_path / "predict.py").predict(rows)
    assert cost.accuracy_before == np.mean(model.predict(rows, verbose=0).argmax(axis=1) == classes)
    assert cost.accuracy_after == np.mean(small.argmax(axis=1) == classes)
    assert cost.largest_change == pytest.approx(np.abs(small - model.predict(rows, verbose=0)).max(), rel=1e-3)
    assert str(exported).startswith(f"{tmp_path / 'predict.py'}: {exported.size:,} bytes; 200 rows: largest change")
    assert exported.size == (tmp_path / "predict.py").stat().st_size


def test_the_cost_without_targets_or_classes(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(0, 1, (20, 4))
    unlabelled = classifier(3).export(tmp_path / "a.c", quantize="int8", data=rows).cost
    assert unlabelled is not None
    assert (unlabelled.accuracy_before, unlabelled.same_class) == (None, 1.0)
    numbers = Sequential([Dense(1, input_shape=(4,))], seed=0).export(tmp_path / "b.c", quantize="int8", data=rows).cost
    assert numbers is not None
    assert numbers.same_class is None
    assert "same class" not in str(numbers)


def test_the_cost_with_classes_by_their_names(tmp_path: Path) -> None:
    model = classifier(3, names=["ant", "bee", "fly"])
    rows = np.random.default_rng(0).normal(0, 1, (20, 4))
    names = np.array(model.class_names)[model.predict(rows, verbose=0).argmax(axis=1)]
    for given in (names, names.astype(object), names.tolist(), names[:, np.newaxis]):
        cost = model.export(tmp_path / "a.py", quantize="int8", data=(rows, given)).cost
        assert cost is not None
        assert cost.accuracy_before == 1.0


@pytest.mark.parametrize(
    "layers",
    [
        [Dense(3, activation="log_softmax", input_shape=(4,))],
        [Dense(3, activation="sigmoid", input_shape=(4,))],
        [Dense(3, activation="softmax", input_shape=(2, 4))],
        [Dense(3, activation="softmax", input_shape=(2, 4)), Flatten()],
    ],
)
def test_what_is_no_classifier_has_no_classes(layers: list[Layer], tmp_path: Path) -> None:
    model = Sequential([layer.copy() for layer in layers], seed=0)
    model.class_names = ["one", "name"]  # of what the outputs stand for, perhaps: no business of classify
    exported = model.export(tmp_path / "a.py", quantize="int8", data=np.ones((2, *model.plan.input_shape)))
    assert exported.cost is not None
    assert exported.cost.same_class is None
    for suffix in (".c", ".js", ".py"):
        model.export(tmp_path / f"a{suffix}")
        assert "classify" not in (tmp_path / f"a{suffix}").read_text()


def test_int8_makes_a_program_smaller(tmp_path: Path) -> None:
    model = Sequential([Dense(100, input_shape=(100,))], seed=0)
    whole, small = (model.export(tmp_path / "p.py", quantize=how).size for how in (None, "int8"))
    assert small < 0.35 * whole


# --- Errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "options", "error", "message"),
    [
        ("m.txt", {}, FileFormatError, r"expected a path ending in \.onnx, \.c, \.js, \.py, got '.*m\.txt'"),
        ("m.c", {"quantize": "int4"}, ArgumentError, "expected quantize to be None or 'int8', got 'int4'"),
        ("m.c", {"data": np.ones((1, 4))}, ArgumentError, "expected data only with quantize='int8'"),
        ("m.c", {"input_dtype": "uint8"}, ArgumentError, r"expected no input_dtype for a \.c file"),
        ("m.onnx", {"quantize": "int8"}, ArgumentError, r"expected no quantize for a \.onnx file"),
        (
            "m.c",
            {"quantize": "int8", "data": (np.ones((3, 4)), np.ones(2))},
            ArgumentError,
            r"expected a class for each of 3 rows, got an array of shape \(2,\)",
        ),
        (
            "m.c",
            {"quantize": "int8", "data": (np.ones((2, 4)), ["ant", "bee"])},
            ArgumentError,
            r"expected classes as numbers or as names among \[\], got 'ant'. Set model.class_names or give numbers",
        ),
    ],
)
def test_what_export_refuses(file: str, options: Any, error: type[Exception], message: str, tmp_path: Path) -> None:
    with pytest.raises(error, match=message):
        classifier(3).export(tmp_path / file, **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".c", ".js", ".py"])
@pytest.mark.parametrize(("units", "names", "classes"), [(1, ["one"], 2), (3, ["ant", "bee"], 3)])
def test_class_names_must_be_as_many_as_classes(
    units: int, names: list[str], classes: int, suffix: str, tmp_path: Path
) -> None:
    with pytest.raises(ArgumentError, match=f"a class name for each of the {classes} classes, got {len(names)}"):
        classifier(units, names).export(tmp_path / f"m{suffix}")


def test_a_model_that_is_not_built_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelStateError, match="input shape is not known"):
        Sequential([Dense(1)]).export(tmp_path / "m.c")
